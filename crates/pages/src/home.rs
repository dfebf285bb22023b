//! The first page: what is in the lake, which source is behind, what can be done next.

use askama::Template;

use crate::Shell;
use crate::intake::{RunLine, SourceLine};

/// The home page.
#[derive(Clone, Debug, Template)]
#[template(path = "home.html")]
pub struct Home {
    pub shell: Shell,
    pub figures: Figures,
    /// Sources with data, those that are behind first.
    pub sources: Vec<SourceLine>,
    /// The latest runs, newest first.
    pub runs: Vec<RunLine>,
}

/// The lake in four numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    pub tables: u64,
    pub rows: u64,
    pub objects: u64,
    /// Bytes of the received files.
    pub bytes: u64,
    /// Rows in quarantine.
    pub held: u64,
}
