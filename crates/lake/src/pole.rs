//! Person, object, location, event and link: the five tables every source is mapped to.
//!
//! A contract's mapping fills them by SQL. Each row keeps the object and row it was made from; when that row is
//! corrected, withdrawn or erased, what was made from it goes with it.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;
use datafusion::dataframe::DataFrame;
use datafusion::prelude::SessionContext;
use sources::Contract;
use sources::contract::Mapping;

use crate::error::{LakeError, Result};
use crate::runs::system_fields;

/// One of the five tables.
#[derive(Debug)]
pub struct PoleTable {
    pub name: &'static str,
    pub purpose: &'static str,
    /// Column and type: `s` text, `d` date, `i` 32-bit integer, `f` 64-bit float, `b` boolean, `t` instant (UTC, µs).
    columns: &'static [(&'static str, char)],
    /// Physical order: look-ups by key touch few pages.
    pub order: &'static [&'static str],
}

pub const TABLES: &[PoleTable] = &[
    PoleTable {
        name: "person_mention",
        purpose: "A person as one row of one source names them; the same person is mentioned many times",
        columns: &[
            ("role", 's'),
            ("name", 's'),
            ("name_local", 's'),
            ("alias", 's'),
            ("relation", 's'),
            ("relative_name", 's'),
            ("relative_name_local", 's'),
            ("sex", 's'),
            ("birth_date", 'd'),
            ("birth_year", 'i'),
            ("age", 'i'),
            ("age_on", 'd'),
            ("address", 's'),
            ("village", 's'),
            ("thana", 's'),
            ("district", 's'),
            ("pincode", 's'),
            ("nationality", 's'),
            ("occupation", 's'),
            ("phone", 's'),
            ("id_type", 's'),
            ("id_value", 's'),
            ("person_key", 's'),
            ("event_key", 's'),
            ("standing", 's'),
            ("sealed", 'b'),
            ("event_time", 't'),
            ("known_time", 't'),
        ],
        order: &["person_key"],
    },
    PoleTable {
        name: "object",
        purpose: "A phone, handset, SIM, vehicle, document or thing",
        columns: &[
            ("kind", 's'),
            ("key", 's'),
            ("label", 's'),
            ("owner_name", 's'),
            ("attributes", 's'),
            ("event_time", 't'),
            ("known_time", 't'),
        ],
        order: &["kind", "key"],
    },
    PoleTable {
        name: "location",
        purpose: "A place: station, cell, camera, address",
        columns: &[
            ("kind", 's'),
            ("key", 's'),
            ("label", 's'),
            ("address", 's'),
            ("village", 's'),
            ("thana", 's'),
            ("district", 's'),
            ("state", 's'),
            ("pincode", 's'),
            ("lat", 'f'),
            ("lon", 'f'),
            ("event_time", 't'),
            ("known_time", 't'),
        ],
        order: &["kind", "key"],
    },
    PoleTable {
        name: "event",
        purpose: "Something that happened: a case, an arrest, a registration, a call",
        columns: &[
            ("kind", 's'),
            ("key", 's'),
            ("title", 's'),
            ("started_at", 't'),
            ("ended_at", 't'),
            ("station", 's'),
            ("district", 's'),
            ("location_key", 's'),
            ("case_key", 's'),
            ("status", 's'),
            ("attributes", 's'),
            ("event_time", 't'),
            ("known_time", 't'),
        ],
        order: &["key"],
    },
    PoleTable {
        name: "link",
        purpose: "A relation between two of the others, as one row of one source states it",
        columns: &[
            ("from_kind", 's'),
            ("from_key", 's'),
            ("relation", 's'),
            ("to_kind", 's'),
            ("to_key", 's'),
            ("role", 's'),
            ("started_at", 't'),
            ("ended_at", 't'),
            ("attributes", 's'),
            ("known_time", 't'),
        ],
        // Under each relation both ends come in about the same order, so that either end is found by the bounds of few pages.
        order: &["relation", "from_key", "to_key"],
    },
];

pub fn find(name: &str) -> Option<&'static PoleTable> {
    TABLES.iter().find(|t| t.name == name)
}

impl PoleTable {
    /// The table's own columns, then the system columns.
    pub fn schema(&self) -> SchemaRef {
        let mut fields: Vec<Field> = self
            .columns
            .iter()
            .map(|(name, kind)| {
                let data_type = match kind {
                    'd' => DataType::Date32,
                    'i' => DataType::Int32,
                    'f' => DataType::Float64,
                    'b' => DataType::Boolean,
                    't' => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
                    _ => DataType::Utf8,
                };
                Field::new(*name, data_type, true)
            })
            .collect();
        fields.extend(system_fields().into_iter().filter(|f| f.name() != "_key" && f.name() != "_flags"));
        Arc::new(Schema::new(fields))
    }
}

/// Plans view `i` of a mapping over the registered view `source` and the views before it.
pub async fn view(ctx: &SessionContext, contract: &Contract, i: usize) -> Result<DataFrame> {
    let wrong = |e: datafusion::error::DataFusionError| LakeError::Mapping {
        contract: contract.name.clone(),
        statement: i + 1,
        message: e.strip_backtrace(),
    };
    ctx.sql(&contract.views[i].select).await.map_err(wrong)
}

/// Registers the views of a mapping without running them: for planning, and where few rows are asked for.
pub async fn register_views(ctx: &SessionContext, contract: &Contract) -> Result<()> {
    for (i, view) in contract.views.iter().enumerate() {
        ctx.register_table(view.name.as_str(), self::view(ctx, contract, i).await?.into_view())?;
    }
    Ok(())
}

/// Plans statement `i` of a mapping over the registered view `source`; output columns get the target's names.
pub async fn frame(
    ctx: &SessionContext,
    target: &PoleTable,
    statement: &Mapping,
    contract: &Contract,
    i: usize,
) -> Result<DataFrame> {
    let wrong = |message: String| LakeError::Mapping {
        contract: contract.name.clone(),
        statement: contract.views.len() + i + 1,
        message,
    };
    let select = numbered(&statement.select).map_err(&wrong)?;
    let frame = ctx.sql(&select).await.map_err(|e| wrong(e.strip_backtrace()))?;
    let have = frame.schema().fields().len();
    if have != statement.columns.len() {
        return Err(wrong(format!("it names {} columns and selects {have}", statement.columns.len())));
    }
    let schema = target.schema();
    let mut exprs = Vec::new();
    for (field, name) in frame.schema().iter().zip(&statement.columns) {
        let to = schema.field_with_name(name).map_err(|_| wrong(format!("pole.{} has no column {name}", target.name)))?;
        let (qualifier, field) = field;
        let column = datafusion::prelude::Expr::Column(datafusion::common::Column::new(qualifier.cloned(), field.name()));
        if !arrow::compute::can_cast_types(field.data_type(), to.data_type()) {
            return Err(wrong(format!("column {name} is {} and cannot become {}", field.data_type(), to.data_type())));
        }
        exprs.push(datafusion::prelude::cast(column, to.data_type().clone()).alias(name));
    }
    frame.select(exprs).map_err(|e| wrong(e.strip_backtrace()))
}

/// The query with a name of its own for every output column: a mapping may give one column two meanings (a phone's key is
/// also its label), and the engine refuses two outputs of one name. Positions decide which column is which.
fn numbered(select: &str) -> Result<String, String> {
    use datafusion::sql::sqlparser::ast::{Ident, SelectItem, SetExpr, Statement};
    use datafusion::sql::sqlparser::{dialect::GenericDialect, parser::Parser};
    let mut statements = Parser::parse_sql(&GenericDialect {}, select).map_err(|e| e.to_string())?;
    let [Statement::Query(query)] = statements.as_mut_slice() else { return Ok(select.into()) };
    if let SetExpr::Select(body) = query.body.as_mut() {
        for (i, item) in body.projection.iter_mut().enumerate() {
            if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
                *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias: Ident::new(format!("out_{i}")) };
            }
        }
    }
    Ok(query.to_string())
}

/// `batch` with the columns of `schema`; absent ones are null.
pub fn conform(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch, ArrowError> {
    let columns: Vec<ArrayRef> = schema
        .fields()
        .iter()
        .map(|f| match batch.column_by_name(f.name()) {
            Some(c) if c.data_type() == f.data_type() => Ok(c.clone()),
            Some(c) => arrow::compute::cast(c, f.data_type()),
            None => Ok(new_null_array(f.data_type(), batch.num_rows())),
        })
        .collect::<Result<_, _>>()?;
    RecordBatch::try_new(schema.clone(), columns)
}
