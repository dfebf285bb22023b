//! Visits all candidates in parallel: once for training, once for the result.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use crate::link::block::Blocking;
use crate::link::comparison::Comparisons;
use crate::link::error::LinkError;
use crate::link::frame::Frame;
use crate::link::score::Scorer;
use crate::link::spill::Pairs;
use crate::link::train::Patterns;
use crate::link::train::sample::mix;

/// A candidate kept: its evidence in bits and its levels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    pub a: u32,
    pub b: u32,
    pub bits: f32,
    pub pattern: u64,
}

/// Set from another thread (a signal handler) to stop a run.
pub type Stop = AtomicBool;

/// Patterns of candidates that are not hopeless (evidence above `floor` bits by the starting values: the others are not matches under any
/// parameters and only count towards chance, which is sampled). Of more than `most` candidates a share is looked at, by a hash of the pair.
pub fn patterns(
    blocking: &Blocking,
    comparisons: &Comparisons,
    frame: &Frame,
    scorer: &Scorer,
    floor: f32,
    most: usize,
    stop: &Stop,
) -> Result<Patterns, LinkError> {
    let all = blocking.pairs(frame).max(1);
    // A whole table's pairs are mostly hopeless and quickly passed over; a share would lose the few that matter.
    let share = if blocking.whole { 1.0 } else { (most as f64 / all as f64).min(1.0) };
    let below = (share * u64::MAX as f64) as u64;
    let found = blocking
        .work(frame)
        .par_iter()
        .map_init(
            || comparisons.caches(),
            |caches, (rule, piece)| {
                let mut found: HashMap<u64, u64> = HashMap::new();
                if stop.load(Ordering::Relaxed) {
                    return found;
                }
                blocking.visit(frame, *rule, piece, |a, b| {
                    let drawn = share >= 1.0 || mix(u64::from(a) << 32 | u64::from(b)) < below;
                    if drawn && let Some((_, pattern)) = scorer.score(comparisons, frame, a, b, floor, caches) {
                        *found.entry(pattern).or_default() += 1;
                    }
                });
                found
            },
        )
        .reduce(HashMap::new, |a, b| {
            let (mut large, small) = if a.len() >= b.len() { (a, b) } else { (b, a) };
            small.into_iter().for_each(|(p, n)| *large.entry(p).or_default() += n);
            large
        });
    if stop.load(Ordering::Relaxed) {
        return Err(LinkError::Cancelled);
    }
    Ok(found.into_iter().map(|(p, n)| (p, n as f64 / share)).collect())
}

/// Candidates with at least `floor` bits, given to `out` (which may put them on disk). Returns how many candidates were visited.
pub fn score(
    blocking: &Blocking,
    comparisons: &Comparisons,
    frame: &Frame,
    scorer: &Scorer,
    floor: f32,
    out: &Pairs,
    stop: &Stop,
) -> Result<u64, LinkError> {
    let visited = blocking
        .work(frame)
        .par_iter()
        .map_init(
            || comparisons.caches(),
            |caches, (rule, piece)| {
                if stop.load(Ordering::Relaxed) {
                    return Err(LinkError::Cancelled);
                }
                let (mut kept, mut n) = (Vec::new(), 0u64);
                blocking.visit(frame, *rule, piece, |a, b| {
                    n += 1;
                    if let Some((bits, pattern)) = scorer.score(comparisons, frame, a, b, floor, caches)
                        && bits >= floor
                    {
                        kept.push(Scored { a, b, bits, pattern });
                    }
                });
                out.add(kept)?;
                Ok(n)
            },
        )
        .try_reduce(|| 0, |a, b| Ok(a + b))?;
    Ok(visited)
}
