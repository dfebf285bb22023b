//! The weight of evidence of one pair (Fellegi and Sunter 1969), in bits.

use crate::link::comparison::{Cache, Comparisons, at};
use crate::link::frame::Frame;
use crate::link::level::Level;
use crate::link::parameters::Parameters;

/// log2 of the odds that a pair matches, to a probability.
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

/// The bits of a probability.
pub fn bits(probability: f64) -> f64 {
    (probability / (1.0 - probability)).log2()
}

/// Adds up a pair's evidence from tables made once.
#[derive(Debug)]
pub struct Scorer {
    prior: f32,
    /// By comparison and level number; level 0 is worth nothing.
    weights: Vec<[f32; 16]>,
    /// By comparison and code: weight of exact agreement on that value. Empty without term frequency.
    exact: Vec<Vec<f32>>,
    /// Comparisons, the most telling first; with the most that those after it can add.
    order: Vec<(usize, f32)>,
}

impl Scorer {
    /// `duplicates` is how many further records of the same thing a record has on average: its own repetitions do not make a value common.
    pub fn new(parameters: &Parameters, comparisons: &Comparisons, frame: &Frame, duplicates: f64) -> Scorer {
        let mut weights = Vec::new();
        let mut exact = Vec::new();
        for (p, c) in parameters.fields.iter().zip(&comparisons.all) {
            let mut row = [0f32; 16];
            for (i, level) in p.levels.iter().enumerate() {
                row[i + 1] = level.bits() as f32;
            }
            weights.push(row);
            exact.push(if c.frequency && c.levels[0] == Level::Exact {
                frequencies(
                    p.levels[0].m,
                    &frame.fields[c.field].column.counts,
                    frame.fields[c.field].column.filled() as f64,
                    duplicates,
                )
            } else {
                Vec::new()
            });
        }
        let most: Vec<f32> = weights
            .iter()
            .zip(&exact)
            .map(|(w, e): (&[f32; 16], &Vec<f32>)| e.iter().chain(w).copied().fold(0.0, f32::max))
            .collect();
        let mut order: Vec<usize> = (0..weights.len()).collect();
        let telling = |c: usize| {
            let levels = &parameters.fields[c].levels;
            let expected: f64 = levels.iter().map(|l| l.u * -l.bits().min(0.0)).sum();
            let filled = frame.fields[comparisons.all[c].field].column.filled() as f64 / frame.rows.max(1) as f64;
            expected * filled * filled + f64::from(most[c]) * 0.2
        };
        order.sort_by(|&a, &b| telling(b).total_cmp(&telling(a)));
        let mut rest = 0.0;
        let mut ordered: Vec<(usize, f32)> = Vec::new();
        for &c in order.iter().rev() {
            ordered.push((c, rest));
            rest += most[c];
        }
        ordered.reverse();
        Scorer { prior: parameters.prior_bits() as f32, weights, exact, order: ordered }
    }

    /// As [`Scorer::new`] with frequencies of values that were counted elsewhere: by field, the rows of each value; a value not in there counts as
    /// one that was met once.
    pub fn frozen(
        parameters: &Parameters,
        comparisons: &Comparisons,
        frame: &Frame,
        duplicates: f64,
        counts: &[std::collections::HashMap<String, u32>],
    ) -> Scorer {
        let mut out = Scorer::new(parameters, comparisons, frame, duplicates);
        for (c, comparison) in comparisons.all.iter().enumerate().filter(|(_, k)| k.frequency && k.levels[0] == Level::Exact) {
            let known = &counts[comparison.field];
            let rows: f64 = known.values().map(|&n| f64::from(n)).sum();
            let values = &frame.fields[comparison.field].column.values;
            let here: Vec<u32> = values.iter().map(|v| known.get(v).copied().unwrap_or(1)).collect();
            out.exact[c] = frequencies(parameters.fields[c].levels[0].m, &here, rows, duplicates);
        }
        out
    }

    /// Bits and levels of a pair; `None` as soon as it cannot reach `floor`.
    #[inline]
    pub fn score(
        &self,
        comparisons: &Comparisons,
        frame: &Frame,
        a: u32,
        b: u32,
        floor: f32,
        caches: &mut [Cache],
    ) -> Option<(f32, u64)> {
        let (mut bits, mut pattern) = (self.prior, 0u64);
        for &(c, rest) in &self.order {
            let level = comparisons.level(frame, c, a, b, caches);
            pattern |= u64::from(level) << (4 * c);
            bits += self.weight(comparisons, frame, c, level as usize, a);
            if bits + rest < floor {
                return None;
            }
        }
        Some((bits, pattern))
    }

    /// Bits of a pair whose levels are known.
    pub fn total(&self, comparisons: &Comparisons, frame: &Frame, pattern: u64, row: u32) -> f32 {
        (0..self.weights.len()).fold(self.prior, |bits, c| bits + self.weight(comparisons, frame, c, at(pattern, c), row))
    }

    /// Evidence of one comparison on a level, for a row's value.
    #[inline]
    pub fn weight(&self, comparisons: &Comparisons, frame: &Frame, c: usize, level: usize, row: u32) -> f32 {
        if level == 1 && !self.exact[c].is_empty() {
            let code = frame.fields[comparisons.all[c].field].column.codes[row as usize];
            return self.exact[c].get(code as usize).copied().unwrap_or(self.weights[c][1]);
        }
        self.weights[c][level]
    }

    /// Evidence on a level for a value of average frequency.
    pub fn average(&self, c: usize, level: usize) -> f32 {
        self.weights[c][level]
    }

    pub fn prior(&self) -> f32 {
        self.prior
    }

    /// Independent groups that speak for a match with at least `least` bits.
    pub fn groups(&self, comparisons: &Comparisons, frame: &Frame, pattern: u64, row: u32, groups: &[usize], least: f32) -> u32 {
        let mut seen = 0u64;
        for (c, group) in groups.iter().enumerate().take(self.weights.len()) {
            let level = at(pattern, c);
            if level != 0 && self.weight(comparisons, frame, c, level, row) >= least {
                seen |= 1 << group;
            }
        }
        seen.count_ones()
    }
}

/// Weight of exact agreement by value: log2(m / share of the other things' records that have the value).
fn frequencies(m: f64, counts: &[u32], rows: f64, duplicates: f64) -> Vec<f32> {
    let rows = rows.max(1.0);
    let bits = |count: u32| {
        let others = (f64::from(count) - 1.0 - duplicates).max(0.5);
        (m / (others / rows).min(1.0)).log2() as f32
    };
    counts.iter().enumerate().map(|(code, &c)| if code == 0 { 0.0 } else { bits(c) }).collect()
}
