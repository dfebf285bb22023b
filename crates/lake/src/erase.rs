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
use crate::ingest::Doomed;
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
    /// Received files that hold others too: their records of the erased were blanked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rewritten: Vec<Rewritten>,
    /// Received files that hold others too and cannot be rewritten: nobody reads them any more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sealed: Vec<String>,
    /// Members taken out of the linkage.
    #[serde(default)]
    pub members: u64,
    /// Queries forgotten because they named what was erased.
    #[serde(default)]
    pub queries: u64,
    /// Decisions on the category of somebody of whom no row is left, and history sheets.
    #[serde(default)]
    pub decisions: u64,
    #[serde(default)]
    pub sheets: u64,
    /// Texts people wrote (reasons, notes, references, names of files) from which the name or number was taken out.
    #[serde(default)]
    pub words: u64,
    /// Copies that left the lake before and are out of its reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copies: Vec<Copy>,
}

/// A received file of which some records were blanked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewritten {
    pub object: String,
    pub records: u64,
    /// SHA-256 of its bytes since.
    pub sha256: String,
}

/// An export that holds, or may hold, something of what was erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copy {
    pub export: String,
    pub who: String,
    pub at: String,
    pub sha256: String,
    /// Whether its rows name a received file that was touched; otherwise it was read from a table that was.
    pub certain: bool,
}

/// That an object was erased, kept under `erased/SHA256` in the operational state.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Erased {
    /// How often; the same file may have been sent again in between.
    pub times: u32,
    pub receipt: Receipt,
}

/// The note that survives a kill: what goes, and how many rows from which tables.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Intent {
    pub objects: Vec<String>,
    /// Tables that hold or held something of them.
    pub tables: Vec<(TableName, u64)>,
    pub at: String,
    /// Of an expungement: its id, under which the receipt is kept.
    #[serde(default)]
    pub id: Option<String>,
    /// Rows of objects that also hold others.
    #[serde(default)]
    pub rows: Doomed,
    /// Records of received files to be blanked, and files to be sealed.
    #[serde(default)]
    pub blank: Doomed,
    #[serde(default)]
    pub seal: Vec<String>,
    /// What a query in somebody's history must not say any more.
    #[serde(default)]
    pub texts: Vec<String>,
    /// Ids under which people decided on somebody of whom no row is left.
    #[serde(default)]
    pub ids: Vec<String>,
    /// Names and numbers that only the erased rows stated, to be taken out of what people wrote.
    #[serde(default)]
    pub words: Vec<String>,
}

impl Intent {
    /// Which rows go.
    pub fn dooms(&self) -> impl Fn(&str, i64) -> bool + Sync {
        let objects: HashSet<&str> = self.objects.iter().map(String::as_str).collect();
        move |object, row| objects.contains(object) || self.rows.contains(object, row)
    }

    /// Every received file that is touched.
    pub fn touched(&self) -> HashSet<&str> {
        let rows = self.rows.objects().chain(self.blank.objects());
        rows.chain(&self.objects).chain(&self.seal).map(String::as_str).collect()
    }
}

/// Counts erasures; a server with answers in memory compares it with what it was when they were read.
pub const ERASURES: &str = "erasures";

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
        let mut intent = Intent { objects: present, at: self.now().to_rfc3339(), ..Intent::default() };
        intent.texts.clone_from(&intent.objects);
        self.begin(intent).await
    }

    /// Writes down what is to go, and does it. The caller holds the lock.
    pub(crate) async fn begin(&self, mut intent: Intent) -> Result<Receipt> {
        intent.tables = self.holding(&intent).await?;
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
    async fn holding(&self, intent: &Intent) -> Result<Vec<(TableName, u64)>> {
        let doomed: HashSet<&str> = intent.objects.iter().map(String::as_str).collect();
        let dooms = intent.dooms();
        let mut out = Vec::new();
        for (name, _) in self.physical_tables()? {
            let _lock = self.home().write_lock(&name).await?;
            let table = Table::require(self.home(), &name).await?;
            let active: HashSet<String> = table.files()?.into_iter().map(|f| f.path).collect();
            let (mut rows, mut past) = (0, false);
            // Every file in the folder, for old versions and leftovers hold rows too.
            for file in crate::table::data_files(table.root()) {
                let found = rows::count(&name, &table.root().join(&file), &dooms);
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
        let dooms = intent.dooms();
        let mut receipt = Receipt { objects: intent.objects.clone(), at: intent.at.clone(), ..Receipt::default() };
        receipt.copies = self.copies(&intent).await?;
        let orders = self.physical_tables()?;
        for (name, _) in &intent.tables {
            let _lock = self.home().write_lock(name).await?;
            let Some(mut table) = Table::open(self.home(), name).await? else { continue };
            let order = orders.iter().find(|(n, _)| n == name).map(|(_, o)| o.clone()).unwrap_or_default();
            rows::drop_committed(&mut table, &order, None, &dooms).await?;
        }
        self.gather_what_is_left(&intent).await?;
        for (name, rows) in &intent.tables {
            let _lock = self.home().write_lock(name).await?;
            let Some(mut table) = Table::open(self.home(), name).await? else { continue };
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
        self.rewrite_raw(&intent, &mut receipt).await?;
        receipt.members = self.forget_members(&dooms).await?;
        // Made again from what is left, by the next search.
        remove_folder(&self.index_folder())?;
        self.home().sweep_scratch()?;
        for text in &intent.texts {
            receipt.queries += self.store().forget_history(text).await.map_err(crate::state)?;
        }
        self.forget_known(&intent, &mut receipt).await?;
        for object in &intent.objects {
            let mut erased = self.erased(object).await?.unwrap_or_default();
            if erased.receipt.at != receipt.at {
                erased = Erased { times: erased.times + 1, receipt: receipt.clone() };
                self.store().set_setting(&format!("erased/{object}"), &erased).await.map_err(crate::state)?;
            }
            self.store().forget_object(object).await.map_err(crate::state)?;
        }
        let times = self.erasures().await?;
        self.store().set_setting(ERASURES, &(times + 1)).await.map_err(crate::state)?;
        if let Some(id) = &intent.id {
            self.store().set_setting(&format!("expunged/{id}"), &receipt).await.map_err(crate::state)?;
        }
        self.store().scrub().await.map_err(crate::state)?;
        crate::table::remove(path)?;
        Ok(receipt)
    }

    /// What several rows of a file speak for, such as a phone that others have too, is made again from the rows that stay.
    async fn gather_what_is_left(&self, intent: &Intent) -> Result<()> {
        let shared: HashSet<String> = intent.rows.objects().filter(|o| !intent.objects.contains(o)).cloned().collect();
        if shared.is_empty() {
            return Ok(());
        }
        let of = intent.id.as_deref().unwrap_or(&intent.at);
        for contract in self.contracts() {
            let clean = TableName::clean(&contract.name);
            if intent.tables.iter().any(|(name, _)| *name == clean) {
                let _lock = self.home().write_lock(&clean).await?;
                self.gather_left(&contract, format!("expunge/{of}/{}", contract.name), &shared).await?;
            }
        }
        Ok(())
    }

    /// How many erasures there were.
    pub async fn erasures(&self) -> Result<u64> {
        Ok(self.store().setting(ERASURES).await.map_err(crate::state)?.unwrap_or_default())
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
