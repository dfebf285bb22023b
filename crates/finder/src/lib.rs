//! The search index: people, phones, handsets, vehicles, cases and other events, places and the text of documents, found in any script, by sound, by part of a number.
//!
//! Three decisions. **Terms are made by the name engine**, not by the index's tokenizers, which break Devanagari at its vowel signs: every word is
//! indexed as written, romanised, and by its sound, so that either script finds both. **The index proposes, the name engine ranks**: of the best
//! candidates each word of the question is compared with the words of the names. **Nothing sealed comes in**, and what comes out is a place in the
//! lake, not an answer: whoever shows it reads the row again through a governed session.

mod ask;
mod entry;
mod error;
mod index;
mod rank;
mod terms;

pub use ask::Ask;
pub use entry::{Entry, Kind, tag};
pub use error::FinderError;
pub use index::{Found, Index, Writer};
pub use rank::Asked;
