//! Which records are one person: the queue, a pair side by side, and how the linkage stands.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;
use crate::dossier::Origin;
use crate::table::{Grid, Pager};

/// A pair that waits.
#[derive(Clone, Debug)]
pub struct Line {
    pub href: String,
    pub left: String,
    pub right: String,
    /// That they are one, in per cent.
    pub percent: String,
    /// Why it waits, in words.
    pub reason: String,
}

/// The queue.
#[derive(Clone, Debug, Template)]
#[template(path = "review.html")]
pub struct Review {
    pub shell: Shell,
    pub lines: Vec<Line>,
    pub pager: Pager,
    /// When linkage last ran; none before the first time.
    pub at: Option<DateTime<Utc>>,
}

/// One row of the comparison: what both sides state of one thing.
#[derive(Clone, Debug)]
pub struct Stated {
    pub label: String,
    pub left: Vec<String>,
    pub right: Vec<String>,
    /// Both state something, and it is not the same.
    pub differs: bool,
}

/// One side of a pair.
#[derive(Clone, Debug)]
pub struct Side {
    pub record: String,
    /// Page of the person the record belongs to.
    pub href: String,
    pub name: String,
    pub origins: Vec<Origin>,
}

/// An answer given earlier.
#[derive(Clone, Debug)]
pub struct Said {
    pub verdict: String,
    pub who: String,
    pub at: Option<DateTime<Utc>>,
    pub why: String,
}

/// A pair side by side.
#[derive(Clone, Debug, Template)]
#[template(path = "pair.html")]
pub struct Pair {
    pub shell: Shell,
    pub left: Side,
    pub right: Side,
    pub stated: Vec<Stated>,
    /// The evidence, a sentence each.
    pub why: Vec<String>,
    pub joined: bool,
    /// To join them takes two officers.
    pub sensitive: bool,
    /// Who has said that they are one, where that waits for a second officer.
    pub first: Option<String>,
    pub said: Vec<Said>,
    /// Something the reader must know: an answer was just kept.
    pub notice: Option<String>,
}

/// How the linkage stands.
#[derive(Clone, Debug, Template)]
#[template(path = "linkage.html")]
pub struct Linkage {
    pub shell: Shell,
    pub at: Option<DateTime<Utc>>,
    pub stale: bool,
    /// Label and number.
    pub facts: Vec<(String, String)>,
    pub sizes: Grid,
    pub suspects: Grid,
    /// By source and by district: what the model expects of itself, and what people decided.
    pub sources: Grid,
    pub districts: Grid,
    /// Measures against a known truth, where one was given.
    pub measures: Grid,
}
