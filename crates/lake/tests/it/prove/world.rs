//! A small made-up lake whose rows are known in plain vectors: made first, then taken in as files.

use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use lake::{Lake, Options, Progress, Request};
use model::Classification::{self, Internal, Open, Personal, Sealed, Sensitive};
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use sources::Contract;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum V {
    Null,
    Text(String),
    Int(i32),
    Bool(bool),
    /// Microseconds since 1970 UTC.
    Time(i64),
}

impl V {
    pub fn text(&self) -> Option<&str> {
        match self {
            V::Text(text) => Some(text),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Int,
    Bool,
    Time,
}

/// Name, kind and class of a column.
pub type Column = (&'static str, Kind, Classification);

/// How an authority finds rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Calls {
    No,
    /// Every row is a call record: this column holds the number asked about, this one the instant.
    All {
        number: &'static str,
        time: &'static str,
    },
    /// Rows whose last column says `prove.call` are.
    Some {
        number: &'static str,
    },
}

/// Where a row says of which station it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Station {
    Nowhere,
    Code(&'static str),
    Key(&'static str),
}

/// A table: what is said of it, and all its rows.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [Column],
    pub seal: Option<&'static str>,
    pub blank_is_open: bool,
    /// Columns an order names.
    pub keys: &'static [&'static str],
    pub station: Station,
    pub calls: Calls,
    pub rows: Vec<Vec<V>>,
}

impl Table {
    pub fn at(&self, column: &str) -> usize {
        self.columns.iter().position(|c| c.0 == column).unwrap()
    }

    pub fn area(&self) -> &str {
        self.name.split('.').next().unwrap()
    }

    pub fn personal(&self) -> bool {
        self.calls != Calls::No || self.columns.iter().any(|c| c.2 >= Personal)
    }
}

const PERSON: &[Column] = &[
    ("id", Kind::Text, Internal),
    ("station_code", Kind::Text, Internal),
    ("person_key", Kind::Text, Internal),
    ("name", Kind::Text, Personal),
    ("father", Kind::Text, Sensitive),
    ("age", Kind::Int, Personal),
    ("level", Kind::Int, Internal),
    ("place", Kind::Text, Internal),
    ("secret", Kind::Text, Sealed),
    ("sealed", Kind::Bool, Internal),
];
const CALL: &[Column] = &[
    ("number", Kind::Text, Personal),
    ("started_at", Kind::Time, Internal),
    ("peer", Kind::Text, Personal),
    ("seconds", Kind::Int, Internal),
    ("remark", Kind::Text, Personal),
    // The hash of the key is as personal as the key; its values are not known here and it is never asked for by itself.
];
const SECTION: &[Column] =
    &[("code", Kind::Text, Open), ("title", Kind::Text, Open), ("amount", Kind::Int, Internal), ("place", Kind::Text, Open)];
const MENTION: &[Column] = &[
    ("role", Kind::Text, Internal),
    ("name", Kind::Text, Personal),
    ("relative_name", Kind::Text, Personal),
    ("age", Kind::Int, Personal),
    ("village", Kind::Text, Personal),
    ("person_key", Kind::Text, Personal),
    ("event_key", Kind::Text, Personal),
    ("sealed", Kind::Bool, Personal),
];
const OBJECT: &[Column] = &[
    ("kind", Kind::Text, Internal),
    ("key", Kind::Text, Personal),
    ("label", Kind::Text, Personal),
    ("_source", Kind::Text, Internal),
];

pub const STATIONS: [&str; 3] = ["27541001", "27541002", "27549009"];
pub const NAMES: [&str; 8] = ["Asha", "Bina", "Chand", "42", "Ashok", "7", "O'Neil", "देवी"];
pub const PLACES: [&str; 4] = ["Ajmer", "Bundi", "X", "Kota"];
pub const NUMBERS: [&str; 5] = ["7000000101", "7000000102", "7000000103", "7000000104", "7000000105"];
const SECRETS: [&str; 4] = ["secret-a", "secret-b", "17", "zz"];
/// Midnight in India of the first of January 2026, and a day.
pub const FIRST: i64 = 1_767_205_800_000_000;
pub const DAY: i64 = 86_400_000_000;

fn property(name: &str, kind: &str, class: &str, more: &str) -> String {
    let logical = match kind {
        "int32" => "integer",
        "timestamp" => "timestamp",
        other => other,
    };
    format!(
        "      - {{ name: {name}, logicalType: {logical}, physicalType: {kind}, classification: {class}, description: {name}{more} }}\n"
    )
}

fn contract(name: &str, order: &str, extra: &str, properties: &str, mapping: &str) -> Arc<Contract> {
    let table = name.replace('.', "_");
    let yaml = format!(
        "apiVersion: v3.0.2\nkind: DataContract\nid: urn:prove:{table}\nname: {name}\nversion: 1.0.0\nstatus: active\ndomain: test\n\
         description: {{ purpose: \"A table to try policy on\", usage: \"Tests\", limitations: \"None\" }}\ncustomProperties:\n\
         \x20 - {{ property: title, value: {{ en: Prove, hi: प्रमाण }} }}\n  - {{ property: formats, value: [{{ kind: csv }}] }}\n\
         \x20 - {{ property: order, value: {order} }}\n{extra}schema:\n  - name: {table}\n    logicalType: object\n    properties:\n{properties}"
    );
    Arc::new(Contract::parse(&yaml, mapping).unwrap_or_else(|e| panic!("{name}: {e}\n{yaml}")))
}

pub fn contracts() -> Vec<Arc<Contract>> {
    let key = |at: u8| format!(", required: true, primaryKey: true, primaryKeyPosition: {at}");
    let phone = ", customProperties: [{ property: clean, value: [phone] }]";
    let person: String = PERSON
        .iter()
        .map(|(name, kind, class)| {
            let kind = match kind {
                Kind::Int => "int32",
                Kind::Bool => "boolean",
                _ => "string",
            };
            property(name, kind, class.as_str(), &if *name == "id" { key(1) } else { String::new() })
        })
        .collect();
    let time = ", customProperties: [{ property: format, value: [\"%Y-%m-%d %H:%M:%S\"] }]";
    let call = [
        property("number", "string", "personal", &format!("{}{phone}", key(1))),
        property("started_at", "timestamp", "internal", &format!("{}{time}", key(2))),
        property("peer", "string", "personal", phone),
        property("seconds", "int32", "internal", ""),
        property("remark", "string", "personal", ""),
    ]
    .concat();
    let section = [
        property("code", "string", "open", &key(1)),
        property("title", "string", "open", ""),
        property("amount", "int32", "internal", ""),
        property("place", "string", "open", ""),
    ]
    .concat();
    let mention = "INSERT INTO pole.person_mention (_row, role, name, relative_name, age, village, person_key, event_key, sealed)
        SELECT _row, place, name, father, age, place, person_key, 'fir:' || station_code || '/' || id || '/2026', sealed FROM source;
        INSERT INTO pole.object (_row, kind, key, label) SELECT _row, 'thing', id, name FROM source;";
    let phones = "INSERT INTO pole.object (_row, kind, key, label) SELECT _row, 'phone', number, peer FROM source;";
    vec![
        contract("prove.person", "[[id]]", "", &person, mention),
        contract(
            "prove.call",
            "[[number, started_at], [peer, started_at]]",
            "  - { property: authorityRequired, value: true }\n",
            &call,
            phones,
        ),
        contract("prove.section", "[[code]]", "", &section, "-- nothing"),
    ]
}

/// Mostly a value, now and then none.
fn some(rng: &mut SmallRng, from: &[&str]) -> V {
    if rng.random_bool(0.12) { V::Null } else { V::Text((*from.choose(rng).unwrap()).into()) }
}

fn number(rng: &mut SmallRng, below: i32) -> V {
    if rng.random_bool(0.1) { V::Null } else { V::Int(rng.random_range(0..below)) }
}

fn persons(rng: &mut SmallRng, n: usize) -> Vec<Vec<V>> {
    (0..n)
        .map(|i| {
            let sealed = match rng.random_range(0..10) {
                0..3 => V::Bool(true),
                3..5 => V::Null,
                _ => V::Bool(false),
            };
            vec![
                V::Text(format!("P{i:03}")),
                some(rng, &STATIONS),
                V::Text(format!("test:{}", i % 17)),
                some(rng, &NAMES),
                some(rng, &NAMES),
                number(rng, 60),
                number(rng, 4),
                some(rng, &PLACES),
                some(rng, &SECRETS),
                sealed,
            ]
        })
        .collect()
}

fn calls(rng: &mut SmallRng, n: usize) -> Vec<Vec<V>> {
    (0..n)
        .map(|i| {
            let second = rng.random_range(0..6 * 86_400_i64);
            vec![
                V::Text((*NUMBERS.choose(rng).unwrap()).into()),
                // No two calls begin at one moment, so no two have one key.
                V::Time(FIRST + (second / 400 * 400 + i as i64 % 400) * 1_000_000),
                some(rng, &NUMBERS),
                number(rng, 5),
                some(rng, &NAMES),
            ]
        })
        .collect()
}

fn sections(rng: &mut SmallRng, n: usize) -> Vec<Vec<V>> {
    (0..n).map(|i| vec![V::Text(format!("S{i:02}")), some(rng, &NAMES), number(rng, 6), some(rng, &PLACES)]).collect()
}

/// A lake, and what is in it.
pub struct World {
    pub lake: Lake,
    pub tables: Vec<Table>,
    /// A moment when the first half of each table was there, and what was there then.
    pub moment: DateTime<Utc>,
    pub then: Vec<Table>,
    _dir: tempfile::TempDir,
}

impl World {
    pub async fn new(rng: &mut SmallRng) -> World {
        let dir = tempfile::tempdir().unwrap();
        let contracts = contracts();
        let options = Options { contracts: contracts.clone(), threads: 2, ..Options::at(&dir.path().join("home")) };
        let lake = Lake::open(options).await.unwrap();
        let n = rng.random_range(12..70);
        let (persons, calls, sections) = (persons(rng, n), calls(rng, 2 * n), sections(rng, 10));
        let all = || contracts.iter().zip([PERSON, CALL, SECTION]).zip([&persons, &calls, &sections]);
        let pause = || tokio::time::sleep(std::time::Duration::from_millis(20));
        let mut moment = lake.now();
        // Two files of each, so that rows lie in several data files and the tables have a past.
        for second in [false, true] {
            for ((contract, columns), rows) in all() {
                let (first, rest) = rows.split_at(rows.len() / 2);
                let path = dir.path().join(format!("{}-{second}.csv", contract.name));
                std::fs::write(&path, csv(columns, if second { rest } else { first })).unwrap();
                take_in(&lake, contract, &path).await;
            }
            if !second {
                pause().await;
                moment = lake.now();
                pause().await;
            }
        }
        let half = |rows: &[Vec<V>]| rows[..rows.len() / 2].to_vec();
        let then = tables(half(&persons), half(&calls), half(&sections));
        World { lake, tables: tables(persons, calls, sections), moment, then, _dir: dir }
    }
}

async fn take_in(lake: &Lake, contract: &Arc<Contract>, path: &Path) {
    let request = Request {
        contract: Some(contract.clone()),
        authority: Some("test/1".into()),
        received_by: "operator".into(),
        ..Request::default()
    };
    for report in lake.ingest_path(path, request, &Arc::new(Progress::default())).await.unwrap() {
        assert_eq!((report.rejected, report.duplicate), (0, 0), "{}: {report:?}", contract.name);
    }
}

fn csv(columns: &[Column], rows: &[Vec<V>]) -> String {
    let cell = |v: &V| match v {
        V::Null => String::new(),
        V::Text(text) => text.clone(),
        V::Int(n) => n.to_string(),
        V::Bool(b) => b.to_string(),
        V::Time(at) => {
            let india = chrono::DateTime::from_timestamp_micros(at + 19_800_000_000).unwrap();
            india.format("%Y-%m-%d %H:%M:%S").to_string()
        }
    };
    let head: Vec<&str> = columns.iter().map(|c| c.0).collect();
    let lines = rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(","));
    std::iter::once(head.join(",")).chain(lines).map(|line| line + "\n").collect()
}

/// The five tables, the derived ones made here by hand from the mapping's words.
fn tables(persons: Vec<Vec<V>>, calls: Vec<Vec<V>>, sections: Vec<Vec<V>>) -> Vec<Table> {
    let mentions = persons
        .iter()
        .map(|p| {
            let event = match (&p[1], &p[0]) {
                (V::Text(station), V::Text(id)) => V::Text(format!("fir:{station}/{id}/2026")),
                _ => V::Null,
            };
            vec![p[7].clone(), p[3].clone(), p[4].clone(), p[5].clone(), p[7].clone(), p[2].clone(), event, p[9].clone()]
        })
        .collect();
    let thing = |p: &Vec<V>| vec![V::Text("thing".into()), p[0].clone(), p[3].clone(), V::Text("prove.person".into())];
    let phone = |c: &Vec<V>| vec![V::Text("phone".into()), c[0].clone(), c[2].clone(), V::Text("prove.call".into())];
    let objects = persons.iter().map(thing).chain(calls.iter().map(phone)).collect();
    let plain = Table {
        name: "clean.prove_section",
        columns: SECTION,
        seal: None,
        blank_is_open: true,
        keys: &[],
        station: Station::Nowhere,
        calls: Calls::No,
        rows: sections,
    };
    vec![
        Table {
            name: "clean.prove_person",
            columns: PERSON,
            seal: Some("sealed"),
            keys: &["person_key"],
            station: Station::Code("station_code"),
            rows: persons,
            ..plain.clone()
        },
        Table {
            name: "clean.prove_call",
            columns: CALL,
            calls: Calls::All { number: "number", time: "started_at" },
            rows: calls,
            ..plain.clone()
        },
        Table {
            name: "pole.person_mention",
            columns: MENTION,
            seal: Some("sealed"),
            blank_is_open: false,
            keys: &["person_key", "event_key"],
            station: Station::Key("event_key"),
            rows: mentions,
            ..plain.clone()
        },
        Table { name: "pole.object", columns: OBJECT, calls: Calls::Some { number: "key" }, rows: objects, ..plain.clone() },
        plain,
    ]
}
