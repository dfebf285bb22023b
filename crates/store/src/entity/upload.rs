//! Uploads in progress and done.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// One resumable upload.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    /// UUID version 7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Id of the principal who uploads.
    pub principal: String,
    /// The file's name, without any folder.
    pub name: String,
    /// Bytes announced.
    pub size: i64,
    /// Bytes safely here: where to continue.
    #[sea_orm(column_name = "position")]
    pub offset: i64,
    /// Where it stands.
    pub state: State,
    /// When it began.
    pub created_at: DateTimeUtc,
    /// When its last bytes came.
    pub updated_at: DateTimeUtc,
    /// The partial file, relative to the home folder.
    pub path: String,
    /// SHA-256 of the whole once it is complete.
    pub sha256: Option<String>,
    /// The run that loads it.
    pub run_id: Option<String>,
}

/// Where an upload stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Bytes are still to come.
    #[sea_orm(string_value = "open")]
    Open,
    /// All bytes are here and hashed.
    #[sea_orm(string_value = "complete")]
    Complete,
    /// Given up by the person.
    #[sea_orm(string_value = "cancelled")]
    Cancelled,
}

/// Uploads stand alone.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
