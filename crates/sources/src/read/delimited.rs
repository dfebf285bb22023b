//! Delimited text: the fast path of the whole program.
//!
//! [`Delimited::next`] only finds a place to cut; [`parse`] splits fields with one scan over the bytes where a stretch has
//! no quotes, and field by field where it has.

use std::sync::Arc;

use super::header::{self, LOOKED};
use super::input::{self, Charset};
use super::window::Window;
use super::{Layout, ReadError};
use crate::assemble::{Assembler, Refused};
use crate::column::Fault;
use crate::contract::{Contract, Kind};
use crate::grid::{Grid, Span};
use crate::parsed::{Parsed, Warning};
use crate::plan::Plan;
use crate::split::{self, Signs};
use crate::{Limits, names};

/// Records taken at a time: their cells stay in the processor's cache while the columns are made.
const STRIP: usize = 512;

const RAGGED: Fault = Fault { code: "ragged", message: "" };
const BAD_ENCODING: Fault = Fault { code: "bad_encoding", message: "" };
const NUL: Fault = Fault { code: "nul_byte", message: "" };
const TOO_LONG: Fault = Fault { code: "too_long", message: "" };
const TOO_LONG_MESSAGE: &str = "is longer than allowed; only its beginning is kept";
/// Of a record that is too long, this much is kept.
const KEPT: usize = 4096;
const BAD_JSON: Fault = Fault { code: "bad_format", message: "" };

/// A delimited file being cut into chunks. NDJSON is cut the same way, by lines.
pub(crate) struct Delimited {
    window: Window,
    charset: Charset,
    delimiter: u8,
    quote: Option<u8>,
    row: i64,
    limits: Limits,
    done: bool,
    pub warnings: Vec<Warning>,
}

/// A stretch of whole records.
pub(crate) struct Stretch {
    pub bytes: Vec<u8>,
    charset: Charset,
    quote: Option<u8>,
    first_row: i64,
    /// The bytes are the beginning of a record that was too long.
    too_long: bool,
}

pub(crate) struct Opened {
    pub reader: Delimited,
    pub layout: Layout,
}

pub(crate) fn open(
    contract: &Contract,
    variant: usize,
    name: &str,
    bytes: Box<dyn std::io::Read + Send>,
    limits: &Limits,
) -> Result<Opened, ReadError> {
    let format = &contract.formats[variant];
    let text = input::text(bytes, format.encoding, name)?;
    let ndjson = format.kind == Kind::Ndjson;
    let mut reader = Delimited {
        window: Window::new(text.bytes, name),
        charset: text.charset,
        delimiter: if ndjson { b'\n' } else { format.delimiter.unwrap_or(b',') },
        quote: if ndjson { None } else { format.quote },
        row: 1,
        limits: limits.clone(),
        done: false,
        warnings: Vec::new(),
    };
    let mut layout = Layout { variant, captures: header::filename(format, name), ..Layout::default() };
    reader.window.fill(1)?;
    if reader.window.bytes.is_empty() {
        return Err(ReadError::Empty { name: name.to_owned() });
    }
    if ndjson {
        return Ok(Opened { reader, layout });
    }
    let ends = reader.head_records()?;
    let mut start = 0;
    let lines: Vec<String> = ends
        .iter()
        .map(|&end| {
            let line = split::without_line_end(&reader.window.bytes[start..end]);
            start = end;
            decode(line, reader.charset)
        })
        .collect();
    let candidates: &[u8] = match &format.delimiter {
        Some(d) => std::slice::from_ref(d),
        None => b",\t|;",
    };
    let mut found: Option<(u8, header::Found)> = None;
    let mut failure = None;
    for &delimiter in candidates {
        let records: Vec<Vec<String>> = lines.iter().map(|l| fields(l, delimiter, format.quote)).collect();
        match header::find(contract, format, name, &records, &lines) {
            Ok(f) if found.as_ref().is_none_or(|(_, b)| f.columns.len() > b.columns.len()) => found = Some((delimiter, f)),
            Ok(_) => {}
            Err(e) => failure = failure.or(Some(e)),
        }
    }
    let Some((delimiter, found)) = found else {
        return Err(failure.unwrap_or(ReadError::Empty { name: name.to_owned() }));
    };
    reader.delimiter = delimiter;
    reader.done = found.empty;
    reader.row = found.consumed as i64 + 1;
    let skip = found.consumed.checked_sub(1).map_or(0, |i| ends[i]);
    reader.window.bytes.drain(..skip);
    layout.columns = found.columns;
    layout.delimiter = Some(char::from(delimiter));
    layout.captures.extend(found.captures);
    if found.empty {
        let message = format!("`{name}` says that it has no records");
        reader.warnings.push(Warning { code: "empty_report", message });
    }
    Ok(Opened { reader, layout })
}

impl Delimited {
    /// Ends of the first records, as many as a header is looked for in.
    fn head_records(&mut self) -> Result<Vec<usize>, ReadError> {
        let mut want = input::HEAD;
        loop {
            self.window.fill(want)?;
            let mut ends = Vec::new();
            let mut at = 0;
            let bytes = &self.window.bytes;
            while ends.len() < LOOKED && at < bytes.len() {
                let end = split::record_end(bytes, at, self.delimiter, self.quote, self.window.ended)
                    .or_else(|| self.window.ended.then(|| physical_line(bytes, at)));
                match end {
                    Some(end) => ends.push(end),
                    None => break,
                }
                at = ends[ends.len() - 1];
            }
            if self.window.ended || ends.len() >= LOOKED || want > self.limits.max_record_bytes {
                return Ok(ends);
            }
            want *= 4;
        }
    }

    pub fn next(&mut self) -> Result<Option<Stretch>, ReadError> {
        if self.done {
            return Ok(None);
        }
        let block = self.limits.block_bytes.max(1);
        let mut want = block;
        loop {
            self.window.fill(want)?;
            let bytes = &self.window.bytes;
            if bytes.is_empty() {
                self.done = true;
                return Ok(None);
            }
            let (cut, records) = self.whole_records();
            if cut > 0 {
                return Ok(Some(self.stretch(cut, records, self.quote)));
            }
            if self.window.ended || want > self.limits.max_record_bytes {
                // A quote that never closes: the line it stands in is read as if quotes were letters.
                let line = physical_line(bytes, 0);
                if line <= self.limits.max_record_bytes && (self.window.ended || line < bytes.len()) {
                    let message = format!("record {} opens a quote that is never closed", self.row);
                    self.warnings.push(Warning { code: "unclosed_quote", message });
                    return Ok(Some(self.stretch(line, 1, None)));
                }
                return self.skip_long().map(Some);
            }
            want = want.saturating_mul(2).min(self.limits.max_record_bytes + block + 1);
        }
    }

    fn stretch(&mut self, cut: usize, records: usize, quote: Option<u8>) -> Stretch {
        let bytes = self.window.cut(cut, self.limits.block_bytes);
        if self.charset == Charset::Undecided && !bytes.is_ascii() {
            let line = bytes.split(|b| matches!(b, b'\n' | b'\r')).find(|l| !l.is_ascii()).unwrap_or_default();
            self.charset = if std::str::from_utf8(line).is_ok() { Charset::Utf8 } else { Charset::Windows1252 };
        }
        let first_row = self.row;
        self.row += records as i64;
        Stretch { bytes, charset: self.charset, quote, first_row, too_long: false }
    }

    /// Bytes and number of the whole records that the window begins with.
    fn whole_records(&self) -> (usize, usize) {
        let bytes = &self.window.bytes;
        let quoted = self.quote.is_some_and(|q| memchr::memchr(q, bytes).is_some());
        if !quoted {
            let cut = if self.window.ended { bytes.len() } else { last_line_end(bytes) };
            let open = cut > 0 && !matches!(bytes[cut - 1], b'\n' | b'\r');
            return (cut, split::count_line_ends(&bytes[..cut]) + usize::from(open));
        }
        let (mut cut, mut records) = (0, 0);
        while cut < bytes.len() {
            match split::record_end(bytes, cut, self.delimiter, self.quote, self.window.ended) {
                Some(end) => cut = end,
                None => break,
            }
            records += 1;
        }
        (cut, records)
    }

    /// Passes over a record that is too long, keeping only its beginning.
    fn skip_long(&mut self) -> Result<Stretch, ReadError> {
        let head: Vec<u8> = self.window.bytes[..self.window.bytes.len().min(KEPT)].to_vec();
        loop {
            let bytes = &self.window.bytes;
            match memchr::memchr2(b'\n', b'\r', bytes) {
                Some(i) => {
                    if let Some(end) = split::line_end(bytes, i, self.window.ended) {
                        self.window.bytes.drain(..end);
                        break;
                    }
                    self.window.bytes.drain(..i);
                    self.window.fill(2)?;
                }
                None if self.window.ended => {
                    self.window.bytes.clear();
                    break;
                }
                None => {
                    self.window.bytes.clear();
                    self.window.fill(self.limits.block_bytes.max(64 << 10))?;
                }
            }
        }
        let first_row = self.row;
        self.row += 1;
        Ok(Stretch { bytes: head, charset: self.charset, quote: None, first_row, too_long: true })
    }
}

/// End of the last whole line; a `\r` at the very end may still get its `\n`.
fn last_line_end(bytes: &[u8]) -> usize {
    let sure = match bytes {
        [head @ .., b'\r'] => head,
        whole => whole,
    };
    memchr::memrchr2(b'\n', b'\r', sure).map_or(0, |i| i + 1)
}

fn physical_line(bytes: &[u8], start: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[start..]).and_then(|i| split::line_end(bytes, start + i, true)).unwrap_or(bytes.len())
}

fn decode(bytes: &[u8], charset: Charset) -> String {
    match charset {
        Charset::Windows1252 => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Fields of one record as texts.
pub(crate) fn fields(line: &str, delimiter: u8, quote: Option<u8>) -> Vec<String> {
    let mut grid = Grid::new(line, 0, 0);
    split_record(&mut grid, line.as_bytes(), Span::new(0, line.len()), delimiter, quote);
    grid.open_spans().iter().map(|s| names::strip(grid.get(*s)).to_owned()).collect()
}

/// Splits one record into cells, quotes taken off.
fn split_record(grid: &mut Grid, bytes: &[u8], record: Span, delimiter: u8, quote: Option<u8>) {
    let range = record.range();
    let end = range.end;
    let mut at = range.start;
    loop {
        let blanks = bytes[at..end].iter().take_while(|b| **b == b' ' && delimiter != b' ').count();
        if let Some(q) = quote
            && at + blanks < end
            && bytes[at + blanks] == q
        {
            at = split_quoted(grid, bytes, at + blanks, end, delimiter, q);
        } else {
            let stop = memchr::memchr(delimiter, &bytes[at..end]).map_or(end, |i| at + i);
            grid.push(Span::new(at, stop));
            at = stop;
        }
        if at >= end {
            return;
        }
        at += 1;
    }
}

/// One quoted field; gives the position of the delimiter after it, or the record's end.
fn split_quoted(grid: &mut Grid, bytes: &[u8], open: usize, end: usize, delimiter: u8, quote: u8) -> usize {
    let mut at = open + 1;
    let mut doubled = false;
    let close = loop {
        match memchr::memchr(quote, &bytes[at..end]) {
            None => break end,
            Some(i) if bytes.get(at + i + 1) == Some(&quote) && at + i + 1 < end => {
                doubled = true;
                at += i + 2;
            }
            Some(i) => break at + i,
        }
    };
    let after = (close + 1).min(end);
    let stop = memchr::memchr(delimiter, &bytes[after..end]).map_or(end, |i| after + i);
    let tail = grid.text[after..stop].trim();
    if !doubled && tail.is_empty() {
        grid.push(Span::new(open + 1, close));
    } else {
        let q = char::from(quote);
        let inner = grid.text[open + 1..close].replace(&format!("{q}{q}"), &q.to_string());
        grid.push_extra(&format!("{inner}{tail}"));
    }
    stop
}

/// The text of a stretch and what is wrong with its bytes.
struct Prepared {
    text: String,
    /// Positions in `text` of bytes that are not in the file's encoding, in order.
    bad: Vec<usize>,
    /// The raw bytes, where `text` is not them.
    raw: Option<Vec<u8>>,
    nul: bool,
}

fn prepare(bytes: Vec<u8>, charset: Charset) -> Prepared {
    let nul = memchr::memchr(0, &bytes).is_some();
    if charset == Charset::Windows1252 {
        let text = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&bytes).0.into_owned();
        // Five bytes mean nothing in Windows-1252; decoding gives control signs for them.
        let bad = if bytes.iter().any(|b| matches!(b, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)) {
            text.char_indices().filter(|(_, c)| ('\u{80}'..'\u{a0}').contains(c)).map(|(i, _)| i).collect()
        } else {
            Vec::new()
        };
        return Prepared { text, bad, raw: None, nul };
    }
    match String::from_utf8(bytes) {
        Ok(text) => {
            // Malformed UTF-16 was decoded to the replacement sign.
            let bad = memchr::memmem::find_iter(text.as_bytes(), "\u{fffd}").collect();
            Prepared { text, bad, raw: None, nul }
        }
        Err(error) => {
            let raw = error.into_bytes();
            let mut clean = raw.clone();
            let mut bad = Vec::new();
            let mut at = 0;
            while let Err(e) = std::str::from_utf8(&raw[at..]) {
                let from = at + e.valid_up_to();
                let to = e.error_len().map_or(raw.len(), |n| from + n);
                clean[from..to].fill(b'?');
                bad.push(from);
                at = to;
            }
            let text = String::from_utf8(clean).unwrap_or_default();
            Prepared { text, bad, raw: Some(raw), nul }
        }
    }
}

impl Prepared {
    fn is_bad(&self, record: Span) -> bool {
        let range = record.range();
        let first = self.bad.partition_point(|b| *b < range.start);
        self.bad.get(first).is_some_and(|b| *b < range.end)
    }

    /// The record as received. Bytes of no encoding are given as Windows-1252, which loses none.
    fn original(&self, record: Span) -> String {
        match &self.raw {
            Some(raw) if self.is_bad(record) => decode(&raw[record.range()], Charset::Windows1252),
            _ => self.text[record.range()].to_owned(),
        }
    }
}

/// Splits and types a stretch.
pub(crate) fn parse(plan: &Arc<Plan>, stretch: Stretch) -> Parsed {
    let delimiter = plan.layout.delimiter.map_or(b',', |c| c as u8);
    let bytes = stretch.bytes.len();
    let prepared = prepare(stretch.bytes, stretch.charset);
    let rows = prepared.text.len() / (plan.width * 6).max(16) + 1;
    let mut taker = Taker {
        plan,
        prepared: &prepared,
        assembler: Assembler::new(plan, rows, bytes),
        delimiter,
        quote: stretch.quote,
        json: plan.format().kind == Kind::Ndjson,
        checked: plan.noise.is_any() || prepared.nul || !prepared.bad.is_empty(),
    };
    if stretch.too_long {
        let record = Span::new(0, prepared.text.len());
        taker.refuse(stretch.first_row, record, TOO_LONG, TOO_LONG_MESSAGE.to_owned());
    } else {
        let quoted = stretch.quote.filter(|q| memchr::memchr(*q, prepared.text.as_bytes()).is_some());
        match quoted {
            None if !taker.json => taker.plain(stretch.first_row),
            _ => taker.lines(stretch.first_row),
        }
    }
    let Taker { assembler, quote, .. } = taker;
    assembler.finish(|record| masked(plan, &prepared.original(record), delimiter, quote))
}

/// Reads single records again; each is whatever one record was.
pub(crate) fn reparse(plan: &Arc<Plan>, records: &[(i64, String)]) -> Parsed {
    let delimiter = plan.layout.delimiter.map_or(b',', |c| c as u8);
    let mut text = String::new();
    let mut spans = Vec::with_capacity(records.len());
    for (row, original) in records {
        let start = text.len();
        text.push_str(original);
        spans.push((*row, Span::new(start, text.len())));
        text.push('\n');
    }
    let prepared = prepare(text.into_bytes(), Charset::Utf8);
    let quote = plan.format().quote;
    let mut taker = Taker {
        plan,
        prepared: &prepared,
        assembler: Assembler::new(plan, records.len(), prepared.text.len()),
        delimiter,
        quote,
        json: plan.format().kind == Kind::Ndjson,
        checked: true,
    };
    let mut grid = Grid::new(&prepared.text, plan.width, STRIP);
    for (row, record) in spans {
        taker.record(&mut grid, row, record);
    }
    taker.assembler.take(&grid);
    taker.assembler.finish(|record| masked(plan, &prepared.original(record), delimiter, quote))
}

struct Taker<'p> {
    plan: &'p Plan,
    prepared: &'p Prepared,
    assembler: Assembler<'p>,
    delimiter: u8,
    quote: Option<u8>,
    json: bool,
    /// Each record has to be looked at: for noise, NUL bytes or a bad encoding.
    checked: bool,
}

impl Taker<'_> {
    /// A stretch without quotes: one scan for delimiters and line ends.
    fn plain(&mut self, first_row: i64) {
        let prepared = self.prepared;
        let text = prepared.text.as_str();
        let bytes = text.as_bytes();
        let signs = Signs { a: self.delimiter, b: b'\n', c: b'\r' };
        let delimiter = self.delimiter;
        let width = self.plan.width;
        let mut grid = Grid::new(text, width, STRIP);
        let mut row = first_row;
        let mut at = 0;
        while at < bytes.len() {
            let mut start = at;
            let mut field = at;
            let mut resume = bytes.len();
            let mut whole = false;
            split::each(bytes, at, &signs, |p| {
                if bytes[p] == delimiter {
                    grid.push(Span::new(field, p));
                    field = p + 1;
                    return true;
                }
                if p < field {
                    // The `\n` of a `\r\n`.
                    return true;
                }
                grid.push(Span::new(field, p));
                self.close(&mut grid, row, Span::new(start, p));
                row += 1;
                let crlf = bytes[p] == b'\r' && bytes.get(p + 1) == Some(&b'\n');
                field = p + 1 + usize::from(crlf);
                start = field;
                if grid.len() >= STRIP {
                    resume = field;
                    whole = true;
                    return false;
                }
                true
            });
            if !whole && start < bytes.len() {
                grid.push(Span::new(field.min(bytes.len()), bytes.len()));
                self.close(&mut grid, row, Span::new(start, bytes.len()));
            }
            self.assembler.take(&grid);
            grid.clear();
            at = resume;
        }
    }

    /// Ends a record whose cells were pushed.
    #[inline]
    fn close(&mut self, grid: &mut Grid, row: i64, record: Span) {
        let long = (record.end - record.start) as usize > self.plan.max_record_bytes;
        if grid.open_cells() == self.plan.width && !self.checked && !long {
            if self.plan.width > 1 || record.start != record.end {
                grid.close_record(row, record);
            } else {
                grid.drop_open();
            }
            return;
        }
        self.close_checked(grid, row, record);
    }

    fn close_checked(&mut self, grid: &mut Grid, row: i64, record: Span) {
        let line = &grid.text[record.range()];
        let blank = line.bytes().all(|b| b == b' ') || (grid.open_cells() == 1 && line.trim().is_empty());
        if blank || self.plan.noise.takes(line, &self.plan.tally) {
            grid.drop_open();
            return;
        }
        let fault = if line.len() > self.plan.max_record_bytes {
            Some((TOO_LONG, TOO_LONG_MESSAGE.to_owned()))
        } else if self.prepared.is_bad(record) {
            Some((
                BAD_ENCODING,
                "holds bytes that are not in the encoding of the file; export it in one encoding (UTF-8)".to_owned(),
            ))
        } else if self.prepared.nul && line.contains('\0') {
            Some((NUL, "holds a NUL byte; the file was damaged on its way or on disk".to_owned()))
        } else if grid.open_cells() != self.plan.width {
            let (cells, width) = (grid.open_cells(), self.plan.width);
            Some((RAGGED, format!("has {cells} fields where the header has {width}; a delimiter inside a value wants quotes")))
        } else {
            None
        };
        match fault {
            None => grid.close_record(row, record),
            Some((fault, message)) => {
                grid.drop_open();
                self.refuse(row, record, fault, message);
            }
        }
    }

    fn refuse(&mut self, row: i64, record: Span, fault: Fault, message: String) {
        let mut text = self.prepared.original(record);
        if fault == TOO_LONG {
            text.truncate(text.floor_char_boundary(KEPT));
        }
        let original = masked(self.plan, &text, self.delimiter, self.quote);
        self.assembler.refuse(Refused { row, fault, message: format!("record {row} {message}"), original });
    }

    /// Record by record: quotes may hide delimiters and line ends; NDJSON has one document a line.
    fn lines(&mut self, first_row: i64) {
        self.checked = true;
        let prepared = self.prepared;
        let bytes = prepared.text.as_bytes();
        let mut grid = Grid::new(&prepared.text, self.plan.width, STRIP);
        let (mut at, mut row) = (0, first_row);
        while at < bytes.len() {
            let end = split::record_end(bytes, at, self.delimiter, self.quote, true).unwrap_or_else(|| physical_line(bytes, at));
            let length = split::without_line_end(&bytes[at..end]).len();
            self.record(&mut grid, row, Span::new(at, at + length));
            if grid.len() >= STRIP {
                self.assembler.take(&grid);
                grid.clear();
            }
            row += 1;
            at = end;
        }
        self.assembler.take(&grid);
    }

    fn record(&mut self, grid: &mut Grid, row: i64, record: Span) {
        let prepared = self.prepared;
        if !self.json {
            split_record(grid, prepared.text.as_bytes(), record, self.delimiter, self.quote);
            self.close_checked(grid, row, record);
            return;
        }
        let line = prepared.text[record.range()].trim();
        if line.is_empty() {
            return;
        }
        match super::json::cells(self.plan, grid, line, &[]) {
            Ok(()) => self.close_checked(grid, row, record),
            Err(message) => {
                grid.drop_open();
                self.refuse(row, record, BAD_JSON, format!("is not JSON: {message}"));
            }
        }
    }
}

/// A record with Aadhaar-like numbers masked, those in identifier columns left.
fn masked(plan: &Plan, record: &str, delimiter: u8, quote: Option<u8>) -> String {
    let mut grid = Grid::new(record, 0, 0);
    split_record(&mut grid, record.as_bytes(), Span::new(0, record.len()), delimiter, quote);
    let cells = grid.open_spans();
    let literal = cells.iter().all(|c| c.end as usize <= record.len());
    if cells.len() != plan.width || plan.format().kind == Kind::Ndjson || !literal {
        return plan.mask(record);
    }
    let mut out = String::with_capacity(record.len());
    let mut at = 0;
    for (i, cell) in cells.iter().enumerate() {
        let range = cell.range();
        out.push_str(&record[at..range.start]);
        at = range.end;
        let value = &record[range];
        if plan.identifiers[i] {
            out.push_str(value);
        } else {
            out.push_str(&model::aadhaar::mask(value));
        }
    }
    out.push_str(&record[at..]);
    out
}
