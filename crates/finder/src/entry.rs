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

impl Entry {
    /// As it is kept in the index: no names of fields, and nothing that is only indexed.
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut out = vec![Kind::ALL.iter().position(|k| *k == self.kind).unwrap_or_default() as u8];
        out.extend(self.row.to_le_bytes());
        let mut text = |t: &str| {
            out.extend((t.len() as u32).to_le_bytes());
            out.extend(t.as_bytes());
        };
        [&self.key, &self.object, &self.source].into_iter().for_each(|t| text(t));
        for list in [&self.names, &self.relatives, &self.places, &self.numbers] {
            text(&list.join("\u{1f}"));
        }
        out
    }

    /// What [`Entry::write`] wrote; none where it is something else.
    pub(crate) fn read(bytes: &[u8]) -> Option<Entry> {
        let (&kind, rest) = bytes.split_first()?;
        let (row, mut rest) = rest.split_first_chunk::<8>()?;
        let mut text = || -> Option<String> {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let (text, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = after;
            String::from_utf8(text.to_vec()).ok()
        };
        let (key, object, source) = (text()?, text()?, text()?);
        let mut list = || Some(text()?.split('\u{1f}').filter(|t| !t.is_empty()).map(String::from).collect::<Vec<_>>());
        let (names, relatives, places, numbers) = (list()?, list()?, list()?, list()?);
        let kind = *Kind::ALL.get(usize::from(kind))?;
        let row = i64::from_le_bytes(*row);
        let (body, tags) = (Vec::new(), Vec::new());
        Some(Entry { kind, key, names, relatives, places, numbers, body, tags, object, row, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let entry = Entry {
            kind: Kind::Document,
            key: "k".into(),
            names: vec!["रमेश".into(), "Ramesh".into()],
            relatives: Vec::new(),
            places: vec!["Kalwar".into()],
            numbers: vec!["7000000101".into()],
            body: Vec::new(),
            tags: Vec::new(),
            object: "00".into(),
            row: -7,
            source: "a.b".into(),
        };
        let bytes = entry.write();
        assert_eq!(Entry::read(&bytes), Some(entry));
        assert!((0..bytes.len()).all(|n| Entry::read(&bytes[..n]).is_none()));
        assert_eq!(tag("thana", " Bassi  West"), "thana:bassi_west");
    }
}
