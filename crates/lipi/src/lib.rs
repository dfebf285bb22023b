//! Hindi typed in the fonts of the nineties, made readable: Kruti Dev 010 and DevLys 010 to Unicode.
//!
//! These fonts draw Devanagari shapes for Latin codes, so a file says `nkl` and a page shows दास. Three decisions:
//!
//! 1. **Shapes are assembled, not replaced.** The usual routine is a list of some 250 replacements over the whole text and
//!    damages what it does not foresee. Here each code is a piece of a syllable (a half letter, a stem, a sign before or after
//!    its letter, the hook of र्) and [`convert`] builds syllables from pieces in the order in which hands type them.
//! 2. **Each run of text is judged by itself.** One cell may hold Kruti Dev, English and Unicode Hindi. [`read`] weighs every
//!    word under a model of letter pairs and converts only runs that are beyond doubt; English is never converted. A doubtful
//!    run stays as it is and is named, so that a person may decide.
//! 3. **Nothing is thrown away.** Every [`Run`] says where its original stands.
//!
//! The crate needs nothing but the standard library and reads no files.

mod detect;
mod glyph;
mod model;
mod restore;
mod sibilant;
mod syllable;

pub use detect::{Reading, Run, Verdict, read, read_as_legacy};
pub use restore::restore;

/// Converts a text that is known to be in Kruti Dev 010 or DevLys 010. Blanks, line ends and Arabic digits stay.
///
/// Signs that no glyph of the font explains are kept where they stand. Use [`read`] where the text may be mixed.
pub fn convert(text: &str) -> String {
    syllable::convert(text).text
}
