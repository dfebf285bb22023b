//! Which mentions of the whole lake are one person: the linkage engine of `identity` over `pole.person_mention`, with a police model.
//!
//! The decisions. **A record is what a source keeps under one person key of its own**: the source's own statement is not put in question. **All is
//! frozen but the records**: parameters, stop keys and frequencies of names are settled when the linkage is trained, so that taking in what is
//! new gives what doing the whole again would give. **Nobody sealed is shown**: sealed rows are compared like others, and whatever leads to them
//! stays here.

mod explain;
mod frozen;
mod history;
mod measure;
mod page;
mod quality;
mod read;
mod records;
mod review;
mod run;
mod said;
mod settle;
mod step;

pub use explain::Why;
pub use measure::Measured;
pub use page::Evidence;
pub(crate) use page::{by_id, evidence, members, members_of, of_mention};
pub use quality::{Part, Quality, Suspect, quality};
pub use review::{Judge, Open, Queue, Shown, Side, judge, queue, show};
pub use run::{Options, Report, behind, resolve};
pub use said::Kept;

/// The model that ships with the program.
pub const MODEL: &str = include_str!("../models/person.toml");

/// An id as people write it: 16 hex digits.
pub(crate) fn hex(id: u64) -> String {
    format!("{id:016x}")
}

/// The number of an id of 16 hex digits.
pub(crate) fn number(id: &str) -> Option<u64> {
    (id.len() == 16).then(|| u64::from_str_radix(id, 16).ok()).flatten()
}

/// The hash that stands for a text.
pub(crate) fn hash(kind: &str, value: &str) -> u64 {
    number(&identity::public_id(&identity::Key::new(kind, value))).unwrap_or_default()
}
