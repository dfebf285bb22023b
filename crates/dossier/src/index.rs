//! The search index over the lake: what goes into it, and how it follows.
//!
//! The index follows the data files of the POLE tables: rows of a file that has come are added, rows of one that has gone are taken out, and one
//! commit makes both visible together with the list of files. Sealed rows never come in. An erasure deletes the index; the next search makes it
//! again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, LazyLock, Mutex};

use finder::{Entry, FinderError, Index, Kind};
use futures::StreamExt;
use lake::{Access, Lake, LakeError, Result};
use serde::{Deserialize, Serialize};

use crate::rows::{Row, Rows};

/// What an update did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// Data files taken in, and out.
    pub added: usize,
    pub removed: usize,
    /// Rows taken in.
    pub rows: u64,
    /// Entries there are now.
    pub entries: u64,
}

/// A POLE table as it is indexed.
struct Part {
    table: &'static str,
    columns: &'static str,
    condition: &'static str,
    entry: fn(&Row<'_>) -> Option<Entry>,
}

static PARTS: [Part; 4] = [
    Part {
        table: "person_mention",
        columns: "name, name_local, alias, relative_name, relative_name_local, address, village, thana, district, phone, id_value, person_key, \
            _source, _object, _row",
        // A row that does not say is treated as sealed.
        condition: "sealed = false AND (name IS NOT NULL OR name_local IS NOT NULL)",
        entry: person,
    },
    Part {
        table: "object",
        columns: "kind, key, label, _source, _object, _row",
        condition: "kind IN ('phone', 'vehicle', 'imei')",
        entry: object,
    },
    Part { table: "event", columns: "key, title, _source, _object, _row", condition: "kind = 'fir'", entry: case },
    Part {
        table: "location",
        columns: "key, label, address, village, thana, district, _source, _object, _row",
        condition: "label IS NOT NULL OR address IS NOT NULL",
        entry: place,
    },
];

fn base(kind: Kind, key: String, row: &Row<'_>) -> Entry {
    Entry {
        kind,
        key,
        names: Vec::new(),
        relatives: Vec::new(),
        places: Vec::new(),
        numbers: Vec::new(),
        object: row.text("_object").unwrap_or_default(),
        row: row.int("_row").unwrap_or_default(),
        source: row.text("_source").unwrap_or_default(),
    }
}

fn texts(row: &Row<'_>, columns: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = columns.iter().filter_map(|c| row.text(c)).collect();
    out.dedup();
    out
}

fn person(row: &Row<'_>) -> Option<Entry> {
    let key = row.text("person_key").unwrap_or_default();
    Some(Entry {
        names: texts(row, &["name", "name_local", "alias"]),
        relatives: texts(row, &["relative_name", "relative_name_local"]),
        places: texts(row, &["village", "thana", "district", "address"]),
        numbers: row
            .text("phone")
            .into_iter()
            .chain(row.text("id_value"))
            .chain((!key.is_empty()).then(|| key.clone()))
            .collect(),
        ..base(Kind::Person, key, row)
    })
}

fn object(row: &Row<'_>) -> Option<Entry> {
    let key = row.text("key")?;
    let kind = match row.text("kind")?.as_str() {
        "phone" => Kind::Phone,
        "vehicle" => Kind::Vehicle,
        _ => Kind::Handset,
    };
    Some(Entry { numbers: vec![key.clone()], ..base(kind, key, row) })
}

fn case(row: &Row<'_>) -> Option<Entry> {
    let key = row.text("key")?;
    // A case is asked for as it is said, 1/2025, and by its whole key.
    let short: Vec<&str> = key.rsplit('/').take(2).collect();
    let said = if let [year, number] = short.as_slice() { Some(format!("{number}{year}")) } else { None };
    let names = texts(row, &["title"]);
    Some(Entry {
        numbers: vec![key.trim_start_matches("fir:").to_string()].into_iter().chain(said).collect(),
        names,
        ..base(Kind::Case, key, row)
    })
}

fn place(row: &Row<'_>) -> Option<Entry> {
    let key = row.text("key")?;
    Some(Entry { places: texts(row, &["label", "address", "village", "thana", "district"]), ..base(Kind::Place, key, row) })
}

fn wrong(e: FinderError) -> LakeError {
    LakeError::Invalid(e.to_string())
}

/// Open indexes of this program, by their folder: opening one costs a few milliseconds.
static OPEN: LazyLock<Mutex<HashMap<PathBuf, Arc<Index>>>> = LazyLock::new(Mutex::default);

/// The index as it is; none before it was made first.
pub(crate) fn open(folder: &std::path::Path) -> Result<Option<Arc<Index>>> {
    let folder = folder.to_path_buf();
    let Ok(mut known) = OPEN.lock() else { return Ok(None) };
    if !folder.join("meta.json").exists() {
        known.remove(&folder);
        return Ok(None);
    }
    if let Some(index) = known.get(&folder)
        && index.reload().is_ok()
    {
        return Ok(Some(index.clone()));
    }
    let index = Arc::new(Index::open(&folder).map_err(wrong)?);
    known.insert(folder, index.clone());
    Ok(Some(index).filter(|i| i.followed().is_ok_and(|f| !f.is_empty())))
}

/// Brings the index up to the lake's newest state; `rebuild` makes it anew.
pub async fn follow(lake: &Lake, access: &Access, rebuild: bool) -> Result<Followed> {
    let _one = lake.home().lock("index").await?;
    let folder = lake.index_folder();
    if rebuild {
        if let Ok(mut known) = OPEN.lock() {
            known.remove(&folder);
        }
        if let Err(e) = std::fs::remove_dir_all(&folder)
            && e.kind() != std::io::ErrorKind::NotFound
        {
            return Err(LakeError::Io { action: "removing", path: folder, source: e });
        }
    }
    let index = match open(&folder)? {
        Some(index) => index,
        None => {
            let index = Arc::new(Index::open(&folder).map_err(wrong)?);
            if let Ok(mut known) = OPEN.lock() {
                known.insert(folder, index.clone());
            }
            index
        }
    };
    let before: BTreeMap<String, BTreeSet<String>> = serde_json::from_str(&index.followed().map_err(wrong)?).unwrap_or_default();
    let mut now: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for part in &PARTS {
        let files = lake.pole_files(part.table).await?.map(|f| f.names).unwrap_or_default();
        now.insert(part.table.into(), files.into_iter().collect());
    }
    let mut done = Followed { entries: index.len(), ..Followed::default() };
    if before == now {
        return Ok(done);
    }
    let none = BTreeSet::new();
    let mut writer = index.writer().map_err(wrong)?;
    for part in &PARTS {
        let (old, new) = (before.get(part.table).unwrap_or(&none), now.get(part.table).unwrap_or(&none));
        for file in old.difference(new) {
            writer.forget(file);
            done.removed += 1;
        }
        for file in new.difference(old) {
            done.added += 1;
            let only = [file.clone()];
            let Some((_, mut rows)) = lake.unmasked(access, part.table, Some(&only), part.columns, part.condition).await? else {
                continue;
            };
            while let Some(batch) = rows.next().await {
                let rows = Rows::new(vec![batch.map_err(LakeError::from)?])?;
                for entry in rows.iter().filter_map(|r| (part.entry)(&r)) {
                    writer.add(file, &entry).map_err(wrong)?;
                    done.rows += 1;
                }
            }
        }
    }
    let followed = serde_json::to_string(&now).map_err(|e| LakeError::Invalid(e.to_string()))?;
    writer.commit(&followed).map_err(wrong)?;
    done.entries = index.len();
    lake.record(access, "index", true, serde_json::json!({ "added": done.added, "removed": done.removed, "rows": done.rows }))?;
    Ok(done)
}

/// Whether the lake has moved on since the index was last brought up to it.
pub async fn stale(lake: &Lake) -> Result<bool> {
    let Some(index) = open(&lake.index_folder())? else { return Ok(true) };
    let before: BTreeMap<String, BTreeSet<String>> = serde_json::from_str(&index.followed().map_err(wrong)?).unwrap_or_default();
    for part in &PARTS {
        let files: BTreeSet<String> =
            lake.pole_files(part.table).await?.map(|f| f.names).unwrap_or_default().into_iter().collect();
        if before.get(part.table) != Some(&files) {
            return Ok(true);
        }
    }
    Ok(false)
}
