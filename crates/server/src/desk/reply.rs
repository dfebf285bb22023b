//! Saved replies, in both languages.

use axum::extract::{Path, State};
use axum::response::Redirect;
use axum::{Form, Json};
use pages::Section;
use pages::desk::stream::{Replies, ReplyLine};
use serde::Deserialize;
use serde_json::{Value, json};
use store::social::SavedReply;

use super::own_units;
use crate::App;
use crate::ask::Ask;
use crate::fault::{Reply, show};

pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    let line = |r: SavedReply| ReplyLine { id: r.id, unit: r.unit, name: r.name, hindi: r.hindi, english: r.english };
    let replies = app.lake.store().all_saved_replies().await?.into_iter().map(line).collect();
    show(Replies {
        replies,
        units: own_units(&app, &ask, "").await?,
        shell: ask.shell(Section::Desk, ask.lang.text("desk-saved")),
    })
}

pub(crate) async fn json(State(app): State<App>) -> Reply<Json<Value>> {
    Ok(Json(json!({ "replies": app.lake.store().all_saved_replies().await? })))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Words {
    id: String,
    unit: String,
    name: String,
    hindi: String,
    english: String,
    what: String,
}

impl Words {
    fn reply(self) -> SavedReply {
        let trimmed = |text: String| text.trim().replace("\r\n", "\n");
        SavedReply {
            id: self.id,
            unit: self.unit,
            name: trimmed(self.name),
            hindi: trimmed(self.hindi),
            english: trimmed(self.english),
            ..SavedReply::default()
        }
    }
}

pub(crate) async fn add(State(app): State<App>, ask: Ask, Form(w): Form<Words>) -> Reply<Redirect> {
    app.desk().save_reply(&ask.principal, Words { id: String::new(), ..w }.reply(), app.lake.now()).await?;
    Ok(Redirect::to("/desk/replies"))
}

pub(crate) async fn add_json(State(app): State<App>, ask: Ask, Json(w): Json<Words>) -> Reply<Json<SavedReply>> {
    Ok(Json(app.desk().save_reply(&ask.principal, w.reply(), app.lake.now()).await?))
}

/// Changes or drops one.
pub(crate) async fn change(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(w): Form<Words>) -> Reply<Redirect> {
    if w.what == "drop" {
        app.desk().drop_reply(&ask.principal, &id, app.lake.now()).await?;
    } else {
        app.desk().save_reply(&ask.principal, Words { id, ..w }.reply(), app.lake.now()).await?;
    }
    Ok(Redirect::to("/desk/replies"))
}
