//! Bounds on likeness from sets of letters: most pairs of values are seen to be unlike without comparing them.

/// Letters of a text as bits (of a hash, for letters beyond ASCII), and how many characters it has (64 at most, as comparators look).
#[derive(Debug, Clone, Copy, Default)]
pub struct Bag {
    letters: u64,
    length: u32,
}

impl Bag {
    pub fn new(text: &str) -> Bag {
        let mut bag = Bag::default();
        for c in text.chars().take(64) {
            bag.letters |= 1 << (c as u32 & 63);
            bag.length += 1;
        }
        bag
    }

    /// Characters, 64 at most.
    pub fn length(self) -> u32 {
        self.length
    }

    /// Letters of one that the other cannot match: each needs an edit of its own, and matches in none of the likenesses.
    fn alone(self, other: Bag) -> u32 {
        (self.letters & !other.letters).count_ones()
    }

    /// No edit distance (with or without swaps) is smaller.
    #[inline]
    pub fn least_edits(self, other: Bag) -> usize {
        let alone = self.alone(other).max(other.alone(self));
        alone.max(self.length.abs_diff(other.length)) as usize
    }

    /// No Jaro-Winkler similarity is greater.
    #[inline]
    pub fn most_winkler(self, other: Bag) -> f32 {
        if self.length == 0 || other.length == 0 {
            return 1.0;
        }
        let matches = (self.length - self.alone(other)).min(other.length - other.alone(self)) as f32;
        let jaro = (matches / self.length as f32 + matches / other.length as f32 + 1.0) / 3.0;
        jaro + 0.4 * (1.0 - jaro)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::compare::text::{damerau, jaro_winkler, levenshtein};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bounds_hold(a in "[a-f रामशक]{0,12}", b in "[a-f रामशक]{0,12}") {
            let (x, y) = (Bag::new(&a), Bag::new(&b));
            prop_assert!(x.least_edits(y) <= damerau(&a, &b, 64));
            prop_assert!(x.least_edits(y) <= levenshtein(&a, &b, 64));
            prop_assert!(x.most_winkler(y) + 1e-5 >= jaro_winkler(&a, &b));
        }
    }
}
