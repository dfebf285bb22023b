//! Law sections. The act is part of the key: IPC 302 is murder, BNS 302 is wounding religious feelings.

use std::fmt;

/// One section of one act.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Section {
    /// Short name of the act (`IPC`, `BNS`, `Arms Act`), or the act as written where it is not one we know.
    pub act: String,
    /// `302`, `376(2)(n)`, `29A`.
    pub section: String,
    /// Where an act parts the forbidding from the punishing section: `3/25 Arms Act` is section 3, penalty 25.
    pub penalty: Option<String>,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.penalty {
            Some(penalty) => write!(f, "{}/{penalty} {}", self.section, self.act),
            None => write!(f, "{} {}", self.section, self.act),
        }
    }
}

/// Writings of acts: what is found in registers, the short name, and whether `a/b` is contravention and penalty there.
const ACTS: [(&str, &[&str], bool); 17] = [
    ("BNSS", &["bnss", "बीएनएसएस", "भा.ना.सु.सं."], false),
    ("BNS", &["bns", "बीएनएस", "भा.न्या.सं.", "भा.न्या.सं"], false),
    ("BSA", &["bsa", "बीएसए"], false),
    ("IPC", &["ipc", "i.p.c.", "i.p.c", "आईपीसी", "भा.दं.सं.", "भा.द.सं.", "भादंसं", "भादसं", "भादवि", "भा.द.वि."], false),
    ("CrPC", &["crpc", "cr.p.c.", "cr.p.c", "सीआरपीसी", "दं.प्र.सं."], false),
    ("Arms Act", &["arms act", "arms", "आर्म्स एक्ट", "आयुध अधिनियम", "आर्म्स"], true),
    ("NDPS Act", &["ndps act", "ndps", "n.d.p.s.", "एनडीपीएस एक्ट", "एनडीपीएस"], true),
    ("Excise Act", &["rajasthan excise act", "excise act", "excise", "आबकारी अधिनियम", "आबकारी एक्ट", "आबकारी"], true),
    ("MV Act", &["mv act", "m.v. act", "m.v.act", "motor vehicles act", "motor vehicle act", "एमवी एक्ट"], true),
    ("Explosives Act", &["explosives act", "explosive act", "विस्फोटक अधिनियम"], true),
    ("Mines Act", &["mmdr act", "mmdr", "एमएमडीआर एक्ट"], true),
    ("POCSO Act", &["pocso act", "pocso", "पोक्सो एक्ट", "पॉक्सो एक्ट", "पोक्सो", "पॉक्सो"], true),
    ("JJ Act", &["jj act", "j.j. act", "जेजे एक्ट", "किशोर न्याय अधिनियम"], false),
    ("SC/ST Act", &["sc/st act", "sc st act", "sc/st (poa) act", "sc/st", "एससी/एसटी एक्ट", "एससीएसटी एक्ट"], false),
    ("IT Act", &["it act", "i.t. act", "आईटी एक्ट"], false),
    ("Gambling Ordinance", &["rpgo", "r.p.g.o.", "gambling ordinance", "आरपीजीओ"], false),
    ("Dowry Act", &["dowry prohibition act", "dowry act", "दहेज प्रतिषेध अधिनियम", "दहेज अधिनियम"], true),
];

/// Reads a register's list of sections: `302, 34 IPC`, `IPC 379/411`, `धारा 302 भादसं व 3/25 आर्म्स एक्ट`.
///
/// Sections may stand before or after their act. Sections without any act are left out: without the act they mean
/// nothing. Repeated sections are given once, in the order written.
pub fn parse(text: &str) -> Vec<Section> {
    let lower = text.to_lowercase();
    let acts = find_acts(&lower);
    let mut found: Vec<Section> = Vec::new();
    let before = acts.first().is_some_and(|a| has_number(&lower[..a.start]));
    for (i, act) in acts.iter().enumerate() {
        let numbers = if before {
            &lower[if i == 0 { 0 } else { acts[i - 1].end }..act.start]
        } else {
            &lower[act.end..acts.get(i + 1).map_or(lower.len(), |a| a.start)]
        };
        for section in numbers_of(numbers, act.name, act.pairs) {
            if !found.contains(&section) {
                found.push(section);
            }
        }
    }
    found
}

struct Found {
    start: usize,
    end: usize,
    name: &'static str,
    pairs: bool,
}

fn find_acts(lower: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (name, writings, pairs) in ACTS {
        for writing in writings {
            for (start, _) in lower.match_indices(writing) {
                let end = start + writing.len();
                let letter = |c: char| c.is_alphabetic();
                let alone = !lower[..start].ends_with(letter) && !lower[end..].starts_with(letter);
                let overlaps = found.iter().any(|f| start < f.end && f.start < end);
                if alone && !overlaps {
                    found.push(Found { start, end, name, pairs });
                }
            }
        }
    }
    found.sort_by_key(|f| f.start);
    found
}

fn has_number(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit())
}

fn numbers_of(text: &str, act: &str, pairs: bool) -> Vec<Section> {
    // A year of the act (`Arms Act, 1959`) is not a section.
    let is_year = |s: &str| s.len() == 4 && (1850..=2100).contains(&s.parse().unwrap_or(0));
    let section = |s: &str, penalty: Option<&str>| Section {
        act: act.to_owned(),
        section: s.to_uppercase_outside_brackets(),
        penalty: penalty.map(|p| p.to_uppercase_outside_brackets()),
    };
    let mut found = Vec::new();
    for item in text.split(|c: char| matches!(c, ',' | ';' | '&' | '+') || c.is_whitespace()) {
        let parts: Vec<&str> = item.split('/').map(number_of).filter(|s| !s.is_empty() && !is_year(s)).collect();
        match parts.as_slice() {
            [contravention, penalty] if pairs => found.push(section(contravention, Some(penalty))),
            list => found.extend(list.iter().map(|s| section(s, None))),
        }
    }
    found
}

/// The section within a word: from its first digit over digits, letters of one sign and brackets.
fn number_of(word: &str) -> &str {
    let Some(start) = word.find(|c: char| c.is_ascii_digit()) else { return "" };
    // `u/s302` begins with letters; `s.3` likewise. A word of letters then digits in another script is no section.
    let rest = &word[start..];
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '(' | ')' | '-'))).unwrap_or(rest.len());
    rest[..end].trim_end_matches('-')
}

trait Casing {
    fn to_uppercase_outside_brackets(&self) -> String;
}

impl Casing for str {
    /// `376(2)(n)` keeps its clause small, `29a` is section 29A.
    fn to_uppercase_outside_brackets(&self) -> String {
        let mut depth = 0;
        self.chars()
            .map(|c| {
                match c {
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                if depth > 0 { c } else { c.to_ascii_uppercase() }
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        parse(text).iter().map(Section::to_string).collect()
    }

    #[test]
    fn acts_and_sections() {
        for (text, expected) in [
            ("302 IPC", vec!["302 IPC"]),
            ("302, 34 IPC", vec!["302 IPC", "34 IPC"]),
            ("IPC 379/411", vec!["379 IPC", "411 IPC"]),
            ("u/s 376(2)(n) IPC", vec!["376(2)(n) IPC"]),
            ("103(1) BNS", vec!["103(1) BNS"]),
            ("3/25 Arms Act", vec!["3/25 Arms Act"]),
            ("Arms Act, 1959 3/25", vec!["3/25 Arms Act"]),
            ("8/20 NDPS Act", vec!["8/20 NDPS Act"]),
            ("धारा 302 भादसं", vec!["302 IPC"]),
            ("धारा 302, 201 भा.दं.सं. व 3/25 आर्म्स एक्ट", vec!["302 IPC", "201 IPC", "3/25 Arms Act"]),
            ("IPC 302, BNS 302", vec!["302 IPC", "302 BNS"]),
            ("66d it act", vec!["66D IT Act"]),
            ("3(1)(r) SC/ST Act", vec!["3(1)(r) SC/ST Act"]),
            ("35 BNSS", vec!["35 BNSS"]),
            ("379 ipc, 379 IPC", vec!["379 IPC"]),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn a_number_without_an_act_is_no_section() {
        assert!(parse("302").is_empty());
        assert!(parse("").is_empty());
        assert!(parse("principal 12").is_empty());
    }

    #[test]
    fn penalty_is_kept_apart() {
        let arms = &parse("3/25 Arms Act")[0];
        assert_eq!((arms.section.as_str(), arms.penalty.as_deref()), ("3", Some("25")));
        assert_eq!(parse("379/411 IPC")[0].penalty, None);
    }
}
