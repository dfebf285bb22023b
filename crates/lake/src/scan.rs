//! A Delta snapshot as a DataFusion table: the active files, read as plain Parquet.
//!
//! Scanning files rather than Delta's own scan node lets the same plan run embedded or distributed. A table kept in two
//! physical orders answers from the one whose first column the query pins down; both hold the same rows.

mod listed;

use std::sync::Arc;

use arrow::compute::SortOptions;
use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::stats::Precision;
use datafusion::common::{DataFusionError, Statistics};
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::metadata::DFParquetMetadata;
use datafusion::datasource::physical_plan::parquet::{CachedParquetFileReaderFactory, RowGroupAccess};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder, ParquetSource};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::expr::InList;
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::expressions::col as physical_col;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;

use crate::engine::Engine;
use crate::error::Result;
use crate::table::{DataFile, Table};

use listed::Listed;

/// One table at one version, in one or two physical orders.
#[derive(Debug)]
pub struct LakeTable {
    schema: SchemaRef,
    /// First column of the order (if any), and absolute paths.
    orders: Vec<(Option<String>, Vec<DataFile>)>,
    engine: Engine,
    rows: usize,
    sorted: Vec<String>,
}

impl LakeTable {
    /// `others` are further physical orders: the column they are ordered by, and the table.
    pub fn new(engine: &Engine, table: &Table, others: &[(String, Table)]) -> Result<Self> {
        let absolute = |t: &Table| -> Result<Vec<DataFile>> {
            Ok(t.files()?
                .into_iter()
                .map(|f| DataFile { path: t.root().join(&f.path).to_string_lossy().into_owned(), ..f })
                .collect())
        };
        let mut orders = vec![(None, absolute(table)?)];
        for (column, other) in others {
            orders.push((Some(column.clone()), absolute(other)?));
        }
        let rows = orders[0].1.iter().map(|f| f.rows as usize).sum();
        Ok(LakeTable { schema: table.schema()?, orders, engine: engine.clone(), rows, sorted: Vec::new() })
    }

    /// Leaves out every file of the first order that `keep` (by absolute path) does not name.
    pub fn only(mut self, keep: impl Fn(&str) -> bool) -> Self {
        self.orders.truncate(1);
        self.orders[0].1.retain(|f| keep(&f.path));
        self.rows = self.orders[0].1.iter().map(|f| f.rows as usize).sum();
        self
    }

    /// Says that every file is sorted by `order`, so that sorting the table is merging its files.
    pub fn sorted_files(mut self, order: &[String]) -> Self {
        self.sorted = order.to_vec();
        self
    }

    /// The files of the order that suits `filters`.
    fn suited(&self, filters: &[Expr]) -> &[DataFile] {
        let pinned = |column: &str| filters.iter().any(|f| pins(f, column));
        self.orders
            .iter()
            .skip(1)
            .find(|(first, _)| first.as_deref().is_some_and(pinned))
            .map_or(&self.orders[0].1, |(_, files)| files)
    }
}

/// The column that a mask shows under a condition and hides otherwise: `CASE WHEN … THEN column END`.
fn shown(e: &Expr) -> Option<&Expr> {
    let Expr::Case(case) = e else { return None };
    let hidden = case.else_expr.as_deref().is_none_or(|e| matches!(e, Expr::Literal(value, _) if value.is_null()));
    match case.when_then_expr.as_slice() {
        [(_, then)] if case.expr.is_none() && hidden && matches!(**then, Expr::Column(_)) => Some(then),
        _ => None,
    }
}

/// What follows from a filter over masked columns for the columns themselves: a hidden value equals nothing. Pages whose bounds exclude it need
/// not be read; the filter itself still decides about every row.
fn implied(filter: &Expr) -> Option<Expr> {
    match filter {
        Expr::InList(list) if !list.negated && list.list.iter().all(|value| matches!(value, Expr::Literal(..))) => {
            Some(Expr::InList(InList { expr: Box::new(shown(&list.expr)?.clone()), list: list.list.clone(), negated: false }))
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => {
            let (column, value) = shown(left).map(|c| (c, right)).or_else(|| shown(right).map(|c| (c, left)))?;
            matches!(**value, Expr::Literal(..)).then(|| column.clone().eq((**value).clone()))
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => match (implied(left), implied(right)) {
            (None, None) => None,
            (one, other) => Some(one.unwrap_or_else(|| (**left).clone()).and(other.unwrap_or_else(|| (**right).clone()))),
        },
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => Some(implied(left)?.or(implied(right)?)),
        _ => None,
    }
}

/// Whether `filter` holds only for given values of `column`.
fn pins(filter: &Expr, column: &str) -> bool {
    let is = |e: &Expr| matches!(shown(e).unwrap_or(e), Expr::Column(c) if c.name == column);
    match filter {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Eq, right }) => is(left) || is(right),
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) => pins(left, column) || pins(right, column),
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) => pins(left, column) && pins(right, column),
        Expr::InList(list) => !list.negated && is(&list.expr),
        _ => false,
    }
}

#[async_trait]
impl TableProvider for LakeTable {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> datafusion::error::Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        state: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> datafusion::error::Result<Arc<dyn ExecutionPlan>> {
        let files = self.suited(filters);
        if files.is_empty() {
            return nothing(&self.schema, projection);
        }
        let url = ObjectStoreUrl::local_filesystem();
        let store = state.runtime_env().object_store(&url)?;
        let cache = state.runtime_env().cache_manager.get_file_metadata_cache();
        let reader = Arc::new(CachedParquetFileReaderFactory::new(store.clone(), cache.clone()));
        let mut options = self.engine.parquet_options();
        options.global.enable_page_index = true;
        // A filter over a mask is tried above; here what follows from it for the column does.
        let filters: Vec<Expr> = filters.iter().map(|filter| implied(filter).unwrap_or_else(|| filter.clone())).collect();
        let mut chosen: Vec<PartitionedFile> = files.iter().map(file).collect();
        let lists: Vec<Listed> = filters.iter().flat_map(listed::listed).collect();
        if listed::worth(&lists) {
            let (mut known, mut held) = (true, Vec::new());
            for file in chosen {
                let told = DFParquetMetadata::new(store.as_ref(), &file.object_meta);
                let told = told.with_file_metadata_cache(Some(cache.clone())).fetch_metadata().await?;
                match listed::pages(&lists, &told) {
                    Some(pages) if pages.inner().iter().all(|group| *group == RowGroupAccess::Skip) => {}
                    Some(pages) => held.push(file.with_extension(pages)),
                    None => {
                        known = false;
                        held.push(file);
                    }
                }
            }
            chosen = held;
            if known {
                // The engine need not work out again, file by file, what cannot be there.
                options.global.enable_page_index = false;
                options.global.pruning = false;
                options.global.bloom_filter_on_read = false;
                options.global.max_in_list_size = 0;
            }
        }
        if chosen.is_empty() {
            return nothing(&self.schema, projection);
        }
        let mut source = ParquetSource::new(TableSchema::from(self.schema.clone()))
            .with_table_parquet_options(options)
            .with_parquet_file_reader_factory(reader);
        if let Some(filter) = conjunction(filters) {
            let schema = datafusion::common::DFSchema::try_from(self.schema.as_ref().clone())?;
            let predicate = state.create_physical_expr(filter, &schema)?;
            source = source.with_predicate(predicate);
        }
        let mut ordering = Vec::new();
        let groups = if self.sorted.is_empty() {
            groups(chosen, state.config().target_partitions())
        } else {
            let sort = self
                .sorted
                .iter()
                .map(|c| Ok(PhysicalSortExpr::new(physical_col(c, &self.schema)?, SortOptions::new(false, true))))
                .collect::<datafusion::error::Result<Vec<_>>>()?;
            ordering.extend(LexOrdering::new(sort));
            groups(chosen, files.len())
        };
        let statistics = Statistics { num_rows: Precision::Exact(self.rows), ..Statistics::new_unknown(&self.schema) };
        let config = FileScanConfigBuilder::new(url, Arc::new(source))
            .with_file_groups(groups)
            .with_statistics(statistics)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .with_output_ordering(ordering)
            .build();
        Ok(DataSourceExec::from_data_source(config))
    }

    fn statistics(&self) -> Option<Statistics> {
        Some(Statistics { num_rows: Precision::Exact(self.rows), ..Statistics::new_unknown(&self.schema) })
    }
}

/// No rows of some columns.
fn nothing(schema: &SchemaRef, projection: Option<&Vec<usize>>) -> datafusion::error::Result<Arc<dyn ExecutionPlan>> {
    let schema = match projection {
        Some(columns) => Arc::new(schema.project(columns)?),
        None => schema.clone(),
    };
    Ok(Arc::new(EmptyExec::new(schema)))
}

fn file(of: &DataFile) -> PartitionedFile {
    // object_store paths have no leading slash
    PartitionedFile::new(of.path.trim_start_matches('/'), of.size)
}

/// Files dealt out over partitions, largest first, so that partitions weigh about the same.
fn groups(mut files: Vec<PartitionedFile>, partitions: usize) -> Vec<FileGroup> {
    let n = partitions.clamp(1, files.len().max(1));
    files.sort_by_key(|f| std::cmp::Reverse(f.object_meta.size));
    let mut loads = vec![0; n];
    let mut groups: Vec<Vec<PartitionedFile>> = vec![Vec::new(); n];
    for file in files {
        let lightest = (0..n).min_by_key(|i| loads[*i]).unwrap_or_default();
        loads[lightest] += file.object_meta.size;
        groups[lightest].push(file);
    }
    groups.into_iter().filter(|g| !g.is_empty()).map(FileGroup::new).collect()
}

/// Reports a problem of the lake through DataFusion.
pub(crate) fn external(e: crate::error::LakeError) -> DataFusionError {
    DataFusionError::External(Box::new(e))
}

#[cfg(test)]
mod tests {
    use datafusion::prelude::{col, lit, when};

    use super::*;

    #[test]
    fn a_masked_column_is_looked_for_by_the_column() {
        let masked = || when(col("sealed").eq(lit(false)), col("key")).end().unwrap();
        let listed = masked().in_list(vec![lit("a"), lit("b")], false);
        assert_eq!(implied(&listed), Some(col("key").in_list(vec![lit("a"), lit("b")], false)));
        assert_eq!(implied(&masked().eq(lit("a"))), Some(col("key").eq(lit("a"))));
        assert_eq!(
            implied(&lit("a").eq(masked()).and(col("x").eq(lit(1)))),
            Some(col("key").eq(lit("a")).and(col("x").eq(lit(1))))
        );
        let either = || col("key").eq(lit("a")).or(col("key").eq(lit("b")));
        assert_eq!(implied(&masked().eq(lit("a")).or(masked().eq(lit("b")))), Some(either()));
        assert_eq!(implied(&masked().eq(lit("a")).or(col("x").eq(lit(1)))), None, "the other may hold alone");
        assert!(pins(&listed, "key") && !pins(&listed, "sealed"));
        // What shows something else instead, what excludes, and what compares two masks, tells nothing of the column.
        let other = when(col("sealed").eq(lit(false)), col("key")).otherwise(lit("hidden")).unwrap();
        for nothing in
            [other.eq(lit("hidden")), masked().in_list(vec![lit("a")], true), masked().eq(col("x")), masked().is_null()]
        {
            assert_eq!(implied(&nothing), None, "{nothing}");
        }
    }
}
