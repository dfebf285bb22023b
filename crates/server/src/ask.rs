//! What a request says about the asker, settled once: language, form token, where on the site.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::time::Instant;

use accounts::{Scope, Signed, TokenError, Whence};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governance::{Context, Policies, Principal};
use lake::{Access, At, Lake};
use model::Purpose;
use pages::{Lang, Section, Shell};
use uuid::Uuid;

use crate::fault::{HttpError, unread};
use crate::site::Site;
use crate::{App, door, limit};

const LANG: &str = "sarovar_lang";
const TOKEN: &str = "sarovar_token";
/// Header in which a program names its piece of work.
const WORK: &str = "sarovar-work";
const YEAR: u32 = 31_536_000;

/// What the asker stands on.
#[derive(Clone, Debug)]
pub(crate) enum Standing {
    /// The one operator of a lake without accounts.
    Local,
    /// Not signed in.
    Stranger,
    Session(Box<Signed>),
    /// A program, with the scopes of its token.
    Token(Vec<Scope>),
}

/// The asker of a request.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub lang: Lang,
    /// Whether the asker said so: nobody's program is answered in a language it did not ask for.
    said: bool,
    /// Whose rules are told in their own Hindi.
    policies: Option<Policies>,
    /// Path and query.
    pub path: String,
    /// Whether the address may be opened again.
    pub get: bool,
    /// Token that forms carry back; also in a cookie no other site can read.
    pub token: String,
    /// Whether the answer should be JSON.
    pub json: bool,
    pub principal: Principal,
    pub standing: Standing,
    /// Where the request comes from.
    pub whence: Whence,
}

pub(crate) fn owner(principal: &Principal) -> String {
    match &principal.work {
        Some(work) => format!("{} {}", principal.id, work.id),
        None => principal.id.clone(),
    }
}

/// Nobody: no role, so nothing is open.
fn stranger() -> Principal {
    Principal { id: "unknown".into(), name: String::new(), roles: Vec::new(), ..Principal::operator() }
}

impl Ask {
    fn read(request: &Request, site: &Site) -> (Ask, Vec<String>) {
        let headers = request.headers();
        let query = request.uri().query().unwrap_or_default();
        let chosen = query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Lang::from_tag);
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).and_then(Lang::from_accept);
        let asked = chosen.or_else(|| cookie(headers, LANG).and_then(|tag| Lang::from_tag(&tag))).or(accepted);
        let lang = asked.unwrap_or_default();
        let mut cookies = Vec::new();
        if chosen.is_some() {
            cookies.push(format!("{LANG}={}; Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly{}", lang.tag(), site.secure_word()));
        }
        let token = cookie(headers, TOKEN).filter(|token| token.len() == 32).unwrap_or_else(|| {
            let token = Uuid::new_v4().simple().to_string();
            cookies.push(format!("{TOKEN}={token}; Path=/; SameSite=Strict; HttpOnly{}", site.secure_word()));
            token
        });
        let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let path = request.uri().path();
        let json = path.starts_with("/api/") || (accept.contains("application/json") && !accept.contains("text/html"));
        let path = request.uri().path_and_query().map_or(path, |whole| whole.as_str()).to_owned();
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let whence = Whence { address: address(peer, headers, site), agent };
        let get = request.method() == Method::GET;
        let (principal, standing) = (stranger(), Standing::Stranger);
        (Ask { lang, said: asked.is_some(), policies: None, path, get, token, json, principal, standing, whence }, cookies)
    }

    /// Finds out who it is.
    async fn identify(&mut self, app: &App, headers: &HeaderMap) -> Result<(), HttpError> {
        self.policies = Some(app.lake.policies());
        if !app.accounts.in_use().await? {
            (self.principal, self.standing) = (Principal::operator(), Standing::Local);
            return Ok(());
        }
        let now = app.lake.now();
        if let Some(bearer) = headers.get(header::AUTHORIZATION) {
            // Whoever shows a token is its owner or nobody, whatever cookies come along.
            let text = bearer.to_str().ok().and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
            let bearer = app.accounts.bearer(text.trim(), now).await.map_err(|error| match error {
                TokenError::Account(error) => HttpError::Failed(error.to_string()),
                error => HttpError::Token(error.to_string()),
            })?;
            app.limits.take(&bearer.token, limit::TOKEN, Instant::now()).map_err(|seconds| HttpError::TooOften { seconds })?;
            if let Some(principal) = app.accounts.principal(&bearer.account, now).await? {
                // A program says with each request which piece of work it is for.
                let work = headers.get(WORK).and_then(|value| value.to_str().ok()).map(str::trim).filter(|id| !id.is_empty());
                let principal = match work {
                    Some(id) => app.accounts.with_work(principal, id, now).await?,
                    None => principal,
                };
                (self.principal, self.standing) = (principal, Standing::Token(bearer.scopes));
            }
            return Ok(());
        }
        let Some(secret) = cookie(headers, app.site.session_cookie()) else { return Ok(()) };
        let Some(signed) = app.accounts.signed(&secret, now).await? else { return Ok(()) };
        if let Some(provider) = app.site.provider()
            && !app.accounts.sso_renew(provider, &signed, now).await?
        {
            return Ok(());
        }
        if let Some(principal) = app.accounts.principal(&signed.account, now).await? {
            self.token = accounts::form_token(&secret);
            let principal = app.accounts.at_work(&signed.session, principal, now).await?;
            (self.principal, self.standing) = (principal, Standing::Session(Box::new(signed)));
        }
        Ok(())
    }

    /// The session of whoever is signed in.
    pub fn session(&self) -> Result<&Signed, HttpError> {
        match &self.standing {
            Standing::Session(signed) => Ok(signed),
            Standing::Local => Err(HttpError::NoAccounts),
            _ => Err(HttpError::SignIn),
        }
    }

    /// A person with a session, or the machine's operator; no program with a token.
    pub fn by_hand(&self) -> Result<(), HttpError> {
        if matches!(self.standing, Standing::Local) { Ok(()) } else { self.session().map(|_| ()) }
    }

    /// The frame of a page.
    pub fn shell(&self, section: Section, title: impl Into<String>) -> Shell {
        let mut shell = Shell::new(self.lang, section, title);
        shell.path.clone_from(&self.path);
        shell.token.clone_from(&self.token);
        shell.who = match (&self.standing, self.lang) {
            (Standing::Session(signed), Lang::Hi) => signed.name_hi.clone(),
            (_, Lang::Hi) if self.principal.id == accounts::OPERATOR => "संचालक".to_owned(),
            _ => self.principal.name.clone(),
        };
        shell.signed_in = matches!(self.standing, Standing::Session(_));
        let busy = matches!(&self.standing, Standing::Session(signed) if signed.duty.is_some());
        shell.open = if busy { Vec::new() } else { door::sections(&self.principal) };
        shell.purpose = Purpose::Operation;
        shell.accounts = !matches!(self.standing, Standing::Local | Standing::Stranger);
        if let Some(work) = &self.principal.work {
            shell.purpose = work.purpose;
            shell.reference = Some(work.reference.clone());
            shell.standing = work.standing_at(chrono::Utc::now()).as_str().to_owned();
            shell.emergency = work.emergency;
        }
        shell
    }

    /// Who asks and why, for a governed session.
    pub fn access(&self, lake: &Lake, at: At) -> Access {
        let now = lake.now();
        let (purpose, case, authority) = match &self.principal.work {
            Some(work) => {
                let references: Vec<&str> = work.authorities_at(now).map(|a| a.reference.as_str()).collect();
                (work.purpose, Some(work.reference.clone()), Some(references.join(", ")).filter(|text| !text.is_empty()))
            }
            None => (Purpose::Operation, None, None),
        };
        let purpose = Some(purpose).filter(|_| self.principal.work.is_some() || matches!(self.standing, Standing::Local));
        Access { principal: self.principal.clone(), context: Context { purpose, case, authority, now }, at }
    }

    /// What answers kept on the server belong to: the person and the piece of work they were read for.
    pub fn owner(&self) -> String {
        owner(&self.principal)
    }

    /// Why something was refused, in the asker's language.
    pub fn refusal(&self, why: &str) -> String {
        let lang = if self.json && !self.said { Lang::En } else { self.lang };
        crate::refusal(lang, why, self.policies.as_ref())
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
        Ok(parts.extensions.get::<Ask>().cloned().unwrap_or_else(|| Ask::read(&Request::default(), &Site::default()).0))
    }
}

/// Settles the asker before a request, and turns an error into its page after it.
pub(crate) async fn settle(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let (mut ask, cookies) = Ask::read(&request, &app.site);
    let partial = request.headers().contains_key("hx-request");
    let mut response = match ask.identify(&app, request.headers()).await {
        Ok(()) => {
            request.extensions_mut().insert(ask.clone());
            unread(next.run(request).await).await
        }
        Err(error) => error.into_response(),
    };
    if let Some(error) = response.extensions_mut().remove::<HttpError>() {
        let allow = response.headers_mut().remove(header::ALLOW);
        response = error.render(&ask).into_response();
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        if partial {
            // An error's page has no part of the name that was asked for: its words are put into the place of that part.
            response.headers_mut().insert("hx-reselect", HeaderValue::from_static(".fault"));
            response.headers_mut().insert("hx-reswap", HeaderValue::from_static("innerHTML"));
        }
        if partial && matches!(error, HttpError::SignIn) {
            // A part of a page cannot be replaced by the sign-in; the whole page goes there.
            response.headers_mut().insert("hx-redirect", HeaderValue::from_static("/sign-in"));
        }
    }
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}

/// The address a request comes from. Behind a proxy on this machine it is what the proxy says: the last address in
/// `X-Forwarded-For`, the only one that the proxy itself wrote.
fn address(peer: Option<IpAddr>, headers: &HeaderMap, site: &Site) -> String {
    let forwarded =
        || headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?.rsplit(',').next()?.trim().parse().ok();
    let found: Option<IpAddr> = match peer {
        Some(peer) if peer.is_loopback() && site.behind_proxy() => forwarded().or(Some(peer)),
        peer => peer,
    };
    found.map_or_else(|| "local".to_owned(), |ip| ip.to_string())
}

pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|text| text.split(';')).find_map(
        |pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| value.to_owned())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_proxy_is_believed() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("192.0.2.1, 198.51.100.7"));
        let (here, there) = (Some("127.0.0.1".parse().unwrap()), Some("203.0.113.9".parse().unwrap()));
        let proxied = Site::at(Some("https://lake.example.org"), true).unwrap();
        assert_eq!(address(here, &headers, &proxied), "198.51.100.7");
        assert_eq!(address(there, &headers, &proxied), "203.0.113.9");
        assert_eq!(address(here, &headers, &Site::default()), "127.0.0.1");
        assert_eq!(address(None, &headers, &proxied), "local");
    }
}
