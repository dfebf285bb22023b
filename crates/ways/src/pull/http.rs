//! Rows of a JSON API, page after page. Nothing is taken in before the last page is here.

use std::collections::HashSet;
use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::spec::{Http, Paging};
use super::{PullError, Spool, address};

/// Bytes of one page.
const LARGEST_PAGE: usize = 64 << 20;
/// Seconds that an API may ask to wait before it is asked again.
const LONGEST_WAIT: f64 = 120.0;

/// Writes the rows of all pages to `spool`; `mark` is the watermark so far.
pub async fn pull(spec: &Http, mark: &str, spool: &mut Spool, tries: u32, pause: f64) -> Result<(), PullError> {
    let wrong = |message: String| PullError::Source { message, again: false };
    let base = Url::parse(&spec.url).map_err(|e| wrong(e.to_string()))?;
    let host = base.host_str().unwrap_or_default().to_owned();
    let port = base.port_or_known_default().unwrap_or(443);
    let places = address::settled(&host, port, spec.allow_private).await?;
    // The first provider installed wins; a second call says so and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .timeout(Duration::from_secs(spec.timeout_seconds))
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .resolve_to_addrs(&host, &places)
        .user_agent(concat!("Sarovar/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| wrong(e.to_string()))?;
    let caller = Caller { client, spec, secret: spec.token.as_ref().map(|t| t.read()).transpose()?, tries, pause };
    let mut at = base.clone();
    if let Some(parameter) = &spec.watermark_parameter
        && !mark.is_empty()
    {
        at.query_pairs_mut().append_pair(parameter, mark);
    }
    let start = at.clone();
    let mut number = match &spec.paging {
        Paging::Page { first, .. } => *first,
        _ => 0,
    };
    if let Paging::Page { .. } = spec.paging {
        at = numbered(&start, &spec.paging, number);
    }
    let mut seen: HashSet<[u8; 32]> = HashSet::new();
    for _ in 0..spec.most_pages {
        let page = caller.page(&at).await?;
        let rows = rows(&page, &spec.rows, &at)?;
        for row in rows {
            let mark = spec.watermark.as_deref().and_then(|w| row.pointer(&pointer(w))).and_then(text);
            spool.row(&row.to_string(), mark)?;
        }
        let next = match &spec.paging {
            Paging::None => None,
            Paging::Page { size, .. } => {
                let short = size.is_some_and(|size| (rows.len() as u64) < size);
                number += 1;
                (!rows.is_empty() && !short).then(|| numbered(&start, &spec.paging, number))
            }
            Paging::Next { link } => match page.pointer(&pointer(link)).and_then(text).filter(|t| !t.is_empty()) {
                None => None,
                Some(link) => Some(followed(&at, &link)?),
            },
            Paging::Cursor { word, parameter } => {
                page.pointer(&pointer(word)).and_then(text).filter(|t| !t.is_empty()).map(|word| {
                    let mut next = start.clone();
                    next.query_pairs_mut().append_pair(parameter, &word);
                    next
                })
            }
        };
        let Some(next) = next else { return Ok(()) };
        // An address asked for twice, or the same full page under another one, is an API that goes in circles.
        let again = !seen.insert(Sha256::digest(at.as_str()).into())
            || (!rows.is_empty() && !seen.insert(Sha256::digest(Value::Array(rows.clone()).to_string()).into()));
        if again {
            return Err(PullError::Endless { pages: seen.len() as u32 / 2, circle: true });
        }
        at = next;
    }
    Err(PullError::Endless { pages: spec.most_pages, circle: false })
}

struct Caller<'a> {
    client: Client,
    spec: &'a Http,
    secret: Option<String>,
    tries: u32,
    pause: f64,
}

impl Caller<'_> {
    /// One page; asked for again where that may help.
    async fn page(&self, at: &Url) -> Result<Value, PullError> {
        let mut pause = self.pause;
        let mut tried = 1;
        loop {
            match self.once(at).await {
                Err((PullError::Source { again: true, message }, wait)) => {
                    if tried >= self.tries {
                        return Err(PullError::Source { message: format!("{message} (tried {tried} times)"), again: true });
                    }
                    tokio::time::sleep(Duration::from_secs_f64(wait.unwrap_or(pause).clamp(0.0, LONGEST_WAIT))).await;
                    pause *= 2.0;
                    tried += 1;
                }
                Err((error, _)) => return Err(error),
                Ok(page) => return Ok(page),
            }
        }
    }

    async fn once(&self, at: &Url) -> Result<Value, (PullError, Option<f64>)> {
        // An address may carry what the API takes for a secret: only its place is said.
        let place = format!("{}{}", at.host_str().unwrap_or_default(), at.path());
        let fail = |message: String, again: bool| (PullError::Source { message: format!("{place}: {message}"), again }, None);
        let mut request = self.client.get(at.clone()).header("accept", "application/json");
        for (name, value) in &self.spec.headers {
            request = request.header(name, value);
        }
        if let Some(secret) = &self.secret {
            request = match &self.spec.token_header {
                Some(name) => request.header(name, secret),
                None => request.bearer_auth(secret),
            };
        }
        let mut response = request.send().await.map_err(|e| fail(plain(e), true))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(fail("it has moved; a pull follows nobody: write the new address into its file".into(), false));
        }
        if !status.is_success() {
            let wait = response.headers().get("retry-after").and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
            let again =
                status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::REQUEST_TIMEOUT || status.is_server_error();
            let (error, _) = fail(format!("it answered {status}"), again);
            return Err((error, wait));
        }
        let mut bytes = Vec::new();
        while let Some(part) = response.chunk().await.map_err(|e| fail(plain(e), true))? {
            if bytes.len() + part.len() > LARGEST_PAGE {
                return Err(fail(format!("a page has more than {} MiB; ask for smaller ones", LARGEST_PAGE >> 20), false));
            }
            bytes.extend_from_slice(&part);
        }
        serde_json::from_slice(&bytes).map_err(|e| fail(format!("it did not answer with JSON: {e}"), false))
    }
}

/// What went wrong without the address, which may hold a secret.
fn plain(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut inner = std::error::Error::source(&error);
    while let Some(cause) = inner {
        text = format!("{text}: {cause}");
        inner = cause.source();
    }
    text
}

fn rows<'v>(page: &'v Value, place: &str, at: &Url) -> Result<&'v Vec<Value>, PullError> {
    let wrong = |message: String| PullError::Source {
        message: format!("{}{}: {message}", at.host_str().unwrap_or_default(), at.path()),
        again: false,
    };
    let place = pointer(place);
    let found =
        page.pointer(&place).ok_or_else(|| wrong(format!("the answer has no {place:?}; say where the rows are with `rows`")))?;
    let rows = found.as_array().ok_or_else(|| wrong(format!("{place:?} is no list; say where the rows are with `rows`")))?;
    match rows.iter().find(|r| !r.is_object()) {
        Some(_) => Err(wrong(format!("{place:?} holds something that is no object"))),
        None => Ok(rows),
    }
}

/// `a/b` and `/a/b` mean the same.
fn pointer(text: &str) -> String {
    if text.is_empty() || text == "/" { String::new() } else { format!("/{}", text.trim_start_matches('/')) }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

fn numbered(start: &Url, paging: &Paging, number: u64) -> Url {
    let mut at = start.clone();
    if let Paging::Page { parameter, size_parameter, size, .. } = paging {
        at.query_pairs_mut().append_pair(parameter, &number.to_string());
        if let (Some(parameter), Some(size)) = (size_parameter, size) {
            at.query_pairs_mut().append_pair(parameter, &size.to_string());
        }
    }
    at
}

/// A link from one page to the next stays with the same server: the secret goes with it.
fn followed(at: &Url, link: &str) -> Result<Url, PullError> {
    let wrong = |message: String| PullError::Source { message, again: false };
    let next = at.join(link).map_err(|e| wrong(format!("the link to the next page cannot be read: {e}")))?;
    if next.origin() != at.origin() {
        return Err(wrong(format!(
            "the next page is said to be at {}, another server; it is not asked",
            next.host_str().unwrap_or_default()
        )));
    }
    Ok(next)
}
