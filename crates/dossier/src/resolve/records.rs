//! From mentions to records: one row a record, with what its mentions state in the model's columns.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use arrow::array::RecordBatch;
use identity::link::LinkError;
use identity::link::normalise::normalise;
use identity::link::table::{Column, Table};
use identity::name::{self, Name, Part, Word};
use lake::linkage::Member;
use lake::{LakeError, Result};
use rayon::prelude::*;

use super::hash;
use crate::mention::{self, PERSON_KEY};
use crate::rows::{Row, Rows};

/// Columns of `pole.person_mention` that are read.
pub const READ: &str = "role, name, name_local, alias, relation, relative_name, relative_name_local, sex, birth_date, birth_year, age, age_on, \
    address, village, thana, district, phone, id_type, id_value, person_key, sealed, _source, _object, _row";

/// Columns of the model, in this order.
pub const COLUMNS: [&str; 11] =
    ["name", "relative", "father", "sex", "birth_date", "born", "village", "thana", "phone", "document", "vehicle"];

/// Likeness from which a relative's word is the person's own family name.
const SAME_WORD: f64 = 0.8;

/// What a record states, by column.
pub type Values = [Option<Box<str>>; COLUMNS.len()];

/// All records of the lake, sorted by id.
#[derive(Debug, Default)]
pub struct Records {
    pub ids: Vec<u64>,
    pub values: Vec<Values>,
    pub sealed: Vec<bool>,
    /// Hash of the first that a mention names; no part of the evidence.
    pub districts: Vec<u64>,
    /// Hash of all that the rows say.
    pub prints: Vec<u64>,
    /// Without person, print and district, which are settled later.
    pub members: Vec<Member>,
    /// Districts by their hash.
    pub names: BTreeMap<u64, String>,
}

/// A record while its mentions come in.
#[derive(Debug, Default)]
struct Held {
    values: Values,
    sealed: bool,
    district: u64,
    print: u64,
    vehicle: bool,
}

/// Takes mentions in, in the order of their rows.
#[derive(Debug, Default)]
pub struct Gather {
    rows: HashMap<u64, Held>,
    members: Vec<Member>,
    seen: HashMap<u64, u32>,
    texts: HashMap<String, Arc<str>>,
    names: BTreeMap<u64, String>,
}

/// What a row says of its mention, before names are read.
struct Marked<'r> {
    row: Row<'r>,
    mention: u64,
    record: u64,
    sealed: bool,
    key: Option<String>,
}

impl Gather {
    /// Rows of [`READ`]; `vehicles` gives the registration mark of a person key. Of rows that are not `wanted` only the place is kept.
    pub fn push(
        &mut self,
        batch: RecordBatch,
        vehicles: &HashMap<String, String>,
        wanted: impl Fn(u64) -> bool + Sync,
    ) -> Result<()> {
        let rows = Rows::new(vec![batch])?;
        let marked: Vec<Marked<'_>> = rows.iter().map(|row| self.mark(row)).collect();
        let vehicle = |m: &Marked<'_>| m.key.as_deref().and_then(|k| vehicles.get(k));
        // Reading names is most of the work.
        let read: Vec<Option<(Values, u64)>> =
            marked.par_iter().map(|m| wanted(m.record).then(|| (values(&m.row, vehicle(m)), print(&m.row)))).collect();
        for (m, read) in marked.iter().zip(read) {
            if let Some((values, print)) = read {
                let place = self.rows.entry(m.record).or_default();
                place.sealed |= m.sealed;
                // In whatever order rows come.
                place.print = place.print.wrapping_add(print);
                if let Some(plate) = vehicle(m).filter(|_| !place.vehicle) {
                    place.vehicle = true;
                    place.print = place.print.wrapping_add(hash("vehicle", plate));
                }
                if place.district == 0
                    && let Some(district) = m.row.text("district").map(|d| d.to_uppercase())
                {
                    place.district = hash("district", &district);
                    self.names.insert(place.district, district);
                }
                for (have, new) in place.values.iter_mut().zip(values) {
                    if have.is_none() {
                        *have = new;
                    }
                }
            }
            let mut once = |text: Option<String>| {
                let text = text.unwrap_or_default();
                self.texts.entry(text).or_insert_with_key(|t| t.as_str().into()).clone()
            };
            self.members.push(Member {
                mention: m.mention,
                source: once(m.row.text("_source")),
                object: once(m.row.text("_object")),
                row: m.row.int("_row").unwrap_or_default(),
                sealed: m.sealed,
                record: m.record,
                person: 0,
                print: 0,
                district: 0,
            });
        }
        Ok(())
    }

    fn mark<'r>(&mut self, row: Row<'r>) -> Marked<'r> {
        let sealed = row.flag("sealed").unwrap_or(true);
        let key = row.text("person_key");
        let id = mention::id_of(&row, sealed);
        let times = self.seen.entry(hash("mention", &id)).or_default();
        *times += 1;
        // Two people of one row whom nothing visible tells apart.
        let mention = if *times == 1 { hash("mention", &id) } else { hash("mention", &format!("{id}#{times}")) };
        let record = key.as_ref().map_or(mention, |k| hash(PERSON_KEY, k));
        Marked { row, mention, record, sealed, key }
    }

    pub fn finish(self) -> Records {
        let mut rows: Vec<(u64, Held)> = self.rows.into_iter().collect();
        rows.sort_unstable_by_key(|r| r.0);
        let mut out = Records { members: self.members, names: self.names, ..Records::default() };
        for (id, held) in rows {
            out.prints.push(held.print);
            out.ids.push(id);
            out.values.push(held.values);
            out.sealed.push(held.sealed);
            out.districts.push(held.district);
        }
        out
    }
}

/// Hash of all that a row says.
fn print(row: &Row<'_>) -> u64 {
    let mut text = String::new();
    for column in READ.split(", ").map(str::trim) {
        text.push_str(&row.shown(column));
        text.push('\u{1f}');
    }
    hash("row", &text)
}

impl Records {
    pub fn row(&self, id: u64) -> Option<u32> {
        self.ids.binary_search(&id).ok().map(|i| i as u32)
    }

    /// The records of a linkage by their ids, with nothing of what they say.
    pub fn bare(members: Vec<Member>) -> Records {
        let mut rows: BTreeMap<u64, (bool, u64, u64)> = BTreeMap::new();
        for m in &members {
            let row = rows.entry(m.record).or_insert((false, m.print, m.district));
            row.0 |= m.sealed;
        }
        let mut out = Records { members, ..Records::default() };
        for (id, (sealed, print, district)) in rows {
            out.ids.push(id);
            out.sealed.push(sealed);
            out.prints.push(print);
            out.districts.push(district);
        }
        out
    }

    /// Some of the rows, in their order.
    pub fn only(&self, rows: &[usize]) -> Records {
        Records {
            ids: rows.iter().map(|r| self.ids[*r]).collect(),
            values: rows.iter().map(|r| self.values[*r].clone()).collect(),
            sealed: rows.iter().map(|r| self.sealed[*r]).collect(),
            districts: rows.iter().map(|r| self.districts[*r]).collect(),
            prints: rows.iter().map(|r| self.prints[*r]).collect(),
            members: Vec::new(),
            names: self.names.clone(),
        }
    }

    /// Takes other records in; both are sorted, and have none in common.
    pub fn join(self, other: Records) -> Records {
        let mut rows: Vec<_> = Vec::with_capacity(self.ids.len() + other.ids.len());
        let mut names = self.names;
        names.extend(other.names);
        for (ids, values, sealed, districts, prints) in [
            (self.ids, self.values, self.sealed, self.districts, self.prints),
            (other.ids, other.values, other.sealed, other.districts, other.prints),
        ] {
            let row = ids.into_iter().zip(values).zip(sealed).zip(districts).zip(prints);
            rows.extend(row.map(|((((id, values), sealed), district), print)| (id, values, sealed, district, print)));
        }
        rows.sort_unstable_by_key(|r| r.0);
        let mut out = Records { names, ..Records::default() };
        for (id, values, sealed, district, print) in rows {
            out.ids.push(id);
            out.values.push(values);
            out.sealed.push(sealed);
            out.districts.push(district);
            out.prints.push(print);
        }
        out
    }

    /// As the linkage engine reads it.
    pub fn table(&self) -> Result<Table> {
        table(self.ids.iter().map(|id| super::hex(*id)), &self.values)
    }
}

/// Records as a table of the linkage engine.
pub fn table(ids: impl Iterator<Item = String>, values: &[Values]) -> Result<Table> {
    let wrong = |e: LinkError| LakeError::Invalid(e.to_string());
    let mut id = Column::new("id".into());
    ids.into_iter().try_for_each(|i| id.push(Some(&i))).map_err(wrong)?;
    let mut columns = vec![id];
    for (c, name) in COLUMNS.iter().enumerate() {
        let mut column = Column::new(name.to_string());
        for row in values {
            let value = row[c].as_deref().and_then(|v| normalise(v, &[]));
            column.push(value.as_deref()).map_err(wrong)?;
        }
        columns.push(column);
    }
    Ok(Table { name: "the lake's persons".into(), rows: values.len(), columns })
}

/// What one mention states.
pub fn values(row: &Row<'_>, vehicle: Option<&String>) -> Values {
    let text = |column: &str| row.text(column);
    let (local, latin) = (text("name_local"), text("name"));
    let stated = local.clone().or_else(|| latin.clone()).unwrap_or_default();
    let own = name::parse(&stated);
    let known = !own.unknown && !name::is_placeholder(&name::plain(&stated));
    let mut called = joined(&own.own);
    // What the clerk wrote in Latin letters says more than what can be told from the other script (Bhanwarlal, B. L.).
    let beside = latin.filter(|l| local.as_ref().is_some_and(|local| local != l)).map(|l| joined(&name::parse(&l).own));
    let beside = beside.filter(|l| !name::is_placeholder(l));
    let aliases = own.aliases.iter().map(joined).chain(text("alias")).chain(beside);
    for alias in aliases.filter(|a| !a.is_empty() && !called.is_empty()).collect::<Vec<_>>() {
        called = format!("{called} urf {alias}");
    }
    let relation = text("relation");
    let inside = own.relatives.first().and_then(|r| r.names.first()).map(joined);
    let relative = text("relative_name_local").or_else(|| text("relative_name")).or(inside).map(|r| without(&r, &own));
    let relative = relative.filter(|r| !name::is_placeholder(&name::plain(r)));
    let father = relative.clone().filter(|_| relation.as_deref().is_some_and(|r| r.eq_ignore_ascii_case("father")));
    let born = row.int("birth_year").or_else(|| text("birth_date").and_then(|d| d.get(..4)?.parse().ok()));
    let by_age = || Some(text("age_on")?.get(..4)?.parse::<i64>().ok()? - row.int("age").filter(|a| (1..=110).contains(a))?);
    let (village, thana) = place(text("village"), text("thana"), text("address"));
    let phone = text("phone").filter(|p| p.len() == 10 && mention::tells(p));
    let document =
        text("id_type").zip(text("id_value")).filter(|(_, v)| mention::tells(v)).map(|(k, v)| mention::id_value(&k, &v));
    // An officer stands in a record for the office.
    let office = text("role").as_deref() == Some("officer");
    let all = [
        known.then_some(called),
        relative,
        father,
        text("sex").filter(|s| matches!(s.as_str(), "male" | "female")),
        text("birth_date"),
        born.or_else(by_age).map(|y| y.to_string()),
        village.filter(|_| !office),
        thana.filter(|_| !office),
        phone,
        document,
        vehicle.cloned(),
    ];
    all.map(|v| v.filter(|v| !v.trim().is_empty()).map(String::into_boxed_str))
}

fn joined(part: &Part) -> String {
    part.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// A relative's name without the words that the person's own name has too, if any are left: a shared family name is no further evidence.
fn without(relative: &str, own: &Name) -> String {
    let read = name::parse(relative);
    // Equal keys are cheap and loose (Mohan and Meena share one); the words themselves decide.
    let same = |a: &Word, b: &Word| a.key == b.key && name::similarity(&a.text, &b.text) >= SAME_WORD;
    let left: Vec<&str> =
        read.own.words.iter().filter(|w| !own.own.words.iter().any(|o| same(o, w))).map(|w| w.text.as_str()).collect();
    if left.is_empty() { joined(&read.own) } else { left.join(" ") }
}

/// Village and thana, from an address where they have no column: its first part, and of three parts the second.
fn place(village: Option<String>, thana: Option<String>, address: Option<String>) -> (Option<String>, Option<String>) {
    let address = address.unwrap_or_default();
    let parts: Vec<&str> = address.split([',', '،', ';']).map(str::trim).filter(|p| !p.is_empty()).collect();
    let first = || {
        const WORDS: [&str; 9] = ["vpo", "vill", "village", "gram", "post", "ward", "ग्राम", "गांव", "गाँव"];
        let words = parts.first()?.split([' ', '.']).filter(|w| !w.is_empty() && !WORDS.contains(&w.to_lowercase().as_str()));
        Some(words.collect::<Vec<_>>().join(" ")).filter(|v| v.chars().any(char::is_alphabetic))
    };
    (village.or_else(first), thana.or_else(|| (parts.len() >= 3).then(|| parts[1].to_string())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_village_and_thana() {
        let of = |text: &str| place(None, None, Some(text.into()));
        assert_eq!(of("VPO KALWAR, PHULERA, JAIPUR"), (Some("KALWAR".into()), Some("PHULERA".into())));
        assert_eq!(of("ग्राम कालवाड़"), (Some("कालवाड़".into()), None));
        assert_eq!(of("17, 2"), (None, None));
        assert_eq!(place(Some("A".into()), None, Some("B, C, D".into())), (Some("A".into()), Some("C".into())));
    }

    #[test]
    fn a_relative_keeps_what_is_its_own() {
        assert_eq!(without("Mohan Meena", &name::parse("Ramesh Meena")), "mohan");
        assert_eq!(without("मोहन मीणा", &name::parse("Ramesh Meena")), "मोहन");
        assert_eq!(without("Meena", &name::parse("Ramesh Meena")), "meena");
    }
}
