use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why somebody reads. A reading without a purpose is refused; statistics need no case but see no identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Investigation of a registered case; names the case.
    Case,
    /// Handling of a complaint; names the complaint.
    Complaint,
    /// A superior's check of work done.
    Supervision,
    /// Counts only, without identities.
    Statistics,
    /// Running the system: ingest, maintenance, purge.
    Operation,
}

impl Purpose {
    pub const ALL: [Purpose; 5] = [Self::Case, Self::Complaint, Self::Supervision, Self::Statistics, Self::Operation];

    /// The word the command line, policies and the audit log use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Case => "case",
            Self::Complaint => "complaint",
            Self::Supervision => "supervision",
            Self::Statistics => "statistics",
            Self::Operation => "operation",
        }
    }

    /// Whether the reader must name the case or complaint that is read for.
    pub fn needs_reference(self) -> bool {
        matches!(self, Self::Case | Self::Complaint)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is not a purpose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a purpose; use case, complaint, supervision, statistics or operation")]
pub struct UnknownPurpose {
    pub word: String,
}

impl FromStr for Purpose {
    type Err = UnknownPurpose;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|p| p.as_str() == word).ok_or_else(|| UnknownPurpose { word: word.to_owned() })
    }
}
