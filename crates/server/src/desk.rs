//! The desk's pages and their JSON twins. They call the same functions as the command line; who may do what is decided there, by
//! the roles of whoever asks.

mod act;
mod calendar;
mod campaign;
mod channel;
mod inbox;
mod many;
mod media;
mod office;
mod order;
mod outbox;
mod post;
mod queue;
mod ready;
mod reply;
mod report;
mod revise;
mod sheet;
mod shelf;
mod sign;
mod silence;
mod version;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post as send};
use chrono::{DateTime, Utc};
use governance::Principal;
use pages::desk::{Choice, DeliveryLine, PostLine};
use serde_json::Value;
use social::outbox::{Channels, SystemClock};
use social::vault::Vault;
use social::{Desk, DeskError, NetworkName};
use store::StoreError;
use store::social::{Post, Shown};

use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply};
use crate::records::Log;

/// Largest picture or film of the library.
const MEDIA_LIMIT: usize = 200 << 20;
/// Largest text of messages; as a form it is three times as long in Hindi.
const BULK_LIMIT: usize = 32 << 20;
/// Largest file of messages with their pictures.
const PACKAGE_LIMIT: usize = 512 << 20;

/// Every address of the desk.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/desk", get(office::page))
        .route("/desk/unit/{code}/pause", send(office::pause))
        .route("/desk/unit/{code}/resume", send(office::resume))
        .route("/desk/unit/{code}/answer-time", send(office::answer_time))
        .route("/desk/sign", get(sign::page).post(sign::take))
        .route("/desk/new", get(post::blank).post(post::create))
        .route("/desk/preview", send(post::preview))
        .route("/desk/post/{id}", get(post::page))
        .route("/desk/post/{id}/versions", get(version::page))
        .route("/desk/post/{id}/withhold", send(version::withhold))
        .route("/desk/post/{id}/edit", send(post::edit))
        .route("/desk/post/{id}/revise", send(revise::revise))
        .route("/desk/post/{id}/apply", send(revise::apply))
        .route("/desk/post/{id}/keep", send(revise::keep))
        .route("/desk/sheet/discard", send(sheet::discard))
        .route("/desk/queue", get(queue::page).post(queue::change))
        .route("/desk/post/{id}/submit", send(post::submit))
        .route("/desk/post/{id}/approve", send(post::approve))
        .route("/desk/post/{id}/back", send(post::back))
        .route("/desk/post/{id}/overrule", send(post::overrule))
        .route("/desk/post/{id}/schedule", send(post::schedule))
        .route("/desk/post/{id}/move", send(post::move_day))
        .route("/desk/post/{id}/withdraw", send(post::withdraw))
        .route("/desk/post/{id}/remove", send(order::remove))
        .route("/desk/post/{id}/note", send(post::note))
        .route("/desk/calendar", get(calendar::page))
        .route("/desk/calendar/move", send(calendar::shift))
        .route("/desk/outbox", get(outbox::page))
        .route("/desk/delivery/{id}/decide", send(outbox::decide))
        .route("/desk/inbox", get(inbox::page))
        .route("/desk/item/{id}", get(inbox::item))
        .route("/desk/item/{id}/assign", send(inbox::assign))
        .route("/desk/item/{id}/begin", send(inbox::begin))
        .route("/desk/item/{id}/answer", send(inbox::answer))
        .route("/desk/item/{id}/send", send(inbox::dispatch))
        .route("/desk/item/{id}/close", send(inbox::close))
        .route("/desk/item/{id}/hide", send(inbox::hide))
        .route("/desk/item/{id}/unhide", send(inbox::unhide))
        .route("/desk/many", get(many::page).post(many::take).layer(DefaultBodyLimit::max(BULK_LIMIT)))
        .route("/desk/many/file", send(many::file).layer(DefaultBodyLimit::max(PACKAGE_LIMIT)))
        .route("/desk/recurring", send(many::recur))
        .route("/desk/recurring/{id}/stop", send(many::stop))
        .route("/desk/campaigns", get(campaign::list).post(campaign::add))
        .route("/desk/campaign/{id}", get(campaign::page))
        .route("/desk/campaign/{id}/goal", send(campaign::goal))
        .route("/desk/campaign/{id}/join", send(campaign::join))
        .route("/desk/report", get(report::page))
        .route("/desk/report/pdf", get(report::pdf))
        .route("/desk/report/csv", get(report::table))
        .route("/desk/records", get(report::records))
        .route("/desk/shelf", get(shelf::page))
        .route("/desk/shelf/template", send(shelf::template))
        .route("/desk/shelf/link", send(shelf::link))
        .route("/desk/shelf/link/{code}", send(shelf::stop_link))
        .route("/desk/shelf/praise", send(shelf::keep))
        .route("/desk/shelf/praise/{id}", send(shelf::act))
        .route("/desk/orders", get(order::page).post(order::open))
        .route("/desk/order/{id}/pdf", get(order::pdf))
        .route("/desk/order/{id}/copy/{copy}", send(order::copy))
        .route("/desk/silences", get(silence::page).post(silence::add))
        .route("/desk/silence/{id}", send(silence::change))
        .route("/desk/channels", get(channel::page))
        .route("/desk/connect", send(channel::begin))
        .route("/desk/connect/back", get(channel::back))
        .route("/desk/channel/{id}/confirm", send(channel::confirm))
        .route("/desk/channel/{id}/probe", send(channel::probe))
        .route("/desk/channel/{id}/retire", send(channel::retire))
        .route("/desk/replies", get(reply::page).post(reply::add))
        .route("/desk/reply/{id}", send(reply::change))
        .route("/desk/media", get(media::page).post(media::add).layer(DefaultBodyLimit::max(MEDIA_LIMIT)))
        .route("/desk/media/{sha}", get(media::file))
        .route("/api/v1/desk/posts", get(post::list_json).post(post::create_json))
        .route("/api/v1/desk/posts/{id}", get(post::json))
        .route("/api/v1/desk/posts/{id}/move", send(calendar::shift_json))
        .route("/api/v1/desk/posts/{id}/revise", send(revise::revise_json))
        .route("/api/v1/desk/posts/{id}/apply", send(revise::apply_json))
        .route("/api/v1/desk/posts/{id}/keep", send(revise::keep_json))
        .route("/api/v1/desk/posts/{id}/{step}", send(act::post))
        .route("/api/v1/desk/similar", send(sheet::similar_json))
        .route("/api/v1/desk/queue", get(queue::json).post(queue::change_json))
        .route("/api/v1/desk/sign", get(sign::json).post(sign::take_json))
        .route("/api/v1/desk/calendar", get(calendar::json))
        .route("/api/v1/desk/outbox", get(outbox::json))
        .route("/api/v1/desk/inbox", get(inbox::json))
        .route("/api/v1/desk/items/{id}/hand-over", send(inbox::hand_over_json))
        .route("/api/v1/desk/items/{id}/{step}", send(act::item))
        .route("/api/v1/desk/deliveries/{id}/decide", send(act::delivery))
        .route("/api/v1/desk/units/{code}/{step}", send(act::unit))
        .route("/api/v1/desk/posts/{id}/versions", get(version::json))
        .route("/api/v1/desk/posts/{id}/withhold", send(version::withhold_json))
        .route("/api/v1/desk/posts/{id}/remove", send(order::remove_json))
        .route("/api/v1/desk/orders", get(order::json).post(order::open_json))
        .route("/api/v1/desk/orders/{id}/copies/{copy}", send(order::copy_json))
        .route("/api/v1/desk/silences", get(silence::json).post(silence::add_json))
        .route("/api/v1/desk/silences/{id}", send(silence::change_json))
        .route("/api/v1/desk/media", get(media::json).post(ready::media).layer(DefaultBodyLimit::max(MEDIA_LIMIT)))
        .route("/api/v1/desk/channels", get(channel::json).post(ready::connect))
        .route("/api/v1/desk/channels/{id}/{step}", send(ready::channel_step))
        .route("/api/v1/desk/channels/{id}/retire", send(channel::retire_json))
        .route("/api/v1/desk/replies", get(reply::json).post(reply::add_json))
        .route("/api/v1/desk/bulk", send(many::json).layer(DefaultBodyLimit::max(PACKAGE_LIMIT)))
        .route("/api/v1/desk/replies/{id}/drop", send(ready::drop_reply))
        .route("/api/v1/desk/recurring", get(many::recurring_json).post(ready::recurring))
        .route("/api/v1/desk/recurring/{id}/stop", send(ready::stop))
        .route("/api/v1/desk/campaigns", get(campaign::list_json).post(ready::campaign))
        .route("/api/v1/desk/campaigns/{id}", get(campaign::json))
        .route("/api/v1/desk/campaigns/{id}/{step}", send(ready::campaign_step))
        .route("/api/v1/desk/report", get(report::json))
        .route("/api/v1/desk/shelf", get(shelf::json))
        .route("/api/v1/desk/shelf/templates", send(ready::template))
        .route("/api/v1/desk/shelf/praise", send(ready::praise))
        .route("/api/v1/desk/shelf/praise/{id}/{step}", send(ready::praise_step))
        .route("/api/v1/desk/shelf/links", send(ready::link))
        .route("/api/v1/desk/shelf/links/{code}/{step}", send(ready::link_step))
        .route("/api/v1/desk/records", get(report::records_json))
}

impl App {
    pub(crate) fn desk(&self) -> Desk {
        let media = self.lake.home().root().join("desk-media");
        Desk::new(self.lake.store().clone()).with_audit(Arc::new(Log(self.lake.clone()))).with_media(media)
    }

    /// The vault of the lake's folder: `SAROVAR_VAULT_KEY`, else `vault.key`.
    pub(crate) fn channels(&self) -> Reply<Channels> {
        let vault = match std::env::var("SAROVAR_VAULT_KEY") {
            Ok(text) if !text.is_empty() => Vault::from_text(&text),
            _ => Vault::from_file(&self.lake.home().root().join("vault.key")),
        };
        let vault = vault.map_err(|e| HttpError::Failed(e.to_string()))?;
        Ok(Channels::new(Arc::new(vault), Arc::new(SystemClock)))
    }
}

impl From<DeskError> for HttpError {
    fn from(error: DeskError) -> HttpError {
        match error {
            DeskError::Store(StoreError::Missing { .. }) => HttpError::NotFound,
            DeskError::Store(e) => e.into(),
            DeskError::Refused(why) | DeskError::Invalid(why) => HttpError::Desk(why),
            e @ DeskError::Network(_) => HttpError::Desk(e.to_string()),
            e @ DeskError::Vault(_) => HttpError::Failed(e.to_string()),
        }
    }
}

/// Why the desk did not do something, in the asker's language where the sentence is known.
pub(crate) fn said(ask: &Ask, why: &str) -> String {
    let hindi = || social::refusal::hindi(why).or_else(|| social::network::words(why, true).map(str::to_owned));
    (ask.lang == pages::Lang::Hi).then(hindi).flatten().unwrap_or_else(|| why.to_owned())
}

/// UTC microseconds as a moment.
fn at(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// The first words of a text, on one line.
fn words(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None if line.is_empty() => "…".to_owned(),
        None => line,
    }
}

/// Units to choose from.
async fn units(app: &App, ask: &Ask, chosen: &str) -> Reply<Vec<Choice>> {
    Ok(choices(ask, offered(app, ask).await?.1, chosen))
}

/// The same on a form, which proposes the unit of one's first role.
async fn own_units(app: &App, ask: &Ask, chosen: &str) -> Reply<Vec<Choice>> {
    let (seats, units) = offered(app, ask).await?;
    let own = seats.first().map_or("", String::as_str);
    Ok(choices(ask, units, if chosen.is_empty() { own } else { chosen }))
}

/// The units of one's roles; and what is offered: those and all below, or every unit for the lake's operator, and for whoever has no role and is
/// refused what he does with one.
async fn offered(app: &App, ask: &Ask) -> Reply<(Vec<String>, Vec<store::social::Unit>)> {
    let (store, who) = (app.lake.store(), &ask.principal.id);
    let seats = store.seats(who).await?;
    let every = seats.is_empty() || *who == Principal::operator().id;
    let units = if every { store.units().await? } else { store.units_below(&seats).await? };
    Ok((seats, units))
}

fn choices(ask: &Ask, units: Vec<store::social::Unit>, chosen: &str) -> Vec<Choice> {
    let choice = |u: store::social::Unit| Choice {
        chosen: u.code == chosen,
        text: format!("{} ({})", ask.pick(&u.name_hi, &u.name_en), u.code),
        value: u.code,
    };
    units.into_iter().map(choice).collect()
}

/// A message as a line; its words are of the newest version.
async fn line(app: &App, post: Post) -> Reply<PostLine> {
    let body = app.lake.store().version(&post.id, post.version).await?.body;
    let body: Value = serde_json::from_str(&body).unwrap_or_default();
    let text = [&body["hindi"], &body["english"]].into_iter().filter_map(Value::as_str).find(|t| !t.is_empty());
    Ok(PostLine {
        words: words(text.unwrap_or_default(), 70),
        id: post.id,
        unit: post.unit,
        kind: post.kind,
        state: post.state,
        author: post.author,
        changed: at(post.changed_at),
    })
}

fn title(network: &str) -> String {
    network.parse::<NetworkName>().map_or_else(|_| network.to_owned(), |n| n.limits().title.clone())
}

/// A delivery as a line; the network's answer in the asker's language where it is a known one.
fn delivery(ask: &Ask, d: Shown) -> DeliveryLine {
    let body: Value = serde_json::from_str(&d.body).unwrap_or_default();
    let reason = d.reason.unwrap_or_default();
    let reason = match social::network::words(&reason, ask.lang == pages::Lang::Hi) {
        Some(known) => known.to_owned(),
        None if ask.lang == pages::Lang::Hi => social::refusal::hindi(&reason).unwrap_or(reason),
        None => reason,
    };
    DeliveryLine {
        words: words(body["text"].as_str().unwrap_or_default(), 60),
        part: if d.parts > 1 { format!("{}/{}", d.part + 1, d.parts) } else { String::new() },
        network: title(&d.network),
        id: d.id,
        post: d.post,
        handle: d.handle,
        state: d.state,
        due: at(d.due_at),
        attempt: d.attempt,
        reason,
        url: d.url,
        edit: d.revises.is_some(),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_end_where_a_character_ends() {
        assert_eq!(words("हेलमेट  पहनें\nसुरक्षित रहें", 6), "हेलमेट…");
        assert_eq!(words("", 6), "…");
        assert_eq!(words("short", 6), "short");
    }
}
