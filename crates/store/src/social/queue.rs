//! Times at which channels publish what is put into their queue.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::Store;
use crate::error::Result;

/// One time of a week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Slot {
    pub account: String,
    /// 1 is Monday, 7 is Sunday.
    pub day: i64,
    /// Minutes since midnight, Indian time.
    pub minute: i64,
    pub principal: String,
    pub at: i64,
}

#[derive(FromQueryResult)]
struct Taken {
    due_at: i64,
}

impl Store {
    /// Adds a time; false when the channel has it already.
    pub async fn put_slot(&self, s: &Slot) -> Result<bool> {
        let sql =
            "INSERT INTO social_slot (account, day, minute, principal, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let s = s.clone();
        let values = vec![s.account.into(), s.day.into(), s.minute.into(), s.principal.into(), s.at.into()];
        Ok(self.change(sql, values).await? == 1)
    }

    pub async fn drop_slot(&self, account: &str, day: i64, minute: i64) -> Result<bool> {
        let sql = "DELETE FROM social_slot WHERE account = $1 AND day = $2 AND minute = $3";
        Ok(self.change(sql, vec![account.into(), day.into(), minute.into()]).await? == 1)
    }

    pub async fn slots(&self, account: &str) -> Result<Vec<Slot>> {
        self.rows("SELECT * FROM social_slot WHERE account = $1 ORDER BY day, minute", vec![account.into()]).await
    }

    /// When posts of an account are or were due in `[from, until)`, but for those that do not go out.
    pub async fn taken_times(&self, account: &str, from: i64, until: i64) -> Result<Vec<i64>> {
        let sql = "SELECT d.due_at FROM social_delivery d WHERE d.account = $1 AND d.due_at >= $2 AND d.due_at < $3 AND d.part = 0 \
            AND d.revises IS NULL AND d.state || '' NOT IN ('cancelled', 'failed', 'missed', 'removed') ORDER BY d.due_at";
        let found: Vec<Taken> = self.rows(sql, vec![account.into(), from.into(), until.into()]).await?;
        Ok(found.into_iter().map(|t| t.due_at).collect())
    }
}
