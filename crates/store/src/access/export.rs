//! What left the lake as a file. A row is written once and never changed.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::Store;
use crate::error::Result;

/// One export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Export {
    pub id: String,
    /// Who took it.
    pub account: String,
    pub at: i64,
    /// When it is to be destroyed.
    pub until_at: i64,
    /// Of the file, lower-case hex.
    pub sha256: String,
    /// The whole manifest as JSON.
    pub manifest: String,
}

impl Store {
    pub async fn add_export(&self, new: &Export) -> Result<()> {
        let sql = "INSERT INTO export (id, account, at, until_at, sha256, manifest) VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            new.id.clone().into(),
            new.account.clone().into(),
            new.at.into(),
            new.until_at.into(),
            new.sha256.clone().into(),
            new.manifest.clone().into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    pub async fn export(&self, id: &str) -> Result<Option<Export>> {
        self.row("SELECT * FROM export WHERE id = $1", vec![id.into()]).await
    }

    /// The newest export of a file of this hash.
    pub async fn export_of(&self, sha256: &str) -> Result<Option<Export>> {
        self.row("SELECT * FROM export WHERE sha256 = $1 ORDER BY at DESC, id DESC LIMIT 1", vec![sha256.into()]).await
    }

    /// Exports, the newest first; of one account, or of all.
    pub async fn exports(&self, account: Option<&str>, limit: u64) -> Result<Vec<Export>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        match account {
            Some(account) => {
                let sql = "SELECT * FROM export WHERE account = $1 ORDER BY at DESC, id DESC LIMIT $2";
                self.rows(sql, vec![account.into(), limit.into()]).await
            }
            None => self.rows("SELECT * FROM export ORDER BY at DESC, id DESC LIMIT $1", vec![limit.into()]).await,
        }
    }
}
