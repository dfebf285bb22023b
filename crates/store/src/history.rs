//! The history of SQL statements.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveEnum, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::history::{Column, Entity};
use crate::error::{Result, StoreError};
use crate::open::{new_id, to_the_microsecond};
use crate::{HistoryEntry, HistoryState, Page, Paged, Store};

/// What is known when a statement begins.
#[derive(Debug, Clone)]
pub struct NewHistory {
    /// Id of the principal who asks.
    pub principal: String,
    /// The statement as written.
    pub sql: String,
    /// The purpose stated for it.
    pub purpose: String,
}

impl Store {
    /// Records that a statement begins.
    pub async fn start_history(&self, new: NewHistory, now: DateTime<Utc>) -> Result<HistoryEntry> {
        let entry = HistoryEntry {
            id: new_id(now),
            principal: new.principal,
            sql: new.sql,
            purpose: new.purpose,
            started_at: to_the_microsecond(now),
            seconds: None,
            rows: None,
            state: HistoryState::Running,
            message: None,
        };
        Entity::insert(entry.clone().into_active_model()).exec_without_returning(&self.db).await?;
        Ok(entry)
    }

    /// Records how a statement ended; `rows` only when it gave them all.
    pub async fn finish_history(
        &self,
        id: &str,
        state: HistoryState,
        seconds: f64,
        rows: Option<i64>,
        message: Option<&str>,
    ) -> Result<()> {
        let changed = Entity::update_many()
            .col_expr(Column::State, Expr::value(state.to_value()))
            .col_expr(Column::Seconds, Expr::value(seconds))
            .col_expr(Column::Rows, Expr::value(rows))
            .col_expr(Column::Message, Expr::value(message.map(str::to_owned)))
            .filter(Column::Id.eq(id))
            .exec(&self.db)
            .await?;
        if changed.rows_affected > 0 {
            return Ok(());
        }
        Err(StoreError::Missing { what: "history entry", id: id.to_owned() })
    }

    /// One principal's statements, newest first.
    pub async fn history(&self, principal: &str, page: Page) -> Result<Paged<HistoryEntry>> {
        let query = Entity::find().filter(Column::Principal.eq(principal));
        let total = query.clone().count(&self.db).await?;
        let rows = query.order_by_desc(Column::Id).limit(page.limit).offset(page.offset).all(&self.db).await?;
        Ok(Paged { rows, total })
    }

    /// Removes the statements (and error messages) that mention `text`: a purge must not survive in somebody's history.
    /// Returns how many. Follow with [`Store::scrub`].
    pub async fn forget_history(&self, text: &str) -> Result<u64> {
        use sea_orm::sea_query::{ExprTrait, LikeExpr};
        let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern = || LikeExpr::new(format!("%{escaped}%")).escape('\\');
        let gone = Entity::delete_many()
            .filter(Expr::col(Column::Sql).like(pattern()).or(Expr::col(Column::Message).like(pattern())))
            .exec(&self.db)
            .await?;
        Ok(gone.rows_affected)
    }
}
