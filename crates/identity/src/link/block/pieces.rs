//! Blocks cut into pieces of work.

use crate::link::block::keys::{Keys, pairs};
use crate::link::block::{Rule, skew};
use crate::link::frame::Frame;
use crate::link::model::Mode;

/// Pairs a piece has, about.
const WORK: u64 = 1 << 16;

#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Rows `from..to` with every row before them (of the other table in a link).
    All { from: u32, to: u32 },
    /// Whole blocks `from..to`.
    Blocks { from: usize, to: usize },
    /// Part of one block: which of its rows are paired with those before them.
    Part { block: usize, first: usize, last: usize },
    /// Rows of a split block that agree in one field. `small` has, by row, a bit for each field by which the row was put in such a piece.
    Rows { field: usize, rows: Vec<u32>, small: Vec<u64> },
}

/// Every pair of a frame.
pub fn whole(frame: &Frame) -> Vec<Piece> {
    let start = if frame.mode == Mode::Link { frame.left } else { 0 };
    let mut out = Vec::new();
    let (mut from, mut size) = (start, 0u64);
    for row in start..frame.rows {
        size += if frame.mode == Mode::Link { frame.left as u64 } else { row as u64 };
        if size >= WORK || row + 1 == frame.rows {
            out.push(Piece::All { from: from as u32, to: row as u32 + 1 });
            (from, size) = (row + 1, 0);
        }
    }
    out
}

/// Cuts the blocks of a rule; those with more than `largest` rows are split.
pub fn rule(frame: &Frame, text: String, mut keys: Keys, largest: usize) -> Rule {
    let sorted = keys.sorted();
    let mut rule = Rule {
        text,
        keys: Keys::One(Vec::new()),
        order: Vec::with_capacity(sorted.len()),
        bounds: vec![0],
        block_keys: Vec::new(),
        pieces: Vec::new(),
        pairs: 0,
        split: 0,
        passed: 0,
    };
    let mut large: Vec<u32> = Vec::new();
    let (mut from, mut size) = (0usize, 0u64);
    for block in sorted.chunk_by(|a, b| a >> 32 == b >> 32).filter(|b| b.len() > 1) {
        let key = (block[0] >> 32) as u32;
        let rows = block.iter().map(|x| (x & 0xffff_ffff) as u32);
        let left = block.partition_point(|x| ((x & 0xffff_ffff) as usize) < frame.left) as u64;
        let n = pairs(frame, left, block.len() as u64 - left);
        if n == 0 {
            continue;
        }
        if block.len() > largest {
            rule.split += 1;
            rule.passed += n;
            large.push(key);
            skew::split(frame, &rows.collect::<Vec<u32>>(), largest, &mut rule);
            continue;
        }
        let at = rule.block_keys.len();
        rule.order.extend(rows);
        rule.bounds.push(rule.order.len() as u32);
        rule.block_keys.push(key);
        rule.pairs += n;
        if n > 2 * WORK {
            flush(&mut rule.pieces, &mut from, at, &mut size);
            let step = (WORK as usize / block.len()).max(1);
            let parts = (0..block.len()).step_by(step);
            rule.pieces.extend(parts.map(|first| Piece::Part { block: at, first, last: (first + step).min(block.len()) }));
            from = at + 1;
            continue;
        }
        size += n;
        if size >= WORK {
            flush(&mut rule.pieces, &mut from, at + 1, &mut size);
        }
    }
    let to = rule.block_keys.len();
    flush(&mut rule.pieces, &mut from, to, &mut size);
    forget(&mut keys, &large);
    rule.keys = keys;
    rule
}

fn flush(pieces: &mut Vec<Piece>, from: &mut usize, to: usize, size: &mut u64) {
    if to > *from {
        pieces.push(Piece::Blocks { from: *from, to });
    }
    (*from, *size) = (to, 0);
}

/// Takes keys away whose blocks were split, so that later rules do not take their pairs for found. Sorted keys.
fn forget(keys: &mut Keys, large: &[u32]) {
    if large.is_empty() {
        return;
    }
    match keys {
        Keys::One(keys) => keys.iter_mut().filter(|k| large.binary_search(k).is_ok()).for_each(|k| *k = 0),
        Keys::Many { ends, keys } => {
            let (mut at, mut kept) = (0usize, 0usize);
            for end in ends.iter_mut() {
                while at < *end as usize {
                    if large.binary_search(&keys[at]).is_err() {
                        keys[kept] = keys[at];
                        kept += 1;
                    }
                    at += 1;
                }
                *end = kept as u32;
            }
            keys.truncate(kept);
        }
    }
}
