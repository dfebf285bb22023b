//! A decision as part of the plan: row filter, masks, and what an answer has to keep to.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use chrono::{DateTime, Utc};
use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, TableReference};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, lit, when};
use datafusion::prelude::{SessionContext, ident};
use futures::StreamExt;
use governance::audit::chain;
use governance::{Decision, Obligation};

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::scan::external;
use crate::session::Access;

/// Puts a decision's row filter and masks around a table.
///
/// Where rows are filtered, every column is bare only in rows that pass: an engine may try a query's own condition before the filter, and
/// such a condition (a division by zero, say) must have nothing to tell about rows that are not there.
pub(crate) async fn govern(
    name: &TableName,
    provider: Arc<dyn TableProvider>,
    decision: &Decision,
) -> datafusion::error::Result<Arc<dyn TableProvider>> {
    if decision.row_filter.is_none() && decision.masks.is_empty() {
        return Ok(provider);
    }
    let ctx = SessionContext::new();
    let schema = provider.schema();
    // Under its own name, so that the audit record of a query names what was read.
    let reference = TableReference::bare(name.to_string());
    ctx.register_table(reference.clone(), provider)?;
    let mut frame = ctx.table(reference).await?;
    let filter = decision.row_filter.as_ref().map(|filter| frame.parse_sql_expr(filter)).transpose()?;
    if let Some(filter) = &filter {
        frame = frame.filter(filter.clone())?;
    }
    let columns = schema
        .fields()
        .iter()
        .map(|f| {
            let shown = match decision.masks.iter().find(|m| m.column == *f.name()) {
                Some(mask) => frame.parse_sql_expr(&mask.expression())?.cast_to(f.data_type(), frame.schema())?,
                None => ident(f.name()),
            };
            match &filter {
                Some(filter) => Ok(when(filter.clone(), shown).end()?.alias(f.name())),
                None if matches!(shown, Expr::Column(_)) => Ok(shown),
                None => Ok(shown.alias(f.name())),
            }
        })
        .collect::<datafusion::error::Result<Vec<_>>>()?;
    Ok(frame.select(columns)?.into_view())
}

/// What the answers of a session keep to, by the tables it opened.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    /// Only counts leave, of groups of at least so many rows.
    pub least: Option<u64>,
    /// The tables that is owed to.
    counted: BTreeSet<String>,
    /// More rows leave only when the query was released.
    above: Option<u64>,
}

impl Terms {
    pub(crate) fn add(&mut self, name: &TableName, decision: &Decision) {
        for obligation in &decision.obligations {
            match obligation {
                Obligation::Aggregate { least } => {
                    self.least = Some(self.least.unwrap_or_default().max(*least));
                    self.counted.insert(name.to_string());
                }
                Obligation::Release { above } => self.above = Some(self.above.unwrap_or(*above).min(*above)),
                Obligation::Audit => {}
            }
        }
    }

    /// The rows of an answer for as long as what it stands on holds, and as many as may leave.
    pub(crate) fn keep(
        &self,
        stream: SendableRecordBatchStream,
        lake: &Lake,
        access: &Access,
        sql: &str,
        whole: bool,
    ) -> SendableRecordBatchStream {
        let Some(work) = &access.principal.work else { return stream };
        let above = self.above.filter(|_| whole && !work.releases.contains(&chain::hash(sql)));
        Box::pin(Kept { stream, lake: lake.clone(), ends: work.ends_first(lake.now()), above, rows: 0, over: false })
    }
}

/// Ends when what it stands on ends.
struct Kept {
    stream: SendableRecordBatchStream,
    lake: Lake,
    ends: DateTime<Utc>,
    above: Option<u64>,
    rows: u64,
    over: bool,
}

impl futures::Stream for Kept {
    type Item = datafusion::error::Result<RecordBatch>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> Poll<Option<Self::Item>> {
        if self.over {
            return Poll::Ready(None);
        }
        if self.lake.now() >= self.ends {
            self.over = true;
            let why = "what this was read under (the piece of work, an authority or an order) ended while the query ran";
            return Poll::Ready(Some(Err(external(denied(why)))));
        }
        let next = self.stream.poll_next_unpin(cx);
        if let Poll::Ready(Some(Ok(batch))) = &next {
            self.rows += batch.num_rows() as u64;
            if let Some(above) = self.above.filter(|above| self.rows > *above) {
                self.over = true;
                let why = format!(
                    "more than {above} rows leave only after a second person released this query: ask for it under My work"
                );
                return Poll::Ready(Some(Err(external(LakeError::Denied(why)))));
            }
        }
        next
    }
}

impl datafusion::execution::RecordBatchStream for Kept {
    fn schema(&self) -> SchemaRef {
        self.stream.schema()
    }
}

/// How much of single rows a plan still shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Shows {
    /// Counts only, or nothing of the tables in question.
    Nothing,
    /// Rows of one table, each at most once.
    Rows,
    /// Rows joined, repeated, cut off or numbered: counting them says little of how many there are.
    Mixed,
}

/// The plan with every count of few rows withheld; refused where something else than counts would leave.
///
/// The lowest aggregation over a table's rows keeps groups of `least` rows or more, and of an expression only counts that large. Two
/// large counts can still be subtracted from one another: that is left to the log.
pub(crate) fn counts_only(terms: &Terms, plan: LogicalPlan, least: u64) -> Result<LogicalPlan> {
    let (plan, shows) = shield(plan, &terms.counted, least)?;
    match shows {
        Shows::Nothing => Ok(plan),
        _ => Err(denied("statistics answer in counts, not in rows: write SELECT …, count(*) … GROUP BY …")),
    }
}

fn denied(why: &str) -> LakeError {
    LakeError::Denied(why.into())
}

fn shield(plan: LogicalPlan, counted: &BTreeSet<String>, least: u64) -> datafusion::error::Result<(LogicalPlan, Shows)> {
    if let LogicalPlan::TableScan(scan) = &plan {
        let name = match &scan.table_name {
            TableReference::Bare { table } if table.contains('.') => table.to_string(),
            other => format!("{}.{}", other.schema().unwrap_or("clean"), other.table()),
        };
        let shows = if counted.contains(&name) { Shows::Rows } else { Shows::Nothing };
        return Ok((plan, shows));
    }
    plan.apply_expressions(|expr| {
        expr.apply(|e| match e {
            Expr::ScalarSubquery(_) | Expr::InSubquery(_) | Expr::Exists(_) | Expr::SetComparison(_) => {
                Err(external(denied("statistics take no sub-query in a condition; join counts by a common table expression")))
            }
            _ => Ok(TreeNodeRecursion::Continue),
        })
    })?;
    let mut below = Shows::Nothing;
    let plan = plan
        .map_children(|child| {
            let (child, shows) = shield(child, counted, least)?;
            below = below.max(shows);
            Ok(Transformed::yes(child))
        })?
        .data;
    match (&plan, below) {
        (_, Shows::Nothing) => Ok((plan, Shows::Nothing)),
        (LogicalPlan::Aggregate(_), Shows::Rows) => Ok((withhold(plan, least)?, Shows::Nothing)),
        (LogicalPlan::Aggregate(_), Shows::Mixed) => Err(external(denied(
            "statistics count the rows of one table, not joined, repeated, numbered or cut off before they are counted",
        ))),
        (LogicalPlan::Projection(_) | LogicalPlan::Filter(_) | LogicalPlan::SubqueryAlias(_), shows) => Ok((plan, shows)),
        _ => Ok((plan, Shows::Mixed)),
    }
}

/// An aggregation without its small counts.
fn withhold(plan: LogicalPlan, least: u64) -> datafusion::error::Result<LogicalPlan> {
    const ROWS: &str = "__rows";
    let LogicalPlan::Aggregate(aggregate) = &plan else { return Ok(plan) };
    let least = lit(i64::try_from(least).unwrap_or(i64::MAX));
    let schema = aggregate.schema.clone();
    let groups = schema.fields().len() - aggregate.aggr_expr.len();
    let mut counts = aggregate.aggr_expr.clone();
    counts.push(count(lit(1_i64)).alias(ROWS));
    let mut out = Vec::new();
    for (at, (qualifier, field)) in schema.iter().enumerate() {
        let column = Expr::Column(Column::new(qualifier.cloned(), field.name()));
        if at < groups {
            out.push(column);
            continue;
        }
        let what = match aggregate.aggr_expr[at - groups].clone().unalias() {
            Expr::AggregateFunction(f) if f.func.name() == "count" && f.params.filter.is_none() => f.params.args,
            _ => return Err(external(denied("statistics answer in counts: use count(*) or count(column), without FILTER"))),
        };
        let seen = format!("__seen_{at}");
        counts.push(count(what.into_iter().next().unwrap_or_else(|| lit(1_i64))).alias(&seen));
        let shown = when(ident(&seen).gt_eq(least.clone()), column).end()?;
        out.push(shown.alias_qualified(qualifier.cloned(), field.name()));
    }
    LogicalPlanBuilder::from(aggregate.input.as_ref().clone())
        .aggregate(aggregate.group_expr.clone(), counts)?
        .filter(ident(ROWS).gt_eq(least))?
        .project(out)?
        .build()
}
