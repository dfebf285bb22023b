//! The whole log against its signed head: every entry hashed, every tile made again, every kept head found in it.

use super::merkle::{Tree, leaf};
use super::note::{Checkpoint, NoteError, Verifier, open};
use super::tile::{Tiles, View, WIDTH, entries};

/// Why a log is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    #[error("{path} is missing")]
    Missing { path: String },
    #[error("{path} does not hold what was logged: it was changed")]
    Changed { path: String },
    #[error("{path}: {source}")]
    Note { path: String, source: NoteError },
    #[error(
        "the entries do not give the root their signed head states: something was changed, or this head belongs to another log"
    )]
    Root,
    #[error(
        "the log has {found} entries, but a head signed earlier says {signed}: {} records were cut off its end, or an older backup was put back",
        signed - found
    )]
    Shortened { found: u64, signed: u64 },
    #[error("at {size} entries this log is another than the one whose signed head was kept: it was forked or written anew")]
    Forked { size: u64 },
    #[error("the kept head belongs to the log {theirs}, this one is {ours}")]
    Other { ours: String, theirs: String },
    #[error("{0}")]
    Unreadable(String),
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub head: Checkpoint,
    /// Keys (name and id) whose signature the head bears.
    pub signed_by: Vec<String>,
    /// Keys that came in by a rotation which a trusted key signed.
    pub rotated: Vec<Verifier>,
    /// Sizes of earlier heads that this log continues.
    pub continues: Vec<u64>,
}

/// First line of the note by which a key names its successor.
pub const ROTATION: &str = "sarovar audit key rotation";

/// The keys trusted for a log: those given, and those which they and their successors named as successors.
pub fn trusted(tiles: &(impl Tiles + ?Sized), keys: &[Verifier]) -> Result<Vec<Verifier>, Flaw> {
    let mut all = keys.to_vec();
    for n in 1.. {
        let path = format!("rotation/{n:03}");
        let Some(bytes) = tiles.read(&path).map_err(Flaw::Unreadable)? else { break };
        let note = String::from_utf8(bytes).map_err(|_| Flaw::Changed { path: path.clone() })?;
        match open(&note, &all) {
            Ok((text, _)) => {
                let mut lines = text.lines();
                let (Some(ROTATION), Some(_), Some(key)) = (lines.next(), lines.next(), lines.next()) else {
                    return Err(Flaw::Changed { path });
                };
                let key = Verifier::parse(key).map_err(|source| Flaw::Note { path: path.clone(), source })?;
                if !all.contains(&key) {
                    all.push(key);
                }
            }
            // From before the keys given here: it gives no trust and takes none.
            Err(NoteError::Unknown(_)) => {}
            Err(source) => return Err(Flaw::Note { path, source }),
        }
    }
    Ok(all)
}

/// Checks the log whole. `earlier` are signed heads kept from before; `progress` is told the entries done so far.
pub fn verify(
    tiles: &(impl Tiles + ?Sized),
    keys: &[Verifier],
    earlier: &[String],
    progress: &mut dyn FnMut(u64),
) -> Result<Verified, Flaw> {
    let all = trusted(tiles, keys)?;
    let bytes = tiles.read("checkpoint").map_err(Flaw::Unreadable)?.ok_or(Flaw::Missing { path: "checkpoint".into() })?;
    let note = String::from_utf8(bytes).map_err(|_| Flaw::Changed { path: "checkpoint".into() })?;
    let (head, signed_by) = Checkpoint::open(&note, &all).map_err(|source| Flaw::Note { path: "checkpoint".into(), source })?;
    let mut kept = Vec::new();
    for (n, note) in earlier.iter().enumerate() {
        let (old, _) =
            Checkpoint::open(note, &all).map_err(|source| Flaw::Note { path: format!("kept checkpoint {}", n + 1), source })?;
        if old.origin != head.origin {
            return Err(Flaw::Other { ours: head.origin, theirs: old.origin });
        }
        if old.size > head.size {
            return Err(Flaw::Shortened { found: head.size, signed: old.size });
        }
        kept.push(old);
    }
    kept.sort_by_key(|c| c.size);

    let view = View::new(tiles, head.size);
    let mut tree = Tree::default();
    let mut waiting = kept.iter().peekable();
    let mut meet = |tree: &Tree| -> Result<(), Flaw> {
        while let Some(old) = waiting.next_if(|old| old.size == tree.size()) {
            if old.root != tree.root() {
                return Err(Flaw::Forked { size: old.size });
            }
        }
        Ok(())
    };
    meet(&tree)?;
    for bundle in 0..head.size.div_ceil(WIDTH) {
        let path = super::tile::bundle_path(bundle, WIDTH.min(head.size - bundle * WIDTH));
        let bytes = view.bundle(bundle).map_err(|_| Flaw::Missing { path: path.clone() })?;
        let (found, length) = entries(&bytes);
        let due = WIDTH.min(head.size - bundle * WIDTH);
        // Where the bundle was finished since, it begins with what the head covers.
        let finished = due < WIDTH && found.len() as u64 == WIDTH;
        if length != bytes.len() || (found.len() as u64 != due && !finished) {
            return Err(Flaw::Changed { path });
        }
        for entry in &found[..due as usize] {
            let done = tree.push(leaf(entry));
            for (path, made) in done {
                compare(tiles, &path, &made)?;
            }
            meet(&tree)?;
        }
        progress(tree.size());
    }
    for (path, made) in tree.partial() {
        compare(tiles, &path, &made)?;
    }
    if tree.root() != head.root {
        return Err(Flaw::Root);
    }
    Ok(Verified { rotated: all[keys.len()..].to_vec(), continues: kept.iter().map(|c| c.size).collect(), head, signed_by })
}

/// A tile as it was made again against the one that is there; one that was finished since stands in for its partial one.
fn compare(tiles: &(impl Tiles + ?Sized), path: &str, made: &[u8]) -> Result<(), Flaw> {
    let finished = path.split_once(".p/").map(|(full, _)| full);
    for name in std::iter::once(path).chain(finished) {
        let Some(stored) = tiles.read(name).map_err(Flaw::Unreadable)? else { continue };
        let same = if name == path { stored == made } else { stored.starts_with(made) };
        return if same { Ok(()) } else { Err(Flaw::Changed { path: name.into() }) };
    }
    Err(Flaw::Missing { path: path.into() })
}
