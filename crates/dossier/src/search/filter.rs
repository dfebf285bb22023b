//! What a search is narrowed to. A filter holds of what the reader may see: a row whose district is masked is in no district.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{HITS, PAGE};
use crate::fact::Kind;
use crate::sql;

/// Years nobody is older than.
const OLDEST: i64 = 120;
/// Months a range of dates is looked up by; of a longer one only the rows are asked.
const MONTHS: i32 = 240;

/// Everything empty: no filter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    pub kind: Option<Kind>,
    pub district: Option<String>,
    /// Thana or station.
    pub thana: Option<String>,
    /// A contract's name, or a system's (`cctns`).
    pub source: Option<String>,
    pub sex: Option<String>,
    /// Years of age on `today`.
    pub age: Option<(u32, u32)>,
    /// First and last day of what happened.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// Hits wanted: [`PAGE`] where nobody says, [`HITS`] at most.
    pub most: Option<usize>,
    /// The day ages are counted to; the epoch where nobody says.
    pub today: NaiveDate,
}

impl From<Option<Kind>> for Filter {
    fn from(kind: Option<Kind>) -> Filter {
        Filter { kind, ..Filter::default() }
    }
}

impl Filter {
    /// Hits that are given at most.
    pub fn most(&self) -> usize {
        self.most.unwrap_or(PAGE).clamp(1, HITS)
    }

    fn born(&self) -> Option<(i64, i64)> {
        let (youngest, oldest) = self.age?;
        let year = i64::from(self.today.year());
        // Whose birthday is still to come was born a year earlier.
        Some((year - i64::from(oldest).min(OLDEST) - 1, year - i64::from(youngest)))
    }

    /// Terms of the index: of each list one must be there.
    pub fn tags(&self) -> Vec<Vec<String>> {
        let one = |of: &str, value: &Option<String>| value.as_ref().map(|v| vec![finder::tag(of, v)]);
        let mut out: Vec<Vec<String>> = [
            one("district", &self.district),
            one("thana", &self.thana),
            one("source", &self.source),
            one("sex", &self.sex),
            self.born().map(|(from, to)| (from..=to).map(|year| finder::tag("born", &year.to_string())).collect()),
        ]
        .into_iter()
        .flatten()
        .collect();
        if let (Some(from), Some(to)) = (self.from, self.to) {
            let number = |day: NaiveDate| day.year() * 12 + day.month0() as i32;
            if (0..MONTHS).contains(&(number(to) - number(from))) {
                let month = |n: i32| finder::tag("month", &format!("{:04}-{:02}", n.div_euclid(12), n.rem_euclid(12) + 1));
                out.push((number(from)..=number(to)).map(month).collect());
            }
        }
        out
    }

    /// The condition on rows of a table, which the reader's own view of them must meet; none where rows of the table cannot.
    pub fn condition(&self, table: &str) -> Option<String> {
        let (district, thana, at) = match table {
            "pole.person_mention" => ("district", "thana", "event_time"),
            "pole.event" => ("district", "station", "coalesce(started_at, event_time)"),
            "pole.location" => ("district", "thana", "event_time"),
            _ => ("", "", "event_time"),
        };
        let mut all: Vec<String> = Vec::new();
        for (column, value) in [(district, &self.district), (thana, &self.thana)] {
            let Some(value) = value else { continue };
            if column.is_empty() {
                return None;
            }
            all.push(format!("lower({column}) = {}", sql::text(&value.trim().to_lowercase())));
        }
        if let Some(source) = &self.source {
            let source = source.trim().to_lowercase();
            all.push(format!("(_source = {} OR starts_with(_source, {}))", sql::text(&source), sql::text(&format!("{source}."))));
        }
        let person = table == "pole.person_mention";
        if (self.sex.is_some() || self.age.is_some()) && !person {
            return None;
        }
        all.extend(self.sex.as_ref().map(|sex| format!("sex = {}", sql::text(&sex.trim().to_lowercase()))));
        if let Some((from, to)) = self.born() {
            let year = |column: &str| format!("CAST(date_part('year', {column}) AS BIGINT)");
            all.push(format!("coalesce(birth_year, {}, {} - age) BETWEEN {from} AND {to}", year("birth_date"), year("age_on")));
        }
        if self.from.is_some() || self.to.is_some() {
            if !table.starts_with("pole.") {
                return None;
            }
            all.extend(self.from.map(|day| format!("{at} >= TIMESTAMP '{day}T00:00:00Z'")));
            all.extend(self.to.and_then(|day| day.succ_opt()).map(|day| format!("{at} < TIMESTAMP '{day}T00:00:00Z'")));
        }
        Some(if all.is_empty() { "true".into() } else { all.join(" AND ") })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_terms_and_a_condition() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let filter = Filter {
            district: Some("Kota".into()),
            age: Some((20, 21)),
            from: Some(day("2025-12-30")),
            to: Some(day("2026-01-02")),
            today: day("2026-06-01"),
            ..Filter::default()
        };
        let tags = filter.tags();
        assert_eq!(tags[0], ["district:kota"]);
        assert_eq!(tags[1], ["born:2004", "born:2005", "born:2006"]);
        assert_eq!(tags[2], ["month:2025-12", "month:2026-01"]);
        let condition = filter.condition("pole.person_mention").unwrap();
        assert!(condition.contains("lower(district) = 'kota'") && condition.contains("BETWEEN 2004 AND 2006"), "{condition}");
        assert_eq!(filter.condition("pole.object"), None, "a telephone is in no district");
        assert_eq!(Filter::default().condition("clean.document_part").as_deref(), Some("true"));
    }
}
