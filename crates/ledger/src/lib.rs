//! The access log on disk: a folder of tiles that anybody can check, fed by many writers at once.
//!
//! The key decision: **the file that grows is the entry bundle itself**. Records are appended to `pending.N` in the bundle's own
//! format and made durable there, one `fdatasync` for all records that arrived meanwhile (group commit); with its 256th record
//! the file is renamed to its place among the tiles. So a record is written once, is safe before its answer leaves, and a kill at
//! any moment leaves nothing to repair but a torn last record that nobody was answered for. Signed heads follow within a second.
//! Several processes may append: a file lock orders them, and each reads what the others added before it writes.
//!
//! ```text
//! checkpoint              newest signed head
//! tile/<level>/<index>    hashes; tile/entries/<index> the records (C2SP tlog-tiles)
//! pending.<index>         the bundle that is being filled
//! rotation/<n>            notes by which a key names its successor
//! cosigned/<witness>      newest head that a witness signed
//! signing.key subject.key secrets, readable by their owner alone
//! log.pub                 public keys, newest last
//! chain.ndjson            the log of an older lake, sealed
//! ```
//!
//! This crate knows nothing of tables or queries, so that a verifier can be built and read without the query engine.

mod cosigned;
mod error;
mod export;
mod find;
mod folder;
mod key;
mod seal;
mod state;
mod witness;
mod writer;

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use governance::audit::note::{Checkpoint, Verifier};
use governance::audit::proof::{self, Proof};
use governance::audit::tile::View;
use governance::audit::{AuditRecord, AuditSink, Entry};

pub use crate::cosigned::{COSIGNED, Witnessed, witnessed};
pub use crate::error::{LedgerError, Result};
pub use crate::export::{Checked, Exported, check};
pub use crate::find::{Filter, Found};
pub use crate::folder::Folder;
pub use crate::key::{public, rotate};
use crate::state::State;
use crate::writer::Writer;

/// How a log is opened.
#[derive(Debug, Clone)]
pub struct Options {
    pub dir: PathBuf,
    /// Folder outside this machine's control that receives signed heads.
    pub witness: Option<PathBuf>,
    pub clock: fn() -> DateTime<Utc>,
}

/// An open log. Dropping it signs what is not signed yet.
#[derive(Debug)]
pub struct Ledger {
    folder: Folder,
    salt: Vec<u8>,
    writer: Writer,
    clock: fn() -> DateTime<Utc>,
}

/// A signed head with its note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub checkpoint: Checkpoint,
    pub note: String,
}

impl Ledger {
    /// Opens the log, making it (and its keys) when there is none, sealing an older chain, and comparing it with what the
    /// witness holds. Fails when it is not the log its own signed head speaks of.
    pub fn open(options: Options) -> Result<Ledger> {
        let folder = Folder::create(&options.dir)?;
        let mut state = State::open(&folder)?;
        let salt = key::secret(&folder, "subject.key")?;
        seal::seal(&mut state, (options.clock)())?;
        if let Some(witness) = &options.witness {
            witness::compare(&mut state, witness, (options.clock)())?;
        }
        let writer = Writer::start(state, options.witness)?;
        Ok(Ledger { folder, salt, writer, clock: options.clock })
    }

    pub fn dir(&self) -> &Path {
        self.folder.root()
    }

    /// Signs what was appended so far; gives the newest head.
    pub fn publish(&self) -> Result<Head> {
        let note = self.writer.publish()?;
        let (checkpoint, _) = Checkpoint::open(&note, &key::public(self.dir())?).map_err(LedgerError::Note)?;
        Ok(Head { checkpoint, note })
    }

    /// Names this log's keys, newest last.
    pub fn keys(&self) -> Result<Vec<Verifier>> {
        key::public(self.dir())
    }

    /// Stands for a name or a number in records: the same text gives the same mark in this log, and nobody without the lake's
    /// secret can try numbers against it. Letters count alike in both cases; blanks at the ends do not count.
    pub fn mark(&self, text: &str) -> String {
        key::mark(&self.salt, text)
    }

    /// All marks under which a name, number or id can stand in records: as it was typed in a query, as the phone, vehicle or case
    /// whose page was opened, as what a person was looked for by, and, for a person's id, itself, or the id a source's key leads by. The first is
    /// the mark of the text as typed.
    pub fn marks(&self, key: &str) -> Vec<String> {
        let key = key.trim();
        let id = |kind: &str| seal::digest(format!("{kind}={key}").as_bytes())[..16].to_owned();
        let pages = ["phone", "vehicle", "case", "text"].map(id);
        let own = [key.to_owned(), id("person_key")];
        std::iter::once(key.to_owned()).chain(pages).map(|text| self.mark(&text)).chain(own).collect()
    }

    /// One record, of those a head covers.
    pub fn entry(&self, index: u64) -> Result<Entry> {
        let head = self.publish()?;
        let bytes = self.bytes(&head, index)?;
        find::read(index, &bytes)
    }

    /// The bytes of a record as they were hashed.
    pub fn bytes(&self, head: &Head, index: u64) -> Result<Vec<u8>> {
        if index >= head.checkpoint.size {
            return Err(LedgerError::NoEntry { index, size: head.checkpoint.size });
        }
        View::new(&self.folder, head.checkpoint.size).entry(index).map_err(LedgerError::Broken)
    }

    /// Proof that record `index` stands in the log.
    pub fn prove(&self, index: u64) -> Result<(Proof, Vec<u8>)> {
        let head = self.publish()?;
        let bytes = self.bytes(&head, index)?;
        let view = View::new(&self.folder, head.checkpoint.size);
        let hashes = proof::inclusion(&view, index).map_err(LedgerError::Broken)?;
        Ok((Proof { index, hashes, checkpoint: head.note }, bytes))
    }

    /// What a C2SP witness is sent to go on from `old`: the proof that nothing before it changed, then the newest head.
    pub fn since(&self, old: u64) -> Result<String> {
        let head = self.publish()?;
        let view = View::new(&self.folder, head.checkpoint.size);
        let hashes = proof::consistency(&view, old).map_err(LedgerError::Broken)?;
        let lines: String = hashes.iter().map(|h| format!("{}\n", governance::audit::note::to_base64(h))).collect();
        Ok(format!("old {old}\n{lines}\n{}", head.note))
    }

    /// Records that fit, newest first, from below `before`.
    pub fn find(&self, filter: &Filter, before: Option<u64>, limit: usize) -> Result<Found> {
        let size = self.publish()?.checkpoint.size;
        find::find(&self.folder, size, filter, before.unwrap_or(size).min(size), limit)
    }

    /// Writes everything a verifier needs into an empty folder.
    pub fn export(&self, to: &Path) -> Result<Exported> {
        let head = self.publish()?;
        export::export(&self.folder, &head, to)
    }

    /// Checks the whole log against its newest head.
    pub fn verify(&self) -> Result<Checked> {
        self.publish()?;
        export::check(self.dir(), &self.keys()?, &[], &mut |_| {})
    }

    /// Appends with the next records without waiting for it, for what was done already.
    pub fn append_later(&self, entry: Vec<u8>) {
        self.writer.append_later(entry);
    }

    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }
}

impl AuditSink for Ledger {
    fn append(&self, record: &AuditRecord) -> std::result::Result<u64, String> {
        self.writer.append(record.bytes()?).map_err(|e| e.to_string())
    }
}
