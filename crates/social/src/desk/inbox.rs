//! What people write, in one stream per unit, under a clock.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde_json::json;
use store::social::{Account, Delivery, Item};

use super::Desk;
use crate::DeskError;
use crate::message::{Kind, Message};
use crate::network::Network;
use crate::outbox::Channels;

/// An answer is due within four hours.
pub(super) const ANSWER: i64 = 4 * 3600 * 1_000_000;
/// How long somebody holds the pen.
const PEN: i64 = 10 * 60 * 1_000_000;

impl Desk {
    /// Reads what is new on an account; gives how many items are.
    pub async fn poll(
        &self,
        channels: &Channels,
        network: &dyn Network,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<usize, DeskError> {
        let channel = channels.ready(&self.store, network, account).await?;
        let page = network.inbound(&channel, account.cursor.as_deref()).await?;
        let mut fresh = 0;
        for i in page.items {
            let item = super::connect::item(account, i, now);
            fresh += usize::from(self.store.put_item(item, now).await?);
        }
        // Only after everything is kept: a crash before reads the page again, and the same items are the same rows.
        if let Some(cursor) = page.cursor {
            self.store.set_cursor(&account.id, &cursor).await?;
        }
        Ok(fresh)
    }

    /// Routes an item to the unit concerned and, perhaps, to a person.
    pub async fn assign(
        &self,
        who: &Principal,
        id: &str,
        unit: &str,
        to: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        let item = self.store.item(id).await?;
        self.need(who, &item.unit, "duty").await?;
        self.store.unit(unit).await?;
        if !self.store.assign_item(id, unit, to, now.timestamp_micros()).await? {
            return Err(DeskError::Refused(format!("this item is {} already", item.state)));
        }
        self.record(who, now, "assign", id, &json!({ "unit": unit, "to": to })).await
    }

    /// Takes the pen for an item and drafts the answer; it is checked and approved like every message.
    pub async fn answer(&self, who: &Principal, id: &str, text: &str, now: DateTime<Utc>) -> Result<String, DeskError> {
        let item = self.store.item(id).await?;
        self.need(who, &item.unit, "duty").await?;
        if item.answerable == 0 {
            let link = item.url.unwrap_or_default();
            return Err(DeskError::Refused(format!(
                "this network lets no program answer here; answer by hand at {link} and close the item"
            )));
        }
        let at = now.timestamp_micros();
        if !self.store.begin_answer(id, &who.id, at, at + PEN).await? {
            let current = self.store.item(id).await?;
            return Err(DeskError::Refused(format!(
                "{} is answering, or it is done: {}",
                current.answering.unwrap_or_default(),
                current.state
            )));
        }
        let hindi = text.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c));
        let (hindi, english) = if hindi { (text.into(), String::new()) } else { (String::new(), text.into()) };
        let post =
            self.draft(who, &item.unit, &Message { kind: Kind::Reply, hindi, english, ..Message::default() }, None, now).await?;
        self.record(who, now, "answer drafted", id, &json!({ "post": post.id })).await?;
        Ok(post.id)
    }

    /// Sends an approved answer.
    pub async fn send_answer(
        &self,
        who: &Principal,
        id: &str,
        post: &str,
        network: &dyn Network,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeskError> {
        let item: Item = self.store.item(id).await?;
        let account = self.store.account(&item.account).await?;
        let message = self.message(post, self.store.post(post).await?.version).await?;
        let outgoing = network.reply(&item.remote, &message.text_for(network.name()))?;
        let outgoing = crate::network::Outgoing { created_at: now.timestamp_micros(), ..outgoing };
        let delivery = self.schedule_reply(who, post, &account, &outgoing, now).await?;
        self.store.finish_item(id, "answered", Some(post), None, now.timestamp_micros()).await?;
        self.record(who, now, "answered", id, &json!({ "post": post, "delivery": delivery.id })).await?;
        Ok(delivery)
    }

    /// Ends an item without an answer: `handed_over` (with the complaint's number), `hidden` or `closed`, with a reason. Nothing
    /// is hidden for being critical: the reason is one of the public moderation rules and stays on record.
    pub async fn close_item(
        &self,
        who: &Principal,
        id: &str,
        state: &str,
        answer: Option<&str>,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        let item = self.store.item(id).await?;
        self.need(who, &item.unit, "duty").await?;
        by_rule(state, reason)?;
        if !self.store.finish_item(id, state, answer, Some(reason), now.timestamp_micros()).await? {
            return Err(DeskError::Refused(format!("this item is {} already", item.state)));
        }
        self.record(who, now, state, id, &json!({ "answer": answer, "reason": reason })).await
    }

    /// Hides what somebody wrote at the network, and then says so here.
    #[expect(clippy::too_many_arguments, reason = "who, where, what and why")]
    pub async fn hide_item(
        &self,
        who: &Principal,
        channels: &Channels,
        network: &dyn Network,
        account: &Account,
        id: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        let item = self.store.item(id).await?;
        self.need(who, &item.unit, "duty").await?;
        by_rule("hidden", reason)?;
        let channel = channels.ready(&self.store, network, account).await?;
        network.hide(&channel, &item.remote).await?;
        self.close_item(who, id, "hidden", None, reason, now).await
    }
}

/// Nothing is hidden but by a public rule.
fn by_rule(state: &str, reason: &str) -> Result<(), DeskError> {
    const RULES: &[&str] = &["abuse", "threat", "spam", "identity of a victim", "incitement", "private data"];
    if state == "hidden" && !RULES.iter().any(|r| reason.starts_with(r)) {
        return Err(DeskError::Refused(format!(
            "hiding needs a reason of the public rules: {}; criticism stays",
            RULES.join(", ")
        )));
    }
    Ok(())
}
