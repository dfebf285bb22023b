//! The search index over the lake: what goes into it, and how it follows.
//!
//! The index follows the data files of the POLE tables: rows of a file that has come are added, rows of one that has gone are taken out, and one
//! commit makes both visible together with the list of files. Sealed rows never come in. An erasure deletes the index; the next search makes it
//! again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use finder::{Entry, FinderError, Index, Kind, Writer, tag};
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
    /// It was told to stop: the next call goes on from here.
    #[serde(default)]
    pub stopped: bool,
}

/// A table as it is indexed.
pub(crate) struct Part {
    /// In `pole`, or with its area.
    pub table: &'static str,
    pub columns: &'static str,
    condition: &'static str,
    /// What is indexed of a row; of a row as somebody may see it, what they may find it by.
    pub entry: fn(&Row<'_>) -> Option<Entry>,
}

pub(crate) static PARTS: [Part; 5] = [
    Part {
        table: "person_mention",
        columns: "name, name_local, alias, relative_name, relative_name_local, address, village, thana, district, phone, id_value, person_key, \
            sex, birth_date, birth_year, age, age_on, event_time, _source, _object, _row",
        // A row that does not say is treated as sealed.
        condition: "sealed = false AND (name IS NOT NULL OR name_local IS NOT NULL)",
        entry: person,
    },
    Part {
        table: "object",
        columns: "kind, key, label, event_time, _source, _object, _row",
        condition: "kind IN ('phone', 'vehicle', 'imei')",
        entry: object,
    },
    Part {
        table: "event",
        columns: "kind, key, title, status, station, district, started_at, event_time, _source, _object, _row",
        // Of calls and passages there are too many, and they have no title.
        condition: "kind = 'fir' OR title IS NOT NULL",
        entry: event,
    },
    Part {
        table: "location",
        columns: "key, label, address, village, thana, district, event_time, _source, _object, _row",
        condition: "label IS NOT NULL OR address IS NOT NULL",
        entry: place,
    },
    Part {
        table: "clean.document_part",
        columns: "document, file, label, title, author, recipients, text, _source, _object, _row",
        condition: "text IS NOT NULL OR title IS NOT NULL OR file IS NOT NULL",
        entry: document,
    },
];

fn base(kind: Kind, key: String, row: &Row<'_>) -> Entry {
    let source = row.text("_source").unwrap_or_default();
    let system = source.split('.').next().unwrap_or_default().to_string();
    let mut tags = vec![tag("source", &source), tag("source", &system)];
    let stated = [("district", "district"), ("thana", "thana"), ("thana", "station"), ("sex", "sex")];
    tags.extend(stated.iter().filter_map(|(of, column)| Some(tag(of, &row.text(column)?))));
    tags.extend(
        row.time("started_at").or_else(|| row.time("event_time")).map(|at| tag("month", &at.format("%Y-%m").to_string())),
    );
    Entry {
        kind,
        key,
        names: Vec::new(),
        relatives: Vec::new(),
        places: Vec::new(),
        numbers: Vec::new(),
        body: Vec::new(),
        tags,
        object: row.text("_object").unwrap_or_default(),
        row: row.int("_row").unwrap_or_default(),
        source,
    }
}

fn texts(row: &Row<'_>, columns: &[&str]) -> Vec<String> {
    let mut out: Vec<String> = columns.iter().filter_map(|c| row.text(c)).collect();
    out.dedup();
    out
}

fn person(row: &Row<'_>) -> Option<Entry> {
    let key = row.text("person_key").unwrap_or_default();
    let year = |column: &str| row.text(column).and_then(|d| d.get(..4)?.parse::<i64>().ok());
    let born = row.int("birth_year").or_else(|| year("birth_date")).or_else(|| Some(year("age_on")? - row.int("age")?));
    let numbers = row.text("phone").into_iter().chain(row.text("id_value")).chain((!key.is_empty()).then(|| key.clone()));
    let mut entry = Entry {
        names: texts(row, &["name", "name_local", "alias"]),
        relatives: texts(row, &["relative_name", "relative_name_local"]),
        places: texts(row, &["village", "thana", "district", "address"]),
        numbers: numbers.collect(),
        ..base(Kind::Person, key, row)
    };
    entry.tags.extend(born.map(|year| tag("born", &year.to_string())));
    Some(entry)
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

fn event(row: &Row<'_>) -> Option<Entry> {
    let key = row.text("key")?;
    let names = texts(row, &["title"]);
    if row.text("kind").as_deref() != Some("fir") {
        let number = key.split_once(':').map_or(key.as_str(), |(_, number)| number).to_string();
        return Some(Entry { numbers: vec![number], names, ..base(Kind::Event, key, row) });
    }
    // A case is asked for as it is said, 1/2025, and by its whole key.
    let short: Vec<&str> = key.rsplit('/').take(2).collect();
    let said = if let [year, number] = short.as_slice() { Some(format!("{number}{year}")) } else { None };
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

fn document(row: &Row<'_>) -> Option<Entry> {
    let key = row.text("document")?;
    Some(Entry {
        body: texts(row, &["text", "title", "author", "recipients", "file", "label"]),
        ..base(Kind::Document, key, row)
    })
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
    // An index that cannot be read is as good as none: it is made again from the lake.
    let Ok(index) = Index::open(&folder).map(Arc::new) else {
        known.remove(&folder);
        return Ok(None);
    };
    known.insert(folder, index.clone());
    Ok(Some(index).filter(|i| i.followed().is_ok_and(|f| !f.is_empty())))
}

/// Takes the index of a folder away.
fn remove(folder: &std::path::Path) -> Result<()> {
    if let Ok(mut known) = OPEN.lock() {
        known.remove(folder);
    }
    match std::fs::remove_dir_all(folder) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(LakeError::Io { action: "removing", path: folder.into(), source: e })
        }
        _ => Ok(()),
    }
}

type Files = BTreeMap<String, BTreeSet<String>>;

async fn files(lake: &Lake) -> Result<Files> {
    let mut now = Files::new();
    for part in &PARTS {
        let files = lake.pole_files(part.table).await?.map(|f| f.names).unwrap_or_default();
        now.insert(part.table.into(), files.into_iter().collect());
    }
    Ok(now)
}

/// Brings the index up to the lake's newest state; `rebuild` makes it anew.
pub async fn follow(lake: &Lake, access: &Access, rebuild: bool) -> Result<Followed> {
    follow_until(lake, access, rebuild, &AtomicBool::new(false)).await
}

/// The same until `stop` is set: what was taken in by then stays, whole data files only, and the next call goes on from there.
pub async fn follow_until(lake: &Lake, access: &Access, rebuild: bool, stop: &AtomicBool) -> Result<Followed> {
    let _one = lake.home().lock("index").await?;
    let folder = lake.index_folder();
    if rebuild {
        remove(&folder)?;
    }
    let index = match open(&folder)? {
        Some(index) => index,
        None => {
            // What is there was never filled, or is damaged or of another version.
            remove(&folder)?;
            let index = Arc::new(Index::open(&folder).map_err(wrong)?);
            if let Ok(mut known) = OPEN.lock() {
                known.insert(folder, index.clone());
            }
            index
        }
    };
    let before: Files = serde_json::from_str(&index.followed().map_err(wrong)?).unwrap_or_default();
    let now = files(lake).await?;
    let mut done = Followed { entries: index.len(), ..Followed::default() };
    if before == now {
        return Ok(done);
    }
    let none = BTreeSet::new();
    let mut have = before.clone();
    let mut writer = index.writer().map_err(wrong)?;
    'parts: for part in &PARTS {
        let (old, new) = (before.get(part.table).unwrap_or(&none), now.get(part.table).unwrap_or(&none));
        let have = have.entry(part.table.into()).or_default();
        for file in old.difference(new) {
            writer.forget(file);
            have.remove(file);
            done.removed += 1;
        }
        for file in new.difference(old) {
            if stop.load(Ordering::Relaxed) {
                done.stopped = true;
                break 'parts;
            }
            done.added += 1;
            done.rows += take_in(lake, access, part, file, &mut writer).await?;
            have.insert(file.clone());
        }
    }
    let followed = serde_json::to_string(&have).map_err(|e| LakeError::Invalid(e.to_string()))?;
    writer.commit(&followed).map_err(wrong)?;
    done.entries = index.len();
    lake.record(access, "index", true, serde_json::json!({ "added": done.added, "removed": done.removed, "rows": done.rows }))?;
    Ok(done)
}

async fn take_in(lake: &Lake, access: &Access, part: &Part, file: &str, writer: &mut Writer<'_>) -> Result<u64> {
    let only = [file.to_owned()];
    let mut taken = 0;
    let read = lake.unmasked(access, part.table, Some(&only), part.columns, part.condition).await?;
    let Some((_, mut rows)) = read else { return Ok(0) };
    while let Some(batch) = rows.next().await {
        let rows = Rows::new(vec![batch.map_err(LakeError::from)?])?;
        let entries: Vec<Entry> = rows.iter().filter_map(|r| (part.entry)(&r)).collect();
        writer.add_all(file, &entries).map_err(wrong)?;
        taken += entries.len() as u64;
    }
    Ok(taken)
}

/// Whether the lake has moved on since the index was last brought up to it.
pub async fn stale(lake: &Lake) -> Result<bool> {
    let Some(index) = open(&lake.index_folder())? else { return Ok(true) };
    let before: Files = serde_json::from_str(&index.followed().map_err(wrong)?).unwrap_or_default();
    Ok(before != files(lake).await?)
}
