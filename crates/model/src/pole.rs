//! The tables every source is mapped to: person mention, object, location, event, link.
//!
//! Every column is nullable text unless its [`Kind`] says otherwise. Keys are canonical texts: phone 10 digits, vehicle
//! normalised plate, imei 14 digits, `fir:<station>/<no>/<year>`, `<system>:<id>` for a source's own person id,
//! `station:…`, `cell:…`, `camera:…` for places.

/// What a POLE column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Text,
    Int32,
    Float64,
    Date,
    /// Microseconds, UTC.
    Timestamp,
    Boolean,
}

/// One POLE table: its name and its columns in stored order (without system columns).
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
}

impl Table {
    pub fn column(&self, name: &str) -> Option<Kind> {
        self.columns.iter().find(|(n, _)| *n == name).map(|(_, k)| *k)
    }
}

use Kind::*;

/// The five tables.
pub const TABLES: [Table; 5] = [
    Table {
        name: "person_mention",
        columns: &[
            ("role", Text),
            ("name", Text),
            ("name_local", Text),
            ("alias", Text),
            ("relation", Text),
            ("relative_name", Text),
            ("relative_name_local", Text),
            ("sex", Text),
            ("birth_date", Date),
            ("birth_year", Int32),
            ("age", Int32),
            ("age_on", Date),
            ("address", Text),
            ("village", Text),
            ("thana", Text),
            ("district", Text),
            ("pincode", Text),
            ("nationality", Text),
            ("occupation", Text),
            ("phone", Text),
            ("id_type", Text),
            ("id_value", Text),
            ("person_key", Text),
            ("event_key", Text),
            ("standing", Text),
            ("sealed", Boolean),
            ("event_time", Timestamp),
            ("known_time", Timestamp),
        ],
    },
    Table {
        name: "object",
        columns: &[
            ("kind", Text),
            ("key", Text),
            ("label", Text),
            ("owner_name", Text),
            ("attributes", Text),
            ("event_time", Timestamp),
            ("known_time", Timestamp),
        ],
    },
    Table {
        name: "location",
        columns: &[
            ("kind", Text),
            ("key", Text),
            ("label", Text),
            ("address", Text),
            ("village", Text),
            ("thana", Text),
            ("district", Text),
            ("state", Text),
            ("pincode", Text),
            ("lat", Float64),
            ("lon", Float64),
            ("event_time", Timestamp),
            ("known_time", Timestamp),
        ],
    },
    Table {
        name: "event",
        columns: &[
            ("kind", Text),
            ("key", Text),
            ("title", Text),
            ("started_at", Timestamp),
            ("ended_at", Timestamp),
            ("station", Text),
            ("district", Text),
            ("location_key", Text),
            ("case_key", Text),
            ("status", Text),
            ("attributes", Text),
            ("event_time", Timestamp),
            ("known_time", Timestamp),
        ],
    },
    Table {
        name: "link",
        columns: &[
            ("from_kind", Text),
            ("from_key", Text),
            ("relation", Text),
            ("to_kind", Text),
            ("to_key", Text),
            ("role", Text),
            ("started_at", Timestamp),
            ("ended_at", Timestamp),
            ("attributes", Text),
            ("known_time", Timestamp),
        ],
    },
];

/// The table of that name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|t| t.name == name)
}
