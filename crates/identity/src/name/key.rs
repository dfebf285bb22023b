//! Phonetic keys: names that may be one share a key.

use super::Name;

/// The consonants of a name, loosely. Equal keys make a candidate pair, no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneticKey(pub u64);

/// The keys of a name, without repetitions; none for an empty name.
pub fn keys(name: &Name) -> Vec<PhoneticKey> {
    let mut out: Vec<PhoneticKey> = name
        .own
        .words
        .iter()
        .map(|w| {
            PhoneticKey(
                w.text.bytes().fold(14_695_981_039_346_656_037, |h, b| (h ^ u64::from(b)).wrapping_mul(1_099_511_628_211)),
            )
        })
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}
