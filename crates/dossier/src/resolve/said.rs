//! What people said of pairs, and which of it is in force: a merge that puts an accusation on somebody takes two of them.

use std::collections::HashMap;

use identity::{Judgement, Verdict};
use lake::{Lake, LakeError, Result};
use serde::{Deserialize, Serialize};

use super::number;
use crate::mention::Mention;

/// A judgement as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    #[serde(flatten)]
    pub judgement: Judgement,
    /// `same` of a sensitive pair: it counts when another officer has said it too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
}

/// What was said so far, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct SaidSoFar {
    pub all: Vec<Judgement>,
    /// Those that count. What comes later never takes one out, so the list only grows.
    pub in_force: Vec<Judgement>,
    /// Pairs one officer holds for one person and nobody has confirmed, with that officer.
    pub waiting: HashMap<(u64, u64), String>,
}

impl SaidSoFar {
    pub fn add(&mut self, kept: Kept) {
        let said = kept.judgement;
        let pair = number(&said.left).zip(number(&said.right)).map(|(a, b)| (a.min(b), a.max(b)));
        self.all.push(said.clone());
        if let Some(pair) = pair {
            let first = self.waiting.remove(&pair);
            if kept.sensitive && said.verdict == Verdict::Same && first.as_ref().is_none_or(|who| *who == said.who) {
                self.waiting.insert(pair, said.who);
                return;
            }
        }
        self.in_force.push(said);
    }
}

/// All judgements. A line that cannot be read is an error: none may be lost in silence.
pub(crate) fn said(lake: &Lake) -> Result<SaidSoFar> {
    let mut out = SaidSoFar::default();
    for (n, line) in lake.judgement_lines()?.iter().enumerate() {
        let wrong = |e| LakeError::Invalid(format!("judgement {} cannot be read: {e}", n + 1));
        out.add(serde_json::from_str(line).map_err(wrong)?);
    }
    Ok(out)
}

/// Whether one side is on record as accused or arrested and the other is not: to join them lays on one what only the other is charged with.
pub(crate) fn sensitive(left: &[Mention], right: &[Mention]) -> bool {
    let accused = |of: &[Mention]| {
        of.iter()
            .any(|m| m.role.as_deref().is_some_and(|r| matches!(r, "accused" | "arrested" | "suspect" | "convict" | "prisoner")))
    };
    accused(left) != accused(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(who: &str, verdict: Verdict, sensitive: bool) -> Kept {
        let judgement = Judgement {
            left: "00000000000000a1".into(),
            right: "00000000000000b2".into(),
            verdict,
            who: who.into(),
            when: 1,
            why: String::new(),
        };
        Kept { judgement, sensitive }
    }

    fn after(said: &[(&str, Verdict, bool)]) -> (Vec<Verdict>, Option<String>) {
        let mut so_far = SaidSoFar::default();
        said.iter().for_each(|(who, verdict, sensitive)| so_far.add(kept(who, *verdict, *sensitive)));
        assert_eq!(so_far.all.len(), said.len());
        (so_far.in_force.iter().map(|j| j.verdict).collect(), so_far.waiting.into_values().next())
    }

    #[test]
    fn a_sensitive_merge_takes_two_officers() {
        use Verdict::{NotSame, Same, Unsure};
        assert_eq!(after(&[("a", Same, true)]), (vec![], Some("a".into())));
        // Saying it twice is not a second officer.
        assert_eq!(after(&[("a", Same, true), ("a", Same, true)]), (vec![], Some("a".into())));
        assert_eq!(after(&[("a", Same, true), ("b", Same, true)]), (vec![Same], None));
        // Who disagrees ends it; then it begins again.
        assert_eq!(after(&[("a", Same, true), ("b", NotSame, true), ("c", Same, true)]), (vec![NotSame], Some("c".into())));
        assert_eq!(after(&[("a", Unsure, true), ("b", Same, false)]), (vec![Unsure, Same], None));
    }

    #[test]
    fn lines_of_before_are_read() {
        let line = r#"{"left":"a","right":"b","verdict":"same","who":"w","when":1,"why":""}"#;
        let kept: Kept = serde_json::from_str(line).unwrap();
        assert!(!kept.sensitive && !serde_json::to_string(&kept).unwrap().contains("sensitive"));
    }
}
