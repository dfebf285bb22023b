//! Randomness that needs no memory.
//!
//! Facts of the synthetic state are not drawn one after the other but looked up: the birth date of person 17 is a hash of (seed, "birth", 17). Any
//! shard on any thread therefore sees the same person without a table of persons, which is what keeps memory flat and the files independent of the
//! number of threads. Rows of a file come from a [`Stream`] that starts from (seed, file, shard).
//!
//! The mixer is SplitMix64 (Steele, Lea, Flood 2014); it is written out because a library may change its generator and a seed must mean the same
//! state next year.

const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// What a looked-up fact is about; each has its own independent sequence.
#[derive(Clone, Copy, Debug)]
#[repr(u64)]
pub(crate) enum Domain {
    Sex = 1,
    Given,
    Surname,
    Relative,
    Birth,
    Village,
    Occupation,
    Site,
    Work,
    Travel,
    Handset,
    Partner,
    Call,
    Reply,
    Vehicle,
    Fir,
    Cast,
    Arrest,
    Camera,
    Tower,
    CdrBulk,
    PlateBulk,
    Registration,
    Mess,
    Family,
    Course,
    Plant,
    Portal,
    Emergency,
    Challan,
    Line,
    Internet,
    Desk,
    Other,
}

/// The state's seed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed(pub u64);

impl Seed {
    /// The fact of `domain` about subject `index`: 64 uniform bits.
    pub(crate) fn at(self, domain: Domain, index: u64) -> u64 {
        mix(mix(self.0.wrapping_add((domain as u64).wrapping_mul(GAMMA))).wrapping_add(index.wrapping_mul(GAMMA)))
    }

    /// A fact about a pair, such as the place of a person on a day.
    pub(crate) fn at2(self, domain: Domain, index: u64, second: u64) -> u64 {
        mix(self.at(domain, index).wrapping_add(second.wrapping_mul(GAMMA)))
    }

    /// Uniform in `0..bound` for a fact (bound at least 1).
    pub(crate) fn below(self, domain: Domain, index: u64, bound: u64) -> u64 {
        scale(self.at(domain, index), bound)
    }

    /// An endless sequence for one shard of one file.
    pub(crate) fn stream(self, domain: Domain, shard: u64) -> Stream {
        Stream(self.at(domain, shard))
    }
}

/// Uniform bits to `0..bound` by multiplication (Lemire 2019); the bias is below 2⁻³² for bounds used here.
pub(crate) fn scale(random: u64, bound: u64) -> u64 {
    ((u128::from(random) * u128::from(bound)) >> 64) as u64
}

/// A sequence of random numbers.
pub(crate) struct Stream(u64);

impl Stream {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        scale(self.next(), bound)
    }
}
