//! Keeping tables fit: few large sorted files, no leftovers, nothing beyond its retention.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use futures::StreamExt;

use sources::Contract;

use crate::Lake;
use crate::erase::Receipt;
use crate::error::{LakeError, Result};
use crate::home::{TableName, has_log, is_log_entry};
use crate::runs::FileWriter;
use crate::scan::LakeTable;
use crate::table::{Change, DataFile, Table};

/// Data files grow to about this size; a deletion rewrites at most one of them per row.
const FILE_BYTES: usize = 512 << 20;
/// Files a reader of an older version may still need are kept this long.
const KEEP_VERSIONS: chrono::Duration = chrono::Duration::days(7);

/// So many files of about one size are merged into one.
const CROWD: usize = 12;

/// What maintenance did to one table.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Maintained {
    pub table: String,
    pub files_before: usize,
    pub files_after: usize,
    pub bytes_before: u64,
    pub bytes_after: u64,
    /// Files no version needs any more.
    pub removed: usize,
    pub rows: u64,
}

impl Lake {
    /// Rewrites tables of more than one file, or of one that lies in another order, in their physical order, then removes what nothing refers to.
    pub async fn compact(&self, only: Option<&TableName>) -> Result<Vec<Maintained>> {
        let mut out = Vec::new();
        self.repair_orders(only).await?;
        for (name, order) in self.physical_tables()? {
            if only.is_some_and(|o| o.area != name.area || o.name != name.name.split('@').next().unwrap_or_default()) {
                continue;
            }
            let _lock = self.home().write_lock(&name).await?;
            let mut table = Table::require(self.home(), &name).await?;
            let before = table.files()?;
            let mut done = Maintained {
                table: name.to_string(),
                files_before: before.len(),
                bytes_before: before.iter().map(|f| f.size).sum(),
                rows: before.iter().map(|f| f.rows).sum(),
                ..Maintained::default()
            };
            if before.len() > 1 || !in_order(&table, &before, &order)? {
                self.rewrite_sorted(&mut table, &before, &order).await?;
            }
            done.removed = vacuum(&mut table, KEEP_VERSIONS).await? + sweep_table(&table).await?;
            table.trim_log().await?;
            let after = table.files()?;
            done.files_after = after.len();
            done.bytes_after = after.iter().map(|f| f.size).sum();
            out.push(done);
        }
        Ok(out)
    }

    /// Merges small files of one source's tables, its POLE tables included, a size at a time: what a feed leaves stays a few dozen files,
    /// and a row is written again once for each eightfold growth of its file. Gives how many files went into larger ones.
    pub async fn fold(&self, contract: &Contract) -> Result<usize> {
        let clean = TableName::clean(&contract.name);
        let mut held: HashSet<TableName> = contract.mapping.iter().map(|m| TableName::new("pole", &m.table)).collect();
        held.extend([clean.clone(), TableName::quarantine(&contract.name)]);
        let mut merged = 0;
        for (name, order) in self.physical_tables()? {
            let base = TableName::new(&name.area, name.name.split('@').next().unwrap_or_default());
            if !held.contains(&base) {
                continue;
            }
            let _lock = self.home().write_lock(&name).await?;
            let mut table = Table::require(self.home(), &name).await?;
            let before = merged;
            while let Some(files) = crowded(table.files()?) {
                self.rewrite_sorted(&mut table, &files, &order).await?;
                merged += files.len();
            }
            if merged > before {
                vacuum(&mut table, KEEP_VERSIONS).await?;
            }
        }
        Ok(merged)
    }

    /// Makes second orders that are missing or hold another number of rows than their table.
    async fn repair_orders(&self, only: Option<&TableName>) -> Result<()> {
        for contract in self.contracts() {
            let clean = TableName::clean(&contract.name);
            if only.is_some_and(|o| *o != clean) || contract.orders.len() < 2 || !has_log(&self.home().table(&clean)) {
                continue;
            }
            let _lock = self.home().write_lock(&clean).await?;
            let table = Table::require(self.home(), &clean).await?;
            for order in contract.orders.iter().skip(1) {
                let Some(first) = order.first() else { continue };
                let name = clean.ordered_by(first);
                let mut second = Table::open_or_create(self.home(), &name, &table.schema()?, "A second physical order").await?;
                if second.rows()? != table.rows()? {
                    self.fill_order(&table, &mut second, order).await?;
                }
            }
        }
        Ok(())
    }

    async fn rewrite_sorted(&self, table: &mut Table, before: &[DataFile], order: &[String]) -> Result<()> {
        let ctx = self.engine().context()?;
        let chosen: HashSet<String> = before.iter().map(|f| table.root().join(&f.path).to_string_lossy().into_owned()).collect();
        let mut provider = LakeTable::new(self.engine(), table, &[])?.only(|path| chosen.contains(path));
        // Sorted files are merged; others have to be sorted.
        if in_order(table, before, order)? {
            provider = provider.sorted_files(order);
        }
        let mut frame = ctx.read_table(std::sync::Arc::new(provider))?;
        if !order.is_empty() {
            frame = frame.sort(order.iter().map(|c| datafusion::prelude::ident(c).sort(true, true)).collect())?;
        }
        let schema = table.schema()?;
        let mut stream = frame.execute_stream().await?;
        let mut files = Vec::new();
        let mut writer: Option<FileWriter> = None;
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            let mut w = match writer.take() {
                Some(w) => w,
                None => {
                    let name = format!("sorted-{}.parquet", uuid::Uuid::now_v7().simple());
                    FileWriter::create(table.root(), &name, schema.clone(), order, true)?
                }
            };
            w = tokio::task::spawn_blocking(move || w.write(&batch).map(|()| w))
                .await
                .map_err(|e| LakeError::Invalid(e.to_string()))??;
            if w.size() >= FILE_BYTES {
                files.push(
                    tokio::task::spawn_blocking(move || w.finish()).await.map_err(|e| LakeError::Invalid(e.to_string()))??,
                );
            } else {
                writer = Some(w);
            }
        }
        if let Some(w) = writer {
            files.push(w.finish()?);
        }
        let rows_after: u64 = files.iter().map(|f| f.rows).sum();
        let rows_before: u64 = before.iter().map(|f| f.rows).sum();
        if rows_after != rows_before {
            for f in &files {
                let path = table.root().join(&f.path);
                std::fs::remove_file(&path).map_err(LakeError::io("removing", path))?;
            }
            return Err(LakeError::Invalid(format!(
                "compaction of {} read {rows_after} rows of {rows_before}; nothing was changed",
                table.name
            )));
        }
        table.commit(Change { add: files, remove: before.to_vec(), rearranges: true, ..Change::default() }).await?;
        Ok(())
    }

    /// Every Delta table with its physical order, second orders included.
    pub(crate) fn physical_tables(&self) -> Result<Vec<(TableName, Vec<String>)>> {
        let mut out = Vec::new();
        for name in self.home().list()? {
            let mut orders = match name.area.as_str() {
                "clean" => self
                    .contracts()
                    .iter()
                    .find(|c| TableName::clean(&c.name) == name)
                    .map(|c| c.orders.clone())
                    .unwrap_or_default(),
                "pole" => crate::pole::find(&name.name)
                    .map(|t| vec![t.order.iter().map(|s| s.to_string()).collect()])
                    .unwrap_or_default(),
                _ => Vec::new(),
            };
            if orders.is_empty() {
                orders.push(Vec::new());
            }
            for (i, order) in orders.into_iter().enumerate() {
                let physical = match (i, order.first()) {
                    (0, _) => name.clone(),
                    (_, Some(first)) => name.ordered_by(first),
                    (_, None) => continue,
                };
                if has_log(&self.home().table(&physical)) {
                    out.push((physical, order));
                }
            }
            let withdrawn = name.ordered_by("withdrawn");
            if has_log(&self.home().table(&withdrawn)) {
                out.push((withdrawn, Vec::new()));
            }
        }
        Ok(out)
    }

    /// Erases objects received before their contract's retention began.
    pub async fn enforce_retention(&self) -> Result<Receipt> {
        let mut due = Vec::new();
        for contract in self.contracts() {
            let Some(seconds) = contract.retention.as_ref().and_then(crate::catalog::seconds) else { continue };
            let cutoff = self.now() - chrono::Duration::seconds(seconds as i64);
            let found = self.store().received_before(&contract.name, cutoff).await.map_err(crate::state)?;
            due.extend(found);
        }
        // One object may have been taken in under two contracts.
        due.sort();
        due.dedup();
        self.purge(&due).await
    }
}

/// Whether the rows of each of these files lie in `order`.
fn in_order(table: &Table, files: &[DataFile], order: &[String]) -> Result<bool> {
    for file in files {
        let reader = crate::rows::open(&table.name, &table.root().join(&file.path))?;
        if !crate::runs::in_order(reader.metadata(), order) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Files of about one size that are too many to lie side by side; the smallest size first.
fn crowded(files: Vec<DataFile>) -> Option<Vec<DataFile>> {
    const SMALLEST: u64 = 256 << 10;
    let mut sizes: std::collections::BTreeMap<u32, Vec<DataFile>> = std::collections::BTreeMap::new();
    for file in files.into_iter().filter(|f| f.size < FILE_BYTES as u64 / 8) {
        sizes.entry((file.size / SMALLEST).checked_ilog(8).map_or(0, |n| n + 1)).or_default().push(file);
    }
    // Each file that is merged costs memory while it is read.
    sizes.into_values().find(|files| files.len() >= CROWD).map(|mut files| {
        files.truncate(2 * CROWD);
        files
    })
}

/// Deletes files that no version younger than `keep` refers to, and leftovers of writes that never ended.
pub(crate) async fn vacuum(table: &mut Table, keep: chrono::Duration) -> Result<usize> {
    use deltalake::operations::vacuum::VacuumMode;
    let label = table.name.to_string();
    let (_, done) = table
        .delta()
        .clone()
        .vacuum()
        .with_retention_period(keep)
        .with_enforce_retention_duration(false)
        .with_mode(VacuumMode::Full)
        .await
        .map_err(LakeError::delta(&label))?;
    table.refresh().await?;
    Ok(done.files_deleted.len())
}

/// Deletes what killed writers left in a table's folder: data files of no version, half-written log entries. The caller
/// holds the table's lock. Files that are not named as ours may belong to another program at work: they get a day.
pub(crate) async fn sweep_table(table: &Table) -> Result<usize> {
    let ours = |name: &str| ["in-", "re-", "kept-", "sorted-"].iter().any(|p| name.starts_with(p));
    let old = |name: &str| {
        let age = std::fs::metadata(table.root().join(name)).and_then(|m| m.modified()).ok().and_then(|m| m.elapsed().ok());
        age.is_some_and(|a| a.as_secs() > 86_400)
    };
    let mut doomed = table.leftovers(|name| ours(name) || old(name)).await?;
    doomed.extend(half_written(&table.root().join("_delta_log"))?);
    for path in &doomed {
        crate::table::remove(path)?;
    }
    Ok(doomed.len())
}

/// Log entries whose writing was cut off before they got their names.
pub(crate) fn half_written(log: &Path) -> Result<Vec<PathBuf>> {
    let whole = |name: &str| is_log_entry(name) || name == "_last_checkpoint" || name.ends_with(".crc");
    let entries = std::fs::read_dir(log).map_err(LakeError::io("listing", log))?.flatten();
    let files = entries.filter(|e| e.file_type().is_ok_and(|t| t.is_file()));
    Ok(files.filter(|e| !whole(&e.file_name().to_string_lossy())).map(|e| e.path()).collect())
}
