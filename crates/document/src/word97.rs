//! Word 97 to 2003 (`.doc`; \[MS-DOC\]): the text, what stands above, below and in notes, and the pictures. What is set in Kruti Dev or DevLys, by itself
//! or by its style, is converted without a guess.

use encoding_rs::WINDOWS_1252;

use crate::compound::Compound;
use crate::flow::{Flow, is_legacy};
use crate::word::pictured;
use crate::{Error, Eye, Part};

const KIND: &str = "Word document";

pub(crate) fn text(bytes: &[u8], eye: Option<&dyn Eye>) -> Result<Vec<Part>, Error> {
    let broken = |what: &str| Error::corrupt(KIND, what);
    let file = Compound::read(bytes).ok_or_else(|| broken("its directory cannot be followed"))?;
    let main = file.stream("WordDocument").ok_or_else(|| broken("it has no text"))?;
    let flags = two(&main, 10).ok_or_else(|| broken("it ends too early"))?;
    if flags & 0x0100 != 0 {
        return Err(Error::Locked { kind: KIND });
    }
    // Word 6 and 95 number their files below this.
    if two(&main, 2).is_some_and(|version| version < 0xc1) {
        return Err(Error::Foreign {
            format: "a text of Word 6 or 95",
            advice: "open it in a word processor and save it as Word (.docx) or PDF",
        });
    }
    let table =
        file.stream(if flags & 0x0200 != 0 { "1Table" } else { "0Table" }).ok_or_else(|| broken("its table is missing"))?;
    let document = Document { main: &main, table: &table };
    let pieces = document.pieces().ok_or_else(|| broken("its pieces cannot be followed"))?;
    let looks = document.looks();

    let mut parts = Vec::new();
    let mut at = 0;
    // Lengths of the texts, one after the other: the text itself, footnotes, headers and footers, macros (none since Word 97), comments, endnotes, frames.
    for (place, label) in
        [(76, "1"), (80, "footnotes"), (84, "headers"), (88, "macros"), (92, "comments"), (96, "endnotes"), (100, "frames")]
    {
        let length = four(&main, place).ok_or_else(|| broken("it ends too early"))?;
        let part = Part::flowing(label, document.flow(&pieces, &looks, at, at.saturating_add(length)));
        at = at.saturating_add(length);
        if label == "1" || part.text.is_some() {
            parts.push(part);
        }
    }
    if let Some(facts) = file.stream("\u{5}SummaryInformation").and_then(|s| Facts::read(&s)) {
        (parts[0].title, parts[0].author, parts[0].created_at) = (facts.title, facts.author, facts.created_at);
    }
    let drawn = file.stream("Data").unwrap_or_default();
    for (i, picture) in pictures(&drawn).into_iter().chain(pictures(&main)).enumerate() {
        parts.extend(pictured(&format!("picture{}", i + 1), picture, eye));
    }
    Ok(parts)
}

fn two(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn four(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

struct Document<'a> {
    main: &'a [u8],
    table: &'a [u8],
}

/// Signs of the text that lie together in the file.
struct Piece {
    /// Signs, counted through all texts.
    from: u32,
    to: u32,
    /// Where the first one lies.
    offset: u32,
    /// One byte a sign, or two.
    narrow: bool,
}

/// Which fonts draw Hindi under Latin codes, and what is set in them.
#[derive(Default)]
struct Looks {
    /// By number of the font.
    fonts: Vec<bool>,
    /// By number of the style, with what it follows.
    styles: Vec<Option<bool>>,
    standard: bool,
    /// Bytes of the file from, to, and the style of the paragraph.
    paragraphs: Vec<(u32, u32, usize)>,
    /// Bytes of the file from, to, and what the signs themselves say: a font, a style of signs, that they were taken out.
    runs: Vec<(u32, u32, Said)>,
}

#[derive(Default, Clone, Copy)]
struct Said {
    font: Option<u16>,
    style: Option<u16>,
    removed: bool,
}

impl Looks {
    /// Whether the sign at that byte is set in a legacy font; none for one that was taken out.
    fn legacy(&self, byte: u32) -> Option<bool> {
        let said = within(&self.runs, byte).map(|r| r.2).unwrap_or_default();
        if said.removed {
            return None;
        }
        let font = said.font.and_then(|f| self.fonts.get(usize::from(f)).copied());
        let style = |number: usize| self.styles.get(number).copied().flatten();
        Some(
            font.or_else(|| style(usize::from(said.style?)))
                .or_else(|| style(within(&self.paragraphs, byte)?.2))
                .unwrap_or(self.standard),
        )
    }
}

fn within<T>(spans: &[(u32, u32, T)], byte: u32) -> Option<&(u32, u32, T)> {
    let after = spans.partition_point(|s| s.0 <= byte);
    spans.get(after.checked_sub(1)?).filter(|s| byte < s.1)
}

impl Document<'_> {
    /// A part of the table stream, by its number in the head of the file.
    fn part(&self, number: usize) -> Option<&[u8]> {
        let at = 154 + number * 8;
        let (start, length) = (four(self.main, at)? as usize, four(self.main, at + 4)? as usize);
        self.table.get(start..start.checked_add(length)?).filter(|p| !p.is_empty())
    }

    fn pieces(&self) -> Option<Vec<Piece>> {
        let mut rest = self.part(33)?;
        // Changes to pieces come first and are passed over.
        while let Some((1, after)) = rest.split_first() {
            rest = after.get(2 + usize::from(two(after, 0)?)..)?;
        }
        let (2, rest) = rest.split_first()? else { return None };
        let plan = rest.get(4..4usize.checked_add(four(rest, 0)? as usize)?)?;
        let count = plan.len().checked_sub(4)? / 12;
        (0..count)
            .map(|i| {
                let place = four(plan, (count + 1) * 4 + i * 8 + 2)?;
                let narrow = place & 0x4000_0000 != 0;
                let offset = place & 0x3fff_ffff;
                let (from, to) = (four(plan, i * 4)?, four(plan, i * 4 + 4)?);
                // No text has more signs than its file has bytes.
                let whole = from <= to && to as usize <= self.main.len();
                whole.then_some(Piece { from, to, offset: if narrow { offset / 2 } else { offset }, narrow })
            })
            .collect()
    }

    /// The signs between two places.
    fn flow(&self, pieces: &[Piece], looks: &Looks, from: u32, to: u32) -> Flow {
        let mut flow = Flow::default();
        // Fields are an instruction and its result; the result is what is read.
        let mut fields: Vec<bool> = Vec::new();
        let mut run: (Vec<u16>, bool) = (Vec::new(), false);
        let settle = |run: &mut (Vec<u16>, bool), flow: &mut Flow| {
            flow.push(&String::from_utf16_lossy(&run.0), run.1);
            run.0.clear();
        };
        for piece in pieces {
            for cp in piece.from.max(from)..piece.to.min(to) {
                let step = cp - piece.from;
                let byte = piece.offset.saturating_add(if piece.narrow { step } else { step.saturating_mul(2) });
                let unit =
                    if piece.narrow { self.main.get(byte as usize).map(|b| wide(*b)) } else { two(self.main, byte as usize) };
                // Pieces that lead out of the file end there.
                let Some(unit) = unit else { break };
                let hidden = fields.iter().any(|result| !result);
                match unit {
                    0x13 => fields.push(false),
                    0x14 => {
                        if let Some(last) = fields.last_mut() {
                            *last = true;
                        }
                    }
                    0x15 => drop(fields.pop()),
                    _ if hidden => {}
                    0x07 | 0x0b | 0x0c | 0x0d => {
                        settle(&mut run, &mut flow);
                        flow.line();
                    }
                    // Anchors of pictures, notes and comments; the soft hyphen.
                    0x00..=0x06 | 0x08 | 0x0e..=0x1d | 0x1f => {}
                    _ => {
                        let Some(legacy) = looks.legacy(byte) else { continue };
                        if legacy != run.1 {
                            settle(&mut run, &mut flow);
                            run.1 = legacy;
                        }
                        run.0.push(match unit {
                            0x09 => u16::from(b' '),
                            0x1e => u16::from(b'-'),
                            unit => unit,
                        });
                    }
                }
            }
        }
        settle(&mut run, &mut flow);
        flow
    }

    /// What cannot be followed is left out: the text is there without it.
    fn looks(&self) -> Looks {
        let mut looks = Looks { fonts: self.fonts().unwrap_or_default(), ..Looks::default() };
        let font = |number: u16| looks.fonts.get(usize::from(number)).copied();
        if let Some((standard, styles)) = self.part(1).and_then(styles) {
            looks.standard = font(standard).unwrap_or(false);
            let own = |at: usize| styles.get(at).and_then(|s: &Style| font(s.font?));
            let follow = |mut at: usize| {
                // A style that follows itself ends too.
                for _ in 0..32 {
                    let found = own(at);
                    if found.is_some() {
                        return found;
                    }
                    at = usize::from(styles.get(at)?.follows);
                }
                None
            };
            looks.styles = (0..styles.len()).map(follow).collect();
        }
        looks.paragraphs = self.pages(13, 13, |page, at| {
            // A length in words: of one byte, or after a zero.
            let first = usize::from(*page.get(at)?);
            Some(usize::from(two(page, if first == 0 { at + 2 } else { at + 1 })?))
        });
        looks.runs = self.pages(12, 1, |page, at| {
            let length = usize::from(*page.get(at)?);
            Some(said(page.get(at + 1..at + 1 + length)?))
        });
        looks
    }

    /// Pages of 512 bytes that tell what spans of the file look like. `width` is the size of an entry, which begins with the place of what it tells.
    fn pages<T: Default>(&self, number: usize, width: usize, read: impl Fn(&[u8], usize) -> Option<T>) -> Vec<(u32, u32, T)> {
        let Some(index) = self.part(number) else { return Vec::new() };
        let count = index.len().saturating_sub(4) / 8;
        let mut spans = Vec::new();
        for i in 0..count {
            let page = four(index, (count + 1) * 4 + i * 4).map(|n| (n & 0x003f_ffff) as usize * 512);
            let Some(page) = page.and_then(|at| self.main.get(at..at + 512)) else { continue };
            let entries = usize::from(page[511]);
            for j in 0..entries {
                let (Some(from), Some(to)) = (four(page, j * 4), four(page, j * 4 + 4)) else { break };
                let Some(place) = page.get((entries + 1) * 4 + j * width).map(|b| usize::from(*b) * 2) else { break };
                spans.push((from, to, if place == 0 { T::default() } else { read(page, place).unwrap_or_default() }));
            }
        }
        spans.sort_by_key(|s| s.0);
        spans
    }

    /// Of each font whether it is a legacy one.
    fn fonts(&self) -> Option<Vec<bool>> {
        let table = self.part(15)?;
        let mut at = 4;
        let mut fonts = Vec::new();
        for _ in 0..two(table, 0)? {
            let length = usize::from(*table.get(at)?);
            let entry = table.get(at + 1..at + 1 + length)?;
            // The name stands behind what describes the font.
            let letters: Vec<u16> = entry.get(39..)?.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
            fonts.push(is_legacy(&String::from_utf16_lossy(letters.split(|l| *l == 0).next()?)));
            at += 1 + length;
        }
        Some(fonts)
    }
}

fn wide(byte: u8) -> u16 {
    let mut units = [0; 2];
    let bytes = [byte];
    let decoded = WINDOWS_1252.decode_without_bom_handling(&bytes).0;
    decoded.chars().next().map_or(0xfffd, |c| c.encode_utf16(&mut units)[0])
}

#[derive(Default)]
struct Style {
    font: Option<u16>,
    follows: u16,
}

/// The font where no style names one, and the styles.
fn styles(sheet: &[u8]) -> Option<(u16, Vec<Style>)> {
    let head = usize::from(two(sheet, 0)?);
    let (count, base, standard) = (two(sheet, 2)?, usize::from(two(sheet, 4)?), two(sheet, 14)?);
    let mut at = 2 + head;
    let mut found = Vec::new();
    for _ in 0..count {
        let Some(length) = two(sheet, at).map(usize::from) else { break };
        let entry = sheet.get(at + 2..at + 2 + length).unwrap_or_default();
        found.push(style(entry, base).unwrap_or_default());
        at += 2 + length + length % 2;
    }
    Some((standard, found))
}

fn style(entry: &[u8], base: usize) -> Option<Style> {
    let word = two(entry, 2)?;
    let (sort, follows) = (word & 15, word >> 4);
    let mut at = base + 2 + usize::from(two(entry, base)?) * 2 + 2;
    // Of a paragraph's style first what shapes paragraphs, then what shapes signs; of a style of signs the latter alone.
    for part in 0..2 {
        at += at % 2;
        let length = usize::from(two(entry, at)?);
        if part == 1 || sort == 2 {
            return Some(Style { font: said(entry.get(at + 2..at + 2 + length)?).font, follows });
        }
        if sort != 1 {
            break;
        }
        at += 2 + length;
    }
    Some(Style { font: None, follows })
}

/// What a list of properties says of the font.
fn said(list: &[u8]) -> Said {
    let mut said = Said::default();
    let mut at = 0;
    while let Some(code) = two(list, at) {
        at += 2;
        let length = match code >> 13 {
            0 | 1 => 1,
            2 | 4 | 5 => 2,
            3 => 4,
            7 => 3,
            _ => 1 + list.get(at).map_or(0, |l| usize::from(*l)),
        };
        match code {
            0x4a4f => said.font = two(list, at),
            // The font of other than Latin letters, where no other was named.
            0x4a51 => said.font = said.font.or(two(list, at)),
            0x4a30 => said.style = two(list, at),
            0x0800 => said.removed = list.get(at) == Some(&1),
            _ => {}
        }
        at += length;
    }
    said
}

/// Pictures as OfficeArt keeps them (\[MS-ODRAW\]): a head, a digest or two, a mark, and a JPEG or PNG file.
fn pictures(stream: &[u8]) -> Vec<&[u8]> {
    let mut found: Vec<&[u8]> = Vec::new();
    let mut at = 0;
    while let Some(next) =
        stream.get(at..).and_then(|s| s.windows(4).position(|w| w.starts_with(b"\xff\xd8\xff") || w == b"\x89PNG"))
    {
        let start = at + next;
        at = start + 4;
        for before in [25usize, 41] {
            let Some(head) = start.checked_sub(before) else { continue };
            let (sort, length) = (two(stream, head + 2), four(stream, head + 4).map(|l| l as usize));
            if !matches!(sort, Some(0xf01d | 0xf01e)) {
                continue;
            }
            if let Some(picture) = length.and_then(|l| stream.get(start..(head + 8).checked_add(l)?)) {
                found.push(picture);
                at = start + picture.len();
                break;
            }
        }
    }
    found
}

/// What the document says of itself (\[MS-OLEPS\]).
#[derive(Default)]
struct Facts {
    title: Option<String>,
    author: Option<String>,
    created_at: Option<String>,
}

impl Facts {
    fn read(stream: &[u8]) -> Option<Facts> {
        let set = stream.get(four(stream, 44)? as usize..)?;
        let mut facts = Facts::default();
        let mut page = 1252;
        // The code page first: texts are written in it.
        let entries: Vec<(u32, usize)> = (0..four(set, 4)?.min(64) as usize)
            .filter_map(|i| Some((four(set, 8 + i * 8)?, four(set, 12 + i * 8)? as usize)))
            .collect();
        for (name, at) in &entries {
            if *name == 1 {
                page = two(set, at + 4)?;
            }
        }
        for (name, at) in entries {
            match (name, four(set, at)) {
                (2, Some(30)) => facts.title = written(set, at + 4, page),
                (4, Some(30)) => facts.author = written(set, at + 4, page),
                (12, Some(64)) => {
                    let (low, high) = (four(set, at + 4)?, four(set, at + 8)?);
                    facts.created_at = time(u64::from(high) << 32 | u64::from(low));
                }
                _ => {}
            }
        }
        Some(facts)
    }
}

fn written(set: &[u8], at: usize, page: u16) -> Option<String> {
    let bytes = set.get(at + 4..(at + 4).checked_add(four(set, at)? as usize)?)?;
    let text = match page {
        65001 => String::from_utf8_lossy(bytes).into_owned(),
        1200 => String::from_utf16_lossy(&bytes.chunks_exact(2).map(|c| u16::from_le_bytes([c[0], c[1]])).collect::<Vec<_>>()),
        _ => WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    };
    Some(text.trim_end_matches('\0').trim().to_owned()).filter(|t| !t.is_empty())
}

/// ISO 8601 of a time in tenths of microseconds since 1601, in UTC; none where no time is given.
fn time(ticks: u64) -> Option<String> {
    let seconds = i64::try_from(ticks / 10_000_000).ok()? - 11_644_473_600;
    let time = chrono::DateTime::from_timestamp(seconds, 0).filter(|_| seconds > 0)?;
    Some(time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
}
