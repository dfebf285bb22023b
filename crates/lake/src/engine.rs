//! The embedded query engine: one runtime for the process, so that file footers are read once.

use std::sync::Arc;

use datafusion::config::TableParquetOptions;
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::memory_pool::FairSpillPool;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::error::Result;

/// Bytes of Parquet footers and page indexes kept: those of some thousand files. A look-up that has to read them again is not quick.
const FOOTERS: usize = 192 << 20;

/// Shared by all sessions of a lake.
#[derive(Debug, Clone)]
pub struct Engine {
    runtime: Arc<RuntimeEnv>,
    threads: usize,
    memory: usize,
}

impl Engine {
    /// `memory` bounds what queries may hold before they spill to `work`, in bytes.
    pub fn new(memory: usize, threads: usize, work: &std::path::Path) -> Result<Self> {
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(FairSpillPool::new(memory)))
            .with_temp_file_path(work)
            .with_metadata_cache_limit(FOOTERS)
            .build_arc()?;
        Ok(Engine { runtime, threads, memory })
    }

    pub fn parquet_options(&self) -> TableParquetOptions {
        let mut options = TableParquetOptions::default();
        options.global.pushdown_filters = true;
        options.global.reorder_filters = true;
        options.global.schema_force_view_types = false;
        options
    }

    /// A context without tables. It never leaves this crate: what leaves is [`crate::session::Session`].
    pub(crate) fn context(&self) -> SessionContext {
        let mut config = SessionConfig::new()
            .with_target_partitions(self.threads)
            .with_information_schema(false)
            .with_default_catalog_and_schema("lake", "clean");
        let options = config.options_mut();
        options.execution.parquet.pushdown_filters = true;
        options.execution.parquet.reorder_filters = true;
        options.execution.parquet.schema_force_view_types = false;
        options.sql_parser.map_string_types_to_utf8view = false;
        // A sort sets this much of its memory aside for merging; the default is more than a small allowance holds.
        options.execution.sort_spill_reservation_bytes = (self.memory / 16).min(10 << 20);
        options.execution.time_zone = Some("+05:30".into());
        let state =
            SessionStateBuilder::new().with_config(config).with_runtime_env(self.runtime.clone()).with_default_features().build();
        SessionContext::new_with_state(state)
    }
}
