//! The memory of a stand-in, its faults, and its server.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::call::{Call, Reply};
use crate::{Kind, graph, mastodon, x, youtube};

/// How often what goes wrong, in a thousand committing calls (`read_error`: of reads).
#[derive(Debug, Clone, Copy, Default)]
pub struct Faults {
    pub error_before: u64,
    pub error_after: u64,
    pub lost_before: u64,
    pub lost_after: u64,
    pub limited: u64,
    pub read_error: u64,
    /// Until a post shows where posts are listed.
    pub lag: Duration,
    /// An idempotency key is ignored, as some servers do.
    pub ignore_keys: bool,
}

/// A post, comment or mention, of the account or of a citizen.
#[derive(Debug, Clone)]
pub struct Post {
    pub id: String,
    /// Whose it is, or under whose posts it stands.
    pub account: String,
    /// Id and name of who wrote it; the account's own id for own posts.
    pub author: (String, String),
    pub text: String,
    pub title: String,
    pub parent: Option<String>,
    pub media: Vec<String>,
    pub deleted: bool,
    pub hidden: bool,
    /// A message between the account and one person; of own ones `parent` tells whom they are for.
    pub private: bool,
    /// UTC microseconds.
    pub created: i64,
    pub at: Instant,
}

/// A picture, film or container.
#[derive(Debug, Clone, Default)]
pub struct Medium {
    pub bytes: u64,
    pub alt: String,
    pub caption: String,
    pub children: Vec<String>,
    pub state: String,
    /// Reads until it is ready.
    pub work: u32,
}

/// A resumable upload.
#[derive(Debug, Clone, Default)]
pub struct Session {
    pub size: u64,
    pub received: u64,
    pub title: String,
    pub text: String,
    pub account: String,
    /// The film it became.
    pub video: Option<String>,
    /// The film whose captions it brings.
    pub captions: Option<String>,
}

#[derive(Default)]
pub struct Memory {
    pub posts: Vec<Post>,
    pub media: BTreeMap<String, Medium>,
    pub sessions: HashMap<String, Session>,
    /// Every request, for the specifications to be held against.
    pub seen: Vec<Call>,
    pub keys: HashMap<String, String>,
    /// Refresh tokens and codes already used: each is good once.
    pub used: Vec<String>,
    /// Access tokens that are refused.
    pub revoked: Vec<String>,
    /// What may be published in a day is used up.
    pub quota_gone: bool,
    /// Which faults of [`Faults`] struck, and how often.
    pub struck: BTreeMap<&'static str, u64>,
    pub next: u64,
}

impl Memory {
    pub fn id(&mut self) -> String {
        self.next += 1;
        (1_990_000_000_000_000_000 + self.next).to_string()
    }

    /// Puts a post into the memory and gives its id.
    pub fn publish(&mut self, post: Post) -> String {
        let id = post.id.clone();
        self.posts.push(post);
        id
    }

    pub fn find(&self, id: &str) -> Option<&Post> {
        self.posts.iter().find(|p| p.id == id && !p.deleted)
    }

    pub fn find_mut(&mut self, id: &str) -> Option<&mut Post> {
        self.posts.iter_mut().find(|p| p.id == id && !p.deleted)
    }
}

/// One stand-in.
#[derive(Clone)]
pub struct World {
    pub kind: Kind,
    pub address: String,
    memory: Arc<Mutex<Memory>>,
    faults: Arc<Mutex<Faults>>,
    dice: Arc<AtomicU64>,
}

enum Fate {
    Go,
    Limited,
    Before,
    LostBefore,
    After,
    LostAfter,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl World {
    /// Serves on a free port of this machine until the runtime ends.
    pub async fn start(kind: Kind, faults: Faults, seed: u64) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let world = Self {
            kind,
            address,
            memory: Arc::default(),
            faults: Arc::new(Mutex::new(faults)),
            dice: Arc::new(AtomicU64::new(seed)),
        };
        let routes = Router::new().fallback(take).with_state(world.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(world)
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut Memory) -> T) -> T {
        look(&mut lock(&self.memory))
    }

    pub fn set_faults(&self, faults: Faults) {
        *lock(&self.faults) = faults;
    }

    pub fn faults(&self) -> Faults {
        *lock(&self.faults)
    }

    /// A post made now.
    pub fn post(id: String, account: &str, text: &str) -> Post {
        Post {
            id,
            account: account.into(),
            author: (account.into(), String::new()),
            text: text.into(),
            title: String::new(),
            parent: None,
            media: Vec::new(),
            deleted: false,
            hidden: false,
            private: false,
            created: chrono::Utc::now().timestamp_micros(),
            at: Instant::now(),
        }
    }

    /// A citizen writes; gives the id.
    pub fn citizen(&self, account: &str, name: &str, text: &str, parent: Option<&str>) -> String {
        self.with(|m| {
            let mut post = Self::post(m.id(), account, text);
            post.author = ("900".into(), name.into());
            post.parent = parent.map(str::to_owned);
            m.publish(post)
        })
    }

    /// A citizen writes to the account alone, some hours ago; gives the id.
    pub fn letter(&self, account: &str, person: &str, text: &str, hours: i64) -> String {
        self.with(|m| {
            let mut post = Self::post(m.id(), account, text);
            post.author = (person.into(), format!("name of {person}"));
            post.private = true;
            post.created -= hours * 3_600_000_000;
            m.publish(post)
        })
    }

    /// How often each own post (account and text) was published, the removed ones included.
    pub fn counts(&self) -> HashMap<(String, String), usize> {
        self.with(|m| {
            let mut counts = HashMap::new();
            for p in m.posts.iter().filter(|p| p.author.0 == p.account) {
                *counts.entry((p.account.clone(), p.text.clone())).or_default() += 1;
            }
            counts
        })
    }

    fn roll(&self) -> u64 {
        // SplitMix64: the same faults for the same seed and order of calls.
        let mut z = self.dice.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % 1000
    }

    fn fate(&self) -> Fate {
        let (f, mut roll) = (self.faults(), self.roll());
        let mut falls = |share: u64| {
            let hit = roll < share;
            roll = roll.saturating_sub(share);
            hit
        };
        // One roll, cut into slices: each fault has its own share.
        match () {
            () if falls(f.limited) => Fate::Limited,
            () if falls(f.error_before) => Fate::Before,
            () if falls(f.lost_before) => Fate::LostBefore,
            () if falls(f.error_after) => Fate::After,
            () if falls(f.lost_after) => Fate::LostAfter,
            () => Fate::Go,
        }
    }

    /// A committing call under the faults.
    pub(crate) fn commit(&self, make: impl FnOnce(&mut Memory) -> Reply) -> Reply {
        let lost = |reply: Reply| Reply { lost: true, ..reply };
        let fate = self.fate();
        let name = match fate {
            Fate::Go => None,
            Fate::Limited => Some("limited"),
            Fate::Before => Some("error_before"),
            Fate::LostBefore => Some("lost_before"),
            Fate::After => Some("error_after"),
            Fate::LostAfter => Some("lost_after"),
        };
        if let Some(name) = name {
            self.with(|m| *m.struck.entry(name).or_default() += 1);
        }
        match fate {
            Fate::Limited => self.limited(),
            Fate::Before => self.broken(),
            Fate::LostBefore => lost(Reply::ok(json!({}))),
            Fate::Go => self.with(make),
            Fate::After => {
                let reply = self.with(make);
                if reply.is_good() { self.broken() } else { reply }
            }
            Fate::LostAfter => lost(self.with(make)),
        }
    }

    /// A read under the faults.
    pub(crate) fn read(&self, look: impl FnOnce(&mut Memory) -> Reply) -> Reply {
        if self.roll() >= self.faults().read_error {
            return self.with(look);
        }
        self.with(|m| *m.struck.entry("read_error").or_default() += 1);
        self.broken()
    }

    /// The network's own way of saying "something went wrong".
    pub(crate) fn broken(&self) -> Reply {
        match self.kind {
            Kind::X => x::broken(),
            Kind::Graph => graph::broken(),
            Kind::Youtube => youtube::broken(),
            Kind::Mastodon => mastodon::broken(),
        }
    }

    fn limited(&self) -> Reply {
        match self.kind {
            Kind::X => x::limited(),
            Kind::Graph => graph::limited(),
            Kind::Youtube => youtube::limited(),
            Kind::Mastodon => mastodon::limited(),
        }
    }

    /// Own posts of an account that already show in lists, the newest first.
    pub(crate) fn listed<'a>(&self, m: &'a Memory, account: &str) -> Vec<&'a Post> {
        let lag = self.faults().lag;
        let shows = |p: &&Post| p.account == account && p.author.0 == account && !p.deleted && p.at.elapsed() >= lag;
        let mut all: Vec<&Post> = m.posts.iter().filter(shows).collect();
        all.reverse();
        all
    }
}

async fn take(State(world): State<World>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, 256 << 20).await else { return Reply::new(413, json!({})).into_response() };
    let query = head.uri.query().unwrap_or_default().to_owned();
    let call = Call::new(head.method.as_str(), head.uri.path(), &query, head.headers, bytes);
    let reply = world.answer(&call).await;
    world.with(|m| {
        // Enough for any test; a torture run does not need its two hundred thousandth request.
        if m.seen.len() < 5000 {
            m.seen.push(call);
        }
    });
    reply.into_response()
}

/// UTC microseconds as RFC 3339 in milliseconds.
pub(crate) fn rfc3339(micros: i64) -> String {
    let time = chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default();
    time.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
