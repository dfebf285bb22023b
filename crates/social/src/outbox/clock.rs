//! Time as the outbox needs it: a wall clock to know when a post is due, and doubt about it.

use std::time::{Duration, Instant};

use crate::outbox::micros;

/// The wall clock.
pub trait Clock: Send + Sync {
    /// UTC microseconds.
    fn now(&self) -> i64;
}

/// The system's.
#[derive(Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        chrono::Utc::now().timestamp_micros()
    }
}

/// Compares the wall clock with one that only runs forward. Set forward by a day, it would send tomorrow's posts today, or
/// declare today's too late; a program that starts under a wrong clock would as well, so the first look waits for a confirmation too.
#[derive(Debug)]
pub(super) struct Guard {
    wall: i64,
    steady: Instant,
    jump: Duration,
    /// A program that starts does not know whether the clock it finds is right.
    believed: bool,
}

impl Guard {
    pub(super) fn new(clock: &dyn Clock, jump: Duration) -> Self {
        Self { wall: clock.now(), steady: Instant::now(), jump, believed: false }
    }

    /// The wall clock's time when it was last believed, and what has passed since.
    pub(super) fn now(&self) -> i64 {
        self.wall + micros(self.steady.elapsed())
    }

    /// Whether both clocks still agree. Slow drift is followed.
    pub(super) fn steady(&mut self, clock: &dyn Clock) -> bool {
        let (wall, steady) = (clock.now(), Instant::now());
        let expected = self.wall + micros(steady - self.steady);
        if !self.believed || (wall - expected).abs() > micros(self.jump) {
            self.believed = false;
            return false;
        }
        (self.wall, self.steady) = (wall, steady);
        true
    }

    /// Believes the wall clock again when another clock says the same, to a minute.
    pub(super) fn confirm(&mut self, clock: &dyn Clock, other: i64) -> bool {
        let wall = clock.now();
        if (wall - other).abs() > 60_000_000 {
            return false;
        }
        (self.wall, self.steady, self.believed) = (wall, Instant::now(), true);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    struct Set(AtomicI64);

    impl Clock for Set {
        fn now(&self) -> i64 {
            self.0.load(Ordering::Relaxed)
        }
    }

    #[test]
    fn a_clock_that_jumps_is_doubted_until_another_agrees() {
        let clock = Set(AtomicI64::new(1_000_000_000));
        let mut guard = Guard::new(&clock, Duration::from_secs(30));
        assert!(!guard.steady(&clock), "a clock nobody has confirmed");
        assert!(guard.confirm(&clock, 1_000_000_000) && guard.steady(&clock));
        let before = guard.now();
        clock.0.fetch_add(86_400_000_000, Ordering::Relaxed);
        assert!(guard.now() - before < 1_000_000, "a jump moves nothing by itself");
        assert!(!guard.steady(&clock) && !guard.steady(&clock), "doubt does not wear off");
        assert!(!guard.confirm(&clock, 1_000_000_000), "the network says otherwise");
        assert!(guard.confirm(&clock, clock.now() + 5_000_000) && guard.steady(&clock));
        clock.0.fetch_sub(3_600_000_000, Ordering::Relaxed);
        assert!(!guard.steady(&clock), "backwards as well");
    }
}
