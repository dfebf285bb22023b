//! Parameters from labelled pairs.

use crate::link::comparison::{Comparisons, at};
use crate::link::frame::Frame;
use crate::link::parameters::Parameters;
use crate::link::train::{Chance, start};

/// `m` is counted over the labelled matches (with the starting values weighing a few matches, so that no level is impossible), `u` over
/// chance less the labelled matches; the prior is the labelled matches' share of all pairs, `share` of the records being labelled.
pub fn train(matches: &[(u32, u32)], share: f64, comparisons: &Comparisons, frame: &Frame, chance: &Chance) -> Parameters {
    let mut out = start(comparisons, frame, chance, None);
    let mut caches = comparisons.caches();
    let mut counts = vec![[0f64; 16]; comparisons.all.len()];
    for &(a, b) in matches {
        let pattern = comparisons.pattern(frame, a, b, &mut caches);
        counts.iter_mut().enumerate().for_each(|(c, row)| row[at(pattern, c)] += 1.0);
    }
    let scale = 1.0 / share.clamp(1e-6, 1.0);
    for (c, field) in out.fields.iter_mut().enumerate() {
        let seen: f64 = counts[c][1..].iter().sum();
        for (i, level) in field.levels.iter_mut().enumerate() {
            level.m = (counts[c][i + 1] + 4.0 * level.m) / (seen + 4.0);
        }
        let matched: Vec<f64> = (0..chance.levels[c].len()).map(|i| scale * counts[c][i]).collect();
        field.levels.iter_mut().zip(chance.shares(c, &matched)).for_each(|(l, u)| l.u = u);
    }
    out.prior = ((matches.len() as f64 * scale + 0.5) / (chance.all + 1.0)).clamp(1e-15, 0.5);
    out.converged = true;
    out
}
