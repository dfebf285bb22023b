//! A run over what is new: it reads what came, those who share a blocking key with it, and whoever belongs together with them.
//!
//! Everything a candidate depends on is frozen, so the outcome is that of a run over everything (ADR 23).

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use identity::Judgement;
use identity::link::candidates::Scored;
use identity::link::neighbours::Neighbours;
use lake::linkage::{BlockKeys, Header, Linkage, Member};
use lake::{Access, Lake, LakeError, Result};

use super::frozen::{Frozen, wrong};
use super::quality::Kept;
use super::records::Records;
use super::run::{Clock, Done, Options, Report, keys};
use super::settle::{self, Before, Settling};
use super::{quality, read};

/// The state and what it froze, where a step is enough.
pub fn possible(old: &Arc<Linkage>, now: &Header, text: &str, options: &Options) -> Option<(Arc<Linkage>, Frozen)> {
    if options.full || options.train || options.truth.is_some() || old.header.stale || old.header.files.is_empty() {
        return None;
    }
    // Levels that weigh words by how common they are look at all records.
    if ["words >=", "contained >="].iter().any(|level| text.contains(level)) {
        return None;
    }
    read::added(&old.header.files, &now.files)?;
    let frozen: Frozen = serde_json::from_value(old.header.frozen.clone()).ok()?;
    (frozen.model == text).then(|| (old.clone(), frozen))
}

/// The report of a run that found nothing new.
pub fn nothing_new(old: &Linkage) -> Result<Report> {
    let kept: Kept = quality::kept(old)?;
    let seconds = Vec::new();
    Ok(Report {
        fresh: 0,
        withdrawn: 0,
        looked_at: 0,
        compared: 0,
        settled: 0,
        learnt: false,
        seconds,
        measured: None,
        ..kept.report
    })
}

pub struct Step<'s> {
    pub lake: &'s Lake,
    pub access: &'s Access,
    pub old: Arc<Linkage>,
    pub frozen: Arc<Frozen>,
    pub judgements: &'s [Judgement],
    pub stop: Arc<AtomicBool>,
}

impl Step<'_> {
    /// None where only a run over everything can tell.
    pub async fn go(&self, header: Header) -> Result<Option<Done>> {
        let mut clock = Clock::start();
        let Some([mentions, links]) = read::added(&self.old.header.files, &header.files) else { return Ok(None) };
        let came = read::places(self.lake, self.access, &mentions).await?;
        if came.iter().any(|m| self.old.mention(m.mention).is_some()) {
            return Ok(None);
        }
        let mut touched: BTreeSet<u64> = came.iter().map(|m| m.record).collect();
        touched.extend(read::linked(self.lake, self.access, &links).await?);
        let mut all = Records::bare(self.old.members.iter().cloned().chain(came).collect());
        if self.frozen.is_outgrown_by(all.ids.len()) {
            return Ok(None);
        }
        let by_record = by_record(&all.members);
        let fresh = self.stated(&by_record, touched.into_iter()).await?;
        let is_new = |row: &usize| self.old.record(fresh.ids[*row]).is_none_or(|m| m.print != fresh.prints[*row]);
        let fresh = fresh.only(&(0..fresh.ids.len()).filter(is_new).collect::<Vec<_>>());
        for (row, id) in fresh.ids.iter().enumerate() {
            if let Ok(at) = all.ids.binary_search(id) {
                (all.prints[at], all.districts[at]) = (fresh.prints[row], fresh.districts[row]);
            }
        }
        clock.lap("read");
        let (frozen, rows) = (self.frozen.clone(), fresh.table()?);
        let neighbours = blocking(move || {
            let engine = frozen.engine(&rows)?;
            Neighbours::new(&engine.model, &engine.frame).map_err(wrong)
        })
        .await?;
        let new_keys = keys(&fresh, &neighbours);
        let mut asked: Vec<u64> = new_keys.iter().map(|k| k.0).filter(|k| self.frozen.stop.binary_search(k).is_err()).collect();
        asked.dedup();
        let Some(near) = self.lake.linkage_sharing(asked).await? else { return Ok(None) };
        let near = near.into_iter().filter(|r| fresh.row(*r).is_none());
        let near = self.stated(&by_record, near).await?;
        clock.lap("neighbours");
        let new: Vec<u64> = fresh.ids.clone();
        let seen = fresh.join(near);
        let Some((scored, compared, seen)) = self.compare(seen, &new).await? else { return Ok(None) };
        clock.lap("compare");
        let flags: Vec<bool> = all.ids.iter().map(|id| new.binary_search(id).is_ok()).collect();
        let settling = Settling {
            records: &all,
            fresh: &flags,
            before: Before { state: Some(&self.old), ids: Some(&self.old) },
            judgements: self.judgements,
        };
        let (pairs, judged) = (settling.pairs(scored), settling.judged());
        let edges = settling.edges(&pairs);
        let region = settling.region(&edges, &judged);
        let others = region.iter().map(|r| all.ids[*r as usize]).filter(|id| seen.row(*id).is_none());
        let others = self.stated(&by_record, others).await?;
        let seen = seen.join(others);
        let (frozen, rows) = (self.frozen.clone(), seen.table()?);
        let engine = blocking(move || frozen.engine(&rows)).await?;
        let place = |row: u32| seen.row(all.ids[row as usize]).unwrap_or_default();
        let mut linkage = settling.settle(&region, edges, pairs, &engine, place);
        let mut report = Report { compared, looked_at: seen.ids.len(), conflicts: judged.conflicts.len(), ..Report::default() };
        report.settled = region.len();
        settle::count(&mut report, &all, &linkage, Some(&self.old), self.judgements);
        clock.lap("settle");
        report.seconds = clock.laps;
        // Who is remarkable among those settled now, and among the others as before.
        let settled: BTreeSet<u64> = region
            .iter()
            .map(|r| all.ids[*r as usize])
            .flat_map(|id| [linkage.record(id), self.old.record(id)].into_iter().flatten().map(|m| m.person))
            .collect();
        let mut suspects = quality::suspects(&seen, &linkage, |person| settled.contains(&person));
        let before: Kept = quality::kept(&self.old)?;
        suspects
            .extend(before.suspects.iter().filter(|s| super::number(&s.person).is_none_or(|p| !settled.contains(&p))).cloned());
        let mut names = before.districts;
        names.extend(seen.names);
        linkage.header = Header { frozen: self.old.header.frozen.clone(), ..header };
        quality::keep(&mut linkage, &names, suspects, &report, self.judgements)?;
        Ok(Some(Done { linkage, keys: BlockKeys::More(new_keys), report }))
    }

    async fn stated(&self, by_record: &HashMap<u64, Vec<&Member>>, records: impl Iterator<Item = u64>) -> Result<Records> {
        let members: Vec<&Member> = records.filter_map(|r| by_record.get(&r)).flatten().copied().collect();
        read::stated(self.lake, self.access, &members).await
    }

    /// Scored pairs of which one side at least is new, and how many were compared; none where the stop keys are outgrown.
    async fn compare(&self, seen: Records, new: &[u64]) -> Result<Option<(Vec<lake::linkage::Pair>, u64, Records)>> {
        let (frozen, stop) = (self.frozen.clone(), self.stop.clone());
        let fresh: Vec<bool> = seen.ids.iter().map(|id| new.binary_search(id).is_ok()).collect();
        blocking(move || {
            let engine = frozen.engine(&seen.table()?)?;
            let neighbours = Neighbours::new(&engine.model, &engine.frame).map_err(wrong)?;
            let (frame, floor) = (&engine.frame, engine.review.min(engine.merge));
            let found = neighbours.score(frame, &engine.comparisons, &engine.scorer, &frozen.stop, &fresh, floor, &stop);
            let (scored, compared, outgrown): (Vec<Scored>, u64, bool) = found.map_err(wrong)?;
            let pairs = settle::pairs(&seen, &engine, scored);
            Ok((!outgrown).then_some((pairs, compared, seen)))
        })
        .await
    }
}

async fn blocking<T: Send + 'static>(f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(f).await.map_err(|e| LakeError::Invalid(e.to_string()))?
}

fn by_record(members: &[Member]) -> HashMap<u64, Vec<&Member>> {
    let mut out: HashMap<u64, Vec<&Member>> = HashMap::with_capacity(members.len());
    members.iter().for_each(|m| out.entry(m.record).or_default().push(m));
    out
}
