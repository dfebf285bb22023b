//! Proofs: that an entry stands in the log, and that a log grew only at its end (RFC 9162 §2.1.3 and §2.1.4).

use super::merkle::{Hash, leaf, node, split};
use super::note::{from_base64, to_base64};
use super::tile::{Tiles, View};

/// What leads from entry `index` to the root of the view.
pub fn inclusion<T: Tiles + ?Sized>(view: &View<'_, T>, index: u64) -> Result<Vec<Hash>, String> {
    if index >= view.size {
        return Err(format!("there is no entry {index}: the log has {}", view.size));
    }
    let (mut out, mut from, mut to) = (Vec::new(), 0, view.size);
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            out.push(view.range(middle, to)?);
            to = middle;
        } else {
            out.push(view.range(from, middle)?);
            from = middle;
        }
    }
    out.reverse();
    Ok(out)
}

/// What leads from the root at size `old` to the root of the view. Empty when `old` is 0 or the view's own size.
pub fn consistency<T: Tiles + ?Sized>(view: &View<'_, T>, old: u64) -> Result<Vec<Hash>, String> {
    if old > view.size {
        return Err(format!("the log has {} entries, it was never as long as {old}", view.size));
    }
    if old == 0 || old == view.size {
        return Ok(Vec::new());
    }
    let (mut out, mut from, mut to) = (Vec::new(), 0, view.size);
    let mut known = true;
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            out.push(view.range(middle, to)?);
            to = middle;
        } else {
            out.push(view.range(from, middle)?);
            from = middle;
            known = false;
        }
    }
    if !known {
        out.push(view.range(from, to)?);
    }
    out.reverse();
    Ok(out)
}

/// Whether `proof` leads from a leaf's hash at `index` to `root` in a tree of `size` leaves (RFC 9162 §2.1.3.2).
pub fn included(leaf: Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, leaf);
    for step in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node(step, &hash);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree `old` begins the tree `new`, each given as size and root (RFC 9162 §2.1.4.2).
pub fn consistent(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old_size, old_root), (new_size, new_root)) = (old, new);
    if old_size == 0 {
        return proof.is_empty() && *old_root == super::merkle::empty();
    }
    if old_size >= new_size {
        return old_size == new_size && proof.is_empty() && old_root == new_root;
    }
    let (mut place, mut last) = (old_size - 1, new_size - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let mut steps = proof.iter();
    let first = if old_size.is_power_of_two() { Some(old_root) } else { steps.next() };
    let Some(first) = first else { return false };
    let (mut a, mut b) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            a = node(step, &a);
            b = node(step, &b);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            b = node(&b, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && a == *old_root && b == *new_root
}

/// A proof that fits in a mail: C2SP `tlog-proof`, the signed head included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub index: u64,
    pub hashes: Vec<Hash>,
    /// The signed checkpoint as it stands in the log.
    pub checkpoint: String,
}

const MAGIC: &str = "c2sp.org/tlog-proof@v1";

impl std::fmt::Display for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{MAGIC}\nindex {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{}", to_base64(hash))?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

impl Proof {
    /// Reads the text; extra data, which nothing vouches for, is passed over.
    pub fn parse(text: &str) -> Result<Proof, String> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or("the proof has no empty line before its checkpoint")?;
        let mut lines = head.lines();
        if lines.next() != Some(MAGIC) {
            return Err(format!("the first line is not {MAGIC}"));
        }
        let mut lines = lines.skip_while(|line| line.starts_with("extra ")).peekable();
        let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(|n| n.parse().ok());
        let hashes = lines
            .map(|line| from_base64(line).and_then(|b| b.try_into().ok()).ok_or_else(|| format!("{line:?} is no hash")))
            .collect::<Result<_, _>>()?;
        Ok(Proof { index: index.ok_or("the proof does not say which entry it is about")?, hashes, checkpoint: checkpoint.into() })
    }

    /// Whether the entry's bytes stand at this place under a head of this size and root.
    pub fn holds(&self, entry: &[u8], size: u64, root: &Hash) -> bool {
        included(leaf(entry), self.index, size, &self.hashes, root)
    }
}
