//! Edits of what is out: a version that goes the whole way again, and what it changes where.

use axum::Json;
use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use serde::Deserialize;
use serde_json::{Value, json};
use social::message::Message;

use super::post::{Sheet, before, given, home, message, version};
use super::sheet::saved;
use crate::App;
use crate::ask::Ask;
use crate::fault::Reply;

/// A further version of a message that is out. Nothing that is out changes yet.
pub(crate) async fn revise(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(form): Form<Sheet>) -> Reply<Redirect> {
    let message = message(&app, &form, &before(&app, &ask, &id).await?).await?;
    let from = version(&form)?;
    let (desk, now) = (app.desk(), app.lake.now());
    desk.revise(&ask.principal, &id, from, &message, given(&form, "why"), now).await?;
    desk.check(&id, &[], now.timestamp_micros(), now).await?;
    saved(&app, &ask, &form).await?;
    home(&id)
}

/// Carries an approved edit out.
pub(crate) async fn apply(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Redirect> {
    app.desk().apply_edit(&ask.principal, &id, app.lake.now()).await?;
    home(&id)
}

/// Gives an edit up; what is out stays.
pub(crate) async fn keep(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(form): Form<Sheet>) -> Reply<Redirect> {
    app.desk().keep_out(&ask.principal, &id, given(&form, "reason"), app.lake.now()).await?;
    home(&id)
}

#[derive(Debug, Deserialize)]
pub(crate) struct New {
    /// The version this one is put on top of.
    from: i64,
    message: Message,
    reason: String,
}

pub(crate) async fn revise_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(new): Json<New>,
) -> Reply<Json<Value>> {
    let (desk, now) = (app.desk(), app.lake.now());
    let post = desk.revise(&ask.principal, &id, new.from, &new.message, &new.reason, now).await?;
    let findings = desk.check(&id, &[], now.timestamp_micros(), now).await?;
    Ok(Json(json!({ "post": post, "findings": findings, "copies": desk.edit_plan(&id).await? })))
}

pub(crate) async fn apply_json(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Json<Value>> {
    let edits = app.desk().apply_edit(&ask.principal, &id, app.lake.now()).await?;
    Ok(Json(json!({ "edits": edits, "copies": app.desk().edit_plan(&id).await? })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Why {
    reason: String,
}

pub(crate) async fn keep_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(w): Json<Why>,
) -> Reply<Json<Value>> {
    app.desk().keep_out(&ask.principal, &id, w.reason.trim(), app.lake.now()).await?;
    Ok(Json(json!({ "post": app.lake.store().post(&id).await? })))
}
