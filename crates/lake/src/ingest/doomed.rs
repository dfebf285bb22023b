//! Sets of rows. A row's number in its file is dense, so a compressed bitmap holds ten million of them in a few megabytes
//! (Lemire et al., *Roaring bitmaps: implementation of an optimized software library*, 2018).

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use roaring::RoaringTreemap;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Numbers of rows of one file. Rows are counted from 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RowSet(RoaringTreemap);

impl RowSet {
    pub fn insert(&mut self, row: i64) {
        self.0.insert(row as u64);
    }

    pub fn contains(&self, row: i64) -> bool {
        self.0.contains(row as u64)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> u64 {
        self.0.len()
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = i64> {
        self.0.iter().map(|row| row as i64)
    }

    pub fn extend(&mut self, other: &RowSet) {
        self.0 |= &other.0;
    }
}

impl FromIterator<i64> for RowSet {
    fn from_iter<I: IntoIterator<Item = i64>>(rows: I) -> Self {
        RowSet(rows.into_iter().map(|r| r as u64).collect())
    }
}

/// Rows of the table that are to go, by the raw object they came from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Doomed(BTreeMap<String, RowSet>);

impl Doomed {
    pub fn insert(&mut self, object: &str, row: i64) {
        match self.0.get_mut(object) {
            Some(rows) => rows.insert(row),
            None => self.0.entry(object.to_string()).or_default().insert(row),
        }
    }

    pub fn contains(&self, object: &str, row: i64) -> bool {
        self.0.get(object).is_some_and(|rows| rows.contains(row))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Rows of one object.
    pub fn of(&self, object: &str) -> Option<&RowSet> {
        self.0.get(object)
    }

    pub fn objects(&self) -> impl Iterator<Item = &String> {
        self.0.keys()
    }
}

/// Object to the portable form of its bitmap (the Roaring format specification), in Base64.
impl Serialize for Doomed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = BTreeMap::new();
        for (object, rows) in &self.0 {
            let mut bytes = Vec::with_capacity(rows.0.serialized_size());
            rows.0.serialize_into(&mut bytes).map_err(serde::ser::Error::custom)?;
            map.insert(object, STANDARD.encode(bytes));
        }
        map.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Doomed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = BTreeMap::<String, String>::deserialize(deserializer)?;
        let rows = |text: String| {
            let bytes = STANDARD.decode(text).map_err(D::Error::custom)?;
            RoaringTreemap::deserialize_from(bytes.as_slice()).map(RowSet).map_err(D::Error::custom)
        };
        map.into_iter().map(|(object, text)| Ok((object, rows(text)?))).collect::<Result<_, _>>().map(Doomed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_of_doomed_rows_reads_back_and_stays_small() {
        let mut doomed = Doomed::default();
        // Every other row of ten million, and one far away in another file.
        (0..5_000_000).for_each(|r| doomed.insert("a", 2 * r + 1));
        doomed.insert("b", 1 << 40);
        let note = serde_json::to_string(&doomed).unwrap();
        assert!(note.len() < 2 << 20, "{}", note.len());
        let back: Doomed = serde_json::from_str(&note).unwrap();
        assert_eq!(back, doomed);
        assert!(back.contains("a", 3) && !back.contains("a", 4) && back.contains("b", 1 << 40) && !back.contains("c", 3));
        assert!(serde_json::from_str::<Doomed>(r#"{"a":"!!"}"#).is_err());
    }
}
