//! What people wrote to the department's own accounts. The item and its clock; nothing is gathered about who wrote it.

use askama::Template;
use chrono::{DateTime, Utc};

use super::{Choice, tone};
use crate::Shell;

/// One comment or mention.
#[derive(Clone, Debug)]
pub struct ItemLine {
    pub id: String,
    pub kind: String,
    pub network: String,
    /// Empty for a message to the account alone: who wrote it is not kept.
    pub handle: String,
    pub text: String,
    pub url: Option<String>,
    pub unit: String,
    pub state: String,
    pub assigned: String,
    /// The unit above that was told because it is overdue.
    pub escalated: String,
    /// Who is writing an answer just now.
    pub answering: Option<String>,
    pub written: DateTime<Utc>,
    pub due: DateTime<Utc>,
    pub late: bool,
    /// The network lets a program answer, still.
    pub answerable: bool,
    /// Until when it does; none: at any time.
    pub until: Option<DateTime<Utc>>,
}

impl ItemLine {
    /// Written to the account alone.
    pub fn alone(&self) -> bool {
        self.kind == "message"
    }

    pub fn tone(&self) -> &'static str {
        if self.late { "bad" } else { tone(&self.state) }
    }
}

/// The stream of a unit.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/inbox.html")]
pub struct Inbox {
    pub shell: Shell,
    pub unit: String,
    pub units: Vec<Choice>,
    pub states: Vec<Choice>,
    pub items: Vec<ItemLine>,
    /// Address of the next page.
    pub next: Option<String>,
}

/// A reply kept for use again.
#[derive(Clone, Debug)]
pub struct ReplyLine {
    pub id: String,
    pub unit: String,
    pub name: String,
    pub hindi: String,
    pub english: String,
}

/// All of them, and the form for a new one.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/replies.html")]
pub struct Replies {
    pub shell: Shell,
    pub replies: Vec<ReplyLine>,
    pub units: Vec<Choice>,
}

/// A reply an answer can begin with.
#[derive(Clone, Debug)]
pub struct Saved {
    pub id: String,
    pub name: String,
    pub hindi: String,
    pub english: String,
}

impl Saved {
    /// Its texts with their languages, as far as it has them.
    pub fn texts(&self) -> Vec<(&'static str, &String)> {
        [("hi", &self.hindi), ("en", &self.english)].into_iter().filter(|(_, t)| !t.is_empty()).collect()
    }
}

/// One item, and what can be done with it.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/item.html")]
pub struct Item {
    pub shell: Shell,
    pub item: ItemLine,
    /// The answer under way or given: a message and its state.
    pub answer: Option<(String, String)>,
    /// It is approved and can be sent now.
    pub sends: bool,
    /// The reader holds the pen, or has words that were not taken.
    pub writes: bool,
    /// What stands in the sheet of the answer.
    pub text: String,
    /// Why the answer was not taken.
    pub refused: Option<String>,
    pub reason: Option<String>,
    pub units: Vec<Choice>,
    pub saved: Vec<Saved>,
    /// Public rules of moderation: value and catalogue key.
    pub rules: Vec<Choice>,
    /// What was done: who, what, when.
    pub record: Vec<(String, String, DateTime<Utc>)>,
}
