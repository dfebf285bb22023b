//! Names as written, made comparable.
//!
//! A name is read once ([`parse`]) into a compact form, and two forms are compared without allocating ([`compare`]). What comes
//! out is not a number but [`Evidence`]: how alike on a graded scale, how many bits that is worth, and why, as data.

mod age;
mod compare;
mod evidence;
mod forms;
mod frequency;
mod key;
pub mod letters;
mod marks;
mod pairing;
mod parse;
mod romanise;
pub mod scripts;
pub mod sounds;
mod word;
mod wording;

pub use age::{Age, Born};
pub use compare::compare;
pub use evidence::{AGREES, Evidence, Field, Level, Reason, ReasonKind, Words};
pub use frequency::Frequencies;
pub use key::{PhoneticKey, keys};
pub use marks::{Relation, Sex};
pub use parse::{Name, Part, Relative, Word, WordClass, parse};
pub use romanise::{devanagari, romanise};
pub use wording::{Language, explain, level_words, reason_words};

/// How alike two names are, from 0 to 1. For many comparisons, [`parse`] each name once and [`compare`].
pub fn similarity(a: &str, b: &str) -> f64 {
    f64::from(compare(&parse(a), &parse(b)).similarity)
}

/// A name in lower case, without punctuation, words apart by one blank; empty when nothing is left. Letters of any script
/// and the signs that belong to them stay. Word order stays: `Ram Lal` and `Lal Ram` are two names.
pub fn plain(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            // Zero-width joiners change how a word looks, not which word it is.
            '\u{200b}'..='\u{200d}' | '\u{feff}' => {}
            // The virama and the nukta are signs, not letters, in Unicode's tables.
            _ if c.is_alphanumeric() || ('\u{900}'..='\u{dff}').contains(&c) && !matches!(c, '।' | '॥' | '॰') => {
                out.extend(c.to_lowercase())
            }
            _ if !out.is_empty() && !out.ends_with(' ') => out.push(' '),
            _ => {}
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Words that stand where a name is not known; two unknown people are not one person.
pub fn is_placeholder(plain: &str) -> bool {
    const WORDS: [&str; 16] = [
        "",
        "unknown",
        "un known",
        "not known",
        "unknown person",
        "na",
        "n a",
        "nil",
        "none",
        "null",
        "not available",
        "anonymous",
        "अज्ञात",
        "अज्ञात व्यक्ति",
        "नामालूम",
        "ना मालूम",
    ];
    WORDS.contains(&plain) || !plain.chars().any(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_of_blanks_and_points_does_not_matter() {
        assert_eq!(plain("  PARIKSHAN   Kumar. "), "parikshan kumar");
        assert_eq!(plain("Md.Salim"), "md salim");
        assert_eq!(plain("कृष्\u{200d}ण  कुमार।"), "कृष्ण कुमार");
        assert_eq!(plain("ड़ोली"), "ड़ोली");
        assert_eq!(plain(" - "), "");
    }

    #[test]
    fn unknown_is_nobody() {
        for text in ["Unknown", "अज्ञात", "N.A.", "-", "0", "un-known"] {
            assert!(is_placeholder(&plain(text)), "{text}");
        }
        assert!(!is_placeholder(&plain("Nilima")));
    }
}
