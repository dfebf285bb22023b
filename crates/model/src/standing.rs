//! How somebody stands in law in one case. One vocabulary: contracts map their sources' words to it.

use serde::{Deserialize, Serialize};

/// From suspicion to outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// Named in a report.
    Accused,
    Arrested,
    /// A charge-sheet names the person, or a court has sent the case back for trial.
    Charged,
    Convicted,
    /// A final report without charge, or the person's death.
    Closed,
    Discharged,
    Acquitted,
    /// A High Court has put an end to the proceedings.
    Quashed,
}

impl Standing {
    /// In the order of what favours the person: of two records of one day the later one here counts.
    pub const ALL: [Standing; 8] = [
        Standing::Accused,
        Standing::Arrested,
        Standing::Charged,
        Standing::Convicted,
        Standing::Closed,
        Standing::Discharged,
        Standing::Acquitted,
        Standing::Quashed,
    ];

    /// Stored word.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Accused => "accused",
            Standing::Arrested => "arrested",
            Standing::Charged => "charged",
            Standing::Convicted => "convicted",
            Standing::Closed => "closed",
            Standing::Discharged => "discharged",
            Standing::Acquitted => "acquitted",
            Standing::Quashed => "quashed",
        }
    }

    /// Of a stored word.
    pub fn parse(word: &str) -> Option<Standing> {
        Standing::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// Nothing is held against the person in this case any more.
    pub fn cleared(self) -> bool {
        matches!(self, Standing::Closed | Standing::Discharged | Standing::Acquitted | Standing::Quashed)
    }

    /// Only a court's decision says so, and only another one turns it.
    pub fn by_court(self) -> bool {
        matches!(self, Standing::Convicted | Standing::Discharged | Standing::Acquitted | Standing::Quashed)
    }

    /// What stands when a higher court reverses it; none where there is nothing to reverse.
    pub fn reversed(self) -> Option<Standing> {
        match self {
            Standing::Convicted => Some(Standing::Acquitted),
            Standing::Acquitted => Some(Standing::Convicted),
            Standing::Discharged | Standing::Quashed => Some(Standing::Charged),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back_and_outcomes_are_told_from_steps() {
        assert!(Standing::ALL.iter().all(|s| Standing::parse(s.as_str()) == Some(*s)));
        assert_eq!(Standing::parse("Acquitted"), None, "sources' words are the contracts' business");
        let cleared: Vec<&str> = Standing::ALL.iter().filter(|s| s.cleared()).map(|s| s.as_str()).collect();
        assert_eq!(cleared, ["closed", "discharged", "acquitted", "quashed"]);
        assert_eq!(Standing::Convicted.reversed(), Some(Standing::Acquitted));
        assert_eq!(Standing::Charged.reversed(), None);
    }
}
