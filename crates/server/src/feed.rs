//! `POST /api/v1/feed/{contract}`: events by the line, answered once they are durable.
//!
//! A body may be one event or a stream that stays open for a day: it is cut into parts as it comes, and several parts are on their way at
//! a time. With `Accept: application/x-ndjson` every part is answered by a line of its own; otherwise one answer sums them up.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::stream::FuturesOrdered;
use futures::{Stream, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use ways::feed::Lines;
use ways::{Ack, Feed, FeedError, Feeds};

use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply};

/// A part is sent on with so many lines,
const LINES: usize = 5_000;
/// or bytes,
const BYTES: usize = 4 << 20;
/// or when nothing has come for so long.
const QUIET: Duration = Duration::from_millis(200);
/// Parts of one body that wait for their answers; then no more is read of it.
const ON_THEIR_WAY: usize = 12;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Under {
    /// Reference of the authority the events were obtained under.
    authority: String,
}

pub(crate) async fn take(
    State(app): State<App>,
    ask: Ask,
    Path(contract): Path<String>,
    Query(under): Query<Under>,
    headers: HeaderMap,
    body: Body,
) -> Reply<Response> {
    let text = |name| headers.get(name).and_then(|v: &axum::http::HeaderValue| v.to_str().ok()).unwrap_or_default();
    let kind = text(header::CONTENT_TYPE).split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !matches!(kind.as_str(), "application/x-ndjson" | "application/jsonl" | "application/json") {
        return Err(HttpError::BadRequest("send one JSON object a line, with Content-Type: application/x-ndjson".into()));
    }
    if !matches!(text(header::CONTENT_ENCODING), "" | "identity") {
        return Err(HttpError::BadRequest("a feed takes its lines unpacked, without Content-Encoding".into()));
    }
    let authority = Some(under.authority.trim().to_owned()).filter(|a| !a.is_empty());
    let feed = Feed { contract: app.lake.contract(&contract)?, principal: ask.principal.clone(), authority };
    let feeds = app.feeds.clone();
    if let Err(error) = feeds.check(&feed) {
        return Ok(refused(&error, &Ack::default()));
    }
    let lines = body.into_data_stream();
    if text(header::ACCEPT).contains("ndjson") {
        let (tell, told) = mpsc::channel::<Value>(64);
        tokio::spawn(async move {
            let outcome = pump(&feeds, &feed, lines, Some(tell.clone())).await;
            let last = match outcome {
                Ok(all) => json!({ "done": all_but_errors(&all) }),
                Err((all, error)) => json!({ "error": fault(&error), "done": all_but_errors(&all) }),
            };
            let _ = tell.send(last).await;
        });
        let answers = tokio_stream::wrappers::ReceiverStream::new(told)
            .map(|line| Ok::<_, std::convert::Infallible>(Bytes::from(format!("{line}\n"))));
        // Packed, an answer would wait in the packer for the next ones.
        let kind = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CONTENT_ENCODING, "identity")];
        return Ok((kind, Body::from_stream(answers)).into_response());
    }
    match pump(&feeds, &feed, lines, None).await {
        Ok(ack) => Ok(Json(ack).into_response()),
        Err((done, error)) => Ok(refused(&error, &done)),
    }
}

/// Sends the body on in parts. Gives the account of the lines up to the first part that failed, in order.
async fn pump<E: std::fmt::Display>(
    feeds: &Arc<Feeds>,
    feed: &Feed,
    mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    tell: Option<mpsc::Sender<Value>>,
) -> Result<Ack, (Ack, FeedError)> {
    let mut lines = Lines::default();
    let mut on_their_way = FuturesOrdered::new();
    let mut done = Ack::default();
    let (mut ended, mut first) = (false, true);
    loop {
        let whole = lines.waiting().bytes.len() >= BYTES || lines.waiting().len() >= LINES;
        if on_their_way.len() < ON_THEIR_WAY && (whole || (ended && !lines.waiting().is_empty())) {
            let part = lines.take();
            let patient = !std::mem::take(&mut first);
            on_their_way.push_back(feeds.send(feed, part, patient));
            continue;
        }
        if ended && on_their_way.is_empty() {
            return Ok(done);
        }
        tokio::select! {
            Some(answer) = on_their_way.next(), if !on_their_way.is_empty() => match answer {
                Ok(ack) => {
                    if let Some(tell) = &tell {
                        // A client that does not listen is still owed its answers at the end of the body.
                        let _ = tell.send(json!(ack)).await;
                    }
                    done.add(ack);
                }
                Err(error) => return Err((done, error)),
            },
            frame = body.next(), if !ended && !whole => match frame {
                Some(Ok(bytes)) => lines.push(&bytes),
                Some(Err(error)) => {
                    // The connection broke within a line: only whole ones count.
                    tracing::debug!(%error, "a feed's body broke off");
                    ended = true;
                }
                None => {
                    lines.end();
                    ended = true;
                }
            },
            () = tokio::time::sleep(QUIET), if !ended && on_their_way.len() < ON_THEIR_WAY && !lines.waiting().is_empty() => {
                let part = lines.take();
                let patient = !std::mem::take(&mut first);
                on_their_way.push_back(feeds.send(feed, part, patient));
            }
        }
    }
}

fn status(error: &FeedError) -> StatusCode {
    match error {
        FeedError::Format { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        FeedError::Authority { .. } => StatusCode::FORBIDDEN,
        FeedError::Full { .. } => StatusCode::TOO_MANY_REQUESTS,
        FeedError::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn fault(error: &FeedError) -> Value {
    let code = match error {
        FeedError::Format { .. } => "feed-format",
        FeedError::Authority { .. } => "authority-needed",
        FeedError::Full { .. } => "feed-full",
        FeedError::Failed(_) => "feed-failed",
    };
    json!({ "code": code, "message": error.to_string(), "status": status(error).as_u16() })
}

fn all_but_errors(ack: &Ack) -> Ack {
    Ack { errors: Vec::new(), ..ack.clone() }
}

/// The refusal, with the account of what is durable nevertheless: lines through `done.through_line`.
fn refused(error: &FeedError, done: &Ack) -> Response {
    let wait = match error {
        FeedError::Full { seconds, .. } => Some(*seconds),
        FeedError::Failed(_) => Some(5),
        _ => None,
    };
    let mut response = (status(error), Json(json!({ "error": fault(error), "done": done }))).into_response();
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
