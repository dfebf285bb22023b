//! Channels: connect by consent, confirm by a second person, probe.

use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use axum::{Form, Json};
use pages::Section;
use pages::desk::{ChannelLine, Channels, Choice};
use serde::Deserialize;
use serde_json::{Value, json};
use social::network::{Networks, Trouble};
use social::{DeskError, NetworkName};

use super::{at, own_units, title};
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

async fn fill(app: &App, ask: &Ask, made: Vec<String>) -> Reply<Channels> {
    let store = app.lake.store();
    let hindi = ask.lang == pages::Lang::Hi;
    let proposals = store.proposals().await?;
    let channels = store.accounts().await?.into_iter().map(|a| ChannelLine {
        proposed_by: proposals.iter().find(|p| p.account == a.id).map(|p| p.principal.clone()).unwrap_or_default(),
        network: title(&a.network),
        note: a.note.as_deref().map(|n| social::network::words(n, hindi).unwrap_or(n).to_owned()).unwrap_or_default(),
        expires: a.expires_at.map(at),
        probed: a.probed_at.map(at),
        confirmed_by: a.confirmed_by.unwrap_or_default(),
        id: a.id,
        unit: a.unit,
        handle: a.handle,
        state: a.state,
        connected_by: a.connected_by,
    });
    let channels = channels.collect();
    let apps = store.clients().await?.into_iter().map(|c| Choice {
        value: format!("{}|{}", c.network, c.address),
        text: format!("{} ({})", title(&c.network), c.address),
        chosen: false,
    });
    let apps = apps.collect();
    Ok(Channels {
        channels,
        apps,
        units: own_units(app, ask, "").await?,
        made,
        consent: None,
        left_out: Vec::new(),
        shell: ask.shell(Section::Desk, ask.lang.text("desk-channels")),
    })
}

pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    show(fill(&app, &ask, Vec::new()).await?)
}

pub(crate) async fn json(State(app): State<App>) -> Reply<Json<Value>> {
    let store = app.lake.store();
    let ending = app.desk().expiring(app.lake.now()).await?;
    let apps: Vec<String> = store.clients().await?.into_iter().map(|c| format!("{}|{}", c.network, c.address)).collect();
    Ok(Json(
        json!({ "channels": store.accounts().await?, "proposals": store.proposals().await?, "ending": ending, "apps": apps }),
    ))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Begin {
    unit: String,
    app: String,
}

/// The address at which a person agrees.
pub(super) async fn consent(app: &App, ask: &Ask, b: &Begin) -> Reply<String> {
    let (network, address) = b.app.split_once('|').ok_or_else(|| HttpError::Desk("choose a network".into()))?;
    let network: NetworkName = network.parse().map_err(HttpError::Desk)?;
    Ok(app.desk().begin_connect(&ask.principal, &app.channels()?, &b.unit, network, address, app.lake.now()).await?)
}

/// Gives the person the way to the network.
pub(crate) async fn begin(State(app): State<App>, ask: Ask, Form(b): Form<Begin>) -> Reply {
    let consent = consent(&app, &ask, &b).await?;
    show(Channels { consent: Some(consent), ..fill(&app, &ask, Vec::new()).await? })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Back {
    state: String,
    code: String,
    error: String,
}

/// Where the network sends the person back to. The state is a secret of this one attempt, so no other site can bring a code.
pub(crate) async fn back(State(app): State<App>, ask: Ask, Query(b): Query<Back>) -> Reply {
    if !b.error.is_empty() {
        return Err(HttpError::Desk(format!("the network says {}: nobody agreed; begin again", b.error)));
    }
    let made = app.desk().finish_connect(&ask.principal, &app.channels()?, &b.state, &b.code, app.lake.now()).await?;
    let handles = made.accounts.into_iter().map(|a| a.handle).collect();
    show(Channels { left_out: made.left_out, ..fill(&app, &ask, handles).await? })
}

pub(crate) async fn confirm(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Redirect> {
    app.desk().confirm(&ask.principal, &id, app.lake.now()).await?;
    Ok(Redirect::to("/desk/channels"))
}

pub(crate) async fn probe(State(app): State<App>, Path(id): Path<String>) -> Reply<Redirect> {
    ask_network(&app, &id).await?;
    Ok(Redirect::to("/desk/channels"))
}

/// Asks the network whether the token works; a dead one is kept as such.
pub(super) async fn ask_network(app: &App, id: &str) -> Reply<()> {
    let account = app.lake.store().account(id).await?;
    let networks = Networks::all().map_err(|e| HttpError::Failed(e.to_string()))?;
    match app.desk().probe(&app.channels()?, &networks, &account, app.lake.now()).await {
        Ok(_) | Err(DeskError::Network(Trouble::Reconnect(_) | Trouble::Blocked(_)) | DeskError::Vault(_)) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Why {
    reason: String,
}

/// Gives a channel up.
pub(crate) async fn retire(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(w): Form<Why>) -> Reply<Redirect> {
    app.desk().retire(&ask.principal, &id, &w.reason, app.lake.now()).await?;
    Ok(Redirect::to("/desk/channels"))
}

pub(crate) async fn retire_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(w): Json<Why>,
) -> Reply<Json<Value>> {
    let waiting = app.desk().retire(&ask.principal, &id, &w.reason, app.lake.now()).await?;
    Ok(Json(json!({ "channel": app.lake.store().account(&id).await?, "waiting": waiting })))
}
