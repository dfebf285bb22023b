//! Times of the model code of conduct.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;

/// One time.
#[derive(Clone, Debug)]
pub struct Line {
    pub id: String,
    pub constituency: String,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// As they are written into the form, in Indian time.
    pub from_text: String,
    pub until_text: String,
    pub reference: String,
    pub principal: String,
    /// In force now; over.
    pub holds: bool,
    pub over: bool,
}

/// All of them, and the form for a new one.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/silences.html")]
pub struct Silences {
    pub shell: Shell,
    pub lines: Vec<Line>,
}
