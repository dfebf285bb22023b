//! From grids of cells to a batch and its refused rows.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BooleanArray, Int64Array, StringBuilder};
use arrow::compute::filter;
use arrow::record_batch::RecordBatch;

use crate::column::{Fault, Notes, Output, check};
use crate::grid::{Grid, Span};
use crate::parsed::{Parsed, Reason, Reject};
use crate::plan::Plan;

/// Longest part of a value that a reason repeats, in characters.
const SHOWN: usize = 200;

/// A record refused before it had cells.
pub(crate) struct Refused {
    pub row: i64,
    pub fault: Fault,
    pub message: String,
    pub original: String,
}

/// A chunk's columns while they grow.
pub(crate) struct Assembler<'p> {
    plan: &'p Plan,
    outputs: Vec<Output>,
    notes: Notes,
    rows: Vec<i64>,
    records: Vec<Span>,
    refused: Vec<Refused>,
}

impl<'p> Assembler<'p> {
    /// `rows` and `bytes` guess the size of the chunk, so that nothing grows while it is read.
    pub fn new(plan: &'p Plan, rows: usize, bytes: usize) -> Assembler<'p> {
        let each = bytes / plan.columns.len().max(1);
        Assembler {
            plan,
            outputs: plan.columns.iter().map(|c| Output::new(c, rows, each)).collect(),
            notes: Notes::default(),
            rows: Vec::with_capacity(rows),
            records: Vec::with_capacity(rows),
            refused: Vec::new(),
        }
    }

    pub fn take(&mut self, grid: &Grid) {
        let base = self.rows.len();
        for (output, plan) in self.outputs.iter_mut().zip(&self.plan.columns) {
            output.append(plan, grid, base, &mut self.notes);
        }
        self.rows.extend_from_slice(&grid.rows);
        self.records.extend_from_slice(&grid.records);
    }

    pub fn refuse(&mut self, refused: Refused) {
        self.refused.push(refused);
    }

    /// Ends the chunk. `original` gives the record that stands at a span, masked.
    pub fn finish(self, original: impl Fn(Span) -> String) -> Parsed {
        let Assembler { plan, outputs, mut notes, rows, records, refused } = self;
        let arrays: Vec<ArrayRef> = outputs.into_iter().zip(&plan.columns).map(|(o, c)| o.finish(c)).collect();
        check(&plan.contract.columns, &plan.columns, &arrays, plan.now, &mut notes);

        let mut keep = vec![true; rows.len()];
        for (row, ..) in &notes.faults {
            keep[*row] = false;
        }
        let accepted = keep.iter().filter(|k| **k).count();
        let rows_in = (rows.len() + refused.len()) as u64;
        plan.tally.add_rows(rows_in);

        let mut rejects = rejects(plan, &notes, &rows, &records, original);
        rejects.extend(refused.into_iter().map(|r| Reject {
            row: r.row,
            reasons: vec![Reason { code: r.fault.code, column: None, value: None, message: r.message }],
            original: r.original,
        }));
        rejects.sort_by_key(|r| r.row);

        let mut columns = arrays;
        columns.push(flags(&notes, rows.len()));
        columns.insert(columns.len() - 1, Arc::new(Int64Array::from(rows)));
        if accepted < keep.len() {
            let mask = BooleanArray::from(keep);
            // Mask and columns have one length, the only thing `filter` asks.
            columns = columns.iter().map(|c| filter(c, &mask).unwrap_or_else(|_| c.slice(0, 0))).collect();
        }
        let schema = plan.contract.parsed_schema();
        let batch = RecordBatch::try_new(schema.clone(), columns).unwrap_or_else(|_| RecordBatch::new_empty(schema));
        debug_assert_eq!(rows_in, (batch.num_rows() + rejects.len()) as u64);
        Parsed { batch, rejects, rows_in }
    }
}

fn flags(notes: &Notes, rows: usize) -> ArrayRef {
    if notes.flags.is_empty() {
        return arrow::array::new_null_array(&arrow::datatypes::DataType::Utf8, rows);
    }
    let mut by_row: Vec<(usize, &str)> = notes.flags.iter().map(|(r, f)| (*r, f.as_str())).collect();
    by_row.sort();
    by_row.dedup();
    let mut builder = StringBuilder::new();
    let mut at = by_row.iter().peekable();
    for row in 0..rows {
        let mut text = String::new();
        while let Some((_, flag)) = at.next_if(|(r, _)| *r == row) {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(flag);
        }
        builder.append_option((!text.is_empty()).then_some(text));
    }
    Arc::new(builder.finish())
}

fn rejects(plan: &Plan, notes: &Notes, rows: &[i64], records: &[Span], original: impl Fn(Span) -> String) -> Vec<Reject> {
    let mut faults: Vec<&(usize, Option<usize>, Fault, String)> = notes.faults.iter().collect();
    faults.sort_by_key(|(row, column, ..)| (*row, *column));
    faults
        .chunk_by(|a, b| a.0 == b.0)
        .map(|group| {
            let row = group[0].0;
            Reject {
                row: rows[row],
                reasons: group.iter().map(|(_, column, fault, value)| reason(plan, *column, *fault, value)).collect(),
                original: original(records[row]),
            }
        })
        .collect()
}

fn reason(plan: &Plan, column: Option<usize>, fault: Fault, value: &str) -> Reason {
    let name = column.map(|c| plan.columns[c].name.clone());
    let shown = match column {
        Some(c) if plan.contract.columns[c].is_identifier() => value.to_owned(),
        _ => plan.mask(value),
    };
    let shown: String = shown.chars().take(SHOWN).collect();
    let formats = column.map(|c| plan.contract.columns[c].formats.join("`, `")).unwrap_or_default();
    let mut message = match (&name, shown.is_empty()) {
        (Some(name), false) => format!("`{name}`: `{shown}` {}", fault.message),
        (Some(name), true) => format!("`{name}` {}", fault.message),
        (None, _) => fault.message.to_owned(),
    };
    if fault.code == "bad_format" && !formats.is_empty() {
        message.push_str(&format!(" (`{formats}`)"));
    }
    Reason { code: fault.code, column: name, value: (!shown.is_empty()).then_some(shown), message }
}
