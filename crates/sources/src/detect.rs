//! Which contract a file was made under, told from its head.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::io::{Read, SeekFrom};
use std::rc::Rc;
use std::sync::Arc;

use crate::contract::{Contract, Format, Header, Kind};
use crate::names::fold;
use crate::read::{columnar, delimited, header, input, sheet};
use crate::{Limits, ReadError, ReadSeek, archive};

/// Two scores nearer than this are equal: somebody must choose.
const NEAR: f32 = 0.02;
/// Bytes of the (unwrapped) file that are looked at.
const HEAD: usize = 256 << 10;

/// A contract that may fit a file.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub contract: Arc<Contract>,
    /// Index into the contract's formats.
    pub variant: usize,
    /// 0 to 1: share of the signature found, raised by a matching file name and by how many of the file's columns the
    /// contract knows.
    pub score: f32,
    /// In plain words, strongest first.
    pub reasons: Vec<String>,
}

/// Which contract a file was made under.
#[derive(Debug, Clone)]
pub enum Detection {
    One(Candidate),
    /// Several fit equally well; somebody must choose.
    Ambiguous(Vec<Candidate>),
    None {
        closest: Vec<Candidate>,
    },
}

/// What the head of a file shows.
enum Look {
    Text(Vec<String>, RefCell<Cut>),
    Sheets(Vec<Rc<Records>>),
    Columns(Vec<String>),
    /// Names of members or elements that occur, whether it is JSON, NDJSON or XML, and the members of the object that the first
    /// line is, where it is one.
    Names(Vec<String>, &'static [Kind], Vec<String>),
}

/// Lines of a text as records, by delimiter and quote: cut once for all contracts.
type Cut = HashMap<(u8, Option<u8>), Rc<Records>>;

/// Records with the folded names in each: whether a header name is there is asked of every contract.
struct Records {
    cells: Vec<Vec<String>>,
    names: Vec<HashSet<String>>,
}

impl Records {
    fn new(cells: Vec<Vec<String>>) -> Records {
        let names = cells.iter().take(header::LOOKED).map(|r| folded(r)).collect();
        Records { cells, names }
    }
}

fn folded(names: &[String]) -> HashSet<String> {
    names.iter().map(|n| fold(n)).collect()
}

/// Looks at the head of `input` (and gives it back rewound) and says which contract fits.
pub fn detect(name: &str, input: &mut dyn ReadSeek, contracts: &[Arc<Contract>]) -> Result<Detection, ReadError> {
    let look = look(name, input)?;
    input.seek(SeekFrom::Start(0)).map_err(|e| ReadError::io(name, e))?;
    let mut found: Vec<(bool, Candidate)> = Vec::new();
    for contract in contracts {
        let best = contract
            .formats
            .iter()
            .enumerate()
            .filter_map(|(variant, format)| judge(contract, variant, format, name, &look))
            // Of equal formats the first written wins.
            .reduce(|best, next| {
                let better = next.0 && !best.0 || next.0 == best.0 && next.1.score > best.1.score;
                if better { next } else { best }
            });
        found.extend(best);
    }
    found.sort_by(|a, b| b.1.score.total_cmp(&a.1.score).then_with(|| a.1.contract.name.cmp(&b.1.contract.name)));
    let (fitting, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|(fits, _)| *fits);
    let fitting: Vec<Candidate> = fitting.into_iter().map(|(_, c)| c).collect();
    Ok(match fitting.as_slice() {
        [] => {
            let closest = others.into_iter().map(|(_, c)| c).filter(|c| c.score > 0.0).take(3).collect();
            Detection::None { closest }
        }
        [first, second, ..] if first.score - second.score < NEAR => {
            let best = first.score;
            Detection::Ambiguous(fitting.into_iter().filter(|c| best - c.score < NEAR).collect())
        }
        [first, ..] => Detection::One(first.clone()),
    })
}

fn look(name: &str, mut input: &mut dyn ReadSeek) -> Result<Look, ReadError> {
    let limits = Limits::default();
    let mut head = input::peek(name, input, HEAD)?;
    if head.is_empty() {
        return Err(ReadError::Empty { name: name.to_owned() });
    }
    let packed = input::is_gzip(&head);
    if packed {
        let mut plain = Vec::new();
        let read = flate2::read::MultiGzDecoder::new(&mut input).take(HEAD as u64).read_to_end(&mut plain);
        read.map_err(|e| input::read_error(name, e))?;
        head = plain;
        if head.is_empty() {
            return Err(ReadError::Empty { name: name.to_owned() });
        }
    }
    let parquet = head.starts_with(b"PAR1");
    if parquet && !packed {
        return Ok(Look::Columns(columnar::names(name, input)?));
    }
    if parquet || archive::is_zip(&head) || head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        // These are read from their end or as a whole.
        let bytes = whole(name, input, packed, &limits)?;
        return Ok(if parquet {
            Look::Columns(columnar::names(name, &mut std::io::Cursor::new(bytes))?)
        } else {
            Look::Sheets(sheet::heads(name, bytes, &limits)?.into_iter().map(|s| Rc::new(Records::new(s))).collect())
        });
    }
    let mut text = input::text(Box::new(std::io::Cursor::new(head)), crate::contract::Encoding::Auto, name)?;
    let mut bytes = Vec::new();
    text.bytes.read_to_end(&mut bytes).map_err(|e| input::read_error(name, e))?;
    let decoded = match text.charset {
        input::Charset::Windows1252 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned(),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    };
    let start = decoded.trim_start();
    if start.starts_with(['{', '[']) {
        let (kinds, members) = json_kinds(start);
        return Ok(Look::Names(words(start, '"'), kinds, members));
    }
    if start.starts_with('<') {
        return Ok(Look::Names(words(start, '<'), &[Kind::Xml], Vec::new()));
    }
    let lines = decoded.split(['\n', '\r']).map(str::to_owned).take(2 * header::LOOKED + 40).collect();
    Ok(Look::Text(lines, RefCell::default()))
}

/// All bytes of a file, unpacked, within the limit for workbooks.
fn whole(name: &str, mut input: &mut dyn ReadSeek, packed: bool, limits: &Limits) -> Result<Vec<u8>, ReadError> {
    let most = limits.max_sheet_bytes;
    let mut bytes = Vec::new();
    let read = if packed {
        let length = input.seek(SeekFrom::End(0)).map_err(|e| ReadError::io(name, e))?;
        input.seek(SeekFrom::Start(0)).map_err(|e| ReadError::io(name, e))?;
        let inner = flate2::read::MultiGzDecoder::new(input);
        input::Guarded { inner, packed: length, unpacked: 0, limits: limits.clone() }.take(most + 1).read_to_end(&mut bytes)
    } else {
        input.seek(SeekFrom::Start(0)).map_err(|e| ReadError::io(name, e))?;
        (&mut input).take(most + 1).read_to_end(&mut bytes)
    };
    read.map_err(|e| input::read_error(name, e))?;
    if bytes.len() as u64 > most {
        return Err(ReadError::Bomb { name: name.to_owned(), what: "bytes", limit: most });
    }
    Ok(bytes)
}

/// One document or one on each line: told by whether the first line is whole and others follow. With the line's members.
fn json_kinds(text: &str) -> (&'static [Kind], Vec<String>) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    match (serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(first), rest.trim().is_empty()) {
        (Ok(object), false) => (&[Kind::Ndjson], object.into_iter().map(|(name, _)| name).collect()),
        (Ok(object), true) => (&[Kind::Json, Kind::Ndjson], object.into_iter().map(|(name, _)| name).collect()),
        (Err(_), _) => (&[Kind::Json], Vec::new()),
    }
}

/// Names in the head of a JSON (`"name":`) or XML (`<name`, `name=`) document.
fn words(text: &str, opening: char) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut keep = |word: &str| {
        if !word.is_empty() && found.len() < 5000 && !found.iter().any(|f| f == word) {
            found.push(word.to_owned());
        }
    };
    if opening == '"' {
        let parts: Vec<&str> = text.split('"').collect();
        for pair in parts.windows(2) {
            if pair[1].trim_start().starts_with(':') {
                keep(pair[0]);
            }
        }
        return found;
    }
    for tag in text.split('<').skip(1) {
        let tag = tag.split('>').next().unwrap_or_default();
        for (i, word) in tag.split(|c: char| c.is_whitespace() || c == '/').enumerate() {
            match word.split_once('=') {
                Some((attribute, _)) => keep(&format!("@{attribute}")),
                None if i == 0 => keep(word.rsplit(':').next().unwrap_or(word)),
                None => {}
            }
        }
    }
    found
}

/// How many entries of the signature a header has.
fn found(signature: &[Vec<String>], header: &HashSet<String>) -> usize {
    signature.iter().filter(|names| names.iter().any(|n| header.contains(n))).count()
}

/// The folded names under which each entry of the signature may stand.
fn signature(contract: &Contract) -> Vec<Vec<String>> {
    contract.signature.iter().map(|s| contract.signature_names(s).map(fold).collect()).collect()
}

/// The columns of the file as this format sees them.
fn columns(look: &Look, format: &Format, signature: &[Vec<String>]) -> Option<Vec<String>> {
    let best = |records: &Records| -> Option<Vec<String>> {
        let cells = &records.cells;
        let height = match &format.header {
            Header::Rows(n) => *n,
            Header::Signature => 1,
            Header::None(columns) => {
                let width = cells.iter().map(Vec::len).max().unwrap_or(0);
                return (width == columns.len()).then(|| columns.clone());
            }
        };
        let at = (0..cells.len().min(header::LOOKED)).max_by_key(|at| {
            if height == 1 {
                return (found(signature, &records.names[*at]), cells[*at].len());
            }
            let merged = header::merge(cells, *at, height);
            (found(signature, &folded(&merged)), merged.len())
        })?;
        Some(header::merge(cells, at, height))
    };
    match (look, format.kind) {
        (Look::Text(lines, cut), Kind::Csv) => {
            let delimiters: &[u8] = match &format.delimiter {
                Some(d) => std::slice::from_ref(d),
                None => b",\t|;",
            };
            let records = |d: &u8| {
                let cells = || lines.iter().filter(|l| !l.trim().is_empty()).map(|l| delimited::fields(l, *d, format.quote));
                let mut cut = cut.borrow_mut();
                cut.entry((*d, format.quote)).or_insert_with(|| Rc::new(Records::new(cells().collect()))).clone()
            };
            delimiters.iter().filter_map(|d| best(&records(d))).max_by_key(|header| found(signature, &folded(header)))
        }
        (Look::Sheets(sheets), Kind::Sheet) => {
            sheets.iter().filter_map(|records| best(records)).max_by_key(|header| found(signature, &folded(header)))
        }
        (Look::Columns(columns), Kind::Parquet) => Some(columns.clone()),
        (Look::Names(names, kinds, _), kind) if kinds.contains(&kind) => Some(names.clone()),
        _ => None,
    }
}

fn judge(contract: &Arc<Contract>, variant: usize, format: &Format, name: &str, look: &Look) -> Option<(bool, Candidate)> {
    let signature = signature(contract);
    if let Some(said) = said_empty(contract, variant, format, look, &signature) {
        return Some((true, said));
    }
    let columns = columns(look, format, &signature)?;
    let there = folded(&columns);
    let nested = matches!(look, Look::Names(..));
    let has = |wanted: &str| {
        let last = wanted.rsplit('/').next().unwrap_or(wanted);
        there.contains(&fold(if nested { last } else { wanted }))
    };
    // A nested format names its members otherwise than the header: a column is found under any of its names.
    let found_column = |entry: &str| {
        let named = || contract.columns.iter().find(|c| nested && c.source_names().any(|n| n == entry));
        match contract.column(entry).or_else(named) {
            Some(column) => column.source_names().any(&has),
            None => has(entry),
        }
    };
    let missing: Vec<&str> = contract.signature.iter().map(String::as_str).filter(|s| !found_column(s)).collect();
    let total = contract.signature.len();
    let share = if total == 0 { 0.0 } else { (total - missing.len()) as f32 / total as f32 };
    let names: HashSet<String> = contract.columns.iter().flat_map(|c| c.source_names()).map(fold).collect();
    let known = columns.iter().filter(|c| names.contains(&fold(c))).count();
    let coverage = known as f32 / columns.len().max(1) as f32;
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let by_name = format.filename.as_ref().is_some_and(|r| r.is_match(base));
    // A longer signature found whole says more than a short one.
    let weight = (total.min(20) as f32) / 20.0;
    let score = 0.6 * share + 0.25 * coverage * share + 0.05 * weight * share + if by_name { 0.1 } else { 0.0 };
    let mut reasons = Vec::new();
    if missing.is_empty() && total > 0 {
        reasons.push(format!("all {total} columns of the signature are there"));
    } else {
        reasons.push(format!(
            "{} of {total} columns of the signature are there; missing: {}",
            total - missing.len(),
            missing.join(", ")
        ));
    }
    reasons.push(format!("the contract knows {known} of the file's {} columns", columns.len()));
    if by_name {
        reasons.push("the file name has the contract's form".to_owned());
    }
    // A document on one line may also be a single record: the way to its records decides.
    let entrance = format.rows.as_deref().and_then(|rows| rows.split('/').find(|step| !step.is_empty() && *step != "*"));
    // What has the columns itself is one record; records further in, told by no name, are those of a document.
    let record = match look {
        Look::Names(_, _, members) if !members.is_empty() => Some(found(&signature, &folded(members)) == signature.len()),
        _ => None,
    };
    let entered = format.kind != Kind::Json || entrance.map_or(record != Some(true), has);
    // Where both readings are possible, a way that is there in the document tells more than a line that is whole.
    let way = entrance.map_or(record == Some(false), has);
    let score = if format.kind == Kind::Json && way { score + NEAR / 2.0 } else { score };
    let fits = missing.is_empty() && total > 0 && entered;
    Some((fits, Candidate { contract: contract.clone(), variant, score, reasons }))
}

/// A report without a header that says it has no records: its first lines say whose report it is.
fn said_empty(
    contract: &Arc<Contract>,
    variant: usize,
    format: &Format,
    look: &Look,
    signature: &[Vec<String>],
) -> Option<Candidate> {
    let Look::Text(lines, _) = look else { return None };
    let said = |patterns: &[regex::Regex]| patterns.iter().filter(|p| lines.iter().any(|l| p.is_match(l.trim()))).count();
    if format.kind != Kind::Csv || said(&format.empty) == 0 {
        return None;
    }
    let header = columns(look, format, signature).map_or(0, |c| found(signature, &folded(&c)));
    let preamble = said(&format.preamble);
    // With a header the signature decides as ever.
    if preamble == 0 || header > contract.signature.len() / 2 {
        return None;
    }
    let reasons =
        vec![format!("the file says that it has no records, and {preamble} of its lines are those of the contract's preamble")];
    Some(Candidate { contract: contract.clone(), variant, score: 0.3 + 0.05 * preamble.min(8) as f32, reasons })
}
