//! Whether each of two tables holds everybody once.

use std::collections::HashSet;

use crate::link::comparison::Comparisons;
use crate::link::frame::Frame;
use crate::link::score::Scorer;
use crate::link::spill::Pairs;

/// Records looked at.
const SAMPLE: usize = 20_000;

/// A table with repetitions shows them where a record of one table is likely the same as two of the other, and those two are likely one
/// between themselves. Where fewer than one in two hundred matched records is such, both tables are taken to hold everybody once.
pub fn each_is_one(frame: &Frame, comparisons: &Comparisons, scorer: &Scorer, merge: f32, pairs: &Pairs) -> bool {
    let mut best: std::collections::HashMap<u32, Vec<u32>> = std::collections::HashMap::new();
    let mut records: HashSet<u32> = HashSet::new();
    let read = pairs.read(|s| {
        if s.bits >= merge && records.len() < 2 * SAMPLE {
            records.insert(s.a);
            for (one, other) in [(s.a, s.b), (s.b, s.a)] {
                let partners = best.entry(one).or_default();
                if partners.len() < 4 {
                    partners.push(other);
                }
            }
        }
    });
    if read.is_err() {
        return false;
    }
    let mut caches = comparisons.caches();
    let mut repeated = 0usize;
    for partners in best.values() {
        let found = partners.iter().enumerate().any(|(i, &a)| {
            partners[..i].iter().any(|&b| {
                let pattern = comparisons.pattern(frame, a, b, &mut caches);
                scorer.total(comparisons, frame, pattern, a) >= merge
            })
        });
        repeated += usize::from(found);
    }
    repeated * 200 < best.len().max(1)
}
