//! One run: what is new, changed or gone is compared with its neighbours, and the clusters around it are formed anew.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use arrow::array::RecordBatch;
use futures::StreamExt;
use identity::Judgement;
use identity::link::candidates::Scored;
use identity::link::incremental::ids::Ids;
use identity::link::neighbours::Neighbours;
use identity::link::resolve::union::Union;
use identity::link::resolve::{Bounds, Edge, Judged, of_edges};
use identity::link::run::enough;
use lake::linkage::{Header, Linkage, Member, Pair};
use lake::{Access, Lake, LakeError, Result};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::frozen::{Engine, Frozen, wrong};
use super::measure::{self, Measured};
use super::records::{Gather, READ, Records};
use super::said::said;
use super::{hex, number, quality};
use crate::rows::Rows;

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
    let mut clock = Clock::default();
    let old = lake.linkage().await?;
    let (version, records) = read(lake, access).await?;
    clock.lap("read");
    let judgements = said(lake)?.in_force;
    let text = options.model.clone().unwrap_or_else(|| super::MODEL.into());
    let now = lake.now().to_rfc3339();
    let (linkage, report) = tokio::task::spawn_blocking(move || -> Result<(Linkage, Report)> {
        let old = old.as_deref();
        let mut link = Run { text: &text, old, options: &options, judgements: &judgements, clock };
        let (linkage, mut report) = link.go(records, version, now)?;
        report.seconds = link.clock.laps;
        Ok((linkage, report))
    })
    .await
    .map_err(|e| LakeError::Invalid(e.to_string()))??;
    lake.keep_linkage(linkage).await?;
    let what = json!({ "records": report.records, "persons": report.persons, "fresh": report.fresh, "settled": report.settled,
        "judgements": report.judgements, "version": version });
    lake.record(access, "resolve", true, what)?;
    Ok(report)
}

/// The mentions of the lake as records, with the version of the table they came from.
async fn read(lake: &Lake, access: &Access) -> Result<(u64, Records)> {
    let mut vehicles = HashMap::new();
    let links = "from_kind = 'person' AND to_kind = 'vehicle'";
    if let Some((_, mut rows)) = lake.unmasked(access, "link", None, "from_key, to_key, _source, _object, _row", links).await? {
        while let Some(batch) = rows.next().await {
            for row in Rows::new(vec![batch.map_err(LakeError::from)?])?.iter() {
                if let (Some(person), Some(plate)) = (row.text("from_key"), row.text("to_key")) {
                    vehicles.entry(person).or_insert(plate);
                }
            }
        }
    }
    let mut gather = Gather::default();
    let mut version = 0;
    if let Some((at, mut rows)) = lake.unmasked(access, "person_mention", None, READ, "true").await? {
        version = at;
        while let Some(batch) = rows.next().await {
            let batch: RecordBatch = batch.map_err(LakeError::from)?;
            gather.push(batch, &vehicles)?;
        }
    }
    Ok((version, gather.finish()))
}

#[derive(Debug, Default)]
struct Clock {
    last: Option<std::time::Instant>,
    laps: Vec<(String, f64)>,
}

impl Clock {
    fn lap(&mut self, name: &str) {
        let now = std::time::Instant::now();
        let since = self.last.replace(now).map_or(0.0, |last| now.duration_since(last).as_secs_f64());
        self.laps.push((name.into(), since));
    }
}

struct Run<'r> {
    text: &'r str,
    old: Option<&'r Linkage>,
    options: &'r Options,
    judgements: &'r [Judgement],
    clock: Clock,
}

impl Run<'_> {
    fn go(&mut self, records: Records, version: u64, at: String) -> Result<(Linkage, Report)> {
        let table = records.table()?;
        let kept = self.old.and_then(|o| serde_json::from_value::<Frozen>(o.header.frozen.clone()).ok());
        // A lake that has grown to twice its size has other stop keys, and more to learn from.
        let mut kept =
            kept.filter(|f| !self.options.train && f.model == self.text && records.ids.len() <= 2 * f.records.max(1000));
        let mut report = Report { learnt: kept.is_none(), ..Report::default() };
        loop {
            let frozen = match &kept {
                Some(frozen) => frozen.clone(),
                None => Frozen::learn(self.text, &table)?,
            };
            self.clock.lap("learn");
            let engine = frozen.engine(&table)?;
            let full = self.options.full || report.learnt || self.old.is_none_or(|o| o.header.stale);
            let before = if full { None } else { self.old };
            let fresh = fresh(&records, before);
            let neighbours = Neighbours::new(&engine.model, &engine.frame).map_err(wrong)?;
            let (frame, comparisons, scorer) = (&engine.frame, &engine.comparisons, &engine.scorer);
            let floor = engine.review.min(engine.merge);
            let found = neighbours.score(frame, comparisons, scorer, &frozen.stop, &fresh, floor, &Default::default());
            let (scored, compared, outgrown) = found.map_err(wrong)?;
            self.clock.lap("compare");
            if outgrown && !report.learnt {
                (kept, report.learnt) = (None, true);
                continue;
            }
            report.compared = compared;
            let pairs = self.pairs(&records, &engine, &fresh, before, scored);
            let linkage = self.settle(&records, &engine, &fresh, before, pairs, &mut report)?;
            let header = Header {
                version,
                judgements: self.judgements.len(),
                at,
                stale: false,
                frozen: serde_json::to_value(&frozen).map_err(|e| LakeError::Invalid(e.to_string()))?,
                report: json!({}),
            };
            let linkage = self.finish(&records, &engine, linkage, header, &mut report)?;
            self.clock.lap("settle");
            return Ok((linkage, report));
        }
    }

    /// Pairs of the state before that nothing touched, and those scored now.
    fn pairs(
        &self,
        records: &Records,
        engine: &Engine,
        fresh: &[bool],
        before: Option<&Linkage>,
        scored: Vec<Scored>,
    ) -> Vec<Pair> {
        let untouched = |id: u64| records.row(id).is_some_and(|r| !fresh[r as usize]);
        let mut out: Vec<Pair> =
            before.map_or(&[][..], |b| &b.pairs).iter().filter(|p| untouched(p.left) && untouched(p.right)).copied().collect();
        out.extend(scored.into_iter().map(|s| {
            let (a, b) = (s.a as usize, s.b as usize);
            let above = s.bits >= engine.merge;
            let excluded = engine.comparisons.excluded(&engine.frame, s.a, s.b).is_some();
            let alone = !enough(&engine.model, &engine.comparisons, &engine.frame, &engine.scorer, &engine.groups, &s);
            let mut flags = 0;
            for (set, flag) in [
                (above && !excluded && !alone, Pair::MERGES),
                (excluded, Pair::EXCLUDED),
                (above && alone, Pair::ALONE),
                (records.sealed[a] || records.sealed[b], Pair::SEALED),
            ] {
                flags |= if set { flag } else { 0 };
            }
            Pair { left: records.ids[a], right: records.ids[b], bits: s.bits, pattern: s.pattern, flags }
        }));
        out
    }

    /// Persons of all records: anew where something touched them, as before elsewhere.
    fn settle(
        &self,
        records: &Records,
        engine: &Engine,
        fresh: &[bool],
        before: Option<&Linkage>,
        pairs: Vec<Pair>,
        report: &mut Report,
    ) -> Result<Linkage> {
        let n = records.ids.len();
        let row = |id: u64| records.row(id);
        let mut edges: Vec<Edge> =
            pairs.iter().filter(|p| p.has(Pair::MERGES)).filter_map(|p| Some((p.bits, row(p.left)?, row(p.right)?))).collect();
        let index = |id: &str| number(id).and_then(row);
        let judged = Judged::new(n, self.judgements, index);
        (report.conflicts, report.judgements) = (judged.conflicts.len(), self.judgements.len());
        let region = self.region(records, fresh, before, &edges, &judged);
        report.settled = region.len();
        let place = |r: u32| region.binary_search(&r).ok().map(|i| i as u32);
        edges.retain_mut(|e| match (place(e.1), place(e.2)) {
            (Some(a), Some(b)) => {
                (e.1, e.2) = (a, b);
                true
            }
            _ => false,
        });
        let inside = Judged::new(region.len(), self.judgements, |id| index(id).and_then(place));
        let bounds = Bounds { merge: engine.merge, largest: engine.model.clustering.largest, one_to_one: false };
        let (frame, comparisons) = (&engine.frame, &engine.comparisons);
        let found = of_edges(region.len(), &mut edges, bounds, &inside, |a, b| {
            let (a, b) = (region[a as usize], region[b as usize]);
            if comparisons.excluded(frame, a, b).is_some() {
                return f32::NEG_INFINITY;
            }
            let pattern = comparisons.pattern(frame, a, b, &mut []);
            engine.scorer.total(comparisons, frame, pattern, a)
        });
        // The ids come from the state before, also when all is done anew.
        let former = |id: u64| self.old.and_then(|o| o.record(id)).map(|m| m.person);
        let mut groups: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for (i, &first) in found.cluster.iter().enumerate() {
            groups.entry(first).or_default().push(hex(records.ids[region[i] as usize]));
        }
        let ids: Vec<u64> = region.iter().map(|r| records.ids[*r as usize]).collect();
        let was: BTreeMap<String, Option<String>> = ids.iter().map(|id| (hex(*id), former(*id).map(hex))).collect();
        let used: HashSet<u64> = self.old.map_or(&[][..], |o| &o.members).iter().map(|m| m.person).collect();
        let redirects = self.old.map_or_else(BTreeMap::new, |o| o.redirects.iter().map(|(a, b)| (hex(*a), hex(*b))).collect());
        let mut given =
            Ids::resume(redirects, |id| number(id).is_some_and(|id| used.contains(&id)), was.keys().map(String::as_str));
        given.regroup(groups.into_values().collect(), &was);
        let mut person: HashMap<u64, u64> = HashMap::with_capacity(n);
        for &id in &records.ids {
            person.insert(id, former(id).unwrap_or_default());
        }
        for id in ids {
            person.insert(id, given.of(&hex(id)).and_then(number).unwrap_or_default());
        }
        let prints: HashMap<u64, u64> = records.ids.iter().copied().zip(records.prints.iter().copied()).collect();
        let of = |m: &Member| Member {
            person: person.get(&m.record).copied().unwrap_or_default(),
            print: prints.get(&m.record).copied().unwrap_or_default(),
            ..m.clone()
        };
        let members = records.members.iter().map(of).collect();
        let redirects = given.redirects().iter().filter_map(|(a, b)| Some((number(a)?, number(b)?))).collect();
        Ok(Linkage::new(Header::default(), members, pairs, redirects))
    }

    /// Rows whose person is to be settled: all that something new, changed, gone or judged is connected with. Sorted.
    fn region(&self, records: &Records, fresh: &[bool], before: Option<&Linkage>, edges: &[Edge], judged: &Judged) -> Vec<u32> {
        let n = records.ids.len() as u32;
        let Some(before) = before else { return (0..n).collect() };
        let mut dirty: HashSet<u32> = (0..n).filter(|r| fresh[*r as usize]).collect();
        let gone = |id: u64| records.row(id).is_none_or(|r| fresh[r as usize]);
        for p in before.pairs.iter().filter(|p| gone(p.left) || gone(p.right)) {
            dirty.extend([records.row(p.left), records.row(p.right)].into_iter().flatten());
        }
        // Those who were one person with somebody that changed or is gone, by a judgement or through others.
        let touched: HashSet<u64> = before.members.iter().filter(|m| gone(m.record)).map(|m| m.person).collect();
        dirty.extend(before.members.iter().filter(|m| touched.contains(&m.person)).filter_map(|m| records.row(m.record)));
        let new = self.judgements.get(before.header.judgements..).unwrap_or(self.judgements);
        if !new.is_empty() {
            // A new one may overrule old ones elsewhere.
            dirty.extend(self.judgements.iter().flat_map(|j| [&j.left, &j.right]).filter_map(|id| records.row(number(id)?)));
        }
        let mut sets = Union::new(records.ids.len());
        edges.iter().for_each(|e| sets.join(e.1, e.2));
        judged.same.iter().for_each(|&(a, b)| sets.join(a, b));
        let roots: HashSet<u32> = dirty.iter().map(|r| sets.root(*r)).collect();
        (0..n).filter(|r| roots.contains(&sets.root(*r))).collect()
    }

    /// Counts, remarkable clusters, and measures where the truth is known.
    fn finish(
        &self,
        records: &Records,
        engine: &Engine,
        mut linkage: Linkage,
        header: Header,
        report: &mut Report,
    ) -> Result<Linkage> {
        report.mentions = linkage.members.len();
        report.records = records.ids.len();
        report.persons = linkage.members.chunk_by(|a, b| a.person == b.person).count();
        let (known, gone) = self.old.map_or((0, 0), |o| {
            let before: HashMap<u64, u64> = o.members.iter().map(|m| (m.record, m.print)).collect();
            let same = records.ids.iter().zip(&records.prints).filter(|(id, print)| before.get(id) == Some(print)).count();
            (same, before.keys().filter(|id| records.row(**id).is_none()).count())
        });
        (report.fresh, report.withdrawn) = (records.ids.len() - known, gone);
        report.review = super::review::waiting(&linkage, self.judgements).len();
        if let Some(path) = &self.options.truth {
            report.measured = Some(measure::measure(records, engine, &linkage, path)?);
        }
        let summary = quality::summary(records, &linkage, report, self.judgements);
        let header = Header { report: serde_json::to_value(summary).map_err(|e| LakeError::Invalid(e.to_string()))?, ..header };
        linkage.header = header;
        Ok(linkage)
    }
}

/// Rows that are new or whose values changed; all where there was nothing before.
fn fresh(records: &Records, before: Option<&Linkage>) -> Vec<bool> {
    let Some(before) = before else { return vec![true; records.ids.len()] };
    let known: HashMap<u64, u64> = before.members.iter().map(|m| (m.record, m.print)).collect();
    records.ids.iter().zip(&records.prints).map(|(id, print)| known.get(id) != Some(print)).collect()
}
