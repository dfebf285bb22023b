//! How often somebody may ask: a bucket that fills evenly, by address or account.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Instant;

/// Most keys remembered; the fullest buckets are forgotten first, which takes nothing from anybody.
const MOST: usize = 10_000;

/// Requests a minute, and how many at once.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rate {
    pub per_minute: f64,
    pub at_once: f64,
}

/// Attempts to sign in from one address: a station's people may share one.
pub(crate) const SIGN_IN: Rate = Rate { per_minute: 30.0, at_once: 30.0 };
/// Requests of one token.
pub(crate) const TOKEN: Rate = Rate { per_minute: 600.0, at_once: 120.0 };

#[derive(Default)]
pub(crate) struct Limits(Mutex<HashMap<String, (f64, Instant)>>);

impl Limits {
    /// Takes one from the bucket of `key`; the seconds until there is one when it is empty.
    pub fn take(&self, key: &str, rate: Rate, now: Instant) -> Result<(), u64> {
        let Ok(mut buckets) = self.0.lock() else { return Ok(()) };
        let filled = |left: f64, since: Instant| {
            (left + now.saturating_duration_since(since).as_secs_f64() * rate.per_minute / 60.0).min(rate.at_once)
        };
        if buckets.len() >= MOST && !buckets.contains_key(key) {
            buckets.retain(|_, (left, since)| filled(*left, *since) < rate.at_once);
            if buckets.len() >= MOST {
                return Err(60);
            }
        }
        let (left, since) = buckets.entry(key.to_owned()).or_insert((rate.at_once, now));
        let have = filled(*left, *since);
        if have < 1.0 {
            return Err(((1.0 - have) * 60.0 / rate.per_minute).ceil() as u64);
        }
        (*left, *since) = (have - 1.0, now);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills() {
        let (limits, now) = (Limits::default(), Instant::now());
        let rate = Rate { per_minute: 60.0, at_once: 3.0 };
        for _ in 0..3 {
            assert_eq!(limits.take("a", rate, now), Ok(()));
        }
        assert_eq!(limits.take("a", rate, now), Err(1));
        assert_eq!(limits.take("b", rate, now), Ok(()), "another has a bucket of his own");
        assert_eq!(limits.take("a", rate, now + Duration::from_secs(1)), Ok(()));
        assert_eq!(limits.take("a", rate, now + Duration::from_secs(1)), Err(1));
    }

    #[test]
    fn many_keys_do_not_fill_the_memory() {
        let (limits, now) = (Limits::default(), Instant::now());
        for n in 0..MOST + 5 {
            let _ = limits.take(&n.to_string(), SIGN_IN, now);
        }
        assert!(limits.0.lock().unwrap().len() <= MOST);
        // A minute later the old ones are full again and make room.
        assert_eq!(limits.take("new", SIGN_IN, now + Duration::from_secs(60)), Ok(()));
    }
}
