//! How data comes in: the list of sources, the upload form, ingest runs and their reports.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;
use crate::table::{FieldError, Pager};

/// How a source stands against its contract's expected frequency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Received within the expected time.
    Fresh,
    /// Later than the contract expects.
    Late,
    /// Nothing received yet.
    Never,
    /// The contract expects no frequency.
    Unstated,
}

impl Freshness {
    /// Catalogue key.
    pub fn key(self) -> &'static str {
        match self {
            Freshness::Fresh => "fresh-fresh",
            Freshness::Late => "fresh-late",
            Freshness::Never => "fresh-never",
            Freshness::Unstated => "fresh-unstated",
        }
    }

    /// Class of the badge.
    pub fn tone(self) -> &'static str {
        match self {
            Freshness::Fresh => "ok",
            Freshness::Late => "warn",
            Freshness::Never | Freshness::Unstated => "plain",
        }
    }
}

/// One source in a list.
#[derive(Clone, Debug)]
pub struct SourceLine {
    /// Contract name, `system.dataset`.
    pub name: String,
    pub title: String,
    pub owner: String,
    /// Format kinds as written: `CSV, JSON`.
    pub formats: String,
    /// Expected frequency as text in the page's language.
    pub frequency: Option<String>,
    pub last: Option<DateTime<Utc>>,
    pub rows: u64,
    pub held: u64,
    pub freshness: Freshness,
    pub authority_required: bool,
}

impl SourceLine {
    /// Link to the page of its table.
    pub fn table_href(&self) -> String {
        format!("/catalogue/clean.{}", self.name.replace('.', "_"))
    }
}

/// Sources of one system.
#[derive(Clone, Debug)]
pub struct SystemGroup {
    pub system: String,
    pub sources: Vec<SourceLine>,
}

/// The list of sources.
#[derive(Clone, Debug, Template)]
#[template(path = "sources.html")]
pub struct Sources {
    pub shell: Shell,
    /// Those from which something should have come by now.
    pub late: Vec<SourceLine>,
    pub systems: Vec<SystemGroup>,
}

/// A choice in the upload form.
#[derive(Clone, Debug)]
pub struct ContractChoice {
    pub name: String,
    pub title: String,
    pub authority_required: bool,
}

/// An upload that was begun and is not complete.
#[derive(Clone, Debug)]
pub struct PendingUpload {
    pub id: String,
    pub file: String,
    pub size: u64,
    pub received: u64,
    pub started: DateTime<Utc>,
}

/// The upload form.
#[derive(Clone, Debug, Template)]
#[template(path = "upload.html")]
pub struct Upload {
    pub shell: Shell,
    pub choices: Vec<ContractChoice>,
    /// The contract chosen, empty for detection.
    pub chosen: String,
    /// Whether its contract was kept a moment ago.
    pub saved: bool,
    pub authority: String,
    /// Contracts that fit equally well when detection could not decide.
    pub candidates: Vec<Candidate>,
    pub errors: Vec<FieldError>,
    pub pending: Vec<PendingUpload>,
    /// Largest accepted file in bytes.
    pub limit: u64,
}

/// A contract that may fit a file.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub name: String,
    pub title: String,
    pub reasons: Vec<String>,
}

impl Upload {
    /// The error of a field.
    pub fn error(&self, field: &str) -> Option<&FieldError> {
        self.errors.iter().find(|error| error.field == field)
    }
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    Queued,
    Running,
    Done,
    Failed,
    Cancelled,
}

impl RunState {
    /// Catalogue key.
    pub fn key(self) -> &'static str {
        match self {
            RunState::Queued => "run-queued",
            RunState::Running => "run-running",
            RunState::Done => "run-done",
            RunState::Failed => "run-failed",
            RunState::Cancelled => "run-cancelled",
        }
    }

    /// Class of the badge.
    pub fn tone(self) -> &'static str {
        match self {
            RunState::Queued => "plain",
            RunState::Running => "info",
            RunState::Done => "ok",
            RunState::Failed => "bad",
            RunState::Cancelled => "warn",
        }
    }

    /// Whether it will change by itself.
    pub fn live(self) -> bool {
        matches!(self, RunState::Queued | RunState::Running)
    }
}

/// One ingest run in a list.
#[derive(Clone, Debug)]
pub struct RunLine {
    pub id: String,
    pub contract: String,
    pub title: String,
    /// Name of the file as sent.
    pub file: String,
    /// SHA-256 of the file, once it is known.
    pub object: Option<String>,
    pub started: DateTime<Utc>,
    pub state: RunState,
    pub input: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub duplicate: u64,
    pub seconds: f64,
}

impl RunLine {
    /// Whether every row is accounted for: in = accepted + rejected + duplicate.
    pub fn balanced(&self) -> bool {
        self.input == self.accepted + self.rejected + self.duplicate
    }

    /// Link to its page.
    pub fn href(&self) -> String {
        format!("/runs/{}", self.id)
    }

    /// Link to its quarantined rows.
    pub fn held_href(&self) -> String {
        format!("/quarantine/{}", self.contract)
    }
}

/// The list of runs.
#[derive(Clone, Debug, Template)]
#[template(path = "runs.html")]
pub struct Runs {
    pub shell: Shell,
    pub runs: Vec<RunLine>,
    pub pager: Pager,
}

/// What became of one of several files.
#[derive(Clone, Debug)]
pub struct Taken {
    pub line: RunLine,
    /// Its own page, where it has one.
    pub href: Option<String>,
    /// Why it could not be taken in.
    pub failure: Option<String>,
}

/// Several files, or those of an archive, in one account.
#[derive(Clone, Debug, Template)]
#[template(path = "together.html")]
pub struct Together {
    pub shell: Shell,
    pub files: Vec<Taken>,
    /// Whether one of them is still at work.
    pub live: bool,
    /// Its own address.
    pub again: String,
}

impl Together {
    fn input(&self) -> u64 {
        self.files.iter().map(|file| file.line.input).sum()
    }

    fn accepted(&self) -> u64 {
        self.files.iter().map(|file| file.line.accepted).sum()
    }

    fn rejected(&self) -> u64 {
        self.files.iter().map(|file| file.line.rejected).sum()
    }

    fn duplicate(&self) -> u64 {
        self.files.iter().map(|file| file.line.duplicate).sum()
    }

    fn failed(&self) -> u64 {
        self.files.iter().filter(|file| file.line.state == RunState::Failed).count() as u64
    }
}

/// How many rows were refused for one reason.
#[derive(Clone, Debug)]
pub struct ReasonCount {
    pub code: String,
    /// The code in words.
    pub text: String,
    pub column: Option<String>,
    pub count: u64,
}

/// How the file's columns differ from the contract.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    pub new: Vec<String>,
    pub missing: Vec<String>,
    pub renamed: Vec<(String, String)>,
}

impl Drift {
    /// Whether the file's columns are those of the contract.
    pub fn none(&self) -> bool {
        self.new.is_empty() && self.missing.is_empty() && self.renamed.is_empty()
    }
}

/// A run: progress while it lasts, the report when it is over.
#[derive(Clone, Debug, Template)]
#[template(path = "run.html")]
pub struct Run {
    pub shell: Shell,
    pub run: RunLine,
    /// Bytes read so far and in total, while it runs.
    pub done_bytes: u64,
    pub total_bytes: u64,
    pub reasons: Vec<ReasonCount>,
    pub warnings: Vec<String>,
    pub drift: Drift,
    /// What went wrong and what to do, when it failed.
    pub failure: Option<String>,
    /// Tables that got rows, with links.
    pub tables: Vec<(String, String)>,
}
