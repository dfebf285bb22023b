//! Who may see what, why, and the record of it.
//!
//! One pure function, [`decide`], stands between a person and a table: it knows nothing of storage or queries, only of the
//! asking person, the piece of work in hand, and what the table's contract says of its columns. It asks the policies ([`Policies`],
//! written in Cedar with the law each implements) and turns their rulings into a *shape*: a row filter, column masks and
//! obligations that the lake compiles into the query plan, so that no query can reach around them. [`permits`] asks the same
//! policies about steps that need a second person. [`audit`] is the other half: an append-only Merkle log of every decision,
//! which an outsider can check. ADR 11 says why it is built so.

pub mod audit;
mod decide;
mod policies;
mod request;
mod resource;
mod who;
mod work;

pub use decide::{Action, Decision, Effect, Mask, MaskKind, Obligation, decide, shows_again};
pub use policies::{Policies, PolicyError, PolicyText};
pub use request::{Kind, Step, permits};
pub use resource::{Calls, Resource, ResourceColumn, Station};
pub use who::{Context, Principal, Rank, Role};
pub use work::{Authority, Order, Standing, Work, release_mark};
