//! What follows from a committed ingest: the second physical orders and the POLE tables. Every step may be repeated.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use datafusion::common::tree_node::TreeNode;
use datafusion::dataframe::DataFrameWriteOptions;
use datafusion::prelude::{DataFrame, Expr, ParquetReadOptions, SessionContext, col, lit};
use futures::StreamExt;
use sources::Contract;

use super::journal::Journal;
use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::pole;
use crate::rows::{self, Share};
use crate::runs::{RunWriter, Stamp, arrow_error, stored_schema};
use crate::scan::LakeTable;
use crate::table::{Change, DataFile, Table};

impl Lake {
    /// Brings everything derived from `journal`'s ingest up to date. `added` names the files of its rows where this follows the very commit, so
    /// that nothing of it can have been done before.
    pub(super) async fn derive(&self, contract: &Arc<Contract>, journal: &Journal, added: Option<&[String]>) -> Result<()> {
        let dropped = &journal.dropped;
        let objects: HashSet<String> = dropped.objects().cloned().collect();
        let doomed = |object: &str, row: i64| dropped.contains(object, row);
        for order in contract.orders.iter().skip(1) {
            self.second_order(contract, order, journal, added, &doomed).await?;
        }
        if !dropped.is_empty() {
            for table in pole::TABLES {
                if let Some(mut table) = Table::open(self.home(), &TableName::new("pole", table.name)).await? {
                    let _lock = self.home().lock(&table.name.to_string()).await?;
                    let transaction = format!("{}/dropped", journal.transaction);
                    rows::drop_committed(&mut table, &[], Some(transaction), &doomed).await?;
                }
            }
            self.gather_again(contract, journal, &objects).await?;
        }
        let ctx = self.source(journal, added).await?;
        let _made = self.make_views(&ctx, contract).await?;
        let (first, passing) = (added.is_some(), journal.passing);
        for i in 0..contract.mapping.len() {
            let once = Once { transaction: format!("{}/pole{i}", journal.transaction), first, passing };
            self.map_statement(&ctx, contract, i, &journal.stamp, once).await?;
        }
        Ok(())
    }

    /// A row that several rows of a file speak for (a phone, with `GROUP BY`) names only one of them. Once some of a file's
    /// rows are gone, such rows are derived anew from those that are left.
    async fn gather_again(&self, contract: &Arc<Contract>, journal: &Journal, objects: &HashSet<String>) -> Result<()> {
        let gathering = self.plan_mapping(contract).await?;
        let tables: HashSet<&str> = gathering.iter().map(|i| contract.mapping[*i].table.as_str()).collect();
        for table in &tables {
            let name = TableName::new("pole", table);
            let _lock = self.home().lock(&name.to_string()).await?;
            if let Some(mut table) = Table::open(self.home(), &name).await? {
                rows::drop_derived(&mut table, format!("{}/gathered", journal.transaction), &contract.name, objects).await?;
            }
        }
        let mut objects: Vec<&String> = objects.iter().collect();
        objects.sort();
        for object in objects {
            // This ingest's own rows follow with the others.
            let others = col("_ingested_at").not_eq(instant(journal.stamp.ingested_at));
            let ctx = self.rows_as_source(&journal.contract, col("_object").eq(lit(object.clone())).and(others)).await?;
            let _made = self.make_views(&ctx, contract).await?;
            let stamp = Stamp { object: object.clone(), ..journal.stamp.clone() };
            for (i, statement) in contract.mapping.iter().enumerate() {
                if tables.contains(statement.table.as_str()) {
                    let transaction = format!("{}/again/{object}/{i}", journal.transaction);
                    self.map_statement(&ctx, contract, i, &stamp, Once { transaction, first: false, passing: journal.passing })
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// The same after rows of files were erased; `transaction` is the erasure's own.
    pub(crate) async fn gather_left(
        &self,
        contract: &Arc<Contract>,
        transaction: String,
        objects: &HashSet<String>,
    ) -> Result<()> {
        let stamp = Stamp {
            source: contract.name.clone(),
            object: String::new(),
            contract: contract.version.clone(),
            ingested_at: self.now_micros(),
        };
        let journal = Journal {
            contract: contract.name.clone(),
            contract_yaml: String::new(),
            mapping_sql: String::new(),
            transaction,
            stamp,
            dropped: super::Doomed::default(),
            passing: true,
        };
        self.gather_again(contract, &journal, objects).await
    }

    /// The rows of this ingest, as `source`. They nearly always fill files of their own; only where they share one does
    /// every row have to be asked where it came from.
    async fn source(&self, journal: &Journal, added: Option<&[String]>) -> Result<SessionContext> {
        let (object, at) = (&journal.stamp.object, journal.stamp.ingested_at);
        let clean = self.newest(&TableName::clean(&journal.contract)).await?;
        let ctx = self.engine().context()?;
        if let Some(added) = added {
            let own: HashSet<String> = added.iter().map(|f| clean.root().join(f).to_string_lossy().into_owned()).collect();
            let provider = LakeTable::new(self.engine(), &clean, &[])?.only(|path| own.contains(path));
            ctx.register_table("source", ctx.read_table(Arc::new(provider))?.into_view())?;
            return Ok(ctx);
        }
        let mut shares = HashMap::new();
        for file in clean.files()? {
            let path = clean.root().join(&file.path);
            let share = rows::share(&path, object, at);
            shares.insert(path.to_string_lossy().into_owned(), share);
        }
        let mixed = shares.values().any(|s| *s == Share::Some);
        let provider = LakeTable::new(self.engine(), &clean, &[])?.only(|path| shares.get(path) != Some(&Share::None));
        let mut frame = ctx.read_table(Arc::new(provider))?;
        if mixed {
            frame = frame.filter(col("_object").eq(lit(object.clone())).and(col("_ingested_at").eq(instant(at))))?;
        }
        ctx.register_table("source", frame.into_view())?;
        Ok(ctx)
    }

    /// Runs the views of the mapping once, into files of the folder given back, so that its statements do not each read the source anew.
    async fn make_views(&self, ctx: &SessionContext, contract: &Contract) -> Result<Option<tempfile::TempDir>> {
        if contract.views.is_empty() {
            return Ok(None);
        }
        let scratch = self.home().scratch();
        let folder = tempfile::tempdir_in(scratch).map_err(LakeError::io("writing in", scratch))?;
        let mut options = self.engine().parquet_options();
        options.global.compression = Some("snappy".into());
        for (i, view) in contract.views.iter().enumerate() {
            let path = folder.path().join(format!("{}.parquet", view.name));
            let path = path.to_string_lossy();
            let single = DataFrameWriteOptions::new().with_single_file_output(true);
            pole::view(ctx, contract, i).await?.write_parquet(&path, single, Some(options.clone())).await?;
            ctx.register_parquet(view.name.as_str(), path, ParquetReadOptions::default()).await?;
        }
        Ok(Some(folder))
    }

    async fn newest(&self, name: &TableName) -> Result<Table> {
        self.open_table(name).await?.ok_or_else(|| LakeError::NoTable { name: name.to_string() })
    }

    async fn rows_as_source(&self, contract: &str, filter: Expr) -> Result<SessionContext> {
        let clean = Table::require(self.home(), &TableName::clean(contract)).await?;
        let ctx = self.engine().context()?;
        let provider = Arc::new(LakeTable::new(self.engine(), &clean, &[])?);
        ctx.register_table("source", ctx.read_table(provider)?.filter(filter)?.into_view())?;
        Ok(ctx)
    }

    async fn second_order(
        &self,
        contract: &Arc<Contract>,
        order: &[String],
        journal: &Journal,
        added: Option<&[String]>,
        doomed: &(dyn Fn(&str, i64) -> bool + Sync),
    ) -> Result<()> {
        let Some(first) = order.first() else { return Ok(()) };
        let name = TableName::clean(&contract.name).ordered_by(first);
        let _lock = self.home().lock(&name.to_string()).await?;
        let schema = stored_schema(&contract.arrow_schema());
        let mut table = self.table_for(&name, &schema, "A second physical order").await?;
        if !journal.dropped.is_empty() {
            rows::drop_committed(&mut table, order, Some(format!("{}/dropped", journal.transaction)), doomed).await?;
        }
        let clean = self.newest(&TableName::clean(&contract.name)).await?;
        if added.is_some() || !table.has(&journal.transaction).await? {
            self.add_to_order(&mut table, order, journal, added, &schema).await?;
        }
        if table.rows()? != clean.rows()? {
            // The order came with a newer contract, or its folder was lost: made again from the whole table.
            self.fill_order(&clean, &mut table, order).await?;
        }
        self.cache(&name, Some(table));
        Ok(())
    }

    async fn add_to_order(
        &self,
        table: &mut Table,
        order: &[String],
        journal: &Journal,
        added: Option<&[String]>,
        schema: &SchemaRef,
    ) -> Result<()> {
        let prefix = format!("in-{}", &journal.stamp.object[..16]);
        let first = added.is_some();
        if !first {
            super::sweep(table, &prefix).await?;
        }
        let ctx = self.source(journal, added).await?;
        // All rows tell the same origin: it is written once a file in place of being read and carried along.
        let source = ctx.table("source").await?.drop_columns(&["_source", "_object", "_contract", "_ingested_at"])?;
        let files = self.write_runs(source, table.root(), &prefix, schema, order, Some(&journal.stamp)).await?;
        let transaction = Some(journal.transaction.clone());
        table.commit(Change { add: files, transaction, first, passing: journal.passing, ..Change::default() }).await?;
        Ok(())
    }

    /// Makes a second order anew from all rows of its table. The caller holds the table's lock.
    pub(crate) async fn fill_order(&self, clean: &Table, table: &mut Table, order: &[String]) -> Result<()> {
        let ctx = self.engine().context()?;
        let all = ctx.read_table(Arc::new(LakeTable::new(self.engine(), clean, &[])?))?;
        let files = self.write_runs(all, table.root(), "sorted", &table.schema()?, order, None).await?;
        let remove = table.files()?;
        table.commit(Change { add: files, remove, ..Change::default() }).await?;
        Ok(())
    }

    /// Writes all rows of `source` as runs in `order`, in several tasks.
    async fn write_runs(
        &self,
        source: DataFrame,
        root: &Path,
        prefix: &str,
        schema: &SchemaRef,
        order: &[String],
        stamp: Option<&Stamp>,
    ) -> Result<Vec<DataFile>> {
        let state = Arc::new(source.task_ctx());
        let plan = source.create_physical_plan().await?;
        let parts = plan.properties().partitioning.partition_count();
        let budget = self.memory() / parts.max(1);
        let tasks: Vec<_> = (0..parts)
            .map(|p| {
                let mut stream = plan.execute(p, state.clone());
                let mut writer = RunWriter::new(root, prefix, schema.clone(), order, stamp.cloned(), budget);
                tokio::spawn(async move {
                    let stream = stream.as_mut().map_err(|e| LakeError::Query(e.to_string()))?;
                    while let Some(batch) = stream.next().await {
                        let batch = batch?;
                        // Sorting and encoding would hold up other tasks of this thread.
                        writer = tokio::task::spawn_blocking(move || writer.push(batch).map(|()| writer))
                            .await
                            .map_err(|e| LakeError::Invalid(e.to_string()))??;
                    }
                    tokio::task::spawn_blocking(move || writer.finish()).await.map_err(|e| LakeError::Invalid(e.to_string()))?
                })
            })
            .collect();
        let mut files = Vec::new();
        for task in tasks {
            files.extend(task.await.map_err(|e| LakeError::Invalid(e.to_string()))??);
        }
        Ok(files)
    }

    /// Runs one statement of the mapping over `source` and commits its rows, once.
    async fn map_statement(
        &self,
        ctx: &SessionContext,
        contract: &Arc<Contract>,
        i: usize,
        stamp: &Stamp,
        once: Once,
    ) -> Result<()> {
        let Once { transaction, first, passing } = once;
        let statement = &contract.mapping[i];
        let target = pole::find(&statement.table).ok_or_else(|| no_table(contract, i))?;
        let schema = target.schema();
        let name = TableName::new("pole", target.name);
        let _lock = self.home().lock(&name.to_string()).await?;
        let mut table = self.table_for(&name, &schema, target.purpose).await?;
        let prefix = format!("in-{}-{i}-{}", &stamp.object[..16], contract.table());
        if !first {
            if table.has(&transaction).await? {
                return Ok(());
            }
            super::sweep(&table, &prefix).await?;
        }
        let frame = pole::frame(ctx, target, statement, contract, i).await?;
        let mut stream = frame.execute_stream().await?;
        let order: Vec<String> = target.order.iter().map(|s| s.to_string()).collect();
        let mut writer = RunWriter::new(table.root(), &prefix, schema.clone(), &order, Some(stamp.clone()), self.memory() / 2);
        while let Some(batch) = stream.next().await {
            let batch = pole::conform(&batch?, &schema).map_err(arrow_error)?;
            writer = tokio::task::spawn_blocking(move || writer.push(batch).map(|()| writer))
                .await
                .map_err(|e| LakeError::Invalid(e.to_string()))??;
        }
        let files =
            tokio::task::spawn_blocking(move || writer.finish()).await.map_err(|e| LakeError::Invalid(e.to_string()))??;
        table.commit(Change { add: files, transaction: Some(transaction), first, passing, ..Change::default() }).await?;
        self.cache(&name, Some(table));
        Ok(())
    }

    /// Plans every mapping statement over an empty source, so that a mistake is found before anything is written. Gives
    /// those that make one row of several.
    pub(crate) async fn plan_mapping(&self, contract: &Contract) -> Result<Vec<usize>> {
        let ctx = self.engine().context()?;
        let schema = stored_schema(&contract.arrow_schema());
        let empty = datafusion::datasource::MemTable::try_new(schema, vec![vec![]])?;
        ctx.register_table("source", Arc::new(empty))?;
        pole::register_views(&ctx, contract).await?;
        let mut gathering = Vec::new();
        for (i, statement) in contract.mapping.iter().enumerate() {
            let target = pole::find(&statement.table).ok_or_else(|| no_table(contract, i))?;
            let frame = pole::frame(&ctx, target, statement, contract, i).await?;
            let gathers = frame.logical_plan().exists(|node| {
                use datafusion::logical_expr::LogicalPlan::{Aggregate, Distinct, Join, Limit, Window};
                Ok(matches!(node, Aggregate(_) | Distinct(_) | Join(_) | Limit(_) | Window(_)))
            })?;
            if gathers {
                gathering.push(i);
            }
        }
        Ok(gathering)
    }
}

/// A commit that happens once.
struct Once {
    transaction: String,
    /// Whether it cannot have happened before.
    first: bool,
    passing: bool,
}

fn no_table(contract: &Contract, i: usize) -> LakeError {
    LakeError::Mapping {
        contract: contract.name.clone(),
        statement: contract.views.len() + i + 1,
        message: format!("there is no table pole.{}", contract.mapping[i].table),
    }
}

/// Microseconds since 1970 as the type of `_ingested_at`.
fn instant(micros: i64) -> Expr {
    lit(datafusion::scalar::ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into())))
}
