//! The model code of conduct: its times, and what they hold.

use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::{Form, Json};
use pages::Section;
use pages::desk::silence::{Line, Silences};
use serde::Deserialize;
use serde_json::{Value, json};
use social::desk::{Held, parse_ist};
use store::social::SilenceRow;

use super::at;
use crate::App;
use crate::ask::Ask;
use crate::fault::{Reply, show};

pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    let now = app.lake.now().timestamp_micros();
    let written = |t: i64| model::time::to_ist(t).map(|t| t.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    let line = |s: SilenceRow| Line {
        from: at(s.from_at),
        until: at(s.until_at),
        from_text: written(s.from_at),
        until_text: written(s.until_at),
        over: s.until_at <= now,
        holds: (s.from_at..s.until_at).contains(&now),
        id: s.id,
        constituency: s.constituency,
        reference: s.reference,
        principal: s.principal,
    };
    let mut lines: Vec<Line> = app.lake.store().silences().await?.into_iter().map(line).collect();
    lines.sort_by_key(|l| l.over);
    show(Silences { lines, shell: ask.shell(Section::Desk, ask.lang.text("desk-silences")) })
}

pub(crate) async fn json(State(app): State<App>) -> Reply<Json<Value>> {
    Ok(Json(json!({ "silences": app.lake.store().silences().await? })))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    what: String,
    constituency: String,
    from: String,
    until: String,
    /// The Election Commission's announcement.
    announcement: String,
    reason: String,
}

impl Sent {
    fn row(&self, id: &str) -> Reply<SilenceRow> {
        Ok(SilenceRow {
            id: id.to_owned(),
            constituency: self.constituency.trim().to_owned(),
            from_at: parse_ist(self.from.trim())?,
            until_at: parse_ist(self.until.trim())?,
            reference: self.announcement.trim().to_owned(),
            principal: String::new(),
            at: 0,
        })
    }
}

async fn added(app: &App, ask: &Ask, s: &Sent) -> Reply<(String, Held)> {
    Ok(app.desk().silence(&ask.principal, s.row("")?, app.lake.now()).await?)
}

async fn changed(app: &App, ask: &Ask, id: &str, s: &Sent) -> Reply<Held> {
    let (desk, now) = (app.desk(), app.lake.now());
    Ok(if s.what == "end" {
        desk.end_silence(&ask.principal, id, &s.reason, now).await?
    } else {
        desk.change_silence(&ask.principal, s.row(id)?, &s.reason, now).await?
    })
}

pub(crate) async fn add(State(app): State<App>, ask: Ask, Form(s): Form<Sent>) -> Reply<Redirect> {
    added(&app, &ask, &s).await?;
    Ok(Redirect::to("/desk/silences"))
}

pub(crate) async fn add_json(State(app): State<App>, ask: Ask, Json(s): Json<Sent>) -> Reply<Json<Value>> {
    let (id, held) = added(&app, &ask, &s).await?;
    Ok(Json(json!({ "id": id, "deliveries": held })))
}

pub(crate) async fn change(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(s): Form<Sent>) -> Reply<Redirect> {
    changed(&app, &ask, &id, &s).await?;
    Ok(Redirect::to("/desk/silences"))
}

pub(crate) async fn change_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(s): Json<Sent>,
) -> Reply<Json<Value>> {
    Ok(Json(json!({ "deliveries": changed(&app, &ask, &id, &s).await? })))
}
