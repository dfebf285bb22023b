//! JSON and XML records cut out of their document.

use std::sync::Arc;

use crate::assemble::{Assembler, Refused};
use crate::column::Fault;
use crate::contract::Kind;
use crate::grid::{Grid, Span};
use crate::parsed::Parsed;
use crate::plan::Plan;

const STRIP: usize = 512;

/// A stretch of records as they stand in the document.
#[derive(Default)]
pub(crate) struct Records {
    pub bytes: Vec<u8>,
    pub items: Vec<Item>,
}

pub(crate) struct Item {
    pub row: i64,
    pub span: Span,
    /// What the `*` of the rows path matched.
    pub keys: Vec<String>,
}

pub(crate) fn parse(plan: &Arc<Plan>, records: &Records) -> Parsed {
    let mut assembler = Assembler::new(plan, records.items.len(), records.bytes.len());
    let text = String::from_utf8_lossy(&records.bytes);
    let broken = matches!(text, std::borrow::Cow::Owned(_));
    // Replaced bytes shift what follows, so a stretch with bad bytes goes record by record.
    let text: &str = if broken { "" } else { &text };
    let mut grid = Grid::new(text, plan.width, STRIP);
    for (i, item) in records.items.iter().enumerate() {
        let raw = &records.bytes[item.span.range()];
        let Ok(record) = std::str::from_utf8(raw) else {
            let fault = Fault { code: "bad_encoding", message: "" };
            refuse(&mut assembler, plan, item, &String::from_utf8_lossy(raw), fault, "holds bytes that are not UTF-8".to_owned());
            continue;
        };
        // JSON writes it as an escape.
        if record.contains('\0') || plan.format().kind == Kind::Json && record.contains("\\u0000") {
            refuse(&mut assembler, plan, item, record, Fault { code: "nul_byte", message: "" }, "holds a NUL byte".to_owned());
            continue;
        }
        match cells(plan, &mut grid, record, &item.keys) {
            Ok(()) => grid.close_record(item.row, Span::new(i, i)),
            Err(message) => {
                grid.drop_open();
                let fault = Fault { code: "bad_format", message: "" };
                refuse(&mut assembler, plan, item, record, fault, message);
            }
        }
        if grid.len() >= STRIP {
            assembler.take(&grid);
            grid.clear();
        }
    }
    assembler.take(&grid);
    assembler.finish(|span| {
        let item = &records.items[span.start as usize];
        plan.mask(&wrapped(&String::from_utf8_lossy(&records.bytes[item.span.range()]), &item.keys))
    })
}

fn refuse(assembler: &mut Assembler, plan: &Plan, item: &Item, record: &str, fault: Fault, message: String) {
    assembler.refuse(Refused {
        row: item.row,
        fault,
        message: format!("record {} {message}", item.row),
        original: plan.mask(&wrapped(record, &item.keys)),
    });
}

fn cells(plan: &Plan, grid: &mut Grid, record: &str, keys: &[String]) -> Result<(), String> {
    match plan.format().kind {
        Kind::Xml => super::xml::cells(plan, grid, record),
        _ => super::json::cells(plan, grid, record, keys),
    }
}

const OPENING: &str = "{\"$\":";
const BETWEEN: &str = ",\"record\":";

/// A record with the keys that lead to it, as quarantine keeps it.
fn wrapped(record: &str, keys: &[String]) -> String {
    if keys.is_empty() {
        return record.to_owned();
    }
    let keys = serde_json::to_string(keys).unwrap_or_default();
    format!("{OPENING}{keys}{BETWEEN}{record}}}")
}

fn unwrapped(original: &str) -> Option<(&str, Vec<String>)> {
    let rest = original.strip_prefix(OPENING)?.strip_suffix('}')?;
    let (keys, record) = rest.split_once(BETWEEN)?;
    Some((record, serde_json::from_str(keys).ok()?))
}

pub(crate) fn reparse(plan: &Arc<Plan>, originals: &[(i64, String)]) -> Parsed {
    let mut records = Records::default();
    for (row, original) in originals {
        let (record, keys) = unwrapped(original).unwrap_or((original, Vec::new()));
        let start = records.bytes.len();
        records.bytes.extend_from_slice(record.as_bytes());
        records.items.push(Item { row: *row, span: Span::new(start, records.bytes.len()), keys });
    }
    parse(plan, &records)
}
