//! Messages that are to go out at a time once they are approved: from a recurring rule, or many at once from a file.

use sea_orm::FromQueryResult;
use serde::Serialize;

use super::{FindingRow, Post, change_in};
use crate::Store;
use crate::error::{Result, StoreError};
use crate::open::new_id;

/// When and where a message is to go out. `open` → `done` (scheduled), `missed` (approved too late) or `refused`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Plan {
    pub post: String,
    pub due_at: i64,
    /// JSON list of channel ids.
    pub channels: String,
    /// In whose name it is scheduled.
    pub principal: String,
    /// The import or recurrence it comes from.
    pub origin: String,
    pub state: String,
    pub reason: Option<String>,
    pub at: i64,
}

/// A rule by which a message comes again. `on` or `stopped`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Recurrence {
    pub id: String,
    pub unit: String,
    /// JSON of the message.
    pub body: String,
    pub channels: String,
    /// Empty: none.
    pub campaign: String,
    pub rule: String,
    pub first_at: i64,
    /// None: the rule has ended.
    pub next_at: Option<i64>,
    pub state: String,
    pub principal: String,
    pub at: i64,
}

/// What became of one time of a rule: `made`, or `skipped` with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Occurrence {
    pub recurrence: String,
    pub due_at: i64,
    pub state: String,
    pub post: Option<String>,
    pub reason: Option<String>,
    pub at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct ImportRow {
    pub sha256: String,
    pub name: String,
    pub messages: i64,
    pub principal: String,
    pub at: i64,
}

/// A message to be made with everything that belongs to it.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// `draft` or `submitted`.
    pub post: Post,
    pub body: String,
    pub sha256: String,
    pub findings: Vec<FindingRow>,
    pub plan: Option<Plan>,
    /// Empty: none.
    pub campaign: String,
    /// The import or recurrence it comes from.
    pub origin: String,
}

impl Store {
    /// Makes all messages of a file, or none. False when the same file was taken in before.
    pub async fn import(&self, import: &ImportRow, all: &[Incoming]) -> Result<bool> {
        let tx = self.begin().await?;
        let i = import.clone();
        let sql = "INSERT INTO social_import (sha256, name, messages, principal, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let values = vec![i.sha256.into(), i.name.into(), i.messages.into(), i.principal.into(), i.at.into()];
        if change_in(&tx, sql, values).await? == 0 {
            return Ok(false);
        }
        for one in all {
            incoming(&tx, one).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Whether a file was taken in before.
    pub async fn imported(&self, sha256: &str) -> Result<bool> {
        let found: Option<ImportRow> = self.row("SELECT * FROM social_import WHERE sha256 = $1", vec![sha256.into()]).await?;
        Ok(found.is_some())
    }

    pub async fn imports(&self) -> Result<Vec<ImportRow>> {
        self.rows("SELECT * FROM social_import ORDER BY at DESC LIMIT 100", vec![]).await
    }

    /// Takes one time of a rule: notes what becomes of it, makes its message, moves the rule on. False when another worker did it.
    pub async fn take_occurrence(&self, occurrence: &Occurrence, next_at: Option<i64>, made: Option<&Incoming>) -> Result<bool> {
        let tx = self.begin().await?;
        let o = occurrence.clone();
        let sql = "INSERT INTO social_occurrence (recurrence, due_at, state, post, reason, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        let values = vec![o.recurrence.into(), o.due_at.into(), o.state.into(), o.post.into(), o.reason.into(), o.at.into()];
        if change_in(&tx, sql, values).await? == 0 {
            return Ok(false);
        }
        let sql = "UPDATE social_recurrence SET next_at = $2 WHERE id = $1 AND next_at = $3 AND state = 'on'";
        let values = vec![occurrence.recurrence.clone().into(), next_at.into(), occurrence.due_at.into()];
        if change_in(&tx, sql, values).await? == 0 {
            return Ok(false);
        }
        if let Some(made) = made {
            incoming(&tx, made).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    pub async fn put_recurrence(&self, r: &Recurrence) -> Result<()> {
        let sql = "INSERT INTO social_recurrence (id, unit, body, channels, campaign, rule, first_at, next_at, state, principal, at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let r = r.clone();
        let values = vec![
            r.id.into(),
            r.unit.into(),
            r.body.into(),
            r.channels.into(),
            r.campaign.into(),
            r.rule.into(),
            r.first_at.into(),
            r.next_at.into(),
            r.state.into(),
            r.principal.into(),
            r.at.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    pub async fn recurrence(&self, id: &str) -> Result<Recurrence> {
        let found = self.row("SELECT * FROM social_recurrence WHERE id = $1", vec![id.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "recurring message", id: id.into() })
    }

    pub async fn recurrences(&self) -> Result<Vec<Recurrence>> {
        self.rows("SELECT * FROM social_recurrence ORDER BY state, next_at, id LIMIT 1000", vec![]).await
    }

    pub async fn stop_recurrence(&self, id: &str) -> Result<bool> {
        let sql = "UPDATE social_recurrence SET state = 'stopped' WHERE id = $1 AND state = 'on'";
        Ok(self.change(sql, vec![id.into()]).await? == 1)
    }

    pub async fn occurrences(&self, id: &str) -> Result<Vec<Occurrence>> {
        self.rows("SELECT * FROM social_occurrence WHERE recurrence = $1 ORDER BY due_at DESC LIMIT 200", vec![id.into()]).await
    }

    /// Open plans whose message is approved.
    pub async fn plans_ready(&self, limit: i64) -> Result<Vec<Plan>> {
        let sql = "SELECT l.* FROM social_plan l JOIN social_post p ON p.id = l.post WHERE l.state = 'open' AND p.state = 'approved' ORDER BY l.due_at LIMIT $1";
        self.rows(sql, vec![limit.into()]).await
    }

    pub async fn plan(&self, post: &str) -> Result<Option<Plan>> {
        self.row("SELECT * FROM social_plan WHERE post = $1", vec![post.into()]).await
    }

    pub async fn plans_of(&self, origin: &str) -> Result<Vec<Plan>> {
        self.rows("SELECT * FROM social_plan WHERE origin = $1 ORDER BY due_at, post", vec![origin.into()]).await
    }

    pub async fn settle_plan(&self, post: &str, state: &str, reason: Option<&str>) -> Result<bool> {
        let sql = "UPDATE social_plan SET state = $2, reason = $3 WHERE post = $1 AND state = 'open'";
        Ok(self.change(sql, vec![post.into(), state.into(), reason.map(str::to_owned).into()]).await? == 1)
    }
}

async fn incoming(tx: &sea_orm::DatabaseTransaction, one: &Incoming) -> Result<()> {
    let p = one.post.clone();
    let sql = "INSERT INTO social_post (id, unit, kind, state, version, author, created_at, changed_at) VALUES ($1, $2, $3, $4, 1, $5, $6, $6)";
    let values =
        vec![p.id.clone().into(), p.unit.into(), p.kind.into(), p.state.into(), p.author.clone().into(), p.created_at.into()];
    change_in(tx, sql, values).await?;
    let sql = "INSERT INTO social_version (post, version, body, sha256, author, at) VALUES ($1, 1, $2, $3, $4, $5)";
    let values =
        vec![p.id.clone().into(), one.body.clone().into(), one.sha256.clone().into(), p.author.into(), p.created_at.into()];
    change_in(tx, sql, values).await?;
    let sql = "INSERT INTO social_finding (post, version, seq, body, rule, level, at) VALUES ($1, 1, $2, $3, $4, $5, $6)";
    for f in &one.findings {
        let f = f.clone();
        change_in(tx, sql, vec![p.id.clone().into(), f.seq.into(), f.body.into(), f.rule.into(), f.level.into(), f.at.into()])
            .await?;
    }
    let sql = "INSERT INTO social_event (id, at, principal, what, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)";
    let detail = serde_json::json!({ "version": 1, "sha256": one.sha256, "origin": one.origin });
    for what in ["draft", "submit"].iter().take(if one.post.state == "submitted" { 2 } else { 1 }) {
        let now = chrono::DateTime::from_timestamp_micros(one.post.created_at).unwrap_or_default();
        let values = vec![
            new_id(now).into(),
            one.post.created_at.into(),
            one.post.author.clone().into(),
            (*what).into(),
            p.id.clone().into(),
            detail.to_string().into(),
        ];
        change_in(tx, sql, values).await?;
    }
    if let Some(l) = one.plan.clone() {
        let sql = "INSERT INTO social_plan (post, due_at, channels, principal, origin, state, at) VALUES ($1, $2, $3, $4, $5, 'open', $6)";
        let values =
            vec![p.id.clone().into(), l.due_at.into(), l.channels.into(), l.principal.into(), l.origin.into(), l.at.into()];
        change_in(tx, sql, values).await?;
    }
    if !one.campaign.is_empty() {
        let sql = "INSERT INTO social_campaign_post (campaign, post) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        change_in(tx, sql, vec![one.campaign.clone().into(), p.id.into()]).await?;
    }
    Ok(())
}
