//! What a run reads of the lake.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures::StreamExt;
use lake::linkage::Member;
use lake::{Access, Lake, LakeError, Result};

use super::records::{Gather, READ, Records};
use crate::mention::PERSON_KEY;
use crate::rows::Rows;
use crate::sql;

const MENTIONS: &str = "person_mention";
const LINKS: &str = "link";
/// Which vehicle is whose.
const OWNED: &str = "from_kind = 'person' AND to_kind = 'vehicle'";
/// Received files asked for in one query.
const OBJECTS: usize = 64;
/// Rows of one file that are named one by one; of more, the file is read and sifted.
const NAMED: usize = 500;

/// The data files linkage depends on.
#[derive(Debug, Default)]
pub struct Files {
    /// Of the table of mentions.
    pub version: u64,
    pub names: BTreeMap<String, Vec<String>>,
}

/// The data files as they are now.
pub async fn files(lake: &Lake) -> Result<Files> {
    let mut out = Files::default();
    for table in [MENTIONS, LINKS] {
        let Some(files) = lake.pole_files(table).await? else { continue };
        if table == MENTIONS {
            out.version = files.version;
        }
        let mut names = files.names;
        names.sort_unstable();
        out.names.insert(table.into(), names);
    }
    Ok(out)
}

/// What is in `now` and not in `before`, by table; none where something of `before` has gone.
pub fn added(before: &BTreeMap<String, Vec<String>>, now: &BTreeMap<String, Vec<String>>) -> Option<[Vec<String>; 2]> {
    let none = Vec::new();
    let mut out = [Vec::new(), Vec::new()];
    for (table, new) in [MENTIONS, LINKS].into_iter().zip(&mut out) {
        let (old, here) = (before.get(table).unwrap_or(&none), now.get(table).unwrap_or(&none));
        if old.iter().any(|f| here.binary_search(f).is_err()) {
            return None;
        }
        *new = here.iter().filter(|f| old.binary_search(f).is_err()).cloned().collect();
    }
    Some(out)
}

async fn vehicles(lake: &Lake, access: &Access, only: Option<&[String]>, condition: &str) -> Result<HashMap<String, String>> {
    let mut out = HashMap::new();
    let columns = "from_key, to_key, _source, _object, _row";
    if let Some((_, mut rows)) = lake.unmasked(access, LINKS, only, columns, condition).await? {
        while let Some(batch) = rows.next().await {
            for row in Rows::new(vec![batch.map_err(LakeError::from)?])?.iter() {
                if let (Some(person), Some(plate)) = (row.text("from_key"), row.text("to_key")) {
                    out.entry(person).or_insert(plate);
                }
            }
        }
    }
    Ok(out)
}

/// All mentions as records.
pub async fn all(lake: &Lake, access: &Access) -> Result<Records> {
    let vehicles = vehicles(lake, access, None, OWNED).await?;
    let mut gather = Gather::default();
    if let Some((_, mut rows)) = lake.unmasked(access, MENTIONS, None, READ, "true").await? {
        while let Some(batch) = rows.next().await {
            gather.push(batch.map_err(LakeError::from)?, &vehicles, |_| true)?;
        }
    }
    Ok(gather.finish())
}

/// The mentions of new data files, by their places alone.
pub async fn places(lake: &Lake, access: &Access, files: &[String]) -> Result<Vec<Member>> {
    let mut gather = Gather::default();
    if !files.is_empty()
        && let Some((_, mut rows)) = lake.unmasked(access, MENTIONS, Some(files), READ, "true").await?
    {
        while let Some(batch) = rows.next().await {
            gather.push(batch.map_err(LakeError::from)?, &HashMap::new(), |_| false)?;
        }
    }
    Ok(gather.finish().members)
}

/// Records of the persons that new links speak of.
pub async fn linked(lake: &Lake, access: &Access, files: &[String]) -> Result<Vec<u64>> {
    if files.is_empty() {
        return Ok(Vec::new());
    }
    let vehicles = vehicles(lake, access, Some(files), OWNED).await?;
    Ok(vehicles.keys().map(|key| super::hash(PERSON_KEY, key)).collect())
}

/// What some records state. `members` has all their mentions.
pub async fn stated(lake: &Lake, access: &Access, members: &[&Member]) -> Result<Records> {
    let wanted: HashSet<u64> = members.iter().map(|m| m.record).collect();
    let mut places: BTreeMap<(&str, &str), BTreeSet<i64>> = BTreeMap::new();
    for m in members {
        places.entry((&*m.source, &*m.object)).or_default().insert(m.row);
    }
    let places: Vec<((&str, &str), BTreeSet<i64>)> = places.into_iter().collect();
    let mut gather = Gather::default();
    for part in places.chunks(OBJECTS) {
        let any = part.iter().map(|((_, object), rows)| {
            let object = sql::text(object);
            if rows.len() > NAMED {
                return format!("_object = {object}");
            }
            let rows = rows.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
            format!("(_object = {object} AND _row IN ({rows}))")
        });
        let condition = any.collect::<Vec<_>>().join(" OR ");
        let mut batches = Vec::new();
        let mut keys: BTreeSet<String> = BTreeSet::new();
        if let Some((_, mut rows)) = lake.unmasked(access, MENTIONS, None, READ, &condition).await? {
            while let Some(batch) = rows.next().await {
                let batch = batch.map_err(LakeError::from)?;
                let rows = Rows::new(vec![batch.clone()])?;
                keys.extend(
                    rows.iter().filter_map(|r| r.text("person_key")).filter(|k| wanted.contains(&super::hash(PERSON_KEY, k))),
                );
                batches.push(batch);
            }
        }
        let mut owned = HashMap::new();
        for keys in keys.iter().collect::<Vec<_>>().chunks(NAMED) {
            let condition = format!("{OWNED} AND {}", sql::list("from_key", keys));
            owned.extend(vehicles(lake, access, None, &condition).await?);
        }
        for batch in batches {
            gather.push(batch, &owned, |record| wanted.contains(&record))?;
        }
    }
    let mut out = gather.finish();
    out.members.clear();
    Ok(out)
}
