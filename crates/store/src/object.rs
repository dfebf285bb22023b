//! The manifest of raw objects.

use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, TryInsertResult};

use crate::entity::{object, run, upload};
use crate::error::Result;
use crate::open::to_the_microsecond;
use crate::{Object, Page, Paged, Store};

/// Which objects to list; the default is all.
#[derive(Debug, Clone, Default)]
pub struct ObjectFilter {
    /// Only members of this archive (its SHA-256).
    pub parent: Option<String>,
    /// Only objects that had to be gone before this time.
    pub expired_before: Option<chrono::DateTime<chrono::Utc>>,
    /// Only objects whose original name contains this text.
    pub name_contains: Option<String>,
}

impl Store {
    /// Records a received object. Returns whether it is new: the same bytes again leave the first row as it is.
    pub async fn put_object(&self, object: &Object) -> Result<bool> {
        let mut object = object.clone();
        object.received_at = to_the_microsecond(object.received_at);
        object.retention_until = object.retention_until.map(to_the_microsecond);
        let inserted = object::Entity::insert(object.into_active_model())
            .on_conflict_do_nothing_on([object::Column::Sha256])
            .exec_without_returning(&self.db)
            .await?;
        Ok(matches!(inserted, TryInsertResult::Inserted(rows) if rows > 0))
    }

    /// Looks an object up by its SHA-256.
    pub async fn object(&self, sha256: &str) -> Result<Option<Object>> {
        Ok(object::Entity::find_by_id(sha256.to_owned()).one(&self.db).await?)
    }

    /// Lists objects, newest first.
    pub async fn objects(&self, filter: &ObjectFilter, page: Page) -> Result<Paged<Object>> {
        let mut query = object::Entity::find();
        if let Some(parent) = &filter.parent {
            query = query.filter(object::Column::ParentSha256.eq(parent));
        }
        if let Some(time) = filter.expired_before {
            query = query.filter(object::Column::RetentionUntil.lt(to_the_microsecond(time)));
        }
        if let Some(text) = &filter.name_contains {
            query = query.filter(object::Column::OriginalName.contains(text));
        }
        let total = query.clone().count(&self.db).await?;
        let rows = query
            .order_by_desc(object::Column::ReceivedAt)
            .order_by_asc(object::Column::Sha256)
            .limit(page.limit)
            .offset(page.offset)
            .all(&self.db)
            .await?;
        Ok(Paged { rows, total })
    }

    /// Sets or lifts the day an object must be gone. Returns whether there is such an object.
    pub async fn set_retention(&self, sha256: &str, until: Option<chrono::DateTime<chrono::Utc>>) -> Result<bool> {
        let changed = object::Entity::update_many()
            .col_expr(object::Column::RetentionUntil, until.map(to_the_microsecond).into())
            .filter(object::Column::Sha256.eq(sha256))
            .exec(&self.db)
            .await?;
        Ok(changed.rows_affected > 0)
    }

    /// Forgets an object: its manifest row and uploads go, its runs keep their counts but lose every text that came from
    /// the file. Follow with [`Store::scrub`].
    pub async fn forget_object(&self, sha256: &str) -> Result<()> {
        use sea_orm::sea_query::Expr;
        run::Entity::update_many()
            .col_expr(run::Column::Name, Expr::value(""))
            .col_expr(run::Column::Message, Expr::value(Option::<String>::None))
            .col_expr(run::Column::Report, Expr::cust("NULL"))
            .filter(run::Column::Object.eq(sha256))
            .exec(&self.db)
            .await?;
        upload::Entity::delete_many().filter(upload::Column::Sha256.eq(sha256)).exec(&self.db).await?;
        object::Entity::delete_by_id(sha256.to_owned()).exec(&self.db).await?;
        Ok(())
    }
}

/// Replaces the given columns of the row with the same key.
pub(crate) fn replacing<C: sea_orm::sea_query::IntoIden + Copy>(key: C, columns: impl IntoIterator<Item = C>) -> OnConflict {
    OnConflict::column(key).update_columns(columns).to_owned()
}
