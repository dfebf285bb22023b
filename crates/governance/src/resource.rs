//! A table, as far as policy cares.

use model::Classification;

use crate::work::Authority;

/// A table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Resource {
    /// `area.name`
    pub table: String,
    pub columns: Vec<ResourceColumn>,
    /// Whether its contract lets rows be read only under an authority.
    pub authority_required: bool,
    /// How an authority finds its rows, where the table has such rows.
    pub calls: Option<Calls>,
    /// Boolean column that marks rows whose person is sealed, where the table has one.
    pub seal: Option<String>,
    /// Whether a row whose seal is empty is an open one: so in a source's own table, where only what is sealed is marked.
    pub blank_is_open: bool,
    /// Columns that hold what a court's order names: a person's key, a case's key.
    pub keys: Vec<String>,
    /// What says of which station a row is.
    pub station: Option<Station>,
    /// Columns that are masked but where this SQL holds: the value of a refused field that is nobody's.
    pub telling: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceColumn {
    pub name: String,
    pub classification: Classification,
}

/// The rows of a table that are call, internet or subscriber records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Calls {
    /// Sources whose rows need an authority, in a table that holds others' too; empty: all rows do.
    pub sources: Vec<String>,
    /// Columns that hold phone numbers.
    pub phones: Vec<String>,
    /// Columns that hold handset numbers.
    pub handsets: Vec<String>,
    /// Columns that hold cells.
    pub cells: Vec<String>,
    /// Instant of the record, where it has one.
    pub time: Option<String>,
}

/// Where a row says of which station it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Station {
    /// A column that holds the station's code.
    Code(String),
    /// A column that holds a key with the code in it: `fir:27541001/0123/2024`, `station:27541001`.
    Key(String),
}

impl Resource {
    pub fn area(&self) -> &str {
        self.table.split('.').next().unwrap_or_default()
    }

    /// Whether it holds personal data.
    pub fn personal(&self) -> bool {
        self.columns.iter().any(|c| c.classification >= Classification::Personal)
            || self.calls.is_some()
            || matches!(self.area(), "quarantine" | "identity")
    }
}

impl Calls {
    /// SQL that holds for the rows these authorities name, `false` for none.
    pub(crate) fn named<'a>(&self, authorities: impl Iterator<Item = &'a Authority>) -> String {
        let parts: Vec<String> = authorities.filter_map(|authority| self.one(authority)).collect();
        if parts.is_empty() { "false".into() } else { parts.join(" OR ") }
    }

    fn one(&self, authority: &Authority) -> Option<String> {
        let of =
            |kind: What| authority.numbers.iter().filter(move |n| What::of(n) == kind).map(String::as_str).collect::<Vec<_>>();
        let mut found = Vec::new();
        for (columns, items) in
            [(&self.phones, of(What::Phone)), (&self.handsets, of(What::Handset)), (&self.cells, of(What::Cell))]
        {
            found.extend(columns.iter().filter_map(|column| among(column, &items)));
        }
        if found.is_empty() {
            return None;
        }
        let when = self.time.as_ref().map(|column| {
            let (column, from, to) = (quoted(column), instant(authority.from), instant(authority.to));
            format!(" AND {column} >= {from} AND {column} < {to}")
        });
        Some(format!("(({}){})", found.join(" OR "), when.unwrap_or_default()))
    }

    /// SQL that holds for rows that need no authority at all, where there are such.
    pub(crate) fn others(&self) -> Option<String> {
        let sources: Vec<&str> = self.sources.iter().map(String::as_str).collect();
        let among = among("_source", &sources)?;
        Some(format!("(\"_source\" IS NULL OR NOT {among})"))
    }
}

impl Station {
    /// SQL that holds for rows of these units.
    pub(crate) fn within(&self, units: &[String]) -> String {
        let units: Vec<String> = units.iter().map(|unit| literal(unit)).collect();
        if units.is_empty() {
            return "false".into();
        }
        match self {
            Station::Code(column) => format!("{} IN ({})", quoted(column), units.join(", ")),
            Station::Key(column) => {
                format!("split_part(split_part({}, ':', 2), '/', 1) IN ({})", quoted(column), units.join(", "))
            }
        }
    }
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum What {
    Phone,
    Handset,
    Cell,
}

impl What {
    fn of(number: &str) -> What {
        let digits = number.bytes().all(|b| b.is_ascii_digit());
        match number.len() {
            // Handsets compare on 14 digits.
            14 if digits => What::Handset,
            _ if digits => What::Phone,
            _ => What::Cell,
        }
    }
}

/// `column IN (…)`; none for no items.
pub(crate) fn among(column: &str, items: &[&str]) -> Option<String> {
    let items: Vec<String> = items.iter().map(|item| literal(item)).collect();
    (!items.is_empty()).then(|| format!("{} IN ({})", quoted(column), items.join(", ")))
}

pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn instant(at: chrono::DateTime<chrono::Utc>) -> String {
    format!("arrow_cast({}, 'Timestamp(Microsecond, Some(\"UTC\"))')", at.timestamp_micros())
}
