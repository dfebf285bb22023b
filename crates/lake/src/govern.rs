//! A decision as part of the plan: row filter, masks, and what an answer has to keep to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::tree_node::{Transformed, TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, TableReference};
use datafusion::execution::SendableRecordBatchStream;
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, ScalarUDF, lit, when};
use datafusion::prelude::{SessionContext, ident};
use governance::{Decision, Obligation, release_mark};

use crate::Lake;
use crate::barrier::Governed;
use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::scan::external;
use crate::session::Access;
use crate::total::total;

/// Puts a decision's row filter and masks around a table; `function` is one that the filter calls, `ctx` has no tables.
///
/// Where rows are filtered, the table is one that a query's own conditions do not reach into (see [`crate::barrier`]); where only values
/// are masked every row is there to be seen, and a view does.
pub(crate) async fn govern(
    name: &TableName,
    provider: Arc<dyn TableProvider>,
    decision: &Decision,
    function: Option<ScalarUDF>,
    ctx: SessionContext,
) -> datafusion::error::Result<Arc<dyn TableProvider>> {
    if decision.row_filter.is_none() && decision.masks.is_empty() {
        return Ok(provider);
    }
    if let Some(function) = function {
        ctx.register_udf(function);
    }
    let schema = provider.schema();
    // Under its own name, so that the audit record of a query names what was read.
    let reference = TableReference::bare(name.to_string());
    ctx.register_table(reference.clone(), provider)?;
    let mut frame = ctx.table(reference).await?;
    if let Some(filter) = &decision.row_filter {
        let filter = frame.parse_sql_expr(filter)?;
        frame = frame.filter(filter)?;
    }
    let columns = schema
        .fields()
        .iter()
        .map(|f| match decision.masks.iter().find(|m| m.column == *f.name()) {
            Some(mask) => Ok(frame.parse_sql_expr(&mask.expression())?.cast_to(f.data_type(), frame.schema())?.alias(f.name())),
            None => Ok(ident(f.name())),
        })
        .collect::<datafusion::error::Result<Vec<_>>>()?;
    let frame = frame.select(columns)?;
    Ok(match decision.row_filter {
        None => frame.into_view(),
        Some(_) => Arc::new(Governed::new(frame.into_unoptimized_plan())),
    })
}

/// `area.name` of a table, however a query writes it.
pub(crate) fn named(reference: &TableReference) -> String {
    match reference {
        TableReference::Bare { table } if table.contains('.') => table.to_string(),
        other => format!("{}.{}", other.schema().unwrap_or("clean"), other.table()),
    }
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
    /// Numbers that policy itself looks for in a table's rows: whoever reads the table asks for them.
    looked_for: BTreeMap<String, BTreeSet<String>>,
}

impl Terms {
    pub(crate) fn add(&mut self, name: &TableName, decision: &Decision, looked_for: BTreeSet<String>) {
        self.looked_for.insert(name.to_string(), looked_for);
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

    /// What policy looks for in these tables.
    pub(crate) fn looked_for<'a>(&'a self, tables: impl Iterator<Item = &'a String> + 'a) -> impl Iterator<Item = String> + 'a {
        tables.filter_map(|table| self.looked_for.get(table)).flatten().cloned()
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
        let above = self.above.filter(|_| whole && !work.releases.contains(&release_mark(sql)));
        crate::kept::keep(stream, lake, access, above.map(|above| (above, sql.to_owned())))
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
/// The lowest aggregation over a table's rows keeps groups of `least` rows or more, and of an expression only counts that large, rounded:
/// one large count less another does not give a small one.
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
        let shows = if counted.contains(&named(&scan.table_name)) { Shows::Rows } else { Shows::Nothing };
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
    if below == Shows::Rows {
        never_fails(&plan)?;
    }
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

/// Refuses an expression over single rows that an error could be made to tell about.
fn never_fails(plan: &LogicalPlan) -> datafusion::error::Result<()> {
    let inputs = plan.inputs();
    let [input] = inputs.as_slice() else { return Ok(()) };
    let groups = |expr: &Expr| -> Vec<Expr> {
        match expr.clone().unalias() {
            Expr::AggregateFunction(f) => f.params.args,
            Expr::GroupingSet(set) => set.distinct_expr().into_iter().cloned().collect(),
            other => vec![other],
        }
    };
    plan.apply_expressions(|expr| match groups(expr).iter().find(|e| !total(e, input.schema())) {
        None => Ok(TreeNodeRecursion::Continue),
        Some(e) => Err(external(denied(&format!(
            "statistics take below a count only what cannot fail, because an error would tell of a single row: comparisons, LIKE with a written pattern, CASE, parts of dates and texts; not {e}"
        )))),
    })?;
    Ok(())
}

/// Counts leave as multiples of this.
const STEP: i64 = 5;

/// A count rounded to the nearest multiple of [`STEP`]: the same count always gives the same number, so asking again tells nothing new.
fn rounded(count: Expr) -> Expr {
    (count + lit(STEP / 2)) / lit(STEP) * lit(STEP)
}

/// An aggregation without its small counts, and the others rounded.
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
        let shown = when(ident(&seen).gt_eq(least.clone()), rounded(column)).end()?;
        out.push(shown.alias_qualified(qualifier.cloned(), field.name()));
    }
    LogicalPlanBuilder::from(aggregate.input.as_ref().clone())
        .aggregate(aggregate.group_expr.clone(), counts)?
        .filter(ident(ROWS).gt_eq(least))?
        .project(out)?
        .build()
}
