//! Objects of a PDF file. The file is walked from its beginning for every object it defines: a broken table of contents, which
//! scanners and mail gateways love to leave, does not matter then.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use super::lock::Lock;
use crate::Error;

pub(super) const KIND: &str = "PDF";
/// Most bytes out per byte in of one stream, looked at once it has unpacked [`RATIO_FROM`].
const RATIO: u64 = 400;
const RATIO_FROM: u64 = 64 << 20;
/// Arrays in arrays, dictionaries in dictionaries.
const DEPTH: usize = 40;

pub(super) type Dict = BTreeMap<String, Object>;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    Null,
    Number(f64),
    Name(String),
    Text(Vec<u8>),
    Array(Vec<Object>),
    Dict(Dict),
    Reference(u32),
    Stream(Dict, Vec<u8>),
    /// An operator of a content stream.
    Word(String),
}

impl Object {
    pub fn dict(&self) -> Option<&Dict> {
        match self {
            Object::Dict(d) | Object::Stream(d, _) => Some(d),
            _ => None,
        }
    }

    pub fn name(&self) -> Option<&str> {
        match self {
            Object::Name(n) => Some(n),
            _ => None,
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Object::Number(n) => Some(*n),
            _ => None,
        }
    }
}

/// Reads objects and operators one after the other.
pub(super) struct Lexer<'a> {
    pub bytes: &'a [u8],
    pub at: usize,
}

impl<'a> Lexer<'a> {
    pub fn new(bytes: &'a [u8]) -> Lexer<'a> {
        Lexer { bytes, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    pub fn skip(&mut self) {
        while let Some(b) = self.peek() {
            match b {
                b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' => self.at += 1,
                b'%' => {
                    while self.peek().is_some_and(|b| b != b'\n' && b != b'\r') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    pub fn next(&mut self, depth: usize) -> Option<Object> {
        self.skip();
        let b = self.peek()?;
        if depth > DEPTH {
            return None;
        }
        match b {
            b'/' => {
                self.at += 1;
                Some(Object::Name(self.name()))
            }
            b'(' => Some(Object::Text(self.literal())),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                let mut dict = Dict::new();
                loop {
                    self.skip();
                    if self.bytes[self.at..].starts_with(b">>") {
                        self.at += 2;
                        return Some(Object::Dict(dict));
                    }
                    let Some(Object::Name(key)) = self.next(depth + 1) else { return Some(Object::Dict(dict)) };
                    let value = self.value(depth + 1)?;
                    dict.insert(key, value);
                }
            }
            b'<' => Some(Object::Text(self.hexadecimal())),
            b'[' => {
                self.at += 1;
                let mut list = Vec::new();
                loop {
                    self.skip();
                    match self.peek() {
                        None => return Some(Object::Array(list)),
                        Some(b']') => {
                            self.at += 1;
                            return Some(Object::Array(list));
                        }
                        Some(_) => list.push(self.value(depth + 1)?),
                    }
                }
            }
            b'+' | b'-' | b'.' | b'0'..=b'9' => {
                let start = self.at;
                self.at += 1;
                while self.peek().is_some_and(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-')) {
                    self.at += 1;
                }
                let text = std::str::from_utf8(&self.bytes[start..self.at]).unwrap_or_default();
                Some(Object::Number(text.parse().unwrap_or(0.0)))
            }
            b')' | b']' | b'>' | b'{' | b'}' => {
                self.at += 1;
                Some(Object::Null)
            }
            _ => {
                let start = self.at;
                while self.peek().is_some_and(regular) {
                    self.at += 1;
                }
                let word = String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned();
                Some(if word == "null" { Object::Null } else { Object::Word(word) })
            }
        }
    }

    /// An object, or a reference to one (`12 0 R`).
    fn value(&mut self, depth: usize) -> Option<Object> {
        let first = self.next(depth)?;
        let Object::Number(id) = first else { return Some(first) };
        let back = self.at;
        if let Some(Object::Number(_)) = self.next(depth)
            && self.next(depth) == Some(Object::Word("R".to_owned()))
        {
            return Some(Object::Reference(id as u32));
        }
        self.at = back;
        Some(first)
    }

    fn name(&mut self) -> String {
        let mut name = Vec::new();
        while let Some(b) = self.peek().filter(|b| regular(*b)) {
            self.at += 1;
            let code = self.bytes.get(self.at..self.at + 2).and_then(|h| std::str::from_utf8(h).ok());
            match code.and_then(|h| u8::from_str_radix(h, 16).ok()).filter(|_| b == b'#') {
                Some(coded) => {
                    name.push(coded);
                    self.at += 2;
                }
                None => name.push(b),
            }
        }
        String::from_utf8_lossy(&name).into_owned()
    }

    fn literal(&mut self) -> Vec<u8> {
        let (mut out, mut open) = (Vec::new(), 0);
        while let Some(b) = self.peek() {
            self.at += 1;
            match b {
                b'(' => {
                    open += 1;
                    if open > 1 {
                        out.push(b);
                    }
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        return out;
                    }
                    out.push(b);
                }
                b'\\' => {
                    let Some(escaped) = self.peek() else { return out };
                    self.at += 1;
                    match escaped {
                        b'n' => out.push(b'\n'),
                        b'r' => out.push(b'\r'),
                        b't' => out.push(b'\t'),
                        b'b' | b'f' => {}
                        b'\n' => {}
                        b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
                        b'0'..=b'7' => {
                            let mut code = u32::from(escaped - b'0');
                            for _ in 0..2 {
                                let Some(digit @ b'0'..=b'7') = self.peek() else { break };
                                code = code * 8 + u32::from(digit - b'0');
                                self.at += 1;
                            }
                            out.push(code as u8);
                        }
                        other => out.push(other),
                    }
                }
                _ => out.push(b),
            }
        }
        out
    }

    fn hexadecimal(&mut self) -> Vec<u8> {
        self.at += 1;
        let mut digits = Vec::new();
        while let Some(b) = self.peek() {
            self.at += 1;
            match b {
                b'>' => break,
                _ => digits.extend((b as char).to_digit(16)),
            }
        }
        if digits.len() % 2 == 1 {
            digits.push(0);
        }
        digits.chunks(2).map(|p| (p[0] * 16 + p[1]) as u8).collect()
    }
}

fn regular(b: u8) -> bool {
    !matches!(
        b,
        b'\0' | b'\t' | b'\n' | b'\x0c' | b'\r' | b' ' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
    )
}

/// A whole file.
pub(super) struct File {
    objects: HashMap<u32, Object>,
    pub trailer: Dict,
    /// Bytes that streams may still unpack to.
    left: std::cell::Cell<u64>,
    limit: u64,
}

impl File {
    pub fn read(bytes: &[u8], unpacked: u64, password: Option<&str>) -> Result<File, Error> {
        let mut file =
            File { objects: HashMap::new(), trailer: Dict::new(), left: std::cell::Cell::new(unpacked), limit: unpacked };
        let mut packed = Vec::new();
        let mut at = 0;
        while let Some(found) = find(&bytes[at..], b"obj") {
            let word = at + found;
            at = word + 3;
            if bytes[..word].ends_with(b"end") {
                continue;
            }
            let Some(id) = number_before(bytes, word) else { continue };
            let mut lexer = Lexer::new(bytes);
            lexer.at = at;
            let Some(object) = lexer.value(0) else { continue };
            at = lexer.at.max(at);
            let object = match object {
                Object::Dict(dict) => match stream(bytes, &mut lexer, &dict) {
                    Some(data) => {
                        at = lexer.at;
                        Object::Stream(dict, data)
                    }
                    None => Object::Dict(dict),
                },
                other => other,
            };
            if let Object::Stream(dict, _) = &object {
                match dict.get("Type").and_then(Object::name) {
                    Some("ObjStm") => packed.push(id),
                    Some("XRef") => file.trailer.extend(dict.clone()),
                    _ => {}
                }
            }
            file.objects.insert(id, object);
        }
        let mut at = 0;
        while let Some(found) = find(&bytes[at..], b"trailer") {
            at += found + 7;
            let mut lexer = Lexer::new(bytes);
            lexer.at = at;
            if let Some(Object::Dict(dict)) = lexer.next(0) {
                file.trailer.extend(dict);
            }
        }
        if file.trailer.contains_key("Encrypt") {
            file.unlock(password)?;
        }
        for id in packed {
            if let Some(object) = file.objects.get(&id).cloned() {
                file.unpack(&object)?;
            }
        }
        Ok(file)
    }

    /// Takes the lock off every object, with the password given or the empty one.
    fn unlock(&mut self, password: Option<&str>) -> Result<(), Error> {
        let own = match self.trailer.get("Encrypt") {
            Some(Object::Reference(id)) => Some(*id),
            _ => None,
        };
        let id = match self.entry(&self.trailer, "ID") {
            Object::Array(list) => match list.first() {
                Some(Object::Text(text)) => text.clone(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        };
        let dict = self.entry(&self.trailer, "Encrypt").dict().cloned().unwrap_or_default();
        let opened = Lock::open(&dict, &id, "").or_else(|| Lock::open(&dict, &id, password?));
        let Some(lock) = opened else {
            return Err(match password {
                Some(_) => Error::WrongPassword { kind: KIND },
                None => Error::Locked { kind: KIND },
            });
        };
        for (id, object) in std::mem::take(&mut self.objects) {
            let object = if own == Some(id) { object } else { lock.unlock(id, object) };
            self.objects.insert(id, object);
        }
        Ok(())
    }

    /// Objects inside a stream: pairs of number and place, then the objects.
    fn unpack(&mut self, object: &Object) -> Result<(), Error> {
        let Some(dict) = object.dict() else { return Ok(()) };
        let count = dict.get("N").and_then(Object::number).unwrap_or(0.0) as usize;
        let first = dict.get("First").and_then(Object::number).unwrap_or(0.0) as usize;
        let data = self.data(object)?;
        let mut head = Lexer::new(&data);
        let mut places = Vec::new();
        for _ in 0..count.min(100_000) {
            let (Some(Object::Number(id)), Some(Object::Number(at))) = (head.next(0), head.next(0)) else { break };
            places.push((id as u32, first + at as usize));
        }
        for (id, at) in places.into_iter().filter(|(_, at)| *at < data.len()) {
            let mut lexer = Lexer::new(&data);
            lexer.at = at;
            if let Some(object) = lexer.value(0) {
                self.objects.entry(id).or_insert(object);
            }
        }
        Ok(())
    }

    /// The object behind a reference.
    pub fn get<'a>(&'a self, object: &'a Object) -> &'a Object {
        let mut object = object;
        for _ in 0..20 {
            match object {
                Object::Reference(id) => match self.objects.get(id) {
                    Some(next) => object = next,
                    None => return &Object::Null,
                },
                other => return other,
            }
        }
        &Object::Null
    }

    pub fn entry<'a>(&'a self, dict: &'a Dict, key: &str) -> &'a Object {
        dict.get(key).map_or(&Object::Null, |o| self.get(o))
    }

    /// Names of the filters of a stream.
    pub fn filters(&self, dict: &Dict) -> Vec<String> {
        match self.entry(dict, "Filter") {
            Object::Name(name) => vec![name.clone()],
            Object::Array(list) => list.iter().filter_map(|o| self.get(o).name().map(str::to_owned)).collect(),
            _ => Vec::new(),
        }
    }

    /// The bytes of a stream, inflated; empty for filters that hold no text.
    pub fn data(&self, object: &Object) -> Result<Vec<u8>, Error> {
        let Object::Stream(dict, raw) = object else { return Ok(Vec::new()) };
        let mut data = raw.clone();
        for filter in self.filters(dict) {
            data = match filter.as_str() {
                "FlateDecode" | "Fl" => {
                    let left = self.left.get();
                    // No text packs so well: a stream of a few kilobytes that fills the memory is one made to do it.
                    let most = left.min(RATIO_FROM.max(RATIO * data.len() as u64));
                    let mut out = Vec::new();
                    // Cut-off streams give what they have.
                    let _ = flate2::read::ZlibDecoder::new(data.as_slice()).take(most + 1).read_to_end(&mut out);
                    if out.len() as u64 > most {
                        return Err(Error::Bomb { limit: if most == left { self.limit } else { most } });
                    }
                    self.left.set(left - out.len() as u64);
                    out
                }
                "ASCIIHexDecode" | "AHx" => Lexer::new(&[b"<", data.as_slice()].concat()).hexadecimal(),
                _ => return Ok(Vec::new()),
            };
        }
        Ok(data)
    }
}

pub(super) fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|w| w == what)
}

/// The object's number before `GENERATION obj`.
fn number_before(bytes: &[u8], word: usize) -> Option<u32> {
    let head = bytes[word.saturating_sub(24)..word].trim_ascii_end();
    let generation = head.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let head = head[..head.len() - generation].trim_ascii_end();
    let digits = head.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    if generation == 0 || digits == 0 {
        return None;
    }
    std::str::from_utf8(&head[head.len() - digits..]).ok()?.parse().ok()
}

/// The bytes between `stream` and `endstream`.
fn stream(bytes: &[u8], lexer: &mut Lexer, dict: &Dict) -> Option<Vec<u8>> {
    lexer.skip();
    let rest = bytes.get(lexer.at..)?.strip_prefix(b"stream")?;
    let rest = rest.strip_prefix(b"\r\n").or_else(|| rest.strip_prefix(b"\n")).unwrap_or(rest);
    let start = bytes.len() - rest.len();
    let stated = dict.get("Length").and_then(Object::number).map(|n| n as usize);
    let length = match stated.filter(|n| rest.get(*n..).is_some_and(|after| after.trim_ascii_start().starts_with(b"endstream"))) {
        Some(n) => n,
        // The length stands elsewhere or lies: the next end is the end.
        None => find(rest, b"endstream").unwrap_or(rest.len()),
    };
    lexer.at = start + length;
    Some(rest[..length].to_vec())
}
