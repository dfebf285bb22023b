//! The evidence in an officer's words, Hindi and English.

use super::evidence::{Evidence, Field, Level, Reason, ReasonKind, Words};
use super::parse::{Name, Part};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Hindi,
    English,
}

/// The level in words.
pub fn level_words(level: Level, language: Language) -> &'static str {
    let (hi, en) = match level {
        Level::Exact => ("नाम अक्षरशः समान", "the same name, letter for letter"),
        Level::OtherScript => ("दूसरी लिपि में वही नाम", "the same name in another script"),
        Level::Spelling => ("वर्तनी का अंतर", "another spelling"),
        Level::Nickname => ("घरेलू नाम", "a pet name"),
        Level::Initial => ("आद्याक्षर", "an initial for a name"),
        Level::MissingPart => ("नाम का एक भाग नहीं लिखा", "a part of the name is missing"),
        Level::DifferentSurname => ("उपनाम (कुलनाम) अलग", "a different surname"),
        Level::Different => ("अलग नाम", "different names"),
        Level::Contradiction => ("नाम मिलता है, पर एक तथ्य विरोध करता है", "the name agrees, but a stated fact contradicts"),
    };
    if language == Language::Hindi { hi } else { en }
}

fn words(name: &Name, field: Field, place: Option<Words>) -> String {
    let Some(place) = place else { return String::new() };
    let parts: Vec<&Part> = match field {
        Field::Own | Field::Alias => std::iter::once(&name.own).chain(&name.aliases).collect(),
        _ => match name.relatives.iter().find(|r| super::compare::field(r.relation) == field) {
            Some(relative) => relative.names.iter().collect(),
            None => return String::new(),
        },
    };
    let Some(part) = parts.get(usize::from(place.part)) else { return String::new() };
    let range = usize::from(place.first)..=usize::from(place.last);
    part.words.get(range).unwrap_or_default().iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
}

fn stated(name: &Name) -> String {
    match (name.age, name.born) {
        (_, Some(born)) => born.year.to_string(),
        (Some(age), None) => age.years.to_string(),
        (None, None) => String::new(),
    }
}

/// One reason in words, with the words of both names it speaks of.
pub fn reason_words(reason: &Reason, left: &Name, right: &Name, language: Language) -> String {
    let hindi = language == Language::Hindi;
    let field = match (reason.field, hindi) {
        (Field::Own, true) => "नाम",
        (Field::Own, false) => "name",
        (Field::Alias, true) => "उर्फ नाम",
        (Field::Alias, false) => "alias",
        (Field::Father, true) => "पिता",
        (Field::Father, false) => "father",
        (Field::Mother, true) => "माता",
        (Field::Mother, false) => "mother",
        (Field::Spouse, true) => "पति/पत्नी",
        (Field::Spouse, false) => "spouse",
        (Field::CareOf, true) => "मार्फत",
        (Field::CareOf, false) => "care of",
        (Field::Age, true) => "आयु",
        (Field::Age, false) => "age",
        (Field::Sex, true) => "लिंग",
        (Field::Sex, false) => "sex",
    };
    if reason.field == Field::Sex {
        return format!(
            "{field}: {}",
            if hindi {
                "एक अभिलेख में पुरुष, दूसरे में स्त्री"
            } else {
                "male in one record, female in the other"
            }
        );
    }
    let (a, b) = if reason.field == Field::Age {
        (stated(left), stated(right))
    } else {
        (words(left, reason.field, reason.left), words(right, reason.field, reason.right))
    };
    let one = if a.is_empty() { &b } else { &a };
    let said = match (reason.kind, hindi) {
        (ReasonKind::Contradicts, true) if reason.left.is_none() && reason.field != Field::Age => {
            "दोनों अभिलेखों में अलग व्यक्ति".into()
        }
        (ReasonKind::Contradicts, false) if reason.left.is_none() && reason.field != Field::Age => {
            "another person in each record".into()
        }
        (ReasonKind::Same, true) if a != b => format!("“{a}” और “{b}” एक साथ सही हो सकते हैं"),
        (ReasonKind::Same, false) if a != b => format!("“{a}” and “{b}” can both be true"),
        (ReasonKind::Same, true) => format!("“{one}” समान"),
        (ReasonKind::Same, false) => format!("“{one}” is the same"),
        (ReasonKind::Spelling, true) if reason.field == Field::Age => format!("“{a}” और “{b}” लगभग समान"),
        (ReasonKind::Spelling, false) if reason.field == Field::Age => format!("“{a}” and “{b}” are close"),
        (ReasonKind::OtherScript, true) => format!("“{a}” और “{b}” दो लिपियों में एक ही नाम"),
        (ReasonKind::OtherScript, false) => format!("“{a}” and “{b}” are one name in two scripts"),
        (ReasonKind::Spelling, true) => format!("“{a}” और “{b}” एक नाम की दो वर्तनियाँ"),
        (ReasonKind::Spelling, false) => format!("“{a}” and “{b}” are spellings of one name"),
        (ReasonKind::Nickname, true) => format!("“{a}” और “{b}”: एक दूसरे का घरेलू नाम हो सकता है"),
        (ReasonKind::Nickname, false) => format!("“{a}” and “{b}”: one may be the other's pet name"),
        (ReasonKind::Initial, true) => format!("“{a}” और “{b}”: आद्याक्षर मिलता है"),
        (ReasonKind::Initial, false) => format!("“{a}” and “{b}”: the initial fits"),
        (ReasonKind::Joined, true) => format!("“{a}” और “{b}”: एक शब्द या दो में लिखा वही नाम"),
        (ReasonKind::Joined, false) => format!("“{a}” and “{b}”: one name, written as one word or two"),
        (ReasonKind::Order, true) => "शब्दों का क्रम अलग".into(),
        (ReasonKind::Order, false) => "the words come in another order".into(),
        (ReasonKind::Missing, true) => format!("“{one}” केवल एक अभिलेख में है"),
        (ReasonKind::Missing, false) => format!("“{one}” is in one record only"),
        (ReasonKind::Differs | ReasonKind::Contradicts, true) => format!("“{a}” और “{b}” अलग हैं"),
        (ReasonKind::Differs | ReasonKind::Contradicts, false) => format!("“{a}” and “{b}” differ"),
    };
    format!("{field}: {said}")
}

/// All reasons in words, in the order found.
pub fn explain(evidence: &Evidence, left: &Name, right: &Name, language: Language) -> Vec<String> {
    evidence.reasons().map(|r| reason_words(r, left, right, language)).collect()
}
