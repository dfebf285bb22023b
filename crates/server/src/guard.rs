//! What protects every page: response headers, and the proof that a change was asked for from our own page.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::App;
use crate::ask::{Ask, Standing};
use crate::fault::HttpError;

/// Nothing loads but our own files, nothing frames us, forms go nowhere else. No nonce is needed: no page has inline code.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Forms of this site are small; files go by other ways.
const FORM_LIMIT: usize = 1 << 20;

/// Headers every response carries.
pub(crate) async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let site = app.site.clone();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let fixed = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if site.secure() {
        headers.insert("strict-transport-security", HeaderValue::from_static("max-age=31536000"));
    }
    // Pages show personal data: no cache keeps them. Assets say otherwise themselves.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Lets a change through only from our own pages: same origin by the browser's word, and the form's token.
///
/// A program that talks JSON to `/api/` sends no token: another site cannot send JSON here without a preflight, which
/// no route answers.
pub(crate) async fn origin(ask: Ask, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return next.run(request).await;
    }
    // No other site can make a browser send our token in a header; the provider of single sign-on proves itself by a signature.
    if matches!(ask.standing, Standing::Token(_)) || request.uri().path() == "/sign-in/sso/logout" {
        return next.run(request).await;
    }
    let headers = request.headers();
    if !same_site(headers) {
        return HttpError::Forged.into_response();
    }
    let kind = text(headers, "content-type").to_owned();
    if request.uri().path().starts_with("/api/")
        && (kind.starts_with("application/json") || kind.starts_with("application/x-ndjson"))
    {
        return next.run(request).await;
    }
    let query = request.uri().query().unwrap_or_default();
    let stated = text(headers, "x-form-token") == ask.token || field(query.as_bytes(), "token").as_deref() == Some(&ask.token);
    if stated {
        return next.run(request).await;
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return HttpError::Forged.into_response();
    }
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, FORM_LIMIT).await else {
        return HttpError::TooLarge { limit: FORM_LIMIT as u64 }.into_response();
    };
    if field(&bytes, "token").as_deref() != Some(&ask.token) {
        return HttpError::Forged.into_response();
    }
    next.run(Request::from_parts(parts, Body::from(bytes))).await
}

fn same_site(headers: &HeaderMap) -> bool {
    match text(headers, "sec-fetch-site") {
        "same-origin" | "none" => true,
        "" => match text(headers, "origin").split_once("://") {
            Some((_, host)) => host == text(headers, "host"),
            None => text(headers, "origin").is_empty(),
        },
        _ => false,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// A field of a URL-encoded form whose value needs no decoding, as our token does.
fn field(form: &[u8], name: &str) -> Option<String> {
    std::str::from_utf8(form)
        .ok()?
        .split('&')
        .find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{field, same_site};

    fn with(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn another_site_is_told_apart() {
        assert!(same_site(&with(&[("sec-fetch-site", "same-origin")])));
        assert!(!same_site(&with(&[("sec-fetch-site", "cross-site")])));
        assert!(same_site(&with(&[("origin", "http://lake:8080"), ("host", "lake:8080")])));
        assert!(!same_site(&with(&[("origin", "http://evil"), ("host", "lake:8080")])));
        assert!(!same_site(&with(&[("origin", "null"), ("host", "lake:8080")])));
        assert!(same_site(&with(&[])));
    }

    #[test]
    fn the_token_is_found_in_a_form() {
        assert_eq!(field(b"sql=SELECT+1&token=abc", "token").as_deref(), Some("abc"));
        assert_eq!(field(b"xtoken=abc", "token"), None);
    }
}
