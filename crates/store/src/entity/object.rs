//! The manifest: one row per received object.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What is known about one raw object: the bytes themselves are in the lake's `raw/` under their hash.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize, Deserialize)]
#[sea_orm(table_name = "object")]
pub struct Model {
    /// SHA-256 of the bytes as received, 64 lower-case hex digits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sha256: String,
    /// Bytes.
    pub size: i64,
    /// The name it came with, without any folder.
    pub original_name: String,
    /// When its last byte arrived.
    pub received_at: DateTimeUtc,
    /// Id of the principal who brought it.
    pub received_by: String,
    /// The authority it was obtained under (telecom), or none.
    pub authority: Option<String>,
    /// Media type as detected from the bytes, e.g. `text/csv`.
    pub media_type: String,
    /// The archive it was a member of, or none.
    pub parent_sha256: Option<String>,
    /// Its path inside that archive, or none.
    pub member_name: Option<String>,
    /// When it must be gone, or none while no rule says.
    pub retention_until: Option<DateTimeUtc>,
    /// Anything the one who brought it wanted remembered.
    pub note: Option<String>,
}

/// Objects stand alone: runs refer to them by hash, and survive them.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
