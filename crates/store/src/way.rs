//! How pulls stand, which files a watched place has given, and sources that were late.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::Store;
use crate::error::Result;

/// How a pull stands. Times are seconds since 1970.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct PullState {
    pub name: String,
    /// Everything up to here is in the lake.
    pub watermark: Option<String>,
    pub tried_at: Option<i64>,
    /// When it last went through.
    pub done_at: Option<i64>,
    /// Failures since then.
    pub failures: i64,
    /// Why it failed last, or what it said.
    pub message: Option<String>,
    /// Rows of the last one that went through.
    pub input: i64,
    pub accepted: i64,
    pub rejected: i64,
    pub duplicate: i64,
}

/// A file that a watched place has given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct WayFile {
    /// Which place: a folder or a pull.
    pub way: String,
    pub path: String,
    /// What tells that the file has changed: its size and time, or its entity tag.
    pub mark: String,
    /// SHA-256 of what was taken in.
    pub object: Option<String>,
    /// Why it was not taken in.
    pub message: Option<String>,
    pub at: i64,
}

/// A time in which a source was late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Alert {
    pub contract: String,
    pub since: i64,
    /// When something came again; none while it is still late.
    pub until_at: Option<i64>,
    pub expected_seconds: i64,
    /// When something had last come.
    pub last_at: i64,
}

impl Store {
    pub async fn pull_state(&self, name: &str) -> Result<Option<PullState>> {
        self.row("SELECT * FROM way_pull WHERE name = $1", vec![name.into()]).await
    }

    pub async fn put_pull_state(&self, s: &PullState) -> Result<()> {
        let sql = "INSERT INTO way_pull (name, watermark, tried_at, done_at, failures, message, input, accepted, rejected, duplicate) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (name) DO UPDATE SET watermark = excluded.watermark, \
            tried_at = excluded.tried_at, done_at = excluded.done_at, failures = excluded.failures, message = excluded.message, \
            input = excluded.input, accepted = excluded.accepted, rejected = excluded.rejected, duplicate = excluded.duplicate";
        let s = s.clone();
        let values = vec![
            s.name.into(),
            s.watermark.into(),
            s.tried_at.into(),
            s.done_at.into(),
            s.failures.into(),
            s.message.into(),
            s.input.into(),
            s.accepted.into(),
            s.rejected.into(),
            s.duplicate.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    pub async fn way_files(&self, way: &str) -> Result<Vec<WayFile>> {
        self.rows("SELECT * FROM way_file WHERE way = $1 ORDER BY path", vec![way.into()]).await
    }

    pub async fn put_way_file(&self, f: &WayFile) -> Result<()> {
        let sql = "INSERT INTO way_file (way, path, mark, object, message, at) VALUES ($1, $2, $3, $4, $5, $6) \
            ON CONFLICT (way, path) DO UPDATE SET mark = excluded.mark, object = excluded.object, message = excluded.message, at = excluded.at";
        let f = f.clone();
        let values = vec![f.way.into(), f.path.into(), f.mark.into(), f.object.into(), f.message.into(), f.at.into()];
        self.change(sql, values).await.map(drop)
    }

    /// Alerts, the newest first; with `open` those that last.
    pub async fn alerts(&self, open: bool, limit: u64) -> Result<Vec<Alert>> {
        let only = if open { "WHERE until_at IS NULL" } else { "" };
        self.rows(&format!("SELECT * FROM way_alert {only} ORDER BY since DESC, contract LIMIT {limit}"), vec![]).await
    }

    /// Opens an alert; false when the source has one that lasts.
    pub async fn open_alert(&self, a: &Alert) -> Result<bool> {
        let sql = "INSERT INTO way_alert (contract, since, until_at, expected_seconds, last_at) SELECT $1, $2, NULL, $3, $4 \
            WHERE NOT EXISTS (SELECT 1 FROM way_alert WHERE contract = $1 AND until_at IS NULL) ON CONFLICT DO NOTHING";
        let values = vec![a.contract.clone().into(), a.since.into(), a.expected_seconds.into(), a.last_at.into()];
        Ok(self.change(sql, values).await? == 1)
    }

    /// Ends the alert of a source; false when it has none.
    pub async fn end_alert(&self, contract: &str, at: i64) -> Result<bool> {
        let sql = "UPDATE way_alert SET until_at = $2 WHERE contract = $1 AND until_at IS NULL";
        Ok(self.change(sql, vec![contract.into(), at.into()]).await? > 0)
    }
}
