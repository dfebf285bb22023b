//! Which columns are ids, which are evidence, and which column of one table is which of the other.

use std::collections::HashSet;

use crate::link::model::Model;
use crate::link::table::{Column, Table};
use crate::link::truth::is_truth;

/// Names of columns that say where a row came from, not whom it is about.
const ORIGIN: &[&str] =
    &["source", "source_dataset", "dataset", "data_source", "source_table", "row", "row_number", "index", "unnamed: 0"];

/// The column of ids: one in every table, a different value in each row.
pub fn id(tables: &[&Table]) -> Option<String> {
    let unique = |c: &Column, t: &Table| c.counts[0] == 0 && c.distinct() == t.rows;
    let everywhere = |name: &str| tables.iter().all(|t| t.column(name).is_some_and(|c| unique(c, t)));
    let names = tables.first()?.names();
    let called = |n: &&String| {
        let n = n.to_lowercase();
        matches!(n.as_str(), "id" | "unique_id" | "rec_id" | "record_id" | "recid" | "row_id" | "uid" | "uuid" | "key")
    };
    let like = |n: &&String| n.to_lowercase().ends_with("id") || n.to_lowercase().starts_with("id");
    let found = names.iter().filter(called).find(|n| everywhere(n));
    let found = found.or_else(|| names.iter().take(1).find(|n| like(n) && everywhere(n)));
    found.or_else(|| names.iter().filter(|n| like(n) && !is_truth(n)).find(|n| everywhere(n) && !telling(n))).cloned()
}

/// Names that end in "id" and identify the person, not the row.
fn telling(name: &str) -> bool {
    let name = name.to_lowercase();
    ["soc", "ssn", "tax", "national", "voter", "passport", "email", "aadhaar", "pan_", "licen"].iter().any(|w| name.contains(w))
}

fn plain(name: &str) -> String {
    name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Columns that may be evidence, each with its counterpart in the second table.
pub fn matched<'t>(model: &Model, tables: &[&'t Table], notes: &mut Vec<String>) -> Vec<(&'t Column, Option<&'t Column>)> {
    let ids = [model.id.as_deref(), model.id_right.as_deref()];
    let usable = |c: &&Column| {
        let name = c.name.to_lowercase();
        !ids.contains(&Some(c.name.as_str()))
            && !model.ignore.contains(&c.name)
            && !is_truth(&name)
            && !ORIGIN.contains(&name.as_str())
            && !name.is_empty()
    };
    let left: Vec<&Column> = tables[0].columns.iter().filter(usable).collect();
    let out: Vec<(&Column, Option<&Column>)> = match tables.get(1) {
        None => left.into_iter().map(|c| (c, None)).collect(),
        Some(table) => {
            let right: Vec<&Column> = table.columns.iter().filter(usable).collect();
            pair(&left, &right).into_iter().map(|(a, b)| (a, Some(b))).collect()
        }
    };
    let (full, empty): (Vec<_>, Vec<_>) = out.into_iter().partition(|(a, b)| {
        let distinct = a.distinct() + b.map_or(0, Column::distinct);
        let different = b.is_some_and(|b| a.distinct() == 1 && b.distinct() == 1 && a.values.get(1) != b.values.get(1));
        a.distinct() > 0 && b.is_none_or(|b| b.distinct() > 0) && distinct > 1 + usize::from(b.is_some()) || different
    });
    if !empty.is_empty() {
        let names: Vec<&str> = empty.iter().map(|(a, _)| a.name.as_str()).collect();
        notes.push(format!("left out, for they are empty or constant: {}", names.join(", ")));
    }
    full
}

/// By name; what is left, by values in common.
fn pair<'t>(left: &[&'t Column], right: &[&'t Column]) -> Vec<(&'t Column, &'t Column)> {
    let mut open: Vec<&Column> = right.to_vec();
    let mut by_left: Vec<Option<&Column>> = vec![None; left.len()];
    for (i, a) in left.iter().enumerate() {
        if let Some(j) = open.iter().position(|b| plain(&b.name) == plain(&a.name)) {
            by_left[i] = Some(open.swap_remove(j));
        }
    }
    let mut likely: Vec<(f64, usize, &Column)> = Vec::new();
    for (i, a) in left.iter().enumerate().filter(|(i, _)| by_left[*i].is_none()) {
        let values: HashSet<&str> = a.values.iter().skip(1).take(20_000).collect();
        for b in &open {
            let common = b.values.iter().skip(1).take(20_000).filter(|v| values.contains(v)).count() as f64;
            let share = common / (values.len().min(b.distinct().min(20_000)).max(1) as f64);
            if share >= 0.05 {
                likely.push((share, i, b));
            }
        }
    }
    likely.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)));
    let mut used: Vec<&str> = Vec::new();
    for (_, i, b) in likely {
        if by_left[i].is_none() && !used.contains(&b.name.as_str()) {
            by_left[i] = Some(b);
            used.push(&b.name);
        }
    }
    left.iter().zip(by_left).filter_map(|(a, b)| b.map(|b| (*a, b))).collect()
}
