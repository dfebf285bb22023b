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

/// Facts of a JPEG or TIFF; none where the file tells none.
pub(crate) fn read(bytes: &[u8]) -> Option<Facts> {
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
    let tiff = Tiff { bytes: tiff, little };
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

impl Tiff<'_> {
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
