//! What is to go out when, by month, week or as a list; days are days of Indian time.

use askama::Template;

use super::{Choice, DeliveryLine, tone};
use crate::Shell;

/// One delivery in a day.
#[derive(Clone, Debug)]
pub struct Entry {
    pub post: String,
    /// `18:30`.
    pub time: String,
    pub network: String,
    pub words: String,
    pub state: String,
    /// It still waits, so it can go out on another day.
    pub moves: bool,
}

impl Entry {
    pub fn tone(&self) -> &'static str {
        tone(&self.state)
    }
}

/// A day.
#[derive(Clone, Debug)]
pub struct Day {
    /// `2026-11-25`.
    pub date: String,
    /// As shown: `25` or `25 Nov`.
    pub text: String,
    pub today: bool,
    /// Of another month than the one shown.
    pub outside: bool,
    pub entries: Vec<Entry>,
    /// Entries beyond those shown.
    pub more: u64,
}

/// The calendar.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/calendar.html")]
pub struct Calendar {
    pub shell: Shell,
    /// `month`, `week` or `list`.
    pub view: String,
    pub heading: String,
    pub unit: String,
    pub units: Vec<Choice>,
    /// The day the page is about, and those of the page before and after.
    pub at: String,
    pub before: String,
    pub after: String,
    pub weekdays: Vec<String>,
    pub weeks: Vec<Vec<Day>>,
    /// In the list.
    pub lines: Vec<DeliveryLine>,
    /// Messages on the page that can go out on another day.
    pub movable: Vec<Choice>,
}
