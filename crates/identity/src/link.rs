//! Record linkage over any tables: Fellegi and Sunter's model, trained without labels, with clusters that obey people.
//!
//! The key decision: **values are compared by number, pairs are never stored**. A column is a dictionary of distinct values and a number a
//! row; comparators see two numbers and remember outcomes; a pair's agreement is one 64-bit pattern; training works on counts of patterns;
//! candidates are visited block by block, twice, and only those with a chance are kept.
//!
//! ```text
//! tables ─ read ─► Table ─ draft ─► Model ─► Frame ─► Blocking ─► patterns ─ train ─► Parameters
//!                                              └────────► candidates ─ score ─► Pairs ─ resolve ─► clusters
//! ```
//!
//! The police know nothing here: a model file names columns, and everything else follows from it.

pub mod block;
pub mod candidates;
pub mod chart;
pub mod clean;
pub mod compare;
pub mod comparison;
pub mod draft;
pub mod error;
pub mod evaluate;
pub mod explain;
pub mod frame;
pub mod incremental;
pub mod judgements;
pub mod level;
pub mod model;
pub mod neighbours;
pub mod normalise;
pub mod output;
pub mod parameters;
pub mod resolve;
pub mod run;
pub mod score;
pub mod spill;
pub mod table;
pub mod train;
pub mod truth;

pub use error::LinkError;
pub use model::Model;
pub use parameters::Parameters;
pub use run::{Job, Outcome};
pub use table::Table;
