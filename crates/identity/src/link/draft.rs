//! A model from a table alone: what its columns are, how to compare them, and what to block on.
//!
//! Whatever a model file states is kept; only what it leaves open is filled in. Columns that hold the truth, ids, constants and columns
//! without values are left out.

pub mod blocking;
pub mod columns;
pub mod depend;
pub mod kind;
pub mod levels;

use crate::link::error::LinkError;
use crate::link::frame::Frame;
use crate::link::model::{Block, Field, Kind, Model};
use crate::link::table::Table;

/// Fills in what the model leaves open. Notes say what was found.
pub fn fill(model: &mut Model, tables: &[&Table]) -> Result<Vec<String>, LinkError> {
    let mut notes = Vec::new();
    if model.id.is_none() {
        model.id = columns::id(tables);
    }
    if model.fields.is_empty() {
        model.fields = fields(model, tables, &mut notes);
        if model.fields.is_empty() {
            let known = tables.first().map(|t| t.names().join(", ")).unwrap_or_default();
            return Err(LinkError::Data(format!(
                "no column can be compared: all of ({known}) are ids, constant, empty or in one table only; name fields in a model"
            )));
        }
        depend::mark(model, tables);
    }
    for field in &mut model.fields {
        if field.levels.is_empty() && field.compare {
            field.levels = levels::of(field.kind).iter().map(ToString::to_string).collect();
        }
        if field.group.is_none() {
            field.group = Some(group(field));
        }
        if field.term_frequency.is_none() {
            field.term_frequency = Some(!matches!(field.kind, Kind::Number | Kind::Place));
        }
    }
    Ok(notes)
}

/// Fills in blocking rules, where the model has none and the table is too large to compare every pair.
pub fn block(model: &mut Model, frame: &Frame) -> Vec<String> {
    if !model.blocks.is_empty() || frame.pairs() <= blocking::WHOLE {
        return Vec::new();
    }
    let (rules, note) = blocking::choose(model, frame);
    model.blocks = rules.into_iter().map(|on| Block { on }).collect();
    vec![note]
}

fn fields(model: &Model, tables: &[&Table], notes: &mut Vec<String>) -> Vec<Field> {
    let mut out: Vec<Field> = Vec::new();
    let mut place: Vec<(String, String)> = Vec::new();
    for (left, right) in columns::matched(model, tables, notes) {
        let kind = kind::guess(left, right);
        let Some(kind) = kind else { continue };
        if let kind::Guess::Latitude | kind::Guess::Longitude = kind {
            place.push((left.name.clone(), right.map_or(left.name.clone(), |r| r.name.clone())));
            continue;
        }
        let kind::Guess::Kind(kind) = kind else { continue };
        let right = right.filter(|r| r.name != left.name).map(|r| vec![r.name.clone()]).unwrap_or_default();
        let columns = if right.is_empty() { Vec::new() } else { vec![left.name.clone()] };
        out.push(Field { columns, right, ..Field::new(&left.name, kind) });
    }
    if let [lat, lon] = place.as_slice() {
        let mut field = Field::new("place", Kind::Place);
        field.columns = vec![lat.0.clone(), lon.0.clone()];
        field.right = vec![lat.1.clone(), lon.1.clone()];
        out.push(field);
    }
    if out.len() > crate::link::comparison::MOST {
        out.sort_by_key(|f| std::cmp::Reverse(worth(f, tables)));
        notes.push(format!(
            "{} columns could be compared; these were left out: {}",
            out.len(),
            out[crate::link::comparison::MOST..].iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ")
        ));
        out.truncate(crate::link::comparison::MOST);
    }
    out
}

/// Rows with a value, more for values that differ.
fn worth(field: &Field, tables: &[&Table]) -> u64 {
    let column = tables[0].column(field.columns.first().unwrap_or(&field.name));
    column.map_or(0, |c| c.filled() as u64 * (1 + (c.distinct() as u64).ilog2() as u64))
}

/// The kind of evidence a field is.
fn group(field: &Field) -> String {
    match field.kind {
        Kind::Name | Kind::FullName => "name".into(),
        Kind::Date => "date".into(),
        Kind::Postcode | Kind::Place => "place".into(),
        _ if kind::hints(&field.name, kind::PLACE) => "place".into(),
        _ => field.name.clone(),
    }
}
