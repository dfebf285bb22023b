//! What each network accepts, as data: `data/networks.yaml`.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::text::{self, Counting};

/// A network this program knows. Text form: lower case, as in the file and on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkName {
    Bluesky,
    X,
    Facebook,
    Instagram,
    Youtube,
    Mastodon,
    /// The network of the tests.
    Standin,
}

/// How often a post can come out when everything that can go wrong does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarantee {
    /// The network takes a key of ours: the same call twice is one post.
    ExactlyOnce,
    /// The network holds a prepared object of ours whose state can be asked.
    EffectivelyOnce,
    /// Only reading the own timeline tells whether a call went through.
    AtMostOnce,
}

/// Limits of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextLimit {
    pub counting: Counting,
    /// In the unit of `counting`.
    pub most: u32,
    /// UTF-8 bytes, where the network also counts those.
    #[serde(default)]
    pub most_bytes: Option<u32>,
}

/// Limits of pictures and video.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediaLimit {
    pub pictures: usize,
    pub picture_bytes: u64,
    pub picture_types: Vec<String>,
    /// Characters of an alternative text.
    pub alt: usize,
    pub video: bool,
    /// Pictures and video in one post.
    pub mix: bool,
    /// A post without media is not possible.
    pub required: bool,
}

/// So many calls in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rate {
    pub calls: u32,
    pub seconds: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    pub per_account: Rate,
    pub per_app: Rate,
}

/// US dollars per call.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Cost {
    pub post: f64,
    pub post_with_link: f64,
    pub reply: f64,
}

/// Messages to an account alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageLimit {
    pub text: TextLimit,
    /// Hours after somebody wrote in which an answer is taken; none: at any time.
    #[serde(default)]
    pub hours: Option<u32>,
    /// Hours after which an answer is taken only as one that a person wrote.
    #[serde(default)]
    pub plain_hours: Option<u32>,
}

/// One network's entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub network: NetworkName,
    pub title: String,
    pub text: TextLimit,
    pub thread: bool,
    /// The words of a post that is out can be changed by program.
    pub edit: bool,
    /// Messages to the account alone can be read and answered by program; none: they cannot, or no permission is asked for it.
    #[serde(default)]
    pub messages: Option<MessageLimit>,
    /// A reply of somebody else can be hidden.
    pub hide: bool,
    pub schedule_horizon_days: u32,
    pub media: MediaLimit,
    /// Most hashtags in a post; 0: no limit of the network's own.
    pub hashtags: usize,
    pub guarantee: Guarantee,
    /// Longest the committing call may take before it is given up as unclear.
    pub call_seconds: u32,
    /// How long after that a post may still be missing from reads although it went through.
    pub settle_seconds: u32,
    /// How often a worker reads what people wrote, where no call of the network tells it; where each reading costs, less often.
    pub poll_minutes: u32,
    pub limits: Rates,
    pub cost: Cost,
}

static ALL: LazyLock<Vec<Limits>> = LazyLock::new(|| {
    // The file is part of the program; a test reads it.
    serde_norway::from_str(include_str!("../data/networks.yaml")).unwrap_or_default()
});

/// All networks, in the order of the file.
pub fn all() -> &'static [Limits] {
    &ALL
}

impl NetworkName {
    /// Limits of this network.
    pub fn limits(self) -> &'static Limits {
        let position = ALL.iter().position(|l| l.network == self).unwrap_or_default();
        &ALL[position]
    }

    pub fn as_str(self) -> &'static str {
        match self {
            NetworkName::Bluesky => "bluesky",
            NetworkName::X => "x",
            NetworkName::Facebook => "facebook",
            NetworkName::Instagram => "instagram",
            NetworkName::Youtube => "youtube",
            NetworkName::Mastodon => "mastodon",
            NetworkName::Standin => "standin",
        }
    }
}

impl std::fmt::Display for NetworkName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for NetworkName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        ALL.iter().map(|l| l.network).find(|n| n.as_str() == text.to_lowercase()).ok_or_else(|| {
            let known: Vec<&str> = ALL.iter().map(|l| l.network.as_str()).collect();
            format!("there is no network {text:?}; known are {}", known.join(", "))
        })
    }
}

impl Limits {
    /// What one post of these parts costs, in US dollars: a link makes X dear.
    pub fn price(&self, parts: &[String]) -> f64 {
        parts.iter().map(|part| if text::urls(part).is_empty() { self.cost.post } else { self.cost.post_with_link }).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_describes_every_network_once() {
        let read: Vec<Limits> = serde_norway::from_str(include_str!("../data/networks.yaml")).unwrap();
        let names: std::collections::BTreeSet<_> = read.iter().map(|l| l.network).collect();
        assert_eq!((names.len(), read.len()), (7, 7));
        for limits in &read {
            assert_eq!(limits.network.as_str().parse(), Ok(limits.network));
            assert_eq!(limits.network.limits(), limits);
        }
    }

    #[test]
    fn a_network_that_is_not_there_is_named_with_those_that_are() {
        let error = "koo".parse::<NetworkName>().unwrap_err();
        assert!(error.contains("koo") && error.contains("bluesky, x"), "{error}");
    }

    #[test]
    fn a_link_makes_a_post_on_x_dear() {
        let x = NetworkName::X.limits();
        let price = x.price(&["सड़क सुरक्षा".into(), "देखें police.rajasthan.gov.in/x".into()]);
        assert!((price - 0.215).abs() < 1e-9, "{price}");
        assert_eq!(NetworkName::Bluesky.limits().price(&["https://example.org".into()]), 0.0);
    }
}
