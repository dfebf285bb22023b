//! What people wrote: the stream of a unit, and what is done with each item.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use axum::{Form, Json};
use pages::Section;
use pages::desk::Choice;
use pages::desk::stream::{Inbox, Item, ItemLine, Saved};
use serde::Deserialize;
use serde_json::{Value, json};
use social::network::Networks;
use store::social::{Item as Row, ItemFilter};

use super::{at, title, units};
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

const PER_PAGE: i64 = 50;
const STATES: [&str; 6] = ["assigned", "answered", "handed_over", "hidden", "closed", "new"];
/// The public rules of moderation, as the desk knows them.
const RULES: [(&str, &str); 6] = [
    ("abuse", "desk-rule-abuse"),
    ("threat", "desk-rule-threat"),
    ("spam", "desk-rule-spam"),
    ("identity of a victim", "desk-rule-victim"),
    ("incitement", "desk-rule-incitement"),
    ("private data", "desk-rule-private"),
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    unit: String,
    state: String,
    after: String,
}

impl Which {
    /// `time-id` of the last item seen.
    async fn stream(&self, app: &App) -> Reply<Vec<Row>> {
        let after = self.after.split_once('-').and_then(|(t, id)| Some((t.parse().ok()?, id.to_owned())));
        let state = if STATES.contains(&self.state.as_str()) { self.state.as_str() } else { "" };
        let store = app.lake.store();
        let unit = store.scope(Some(self.unit.as_str()).filter(|u| !u.is_empty())).await?;
        let filter = ItemFilter { unit: unit.as_deref(), assigned_to: None, state, after, limit: PER_PAGE };
        Ok(store.stream(&filter).await?)
    }
}

/// Items as lines; their networks are asked for once.
async fn lines(app: &App, rows: Vec<Row>) -> Reply<Vec<ItemLine>> {
    let mut accounts: Vec<&str> = rows.iter().map(|r| r.account.as_str()).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let networks = if accounts.is_empty() { HashMap::new() } else { app.lake.store().networks_of(&accounts).await? };
    let now = app.lake.now().timestamp_micros();
    Ok(rows.into_iter().map(|row| line(networks.get(&row.account).map_or("", String::as_str), row, now)).collect())
}

fn line(network: &str, row: Row, now: i64) -> ItemLine {
    let waits = row.state == "new" || row.state == "assigned";
    ItemLine {
        network: title(network),
        late: waits && row.due_at < now,
        answering: row.answering.filter(|_| row.answering_until.is_some_and(|t| t > now)),
        written: at(row.written_at),
        due: at(row.due_at),
        answerable: row.answerable == 1,
        id: row.id,
        kind: row.kind,
        handle: row.handle,
        text: row.body,
        url: row.url.filter(|u| u.starts_with("https://")),
        unit: row.unit,
        state: row.state,
        assigned: row.assigned_to.unwrap_or_default(),
    }
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(which): Query<Which>) -> Reply {
    let rows = which.stream(&app).await?;
    let shell = ask.shell(Section::Desk, ask.lang.text("desk-inbox"));
    let full = i64::try_from(rows.len()).unwrap_or_default() == PER_PAGE;
    let next = rows.last().filter(|_| full).map(|last| {
        let encode = pages::shell::encode;
        format!("/desk/inbox?unit={}&state={}&after={}-{}", encode(&which.unit), encode(&which.state), last.due_at, last.id)
    });
    let items = lines(&app, rows).await?;
    let waiting = Choice { value: String::new(), text: shell.t("desk-waiting"), chosen: which.state.is_empty() };
    let states = STATES.iter().map(|s| Choice {
        value: (*s).to_owned(),
        text: shell.t(&format!("desk-state-{s}")),
        chosen: *s == which.state,
    });
    let states = [waiting].into_iter().chain(states).collect();
    show(Inbox { units: units(&app, &ask, &which.unit).await?, unit: which.unit, states, items, next, shell })
}

pub(crate) async fn json(State(app): State<App>, Query(which): Query<Which>) -> Reply<Json<Value>> {
    Ok(Json(json!({ "items": which.stream(&app).await? })))
}

pub(crate) async fn item(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply {
    let store = app.lake.store();
    let row = store.item(&id).await?;
    let shell = ask.shell(Section::Desk, ask.lang.text(&format!("desk-item-{}", row.kind)));
    let events = store.events(&id).await?;
    // The draft of an answer is named in the record until the item is done.
    let drafted = events.iter().rev().find(|e| e.what == "answer drafted").and_then(|e| {
        let detail: Value = serde_json::from_str(&e.detail).ok()?;
        detail["post"].as_str().map(str::to_owned)
    });
    let answer = if row.state == "answered" { None } else { drafted };
    let saved = store.saved_replies(&row.unit).await?;
    let network = store.account(&row.account).await?.network;
    show(Item {
        answer,
        reason: row.reason.clone(),
        units: units(&app, &ask, &row.unit).await?,
        saved: saved.into_iter().map(|s| Saved { name: s.name, hindi: s.hindi, english: s.english }).collect(),
        rules: RULES.iter().map(|(v, k)| Choice { value: (*v).to_owned(), text: shell.t(k), chosen: false }).collect(),
        record: events.into_iter().map(|e| (e.principal, e.what, at(e.at))).collect(),
        item: line(&network, row, app.lake.now().timestamp_micros()),
        shell,
    })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Act {
    unit: String,
    to: String,
    text: String,
    post: String,
    state: String,
    answer: String,
    reason: String,
    rule: String,
}

fn home(id: &str) -> Reply<Redirect> {
    Ok(Redirect::to(&format!("/desk/item/{id}")))
}

pub(crate) async fn assign(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(a): Form<Act>) -> Reply<Redirect> {
    let to = Some(a.to.trim()).filter(|t| !t.is_empty());
    app.desk().assign(&ask.principal, &id, &a.unit, to, app.lake.now()).await?;
    home(&id)
}

/// Takes the pen; the draft is then checked and approved like every message.
pub(crate) async fn answer(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(a): Form<Act>) -> Reply<Redirect> {
    let now = app.lake.now();
    let post = app.desk().answer(&ask.principal, &id, a.text.trim(), now).await?;
    app.desk().check(&post, &[], now.timestamp_micros(), now).await?;
    Ok(Redirect::to(&format!("/desk/post/{post}")))
}

async fn network(app: &App, item: &str) -> Reply<(store::social::Account, std::sync::Arc<dyn social::network::Network>)> {
    let store = app.lake.store();
    let account = store.account(&store.item(item).await?.account).await?;
    let networks = Networks::all().map_err(|e| HttpError::Failed(e.to_string()))?;
    let name = account.network.parse().map_err(HttpError::Desk)?;
    let network = networks.get(name).map_err(|e| HttpError::Desk(e.to_string()))?.clone();
    Ok((account, network))
}

pub(crate) async fn dispatch(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(a): Form<Act>) -> Reply<Redirect> {
    let (_, network) = network(&app, &id).await?;
    app.desk().send_answer(&ask.principal, &id, &a.post, network.as_ref(), app.lake.now()).await?;
    home(&id)
}

pub(crate) async fn close(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(a): Form<Act>) -> Reply<Redirect> {
    let state = if a.state == "handed_over" { "handed_over" } else { "closed" };
    let answer = Some(a.answer.trim()).filter(|t| !t.is_empty());
    app.desk().close_item(&ask.principal, &id, state, answer, a.reason.trim(), app.lake.now()).await?;
    home(&id)
}

/// Hides at the network first: an item that says "hidden" is hidden.
pub(crate) async fn hide(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(a): Form<Act>) -> Reply<Redirect> {
    let (account, network) = network(&app, &id).await?;
    let reason = format!("{} {}", a.rule, a.reason.trim());
    app.desk()
        .hide_item(&ask.principal, &app.channels()?, network.as_ref(), &account, &id, reason.trim(), app.lake.now())
        .await?;
    home(&id)
}
