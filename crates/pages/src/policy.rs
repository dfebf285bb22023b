//! The policies in force, for whoever wants to know by which rule he was let in or kept out.

use askama::Template;

use crate::Shell;

/// All policies, and what is wrong with the operator's own.
#[derive(Clone, Debug, Template)]
#[template(path = "policies.html")]
pub struct Policies {
    pub shell: Shell,
    pub lines: Vec<PolicyLine>,
    /// Why the newest of the operator's files are not in force.
    pub trouble: Option<String>,
    pub limits: Vec<LimitLine>,
    pub may_limit: bool,
    /// What was wrong with a number.
    pub error: Option<String>,
}

/// A number an installation settles for itself.
#[derive(Clone, Debug)]
pub struct LimitLine {
    /// `bulk_rows`, `export_days` or `subject_days`.
    pub name: &'static str,
    pub value: u64,
    pub least: u64,
    pub most: u64,
}

/// One policy.
#[derive(Clone, Debug)]
pub struct PolicyLine {
    pub id: String,
    pub file: String,
    pub own: bool,
    /// Whether it permits; otherwise it forbids.
    pub permits: bool,
    /// In the page's language, where it has it.
    pub rule: String,
    pub law: String,
    /// As it is written.
    pub text: String,
}
