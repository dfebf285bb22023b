//! One contract column of one file: where its cells are, how they are cleaned, what they become.
//!
//! A [`ColumnPlan`] is made once per file; a [`Output`] is made once per chunk and takes the cells of one grid after the
//! other, a whole column at a time, without an allocation per cell.

mod check;
mod clean;
mod memo;
mod output;
mod value;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Mutex;

use regex::Regex;

use crate::contract::{Clean, Column, LegacyFont, MapOther, Physical, RuleCheck, Severity};
use crate::grid::Grid;
use crate::moment::Pattern;
pub(crate) use check::check;
pub(crate) use output::Output;

/// Why one value is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    pub code: &'static str,
    pub message: &'static str,
}

/// Where a value comes from in this file.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    Cell(usize),
    Choose(Choice),
    /// The same text for every record: a constant, a capture of the preamble or the file name.
    Text(String),
}

/// One of two cells, told by a third.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub by: usize,
    pub when: Regex,
    pub then: usize,
    pub other: usize,
}

pub(crate) struct ColumnPlan {
    pub name: String,
    pub index: usize,
    pub physical: Physical,
    /// Alternatives in order; empty when the file has none of them.
    pub sources: Vec<Source>,
    /// Parts joined by a blank, instead of `sources`; of a part's cells the first that is not missing counts.
    pub join: Vec<Vec<usize>>,
    steps: Vec<Clean>,
    /// Steps that joined parts go through one by one first: quotes and null words are written per cell.
    part_steps: Vec<Clean>,
    patterns: Vec<Pattern>,
    map: Option<(HashMap<String, String>, MapOther)>,
    /// Look for Aadhaar-like numbers: free text may hold one, a telephone number may only look like one.
    scan: bool,
    identifier: bool,
    luhn: Option<Severity>,
    legacy: Option<LegacyFont>,
    keeps_original: bool,
    remember: bool,
    /// Outputs of chunks that are done, with what they remember; one for each thread that parses.
    spare: Mutex<Vec<Output>>,
    pub required: bool,
    pub key: bool,
}

/// What happened to rows of a chunk besides their values.
#[derive(Default)]
pub(crate) struct Notes {
    /// (row of the chunk, column, fault, value)
    pub faults: Vec<(usize, Option<usize>, Fault, String)>,
    /// (row of the chunk, flag)
    pub flags: Vec<(usize, String)>,
}

impl ColumnPlan {
    pub fn new(index: usize, column: &Column, sources: Vec<Source>, join: Vec<Vec<usize>>) -> ColumnPlan {
        let identifying = column.clean.iter().any(|c| c.is_identifier() || matches!(c, Clean::Plate | Clean::Cell | Clean::Sex));
        let costly = column.map.is_some()
            || column.clean.iter().any(|c| {
                matches!(c, Clean::Extract(_) | Clean::Replace(..) | Clean::Nfc | Clean::Sex | Clean::Upper | Clean::Lower)
            });
        ColumnPlan {
            name: column.name.clone(),
            index,
            physical: column.physical,
            sources,
            part_steps: column.clean.iter().take_while(|c| matches!(c, Clean::Unquote | Clean::Null(_))).cloned().collect(),
            join,
            steps: column.clean.clone(),
            // Formats were checked when the contract was parsed.
            patterns: column.formats.iter().filter_map(|f| Pattern::new(f).ok()).collect(),
            map: column.map.as_ref().map(|m| (m.values.iter().cloned().collect(), m.other)),
            scan: column.physical == Physical::String && !identifying,
            identifier: column.is_identifier(),
            luhn: column.rules.iter().find(|r| matches!(r.check, RuleCheck::ValidImei)).map(|r| r.severity),
            legacy: column.legacy_font,
            keeps_original: column.keeps_original,
            // What is remembered carries no flag.
            remember: costly && column.legacy_font.is_none(),
            spare: Mutex::default(),
            required: column.required,
            key: column.key_position.is_some(),
        }
    }

    pub fn available(&self) -> bool {
        !self.sources.is_empty() || !self.join.is_empty()
    }

    /// The cell with Hindi of legacy fonts in Unicode (or, for a column that keeps originals, the cell as typed, and nothing
    /// where nothing was converted); none where the cell is taken as it is.
    fn unlegacy(&self, raw: &str, row: usize, notes: &mut Notes) -> Option<String> {
        let reading = match self.legacy? {
            LegacyFont::Auto => lipi::read(raw),
            LegacyFont::Known => lipi::read_as_legacy(raw),
        };
        if self.keeps_original {
            return Some(if reading.is_converted() { raw.to_owned() } else { String::new() });
        }
        if reading.is_doubtful() {
            notes.flags.push((row, format!("legacy_font_doubtful:{}", self.name)));
        }
        if !reading.is_converted() {
            return None;
        }
        notes.flags.push((row, format!("legacy_font:{}", self.name)));
        Some(reading.text)
    }

    /// The value of a trimmed cell: cleaned, mapped, or none where it is missing.
    #[inline]
    fn value<'a>(&self, raw: &'a str) -> Result<Option<Cow<'a, str>>, Fault> {
        if raw.is_empty() {
            return Ok(None);
        }
        let value = if self.steps.is_empty() {
            Cow::Borrowed(raw)
        } else {
            match clean::clean(&self.steps, raw)? {
                Some(value) => value,
                None => return Ok(None),
            }
        };
        match &self.map {
            None => Ok(Some(value)),
            Some((map, other)) => mapped(map, *other, value),
        }
    }

    /// Calls `each` with every record's raw, trimmed text for this column; alternatives are tried by `each` answering
    /// false.
    #[inline]
    fn raws(&self, grid: &Grid, mut each: impl FnMut(usize, &str, bool) -> bool) {
        if !self.join.is_empty() {
            let mut scratch = String::new();
            for row in 0..grid.len() {
                scratch.clear();
                for cells in &self.join {
                    let part = |cell: &usize| clean::clean(&self.part_steps, trim(grid.cell(row, *cell))).ok().flatten();
                    let Some(part) = cells.iter().find_map(part) else { continue };
                    if !scratch.is_empty() {
                        scratch.push(' ');
                    }
                    scratch.push_str(&part);
                }
                each(row, &scratch, true);
            }
            return;
        }
        if let [Source::Cell(cell)] = self.sources.as_slice() {
            for row in 0..grid.len() {
                each(row, trim(grid.cell(row, *cell)), true);
            }
            return;
        }
        for row in 0..grid.len() {
            if self.sources.is_empty() {
                each(row, "", true);
            }
            for (i, source) in self.sources.iter().enumerate() {
                let raw = match source {
                    Source::Cell(cell) => grid.cell(row, *cell),
                    Source::Text(text) => text,
                    Source::Choose(c) => {
                        let matches = c.when.is_match(trim(grid.cell(row, c.by)));
                        grid.cell(row, if matches { c.then } else { c.other })
                    }
                };
                if each(row, trim(raw), i + 1 == self.sources.len()) {
                    break;
                }
            }
        }
    }
}

fn mapped<'a>(map: &HashMap<String, String>, other: MapOther, value: Cow<'a, str>) -> Result<Option<Cow<'a, str>>, Fault> {
    let found = map.get(value.as_ref()).or_else(|| map.iter().find(|(k, _)| k.eq_ignore_ascii_case(&value)).map(|(_, v)| v));
    match (found, other) {
        (Some(stored), _) if stored.is_empty() => Ok(None),
        (Some(stored), _) => Ok(Some(Cow::Owned(stored.clone()))),
        (None, MapOther::Keep) => Ok(Some(value)),
        (None, MapOther::Null) => Ok(None),
        (None, MapOther::Refuse) => Err(Fault {
            code: "not_in_list",
            message: "is not a word the contract maps; add it to `map` or correct it at the source",
        }),
    }
}

/// Trims blanks of every script; the ends of most cells are plain ASCII and need no look at Unicode.
#[inline]
pub(crate) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        [only] if *only > b' ' => text,
        [first, .., last] if *first > b' ' && *first < 0x80 && *last > b' ' && *last < 0x80 => text,
        _ => text.trim(),
    }
}
