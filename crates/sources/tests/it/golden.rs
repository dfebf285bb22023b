//! Every contract folder: its sample must give the accepted and refused rows that stand beside it.
//!
//! `golden/<sample>.accepted.csv` holds the contract's columns, `_row` and `_flags`; `golden/<sample>.rejected.csv` one line per
//! reason: `row,code,column`. After a deliberate change run the tests with `SAROVAR_UPDATE_GOLDEN=1` and read the difference.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::record_batch::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use sources::{Contract, Detection, Limits, Reject, Trailer, detect, open};

/// All of a file under a contract.
pub struct Read {
    pub batches: Vec<RecordBatch>,
    pub rejects: Vec<Reject>,
    pub trailer: Trailer,
}

impl Read {
    pub fn accepted(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }
}

/// Reads a file under the format that detection chooses among this contract's.
pub fn read(contract: &Arc<Contract>, path: &Path) -> Result<Read, String> {
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let file = || fs::File::open(path).map_err(|e| format!("{}: {e}", path.display()));
    let variant = match detect(name, &mut file()?, std::slice::from_ref(contract)).map_err(|e| e.to_string())? {
        Detection::One(candidate) => candidate.variant,
        Detection::Ambiguous(candidates) => candidates[0].variant,
        Detection::None { closest } => {
            let reasons: Vec<&String> = closest.iter().flat_map(|c| &c.reasons).collect();
            return Err(format!("{}: {} does not fit: {reasons:?}", path.display(), contract.name));
        }
    };
    // 23 November 2026, so that `not_future` means the same on every day.
    let limits = Limits { now: Some(1_795_392_000_000_000), ..Limits::default() };
    let mut reader = open(contract, variant, name, Box::new(file()?), &limits).map_err(|e| e.to_string())?;
    let (mut batches, mut rejects) = (Vec::new(), Vec::new());
    while let Some(chunk) = reader.next().map_err(|e| e.to_string())? {
        let parsed = chunk.parse();
        assert_eq!(parsed.rows_in as usize, parsed.batch.num_rows() + parsed.rejects.len(), "{}: a row was lost", path.display());
        batches.push(parsed.batch);
        rejects.extend(parsed.rejects);
    }
    Ok(Read { batches, rejects, trailer: reader.finish() })
}

/// The folders `SYSTEM/DATASET` below `root` with their contracts, in order of name.
pub fn contracts(root: &Path) -> Vec<(PathBuf, Arc<Contract>)> {
    let folders = |path: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(path).into_iter().flatten().flatten();
        let mut found: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| p.is_dir()).collect();
        found.sort();
        found
    };
    let mut found = Vec::new();
    for folder in folders(root).iter().flat_map(|system| folders(system)) {
        let Ok(yaml) = fs::read_to_string(folder.join("contract.yaml")) else { continue };
        let mapping = fs::read_to_string(folder.join("mapping.sql")).unwrap_or_default();
        let contract = Contract::parse(&yaml, &mapping).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        let stands = format!("{}/{}", contract.system, contract.dataset);
        assert!(folder.ends_with(&stands), "{}: the contract calls itself {}", folder.display(), contract.name);
        found.push((folder, Arc::new(contract)));
    }
    found
}

fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// Arrow prints zones by offset only.
fn printable(column: &ArrayRef) -> ArrayRef {
    match column.as_primitive_opt::<TimestampMicrosecondType>() {
        Some(instants) => Arc::new(instants.clone().with_timezone("+00:00")),
        None => column.clone(),
    }
}

/// The first `width` columns of every row as CSV.
pub fn lines(batches: &[RecordBatch], width: usize) -> Vec<String> {
    let options = FormatOptions::default();
    let mut lines = Vec::new();
    for batch in batches {
        let columns: Vec<ArrayRef> = batch.columns()[..width].iter().map(printable).collect();
        let texts: Vec<ArrayFormatter> =
            columns.iter().map(|c| ArrayFormatter::try_new(c.as_ref(), &options).expect("a printable column")).collect();
        for row in 0..batch.num_rows() {
            let cell = |(text, column): (&ArrayFormatter, &ArrayRef)| {
                if column.is_null(row) { String::new() } else { field(&text.value(row).to_string()) }
            };
            lines.push(texts.iter().zip(&columns).map(cell).collect::<Vec<_>>().join(","));
        }
    }
    lines
}

fn accepted(contract: &Contract, batches: &[RecordBatch]) -> String {
    let schema = contract.parsed_schema();
    let names: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
    let mut text = names.join(",") + "\n";
    for line in lines(batches, names.len()) {
        text += &(line + "\n");
    }
    text
}

fn rejected(rejects: &[Reject]) -> String {
    let mut text = "row,code,column\n".to_owned();
    for reject in rejects {
        for reason in &reject.reasons {
            let _ = writeln!(text, "{},{},{}", reject.row, reason.code, reason.column.as_deref().unwrap_or_default());
        }
    }
    text
}

/// Lines that only one of the texts has.
fn difference(expected: &str, found: &str) -> String {
    let mut out = String::new();
    for (sign, one, other) in [('-', expected, found), ('+', found, expected)] {
        let known: Vec<&str> = other.lines().collect();
        for line in one.lines().filter(|l| !known.contains(l)) {
            let _ = writeln!(out, "  {sign} {line}");
        }
    }
    out
}

#[test]
fn samples_give_their_golden_rows() {
    let update = std::env::var_os("SAROVAR_UPDATE_GOLDEN").is_some();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts");
    let (mut failures, mut samples) = (String::new(), 0);
    for (folder, contract) in contracts(&root) {
        let mut files: Vec<PathBuf> = fs::read_dir(&folder).expect("a folder").flatten().map(|e| e.path()).collect();
        files.sort();
        for sample in files {
            let name = sample.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
            if !name.starts_with("sample") {
                continue;
            }
            samples += 1;
            let read = match read(&contract, &sample) {
                Ok(read) => read,
                Err(error) => {
                    let _ = writeln!(failures, "{} {name}: {error}", contract.name);
                    continue;
                }
            };
            for (kind, found) in [("accepted", accepted(&contract, &read.batches)), ("rejected", rejected(&read.rejects))] {
                let golden = folder.join(format!("golden/{name}.{kind}.csv"));
                if update {
                    fs::write(&golden, &found).expect("a writable golden file");
                }
                let expected = fs::read_to_string(&golden).unwrap_or_default();
                if expected != found {
                    let _ = writeln!(failures, "{} {name} {kind}:\n{}", contract.name, difference(&expected, &found));
                }
            }
        }
    }
    assert!(samples > 0, "no sample found below {}", root.display());
    assert!(failures.is_empty(), "rows differ from the golden files (- expected, + found):\n{failures}");
}

#[test]
fn our_own_facts_load_whole() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts");
    for (name, file) in [("reference.unit", "units_rajasthan.csv"), ("reference.section", "sections_india.csv")] {
        let (folder, contract) = contracts(&root).into_iter().find(|(_, c)| c.name == name).expect("a reference contract");
        let path = folder.join(file);
        let read = read(&contract, &path).unwrap_or_else(|e| panic!("{e}"));
        // The files have one record a line.
        let lines = fs::read_to_string(&path).expect("a fact file").lines().count();
        assert!(read.rejects.is_empty(), "{name}: {:?}", read.rejects.first());
        assert_eq!(read.accepted(), lines - 1, "{name}");
    }
}

#[test]
fn sections_that_were_not_re_enacted_are_never_mapped() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts/reference/section/sections_india.csv");
    let text = fs::read_to_string(path).expect("the sections");
    for section in ["124A", "309", "377", "497"] {
        let lines: Vec<&str> = text.lines().filter(|l| l.starts_with(&format!("IPC,{section},"))).collect();
        assert!(!lines.is_empty(), "IPC {section} is missing");
        assert!(lines.iter().all(|l| l.starts_with(&format!("IPC,{section},none,none,"))), "{lines:?}");
    }
}

#[test]
fn shipped_contracts_say_what_they_must() {
    for (folder, result) in sources::embedded() {
        let contract = result.unwrap_or_else(|e| panic!("{folder}: {e}"));
        let bilingual =
            |b: &sources::contract::Bilingual| !b.en.is_empty() && b.hi.chars().any(|c| ('\u{900}'..'\u{980}').contains(&c));
        assert!(bilingual(&contract.title), "{folder}: a title in both languages");
        for column in &contract.columns {
            assert!(bilingual(&column.meaning), "{folder}: `{}` needs a label in both languages", column.name);
        }
        assert!(!contract.legal_basis.is_empty() && contract.retention.is_some(), "{folder}: legal basis and retention");
        assert!(!contract.key.is_empty(), "{folder}: a key");
    }
}

#[test]
fn every_sample_is_recognised_among_all_contracts() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts");
    let all: Vec<Arc<Contract>> = contracts(&root).into_iter().map(|(_, c)| c).collect();
    let (mut failures, mut samples) = (String::new(), 0);
    for (folder, contract) in contracts(&root) {
        for sample in fs::read_dir(&folder).expect("a folder").flatten().map(|e| e.path()) {
            let name = sample.file_name().and_then(|n| n.to_str()).unwrap_or_default().to_owned();
            if !name.starts_with("sample") {
                continue;
            }
            samples += 1;
            let found = detect(&name, &mut fs::File::open(&sample).expect("a sample"), &all).expect("a readable sample");
            let named =
                |c: &[sources::Candidate]| c.iter().map(|c| format!("{} {:.3}", c.contract.name, c.score)).collect::<Vec<_>>();
            match &found {
                Detection::One(one) if one.contract.name == contract.name => {}
                Detection::One(one) => {
                    _ = writeln!(failures, "{} {name}: taken for {:?}", contract.name, named(std::slice::from_ref(one)))
                }
                Detection::Ambiguous(many) => _ = writeln!(failures, "{} {name}: one of {:?}", contract.name, named(many)),
                Detection::None { closest } => _ = writeln!(failures, "{} {name}: none; {:?}", contract.name, named(closest)),
            }
        }
    }
    println!("{} contracts, {samples} samples", all.len());
    assert!(failures.is_empty(), "{failures}");
}
