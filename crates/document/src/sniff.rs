//! What a file is, told from its bytes and never from its name.

use std::io::{Read, Seek, SeekFrom};

use zip::ZipArchive;

use crate::{Error, compound};

/// Bytes that are looked at, but for a ZIP archive, whose directory stands at its end.
const HEAD: u64 = 64 << 10;

/// Kinds of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    /// Word 2007 and later (`.docx`).
    Word,
    /// Word 97 to 2003 (`.doc`).
    Word97,
    /// Rich Text Format (`.rtf`).
    RichText,
    /// OpenDocument text (`.odt`).
    OpenText,
    Mail,
    Mailbox,
    Image,
    Audio,
    Video,
}

/// The kind of a document; none for everything that is read otherwise (tables, archives, text). A format that nothing here reads is an error that
/// names it and says what to do. The input is given back rewound.
pub fn kind<R: Read + Seek + ?Sized>(input: &mut R) -> Result<Option<Kind>, Error> {
    let mut head = Vec::new();
    input.seek(SeekFrom::Start(0))?;
    (&mut *input).take(HEAD).read_to_end(&mut head)?;
    let found = if head.starts_with(b"PK\x03\x04") {
        package(input, &head)
    } else if head.starts_with(compound::MAGIC) {
        compound::kind(input)
    } else {
        plain(&head)
    };
    input.seek(SeekFrom::Start(0))?;
    found
}

/// A ZIP archive is a document by what its directory names, not by what lies in its files. Where the directory is cut off, the first file tells.
fn package<R: Read + Seek + ?Sized>(input: &mut R, head: &[u8]) -> Result<Option<Kind>, Error> {
    const TEXT: &str = "word/document.xml";
    const OPEN_TEXT: &[u8] = b"application/vnd.oasis.opendocument.text";
    let Ok(mut archive) = ZipArchive::new(&mut *input) else {
        let office = head.get(30..).is_some_and(|n| n.starts_with(b"[Content_Types].xml") || n.starts_with(b"word/"));
        return Ok((office && contains(head, TEXT.as_bytes())).then_some(Kind::Word));
    };
    if archive.index_for_name(TEXT).is_some() {
        return Ok(Some(Kind::Word));
    }
    let mut said = Vec::new();
    if let Ok(file) = archive.by_name("mimetype") {
        file.take(OPEN_TEXT.len() as u64).read_to_end(&mut said)?;
    }
    Ok((said == OPEN_TEXT).then_some(Kind::OpenText))
}

const UNPACK: &str = "unpack it and send its files, or pack them as ZIP or tar.gz";

fn plain(head: &[u8]) -> Result<Option<Kind>, Error> {
    for (start, format, advice) in [
        (&b"Rar!\x1a\x07"[..], "a RAR archive", UNPACK),
        (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
        (b"\xfd7zXZ\0", "a file packed with xz", UNPACK),
        (b"BZh", "a file packed with bzip2", UNPACK),
        (b"(\xb5/\xfd", "a file packed with Zstandard", UNPACK),
    ] {
        if head.starts_with(start) {
            return Err(Error::Foreign { format, advice });
        }
    }
    Ok(of_head(head))
}

fn of_head(head: &[u8]) -> Option<Kind> {
    let four = head.get(..4).unwrap_or_default();
    let form = head.get(8..12).unwrap_or_default();
    Some(match four {
        b"%PDF" => Kind::Pdf,
        b"{\\rt" if head.get(4) == Some(&b'f') => Kind::RichText,
        [0xff, 0xd8, 0xff, _] | b"\x89PNG" | b"GIF8" | b"II*\0" | b"MM\0*" => Kind::Image,
        b"RIFF" if form == b"WEBP" => Kind::Image,
        b"RIFF" if form == b"WAVE" => Kind::Audio,
        b"RIFF" if form == b"AVI " => Kind::Video,
        b"OggS" | b"fLaC" | [b'I', b'D', b'3', 0..=9] | [0xff, 0xfb | 0xf3 | 0xf2, ..] => Kind::Audio,
        b"\x1a\x45\xdf\xa3" => Kind::Video,
        _ if head.get(4..8) == Some(b"ftyp") => match form {
            b"M4A " | b"M4B " => Kind::Audio,
            b"heic" | b"heix" | b"mif1" | b"avif" => Kind::Image,
            _ => Kind::Video,
        },
        b"From" if is_mailbox(head) => Kind::Mailbox,
        _ if is_mail(head) => Kind::Mail,
        _ => return None,
    })
}

/// The media type of a picture or recording that browsers show; none for everything else.
pub fn media_type(head: &[u8]) -> Option<&'static str> {
    let form = head.get(8..12).unwrap_or_default();
    Some(match head.get(..4).unwrap_or_default() {
        [0xff, 0xd8, 0xff, _] => "image/jpeg",
        b"\x89PNG" => "image/png",
        b"GIF8" => "image/gif",
        b"RIFF" if form == b"WEBP" => "image/webp",
        b"RIFF" if form == b"WAVE" => "audio/wav",
        b"OggS" => "audio/ogg",
        b"fLaC" => "audio/flac",
        [b'I', b'D', b'3', 0..=9] | [0xff, 0xfb | 0xf3 | 0xf2, ..] => "audio/mpeg",
        b"\x1a\x45\xdf\xa3" if contains(head, b"webm") => "video/webm",
        _ if head.get(4..8) == Some(b"ftyp") => match form {
            b"M4A " | b"M4B " => "audio/mp4",
            b"avif" => "image/avif",
            b"heic" | b"heix" | b"mif1" => return None,
            _ => "video/mp4",
        },
        _ => return None,
    })
}

fn contains(head: &[u8], what: &[u8]) -> bool {
    head.windows(what.len()).any(|w| w == what)
}

/// `From address Mon Jan  5 10:00:00 2026`.
fn is_mailbox(head: &[u8]) -> bool {
    let line = String::from_utf8_lossy(&head[..head.len().min(200)]);
    let day = line.lines().next().unwrap_or_default().split_whitespace().nth(2).unwrap_or_default().to_owned();
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(&day.as_str())
}

/// Header lines of electronic mail: at least three of the well-known ones before the first blank line.
fn is_mail(head: &[u8]) -> bool {
    const KNOWN: [&str; 14] = [
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "received",
        "return-path",
        "content-type",
        "reply-to",
        "cc",
        "delivered-to",
        "x-mailer",
        "sender",
    ];
    let text = String::from_utf8_lossy(&head[..head.len().min(16 << 10)]);
    let mut found: Vec<String> = Vec::new();
    for (i, line) in text.lines().enumerate() {
        if line.is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) && i > 0 {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else { return false };
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_graphic()) {
            return false;
        }
        let name = name.to_ascii_lowercase();
        if KNOWN.contains(&name.as_str()) && !found.contains(&name) {
            found.push(name);
        }
    }
    found.len() >= 3
}
