//! Word documents (`.docx`). A run that says it is set in Kruti Dev or DevLys is converted without a guess.

use std::io::{Cursor, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::{Bounds, Error, Part};

const KIND: &str = "Word document";

pub(crate) fn text(bytes: &[u8], bounds: &Bounds) -> Result<Vec<Part>, Error> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| Error::corrupt(KIND, e))?;
    let body = member(&mut archive, "word/document.xml", bounds)?.ok_or_else(|| Error::corrupt(KIND, "it has no text"))?;
    let core = member(&mut archive, "docProps/core.xml", bounds)?.unwrap_or_default();
    let (unicode, typed) = paragraphs(&body)?;
    let fact = |name: &str| element(&core, name);
    Ok(vec![Part {
        kind: "word",
        label: "1".to_owned(),
        title: fact("title"),
        author: fact("creator"),
        created_at: fact("created"),
        typed: (unicode != typed).then_some(typed),
        text: Some(unicode).filter(|t| !t.is_empty()),
        method: "body",
        ..Part::default()
    }])
}

fn member(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str, bounds: &Bounds) -> Result<Option<String>, Error> {
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(ZipError::FileNotFound) => return Ok(None),
        Err(ZipError::UnsupportedArchive(why)) if why == ZipError::PASSWORD_REQUIRED => return Err(Error::Locked { kind: KIND }),
        Err(e) => return Err(Error::corrupt(KIND, e)),
    };
    let mut text = Vec::new();
    file.take(bounds.unpacked.min(bounds.bytes) + 1).read_to_end(&mut text)?;
    if text.len() as u64 > bounds.unpacked.min(bounds.bytes) {
        return Err(Error::Bomb { limit: bounds.unpacked.min(bounds.bytes) });
    }
    String::from_utf8(text).map(Some).map_err(|e| Error::corrupt(KIND, e))
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
