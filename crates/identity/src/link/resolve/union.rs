//! Union-find in four bytes a row.

/// Disjoint sets of rows; the root of a set is its smallest row.
#[derive(Debug)]
pub struct Union(Vec<u32>);

impl Union {
    pub fn new(rows: usize) -> Union {
        Union((0..rows as u32).collect())
    }

    pub fn root(&mut self, mut i: u32) -> u32 {
        while self.0[i as usize] != i {
            let above = self.0[self.0[i as usize] as usize];
            self.0[i as usize] = above;
            i = above;
        }
        i
    }

    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}
