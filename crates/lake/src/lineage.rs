//! Where each column comes from: source field → clean column → POLE column, read off the contract and the plans of its
//! mapping rather than written down a second time.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::common::Column;
use datafusion::logical_expr::{Expr, LogicalPlan};
use sources::Contract;

use crate::Lake;
use crate::error::Result;
use crate::home::TableName;
use crate::pole;
use crate::runs::stored_schema;

/// One arrow of the lineage graph.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Flow {
    /// `source:SYSTEM.DATASET` or a table.
    pub from_table: String,
    pub from_column: String,
    pub to_table: String,
    pub to_column: String,
}

impl Lake {
    /// All column flows of one contract.
    pub async fn flows(&self, contract: &Contract) -> Result<Vec<Flow>> {
        let clean = TableName::clean(&contract.name).to_string();
        let mut flows = BTreeSet::new();
        for column in &contract.columns {
            for from in column.source_names().map(str::to_string) {
                flows.insert(Flow {
                    from_table: format!("source:{}", contract.name),
                    from_column: from,
                    to_table: clean.clone(),
                    to_column: column.name.clone(),
                });
            }
        }
        let ctx = self.engine().context()?;
        let empty = datafusion::datasource::MemTable::try_new(stored_schema(&contract.arrow_schema()), vec![vec![]])?;
        ctx.register_table("source", Arc::new(empty))?;
        pole::register_views(&ctx, contract).await?;
        for (i, statement) in contract.mapping.iter().enumerate() {
            let Some(target) = pole::find(&statement.table) else { continue };
            let frame = pole::frame(&ctx, target, statement, contract, i).await?;
            let plan = frame.logical_plan();
            for (index, name) in statement.columns.iter().enumerate() {
                let mut from = BTreeSet::new();
                origins(plan, index, &mut from);
                for column in from {
                    flows.insert(Flow {
                        from_table: clean.clone(),
                        from_column: column,
                        to_table: format!("pole.{}", target.name),
                        to_column: name.clone(),
                    });
                }
            }
        }
        Ok(flows.into_iter().collect())
    }

    /// Flows into and out of a table, over all contracts.
    pub async fn lineage(&self, name: &TableName) -> Result<Vec<Flow>> {
        let label = name.to_string();
        let mut out = Vec::new();
        for contract in self.contracts() {
            let clean = TableName::clean(&contract.name);
            if name.area == "pole" || clean == *name {
                let flows = self.flows(&contract).await?;
                if clean == *name {
                    out.extend(flows);
                } else {
                    out.extend(flows.into_iter().filter(|f| f.to_table == label));
                }
            }
        }
        Ok(out)
    }
}

/// Collects the columns of the base table from which output column `index` of `plan` is made.
fn origins(plan: &LogicalPlan, index: usize, out: &mut BTreeSet<String>) {
    match plan {
        LogicalPlan::TableScan(scan) => {
            if let Some(field) = scan.projected_schema.fields().get(index) {
                out.insert(field.name().clone());
            }
        }
        LogicalPlan::Projection(p) => {
            if let Some(expr) = p.expr.get(index) {
                through(expr, &p.input, out);
            }
        }
        LogicalPlan::Aggregate(a) => {
            if let Some(expr) = a.group_expr.iter().chain(&a.aggr_expr).nth(index) {
                through(expr, &a.input, out);
            }
        }
        LogicalPlan::Window(w) => {
            let before = w.input.schema().fields().len();
            match index.checked_sub(before) {
                None => origins(&w.input, index, out),
                Some(i) => {
                    if let Some(expr) = w.window_expr.get(i) {
                        through(expr, &w.input, out);
                    }
                }
            }
        }
        LogicalPlan::Join(j) => {
            let left = j.left.schema().fields().len();
            match index.checked_sub(left) {
                None => origins(&j.left, index, out),
                Some(i) => origins(&j.right, i, out),
            }
        }
        LogicalPlan::Union(u) => u.inputs.iter().for_each(|i| origins(i, index, out)),
        other => {
            for input in other.inputs() {
                if input.schema().fields().len() == other.schema().fields().len() {
                    origins(input, index, out);
                } else {
                    // A node that reshapes rows (unnest): every column may have part in it.
                    (0..input.schema().fields().len()).for_each(|i| origins(input, i, out));
                }
            }
        }
    }
}

fn through(expr: &Expr, input: &LogicalPlan, out: &mut BTreeSet<String>) {
    for column in expr.column_refs() {
        if let Some(i) = position(input, column) {
            origins(input, i, out);
        }
    }
}

fn position(plan: &LogicalPlan, column: &Column) -> Option<usize> {
    plan.schema().maybe_index_of_column(column)
}
