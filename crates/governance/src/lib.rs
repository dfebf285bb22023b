//! Who may see what, why, and the record of it.
//!
//! One pure function, [`decide`], stands between a person and a table: it knows nothing of storage or queries, only of the
//! asking person, the stated purpose, and what the table's contract says of its columns. Its answer is not yes or no but
//! a *shape*: a row filter and column masks that the lake compiles into the query plan, so that no query can reach
//! around them. [`audit`] is the other half: an append-only Merkle log of every decision, which an outsider can check.

pub mod audit;
mod decide;
mod who;

pub use decide::{Action, Decision, Effect, Mask, MaskKind, Obligation, Resource, ResourceColumn, decide};
pub use who::{Context, Principal, Rank, Role};
