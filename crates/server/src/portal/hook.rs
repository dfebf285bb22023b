//! Networks call here. The signature is checked before anything is read.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use social::NetworkName;
use social::webhook::{self, Heard, Refusal};

use super::{Portal, Wrong};

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

async fn take(p: &Portal, network: NetworkName, body: &[u8], heard: Result<Vec<Heard>, Refusal>) -> Result<Response, Wrong> {
    match heard {
        Ok(heard) => {
            let new = p.desk().heard(network, body, heard, p.lake.now()).await?;
            Ok(Json(json!({ "new": new })).into_response())
        }
        Err(refusal) => {
            tracing::warn!(%network, %refusal, "a call was refused");
            let status = if refusal == Refusal::Forged { StatusCode::FORBIDDEN } else { StatusCode::BAD_REQUEST };
            Ok((status, refusal.to_string()).into_response())
        }
    }
}

pub(crate) async fn x(State(p): State<Portal>, headers: HeaderMap, body: Bytes) -> Result<Response, Wrong> {
    let signature = headers.get("x-twitter-webhooks-signature").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let heard = webhook::x(&p.settings.x_secret, signature, &body);
    take(&p, NetworkName::X, &body, heard).await
}

pub(crate) async fn meta(State(p): State<Portal>, headers: HeaderMap, body: Bytes) -> Result<Response, Wrong> {
    let signature = headers.get("x-hub-signature-256").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let heard = webhook::meta(&p.settings.meta_secret, signature, &body, p.lake.now().timestamp());
    take(&p, NetworkName::Facebook, &body, heard).await
}
