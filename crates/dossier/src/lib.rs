//! The assembled person, phone, vehicle and case.
//!
//! The key decision: a dossier **states nothing of its own**. Every fact is what one or more received rows say, and carries
//! those rows ([`Origin`]); where sources disagree both values stand. Which mentions are one person
//! is settled by [`resolve`]; before it has run, and for mentions that came since, by exact identifiers only (one person key of a source, one
//! identity document, one phone *together with* one name). The dossier says what joined what.
//!
//! Everything is read through a governed [`lake::Session`]: what policy hides is absent here too. A table that has no rows
//! yet gives an empty part. Words that pages translate (roles, relations, kinds) are the stored codes.

mod case;
mod category;
mod event;
mod fact;
pub mod index;
mod mention;
mod person;
mod phone;
mod reference;
mod relation;
pub mod resolve;
mod rows;
mod search;
mod sql;
mod standing;
mod table;
mod vehicle;

pub use case::{Case, Participant, case};
pub use category::{Category, Uncategorised, uncategorised};
pub use fact::{Attribute, Fact, Group, Kind, Link, Moment, Origin, Place, Target};
pub use mention::{Mention, MentionKey};
pub use person::{Because, Person, Reason, TooCommon, person};
pub use phone::{Contact, Phone, phone};
pub use reference::{Corresponding, Law, laws};
pub use search::{Filter, Found, HITS, Hit, Matched, PAGE, Piece, marked, search, suggest};
pub use standing::{InForce, Stand, Standing, shown_role};
pub use table::{Table, Tables};
pub use vehicle::{Sighting, Vehicle, vehicle};
