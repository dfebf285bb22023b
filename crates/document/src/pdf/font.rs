//! How the codes of a font become letters.

use std::collections::HashMap;

use super::object::{Dict, File, Lexer, Object};
use crate::Error;

/// A font of one page.
pub(super) struct Font {
    /// Bytes of one code.
    wide: bool,
    map: HashMap<u32, String>,
    /// Ready-made letters of Latin codes; none in fonts whose codes are glyph numbers.
    latin: bool,
    /// Kruti Dev or DevLys: Latin codes that are drawn as Hindi.
    pub legacy: bool,
}

impl Font {
    pub fn read(file: &File, dict: &Dict) -> Result<Font, Error> {
        let wide = file.entry(dict, "Subtype").name() == Some("Type0");
        let base = file.entry(dict, "BaseFont").name().unwrap_or_default().to_lowercase().replace([' ', '-', '_'], "");
        let legacy = base.contains("krutidev") || base.contains("devlys");
        let mut map = HashMap::new();
        if !legacy {
            let stream = file.entry(dict, "ToUnicode");
            cmap(&file.data(stream)?, &mut map);
        }
        if let Some(encoding) = file.entry(dict, "Encoding").dict()
            && let Object::Array(list) = file.entry(encoding, "Differences")
        {
            let mut code = 0;
            for item in list {
                match file.get(item) {
                    Object::Number(n) => code = *n as u32,
                    Object::Name(name) => {
                        if let Some(letter) = glyph(name) {
                            map.entry(code).or_insert(letter);
                        }
                        code += 1;
                    }
                    _ => {}
                }
            }
        }
        Ok(Font { wide, latin: !wide, map, legacy })
    }

    pub fn text(&self, bytes: &[u8]) -> String {
        let codes: Vec<u32> = match self.wide {
            true => bytes.chunks(2).map(|p| u32::from(p[0]) << 8 | u32::from(*p.get(1).unwrap_or(&0))).collect(),
            false => bytes.iter().map(|b| u32::from(*b)).collect(),
        };
        let mut out = String::new();
        for code in codes {
            match self.map.get(&code) {
                Some(text) => out.push_str(text),
                None if self.latin => out.push(windows(code as u8)),
                None => out.push('\u{fffd}'),
            }
        }
        out
    }
}

/// Letters of a ToUnicode map: `beginbfchar` pairs and `beginbfrange` triples.
fn cmap(data: &[u8], map: &mut HashMap<u32, String>) {
    let mut lexer = Lexer::new(data);
    let mut texts: Vec<Object> = Vec::new();
    let mut ranges = false;
    while let Some(object) = lexer.next(0) {
        match object {
            Object::Word(word) => {
                match word.as_str() {
                    "beginbfchar" => ranges = false,
                    "beginbfrange" => ranges = true,
                    "endbfchar" if !ranges => {
                        for pair in texts.chunks_exact(2) {
                            if let (Object::Text(code), Object::Text(text)) = (&pair[0], &pair[1]) {
                                map.insert(number(code), utf16(text));
                            }
                        }
                    }
                    "endbfrange" if ranges => texts.chunks_exact(3).for_each(|triple| range(triple, map)),
                    _ => {}
                }
                texts.clear();
            }
            other => texts.push(other),
        }
        if map.len() > 100_000 {
            return;
        }
    }
}

fn range(triple: &[Object], map: &mut HashMap<u32, String>) {
    let (Object::Text(from), Object::Text(to)) = (&triple[0], &triple[1]) else { return };
    let (from, to) = (number(from), number(to).min(number(from) + 0xffff));
    match &triple[2] {
        Object::Text(first) => {
            let mut units: Vec<u16> =
                first.chunks(2).map(|p| u16::from(p[0]) << 8 | u16::from(*p.get(1).unwrap_or(&0))).collect();
            for code in from..=to {
                map.insert(code, String::from_utf16_lossy(&units));
                if let Some(last) = units.last_mut() {
                    *last = last.wrapping_add(1);
                }
            }
        }
        Object::Array(list) => {
            for (code, item) in (from..=to).zip(list) {
                if let Object::Text(text) = item {
                    map.insert(code, utf16(text));
                }
            }
        }
        _ => {}
    }
}

fn number(code: &[u8]) -> u32 {
    code.iter().take(4).fold(0, |n, b| n << 8 | u32::from(*b))
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks(2).map(|p| u16::from(p[0]) << 8 | u16::from(*p.get(1).unwrap_or(&0))).collect();
    String::from_utf16_lossy(&units)
}

/// The letter of a glyph's name: `A`, `uni0930`, `u0930` and the commonest others.
fn glyph(name: &str) -> Option<String> {
    let code =
        name.strip_prefix("uni").or_else(|| name.strip_prefix('u')).and_then(|h| u32::from_str_radix(h.get(..4)?, 16).ok());
    if let Some(letter) = code.and_then(char::from_u32) {
        return Some(letter.to_string());
    }
    if name.chars().count() == 1 {
        return Some(name.to_owned());
    }
    const NAMES: &str = "space   period . comma , hyphen - slash / colon : semicolon ; parenleft ( parenright ) zero 0 one 1 two 2 \
                         three 3 four 4 five 5 six 6 seven 7 eight 8 nine 9 quoteright ’ quoteleft ‘ quotedblleft “ quotedblright ” \
                         endash – emdash — ampersand & at @ numbersign # percent % plus + equal = underscore _";
    if name == "space" {
        return Some(" ".to_owned());
    }
    let mut words = NAMES.split_whitespace().skip(1);
    while let (Some(known), Some(sign)) = (words.next(), words.next()) {
        if known == name {
            return Some(sign.to_owned());
        }
    }
    None
}

/// Windows-1252, the usual code of Latin fonts.
fn windows(code: u8) -> char {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    match code {
        0x80..=0x9f => HIGH.chars().nth(usize::from(code - 0x80)).unwrap_or('\u{fffd}'),
        other => char::from(other),
    }
}
