//! What a network can do, as one trait; one file per network.
//!
//! The split between [`Network::prepare`] and [`Network::commit`] is the point: whatever can be repeated belongs into the first,
//! and the second is one call. An answer that does not say clearly whether the post is out is [`Outcome::Unclear`]; nobody
//! guesses.

mod answer;
mod bluesky;
mod facebook;
mod file;
mod graph;
mod instagram;
mod letter;
mod mastodon;
pub mod oauth;
mod standin;
mod web;
mod x;
mod youtube;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::limit::{Limits, NetworkName};
use crate::link::Links;
use crate::message::Media;
use crate::text as words_of;

pub use answer::words;
pub use bluesky::Bluesky;
pub use facebook::Facebook;
pub use instagram::Instagram;
pub(crate) use letter::written_alone;
pub use mastodon::Mastodon;
pub use standin::StandIn;
pub use x::X;
pub use youtube::Youtube;

/// An account with its opened secret: what a call needs.
#[derive(Clone)]
pub struct Channel {
    pub account: String,
    pub handle: String,
    /// Own id at the network.
    pub remote: String,
    /// Base address, without a slash at the end.
    pub address: String,
    pub secret: Secret,
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Channel({} {})", self.account, self.handle)
    }
}

/// Tokens of an account. Never printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Secret {
    pub access: String,
    pub refresh: String,
    /// UTC microseconds.
    pub expires_at: Option<i64>,
    /// Of the application, where the network wants them with a refresh.
    pub client_id: String,
    pub client_secret: String,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// One post as it is to appear: fixed when it is queued, so that every attempt sends the same.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outgoing {
    pub text: String,
    pub media: Vec<Media>,
    /// The key under which the network knows the post, where it takes one.
    pub key: String,
    /// UTC microseconds; part of the post where the network stores it.
    pub created_at: i64,
    /// Remote id of the post this continues or answers.
    pub reply_to: Option<String>,
    /// Title, where the network has one.
    pub title: String,
    /// BCP 47 codes.
    pub languages: Vec<String>,
    /// Something in it is made by a generator.
    pub generated: bool,
    /// Only whoever wrote what it answers sees it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub private: bool,
}

/// The words of an own post as its network has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    pub text: String,
    /// Where the network has titles.
    pub title: Option<String>,
}

impl Words {
    /// Whether a post says the same. Networks drop blanks at the ends.
    pub fn are(&self, post: &Outgoing) -> bool {
        self.text.trim() == post.text.trim() && self.title.as_deref().is_none_or(|t| t.trim() == post.title.trim())
    }
}

/// What the network keeps ready for the commit, as JSON of the network's own making.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Prepared(pub serde_json::Value);

/// A post that is out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Live {
    pub remote: String,
    pub url: Option<String>,
}

/// Why something did not happen. None of these leaves a post behind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The request did not reach the network, or it said "later": try again.
    #[error("not now: {0}")]
    Later(String),
    /// Wait for so many seconds; the whole application when `app`.
    #[error("the network asks to wait {seconds} s: {why}")]
    Limited { seconds: u32, app: bool, why: String },
    /// The token has run out: refresh it, once.
    #[error("the token has run out: {0}")]
    Expired(String),
    /// The token is refused: a person must connect the account again.
    #[error("the network no longer accepts this account's token: {0}; connect it again with `sarovar channel connect`")]
    Reconnect(String),
    /// The network blocks the account; going on makes it worse.
    #[error("the network has blocked this account: {0}; sign in by hand and read its notice")]
    Blocked(String),
    /// The post itself is refused: change it.
    #[error("the network refuses this post: {0}")]
    Content(String),
    /// It is not there (any more).
    #[error("the network does not have it: {0}")]
    Gone(String),
    /// Not possible at this network by programme.
    #[error("{0}")]
    Impossible(String),
}

/// How the one irreversible call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Live(Live),
    /// Surely not published.
    Not(Trouble),
    /// Perhaps published.
    Unclear(String),
}

/// What reading the network says of a commit whose answer was unclear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Live(Live),
    /// Everything of that time was read and it is not there.
    Absent,
    /// Reading did not tell.
    Unclear(String),
}

/// Something people wrote to an own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    pub remote: String,
    /// `reply`, `mention`, `comment`, `message` (to the account alone: whoever wrote it is not named here).
    pub kind: &'static str,
    pub parent: Option<String>,
    pub handle: String,
    pub text: String,
    pub url: Option<String>,
    /// UTC microseconds.
    pub written_at: i64,
    /// The network lets a programme answer this.
    pub answerable: bool,
}

/// A page of what came in, and where to go on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    pub items: Vec<Inbound>,
    pub cursor: Option<String>,
}

/// What a look at the account showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Probe {
    pub handle: String,
    pub remote: String,
    pub expires_at: Option<i64>,
}

/// One network.
#[async_trait]
pub trait Network: Send + Sync {
    fn name(&self) -> NetworkName;

    /// Limits and abilities.
    fn capabilities(&self) -> &'static Limits {
        self.name().limits()
    }

    /// What of a post this network would refuse, before anything is sent.
    fn check(&self, post: &Outgoing) -> Vec<String> {
        let limits = self.capabilities();
        let mut out = Vec::new();
        let most = limits.messages.filter(|_| post.private).map_or(limits.text, |m| m.text);
        let measured = words_of::length(&post.text, most);
        if !measured.fits() {
            out.push(format!("{} of {} characters, {} bytes", measured.used, measured.most, measured.bytes));
        }
        if post.text.trim().is_empty() && post.media.is_empty() {
            out.push("there is nothing to publish".into());
        }
        let tags = words_of::hashtags(&post.text).len();
        if limits.hashtags > 0 && tags > limits.hashtags {
            out.push(format!("{tags} hashtags, {} are accepted", limits.hashtags));
        }
        // An answer to a comment is words only, whatever a post needs.
        if post.reply_to.is_none() || !post.media.is_empty() {
            out.extend(crate::check::media_limits(&post.media, limits));
        }
        out
    }

    /// Everything that can be done again: uploads, containers. Freely repeatable.
    async fn prepare(&self, channel: &Channel, post: &Outgoing) -> Result<Prepared, Trouble>;

    /// The one call that cannot be taken back.
    async fn commit(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared) -> Outcome;

    /// Whether a commit begun at `since` (UTC microseconds) went through. Reads only. `known` tells remote ids that are the outcome
    /// of other posts.
    async fn reconcile(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared, since: i64, known: &[String]) -> Found;

    /// What belongs to a post and can only be added once it is out (the still picture of a film). Its failure changes nothing about
    /// the post.
    async fn finish(&self, _channel: &Channel, _post: &Outgoing, _live: &Live) -> Result<(), Trouble> {
        Ok(())
    }

    /// What an edit sends along so that the rest of the post stays as it is. Reads only, so it is freely repeatable.
    async fn prepare_edit(&self, _channel: &Channel, _remote: &str, _post: &Outgoing) -> Result<Prepared, Trouble> {
        Ok(Prepared::default())
    }

    /// Puts other words in the place of those of an own post: one call, like [`Network::commit`].
    async fn edit(&self, _channel: &Channel, _remote: &str, _post: &Outgoing, _prepared: &Prepared) -> Outcome {
        Outcome::Not(Trouble::Impossible(format!("{} lets no program edit a post", self.name())))
    }

    /// The words of an own post as they are now: what tells whether an edit whose answer was unclear went through.
    async fn says(&self, _channel: &Channel, _remote: &str, _post: &Outgoing) -> Result<Words, Trouble> {
        Err(Trouble::Impossible(format!("{} lets no program edit a post", self.name())))
    }

    /// Removes an own post and looks whether it is gone; the proof is what the network answered then.
    async fn take_down(&self, channel: &Channel, remote: &str) -> Result<String, Trouble>;

    /// What people wrote, from `cursor` on.
    async fn inbound(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble>;

    /// What people wrote to the account alone, from `cursor` on; nothing where the network has none for programs. Who wrote is not part
    /// of it: an answer finds its reader by the message it answers.
    async fn messages(&self, _channel: &Channel, _cursor: Option<&str>) -> Result<Page, Trouble> {
        Ok(Page::default())
    }

    /// The post that answers `to`; it goes out through the outbox like every other.
    fn reply(&self, to: &str, text: &str) -> Result<Outgoing, Trouble> {
        Ok(Outgoing { text: text.into(), reply_to: Some(to.into()), ..Outgoing::default() })
    }

    /// Hides what somebody else wrote under an own post, or shows it again.
    async fn hide(&self, channel: &Channel, remote: &str, hidden: bool) -> Result<(), Trouble>;

    /// Numbers of one own post, under the network's own names; never summed across networks.
    async fn metrics(&self, channel: &Channel, remote: &str) -> Result<BTreeMap<String, i64>, Trouble>;

    /// The network's own clock, UTC microseconds; asks without a token.
    async fn time(&self, channel: &Channel) -> Option<i64>;

    /// Whether the token works, and for whom.
    async fn probe(&self, channel: &Channel) -> Result<Probe, Trouble>;

    /// A new secret for an old one. Only ever called by one program at a time.
    async fn refresh(&self, channel: &Channel) -> Result<Secret, Trouble> {
        Err(Trouble::Reconnect(format!("{} has no refresh", channel.handle)))
    }
}

/// The networks of a running desk.
#[derive(Clone, Default)]
pub struct Networks(BTreeMap<NetworkName, Arc<dyn Network>>);

impl Networks {
    /// All that are finished. Without links, pictures for Instagram must have a public address already.
    pub fn all() -> Result<Self, Trouble> {
        Self::with_links(None)
    }

    /// All, with signed links under which networks fetch pictures from the portal.
    pub fn with_links(links: Option<Links>) -> Result<Self, Trouble> {
        let all = Self::default().with(Bluesky::new()?).with(X::new()?).with(Facebook::new()?).with(Instagram::new(links)?);
        Ok(all.with(Youtube::new()?).with(Mastodon::new()?).with(StandIn::new()?))
    }

    #[must_use]
    pub fn with(mut self, network: impl Network + 'static) -> Self {
        self.0.insert(network.name(), Arc::new(network));
        self
    }

    pub fn get(&self, name: NetworkName) -> Result<&Arc<dyn Network>, Trouble> {
        self.0
            .get(&name)
            .ok_or_else(|| Trouble::Impossible(format!("{name} cannot be reached by this program yet; publish there by hand")))
    }
}

/// A JSON text; empty when it is none.
pub(crate) fn text(v: &serde_json::Value) -> String {
    v.as_str().unwrap_or_default().to_owned()
}

/// Numbers of an object, also those written as text.
fn numbers(v: &serde_json::Value) -> BTreeMap<String, i64> {
    let number = |v: &serde_json::Value| v.as_i64().or_else(|| v.as_str()?.parse().ok());
    v.as_object().into_iter().flatten().filter_map(|(k, v)| Some((k.clone(), number(v)?))).collect()
}

/// A moment as networks write it (RFC 3339, or Graph's `+0000`), in UTC microseconds; 0 when it is none.
pub(crate) fn moment(v: &serde_json::Value) -> i64 {
    let text = v.as_str().unwrap_or_default();
    let read =
        chrono::DateTime::parse_from_rfc3339(text).or_else(|_| chrono::DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z"));
    read.map_or(0, |t| t.timestamp_micros())
}

/// Whether two handles are one, with or without `@`, in any case.
pub(crate) fn same_handle(a: &str, b: &str) -> bool {
    a.trim_start_matches('@').eq_ignore_ascii_case(b.trim_start_matches('@'))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The bytes of a hexadecimal text; none when it is no such.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(text.get(i..i + 2)?, 16).ok()).collect()
}
