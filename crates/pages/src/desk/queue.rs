//! The queues of the channels.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;

/// One channel with its times.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: String,
    pub unit: String,
    pub network: String,
    pub handle: String,
    /// `MO 18:30` …
    pub times: Vec<String>,
    /// The next time at which nothing is due yet.
    pub next: Option<DateTime<Utc>>,
}

/// All channels the reader sees.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/queue.html")]
pub struct Queues {
    pub shell: Shell,
    pub lines: Vec<Line>,
}

impl Queues {
    /// A time in the page's language: the day, and the time of day.
    pub fn time(&self, text: &str) -> String {
        match text.split_once(' ') {
            Some((day, time)) => format!("{} {time}", self.shell.t(&format!("desk-day-{}", day.to_lowercase()))),
            None => text.to_owned(),
        }
    }
}
