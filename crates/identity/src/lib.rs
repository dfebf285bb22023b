//! Which mentions speak of one thing.
//!
//! The key decision: **mentions are joined by exact identifiers and by judgements of people, never by likeness**. What is
//! merely alike belongs in front of a person, and a person's answer comes back as a [`Judgement`], which outranks every
//! identifier. Each join can say why it was made ([`Join`]), and an identifier so common that it identifies nobody joins
//! nothing and is reported ([`TooCommon`]): a landline of a village shop must not make forty families one person.
//!
//! Likeness has its own module, [`link`](mod@link): it weighs evidence over any table, proposes, and merges by itself only above thresholds that a
//! model states; judgements bind it too.
//!
//! The crate knows nothing of what a mention is. It takes an id and keys, and gives clusters whose ids do not depend on
//! the order in which mentions came.

mod cluster;
mod judgement;
mod key;
pub mod link;
pub mod name;
mod sets;

/// The name engine under the name callers think of it by.
pub use name as names;

pub use cluster::{Because, Cluster, Conflict, Join, Linked, Rules, TooCommon, link};
pub use judgement::{Judgement, Verdict};
pub use key::{Key, Mention, public_id};
