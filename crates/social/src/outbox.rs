//! The outbox: what is due leaves once.
//!
//! Any number of workers may run, on any number of machines. What keeps them apart:
//!
//! - **A fence.** Every time a delivery changes hands its number goes up; a statement of the old holder then changes nothing.
//! - **A lease that no clock can end early.** A worker takes a delivery from another only after it has itself watched the
//!   other's sign of life stand still for the lease's length, on a clock that only runs forward. A wall clock that jumps moves no lease.
//! - **One at a time per account**, kept by a unique index of the database.
//! - **The intent is recorded before the call.** A worker that dies in between leaves `committing`, which becomes `unknown`,
//!   never `queued`.
//! - **`unknown` ends by reading.** "It is not there" counts only after the call's longest time and the network's time to settle have
//!   passed since this worker began to watch.
//!
//! What remains: a machine stopped between recording and sending for longer than all these waits, waking to send then. The
//! call is not made when more than [`Patience::start`] passed since the intent; between that look and the first byte lies
//! the whole remaining window, for networks without a key.

mod channel;
mod clock;
mod poll;
mod publish;
mod reconcile;
mod remove;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use governance::audit::AuditSink;
use serde::Serialize;
use store::Store;
use store::social::{Claim, Counted, Delivery, Watched};
use tokio::task::JoinSet;

pub use channel::Channels;
pub use clock::{Clock, SystemClock};

use crate::DeskError;
use crate::desk::Desk;
use crate::network::Networks;
use clock::Guard;

/// How often plans and recurring messages are looked at.
const PLANS: Duration = Duration::from_secs(5);

/// How long the outbox waits, and how often it tries.
#[derive(Debug, Clone)]
pub struct Patience {
    /// How long a sign of life may stand still.
    pub lease: Duration,
    /// Longest time from the intent to the start of the call.
    pub start: Duration,
    /// A post this late is not sent any more; a person decides.
    pub late: Duration,
    /// Failed preparations before a person decides.
    pub tries: i64,
    /// Commits of one delivery before a person decides.
    pub attempts: i64,
    /// An `unknown` that reading does not end within this is a person's.
    pub decide: Duration,
    /// Failures in a row after which an account rests, and how long.
    pub breaker: i64,
    pub rest: Duration,
    /// Deliveries at work at once.
    pub concurrent: usize,
    /// How far the wall clock may differ from the steady one.
    pub jump: Duration,
    /// Call and settling times in seconds in place of the network's (tests only shorten the waiting).
    pub quiet: Option<Duration>,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(60),
            start: Duration::from_secs(5),
            late: Duration::from_secs(6 * 3600),
            tries: 6,
            attempts: 3,
            decide: Duration::from_secs(1800),
            breaker: 5,
            rest: Duration::from_secs(300),
            concurrent: 16,
            jump: Duration::from_secs(30),
            quiet: None,
        }
    }
}

/// What one look did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tick {
    pub claimed: usize,
    pub taken_over: usize,
    pub reconciled: usize,
    /// The clock has jumped: nothing is claimed until the network's clock agrees.
    pub held_by_clock: bool,
}

/// How the outbox is.
#[derive(Debug, Clone, Serialize)]
pub struct Health {
    /// Seconds by which the oldest due post is late; more than two minutes is a failure.
    pub oldest_due_seconds: i64,
    pub counts: Vec<Counted>,
    pub paused: Vec<String>,
    pub well: bool,
}

/// A worker. Cheap to clone; clones are the same worker.
#[derive(Clone)]
pub struct Outbox {
    store: Store,
    networks: Networks,
    channels: Channels,
    clock: Arc<dyn Clock>,
    patience: Patience,
    owner: String,
    guard: Arc<Mutex<Guard>>,
    /// When each sign of life was first seen.
    seen: Arc<Mutex<HashMap<Watched, Instant>>>,
    /// What this worker has in hand.
    mine: Arc<Mutex<HashSet<String>>>,
    /// When the network was last read for a delivery.
    read_at: Arc<Mutex<HashMap<String, Instant>>>,
    /// Where publications and removals are logged beside the store.
    audit: Option<Arc<dyn AuditSink>>,
    /// When plans and recurring messages were last looked at.
    planned: Arc<Mutex<Option<Instant>>>,
    /// Whether this worker also reads what people wrote, and when it last looked whose turn it is.
    reads: bool,
    read_turn: Arc<Mutex<Option<Instant>>>,
}

impl Outbox {
    /// A worker named `owner`; no two running workers may share a name.
    pub fn new(
        store: Store,
        networks: Networks,
        channels: Channels,
        clock: Arc<dyn Clock>,
        patience: Patience,
        owner: &str,
    ) -> Self {
        let guard = Arc::new(Mutex::new(Guard::new(clock.as_ref(), patience.jump)));
        let owner = owner.into();
        Self {
            store,
            networks,
            channels,
            clock,
            patience,
            owner,
            guard,
            seen: Arc::default(),
            mine: Arc::default(),
            read_at: Arc::default(),
            audit: None,
            planned: Arc::default(),
            reads: false,
            read_turn: Arc::default(),
        }
    }

    /// The same worker with an access log.
    #[must_use]
    pub fn with_audit(self, audit: Arc<dyn AuditSink>) -> Self {
        Self { audit: Some(audit), ..self }
    }

    /// Logs what a network now shows, or no longer does. It has happened: a log that cannot be written is told, and changes nothing.
    pub(super) async fn tell(&self, what: &str, d: &Delivery) {
        let Some(audit) = &self.audit else { return };
        let Some(now) = chrono::DateTime::from_timestamp_micros(self.now()) else { return };
        let mut detail = serde_json::json!({ "version": d.version, "delivery": d.id, "network": d.network });
        let mut told = detail.clone();
        told["desk"] = what.into();
        told["subject"] = d.post.clone().into();
        told["sha256"] = d.sha256.clone().into();
        match crate::desk::logged(audit.as_ref(), "outbox", now, told) {
            Ok(place) => detail["log"] = place.into(),
            Err(e) => tracing::error!(delivery = d.id, error = %e, "a publication is not in the access log"),
        }
        if let Err(e) = self.store.record_event(now, "outbox", what, &d.post, &detail.to_string()).await {
            tracing::error!(delivery = d.id, error = %e, "a publication is not in the record");
        }
    }

    /// Makes recurring messages and schedules planned ones, once in a while.
    async fn carry_out(&self) -> Result<(), DeskError> {
        let now = Instant::now();
        {
            let mut last = lock(&self.planned);
            if last.is_some_and(|at| now.duration_since(at) < PLANS) {
                return Ok(());
            }
            *last = Some(now);
        }
        let Some(now) = chrono::DateTime::from_timestamp_micros(self.now()) else { return Ok(()) };
        let desk = match &self.audit {
            Some(audit) => Desk::new(self.store.clone()).with_audit(audit.clone()),
            None => Desk::new(self.store.clone()),
        };
        let at = now.timestamp_micros();
        if self.store.claim_chore("escalate", at - 60_000_000, at).await? {
            desk.escalate(now).await?;
        }
        desk.carry_out(now).await.map(drop)
    }

    /// Works until `stop` is set; finishes what it has begun.
    pub async fn run(&self, stop: Arc<std::sync::atomic::AtomicBool>) {
        let mut working = JoinSet::new();
        while !stop.load(std::sync::atomic::Ordering::Relaxed) {
            let room = self.patience.concurrent.saturating_sub(working.len());
            match self.look(room, &mut working).await {
                // Nothing to do: look again in a moment, or when something ends.
                Ok(tick) if tick.claimed == 0 => {
                    let pause = tokio::time::sleep(Duration::from_millis(100));
                    if working.is_empty() {
                        pause.await;
                    } else {
                        tokio::select! { () = pause => {}, _ = working.join_next() => {} }
                    }
                }
                Ok(_) => {}
                Err(e) => {
                    tracing::warn!(error = %e, "the outbox could not look");
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
            while working.try_join_next().is_some() {}
        }
        while working.join_next().await.is_some() {}
    }

    /// One look, and everything it claimed carried to its end.
    pub async fn run_once(&self) -> Result<Tick, DeskError> {
        let mut working = JoinSet::new();
        let tick = self.look(self.patience.concurrent, &mut working).await?;
        while working.join_next().await.is_some() {}
        Ok(tick)
    }

    async fn look(&self, room: usize, working: &mut JoinSet<()>) -> Result<Tick, DeskError> {
        let mut tick = Tick { taken_over: self.take_over().await?, ..Tick::default() };
        tick.reconciled = self.reconcile(working).await?;
        if lock(&self.mine).insert("orders".into()) {
            let worker = self.clone();
            working.spawn(async move {
                if let Err(e) = worker.remove_ordered().await {
                    tracing::warn!(error = %e, "a removal did not succeed");
                }
                lock(&worker.mine).remove("orders");
            });
        }
        if self.reading_is_due() {
            let worker = self.clone();
            working.spawn(async move {
                if let Err(e) = worker.read_accounts().await {
                    tracing::warn!(error = %e, "the accounts could not be read");
                }
                lock(&worker.mine).remove("reading");
            });
        }
        tick.held_by_clock = !self.clock_holds().await;
        if room == 0 || tick.held_by_clock {
            return Ok(tick);
        }
        if let Err(e) = self.carry_out().await {
            tracing::warn!(error = %e, "what is planned could not be carried out");
        }
        let now = self.now();
        let oldest = now - micros(self.patience.late);
        self.store.sweep(oldest, now).await?;
        self.store.settle_answers(now).await?;
        let most = i64::try_from(room).unwrap_or(i64::MAX);
        let claimed = self.store.claim(&Claim { owner: &self.owner, now, oldest, most }).await?;
        tick.claimed = claimed.len();
        let silences = if claimed.is_empty() { Vec::new() } else { self.store.silences().await? };
        for delivery in claimed {
            lock(&self.mine).insert(delivery.id.clone());
            let (worker, silences) = (self.clone(), silences.clone());
            working.spawn(async move {
                let id = delivery.id.clone();
                if let Err(e) = worker.publish(delivery, &silences).await {
                    // What was recorded stands; the lease brings it back.
                    tracing::warn!(delivery = id, error = %e, "a delivery was left");
                }
                lock(&worker.mine).remove(&id);
            });
        }
        Ok(tick)
    }

    /// Whatever stood still under somebody else for the lease's length is taken over.
    async fn take_over(&self) -> Result<usize, DeskError> {
        let current = self.store.watched().await?;
        let now = Instant::now();
        let mine = lock(&self.mine).clone();
        let expired: Vec<Watched> = {
            let mut seen = lock(&self.seen);
            seen.retain(|w, _| current.contains(w));
            for w in &current {
                seen.entry(w.clone()).or_insert(now);
            }
            let old = |w: &&Watched| seen.get(w).is_some_and(|since| now.duration_since(*since) >= self.patience.lease);
            current.iter().filter(|w| w.state != "unknown" && !mine.contains(&w.id)).filter(old).cloned().collect()
        };
        let mut taken = 0;
        for w in &expired {
            taken += usize::from(self.store.take_over(w).await?);
        }
        Ok(taken)
    }

    /// How long this worker has watched an `unknown` delivery under its present fence.
    fn watched_for(&self, id: &str, fence: i64) -> Duration {
        let seen = lock(&self.seen);
        let since = seen.iter().find(|(w, _)| w.id == id && w.fence == fence).map(|(_, since)| *since);
        since.map(|s| s.elapsed()).unwrap_or_default()
    }

    /// The time as last confirmed, carried on by the steady clock: between two looks at the wall clock it may jump as it likes.
    fn now(&self) -> i64 {
        lock(&self.guard).now()
    }

    async fn clock_holds(&self) -> bool {
        if lock(&self.guard).steady(self.clock.as_ref()) {
            return true;
        }
        // The networks' own clocks decide whether ours was set right or wrong.
        let Some(theirs) = self.channels.network_time(&self.store, &self.networks).await else { return false };
        lock(&self.guard).confirm(self.clock.as_ref(), theirs)
    }
}

/// Seconds after which a due post that is not out is a failure.
pub const LATE: i64 = 120;

/// By how many seconds the oldest due post is late.
pub async fn late(store: &Store, now: i64) -> Result<i64, DeskError> {
    Ok(store.oldest_due(now).await?.map_or(0, |due| (now - due) / 1_000_000))
}

/// How the outbox of a store is, without a worker.
pub async fn health(store: &Store, now: i64) -> Result<Health, DeskError> {
    let oldest = late(store, now).await?;
    Ok(Health {
        oldest_due_seconds: oldest,
        counts: store.delivery_counts().await?,
        paused: store.paused_units().await?,
        well: oldest <= LATE,
    })
}

pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// A lock that outlives a panic of another task: what it guards are plain collections.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
