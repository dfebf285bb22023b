//! How good a result is against a truth.

use std::collections::HashMap;

use serde::Serialize;

use crate::link::block::Blocking;
use crate::link::frame::Frame;
use crate::link::model::Mode;

/// By row: the number of the true thing, `None` where the truth says nothing.
pub type Labels = [Option<u32>];

/// Measures over the labelled rows. Shares from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Quality {
    /// Pairs of records of one thing: in truth, in the result, in both.
    pub true_pairs: u64,
    pub found_pairs: u64,
    pub right_pairs: u64,
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    /// Clusters that are exactly one true thing, singles among them.
    pub cluster_precision: f64,
    pub cluster_recall: f64,
    pub cluster_f1: f64,
    /// B-cubed (Bagga and Baldwin 1998): per record.
    pub b3_precision: f64,
    pub b3_recall: f64,
    pub b3_f1: f64,
    /// True pairs that blocking finds.
    pub blocking_recall: f64,
}

pub fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
}

fn share(part: f64, whole: f64) -> f64 {
    if whole == 0.0 { 1.0 } else { part / whole }
}

/// Rows of the first and the second table.
type Sides = [u64; 2];

fn pairs(frame: &Frame, s: Sides) -> u64 {
    if frame.mode == Mode::Link {
        return s[0] * s[1];
    }
    let n = s[0] + s[1];
    n * n.saturating_sub(1) / 2
}

/// Measures clusters (by row, the cluster's number).
pub fn quality(frame: &Frame, clusters: &[u32], labels: &Labels, blocking: Option<&Blocking>) -> Quality {
    let mut truth: HashMap<u32, Sides> = HashMap::new();
    let mut found: HashMap<u32, Sides> = HashMap::new();
    let mut both: HashMap<(u32, u32), Sides> = HashMap::new();
    for (row, (&cluster, label)) in clusters.iter().zip(labels).enumerate() {
        let Some(label) = *label else { continue };
        let side = frame.source(row as u32);
        truth.entry(label).or_default()[side] += 1;
        found.entry(cluster).or_default()[side] += 1;
        both.entry((cluster, label)).or_default()[side] += 1;
    }
    let mut q = Quality {
        true_pairs: truth.values().map(|s| pairs(frame, *s)).sum(),
        found_pairs: found.values().map(|s| pairs(frame, *s)).sum(),
        right_pairs: both.values().map(|s| pairs(frame, *s)).sum(),
        ..Quality::default()
    };
    q.precision = share(q.right_pairs as f64, q.found_pairs as f64);
    q.recall = share(q.right_pairs as f64, q.true_pairs as f64);
    q.f1 = f1(q.precision, q.recall);
    let exact = both.iter().filter(|((c, l), s)| found.get(c) == Some(*s) && truth.get(l) == Some(*s)).count() as f64;
    q.cluster_precision = share(exact, found.len() as f64);
    q.cluster_recall = share(exact, truth.len() as f64);
    q.cluster_f1 = f1(q.cluster_precision, q.cluster_recall);
    let rows: u64 = truth.values().map(|s| s[0] + s[1]).sum();
    let size = |s: Option<&Sides>| s.map_or(1.0, |s| (s[0] + s[1]) as f64);
    let (mut p, mut r) = (0.0, 0.0);
    for ((cluster, label), s) in &both {
        let n = (s[0] + s[1]) as f64;
        p += n * n / size(found.get(cluster));
        r += n * n / size(truth.get(label));
    }
    q.b3_precision = share(p, rows as f64);
    q.b3_recall = share(r, rows as f64);
    q.b3_f1 = f1(q.b3_precision, q.b3_recall);
    q.blocking_recall = blocking.map_or(1.0, |b| reached(frame, labels, b, q.true_pairs));
    q
}

/// Share of true pairs that some rule finds.
fn reached(frame: &Frame, labels: &Labels, blocking: &Blocking, all: u64) -> f64 {
    if blocking.whole {
        return 1.0;
    }
    let mut found = 0u64;
    each_true_pair(frame, labels, |a, b| found += u64::from(blocking.finds(a, b)));
    share(found as f64, all as f64)
}

/// Calls `f` for every pair of rows that the truth holds to be one.
pub fn each_true_pair(frame: &Frame, labels: &Labels, mut f: impl FnMut(u32, u32)) {
    let mut rows: Vec<(u32, u32)> = labels.iter().enumerate().filter_map(|(row, l)| l.map(|l| (l, row as u32))).collect();
    rows.sort_unstable();
    for group in rows.chunk_by(|a, b| a.0 == b.0) {
        for (j, &(_, b)) in group.iter().enumerate() {
            group[..j].iter().filter(|x| frame.asked(x.1, b)).for_each(|&(_, a)| f(a, b));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_of_a_small_case_by_hand() {
        let frame =
            Frame { mode: Mode::Dedupe, left: 5, rows: 5, ids: Default::default(), fields: Vec::new(), names: Vec::new() };
        // Truth {0,1,2} {3,4}; result {0,1} {2,3,4}.
        let q = quality(&frame, &[0, 0, 2, 2, 2], &[Some(7), Some(7), Some(7), Some(9), Some(9)], None);
        assert_eq!((q.true_pairs, q.found_pairs, q.right_pairs), (4, 4, 2));
        assert!((q.f1 - 0.5).abs() < 1e-12 && q.cluster_f1 == 0.0);
        // B³ precision: (2·1 + 1/3 + 2·2/3) / 5; recall: (2·2/3 + 1/3 + 2·1) / 5.
        assert!((q.b3_precision - (2.0 + 1.0 / 3.0 + 4.0 / 3.0) / 5.0).abs() < 1e-12);
        assert!((q.b3_recall - (4.0 / 3.0 + 1.0 / 3.0 + 2.0) / 5.0).abs() < 1e-12);
        let q = quality(&frame, &[0, 0, 0, 3, 3], &[Some(1), Some(1), Some(1), Some(2), None], None);
        assert_eq!((q.f1, q.cluster_f1, q.b3_f1, q.true_pairs), (1.0, 1.0, 1.0, 3));
    }
}
