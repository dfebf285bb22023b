//! Reading what people wrote, in the background: networks lose calls, and some keep none that were missed.

use std::time::{Duration, Instant};

use super::{Outbox, lock, micros};
use crate::DeskError;
use crate::desk::Desk;
use crate::limit;

/// How often it is looked whose turn it is.
const TURNS: Duration = Duration::from_secs(20);
/// Accounts of one network read in one turn: what comes in waits, what is to go out does not.
const AT_ONCE: i64 = 10;

impl Outbox {
    /// The same worker, which also reads what people wrote to the accounts.
    #[must_use]
    pub fn with_reading(self) -> Self {
        Self { reads: true, ..self }
    }

    /// Whether a turn has come and nobody in this program has it.
    pub(super) fn reading_is_due(&self) -> bool {
        if !self.reads {
            return false;
        }
        let now = Instant::now();
        {
            let mut last = lock(&self.read_turn);
            if last.is_some_and(|at| now.duration_since(at) < TURNS) {
                return false;
            }
            *last = Some(now);
        }
        lock(&self.mine).insert("reading".into())
    }

    /// Reads the accounts whose turn it is. An account is claimed before it is read, so that of several workers one reads it; one that
    /// cannot be read waits for its next turn.
    pub(super) async fn read_accounts(&self) -> Result<(), DeskError> {
        let desk = Desk::new(self.store.clone());
        for limits in limit::all() {
            let Ok(network) = self.networks.get(limits.network) else { continue };
            let at = self.now();
            let before = at - micros(Duration::from_secs(u64::from(limits.poll_minutes) * 60));
            for account in self.store.claim_poll(limits.network.as_str(), before, at, AT_ONCE).await? {
                let Some(now) = chrono::DateTime::from_timestamp_micros(self.now()) else { continue };
                match desk.poll(&self.channels, network.as_ref(), &account, now).await {
                    Ok(0) => {}
                    Ok(fresh) => tracing::info!(account = account.id, fresh, "people wrote"),
                    Err(e) => tracing::warn!(account = account.id, error = %e, "an account could not be read"),
                }
            }
        }
        Ok(())
    }
}
