//! Earlier versions of a message, each beside the one before it.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;

/// One text of a version.
#[derive(Clone, Debug)]
pub struct Text {
    pub place: String,
    pub changed: bool,
    /// `same`, `gone` or `came`, and the words.
    pub stretches: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug)]
pub struct VersionLine {
    pub version: i64,
    pub who: String,
    pub at: DateTime<Utc>,
    pub sha256: String,
    pub texts: Vec<Text>,
    /// Until when the public reads that the message said this.
    pub public_until: Option<DateTime<Utc>>,
    /// Why it does not: an officer's reason; or the rule that finds something in it.
    pub withheld: Option<String>,
    pub rule: Option<String>,
    /// A newer version is there, so this one can be kept from the public.
    pub older: bool,
}

/// All versions, the newest first.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/versions.html")]
pub struct Versions {
    pub shell: Shell,
    pub id: String,
    pub versions: Vec<VersionLine>,
    /// The message is out.
    pub public: bool,
}
