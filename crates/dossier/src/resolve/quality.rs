//! How the linkage stands: sizes, what looks wrong, what waits.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use lake::linkage::Linkage;
use lake::{LakeError, Result, Session};
use serde::{Deserialize, Serialize};

use super::hex;
use super::records::{COLUMNS, Records};
use super::run::Report;

/// Clusters listed at most.
const MOST: usize = 200;
/// Records from which a person is large.
const LARGE: usize = 40;

/// A person somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    pub person: String,
    /// Records, sources, years of birth, sexes and telephones; nothing sealed is counted.
    pub records: usize,
    pub years: usize,
    pub sexes: usize,
    pub phones: usize,
    /// `many_years`, `two_sexes`, `large`.
    pub why: Vec<String>,
}

/// The standing of the linkage.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Quality {
    /// RFC 3339; none before the first run.
    pub at: Option<String>,
    /// Rows were erased or came since.
    pub stale: bool,
    /// Persons by number of records: 1, 2, 3, 4, 5–9, 10–19, 20 and more (under 5, 10 and 20).
    pub sizes: Vec<(usize, usize)>,
    pub suspects: Vec<Suspect>,
    pub suspects_more: usize,
    pub report: Report,
}

/// What is kept with a state. Sealed records are left out.
pub fn summary(records: &Records, linkage: &Linkage, report: &Report) -> Quality {
    let column = |name: &str| COLUMNS.iter().position(|c| *c == name).unwrap_or_default();
    let (born, sex, phone) = (column("born"), column("sex"), column("phone"));
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    let mut suspects = Vec::new();
    let index: HashMap<u64, usize> = records.ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    for person in linkage.members.chunk_by(|a, b| a.person == b.person) {
        let rows: BTreeSet<usize> = person.iter().filter(|m| !m.sealed).filter_map(|m| index.get(&m.record).copied()).collect();
        let rows: Vec<usize> = rows.into_iter().filter(|r| !records.sealed[*r]).collect();
        if rows.is_empty() {
            continue;
        }
        let step = match rows.len() {
            n @ 1..5 => n,
            5..10 => 5,
            10..20 => 10,
            _ => 20,
        };
        *sizes.entry(step).or_default() += 1;
        let values = |c: usize| rows.iter().filter_map(|r| records.values[*r][c].as_deref()).collect::<BTreeSet<&str>>();
        let (years, sexes, phones) = (values(born), values(sex).len(), values(phone).len());
        let span = years.iter().filter_map(|y| y.parse::<i64>().ok());
        let spread = span.clone().max().unwrap_or_default() - span.min().unwrap_or_default();
        let why: Vec<String> = [(spread > 10, "many_years"), (sexes > 1, "two_sexes"), (rows.len() >= LARGE, "large")]
            .into_iter()
            .filter(|(is, _)| *is)
            .map(|(_, word)| word.to_string())
            .collect();
        if !why.is_empty() {
            suspects.push(Suspect { person: hex(person[0].person), records: rows.len(), years: years.len(), sexes, phones, why });
        }
    }
    suspects.sort_by(|a, b| (b.why.len(), b.records, &a.person).cmp(&(a.why.len(), a.records, &b.person)));
    let suspects_more = suspects.len().saturating_sub(MOST);
    suspects.truncate(MOST);
    let sizes = sizes.into_iter().collect();
    Quality { at: None, stale: false, sizes, suspects, suspects_more, report: report.clone() }
}

/// The standing as of the last run; empty before the first.
pub async fn quality(session: &Session) -> Result<Quality> {
    let Some(linkage) = session.linkage().await? else { return Ok(Quality::default()) };
    let kept = serde_json::from_value::<Quality>(linkage.header.report.clone());
    let kept = kept.map_err(|e| LakeError::Invalid(format!("the kept report of the linkage: {e}. Run `sarovar resolve`")))?;
    Ok(Quality { at: Some(linkage.header.at.clone()), stale: linkage.header.stale, ..kept })
}
