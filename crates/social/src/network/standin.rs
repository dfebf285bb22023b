//! The network of the tests. It has what real ones have: ids of its own, a timeline that lags, errors after success, limits.

use std::collections::BTreeMap;

use async_trait::async_trait;
use reqwest::Client;
use serde_json::{Value, json};

use super::web::{self, Answer, Went};
use super::{Channel, Found, Inbound, Live, Network, Outcome, Outgoing, Page, Prepared, Probe, Secret, Trouble, Words};
use crate::limit::NetworkName;

/// Speaks to a stand-in server; `tests/it/server.rs` of this crate is one.
pub struct StandIn {
    client: Client,
}

impl StandIn {
    pub fn new() -> Result<Self, Trouble> {
        Ok(Self { client: web::client(NetworkName::Standin.limits())? })
    }

    fn post(&self, channel: &Channel, path: &str, body: &Value) -> reqwest::RequestBuilder {
        self.client.post(format!("{}{path}", channel.address)).bearer_auth(&channel.secret.access).json(body)
    }

    fn get(&self, channel: &Channel, path: &str, query: &[(&str, String)]) -> reqwest::RequestBuilder {
        self.client.get(format!("{}{path}", channel.address)).bearer_auth(&channel.secret.access).query(query)
    }

    async fn wrote(&self, channel: &Channel, path: &str, kind: &'static str, cursor: Option<&str>) -> Result<Page, Trouble> {
        let query = [("user", channel.remote.clone()), ("cursor", cursor.unwrap_or_default().to_owned())];
        let a = web::ask(self.get(channel, path, &query), judge).await?;
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let items = a.body["items"].as_array().into_iter().flatten().map(|i| Inbound {
            remote: text(&i["id"]),
            kind,
            parent: i["parent"].as_str().map(str::to_owned),
            handle: text(&i["handle"]),
            text: text(&i["text"]),
            url: None,
            written_at: i["at"].as_i64().unwrap_or_default(),
            answerable: i["answerable"].as_bool().unwrap_or(true),
        });
        Ok(Page { items: items.collect(), cursor: a.body["cursor"].as_str().map(str::to_owned) })
    }
}

fn outcome(went: Went) -> Outcome {
    match went {
        Went::Answered(a) if a.status.is_success() => {
            live(&a.body).map_or_else(|| Outcome::Unclear("an answer without an id".into()), Outcome::Live)
        }
        Went::Answered(a) if a.status.is_server_error() => Outcome::Unclear(format!("{}", a.status)),
        Went::Answered(a) => Outcome::Not(judge(&a)),
        Went::NotSent(why) => Outcome::Not(Trouble::Later(why)),
        Went::Lost(why) => Outcome::Unclear(why),
    }
}

fn judge(a: &Answer) -> Trouble {
    let why = a.body["error"].as_str().unwrap_or("no reason given").to_owned();
    match a.status.as_u16() {
        400 | 403 | 422 => Trouble::Content(why),
        401 if why == "expired" => Trouble::Expired(why),
        401 => Trouble::Reconnect(why),
        404 => Trouble::Gone(why),
        429 => Trouble::Limited { seconds: a.wait.unwrap_or(1), app: why == "app", why },
        status => Trouble::Later(format!("{status}: {why}")),
    }
}

fn live(body: &Value) -> Option<Live> {
    let remote = body["id"].as_str()?.to_owned();
    Some(Live { url: body["url"].as_str().map(str::to_owned), remote })
}

#[async_trait]
impl Network for StandIn {
    fn name(&self) -> NetworkName {
        NetworkName::Standin
    }

    async fn prepare(&self, channel: &Channel, post: &Outgoing) -> Result<Prepared, Trouble> {
        let mut media = Vec::new();
        for m in &post.media {
            let answer = web::ask(self.post(channel, "/upload", &json!({ "sha256": m.sha256, "alt": m.alt })), judge).await?;
            media.push(answer.body["id"].clone());
        }
        Ok(Prepared(json!({ "media": media })))
    }

    async fn commit(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared) -> Outcome {
        let body = json!({ "user": channel.remote, "text": post.text, "media": prepared.0["media"], "reply_to": post.reply_to,
            "private": post.private });
        outcome(web::send(self.post(channel, "/post", &body)).await)
    }

    async fn reconcile(&self, channel: &Channel, post: &Outgoing, _: &Prepared, since: i64, known: &[String]) -> Found {
        let query = [("user", channel.remote.clone()), ("since", since.to_string())];
        match web::ask(self.get(channel, "/timeline", &query), judge).await {
            Ok(a) => {
                let mine = a.body.as_array().into_iter().flatten().filter(|p| p["text"] == post.text.as_str());
                mine.filter_map(live).find(|l| !known.contains(&l.remote)).map_or(Found::Absent, Found::Live)
            }
            Err(e) => Found::Unclear(e.to_string()),
        }
    }

    async fn edit(&self, channel: &Channel, remote: &str, post: &Outgoing, _: &Prepared) -> Outcome {
        outcome(web::send(self.post(channel, "/edit", &json!({ "id": remote, "text": post.text }))).await)
    }

    async fn says(&self, channel: &Channel, remote: &str, _: &Outgoing) -> Result<Words, Trouble> {
        let a = web::ask(self.get(channel, "/get", &[("id", remote.to_owned())]), judge).await?;
        Ok(Words { text: super::text(&a.body["text"]), title: None })
    }

    async fn take_down(&self, channel: &Channel, remote: &str) -> Result<String, Trouble> {
        match web::ask(self.post(channel, "/delete", &json!({ "id": remote })), judge).await {
            Ok(_) | Err(Trouble::Gone(_)) => {}
            Err(e) => return Err(e),
        }
        match web::ask(self.get(channel, "/get", &[("id", remote.to_owned())]), judge).await {
            Err(Trouble::Gone(why)) => Ok(format!("404: {why}")),
            Ok(_) => Err(Trouble::Later("it is still there".into())),
            Err(e) => Err(e),
        }
    }

    async fn inbound(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        self.wrote(channel, "/inbox", "comment", cursor).await
    }

    async fn messages(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        self.wrote(channel, "/messages", "message", cursor).await
    }

    async fn hide(&self, channel: &Channel, remote: &str, hidden: bool) -> Result<(), Trouble> {
        web::ask(self.post(channel, "/hide", &json!({ "id": remote, "hidden": hidden })), judge).await.map(drop)
    }

    async fn metrics(&self, channel: &Channel, remote: &str) -> Result<BTreeMap<String, i64>, Trouble> {
        let a = web::ask(self.get(channel, "/metrics", &[("id", remote.to_owned())]), judge).await?;
        Ok(a.body.as_object().into_iter().flatten().filter_map(|(k, v)| Some((k.clone(), v.as_i64()?))).collect())
    }

    async fn time(&self, channel: &Channel) -> Option<i64> {
        web::date(&self.client, &channel.address).await
    }

    async fn probe(&self, channel: &Channel) -> Result<Probe, Trouble> {
        let a = web::ask(self.get(channel, "/probe", &[]), judge).await?;
        let handle = a.body["handle"].as_str().unwrap_or_default().to_owned();
        Ok(Probe { remote: handle.clone(), handle, expires_at: None })
    }

    async fn refresh(&self, channel: &Channel) -> Result<Secret, Trouble> {
        let a = web::ask(self.post(channel, "/token", &json!({ "refresh": channel.secret.refresh })), judge).await?;
        let text = |key: &str| a.body[key].as_str().unwrap_or_default().to_owned();
        Ok(Secret { access: text("access"), refresh: text("refresh"), ..channel.secret.clone() })
    }
}
