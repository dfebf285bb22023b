//! One received file into its tables: `in = accepted + rejected + duplicate`, whatever happens.
//!
//! The order of steps is what makes a killed ingest harmless. Data files are written first and belong to nothing; the
//! quarantine is committed, then a journal is written, then the clean table is committed — from there on the ingest has
//! happened — and everything derived from it (second physical order, POLE) follows and can be repeated any number of
//! times, for each commit carries the ingest's name. A later run of the same command, or the next start, finds the
//! journal and finishes; without a committed clean table it begins again from the raw object.

mod derive;
mod doomed;
mod fate;
mod journal;
pub mod keys;
mod parse;
mod replay;
mod report;

use std::io::{Read, Seek};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use arrow::datatypes::SchemaRef;
use serde_json::json;
use sources::archive::{self, Member};
use sources::{Contract, Detection};

pub use doomed::{Doomed, RowSet};
pub use fate::{Fates, Refusal};
pub use journal::Journal;
pub use replay::Replayed;
pub use report::{Report, State};

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::raw;
use crate::rows;
use crate::runs::{Stamp, stored_schema};
use crate::table::{Change, DataFile, Table};

/// Files of an archive, one after the other.
pub type Members = Box<dyn Iterator<Item = Result<Member>> + Send>;

/// How far an ingest is, readable from another thread; setting `cancel` stops it before anything is committed.
#[derive(Debug, Default)]
pub struct Progress {
    pub total_bytes: AtomicU64,
    pub received_bytes: AtomicU64,
    pub parsed_bytes: AtomicU64,
    pub rows: AtomicU64,
    pub rejected: AtomicU64,
    pub cancel: AtomicBool,
}

impl Progress {
    pub(crate) fn check(&self) -> Result<()> {
        if self.cancel.load(Ordering::Relaxed) { Err(LakeError::Cancelled) } else { Ok(()) }
    }

    /// 0 to 100: half for receiving, half for reading.
    pub fn percent(&self) -> u8 {
        let total = self.total_bytes.load(Ordering::Relaxed).max(1);
        let done = self.received_bytes.load(Ordering::Relaxed) / 4 + self.parsed_bytes.load(Ordering::Relaxed) * 3 / 4;
        (done * 100 / total).min(100) as u8
    }
}

/// What is to be taken in.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// `None`: found by the file's own looks.
    pub contract: Option<Arc<Contract>>,
    /// Which of the contract's formats the bytes are in, where that is known and not to be guessed; needs `contract`.
    pub variant: Option<usize>,
    /// Whether the report tells what became of each row ([`Report::rows`]): for batches of a feed, not for large files.
    pub by_row: bool,
    /// The file's name as its sender gave it.
    pub name: String,
    /// Reference of the authority under which the rows were obtained.
    pub authority: Option<String>,
    pub received_by: String,
    /// Of an encrypted archive; never stored.
    pub password: Option<String>,
    /// The archive this file came in: its SHA-256 and the member's path.
    pub member_of: Option<(String, String)>,
}

impl Lake {
    /// Takes in the file at `path`; an archive gives one report per member.
    pub async fn ingest_path(&self, path: &Path, mut request: Request, progress: &Arc<Progress>) -> Result<Vec<Report>> {
        let mut file = std::fs::File::open(path).map_err(LakeError::io("opening", path))?;
        let size = file.metadata().map_err(LakeError::io("reading", path))?.len();
        if request.name.is_empty() {
            request.name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        }
        self.ingest(&mut file, size, request, progress).await
    }

    /// Takes in the bytes of `input`.
    pub async fn ingest(
        &self,
        input: &mut (dyn Read + Send),
        size: u64,
        request: Request,
        progress: &Arc<Progress>,
    ) -> Result<Vec<Report>> {
        let mut object = self.arrive(input, size, &request, progress).await?;
        let outcome = self.ingest_arriving(&mut object, request, progress).await;
        // A file that could not be read is kept all the same.
        settle(&mut object)?;
        outcome
    }

    /// Keeps the bytes as a raw object without reading them.
    pub async fn receive(
        &self,
        input: &mut (dyn Read + Send),
        size: u64,
        request: &Request,
        progress: &Arc<Progress>,
    ) -> Result<raw::Received> {
        let mut object = self.arrive(input, size, request, progress).await?;
        settle(&mut object)?;
        Ok(object.received)
    }

    async fn arrive(
        &self,
        input: &mut (dyn Read + Send),
        size: u64,
        request: &Request,
        progress: &Arc<Progress>,
    ) -> Result<raw::Arriving> {
        progress.total_bytes.store(size, Ordering::Relaxed);
        let home = self.home().clone();
        let arriving = tokio::task::block_in_place(|| {
            raw::receive(&home, input, &request.name, &progress.received_bytes, &|| progress.cancel.load(Ordering::Relaxed))
        })?;
        self.record_object(&arriving.received, request).await?;
        Ok(arriving)
    }

    /// Takes in an object that is in the raw store.
    pub async fn ingest_object(&self, sha256: &str, request: Request, progress: &Arc<Progress>) -> Result<Vec<Report>> {
        self.ingest_arriving(&mut raw::stored(self.home(), sha256)?, request, progress).await
    }

    async fn ingest_arriving(
        &self,
        object: &mut raw::Arriving,
        request: Request,
        progress: &Arc<Progress>,
    ) -> Result<Vec<Report>> {
        if request.variant.is_none() && archive::is_archive(&mut object.file).map_err(LakeError::io("reading", &request.name))? {
            settle(object)?;
            return self.ingest_archive(&object.received.sha256, request, progress).await;
        }
        let started = Instant::now();
        let (contract, variant) = self.choose(&mut object.file, &request)?;
        if contract.authority_required && request.authority.is_none() {
            return Err(LakeError::AuthorityNeeded { contract: contract.name.clone() });
        }
        let run = self.start_run(&object.received, &contract, variant, &request).await?;
        let outcome = self.ingest_as(object, &contract, variant, &request, progress).await;
        match outcome {
            Ok(mut report) => {
                report.run = Some(run.clone());
                report.seconds = started.elapsed().as_secs_f64();
                self.finish_run(&run, &report).await?;
                Ok(vec![report])
            }
            Err(e) => {
                self.fail_run(&run, &e, started.elapsed().as_secs_f64()).await?;
                Err(e)
            }
        }
    }

    async fn ingest_archive(&self, sha256: &str, request: Request, progress: &Arc<Progress>) -> Result<Vec<Report>> {
        let mut reports = Vec::new();
        let mut members = self.unpack(sha256, &request.name, request.password.as_deref())?;
        while let Some(member) = tokio::task::block_in_place(|| members.next()) {
            let Member { name, size, input } = member?;
            let request = Request { name: name.clone(), member_of: Some((sha256.to_string(), name.clone())), ..request.clone() };
            let outcome = match input {
                Ok(mut input) => Box::pin(self.ingest(&mut input, size, request, progress)).await,
                Err(source) => Err(LakeError::Read { name: name.clone(), source }),
            };
            match outcome {
                Ok(more) => reports.extend(more),
                Err(LakeError::Cancelled) => return Err(LakeError::Cancelled),
                // One unreadable member must not hold back the others; it is reported, and kept within the archive.
                Err(e) => reports.push(Report::failed(&name, &e)),
            }
        }
        Ok(reports)
    }

    /// The files of an archive that is in the raw store; `name` is what it is called. All are unpacked once before the first is given, so that a
    /// bomb or a wrong password changes nothing; then one by one, so that no number of files opens more than a few.
    pub fn unpack(&self, sha256: &str, name: &str, password: Option<&str>) -> Result<Members> {
        let limits = self.limits();
        let pass = || {
            let scratch = self.home().scratch().to_path_buf();
            let spool = move || Ok(Box::new(tempfile::tempfile_in(&scratch)?) as Box<dyn sources::archive::Spool>);
            let file = Box::new(raw::open(self.home(), sha256)?);
            let called = name.to_string();
            let read = move |source| LakeError::Read { name: called.clone(), source };
            let members = sources::archive::members(file, &limits, password, Box::new(spool)).map_err(&read)?;
            Ok::<Members, LakeError>(Box::new(members.map(move |member| member.map_err(&read))))
        };
        tokio::task::block_in_place(|| pass()?.try_for_each(|member| member.map(drop)))?;
        pass()
    }

    /// The contract and format variant for a file, by name or by looks.
    pub fn choose(&self, file: &mut std::fs::File, request: &Request) -> Result<(Arc<Contract>, usize)> {
        if let (Some(contract), Some(variant)) = (&request.contract, request.variant) {
            return Ok((contract.clone(), variant));
        }
        let read = |source| LakeError::Read { name: request.name.clone(), source };
        let candidates = match &request.contract {
            Some(contract) => vec![contract.clone()],
            None => self.contracts(),
        };
        match sources::detect(&request.name, file, &candidates).map_err(read)? {
            Detection::One(c) => Ok((c.contract, c.variant)),
            // Two variants of the contract that was named: the first that fits.
            Detection::Ambiguous(all) if request.contract.is_some() => all
                .into_iter()
                .next()
                .map(|c| (c.contract, c.variant))
                .ok_or_else(|| LakeError::NoFit { name: request.name.clone(), closest: "none".into() }),
            Detection::Ambiguous(all) => Err(LakeError::Ambiguous {
                name: request.name.clone(),
                count: all.len(),
                candidates: all.iter().map(|c| c.contract.name.as_str()).collect::<Vec<_>>().join(", "),
            }),
            // The operator says it is this source: missing columns then refuse rows, not the file.
            Detection::None { closest } => match (&request.contract, closest.into_iter().next()) {
                (Some(_), Some(c)) => Ok((c.contract, c.variant)),
                (Some(contract), None) => Err(LakeError::NotOfContract {
                    name: request.name.clone(),
                    contract: contract.name.clone(),
                    signature: contract.signature.join(", "),
                    formats: contract.formats.iter().map(|f| f.kind.as_str()).collect::<Vec<_>>().join(", "),
                }),
                (None, c) => Err(LakeError::NoFit {
                    name: request.name.clone(),
                    closest: c.map_or_else(|| "none".into(), |c| format!("{} ({})", c.contract.name, c.reasons.join("; "))),
                }),
            },
        }
    }

    async fn ingest_as(
        &self,
        object: &mut raw::Arriving,
        contract: &Arc<Contract>,
        variant: usize,
        request: &Request,
        progress: &Arc<Progress>,
    ) -> Result<Report> {
        let sha256 = object.received.sha256.clone();
        let sha256 = sha256.as_str();
        let clean = TableName::clean(&contract.name);
        let quarantine = TableName::quarantine(&contract.name);
        let _lock = self.home().write_lock(&clean).await?;
        let transaction = self.transaction(sha256, contract).await?;
        // Bytes that were not in the raw store a moment ago: no attempt with them got as far as a commit, since the bytes are settled before.
        // A feed brings such bytes every second or two, and need not look for what cannot be there. Where two programs received the same bytes
        // at once, both have begun a run by now.
        let first = object.received.new && self.runs_of(sha256).await? <= 1;
        if !first
            && let Some(table) = self.open_table(&clean).await?
            && table.has(&transaction).await?
        {
            let finished = self.finish_journal(&Journal::path(self.home(), sha256, &contract.name)).await?.is_some();
            let mut report = report::again(&table, sha256, contract, variant, &request.name, finished).await?;
            if report.input == 0 {
                // The commit's own account went with the older part of the log.
                report.input = self.known_input(sha256, &contract.name).await?;
                report.duplicate = report.input;
            }
            return Ok(report);
        }
        self.plan_mapping(contract).await?;
        let schema = stored_schema(&contract.arrow_schema());
        let table = self.table_for(&clean, &schema, &contract.purpose).await?;
        let mut refused = self.table_for(&quarantine, &crate::quarantine::schema(), "Refused rows").await?;
        let mut withdrawn = self.open_table(&clean.ordered_by("withdrawn")).await?;
        let prefix = format!("in-{}", &sha256[..16]);
        let (mut refused_as, mut withdrawn_as) = (transaction.clone(), transaction.clone());
        if !first {
            refused_as = undo(&mut refused, &transaction, sha256).await?;
            if let Some(holder) = &mut withdrawn {
                withdrawn_as = undo(holder, &transaction, sha256).await?;
            }
            for t in [Some(&table), Some(&refused), withdrawn.as_ref()].into_iter().flatten() {
                sweep(t, &prefix).await?;
            }
        }
        let place = Place { contract, variant, sha256, prefix: &prefix, transaction, refused_as, withdrawn_as, schema, first };
        let outcome = self.take_in(&place, object, table, refused, withdrawn, request, progress).await;
        if outcome.is_err() {
            // What was written and not committed belongs to nothing. The reason is what counts, not a failed clean-up:
            // the next attempt and `doctor` sweep too.
            for name in [&clean, &quarantine, &clean.ordered_by("withdrawn")] {
                if let Ok(Some(table)) = Table::open(self.home(), name).await {
                    let _ = sweep(&table, &prefix).await;
                }
            }
        }
        outcome
    }

    async fn runs_of(&self, sha256: &str) -> Result<u64> {
        let filter = store::RunFilter { object: Some(sha256.into()), ..store::RunFilter::default() };
        let runs = self.store().runs(&filter, store::Page { limit: 1, offset: 0 }).await.map_err(crate::state)?;
        Ok(runs.total)
    }

    /// How many rows a file had when it was taken in, as its run tells.
    async fn known_input(&self, sha256: &str, contract: &str) -> Result<u64> {
        let (object, contract) = (Some(sha256.into()), Some(contract.into()));
        let filter = store::RunFilter { state: Some(store::RunState::Done), object, contract, ..store::RunFilter::default() };
        let runs = self.store().runs(&filter, store::Page { limit: 1, offset: 0 }).await.map_err(crate::state)?;
        Ok(runs.rows.first().map_or(0, |run| u64::try_from(run.input).unwrap_or(0)))
    }

    /// The name under which this file's rows are committed. A file that was erased and comes again is a new story.
    pub(crate) async fn transaction(&self, sha256: &str, contract: &Contract) -> Result<String> {
        let times = self.erased(sha256).await?.map_or(0, |e| e.times);
        let again = if times == 0 { String::new() } else { format!("/{times}") };
        Ok(format!("ingest/{sha256}/{}{again}", contract.name))
    }

    #[allow(clippy::too_many_arguments, reason = "the tables are moved in, the rest is one request")]
    async fn take_in(
        &self,
        place: &Place<'_>,
        object: &mut raw::Arriving,
        mut table: Table,
        mut refused: Table,
        withdrawn: Option<Table>,
        request: &Request,
        progress: &Arc<Progress>,
    ) -> Result<Report> {
        let Place { contract, variant, sha256, prefix, .. } = *place;
        let clean = TableName::clean(&contract.name);
        let stamp = Stamp {
            source: contract.name.clone(),
            object: sha256.to_string(),
            contract: contract.version.clone(),
            ingested_at: self.now_micros(),
        };
        object.file.rewind().map_err(LakeError::io("reading", &request.name))?;
        let job = parse::Job {
            contract: contract.clone(),
            variant,
            name: request.name.clone(),
            file: object.file.try_clone().map_err(LakeError::io("opening", &request.name))?,
            limits: self.limits(),
            stamp: stamp.clone(),
            prefix: prefix.to_string(),
            table_dir: table.root().to_path_buf(),
            quarantine_dir: refused.root().to_path_buf(),
            schema: place.schema.clone(),
            work: self.home().scratch().into(),
            memory: self.memory(),
            threads: self.threads(),
            only: None,
            fates: request.by_row.then(|| Fates::of(contract, self.now_micros())),
            progress: progress.clone(),
        };
        let parsed = tokio::task::block_in_place(|| parse::run(job))?;
        progress.check()?;
        let mut files = parsed.files;
        let mut quarantined = parsed.quarantined;
        let mut verdicts = tokio::task::block_in_place(|| {
            let refusals = crate::quarantine::Writer::new(refused.root(), prefix, &stamp);
            let sides = keys::Sides {
                dir: table.root(),
                new: &files,
                table: Some(&table),
                withdrawn: withdrawn.as_ref(),
                by_row: request.by_row,
            };
            keys::check(contract, parsed.keys, sides, refusals, self.memory(), self.home().scratch())
        })?;
        let (first, passing) = (place.first, request.by_row);
        let order = contract.orders.first().cloned().unwrap_or_default();
        let mut tombstones = Vec::new();
        if !verdicts.tombstones.is_empty() {
            let holder = self.withdrawn(contract, &place.schema).await?;
            tombstones = tokio::task::block_in_place(|| parse::copy_rows(&table, &files, &holder, prefix, &verdicts.tombstones))?;
        }
        if !verdicts.drop_new.is_empty() {
            files = tokio::task::block_in_place(|| strip(&table, files, &order, prefix, &verdicts.drop_new))?;
        }
        quarantined.append(&mut verdicts.refusals);
        let superseded = verdicts.superseded;
        let rows = parsed.fates.map(|mut fates| {
            fates.judged(&verdicts);
            Box::new(fates)
        });
        let report = Report {
            contract: contract.name.clone(),
            contract_version: contract.version.clone(),
            variant,
            object: sha256.to_string(),
            name: request.name.clone(),
            state: State::Done,
            input: parsed.input,
            rejected: parsed.rejected + superseded,
            duplicate: verdicts.duplicates,
            accepted: parsed.input - parsed.rejected - superseded - verdicts.duplicates,
            corrected: verdicts.corrected,
            withdrawn: verdicts.withdrawn,
            reasons: report::with_superseded(parsed.reasons, superseded),
            declared: parsed.trailer.declared_rows,
            warnings: report::warnings(&parsed.trailer, parsed.input),
            drift: report::drift(&parsed.trailer),
            rows,
            ..Report::default()
        };
        progress.check()?;
        // From here on tables will speak of the object: it has to be there.
        settle(object)?;
        let mut note = serde_json::Map::new();
        note.insert("sarovar".into(), json!(&report));
        if !quarantined.is_empty() {
            let name = Some(place.refused_as.clone());
            refused.commit(Change { add: quarantined, transaction: name, first, passing, ..Change::default() }).await?;
            self.cache(&refused.name.clone(), Some(refused));
        }
        if !tombstones.is_empty() {
            let mut holder = Table::require(self.home(), &clean.ordered_by("withdrawn")).await?;
            let name = Some(place.withdrawn_as.clone());
            holder.commit(Change { add: tombstones, transaction: name, ..Change::default() }).await?;
        }
        let journal = Journal {
            contract: contract.name.clone(),
            contract_yaml: contract.yaml.clone(),
            mapping_sql: contract.mapping_sql.clone(),
            transaction: place.transaction.clone(),
            stamp,
            dropped: verdicts.drop_old.clone(),
            passing,
        };
        let path = journal.write(self.home())?;
        let added: Vec<String> = files.iter().map(|f| f.path.clone()).collect();
        let transaction = Some(place.transaction.clone());
        let mut change = Change { add: files, transaction, note, first, passing, ..Change::default() };
        if !verdicts.drop_old.is_empty() {
            let doomed = &verdicts.drop_old;
            let (remove, add) = tokio::task::block_in_place(|| rewrite(&table, &order, prefix, doomed))?;
            change.remove = remove;
            change.add.extend(add);
        }
        table.commit(change).await?;
        self.cache(&clean, Some(table));
        if first {
            // What a recovery would read again from the journal is at hand.
            self.derive(contract, &journal, Some(&added)).await?;
            std::fs::remove_file(&path).map_err(LakeError::io("removing", path))?;
        } else {
            self.finish_journal(&path).await?;
        }
        Ok(report)
    }

    /// The newest state of a table, made where it is not there, with all columns of `schema`. The caller holds its lock.
    async fn table_for(&self, name: &TableName, schema: &SchemaRef, comment: &str) -> Result<Table> {
        match self.open_table(name).await? {
            Some(mut table) => {
                table.widen(schema).await?;
                Ok(table)
            }
            None => Table::open_or_create(self.home(), name, schema, comment).await,
        }
    }

    /// The table of records that the source has withdrawn.
    async fn withdrawn(&self, contract: &Contract, schema: &SchemaRef) -> Result<Table> {
        let name = TableName::clean(&contract.name).ordered_by("withdrawn");
        Table::open_or_create(self.home(), &name, schema, "Records the source has withdrawn").await
    }
}

/// Which file goes where, under which names.
struct Place<'a> {
    contract: &'a Arc<Contract>,
    variant: usize,
    sha256: &'a str,
    /// Of the data files written for it.
    prefix: &'a str,
    /// Of the clean table's commit, and those of the tables that are filled before it.
    transaction: String,
    refused_as: String,
    withdrawn_as: String,
    schema: SchemaRef,
    /// Whether no attempt with these bytes can have left anything.
    first: bool,
}

/// Takes back what an attempt that was killed before its clean table's commit left in a table that is filled earlier, and
/// gives the name of this attempt's commit. Other files may have come in between: what was refused then need not be now.
async fn undo(table: &mut Table, transaction: &str, sha256: &str) -> Result<String> {
    let mut name = transaction.to_string();
    let mut attempt = 0;
    while table.has(&name).await? {
        attempt += 1;
        name = format!("{transaction}#{attempt}");
    }
    if attempt > 0 {
        rows::drop_committed(table, &[], None, &|object, _| object == sha256).await?;
    }
    Ok(name)
}

fn settle(object: &mut raw::Arriving) -> Result<()> {
    tokio::task::block_in_place(|| object.settle())
}

/// Deletes data files of an earlier, unfinished attempt.
async fn sweep(table: &Table, prefix: &str) -> Result<()> {
    for path in table.leftovers(|name| name.starts_with(prefix)).await? {
        crate::table::remove(&path)?;
    }
    Ok(())
}

/// New files without the rows that are not to enter the table.
fn strip(table: &Table, files: Vec<DataFile>, order: &[String], prefix: &str, doomed: &RowSet) -> Result<Vec<DataFile>> {
    let mut out = Vec::new();
    for file in files {
        let name = format!("{prefix}-{}.parquet", uuid::Uuid::now_v7().simple());
        match rows::without(&table.name, table.root(), &file, order, &name, &|_, row| doomed.contains(row))? {
            None => out.push(file),
            Some((kept, _)) => {
                let old = table.root().join(&file.path);
                std::fs::remove_file(&old).map_err(LakeError::io("removing", &old))?;
                out.extend(kept);
            }
        }
    }
    Ok(out)
}

/// The committed files that hold doomed rows, and their replacements.
fn rewrite(table: &Table, order: &[String], prefix: &str, doomed: &Doomed) -> Result<(Vec<DataFile>, Vec<DataFile>)> {
    let (mut remove, mut add) = (Vec::new(), Vec::new());
    for file in table.files()? {
        let name = format!("{prefix}-{}.parquet", uuid::Uuid::now_v7().simple());
        let drop = |object: &str, row: i64| doomed.contains(object, row);
        if let Some((kept, _)) = rows::without(&table.name, table.root(), &file, order, &name, &drop)? {
            remove.push(file);
            add.extend(kept);
        }
    }
    Ok((remove, add))
}
