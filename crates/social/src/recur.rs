//! Rules by which a message comes again: the part of iCalendar's recurrence rules (RFC 5545, 3.3.10) a desk needs.
//!
//! `FREQ=DAILY|WEEKLY|MONTHLY`, `INTERVAL`, `BYDAY` (weekly: `MO,WE`), `BYMONTHDAY` (monthly: `1,15,-1`), and `COUNT` or `UNTIL`
//! (a day, `20261231`). Days and times are those of the wall clock in India, which knows no summer time: 18:30 stays 18:30,
//! whatever zone the machine or the author is in. A day that a month does not have is left out, as the RFC says.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, Weekday};

use crate::DeskError;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Every {
    Day,
    Week,
    Month,
}

/// A rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    every: Every,
    interval: u32,
    by_day: Vec<Weekday>,
    by_month_day: Vec<i32>,
    count: Option<u32>,
    until: Option<NaiveDate>,
    text: String,
}

const DAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Mon),
    ("TU", Weekday::Tue),
    ("WE", Weekday::Wed),
    ("TH", Weekday::Thu),
    ("FR", Weekday::Fri),
    ("SA", Weekday::Sat),
    ("SU", Weekday::Sun),
];
/// Days looked at before a rule is taken to have no further time: ten years.
const LOOK: u64 = 3660;

fn wrong(text: &str, why: &str) -> DeskError {
    DeskError::Invalid(format!(
        "the rule {text:?}: {why}; write for example FREQ=WEEKLY;BYDAY=MO,TH or FREQ=MONTHLY;BYMONTHDAY=1;COUNT=12"
    ))
}

impl FromStr for Rule {
    type Err = DeskError;

    fn from_str(given: &str) -> Result<Self, DeskError> {
        let text = given.trim().to_uppercase();
        let text = text.trim_start_matches("RRULE:").to_owned();
        let mut rule = Rule {
            every: Every::Day,
            interval: 1,
            by_day: Vec::new(),
            by_month_day: Vec::new(),
            count: None,
            until: None,
            text: text.clone(),
        };
        let mut every = None;
        for part in text.split(';').filter(|p| !p.is_empty()) {
            let (name, value) = part.split_once('=').ok_or_else(|| wrong(given, &format!("{part} is no NAME=VALUE")))?;
            match name {
                "FREQ" => {
                    every = Some(match value {
                        "DAILY" => Every::Day,
                        "WEEKLY" => Every::Week,
                        "MONTHLY" => Every::Month,
                        other => return Err(wrong(given, &format!("FREQ={other} is not DAILY, WEEKLY or MONTHLY"))),
                    });
                }
                "INTERVAL" => {
                    let n = value.parse().ok().filter(|n| (1..=366).contains(n));
                    rule.interval = n.ok_or_else(|| wrong(given, "INTERVAL is a number from 1 to 366"))?;
                }
                "COUNT" => {
                    let n = value.parse().ok().filter(|n| (1..=1000).contains(n));
                    rule.count = Some(n.ok_or_else(|| wrong(given, "COUNT is a number from 1 to 1000"))?);
                }
                "UNTIL" => {
                    let day = NaiveDate::parse_from_str(value.get(..8).unwrap_or(value), "%Y%m%d");
                    rule.until = Some(day.map_err(|_| wrong(given, "UNTIL is a day as 20261231"))?);
                }
                "BYDAY" => {
                    for day in value.split(',') {
                        let found = DAYS.iter().find(|(name, _)| *name == day);
                        rule.by_day.push(found.ok_or_else(|| wrong(given, "BYDAY is a list of MO, TU, WE, TH, FR, SA, SU"))?.1);
                    }
                }
                "BYMONTHDAY" => {
                    for day in value.split(',') {
                        let day = day.parse::<i32>().ok().filter(|d| *d != 0 && d.abs() <= 31);
                        rule.by_month_day.push(day.ok_or_else(|| wrong(given, "BYMONTHDAY is a list of 1 to 31 or -1 to -31"))?);
                    }
                }
                other => return Err(wrong(given, &format!("{other} is not understood here"))),
            }
        }
        rule.every = every.ok_or_else(|| wrong(given, "FREQ is missing"))?;
        if rule.count.is_some() && rule.until.is_some() {
            return Err(wrong(given, "COUNT and UNTIL exclude each other"));
        }
        if !rule.by_month_day.is_empty() && rule.every != Every::Month {
            return Err(wrong(given, "BYMONTHDAY goes with FREQ=MONTHLY"));
        }
        if !rule.by_day.is_empty() && rule.every == Every::Month {
            return Err(wrong(given, "BYDAY goes with FREQ=DAILY or WEEKLY"));
        }
        Ok(rule)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Rule {
    /// Times of the rule that began with `first` (UTC microseconds), from `from` on, at most `most`; UTC microseconds.
    pub fn times(&self, first: i64, from: i64, most: usize) -> Vec<i64> {
        let Some(start) = model::time::to_ist(first) else { return Vec::new() };
        let mut out = Vec::new();
        let mut seen = 0;
        for offset in 0..=LOOK * u64::from(self.interval.min(12)) {
            let Some(day) = start.date().checked_add_days(Days::new(offset)) else { break };
            if out.len() >= most || self.until.is_some_and(|until| day > until) || self.count.is_some_and(|count| seen >= count) {
                break;
            }
            if !self.falls_on(&start, day) {
                continue;
            }
            seen += 1;
            let at = model::time::from_ist(day.and_time(start.time()));
            if at >= from {
                out.push(at);
            }
        }
        out
    }

    /// The first time after `after`.
    pub fn next(&self, first: i64, after: i64) -> Option<i64> {
        self.times(first, after + 1, 1).into_iter().next()
    }

    fn falls_on(&self, start: &NaiveDateTime, day: NaiveDate) -> bool {
        let interval = i64::from(self.interval);
        let listed = self.by_day.is_empty() || self.by_day.contains(&day.weekday());
        match self.every {
            Every::Day => (day - start.date()).num_days() % interval == 0 && listed,
            Every::Week => {
                let monday = |d: NaiveDate| d - chrono::TimeDelta::days(i64::from(d.weekday().num_days_from_monday()));
                let weeks = (monday(day) - monday(start.date())).num_days() / 7;
                let same = day.weekday() == start.date().weekday();
                weeks % interval == 0 && if self.by_day.is_empty() { same } else { listed }
            }
            Every::Month => {
                let months = i64::from(day.year() - start.year()) * 12 + i64::from(day.month()) - i64::from(start.month());
                let last = i32::try_from(days_of(day)).unwrap_or(31);
                let number = i32::try_from(day.day()).unwrap_or(0);
                let on = |wanted: &i32| if *wanted > 0 { number == *wanted } else { number == last + 1 + wanted };
                let fits = if self.by_month_day.is_empty() { day.day() == start.day() } else { self.by_month_day.iter().any(on) };
                months % interval == 0 && fits
            }
        }
    }
}

fn days_of(day: NaiveDate) -> u32 {
    let first = day.with_day(1).unwrap_or(day);
    let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(first);
    u32::try_from((next - first).num_days()).unwrap_or(31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::parse_ist;

    fn shown(rule: &str, first: &str, most: usize) -> Vec<String> {
        let first = parse_ist(first).unwrap();
        let rule: Rule = rule.parse().unwrap();
        let times = rule.times(first, first, most);
        times.into_iter().map(|t| model::time::to_ist(t).unwrap().format("%Y-%m-%d %H:%M").to_string()).collect()
    }

    /// Made with python-dateutil's `rrule` (2.9), which implements the RFC.
    #[test]
    fn rules_give_the_times_another_implementation_gives() {
        for line in include_str!("../tests/recurrences.tsv").lines().filter(|l| !l.starts_with('#')) {
            let mut cells = line.split('\t');
            let (rule, first, times) = (cells.next().unwrap(), cells.next().unwrap(), cells.next().unwrap());
            let expected: Vec<&str> = times.split(',').filter(|t| !t.is_empty()).collect();
            assert_eq!(shown(rule, first, 8), expected, "{rule} from {first}");
        }
    }

    #[test]
    fn the_time_of_day_stays_when_other_zones_change_theirs() {
        // 28 March 2027 is the night Europe puts its clocks forward: the author's 14:00+01:00 is 18:30 in India before and after.
        let first = parse_ist("2027-03-26T14:00:00+01:00").unwrap();
        assert_eq!(first, parse_ist("2027-03-26 18:30").unwrap());
        let rule: Rule = "FREQ=DAILY".parse().unwrap();
        let times = rule.times(first, first, 4);
        assert!(times.windows(2).all(|w| w[1] - w[0] == 86_400_000_000), "{times:?}");
        assert_eq!(model::time::to_ist(times[3]).unwrap().format("%H:%M").to_string(), "18:30");
        // A time after midnight in India is the day before in UTC; its weekday is the Indian one.
        let early = shown("FREQ=WEEKLY;BYDAY=MO", "2026-11-30 00:15", 2);
        assert_eq!(early, ["2026-11-30 00:15", "2026-12-07 00:15"]);
    }

    #[test]
    fn the_next_time_lies_after_and_a_rule_ends() {
        let first = parse_ist("2026-11-30 10:00").unwrap();
        let rule: Rule = "FREQ=DAILY;COUNT=2".parse().unwrap();
        let second = rule.next(first, first).unwrap();
        assert_eq!(second - first, 86_400_000_000);
        assert_eq!(rule.next(first, second), None);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        for (rule, told) in [
            ("", "FREQ is missing"),
            ("FREQ=YEARLY", "FREQ=YEARLY"),
            ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
            ("FREQ=DAILY;COUNT=1;UNTIL=20270101", "exclude"),
            ("FREQ=DAILY;UNTIL=soon", "UNTIL"),
            ("FREQ=WEEKLY;BYDAY=XX", "BYDAY"),
            ("FREQ=MONTHLY;BYDAY=MO", "BYDAY goes with"),
            ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY goes with"),
            ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"),
            ("FREQ=DAILY;BYSETPOS=1", "BYSETPOS is not understood"),
            ("DAILY", "no NAME=VALUE"),
        ] {
            let error = rule.parse::<Rule>().unwrap_err().to_string();
            assert!(error.contains(told) && error.contains("FREQ=WEEKLY;BYDAY=MO,TH"), "{rule}: {error}");
        }
        assert_eq!("rrule:freq=daily".parse::<Rule>().unwrap().to_string(), "FREQ=DAILY");
    }
}
