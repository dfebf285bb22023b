//! The facts a camera writes into its photographs: EXIF, a small TIFF file inside a JPEG (CIPA DC-008).

/// What is taken of them.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub taken_at: Option<String>,
    pub device: Option<String>,
    pub author: Option<String>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
}

/// The small picture that a camera puts into its photograph (JPEG in JPEG), for lists.
pub fn preview(bytes: &[u8]) -> Option<&[u8]> {
    let tiff = Tiff::read(bytes)?;
    let main = tiff.long(4)? as usize;
    let second = tiff.long(main + 2 + 12 * usize::from(tiff.short(main)?))? as usize;
    let entries = tiff.directory(second);
    let of = |tag: u16| entries.iter().find(|e| e.tag == tag).and_then(|e| tiff.long(e.at)).map(|n| n as usize);
    let (start, length) = (of(0x0201)?, of(0x0202)?);
    tiff.bytes.get(start..start.checked_add(length)?).filter(|picture| picture.starts_with(&[0xff, 0xd8, 0xff]))
}

/// Facts of a JPEG or TIFF; none where the file tells none.
pub(crate) fn read(bytes: &[u8]) -> Option<Facts> {
    let tiff = Tiff::read(bytes)?;
    let main = tiff.directory(tiff.long(4)? as usize);
    let find = |list: &[Entry], tag: u16| list.iter().find(|e| e.tag == tag).copied();
    let inner =
        |tag: u16| find(&main, tag).and_then(|e| tiff.long(e.at)).map(|at| tiff.directory(at as usize)).unwrap_or_default();
    let (camera, place) = (inner(0x8769), inner(0x8825));
    let text = |list: &[Entry], tag: u16| find(list, tag).and_then(|e| tiff.text(e));
    let degrees = |tag: u16, below: char, most: f64| {
        let parts = tiff.rationals(find(&place, tag)?)?;
        let value = parts[0] + parts[1] / 60.0 + parts[2] / 3600.0;
        let negative = text(&place, tag - 1).is_some_and(|r| r.starts_with(below));
        (value.is_finite() && value <= most).then_some(if negative { -value } else { value })
    };
    let device: Vec<String> = [text(&main, 0x010f), text(&main, 0x0110)].into_iter().flatten().collect();
    Some(Facts {
        taken_at: text(&camera, 0x9003).or_else(|| text(&main, 0x0132)).and_then(|t| moment(&t)),
        device: Some(device.join(" ")).filter(|d| !d.is_empty()),
        author: text(&main, 0x013b),
        lat: degrees(2, 'S', 90.0),
        lon: degrees(4, 'W', 180.0),
    })
}

#[derive(Clone, Copy)]
struct Entry {
    tag: u16,
    kind: u16,
    count: usize,
    /// Where the value, or the way to it, stands.
    at: usize,
}

struct Tiff<'a> {
    bytes: &'a [u8],
    little: bool,
}

impl<'a> Tiff<'a> {
    fn read(bytes: &'a [u8]) -> Option<Tiff<'a>> {
        let tiff = match bytes {
            [0xff, 0xd8, ..] => {
                let head = &bytes[..bytes.len().min(256 << 10)];
                let at = head.windows(6).position(|w| w == b"Exif\0\0")?;
                &bytes[at + 6..]
            }
            _ => bytes,
        };
        let little = match tiff.get(..4)? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        Some(Tiff { bytes: tiff, little })
    }

    fn short(&self, at: usize) -> Option<u16> {
        let b: [u8; 2] = self.bytes.get(at..at + 2)?.try_into().ok()?;
        Some(if self.little { u16::from_le_bytes(b) } else { u16::from_be_bytes(b) })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let b: [u8; 4] = self.bytes.get(at..at + 4)?.try_into().ok()?;
        Some(if self.little { u32::from_le_bytes(b) } else { u32::from_be_bytes(b) })
    }

    fn directory(&self, at: usize) -> Vec<Entry> {
        let count = usize::from(self.short(at).unwrap_or(0)).min(500);
        let entry = |i: usize| {
            let at = at + 2 + 12 * i;
            Some(Entry { tag: self.short(at)?, kind: self.short(at + 2)?, count: self.long(at + 4)? as usize, at: at + 8 })
        };
        (0..count).map_while(entry).collect()
    }

    fn text(&self, entry: Entry) -> Option<String> {
        if entry.kind != 2 || entry.count > 1000 {
            return None;
        }
        let at = if entry.count <= 4 { entry.at } else { self.long(entry.at)? as usize };
        let text = String::from_utf8_lossy(self.bytes.get(at..at + entry.count)?).trim_matches(['\0', ' ']).to_owned();
        Some(text).filter(|t| !t.is_empty())
    }

    fn rationals(&self, entry: Entry) -> Option<[f64; 3]> {
        if entry.kind != 5 || entry.count != 3 {
            return None;
        }
        let at = self.long(entry.at)? as usize;
        let one = |i: usize| Some(f64::from(self.long(at + 8 * i)?) / f64::from(self.long(at + 8 * i + 4)?));
        Some([one(0)?, one(1)?, one(2)?])
    }
}

/// `2026:01:05 10:30:00` as ISO 8601.
fn moment(text: &str) -> Option<String> {
    let (day, time) = text.split_once(' ')?;
    let day = day.replace(':', "-");
    (day.len() == 10 && !day.starts_with("0000")).then(|| format!("{day}T{time}"))
}

#[cfg(test)]
mod tests {
    use super::preview;

    #[test]
    fn the_small_picture_is_found_and_a_lying_place_is_not_followed() {
        // A main directory without entries, then one with the place and length of a picture.
        let photograph = |place: u32, length: u32| {
            let mut tiff = b"MM\0*\0\0\0\x08\0\0\0\0\0\x0e".to_vec();
            for (tag, value) in [(0x0201u16, place), (0x0202, length)] {
                if tag == 0x0201 {
                    tiff.extend(2u16.to_be_bytes());
                }
                tiff.extend([&tag.to_be_bytes()[..], &4u16.to_be_bytes(), &1u32.to_be_bytes(), &value.to_be_bytes()].concat());
            }
            tiff.extend([0; 4]);
            tiff.extend([0xff, 0xd8, 0xff, 0xd9]);
            [&[0xff, 0xd8, 0xff, 0xe1, 0, 60][..], b"Exif\0\0", &tiff].concat()
        };
        // 14 bytes before the second directory, which has 2 + 24 + 4.
        assert_eq!(preview(&photograph(44, 4)), Some(&[0xff, 0xd8, 0xff, 0xd9][..]));
        for (place, length) in [(44, 5), (43, 4), (u32::MAX, u32::MAX), (44, 0)] {
            assert_eq!(preview(&photograph(place, length)), None);
        }
        assert_eq!(preview(b"no picture"), None);
    }
}
