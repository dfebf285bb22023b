//! Sheets that are not saved yet: kept while somebody writes, found again later; and who or what is in the way of a message meanwhile.

use axum::Json;
use axum::extract::{Form, State};
use axum::response::Redirect;
use pages::desk::composer::{Composer, KeptLine, SimilarLine};
use serde::Deserialize;
use serde_json::{Value, json};
use social::DeskError;
use social::desk::parse_ist;
use social::message::Message;
use store::StoreError;
use store::social::Unsaved;

use super::post::{Sheet, given, message};
use super::{at, words};
use crate::App;
use crate::ask::Ask;
use crate::fault::Reply;

/// Fields of a form that are no part of the message.
const NOT_KEPT: [&str; 7] = ["token", "find", "page", "id", "sheet", "begun", "begun_at"];

/// The sheet of a page: its own id and the sheet it goes on from, with the time that one was kept. A form without an id gets one.
pub(super) fn of(app: &App, form: &Sheet) -> (String, String, i64) {
    let id = match given(form, "sheet") {
        "" => app.lake.store().fresh_id(app.lake.now()),
        id => id.to_owned(),
    };
    (id, given(form, "begun").to_owned(), given(form, "begun_at").parse().unwrap_or_default())
}

/// Keeps what stands on a sheet, or forgets what was kept when there is nothing new on it. Whoever may not write a message keeps nothing
/// and is not stopped from looking at it.
pub(super) async fn keep(
    app: &App,
    ask: &Ask,
    form: &Sheet,
    sheet: &(String, String, i64),
    message: &Message,
    before: &Message,
) -> Reply<bool> {
    let (desk, post) = (app.desk(), given(form, "id"));
    let (id, begun, begun_at) = sheet;
    let nothing = if post.is_empty() { message.texts().is_empty() } else { message == before };
    if nothing {
        app.lake.store().drop_unsaved(&ask.principal.id, id, None).await?;
        return Ok(false);
    }
    let fields: Sheet =
        form.iter().filter(|(k, _)| !NOT_KEPT.contains(&k.as_str())).map(|(k, v)| (k.clone(), v.clone())).collect();
    let version = given(form, "version").parse().unwrap_or_default();
    let fields = json!(fields).to_string();
    let kept = social::desk::Sheet { id, begun, begun_at: *begun_at, post, version, fields: &fields };
    match desk.keep_sheet(&ask.principal, kept, app.lake.now()).await {
        Ok(()) => Ok(true),
        Err(DeskError::Refused(_) | DeskError::Store(StoreError::Missing { .. })) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

/// What was saved waits no longer: the page's sheet goes, and the one it went on from if nobody wrote on it since.
pub(super) async fn saved(app: &App, ask: &Ask, form: &Sheet) -> Reply<()> {
    let (id, begun, begun_at) = of(app, form);
    app.lake.store().drop_unsaved(&ask.principal.id, &id, None).await?;
    app.lake.store().drop_unsaved(&ask.principal.id, &begun, Some(begun_at)).await?;
    Ok(())
}

/// A sheet that was kept: its row, its fields and the message they make.
pub(super) struct Kept {
    pub row: Unsaved,
    pub fields: Sheet,
    pub message: Message,
}

impl Kept {
    pub(super) fn line(&self) -> KeptLine {
        let text = if self.message.hindi.is_empty() { &self.message.english } else { &self.message.hindi };
        KeptLine { id: self.row.id.clone(), at: at(self.row.at), words: words(text, 70) }
    }
}

/// What was kept of a message and is not in it yet, the latest first.
pub(super) async fn kept(app: &App, ask: &Ask, id: &str, before: &Message) -> Reply<Vec<Kept>> {
    let mut out = Vec::new();
    for row in app.lake.store().unsaved_by(&ask.principal.id, id).await? {
        let fields: Sheet = serde_json::from_str(&row.fields).unwrap_or_default();
        // A picture that left the library since takes its sheet along.
        let Ok(message) = message(app, &fields, before).await else { continue };
        if message != *before {
            out.push(Kept { row, fields, message });
        }
    }
    Ok(out)
}

/// Who else writes on the message of a page, on which other page its writer does, and who is about to say the same.
pub(super) async fn beside(app: &App, ask: &Ask, page: &mut Composer, message: &Message) -> Reply<()> {
    let (desk, now) = (app.desk(), app.lake.now());
    page.writing = desk.writing(&ask.principal, &page.id, now).await?.into_iter().map(|w| w.who).collect();
    let (id, begun, post) = (&page.sheet, &page.begun, &page.id);
    let own = social::desk::Sheet { id, begun, begun_at: page.begun_at, post, ..Default::default() };
    let twins = desk.twins(&ask.principal, own).await?;
    page.twins = twins.into_iter().map(|s| KeptLine { id: s.id, at: at(s.at), words: String::new() }).collect();
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
    app.lake.store().drop_unsaved(&ask.principal.id, given(&form, "sheet"), None).await?;
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
