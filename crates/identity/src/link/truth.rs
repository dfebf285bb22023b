//! Truth in the forms data sets come with.

use std::collections::HashMap;

use crate::link::error::LinkError;
use crate::link::frame::Frame;
use crate::link::resolve::union::Union;
use crate::link::table::Table;

/// Names a column of true clusters goes by; never used as evidence.
pub const CLUSTER_NAMES: &[&str] = &[
    "cluster",
    "cluster_id",
    "clusterid",
    "true_cluster",
    "cluster_true",
    "ground_truth",
    "truth",
    "true_id",
    "entity",
    "entity_id",
    "entityid",
    "true_entity_id",
    "person_truth",
    "label",
    "match_id",
    "group_truth",
    "truth_id",
    "true_person_id",
    "uncorrupted_record",
];

pub fn is_truth(name: &str) -> bool {
    CLUSTER_NAMES.contains(&name.to_lowercase().as_str())
}

/// FEBRL writes the truth into the id: `rec-<entity>-org`, `rec-<entity>-dup-<n>`.
pub fn febrl(id: &str) -> Option<&str> {
    let (entity, rest) = id.strip_prefix("rec-")?.split_once('-')?;
    (!entity.is_empty() && (rest == "org" || rest.starts_with("dup-"))).then_some(entity)
}

/// By row, the number of the true thing: from a file of pairs (two columns of ids; a third with a score or 0/1 is minded), or of ids and
/// clusters. Where two tables have the same ids, a pair is read as (first table, second table).
pub fn from_table(truth: &Table, frame: &Frame) -> Result<Vec<Option<u32>>, LinkError> {
    let names: Vec<String> = truth.columns.iter().map(|c| c.name.to_lowercase()).collect();
    let mut rows: [HashMap<&str, u32>; 2] = [HashMap::new(), HashMap::new()];
    for row in 0..frame.rows as u32 {
        rows[frame.source(row)].insert(frame.id(row), row);
    }
    let find = |side: usize, id: &str| rows[side].get(id).or_else(|| rows[1 - side].get(id)).copied();
    let position = |wanted: &[&str]| names.iter().position(|n| wanted.contains(&n.as_str()));
    if let Some(cluster) = names.iter().position(|n| is_truth(n)) {
        let id = position(&["id", "unique_id", "rec_id", "record_id", "row_id"])
            .or_else(|| (0..names.len()).find(|&i| i != cluster))
            .ok_or_else(|| LinkError::Data(format!("{}: there is no column of ids beside {}", truth.name, names[cluster])))?;
        let mut out = vec![None; frame.rows];
        for i in 0..truth.rows {
            let (id, code) = (truth.columns[id].get(i), truth.columns[cluster].codes[i]);
            // An id may stand in both tables; both rows are of that cluster.
            for side in &rows {
                if let Some(&row) = side.get(id) {
                    out[row as usize] = (code != 0).then_some(code);
                }
            }
        }
        return known(out, truth, frame);
    }
    let ids = |sides: [&str; 2]| names.iter().position(|n| sides.iter().any(|s| n.ends_with(s)));
    let left = ids(["_l", "left"]).or(position(&["left_id", "id_left", "id1", "id_1", "a"])).unwrap_or(0);
    let right = ids(["_r", "right"]).or(position(&["right_id", "id_right", "id2", "id_2", "b"])).unwrap_or(1);
    if left == right || right >= names.len() {
        return Err(LinkError::Data(format!(
            "{}: the truth must have two columns of ids, or a column of ids and one called cluster; it has {}",
            truth.name,
            names.join(", ")
        )));
    }
    let score = names.iter().position(|n| n.contains("score") || matches!(n.as_str(), "match" | "is_match" | "label"));
    let mut sets = Union::new(frame.rows);
    let mut met = 0usize;
    for i in 0..truth.rows {
        let score = score.map_or(1.0, |s| match truth.columns[s].get(i).to_lowercase().as_str() {
            "true" | "yes" => 1.0,
            other => other.parse().unwrap_or(0.0),
        });
        if let (Some(a), Some(b)) = (find(0, truth.columns[left].get(i)), find(1, truth.columns[right].get(i))) {
            met += 1;
            if score >= 0.5 {
                sets.join(a, b);
            }
        }
    }
    if met == 0 && truth.rows > 0 {
        return known(vec![None; frame.rows], truth, frame);
    }
    Ok((0..frame.rows).map(|i| Some(sets.root(i as u32))).collect())
}

fn known(labels: Vec<Option<u32>>, truth: &Table, frame: &Frame) -> Result<Vec<Option<u32>>, LinkError> {
    if labels.iter().all(Option::is_none) && frame.rows > 0 {
        return Err(LinkError::Data(format!(
            "{}: none of its ids is in the tables; check that the truth belongs to them",
            truth.name
        )));
    }
    Ok(labels)
}

/// From the tables themselves: a column of clusters, or FEBRL's ids.
pub fn inside(tables: &[&Table], frame: &Frame) -> Option<Vec<Option<u32>>> {
    let column = |t: &Table| t.columns.iter().position(|c| is_truth(&c.name) && c.name.to_lowercase() != "uncorrupted_record");
    let mut labels: HashMap<String, u32> = HashMap::new();
    let mut number = |label: &str| {
        let next = labels.len() as u32;
        *labels.entry(label.to_string()).or_insert(next)
    };
    let mut out = Vec::with_capacity(frame.rows);
    if tables.iter().all(|t| column(t).is_some()) {
        for table in tables {
            let c = &table.columns[column(table)?];
            out.extend((0..table.rows).map(|i| (c.codes[i] != 0).then(|| number(c.get(i)))));
        }
        return Some(out);
    }
    for row in 0..frame.rows as u32 {
        out.push(Some(number(febrl(frame.id(row))?)));
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn febrl_ids_hold_their_truth() {
        assert_eq!((febrl("rec-223-org"), febrl("rec-223-dup-14")), (Some("223"), Some("223")));
        assert_eq!((febrl("rec-223"), febrl("rec--org"), febrl("223")), (None, None, None));
    }
}
