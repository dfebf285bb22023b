//! Public ids that outlive merges and splits.

use std::collections::{BTreeMap, HashMap};

use crate::key::{Key, public_id};

/// Ids of clusters. Given once, an id always leads somewhere: to its cluster, or to the id that took its place.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Ids {
    of: HashMap<String, String>,
    redirect: BTreeMap<String, String>,
    given: BTreeMap<String, usize>,
}

impl Ids {
    /// Goes on from kept redirects (from, to). `used` says whether an id is one of a cluster now; `records` are those that may get a new one.
    pub fn resume<'r>(
        redirect: BTreeMap<String, String>,
        used: impl Fn(&str) -> bool,
        records: impl IntoIterator<Item = &'r str>,
    ) -> Ids {
        let mut out = Ids { redirect, ..Ids::default() };
        for record in records {
            let taken = |id: String| used(&id) || out.redirect.contains_key(&id);
            let n = (1..).take_while(|n| taken(nth(record, *n))).count();
            if n > 0 {
                out.given.insert(record.to_string(), n);
            }
        }
        out
    }

    /// Ids that lead to others, with where they lead.
    pub fn redirects(&self) -> &BTreeMap<String, String> {
        &self.redirect
    }

    /// The id of a record's cluster.
    pub fn of(&self, record: &str) -> Option<&str> {
        self.of.get(record).map(String::as_str)
    }

    /// Where an id leads now, through any number of merges.
    pub fn follow<'a>(&'a self, id: &'a str) -> &'a str {
        let (mut now, mut steps) = (id, 0);
        while let Some(next) = self.redirect.get(now) {
            (now, steps) = (next, steps + 1);
            if steps > self.redirect.len() {
                break;
            }
        }
        now
    }

    /// Gives ids to clusters that were made anew. An id stays with the cluster that has most of its former records (of equal ones, with the one
    /// that has the first record); a cluster that several ids come to keeps the one with the most records, and the others redirect to it; a
    /// cluster without any gets a new one. `before` has the former id of every record concerned.
    pub fn regroup(&mut self, clusters: Vec<Vec<String>>, before: &BTreeMap<String, Option<String>>) {
        let mut claims: Vec<(usize, String, usize)> = Vec::new();
        for (i, cluster) in clusters.iter().enumerate() {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            cluster.iter().filter_map(|r| before.get(r)?.as_deref()).for_each(|id| *counts.entry(id).or_default() += 1);
            claims.extend(counts.into_iter().map(|(id, n)| (n, id.to_string(), i)));
        }
        claims.sort_by(|x, y| y.0.cmp(&x.0).then(x.2.cmp(&y.2)).then(x.1.cmp(&y.1)));
        let mut home: BTreeMap<String, usize> = BTreeMap::new();
        let mut kept: Vec<Option<String>> = vec![None; clusters.len()];
        for (_, id, i) in claims {
            if home.contains_key(&id) {
                continue;
            }
            home.insert(id.clone(), i);
            match &kept[i] {
                None => {
                    self.redirect.remove(&id);
                    kept[i] = Some(id);
                }
                Some(keeper) => _ = self.redirect.insert(id, keeper.clone()),
            }
        }
        for (cluster, id) in clusters.into_iter().zip(kept) {
            let id = id.unwrap_or_else(|| self.fresh(&cluster[0]));
            for record in cluster {
                self.of.insert(record, id.clone());
            }
        }
    }

    /// A new id for the cluster of a record; never one that was given before.
    fn fresh(&mut self, record: &str) -> String {
        let n = self.given.entry(record.to_string()).or_default();
        *n += 1;
        nth(record, *n)
    }
}

/// The `n`-th id that a record's cluster may be given.
fn nth(record: &str, n: usize) -> String {
    let value = if n == 1 { record.to_string() } else { format!("{record}#{n}") };
    public_id(&Key::new("link", value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regroup(ids: &mut Ids, clusters: &[&[&str]]) {
        let clusters: Vec<Vec<String>> = clusters.iter().map(|c| c.iter().map(|r| r.to_string()).collect()).collect();
        let before = clusters.iter().flatten().map(|r| (r.clone(), ids.of(r).map(String::from))).collect();
        ids.regroup(clusters, &before);
    }

    #[test]
    fn a_merge_redirects_and_a_split_leaves_the_id_with_the_larger_core() {
        let mut ids = Ids::default();
        regroup(&mut ids, &[&["a", "b", "c"], &["d", "e"]]);
        let (abc, de) = (ids.of("a").unwrap().to_string(), ids.of("d").unwrap().to_string());
        regroup(&mut ids, &[&["a", "b", "c", "d", "e"]]);
        assert_eq!((ids.of("e"), ids.follow(&de)), (Some(&*abc), &*abc));
        regroup(&mut ids, &[&["a"], &["b", "c", "d"], &["e"]]);
        assert_eq!(ids.of("c"), Some(&*abc), "three of five records");
        assert!(ids.of("a") != ids.of("e") && ids.of("a") != Some(&*abc));
        assert_eq!(ids.follow(&de), abc, "an id once given still leads to its people");
        assert_ne!(ids.of("a"), Some(&*de));
    }

    #[test]
    fn a_record_apart_again_gets_an_id_of_its_own() {
        let mut ids = Ids::default();
        regroup(&mut ids, &[&["a"], &["b"]]);
        let b = ids.of("b").unwrap().to_string();
        regroup(&mut ids, &[&["a", "b"]]);
        regroup(&mut ids, &[&["a"], &["b"]]);
        assert!(ids.of("b") != ids.of("a") && ids.of("b") != Some(&*b), "the old id redirects; it is not given twice");
    }
}
