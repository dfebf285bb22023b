//! The pairs and their split.

use std::io;
use std::path::Path;

/// One name in both scripts.
pub struct Pair {
    pub hindi: String,
    pub latin: String,
    /// How many people were seen with it; 1 where the source does not count.
    pub count: u32,
    pub counted: bool,
}

impl Pair {
    /// Half of the Hindi spellings are for developing, by a hash of the spelling: whatever a name's Latin spellings, all are
    /// on one side.
    pub fn development(&self) -> bool {
        hash(&self.hindi) & 1 == 0
    }
}

/// FNV-1a over a seed and the text, then mixed, since its lowest bits depend on little.
pub fn hash(text: &str) -> u64 {
    let h = b"split 1 "
        .iter()
        .chain(text.as_bytes())
        .fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3));
    (h ^ (h >> 29)).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32
}

pub fn read(folder: &Path) -> io::Result<Vec<Pair>> {
    let mut out = Vec::new();
    let mut add = |file: &str, counted: bool| -> io::Result<()> {
        for line in std::fs::read_to_string(folder.join(file))?.lines().skip(1) {
            let mut cells = line.split(',');
            let (Some(hindi), Some(latin)) = (cells.next(), cells.next()) else { continue };
            let count = cells.next().and_then(|c| c.trim().parse().ok()).unwrap_or(1);
            if latin.chars().all(|c| c.is_ascii_lowercase()) && hindi.chars().count() > 1 && !hindi.contains(['/', ' ']) {
                // The machine reads folded text.
                let hindi: String = identity::names::scripts::fold(hindi).collect();
                out.push(Pair { hindi, latin: latin.into(), count, counted });
            }
        }
        Ok(())
    };
    add("eci_candidate_token_pairs_agg.csv", true)?;
    add("hindi_given_names_train.csv", false)?;
    Ok(out)
}

/// Every spelling in one script with every one in the other, from a table of variants written by hand: the only source for letters
/// that the pairs hardly have (Laxman, Gyan, Krishan). Short forms with a full stop are no spellings.
pub fn variants(file: &Path) -> io::Result<Vec<Pair>> {
    let mut out = Vec::new();
    for line in std::fs::read_to_string(file)?.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [_, _, hindi, latin, ..] = cells[..] else { continue };
        for h in hindi.split(';').filter(|h| !h.contains(['.', ' '])) {
            for l in latin.split(';').filter(|l| l.len() > 3 && !l.contains(['.', ' '])) {
                out.push(Pair {
                    hindi: identity::names::scripts::fold(h).collect(),
                    latin: l.to_lowercase(),
                    count: 8,
                    counted: false,
                });
            }
        }
    }
    Ok(out)
}

/// Latin names that belong to no pair: more candidates to be mistaken for.
pub fn others(folder: &Path) -> io::Result<Vec<String>> {
    let text = std::fs::read_to_string(folder.join("indian_first_names_train.csv"))?;
    Ok(text.lines().skip(1).filter_map(|l| l.split(',').nth(1)).map(|n| n.trim_matches('"').to_string()).collect())
}
