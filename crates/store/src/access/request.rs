//! Requests: authorities, court orders, releases of large exports; and declarations made of the first.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::Store;
use crate::error::Result;

/// A request as it is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Request {
    pub id: String,
    /// `authority`, `order` or `release`.
    pub kind: String,
    pub work: String,
    /// Whom it serves: for an order and a release the one person, for an authority the requester.
    pub account: String,
    pub reference: String,
    /// Numbers, keys of seals, or the mark of a query; parted and framed by blanks.
    pub items: String,
    pub reason: String,
    pub from_at: Option<i64>,
    pub to_at: Option<i64>,
    pub until_at: i64,
    pub requested_at: i64,
    pub requested_by: String,
    pub requester_rank: String,
    /// `asked`, `granted`, `refused` or `withdrawn`.
    pub state: String,
    pub decided_at: Option<i64>,
    pub decided_by: Option<String>,
    pub decider_rank: Option<String>,
    pub note: Option<String>,
}

/// A declaration that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Declared {
    /// `2026-11`
    pub month: String,
    /// Code of the district's unit.
    pub district: String,
    pub made_at: i64,
    pub made_by: String,
    pub requests: i64,
}

impl Store {
    /// Keeps a request as it is asked; nothing of a decision is taken.
    pub async fn add_request(&self, new: Request) -> Result<()> {
        let sql = "INSERT INTO access_request (id, kind, work, account, reference, items, reason, from_at, to_at, until_at, requested_at, \
            requested_by, requester_rank, state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'asked')";
        let values = vec![
            new.id.into(),
            new.kind.into(),
            new.work.into(),
            new.account.into(),
            new.reference.into(),
            new.items.into(),
            new.reason.into(),
            new.from_at.into(),
            new.to_at.into(),
            new.until_at.into(),
            new.requested_at.into(),
            new.requested_by.into(),
            new.requester_rank.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    pub async fn request(&self, id: &str) -> Result<Option<Request>> {
        self.row("SELECT * FROM access_request WHERE id = $1", vec![id.into()]).await
    }

    /// Requests of a piece of work, the newest first.
    pub async fn requests_of(&self, work: &str) -> Result<Vec<Request>> {
        let sql = "SELECT * FROM access_request WHERE work = $1 ORDER BY requested_at DESC, id DESC";
        self.rows(sql, vec![work.into()]).await
    }

    /// Requests that serve one person under a piece of work and are granted.
    pub async fn granted(&self, work: &str) -> Result<Vec<Request>> {
        let sql = "SELECT * FROM access_request WHERE work = $1 AND state = 'granted' ORDER BY requested_at, id";
        self.rows(sql, vec![work.into()]).await
    }

    /// Requests nobody has decided, the oldest first.
    pub async fn undecided(&self) -> Result<Vec<Request>> {
        self.rows("SELECT * FROM access_request WHERE state = 'asked' ORDER BY requested_at, id", vec![]).await
    }

    /// Requests of a kind decided from one moment up to another, the oldest first.
    pub async fn decided(&self, kind: &str, from: i64, to: i64) -> Result<Vec<Request>> {
        let sql = "SELECT * FROM access_request WHERE kind = $1 AND decided_at >= $2 AND decided_at < $3 ORDER BY decided_at, id";
        self.rows(sql, vec![kind.into(), from.into(), to.into()]).await
    }

    /// Decides a request, unless it was decided before or `by` asked for it: two approvals cannot race, and nobody grants his own.
    pub async fn decide_request(&self, id: &str, state: &str, by: &str, rank: &str, note: &str, now: i64) -> Result<bool> {
        let sql = "UPDATE access_request SET state = $2, decided_by = $3, decider_rank = $4, note = $5, decided_at = $6 \
            WHERE id = $1 AND state = 'asked' AND requested_by <> $3";
        let values = vec![id.into(), state.into(), by.into(), rank.into(), note.into(), now.into()];
        Ok(self.change(sql, values).await? == 1)
    }

    /// Withdraws a request that was asked or granted.
    pub async fn withdraw_request(&self, id: &str, note: &str) -> Result<bool> {
        let sql = "UPDATE access_request SET state = 'withdrawn', note = $2 WHERE id = $1 AND state IN ('asked', 'granted')";
        Ok(self.change(sql, vec![id.into(), note.into()]).await? == 1)
    }

    /// Notes that a declaration was made; false when there was one.
    pub async fn declare(&self, made: Declared) -> Result<bool> {
        let sql = "INSERT INTO access_declaration (month, district, made_at, made_by, requests) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let values =
            vec![made.month.into(), made.district.into(), made.made_at.into(), made.made_by.into(), made.requests.into()];
        Ok(self.change(sql, values).await? == 1)
    }

    pub async fn declarations(&self) -> Result<Vec<Declared>> {
        self.rows("SELECT * FROM access_declaration ORDER BY month DESC, district", vec![]).await
    }

    /// Codes of a unit and all below it.
    pub async fn unit_tree(&self, code: &str) -> Result<Vec<String>> {
        let sql = "WITH RECURSIVE tree(code, depth) AS (SELECT CAST($1 AS TEXT), 0 UNION ALL \
            SELECT u.code, t.depth + 1 FROM social_unit u JOIN tree t ON u.parent = t.code WHERE t.depth < 20) \
            SELECT DISTINCT code AS text FROM tree ORDER BY code";
        Ok(self.rows::<Text>(sql, vec![code.into()]).await?.into_iter().map(|t| t.text).collect())
    }
}

#[derive(FromQueryResult)]
struct Text {
    text: String,
}
