//! JSON documents of any size: records are cut out by matching brackets, then each is parsed by itself.

use serde_json::Value;

use super::ReadError;
use super::input;
use super::records::{Item, Records};
use super::window::Window;
use crate::Limits;
use crate::contract::Format;
use crate::grid::{Grid, Span};
use crate::plan::Plan;

/// A JSON document being cut into records.
pub(crate) struct Json {
    window: Window,
    at: usize,
    /// Key or `*` per level; the document itself when empty.
    path: Vec<String>,
    stack: Vec<Level>,
    state: State,
    row: i64,
    limits: Limits,
}

struct Level {
    object: bool,
    key: String,
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    Value,
    /// Just inside a bracket: a value or key, or the closing bracket.
    First,
    Key,
    After,
    Start,
    Done,
}

impl Json {
    pub fn open(format: &Format, name: &str, bytes: Box<dyn std::io::Read + Send>, limits: &Limits) -> Result<Json, ReadError> {
        let text = input::text(bytes, format.encoding, name)?;
        let rows = format.rows.as_deref().unwrap_or("/");
        let mut json = Json {
            window: Window::new(text.bytes, name),
            at: 0,
            path: rows.split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect(),
            stack: Vec::new(),
            state: State::Start,
            row: 1,
            limits: limits.clone(),
        };
        if json.peek()?.is_none() {
            return Err(ReadError::Empty { name: name.to_owned() });
        }
        Ok(json)
    }

    pub fn next(&mut self) -> Result<Option<Records>, ReadError> {
        let mut records = Records::default();
        while self.state != State::Done && records.bytes.len() < self.limits.block_bytes {
            self.step(&mut records)?;
            if self.at > 1 << 20 {
                self.window.bytes.drain(..self.at);
                self.at = 0;
            }
        }
        Ok((!records.items.is_empty()).then_some(records))
    }

    fn step(&mut self, records: &mut Records) -> Result<(), ReadError> {
        let Some(byte) = self.peek()? else {
            let whole = self.stack.is_empty() && matches!(self.state, State::After | State::Start);
            if !whole {
                return Err(ReadError::Truncated { name: self.window.name.clone() });
            }
            self.state = State::Done;
            return Ok(());
        };
        match self.state {
            State::Start => {
                // `/` is the document: the elements of an array, or one object.
                if self.path.is_empty() && byte == b'[' {
                    self.path.push("*".to_owned());
                }
                self.state = State::Value;
            }
            State::First if matches!(byte, b']' | b'}') => self.state = State::After,
            State::First => {
                self.state = if self.stack.last().is_some_and(|l| l.object) { State::Key } else { State::Value };
            }
            State::Key => {
                if byte != b'"' {
                    return Err(self.corrupt("a key in quotes is expected"));
                }
                let end = self.value_end()?;
                let key: String =
                    serde_json::from_slice(&self.window.bytes[self.at..end]).map_err(|e| self.corrupt(&e.to_string()))?;
                self.at = end;
                if self.peek()? != Some(b':') {
                    return Err(self.corrupt("`:` is expected after a key"));
                }
                self.at += 1;
                if let Some(level) = self.stack.last_mut() {
                    level.key = key;
                }
                self.state = State::Value;
            }
            State::Value => self.value(byte, records)?,
            State::After => {
                let Some(level) = self.stack.last() else {
                    self.state = State::Value;
                    return Ok(());
                };
                let object = level.object;
                self.at += 1;
                match byte {
                    b',' => self.state = if object { State::Key } else { State::Value },
                    b'}' if object => {
                        self.stack.pop();
                    }
                    b']' if !object => {
                        self.stack.pop();
                    }
                    _ => return Err(self.corrupt("`,` or a closing bracket is expected")),
                }
            }
            State::Done => {}
        }
        Ok(())
    }

    fn value(&mut self, byte: u8, records: &mut Records) -> Result<(), ReadError> {
        let depth = self.stack.len();
        let matches = self.stack.iter().zip(&self.path).all(|(l, p)| p == "*" || (l.object && l.key == *p));
        if matches && depth < self.path.len() && matches!(byte, b'{' | b'[') {
            self.stack.push(Level { object: byte == b'{', key: String::new() });
            self.at += 1;
            self.state = State::First;
            return Ok(());
        }
        let end = self.value_end()?;
        if matches && depth == self.path.len() {
            let start = records.bytes.len();
            records.bytes.extend_from_slice(&self.window.bytes[self.at..end]);
            let stars = self.stack.iter().zip(&self.path).filter(|(l, p)| *p == "*" && l.object);
            records.items.push(Item {
                row: self.row,
                span: Span::new(start, records.bytes.len()),
                keys: stars.map(|(l, _)| l.key.clone()).collect(),
            });
            self.row += 1;
        }
        self.at = end;
        self.state = State::After;
        Ok(())
    }

    /// The next byte that is not blank.
    fn peek(&mut self) -> Result<Option<u8>, ReadError> {
        loop {
            while let Some(b) = self.window.bytes.get(self.at) {
                if !b.is_ascii_whitespace() {
                    return Ok(Some(*b));
                }
                self.at += 1;
            }
            if self.window.ended {
                return Ok(None);
            }
            self.window.fill(self.at + self.limits.block_bytes.clamp(1, 1 << 20))?;
        }
    }

    /// End of the value that begins here, read whole into the window.
    fn value_end(&mut self) -> Result<usize, ReadError> {
        let mut more = self.limits.block_bytes.clamp(1, 1 << 20);
        loop {
            if let Some(end) = value_end(&self.window.bytes[self.at..], self.window.ended) {
                return Ok(self.at + end);
            }
            if self.window.ended {
                return Err(ReadError::Truncated { name: self.window.name.clone() });
            }
            let held = self.window.bytes.len() - self.at;
            if held > self.limits.max_record_bytes {
                return Err(ReadError::TooLong {
                    name: self.window.name.clone(),
                    row: self.row,
                    limit: self.limits.max_record_bytes,
                });
            }
            self.window.fill(self.window.bytes.len() + more)?;
            more *= 2;
        }
    }

    fn corrupt(&self, message: &str) -> ReadError {
        ReadError::Corrupt {
            name: self.window.name.clone(),
            kind: "JSON",
            message: format!("near record {}: {message}", self.row),
        }
    }
}

/// Length of the JSON value at the start of `bytes`; none when it is not whole.
fn value_end(bytes: &[u8], ended: bool) -> Option<usize> {
    match bytes.first()? {
        b'"' => string_end(bytes, 0),
        b'{' | b'[' => {
            let mut depth = 0usize;
            let mut at = 0;
            while let Some(b) = bytes.get(at) {
                match b {
                    b'"' => {
                        at = string_end(bytes, at)?;
                        continue;
                    }
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => {
                        depth -= 1;
                        if depth == 0 {
                            return Some(at + 1);
                        }
                    }
                    _ => {}
                }
                at += 1;
            }
            None
        }
        _ => {
            let end = bytes.iter().position(|b| matches!(b, b',' | b'}' | b']') || b.is_ascii_whitespace());
            end.or_else(|| ended.then_some(bytes.len())).map(|n| n.max(1))
        }
    }
}

fn string_end(bytes: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let i = at + memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[i] == b'"' {
            return Some(i + 1);
        }
        at = i + 2;
    }
}

/// The cells the plan asks of one record.
pub(crate) fn cells(plan: &Plan, grid: &mut Grid, record: &str, keys: &[String]) -> Result<(), String> {
    let value: Value = serde_json::from_str(record).map_err(|e| e.to_string())?;
    if !value.is_object() {
        return Err("is not an object of names and values".to_owned());
    }
    for label in &plan.labels {
        if let Some(n) = label.strip_prefix('$') {
            let key = n.parse::<usize>().ok().and_then(|n| keys.get(n.checked_sub(1)?));
            grid.push_extra(key.map_or("", String::as_str));
            continue;
        }
        match lookup(&value, label) {
            None | Some(Value::Null) => grid.push(Span::EMPTY),
            Some(Value::String(text)) => grid.push_extra(text),
            Some(Value::Number(n)) => match n.as_f64() {
                Some(f) if n.is_f64() => grid.push_extra(&number(f)),
                _ => grid.push_extra(&n.to_string()),
            },
            Some(other) => grid.push_extra(&other.to_string()),
        }
    }
    Ok(())
}

/// A whole number without its `.0`, as an identifier was meant; others as they print.
pub(crate) fn number(value: f64) -> String {
    if value.fract() == 0.0 && value.abs() < 9e15 {
        format!("{value:.0}")
    } else if value.abs() >= 9e15 {
        format!("{value:e}").replace('e', "E+")
    } else {
        value.to_string()
    }
}

fn lookup<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if let Some(found) = value.get(path) {
        return Some(found);
    }
    path.split('/').try_fold(value, |v, part| match v {
        Value::Array(list) => list.get(part.parse::<usize>().ok()?),
        Value::Object(map) => map.get(part).or_else(|| map.iter().find(|(k, _)| k.eq_ignore_ascii_case(part)).map(|(_, v)| v)),
        _ => None,
    })
}
