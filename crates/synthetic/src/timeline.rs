//! Rows of a large file spread over days by the daily rhythm of traffic, in order, with nobody twice in one second.
//!
//! That last property makes (subject, second) a key: whatever a contract chooses as key beyond it, counts stay exact at any size.

use crate::Error;
use crate::calendar::{DAY, Moment, busy_second};
use crate::draw::{Stream, scale};
use crate::file::SHARD_ROWS;

/// The spread of `rows` rows over `days` days from `start` (local second of a midnight).
pub(crate) struct Timeline {
    pub rows: u64,
    start: i64,
    days: u64,
}

impl Timeline {
    /// A spread at `daily` rows for each of `subjects` subjects and day, between a month and a year long.
    ///
    /// # Errors
    /// [`Error::TooFewSubjects`] when rows would crowd the seconds.
    pub(crate) fn new(what: &'static str, rows: u64, subjects: u64, daily: u64, start: i64) -> Result<Self, Error> {
        let days = (rows / (subjects * daily).max(1)).clamp(30, 365);
        // The busiest hour carries about twice the mean; with ten times as many subjects as rows in a second a redraw is rare.
        let needed = rows * 10 / (days * DAY as u64) + 10;
        if subjects < needed {
            Err(Error::TooFewSubjects { what, rows, subjects, needed })
        } else {
            Ok(Self { rows, start, days })
        }
    }

    pub(crate) fn shards(&self) -> u64 {
        self.rows.div_ceil(SHARD_ROWS)
    }

    fn bound(&self, shard: u64) -> i64 {
        if shard >= self.shards() { self.days as i64 * DAY } else { busy_second(shard * SHARD_ROWS, self.rows, self.days) }
    }

    /// The rows of a shard with their seconds. A shard owns whole seconds, so being distinct within one is decided inside it.
    pub(crate) fn seconds(&self, shard: u64) -> impl Iterator<Item = (u64, i64)> {
        let (low, high) = (self.bound(shard), self.bound(shard + 1));
        let first = shard * SHARD_ROWS;
        (first..(first + SHARD_ROWS).min(self.rows))
            .map(move |row| (row, self.start + busy_second(row, self.rows, self.days).clamp(low, (high - 1).max(low))))
    }
}

/// Subjects already used in the current second.
pub(crate) struct Distinct {
    second: i64,
    subjects: Vec<u64>,
}

impl Distinct {
    pub(crate) fn new() -> Self {
        Self { second: i64::MIN, subjects: Vec::with_capacity(64) }
    }

    /// Somebody of `0..subjects` not drawn before in this second; an eighth of the draws go to the first tenth, who are busier.
    pub(crate) fn draw(&mut self, stream: &mut Stream, second: i64, subjects: u64) -> u64 {
        if second != self.second {
            self.second = second;
            self.subjects.clear();
        }
        loop {
            let random = stream.next();
            let subject = scale(random, if random & 7 == 0 { (subjects / 10).max(1) } else { subjects });
            if !self.subjects.contains(&subject) {
                self.subjects.push(subject);
                return subject;
            }
        }
    }
}

/// The parts of a second, kept while rows stay within it or its day.
pub(crate) struct Clock {
    second: i64,
    moment: Moment,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self { second: 0, moment: Moment::of(0) }
    }

    pub(crate) fn at(&mut self, second: i64) -> &Moment {
        if self.second != second {
            if self.second.div_euclid(DAY) == second.div_euclid(DAY) {
                let rest = second.rem_euclid(DAY) as u32;
                (self.moment.hour, self.moment.minute, self.moment.second) = (rest / 3_600, rest / 60 % 60, rest % 60);
            } else {
                self.moment = Moment::of(second);
            }
            self.second = second;
        }
        &self.moment
    }
}
