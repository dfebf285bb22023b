//! HTTP as connectors need it: what is known about a request that went wrong.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use model::address::is_public;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;

use super::Trouble;
use crate::limit::Limits;

/// A client whose calls end: longer than `call_seconds` is an unclear answer.
pub(super) fn client(limits: &Limits) -> Result<Client, Trouble> {
    // The first provider installed wins; a second call says so and changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .timeout(Duration::from_secs(limits.call_seconds.into()))
        .connect_timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .dns_resolver(Arc::new(Outside))
        .user_agent(concat!("Sarovar/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|e| Trouble::Later(e.to_string()))
}

/// Whether a network may lie at an address: outside, or on this very machine, where a stand-in of it is tried out. What else listens inside
/// the department's network is nothing a channel's address may lead to.
fn reachable(ip: IpAddr) -> bool {
    is_public(ip) || ip.is_loopback()
}

fn inside(host: &str) -> String {
    format!("{host} lies inside the network; a channel's address leads to a network outside")
}

/// Looks names up, and keeps those that lead inside from being called.
struct Outside;

impl Resolve for Outside {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.iter().any(|a| !reachable(a.ip())) {
                return Err(inside(name.as_str()).into());
            }
            let all: Addrs = Box::new(found.into_iter());
            Ok(all)
        })
    }
}

/// What is wrong with the address of a request. A written number is looked up by nobody.
fn refused(url: &reqwest::Url) -> Option<String> {
    let host = url.host_str()?;
    let ip: IpAddr = host.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
    (!reachable(ip)).then(|| inside(host))
}

/// How a request went.
pub(super) enum Went {
    Answered(Answer),
    /// It did not leave this machine.
    NotSent(String),
    /// It may have arrived.
    Lost(String),
}

pub(super) struct Answer {
    pub status: StatusCode,
    pub body: Value,
    /// Seconds to wait, from the headers.
    pub wait: Option<u32>,
    pub location: Option<String>,
    pub range: Option<String>,
}

pub(super) async fn send(request: RequestBuilder) -> Went {
    let (client, request) = request.build_split();
    let sent = match request {
        Ok(request) => match refused(request.url()) {
            Some(why) => return Went::NotSent(why),
            None => client.execute(request).await,
        },
        Err(e) => Err(e),
    };
    match sent {
        Ok(response) => read(response).await,
        // A connection that was never made carried nothing.
        Err(e) if e.is_connect() || e.is_builder() => Went::NotSent(plain(&e)),
        Err(e) => Went::Lost(plain(&e)),
    }
}

async fn read(response: Response) -> Went {
    let status = response.status();
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let date = header("date").as_deref().and_then(moment);
    let after = header("retry-after").and_then(|v| v.parse().ok());
    // X counts in seconds, Mastodon writes a moment.
    let ends = ["x-rate-limit-reset", "ratelimit-reset", "x-ratelimit-reset"].into_iter().find_map(header);
    let written = |v: &str| Some(chrono::DateTime::parse_from_rfc3339(v).ok()?.timestamp());
    let reset = ends.and_then(|v| v.parse::<i64>().ok().or_else(|| written(&v)));
    let now = date.unwrap_or_else(|| chrono::Utc::now().timestamp_micros()) / 1_000_000;
    let (location, range) = (header("location"), header("range"));
    // Meta says in minutes when a page may go on.
    let regain = header("x-business-use-case-usage").and_then(|v| serde_json::from_str::<Value>(&v).ok()).and_then(|v| {
        let all = v.as_object()?.values().filter_map(Value::as_array).flatten().cloned().collect::<Vec<_>>();
        all.iter().filter_map(|u| u["estimated_time_to_regain_access"].as_u64()).max()
    });
    let regain = regain.filter(|m| *m > 0).and_then(|m| u32::try_from(m * 60).ok());
    let wait = after.or(regain).or_else(|| reset.map(|r| u32::try_from((r - now).clamp(1, 86_400)).unwrap_or(900)));
    match response.text().await {
        Ok(text) => {
            let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
            Went::Answered(Answer { status, body, wait, location, range })
        }
        Err(e) => Went::Lost(plain(&e)),
    }
}

/// The clock of whoever answers at `address`: every HTTP answer, an error too, carries its time (RFC 9110 section 6.6.1).
pub(super) async fn date(client: &Client, address: &str) -> Option<i64> {
    let answer = client.get(address).timeout(Duration::from_secs(10)).send().await.ok()?;
    moment(answer.headers().get("date")?.to_str().ok()?)
}

/// An HTTP date as UTC microseconds.
fn moment(text: &str) -> Option<i64> {
    Some(chrono::DateTime::parse_from_rfc2822(text).ok()?.timestamp_micros())
}

/// The error without the address: addresses may hold tokens.
fn plain(e: &reqwest::Error) -> String {
    let mut text = if e.is_timeout() { "no answer in time".to_owned() } else { "the connection failed".to_owned() };
    let mut source = std::error::Error::source(e);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}

/// The answer of a call that may be repeated; everything but success is trouble, sorted by `judge`.
pub(super) async fn ask(request: RequestBuilder, judge: fn(&Answer) -> Trouble) -> Result<Answer, Trouble> {
    match send(request).await {
        Went::Answered(a) if a.status.is_success() => Ok(a),
        Went::Answered(a) => Err(judge(&a)),
        Went::NotSent(why) | Went::Lost(why) => Err(Trouble::Later(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_inside_is_refused() {
        let of = |text: &str| refused(&reqwest::Url::parse(text).unwrap());
        for bad in [
            "http://169.254.169.254/latest",
            "http://10.0.0.1/",
            "https://[fd00::1]/",
            "http://0xa000001/",
            "http://192.168.1.1:8080/",
        ] {
            assert!(of(bad).is_some(), "{bad}");
        }
        for good in ["https://mastodon.example/", "http://127.0.0.1:9/", "https://8.8.8.8/"] {
            assert_eq!(of(good), None, "{good}");
        }
    }
}
