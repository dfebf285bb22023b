//! What a request says about the asker, settled once: language, form token, where on the site.

use std::convert::Infallible;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governance::{Context, Principal};
use lake::{Access, At, Lake};
use model::Purpose;
use pages::{Lang, Section, Shell};
use uuid::Uuid;

use crate::fault::HttpError;

const LANG: &str = "sarovar_lang";
const TOKEN: &str = "sarovar_token";
const YEAR: u32 = 31_536_000;

/// The asker of a request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub lang: Lang,
    /// Path and query.
    pub path: String,
    /// Token that forms carry back; also in a cookie no other site can read.
    pub token: String,
    /// Whether the answer should be JSON.
    pub json: bool,
    pub principal: Principal,
}

impl Ask {
    fn read(request: &Request) -> (Ask, Vec<String>) {
        let headers = request.headers();
        let query = request.uri().query().unwrap_or_default();
        let chosen = query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Lang::from_tag);
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(Lang::from_accept);
        let lang = chosen.or_else(|| cookie(headers, LANG).and_then(|tag| Lang::from_tag(&tag))).or(accepted).unwrap_or_default();
        let mut cookies = Vec::new();
        if chosen.is_some() {
            cookies.push(format!("{LANG}={}; Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly", lang.tag()));
        }
        let token = cookie(headers, TOKEN).filter(|token| token.len() == 32).unwrap_or_else(|| {
            let token = Uuid::new_v4().simple().to_string();
            cookies.push(format!("{TOKEN}={token}; Path=/; SameSite=Strict; HttpOnly"));
            token
        });
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let path = request.uri().path();
        let json = path.starts_with("/api/") || (accept.contains("application/json") && !accept.contains("text/html"));
        let path = request.uri().path_and_query().map_or(path, |whole| whole.as_str()).to_owned();
        (Ask { lang, path, token, json, principal: Principal::operator() }, cookies)
    }

    /// The frame of a page.
    pub fn shell(&self, section: Section, title: impl Into<String>) -> Shell {
        let mut shell = Shell::new(self.lang, section, title);
        shell.path.clone_from(&self.path);
        shell.token.clone_from(&self.token);
        shell.who = match self.lang {
            Lang::Hi if self.principal.id == "operator" => "संचालक".to_owned(),
            _ => self.principal.name.clone(),
        };
        shell.purpose = Purpose::Operation;
        shell
    }

    /// Who asks and why, for a governed session.
    pub fn access(&self, lake: &Lake, at: At) -> Access {
        Access {
            principal: self.principal.clone(),
            context: Context { purpose: Some(Purpose::Operation), case: None, authority: None, now: lake.now() },
            at,
        }
    }

    /// One of two texts, by language.
    pub fn pick<'a>(&self, hi: &'a str, en: &'a str) -> &'a str {
        match self.lang {
            Lang::Hi if !hi.is_empty() => hi,
            _ => en,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Ask {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Ask, Infallible> {
        // `settle` runs around every route, so the extension is there.
        Ok(parts.extensions.get::<Ask>().cloned().unwrap_or_else(|| Ask::read(&Request::default()).0))
    }
}

/// Settles the asker before a request, and turns an error into its page after it.
pub(crate) async fn settle(mut request: Request, next: Next) -> Response {
    let (ask, cookies) = Ask::read(&request);
    request.extensions_mut().insert(ask.clone());
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<HttpError>() {
        response = error.render(&ask).into_response();
    }
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';')).find_map(
        |pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| value.to_owned())
        },
    )
}
