//! Numbers of the running server for whoever watches over it (Prometheus text exposition, version 0.0.4). Routes are named by their pattern: no
//! address that was asked for, and so nobody's number or name, is among them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use store::{Page, RunFilter};

use crate::App;
use crate::fault::Reply;

/// Counts since the server began.
pub(crate) struct Metrics {
    began: Instant,
    /// By route and class of the status: requests, and their time.
    requests: Mutex<BTreeMap<(String, u16), (u64, Duration)>>,
}

impl Default for Metrics {
    fn default() -> Self {
        Metrics { began: Instant::now(), requests: Mutex::default() }
    }
}

/// Counts each request.
pub(crate) async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let began = Instant::now();
    let response = next.run(request).await;
    if let Ok(mut all) = app.metrics.requests.lock() {
        let (requests, time) = all.entry((route, response.status().as_u16() / 100)).or_default();
        *requests += 1;
        *time += began.elapsed();
    }
    response
}

/// One number with its line of explanation.
fn gauge(out: &mut String, name: &str, help: &str, kind: &str, value: u64) {
    let _ = writeln!(out, "# HELP sarovar_{name} {help}\n# TYPE sarovar_{name} {kind}\nsarovar_{name} {value}");
}

pub(crate) async fn text(State(app): State<App>) -> Reply<Response> {
    let mut out = String::new();
    let store = app.lake.store();
    gauge(&mut out, "uptime_seconds", "Since the server began.", "counter", app.metrics.began.elapsed().as_secs());
    let records = app.lake.audit().publish().map_err(lake::LakeError::from)?.checkpoint.size;
    gauge(&mut out, "log_records", "Records in the access log.", "counter", records);
    let open = RunFilter { open: true, ..RunFilter::default() };
    gauge(&mut out, "runs_open", "Ingests at work.", "gauge", store.runs(&open, Page::first(1)).await?.total);
    let late = app.lake.catalog().await?.iter().filter(|table| table.late).count() as u64;
    gauge(&mut out, "sources_late", "Sources that have not come in time.", "gauge", late);
    let undecided = store.undecided().await?.len() as u64;
    gauge(&mut out, "requests_undecided", "Requests nobody has decided.", "gauge", undecided);
    gauge(&mut out, "erasures", "Erasures carried out.", "counter", app.lake.erasures().await?);
    let behind = u64::from(app.lake.behind().is_some());
    gauge(&mut out, "state_behind", "1 where the operational state is older than the access log.", "gauge", behind);
    let requests = app.metrics.requests.lock().map(|all| all.clone()).unwrap_or_default();
    let _ = writeln!(
        out,
        "# HELP sarovar_requests_total Requests by route and class of status.\n# TYPE sarovar_requests_total counter"
    );
    for ((route, class), (n, _)) in &requests {
        let _ = writeln!(out, "sarovar_requests_total{{route=\"{route}\",status=\"{class}xx\"}} {n}");
    }
    let _ =
        writeln!(out, "# HELP sarovar_request_seconds_total Time spent on them.\n# TYPE sarovar_request_seconds_total counter");
    for ((route, class), (_, time)) in &requests {
        let _ =
            writeln!(out, "sarovar_request_seconds_total{{route=\"{route}\",status=\"{class}xx\"}} {:.6}", time.as_secs_f64());
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], out).into_response())
}
