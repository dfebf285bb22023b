//! In which category somebody's data is held, and history sheets.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;

/// Whose data is in no category, the most urgent first.
#[derive(Clone, Debug, Template)]
#[template(path = "subjects.html")]
pub struct Subjects {
    pub shell: Shell,
    /// Days within which data must be in a category.
    pub days: u64,
    pub lines: Vec<SubjectLine>,
}

/// Somebody in no category.
#[derive(Clone, Debug)]
pub struct SubjectLine {
    pub person: String,
    pub name: String,
    /// Roles in the page's language.
    pub roles: String,
    pub sources: String,
    pub rows: u64,
    pub since: DateTime<Utc>,
    pub due: DateTime<Utc>,
    pub overdue: bool,
    /// It was ordered that the data goes, and some of it is still there.
    pub erase: bool,
}

/// One person: the category, what was decided, the history sheets, and the forms for both.
#[derive(Clone, Debug, Template)]
#[template(path = "subject.html")]
pub struct Subject {
    pub shell: Shell,
    pub person: String,
    pub name: String,
    /// As the sources' roles say it, in the page's language.
    pub category: String,
    pub decisions: Vec<DecisionLine>,
    pub sheets: Vec<SheetLine>,
    pub may_categorise: bool,
    pub may_ask_sheet: bool,
    pub error: Option<String>,
}

/// A decision on a category.
#[derive(Clone, Debug)]
pub struct DecisionLine {
    /// In the page's language.
    pub category: String,
    pub reason: String,
    pub by: String,
    pub at: DateTime<Utc>,
}

/// History sheets: to be decided, to be looked at again, all.
#[derive(Clone, Debug, Template)]
#[template(path = "sheets.html")]
pub struct Sheets {
    pub shell: Shell,
    pub to_decide: Vec<SheetLine>,
    pub due: Vec<SheetLine>,
    pub all: Vec<SheetLine>,
    /// The lake has no accounts: no officer could ask for one or decide on it.
    pub no_accounts: bool,
}

/// A sheet as a line.
#[derive(Clone, Debug, Default)]
pub struct SheetLine {
    pub id: String,
    pub person: String,
    pub unit: String,
    /// `asked`, `refused`, `open`, `closing` or `closed`.
    pub state: String,
    pub order_no: String,
    pub asked_by: String,
    pub opened: Option<DateTime<Utc>>,
    pub due: Option<DateTime<Utc>>,
    pub closed: Option<DateTime<Utc>>,
    pub overdue: bool,
}

impl SheetLine {
    pub fn tone(&self) -> &'static str {
        match self.state.as_str() {
            "open" => "info",
            "asked" | "closing" => "warn",
            _ => "plain",
        }
    }
}

/// One sheet with its life, and what the reader may do with it.
#[derive(Clone, Debug, Template)]
#[template(path = "sheet.html")]
pub struct SheetPage {
    pub shell: Shell,
    pub line: SheetLine,
    pub steps: Vec<StepLine>,
    pub may_decide: bool,
    pub may_review: bool,
    pub may_ask_close: bool,
    pub error: Option<String>,
}

/// One step in the life of a sheet.
#[derive(Clone, Debug)]
pub struct StepLine {
    /// In the page's language.
    pub step: String,
    pub by: String,
    pub rank: String,
    pub order_no: String,
    pub reason: String,
    pub at: DateTime<Utc>,
}
