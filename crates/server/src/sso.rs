//! Single sign-on: to the provider, back from it, and its word that somebody left.

use accounts::SignInError;
use accounts::oidc::{LogoutError, Provider};
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use governance::Principal;
use lake::At;
use serde::Deserialize;
use serde_json::json;

use crate::App;
use crate::ask::{Ask, cookie};
use crate::fault::{HttpError, Reply};
use crate::signin::{Next, enter, landing, often, set, turned_away};

fn provider(app: &App) -> Reply<&Provider> {
    app.site.provider().ok_or(HttpError::NotFound)
}

/// To the provider.
pub(crate) async fn begin(State(app): State<App>, ask: Ask, Query(next): Query<Next>) -> Reply<Response> {
    often(&app, &ask)?;
    let provider = provider(&app)?;
    if !app.accounts.in_use().await? {
        return Err(HttpError::NoAccounts);
    }
    match app.accounts.sso_begin(provider, landing(&next.next), app.lake.now()).await {
        Ok(begun) => {
            let flow = set(app.site.flow_cookie(), &begun.secret, &app, Some(600));
            Ok((AppendHeaders([(header::SET_COOKIE, flow)]), Redirect::to(&begun.url)).into_response())
        }
        Err(error) => refused(&app, &ask, &error),
    }
}

/// What the provider sends back by the browser.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Back {
    state: String,
    code: String,
}

/// Back from the provider.
pub(crate) async fn back(State(app): State<App>, ask: Ask, headers: HeaderMap, Query(back): Query<Back>) -> Reply<Response> {
    often(&app, &ask)?;
    let provider = provider(&app)?;
    let secret = cookie(&headers, app.site.flow_cookie()).unwrap_or_default();
    let outcome = app.accounts.sso_end(provider, &back.state, &back.code, &secret, &ask.whence, app.lake.now()).await;
    match outcome {
        Ok((opened, next)) => enter(&app, &ask, &headers, opened, "sso", &next).await,
        Err(error) => refused(&app, &ask, &error),
    }
}

fn refused(app: &App, ask: &Ask, error: &SignInError) -> Reply<Response> {
    if let SignInError::Provider(why) = error {
        tracing::warn!(why, "single sign-on failed");
    }
    turned_away(app, ask, "sso", "", "/", error)
}

/// What the provider sends when somebody left.
#[derive(Deserialize)]
pub(crate) struct Left {
    logout_token: String,
}

/// From the provider itself, not from a browser: the token's signature is the proof.
pub(crate) async fn logout(State(app): State<App>, ask: Ask, Form(left): Form<Left>) -> Reply<Response> {
    often(&app, &ask)?;
    let provider = provider(&app)?;
    match app.accounts.sso_logout(provider, &left.logout_token, app.lake.now()).await {
        Ok(ended) => {
            let mut access = ask.access(&app.lake, At::Now);
            access.principal = Principal { id: "sso".into(), ..access.principal };
            app.lake.record(&access, "sign-out", true, json!({ "way": "back-channel", "sessions": ended }))?;
            Ok(StatusCode::OK.into_response())
        }
        Err(LogoutError::Account(error)) => Err(error.into()),
        Err(LogoutError::Refused(why)) => {
            tracing::warn!(why, "a logout token was refused");
            Ok((StatusCode::BAD_REQUEST, axum::Json(json!({ "error": "invalid_request" }))).into_response())
        }
    }
}
