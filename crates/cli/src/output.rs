//! What the program prints: tables for people, and the four formats for programs.

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use arrow::array::RecordBatch;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use lake::LakeError;
use serde::Serialize;

use crate::args::Format;

/// A message to the person, on stderr.
pub fn say(text: &str) {
    // A closed stderr is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{text}");
}

pub fn fail(text: &str) -> ExitCode {
    say(&format!("sarovar: {text}"));
    ExitCode::from(1)
}

/// Why `--format html` is refused.
pub const NO_DOCUMENT: &str = "only `dossier` writes HTML; use table, csv, json, ndjson or parquet here";

pub fn broken(e: std::io::Error) -> LakeError {
    LakeError::Io { action: "writing", path: "standard output".into(), source: e }
}

/// Prints records: JSON as they are; otherwise their scalar fields as columns.
pub fn records<T: Serialize>(rows: &[T], format: Format) -> Result<(), LakeError> {
    let mut out = std::io::stdout().lock();
    let values: Vec<serde_json::Value> = rows.iter().map(|r| serde_json::to_value(r).unwrap_or_default()).collect();
    match format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&values).map_err(|e| LakeError::Invalid(e.to_string()))?;
            return writeln!(out, "{text}").map_err(broken);
        }
        Format::Ndjson => {
            for v in &values {
                writeln!(out, "{v}").map_err(broken)?;
            }
            return Ok(());
        }
        Format::Parquet => return Err(LakeError::Invalid("this command has no Parquet output; use --format json".into())),
        Format::Html => return Err(LakeError::Invalid(NO_DOCUMENT.into())),
        Format::Table | Format::Csv => {}
    }
    let mut names: Vec<String> = Vec::new();
    for v in &values {
        for (k, v) in v.as_object().into_iter().flatten() {
            if !v.is_object() && !v.is_array() && !names.contains(k) {
                names.push(k.clone());
            }
        }
    }
    let cell = |v: Option<&serde_json::Value>| match v {
        None | Some(serde_json::Value::Null) => String::new(),
        Some(serde_json::Value::String(s)) => s.clone(),
        Some(other) => other.to_string(),
    };
    let body: Vec<Vec<String>> = values.iter().map(|v| names.iter().map(|n| cell(v.get(n))).collect()).collect();
    grid(&mut out, &names, &body, format)
}

fn grid(out: &mut impl Write, names: &[String], body: &[Vec<String>], format: Format) -> Result<(), LakeError> {
    if format == Format::Csv {
        let quoted =
            |s: &String| if s.contains([',', '"', '\n', '\r']) { format!("\"{}\"", s.replace('"', "\"\"")) } else { s.clone() };
        for row in std::iter::once(names).chain(body.iter().map(Vec::as_slice)) {
            writeln!(out, "{}", row.iter().map(quoted).collect::<Vec<_>>().join(",")).map_err(broken)?;
        }
        return Ok(());
    }
    let widest = if std::io::stdout().is_terminal() { 40 } else { 200 };
    let short = |s: &str| -> String {
        let one: String = s.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        if one.chars().count() > widest { one.chars().take(widest - 1).chain(['…']).collect() } else { one }
    };
    let body: Vec<Vec<String>> = body.iter().map(|r| r.iter().map(|c| short(c)).collect()).collect();
    let widths: Vec<usize> = names
        .iter()
        .enumerate()
        .map(|(i, n)| body.iter().map(|r| r[i].chars().count()).chain([n.chars().count()]).max().unwrap_or(0))
        .collect();
    let numeric: Vec<bool> = (0..names.len())
        .map(|i| !body.is_empty() && body.iter().all(|r| r[i].is_empty() || r[i].parse::<f64>().is_ok()))
        .collect();
    let mut line = |cells: &[String]| {
        let text: Vec<String> = cells
            .iter()
            .enumerate()
            .map(|(i, c)| {
                let pad = " ".repeat(widths[i] - c.chars().count());
                if numeric[i] { format!("{pad}{c}") } else { format!("{c}{pad}") }
            })
            .collect();
        writeln!(out, "{}", text.join("  ").trim_end()).map_err(broken)
    };
    line(names)?;
    line(&widths.iter().map(|w| "-".repeat(*w)).collect::<Vec<_>>())?;
    body.iter().try_for_each(|r| line(r))
}

/// Writes a text that is itself the answer: a document, a key, a proof.
pub fn text(text: &str) -> Result<(), LakeError> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(broken)
}

/// Prints a batch as part of a table for people.
pub fn batches(batches: &[RecordBatch]) -> Result<(), LakeError> {
    let mut out = std::io::stdout().lock();
    let Some(first) = batches.first() else { return Ok(()) };
    let names: Vec<String> = first.schema().fields().iter().map(|f| f.name().clone()).collect();
    grid(&mut out, &names, &texts(batches)?, Format::Table)
}

/// All values as texts; nothing for a null.
pub fn texts(batches: &[RecordBatch]) -> Result<Vec<Vec<String>>, LakeError> {
    let options = FormatOptions::default().with_null("").with_timestamp_tz_format(Some("%Y-%m-%d %H:%M:%S"));
    let wrong = |e: arrow::error::ArrowError| LakeError::Query(e.to_string());
    let mut body = Vec::new();
    for batch in batches {
        let batch = lake::in_ist(batch)?;
        let cells: Vec<ArrayFormatter> =
            batch.columns().iter().map(|c| ArrayFormatter::try_new(c, &options)).collect::<Result<_, _>>().map_err(wrong)?;
        for i in 0..batch.num_rows() {
            body.push(cells.iter().map(|c| c.value(i).to_string()).collect());
        }
    }
    Ok(body)
}
