//! Values by kind: one form for each, `None` where the value cannot be one of the kind.

use crate::link::compare::{date, geo};
use crate::link::model::Kind;

/// The comparable form of a normalised value.
pub fn clean(kind: Kind, text: &str) -> Option<String> {
    let out = match kind {
        Kind::Name | Kind::FullName | Kind::Text => spaced(text),
        Kind::Words | Kind::Category | Kind::Email => text.to_string(),
        Kind::Date => {
            let (y, m, d) = date::parse(text)?;
            format!("{y:04}{m:02}{d:02}")
        }
        Kind::Number => {
            let number = text.replace(',', "").trim_start_matches(['$', '€', '£', '₹', ' ']).parse::<f64>().ok()?;
            if !number.is_finite() {
                return None;
            }
            number.to_string()
        }
        Kind::Digits | Kind::Postcode => whole(text).chars().filter(|c| c.is_alphanumeric()).collect(),
        Kind::Place => {
            let (lat, lon) = geo::parse(text)?;
            format!("{lat} {lon}")
        }
    };
    (!out.is_empty()).then_some(out)
}

/// Without the `.0` that spreadsheets and data frames give to whole numbers.
fn whole(text: &str) -> &str {
    text.strip_suffix(".0").filter(|t| t.bytes().all(|b| b.is_ascii_digit())).unwrap_or(text)
}

/// Apostrophes go, other punctuation becomes a blank.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in whole(text).chars() {
        match c {
            '\'' | '’' | '`' => {}
            c if c.is_whitespace() || (c.is_ascii_punctuation() && !matches!(c, '&' | '@' | '#' | '/' | '+')) => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_form_for_each_kind() {
        let c = |k, t| clean(k, t);
        assert_eq!(c(Kind::Name, "o'brien-smith jr."), Some("obrien smith jr".into()));
        assert_eq!(c(Kind::Date, "10/02/1960"), Some("19600210".into()));
        assert_eq!(c(Kind::Date, "30/02/1960"), None);
        assert_eq!(c(Kind::Digits, "98-76 54.0"), Some("9876540".into()));
        assert_eq!(c(Kind::Digits, "4011.0"), Some("4011".into()));
        assert_eq!(c(Kind::Postcode, "tq13 8df"), Some("tq138df".into()));
        assert_eq!(c(Kind::Number, "₹1,200.50"), Some("1200.5".into()));
        assert_eq!((c(Kind::Number, "inf"), c(Kind::Place, "99 0"), c(Kind::Name, "...")), (None, None, None));
    }
}
