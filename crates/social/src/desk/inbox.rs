//! What people write, in one stream per unit, under a clock.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde_json::json;
use store::social::{Account, Delivery, Item, NewItem};

use super::Desk;
use crate::DeskError;
use crate::limit::NetworkName;
use crate::message::{Kind, Message};
use crate::network::{Channel, Inbound, Network, Networks};
use crate::outbox::Channels;

/// An answer is due within four hours, where no unit has set another time.
pub const ANSWER_MINUTES: i64 = 240;
/// Overdue items told to the units above at one look.
const AT_ONCE: i64 = 200;
const MINUTE: i64 = 60 * 1_000_000;
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
            fresh += usize::from(self.take_item(account, i, now).await?);
        }
        // Only after everything is kept: a crash before reads the page again, and the same items are the same rows.
        if let Some(cursor) = page.cursor {
            self.store.set_cursor(&account.id, &cursor).await?;
        }
        Ok(fresh + self.poll_messages(&channel, network, account, now).await?)
    }

    /// The same for messages to the account alone. What was read before is kept when they cannot be: an account that was connected before
    /// this permission was asked for has its comments all the same.
    async fn poll_messages(
        &self,
        channel: &Channel,
        network: &dyn Network,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<usize, DeskError> {
        if network.capabilities().messages.is_none() {
            return Ok(0);
        }
        let page = network.messages(channel, account.message_cursor.as_deref()).await?;
        let mut fresh = 0;
        for i in page.items {
            fresh += usize::from(self.take_item(account, i, now).await?);
        }
        if let Some(cursor) = page.cursor {
            self.store.set_message_cursor(&account.id, &cursor).await?;
        }
        Ok(fresh)
    }

    /// Keeps what came in, due within the time its unit has and while the network takes an answer; false when it was there. Of a message to
    /// the account alone nothing is kept that tells who wrote it.
    pub(super) async fn take_item(&self, account: &Account, i: Inbound, now: DateTime<Utc>) -> Result<bool, DeskError> {
        let alone = i.kind == "message";
        let limits = account.network.parse::<NetworkName>().map_err(DeskError::Invalid)?.limits().messages;
        let hours = limits.filter(|_| alone).and_then(|l| l.hours);
        let answer_until = hours.map(|hours| i.written_at + i64::from(hours) * 60 * MINUTE);
        let at = now.timestamp_micros();
        let due = at + self.answer_time(&account.unit).await?;
        let item = NewItem {
            account: account.id.clone(),
            unit: account.unit.clone(),
            remote: i.remote,
            kind: i.kind.into(),
            parent: i.parent,
            handle: if alone { String::new() } else { i.handle },
            body: i.text,
            url: i.url,
            written_at: i.written_at,
            due_at: answer_until.filter(|until| *until > at).map_or(due, |until| until.min(due)),
            answerable: i.answerable && (!alone || limits.is_some()),
            answer_until,
        };
        Ok(self.store.put_item(item, now).await?)
    }

    async fn answer_time(&self, unit: &str) -> Result<i64, DeskError> {
        Ok(self.store.answer_minutes(unit).await?.unwrap_or(ANSWER_MINUTES) * MINUTE)
    }

    /// Sets within how many minutes a unit, and those below it without a time of their own, answer; none: as the unit above.
    pub async fn set_answer_time(
        &self,
        who: &Principal,
        unit: &str,
        minutes: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        self.need(who, unit, "publisher").await?;
        if minutes.is_some_and(|m| !(5..=7 * 24 * 60).contains(&m)) {
            return Err(DeskError::Refused("an answer is due within five minutes at least and seven days at most".into()));
        }
        self.store.set_answer_minutes(unit, minutes).await?;
        self.record(who, now, "answer time", unit, &json!({ "unit": unit, "minutes": minutes })).await
    }

    /// Tells overdue items to the unit above, and after as long again to the one above that; gives how many were told.
    pub async fn escalate(&self, now: DateTime<Utc>) -> Result<u64, DeskError> {
        let at = now.timestamp_micros();
        let mut told = 0;
        for item in self.store.overdue(at, AT_ONCE).await? {
            let from = item.escalated_to.as_deref().unwrap_or(&item.unit);
            let next = at + self.answer_time(&item.unit).await?;
            let Some(to) = self.store.unit(from).await?.parent else {
                // Nobody is above; it stays overdue in everybody's sight.
                self.store.escalate_item(&item, None, i64::MAX).await?;
                continue;
            };
            if self.store.escalate_item(&item, Some(&to), next).await? {
                told += 1;
                let late = (at - item.due_at) / MINUTE;
                let what = json!({ "unit": item.unit, "to": to, "late_minutes": late });
                self.record(&super::program(), now, "escalated", &item.id, &what).await?;
            }
        }
        Ok(told)
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

    /// Takes the pen for an item, so that two people do not answer at once; also to begin writing.
    pub async fn begin_answer(&self, who: &Principal, id: &str, now: DateTime<Utc>) -> Result<Item, DeskError> {
        let item = self.store.item(id).await?;
        self.need(who, &item.unit, "duty").await?;
        if item.answerable == 0 {
            let link = item.url.unwrap_or_default();
            return Err(DeskError::Refused(format!(
                "this network lets no program answer here; answer by hand at {link} and close the item"
            )));
        }
        in_time(&item, now)?;
        if let Some(draft) = &item.draft
            && self.store.post(draft).await?.state != "withdrawn"
        {
            return Err(DeskError::Refused(format!(
                "the answer {draft} is drafted already; edit it, or withdraw it and begin anew"
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
        Ok(item)
    }

    /// Drafts the answer of an item; it is checked and approved like every message.
    pub async fn answer(&self, who: &Principal, id: &str, text: &str, now: DateTime<Utc>) -> Result<String, DeskError> {
        let item = self.begin_answer(who, id, now).await?;
        let hindi = text.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c));
        let (hindi, english) = if hindi { (text.into(), String::new()) } else { (String::new(), text.into()) };
        let post =
            self.draft(who, &item.unit, &Message { kind: Kind::Reply, hindi, english, ..Message::default() }, None, now).await?;
        if !self.store.set_draft(id, &who.id, &post.id).await? {
            return Err(DeskError::Refused(format!(
                "somebody else took this item meanwhile; your words are kept in {}",
                post.id
            )));
        }
        self.record(who, now, "answer drafted", id, &json!({ "post": post.id })).await?;
        Ok(post.id)
    }

    /// Sends the approved answer of an item: only the one that was drafted for it, and once. The item is answered when it is out.
    pub async fn send_answer(
        &self,
        who: &Principal,
        id: &str,
        post: &str,
        network: &dyn Network,
        now: DateTime<Utc>,
    ) -> Result<Delivery, DeskError> {
        let item: Item = self.store.item(id).await?;
        if !matches!(item.state.as_str(), "new" | "assigned") {
            return Err(DeskError::Refused(format!("this item is {} already", item.state)));
        }
        if item.draft.as_deref() != Some(post) {
            return Err(DeskError::Refused(match item.draft {
                Some(drafted) => format!("the answer drafted for this item is {drafted}, not {post}"),
                None => "no answer is drafted for this item yet".into(),
            }));
        }
        let account = self.store.account(&item.account).await?;
        let message = self.message(post, self.store.post(post).await?.version).await?;
        in_time(&item, now)?;
        let outgoing = network.reply(&item.remote, &message.text_for(network.name()))?;
        let private = item.kind == "message";
        let outgoing = crate::network::Outgoing { created_at: now.timestamp_micros(), private, ..outgoing };
        let delivery = self.reply_delivery(who, post, &account, &outgoing, now).await?;
        if !self.store.enqueue_answer(id, &delivery, now.timestamp_micros()).await? {
            let current = self.store.item(id).await?.state;
            return Err(DeskError::Refused(format!(
                "the item is {current} already, or its answer was edited in the same moment"
            )));
        }
        self.record(who, now, "answer sent", id, &json!({ "post": post, "delivery": delivery.id })).await?;
        Ok(delivery)
    }

    /// Ends an item without an answer: `handed_over` (with the complaint's number) or `closed`, with a reason.
    pub async fn close_item(
        &self,
        who: &Principal,
        id: &str,
        state: &str,
        answer: Option<&str>,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        if !matches!(state, "handed_over" | "closed") {
            return Err(DeskError::Invalid(format!(
                "{state:?}: an item is handed_over or closed; hiding is an act at the network"
            )));
        }
        self.end_item(who, id, state, answer, reason, now).await
    }

    /// The item, when it waits and `who` may end it.
    pub async fn may_close(&self, who: &Principal, id: &str) -> Result<Item, DeskError> {
        let item = self.store.item(id).await?;
        self.need(who, &item.unit, "duty").await?;
        if matches!(item.state.as_str(), "new" | "assigned") {
            return Ok(item);
        }
        Err(DeskError::Refused(format!("this item is {} already", item.state)))
    }

    async fn end_item(
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
        if !self.store.finish_item(id, state, answer, Some(reason), now.timestamp_micros()).await? {
            return Err(DeskError::Refused(format!("this item is {} already", item.state)));
        }
        self.record(who, now, state, id, &json!({ "answer": answer, "reason": reason })).await
    }

    /// Hides what somebody wrote at the network, and then says so here. Nothing is hidden for being critical: the reason is one of the
    /// public moderation rules and stays on record.
    pub async fn hide_item(
        &self,
        who: &Principal,
        channels: &Channels,
        networks: &Networks,
        id: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        by_rule(reason)?;
        let item = self.may_close(who, id).await?;
        if item.kind == "message" {
            return Err(DeskError::Refused(
                "nobody else sees a message to the account alone; close it instead of hiding it".into(),
            ));
        }
        self.at_network(channels, networks, &item, true).await?;
        self.end_item(who, id, "hidden", None, reason, now).await
    }

    /// Shows again what was hidden, at the network first; it waits for its answer then.
    pub async fn unhide_item(
        &self,
        who: &Principal,
        channels: &Channels,
        networks: &Networks,
        id: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        let item = self.store.item(id).await?;
        self.need(who, &item.unit, "duty").await?;
        if item.state != "hidden" {
            return Err(DeskError::Refused(format!("this item is {}, not hidden", item.state)));
        }
        if reason.trim().is_empty() {
            return Err(DeskError::Refused("say why it is shown again; the reason is kept".into()));
        }
        self.at_network(channels, networks, &item, false).await?;
        self.store.reopen_item(id, reason.trim(), now.timestamp_micros()).await?;
        self.record(who, now, "shown again", id, &json!({ "reason": reason.trim() })).await
    }

    async fn at_network(&self, channels: &Channels, networks: &Networks, item: &Item, hidden: bool) -> Result<(), DeskError> {
        let account = self.store.account(&item.account).await?;
        let network = networks.get(account.network.parse().map_err(DeskError::Invalid)?)?;
        let channel = channels.ready(&self.store, network.as_ref(), &account).await?;
        Ok(network.hide(&channel, &item.remote, hidden).await?)
    }
}

/// The public rules of moderation: nothing is hidden but by one of them.
pub const RULES: &[&str] = &["abuse", "threat", "spam", "identity of a victim", "incitement", "private data"];

/// Refuses to answer a message after the time in which its network takes an answer.
fn in_time(item: &Item, now: DateTime<Utc>) -> Result<(), DeskError> {
    match item.answer_until {
        Some(until) if until <= now.timestamp_micros() => Err(DeskError::Refused(format!(
            "the network took answers to this message until {}; answer by hand, or when the person writes again",
            model::time::format_ist(until)
        ))),
        _ => Ok(()),
    }
}

fn by_rule(reason: &str) -> Result<(), DeskError> {
    if RULES.iter().any(|r| reason.starts_with(r)) {
        return Ok(());
    }
    Err(DeskError::Refused(format!("hiding needs a reason of the public rules: {}; criticism stays", RULES.join(", "))))
}
