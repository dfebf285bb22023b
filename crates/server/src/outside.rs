//! What left the lake as a file, and the rules by which it may: pages about neither rows nor people.

use accounts::{AccessError, AccountError};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use chrono::{DateTime, Utc};
use lake::At;
use lake::manifest::Manifest;
use pages::export::{ExportLine, Exports};
use pages::policy::{LimitLine, Policies, PolicyLine};
use pages::{Lang, Section};
use paper::Language;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::App;
use crate::account::{again, note};
use crate::ask::Ask;
use crate::certificate::{self, Wanted};
use crate::door::Area;
use crate::fault::{HttpError, Reply, show};

/// Exports shown at once.
const SHOWN: u64 = 500;

/// One's own exports; all for whoever reads the access log.
async fn left(app: &App, ask: &Ask) -> Reply<Vec<Manifest>> {
    let own = (!Area::Audit.open_to(&ask.principal)).then_some(ask.principal.id.as_str());
    let rows = app.lake.store().exports(own, SHOWN).await?;
    rows.iter().map(|row| Manifest::parse(&row.manifest).map_err(|e| HttpError::Failed(e.to_string()))).collect()
}

/// One of them. Somebody else's does not exist.
async fn one(app: &App, ask: &Ask, id: &str) -> Reply<Manifest> {
    let found = app.lake.manifest(id).await?;
    found.filter(|m| m.who == ask.principal.id || Area::Audit.open_to(&ask.principal)).ok_or(HttpError::NotFound)
}

pub(crate) async fn exports(State(app): State<App>, ask: Ask) -> Reply {
    let now = app.lake.now();
    let time = |text: &str| DateTime::parse_from_rfc3339(text).map(|at| at.with_timezone(&Utc)).unwrap_or_default();
    let lines = left(&app, &ask).await?.into_iter().map(|m| ExportLine {
        over: m.over(now),
        at: time(&m.at),
        until: time(&m.until),
        why: [m.purpose, m.case].into_iter().flatten().collect::<Vec<_>>().join(" "),
        id: m.id,
        what: m.table,
        rows: m.rows,
        who: m.who,
        sha256: m.sha256,
    });
    let lines = lines.collect();
    show(Exports { lines, shell: ask.shell(Section::Elsewhere, ask.lang.text("exports-title")) })
}

pub(crate) async fn exports_json(State(app): State<App>, ask: Ask) -> Reply<Json<Vec<Manifest>>> {
    Ok(Json(left(&app, &ask).await?))
}

/// A manifest as a file, to lie beside the exported one.
pub(crate) async fn manifest(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Response> {
    let manifest = one(&app, &ask, &id).await?;
    let text = serde_json::to_vec_pretty(&manifest).map_err(|e| HttpError::Failed(e.to_string()))?;
    Ok(certificate::file(&format!("{}.manifest.json", manifest.file), "application/json", text))
}

/// The certificate of an export, as PDF.
pub(crate) async fn certify(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Reply<Response> {
    let manifest = one(&app, &ask, &id).await?;
    let language: Language = wanted.language(ask.lang)?;
    let fonts = certificate::fonts().map_err(|e| HttpError::Failed(e.to_string()))?;
    let certificate = certificate::of_manifest(&app.lake, &ask.access(&app.lake, At::Now), manifest).await?;
    let bytes = tokio::task::spawn_blocking(move || certificate.pdf(language, &fonts)).await;
    let bytes = bytes.map_err(|e| HttpError::Failed(e.to_string()))?.map_err(|e| HttpError::Failed(e.to_string()))?;
    Ok(certificate::file(&format!("certificate-export-{id}.pdf"), "application/pdf", bytes))
}

pub(crate) async fn policies(State(app): State<App>, ask: Ask) -> Reply {
    show(fill(&app, &ask, None).await?)
}

async fn fill(app: &App, ask: &Ask, error: Option<String>) -> Reply<Policies> {
    let policies = app.lake.policies();
    let lines = policies.texts().iter().map(|t| PolicyLine {
        id: t.id.clone(),
        file: t.file.clone(),
        own: t.own,
        permits: t.effect == "permit",
        rule: if ask.lang == Lang::Hi && !t.hindi.is_empty() { t.hindi.clone() } else { t.rule.clone() },
        law: t.law.clone(),
        text: t.text.clone(),
    });
    let (lines, trouble) = (lines.collect(), app.lake.policy_trouble());
    let limits = app.accounts.limits().await?.into_iter().map(|settled| LimitLine {
        name: settled.limit.name,
        value: settled.value,
        least: settled.limit.least,
        most: settled.limit.most,
    });
    Ok(Policies {
        lines,
        trouble,
        limits: limits.collect(),
        may_limit: app.accounts.may_limit(&ask.principal).is_ok(),
        error,
        shell: ask.shell(Section::Elsewhere, ask.lang.text("policies-title")),
    })
}

/// A limit and its new number.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Limiting {
    name: String,
    /// A number in JSON, a text in a form.
    value: Value,
}

async fn settle(app: &App, ask: &Ask, sent: &Limiting) -> Reply<Result<accounts::Settled, AccountError>> {
    let value = sent.value.as_str().map_or_else(|| sent.value.to_string(), str::to_owned);
    let settled = match app.accounts.limit(&ask.principal, &sent.name, &value) {
        Ok(settled) => settled,
        Err(error) => return Ok(Err(error)),
    };
    note(app, ask, "policy", json!({ "limit": settled.0.name, "value": settled.1 }))?;
    Ok(app.accounts.settle(settled).await)
}

pub(crate) async fn limit(State(app): State<App>, ask: Ask, Form(sent): Form<Limiting>) -> Reply<Response> {
    match settle(&app, &ask, &sent).await? {
        Ok(_) => Ok(Redirect::to("/policies").into_response()),
        Err(AccountError::Access(error @ (AccessError::Limit(_) | AccessError::LimitNumber { .. }))) => {
            again(fill(&app, &ask, Some(ask.refusal(&error.to_string()))).await?)
        }
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn limit_json(State(app): State<App>, ask: Ask, Json(sent): Json<Limiting>) -> Reply<Json<accounts::Settled>> {
    Ok(Json(settle(&app, &ask, &sent).await??))
}

pub(crate) async fn policies_json(State(app): State<App>) -> Reply<Json<Value>> {
    let limits = app.accounts.limits().await?;
    Ok(Json(json!({ "policies": app.lake.policies().texts(), "trouble": app.lake.policy_trouble(), "limits": limits })))
}
