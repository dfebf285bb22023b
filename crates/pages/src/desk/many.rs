//! Many messages from one file, and messages that come again.

use askama::Template;
use chrono::{DateTime, Utc};

use super::Choice;
use crate::Shell;

/// One thing that is wrong with a file.
#[derive(Clone, Debug)]
pub struct ProblemLine {
    /// As a spreadsheet numbers it.
    pub line: u64,
    pub field: String,
    pub value: String,
    /// In the page's language.
    pub problem: String,
    pub way_out: String,
}

/// What a look at a file gave.
#[derive(Clone, Debug, Default)]
pub struct Told {
    pub rows: u64,
    pub wrong: u64,
    pub warned: u64,
    /// Messages made.
    pub made: u64,
    /// The same file was taken in before.
    pub already: bool,
}

/// A message that comes again.
#[derive(Clone, Debug)]
pub struct RuleLine {
    pub id: String,
    pub words: String,
    pub unit: String,
    pub rule: String,
    pub next: Option<DateTime<Utc>>,
    pub on: bool,
    pub by: String,
    /// The last times: when, what became of it, its message, why.
    pub last: Vec<TimeLine>,
}

#[derive(Clone, Debug)]
pub struct TimeLine {
    pub at: DateTime<Utc>,
    /// `made` or `skipped`.
    pub state: String,
    pub post: String,
    pub reason: String,
}

/// The page of both.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/many.html")]
pub struct Many {
    pub shell: Shell,
    /// The file's text, as it was looked at.
    pub text: String,
    /// What is told is of a file that was chosen, not of a text.
    pub whole: bool,
    pub told: Option<Told>,
    pub problems: Vec<ProblemLine>,
    pub rules: Vec<RuleLine>,
    pub units: Vec<Choice>,
    pub kinds: Vec<Choice>,
    pub channels: Vec<Choice>,
    pub campaigns: Vec<Choice>,
}

impl Many {
    /// Whether the text that was looked at can be taken in.
    pub fn takes(&self) -> bool {
        self.told.as_ref().is_some_and(|t| t.wrong == 0 && t.made == 0 && !t.already) && !self.whole
    }
}
