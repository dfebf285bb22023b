//! `pole.standing`: what is in force, for whoever asks in SQL. It is worked out while it is read.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::catalog::TableProvider;
use datafusion::catalog::streaming::StreamingTable;
use datafusion::error::DataFusionError;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::PartitionStream;
use futures::{StreamExt, stream};

use super::rule::{Case, InForce, Record};
use super::{person_of, read};
use crate::Lake;
use crate::error::Result;
use crate::scan::external;

/// Name of the table in the area `pole`.
pub(crate) const NAME: &str = "standing";

/// One row a person and case: what is in force, since when, and the row that says so.
pub(crate) fn schema() -> SchemaRef {
    let instant = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
    let field = |name: &str, of: DataType| Field::new(name, of, true);
    Arc::new(Schema::new(vec![
        field("person_key", DataType::Utf8),
        field("event_key", DataType::Utf8),
        field("standing_in_force", DataType::Utf8),
        field("since", instant),
        field("_source", DataType::Utf8),
        field("_object", DataType::Utf8),
        field("_row", DataType::Int64),
    ]))
}

impl Lake {
    /// The table; none before there is any link.
    pub(crate) fn standing_table(&self) -> Result<Option<Arc<dyn TableProvider>>> {
        if !self.home().table(&crate::home::TableName::new("pole", "link")).join("_delta_log").is_dir() {
            return Ok(None);
        }
        let part = Arc::new(Told { lake: self.clone(), schema: schema() });
        Ok(Some(Arc::new(StreamingTable::try_new(schema(), vec![part])?)))
    }
}

#[derive(Debug)]
struct Told {
    lake: Lake,
    schema: SchemaRef,
}

impl PartitionStream for Told {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The records of one case after the other: nothing but one case and one batch is held.
    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let lake = self.lake.clone();
        let started = async move {
            let linkage = lake.linkage().await?;
            let rows = lake.links("to_key IS NOT NULL", "ORDER BY to_key").await?;
            Ok::<_, crate::LakeError>((linkage, rows))
        };
        let batches = stream::once(started).flat_map(|started| match started {
            Err(e) => stream::once(async move { Err(external(e)) }).boxed(),
            Ok((_, None)) => stream::empty().boxed(),
            Ok((linkage, Some(rows))) => {
                let end = stream::once(async { Ok(None) });
                let rows = rows.map(|batch| batch.map(Some)).chain(end);
                let mut held: Vec<Record> = Vec::new();
                rows.map(move |batch| {
                    let linked = |key: &str| linkage.as_ref().and_then(|l| person_of(l, key));
                    let mut out = Vec::new();
                    let last = batch?;
                    let ended = last.is_none();
                    let fresh = last.map(|b| read(&b).map_err(external)).transpose()?.unwrap_or_default();
                    for record in fresh {
                        if held.first().is_some_and(|first| first.case != record.case) {
                            told(&std::mem::take(&mut held), &linked, &mut out);
                        }
                        held.push(record);
                    }
                    if ended {
                        told(&std::mem::take(&mut held), &linked, &mut out);
                    }
                    batch_of(out)
                })
                .boxed()
            }
        });
        Box::pin(RecordBatchStreamAdapter::new(self.schema.clone(), batches))
    }
}

fn told(records: &[Record], linked: &dyn Fn(&str) -> Option<u64>, out: &mut Vec<(String, String, InForce)>) {
    let Some(first) = records.first() else { return };
    let case = Case::of(records, linked);
    let mut of: Vec<_> = case.all().map(|(key, f)| (key.to_owned(), first.case.clone(), f.clone())).collect();
    of.sort_by(|a, b| a.0.cmp(&b.0));
    out.extend(of);
}

fn batch_of(rows: Vec<(String, String, InForce)>) -> std::result::Result<RecordBatch, DataFusionError> {
    let text = |of: &dyn Fn(&(String, String, InForce)) -> String| -> ArrayRef {
        Arc::new(rows.iter().map(|r| Some(of(r))).collect::<StringArray>())
    };
    let since: TimestampMicrosecondArray = rows.iter().map(|r| r.2.since.map(|t| t.timestamp_micros())).collect();
    let columns: Vec<ArrayRef> = vec![
        text(&|r| r.0.clone()),
        text(&|r| r.1.clone()),
        text(&|r| r.2.standing.as_str().into()),
        Arc::new(since.with_timezone("UTC")),
        text(&|r| r.2.row.source.clone()),
        text(&|r| r.2.row.object.clone()),
        Arc::new(rows.iter().map(|r| Some(r.2.row.row)).collect::<Int64Array>()),
    ];
    Ok(RecordBatch::try_new(schema(), columns)?)
}
