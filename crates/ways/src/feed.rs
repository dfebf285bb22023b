//! Feeds: events by the line, gathered into small files that are taken in like any other.
//!
//! Senders of one source share a lane. While one batch is being committed the next one gathers, so the more comes, the larger the
//! batches get, and the cost of a commit is shared. A sender gets its answer when its lines are in the tables and on the disk; then
//! it hears of every line that was not simply taken. What waits is bounded: beyond the bound a sender is asked to come again.

mod lines;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use governance::Principal;
use lake::ingest::Fates;
use lake::{Access, At, Lake, Progress, Report, Request};
use serde::Serialize;
use serde_json::json;
use sources::Contract;
use sources::contract::Kind;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

pub use lines::{Batch, LONGEST, Lines};

/// How a feed gathers.
#[derive(Debug, Clone)]
pub struct Settings {
    /// A batch is closed when nothing has come for so long,
    pub quiet: Duration,
    /// or so long after its first line,
    pub linger: Duration,
    /// or with so many lines,
    pub lines: usize,
    /// or bytes.
    pub bytes: usize,
    /// Bytes that may wait for one source and sender; more is refused for now.
    pub waiting: usize,
    /// After so many batches small files are merged.
    pub fold_every: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            quiet: Duration::from_millis(100),
            linger: Duration::from_secs(2),
            lines: 50_000,
            bytes: 32 << 20,
            waiting: 64 << 20,
            fold_every: 16,
        }
    }
}

/// A line that did not become a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LineError {
    /// Number in the sender's body, counted from 1.
    pub line: u64,
    /// Stable word, as in the quarantine.
    pub code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    pub message: String,
}

/// What became of a sender's lines, once that is durable. `input == accepted + rejected + duplicate`.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Ack {
    #[serde(rename = "in")]
    pub input: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub duplicate: u64,
    /// Accepted lines whose event lies further back than the source's freshness.
    pub late: u64,
    /// Last line of the body that this covers.
    pub through_line: u64,
    /// SHA-256 of the raw objects that hold the lines.
    pub objects: Vec<String>,
    /// At most [`MOST_ERRORS`]; `rejected` counts all.
    pub errors: Vec<LineError>,
}

/// Refused lines told one by one in one answer; the quarantine has all.
pub const MOST_ERRORS: usize = 1000;

impl Ack {
    /// Adds what became of later lines of the same body.
    pub fn add(&mut self, more: Ack) {
        self.input += more.input;
        self.accepted += more.accepted;
        self.rejected += more.rejected;
        self.duplicate += more.duplicate;
        self.late += more.late;
        self.through_line = self.through_line.max(more.through_line);
        self.objects.extend(more.objects);
        self.objects.dedup();
        self.errors.extend(more.errors);
        self.errors.truncate(MOST_ERRORS);
    }
}

/// Why lines were not taken. None of them is in the tables, unless the message says so.
#[derive(Debug, Clone, thiserror::Error)]
pub enum FeedError {
    #[error("{contract} takes no NDJSON; its formats are {formats}. Send files, or add a format `ndjson` to the contract")]
    Format { contract: String, formats: String },
    #[error("{contract}: rows may only be taken in under an authority. Add ?authority=REFERENCE")]
    Authority { contract: String },
    #[error("more is waiting for {contract} than is taken at a time; send the same lines again in {seconds} seconds")]
    Full { contract: String, seconds: u64 },
    #[error("the batch could not be taken in: {0}. Send the same lines again; those that are in already count as duplicates")]
    Failed(String),
}

/// Whose lines, for which source, under which authority.
#[derive(Debug, Clone)]
pub struct Feed {
    pub contract: Arc<Contract>,
    pub principal: Principal,
    pub authority: Option<String>,
}

impl Feed {
    /// The contract's NDJSON format, and whether the feed may be at all.
    fn variant(&self) -> Result<usize, FeedError> {
        let contract = &self.contract;
        if contract.authority_required && self.authority.is_none() {
            return Err(FeedError::Authority { contract: contract.name.clone() });
        }
        contract.formats.iter().position(|f| f.kind == Kind::Ndjson).ok_or_else(|| {
            let mut formats: Vec<&str> = contract.formats.iter().map(|f| f.kind.as_str()).collect();
            formats.dedup();
            FeedError::Format { contract: contract.name.clone(), formats: formats.join(", ") }
        })
    }

    fn key(&self) -> Key {
        (Arc::as_ptr(&self.contract) as usize, self.principal.id.clone(), self.authority.clone())
    }
}

/// The contract by its place in memory: one that was replaced gets a lane of its own.
type Key = (usize, String, Option<String>);

/// All feeds of one process.
#[derive(Debug)]
pub struct Feeds {
    lake: Lake,
    settings: Settings,
    lanes: Mutex<HashMap<Key, Lane>>,
}

#[derive(Debug, Clone)]
struct Lane {
    sender: mpsc::UnboundedSender<Part>,
    room: Arc<Semaphore>,
    /// Milliseconds the last batch took.
    pace: Arc<AtomicU64>,
}

struct Part {
    batch: Batch,
    arrived: tokio::time::Instant,
    reply: oneshot::Sender<Result<Ack, FeedError>>,
    _room: OwnedSemaphorePermit,
}

/// Unit in which waiting bytes are counted.
const GRAIN: usize = 1 << 10;
/// A lane nobody uses for so long ends.
const IDLE: Duration = Duration::from_secs(60);

impl Feeds {
    pub fn new(lake: Lake, settings: Settings) -> Feeds {
        Feeds { lake, settings, lanes: Mutex::default() }
    }

    /// Whether lines of this feed would be taken, before the first is read.
    pub fn check(&self, feed: &Feed) -> Result<(), FeedError> {
        feed.variant().map(drop)
    }

    /// Takes lines in and waits until they are durable. With `patient` a sender that is in the midst of its body waits for room in
    /// place of being refused.
    pub async fn send(&self, feed: &Feed, batch: Batch, patient: bool) -> Result<Ack, FeedError> {
        let variant = feed.variant()?;
        if batch.is_empty() {
            return Ok(Ack::default());
        }
        let grains = batch.bytes.len().div_ceil(GRAIN).min(self.settings.waiting / GRAIN).max(1) as u32;
        let mut batch = Some(batch);
        loop {
            let lane = self.lane(feed, variant);
            let room = lane.room.clone();
            let room = if patient {
                room.acquire_many_owned(grains).await.map_err(|e| FeedError::Failed(e.to_string()))?
            } else {
                room.try_acquire_many_owned(grains).map_err(|_| FeedError::Full {
                    contract: feed.contract.name.clone(),
                    seconds: lane.pace.load(Ordering::Relaxed).div_ceil(1000).clamp(1, 60),
                })?
            };
            let (reply, answer) = oneshot::channel();
            let Some(lines) = batch.take() else { return Err(FeedError::Failed("the lines were lost".into())) };
            match lane.sender.send(Part { batch: lines, arrived: tokio::time::Instant::now(), reply, _room: room }) {
                Ok(()) => return answer.await.unwrap_or_else(|_| Err(FeedError::Failed("the program is ending".into()))),
                // The lane ended in this moment; a new one is begun.
                Err(mpsc::error::SendError(part)) => batch = Some(part.batch),
            }
        }
    }

    fn lane(&self, feed: &Feed, variant: usize) -> Lane {
        let mut lanes = self.lanes.lock().unwrap_or_else(|e| e.into_inner());
        lanes.retain(|_, lane| !lane.sender.is_closed());
        lanes
            .entry(feed.key())
            .or_insert_with(|| {
                let (sender, parts) = mpsc::unbounded_channel();
                let pace = Arc::new(AtomicU64::new(1000));
                let settings = self.settings.clone();
                let work = Work { lake: self.lake.clone(), settings, feed: feed.clone(), variant, pace: pace.clone() };
                tokio::spawn(work.run(parts));
                Lane { sender, room: Arc::new(Semaphore::new(self.settings.waiting / GRAIN)), pace }
            })
            .clone()
    }
}

/// What one lane does.
struct Work {
    lake: Lake,
    settings: Settings,
    feed: Feed,
    variant: usize,
    pace: Arc<AtomicU64>,
}

impl Work {
    async fn run(self, mut parts: mpsc::UnboundedReceiver<Part>) {
        let mut batches = 0u64;
        while let Ok(Some(first)) = tokio::time::timeout(IDLE, parts.recv()).await {
            let batch = self.gather(first, &mut parts).await;
            let begun = Instant::now();
            self.take_in(batch).await;
            self.pace.store(begun.elapsed().as_millis() as u64, Ordering::Relaxed);
            batches += 1;
            if batches.is_multiple_of(self.settings.fold_every.max(1)) {
                self.fold().await;
            }
        }
        // Whoever found this lane just now finds it closed, and what is in it is still answered.
        parts.close();
        while let Some(part) = parts.recv().await {
            self.take_in(vec![part]).await;
        }
        if batches > 0 {
            self.fold().await;
        }
    }

    async fn fold(&self) {
        if let Err(error) = self.lake.fold(&self.feed.contract).await {
            tracing::warn!(%error, contract = self.feed.contract.name, "small files were not merged");
        }
    }

    /// Time counts from when lines came: what waited while the batch before was committed has waited already, and is taken in at once.
    async fn gather(&self, first: Part, parts: &mut mpsc::UnboundedReceiver<Part>) -> Vec<Part> {
        let last = first.arrived + self.settings.linger;
        let mut newest = first.arrived;
        let (mut lines, mut bytes) = (first.batch.len(), first.batch.bytes.len());
        let mut batch = vec![first];
        while lines < self.settings.lines && bytes < self.settings.bytes {
            let until = last.min(newest + self.settings.quiet);
            // What is there already is given even when the time is over.
            let Ok(Some(part)) = tokio::time::timeout_at(until, parts.recv()).await else { break };
            newest = part.arrived;
            lines += part.batch.len();
            bytes += part.batch.bytes.len();
            batch.push(part);
        }
        batch
    }

    /// Takes a batch in as one object and answers each of its senders.
    async fn take_in(&self, parts: Vec<Part>) {
        let mut bytes = Vec::with_capacity(parts.iter().map(|p| p.batch.bytes.len()).sum());
        parts.iter().for_each(|p| bytes.extend_from_slice(&p.batch.bytes));
        let outcome = self.ingest(bytes).await;
        let mut first_row = 1;
        for part in parts {
            let answer = outcome.as_ref().map(|report| ack(report, &part.batch, first_row)).map_err(FeedError::clone);
            first_row += part.batch.len() as i64;
            // A sender that has gone away hears of it when it sends the same again.
            let _ = part.reply.send(answer);
        }
    }

    async fn ingest(&self, bytes: Vec<u8>) -> Result<Report, FeedError> {
        let contract = &self.feed.contract;
        let name = format!("feed-{}-{}.ndjson", contract.name, self.lake.now().format("%Y%m%dT%H%M%S%3f"));
        let request = Request {
            contract: Some(contract.clone()),
            variant: Some(self.variant),
            by_row: true,
            name,
            authority: self.feed.authority.clone(),
            received_by: self.feed.principal.id.clone(),
            ..Request::default()
        };
        let size = bytes.len() as u64;
        let failed = |e: lake::LakeError| FeedError::Failed(e.to_string());
        let mut input = std::io::Cursor::new(bytes);
        let mut reports = self.lake.ingest(&mut input, size, request, &Arc::new(Progress::default())).await.map_err(failed)?;
        let report = reports.pop().ok_or_else(|| FeedError::Failed("nothing was taken in".into()))?;
        let context =
            governance::Context { purpose: None, case: None, authority: self.feed.authority.clone(), now: self.lake.now() };
        let access = Access { principal: self.feed.principal.clone(), context, at: At::Now };
        let what = json!({ "object": report.object, "contract": report.contract, "in": report.input, "accepted": report.accepted, "rejected": report.rejected, "duplicate": report.duplicate, "way": "feed" });
        self.lake.record(&access, "ingest", true, what).map_err(failed)?;
        Ok(report)
    }
}

/// One sender's share of a batch's account; its lines begin at `first` in the object.
fn ack(report: &Report, batch: &Batch, first: i64) -> Ack {
    let input = batch.len() as u64;
    let through_line = batch.numbers.last().copied().unwrap_or_default();
    let mut ack = Ack { input, through_line, objects: vec![report.object.clone()], ..Ack::default() };
    let Some(rows) = report.rows.as_deref() else {
        // The very same batch was there before.
        ack.duplicate = input;
        return ack;
    };
    let last = first + batch.len() as i64 - 1;
    let of_batch = |row: i64| (first..=last).contains(&row);
    let Fates { refused, duplicate, late, .. } = rows;
    let mut mine: Vec<_> = refused.iter().filter(|r| of_batch(r.row)).collect();
    mine.sort_by_key(|r| r.row);
    ack.rejected = mine.len() as u64;
    ack.duplicate = (first..=last).filter(|row| duplicate.contains(*row)).count() as u64;
    let refused = |row: i64| mine.binary_search_by_key(&row, |r| r.row).is_ok();
    ack.late = (first..=last).filter(|r| late.contains(*r) && !duplicate.contains(*r) && !refused(*r)).count() as u64;
    ack.accepted = input - ack.rejected - ack.duplicate;
    ack.errors = mine
        .into_iter()
        .take(MOST_ERRORS)
        .map(|r| {
            let at = (r.row - first) as usize;
            let why = batch.spoilt.iter().find(|(i, _)| *i == at);
            // What was kept of such a line is not what was sent.
            let (column, message) = why.map_or((r.column.clone(), r.message.clone()), |(_, why)| (None, why.clone()));
            LineError { line: batch.numbers[at], code: r.code.clone(), column, message }
        })
        .collect();
    ack
}
