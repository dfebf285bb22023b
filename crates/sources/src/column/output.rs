//! A column under construction, and the cells it takes.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{ArrayRef, ArrowPrimitiveType, BooleanBuilder, PrimitiveBuilder, StringBuilder};
use arrow::datatypes::{
    Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, Time64MicrosecondType, TimestampMicrosecondType,
};
use model::handset::Imei;

use super::memo::Memo;
use super::{ColumnPlan, Fault, Notes, clean, value};
use crate::contract::{Physical, Severity};
use crate::grid::Grid;

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
    /// `rows` and `bytes` are what the chunk will probably need. What an earlier chunk remembers is used again.
    pub fn new(plan: &ColumnPlan, rows: usize, bytes: usize) -> Output {
        let spare = plan.spare.lock().ok().and_then(|mut spare| spare.pop());
        let mut output = spare.unwrap_or_else(|| Output::empty(plan));
        match &mut output {
            Output::Text(b, _) => *b = StringBuilder::with_capacity(rows, bytes),
            Output::Int32(b, _) => *b = PrimitiveBuilder::with_capacity(rows),
            Output::Int64(b, _) => *b = PrimitiveBuilder::with_capacity(rows),
            Output::Float64(b, _) => *b = PrimitiveBuilder::with_capacity(rows),
            Output::Decimal(b, ..) => *b = PrimitiveBuilder::with_capacity(rows).with_data_type(plan.physical.arrow()),
            Output::Date(b, _) => *b = PrimitiveBuilder::with_capacity(rows),
            Output::Timestamp(b, _) => *b = PrimitiveBuilder::with_capacity(rows).with_data_type(plan.physical.arrow()),
            Output::Time(b, _) => *b = PrimitiveBuilder::with_capacity(rows),
            Output::Boolean(b) => *b = BooleanBuilder::with_capacity(rows),
        }
        output
    }

    fn empty(plan: &ColumnPlan) -> Output {
        let r = plan.remember;
        match plan.physical {
            Physical::String => Output::Text(StringBuilder::new(), r.then(Memo::new)),
            Physical::Int32 => Output::Int32(PrimitiveBuilder::new(), r.then(Memo::new)),
            Physical::Int64 => Output::Int64(PrimitiveBuilder::new(), r.then(Memo::new)),
            Physical::Float64 => Output::Float64(PrimitiveBuilder::new(), r.then(Memo::new)),
            Physical::Decimal(_, scale) => Output::Decimal(PrimitiveBuilder::new(), r.then(Memo::new), scale),
            Physical::Date => Output::Date(PrimitiveBuilder::new(), r.then(Memo::new)),
            Physical::Timestamp => Output::Timestamp(PrimitiveBuilder::new(), r.then(Memo::new)),
            Physical::Time => Output::Time(PrimitiveBuilder::new(), r.then(Memo::new)),
            Physical::Boolean => Output::Boolean(BooleanBuilder::new()),
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

    /// The chunk's column. What was remembered stays with the plan.
    pub fn finish(mut self, plan: &ColumnPlan) -> ArrayRef {
        let array: ArrayRef = match &mut self {
            Output::Text(b, _) => Arc::new(b.finish()),
            Output::Int32(b, _) => Arc::new(b.finish()),
            Output::Int64(b, _) => Arc::new(b.finish()),
            Output::Float64(b, _) => Arc::new(b.finish()),
            Output::Decimal(b, ..) => Arc::new(b.finish()),
            Output::Date(b, _) => Arc::new(b.finish()),
            Output::Timestamp(b, _) => Arc::new(b.finish()),
            Output::Time(b, _) => Arc::new(b.finish()),
            Output::Boolean(b) => Arc::new(b.finish()),
        };
        if plan.remember
            && let Ok(mut spare) = plan.spare.lock()
        {
            spare.push(self);
        }
        array
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
