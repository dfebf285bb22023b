//! Where things lie below `SAROVAR_HOME`, and the locks that keep two writers of one table apart.
//!
//! ```text
//! raw/ab/abcd…          received files, named by their SHA-256, never changed
//! tables/<area>/<name>  Delta tables: clean, quarantine, pole, identity
//! work/                 journals, and one scratch folder per running program; empty when nothing runs
//! audit/                the access log
//! identity/             which mentions are one person, and judgements
//! locks/                one file per table
//! ```

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{LakeError, Result};

/// The folders of one lake.
#[derive(Debug, Clone)]
pub struct Home {
    root: PathBuf,
    scratch: Arc<Scratch>,
}

/// A folder for files that are worthless once the program ends. Its lock tells the living from the dead: what a killed
/// program left behind may be deleted by the next, also when others are at work.
#[derive(Debug)]
struct Scratch {
    path: PathBuf,
    _lock: File,
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is swept by the next program.
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

/// What [`Home::sweep_scratch`] found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Folders of programs that are gone.
    pub dead: usize,
    /// Other programs that have this lake open.
    pub living: usize,
}

/// Holds a table's writer lock until dropped. Works between processes.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Home {
    /// Makes the folders when they are not there yet.
    pub fn create(root: &Path) -> Result<Self> {
        for part in ["raw", "tables", "work", "audit", "locks"] {
            let dir = root.join(part);
            std::fs::create_dir_all(&dir).map_err(LakeError::io("creating", &dir))?;
        }
        let root = std::fs::canonicalize(root).map_err(LakeError::io("opening", root))?;
        let _gate = gate(&root)?;
        let path = root.join("work").join(format!("run-{}", uuid::Uuid::now_v7().simple()));
        std::fs::create_dir(&path).map_err(LakeError::io("creating", &path))?;
        let name = path.join("lock");
        let lock = File::create(&name).map_err(LakeError::io("creating", &name))?;
        lock.lock().map_err(LakeError::io("locking", &name))?;
        Ok(Home { root, scratch: Arc::new(Scratch { path, _lock: lock }) })
    }

    /// Deletes what killed programs left in `work/`.
    pub fn sweep_scratch(&self) -> Result<Swept> {
        let _gate = gate(&self.root)?;
        let mut swept = Swept::default();
        let work = self.work();
        for entry in std::fs::read_dir(&work).map_err(LakeError::io("listing", &work))?.flatten() {
            let path = entry.path();
            if path == self.scratch.path || !entry.file_name().to_string_lossy().starts_with("run-") {
                continue;
            }
            let alive = File::open(path.join("lock")).is_ok_and(|lock| lock.try_lock().is_err());
            if alive {
                swept.living += 1;
                continue;
            }
            match std::fs::remove_dir_all(&path) {
                Ok(()) => swept.dead += 1,
                // Its program ended by itself in this moment.
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
                Err(e) => return Err(LakeError::io("removing", path)(e)),
            }
        }
        Ok(swept)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn raw(&self, sha256: &str) -> PathBuf {
        self.root.join("raw").join(&sha256[..2]).join(sha256)
    }

    pub fn work(&self) -> PathBuf {
        self.root.join("work")
    }

    /// For files of this program alone; gone when it ends.
    pub fn scratch(&self) -> &Path {
        &self.scratch.path
    }

    pub fn audit(&self) -> PathBuf {
        self.root.join("audit")
    }

    pub fn tables(&self) -> PathBuf {
        self.root.join("tables")
    }

    pub fn table(&self, name: &TableName) -> PathBuf {
        self.tables().join(&name.area).join(&name.name)
    }

    /// Waits for the only writer's place of `name`.
    pub async fn lock(&self, name: &str) -> Result<Lock> {
        let path = self.root.join("locks").join(format!("{name}.lock"));
        tokio::task::spawn_blocking(move || {
            let file = lock_file(&path)?;
            file.lock().map_err(LakeError::io("locking", &path))?;
            Ok(Lock { _file: file })
        })
        .await
        .map_err(|e| LakeError::Invalid(format!("lock task: {e}")))?
    }

    /// Waits for the place of the only writer of `name` and of all that is written together with it: further physical
    /// orders, withdrawn records, and the quarantine, which an ingest fills under its clean table's lock.
    pub async fn write_lock(&self, name: &TableName) -> Result<Lock> {
        let base = name.name.split('@').next().unwrap_or_default();
        let area = if name.area == "quarantine" { "clean" } else { &name.area };
        self.lock(&TableName::new(area, base).to_string()).await
    }

    /// The lock `name` if nobody holds it.
    pub fn try_lock(&self, name: &str) -> Result<Option<Lock>> {
        let path = self.root.join("locks").join(format!("{name}.lock"));
        let file = lock_file(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock { _file: file })),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(e)) => Err(LakeError::io("locking", path)(e)),
        }
    }

    /// All tables on disk, `area.name`, sorted. Second physical orders are not listed: they are part of their table.
    pub fn list(&self) -> Result<Vec<TableName>> {
        let mut found = Vec::new();
        for area in ["clean", "quarantine", "pole", "identity"] {
            let dir = self.tables().join(area);
            let Ok(entries) = std::fs::read_dir(&dir) else { continue };
            for entry in entries {
                let entry = entry.map_err(LakeError::io("listing", &dir))?;
                let name = entry.file_name().to_string_lossy().into_owned();
                if !name.contains('@') && has_log(&entry.path()) {
                    found.push(TableName { area: area.into(), name });
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

fn lock_file(path: &Path) -> Result<File> {
    File::options().create(true).truncate(false).write(true).open(path).map_err(LakeError::io("opening lock", path))
}

/// Held while scratch folders come and go, so that none is swept between its making and its locking.
fn gate(root: &Path) -> Result<File> {
    let path = root.join("locks").join("work.lock");
    let file = lock_file(&path)?;
    file.lock().map_err(LakeError::io("locking", &path))?;
    Ok(file)
}

/// Whether a table's folder has a commit; its making may have been cut off before the first.
pub(crate) fn has_log(table: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(table.join("_delta_log")) else { return false };
    entries.flatten().any(|e| is_log_entry(&e.file_name().to_string_lossy()))
}

/// A commit or a checkpoint, as the Delta protocol names them.
pub(crate) fn is_log_entry(name: &str) -> bool {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    digits == 20 && (name.ends_with(".json") || name.ends_with(".parquet"))
}

/// `area.name`, for instance `clean.cctns_fir`. A second physical order is `clean.telecom_cdr@first_cell`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct TableName {
    pub area: String,
    pub name: String,
}

impl TableName {
    pub fn new(area: &str, name: &str) -> Self {
        TableName { area: area.into(), name: name.into() }
    }

    /// The table that holds the accepted rows of contract `SYSTEM.DATASET`.
    pub fn clean(contract: &str) -> Self {
        TableName::new("clean", &contract.replace('.', "_"))
    }

    /// The table that holds the refused rows of contract `SYSTEM.DATASET`.
    pub fn quarantine(contract: &str) -> Self {
        TableName::new("quarantine", &contract.replace('.', "_"))
    }

    pub fn ordered_by(&self, column: &str) -> Self {
        TableName::new(&self.area, &format!("{}@{column}", self.name))
    }

    /// Reads `area.name`; a bare name means `clean.name`, and `SYSTEM.DATASET` its clean table.
    pub fn parse(text: &str) -> Self {
        match text.split_once('.') {
            Some((area @ ("clean" | "quarantine" | "pole" | "identity"), name)) => TableName::new(area, &name.replace('.', "_")),
            _ => TableName::clean(text),
        }
    }
}

impl std::fmt::Display for TableName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.area, self.name)
    }
}
