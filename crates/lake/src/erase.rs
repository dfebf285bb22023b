//! Erasure that is erasure: no byte of a purged file stays below the lake's folder.
//!
//! What is to go is written down first, so that a purge that was killed is finished by the next program: once its rows
//! are out of a table, the table itself no longer tells that old versions of it still hold them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::{TableName, is_log_entry};
use crate::maintain::{half_written, vacuum};
use crate::rows;
use crate::table::{Change, Table};

/// Proof of an erasure that does not repeat what was erased.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Receipt {
    /// SHA-256 of the raw objects erased.
    pub objects: Vec<String>,
    /// Rows erased per table.
    pub rows: Vec<(String, u64)>,
    /// Files rewritten or deleted.
    pub files: u64,
    pub at: String,
}

/// That an object was erased, kept under `erased/SHA256` in the operational state.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Erased {
    /// How often; the same file may have been sent again in between.
    pub times: u32,
    pub receipt: Receipt,
}

/// The note that survives a kill: what goes, and how many rows from which tables.
#[derive(Debug, Serialize, Deserialize)]
struct Intent {
    objects: Vec<String>,
    /// Tables that hold or held something of them.
    tables: Vec<(TableName, u64)>,
    at: String,
}

impl Lake {
    /// Erases raw objects and everything made from them, down to the bytes: data files, old versions, Delta logs and
    /// their statistics, quarantine, and the file's name in the operational state. Older versions of the touched tables
    /// cannot be read afterwards. Erased already: the receipt of that time.
    pub async fn purge(&self, objects: &[String]) -> Result<Receipt> {
        let _one = self.home().lock("purge").await?;
        let mut present = Vec::new();
        let mut last = Receipt { at: self.now().to_rfc3339(), ..Receipt::default() };
        for object in objects {
            if crate::raw::open(self.home(), object).is_ok() || self.object_name(object).await.is_ok() {
                present.push(object.clone());
            } else if let Some(erased) = self.erased(object).await? {
                last = erased.receipt;
            } else {
                return Err(LakeError::NoObject { sha256: object.clone() });
            }
        }
        if present.is_empty() {
            return Ok(last);
        }
        let intent = Intent { tables: self.holding(&present).await?, objects: present, at: self.now().to_rfc3339() };
        let path = self.home().work().join(format!("purge-{}.json", uuid::Uuid::now_v7().simple()));
        write_whole(self.home().scratch(), &path, &intent)?;
        self.carry_out(&path, intent).await
    }

    /// Finishes purges that were cut off. Gives how many.
    pub(crate) async fn finish_purges(&self) -> Result<usize> {
        // Held by whoever is at it now.
        let Some(_one) = self.home().try_lock("purge")? else { return Ok(0) };
        let work = self.home().work();
        let mut done = 0;
        for entry in std::fs::read_dir(&work).map_err(LakeError::io("listing", &work))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with("purge-") && name.ends_with(".json") {
                let path = entry.path();
                let text = std::fs::read(&path).map_err(LakeError::io("reading", &path))?;
                let intent = serde_json::from_slice(&text).map_err(|e| LakeError::Invalid(format!("{}: {e}", path.display())))?;
                self.carry_out(&path, intent).await?;
                done += 1;
            }
        }
        Ok(done)
    }

    /// Whether and how an object was erased.
    pub async fn erased(&self, sha256: &str) -> Result<Option<Erased>> {
        self.store().setting(&format!("erased/{sha256}")).await.map_err(crate::state)
    }

    /// Tables that hold rows of the objects or whose past does, with the number of rows.
    async fn holding(&self, objects: &[String]) -> Result<Vec<(TableName, u64)>> {
        let doomed: HashSet<&str> = objects.iter().map(String::as_str).collect();
        let mut out = Vec::new();
        for (name, _) in self.physical_tables()? {
            let _lock = self.home().write_lock(&name).await?;
            let table = Table::require(self.home(), &name).await?;
            let active: HashSet<String> = table.files()?.into_iter().map(|f| f.path).collect();
            let (mut rows, mut past) = (0, false);
            // Every file in the folder, for old versions and leftovers hold rows too.
            for file in crate::table::data_files(table.root()) {
                let found = rows::count(&name, &table.root().join(&file), &|object| doomed.contains(object));
                if active.contains(&file) {
                    rows += found?;
                } else {
                    past |= !matches!(found, Ok(0));
                }
            }
            if rows > 0 || past || mentions(&table, &doomed).await? {
                out.push((name, rows));
            }
        }
        Ok(out)
    }

    /// Every step may be repeated.
    async fn carry_out(&self, path: &Path, intent: Intent) -> Result<Receipt> {
        let doomed: HashSet<&str> = intent.objects.iter().map(String::as_str).collect();
        let mut receipt = Receipt { objects: intent.objects.clone(), at: intent.at.clone(), ..Receipt::default() };
        let orders = self.physical_tables()?;
        for (name, rows) in &intent.tables {
            let _lock = self.home().write_lock(name).await?;
            let Some(mut table) = Table::open(self.home(), name).await? else { continue };
            let order = orders.iter().find(|(n, _)| n == name).map(|(_, o)| o.clone()).unwrap_or_default();
            rows::drop_committed(&mut table, &order, None, &|object, _| doomed.contains(object)).await?;
            receipt.files += vacuum(&mut table, chrono::Duration::zero()).await? as u64;
            receipt.files += forget_log(&mut table).await?;
            receipt.rows.push((name.to_string(), *rows));
        }
        for object in &intent.objects {
            let raw = self.home().raw(object);
            if raw.exists() {
                std::fs::remove_file(&raw).map_err(LakeError::io("removing", &raw))?;
                receipt.files += 1;
            }
        }
        self.forget_members(&doomed).await?;
        // Made again from what is left, by the next search.
        remove_folder(&self.index_folder())?;
        self.home().sweep_scratch()?;
        for object in &intent.objects {
            let mut erased = self.erased(object).await?.unwrap_or_default();
            if erased.receipt.at != receipt.at {
                erased = Erased { times: erased.times + 1, receipt: receipt.clone() };
                self.store().set_setting(&format!("erased/{object}"), &erased).await.map_err(crate::state)?;
            }
            self.forget_object(object).await?;
        }
        crate::table::remove(path)?;
        Ok(receipt)
    }
}

/// Deletes a folder that may not be there.
fn remove_folder(path: &Path) -> Result<()> {
    match std::fs::remove_dir_all(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(LakeError::io("removing", path)(e)),
        _ => Ok(()),
    }
}

/// Written whole or not at all.
fn write_whole(scratch: &Path, path: &PathBuf, intent: &Intent) -> Result<()> {
    use std::io::Write;
    let mut file = tempfile::NamedTempFile::new_in(scratch).map_err(LakeError::io("writing in", scratch))?;
    let text = serde_json::to_vec(intent).map_err(|e| LakeError::Invalid(e.to_string()))?;
    file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(LakeError::io("writing", path))?;
    file.persist(path).map_err(|e| LakeError::Io { action: "writing", path: path.clone(), source: e.error })?;
    Ok(())
}

/// Whether the log still speaks of an object whose rows are gone already.
async fn mentions(table: &Table, doomed: &HashSet<&str>) -> Result<bool> {
    let history = table.history(100_000).await?;
    Ok(history.iter().map(ToString::to_string).any(|commit| doomed.iter().any(|object| commit.contains(object))))
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
    let mut doomed = half_written(&log)?;
    for entry in std::fs::read_dir(&log).map_err(LakeError::io("listing", &log))?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let older = name.split('.').next().and_then(|v| v.parse::<u64>().ok()).is_some_and(|v| v < version);
        if older && (is_log_entry(&name) || name.ends_with(".crc")) {
            doomed.push(entry.path());
        }
    }
    for path in &doomed {
        crate::table::remove(path)?;
        removed += 1;
    }
    Ok(removed)
}
