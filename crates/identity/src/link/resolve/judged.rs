//! Judgements as bounds of a resolution.

use std::collections::{BTreeSet, HashMap, HashSet};

use crate::judgement::{Judgement, Verdict};
use crate::sets::Sets;

/// What people said, free of contradictions: a judgement that cannot be followed beside newer ones is set aside.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Judged {
    pub same: Vec<(u32, u32)>,
    apart: HashSet<(u32, u32)>,
    apart_of: HashMap<u32, Vec<(u32, u32)>>,
    /// Pairs somebody looked at and left open: not shown for review again.
    pub unsure: HashSet<(u32, u32)>,
    /// Positions of judgements that contradict newer ones.
    pub conflicts: Vec<usize>,
    /// Judgements about records that are not there.
    pub unknown: usize,
}

impl Judged {
    /// Newest first; of one pair only the newest counts. `row` finds a record by its id.
    pub fn new(rows: usize, judgements: &[Judgement], row: impl Fn(&str) -> Option<u32>) -> Judged {
        let mut out = Judged::default();
        let mut newest: Vec<usize> = (0..judgements.len()).collect();
        newest.sort_by(|&i, &j| {
            let (a, b) = (&judgements[i], &judgements[j]);
            b.when.cmp(&a.when).then_with(|| b.verdict.cmp(&a.verdict)).then_with(|| a.cmp(b))
        });
        // Only rows that were judged need a place.
        let mut places: Vec<u32> = judgements.iter().flat_map(|j| [row(&j.left), row(&j.right)]).flatten().collect();
        places.sort_unstable();
        places.dedup();
        debug_assert!(places.iter().all(|&p| (p as usize) < rows));
        let mut sets = Sets::new(places.len());
        let mut said: BTreeSet<(u32, u32)> = BTreeSet::new();
        for i in newest {
            let judgement = &judgements[i];
            let (Some(a), Some(b)) = (row(&judgement.left), row(&judgement.right)) else {
                out.unknown += 1;
                continue;
            };
            let pair = (a.min(b), a.max(b));
            if a == b || !said.insert(pair) {
                continue;
            }
            let (p, q) = (places.partition_point(|&x| x < pair.0), places.partition_point(|&x| x < pair.1));
            let followed = match judgement.verdict {
                Verdict::Same => sets.join(p, q),
                Verdict::NotSame => sets.keep_apart(p, q),
                Verdict::Unsure => true,
            };
            match judgement.verdict {
                _ if !followed => out.conflicts.push(i),
                Verdict::Same => out.same.push(pair),
                Verdict::NotSame => {
                    out.apart.insert(pair);
                    out.apart_of.entry(pair.0).or_default().push(pair);
                }
                Verdict::Unsure => {
                    out.unsure.insert(pair);
                }
            }
        }
        out
    }

    /// Pairs to be kept apart among sorted rows.
    pub fn against(&self, rows: &[u32]) -> Vec<(u32, u32)> {
        if self.apart.is_empty() {
            return Vec::new();
        }
        let here = |row: u32| rows.binary_search(&row).is_ok();
        let mut out: Vec<(u32, u32)> =
            rows.iter().filter_map(|a| self.apart_of.get(a)).flatten().copied().filter(|&(a, b)| here(a) && here(b)).collect();
        out.sort_unstable();
        out.dedup();
        out
    }

    pub fn apart(&self, a: u32, b: u32) -> bool {
        !self.apart.is_empty() && self.apart.contains(&(a.min(b), a.max(b)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judgement(left: &str, right: &str, verdict: Verdict, when: i64) -> Judgement {
        Judgement { left: left.into(), right: right.into(), verdict, who: "reader".into(), when, why: String::new() }
    }

    fn judged(all: &[Judgement]) -> Judged {
        Judged::new(4, all, |id| ["a", "b", "c", "d"].iter().position(|x| *x == id).map(|i| i as u32))
    }

    #[test]
    fn a_cycle_that_contradicts_itself_loses_its_oldest_edge() {
        use Verdict::{NotSame, Same};
        let all = [judgement("a", "b", Same, 3), judgement("b", "c", Same, 2), judgement("a", "c", NotSame, 1)];
        let j = judged(&all);
        assert_eq!((j.same.clone(), j.conflicts.clone(), j.apart(0, 2)), (vec![(0, 1), (1, 2)], vec![2], false));
        let j = judged(&[judgement("a", "b", Same, 1), judgement("b", "c", Same, 2), judgement("a", "c", NotSame, 3)]);
        assert_eq!((j.same.clone(), j.conflicts.clone(), j.apart(2, 0)), (vec![(1, 2)], vec![0], true));
    }

    #[test]
    fn the_newest_word_on_a_pair_counts() {
        use Verdict::{NotSame, Same, Unsure};
        let j = judged(&[
            judgement("a", "b", Same, 1),
            judgement("b", "a", NotSame, 2),
            judgement("c", "d", Same, 1),
            judgement("c", "d", Unsure, 2),
        ]);
        assert!(j.same.is_empty() && j.apart(0, 1) && j.unsure.contains(&(2, 3)) && j.conflicts.is_empty());
        let j = judged(&[judgement("a", "zz", Same, 1), judgement("a", "a", NotSame, 1)]);
        assert_eq!((j.unknown, j.same.len()), (1, 0));
    }
}
