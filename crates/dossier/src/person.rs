//! One person: every mention that exact identifiers join, what they state, and why they are together.

use std::collections::{BTreeMap, BTreeSet};

pub use identity::{Because, TooCommon};
use identity::{Linked, public_id};
use lake::linkage::Linkage;
use lake::{Result, Session};
use model::Phone;
use serde::{Deserialize, Serialize};

use crate::category::Category;
use crate::event;
use crate::fact::{Attribute, Facts, Group, Kind, Link, Links, Moment, Origin, Target, in_order};
use crate::mention::{self, MOST, Mention};
use crate::relation;
use crate::resolve::{self, Evidence};
use crate::sql;
use crate::standing::{self, Stand};

/// Rounds of looking for further mentions: each may find an identifier the round before did not have.
const ROUNDS: usize = 8;

/// One reason, and the rows it holds together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub because: Because,
    pub mentions: Vec<Origin>,
}

/// A person's dossier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Stable public id, 16 hex digits; [`person`] finds the person by it.
    pub id: String,
    /// The person key of the source that comes first; none where no source gives one.
    pub key: Option<String>,
    /// The names most often stated.
    pub name: Option<String>,
    pub name_local: Option<String>,
    /// Role words, the most often stated first; in place of an accusation that came to nothing, the outcome.
    pub roles: Vec<String>,
    /// Why the police hold this data, by these roles.
    #[serde(default)]
    pub category: Category,
    /// How the person stands in each case.
    pub standings: Vec<Stand>,
    pub groups: Vec<Group>,
    /// Cases, vehicles, phones, other persons of the same phone.
    pub links: Vec<Link>,
    /// Earliest first.
    pub timeline: Vec<Moment>,
    pub mentions: Vec<Mention>,
    /// Why the mentions are one person: exact identifiers.
    pub reasons: Vec<Reason>,
    /// And by the linkage, in words: the strongest pairs that hold its records together.
    pub evidence: Vec<Evidence>,
    /// Identifiers that joined nothing because very many share them.
    pub too_common: Vec<TooCommon>,
    /// Contract names.
    pub sources: Vec<String>,
    /// Some of what is known is withheld by law or policy.
    pub withheld: bool,
    /// There is more than one page reads.
    pub truncated: bool,
}

/// The person of a person key, a public id, a phone number or the number of an identity document. None where nobody is
/// found, and where a phone or document leads to more than one person: [`crate::search`] lists those.
pub async fn person(session: &Session, key: &str) -> Result<Option<Person>> {
    let Some(found) = found(session, key.trim()).await? else { return Ok(None) };
    let own = &found.own;
    let keys: Vec<String> = own.iter().filter_map(|m| m.person_key.clone()).collect::<BTreeSet<_>>().into_iter().collect();

    let mut links = Links::default();
    let mut moments = Vec::new();
    for relation in relation::of(session, "person", &keys).await? {
        let (other, own) = relation.other(&keys);
        let mut link = relation.toward(other.clone(), &own.key);
        link.role = shown_role(&found.own, &own.key, other, link.role);
        if other.kind == Kind::Vehicle {
            moments.push(Moment {
                at: relation.started_at,
                kind: relation.relation.clone(),
                title: other.key.clone(),
                detail: relation.role.clone().unwrap_or_default(),
                target: Some(other.clone()),
                origin: relation.origin.clone(),
            });
        }
        links.add(link);
    }
    for m in own {
        link_mention(m, &mut links);
    }
    for other in &found.others {
        link_neighbour(other, own, &mut links);
    }
    let events: Vec<String> = links.keys(Kind::Case).into_iter().chain(links.keys(Kind::Event)).collect();
    if !events.is_empty() {
        for event in event::find(session, &sql::list("key", &events)).await? {
            links.label(&Target::new(Kind::of("event", &event.key), event.key.as_str()), &event.title);
            moments.push(event.moment());
        }
    }
    let vehicles = links.keys(Kind::Vehicle);
    if !vehicles.is_empty() {
        let rest = format!("WHERE kind = 'vehicle' AND {} LIMIT {MOST}", sql::list("key", &vehicles));
        for row in sql::rows(session, "pole.object", "key, label", &rest).await?.iter() {
            if let (Some(key), Some(label)) = (row.text("key"), row.text("label").filter(|l| Some(l) != row.text("key").as_ref()))
            {
                links.label(&Target::new(Kind::Vehicle, key), &label);
            }
        }
    }
    Ok(Some(assemble(found, keys, links, moments)))
}

/// Whose dossier it is: the mentions, and why they are one person.
struct Found {
    id: String,
    own: Vec<Mention>,
    /// Mentions that share an identifier and are somebody else's.
    others: Vec<Mention>,
    reasons: Vec<Reason>,
    evidence: Vec<Evidence>,
    too_common: Vec<TooCommon>,
    truncated: bool,
}

/// By the linkage where it knows the person, else by exact identifiers.
async fn found(session: &Session, key: &str) -> Result<Option<Found>> {
    let linkage = session.linkage().await?;
    if let Some(person) = linkage.as_ref().and_then(|l| resolve::by_id(l, key)) {
        return linked(session, linkage.as_deref(), person, Vec::new()).await;
    }
    let seeds = seeds(session, key).await?;
    if seeds.is_empty() {
        return Ok(None);
    }
    if let Some(linkage) = &linkage {
        let persons: BTreeSet<u64> = seeds.iter().filter_map(|m| resolve::of_mention(linkage, m)).map(|(_, p)| p).collect();
        let known = |m: &Mention| resolve::of_mention(linkage, m).is_some();
        match persons.into_iter().collect::<Vec<_>>().as_slice() {
            [] => {}
            [person] => {
                return linked(session, Some(&**linkage), *person, seeds.into_iter().filter(|m| !known(m)).collect()).await;
            }
            _ => return Ok(None),
        }
    }
    let gathered = gather(session, seeds).await?;
    let [cluster] = gathered.clusters.as_slice() else { return Ok(None) };
    let cluster = &gathered.linked.clusters[*cluster];
    // Mentions that came after the last linkage may share an identifier with somebody it knows.
    if let Some(linkage) = &linkage {
        let own = gathered.members(&cluster.mentions);
        let persons: BTreeSet<u64> = own.iter().filter_map(|m| resolve::of_mention(linkage, m)).map(|(_, p)| p).collect();
        if let [person] = persons.into_iter().collect::<Vec<_>>().as_slice() {
            return linked(session, Some(&**linkage), *person, Vec::new()).await;
        }
    }
    let own = gathered.members(&cluster.mentions);
    let inside = |ids: &[String]| ids.iter().all(|id| cluster.mentions.contains(id));
    let reasons = gathered.linked.joins.iter().filter(|j| inside(&j.mentions)).map(|j| Reason {
        because: j.because.clone(),
        mentions: gathered.members(&j.mentions).into_iter().map(|m| m.origin).collect(),
    });
    let own_keys: BTreeSet<identity::Key> = own.iter().flat_map(Mention::keys).collect();
    Ok(Some(Found {
        id: cluster.id.clone(),
        reasons: reasons.collect(),
        evidence: Vec::new(),
        too_common: gathered.linked.too_common.iter().filter(|t| own_keys.contains(&t.key)).cloned().collect(),
        others: gathered.all.values().filter(|m| !cluster.mentions.contains(&m.id())).cloned().collect(),
        truncated: gathered.truncated,
        own,
    }))
}

/// A person of the linkage, with the mentions that came since and share an identifier with this person alone.
async fn linked(session: &Session, linkage: Option<&Linkage>, person: u64, seeds: Vec<Mention>) -> Result<Option<Found>> {
    let Some(linkage) = linkage else { return Ok(None) };
    let members = linkage.person(person);
    let mut own = resolve::members(session, members).await?;
    let truncated = members.len() > MOST;
    if own.is_empty() {
        return Ok(None);
    }
    let fresh = Identifiers::default().add(own.iter().chain(&seeds));
    let around = if fresh.is_empty() { Vec::new() } else { mention::find(session, &fresh.condition(), MOST).await? };
    let mut others = Vec::new();
    let keys: BTreeSet<identity::Key> = own.iter().flat_map(Mention::keys).collect();
    for m in around.into_iter().filter(|m| !own.iter().any(|o| o.origin == m.origin && o.id() == m.id())).collect::<Vec<_>>() {
        let shares = m.keys().iter().any(|k| keys.contains(k));
        if shares && resolve::of_mention(linkage, &m).is_none() {
            own.push(m);
        } else {
            others.push(m);
        }
    }
    let joins = mention::grouped(&own).joins.into_iter().map(|j| {
        let of: Vec<Origin> = own.iter().filter(|m| j.mentions.contains(&m.id())).map(|m| m.origin.clone()).collect();
        Reason { because: j.because, mentions: of }
    });
    let reasons = joins.collect();
    let evidence = resolve::evidence(session, linkage, person).await?;
    Ok(Some(Found { id: resolve::hex(person), own, others, reasons, evidence, too_common: Vec::new(), truncated }))
}

fn assemble(found: Found, keys: Vec<String>, links: Links, moments: Vec<Moment>) -> Person {
    let own = found.own;
    let groups = facts(&own);
    let first = |a: Attribute| groups.iter().find(|g| g.attribute == a).and_then(|g| g.facts.first()).map(|f| f.value.clone());
    let mut count: BTreeMap<&str, usize> = BTreeMap::new();
    for role in own.iter().filter_map(Mention::shown_role) {
        *count.entry(role).or_default() += 1;
    }
    let mut roles: Vec<(&str, usize)> = count.into_iter().collect();
    roles.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    Person {
        id: found.id,
        key: keys.into_iter().next(),
        name: first(Attribute::Name),
        name_local: first(Attribute::NameLocal),
        roles: roles.into_iter().map(|(r, _)| r.to_string()).collect(),
        category: Category::of(&own),
        standings: standing::of(&own),
        links: links.list(),
        timeline: in_order(moments),
        reasons: found.reasons,
        evidence: found.evidence,
        too_common: found.too_common,
        sources: own.iter().map(|m| m.origin.source.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
        withheld: own.iter().any(|m| m.sealed),
        truncated: found.truncated,
        groups,
        mentions: own,
    }
}

/// Mentions a key names directly.
async fn seeds(session: &Session, key: &str) -> Result<Vec<Mention>> {
    if key.is_empty() {
        return Ok(Vec::new());
    }
    if key.len() == 16 && key.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
        let found = mention::find(session, &mention::by_public_id(key), MOST).await?;
        if !found.is_empty() {
            return Ok(found);
        }
        let mut rest = mention::find(session, mention::by_phone_name(), 10 * MOST).await?;
        rest.retain(|m| m.keys().iter().any(|k| public_id(k) == key));
        if !rest.is_empty() {
            return Ok(rest);
        }
    }
    let mut condition = vec![
        sql::list("person_key", [key]),
        format!("(id_type IS NOT NULL AND {})", sql::list("upper(id_value)", [key.to_uppercase()])),
    ];
    if let Ok(Phone::National(number)) = Phone::read(key) {
        condition.push(sql::list("phone", [number]));
    }
    mention::find(session, &condition.join(" OR "), MOST).await
}

/// Mentions found around the seeds, grouped.
struct Gathered {
    all: BTreeMap<String, Mention>,
    linked: Linked,
    /// Clusters the seeds are in.
    clusters: Vec<usize>,
    truncated: bool,
}

impl Gathered {
    fn members(&self, ids: &[String]) -> Vec<Mention> {
        ids.iter().filter_map(|id| self.all.get(id)).cloned().collect()
    }
}

/// Follows identifiers from mention to mention until no new one appears.
async fn gather(session: &Session, seeds: Vec<Mention>) -> Result<Gathered> {
    let start: BTreeSet<String> = seeds.iter().map(Mention::id).collect();
    let mut truncated = seeds.len() >= MOST;
    let mut all: BTreeMap<String, Mention> = seeds.into_iter().map(|m| (m.id(), m)).collect();
    let mut asked = Identifiers::default();
    let mut rounds = 0;
    loop {
        let mentions: Vec<Mention> = all.values().cloned().collect();
        let linked = mention::grouped(&mentions);
        let clusters: Vec<usize> =
            (0..linked.clusters.len()).filter(|&i| linked.clusters[i].mentions.iter().any(|m| start.contains(m))).collect();
        let inside = clusters.iter().flat_map(|&i| &linked.clusters[i].mentions).filter_map(|id| all.get(id));
        let fresh = asked.add(inside);
        if fresh.is_empty() || rounds == ROUNDS || all.len() >= 4 * MOST {
            truncated |= !fresh.is_empty();
            return Ok(Gathered { all, linked, clusters, truncated });
        }
        let found = mention::find(session, &fresh.condition(), MOST).await?;
        truncated |= found.len() >= MOST;
        all.extend(found.into_iter().map(|m| (m.id(), m)));
        rounds += 1;
    }
}

/// Identifiers that further mentions may share.
#[derive(Debug, Default)]
struct Identifiers {
    persons: BTreeSet<String>,
    documents: BTreeSet<String>,
    phones: BTreeSet<String>,
}

impl Identifiers {
    /// Takes in the identifiers of `mentions`; gives those that are new.
    fn add<'a>(&mut self, mentions: impl Iterator<Item = &'a Mention>) -> Identifiers {
        let mut fresh = Identifiers::default();
        for m in mentions {
            fresh.persons.extend(m.person_key.clone().filter(|k| self.persons.insert(k.clone())));
            fresh.documents.extend(m.joining_id().filter(|k| self.documents.insert(k.clone())));
            fresh.phones.extend(m.joining_phone().map(String::from).filter(|k| self.phones.insert(k.clone())));
        }
        fresh
    }

    fn is_empty(&self) -> bool {
        self.persons.is_empty() && self.documents.is_empty() && self.phones.is_empty()
    }

    fn condition(&self) -> String {
        let parts = [("person_key", &self.persons), ("upper(id_value)", &self.documents), ("phone", &self.phones)];
        let parts = parts.into_iter().filter(|(_, values)| !values.is_empty()).map(|(column, values)| sql::list(column, values));
        parts.collect::<Vec<_>>().join(" OR ")
    }
}

fn link_mention(m: &Mention, links: &mut Links) {
    let through = m.person_key.clone().unwrap_or_default();
    let link = |target: Target, relation: &str, at| Link {
        label: target.key.clone(),
        target,
        relation: relation.into(),
        role: m.shown_role().map(String::from),
        first: at,
        last: None,
        through: through.clone(),
        origins: vec![m.origin.clone()],
    };
    if let Some(case) = &m.event_key {
        links.add(link(Target::new(Kind::of("event", case), case.as_str()), "in_case", m.event_time));
    }
    if let Some(phone) = m.joining_phone() {
        links.add(link(Target::new(Kind::Phone, phone), "has_phone", None));
    }
}

/// The role of a link to a case, as the mention of that person in that case shows it. A person key belongs to one case of its source.
fn shown_role(own: &[Mention], key: &str, other: &Target, role: Option<String>) -> Option<String> {
    if !standing::accuses(role.as_deref()) || !matches!(other.kind, Kind::Case | Kind::Event) {
        return role;
    }
    let of = |m: &&Mention| m.person_key.as_deref() == Some(key) && m.in_force.as_ref().is_some_and(|f| f.standing.cleared());
    own.iter().find(of).and_then(Mention::shown_role).map(String::from).or(role)
}

/// A mention that shares a phone without being the same person.
fn link_neighbour(other: &Mention, own: &[Mention], links: &mut Links) {
    let (Some(key), Some(phone)) = (&other.person_key, other.joining_phone()) else { return };
    if own.iter().any(|m| m.joining_phone() == Some(phone)) {
        links.add(Link {
            target: Target::new(Kind::Person, key.as_str()),
            relation: "shares_phone".into(),
            role: other.shown_role().map(String::from),
            label: other.shown_name().unwrap_or(key).to_string(),
            first: None,
            last: None,
            through: phone.into(),
            origins: vec![other.origin.clone()],
        });
    }
}

/// What mentions state, by attribute.
pub(crate) fn facts(mentions: &[Mention]) -> Vec<Group> {
    let mut facts = Facts::default();
    for m in mentions {
        let o = &m.origin;
        facts.add(Attribute::Name, m.name.clone(), o);
        facts.add(Attribute::NameLocal, m.name_local.clone(), o);
        facts.add(Attribute::Alias, m.alias.clone(), o);
        facts.add_with(Attribute::Relative, m.relative_name.clone(), m.relation.clone(), None, o);
        facts.add_with(Attribute::RelativeLocal, m.relative_name_local.clone(), m.relation.clone(), None, o);
        facts.add(Attribute::Sex, m.sex.clone(), o);
        facts.add(Attribute::BirthDate, m.birth_date.clone(), o);
        facts.add(Attribute::BirthYear, m.birth_year.map(|y| y.to_string()), o);
        facts.add_with(Attribute::Age, m.age.map(|a| a.to_string()), m.age_on.clone(), None, o);
        facts.add(Attribute::Address, m.address.clone(), o);
        facts.add_with(Attribute::Phone, m.phone.clone(), None, m.joining_phone().map(|p| Target::new(Kind::Phone, p)), o);
        facts.add_with(Attribute::Id, m.id_value.clone(), m.id_type.clone(), None, o);
        facts.add(Attribute::Nationality, m.nationality.clone(), o);
        facts.add(Attribute::Occupation, m.occupation.clone(), o);
        let case = m.event_key.as_ref().map(|k| Target::new(Kind::of("event", k), k.as_str()));
        if let Some(now) = &m.in_force {
            let word = Some(now.standing.as_str().into());
            facts.add_with(Attribute::InForce, word, m.event_key.clone(), case.clone(), &now.origin);
        }
        facts.add_with(Attribute::Role, m.shown_role().map(String::from), m.event_key.clone(), case.clone(), o);
        facts.add_with(Attribute::Standing, m.standing.clone(), m.event_key.clone(), case, o);
    }
    facts.groups()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::tests::mention as row;

    #[test]
    fn only_new_identifiers_are_asked_for() {
        let mut asked = Identifiers::default();
        let a = row(1, "x:1", "A", "7000000101", "tst1234");
        let fresh = asked.add([&a].into_iter());
        assert_eq!(fresh.condition(), "person_key = 'x:1' OR upper(id_value) = 'TST1234' OR phone = '7000000101'");
        let b = row(2, "x:1", "B", "7000000102", "");
        assert_eq!(asked.add([&a, &b].into_iter()).condition(), "phone = '7000000102'");
        assert!(asked.add([&a, &b].into_iter()).is_empty());
    }

    #[test]
    fn facts_keep_what_sources_disagree_on() {
        let groups = facts(&[
            row(1, "x:1", "Parikshan", "", ""),
            row(2, "x:1", "Parikshan Kumar", "", ""),
            row(3, "x:1", "Parikshan Kumar", "", ""),
        ]);
        let names = &groups[0];
        assert_eq!(names.attribute, Attribute::Name);
        assert_eq!(
            names.facts.iter().map(|f| (f.value.as_str(), f.origins.len())).collect::<Vec<_>>(),
            [("Parikshan Kumar", 2), ("Parikshan", 1)]
        );
    }
}
