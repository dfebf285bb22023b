//! Workbooks: XLSX, XLS and ODS. A sheet is held while it is read, within [`Limits::max_sheet_bytes`].

use std::collections::VecDeque;
use std::io::{Cursor, Read};
use std::sync::Arc;

use calamine::{Data, Dimensions, Range, Reader as _, SheetType, SheetVisible, Sheets as Book, open_workbook_auto_from_rs};
use serde_json::{Map, Value};

use super::header::{self, Found, LOOKED};
use super::json::number;
use super::{ReadError, ReadSeek, input};
use crate::assemble::{Assembler, Refused};
use crate::column::Fault;
use crate::contract::{Contract, Format, Sheets};
use crate::grid::{Grid, Span};
use crate::parsed::{Parsed, Warning};
use crate::plan::{Plan, find_header};
use crate::{Limits, archive};

/// Rows of one chunk.
const ROWS: usize = 8192;
const STRIP: usize = 512;
/// Stands in a cell whose formula has no stored result.
const UNCALCULATED: &str = "\u{0}=";

/// Records as cells; also what Parquet gives.
pub(crate) struct Rows {
    pub rows: Vec<(i64, Vec<String>)>,
}

pub(crate) struct Workbook {
    chunks: VecDeque<Rows>,
    pub warnings: Vec<Warning>,
}

type Bytes = Cursor<Arc<[u8]>>;

/// Opens a workbook after making sure that it does not unpack to more than allowed.
fn book(name: &str, bytes: Vec<u8>, limits: &Limits) -> Result<Book<Bytes>, ReadError> {
    if bytes.starts_with(b"PK") {
        archive::check_sizes(name, &bytes, limits.max_sheet_bytes, limits.max_ratio)?;
    }
    // A locked workbook is a compound file whose directory names the package in it.
    let package: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let locked = bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) && bytes.windows(package.len()).any(|w| w == package);
    open_workbook_auto_from_rs(Cursor::new(Arc::from(bytes))).map_err(|e| {
        let message = e.to_string();
        if locked || message.to_lowercase().contains("password") {
            return ReadError::PasswordNeeded { name: name.to_owned() };
        }
        ReadError::Corrupt { name: name.to_owned(), kind: "workbook", message }
    })
}

impl Workbook {
    pub fn open(
        contract: &Contract,
        variant: usize,
        name: &str,
        input: Box<dyn ReadSeek + Send>,
        limits: &Limits,
    ) -> Result<(Workbook, Found), ReadError> {
        let format = &contract.formats[variant];
        let mut bytes = Vec::new();
        let mut bounded = input::unwrap(input, name, limits)?.take(limits.max_sheet_bytes + 1);
        bounded.read_to_end(&mut bytes).map_err(|e| input::read_error(name, e))?;
        if bytes.len() as u64 > limits.max_sheet_bytes {
            return Err(ReadError::Bomb { name: name.to_owned(), what: "bytes", limit: limits.max_sheet_bytes });
        }
        let mut book = book(name, bytes, limits)?;
        let mut warnings = Vec::new();
        let wanted = sheets(&book, format, name, &mut warnings)?;
        let mut first: Option<Found> = None;
        let mut failure = None;
        let mut chunks = VecDeque::new();
        let mut offset = 0;
        for sheet in wanted {
            let grid = cells(&mut book, &sheet, name)?;
            let head: Vec<Vec<String>> = grid.iter().take(LOOKED).cloned().collect();
            let lines: Vec<String> = head.iter().map(|r| line(r)).collect();
            match header::find(contract, format, name, &head, &lines) {
                Ok(found) => {
                    let order = first.as_ref().map(|f| order(&f.columns, &found.columns));
                    let height = grid.len() as i64;
                    collect(grid, found.consumed, offset, order.as_deref(), found.columns.len(), &mut chunks);
                    offset += height;
                    first.get_or_insert(found);
                }
                Err(e) => {
                    let message = format!("sheet `{sheet}` has no header of `{}` and was passed over", contract.name);
                    warnings.push(Warning { code: "sheet_skipped", message });
                    failure.get_or_insert(e);
                }
            }
        }
        match (first, failure) {
            (Some(found), _) => Ok((Workbook { chunks, warnings }, found)),
            (None, Some(failure)) => Err(failure),
            (None, None) => Err(ReadError::Empty { name: name.to_owned() }),
        }
    }

    pub fn next(&mut self) -> Option<Rows> {
        self.chunks.pop_front()
    }
}

/// The first rows of every visible sheet, for detection.
pub(crate) fn heads(name: &str, bytes: Vec<u8>, limits: &Limits) -> Result<Vec<Vec<Vec<String>>>, ReadError> {
    let mut book = book(name, bytes, limits)?;
    let visible: Vec<String> = book
        .sheets_metadata()
        .iter()
        .filter(|s| s.typ == SheetType::WorkSheet && s.visible == SheetVisible::Visible)
        .map(|s| s.name.clone())
        .collect();
    let mut heads = Vec::new();
    for sheet in visible {
        heads.push(cells(&mut book, &sheet, name)?.into_iter().take(LOOKED).collect());
    }
    Ok(heads)
}

fn sheets(book: &Book<Bytes>, format: &Format, name: &str, warnings: &mut Vec<Warning>) -> Result<Vec<String>, ReadError> {
    let all: Vec<&calamine::Sheet> = book.sheets_metadata().iter().filter(|s| s.typ == SheetType::WorkSheet).collect();
    if let Sheets::Named(wanted) = &format.sheets {
        for sheet in wanted {
            if !all.iter().any(|s| s.name == *sheet) {
                let present = all.iter().map(|s| s.name.clone()).collect();
                return Err(ReadError::NoSheet { name: name.to_owned(), sheet: sheet.clone(), present });
            }
        }
        return Ok(wanted.clone());
    }
    for hidden in all.iter().filter(|s| s.visible != SheetVisible::Visible) {
        let message = format!("sheet `{}` is hidden and was passed over; name it in the contract to read it", hidden.name);
        warnings.push(Warning { code: "hidden_sheet", message });
    }
    let visible = all.iter().filter(|s| s.visible == SheetVisible::Visible).map(|s| s.name.clone());
    Ok(match format.sheets {
        Sheets::First => visible.take(1).collect(),
        _ => visible.collect(),
    })
}

/// A sheet as text from its first row on, merged cells filled.
fn cells(book: &mut Book<Bytes>, sheet: &str, name: &str) -> Result<Vec<Vec<String>>, ReadError> {
    let fail = |e: calamine::Error| ReadError::Corrupt { name: name.to_owned(), kind: "workbook", message: e.to_string() };
    let range = book.worksheet_range(sheet).map_err(fail)?;
    let formulas: Range<String> = book.worksheet_formula(sheet).unwrap_or_default();
    let Some((height, width)) = range.end().map(|(r, c)| (r as usize + 1, c as usize + 1)) else {
        return Ok(Vec::new());
    };
    let mut grid = vec![vec![String::new(); width]; height];
    let (top, left) = range.start().unwrap_or_default();
    for (row, column, data) in range.used_cells() {
        grid[row + top as usize][column + left as usize] = text(data);
    }
    let (top, left) = formulas.start().unwrap_or_default();
    for (row, column, formula) in formulas.used_cells() {
        let cell = grid.get_mut(row + top as usize).and_then(|r| r.get_mut(column + left as usize));
        if let Some(cell) = cell
            && cell.is_empty()
            && !formula.is_empty()
        {
            *cell = format!("{UNCALCULATED}{formula}");
        }
    }
    for merged in merges(book, sheet) {
        let value = grid.get(merged.start.0 as usize).and_then(|r| r.get(merged.start.1 as usize)).cloned();
        let Some(value) = value else { continue };
        for row in grid.iter_mut().take(merged.end.0 as usize + 1).skip(merged.start.0 as usize) {
            for cell in row.iter_mut().take(merged.end.1 as usize + 1).skip(merged.start.1 as usize) {
                cell.clone_from(&value);
            }
        }
    }
    Ok(grid)
}

fn merges(book: &mut Book<Bytes>, sheet: &str) -> Vec<Dimensions> {
    match book {
        Book::Xlsx(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
        Book::Xls(book) => book.merge_cells_by_sheet_name(sheet).unwrap_or_default(),
        _ => Vec::new(),
    }
}

fn text(data: &Data) -> String {
    match data {
        Data::Float(f) => number(*f),
        Data::DateTime(moment) => {
            let value = moment.as_f64();
            match moment.as_datetime() {
                Some(t) if moment.is_duration() || value < 1.0 => t.format("%H:%M:%S").to_string(),
                Some(t) if value.fract() == 0.0 => t.format("%Y-%m-%d").to_string(),
                Some(t) => t.format("%Y-%m-%d %H:%M:%S").to_string(),
                None => value.to_string(),
            }
        }
        other => other.to_string(),
    }
}

/// A row as one line, for patterns that are written for delimited files too.
fn line(row: &[String]) -> String {
    let end = row.iter().rposition(|c| !c.trim().is_empty()).map_or(0, |i| i + 1);
    row[..end].join(",")
}

/// Where each of the first sheet's columns stands in another sheet.
fn order(first: &[String], other: &[String]) -> Vec<Option<usize>> {
    first.iter().map(|name| find_header(other, name)).collect()
}

fn collect(
    grid: Vec<Vec<String>>,
    consumed: usize,
    offset: i64,
    order: Option<&[Option<usize>]>,
    width: usize,
    chunks: &mut VecDeque<Rows>,
) {
    let mut rows = Vec::new();
    for (i, mut row) in grid.into_iter().enumerate().skip(consumed) {
        if row.iter().all(|c| c.trim().is_empty()) {
            continue;
        }
        row.resize(width.max(row.len()), String::new());
        if let Some(order) = order {
            row = order.iter().map(|at| at.and_then(|i| row.get(i).cloned()).unwrap_or_default()).collect();
        } else {
            row.truncate(width);
        }
        rows.push((offset + i as i64 + 1, row));
        if rows.len() == ROWS {
            chunks.push_back(Rows { rows: std::mem::take(&mut rows) });
        }
    }
    if !rows.is_empty() {
        chunks.push_back(Rows { rows });
    }
}

pub(crate) fn parse(plan: &Arc<Plan>, chunk: Rows) -> Parsed {
    let bytes = chunk.rows.iter().flat_map(|(_, r)| r).map(String::len).sum();
    let mut assembler = Assembler::new(plan, chunk.rows.len(), bytes);
    let mut grid = Grid::new("", plan.width, STRIP);
    for (i, (row, cells)) in chunk.rows.iter().enumerate() {
        if plan.noise.is_any() && plan.noise.takes(&line(cells), &plan.tally) {
            continue;
        }
        if let Some(formula) = cells.iter().find_map(|c| c.strip_prefix(UNCALCULATED)) {
            let message = format!(
                "record {row} holds the formula `={formula}` without its result; open the workbook, let it calculate, save it and send it again"
            );
            let original = plan.mask(&original(plan, cells));
            assembler.refuse(Refused { row: *row, fault: Fault { code: "missing_value", message: "" }, message, original });
            continue;
        }
        if cells.iter().any(|c| c.contains('\0')) {
            let fault = Fault { code: "nul_byte", message: "" };
            let message = format!("record {row} holds a NUL byte");
            assembler.refuse(Refused { row: *row, fault, message, original: plan.mask(&original(plan, cells)) });
            continue;
        }
        for c in 0..plan.width {
            match cells.get(c) {
                Some(text) if !text.is_empty() => grid.push_extra(text),
                _ => grid.push(Span::EMPTY),
            }
        }
        grid.close_record(*row, Span::new(i, i));
        if grid.len() >= STRIP {
            assembler.take(&grid);
            grid.clear();
        }
    }
    assembler.take(&grid);
    assembler.finish(|span| {
        let cells: Vec<String> = chunk.rows[span.start as usize]
            .1
            .iter()
            .enumerate()
            .map(|(i, c)| match plan.identifiers.get(i) {
                Some(true) => c.clone(),
                _ => model::aadhaar::mask(c).into_owned(),
            })
            .collect();
        original(plan, &cells)
    })
}

/// A record as a JSON object of header to text; a name that stands twice gets its position.
fn original(plan: &Plan, cells: &[String]) -> String {
    let mut object = Map::new();
    for (i, cell) in cells.iter().enumerate() {
        let label = plan.labels.get(i).map_or("", String::as_str);
        let key = if label.is_empty() || object.contains_key(label) { format!("{label}#{}", i + 1) } else { label.to_owned() };
        object.insert(key, Value::String(cell.replace('\0', "")));
    }
    Value::Object(object).to_string()
}

pub(crate) fn reparse(plan: &Arc<Plan>, originals: &[(i64, String)]) -> Parsed {
    let rows = originals
        .iter()
        .map(|(row, original)| {
            let object: Map<String, Value> = serde_json::from_str(original).unwrap_or_default();
            let mut cells: Vec<String> =
                object.values().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect();
            cells.resize(plan.width, String::new());
            (*row, cells)
        })
        .collect();
    parse(plan, Rows { rows })
}
