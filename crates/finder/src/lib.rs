//! The search index: people, phones, handsets, vehicles, cases and other events, places and the text of documents, found in any script, by sound, by part of a number.
//!
//! Four decisions. **Terms are made by the name engine**, not by the index's tokenizers, which break Devanagari at its vowel signs: every word is
//! indexed as written, romanised, and by its sound, so that either script finds both. **The rarest words lead**: lists of rows are walked by the
//! rarest words of the question and jumped in by all others, strictly first and loosely only where that gives too little. **The index proposes, the
//! name engine ranks**: each word of the question is compared with the words of the candidates, which are kept taken apart. **Nothing sealed comes in**, and what comes out is a place in the
//! lake, not an answer: whoever shows it reads the row again through a governed session.

mod ask;
mod entry;
mod error;
mod index;
mod kept;
mod rank;
mod search;
mod terms;
mod walk;
mod writer;

pub use ask::Ask;
pub use entry::{Entry, Kind, tag};
pub use error::FinderError;
pub use index::Index;
pub use rank::Asked;
pub use search::Found;
pub use writer::Writer;
