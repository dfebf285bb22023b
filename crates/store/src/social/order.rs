//! Court orders to take something down.

use sea_orm::FromQueryResult;
use serde::Serialize;

use super::change_in;
use crate::Store;
use crate::error::{Result, StoreError};

/// An order, and the time by which every copy must be gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Order {
    pub id: String,
    pub reference: String,
    pub court: String,
    pub post: String,
    pub received_at: i64,
    pub due_at: i64,
    pub closed_at: Option<i64>,
    pub principal: String,
}

/// One copy. `open` → `removed` (gone at the network, looked up afterwards) or `human`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Removal {
    pub order_id: String,
    pub delivery: String,
    pub state: String,
    pub proof: Option<String>,
    pub at: i64,
    pub tries: i64,
}

impl Store {
    /// Opens an order: what waits is cancelled, every copy that is or may be out becomes a removal.
    pub async fn open_order(&self, order: Order) -> Result<Vec<Removal>> {
        let tx = self.begin().await?;
        let o = order.clone();
        let sql = "INSERT INTO social_order (id, reference, court, post, received_at, due_at, principal) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = vec![
            o.id.into(),
            o.reference.into(),
            o.court.into(),
            o.post.into(),
            o.received_at.into(),
            o.due_at.into(),
            o.principal.into(),
        ];
        change_in(&tx, sql, values).await?;
        let sql = "UPDATE social_delivery SET state = 'cancelled', fence = fence + 1, reason = 'taken down by order', settled_at = $2 \
            WHERE post = $1 AND state IN ('queued', 'preparing', 'held', 'missed')";
        change_in(&tx, sql, vec![order.post.clone().into(), order.received_at.into()]).await?;
        let sql = "INSERT INTO social_removal (order_id, delivery, state, at, tries) SELECT $1, id, 'open', $3, 0 FROM social_delivery \
            WHERE post = $2 AND state IN ('live', 'committing', 'unknown', 'human')";
        change_in(&tx, sql, vec![order.id.clone().into(), order.post.clone().into(), order.received_at.into()]).await?;
        let sql = "UPDATE social_post SET state = 'withdrawn', changed_at = $2 WHERE id = $1";
        change_in(&tx, sql, vec![order.post.into(), order.received_at.into()]).await?;
        tx.commit().await?;
        self.removals(&order.id).await
    }

    pub async fn order(&self, id: &str) -> Result<Order> {
        let found = self.row("SELECT * FROM social_order WHERE id = $1", vec![id.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "order", id: id.into() })
    }

    pub async fn orders(&self, open_only: bool) -> Result<Vec<Order>> {
        let only = if open_only { "WHERE closed_at IS NULL" } else { "" };
        self.rows(&format!("SELECT * FROM social_order {only} ORDER BY due_at"), vec![]).await
    }

    pub async fn removals(&self, order: &str) -> Result<Vec<Removal>> {
        self.rows("SELECT * FROM social_removal WHERE order_id = $1 ORDER BY delivery", vec![order.into()]).await
    }

    /// One copy is gone, or could not be removed. Closes the order when it was the last.
    pub async fn settle_removal(&self, order: &str, delivery: &str, state: &str, proof: &str, now: i64) -> Result<()> {
        let tx = self.begin().await?;
        let sql =
            "UPDATE social_removal SET state = $3, proof = $4, at = $5, tries = tries + 1 WHERE order_id = $1 AND delivery = $2";
        change_in(&tx, sql, vec![order.into(), delivery.into(), state.into(), proof.into(), now.into()]).await?;
        if state == "removed" {
            let sql = "UPDATE social_delivery SET state = 'removed', fence = fence + 1, settled_at = $2 \
                WHERE id = $1 AND state IN ('live', 'unknown', 'human')";
            change_in(&tx, sql, vec![delivery.into(), now.into()]).await?;
        }
        let sql = "UPDATE social_order SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL \
            AND NOT EXISTS (SELECT 1 FROM social_removal WHERE order_id = $1 AND state <> 'removed')";
        change_in(&tx, sql, vec![order.into(), now.into()]).await?;
        tx.commit().await?;
        Ok(())
    }
}
