//! XML documents of any size, element by element. No entity of the document's own is ever expanded.

use std::io::{self, BufRead, BufReader, Read};

use quick_xml::events::Event;
use quick_xml::{Reader, Writer};

use super::ReadError;
use super::input;
use super::records::{Item, Records};
use crate::Limits;
use crate::contract::Format;
use crate::grid::{Grid, Span};
use crate::plan::Plan;

/// Ends a text, a tag or a comment that goes on for ever: the parser holds each as a whole.
struct Bounded {
    inner: BufReader<Box<dyn Read + Send>>,
    /// Bytes that may still be read of what is being read.
    left: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("goes on for ever")]
struct Endless;

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(buffer)?;
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Bounded {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other(Endless));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        self.left = self.left.saturating_sub(n);
        self.inner.consume(n);
    }
}

/// An XML document being cut into records.
pub(crate) struct Xml {
    reader: Reader<Bounded>,
    name: String,
    /// Element names from the root, `*` for any.
    path: Vec<String>,
    /// `//B`: at any depth.
    anywhere: bool,
    stack: Vec<String>,
    row: i64,
    limits: Limits,
    done: bool,
}

impl Xml {
    pub fn open(format: &Format, name: &str, bytes: Box<dyn Read + Send>, limits: &Limits) -> Result<Xml, ReadError> {
        let mut text = input::text(bytes, format.encoding, name)?;
        let mut first = [0u8; 1];
        let n = text.bytes.read(&mut first).map_err(|e| input::read_error(name, e))?;
        if n == 0 {
            return Err(ReadError::Empty { name: name.to_owned() });
        }
        let bytes: Box<dyn Read + Send> = Box::new(io::Cursor::new(first).chain(text.bytes));
        let rows = format.rows.as_deref().unwrap_or("/*/*");
        Ok(Xml {
            reader: Reader::from_reader(Bounded { inner: BufReader::new(bytes), left: limits.max_record_bytes }),
            name: name.to_owned(),
            anywhere: rows.starts_with("//"),
            path: rows.split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect(),
            stack: Vec::new(),
            row: 1,
            limits: limits.clone(),
            done: false,
        })
    }

    pub fn next(&mut self) -> Result<Option<Records>, ReadError> {
        let mut records = Records::default();
        let mut buffer = Vec::new();
        while !self.done && records.bytes.len() < self.limits.block_bytes {
            buffer.clear();
            let limit = self.limits.max_record_bytes;
            self.reader.get_mut().left = limit;
            let event = self.reader.read_event_into(&mut buffer).map_err(|e| corrupt(&self.name, self.row, limit, e))?;
            match event {
                Event::Start(start) => {
                    self.stack.push(start.local_name().as_ref().to_owned());
                    if matches(&self.stack, &self.path, self.anywhere) {
                        let mut writer = Writer::new(Vec::new());
                        writer.write_event(Event::Start(start)).map_err(|e| ReadError::io(&self.name, e))?;
                        copy(&mut self.reader, &mut writer, &self.name, self.row, limit)?;
                        keep(&mut records, &mut self.row, &writer.into_inner());
                        self.stack.pop();
                    }
                }
                Event::Empty(start) => {
                    self.stack.push(start.local_name().as_ref().to_owned());
                    if matches(&self.stack, &self.path, self.anywhere) {
                        let mut writer = Writer::new(Vec::new());
                        writer.write_event(Event::Empty(start)).map_err(|e| ReadError::io(&self.name, e))?;
                        keep(&mut records, &mut self.row, &writer.into_inner());
                    }
                    self.stack.pop();
                }
                Event::End(_) => {
                    self.stack.pop();
                }
                Event::Eof => {
                    if !self.stack.is_empty() {
                        return Err(ReadError::Truncated { name: self.name.clone() });
                    }
                    self.done = true;
                }
                _ => {}
            }
        }
        Ok((!records.items.is_empty()).then_some(records))
    }
}

fn keep(records: &mut Records, row: &mut i64, record: &[u8]) {
    let start = records.bytes.len();
    records.bytes.extend_from_slice(record);
    records.items.push(Item { row: *row, span: Span::new(start, records.bytes.len()), keys: Vec::new() });
    *row += 1;
}

/// Copies events up to the end of the element that has begun.
fn copy(reader: &mut Reader<Bounded>, writer: &mut Writer<Vec<u8>>, name: &str, row: i64, limit: usize) -> Result<(), ReadError> {
    let mut depth = 1;
    let mut buffer = Vec::new();
    while depth > 0 {
        buffer.clear();
        reader.get_mut().left = limit;
        let event = reader.read_event_into(&mut buffer).map_err(|e| corrupt(name, row, limit, e))?;
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Eof => return Err(ReadError::Truncated { name: name.to_owned() }),
            _ => {}
        }
        writer.write_event(event).map_err(|e| ReadError::io(name, e))?;
        if writer.get_ref().len() > limit {
            return Err(ReadError::TooLong { name: name.to_owned(), row, limit });
        }
    }
    Ok(())
}

fn corrupt(name: &str, row: i64, limit: usize, error: quick_xml::Error) -> ReadError {
    if let quick_xml::Error::Io(e) = &error {
        if e.get_ref().is_some_and(|e| e.is::<Endless>()) {
            return ReadError::TooLong { name: name.to_owned(), row, limit };
        }
        return input::read_error(name, io::Error::new(e.kind(), e.to_string()));
    }
    ReadError::Corrupt { name: name.to_owned(), kind: "XML", message: format!("near record {row}: {error}") }
}

fn matches(stack: &[String], path: &[String], anywhere: bool) -> bool {
    let same = |(s, p): (&String, &String)| p == "*" || s == p;
    if anywhere {
        return stack.len() >= path.len() && stack[stack.len() - path.len()..].iter().zip(path).all(same);
    }
    stack.len() == path.len() && stack.iter().zip(path).all(same)
}

/// The cells the plan asks of one element: `a/b` is text of a descendant, `@x` and `a/@x` are attributes, `.` its own text.
pub(crate) fn cells(plan: &Plan, grid: &mut Grid, record: &str) -> Result<(), String> {
    let found = flatten(record)?;
    for label in &plan.labels {
        match found.iter().find(|(path, _)| path == label) {
            Some((_, text)) => grid.push_extra(text.trim()),
            None => grid.push(Span::EMPTY),
        }
    }
    Ok(())
}

pub(crate) fn flatten(record: &str) -> Result<Vec<(String, String)>, String> {
    let mut reader = Reader::from_str(record);
    let mut found: Vec<(String, String)> = Vec::new();
    // Index into `found` of the elements that are open.
    let mut open: Vec<usize> = Vec::new();
    loop {
        match reader.read_event().map_err(|e| e.to_string())? {
            Event::Start(start) => {
                let at = begin(&mut found, &open, &start)?;
                open.push(at);
            }
            Event::Empty(start) => {
                begin(&mut found, &open, &start)?;
            }
            Event::End(_) => {
                open.pop();
            }
            Event::Text(text) => append(&mut found, &open, &text),
            Event::CData(text) => append(&mut found, &open, &text),
            Event::GeneralRef(name) => {
                let text = match name.resolve_char_ref().map_err(|e| e.to_string())? {
                    Some(c) => c.to_string(),
                    None => {
                        let word: &str = &name;
                        let known = quick_xml::escape::resolve_predefined_entity(word);
                        known.ok_or_else(|| format!("uses the entity `&{word};`, which we do not expand"))?.to_owned()
                    }
                };
                append(&mut found, &open, &text);
            }
            Event::Eof => return Ok(found),
            _ => {}
        }
    }
}

fn append(found: &mut [(String, String)], open: &[usize], text: &str) {
    if let Some(at) = open.last() {
        found[*at].1.push_str(text);
    }
}

fn begin(found: &mut Vec<(String, String)>, open: &[usize], start: &quick_xml::events::BytesStart) -> Result<usize, String> {
    let name = start.local_name().as_ref().to_owned();
    let path = match open.last().map(|at| found[*at].0.as_str()) {
        None => ".".to_owned(),
        Some(".") => name,
        Some(parent) => format!("{parent}/{name}"),
    };
    let at = found.len();
    let prefix = if path == "." { String::new() } else { format!("{path}/") };
    found.push((path, String::new()));
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|e| e.to_string())?;
        let key = attribute.key.local_name().as_ref().to_owned();
        let value = quick_xml::escape::unescape(&attribute.value).map_err(|e| e.to_string())?.into_owned();
        found.push((format!("{prefix}@{key}"), value));
    }
    Ok(at)
}
