//! Orders to take something down: a court's, or the department's own.

use sea_orm::FromQueryResult;
use serde::Serialize;

use super::{Delivery, change_in};
use crate::Store;
use crate::error::{Result, StoreError};

/// An order, and the time by which every copy must be gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Order {
    pub id: String,
    pub reference: String,
    pub court: String,
    /// The message; empty where the order names addresses of posts that were not made here.
    pub post: String,
    pub received_at: i64,
    pub due_at: i64,
    pub closed_at: Option<i64>,
    pub principal: String,
    /// `court`, or `own`: the department withdraws what it said.
    pub ground: String,
}

/// One copy. `open` → `removed` (gone at the network, looked up afterwards), or `human` → `removed` / `hidden` with a person's proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Removal {
    pub order_id: String,
    /// The delivery; a name of its own where the post was not made here.
    pub delivery: String,
    pub state: String,
    pub proof: Option<String>,
    pub at: i64,
    pub tries: i64,
    /// Of a post that was not made here; empty: no channel of ours, a person removes it.
    pub account: String,
    pub network: String,
    pub remote: String,
    /// Where it stands, as far as it is known.
    pub url: String,
    /// Who said so by hand.
    pub hand: String,
}

/// A post that was not made here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreign {
    /// Empty: no channel of ours.
    pub account: String,
    pub network: String,
    /// Empty: not told by the address.
    pub remote: String,
    pub url: String,
}

const REMOVAL: &str = "SELECT r.order_id, r.delivery, r.state, r.proof, r.at, r.tries, r.account, COALESCE(d.network, r.network) AS network, \
    COALESCE(d.remote, r.remote) AS remote, COALESCE(d.url, d.remote, r.url) AS url, r.hand \
    FROM social_removal r LEFT JOIN social_delivery d ON d.id = r.delivery";

impl Store {
    /// Opens an order on a message: what waits is cancelled, every copy that is or may be out becomes a removal.
    pub async fn open_order(&self, order: Order) -> Result<Vec<Removal>> {
        let tx = self.begin().await?;
        insert(&tx, &order).await?;
        let sql = "UPDATE social_delivery SET state = 'cancelled', fence = fence + 1, reason = 'taken down by order', settled_at = $2 \
            WHERE post = $1 AND state IN ('queued', 'preparing', 'held', 'missed')";
        change_in(&tx, sql, vec![order.post.clone().into(), order.received_at.into()]).await?;
        let sql = "INSERT INTO social_removal (order_id, delivery, state, at, tries) SELECT $1, id, 'open', $3, 0 FROM social_delivery \
            WHERE post = $2 AND revises IS NULL AND state IN ('live', 'committing', 'unknown', 'human')";
        change_in(&tx, sql, vec![order.id.clone().into(), order.post.clone().into(), order.received_at.into()]).await?;
        let sql = "UPDATE social_post SET state = 'withdrawn', changed_at = $2 WHERE id = $1";
        change_in(&tx, sql, vec![order.post.into(), order.received_at.into()]).await?;
        tx.commit().await?;
        self.removals(&order.id).await
    }

    /// Opens an order on posts that were not made here. What no channel of ours can reach is a person's from the beginning.
    pub async fn open_foreign_order(&self, order: Order, copies: &[(String, Foreign)]) -> Result<Vec<Removal>> {
        let tx = self.begin().await?;
        insert(&tx, &order).await?;
        let sql = "INSERT INTO social_removal (order_id, delivery, state, proof, at, tries, account, network, remote, url) \
            VALUES ($1, $2, $3, $4, $5, 0, $6, $7, $8, $9)";
        for (name, f) in copies.iter().cloned() {
            let ours = !f.account.is_empty() && !f.remote.is_empty();
            let (state, why) = if ours { ("open", None) } else { ("human", Some("no channel of the desk reaches this address")) };
            let values = vec![
                order.id.clone().into(),
                name.into(),
                state.into(),
                why.map(str::to_owned).into(),
                order.received_at.into(),
                f.account.into(),
                f.network.into(),
                f.remote.into(),
                f.url.into(),
            ];
            change_in(&tx, sql, values).await?;
        }
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
        self.rows(&format!("{REMOVAL} WHERE r.order_id = $1 ORDER BY r.delivery"), vec![order.into()]).await
    }

    pub async fn removal(&self, order: &str, delivery: &str) -> Result<Removal> {
        let sql = format!("{REMOVAL} WHERE r.order_id = $1 AND r.delivery = $2");
        let found = self.row(&sql, vec![order.into(), delivery.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "copy", id: format!("{order} {delivery}") })
    }

    /// The delivery that stands at an address.
    pub async fn delivery_at(&self, url: &str) -> Result<Option<Delivery>> {
        self.row("SELECT * FROM social_delivery WHERE url = $1", vec![url.into()]).await
    }

    /// The delivery an account knows by an id at its network.
    pub async fn delivery_of(&self, account: &str, remote: &str) -> Result<Option<Delivery>> {
        let sql = "SELECT * FROM social_delivery WHERE account = $1 AND remote = $2";
        self.row(sql, vec![account.into(), remote.into()]).await
    }

    /// One copy is gone, or could not be removed. Closes the order when it was the last.
    pub async fn settle_removal(&self, order: &str, delivery: &str, state: &str, proof: &str, now: i64) -> Result<()> {
        self.end_removal(order, delivery, state, proof, "", now).await.map(drop)
    }

    /// The same, said by a person; false when the copy was gone already.
    pub async fn end_removal(&self, order: &str, delivery: &str, state: &str, proof: &str, by: &str, now: i64) -> Result<bool> {
        let tx = self.begin().await?;
        let sql = "UPDATE social_removal SET state = $3, proof = $4, at = $5, tries = tries + 1, hand = $6 \
            WHERE order_id = $1 AND delivery = $2 AND state IN ('open', 'human')";
        let values = vec![order.into(), delivery.into(), state.into(), proof.into(), now.into(), by.into()];
        let changed = change_in(&tx, sql, values).await? == 1;
        if changed && (state == "removed" || state == "hidden") {
            let sql = "UPDATE social_delivery SET state = 'removed', fence = fence + 1, settled_at = $2 \
                WHERE id = $1 AND state IN ('live', 'unknown', 'human')";
            change_in(&tx, sql, vec![delivery.into(), now.into()]).await?;
        }
        let sql = "UPDATE social_order SET closed_at = $2 WHERE id = $1 AND closed_at IS NULL \
            AND NOT EXISTS (SELECT 1 FROM social_removal WHERE order_id = $1 AND state NOT IN ('removed', 'hidden'))";
        change_in(&tx, sql, vec![order.into(), now.into()]).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Tries a copy again that was left to a person.
    pub async fn retry_removal(&self, order: &str, delivery: &str, now: i64) -> Result<bool> {
        let sql = "UPDATE social_removal SET state = 'open', tries = 0, at = $3 WHERE order_id = $1 AND delivery = $2 AND state = 'human' \
            AND (account = '' OR remote <> '') AND (account <> '' OR url = '')";
        Ok(self.change(sql, vec![order.into(), delivery.into(), now.into()]).await? == 1)
    }

    /// An account works again: copies on it that were left to a person are tried again.
    pub async fn retry_removals_of(&self, account: &str, now: i64) -> Result<u64> {
        let sql = "UPDATE social_removal SET state = 'open', tries = 0, at = $2 WHERE state = 'human' \
            AND ((account = $1 AND remote <> '') OR delivery IN (SELECT id FROM social_delivery WHERE account = $1))";
        self.change(sql, vec![account.into(), now.into()]).await
    }
}

async fn insert(tx: &sea_orm::DatabaseTransaction, order: &Order) -> Result<()> {
    let sql = "INSERT INTO social_order (id, reference, court, post, received_at, due_at, principal, ground) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let o = order.clone();
    let values = vec![
        o.id.into(),
        o.reference.into(),
        o.court.into(),
        o.post.into(),
        o.received_at.into(),
        o.due_at.into(),
        o.principal.into(),
        o.ground.into(),
    ];
    change_in(tx, sql, values).await.map(drop)
}
