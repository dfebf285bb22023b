//! What a column seems to be, by its name and its values.

use std::collections::HashSet;

use model::Classification;

use super::{Guess, Why};
use crate::names::fold;

/// Type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Type {
    Text,
    Int,
    Long,
    Float,
    Bool,
    /// With its format.
    Date(&'static str),
    Moment(&'static str),
}

impl Type {
    /// As contracts name it, and its format.
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Type::Text => ("string", ""),
            Type::Int => ("int32", ""),
            Type::Long => ("int64", ""),
            Type::Float => ("float64", ""),
            Type::Bool => ("boolean", ""),
            Type::Date(format) => ("date", format),
            Type::Moment(format) => ("timestamp", format),
        }
    }
}

/// Values of the sample that are shown.
const EXAMPLES: usize = 3;
/// Longest of them, in characters.
const LONGEST: usize = 60;

/// Words in a header, in both scripts, that tell of personal data; the more careful come first.
const TELLING: &[(&[&str], Classification, Why)] = &[
    (
        &[
            "aadhaar",
            "aadhar",
            "आधार",
            "victim",
            "पीड़ित",
            "caste",
            "जाति",
            "religion",
            "धर्म",
            "biometric",
            "health",
            "bank",
            "account",
            "pan",
            "lat",
            "lon",
            "latitude",
            "longitude",
            "imei",
            "imsi",
        ],
        Classification::Sensitive,
        Why::NameSensitive,
    ),
    (
        &[
            "name",
            "नाम",
            "father",
            "पिता",
            "mother",
            "माता",
            "husband",
            "पति",
            "wife",
            "spouse",
            "mobile",
            "phone",
            "मोबाइल",
            "फ़ोन",
            "contact",
            "address",
            "पता",
            "email",
            "dob",
            "birth",
            "जन्म",
            "age",
            "आयु",
            "sex",
            "gender",
            "लिंग",
            "voter",
            "passport",
            "licence",
            "photo",
            "person",
            "accused",
            "complainant",
        ],
        Classification::Personal,
        Why::NamePerson,
    ),
];

const DATES: &[&str] = &["%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"];
const MOMENTS: &[&str] = &[
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%Y-%m-%d %H:%M",
];

pub(super) fn columns(header: &[String], rows: &[Vec<String>]) -> Vec<Guess> {
    let mut names = HashSet::new();
    let mut out = Vec::new();
    for (i, head) in header.iter().enumerate().filter(|(_, h)| !h.trim().is_empty()) {
        let values: Vec<&str> = rows.iter().map(|r| r.get(i).map_or("", |v| v.trim())).collect();
        let mut name = column_name(head, i);
        while !names.insert(name.clone()) {
            name.push_str("_2");
        }
        out.push(column(name, head, &values));
    }
    // The first column that is always there, never twice, and named like a number of something.
    let rows = rows.len();
    let key = out.iter_mut().find(|c| rows > 1 && c.required && c.different == rows && is_identifier(&c.header));
    if let Some(column) = key {
        column.key = true;
        if column.kind == "string" && column.clean.is_empty() {
            column.clean = "id".into();
        }
    }
    out
}

fn column(name: String, head: &str, values: &[&str]) -> Guess {
    let filled: Vec<&str> = values.iter().copied().filter(|v| !v.is_empty()).collect();
    let (mut kind, mut clean) = (kind_of(&filled), "");
    let (mut classification, mut why) = told(head);
    let share =
        |test: &dyn Fn(&str) -> bool| !filled.is_empty() && filled.iter().filter(|v| test(v)).count() * 10 >= filled.len() * 8;
    if share(&is_phone) {
        (kind, clean) = (Type::Text, "phone");
        (classification, why) = (classification.max(Classification::Personal), Why::ValuesPhone);
    } else if share(&|v| model::aadhaar::mask(v) != v) {
        kind = Type::Text;
        (classification, why) = (Classification::Sensitive, Why::ValuesAadhaar);
    } else if share(&|v| v.contains('@') && v.contains('.')) {
        (classification, why) = (classification.max(Classification::Personal), Why::ValuesMail);
    } else if share(&is_plate) {
        (kind, clean) = (Type::Text, "plate");
        (classification, why) = (classification.max(Classification::Personal), Why::ValuesPlate);
    }
    // Numbers of things keep their zeros.
    if is_identifier(head) && matches!(kind, Type::Int | Type::Long) {
        kind = Type::Text;
    }
    let legacy = kind == Type::Text && filled.iter().any(|v| lipi::read(v).is_converted());
    let (kind, format) = kind.words();
    let mut seen = HashSet::new();
    let mut examples = Vec::new();
    for value in &filled {
        if seen.insert(*value) && examples.len() < EXAMPLES {
            // What checks as an Aadhaar number is shown nowhere.
            examples.push(model::aadhaar::mask(value).chars().take(LONGEST).collect());
        }
    }
    Guess {
        name,
        header: head.to_owned(),
        meaning_en: head.to_owned(),
        meaning_hi: head.to_owned(),
        wanted: true,
        kind: kind.into(),
        format: format.into(),
        required: !filled.is_empty() && filled.len() == values.len(),
        key: false,
        classification,
        clean: clean.into(),
        legacy_font: if legacy { "auto" } else { "none" }.into(),
        why,
        filled: filled.len(),
        different: seen.len(),
        examples,
    }
}

fn is_identifier(head: &str) -> bool {
    let folded = fold(head);
    let words: Vec<&str> = folded.split([' ', '_']).collect();
    words.iter().any(|w| ["id", "no", "num", "number", "code", "ref", "key", "uid", "संख्या", "क्रमांक", "सं"].contains(w))
}

fn told(head: &str) -> (Classification, Why) {
    let folded = fold(head).replace('_', " ");
    for (words, class, why) in TELLING {
        // Whole words: `age` is not in `village`, and `name` is in `Name of father`.
        if folded.split([' ', '/']).any(|w| words.contains(&w)) {
            return (*class, *why);
        }
    }
    if folded.split(' ').any(|w| ["remark", "remarks", "detail", "details", "description", "text", "विवरण"].contains(&w))
    {
        return (Classification::Personal, Why::FreeText);
    }
    (Classification::Internal, Why::Nothing)
}

/// Lower-case words of the header; a number where it has no Latin letters.
fn column_name(head: &str, i: usize) -> String {
    let mut name = String::new();
    for c in head.rsplit('/').next().unwrap_or(head).chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_').to_owned();
    match name.chars().next() {
        None => format!("column_{}", i + 1),
        Some(c) if c.is_ascii_digit() => format!("c_{name}"),
        Some(_) => name,
    }
}

fn kind_of(values: &[&str]) -> Type {
    if values.is_empty() {
        return Type::Text;
    }
    let all = |test: &dyn Fn(&str) -> bool| values.iter().all(|v| test(v));
    let number = |v: &str| !(v.len() > 1 && v.starts_with('0') && !v.starts_with("0."));
    if all(&|v| ["true", "false", "yes", "no", "y", "n"].contains(&v.to_ascii_lowercase().as_str())) {
        return Type::Bool;
    }
    if all(&|v| number(v) && v.parse::<i32>().is_ok()) {
        return Type::Int;
    }
    if all(&|v| number(v) && v.parse::<i64>().is_ok()) {
        return Type::Long;
    }
    let plain = |v: &str| v.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
    if all(&|v| number(v) && plain(v) && v.parse::<f64>().is_ok()) {
        return Type::Float;
    }
    if let Some(format) = DATES.iter().find(|f| all(&|v| chrono::NaiveDate::parse_from_str(v, f).is_ok())) {
        return Type::Date(format);
    }
    match MOMENTS.iter().find(|f| all(&|v| chrono::NaiveDateTime::parse_from_str(v, f).is_ok())) {
        Some(format) => Type::Moment(format),
        None => Type::Text,
    }
}

fn is_phone(value: &str) -> bool {
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let rest = value.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c));
    let ten = digits.strip_prefix("91").filter(|d| d.len() == 10).or(digits.strip_prefix('0')).unwrap_or(&digits);
    rest && ten.len() == 10 && ten.starts_with(['6', '7', '8', '9'])
}

fn is_plate(value: &str) -> bool {
    let plain: String = value.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let b = plain.as_bytes();
    (8..=11).contains(&b.len())
        && b[..2].iter().all(u8::is_ascii_uppercase)
        && b[2..4].iter().all(u8::is_ascii_digit)
        && b[b.len() - 4..].iter().all(u8::is_ascii_digit)
}
