//! The queues of the channels: their times of the week, and the next free one.

use axum::Json;
use axum::extract::{Form, State};
use axum::response::Redirect;
use pages::Section;
use pages::desk::queue::{Line, Queues};
use serde::Deserialize;
use serde_json::{Value, json};
use social::desk::slot_text;
use store::social::Account;

use super::{at, title};
use crate::App;
use crate::ask::Ask;
use crate::fault::{Reply, show};

/// Channels of the units the asker reads, with their queues.
async fn lines(app: &App, ask: &Ask) -> Reply<Vec<(Account, Vec<String>, Option<i64>)>> {
    let (desk, mut out) = (app.desk(), Vec::new());
    for account in app.lake.store().accounts().await?.into_iter().filter(|a| a.state != "closed") {
        if desk.may_read(&ask.principal, &account.unit).await.is_ok() {
            let times = app.lake.store().slots(&account.id).await?.iter().map(slot_text).collect();
            let next = desk.next_slot(&account, app.lake.now()).await?;
            out.push((account, times, next));
        }
    }
    Ok(out)
}

pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    let lines = lines(&app, &ask).await?.into_iter().map(|(a, times, next)| Line {
        id: a.id,
        unit: a.unit,
        network: title(&a.network),
        handle: a.handle,
        times,
        next: next.map(at),
    });
    show(Queues { lines: lines.collect(), shell: ask.shell(Section::Desk, ask.lang.text("desk-queue")) })
}

pub(crate) async fn json(State(app): State<App>, ask: Ask) -> Reply<Json<Value>> {
    let all: Vec<Value> = lines(&app, &ask)
        .await?
        .into_iter()
        .map(|(a, times, next)| json!({ "channel": a.id, "handle": a.handle, "network": a.network, "unit": a.unit, "times": times, "next": next }))
        .collect();
    Ok(Json(json!({ "queues": all })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Change {
    channel: String,
    /// `MO 18:30`, or `18:30` for every day.
    time: String,
    #[serde(default)]
    drop: bool,
}

async fn changed(app: &App, ask: &Ask, c: &Change) -> Reply<Vec<String>> {
    let (desk, now) = (app.desk(), app.lake.now());
    let slots = match c.drop {
        true => desk.drop_slot(&ask.principal, &c.channel, c.time.trim(), now).await?,
        false => desk.add_slot(&ask.principal, &c.channel, c.time.trim(), now).await?,
    };
    Ok(slots.iter().map(slot_text).collect())
}

pub(crate) async fn change(State(app): State<App>, ask: Ask, Form(c): Form<Change>) -> Reply<Redirect> {
    changed(&app, &ask, &c).await?;
    Ok(Redirect::to("/desk/queue"))
}

pub(crate) async fn change_json(State(app): State<App>, ask: Ask, Json(c): Json<Change>) -> Reply<Json<Value>> {
    Ok(Json(json!({ "times": changed(&app, &ask, &c).await? })))
}
