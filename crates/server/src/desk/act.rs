//! What the pages do with forms, for programs: one step in the life of a message, an item, a delivery or a unit, named in the address.
//! Each step is the library's, and is allowed to whoever is allowed it there.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};
use social::desk::{Verdict, When, parse_ist};
use social::message::Message;

use super::inbox::networks;
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply};

/// What a step needs; each takes what it names in [`post`], [`item`], [`delivery`] and [`unit`].
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Act {
    /// The version that was read.
    version: i64,
    message: Option<Message>,
    reason: String,
    /// Rule of the checks, or of moderation.
    rule: String,
    note: Option<String>,
    /// Ids or handles.
    channels: Vec<String>,
    /// Indian time; none: now.
    at: Option<String>,
    /// The next free time of each channel's queue, in place of a time.
    queue: bool,
    unit: String,
    to: Option<String>,
    text: String,
    post: String,
    /// Number under which it was filed elsewhere, or what answered it.
    answer: Option<String>,
    /// Remote id under which a delivery is out.
    live: Option<String>,
    /// A delivery is not out, and stays so.
    leave: bool,
    minutes: Option<i64>,
}

/// `edit` (version, message), `submit`, `approve` (version, note), `back` (reason), `overrule` (rule, reason), `schedule` (channels; at or
/// queue), `withdraw` (reason), `note` (text). Gives where the message stands and what became of it.
pub(crate) async fn post(
    State(app): State<App>,
    ask: Ask,
    Path((id, step)): Path<(String, String)>,
    Json(a): Json<Act>,
) -> Reply<Json<Value>> {
    let (desk, who, now) = (app.desk(), &ask.principal, app.lake.now());
    let at = now.timestamp_micros();
    match step.as_str() {
        "edit" => {
            let message = a.message.ok_or_else(|| HttpError::BadRequest("the message is missing".into()))?;
            desk.edit(who, &id, a.version, &message, now).await?;
            desk.check(&id, &[], at, now).await?;
        }
        "submit" => drop(desk.submit(who, &id, &[], at, now).await?),
        "approve" => drop(desk.approve(who, &id, a.version, a.note.as_deref(), now).await?),
        "back" => desk.send_back(who, &id, a.reason.trim(), now).await?,
        "overrule" => drop(desk.overrule(who, &id, &a.rule, &a.reason, now).await?),
        "schedule" => {
            let when = match &a.at {
                _ if a.queue => When::Queue,
                Some(time) => When::At(parse_ist(time)?),
                None => When::Now,
            };
            desk.schedule(who, &id, &desk.channels(&a.channels).await?, when, now).await?;
        }
        "withdraw" => drop(desk.withdraw(who, &id, a.reason.trim(), now).await?),
        "note" => desk.note(who, &id, &a.text, now).await?,
        _ => return Err(HttpError::NotFound),
    }
    Ok(Json(json!({ "standing": desk.standing(&id).await?, "deliveries": app.lake.store().shown_of(&id).await? })))
}

/// `assign` (unit, to), `begin`, `answer` (text), `send` (post), `close` (answer, reason), `hide` (rule, reason), `unhide` (reason). Gives
/// the item; of `answer` its draft is the message that goes through checks and signatures.
pub(crate) async fn item(
    State(app): State<App>,
    ask: Ask,
    Path((id, step)): Path<(String, String)>,
    Json(a): Json<Act>,
) -> Reply<Json<Value>> {
    let (desk, store, who, now) = (app.desk(), app.lake.store(), &ask.principal, app.lake.now());
    match step.as_str() {
        "assign" => desk.assign(who, &id, &a.unit, a.to.as_deref(), now).await?,
        "begin" => drop(desk.begin_answer(who, &id, now).await?),
        "answer" => {
            let post = desk.answer(who, &id, a.text.trim(), now).await?;
            desk.check(&post, &[], now.timestamp_micros(), now).await?;
        }
        "send" => {
            let (account, networks) = (store.account(&store.item(&id).await?.account).await?, networks()?);
            let network = networks.get(account.network.parse().map_err(HttpError::Desk)?);
            let network = network.map_err(|e| HttpError::Desk(e.to_string()))?;
            desk.send_answer(who, &id, &a.post, network.as_ref(), now).await?;
        }
        "close" => desk.close_item(who, &id, "closed", a.answer.as_deref(), a.reason.trim(), now).await?,
        "hide" => {
            let reason = format!("{} {}", a.rule, a.reason.trim());
            desk.hide_item(who, &app.channels()?, &networks()?, &id, reason.trim(), now).await?;
        }
        "unhide" => desk.unhide_item(who, &app.channels()?, &networks()?, &id, &a.reason, now).await?,
        _ => return Err(HttpError::NotFound),
    }
    Ok(Json(json!({ "item": store.item(&id).await? })))
}

/// A person decides what became of a delivery: with `live` it is out under that id, with `leave` it is not and stays so, without either it
/// is sent again.
pub(crate) async fn delivery(State(app): State<App>, ask: Ask, Path(id): Path<String>, Json(a): Json<Act>) -> Reply<Json<Value>> {
    let verdict = match a.live.as_deref() {
        Some(_) if a.leave => return Err(HttpError::Desk("say either live or leave: a delivery cannot be both".into())),
        Some(remote) => Verdict::Live(remote),
        None if a.leave => Verdict::Leave,
        None => Verdict::Again,
    };
    app.desk().decide(&ask.principal, &id, verdict, app.lake.now()).await?;
    Ok(Json(json!({ "delivery": app.lake.store().delivery(&id).await? })))
}

/// `pause` (reason), `resume`, `answer-time` (minutes; none: as the unit above). Gives the unit.
pub(crate) async fn unit(
    State(app): State<App>,
    ask: Ask,
    Path((code, step)): Path<(String, String)>,
    Json(a): Json<Act>,
) -> Reply<Json<Value>> {
    let (desk, who, now) = (app.desk(), &ask.principal, app.lake.now());
    match step.as_str() {
        "pause" => desk.pause(who, &code, a.reason.trim(), now).await?,
        "resume" => desk.resume(who, &code, now).await?,
        "answer-time" => desk.set_answer_time(who, &code, a.minutes, now).await?,
        _ => return Err(HttpError::NotFound),
    }
    Ok(Json(json!({ "unit": app.lake.store().unit(&code).await? })))
}
