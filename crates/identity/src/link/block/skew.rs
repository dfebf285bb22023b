//! Blocks too large to compare pair by pair.

use std::collections::HashMap;

use crate::link::block::Rule;
use crate::link::block::keys::pairs;
use crate::link::block::pieces::Piece;
use crate::link::frame::Frame;

/// Fields by which a block is split at most: bits of a mask.
const MOST: usize = 63;

/// Splits the rows of a large block (ascending) by each field's value in turn and adds what is small enough as pieces. A field that cannot
/// split (constant, or the block's own key) leaves parts too large, and they are passed over.
pub fn split(frame: &Frame, rows: &[u32], largest: usize, rule: &mut Rule) {
    let mut small: HashMap<u32, u64> = HashMap::new();
    let mut parts: Vec<(usize, Vec<u32>)> = Vec::new();
    for (field, data) in frame.fields.iter().enumerate().take(MOST) {
        let mut by_value: HashMap<u32, Vec<u32>> = HashMap::new();
        for &row in rows {
            let code = data.column.codes[row as usize];
            if code != 0 {
                by_value.entry(code).or_default().push(row);
            }
        }
        let mut fit: Vec<Vec<u32>> = by_value.into_values().filter(|p| p.len() > 1 && p.len() <= largest).collect();
        fit.sort_unstable();
        for part in fit {
            part.iter().for_each(|&row| *small.entry(row).or_default() |= 1 << field);
            parts.push((field, part));
        }
    }
    for (field, part) in parts {
        let left = part.partition_point(|&r| (r as usize) < frame.left) as u64;
        let n = pairs(frame, left, part.len() as u64 - left);
        if n > 0 {
            rule.pairs += n;
            rule.passed = rule.passed.saturating_sub(n);
            let small = part.iter().map(|r| small.get(r).copied().unwrap_or(0)).collect();
            rule.pieces.push(Piece::Rows { field, rows: part, small });
        }
    }
}
