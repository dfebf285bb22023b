//! Rows and statements of the desk. No rule is decided here; what a statement *guards* (a fence, a version, a state) is part of
//! the statement, so that two programs at once cannot both succeed.

mod account;
mod campaign;
mod connect;
mod coverage;
mod fill;
mod inbox;
mod link;
mod look;
mod order;
mod outbox;
mod plan;
#[cfg(test)]
mod plans;
mod post;
mod praise;
mod queue;
mod report;

mod unit;
mod unsaved;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, FromQueryResult, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait, Value,
};

use crate::Store;
use crate::error::Result;

pub use account::{Account, NewAccount, Proposal};
pub use campaign::{Campaign, MediaRow, MetricRow, Note, SavedReply};
pub use connect::{ClientRow, ConsentRow};
pub use coverage::{Covered, Goal, Mixed};
pub use fill::Waiting;
pub use inbox::{Item, NewItem};
pub use link::{Opened, ShortLink};
pub use look::{COUNTED, ItemFilter, Published, Shown};
pub use order::{Foreign, Order, Removal};
pub use outbox::{Attempt, Claim, Counted, Delivery, Said, Settlement, Watched};
pub use plan::{ImportRow, Incoming, Occurrence, Plan, Recurrence};
pub use post::{Approval, Earlier, Event, FindingRow, Post, Version};
pub use praise::{Praise, Template};
pub use queue::Slot;
pub use report::{AnswerTime, Measured, Out, Posted, Silent, Wrote};
pub use unit::{Officer, SilenceRow, Unit};
pub use unsaved::{Planned, Unsaved};

/// All units that are paused, by their own or an upper unit's order.
const PAUSED: &str = "WITH RECURSIVE paused(code) AS (SELECT code FROM social_unit WHERE paused_at IS NOT NULL \
    UNION SELECT u.code FROM social_unit u JOIN paused p ON u.parent = p.code)";

/// The unit that parameter `n` names and all below it, as `tree`. To be joined with `CROSS JOIN`: SQLite, which knows nothing of how
/// many rows there are, then goes from the few units to their rows and not the other way round.
fn tree(n: usize) -> String {
    format!(
        "WITH RECURSIVE tree(code) AS (SELECT CAST(${n} AS TEXT) UNION SELECT u.code FROM social_unit u JOIN tree t ON u.parent = t.code)"
    )
}

impl Store {
    pub(crate) async fn rows<T: FromQueryResult>(&self, sql: &str, values: Vec<Value>) -> Result<Vec<T>> {
        rows_in(&self.db, sql, values).await
    }

    pub(crate) async fn row<T: FromQueryResult>(&self, sql: &str, values: Vec<Value>) -> Result<Option<T>> {
        Ok(self.rows(sql, values).await?.into_iter().next())
    }

    /// Runs one statement; gives the number of rows it changed.
    pub(crate) async fn change(&self, sql: &str, values: Vec<Value>) -> Result<u64> {
        change_in(&self.db, sql, values).await
    }

    /// A transaction that holds the write lock from its first statement on SQLite, so that it cannot fail half way at any load.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction> {
        let options =
            TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
        Ok(self.db.begin_with_options(options).await?)
    }
}

pub(crate) async fn rows_in<T: FromQueryResult>(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<Vec<T>> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    let rows = db.query_all_raw(statement).await?;
    Ok(rows.iter().map(|row| T::from_query_result(row, "")).collect::<std::result::Result<_, _>>()?)
}

pub(crate) async fn change_in(db: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Result<u64> {
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
    Ok(db.execute_raw(statement).await?.rows_affected())
}
