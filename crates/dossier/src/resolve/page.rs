//! What the linkage gives a dossier: a person's mentions, and why they are together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use lake::linkage::{Linkage, Member, Pair};
use lake::{LakeError, Result, Session};
use serde::{Deserialize, Serialize};

use super::explain::{self, Why};
use super::frozen::Frozen;
use super::hex;
use super::records::{READ, Values, table, values};
use crate::fact::Origin;
use crate::mention::{self, COLUMNS, MOST, Mention, TABLE};
use crate::rows::{Row, Rows};
use crate::sql;

/// Pairs explained on one page at most.
const EXPLAINED: usize = 25;

/// Why two records are in one person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Ids of the records, for a judgement.
    pub left: String,
    pub right: String,
    pub mentions: Vec<Origin>,
    pub why: Why,
}

/// Rows of members, as the session may see them.
async fn rows(session: &Session, members: &[&Member], columns: &str) -> Result<Rows> {
    let mut places: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for m in members.iter().take(MOST) {
        places.entry(&m.object).or_default().insert(m.row);
    }
    let places = places.into_iter().map(|(object, rows)| {
        let rows = rows.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        format!("(_object = {} AND _row IN ({rows}))", sql::text(object))
    });
    let places = places.collect::<Vec<_>>();
    if places.is_empty() {
        return Ok(Rows::default());
    }
    let rest = format!("WHERE {} ORDER BY _source, _object, _row", places.join(" OR "));
    sql::rows(session, TABLE, columns, &rest).await
}

/// Whether a row shows who it speaks of: of the sealed there is no trace.
fn open(row: &Row<'_>) -> bool {
    !row.flag("sealed").unwrap_or(true) || row.text("name").or_else(|| row.text("name_local")).is_some()
}

/// Members of one person as mentions. Those whose identity is withheld are not among them: that somebody named here is also somebody sealed
/// elsewhere would say who that is.
pub(crate) async fn members(session: &Session, members: &[Member]) -> Result<Vec<Mention>> {
    let found = gathered(session, &members.iter().take(MOST).collect::<Vec<_>>()).await?;
    Ok(found.into_iter().map(|(_, mention)| mention).collect())
}

/// The same of many persons: one query for as many of them as it takes, rather than one for each.
pub(crate) async fn members_of(
    session: &Session,
    linkage: &Linkage,
    persons: &BTreeSet<u64>,
) -> Result<HashMap<u64, Vec<Mention>>> {
    let wanted: Vec<&Member> = persons.iter().flat_map(|p| linkage.person(*p).iter().take(MOST)).collect();
    let mut out: HashMap<u64, Vec<Mention>> = HashMap::new();
    for (person, mention) in gathered(session, &wanted).await? {
        out.entry(person).or_default().push(mention);
    }
    Ok(out)
}

/// Members as mentions, each with its person, in the order of their sources.
async fn gathered(session: &Session, members: &[&Member]) -> Result<Vec<(u64, Mention)>> {
    let whose: HashMap<u64, u64> = members.iter().map(|m| (m.mention, m.person)).collect();
    let (mut persons, mut own) = (Vec::new(), Vec::new());
    for part in members.chunks(MOST) {
        for mention in rows(session, part, COLUMNS).await?.iter().filter(open).map(|r| Mention::read(&r)) {
            if let Some(person) = whose.get(&mention.linked_by()) {
                persons.push(*person);
                own.push(mention);
            }
        }
    }
    crate::standing::attach(session, &mut own).await?;
    Ok(persons.into_iter().zip(own).collect())
}

/// Those of some records of which the session may see something.
pub(crate) async fn visible(session: &Session, linkage: &Linkage, records: &HashSet<u64>) -> Result<HashSet<u64>> {
    let of: Vec<&Member> = records.iter().flat_map(|r| linkage.of_record(*r)).collect();
    let whose: HashMap<u64, u64> = of.iter().map(|m| (m.mention, m.record)).collect();
    let mut out = HashSet::new();
    for part in of.chunks(MOST) {
        for row in rows(session, part, COLUMNS).await?.iter().filter(open) {
            out.extend(whose.get(&Mention::read(&row).linked_by()));
        }
    }
    Ok(out)
}

/// What records state, as far as the session may see it; none where nothing of one is to be seen.
pub(crate) async fn stated(
    session: &Session,
    linkage: &Linkage,
    records: &[u64],
) -> Result<HashMap<u64, (Values, Vec<Mention>)>> {
    let of: Vec<&Member> = records.iter().flat_map(|r| linkage.of_record(*r)).collect();
    let whose: HashMap<u64, u64> = of.iter().map(|m| (m.mention, m.record)).collect();
    let columns: Vec<&str> = READ.split(", ").chain(COLUMNS.split(", ")).map(str::trim).collect();
    let mut once: Vec<&str> = Vec::new();
    columns.iter().for_each(|c| {
        if !once.contains(c) {
            once.push(c)
        }
    });
    let rows = rows(session, &of, &once.join(", ")).await?;
    let keys: BTreeSet<String> = rows.iter().filter_map(|r| r.text("person_key")).collect();
    let mut vehicles: HashMap<String, String> = HashMap::new();
    if !keys.is_empty() {
        let rest = format!(
            "WHERE from_kind = 'person' AND to_kind = 'vehicle' AND {} ORDER BY _source, _object, _row",
            sql::list("from_key", &keys)
        );
        for row in sql::rows(session, "pole.link", "from_key, to_key", &rest).await?.iter() {
            if let (Some(person), Some(plate)) = (row.text("from_key"), row.text("to_key")) {
                vehicles.entry(person).or_insert(plate);
            }
        }
    }
    let mut out: HashMap<u64, (Values, Vec<Mention>)> = HashMap::new();
    for row in rows.iter().filter(open) {
        let mention = Mention::read(&row);
        let Some(record) = whose.get(&mention.linked_by()) else { continue };
        let place = out.entry(*record).or_default();
        let vehicle = mention.person_key.as_ref().and_then(|k| vehicles.get(k));
        for (have, new) in place.0.iter_mut().zip(values(&row, vehicle)) {
            if have.is_none() {
                *have = new;
            }
        }
        place.1.push(mention);
    }
    for (_, mentions) in out.values_mut() {
        crate::standing::attach(session, mentions).await?;
    }
    Ok(out)
}

/// The evidence of pairs of records in words; pairs of which a side cannot be seen are left out.
pub(crate) async fn explained(session: &Session, linkage: &Linkage, pairs: &[(u64, u64)]) -> Result<Vec<Evidence>> {
    let records: BTreeSet<u64> = pairs.iter().flat_map(|p| [p.0, p.1]).collect();
    let records: Vec<u64> = records.into_iter().collect();
    let stated = stated(session, linkage, &records).await?;
    let seen: Vec<u64> = records.into_iter().filter(|r| stated.contains_key(r)).collect();
    let place = |r: u64| seen.binary_search(&r).ok().map(|i| i as u32);
    if pairs.iter().all(|p| place(p.0).is_none() || place(p.1).is_none()) {
        return Ok(Vec::new());
    }
    let frozen: Frozen = serde_json::from_value(linkage.header.frozen.clone())
        .map_err(|e| LakeError::Invalid(format!("the kept linkage: {e}. Run `sarovar resolve --full`")))?;
    let values: Vec<Values> = seen.iter().map(|r| stated[r].0.clone()).collect();
    let engine = frozen.engine(&table(seen.iter().map(|r| hex(*r)), &values)?)?;
    let origins = |r: u64| stated[&r].1.iter().map(|m| m.origin.clone());
    let told = pairs.iter().filter_map(|&(a, b)| {
        let (i, j) = (place(a)?, place(b)?);
        let why = explain::why(&engine, i, j);
        Some(Evidence { left: hex(a), right: hex(b), mentions: origins(a).chain(origins(b)).collect(), why })
    });
    Ok(told.collect())
}

/// Why the records of a person are together: the strongest pairs that hold all of them.
pub(crate) async fn evidence(session: &Session, linkage: &Linkage, person: u64) -> Result<Vec<Evidence>> {
    let open: BTreeSet<u64> = linkage.person(person).iter().filter(|m| !m.sealed).map(|m| m.record).collect();
    let open: Vec<u64> = open.into_iter().collect();
    let at = |r: u64| open.binary_search(&r).ok();
    let mut pairs: Vec<&Pair> = Vec::new();
    for (i, &a) in open.iter().enumerate() {
        pairs.extend(open[i + 1..].iter().filter_map(|&b| linkage.pair(a, b)).filter(|p| p.has(Pair::MERGES)));
    }
    pairs.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.left, x.right).cmp(&(y.left, y.right))));
    let mut sets = identity::link::resolve::union::Union::new(open.len());
    let mut chosen = Vec::new();
    for p in pairs {
        if let (Some(a), Some(b)) = (at(p.left), at(p.right))
            && sets.root(a as u32) != sets.root(b as u32)
        {
            sets.join(a as u32, b as u32);
            chosen.push((p.left, p.right));
        }
    }
    chosen.truncate(EXPLAINED);
    explained(session, linkage, &chosen).await
}

/// The record a mention belongs to, and its person.
pub(crate) fn of_mention(linkage: &Linkage, mention: &Mention) -> Option<(u64, u64)> {
    linkage.mention(mention.linked_by()).map(|m| (m.record, m.person))
}

/// The person an id leads to: a person's own, one that was merged away, or a record's.
pub(crate) fn by_id(linkage: &Linkage, id: &str) -> Option<u64> {
    let id = super::number(id)?;
    let person = linkage.follow(id);
    if !linkage.person(person).is_empty() {
        return Some(person);
    }
    linkage.record(id).map(|m| m.person)
}

/// The id of the record a source's own key stands for.
pub(crate) fn record_of_key(key: &str) -> u64 {
    super::hash(mention::PERSON_KEY, key)
}
