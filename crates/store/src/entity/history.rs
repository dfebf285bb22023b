//! The SQL people ran.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One statement of one principal. It is a convenience for that person; the audit log is the proof.
#[derive(Debug, Clone, PartialEq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "history")]
pub struct Model {
    /// UUID version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Id of the principal who asked.
    pub principal: String,
    /// The statement as written.
    pub sql: String,
    /// The purpose stated for it.
    pub purpose: String,
    /// When it began.
    pub started_at: DateTimeUtc,
    /// Seconds it took, once ended.
    pub seconds: Option<f64>,
    /// Rows it gave, once done.
    pub rows: Option<i64>,
    /// Where it stands.
    pub state: State,
    /// Why it failed.
    pub message: Option<String>,
}

/// Where a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// At work.
    #[sea_orm(string_value = "running")]
    Running,
    /// All rows were given.
    #[sea_orm(string_value = "done")]
    Done,
    /// Stopped by an error.
    #[sea_orm(string_value = "failed")]
    Failed,
    /// Stopped by the person.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
    /// Not allowed.
    #[sea_orm(string_value = "refused")]
    Refused,
}

/// History stands alone.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
