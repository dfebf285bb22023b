//! From scored pairs to clusters.
//!
//! A chain of likely pairs is not a likely cluster: within each connected component, clusters are joined by the average of *all* their
//! pairs' evidence (average-linkage correlation clustering), so that contradictions between records that were never candidates count
//! too. Judgements bind first; a component that would grow beyond reason is cut at its weakest pairs and reported.

pub mod component;
pub mod judged;
pub mod union;
pub mod unique;

use rayon::prelude::*;

use crate::link::candidates::Scored;
use crate::link::error::LinkError;
use crate::link::frame::Frame;
use crate::link::spill::Pairs;
pub use judged::Judged;
use union::Union;

/// Bounds of a resolution.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Bits from which a pair is joined.
    pub merge: f32,
    pub largest: usize,
    pub one_to_one: bool,
}

/// A pair that may be joined.
pub type Edge = (f32, u32, u32);

#[derive(Debug, Default, PartialEq)]
pub struct Resolved {
    /// By row: the smallest row of its cluster.
    pub cluster: Vec<u32>,
    /// Components cut for their size: how many records each had.
    pub cut: Vec<usize>,
}

/// Clusters of all rows. `allowed` says whether a pair above the threshold has the evidence the model asks for; `score` gives the bits of
/// any pair.
pub fn resolve(
    frame: &Frame,
    pairs: &Pairs,
    bounds: Bounds,
    judged: &Judged,
    allowed: impl Fn(&Scored) -> bool,
    score: impl Fn(u32, u32) -> f32 + Sync,
) -> Result<Resolved, LinkError> {
    let mut edges: Vec<Edge> = Vec::new();
    pairs.read(|s| {
        if s.bits >= bounds.merge && allowed(&s) {
            edges.push((s.bits, s.a, s.b));
        }
    })?;
    Ok(of_edges(frame.rows, &mut edges, bounds, judged, score))
}

/// The same from edges in memory.
pub fn of_edges(
    rows: usize,
    edges: &mut [Edge],
    bounds: Bounds,
    judged: &Judged,
    score: impl Fn(u32, u32) -> f32 + Sync,
) -> Resolved {
    edges.par_sort_unstable_by(|x, y| y.0.total_cmp(&x.0).then((x.1, x.2).cmp(&(y.1, y.2))));
    if bounds.one_to_one {
        return Resolved { cluster: one_to_one(rows, edges, judged), cut: Vec::new() };
    }
    let mut sets = Union::new(rows);
    judged.same.iter().for_each(|&(a, b)| sets.join(a, b));
    edges.iter().for_each(|&(_, a, b)| sets.join(a, b));
    let mut components = component::group(&mut sets, edges, judged);
    components.par_sort_unstable_by_key(|c| std::cmp::Reverse(c.rows.len()));
    let cut = components.iter().map(|c| c.rows.len()).take_while(|n| *n > bounds.largest).collect();
    let found: Vec<Vec<(u32, u32)>> = components.par_iter().map(|c| c.resolve(bounds, &score)).collect();
    let mut cluster: Vec<u32> = (0..rows as u32).collect();
    for (row, first) in found.into_iter().flatten() {
        cluster[row as usize] = first;
    }
    Resolved { cluster, cut }
}

/// The strongest pairs first, each record once. Judgements come before all.
fn one_to_one(rows: usize, edges: &[Edge], judged: &Judged) -> Vec<u32> {
    let mut cluster: Vec<u32> = (0..rows as u32).collect();
    let mut taken = vec![false; rows];
    let judged_pairs = judged.same.iter().map(|&(a, b)| (a, b, true));
    for (a, b, bound) in judged_pairs.chain(edges.iter().map(|&(_, a, b)| (a, b, false))) {
        let free = !taken[a as usize] && !taken[b as usize];
        if free && (bound || !judged.apart(a, b)) {
            (taken[a as usize], taken[b as usize]) = (true, true);
            cluster[a.max(b) as usize] = a.min(b);
        }
    }
    cluster
}
