//! Requests to erase an object, a person or a case. What must not happen twice, or by the one who asked, is part of the statement.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::Store;
use crate::error::Result;

/// One request with what became of it. Its target is blanked once it is carried out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Expungement {
    pub id: String,
    /// `object`, `person` or `case`.
    pub kind: String,
    pub target: String,
    /// The law or order it stands on.
    pub basis: String,
    pub reason: String,
    pub requested_by: String,
    pub requester_rank: String,
    pub requested_at: i64,
    /// `asked`, `granted`, `refused` or `done`.
    pub state: String,
    pub decided_by: Option<String>,
    pub decider_rank: Option<String>,
    pub decided_at: Option<i64>,
    pub note: Option<String>,
    pub run_by: Option<String>,
    pub done_at: Option<i64>,
    /// The receipt as JSON.
    pub receipt: Option<String>,
}

impl Store {
    pub async fn add_expungement(&self, new: &Expungement) -> Result<()> {
        let sql = "INSERT INTO expungement (id, kind, target, basis, reason, requested_by, requester_rank, requested_at, state) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'asked')";
        let values = vec![
            new.id.clone().into(),
            new.kind.clone().into(),
            new.target.clone().into(),
            new.basis.clone().into(),
            new.reason.clone().into(),
            new.requested_by.clone().into(),
            new.requester_rank.clone().into(),
            new.requested_at.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    pub async fn expungement(&self, id: &str) -> Result<Option<Expungement>> {
        self.row("SELECT * FROM expungement WHERE id = $1", vec![id.into()]).await
    }

    /// All requests, the newest first.
    pub async fn expungements(&self) -> Result<Vec<Expungement>> {
        self.rows("SELECT * FROM expungement ORDER BY requested_at DESC, id DESC LIMIT 1000", vec![]).await
    }

    /// Decides a request once, and never by the one who asked.
    pub async fn decide_expungement(&self, id: &str, state: &str, by: &str, rank: &str, note: &str, now: i64) -> Result<bool> {
        let sql = "UPDATE expungement SET state = $2, decided_by = $3, decider_rank = $4, note = $5, decided_at = $6 \
            WHERE id = $1 AND state = 'asked' AND requested_by <> $3";
        let values = vec![id.into(), state.into(), by.into(), rank.into(), note.into(), now.into()];
        Ok(self.change(sql, values).await? == 1)
    }

    /// Notes that a granted request was carried out. What named the erased person or case goes with it, also from other requests about the
    /// same: what they ask for is done, and nobody can carry them out any more.
    pub async fn finish_expungement(&self, id: &str, by: &str, receipt: &str, now: i64) -> Result<bool> {
        let others = "UPDATE expungement SET state = CASE WHEN state IN ('asked', 'granted') THEN 'refused' ELSE state END, \
            note = CASE WHEN state IN ('asked', 'granted') THEN $2 ELSE note END, target = '', reason = '' \
            WHERE id <> $1 AND target <> '' AND target = (SELECT o.target FROM expungement o WHERE o.id = $1 AND o.state = 'granted')";
        self.change(others, vec![id.into(), format!("→ {id}").into()]).await?;
        let sql = "UPDATE expungement SET state = 'done', run_by = $2, receipt = $3, done_at = $4, target = '', reason = '' \
            WHERE id = $1 AND state = 'granted'";
        Ok(self.change(sql, vec![id.into(), by.into(), receipt.into(), now.into()]).await? == 1)
    }
}
