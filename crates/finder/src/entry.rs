//! What is indexed of one row.

use serde::{Deserialize, Serialize};

/// What a row speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Person,
    Phone,
    Vehicle,
    Handset,
    Case,
    Place,
    /// Whatever happened that is no case.
    Event,
    /// A part of a document: a page, a message, an attachment.
    Document,
}

impl Kind {
    pub const ALL: [Kind; 8] =
        [Kind::Person, Kind::Phone, Kind::Vehicle, Kind::Handset, Kind::Case, Kind::Place, Kind::Event, Kind::Document];

    /// The word in the index.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Person => "person",
            Kind::Phone => "phone",
            Kind::Vehicle => "vehicle",
            Kind::Handset => "handset",
            Kind::Case => "case",
            Kind::Place => "place",
            Kind::Event => "event",
            Kind::Document => "document",
        }
    }
}

/// One row of the lake as the index knows it. The caller leaves out whatever is sealed: there is no second line of defence here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub kind: Kind,
    /// The key of what it speaks of: a person key, a number, a registration mark.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Names, in any script, the first to be shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Father, mother, spouse.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relatives: Vec<String>,
    /// Village, thana, district, address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Numbers it can be found by, whole or in part.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<String>,
    /// Running text: its words are indexed, the text is not kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<String>,
    /// What filters ask for, made by [`tag`]; not kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// SHA-256 of the received file, and the row in it.
    pub object: String,
    pub row: i64,
    /// Contract name.
    pub source: String,
}

/// What a filter asks for, as one term: `tag("thana", "Bassi West")`.
pub fn tag(of: &str, value: &str) -> String {
    let value: Vec<String> = value.split_whitespace().map(str::to_lowercase).collect();
    format!("{of}:{}", value.join("_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_one_term() {
        assert_eq!(tag("thana", " Bassi  West"), "thana:bassi_west");
    }
}
