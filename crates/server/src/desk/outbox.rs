//! What is on its way, and the decisions only a person can take.

use std::collections::HashMap;

use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::{Form, Json};
use pages::Section;
use pages::desk::Outbox;
use serde::Deserialize;
use serde_json::{Value, json};
use social::desk::Verdict;
use social::outbox::health;
use store::social::Shown;

use super::delivery;
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

const WAITING: [&str; 5] = ["human", "unknown", "held", "missed", "failed"];

/// What needs a person, as far as the asker reads the units it belongs to.
async fn waiting(app: &App, ask: &Ask, limit: i64) -> Reply<Vec<Shown>> {
    let mut open: HashMap<String, bool> = HashMap::new();
    let mut out = Vec::new();
    for d in app.lake.store().shown_in(&WAITING, limit).await? {
        if !open.contains_key(&d.unit) {
            open.insert(d.unit.clone(), app.desk().may_read(&ask.principal, &d.unit).await.is_ok());
        }
        if open.get(&d.unit) == Some(&true) {
            out.push(d);
        }
    }
    Ok(out)
}

pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    let health = health(app.lake.store(), app.lake.now().timestamp_micros()).await?;
    let waiting = waiting(&app, &ask, 200).await?;
    show(Outbox {
        well: health.well,
        oldest_minutes: u64::try_from(health.oldest_due_seconds / 60).unwrap_or_default(),
        counts: health.counts.into_iter().map(|c| (c.state, c.count.unsigned_abs())).collect(),
        waiting: waiting.into_iter().map(|d| delivery(&ask, d)).collect(),
        shell: ask.shell(Section::Desk, ask.lang.text("desk-outbox")),
    })
}

pub(crate) async fn json(State(app): State<App>, ask: Ask) -> Reply<Json<Value>> {
    let health = health(app.lake.store(), app.lake.now().timestamp_micros()).await?;
    let waiting = waiting(&app, &ask, 1000).await?;
    Ok(Json(json!({ "health": health, "waiting": waiting })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Decision {
    what: String,
    #[serde(default)]
    live: String,
}

pub(crate) async fn decide(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(d): Form<Decision>) -> Reply<Redirect> {
    let verdict = match d.what.as_str() {
        "live" => Verdict::Live(d.live.trim()),
        "again" => Verdict::Again,
        "leave" => Verdict::Leave,
        _ => return Err(HttpError::NotFound),
    };
    app.desk().decide(&ask.principal, &id, verdict, app.lake.now()).await?;
    Ok(Redirect::to("/desk/outbox"))
}
