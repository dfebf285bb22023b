//! How rules look for words: in plain text, in one sentence, and near each other.

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

/// One spelling of a text for matching: composed, lower case, without nukta and zero-width characters, digits as ASCII, quotes
/// and spaces of one kind.
pub(super) fn plain(text: &str) -> String {
    text.nfd()
        .filter(|c| !matches!(c, '\u{93c}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
        .map(|c| match c {
            '०'..='९' => char::from_digit(c as u32 - '०' as u32, 10).unwrap_or(c),
            '“' | '”' => '"',
            '‘' | '’' => '\'',
            '–' | '—' | '‑' => '-',
            '\u{a0}' | '\t' => ' ',
            // Candrabindu and anusvara are written for each other.
            'ँ' => 'ं',
            c => c,
        })
        .nfc()
        .flat_map(char::to_lowercase)
        .collect()
}

/// Compiles one of this crate's own patterns, written in plain spelling; every one is compiled by a test.
pub(super) fn compiled(pattern: &str) -> Regex {
    // Patterns are part of the program: one that does not compile fails every test of its rule.
    let spelt = plain_pattern(pattern);
    Regex::new(&format!("(?x){spelt}")).unwrap_or_else(|e| unreachable!("{e}"))
}

/// Devanagari in a pattern in the same spelling as the text; escapes and classes keep their case.
fn plain_pattern(pattern: &str) -> String {
    pattern.nfd().filter(|c| *c != '\u{93c}').map(|c| if c == 'ँ' { 'ं' } else { c }).nfc().collect()
}

/// A pattern in verbose form: spaces do not count.
macro_rules! pattern {
    ($name:ident, $pattern:expr) => {
        static $name: std::sync::LazyLock<regex::Regex> = std::sync::LazyLock::new(|| $crate::check::pattern::compiled($pattern));
    };
}
pub(super) use pattern;

/// Sentences; a dot ends one only where a space and no abbreviation stands.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    const SHORT: &[&str] = &[
        "sh",
        "smt",
        "dr",
        "mr",
        "ms",
        "mrs",
        "no",
        "nos",
        "sr",
        "adv",
        "insp",
        "st",
        "rs",
        "vs",
        "sec",
        "dy",
        "नं",
        "श्री",
        "डॉ",
        "सं",
    ];
    let mut out = Vec::new();
    let mut start = 0;
    for (i, c) in text.char_indices() {
        let after = &text[i + c.len_utf8()..];
        let ends = match c {
            '।' | '॥' | '!' | '?' | '\n' => true,
            '.' => {
                let word = text[start..i].rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
                (after.is_empty() || after.starts_with(char::is_whitespace)) && word.chars().count() > 1 && !SHORT.contains(&word)
            }
            _ => false,
        };
        if ends {
            out.push(&text[start..i]);
            start = i + c.len_utf8();
        }
    }
    out.push(&text[start..]);
    out.retain(|s| !s.trim().is_empty());
    out
}

/// The words of `a` and `b` together, when at most `most` characters and nothing of `barrier` stand between them.
pub(super) fn near(text: &str, a: &Regex, b: &Regex, most: usize, barrier: Option<&Regex>) -> Option<String> {
    for x in a.find_iter(text) {
        for y in b.find_iter(text) {
            let (first, second) = if x.start() <= y.start() { (x, y) } else { (y, x) };
            let between = text.get(first.end()..second.start()).unwrap_or_default();
            if between.chars().count() <= most && !barrier.is_some_and(|b| b.is_match(between)) {
                return Some(text[first.start()..second.end().max(first.end())].to_owned());
            }
        }
    }
    None
}

/// The first match, as text.
pub(super) fn first(text: &str, pattern: &Regex) -> Option<String> {
    pattern.find(text).map(|m| m.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_for_what_is_read_as_one() {
        assert_eq!(plain("पीड़िता ११२ “Hello”"), plain("पीड\u{93c}िता 112 \"hello\""));
        assert_eq!(plain("गाँव"), plain("गांव"));
    }

    #[test]
    fn sentences_end_at_dandas_and_at_dots_that_end_something() {
        assert_eq!(sentences("sh. ram came. he left। ठीक").len(), 3);
        assert_eq!(sentences("s/o x, r/o police.rajasthan.gov.in/y").len(), 1);
    }

    #[test]
    fn near_stops_at_the_barrier() {
        let (a, b, wall) = (compiled("victim"), compiled("village"), compiled("accused"));
        assert!(near("the victim of village x", &a, &b, 20, Some(&wall)).is_some());
        assert!(near("the victim; accused of village x", &a, &b, 40, Some(&wall)).is_none());
        assert!(near("the victim and then a long way to the village", &a, &b, 10, None).is_none());
    }
}
