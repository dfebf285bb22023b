//! What is done by itself once in a while: whether tokens still work, what the networks count, and who must be told that a token ends.

use chrono::{DateTime, Utc};
use serde_json::json;
use store::social::Account;

use super::{Desk, program};
use crate::DeskError;
use crate::network::{Networks, Probe, Trouble};
use crate::outbox::Channels;

const HOUR: i64 = 3600 * 1_000_000;
/// A token is asked this often whether it works.
const PROBE: i64 = 6 * HOUR;
/// Accounts asked at one look.
const AT_ONCE: i64 = 50;
/// Words of messages to an account alone are kept this long after the item was ended, sheets nobody came back to this long after the last
/// word.
const KEPT: i64 = 30 * 24 * HOUR;
/// Numbers are read, and ends of tokens told, once in this time.
const DAILY: i64 = 24 * HOUR;

/// What one look did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Upkeep {
    pub probed: usize,
    /// Tokens that do not work any more.
    pub dead: usize,
    /// Channels told of because their token ends soon.
    pub ending: usize,
    /// Numbers read.
    pub read: usize,
    /// Posts that were removed at their network, not here.
    pub gone: usize,
}

impl Desk {
    /// One look; programs at once share the work.
    pub async fn upkeep(&self, channels: &Channels, networks: &Networks, now: DateTime<Utc>) -> Result<Upkeep, DeskError> {
        let at = now.timestamp_micros();
        let mut done = Upkeep::default();
        for account in self.store.claim_probe(at - PROBE, at, AT_ONCE).await? {
            done.probed += 1;
            match self.probe(channels, networks, &account, now).await {
                Ok(_) => {}
                Err(DeskError::Network(Trouble::Reconnect(_) | Trouble::Blocked(_)) | DeskError::Vault(_)) => done.dead += 1,
                Err(e) => tracing::warn!(account = account.id, error = %e, "whether a token works could not be asked"),
            }
        }
        if self.store.claim_chore("ending", at - DAILY, at).await? {
            for e in self.expiring(now).await? {
                done.ending += 1;
                tracing::warn!(
                    channel = e.handle,
                    network = e.network,
                    days = e.days,
                    "a token ends soon; a person must connect it again"
                );
                self.record(&program(), now, "token ends", &e.account, &json!({ "handle": e.handle, "days": e.days })).await?;
            }
        }
        if self.store.claim_chore("measure", at - DAILY, at).await? {
            let reading = self.measure(channels, networks, now).await?;
            (done.read, done.gone) = (reading.read, reading.gone);
        }
        if self.store.claim_chore("forget", at - DAILY, at).await? {
            self.store.forget_messages(at - KEPT).await?;
            self.store.forget_unsaved(at - KEPT).await?;
        }
        Ok(done)
    }

    /// Asks the network whether an account's token works, and writes down what it says: a dead one waits for a person, and since when
    /// is on record.
    pub async fn probe(
        &self,
        channels: &Channels,
        networks: &Networks,
        account: &Account,
        now: DateTime<Utc>,
    ) -> Result<Probe, DeskError> {
        let network = networks.get(account.network.parse().map_err(DeskError::Invalid)?)?;
        let seen = match channels.ready(&self.store, network.as_ref(), account).await {
            Ok(channel) => network.probe(&channel).await.map_err(DeskError::from),
            Err(e) => Err(e),
        };
        self.store.set_probed(&account.id, now.timestamp_micros()).await?;
        let state = match &seen {
            Err(DeskError::Network(Trouble::Reconnect(_)) | DeskError::Vault(_)) => "reconnect",
            Err(DeskError::Network(Trouble::Blocked(_))) => "stopped",
            _ => return seen,
        };
        let why = seen.as_ref().err().map(ToString::to_string);
        self.store.set_account_state(&account.id, state, why.as_deref()).await?;
        let what = json!({ "handle": account.handle, "network": account.network, "state": state, "why": why });
        self.record(&program(), now, "token dead", &account.id, &what).await?;
        seen
    }
}
