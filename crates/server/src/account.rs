//! One's own account: devices, tokens, password, authenticator.

use accounts::{AccountError, Scope, Signed};
use axum::Form;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use lake::At;
use pages::Section;
use pages::account::{Account, DeviceLine, Once, Password, Second, TokenLine};
use pages::shell::Crumb;
use pages::table::FieldError;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::App;
use crate::ask::Ask;
use crate::fault::{Reply, show};

/// Records a change before it is made.
pub(crate) fn note(app: &App, ask: &Ask, action: &str, what: Value) -> Reply<()> {
    Ok(app.lake.record(&ask.access(&app.lake, At::Now), action, true, what)?)
}

pub(crate) fn shell(ask: &Ask, key: &str, trail: bool) -> pages::Shell {
    let mut shell = ask.shell(Section::Elsewhere, ask.lang.text(key));
    if trail {
        shell.trail = vec![Crumb::new("/account", shell.t("account-title"))];
    }
    shell
}

/// A form that was refused, with its page.
pub(crate) fn again(page: impl pages::Template) -> Reply<Response> {
    Ok((StatusCode::UNPROCESSABLE_ENTITY, show(page)?).into_response())
}

pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    let signed = ask.session()?;
    show(fill(&app, &ask, signed, Vec::new()).await?)
}

async fn fill(app: &App, ask: &Ask, signed: &Signed, errors: Vec<FieldError>) -> Reply<Account> {
    let now = app.lake.now();
    let person = app.accounts.expect(&signed.account, now).await?;
    let devices = app.accounts.devices(&signed.account, now).await?.into_iter().map(|d| DeviceLine {
        here: d.id == signed.session,
        id: d.id,
        address: d.address,
        agent: d.agent,
        since: d.since,
        seen: d.seen,
    });
    let tokens = app.accounts.tokens(Some(&signed.account)).await?.into_iter().map(|t| TokenLine {
        live: t.revoked_at.is_none() && t.expires_at > now,
        scopes: t.scopes.iter().map(|s| ask.lang.text(&format!("scope-{}", s.as_str()))).collect::<Vec<_>>().join(", "),
        id: t.id,
        name: t.name,
        expires: t.expires_at,
        used: t.used_at,
        revoked: t.revoked_at.is_some(),
    });
    let shell = shell(ask, "account-title", false);
    Ok(Account {
        login: person.id,
        rank: shell.t(&format!("rank-{}", person.rank.as_str())),
        roles: person.roles.iter().map(|r| shell.t(&format!("trust-{}", r.as_str()))).collect(),
        unit: person.unit.unwrap_or_default(),
        recovery: app.accounts.recovery_left(&signed.account).await?,
        has_second: signed.has_second,
        has_password: signed.has_password,
        devices: devices.collect(),
        tokens: tokens.collect(),
        scopes: Scope::ALL.iter().map(|s| (s.as_str().to_owned(), shell.t(&format!("scope-{}", s.as_str())))).collect(),
        errors,
        shell,
    })
}

pub(crate) async fn password_form(ask: Ask) -> Reply {
    ask.session()?;
    show(password_page(&ask, Vec::new()))
}

fn password_page(ask: &Ask, errors: Vec<FieldError>) -> Password {
    let must = ask.session().is_ok_and(|signed| signed.duty.is_some());
    Password { must, errors, shell: shell(ask, "password-title", !must) }
}

#[derive(Deserialize)]
pub(crate) struct NewPassword {
    old: String,
    new: String,
    again: String,
}

pub(crate) async fn password(State(app): State<App>, ask: Ask, Form(sent): Form<NewPassword>) -> Reply<Response> {
    let signed = ask.session()?;
    let wrong = |field: &str, key: &str| again(password_page(&ask, vec![error(&ask, field, key)]));
    if sent.new != sent.again {
        return wrong("again", "password-differs");
    }
    note(&app, &ask, "account", json!({ "change": "own-password", "account": signed.account }))?;
    match app.accounts.change_password(&signed.account, &signed.session, &sent.old, &sent.new, app.lake.now()).await {
        Ok(()) => Ok(Redirect::to("/account").into_response()),
        Err(AccountError::Password) => wrong("old", "password-wrong"),
        Err(AccountError::Weak(weak)) => wrong("new", &format!("password-{}", weak.code())),
        Err(error) => Err(error.into()),
    }
}

fn error(ask: &Ask, field: &str, key: &str) -> FieldError {
    FieldError { field: field.into(), message: ask.lang.text(key) }
}

pub(crate) async fn second_form(State(app): State<App>, ask: Ask) -> Reply {
    show(second_page(&app, &ask, Vec::new()).await?)
}

async fn second_page(app: &App, ask: &Ask, errors: Vec<FieldError>) -> Reply<Second> {
    let signed = ask.session()?;
    let enrolment = app.accounts.enrolment(signed).await?;
    let grouped: Vec<String> = enrolment.secret.as_bytes().chunks(4).map(|c| String::from_utf8_lossy(c).into_owned()).collect();
    let must = signed.duty.is_some();
    Ok(Second {
        secret: grouped.join(" "),
        uri: enrolment.uri,
        path: enrolment.path,
        side: enrolment.side,
        ask_password: signed.has_second && signed.has_password,
        must,
        errors,
        shell: shell(ask, "second-title", !must),
    })
}

#[derive(Deserialize)]
pub(crate) struct FirstCode {
    code: String,
    #[serde(default)]
    password: String,
}

pub(crate) async fn second(State(app): State<App>, ask: Ask, Form(sent): Form<FirstCode>) -> Reply<Response> {
    let signed = ask.session()?;
    // A browser left open must not be enough to replace the telephone.
    if signed.has_second && signed.has_password && !app.accounts.confirm(&signed.account, &sent.password, app.lake.now()).await? {
        return again(second_page(&app, &ask, vec![error(&ask, "password", "password-wrong")]).await?);
    }
    note(&app, &ask, "account", json!({ "change": "second-set", "account": signed.account }))?;
    match app.accounts.enrol(signed, &sent.code, app.lake.now()).await {
        Ok(codes) => {
            let shell = shell(&ask, "recovery-title", false);
            let (lead, back_text) = (shell.t("recovery-lead"), shell.t("recovery-done"));
            Ok(show(Once { lead, items: codes, back: "/account".into(), back_text, shell })?.into_response())
        }
        Err(AccountError::Code) => again(second_page(&app, &ask, vec![error(&ask, "code", "sign-in-code")]).await?),
        Err(AccountError::NotEnrolling) => Ok(Redirect::to("/account/second").into_response()),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn end_session(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Redirect> {
    let signed = ask.session()?;
    app.accounts.end_session(&signed.account, &id).await?;
    note(&app, &ask, "sign-out", json!({ "session": id }))?;
    Ok(Redirect::to("/account"))
}

pub(crate) async fn end_others(State(app): State<App>, ask: Ask) -> Reply<Redirect> {
    let signed = ask.session()?;
    let ended = app.accounts.end_sessions(&signed.account, Some(&signed.session)).await?;
    note(&app, &ask, "sign-out", json!({ "others": ended }))?;
    Ok(Redirect::to("/account"))
}

/// What the form for a token sends; each scope is a field of its own.
#[derive(Deserialize)]
pub(crate) struct NewToken {
    name: String,
    days: String,
    lake: Option<String>,
    intake: Option<String>,
    audit: Option<String>,
}

pub(crate) async fn issue(State(app): State<App>, ask: Ask, Form(sent): Form<NewToken>) -> Reply<Response> {
    let signed = ask.session()?;
    let chosen = [(Scope::Lake, &sent.lake), (Scope::Intake, &sent.intake), (Scope::Audit, &sent.audit)];
    let scopes: Vec<Scope> = chosen.into_iter().filter(|(_, field)| field.is_some()).map(|(scope, _)| scope).collect();
    let days = sent.days.trim().parse().unwrap_or(0);
    let what = json!({ "change": "create", "account": signed.account, "name": sent.name, "scopes": scopes, "days": days });
    note(&app, &ask, "token", what)?;
    match app.accounts.issue(&signed.account, &sent.name, &scopes, days, app.lake.now()).await {
        Ok(issued) => {
            let shell = shell(&ask, "token-made", true);
            let (lead, back_text) = (shell.t("token-made-lead"), shell.t("back-account"));
            Ok(show(Once { lead, items: vec![issued.text], back: "/account".into(), back_text, shell })?.into_response())
        }
        Err(AccountError::TokenName) => again(fill(&app, &ask, signed, vec![error(&ask, "name", "token-name-wrong")]).await?),
        Err(AccountError::TokenTerms) => again(fill(&app, &ask, signed, vec![error(&ask, "days", "token-terms-wrong")]).await?),
        Err(error) => Err(error.into()),
    }
}

pub(crate) async fn revoke(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Redirect> {
    let signed = ask.session()?;
    app.accounts.revoke(&signed.account, &id, app.lake.now()).await?;
    note(&app, &ask, "token", json!({ "change": "revoke", "account": signed.account, "token": id }))?;
    Ok(Redirect::to("/account"))
}
