//! Latin spellings of a name in another script.

use super::plain;

/// The likeliest Latin spellings with their shares, best first. A Latin name is its own spelling.
pub fn romanise(text: &str) -> Vec<(String, f32)> {
    vec![(plain(text), 1.0)]
}
