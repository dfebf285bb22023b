//! Settings made while the program runs.

use sea_orm::entity::prelude::*;

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "setting")]
pub struct Model {
    /// Dotted name, e.g. `home.language`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Any JSON.
    pub value: Json,
}

/// Settings stand alone.
#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
