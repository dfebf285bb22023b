//! OpenDocument texts (`.odt`; ISO/IEC 26300): the text, what stands above, below and in notes, and the pictures. What a style sets in Kruti Dev or
//! DevLys is converted without a guess.

use std::collections::HashMap;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::flow::{Flow, is_legacy};
use crate::package::Package;
use crate::word::{attribute, element, pictured, sign};
use crate::{Bounds, Error, Eye, Part};

const KIND: &str = "OpenDocument text";
/// Spaces that one element may stand for.
const SPACES: usize = 1000;

pub(crate) fn text(bytes: &[u8], eye: Option<&dyn Eye>, bounds: &Bounds) -> Result<Vec<Part>, Error> {
    let mut package = Package::open(KIND, bytes, bounds)?;
    if package.text("META-INF/manifest.xml")?.is_some_and(|m| m.contains(":encryption-data")) {
        return Err(Error::Locked { kind: KIND });
    }
    let content = package.text("content.xml")?.ok_or_else(|| Error::corrupt(KIND, "it has no text"))?;
    let shared = package.text("styles.xml")?.unwrap_or_default();
    let mut styles = Styles::default();
    styles.read(&shared)?;
    // Styles made on the way may have the names of those of the headers, and stand for the text alone.
    let mut own = styles.clone();
    own.read(&content)?;
    let (body, mut beside) = flows(&content, &own)?;
    beside.extend(flows(&shared, &styles)?.1);

    let meta = package.text("meta.xml")?.unwrap_or_default();
    let fact = |names: &[&str]| names.iter().find_map(|n| element(&meta, n));
    let first = Part::flowing("1", body);
    let mut parts = vec![Part {
        title: fact(&["title"]),
        author: fact(&["initial-creator", "creator"]),
        created_at: fact(&["creation-date", "date"]),
        ..first
    }];
    parts.extend(beside.into_iter().map(|(label, flow)| Part::flowing(&label, flow)).filter(|p| p.text.is_some()));
    for name in package.names(|name| name.starts_with("Pictures/") && !name.ends_with('/')) {
        let Some(bytes) = package.member(&name)? else { continue };
        parts.extend(pictured(name.trim_start_matches("Pictures/"), &bytes, eye));
    }
    Ok(parts)
}

/// Fonts by style: `family/name`, what it is set in, and the style it follows.
#[derive(Debug, Default, Clone)]
struct Styles {
    fonts: HashMap<String, (Option<bool>, Option<String>)>,
    /// Names of fonts that are declared, for what they draw.
    faces: HashMap<String, bool>,
}

impl Styles {
    fn read(&mut self, xml: &str) -> Result<(), Error> {
        let mut reader = Reader::from_str(xml);
        let mut at: Option<String> = None;
        loop {
            match reader.read_event().map_err(|e| Error::corrupt(KIND, e))? {
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "font-face" => {
                    if let (Some(name), Some(family)) = (attribute(&e, "name"), attribute(&e, "font-family")) {
                        self.faces.insert(name, is_legacy(&family));
                    }
                }
                Event::Start(e) if matches!(e.local_name().as_ref(), "style" | "default-style") => at = Some(self.declare(&e)),
                Event::Empty(e) if e.local_name().as_ref() == "style" => drop(self.declare(&e)),
                Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "text-properties" => {
                    let named = attribute(&e, "font-name").map(|n| self.faces.get(&n).copied().unwrap_or_else(|| is_legacy(&n)));
                    let found = named.or_else(|| attribute(&e, "font-family").map(|f| is_legacy(&f)));
                    if let Some(style) = at.as_ref().and_then(|n| self.fonts.get_mut(n)) {
                        style.0 = found.or(style.0);
                    }
                }
                Event::End(e) if matches!(e.local_name().as_ref(), "style" | "default-style") => at = None,
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }

    fn declare(&mut self, style: &BytesStart) -> String {
        let family = attribute(style, "family").unwrap_or_default();
        let name = format!("{family}/{}", attribute(style, "name").unwrap_or_default());
        let parent = attribute(style, "parent-style-name").map(|p| format!("{family}/{p}"));
        self.fonts.insert(name.clone(), (None, parent));
        name
    }

    /// Whether a style is set in a legacy font; none where it leaves that to what it stands in.
    fn legacy(&self, family: &str, name: Option<String>) -> Option<bool> {
        let mut at = format!("{family}/{}", name?);
        // A style that follows itself ends too.
        for _ in 0..32 {
            let (font, parent) = self.fonts.get(&at)?;
            match (font, parent) {
                (Some(font), _) => return Some(*font),
                (None, Some(parent)) => at.clone_from(parent),
                (None, None) => return None,
            }
        }
        None
    }
}

/// Texts by label.
type Beside = Vec<(String, Flow)>;

/// The text, and what stands beside it: `header`, `footer`, `footnotes`, `endnotes`, `comments`.
fn flows(xml: &str, styles: &Styles) -> Result<(Flow, Beside), Error> {
    let mut reader = Reader::from_str(xml);
    let (mut body, mut beside) = (Flow::default(), Beside::new());
    // Where a text goes (the text itself is none), from how many enclosing fonts on: numbers of notes and names of who commented stand outside
    // their paragraphs.
    let mut into: Vec<(Option<usize>, usize)> = Vec::new();
    let base = styles.legacy("paragraph", Some(String::new())).unwrap_or(false);
    let mut fonts: Vec<bool> = Vec::new();
    let mut removed = 0usize;
    loop {
        let event = reader.read_event().map_err(|e| Error::corrupt(KIND, e))?;
        let legacy = fonts.last().copied().unwrap_or(base);
        let reads = removed == 0 && into.last().is_some_and(|(_, depth)| fonts.len() > *depth);
        let flow = match into.last() {
            Some((Some(at), _)) => &mut beside[*at].1,
            _ => &mut body,
        };
        match event {
            Event::Start(e) => match e.local_name().as_ref() {
                "tracked-changes" => removed += 1,
                "body" => into.push((None, fonts.len())),
                name if aside(name) => {
                    let end = attribute(&e, "note-class").is_some_and(|c| c == "endnote");
                    let label = match name {
                        "note" if end => "endnotes",
                        "note" => "footnotes",
                        "annotation" => "comments",
                        name if name.starts_with("header") => "header",
                        _ => "footer",
                    };
                    into.push((Some(place(label, &mut beside)), fonts.len()));
                }
                "p" | "h" => fonts.push(styles.legacy("paragraph", attribute(&e, "style-name")).unwrap_or(base)),
                "span" => fonts.push(styles.legacy("text", attribute(&e, "style-name")).unwrap_or(legacy)),
                _ => {}
            },
            Event::Empty(e) if reads => match e.local_name().as_ref() {
                "s" => {
                    let count = attribute(&e, "c").and_then(|c| c.parse().ok()).unwrap_or(1);
                    flow.push(&" ".repeat(SPACES.min(count)), legacy);
                }
                "tab" => flow.push(" ", legacy),
                "line-break" => flow.line(),
                _ => {}
            },
            Event::Text(text) if reads => flow.push(&text, legacy),
            Event::GeneralRef(reference) if reads => flow.push(&sign(KIND, &reference)?, legacy),
            Event::End(e) => match e.local_name().as_ref() {
                "tracked-changes" => removed = removed.saturating_sub(1),
                "p" | "h" => {
                    if reads {
                        flow.line();
                    }
                    fonts.pop();
                }
                "span" => drop(fonts.pop()),
                name if name == "body" || aside(name) => drop(into.pop()),
                _ => {}
            },
            Event::Eof => return Ok((body, beside)),
            _ => {}
        }
    }
}

/// Elements whose text stands beside the text.
fn aside(name: &str) -> bool {
    matches!(name.split('-').next(), Some("header" | "footer")) && !name.ends_with("style")
        || matches!(name, "note" | "annotation")
}

fn place(label: &str, beside: &mut Beside) -> usize {
    beside.iter().position(|(l, _)| l == label).unwrap_or_else(|| {
        beside.push((label.to_owned(), Flow::default()));
        beside.len() - 1
    })
}
