//! What lies ready: words to begin messages with, hours that served, short links, and what others say well of the department.

use askama::Template;

use super::Choice;
use crate::Shell;

/// Words to begin a message with.
#[derive(Clone, Debug)]
pub struct TemplateLine {
    pub id: String,
    pub name: String,
    pub unit: String,
    pub kind: String,
    pub words: String,
}

/// An hour at which messages were seen.
#[derive(Clone, Debug)]
pub struct SlotLine {
    pub network: String,
    /// `18:00`.
    pub hour: String,
    pub posts: u64,
    pub measure: String,
    pub median: u64,
}

/// One word of appreciation.
#[derive(Clone, Debug)]
pub struct PraiseLine {
    pub id: String,
    pub unit: String,
    pub url: String,
    pub about: String,
    /// Who said it; empty when nobody is named.
    pub by: String,
    /// `citizen`, `institution`, `embassy`.
    pub source: String,
    pub public: bool,
    pub thanked: bool,
}

/// A short link.
#[derive(Clone, Debug)]
pub struct LinkLine {
    pub code: String,
    /// The whole short address.
    pub short: String,
    pub url: String,
    pub unit: String,
    pub opened: u64,
    pub stopped: bool,
}

/// The page of all four.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/shelf.html")]
pub struct Shelf {
    pub shell: Shell,
    /// The unit whose hours are shown; empty: none.
    pub unit: String,
    pub units: Vec<Choice>,
    pub kinds: Vec<Choice>,
    pub sources: Vec<Choice>,
    pub templates: Vec<TemplateLine>,
    pub slots: Vec<SlotLine>,
    pub praise: Vec<PraiseLine>,
    pub links: Vec<LinkLine>,
    pub campaigns: Vec<Choice>,
}
