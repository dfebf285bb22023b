//! The embedded query engine: one runtime for the process, so that file footers are read once.

use std::sync::Arc;

use datafusion::catalog::{
    CatalogProvider, CatalogProviderList, MemoryCatalogProvider, MemoryCatalogProviderList, MemorySchemaProvider,
};
use datafusion::config::TableParquetOptions;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::optimizer::Optimizer;
use datafusion::physical_optimizer::optimizer::PhysicalOptimizer;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::error::Result;

/// Bytes of Parquet footers and page indexes kept: those of some thousand files. A look-up that has to read them again is not quick.
const FOOTERS: usize = 192 << 20;

/// Rules without which a plan reads too much or cannot be run; the others make plans better that read many rows.
const LOGICAL: [&str; 11] = [
    "rewrite_set_comparison",
    "simplify_expressions",
    "replace_distinct_aggregate",
    "eliminate_join",
    "decorrelate_predicate_subquery",
    "scalar_subquery_to_join",
    "decorrelate_lateral_join",
    "extract_equijoin_predicate",
    "push_down_limit",
    "push_down_filter",
    "optimize_projections",
];
const PHYSICAL: [&str; 4] = ["OutputRequirements", "join_selection", "EnsureRequirements", "LimitPushdown"];

/// Rows that a query of few rows works on at once.
const FEW: usize = 1024;

/// Shared by all sessions of a lake.
#[derive(Debug, Clone)]
pub struct Engine {
    /// What every context begins with: gathering some hundred functions takes as long as a look-up.
    state: SessionState,
    few: SessionState,
}

impl Engine {
    /// `memory` bounds what queries may hold before they spill to `work`, in bytes.
    pub fn new(memory: usize, threads: usize, work: &std::path::Path) -> Result<Self> {
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(memory)))
            .with_temp_file_path(work)
            .with_metadata_cache_limit(FOOTERS)
            .build_arc()?;
        let mut config = SessionConfig::new()
            .with_target_partitions(threads)
            .with_information_schema(false)
            .with_default_catalog_and_schema("lake", "clean");
        let options = config.options_mut();
        options.execution.parquet.pushdown_filters = true;
        options.execution.parquet.reorder_filters = true;
        options.execution.parquet.schema_force_view_types = false;
        options.sql_parser.map_string_types_to_utf8view = false;
        // A sort sets this much of its memory aside for merging; the default is more than a small allowance holds.
        options.execution.sort_spill_reservation_bytes = (memory / 16).min(10 << 20);
        options.execution.time_zone = Some("+05:30".into());
        let state =
            SessionStateBuilder::new().with_config(config).with_runtime_env(runtime.clone()).with_default_features().build();
        let mut config = state.config().clone().with_batch_size(FEW);
        config.options_mut().optimizer.max_passes = 1;
        let logical = Optimizer::new().rules.into_iter().filter(|rule| LOGICAL.contains(&rule.name())).collect();
        let physical = PhysicalOptimizer::new().rules.into_iter().filter(|rule| PHYSICAL.contains(&rule.name())).collect();
        let few = SessionStateBuilder::new_from_existing(state.clone())
            .with_config(config)
            .with_optimizer_rules(logical)
            .with_physical_optimizer_rules(physical)
            .build();
        Ok(Engine { state, few })
    }

    pub fn parquet_options(&self) -> TableParquetOptions {
        let mut options = TableParquetOptions::default();
        options.global.pushdown_filters = true;
        options.global.reorder_filters = true;
        options.global.schema_force_view_types = false;
        options
    }

    /// A context without tables. It never leaves this crate: what leaves is [`crate::session::Session`].
    pub(crate) fn context(&self) -> Result<SessionContext> {
        let (catalogs, catalog) = (MemoryCatalogProviderList::new(), MemoryCatalogProvider::new());
        catalog.register_schema("clean", Arc::new(MemorySchemaProvider::new()))?;
        catalogs.register_catalog("lake".into(), Arc::new(catalog));
        let mut state = self.state.clone();
        state.register_catalog_list(Arc::new(catalogs));
        Ok(SessionContext::new_with_state(state))
    }

    /// What a query of few rows runs in, with the tables of `session`: planned in one pass by the rules it cannot do without, for planning takes
    /// most of its time, and with small buffers. Answers are the same.
    pub(crate) fn few(&self, session: &SessionContext) -> SessionState {
        let mut state = self.few.clone();
        state.register_catalog_list(session.state_ref().read().catalog_list().clone());
        state
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_engine_has_the_rules_that_few_rows_are_planned_by() {
        let logical: BTreeSet<String> = Optimizer::new().rules.iter().map(|r| r.name().to_owned()).collect();
        let physical: BTreeSet<String> = PhysicalOptimizer::new().rules.iter().map(|r| r.name().to_owned()).collect();
        assert!(LOGICAL.iter().all(|name| logical.contains(*name)), "{logical:?}");
        assert!(PHYSICAL.iter().all(|name| physical.contains(*name)), "{physical:?}");
    }
}
