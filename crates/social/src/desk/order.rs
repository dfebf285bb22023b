//! The court-order desk: every copy gone within a day, and a statement that says so.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde::Serialize;
use serde_json::json;
use store::social::{Order, Removal};

use super::Desk;
use crate::DeskError;

/// From receipt to the last copy gone: Rajasthan High Court, Islam Khan (January 2026).
const DAY: i64 = 24 * 3600 * 1_000_000;

/// What the department tells the court.
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
        if reference.trim().is_empty() {
            return Err(DeskError::Refused("an order has a reference: case number and date".into()));
        }
        let at = now.timestamp_micros();
        let order = Order {
            id: self.store.fresh_id(now),
            reference: reference.into(),
            court: court.into(),
            post: post.into(),
            received_at: at,
            due_at: at + DAY,
            closed_at: None,
            principal: who.id.clone(),
        };
        let removals = self.store.open_order(order.clone()).await?;
        if removals.is_empty() {
            // Nothing was out: the order is complied with by having stopped it.
            self.store.settle_removal(&order.id, "", "removed", "nothing was out", at).await?;
        }
        self.record(who, now, "order", post, &json!({ "order": order.id, "reference": reference, "copies": removals.len() }))
            .await?;
        self.compliance(&order.id, now).await
    }

    /// Where an order stands.
    pub async fn compliance(&self, order: &str, now: DateTime<Utc>) -> Result<Compliance, DeskError> {
        let order = self.store.order(order).await?;
        let removals = self.store.removals(&order.id).await?;
        let end = order.closed_at.unwrap_or(now.timestamp_micros());
        let complied = order.closed_at.is_some_and(|at| at <= order.due_at);
        let mut lines = vec![
            format!("आदेश / Order: {} ({})", order.reference, order.court),
            format!("प्राप्त / Received: {}", model::time::format_ist(order.received_at)),
        ];
        for removal in &removals {
            let d = self.store.delivery(&removal.delivery).await?;
            let proof = removal.proof.as_deref().unwrap_or("-");
            let what = d.url.or(d.remote).unwrap_or_else(|| "-".into());
            lines.push(format!("{} {what}: {} ({}; {proof})", d.network, removal.state, model::time::format_ist(removal.at)));
        }
        lines.push(match (order.closed_at, complied) {
            (Some(at), true) => format!("सभी प्रतियाँ हटाई गईं / Every copy removed: {}", model::time::format_ist(at)),
            (Some(at), false) => format!("विलंब से हटाई गईं / Removed late: {}", model::time::format_ist(at)),
            (None, _) => format!("कार्यवाही जारी, अंतिम समय / In progress, due: {}", model::time::format_ist(order.due_at)),
        });
        Ok(Compliance { seconds_left: (order.due_at - end) / 1_000_000, order, removals, complied, statement: lines.join("\n") })
    }
}
