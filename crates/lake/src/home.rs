//! Where things lie below `SAROVAR_HOME`, and the locks that keep two writers of one table apart.
//!
//! ```text
//! raw/ab/abcd…          received files, named by their SHA-256, never changed
//! tables/<area>/<name>  Delta tables: clean, quarantine, pole, identity
//! work/                 journals and spill files; empty when nothing runs
//! audit/                the access log
//! locks/                one file per table
//! ```

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::{LakeError, Result};

/// The folders of one lake.
#[derive(Debug, Clone)]
pub struct Home {
    root: PathBuf,
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
        Ok(Home { root })
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
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
                .map_err(LakeError::io("opening lock", &path))?;
            file.lock().map_err(LakeError::io("locking", &path))?;
            Ok(Lock { _file: file })
        })
        .await
        .map_err(|e| LakeError::Invalid(format!("lock task: {e}")))?
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
                if !name.contains('@') && entry.path().join("_delta_log").is_dir() {
                    found.push(TableName { area: area.into(), name });
                }
            }
        }
        found.sort();
        Ok(found)
    }
}

/// `area.name`, for instance `clean.cctns_fir`. A second physical order is `clean.telecom_cdr@first_cell`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
