//! What is taken down: by a court's order, every copy gone within a day and a statement that says so; or by the department's own
//! decision, with its reason. Copies a programme cannot remove are removed by a person, who writes down what proves it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use governance::Principal;
use serde::Serialize;
use serde_json::json;
use store::social::{Foreign, Order, Removal};

use super::{Desk, address};
use crate::DeskError;

/// From receipt to the last copy gone: Rajasthan High Court, Islam Khan (January 2026).
const DAY: i64 = 24 * 3600 * 1_000_000;
/// A proof or a reason in fewer characters says nothing.
const WORDS: usize = 10;

/// Where an order stands, and what the department tells the court.
#[derive(Debug, Clone, Serialize)]
pub struct Compliance {
    pub order: Order,
    pub removals: Vec<Removal>,
    /// Every copy is gone, within the time.
    pub complied: bool,
    /// Seconds left; negative when late.
    pub seconds_left: i64,
    /// In both languages, to be signed.
    pub statement: String,
}

impl Desk {
    /// Takes down every copy of a message: what waits is cancelled at once, what is out is removed by the outbox.
    pub async fn takedown(
        &self,
        who: &Principal,
        post: &str,
        reference: &str,
        court: &str,
        now: DateTime<Utc>,
    ) -> Result<Compliance, DeskError> {
        let message = self.store.post(post).await?;
        self.need(who, &message.unit, "publisher").await?;
        let order = self.court_order(who, reference, court, now)?;
        self.open(who, Order { post: post.into(), ..order }, now).await
    }

    /// Withdraws a message that is out, on every network, because the department takes it back.
    pub async fn remove(&self, who: &Principal, post: &str, reason: &str, now: DateTime<Utc>) -> Result<Compliance, DeskError> {
        let message = self.store.post(post).await?;
        self.need(who, &message.unit, "publisher").await?;
        enough(reason, "say in a sentence why this is taken back; the reason is kept")?;
        let out = self.store.deliveries(post).await?;
        if !out.iter().any(|d| matches!(d.state.as_str(), "live" | "committing" | "unknown" | "human")) {
            return Err(DeskError::Refused("nothing of this message is out; withdraw what still waits".into()));
        }
        let order = Order { post: post.into(), ground: "own".into(), ..self.blank_order(who, reason, "", now) };
        self.open(who, order, now).await
    }

    /// Takes down what stands at some addresses. An address of a message of the desk takes all its copies along; what was made
    /// elsewhere is removed through the channel it belongs to (`channel` names it where the address does not), or by hand.
    pub async fn takedown_at(
        &self,
        who: &Principal,
        addresses: &[String],
        channel: Option<&str>,
        reference: &str,
        court: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<Compliance>, DeskError> {
        let order = self.court_order(who, reference, court, now)?;
        let accounts = self.store.accounts().await?;
        let named = match channel {
            Some(id) => Some(self.store.account(id).await?),
            None => None,
        };
        let (mut posts, mut foreign): (Vec<String>, Vec<(String, Foreign)>) = (Vec::new(), Vec::new());
        for given in addresses.iter().map(|a| a.trim()).filter(|a| !a.is_empty()) {
            let found = address::find(given, &accounts, named.as_ref()).map_err(DeskError::Invalid)?;
            let made_here = match self.store.delivery_at(given).await? {
                Some(delivery) => Some(delivery),
                None if found.account.is_empty() => None,
                None => self.store.delivery_of(&found.account, &found.remote).await?,
            };
            match made_here {
                Some(d) if posts.contains(&d.post) => {}
                Some(d) => posts.push(d.post),
                None => {
                    let unit = match accounts.iter().find(|a| a.id == found.account) {
                        Some(account) => account.unit.clone(),
                        None => self.root().await?,
                    };
                    self.need(who, &unit, "publisher").await?;
                    foreign.push((self.store.fresh_id(now), found));
                }
            }
        }
        if posts.is_empty() && foreign.is_empty() {
            return Err(DeskError::Refused("name at least one address".into()));
        }
        let mut all = Vec::new();
        for post in posts {
            all.push(self.takedown(who, &post, reference, court, now).await?);
        }
        if !foreign.is_empty() {
            self.store.open_foreign_order(order.clone(), &foreign).await?;
            self.opened(who, &order, foreign.len(), now).await?;
            all.push(self.compliance(&order.id, now).await?);
        }
        Ok(all)
    }

    /// Tries a copy again that was left to a person.
    pub async fn retry_copy(&self, who: &Principal, order: &str, copy: &str, now: DateTime<Utc>) -> Result<(), DeskError> {
        let r = self.copy(who, order, copy).await?;
        if !self.store.retry_removal(order, copy, now.timestamp_micros()).await? {
            let why = format!("this copy is {}, or no channel of the desk reaches it", r.state);
            return Err(DeskError::Refused(why));
        }
        self.record(who, now, "retry removal", order, &json!({ "copy": copy })).await
    }

    /// A person has seen to it that a copy is gone (`removed`) or that nobody sees it any more (`hidden`), and says what proves it.
    pub async fn settle_copy(
        &self,
        who: &Principal,
        order: &str,
        copy: &str,
        how: &str,
        proof: &str,
        now: DateTime<Utc>,
    ) -> Result<Compliance, DeskError> {
        let r = self.copy(who, order, copy).await?;
        if !matches!(how, "removed" | "hidden") {
            return Err(DeskError::Invalid(format!("{how:?}: a copy is removed or hidden")));
        }
        enough(proof, "say what proves it: what the network shows at the address now, and where a picture of it is kept")?;
        if !self.store.end_removal(order, copy, how, proof.trim(), &who.id, now.timestamp_micros()).await? {
            return Err(DeskError::Refused(format!("this copy is {} already", r.state)));
        }
        self.record(who, now, "removed by hand", order, &json!({ "copy": copy, "state": how, "proof": proof.trim() })).await?;
        self.compliance(order, now).await
    }

    /// A copy that `who` may decide on.
    async fn copy(&self, who: &Principal, order: &str, copy: &str) -> Result<Removal, DeskError> {
        let r = self.store.removal(order, copy).await?;
        let unit = self.unit_of(&self.store.order(order).await?, &r).await?;
        self.need(who, &unit, "publisher").await?;
        Ok(r)
    }

    /// Whose a copy is: the message's unit, else that of the channel it stands on, else headquarters'.
    async fn unit_of(&self, order: &Order, r: &Removal) -> Result<String, DeskError> {
        Ok(match (order.post.as_str(), r.account.as_str()) {
            ("", "") => self.root().await?,
            ("", account) => self.store.account(account).await?.unit,
            (post, _) => self.store.post(post).await?.unit,
        })
    }

    /// Orders that concern the units `who` reads: his own and those below. The lake's operator reads all.
    pub async fn orders(&self, who: &Principal, open_only: bool) -> Result<Vec<Order>, DeskError> {
        let (mut out, mut reads) = (Vec::new(), HashMap::new());
        for order in self.store.orders(open_only).await? {
            for unit in self.units_of(&order).await? {
                if !reads.contains_key(&unit) {
                    reads.insert(unit.clone(), self.may_read(who, &unit).await.is_ok());
                }
                if reads[&unit] {
                    out.push(order);
                    break;
                }
            }
        }
        Ok(out)
    }

    /// Where an order stands, for somebody who reads one of the units it concerns.
    pub async fn order_of(&self, who: &Principal, order: &str, now: DateTime<Utc>) -> Result<Compliance, DeskError> {
        let found = self.store.order(order).await?;
        let mut refused = None;
        for unit in self.units_of(&found).await? {
            match self.may_read(who, &unit).await {
                Ok(()) => return self.compliance(order, now).await,
                Err(e) => refused = Some(e),
            }
        }
        Err(refused.unwrap_or_else(|| DeskError::Refused(format!("{} reads nothing of this order", who.id))))
    }

    /// The units an order concerns, each once.
    async fn units_of(&self, order: &Order) -> Result<Vec<String>, DeskError> {
        if !order.post.is_empty() {
            return Ok(vec![self.store.post(&order.post).await?.unit]);
        }
        let mut units = Vec::new();
        for r in self.store.removals(&order.id).await? {
            let unit = self.unit_of(order, &r).await?;
            if !units.contains(&unit) {
                units.push(unit);
            }
        }
        Ok(units)
    }

    fn blank_order(&self, who: &Principal, reference: &str, court: &str, now: DateTime<Utc>) -> Order {
        let at = now.timestamp_micros();
        Order {
            id: self.store.fresh_id(now),
            reference: reference.trim().into(),
            court: court.trim().into(),
            post: String::new(),
            received_at: at,
            due_at: at + DAY,
            closed_at: None,
            principal: who.id.clone(),
            ground: "court".into(),
        }
    }

    fn court_order(&self, who: &Principal, reference: &str, court: &str, now: DateTime<Utc>) -> Result<Order, DeskError> {
        if reference.trim().is_empty() {
            return Err(DeskError::Refused("an order has a reference: case number and date".into()));
        }
        if court.trim().is_empty() {
            return Err(DeskError::Refused("name the court".into()));
        }
        Ok(self.blank_order(who, reference, court, now))
    }

    async fn open(&self, who: &Principal, order: Order, now: DateTime<Utc>) -> Result<Compliance, DeskError> {
        let removals = self.store.open_order(order.clone()).await?;
        if removals.is_empty() {
            // Nothing was out: the order is complied with by having stopped it.
            self.store.settle_removal(&order.id, "", "removed", "nothing was out", order.received_at).await?;
        }
        self.opened(who, &order, removals.len(), now).await?;
        self.compliance(&order.id, now).await
    }

    async fn opened(&self, who: &Principal, order: &Order, copies: usize, now: DateTime<Utc>) -> Result<(), DeskError> {
        let subject = if order.post.is_empty() { &order.id } else { &order.post };
        let what = if order.ground == "own" { "remove" } else { "order" };
        self.record(who, now, what, subject, &json!({ "order": order.id, "reference": order.reference, "copies": copies })).await
    }

    /// Where an order stands.
    pub async fn compliance(&self, order: &str, now: DateTime<Utc>) -> Result<Compliance, DeskError> {
        let order = self.store.order(order).await?;
        let removals = self.store.removals(&order.id).await?;
        let end = order.closed_at.unwrap_or(now.timestamp_micros());
        let complied = order.closed_at.is_some_and(|at| at <= order.due_at);
        let mut lines = vec![
            match order.ground.as_str() {
                "own" => format!("विभाग का निर्णय / The department's decision: {}", order.reference),
                _ => format!("आदेश / Order: {} ({})", order.reference, order.court),
            },
            format!("प्राप्त / Received: {}", model::time::format_ist(order.received_at)),
        ];
        lines.extend(removals.iter().map(|r| {
            let hand = if r.hand.is_empty() { String::new() } else { format!("; {}", r.hand) };
            let proof = r.proof.as_deref().unwrap_or("-");
            format!("{} {}: {} ({}; {proof}{hand})", r.network, r.url, r.state, model::time::format_ist(r.at))
        }));
        let hidden = removals.iter().any(|r| r.state == "hidden");
        lines.push(match (order.closed_at, complied) {
            (Some(at), true) if hidden => {
                format!("सभी प्रतियाँ हटाई या छिपाई गईं / Every copy removed or hidden: {}", model::time::format_ist(at))
            }
            (Some(at), true) => format!("सभी प्रतियाँ हटाई गईं / Every copy removed: {}", model::time::format_ist(at)),
            (Some(at), false) => format!("विलंब से हटाई गईं / Removed late: {}", model::time::format_ist(at)),
            (None, _) => format!("कार्यवाही जारी, अंतिम समय / In progress, due: {}", model::time::format_ist(order.due_at)),
        });
        Ok(Compliance { seconds_left: (order.due_at - end) / 1_000_000, order, removals, complied, statement: lines.join("\n") })
    }
}

fn enough(words: &str, else_: &str) -> Result<(), DeskError> {
    if words.trim().chars().count() < WORDS { Err(DeskError::Refused(else_.into())) } else { Ok(()) }
}
