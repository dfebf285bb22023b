//! Tips and feedback from the public. They land as files in the layout of the police portal's source, which the lake takes in like
//! any other. Against machines, without a third party: a signed ticket with the time the form was made, a field nobody sees, a small
//! sum, and a limit per address that lives in memory only.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use axum::extract::{Extension, Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use pages::portal::Form as Sheet;
use pages::{Lang, Template};
use ring::hmac;
use serde::Deserialize;

use super::intake::{COMPLAINT, filed_at, keep, station};
use super::{Portal, Wrong, lang};

/// Seconds a person needs at least, and has at most.
const FAST: i64 = 3;
const SLOW: i64 = 2 * 3600;
/// Messages of one address in an hour.
const MOST: usize = 5;

fn sign(p: &Portal, text: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, &p.settings.key);
    hmac::sign(&key, format!("ticket {text}").as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// `made.number.signature`: when the form was made, and a number that makes its sum.
fn ticket(p: &Portal) -> String {
    let body = format!("{}.{}", p.lake.now().timestamp(), uuid::Uuid::new_v4().as_u128() % 1_000_000);
    format!("{body}.{}", sign(p, &body))
}

/// The two numbers of a ticket's sum.
fn sum(ticket: &str) -> (u32, u32) {
    let number: u32 = ticket.split('.').nth(1).and_then(|n| n.parse().ok()).unwrap_or_default();
    (number % 8 + 2, number / 8 % 8 + 1)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Words {
    ticket: String,
    text: String,
    unit: String,
    phone: String,
    rating: String,
    sum: String,
    /// Nobody sees this field; who fills it is a machine.
    website: String,
}

async fn sheet(p: &Portal, lang: Lang, what: &str, text: &str, error: &str, taken: Option<String>) -> Result<String, Wrong> {
    let ticket = ticket(p);
    let key = if what == "tip" { "portal-tip" } else { "portal-feedback" };
    let door = p.door(lang, what, key);
    let error = if error.is_empty() { String::new() } else { lang.text(error) };
    let units = p.units(lang, "").await?;
    let page = Sheet { what: what.into(), sum: sum(&ticket), ticket, units, text: text.into(), error, taken, door };
    Ok(page.render()?)
}

pub(crate) async fn tip(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    Ok(axum::response::Html(sheet(&p, lang(&tag)?, "tip", "", "", None).await?).into_response())
}

pub(crate) async fn feedback(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    Ok(axum::response::Html(sheet(&p, lang(&tag)?, "feedback", "", "", None).await?).into_response())
}

/// Why a message is not taken: a catalogue key.
fn refusal(p: &Portal, w: &Words, asker: Option<IpAddr>) -> Option<&'static str> {
    let (body, signature) = w.ticket.rsplit_once('.').unwrap_or_default();
    let made: i64 = body.split('.').next().and_then(|t| t.parse().ok()).unwrap_or_default();
    let age = p.lake.now().timestamp() - made;
    let (a, b) = sum(&w.ticket);
    if signature != sign(p, body) || !(FAST..=SLOW).contains(&age) {
        return Some("portal-too-fast");
    }
    if w.sum.trim().parse() != Ok(a + b) {
        return Some("portal-wrong-sum");
    }
    if w.text.trim().is_empty() || w.text.chars().count() > 4000 {
        return Some("portal-empty");
    }
    if !allowed(p, asker, &w.ticket) {
        return Some("portal-too-many");
    }
    None
}

/// Counts a message of an address, and of a ticket: each ticket is good once.
fn allowed(p: &Portal, asker: Option<IpAddr>, ticket: &str) -> bool {
    let now = Instant::now();
    let mut writers = p.writers.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    writers.retain(|_, times| {
        times.retain(|t| now.duration_since(*t) < Duration::from_secs(2 * 3600));
        !times.is_empty()
    });
    // The address itself is not kept, not even in memory.
    let address = sign(p, &format!("address {}", asker.map(|a| a.to_string()).unwrap_or_default()));
    let lately = writers
        .get(&address)
        .map_or(0, |times| times.iter().filter(|t| now.duration_since(**t) < Duration::from_secs(3600)).count());
    if lately >= MOST || writers.contains_key(ticket) {
        return false;
    }
    writers.entry(address).or_default().push(now);
    writers.entry(ticket.to_owned()).or_default().push(now);
    true
}

async fn take(p: Portal, tag: String, what: &str, asker: Option<IpAddr>, w: Words) -> Result<Response, Wrong> {
    let lang = lang(&tag)?;
    let number = format!("{}-{}", if what == "tip" { "TIP" } else { "FB" }, p.store().fresh_id(p.lake.now()));
    // A machine is told that all is well.
    if !w.website.is_empty() {
        return Ok(axum::response::Html(sheet(&p, lang, what, "", "", Some(number)).await?).into_response());
    }
    if let Some(why) = refusal(&p, &w, asker) {
        let page = sheet(&p, lang, what, &w.text, why, None).await?;
        let status = if why == "portal-too-many" { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNPROCESSABLE_ENTITY };
        return Ok((status, axum::response::Html(page)).into_response());
    }
    let time = filed_at(&p.lake);
    let place = p.store().units().await?.into_iter().find(|u| u.code == w.unit);
    let (unit, named) = place.as_ref().map_or(("", ""), station);
    let text = w.text.trim();
    if what == "tip" {
        let phone: String = w.phone.chars().filter(char::is_ascii_digit).take(15).collect();
        keep(
            &p.lake,
            "portal.complaint",
            COMPLAINT,
            &[&number, &time, unit, named, "Tip", "", &phone, "", "Tip from the public portal", text, "", "Pending", "", ""],
        )
        .await?;
    } else {
        let header = "FEEDBACK_ID,GIVEN_ON,SERVICE,REFERENCE_NO,RATING,COMMENT,PS_CD";
        let rating = if ["1", "2", "3", "4", "5"].contains(&w.rating.as_str()) { w.rating.as_str() } else { "" };
        keep(&p.lake, "portal.feedback", header, &[&number, &time, "Public portal", "", rating, text, unit]).await?;
    }
    Ok(axum::response::Html(sheet(&p, lang, what, "", "", Some(number)).await?).into_response())
}

/// Where a request comes from, when the listener tells.
type From = Option<Extension<axum::extract::ConnectInfo<std::net::SocketAddr>>>;

pub(crate) async fn take_tip(
    State(p): State<Portal>,
    Path(tag): Path<String>,
    from: From,
    Form(w): Form<Words>,
) -> Result<Response, Wrong> {
    take(p, tag, "tip", from.map(|f| f.0.0.ip()), w).await
}

pub(crate) async fn take_feedback(
    State(p): State<Portal>,
    Path(tag): Path<String>,
    from: From,
    Form(w): Form<Words>,
) -> Result<Response, Wrong> {
    take(p, tag, "feedback", from.map(|f| f.0.0.ip()), w).await
}

#[cfg(test)]
mod tests {
    use super::sum;

    #[test]
    fn a_sum_is_small_and_the_same_for_the_same_ticket() {
        let (a, b) = sum("1790000000.999999.x");
        assert_eq!((a, b), sum("1790000000.999999.y"));
        assert!((2..10).contains(&a) && (1..9).contains(&b));
    }
}
