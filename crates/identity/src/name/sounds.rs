//! What one letter tells about another: learnt counts, and the costs made from them.
//!
//! `letters.tsv` holds how often each Devanagari sound was written as each Latin one in pairs of spellings of one name, found by
//! expectation maximisation over all alignments of the pair (Ristad and Yianilos, *Learning String-Edit Distance*, 1998). The
//! file comes from `cargo run --release -p identity --example names -- train`; nothing in it is a name.

use std::sync::OnceLock;

use super::letters::{DEVANAGARI, FIRST_LATIN, LATIN, SOUNDS, Sound};

/// Costs are counted in sixteenths of a bit.
pub const BIT: f32 = 16.0;
/// Nothing is more surprising than this many bits; a letter never seen somewhere must not decide alone.
const MOST: f32 = 11.0;

/// Expected counts of alignments. The last row and column stand for nothing written.
#[derive(Debug, Clone)]
pub struct Counts {
    pub pairs: Vec<[f64; LATIN.len() + 1]>,
}

impl Default for Counts {
    fn default() -> Self {
        Counts { pairs: vec![[0.0; LATIN.len() + 1]; DEVANAGARI.len() + 1] }
    }
}

impl Counts {
    /// Reads lines of Devanagari sound, Latin sound, count; `-` stands for nothing written.
    pub fn read(text: &str) -> Result<Counts, String> {
        let mut counts = Counts::default();
        for (i, line) in text.lines().enumerate().filter(|(_, l)| !l.is_empty() && !l.starts_with('#')) {
            let wrong = || format!("line {}: expected a Devanagari sound, a Latin sound and a count, found {line:?}", i + 1);
            let [d, l, n] = line.split('\t').collect::<Vec<_>>()[..] else { return Err(wrong()) };
            let place =
                |names: &[&str], name: &str| if name == "-" { Some(names.len()) } else { names.iter().position(|n| *n == name) };
            let (Some(d), Some(l), Ok(n)) = (place(&DEVANAGARI, d), place(&LATIN, l), n.parse()) else { return Err(wrong()) };
            counts.pairs[d][l] = n;
        }
        Ok(counts)
    }

    /// The lines [`Counts::read`] reads; what is too rare to matter is left out.
    pub fn write(&self) -> String {
        let mut out = String::new();
        let name = |names: &[&'static str], i: usize| names.get(i).copied().unwrap_or("-");
        for (d, row) in self.pairs.iter().enumerate() {
            for (l, n) in row.iter().enumerate().filter(|(_, n)| **n >= 0.05) {
                out.push_str(&format!("{}\t{}\t{n:.1}\n", name(&DEVANAGARI, d), name(&LATIN, l)));
            }
        }
        out
    }
}

/// Cost of standing for one another, of every two sounds, and of standing for nothing.
pub struct Costs {
    swap: Vec<[u16; SOUNDS]>,
    drop: [u16; SOUNDS],
}

impl Costs {
    #[inline]
    pub fn swap(&self, a: Sound) -> &[u16; SOUNDS] {
        &self.swap[usize::from(a)]
    }

    #[inline]
    pub fn drop(&self, a: Sound) -> u16 {
        self.drop[usize::from(a)]
    }

    pub fn new(counts: &Counts) -> Costs {
        let (nd, nl) = (DEVANAGARI.len(), LATIN.len());
        let smooth = 0.02;
        let row: Vec<f64> = (0..=nd).map(|d| counts.pairs[d].iter().sum::<f64>() + 1.0).collect();
        let column: Vec<f64> = (0..=nl).map(|l| counts.pairs.iter().map(|r| r[l]).sum::<f64>() + 1.0).collect();
        let latin_given = |d: usize, l: usize| (counts.pairs[d][l] + smooth) / row[d];
        let dev_given = |l: usize, d: usize| (counts.pairs[d][l] + smooth) / column[l];
        let cost = |p: f64| ((-p.log2()).clamp(0.0, f64::from(MOST)) as f32 * BIT) as u16;
        let mut out = Costs { swap: vec![[0; SOUNDS]; SOUNDS], drop: [0; SOUNDS] };
        for d in 0..nd {
            out.drop[d] = cost(latin_given(d, nl));
            for l in 0..nl {
                let both = cost((latin_given(d, l) * dev_given(l, d)).sqrt());
                out.swap[d][nd + l] = both;
                out.swap[nd + l][d] = both;
            }
        }
        for l in 0..nl {
            out.drop[nd + l] = cost(dev_given(l, nd));
        }
        // Two letters of one script are as close as the letters of the other script that they share.
        for a in 0..nl {
            for b in 0..nl {
                let shared: f64 = (0..nd).map(|d| dev_given(a, d) * latin_given(d, b)).sum();
                let back: f64 = (0..nd).map(|d| dev_given(b, d) * latin_given(d, a)).sum();
                out.swap[nd + a][nd + b] = if a == b { 0 } else { cost((shared * back).sqrt()) };
            }
        }
        for a in 0..nd {
            for b in 0..nd {
                let shared: f64 = (0..nl).map(|l| latin_given(a, l) * dev_given(l, b)).sum();
                let back: f64 = (0..nl).map(|l| latin_given(b, l) * dev_given(l, a)).sum();
                out.swap[a][b] = if a == b { 0 } else { cost((shared * back).sqrt()) };
            }
        }
        out
    }
}

/// The shipped counts.
pub fn counts() -> &'static Counts {
    static COUNTS: OnceLock<Counts> = OnceLock::new();
    // A test reads the file, so that a broken one cannot ship.
    COUNTS.get_or_init(|| Counts::read(include_str!("letters.tsv")).unwrap_or_default())
}

/// The costs made from them.
pub fn costs() -> &'static Costs {
    static COSTS: OnceLock<Costs> = OnceLock::new();
    COSTS.get_or_init(|| Costs::new(counts()))
}

/// What letting an r and its neighbour change places costs beside the letters' own costs (Prakash, Parkash; Mahendra, Mahender).
const TURN: u32 = (3.0 * BIT) as u32;

/// The cheapest way from one row of sounds to the other, in units of 1/[`BIT`]; gives up with `limit` when it must cost as much.
pub fn distance(a: &[Sound], b: &[Sound], costs: &Costs, limit: u32) -> u32 {
    const WIDE: usize = 2 * super::letters::LONGEST + 1;
    let b = &b[..b.len().min(WIDE - 1)];
    // Three rows in turn: turning an r needs the last but one.
    let [first, second, third] = &mut [[0u32; WIDE]; 3];
    let (mut row, mut before, mut earlier) = (first, second, third);
    for (j, s) in b.iter().enumerate() {
        row[j + 1] = row[j] + u32::from(costs.drop(*s));
    }
    let mut least_before = 0;
    for (i, &s) in a.iter().enumerate() {
        let (swap, gone) = (costs.swap(s), u32::from(costs.drop(s)));
        // The rows stay where they are; their names go round.
        (row, before, earlier) = (earlier, row, before);
        let mut left = before[0] + gone;
        let mut least = left;
        row[0] = left;
        let s_is_r = super::letters::is_r(s);
        let last = i.checked_sub(1).map(|k| a[k]).filter(|l| s_is_r || super::letters::is_r(*l));
        for (j, &t) in b.iter().enumerate() {
            let swapped = before[j] + u32::from(swap[usize::from(t)]);
            let mut here = swapped.min(before[j + 1] + gone).min(left + u32::from(costs.drop(t)));
            if let Some(last) = last
                && j > 0
                && (s_is_r && super::letters::is_r(b[j - 1]) || !s_is_r && super::letters::is_r(t))
            {
                let crossed = u32::from(swap[usize::from(b[j - 1])]) + u32::from(costs.swap(last)[usize::from(t)]);
                here = here.min(earlier[j - 1] + crossed + TURN);
            }
            row[j + 1] = here;
            left = here;
            least = least.min(here);
        }
        if least.min(least_before) >= limit {
            return limit;
        }
        least_before = least;
    }
    row[b.len()].min(limit)
}

/// Is this a Latin sound?
pub fn is_latin(s: Sound) -> bool {
    s >= FIRST_LATIN
}
