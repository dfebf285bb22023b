//! Pages of PDF files: the text layer, or what an [`Eye`] reads from the page's picture.

mod font;
mod lock;
mod object;

use std::collections::HashMap;

use crate::{Bounds, Error, Eye, Part};
use font::Font;
use object::{Dict, File, KIND, Lexer, Object};

/// Pages of one document that are drawn to be read; drawing takes a second or so.
const DRAWN: usize = 300;
/// Forms in forms that are followed.
const DEPTH: u8 = 4;

pub(crate) fn pages(bytes: &[u8], eye: Option<&dyn Eye>, bounds: &Bounds, password: Option<&str>) -> Result<Vec<Part>, Error> {
    let file = File::read(bytes, bounds.unpacked, password)?;
    let root = file.entry(&file.trailer, "Root").dict().ok_or_else(|| Error::corrupt(KIND, "its catalogue is missing"))?;
    let mut pages = Vec::new();
    walk(&file, file.entry(root, "Pages"), &Object::Null, 0, bounds.parts, &mut pages);
    if pages.is_empty() || pages.len() > bounds.parts {
        return Err(Error::corrupt(KIND, format!("it has {} pages", pages.len())));
    }
    let empty = Dict::new();
    let info = file.entry(&file.trailer, "Info").dict().unwrap_or(&empty);
    let fact = |key: &str| match file.entry(info, key) {
        Object::Text(text) => Some(plain(text)).filter(|t| !t.is_empty()),
        _ => None,
    };
    let mut parts = Vec::with_capacity(pages.len());
    let mut drawn = 0;
    for (i, (page, resources)) in pages.iter().enumerate() {
        let mut run = Run { file: &file, out: String::new(), typed: String::new(), pictures: Vec::new(), y: None };
        let content = run.content(file.entry(page, "Contents"))?;
        run.read(&content, resources, 0)?;
        let (text, typed) = (tidy(&run.out), tidy(&run.typed));
        let mut part = Part {
            kind: "pdf",
            label: (i + 1).to_string(),
            title: fact("Title"),
            author: fact("Author"),
            created_at: fact("CreationDate").as_deref().and_then(date),
            typed: (typed != text).then_some(typed),
            method: "text_layer",
            ..Part::default()
        };
        let mut as_drawn = || {
            drawn += 1;
            if drawn > DRAWN {
                Err(format!("more than {DRAWN} of its pages would have to be drawn"))
            } else {
                draw(bytes, i + 1, eye)
            }
        };
        // A picture on a page whose text is spoilt may be a seal: the page as it is drawn is what was written.
        let seen = match (text.is_empty(), is_broken(&text), run.pictures.is_empty()) {
            (true, _, false) => Some((
                "the page has no text layer",
                look(&run.pictures, eye).or_else(|e| as_drawn().map_err(|d| format!("{e}; {d}"))),
            )),
            (false, true, _) => Some((
                "the text layer has letters under wrong codes",
                as_drawn().or_else(|drawn| look(&run.pictures, eye).map_err(|seen| format!("{drawn}; {seen}"))),
            )),
            (true, _, true) | (false, false, _) => None,
        };
        match seen {
            None => part.text = Some(text).filter(|t| !t.is_empty()),
            Some((_, Ok(text))) => (part.text, part.method) = (Some(text), "ocr"),
            Some((why, Err(message))) => (part.method, part.remark) = ("unread", Some(format!("{why}; {message}"))),
        }
        parts.push(part);
    }
    Ok(parts)
}

/// Pages in order with the resources they inherit.
fn walk<'a>(
    file: &'a File,
    node: &'a Object,
    above: &'a Object,
    depth: usize,
    limit: usize,
    pages: &mut Vec<(&'a Dict, &'a Object)>,
) {
    let Some(dict) = node.dict().filter(|_| depth < 40 && pages.len() <= limit) else { return };
    let resources = match file.entry(dict, "Resources") {
        Object::Null => above,
        own => own,
    };
    match file.entry(dict, "Kids") {
        Object::Array(kids) => kids.iter().for_each(|kid| walk(file, file.get(kid), resources, depth + 1, limit, pages)),
        _ => pages.push((dict, resources)),
    }
}

/// What the operators of one page write.
struct Run<'a> {
    file: &'a File,
    out: String,
    typed: String,
    /// Photographs (JPEG) drawn on the page.
    pictures: Vec<Vec<u8>>,
    y: Option<f64>,
}

impl Run<'_> {
    fn content(&self, contents: &Object) -> Result<Vec<u8>, Error> {
        match contents {
            Object::Array(list) => {
                let mut all = Vec::new();
                for part in list {
                    all.extend(self.file.data(self.file.get(part))?);
                    all.push(b'\n');
                }
                Ok(all)
            }
            one => self.file.data(one),
        }
    }

    fn read(&mut self, content: &[u8], resources: &Object, depth: u8) -> Result<(), Error> {
        let file = self.file;
        let empty = Dict::new();
        let resources_dict = resources.dict().unwrap_or(&empty);
        let fonts = file.entry(resources_dict, "Font").dict().unwrap_or(&empty);
        let objects = file.entry(resources_dict, "XObject").dict().unwrap_or(&empty);
        let mut known: HashMap<String, Font> = HashMap::new();
        let mut font: Option<String> = None;
        let mut stack: Vec<Object> = Vec::new();
        let mut lexer = Lexer::new(content);
        while let Some(object) = lexer.next(0) {
            let Object::Word(word) = object else {
                stack.push(object);
                if stack.len() > 1000 {
                    stack.clear();
                }
                continue;
            };
            let number = |back: usize| stack.len().checked_sub(back).and_then(|i| stack[i].number());
            match word.as_str() {
                "Tf" => {
                    let name = stack.iter().rev().find_map(Object::name).unwrap_or_default().to_owned();
                    if !known.contains_key(&name) {
                        let dict = file.entry(fonts, &name).dict().unwrap_or(&empty);
                        known.insert(name.clone(), Font::read(file, dict)?);
                    }
                    font = Some(name);
                }
                "Td" | "TD" if number(1).is_some_and(|y| y != 0.0) => self.line(),
                "Td" | "TD" => self.blank(),
                "T*" => self.line(),
                "Tm" => {
                    let y = number(1);
                    if self.y != y {
                        self.line()
                    } else {
                        self.blank()
                    }
                    self.y = y;
                }
                "Tj" | "'" | "\"" | "TJ" => {
                    if matches!(word.as_str(), "'" | "\"") {
                        self.line();
                    }
                    let font = font.as_ref().and_then(|name| known.get(name));
                    match stack.last() {
                        Some(Object::Text(text)) => self.write(text, font),
                        Some(Object::Array(list)) => {
                            let mut run: Vec<u8> = Vec::new();
                            for item in list {
                                match item {
                                    Object::Text(text) => run.extend(text),
                                    // A wide step back is the blank between two words.
                                    Object::Number(step) if *step < -180.0 => {
                                        self.write(&std::mem::take(&mut run), font);
                                        self.blank();
                                    }
                                    _ => {}
                                }
                            }
                            self.write(&run, font);
                        }
                        _ => {}
                    }
                }
                "BI" => {
                    // An inline picture: its bytes are no operators.
                    let end = object::find(&content[lexer.at..], b"EI").map_or(content.len(), |e| lexer.at + e + 2);
                    lexer.at = end;
                }
                "Do" => {
                    let name = stack.iter().rev().find_map(Object::name).unwrap_or_default();
                    let object = file.entry(objects, name);
                    if let Object::Stream(dict, raw) = object {
                        match file.entry(dict, "Subtype").name() {
                            Some("Form") if depth < DEPTH => {
                                let own = file.entry(dict, "Resources");
                                let data = file.data(object)?;
                                self.read(&data, if *own == Object::Null { resources } else { own }, depth + 1)?;
                            }
                            Some("Image") if file.filters(dict) == ["DCTDecode"] => self.pictures.push(raw.clone()),
                            Some("Image") => self.pictures.push(Vec::new()),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
            stack.clear();
        }
        self.line();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8], font: Option<&Font>) {
        let Some(font) = font else { return };
        let text = font.text(bytes);
        self.typed.push_str(&text);
        self.out.push_str(&if font.legacy { lipi::convert(&text) } else { text });
    }

    fn line(&mut self) {
        for text in [&mut self.out, &mut self.typed] {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
        }
    }

    fn blank(&mut self) {
        for text in [&mut self.out, &mut self.typed] {
            if !text.is_empty() && !text.ends_with(['\n', ' ']) {
                text.push(' ');
            }
        }
    }
}

const NO_EYE: &str = "no reader of pictures is installed (tesseract)";

/// What is written on a page as it is drawn.
fn draw(pdf: &[u8], number: usize, eye: Option<&dyn Eye>) -> Result<String, String> {
    let eye = eye.ok_or(NO_EYE)?;
    match tidy(&eye.text(&eye.page(pdf, number)?)?) {
        text if text.is_empty() => Err("nothing could be read on the page as it is drawn".to_owned()),
        text => Ok(text),
    }
}

/// What is written in the pictures of a page.
fn look(pictures: &[Vec<u8>], eye: Option<&dyn Eye>) -> Result<String, String> {
    let eye = eye.ok_or(NO_EYE)?;
    let mut text = String::new();
    for picture in pictures.iter().filter(|p| !p.is_empty()) {
        text.push_str(&eye.text(picture)?);
        text.push('\n');
    }
    match tidy(&text) {
        text if text.is_empty() => Err("the page holds no photograph that could be read".to_owned()),
        text => Ok(text),
    }
}

/// A text outside pages: UTF-16 with a mark, else Latin.
fn plain(bytes: &[u8]) -> String {
    let text = match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units: Vec<u16> = rest.chunks_exact(2).map(|p| u16::from_be_bytes([p[0], p[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        plain => plain.iter().map(|b| char::from(*b)).collect(),
    };
    text.trim().to_owned()
}

/// Whether a text layer has Devanagari under wrong codes: words that mix it with letters of other scripts, or signs that mean
/// nothing. Fonts that were cut to the letters of one form do that (`Ĥथम` for प्रथम).
pub fn is_broken(text: &str) -> bool {
    let devanagari = |c: char| ('\u{900}'..='\u{97f}').contains(&c);
    let strange =
        |c: char| ('\u{80}'..='\u{24f}').contains(&c) && c.is_alphabetic() || matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}');
    let (mut words, mut broken) = (0, 0);
    for word in text.split_whitespace() {
        let hindi = word.chars().any(devanagari);
        words += usize::from(hindi);
        let lost = word.chars().any(|c| matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}'));
        broken += usize::from(lost || hindi && word.chars().any(strange));
    }
    broken > 0 && broken * 50 >= words.max(1)
}

/// Lines without blanks at their ends, no run of empty lines.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines().map(str::trim) {
        if line.is_empty() && (out.is_empty() || out.ends_with("\n\n")) {
            continue;
        }
        out.push_str(line);
        out.push('\n');
    }
    out.trim().to_owned()
}

/// `D:20260105103000+05'30'` as ISO 8601.
fn date(text: &str) -> Option<String> {
    let digits = text.strip_prefix("D:").unwrap_or(text);
    let at = |range: std::ops::Range<usize>, or: &'static str| {
        digits
            .get(range)
            .filter(|t| t.bytes().all(|b| b.is_ascii_digit()))
            .map(str::to_owned)
            .or((!or.is_empty()).then(|| or.to_owned()))
    };
    let (year, month, day) = (at(0..4, "")?, at(4..6, "01")?, at(6..8, "01")?);
    let (hour, minute, second) = (at(8..10, "00")?, at(10..12, "00")?, at(12..14, "00")?);
    let zone = digits.get(14..).unwrap_or_default().replace('\'', "");
    let zone = match zone.as_bytes() {
        [b'+' | b'-', h1, h2, m1, m2, ..] => {
            format!("{}{}{}:{}{}", &zone[..1], *h1 as char, *h2 as char, *m1 as char, *m2 as char)
        }
        [b'Z', ..] => "Z".to_owned(),
        _ => String::new(),
    };
    Some(format!("{year}-{month}-{day}T{hour}:{minute}:{second}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_layers_are_noticed() {
        // From an export of a first information report.
        assert!(is_broken("Ĥथम / णजãहा / भारतीय Ûयाय"));
        assert!(is_broken("text \u{fffd}\u{fffd} text"));
        for good in ["प्रथम सूचना रिपोर्ट", "FIR 0123/2024 José", "", "राजस्थान Police (पुलिस)"]
        {
            assert!(!is_broken(good), "{good}");
        }
    }

    #[test]
    fn dates_of_pdf() {
        assert_eq!(date("D:20260105103000+05'30'").as_deref(), Some("2026-01-05T10:30:00+05:30"));
        assert_eq!(date("D:2026").as_deref(), Some("2026-01-01T00:00:00"));
        assert_eq!(date("x"), None);
    }
}
