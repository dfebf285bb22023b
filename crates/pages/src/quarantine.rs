//! Refused rows: by contract, then row by row with reason, field and original.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::Shell;
use crate::intake::ReasonCount;
use crate::table::Pager;

/// Refused rows of one contract.
#[derive(Clone, Debug)]
pub struct HeldLine {
    pub contract: String,
    pub title: String,
    pub rows: u64,
    pub latest: Option<DateTime<Utc>>,
    /// The commonest reason, in words.
    pub top_reason: String,
}

/// The list of contracts with refused rows.
#[derive(Clone, Debug, Template)]
#[template(path = "quarantine.html")]
pub struct Quarantine {
    pub shell: Shell,
    pub lines: Vec<HeldLine>,
}

/// Why a row was refused.
#[derive(Clone, Debug)]
pub struct Reason {
    pub code: String,
    /// The code in words.
    pub text: String,
    pub column: Option<String>,
    pub value: Option<String>,
    /// What the parser said.
    pub message: String,
}

/// A refused row.
#[derive(Clone, Debug)]
pub struct HeldRow {
    pub object: String,
    pub file: String,
    pub row: i64,
    pub reasons: Vec<Reason>,
    /// The record as received.
    pub original: String,
}

impl HeldRow {
    /// Link to the row in its file.
    pub fn href(&self) -> String {
        format!("/object/{}/row/{}", self.object, self.row)
    }
}

/// The refused rows of a contract.
#[derive(Clone, Debug, Template)]
#[template(path = "held.html")]
pub struct Held {
    pub shell: Shell,
    pub contract: String,
    pub title: String,
    pub reasons: Vec<ReasonCount>,
    /// The reason the list is narrowed to.
    pub only: Option<String>,
    pub rows: Vec<HeldRow>,
    pub pager: Pager,
    /// What the last replay did: rows accepted, rows still refused.
    pub replayed: Option<(u64, u64)>,
}
