//! The court-order desk.

use axum::extract::{Query, State};
use axum::response::Redirect;
use axum::{Form, Json};
use pages::Section;
use pages::desk::{CopyLine, OrderLine, Orders};
use serde::Deserialize;
use serde_json::{Value, json};
use social::desk::Compliance;

use super::{at, title};
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct About {
    post: String,
}

async fn all(app: &App) -> Reply<Vec<Compliance>> {
    let mut all = Vec::new();
    for order in app.lake.store().orders(false).await? {
        all.push(app.desk().compliance(&order.id, app.lake.now()).await?);
    }
    // What runs comes first, the most urgent on top.
    all.sort_by_key(|c| (c.order.closed_at.is_some(), c.order.due_at));
    Ok(all)
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(about): Query<About>) -> Reply {
    let mut orders = Vec::new();
    for c in all(&app).await? {
        let mut copies = Vec::new();
        for r in c.removals {
            let d = app.lake.store().delivery(&r.delivery).await?;
            copies.push(CopyLine {
                network: title(&d.network),
                url: d.url.or(d.remote).unwrap_or_default(),
                state: r.state,
                proof: r.proof.unwrap_or_default(),
                at: at(r.at),
            });
        }
        orders.push(OrderLine {
            minutes_left: c.order.closed_at.is_none().then_some(c.seconds_left / 60),
            complied: c.complied,
            copies,
            statement: c.statement,
            received: at(c.order.received_at),
            due: at(c.order.due_at),
            id: c.order.id,
            reference: c.order.reference,
            court: c.order.court,
            post: c.order.post,
        });
    }
    show(Orders { orders, post: about.post, shell: ask.shell(Section::Desk, ask.lang.text("desk-orders")) })
}

pub(crate) async fn json(State(app): State<App>) -> Reply<Json<Value>> {
    Ok(Json(json!({ "orders": all(&app).await? })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Order {
    post: String,
    reference: String,
    court: String,
}

pub(crate) async fn open(State(app): State<App>, ask: Ask, Form(o): Form<Order>) -> Reply<Redirect> {
    if o.court.trim().is_empty() {
        return Err(HttpError::Desk("name the court".into()));
    }
    app.desk().takedown(&ask.principal, o.post.trim(), o.reference.trim(), o.court.trim(), app.lake.now()).await?;
    Ok(Redirect::to("/desk/orders"))
}
