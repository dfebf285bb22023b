//! The note that survives a kill: what still has to be derived from a clean table's commit.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sources::Contract;

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::{Home, TableName};
use crate::runs::Stamp;
use crate::table::Table;

/// Everything needed to finish an ingest whose clean table is committed, by any later process.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Journal {
    pub contract: String,
    pub contract_yaml: String,
    pub mapping_sql: String,
    pub transaction: String,
    pub stamp: Stamp,
    /// Rows that the commit replaced or withdrew: (object, row). What was derived from them goes too.
    pub dropped: Vec<(String, i64)>,
}

impl Journal {
    pub fn path(home: &Home, object: &str, contract: &str) -> PathBuf {
        home.work().join(format!("journal-{}-{contract}.json", &object[..16.min(object.len())]))
    }

    /// Written whole or not at all.
    pub fn write(&self, home: &Home) -> Result<PathBuf> {
        let path = Journal::path(home, &self.stamp.object, &self.contract);
        let mut file =
            tempfile::NamedTempFile::new_in(home.work()).map_err(LakeError::io("writing a journal in", home.work()))?;
        let text = serde_json::to_vec(self).map_err(|e| LakeError::Invalid(e.to_string()))?;
        file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(LakeError::io("writing", &path))?;
        file.persist(&path).map_err(|e| LakeError::Io { action: "writing", path: path.clone(), source: e.error })?;
        Ok(path)
    }
}

impl Lake {
    /// Finishes what `path` describes; false when there is no such journal. The caller holds the clean table's lock.
    pub(crate) async fn finish_journal(&self, path: &Path) -> Result<bool> {
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(false),
            Err(e) => return Err(LakeError::io("reading", path)(e)),
        };
        let journal: Journal =
            serde_json::from_slice(&text).map_err(|e| LakeError::Invalid(format!("{}: {e}", path.display())))?;
        let clean = Table::open(self.home(), &TableName::clean(&journal.contract)).await?;
        if let Some(clean) = clean
            && clean.has(&journal.transaction).await?
        {
            let contract = Contract::parse(&journal.contract_yaml, &journal.mapping_sql)
                .map_err(|e| LakeError::Contract { name: journal.contract.clone(), message: e.to_string() })?;
            self.derive(&Arc::new(contract), &journal).await?;
        }
        std::fs::remove_file(path).map_err(LakeError::io("removing", path))?;
        Ok(true)
    }

    /// Finishes every ingest that was cut off after its commit. Gives how many.
    pub async fn recover(&self) -> Result<usize> {
        let mut done = 0;
        let work = self.home().work();
        for entry in std::fs::read_dir(&work).map_err(LakeError::io("listing", &work))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(rest) = name.strip_prefix("journal-").and_then(|n| n.strip_suffix(".json")) else { continue };
            let Some((_, contract)) = rest.split_once('-') else { continue };
            let _lock = self.home().lock(&TableName::clean(contract).to_string()).await?;
            if self.finish_journal(&entry.path()).await? {
                done += 1;
            }
        }
        Ok(done)
    }
}
