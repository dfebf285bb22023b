//! Ingest runs and their reports.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One attempt to load one object under one contract.
///
/// When `state` is `done`: `input = accepted + rejected + duplicate` (rows; corrected and withdrawn rows are among the
/// accepted).
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "run")]
pub struct Model {
    /// UUID version 7: sorts by time of start.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// The object's SHA-256.
    pub object: String,
    /// The name the file had this time (the manifest keeps the first).
    pub name: String,
    /// Id of the principal who started it.
    pub principal: String,
    /// Contract name, e.g. `cctns.fir`; empty while none is known.
    pub contract: String,
    /// The contract's version; empty while none is known.
    pub contract_version: String,
    /// Which of the contract's formats, counted from 0.
    pub variant: i32,
    /// Where it stands.
    pub state: State,
    /// Rows read.
    pub input: i64,
    /// Rows now in the table because of this run.
    pub accepted: i64,
    /// Rows in quarantine because of this run.
    pub rejected: i64,
    /// Rows that were there already.
    pub duplicate: i64,
    /// Accepted rows that replaced an older one.
    pub corrected: i64,
    /// Accepted rows that removed an older one.
    pub withdrawn: i64,
    /// When it was started.
    pub started_at: DateTimeUtc,
    /// When it ended, whichever way.
    pub finished_at: Option<DateTimeUtc>,
    /// Seconds of work.
    pub seconds: Option<f64>,
    /// What to tell the person who waits: why it was refused or failed, and what to do.
    pub message: Option<String>,
    /// The whole report as the lake wrote it (warnings, drift, reasons).
    pub report: Option<Json>,
    /// Bytes of the object read so far.
    pub progress_bytes: i64,
    /// Bytes of the object.
    pub total_bytes: i64,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// The object is kept; work has not begun.
    #[sea_orm(string_value = "received")]
    Received,
    /// At work.
    #[sea_orm(string_value = "running")]
    Running,
    /// Finished; the counts hold.
    #[sea_orm(string_value = "done")]
    Done,
    /// Stopped by an error; the table is as before.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// Stopped by a person; the table is as before.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
    /// The object as a whole does not fit a contract.
    #[sea_orm(string_value = "refused")]
    Refused,
}

impl State {
    /// Whether nothing more will happen to the run.
    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Received | Self::Running)
    }
}

/// Runs refer to objects by hash without a constraint: a purged object leaves its counts.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
