//! My work: why one reads, what is granted for it, and what one decides for others.

mod api;
mod sheets;

use accounts::{AccessError, AccountError, Declaration, NewAuthority, NewOrder, NewWork};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use chrono::{DateTime, NaiveDate, Utc};
use governance::audit::chain;
use governance::{Kind, Role, Step, permits};
use model::Purpose;
use pages::people::Choice;
use pages::shell::Crumb;
use pages::work::{DeclarationLine, DeclarationPage, MemberLine, MyWork, PieceLine, PiecePage, RequestLine};
use pages::{Lang, Section, Shell, Template};
use serde::Deserialize;
use serde_json::{Value, json};
use store::access::Request;

use crate::App;
use crate::account::{again, note};
use crate::ask::{Ask, Standing};
use crate::export::{Picked, send_sheet};
use crate::fault::{HttpError, Reply, show};

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/purpose", get(mine).post(open))
        .route("/purpose/declaration", get(declaration).post(declare))
        .route("/purpose/down", post(down))
        .route("/purpose/release", post(release))
        .route("/purpose/request/{id}/grant", post(grant))
        .route("/purpose/request/{id}/refuse", post(refuse))
        .route("/purpose/request/{id}/withdraw", post(withdraw))
        .route("/purpose/{id}", get(piece))
        .route("/purpose/{id}/authority", post(authority))
        .route("/purpose/{id}/close", post(close))
        .route("/purpose/{id}/order", post(order))
        .route("/purpose/{id}/review", post(review))
        .route("/purpose/{id}/take", post(take))
        .route("/purpose/{id}/team", post(join))
        .route("/purpose/{id}/team/{login}/remove", post(leave))
        .route("/api/v1/purpose", get(mine_json).post(open_json))
        .route("/api/v1/purpose/declaration", get(declaration_json).post(api::declare))
        .route("/api/v1/purpose/{id}", get(piece_json))
        .route("/api/v1/purpose/{id}/close", post(close_json))
        .merge(api::routes())
}

fn time(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

fn day(micros: i64) -> String {
    model::time::to_ist(micros).map(|at| at.format("%d %b %Y").to_string()).unwrap_or_default()
}

fn line(ask: &Ask, row: store::access::Work, standing: &str) -> PieceLine {
    PieceLine {
        in_hand: ask.principal.work.as_ref().is_some_and(|work| work.id == row.id),
        opened: time(row.opened_at),
        until: time(row.until_at),
        emergency: row.emergency == 1,
        standing: standing.to_owned(),
        id: row.id,
        purpose: row.purpose,
        reference: row.reference,
        reason: row.reason,
        sections: row.sections,
        opened_by: row.opened_by,
    }
}

fn request(ask: &Ask, row: store::access::Request) -> RequestLine {
    let window = row.from_at.zip(row.to_at).map(|(from, to)| format!("{} – {}", day(from), day(to - 1)));
    RequestLine {
        rank: ask.lang.known(&format!("rank-{}", row.requester_rank)).unwrap_or(row.requester_rank),
        items: row.items.trim().to_owned(),
        window: window.unwrap_or_default(),
        until: time(row.until_at),
        decided_by: row.decided_by.unwrap_or_default(),
        note: row.note.unwrap_or_default(),
        id: row.id,
        kind: row.kind,
        reference: row.reference,
        reason: row.reason,
        by: row.requested_by,
        state: row.state,
    }
}

async fn mine(State(app): State<App>, ask: Ask, Query(picked): Query<Picked>) -> Reply<Response> {
    let page = fill(&app, &ask, None).await?;
    if picked.wanted() {
        return send_sheet(&app, &ask, "work", sheets::mine(&page), picked).await;
    }
    Ok(show(page)?.into_response())
}

async fn fill(app: &App, ask: &Ask, error: Option<String>) -> Reply<MyWork> {
    let (now, policies, who) = (app.lake.now(), app.lake.policies(), &ask.principal);
    let may = |step, kind| permits(&policies, who, step, kind, &who.id, now).is_ok();
    let pieces = app.accounts.works(who, now).await?.into_iter().map(|p| line(ask, p.row, p.standing.as_str())).collect();
    let requests = app.accounts.to_decide(who, &policies, now).await?.into_iter().map(|r| request(ask, r)).collect();
    let reviews = app.accounts.to_review(who, &policies, now).await?;
    let reviews = reviews.into_iter().map(|row| line(ask, row, "expired")).collect();
    let supervises = who.is(Role::Supervisor) || who.is(Role::StationOfficer);
    let counts = [Role::DistrictAnalyst, Role::StateAnalyst, Role::Supervisor].into_iter().any(|role| who.is(role));
    let purposes =
        [(Purpose::Case, true), (Purpose::Complaint, true), (Purpose::Supervision, supervises), (Purpose::Statistics, counts)];
    let shell = ask.shell(Section::Work, ask.lang.text("work-title"));
    let purposes = purposes.into_iter().filter(|(_, open)| *open).map(|(purpose, _)| Choice {
        text: shell.t(&format!("purpose-{purpose}")),
        chosen: purpose == Purpose::Case,
        code: purpose.to_string(),
    });
    let units = match (&who.unit, supervises) {
        (Some(own), true) => {
            let tree = app.lake.store().unit_tree(own).await?;
            let all = app.accounts.units().await?.into_iter().filter(|u| tree.contains(&u.code)).take(40);
            all.map(|u| Choice { text: ask.pick(&u.name_hi, &u.name_en).to_owned(), code: u.code, chosen: false }).collect()
        }
        _ => Vec::new(),
    };
    Ok(MyWork {
        pieces,
        requests,
        reviews,
        purposes: purposes.collect(),
        units,
        may_open: who.roles.iter().any(|role| role.reads_cases() && *role != Role::DataEngineer),
        may_emergency: may(Step::Ask, Kind::Emergency),
        may_declare: may(Step::Ask, Kind::Declaration),
        export: Some("/purpose?table=".into()),
        error,
        shell,
    })
}

/// What the form, or a program, says of a new piece of work.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Opening {
    purpose: String,
    reference: String,
    sections: String,
    reason: String,
    days: String,
    emergency: Option<String>,
    numbers: String,
}

fn words(text: &str) -> Vec<String> {
    text.split([' ', ',', '\n', '\r', '\t']).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// A whole number, or none where nothing was written.
fn number(text: &str) -> Result<Option<i64>, AccessError> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| AccessError::Days { most: 180 }),
    }
}

async fn open_work(app: &App, ask: &Ask, sent: &Opening) -> Result<store::access::Work, AccountError> {
    let emergency = sent.emergency.is_some();
    let new = NewWork {
        purpose: sent.purpose.parse().ok(),
        reference: sent.reference.clone(),
        sections: Some(sent.sections.trim().to_owned()).filter(|s| !s.is_empty()).into_iter().collect(),
        reason: sent.reason.clone(),
        days: number(&sent.days)?,
        emergency: emergency.then(|| words(&sent.numbers)),
    };
    app.accounts.open_work(&ask.principal, &app.lake.policies(), new, app.lake.now()).await
}

fn opening_note(app: &App, ask: &Ask, sent: &Opening) -> Reply<()> {
    let action = if sent.emergency.is_some() { "emergency" } else { "work" };
    note(
        app,
        ask,
        action,
        json!({ "change": "open", "purpose": sent.purpose, "reference": sent.reference, "reason": chain::hash(&sent.reason) }),
    )
}

async fn open(State(app): State<App>, ask: Ask, Form(sent): Form<Opening>) -> Reply<Response> {
    let signed = ask.session()?;
    opening_note(&app, &ask, &sent)?;
    match open_work(&app, &ask, &sent).await {
        Ok(row) => {
            app.accounts.take_work(&signed.session, &ask.principal, &row.id, app.lake.now()).await?;
            Ok(Redirect::to("/purpose").into_response())
        }
        Err(AccountError::Access(error)) => again(fill(&app, &ask, Some(ask.refusal(&error.to_string()))).await?),
        Err(error) => Err(error.into()),
    }
}

/// The same for a program; it names the piece of work in the header `sarovar-work` afterwards.
async fn open_json(State(app): State<App>, ask: Ask, Json(sent): Json<Opening>) -> Reply<Json<Value>> {
    opening_note(&app, &ask, &sent)?;
    Ok(Json(json!(open_work(&app, &ask, &sent).await?)))
}

async fn mine_json(State(app): State<App>, ask: Ask) -> Reply<Json<Value>> {
    let (now, policies) = (app.lake.now(), app.lake.policies());
    Ok(Json(json!({
        "in_hand": ask.principal.work,
        "pieces": app.accounts.works(&ask.principal, now).await?,
        "to_decide": app.accounts.to_decide(&ask.principal, &policies, now).await?,
        "to_review": app.accounts.to_review(&ask.principal, &policies, now).await?,
    })))
}

async fn piece(State(app): State<App>, ask: Ask, Path(id): Path<String>, Query(picked): Query<Picked>) -> Reply<Response> {
    let page = piece_page(&app, &ask, &id, None).await?;
    if picked.wanted() {
        return send_sheet(&app, &ask, &format!("work-{id}"), sheets::piece(&page), picked).await;
    }
    Ok(show(page)?.into_response())
}

async fn piece_page(app: &App, ask: &Ask, id: &str, error: Option<String>) -> Reply<PiecePage> {
    let (piece, team) = app.accounts.piece(&ask.principal, id, app.lake.now()).await?;
    let requests = app.lake.store().requests_of(id).await?.into_iter().map(|r| request(ask, r)).collect();
    let shared = piece.row.emergency == 0 && matches!(piece.row.purpose.as_str(), "case" | "complaint");
    let line = line(ask, piece.row, piece.standing.as_str());
    let mut shell = ask.shell(Section::Work, line.reference.clone());
    shell.trail = vec![Crumb::new("/purpose", shell.t("work-title"))];
    let team = team.into_iter().map(|m| MemberLine {
        login: m.account,
        unit: m.unit,
        since: time(m.added_at),
        by: m.added_by,
        until: m.removed_at.map(time),
    });
    Ok(PiecePage {
        may_ask: shared && line.in_hand && line.open(),
        team: team.collect(),
        requests,
        shared,
        export: Some(format!("/purpose/{id}?table=")),
        line,
        error,
        shell,
    })
}

async fn piece_json(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Json<Value>> {
    let (piece, team) = app.accounts.piece(&ask.principal, &id, app.lake.now()).await?;
    let requests = app.lake.store().requests_of(&id).await?;
    Ok(Json(json!({ "piece": piece, "team": team, "requests": requests })))
}

/// Back to the piece of work, or its page with what is wrong.
async fn done(app: &App, ask: &Ask, id: &str, outcome: Result<(), AccountError>) -> Reply<Response> {
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/purpose/{id}")).into_response()),
        Err(AccountError::Access(error @ (AccessError::Unknown(_) | AccessError::NoRequest(_)))) => {
            Err(AccountError::Access(error).into())
        }
        Err(AccountError::Access(error)) => again(piece_page(app, ask, id, Some(ask.refusal(&error.to_string()))).await?),
        Err(error @ AccountError::Unknown(_)) => again(piece_page(app, ask, id, Some(ask.refusal(&error.to_string()))).await?),
        Err(error) => Err(error.into()),
    }
}

async fn take(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Redirect> {
    let signed = ask.session()?;
    note(&app, &ask, "work", json!({ "change": "take", "work": id }))?;
    app.accounts.take_work(&signed.session, &ask.principal, &id, app.lake.now()).await?;
    Ok(Redirect::to("/purpose"))
}

async fn down(State(app): State<App>, ask: Ask) -> Reply<Redirect> {
    app.accounts.put_down(&ask.session()?.session).await?;
    Ok(Redirect::to("/purpose"))
}

async fn close(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Response> {
    note(&app, &ask, "work", json!({ "change": "close", "work": id }))?;
    let outcome = app.accounts.close_work(&ask.principal, &id, app.lake.now()).await;
    done(&app, &ask, &id, outcome).await
}

async fn close_json(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Json<Value>> {
    note(&app, &ask, "work", json!({ "change": "close", "work": id }))?;
    app.accounts.close_work(&ask.principal, &id, app.lake.now()).await?;
    Ok(Json(json!({ "id": id, "state": "closed" })))
}

#[derive(Deserialize)]
struct Who {
    account: String,
}

async fn join(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(sent): Form<Who>) -> Reply<Response> {
    let account = sent.account.trim();
    note(&app, &ask, "work", json!({ "change": "join", "work": id, "account": account }))?;
    let outcome = app.accounts.join_team(&ask.principal, &id, account, app.lake.now()).await;
    done(&app, &ask, &id, outcome).await
}

async fn leave(State(app): State<App>, ask: Ask, Path((id, login)): Path<(String, String)>) -> Reply<Response> {
    note(&app, &ask, "work", json!({ "change": "leave", "work": id, "account": login }))?;
    let outcome = app.accounts.leave_team(&ask.principal, &id, &login, app.lake.now()).await;
    if outcome.is_ok() && login == ask.principal.id {
        return Ok(Redirect::to("/purpose").into_response());
    }
    done(&app, &ask, &id, outcome).await
}

/// What the forms for authorities, orders and releases send.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asking {
    reference: String,
    items: String,
    from: String,
    to: String,
    days: String,
    reason: String,
    sql: String,
}

/// The piece of work a form stands under is the one in hand: nothing is asked for under another.
fn in_hand(ask: &Ask, id: &str) -> Result<(), AccountError> {
    if ask.principal.work.as_ref().is_some_and(|work| work.id == id) { Ok(()) } else { Err(AccessError::NoneOpen.into()) }
}

async fn authority(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(sent): Form<Asking>) -> Reply<Response> {
    let date = |text: &str| NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok();
    let days = match number(&sent.days) {
        Ok(days) => days.unwrap_or_default(),
        Err(error) => return done(&app, &ask, &id, Err(error.into())).await,
    };
    let new = NewAuthority {
        reference: sent.reference,
        numbers: words(&sent.items),
        from: date(&sent.from),
        to: date(&sent.to),
        days,
        reason: sent.reason,
    };
    let outcome = api::ask_authority(&app, &ask, &id, new).await?;
    done(&app, &ask, &id, outcome.map(drop)).await
}

async fn order(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(sent): Form<Asking>) -> Reply<Response> {
    let days = match number(&sent.days) {
        Ok(days) => days.unwrap_or_default(),
        Err(error) => return done(&app, &ask, &id, Err(error.into())).await,
    };
    let new = NewOrder { reference: sent.reference, keys: words(&sent.items), days, reason: sent.reason };
    let outcome = api::ask_order(&app, &ask, &id, new).await?;
    done(&app, &ask, &id, outcome.map(drop)).await
}

async fn release(State(app): State<App>, ask: Ask, Form(sent): Form<Asking>) -> Reply<Response> {
    let id = ask.principal.work.as_ref().map(|work| work.id.clone()).ok_or(HttpError::Work(AccessError::NoneOpen.to_string()))?;
    let outcome = api::ask_release(&app, &ask, &sent.sql, &sent.reason).await?;
    done(&app, &ask, &id, outcome.map(drop)).await
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Note {
    note: String,
    finding: String,
}

async fn grant(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(sent): Form<Note>) -> Reply<Response> {
    decide(&app, &ask, &id, true, &sent.note).await
}

async fn refuse(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(sent): Form<Note>) -> Reply<Response> {
    decide(&app, &ask, &id, false, &sent.note).await
}

/// A request that somebody neither asked for, nor may decide, nor has the piece of work of does not exist for him.
async fn known(app: &App, ask: &Ask, id: &str) -> Reply<Request> {
    Ok(app.accounts.request(&ask.principal, &app.lake.policies(), id, app.lake.now()).await?)
}

async fn decide(app: &App, ask: &Ask, id: &str, grant: bool, text: &str) -> Reply<Response> {
    decided(app, ask, id, grant, text).await?;
    Ok(Redirect::to("/purpose").into_response())
}

/// Grants or refuses, for a page or a program.
async fn decided(app: &App, ask: &Ask, id: &str, grant: bool, text: &str) -> Reply<()> {
    let policies = app.lake.policies();
    // A program's token decides nothing: a person with a session does.
    ask.session()?;
    known(app, ask, id).await?;
    note(app, ask, "request", json!({ "change": if grant { "grant" } else { "refuse" }, "request": id }))?;
    Ok(app.accounts.decide_request(&ask.principal, &policies, id, grant, text, app.lake.now()).await?)
}

async fn withdraw(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(sent): Form<Note>) -> Reply<Response> {
    withdrawn(&app, &ask, &id, &sent.note).await?;
    Ok(Redirect::to("/purpose").into_response())
}

async fn withdrawn(app: &App, ask: &Ask, id: &str, text: &str) -> Reply<()> {
    known(app, ask, id).await?;
    note(app, ask, "request", json!({ "change": "withdraw", "request": id }))?;
    Ok(app.accounts.withdraw(&ask.principal, &app.lake.policies(), id, text, app.lake.now()).await?)
}

async fn review(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(sent): Form<Note>) -> Reply<Response> {
    reviewed(&app, &ask, &id, &sent.finding).await?;
    Ok(Redirect::to("/purpose").into_response())
}

async fn reviewed(app: &App, ask: &Ask, id: &str, finding: &str) -> Reply<()> {
    let (policies, now, who) = (app.lake.policies(), app.lake.now(), &ask.principal);
    let waits = app.accounts.to_review(who, &policies, now).await?.iter().any(|work| work.id == id);
    if !waits {
        // Whoever has nothing to do with it is not told that it is there.
        app.accounts.piece(who, id, now).await?;
    }
    note(app, ask, "emergency", json!({ "change": "review", "work": id }))?;
    Ok(app.accounts.review(who, &policies, id, finding, now).await?)
}

#[derive(Debug, Deserialize)]
struct Month {
    month: String,
    district: String,
}

async fn declaration(State(app): State<App>, ask: Ask, Query(of): Query<Month>, Query(picked): Query<Picked>) -> Reply<Response> {
    let found = read(&app, &ask, &of).await?;
    if picked.wanted() {
        return send_sheet(&app, &ask, &format!("declaration-{}", found.month), sheets::declaration(&found), picked).await;
    }
    let shell = ask.shell(Section::Work, ask.lang.text("declaration-title"));
    let may_make = found.made.is_none() && matches!(ask.standing, Standing::Session(_));
    let export = format!("/purpose/declaration?month={}&district={}&table=", of.month, pages::shell::encode(&of.district));
    let mut page = declaration_page(found, may_make && ask.principal.rank >= governance::Rank::Superintendent, shell);
    page.export = Some(export);
    Ok(show(page)?.into_response())
}

async fn read(app: &App, ask: &Ask, of: &Month) -> Reply<Declaration> {
    Ok(app.accounts.declaration(&ask.principal, &app.lake.policies(), &of.month, &of.district, app.lake.now()).await?)
}

fn declaration_page(found: Declaration, may_make: bool, shell: Shell) -> DeclarationPage {
    let rank = |word: &str| shell.lang.known(&format!("rank-{word}")).unwrap_or_else(|| word.to_owned());
    let lines = found.lines.into_iter().map(|l| DeclarationLine {
        requested: format!("{}, {}", l.requested_by, rank(&l.requester_rank)),
        granted: format!("{}, {}", l.granted_by, rank(&l.granter_rank)),
        at: l.decided_at,
        numbers: l.numbers as u64,
        window: format!("{} – {}", day(l.from.timestamp_micros()), day(l.to.timestamp_micros() - 1)),
        reference: l.reference,
        case: l.case,
    });
    DeclarationPage {
        lines: lines.collect(),
        month: found.month,
        district: found.district,
        district_name: found.district_name,
        refused: found.refused as u64,
        made: found.made,
        may_make,
        // On paper there is nothing to click.
        export: None,
        shell,
    }
}

async fn declaration_json(State(app): State<App>, ask: Ask, Query(of): Query<Month>) -> Reply<Json<Declaration>> {
    Ok(Json(read(&app, &ask, &of).await?))
}

async fn declare(State(app): State<App>, ask: Ask, Form(of): Form<Month>) -> Reply<Redirect> {
    declared_as_sent(&app, &ask, &of).await?;
    Ok(Redirect::to(&format!("/purpose/declaration?month={}&district={}", of.month, pages::shell::encode(&of.district))))
}

async fn declared_as_sent(app: &App, ask: &Ask, of: &Month) -> Reply<()> {
    ask.session()?;
    note(app, ask, "declaration", json!({ "month": of.month, "district": of.district }))?;
    Ok(app.accounts.declare(&ask.principal, &app.lake.policies(), &of.month, &of.district, app.lake.now()).await?)
}

/// A declaration as a printable page, in Hindi.
pub fn declared(declaration: Declaration) -> Result<String, pages::RenderError> {
    let title = Lang::Hi.text("declaration-title");
    declaration_page(declaration, false, Shell::new(Lang::Hi, Section::Work, title)).render()
}
