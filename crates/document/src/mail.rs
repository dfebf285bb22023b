//! Electronic mail: messages, mailboxes and what is attached (RFC 5322, RFC 2045 to 2047).

use std::io::Cursor;

use sha2::{Digest, Sha256};

use crate::{Attachment, Bounds, Error, Eye, Kind, Part, hex, inside, kind};

/// Parts in parts and mails in mails that are opened.
const DEPTH: u8 = 6;

pub(crate) fn mailbox(bytes: &[u8], eye: Option<&dyn Eye>, bounds: &Bounds, depth: u8) -> Result<Vec<Part>, Error> {
    let mut parts = Vec::new();
    for body in messages(bytes) {
        parts.extend(self::message(body, eye, bounds, depth)?);
        if parts.len() > bounds.parts {
            return Err(Error::TooMany { parts: parts.len(), limit: bounds.parts });
        }
    }
    Ok(parts)
}

/// The mails of a mailbox, without the line `From address date` before each.
pub(crate) fn messages(bytes: &[u8]) -> Vec<&[u8]> {
    let mut starts: Vec<usize> = vec![0];
    starts.extend(bytes.windows(7).enumerate().filter(|(_, w)| *w == b"\n\nFrom ").map(|(i, _)| i + 2));
    starts.extend(bytes.windows(9).enumerate().filter(|(_, w)| *w == b"\r\n\r\nFrom ").map(|(i, _)| i + 4));
    starts.sort_unstable();
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    let message = |(start, end): (&usize, usize)| &bytes[*start..end];
    let body = |message: &'_ [u8]| message.iter().position(|b| *b == b'\n').map_or(message.len(), |end| end + 1);
    starts.iter().zip(ends).map(message).map(|m| &m[body(m)..]).collect()
}

/// What came with mails, and with mails that came with them, and is no document.
pub(crate) fn attached(mails: &[&[u8]], bounds: &Bounds) -> Vec<Attachment> {
    let mut out = Vec::new();
    let mut waiting: Vec<(Vec<u8>, u8)> = mails.iter().rev().map(|m| (m.to_vec(), 0)).collect();
    while let Some((bytes, depth)) = waiting.pop() {
        let mut leaves = Vec::new();
        Entity::read(&bytes).leaves(0, &mut leaves);
        for leaf in leaves {
            let Some(name) = leaf.file().filter(|_| out.len() < bounds.parts) else { continue };
            let bytes = leaf.bytes();
            match kind(&mut Cursor::new(&bytes)) {
                Ok(None) => out.push(Attachment { name, bytes }),
                Ok(Some(Kind::Mail)) if depth < DEPTH => waiting.push((bytes, depth + 1)),
                // A part of the mail, or a format nobody reads, which its part says.
                Ok(Some(_)) | Err(_) => {}
            }
        }
    }
    out
}

pub(crate) fn message(bytes: &[u8], eye: Option<&dyn Eye>, bounds: &Bounds, depth: u8) -> Result<Vec<Part>, Error> {
    let entity = Entity::read(bytes);
    if entity.header("from").is_none() && entity.header("subject").is_none() {
        return Err(Error::Corrupt { kind: "mail", message: "it names neither sender nor subject".to_owned() });
    }
    let to: Vec<String> = ["to", "cc"].iter().filter_map(|h| entity.header(h)).collect();
    let mut leaves = Vec::new();
    entity.leaves(0, &mut leaves);
    let shown = |leaf: &&Entity| leaf.file().is_none();
    let text = leaves
        .iter()
        .find(|l| shown(l) && l.media() == "text/plain")
        .or_else(|| leaves.iter().find(|l| shown(l) && l.media() == "text/html"));
    let body = text.map(|leaf| if leaf.media() == "text/html" { untagged(&leaf.text()) } else { leaf.text() });
    let mut parts = vec![Part {
        kind: "mail",
        label: entity.header("message-id").unwrap_or_default().trim_matches(['<', '>']).to_owned(),
        title: entity.header("subject"),
        author: entity.header("from"),
        recipients: Some(to.join("; ")).filter(|r| !r.is_empty()),
        created_at: entity.header("date").and_then(|d| date(&d)),
        text: body.map(|b| b.trim().to_owned()).filter(|b| !b.is_empty()),
        method: "body",
        ..Part::default()
    }];
    for leaf in leaves {
        let Some(name) = leaf.file() else { continue };
        let content = leaf.bytes();
        let facts = |part: Part| Part {
            label: name.clone(),
            bytes: Some(content.len() as u64),
            sha256: Some(hex(&Sha256::digest(&content))),
            ..part
        };
        let read = match kind(&mut Cursor::new(&content)) {
            Ok(Some(kind)) if depth < DEPTH => inside(kind, &content, eye, bounds, depth + 1),
            Err(e) => Err(e),
            _ => Ok(vec![Part { kind: "attachment", method: "facts", ..Part::default() }]),
        };
        match read {
            Ok(inner) => parts.extend(inner.into_iter().map(facts)),
            // One broken attachment does not take the mail with it.
            Err(e) => {
                let broken = Part { kind: "attachment", method: "unread", remark: Some(e.to_string()), ..Part::default() };
                parts.push(facts(broken));
            }
        }
    }
    Ok(parts)
}

/// A header and what follows it.
struct Entity<'a> {
    headers: Vec<(String, String)>,
    body: &'a [u8],
}

impl<'a> Entity<'a> {
    fn read(bytes: &'a [u8]) -> Entity<'a> {
        let (mut headers, mut at): (Vec<(String, String)>, usize) = (Vec::new(), 0);
        while at < bytes.len() {
            let end = bytes[at..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |e| at + e + 1);
            let line = String::from_utf8_lossy(&bytes[at..end]).trim_end().to_owned();
            at = end;
            if line.is_empty() {
                break;
            }
            match (line.starts_with([' ', '\t']), headers.last_mut(), line.split_once(':')) {
                (true, Some((_, value)), _) => {
                    value.push(' ');
                    value.push_str(line.trim());
                }
                (false, _, Some((name, value))) => headers.push((name.to_ascii_lowercase(), value.trim().to_owned())),
                _ => {}
            }
        }
        Entity { headers, body: &bytes[at.min(bytes.len())..] }
    }

    fn raw(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    fn header(&self, name: &str) -> Option<String> {
        self.raw(name).map(words).filter(|v| !v.is_empty())
    }

    /// `type/subtype` in lower case.
    fn media(&self) -> String {
        self.raw("content-type").unwrap_or("text/plain").split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    fn parameter(&self, header: &str, name: &str) -> Option<String> {
        let value = self.raw(header)?;
        value.split(';').skip(1).find_map(|p| {
            let (key, value) = p.split_once('=')?;
            (key.trim().trim_end_matches('*').eq_ignore_ascii_case(name)).then(|| words(value.trim().trim_matches('"')))
        })
    }

    /// The name under which a part is attached; none for what is shown.
    fn file(&self) -> Option<String> {
        let name = self.parameter("content-disposition", "filename").or_else(|| self.parameter("content-type", "name"));
        let attached = self.raw("content-disposition").is_some_and(|d| d.to_ascii_lowercase().starts_with("attachment"));
        name.or_else(|| attached.then(|| "attachment".to_owned()))
            .or_else(|| (self.media() == "message/rfc822").then(|| "mail".to_owned()))
    }

    /// Parts that hold no parts, in order.
    fn leaves<'b>(&'b self, depth: u8, out: &mut Vec<Entity<'a>>) {
        let boundary =
            self.parameter("content-type", "boundary").filter(|_| self.media().starts_with("multipart/") && depth < DEPTH);
        let Some(boundary) = boundary else {
            out.push(Entity { headers: self.headers.clone(), body: self.body });
            return;
        };
        let mark = [b"--", boundary.as_bytes()].concat();
        let mut starts: Vec<usize> =
            self.body.windows(mark.len()).enumerate().filter(|(_, w)| *w == mark).map(|(i, _)| i).collect();
        starts.push(self.body.len());
        for pair in starts.windows(2) {
            let part = &self.body[pair[0] + mark.len()..pair[1]];
            if part.starts_with(b"--") || out.len() > 1000 {
                break;
            }
            let part = part.strip_prefix(b"\r\n").or_else(|| part.strip_prefix(b"\n")).unwrap_or(part);
            let part = part.strip_suffix(b"\n").map_or(part, |p| p.strip_suffix(b"\r").unwrap_or(p));
            Entity::read(part).leaves(depth + 1, out);
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self.raw("content-transfer-encoding").unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "base64" => base64(self.body),
            "quoted-printable" => quoted(self.body, false),
            _ => self.body.to_vec(),
        }
    }

    fn text(&self) -> String {
        decode(&self.bytes(), &self.parameter("content-type", "charset").unwrap_or_default())
    }
}

fn decode(bytes: &[u8], charset: &str) -> String {
    match encoding_rs::Encoding::for_label(charset.trim().as_bytes()) {
        Some(encoding) => encoding.decode(bytes).0.into_owned(),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Encoded words (`=?utf-8?B?…?=`) as letters.
fn words(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("=?") {
        let word = &rest[start + 2..];
        let mut fields = word.splitn(4, '?');
        let (charset, form, coded) = (fields.next(), fields.next(), fields.next());
        let (Some(charset), Some(form), Some(coded)) = (charset, form, coded) else { break };
        let length = 2 + charset.len() + 1 + form.len() + 1 + coded.len() + 2;
        if rest.get(start + length - 2..start + length) != Some("?=") {
            break;
        }
        // Blanks between two encoded words are no blanks.
        let before = &rest[..start];
        if out.is_empty() || !before.trim().is_empty() {
            out.push_str(before);
        }
        let bytes = if form.eq_ignore_ascii_case("b") { base64(coded.as_bytes()) } else { quoted(coded.as_bytes(), true) };
        out.push_str(&decode(&bytes, charset));
        rest = &rest[start + length..];
    }
    out.push_str(rest);
    out.trim().to_owned()
}

pub(crate) fn base64(bytes: &[u8]) -> Vec<u8> {
    let value = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u8> = bytes.iter().filter_map(|b| value(*b)).collect();
    let mut out = Vec::with_capacity(digits.len() * 3 / 4);
    for group in digits.chunks(4) {
        let all = group.iter().enumerate().fold(0u32, |n, (i, d)| n | u32::from(*d) << (18 - 6 * i));
        out.extend_from_slice(&all.to_be_bytes()[1..group.len().max(1)]);
    }
    out
}

fn quoted(bytes: &[u8], header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'=' => {
                let rest = &bytes[at + 1..];
                let code = rest.get(..2).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
                at += match (code, rest) {
                    (Some(code), _) => {
                        out.push(code);
                        3
                    }
                    (None, [b'\r', b'\n', ..]) => 3,
                    (None, [b'\n', ..]) => 2,
                    _ => {
                        out.push(b'=');
                        1
                    }
                };
                continue;
            }
            b'_' if header => out.push(b' '),
            other => out.push(other),
        }
        at += 1;
    }
    out
}

/// A page without its tags.
fn untagged(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// `Mon, 5 Jan 2026 10:30:00 +0530` as ISO 8601.
fn date(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let mut words = text.split_whitespace();
    let day: u32 = words.next()?.parse().ok()?;
    let month = words.next()?.get(..3)?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|m| *m == month)? + 1;
    let year: u32 = words.next()?.parse().ok()?;
    let time = words.next()?;
    let time = if time.len() == 5 { format!("{time}:00") } else { time.to_owned() };
    let zone = match words.next() {
        Some(z) if z.len() == 5 && z.starts_with(['+', '-']) && z.is_ascii() => format!("{}:{}", &z[..3], &z[3..]),
        Some("GMT" | "UTC" | "Z") => "+00:00".to_owned(),
        _ => String::new(),
    };
    Some(format!("{year:04}-{month:02}-{day:02}T{time}{zone}"))
}
