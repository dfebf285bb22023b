//! How persons stand in law in the cases of the lake, as the newest decision on record has it.
//!
//! The key decision: **nothing of it is stored**. Contracts write each record of a standing as a link `stands_as` with the day of the decision;
//! what is in force is read from these links whenever something is shown, by one rule ([`rule`]). So an acquittal that comes in counts with the
//! next look, on every page and in every search, whatever was indexed before. What is quashed is not shown at all: [`Unshown`] names the
//! received rows, and every session leaves them out. ([ADR 22](../../../docs/adr/0022-legal-standing.md))

mod rule;
mod table;
mod unshown;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use datafusion::catalog::TableProvider;
use datafusion::common::DFSchema;
use datafusion::execution::SendableRecordBatchStream;
use datafusion::logical_expr::Expr;
use datafusion::physical_plan::execute_stream;
use datafusion::physical_plan::filter::FilterExec;
use datafusion::prelude::{col, lit};
use futures::StreamExt;
use serde::Deserialize;
use sha2::{Digest, Sha256};

pub use rule::{Case, InForce, Row};
pub(crate) use table::{NAME as TABLE, schema};
pub(crate) use unshown::Kept;

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::linkage::Linkage;
use crate::scan::LakeTable;
use crate::session::Session;
use rule::Record;

/// The relation of a link that records a standing.
pub const RELATION: &str = "stands_as";

/// What is read of a record of standing.
const COLUMNS: [&str; 10] =
    ["from_kind", "from_key", "to_key", "role", "started_at", "attributes", "known_time", "_source", "_object", "_row"];

/// Cases asked for in one query.
const AT_ONCE: usize = 2000;

/// How everybody stands in some cases.
#[derive(Debug, Default)]
pub struct Standings {
    cases: BTreeMap<String, Case>,
    linkage: Option<Arc<Linkage>>,
}

impl Standings {
    /// How the person of a source's key stands in a case; none where no record says.
    pub fn person(&self, case: &str, key: &str) -> Option<&InForce> {
        self.cases.get(case)?.person(key, self.linkage.as_ref().and_then(|l| person_of(l, key)))
    }

    /// How the case stands as a whole, where a record says so.
    pub fn whole(&self, case: &str) -> Option<&InForce> {
        self.cases.get(case)?.whole()
    }
}

impl Session {
    /// How everybody stands in these cases. It adds words to rows this session has read; rows it may not read stay hidden.
    pub async fn standings(&self, cases: &BTreeSet<String>) -> Result<Standings> {
        self.lake().standings(cases).await
    }
}

impl Lake {
    pub(crate) async fn standings(&self, cases: &BTreeSet<String>) -> Result<Standings> {
        let linkage = self.linkage().await?;
        let mut out = Standings { cases: BTreeMap::new(), linkage };
        let wanted: Vec<&String> = cases.iter().collect();
        for some in wanted.chunks(AT_ONCE) {
            let cases = some.iter().map(|case| lit(case.as_str())).collect();
            let Some(mut rows) = self.links_of(cases).await? else { return Ok(out) };
            let mut records: BTreeMap<String, Vec<Record>> = BTreeMap::new();
            while let Some(batch) = rows.next().await {
                for record in read(&batch?)? {
                    records.entry(record.case.clone()).or_default().push(record);
                }
            }
            let linkage = out.linkage.clone();
            let linked = |key: &str| linkage.as_ref().and_then(|l| person_of(l, key));
            out.cases.extend(records.into_iter().map(|(case, of)| (case, Case::of(&of, &linked))));
        }
        Ok(out)
    }

    /// Records of standing for which a condition holds, as they are; none before there is any link.
    async fn links(&self, condition: &str, rest: &str) -> Result<Option<SendableRecordBatchStream>> {
        let condition = format!("relation = '{RELATION}' AND {condition}");
        self.plain("link", &COLUMNS.join(", "), &condition, rest).await
    }

    /// Records of standing in some cases. Every look at a person passes here, so it is read without a planner.
    async fn links_of(&self, cases: Vec<Expr>) -> Result<Option<SendableRecordBatchStream>> {
        let Some(opened) = self.open_table(&TableName::new("pole", "link")).await? else { return Ok(None) };
        let state = self.engine().few(&self.engine().context()?);
        let table = LakeTable::new(self.engine(), &opened, &[])?;
        let schema = table.schema();
        let columns: std::result::Result<Vec<usize>, _> =
            COLUMNS.iter().chain(&["relation"]).map(|c| schema.index_of(c)).collect();
        let columns = columns.map_err(datafusion::error::DataFusionError::from)?;
        let filters = [col("to_key").in_list(cases, false), col("relation").eq(lit(RELATION))];
        let scan = table.scan(&state, Some(&columns), &filters, None).await?;
        let [of_case, standing] = filters;
        let condition = state.create_physical_expr(of_case.and(standing), &DFSchema::try_from(scan.schema())?)?;
        Ok(Some(execute_stream(Arc::new(FilterExec::try_new(condition, scan)?), state.task_ctx())?))
    }

    /// Rows of a POLE table without masks and filters, for what decides about masks and filters.
    async fn plain(&self, table: &str, columns: &str, condition: &str, rest: &str) -> Result<Option<SendableRecordBatchStream>> {
        let Some(opened) = self.open_table(&TableName::new("pole", table)).await? else { return Ok(None) };
        let ctx = self.engine().context()?;
        let wrong = |e: datafusion::error::DataFusionError| LakeError::Query(crate::error::cause(&e));
        ctx.register_table("rows", Arc::new(LakeTable::new(self.engine(), &opened, &[])?)).map_err(wrong)?;
        let frame = ctx.sql(&format!("SELECT {columns} FROM rows WHERE {condition} {rest}")).await.map_err(wrong)?;
        Ok(Some(frame.execute_stream().await.map_err(wrong)?))
    }
}

/// The person of the linkage a source's key belongs to.
fn person_of(linkage: &Linkage, key: &str) -> Option<u64> {
    linkage.record(record_of(key)).map(|m| m.person)
}

/// As the linkage names the record of a source's key.
pub(crate) fn record_of(key: &str) -> u64 {
    let hash = Sha256::digest(format!("person_key={key}"));
    hash.iter().take(8).fold(0, |id, byte| id << 8 | u64::from(*byte))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What a link's attributes say of a record.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    code: Option<String>,
    record: Option<String>,
    of: Option<String>,
}

/// The columns of [`Lake::links`].
fn read(batch: &RecordBatch) -> Result<Vec<Record>> {
    let column = |name: &str| {
        batch.column_by_name(name).cloned().ok_or_else(|| LakeError::Query(format!("pole.link has no column {name}")))
    };
    let texts = ["from_kind", "from_key", "to_key", "role", "attributes", "_source", "_object"];
    let texts: Vec<_> = texts.into_iter().map(column).collect::<Result<_>>()?;
    let text = |at: usize, i: usize| -> Option<String> {
        let value = texts[at].as_string_opt::<i32>().filter(|c| c.is_valid(i))?.value(i).trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    let (started, known, row) = (column("started_at")?, column("known_time")?, column("_row")?);
    let instant = |of: &arrow::array::ArrayRef, i: usize| {
        of.as_primitive_opt::<TimestampMicrosecondType>().filter(|c| c.is_valid(i)).map_or(i64::MIN, |c| c.value(i))
    };
    let mut out = Vec::with_capacity(batch.num_rows());
    for i in 0..batch.num_rows() {
        let (Some(case), Some(word)) = (text(2, i), text(3, i)) else { continue };
        // Contracts write the attributes; a damaged text only loses what it would have said.
        let said: Said = text(4, i).and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default();
        let some = |t: Option<String>| t.filter(|t| !t.is_empty());
        out.push(Record {
            case,
            person: text(1, i).filter(|_| text(0, i).as_deref() == Some("person")),
            code: some(said.code),
            word,
            judgment: some(said.record),
            turns: some(said.of),
            at: instant(&started, i),
            known: instant(&known, i),
            row: Row {
                source: text(5, i).unwrap_or_default(),
                object: text(6, i).unwrap_or_default(),
                row: row.as_primitive_opt::<Int64Type>().filter(|c| c.is_valid(i)).map_or(0, |c| c.value(i)),
            },
        });
    }
    Ok(out)
}
