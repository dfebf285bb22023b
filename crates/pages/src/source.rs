//! How one source stands, and what is fetched by itself.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;
use crate::intake::Freshness;
use crate::table::Grid;

/// What came on one day.
#[derive(Clone, Debug)]
pub struct Day {
    /// `2026-01-05`, in Indian time.
    pub day: String,
    pub runs: u64,
    pub input: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub duplicate: u64,
}

/// The page of a source.
#[derive(Clone, Debug, Template)]
#[template(path = "source.html")]
pub struct Source {
    pub shell: Shell,
    /// `system.dataset`
    pub name: String,
    pub freshness: Freshness,
    /// Term and text.
    pub facts: Vec<(String, String)>,
    /// Rows of the day on which most came.
    pub most: u64,
    pub days: Vec<Day>,
    pub reasons: Grid,
    /// `area.name`
    pub tables: Vec<String>,
    pub pulls: Vec<String>,
}

/// One pull in the list.
#[derive(Clone, Debug)]
pub struct PullLine {
    pub name: String,
    /// `postgres`, `mysql`, `http`, `s3`, `folder`; empty where its file is wrong.
    pub kind: String,
    pub contract: String,
    pub every: String,
    pub watermark: String,
    pub done: Option<DateTime<Utc>>,
    pub next: Option<DateTime<Utc>>,
    pub failures: u64,
    pub message: String,
    /// Its file cannot be read.
    pub broken: bool,
    pub accepted: u64,
    pub rejected: u64,
}

impl PullLine {
    /// Catalogue key and class of the badge.
    pub fn state(&self) -> (&'static str, &'static str) {
        match (self.broken, self.failures) {
            (true, _) => ("pull-broken", "bad"),
            (false, 0) => ("pull-fine", "ok"),
            _ => ("pull-failed", "warn"),
        }
    }
}

/// The list of pulls.
#[derive(Clone, Debug, Template)]
#[template(path = "pulls.html")]
pub struct Pulls {
    pub shell: Shell,
    pub lines: Vec<PullLine>,
    /// Where their files lie.
    pub folder: String,
}
