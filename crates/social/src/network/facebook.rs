//! Facebook Pages. It has answered "error" for posts that were live, and takes no key: at most once, and an unclear answer ends by
//! reading the page's own posts. Films go as reels: everything up to the publishing call is preparation.

use std::collections::BTreeMap;

use async_trait::async_trait;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::file::Source;
use super::graph::{Graph, fresh};
use super::letter::Letters;
use super::{
    Channel, Found, Inbound, Live, Network, Outcome, Outgoing, Page, Prepared, Probe, Trouble, Words, answer, moment, text, web,
};
use crate::limit::NetworkName;
use crate::message::Media;
use crate::text::urls;

const METRICS: &[&str] = &["post_total_media_view_unique", "post_media_view", "post_clicks"];

pub struct Facebook {
    graph: Graph,
}

impl Facebook {
    pub fn new() -> Result<Self, Trouble> {
        Ok(Self { graph: Graph::new(NetworkName::Facebook)? })
    }

    async fn photo(&self, channel: &Channel, media: &Media) -> Result<String, Trouble> {
        let mut source = Source::open(media).await?;
        let bytes = Part::bytes(source.all().await?).file_name(source.name.clone());
        let bytes = bytes.mime_str(&media.mime).map_err(|e| Trouble::Content(format!("{}: {e}", media.mime)))?;
        let form = Form::new().text("published", "false").text("alt_text_custom", media.alt.clone()).part("source", bytes);
        let path = format!("{}/photos", channel.remote);
        let request = self.graph.call(Method::POST, channel, &path, &[]).multipart(form);
        Ok(text(&answer::ask(NetworkName::Facebook, request).await?.body["id"]))
    }

    async fn reel(&self, channel: &Channel, media: &Media) -> Result<String, Trouble> {
        let mut source = Source::open(media).await?;
        let begun = self.graph.post(channel, &format!("{}/video_reels", channel.remote), &[("upload_phase", "start")]).await?;
        let (id, address) = (text(&begun["video_id"]), text(&begun["upload_url"]));
        let request = self.graph.client.post(&address).header("authorization", format!("OAuth {}", channel.secret.access));
        let request = request.header("offset", "0").header("file_size", source.size.to_string()).body(source.all().await?);
        answer::ask(NetworkName::Facebook, request).await?;
        Ok(id)
    }

    fn letters<'a>(&'a self, channel: &'a Channel) -> Letters<'a> {
        Letters { graph: &self.graph, network: NetworkName::Facebook, of: &channel.remote, platform: "messenger" }
    }

    /// Where the words of a post stand: a reel has a description.
    fn place(post: &Outgoing) -> &'static str {
        if post.media.iter().any(Media::is_video) { "description" } else { "message" }
    }

    fn live(channel: &Channel, id: &str) -> Live {
        let (page, post) = id.split_once('_').unwrap_or((&channel.remote, id));
        Live { remote: id.to_owned(), url: Some(format!("https://www.facebook.com/{page}/posts/{post}")) }
    }
}

fn comment(c: &Value, parent: &str) -> Inbound {
    Inbound {
        remote: text(&c["id"]),
        kind: "comment",
        parent: c["parent"]["id"].as_str().map(str::to_owned).or_else(|| Some(parent.to_owned())),
        handle: text(&c["from"]["name"]),
        text: text(&c["message"]),
        url: c["permalink_url"].as_str().map(str::to_owned),
        written_at: moment(&c["created_time"]),
        answerable: true,
    }
}

#[async_trait]
impl Network for Facebook {
    fn name(&self) -> NetworkName {
        NetworkName::Facebook
    }

    async fn prepare(&self, channel: &Channel, post: &Outgoing) -> Result<Prepared, Trouble> {
        if let (true, Some(to)) = (post.private, &post.reply_to) {
            return self.letters(channel).prepare(channel, to).await;
        }
        if let Some(film) = post.media.iter().find(|m| m.is_video()) {
            return Ok(Prepared(json!({ "reel": self.reel(channel, film).await? })));
        }
        let mut photos = Vec::new();
        for media in &post.media {
            photos.push(self.photo(channel, media).await?);
        }
        Ok(Prepared(json!({ "photos": photos })))
    }

    async fn commit(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared) -> Outcome {
        if post.private {
            return self.letters(channel).commit(channel, post, prepared).await;
        }
        let photos: Vec<&str> = prepared.0["photos"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let (path, mut form) = match (&post.reply_to, prepared.0["reel"].as_str()) {
            (Some(to), _) => (format!("{to}/comments"), vec![("message", post.text.clone())]),
            (None, Some(reel)) => {
                let fields = [("upload_phase", "finish"), ("video_id", reel), ("video_state", "PUBLISHED")];
                let mut form: Vec<(&str, String)> = fields.into_iter().map(|(k, v)| (k, v.to_owned())).collect();
                form.push(("description", post.text.clone()));
                (format!("{}/video_reels", channel.remote), form)
            }
            (None, None) => (format!("{}/feed", channel.remote), vec![("message", post.text.clone())]),
        };
        if !photos.is_empty() {
            form.push((
                "attached_media",
                json!(photos.iter().map(|p| json!({ "media_fbid": p })).collect::<Vec<_>>()).to_string(),
            ));
        } else if let (Some(link), None, true) = (urls(&post.text).first(), &post.reply_to, prepared.0["reel"].is_null()) {
            let link = if link.text.starts_with("http") { link.text.clone() } else { format!("https://{}", link.text) };
            form.push(("link", link));
        }
        let went = web::send(self.graph.call(Method::POST, channel, &path, &[]).form(&form)).await;
        answer::outcome(NetworkName::Facebook, went, |a| match prepared.0["reel"].as_str() {
            // The reel's id is our own from the preparation; the answer only says whether it is published.
            Some(reel) => (a.body["success"] == true).then(|| Self::live(channel, reel)),
            None => Some(Self::live(channel, a.body["id"].as_str()?)),
        })
    }

    async fn reconcile(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared, since: i64, known: &[String]) -> Found {
        if post.private {
            return self.letters(channel).reconcile(channel, post, prepared, since, known).await;
        }
        if let Some(reel) = prepared.0["reel"].as_str() {
            return match self.graph.get(channel, reel, &[("fields", "id,published,status")]).await {
                Ok(v) if v["published"] == true || v["status"]["publishing_phase"]["status"] == "complete" => {
                    Found::Live(Self::live(channel, reel))
                }
                Ok(v) if v["status"]["publishing_phase"]["status"] == "in_progress" => {
                    Found::Unclear("Facebook is still at work on the film".into())
                }
                Ok(_) | Err(Trouble::Gone(_)) => Found::Absent,
                Err(e) => Found::Unclear(e.to_string()),
            };
        }
        let since = (since / 1_000_000).to_string();
        let read = match &post.reply_to {
            Some(to) => {
                let query =
                    [("fields", "id,message,from,created_time"), ("filter", "stream"), ("since", &since), ("limit", "100")];
                self.graph.list(channel, &format!("{to}/comments"), &query).await
            }
            None => {
                let query = [("fields", "id,message,created_time"), ("since", since.as_str()), ("limit", "100")];
                self.graph.list(channel, &format!("{}/published_posts", channel.remote), &query).await
            }
        };
        let all = match read {
            Ok(all) => all,
            Err(e) => return Found::Unclear(e.to_string()),
        };
        let own = |p: &&Value| post.reply_to.is_none() || p["from"]["id"] == channel.remote.as_str();
        let same = |p: &&Value| p["message"].as_str().unwrap_or_default().trim() == post.text.trim();
        let ids = all.iter().filter(own).filter(same).map(|p| text(&p["id"]));
        ids.into_iter().find(|id| !known.contains(id)).map_or(Found::Absent, |id| Found::Live(Self::live(channel, &id)))
    }

    async fn edit(&self, channel: &Channel, remote: &str, post: &Outgoing, _: &Prepared) -> Outcome {
        let form = [(Self::place(post), post.text.as_str())];
        let went = web::send(self.graph.call(Method::POST, channel, remote, &[]).form(&form)).await;
        answer::outcome(NetworkName::Facebook, went, |a| (a.body["success"] == true).then(|| Self::live(channel, remote)))
    }

    async fn says(&self, channel: &Channel, remote: &str, post: &Outgoing) -> Result<Words, Trouble> {
        let place = Self::place(post);
        let body = self.graph.get(channel, remote, &[("fields", place)]).await?;
        Ok(Words { text: text(&body[place]), title: None })
    }

    async fn take_down(&self, channel: &Channel, remote: &str) -> Result<String, Trouble> {
        self.graph.remove(channel, remote).await
    }

    async fn inbound(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        let page = &channel.remote;
        let inner = format!(
            "comments.filter(stream).since({}).limit(100){{id,message,from,created_time,permalink_url,parent}}",
            cursor.unwrap_or("0")
        );
        let fields = format!("id,{inner}");
        let body = self.graph.get(channel, &format!("{page}/published_posts"), &[("fields", &fields), ("limit", "50")]).await?;
        let mut items = Vec::new();
        for post in body["data"].as_array().into_iter().flatten() {
            let all = post["comments"]["data"].as_array().into_iter().flatten();
            items.extend(all.filter(|c| c["from"]["id"] != page.as_str()).map(|c| comment(c, &text(&post["id"]))));
        }
        for edge in ["tagged", "visitor_posts"] {
            let query = [("fields", "id,message,from,created_time,permalink_url"), ("limit", "50")];
            let body = self.graph.get(channel, &format!("{page}/{edge}"), &query).await?;
            items.extend(body["data"].as_array().into_iter().flatten().map(|p| Inbound {
                kind: "mention",
                parent: None,
                ..comment(p, "")
            }));
        }
        Ok(fresh(items, cursor))
    }

    async fn messages(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        self.letters(channel).read(channel, cursor).await
    }

    async fn hide(&self, channel: &Channel, remote: &str, hidden: bool) -> Result<(), Trouble> {
        self.graph.post(channel, remote, &[("is_hidden", if hidden { "true" } else { "false" })]).await.map(drop)
    }

    async fn metrics(&self, channel: &Channel, remote: &str) -> Result<BTreeMap<String, i64>, Trouble> {
        self.graph.insights(channel, remote, METRICS).await
    }

    async fn time(&self, channel: &Channel) -> Option<i64> {
        web::date(&self.graph.client, &channel.address).await
    }

    /// Whom the token is for, and when it ends: page tokens do not run out, but end with a password or a role.
    async fn probe(&self, channel: &Channel) -> Result<Probe, Trouble> {
        let me = self.graph.get(channel, "me", &[("fields", "id,name")]).await?;
        let token = self.graph.get(channel, "debug_token", &[("input_token", &channel.secret.access)]).await?;
        if token["data"]["is_valid"] == false {
            return Err(Trouble::Reconnect(text(&token["data"]["error"]["message"])));
        }
        let ends = [&token["data"]["expires_at"], &token["data"]["data_access_expires_at"]];
        let expires_at = ends.into_iter().filter_map(Value::as_i64).filter(|t| *t > 0).min().map(|t| t * 1_000_000);
        Ok(Probe { handle: text(&me["name"]), remote: text(&me["id"]), expires_at })
    }
}
