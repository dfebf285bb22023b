//! Built files under their hashed names, and the health check.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::App;
use crate::fault::{HttpError, Reply};

/// A hashed URL never changes its content.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// One built file, squeezed where the browser takes brotli.
pub(crate) async fn file(Path(file): Path<String>, headers: HeaderMap) -> Reply<Response> {
    let asset = pages::assets::find(&file).ok_or(HttpError::NotFound)?;
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let fixed = [(header::CONTENT_TYPE, asset.media_type()), (header::CACHE_CONTROL, FOREVER), (header::VARY, "accept-encoding")];
    if accepts.split(',').any(|one| one.trim().split(';').next() == Some("br")) {
        return Ok((fixed, [(header::CONTENT_ENCODING, "br")], asset.brotli).into_response());
    }
    Ok((fixed, asset.bytes).into_response())
}

/// Answers while the server and its store do; a failure when a due post of the desk is late.
pub(crate) async fn health(State(app): State<App>) -> Reply<(StatusCode, Json<Value>)> {
    let late = social::outbox::late(app.lake.store(), app.lake.now().timestamp_micros()).await?;
    if late > social::outbox::LATE {
        return Ok((StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "late", "oldest_due_seconds": late }))));
    }
    let runs = app.lake.store().runs(&store::RunFilter::default(), store::Page::first(1)).await?;
    Ok((StatusCode::OK, Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION"), "runs": runs.total }))))
}
