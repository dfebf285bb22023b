//! Messages to a page or an Instagram account alone, as Meta's Graph has them. A message is known by its own number; who wrote it is asked
//! of the network in the moment of answering and never kept.

use reqwest::Method;
use serde_json::{Value, json};

use super::graph::{Graph, fresh};
use super::{Channel, Found, Inbound, Live, Outcome, Outgoing, Page, Prepared, Trouble, answer, moment, same_handle, text, web};
use crate::limit::NetworkName;

/// Pages of conversations read at once, at most.
const PAGES: usize = 20;
/// Where a person reads them by hand.
const BY_HAND: &str = "https://business.facebook.com/latest/inbox";
/// Stands for a message without words: a picture, a voice.
const WORDLESS: &str = "📎";
/// The network tells no more of a conversation than its last twenty messages.
const MESSAGES: &str = "messages.limit(20){id,message,created_time,from}";

/// The messages of one kind of account.
pub(super) struct Letters<'a> {
    pub graph: &'a Graph,
    pub network: NetworkName,
    /// Whose conversations: the page's id, or `me` under a page's token.
    pub of: &'a str,
    pub platform: &'static str,
}

fn own(channel: &Channel, from: &Value) -> bool {
    from["id"] == channel.remote.as_str() || from["username"].as_str().is_some_and(|u| same_handle(u, &channel.handle))
}

impl Letters<'_> {
    pub async fn read(&self, channel: &Channel, cursor: Option<&str>) -> Result<Page, Trouble> {
        let from: i64 = cursor.and_then(|c| c.parse().ok()).unwrap_or_default();
        let (mut items, mut after) = (Vec::new(), String::new());
        let fields = format!("updated_time,{MESSAGES}");
        for _ in 0..PAGES {
            let mut query = vec![("platform", self.platform), ("fields", fields.as_str()), ("limit", "50")];
            if !after.is_empty() {
                query.push(("after", &after));
            }
            let body = self.graph.get(channel, &format!("{}/conversations", self.of), &query).await?;
            let mut old = false;
            for conversation in body["data"].as_array().into_iter().flatten() {
                // The newest come first.
                old |= moment(&conversation["updated_time"]) / 1_000_000 < from;
                let all = conversation["messages"]["data"].as_array().into_iter().flatten();
                items.extend(all.filter(|m| !own(channel, &m["from"])).map(|m| {
                    written_alone(text(&m["id"]), m["message"].as_str().unwrap_or_default(), moment(&m["created_time"]))
                }));
            }
            after = text(&body["paging"]["cursors"]["after"]);
            if old || !body["paging"]["next"].is_string() || after.is_empty() {
                break;
            }
        }
        Ok(fresh(items, cursor))
    }

    /// For whom an answer is, and whether it still counts as one; reads only.
    pub async fn prepare(&self, channel: &Channel, to: &str) -> Result<Prepared, Trouble> {
        let asked = self.graph.get(channel, to, &[("fields", "from,created_time")]).await?;
        let hours = (chrono::Utc::now().timestamp_micros() - moment(&asked["created_time"])) / 3_600_000_000;
        let limits = self.network.limits().messages;
        let over = |most: Option<u32>| most.is_some_and(|most| hours >= i64::from(most));
        if over(limits.and_then(|l| l.hours)) {
            return Err(Trouble::Impossible(format!("[{}.window] the message is {hours} hours old", self.network)));
        }
        let recipient = asked["from"]["id"].as_str().filter(|id| !id.is_empty());
        let recipient = recipient.ok_or_else(|| Trouble::Content("the network does not tell whom the answer is for".into()))?;
        Ok(Prepared(json!({ "recipient": recipient, "person": over(limits.and_then(|l| l.plain_hours)) })))
    }

    pub async fn commit(&self, channel: &Channel, post: &Outgoing, prepared: &Prepared) -> Outcome {
        let mut form = vec![
            ("recipient", json!({ "id": prepared.0["recipient"] }).to_string()),
            ("message", json!({ "text": post.text }).to_string()),
        ];
        if prepared.0["person"] == true {
            form.extend([("messaging_type", "MESSAGE_TAG".to_owned()), ("tag", "HUMAN_AGENT".to_owned())]);
        } else {
            form.push(("messaging_type", "RESPONSE".to_owned()));
        }
        let request = self.graph.call(Method::POST, channel, &format!("{}/messages", self.of), &[]).form(&form);
        answer::outcome(self.network, web::send(request).await, |a| {
            Some(Live { remote: a.body["message_id"].as_str()?.to_owned(), url: None })
        })
    }

    pub async fn reconcile(
        &self,
        channel: &Channel,
        post: &Outgoing,
        prepared: &Prepared,
        since: i64,
        known: &[String],
    ) -> Found {
        let person = text(&prepared.0["recipient"]);
        let query = [("platform", self.platform), ("user_id", person.as_str()), ("fields", MESSAGES)];
        let body = match self.graph.get(channel, &format!("{}/conversations", self.of), &query).await {
            Ok(body) => body,
            Err(e) => return Found::Unclear(e.to_string()),
        };
        let said = |m: &&Value| {
            own(channel, &m["from"])
                && m["message"].as_str().unwrap_or_default().trim() == post.text.trim()
                && moment(&m["created_time"]) >= since
        };
        let all = body["data"].as_array().into_iter().flatten();
        let all = all.flat_map(|c| c["messages"]["data"].as_array().into_iter().flatten());
        let mut ids = all.filter(said).map(|m| text(&m["id"]));
        ids.find(|id| !known.contains(id)).map_or(Found::Absent, |remote| Found::Live(Live { remote, url: None }))
    }
}

/// A message to an account alone.
pub(crate) fn written_alone(remote: String, words: &str, written_at: i64) -> Inbound {
    Inbound {
        remote,
        kind: "message",
        parent: None,
        handle: String::new(),
        text: if words.trim().is_empty() { WORDLESS.into() } else { words.into() },
        url: Some(BY_HAND.into()),
        written_at,
        answerable: true,
    }
}
