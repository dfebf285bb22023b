//! Instagram's professional accounts. A post is first a container, which waits for a day; the publishing call names it. Whether it
//! was published is a state of the container, so the same one is never published twice.
//!
//! Instagram fetches pictures itself: they must have a public address. The portal serves them under short-lived signed links
//! ([`crate::link`]).

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Method;
use serde_json::{Value, json};

use super::file::Source;
use super::graph::{Graph, fresh};
use super::letter::Letters;
use super::{
    Channel, Found, Inbound, Live, Network, Outcome, Outgoing, Page, Prepared, Probe, Secret, Trouble, answer, moment, oauth,
    text, web,
};
use crate::limit::NetworkName;
use crate::link::Links;
use crate::message::Media;

const METRICS: &[&str] = &["views", "reach", "likes", "comments", "shares", "saved"];
/// How often a container is asked for, and how many times.
const PAUSE: Duration = Duration::from_secs(2);
const LOOKS: usize = 90;

pub struct Instagram {
    graph: Graph,
    links: Option<Links>,
}

impl Instagram {
    pub fn new(links: Option<Links>) -> Result<Self, Trouble> {
        Ok(Self { graph: Graph::new(NetworkName::Instagram)?, links })
    }

    async fn address(&self, media: &Media) -> Result<String, Trouble> {
        if media.file.starts_with("https://") {
            return Ok(media.file.clone());
        }
        let Some(links) = &self.links else {
            return Err(Trouble::Content(
                "Instagram fetches pictures from a public address: set SAROVAR_PORTAL_URL to the portal's, or attach a picture that has one".into(),
            ));
        };
        Source::open(media).await?;
        Ok(links.make(&media.sha256, chrono::Utc::now().timestamp() + 86_400))
    }

    async fn container(&self, channel: &Channel, fields: &[(&str, &str)]) -> Result<String, Trouble> {
        Ok(text(&self.graph.post(channel, &format!("{}/media", channel.remote), fields).await?["id"]))
    }

    async fn finished(&self, channel: &Channel, container: &str) -> Result<(), Trouble> {
        for _ in 0..LOOKS {
            let body = self.graph.get(channel, container, &[("fields", "status_code,status")]).await?;
            match body["status_code"].as_str().unwrap_or_default() {
                "FINISHED" => return Ok(()),
                "IN_PROGRESS" => tokio::time::sleep(PAUSE).await,
                "EXPIRED" => return Err(Trouble::Later("the container ran out before it was published".into())),
                _ => {
                    return Err(Trouble::Content(format!("Instagram cannot use the picture or film: {}", text(&body["status"]))));
                }
            }
        }
        Err(Trouble::Later("Instagram is still at work on the film".into()))
    }

    /// Under a page's token the page itself is `me`.
    fn letters(&self) -> Letters<'_> {
        Letters { graph: &self.graph, network: NetworkName::Instagram, of: "me", platform: "instagram" }
    }

    /// The published post of a container, by its words.
    async fn published(&self, channel: &Channel, post: &Outgoing, since: i64, known: &[String]) -> Result<Option<Live>, Trouble> {
        let since = (since / 1_000_000).to_string();
        let query = [("fields", "id,caption,permalink,timestamp"), ("since", &since), ("limit", "50")];
        let all = self.graph.list(channel, &format!("{}/media", channel.remote), &query).await?;
        let same = |p: &&Value| p["caption"].as_str().unwrap_or_default().trim() == post.text.trim();
        let mut found = all.iter().filter(same).map(live);
        Ok(found.find(|l| !known.contains(&l.remote)))
    }
}

fn live(p: &Value) -> Live {
    Live { remote: text(&p["id"]), url: p["permalink"].as_str().map(str::to_owned) }
}

#[async_trait]
impl Network for Instagram {
    fn name(&self) -> NetworkName {
        NetworkName::Instagram
    }

    async fn prepare(&self, channel: &Channel, post: &Outgoing) -> Result<Prepared, Trouble> {
        if let Some(to) = &post.reply_to {
            return if post.private { self.letters().prepare(channel, to).await } else { Ok(Prepared::default()) };
        }
        let quota = self
            .graph
            .get(channel, &format!("{}/content_publishing_limit", channel.remote), &[("fields", "quota_usage,config")])
            .await?;
        let quota = &quota["data"][0];
        if let (Some(used), Some(most)) = (quota["quota_usage"].as_i64(), quota["config"]["quota_total"].as_i64())
            && used >= most
        {
            let why = format!("[instagram.quota] {used} of {most}");
            return Err(Trouble::Limited { seconds: 3600, app: false, why });
        }
        let mut made = Vec::new();
        let alone = post.media.len() == 1;
        for media in &post.media {
            let address = self.address(media).await?;
            let mut fields = match media.is_video() {
                true => vec![("media_type", if alone { "REELS" } else { "VIDEO" }), ("video_url", address.as_str())],
                false => vec![("image_url", address.as_str()), ("alt_text", media.alt.as_str())],
            };
            fields.push(if alone { ("caption", post.text.as_str()) } else { ("is_carousel_item", "true") });
            let container = self.container(channel, &fields).await?;
            self.finished(channel, &container).await?;
            made.push(container);
        }
        let container = if alone {
            made.remove(0)
        } else {
            let children = made.join(",");
            let fields = [("media_type", "CAROUSEL"), ("children", children.as_str()), ("caption", post.text.as_str())];
            let whole = self.container(channel, &fields).await?;
            self.finished(channel, &whole).await?;
            whole
        };
        Ok(Prepared(json!({ "container": container })))
    }

    async fn commit(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared) -> Outcome {
        if post.private {
            return self.letters().commit(channel, post, prepared).await;
        }
        let container = prepared.0["container"].as_str().unwrap_or_default();
        let request = match &post.reply_to {
            Some(to) => self.graph.call(Method::POST, channel, &format!("{to}/replies"), &[]).form(&[("message", &post.text)]),
            None => {
                let path = format!("{}/media_publish", channel.remote);
                self.graph.call(Method::POST, channel, &path, &[]).form(&[("creation_id", container)])
            }
        };
        let out = answer::outcome(NetworkName::Instagram, web::send(request).await, |a| {
            Some(Live { remote: a.body["id"].as_str()?.to_owned(), url: None })
        });
        match out {
            Outcome::Live(l) if post.reply_to.is_none() => {
                // The address is told by a read only; without it the post is live all the same.
                let seen = self.graph.get(channel, &l.remote, &[("fields", "permalink")]).await.unwrap_or_default();
                Outcome::Live(Live { url: seen["permalink"].as_str().map(str::to_owned), ..l })
            }
            out => out,
        }
    }

    async fn reconcile(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared, since: i64, known: &[String]) -> Found {
        if post.private {
            return self.letters().reconcile(channel, post, prepared, since, known).await;
        }
        if let Some(to) = &post.reply_to {
            let query = [("fields", "id,text,username,timestamp"), ("limit", "100")];
            return match self.graph.list(channel, &format!("{to}/replies"), &query).await {
                Ok(all) => {
                    let own = |c: &&Value| {
                        c["text"].as_str().unwrap_or_default().trim() == post.text.trim()
                            && c["username"].as_str().is_some_and(|u| super::same_handle(u, &channel.handle))
                            && moment(&c["timestamp"]) >= since
                    };
                    let mut ids = all.iter().filter(own).map(|c| text(&c["id"]));
                    let id = ids.find(|id| !known.contains(id));
                    id.map_or(Found::Absent, |remote| Found::Live(Live { remote, url: None }))
                }
                Err(e) => Found::Unclear(e.to_string()),
            };
        }
        let container = prepared.0["container"].as_str().unwrap_or_default();
        let state = match self.graph.get(channel, container, &[("fields", "status_code")]).await {
            Ok(body) => text(&body["status_code"]),
            Err(e) => return Found::Unclear(e.to_string()),
        };
        match state.as_str() {
            "PUBLISHED" => match self.published(channel, post, since, known).await {
                Ok(Some(live)) => Found::Live(live),
                Ok(None) => Found::Unclear("the container is published and its post does not show yet".into()),
                Err(e) => Found::Unclear(e.to_string()),
            },
            "FINISHED" | "EXPIRED" | "ERROR" => Found::Absent,
            other => Found::Unclear(format!("the container is {other}")),
        }
    }

    async fn take_down(&self, channel: &Channel, remote: &str) -> Result<String, Trouble> {
        self.graph.remove(channel, remote).await
    }

    async fn inbound(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        let fields = "id,permalink,comments.limit(50){id,text,username,timestamp,parent_id}";
        let body = self.graph.get(channel, &format!("{}/media", channel.remote), &[("fields", fields), ("limit", "50")]).await?;
        let item = |c: &Value, kind, parent: Option<String>, words: &str, url: &Value| Inbound {
            remote: text(&c["id"]),
            kind,
            parent,
            handle: text(&c["username"]),
            text: text(&c[words]),
            url: url.as_str().map(str::to_owned),
            written_at: moment(&c["timestamp"]),
            answerable: kind == "comment",
        };
        let mut items = Vec::new();
        for media in body["data"].as_array().into_iter().flatten() {
            let all = media["comments"]["data"].as_array().into_iter().flatten();
            let others = all.filter(|c| c["username"].as_str().is_none_or(|u| !super::same_handle(u, &channel.handle)));
            items.extend(others.map(|c| {
                let parent = c["parent_id"].as_str().unwrap_or(media["id"].as_str().unwrap_or_default()).to_owned();
                item(c, "comment", Some(parent), "text", &media["permalink"])
            }));
        }
        let query = [("fields", "id,caption,username,timestamp,permalink"), ("limit", "50")];
        let tagged = self.graph.get(channel, &format!("{}/tags", channel.remote), &query).await?;
        items.extend(
            tagged["data"].as_array().into_iter().flatten().map(|p| item(p, "mention", None, "caption", &p["permalink"])),
        );
        Ok(fresh(items, cursor))
    }

    async fn messages(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        self.letters().read(channel, cursor).await
    }

    async fn hide(&self, channel: &Channel, remote: &str, hidden: bool) -> Result<(), Trouble> {
        self.graph.post(channel, remote, &[("hide", if hidden { "true" } else { "false" })]).await.map(drop)
    }

    async fn metrics(&self, channel: &Channel, remote: &str) -> Result<BTreeMap<String, i64>, Trouble> {
        self.graph.insights(channel, remote, METRICS).await
    }

    async fn time(&self, channel: &Channel) -> Option<i64> {
        web::date(&self.graph.client, &channel.address).await
    }

    async fn probe(&self, channel: &Channel) -> Result<Probe, Trouble> {
        let me = self.graph.get(channel, &channel.remote, &[("fields", "id,username")]).await?;
        Ok(Probe { handle: text(&me["username"]), remote: text(&me["id"]), expires_at: channel.secret.expires_at })
    }

    async fn refresh(&self, channel: &Channel) -> Result<Secret, Trouble> {
        let query = [("grant_type", "ig_refresh_token"), ("access_token", channel.secret.access.as_str())];
        let request = self.graph.client.get(format!("{}/refresh_access_token", channel.address)).query(&query);
        oauth::secret(&answer::ask(NetworkName::Instagram, request).await?.body, &channel.secret)
    }
}
