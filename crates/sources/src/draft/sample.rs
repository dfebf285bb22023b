//! The head of a sample as rows of texts, and how the file looks.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};

use flate2::read::MultiGzDecoder;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{DraftError, Looks};
use crate::contract::{Encoding, Kind};
use crate::read::{ReadError, columnar, delimited, input, sheet, xml};
use crate::{Limits, ReadSeek, archive};

/// Bytes of the sample that are looked at.
const HEAD: usize = 4 << 20;
/// Rows of it.
const ROWS: usize = 5000;
/// Columns that a JSON document may have.
const COLUMNS: usize = 500;

/// Rows of a sample as texts.
pub(super) struct Sample {
    pub looks: Looks,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

pub(super) fn read(name: &str, mut source: &mut dyn ReadSeek, limits: &Limits) -> Result<Sample, DraftError> {
    let none = || DraftError::NoTable { name: name.into() };
    let mut head = input::peek(name, source, HEAD)?;
    if head.is_empty() {
        return Err(ReadError::Empty { name: name.into() }.into());
    }
    if archive::is_zip(&head) || head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        let mut bytes = Vec::new();
        (&mut source).take(limits.max_sheet_bytes).read_to_end(&mut bytes).map_err(|e| ReadError::io(name, e))?;
        let sheets = sheet::heads(name, bytes, limits)?;
        let wide = |s: &Vec<Vec<String>>| s.iter().any(|r| r.iter().filter(|c| !c.is_empty()).count() > 1);
        let cells = sheets.into_iter().find(wide).ok_or_else(none)?;
        let looks = Looks { kind: Kind::Sheet.as_str().into(), sheets: "first".into(), ..Looks::default() };
        return table(looks, cells).ok_or_else(none);
    }
    if head.starts_with(b"PAR1") {
        return parquet(name, source, limits)?.ok_or_else(none);
    }
    if input::is_gzip(&head) {
        let mut plain = Vec::new();
        MultiGzDecoder::new(&mut source).take(HEAD as u64).read_to_end(&mut plain).map_err(|e| input::read_error(name, e))?;
        head = plain;
    }
    let whole = head.len() < HEAD;
    let text = text(name, head)?;
    let start = text.trim_start();
    if start.starts_with(['{', '[']) {
        return json(start, whole).ok_or_else(none);
    }
    if start.starts_with('<') {
        return xml(start).ok_or_else(none);
    }
    let mut lines: Vec<&str> = text.split(['\n', '\r']).filter(|l| !l.trim().is_empty()).take(ROWS + 40).collect();
    if !whole {
        lines.pop(); // cut off
    }
    let (delimiter, cells) = cut(&lines).ok_or_else(none)?;
    let word = if delimiter == b'\t' { "tab".to_owned() } else { char::from(delimiter).to_string() };
    let looks = Looks { kind: Kind::Csv.as_str().into(), delimiter: word, encoding: "auto".into(), ..Looks::default() };
    table(looks, cells).ok_or_else(none)
}

fn text(name: &str, head: Vec<u8>) -> Result<String, ReadError> {
    let mut text = input::text(Box::new(Cursor::new(head)), Encoding::Auto, name)?;
    let mut bytes = Vec::new();
    text.bytes.read_to_end(&mut bytes).map_err(|e| ReadError::io(name, e))?;
    Ok(match text.charset {
        input::Charset::Windows1252 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned(),
        _ => String::from_utf8_lossy(&bytes).into_owned(),
    })
}

/// The lines cut by the delimiter under which most of them have one and the same width; of two such, the one that gives more fields. The
/// widest line decides nothing: a field may be full of semicolons.
fn cut(lines: &[&str]) -> Option<(u8, Vec<Vec<String>>)> {
    let mut best: Option<(usize, usize, u8, Vec<Vec<String>>)> = None;
    for delimiter in *b",\t|;" {
        let cells: Vec<Vec<String>> = lines.iter().map(|l| delimited::fields(l, delimiter, Some(b'"'))).collect();
        let mut widths: HashMap<usize, usize> = HashMap::new();
        cells.iter().filter(|row| row.len() > 1).for_each(|row| *widths.entry(row.len()).or_default() += 1);
        let Some((share, width)) = widths.into_iter().map(|(width, lines)| (lines, width)).max() else { continue };
        // Of equal ones the first stands: a comma is the likeliest.
        if best.as_ref().is_none_or(|(s, w, ..)| (share, width) > (*s, *w)) {
            best = Some((share, width, delimiter, cells));
        }
    }
    best.map(|(_, _, delimiter, cells)| (delimiter, cells))
}

/// The header is the first row that is as wide as most; what stands before it is a preamble.
fn table(looks: Looks, cells: Vec<Vec<String>>) -> Option<Sample> {
    let filled = |row: &Vec<String>| row.iter().filter(|c| !c.trim().is_empty()).count();
    let most = cells.iter().take(60).map(&filled).max()?;
    let at = cells.iter().position(|row| filled(row) * 10 >= most * 8 && filled(row) > 1)?;
    let header: Vec<String> = cells[at].iter().map(|c| c.trim().to_owned()).collect();
    let rows: Vec<Vec<String>> = cells[at + 1..].iter().filter(|r| filled(r) > 1).take(ROWS).cloned().collect();
    (!rows.is_empty()).then_some(Sample { looks, header, rows })
}

fn json(text: &str, whole: bool) -> Option<Sample> {
    use serde_json::Value;
    let mut looks = Looks { kind: Kind::Ndjson.as_str().into(), ..Looks::default() };
    let first = text.lines().next().unwrap_or_default();
    let lines = first.starts_with('{')
        && serde_json::from_str::<Value>(first).is_ok_and(|v| v.is_object())
        && text.lines().nth(1).is_some();
    let records: Vec<Value> = if lines {
        let lines = text.lines().filter_map(|l| serde_json::from_str(l).ok());
        lines.take(ROWS).collect()
    } else {
        looks = Looks { kind: Kind::Json.as_str().into(), encoding: "auto".into(), ..Looks::default() };
        let document: Value = whole.then(|| serde_json::from_str(text).ok()).flatten()?;
        match document {
            Value::Array(rows) => {
                looks.rows = "/*".into();
                rows
            }
            Value::Object(map) => {
                let (key, rows) = map.into_iter().find(|(_, v)| v.as_array().is_some_and(|a| a.iter().any(Value::is_object)))?;
                looks.rows = format!("/{key}/*");
                rows.as_array().cloned().unwrap_or_default()
            }
            _ => return None,
        }
    };
    let flat = records.iter().take(ROWS).map(|record| {
        let mut cells = Vec::new();
        flatten("", record, &mut cells);
        cells
    });
    trees(looks, flat)
}

/// Records as their members, each by its path, under one header.
fn trees(looks: Looks, records: impl Iterator<Item = Vec<(String, String)>>) -> Option<Sample> {
    let mut header: Vec<String> = Vec::new();
    let mut known = HashSet::new();
    let mut flat: Vec<HashMap<String, String>> = Vec::new();
    for cells in records {
        for (key, _) in &cells {
            if header.len() < COLUMNS && known.insert(key.clone()) {
                header.push(key.clone());
            }
        }
        flat.push(cells.into_iter().collect());
    }
    let rows: Vec<Vec<String>> =
        flat.iter().map(|cells| header.iter().map(|k| cells.get(k).cloned().unwrap_or_default()).collect()).collect();
    (!header.is_empty() && !rows.is_empty()).then_some(Sample { looks, header, rows })
}

/// The element that stands most often of those with something in them, the outermost of such; alone in its document, the document itself.
fn xml(text: &str) -> Option<Sample> {
    let mut counts: HashMap<Vec<String>, usize> = HashMap::new();
    elements(text, |path, _| {
        if counts.len() < COLUMNS {
            *counts.entry(path.to_vec()).or_default() += 1;
        }
        true
    });
    let inner = |path: &Vec<String>| counts.keys().any(|p| p.len() == path.len() + 1 && p.starts_with(path));
    let often = counts.iter().filter(|(path, n)| **n > 1 && path.len() > 1 && inner(path));
    let rows = often.min_by_key(|(path, n)| (path.len(), std::cmp::Reverse(**n), (*path).clone())).map(|(path, _)| path.clone());
    let rows = rows.or_else(|| counts.keys().find(|path| path.len() == 1).cloned())?;
    let mut records = Vec::new();
    elements(text, |path, record| {
        if path == rows.as_slice()
            && let Ok(cells) = xml::flatten(record)
        {
            records.push(cells);
        }
        records.len() < ROWS
    });
    let looks = Looks {
        kind: Kind::Xml.as_str().into(),
        encoding: "auto".into(),
        rows: format!("/{}", rows.join("/")),
        ..Looks::default()
    };
    // An element that only holds others is no value.
    let leaves = |cells: Vec<(String, String)>| -> Vec<(String, String)> {
        let holds =
            |path: &str| path == "." || cells.iter().any(|(p, _)| p.len() > path.len() && p.starts_with(&format!("{path}/")));
        cells
            .iter()
            .filter(|(path, text)| !text.trim().is_empty() || !holds(path))
            .map(|(p, t)| (p.clone(), t.trim().to_owned()))
            .collect()
    };
    trees(looks, records.into_iter().map(leaves))
}

/// Every whole element with its path from the root, as it ends; `go_on` says whether more are wanted. What is cut off is left out.
fn elements(text: &str, mut go_on: impl FnMut(&[String], &str) -> bool) {
    let mut reader = Reader::from_str(text);
    let (mut path, mut starts): (Vec<String>, Vec<usize>) = (Vec::new(), Vec::new());
    loop {
        let before = reader.buffer_position() as usize;
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                path.push(start.local_name().as_ref().to_owned());
                starts.push(before);
            }
            Ok(Event::Empty(start)) => {
                path.push(start.local_name().as_ref().to_owned());
                if !go_on(&path, text.get(before..reader.buffer_position() as usize).unwrap_or_default()) {
                    return;
                }
                path.pop();
            }
            Ok(Event::End(_)) => {
                let start = starts.pop().unwrap_or_default();
                if !go_on(&path, text.get(start..reader.buffer_position() as usize).unwrap_or_default()) {
                    return;
                }
                path.pop();
            }
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

fn parquet(name: &str, mut source: &mut dyn ReadSeek, limits: &Limits) -> Result<Option<Sample>, DraftError> {
    let mut bytes = Vec::new();
    (&mut source).take(limits.max_sheet_bytes).read_to_end(&mut bytes).map_err(|e| ReadError::io(name, e))?;
    let (mut file, header) = columnar::Columnar::open(name, Box::new(Cursor::new(bytes)), limits)?;
    let rows: Vec<Vec<String>> =
        file.next()?.map(|chunk| chunk.rows.into_iter().take(ROWS).map(|(_, cells)| cells).collect()).unwrap_or_default();
    let looks = Looks { kind: Kind::Parquet.as_str().into(), ..Looks::default() };
    Ok((!rows.is_empty()).then_some(Sample { looks, header, rows }))
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

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn the_delimiter_is_the_one_under_which_lines_agree() {
        // Codes of transport offices: as many semicolons in one field as there are commas in the line.
        let codes = [
            "code,office,district,areas",
            "RJ90,Testpur,Testpur,A;B;C;D",
            "RJ91,Testgarh,Testgarh,\"E;F, G;H\"",
            "RJ92,Testkot,Testkot,I",
        ];
        let (delimiter, cells) = cut(&codes).unwrap();
        assert_eq!((delimiter, cells[2].len(), cells[2][3].as_str()), (b',', 4, "E;F, G;H"));
        // A decimal comma in every line, and semicolons between fields.
        let amounts = ["a;b;c", "1;2,5;x", "2;3,5;y", "3;4,5;z"];
        assert_eq!(cut(&amounts).unwrap().0, b';');
        // A comma that is in one text only.
        let tabs = ["no\tname\tplace", "1\tA, B\tx", "2\tC\ty"];
        assert_eq!(cut(&tabs).unwrap().0, b'\t');
        assert_eq!(cut(&["a,b;c", "1,2;3"]).unwrap().0, b',', "of equal ones the comma");
        assert!(cut(&["nothing", "here"]).is_none());
    }
}
