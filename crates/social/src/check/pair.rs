//! The Hindi and the English text say the same numbers, dates and sections.

use std::collections::BTreeMap;

use super::pattern::{pattern, plain};
use super::{Level, Look, Rule, Setting};
use crate::message::Message;

pub(super) const PAIR: Rule = Rule {
    id: "pair",
    version: 1,
    level: Level::Warn,
    law: "Official Languages Rules 1976 r.6 and 11, by analogy: both texts are the official word",
    way_out: "Make both texts say the same numbers, dates and sections.",
    way_out_hi: "दोनों भाषाओं में संख्या, दिनांक और धाराएँ समान करें।",
    look: Look::Message(pair),
};

/// A number that stands in one text oftener than in the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub what: String,
    pub hindi: usize,
    pub english: usize,
}

fn pair(message: &Message, _: &Setting) -> Vec<(String, String)> {
    if message.hindi.trim().is_empty() || message.english.trim().is_empty() {
        return Vec::new();
    }
    let different = compare(&message.hindi, &message.english).into_iter();
    different.map(|d| ("hindi, english".into(), format!("{} (Hindi {}, English {})", d.what, d.hindi, d.english))).collect()
}

/// What the texts do not share. Dates and amounts are compared by value: `5 मार्च` is `March 5`, `2 लाख` is `2,00,000`.
pub fn compare(hindi: &str, english: &str) -> Vec<Difference> {
    let (hindi, english) = (facts(hindi), facts(english));
    let all: std::collections::BTreeSet<&String> = hindi.keys().chain(english.keys()).collect();
    let count = |m: &BTreeMap<String, usize>, k: &String| m.get(k).copied().unwrap_or_default();
    let spelt =
        |m: &BTreeMap<String, usize>, k: &str| k.strip_prefix("number ").is_some_and(|n| m.contains_key(&format!("word {n}")));
    // Said twice in one language and once in the other is style, not error.
    all.into_iter()
        .filter(|k| (count(&hindi, k) == 0) != (count(&english, k) == 0) && !spelt(&hindi, k) && !spelt(&english, k))
        .map(|k| Difference { what: k.clone(), hindi: count(&hindi, k), english: count(&english, k) })
        .collect()
}

const MONTHS: &[&[&str]] = &[
    &["जनवरी", "january", "jan"],
    &["फरवरी", "february", "feb"],
    &["मार्च", "march", "mar"],
    &["अप्रैल", "april", "apr"],
    &["मई", "may"],
    &["जून", "june", "jun"],
    &["जुलाई", "july", "jul"],
    &["अगस्त", "august", "aug"],
    &["सितंबर", "सितम्बर", "september", "sept", "sep"],
    &["अक्टूबर", "अक्तूबर", "october", "oct"],
    &["नवंबर", "नवम्बर", "november", "nov"],
    &["दिसंबर", "दिसम्बर", "december", "dec"],
];

fn month(word: &str) -> Option<usize> {
    MONTHS.iter().position(|names| names.iter().any(|n| plain(n) == word)).map(|i| i + 1)
}

/// Number words one to ten, as both texts may spell them out.
const WORDS: &[(&str, u32)] = &[
    ("एक", 1),
    ("दो", 2),
    ("तीन", 3),
    ("चार", 4),
    ("पांच", 5),
    ("छह", 6),
    ("सात", 7),
    ("आठ", 8),
    ("नौ", 9),
    ("दस", 10),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
];

pattern!(NUMERIC, r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})\b");
pattern!(DAY_FIRST, r"(\d{1,2})(?:st|nd|rd|th)?\s+([\p{L}\p{M}]+)(?:,?\s+\d{4}\b)?");
pattern!(MONTH_FIRST, r"([a-z]+)\s+(\d{1,2})(?:st|nd|rd|th)?(?:,\s+\d{4}\b|$|[^\d:.]|\.(?:\D|$))");
pattern!(CLOCK, r"(\d{1,2})[:.](\d{2})\s*(am|pm|a\.m\.|p\.m\.|बजे)?");
pattern!(AMOUNT, r"(\d[\d,]*(?:\.\d+)?)\s*(लाख|करोड|हजार|lakhs?|lacs?|crores?|thousand|million)?");
pattern!(SPELT, r"[\p{L}\p{M}]+");

fn facts(text: &str) -> BTreeMap<String, usize> {
    let mut rest = plain(text);
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    let mut take = |rest: &mut String, pattern: &regex::Regex, read: &dyn Fn(&regex::Captures) -> Option<String>| {
        let mut from = 0;
        let text = rest.clone();
        while let Some(captures) = pattern.captures_at(&text, from) {
            let Some(whole) = captures.get(0) else { break };
            let number = whole.range();
            match read(&captures) {
                Some(fact) => {
                    *found.entry(fact).or_default() += 1;
                    rest.replace_range(number.clone(), &"\u{1}".repeat(number.len()));
                    from = number.end;
                }
                None => from = whole.start() + text[whole.start()..].chars().next().map_or(1, char::len_utf8),
            }
        }
    };
    let text_of = |c: &regex::Captures, i: usize| c.get(i).map(|m| m.as_str().to_owned()).unwrap_or_default();
    let number_of = |c: &regex::Captures, i: usize| text_of(c, i).parse::<usize>().unwrap_or_default();
    take(&mut rest, &NUMERIC, &|c| Some(format!("date {}-{}", number_of(c, 1), number_of(c, 2))));
    take(&mut rest, &DAY_FIRST, &|c| month(&text_of(c, 2)).map(|m| format!("date {}-{m}", number_of(c, 1))));
    take(&mut rest, &MONTH_FIRST, &|c| month(&text_of(c, 1)).map(|m| format!("date {}-{m}", number_of(c, 2))));
    take(&mut rest, &CLOCK, &|c| {
        let (hour, minute) = (number_of(c, 1), number_of(c, 2));
        (hour < 24 && minute < 60).then(|| format!("time {}:{minute:02}", hour % 12))
    });
    take(&mut rest, &AMOUNT, &|c| {
        let digits: String = text_of(c, 1).replace(',', "");
        let value: f64 = digits.parse().ok()?;
        let times = match text_of(c, 2).as_str() {
            "लाख" | "lakh" | "lakhs" | "lac" | "lacs" => 1e5,
            "करोड" | "crore" | "crores" => 1e7,
            "हजार" | "thousand" => 1e3,
            "million" => 1e6,
            _ => 1.0,
        };
        Some(format!("number {}", value * times))
    });
    // `दो` is also "give", `एक` "a": number words only speak where the other text has the figure.
    for word in SPELT.find_iter(&rest) {
        if let Some((_, n)) = WORDS.iter().find(|(w, _)| *w == word.as_str()) {
            found.entry(format!("word {n}")).or_default();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(hindi: &str, english: &str) -> bool {
        compare(hindi, english).is_empty()
    }

    #[test]
    fn values_are_compared_not_spellings() {
        assert!(same("५ मार्च को 2 लाख रुपये", "Rs 2,00,000 on March 5"));
        assert!(same("05.03.2026 को शाम 6:30 बजे", "5 March 2026, 18:30 hrs") || same("05.03.2026", "5/3/2026"));
        assert!(same("धारा 103(1) बीएनएस", "Section 103(1) BNS"));
        assert!(!same("धारा 303 बीएनएस", "Section 305 BNS"));
        assert!(!same("12 आरोपी गिरफ्तार", "21 accused arrested"));
        assert!(!same("5 मार्च", "5 April"));
    }

    #[test]
    fn a_number_word_meets_its_figure() {
        assert!(same("तीन आरोपी गिरफ्तार", "3 accused arrested"));
        assert!(same("मदद दो", "Give help"));
    }
}
