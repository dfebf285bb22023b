//! What a file is, told from its first bytes and never from its name.

/// Bytes that [`kind`] may want to see.
pub const HEAD: usize = 256 << 10;

/// Kinds of documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Word,
    Mail,
    Mailbox,
    Image,
    Audio,
    Video,
}

/// The kind of a document; none for everything that is read otherwise (tables, archives, text). `head` is the beginning of the
/// file, as much as is at hand: a Word document is a ZIP archive and shows itself by a member's name.
pub fn kind(head: &[u8]) -> Option<Kind> {
    let four = head.get(..4).unwrap_or_default();
    let form = head.get(8..12).unwrap_or_default();
    Some(match four {
        b"%PDF" => Kind::Pdf,
        b"PK\x03\x04" if contains(head, b"word/document.xml") => Kind::Word,
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
