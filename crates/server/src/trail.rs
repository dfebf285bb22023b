//! Two questions to the access log: who looked at this person, number or case; and what did this officer look at.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use governance::audit::Entry;
use ledger::Filter;
use pages::audit::{Trail, TrailLine};
use pages::shell::{Crumb, encode};
use pages::{Lang, Section};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::App;
use crate::ask::Ask;
use crate::audit::line;
use crate::export::{Picked, Sheet, send_sheet};
use crate::fault::{Reply, show};
use crate::watch::is_look;

/// Looks shown, and looks in a file.
const SHOWN: usize = 200;
const MOST: usize = 20_000;

/// Who or whom.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// The officer's sign-in name.
    who: String,
    /// Name, number, case or person's id.
    key: String,
}

/// Looks of one officer, or at one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Group {
    /// The officer; or what was looked at: a person's id, the mark of a number or case, the tables a query read.
    pub name: String,
    pub looks: u64,
    pub refused: u64,
    pub first: String,
    pub last: String,
    /// Purposes and cases stated.
    pub why: Vec<String>,
}

/// Which of the two questions.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Person,
    Officer,
}

impl Side {
    fn path(self) -> &'static str {
        match self {
            Side::Person => "person",
            Side::Officer => "officer",
        }
    }

    /// What a record belongs to.
    fn name(self, entry: &Entry) -> String {
        let record = &entry.record;
        if self == Side::Person {
            return record.who.clone();
        }
        let looked = &record.what["looked_at"];
        if let (Some(kind), Some(id)) = (looked["kind"].as_str(), looked["id"].as_str()) {
            return format!("{kind} {id}");
        }
        let tables = record.what["tables"].as_object().map(|tables| tables.keys().cloned().collect::<Vec<_>>().join(", "));
        match tables.filter(|tables| !tables.is_empty()) {
            Some(tables) => format!("{} {tables}", record.action),
            None => record.action.clone(),
        }
    }
}

/// Records gathered by officer or by what was looked at, the most looks first.
fn gather(entries: &[Entry], side: Side) -> Vec<Group> {
    let mut all: BTreeMap<String, Group> = BTreeMap::new();
    for entry in entries {
        let record = &entry.record;
        let name = side.name(entry);
        let at = record.at.clone();
        let group = all.entry(name.clone()).or_insert_with(|| Group {
            name,
            looks: 0,
            refused: 0,
            first: at.clone(),
            last: at.clone(),
            why: Vec::new(),
        });
        group.looks += 1;
        group.refused += u64::from(!record.allowed);
        group.first = group.first.clone().min(at.clone());
        group.last = group.last.clone().max(at);
        let why = [record.purpose.as_deref(), record.case.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        if !why.is_empty() && !group.why.contains(&why) {
            group.why.push(why);
        }
    }
    let mut out: Vec<Group> = all.into_values().collect();
    out.sort_by(|a, b| b.looks.cmp(&a.looks).then_with(|| a.name.cmp(&b.name)));
    out
}

/// A text whose first word, a code of the log, is said in a language where one of the catalogue's areas has it.
fn said(lang: Lang, areas: &[&str], text: &str) -> String {
    let (code, rest) = text.split_once(' ').map_or((text, ""), |(code, rest)| (code, rest));
    let word = areas.iter().find_map(|area| lang.known(&format!("{area}-{code}")));
    word.map_or_else(|| text.to_owned(), |word| format!("{word} {rest}").trim_end().to_owned())
}

struct Found {
    entries: Vec<Entry>,
    /// Whether the log holds more than was looked at.
    cut: bool,
}

/// Looks that fit. Looking is looked at too; what was typed is noted by its mark.
fn find(app: &App, ask: &Ask, side: Side, asked: &Asked) -> Reply<Found> {
    let (who, key) = (asked.who.trim(), asked.key.trim());
    let filter = match side {
        Side::Person => Filter { marks: app.lake.audit().marks(key), ..Filter::default() },
        Side::Officer => Filter { who: Some(who.to_owned()), ..Filter::default() },
    };
    let empty = if side == Side::Person { key.is_empty() } else { who.is_empty() };
    let mut found = Found { entries: Vec::new(), cut: false };
    let mut before = None;
    while !empty && found.entries.len() < MOST {
        let part = app.lake.audit().find(&filter, before, MOST)?;
        found.entries.extend(part.entries.into_iter().filter(|e| is_look(&e.record.action) || !e.record.allowed));
        before = part.before;
        found.cut = before.is_some();
        if before.is_none() {
            break;
        }
    }
    let what = json!({ "trail": side.path(), "filter": filter.noted(), "records": found.entries.len() });
    app.lake.record(&ask.access(&app.lake, lake::At::Now), "audit", true, what)?;
    Ok(found)
}

pub(crate) async fn person(app: State<App>, ask: Ask, asked: Query<Asked>, picked: Query<Picked>) -> Reply<Response> {
    page(app, ask, Side::Person, asked, picked).await
}

pub(crate) async fn officer(app: State<App>, ask: Ask, asked: Query<Asked>, picked: Query<Picked>) -> Reply<Response> {
    page(app, ask, Side::Officer, asked, picked).await
}

pub(crate) async fn person_json(app: State<App>, ask: Ask, asked: Query<Asked>) -> Reply<Json<Value>> {
    answer(app, ask, Side::Person, asked)
}

pub(crate) async fn officer_json(app: State<App>, ask: Ask, asked: Query<Asked>) -> Reply<Json<Value>> {
    answer(app, ask, Side::Officer, asked)
}

fn answer(State(app): State<App>, ask: Ask, side: Side, Query(asked): Query<Asked>) -> Reply<Json<Value>> {
    let found = find(&app, &ask, side, &asked)?;
    let looks: Vec<Value> = found.entries.iter().map(|e| json!({ "index": e.index, "record": e.record })).collect();
    Ok(Json(json!({ "found": gather(&found.entries, side), "looks": looks, "whole": !found.cut })))
}

async fn page(
    State(app): State<App>,
    ask: Ask,
    side: Side,
    Query(asked): Query<Asked>,
    Query(picked): Query<Picked>,
) -> Reply<Response> {
    let found = find(&app, &ask, side, &asked)?;
    let groups = gather(&found.entries, side);
    if picked.wanted() {
        return send_sheet(&app, &ask, side.path(), sheets(&found.entries, groups), picked).await;
    }
    let mut shell = ask.shell(Section::Audit, ask.lang.text(&format!("trail-{}", side.path())));
    shell.trail = vec![Crumb::new("/audit", shell.t("nav-audit")), Crumb::new("/audit/watch", shell.t("watch-title"))];
    let at = |text: &str| DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc)).unwrap_or_default();
    let found_lines = groups.into_iter().map(|group| TrailLine {
        // From a person to the officer, and from there to what else he looked at.
        href: (side == Side::Person).then(|| format!("/audit/officer?who={}", encode(&group.name))),
        looks: group.looks,
        refused: group.refused,
        first: at(&group.first),
        last: at(&group.last),
        why: group.why.iter().map(|why| said(ask.lang, &["purpose"], why)).collect::<Vec<_>>().join("; "),
        name: if side == Side::Officer { said(ask.lang, &["kind", "action"], &group.name) } else { group.name },
    });
    let asked_for = if side == Side::Person { &asked.key } else { &asked.who };
    let export =
        format!("/audit/{}?{}={}&table=", side.path(), if side == Side::Person { "key" } else { "who" }, encode(asked_for));
    let page = show(Trail {
        officer: side == Side::Officer,
        found: found_lines.collect(),
        looks: found.entries.len() as u64,
        lines: found.entries.iter().take(SHOWN).map(|entry| line(&ask, entry)).collect(),
        cut: found.cut,
        asked: asked_for.trim().to_owned(),
        export: Some(export),
        shell,
    })?;
    Ok(page.into_response())
}

fn sheets(entries: &[Entry], groups: Vec<Group>) -> Vec<Sheet> {
    let group = |g: Group| {
        vec![
            Some(g.name),
            Some(g.looks.to_string()),
            Some(g.refused.to_string()),
            Some(g.first),
            Some(g.last),
            Some(g.why.join("; ")),
        ]
    };
    let look = |e: &Entry| {
        let record = &e.record;
        let looked = record.what["looked_at"]["id"].as_str().map(str::to_owned);
        let tables = record.what["tables"].as_object().map(|tables| tables.keys().cloned().collect::<Vec<_>>().join(" "));
        vec![
            Some(e.index.to_string()),
            Some(record.at.clone()),
            Some(record.who.clone()),
            Some(record.action.clone()),
            Some(if record.allowed { "yes" } else { "no" }.into()),
            record.purpose.clone(),
            record.case.clone(),
            looked,
            tables,
        ]
    };
    vec![
        Sheet {
            name: "found",
            columns: &["name", "looks", "refused", "first", "last", "purpose"],
            rows: groups.into_iter().map(group).collect(),
        },
        Sheet {
            name: "looks",
            columns: &["record", "at", "who", "action", "allowed", "purpose", "case", "looked_at", "tables"],
            rows: entries.iter().map(look).collect(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use governance::audit::AuditRecord;

    use super::*;

    fn entry(index: u64, who: &str, at: &str, action: &str, allowed: bool, what: Value) -> Entry {
        let record = AuditRecord {
            at: at.into(),
            who: who.into(),
            action: action.into(),
            allowed,
            purpose: Some("case".into()),
            case: Some(format!("27541001/000{}/2026", index % 2)),
            authority: None,
            what,
        };
        Entry { index, record }
    }

    #[test]
    fn looks_are_gathered_by_officer_and_by_what_was_looked_at() {
        let looked = json!({ "looked_at": { "kind": "person", "id": "p-1" }, "tables": { "pole.event": [] } });
        let all = [
            entry(0, "asha", "2026-11-01T10:00:00+00:00", "dossier", true, looked.clone()),
            entry(1, "ravi", "2026-11-02T10:00:00+00:00", "query", false, json!({ "table": "clean.cctns_person" })),
            entry(3, "asha", "2026-11-03T10:00:00+00:00", "dossier", true, looked),
            entry(5, "asha", "2026-10-03T10:00:00+00:00", "query", true, json!({ "tables": { "clean.x": [], "clean.y": [] } })),
        ];
        let by: Vec<(String, u64, u64)> = gather(&all, Side::Person).into_iter().map(|g| (g.name, g.looks, g.refused)).collect();
        assert_eq!(by, [("asha".into(), 3, 0), ("ravi".into(), 1, 1)]);
        let of = gather(&all, Side::Officer);
        let names: Vec<&str> = of.iter().map(|g| g.name.as_str()).collect();
        assert_eq!(names, ["person p-1", "query", "query clean.x, clean.y"]);
        assert_eq!((of[0].first.as_str(), of[0].last.as_str()), ("2026-11-01T10:00:00+00:00", "2026-11-03T10:00:00+00:00"));
        assert_eq!(of[0].why, ["case 27541001/0000/2026", "case 27541001/0001/2026"]);
    }

    #[test]
    fn codes_of_the_log_are_said_in_the_language_of_the_page() {
        let officer = |text: &str| said(Lang::Hi, &["kind", "action"], text);
        assert_eq!(officer("case 2930e604"), "प्रकरण 2930e604");
        assert_eq!(officer("query pole.event"), "प्रश्न pole.event");
        assert_eq!(officer("unheard of"), "unheard of");
        assert_eq!(said(Lang::En, &["purpose"], "case 27541001/0001/2026"), "case 27541001/0001/2026");
        assert_eq!(said(Lang::Hi, &["purpose"], "supervision"), "पर्यवेक्षण");
    }
}
