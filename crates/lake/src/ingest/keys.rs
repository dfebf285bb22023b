//! Which of the new rows are already there, which replace an older version, and which are replaced themselves.
//!
//! Every row has a 64-bit hash of its key. Hashes only *find* rows worth comparing: whatever is dropped or replaced has
//! been compared by its real values first. The hashes of the new rows are kept in memory up to a limit and in scratch
//! files beyond it; those already in the table are read from its `_key` column, skipping files whose key ranges cannot
//! meet the new ones.

mod log;

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, new_null_array};
use arrow::datatypes::{DataType, Int64Type, SchemaRef};
use arrow::row::{RowConverter, Rows, SortField};
pub use log::KeyLog;
use log::{PARTS, part};
use rayon::prelude::*;
use sources::Contract;

use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::rows::{self, KeyRanges, Place};
use crate::runs::arrow_error;
use crate::table::{DataFile, Table};

/// What is to be done with rows before they are committed.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// New rows (by `_row`) that are not to enter the table.
    pub drop_new: HashSet<i64>,
    /// Rows of the table that are replaced or withdrawn: (object, row).
    pub drop_old: HashSet<(String, i64)>,
    /// Rows identical to one that is there, or that came before in the same file.
    pub duplicates: u64,
    /// New rows that replace a row of the table.
    pub corrected: u64,
    /// Withdrawing rows.
    pub withdrawn: u64,
    /// New rows refused because a newer version of them stands: row, why, its values.
    pub superseded: Vec<(i64, String, String)>,
    /// The withdrawing rows, kept so that a late older version does not come back.
    pub tombstones: HashSet<i64>,
}

/// Compares the new rows in `new` (files in `dir`) with each other, with `table` and with its `withdrawn` rows. `memory`
/// bounds the bitmap, in bytes: a small one only sends more rows to the comparison.
pub fn check(
    contract: &Contract,
    logs: Vec<KeyLog>,
    dir: &Path,
    new: &[DataFile],
    table: Option<&Table>,
    withdrawn: Option<&Table>,
    memory: usize,
) -> Result<Verdicts> {
    let mut verdicts = Verdicts::default();
    let withdrawing: HashSet<i64> = logs.iter().flat_map(|l| l.withdrawals.iter().copied()).collect();
    let old = older(contract, dir, new, table, withdrawn)?;
    let seen = (!old.is_empty()).then(|| Seen::for_rows(new.iter().map(|f| f.rows).sum(), memory));
    let suspects = |p: usize| -> Result<Vec<u64>> {
        let mut part = part(&logs, p)?;
        part.sort_unstable();
        let mut suspects: Vec<u64> = part.windows(2).filter(|w| w[0].0 == w[1].0).map(|w| w[0].0).collect();
        if let Some(seen) = &seen {
            part.iter().for_each(|(key, _)| seen.mark(*key));
        }
        if !withdrawing.is_empty() {
            suspects.extend(part.iter().filter(|(_, row)| withdrawing.contains(row)).map(|(key, _)| *key));
        }
        Ok(suspects)
    };
    let found: Vec<Vec<u64>> = (0..PARTS).into_par_iter().map(suspects).collect::<Result<_>>()?;
    let mut suspect_keys: HashSet<u64> = found.into_iter().flatten().collect();
    let mut maybe_old: HashSet<u64> = HashSet::new();
    if let Some(seen) = seen {
        let known = |file: &Older| {
            let mut known = Vec::new();
            rows::for_each_key(file.table, &file.path, |key| {
                if seen.holds(key) {
                    known.push(key)
                }
            })
            .map(|()| known)
        };
        let known: Vec<Vec<u64>> = old.par_iter().map(known).collect::<Result<_>>()?;
        maybe_old.extend(known.into_iter().flatten());
    }
    if !maybe_old.is_empty() {
        for p in 0..PARTS {
            suspect_keys.extend(part(&logs, p)?.iter().map(|(key, _)| *key).filter(|key| maybe_old.contains(key)));
        }
    }
    drop((logs, maybe_old));
    if suspect_keys.is_empty() {
        return Ok(verdicts);
    }
    let mut keys: Vec<u64> = suspect_keys.into_iter().collect();
    keys.sort_unstable();
    // Compared in portions so that a file sent again with one more line does not fill the memory.
    for portion in keys.chunks(200_000) {
        let wanted: HashSet<u64> = portion.iter().copied().collect();
        let mut groups: BTreeMap<u64, Vec<Entry>> = BTreeMap::new();
        let mut pool = Pool::new(contract)?;
        for file in &old {
            let side = Side::Old { tombstone: file.tombstone };
            rows::with_keys(file.table, &file.path, &wanted, |batch| pool.take(&batch, side, &mut groups))?;
        }
        for file in new {
            let name = table.map(|t| t.name.clone()).unwrap_or_else(|| TableName::clean(&contract.name));
            rows::with_keys(&name, &dir.join(&file.path), &wanted, |batch| pool.take(&batch, Side::New, &mut groups))?;
        }
        for entries in groups.into_values() {
            judge(entries, &pool, &withdrawing, &mut verdicts);
        }
    }
    Ok(verdicts)
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
    /// About sixteen bits a row, so that few strangers hit one that is set; at most a quarter of `memory`, in bytes.
    fn for_rows(rows: u64, memory: usize) -> Self {
        let most = (memory as u64 * 2).next_power_of_two().clamp(1 << 16, 1 << 32);
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
    schema: SchemaRef,
    columns: Vec<String>,
    key: Vec<String>,
    version: Option<String>,
    converters: [Option<RowConverter>; 3],
    batches: Vec<(RecordBatch, [Option<Rows>; 3])>,
}

impl Pool {
    fn new(contract: &Contract) -> Result<Self> {
        let schema = contract.arrow_schema();
        let columns: Vec<String> = schema.fields().iter().map(|f| f.name().clone()).collect();
        Ok(Pool {
            schema,
            key: if contract.key.is_empty() { columns.clone() } else { contract.key.clone() },
            columns,
            version: contract.version_column.clone(),
            converters: [None, None, None],
            batches: Vec::new(),
        })
    }

    fn take(&mut self, batch: &RecordBatch, side: Side, groups: &mut BTreeMap<u64, Vec<Entry>>) -> Result<()> {
        let sets = [self.key.clone(), self.columns.clone(), self.version.iter().cloned().collect::<Vec<_>>()];
        let mut encoded: [Option<Rows>; 3] = [None, None, None];
        for (i, set) in sets.iter().enumerate() {
            if set.is_empty() {
                continue;
            }
            let columns: Vec<_> = set.iter().map(|c| self.column(batch, c)).collect::<Result<_>>()?;
            if self.converters[i].is_none() {
                let fields = columns.iter().map(|c| SortField::new(c.data_type().clone())).collect();
                self.converters[i] = Some(RowConverter::new(fields).map_err(arrow_error)?);
            }
            if let Some(converter) = &self.converters[i] {
                encoded[i] = Some(converter.convert_columns(&columns).map_err(arrow_error)?);
            }
        }
        let keys = column(batch, "_key")?.as_primitive::<Int64Type>();
        let rows = column(batch, "_row")?.as_primitive::<Int64Type>();
        let objects = batch.column_by_name("_object").map(|c| c.as_string::<i32>());
        for i in 0..batch.num_rows() {
            groups.entry(keys.value(i) as u64).or_default().push(Entry {
                side,
                place: Place { object: objects.map(|o| o.value(i).to_string()).unwrap_or_default(), row: rows.value(i) },
                batch: self.batches.len(),
                index: i,
            });
        }
        self.batches.push((batch.clone(), encoded));
        Ok(())
    }

    /// A contract's column. Files written under an older version of the contract may lack it: nulls.
    fn column(&self, batch: &RecordBatch, name: &str) -> Result<ArrayRef> {
        let wanted = match self.schema.field_with_name(name) {
            Ok(field) if matches!(field.data_type(), DataType::Time32(_) | DataType::Time64(_)) => &DataType::Utf8,
            Ok(field) => field.data_type(),
            Err(e) => return Err(arrow_error(e)),
        };
        match batch.column_by_name(name) {
            Some(c) if c.data_type() == wanted => Ok(c.clone()),
            Some(c) => arrow::compute::cast(c, wanted).map_err(arrow_error),
            None => Ok(new_null_array(wanted, batch.num_rows())),
        }
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
fn judge(mut entries: Vec<Entry>, pool: &Pool, withdrawing: &HashSet<i64>, verdicts: &mut Verdicts) {
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
            let withdraws = e.side == Side::New && withdrawing.contains(&e.place.row);
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
            verdicts.drop_old.insert((e.place.object.clone(), e.place.row));
        }
    }
}

fn refuse(e: &Entry, why: &str, pool: &Pool, verdicts: &mut Verdicts) {
    if e.side == Side::New {
        verdicts.drop_new.insert(e.place.row);
        verdicts.superseded.push((e.place.row, why.to_string(), pool.json(e)));
    }
}
