//! Rich Text Format (Microsoft, version 1.9.1): the text, what stands above, below and in notes, and the pictures. What is set in Kruti Dev or DevLys is
//! converted without a guess.

use std::collections::HashMap;

use encoding_rs::{Encoding, WINDOWS_1252};

use crate::flow::{Flow, is_legacy};
use crate::word::pictured;
use crate::{Bounds, Error, Eye, Part};

const KIND: &str = "Rich Text document";
/// Groups in groups; word processors nest a few dozen.
const DEPTH: usize = 5000;

pub(crate) fn text(bytes: &[u8], eye: Option<&dyn Eye>, bounds: &Bounds) -> Result<Vec<Part>, Error> {
    let mut reader = Reader { code: WINDOWS_1252, ..Reader::default() };
    reader.read(bytes, bounds)?;
    let Reader { mut flows, mut facts, created, pictures, .. } = reader;
    let mut fact = |place: Place| facts.remove(&place).and_then(|flow| flow.done().0);
    let first = Part::flowing("1", flows.remove(&Place::Body).unwrap_or_default());
    let mut parts = vec![Part { title: fact(Place::Title), author: fact(Place::Author), created_at: created.written(), ..first }];
    for (place, label) in BESIDE {
        let found = flows.remove(&place).map(|flow| Part::flowing(label, flow));
        parts.extend(found.filter(|p| p.text.is_some()));
    }
    for (i, picture) in pictures.iter().enumerate() {
        parts.extend(pictured(&format!("picture{}", i + 1), picture, eye));
    }
    Ok(parts)
}

/// Where a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
enum Place {
    #[default]
    Body,
    Header,
    Footer,
    Footnotes,
    Endnotes,
    Comments,
    Title,
    Author,
    /// Declarations of fonts, the time of writing, a picture in hexadecimal digits.
    Fonts,
    Created,
    Picture,
    Nowhere,
}

const BESIDE: [(Place, &str); 5] = [
    (Place::Header, "header"),
    (Place::Footer, "footer"),
    (Place::Footnotes, "footnotes"),
    (Place::Endnotes, "endnotes"),
    (Place::Comments, "comments"),
];

/// What a group may change and its end takes back.
#[derive(Debug, Clone, Copy, Default)]
struct State {
    place: Place,
    font: i32,
    /// Signs after a Unicode one that stand in for it in old readers; one where nothing is said.
    fallback: Option<usize>,
    deleted: bool,
}

struct Font {
    code: Option<&'static Encoding>,
    legacy: bool,
}

#[derive(Default)]
struct Created {
    /// Year, month, day, hour, minute.
    numbers: [Option<u32>; 5],
}

impl Created {
    fn written(&self) -> Option<String> {
        let [year, month, day, hour, minute] = self.numbers;
        let (hour, minute) = (hour.unwrap_or(0), minute.unwrap_or(0));
        Some(format!("{:04}-{:02}-{:02}T{hour:02}:{minute:02}:00", year.filter(|y| *y > 0)?, month?, day?))
    }
}

struct Reader {
    state: State,
    groups: Vec<State>,
    fonts: HashMap<i32, Font>,
    /// The font declared at the moment: its name so far, and the code of its letters.
    name: Vec<u8>,
    charset: Option<&'static Encoding>,
    standard: i32,
    code: &'static Encoding,
    /// Bytes of the text that are not decoded yet, and half a sign of two.
    held: Vec<u8>,
    high: Option<u16>,
    /// Stand-ins still to be passed over.
    pass: usize,
    /// The next word names what a group is for; unknown ones are passed over.
    starred: bool,
    flows: HashMap<Place, Flow>,
    facts: HashMap<Place, Flow>,
    created: Created,
    digits: Vec<u8>,
    raw: bool,
    pictures: Vec<Vec<u8>>,
}

impl Default for Reader {
    fn default() -> Self {
        Reader {
            state: State::default(),
            groups: Vec::new(),
            fonts: HashMap::new(),
            name: Vec::new(),
            charset: None,
            standard: 0,
            code: WINDOWS_1252,
            held: Vec::new(),
            high: None,
            pass: 0,
            starred: false,
            flows: HashMap::new(),
            facts: HashMap::new(),
            created: Created::default(),
            digits: Vec::new(),
            raw: false,
            pictures: Vec::new(),
        }
    }
}

impl Reader {
    fn read(&mut self, bytes: &[u8], bounds: &Bounds) -> Result<(), Error> {
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            at += 1;
            match byte {
                b'{' => {
                    self.settle();
                    self.pass = 0;
                    if self.groups.len() >= DEPTH {
                        return Err(Error::corrupt(KIND, "its groups stand in one another without end"));
                    }
                    self.groups.push(self.state);
                }
                b'}' => {
                    self.close();
                    self.state = self.groups.pop().ok_or_else(|| Error::corrupt(KIND, "more groups end than begin"))?;
                    if self.groups.is_empty() {
                        return Ok(());
                    }
                    if self.pictures.len() > bounds.parts {
                        return Err(Error::TooMany { parts: self.pictures.len(), limit: bounds.parts });
                    }
                }
                b'\\' => at = self.control(bytes, at),
                b'\r' | b'\n' | 0 => {}
                byte => self.byte(*byte),
            }
        }
        Err(Error::corrupt(KIND, "it ends before its last group"))
    }

    /// A control word or sign; gives where it ends.
    fn control(&mut self, bytes: &[u8], at: usize) -> usize {
        let letters = bytes[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
        if letters == 0 {
            return self.symbol(bytes, at);
        }
        let word = std::str::from_utf8(&bytes[at..at + letters]).unwrap_or_default();
        let mut end = at + letters;
        let minus = bytes.get(end) == Some(&b'-') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        let first = end + usize::from(minus);
        let digits = bytes[first..].iter().take(10).take_while(|b| b.is_ascii_digit()).count();
        let number = std::str::from_utf8(&bytes[first..first + digits]).ok().and_then(|d| d.parse::<i64>().ok());
        let number = number.map(|n| if minus { -n } else { n } as i32);
        if digits > 0 {
            end = first + digits;
        }
        end += usize::from(bytes.get(end) == Some(&b' '));
        if word == "bin" {
            let length = number.and_then(|n| usize::try_from(n).ok()).unwrap_or(0).min(bytes.len() - end);
            if self.state.place == Place::Picture {
                self.digits.extend_from_slice(&bytes[end..end + length]);
                self.raw = true;
            }
            return end + length;
        }
        if self.pass > 0 && word != "u" {
            self.pass -= 1;
            return end;
        }
        self.word(word, number);
        end
    }

    fn symbol(&mut self, bytes: &[u8], at: usize) -> usize {
        match bytes.get(at) {
            Some(b'\'') => {
                let two = bytes.get(at + 1..at + 3).and_then(|d| std::str::from_utf8(d).ok());
                if let Some(byte) = two.and_then(|d| u8::from_str_radix(d, 16).ok()) {
                    self.byte(byte);
                }
                (at + 3).min(bytes.len())
            }
            Some(sign) => {
                match sign {
                    b'*' => self.starred = true,
                    b'~' => self.sign("\u{a0}"),
                    b'_' => self.sign("-"),
                    b'\\' | b'{' | b'}' => self.byte(*sign),
                    b'\r' | b'\n' => self.sign("\n"),
                    _ => {}
                }
                at + 1
            }
            None => at,
        }
    }

    fn word(&mut self, word: &str, number: Option<i32>) {
        let starred = std::mem::take(&mut self.starred);
        if word != "u" {
            self.settle();
        }
        let on = number != Some(0);
        match word {
            "par" | "line" | "sect" | "page" | "row" | "cell" | "nestcell" | "nestrow" => self.sign("\n"),
            "tab" | "emspace" | "enspace" | "qmspace" => self.sign(" "),
            "emdash" => self.sign("—"),
            "endash" => self.sign("–"),
            "lquote" => self.sign("‘"),
            "rquote" => self.sign("’"),
            "ldblquote" => self.sign("“"),
            "rdblquote" => self.sign("”"),
            "bullet" => self.sign("•"),
            "u" => self.unicode(number.unwrap_or(0) as u16),
            "uc" => self.state.fallback = number.and_then(|n| usize::try_from(n).ok()),
            "plain" => self.state.font = self.standard,
            "f" => self.state.font = number.unwrap_or(0),
            "deff" => (self.standard, self.state.font) = (number.unwrap_or(0), number.unwrap_or(0)),
            "deleted" => self.state.deleted = on,
            "ansicpg" => self.code = number.and_then(page).unwrap_or(WINDOWS_1252),
            "fcharset" => self.charset = number.and_then(charset),
            "yr" | "mo" | "dy" | "hr" | "min" if self.state.place == Place::Created => {
                let at = ["yr", "mo", "dy", "hr", "min"].iter().position(|w| *w == word).unwrap_or(0);
                self.created.numbers[at] = number.and_then(|n| u32::try_from(n).ok());
            }
            "ftnalt" if self.state.place == Place::Footnotes => self.state.place = Place::Endnotes,
            _ => self.destination(word, starred),
        }
    }

    /// A word that may tell what the group is for.
    fn destination(&mut self, word: &str, starred: bool) {
        let inside = self.state.place;
        if inside == Place::Nowhere {
            return;
        }
        self.state.place = match word {
            "fonttbl" => Place::Fonts,
            "creatim" => Place::Created,
            "title" => Place::Title,
            "author" => Place::Author,
            "header" | "headerl" | "headerr" | "headerf" => Place::Header,
            "footer" | "footerl" | "footerr" | "footerf" => Place::Footer,
            "footnote" => Place::Footnotes,
            "annotation" => Place::Comments,
            "pict" => {
                self.digits.clear();
                self.raw = false;
                Place::Picture
            }
            "colortbl" | "stylesheet" | "nonshppict" | "sn" | "sv" | "sp" | "tc" | "xe" | "falt" | "panose" | "operator"
            | "subject" | "keywords" | "doccomm" | "company" | "manager" | "category" | "comment" | "hlinkbase" | "revtim"
            | "printim" | "buptim" | "filetbl" | "private" | "objdata" | "fldinst" | "picprop" | "blipuid" | "atnid"
            | "atnauthor" | "ftnsep" | "ftnsepc" | "ftncn" | "aftnsep" | "aftnsepc" | "aftncn" => Place::Nowhere,
            // Frames around texts and pictures.
            "shppict" | "shpinst" | "shptxt" | "ud" => inside,
            _ if starred => Place::Nowhere,
            _ => inside,
        };
    }

    /// Ends a group.
    fn close(&mut self) {
        self.settle();
        self.pass = 0;
        self.starred = false;
        let outside = self.groups.last().map_or(Place::Body, |s| s.place);
        if self.state.place == Place::Picture && outside != Place::Picture {
            let digits = std::mem::take(&mut self.digits);
            let whole = if self.raw { digits } else { unhex(&digits) };
            if !whole.is_empty() {
                self.pictures.push(whole);
            }
        }
        if self.state.place == Place::Fonts {
            self.declare();
        }
    }

    fn byte(&mut self, byte: u8) {
        self.starred = false;
        if self.pass > 0 {
            self.pass -= 1;
            return;
        }
        match self.state.place {
            Place::Nowhere | Place::Created => {}
            Place::Picture => self.digits.push(byte),
            Place::Fonts if byte == b';' => self.declare(),
            Place::Fonts => self.name.push(byte),
            _ => {
                self.half();
                self.held.push(byte);
            }
        }
    }

    fn declare(&mut self) {
        let name = std::mem::take(&mut self.name);
        if !name.is_empty() {
            let legacy = is_legacy(&String::from_utf8_lossy(&name));
            self.fonts.insert(self.state.font, Font { code: self.charset.take(), legacy });
        }
    }

    fn unicode(&mut self, unit: u16) {
        // A stand-in for a stand-in is none: the last Unicode sign counts.
        self.pass = 0;
        self.decode();
        let pair = self.high.take().filter(|_| (0xdc00..0xe000).contains(&unit));
        match pair {
            Some(high) => self.push(&String::from_utf16_lossy(&[high, unit])),
            None if (0xd800..0xdc00).contains(&unit) => self.high = Some(unit),
            None => self.push(&String::from_utf16_lossy(&[unit])),
        }
        self.pass = self.state.fallback.unwrap_or(1);
    }

    fn sign(&mut self, text: &str) {
        self.settle();
        // Lines and spaces are the same in every font, and end no word of a legacy one wrongly.
        if text == "\n" { self.push_as(text, false) } else { self.push(text) }
    }

    fn settle(&mut self) {
        self.half();
        self.decode();
    }

    /// Half a sign alone.
    fn half(&mut self) {
        if self.high.take().is_some() {
            self.push("\u{fffd}");
        }
    }

    fn decode(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let held = std::mem::take(&mut self.held);
        let font = self.fonts.get(&self.state.font);
        let code = match font {
            Some(font) if font.legacy => WINDOWS_1252,
            Some(font) => font.code.unwrap_or(self.code),
            None => self.code,
        };
        let text = code.decode_without_bom_handling(&held).0.into_owned();
        self.push(&text);
    }

    fn push(&mut self, text: &str) {
        let legacy = self.fonts.get(&self.state.font).is_some_and(|f| f.legacy);
        self.push_as(text, legacy);
    }

    fn push_as(&mut self, text: &str, legacy: bool) {
        if self.state.deleted {
            return;
        }
        match self.state.place {
            Place::Fonts | Place::Created | Place::Picture | Place::Nowhere => {}
            place @ (Place::Title | Place::Author) => self.facts.entry(place).or_default().push(text, legacy),
            place => self.flows.entry(place).or_default().push(text, legacy),
        }
    }
}

fn unhex(digits: &[u8]) -> Vec<u8> {
    let values: Vec<u8> = digits.iter().filter_map(|d| char::from(*d).to_digit(16)).map(|d| d as u8).collect();
    values.chunks_exact(2).map(|two| two[0] << 4 | two[1]).collect()
}

/// Code pages of Windows, by number.
fn page(number: i32) -> Option<&'static Encoding> {
    Some(match number {
        874 => encoding_rs::WINDOWS_874,
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        1250 => encoding_rs::WINDOWS_1250,
        1251 => encoding_rs::WINDOWS_1251,
        1253 => encoding_rs::WINDOWS_1253,
        1254 => encoding_rs::WINDOWS_1254,
        1255 => encoding_rs::WINDOWS_1255,
        1256 => encoding_rs::WINDOWS_1256,
        1257 => encoding_rs::WINDOWS_1257,
        1258 => encoding_rs::WINDOWS_1258,
        10000 => encoding_rs::MACINTOSH,
        65001 => encoding_rs::UTF_8,
        _ => return None,
    })
}

/// What the letters of a font are coded in, by the number of its character set; none where the document's own code page stands.
fn charset(number: i32) -> Option<&'static Encoding> {
    page(match number {
        0 | 2 => return Some(WINDOWS_1252),
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => return None,
    })
}
