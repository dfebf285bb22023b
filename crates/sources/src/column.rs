//! One contract column of one file: where its cells are, how they are cleaned, what they become.
//!
//! A [`ColumnPlan`] is made once per file; a [`Output`] is made once per chunk and takes the cells of one grid after the
//! other, a whole column at a time, without an allocation per cell.

mod check;
mod clean;
mod memo;
mod value;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowPrimitiveType, BooleanBuilder, PrimitiveBuilder, StringBuilder};
use arrow::datatypes::{
    Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};
use model::handset::Imei;
use regex::Regex;

use crate::contract::{Clean, Column, LegacyFont, MapOther, Physical, RuleCheck, Severity};
use crate::grid::Grid;
use crate::moment::Pattern;
use memo::Memo;

pub(crate) use check::check;

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

/// A column under construction.
pub(crate) enum Output {
    Text(StringBuilder, Option<Memo<Option<Box<str>>>>),
    Int32(PrimitiveBuilder<Int32Type>, Option<Memo<Option<i32>>>),
    Int64(PrimitiveBuilder<Int64Type>, Option<Memo<Option<i64>>>),
    Float64(PrimitiveBuilder<Float64Type>, Option<Memo<Option<f64>>>),
    Decimal(PrimitiveBuilder<Decimal128Type>, Option<Memo<Option<i128>>>, i8),
    Date(PrimitiveBuilder<Date32Type>, Option<Memo<Option<i32>>>),
    Timestamp(PrimitiveBuilder<TimestampMicrosecondType>, Option<Memo<Option<i64>>>),
    Time(PrimitiveBuilder<Time64MicrosecondType>, Option<Memo<Option<i64>>>),
    Boolean(BooleanBuilder),
}

impl Output {
    /// `rows` and `bytes` are what the chunk will probably need.
    pub fn new(plan: &ColumnPlan, rows: usize, bytes: usize) -> Output {
        let r = plan.remember;
        match plan.physical {
            Physical::String => Output::Text(StringBuilder::with_capacity(rows, bytes), r.then(Memo::new)),
            Physical::Int32 => Output::Int32(PrimitiveBuilder::with_capacity(rows), r.then(Memo::new)),
            Physical::Int64 => Output::Int64(PrimitiveBuilder::with_capacity(rows), r.then(Memo::new)),
            Physical::Float64 => Output::Float64(PrimitiveBuilder::with_capacity(rows), r.then(Memo::new)),
            Physical::Decimal(_, scale) => Output::Decimal(
                PrimitiveBuilder::with_capacity(rows).with_data_type(plan.physical.arrow()),
                r.then(Memo::new),
                scale,
            ),
            Physical::Date => Output::Date(PrimitiveBuilder::with_capacity(rows), r.then(Memo::new)),
            Physical::Timestamp => {
                Output::Timestamp(PrimitiveBuilder::with_capacity(rows).with_data_type(plan.physical.arrow()), r.then(Memo::new))
            }
            Physical::Time => Output::Time(PrimitiveBuilder::with_capacity(rows), r.then(Memo::new)),
            Physical::Boolean => Output::Boolean(BooleanBuilder::with_capacity(rows)),
        }
    }

    /// Takes one column of a grid; `base` is the chunk's row at which the grid begins.
    pub fn append(&mut self, plan: &ColumnPlan, grid: &Grid, base: usize, notes: &mut Notes) {
        match self {
            Output::Text(builder, memo) => append_text(builder, memo, plan, grid, base, notes),
            Output::Int32(b, m) => append_primitive(b, m, plan, grid, base, notes, value::int32),
            Output::Int64(b, m) => append_primitive(b, m, plan, grid, base, notes, value::int64),
            Output::Float64(b, m) => append_primitive(b, m, plan, grid, base, notes, value::float64),
            Output::Decimal(b, m, scale) => {
                let (Physical::Decimal(precision, _), scale) = (plan.physical, *scale) else { return };
                append_primitive(b, m, plan, grid, base, notes, |v| value::decimal(v, precision, scale));
            }
            Output::Date(b, m) => {
                append_primitive(b, m, plan, grid, base, notes, |v| value::date(v, &plan.patterns));
            }
            Output::Timestamp(b, m) => {
                append_primitive(b, m, plan, grid, base, notes, |v| value::timestamp(v, &plan.patterns));
            }
            Output::Time(b, m) => {
                append_primitive(b, m, plan, grid, base, notes, |v| value::time(v, &plan.patterns));
            }
            Output::Boolean(builder) => plan.raws(grid, |row, raw, last| {
                match plan.value(raw).and_then(|v| v.map(|v| value::boolean(&v)).transpose()) {
                    Ok(None) if !last => return false,
                    Ok(v) => builder.append_option(v),
                    Err(fault) => {
                        builder.append_null();
                        notes.faults.push((base + row, Some(plan.index), fault, raw.to_owned()));
                    }
                }
                true
            }),
        }
    }

    pub fn finish(self) -> ArrayRef {
        match self {
            Output::Text(mut b, _) => Arc::new(b.finish()),
            Output::Int32(mut b, _) => Arc::new(b.finish()),
            Output::Int64(mut b, _) => Arc::new(b.finish()),
            Output::Float64(mut b, _) => Arc::new(b.finish()),
            Output::Decimal(mut b, ..) => Arc::new(b.finish()),
            Output::Date(mut b, _) => Arc::new(b.finish()),
            Output::Timestamp(mut b, _) => Arc::new(b.finish()),
            Output::Time(mut b, _) => Arc::new(b.finish()),
            Output::Boolean(mut b) => Arc::new(b.finish()),
        }
    }
}

fn append_text(
    builder: &mut StringBuilder,
    memo: &mut Option<Memo<Option<Box<str>>>>,
    plan: &ColumnPlan,
    grid: &Grid,
    base: usize,
    notes: &mut Notes,
) {
    plan.raws(grid, |row, raw, last| {
        let reading = plan.unlegacy(raw, base + row, notes);
        let typed = raw;
        let raw = reading.as_deref().unwrap_or(raw);
        if let Some(memo) = memo
            && let Some(known) = memo.get(raw)
        {
            match known {
                None if !last => return false,
                None => builder.append_null(),
                Some(text) => builder.append_value(text),
            }
            return true;
        }
        match plan.value(raw) {
            Ok(None) => {
                if let Some(memo) = memo {
                    memo.put(raw, None);
                }
                if !last {
                    return false;
                }
                builder.append_null();
            }
            Ok(Some(value)) => {
                if plan.scan
                    && value.len() >= 12
                    && let Cow::Owned(masked) = model::aadhaar::mask(&value)
                {
                    notes.flags.push((base + row, format!("aadhaar_masked:{}", plan.name)));
                    builder.append_value(&masked);
                    return true;
                }
                if let Some(severity) = plan.luhn {
                    check_luhn(plan, severity, raw, base + row, notes);
                }
                builder.append_value(&value);
                if let Some(memo) = memo {
                    memo.put(raw, Some(value.as_ref().into()));
                }
            }
            Err(fault) => {
                builder.append_null();
                notes.faults.push((base + row, Some(plan.index), fault, typed.to_owned()));
            }
        }
        true
    });
}

/// The check digit is looked at where it stands: the stored key has lost it.
fn check_luhn(plan: &ColumnPlan, severity: Severity, raw: &str, row: usize, notes: &mut Notes) {
    let digits = raw.trim_matches(|c: char| !c.is_ascii_digit());
    if Imei::read(digits).ok().and_then(Imei::luhn) != Some(false) {
        return;
    }
    match severity {
        Severity::Warning => notes.flags.push((row, format!("rule:{}", plan.name))),
        Severity::Error => {
            let fault = Fault { code: "rule", message: "has a wrong IMEI check digit; compare it with the handset" };
            notes.faults.push((row, Some(plan.index), fault, raw.to_owned()));
        }
    }
}

fn append_primitive<P: ArrowPrimitiveType>(
    builder: &mut PrimitiveBuilder<P>,
    memo: &mut Option<Memo<Option<P::Native>>>,
    plan: &ColumnPlan,
    grid: &Grid,
    base: usize,
    notes: &mut Notes,
    read: impl Fn(&str) -> Result<P::Native, Fault>,
) {
    plan.raws(grid, |row, raw, last| {
        if let Some(memo) = memo
            && let Some(known) = memo.get(raw)
        {
            if known.is_none() && !last {
                return false;
            }
            builder.append_option(*known);
            return true;
        }
        let value = plan.value(raw).and_then(|v| {
            v.map(|v| {
                read(&v).map_err(|fault| match plan.identifier && model::phone::is_scientific(&v) {
                    true => clean::SCIENTIFIC,
                    false => fault,
                })
            })
            .transpose()
        });
        match value {
            Ok(value) => {
                if let Some(memo) = memo {
                    memo.put(raw, value);
                }
                if value.is_none() && !last {
                    return false;
                }
                builder.append_option(value);
            }
            Err(fault) => {
                builder.append_null();
                notes.faults.push((base + row, Some(plan.index), fault, raw.to_owned()));
            }
        }
        true
    });
}
