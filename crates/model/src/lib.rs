//! The words every other crate speaks: identifiers of phones, handsets, vehicles, cells and cases, law sections,
//! Indian time, classifications, purposes and provenance.
//!
//! The key decision: each identifier has **one canonical text**, made by a pure function from whatever a source wrote,
//! and everything downstream compares only canonical texts. A normaliser never guesses: it answers with the canonical
//! form, says that the text is something else (a sender id, a short code), or refuses.
//!
//! Nothing here reads a clock, a file or a random number.

pub mod aadhaar;
pub mod cell;
pub mod classification;
pub mod fir;
pub mod handset;
pub mod phone;
pub mod plate;
pub mod pole;
pub mod provenance;
pub mod purpose;
pub mod section;
pub mod sex;
pub mod standing;
pub mod time;

pub use cell::Cell;
pub use classification::Classification;
pub use fir::FirRef;
pub use handset::{Imei, Imsi};
pub use phone::Phone;
pub use plate::Plate;
pub use provenance::Provenance;
pub use purpose::Purpose;
pub use section::Section;
pub use sex::Sex;
pub use standing::Standing;
