//! Rules over finished columns: required values, ranges, lists, patterns, and rules between columns.

use std::collections::HashSet;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::{max, min};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};
use arrow::util::display::array_value_to_string;
use model::time::{IST_OFFSET_MICROS, MICROS_PER_DAY};
use regex::Regex;

use super::{ColumnPlan, Fault, Notes};
use crate::contract::{Column, Rule, RuleCheck, Severity};

/// Checks every column; `now` in UTC microseconds serves `not_future`.
pub(crate) fn check(columns: &[Column], plans: &[ColumnPlan], arrays: &[ArrayRef], now: Option<i64>, notes: &mut Notes) {
    // A value that was refused already stands as null; it is not missing as well.
    let refused: HashSet<(usize, usize)> =
        notes.faults.iter().filter_map(|(row, column, ..)| column.map(|c| (*row, c))).collect();
    let find = |name: &str| columns.iter().position(|c| c.name == name).map(|i| &arrays[i]);
    for (i, (column, plan)) in columns.iter().zip(plans).enumerate() {
        let array = &arrays[i];
        let mut at = At { plan, array, notes };
        if plan.required && array.null_count() > 0 {
            let fault = missing(plan);
            for row in 0..array.len() {
                if array.is_null(row) && !refused.contains(&(row, i)) {
                    at.refuse(row, fault);
                }
            }
        }
        lengths(column, &mut at);
        if let Some(pattern) = &column.pattern {
            at.texts(matcher(pattern), Severity::Error, "pattern", "does not have the form the contract asks");
        }
        range(column.minimum, column.maximum, Severity::Error, &mut at);
        for rule in &column.rules {
            apply(rule, &mut at, &find, now, |row| refused.contains(&(row, i)));
        }
    }
}

fn missing(plan: &ColumnPlan) -> Fault {
    match (plan.available(), plan.key) {
        (false, _) => Fault {
            code: "missing_column",
            message: "is required, and the file has no such column; check the drift report for a renamed one",
        },
        (true, true) => Fault { code: "key_missing", message: "is part of the key and has no value" },
        (true, false) => Fault { code: "missing_value", message: "is required and has no value" },
    }
}

/// A column while it is being checked.
struct At<'a> {
    plan: &'a ColumnPlan,
    array: &'a ArrayRef,
    notes: &'a mut Notes,
}

impl At<'_> {
    fn refuse(&mut self, row: usize, fault: Fault) {
        let value =
            if self.array.is_null(row) { String::new() } else { array_value_to_string(self.array, row).unwrap_or_default() };
        self.notes.faults.push((row, Some(self.plan.index), fault, value));
    }

    fn note(&mut self, row: usize, severity: Severity, fault: Fault) {
        match severity {
            Severity::Error => self.refuse(row, fault),
            Severity::Warning => self.notes.flags.push((row, format!("{}:{}", fault.code, self.plan.name))),
        }
    }

    fn texts(&mut self, good: impl Fn(&str) -> bool, severity: Severity, code: &'static str, message: &'static str) {
        let fault = Fault { code, message };
        if let Some(texts) = self.array.as_string_opt::<i32>() {
            for row in 0..texts.len() {
                if texts.is_valid(row) && !good(texts.value(row)) {
                    self.note(row, severity, fault);
                }
            }
            return;
        }
        for row in 0..self.array.len() {
            if self.array.is_valid(row) && !good(&array_value_to_string(self.array, row).unwrap_or_default()) {
                self.note(row, severity, fault);
            }
        }
    }
}

/// Most patterns ask for so many digits; counting them is several times faster than an automaton.
fn matcher(regex: &Regex) -> Box<dyn Fn(&str) -> bool + '_> {
    match digits_only(regex.as_str()) {
        Some((least, most)) => Box::new(move |t| (least..=most).contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit())),
        None => Box::new(|t| regex.is_match(t)),
    }
}

/// Bounds of `^[0-9]{n}$` and `^[0-9]{n,m}$`.
fn digits_only(pattern: &str) -> Option<(usize, usize)> {
    let bounds = pattern.strip_prefix("^[0-9]{")?.strip_suffix("}$")?;
    match bounds.split_once(',') {
        Some((least, most)) => Some((least.parse().ok()?, most.parse().ok()?)),
        None => bounds.parse().ok().map(|n| (n, n)),
    }
}

fn lengths(column: &Column, at: &mut At) {
    if let Some(least) = column.min_length {
        let message = "is shorter than the contract allows";
        at.texts(|t| t.chars().count() >= least, Severity::Error, "out_of_range", message);
    }
    if let Some(most) = column.max_length {
        let message = "is longer than the contract allows";
        let fits = |t: &str| t.len() <= most || t.chars().count() <= most;
        at.texts(fits, Severity::Error, "out_of_range", message);
    }
}

fn range(least: Option<f64>, most: Option<f64>, severity: Severity, at: &mut At) {
    if least.is_none() && most.is_none() {
        return;
    }
    let array = at.array;
    let (least, most) = (least.unwrap_or(f64::NEG_INFINITY), most.unwrap_or(f64::INFINITY));
    // Bounds of a whole column are found several numbers at a time, and nearly always nothing lies outside.
    if extremes(array).is_some_and(|(low, high)| least <= low && high <= most) {
        return;
    }
    let number: Box<dyn Fn(usize) -> f64> = match array.data_type() {
        DataType::Int32 => Box::new(|row| f64::from(array.as_primitive::<Int32Type>().value(row))),
        DataType::Int64 => Box::new(|row| array.as_primitive::<Int64Type>().value(row) as f64),
        DataType::Float64 => Box::new(|row| array.as_primitive::<Float64Type>().value(row)),
        DataType::Decimal128(_, scale) => {
            let unit = 10f64.powi(i32::from(*scale));
            Box::new(move |row| array.as_primitive::<Decimal128Type>().value(row) as f64 / unit)
        }
        // A text column may hold numbers; one that holds none is judged by its type, not by its range.
        _ => Box::new(|row| array_value_to_string(array, row).ok().and_then(|t| t.parse().ok()).unwrap_or(least)),
    };
    let fault = Fault { code: "out_of_range", message: "is outside the range the contract allows" };
    for row in 0..array.len() {
        if array.is_valid(row) && !(least..=most).contains(&number(row)) {
            at.note(row, severity, fault);
        }
    }
}

/// Least and greatest number of a column; none where it has none, or holds no plain numbers.
fn extremes(array: &ArrayRef) -> Option<(f64, f64)> {
    match array.data_type() {
        DataType::Int32 => {
            let a = array.as_primitive::<Int32Type>();
            Some((f64::from(min(a)?), f64::from(max(a)?)))
        }
        DataType::Int64 => {
            let a = array.as_primitive::<Int64Type>();
            Some((min(a)? as f64, max(a)? as f64))
        }
        DataType::Float64 => {
            let a = array.as_primitive::<Float64Type>();
            Some((min(a)?, max(a)?))
        }
        _ => None,
    }
}

fn apply<'a>(
    rule: &Rule,
    at: &mut At,
    find: &impl Fn(&str) -> Option<&'a ArrayRef>,
    now: Option<i64>,
    refused: impl Fn(usize) -> bool,
) {
    let severity = rule.severity;
    match &rule.check {
        RuleCheck::Enum(words) => {
            let message = "is not in the contract's list";
            at.texts(|t| words.iter().any(|w| w == t), severity, "not_in_list", message);
        }
        RuleCheck::Pattern(regex) => {
            let message = "does not have the form the contract asks";
            at.texts(matcher(regex), severity, "pattern", message);
        }
        RuleCheck::Min(n) => range(Some(*n), None, severity, at),
        RuleCheck::Max(n) => range(None, Some(*n), severity, at),
        RuleCheck::NotAfter(other) => {
            let message = "is later than a time that must follow it";
            compare(at, find(other), severity, message, |own, other| own <= other);
        }
        RuleCheck::NotBefore(other) => {
            let message = "is earlier than a time that must precede it";
            compare(at, find(other), severity, message, |own, other| own >= other);
        }
        RuleCheck::RequiredIf { column, value } => {
            let Some(other) = find(column) else { return };
            let fault = Fault { code: "missing_value", message: "is required here and has no value" };
            for row in 0..at.array.len() {
                let asked =
                    at.array.is_null(row) && other.is_valid(row) && array_value_to_string(other, row).is_ok_and(|v| v == *value);
                if asked && !refused(row) {
                    at.note(row, severity, fault);
                }
            }
        }
        RuleCheck::NotFuture => {
            let Some(now) = now else { return };
            let fault = Fault { code: "rule", message: "lies in the future" };
            let array = at.array;
            let Some(own) = instants(array) else { return };
            // A date is in the future when its day has not begun in India.
            for row in 0..array.len() {
                if array.is_valid(row) && own(row) > now {
                    at.note(row, severity, fault);
                }
            }
        }
        // Looked at while reading, where the check digit still is.
        RuleCheck::ValidImei => {}
    }
}

/// Comparable numbers of a column: UTC microseconds of moments (a date is its Indian midnight), else the numbers.
fn instants(array: &ArrayRef) -> Option<Box<dyn Fn(usize) -> i64 + '_>> {
    Some(match array.data_type() {
        DataType::Date32 => {
            Box::new(|row| i64::from(array.as_primitive::<Date32Type>().value(row)) * MICROS_PER_DAY - IST_OFFSET_MICROS)
        }
        DataType::Timestamp(..) => Box::new(|row| array.as_primitive::<TimestampMicrosecondType>().value(row)),
        DataType::Int32 => Box::new(|row| i64::from(array.as_primitive::<Int32Type>().value(row))),
        DataType::Int64 => Box::new(|row| array.as_primitive::<Int64Type>().value(row)),
        _ => return None,
    })
}

fn compare(at: &mut At, other: Option<&ArrayRef>, severity: Severity, message: &'static str, good: impl Fn(i64, i64) -> bool) {
    let Some(other) = other else { return };
    let array = at.array;
    let (Some(own_of), Some(other_of)) = (instants(array), instants(other)) else { return };
    let is_date = |a: &ArrayRef| *a.data_type() == DataType::Date32;
    // A date against a moment: compared by day, since the date says no time.
    let by_day = is_date(array) != is_date(other);
    let day = |micros: i64| if by_day { (micros + IST_OFFSET_MICROS).div_euclid(MICROS_PER_DAY) } else { micros };
    for row in 0..array.len() {
        if array.is_valid(row) && other.is_valid(row) && !good(day(own_of(row)), day(other_of(row))) {
            at.note(row, severity, Fault { code: "rule", message });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counted_digits_agree_with_the_pattern() {
        for pattern in ["^[0-9]{10}$", "^[0-9]{2,3}$", "^[0-9]{2,}$", "^[0-9]+$", "^[A-Z]{2}$"] {
            let regex = Regex::new(pattern).unwrap();
            let quick = matcher(&regex);
            for text in ["", "1", "12", "123", "1234", "1234567890", "12345678901", "12a", "AB", "१२"] {
                assert_eq!(quick(text), regex.is_match(text), "{pattern} {text}");
            }
        }
    }
}
