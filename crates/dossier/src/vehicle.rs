//! One vehicle: registrations, owners, where its plate was read, cases.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lake::{Result, Session};
use model::Plate;
use serde::{Deserialize, Serialize};

use crate::event;
use crate::fact::{Attribute, Facts, Group, Kind, Link, Links, Moment, Origin, Target, in_order};
use crate::mention::{self, MOST, Mention};
use crate::reference;
use crate::relation;
use crate::sql;

const READS: &str = "clean.anpr_read";

/// Plate reads on a page, the latest.
const SIGHTINGS: usize = 500;

/// A camera read the plate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sighting {
    pub at: Option<DateTime<Utc>>,
    /// The camera's id at its source.
    pub camera: String,
    /// Degrees, WGS 84.
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub direction: Option<String>,
    /// 0 to 1, as the camera states it.
    pub confidence: Option<f64>,
    pub origin: Origin,
}

/// A vehicle's dossier.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Vehicle {
    /// Registration mark in canonical text.
    pub plate: String,
    /// What registers say most often: mark, maker, model.
    pub label: String,
    pub groups: Vec<Group>,
    /// Mentions of owners.
    pub owners: Vec<Mention>,
    /// Persons, chassis and other things it is linked to; not cases.
    pub links: Vec<Link>,
    pub cases: Vec<Link>,
    /// The latest reads, earliest first.
    pub track: Vec<Sighting>,
    /// All reads, and the time they span.
    pub reads: i64,
    pub first_seen: Option<DateTime<Utc>>,
    pub last_seen: Option<DateTime<Utc>>,
    pub timeline: Vec<Moment>,
    /// Contract names.
    pub sources: Vec<String>,
    /// Why plate reads are not shown; none where they are, or where there are none.
    pub withheld: Option<String>,
}

/// The dossier of a registration mark, as anybody may write it. None where the text is no mark or no row speaks of it.
pub async fn vehicle(session: &Session, plate: &str) -> Result<Option<Vehicle>> {
    let Ok(plate) = Plate::read(plate.trim()).map(|p| p.text.into_owned()) else { return Ok(None) };
    let mut out = Vehicle { plate: plate.clone(), label: plate.clone(), ..Vehicle::default() };
    let mut sources = BTreeSet::new();
    let mut moments = registrations(session, &mut out, &mut sources).await?;

    let (mut links, mut cases) = (Links::default(), Links::default());
    for relation in relation::of(session, "vehicle", std::slice::from_ref(&plate)).await? {
        let (other, _) = relation.other(std::slice::from_ref(&plate));
        sources.insert(relation.origin.source.clone());
        let side = if matches!(other.kind, Kind::Case | Kind::Event) { &mut cases } else { &mut links };
        side.add(relation.toward(other.clone(), &plate));
    }
    let persons = links.keys(Kind::Person);
    if !persons.is_empty() {
        out.owners = mention::find(session, &sql::list("person_key", &persons), MOST).await?;
        for m in &out.owners {
            if let (Some(key), Some(name)) = (&m.person_key, m.shown_name()) {
                links.label(&Target::new(Kind::Person, key.as_str()), name);
            }
        }
    }
    let events: Vec<String> = cases.keys(Kind::Case).into_iter().chain(cases.keys(Kind::Event)).collect();
    if !events.is_empty() {
        for event in event::find(session, &sql::list("key", &events)).await? {
            cases.label(&Target::new(Kind::of("event", &event.key), event.key.as_str()), &event.title);
            moments.push(event.moment());
        }
    }
    out.links = links.list();
    out.cases = cases.list();
    reads(session, &mut out).await?;
    for sighting in &out.track {
        moments.push(Moment {
            at: sighting.at,
            kind: "sighting".into(),
            title: sighting.camera.clone(),
            detail: sighting.direction.clone().unwrap_or_default(),
            target: Some(Target::new(Kind::Place, format!("camera:{}", sighting.camera))),
            origin: sighting.origin.clone(),
        });
        sources.insert(sighting.origin.source.clone());
    }
    out.timeline = in_order(moments);
    out.sources = sources.into_iter().collect();
    let known = !out.sources.is_empty() || out.reads > 0;
    Ok(known.then_some(out))
}

/// What registers and other sources say of the vehicle itself.
async fn registrations(session: &Session, out: &mut Vehicle, sources: &mut BTreeSet<String>) -> Result<Vec<Moment>> {
    let rest =
        format!("WHERE kind = 'vehicle' AND {} ORDER BY _source, _object, _row LIMIT {MOST}", sql::list("key", [&out.plate]));
    let columns = "label, owner_name, attributes, event_time, _source, _object, _row";
    let (mut facts, mut moments) = (Facts::default(), Vec::new());
    for row in sql::rows(session, "pole.object", columns, &rest).await?.iter() {
        let origin = Origin::of("pole.object", &row);
        sources.insert(origin.source.clone());
        let attributes = event::attributes(row.text("attributes").as_deref());
        let owner = row.text("owner_name");
        let label = row.text("label").filter(|l| *l != out.plate);
        // Sources that only saw the plate say neither; their time is a sighting, not a registration.
        if owner.is_some() || !attributes.is_empty() {
            facts.add(Attribute::Registered, row.time("event_time").map(|t| t.date_naive().to_string()), &origin);
            moments.push(Moment {
                at: row.time("event_time"),
                kind: "registration".into(),
                title: label.clone().unwrap_or_else(|| out.plate.clone()),
                detail: owner.clone().unwrap_or_default(),
                target: None,
                origin: origin.clone(),
            });
        }
        facts.add(Attribute::Title, label, &origin);
        facts.add(Attribute::Owner, owner, &origin);
        for (name, value) in attributes {
            match name.as_str() {
                "class" => facts.add(Attribute::Class, Some(value), &origin),
                "colour" => facts.add(Attribute::Colour, Some(value), &origin),
                "status" => facts.add(Attribute::Status, Some(value), &origin),
                _ => facts.add_with(Attribute::Other, Some(value), Some(name), None, &origin),
            }
        }
    }
    // What stands for the mark alone does not make a vehicle known.
    if !sources.is_empty() {
        reference::office(session, &out.plate, &mut facts).await?;
    }
    out.groups = facts.groups();
    if let Some(title) = out.groups.iter().find(|g| g.attribute == Attribute::Title).and_then(|g| g.facts.first()) {
        out.label = title.value.clone();
    }
    Ok(moments)
}

async fn reads(session: &Session, out: &mut Vehicle) -> Result<()> {
    let of = sql::list("plate", [&out.plate]);
    let columns = "count(*) AS reads, min(captured_at) AS first, max(captured_at) AS last";
    let (summary, denied) = sql::rows_unless_denied(session, READS, columns, &format!("WHERE {of}")).await?;
    out.withheld = denied;
    if let Some(row) = summary.iter().next() {
        out.reads = row.int("reads").unwrap_or_default();
        out.first_seen = row.time("first");
        out.last_seen = row.time("last");
    }
    if out.reads == 0 {
        return Ok(());
    }
    let columns = "captured_at, camera_id, lat, lon, direction, confidence, _source, _object, _row";
    let rest = format!("WHERE {of} ORDER BY captured_at DESC LIMIT {SIGHTINGS}");
    let (rows, _) = sql::rows_unless_denied(session, READS, columns, &rest).await?;
    out.track = rows
        .iter()
        .map(|r| Sighting {
            at: r.time("captured_at"),
            camera: r.text("camera_id").unwrap_or_default(),
            lat: r.float("lat"),
            lon: r.float("lon"),
            direction: r.text("direction"),
            confidence: r.float("confidence"),
            origin: Origin::of(READS, &r),
        })
        .collect();
    out.track.reverse();
    Ok(())
}
