//! The pieces dossiers are made of.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::rows::Row;

/// The row that says so.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// `area.name` of the table the row was read in.
    pub table: String,
    /// Contract name.
    pub source: String,
    /// SHA-256 of the received file.
    pub object: String,
    /// Record position in the file, 1-based.
    pub row: i64,
}

impl Origin {
    pub(crate) fn of(table: &str, row: &Row<'_>) -> Origin {
        Origin {
            table: table.into(),
            source: row.text("_source").unwrap_or_default(),
            object: row.text("_object").unwrap_or_default(),
            row: row.int("_row").unwrap_or_default(),
        }
    }

    /// One received row says something in several tables; it is one witness all the same.
    pub(crate) fn same_row(&self, other: &Origin) -> bool {
        (self.row, &self.object, &self.source) == (other.row, &other.object, &other.source)
    }
}

/// What something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Person,
    Phone,
    Handset,
    Vehicle,
    Case,
    /// An event that is no case: an arrest.
    Event,
    Place,
    /// A received document, by its SHA-256.
    Document,
    /// Any other object: document, property, e-mail, chassis.
    Thing,
}

impl Kind {
    /// The word in JSON and in page catalogues.
    pub fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(String::from)).unwrap_or_default()
    }

    /// Of a kind word of `pole.object`, `pole.location` or `pole.link`.
    pub fn of(word: &str, key: &str) -> Kind {
        match word {
            "person" => Kind::Person,
            "phone" => Kind::Phone,
            "imei" => Kind::Handset,
            "vehicle" => Kind::Vehicle,
            "fir" => Kind::Case,
            "event" if key.starts_with("fir:") => Kind::Case,
            "event" | "arrest" | "surrender" => Kind::Event,
            "location" | "station" | "camera" | "cell" | "place" => Kind::Place,
            _ => Kind::Thing,
        }
    }
}

/// Something that has a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    pub kind: Kind,
    pub key: String,
}

impl Target {
    pub fn new(kind: Kind, key: impl Into<String>) -> Self {
        Target { kind, key: key.into() }
    }

    /// What the access log calls it: the kind, and the first 16 hex digits of the SHA-256 of `kind=key`. A person is named by the id of the
    /// page ([`crate::Person::id`]), or where only a source's key is known by the id that key leads by; whoever was looked for by a number or a
    /// name is a `text`, of which the lake makes a mark. The log outlives the rows, so it holds no number and no name.
    pub fn noted(&self) -> serde_json::Value {
        let key = self.key.as_str();
        let of = |kind: &str| identity::public_id(&identity::Key::new(kind, key));
        let (kind, id) = match self.kind {
            Kind::Person if crate::resolve::number(key).is_some() => ("person".to_owned(), key.to_owned()),
            Kind::Person if key.contains(':') => ("person".to_owned(), of(crate::mention::PERSON_KEY)),
            Kind::Person => ("text".to_owned(), of("text")),
            other => (other.word(), of(&other.word())),
        };
        serde_json::json!({ "kind": kind, "id": id })
    }
}

/// What a fact is about. The order is the order on pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    Name,
    NameLocal,
    Alias,
    Relative,
    RelativeLocal,
    Sex,
    BirthDate,
    BirthYear,
    /// `34 (2025-03-10)`: the age and the day it was stated.
    Age,
    Address,
    Phone,
    Id,
    Nationality,
    Occupation,
    /// How the person stands in a case by the newest decision on record.
    InForce,
    /// Role in a case or a register; of who was cleared, the outcome.
    Role,
    /// What a source says became of the person in the case: custody, charge-sheeted.
    Standing,
    Title,
    Status,
    Station,
    District,
    Acts,
    Started,
    Ended,
    Registered,
    Owner,
    Class,
    Colour,
    Chassis,
    /// To whom the series of a number was given; the note is the series. A number may since have been ported.
    Series,
    /// The office that gives out the marks a plate begins with; the note is the code.
    Office,
    /// Anything else a source says of an object; the note names it.
    Other,
}

impl Attribute {
    /// The word in JSON and in page catalogues.
    pub fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|v| v.as_str().map(String::from)).unwrap_or_default()
    }
}

/// One value, and every row that states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    pub value: String,
    /// What qualifies the value: the relation of a relative, the type of an identity document, the case of a role.
    pub note: Option<String>,
    /// The page of what the value names.
    pub target: Option<Target>,
    pub origins: Vec<Origin>,
}

/// The values of one attribute, the most often stated first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    pub attribute: Attribute,
    pub facts: Vec<Fact>,
}

/// Something this one is linked to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub target: Target,
    /// As stored: `in_case`, `arrested_in`, `owns`, `has_phone`, `used_in`, `shares_phone`.
    pub relation: String,
    pub role: Option<String>,
    pub label: String,
    pub first: Option<DateTime<Utc>>,
    pub last: Option<DateTime<Utc>>,
    /// The identifier both sides share.
    pub through: String,
    pub origins: Vec<Origin>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    pub at: Option<DateTime<Utc>>,
    /// As stored: `fir`, `arrest`, `surrender`; `registration`, `sighting`.
    pub kind: String,
    pub title: String,
    pub detail: String,
    pub target: Option<Target>,
    pub origin: Origin,
}

/// A place as the sources describe it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    pub key: String,
    pub label: String,
    pub address: Option<String>,
    /// Degrees, WGS 84.
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub origin: Origin,
}

/// Collects facts: equal values become one with all their origins.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    found: BTreeMap<(Attribute, String, Option<String>), (Option<Target>, Vec<Origin>)>,
}

impl Facts {
    pub fn add(&mut self, attribute: Attribute, value: Option<String>, origin: &Origin) {
        self.add_with(attribute, value, None, None, origin);
    }

    pub fn add_with(
        &mut self,
        attribute: Attribute,
        value: Option<String>,
        note: Option<String>,
        target: Option<Target>,
        origin: &Origin,
    ) {
        let Some(value) = value.filter(|v| !v.trim().is_empty()) else { return };
        let entry = self.found.entry((attribute, value, note)).or_insert((target, Vec::new()));
        if !entry.1.iter().any(|o| o.same_row(origin)) {
            entry.1.push(origin.clone());
        }
    }

    pub fn groups(self) -> Vec<Group> {
        let mut out: Vec<Group> = Vec::new();
        for ((attribute, value, note), (target, mut origins)) in self.found {
            origins.sort();
            let fact = Fact { value, note, target, origins };
            match out.last_mut() {
                Some(group) if group.attribute == attribute => group.facts.push(fact),
                _ => out.push(Group { attribute, facts: vec![fact] }),
            }
        }
        for group in &mut out {
            group.facts.sort_by_key(|f| (std::cmp::Reverse(f.origins.len()), shouted(&f.value)));
        }
        out
    }
}

/// Written in capitals throughout, as registers of vehicles write: of two spellings stated equally often the other one heads the page.
fn shouted(value: &str) -> bool {
    value.chars().any(|c| c.is_ascii_uppercase()) && !value.chars().any(|c| c.is_ascii_lowercase())
}

/// Collects links: one per target, relation and role.
#[derive(Debug, Default)]
pub(crate) struct Links {
    found: BTreeMap<(Target, String, Option<String>), Link>,
}

impl Links {
    pub fn add(&mut self, link: Link) {
        let key = (link.target.clone(), link.relation.clone(), link.role.clone());
        let Some(have) = self.found.get_mut(&key) else {
            self.found.insert(key, link);
            return;
        };
        have.first = have.first.into_iter().chain(link.first).min();
        have.last = have.last.into_iter().chain(link.last).max();
        for origin in link.origins {
            if !have.origins.iter().any(|o| o.same_row(&origin)) {
                have.origins.push(origin);
            }
        }
    }

    /// Gives links whose label is only their key a better one.
    pub fn label(&mut self, target: &Target, label: &str) {
        for link in self.found.values_mut().filter(|l| l.target == *target && l.label == l.target.key) {
            link.label = label.into();
        }
    }

    pub fn keys(&self, kind: Kind) -> Vec<String> {
        let mut keys: Vec<String> = self.found.keys().filter(|(t, ..)| t.kind == kind).map(|(t, ..)| t.key.clone()).collect();
        keys.dedup();
        keys
    }

    pub fn list(self) -> Vec<Link> {
        self.found.into_values().collect()
    }
}

/// Earliest first; what has no time comes last. Rows that tell of the same thing at the same time are told once.
pub(crate) fn in_order(mut moments: Vec<Moment>) -> Vec<Moment> {
    moments.sort_by(|a, b| {
        let time = |m: &Moment| (m.at.is_none(), m.at);
        time(a)
            .cmp(&time(b))
            .then_with(|| (&a.kind, &a.title, &a.detail, &a.origin).cmp(&(&b.kind, &b.title, &b.detail, &b.origin)))
    });
    moments.dedup_by(|a, b| (a.at, &a.kind, &a.title, &a.target) == (b.at, &b.kind, &b.title, &b.target));
    moments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(row: i64) -> Origin {
        Origin { table: "pole.person_mention".into(), source: "a.b".into(), object: "00".into(), row }
    }

    #[test]
    fn equal_values_are_one_fact_of_many_rows() {
        let mut facts = Facts::default();
        for (value, row) in [("B", 1), ("A", 2), ("A", 3), ("A", 3), (" ", 4)] {
            facts.add(Attribute::Name, Some(value.into()), &origin(row));
        }
        facts.add(Attribute::Sex, None, &origin(1));
        let groups = facts.groups();
        assert_eq!(groups.len(), 1);
        let told: Vec<_> = groups[0].facts.iter().map(|f| (f.value.as_str(), f.origins.len())).collect();
        assert_eq!(told, [("A", 2), ("B", 1)]);
    }

    #[test]
    fn capitals_come_after_what_is_written_as_a_name() {
        let mut facts = Facts::default();
        for (value, row) in [("RAMESH MEENA", 1), ("Ramesh Meena", 2), ("रमेश मीणा", 3)] {
            facts.add(Attribute::Name, Some(value.into()), &origin(row));
        }
        let told: Vec<_> = facts.groups().remove(0).facts.into_iter().map(|f| f.value).collect();
        assert_eq!(told, ["Ramesh Meena", "रमेश मीणा", "RAMESH MEENA"]);
    }

    #[test]
    fn moments_without_a_time_come_last() {
        let moment = |at: Option<i64>, title: &str| Moment {
            at: at.and_then(DateTime::from_timestamp_micros),
            kind: "fir".into(),
            title: title.into(),
            detail: String::new(),
            target: None,
            origin: origin(1),
        };
        let told = in_order(vec![moment(None, "c"), moment(Some(2), "b"), moment(Some(1), "a"), moment(Some(2), "b")]);
        assert_eq!(told.iter().map(|m| m.title.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn attributes_have_words() {
        assert_eq!(Attribute::NameLocal.word(), "name_local");
    }
}
