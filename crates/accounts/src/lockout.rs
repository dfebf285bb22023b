//! Failed attempts and the growing pause after them, by account and by address.
//!
//! An attempt is counted *before* it is tried, and given back when it succeeds: a hundred guesses at once are a hundred failures,
//! not one. Names are counted whether or not such an account exists.

use chrono::{DateTime, TimeDelta, Utc};
use store::account::Attempt;

use crate::error::Result;
use crate::{Accounts, micros, random};

/// How long failures are remembered after the last one.
pub(crate) const MEMORY: TimeDelta = TimeDelta::days(1);

/// The longest pause in seconds. An attacker can make somebody wait, but not shut him out.
const LONGEST: i64 = 900;

/// What is guessed at.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    /// A sign-in name. It is kept as a hash: people type passwords into the wrong field.
    Login(&'a str),
    /// The second factor of an account.
    Second(&'a str),
    /// An address: many people of a station may share one.
    Address(&'a str),
}

impl Target<'_> {
    fn key(self) -> String {
        match self {
            Target::Login(text) => format!("login:{}", random::hash(text)),
            Target::Second(id) => format!("second:{id}"),
            Target::Address(text) => format!("address:{text}"),
        }
    }

    /// Failures without a pause.
    fn free(self) -> i64 {
        match self {
            Target::Address(_) => 20,
            _ => 4,
        }
    }
}

/// Seconds of pause after so many failures: 1, 2, 4 … 900.
fn pause(failures: i64, free: i64) -> i64 {
    match failures - free {
        ..=0 => 0,
        over @ 1..=10 => (1 << (over - 1)).min(LONGEST),
        _ => LONGEST,
    }
}

impl Accounts {
    /// Counts an attempt as failed until it is known better. The seconds to wait when nothing may be tried now.
    pub(crate) async fn count(&self, target: Target<'_>, now: DateTime<Utc>) -> Result<std::result::Result<(), u64>> {
        let (key, at) = (target.key(), micros(now));
        loop {
            let old = self.store.attempt(&key).await?;
            if let Some(old) = &old {
                let seconds = (old.open_at - at + 999_999).div_euclid(1_000_000);
                // A pause longer than the longest was not ordered: the clock ran back meanwhile.
                if (1..=LONGEST).contains(&seconds) {
                    return Ok(Err(seconds.unsigned_abs()));
                }
            }
            let recent = old.as_ref().filter(|o| o.last_at > micros(now - MEMORY));
            let failures = recent.map_or(0, |o| o.failures) + 1;
            // The newest time is kept when a clock runs back, so that each count changes the row.
            let last_at = old.as_ref().map_or(at, |o| at.max(o.last_at));
            let open_at = match pause(failures, target.free()) {
                0 => 0,
                seconds => at + seconds * 1_000_000,
            };
            let new = Attempt { key: key.clone(), failures, last_at, open_at };
            if self.store.count_attempt(old.as_ref(), &new).await? {
                return Ok(Ok(()));
            }
        }
    }

    /// Forgets the failures: the right secret was given.
    pub(crate) async fn forgive(&self, target: Target<'_>) -> Result<()> {
        Ok(self.store.clear_attempts(&target.key()).await?)
    }

    /// Takes one count back: others may guess from the same address.
    pub(crate) async fn take_back(&self, target: Target<'_>) -> Result<()> {
        let key = target.key();
        loop {
            let Some(old) = self.store.attempt(&key).await? else { return Ok(()) };
            let failures = (old.failures - 1).max(0);
            let new = Attempt { failures, open_at: 0, ..old.clone() };
            if self.store.count_attempt(Some(&old), &new).await? {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_quarter_of_an_hour() {
        let pauses: Vec<i64> = (1..=16).map(|n| pause(n, 4)).collect();
        assert_eq!(pauses, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!((pause(20, 20), pause(21, 20), pause(i64::MAX, 20)), (0, 1, 900));
    }
}
