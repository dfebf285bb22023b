//! The asking person and the stated reason.

use chrono::{DateTime, Utc};
use model::Purpose;
use serde::{Deserialize, Serialize};

/// What a person may be trusted with, in general.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the lake on its own machine: ingests, maintains, checks what came in.
    Operator,
}

/// A person, already authenticated by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    pub id: String,
    pub name: String,
    pub roles: Vec<Role>,
    /// Code of the unit the person serves in.
    pub unit: Option<String>,
}

impl Principal {
    /// The one local operator of a lake without accounts.
    pub fn operator() -> Self {
        Principal { id: "operator".into(), name: "Operator".into(), roles: vec![Role::Operator], unit: None }
    }
}

/// Why, under what authority, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    pub purpose: Option<Purpose>,
    /// The FIR or complaint the work belongs to.
    pub case: Option<String>,
    /// Reference of the authority for telecom rows.
    pub authority: Option<String>,
    pub now: DateTime<Utc>,
}
