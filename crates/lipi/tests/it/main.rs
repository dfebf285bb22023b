//! The truth comes from the other side: [`encode`] puts Unicode Hindi into the font by its glyph chart, syllable by syllable,
//! and shares no code with the crate.

mod encode;
mod fixtures;
mod mixed;
mod properties;
mod shared;
