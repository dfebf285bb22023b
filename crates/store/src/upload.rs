//! Resumable uploads.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::upload::{Column, Entity};
use crate::error::{Result, StoreError};
use crate::open::{new_id, to_the_microsecond};
use crate::{Page, Store, Upload, UploadState};

/// What is known when an upload begins.
#[derive(Debug, Clone)]
pub struct NewUpload {
    /// Id of the principal who uploads.
    pub principal: String,
    /// The file's name, without any folder.
    pub name: String,
    /// Bytes announced.
    pub size: i64,
    /// Folder of partial files relative to the home; the upload's id becomes the file's name in it.
    pub folder: String,
}

impl Store {
    /// Begins an upload at byte 0.
    pub async fn start_upload(&self, new: NewUpload, now: DateTime<Utc>) -> Result<Upload> {
        let id = new_id(now);
        let now = to_the_microsecond(now);
        let upload = Upload {
            path: format!("{}/{id}", new.folder),
            id,
            principal: new.principal,
            name: new.name,
            size: new.size,
            offset: 0,
            state: UploadState::Open,
            created_at: now,
            updated_at: now,
            sha256: None,
            run_id: None,
        };
        Entity::insert(upload.clone().into_active_model()).exec_without_returning(&self.db).await?;
        Ok(upload)
    }

    /// Records that an open upload's bytes from `from` to `to` are safely on disk. Refuses with [`StoreError::Offset`]
    /// when another request was there first: the same part twice, or two tabs.
    pub async fn advance_upload(&self, id: &str, from: i64, to: i64, now: DateTime<Utc>) -> Result<()> {
        let changed = Entity::update_many()
            .col_expr(Column::Offset, Expr::value(to))
            .col_expr(Column::UpdatedAt, Expr::value(to_the_microsecond(now)))
            .filter(Column::Id.eq(id))
            .filter(Column::State.eq(UploadState::Open))
            .filter(Column::Offset.eq(from))
            .exec(&self.db)
            .await?;
        if changed.rows_affected > 0 {
            return Ok(());
        }
        let upload = self.expect_upload(id).await?;
        Err(StoreError::Offset { id: id.to_owned(), stands: upload.offset, asked: from })
    }

    /// Records that all bytes are here under `sha256`, and the run that loads them.
    pub async fn complete_upload(&self, id: &str, sha256: &str, run_id: Option<&str>, now: DateTime<Utc>) -> Result<()> {
        self.end_upload(id, UploadState::Complete, Some(sha256), run_id, now).await
    }

    /// Gives an open upload up.
    pub async fn cancel_upload(&self, id: &str, now: DateTime<Utc>) -> Result<()> {
        self.end_upload(id, UploadState::Cancelled, None, None, now).await
    }

    /// Looks an upload up by id.
    pub async fn upload(&self, id: &str) -> Result<Option<Upload>> {
        Ok(Entity::find_by_id(id.to_owned()).one(&self.db).await?)
    }

    /// Lists uploads that are still open and idle since before `idle_since` (all open ones with a time in the future),
    /// oldest first.
    pub async fn open_uploads(&self, idle_since: DateTime<Utc>, page: Page) -> Result<Vec<Upload>> {
        Ok(Entity::find()
            .filter(Column::State.eq(UploadState::Open))
            .filter(Column::UpdatedAt.lt(to_the_microsecond(idle_since)))
            .order_by_asc(Column::UpdatedAt)
            .limit(page.limit)
            .offset(page.offset)
            .all(&self.db)
            .await?)
    }

    async fn end_upload(
        &self,
        id: &str,
        state: UploadState,
        sha256: Option<&str>,
        run_id: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let changed = Entity::update_many()
            .col_expr(Column::State, Expr::value(state.to_value()))
            .col_expr(Column::Sha256, Expr::value(sha256.map(str::to_owned)))
            .col_expr(Column::RunId, Expr::value(run_id.map(str::to_owned)))
            .col_expr(Column::UpdatedAt, Expr::value(to_the_microsecond(now)))
            .filter(Column::Id.eq(id))
            .filter(Column::State.is_in([UploadState::Open, state]))
            .exec(&self.db)
            .await?;
        if changed.rows_affected > 0 {
            return Ok(());
        }
        Err(StoreError::Missing { what: "open upload", id: id.to_owned() })
    }

    async fn expect_upload(&self, id: &str) -> Result<Upload> {
        let missing = || StoreError::Missing { what: "upload", id: id.to_owned() };
        let upload = self.upload(id).await?.ok_or_else(missing)?;
        if upload.state == UploadState::Open { Ok(upload) } else { Err(missing()) }
    }
}
