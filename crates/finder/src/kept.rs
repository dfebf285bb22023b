//! What the index keeps of a row: where it lies in the lake, and the words ranking compares, taken apart once when the row comes in.

use crate::entry::{Entry, Kind};
use crate::terms;

/// Between texts, and between numbers; words of one text are apart by blanks.
const APART: &str = "\u{1f}";

/// One kept row, read where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kept<'b> {
    pub kind: Kind,
    pub row: i64,
    /// Bytes of the object's hash where it is one, else its text.
    object: &'b [u8],
    hashed: bool,
    pub key: &'b str,
    names: &'b str,
    relatives: &'b str,
    places: &'b str,
    numbers: &'b str,
}

/// The bytes of hexadecimal digits in lower case; none of anything else.
fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digit = |b: u8| (b as char).to_digit(16).filter(|_| !b.is_ascii_uppercase()).map(|d| d as u8);
    let pairs = hex.as_bytes().chunks(2);
    pairs.map(|pair| if let [a, b] = pair { Some(digit(*a)? << 4 | digit(*b)?) } else { None }).collect()
}

/// The words of an entry's texts, text by text.
pub(crate) struct Words {
    pub names: Vec<Vec<String>>,
    pub relatives: Vec<Vec<String>>,
    pub places: Vec<Vec<String>>,
}

impl Words {
    pub fn of(entry: &Entry) -> Words {
        // Whoever writes the village behind the name means a village.
        let (names, told): (Vec<_>, Vec<_>) = entry.names.iter().map(|name| terms::apart(name)).unzip();
        let places = entry.places.iter().map(|place| terms::plain(place)).chain(told).filter(|words| !words.is_empty());
        Words { names, relatives: entry.relatives.iter().map(|name| terms::words(name)).collect(), places: places.collect() }
    }
}

/// An entry as it is kept: nothing that is only indexed.
pub(crate) fn write(entry: &Entry, words: &Words) -> Vec<u8> {
    let mut out = vec![Kind::ALL.iter().position(|k| *k == entry.kind).unwrap_or_default() as u8];
    out.extend(entry.row.to_le_bytes());
    let hash = bytes_of(&entry.object);
    out.push(u8::from(hash.is_some()));
    let mut put = |bytes: &[u8]| {
        out.extend((bytes.len() as u32).to_le_bytes());
        out.extend(bytes);
    };
    put(&hash.unwrap_or_else(|| entry.object.clone().into_bytes()));
    put(entry.key.as_bytes());
    for texts in [&words.names, &words.relatives, &words.places] {
        let mut texts: Vec<String> = texts.iter().map(|words| words.join(" ")).collect();
        texts.dedup();
        put(texts.join(APART).as_bytes());
    }
    put(entry.numbers.iter().map(|n| terms::number(n)).collect::<Vec<_>>().join(APART).as_bytes());
    out
}

impl<'b> Kept<'b> {
    /// What [`write`] wrote; none where it is something else.
    pub fn read(bytes: &'b [u8]) -> Option<Kept<'b>> {
        let (&kind, rest) = bytes.split_first()?;
        let (row, rest) = rest.split_first_chunk::<8>()?;
        let (&hashed, mut rest) = rest.split_first()?;
        let mut take = || -> Option<&'b [u8]> {
            let (length, after) = rest.split_first_chunk::<4>()?;
            let (taken, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            rest = after;
            Some(taken)
        };
        let object = take()?;
        let mut text = || std::str::from_utf8(take()?).ok();
        let (key, names, relatives, places, numbers) = (text()?, text()?, text()?, text()?, text()?);
        let kind = *Kind::ALL.get(usize::from(kind))?;
        Some(Kept { kind, row: i64::from_le_bytes(*row), object, hashed: hashed == 1, key, names, relatives, places, numbers })
    }

    /// SHA-256 of the received file.
    pub fn object(&self) -> String {
        if self.hashed {
            return self.object.iter().map(|b| format!("{b:02x}")).collect();
        }
        String::from_utf8_lossy(self.object).into_owned()
    }

    /// Order among rows that answer equally well.
    pub fn place(&self) -> (&'b str, &'b [u8], i64) {
        (self.key, self.object, self.row)
    }

    /// Words of each name.
    pub fn names(&self) -> impl Iterator<Item = &'b str> {
        texts(self.names)
    }

    /// Words of each relative's name.
    pub fn relatives(&self) -> impl Iterator<Item = &'b str> {
        texts(self.relatives)
    }

    /// Words of each place.
    pub fn places(&self) -> impl Iterator<Item = &'b str> {
        texts(self.places)
    }

    pub fn numbers(&self) -> impl Iterator<Item = &'b str> {
        texts(self.numbers)
    }
}

fn texts(joined: &str) -> impl Iterator<Item = &str> {
    joined.split(APART).filter(|t| !t.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let some = |list: &[&str]| list.iter().map(|t| t.to_string()).collect::<Vec<_>>();
        let mut entry = Entry {
            kind: Kind::Person,
            key: "k".into(),
            names: some(&["रमेश मीणा", "Ramesh Meena"]),
            relatives: Vec::new(),
            places: some(&["Kalwar, Jaipur", "Bagru"]),
            numbers: some(&["+91 70000-00101", "a.b:7"]),
            body: some(&["not kept"]),
            tags: some(&["not:kept"]),
            object: "00af".into(),
            row: -7,
            source: "a.b".into(),
        };
        let written = |entry: &Entry| write(entry, &Words::of(entry));
        let bytes = written(&entry);
        let kept = Kept::read(&bytes).unwrap();
        assert_eq!((kept.kind, kept.row, kept.key, kept.object().as_str()), (Kind::Person, -7, "k", "00af"));
        assert_eq!(kept.names().collect::<Vec<_>>(), ["रमेश मीणा", "ramesh meena"]);
        assert_eq!(kept.relatives().count(), 0);
        assert_eq!(kept.places().collect::<Vec<_>>(), ["kalwar jaipur", "bagru"]);
        assert_eq!(kept.numbers().collect::<Vec<_>>(), ["917000000101", "AB7"]);
        assert!((0..bytes.len()).all(|n| Kept::read(&bytes[..n]).is_none()));
        for odd in ["", "no hash", "00AF", "00a"] {
            entry.object = odd.into();
            assert_eq!(Kept::read(&written(&entry)).unwrap().object(), odd);
        }
    }
}
