//! Ingest runs: started, progressed, finished exactly once.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveEnum, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
};
use serde::{Deserialize, Serialize};

use crate::entity::run::{Column, Entity};
use crate::error::{Result, StoreError};
use crate::open::{new_id, to_the_microsecond};
use crate::{Page, Paged, Run, RunState, Store, total};

/// What is known when a run starts.
#[derive(Debug, Clone, Default)]
pub struct NewRun {
    /// The object's SHA-256.
    pub object: String,
    /// The name the file had this time.
    pub name: String,
    /// Id of the principal who starts it.
    pub principal: String,
    /// Contract name, empty while none is known.
    pub contract: String,
    /// Contract version, empty while none is known.
    pub contract_version: String,
    /// Which of the contract's formats, counted from 0.
    pub variant: i32,
    /// Bytes of the object.
    pub total_bytes: i64,
}

/// Rows by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
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
}

/// How a run ended.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// A final state.
    pub state: RunState,
    /// The counts; all zero unless `done`.
    pub counts: Counts,
    /// Seconds of work.
    pub seconds: f64,
    /// Why it did not go through, and what to do.
    pub message: Option<String>,
    /// The whole report.
    pub report: Option<serde_json::Value>,
}

/// Which runs to list; the default is all.
#[derive(Debug, Clone, Default)]
pub struct RunFilter {
    /// Only runs in this state.
    pub state: Option<RunState>,
    /// Only runs that are not final.
    pub open: bool,
    /// Only runs of this contract.
    pub contract: Option<String>,
    /// Only runs of this object (SHA-256).
    pub object: Option<String>,
}

impl Store {
    /// Records that an object was received for loading; the run's state is `received`.
    pub async fn start_run(&self, new: NewRun, now: DateTime<Utc>) -> Result<Run> {
        let run = Run {
            id: new_id(now),
            object: new.object,
            name: new.name,
            principal: new.principal,
            contract: new.contract,
            contract_version: new.contract_version,
            variant: new.variant,
            state: RunState::Received,
            input: 0,
            accepted: 0,
            rejected: 0,
            duplicate: 0,
            corrected: 0,
            withdrawn: 0,
            started_at: to_the_microsecond(now),
            finished_at: None,
            seconds: None,
            message: None,
            report: None,
            progress_bytes: 0,
            total_bytes: new.total_bytes,
        };
        Entity::insert(run.clone().into_active_model()).exec_without_returning(&self.db).await?;
        Ok(run)
    }

    /// Records which contract a run uses, once that is decided.
    pub async fn set_run_contract(&self, id: &str, contract: &str, version: &str, variant: i32) -> Result<()> {
        let changed = Entity::update_many()
            .col_expr(Column::Contract, Expr::value(contract))
            .col_expr(Column::ContractVersion, Expr::value(version))
            .col_expr(Column::Variant, Expr::value(variant))
            .filter(Column::Id.eq(id))
            .exec(&self.db)
            .await?;
        found(changed.rows_affected, id)
    }

    /// Records how far a run is and that it is at work. Returns `false` when the run is final: a person cancelled it, and
    /// the work should stop.
    pub async fn progress_run(&self, id: &str, progress_bytes: i64, counts: Counts) -> Result<bool> {
        let changed = with_counts(Entity::update_many(), counts)
            .col_expr(Column::State, Expr::value(RunState::Running.to_value()))
            .col_expr(Column::ProgressBytes, Expr::value(progress_bytes))
            .filter(Column::Id.eq(id))
            .filter(Column::State.is_in([RunState::Received, RunState::Running]))
            .exec(&self.db)
            .await?;
        Ok(changed.rows_affected > 0)
    }

    /// Ends a run. Only the first ending counts: returns `false`, changing nothing, when it was final already.
    pub async fn finish_run(&self, id: &str, outcome: &Outcome, now: DateTime<Utc>) -> Result<bool> {
        debug_assert!(outcome.state.is_final());
        let report = match &outcome.report {
            Some(json) => Expr::value(json.clone()),
            None => Expr::cust("NULL"),
        };
        let transaction = self.begin().await?;
        let done = outcome.state == RunState::Done;
        let progress = if done { Expr::col(Column::TotalBytes) } else { Expr::col(Column::ProgressBytes) };
        let changed = with_counts(Entity::update_many(), outcome.counts)
            .col_expr(Column::State, Expr::value(outcome.state.to_value()))
            .col_expr(Column::Seconds, Expr::value(outcome.seconds))
            .col_expr(Column::Message, Expr::value(outcome.message.clone()))
            .col_expr(Column::Report, report)
            .col_expr(Column::FinishedAt, Expr::value(to_the_microsecond(now)))
            .col_expr(Column::ProgressBytes, progress)
            .filter(Column::Id.eq(id))
            .filter(Column::State.is_in([RunState::Received, RunState::Running]))
            .exec(&transaction)
            .await?;
        if done
            && changed.rows_affected > 0
            && let Some(run) = Entity::find_by_id(id.to_owned()).one(&transaction).await?
        {
            total::add(&transaction, &run, &outcome.counts, now).await?;
            total::add_reasons(&transaction, &run, outcome.report.as_ref()).await?;
        }
        transaction.commit().await?;
        Ok(changed.rows_affected > 0)
    }

    /// Looks a run up by id.
    pub async fn run(&self, id: &str) -> Result<Option<Run>> {
        Ok(Entity::find_by_id(id.to_owned()).one(&self.db).await?)
    }

    /// Lists runs, newest first.
    pub async fn runs(&self, filter: &RunFilter, page: Page) -> Result<Paged<Run>> {
        let query = filtered(filter);
        let total = query.clone().count(&self.db).await?;
        let rows = query.order_by_desc(Column::Id).limit(page.limit).offset(page.offset).all(&self.db).await?;
        Ok(Paged { rows, total })
    }

    /// The newest run of a contract that is `done`: says how fresh its table is.
    pub async fn last_done(&self, contract: &str) -> Result<Option<Run>> {
        let filter = RunFilter { state: Some(RunState::Done), contract: Some(contract.to_owned()), ..RunFilter::default() };
        Ok(filtered(&filter).order_by_desc(Column::Id).one(&self.db).await?)
    }

    /// Fails the runs a killed program left open, started before `before`. Returns how many there were. The lake calls
    /// it when it opens its home as the only writer.
    pub async fn abandon_runs(&self, before: DateTime<Utc>, message: &str, now: DateTime<Utc>) -> Result<u64> {
        let changed = Entity::update_many()
            .col_expr(Column::State, Expr::value(RunState::Failed.to_value()))
            .col_expr(Column::Message, Expr::value(message))
            .col_expr(Column::FinishedAt, Expr::value(to_the_microsecond(now)))
            .filter(Column::State.is_in([RunState::Received, RunState::Running]))
            .filter(Column::StartedAt.lt(to_the_microsecond(before)))
            .exec(&self.db)
            .await?;
        Ok(changed.rows_affected)
    }
}

fn with_counts(update: sea_orm::UpdateMany<Entity>, counts: Counts) -> sea_orm::UpdateMany<Entity> {
    update
        .col_expr(Column::Input, Expr::value(counts.input))
        .col_expr(Column::Accepted, Expr::value(counts.accepted))
        .col_expr(Column::Rejected, Expr::value(counts.rejected))
        .col_expr(Column::Duplicate, Expr::value(counts.duplicate))
        .col_expr(Column::Corrected, Expr::value(counts.corrected))
        .col_expr(Column::Withdrawn, Expr::value(counts.withdrawn))
}

fn filtered(filter: &RunFilter) -> Select<Entity> {
    let mut query = Entity::find();
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state));
    }
    if filter.open {
        query = query.filter(Column::State.is_in([RunState::Received, RunState::Running]));
    }
    if let Some(contract) = &filter.contract {
        query = query.filter(Column::Contract.eq(contract));
    }
    if let Some(object) = &filter.object {
        query = query.filter(Column::Object.eq(object));
    }
    query
}

fn found(rows: u64, id: &str) -> Result<()> {
    if rows == 0 { Err(StoreError::Missing { what: "run", id: id.to_owned() }) } else { Ok(()) }
}
