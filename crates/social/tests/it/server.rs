//! A stand-in network with a memory, and with the faults of real ones: errors after success, answers that never come, a
//! timeline that lags, limits, tokens that run out.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

/// How often what goes wrong, in a thousand calls.
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    pub error_before: u64,
    pub error_after: u64,
    pub hang_before: u64,
    pub hang_after: u64,
    pub limited: u64,
    pub read_error: u64,
    /// Until a post shows in the timeline.
    pub lag: Duration,
}

#[derive(Debug, Clone)]
pub struct Posted {
    pub id: String,
    pub user: String,
    pub text: String,
    pub reply_to: Option<String>,
    pub private: bool,
    at: Instant,
}

#[derive(Default)]
pub struct Memory {
    pub posts: Vec<Posted>,
    pub deleted: Vec<String>,
    pub hidden: Vec<String>,
    pub uploads: usize,
    pub refreshes: Vec<String>,
    /// Access tokens that are good; empty: every one is.
    pub good: Vec<String>,
    /// Whether a bad token is merely expired.
    pub expired: bool,
    pub inbox: Vec<Value>,
    /// What people wrote to the accounts alone.
    pub letters: Vec<Value>,
    /// Edits that went through.
    pub edits: usize,
    /// Which faults struck a post, and how often.
    pub struck: BTreeMap<&'static str, u64>,
}

#[derive(Clone)]
pub struct Server {
    pub memory: Arc<Mutex<Memory>>,
    pub faults: Arc<Mutex<Faults>>,
    pub address: String,
    dice: Arc<AtomicU64>,
}

impl Server {
    pub async fn start(faults: Faults, seed: u64) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            memory: Arc::default(),
            faults: Arc::new(Mutex::new(faults)),
            address: format!("http://{}", listener.local_addr().unwrap()),
            dice: Arc::new(AtomicU64::new(seed)),
        };
        let routes = Router::new()
            .route("/post", post(publish))
            .route("/edit", post(edit))
            .route("/messages", get(letters))
            .route("/delete", post(delete))
            .route("/hide", post(hide))
            .route("/upload", post(upload))
            .route("/token", post(token))
            .route("/timeline", get(timeline))
            .route("/get", get(one))
            .route("/inbox", get(inbox))
            .route("/metrics", get(metrics))
            .route("/probe", get(probe))
            .with_state(server.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        server
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut Memory) -> T) -> T {
        look(&mut self.memory.lock().unwrap())
    }

    /// How often each (user, text) is out, the removed ones included.
    pub fn counts(&self) -> HashMap<(String, String), usize> {
        self.with(|m| {
            let mut counts = HashMap::new();
            for p in &m.posts {
                *counts.entry((p.user.clone(), p.text.clone())).or_default() += 1;
            }
            counts
        })
    }

    fn strikes(&self, fault: &'static str) {
        self.with(|m| *m.struck.entry(fault).or_default() += 1);
    }

    fn roll(&self) -> u64 {
        // SplitMix64: the same faults for the same seed and order of calls.
        let mut z = self.dice.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % 1000
    }

    fn refused(&self, headers: &HeaderMap) -> Option<Response> {
        let token = headers.get("authorization").and_then(|v| v.to_str().ok()).unwrap_or_default().trim_start_matches("Bearer ");
        self.with(|m| {
            (!m.good.is_empty() && !m.good.iter().any(|g| g == token)).then(|| {
                let why = if m.expired { "expired" } else { "revoked" };
                (StatusCode::UNAUTHORIZED, Json(json!({ "error": why }))).into_response()
            })
        })
    }
}

fn error(status: u16, why: &str) -> Response {
    (StatusCode::from_u16(status).unwrap(), Json(json!({ "error": why }))).into_response()
}

async fn publish(State(s): State<Server>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    if let Some(refused) = s.refused(&headers) {
        return refused;
    }
    let f = *s.faults.lock().unwrap();
    let mut roll = s.roll();
    let mut happens = |share: u64| {
        let hit = roll < share;
        roll = roll.saturating_sub(share);
        hit
    };
    if body["text"].as_str().is_some_and(|t| t.contains("forbidden word")) {
        return error(422, "the text breaks a rule");
    }
    // One roll, cut into slices: each fault has its own share.
    let (limited, before, hang) = (happens(f.limited), happens(f.error_before), happens(f.hang_before));
    if limited {
        s.strikes("limited");
        return ([("retry-after", "1")], error(429, "account")).into_response();
    }
    if before {
        s.strikes("error_before");
        return error(503, "nothing happened");
    }
    if hang {
        s.strikes("hang_before");
        tokio::time::sleep(Duration::from_secs(4)).await;
        return error(504, "nothing happened, late");
    }
    let id = s.with(|m| {
        let id = format!("r{}", m.posts.len() + 1);
        m.posts.push(Posted {
            id: id.clone(),
            user: body["user"].as_str().unwrap().into(),
            text: body["text"].as_str().unwrap().into(),
            reply_to: body["reply_to"].as_str().map(str::to_owned),
            private: body["private"] == true,
            at: Instant::now(),
        });
        id
    });
    if happens(f.error_after) {
        s.strikes("error_after");
        return error(500, "it is live all the same");
    }
    if happens(f.hang_after) {
        s.strikes("hang_after");
        tokio::time::sleep(Duration::from_secs(4)).await;
    }
    Json(json!({ "id": id, "url": format!("{}/get?id={id}", s.address) })).into_response()
}

/// Changes the words of a post, under the same faults as a new one.
async fn edit(State(s): State<Server>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    if let Some(refused) = s.refused(&headers) {
        return refused;
    }
    let f = *s.faults.lock().unwrap();
    let roll = s.roll();
    if roll < f.error_before {
        return error(503, "nothing happened");
    }
    let id = body["id"].as_str().unwrap().to_owned();
    let found = s.with(|m| {
        if m.deleted.contains(&id) {
            return false;
        }
        let Some(p) = m.posts.iter_mut().find(|p| p.id == id) else { return false };
        p.text = body["text"].as_str().unwrap().into();
        m.edits += 1;
        true
    });
    match found {
        false => error(404, "no such post"),
        true if roll < f.error_before + f.error_after => error(500, "it is changed all the same"),
        true => Json(json!({ "id": id })).into_response(),
    }
}

async fn letters(State(s): State<Server>) -> Response {
    s.with(|m| Json(json!({ "items": m.letters, "cursor": m.letters.len().to_string() })).into_response())
}

async fn timeline(State(s): State<Server>, headers: HeaderMap, Query(q): Query<HashMap<String, String>>) -> Response {
    if let Some(refused) = s.refused(&headers) {
        return refused;
    }
    let f = *s.faults.lock().unwrap();
    if s.roll() < f.read_error {
        s.strikes("read_error");
        return error(502, "no timeline now");
    }
    s.with(|m| {
        let mine = m.posts.iter().filter(|p| p.user == q["user"] && p.at.elapsed() >= f.lag && !m.deleted.contains(&p.id));
        Json(mine.map(|p| json!({ "id": p.id, "text": p.text })).collect::<Vec<_>>()).into_response()
    })
}

async fn one(State(s): State<Server>, Query(q): Query<HashMap<String, String>>) -> Response {
    s.with(|m| match m.posts.iter().find(|p| p.id == q["id"] && !m.deleted.contains(&p.id)) {
        Some(p) => Json(json!({ "id": p.id, "text": p.text })).into_response(),
        None => error(404, "no such post"),
    })
}

async fn metrics(State(s): State<Server>, Query(q): Query<HashMap<String, String>>) -> Response {
    s.with(|m| match m.deleted.contains(&q["id"]) {
        false => Json(json!({ "views": 7 })).into_response(),
        true => error(404, "no such post"),
    })
}

async fn delete(State(s): State<Server>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    if let Some(refused) = s.refused(&headers) {
        return refused;
    }
    s.with(|m| m.deleted.push(body["id"].as_str().unwrap().into()));
    Json(json!({})).into_response()
}

async fn hide(State(s): State<Server>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    if let Some(refused) = s.refused(&headers) {
        return refused;
    }
    let id = body["id"].as_str().unwrap().to_owned();
    s.with(|m| {
        m.hidden.retain(|h| *h != id);
        if body["hidden"] == true {
            m.hidden.push(id);
        }
    });
    Json(json!({})).into_response()
}

async fn upload(State(s): State<Server>) -> Response {
    let n = s.with(|m| {
        m.uploads += 1;
        m.uploads
    });
    Json(json!({ "id": format!("m{n}") })).into_response()
}

/// Refresh tokens are good once.
async fn token(State(s): State<Server>, Json(body): Json<Value>) -> Response {
    let old = body["refresh"].as_str().unwrap().to_owned();
    s.with(|m| {
        if m.refreshes.contains(&old) {
            return error(401, "this refresh token was used");
        }
        m.refreshes.push(old);
        let n = m.refreshes.len();
        m.good = vec![format!("access-{n}")];
        Json(json!({ "access": format!("access-{n}"), "refresh": format!("refresh-{n}") })).into_response()
    })
}

async fn inbox(State(s): State<Server>) -> Response {
    s.with(|m| Json(json!({ "items": m.inbox, "cursor": m.inbox.len().to_string() })).into_response())
}

async fn probe(State(s): State<Server>, headers: HeaderMap) -> Response {
    s.refused(&headers).unwrap_or_else(|| Json(json!({ "handle": "standin" })).into_response())
}
