//! The directory of a tar archive (POSIX ustar and pax, GNU long names). Nothing is unpacked here: tar stores its files as they are.

use std::io::{Read, SeekFrom};

use crate::{ReadError, ReadSeek};

/// Headers and files begin at multiples of it.
pub(super) const BLOCK: usize = 512;
/// Most bytes of a long name or a pax header.
const NOTE: u64 = 1 << 20;

/// A file, and where its bytes stand.
pub(super) struct Entry {
    pub name: String,
    pub at: u64,
    pub size: u64,
}

pub(super) fn is_tar(head: &[u8]) -> bool {
    head.len() >= BLOCK && &head[257..262] == b"ustar" && is_whole(head)
}

/// Files in their order. A folder, a device or a pipe is no file; a link is an error, since it could point anywhere.
pub(super) fn entries(mut input: &mut dyn ReadSeek, name: &str, most: u64) -> Result<Vec<Entry>, ReadError> {
    let fail = |e| ReadError::io(name, e);
    let corrupt = |message: &str| ReadError::Corrupt { name: name.to_owned(), kind: "tar", message: message.to_owned() };
    let mut out: Vec<Entry> = Vec::new();
    let (mut at, mut long, mut longer) = (0u64, None, None);
    loop {
        input.seek(SeekFrom::Start(at)).map_err(fail)?;
        let mut head = Vec::with_capacity(BLOCK);
        (&mut input).take(BLOCK as u64).read_to_end(&mut head).map_err(fail)?;
        if head.iter().all(|b| *b == 0) {
            return Ok(out);
        }
        if head.len() < BLOCK || !is_whole(&head) {
            return Err(corrupt("a header does not match its checksum"));
        }
        let mut size = number(&head[124..136]).ok_or_else(|| corrupt("a size is no number"))?;
        let kind = head[156];
        at += BLOCK as u64;
        if matches!(kind, b'L' | b'x') {
            let mut note = Vec::new();
            (&mut input).take(size.min(NOTE)).read_to_end(&mut note).map_err(fail)?;
            let text = String::from_utf8_lossy(&note);
            if kind == b'L' {
                long = Some(text.trim_end_matches('\0').to_owned());
            } else {
                long = pax(&text, "path").or(long);
                longer = pax(&text, "size").and_then(|s| s.parse().ok());
            }
        } else {
            size = longer.take().unwrap_or(size);
            let path = long.take().unwrap_or_else(|| path(&head));
            let path = path.trim_start_matches("./").to_owned();
            let unsafe_path = path.starts_with('/') || path.contains(['\\', '\0']) || path.split('/').any(|p| p == "..");
            if unsafe_path || matches!(kind, b'1' | b'2') {
                return Err(ReadError::UnsafePath { name: name.to_owned(), member: path });
            }
            if matches!(kind, b'0' | 0 | b'7') && !path.ends_with('/') {
                out.push(Entry { name: path, at, size });
            }
            if out.len() as u64 > most {
                return Err(ReadError::Bomb { name: name.to_owned(), what: "files", limit: most });
            }
        }
        let next = size.div_ceil(BLOCK as u64).checked_mul(BLOCK as u64).and_then(|padded| at.checked_add(padded));
        at = next.ok_or_else(|| corrupt("a size is too large"))?;
    }
}

/// The sum of all bytes, those of the sum itself as blanks.
fn is_whole(head: &[u8]) -> bool {
    let sum: u64 = head.iter().enumerate().map(|(i, b)| if (148..156).contains(&i) { 32 } else { u64::from(*b) }).sum();
    number(&head[148..156]) == Some(sum)
}

/// Octal digits, or GNU's binary number where a size is too large for them.
fn number(field: &[u8]) -> Option<u64> {
    if field[0] & 0x80 != 0 {
        let start = field.len() - 8;
        let small = field[0] == 0x80 && field[1..start].iter().all(|b| *b == 0);
        return small.then(|| field[start..].iter().fold(0, |n, b| n << 8 | u64::from(*b)));
    }
    let text = String::from_utf8_lossy(field);
    let text = text.trim_matches(['\0', ' ']);
    if text.is_empty() { Some(0) } else { u64::from_str_radix(text, 8).ok() }
}

fn path(head: &[u8]) -> String {
    let text = |range: std::ops::Range<usize>| {
        let field = &head[range];
        let end = field.iter().position(|b| *b == 0).unwrap_or(field.len());
        String::from_utf8_lossy(&field[..end]).into_owned()
    };
    // GNU's older form keeps other things where POSIX has the beginning of a long path.
    match text(345..500) {
        before if before.is_empty() || &head[257..263] != b"ustar\0" => text(0..100),
        before => format!("{before}/{}", text(0..100)),
    }
}

/// `LENGTH KEY=VALUE` lines.
fn pax(note: &str, key: &str) -> Option<String> {
    note.lines().rev().find_map(|line| {
        let (name, value) = line.split_once(' ')?.1.split_once('=')?;
        (name == key).then(|| value.to_owned())
    })
}
