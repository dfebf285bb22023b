//! What a column's values are, from its name and a sample of them.

use crate::link::compare::{date, words};
use crate::link::model::Kind;
use crate::link::table::Column;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    Kind(Kind),
    Latitude,
    Longitude,
}

/// Words in names of columns of places.
pub const PLACE: &[&str] = &[
    "address", "street", "city", "town", "suburb", "state", "village", "district", "county", "place", "country", "locality",
    "tehsil", "thana",
];
const PERSON: &[&str] = &[
    "given", "first", "fore", "sur", "last", "family", "middle", "father", "mother", "husband", "spouse", "maiden", "nick",
    "alias",
];
const DATE: &[&str] = &["dob", "date", "birth", "born", "died", "death", "dod"];
const POSTCODE: &[&str] = &["postcode", "post_code", "zip", "pincode", "pin_code", "postal"];
const NUMBERED: &[&str] = &[
    "phone", "mobile", "tel", "ssn", "soc_sec", "aadhaar", "passport", "licen", "account", "imei", "national", "tax", "isbn",
    "contact",
];

/// Whether a column's name has one of the words.
pub fn hints(name: &str, words: &[&str]) -> bool {
    let name = name.to_lowercase();
    words.iter().any(|w| name.contains(w))
}

/// Distinct values looked at.
const SAMPLE: usize = 4_000;

struct Look {
    values: Vec<String>,
    rows: usize,
    distinct: usize,
}

impl Look {
    fn new(a: &Column, b: Option<&Column>) -> Look {
        let mut values: Vec<String> = Vec::new();
        for c in [Some(a), b].into_iter().flatten() {
            let step = (c.distinct() / SAMPLE).max(1);
            values.extend((1..=c.distinct()).step_by(step).map(|code| c.values.get(code as u32).to_string()));
        }
        let b_only = b.map_or(0, |b| b.values.iter().skip(1).filter(|v| a.values.find(v).is_none()).count());
        Look { values, rows: a.filled() + b.map_or(0, Column::filled), distinct: a.distinct() + b_only }
    }

    fn share(&self, f: impl Fn(&str) -> bool) -> f64 {
        self.values.iter().filter(|v| f(v)).count() as f64 / self.values.len().max(1) as f64
    }

    fn mean(&self, f: impl Fn(&str) -> usize) -> f64 {
        self.values.iter().map(|v| f(v)).sum::<usize>() as f64 / self.values.len().max(1) as f64
    }
}

/// The kind; `None` for a column that is an id by another name (numbers counting rows).
pub fn guess(a: &Column, b: Option<&Column>) -> Option<Guess> {
    let look = Look::new(a, b);
    let name = a.name.to_lowercase();
    let number = |v: &str| v.replace(',', "").parse::<f64>().is_ok();
    let numbers = look.share(number);
    if numbers > 0.9 {
        if matches!(name.as_str(), "lat" | "latitude") {
            return Some(Guess::Latitude);
        }
        if matches!(name.as_str(), "lon" | "lng" | "long" | "longitude") {
            return Some(Guess::Longitude);
        }
    }
    Some(Guess::Kind(kind(&look, &name, numbers)))
}

fn kind(look: &Look, name: &str, numbers: f64) -> Kind {
    if look.share(|v| v.contains('@')) > 0.6 {
        return Kind::Email;
    }
    let whole = |v: &str| v.len() >= 8 && date::parse(v).is_some_and(|(y, _, _)| (1000..2200).contains(&y));
    let dates = look.share(whole);
    let dated = hints(name, DATE) && !hints(name, PLACE);
    let some = look.share(|v| date::parse(v).is_some());
    if (dated && some > 0.5) || (dates > 0.8 && numbers < 0.5) {
        return Kind::Date;
    }
    if hints(name, POSTCODE) {
        return Kind::Postcode;
    }
    let digits = look.share(|v| v.chars().filter(char::is_ascii_digit).count() * 2 > v.len() && v.len() >= 6);
    if digits > 0.8 && (hints(name, NUMBERED) || (numbers > 0.9 && look.share(|v| !v.contains('.') || v.ends_with(".0")) > 0.9)) {
        return Kind::Digits;
    }
    if look.distinct <= 12 || (look.distinct <= 100 && look.distinct * 100 < look.rows) {
        return Kind::Category;
    }
    if numbers > 0.9 {
        let counted = ["number", "_no", "house", "flat", "unit", "building"].iter().any(|w| name.contains(w));
        return if counted { Kind::Text } else { Kind::Number };
    }
    let count = look.mean(|v| words::split(v).count());
    let letters = look.share(|v| v.chars().filter(|c| c.is_alphabetic()).count() * 10 >= v.chars().count() * 7);
    let named = name.contains("name");
    if hints(name, PLACE) {
        return if count >= 1.6 { Kind::Words } else { Kind::Text };
    }
    if hints(name, PERSON) && count < 1.8 {
        return Kind::Name;
    }
    if named && (1.2..=4.5).contains(&count) && letters > 0.7 {
        return Kind::FullName;
    }
    if count < 1.3 {
        return if letters > 0.8 { Kind::Name } else { Kind::Text };
    }
    if count >= 1.6 { Kind::Words } else { Kind::Text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, values: impl IntoIterator<Item = String>) -> Column {
        let mut c = Column::new(name.into());
        values.into_iter().for_each(|v| c.push(Some(&v)).unwrap());
        c
    }

    #[test]
    fn kinds_by_name_and_values() {
        let many = |f: fn(usize) -> String| (0..200).map(f);
        let cases = [
            (column("dob", many(|i| format!("19{:02}-01-{:02}", i % 90 + 10, i % 28 + 1))), Kind::Date),
            (column("x", many(|i| format!("{:02}/11/19{:02}", i % 28 + 1, i % 90 + 10))), Kind::Date),
            (column("mail", many(|i| format!("a{i}@example.org"))), Kind::Email),
            (column("soc_sec_id", many(|i| format!("{}", 1_000_000 + i * 7))), Kind::Digits),
            (column("postcode", many(|i| format!("{}", 1_000 + i))), Kind::Postcode),
            (column("street_number", many(|i| format!("{i}"))), Kind::Text),
            (column("age", many(|i| format!("{}", i % 97))), Kind::Number),
            (column("gender", many(|i| ["m", "f"][i % 2].into())), Kind::Category),
            (column("surname", many(|i| format!("na{}", "bcdefgh".repeat(i % 9 + 1)) + &"z".repeat(i / 9))), Kind::Name),
            (column("full_name", many(|i| format!("{} {}", "ab".repeat(i / 10 + 1), "cd".repeat(i % 10 + 1)))), Kind::FullName),
            (column("address_1", many(|i| format!("{i} lake road"))), Kind::Words),
        ];
        for (c, want) in &cases {
            assert_eq!(guess(c, None), Some(Guess::Kind(*want)), "{}", c.name);
        }
        assert_eq!(guess(&column("lat", many(|i| format!("26.{i}"))), None), Some(Guess::Latitude));
    }
}
