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
    /// Rows that the commit replaced or withdrew. What was derived from them goes too.
    pub dropped: super::Doomed,
    /// Whether its transactions need be remembered for a while only.
    #[serde(default)]
    pub passing: bool,
}

impl Journal {
    pub fn path(home: &Home, object: &str, contract: &str) -> PathBuf {
        home.work().join(format!("journal-{}-{contract}.json", &object[..16.min(object.len())]))
    }

    /// Written whole or not at all.
    pub fn write(&self, home: &Home) -> Result<PathBuf> {
        let path = Journal::path(home, &self.stamp.object, &self.contract);
        let mut file =
            tempfile::NamedTempFile::new_in(home.scratch()).map_err(LakeError::io("writing a journal in", home.scratch()))?;
        let text = serde_json::to_vec(self).map_err(|e| LakeError::Invalid(e.to_string()))?;
        file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(LakeError::io("writing", &path))?;
        file.persist(&path).map_err(|e| LakeError::Io { action: "writing", path: path.clone(), source: e.error })?;
        Ok(path)
    }
}

impl Lake {
    /// Finishes what `path` describes and gives it; none when there is no such journal. The caller holds the clean table's
    /// lock.
    pub(crate) async fn finish_journal(&self, path: &Path) -> Result<Option<Journal>> {
        let text = match std::fs::read(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
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
            self.derive(&Arc::new(contract), &journal, None).await?;
        }
        std::fs::remove_file(path).map_err(LakeError::io("removing", path))?;
        Ok(Some(journal))
    }

    /// Finishes what killed programs left: ingests cut off after their commit, and purges. Sweeps their scratch files.
    /// Gives how many were finished.
    pub async fn recover(&self) -> Result<usize> {
        let swept = self.home().sweep_scratch()?;
        let mut done = self.finish_purges().await?;
        let work = self.home().work();
        for entry in std::fs::read_dir(&work).map_err(LakeError::io("listing", &work))?.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(rest) = name.strip_prefix("journal-").and_then(|n| n.strip_suffix(".json")) else { continue };
            let Some((_, contract)) = rest.split_once('-') else { continue };
            let _lock = self.home().write_lock(&TableName::clean(contract)).await?;
            if let Some(journal) = self.finish_journal(&entry.path()).await? {
                self.settle(&journal).await?;
                done += 1;
            }
        }
        if swept.living == 0 {
            // Nobody else is at work, and this program has not begun: what still runs is nobody's.
            let message = "the program was stopped while it ran; the same command takes the file in";
            self.store().abandon_runs(self.now(), message, self.now()).await.map_err(crate::state)?;
        }
        Ok(done)
    }

    /// Ends the run of an ingest that another program has finished now, with the account its commit carries.
    async fn settle(&self, journal: &Journal) -> Result<()> {
        let Some(clean) = Table::open(self.home(), &TableName::clean(&journal.contract)).await? else { return Ok(()) };
        if !journal.transaction.starts_with("ingest/") || !clean.has(&journal.transaction).await? {
            return Ok(());
        }
        let object = &journal.stamp.object;
        if let Some(mut report) = super::report::committed(&clean, object).await? {
            report.message = Some("interrupted, and finished by the next program".into());
            self.settle_runs(object, &journal.contract, &report).await?;
        }
        Ok(())
    }
}
