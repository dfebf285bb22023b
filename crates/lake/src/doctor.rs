//! Looking for damage: every file read, every hash computed again, every count compared.

use std::collections::{BTreeMap, HashSet};

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::{TableName, has_log};
use crate::maintain::sweep_table;
use crate::rows;
use crate::table::{Table, data_files};

/// One thing looked at by [`Lake::examine`].
#[derive(Debug, Clone, serde::Serialize)]
pub struct Finding {
    pub what: String,
    pub well: bool,
    /// What was found and, where it is not well, what to do.
    pub message: String,
}

#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn note(&mut self, what: impl Into<String>, outcome: Result<String>) {
        let well = outcome.is_ok();
        self.0.push(Finding { what: what.into(), well, message: outcome.unwrap_or_else(|e| e.to_string()) });
    }

    fn ill(&mut self, what: impl Into<String>, message: String) {
        self.0.push(Finding { what: what.into(), well: false, message });
    }
}

impl Lake {
    /// Reads every table, raw object and the access log, compares them with what is recorded, and sweeps what killed
    /// programs left behind. Nothing but leftovers is changed.
    pub async fn examine(&self) -> Result<Vec<Finding>> {
        let mut found = Findings::default();
        self.examine_contracts(&mut found);
        let mut counts = BTreeMap::new();
        for name in self.all_tables()? {
            let outcome = self.examine_table(&name).await;
            if let Ok((rows, _)) = &outcome {
                counts.insert(name.clone(), *rows);
            }
            found.note(name.to_string(), outcome.map(|(_, message)| message));
        }
        for (name, rows) in &counts {
            let base = TableName::new(&name.area, name.name.split('@').next().unwrap_or_default());
            if *name == base || name.name.ends_with("@withdrawn") {
                continue;
            }
            if let Some(first) = counts.get(&base)
                && first != rows
            {
                found.ill(
                    name.to_string(),
                    format!(
                        "has {rows} rows and {base} has {first}, which it is a second order of: another program changed one of them, or a program was stopped. `sarovar maintain --compact` makes the second order again"
                    ),
                );
            }
        }
        self.examine_raw(&mut found).await?;
        // What is refused is said with the file it stands in; the set before it stays in force.
        found.note("policies", self.reload_policies().map(|all| format!("{} in force", all.texts().len())));
        if let Some(behind) = self.behind() {
            found.ill("operational state".to_owned(), behind.to_string());
        }
        found.note("audit log", self.audit().verify().map(|log| format!("{} records", log.records)).map_err(LakeError::from));
        Ok(found.0)
    }

    fn examine_contracts(&self, found: &mut Findings) {
        if let Ok(broken) = self.inner.unreadable.lock() {
            for (name, e) in broken.iter() {
                found.ill(
                    format!("contract {name}"),
                    format!("{e}. Give the contract again with `sarovar ingest {name} FILE --contract contract.yaml`"),
                );
            }
        }
    }

    /// Every folder that is or was a table.
    fn all_tables(&self) -> Result<Vec<TableName>> {
        let mut out = Vec::new();
        for area in ["clean", "quarantine", "pole", "identity"] {
            let Ok(entries) = std::fs::read_dir(self.home().tables().join(area)) else { continue };
            for entry in entries.flatten() {
                if has_log(&entry.path()) || data_files(&entry.path()).next().is_some() {
                    out.push(TableName::new(area, &entry.file_name().to_string_lossy()));
                }
            }
        }
        out.sort();
        Ok(out)
    }

    async fn examine_table(&self, name: &TableName) -> Result<(u64, String)> {
        let _lock = self.home().write_lock(name).await?;
        let table = Table::require(self.home(), name).await?;
        let swept = sweep_table(&table).await?;
        let files = table.files()?;
        let mut foreign = 0;
        for file in &files {
            let path = table.root().join(&file.path);
            let broken = |message: String| LakeError::DataFile { table: name.to_string(), file: file.path.clone(), message };
            let size = std::fs::metadata(&path).map_err(|e| broken(e.to_string()))?.len();
            if size != file.size {
                return Err(broken(format!("it has {size} bytes and was written with {}", file.size)));
            }
            let read = tokio::task::block_in_place(|| rows::read_through(name, &path))?;
            // A file that another program committed without statistics is taken at its word.
            if file.rows != 0 && read.rows != file.rows {
                return Err(broken(format!("it has {} rows and was written with {}", read.rows, file.rows)));
            }
            foreign += read.without_origin;
        }
        if foreign > 0 {
            return Err(LakeError::ForeignRows { table: name.to_string(), rows: foreign });
        }
        let rows = files.iter().map(|f| f.rows).sum::<u64>();
        let leftovers = if swept > 0 { format!("; {swept} leftovers swept") } else { String::new() };
        Ok((rows, format!("{} files, {rows} rows{leftovers}", files.len())))
    }

    async fn examine_raw(&self, found: &mut Findings) -> Result<()> {
        let raw = self.home().root().join("raw");
        let mut present = HashSet::new();
        for shard in std::fs::read_dir(&raw).map_err(LakeError::io("listing", &raw))?.flatten() {
            for object in std::fs::read_dir(shard.path()).map_err(LakeError::io("listing", shard.path()))?.flatten() {
                let sha256 = object.file_name().to_string_lossy().into_owned();
                let what = format!("raw {sha256}");
                if let Err(e) = tokio::task::block_in_place(|| crate::raw::verify(self.home(), &sha256)) {
                    found.note(what, Err(e));
                } else if self.store().object(&sha256).await.map_err(crate::state)?.is_none() {
                    found.ill(
                        what,
                        "nobody recorded it: the program was stopped while it was received. Take the file in again, or delete it"
                            .into(),
                    );
                }
                present.insert(sha256);
            }
        }
        let mut offset = 0;
        loop {
            let page = store::Page { limit: 1000, offset };
            let page = self.store().objects(&store::ObjectFilter::default(), page).await.map_err(crate::state)?;
            for object in page.rows.iter().filter(|o| !present.contains(&o.sha256)) {
                found.ill(
                    format!("raw {}", object.sha256),
                    format!(
                        "`{}` was received on {} and is not in raw/. Restore it from a backup, or ask the sender for it again and take it in",
                        object.original_name, object.received_at
                    ),
                );
            }
            offset += page.rows.len() as u64;
            if page.rows.is_empty() || offset >= page.total {
                break;
            }
        }
        found.note("raw objects", Ok(format!("{} files", present.len())));
        Ok(())
    }
}
