//! A first contract from a sample file: columns, types, keys and how personal each seems, for a person to go over.
//!
//! Everything in a draft is a guess that its comment names as one. What is guessed errs on the careful side: a column that may hold a person's
//! data is personal until somebody says otherwise.

mod guess;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::contract::{Contract, ContractError, Kind};
use crate::read::{ReadError, delimited, input, sheet};
use crate::{Limits, Parsed, ReadSeek, archive};

pub use guess::{Guess, Type};

/// Bytes of the sample that are looked at.
const HEAD: usize = 4 << 20;
/// Rows of it.
const ROWS: usize = 5000;

/// A drafted contract.
#[derive(Debug, Clone)]
pub struct Draft {
    pub yaml: String,
    pub contract: Arc<Contract>,
    pub columns: Vec<Guess>,
    /// Rows of the sample that were looked at.
    pub rows: usize,
}

/// Why no contract could be drafted.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("{name}: no table was found in it. A draft is made from CSV, Excel, JSON or NDJSON with names of columns")]
    NoTable { name: String },
    #[error("{0:?} is no name of a source; write SYSTEM.DATASET in lower-case letters, digits and underscores")]
    Name(String),
    #[error("the draft does not pass as a contract: {0}. Write one by hand (docs/contracts.md)")]
    Contract(#[from] ContractError),
}

/// Rows of a sample as texts.
struct Sample {
    kind: Kind,
    /// Where the rows of a JSON document are.
    place: Option<String>,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

/// Drafts a contract named `contract` from the sample `input` (file name `name`).
pub fn draft(contract: &str, name: &str, input: &mut dyn ReadSeek) -> Result<Draft, DraftError> {
    let word = |w: &str| {
        w.starts_with(|c: char| c.is_ascii_lowercase())
            && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let Some((system, dataset)) = contract.split_once('.').filter(|(s, d)| word(s) && word(d)) else {
        return Err(DraftError::Name(contract.into()));
    };
    let sample = sample(name, input)?;
    let columns = guess::columns(&sample.header, &sample.rows);
    if columns.is_empty() {
        return Err(DraftError::NoTable { name: name.into() });
    }
    let yaml = yaml(contract, system, dataset, &sample, &columns);
    let contract = Arc::new(Contract::parse(&yaml, "")?);
    Ok(Draft { yaml, contract, columns, rows: sample.rows.len() })
}

/// Reads a sample under a contract that is not kept yet: the chunks of its first records.
pub fn preview(
    contract: &Arc<Contract>,
    name: &str,
    input: Box<dyn ReadSeek + Send>,
    limits: &Limits,
) -> Result<Vec<Parsed>, ReadError> {
    let mut reader = crate::open(contract, 0, name, input, limits)?;
    let mut out = Vec::new();
    let mut rows = 0;
    while let Some(chunk) = reader.next()? {
        let parsed = chunk.parse();
        rows += parsed.rows_in;
        out.push(parsed);
        if rows >= 100_000 {
            break;
        }
    }
    Ok(out)
}

fn sample(name: &str, mut source: &mut dyn ReadSeek) -> Result<Sample, DraftError> {
    let none = || DraftError::NoTable { name: name.into() };
    let head = input::peek(name, source, HEAD)?;
    if head.is_empty() {
        return Err(ReadError::Empty { name: name.into() }.into());
    }
    if archive::is_zip(&head) || head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let mut bytes = Vec::new();
        let most = Limits::default().max_sheet_bytes;
        std::io::Read::read_to_end(&mut std::io::Read::take(&mut source, most), &mut bytes)
            .map_err(|e| ReadError::io(name, e))?;
        let sheets = sheet::heads(name, bytes, &Limits::default())?;
        let cells =
            sheets.into_iter().find(|s| s.iter().any(|r| r.iter().filter(|c| !c.is_empty()).count() > 1)).ok_or_else(none)?;
        return table(Kind::Sheet, cells).ok_or_else(none);
    }
    let whole = head.len() < HEAD;
    let mut text = input::text(Box::new(std::io::Cursor::new(head)), crate::contract::Encoding::Auto, name)?;
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut text.bytes, &mut bytes).map_err(|e| ReadError::io(name, e))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let start = text.trim_start();
    if start.starts_with(['{', '[']) {
        return json(start, whole).ok_or_else(none);
    }
    let mut lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).take(ROWS + 40).collect();
    if !whole {
        lines.pop(); // cut off
    }
    let cut = |d: u8| -> Vec<Vec<String>> { lines.iter().map(|l| delimited::fields(l, d, Some(b'"'))).collect() };
    let width = |cells: &[Vec<String>]| cells.iter().map(Vec::len).max().unwrap_or(0);
    let best =
        b",\t|;".iter().map(|d| cut(*d)).max_by_key(|cells| width(cells)).filter(|cells| width(cells) > 1).ok_or_else(none)?;
    table(Kind::Csv, best).ok_or_else(none)
}

/// The header is the first row that is as wide as most; what stands before it is a preamble.
fn table(kind: Kind, cells: Vec<Vec<String>>) -> Option<Sample> {
    let filled = |row: &Vec<String>| row.iter().filter(|c| !c.trim().is_empty()).count();
    let most = cells.iter().take(60).map(&filled).max()?;
    let at = cells.iter().position(|row| filled(row) * 10 >= most * 8 && filled(row) > 1)?;
    let header: Vec<String> = cells[at].iter().map(|c| c.trim().to_owned()).collect();
    let rows: Vec<Vec<String>> = cells[at + 1..].iter().filter(|r| filled(r) > 1).take(ROWS).cloned().collect();
    (!rows.is_empty()).then_some(Sample { kind, place: None, header, rows })
}

fn json(text: &str, whole: bool) -> Option<Sample> {
    use serde_json::Value;
    let mut kind = Kind::Ndjson;
    let mut place = None;
    let first = text.lines().next().unwrap_or_default();
    let lines = first.starts_with('{')
        && serde_json::from_str::<Value>(first).is_ok_and(|v| v.is_object())
        && text.lines().nth(1).is_some();
    let records: Vec<Value> = if lines {
        let lines = text.lines().filter_map(|l| serde_json::from_str(l).ok());
        lines.take(ROWS).collect()
    } else {
        kind = Kind::Json;
        let document: Value = whole.then(|| serde_json::from_str(text).ok()).flatten()?;
        match document {
            Value::Array(rows) => {
                place = Some("/*".to_owned());
                rows
            }
            Value::Object(map) => {
                let (key, rows) = map.into_iter().find(|(_, v)| v.as_array().is_some_and(|a| a.iter().any(Value::is_object)))?;
                place = Some(format!("/{key}/*"));
                rows.as_array().cloned().unwrap_or_default()
            }
            _ => return None,
        }
    };
    let mut header: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    let mut flat: Vec<Vec<(String, String)>> = Vec::new();
    for record in records.iter().take(ROWS) {
        let mut cells = Vec::new();
        flatten("", record, &mut cells);
        for (key, _) in &cells {
            if header.len() < 500 && known.insert(key.clone()) {
                header.push(key.clone());
            }
        }
        flat.push(cells);
    }
    let of =
        |cells: &[(String, String)], key: &str| cells.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone()).unwrap_or_default();
    let rows: Vec<Vec<String>> = flat.iter().map(|cells| header.iter().map(|k| of(cells, k)).collect()).collect();
    (!header.is_empty() && !rows.is_empty()).then_some(Sample { kind, place, header, rows })
}

/// Members of members become `a/b`, as contracts name them.
fn flatten(before: &str, value: &serde_json::Value, out: &mut Vec<(String, String)>) {
    use serde_json::Value;
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let key = if before.is_empty() { key.clone() } else { format!("{before}/{key}") };
                flatten(&key, value, out);
            }
        }
        Value::Null => out.push((before.to_owned(), String::new())),
        Value::String(s) => out.push((before.to_owned(), s.clone())),
        other => out.push((before.to_owned(), other.to_string())),
    }
}

/// A text as YAML writes it without doubt: JSON is YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

fn yaml(name: &str, system: &str, dataset: &str, sample: &Sample, columns: &[Guess]) -> String {
    let mut out = format!(
        "# Drafted from a sample. Every line is a guess: go over types, keys, classes and texts, and say who owns it under which law.\n\
         apiVersion: v3.0.2\nkind: DataContract\nid: urn:sarovar:contract:{name}\nname: {name}\nversion: 0.1.0\nstatus: draft\ndomain: {system}\n\
         description:\n  purpose: Drafted from a sample; say what one row is.\n\
         slaProperties:\n  - {{property: frequency, value: 1, unit: d}}\n  - {{property: retention, value: 1, unit: y}}\n\
         customProperties:\n  - {{property: title, value: {{en: {name}, hi: {name}}}}}\n  - {{property: owner, value: to be named}}\n  - {{property: legalBasis, value: to be named}}\n\
         \x20 - property: formats\n    value:\n      - kind: {}\n",
        sample.kind.as_str()
    );
    match (sample.kind, &sample.place) {
        (Kind::Csv, _) => out += "        delimiter: auto\n",
        (Kind::Sheet, _) => out += "        sheets: first\n",
        (_, Some(place)) => {
            let _ = writeln!(out, "        rows: {}", quoted(place));
        }
        _ => {}
    }
    let keys = columns.iter().filter(|c| c.key).count();
    let sure: Vec<&str> = columns.iter().filter(|c| c.required).map(|c| c.name.as_str()).take(6).collect();
    let signature = if sure.is_empty() { columns.iter().map(|c| c.name.as_str()).take(6).collect() } else { sure };
    let _ = writeln!(out, "  - {{property: signature, value: [{}]}}", signature.join(", "));
    let _ = writeln!(
        out,
        "schema:\n  - name: {system}_{dataset}\n    logicalType: object\n    physicalName: clean.{system}_{dataset}\n    properties:"
    );
    if keys == 0 {
        out += "      # No column tells rows apart; equal rows are duplicates.\n";
    }
    for c in columns {
        let _ = writeln!(
            out,
            "      - name: {}\n        logicalType: {}\n        physicalType: {}",
            c.name,
            c.kind.logical(),
            c.kind.physical()
        );
        if c.required {
            out += "        required: true\n";
        }
        if c.key {
            out += "        primaryKey: true\n        primaryKeyPosition: 1\n";
        }
        let _ = writeln!(out, "        classification: {}", c.classification);
        let _ = writeln!(
            out,
            "        customProperties:\n          - {{property: meaning, value: {{en: {0}, hi: {0}}}}}",
            quoted(&c.header)
        );
        let _ = writeln!(out, "          - {{property: from, value: [{}]}}", quoted(&c.header));
        if let Some(clean) = c.clean {
            let _ = writeln!(out, "          - {{property: clean, value: [{clean}]}}");
        }
        if let Type::Date(format) | Type::Moment(format) = c.kind {
            let _ = writeln!(out, "          - {{property: format, value: ['{format}']}}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use model::Classification;

    use super::*;

    fn drafted(name: &str, text: &str) -> Draft {
        draft("test.sample", name, &mut std::io::Cursor::new(text.as_bytes().to_vec())).unwrap()
    }

    const REGISTER: &str = "Register of the station\n\nEntry No,Complainant Name,मोबाइल,Vehicle,Date,Village,Amount,Remarks\n\
        0001,Test Person,7000000101,RJ14ZZ0001,05/01/2026,Testpura,120.50,seen\n\
        0002,Other Person,07000000102,RJ 14 ZZ 0002,06/01/2026,Testgarh,80,\n\
        0003,Third Person,+91 7000000103,RJ14ZZ0003,07/01/2026,Testpura,12,none\n";

    #[test]
    fn a_register_becomes_a_contract_that_reads_it() {
        let made = drafted("register.csv", REGISTER);
        let of =
            |name: &str| made.columns.iter().find(|c| c.name == name).unwrap_or_else(|| panic!("{name}: {:?}", made.columns));
        assert!(of("entry_no").key && of("entry_no").kind == Type::Text, "numbers of things keep their zeros");
        assert_eq!((of("column_3").clean, of("column_3").classification), (Some("phone"), Classification::Personal));
        assert_eq!(of("vehicle").clean, Some("plate"));
        assert_eq!((of("date").kind, of("amount").kind), (Type::Date("%d/%m/%Y"), Type::Float));
        assert_eq!(of("complainant_name").classification, Classification::Personal);
        assert_eq!(of("village").classification, Classification::Internal, "`age` is no word of it");
        assert_eq!(of("remarks").classification, Classification::Personal);
        assert!(!of("remarks").required && of("date").required);
        assert_eq!(
            (made.contract.name.as_str(), made.contract.key.as_slice()),
            ("test.sample", ["entry_no".to_owned()].as_slice())
        );
        // It reads its own sample, and refuses what is not like it.
        let more = format!("{REGISTER}0004,Fourth,7000000104,RJ14ZZ0004,yesterday,Testpura,1,\n");
        let input = Box::new(std::io::Cursor::new(more.into_bytes()));
        let parsed = preview(&made.contract, "register.csv", input, &Limits::default()).unwrap();
        let (rows, refused): (u64, usize) =
            (parsed.iter().map(|p| p.rows_in).sum(), parsed.iter().map(|p| p.rejects.len()).sum());
        assert_eq!((rows, refused), (4, 1), "{:?}", parsed[0].rejects);
    }

    #[test]
    fn documents_of_json_are_read_through_their_members() {
        let lines = "{\"id\":\"a1\",\"owner\":{\"email\":\"x@example.org\",\"lat\":26.9},\"at\":\"2026-01-05T08:00:00\"}\n\
            {\"id\":\"a2\",\"owner\":{\"email\":\"y@example.org\",\"lat\":27.1},\"at\":\"2026-01-06T08:00:00\",\"ok\":true}\n";
        let made = drafted("x.ndjson", lines);
        let seen: Vec<(&str, &str, Classification)> =
            made.columns.iter().map(|c| (c.name.as_str(), c.kind.physical(), c.classification)).collect();
        assert_eq!(seen[0], ("id", "string", Classification::Internal));
        assert_eq!(seen[1], ("email", "string", Classification::Personal));
        assert_eq!(seen[2], ("lat", "float64", Classification::Sensitive));
        assert_eq!(seen[3], ("at", "timestamp", Classification::Internal));
        let whole = format!("{{\"data\":[{}]}}", lines.trim().replace('\n', ","));
        let made = drafted("x.json", &whole);
        assert!(made.yaml.contains("rows: \"/data/*\""), "{}", made.yaml);
        let input = Box::new(std::io::Cursor::new(whole.into_bytes()));
        let parsed = preview(&made.contract, "x.json", input, &Limits::default()).unwrap();
        assert_eq!(parsed.iter().map(|p| p.batch.num_rows()).sum::<usize>(), 2, "{parsed:?}");
    }

    #[test]
    fn what_is_no_table_is_said() {
        let none = |name: &str, text: &str| {
            draft("a.b", name, &mut std::io::Cursor::new(text.as_bytes().to_vec())).unwrap_err().to_string()
        };
        assert!(none("a.txt", "just a line of words").contains("no table was found"));
        assert!(none("a.json", "{\"a\":1}").contains("no table was found"));
        assert!(none("a.json", "[1, 2").contains("no table was found"));
        assert!(none("a.csv", "").contains("a.csv"));
        let bad = draft("Bad Name", "a.csv", &mut std::io::Cursor::new(REGISTER.as_bytes().to_vec())).unwrap_err();
        assert!(bad.to_string().contains("SYSTEM.DATASET"), "{bad}");
    }

    #[test]
    fn headers_that_would_break_yaml_do_not() {
        let made = drafted("x.csv", "\"a: {b}\",'c' # d,- e,a: {b}\n1,2,3,4\n5,6,7,8\n");
        assert_eq!(made.contract.columns.len(), 4);
        assert_eq!(made.columns[3].name, "a_b_2");
    }
}
