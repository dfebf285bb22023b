//! Several messages signed on one page, each read whole.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;

/// A message that waits for this reader's signature.
#[derive(Clone, Debug)]
pub struct SignLine {
    pub id: String,
    pub version: i64,
    pub unit: String,
    pub kind: String,
    pub author: String,
    /// Language or network, and the text.
    pub texts: Vec<(String, String)>,
    /// What each picture shows.
    pub pictures: Vec<String>,
    pub due: Option<DateTime<Utc>>,
    pub channels: Vec<String>,
    /// Rules with findings nobody has overruled; such a message is signed on its own page only.
    pub open: Vec<String>,
    /// The signature that is missing.
    pub role: String,
}

/// What became of one that was chosen.
#[derive(Clone, Debug)]
pub struct SignedLine {
    pub id: String,
    pub words: String,
    /// Signatures that are missing still.
    pub missing: Vec<String>,
    pub refused: Option<String>,
}

/// The page.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/sign.html")]
pub struct Sign {
    pub shell: Shell,
    pub done: Vec<SignedLine>,
    pub lines: Vec<SignLine>,
}

impl Sign {
    /// Whether there is anything to sign here.
    pub fn signs(&self) -> bool {
        self.lines.iter().any(|l| l.open.is_empty())
    }
}
