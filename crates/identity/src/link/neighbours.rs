//! Candidates that touch some rows of a table: all of them in a first run, the new and changed ones later.
//!
//! The decision: whether two rows are candidates is a function of the two and of **stop keys that are frozen** with the parameters, never of
//! what else is in the table. So it does not matter in which order records came.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::link::block::expression::Expression;
use crate::link::block::keys::Keys;
use crate::link::candidates::{Scored, Stop};
use crate::link::comparison::Comparisons;
use crate::link::error::LinkError;
use crate::link::frame::Frame;
use crate::link::model::Model;
use crate::link::score::Scorer;

/// Rows may hold a key this many times the model's bound before the stop keys count as outgrown.
const OUTGROWN: usize = 4;

/// The keys of all rows under all blocking rules.
#[derive(Debug)]
pub struct Neighbours {
    rules: Vec<Keys>,
    bound: usize,
}

/// A rule's number from 1, and a key of it.
pub type RuleKey = u64;

impl Neighbours {
    pub fn new(model: &Model, frame: &Frame) -> Result<Neighbours, LinkError> {
        if model.blocks.is_empty() {
            return Err(LinkError::Model("there are no blocking rules; give [[block]] in the model".into()));
        }
        let read = |texts: &[String]| -> Result<Keys, LinkError> {
            let on: Result<Vec<_>, _> = texts.iter().map(|t| Expression::parse(t, &frame.names)).collect();
            Ok(Keys::new(frame, &on.map_err(LinkError::Model)?))
        };
        let rules = model.blocks.iter().map(|b| read(&b.on)).collect::<Result<_, _>>()?;
        Ok(Neighbours { rules, bound: model.limits.block })
    }

    /// The keys of a row.
    pub fn of(&self, row: u32) -> impl Iterator<Item = RuleKey> + '_ {
        let numbered = self.rules.iter().enumerate();
        numbered.flat_map(move |(n, keys)| keys.of(row).iter().map(move |&k| (n as u64 + 1) << 32 | u64::from(k)))
    }

    /// Keys that more rows have than the model allows: what very many share tells nobody apart. Sorted.
    pub fn stop(&self, frame: &Frame) -> Vec<RuleKey> {
        let entries = self.entries(frame, |_| true);
        let blocks = entries.chunk_by(|x, y| x.0 == y.0).filter(|b| b.len() > self.bound);
        blocks.map(|b| b[0].0).collect()
    }

    fn entries(&self, frame: &Frame, wanted: impl Fn(RuleKey) -> bool + Sync) -> Vec<(RuleKey, u32)> {
        let (rows, wanted) = ((0..frame.rows as u32).into_par_iter(), &wanted);
        let mut out: Vec<(RuleKey, u32)> =
            rows.flat_map_iter(move |r| self.of(r).filter(move |k| wanted(*k)).map(move |k| (k, r))).collect();
        out.par_sort_unstable();
        out.dedup();
        out
    }

    /// The first key two rows share that is no stop key.
    fn first(&self, a: u32, b: u32, stop: &HashSet<RuleKey>) -> Option<RuleKey> {
        self.rules.iter().enumerate().find_map(|(n, keys)| {
            let shared = keys.of(a).iter().filter(|k| keys.of(b).binary_search(k).is_ok());
            shared.map(|&k| (n as u64 + 1) << 32 | u64::from(k)).find(|k| !stop.contains(k))
        })
    }

    /// Scored candidates with evidence of at least `floor` bits of which one row at least is `fresh`, each once, sorted by rows; how many
    /// were compared; and whether some key has outgrown its bound so far that stop keys should be found anew.
    #[expect(clippy::too_many_arguments, reason = "what scoring takes, and nothing besides")]
    pub fn score(
        &self,
        frame: &Frame,
        comparisons: &Comparisons,
        scorer: &Scorer,
        stop: &[RuleKey],
        fresh: &[bool],
        floor: f32,
        cancel: &Stop,
    ) -> Result<(Vec<Scored>, u64, bool), LinkError> {
        let stop: HashSet<RuleKey> = stop.iter().copied().collect();
        let all = fresh.iter().all(|f| *f);
        let touched: HashSet<RuleKey> = match all {
            true => HashSet::new(),
            false => (0..frame.rows as u32).filter(|r| fresh[*r as usize]).flat_map(|r| self.of(r)).collect(),
        };
        let entries = self.entries(frame, |k| !stop.contains(&k) && (all || touched.contains(&k)));
        let blocks: Vec<&[(RuleKey, u32)]> = entries.chunk_by(|x, y| x.0 == y.0).filter(|b| b.len() > 1).collect();
        let outgrown = blocks.iter().any(|b| b.len() > OUTGROWN * self.bound);
        let scored = blocks.par_iter().map_init(
            || comparisons.caches(),
            |caches, block| {
                let (mut out, mut compared) = (Vec::new(), 0u64);
                if cancel.load(std::sync::atomic::Ordering::Relaxed) {
                    return (out, compared);
                }
                for (i, &(key, a)) in block.iter().enumerate() {
                    for &(_, b) in &block[i + 1..] {
                        let asked = (fresh[a as usize] || fresh[b as usize]) && self.first(a, b, &stop) == Some(key);
                        if !asked {
                            continue;
                        }
                        compared += 1;
                        if let Some((bits, pattern)) =
                            scorer.score(comparisons, frame, a, b, floor, caches).filter(|s| s.0 >= floor)
                        {
                            out.push(Scored { a, b, bits, pattern });
                        }
                    }
                }
                (out, compared)
            },
        );
        let (mut out, compared) = scored.reduce(
            || (Vec::new(), 0),
            |mut x, y| {
                x.0.extend(y.0);
                (x.0, x.1 + y.1)
            },
        );
        if cancel.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(LinkError::Cancelled);
        }
        out.par_sort_unstable_by_key(|s| (s.a, s.b));
        Ok((out, compared, outgrown))
    }
}
