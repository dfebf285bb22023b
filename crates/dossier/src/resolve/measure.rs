//! How good the linkage is where the truth is known.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use identity::link::evaluate;
use identity::link::table::Table;
use lake::linkage::Linkage;
use lake::{LakeError, Result};
use serde::{Deserialize, Serialize};

use super::frozen::{Engine, wrong};
use super::hash;
use super::records::Records;
use crate::mention::PERSON_KEY;

/// Measures over the records whose truth is known. Shares from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    pub records: usize,
    pub true_persons: usize,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    /// Clusters that are exactly one person.
    pub cluster_precision: f64,
    pub cluster_recall: f64,
    pub cluster_f1: f64,
    /// Per record (Bagga and Baldwin 1998).
    pub b3_precision: f64,
    pub b3_recall: f64,
    pub b3_f1: f64,
    /// Clusters with two persons and more; and those of them in which something on record excludes it. The second must be 0.
    pub mixed: usize,
    pub mixed_excluded: usize,
}

/// Measures against a file: `truth/mentions.csv` of a made-up state (with `persons.csv` beside it), or two columns, a source's person key and the
/// number of the true person.
pub fn measure(records: &Records, engine: &Engine, linkage: &Linkage, path: &Path) -> Result<Measured> {
    let truth = truth(path)?;
    let labels: Vec<Option<u32>> = records.ids.iter().map(|id| truth.get(id).copied()).collect();
    if labels.iter().all(Option::is_none) {
        return Err(LakeError::Invalid(format!(
            "{}: none of its persons is in the lake; does the file belong to it?",
            path.display()
        )));
    }
    let mut numbers: HashMap<u64, u32> = HashMap::new();
    let clusters: Vec<u32> = records
        .ids
        .iter()
        .map(|id| {
            let next = numbers.len() as u32;
            *numbers.entry(linkage.record(*id).map_or(0, |m| m.person)).or_insert(next)
        })
        .collect();
    let q = evaluate::quality(&engine.frame, &clusters, &labels, None);
    let mut rows: HashMap<u32, Vec<u32>> = HashMap::new();
    for (row, cluster) in clusters.iter().enumerate().filter(|(row, _)| labels[*row].is_some()) {
        rows.entry(*cluster).or_default().push(row as u32);
    }
    let mixed: Vec<&Vec<u32>> =
        rows.values().filter(|r| r.iter().map(|r| labels[*r as usize]).collect::<HashSet<_>>().len() > 1).collect();
    let excluded = |r: &Vec<u32>| {
        r.iter().enumerate().any(|(i, a)| r[..i].iter().any(|b| engine.comparisons.excluded(&engine.frame, *a, *b).is_some()))
    };
    Ok(Measured {
        records: labels.iter().flatten().count(),
        true_persons: labels.iter().flatten().collect::<HashSet<_>>().len(),
        precision: q.precision,
        recall: q.recall,
        f1: q.f1,
        cluster_precision: q.cluster_precision,
        cluster_recall: q.cluster_recall,
        cluster_f1: q.cluster_f1,
        b3_precision: q.b3_precision,
        b3_recall: q.b3_recall,
        b3_f1: q.b3_f1,
        mixed: mixed.len(),
        mixed_excluded: mixed.into_iter().filter(|r| excluded(r)).count(),
    })
}

/// The true person of each record.
fn truth(path: &Path) -> Result<HashMap<u64, u32>> {
    let table = Table::read_plain(path).map_err(wrong)?;
    let mut out = HashMap::new();
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut number = |text: &str| {
        let next = numbers.len() as u32;
        *numbers.entry(text.to_string()).or_insert(next)
    };
    let (Some(person), Some(id)) = (table.column("person"), table.column("source_id")) else {
        let [key, cluster, ..] = table.columns.as_slice() else {
            return Err(LakeError::Invalid(format!(
                "{}: two columns are needed, a person key and the true person",
                path.display()
            )));
        };
        out.extend((0..table.rows).map(|i| (hash(PERSON_KEY, key.get(i)), number(cluster.get(i)))));
        return Ok(out);
    };
    let system = |i: usize| table.column("contract").and_then(|c| c.get(i).split('.').next()).unwrap_or("cctns").to_string();
    let beside = path.with_file_name("persons.csv");
    if beside.exists() {
        let persons = Table::read_plain(&beside).map_err(wrong)?;
        if let (Some(person), Some(plate)) = (persons.column("person"), persons.column("plate")) {
            for i in (0..persons.rows).filter(|i| !plate.get(*i).is_empty()) {
                let truth = number(person.get(i));
                out.extend((1..4).map(|serial| (hash(PERSON_KEY, &format!("vahan:{}/{serial}", plate.get(i))), truth)));
            }
        }
    }
    // The key itself where the file has it, else what the source calls the record.
    let key = |i: usize| match table.column("person_key") {
        Some(key) => key.get(i).to_owned(),
        None => format!("{}:{}", system(i), id.get(i)),
    };
    out.extend((0..table.rows).map(|i| (hash(PERSON_KEY, &key(i)), number(person.get(i)))));
    Ok(out)
}
