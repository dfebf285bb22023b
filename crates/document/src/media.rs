//! Photographs, sound and film: facts of the file itself, and the text of a picture where an [`Eye`] is there.

use std::io::{Read, Seek, SeekFrom};

use crate::{Error, Eye, Kind, Part, exif};

pub(crate) fn picture(bytes: &[u8], eye: Option<&dyn Eye>) -> Result<Vec<Part>, Error> {
    let mut part = Part { kind: "image", label: "1".to_owned(), method: "facts", ..Part::default() };
    if let Some(facts) = exif::read(bytes) {
        (part.created_at, part.device, part.author) = (facts.taken_at, facts.device, facts.author);
        (part.lat, part.lon) = (facts.lat, facts.lon);
    }
    (part.width, part.height) = match size(bytes) {
        Size::Known(width, height) => (Some(width), Some(height)),
        Size::NotTold => (None, None),
        Size::Broken => return Err(Error::corrupt("picture", "it ends before its size is told")),
    };
    if let Some(eye) = eye {
        match eye.text(bytes) {
            Ok(text) if !text.trim().is_empty() => (part.text, part.method) = (Some(text.trim().to_owned()), "ocr"),
            Ok(_) => {}
            Err(message) => part.remark = Some(message),
        }
    }
    Ok(vec![part])
}

enum Size {
    Known(u32, u32),
    NotTold,
    Broken,
}

/// Width and height of PNG, GIF and JPEG.
fn size(bytes: &[u8]) -> Size {
    let known = |w: Option<u32>, h: Option<u32>| match (w, h) {
        (Some(w), Some(h)) if w > 0 && h > 0 => Size::Known(w, h),
        _ => Size::Broken,
    };
    let big = |at: usize| bytes.get(at..at + 4).map(|b| u32::from_be_bytes([b[0], b[1], b[2], b[3]]));
    let small = |at: usize| bytes.get(at..at + 2).map(|b| u32::from(u16::from_le_bytes([b[0], b[1]])));
    match bytes {
        [0x89, b'P', ..] => known(big(16), big(20)),
        [b'G', b'I', b'F', ..] => known(small(6), small(8)),
        [0xff, 0xd8, ..] => {
            let mut at = 2;
            loop {
                let Some([0xff, marker]) = bytes.get(at..at + 2).and_then(|b| <[u8; 2]>::try_from(b).ok()) else {
                    return Size::Broken;
                };
                let Some(length) = bytes.get(at + 2..at + 4).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]]))) else {
                    return Size::Broken;
                };
                if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
                    let two = |at: usize| bytes.get(at..at + 2).map(|b| u32::from(u16::from_be_bytes([b[0], b[1]])));
                    return known(two(at + 7), two(at + 5));
                }
                at += 2 + length.max(2);
            }
        }
        _ => Size::NotTold,
    }
}

/// Sound and film: how long it is.
pub(crate) fn recording<R: Read + Seek>(kind: Kind, input: &mut R, eye: Option<&dyn Eye>) -> Result<Vec<Part>, Error> {
    let mut part = Part {
        kind: if kind == Kind::Audio { "audio" } else { "video" },
        label: "1".to_owned(),
        method: "facts",
        ..Part::default()
    };
    let mut head = [0; 12];
    input.read_exact(&mut head).map_err(cut)?;
    let length = match (&head[..4], &head[4..8]) {
        (b"RIFF", _) if &head[8..] == b"WAVE" => wave(input)?,
        (_, b"ftyp") => movie(input)?,
        _ => Length::NotTold,
    };
    if let Length::Seconds(seconds) = length {
        part.seconds = Some(seconds);
    }
    let mut remarks = Vec::new();
    if let Some(eye) = eye {
        input.seek(SeekFrom::Start(0))?;
        match eye.measure(input) {
            Ok(seen) => {
                part.seconds = part.seconds.or(seen.seconds);
                (part.width, part.height, part.created_at) = (seen.width, seen.height, seen.created_at);
                remarks.extend(seen.codecs);
            }
            Err(message) if part.seconds.is_none() => remarks.push(message),
            Err(_) => {}
        }
    }
    if matches!(length, Length::CutOff) {
        remarks.insert(0, "the recording is cut off: it says to be longer than it is".to_owned());
    }
    part.remark = Some(remarks.join("; ")).filter(|r| !r.is_empty());
    Ok(vec![part])
}

enum Length {
    Seconds(f64),
    NotTold,
    /// The file ends before what it announces.
    CutOff,
}

impl Length {
    fn of(amount: u64, rate: u32) -> Length {
        // A film that is written while it is filmed says 0.
        if rate > 0 && amount > 0 { Length::Seconds(amount as f64 / f64::from(rate)) } else { Length::NotTold }
    }
}

fn cut(error: std::io::Error) -> Error {
    Error::corrupt("recording", error)
}

/// Chunks of a WAVE file: bytes of sound by bytes a second.
fn wave<R: Read + Seek>(input: &mut R) -> Result<Length, Error> {
    let mut rate = 0;
    let mut head = [0; 8];
    while input.read_exact(&mut head).is_ok() {
        let length = u64::from(u32::from_le_bytes([head[4], head[5], head[6], head[7]]));
        match &head[..4] {
            b"fmt " => {
                let mut format = [0; 16];
                input.read_exact(&mut format).map_err(cut)?;
                rate = u32::from_le_bytes([format[8], format[9], format[10], format[11]]);
                input.seek(SeekFrom::Current(length.saturating_sub(16) as i64))?;
            }
            b"data" => {
                let at = input.stream_position()?;
                let there = input.seek(SeekFrom::End(0))? - at;
                return Ok(if there < length { Length::CutOff } else { Length::of(length, rate) });
            }
            _ => {
                input.seek(SeekFrom::Current((length + length % 2) as i64))?;
            }
        }
    }
    Ok(Length::CutOff)
}

/// Boxes of an MP4 file: the movie header tells duration and scale.
fn movie<R: Read + Seek>(input: &mut R) -> Result<Length, Error> {
    let end = input.seek(SeekFrom::End(0))?;
    let (mut at, mut limit) = (0, end);
    // Boxes are long or many only in broken files.
    for _ in 0..10_000 {
        if at > end {
            return Ok(Length::CutOff);
        }
        if at + 8 > limit {
            return Ok(Length::NotTold);
        }
        input.seek(SeekFrom::Start(at))?;
        let mut head = [0; 8];
        input.read_exact(&mut head).map_err(cut)?;
        let mut length = u64::from(u32::from_be_bytes([head[0], head[1], head[2], head[3]]));
        let mut header = 8;
        if length == 1 {
            let mut long = [0; 8];
            input.read_exact(&mut long).map_err(cut)?;
            (length, header) = (u64::from_be_bytes(long), 16);
        } else if length == 0 {
            length = limit - at;
        }
        if length < header {
            return Ok(Length::NotTold);
        }
        match &head[4..] {
            b"moov" if at.saturating_add(length) > end => return Ok(Length::CutOff),
            b"moov" => (at, limit) = (at + header, (at + length).min(limit)),
            b"mvhd" => {
                let mut body = [0; 32];
                input.read_exact(&mut body).map_err(cut)?;
                let four = |i: usize| u32::from_be_bytes([body[i], body[i + 1], body[i + 2], body[i + 3]]);
                let (scale, duration) = match body[0] {
                    1 => (four(20), u64::from(four(24)) << 32 | u64::from(four(28))),
                    _ => (four(12), u64::from(four(16))),
                };
                return Ok(Length::of(duration, scale));
            }
            _ => at = at.saturating_add(length),
        }
    }
    Ok(Length::NotTold)
}
