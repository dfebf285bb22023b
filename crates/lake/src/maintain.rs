//! Keeping tables fit: few large sorted files, no leftovers, nothing beyond its retention, and erasure that is erasure.

use std::collections::HashSet;

use futures::StreamExt;

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::{Home, TableName};
use crate::rows;
use crate::runs::FileWriter;
use crate::scan::LakeTable;
use crate::table::{Change, DataFile, Table};

/// Data files grow to about this size; a deletion rewrites at most one of them per row.
const FILE_BYTES: usize = 512 << 20;
/// Files a reader of an older version may still need are kept this long.
const KEEP_VERSIONS: chrono::Duration = chrono::Duration::days(7);

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

/// Proof of an erasure that does not repeat what was erased.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Receipt {
    /// SHA-256 of the raw objects erased.
    pub objects: Vec<String>,
    /// Rows erased per table.
    pub rows: Vec<(String, u64)>,
    /// Files rewritten or deleted.
    pub files: u64,
    pub at: String,
}

impl Lake {
    /// Rewrites tables of more than one file in their physical order, then removes what nothing refers to.
    pub async fn compact(&self, only: Option<&TableName>) -> Result<Vec<Maintained>> {
        let mut out = Vec::new();
        for (name, order) in self.physical_tables()? {
            if only.is_some_and(|o| o.area != name.area || o.name != name.name.split('@').next().unwrap_or_default()) {
                continue;
            }
            let _lock = self.home().lock(&base(&name).to_string()).await?;
            let mut table = Table::require(self.home(), &name).await?;
            let before = table.files()?;
            let mut done = Maintained {
                table: name.to_string(),
                files_before: before.len(),
                bytes_before: before.iter().map(|f| f.size).sum(),
                rows: before.iter().map(|f| f.rows).sum(),
                ..Maintained::default()
            };
            if before.len() > 1 {
                self.rewrite_sorted(&mut table, &before, &order).await?;
            }
            done.removed = vacuum(&mut table, KEEP_VERSIONS).await?;
            let after = table.files()?;
            done.files_after = after.len();
            done.bytes_after = after.iter().map(|f| f.size).sum();
            out.push(done);
        }
        Ok(out)
    }

    async fn rewrite_sorted(&self, table: &mut Table, before: &[DataFile], order: &[String]) -> Result<()> {
        let ctx = self.engine().context();
        let provider = std::sync::Arc::new(LakeTable::new(self.engine(), table, &[])?.sorted_files(order));
        let mut frame = ctx.read_table(provider)?;
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
                    FileWriter::create(table.root(), &name, schema.clone(), order, None)?
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
    fn physical_tables(&self) -> Result<Vec<(TableName, Vec<String>)>> {
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
                if self.home().table(&physical).join("_delta_log").is_dir() {
                    out.push((physical, order));
                }
            }
            let withdrawn = name.ordered_by("withdrawn");
            if self.home().table(&withdrawn).join("_delta_log").is_dir() {
                out.push((withdrawn, Vec::new()));
            }
        }
        Ok(out)
    }

    /// Erases raw objects and everything made from them, down to the bytes: data files, old versions, Delta logs and
    /// their statistics, quarantine, and the file's name in the operational state. Older versions of the touched tables
    /// cannot be read afterwards.
    pub async fn purge(&self, objects: &[String]) -> Result<Receipt> {
        for object in objects {
            if !self.home().raw(object).exists() && self.object_name(object).await.is_err() {
                return Err(LakeError::NoObject { sha256: object.clone() });
            }
        }
        let doomed: HashSet<&str> = objects.iter().map(String::as_str).collect();
        let mut receipt = Receipt { objects: objects.to_vec(), at: self.now().to_rfc3339(), ..Receipt::default() };
        for (name, order) in self.physical_tables()? {
            let _lock = self.home().lock(&base(&name).to_string()).await?;
            let mut table = Table::require(self.home(), &name).await?;
            let n = rows::drop_committed(&mut table, &order, None, &|object, _| doomed.contains(object)).await?;
            let touched = n > 0 || mentions(&table, &doomed).await?;
            if touched {
                receipt.files += vacuum(&mut table, chrono::Duration::zero()).await? as u64;
                receipt.files += forget_log(&mut table).await?;
                receipt.rows.push((name.to_string(), n));
            }
        }
        for object in objects {
            let path = self.home().raw(object);
            if path.exists() {
                std::fs::remove_file(&path).map_err(LakeError::io("removing", &path))?;
                receipt.files += 1;
            }
            self.forget_object(object).await?;
        }
        sweep_work(self.home())?;
        Ok(receipt)
    }
}

/// One thing looked at by [`Lake::examine`].
#[derive(Debug, Clone, serde::Serialize)]
pub struct Finding {
    pub what: String,
    pub well: bool,
    pub message: String,
}

impl Lake {
    /// Opens every table, looks for its files, and checks raw objects and the audit log against their hashes.
    pub async fn examine(&self) -> Result<Vec<Finding>> {
        let mut out = Vec::new();
        let mut note = |what: String, problem: Result<String>| {
            let well = problem.is_ok();
            out.push(Finding { what, well, message: problem.unwrap_or_else(|e| e.to_string()) });
        };
        for (name, _) in self.physical_tables()? {
            let outcome = match Table::require(self.home(), &name).await {
                Ok(table) => table.files().and_then(|files| {
                    for file in &files {
                        rows::open(&name, &table.root().join(&file.path))?;
                    }
                    Ok(format!("{} files, {} rows", files.len(), files.iter().map(|f| f.rows).sum::<u64>()))
                }),
                Err(e) => Err(e),
            };
            note(name.to_string(), outcome);
        }
        let raw = self.home().root().join("raw");
        for shard in std::fs::read_dir(&raw).map_err(LakeError::io("listing", &raw))?.flatten() {
            for object in std::fs::read_dir(shard.path()).map_err(LakeError::io("listing", shard.path()))?.flatten() {
                let sha256 = object.file_name().to_string_lossy().into_owned();
                let outcome = crate::raw::verify(self.home(), &sha256);
                if outcome.is_err() {
                    note(format!("raw {sha256}"), outcome.map(|()| String::new()));
                }
            }
        }
        note("audit log".into(), self.audit().verify().map(|(n, _)| format!("{n} records")));
        Ok(out)
    }

    /// Erases objects received before their contract's retention began.
    pub async fn enforce_retention(&self) -> Result<Receipt> {
        let mut due = Vec::new();
        for contract in self.contracts() {
            let Some(seconds) = contract.retention.as_ref().and_then(crate::catalog::seconds) else { continue };
            let cutoff = self.now() - chrono::Duration::seconds(seconds as i64);
            let filter = store::RunFilter {
                contract: Some(contract.name.clone()),
                state: Some(store::RunState::Done),
                ..store::RunFilter::default()
            };
            let mut offset = 0;
            loop {
                let page = self.store().runs(&filter, store::Page { limit: 500, offset }).await.map_err(crate::state)?;
                for run in &page.rows {
                    let object = self.store().object(&run.object).await.map_err(crate::state)?;
                    if object.is_some_and(|o| o.received_at < cutoff) && !due.contains(&run.object) {
                        due.push(run.object.clone());
                    }
                }
                offset += page.rows.len() as u64;
                if page.rows.is_empty() || offset >= page.total {
                    break;
                }
            }
        }
        self.purge(&due).await
    }
}

fn base(name: &TableName) -> TableName {
    TableName::new(&name.area, name.name.split('@').next().unwrap_or_default())
}

/// Whether an older version or the log still speaks of an object whose rows are gone already.
async fn mentions(table: &Table, doomed: &HashSet<&str>) -> Result<bool> {
    for object in doomed {
        if std::fs::read_dir(table.root())
            .map_err(LakeError::io("listing", table.root()))?
            .flatten()
            .any(|e| e.file_name().to_string_lossy().contains(&object[..16.min(object.len())]))
        {
            return Ok(true);
        }
        for commit in table.history(100_000).await? {
            if commit.to_string().contains(object) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Deletes files that no version younger than `keep` refers to, and leftovers of writes that never ended.
async fn vacuum(table: &mut Table, keep: chrono::Duration) -> Result<usize> {
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

/// Replaces the table's log by one checkpoint of its present state.
async fn forget_log(table: &mut Table) -> Result<u64> {
    let label = table.name.to_string();
    table.refresh().await?;
    // An empty commit on top, so that the newest one says nothing about what was erased.
    table.commit(Change { rearranges: true, ..Change::default() }).await?;
    deltalake::protocol::checkpoints::create_checkpoint(table.delta(), None).await.map_err(LakeError::delta(&label))?;
    let version = table.version();
    let log = table.root().join("_delta_log");
    let mut removed = 0;
    for entry in std::fs::read_dir(&log).map_err(LakeError::io("listing", &log))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let older = name.split('.').next().and_then(|v| v.parse::<u64>().ok()).is_some_and(|v| v < version);
        if older {
            std::fs::remove_file(entry.path()).map_err(LakeError::io("removing", entry.path()))?;
            removed += 1;
        }
    }
    Ok(removed)
}

/// Scratch files of processes that are gone. A file still open elsewhere loses only its name.
fn sweep_work(home: &Home) -> Result<()> {
    for entry in std::fs::read_dir(home.work()).map_err(LakeError::io("listing", home.work()))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let old =
            entry.metadata().and_then(|m| m.modified()).ok().and_then(|m| m.elapsed().ok()).is_some_and(|e| e.as_secs() > 86_400);
        if name.starts_with("incoming-") && old {
            std::fs::remove_file(entry.path()).map_err(LakeError::io("removing", entry.path()))?;
        }
    }
    Ok(())
}
