//! Signing in and out.

use std::time::Instant;

use accounts::{Opened, SignInError, Step};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use governance::Principal;
use lake::At;
use pages::Section;
use pages::account::{Code, SignIn};
use pages::shell::encode;
use serde::Deserialize;
use serde_json::json;

use crate::App;
use crate::ask::{Ask, Standing, cookie};
use crate::fault::{HttpError, Reply, show};
use crate::limit;

/// Where to go after signing in.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Next {
    pub next: String,
}

/// The sign-in page that leads on to `path`.
pub(crate) fn address(path: &str) -> String {
    match landing(path) {
        "/" => "/sign-in".to_owned(),
        path => format!("/sign-in?next={}", encode(path)),
    }
}

/// An address of this site, or its first page: nobody is sent elsewhere from here.
pub(crate) fn landing(next: &str) -> &str {
    let own = next.starts_with('/')
        && !next.starts_with("//")
        && next.len() <= 500
        && !next.contains(['\\', '\t', '\n', '\r'])
        && next.chars().all(|c| c.is_ascii_graphic())
        && !next.starts_with("/sign-");
    if own { next } else { "/" }
}

fn fill(app: &App, ask: &Ask, next: &str, login: &str, message: Option<String>) -> SignIn {
    let shell = ask.shell(Section::Elsewhere, ask.lang.text("sign-in-title"));
    SignIn { next: landing(next).to_owned(), login: login.to_owned(), sso: app.site.provider().is_some(), message, shell }
}

pub(crate) async fn form(State(app): State<App>, ask: Ask, Query(next): Query<Next>) -> Reply<Response> {
    let open = !matches!(ask.standing, Standing::Stranger) || !app.accounts.in_use().await?;
    if open {
        return Ok(Redirect::to(landing(&next.next)).into_response());
    }
    Ok(show(fill(&app, &ask, &next.next, "", None))?.into_response())
}

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Sent {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

pub(crate) async fn send(State(app): State<App>, ask: Ask, headers: HeaderMap, Form(sent): Form<Sent>) -> Reply<Response> {
    often(&app, &ask)?;
    let now = app.lake.now();
    let login = sent.login.trim();
    let outcome = app.accounts.sign_in(login, &sent.password, &ask.whence, now).await;
    let error = match outcome {
        Ok(Step::In(opened)) => return enter(&app, &ask, &headers, opened, "password", &sent.next).await,
        Ok(Step::Second(opened)) => {
            let onward = format!("/sign-in/code?next={}", encode(landing(&sent.next)));
            let second = set(app.site.second_cookie(), &opened.secret, &app, Some(300));
            return Ok((AppendHeaders([(header::SET_COOKIE, second)]), Redirect::to(&onward)).into_response());
        }
        Err(SignInError::Account(error)) => return Err(error.into()),
        Err(error) => error,
    };
    turned_away(&app, &ask, "password", login, &sent.next, &error)
}

/// The sign-in page with the reason, after the refusal was logged.
pub(crate) fn turned_away(app: &App, ask: &Ask, way: &str, login: &str, next: &str, error: &SignInError) -> Reply<Response> {
    // What was typed is in the log as a mark only: it may be a password in the wrong field.
    let mark = app.lake.audit().mark(login);
    let what = json!({ "way": way, "login": mark, "why": reason(error), "address": ask.whence.address });
    app.lake.record(&ask.access(&app.lake, At::Now), "sign-in", false, what)?;
    let page = show(fill(app, ask, next, login, Some(words(ask, error))))?;
    Ok(refused(error, page))
}

/// The page for the second factor.
pub(crate) async fn code_form(State(app): State<App>, ask: Ask, headers: HeaderMap, Query(next): Query<Next>) -> Reply<Response> {
    if waiting(&app, &headers).await?.is_none() {
        return Ok(Redirect::to(&address(landing(&next.next))).into_response());
    }
    Ok(show(code_page(&ask, &next.next, None))?.into_response())
}

fn code_page(ask: &Ask, next: &str, message: Option<String>) -> Code {
    let shell = ask.shell(Section::Elsewhere, ask.lang.text("code-title"));
    Code { next: landing(next).to_owned(), message, shell }
}

async fn waiting(app: &App, headers: &HeaderMap) -> Reply<Option<(String, String)>> {
    let Some(secret) = cookie(headers, app.site.second_cookie()) else { return Ok(None) };
    match app.accounts.waiting(&secret, app.lake.now()).await {
        Ok(account) => Ok(account.map(|account| (secret, account))),
        Err(error) => Err(HttpError::Failed(error.to_string())),
    }
}

#[derive(Deserialize)]
pub(crate) struct SentCode {
    code: String,
    #[serde(default)]
    next: String,
}

pub(crate) async fn code(State(app): State<App>, ask: Ask, headers: HeaderMap, Form(sent): Form<SentCode>) -> Reply<Response> {
    often(&app, &ask)?;
    let Some((secret, account)) = waiting(&app, &headers).await? else {
        return Ok(Redirect::to(&address(landing(&sent.next))).into_response());
    };
    let error = match app.accounts.second(&secret, sent.code.trim(), &ask.whence, app.lake.now()).await {
        Ok(opened) => return enter(&app, &ask, &headers, opened, "password+code", &sent.next).await,
        Err(SignInError::Account(error)) => return Err(error.into()),
        Err(error) => error,
    };
    let mut access = ask.access(&app.lake, At::Now);
    access.principal.id = account;
    let what = json!({ "way": "code", "why": reason(&error), "address": ask.whence.address });
    app.lake.record(&access, "sign-in", false, what)?;
    let page = show(code_page(&ask, &sent.next, Some(words(&ask, &error))))?;
    Ok(refused(&error, page))
}

/// Signed in: the old session of this browser ends, the new one is logged before its cookie leaves.
pub(crate) async fn enter(app: &App, ask: &Ask, headers: &HeaderMap, opened: Opened, way: &str, next: &str) -> Reply<Response> {
    let now = app.lake.now();
    let mut access = ask.access(&app.lake, At::Now);
    access.principal = Principal { id: opened.account.clone(), ..access.principal };
    let what = json!({ "way": way, "session": opened.session, "address": ask.whence.address });
    if let Err(error) = app.lake.record(&access, "sign-in", true, what) {
        app.accounts.end_session(&opened.account, &opened.session).await?;
        return Err(error.into());
    }
    if let Some(old) = cookie(headers, app.site.session_cookie()) {
        app.accounts.sign_out(&old, now).await?;
    }
    if let Err(error) = app.accounts.sweep(now).await {
        tracing::warn!(%error, "ended sessions were not swept");
    }
    let cookies = AppendHeaders([
        (header::SET_COOKIE, set(app.site.session_cookie(), &opened.secret, app, None)),
        (header::SET_COOKIE, set(app.site.second_cookie(), "", app, Some(0))),
    ]);
    Ok((cookies, Redirect::to(landing(next))).into_response())
}

/// Ends the session of this browser.
pub(crate) async fn out(State(app): State<App>, ask: Ask, headers: HeaderMap) -> Reply<Response> {
    let signed = ask.session()?;
    app.lake.record(&ask.access(&app.lake, At::Now), "sign-out", true, json!({ "session": signed.session }))?;
    if let Some(secret) = cookie(&headers, app.site.session_cookie()) {
        app.accounts.sign_out(&secret, app.lake.now()).await?;
    }
    let gone = AppendHeaders([(header::SET_COOKIE, set(app.site.session_cookie(), "", &app, Some(0)))]);
    Ok((gone, Redirect::to("/sign-in")).into_response())
}

/// A cookie no script reads; without `seconds` it ends with the browser.
pub(crate) fn set(name: &str, value: &str, app: &App, seconds: Option<u32>) -> String {
    let age = seconds.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
    format!("{name}={value}; Path=/; SameSite=Lax; HttpOnly{}{age}", app.site.secure_word())
}

pub(crate) fn often(app: &App, ask: &Ask) -> Reply<()> {
    let key = format!("sign-in {}", ask.whence.address);
    app.limits.take(&key, limit::SIGN_IN, Instant::now()).map_err(|seconds| HttpError::TooOften { seconds })
}

fn reason(error: &SignInError) -> &'static str {
    match error {
        SignInError::Wait { .. } => "wait",
        SignInError::Code => "code",
        SignInError::Over => "over",
        SignInError::Stranger => "stranger",
        SignInError::Provider(_) => "provider",
        SignInError::Wrong | SignInError::Account(_) => "wrong",
    }
}

fn words(ask: &Ask, error: &SignInError) -> String {
    match error {
        SignInError::Wait { seconds } => ask.lang.count("sign-in-wait", *seconds),
        error => ask.lang.text(&format!("sign-in-{}", reason(error))),
    }
}

fn refused(error: &SignInError, page: impl IntoResponse) -> Response {
    match error {
        SignInError::Wait { seconds } => {
            (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())], page).into_response()
        }
        _ => (StatusCode::UNAUTHORIZED, page).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::{address, landing};

    #[test]
    fn nobody_is_sent_to_another_site() {
        for own in ["/", "/person/cctns%3AP1?x=1", "/search?q=https://evil"] {
            assert_eq!(landing(own), own);
        }
        for evil in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\\\evil",
            "javascript:alert(1)",
            "/a\r\nSet-Cookie: x=1",
            "/\t/evil.example",
            "",
            "evil",
            "/sign-in?next=/",
            "/sign-out",
        ] {
            assert_eq!(landing(evil), "/", "{evil:?}");
        }
        assert_eq!(landing(&format!("/{}", "a".repeat(600))), "/");
        assert_eq!(address("/search?q=a b"), "/sign-in");
        assert_eq!(address("/search?q=a"), "/sign-in?next=%2Fsearch%3Fq%3Da");
    }
}
