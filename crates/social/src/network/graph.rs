//! Meta's Graph as Facebook and Instagram share it.

use std::collections::BTreeMap;

use reqwest::{Client, Method, RequestBuilder};
use ring::hmac;
use serde_json::Value;

use super::{Channel, Inbound, Page, Trouble, answer, text, web};
use crate::limit::NetworkName;

/// Pages of results read at once, at most.
const PAGES: usize = 20;

pub(super) struct Graph {
    pub client: Client,
    network: NetworkName,
}

impl Graph {
    pub fn new(network: NetworkName) -> Result<Self, Trouble> {
        Ok(Self { client: web::client(network.limits())?, network })
    }

    /// A request under the channel's token. With the application's secret at hand it also proves that the application sends it, so a
    /// stolen token is worth nothing elsewhere.
    pub fn call(&self, method: Method, channel: &Channel, path: &str, query: &[(&str, &str)]) -> RequestBuilder {
        let mut request = self.client.request(method, format!("{}/{path}", channel.address)).bearer_auth(&channel.secret.access);
        if !channel.secret.client_secret.is_empty() {
            request = request.query(&[("appsecret_proof", proof(&channel.secret.client_secret, &channel.secret.access))]);
        }
        request.query(query)
    }

    pub async fn get(&self, channel: &Channel, path: &str, query: &[(&str, &str)]) -> Result<Value, Trouble> {
        Ok(answer::ask(self.network, self.call(Method::GET, channel, path, query)).await?.body)
    }

    pub async fn post(&self, channel: &Channel, path: &str, form: &[(&str, &str)]) -> Result<Value, Trouble> {
        Ok(answer::ask(self.network, self.call(Method::POST, channel, path, &[]).form(form)).await?.body)
    }

    /// All pages of a list; a list that does not end within reason is an error, not a short list.
    pub async fn list(&self, channel: &Channel, path: &str, query: &[(&str, &str)]) -> Result<Vec<Value>, Trouble> {
        let (mut all, mut after) = (Vec::new(), String::new());
        for _ in 0..PAGES {
            let mut query = query.to_vec();
            if !after.is_empty() {
                query.push(("after", &after));
            }
            let body = self.get(channel, path, &query).await?;
            all.extend(body["data"].as_array().cloned().unwrap_or_default());
            after = text(&body["paging"]["cursors"]["after"]);
            if !body["paging"]["next"].is_string() || after.is_empty() {
                return Ok(all);
            }
        }
        Err(Trouble::Later(format!("{path} is longer than {PAGES} pages")))
    }

    /// Removes an object and looks whether it is gone.
    pub async fn remove(&self, channel: &Channel, id: &str) -> Result<String, Trouble> {
        match answer::ask(self.network, self.call(Method::DELETE, channel, id, &[])).await {
            Ok(_) | Err(Trouble::Gone(_)) => {}
            Err(e) => return Err(e),
        }
        match self.get(channel, id, &[("fields", "id")]).await {
            Err(Trouble::Gone(why)) => Ok(why),
            Ok(_) => Err(Trouble::Later("it is still there".into())),
            Err(e) => Err(e),
        }
    }

    /// Each metric asked by itself: one name that is no longer known would fail them all.
    pub async fn insights(&self, channel: &Channel, id: &str, names: &[&str]) -> Result<BTreeMap<String, i64>, Trouble> {
        let mut out = BTreeMap::new();
        for name in names {
            match self.get(channel, &format!("{id}/insights"), &[("metric", name)]).await {
                Ok(body) => {
                    let first = &body["data"][0];
                    let value = first["values"][0]["value"].as_i64().or_else(|| first["total_value"]["value"].as_i64());
                    out.extend(value.map(|v| ((*name).to_owned(), v)));
                }
                Err(Trouble::Content(_)) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(out)
    }
}

/// Keeps what was written at or after the cursor (seconds), and gives the next one. Seconds are coarse: the last one is read twice and
/// known items are recognised.
pub(super) fn fresh(mut items: Vec<Inbound>, cursor: Option<&str>) -> Page {
    let from: i64 = cursor.and_then(|c| c.parse().ok()).unwrap_or_default();
    items.retain(|i| i.written_at / 1_000_000 >= from);
    let newest = items.iter().map(|i| i.written_at / 1_000_000).max().unwrap_or(from);
    Page { items, cursor: (newest > 0).then(|| newest.to_string()) }
}

/// HMAC-SHA256 of the token under the application's secret, hex.
fn proof(secret: &str, token: &str) -> String {
    super::hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), token.as_bytes()).as_ref())
}
