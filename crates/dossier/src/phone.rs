//! One phone number: who is said to have it, the handsets it was used in, whom it was in contact with.

use chrono::{DateTime, Utc};
use lake::{Result, Session};
use serde::{Deserialize, Serialize};

use crate::event;
use crate::fact::{Facts, Group, Kind, Link, Links, Moment, Origin, Target, in_order};
use crate::mention::{self, MOST, Mention};
use crate::reference;
use crate::relation;
use crate::sql;

const CALLS: &str = "clean.telecom_cdr";

/// The contract of call records.
const SOURCE: &str = "telecom.cdr";

/// Contacts on a page.
const CONTACTS: usize = 50;

/// The other party of calls and messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Number, short code or sender id.
    pub other: String,
    /// Calls and messages.
    pub records: i64,
    pub outgoing: i64,
    /// Of all calls together.
    pub seconds: i64,
    pub first: Option<DateTime<Utc>>,
    pub last: Option<DateTime<Utc>>,
    /// The earliest record.
    pub origin: Origin,
}

/// A number's dossier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phone {
    pub number: String,
    /// Owners, subscribers and others whom a source names with this number.
    pub mentions: Vec<Mention>,
    /// One for each person.
    pub persons: Vec<Link>,
    pub handsets: Vec<Link>,
    /// The most frequent first.
    pub contacts: Vec<Contact>,
    /// Call records of this number, and the time they span.
    pub records: i64,
    pub first_seen: Option<DateTime<Utc>>,
    pub last_seen: Option<DateTime<Utc>>,
    pub operators: Vec<String>,
    /// Cases of the persons, as those sources state them.
    pub cases: Vec<Link>,
    pub timeline: Vec<Moment>,
    /// To whom the series was given, where the reference table is in the lake.
    pub groups: Vec<Group>,
    /// Rows that speak of the number without naming anybody.
    pub origins: Vec<Origin>,
    /// Contract names.
    pub sources: Vec<String>,
    /// Why call records are not shown; none where they are, or where there are none.
    pub withheld: Option<String>,
    /// What call records say (contacts, handsets) is read only under an authority, and none was stated.
    pub authority_needed: bool,
    /// Contacts or mentions are more than are given.
    pub truncated: bool,
}

/// The dossier of a number, as anybody may write it. None where the text is no phone party or no row speaks of it.
pub async fn phone(session: &Session, number: &str) -> Result<Option<Phone>> {
    let Ok(number) = model::Phone::read(number.trim()).map(|p| p.into_text().into_owned()) else { return Ok(None) };
    let mut out = Phone { number: number.clone(), ..Phone::default() };
    out.mentions = mention::find(session, &sql::list("phone", [&number]), MOST).await?;
    out.truncated = out.mentions.len() >= MOST;
    out.persons = persons(&out.mentions, &number);
    let mut cases = cases(&out.mentions, &number);
    let keys = cases.keys(Kind::Case);
    if !keys.is_empty() {
        for event in event::find(session, &sql::list("key", &keys)).await? {
            cases.label(&event.target(), &event.title);
        }
    }
    out.cases = cases.list();

    let mut handsets = Links::default();
    for relation in relation::of(session, "phone", std::slice::from_ref(&number)).await? {
        let (other, _) = relation.other(std::slice::from_ref(&number));
        if other.kind == Kind::Handset {
            if session.lacks_authority(&relation.origin.source) {
                out.authority_needed = true;
                continue;
            }
            handsets.add(relation.toward(other.clone(), &number));
        }
    }
    for (imei, (told, _)) in reference::handsets(session, &handsets.keys(Kind::Handset)).await? {
        handsets.label(&Target::new(Kind::Handset, imei), &told);
    }
    out.handsets = handsets.list();

    let rest = format!("WHERE kind = 'phone' AND {} LIMIT {MOST}", sql::list("key", [&number]));
    out.origins = sql::rows(session, "pole.object", "_source, _object, _row", &rest)
        .await?
        .iter()
        .map(|r| Origin::of("pole.object", &r))
        .collect();
    calls(session, &mut out).await?;

    out.timeline = timeline(&out);
    let mut sources: Vec<String> = out.mentions.iter().map(|m| &m.origin).chain(&out.origins).map(|o| o.source.clone()).collect();
    sources.sort();
    sources.dedup();
    out.sources = sources;
    let known = !out.mentions.is_empty() || !out.handsets.is_empty() || !out.origins.is_empty() || out.records > 0;
    if !known {
        return Ok(None);
    }
    let mut facts = Facts::default();
    reference::series(session, &number, &mut facts).await?;
    out.groups = facts.groups();
    Ok(Some(out))
}

async fn calls(session: &Session, out: &mut Phone) -> Result<()> {
    if session.lacks_authority(SOURCE) {
        // Whether there are any is not said either.
        out.authority_needed |= session.has("clean", "telecom_cdr");
        return Ok(());
    }
    let of = sql::list("number", [&out.number]);
    let columns =
        "count(*) AS records, min(started_at) AS first, max(started_at) AS last, string_agg(DISTINCT operator, ',') AS operators";
    let (summary, denied) = sql::rows_unless_denied(session, CALLS, columns, &format!("WHERE {of}")).await?;
    out.withheld = denied;
    if let Some(row) = summary.iter().next() {
        out.records = row.int("records").unwrap_or_default();
        out.first_seen = row.time("first");
        out.last_seen = row.time("last");
        out.operators = row.text("operators").map(|o| o.split(',').map(String::from).collect()).unwrap_or_default();
        out.operators.sort();
    }
    if out.records == 0 {
        // Nothing to be seen is not nothing there: where no authority in force names this number, it is asked for.
        out.authority_needed |= unnamed(session, &out.number);
        return Ok(());
    }
    let columns = "other, count(*) AS records, sum(CASE WHEN direction = 'out' THEN 1 ELSE 0 END) AS outgoing, sum(duration_s) AS seconds, \
        min(started_at) AS first, max(started_at) AS last, first_value(_source ORDER BY started_at) AS \"_source\", \
        first_value(_object ORDER BY started_at) AS \"_object\", first_value(_row ORDER BY started_at) AS \"_row\"";
    let rest = format!("WHERE {of} GROUP BY other ORDER BY records DESC, other LIMIT {CONTACTS}");
    let (rows, _) = sql::rows_unless_denied(session, CALLS, columns, &rest).await?;
    out.contacts = rows
        .iter()
        .filter_map(|r| {
            Some(Contact {
                other: r.text("other")?,
                records: r.int("records").unwrap_or_default(),
                outgoing: r.int("outgoing").unwrap_or_default(),
                seconds: r.int("seconds").unwrap_or_default(),
                first: r.time("first"),
                last: r.time("last"),
                origin: Origin::of(CALLS, &r),
            })
        })
        .collect();
    out.truncated |= out.contacts.len() >= CONTACTS;
    Ok(())
}

/// Whether somebody who reads under authorities has none in force for a number. The operator of a lake has no piece of work.
fn unnamed(session: &Session, number: &str) -> bool {
    let access = session.access();
    let Some(work) = &access.principal.work else { return false };
    !work.authorities_at(access.context.now).any(|authority| authority.numbers.iter().any(|named| named == number))
}

/// Mentions as persons: one link for each group that exact identifiers join among them.
fn persons(mentions: &[Mention], number: &str) -> Vec<Link> {
    let linked = mention::grouped(mentions);
    let mut out = Vec::new();
    for cluster in &linked.clusters {
        let own: Vec<&Mention> = mentions.iter().filter(|m| cluster.mentions.contains(&m.id())).collect();
        let Some(first) = own.first() else { continue };
        let key = own.iter().filter_map(|m| m.person_key.as_ref()).min().cloned().unwrap_or_else(|| cluster.id.clone());
        out.push(Link {
            label: own.iter().find_map(|m| m.shown_name()).unwrap_or(&key).to_string(),
            target: Target::new(Kind::Person, key),
            relation: "has_phone".into(),
            role: first.shown_role().map(String::from),
            first: own.iter().filter_map(|m| m.event_time).min(),
            last: own.iter().filter_map(|m| m.event_time).max(),
            through: number.into(),
            origins: own.iter().map(|m| m.origin.clone()).collect(),
        });
    }
    out
}

fn cases(mentions: &[Mention], number: &str) -> Links {
    let mut links = Links::default();
    for m in mentions {
        if let Some(case) = &m.event_key {
            links.add(Link {
                target: Target::new(Kind::of("event", case), case.as_str()),
                relation: "in_case".into(),
                role: m.shown_role().map(String::from),
                label: case.clone(),
                first: m.event_time,
                last: m.event_time,
                through: number.into(),
                origins: vec![m.origin.clone()],
            });
        }
    }
    links
}

fn timeline(phone: &Phone) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::new();
    for m in &phone.mentions {
        moments.push(Moment {
            at: m.event_time,
            kind: if m.event_key.is_some() { "fir".into() } else { "registration".into() },
            title: m.shown_name().unwrap_or_default().to_string(),
            detail: m.shown_role().unwrap_or_default().into(),
            target: m.event_key.as_ref().map(|k| Target::new(Kind::of("event", k), k.as_str())),
            origin: m.origin.clone(),
        });
    }
    for link in &phone.handsets {
        let Some(origin) = link.origins.first() else { continue };
        moments.push(Moment {
            at: link.first,
            kind: "used_in".into(),
            title: link.target.key.clone(),
            detail: String::new(),
            target: Some(link.target.clone()),
            origin: origin.clone(),
        });
    }
    in_order(moments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mention::tests::mention as row;

    #[test]
    fn two_names_on_one_phone_are_two_persons() {
        let all =
            [row(1, "x:1", "A", "7000000101", ""), row(2, "y:1", "a", "7000000101", ""), row(3, "x:2", "B", "7000000101", "")];
        let told = persons(&all, "7000000101");
        assert_eq!(
            told.iter().map(|l| (l.label.as_str(), l.target.key.as_str(), l.origins.len())).collect::<Vec<_>>(),
            [("A", "x:1", 2), ("B", "x:2", 1)]
        );
    }
}
