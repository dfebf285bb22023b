//! What people said about two mentions.

use serde::{Deserialize, Serialize};

/// Whether two mentions are of one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Same,
    NotSame,
    /// Looked at and left open: says nothing about the records, and takes the pair's place in the queue.
    Unsure,
}

/// One person's answer about two mentions. Judgements are only ever added: a later one about the same pair outranks an
/// earlier one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Judgement {
    /// Ids of the two mentions, in any order.
    pub left: String,
    pub right: String,
    pub verdict: Verdict,
    /// Id of the person who judged.
    pub who: String,
    /// Microseconds since 1970 (UTC).
    pub when: i64,
    pub why: String,
}

impl Judgement {
    /// The pair, smaller id first.
    pub fn pair(&self) -> (&str, &str) {
        if self.left <= self.right { (&self.left, &self.right) } else { (&self.right, &self.left) }
    }
}
