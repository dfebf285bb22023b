//! The page shown when something cannot be done: what happened, what to do, a way back.

use askama::Template;

use crate::Shell;

/// An error page.
#[derive(Clone, Debug, Template)]
#[template(path = "fault.html")]
pub struct Fault {
    pub shell: Shell,
    /// HTTP status.
    pub status: u16,
    /// What happened, in the page's language.
    pub headline: String,
    /// What to do.
    pub advice: String,
    /// The exact message, for a report.
    pub detail: Option<String>,
    /// The way back.
    pub back: String,
    pub back_text: String,
    /// A query whose export needs a release, for the form that asks for it.
    pub release: Option<String>,
}
