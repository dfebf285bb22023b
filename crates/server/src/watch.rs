//! Who read unusually: each reader's last week beside the four weeks before, from the access log alone.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use governance::audit::Entry;
use ledger::Filter;
use pages::Section;
use pages::shell::Crumb;
use pages::work::{OfficerLine, PieceLine, Watch};
use serde::Serialize;
use serde_json::{Value, json};

use crate::App;
use crate::ask::Ask;
use crate::export::{Picked, Sheet, send_sheet};
use crate::fault::{Reply, show};

/// Days looked at: a week, and four to compare with.
const DAYS: i64 = 35;
/// Records looked at, at most.
const MOST: usize = 50_000;
/// Looks in a week from which volume says anything.
const FEW: u64 = 20;

/// One reader's week.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Officer {
    pub login: String,
    pub score: u64,
    /// Looks in the last week, and in a usual one before.
    pub looks: u64,
    pub usual: u64,
    pub night: u64,
    pub own: u64,
    /// Looks for his own people: those he or his unit declared, and namesakes of his own.
    pub kin: u64,
    /// Looks for persons and numbers the operator put on the list of those to be watched over.
    pub listed: u64,
    pub denied: u64,
    /// Pieces of work opened and read by himself alone.
    pub alone: u64,
    pub emergencies: u64,
}

/// Ways of looking that count.
pub(crate) fn is_look(action: &str) -> bool {
    matches!(action, "query" | "dossier" | "search" | "row" | "export" | "review" | "quarantine")
}

/// What is known of readers beside the log, all names and numbers as marks.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Each one's own names.
    names: BTreeMap<String, Vec<String>>,
    /// Each one's declared relatives and neighbours.
    kin: BTreeMap<String, Vec<String>>,
    /// Persons and numbers that are looked after.
    listed: Vec<String>,
    /// How many pieces of work each had for himself.
    alone: BTreeMap<String, u64>,
}

/// Ranks readers.
pub(crate) fn rank(entries: &[Entry], known: &Known, now: DateTime<Utc>) -> Vec<Officer> {
    let mut all: BTreeMap<&str, Officer> = BTreeMap::new();
    let mut before: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in entries {
        let record = &entry.record;
        let Ok(at) = DateTime::parse_from_rfc3339(&record.at) else { continue };
        let at = at.with_timezone(&Utc);
        let week = at > now - TimeDelta::days(7);
        if !week {
            if is_look(&record.action) {
                *before.entry(&record.who).or_default() += 1;
            }
            continue;
        }
        let officer = all.entry(&record.who).or_default();
        if !record.allowed {
            officer.denied += 1;
        }
        if record.action == "emergency" && record.what["change"] == "open" {
            officer.emergencies += 1;
        }
        if !is_look(&record.action) {
            continue;
        }
        officer.looks += 1;
        let hour = (at + TimeDelta::seconds(19_800)).hour();
        officer.night += u64::from(!(5..23).contains(&hour));
        let marks: BTreeSet<&str> = record.what["marks"]
            .as_array()
            .into_iter()
            .flatten()
            .chain([&record.what["text"], &record.what["looked_at"]["id"]])
            .filter_map(Value::as_str)
            .collect();
        let among = |all: &[String]| u64::from(all.iter().any(|mark| marks.contains(mark.as_str())));
        let of = |all: &BTreeMap<String, Vec<String>>| all.get(&record.who).map_or(0, |mine| among(mine));
        officer.own += of(&known.names);
        officer.kin += of(&known.kin);
        officer.listed += among(&known.listed);
    }
    let mut out: Vec<Officer> = all
        .into_iter()
        .map(|(login, mut officer)| {
            officer.usual = before.get(login).copied().unwrap_or_default() / 4;
            officer.alone = known.alone.get(login).copied().unwrap_or_default();
            let times = officer.looks / officer.usual.max(1);
            let volume = if officer.looks >= FEW && times >= 3 { times.min(20) } else { 0 };
            officer.score = volume
                + officer.night
                + 5 * (officer.own + officer.kin)
                + 3 * officer.listed
                + officer.denied / 3
                + officer.alone
                + 10 * officer.emergencies;
            Officer { login: login.to_owned(), ..officer }
        })
        .filter(|officer| officer.score > 0)
        .collect();
    out.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.login.cmp(&b.login)));
    out
}

struct Seen {
    officers: Vec<Officer>,
    records: u64,
    cut: bool,
}

async fn look(app: &App, ask: &Ask) -> Reply<Seen> {
    let now = app.lake.now();
    // Looking is looked at too.
    app.lake.record(&ask.access(&app.lake, lake::At::Now), "audit", true, json!({ "watch": true }))?;
    let found = app.lake.audit().find(&Filter::default(), None, MOST)?;
    let since = (now - TimeDelta::days(DAYS)).to_rfc3339();
    let cut = found.before.is_some() && found.entries.last().is_some_and(|e| e.record.at > since);
    let entries: Vec<Entry> = found.entries.into_iter().filter(|e| e.record.at > since).collect();
    let marks = |words: Vec<String>| words.iter().flat_map(|word| app.lake.audit().marks(word)).collect::<Vec<_>>();
    let mut known = Known { listed: marks(app.accounts.listed().await?), ..Known::default() };
    for person in app.accounts.people(now).await? {
        let own = [&person.name_en, &person.name_hi].into_iter().filter(|name| name.chars().count() >= 4);
        known.names.insert(person.id.clone(), marks(own.cloned().collect()));
        // Namesakes: whoever asks for the bare surname of his own.
        let surname =
            |name: &String| name.split_whitespace().skip(1).last().filter(|s| s.chars().count() >= 4).map(str::to_owned);
        let mut kin = app.accounts.kin(&person.id).await?;
        kin.extend([&person.name_en, &person.name_hi].into_iter().filter_map(surname));
        known.kin.insert(person.id.clone(), marks(kin));
    }
    for work in app.lake.store().works_since((now - TimeDelta::days(7)).timestamp_micros()).await? {
        let shared = matches!(work.purpose.as_str(), "case" | "complaint") && work.emergency == 0;
        if shared && app.lake.store().team(&work.id).await?.len() < 2 {
            *known.alone.entry(work.opened_by).or_default() += 1;
        }
    }
    Ok(Seen { officers: rank(&entries, &known, now), records: entries.len() as u64, cut })
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(picked): Query<Picked>) -> Reply<Response> {
    let seen = look(&app, &ask).await?;
    if picked.wanted() {
        return send_sheet(&app, &ask, "watch", sheets(&app, &seen).await?, picked).await;
    }
    let now = app.lake.now();
    let mut shell = ask.shell(Section::Audit, ask.lang.text("watch-title"));
    shell.trail = vec![Crumb::new("/audit", shell.t("nav-audit"))];
    let officers = seen.officers.iter().map(|officer| {
        let times = officer.looks / officer.usual.max(1);
        let reasons = [
            ("watch-emergency", officer.emergencies),
            ("watch-own", officer.own),
            ("watch-kin", officer.kin),
            ("watch-listed", officer.listed),
            ("watch-volume", if officer.looks >= FEW && times >= 3 { times } else { 0 }),
            ("watch-night", officer.night),
            ("watch-denied", officer.denied),
            ("watch-alone", officer.alone),
        ];
        OfficerLine {
            login: officer.login.clone(),
            score: officer.score,
            looks: officer.looks,
            usual: officer.usual,
            reasons: reasons.into_iter().filter(|(_, n)| *n > 0).map(|(key, n)| ask.lang.count(key, n)).collect(),
        }
    });
    let time = |micros| DateTime::from_timestamp_micros(micros).unwrap_or_default();
    let emergencies = app.lake.store().unreviewed().await?.into_iter().map(|w| PieceLine {
        opened: time(w.opened_at),
        until: time(w.until_at),
        id: w.id,
        purpose: w.purpose,
        reference: w.reference,
        reason: w.reason,
        opened_by: w.opened_by,
        emergency: true,
        ..PieceLine::default()
    });
    let page = show(Watch {
        days: DAYS as u64,
        records: seen.records,
        cut: seen.cut,
        officers: officers.collect(),
        emergencies: emergencies.collect(),
        declarations: app.accounts.undeclared(now).await?,
        export: Some("/audit/watch?table=".into()),
        shell,
    })?;
    Ok(page.into_response())
}

/// The page's tables as files hold them.
async fn sheets(app: &App, seen: &Seen) -> Reply<Vec<Sheet>> {
    let number = |n: u64| Some(n.to_string());
    let officer = |o: &Officer| {
        let counts = [o.score, o.looks, o.usual, o.night, o.own, o.kin, o.listed, o.denied, o.alone, o.emergencies];
        std::iter::once(Some(o.login.clone())).chain(counts.map(number)).collect()
    };
    let emergency = |w: store::access::Work| {
        let at = |micros| Some(model::time::format_ist(micros));
        vec![Some(w.reference), Some(w.opened_by), at(w.opened_at), at(w.until_at), Some(w.reason)]
    };
    let due = app.accounts.undeclared(app.lake.now()).await?;
    Ok(vec![
        Sheet {
            name: "officers",
            columns: &[
                "login",
                "score",
                "looks",
                "usual",
                "night",
                "own_name",
                "relatives",
                "listed",
                "refused",
                "alone",
                "emergencies",
            ],
            rows: seen.officers.iter().map(officer).collect(),
        },
        Sheet {
            name: "emergencies",
            columns: &["reference", "opened_by", "opened", "until", "reason"],
            rows: app.lake.store().unreviewed().await?.into_iter().map(emergency).collect(),
        },
        Sheet {
            name: "declarations",
            columns: &["month", "district"],
            rows: due.into_iter().map(|(month, district)| vec![Some(month), Some(district)]).collect(),
        },
    ])
}

pub(crate) async fn list_json(State(app): State<App>, ask: Ask) -> Reply<Json<Value>> {
    let seen = look(&app, &ask).await?;
    let due = json!({
        "emergencies": app.lake.store().unreviewed().await?,
        "declarations": app.accounts.undeclared(app.lake.now()).await?,
    });
    Ok(Json(json!({ "days": DAYS, "records": seen.records, "whole": !seen.cut, "officers": seen.officers, "due": due })))
}

#[cfg(test)]
mod tests {
    use governance::audit::AuditRecord;

    use super::*;

    fn entry(who: &str, days: i64, hour: i64, action: &str, allowed: bool, what: Value) -> Entry {
        let at = now() - TimeDelta::days(days) + TimeDelta::hours(hour);
        let record = AuditRecord {
            at: at.to_rfc3339(),
            who: who.into(),
            action: action.into(),
            allowed,
            purpose: None,
            case: None,
            authority: None,
            what,
        };
        Entry { index: 0, record }
    }

    /// Noon in India.
    fn now() -> DateTime<Utc> {
        "2026-11-28T06:30:00Z".parse().unwrap()
    }

    #[test]
    fn the_unusual_come_first_and_the_usual_not_at_all() {
        let mut all = Vec::new();
        for n in 0..40 {
            all.push(entry("busy", n % 28 + 8, 0, "query", true, Value::Null));
            all.push(entry("busy", n % 6 + 1, 0, "query", true, Value::Null));
            all.push(entry("usual", n % 30 + 1, 0, "dossier", true, Value::Null));
        }
        all.push(entry("night", 1, 14, "search", true, Value::Null));
        all.push(entry("own", 1, 0, "search", true, json!({ "text": "mark-of-own" })));
        all.push(entry("loud", 1, 0, "emergency", true, json!({ "change": "open" })));
        all.push(entry("brother", 1, 0, "query", true, json!({ "marks": ["mark-of-brother"] })));
        all.push(entry("curious", 1, 0, "dossier", true, json!({ "looked_at": { "kind": "phone", "id": "mark-of-minister" } })));
        // What is one reader's own is nobody else's.
        all.push(entry("stranger", 1, 0, "search", true, json!({ "text": "mark-of-own", "marks": ["mark-of-brother"] })));
        let of = |login: &str, mark: &str| BTreeMap::from([(login.to_owned(), vec![mark.to_owned()])]);
        let known = Known {
            names: of("own", "mark-of-own"),
            kin: of("brother", "mark-of-brother"),
            listed: vec!["mark-of-minister".into()],
            alone: BTreeMap::from([("night".to_owned(), 1)]),
        };
        let ranked = rank(&all, &known, now());
        let order: Vec<(&str, u64)> = ranked.iter().map(|o| (o.login.as_str(), o.score)).collect();
        assert_eq!(order, [("loud", 10), ("brother", 5), ("own", 5), ("busy", 4), ("curious", 3), ("night", 2)]);
        let busy = ranked.iter().find(|o| o.login == "busy").unwrap();
        assert_eq!((busy.looks, busy.usual), (40, 10));
    }
}
