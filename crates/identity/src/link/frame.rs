//! What a run works on: the rows of one or two tables, the model's fields as columns of codes, and what comparators need of them.

use rayon::prelude::*;

use crate::link::clean::clean;
use crate::link::compare::bag::Bag;
use crate::link::compare::words::Words;
use crate::link::compare::{geo, phonetic};
use crate::link::error::LinkError;
use crate::link::level::Level;
use crate::link::model::{Field, Kind, Mode, Model};
use crate::link::normalise::normalise;
use crate::link::table::{Column, Table};
use crate::name::{self, Frequencies, Name};

/// One field of all rows.
#[derive(Debug, Default)]
pub struct Data {
    pub column: Column,
    /// By code, where the kind or a level asks for it; empty otherwise.
    pub dates: Vec<u32>,
    pub numbers: Vec<f64>,
    pub places: Vec<(f64, f64)>,
    pub phonetic: Vec<u32>,
    pub words: Words,
    pub bags: Vec<Bag>,
    pub names: Vec<Name>,
}

/// Rows 0..left are the first table's, the others the second's.
#[derive(Debug)]
pub struct Frame {
    pub mode: Mode,
    pub left: usize,
    pub rows: usize,
    pub ids: Column,
    pub fields: Vec<Data>,
    pub names: Vec<String>,
}

impl Frame {
    pub fn new(model: &Model, tables: &[&Table]) -> Result<Frame, LinkError> {
        let rows: usize = tables.iter().map(|t| t.rows).sum();
        if u32::try_from(rows).is_err() {
            return Err(LinkError::Data(format!("{rows} rows are more than one run takes (4,294,967,295)")));
        }
        let fields: Vec<Data> = model.fields.par_iter().map(|f| data(f, tables, &model.missing)).collect::<Result<_, _>>()?;
        Ok(Frame {
            mode: mode(model, tables.len())?,
            left: tables.first().map_or(0, |t| t.rows),
            rows,
            ids: ids(model, tables)?,
            fields,
            names: model.fields.iter().map(|f| f.name.clone()).collect(),
        })
    }

    /// Lets agreement on a rare name say more than on a common one, for the levels that ask the name engine.
    pub fn weigh(&mut self, frequencies: &Frequencies) {
        self.fields.iter_mut().for_each(|f| f.names.par_iter_mut().for_each(|n| frequencies.weigh(n)));
    }

    /// Whether two rows are a pair the mode asks for.
    pub fn asked(&self, a: u32, b: u32) -> bool {
        self.mode != Mode::Link || ((a as usize) < self.left) != ((b as usize) < self.left)
    }

    /// All pairs the mode asks for.
    pub fn pairs(&self) -> f64 {
        let (n, l) = (self.rows as f64, self.left as f64);
        if self.mode == Mode::Link { l * (n - l) } else { n * (n - 1.0) / 2.0 }
    }

    pub fn id(&self, row: u32) -> &str {
        self.ids.get(row as usize)
    }

    /// 0 for the first table, 1 for the second.
    pub fn source(&self, row: u32) -> usize {
        usize::from(row as usize >= self.left)
    }

    pub fn value(&self, field: usize, row: u32) -> &str {
        self.fields[field].column.get(row as usize)
    }
}

fn mode(model: &Model, tables: usize) -> Result<Mode, LinkError> {
    match (model.mode, tables) {
        (None, 1) => Ok(Mode::Dedupe),
        (None, _) => Ok(Mode::Link),
        (Some(Mode::Dedupe), n) if n > 1 => {
            Err(LinkError::Model("mode = \"dedupe\" takes one table; for two it is \"link\" or \"link-and-dedupe\"".into()))
        }
        (Some(Mode::Link), 1) => Err(LinkError::Model("mode = \"link\" needs a second table".into())),
        (Some(mode), _) => Ok(mode),
    }
}

/// Ids as they are; row numbers from 1 where the model names no id.
fn ids(model: &Model, tables: &[&Table]) -> Result<Column, LinkError> {
    let mut out = Column::new("id".into());
    for (i, table) in tables.iter().enumerate() {
        let name = if i == 0 { model.id.as_ref() } else { model.id_right.as_ref().or(model.id.as_ref()) };
        let Some(name) = name else {
            (1..=table.rows).try_for_each(|n| out.push(Some(&n.to_string())))?;
            continue;
        };
        let column = table.column(name).ok_or_else(|| missing("id", name, table))?;
        let repeated = column.counts.iter().skip(1).position(|&c| c > 1);
        if let Some(at) = repeated {
            return Err(LinkError::RepeatedId { table: table.name.clone(), id: column.values.get(at as u32 + 1).into() });
        }
        if column.counts[0] > 0 {
            return Err(LinkError::Data(format!(
                "{}: {} rows have no {name}; every record needs an id",
                table.name, column.counts[0]
            )));
        }
        out.append(column)?;
    }
    out.values.freeze();
    Ok(out)
}

fn missing(field: &str, column: &str, table: &Table) -> LinkError {
    LinkError::NoColumn { field: field.into(), column: column.into(), table: table.name.clone(), known: table.names() }
}

fn data(field: &Field, tables: &[&Table], missing_words: &[String]) -> Result<Data, LinkError> {
    let own = std::slice::from_ref(&field.name);
    let mut column: Option<Column> = None;
    for (i, table) in tables.iter().enumerate() {
        let names = match (i, field.columns.as_slice(), field.right.as_slice()) {
            (1, _, right) if !right.is_empty() => right,
            (_, [], _) => own,
            (_, columns, _) => columns,
        };
        let found: Vec<&Column> =
            names.iter().map(|n| table.column(n).ok_or_else(|| missing(&field.name, n, table))).collect::<Result<_, _>>()?;
        let part = match found.as_slice() {
            [one] => one.map(&field.name, |v| clean(field.kind, &normalise(v, missing_words)?))?,
            many => joined(&field.name, many, field.kind, table.rows, missing_words)?,
        };
        match &mut column {
            None => column = Some(part),
            Some(c) => c.append(&part)?,
        }
    }
    let mut out = Data { column: column.unwrap_or_default(), ..Data::default() };
    prepare(&mut out, field)?;
    out.column.values.freeze();
    Ok(out)
}

fn joined(name: &str, columns: &[&Column], kind: Kind, rows: usize, words: &[String]) -> Result<Column, LinkError> {
    let mut out = Column::new(name.into());
    for row in 0..rows {
        let parts: Vec<&str> = columns.iter().map(|c| c.get(row)).filter(|t| !t.is_empty()).collect();
        let whole = kind != Kind::Place || parts.len() == columns.len();
        let value = whole.then(|| clean(kind, &normalise(&parts.join(" "), words)?)).flatten();
        out.push(value.as_deref())?;
    }
    Ok(out)
}

fn prepare(data: &mut Data, field: &Field) -> Result<(), LinkError> {
    let levels: Vec<Level> = field.levels.iter().map(|l| l.parse().map_err(LinkError::Model)).collect::<Result<_, _>>()?;
    let values = &data.column.values;
    let has = |f: fn(&Level) -> bool| levels.iter().any(f);
    if field.kind == Kind::Date {
        data.dates = values.iter().map(|v| v.parse().unwrap_or(0)).collect();
    }
    if field.kind == Kind::Number || has(|l| matches!(l, Level::Difference(_) | Level::Ratio(_))) {
        data.numbers = values.iter().map(|v| v.parse().unwrap_or(f64::NAN)).collect();
    }
    if field.kind == Kind::Place {
        data.places = values.iter().map(|v| geo::parse(v).unwrap_or((f64::NAN, f64::NAN))).collect();
    }
    if has(|l| matches!(l, Level::JaroWinkler(_) | Level::Damerau(_) | Level::Levenshtein(_))) {
        data.bags = values.iter().map(Bag::new).collect();
    }
    if has(|l| matches!(l, Level::Name(_) | Level::Weight(_))) {
        data.names = values.iter().map(name::parse).collect();
    }
    if has(|l| matches!(l, Level::Phonetic)) {
        let keys = data.column.map("phonetic", phonetic::key)?;
        data.phonetic = (0..values.len() as u32)
            .map(|c| phonetic::key(values.get(c)).and_then(|k| keys.values.find(&k)).unwrap_or(0))
            .collect();
    }
    if matches!(field.kind, Kind::Words | Kind::FullName) || has(|l| matches!(l, Level::Words(_) | Level::Contained(_))) {
        data.words = Words::new(&data.column);
    }
    Ok(())
}
