//! How a request ends, whatever was asked for: decided once, with a note, under the rank of whoever decided.

use governance::Principal;

use crate::access::AccessError;
use crate::error::Result;

/// Characters of a note that are kept.
const NOTE: usize = 500;

/// A decision as it is written down.
pub(crate) struct Ending<'a> {
    /// `granted` or `refused`.
    pub state: &'static str,
    pub by: &'a str,
    pub rank: &'static str,
    pub note: String,
}

impl<'a> Ending<'a> {
    /// What somebody decided.
    pub fn of(principal: &'a Principal, grant: bool, note: &str) -> Ending<'a> {
        Ending {
            state: if grant { "granted" } else { "refused" },
            by: &principal.id,
            rank: principal.rank.as_str(),
            note: note.trim().chars().take(NOTE).collect(),
        }
    }
}

/// What a statement that must happen once came to: it changed a row, or somebody was first.
pub(crate) fn once(changed: bool) -> Result<()> {
    if changed { Ok(()) } else { Err(AccessError::Decided.into()) }
}
