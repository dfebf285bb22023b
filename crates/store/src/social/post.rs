//! Messages: their versions, what the checks found, who approved, and the record of everything.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde::Serialize;

use super::{change_in, rows_in};
use crate::Store;
use crate::error::{Result, StoreError};
use crate::open::new_id;

/// A message. `draft` → `submitted` → `approved` → `scheduled` → `done`; or `withdrawn`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Post {
    pub id: String,
    pub unit: String,
    pub kind: String,
    pub state: String,
    pub version: i64,
    pub author: String,
    pub corrects: Option<String>,
    pub created_at: i64,
    pub changed_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Version {
    pub post: String,
    pub version: i64,
    /// JSON.
    pub body: String,
    pub sha256: String,
    pub author: String,
    pub at: i64,
    /// Why the public no longer reads this version, now that another took its place; none: it does.
    pub withheld: Option<String>,
}

/// A version the public read until an edit took its place.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Earlier {
    pub version: i64,
    /// JSON.
    pub body: String,
    pub withheld: Option<String>,
    /// When the last copy that could be edited got other words.
    pub ended_at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct FindingRow {
    pub post: String,
    pub version: i64,
    pub seq: i64,
    /// JSON.
    pub body: String,
    pub rule: String,
    pub level: String,
    pub overridden_by: Option<String>,
    pub reason: Option<String>,
    pub overridden_at: Option<i64>,
    pub at: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Approval {
    pub post: String,
    pub version: i64,
    pub step: i64,
    pub role: String,
    pub principal: String,
    pub note: Option<String>,
    pub at: i64,
}

/// One line of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Event {
    pub id: String,
    pub at: i64,
    pub principal: String,
    pub what: String,
    pub subject: String,
    /// JSON.
    pub detail: String,
}

impl Store {
    /// A new message with its first version.
    pub async fn create_post(&self, post: Post, body: &str, sha256: &str) -> Result<()> {
        let tx = self.begin().await?;
        let sql = "INSERT INTO social_post (id, unit, kind, state, version, author, corrects, created_at, changed_at) \
            VALUES ($1, $2, $3, 'draft', 1, $4, $5, $6, $6)";
        let p = post.clone();
        change_in(
            &tx,
            sql,
            vec![p.id.into(), p.unit.into(), p.kind.into(), p.author.into(), p.corrects.into(), p.created_at.into()],
        )
        .await?;
        let sql = "INSERT INTO social_version (post, version, body, sha256, author, at) VALUES ($1, 1, $2, $3, $4, $5)";
        change_in(&tx, sql, vec![post.id.into(), body.into(), sha256.into(), post.author.into(), post.created_at.into()]).await?;
        tx.commit().await?;
        Ok(())
    }

    /// A further version on top of `from`; the message is a draft again and nothing of it is scheduled any more. False when
    /// somebody else was faster, or parts are already out.
    pub async fn add_version(&self, id: &str, from: i64, body: &str, sha256: &str, author: &str, now: i64) -> Result<bool> {
        let tx = self.begin().await?;
        let sql = "UPDATE social_post SET version = version + 1, state = 'draft', changed_at = $3 WHERE id = $1 AND version = $2 \
            AND state <> 'withdrawn' AND NOT EXISTS (SELECT 1 FROM social_delivery d WHERE d.post = $1 \
            AND d.state NOT IN ('queued', 'cancelled', 'failed', 'human', 'missed', 'held'))";
        if change_in(&tx, sql, vec![id.into(), from.into(), now.into()]).await? == 0 {
            return Ok(false);
        }
        let sql = "INSERT INTO social_version (post, version, body, sha256, author, at) VALUES ($1, $2, $3, $4, $5, $6)";
        change_in(&tx, sql, vec![id.into(), (from + 1).into(), body.into(), sha256.into(), author.into(), now.into()]).await?;
        let sql = "UPDATE social_delivery SET state = 'cancelled', fence = fence + 1, reason = 'the message was edited', settled_at = $2 \
            WHERE post = $1 AND state IN ('queued', 'held', 'missed')";
        change_in(&tx, sql, vec![id.into(), now.into()]).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A further version of a message that is out: a draft again, while its copies stay as they are. Edits that wait are cancelled. False
    /// when somebody else was faster, nothing of it is out, or where a copy is has not been settled yet.
    pub async fn add_revision(&self, id: &str, from: i64, body: &str, sha256: &str, author: &str, now: i64) -> Result<bool> {
        let tx = self.begin().await?;
        let sql = "UPDATE social_post SET version = version + 1, state = 'draft', changed_at = $3 WHERE id = $1 AND version = $2 \
            AND state <> 'withdrawn' AND EXISTS (SELECT 1 FROM social_delivery d WHERE d.post = $1 AND d.state = 'live') \
            AND NOT EXISTS (SELECT 1 FROM social_delivery d WHERE d.post = $1 AND (d.state IN ('preparing', 'committing', 'unknown') \
            OR (d.revises IS NULL AND d.state IN ('queued', 'held'))))";
        if change_in(&tx, sql, vec![id.into(), from.into(), now.into()]).await? == 0 {
            return Ok(false);
        }
        let sql = "INSERT INTO social_version (post, version, body, sha256, author, at) VALUES ($1, $2, $3, $4, $5, $6)";
        change_in(&tx, sql, vec![id.into(), (from + 1).into(), body.into(), sha256.into(), author.into(), now.into()]).await?;
        let sql = "UPDATE social_delivery SET state = 'cancelled', fence = fence + 1, reason = 'another edit came after it', settled_at = $2 \
            WHERE post = $1 AND revises IS NOT NULL AND state IN ('queued', 'held', 'missed', 'human', 'failed')";
        change_in(&tx, sql, vec![id.into(), now.into()]).await?;
        tx.commit().await?;
        Ok(true)
    }

    pub async fn post(&self, id: &str) -> Result<Post> {
        let found = self.row("SELECT * FROM social_post WHERE id = $1", vec![id.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "message", id: id.into() })
    }

    /// Messages in every state, the newest first.
    pub async fn posts(&self, unit: Option<&str>, limit: i64) -> Result<Vec<Post>> {
        self.posts_in(unit, "", limit).await
    }

    pub async fn version(&self, post: &str, version: i64) -> Result<Version> {
        let sql = "SELECT * FROM social_version WHERE post = $1 AND version = $2";
        let found = self.row(sql, vec![post.into(), version.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "version", id: format!("{post} {version}") })
    }

    pub async fn versions(&self, post: &str) -> Result<Vec<Version>> {
        self.rows("SELECT * FROM social_version WHERE post = $1 ORDER BY version", vec![post.into()]).await
    }

    /// Versions older than `below` whose words edits have taken the place of, the latest first.
    pub async fn earlier(&self, post: &str, below: i64) -> Result<Vec<Earlier>> {
        let sql = "SELECT v.version, v.body, v.withheld, MAX(e.settled_at) AS ended_at FROM social_delivery e \
            JOIN social_version v ON v.post = e.post AND v.version = e.replaced WHERE e.post = $1 AND e.state = 'edited' AND v.version < $2 \
            GROUP BY v.version, v.body, v.withheld ORDER BY v.version DESC";
        self.rows(sql, vec![post.into(), below.into()]).await
    }

    /// Takes a version from the public's eyes, with the reason; or gives it back. False when there is no such version.
    pub async fn withhold(&self, post: &str, version: i64, why: Option<&str>) -> Result<bool> {
        let sql = "UPDATE social_version SET withheld = $3 WHERE post = $1 AND version = $2";
        Ok(self.change(sql, vec![post.into(), version.into(), why.into()]).await? == 1)
    }

    /// Moves a message on, when it stands where the caller thinks.
    pub async fn move_post(&self, id: &str, version: i64, from: &[&str], to: &str, now: i64) -> Result<bool> {
        let list = from.iter().map(|s| format!("'{s}'")).collect::<Vec<_>>().join(", ");
        let sql =
            format!("UPDATE social_post SET state = $3, changed_at = $4 WHERE id = $1 AND version = $2 AND state IN ({list})");
        Ok(self.change(&sql, vec![id.into(), version.into(), to.into(), now.into()]).await? == 1)
    }

    /// Replaces the findings of a version; what was overruled stays overruled where rule, place and words are the same.
    pub async fn put_findings(&self, post: &str, version: i64, found: &[FindingRow]) -> Result<()> {
        let tx = self.begin().await?;
        let old: Vec<FindingRow> =
            rows_in(&tx, "SELECT * FROM social_finding WHERE post = $1 AND version = $2", vec![post.into(), version.into()])
                .await?;
        change_in(&tx, "DELETE FROM social_finding WHERE post = $1 AND version = $2", vec![post.into(), version.into()]).await?;
        let sql = "INSERT INTO social_finding (post, version, seq, body, rule, level, overridden_by, reason, overridden_at, at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        for f in found {
            let kept = old.iter().find(|o| o.body == f.body);
            let values = vec![
                post.into(),
                version.into(),
                f.seq.into(),
                f.body.clone().into(),
                f.rule.clone().into(),
                f.level.clone().into(),
                kept.and_then(|k| k.overridden_by.clone()).into(),
                kept.and_then(|k| k.reason.clone()).into(),
                kept.and_then(|k| k.overridden_at).into(),
                f.at.into(),
            ];
            change_in(&tx, sql, values).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    pub async fn findings(&self, post: &str, version: i64) -> Result<Vec<FindingRow>> {
        let sql = "SELECT * FROM social_finding WHERE post = $1 AND version = $2 ORDER BY seq";
        self.rows(sql, vec![post.into(), version.into()]).await
    }

    /// Overrules every open finding of one rule, with a reason that stays.
    pub async fn overrule(&self, post: &str, version: i64, rule: &str, by: &str, reason: &str, now: i64) -> Result<u64> {
        let sql = "UPDATE social_finding SET overridden_by = $4, reason = $5, overridden_at = $6 \
            WHERE post = $1 AND version = $2 AND rule = $3 AND overridden_by IS NULL";
        let values = vec![post.into(), version.into(), rule.into(), by.into(), reason.into(), now.into()];
        self.change(sql, values).await
    }

    /// One signature. False when the step already has one, or the version is no longer the newest submitted one.
    pub async fn approve_step(&self, a: &Approval) -> Result<bool> {
        let sql = "INSERT INTO social_approval (post, version, step, role, principal, note, at) \
            SELECT $1, $2, $3, $4, $5, $6, $7 FROM social_post p WHERE p.id = $1 AND p.version = $2 AND p.state = 'submitted' \
            ON CONFLICT DO NOTHING";
        let a = a.clone();
        let values =
            vec![a.post.into(), a.version.into(), a.step.into(), a.role.into(), a.principal.into(), a.note.into(), a.at.into()];
        Ok(self.change(sql, values).await? == 1)
    }

    pub async fn approvals(&self, post: &str, version: i64) -> Result<Vec<Approval>> {
        let sql = "SELECT * FROM social_approval WHERE post = $1 AND version = $2 ORDER BY step";
        self.rows(sql, vec![post.into(), version.into()]).await
    }

    /// Adds a line to the record.
    pub async fn record_event(&self, now: DateTime<Utc>, who: &str, what: &str, subject: &str, detail: &str) -> Result<()> {
        let sql = "INSERT INTO social_event (id, at, principal, what, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)";
        let values =
            vec![new_id(now).into(), now.timestamp_micros().into(), who.into(), what.into(), subject.into(), detail.into()];
        self.change(sql, values).await.map(drop)
    }

    pub async fn events(&self, subject: &str) -> Result<Vec<Event>> {
        self.rows("SELECT * FROM social_event WHERE subject = $1 ORDER BY at, id", vec![subject.into()]).await
    }
}
