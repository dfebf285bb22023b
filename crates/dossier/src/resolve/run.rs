//! One run: what is new, changed or gone is compared with its neighbours, and the clusters around it are formed anew.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use identity::Judgement;
use identity::link::neighbours::Neighbours;
use lake::linkage::{BlockKeys, Header, Linkage};
use lake::{Access, Lake, LakeError, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::frozen::{Frozen, wrong};
use super::measure::{self, Measured};
use super::records::Records;
use super::said::said;
use super::settle::{self, Before, Settling};
use super::{history, quality, read, step};

/// How a run goes about it.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Everything is compared again; the outcome is the same.
    pub full: bool,
    /// Parameters, stop keys and frequencies are learnt anew first.
    pub train: bool,
    /// Another model than the program's own.
    pub model: Option<String>,
    /// Who is who, where that is known; see [`Measured`].
    pub truth: Option<PathBuf>,
    /// Set from outside, it ends the run; the state in force stays as it was.
    pub stop: Arc<AtomicBool>,
}

/// What a run did.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Report {
    pub mentions: usize,
    pub records: usize,
    pub persons: usize,
    /// Records that were new or changed, and gone.
    pub fresh: usize,
    pub withdrawn: usize,
    /// Records read for it: all, or what is new with its neighbourhood.
    #[serde(default)]
    pub looked_at: usize,
    /// Pairs compared.
    pub compared: u64,
    /// Records whose person was settled anew.
    pub settled: usize,
    /// Pairs that wait for a person's decision.
    pub review: usize,
    pub judgements: usize,
    /// Judgements that contradict newer ones.
    pub conflicts: usize,
    /// Whether this run learnt the parameters.
    pub learnt: bool,
    /// By stage.
    pub seconds: Vec<(String, f64)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
}

/// Links all mentions of the lake. The state in force changes at the very end, in one step.
pub async fn resolve(lake: &Lake, access: &Access, options: Options) -> Result<Report> {
    let _one = lake.linkage_lock().await?;
    let old = match lake.linkage().await {
        Ok(old) => old,
        // A damaged state is made anew; the ids of its persons are lost with it.
        Err(e) if options.full => {
            lake.record(access, "resolve", false, json!({ "kept_state": e.to_string() }))?;
            None
        }
        Err(e) => return Err(e),
    };
    let files = read::files(lake).await?;
    let judgements = said(lake)?.in_force;
    let header = Header {
        version: files.version,
        files: files.names,
        judgements: judgements.len(),
        at: lake.now().to_rfc3339(),
        ..Header::default()
    };
    let text = options.model.clone().unwrap_or_else(|| super::MODEL.into());
    let mut done = None;
    if let Some((old, frozen)) = old.as_ref().and_then(|o| step::possible(o, &header, &text, &options)) {
        if old.header.files == header.files && old.header.judgements == header.judgements {
            return step::nothing_new(&old);
        }
        let stepping =
            step::Step { lake, access, old, frozen: Arc::new(frozen), judgements: &judgements, stop: options.stop.clone() };
        done = stepping.go(header.clone()).await?;
    }
    let done = match done {
        Some(done) => done,
        None => whole(lake, access, old.clone(), header, text, judgements, options.clone()).await?,
    };
    if options.stop.load(std::sync::atomic::Ordering::Relaxed) {
        return Err(stopped());
    }
    history::record(lake, access, old.as_deref(), &done.linkage)?;
    let version = done.linkage.header.version;
    lake.keep_linkage(done.linkage, done.keys).await?;
    let report = done.report;
    let what = json!({ "records": report.records, "persons": report.persons, "fresh": report.fresh, "settled": report.settled,
        "judgements": report.judgements, "version": version });
    lake.record(access, "resolve", true, what)?;
    Ok(report)
}

/// Whether the lake has rows that the linkage in force does not know, or has lost some that it does.
pub async fn behind(lake: &Lake) -> Result<bool> {
    let files = read::files(lake).await?.names;
    Ok(match lake.linkage().await? {
        Some(linkage) => linkage.header.stale || linkage.header.files != files,
        None => files.values().any(|names| !names.is_empty()),
    })
}

/// What a run says that was ended from outside.
pub(super) fn stopped() -> LakeError {
    LakeError::Invalid("linkage was stopped; the state in force is as it was, and the next `sarovar resolve` begins again".into())
}

/// A run's outcome.
pub(super) struct Done {
    pub linkage: Linkage,
    pub keys: BlockKeys,
    pub report: Report,
}

#[derive(Debug, Default)]
pub(super) struct Clock {
    last: Option<std::time::Instant>,
    pub laps: Vec<(String, f64)>,
}

impl Clock {
    pub fn start() -> Clock {
        Clock { last: Some(std::time::Instant::now()), laps: Vec::new() }
    }

    pub fn lap(&mut self, name: &str) {
        let now = std::time::Instant::now();
        let since = self.last.replace(now).map_or(0.0, |last| now.duration_since(last).as_secs_f64());
        self.laps.push((name.into(), since));
    }
}

/// Everything is read; what is known of before is compared with.
async fn whole(
    lake: &Lake,
    access: &Access,
    old: Option<Arc<Linkage>>,
    header: Header,
    text: String,
    judgements: Vec<Judgement>,
    options: Options,
) -> Result<Done> {
    let mut clock = Clock::start();
    let records = read::all(lake, access).await?;
    clock.lap("read");
    tokio::task::spawn_blocking(move || {
        let mut run = Run { text: &text, old: old.as_deref(), options: &options, judgements: &judgements, clock };
        let mut done = run.go(records, header)?;
        done.report.seconds = run.clock.laps;
        Ok(done)
    })
    .await
    .map_err(|e| LakeError::Invalid(e.to_string()))?
}

struct Run<'r> {
    text: &'r str,
    old: Option<&'r Linkage>,
    options: &'r Options,
    judgements: &'r [Judgement],
    clock: Clock,
}

impl Run<'_> {
    fn go(&mut self, records: Records, header: Header) -> Result<Done> {
        let table = records.table()?;
        let kept = self.old.and_then(|o| serde_json::from_value::<Frozen>(o.header.frozen.clone()).ok());
        // A lake that has grown to twice its size has other stop keys, and more to learn from.
        let mut kept = kept.filter(|f| !self.options.train && f.model == self.text && !f.is_outgrown_by(records.ids.len()));
        let mut report = Report { learnt: kept.is_none(), looked_at: records.ids.len(), ..Report::default() };
        loop {
            let frozen = match &kept {
                Some(frozen) => frozen.clone(),
                None => Frozen::learn(self.text, &table, &self.options.stop)?,
            };
            self.clock.lap("learn");
            let engine = frozen.engine(&table)?;
            // States of before say otherwise what a record's rows are.
            let full = self.options.full || report.learnt || self.old.is_none_or(|o| o.header.stale || o.header.files.is_empty());
            let before = if full { None } else { self.old };
            let fresh = settle::fresh(&records, before);
            let neighbours = Neighbours::new(&engine.model, &engine.frame).map_err(wrong)?;
            let (frame, comparisons, scorer) = (&engine.frame, &engine.comparisons, &engine.scorer);
            let floor = engine.review.min(engine.merge);
            let found = neighbours.score(frame, comparisons, scorer, &frozen.stop, &fresh, floor, &self.options.stop);
            let (scored, compared, outgrown) = found.map_err(wrong)?;
            self.clock.lap("compare");
            if outgrown && !report.learnt {
                (kept, report.learnt) = (None, true);
                continue;
            }
            report.compared = compared;
            let made = settle::pairs(&records, &engine, scored);
            let settling = Settling {
                records: &records,
                fresh: &fresh,
                before: Before { state: before, ids: self.old },
                judgements: self.judgements,
            };
            let (pairs, judged) = (settling.pairs(made), settling.judged());
            let edges = settling.edges(&pairs);
            let region = settling.region(&edges, &judged);
            let mut linkage = settling.settle(&region, edges, pairs, &engine, |row| row);
            (report.conflicts, report.settled) = (judged.conflicts.len(), region.len());
            settle::count(&mut report, &records, &linkage, self.old, self.judgements);
            if let Some(path) = &self.options.truth {
                report.measured = Some(measure::measure(&records, &engine, &linkage, path)?);
            }
            self.clock.lap("settle");
            let all = |_: u64| true;
            let suspects = quality::suspects(&records, &linkage, all);
            linkage.header = Header { frozen: frozen.kept()?, ..header };
            quality::keep(&mut linkage, &records.names, suspects, &report, self.judgements)?;
            let keys = BlockKeys::Whole(keys(&records, &neighbours));
            self.clock.lap("keep");
            return Ok(Done { linkage, keys, report });
        }
    }
}

/// The blocking keys of all rows with their records, sorted.
pub(super) fn keys(records: &Records, neighbours: &Neighbours) -> Vec<(u64, u64)> {
    let rows = records.ids.iter().zip(0u32..);
    let mut out: Vec<(u64, u64)> = rows.flat_map(|(id, row)| neighbours.of(row).map(|key| (key, *id))).collect();
    out.sort_unstable();
    out.dedup();
    out
}
