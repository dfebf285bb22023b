//! What changed from one state of the linkage to the next.

use std::collections::{HashMap, HashSet};

use super::{Linkage, Member, Pair};

/// Changes are written as such while they are at most this share of the whole.
const SHARE: usize = 4;

/// From one state to the next.
#[derive(Debug, Default, PartialEq)]
pub struct Change {
    /// Members that are new or say something new.
    pub members: Vec<Member>,
    /// Mentions that are gone.
    pub gone: Vec<u64>,
    /// Pairs that are gone or say something new.
    pub dropped: Vec<(u64, u64)>,
    pub pairs: Vec<Pair>,
}

impl Change {
    pub fn between(old: &Linkage, new: &Linkage) -> Change {
        let members = new.members.iter().filter(|m| old.mention(m.mention) != Some(*m)).cloned().collect();
        let gone = old.members.iter().map(|m| m.mention).filter(|m| new.mention(*m).is_none()).collect();
        let (mut dropped, mut pairs) = (Vec::new(), Vec::new());
        let (mut i, mut j) = (0, 0);
        let key = |p: &Pair| (p.left, p.right);
        loop {
            match (old.pairs.get(i), new.pairs.get(j)) {
                (None, None) => break,
                (Some(p), q) if q.is_none_or(|q| key(p) < key(q)) => {
                    dropped.push(key(p));
                    i += 1;
                }
                (Some(p), Some(q)) if key(p) == key(q) => {
                    if p != q {
                        dropped.push(key(p));
                        pairs.push(*q);
                    }
                    (i, j) = (i + 1, j + 1);
                }
                (_, Some(q)) => {
                    pairs.push(*q);
                    j += 1;
                }
                (Some(_), None) => i += 1,
            }
        }
        Change { members, gone, dropped, pairs }
    }

    /// Whether writing it beside the whole is worth while.
    pub fn is_small(&self, new: &Linkage) -> bool {
        let changed = self.members.len() + self.gone.len() + self.dropped.len() + self.pairs.len();
        changed * SHARE <= new.members.len() + new.pairs.len()
    }

    pub fn apply(self, members: &mut HashMap<u64, Member>, pairs: &mut Vec<Pair>) {
        self.gone.iter().for_each(|m| _ = members.remove(m));
        members.extend(self.members.into_iter().map(|m| (m.mention, m)));
        if !self.dropped.is_empty() {
            let dropped: HashSet<(u64, u64)> = self.dropped.into_iter().collect();
            pairs.retain(|p| !dropped.contains(&(p.left, p.right)));
        }
        pairs.extend(self.pairs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::Header;

    fn state(members: &[(u64, u64)], pairs: &[(u64, u64, f32)]) -> Linkage {
        let member = |&(record, person): &(u64, u64)| Member {
            mention: record + 100,
            source: "a.a".into(),
            object: "00".into(),
            row: 1,
            sealed: false,
            record,
            person,
            print: record,
            district: 0,
        };
        let pair = |&(left, right, bits): &(u64, u64, f32)| Pair { left, right, bits, pattern: 0, flags: 1 };
        let (members, pairs) = (members.iter().map(member).collect(), pairs.iter().map(pair).collect());
        Linkage::new(Header::default(), members, pairs, HashMap::new())
    }

    #[test]
    fn a_change_applied_to_the_old_gives_the_new() {
        let old = state(&[(1, 1), (2, 1), (3, 3)], &[(1, 2, 5.0), (2, 3, 1.0), (7, 8, 1.0)]);
        let new = state(&[(1, 1), (3, 1), (4, 4)], &[(1, 2, 5.0), (1, 3, 2.0), (2, 3, 4.0), (9, 9, 1.0)]);
        let change = Change::between(&old, &new);
        assert_eq!((change.members.len(), change.gone.clone()), (2, vec![102]));
        assert_eq!(change.dropped, [(2, 3), (7, 8)]);
        let mut members: HashMap<u64, Member> = old.members.iter().map(|m| (m.mention, m.clone())).collect();
        let mut pairs = old.pairs.clone();
        change.apply(&mut members, &mut pairs);
        let again = Linkage::new(Header::default(), members.into_values().collect(), pairs, HashMap::new());
        assert_eq!((again.members, again.pairs), (new.members, new.pairs));
        assert_eq!(Change::between(&old, &old), Change::default());
    }
}
