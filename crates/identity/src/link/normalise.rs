//! Text as it is compared: one form for what looks the same.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// Characters kept of a value. Longer ones are cut: nothing a person is called or lives at needs more, and the cost of one
/// comparison stays bounded.
pub const LONGEST: usize = 256;

/// What stands in files for "nothing".
const NOTHING: &[&str] = &[
    "-",
    "--",
    "---",
    ".",
    "?",
    "#n/a",
    "<na>",
    "n/a",
    "n.a.",
    "na",
    "nan",
    "nil",
    "none",
    "null",
    "unknown",
    "not known",
    "not available",
    "अज्ञात",
];

/// Lower case, NFKC, single blanks; without format characters (joiners, direction marks) and controls. `None` for blanks and for
/// words that say there is no value, the table's own (`missing`) among them.
pub fn normalise<'a>(raw: &'a str, missing: &[String]) -> Option<Cow<'a, str>> {
    let text = raw.trim_matches(|c: char| c.is_whitespace() || c == '"');
    if text.is_empty() {
        return None;
    }
    let plain = text.len() <= LONGEST
        && text.bytes().all(|b| (b' '..0x7f).contains(&b) && !b.is_ascii_uppercase())
        && !text.contains("  ");
    let out: Cow<str> = if plain { Cow::Borrowed(text) } else { Cow::Owned(fold(text)) };
    let nothing = out.is_empty() || (out.len() <= 24 && NOTHING.contains(&out.as_ref())) || missing.iter().any(|m| *m == out);
    (!nothing).then_some(out)
}

fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut blank = false;
    // Enough of the input that the cut falls on the folded text.
    let folded = text.chars().take(4 * LONGEST).nfkc().flat_map(char::to_lowercase).filter(|c| !ignorable(*c));
    for c in folded.take(LONGEST) {
        if c.is_whitespace() || c.is_control() {
            blank = !out.is_empty();
            continue;
        }
        if blank {
            out.push(' ');
            blank = false;
        }
        out.push(c);
    }
    out
}

/// Joiners, direction marks, variation selectors, byte order marks, soft hyphens.
fn ignorable(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn norm(raw: &str) -> Option<String> {
        normalise(raw, &[]).map(Cow::into_owned)
    }

    #[test]
    fn what_looks_the_same_is_the_same() {
        assert_eq!(norm("  Ram\u{200d}esh\u{200f}   KUMAR \t"), Some("ramesh kumar".into()));
        assert_eq!(norm("ＲＡＭ"), Some("ram".into()));
        assert_eq!(norm("ram"), Some("ram".into()));
        assert_eq!(norm("क\u{93c}मर"), norm("\u{958}मर"), "nukta written in either way");
    }

    #[test]
    fn nothing_is_nothing() {
        for raw in ["", "  ", "NULL", "N/A", "\u{200b}", "-", "NaN"] {
            assert_eq!(norm(raw), None, "{raw:?}");
        }
        assert_eq!(normalise("9999", &["9999".into()]), None);
        assert_eq!(norm("0"), Some("0".into()));
    }

    #[test]
    fn a_long_value_is_cut_not_refused() {
        assert_eq!(norm(&"x".repeat(5_000)).map(|t| t.len()), Some(LONGEST));
        assert_eq!(norm(&"\u{1f600}".repeat(500)).map(|t| t.chars().count()), Some(LONGEST));
    }
}
