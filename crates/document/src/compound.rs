//! Compound files (OLE 2): what Word 97, Outlook and locked Office files are packed in.

use std::io::{Read, Seek, SeekFrom};

use crate::{Error, Kind};

pub(crate) const MAGIC: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
pub(crate) const LOCKED: &str = "Word document, workbook or presentation";
/// Sectors of a directory that are read; each holds four entries or thirty-two.
const SECTORS: usize = 64;

/// None for an old workbook, which is read as a table; an error names what nothing here reads.
pub(crate) fn kind<R: Read + Seek + ?Sized>(input: &mut R) -> Result<Option<Kind>, Error> {
    let names = names(input).unwrap_or_default();
    let has = |name: &str| names.iter().any(|n| n.starts_with(name));
    let foreign = |format, advice| Err(Error::Foreign { format, advice });
    if has("EncryptedPackage") {
        return Err(Error::Locked { kind: LOCKED });
    }
    if has("WordDocument") {
        return Ok(Some(Kind::Word97));
    }
    if has("PowerPoint Document") {
        return foreign("a presentation of PowerPoint 97 to 2003 (.ppt)", "save it as PDF");
    }
    if has("__properties_version1.0") {
        return foreign("a mail in Outlook's own form (.msg)", "save it from the mail program as .eml");
    }
    Ok(None)
}

/// Names of the entries, as far as the directory can be followed; none where the file is broken.
fn names<R: Read + Seek + ?Sized>(input: &mut R) -> Option<Vec<String>> {
    let mut at = |place: u64, length: usize| -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        input.seek(SeekFrom::Start(place)).ok()?;
        input.read_exact(&mut bytes).ok()?;
        Some(bytes)
    };
    let head = at(0, 512)?;
    let four = |bytes: &[u8], place: usize| Some(u32::from_le_bytes(bytes.get(place..place + 4)?.try_into().ok()?));
    let sector = match head[30] {
        9 => 512u64,
        12 => 4096,
        _ => return None,
    };
    let each = sector as u32 / 4;
    let mut next = four(&head, 48)?;
    let mut names = Vec::new();
    for _ in 0..SECTORS {
        if next >= FREE {
            break;
        }
        let Some(entries) = at((u64::from(next) + 1) * sector, sector as usize) else { break };
        for entry in entries.chunks_exact(128) {
            let length = usize::from(u16::from_le_bytes([entry[64], entry[65]])).clamp(2, 64) - 2;
            let letters: Vec<u16> = entry[..length].chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
            names.push(String::from_utf16_lossy(&letters));
        }
        // The table of chains: the first 109 of its sectors are named in the head, which is enough for any directory worth following.
        let Some(table) = four(&head, 76 + (next / each) as usize * 4).filter(|_| next / each < 109) else { break };
        let Some(link) = at((u64::from(table) + 1) * sector + u64::from(next % each) * 4, 4) else { break };
        next = four(&link, 0)?;
    }
    Some(names)
}

/// A compound file held in memory, for its streams.
pub(crate) struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    /// After each sector the next one.
    chains: Vec<u32>,
    /// The same of the small sectors, and what they lie in.
    small_chains: Vec<u32>,
    small: Vec<u8>,
    /// Name, first sector, size.
    entries: Vec<(String, u32, usize)>,
}

/// Streams below this size lie in small sectors.
const SMALL: usize = 4096;

impl<'a> Compound<'a> {
    pub fn read(bytes: &'a [u8]) -> Option<Compound<'a>> {
        let four = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let sector = match bytes.get(30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut file =
            Compound { bytes, sector, chains: Vec::new(), small_chains: Vec::new(), small: Vec::new(), entries: Vec::new() };
        // Sectors of the table of chains: the first 109 in the head, further ones in sectors of their own.
        let mut tables: Vec<u32> = (0..109).filter_map(|i| four(76 + i * 4)).collect();
        let mut more = four(68)?;
        while (more as usize) < bytes.len() / sector && tables.len() * sector / 4 < bytes.len() {
            let held = numbers(file.at(more)?);
            let (next, held) = held.split_last()?;
            tables.extend(held);
            more = *next;
        }
        for table in tables.into_iter().filter(|t| *t < FREE) {
            file.chains.extend(numbers(file.at(table)?));
        }
        for entry in file.follow(four(48)?)?.chunks_exact(128) {
            let length = usize::from(u16::from_le_bytes([entry[64], entry[65]])).clamp(2, 64) - 2;
            let letters: Vec<u16> = entry[..length].chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
            let number = |at: usize| u32::from_le_bytes([entry[at], entry[at + 1], entry[at + 2], entry[at + 3]]);
            file.entries.push((String::from_utf16_lossy(&letters), number(116), number(120) as usize));
        }
        let root = file.entries.first().map(|(_, start, _)| *start)?;
        file.small_chains = numbers(&file.follow(four(60)?).unwrap_or_default());
        file.small = file.follow(root).unwrap_or_default();
        Some(file)
    }

    pub fn stream(&self, name: &str) -> Option<Vec<u8>> {
        let (_, start, size) = self.entries.iter().find(|(n, ..)| n == name)?;
        let mut bytes = if *size < SMALL {
            let part = |at: u32| self.small.get(at as usize * 64..(at as usize + 1) * 64);
            chain(*start, &self.small_chains, part)?
        } else {
            self.follow(*start)?
        };
        (bytes.len() >= *size).then(|| {
            bytes.truncate(*size);
            bytes
        })
    }

    fn at(&self, sector: u32) -> Option<&'a [u8]> {
        let start = (sector as usize + 1).checked_mul(self.sector)?;
        // The last one may be cut short.
        self.bytes.get(start..(start + self.sector).min(self.bytes.len())).filter(|s| !s.is_empty())
    }

    fn follow(&self, start: u32) -> Option<Vec<u8>> {
        chain(start, &self.chains, |at| self.at(at))
    }
}

/// Numbers from here on are no sectors but marks.
const FREE: u32 = 0xffff_fff0;

fn numbers(bytes: &[u8]) -> Vec<u32> {
    bytes.chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect()
}

/// Sectors one after the other; none for a chain that leads out of the file or back into itself.
fn chain<'a>(start: u32, chains: &[u32], part: impl Fn(u32) -> Option<&'a [u8]>) -> Option<Vec<u8>> {
    let (mut out, mut next) = (Vec::new(), start);
    for _ in 0..=chains.len() {
        if next >= FREE {
            return Some(out);
        }
        out.extend(part(next)?);
        next = *chains.get(next as usize)?;
    }
    None
}
