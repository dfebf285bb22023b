//! From pairs to persons: anew where something touched them, as before elsewhere.

use std::collections::{BTreeMap, HashMap, HashSet};

use identity::Judgement;
use identity::link::candidates::Scored;
use identity::link::incremental::ids::Ids;
use identity::link::resolve::union::Union;
use identity::link::resolve::{Bounds, Edge, Judged, of_edges};
use identity::link::run::enough;
use lake::linkage::{Header, Linkage, Member, Pair};

use super::frozen::Engine;
use super::records::Records;
use super::run::Report;
use super::{hex, number};

/// The state a run goes on from, and the one whose ids persons keep: the same but in a run over everything.
#[derive(Clone, Copy)]
pub struct Before<'l> {
    pub state: Option<&'l Linkage>,
    pub ids: Option<&'l Linkage>,
}

/// All records, which of them are new or changed, and what people said.
pub struct Settling<'s> {
    pub records: &'s Records,
    pub fresh: &'s [bool],
    pub before: Before<'s>,
    pub judgements: &'s [Judgement],
}

/// Rows that are new or whose rows say something else; all where there was nothing before.
pub fn fresh(records: &Records, before: Option<&Linkage>) -> Vec<bool> {
    let Some(before) = before else { return vec![true; records.ids.len()] };
    let known = |id: u64| before.record(id).map(|m| m.print);
    records.ids.iter().zip(&records.prints).map(|(id, print)| known(*id) != Some(*print)).collect()
}

/// Scored rows as pairs of records.
pub fn pairs(records: &Records, engine: &Engine, scored: Vec<Scored>) -> Vec<Pair> {
    let pair = |s: Scored| {
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
    };
    scored.into_iter().map(pair).collect()
}

impl Settling<'_> {
    /// Pairs of the state before that nothing touched, and those made now.
    pub fn pairs(&self, made: Vec<Pair>) -> Vec<Pair> {
        let untouched = |id: u64| self.records.row(id).is_some_and(|r| !self.fresh[r as usize]);
        let before = self.before.state.map_or(&[][..], |b| &b.pairs);
        let mut out: Vec<Pair> = before.iter().filter(|p| untouched(p.left) && untouched(p.right)).copied().collect();
        out.extend(made);
        out
    }

    pub fn judged(&self) -> Judged {
        Judged::new(self.records.ids.len(), self.judgements, |id| number(id).and_then(|id| self.records.row(id)))
    }

    /// Pairs that may be joined, by row.
    pub fn edges(&self, pairs: &[Pair]) -> Vec<Edge> {
        let row = |id: u64| self.records.row(id);
        pairs.iter().filter(|p| p.has(Pair::MERGES)).filter_map(|p| Some((p.bits, row(p.left)?, row(p.right)?))).collect()
    }

    /// Rows whose person is to be settled: all that something new, changed, gone or judged is connected with. Sorted.
    pub fn region(&self, edges: &[Edge], judged: &Judged) -> Vec<u32> {
        let (records, n) = (self.records, self.records.ids.len() as u32);
        let Some(before) = self.before.state else { return (0..n).collect() };
        let mut dirty: HashSet<u32> = (0..n).filter(|r| self.fresh[*r as usize]).collect();
        let gone = |id: u64| records.row(id).is_none_or(|r| self.fresh[r as usize]);
        for p in before.pairs.iter().filter(|p| gone(p.left) || gone(p.right)) {
            dirty.extend([records.row(p.left), records.row(p.right)].into_iter().flatten());
        }
        // Those who were one person with somebody that changed or is gone, by a judgement or through others.
        let touched: HashSet<u64> = before.members.iter().filter(|m| gone(m.record)).map(|m| m.person).collect();
        dirty.extend(before.members.iter().filter(|m| touched.contains(&m.person)).filter_map(|m| records.row(m.record)));
        dirty.extend(concerned(self.judgements, before.header.judgements).into_iter().filter_map(|id| records.row(id)));
        let mut sets = Union::new(records.ids.len());
        edges.iter().for_each(|e| sets.join(e.1, e.2));
        judged.same.iter().for_each(|&(a, b)| sets.join(a, b));
        let roots: HashSet<u32> = dirty.iter().map(|r| sets.root(*r)).collect();
        (0..n).filter(|r| roots.contains(&sets.root(*r))).collect()
    }

    /// Persons of all records. `place` gives the row in the engine's frame of a row of the region.
    pub fn settle(
        &self,
        region: &[u32],
        mut edges: Vec<Edge>,
        pairs: Vec<Pair>,
        engine: &Engine,
        place: impl Fn(u32) -> u32 + Sync,
    ) -> Linkage {
        let (records, old) = (self.records, self.before.ids);
        let inside = |r: u32| region.binary_search(&r).ok().map(|i| i as u32);
        edges.retain_mut(|e| match (inside(e.1), inside(e.2)) {
            (Some(a), Some(b)) => {
                (e.1, e.2) = (a, b);
                true
            }
            _ => false,
        });
        let index = |id: &str| number(id).and_then(|id| records.row(id)).and_then(inside);
        let judged = Judged::new(region.len(), self.judgements, index);
        let bounds = Bounds { merge: engine.merge, largest: engine.model.clustering.largest, one_to_one: false };
        let (frame, comparisons) = (&engine.frame, &engine.comparisons);
        let found = of_edges(region.len(), &mut edges, bounds, &judged, |a, b| {
            let (a, b) = (place(region[a as usize]), place(region[b as usize]));
            // The smaller row first, as when it was scored.
            let (a, b) = (a.min(b), a.max(b));
            if comparisons.excluded(frame, a, b).is_some() {
                return f32::NEG_INFINITY;
            }
            let pattern = comparisons.pattern(frame, a, b, &mut []);
            engine.scorer.total(comparisons, frame, pattern, a)
        });
        // The ids come from the state before, also when all is done anew.
        let former = |id: u64| old.and_then(|o| o.record(id)).map(|m| m.person);
        let mut groups: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for (i, &first) in found.cluster.iter().enumerate() {
            groups.entry(first).or_default().push(hex(records.ids[region[i] as usize]));
        }
        let ids: Vec<u64> = region.iter().map(|r| records.ids[*r as usize]).collect();
        let was: BTreeMap<String, Option<String>> = ids.iter().map(|id| (hex(*id), former(*id).map(hex))).collect();
        let used: HashSet<u64> = old.map_or(&[][..], |o| &o.members).iter().map(|m| m.person).collect();
        let redirects = old.map_or_else(BTreeMap::new, |o| o.redirects.iter().map(|(a, b)| (hex(*a), hex(*b))).collect());
        let mut given =
            Ids::resume(redirects, |id| number(id).is_some_and(|id| used.contains(&id)), was.keys().map(String::as_str));
        given.regroup(groups.into_values().collect(), &was);
        let anew: HashMap<u64, u64> =
            ids.into_iter().map(|id| (id, given.of(&hex(id)).and_then(number).unwrap_or_default())).collect();
        let of = |m: &Member| {
            let row = records.row(m.record).unwrap_or_default() as usize;
            Member {
                person: anew.get(&m.record).copied().or_else(|| former(m.record)).unwrap_or_default(),
                print: records.prints[row],
                district: records.districts[row],
                ..m.clone()
            }
        };
        let members = records.members.iter().map(of).collect();
        let redirects = given.redirects().iter().filter_map(|(a, b)| Some((number(a)?, number(b)?))).collect();
        Linkage::new(Header::default(), members, pairs, redirects)
    }
}

/// Records that judgements from this one on may part or join: a new one may overrule old ones that hang together with it.
fn concerned(judgements: &[Judgement], from: usize) -> HashSet<u64> {
    let sides = |j: &Judgement| Some((number(&j.left)?, number(&j.right)?));
    let new = judgements.get(from..).unwrap_or(judgements);
    let mut out: HashSet<u64> = new.iter().filter_map(sides).flat_map(|(a, b)| [a, b]).collect();
    loop {
        let before = out.len();
        if before == 0 {
            return out;
        }
        for (a, b) in judgements.iter().filter_map(sides) {
            if out.contains(&a) || out.contains(&b) {
                out.extend([a, b]);
            }
        }
        if out.len() == before {
            return out;
        }
    }
}

/// What a run's report counts.
pub fn count(report: &mut Report, records: &Records, linkage: &Linkage, old: Option<&Linkage>, judgements: &[Judgement]) {
    report.mentions = linkage.members.len();
    report.records = records.ids.len();
    report.persons = linkage.members.chunk_by(|a, b| a.person == b.person).count();
    let known = |(id, print): &(&u64, &u64)| old.and_then(|o| o.record(**id)).is_some_and(|m| m.print == **print);
    report.fresh = records.ids.len() - records.ids.iter().zip(&records.prints).filter(known).count();
    let gone: HashSet<u64> =
        old.map_or(&[][..], |o| &o.members).iter().map(|m| m.record).filter(|record| records.row(*record).is_none()).collect();
    report.withdrawn = gone.len();
    report.review = super::review::waiting(linkage, judgements).len();
    report.judgements = judgements.len();
}
