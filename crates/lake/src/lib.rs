//! The lake: raw objects, Delta tables, ingest, catalogue, lineage, governed queries, maintenance and erasure.
//!
//! Three decisions shape this crate. **Raw objects are the truth**: everything else can be rebuilt from them, so an
//! ingest may be killed at any moment and simply run again. **Files are written before they are committed**: a Delta
//! commit is the single step that makes rows visible, named after the object it came from, so that it happens once.
//! **Nothing leaves ungoverned**: the query context stays private, and what callers get is a [`session::Session`] bound to
//! a person and a purpose, audited before it answers.

mod audit;
mod barrier;
pub mod catalog;
mod direct;
mod doctor;
mod durable;
mod engine;
pub mod erase;
pub mod error;
pub mod export;
mod govern;
mod home;
pub mod ingest;
mod kept;
pub mod lineage;
pub mod linkage;
pub mod maintain;
pub mod manifest;
pub mod pole;
mod policy;
pub mod preview;
mod quarantine;
pub mod raw;
mod resource;
mod rows;
mod runs;
mod save;
mod scan;
pub mod session;
mod shipped;
pub mod standing;
mod table;
mod total;
mod unmasked;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

use chrono::{DateTime, Utc};
use ledger::Ledger;
use sources::{Contract, Limits};
use store::{Counts, NewRun, Outcome, RunState, Store};

pub use crate::doctor::Finding;
use crate::engine::Engine;
pub use crate::error::{LakeError, Result};
pub use crate::home::{Home, Swept, TableName};
pub use crate::ingest::{Progress, Replayed, Report, Request};
pub use crate::session::{Access, Answer, At, Session, in_ist};
use crate::table::Table;
pub use crate::unmasked::Files;

/// How a lake is opened. The default suits a machine of 2 cores and 4 GiB.
#[derive(Debug, Clone)]
pub struct Options {
    pub home: PathBuf,
    /// `None`: SQLite in the home folder.
    pub store: Option<String>,
    /// Bytes for rows held while ingesting.
    pub ingest_memory: usize,
    /// Bytes queries may hold before they spill to disk.
    pub query_memory: usize,
    pub threads: usize,
    pub limits: Limits,
    /// Contracts besides the built-in ones; one of the same name replaces a built-in.
    pub contracts: Vec<Arc<Contract>>,
    /// Folder that receives the signed heads of the access log, out of reach of this machine's administrator.
    pub witness: Option<PathBuf>,
    pub clock: fn() -> DateTime<Utc>,
}

impl Options {
    /// With `memory` bytes for rows in work, half for what is read and half for what is derived from it.
    pub fn with_memory(mut self, memory: usize) -> Self {
        self.ingest_memory = memory / 2;
        self.query_memory = (memory / 2).max(4 << 20);
        // Each worker holds a block as bytes and as columns, and one waits for it.
        self.limits.block_bytes = (memory / 64).clamp(64 << 10, self.limits.block_bytes);
        self
    }

    pub fn at(home: &Path) -> Self {
        Options {
            home: home.into(),
            store: None,
            ingest_memory: 384 << 20,
            query_memory: 1 << 30,
            threads: std::thread::available_parallelism().map_or(2, |n| n.get()),
            limits: Limits::default(),
            contracts: Vec::new(),
            witness: None,
            clock: Utc::now,
        }
    }
}

/// An open lake; clones share everything.
#[derive(Clone)]
pub struct Lake {
    inner: Arc<Inner>,
}

struct Inner {
    home: Home,
    store: Store,
    engine: Engine,
    audit: Ledger,
    contracts: RwLock<Vec<Arc<Contract>>>,
    /// Kept contracts that cannot be read: their folder's name, and why.
    unreadable: Mutex<Vec<(String, LakeError)>>,
    tables: Mutex<HashMap<TableName, Table>>,
    /// The linkage read last, by the name of its folder.
    linkage: Mutex<Option<(String, Arc<linkage::Linkage>)>>,
    policies: Mutex<policy::InForce>,
    unshown: Mutex<standing::Kept>,
    options: Options,
}

impl std::fmt::Debug for Lake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lake({})", self.inner.home.root().display())
    }
}

impl Lake {
    /// Opens the lake, making its folders when there are none. Does not finish interrupted ingests: see [`Lake::recover`].
    pub async fn open(options: Options) -> Result<Lake> {
        let home = Home::create(&options.home)?;
        let now = (options.clock)();
        let store = match &options.store {
            Some(url) => Store::open(url, now).await,
            None => Store::open_in(home.root(), now).await,
        }
        .map_err(state)?;
        let policies = Mutex::new(policy::InForce::at(home.root())?);
        let engine = Engine::new(options.query_memory, options.threads, home.scratch())?;
        let audit = Ledger::open(ledger::Options { dir: home.audit(), witness: options.witness.clone(), clock: options.clock })?;
        let mut contracts: Vec<Arc<Contract>> = sources::builtin().to_vec();
        for own in &options.contracts {
            contracts.retain(|c| c.name != own.name);
            contracts.push(own.clone());
        }
        let lake = Lake {
            inner: Arc::new(Inner {
                home,
                store,
                engine,
                audit,
                contracts: RwLock::new(contracts),
                unreadable: Mutex::default(),
                tables: Mutex::default(),
                linkage: Mutex::default(),
                policies,
                unshown: Mutex::default(),
                options,
            }),
        };
        lake.load_kept_contracts()?;
        // A set that does not hold is told by `sarovar policy list` and `sarovar doctor`; the one before it is in force.
        let _ = lake.reload_policies();
        Ok(lake)
    }

    pub fn home(&self) -> &Home {
        &self.inner.home
    }

    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.inner.options.clock)()
    }

    pub fn contracts(&self) -> Vec<Arc<Contract>> {
        self.inner.contracts.read().map(|c| c.clone()).unwrap_or_default()
    }

    pub fn contract(&self, name: &str) -> Result<Arc<Contract>> {
        if let Ok(broken) = self.inner.unreadable.lock()
            && let Some((_, e)) = broken.iter().find(|(n, _)| n == name)
        {
            return Err(LakeError::Contract { name: name.into(), message: e.to_string() });
        }
        self.contracts().into_iter().find(|c| c.name == name).ok_or_else(|| LakeError::NoContract { name: name.into() })
    }

    /// Adds an operator's own contract, and keeps it in the home folder for later sessions. Each file is replaced whole.
    pub fn keep_contract(&self, contract: &Arc<Contract>) -> Result<()> {
        use std::io::Write;
        let dir = self.home().root().join("contracts").join(&contract.system).join(&contract.dataset);
        std::fs::create_dir_all(&dir).map_err(LakeError::io("creating", &dir))?;
        for (name, text) in [("mapping.sql", &contract.mapping_sql), ("contract.yaml", &contract.yaml)] {
            let path = dir.join(name);
            let scratch = self.home().scratch();
            let mut file = tempfile::NamedTempFile::new_in(scratch).map_err(LakeError::io("writing in", scratch))?;
            file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(LakeError::io("writing", &path))?;
            file.persist(&path).map_err(|e| LakeError::Io { action: "writing", path: path.clone(), source: e.error })?;
        }
        self.add_contract(contract.clone());
        Ok(())
    }

    fn add_contract(&self, contract: Arc<Contract>) {
        if let Ok(mut broken) = self.inner.unreadable.lock() {
            broken.retain(|(name, _)| *name != contract.name);
        }
        if let Ok(mut all) = self.inner.contracts.write() {
            all.retain(|c| c.name != contract.name);
            all.push(contract);
        }
    }

    /// A kept contract that cannot be read costs its own source only. The built-in one of its name does not step in: it
    /// is not what the operator meant.
    fn load_kept_contracts(&self) -> Result<()> {
        let root = self.home().root().join("contracts");
        let Ok(systems) = std::fs::read_dir(&root) else { return Ok(()) };
        for system in systems.flatten() {
            let Ok(datasets) = std::fs::read_dir(system.path()) else { continue };
            for dataset in datasets.flatten() {
                let path = dataset.path().join("contract.yaml");
                if !path.exists() {
                    continue; // its keeping was cut off before it was whole
                }
                match read_contract(&path) {
                    Ok(contract) => self.add_contract(Arc::new(contract)),
                    Err(e) => {
                        let part = |n: std::ffi::OsString| n.to_string_lossy().into_owned();
                        let name = format!("{}.{}", part(system.file_name()), part(dataset.file_name()));
                        if let Ok(mut all) = self.inner.contracts.write() {
                            all.retain(|c| c.name != name);
                        }
                        if let Ok(mut broken) = self.inner.unreadable.lock() {
                            broken.push((name, e));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    pub(crate) fn in_force(&self) -> &Mutex<policy::InForce> {
        &self.inner.policies
    }

    pub(crate) fn kept_unshown(&self) -> &Mutex<standing::Kept> {
        &self.inner.unshown
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// The access log.
    pub fn audit(&self) -> &Ledger {
        &self.inner.audit
    }

    pub(crate) fn limits(&self) -> Limits {
        let mut limits = self.inner.options.limits.clone();
        limits.now.get_or_insert(self.now().timestamp_micros());
        limits
    }

    pub(crate) fn memory(&self) -> usize {
        self.inner.options.ingest_memory
    }

    pub(crate) fn threads(&self) -> usize {
        self.inner.options.threads
    }

    pub(crate) fn now_micros(&self) -> i64 {
        self.now().timestamp_micros()
    }

    pub(crate) fn cached(&self, name: &TableName) -> Option<Table> {
        self.inner.tables.lock().ok().and_then(|t| t.get(name).cloned())
    }

    pub(crate) fn cache(&self, name: &TableName, table: Option<Table>) {
        if let Ok(mut tables) = self.inner.tables.lock() {
            match table {
                Some(t) => tables.insert(name.clone(), t),
                None => tables.remove(name),
            };
        }
    }

    pub(crate) fn known_linkage(&self, name: &str) -> Option<Arc<linkage::Linkage>> {
        self.inner.linkage.lock().ok()?.as_ref().filter(|(known, _)| known == name).map(|(_, l)| l.clone())
    }

    pub(crate) fn know_linkage(&self, name: String, linkage: Arc<linkage::Linkage>) {
        if let Ok(mut known) = self.inner.linkage.lock() {
            *known = Some((name, linkage));
        }
    }

    pub(crate) async fn record_object(&self, received: &raw::Received, request: &Request) -> Result<()> {
        let (parent, member) = request.member_of.clone().unzip();
        let object = store::Object {
            sha256: received.sha256.clone(),
            size: received.size as i64,
            original_name: request.name.rsplit(['/', '\\']).next().unwrap_or_default().to_string(),
            received_at: self.now(),
            received_by: request.received_by.clone(),
            authority: request.authority.clone(),
            media_type: media_type(&request.name).into(),
            parent_sha256: parent,
            member_name: member,
            retention_until: None,
            note: None,
        };
        self.store().put_object(&object).await.map_err(state)?;
        Ok(())
    }

    /// The name an object came with.
    pub async fn object_name(&self, sha256: &str) -> Result<String> {
        let object = self.store().object(sha256).await.map_err(state)?;
        object.map(|o| o.original_name).ok_or_else(|| LakeError::NoObject { sha256: sha256.into() })
    }

    pub(crate) async fn forget_object(&self, sha256: &str) -> Result<()> {
        self.store().forget_object(sha256).await.map_err(state)?;
        self.store().scrub().await.map_err(state)
    }

    pub(crate) async fn start_run(
        &self,
        object: &raw::Received,
        contract: &Contract,
        variant: usize,
        request: &Request,
    ) -> Result<String> {
        let new = NewRun {
            object: object.sha256.clone(),
            name: request.name.clone(),
            principal: request.received_by.clone(),
            contract: contract.name.clone(),
            contract_version: contract.version.clone(),
            variant: variant as i32,
            total_bytes: object.size as i64,
        };
        Ok(self.store().start_run(new, self.now()).await.map_err(state)?.id)
    }

    /// Ends the runs that a killed program left open for an ingest whose tables are whole now.
    pub(crate) async fn settle_runs(&self, object: &str, contract: &str, report: &Report) -> Result<()> {
        let filter = store::RunFilter {
            object: Some(object.into()),
            contract: Some(contract.into()),
            open: true,
            ..store::RunFilter::default()
        };
        let open = self.store().runs(&filter, store::Page { limit: 1000, offset: 0 }).await.map_err(state)?;
        for run in open.rows {
            self.finish_run(&run.id, report).await?;
        }
        Ok(())
    }

    pub(crate) async fn finish_run(&self, run: &str, report: &Report) -> Result<()> {
        let outcome = Outcome {
            state: RunState::Done,
            counts: Counts {
                input: report.input as i64,
                accepted: report.accepted as i64,
                rejected: report.rejected as i64,
                duplicate: report.duplicate as i64,
                corrected: report.corrected as i64,
                withdrawn: report.withdrawn as i64,
            },
            seconds: report.seconds,
            message: report.message.clone(),
            report: serde_json::to_value(report).ok(),
        };
        self.store().finish_run(run, &outcome, self.now()).await.map_err(state)?;
        Ok(())
    }

    pub(crate) async fn fail_run(&self, run: &str, error: &LakeError, seconds: f64) -> Result<()> {
        let outcome = Outcome {
            state: if matches!(error, LakeError::Cancelled) { RunState::Cancelled } else { RunState::Failed },
            counts: Counts::default(),
            seconds,
            message: Some(error.to_string()),
            report: None,
        };
        self.store().finish_run(run, &outcome, self.now()).await.map_err(state)?;
        Ok(())
    }
}

/// Reads a contract folder by its `contract.yaml`; `mapping.sql` beside it may be absent.
pub fn read_contract(path: &Path) -> Result<Contract> {
    let yaml = std::fs::read_to_string(path).map_err(LakeError::io("reading", path))?;
    let mapping_path = path.with_file_name("mapping.sql");
    let mapping = match std::fs::read_to_string(&mapping_path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(e) => return Err(LakeError::io("reading", mapping_path)(e)),
    };
    Contract::parse(&yaml, &mapping).map_err(|e| LakeError::Contract { name: path.display().to_string(), message: e.to_string() })
}

pub(crate) fn state(e: store::StoreError) -> LakeError {
    LakeError::Store(e.to_string())
}

fn media_type(name: &str) -> &'static str {
    let lower = name.to_ascii_lowercase();
    let lower = lower.strip_suffix(".gz").unwrap_or(&lower);
    match lower.rsplit('.').next().unwrap_or_default() {
        "csv" => "text/csv",
        "tsv" | "tab" => "text/tab-separated-values",
        "txt" => "text/plain",
        "json" | "geojson" => "application/json",
        "ndjson" | "jsonl" => "application/x-ndjson",
        "xml" => "application/xml",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xls" => "application/vnd.ms-excel",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "parquet" => "application/vnd.apache.parquet",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}
