//! The chain that access logs were before the Merkle log: each line carries the hash of the one before. Nothing writes it any
//! more; it is read once, when the log of an older lake is sealed into the new one.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::AuditRecord;

/// A record in its place in the chain; one line of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    pub index: u64,
    /// SHA-256 of the line before, hex; 64 zeros for the first.
    pub previous: String,
    #[serde(flatten)]
    pub record: AuditRecord,
}

/// The head of the chain before its first line.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// SHA-256 of a line, hex.
pub fn hash(line: &str) -> String {
    Sha256::digest(line.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Where a chain breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct Broken {
    /// 1-based.
    pub line: u64,
    pub why: String,
}

/// Checks a whole log; gives the number of lines and the hash of the last.
pub fn verify<'a>(lines: impl Iterator<Item = &'a str>) -> Result<(u64, String), Broken> {
    let (mut n, mut head) = (0, GENESIS.to_string());
    for text in lines {
        let broken = |why: String| Broken { line: n + 1, why };
        let entry: Line = serde_json::from_str(text).map_err(|e| broken(format!("it is no record: {e}")))?;
        if entry.index != n {
            return Err(broken(format!("it says it is record {}, it stands at {n}", entry.index)));
        }
        if entry.previous != head {
            return Err(broken("the line before it was changed".into()));
        }
        head = hash(text);
        n += 1;
    }
    Ok((n, head))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(index: u64, previous: &str, record: &AuditRecord) -> Result<String, String> {
        let entry = Line { index, previous: previous.into(), record: record.clone() };
        serde_json::to_string(&entry).map_err(|e| e.to_string())
    }

    fn chain() -> Vec<String> {
        let mut head = GENESIS.to_string();
        (0..5)
            .map(|i| {
                let record = AuditRecord {
                    at: "2026-11-23T00:00:00Z".into(),
                    who: "operator".into(),
                    action: "query".into(),
                    allowed: true,
                    purpose: None,
                    case: None,
                    authority: None,
                    what: serde_json::json!({ "n": i }),
                };
                let text = line(i, &head, &record).unwrap();
                head = hash(&text);
                text
            })
            .collect()
    }

    #[test]
    fn an_untouched_chain_verifies() {
        let lines = chain();
        assert_eq!(verify(lines.iter().map(String::as_str)).map(|(n, _)| n), Ok(5));
    }

    #[test]
    fn every_change_is_found() {
        for i in 0..4 {
            let mut changed = chain();
            changed[i] = changed[i].replace("operator", "somebody");
            assert_eq!(verify(changed.iter().map(String::as_str)).unwrap_err().line, i as u64 + 2);
            let mut dropped = chain();
            dropped.remove(i);
            assert_eq!(verify(dropped.iter().map(String::as_str)).unwrap_err().line, i as u64 + 1);
        }
    }
}
