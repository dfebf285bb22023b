//! What a run did to the ids of persons, for the access log: which were joined, parted, led elsewhere or came back. Ids and counts, no value.

use std::collections::{BTreeMap, BTreeSet};

use lake::linkage::Linkage;
use lake::{Access, Lake, Result};
use serde_json::json;

use super::hex;

/// Ids in one entry of the log.
const BATCH: usize = 100;

/// What became of ids of persons.
#[derive(Debug, Default, PartialEq)]
pub struct Fates {
    /// Led to another now: the two were joined.
    pub joined: Vec<(u64, u64)>,
    /// Led to another before, and are a person's own again.
    pub back: Vec<u64>,
    /// Some records of the first left for the others.
    pub parted: Vec<(u64, Vec<u64>)>,
}

pub fn fates(old: &Linkage, new: &Linkage) -> Fates {
    let mut out = Fates::default();
    let mut joined: Vec<(u64, u64)> =
        new.redirects.iter().filter(|(from, to)| old.redirects.get(from) != Some(to)).map(|(from, to)| (*from, *to)).collect();
    joined.sort_unstable();
    out.back = old.redirects.keys().filter(|id| !new.redirects.contains_key(id)).copied().collect();
    out.back.sort_unstable();
    let mut left: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for m in &old.members {
        if let Some(now) = new.record(m.record)
            && now.person != m.person
            && new.follow(m.person) != now.person
        {
            left.entry(m.person).or_default().insert(now.person);
        }
    }
    out.joined = joined;
    out.parted = left.into_iter().map(|(from, to)| (from, to.into_iter().collect())).collect();
    out
}

/// Writes what became of the ids into the access log, before it is so.
pub fn record(lake: &Lake, access: &Access, old: Option<&Linkage>, new: &Linkage) -> Result<()> {
    let Some(old) = old else { return Ok(()) };
    let fates = fates(old, new);
    let note = |what| lake.record(access, "resolve-persons", true, what).map(|_| ());
    for batch in fates.joined.chunks(BATCH) {
        let ids: Vec<_> = batch.iter().map(|(from, to)| json!([hex(*from), hex(*to)])).collect();
        note(json!({ "joined": ids, "count": batch.len() }))?;
    }
    for batch in fates.parted.chunks(BATCH) {
        let ids: Vec<_> =
            batch.iter().map(|(from, to)| json!([hex(*from), to.iter().map(|id| hex(*id)).collect::<Vec<_>>()])).collect();
        note(json!({ "parted": ids, "count": batch.len() }))?;
    }
    for batch in fates.back.chunks(BATCH) {
        let ids: Vec<_> = batch.iter().map(|id| hex(*id)).collect();
        note(json!({ "back": ids, "count": batch.len() }))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use lake::linkage::{Header, Member};

    use super::*;

    fn state(persons: &[(u64, u64)], redirects: &[(u64, u64)]) -> Linkage {
        let member = |&(record, person): &(u64, u64)| Member {
            mention: record,
            source: "a.a".into(),
            object: "00".into(),
            row: 1,
            sealed: false,
            record,
            person,
            print: 0,
            district: 0,
        };
        let redirects: HashMap<u64, u64> = redirects.iter().copied().collect();
        Linkage::new(Header::default(), persons.iter().map(member).collect(), Vec::new(), redirects)
    }

    #[test]
    fn joins_parts_and_returns_are_told() {
        let one = state(&[(1, 10), (2, 10), (3, 30)], &[]);
        let two = state(&[(1, 10), (2, 10), (3, 10)], &[(30, 10)]);
        assert_eq!(fates(&one, &two), Fates { joined: vec![(30, 10)], ..Fates::default() });
        let three = state(&[(1, 10), (2, 40), (3, 30)], &[]);
        assert_eq!(fates(&two, &three), Fates { back: vec![30], parted: vec![(10, vec![30, 40])], ..Fates::default() });
        assert_eq!(fates(&three, &three), Fates::default());
    }
}
