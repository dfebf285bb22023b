//! Failed attempts to sign in, by what was tried.

use sea_orm::FromQueryResult;

use crate::Store;
use crate::error::Result;

/// What is remembered of failed attempts under one key.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Attempt {
    pub key: String,
    pub failures: i64,
    pub last_at: i64,
    /// Nothing is tried before this.
    pub open_at: i64,
}

impl Store {
    pub async fn attempt(&self, key: &str) -> Result<Option<Attempt>> {
        self.row("SELECT * FROM account_attempt WHERE key = $1", vec![key.into()]).await
    }

    /// Replaces `old` by `new`; false when somebody else was first.
    pub async fn count_attempt(&self, old: Option<&Attempt>, new: &Attempt) -> Result<bool> {
        let n = new.clone();
        let changed = match old {
            None => {
                let sql = "INSERT INTO account_attempt (key, failures, last_at, open_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
                self.change(sql, vec![n.key.into(), n.failures.into(), n.last_at.into(), n.open_at.into()]).await?
            }
            Some(old) => {
                let sql = "UPDATE account_attempt SET failures = $2, last_at = $3, open_at = $4 WHERE key = $1 AND failures = $5 AND last_at = $6";
                let values = vec![
                    n.key.into(),
                    n.failures.into(),
                    n.last_at.into(),
                    n.open_at.into(),
                    old.failures.into(),
                    old.last_at.into(),
                ];
                self.change(sql, values).await?
            }
        };
        Ok(changed == 1)
    }

    /// Forgets the failures under a key.
    pub async fn clear_attempts(&self, key: &str) -> Result<()> {
        self.change("DELETE FROM account_attempt WHERE key = $1", vec![key.into()]).await.map(drop)
    }

    /// Forgets what is older than `before`.
    pub async fn sweep_attempts(&self, before: i64) -> Result<u64> {
        self.change("DELETE FROM account_attempt WHERE last_at < $1 AND open_at < $1", vec![before.into()]).await
    }
}
