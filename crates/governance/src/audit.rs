//! The access log: an append-only Merkle tree (RFC 6962) kept in tiles, with signed heads, as C2SP `tlog-tiles` lays it out.
//!
//! Anybody who kept one signed head ([`note::Checkpoint`]) and the public key can later check, on another machine and without
//! this program's help, that a record stood in the log ([`proof`]), and that a newer log still holds everything the older one
//! held ([`verify`]). Nothing here touches a disk: where tiles lie is behind [`Tiles`].

pub mod chain;
pub mod cosign;
pub mod merkle;
pub mod note;
pub mod proof;
pub mod tile;
pub mod verify;

use serde::{Deserialize, Serialize};

pub use tile::Tiles;

/// One thing that was done. Never holds a value from a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// RFC 3339, UTC.
    pub at: String,
    /// Id of the principal.
    pub who: String,
    /// `query`, `ingest`, `export`, `purge`, …
    pub action: String,
    pub allowed: bool,
    pub purpose: Option<String>,
    pub case: Option<String>,
    pub authority: Option<String>,
    /// Tables and columns touched, object hashes, row counts.
    pub what: serde_json::Value,
}

/// A record in its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Counts from 0.
    pub index: u64,
    #[serde(flatten)]
    pub record: AuditRecord,
}

/// Where records are kept. Gives the record's place once it cannot be lost any more; an error means that it was not kept, and
/// nothing may be answered.
pub trait AuditSink: Send + Sync {
    fn append(&self, record: &AuditRecord) -> Result<u64, String>;
}

/// Members a list in a record may have before it is told by its count and hash alone.
const MOST_MEMBERS: usize = 200;

impl AuditRecord {
    /// The bytes of the log entry, at most 65,535 (the format counts them in 16 bits).
    pub fn bytes(&self) -> Result<Vec<u8>, String> {
        let mut kept = self.clone();
        shorten(&mut kept.what);
        let bytes = serde_json::to_vec(&kept).map_err(|e| e.to_string())?;
        if bytes.len() > usize::from(u16::MAX) {
            return Err(format!("the record has {} bytes, at most {} fit; do it in smaller parts", bytes.len(), u16::MAX));
        }
        Ok(bytes)
    }
}

/// A long list stays provable without being repeated: its count, the hash of its JSON, and its first members.
fn shorten(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Array(list) if list.len() > MOST_MEMBERS => {
            let whole = serde_json::to_string(list).unwrap_or_default();
            *value = serde_json::json!({ "count": list.len(), "sha256": chain::hash(&whole), "first": list[..10] });
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(shorten),
        serde_json::Value::Object(map) => map.values_mut().for_each(shorten),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_always_fits_or_says_why() {
        let with = |what| AuditRecord {
            at: "2026-11-23T00:00:00Z".into(),
            who: "operator".into(),
            action: "purge".into(),
            allowed: true,
            purpose: None,
            case: None,
            authority: None,
            what,
        };
        let many: Vec<String> = (0..5000).map(|n| format!("{n:064}")).collect();
        let kept: AuditRecord = serde_json::from_slice(&with(serde_json::json!({ "objects": many })).bytes().unwrap()).unwrap();
        assert_eq!(kept.what["objects"]["count"], 5000);
        assert_eq!(kept.what["objects"]["sha256"], chain::hash(&serde_json::to_string(&many).unwrap()));
        let long = with(serde_json::json!({ "text": "x".repeat(70_000) })).bytes().unwrap_err();
        assert!(long.contains("65535"), "{long}");
    }
}
