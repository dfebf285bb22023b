//! Tiles and entry bundles: where they lie and what is in them (C2SP `tlog-tiles`), and the tree read back from them.

use super::merkle::{Hash, Tree, node, root_of, split};

/// Hashes in a full tile, and entries in a full bundle.
pub const WIDTH: u64 = 256;

/// Where the files of a log lie, by their path below the log's folder (`tile/0/x001/234`, `checkpoint`).
pub trait Tiles {
    /// `None` when there is no such file.
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, String>;
}

/// Path of a tile. `level` counts from 0, the leaves' hashes; a `width` below 256 is a partial tile.
pub fn tile_path(level: u32, index: u64, width: u64) -> String {
    format!("tile/{level}/{}", place(index, width))
}

/// Path of a bundle of entries.
pub fn bundle_path(index: u64, width: u64) -> String {
    format!("tile/entries/{}", place(index, width))
}

/// The index in groups of three digits, all but the last marked with `x`, and the width where it is not full.
fn place(index: u64, width: u64) -> String {
    let mut out = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        out = format!("x{:03}/{out}", rest % 1000);
        rest /= 1000;
    }
    if width < WIDTH { format!("{out}.p/{width}") } else { out }
}

/// Appends an entry to a bundle: its length in 16 bits, big-endian, then its bytes.
pub fn frame(entry: &[u8], out: &mut Vec<u8>) -> Result<(), String> {
    let length = u16::try_from(entry.len()).map_err(|_| format!("an entry of {} bytes does not fit", entry.len()))?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(entry);
    Ok(())
}

/// The whole entries a bundle begins with, and the number of bytes they take.
pub fn entries(bundle: &[u8]) -> (Vec<&[u8]>, usize) {
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(head) = bundle.get(at..at + 2) {
        let length = usize::from(u16::from_be_bytes([head[0], head[1]]));
        let Some(entry) = bundle.get(at + 2..at + 2 + length) else { break };
        out.push(entry);
        at += 2 + length;
    }
    (out, at)
}

/// A log of `size` entries as its tiles say it is. Proofs are made from it; what it says is only as good as the tiles.
pub struct View<'a, T: Tiles + ?Sized> {
    tiles: &'a T,
    pub size: u64,
}

impl<'a, T: Tiles + ?Sized> View<'a, T> {
    pub fn new(tiles: &'a T, size: u64) -> Self {
        View { tiles, size }
    }

    /// Hashes of a tile as it was at this size; a full tile serves where the partial one was tidied away.
    fn tile(&self, level: u32, index: u64) -> Result<Vec<Hash>, String> {
        let at_level = self.size >> (8 * level);
        let width = if (index + 1) * WIDTH <= at_level { WIDTH } else { at_level % WIDTH };
        for width in [width, WIDTH] {
            let path = tile_path(level, index, width);
            if let Some(bytes) = self.tiles.read(&path)? {
                if bytes.len() as u64 != width * 32 {
                    return Err(format!("{path} has {} bytes, {} are due", bytes.len(), width * 32));
                }
                return Ok(bytes.chunks_exact(32).map(|c| c.try_into().unwrap_or_default()).collect());
            }
        }
        if level == 0 {
            return Err(format!("{} is missing", tile_path(level, index, width)));
        }
        // Above the leaves everything can be made again from the full tiles below.
        (index * WIDTH..index * WIDTH + width).map(|below| Ok(root_of(&self.tile(level - 1, below)?))).collect()
    }

    /// Root of the complete subtree over leaves `index·2^height ..`.
    fn complete(&self, height: u32, index: u64) -> Result<Hash, String> {
        let (level, within) = (height / 8, height % 8);
        let first = index << within;
        let tile = self.tile(level, first / WIDTH)?;
        let from = (first % WIDTH) as usize;
        tile.get(from..from + (1 << within)).map(root_of).ok_or_else(|| format!("leaf {first} is beyond the tree"))
    }

    /// Root over leaves `from..to`, where the RFC's recursion cuts them out.
    pub fn range(&self, from: u64, to: u64) -> Result<Hash, String> {
        let n = to - from;
        if n == 0 {
            return Ok(super::merkle::empty());
        }
        if n.is_power_of_two() && from.is_multiple_of(n) {
            return self.complete(n.trailing_zeros(), from / n);
        }
        let k = split(n);
        Ok(node(&self.range(from, from + k)?, &self.range(from + k, to)?))
    }

    /// The right edge of the tree, to go on from; `size` must be a multiple of 256.
    pub fn tree(&self) -> Result<Tree, String> {
        let mut levels = vec![Vec::new()];
        let mut level = 1;
        while self.size >> (8 * level) > 0 {
            let count = self.size >> (8 * level);
            let below = count / WIDTH * WIDTH..count;
            levels.push(below.map(|i| Ok(root_of(&self.tile(level - 1, i)?))).collect::<Result<Vec<_>, String>>()?);
            level += 1;
        }
        Ok(Tree::from_parts(self.size, levels))
    }

    /// The bytes of one entry.
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, String> {
        let bundle = self.bundle(index / WIDTH)?;
        let (found, _) = entries(&bundle);
        found.get((index % WIDTH) as usize).map(|e| e.to_vec()).ok_or_else(|| format!("there is no entry {index}"))
    }

    /// The bytes of one bundle as it was at this size.
    pub fn bundle(&self, index: u64) -> Result<Vec<u8>, String> {
        let width = if (index + 1) * WIDTH <= self.size { WIDTH } else { self.size % WIDTH };
        for width in [width, WIDTH] {
            if let Some(bytes) = self.tiles.read(&bundle_path(index, width))? {
                return Ok(bytes);
            }
        }
        Err(format!("{} is missing", bundle_path(index, width)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_the_specification() {
        assert_eq!(tile_path(0, 1_234_067, 256), "tile/0/x001/x234/067");
        assert_eq!(tile_path(1, 0, 17), "tile/1/000.p/17");
        assert_eq!(bundle_path(273, 112), "tile/entries/273.p/112");
    }

    #[test]
    fn a_bundle_is_read_up_to_its_last_whole_entry() {
        let mut bundle = Vec::new();
        frame(b"one", &mut bundle).unwrap();
        frame(b"", &mut bundle).unwrap();
        let whole = bundle.len();
        bundle.extend_from_slice(&[0, 9, b'x']);
        assert_eq!(entries(&bundle), (vec![&b"one"[..], &b""[..]], whole));
        assert!(frame(&vec![0; 65_536], &mut bundle).is_err());
    }
}
