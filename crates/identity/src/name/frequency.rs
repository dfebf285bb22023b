//! How common words are: agreement on a rare name tells more than agreement on a common one.

use std::collections::HashMap;

use super::key::PhoneticKey;
use super::parse::{Name, Part, WordClass};

/// Counts of words by their sound, so that all spellings of a name count together.
#[derive(Debug, Clone, Default)]
pub struct Frequencies {
    counts: HashMap<PhoneticKey, u32>,
    all: u64,
    /// How often a word that is not among the counts may have been met at most; 0 where all are.
    unseen: u32,
}

impl Frequencies {
    /// Counts the own names of the data at hand.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a Name>) -> Self {
        let mut out = Frequencies::default();
        for word in names.into_iter().flat_map(|n| &n.own.words).filter(|w| w.class != WordClass::Initial) {
            *out.counts.entry(word.key).or_default() += 1;
            out.all += 1;
        }
        out
    }

    /// The counts that at least `least` words share, which say nothing of any one person; and the number of all.
    pub fn shared(&self, least: u32) -> (u64, Vec<(u64, u32)>) {
        let mut out: Vec<(u64, u32)> = self.counts.iter().filter(|(_, n)| **n >= least).map(|(k, n)| (k.0, *n)).collect();
        out.sort_unstable();
        (self.all, out)
    }

    /// From counts kept earlier by [`Frequencies::shared`]; a word not among them counts as met half of `least` times.
    pub fn of_counts(all: u64, counts: &[(u64, u32)], least: u32) -> Self {
        Frequencies { counts: counts.iter().map(|(k, n)| (PhoneticKey(*k), *n)).collect(), all, unseen: least / 2 }
    }

    /// Gives each word the bits it is worth among the counted names, 1 to 16; what is never seen counts as seen once. Of few names
    /// nothing can be told: below a thousand words the usual bits stay.
    pub fn weigh(&self, name: &mut Name) {
        if self.all < 1000 {
            return;
        }
        let parts = std::iter::once(&mut name.own).chain(&mut name.aliases);
        for part in parts.chain(name.relatives.iter_mut().flat_map(|r| &mut r.names)) {
            self.weigh_part(part);
        }
    }

    fn weigh_part(&self, part: &mut Part) {
        for word in part.words.iter_mut().filter(|w| w.class != WordClass::Initial && w.bits > 1.0) {
            let seen = self.counts.get(&word.key).copied().unwrap_or(self.unseen).max(1);
            let bits = (self.all as f64 / f64::from(seen)).log2() as f32;
            // A class known to say little keeps saying little where it happens to be rare.
            word.bits = if word.class == WordClass::Given { bits.clamp(2.0, 16.0) } else { bits.clamp(1.0, word.bits) };
        }
    }
}
