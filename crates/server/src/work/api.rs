//! Authorities, orders, releases, teams, reviews and declarations for programs: what the pages do, as JSON. A program's token asks and withdraws;
//! what one decides for others takes a person with a session.

use accounts::{AccountError, NewAuthority, NewOrder};
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use store::access::Request;

use super::{Month, Note, Who, decided, in_hand, known, read};
use crate::App;
use crate::account::note;
use crate::ask::Ask;
use crate::fault::Reply;

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/purpose/release", post(release))
        .route("/api/v1/purpose/request/{id}", get(request))
        .route("/api/v1/purpose/request/{id}/grant", post(grant))
        .route("/api/v1/purpose/request/{id}/refuse", post(refuse))
        .route("/api/v1/purpose/request/{id}/withdraw", post(withdraw))
        .route("/api/v1/purpose/{id}/authority", post(authority))
        .route("/api/v1/purpose/{id}/order", post(order))
        .route("/api/v1/purpose/{id}/review", post(review))
        .route("/api/v1/purpose/{id}/team", post(join))
        .route("/api/v1/purpose/{id}/team/{login}/remove", post(leave))
}

/// What an authority or an order is asked for with.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    reference: String,
    /// Phone numbers, handset numbers and cells of an authority.
    numbers: Vec<String>,
    /// Persons and cases of an order.
    keys: Vec<String>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    days: i64,
    reason: String,
}

fn asked(id: String) -> Json<Value> {
    Json(json!({ "id": id, "state": "asked" }))
}

/// Asks for an authority: written into the log first, as by the page.
pub(super) async fn ask_authority(app: &App, ask: &Ask, id: &str, new: NewAuthority) -> Reply<Result<String, AccountError>> {
    let what = json!({ "change": "ask", "kind": "authority", "reference": new.reference, "numbers": new.numbers.len() });
    note(app, ask, "request", what)?;
    if let Err(error) = in_hand(ask, id) {
        return Ok(Err(error));
    }
    Ok(app.accounts.ask_authority(&ask.principal, &app.lake.policies(), new, app.lake.now()).await)
}

/// Records a court's order.
pub(super) async fn ask_order(app: &App, ask: &Ask, id: &str, new: NewOrder) -> Reply<Result<String, AccountError>> {
    note(app, ask, "request", json!({ "change": "ask", "kind": "order", "reference": new.reference }))?;
    if let Err(error) = in_hand(ask, id) {
        return Ok(Err(error));
    }
    Ok(app.accounts.ask_order(&ask.principal, &app.lake.policies(), new, app.lake.now()).await)
}

/// Asks for the release of a large export.
pub(super) async fn ask_release(app: &App, ask: &Ask, query: &str, reason: &str) -> Reply<Result<String, AccountError>> {
    let mark = governance::release_mark(query);
    note(app, ask, "request", json!({ "change": "ask", "kind": "release", "query": mark }))?;
    Ok(app.accounts.ask_release(&ask.principal, &app.lake.policies(), &mark, query, reason, app.lake.now()).await)
}

async fn authority(State(app): State<App>, ask: Ask, Path(id): Path<String>, Json(sent): Json<Asked>) -> Reply<Json<Value>> {
    // Another's piece of work is not there, whatever is asked under it.
    app.accounts.piece(&ask.principal, &id, app.lake.now()).await?;
    let Asked { reference, numbers, from, to, days, reason, .. } = sent;
    Ok(asked(ask_authority(&app, &ask, &id, NewAuthority { reference, numbers, from, to, days, reason }).await??))
}

async fn order(State(app): State<App>, ask: Ask, Path(id): Path<String>, Json(sent): Json<Asked>) -> Reply<Json<Value>> {
    app.accounts.piece(&ask.principal, &id, app.lake.now()).await?;
    let Asked { reference, keys, days, reason, .. } = sent;
    Ok(asked(ask_order(&app, &ask, &id, NewOrder { reference, keys, days, reason }).await??))
}

/// What is to be released, and why.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Releasing {
    query: String,
    reason: String,
}

async fn release(State(app): State<App>, ask: Ask, Json(sent): Json<Releasing>) -> Reply<Json<Value>> {
    Ok(asked(ask_release(&app, &ask, &sent.query, &sent.reason).await??))
}

/// One request with its state, for whoever has to do with it.
async fn request(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Json<Request>> {
    Ok(Json(known(&app, &ask, &id).await?))
}

async fn grant(State(app): State<App>, ask: Ask, Path(id): Path<String>, Json(sent): Json<Note>) -> Reply<Json<Request>> {
    decided(&app, &ask, &id, true, &sent.note).await?;
    request(State(app), ask, Path(id)).await
}

async fn refuse(State(app): State<App>, ask: Ask, Path(id): Path<String>, Json(sent): Json<Note>) -> Reply<Json<Request>> {
    decided(&app, &ask, &id, false, &sent.note).await?;
    request(State(app), ask, Path(id)).await
}

async fn withdraw(State(app): State<App>, ask: Ask, Path(id): Path<String>, Json(sent): Json<Note>) -> Reply<Json<Request>> {
    super::withdrawn(&app, &ask, &id, &sent.note).await?;
    request(State(app), ask, Path(id)).await
}

async fn review(State(app): State<App>, ask: Ask, Path(id): Path<String>, Json(sent): Json<Note>) -> Reply<Json<Value>> {
    super::reviewed(&app, &ask, &id, &sent.finding).await?;
    Ok(Json(json!({ "id": id, "state": "reviewed" })))
}

async fn join(State(app): State<App>, ask: Ask, Path(id): Path<String>, Json(sent): Json<Who>) -> Reply<Json<Value>> {
    let account = sent.account.trim();
    note(&app, &ask, "work", json!({ "change": "join", "work": id, "account": account }))?;
    app.accounts.join_team(&ask.principal, &id, account, app.lake.now()).await?;
    team(&app, &ask, &id).await
}

async fn leave(State(app): State<App>, ask: Ask, Path((id, login)): Path<(String, String)>) -> Reply<Json<Value>> {
    note(&app, &ask, "work", json!({ "change": "leave", "work": id, "account": login }))?;
    app.accounts.leave_team(&ask.principal, &id, &login, app.lake.now()).await?;
    // Whoever took himself off it is not told of the team any more.
    if login == ask.principal.id { Ok(Json(json!({ "id": id, "team": [] }))) } else { team(&app, &ask, &id).await }
}

async fn team(app: &App, ask: &Ask, id: &str) -> Reply<Json<Value>> {
    let (_, team) = app.accounts.piece(&ask.principal, id, app.lake.now()).await?;
    Ok(Json(json!({ "id": id, "team": team })))
}

/// Notes that a declaration was sent.
pub(super) async fn declare(State(app): State<App>, ask: Ask, Json(of): Json<Month>) -> Reply<Json<accounts::Declaration>> {
    super::declared_as_sent(&app, &ask, &of).await?;
    Ok(Json(read(&app, &ask, &of).await?))
}
