//! The SQL page and its JSON twin.

use std::time::Duration;

use axum::Form;
use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use lake::{At, TableName};
use model::Classification;
use pages::Section;
use pages::intake::RunState;
use pages::shell::{Island, encode};
use pages::sql::{Answer, Asked, SchemaColumn, SchemaTable, Sql};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{HistoryState, Page};

use crate::App;
use crate::ask::Ask;
use crate::cells::{grid, texts};
use crate::export::{Wanted, send};
use crate::fault::{HttpError, Reply, show};
use crate::queries::{self, SHOWN, count};

/// How long a request waits for its answer before it shows the query at work.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What to begin with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Begin {
    q: String,
    table: String,
    at: String,
}

/// The page with an empty or given query.
pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(begin): Query<Begin>) -> Reply {
    let text = match (begin.q.as_str(), begin.table.as_str()) {
        ("", "") => String::new(),
        ("", table) => format!("SELECT *\nFROM {}\nLIMIT 100", TableName::parse(table)),
        (text, _) => text.to_owned(),
    };
    show(fill(&app, &ask, text, begin.at, None).await?)
}

/// A query as the form sends it.
#[derive(Debug, Deserialize)]
pub(crate) struct Asking {
    sql: String,
    #[serde(default)]
    at: String,
}

/// Runs a query and goes to its answer.
pub(crate) async fn ask(State(app): State<App>, ask: Ask, Form(asking): Form<Asking>) -> Reply<Redirect> {
    let id = start(&app, &ask, asking).await?;
    app.queries.settle(&id, PATIENCE).await;
    Ok(Redirect::to(&format!("/sql/{id}")))
}

/// The answer to a query, or that it is at work.
pub(crate) async fn answer(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply {
    let query = own(&app, &ask, &id).await?;
    let answer = match query.state {
        queries::State::Running => Answer::Running { id, seconds: query.since.elapsed().as_secs_f64() },
        queries::State::Rows { schema, batches, complete, seconds } => {
            let shown = count(&batches) as u64;
            Answer::Rows { id, grid: grid(&schema, &batches, SHOWN)?, shown, total: complete.then_some(shown), seconds }
        }
        queries::State::Failed { message, .. } => Answer::Failed { message: ask.refusal(&message), advice: String::new() },
        queries::State::Cancelled => Answer::Cancelled,
    };
    show(fill(&app, &ask, query.sql, query.at, Some(answer)).await?)
}

/// Stops a query.
pub(crate) async fn cancel(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Redirect> {
    own(&app, &ask, &id).await?;
    app.queries.cancel(&app.lake, &id).await;
    Ok(Redirect::to(&format!("/sql/{id}")))
}

/// The whole answer as a file; the query runs again, so that no row is left out.
pub(crate) async fn export(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Reply<Response> {
    let query = own(&app, &ask, &id).await?;
    if matches!(query.state, queries::State::Running) {
        return Err(HttpError::Busy);
    }
    send(&app, &ask, &query.sql, moment(&query.at)?, "answer", "query", wanted).await
}

/// The JSON twin: one query, its first rows.
pub(crate) async fn json(State(app): State<App>, ask: Ask, Json(asking): Json<Asking>) -> Reply<Json<Value>> {
    let id = start(&app, &ask, asking).await?;
    app.queries.settle(&id, Duration::from_secs(60)).await;
    match own(&app, &ask, &id).await?.state {
        queries::State::Rows { schema, batches, complete, seconds } => {
            let columns: Vec<_> = schema
                .fields()
                .iter()
                .map(|field| json!({ "name": field.name(), "type": field.data_type().to_string() }))
                .collect();
            Ok(Json(
                json!({ "id": id, "columns": columns, "rows": texts(&batches, SHOWN)?, "complete": complete, "seconds": seconds }),
            ))
        }
        queries::State::Failed { message, .. } => Err(HttpError::BadRequest(message)),
        queries::State::Running => Err(HttpError::Busy),
        queries::State::Cancelled => Err(HttpError::Gone),
    }
}

async fn start(app: &App, ask: &Ask, asking: Asking) -> Reply<String> {
    let access = ask.access(&app.lake, moment(&asking.at)?);
    Ok(app.queries.start(&app.lake, access, asking.sql.trim().trim_end_matches(';').to_owned(), asking.at).await?)
}

fn moment(text: &str) -> Reply<At> {
    Ok(if text.trim().is_empty() { At::Now } else { At::parse(text)? })
}

/// A query of the asker's own; others' answers are nobody else's.
async fn own(app: &App, ask: &Ask, id: &str) -> Reply<queries::Query> {
    // An answer read for a piece of work ends with it; a refusal says why.
    let now = app.lake.now();
    let holds = ask.principal.work.as_ref().is_none_or(|work| work.standing_at(now) == governance::Standing::Open);
    let told = |query: &queries::Query| holds || matches!(query.state, queries::State::Failed { refused: true, .. });
    let query = app.queries.get(id).filter(|query| told(query) && query.owner == ask.owner()).ok_or(HttpError::Gone)?;
    // Whatever was erased since may stand in it.
    if query.erasures != app.lake.erasures().await? {
        app.queries.forget(id);
        return Err(HttpError::Gone);
    }
    Ok(query)
}

async fn fill(app: &App, ask: &Ask, text: String, at: String, answer: Option<Answer>) -> Reply<Sql> {
    let mut shell = ask.shell(Section::Sql, ask.lang.text("sql-title"));
    shell.island = Some(Island::Sql);
    let tables: Vec<SchemaTable> = app
        .lake
        .catalog()
        .await?
        .into_iter()
        .filter(|table| table.exists)
        .map(|table| SchemaTable {
            columns: table
                .columns
                .iter()
                .map(|column| SchemaColumn {
                    name: column.name.clone(),
                    type_name: column.data_type.clone(),
                    class: column.classification.parse().unwrap_or(Classification::Personal),
                })
                .collect(),
            name: table.name,
            rows: table.rows,
        })
        .collect();
    let mut starters = Vec::new();
    if tables.iter().any(|table| table.name == "pole.person_mention") {
        starters.push((
            shell.t("sql-starter-people"),
            "SELECT role, count(*) AS persons FROM pole.person_mention GROUP BY role ORDER BY persons DESC".to_owned(),
        ));
    }
    if let Some(table) = tables.first() {
        starters.push((shell.t("sql-starter-count"), format!("SELECT count(*) AS n FROM {}", table.name)));
        starters.push((
            shell.t("sql-starter-fresh"),
            format!("SELECT * FROM {} ORDER BY \"_ingested_at\" DESC LIMIT 20", table.name),
        ));
    }
    let history = app.lake.store().history(&ask.principal.id, Page::first(15)).await?.rows.into_iter().map(asked).collect();
    Ok(Sql { text, at, tables, answer, history, starters, shell })
}

fn asked(entry: store::HistoryEntry) -> Asked {
    Asked {
        href: format!("/sql?q={}", encode(&entry.sql)),
        text: entry.sql.split_whitespace().collect::<Vec<_>>().join(" "),
        at: entry.started_at,
        rows: entry.rows.map(|rows| rows as u64),
        seconds: entry.seconds.unwrap_or_default(),
        state: match entry.state {
            HistoryState::Running => RunState::Running,
            HistoryState::Done => RunState::Done,
            HistoryState::Failed | HistoryState::Refused => RunState::Failed,
            HistoryState::Cancelled => RunState::Cancelled,
        },
    }
}
