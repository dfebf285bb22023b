//! The public portal: another router at its own address. It reads only what is published, sets no cookie, and lets caches keep its
//! pages. Networks call it too (webhooks), and fetch pictures from it under signed links.

mod about;
mod feed;
mod form;
mod hook;
mod intake;
mod page;

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{DefaultBodyLimit, Path, Query, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use lake::Lake;
use pages::portal::{Choice, Door, Lost};
use pages::{Lang, Template};
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use social::Desk;
use social::link::Links;
use store::Store;
use tokio::net::TcpListener;
use tower_http::compression::CompressionLayer;

pub use intake::hand_over;

use crate::assets;
use crate::limit::Limits;

/// Nothing loads but our own style and pictures; nothing runs.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// How long a cache may keep a page, in seconds.
const KEEP: &str = "public, max-age=60";
/// Largest body of a form or a network's call.
const BODY: usize = 1 << 20;

/// What the portal needs to know beside the store.
#[derive(Clone, Default)]
pub struct Settings {
    /// Its public address, without a slash at the end.
    pub base: String,
    /// Makes links and tickets; any secret.
    pub key: Vec<u8>,
    /// Secret of the application at X, which signs its calls.
    pub x_secret: String,
    /// Secret of the application at Meta, and the word of its challenge.
    pub meta_secret: String,
    pub meta_word: String,
}

#[derive(Clone)]
pub(crate) struct Portal {
    pub lake: Lake,
    pub settings: Arc<Settings>,
    pub links: Links,
    /// When each address wrote lately; kept in memory only, and only as a keyed digest.
    pub writers: Arc<Mutex<HashMap<String, Vec<Instant>>>>,
    /// How many calls of networks were taken lately.
    pub hooks: Arc<Limits>,
}

impl Portal {
    fn store(&self) -> &Store {
        self.lake.store()
    }

    fn desk(&self) -> Desk {
        Desk::new(self.store().clone())
    }

    fn door(&self, lang: Lang, path: &str, key: &str) -> Door {
        Door {
            lang,
            title: lang.text(key),
            description: lang.text("portal-lead"),
            path: path.to_owned(),
            base: self.settings.base.clone(),
            data: String::new(),
            updated: None,
        }
    }

    async fn units(&self, lang: Lang, chosen: &str) -> Result<Vec<Choice>, Wrong> {
        let all = self.store().units().await?;
        let choice = |u: store::social::Unit| Choice {
            text: if lang == Lang::Hi { u.name_hi } else { u.name_en },
            chosen: u.code == chosen,
            value: u.code,
        };
        Ok(all.into_iter().map(choice).collect())
    }
}

/// The whole surface of the portal.
pub fn routes(lake: Lake, settings: Settings) -> Router {
    let links = Links::new(&settings.base, &settings.key);
    let portal = Portal { lake, links, settings: Arc::new(settings), writers: Arc::default(), hooks: Arc::default() };
    Router::new()
        .route("/", get(page::front))
        .route("/{lang}/", get(page::home))
        .route("/{lang}/latest", get(page::latest))
        .route("/{lang}/achievements", get(page::achievements))
        .route("/{lang}/corrections", get(page::corrections))
        .route("/{lang}/post/{id}", get(page::one))
        .route("/{lang}/law", get(page::law))
        .route("/{lang}/rules", get(about::rules))
        .route("/{lang}/privacy", get(about::privacy))
        .route("/{lang}/copyright", get(about::copyright))
        .route("/{lang}/accessibility", get(about::accessibility))
        .route("/{lang}/terms", get(about::terms))
        .route("/{lang}/contact", get(about::contact))
        .route("/{lang}/sitemap", get(about::sitemap))
        .route("/picture/{post}/{sha}", get(about::shown))
        .route("/{lang}/campaigns", get(page::campaigns))
        .route("/{lang}/campaign/{id}", get(page::one_campaign))
        .route("/{lang}/stations", get(page::stations))
        .route("/{lang}/tip", get(form::tip).post(form::take_tip))
        .route("/{lang}/feedback", get(form::feedback).post(form::take_feedback))
        .route("/{lang}/feed.rss", get(feed::rss))
        .route("/{lang}/feed.atom", get(feed::atom))
        .route("/{lang}/feed.json", get(feed::json))
        .route("/sitemap.xml", get(feed::sitemap))
        .route("/robots.txt", get(feed::robots))
        .route("/handles.json", get(feed::handles))
        .route("/media/{sha}", get(media))
        .route("/s/{code}", get(short))
        .route("/hooks/x", get(hook::x_challenge).post(hook::x))
        .route("/hooks/meta", get(hook::meta_challenge).post(hook::meta))
        .route("/assets/{file}", get(assets::file))
        .route("/healthz", get(health))
        .route("/{lang}", post(unknown).get(page::without_slash))
        .fallback(unknown)
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn(headers))
        .layer(CompressionLayer::new())
        .with_state(portal)
}

/// A failure when the store does not answer, or a due post is late.
async fn health(State(p): State<Portal>) -> (StatusCode, &'static str) {
    match social::outbox::late(p.store(), p.lake.now().timestamp_micros()).await {
        Ok(late) if late <= social::outbox::LATE => (StatusCode::OK, "ok"),
        Ok(_) => (StatusCode::SERVICE_UNAVAILABLE, "a due post is late"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer"),
    }
}

/// Serves the portal on `listener` until `shutdown` is ready.
pub async fn serve(
    lake: Lake,
    settings: Settings,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = routes(lake, settings).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown).await
}

/// What can go wrong for the public: it is not there, or we failed.
pub(crate) enum Wrong {
    Missing,
    Failed(String),
}

impl<E: std::error::Error> From<E> for Wrong {
    fn from(error: E) -> Wrong {
        Wrong::Failed(error.to_string())
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        match self {
            Wrong::Missing => lost(Lang::Hi, StatusCode::NOT_FOUND),
            Wrong::Failed(message) => {
                tracing::error!(why = %message, "the portal failed");
                lost(Lang::Hi, StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

fn lost(lang: Lang, status: StatusCode) -> Response {
    let door = Door {
        lang,
        title: lang.text("portal-lost"),
        description: lang.text("portal-lost-text"),
        path: String::new(),
        base: String::new(),
        data: String::new(),
        updated: None,
    };
    let text = lang.text("portal-lost-text");
    let page = Lost { door, text }.render().unwrap_or_default();
    (status, axum::response::Html(page)).into_response()
}

async fn unknown(request: Request) -> Response {
    let tag = request.uri().path().split('/').nth(1).unwrap_or_default();
    lost(Lang::from_tag(tag).unwrap_or_default(), StatusCode::NOT_FOUND)
}

/// A page for caches: it may be kept for a minute, and asked for again by its digest.
fn kept(page: impl Template) -> Result<Response, Wrong> {
    keep("text/html; charset=utf-8", page.render()?)
}

fn keep(kind: &'static str, body: String) -> Result<Response, Wrong> {
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(KEEP));
    Ok(response)
}

/// The language of an address; others are not there.
fn lang(tag: &str) -> Result<Lang, Wrong> {
    Lang::ALL.into_iter().find(|l| l.tag() == tag).ok_or(Wrong::Missing)
}

async fn headers(request: Request, next: Next) -> Response {
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let mut response = next.run(request).await;
    let fixed = [
        ("content-security-policy", POLICY),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        // Pictures of the public are shown by networks and newspapers.
        ("cross-origin-resource-policy", "cross-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    let cacheable = response.headers().get(header::CACHE_CONTROL).is_some_and(|v| v == KEEP);
    if !(reads && cacheable && response.status() == StatusCode::OK) {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, 8 << 20).await else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
    let tag: String = digest(&SHA256, &bytes).as_ref().iter().take(8).map(|b| format!("{b:02x}")).collect();
    let tag = HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""));
    head.headers.insert(header::ETAG, tag.clone());
    if known.is_some_and(|k| k == tag) {
        head.status = StatusCode::NOT_MODIFIED;
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(bytes))
}

/// A short link: on to where an officer sent it. Each opening is counted, so no cache keeps it.
async fn short(State(p): State<Portal>, Path(code): Path<String>) -> Result<Response, Wrong> {
    let to = p.desk().follow(&code, p.lake.now()).await?.ok_or(Wrong::Missing)?;
    Ok((StatusCode::FOUND, [(header::LOCATION, to)]).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Signed {
    until: i64,
    signature: String,
}

/// A picture for a network that fetches it: only under a link that was made here and has not ended.
async fn media(State(p): State<Portal>, Path(sha): Path<String>, Query(s): Query<Signed>) -> Result<Response, Wrong> {
    if !p.links.holds(&sha, s.until, &s.signature, p.lake.now().timestamp()) {
        return Err(Wrong::Missing);
    }
    let row = p.store().media(&sha).await.map_err(|_| Wrong::Missing)?;
    let file = p.lake.home().root().join("desk-media").join(&row.sha256);
    let bytes = Bytes::from(tokio::fs::read(file).await?);
    Ok(([(header::CONTENT_TYPE, row.mime)], bytes).into_response())
}
