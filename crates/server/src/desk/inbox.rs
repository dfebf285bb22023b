//! What people wrote: the stream of a unit, and what is done with each item.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use pages::Section;
use pages::desk::Choice;
use pages::desk::stream::{Inbox, Item, ItemLine, Saved};
use serde::Deserialize;
use serde_json::{Value, json};
use social::DeskError;
use social::network::Networks;
use store::social::{Item as Row, ItemFilter};

use super::{at, choices, title, units};
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

const PER_PAGE: i64 = 50;
const STATES: [&str; 7] = ["assigned", "sending", "answered", "handed_over", "hidden", "closed", "new"];
/// Words of the public rules of moderation.
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
    async fn stream(&self, app: &App, ask: &Ask) -> Reply<Vec<Row>> {
        let after = self.after.split_once('-').and_then(|(t, id)| Some((t.parse().ok()?, id.to_owned())));
        let state = if STATES.contains(&self.state.as_str()) { self.state.as_str() } else { "" };
        let store = app.lake.store();
        let unit = app.desk().list_of(&ask.principal, &self.unit).await?;
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
    let waits = matches!(row.state.as_str(), "new" | "assigned" | "sending");
    ItemLine {
        network: title(network),
        late: waits && row.due_at < now,
        answering: row.answering.filter(|_| row.answering_until.is_some_and(|t| t > now)),
        written: at(row.written_at),
        due: at(row.due_at),
        answerable: row.answerable == 1 && row.answer_until.is_none_or(|until| until > now),
        until: row.answer_until.map(at),
        id: row.id,
        kind: row.kind,
        handle: row.handle,
        text: row.body,
        url: row.url.filter(|u| u.starts_with("https://")),
        unit: row.unit,
        state: row.state,
        assigned: row.assigned_to.unwrap_or_default(),
        escalated: if waits { row.escalated_to.unwrap_or_default() } else { String::new() },
    }
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(which): Query<Which>) -> Reply {
    let rows = which.stream(&app, &ask).await?;
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

pub(crate) async fn json(State(app): State<App>, ask: Ask, Query(which): Query<Which>) -> Reply<Json<Value>> {
    Ok(Json(json!({ "items": which.stream(&app, &ask).await? })))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Begun {
    /// A saved reply, and which of its languages, that the answer begins with.
    reply: String,
    language: String,
}

pub(crate) async fn item(State(app): State<App>, ask: Ask, Path(id): Path<String>, Query(b): Query<Begun>) -> Reply {
    let text = match b.reply.as_str() {
        "" => String::new(),
        reply => {
            let saved = app.lake.store().saved_reply(reply).await?;
            if b.language == "en" { saved.english } else { saved.hindi }
        }
    };
    show(sheet(&app, &ask, &id, text, None).await?)
}

/// An item with a sheet for its answer.
async fn sheet(app: &App, ask: &Ask, id: &str, text: String, refused: Option<String>) -> Reply<Item> {
    let store = app.lake.store();
    let row = store.item(id).await?;
    app.desk().may_read(&ask.principal, &row.unit).await?;
    let shell = ask.shell(Section::Desk, ask.lang.text(&format!("desk-item-{}", row.kind)));
    let events = store.events(id).await?;
    let answer = match &row.draft {
        Some(post) => Some(store.post(post).await?).filter(|p| p.state != "withdrawn"),
        None => None,
    };
    let sends = answer.as_ref().is_some_and(|p| p.state == "approved") && matches!(row.state.as_str(), "new" | "assigned");
    let saved = store.saved_replies(&row.unit).await?;
    let network = store.account(&row.account).await?.network;
    let now = app.lake.now().timestamp_micros();
    let mine = row.answering.as_deref() == Some(&ask.principal.id) && row.answering_until.is_some_and(|t| t > now);
    Ok(Item {
        writes: mine || refused.is_some(),
        text,
        refused,
        sends,
        answer: answer.map(|p| (p.id, p.state)),
        reason: row.reason.clone(),
        // A question may be for any station.
        units: choices(ask, store.units().await?, &row.unit),
        saved: saved.into_iter().map(|s| Saved { id: s.id, name: s.name, hindi: s.hindi, english: s.english }).collect(),
        rules: RULES.iter().map(|(v, k)| Choice { value: (*v).to_owned(), text: shell.t(k), chosen: false }).collect(),
        record: events.into_iter().map(|e| (e.principal, e.what, at(e.at))).collect(),
        item: line(&network, row, now),
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

/// Takes the pen: from here on others see who is writing.
pub(crate) async fn begin(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(b): Form<Begun>) -> Reply<Redirect> {
    app.desk().begin_answer(&ask.principal, &id, app.lake.now()).await?;
    let encode = pages::shell::encode;
    Ok(Redirect::to(&format!("/desk/item/{id}?reply={}&language={}#answer", encode(&b.reply), encode(&b.language))))
}

/// Drafts the answer, which is then checked and approved like every message. Whoever is not let to it keeps the words.
pub(crate) async fn answer(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(a): Form<Act>) -> Reply<Response> {
    let now = app.lake.now();
    match app.desk().answer(&ask.principal, &id, a.text.trim(), now).await {
        Ok(post) => {
            app.desk().check(&post, &[], now.timestamp_micros(), now).await?;
            Ok(Redirect::to(&format!("/desk/post/{post}")).into_response())
        }
        Err(DeskError::Refused(why)) => {
            let page = show(sheet(&app, &ask, &id, a.text, Some(super::said(&ask, &why))).await?)?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Err(e) => Err(e.into()),
    }
}

pub(super) fn networks() -> Reply<Networks> {
    Networks::all().map_err(|e| HttpError::Failed(e.to_string()))
}

pub(crate) async fn dispatch(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(a): Form<Act>) -> Reply<Redirect> {
    let store = app.lake.store();
    let account = store.account(&store.item(&id).await?.account).await?;
    let networks = networks()?;
    let network = networks.get(account.network.parse().map_err(HttpError::Desk)?).map_err(|e| HttpError::Desk(e.to_string()))?;
    app.desk().send_answer(&ask.principal, &id, &a.post, network.as_ref(), app.lake.now()).await?;
    home(&id)
}

pub(crate) async fn close(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(a): Form<Act>) -> Reply<Redirect> {
    let answer = Some(a.answer.trim()).filter(|t| !t.is_empty());
    let (desk, now) = (app.desk(), app.lake.now());
    match (a.state.as_str(), answer) {
        // Filed by hand already, under this number.
        ("handed_over", Some(_)) => desk.close_item(&ask.principal, &id, "handed_over", answer, a.reason.trim(), now).await?,
        ("handed_over", None) => {
            crate::portal::hand_over(&app.lake, &desk, &ask.principal, &id, &a.rule, &a.text).await?;
        }
        _ => desk.close_item(&ask.principal, &id, "closed", answer, a.reason.trim(), now).await?,
    }
    home(&id)
}

pub(crate) async fn hand_over_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(a): Json<Act>,
) -> Reply<Json<Value>> {
    let number = crate::portal::hand_over(&app.lake, &app.desk(), &ask.principal, &id, &a.rule, &a.text).await?;
    Ok(Json(json!({ "complaint": number })))
}

/// Hides at the network first: an item that says "hidden" is hidden.
pub(crate) async fn hide(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(a): Form<Act>) -> Reply<Redirect> {
    let reason = format!("{} {}", a.rule, a.reason.trim());
    app.desk().hide_item(&ask.principal, &app.channels()?, &networks()?, &id, reason.trim(), app.lake.now()).await?;
    home(&id)
}

pub(crate) async fn unhide(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(a): Form<Act>) -> Reply<Redirect> {
    app.desk().unhide_item(&ask.principal, &app.channels()?, &networks()?, &id, &a.reason, app.lake.now()).await?;
    home(&id)
}
