//! One connected component, taken apart.

use std::collections::HashMap;

use crate::link::resolve::union::Union;
use crate::link::resolve::{Bounds, Edge, Judged};
use crate::sets::Sets;

/// Evidence of one pair counts this much at most in an average, for and against: one absurdity does not outweigh ten agreements.
const MOST_BITS: f32 = 12.0;

/// Records that likely pairs or judgements connect. Sorted rows.
#[derive(Debug, Default)]
pub struct Component {
    pub rows: Vec<u32>,
    pub edges: Vec<Edge>,
    same: Vec<(u32, u32)>,
    apart: Vec<(u32, u32)>,
}

/// Components of two and more records, by their union-find.
pub fn group(sets: &mut Union, edges: &[Edge], judged: &Judged) -> Vec<Component> {
    let mut number: HashMap<u32, usize> = HashMap::new();
    let mut out: Vec<Component> = Vec::new();
    let mut at = |sets: &mut Union, out: &mut Vec<Component>, row: u32| {
        let root = sets.root(row);
        *number.entry(root).or_insert_with(|| {
            out.push(Component::default());
            out.len() - 1
        })
    };
    for &edge in edges {
        let i = at(sets, &mut out, edge.1);
        out[i].edges.push(edge);
    }
    for &(a, b) in &judged.same {
        let i = at(sets, &mut out, a);
        out[i].same.push((a, b));
    }
    for component in &mut out {
        let rows = component.edges.iter().map(|e| (e.1, e.2)).chain(component.same.iter().copied());
        component.rows = rows.flat_map(|(a, b)| [a, b]).collect();
        component.rows.sort_unstable();
        component.rows.dedup();
    }
    for component in out.iter_mut() {
        // Few components have judgements against; looking each pair up is dear only where there are any.
        for (a, b) in judged.against(&component.rows) {
            component.apart.push((a, b));
        }
    }
    out
}

impl Component {
    /// Clusters: each row with the smallest row of its cluster.
    pub fn resolve(&self, bounds: Bounds, score: &impl Fn(u32, u32) -> f32) -> Vec<(u32, u32)> {
        if self.rows.len() == 2 && self.apart.is_empty() && self.edges.iter().all(|e| e.0 > f32::NEG_INFINITY) {
            return vec![(self.rows[0], self.rows[0]), (self.rows[1], self.rows[0])];
        }
        let mut out = Vec::with_capacity(self.rows.len());
        for piece in self.pieces(bounds.largest) {
            out.extend(self.join(&piece, score));
        }
        out
    }

    fn place(&self, row: u32) -> usize {
        self.rows.binary_search(&row).unwrap_or(0)
    }

    /// The component, or where it is too large, parts of at most `largest` grown along its strongest pairs.
    fn pieces(&self, largest: usize) -> Vec<Vec<u32>> {
        if self.rows.len() <= largest {
            return vec![self.rows.clone()];
        }
        let n = self.rows.len();
        let mut sets = Sets::new(n);
        let mut size = vec![1usize; n];
        let mut join = |sets: &mut Sets, a: u32, b: u32, most: usize| {
            let (p, q) = (sets.root(self.place(a)), sets.root(self.place(b)));
            let sum = size[p] + size[q];
            if p != q && sum <= most && sets.join(p, q) {
                let root = sets.root(p);
                size[root] = sum;
            }
        };
        self.same.iter().for_each(|&(a, b)| join(&mut sets, a, b, usize::MAX));
        self.edges.iter().for_each(|&(_, a, b)| join(&mut sets, a, b, largest));
        let mut parts: HashMap<usize, Vec<u32>> = HashMap::new();
        for (i, &row) in self.rows.iter().enumerate() {
            parts.entry(sets.root(i)).or_default().push(row);
        }
        let mut parts: Vec<Vec<u32>> = parts.into_values().collect();
        parts.sort_unstable();
        parts
    }

    /// Average linkage over the evidence of all pairs: joins the two clusters with the highest average as long as it speaks for them and a
    /// pair between them is an edge.
    fn join(&self, rows: &[u32], score: &impl Fn(u32, u32) -> f32) -> Vec<(u32, u32)> {
        let n = rows.len();
        let at = |row: u32| rows.binary_search(&row).ok();
        let mut sum = vec![f32::NAN; n * n];
        let mut edge = vec![false; n * n];
        for &(bits, a, b) in &self.edges {
            if let (Some(i), Some(j)) = (at(a), at(b)) {
                (sum[i * n + j], sum[j * n + i]) = (bits, bits);
                (edge[i * n + j], edge[j * n + i]) = (true, true);
            }
        }
        for i in 0..n {
            for j in i + 1..n {
                let bits = if sum[i * n + j].is_nan() { score(rows[i], rows[j]) } else { sum[i * n + j] };
                // What excludes is no evidence to be outweighed.
                let bits = if bits == f32::NEG_INFINITY { bits } else { bits.clamp(-MOST_BITS, MOST_BITS) };
                (sum[i * n + j], sum[j * n + i]) = (bits, bits);
            }
        }
        for &(a, b) in &self.apart {
            if let (Some(i), Some(j)) = (at(a), at(b)) {
                (sum[i * n + j], sum[j * n + i]) = (f32::NEG_INFINITY, f32::NEG_INFINITY);
            }
        }
        let mut clusters = Clusters { n, sum, edge, size: vec![1; n], to: (0..n).collect() };
        for &(a, b) in &self.same {
            if let (Some(i), Some(j)) = (at(a), at(b)) {
                clusters.merge_rows(i, j);
            }
        }
        while let Some((i, j)) = clusters.best() {
            clusters.merge(i, j);
        }
        (0..n).map(|i| (rows[i], rows[clusters.root(i)])).collect()
    }
}

/// Clusters of a component: sums of evidence between every two, kept under their smallest member.
struct Clusters {
    n: usize,
    sum: Vec<f32>,
    edge: Vec<bool>,
    size: Vec<usize>,
    to: Vec<usize>,
}

impl Clusters {
    fn root(&self, mut i: usize) -> usize {
        while self.to[i] != i {
            i = self.to[i];
        }
        i
    }

    fn best(&self) -> Option<(usize, usize)> {
        let mut best = (0.0f32, None);
        for i in (0..self.n).filter(|&i| self.to[i] == i) {
            for j in (i + 1..self.n).filter(|&j| self.to[j] == j && self.edge[i * self.n + j]) {
                let average = self.sum[i * self.n + j] / (self.size[i] * self.size[j]) as f32;
                if average > best.0 {
                    best = (average, Some((i, j)));
                }
            }
        }
        best.1
    }

    fn merge_rows(&mut self, a: usize, b: usize) {
        let (i, j) = (self.root(a), self.root(b));
        if i != j {
            self.merge(i.min(j), i.max(j));
        }
    }

    fn merge(&mut self, i: usize, j: usize) {
        let n = self.n;
        for k in (0..n).filter(|&k| self.to[k] == k && k != i && k != j) {
            let sum = self.sum[i * n + k] + self.sum[j * n + k];
            (self.sum[i * n + k], self.sum[k * n + i]) = (sum, sum);
            let edge = self.edge[i * n + k] || self.edge[j * n + k];
            (self.edge[i * n + k], self.edge[k * n + i]) = (edge, edge);
        }
        self.size[i] += self.size[j];
        self.to[j] = i;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judgement::{Judgement, Verdict};
    use crate::link::resolve::of_edges;

    const BOUNDS: Bounds = Bounds { merge: 0.0, largest: 50, one_to_one: false };

    fn judged(pairs: &[(u32, u32, Verdict)]) -> Judged {
        let all: Vec<Judgement> = pairs
            .iter()
            .map(|&(a, b, verdict)| Judgement {
                left: a.to_string(),
                right: b.to_string(),
                verdict,
                who: "r".into(),
                when: 1,
                why: String::new(),
            })
            .collect();
        Judged::new(100, &all, |id| id.parse().ok())
    }

    #[test]
    fn a_weak_bridge_does_not_join_two_groups() {
        let mut edges = vec![(9.0, 0, 1), (9.0, 1, 2), (9.0, 0, 2), (9.0, 3, 4), (9.0, 4, 5), (9.0, 3, 5), (1.0, 2, 3)];
        let found = of_edges(7, &mut edges, BOUNDS, &Judged::default(), |_, _| -8.0);
        assert_eq!(found.cluster, [0, 0, 0, 3, 3, 3, 6]);
        let found = of_edges(7, &mut edges, BOUNDS, &Judged::default(), |_, _| 3.0);
        assert_eq!(found.cluster, [0, 0, 0, 0, 0, 0, 6], "unless the other pairs agree with it");
    }

    #[test]
    fn what_is_excluded_is_never_in_one_cluster() {
        let mut edges: Vec<Edge> =
            (0..6).flat_map(|a| (a + 1..6).map(move |b| (12.0, a, b))).filter(|e| (e.1, e.2) != (0, 5)).collect();
        let found = of_edges(6, &mut edges, BOUNDS, &Judged::default(), |_, _| f32::NEG_INFINITY);
        assert_ne!(found.cluster[0], found.cluster[5], "{found:?}");
        let found = of_edges(6, &mut edges, BOUNDS, &judged(&[(0, 5, Verdict::Same)]), |_, _| f32::NEG_INFINITY);
        assert_eq!(found.cluster[0], found.cluster[5], "unless somebody judged so");
    }

    #[test]
    fn judgements_bind() {
        let mut edges = vec![(9.0, 0, 1), (9.0, 1, 2), (9.0, 0, 2)];
        let found = of_edges(4, &mut edges, BOUNDS, &judged(&[(0, 2, Verdict::NotSame), (2, 3, Verdict::Same)]), |_, _| -5.0);
        assert!(found.cluster[0] != found.cluster[2] && found.cluster[2] == found.cluster[3], "{found:?}");
        let found = of_edges(2, &mut [(9.0, 0, 1)], BOUNDS, &judged(&[(0, 1, Verdict::NotSame)]), |_, _| 0.0);
        assert_eq!(found.cluster, [0, 1]);
    }

    #[test]
    fn a_giant_is_cut() {
        let mut edges: Vec<Edge> = (0..99).map(|i| (5.0 + (i % 10) as f32, i, i + 1)).collect();
        let found = of_edges(100, &mut edges, Bounds { largest: 10, ..BOUNDS }, &Judged::default(), |_, _| 5.0);
        let mut sizes: HashMap<u32, usize> = HashMap::new();
        found.cluster.iter().for_each(|c| *sizes.entry(*c).or_default() += 1);
        assert!(sizes.values().all(|n| *n <= 10) && found.cut == [100], "{sizes:?}");
    }

    #[test]
    fn one_to_one_takes_the_strongest() {
        let mut edges = vec![(5.0, 0, 2), (9.0, 0, 3), (4.0, 1, 3), (3.0, 1, 2)];
        let found = of_edges(4, &mut edges, Bounds { one_to_one: true, ..BOUNDS }, &Judged::default(), |_, _| 0.0);
        assert_eq!(found.cluster, [0, 1, 1, 0]);
    }
}
