//! Linking by exact identifiers: examples, and laws that hold for every input.

mod linkage;
mod names;
// Its CSV is written by an example.
#[allow(dead_code)]
mod persons;

use std::collections::BTreeSet;

use identity::{Because, Judgement, Key, Linked, Mention, Rules, Verdict, link, public_id};
use proptest::prelude::*;

fn mention(id: &str, keys: &[(&str, &str)]) -> Mention {
    Mention { id: id.into(), keys: keys.iter().map(|(k, v)| Key::new(k, *v)).collect() }
}

fn judged(left: &str, right: &str, verdict: Verdict, when: i64) -> Judgement {
    Judgement { left: left.into(), right: right.into(), verdict, who: "io-1".into(), when, why: "seen both".into() }
}

fn groups(linked: &Linked) -> Vec<Vec<&str>> {
    linked.clusters.iter().map(|c| c.mentions.iter().map(String::as_str).collect()).collect()
}

#[test]
fn a_shared_key_joins_and_says_so() {
    let all = [
        mention("m1", &[("person", "x:1"), ("phone", "7000000101")]),
        mention("m2", &[("phone", "7000000101"), ("id", "voter|T1")]),
        mention("m3", &[("id", "voter|T1")]),
        mention("m4", &[("phone", "7000000102")]),
    ];
    let linked = link(&all, &[], &Rules::default());
    assert_eq!(groups(&linked), [vec!["m1", "m2", "m3"], vec!["m4"]]);
    assert_eq!(linked.clusters[0].id, public_id(&Key::new("id", "voter|T1")), "the smallest key names the cluster");
    let why: Vec<_> = linked.joins.iter().map(|j| (j.because.clone(), j.mentions.clone())).collect();
    assert_eq!(
        why,
        [
            (Because::Key(Key::new("id", "voter|T1")), vec!["m2".to_string(), "m3".into()]),
            (Because::Key(Key::new("phone", "7000000101")), vec!["m1".to_string(), "m2".into()]),
        ]
    );
    assert_eq!(linked.of("m3").map(|c| &c.id), Some(&linked.clusters[0].id));
    assert_eq!(linked.of("m9"), None);
}

#[test]
fn a_key_of_too_many_joins_nothing() {
    let all: Vec<_> = (0..51).map(|i| mention(&format!("m{i:02}"), &[("phone", "100"), ("person", &format!("x:{i}"))])).collect();
    let linked = link(&all, &[], &Rules::default());
    assert_eq!(linked.clusters.len(), 51);
    assert_eq!((linked.too_common.len(), linked.too_common[0].mentions), (1, 51));
    assert!(linked.joins.is_empty());
    assert_eq!(link(&all[..50], &[], &Rules::default()).clusters.len(), 1, "fifty are allowed");
    let wide = Rules { most_of: [("phone".to_string(), 60)].into(), ..Rules::default() };
    assert_eq!(link(&all, &[], &wide).clusters.len(), 1);
}

#[test]
fn ids_stay_apart_where_a_common_key_is_all_there_is() {
    let all: Vec<_> = (0..3).map(|i| mention(&format!("m{i}"), &[("phone", "100")])).collect();
    let linked = link(&all, &[], &Rules { most: 2, ..Rules::default() });
    let ids: BTreeSet<_> = linked.clusters.iter().map(|c| &c.id).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn people_outrank_keys() {
    let all =
        [mention("a", &[("k", "1")]), mention("b", &[("k", "1"), ("k", "2")]), mention("c", &[("k", "2")]), mention("d", &[])];
    let said = [judged("c", "a", Verdict::NotSame, 1), judged("d", "a", Verdict::Same, 1)];
    let linked = link(&all, &said, &Rules::default());
    assert_eq!(groups(&linked), [vec!["a", "b", "d"], vec!["c"]]);
    assert!(linked.joins.iter().any(|j| matches!(&j.because, Because::Judgement(j) if j.left == "d")));
    let later = [said[0].clone(), judged("a", "c", Verdict::Same, 2)];
    assert_eq!(
        groups(&link(&all, &later, &Rules::default())),
        [vec!["a", "b", "c"], vec!["d"]],
        "the later judgement of a pair counts"
    );
}

#[test]
fn judgements_that_contradict_are_reported() {
    let all = [mention("a", &[]), mention("b", &[]), mention("c", &[])];
    let said = [
        judged("a", "b", Verdict::Same, 3),
        judged("b", "c", Verdict::Same, 2),
        judged("a", "c", Verdict::NotSame, 1),
        judged("a", "gone", Verdict::Same, 9),
    ];
    let linked = link(&all, &said, &Rules::default());
    assert_eq!(groups(&linked), [vec!["a", "b", "c"]]);
    assert_eq!(linked.conflicts.len(), 1);
    assert_eq!(linked.conflicts[0].judgement, said[2]);
}

#[test]
fn one_id_twice_is_one_mention() {
    let all = [mention("a", &[("k", "1")]), mention("a", &[("k", "2")]), mention("b", &[("k", "2")])];
    assert_eq!(groups(&link(&all, &[], &Rules::default())), [vec!["a", "b"]]);
}

/// Transitive closure by repeated passes: slow and plain.
fn closure(mentions: &[Mention]) -> BTreeSet<BTreeSet<String>> {
    let mut sets: Vec<(BTreeSet<String>, BTreeSet<Key>)> =
        mentions.iter().map(|m| ([m.id.clone()].into(), m.keys.iter().cloned().collect())).collect();
    loop {
        let pair = (0..sets.len())
            .flat_map(|i| (i + 1..sets.len()).map(move |j| (i, j)))
            .find(|&(i, j)| !sets[i].1.is_disjoint(&sets[j].1));
        let Some((i, j)) = pair else { break };
        let (ids, keys) = sets.remove(j);
        sets[i].0.extend(ids);
        sets[i].1.extend(keys);
    }
    sets.into_iter().map(|(ids, _)| ids).collect()
}

fn mentions() -> impl Strategy<Value = Vec<Mention>> {
    prop::collection::vec(prop::collection::vec((0u8..3, 0u8..12), 0..4), 1..24).prop_map(|all| {
        let key = |(kind, value): (u8, u8)| Key::new(["id", "person", "phone"][kind as usize], value.to_string());
        all.into_iter()
            .enumerate()
            .map(|(i, keys)| Mention { id: format!("m{i:02}"), keys: keys.into_iter().map(key).collect() })
            .collect()
    })
}

fn judgements() -> impl Strategy<Value = Vec<Judgement>> {
    prop::collection::vec((0u8..24, 0u8..24, any::<bool>(), 0i64..6), 0..8).prop_map(|all| {
        let verdict = |same| if same { Verdict::Same } else { Verdict::NotSame };
        all.into_iter().map(|(a, b, same, when)| judged(&format!("m{a:02}"), &format!("m{b:02}"), verdict(same), when)).collect()
    })
}

proptest! {
    #[test]
    fn equals_the_plain_closure(all in mentions()) {
        let linked = link(&all, &[], &Rules::default());
        let got: BTreeSet<BTreeSet<String>> = linked.clusters.iter().map(|c| c.mentions.iter().cloned().collect()).collect();
        prop_assert_eq!(got, closure(&all));
    }

    #[test]
    fn order_does_not_matter(all in mentions(), said in judgements(), seed in any::<u64>(), most in 1usize..6) {
        let rules = Rules { most, ..Rules::default() };
        let (mut mixed, mut retold) = (all.clone(), said.clone());
        let mut state = seed | 1;
        let mut next = |n: usize| { state ^= state << 13; state ^= state >> 7; state ^= state << 17; (state % n as u64) as usize };
        for i in (1..mixed.len()).rev() { mixed.swap(i, next(i + 1)); }
        for i in (1..retold.len()).rev() { retold.swap(i, next(i + 1)); }
        prop_assert_eq!(link(&all, &said, &rules), link(&mixed, &retold, &rules));
    }

    #[test]
    fn clusters_part_the_mentions_and_have_ids_of_their_own(all in mentions(), said in judgements(), most in 1usize..6) {
        let linked = link(&all, &said, &Rules { most, ..Rules::default() });
        let mut seen: Vec<&String> = linked.clusters.iter().flat_map(|c| &c.mentions).collect();
        seen.sort();
        prop_assert_eq!(seen, all.iter().map(|m| &m.id).collect::<Vec<_>>());
        let ids: BTreeSet<_> = linked.clusters.iter().map(|c| &c.id).collect();
        prop_assert_eq!(ids.len(), linked.clusters.len());
    }

    #[test]
    fn what_was_judged_apart_stays_apart(all in mentions(), said in judgements()) {
        let linked = link(&all, &said, &Rules::default());
        for j in said.iter().filter(|j| j.left != j.right) {
            let overruled = linked.conflicts.iter().any(|c| c.judgement == *j)
                || said.iter().any(|o| o.pair() == j.pair() && o.verdict != j.verdict && o.when >= j.when);
            let (a, b) = (linked.of(&j.left), linked.of(&j.right));
            if let (Some(a), Some(b), false) = (a, b, overruled) {
                prop_assert_eq!(a == b, j.verdict == Verdict::Same);
            }
        }
    }

    #[test]
    fn every_join_is_inside_one_cluster(all in mentions(), said in judgements()) {
        let linked = link(&all, &said, &Rules::default());
        for join in &linked.joins {
            let home = linked.of(&join.mentions[0]);
            prop_assert!(join.mentions.len() >= 2 && join.mentions.iter().all(|m| linked.of(m) == home));
        }
    }
}
