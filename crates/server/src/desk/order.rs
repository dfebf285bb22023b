//! What is taken down: by a court's order or the department's own decision.

use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use axum::{Form, Json};
use pages::Section;
use pages::desk::{Choice, CopyLine, OrderLine, Orders};
use paper::Report;
use serde::Deserialize;
use serde_json::{Value, json};
use social::desk::Compliance;

use super::{at, title};
use crate::App;
use crate::ask::Ask;
use crate::certificate::{self, file};
use crate::fault::{HttpError, Reply, show};
use crate::report;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct About {
    post: String,
}

/// Orders that concern the units the asker reads.
async fn all(app: &App, ask: &Ask) -> Reply<Vec<Compliance>> {
    let mut all = Vec::new();
    for order in app.desk().orders(&ask.principal, false).await? {
        all.push(app.desk().compliance(&order.id, app.lake.now()).await?);
    }
    // What runs comes first, the most urgent on top.
    all.sort_by_key(|c| (c.order.closed_at.is_some(), c.order.due_at));
    Ok(all)
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(about): Query<About>) -> Reply {
    let mut orders = Vec::new();
    for c in all(&app, &ask).await? {
        let copies = c.removals.into_iter().map(|r| CopyLine {
            network: title(&r.network),
            link: r.url.starts_with("https://"),
            retries: r.state == "human" && !r.remote.is_empty(),
            id: r.delivery,
            url: r.url,
            state: r.state,
            proof: r.proof.unwrap_or_default(),
            hand: r.hand,
            at: at(r.at),
        });
        orders.push(OrderLine {
            minutes_left: c.order.closed_at.is_none().then_some(c.seconds_left / 60),
            complied: c.complied,
            copies: copies.collect(),
            statement: c.statement,
            received: at(c.order.received_at),
            due: at(c.order.due_at),
            own: c.order.ground == "own",
            id: c.order.id,
            reference: c.order.reference,
            court: c.order.court,
            post: c.order.post,
        });
    }
    let connected = app.lake.store().accounts().await?.into_iter().filter(|a| a.state != "closed");
    let channels = connected.map(|a| Choice {
        text: format!("{} {} ({})", title(&a.network), a.handle, a.unit),
        value: a.id,
        chosen: false,
    });
    show(Orders {
        orders,
        post: about.post,
        channels: channels.collect(),
        shell: ask.shell(Section::Desk, ask.lang.text("desk-orders")),
    })
}

pub(crate) async fn json(State(app): State<App>, ask: Ask) -> Reply<Json<Value>> {
    Ok(Json(json!({ "orders": all(&app, &ask).await? })))
}

/// The statement for the court, to be signed.
pub(crate) async fn pdf(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Response> {
    let compliance = app.desk().order_of(&ask.principal, &id, app.lake.now()).await?;
    let fonts = certificate::fonts().map_err(|e| HttpError::Failed(e.to_string()))?;
    let paper: Report = report::compliance(&compliance, ask.lang, app.lake.now());
    let bytes = tokio::task::spawn_blocking(move || paper.pdf(&fonts)).await;
    let bytes = bytes.map_err(|e| HttpError::Failed(e.to_string()))?.map_err(|e| HttpError::Failed(e.to_string()))?;
    Ok(file(&format!("order-{id}.pdf"), "application/pdf", bytes))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Order {
    #[serde(default)]
    post: String,
    /// Addresses of posts, one a line, where they were not made here.
    #[serde(default)]
    addresses: String,
    #[serde(default)]
    channel: String,
    reference: String,
    court: String,
}

async fn opened(app: &App, ask: &Ask, o: &Order) -> Reply<Vec<Compliance>> {
    let (desk, now) = (app.desk(), app.lake.now());
    if !o.post.trim().is_empty() {
        return Ok(vec![desk.takedown(&ask.principal, o.post.trim(), o.reference.trim(), o.court.trim(), now).await?]);
    }
    let addresses: Vec<String> = o.addresses.lines().map(str::to_owned).collect();
    let channel = Some(o.channel.as_str()).filter(|c| !c.is_empty());
    Ok(desk.takedown_at(&ask.principal, &addresses, channel, o.reference.trim(), o.court.trim(), now).await?)
}

pub(crate) async fn open(State(app): State<App>, ask: Ask, Form(o): Form<Order>) -> Reply<Redirect> {
    opened(&app, &ask, &o).await?;
    Ok(Redirect::to("/desk/orders"))
}

pub(crate) async fn open_json(State(app): State<App>, ask: Ask, Json(o): Json<Order>) -> Reply<Json<Value>> {
    Ok(Json(json!({ "orders": opened(&app, &ask, &o).await? })))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Hand {
    /// `again`, `removed`, `hidden`.
    what: String,
    proof: String,
}

async fn decided(app: &App, ask: &Ask, order: &str, copy: &str, h: &Hand) -> Reply<()> {
    let (desk, now) = (app.desk(), app.lake.now());
    if h.what == "again" {
        desk.retry_copy(&ask.principal, order, copy, now).await?;
    } else {
        desk.settle_copy(&ask.principal, order, copy, &h.what, &h.proof, now).await?;
    }
    Ok(())
}

/// A copy no programme could remove: tried again, or removed by hand.
pub(crate) async fn copy(
    State(app): State<App>,
    ask: Ask,
    Path((order, copy)): Path<(String, String)>,
    Form(h): Form<Hand>,
) -> Reply<Redirect> {
    decided(&app, &ask, &order, &copy, &h).await?;
    Ok(Redirect::to(&format!("/desk/orders#order-{order}")))
}

pub(crate) async fn copy_json(
    State(app): State<App>,
    ask: Ask,
    Path((order, copy)): Path<(String, String)>,
    Json(h): Json<Hand>,
) -> Reply<Json<Compliance>> {
    decided(&app, &ask, &order, &copy, &h).await?;
    Ok(Json(app.desk().compliance(&order, app.lake.now()).await?))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Why {
    reason: String,
}

/// Takes back what is out, by the department's own decision.
pub(crate) async fn remove(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(w): Form<Why>) -> Reply<Redirect> {
    app.desk().remove(&ask.principal, &id, w.reason.trim(), app.lake.now()).await?;
    Ok(Redirect::to(&format!("/desk/post/{id}")))
}

pub(crate) async fn remove_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(w): Json<Why>,
) -> Reply<Json<Compliance>> {
    Ok(Json(app.desk().remove(&ask.principal, &id, w.reason.trim(), app.lake.now()).await?))
}
