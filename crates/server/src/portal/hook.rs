//! Networks call here. The signature is checked before anything is read, and more calls than the desk can work on are sent back.

use std::net::SocketAddr;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;
use social::NetworkName;
use social::webhook::{self, Heard, Refusal};

use super::{Portal, Wrong};
use crate::limit::Rate;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Crc {
    crc_token: String,
}

pub(crate) async fn x_challenge(State(p): State<Portal>, Query(q): Query<Crc>) -> Response {
    if p.settings.x_secret.is_empty() || q.crc_token.is_empty() {
        return StatusCode::NOT_FOUND.into_response();
    }
    Json(json!({ "response_token": webhook::x_challenge(&p.settings.x_secret, &q.crc_token) })).into_response()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Hub {
    #[serde(rename = "hub.mode")]
    mode: String,
    #[serde(rename = "hub.verify_token")]
    token: String,
    #[serde(rename = "hub.challenge")]
    challenge: String,
}

pub(crate) async fn meta_challenge(State(p): State<Portal>, Query(h): Query<Hub>) -> Response {
    match webhook::meta_challenge(&p.settings.meta_word, &h.mode, &h.token, &h.challenge) {
        Ok(challenge) => challenge.to_owned().into_response(),
        Err(_) => StatusCode::FORBIDDEN.into_response(),
    }
}

/// Calls of one network that are worked on. What comes beyond is not lost: networks call again, and the accounts are read in their turn.
const CALLS: Rate = Rate { per_minute: 1200.0, at_once: 300.0 };
/// Calls of one address whose signature does not hold. They take nothing from those that do.
const FORGED: Rate = Rate { per_minute: 60.0, at_once: 60.0 };

/// Where a call comes from, when the listener tells.
type From = Option<Extension<ConnectInfo<SocketAddr>>>;

fn flood(network: NetworkName, seconds: u64) -> Response {
    tracing::warn!(%network, "more calls than are worked on");
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())], "more calls than are worked on; call again")
        .into_response()
}

async fn take(
    p: &Portal,
    network: NetworkName,
    from: &From,
    body: &[u8],
    heard: Result<Vec<Heard>, Refusal>,
) -> Result<Response, Wrong> {
    match heard {
        Ok(heard) => {
            if let Err(seconds) = p.hooks.take(network.as_str(), CALLS, Instant::now()) {
                return Ok(flood(network, seconds));
            }
            let new = p.desk().heard(network, body, heard, p.lake.now()).await?;
            Ok(Json(json!({ "new": new })).into_response())
        }
        Err(refusal) => {
            let from = from.as_ref().map(|f| f.0.0.ip().to_string()).unwrap_or_default();
            if let Err(seconds) = p.hooks.take(&format!("forged {from}"), FORGED, Instant::now()) {
                return Ok(flood(network, seconds));
            }
            tracing::warn!(%network, %refusal, "a call was refused");
            let status = if refusal == Refusal::Forged { StatusCode::FORBIDDEN } else { StatusCode::BAD_REQUEST };
            Ok((status, refusal.to_string()).into_response())
        }
    }
}

pub(crate) async fn x(State(p): State<Portal>, from: From, headers: HeaderMap, body: Bytes) -> Result<Response, Wrong> {
    let signature = headers.get("x-twitter-webhooks-signature").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let heard = webhook::x(&p.settings.x_secret, signature, &body);
    take(&p, NetworkName::X, &from, &body, heard).await
}

pub(crate) async fn meta(State(p): State<Portal>, from: From, headers: HeaderMap, body: Bytes) -> Result<Response, Wrong> {
    let signature = headers.get("x-hub-signature-256").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let heard = webhook::meta(&p.settings.meta_secret, signature, &body, p.lake.now().timestamp());
    take(&p, NetworkName::Facebook, &from, &body, heard).await
}
