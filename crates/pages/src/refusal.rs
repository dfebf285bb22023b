//! Refusals in the reader's language. The crates below say in English why they did not do something, and know no language; the sentences stand in
//! both catalogues, and are recognised by what stands between the words that are filled in. A policy's own rule is said by whoever knows the policies.

use std::sync::LazyLock;

use crate::Lang;

/// Sentences of the catalogues.
const KEYS: [&str; 65] = [
    "refusal-fir",
    "refusal-limit",
    "refusal-limit-number",
    "refusal-who-limits",
    "refusal-no-account",
    "refusal-no-role",
    "refusal-needs-purpose",
    "refusal-work-closed",
    "refusal-work-expired",
    "refusal-work-left",
    "refusal-no-policy",
    "refusal-no-rule",
    "refusal-only-select",
    "refusal-explain",
    "refusal-action-over",
    "refusal-statistics-rows",
    "refusal-statistics-subquery",
    "refusal-statistics-mixed",
    "refusal-statistics-fails",
    "refusal-statistics-count",
    "refusal-ended-meanwhile",
    "refusal-too-many",
    "refusal-sealed-file",
    "refusal-received-file",
    "refusal-picture",
    "refusal-certificate-erased",
    "refusal-second-first",
    "refusal-supervises",
    "refusal-no-case-role",
    "refusal-declares",
    "refusal-no-work",
    "refusal-purpose",
    "refusal-say",
    "refusal-no-unit",
    "refusal-not-below",
    "refusal-days",
    "refusal-unknown-work",
    "refusal-over",
    "refusal-not-leading",
    "refusal-alone",
    "refusal-not-member",
    "refusal-none-open",
    "refusal-number",
    "refusal-numbers",
    "refusal-window",
    "refusal-keys",
    "refusal-no-request",
    "refusal-decided",
    "refusal-month",
    "refusal-not-over",
    "refusal-category",
    "refusal-sheet-there",
    "refusal-sheet-state",
    "refusal-no-account-here",
    "refusal-say-who",
    "refusal-no-open-account",
    "refusal-may-not",
    "refusal-operators-own",
    "refusal-erases-alone",
    "refusal-open-to-all",
    "refusal-no-field-in-address",
    "refusal-no-field-in-form",
    "refusal-not-this-way",
    "refusal-value-in-address",
    "refusal-value-in-form",
];

/// Names of the words that are filled in.
const WORDS: [&str; 3] = ["a", "b", "c"];

struct Sentence {
    key: &'static str,
    /// What stands between the words that are filled in.
    parts: Vec<String>,
    /// Which word stands at each of those places.
    words: Vec<usize>,
}

/// Those with the most letters of their own first: what fits two sentences is the one that says more.
static BOOK: LazyLock<Vec<Sentence>> = LazyLock::new(|| {
    let mut book: Vec<Sentence> = KEYS.into_iter().map(sentence).collect();
    book.sort_by_key(|s| std::cmp::Reverse(s.parts.iter().map(String::len).sum::<usize>()));
    book
});

fn sentence(key: &'static str) -> Sentence {
    // Control characters mark the places: no sentence has one of its own.
    let english = Lang::En.fill(key, &[(WORDS[0], "\u{1}"), (WORDS[1], "\u{2}"), (WORDS[2], "\u{3}")]);
    let words = english.chars().filter(|c| (1..=3).contains(&u32::from(*c))).map(|c| c as usize - 1).collect();
    let parts = english.split(|c| matches!(c, '\u{1}'..='\u{3}')).map(str::to_owned).collect();
    Sentence { key, parts, words }
}

/// What stands in `text` where `parts` leave room; none when it is another sentence.
fn filled<'a>(text: &'a str, parts: &[String]) -> Option<Vec<&'a str>> {
    let (first, rest) = parts.split_first()?;
    let mut left = text.strip_prefix(first.as_str())?;
    let mut out = Vec::new();
    for (n, part) in rest.iter().enumerate() {
        let at = match n + 1 == rest.len() {
            true => left.strip_suffix(part.as_str())?.len(),
            false => left.find(part.as_str())?,
        };
        out.push(&left[..at]);
        left = &left[at + part.len()..];
    }
    left.is_empty().then_some(out)
}

/// A word that the program fills in, where the catalogue has it.
fn word(lang: Lang, text: &str) -> String {
    lang.known(&format!("refusal-word-{}", text.replace(' ', "-"))).unwrap_or_else(|| text.to_owned())
}

/// A refusal in a language; `rule` gives the Hindi of a policy's rule. What is not known stays as it is.
pub fn said(lang: Lang, why: &str, rule: &dyn Fn(&str) -> Option<String>) -> String {
    known(lang, why, rule).unwrap_or_else(|| why.to_owned())
}

fn known(lang: Lang, why: &str, rule: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    if lang == Lang::En {
        return None;
    }
    if let Some(rest) = why.strip_prefix(Lang::En.fill("refusal", &[("a", "")]).as_str()) {
        return Some(lang.fill("refusal", &[("a", &said(lang, rest, rule))]));
    }
    if let Some(hindi) = rule(why) {
        return Some(hindi);
    }
    BOOK.iter().find_map(|s| {
        let found = filled(why, &s.parts)?;
        let values: Vec<(&'static str, String)> =
            s.words.iter().zip(found).map(|(n, text)| (WORDS[*n], word(lang, text))).collect();
        let values: Vec<(&'static str, &str)> = values.iter().map(|(name, text)| (*name, text.as_str())).collect();
        Some(lang.fill(s.key, &values))
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Sources whose refusals reach people, and what a sentence stands behind there.
    const SOURCES: [(&str, &str); 16] = [
        ("model/src/fir.rs", "#[error("),
        ("governance/src/decide.rs", "=> \""),
        ("governance/src/request.rs", "format!("),
        ("lake/src/session.rs", "Denied("),
        ("lake/src/govern.rs", "denied("),
        ("lake/src/kept.rs", "Denied("),
        ("lake/src/raw.rs", "Denied("),
        ("server/src/object.rs", "let reason = "),
        ("server/src/viewer.rs", "Denied("),
        ("server/src/certificate.rs", "Denied("),
        ("accounts/src/access.rs", "#[error("),
        ("accounts/src/access.rs", "Denied("),
        ("accounts/src/work.rs", "Denied("),
        ("accounts/src/limit.rs", "Denied("),
        ("accounts/src/expunge.rs", "Denied("),
        ("cli/src/who.rs", "Denied("),
    ];

    /// The text in quotation marks that follows `mark`, each time; with a word where one is filled in.
    fn sentences(source: &str, mark: &str) -> Vec<String> {
        let source = source.split("#[cfg(test)]").next().unwrap();
        let mut out = Vec::new();
        for (at, _) in source.match_indices(mark) {
            let rest = source[at + mark.len().min(source.len())..].trim_start_matches(|c: char| c.is_whitespace());
            let rest = rest.strip_prefix("format!(").or_else(|| rest.strip_prefix("&format!(")).unwrap_or(rest).trim_start();
            let Some(text) = (if mark.ends_with('"') { Some(rest) } else { rest.strip_prefix('"') }) else { continue };
            let Some(text) = text.split('"').next().filter(|t| t.contains(' ')) else { continue };
            let mut said = String::new();
            let mut inside = false;
            for c in text.chars() {
                match c {
                    '{' => inside = true,
                    '}' if inside => {
                        inside = false;
                        said.push('7');
                    }
                    c if !inside => said.push(c),
                    _ => {}
                }
            }
            out.push(said);
        }
        out
    }

    #[test]
    fn every_refusal_of_the_program_is_said_in_hindi() {
        let mut seen = 0;
        for (file, mark) in SOURCES {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
            let found = sentences(&std::fs::read_to_string(&path).unwrap(), mark);
            assert!(!found.is_empty(), "{file}: nothing behind {mark}");
            for english in found {
                let hindi =
                    known(Lang::Hi, &english, &|_| None).unwrap_or_else(|| panic!("{file}: not in the catalogues: {english}"));
                assert!(hindi.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c)), "{hindi}");
                assert_eq!(said(Lang::En, &english, &|_| None), english);
                seen += 1;
            }
        }
        assert!(seen > 50, "{seen}");
    }

    #[test]
    fn words_come_over_and_what_is_unknown_stays() {
        let said = |why: &str| said(Lang::Hi, why, &|rule| (rule == "never").then(|| "कभी नहीं".to_owned()));
        assert_eq!(
            said("no rule lets asha approve this (authority)"),
            "किसी नियम से asha को यह करने की अनुमति नहीं है: स्वीकृत करना (प्राधिकार)"
        );
        assert_eq!(said("write the reason: 20 to 500 characters"), "कारण लिखें: 20 से 500 अक्षर");
        assert_eq!(said("refused: never"), "अस्वीकृत: कभी नहीं");
        let release = "more than 10000 rows leave only after a second person released this query: ask for it under My work (`sarovar authority release`), with the text SELECT 1";
        assert!(said(release).contains("10000 से अधिक") && said(release).ends_with("SELECT 1"));
        assert_eq!(said("Failed to deserialize query string: missing field `month`"), "पते में `month` नहीं बताया गया");
        let digit = "Failed to deserialize query string: page: invalid digit found in string";
        assert_eq!(said(digit), "पते में page का मान पढ़ा नहीं जा सका");
        assert_eq!(said("something else"), "something else");
    }
}
