//! Word documents (`.docx`): the text, what stands above, below and in notes, and the pictures. A run that says it is set in Kruti Dev or DevLys is
//! converted without a guess.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::{Bounds, Error, Eye, Kind, Part, kind, media};

const KIND: &str = "Word document";

pub(crate) fn text(bytes: &[u8], eye: Option<&dyn Eye>, bounds: &Bounds) -> Result<Vec<Part>, Error> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| Error::corrupt(KIND, e))?;
    let most = bounds.unpacked.min(bounds.bytes);
    let mut package = Package { archive, left: most, most };
    let body = package.text("word/document.xml")?.ok_or_else(|| Error::corrupt(KIND, "it has no text"))?;
    let core = package.text("docProps/core.xml")?.unwrap_or_default();
    let part = |label: &str, (unicode, typed): (String, String)| Part {
        kind: "word",
        label: label.to_owned(),
        typed: (unicode != typed).then_some(typed),
        text: Some(unicode).filter(|t| !t.is_empty()),
        method: "body",
        ..Part::default()
    };
    let fact = |name: &str| element(&core, name);
    let first = part("1", paragraphs(&body)?);
    let mut parts = vec![Part { title: fact("title"), author: fact("creator"), created_at: fact("created"), ..first }];
    for name in package.beside() {
        let label = name.trim_start_matches("word/").trim_end_matches(".xml");
        let beside = package.text(&name)?.map(|xml| paragraphs(&xml)).transpose()?.map(|found| part(label, found));
        parts.extend(beside.filter(|p| p.text.is_some()));
    }
    for name in package.pictures() {
        let Some(bytes) = package.member(&name)? else { continue };
        let read = match kind(&mut Cursor::new(&bytes)) {
            Ok(Some(Kind::Image)) => media::picture(&bytes, eye),
            // Drawings for printers (EMF, WMF) show themselves in the document only.
            _ => Ok(vec![Part { kind: "attachment", method: "facts", ..Part::default() }]),
        };
        let unread =
            |e: Error| vec![Part { kind: "attachment", method: "unread", remark: Some(e.to_string()), ..Part::default() }];
        let label = name.trim_start_matches("word/media/").to_owned();
        parts.extend(read.unwrap_or_else(unread).into_iter().map(|p| Part { label: label.clone(), ..p }));
    }
    Ok(parts)
}

/// The archive that a Word document is.
struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked, of so many.
    left: u64,
    most: u64,
}

impl Package<'_> {
    /// Headers, footers and notes.
    fn beside(&self) -> Vec<String> {
        let is = |name: &&str| {
            let name = name.strip_prefix("word/").and_then(|n| n.strip_suffix(".xml")).unwrap_or_default();
            ["header", "footer", "footnotes", "endnotes"].contains(&name.trim_end_matches(|c: char| c.is_ascii_digit()))
        };
        self.sorted(is)
    }

    fn pictures(&self) -> Vec<String> {
        self.sorted(|name| name.starts_with("word/media/") && !name.ends_with('/'))
    }

    fn sorted(&self, is: impl Fn(&&str) -> bool) -> Vec<String> {
        let mut names: Vec<String> = self.archive.file_names().filter(is).map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        self.member(name)?.map(|bytes| String::from_utf8(bytes).map_err(|e| Error::corrupt(KIND, e))).transpose()
    }

    fn member(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(why)) if why == ZipError::PASSWORD_REQUIRED => {
                return Err(Error::Locked { kind: KIND });
            }
            Err(e) => return Err(Error::corrupt(KIND, e)),
        };
        let mut bytes = Vec::new();
        file.take(self.left + 1).read_to_end(&mut bytes).map_err(|e| Error::corrupt(KIND, e))?;
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or(Error::Bomb { limit: self.most })?;
        Ok(Some(bytes))
    }
}

/// The text with legacy runs in Unicode, and as typed.
fn paragraphs(xml: &str) -> Result<(String, String), Error> {
    let mut reader = Reader::from_str(xml);
    let (mut unicode, mut typed) = (String::new(), String::new());
    // Neighbouring legacy runs are one text: editors cut words anywhere.
    let mut legacy_text = String::new();
    let (mut legacy, mut inside) = (false, false);
    let settle = |legacy_text: &mut String, unicode: &mut String| {
        unicode.push_str(&lipi::convert(legacy_text));
        legacy_text.clear();
    };
    loop {
        match reader.read_event().map_err(|e| Error::corrupt(KIND, e))? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "rFonts" => legacy = is_legacy(&e),
            Event::Start(e) if e.local_name().as_ref() == "r" => legacy = false,
            Event::Start(e) if e.local_name().as_ref() == "t" => inside = true,
            Event::End(e) if e.local_name().as_ref() == "t" => inside = false,
            Event::Text(text) if inside => {
                push(&text, legacy, &mut legacy_text, &mut unicode, &mut typed, settle);
            }
            Event::GeneralRef(reference) if inside => {
                let sign = match reference.resolve_char_ref().map_err(|e| Error::corrupt(KIND, e))? {
                    Some(sign) => sign.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&reference).unwrap_or_default().to_owned(),
                };
                push(&sign, legacy, &mut legacy_text, &mut unicode, &mut typed, settle);
            }
            Event::Empty(e) if matches!(e.local_name().as_ref(), "tab" | "br") => {
                push(" ", legacy, &mut legacy_text, &mut unicode, &mut typed, settle);
            }
            Event::End(e) if e.local_name().as_ref() == "p" => {
                settle(&mut legacy_text, &mut unicode);
                unicode.push('\n');
                typed.push('\n');
            }
            Event::Eof => break,
            _ => {}
        }
    }
    settle(&mut legacy_text, &mut unicode);
    Ok((unicode.trim().to_owned(), typed.trim().to_owned()))
}

fn push(
    text: &str,
    legacy: bool,
    legacy_text: &mut String,
    unicode: &mut String,
    typed: &mut String,
    settle: impl Fn(&mut String, &mut String),
) {
    typed.push_str(text);
    if legacy {
        legacy_text.push_str(text);
    } else {
        settle(legacy_text, unicode);
        unicode.push_str(text);
    }
}

fn is_legacy(fonts: &BytesStart) -> bool {
    fonts.attributes().flatten().any(|a| {
        let name = a.value.to_lowercase().replace([' ', '-'], "");
        matches!(a.key.local_name().as_ref(), "ascii" | "hAnsi") && (name.starts_with("krutidev") || name.starts_with("devlys"))
    })
}

/// The text of the first element of that name.
fn element(xml: &str, name: &str) -> Option<String> {
    let mut reader = Reader::from_str(xml);
    let mut inside = false;
    loop {
        match reader.read_event().ok()? {
            Event::Start(e) => inside = e.local_name().as_ref() == name,
            Event::Text(text) if inside => {
                return Some(text.trim().to_owned()).filter(|t| !t.is_empty());
            }
            Event::End(_) => inside = false,
            Event::Eof => return None,
            _ => {}
        }
    }
}
