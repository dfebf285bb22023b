//! One delivery, from claim to settlement.

use std::time::{Duration, Instant};

use store::social::{Account, Delivery, Settlement, SilenceRow};

use super::{Outbox, micros};
use crate::DeskError;
use crate::check::{self, Setting, Silence};
use crate::limit::NetworkName;
use crate::message::Message;
use crate::network::{Live, Network, Outcome, Outgoing, Prepared, Trouble};

/// What becomes of a delivery after trouble.
struct Verdict {
    state: &'static str,
    next_at: i64,
    failed: bool,
}

/// How a call that went through is written down. An edit has no copy of its own: it ends, and the copy it changed has its words.
pub(super) fn live_as(d: &Delivery, live: &Live, outcome: &'static str, now: i64) -> Settlement<'static> {
    match &d.revises {
        Some(_) => Settlement { state: "edited", outcome: "edited", now, ..Settlement::default() },
        None => {
            let (remote, url) = (Some(live.remote.clone()), live.url.clone());
            Settlement { state: "live", outcome, remote, url, now, ..Settlement::default() }
        }
    }
}

impl Outbox {
    /// Logs that the network shows a post, or its new words.
    pub(super) async fn tell_out(&self, state: &str, d: &Delivery) {
        match state {
            "live" => self.tell("published", d).await,
            "edited" => self.tell("edited", d).await,
            _ => {}
        }
    }

    pub(super) async fn publish(&self, d: Delivery, silences: &[SilenceRow]) -> Result<(), DeskError> {
        let now = self.now();
        if let Some(why) = self.silenced(&d, silences, now).await? {
            let held = Settlement { state: "held", reason: Some(why), now, ..Settlement::default() };
            self.store.release(&d, &held).await?;
            return Ok(());
        }
        let account = self.store.account(&d.account).await?;
        let name: NetworkName = d.network.parse().map_err(DeskError::Invalid)?;
        let network = match self.networks.get(name) {
            Ok(network) => network.clone(),
            Err(trouble) => return self.give_back(&d, &account, &trouble).await,
        };
        if let Some(next_at) = self.rate(&d, network.as_ref(), now).await? {
            let waits = Settlement {
                state: "queued",
                next_at,
                reason: Some("the rate limit is reached".into()),
                now,
                ..Settlement::default()
            };
            self.store.release(&d, &waits).await?;
            return Ok(());
        }
        // What an edit changes must be out still.
        let target = match self.target(&d).await? {
            Some(copy) if copy.state != "live" || copy.remote.is_none() => {
                let why = Some("what it edits is not out any more".into());
                self.store.release(&d, &Settlement { state: "cancelled", reason: why, now, ..Settlement::default() }).await?;
                return Ok(());
            }
            target => target.and_then(|copy| copy.remote),
        };
        let (outgoing, prepared) = match self.prepare(&d, &account, network.as_ref(), target.as_deref()).await? {
            Ok(ready) => ready,
            Err(trouble) => return self.give_back(&d, &account, &trouble).await,
        };
        let account = self.store.account(&d.account).await?;
        let channel = self.channels.open(&account)?;
        let body = serde_json::to_string(&prepared).map_err(|e| DeskError::Invalid(e.to_string()))?;
        let intended = Instant::now();
        if !self.store.intend(&d, &body, self.now()).await? {
            // Paused, cancelled or taken away meanwhile. Where it is still ours it goes back into the queue.
            let back = Settlement { state: "queued", now, ..Settlement::default() };
            self.store.release(&d, &back).await?;
            return Ok(());
        }
        let attempt = d.attempt + 1;
        let outcome = if intended.elapsed() > self.patience.start {
            Outcome::Not(Trouble::Later("this machine stood still after the intent was recorded".into()))
        } else {
            // A call that never ends is an unclear one.
            let longest = Duration::from_secs(u64::from(network.capabilities().call_seconds) + 5);
            let call = match &target {
                Some(remote) => network.edit(&channel, remote, &outgoing, &prepared),
                None => network.commit(&channel, &outgoing, &prepared),
            };
            tokio::time::timeout(longest, call).await.unwrap_or_else(|_| Outcome::Unclear("no answer in time".into()))
        };
        self.conclude(&d, &account, attempt, outcome.clone()).await?;
        if let (Outcome::Live(live), None) = (&outcome, &target)
            && let Err(e) = network.finish(&channel, &outgoing, live).await
        {
            self.store
                .note_attempt(&d.id, attempt, "live", &format!("out, but not all that belongs to it: {e}"), self.now())
                .await?;
        }
        Ok(())
    }

    /// The copy that an edit changes; none for what is published anew.
    pub(super) async fn target(&self, d: &Delivery) -> Result<Option<Delivery>, DeskError> {
        Ok(match &d.revises {
            Some(copy) => Some(self.store.delivery(copy).await?),
            None => None,
        })
    }

    /// What was prepared, or could not be, goes back before any commit.
    async fn give_back(&self, d: &Delivery, account: &Account, trouble: &Trouble) -> Result<(), DeskError> {
        let v = self.judge(d, account, trouble).await?;
        let s = Settlement {
            state: v.state,
            next_at: v.next_at,
            reason: Some(trouble.to_string()),
            now: self.now(),
            failed: v.failed,
            ..Settlement::default()
        };
        self.store.release(d, &s).await?;
        Ok(())
    }

    /// Writes down how the call ended, until the database takes it: this knowledge must not get lost with a restart of the database.
    async fn conclude(&self, d: &Delivery, account: &Account, attempt: i64, outcome: Outcome) -> Result<(), DeskError> {
        let mut wait = Duration::from_millis(50);
        loop {
            match self.write_outcome(d, account, attempt, &outcome).await {
                Err(DeskError::Store(e)) if wait < Duration::from_secs(20) => {
                    tracing::warn!(delivery = d.id, error = %e, "the outcome waits to be recorded");
                    tokio::time::sleep(wait).await;
                    wait *= 2;
                }
                other => return other,
            }
        }
    }

    async fn write_outcome(&self, d: &Delivery, account: &Account, attempt: i64, outcome: &Outcome) -> Result<(), DeskError> {
        let now = self.now();
        let settlement = match outcome {
            Outcome::Live(live) => {
                self.store.account_well(&d.account).await?;
                live_as(d, live, "live", now)
            }
            Outcome::Unclear(why) => {
                let reason = Some(why.clone());
                Settlement { state: "unknown", outcome: "unclear", reason, now, ..Settlement::default() }
            }
            Outcome::Not(trouble) => {
                let v = self.judge(d, account, trouble).await?;
                let state = if v.state == "queued" && attempt >= self.patience.attempts && v.failed { "human" } else { v.state };
                let reason = Some(trouble.to_string());
                Settlement {
                    state,
                    outcome: "not sent",
                    next_at: v.next_at,
                    reason,
                    now,
                    failed: v.failed,
                    ..Settlement::default()
                }
            }
        };
        if self.store.settle(&d.id, attempt, &settlement).await? {
            self.tell_out(settlement.state, d).await;
            return Ok(());
        }
        // Somebody else ended this attempt. If it went out all the same and they thought otherwise, a person must know.
        if let (Outcome::Live(live), None) = (outcome, &d.revises) {
            let current = self.store.delivery(&d.id).await?;
            if current.remote.as_deref() != Some(live.remote.as_str()) {
                let what = format!("a late answer: it is out as {}", live.remote);
                self.store.note_attempt(&d.id, attempt, "late", &what, now).await?;
                let human = Settlement { state: "human", reason: Some(what), now, ..Settlement::default() };
                self.store.decide_delivery(&d.id, &["queued", "live", "failed", "cancelled"], &human).await?;
            }
        }
        Ok(())
    }

    /// Prepares under a sign of life.
    async fn prepare(
        &self,
        d: &Delivery,
        account: &Account,
        network: &dyn Network,
        target: Option<&str>,
    ) -> Result<Result<(Outgoing, Prepared), Trouble>, DeskError> {
        let outgoing: Outgoing = match serde_json::from_str(&d.body) {
            Ok(outgoing) => outgoing,
            Err(e) => return Ok(Err(Trouble::Content(format!("its stored form cannot be read: {e}")))),
        };
        let mut outgoing = Outgoing { key: d.key.clone(), reply_to: d.reply_to.clone(), ..outgoing };
        if let Some(before) = &d.follows {
            outgoing.reply_to = self.store.delivery(before).await?.remote;
        }
        let problems = network.check(&outgoing);
        if !problems.is_empty() {
            return Ok(Err(Trouble::Content(problems.join("; "))));
        }
        let channel = match self.channels.ready(&self.store, network, account).await {
            Ok(channel) => channel,
            Err(DeskError::Network(trouble)) => return Ok(Err(trouble)),
            // A secret that does not open is as good as none.
            Err(DeskError::Vault(e)) => return Ok(Err(Trouble::Reconnect(e.to_string()))),
            Err(e) => return Err(e),
        };
        let work = match target {
            Some(remote) => network.prepare_edit(&channel, remote, &outgoing),
            None => network.prepare(&channel, &outgoing),
        };
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done.map(|p| (outgoing.clone(), p))),
                () = tokio::time::sleep(self.patience.lease / 3) => {
                    if !self.store.beat(&d.id, d.fence).await? {
                        return Ok(Err(Trouble::Later("taken over by another worker".into())));
                    }
                }
            }
        }
    }

    /// The record of intents is the count: it is exact after every crash.
    async fn rate(&self, d: &Delivery, network: &dyn Network, now: i64) -> Result<Option<i64>, DeskError> {
        let limits = network.capabilities().limits;
        let window = |r: crate::limit::Rate| i64::from(r.seconds) * 1_000_000;
        let (account, app) = (limits.per_account, limits.per_app);
        if self.store.account_calls(&d.account, now - window(account)).await? >= i64::from(account.calls) {
            return Ok(Some(now + window(account) / i64::from(account.calls.max(1))));
        }
        if self.store.app_calls(&d.app, now - window(app)).await? >= i64::from(app.calls) {
            return Ok(Some(now + window(app) / i64::from(app.calls.max(1))));
        }
        Ok(None)
    }

    /// What is scheduled is looked at again when a time of silence holds now that did not when it was approved.
    async fn silenced(&self, d: &Delivery, silences: &[SilenceRow], now: i64) -> Result<Option<String>, DeskError> {
        let holding = silences.iter().filter(|s| (s.from_at..s.until_at).contains(&now));
        let silences: Vec<Silence> = holding.map(Silence::from).collect();
        if silences.is_empty() {
            return Ok(None);
        }
        let unit = self.store.unit(&d.unit).await?;
        let version = self.store.version(&d.post, d.version).await?;
        let message: Message = serde_json::from_str(&version.body).map_err(|e| DeskError::Invalid(e.to_string()))?;
        let constituencies = crate::desk::listed(&unit.constituencies);
        let setting = Setting { due: now, constituencies, silences, ..Setting::default() };
        let overruled = self.store.findings(&d.post, d.version).await?;
        let open = |rule: &str| !overruled.iter().any(|f| f.rule == rule && f.overridden_by.is_some());
        let found = check::check(&message, &setting);
        Ok(found.into_iter().find(|f| f.rule == "model_code" && open("model_code")).map(|f| format!("{}: {}", f.law, f.found)))
    }

    /// What trouble means for the delivery, its account and its application.
    async fn judge(&self, d: &Delivery, account: &Account, trouble: &Trouble) -> Result<Verdict, DeskError> {
        let now = self.now();
        let queued = |next_at, failed| Verdict { state: "queued", next_at, failed };
        let final_ = |state| Verdict { state, next_at: 0, failed: true };
        Ok(match trouble {
            Trouble::Later(_) => {
                self.store.account_failed(&d.account, self.patience.breaker, now + micros(self.patience.rest)).await?;
                if d.tries + 1 >= self.patience.tries {
                    final_("human")
                } else {
                    queued(now + 1_000_000 * (1 << d.tries.clamp(0, 9)), true)
                }
            }
            Trouble::Limited { seconds, app, .. } => {
                let until = now + i64::from(*seconds) * 1_000_000;
                if *app {
                    self.store.block_app(&d.app, until).await?;
                } else {
                    self.store.block_account(&d.account, until).await?;
                }
                queued(until, false)
            }
            Trouble::Expired(_) => {
                let name: NetworkName = d.network.parse().map_err(DeskError::Invalid)?;
                let current = self.store.account(&d.account).await?;
                // Once: a token just renewed and refused again is no matter of time.
                if current.secret_version == account.secret_version {
                    match self.channels.renew(&self.store, self.networks.get(name)?.as_ref(), &current).await {
                        Ok(_) | Err(DeskError::Network(_)) => {}
                        Err(e) => return Err(e),
                    }
                }
                queued(now + 1_000_000, true)
            }
            Trouble::Reconnect(why) => {
                self.store.set_account_state(&d.account, "reconnect", Some(why)).await?;
                queued(now, false)
            }
            Trouble::Blocked(why) => {
                self.store.set_account_state(&d.account, "stopped", Some(why)).await?;
                queued(now, false)
            }
            Trouble::Content(_) | Trouble::Gone(_) => final_("failed"),
            Trouble::Impossible(_) => final_("human"),
        })
    }
}
