//! Mastodon (API of version 4). It takes an idempotency key, for about an hour and not on every server: reading comes first, and
//! the key is a second net.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::file::Source;
use super::{
    Channel, Found, Inbound, Live, Network, Outcome, Outgoing, Page, Prepared, Probe, Trouble, Words, answer, moment, text, web,
};
use crate::limit::NetworkName;
use crate::message::Media;

const PAGES: usize = 10;

pub struct Mastodon {
    client: Client,
}

impl Mastodon {
    pub fn new() -> Result<Self, Trouble> {
        Ok(Self { client: web::client(NetworkName::Mastodon.limits())? })
    }

    fn get(&self, channel: &Channel, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        self.client.get(format!("{}{path}", channel.address)).bearer_auth(&channel.secret.access).query(query)
    }

    async fn read(&self, channel: &Channel, path: &str, query: &[(&str, &str)]) -> Result<Value, Trouble> {
        Ok(answer::ask(NetworkName::Mastodon, self.get(channel, path, query)).await?.body)
    }

    /// Notifications of posts that name the account, and where to go on.
    async fn notified(&self, channel: &Channel, cursor: Option<&str>) -> Result<(Vec<Value>, Option<String>), Trouble> {
        let (mut out, mut at) = (Vec::new(), cursor.unwrap_or("0").to_owned());
        for _ in 0..PAGES {
            // From the oldest unread on, so that no page in between is lost.
            let query = [("types[]", "mention"), ("limit", "40"), ("min_id", at.as_str())];
            let all = self.read(channel, "/api/v1/notifications", &query).await?;
            let all = all.as_array().cloned().unwrap_or_default();
            match all.first() {
                Some(newest) => at = text(&newest["id"]),
                None => break,
            }
            out.extend(all);
        }
        Ok((out, (at != "0").then_some(at)))
    }

    async fn upload(&self, channel: &Channel, media: &Media) -> Result<String, Trouble> {
        let mut source = Source::open(media).await?;
        let bytes = Part::bytes(source.all().await?).file_name(source.name.clone());
        let bytes = bytes.mime_str(&media.mime).map_err(|e| Trouble::Content(format!("{}: {e}", media.mime)))?;
        let form = Form::new().text("description", media.alt.clone()).part("file", bytes);
        let request = self.client.post(format!("{}/api/v2/media", channel.address)).bearer_auth(&channel.secret.access);
        let mut a = answer::ask(NetworkName::Mastodon, request.multipart(form)).await?;
        let id = text(&a.body["id"]);
        // Films are worked on after the answer: no address yet.
        for _ in 0..120 {
            if a.status.as_u16() == 200 && a.body["url"].is_string() {
                return Ok(id);
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
            a = answer::ask(NetworkName::Mastodon, self.get(channel, &format!("/api/v1/media/{id}"), &[])).await?;
        }
        Err(Trouble::Later("the server is still at work on the film".into()))
    }
}

/// What is sent: an answer to one alone names him, or he would not see it.
fn worded(post: &Outgoing, prepared: &Prepared) -> String {
    match prepared.0["to"].as_str().filter(|_| post.private) {
        Some(to) => format!("@{to} {}", post.text),
        None => post.text.clone(),
    }
}

/// A notification of a post that only those named in it see.
fn alone(n: &Value) -> bool {
    n["status"]["visibility"] == "direct"
}

fn mention(n: &Value) -> Inbound {
    let s = &n["status"];
    let parent = s["in_reply_to_id"].as_str().map(str::to_owned);
    Inbound {
        remote: text(&s["id"]),
        kind: if parent.is_some() { "reply" } else { "mention" },
        parent,
        handle: text(&n["account"]["acct"]),
        text: plain(&text(&s["content"])),
        url: s["url"].as_str().map(str::to_owned),
        written_at: moment(&s["created_at"]),
        answerable: true,
    }
}

fn live(status: &Value) -> Option<Live> {
    Some(Live { remote: status["id"].as_str()?.to_owned(), url: status["url"].as_str().map(str::to_owned) })
}

#[async_trait]
impl Network for Mastodon {
    fn name(&self) -> NetworkName {
        NetworkName::Mastodon
    }

    async fn prepare(&self, channel: &Channel, post: &Outgoing) -> Result<Prepared, Trouble> {
        if let (true, Some(to)) = (post.private, &post.reply_to) {
            let asked = self.read(channel, &format!("/api/v1/statuses/{to}"), &[]).await?;
            let prepared = Prepared(json!({ "to": asked["account"]["acct"] }));
            let length = crate::text::length(&worded(post, &prepared), NetworkName::Mastodon.limits().text);
            if !length.fits() {
                return Err(Trouble::Content(format!("{} of {} characters with the name it is for", length.used, length.most)));
            }
            return Ok(prepared);
        }
        let mut ids = Vec::new();
        for media in &post.media {
            ids.push(self.upload(channel, media).await?);
        }
        Ok(Prepared(json!({ "media": ids })))
    }

    async fn commit(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared) -> Outcome {
        let visibility = if post.private { "direct" } else { "public" };
        let mut body = json!({ "status": worded(post, prepared), "visibility": visibility });
        if prepared.0["media"].as_array().is_some_and(|ids| !ids.is_empty()) {
            body["media_ids"] = prepared.0["media"].clone();
        }
        if let Some(to) = &post.reply_to {
            body["in_reply_to_id"] = json!(to);
        }
        if let Some(language) = post.languages.first() {
            body["language"] = json!(language);
        }
        let request = self.client.post(format!("{}/api/v1/statuses", channel.address)).bearer_auth(&channel.secret.access);
        let went = web::send(request.header("idempotency-key", &post.key).json(&body)).await;
        answer::outcome(NetworkName::Mastodon, went, |a| live(&a.body))
    }

    /// Servers show a post as HTML; what was written is told by its source.
    async fn reconcile(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared, since: i64, known: &[String]) -> Found {
        let sent = worded(post, prepared);
        let path = format!("/api/v1/accounts/{}/statuses", channel.remote);
        let mut before = String::new();
        for _ in 0..PAGES {
            let mut query = vec![("limit", "40"), ("exclude_reblogs", "true")];
            if !before.is_empty() {
                query.push(("max_id", &before));
            }
            let all = match self.read(channel, &path, &query).await {
                Ok(all) => all.as_array().cloned().unwrap_or_default(),
                Err(e) => return Found::Unclear(e.to_string()),
            };
            for status in &all {
                if moment(&status["created_at"]) < since {
                    return Found::Absent;
                }
                let id = text(&status["id"]);
                if known.contains(&id) || status["in_reply_to_id"].as_str() != post.reply_to.as_deref() {
                    continue;
                }
                match self.read(channel, &format!("/api/v1/statuses/{id}/source"), &[]).await {
                    Ok(source) if source["text"] == sent.as_str() => {
                        return live(status).map_or_else(|| Found::Unclear("a post without an id".into()), Found::Live);
                    }
                    Ok(_) | Err(Trouble::Gone(_)) => {}
                    Err(e) => return Found::Unclear(e.to_string()),
                }
            }
            match all.last() {
                Some(last) => before = text(&last["id"]),
                None => return Found::Absent,
            }
        }
        Found::Unclear("the timeline is longer than was read".into())
    }

    /// Pictures and a warning that are not sent along would be dropped.
    async fn prepare_edit(&self, channel: &Channel, remote: &str, _: &Outgoing) -> Result<Prepared, Trouble> {
        let status = self.read(channel, &format!("/api/v1/statuses/{remote}"), &[]).await?;
        let media: Vec<&Value> = status["media_attachments"].as_array().into_iter().flatten().map(|m| &m["id"]).collect();
        Ok(Prepared(
            json!({ "media": media, "sensitive": status["sensitive"] == true, "spoiler": text(&status["spoiler_text"]) }),
        ))
    }

    async fn edit(&self, channel: &Channel, remote: &str, post: &Outgoing, prepared: &Prepared) -> Outcome {
        let mut body =
            json!({ "status": post.text, "sensitive": prepared.0["sensitive"], "spoiler_text": prepared.0["spoiler"] });
        if prepared.0["media"].as_array().is_some_and(|ids| !ids.is_empty()) {
            body["media_ids"] = prepared.0["media"].clone();
        }
        if let Some(language) = post.languages.first() {
            body["language"] = json!(language);
        }
        let request = self.client.put(format!("{}/api/v1/statuses/{remote}", channel.address));
        let went = web::send(request.bearer_auth(&channel.secret.access).json(&body)).await;
        answer::outcome(NetworkName::Mastodon, went, |a| live(&a.body))
    }

    async fn says(&self, channel: &Channel, remote: &str, _: &Outgoing) -> Result<Words, Trouble> {
        let source = self.read(channel, &format!("/api/v1/statuses/{remote}/source"), &[]).await?;
        Ok(Words { text: text(&source["text"]), title: None })
    }

    async fn take_down(&self, channel: &Channel, remote: &str) -> Result<String, Trouble> {
        let path = format!("/api/v1/statuses/{remote}");
        let request = self.client.delete(format!("{}{path}", channel.address)).bearer_auth(&channel.secret.access);
        match answer::ask(NetworkName::Mastodon, request).await {
            Ok(_) | Err(Trouble::Gone(_)) => {}
            Err(e) => return Err(e),
        }
        match self.read(channel, &path, &[]).await {
            Err(Trouble::Gone(why)) => Ok(why),
            Ok(_) => Err(Trouble::Later("it is still there".into())),
            Err(e) => Err(e),
        }
    }

    async fn inbound(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        let (all, cursor) = self.notified(channel, cursor).await?;
        Ok(Page { items: all.iter().filter(|n| !alone(n)).map(mention).collect(), cursor })
    }

    /// Posts that only those named in them see.
    async fn messages(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        let (all, cursor) = self.notified(channel, cursor).await?;
        let items =
            all.iter().filter(|n| alone(n)).map(|n| Inbound { kind: "message", handle: String::new(), url: None, ..mention(n) });
        Ok(Page { items: items.collect(), cursor })
    }

    async fn hide(&self, _: &Channel, _: &str, _: bool) -> Result<(), Trouble> {
        Err(Trouble::Impossible(
            "Mastodon lets nobody hide what others wrote; report it to the server's moderators by hand".into(),
        ))
    }

    async fn metrics(&self, channel: &Channel, remote: &str) -> Result<BTreeMap<String, i64>, Trouble> {
        let status = self.read(channel, &format!("/api/v1/statuses/{remote}"), &[]).await?;
        let names = ["replies_count", "reblogs_count", "favourites_count", "quotes_count"];
        Ok(names.iter().filter_map(|n| Some(((*n).to_owned(), status[*n].as_i64()?))).collect())
    }

    async fn time(&self, channel: &Channel) -> Option<i64> {
        web::date(&self.client, &channel.address).await
    }

    async fn probe(&self, channel: &Channel) -> Result<Probe, Trouble> {
        let me = self.read(channel, "/api/v1/accounts/verify_credentials", &[]).await?;
        Ok(Probe { handle: text(&me["acct"]), remote: text(&me["id"]), expires_at: None })
    }
}

/// The words of a server's HTML: paragraphs and breaks are line ends, everything else is dropped.
fn plain(html: &str) -> String {
    let broken = html.replace("<br>", "\n").replace("<br/>", "\n").replace("<br />", "\n").replace("</p><p>", "\n\n");
    let (mut out, mut inside) = (String::with_capacity(broken.len()), false);
    for c in broken.chars() {
        match c {
            '<' => inside = true,
            '>' => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(out, |text, (from, to)| text.replace(from, to)).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_servers_html_becomes_the_words() {
        let html = "<p><span class=\"h-card\"><a href=\"https://m.example/@thana\">@<span>thana</span></a></span> चोरी &amp; लूट<br />कब?</p><p>&lt;3</p>";
        assert_eq!(plain(html), "@thana चोरी & लूट\nकब?\n\n<3");
    }
}
