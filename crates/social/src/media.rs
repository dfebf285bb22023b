//! Pictures and films as they come from a phone: where they were taken, by which device and when is written inside. It is taken
//! out before anything is kept. Formats: JPEG (ITU T.81), PNG (ISO 15948), MP4 (ISO 14496-12).

use sha2::{Digest, Sha256};

/// A file without what was hidden in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clean {
    pub bytes: Vec<u8>,
    pub mime: &'static str,
    /// Pixels; 0 for films.
    pub width: u32,
    pub height: u32,
    /// Of the cleaned bytes, hex.
    pub sha256: String,
}

/// Most pixels of a picture: more is a trap for whoever opens it.
const PIXELS: u64 = 100_000_000;

/// Takes out everything but the picture itself.
pub fn clean(bytes: Vec<u8>) -> Result<Clean, String> {
    let (mime, bytes, (width, height)) = if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        let (bytes, size) = jpeg(&bytes)?;
        ("image/jpeg", bytes, size)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        let (bytes, size) = png(&bytes)?;
        ("image/png", bytes, size)
    } else if bytes.get(4..8) == Some(b"ftyp") {
        ("video/mp4", mp4(bytes)?, (0, 0))
    } else {
        return Err("this is no JPEG, PNG or MP4; save it as one of these".into());
    };
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err(format!("{width} × {height} pixels are too many; make the picture smaller"));
    }
    let sha256 = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
    Ok(Clean { bytes, mime, width, height, sha256 })
}

fn cut(what: &str) -> String {
    format!("the {what} ends in the middle; send it again")
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u32> {
    Some(bytes.get(at..at + length)?.iter().fold(0, |n, b| n << 8 | u32::from(*b)))
}

/// Keeps the segments a decoder needs: APP1 (EXIF, XMP), APP13 (IPTC), comments and the rest of the APPs go, but for APP0 (JFIF),
/// APP2 (colour profile) and APP14 (Adobe's colour transform).
fn jpeg(bytes: &[u8]) -> Result<(Vec<u8>, (u32, u32)), String> {
    let mut out = vec![0xff, 0xd8];
    let mut size = (0, 0);
    let mut at = 2;
    loop {
        let marker = match (bytes.get(at), bytes.get(at + 1)) {
            // Fill bytes may stand before a marker.
            (Some(0xff), Some(0xff)) => {
                at += 1;
                continue;
            }
            (Some(0xff), Some(marker)) => *marker,
            (Some(_), _) => return Err("this JPEG is damaged".into()),
            (None, _) => return Err(cut("JPEG")),
        };
        let length = number(bytes, at + 2, 2).ok_or_else(|| cut("JPEG"))? as usize;
        let segment = bytes.get(at..at + 2 + length).ok_or_else(|| cut("JPEG"))?;
        match marker {
            0xda => {
                // The picture itself, up to its end mark; what cameras put behind it goes.
                let end = find_end(bytes, at).ok_or_else(|| cut("JPEG"))?;
                out.extend_from_slice(&bytes[at..end]);
                return if size.0 > 0 { Ok((out, size)) } else { Err("this JPEG does not say its size".into()) };
            }
            0xe1 | 0xe3..=0xed | 0xef | 0xfe => {}
            _ => {
                if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
                    let of = |i| number(segment, i, 2).unwrap_or_default();
                    size = (of(7), of(5));
                }
                out.extend_from_slice(segment);
            }
        }
        at += 2 + length;
    }
}

/// One past the end mark. A progressive picture has several scans; between them stand tables that are kept.
fn find_end(bytes: &[u8], from: usize) -> Option<usize> {
    let at = bytes[from..].windows(2).position(|w| w == [0xff, 0xd9])?;
    Some(from + at + 2)
}

/// Keeps the chunks a decoder needs.
fn png(bytes: &[u8]) -> Result<(Vec<u8>, (u32, u32)), String> {
    const KEPT: &[&[u8; 4]] = &[
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"acTL",
        b"fcTL", b"fdAT",
    ];
    let mut out = bytes[..8].to_vec();
    let mut size = (0, 0);
    let mut at = 8;
    loop {
        let length = number(bytes, at, 4).ok_or_else(|| cut("PNG"))? as usize;
        let chunk = bytes.get(at..at + 12 + length).ok_or_else(|| cut("PNG"))?;
        let kind: &[u8] = &chunk[4..8];
        if kind == b"IHDR" {
            size = (number(chunk, 8, 4).unwrap_or_default(), number(chunk, 12, 4).unwrap_or_default());
        }
        if KEPT.iter().any(|k| k.as_slice() == kind) {
            out.extend_from_slice(chunk);
        }
        if kind == b"IEND" {
            return if size.0 > 0 { Ok((out, size)) } else { Err("this PNG does not say its size".into()) };
        }
        at += 12 + length;
    }
}

/// Blanks the boxes that hold words about the film (`udta`, `meta`, and `uuid` boxes such as XMP). They become `free` boxes of the
/// same length, so that no offset inside the film moves.
fn mp4(mut bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let end = bytes.len();
    blank(&mut bytes, 0, end)?;
    Ok(bytes)
}

fn blank(bytes: &mut [u8], mut at: usize, end: usize) -> Result<(), String> {
    while at + 8 <= end {
        let (length, head) = match number(bytes, at, 4).unwrap_or_default() {
            0 => (end - at, 8),
            1 => {
                let long = bytes.get(at + 8..at + 16).ok_or_else(|| cut("MP4"))?;
                let long = long.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b));
                (usize::try_from(long).map_err(|_| cut("MP4"))?, 16)
            }
            n => (n as usize, 8),
        };
        if length < head || at + length > end {
            return Err(cut("MP4"));
        }
        match &bytes[at + 4..at + 8] {
            b"udta" | b"meta" | b"uuid" => {
                bytes[at + 4..at + 8].copy_from_slice(b"free");
                bytes[at + head..at + length].fill(0);
            }
            b"moov" | b"trak" => blank(bytes, at + head, at + length)?,
            _ => {}
        }
        at += length;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
        let length = (body.len() + 2) as u16;
        [&[0xff, marker], length.to_be_bytes().as_slice(), body].concat()
    }

    fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [(body.len() as u32).to_be_bytes().as_slice(), kind, body, &[0; 4]].concat()
    }

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [((body.len() + 8) as u32).to_be_bytes().as_slice(), kind, body].concat()
    }

    fn has(bytes: &[u8], words: &[u8]) -> bool {
        bytes.windows(words.len()).any(|w| w == words)
    }

    #[test]
    fn place_device_and_words_leave_a_jpeg_and_the_picture_stays() {
        let picture = [
            vec![0xff, 0xd8],
            segment(0xe0, b"JFIF\0"),
            segment(0xe1, b"Exif\0\0GPS 26.9N 75.8E"),
            segment(0xed, b"Photoshop by SECRET"),
            segment(0xfe, b"COMMENT"),
            segment(0xc0, &[8, 0, 100, 0, 200, 3]),
            segment(0xda, b"scan"),
            b"pixels".to_vec(),
            vec![0xff, 0xd9],
            b"TRAILER".to_vec(),
        ]
        .concat();
        let clean = clean(picture).unwrap();
        assert_eq!((clean.mime, clean.width, clean.height), ("image/jpeg", 200, 100));
        for words in [b"GPS".as_slice(), b"SECRET", b"COMMENT", b"TRAILER"] {
            assert!(!has(&clean.bytes, words), "{words:?}");
        }
        assert!(has(&clean.bytes, b"JFIF") && has(&clean.bytes, b"pixels"));
    }

    #[test]
    fn words_leave_a_png_and_a_film_of_the_same_length() {
        let head = [200_u32.to_be_bytes(), 100_u32.to_be_bytes()].concat();
        let picture = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(b"IHDR", &head),
            chunk(b"eXIf", b"GPS"),
            chunk(b"tEXt", b"Author SECRET"),
            chunk(b"IDAT", b"pixels"),
            chunk(b"IEND", b""),
        ]
        .concat();
        let png = clean(picture).unwrap();
        assert_eq!((png.mime, png.width, png.height), ("image/png", 200, 100));
        assert!(!has(&png.bytes, b"GPS") && !has(&png.bytes, b"SECRET") && has(&png.bytes, b"pixels"));

        let inside =
            [boxed(b"mvhd", b"time"), boxed(b"udta", b"+26.9+075.8/"), boxed(b"trak", &boxed(b"meta", b"SECRET"))].concat();
        let film = [boxed(b"ftyp", b"isom"), boxed(b"moov", &inside), boxed(b"mdat", b"frames")].concat();
        let length = film.len();
        let mp4 = clean(film).unwrap();
        assert_eq!((mp4.mime, mp4.bytes.len()), ("video/mp4", length));
        assert!(
            !has(&mp4.bytes, b"26.9") && !has(&mp4.bytes, b"SECRET") && has(&mp4.bytes, b"frames") && has(&mp4.bytes, b"time")
        );
    }

    #[test]
    fn what_is_damaged_too_large_or_something_else_is_refused_in_words() {
        assert!(clean(b"GIF89a".to_vec()).unwrap_err().contains("JPEG, PNG or MP4"));
        assert!(clean(vec![]).is_err());
        assert!(clean([vec![0xff, 0xd8], segment(0xe0, b"JFIF\0")].concat()).unwrap_err().contains("in the middle"));
        assert!(clean(b"\x89PNG\r\n\x1a\n\0\0\0\x05IH".to_vec()).unwrap_err().contains("in the middle"));
        let head = [20_000_u32.to_be_bytes(), 10_000_u32.to_be_bytes()].concat();
        let bomb = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head), chunk(b"IEND", b"")].concat();
        assert!(clean(bomb).unwrap_err().contains("too many"), "200 megapixels");
        let mut film = [boxed(b"ftyp", b"isom"), boxed(b"moov", b"")].concat();
        film[15] = 200;
        assert!(clean(film).unwrap_err().contains("in the middle"));
    }
}
