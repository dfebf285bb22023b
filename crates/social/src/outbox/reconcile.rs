//! How an unclear answer ends.

use std::time::{Duration, Instant};

use store::social::{Delivery, Settlement};

use tokio::task::JoinSet;

use super::publish::live_as;
use super::{Outbox, lock};
use crate::DeskError;
use crate::limit::{Guarantee, NetworkName};
use crate::network::{Found, Live, Outgoing, Prepared, Trouble};

impl Outbox {
    /// Begins reading the networks for everything unknown; gives how many reads began.
    pub(super) async fn reconcile(&self, working: &mut JoinSet<()>) -> Result<usize, DeskError> {
        let mut begun = 0;
        for d in self.store.deliveries_in("unknown", 200).await? {
            if !self.turn(&d)? {
                continue;
            }
            begun += 1;
            let worker = self.clone();
            working.spawn(async move {
                if let Err(e) = worker.reconcile_one(&d).await {
                    tracing::warn!(delivery = d.id, error = %e, "reading did not tell");
                }
                lock(&worker.mine).remove(&d.id);
            });
        }
        Ok(begun)
    }

    /// Whether it is time to read for `d` again, and nobody in this program does already.
    fn turn(&self, d: &Delivery) -> Result<bool, DeskError> {
        let gap = (self.quiet(d)? / 8).clamp(Duration::from_millis(100), Duration::from_secs(10));
        let mut read = lock(&self.read_at);
        if read.get(&d.id).is_some_and(|at| at.elapsed() < gap) || !lock(&self.mine).insert(d.id.clone()) {
            return Ok(false);
        }
        read.insert(d.id.clone(), Instant::now());
        if read.len() > 10_000 {
            read.retain(|_, at| at.elapsed() < Duration::from_secs(60));
        }
        Ok(true)
    }

    /// How long a post may be missing from reads although the call went through.
    fn quiet(&self, d: &Delivery) -> Result<Duration, DeskError> {
        let limits = d.network.parse::<NetworkName>().map_err(DeskError::Invalid)?.limits();
        Ok(self.patience.quiet.unwrap_or(Duration::from_secs(u64::from(limits.call_seconds + limits.settle_seconds))))
    }

    async fn reconcile_one(&self, d: &Delivery) -> Result<(), DeskError> {
        let name: NetworkName = d.network.parse().map_err(DeskError::Invalid)?;
        let network = self.networks.get(name)?.clone();
        let limits = network.capabilities();
        let quiet = self.quiet(d)?;
        let watched = self.watched_for(&d.id, d.fence);
        let found = match self.read(d, network.as_ref()).await {
            Ok(found) => found,
            Err(DeskError::Network(e)) => Found::Unclear(e.to_string()),
            // A channel that was given up has no secret any more.
            Err(DeskError::Vault(e)) => Found::Unclear(e.to_string()),
            Err(e) => return Err(e),
        };
        let now = self.now();
        let s = match found {
            Found::Live(live) => live_as(d, &live, "found live", now),
            // Not there yet is not absent.
            Found::Absent if limits.guarantee != Guarantee::ExactlyOnce && watched < quiet => return Ok(()),
            Found::Absent => {
                let withdrawn = self.store.post(&d.post).await?.state != "scheduled";
                let (state, reason) = match () {
                    () if withdrawn => ("cancelled", "it did not go out, and was withdrawn since"),
                    () if d.attempt >= self.patience.attempts => ("human", "several attempts, none found: look by hand"),
                    () => ("queued", "it did not go out: tried again"),
                };
                Settlement { state, outcome: "absent", reason: Some(reason.into()), now, ..Settlement::default() }
            }
            Found::Unclear(why) if watched > self.patience.decide => {
                Settlement { state: "human", outcome: "unclear", reason: Some(why), now, ..Settlement::default() }
            }
            Found::Unclear(_) => return Ok(()),
        };
        if self.store.settle(&d.id, d.attempt, &s).await? {
            self.tell_out(s.state, d).await;
        }
        Ok(())
    }

    async fn read(&self, d: &Delivery, network: &dyn crate::network::Network) -> Result<Found, DeskError> {
        let account = self.store.account(&d.account).await?;
        let channel = self.channels.ready(&self.store, network, &account).await?;
        let outgoing: Outgoing = serde_json::from_str(&d.body).map_err(|e| DeskError::Invalid(e.to_string()))?;
        let outgoing = Outgoing { key: d.key.clone(), ..outgoing };
        if let Some(copy) = self.target(d).await? {
            let before: Outgoing = serde_json::from_str(&copy.body).map_err(|e| DeskError::Invalid(e.to_string()))?;
            let remote = copy.remote.unwrap_or_default();
            return Ok(match network.says(&channel, &remote, &outgoing).await {
                Ok(words) if words.are(&outgoing) => Found::Live(Live { remote, url: copy.url }),
                // The old words: it did not go through. What was removed meanwhile is found out by the next try.
                Ok(words) if words.are(&before) => Found::Absent,
                Err(Trouble::Gone(_)) => Found::Absent,
                Ok(_) => Found::Unclear("neither the old nor the new words stand there: somebody changed them by hand".into()),
                Err(e) => Found::Unclear(e.to_string()),
            });
        }
        let prepared: Prepared = d.prepared.as_deref().and_then(|p| serde_json::from_str(p).ok()).unwrap_or_default();
        let same = self.store.same_content(&d.account, &d.sha256).await?;
        let known: Vec<String> = same.into_iter().filter_map(|o| o.remote).collect();
        // Five minutes before the first intent, for clocks that differ: an attempt before this one may be what is found.
        let attempts = self.store.attempts(&d.id).await?;
        let since = attempts.iter().map(|a| a.at).chain(d.intent_at).min().unwrap_or(d.due_at) - 300_000_000;
        Ok(network.reconcile(&channel, &outgoing, &prepared, since, &known).await)
    }
}
