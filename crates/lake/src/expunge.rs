//! Expungement: an object, a person or a case goes, with everything the lake holds of it.
//!
//! The row is the unit. A row that speaks of the person or case goes whole, from every table and every old version of one. Received files
//! that hold nothing else go too. In one that also holds others the records are blanked where it is a plain text of one record a line, and
//! where each record is found to be the one the row was made from; every other file (an archive, a workbook, a document) is sealed: its bytes
//! stay for the others' rows, and nobody reads it any more. ADR 21 says why.

mod known;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};
use sha2::{Digest, Sha256};

use crate::Lake;
use crate::erase::{Copy, Intent, Receipt, Rewritten};
use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::ingest::{Doomed, RowSet};
use crate::manifest::Manifest;
use crate::raw;
use crate::rows;

/// Shorter texts stand in too many places to say anything.
const TELLING: usize = 6;

/// What is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// SHA-256 of a received file.
    Object(String),
    /// The id of a linked person, or the key a source gives one (`cctns:275410012025000101`).
    Person(String),
    /// The key of a case: `fir:27541001/0001/2025`.
    Case(String),
}

impl Target {
    /// Reads a target, or says what is wrong with it.
    pub fn read(kind: &str, text: &str) -> Result<Target> {
        let text = text.trim();
        let wrong = |what: &str| LakeError::Invalid(format!("{text:?} {what}"));
        let hex = text.bytes().all(|b| b.is_ascii_hexdigit());
        match kind {
            "object" if text.len() == 64 && hex => Ok(Target::Object(text.to_lowercase())),
            "object" => Err(wrong("is no SHA-256 of a received file")),
            "person" if (text.len() == 16 && hex) || (text.contains(':') && text.len() > TELLING) => {
                Ok(Target::Person(text.to_owned()))
            }
            "person" => Err(wrong("is no person id, nor a source's key such as cctns:275410012025000101")),
            "case" => {
                let fir: model::FirRef = text
                    .strip_prefix("fir:")
                    .unwrap_or(text)
                    .parse()
                    .map_err(|e| LakeError::Invalid(format!("{text:?}: {e}")))?;
                fir.key().map(Target::Case).ok_or_else(|| wrong("does not say the station; write STATION/NUMBER/YEAR"))
            }
            _ => Err(LakeError::Invalid(format!("{kind:?} is nothing that is expunged; there are object, person, case"))),
        }
    }

    pub fn kind(&self) -> &'static str {
        match self {
            Target::Object(_) => "object",
            Target::Person(_) => "person",
            Target::Case(_) => "case",
        }
    }

    pub fn key(&self) -> &str {
        match self {
            Target::Object(key) | Target::Person(key) | Target::Case(key) => key,
        }
    }
}

/// Columns that say whom or which case a row of a POLE table speaks of.
const KEYS: &[(&str, &[&str])] = &[
    ("person_mention", &["person_key", "event_key"]),
    ("object", &["key"]),
    ("event", &["key", "case_key"]),
    ("link", &["from_key", "to_key"]),
];

fn text<'a>(batch: &'a RecordBatch, name: &str) -> Option<&'a arrow::array::StringArray> {
    batch.column_by_name(name)?.as_string_opt::<i32>()
}

/// Objects and rows of a batch.
fn places(batch: &RecordBatch) -> Option<(&arrow::array::StringArray, &arrow::array::Int64Array)> {
    Some((text(batch, "_object")?, batch.column_by_name("_row")?.as_primitive_opt::<Int64Type>()?))
}

impl Lake {
    /// Erases what `target` names. Repeated under the same id it gives the receipt of the first time.
    pub async fn expunge(&self, id: &str, target: &Target) -> Result<Receipt> {
        let _one = self.home().lock("purge").await?;
        if let Some(receipt) = self.store().setting(&format!("expunged/{id}")).await.map_err(crate::state)? {
            return Ok(receipt);
        }
        let mut intent = Intent { id: Some(id.to_owned()), at: self.now().to_rfc3339(), ..Intent::default() };
        match target {
            Target::Object(object) => {
                let name = self.object_name(object).await?;
                intent.texts = [object.clone(), name].into_iter().filter(|t| t.chars().count() >= TELLING).collect();
                intent.objects.push(object.clone());
            }
            Target::Person(key) | Target::Case(key) => {
                let mut keys = BTreeSet::from([key.clone()]);
                self.linked(key, &mut intent.rows, &mut keys).await?;
                self.speaking(&keys, &mut intent).await?;
                if intent.rows.is_empty() {
                    return Err(LakeError::Invalid(format!("no row of the lake speaks of {} {key}", target.kind())));
                }
                intent.texts.extend(keys);
                self.whole_objects(&mut intent).await?;
                self.plan_raw(&mut intent).await?;
            }
        }
        self.seal_around(&mut intent).await?;
        self.known(target, &mut intent).await?;
        self.begin(intent).await
    }

    /// Every data file of a table, old versions' and leftovers' too.
    fn each_file(&self, f: &mut dyn FnMut(&TableName, &Path) -> Result<()>) -> Result<()> {
        for (name, _) in self.physical_tables()? {
            let root = self.home().table(&name);
            for file in crate::table::data_files(&root) {
                f(&name, &root.join(&file))?;
            }
        }
        Ok(())
    }

    /// Rows of a linked person, and the keys its sources give it: those of rows that mention nobody else.
    async fn linked(&self, key: &str, rows: &mut Doomed, keys: &mut BTreeSet<String>) -> Result<()> {
        let Some(id) = (key.len() == 16).then(|| u64::from_str_radix(key, 16).ok()).flatten() else { return Ok(()) };
        let Some(linkage) = self.linkage().await? else { return Ok(()) };
        let person = linkage.follow(id);
        for member in linkage.members.iter().filter(|m| m.person == person) {
            rows.insert(&member.object, member.row);
        }
        let mut named: BTreeMap<(String, i64), Vec<String>> = BTreeMap::new();
        let columns = ["_object", "_row", "person_key"];
        self.each_file(&mut |table, path| {
            if table.area != "pole" || table.name != "person_mention" {
                return Ok(());
            }
            rows::some(table, path, &columns, |batch| {
                let (Some((objects, numbers)), Some(values)) = (places(batch), text(batch, "person_key")) else { return };
                for i in (0..batch.num_rows()).filter(|i| rows.contains(objects.value(*i), numbers.value(*i))) {
                    let at = named.entry((objects.value(i).to_owned(), numbers.value(i))).or_default();
                    at.extend(values.is_valid(i).then(|| values.value(i).to_owned()));
                }
            })
        })?;
        for mut at in named.into_values() {
            // The same file may lie there twice, as an old version.
            at.sort();
            at.dedup();
            if let [one] = at.as_slice() {
                keys.insert(one.clone());
            }
        }
        Ok(())
    }

    /// Rows that name one of the keys; what their row said of names and numbers; and older versions of them.
    async fn speaking(&self, keys: &BTreeSet<String>, intent: &mut Intent) -> Result<()> {
        let bare = bare(keys);
        let doomed = &mut intent.rows;
        self.each_file(&mut |table, path| {
            let columns: &[&str] = match table.area.as_str() {
                "pole" => match KEYS.iter().find(|(name, _)| *name == table.name) {
                    Some((_, columns)) => columns,
                    None => return Ok(()),
                },
                "quarantine" => &["original"],
                _ => return Ok(()),
            };
            let wanted: Vec<&str> = columns.iter().chain(&["_object", "_row"]).copied().collect();
            rows::some(table, path, &wanted, |batch| {
                let Some((objects, numbers)) = places(batch) else { return };
                for column in columns.iter().filter_map(|c| text(batch, c)) {
                    for i in (0..batch.num_rows()).filter(|i| column.is_valid(*i)) {
                        let value = column.value(i);
                        // A refused row was never given a key: what it says is looked through.
                        let hit = match table.area.as_str() {
                            "quarantine" => bare.iter().any(|key| value.contains(key.as_str())),
                            _ => keys.contains(value),
                        };
                        if hit {
                            doomed.insert(objects.value(i), numbers.value(i));
                        }
                    }
                }
            })
        })?;
        self.older(doomed).await?;
        let mut said = BTreeSet::new();
        let columns = ["_object", "_row", "name", "name_local", "phone", "id_value"];
        self.each_file(&mut |table, path| {
            if table.area != "pole" || table.name != "person_mention" {
                return Ok(());
            }
            rows::some(table, path, &columns, |batch| {
                let Some((objects, numbers)) = places(batch) else { return };
                for column in columns.iter().skip(2).filter_map(|c| text(batch, c)) {
                    let of = (0..batch.num_rows()).filter(|i| column.is_valid(*i));
                    let of = of.filter(|i| doomed.contains(objects.value(*i), numbers.value(*i))).map(|i| column.value(i));
                    said.extend(of.filter(|t| t.chars().count() >= TELLING).map(str::to_owned));
                }
            })
        })?;
        intent.texts.extend(said);
        intent.texts.extend(bare);
        Ok(())
    }

    /// Adds the versions of the same rows that a correction replaced: the same key in the same source's tables.
    async fn older(&self, doomed: &mut Doomed) -> Result<()> {
        let base = |table: &TableName| table.name.split('@').next().unwrap_or_default().to_owned();
        let mut hashes: HashSet<(String, i64)> = HashSet::new();
        let columns = ["_object", "_row", "_key"];
        for add in [false, true] {
            let mut found = Vec::new();
            self.each_file(&mut |table, path| {
                if table.area != "clean" {
                    return Ok(());
                }
                let of = base(table);
                rows::some(table, path, &columns, |batch| {
                    let key = batch.column_by_name("_key").and_then(|c| c.as_primitive_opt::<Int64Type>());
                    let (Some((objects, numbers)), Some(key)) = (places(batch), key) else { return };
                    for i in 0..batch.num_rows() {
                        let mark = (of.clone(), key.value(i));
                        if add {
                            if hashes.contains(&mark) {
                                found.push((objects.value(i).to_owned(), numbers.value(i)));
                            }
                        } else if doomed.contains(objects.value(i), numbers.value(i)) {
                            hashes.insert(mark);
                        }
                    }
                })
            })?;
            found.iter().for_each(|(object, row)| doomed.insert(object, *row));
        }
        Ok(())
    }

    /// Objects of which nothing else is left go whole.
    async fn whole_objects(&self, intent: &mut Intent) -> Result<()> {
        let mut others: HashSet<String> = HashSet::new();
        let rows = &intent.rows;
        self.each_file(&mut |table, path| {
            if table.area == "pole" {
                return Ok(());
            }
            rows::origins(table, path, |batch| {
                let Some((objects, numbers)) = places(batch) else { return };
                for i in 0..batch.num_rows() {
                    let object = objects.value(i);
                    if rows.of(object).is_some_and(|rows| !rows.contains(numbers.value(i))) && !others.contains(object) {
                        others.insert(object.to_owned());
                    }
                }
            })
        })?;
        let whole = rows.objects().filter(|object| !others.contains(*object)).cloned().collect();
        intent.objects = whole;
        Ok(())
    }

    /// Settles for each file that also holds others which records are blanked, or that it is sealed.
    async fn plan_raw(&self, intent: &mut Intent) -> Result<()> {
        let shared: BTreeSet<String> = intent.rows.objects().filter(|o| !intent.objects.contains(o)).cloned().collect();
        let evidence = self.evidence(&shared, &intent.rows)?;
        // Versions that no table knows any more lie in the other files of the same sources.
        let mut looked: BTreeSet<String> = shared.clone();
        let mut contracts = BTreeSet::new();
        for object in shared.iter().chain(&intent.objects) {
            let filter = store::RunFilter { object: Some(object.clone()), ..store::RunFilter::default() };
            let runs = self.store().runs(&filter, store::Page::first(100)).await.map_err(crate::state)?.rows;
            contracts.extend(runs.into_iter().map(|run| run.contract));
        }
        for contract in contracts {
            let filter = store::RunFilter { contract: Some(contract), ..store::RunFilter::default() };
            let runs = self.store().runs(&filter, store::Page { limit: 100_000, offset: 0 }).await.map_err(crate::state)?.rows;
            looked.extend(runs.into_iter().map(|run| run.object).filter(|o| !intent.objects.contains(o)));
        }
        let bare = bare(&intent.texts.iter().cloned().collect());
        for object in looked {
            let rows = intent.rows.of(&object).cloned().unwrap_or_default();
            let empty = BTreeMap::new();
            let known = evidence.get(&object).unwrap_or(&empty);
            let found = raw::open(self.home(), &object).ok().map(|file| records(file, &rows, known, &bare)).transpose()?;
            match found.flatten() {
                Some(found) => found.iter().for_each(|row| intent.blank.insert(&object, row)),
                None if !rows.is_empty() => intent.seal.push(object),
                None => {}
            }
        }
        Ok(())
    }

    /// What the rows themselves say, so that a record is known to be the one a row was made from.
    fn evidence(&self, objects: &BTreeSet<String>, rows: &Doomed) -> Result<BTreeMap<String, BTreeMap<i64, Vec<String>>>> {
        let mut out: BTreeMap<String, BTreeMap<i64, Vec<String>>> = BTreeMap::new();
        self.each_file(&mut |table, path| {
            if table.area == "pole" {
                return Ok(());
            }
            let builder = rows::open(table, path)?;
            let names: Vec<String> = builder
                .schema()
                .fields()
                .iter()
                .filter(|f| !f.name().starts_with('_') || matches!(f.name().as_str(), "_object" | "_row"))
                .filter(|f| f.name() == "_row" || is_text(f.data_type()))
                .map(|f| f.name().clone())
                .collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            rows::some(table, path, &names, |batch| {
                let Some((from, numbers)) = places(batch) else { return };
                for i in 0..batch.num_rows() {
                    let (object, row) = (from.value(i), numbers.value(i));
                    if !objects.contains(object) || !rows.contains(object, row) {
                        continue;
                    }
                    let said = out.entry(object.to_owned()).or_default().entry(row).or_default();
                    let columns = batch.schema().fields().iter().map(|f| f.name().clone()).collect::<Vec<_>>();
                    let values = columns.iter().filter(|n| !n.starts_with('_')).filter_map(|n| text(batch, n));
                    let values = values.filter(|c| c.is_valid(i)).map(|c| c.value(i)).filter(|t| t.chars().count() >= 4);
                    said.extend(values.map(str::to_lowercase));
                }
            })
        })?;
        Ok(out)
    }

    /// An archive that holds a touched file holds its bytes too.
    async fn seal_around(&self, intent: &mut Intent) -> Result<()> {
        let mut waiting: Vec<String> = intent.touched().into_iter().map(str::to_owned).collect();
        let mut seen: BTreeSet<String> = waiting.iter().cloned().collect();
        while let Some(object) = waiting.pop() {
            let parent = self.store().object(&object).await.map_err(crate::state)?.and_then(|o| o.parent_sha256);
            if let Some(parent) = parent.filter(|p| seen.insert(p.clone())) {
                if !intent.seal.contains(&parent) {
                    intent.seal.push(parent.clone());
                }
                waiting.push(parent);
            }
        }
        Ok(())
    }

    /// Blanks and seals. Every step may be repeated.
    pub(crate) async fn rewrite_raw(&self, intent: &Intent, receipt: &mut Receipt) -> Result<()> {
        let by = intent.id.clone().unwrap_or_else(|| intent.at.clone());
        for object in intent.blank.objects() {
            let Some(rows) = intent.blank.of(object) else { continue };
            let sha256 = blank(self.home(), object, rows)?;
            let before = raw::mark(self.home(), object)?.filter(|mark| mark.by != by).map_or(0, |mark| mark.records);
            let mark = raw::Mark { by: by.clone(), records: before + rows.len(), sha256: Some(sha256.clone()) };
            raw::set_mark(self.home(), object, &mark)?;
            receipt.rewritten.push(Rewritten { object: object.clone(), records: rows.len(), sha256 });
        }
        for object in &intent.seal {
            raw::set_mark(self.home(), object, &raw::Mark { by: by.clone(), records: 0, sha256: None })?;
            receipt.sealed.push(object.clone());
        }
        Ok(())
    }

    /// Exports that hold, or may hold, something of it.
    pub(crate) async fn copies(&self, intent: &Intent) -> Result<Vec<Copy>> {
        let touched = intent.touched();
        let tables: HashSet<String> =
            intent.tables.iter().map(|(t, _)| format!("{}.{}", t.area, t.name.split('@').next().unwrap_or_default())).collect();
        let mut out = Vec::new();
        for row in self.store().exports(None, 1_000_000).await.map_err(crate::state)? {
            let manifest = Manifest::parse(&row.manifest).map_err(|e| LakeError::Invalid(e.to_string()))?;
            let certain = manifest.objects.iter().any(|object| touched.contains(object.as_str()));
            let unclear = manifest.objects.is_empty() && manifest.tables.iter().any(|table| tables.contains(table));
            if certain || unclear {
                let (export, who, at, sha256) = (manifest.id, manifest.who, manifest.at, manifest.sha256);
                out.push(Copy { export, who, at, sha256, certain });
            }
        }
        Ok(out)
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

/// What a source itself writes for its keys: `275410012025000101` of `cctns:275410012025000101`, `2754100120250001` of a FIR.
fn bare(keys: &BTreeSet<String>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (kind, own) in keys.iter().filter_map(|key| key.split_once(':')) {
        out.insert(own.to_owned());
        // CCTNS writes a FIR as its station, year and number in one.
        if let ("fir", [station, number, year]) = (kind, own.split('/').collect::<Vec<_>>().as_slice()) {
            out.insert(format!("{station}{year}{number}"));
        }
    }
    out.retain(|own| own.chars().count() >= TELLING && own.bytes().any(|b| b.is_ascii_digit()));
    out
}

/// Begins of files that are no plain text of one record a line.
const OTHER: &[&[u8]] =
    &[b"PK", b"\x1f\x8b", b"%PDF", b"PAR1", b"\xd0\xcf\x11\xe0", b"\xff\xfe", b"\xfe\xff", b"<", b"[", b"7z\xbc\xaf", b"Rar!"];

/// The records of a plain text that `rows` name or that hold one of the keys; none where it is no such text, or a record is not found to be
/// the one its row was made from.
fn records(
    file: impl Read,
    rows: &RowSet,
    evidence: &BTreeMap<i64, Vec<String>>,
    keys: &BTreeSet<String>,
) -> Result<Option<RowSet>> {
    let mut out = RowSet::default();
    let mut plain = true;
    let last = rows.iter().max().unwrap_or_default();
    let mut seen = 0;
    each_record(file, &mut |number, record| {
        if number == 1 {
            let start = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record).trim_ascii_start();
            plain &= !OTHER.iter().any(|begin| start.starts_with(begin));
        }
        plain &= !record.contains(&0);
        if !plain {
            return Ok(false);
        }
        seen = number;
        let text = String::from_utf8_lossy(record);
        if rows.contains(number) {
            let said = evidence.get(&number).map(Vec::as_slice).unwrap_or_default();
            let lower = text.to_lowercase();
            plain &= text.trim().is_empty() || said.iter().any(|value| lower.contains(value.as_str()));
            out.insert(number);
        } else if keys.iter().any(|key| text.contains(key.as_str())) {
            out.insert(number);
        }
        Ok(plain)
    })?;
    Ok((plain && seen >= last).then_some(out))
}

/// Gives each record (a line, or several where a quotation spans them) with its number, until `f` says no.
fn each_record(file: impl Read, f: &mut dyn FnMut(i64, &[u8]) -> Result<bool>) -> Result<()> {
    use std::io::BufRead;
    let mut input = BufReader::with_capacity(1 << 20, file);
    let (mut number, mut record, mut quoted) = (1, Vec::new(), false);
    loop {
        let from = record.len();
        let n = input.read_until(b'\n', &mut record).map_err(LakeError::io("reading", "a received file"))?;
        quoted ^= record[from..].iter().filter(|b| **b == b'"').count() % 2 == 1;
        if n > 0 && quoted && record.len() < 64 << 20 {
            continue;
        }
        if record.is_empty() || !f(number, &record)? {
            return Ok(());
        }
        number += 1;
        record.clear();
        quoted = false;
    }
}

/// Writes blanks over records of a raw object, line ends left; gives the SHA-256 of its bytes since.
fn blank(home: &crate::home::Home, object: &str, rows: &RowSet) -> Result<String> {
    let file = raw::open(home, object)?;
    let target = home.raw(object);
    let temp = tempfile::NamedTempFile::new_in(home.scratch()).map_err(LakeError::io("writing in", home.scratch()))?;
    let mut hash = Sha256::new();
    {
        let mut out = BufWriter::new(temp.as_file());
        each_record(file, &mut |number, record| {
            let gone: Vec<u8>;
            let bytes = match rows.contains(number) {
                false => record,
                true => {
                    gone = record.iter().map(|b| if matches!(b, b'\n' | b'\r') { *b } else { b' ' }).collect();
                    &gone
                }
            };
            hash.update(bytes);
            out.write_all(bytes).map_err(LakeError::io("writing", &target))?;
            Ok(true)
        })?;
        out.flush().map_err(LakeError::io("writing", &target))?;
    }
    temp.as_file().sync_all().map_err(LakeError::io("writing", &target))?;
    let mut mode = temp.as_file().metadata().map_err(LakeError::io("reading", &target))?.permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(temp.path(), mode).map_err(LakeError::io("protecting", &target))?;
    temp.persist(&target).map_err(|e| LakeError::Io { action: "naming", path: target, source: e.error })?;
    Ok(raw::hex(&hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &[u8], rows: &[i64], said: &str, keys: &[&str]) -> Option<Vec<i64>> {
        let evidence = rows.iter().map(|row| (*row, vec![said.to_owned()])).collect();
        let keys = keys.iter().map(|k| (*k).to_owned()).collect();
        records(text, &rows.iter().copied().collect(), &evidence, &keys).unwrap().map(|rows| rows.iter().collect())
    }

    #[test]
    fn records_are_found_or_the_file_is_no_text() {
        let text = b"ID,NAME\r\n1,\"Asha\nDevi\"\r\n2,Ravi 123456\r\n";
        assert_eq!(found(text, &[2], "devi", &[]), Some(vec![2]));
        assert_eq!(found(text, &[2], "devi", &["123456"]), Some(vec![2, 3]));
        assert_eq!(found(text, &[2], "meera", &[]), None, "the record is another than the row's");
        assert_eq!(found(text, &[9], "devi", &[]), None, "there is no such record");
        assert_eq!(found(b"PK\x03\x04devi\n", &[1], "devi", &[]), None);
        assert_eq!(found(b"a\0b devi\n", &[1], "devi", &[]), None);
        assert_eq!(found(b"[{\"a\":\"devi\"}]", &[1], "devi", &[]), None);
    }

    #[test]
    fn targets_are_read_or_refused() {
        assert_eq!(Target::read("case", "27541001/1/2025").unwrap(), Target::Case("fir:27541001/0001/2025".into()));
        assert_eq!(Target::read("person", " cctns:275410012025000101 ").unwrap().key(), "cctns:275410012025000101");
        for (kind, text) in [("object", "abc"), ("person", "Asha"), ("case", "1/2025"), ("case", "x"), ("table", "clean.x")] {
            assert!(matches!(Target::read(kind, text), Err(LakeError::Invalid(_))), "{kind} {text}");
        }
    }
}
