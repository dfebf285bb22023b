//! The rule: of all that is on record of a case, what is in force for whom. No I/O.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use model::Standing;

/// One record of how somebody stands in a case, or of how the whole case stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub case: String,
    /// A source's person key; none: everybody in the case.
    pub person: Option<String>,
    /// The person's number in the case (A1), where the source gives one.
    pub code: Option<String>,
    /// A word of [`Standing`], or what an appeal did: `reversed`, `remanded`.
    pub word: String,
    /// The judgment this is, and the one an appeal turns.
    pub judgment: Option<String>,
    pub turns: Option<String>,
    /// Instants in microseconds: of the decision, and when the source last said so.
    pub at: i64,
    pub known: i64,
    pub row: Row,
}

/// The received row a record stands in.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Row {
    /// Contract name.
    pub source: String,
    /// SHA-256 of the received file.
    pub object: String,
    pub row: i64,
}

/// What is in force, since when, and the row that says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    pub standing: Standing,
    pub since: Option<DateTime<Utc>>,
    pub row: Row,
}

/// How everybody stands in one case.
#[derive(Debug, Default)]
pub struct Case {
    /// Person key to its place in `persons`.
    keys: HashMap<String, usize>,
    /// Person of the linkage to a place in `persons`, where the key itself is not on record.
    linked: HashMap<u64, usize>,
    persons: Vec<InForce>,
    whole: Option<InForce>,
}

/// A decision as it counts: appeals are resolved to the person whose judgment they turn.
struct Decided<'r> {
    person: Option<&'r str>,
    standing: Standing,
    court: bool,
    record: &'r Record,
}

impl Decided<'_> {
    /// What counts more: a court's word over the police's, then the newer decision, then the one told last, then what favours the person.
    fn weight(&self) -> (bool, i64, i64, Standing) {
        (self.court, self.record.at, self.record.known, self.standing)
    }

    fn in_force(&self) -> InForce {
        let since = DateTime::from_timestamp_micros(self.record.at).filter(|_| self.record.at != i64::MIN);
        InForce { standing: self.standing, since, row: self.record.row.clone() }
    }
}

impl Case {
    /// Of all records of one case; `linked` gives the person of the linkage a person key belongs to.
    pub(crate) fn of(records: &[Record], linked: &dyn Fn(&str) -> Option<u64>) -> Case {
        let decided = decided(records);
        let mut groups = Groups::of(records);
        groups.by_code(records);
        let persons_linked = groups.by_linkage(linked);
        let whole = decided.iter().filter(|d| d.person.is_none()).max_by_key(|d| d.weight()).map(Decided::in_force);
        let mut best: BTreeMap<usize, &Decided<'_>> = BTreeMap::new();
        // Whoever a charge-sheet names is the court's: a final report on the rest of the case does not take that back.
        let charged: BTreeSet<usize> = decided
            .iter()
            .filter(|d| d.standing == Standing::Charged)
            .filter_map(|d| groups.of_key.get(d.person?).copied())
            .collect();
        for d in &decided {
            let places: BTreeSet<usize> = match d.person {
                Some(key) => groups.of_key.get(key).copied().into_iter().collect(),
                None if d.court => groups.of_key.values().copied().collect(),
                None => groups.of_key.values().copied().filter(|g| !charged.contains(g)).collect(),
            };
            for place in places {
                let have = best.entry(place).or_insert(d);
                if d.weight() > have.weight() {
                    *have = d;
                }
            }
        }
        let mut place_of: HashMap<usize, usize> = HashMap::new();
        let mut persons = Vec::new();
        for (group, d) in best {
            place_of.insert(group, persons.len());
            persons.push(d.in_force());
        }
        let place = |group: &usize| place_of.get(group).copied();
        Case {
            keys: groups.of_key.iter().filter_map(|(k, g)| Some((k.to_string(), place(g)?))).collect(),
            linked: persons_linked.into_iter().filter_map(|(p, g)| Some((p, place(&g)?))).collect(),
            persons,
            whole,
        }
    }

    /// How the person of a key stands; by the linkage where the key is not on record in this case.
    pub fn person(&self, key: &str, linked: Option<u64>) -> Option<&InForce> {
        let place = self.keys.get(key).or_else(|| self.linked.get(&linked?))?;
        self.persons.get(*place)
    }

    /// How the case stands as a whole, where a record says so.
    pub fn whole(&self) -> Option<&InForce> {
        self.whole.as_ref()
    }

    /// Every person key on record, with what is in force.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &InForce)> {
        self.keys.iter().filter_map(|(key, place)| Some((key.as_str(), self.persons.get(*place)?)))
    }

    /// The whole case was quashed, and no court has put anybody back on trial since.
    pub(crate) fn quashed(&self) -> bool {
        self.whole.as_ref().is_some_and(|w| w.standing == Standing::Quashed)
            && self.persons.iter().all(|p| p.standing == Standing::Quashed)
    }
}

/// Records in words of [`Standing`]; each judgment with the appeals that turned it, in the order of their days.
fn decided(records: &[Record]) -> Vec<Decided<'_>> {
    let mut out = Vec::new();
    for r in records.iter().filter(|r| r.turns.is_none()) {
        let Some(first) = Standing::parse(&r.word) else { continue };
        let court = first.by_court() || r.judgment.is_some();
        out.push(Decided { person: r.person.as_deref(), standing: first, court, record: r });
        let Some(judgment) = &r.judgment else { continue };
        let mut appeals: Vec<&Record> = records.iter().filter(|a| a.turns.as_ref() == Some(judgment)).collect();
        appeals.sort_by_key(|a| (a.at, a.known));
        let mut now = first;
        for a in appeals {
            let turned = match a.word.as_str() {
                "reversed" => now.reversed(),
                "remanded" => Some(Standing::Charged),
                word => Standing::parse(word),
            };
            let Some(turned) = turned else { continue };
            now = turned;
            out.push(Decided { person: r.person.as_deref(), standing: now, court: true, record: a });
        }
    }
    out
}

/// Which person keys of a case are one person.
struct Groups<'r> {
    of_key: BTreeMap<&'r str, usize>,
    code_of: HashMap<&'r str, &'r str>,
}

/// A key that a contract made of a record which names no person of the source.
fn made_up(key: &str) -> bool {
    let id = key.split_once(':').map_or(key, |(_, id)| id);
    ["arrest-", "disposal-", "report-"].iter().any(|start| id.starts_with(start))
}

impl<'r> Groups<'r> {
    fn of(records: &'r [Record]) -> Groups<'r> {
        let mut of_key = BTreeMap::new();
        let mut code_of = HashMap::new();
        for r in records {
            let Some(key) = r.person.as_deref() else { continue };
            let next = of_key.len();
            of_key.entry(key).or_insert(next);
            if let Some(code) = r.code.as_deref() {
                code_of.entry(key).or_insert(code);
            }
        }
        Groups { of_key, code_of }
    }

    fn join(&mut self, a: &str, b: &str) {
        let (Some(&to), Some(&from)) = (self.of_key.get(a), self.of_key.get(b)) else { return };
        self.of_key.values_mut().filter(|g| **g == from).for_each(|g| *g = to);
    }

    /// One number in the case is one person, unless the source gives it to several of its own persons.
    fn by_code(&mut self, records: &'r [Record]) {
        let mut with: BTreeMap<&str, Vec<&'r str>> = BTreeMap::new();
        for r in records {
            if let (Some(key), Some(code)) = (r.person.as_deref(), r.code.as_deref()) {
                let keys = with.entry(code).or_default();
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        for keys in with.values().filter(|keys| keys.iter().filter(|k| !made_up(k)).count() <= 1) {
            keys.windows(2).for_each(|pair| self.join(pair[0], pair[1]));
        }
    }

    /// Keys of one person of the linkage are one here too, unless their numbers in the case differ: the source knows better who is who in it.
    fn by_linkage(&mut self, linked: &dyn Fn(&str) -> Option<u64>) -> HashMap<u64, usize> {
        let mut first: HashMap<u64, &'r str> = HashMap::new();
        let keys: Vec<&'r str> = self.of_key.keys().copied().collect();
        for key in keys {
            let Some(person) = linked(key) else { continue };
            let Some(other) = first.get(&person).copied() else {
                first.insert(person, key);
                continue;
            };
            let codes = |of: &str| -> Vec<&str> {
                let group = self.of_key.get(of);
                self.of_key.iter().filter(|(_, g)| Some(*g) == group).filter_map(|(k, _)| self.code_of.get(k).copied()).collect()
            };
            let (here, there) = (codes(key), codes(other));
            if here.iter().all(|a| there.iter().all(|b| a == b)) {
                self.join(other, key);
            }
        }
        first.into_iter().filter_map(|(person, key)| Some((person, *self.of_key.get(key)?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000_000;

    fn record(person: &str, code: &str, word: &str, day: i64) -> Record {
        let some = |t: &str| (!t.is_empty()).then(|| t.to_owned());
        Record {
            person: some(person),
            code: some(code),
            word: word.into(),
            at: day * DAY,
            known: day * DAY,
            row: Row { source: word.into(), object: "00".into(), row: day },
            ..Record::default()
        }
    }

    fn judged(record: Record, judgment: &str) -> Record {
        Record { judgment: Some(judgment.into()), ..record }
    }

    fn appeal(word: &str, judgment: &str, day: i64) -> Record {
        Record { turns: Some(judgment.into()), ..record("", "", word, day) }
    }

    /// What is in force for `key`, whatever the order records come in.
    fn stands(records: &[Record], key: &str) -> Option<(Standing, i64)> {
        let none = |_: &str| None;
        let told = |records: &[Record]| Case::of(records, &none).person(key, None).map(|f| (f.standing, f.row.row));
        let mut turned = records.to_vec();
        turned.reverse();
        assert_eq!(told(records), told(&turned), "the order of arrival is no matter");
        told(records)
    }

    #[test]
    fn each_step_of_a_case_turns_the_standing() {
        let steps = [
            (record("c:1", "A1", "accused", 1), Standing::Accused),
            (record("c:1", "A1", "arrested", 2), Standing::Arrested),
            (record("c:1", "A1", "charged", 3), Standing::Charged),
            (judged(record("c:1", "A1", "acquitted", 4), "d:1"), Standing::Acquitted),
            (appeal("reversed", "d:1", 5), Standing::Convicted),
            (appeal("quashed", "d:1", 6), Standing::Quashed),
        ];
        let mut so_far = Vec::new();
        for (i, (record, then)) in steps.into_iter().enumerate() {
            so_far.push(record);
            assert_eq!(stands(&so_far, "c:1"), Some((then, i as i64 + 1)));
        }
        // An arrest that is told of after all that turns nothing.
        so_far.push(record("c:1", "A1", "arrested", 9));
        assert_eq!(stands(&so_far, "c:1").map(|s| s.0), Some(Standing::Quashed));
    }

    #[test]
    fn a_judgment_is_for_the_one_it_names() {
        let both = [
            record("c:1", "A1", "charged", 1),
            record("c:2", "A2", "charged", 1),
            judged(record("c:1", "A1", "acquitted", 4), "d:1"),
        ];
        assert_eq!(stands(&both, "c:1"), Some((Standing::Acquitted, 4)));
        assert_eq!(stands(&both, "c:2"), Some((Standing::Charged, 1)), "the co-accused stands as before");
        assert_eq!(stands(&both, "c:3"), None, "and who is not in the case is not touched");
    }

    #[test]
    fn the_number_in_the_case_tells_whose_judgment_it_is() {
        let by_code = judged(record("c:disposal-9", "A2", "acquitted", 4), "d:9");
        let both = [record("c:1", "A1", "charged", 1), record("c:2", "A2", "charged", 1), by_code.clone()];
        assert_eq!(stands(&both, "c:2"), Some((Standing::Acquitted, 4)));
        assert_eq!(stands(&both, "c:1"), Some((Standing::Charged, 1)));
        // A number that two persons of the source share tells nothing.
        let mixed = [record("c:1", "A2", "charged", 1), record("c:2", "A2", "charged", 1), by_code];
        assert_eq!(stands(&mixed, "c:1"), Some((Standing::Charged, 1)));
        assert_eq!(stands(&mixed, "c:2"), Some((Standing::Charged, 1)));
    }

    #[test]
    fn the_linkage_joins_what_the_case_does_not_contradict() {
        let linked = |key: &str| (key != "c:3").then_some(7);
        let of = |records: &[Record], key: &str| Case::of(records, &linked).person(key, linked(key)).map(|f| f.standing);
        let acquitted = judged(record("c:disposal-9", "", "acquitted", 4), "d:9");
        let one = [record("c:1", "A1", "charged", 1), record("c:3", "", "charged", 1), acquitted];
        assert_eq!(of(&one, "c:1"), Some(Standing::Acquitted));
        assert_eq!(of(&one, "c:3"), Some(Standing::Charged));
        assert_eq!(of(&one, "other:5"), Some(Standing::Acquitted), "another source's key of the same person");
        let two = [record("c:1", "A1", "charged", 1), judged(record("c:2", "A2", "acquitted", 4), "d:9")];
        assert_eq!(of(&two, "c:1"), Some(Standing::Charged), "two numbers are two persons");
    }

    #[test]
    fn a_closing_report_holds_until_somebody_is_charged() {
        let mut all = vec![record("c:1", "", "accused", 1), record("", "", "closed", 3)];
        assert_eq!(stands(&all, "c:1"), Some((Standing::Closed, 3)));
        all.push(record("c:1", "", "charged", 8));
        assert_eq!(stands(&all, "c:1"), Some((Standing::Charged, 8)));
        all.push(record("", "", "closed", 9));
        assert_eq!(stands(&all, "c:1"), Some((Standing::Charged, 8)), "a report on the others");
        let none = |_: &str| None;
        let whole = |records: &[Record]| Case::of(records, &none).quashed();
        assert!(!whole(&all));
        all.push(record("", "", "quashed", 10));
        assert!(whole(&all));
        all.push(judged(record("c:1", "", "convicted", 12), "d:1"));
        assert!(!whole(&all), "a trial after it says that it was not the end");
    }

    #[test]
    fn an_appeal_waits_for_the_judgment_it_turns() {
        let early = [record("c:1", "", "charged", 1), appeal("reversed", "d:1", 9)];
        assert_eq!(stands(&early, "c:1"), Some((Standing::Charged, 1)));
        let mut whole = early.to_vec();
        whole.push(judged(record("c:1", "", "convicted", 4), "d:1"));
        assert_eq!(stands(&whole, "c:1"), Some((Standing::Acquitted, 9)));
        whole.push(appeal("remanded", "d:1", 11));
        assert_eq!(stands(&whole, "c:1"), Some((Standing::Charged, 11)));
        // Of two judgments of one day the one that favours the person.
        let same = [judged(record("c:1", "", "convicted", 4), "d:1"), judged(record("c:1", "", "acquitted", 4), "d:2")];
        assert_eq!(stands(&same, "c:1").map(|s| s.0), Some(Standing::Acquitted));
    }
}
