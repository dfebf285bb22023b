//! The hash tree of RFC 6962 §2.1 (RFC 9162 §2.1.1): SHA-256, a leaf under `0x00`, a node under `0x01`.

use sha2::{Digest, Sha256};

use super::tile::{WIDTH, tile_path};

pub type Hash = [u8; 32];

/// Hash of a leaf.
pub fn leaf(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

/// Hash of an inner node.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// Root of the tree without leaves.
pub fn empty() -> Hash {
    Sha256::digest([]).into()
}

/// Root over subtrees of equal size in their order; only the last may be incomplete.
pub fn root_of(subtrees: &[Hash]) -> Hash {
    match subtrees {
        [] => empty(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(split(more.len() as u64) as usize);
            node(&root_of(left), &root_of(right))
        }
    }
}

/// The largest power of two below `n` (`n` at least 2): where the RFC parts a tree.
pub fn split(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

/// A growing tree, reduced to the right edge of its tiles: a few hashes for each level.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// The unfinished tile of each level, fewer than 256 hashes.
    levels: Vec<Vec<Hash>>,
}

/// A tile with its place: path below the log's folder, and its hashes.
pub type Placed = (String, Vec<u8>);

impl Tree {
    /// A tree of `size` leaves from the unfinished tiles of its levels.
    pub(super) fn from_parts(size: u64, levels: Vec<Vec<Hash>>) -> Self {
        Tree { size, levels }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf by its hash; gives the tiles it completed, lowest level first.
    pub fn push(&mut self, leaf: Hash) -> Vec<Placed> {
        self.size += 1;
        let (mut done, mut carry, mut level) = (Vec::new(), leaf, 0);
        loop {
            if self.levels.len() == level {
                self.levels.push(Vec::with_capacity(WIDTH as usize));
            }
            let tile = &mut self.levels[level];
            tile.push(carry);
            if tile.len() < WIDTH as usize {
                return done;
            }
            let index = (self.size >> (8 * (level + 1))) - 1;
            done.push((tile_path(level as u32, index, WIDTH), tile.concat()));
            carry = root_of(tile);
            tile.clear();
            level += 1;
        }
    }

    /// The unfinished tiles.
    pub fn partial(&self) -> Vec<Placed> {
        self.levels
            .iter()
            .enumerate()
            .filter(|(_, hashes)| !hashes.is_empty())
            .map(|(level, hashes)| {
                let index = self.size >> (8 * (level + 1));
                (tile_path(level as u32, index, hashes.len() as u64), hashes.concat())
            })
            .collect()
    }

    pub fn root(&self) -> Hash {
        let mut rest: Option<Hash> = None;
        for hashes in &self.levels {
            let mut units = hashes.clone();
            units.extend(rest);
            if !units.is_empty() {
                rest = Some(root_of(&units));
            }
        }
        rest.unwrap_or_else(empty)
    }
}
