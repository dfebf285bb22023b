//! Word documents (`.docx`): the text, what stands above, below and in notes, and the pictures. A run that says it is set in Kruti Dev or DevLys is
//! converted without a guess.

use std::collections::HashMap;
use std::io::Cursor;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::flow::{Flow, is_legacy};
use crate::package::Package;
use crate::{Bounds, Error, Eye, Kind, Part, kind, media};

const KIND: &str = "Word document";

pub(crate) fn text(bytes: &[u8], eye: Option<&dyn Eye>, bounds: &Bounds) -> Result<Vec<Part>, Error> {
    let mut package = Package::open(KIND, bytes, bounds)?;
    let body = package.text("word/document.xml")?.ok_or_else(|| Error::corrupt(KIND, "it has no text"))?;
    let styles = Styles::read(&package.text("word/styles.xml")?.unwrap_or_default())?;
    let core = package.text("docProps/core.xml")?.unwrap_or_default();
    let fact = |name: &str| element(&core, name);
    let first = Part::flowing("1", paragraphs(&body, &styles)?);
    let mut parts = vec![Part { title: fact("title"), author: fact("creator"), created_at: fact("created"), ..first }];
    for name in package.names(beside) {
        let label = name.trim_start_matches("word/").trim_end_matches(".xml");
        let beside =
            package.text(&name)?.map(|xml| paragraphs(&xml, &styles)).transpose()?.map(|found| Part::flowing(label, found));
        parts.extend(beside.filter(|p| p.text.is_some()));
    }
    for name in package.names(|name| name.starts_with("word/media/") && !name.ends_with('/')) {
        let Some(bytes) = package.member(&name)? else { continue };
        parts.extend(pictured(name.trim_start_matches("word/media/"), &bytes, eye));
    }
    Ok(parts)
}

/// Headers, footers, notes and comments.
fn beside(name: &str) -> bool {
    let name = name.strip_prefix("word/").and_then(|n| n.strip_suffix(".xml")).unwrap_or_default();
    ["header", "footer", "footnotes", "endnotes", "comments"].contains(&name.trim_end_matches(|c: char| c.is_ascii_digit()))
}

/// A picture in a document, as a file of its own.
pub(crate) fn pictured(label: &str, bytes: &[u8], eye: Option<&dyn Eye>) -> Vec<Part> {
    let read = match kind(&mut Cursor::new(bytes)) {
        Ok(Some(Kind::Image)) => media::picture(bytes, eye),
        // Drawings for printers (EMF, WMF) show themselves in the document only.
        _ => Ok(vec![Part { kind: "attachment", method: "facts", ..Part::default() }]),
    };
    let unread = |e: Error| vec![Part { kind: "attachment", method: "unread", remark: Some(e.to_string()), ..Part::default() }];
    read.unwrap_or_else(unread).into_iter().map(|p| Part { label: label.to_owned(), ..p }).collect()
}

fn paragraphs(xml: &str, styles: &Styles) -> Result<Flow, Error> {
    let mut reader = Reader::from_str(xml);
    let mut flow = Flow::default();
    let (mut paragraph, mut legacy, mut inside) = (styles.standard, false, false);
    loop {
        match reader.read_event().map_err(|e| Error::corrupt(KIND, e))? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "rFonts" => legacy = named(&e).unwrap_or(legacy),
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "pStyle" => {
                paragraph = styles.legacy(attribute(&e, "val")).unwrap_or(styles.standard);
            }
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "rStyle" => {
                legacy = styles.legacy(attribute(&e, "val")).unwrap_or(legacy);
            }
            Event::Start(e) if e.local_name().as_ref() == "p" => paragraph = styles.standard,
            Event::Start(e) if e.local_name().as_ref() == "r" => legacy = paragraph,
            Event::Start(e) if e.local_name().as_ref() == "t" => inside = true,
            Event::End(e) if e.local_name().as_ref() == "t" => inside = false,
            Event::Text(text) if inside => flow.push(&text, legacy),
            Event::GeneralRef(reference) if inside => flow.push(&sign(KIND, &reference)?, legacy),
            Event::Empty(e) if e.local_name().as_ref() == "tab" => flow.push(" ", false),
            Event::Empty(e) if e.local_name().as_ref() == "br" => flow.line(),
            Event::End(e) if e.local_name().as_ref() == "p" => flow.line(),
            Event::Eof => return Ok(flow),
            _ => {}
        }
    }
}

/// What styles set in a legacy font, or not, by their name; and what stands where none is named.
#[derive(Default)]
struct Styles {
    fonts: HashMap<String, (Option<bool>, Option<String>)>,
    standard: bool,
}

impl Styles {
    fn read(xml: &str) -> Result<Styles, Error> {
        let mut reader = Reader::from_str(xml);
        let mut styles = Styles::default();
        let (mut at, mut standard): (Option<String>, Option<String>) = (None, None);
        loop {
            match reader.read_event().map_err(|e| Error::corrupt(KIND, e))? {
                Event::Start(e) if e.local_name().as_ref() == "style" => {
                    let name = attribute(&e, "styleId").unwrap_or_default();
                    let is = |what: &str, value: &str| attribute(&e, what).is_some_and(|v| v == value);
                    if is("type", "paragraph") && (is("default", "1") || is("default", "true")) {
                        standard = Some(name.clone());
                    }
                    styles.fonts.insert(name.clone(), (None, None));
                    at = Some(name);
                }
                Event::End(e) if e.local_name().as_ref() == "style" => at = None,
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "rFonts" => match &at {
                    Some(style) => styles.fonts.entry(style.clone()).or_default().0 = named(&e),
                    // Before all styles: what holds for the whole document.
                    None => styles.standard = named(&e).unwrap_or(false),
                },
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "basedOn" => {
                    if let Some(style) = at.as_ref().and_then(|s| styles.fonts.get_mut(s)) {
                        style.1 = attribute(&e, "val");
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        styles.standard = styles.legacy(standard).unwrap_or(styles.standard);
        Ok(styles)
    }

    /// Whether a style is set in a legacy font; none where it leaves that to what it stands in.
    fn legacy(&self, name: Option<String>) -> Option<bool> {
        let mut at = name?;
        // A style that follows itself ends too.
        for _ in 0..32 {
            match self.fonts.get(&at)? {
                (Some(font), _) => return Some(*font),
                (None, Some(next)) => at.clone_from(next),
                (None, None) => return None,
            }
        }
        None
    }
}

/// What a reference (`&amp;`, `&#2352;`) stands for.
pub(crate) fn sign(kind: &'static str, reference: &BytesRef) -> Result<String, Error> {
    Ok(match reference.resolve_char_ref().map_err(|e| Error::corrupt(kind, e))? {
        Some(sign) => sign.to_string(),
        None => quick_xml::escape::resolve_predefined_entity(reference).unwrap_or_default().to_owned(),
    })
}

/// Whether a run's fonts for Latin letters are legacy ones; none where it names none.
fn named(fonts: &BytesStart) -> Option<bool> {
    let found = ["ascii", "hAnsi"].map(|name| attribute(fonts, name).map(|font| is_legacy(&font)));
    found.into_iter().flatten().reduce(|a, b| a || b)
}

pub(crate) fn attribute(element: &BytesStart, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(quick_xml::escape::unescape(&found.value).map_or_else(|_| found.value.to_string(), |v| v.into_owned()))
}

/// The text of the first element of that name.
pub(crate) fn element(xml: &str, name: &str) -> Option<String> {
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
