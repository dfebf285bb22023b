//! What documents say and are: PDF, Word, electronic mail, photographs, sound and film, as rows of parts.
//!
//! The key decision: **a document becomes a list of [`Part`]s** (a page, a message, an attachment, a picture), so that one
//! contract, one table and one search serve all of them. The bytes stay the raw object; a part is only what was read from them,
//! with the way it was read ([`Part::method`]): the text layer, a reader of pictures, the file's own facts.
//!
//! This crate computes on bytes alone. Reading pictures and measuring film need other programs; who has them gives an [`Eye`].
//! A text layer that lies (letters under the wrong codes, as in many exports of forms) is noticed and not believed.

mod compound;
mod crypt;
mod error;
mod exif;
mod flow;
mod mail;
mod media;
mod office;
mod opentext;
mod package;
mod pdf;
mod rich;
mod sniff;
mod word;
mod word97;

use std::io::{Read, Seek, SeekFrom};

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::flow::Flow;

pub use error::Error;
pub use exif::preview;
pub use pdf::is_broken;
pub use sniff::{Kind, kind, media_type};

/// Reads pictures and measures film with programs of the machine.
pub trait Eye: Send + Sync + std::fmt::Debug {
    /// The text of a picture (JPEG, PNG, TIFF); an error names what is missing.
    fn text(&self, picture: &[u8]) -> Result<String, String>;
    /// One page of a PDF, counted from 1, drawn as a picture.
    fn page(&self, _pdf: &[u8], _number: usize) -> Result<Vec<u8>, String> {
        Err("no program that draws pages is installed (pdftoppm)".to_owned())
    }
    /// What a recording says of itself.
    fn measure(&self, recording: &mut dyn Read) -> Result<Measured, String>;
}

/// Facts of a recording.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Measured {
    pub seconds: Option<f64>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// ISO 8601, with a zone where it has one.
    pub created_at: Option<String>,
    /// How sound and film are coded, `h264, aac`.
    pub codecs: Option<String>,
}

/// Bounds against hostile documents.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Largest document that is held in memory.
    pub bytes: u64,
    /// Most bytes that compressed parts may unpack to.
    pub unpacked: u64,
    /// Most parts of one document.
    pub parts: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { bytes: 256 << 20, unpacked: 1 << 30, parts: 20_000 }
    }
}

/// One part of a document. Times are as the document states them, ISO 8601, with a zone only where it has one.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Part {
    /// SHA-256 of the whole document, hexadecimal.
    pub document: String,
    /// From 1, in reading order.
    pub part: u32,
    /// `pdf`, `word`, `mail`, `attachment`, `image`, `audio`, `video`.
    pub kind: &'static str,
    /// Page number, message number or name of the attachment.
    pub label: String,
    pub title: Option<String>,
    pub author: Option<String>,
    pub recipients: Option<String>,
    pub created_at: Option<String>,
    pub text: Option<String>,
    /// The text as it was typed, where runs in a legacy font were converted.
    pub typed: Option<String>,
    /// `text_layer`, `ocr`, `body`, `facts`; `unread` where a text is there and nothing could read it.
    pub method: &'static str,
    /// Why a part is `unread`; how a recording is coded, and that it is cut off.
    pub remark: Option<String>,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub seconds: Option<f64>,
    pub device: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    /// Of an attachment: its bytes.
    pub bytes: Option<u64>,
    pub sha256: Option<String>,
}

impl Part {
    /// A text of a word processor.
    fn flowing(label: &str, flow: Flow) -> Part {
        let (text, typed) = flow.done();
        Part { kind: "word", label: label.to_owned(), text, typed, method: "body", ..Part::default() }
    }
}

/// Reads a document whose [`kind`] is known.
pub fn read<R: Read + Seek>(kind: Kind, input: &mut R, eye: Option<&dyn Eye>, bounds: &Bounds) -> Result<Vec<Part>, Error> {
    read_locked(kind, input, eye, bounds, None)
}

/// The file that a locked Word document, workbook or presentation holds. The input is given back rewound.
pub fn unlock<R: Read + Seek>(input: &mut R, bounds: &Bounds, password: &str) -> Result<Vec<u8>, Error> {
    input.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    input.by_ref().take(bounds.bytes + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > bounds.bytes {
        return Err(Error::TooLarge { limit: bounds.bytes });
    }
    input.seek(SeekFrom::Start(0))?;
    office::unlock(&bytes, password)
}

/// [`read`] with the password of a locked PDF.
pub fn read_locked<R: Read + Seek>(
    kind: Kind,
    input: &mut R,
    eye: Option<&dyn Eye>,
    bounds: &Bounds,
    password: Option<&str>,
) -> Result<Vec<Part>, Error> {
    input.seek(SeekFrom::Start(0))?;
    let mut parts = match kind {
        Kind::Audio | Kind::Video => media::recording(kind, input, eye)?,
        _ => {
            let mut bytes = Vec::new();
            input.by_ref().take(bounds.bytes + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 > bounds.bytes {
                return Err(Error::TooLarge { limit: bounds.bytes });
            }
            match kind {
                Kind::Pdf => pdf::pages(&bytes, eye, bounds, password)?,
                kind => inside(kind, &bytes, eye, bounds, 0)?,
            }
        }
    };
    if parts.len() > bounds.parts {
        return Err(Error::TooMany { parts: parts.len(), limit: bounds.parts });
    }
    let document = digest(input)?;
    for (i, part) in parts.iter_mut().enumerate() {
        part.document.clone_from(&document);
        part.part = i as u32 + 1;
    }
    Ok(parts)
}

/// A file that came with a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// What came with a mail or the mails of a mailbox and is no document itself: tables, archives, anything. Documents are parts of the mail.
pub fn attachments<R: Read + Seek>(kind: Kind, input: &mut R, bounds: &Bounds) -> Result<Vec<Attachment>, Error> {
    input.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    input.by_ref().take(bounds.bytes).read_to_end(&mut bytes)?;
    Ok(match kind {
        Kind::Mail => mail::attached(&[&bytes], bounds),
        Kind::Mailbox => mail::attached(&mail::messages(&bytes), bounds),
        _ => Vec::new(),
    })
}

/// Reads bytes held in memory; `depth` counts mails in mails.
fn inside(kind: Kind, bytes: &[u8], eye: Option<&dyn Eye>, bounds: &Bounds, depth: u8) -> Result<Vec<Part>, Error> {
    match kind {
        Kind::Pdf => pdf::pages(bytes, eye, bounds, None),
        Kind::Word => word::text(bytes, eye, bounds),
        Kind::Word97 => word97::text(bytes, eye),
        Kind::RichText => rich::text(bytes, eye, bounds),
        Kind::OpenText => opentext::text(bytes, eye, bounds),
        Kind::Mail => mail::message(bytes, eye, bounds, depth),
        Kind::Mailbox => mail::mailbox(bytes, eye, bounds, depth),
        Kind::Image => media::picture(bytes, eye),
        Kind::Audio | Kind::Video => media::recording(kind, &mut std::io::Cursor::new(bytes), eye),
    }
}

fn digest<R: Read + Seek>(input: &mut R) -> Result<String, Error> {
    input.seek(SeekFrom::Start(0))?;
    let mut hash = Sha256::new();
    let mut block = vec![0; 1 << 16];
    loop {
        match input.read(&mut block)? {
            0 => break,
            n => hash.update(&block[..n]),
        }
    }
    Ok(hex(&hash.finalize()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
