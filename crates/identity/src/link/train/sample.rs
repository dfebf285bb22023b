//! How often levels come about by chance: random pairs, and exact agreement counted outright.

use rayon::prelude::*;

use crate::link::comparison::{Comparisons, at};
use crate::link::frame::Frame;
use crate::link::level::Level;
use crate::link::model::Mode;
use crate::link::train::Chance;

/// Pairs of one piece of work.
const PIECE: usize = 16_384;

/// SplitMix64 (Steele, Lea, Flood 2014): a hash of a counter, so that a sample does not depend on threads.
pub fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

/// The `i`-th random pair.
fn pair(frame: &Frame, i: u64) -> (u32, u32) {
    let below = |x: u64, n: usize| ((u128::from(mix(x)) * n as u128) >> 64) as u32;
    if frame.mode == Mode::Link {
        return (below(2 * i, frame.left), frame.left as u32 + below(2 * i + 1, frame.rows - frame.left));
    }
    let a = below(2 * i, frame.rows);
    let b = below(2 * i + 1, frame.rows - 1);
    (a, if b >= a { b + 1 } else { b })
}

/// The `i`-th of all pairs, for tables small enough to look at every one.
fn every(frame: &Frame, i: u64) -> (u32, u32) {
    if frame.mode == Mode::Link {
        let right = (frame.rows - frame.left) as u64;
        return ((i / right) as u32, (frame.left as u64 + i % right) as u32);
    }
    let b = ((1.0 + (1.0 + 8.0 * i as f64).sqrt()) / 2.0) as u64;
    let b = if b * (b - 1) / 2 > i {
        b - 1
    } else if b * (b + 1) / 2 <= i {
        b + 1
    } else {
        b
    };
    ((i - b * (b - 1) / 2) as u32, b as u32)
}

pub fn chance(comparisons: &Comparisons, frame: &Frame, sample: usize) -> Chance {
    let all = frame.pairs();
    let whole = all <= 2.0 * sample as f64;
    let n = if all < 1.0 {
        0
    } else if whole {
        all as usize
    } else {
        sample
    };
    let pieces: Vec<usize> = (0..n).step_by(PIECE).collect();
    let empty = || vec![[0u64; 16]; comparisons.all.len()];
    let counts = pieces
        .par_iter()
        .map(|&from| {
            let (mut counts, mut caches) = (empty(), comparisons.caches());
            for i in from..(from + PIECE).min(n) {
                let (a, b) = if whole { every(frame, i as u64) } else { pair(frame, i as u64) };
                let pattern = comparisons.pattern(frame, a, b, &mut caches);
                for (c, row) in counts.iter_mut().enumerate() {
                    row[at(pattern, c)] += 1;
                }
            }
            counts
        })
        .reduce(empty, |mut a, b| {
            a.iter_mut().zip(b).for_each(|(x, y)| x.iter_mut().zip(y).for_each(|(p, q)| *p += q));
            a
        });
    let step = if n == 0 { 1.0 } else { all / n as f64 };
    let mut levels: Vec<Vec<f64>> = counts
        .iter()
        .zip(&comparisons.all)
        .map(|(row, c)| row[..=usize::from(c.none())].iter().map(|&n| n as f64 * step).collect())
        .collect();
    let mut counted = vec![whole; levels.len()];
    if !whole {
        for (c, comparison) in comparisons.all.iter().enumerate() {
            if comparison.levels[0] == Level::Exact && comparison.given.is_none() && comparison.unless_swapped.is_none() {
                let outright = agreeing(frame, comparison.field);
                let none = usize::from(comparison.none());
                levels[c][none] = (levels[c][none] + levels[c][1] - outright).max(0.0);
                levels[c][1] = outright;
                counted[c] = true;
            }
        }
    }
    Chance { all, levels, step, counted }
}

/// Pairs with equal values of a field, counted from the frequencies.
fn agreeing(frame: &Frame, field: usize) -> f64 {
    let column = &frame.fields[field].column;
    if frame.mode != Mode::Link {
        return column.counts.iter().skip(1).map(|&n| f64::from(n) * (f64::from(n) - 1.0) / 2.0).sum();
    }
    let mut left = vec![0u32; column.counts.len()];
    column.codes[..frame.left].iter().for_each(|&c| left[c as usize] += 1);
    left.iter().zip(&column.counts).skip(1).map(|(&l, &n)| f64::from(l) * f64::from(n - l)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(mode: Mode, left: usize, rows: usize) -> Frame {
        Frame { mode, left, rows, ids: Default::default(), fields: Vec::new(), names: Vec::new() }
    }

    #[test]
    fn every_pair_once() {
        for (mode, left, rows) in [(Mode::Dedupe, 7, 7), (Mode::Link, 3, 8), (Mode::LinkAndDedupe, 3, 8)] {
            let f = frame(mode, left, rows);
            let mut seen: Vec<(u32, u32)> = (0..f.pairs() as u64).map(|i| every(&f, i)).collect();
            assert!(seen.iter().all(|&(a, b)| a < b && (b as usize) < rows && f.asked(a, b)), "{mode:?} {seen:?}");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), f.pairs() as usize);
        }
    }

    #[test]
    fn random_pairs_are_asked_for() {
        for (mode, left, rows) in [(Mode::Dedupe, 7, 7), (Mode::Link, 3, 8)] {
            let f = frame(mode, left, rows);
            assert!(
                (0..1000)
                    .map(|i| pair(&f, i))
                    .all(|(a, b)| a != b && f.asked(a, b) && (a as usize) < rows && (b as usize) < rows)
            );
        }
    }
}
