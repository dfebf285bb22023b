//! One Delta table as the lake writes it: files are written by us, and become visible together in one commit.
//!
//! Delta's own write operations plan a query for each change; the lake already has its rows checked and sorted, so it
//! writes Parquet itself and commits the file list. A commit carries an application transaction, so that the same
//! ingest committed twice is one ingest. Statistics in the log hold row counts only: minimum and maximum values would
//! keep personal data alive after a purge.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use arrow::datatypes::SchemaRef;
use deltalake::DeltaTable;
use deltalake::DeltaTableError;
use deltalake::kernel::engine::arrow_conversion::{TryIntoArrow, TryIntoKernel};
use deltalake::kernel::transaction::{CommitBuilder, CommitProperties, TransactionError};
use deltalake::kernel::{Action, Add, Remove, StructType, Transaction};
use deltalake::protocol::{DeltaOperation, SaveMode};
use serde_json::{Value, json};
use url::Url;

use crate::error::{LakeError, Result};
use crate::home::{Home, TableName};

/// How often a commit is tried again from a fresh snapshot when another writer was faster.
const TRIES: usize = 12;

/// A Delta table at one version.
#[derive(Debug, Clone)]
pub struct Table {
    pub name: TableName,
    root: PathBuf,
    inner: DeltaTable,
    /// When the log's folder had last changed as this state was read, where that tells.
    seen: Option<SystemTime>,
}

/// A data file of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataFile {
    /// Relative to the table's folder.
    pub path: String,
    /// Bytes.
    pub size: u64,
    pub rows: u64,
}

/// What one commit changes.
#[derive(Debug, Default)]
pub struct Change {
    pub add: Vec<DataFile>,
    pub remove: Vec<DataFile>,
    /// Committed at most once per table.
    pub transaction: Option<String>,
    /// Kept in the commit's metadata; never values from rows.
    pub note: serde_json::Map<String, Value>,
    /// Rows are the same, only placed differently.
    pub rearranges: bool,
    /// Nobody can have committed the transaction before, so nobody is asked whether somebody has.
    pub first: bool,
    /// The transaction's name need be remembered for a while only ([`REMEMBERED`]): a feed makes tens of thousands of them a day, and every
    /// checkpoint of the log repeats all that are remembered.
    pub passing: bool,
}

/// How long the names of passing transactions are remembered.
const REMEMBERED: &str = "interval 7 days";

impl Table {
    /// Opens the newest version, or tells that the table does not exist.
    pub async fn open(home: &Home, name: &TableName) -> Result<Option<Table>> {
        let root = home.table(name);
        if !crate::home::has_log(&root) {
            // A table is made before its first data file: files without a log are a log that was lost.
            return if data_files(&root).next().is_none() {
                Ok(None)
            } else {
                Err(LakeError::LogLost { table: name.to_string(), path: root.join("_delta_log") })
            };
        }
        let url = dir_url(&root)?;
        let seen = changed(&root);
        let inner = match deltalake::open_table(url).await {
            Ok(table) => table,
            Err(e) => return Err(LakeError::delta(&name.to_string())(e)),
        };
        let table = Table { name: name.clone(), root, inner, seen };
        table.refuse_foreign_features()?;
        Ok(Some(table))
    }

    pub async fn require(home: &Home, name: &TableName) -> Result<Table> {
        Table::open(home, name).await?.ok_or_else(|| LakeError::NoTable { name: name.to_string() })
    }

    /// Opens the table, making it when it is not there. Columns that `schema` has and the table lacks are added to it.
    pub async fn open_or_create(home: &Home, name: &TableName, schema: &SchemaRef, comment: &str) -> Result<Table> {
        if let Some(mut table) = Table::open(home, name).await? {
            table.widen(schema).await?;
            return Ok(table);
        }
        let root = home.table(name);
        std::fs::create_dir_all(&root).map_err(LakeError::io("creating", &root))?;
        let label = name.to_string();
        let kernel: StructType = schema.as_ref().try_into_kernel().map_err(|e| LakeError::Invalid(format!("{label}: {e}")))?;
        let blank = DeltaTable::try_from_url(dir_url(&root)?).await.map_err(LakeError::delta(&label))?;
        let inner = blank
            .create()
            .with_table_name(name.to_string())
            .with_comment(comment)
            .with_columns(kernel.fields().cloned())
            .with_save_mode(SaveMode::Ignore)
            .with_configuration([
                ("delta.dataSkippingStatsColumns".to_string(), Some("_row".to_string())),
                ("delta.checkpointInterval".to_string(), Some("20".to_string())),
                ("delta.logRetentionDuration".to_string(), Some("interval 30 days".to_string())),
                ("delta.deletedFileRetentionDuration".to_string(), Some("interval 7 days".to_string())),
                ("delta.setTransactionRetentionDuration".to_string(), Some(REMEMBERED.to_string())),
            ])
            .await
            .map_err(LakeError::delta(&label))?;
        Ok(Table { name: name.clone(), root, inner, seen: None })
    }

    /// A deletion vector or column mapping, set by another writer, would make our plain Parquet scan answer wrongly.
    fn refuse_foreign_features(&self) -> Result<()> {
        let snapshot = self.inner.snapshot().map_err(LakeError::delta(&self.name.to_string()))?;
        let config = snapshot.metadata().configuration();
        let mapped = config.get("delta.columnMapping.mode").is_some_and(|m| m != "none");
        let vectors = snapshot.log_data().iter().any(|f| f.deletion_vector_descriptor().is_some());
        if mapped || vectors {
            return Err(LakeError::Invalid(format!(
                "table {}: another program wrote it with {}, which the lake does not read. Rewrite the table with that program without it",
                self.name,
                if mapped { "column mapping" } else { "deletion vectors" }
            )));
        }
        Ok(())
    }

    /// Adds the columns of `schema` that the table lacks.
    pub(crate) async fn widen(&mut self, schema: &SchemaRef) -> Result<()> {
        let have = self.schema()?;
        let label = self.name.to_string();
        for field in schema.fields() {
            match have.field_with_name(field.name()) {
                Ok(old) if old.data_type() != field.data_type() => {
                    return Err(LakeError::Invalid(format!(
                        "table {label}: column {} is {} in the table and {} in the contract. A type cannot change in place: give the column a new name, or rebuild the table from its raw objects",
                        field.name(),
                        old.data_type(),
                        field.data_type()
                    )));
                }
                _ => {}
            }
        }
        let missing: Vec<_> = schema.fields().iter().filter(|f| have.field_with_name(f.name()).is_err()).cloned().collect();
        if missing.is_empty() {
            return Ok(());
        }
        let extra =
            arrow::datatypes::Schema::new(missing.iter().map(|f| f.as_ref().clone().with_nullable(true)).collect::<Vec<_>>());
        let kernel: StructType = (&extra).try_into_kernel().map_err(|e| LakeError::Invalid(format!("{label}: {e}")))?;
        self.inner = self
            .inner
            .clone()
            .add_columns()
            .with_fields(kernel.fields().cloned().collect::<Vec<_>>())
            .await
            .map_err(LakeError::delta(&label))?;
        Ok(())
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn version(&self) -> u64 {
        self.inner.version().unwrap_or_default()
    }

    pub fn schema(&self) -> Result<SchemaRef> {
        let snapshot = self.inner.snapshot().map_err(LakeError::delta(&self.name.to_string()))?;
        let kernel = snapshot.schema();
        let schema: arrow::datatypes::Schema =
            kernel.as_ref().try_into_arrow().map_err(|e| LakeError::Invalid(format!("{}: {e}", self.name)))?;
        Ok(std::sync::Arc::new(schema))
    }

    pub fn comment(&self) -> Option<String> {
        self.inner.snapshot().ok().and_then(|s| s.metadata().description().map(str::to_string))
    }

    pub fn files(&self) -> Result<Vec<DataFile>> {
        let snapshot = self.inner.snapshot().map_err(LakeError::delta(&self.name.to_string()))?;
        Ok(snapshot
            .log_data()
            .iter()
            .map(|f| DataFile {
                path: f.path().into_owned(),
                size: f.size() as u64,
                rows: f.num_records().unwrap_or_default() as u64,
            })
            .collect())
    }

    pub fn rows(&self) -> Result<u64> {
        Ok(self.files()?.iter().map(|f| f.rows).sum())
    }

    /// Whether nothing has been committed since this state was read: every commit is a new name in the log's folder.
    pub fn is_newest(&self) -> bool {
        self.seen.is_some() && changed(&self.root) == self.seen
    }

    /// Deletes entries of the log that are older than its retention and that a checkpoint has replaced: every commit lists that folder.
    pub async fn trim_log(&self) -> Result<usize> {
        deltalake::protocol::checkpoints::cleanup_metadata(&self.inner, None)
            .await
            .map_err(LakeError::delta(&self.name.to_string()))
    }

    /// Moves to the newest version.
    pub async fn refresh(&mut self) -> Result<()> {
        self.seen = changed(&self.root);
        self.inner.update_state().await.map_err(LakeError::delta(&self.name.to_string()))
    }

    /// The table as it was at a version.
    pub async fn at_version(&self, version: u64) -> Result<Table> {
        let mut past = self.clone();
        past.inner.load_version(version as _).await.map_err(|e| {
            LakeError::Invalid(format!(
                "table {} has no readable version {version}: {e}. Versions older than the retention are gone",
                self.name
            ))
        })?;
        Ok(past)
    }

    /// The table as it was at an instant.
    pub async fn at_time(&self, time: chrono::DateTime<chrono::Utc>) -> Result<Table> {
        let mut past = self.clone();
        past.inner.load_with_datetime(time).await.map_err(|e| {
            LakeError::Invalid(format!(
                "table {} cannot be read as of {time}: {e}. Versions older than the retention are gone",
                self.name
            ))
        })?;
        Ok(past)
    }

    /// Commits, newest first: version, time in ms, operation, notes.
    pub async fn history(&self, limit: usize) -> Result<Vec<Value>> {
        use futures::StreamExt;
        let mut stream = self.inner.history(Some(limit));
        let mut out = Vec::new();
        while let Some(info) = stream.next().await {
            let info = info.map_err(LakeError::delta(&self.name.to_string()))?;
            out.push(serde_json::to_value(&info).unwrap_or(Value::Null));
        }
        Ok(out)
    }

    /// Whether `transaction` has been committed to this version.
    pub async fn has(&self, transaction: &str) -> Result<bool> {
        let label = self.name.to_string();
        let snapshot = self.inner.snapshot().map_err(LakeError::delta(&label))?;
        let found =
            snapshot.transaction_version(self.inner.log_store().as_ref(), transaction).await.map_err(LakeError::delta(&label))?;
        Ok(found.is_some())
    }

    /// Commits `change`; false when its transaction had been committed before. Pure additions are tried again from a
    /// fresh snapshot when another writer was faster; a change that removes files fails with `Contended` instead, for
    /// its caller must look at the rows again.
    pub async fn commit(&mut self, change: Change) -> Result<bool> {
        let label = self.name.to_string();
        let now = chrono::Utc::now().timestamp_millis();
        let mut actions: Vec<Action> = Vec::with_capacity(change.add.len() + change.remove.len());
        actions.extend(change.remove.iter().map(|f| {
            Action::Remove(Remove {
                path: f.path.clone(),
                data_change: !change.rearranges,
                deletion_timestamp: Some(now),
                extended_file_metadata: Some(true),
                partition_values: Some(HashMap::new()),
                size: Some(f.size as i64),
                ..Remove::default()
            })
        }));
        actions.extend(change.add.iter().map(|f| {
            Action::Add(Add {
                path: f.path.clone(),
                size: f.size as i64,
                modification_time: now,
                data_change: !change.rearranges,
                stats: Some(json!({ "numRecords": f.rows }).to_string()),
                ..Add::default()
            })
        }));
        for attempt in 0..TRIES {
            if let Some(id) = &change.transaction
                && (attempt > 0 || !change.first)
                && self.has(id).await?
            {
                self.discard(&change.add)?;
                return Ok(false);
            }
            let mut properties = CommitProperties::default()
                .with_metadata(change.note.iter().map(|(k, v)| (k.clone(), v.clone())))
                .with_cleanup_expired_logs(Some(false));
            if let Some(id) = &change.transaction {
                // One without a time is remembered for good.
                let named = Transaction::new_with_last_update(id, 1, change.passing.then_some(now));
                properties = properties.with_application_transaction(named);
            }
            let operation = if change.remove.is_empty() {
                DeltaOperation::Write { mode: SaveMode::Append, partition_by: None, predicate: Some("false".into()) }
            } else if change.rearranges {
                DeltaOperation::Optimize { predicate: None, target_size: 0 }
            } else {
                DeltaOperation::Delete { predicate: None }
            };
            let snapshot = self.inner.snapshot().map_err(LakeError::delta(&label))?.snapshot().clone();
            let log = self.inner.log_store();
            let result =
                CommitBuilder::from(properties).with_actions(actions.clone()).build(Some(&snapshot), log, operation).await;
            match result {
                Ok(done) => {
                    // The commit has read what it made: the log need not be listed once more.
                    self.inner.state = Some(done.snapshot());
                    self.seen = None;
                    return Ok(true);
                }
                Err(DeltaTableError::Transaction {
                    source:
                        TransactionError::CommitConflict(_)
                        | TransactionError::MaxCommitAttempts(_)
                        | TransactionError::VersionAlreadyExists(_),
                }) => {
                    self.refresh().await?;
                    if !change.remove.is_empty() {
                        break;
                    }
                }
                Err(e) => return Err(LakeError::delta(&label)(e)),
            }
        }
        Err(LakeError::Contended { table: label, tries: TRIES })
    }

    /// Deletes files that were written for a commit which is not needed.
    fn discard(&self, files: &[DataFile]) -> Result<()> {
        let active: HashSet<String> = self.files()?.into_iter().map(|f| f.path).collect();
        for file in files.iter().filter(|f| !active.contains(&f.path)) {
            remove(&self.root.join(&file.path))?;
        }
        Ok(())
    }

    /// Data files in the folder that no readable version refers to and `chosen` names. Only the holder of the table's lock
    /// may call them leftovers: somebody else's may be about to be committed.
    pub async fn leftovers(&self, chosen: impl Fn(&str) -> bool) -> Result<Vec<PathBuf>> {
        let active: HashSet<String> = self.files()?.into_iter().map(|f| f.path).collect();
        let mut found: Vec<String> = data_files(&self.root).filter(|n| chosen(n) && !active.contains(n)).collect();
        if !found.is_empty() {
            let past = self.removed().await?;
            found.retain(|n| !past.contains(n));
        }
        Ok(found.into_iter().map(|n| self.root.join(n)).collect())
    }

    /// Files that older versions, still readable, consist of.
    async fn removed(&self) -> Result<HashSet<String>> {
        use futures::TryStreamExt;
        let label = self.name.to_string();
        let state = self.inner.snapshot().map_err(LakeError::delta(&label))?;
        let log = self.inner.log_store();
        let stream = state.all_tombstones(log.as_ref());
        stream.map_ok(|t| t.path().into_owned()).try_collect().await.map_err(LakeError::delta(&label))
    }

    pub(crate) fn delta(&self) -> &DeltaTable {
        &self.inner
    }
}

/// Names of the Parquet files that lie in a table's folder.
pub(crate) fn data_files(root: &Path) -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
    entries.map(|e| e.file_name().to_string_lossy().into_owned()).filter(|n| n.ends_with(".parquet"))
}

/// Deletes a file that may be gone already.
pub(crate) fn remove(path: &Path) -> Result<()> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(LakeError::io("removing", path)(e)),
        _ => Ok(()),
    }
}

/// When the log's folder last changed; `None` while that is so recent that another change could bear the same time.
fn changed(root: &Path) -> Option<SystemTime> {
    let at = std::fs::metadata(root.join("_delta_log")).and_then(|m| m.modified()).ok()?;
    (at.elapsed().ok()? > Duration::from_secs(2)).then_some(at)
}

fn dir_url(path: &Path) -> Result<Url> {
    Url::from_directory_path(path).map_err(|()| LakeError::Invalid(format!("{} is not an absolute path", path.display())))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::datatypes::{DataType, Field, Schema};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn an_old_log_is_trimmed_and_what_it_promised_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::create(dir.path()).unwrap();
        let name = TableName::new("clean", "trimmed");
        let schema: SchemaRef = Arc::new(Schema::new(vec![Field::new("a", DataType::Utf8, true)]));
        let mut table = Table::open_or_create(&home, &name, &schema, "").await.unwrap();
        for n in 0..45 {
            let change = Change { transaction: Some(format!("t{n}")), passing: n % 2 == 0, first: n > 0, ..Change::default() };
            assert!(table.commit(change).await.unwrap());
        }
        let again = Change { transaction: Some("t7".into()), ..Change::default() };
        assert!(!table.commit(again).await.unwrap(), "once is once");
        assert_eq!(table.version(), 45);
        let log = table.root().join("_delta_log");
        let entries =
            || std::fs::read_dir(&log).unwrap().flatten().filter(|e| e.path().extension().is_some_and(|e| e == "json")).count();
        let before = entries();
        assert_eq!(table.trim_log().await.unwrap(), 0, "nothing is old");
        let old = SystemTime::now() - Duration::from_secs(40 * 86_400);
        for entry in std::fs::read_dir(&log).unwrap().flatten() {
            std::fs::File::options().append(true).open(entry.path()).unwrap().set_modified(old).unwrap();
        }
        assert!(table.trim_log().await.unwrap() >= 39);
        // Every tenth entry comes with a checkpoint; the last is that of entry 39.
        assert_eq!((before, entries()), (46, 7), "from the last checkpoint on the log stays");
        let opened = Table::open(&home, &name).await.unwrap().unwrap();
        assert_eq!((opened.version(), opened.rows().unwrap()), (45, 0));
        for id in ["t7", "t8", "t44"] {
            assert!(opened.has(id).await.unwrap(), "{id}");
        }
        assert!(!opened.has("t45").await.unwrap());
    }
}
