//! Bluesky (AT Protocol). Exactly once by construction: a post is a record under a key of our own choosing, and writing the same
//! record under the same key twice is writing it once. Text, time and pictures are fixed when the post is queued, so every
//! attempt produces the same content identifier.
//!
//! Lexicons: `com.atproto.server`, `com.atproto.repo`, `app.bsky.feed`, `app.bsky.notification`.

use std::collections::BTreeMap;

use async_trait::async_trait;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SecondsFormat};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

use super::web::{self, Answer, Went};
use super::{Channel, Found, Inbound, Live, Network, Outcome, Outgoing, Page, Prepared, Probe, Secret, Trouble};
use crate::limit::NetworkName;
use crate::text::{EntityKind, entities};

const POST: &str = "app.bsky.feed.post";
const GATE: &str = "app.bsky.feed.threadgate";
/// Pages of a hundred notifications read at once, at most.
const PAGES: usize = 20;

pub struct Bluesky {
    client: Client,
}

impl Bluesky {
    pub fn new() -> Result<Self, Trouble> {
        Ok(Self { client: web::client(NetworkName::Bluesky.limits())? })
    }

    /// Signs in with an app password; gives the account's DID, its handle and the tokens. The password is not kept.
    pub async fn connect(&self, address: &str, identifier: &str, password: &str) -> Result<(String, String, Secret), Trouble> {
        let request = self.client.post(format!("{address}/xrpc/com.atproto.server.createSession"));
        let a = web::ask(request.json(&json!({ "identifier": identifier, "password": password })), judge).await?;
        Ok((text(&a.body["did"]), text(&a.body["handle"]), tokens(&a.body, &Secret::default())))
    }

    fn get(&self, channel: &Channel, method: &str, query: &[(&str, &str)]) -> RequestBuilder {
        self.client.get(format!("{}/xrpc/{method}", channel.address)).bearer_auth(&channel.secret.access).query(query)
    }

    fn post(&self, channel: &Channel, method: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("{}/xrpc/{method}", channel.address)).bearer_auth(&channel.secret.access).json(body)
    }

    async fn record(&self, channel: &Channel, uri: &str) -> Result<Value, Trouble> {
        let (repo, collection, rkey) = parts(uri)?;
        let query = [("repo", repo), ("collection", collection), ("rkey", rkey)];
        Ok(web::ask(self.get(channel, "com.atproto.repo.getRecord", &query), judge).await?.body)
    }

    /// Links, hashtags and mentions, by byte offsets of UTF-8 as the network counts.
    async fn facets(&self, channel: &Channel, post: &str) -> Result<Vec<Value>, Trouble> {
        let mut out = Vec::new();
        for e in entities(post).into_iter().filter(|e| e.kind != EntityKind::Mention) {
            let feature = match e.kind {
                EntityKind::Hashtag => json!({ "$type": "app.bsky.richtext.facet#tag", "tag": e.text }),
                _ => {
                    let uri = if e.text.starts_with("http") { e.text.clone() } else { format!("https://{}", e.text) };
                    json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri })
                }
            };
            out.push(json!({ "index": { "byteStart": e.start, "byteEnd": e.end }, "features": [feature] }));
        }
        for (start, end) in handles(post) {
            let query = [("handle", &post[start + 1..end])];
            // A handle nobody has stays plain text.
            match web::ask(self.get(channel, "com.atproto.identity.resolveHandle", &query), judge).await {
                Ok(a) => out.push(json!({
                    "index": { "byteStart": start, "byteEnd": end },
                    "features": [{ "$type": "app.bsky.richtext.facet#mention", "did": a.body["did"] }],
                })),
                Err(Trouble::Content(_) | Trouble::Gone(_)) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(out)
    }

    async fn upload(&self, channel: &Channel, media: &crate::message::Media) -> Result<Value, Trouble> {
        let bytes =
            tokio::fs::read(&media.file).await.map_err(|e| Trouble::Content(format!("{} cannot be read: {e}", media.file)))?;
        let request = self.client.post(format!("{}/xrpc/com.atproto.repo.uploadBlob", channel.address));
        let request = request.bearer_auth(&channel.secret.access).header("content-type", &media.mime).body(bytes);
        let answer = web::ask(request, judge).await?;
        Ok(json!({ "alt": media.alt, "image": answer.body["blob"] }))
    }

    async fn answers(&self, channel: &Channel, to: &str) -> Result<Value, Trouble> {
        let parent = self.record(channel, to).await?;
        let reference = |v: &Value| json!({ "uri": v["uri"], "cid": v["cid"] });
        let root = match &parent["value"]["reply"]["root"] {
            Value::Null => reference(&parent),
            root => reference(root),
        };
        Ok(json!({ "root": root, "parent": reference(&parent) }))
    }
}

fn text(v: &Value) -> String {
    v.as_str().unwrap_or_default().to_owned()
}

/// `at://did/collection/rkey`.
fn parts(uri: &str) -> Result<(&str, &str, &str), Trouble> {
    let rest = uri.strip_prefix("at://").unwrap_or_default();
    let mut parts = rest.split('/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(repo), Some(collection), Some(rkey)) if !repo.is_empty() => Ok((repo, collection, rkey)),
        _ => Err(Trouble::Gone(format!("{uri:?} is no address of a post; it looks like at://did/app.bsky.feed.post/key"))),
    }
}

/// `@handle.domain` in a text, as byte ranges.
fn handles(text: &str) -> Vec<(usize, usize)> {
    let at = text.match_indices('@').filter(|(i, _)| !text[..*i].ends_with(|c: char| c.is_alphanumeric()));
    at.filter_map(|(i, _)| {
        let rest = &text[i + 1..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches(['.', '-']);
        name.contains('.').then_some((i, i + 1 + name.len()))
    })
    .collect()
}

/// When a token ends, from its own claim; UTC microseconds.
fn expiry(token: &str) -> Option<i64> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    let claims: Value = serde_json::from_slice(&claims).ok()?;
    Some(claims["exp"].as_i64()? * 1_000_000)
}

fn tokens(body: &Value, old: &Secret) -> Secret {
    let access = text(&body["accessJwt"]);
    Secret { expires_at: expiry(&access), refresh: text(&body["refreshJwt"]), access, ..old.clone() }
}

fn judge(a: &Answer) -> Trouble {
    let (error, message) = (a.body["error"].as_str().unwrap_or_default(), a.body["message"].as_str().unwrap_or_default());
    let why = format!("{} {error} {message}", a.status.as_u16());
    match (a.status.as_u16(), error) {
        (_, "ExpiredToken") => Trouble::Expired(why),
        (_, "AccountTakedown" | "AccountDeactivated" | "AccountSuspended") => Trouble::Blocked(why),
        (401, _) | (_, "InvalidToken" | "AuthMissing" | "AuthenticationRequired") => Trouble::Reconnect(why),
        (429, _) => Trouble::Limited { seconds: a.wait.unwrap_or(300), app: false, why },
        (404, _) | (_, "RecordNotFound" | "NotFound") => Trouble::Gone(why),
        (400..=499, _) => Trouble::Content(why),
        _ => Trouble::Later(why),
    }
}

#[async_trait]
impl Network for Bluesky {
    fn name(&self) -> NetworkName {
        NetworkName::Bluesky
    }

    async fn prepare(&self, channel: &Channel, post: &Outgoing) -> Result<Prepared, Trouble> {
        let created = DateTime::from_timestamp_micros(post.created_at).unwrap_or_default();
        let mut record = json!({
            "$type": POST,
            "text": post.text,
            "createdAt": created.to_rfc3339_opts(SecondsFormat::Millis, true),
            "langs": post.languages,
        });
        let facets = self.facets(channel, &post.text).await?;
        if !facets.is_empty() {
            record["facets"] = Value::Array(facets);
        }
        let mut images = Vec::new();
        for media in &post.media {
            images.push(self.upload(channel, media).await?);
        }
        if !images.is_empty() {
            record["embed"] = json!({ "$type": "app.bsky.embed.images", "images": images });
        }
        if let Some(to) = &post.reply_to {
            record["reply"] = self.answers(channel, to).await?;
        }
        Ok(Prepared(record))
    }

    async fn commit(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared) -> Outcome {
        let body = json!({ "repo": channel.remote, "collection": POST, "rkey": post.key, "record": prepared.0 });
        match web::send(self.post(channel, "com.atproto.repo.putRecord", &body)).await {
            Went::Answered(a) if a.status.is_success() => match a.body["uri"].as_str() {
                Some(uri) => Outcome::Live(live(channel, uri)),
                None => Outcome::Unclear("an answer without an address".into()),
            },
            Went::Answered(a) if a.status.is_server_error() => Outcome::Unclear(judge(&a).to_string()),
            Went::Answered(a) => Outcome::Not(judge(&a)),
            Went::NotSent(why) => Outcome::Not(Trouble::Later(why)),
            Went::Lost(why) => Outcome::Unclear(why),
        }
    }

    async fn reconcile(&self, channel: &Channel, post: &Outgoing, _: &Prepared, _: i64, _: &[String]) -> Found {
        match self.record(channel, &format!("at://{}/{POST}/{}", channel.remote, post.key)).await {
            Ok(record) => Found::Live(live(channel, record["uri"].as_str().unwrap_or_default())),
            Err(Trouble::Gone(_)) => Found::Absent,
            Err(e) => Found::Unclear(e.to_string()),
        }
    }

    async fn take_down(&self, channel: &Channel, remote: &str) -> Result<String, Trouble> {
        let (repo, collection, rkey) = parts(remote)?;
        if repo != channel.remote {
            return Err(Trouble::Impossible(format!("{remote} is not a post of {}", channel.handle)));
        }
        let body = json!({ "repo": repo, "collection": collection, "rkey": rkey });
        web::ask(self.post(channel, "com.atproto.repo.deleteRecord", &body), judge).await?;
        match self.record(channel, remote).await {
            Err(Trouble::Gone(why)) => Ok(why),
            Ok(_) => Err(Trouble::Later("it is still there".into())),
            Err(e) => Err(e),
        }
    }

    async fn inbound(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        let (mut items, mut next, mut newest) = (Vec::new(), String::new(), cursor.unwrap_or_default().to_owned());
        // Notifications come newest first: read back to where the last reading began.
        for _ in 0..PAGES {
            let mut query = vec![("limit", "100")];
            if !next.is_empty() {
                query.push(("cursor", &next));
            }
            let a = web::ask(self.get(channel, "app.bsky.notification.listNotifications", &query), judge).await?;
            let all = a.body["notifications"].as_array().cloned().unwrap_or_default();
            let old = |n: &Value| n["indexedAt"].as_str().unwrap_or_default() <= cursor.unwrap_or_default();
            newest = all.iter().map(|n| text(&n["indexedAt"])).chain([newest]).max().unwrap_or_default();
            items.extend(all.iter().filter(|n| !old(n)).filter_map(inbound));
            next = text(&a.body["cursor"]);
            if all.is_empty() || all.iter().any(old) || next.is_empty() {
                break;
            }
        }
        Ok(Page { items, cursor: (!newest.is_empty()).then_some(newest) })
    }

    /// Hides a reply for everybody under the own post it answers, or shows it again (the thread's gate lists hidden replies).
    async fn hide(&self, channel: &Channel, remote: &str, hidden: bool) -> Result<(), Trouble> {
        let reply = self.record(channel, remote).await?;
        let root = text(&reply["value"]["reply"]["root"]["uri"]);
        let (repo, _, rkey) = parts(&root)?;
        if repo != channel.remote {
            return Err(Trouble::Impossible("only replies under own posts can be hidden".into()));
        }
        let mut gate = match self.record(channel, &format!("at://{repo}/{GATE}/{rkey}")).await {
            Ok(gate) => gate["value"].clone(),
            Err(Trouble::Gone(_)) => {
                json!({ "$type": GATE, "post": root, "createdAt": reply["value"]["createdAt"], "hiddenReplies": [] })
            }
            Err(e) => return Err(e),
        };
        let listed = gate["hiddenReplies"].as_array().cloned().unwrap_or_default();
        if listed.iter().any(|h| h == remote) != hidden {
            let others = listed.into_iter().filter(|h| h != remote);
            gate["hiddenReplies"] = Value::Array(others.chain(hidden.then(|| json!(remote))).collect());
            let body = json!({ "repo": repo, "collection": GATE, "rkey": rkey, "record": gate });
            web::ask(self.post(channel, "com.atproto.repo.putRecord", &body), judge).await?;
        }
        Ok(())
    }

    async fn metrics(&self, channel: &Channel, remote: &str) -> Result<BTreeMap<String, i64>, Trouble> {
        let a = web::ask(self.get(channel, "app.bsky.feed.getPosts", &[("uris", remote)]), judge).await?;
        let post = a.body["posts"].get(0).cloned().ok_or_else(|| Trouble::Gone(remote.into()))?;
        let names = ["likeCount", "repostCount", "replyCount", "quoteCount"];
        Ok(names.iter().filter_map(|n| Some(((*n).to_owned(), post[*n].as_i64()?))).collect())
    }

    async fn time(&self, channel: &Channel) -> Option<i64> {
        web::date(&self.client, &channel.address).await
    }

    async fn probe(&self, channel: &Channel) -> Result<Probe, Trouble> {
        let a = web::ask(self.get(channel, "com.atproto.server.getSession", &[]), judge).await?;
        let (handle, remote) = (text(&a.body["handle"]), text(&a.body["did"]));
        Ok(Probe { handle, remote, expires_at: expiry(&channel.secret.access) })
    }

    async fn refresh(&self, channel: &Channel) -> Result<Secret, Trouble> {
        let request = self.client.post(format!("{}/xrpc/com.atproto.server.refreshSession", channel.address));
        match web::ask(request.bearer_auth(&channel.secret.refresh), judge).await {
            Ok(a) => Ok(tokens(&a.body, &channel.secret)),
            Err(Trouble::Expired(why) | Trouble::Content(why)) => Err(Trouble::Reconnect(why)),
            Err(e) => Err(e),
        }
    }
}

fn live(channel: &Channel, uri: &str) -> Live {
    let key = uri.rsplit('/').next().unwrap_or_default();
    Live { remote: uri.to_owned(), url: Some(format!("https://bsky.app/profile/{}/post/{key}", channel.handle)) }
}

fn inbound(n: &Value) -> Option<Inbound> {
    let kind = match n["reason"].as_str()? {
        "reply" => "reply",
        "mention" => "mention",
        "quote" => "quote",
        // Likes, follows and reposts are nobody's work.
        _ => return None,
    };
    let (uri, handle) = (text(&n["uri"]), text(&n["author"]["handle"]));
    let key = uri.rsplit('/').next().unwrap_or_default();
    let written = DateTime::parse_from_rfc3339(n["indexedAt"].as_str()?).ok()?.timestamp_micros();
    Some(Inbound {
        kind,
        parent: n["record"]["reply"]["parent"]["uri"].as_str().map(str::to_owned),
        text: text(&n["record"]["text"]),
        url: Some(format!("https://bsky.app/profile/{handle}/post/{key}")),
        written_at: written,
        answerable: true,
        handle,
        remote: uri,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_found_by_bytes() {
        let text = "नमस्ते @thana.example.org, a@b.c";
        let found = handles(text);
        assert_eq!(found.iter().map(|(a, b)| &text[*a..*b]).collect::<Vec<_>>(), ["@thana.example.org"]);
    }

    #[test]
    fn a_tokens_end_is_its_own_claim() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"exp":1790000000}"#);
        assert_eq!(expiry(&format!("x.{claims}.y")), Some(1_790_000_000_000_000));
        assert_eq!(expiry("opaque"), None);
    }

    #[test]
    fn likes_are_no_work_and_bad_addresses_are_named() {
        assert!(inbound(&json!({ "reason": "like" })).is_none());
        assert!(parts("https://bsky.app/x").unwrap_err().to_string().contains("at://"));
    }
}
