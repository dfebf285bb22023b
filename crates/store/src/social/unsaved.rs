//! Sheets somebody is writing on and has not saved, and what others are about to say.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::Store;
use crate::error::Result;

/// What one person has on one open page and has not saved. Two pages are two sheets, so that neither writes over the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Unsaved {
    pub principal: String,
    /// Made with the page.
    pub id: String,
    /// The sheet this one goes on from; empty: none.
    pub begun: String,
    /// Empty for a new message.
    pub post: String,
    /// The version it began with.
    pub version: i64,
    /// JSON of the fields as they were sent.
    pub fields: String,
    pub at: i64,
}

/// A post that is to go out.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Planned {
    pub post: String,
    pub unit: String,
    pub handle: String,
    pub due_at: i64,
    /// JSON of what is sent.
    pub body: String,
}

impl Store {
    /// Keeps a sheet in place of what was kept of the same page.
    pub async fn put_unsaved(&self, s: &Unsaved) -> Result<()> {
        let sql = "INSERT INTO social_sheet (principal, id, begun, post, version, fields, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
            ON CONFLICT (principal, id) DO UPDATE SET begun = excluded.begun, post = excluded.post, version = excluded.version, \
            fields = excluded.fields, at = excluded.at";
        let s = s.clone();
        let values =
            vec![s.principal.into(), s.id.into(), s.begun.into(), s.post.into(), s.version.into(), s.fields.into(), s.at.into()];
        self.change(sql, values).await.map(drop)
    }

    /// What one person has on sheets of a message, the latest first; of new messages when `post` is empty.
    pub async fn unsaved_by(&self, principal: &str, post: &str) -> Result<Vec<Unsaved>> {
        let sql = "SELECT * FROM social_sheet WHERE principal = $1 AND post = $2 ORDER BY at DESC, id";
        self.rows(sql, vec![principal.into(), post.into()]).await
    }

    /// Sheets of a message that were written on since `since`.
    pub async fn unsaved_of(&self, post: &str, since: i64) -> Result<Vec<Unsaved>> {
        self.rows("SELECT * FROM social_sheet WHERE post = $1 AND at >= $2 ORDER BY at DESC", vec![post.into(), since.into()])
            .await
    }

    /// Throws a sheet away; with `at` only if nobody has written on it since.
    pub async fn drop_unsaved(&self, principal: &str, id: &str, at: Option<i64>) -> Result<bool> {
        let sql = "DELETE FROM social_sheet WHERE principal = $1 AND id = $2 AND at = COALESCE($3, at)";
        Ok(self.change(sql, vec![principal.into(), id.into(), at.into()]).await? == 1)
    }

    /// Sheets nobody came back to go.
    pub async fn forget_unsaved(&self, before: i64) -> Result<u64> {
        self.change("DELETE FROM social_sheet WHERE at < $1", vec![before.into()]).await
    }

    /// What units other than `unit` are about to publish in `[from, until)`, the soonest first.
    pub async fn planned_elsewhere(&self, unit: &str, from: i64, until: i64, limit: i64) -> Result<Vec<Planned>> {
        let sql = "SELECT d.post, d.unit, a.handle, d.due_at, d.body FROM social_delivery d JOIN social_account a ON a.id = d.account \
            WHERE d.due_at >= $2 AND d.due_at < $3 AND d.unit || '' <> $1 AND d.state || '' IN ('queued', 'preparing', 'held') \
            AND d.part = 0 AND d.kind || '' <> 'reply' AND d.revises IS NULL ORDER BY d.due_at, d.id LIMIT $4";
        self.rows(sql, vec![unit.into(), from.into(), until.into(), limit.into()]).await
    }
}
