//! Disjoint sets with pairs that may never meet.

use std::collections::BTreeSet;

/// Union-find by size with path halving; a set knows the sets it may not be joined with.
pub struct Sets {
    parent: Vec<usize>,
    size: Vec<usize>,
    /// Roots a root may not meet; symmetric.
    apart: Vec<BTreeSet<usize>>,
}

impl Sets {
    pub fn new(n: usize) -> Self {
        Sets { parent: (0..n).collect(), size: vec![1; n], apart: vec![BTreeSet::new(); n] }
    }

    pub fn root(&mut self, mut i: usize) -> usize {
        while self.parent[i] != i {
            self.parent[i] = self.parent[self.parent[i]];
            i = self.parent[i];
        }
        i
    }

    /// Forbids a meeting; false when the two are in one set already.
    pub fn keep_apart(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return false;
        }
        self.apart[a].insert(b);
        self.apart[b].insert(a);
        true
    }

    /// Joins two sets; false when that is forbidden. Two members of one set are joined already.
    pub fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return true;
        }
        if self.apart[a].contains(&b) {
            return false;
        }
        let (big, small) = if (self.size[a], b) >= (self.size[b], a) { (a, b) } else { (b, a) };
        self.parent[small] = big;
        self.size[big] += self.size[small];
        for enemy in std::mem::take(&mut self.apart[small]) {
            self.apart[enemy].remove(&small);
            self.apart[enemy].insert(big);
            self.apart[big].insert(enemy);
        }
        true
    }
}
