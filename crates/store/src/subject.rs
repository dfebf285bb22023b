//! Rows and statements of data-subject categories and of history sheets. No rule is decided here; what must not happen twice is part of the
//! statement.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::Store;
use crate::error::Result;
use crate::social::change_in;

/// A decision on the category of somebody's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Category {
    /// Public id of a source's key, or of the person.
    pub subject: String,
    /// `accused`, `victim`, `witness`, `contact`, or `erase`.
    pub category: String,
    pub reason: String,
    pub decided_by: String,
    pub decided_at: i64,
}

/// A history sheet as it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Sheet {
    pub id: String,
    /// The person's public id when it was asked for; the page is found by it.
    pub person: String,
    /// The station that keeps it.
    pub unit: String,
    /// `asked`, `refused`, `open`, `closing` (its closing is asked for) or `closed`.
    pub state: String,
    /// Who asked for what is to be decided.
    pub asked_by: String,
    /// Number of the order that opened it.
    pub order_no: Option<String>,
    pub opened_at: Option<i64>,
    /// When it is to be looked at again.
    pub due_at: Option<i64>,
    pub closed_at: Option<i64>,
    pub changed_at: i64,
}

/// One step in the life of a sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct SheetStep {
    pub id: String,
    pub sheet: String,
    /// `ask`, `open`, `refuse`, `review`, `ask_close`, `close` or `keep`.
    pub step: String,
    pub by_account: String,
    pub by_rank: String,
    pub order_no: Option<String>,
    pub reason: String,
    pub at: i64,
}

pub(crate) fn places(n: usize) -> String {
    (1..=n).map(|i| format!("${i}")).collect::<Vec<_>>().join(", ")
}

pub(crate) fn values(texts: &[String]) -> Vec<sea_orm::Value> {
    texts.iter().map(|t| t.clone().into()).collect()
}

impl Store {
    /// Keeps a decision for all ids of a person.
    pub async fn categorise(&self, subjects: &[String], decision: &Category) -> Result<()> {
        let transaction = self.begin().await?;
        for subject in subjects {
            let sql =
                "INSERT INTO subject_category (subject, category, reason, decided_by, decided_at) VALUES ($1, $2, $3, $4, $5)";
            let d = decision.clone();
            let values =
                vec![subject.clone().into(), d.category.into(), d.reason.into(), d.decided_by.into(), d.decided_at.into()];
            change_in(&transaction, sql, values).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Decisions on some ids, the newest first.
    pub async fn categories(&self, subjects: &[String]) -> Result<Vec<Category>> {
        let mut out = Vec::new();
        for some in subjects.chunks(500) {
            let sql = format!(
                "SELECT * FROM subject_category WHERE subject IN ({}) ORDER BY decided_at DESC, subject",
                places(some.len())
            );
            out.extend(self.rows::<Category>(&sql, values(some)).await?);
        }
        Ok(out)
    }

    /// Begins a sheet with the step that asks for it. False when one of the ids has a sheet that is not over.
    pub async fn ask_sheet(&self, sheet: &Sheet, subjects: &[String], step: &SheetStep) -> Result<bool> {
        let transaction = self.begin().await?;
        let s = sheet.clone();
        let free = format!(
            "INSERT INTO history_sheet (id, person, unit, state, asked_by, changed_at) SELECT $1, $2, $3, 'asked', $4, $5 \
             WHERE NOT EXISTS (SELECT 1 FROM history_sheet_subject t JOIN history_sheet h ON h.id = t.sheet \
             WHERE h.state IN ('asked', 'open', 'closing') AND t.subject IN ({}))",
            (6..6 + subjects.len()).map(|i| format!("${i}")).collect::<Vec<_>>().join(", ")
        );
        let mut all: Vec<sea_orm::Value> =
            vec![s.id.clone().into(), s.person.into(), s.unit.into(), s.asked_by.into(), s.changed_at.into()];
        all.extend(values(subjects));
        if change_in(&transaction, &free, all).await? == 0 {
            return Ok(false);
        }
        for subject in subjects {
            let sql = "INSERT INTO history_sheet_subject (subject, sheet) VALUES ($1, $2)";
            change_in(&transaction, sql, vec![subject.clone().into(), s.id.clone().into()]).await?;
        }
        add_step(&transaction, step).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Takes a sheet one step further, if it still stands as it was read: two decisions cannot race.
    pub async fn step_sheet(&self, before: &Sheet, after: &Sheet, step: &SheetStep) -> Result<bool> {
        let transaction = self.begin().await?;
        let a = after.clone();
        let sql = "UPDATE history_sheet SET state = $3, asked_by = $4, order_no = $5, opened_at = $6, due_at = $7, closed_at = $8, \
            changed_at = $9 WHERE id = $1 AND state = $2 AND changed_at = $10";
        let values = vec![
            a.id.into(),
            before.state.clone().into(),
            a.state.into(),
            a.asked_by.into(),
            a.order_no.into(),
            a.opened_at.into(),
            a.due_at.into(),
            a.closed_at.into(),
            a.changed_at.into(),
            before.changed_at.into(),
        ];
        if change_in(&transaction, sql, values).await? == 0 {
            return Ok(false);
        }
        add_step(&transaction, step).await?;
        transaction.commit().await?;
        Ok(true)
    }

    pub async fn sheet(&self, id: &str) -> Result<Option<Sheet>> {
        self.row("SELECT * FROM history_sheet WHERE id = $1", vec![id.into()]).await
    }

    /// All sheets, what changed last first.
    pub async fn sheets(&self) -> Result<Vec<Sheet>> {
        self.rows("SELECT * FROM history_sheet ORDER BY changed_at DESC, id DESC", vec![]).await
    }

    /// Sheets of a person, by any of the ids.
    pub async fn sheets_of(&self, subjects: &[String]) -> Result<Vec<Sheet>> {
        let mut out: Vec<Sheet> = Vec::new();
        for some in subjects.chunks(500) {
            let sql = format!(
                "SELECT DISTINCT h.* FROM history_sheet h JOIN history_sheet_subject t ON t.sheet = h.id WHERE t.subject IN ({}) \
                 ORDER BY h.changed_at DESC, h.id DESC",
                places(some.len())
            );
            out.extend(self.rows::<Sheet>(&sql, values(some)).await?);
        }
        out.dedup_by(|a, b| a.id == b.id);
        Ok(out)
    }

    /// The life of a sheet, the oldest step first.
    pub async fn sheet_steps(&self, sheet: &str) -> Result<Vec<SheetStep>> {
        self.rows("SELECT * FROM history_sheet_step WHERE sheet = $1 ORDER BY at, id", vec![sheet.into()]).await
    }
}

async fn add_step(transaction: &sea_orm::DatabaseTransaction, step: &SheetStep) -> Result<()> {
    let sql = "INSERT INTO history_sheet_step (id, sheet, step, by_account, by_rank, order_no, reason, at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let s = step.clone();
    let values = vec![
        s.id.into(),
        s.sheet.into(),
        s.step.into(),
        s.by_account.into(),
        s.by_rank.into(),
        s.order_no.into(),
        s.reason.into(),
        s.at.into(),
    ];
    change_in(transaction, sql, values).await.map(drop)
}
