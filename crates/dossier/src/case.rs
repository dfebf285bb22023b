//! One case: the report, the persons by role, arrests, what is linked to it.

use std::collections::{BTreeMap, BTreeSet};

use lake::{Result, Session};
use model::FirRef;
use serde::{Deserialize, Serialize};

use crate::event::{self, Event};
use crate::fact::{Attribute, Facts, Group, Kind, Link, Links, Moment, Origin, Place, Target, in_order};
use crate::mention::{self, MOST, Mention};
use crate::reference::{self, Law};
use crate::relation::{self, Relation};
use crate::sql;
use crate::standing::InForce;

/// A person in the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Role word: accused, complainant, victim, witness, arrested, officer, other.
    pub role: String,
    pub name: Option<String>,
    pub name_local: Option<String>,
    /// Key of the person's page; none where the source gives none or the person is withheld.
    pub person_key: Option<String>,
    /// As a source says.
    pub standing: Option<String>,
    /// How the person stands by the newest decision on record.
    #[serde(default)]
    pub in_force: Option<InForce>,
    /// The law hides who this is.
    pub withheld: bool,
    pub origins: Vec<Origin>,
}

impl Participant {
    /// The role to show: the outcome, of who was cleared.
    pub fn shown_role(&self) -> &str {
        match &self.in_force {
            Some(now) if now.standing.cleared() => now.standing.as_str(),
            _ => &self.role,
        }
    }
}

/// A case's dossier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// `fir:<station>/<number>/<year>`
    pub key: String,
    pub title: String,
    pub status: Option<String>,
    pub groups: Vec<Group>,
    /// By role, then name.
    pub persons: Vec<Participant>,
    /// Arrests and surrenders, earliest first.
    pub arrests: Vec<Moment>,
    /// The sections of the two codes that are named, with what corresponds to them and whether the day of the offence is theirs.
    pub laws: Vec<Law>,
    /// Property, vehicles, phones and other things linked to the case.
    pub property: Vec<Link>,
    pub places: Vec<Place>,
    pub timeline: Vec<Moment>,
    /// Contract names.
    pub sources: Vec<String>,
    /// Somebody in the case is withheld.
    pub withheld: bool,
}

/// The dossier of a FIR: `fir:27541001/0123/2024` or without the `fir:`; other texts are taken as an event's key. None
/// where no row speaks of it.
pub async fn case(session: &Session, key: &str) -> Result<Option<Case>> {
    let key = key.trim();
    let fir = if key.contains(':') && !key.starts_with("fir:") { None } else { key.parse::<FirRef>().ok() };
    let key = fir.and_then(|f| f.key()).unwrap_or_else(|| key.to_string());
    let is = sql::text(&key);
    let events = event::find(session, &format!("key = {is} OR case_key = {is}")).await?;
    let mentions = mention::find(session, &format!("event_key = {is}"), MOST).await?;
    let keys: Vec<String> =
        std::iter::once(key.clone()).chain(events.iter().map(|e| e.key.clone())).collect::<BTreeSet<_>>().into_iter().collect();
    let relations = relation::of(session, "event", &keys).await?;
    if events.is_empty() && mentions.is_empty() && relations.is_empty() {
        return Ok(None);
    }
    let places = places(session, &events).await?;
    let mut laws: Vec<Law> = Vec::new();
    for event in events.iter().filter(|e| e.key == key) {
        let offence = event.started_at.and_then(reference::day);
        for (_, acts) in event.attributes.iter().filter(|(name, _)| name.as_str() == "acts") {
            for law in reference::laws(session, acts, offence).await? {
                if !laws.contains(&law) {
                    laws.push(law);
                }
            }
        }
    }
    Ok(Some(Case { laws, ..assemble(key, &events, &mentions, &relations, places) }))
}

fn assemble(key: String, events: &[Event], mentions: &[Mention], relations: &[Relation], places: Vec<Place>) -> Case {
    let reports: Vec<&Event> = events.iter().filter(|e| e.key == key).collect();
    let persons = participants(mentions, relations);
    let keys: Vec<String> = events.iter().map(|e| e.key.clone()).chain([key.clone()]).collect();
    let mut property = Links::default();
    for relation in relations {
        let (other, own) = relation.other(&keys);
        if !matches!(other.kind, Kind::Person | Kind::Case | Kind::Event | Kind::Place) {
            property.add(relation.toward(other.clone(), &own.key));
        }
    }
    let origins =
        events.iter().map(|e| &e.origin).chain(mentions.iter().map(|m| &m.origin)).chain(relations.iter().map(|r| &r.origin));
    Case {
        title: reports.first().map_or_else(|| key.clone(), |e| e.title.clone()),
        status: reports.iter().find_map(|e| e.status.clone()),
        groups: facts(&reports, &places),
        withheld: persons.iter().any(|p| p.withheld),
        persons,
        arrests: in_order(
            events.iter().filter(|e| matches!(e.kind.as_str(), "arrest" | "surrender")).map(Event::moment).collect(),
        ),
        laws: Vec::new(),
        property: property.list(),
        places,
        timeline: in_order(timeline(events, &key)),
        sources: origins.map(|o| o.source.clone()).collect::<BTreeSet<_>>().into_iter().collect(),
        key,
    }
}

/// The offence, the report and what followed; the offence has a time of its own.
fn timeline(events: &[Event], key: &str) -> Vec<Moment> {
    let mut out = Vec::new();
    for event in events {
        let reported = event.event_time.filter(|t| event.key == key && event.started_at != Some(*t));
        match reported {
            Some(at) => {
                out.push(Moment { kind: "offence".into(), detail: String::new(), ..event.moment() });
                out.push(Moment { at: Some(at), ..event.moment() });
            }
            None => out.push(event.moment()),
        }
    }
    out
}

fn facts(reports: &[&Event], places: &[Place]) -> Vec<Group> {
    let mut facts = Facts::default();
    for e in reports {
        let o = &e.origin;
        facts.add(Attribute::Title, Some(e.title.clone()), o);
        facts.add(Attribute::Status, e.status.clone(), o);
        let station =
            e.station.as_ref().map(|k| places.iter().find(|p| p.key == *k).map_or(k.as_str(), |p| &p.label).to_string());
        facts.add_with(Attribute::Station, station, None, e.station.as_ref().map(|k| Target::new(Kind::Place, k.as_str())), o);
        facts.add(Attribute::District, e.district.clone(), o);
        facts.add(Attribute::Started, e.started_at.map(|t| model::time::format_ist(t.timestamp_micros())), o);
        facts.add(Attribute::Ended, e.ended_at.map(|t| model::time::format_ist(t.timestamp_micros())), o);
        facts.add(Attribute::Registered, e.event_time.map(|t| model::time::format_ist(t.timestamp_micros())), o);
        for (name, value) in &e.attributes {
            match name.as_str() {
                "acts" => facts.add(Attribute::Acts, Some(value.clone()), o),
                _ => facts.add_with(Attribute::Other, Some(value.clone()), Some(name.clone()), None, o),
            }
        }
    }
    for p in places.iter().filter(|p| p.key.starts_with("place:")) {
        facts.add(Attribute::Address, p.address.clone(), &p.origin);
    }
    facts.groups()
}

/// Mentions of one person in one role are one participant. A link of somebody whose mention is hidden, or a mention whose
/// person is sealed, stays as a participant without a name: that there is a victim is no secret, who it is may be.
fn participants(mentions: &[Mention], relations: &[Relation]) -> Vec<Participant> {
    let mut found: BTreeMap<(String, String, String), Participant> = BTreeMap::new();
    for m in mentions {
        let role = m.role.clone().unwrap_or_else(|| "other".into());
        let who = m.person_key.clone().unwrap_or_else(|| {
            format!("{} {}", m.name.as_deref().unwrap_or_default(), if m.sealed { m.id() } else { String::new() })
        });
        let participant =
            found.entry((role.clone(), m.shown_name().unwrap_or_default().to_string(), who)).or_insert_with(|| Participant {
                role,
                name: m.name.clone(),
                name_local: m.name_local.clone(),
                person_key: m.person_key.clone(),
                standing: m.standing.clone(),
                in_force: m.in_force.clone(),
                withheld: m.sealed,
                origins: Vec::new(),
            });
        // One record may have what another leaves out.
        for (kept, more) in [(&mut participant.name_local, &m.name_local), (&mut participant.standing, &m.standing)] {
            if kept.is_none() {
                kept.clone_from(more);
            }
        }
        participant.origins.push(m.origin.clone());
    }
    let known: BTreeSet<&str> = mentions.iter().filter_map(|m| m.person_key.as_deref()).collect();
    let rows: BTreeSet<(&str, i64)> = mentions.iter().map(|m| (m.origin.object.as_str(), m.origin.row)).collect();
    for r in relations.iter().filter(|r| r.from.kind == Kind::Person && matches!(r.to.kind, Kind::Case | Kind::Event)) {
        if known.contains(r.from.key.as_str()) || rows.contains(&(r.origin.object.as_str(), r.origin.row)) {
            continue;
        }
        let role = r.role.clone().unwrap_or_else(|| "other".into());
        let participant = found.entry((role.clone(), String::new(), r.from.key.clone())).or_insert_with(|| Participant {
            role,
            name: None,
            name_local: None,
            person_key: None,
            standing: None,
            in_force: None,
            withheld: true,
            origins: Vec::new(),
        });
        participant.origins.push(r.origin.clone());
    }
    found.into_values().collect()
}

async fn places(session: &Session, events: &[Event]) -> Result<Vec<Place>> {
    let keys: BTreeSet<&str> = events.iter().flat_map(|e| [&e.location_key, &e.station]).flatten().map(String::as_str).collect();
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rest = format!("WHERE {} ORDER BY key, label IS NULL, _source, _object, _row LIMIT {MOST}", sql::list("key", keys));
    let mut out: Vec<Place> = Vec::new();
    for row in sql::rows(session, "pole.location", "key, label, address, lat, lon, _source, _object, _row", &rest).await?.iter() {
        let Some(key) = row.text("key") else { continue };
        if out.last().is_some_and(|p| p.key == key) {
            continue;
        }
        out.push(Place {
            label: row.text("label").unwrap_or_else(|| key.clone()),
            key,
            address: row.text("address"),
            lat: row.float("lat"),
            lon: row.float("lon"),
            origin: Origin::of("pole.location", &row),
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::tests::mention as row;

    #[test]
    fn the_sealed_are_counted_and_not_named() {
        let open = Mention { role: Some("accused".into()), sealed: false, ..row(1, "x:1", "A", "", "") };
        let sealed =
            |at| Mention { role: Some("victim".into()), sealed: true, name: None, person_key: None, ..row(at, "", "", "", "") };
        let told = participants(&[open.clone(), open, sealed(2), sealed(3)], &[]);
        let told: Vec<_> = told.iter().map(|p| (p.role.as_str(), p.name.as_deref(), p.withheld, p.origins.len())).collect();
        assert_eq!(told, [("accused", Some("A"), false, 2), ("victim", None, true, 1), ("victim", None, true, 1)]);
    }
}
