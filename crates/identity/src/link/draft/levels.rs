//! Levels of a kind, where the model gives none.

use crate::link::model::Kind;

pub fn of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Name => &[
            "exact",
            "jaro_winkler >= 0.92",
            "damerau <= 1",
            "begins",
            "jaro_winkler >= 0.85",
            "phonetic",
            "jaro_winkler >= 0.7",
        ],
        Kind::FullName => &[
            "exact",
            "words >= 0.9",
            "words >= 0.75",
            "contained >= 0.95",
            "jaro_winkler >= 0.92",
            "words >= 0.5",
            "contained >= 0.7",
            "jaro_winkler >= 0.8",
            "words >= 0.25",
        ],
        Kind::Text => {
            &["exact", "jaro_winkler >= 0.92", "damerau <= 1", "jaro_winkler >= 0.85", "words >= 0.5", "jaro_winkler >= 0.7"]
        }
        Kind::Words => &[
            "exact",
            "words >= 0.85",
            "jaro_winkler >= 0.92",
            "words >= 0.65",
            "contained >= 0.85",
            "words >= 0.45",
            "words >= 0.25",
            "words >= 0.1",
        ],
        Kind::Date => &[
            "exact",
            "turned",
            "digits <= 1",
            "coarser",
            "birthday",
            "digits <= 2",
            "month",
            "year",
            "days <= 1100",
            "days <= 4000",
        ],
        Kind::Number => &["exact", "difference <= 1", "ratio <= 0.02", "ratio <= 0.1", "ratio <= 0.3"],
        Kind::Digits => &["exact", "damerau <= 1", "damerau <= 2"],
        Kind::Email => &["exact", "damerau <= 1", "user", "damerau <= 3", "jaro_winkler >= 0.88"],
        Kind::Postcode => &["exact", "damerau <= 1", "start >= 3", "start >= 2"],
        Kind::Category => &["exact"],
        Kind::Place => &["km <= 0.1", "km <= 1", "km <= 5", "km <= 25", "km <= 100"],
    }
}
