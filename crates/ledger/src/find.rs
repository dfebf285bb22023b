//! Looking for records.

use governance::audit::tile::{Tiles, View, WIDTH, entries};
use governance::audit::{AuditRecord, Entry};
use serde::{Deserialize, Serialize};

use crate::error::{LedgerError, Result};

/// What records must have in common; an absent field asks for nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// Id of the person.
    pub who: Option<String>,
    pub action: Option<String>,
    /// `area.name` of a table touched.
    pub table: Option<String>,
    /// Marks of a name or number that was asked for, any of them (see [`crate::Ledger::marks`]). Empty: of anybody.
    pub marks: Vec<String>,
    pub case: Option<String>,
    pub allowed: Option<bool>,
}

impl Filter {
    /// As it may stand in the log itself: by the mark of what was looked for, never as it was typed.
    pub fn noted(&self) -> Filter {
        Filter { marks: self.marks.iter().take(1).cloned().collect(), ..self.clone() }
    }

    pub fn fits(&self, record: &AuditRecord) -> bool {
        let same = |wanted: &Option<String>, found: Option<&str>| wanted.as_deref().is_none_or(|w| found == Some(w));
        let touches = |table: &String| record.what["tables"].get(table).is_some() || record.what["table"] == table.as_str();
        let looked = record.what["looked_at"]["id"].as_str();
        let asked = record.what["marks"].as_array().into_iter().flatten().filter_map(|m| m.as_str());
        let searched = record.what["text"].as_str();
        let marked = || asked.chain(looked).chain(searched).any(|m| self.marks.iter().any(|wanted| wanted == m));
        same(&self.who, Some(&record.who))
            && same(&self.action, Some(&record.action))
            && same(&self.case, record.case.as_deref())
            && self.allowed.is_none_or(|a| a == record.allowed)
            && self.table.as_ref().is_none_or(touches)
            && (self.marks.is_empty() || marked())
    }
}

/// What a search found.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Newest first.
    pub entries: Vec<Entry>,
    /// Where to look on: everything from here up was looked at. `None`: the beginning of the log was reached.
    pub before: Option<u64>,
    /// Records in the log.
    pub size: u64,
}

/// Bundles read for one answer: about a hundred thousand records, a fraction of a second.
const MOST_BUNDLES: u64 = 400;

pub(crate) fn find(tiles: &(impl Tiles + ?Sized), size: u64, filter: &Filter, before: u64, limit: usize) -> Result<Found> {
    let view = View::new(tiles, size);
    let mut out = Found { size, ..Found::default() };
    let last = before.div_ceil(WIDTH);
    for bundle in (0..last).rev() {
        if last - bundle > MOST_BUNDLES {
            out.before = Some((bundle + 1) * WIDTH);
            return Ok(out);
        }
        let bytes = view.bundle(bundle).map_err(LedgerError::Broken)?;
        let (found, _) = entries(&bytes);
        for (n, bytes) in found.iter().enumerate().rev() {
            let index = bundle * WIDTH + n as u64;
            if index >= before {
                continue;
            }
            let entry = read(index, bytes)?;
            if filter.fits(&entry.record) {
                if out.entries.len() == limit {
                    out.before = Some(index + 1);
                    return Ok(out);
                }
                out.entries.push(entry);
            }
        }
    }
    Ok(out)
}

pub(crate) fn read(index: u64, bytes: &[u8]) -> Result<Entry> {
    let record = serde_json::from_slice(bytes).map_err(|e| LedgerError::Broken(format!("record {index}: {e}")))?;
    Ok(Entry { index, record })
}
