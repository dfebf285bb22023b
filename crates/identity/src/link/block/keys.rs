//! Keys by row.

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use crate::link::block::expression::{Expression, Take};
use crate::link::frame::Frame;
use crate::link::train::sample::mix;

/// A key is 32 bits of a hash, 0 for none: two keys that fall together add candidates and take none away.
#[derive(Debug, Clone)]
pub enum Keys {
    One(Vec<u32>),
    /// Keys of row `i` are `keys[ends[i - 1]..ends[i]]`, sorted.
    Many {
        ends: Vec<u32>,
        keys: Vec<u32>,
    },
}

impl Keys {
    pub fn new(frame: &Frame, on: &[Expression]) -> Keys {
        let many = on.iter().position(|e| matches!(e.take, Take::Words | Take::NameKeys));
        let single: Vec<&Expression> = on.iter().enumerate().filter(|(i, _)| Some(*i) != many).map(|(_, e)| e).collect();
        let mut row: Vec<u32> = vec![1; frame.rows];
        for e in single {
            let column = &frame.fields[e.field].column;
            let by_code: Vec<u64> = column.values.iter().map(|v| one(e, v)).collect();
            row.par_iter_mut().zip(&column.codes).for_each(|(key, &code)| {
                *key = if *key == 0 || code == 0 { 0 } else { join(*key, by_code[code as usize]) };
            });
        }
        let Some(many) = many else { return Keys::One(row) };
        let column = &frame.fields[on[many].field].column;
        let by_code: Vec<Vec<u64>> = column
            .values
            .iter()
            .map(|v| {
                let mut keys = Vec::new();
                on[many].keys(v, &mut |k| keys.push(xxh3_64(k.as_bytes()) | 1));
                keys
            })
            .collect();
        let (mut ends, mut keys) = (Vec::with_capacity(frame.rows), Vec::new());
        for (&key, &code) in row.iter().zip(&column.codes) {
            let from = keys.len();
            if key != 0 && code != 0 {
                keys.extend(by_code[code as usize].iter().map(|&k| join(key, k)));
                keys[from..].sort_unstable();
            }
            ends.push(keys.len() as u32);
        }
        Keys::Many { ends, keys }
    }

    pub fn of(&self, row: u32) -> &[u32] {
        let i = row as usize;
        match self {
            Keys::One(keys) if keys[i] == 0 => &[],
            Keys::One(keys) => &keys[i..=i],
            Keys::Many { ends, keys } => &keys[if i == 0 { 0 } else { ends[i - 1] as usize }..ends[i] as usize],
        }
    }

    /// Whether two rows share a key.
    #[inline]
    pub fn agree(&self, a: u32, b: u32) -> bool {
        match self {
            Keys::One(keys) => keys[a as usize] != 0 && keys[a as usize] == keys[b as usize],
            Keys::Many { .. } => self.of(a).iter().any(|k| self.of(b).binary_search(k).is_ok()),
        }
    }

    /// Whether no row has more than one key.
    pub fn single(&self) -> bool {
        matches!(self, Keys::One(_))
    }

    /// The smallest key two rows share.
    pub fn first_common(&self, a: u32, b: u32) -> Option<u32> {
        self.of(a).iter().find(|k| self.of(b).binary_search(k).is_ok()).copied()
    }

    /// Key and row of everything that has one, sorted.
    pub fn sorted(&self) -> Vec<u64> {
        let mut out: Vec<u64> = match self {
            Keys::One(keys) => {
                keys.iter().enumerate().filter(|(_, k)| **k != 0).map(|(i, &k)| u64::from(k) << 32 | i as u64).collect()
            }
            Keys::Many { ends, .. } => {
                (0..ends.len() as u32).flat_map(|i| self.of(i).iter().map(move |&k| u64::from(k) << 32 | u64::from(i))).collect()
            }
        };
        out.par_sort_unstable();
        out.dedup();
        out
    }
}

fn one(e: &Expression, value: &str) -> u64 {
    let mut key = 0;
    if !value.is_empty() {
        e.keys(value, &mut |k| key = if k.is_empty() { 0 } else { xxh3_64(k.as_bytes()) | 1 });
    }
    key
}

fn join(key: u32, next: u64) -> u32 {
    if next == 0 { 0 } else { ((mix(u64::from(key) ^ next) >> 32) as u32).max(1) }
}

/// Pairs of a block by rows of the first and second table.
pub fn pairs(frame: &Frame, left: u64, right: u64) -> u64 {
    if frame.mode == crate::link::model::Mode::Link {
        return left * right;
    }
    let n = left + right;
    n * n.saturating_sub(1) / 2
}

/// Pairs in blocks of at most `largest` rows.
pub fn sizes(keys: &Keys, frame: &Frame, largest: usize) -> u64 {
    let sorted = keys.sorted();
    let mut total = 0;
    for block in sorted.chunk_by(|a, b| a >> 32 == b >> 32).filter(|b| b.len() <= largest) {
        let left = block.partition_point(|x| ((x & 0xffff_ffff) as usize) < frame.left) as u64;
        total += pairs(frame, left, block.len() as u64 - left);
    }
    total
}
