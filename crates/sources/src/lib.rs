//! Source files to checked rows.
//!
//! The key decision: **a reader only finds where records begin and end; a chunk does the rest.** [`Reader::next`] walks
//! the input once, in order, in bounded memory, and is cheap; [`Chunk::parse`] is pure computation on one stretch of
//! records and may run on any thread. Inside a chunk every contract column is read as a whole, straight into Arrow
//! builders, by a plan made once per file.
//!
//! Nothing is lost: for each chunk, records in = rows accepted + rows refused, and a refused row keeps its original.
//!
//! This crate does no I/O of its own (callers give it readers), reads no clock and knows no police logic that a contract
//! can say.

pub mod archive;
mod assemble;
mod catalog;
mod column;
pub mod contract;
pub mod coverage;
mod detect;
pub mod draft;
mod grid;
mod limits;
mod moment;
pub mod names;
mod parsed;
mod plan;
mod read;
mod split;

pub use catalog::{builtin, embedded, facts};
pub use contract::{Contract, ContractError};
pub use detect::{Candidate, Detection, detect};
pub use limits::Limits;
pub use parsed::{Drift, Parsed, Reason, Reject, Trailer, Warning};
pub use read::{Chunk, Layout, ReadError, ReadSeek, Reader, open, reparse};
