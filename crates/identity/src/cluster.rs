//! Mentions to clusters.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::judgement::{Judgement, Verdict};
use crate::key::{Key, Mention, public_id};
use crate::sets::Sets;

/// How common a key may be before it identifies nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// Mentions a key may have at most.
    pub most: usize,
    /// Other bounds for single kinds.
    pub most_of: BTreeMap<String, usize>,
}

impl Default for Rules {
    fn default() -> Self {
        Rules { most: 50, most_of: BTreeMap::new() }
    }
}

impl Rules {
    fn bound(&self, kind: &str) -> usize {
        self.most_of.get(kind).copied().unwrap_or(self.most)
    }
}

/// Mentions of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// [`public_id`] of the smallest key that only this cluster has; of the smallest mention id where there is none.
    pub id: String,
    /// Sorted.
    pub mentions: Vec<String>,
}

/// Why mentions are together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    Key(Key),
    Judgement(Judgement),
}

/// One reason, and the mentions it holds together (two or more, sorted).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    pub because: Because,
    pub mentions: Vec<String>,
}

/// A key that joined nothing, for too many mentions have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TooCommon {
    pub key: Key,
    pub mentions: usize,
}

/// A judgement that contradicts those made after it, and was therefore not followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conflict {
    pub judgement: Judgement,
}

/// The outcome of [`link`]. Everything is sorted: the same input in another order gives the same outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Linked {
    pub clusters: Vec<Cluster>,
    pub joins: Vec<Join>,
    pub too_common: Vec<TooCommon>,
    pub conflicts: Vec<Conflict>,
}

impl Linked {
    /// The cluster of a mention.
    pub fn of(&self, mention: &str) -> Option<&Cluster> {
        self.clusters.iter().find(|c| c.mentions.binary_search_by(|m| m.as_str().cmp(mention)).is_ok())
    }
}

/// Joins mentions that share a key. Judgements come first, the newest before older ones, and win over keys: mentions
/// judged apart stay apart whatever they share, also through others. Judgements about mentions that are not in the input
/// are passed over.
pub fn link(mentions: &[Mention], judgements: &[Judgement], rules: &Rules) -> Linked {
    let mut keys_of: BTreeMap<&str, BTreeSet<&Key>> = BTreeMap::new();
    for mention in mentions {
        keys_of.entry(&mention.id).or_default().extend(&mention.keys);
    }
    let ids: Vec<&str> = keys_of.keys().copied().collect();
    let mut sets = Sets::new(ids.len());
    let mut out = Linked::default();

    follow(judgements, &ids, &mut sets, &mut out);

    let mut holders: BTreeMap<&Key, Vec<usize>> = BTreeMap::new();
    for (i, keys) in keys_of.values().enumerate() {
        for key in keys {
            holders.entry(key).or_default().push(i);
        }
    }
    let mut shared = Vec::new();
    for (key, holders) in &holders {
        if holders.len() > rules.bound(&key.kind) {
            out.too_common.push(TooCommon { key: (*key).clone(), mentions: holders.len() });
            continue;
        }
        for (n, &b) in holders.iter().enumerate().skip(1) {
            // With whom it may not be, a mention is not put; it goes with the first it may be with.
            let _ = holders[..n].iter().any(|&a| sets.join(a, b));
        }
        shared.push((*key, holders));
    }
    for (key, holders) in shared {
        let mut together: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for &i in holders {
            together.entry(sets.root(i)).or_default().push(ids[i].to_string());
        }
        let groups = together.into_values().filter(|g| g.len() > 1);
        let mut joins: Vec<Join> = groups.map(|mentions| Join { because: Because::Key(key.clone()), mentions }).collect();
        joins.sort_by(|a, b| a.mentions.cmp(&b.mentions));
        out.joins.extend(joins);
    }
    out.clusters = clusters(&ids, &keys_of, &holders, &mut sets);
    out
}

/// Applies judgements, newest first; of equal times the smaller in their order.
fn follow(judgements: &[Judgement], ids: &[&str], sets: &mut Sets, out: &mut Linked) {
    let at = |id: &str| ids.binary_search(&id).ok();
    let mut newest: Vec<&Judgement> = judgements.iter().collect();
    newest.sort_by(|a, b| b.when.cmp(&a.when).then_with(|| b.verdict.cmp(&a.verdict)).then_with(|| a.cmp(b)));
    let mut said: BTreeSet<(&str, &str)> = BTreeSet::new();
    for judgement in newest {
        let (Some(a), Some(b)) = (at(&judgement.left), at(&judgement.right)) else { continue };
        if !said.insert(judgement.pair()) || a == b {
            continue;
        }
        let followed = match judgement.verdict {
            Verdict::Same => sets.join(a, b),
            Verdict::NotSame => sets.keep_apart(a, b),
            Verdict::Unsure => continue,
        };
        match (followed, judgement.verdict) {
            (false, _) => out.conflicts.push(Conflict { judgement: judgement.clone() }),
            (true, Verdict::Same) => {
                let (left, right) = judgement.pair();
                out.joins
                    .push(Join { because: Because::Judgement(judgement.clone()), mentions: vec![left.into(), right.into()] });
            }
            (true, Verdict::NotSame | Verdict::Unsure) => {}
        }
    }
}

fn clusters(
    ids: &[&str],
    keys_of: &BTreeMap<&str, BTreeSet<&Key>>,
    holders: &BTreeMap<&Key, Vec<usize>>,
    sets: &mut Sets,
) -> Vec<Cluster> {
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..ids.len() {
        members.entry(sets.root(i)).or_default().push(i);
    }
    let mut out: Vec<Cluster> = members
        .into_iter()
        .map(|(root, members)| {
            let keys: BTreeSet<&Key> = members.iter().filter_map(|&i| keys_of.get(ids[i])).flatten().copied().collect();
            let own = keys.into_iter().find(|k| holders.get(k).is_some_and(|h| h.iter().all(|&i| sets.root(i) == root)));
            let mentions: Vec<String> = members.iter().map(|&i| ids[i].to_string()).collect();
            let id = match own {
                Some(key) => public_id(key),
                None => public_id(&Key::new("mention", mentions[0].clone())),
            };
            Cluster { id, mentions }
        })
        .collect();
    out.sort_by(|a, b| a.mentions.cmp(&b.mentions));
    out
}
