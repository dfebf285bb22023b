//! A state of the linkage as files.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, BooleanArray, Float32Array, Int64Array, RecordBatch, StringArray, UInt8Array, UInt64Array,
};
use arrow::datatypes::{Float32Type, Int64Type, UInt8Type, UInt64Type};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;

use super::change::Change;
use super::{BlockKeys, Header, Linkage, Member, Pair};
use crate::error::{LakeError, Result};

/// Rows written at a time.
const ROWS: usize = 1 << 16;
/// Changes kept beside the whole, before all is written whole again.
const CHANGES: usize = 24;

/// The name of the folder in force.
pub fn current(dir: &Path) -> Result<Option<String>> {
    let path = dir.join("CURRENT");
    match std::fs::read_to_string(&path) {
        Ok(name) => Ok(Some(name.trim().to_string())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(LakeError::io("reading", path)(e)),
    }
}

/// A part of a state: whole, or the change of this number.
fn part(folder: &Path, name: &str, number: usize) -> PathBuf {
    folder.join(if number == 0 { format!("{name}.parquet") } else { format!("{name}-{number}.parquet") })
}

/// How many files of a kind there are, the whole one counted.
fn parts(folder: &Path, kind: &str) -> usize {
    (0..).take_while(|n| part(folder, kind, *n).exists()).count()
}

/// Links to all files of a kind, and the number of the next.
fn link_all(from: &Path, to: &Path, kind: &str) -> Result<usize> {
    let n = parts(from, kind);
    (0..n).try_for_each(|i| link(&part(from, kind, i), &part(to, kind, i)))?;
    Ok(n)
}

/// Writes a state into a folder of its own and puts it in force; folders before it go. Where the state `before` is known and little has changed, its files
/// are linked to and the change is written.
pub fn write(
    dir: &Path,
    scratch: &Path,
    linkage: &Linkage,
    keys: &BlockKeys,
    before: Option<(String, Arc<Linkage>)>,
) -> Result<String> {
    let name = format!("gen-{}", uuid::Uuid::now_v7().simple());
    let folder = dir.join(&name);
    std::fs::create_dir_all(&folder).map_err(LakeError::io("creating", &folder))?;
    let (BlockKeys::Whole(keyed) | BlockKeys::More(keyed)) = keys;
    let change = before.map(|(name, old)| (dir.join(name), Change::between(&old, linkage)));
    match change {
        Some((from, change)) if change.is_small(linkage) && parts(&from, "members") <= CHANGES => {
            let n = parts(&from, "members");
            for kind in ["members", "pairs"] {
                link_all(&from, &folder, kind)?;
            }
            for (kind, i) in (1..n).flat_map(|i| ["gone", "dropped"].map(move |kind| (kind, i))) {
                link(&part(&from, kind, i), &part(&folder, kind, i))?;
            }
            table(&part(&folder, "members", n), change.members.chunks(ROWS).map(members))?;
            table(&part(&folder, "gone", n), change.gone.chunks(ROWS).map(gone))?;
            table(&part(&folder, "dropped", n), change.dropped.chunks(ROWS).map(redirected))?;
            table(&part(&folder, "pairs", n), change.pairs.chunks(ROWS).map(pairs))?;
            let n = link_all(&from, &folder, "keys")?;
            table(&part(&folder, "keys", n), keyed.chunks(ROWS).map(redirected))?;
        }
        other => {
            table(&part(&folder, "members", 0), linkage.members.chunks(ROWS).map(members))?;
            table(&part(&folder, "pairs", 0), linkage.pairs.chunks(ROWS).map(pairs))?;
            let n = match other {
                Some((from, _)) => link_all(&from, &folder, "keys")?,
                None => 0,
            };
            if n > 0 || !keyed.is_empty() {
                table(&part(&folder, "keys", n), keyed.chunks(ROWS).map(redirected))?;
            }
        }
    }
    let mut redirects: Vec<(u64, u64)> = linkage.redirects.iter().map(|(a, b)| (*a, *b)).collect();
    redirects.sort_unstable();
    table(&folder.join("redirects.parquet"), redirects.chunks(ROWS).map(redirected))?;
    let header = serde_json::to_vec_pretty(&linkage.header).map_err(|e| LakeError::Invalid(e.to_string()))?;
    whole(scratch, &folder.join("state.json"), &header)?;
    whole(scratch, &dir.join("CURRENT"), name.as_bytes())?;
    for entry in std::fs::read_dir(dir).map_err(LakeError::io("listing", dir))?.flatten() {
        let other = entry.file_name().to_string_lossy().into_owned();
        if other.starts_with("gen-") && other != name {
            // What cannot go now goes after the next run.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    Ok(name)
}

/// A file that is there whole or not at all.
fn whole(scratch: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write;
    let mut file = tempfile::NamedTempFile::new_in(scratch).map_err(LakeError::io("writing in", scratch))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(LakeError::io("writing", path))?;
    file.persist(path).map_err(|e| LakeError::Io { action: "writing", path: path.into(), source: e.error })?;
    let dir = path.parent().unwrap_or(path);
    File::open(dir).and_then(|d| d.sync_all()).map_err(LakeError::io("writing", dir))
}

fn table(path: &Path, batches: impl Iterator<Item = Result<RecordBatch>>) -> Result<()> {
    let broken = |e: parquet::errors::ParquetError| LakeError::Io {
        action: "writing",
        path: path.into(),
        source: std::io::Error::other(e),
    };
    let file = File::create(path).map_err(LakeError::io("creating", path))?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer: Option<ArrowWriter<File>> = None;
    let kept = file.try_clone().map_err(LakeError::io("creating", path))?;
    for batch in batches {
        let batch = batch?;
        if writer.is_none() {
            let file = kept.try_clone().map_err(LakeError::io("creating", path))?;
            writer = Some(ArrowWriter::try_new(file, batch.schema(), Some(properties.clone())).map_err(broken)?);
        }
        if let Some(writer) = &mut writer {
            writer.write(&batch).map_err(broken)?;
        }
    }
    if let Some(writer) = writer {
        writer.close().map_err(broken)?;
    }
    file.sync_all().map_err(LakeError::io("writing", path))
}

/// The same file under another name, where there is one.
fn link(from: &Path, to: &Path) -> Result<()> {
    match std::fs::hard_link(from, to) {
        Ok(()) => Ok(()),
        // Not every file system links.
        Err(_) => std::fs::copy(from, to).map(|_| ()).map_err(LakeError::io("copying", from)),
    }
}

fn batch(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    RecordBatch::try_from_iter(columns).map_err(|e| LakeError::Invalid(e.to_string()))
}

fn numbers<T>(rows: &[T], of: impl Fn(&T) -> u64) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<UInt64Array>())
}

fn members(rows: &[Member]) -> Result<RecordBatch> {
    batch(vec![
        ("mention", numbers(rows, |m| m.mention)),
        ("source", Arc::new(rows.iter().map(|m| Some(&*m.source)).collect::<StringArray>())),
        ("_object", Arc::new(rows.iter().map(|m| Some(&*m.object)).collect::<StringArray>())),
        ("_row", Arc::new(rows.iter().map(|m| m.row).collect::<Int64Array>())),
        ("sealed", Arc::new(rows.iter().map(|m| Some(m.sealed)).collect::<BooleanArray>())),
        ("record", numbers(rows, |m| m.record)),
        ("person", numbers(rows, |m| m.person)),
        ("print", numbers(rows, |m| m.print)),
        ("district", numbers(rows, |m| m.district)),
    ])
}

fn pairs(rows: &[Pair]) -> Result<RecordBatch> {
    batch(vec![
        ("left", numbers(rows, |p| p.left)),
        ("right", numbers(rows, |p| p.right)),
        ("bits", Arc::new(rows.iter().map(|p| p.bits).collect::<Float32Array>())),
        ("pattern", numbers(rows, |p| p.pattern)),
        ("flags", Arc::new(rows.iter().map(|p| p.flags).collect::<UInt8Array>())),
    ])
}

fn redirected(rows: &[(u64, u64)]) -> Result<RecordBatch> {
    batch(vec![("from", numbers(rows, |r| r.0)), ("to", numbers(rows, |r| r.1))])
}

fn gone(rows: &[u64]) -> Result<RecordBatch> {
    batch(vec![("mention", numbers(rows, |r| *r))])
}

/// Records that have one of these keys, both sorted.
pub fn sharing(folder: &Path, wanted: &[u64]) -> Result<Option<Vec<u64>>> {
    let files = parts(folder, "keys");
    if files == 0 {
        return Ok(None);
    }
    let mut out = Vec::new();
    for n in 0..files {
        each(&part(folder, "keys", n), |b| {
            let (keys, records) = (b.column(0).as_primitive::<UInt64Type>(), b.column(1).as_primitive::<UInt64Type>());
            // Keys are sorted within a file, so what is wanted is near what was wanted last.
            let mut at = keys.values().first().map_or(0, |first| wanted.partition_point(|w| w < first));
            for i in 0..b.num_rows() {
                let key = keys.value(i);
                while wanted.get(at).is_some_and(|w| *w < key) {
                    at += 1;
                }
                if wanted.get(at) == Some(&key) {
                    out.push(records.value(i));
                }
            }
        })?;
    }
    out.sort_unstable();
    out.dedup();
    Ok(Some(out))
}

/// Reads a folder.
pub fn read(folder: &Path) -> Result<Linkage> {
    let path = folder.join("state.json");
    let text = std::fs::read(&path).map_err(LakeError::io("reading", &path))?;
    let header: Header = serde_json::from_slice(&text).map_err(|e| LakeError::Invalid(format!("{}: {e}", path.display())))?;
    let mut redirects = HashMap::new();
    let mut texts: HashMap<String, Arc<str>> = HashMap::new();
    let whole = (part(folder, "members", 0), part(folder, "pairs", 0));
    let (mut found, mut evidence) = (members_of(&whole.0, &mut texts)?, pairs_of(&whole.1)?);
    let changed = parts(folder, "members").saturating_sub(1);
    if changed > 0 {
        let mut by_mention: HashMap<u64, Member> = found.into_iter().map(|m| (m.mention, m)).collect();
        for n in 1..=changed {
            let mut change = Change {
                members: members_of(&part(folder, "members", n), &mut texts)?,
                pairs: pairs_of(&part(folder, "pairs", n))?,
                ..Change::default()
            };
            each(&part(folder, "gone", n), |b| change.gone.extend(b.column(0).as_primitive::<UInt64Type>().values().iter()))?;
            each(&part(folder, "dropped", n), |b| {
                let number = |c: usize| b.column(c).as_primitive::<UInt64Type>();
                change.dropped.extend((0..b.num_rows()).map(|i| (number(0).value(i), number(1).value(i))));
            })?;
            change.apply(&mut by_mention, &mut evidence);
        }
        found = by_mention.into_values().collect();
    }
    each(&folder.join("redirects.parquet"), |b| {
        let number = |c: usize| b.column(c).as_primitive::<UInt64Type>();
        redirects.extend((0..b.num_rows()).map(|i| (number(0).value(i), number(1).value(i))));
    })?;
    Ok(Linkage::new(header, found, evidence, redirects))
}

fn members_of(path: &Path, texts: &mut HashMap<String, Arc<str>>) -> Result<Vec<Member>> {
    let mut out = Vec::new();
    let mut once = |text: &str| texts.entry(text.to_string()).or_insert_with(|| text.into()).clone();
    each(path, |b| {
        let (number, text) = (|c: usize| b.column(c).as_primitive::<UInt64Type>(), |c: usize| b.column(c).as_string::<i32>());
        let (rows, sealed) = (b.column(3).as_primitive::<Int64Type>(), b.column(4).as_boolean());
        // States of before have no district; they are linked whole next.
        let district = |i: usize| if b.num_columns() > 8 { number(8).value(i) } else { 0 };
        out.extend((0..b.num_rows()).map(|i| Member {
            mention: number(0).value(i),
            source: once(text(1).value(i)),
            object: once(text(2).value(i)),
            row: rows.value(i),
            sealed: sealed.value(i),
            record: number(5).value(i),
            person: number(6).value(i),
            print: number(7).value(i),
            district: district(i),
        }));
    })?;
    Ok(out)
}

fn pairs_of(path: &Path) -> Result<Vec<Pair>> {
    let mut out = Vec::new();
    each(path, |b| {
        let number = |c: usize| b.column(c).as_primitive::<UInt64Type>();
        let (bits, flags) = (b.column(2).as_primitive::<Float32Type>(), b.column(4).as_primitive::<UInt8Type>());
        out.extend((0..b.num_rows()).map(|i| Pair {
            left: number(0).value(i),
            right: number(1).value(i),
            bits: bits.value(i),
            pattern: number(3).value(i),
            flags: flags.value(i),
        }));
    })?;
    Ok(out)
}

fn each(path: &Path, mut f: impl FnMut(&RecordBatch)) -> Result<()> {
    let broken = |e: &dyn std::fmt::Display| LakeError::Invalid(format!("{}: {e}. Run `sarovar resolve --full`", path.display()));
    let file = File::open(path).map_err(LakeError::io("opening", path))?;
    if file.metadata().is_ok_and(|m| m.len() == 0) {
        return Ok(());
    }
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.with_batch_size(ROWS).build()).map_err(|e| broken(&e))?;
    for batch in reader {
        f(&batch.map_err(|e| broken(&e))?);
    }
    Ok(())
}
