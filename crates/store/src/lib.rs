//! Operational state: what has been received, what was done with it, and who asked for what.
//!
//! The tables of the lake hold what the sources say. This crate holds the bookkeeping around them: the manifest of raw
//! objects, the ingest runs and their reports, uploads in progress, the SQL history and the settings. Losing it would
//! lose the proof of origin, so every write is durable before the function returns (SQLite: WAL with
//! `synchronous=FULL`; PostgreSQL: its default).
//!
//! **One code, two databases.** [`Store::open`] takes a URL: `sqlite:PATH` (the embedded default, `HOME/state.sqlite`)
//! or `postgres://…`. Queries go through SeaORM; the schema is an ordered list of SQL migrations (`schema`), applied
//! under a lock when the store is opened, so two programs may open a fresh store at once.
//!
//! **Every change is one statement.** A reader that becomes a writer inside one SQLite transaction can fail at any load;
//! single statements wait for their turn instead (busy timeout ten seconds).
//!
//! **No clock here.** Times come from the caller, are UTC, and are kept to the microsecond.

pub mod access;
pub mod account;
pub mod entity;
mod error;
mod forget;
mod history;
mod object;
mod open;
mod page;
mod run;
mod schema;
mod setting;
pub mod social;
pub mod subject;
mod total;
mod upload;
mod way;

pub use entity::history::{Model as HistoryEntry, State as HistoryState};
pub use entity::object::Model as Object;
pub use entity::run::{Model as Run, State as RunState};
pub use entity::upload::{Model as Upload, State as UploadState};
pub use error::{Result, StoreError};
pub use forget::{Forgotten, without};
pub use history::NewHistory;
pub use object::ObjectFilter;
pub use open::Store;
pub use page::{Page, Paged};
pub use run::{Counts, NewRun, Outcome, RunFilter};
pub use total::{RunDay, RunSum};
pub use upload::NewUpload;
pub use way::{Alert, PullState, WayFile};
