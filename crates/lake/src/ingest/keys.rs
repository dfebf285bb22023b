//! Which of the new rows are already there, which replace an older version, and which are replaced themselves.
//!
//! Every row has a 64-bit hash of its key. Hashes only *find* rows worth comparing: whatever is dropped or replaced has
//! been compared by its real values first. The hashes of the new rows are kept in memory up to a limit and in scratch
//! files beyond it; those already in the table are read from its `_key` column, skipping files whose key ranges cannot
//! meet the new ones.

mod log;
mod scatter;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use arrow::array::{Array, AsArray, Int64Array, RecordBatch};
use arrow::datatypes::Int64Type;
use arrow::row::{RowConverter, Rows, SortField};
pub use log::KeyLog;
use log::{PARTS, part};
use rayon::prelude::*;
use scatter::Scattered;
use sources::Contract;

use super::{Doomed, RowSet};
use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::quarantine;
use crate::rows::{self, KeyRanges, Place};
use crate::runs::arrow_error;
use crate::table::{DataFile, Table};

/// Bytes that a suspect row takes while it is compared, on both sides together.
const SUSPECT: usize = 2 << 10;

/// What is to be done with rows before they are committed.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// New rows (by `_row`) that are not to enter the table.
    pub drop_new: RowSet,
    /// Rows of the table that are replaced or withdrawn.
    pub drop_old: Doomed,
    /// Rows identical to one that is there, or that came before in the same file.
    pub duplicates: u64,
    /// Those rows.
    pub repeated: RowSet,
    /// New rows that replace a row of the table.
    pub corrected: u64,
    /// Withdrawing rows.
    pub withdrawn: u64,
    /// New rows refused because a newer version of them stands, and the quarantine files that hold them.
    pub superseded: u64,
    pub refusals: Vec<DataFile>,
    /// Those of the portion in hand: row, why, its values.
    refused: Vec<(i64, String, String)>,
    /// All of them, without their values.
    pub outdated: Vec<(i64, String)>,
    /// The withdrawing rows, kept so that a late older version does not come back.
    pub tombstones: RowSet,
}

/// Rows to be compared.
#[derive(Clone, Copy)]
pub struct Sides<'a> {
    /// Where the files of new rows lie.
    pub dir: &'a Path,
    pub new: &'a [DataFile],
    pub table: Option<&'a Table>,
    /// Rows that their source has withdrawn.
    pub withdrawn: Option<&'a Table>,
    /// Whether the superseded rows are told one by one.
    pub by_row: bool,
}

/// Compares the new rows with each other, with the table and with its withdrawn rows. `memory` bounds the bitmap and what is
/// compared at a time, in bytes: a small one only means more comparisons. Superseded rows go to `refusals` as they are found;
/// `work` is a folder for scratch files.
pub fn check(
    contract: &Contract,
    logs: Vec<KeyLog>,
    sides: Sides<'_>,
    mut refusals: quarantine::Writer,
    memory: usize,
    work: &Path,
) -> Result<Verdicts> {
    let Sides { dir, new, table, withdrawn, by_row } = sides;
    let mut verdicts = Verdicts::default();
    let withdrawing: RowSet = logs.iter().flat_map(|l| l.withdrawals.iter().copied()).collect();
    let old = older(contract, dir, new, table, withdrawn)?;
    let rows = new.iter().map(|f| f.rows).sum();
    let known = match old.is_empty() {
        true => None,
        false => Some(known(&logs, &old, rows, memory, work)?),
    };
    let suspects = Seen::for_rows(rows, memory);
    let count = |p: usize| -> Result<usize> {
        let mut part = part(&logs, p)?;
        part.sort_unstable();
        let mut found: Vec<u64> = part.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| w[0].0).collect();
        if let Some(known) = &known {
            let known: HashSet<u64> = known.part(p)?.into_iter().map(|(key, _)| key).collect();
            found.extend(part.iter().map(|(key, _)| *key).filter(|key| known.contains(key)));
        }
        if !withdrawing.is_empty() {
            found.extend(part.iter().filter(|(_, row)| withdrawing.contains(*row)).map(|(key, _)| *key));
        }
        found.iter().for_each(|key| suspects.mark(*key));
        Ok(found.len())
    };
    let counted: Vec<usize> = (0..PARTS).into_par_iter().map(count).collect::<Result<_>>()?;
    drop((logs, known));
    let count: usize = counted.iter().sum();
    if count == 0 {
        return Ok(verdicts);
    }
    let mut files: Vec<(&TableName, PathBuf, Side)> =
        old.iter().map(|f| (f.table, f.path.clone(), Side::Old { tombstone: f.tombstone })).collect();
    let clean = TableName::clean(&contract.name);
    files.extend(new.iter().map(|f| (&clean, dir.join(&f.path), Side::New)));
    let suspects = Arc::new(suspects);
    let wanted: Arc<dyn Fn(u64) -> bool + Send + Sync> = Arc::new(move |key| suspects.holds(key));
    let slots = count.div_ceil((memory / SUSPECT).clamp(10_000, 200_000));
    let mut scattered = Scattered::new(contract, slots);
    for (table, path, side) in files {
        rows::with_keys(table, &path, &wanted, |batch| scattered.take(&batch, side, work))?;
    }
    for slot in 0..slots {
        let mut groups: BTreeMap<u64, Vec<Entry>> = BTreeMap::new();
        let mut pool = Pool::new(contract);
        scattered.each(slot, |batch, side| pool.take(batch, side, &mut groups))?;
        for entries in groups.into_values() {
            judge(entries, &pool, &withdrawing, &mut verdicts);
        }
        verdicts.superseded += verdicts.refused.len() as u64;
        if by_row {
            verdicts.outdated.extend(verdicts.refused.iter().map(|(row, why, _)| (*row, why.clone())));
        }
        refusals.superseded(&std::mem::take(&mut verdicts.refused))?;
    }
    verdicts.refusals = refusals.finish()?;
    Ok(verdicts)
}

/// Key hashes of the committed rows that some new row may have, by a bitmap; the caller compares them exactly.
fn known(logs: &[KeyLog], old: &[Older<'_>], rows: u64, memory: usize, work: &Path) -> Result<KeyLog> {
    let seen = Seen::for_rows(rows, memory);
    (0..PARTS).into_par_iter().try_for_each(|p| part(logs, p).map(|part| part.iter().for_each(|(key, _)| seen.mark(*key))))?;
    let log = Mutex::new(KeyLog::new(memory / 16));
    old.par_iter().try_for_each(|file| {
        rows::for_each_key(file.table, &file.path, |keys| {
            let found: Int64Array = keys.values().iter().filter(|key| seen.holds(**key as u64)).copied().collect();
            match log.lock() {
                Ok(mut log) => log.push(&found, &Int64Array::from_value(0, found.len()), work),
                Err(_) => Err(LakeError::Invalid("comparing keys was cut off".into())),
            }
        })
    })?;
    log.into_inner().map_err(|_| LakeError::Invalid("comparing keys was cut off".into()))
}

/// A committed file that may hold a key of the new rows.
struct Older<'a> {
    table: &'a TableName,
    path: PathBuf,
    /// Its rows have been withdrawn by their source.
    tombstone: bool,
}

fn older<'a>(
    contract: &Contract,
    dir: &Path,
    new: &[DataFile],
    table: Option<&'a Table>,
    withdrawn: Option<&'a Table>,
) -> Result<Vec<Older<'a>>> {
    let ranges = KeyRanges::of(contract, dir, new);
    let mut old = Vec::new();
    for (source, tombstone) in [(table, false), (withdrawn, true)] {
        let Some(source) = source else { continue };
        for file in source.files()? {
            let path = source.root().join(&file.path);
            if ranges.may_meet(&path) {
                old.push(Older { table: &source.name, path, tombstone });
            }
        }
    }
    Ok(old)
}

/// A bitmap of hash prefixes: it answers nearly all "is it new?" questions without a search.
struct Seen {
    bits: u32,
    words: Vec<AtomicU64>,
}

impl Seen {
    /// About sixteen bits a row, so that few strangers hit one that is set; at most an eighth of `memory`, in bytes.
    fn for_rows(rows: u64, memory: usize) -> Self {
        let most = (memory as u64).next_power_of_two().clamp(1 << 16, 1 << 32);
        let bits = (rows.max(1) * 16).next_power_of_two().clamp(1 << 10, most).trailing_zeros();
        Seen { bits, words: (0..1usize << (bits - 6)).map(|_| AtomicU64::new(0)).collect() }
    }

    fn place(&self, key: u64) -> (usize, u64) {
        let bit = key >> (64 - self.bits);
        ((bit >> 6) as usize, 1 << (bit & 63))
    }

    fn mark(&self, key: u64) {
        let (word, bit) = self.place(key);
        self.words[word].fetch_or(bit, Ordering::Relaxed);
    }

    fn holds(&self, key: u64) -> bool {
        let (word, bit) = self.place(key);
        self.words[word].load(Ordering::Relaxed) & bit != 0
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Old { tombstone: bool },
    New,
}

#[derive(Debug)]
struct Entry {
    side: Side,
    place: Place,
    batch: usize,
    index: usize,
}

/// Suspect rows, encoded so that equality and order of versions are byte comparisons.
struct Pool {
    columns: Vec<String>,
    key: Vec<String>,
    version: Option<String>,
    converters: [Option<RowConverter>; 3],
    batches: Vec<(RecordBatch, [Option<Rows>; 3])>,
}

impl Pool {
    fn new(contract: &Contract) -> Self {
        let columns: Vec<String> = contract.arrow_schema().fields().iter().map(|f| f.name().clone()).collect();
        Pool {
            key: if contract.key.is_empty() { columns.clone() } else { contract.key.clone() },
            columns,
            version: contract.version_column.clone(),
            converters: [None, None, None],
            batches: Vec::new(),
        }
    }

    fn take(&mut self, batch: RecordBatch, side: Side, groups: &mut BTreeMap<u64, Vec<Entry>>) -> Result<()> {
        let sets = [self.key.clone(), self.columns.clone(), self.version.iter().cloned().collect::<Vec<_>>()];
        let mut encoded: [Option<Rows>; 3] = [None, None, None];
        for (i, set) in sets.iter().enumerate() {
            if set.is_empty() {
                continue;
            }
            let columns: Vec<_> = set.iter().map(|c| column(&batch, c).cloned()).collect::<Result<_>>()?;
            if self.converters[i].is_none() {
                let fields = columns.iter().map(|c| SortField::new(c.data_type().clone())).collect();
                self.converters[i] = Some(RowConverter::new(fields).map_err(arrow_error)?);
            }
            if let Some(converter) = &self.converters[i] {
                encoded[i] = Some(converter.convert_columns(&columns).map_err(arrow_error)?);
            }
        }
        let keys = column(&batch, "_key")?.as_primitive::<Int64Type>();
        let rows = column(&batch, "_row")?.as_primitive::<Int64Type>();
        let objects = column(&batch, "_object")?.as_string::<i32>();
        for i in 0..batch.num_rows() {
            groups.entry(keys.value(i) as u64).or_default().push(Entry {
                side,
                place: Place { object: objects.value(i).to_string(), row: rows.value(i) },
                batch: self.batches.len(),
                index: i,
            });
        }
        self.batches.push((batch, encoded));
        Ok(())
    }

    fn bytes(&self, e: &Entry, set: usize) -> &[u8] {
        self.batches[e.batch].1[set].as_ref().map(|r| r.row(e.index).data()).unwrap_or_default()
    }

    /// The row as JSON, for the quarantine.
    fn json(&self, e: &Entry) -> String {
        let batch = &self.batches[e.batch].0;
        let mut map = serde_json::Map::new();
        for name in &self.columns {
            if let Some(c) = batch.column_by_name(name)
                && c.is_valid(e.index)
                && let Ok(text) = arrow::util::display::array_value_to_string(c, e.index)
            {
                map.insert(name.clone(), text.into());
            }
        }
        serde_json::Value::Object(map).to_string()
    }
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a arrow::array::ArrayRef> {
    batch.column_by_name(name).ok_or_else(|| LakeError::Invalid(format!("column {name} is missing in a data file")))
}

/// Decides among rows of one key hash. Arrival order: rows of the table first, then the file's own by position.
fn judge(mut entries: Vec<Entry>, pool: &Pool, withdrawing: &RowSet, verdicts: &mut Verdicts) {
    // Same hash, different keys: each key is its own story.
    entries.sort_by(|a, b| {
        pool.bytes(a, 0)
            .cmp(pool.bytes(b, 0))
            .then_with(|| (a.side == Side::New).cmp(&(b.side == Side::New)))
            .then_with(|| a.place.row.cmp(&b.place.row))
    });
    for story in entries.chunk_by(|a, b| pool.bytes(a, 0) == pool.bytes(b, 0)) {
        let mut standing: Option<&Entry> = None;
        let mut gone: Option<&Entry> = None;
        let older = |a: &Entry, b: &Entry| pool.version.is_some() && pool.bytes(a, 2) < pool.bytes(b, 2);
        for e in story {
            let withdraws = e.side == Side::New && withdrawing.contains(e.place.row);
            if e.side == (Side::Old { tombstone: true }) {
                // One of an attempt of this very file that was cut off decides nothing.
                if !story.iter().any(|n| n.side == Side::New && n.place == e.place) {
                    gone = Some(e);
                }
                continue;
            }
            if withdraws {
                let same = gone.is_some_and(|g| pool.bytes(g, 1) == pool.bytes(e, 1));
                if standing.is_none() && same {
                    verdicts.drop_new.insert(e.place.row);
                    verdicts.repeated.insert(e.place.row);
                    verdicts.duplicates += 1;
                    continue;
                }
                if let Some(s) = standing
                    && older(e, s)
                {
                    refuse(e, "a newer version of this record is in the lake", pool, verdicts);
                    continue;
                }
                verdicts.drop_new.insert(e.place.row);
                let kept = |o: &Entry| o.side == (Side::Old { tombstone: true }) && o.place == e.place;
                if !story.iter().any(kept) {
                    verdicts.tombstones.insert(e.place.row);
                }
                verdicts.withdrawn += 1;
                if let Some(old) = standing.take() {
                    remove(old, verdicts);
                }
                gone = Some(e);
                continue;
            }
            if let Some(g) = gone
                && e.side == Side::New
                && pool.version.is_some()
                && pool.bytes(e, 2) <= pool.bytes(g, 2)
            {
                refuse(e, "the source has withdrawn this record", pool, verdicts);
                continue;
            }
            match standing {
                None => standing = Some(e),
                Some(s) if pool.bytes(s, 1) == pool.bytes(e, 1) => {
                    if e.side == Side::New {
                        verdicts.drop_new.insert(e.place.row);
                        verdicts.repeated.insert(e.place.row);
                        verdicts.duplicates += 1;
                    }
                }
                Some(s) if older(e, s) => {
                    refuse(e, "a newer version of this record is in the lake", pool, verdicts);
                }
                Some(s) => {
                    if s.side == Side::New {
                        let why = format!("row {} of the same file has the same key and other values", e.place.row);
                        refuse(s, &why, pool, verdicts);
                    } else {
                        verdicts.corrected += 1;
                        remove(s, verdicts);
                    }
                    standing = Some(e);
                }
            }
        }
    }
}

fn remove(e: &Entry, verdicts: &mut Verdicts) {
    match e.side {
        Side::New => {
            verdicts.drop_new.insert(e.place.row);
        }
        Side::Old { .. } => {
            verdicts.drop_old.insert(&e.place.object, e.place.row);
        }
    }
}

fn refuse(e: &Entry, why: &str, pool: &Pool, verdicts: &mut Verdicts) {
    if e.side == Side::New {
        verdicts.drop_new.insert(e.place.row);
        verdicts.refused.push((e.place.row, why.to_string(), pool.json(e)));
    }
}
