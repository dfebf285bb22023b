//! Settings: JSON values by key.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Store;
use crate::entity::setting::{ActiveModel, Column, Entity};
use crate::error::{Result, StoreError};
use crate::object::replacing;

impl Store {
    /// Reads a setting, or `None` when it was never made.
    pub async fn setting<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let Some(row) = Entity::find_by_id(key.to_owned()).one(&self.db).await? else {
            return Ok(None);
        };
        serde_json::from_value(row.value).map(Some).map_err(|source| unreadable(key, source))
    }

    /// Makes or replaces a setting.
    pub async fn set_setting<T: Serialize + Sync>(&self, key: &str, value: &T) -> Result<()> {
        let value = serde_json::to_value(value).map_err(|source| unreadable(key, source))?;
        Entity::insert(ActiveModel { key: Set(key.to_owned()), value: Set(value) })
            .on_conflict(replacing(Column::Key, [Column::Value]))
            .exec_without_returning(&self.db)
            .await?;
        Ok(())
    }

    /// Removes a setting. Returns whether there was one.
    pub async fn remove_setting(&self, key: &str) -> Result<bool> {
        let gone = Entity::delete_many().filter(Column::Key.eq(key)).exec(&self.db).await?;
        Ok(gone.rows_affected > 0)
    }
}

fn unreadable(key: &str, source: serde_json::Error) -> StoreError {
    StoreError::Setting { key: key.to_owned(), source }
}
