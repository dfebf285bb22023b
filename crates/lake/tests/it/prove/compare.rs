//! What somebody gets, what he should get, and whether that is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Int32Array, RecordBatch, StringArray, TimestampMicrosecondArray, new_null_array};
use arrow::datatypes::{Field, Schema, SchemaRef};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::catalog::{CatalogProvider, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider};
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::prelude::{SessionConfig, SessionContext};
use futures::StreamExt;
use governance::{Context, Principal};
use lake::{Access, At, Lake, LakeError};

use super::query::{Compare, Query};
use super::reference::Seen;
use super::world::{Kind, Table, V};

/// What came of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Rows(Vec<String>),
    Denied,
    Failed(String),
    /// Failed before a row was read.
    Unplanned(String),
}

impl From<LakeError> for Outcome {
    fn from(e: LakeError) -> Outcome {
        match e {
            LakeError::Denied(_) => Outcome::Denied,
            e => Outcome::Failed(e.to_string()),
        }
    }
}

/// Cells as text, parted by bars; nothing is shown as such.
fn text(batch: &RecordBatch) -> Vec<String> {
    let options = FormatOptions::default().with_null("∅");
    let columns: Vec<ArrayFormatter<'_>> =
        batch.columns().iter().map(|c| ArrayFormatter::try_new(c, &options).unwrap()).collect();
    (0..batch.num_rows()).map(|row| columns.iter().map(|c| c.value(row).to_string()).collect::<Vec<_>>().join("|")).collect()
}

/// Asks through the governed session.
pub async fn ask(lake: &Lake, access: &Access, sql: &str) -> Outcome {
    let session = match lake.session(access) {
        Ok(session) => session,
        Err(e) => return e.into(),
    };
    let mut answer = match session.sql(sql).await {
        Ok(answer) => answer,
        Err(e) => {
            return match e.into() {
                Outcome::Failed(why) => Outcome::Unplanned(why),
                other => other,
            };
        }
    };
    let mut rows = Vec::new();
    while let Some(batch) = answer.stream.next().await {
        match batch {
            Ok(batch) => rows.extend(text(&batch)),
            Err(e) => return LakeError::from(e).into(),
        }
    }
    Outcome::Rows(rows)
}

/// Asks the engine alone.
pub async fn plainly(ctx: &SessionContext, sql: &str) -> Outcome {
    let run = async || -> Result<Vec<String>, DataFusionError> {
        let batches = ctx.sql(sql).await?.collect().await?;
        Ok(batches.iter().flat_map(text).collect())
    };
    match run().await {
        Ok(rows) => Outcome::Rows(rows),
        Err(e) => LakeError::from(e).into(),
    }
}

/// The columns of each table as the lake has them, with those the program adds: names and types, no rows.
pub async fn schemas(lake: &Lake, tables: &[Table]) -> BTreeMap<&'static str, SchemaRef> {
    let context = Context { purpose: None, case: None, authority: None, now: lake.now() };
    let operator = Access { principal: Principal::operator(), context, at: At::Now };
    let mut out = BTreeMap::new();
    for table in tables {
        let session = lake.session(&operator).unwrap();
        let schema = session.sql(&format!("SELECT * FROM {}", table.name)).await.unwrap().schema;
        let fields: Vec<Field> = schema.fields().iter().map(|f| f.as_ref().clone().with_nullable(true)).collect();
        out.insert(table.name, Arc::new(Schema::new(fields)) as SchemaRef);
    }
    out
}

fn array(kind: Kind, cells: &[&V]) -> ArrayRef {
    match kind {
        Kind::Text => Arc::new(cells.iter().map(|v| v.text()).collect::<StringArray>()),
        Kind::Int => Arc::new(cells.iter().map(|v| if let V::Int(n) = v { Some(*n) } else { None }).collect::<Int32Array>()),
        Kind::Bool => Arc::new(cells.iter().map(|v| if let V::Bool(b) = v { Some(*b) } else { None }).collect::<BooleanArray>()),
        Kind::Time => {
            let times = cells.iter().map(|v| if let V::Time(at) = v { Some(*at) } else { None });
            Arc::new(times.collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
    }
}

fn batch(table: &Table, schema: &SchemaRef, rows: &[Vec<V>]) -> RecordBatch {
    let columns = schema.fields().iter().map(|field| match table.columns.iter().position(|c| c.0 == field.name()) {
        Some(at) => array(table.columns[at].1, &rows.iter().map(|row| &row[at]).collect::<Vec<_>>()),
        None => new_null_array(field.data_type(), rows.len()),
    });
    RecordBatch::try_new(schema.clone(), columns.collect()).unwrap()
}

fn empty() -> (SessionContext, BTreeMap<&'static str, Arc<MemorySchemaProvider>>) {
    let mut config = SessionConfig::new()
        .with_target_partitions(2)
        .with_information_schema(false)
        .with_default_catalog_and_schema("lake", "clean");
    config.options_mut().sql_parser.map_string_types_to_utf8view = false;
    config.options_mut().execution.time_zone = Some("+05:30".into());
    let ctx = SessionContext::new_with_config(config);
    let catalog = MemoryCatalogProvider::new();
    let mut areas = BTreeMap::new();
    for area in ["clean", "quarantine", "pole", "identity"] {
        let schema = Arc::new(MemorySchemaProvider::new());
        catalog.register_schema(area, schema.clone()).unwrap();
        areas.insert(area, schema);
    }
    ctx.register_catalog("lake", Arc::new(catalog));
    (ctx, areas)
}

fn parts(name: &str) -> (&str, &str) {
    name.split_once('.').unwrap()
}

/// The engine over one row of nothing in each table: what is masked throughout is nothing before any row is read.
pub fn blank(tables: &[Table], schemas: &BTreeMap<&'static str, SchemaRef>) -> SessionContext {
    let rows = |table: &Table| vec![vec![V::Null; table.columns.len()]];
    let seen: Vec<Seen> = tables.iter().map(|table| Seen::Rows { rows: rows(table), counts: false }).collect();
    visible(tables, &seen, schemas)
}

/// The engine over exactly the rows that are to be seen.
pub fn visible(tables: &[Table], seen: &[Seen], schemas: &BTreeMap<&'static str, SchemaRef>) -> SessionContext {
    let (ctx, areas) = empty();
    for (table, seen) in tables.iter().zip(seen) {
        let rows = seen.rows();
        let schema = &schemas[table.name];
        let mem = MemTable::try_new(schema.clone(), vec![vec![batch(table, schema, rows)]]).unwrap();
        let (area, name) = parts(table.name);
        areas[area].register_table(name.into(), Arc::new(mem)).unwrap();
    }
    ctx
}

/// A planted leak, the one this program once had: the rows somebody may see as a view over all of them, whose filter the engine merges with
/// the query's own.
pub async fn merged(tables: &[Table], seen: &[Seen], schemas: &BTreeMap<&'static str, SchemaRef>) -> SessionContext {
    let (ctx, areas) = empty();
    for (table, seen) in tables.iter().zip(seen) {
        let rows = seen.rows();
        let schema = &schemas[table.name];
        let (shown, hidden) = (batch(table, schema, rows), batch(table, schema, &table.rows));
        let both = arrow::compute::concat_batches(schema, [&hidden, &shown]).unwrap();
        let flags: BooleanArray = (0..both.num_rows()).map(|i| Some(i >= hidden.num_rows())).collect();
        let mut fields: Vec<Field> = schema.fields().iter().map(|f| f.as_ref().clone()).collect();
        fields.push(Field::new("__shown", arrow::datatypes::DataType::Boolean, true));
        let columns = both.columns().iter().cloned().chain([Arc::new(flags) as ArrayRef]).collect();
        let wide = Arc::new(Schema::new(fields));
        let all = MemTable::try_new(wide.clone(), vec![vec![RecordBatch::try_new(wide, columns).unwrap()]]).unwrap();
        let names: Vec<String> = schema.fields().iter().map(|f| format!("\"{}\"", f.name())).collect();
        let inner = SessionContext::new();
        inner.register_table("everything", Arc::new(all)).unwrap();
        let view = inner.sql(&format!("SELECT {} FROM everything WHERE __shown", names.join(", "))).await.unwrap().into_view();
        let (area, name) = parts(table.name);
        areas[area].register_table(name.into(), view).unwrap();
    }
    ctx
}

/// What can be wrong with an outcome.
#[derive(Debug)]
pub struct Leak(pub String);

/// How an outcome was found right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    Rows,
    Error,
    Denied,
    Cause,
    /// Not comparable: the operator's plans, counts of statistics that are tried apart.
    Passed,
}

/// A reader's view in one place.
pub struct Sight<'a> {
    pub tables: &'a [Table],
    pub seen: &'a [Seen],
    pub ctx: &'a SessionContext,
    /// See [`blank`].
    pub blank: &'a SessionContext,
    pub operator: bool,
}

impl Sight<'_> {
    fn mentions(&self, sql: &str, which: impl Fn(&Seen) -> bool) -> bool {
        self.tables.iter().zip(self.seen).any(|(table, seen)| which(seen) && sql.contains(table.name))
    }

    /// Compares what came of a query with what should.
    pub async fn judge(&self, query: &Query, got: Outcome) -> Result<Right, Leak> {
        let sql = &query.sql;
        let (got, unplanned) = match got {
            Outcome::Unplanned(why) => (Outcome::Failed(why), true),
            got => (got, false),
        };
        if sql.starts_with("EXPLAIN") {
            return match (self.operator, got) {
                (true, _) => Ok(Right::Passed),
                (false, Outcome::Denied) => Ok(Right::Denied),
                (false, got) => Err(Leak(format!("a plan was shown: {got:?}"))),
            };
        }
        let wanted = plainly(self.ctx, sql).await;
        if self.mentions(sql, |seen| matches!(seen, Seen::Denied)) {
            return match got {
                Outcome::Denied => Ok(Right::Denied),
                got if got == wanted && !matches!(got, Outcome::Rows(_)) => Ok(Right::Error),
                got => Err(Leak(format!("a table that is denied was answered from: {got:?}"))),
            };
        }
        if self.mentions(sql, |seen| matches!(seen, Seen::Rows { counts: true, .. })) {
            return match got {
                Outcome::Denied => Ok(Right::Denied),
                got if query.single && wanted != got => Err(Leak(format!("statistics gave single rows: {got:?}"))),
                _ => Ok(Right::Passed),
            };
        }
        // The engine tries a condition on one side of a join also on what the other side must be equal to.
        if let (Outcome::Failed(got), Outcome::Failed(why)) = (&got, &wanted)
            && query.compare == Compare::Cause
            && self.plain(got)? == self.plain(why)?
        {
            return Ok(Right::Cause);
        }
        match (got, wanted) {
            (Outcome::Failed(got), _) if query.compare == Compare::Cause => {
                let got = self.plain(&got)?;
                let alike = async |ctx: &SessionContext, sql: &str| match plainly(ctx, sql).await {
                    Outcome::Failed(why) => Ok(self.plain(&why)? == got),
                    _ => Ok::<bool, Leak>(false),
                };
                for cause in &query.causes {
                    if alike(self.ctx, cause).await? {
                        return Ok(Right::Cause);
                    }
                    // Made of masked columns and constants alone, it is worked out with the plan, whatever rows there are.
                    if unplanned && alike(self.blank, cause).await? {
                        return Ok(Right::Cause);
                    }
                }
                // Not even over all rows that are seen does it fail so.
                Err(Leak(format!("failed with {got:?} and no visible row makes it")))
            }
            (Outcome::Rows(got), Outcome::Rows(wanted)) if query.compare == Compare::Order => same(got, wanted),
            (Outcome::Rows(_), _) if query.compare == Compare::Cause && !sql.starts_with("SELECT count") => Ok(Right::Passed),
            (Outcome::Rows(_), Outcome::Failed(_)) if query.compare == Compare::Cause => Ok(Right::Passed),
            (Outcome::Rows(mut got), Outcome::Rows(mut wanted)) => {
                got.sort();
                wanted.sort();
                same(got, wanted)
            }
            (Outcome::Failed(got), Outcome::Failed(wanted)) if self.plain(&got)? == self.plain(&wanted)? => Ok(Right::Error),
            (got, wanted) => Err(Leak(format!("got {got:?}\nwanted {wanted:?}"))),
        }
    }

    /// An error without the value it names, which must be one that is seen: which of several comes first is the engine's affair.
    fn plain(&self, error: &str) -> Result<String, Leak> {
        let Some((before, rest)) = error.split_once("cast string '") else { return Ok(error.to_owned()) };
        let Some(end) = rest.rfind("' to value") else { return Ok(error.to_owned()) };
        let value = &rest[..end];
        let rows = self.seen.iter().flat_map(Seen::rows);
        let seen: BTreeSet<&str> = rows.flatten().filter_map(V::text).chain(["x", "hidden"]).collect();
        if seen.contains(value) {
            Ok(format!("{before}cast string{}", &rest[end..]))
        } else {
            Err(Leak(format!("an error names the value {value:?}, which is not to be seen: {error}")))
        }
    }
}

fn same(got: Vec<String>, wanted: Vec<String>) -> Result<Right, Leak> {
    if got == wanted {
        return Ok(Right::Rows);
    }
    let (few, many): (Vec<_>, Vec<_>) = (got.iter().take(30).collect(), wanted.iter().take(30).collect());
    Err(Leak(format!("{} rows {few:?}\nwanted {} rows {many:?}", got.len(), wanted.len())))
}
