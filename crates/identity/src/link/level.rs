//! Levels of agreement: the small language of the model, and what each level tests.

use std::str::FromStr;

/// One level: a test that two values pass or not. A pair is on the first level whose test it passes.
#[derive(Debug, Clone, PartialEq)]
pub enum Level {
    /// The same normalised value.
    Exact,
    /// Jaro-Winkler similarity at least.
    JaroWinkler(f32),
    /// Damerau-Levenshtein distance (optimal string alignment) at most.
    Damerau(usize),
    /// Levenshtein distance at most.
    Levenshtein(usize),
    /// The first characters agree.
    Start(usize),
    /// One is the beginning of the other: an initial, a short form.
    Begins,
    /// The same phonetic key.
    Phonetic,
    /// This field and the named one changed places between the two records.
    Swapped(String),
    /// Weighted share of words in common at least.
    Words(f32),
    /// Weighted share of the shorter text's words that the longer has too, at least.
    Contained(f32),
    /// The same before the `@`.
    User,
    /// Day and month changed places.
    Turned,
    /// Digits of the date that differ at most.
    Digits(u32),
    /// The years agree and one of the two dates is no more than a year.
    Coarser,
    /// The same year and month.
    Month,
    /// The same day and month of another year.
    Birthday,
    /// The same year.
    Year,
    /// Days apart at most.
    Days(i64),
    /// Difference of numbers at most.
    Difference(f64),
    /// Difference as a share of the larger number at most.
    Ratio(f64),
    /// Kilometres apart at most.
    Km(f64),
    /// The name engine's similarity at least.
    Name(f32),
    /// The name engine's evidence at least, in bits.
    Weight(f64),
}

/// The levels as a model writes them.
pub const GRAMMAR: &str = "exact, jaro_winkler >= X, damerau <= N, levenshtein <= N, start >= N, begins, phonetic, swapped(FIELD), words >= X, \
    contained >= X, user, turned, digits <= N, coarser, month, birthday, year, days <= N, difference <= X, ratio <= X, km <= X, name >= X, weight >= BITS";

impl FromStr for Level {
    type Err = String;

    fn from_str(text: &str) -> Result<Level, String> {
        let wrong = || format!("there is no level {text:?}; levels are: {GRAMMAR}");
        let text = text.trim();
        if let Some(field) = text.strip_prefix("swapped(").and_then(|t| t.strip_suffix(')')) {
            return Ok(Level::Swapped(field.trim().into()));
        }
        let (word, sign, value) = match text.find(['<', '>']) {
            None => (text, "", ""),
            Some(at) => {
                (text[..at].trim(), text.get(at..at + 2).unwrap_or_default(), text.get(at + 2..).unwrap_or_default().trim())
            }
        };
        let share = || value.parse::<f32>().ok().filter(|x| (0.0..=1.0).contains(x)).ok_or_else(wrong);
        let count = || value.parse::<usize>().ok().filter(|n| *n <= 64).ok_or_else(wrong);
        let size = || value.parse::<f64>().ok().filter(|x| x.is_finite() && *x >= 0.0).ok_or_else(wrong);
        Ok(match (word, sign) {
            ("exact", "") => Level::Exact,
            ("begins", "") => Level::Begins,
            ("phonetic", "") => Level::Phonetic,
            ("user", "") => Level::User,
            ("turned", "") => Level::Turned,
            ("coarser", "") => Level::Coarser,
            ("month", "") => Level::Month,
            ("birthday", "") => Level::Birthday,
            ("year", "") => Level::Year,
            ("jaro_winkler", ">=") => Level::JaroWinkler(share()?),
            ("words", ">=") => Level::Words(share()?),
            ("contained", ">=") => Level::Contained(share()?),
            ("name", ">=") => Level::Name(share()?),
            ("weight", ">=") => Level::Weight(size()?),
            ("damerau", "<=") => Level::Damerau(count()?),
            ("levenshtein", "<=") => Level::Levenshtein(count()?),
            ("start", ">=") => Level::Start(count().and_then(|n| if n == 0 { Err(wrong()) } else { Ok(n) })?),
            ("digits", "<=") => Level::Digits(count()? as u32),
            ("days", "<=") => Level::Days(size()? as i64),
            ("difference", "<=") => Level::Difference(size()?),
            ("ratio", "<=") => Level::Ratio(size()?),
            ("km", "<=") => Level::Km(size()?),
            _ => return Err(wrong()),
        })
    }
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Level::Exact => write!(f, "exact"),
            Level::JaroWinkler(x) => write!(f, "jaro_winkler >= {x}"),
            Level::Damerau(n) => write!(f, "damerau <= {n}"),
            Level::Levenshtein(n) => write!(f, "levenshtein <= {n}"),
            Level::Start(n) => write!(f, "start >= {n}"),
            Level::Begins => write!(f, "begins"),
            Level::Phonetic => write!(f, "phonetic"),
            Level::Swapped(other) => write!(f, "swapped({other})"),
            Level::Words(x) => write!(f, "words >= {x}"),
            Level::Contained(x) => write!(f, "contained >= {x}"),
            Level::User => write!(f, "user"),
            Level::Turned => write!(f, "turned"),
            Level::Digits(n) => write!(f, "digits <= {n}"),
            Level::Coarser => write!(f, "coarser"),
            Level::Month => write!(f, "month"),
            Level::Birthday => write!(f, "birthday"),
            Level::Year => write!(f, "year"),
            Level::Days(n) => write!(f, "days <= {n}"),
            Level::Difference(x) => write!(f, "difference <= {x}"),
            Level::Ratio(x) => write!(f, "ratio <= {x}"),
            Level::Km(x) => write!(f, "km <= {x}"),
            Level::Name(x) => write!(f, "name >= {x}"),
            Level::Weight(x) => write!(f, "weight >= {x}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_reads_what_it_writes() {
        let all = "exact|jaro_winkler >= 0.92|damerau <= 1|levenshtein <= 2|start >= 3|begins|phonetic|swapped(x)|words >= 0.5|contained >= 1|user\
            |turned|digits <= 2|coarser|month|birthday|year|days <= 30|difference <= 5|ratio <= 0.1|km <= 2.5|name >= 0.8|weight >= 12";
        for text in all.split('|') {
            assert_eq!(text.parse::<Level>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn wrong_levels_name_the_right_ones() {
        for text in [
            "",
            "exactly",
            "jaro_winkler <= 0.9",
            "jaro_winkler >= 2",
            "damerau <= -1",
            "start >= 0",
            "days <= x",
            "exact >= 1",
            "km <=",
        ] {
            assert!(text.parse::<Level>().unwrap_err().contains("levels are: exact"), "{text}");
        }
    }
}
