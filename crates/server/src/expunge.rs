//! Erasure by order: one asks, a second one decides and carries it out, and a receipt says what went.

use accounts::{AccessError, AccountError, Accounts, NewExpungement};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use chrono::{DateTime, Utc};
use governance::{Kind, Step, permits};
use lake::erase::Receipt;
use lake::expunge::Target;
use lake::{Access, At, Lake, LakeError};
use pages::Section;
use pages::expunge::{CopyLine, Expungement, ExpungementLine, Expungements, Gone, ReceiptLines};
use pages::shell::Crumb;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::access::Expungement as Row;

use crate::App;
use crate::account::{again, note};
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

/// The receipt as it is kept: what went, and the proof that the log says so.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Kept {
    #[serde(flatten)]
    pub receipt: Receipt,
    /// Place of its record in the access log.
    pub record: u64,
    /// C2SP tlog-proof of that record.
    pub proof: String,
}

/// What the log keeps of a target: a file's hash says nobody's name, the others are marked.
pub fn marked(lake: &Lake, target: &Target) -> String {
    match target {
        Target::Object(sha256) => sha256.clone(),
        Target::Person(key) | Target::Case(key) => lake.audit().mark(key),
    }
}

/// Carries out a granted request.
///
/// # Errors
/// Where it was not granted, or may not be carried out by this person, or the lake says why not.
pub async fn run(lake: &Lake, accounts: &Accounts, access: &Access, id: &str) -> Result<Kept, AccountError> {
    let wrong = |e: LakeError| {
        let why = if let LakeError::Denied(why) = e { why } else { e.to_string() };
        AccountError::Access(AccessError::Denied(why))
    };
    let row = accounts.to_expunge(&access.principal, &lake.policies(), id, lake.now()).await?;
    let target = Target::read(&row.kind, &row.target).map_err(wrong)?;
    let what = json!({ "change": "run", "expungement": id, "kind": row.kind, "target": marked(lake, &target) });
    lake.record(access, "expungement", true, what).map_err(wrong)?;
    let receipt = lake.expunge(id, &target).await.map_err(wrong)?;
    let what = json!({
        "expungement": id, "objects": receipt.objects, "rows": receipt.rows, "rewritten": receipt.rewritten,
        "sealed": receipt.sealed, "members": receipt.members, "queries": receipt.queries, "decisions": receipt.decisions,
        "sheets": receipt.sheets, "words": receipt.words, "copies": receipt.copies.len(),
    });
    let record = lake.record_at(access, "expunged", true, what).map_err(wrong)?;
    let (proof, _) = lake.audit().prove(record).map_err(|e| wrong(LakeError::Audit(e.to_string())))?;
    let kept = Kept { receipt, record, proof: proof.to_string() };
    let text = serde_json::to_string(&kept).map_err(|e| wrong(LakeError::Invalid(e.to_string())))?;
    accounts.finish_expungement(&access.principal, id, &text, lake.now()).await?;
    Ok(kept)
}

fn line(ask: &Ask, row: &Row) -> ExpungementLine {
    ExpungementLine {
        id: row.id.clone(),
        kind: row.kind.clone(),
        target: row.target.clone(),
        basis: row.basis.clone(),
        reason: row.reason.clone(),
        by: row.requested_by.clone(),
        rank: ask.lang.known(&format!("rank-{}", row.requester_rank)).unwrap_or_else(|| row.requester_rank.clone()),
        at: DateTime::<Utc>::from_timestamp_micros(row.requested_at).unwrap_or_default(),
        state: row.state.clone(),
        decided_by: row.decided_by.clone().unwrap_or_default(),
        note: row.note.clone().unwrap_or_default(),
    }
}

fn receipt(row: &Row) -> Option<ReceiptLines> {
    let Kept { receipt: r, record, proof } = serde_json::from_str(row.receipt.as_deref()?).ok()?;
    Some(ReceiptLines {
        at: r.at,
        run_by: row.run_by.clone().unwrap_or_default(),
        objects: r.objects,
        rows: r.rows.into_iter().map(|(from, count)| Gone { from, count, since: String::new() }).collect(),
        rewritten: r.rewritten.into_iter().map(|r| Gone { from: r.object, count: r.records, since: r.sha256 }).collect(),
        sealed: r.sealed,
        files: r.files,
        members: r.members,
        queries: r.queries,
        decisions: r.decisions,
        sheets: r.sheets,
        words: r.words,
        copies: r
            .copies
            .into_iter()
            .map(|c| CopyLine { export: c.export, who: c.who, at: c.at, sha256: c.sha256, certain: c.certain })
            .collect(),
        record,
        proof,
    })
}

async fn list(app: &App, ask: &Ask, error: Option<String>) -> Reply<Expungements> {
    let (now, policies, who) = (app.lake.now(), app.lake.policies(), &ask.principal);
    let rows = app.accounts.expungements(who, &policies, now).await?;
    Ok(Expungements {
        lines: rows.iter().map(|row| line(ask, row)).collect(),
        may_ask: permits(&policies, who, Step::Ask, Kind::Expungement, &who.id, now).is_ok(),
        error,
        shell: ask.shell(Section::Work, ask.lang.text("expunge-title")),
    })
}

pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    show(list(&app, &ask, None).await?)
}

pub(crate) async fn list_json(State(app): State<App>, ask: Ask) -> Reply<Json<Vec<Row>>> {
    Ok(Json(app.accounts.expungements(&ask.principal, &app.lake.policies(), app.lake.now()).await?))
}

/// What the form, or a program, asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asking {
    kind: String,
    target: String,
    basis: String,
    reason: String,
}

async fn asked(app: &App, ask: &Ask, sent: &Asking) -> Reply<Result<String, String>> {
    let target = match Target::read(&sent.kind, &sent.target) {
        Ok(target) => target,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let what = json!({ "change": "ask", "kind": target.kind(), "target": marked(&app.lake, &target), "basis": sent.basis });
    note(app, ask, "expungement", what)?;
    let new = NewExpungement {
        kind: target.kind().into(),
        target: target.key().into(),
        basis: sent.basis.clone(),
        reason: sent.reason.clone(),
    };
    match app.accounts.ask_expungement(&ask.principal, &app.lake.policies(), new, app.lake.now()).await {
        Ok(id) => Ok(Ok(id)),
        Err(AccountError::Access(error @ AccessError::Say { .. })) => Ok(Err(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn send(State(app): State<App>, ask: Ask, Form(sent): Form<Asking>) -> Reply<Response> {
    match asked(&app, &ask, &sent).await? {
        Ok(id) => Ok(Redirect::to(&format!("/expunge/{id}")).into_response()),
        Err(error) => again(list(&app, &ask, Some(ask.refusal(&error))).await?),
    }
}

pub(crate) async fn send_json(State(app): State<App>, ask: Ask, Json(sent): Json<Asking>) -> Reply<Json<Value>> {
    match asked(&app, &ask, &sent).await? {
        Ok(id) => Ok(Json(json!({ "id": id, "state": "asked" }))),
        Err(error) => Err(HttpError::BadRequest(error)),
    }
}

async fn read(app: &App, ask: &Ask, id: &str) -> Reply<Row> {
    Ok(app.accounts.expungement(&ask.principal, &app.lake.policies(), id, app.lake.now()).await?)
}

pub(crate) async fn one(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply {
    let row = read(&app, &ask, &id).await?;
    let may = permits(&app.lake.policies(), &ask.principal, Step::Approve, Kind::Expungement, &row.requested_by, app.lake.now())
        .is_ok();
    let mut shell = ask.shell(Section::Work, ask.lang.text("expunge-title"));
    shell.trail = vec![Crumb::new("/expunge", shell.t("expunge-title"))];
    show(Expungement {
        may_decide: may && row.state == "asked",
        may_run: may && row.state == "granted",
        receipt: receipt(&row),
        line: line(&ask, &row),
        error: None,
        shell,
    })
}

pub(crate) async fn one_json(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Json<Value>> {
    let row = read(&app, &ask, &id).await?;
    let receipt: Option<Value> = row.receipt.as_deref().and_then(|text| serde_json::from_str(text).ok());
    Ok(Json(json!({ "request": Row { receipt: None, ..row }, "receipt": receipt })))
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Note {
    note: String,
}

/// A program's token decides and carries out nothing: a person with a session does.
async fn decide(app: &App, ask: &Ask, id: &str, grant: bool, text: &str) -> Reply<()> {
    ask.by_hand()?;
    read(app, ask, id).await?;
    note(app, ask, "expungement", json!({ "change": if grant { "grant" } else { "refuse" }, "expungement": id }))?;
    Ok(app.accounts.decide_expungement(&ask.principal, &app.lake.policies(), id, grant, text, app.lake.now()).await?)
}

/// Goes on when the browser goes away.
async fn carried_out(app: &App, ask: &Ask, id: &str) -> Reply<()> {
    ask.by_hand()?;
    read(app, ask, id).await?;
    let (app, access, of) = (app.clone(), ask.access(&app.lake, At::Now), id.to_owned());
    let work = tokio::spawn(async move { run(&app.lake, &app.accounts, &access, &of).await });
    work.await.map_err(|e| HttpError::Failed(e.to_string()))??;
    Ok(())
}

fn to(id: &str) -> Redirect {
    Redirect::to(&format!("/expunge/{id}"))
}

pub(crate) async fn grant(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(sent): Form<Note>) -> Reply<Redirect> {
    decide(&app, &ask, &id, true, &sent.note).await?;
    Ok(to(&id))
}

pub(crate) async fn refuse(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(sent): Form<Note>) -> Reply<Redirect> {
    decide(&app, &ask, &id, false, &sent.note).await?;
    Ok(to(&id))
}

pub(crate) async fn carry_out(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Redirect> {
    carried_out(&app, &ask, &id).await?;
    Ok(to(&id))
}

pub(crate) async fn grant_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(sent): Json<Note>,
) -> Reply<Json<Value>> {
    decide(&app, &ask, &id, true, &sent.note).await?;
    one_json(State(app), ask, Path(id)).await
}

pub(crate) async fn refuse_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(sent): Json<Note>,
) -> Reply<Json<Value>> {
    decide(&app, &ask, &id, false, &sent.note).await?;
    one_json(State(app), ask, Path(id)).await
}

pub(crate) async fn carry_out_json(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Json<Value>> {
    carried_out(&app, &ask, &id).await?;
    one_json(State(app), ask, Path(id)).await
}
