//! The report of the desk's numbers, and the record of what was published: page, PDF, CSV, JSON, archive.

use std::io::{Cursor, Write};

use axum::Json;
use axum::extract::{Query, State};
use axum::response::Response;
use pages::Section;
use pages::desk::report::{Report as Page, Table};
use serde::Deserialize;
use serde_json::Value;
use social::desk::{Numbers, parse_ist};

use super::units;
use crate::App;
use crate::ask::Ask;
use crate::certificate::{self, file};
use crate::fault::{HttpError, Reply, show};
use crate::report::{TABLES, csv, paper};

/// Days and a unit; the last thirty days and all units when absent.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    from: String,
    until: String,
    unit: String,
    table: String,
}

struct Span {
    from: i64,
    until: i64,
    /// As days: the last is part of it.
    days: [String; 2],
}

fn span(app: &App, asked: &Asked) -> Reply<Span> {
    let day = |micros: i64| model::time::to_ist(micros).map(|t| t.date().to_string()).unwrap_or_default();
    let now = app.lake.now().timestamp_micros();
    let or = |given: &str, micros: i64| if given.is_empty() { day(micros) } else { given.to_owned() };
    let days = [or(&asked.from, now - 29 * model::time::MICROS_PER_DAY), or(&asked.until, now)];
    let start = |day: &str| {
        parse_ist(&format!("{day} 00:00")).map_err(|_| HttpError::BadRequest(format!("{day:?} is no day; write 2026-11-01")))
    };
    Ok(Span { from: start(&days[0])?, until: start(&days[1])? + model::time::MICROS_PER_DAY, days })
}

async fn numbers(app: &App, asked: &Asked) -> Reply<(Numbers, Span)> {
    let span = span(app, asked)?;
    let unit = Some(asked.unit.as_str()).filter(|u| !u.is_empty());
    Ok((app.desk().numbers(unit, span.from, span.until, app.lake.now()).await?, span))
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(asked): Query<Asked>) -> Reply {
    let (numbers, span) = numbers(&app, &asked).await?;
    let paper = paper(&numbers, ask.lang);
    let tables = TABLES.iter().zip(paper.sections).map(|(key, s)| Table {
        key: (*key).to_owned(),
        title: s.title,
        columns: s.columns,
        rows: s.rows,
        note: s.note,
    });
    let [from, until] = span.days;
    show(Page {
        from,
        until,
        units: units(&app, &ask, &asked.unit).await?,
        unit: asked.unit,
        facts: paper.facts,
        tables: tables.collect(),
        shell: ask.shell(Section::Desk, ask.lang.text("desk-report")),
    })
}

pub(crate) async fn pdf(State(app): State<App>, ask: Ask, Query(asked): Query<Asked>) -> Reply<Response> {
    let fonts = certificate::fonts().map_err(|e| HttpError::Failed(e.to_string()))?;
    let (numbers, span) = numbers(&app, &asked).await?;
    let paper = paper(&numbers, ask.lang);
    let bytes = tokio::task::spawn_blocking(move || paper.pdf(&fonts)).await;
    let bytes = bytes.map_err(|e| HttpError::Failed(e.to_string()))?.map_err(|e| HttpError::Failed(e.to_string()))?;
    Ok(file(&format!("report-{}-{}.pdf", span.days[0], span.days[1]), "application/pdf", bytes))
}

pub(crate) async fn table(State(app): State<App>, ask: Ask, Query(asked): Query<Asked>) -> Reply<Response> {
    let (numbers, _) = numbers(&app, &asked).await?;
    let place = TABLES.iter().position(|t| *t == asked.table).ok_or(HttpError::NotFound)?;
    let paper = paper(&numbers, ask.lang);
    let section = paper.sections.get(place).ok_or(HttpError::NotFound)?;
    Ok(file(&format!("{}.csv", asked.table), "text/csv; charset=utf-8", csv(section).into_bytes()))
}

pub(crate) async fn json(State(app): State<App>, Query(asked): Query<Asked>) -> Reply<Json<Numbers>> {
    Ok(Json(numbers(&app, &asked).await?.0))
}

/// The record with its proofs, as one archive.
pub(crate) async fn records(State(app): State<App>, ask: Ask, Query(asked): Query<Asked>) -> Reply<Response> {
    let span = span(&app, &asked)?;
    let unit = Some(asked.unit.as_str()).filter(|u| !u.is_empty());
    let files = crate::records::export(&app.lake, &app.desk(), &ask.principal, unit, span.from, span.until, ask.lang).await?;
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let broken = |e: zip::result::ZipError| HttpError::Failed(e.to_string());
    for one in files {
        archive.start_file(one.name, zip::write::SimpleFileOptions::default()).map_err(broken)?;
        archive.write_all(&one.bytes)?;
    }
    let bytes = archive.finish().map_err(broken)?.into_inner();
    Ok(file(&format!("records-{}-{}.zip", span.days[0], span.days[1]), "application/zip", bytes))
}

/// The record alone.
pub(crate) async fn records_json(State(app): State<App>, ask: Ask, Query(asked): Query<Asked>) -> Reply<Json<Value>> {
    let span = span(&app, &asked)?;
    let unit = Some(asked.unit.as_str()).filter(|u| !u.is_empty());
    let records = app.desk().records(&ask.principal, unit, span.from, span.until, app.lake.now()).await?;
    Ok(Json(serde_json::json!({ "records": records })))
}
