use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How far a column may be shown, from everybody to nobody. The order is meaningful: `Open < Sealed`.
///
/// `Sealed` covers what BNS s.72, POCSO s.23 and JJ Act s.74 protect (victims of sexual offences, children): no role
/// opens it, only a named order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Classification {
    Open,
    Internal,
    Personal,
    Sensitive,
    Sealed,
}

impl Classification {
    /// Every classification, mildest first.
    pub const ALL: [Classification; 5] = [Self::Open, Self::Internal, Self::Personal, Self::Sensitive, Self::Sealed];

    /// The word contracts and policies use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Internal => "internal",
            Self::Personal => "personal",
            Self::Sensitive => "sensitive",
            Self::Sealed => "sealed",
        }
    }
}

impl fmt::Display for Classification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is not a classification.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is not a classification; use open, internal, personal, sensitive or sealed")]
pub struct UnknownClassification {
    pub word: String,
}

impl FromStr for Classification {
    type Err = UnknownClassification;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|c| c.as_str() == word).ok_or_else(|| UnknownClassification { word: word.to_owned() })
    }
}
