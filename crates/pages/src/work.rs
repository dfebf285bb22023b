//! My work: why somebody reads, and what was granted for it.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;
use crate::people::Choice;

/// Pieces of work of one's own, what is to be decided, and the form for a new one.
#[derive(Clone, Debug, Template)]
#[template(path = "work.html")]
pub struct MyWork {
    pub shell: Shell,
    pub pieces: Vec<PieceLine>,
    pub requests: Vec<RequestLine>,
    pub reviews: Vec<PieceLine>,
    pub purposes: Vec<Choice>,
    /// Units that may be supervised.
    pub units: Vec<Choice>,
    /// Whether the reader's roles open pieces of work at all.
    pub may_open: bool,
    pub may_emergency: bool,
    /// Whether the reader makes or reads declarations.
    pub may_declare: bool,
    pub export: Option<String>,
    pub error: Option<String>,
}

/// A piece of work as a line.
#[derive(Clone, Debug, Default)]
pub struct PieceLine {
    pub id: String,
    pub purpose: String,
    pub reference: String,
    pub reason: String,
    pub sections: String,
    /// `open`, `closed`, `expired` or `left`.
    pub standing: String,
    pub emergency: bool,
    pub opened_by: String,
    pub opened: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// Whether it is the one in hand.
    pub in_hand: bool,
}

impl PieceLine {
    pub fn tone(&self) -> &'static str {
        match self.standing.as_str() {
            "open" => "ok",
            "expired" => "warn",
            _ => "bad",
        }
    }

    pub fn open(&self) -> bool {
        self.standing == "open"
    }
}

/// A request as a line.
#[derive(Clone, Debug, Default)]
pub struct RequestLine {
    pub id: String,
    /// `authority`, `order` or `release`.
    pub kind: String,
    pub reference: String,
    pub items: String,
    pub reason: String,
    /// Days asked about, in words; empty for none.
    pub window: String,
    pub by: String,
    pub rank: String,
    pub until: DateTime<Utc>,
    pub state: String,
    pub decided_by: String,
    pub note: String,
}

impl RequestLine {
    pub fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "granted" => "ok",
            "asked" => "warn",
            _ => "bad",
        }
    }

    pub fn live(&self) -> bool {
        matches!(self.state.as_str(), "asked" | "granted")
    }
}

/// One piece of work with its team and its requests.
#[derive(Clone, Debug, Template)]
#[template(path = "piece.html")]
pub struct PiecePage {
    pub shell: Shell,
    pub line: PieceLine,
    pub team: Vec<MemberLine>,
    pub requests: Vec<RequestLine>,
    /// Whether others can be of its team.
    pub shared: bool,
    /// Whether authorities and orders can be asked for under it, by the reader, now.
    pub may_ask: bool,
    pub export: Option<String>,
    pub error: Option<String>,
}

/// Somebody of a team.
#[derive(Clone, Debug)]
pub struct MemberLine {
    pub login: String,
    pub unit: String,
    pub since: DateTime<Utc>,
    pub by: String,
    pub until: Option<DateTime<Utc>>,
}

/// The monthly declaration to the District Magistrate, to be printed.
#[derive(Clone, Debug, Template)]
#[template(path = "declaration.html")]
pub struct DeclarationPage {
    pub shell: Shell,
    pub month: String,
    pub district: String,
    pub district_name: String,
    pub lines: Vec<DeclarationLine>,
    pub refused: u64,
    pub made: Option<String>,
    /// Whether the reader may make it now.
    pub may_make: bool,
    pub export: Option<String>,
}

/// One authority that is declared.
#[derive(Clone, Debug)]
pub struct DeclarationLine {
    pub reference: String,
    pub case: String,
    pub requested: String,
    pub granted: String,
    pub at: DateTime<Utc>,
    pub numbers: u64,
    pub window: String,
}

/// What auditors look at first: who read unusually, and what is due.
#[derive(Clone, Debug, Template)]
#[template(path = "watch.html")]
pub struct Watch {
    pub shell: Shell,
    pub days: u64,
    pub records: u64,
    /// Whether the log reaches further back than was looked.
    pub cut: bool,
    pub officers: Vec<OfficerLine>,
    pub emergencies: Vec<PieceLine>,
    pub declarations: Vec<(String, String)>,
    pub export: Option<String>,
}

/// One reader, with what is unusual about him, the most unusual first.
#[derive(Clone, Debug)]
pub struct OfficerLine {
    pub login: String,
    pub score: u64,
    pub looks: u64,
    pub usual: u64,
    pub reasons: Vec<String>,
}
