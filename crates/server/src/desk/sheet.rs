//! Sheets that are not saved yet: kept while somebody writes, found again later; and who or what is in the way of a message meanwhile.

use axum::Json;
use axum::extract::{Form, State};
use axum::response::Redirect;
use pages::desk::composer::{Composer, SimilarLine};
use serde::Deserialize;
use serde_json::{Value, json};
use social::DeskError;
use social::desk::parse_ist;
use social::message::Message;
use store::StoreError;

use super::at;
use super::post::{Sheet, given, message};
use crate::App;
use crate::ask::Ask;
use crate::fault::Reply;

/// Fields of a form that are no part of the message.
const NOT_KEPT: [&str; 4] = ["token", "find", "page", "id"];

/// Keeps what stands on a sheet, or forgets what was kept when there is nothing new on it. Whoever may not write a message keeps nothing
/// and is not stopped from looking at it.
pub(super) async fn keep(app: &App, ask: &Ask, form: &Sheet, message: &Message, before: &Message) -> Reply<bool> {
    let (desk, id) = (app.desk(), given(form, "id"));
    let nothing = if id.is_empty() { message.texts().is_empty() } else { message == before };
    if nothing {
        app.lake.store().drop_unsaved(&ask.principal.id, id).await?;
        return Ok(false);
    }
    let fields: Sheet =
        form.iter().filter(|(k, _)| !NOT_KEPT.contains(&k.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
    let version = given(form, "version").parse().unwrap_or_default();
    match desk.keep_sheet(&ask.principal, id, version, &json!(fields).to_string(), app.lake.now()).await {
        Ok(()) => Ok(true),
        Err(DeskError::Refused(_) | DeskError::Store(StoreError::Missing { .. })) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// What was kept of a message and is not in it yet: its fields, the message they make, and when.
pub(super) async fn kept(app: &App, ask: &Ask, id: &str, before: &Message) -> Reply<Option<(Sheet, Message, i64)>> {
    let Some(sheet) = app.lake.store().unsaved(&ask.principal.id, id).await? else { return Ok(None) };
    let fields: Sheet = serde_json::from_str(&sheet.fields).unwrap_or_default();
    // A picture that left the library since takes its sheet along.
    let Ok(message) = message(app, &fields, before).await else { return Ok(None) };
    Ok((message != *before).then_some((fields, message, sheet.at)))
}

/// Who else writes on the message of a page, and who is about to say the same.
pub(super) async fn beside(app: &App, ask: &Ask, page: &mut Composer, message: &Message) -> Reply<()> {
    let (desk, now) = (app.desk(), app.lake.now());
    page.writing = desk.writing(&ask.principal, &page.id, now).await?.into_iter().map(|w| w.who).collect();
    if !matches!(page.state.as_str(), "" | "draft" | "submitted" | "approved") {
        return Ok(());
    }
    let similar = desk.similar(&page.unit, message, None, now).await?;
    page.similar = similar
        .into_iter()
        .map(|s| SimilarLine { post: s.post, unit: s.unit, handle: s.handle, due: at(s.due_at), words: s.words })
        .collect();
    Ok(())
}

/// Throws away what was kept and not saved.
pub(crate) async fn discard(State(app): State<App>, ask: Ask, Form(form): Form<Sheet>) -> Reply<Redirect> {
    let id = given(&form, "id");
    app.lake.store().drop_unsaved(&ask.principal.id, id).await?;
    Ok(Redirect::to(&if id.is_empty() { "/desk/new".to_owned() } else { format!("/desk/post/{id}") }))
}

#[derive(Debug, Deserialize)]
pub(crate) struct About {
    unit: String,
    message: Message,
    /// When it is to go out; the coming week when absent.
    #[serde(default)]
    at: Option<String>,
}

/// Posts of other units that say nearly the same at the same time.
pub(crate) async fn similar_json(State(app): State<App>, ask: Ask, Json(a): Json<About>) -> Reply<Json<Value>> {
    app.desk().may_read(&ask.principal, &a.unit).await?;
    let due = a.at.as_deref().map(parse_ist).transpose()?;
    Ok(Json(json!({ "similar": app.desk().similar(&a.unit, &a.message, due, app.lake.now()).await? })))
}
