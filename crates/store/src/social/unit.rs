//! Units, their officers, approval chains, pauses and times of silence.

use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;

use super::{PAUSED, change_in};
use crate::Store;
use crate::error::{Result, StoreError};
use crate::open::new_id;

/// A unit of the department.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Unit {
    pub code: String,
    pub parent: Option<String>,
    pub name_en: String,
    pub name_hi: String,
    /// `headquarters`, `range`, `district`, `circle`, `thana`.
    pub kind: String,
    /// Comma-separated.
    pub constituencies: String,
    /// Official telephone numbers, comma-separated.
    pub numbers: String,
    pub paused_at: Option<i64>,
    pub paused_by: Option<String>,
    pub pause_reason: Option<String>,
    /// Within how many minutes people are answered; none: as in the unit above.
    pub answer_minutes: Option<i64>,
}

/// What somebody may do in a unit and those below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Officer {
    pub principal: String,
    pub unit: String,
    pub role: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct SilenceRow {
    pub id: String,
    pub constituency: String,
    pub from_at: i64,
    pub until_at: i64,
    pub reference: String,
    pub principal: String,
    pub at: i64,
}

#[derive(FromQueryResult)]
struct Text {
    text: String,
}

impl Store {
    /// Adds a unit, or changes its names, place and numbers; a pause stays as it is.
    pub async fn put_unit(&self, unit: &Unit) -> Result<()> {
        put(&self.db, unit).await
    }

    pub async fn unit(&self, code: &str) -> Result<Unit> {
        let found = self.row("SELECT * FROM social_unit WHERE code = $1", vec![code.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "unit", id: code.into() })
    }

    pub async fn units(&self) -> Result<Vec<Unit>> {
        self.rows("SELECT * FROM social_unit ORDER BY code", vec![]).await
    }

    /// Units that are one of `tops` or stand below one, in the order of their codes.
    pub async fn units_below(&self, tops: &[String]) -> Result<Vec<Unit>> {
        let sql = "WITH RECURSIVE below(code) AS (SELECT code FROM social_unit WHERE code = $1 UNION \
            SELECT u.code FROM social_unit u JOIN below b ON u.parent = b.code) \
            SELECT u.* FROM social_unit u JOIN below b ON u.code = b.code";
        let mut found = std::collections::BTreeMap::new();
        for top in tops {
            found.extend(self.rows::<Unit>(sql, vec![top.as_str().into()]).await?.into_iter().map(|u| (u.code.clone(), u)));
        }
        Ok(found.into_values().collect())
    }

    /// The unit and all above it, the nearest first.
    pub async fn unit_line(&self, code: &str) -> Result<Vec<String>> {
        let sql = "WITH RECURSIVE line(code, depth) AS (SELECT CAST($1 AS TEXT), 0 UNION ALL \
            SELECT u.parent, l.depth + 1 FROM social_unit u JOIN line l ON u.code = l.code \
            WHERE u.parent IS NOT NULL AND l.depth < 20) SELECT code AS text FROM line ORDER BY depth";
        Ok(self.rows::<Text>(sql, vec![code.into()]).await?.into_iter().map(|t| t.text).collect())
    }

    /// Stops everything of the unit and those below that has not yet been committed.
    pub async fn pause_unit(&self, code: &str, by: &str, reason: &str, now: i64) -> Result<()> {
        let sql = "UPDATE social_unit SET paused_at = $2, paused_by = $3, pause_reason = $4 WHERE code = $1";
        self.one(self.change(sql, vec![code.into(), now.into(), by.into(), reason.into()]).await?, "unit", code)
    }

    pub async fn resume_unit(&self, code: &str) -> Result<()> {
        let sql = "UPDATE social_unit SET paused_at = NULL, paused_by = NULL, pause_reason = NULL WHERE code = $1";
        self.one(self.change(sql, vec![code.into()]).await?, "unit", code)
    }

    /// Codes of all paused units, inherited pauses included.
    pub async fn paused_units(&self) -> Result<Vec<String>> {
        let sql = format!("{PAUSED} SELECT code AS text FROM paused ORDER BY code");
        Ok(self.rows::<Text>(&sql, vec![]).await?.into_iter().map(|t| t.text).collect())
    }

    /// Within how many minutes the unit answers: its own time, else that of the nearest unit above that has one.
    pub async fn answer_minutes(&self, code: &str) -> Result<Option<i64>> {
        for code in self.unit_line(code).await? {
            if let Some(minutes) = self.unit(&code).await?.answer_minutes {
                return Ok(Some(minutes));
            }
        }
        Ok(None)
    }

    pub async fn set_answer_minutes(&self, code: &str, minutes: Option<i64>) -> Result<()> {
        let sql = "UPDATE social_unit SET answer_minutes = $2 WHERE code = $1";
        self.one(self.change(sql, vec![code.into(), minutes.into()]).await?, "unit", code)
    }

    pub async fn put_officer(&self, principal: &str, unit: &str, role: &str) -> Result<()> {
        let sql = "INSERT INTO social_officer (principal, unit, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        self.change(sql, vec![principal.into(), unit.into(), role.into()]).await.map(drop)
    }

    pub async fn officers(&self) -> Result<Vec<Officer>> {
        self.rows("SELECT * FROM social_officer ORDER BY unit, role, principal", vec![]).await
    }

    /// Whether `principal` holds `role` in the unit or in one above it.
    pub async fn holds_role(&self, principal: &str, unit: &str, role: &str) -> Result<bool> {
        let line = self.unit_line(unit).await?;
        let sql = "SELECT * FROM social_officer WHERE principal = $1 AND role = $2";
        let held: Vec<Officer> = self.rows(sql, vec![principal.into(), role.into()]).await?;
        Ok(held.iter().any(|o| line.contains(&o.unit)))
    }

    /// Units in which `principal` holds a role, in the order of their codes.
    pub async fn seats(&self, principal: &str) -> Result<Vec<String>> {
        let sql = "SELECT DISTINCT unit AS text FROM social_officer WHERE principal = $1 ORDER BY unit";
        Ok(self.rows::<Text>(sql, vec![principal.into()]).await?.into_iter().map(|t| t.text).collect())
    }

    /// Sets the approval steps (JSON list of roles) for a unit and kind (`*`: every kind).
    pub async fn put_chain(&self, unit: &str, kind: &str, steps: &str) -> Result<()> {
        let sql = "INSERT INTO social_chain (unit, kind, steps) VALUES ($1, $2, $3) \
            ON CONFLICT (unit, kind) DO UPDATE SET steps = excluded.steps";
        self.change(sql, vec![unit.into(), kind.into(), steps.into()]).await.map(drop)
    }

    /// The steps in force: the unit's own for the kind, else for every kind, else those of the unit above.
    pub async fn chain(&self, unit: &str, kind: &str) -> Result<Option<String>> {
        for code in self.unit_line(unit).await? {
            let sql = "SELECT steps AS text FROM social_chain WHERE unit = $1 AND kind IN ($2, '*') ORDER BY CASE WHEN kind = '*' THEN 1 ELSE 0 END";
            if let Some(found) = self.row::<Text>(sql, vec![code.into(), kind.into()]).await? {
                return Ok(Some(found.text));
            }
        }
        Ok(None)
    }

    /// Records a time of silence (model code of conduct).
    pub async fn put_silence(&self, new: SilenceRow, now: chrono::DateTime<chrono::Utc>) -> Result<String> {
        let id = new_id(now);
        let sql = "INSERT INTO social_silence (id, constituency, from_at, until_at, reference, principal, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = vec![
            id.clone().into(),
            new.constituency.into(),
            new.from_at.into(),
            new.until_at.into(),
            new.reference.into(),
            new.principal.into(),
            now.timestamp_micros().into(),
        ];
        self.change(sql, values).await?;
        Ok(id)
    }

    pub async fn silence(&self, id: &str) -> Result<SilenceRow> {
        let found = self.row("SELECT * FROM social_silence WHERE id = $1", vec![id.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "time of silence", id: id.into() })
    }

    /// Puts a time of silence right, or ends it.
    pub async fn change_silence(&self, to: &SilenceRow) -> Result<()> {
        let sql = "UPDATE social_silence SET constituency = $2, from_at = $3, until_at = $4, reference = $5 WHERE id = $1";
        let t = to.clone();
        let values = vec![t.id.into(), t.constituency.into(), t.from_at.into(), t.until_at.into(), t.reference.into()];
        self.one(self.change(sql, values).await?, "time of silence", &to.id)
    }

    pub async fn silences(&self) -> Result<Vec<SilenceRow>> {
        self.rows("SELECT * FROM social_silence ORDER BY from_at", vec![]).await
    }

    pub(crate) fn one(&self, changed: u64, what: &'static str, id: &str) -> Result<()> {
        if changed == 0 { Err(StoreError::Missing { what, id: id.into() }) } else { Ok(()) }
    }
}

pub(super) async fn put(db: &impl ConnectionTrait, unit: &Unit) -> Result<()> {
    let sql = "INSERT INTO social_unit (code, parent, name_en, name_hi, kind, constituencies, numbers) VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (code) DO UPDATE SET parent = excluded.parent, name_en = excluded.name_en, name_hi = excluded.name_hi, \
        kind = excluded.kind, constituencies = excluded.constituencies, numbers = excluded.numbers";
    let u = unit.clone();
    let values = vec![
        u.code.into(),
        u.parent.into(),
        u.name_en.into(),
        u.name_hi.into(),
        u.kind.into(),
        u.constituencies.into(),
        u.numbers.into(),
    ];
    change_in(db, sql, values).await.map(drop)
}
