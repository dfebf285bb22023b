//! X, API version 2 (its OpenAPI 2.167). It takes no key with a post: at most once, and an unclear answer ends by reading the own
//! timeline for the same words and the same number of pictures.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, SecondsFormat};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::file::Source;
use super::{
    Channel, Found, Inbound, Live, Network, Outcome, Outgoing, Page, Prepared, Probe, Secret, Trouble, answer, oauth, text, web,
};
use crate::limit::NetworkName;
use crate::message::Media;

/// Bytes of one part of an upload; X numbers at most 1000 of them.
const PART: u64 = 1 << 20;
/// Pages of a hundred posts read at once, at most.
const PAGES: usize = 8;
const FIELDS: &str = "attachments,created_at,entities,text";

pub struct X {
    client: Client,
}

impl X {
    pub fn new() -> Result<Self, Trouble> {
        Ok(Self { client: web::client(NetworkName::X.limits())? })
    }

    fn get(&self, channel: &Channel, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        self.client.get(format!("{}{path}", channel.address)).bearer_auth(&channel.secret.access).query(query)
    }

    fn post(&self, channel: &Channel, path: &str) -> RequestBuilder {
        self.client.post(format!("{}{path}", channel.address)).bearer_auth(&channel.secret.access)
    }

    /// A picture with its words, or a film with its captions.
    async fn upload(&self, channel: &Channel, media: &Media) -> Result<String, Trouble> {
        let category = match media.mime.as_str() {
            "image/gif" => "tweet_gif",
            _ if media.is_video() => "tweet_video",
            _ => "tweet_image",
        };
        let id = self.bring(channel, media, category).await?;
        if !media.alt.is_empty() && !media.is_video() {
            let alt = json!({ "id": id, "metadata": { "alt_text": { "text": media.alt } } });
            answer::ask(NetworkName::X, self.post(channel, "/2/media/metadata").json(&alt)).await?;
        }
        if let Some(track) = media.track.as_ref().filter(|_| media.is_video()) {
            let file =
                Media { file: track.file.clone(), sha256: track.sha256.clone(), mime: "text/srt".into(), ..Media::default() };
            let words = self.bring(channel, &file, "subtitles").await?;
            let name = if track.language == "hi" { "हिन्दी" } else { "English" };
            let subtitles = json!({ "id": words, "language_code": track.language.to_uppercase(), "display_name": name });
            let body = json!({ "id": id, "media_category": "TweetVideo", "subtitles": subtitles });
            answer::ask(NetworkName::X, self.post(channel, "/2/media/subtitles").json(&body)).await?;
        }
        Ok(id)
    }

    /// One file, in parts; gives its id once X has worked on it.
    async fn bring(&self, channel: &Channel, media: &Media, category: &str) -> Result<String, Trouble> {
        let mut source = Source::open(media).await?;
        let begin = json!({ "media_category": category, "media_type": media.mime, "total_bytes": source.size });
        let begun = answer::ask(NetworkName::X, self.post(channel, "/2/media/upload/initialize").json(&begin)).await?;
        let id = text(&begun.body["data"]["id"]);
        if id.is_empty() {
            return Err(Trouble::Later("X began an upload without giving its id".into()));
        }
        let mut index = 0;
        while index * PART < source.size {
            let bytes = source.part(index * PART, PART).await?;
            let form = Form::new()
                .text("segment_index", index.to_string())
                .part("media", Part::bytes(bytes).file_name(source.name.clone()));
            let path = format!("/2/media/upload/{id}/append");
            answer::ask(NetworkName::X, self.post(channel, &path).multipart(form)).await?;
            index += 1;
        }
        let path = format!("/2/media/upload/{id}/finalize");
        let mut state = answer::ask(NetworkName::X, self.post(channel, &path)).await?.body["data"].clone();
        while let Some(stage) = state["processing_info"]["state"].as_str() {
            match stage {
                "succeeded" => break,
                "failed" => {
                    let why = text(&state["processing_info"]["error"]["message"]);
                    return Err(Trouble::Content(format!("X cannot use {}: {why}", source.name)));
                }
                _ => {
                    let wait = state["processing_info"]["check_after_secs"].as_u64().unwrap_or(1).clamp(1, 60);
                    tokio::time::sleep(Duration::from_secs(wait)).await;
                }
            }
            let query = [("command", "STATUS"), ("media_id", id.as_str())];
            state = answer::ask(NetworkName::X, self.get(channel, "/2/media/upload", &query)).await?.body["data"].clone();
        }
        Ok(id)
    }

    /// One own or foreign post; X answers 200 with `errors` for one that is not there.
    async fn one(&self, channel: &Channel, id: &str, fields: &str) -> Result<Value, Trouble> {
        let a = answer::ask(NetworkName::X, self.get(channel, &format!("/2/tweets/{id}"), &[("post.fields", fields)])).await?;
        match &a.body["data"] {
            Value::Object(_) => Ok(a.body["data"].clone()),
            _ => Err(Trouble::Gone(format!("{}: {}", text(&a.body["errors"][0]["title"]), text(&a.body["errors"][0]["detail"])))),
        }
    }
}

fn live(channel: &Channel, id: &str) -> Live {
    let handle = channel.handle.trim_start_matches('@');
    Live { remote: id.to_owned(), url: Some(format!("https://x.com/{handle}/status/{id}")) }
}

/// A text as it can be compared: X shortens links, escapes three characters, and appends a link for pictures.
fn comparable(text: &str) -> String {
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    let plain: String = plain.nfc().collect::<String>().replace("https://", "").replace("http://", "");
    plain.split_whitespace().map(|word| word.trim_end_matches('/')).collect::<Vec<_>>().join(" ")
}

fn theirs(post: &Value) -> String {
    let mut plain = text(&post["text"]);
    for url in post["entities"]["urls"].as_array().into_iter().flatten() {
        let expanded = text(&url["expanded_url"]);
        let of_media = url["media_key"].is_string() || expanded.contains("/photo/") || expanded.contains("/video/");
        plain = plain.replace(text(&url["url"]).as_str(), if of_media { "" } else { &expanded });
    }
    comparable(&plain)
}

#[async_trait]
impl Network for X {
    fn name(&self) -> NetworkName {
        NetworkName::X
    }

    async fn prepare(&self, channel: &Channel, post: &Outgoing) -> Result<Prepared, Trouble> {
        let mut ids = Vec::new();
        for media in &post.media {
            ids.push(self.upload(channel, media).await?);
        }
        Ok(Prepared(json!({ "media": ids })))
    }

    async fn commit(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared) -> Outcome {
        let mut body = json!({ "text": post.text });
        if prepared.0["media"].as_array().is_some_and(|ids| !ids.is_empty()) {
            body["media"] = json!({ "media_ids": prepared.0["media"] });
        }
        if let Some(to) = &post.reply_to {
            body["reply"] = json!({ "in_reply_to_tweet_id": to });
        }
        if post.generated {
            body["made_with_ai"] = json!(true);
        }
        let went = web::send(self.post(channel, "/2/tweets").json(&body)).await;
        answer::outcome(NetworkName::X, went, |a| Some(live(channel, a.body["data"]["id"].as_str()?)))
    }

    async fn reconcile(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared, since: i64, known: &[String]) -> Found {
        let ours = (comparable(&post.text), prepared.0["media"].as_array().map_or(0, Vec::len));
        let start = DateTime::from_timestamp_micros(since).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true);
        let path = format!("/2/users/{}/tweets", channel.remote);
        let mut next = String::new();
        for _ in 0..PAGES {
            let mut query = vec![("max_results", "100"), ("post.fields", FIELDS), ("start_time", start.as_str())];
            if !next.is_empty() {
                query.push(("pagination_token", &next));
            }
            let a = match answer::ask(NetworkName::X, self.get(channel, &path, &query)).await {
                Ok(a) => a,
                Err(e) => return Found::Unclear(e.to_string()),
            };
            for p in a.body["data"].as_array().into_iter().flatten() {
                let pictures = p["attachments"]["media_keys"].as_array().map_or(0, Vec::len);
                let id = text(&p["id"]);
                if (theirs(p), pictures) == ours && !known.contains(&id) {
                    return Found::Live(live(channel, &id));
                }
            }
            next = text(&a.body["meta"]["next_token"]);
            if next.is_empty() {
                return Found::Absent;
            }
        }
        Found::Unclear("the timeline is longer than was read".into())
    }

    async fn take_down(&self, channel: &Channel, remote: &str) -> Result<String, Trouble> {
        let request = self.client.delete(format!("{}/2/tweets/{remote}", channel.address)).bearer_auth(&channel.secret.access);
        match answer::ask(NetworkName::X, request).await {
            Ok(_) | Err(Trouble::Gone(_)) => {}
            Err(e) => return Err(e),
        }
        match self.one(channel, remote, "text").await {
            Err(Trouble::Gone(why)) => Ok(why),
            Ok(_) => Err(Trouble::Later("it is still there".into())),
            Err(e) => Err(e),
        }
    }

    async fn inbound(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        let path = format!("/2/users/{}/mentions", channel.remote);
        let (mut items, mut newest, mut next) = (Vec::new(), cursor.unwrap_or_default().to_owned(), String::new());
        for _ in 0..PAGES {
            let mut query = vec![
                ("max_results", "100"),
                ("post.fields", "created_at,entities,text"),
                ("expansions", "author_id,referenced_posts"),
                ("user.fields", "username"),
            ];
            if let Some(since) = cursor {
                query.push(("since_id", since));
            }
            if !next.is_empty() {
                query.push(("pagination_token", &next));
            }
            let a = answer::ask(NetworkName::X, self.get(channel, &path, &query)).await?;
            // The first page names the newest of all.
            if next.is_empty() && a.body["meta"]["newest_id"].is_string() {
                newest = text(&a.body["meta"]["newest_id"]);
            }
            let users = &a.body["includes"]["users"];
            items.extend(a.body["data"].as_array().into_iter().flatten().map(|p| inbound(channel, p, users)));
            next = text(&a.body["meta"]["next_token"]);
            if next.is_empty() {
                break;
            }
        }
        Ok(Page { items, cursor: (!newest.is_empty()).then_some(newest) })
    }

    async fn hide(&self, channel: &Channel, remote: &str, hidden: bool) -> Result<(), Trouble> {
        let request = self.client.put(format!("{}/2/tweets/{remote}/hidden", channel.address));
        let request = request.bearer_auth(&channel.secret.access).json(&json!({ "hidden": hidden }));
        let a = answer::ask(NetworkName::X, request).await?;
        if a.body["data"]["hidden"] == hidden { Ok(()) } else { Err(Trouble::Later(format!("X did not set hidden to {hidden}"))) }
    }

    async fn metrics(&self, channel: &Channel, remote: &str) -> Result<BTreeMap<String, i64>, Trouble> {
        let post = self.one(channel, remote, "public_metrics").await?;
        Ok(super::numbers(&post["public_metrics"]))
    }

    async fn time(&self, channel: &Channel) -> Option<i64> {
        web::date(&self.client, &channel.address).await
    }

    async fn probe(&self, channel: &Channel) -> Result<Probe, Trouble> {
        let a = answer::ask(NetworkName::X, self.get(channel, "/2/users/me", &[])).await?;
        let (handle, remote) = (text(&a.body["data"]["username"]), text(&a.body["data"]["id"]));
        Ok(Probe { handle, remote, expires_at: channel.secret.expires_at })
    }

    async fn refresh(&self, channel: &Channel) -> Result<Secret, Trouble> {
        oauth::refresh(&self.client, NetworkName::X, channel).await
    }
}

/// A post that mentions us, from the mentions timeline or a webhook.
fn inbound(channel: &Channel, p: &Value, users: &Value) -> Inbound {
    let author = users.as_array().into_iter().flatten().find(|u| u["id"] == p["author_id"]);
    let (id, handle) = (text(&p["id"]), author.map(|u| text(&u["username"])).unwrap_or_default());
    let referenced = ["referenced_posts", "referenced_tweets"].into_iter().find_map(|k| p[k].as_array());
    let parent = referenced.into_iter().flatten().find(|r| r["type"] == "replied_to").map(|r| text(&r["id"]));
    let named = |m: &Value| {
        m["id"] == channel.remote.as_str() || m["username"].as_str().is_some_and(|u| super::same_handle(u, &channel.handle))
    };
    Inbound {
        kind: if parent.is_some() { "reply" } else { "mention" },
        parent,
        text: text(&p["text"]),
        url: Some(format!("https://x.com/{handle}/status/{id}")),
        written_at: super::moment(&p["created_at"]),
        // Since February 2026 a program may answer only where the author named the account.
        answerable: p["entities"]["mentions"].as_array().is_some_and(|all| all.iter().any(named)),
        handle,
        remote: id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_is_recognised_behind_shortened_links_escapes_and_a_picture() {
        let ours = "₹500 जुर्माना & चालान <देखें> police.example.org/x";
        let post = json!({
            "text": "₹500 जुर्माना &amp; चालान &lt;देखें&gt; https://t.co/abc https://t.co/pic",
            "entities": { "urls": [
                { "url": "https://t.co/abc", "expanded_url": "http://police.example.org/x" },
                { "url": "https://t.co/pic", "expanded_url": "https://x.com/a/status/1/photo/1", "media_key": "3_1" },
            ] },
        });
        assert_eq!(theirs(&post), comparable(ours));
        assert_ne!(theirs(&post), comparable("₹500 जुर्माना"));
    }

    #[test]
    fn only_where_the_author_named_us_may_a_program_answer() {
        let channel = Channel {
            handle: "@Thana1".into(),
            remote: "7".into(),
            account: String::new(),
            address: String::new(),
            secret: Secret::default(),
        };
        let with = |mentions: Value| json!({ "id": "1", "text": "t", "author_id": "9", "entities": { "mentions": mentions } });
        let users = json!([{ "id": "9", "username": "citizen" }]);
        assert!(inbound(&channel, &with(json!([{ "username": "thana1" }])), &users).answerable);
        assert!(!inbound(&channel, &with(json!([{ "username": "other" }])), &users).answerable);
        assert_eq!(inbound(&channel, &with(json!([])), &users).handle, "citizen");
    }
}
