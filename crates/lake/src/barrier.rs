//! A table of which policy hides rows: a reader's own conditions never meet a row before policy has decided about it.
//!
//! A view would not do. The engine merges a view's filter with the query's conditions and tries them in the order it thinks quickest, and a
//! condition that fails on a hidden row tells that there is one. So this is a table of its own: it takes over the conditions that cannot
//! fail (they are what makes a look-up quick) and leaves all others above a step that nothing is moved beneath.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Column, DFSchema};
use datafusion::error::Result;
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::expr_rewriter::unnormalize_col;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_plan::execution_plan::ReplaceChildrenOptions;
use datafusion::physical_plan::{DisplayAs, DisplayFormatType, ExecutionPlan, PlanProperties};

use crate::total::total;

/// A table as somebody may see it.
#[derive(Debug)]
pub(crate) struct Governed {
    /// The rows policy leaves, with their masks.
    plan: LogicalPlan,
    schema: SchemaRef,
}

impl Governed {
    pub(crate) fn new(plan: LogicalPlan) -> Governed {
        let schema = Arc::new(plan.schema().as_arrow().clone());
        Governed { plan, schema }
    }
}

#[async_trait]
impl TableProvider for Governed {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::View
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let schema = DFSchema::try_from(self.schema.as_ref().clone())?;
        let takes = |filter: &&Expr| match total(&unnormalize_col((*filter).clone()), &schema) {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(takes).collect())
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let mut plan = LogicalPlanBuilder::from(self.plan.clone());
        if let Some(filter) = conjunction(filters.iter().cloned().map(unnormalize_col)) {
            plan = plan.filter(filter)?;
        }
        if let Some(wanted) = projection {
            let column = |i: &usize| Expr::Column(Column::from(self.plan.schema().qualified_field(*i)));
            plan = plan.project(wanted.iter().map(column).collect::<Vec<_>>())?;
        }
        if limit.is_some() {
            plan = plan.limit(0, limit)?;
        }
        let input = state.create_physical_plan(&plan.build()?).await?;
        Ok(Arc::new(Barrier { input }))
    }
}

/// Hands its input's rows on. It keeps to what a step does that says nothing of itself: no filter, projection or limit goes through it, and
/// nobody is told how many rows there may be.
#[derive(Debug)]
struct Barrier {
    input: Arc<dyn ExecutionPlan>,
}

impl DisplayAs for Barrier {
    fn fmt_as(&self, _: DisplayFormatType, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Governed")
    }
}

impl ExecutionPlan for Barrier {
    fn name(&self) -> &str {
        "Governed"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        self.input.properties()
    }

    fn maintains_input_order(&self) -> Vec<bool> {
        vec![true]
    }

    fn benefits_from_input_partitioning(&self) -> Vec<bool> {
        vec![false]
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        vec![&self.input]
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        children: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.into_iter().next().unwrap_or_else(|| self.input.clone());
        Ok(Arc::new(Barrier { input }))
    }

    fn with_new_children(self: Arc<Self>, children: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        let input = children.into_iter().next().unwrap_or_else(|| self.input.clone());
        Ok(Arc::new(Barrier { input }))
    }

    fn execute(&self, partition: usize, context: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        self.input.execute(partition, context)
    }
}
