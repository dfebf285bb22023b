//! How one source stands: page, JSON, and its tables as files.

use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use lake::{Answer, LakeError};
use pages::intake::Freshness;
use pages::shell::Crumb;
use pages::source::{Day, Source};
use pages::table::{Cell, Grid, GridColumn};
use pages::{Section, show as words};
use serde::Deserialize;
use ways::source::{Standing, Volume, standing};

use crate::App;
use crate::ask::Ask;
use crate::export::{Wanted, send_answer};
use crate::fault::{HttpError, Reply, show};

pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(name): Path<String>) -> Reply {
    let s = look(&app, &name).await?;
    let title = if s.title_en.is_empty() { name.clone() } else { ask.pick(&s.title_hi, &s.title_en).to_owned() };
    let mut shell = ask.shell(Section::Sources, title);
    shell.trail = vec![Crumb::new("/sources", shell.t("nav-sources"))];
    let freshness = match (s.expected_seconds, s.last) {
        (_, None) => Freshness::Never,
        (None, _) => Freshness::Unstated,
        _ if s.late => Freshness::Late,
        _ => Freshness::Fresh,
    };
    let rows = |n: i64| u64::try_from(n).unwrap_or(0);
    let count = |n: i64| words::count(rows(n));
    let moment = |at: chrono::DateTime<chrono::Utc>| words::moment(ask.lang, at);
    let volume = match s.volume {
        Volume::Unknown => "volume-unknown",
        Volume::Usual => "volume-usual",
        Volume::Low => "volume-low",
        Volume::High => "volume-high",
    };
    let facts = [
        ("source-contact", s.owner.clone()),
        ("term-legal", s.legal_basis.clone()),
        ("source-expected", s.expected_seconds.map(span).unwrap_or_default()),
        ("source-last", s.last.map(moment).unwrap_or_default()),
        ("source-late-since", s.late_since.map(moment).unwrap_or_default()),
        ("source-usual", s.usual.map(count).unwrap_or_default()),
        ("source-yesterday", count(s.yesterday)),
        ("source-volume", shell.t(volume)),
        ("source-quality", s.quality.map(|q| format!("{q:.1}")).unwrap_or_default()),
    ];
    let column = |key: &str, numeric: bool| GridColumn { name: ask.lang.text(key), numeric, class: None };
    let known = |code: &String| ask.lang.text(&format!("code-{code}"));
    show(Source {
        freshness,
        facts: facts.iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| (shell.t(key), text.clone())).collect(),
        most: s.days.iter().map(|d| rows(d.input)).max().unwrap_or(0).max(1),
        days: s
            .days
            .iter()
            .map(|d| Day {
                day: d.day.clone(),
                runs: rows(d.runs),
                input: rows(d.input),
                accepted: rows(d.accepted),
                rejected: rows(d.rejected),
                duplicate: rows(d.duplicate),
            })
            .collect(),
        reasons: Grid {
            columns: vec![column("reason", false), column("rows", true)],
            rows: s.reasons.iter().map(|(code, n)| vec![Cell::new(known(code)), Cell::new(words::count(*n))]).collect(),
        },
        tables: s.writes_to,
        pulls: s.pulls,
        name,
        shell,
    })
}

async fn look(app: &App, name: &str) -> Reply<Standing> {
    let contract = app.lake.contract(name)?;
    Ok(standing(&app.lake, &contract).await?)
}

/// Seconds as a span in the longest whole unit.
pub(crate) fn span(seconds: i64) -> String {
    match seconds {
        s if s % 86_400 == 0 => format!("{} d", s / 86_400),
        s if s % 3600 == 0 => format!("{} h", s / 3600),
        s if s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

pub(crate) async fn json(State(app): State<App>, Path(name): Path<String>) -> Reply<Json<Standing>> {
    Ok(Json(look(&app, &name).await?))
}

/// Which sources.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    /// Only those that are late.
    late: bool,
}

pub(crate) async fn list_json(State(app): State<App>, Query(which): Query<Which>) -> Reply<Json<Vec<Standing>>> {
    let mut all = Vec::new();
    for contract in app.lake.contracts() {
        let one = standing(&app.lake, &contract).await?;
        if one.late || !which.late {
            all.push(one);
        }
    }
    all.sort_by(|a, b| a.contract.cmp(&b.contract));
    Ok(Json(all))
}

/// Which table, and how.
#[derive(Debug, Deserialize)]
pub(crate) struct Asked {
    table: String,
    format: String,
}

pub(crate) async fn export(
    State(app): State<App>,
    ask: Ask,
    Path(name): Path<String>,
    Query(asked): Query<Asked>,
) -> Reply<Response> {
    let s = look(&app, &name).await?;
    let text = |values: Vec<String>| Arc::new(StringArray::from(values)) as ArrayRef;
    let number = |values: Vec<i64>| Arc::new(Int64Array::from(values)) as ArrayRef;
    let columns = match asked.table.as_str() {
        "days" => vec![
            ("day", text(s.days.iter().map(|d| d.day.clone()).collect())),
            ("runs", number(s.days.iter().map(|d| d.runs).collect())),
            ("in", number(s.days.iter().map(|d| d.input).collect())),
            ("accepted", number(s.days.iter().map(|d| d.accepted).collect())),
            ("rejected", number(s.days.iter().map(|d| d.rejected).collect())),
            ("duplicate", number(s.days.iter().map(|d| d.duplicate).collect())),
        ],
        "reasons" => vec![
            ("reason", text(s.reasons.keys().cloned().collect())),
            ("rows", number(s.reasons.values().map(|n| *n as i64).collect())),
        ],
        other => return Err(HttpError::BadRequest(format!("there is no table {other:?} here; there are days, reasons"))),
    };
    let batch = RecordBatch::try_from_iter(columns).map_err(|e| LakeError::Invalid(e.to_string()))?;
    let file = format!("{name}-{}", asked.table);
    let answer = Answer::of(batch.schema(), vec![batch]);
    send_answer(&app, &ask, answer, &file, &format!("source {}", asked.table), Wanted { format: asked.format }).await
}
