//! Everything at once: workers killed with SIGKILL, answers that lie or never come, clocks that jump, databases that restart.
//! Afterwards the network's own memory is compared with the outbox: nothing twice, nothing lost, every post in a final state or
//! with a person.
//!
//! `SAROVAR_TORTURE_POSTS` says how many (10,000 and more for the full run; the default keeps a build machine waiting for less than a minute).

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use social::outbox::{Clock, Patience};
use standin::{Kind, World};
use store::Store;
use store::social::Account;

use crate::office::{Office, hurry, now};
use crate::outbox::queue;
use crate::server::{Faults, Server};
use proving::Postgres;

const ACCOUNTS: usize = 100;

fn posts() -> usize {
    std::env::var("SAROVAR_TORTURE_POSTS").ok().and_then(|n| n.parse().ok()).unwrap_or(1500)
}

/// A clock that a file sets off by so many seconds.
struct Filed(std::path::PathBuf);

impl Clock for Filed {
    fn now(&self) -> i64 {
        let off: i64 = std::fs::read_to_string(&self.0).ok().and_then(|t| t.trim().parse().ok()).unwrap_or(0);
        now().timestamp_micros() + off * 1_000_000
    }
}

/// Not a test by itself: the body of a worker process, which the torture starts and kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn worker() {
    let (Ok(url), Ok(name), Ok(clock)) =
        (std::env::var("TORTURE_STORE"), std::env::var("TORTURE_NAME"), std::env::var("TORTURE_CLOCK"))
    else {
        return;
    };
    // Nobody's child: when the test itself is killed, its workers end too.
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        std::process::exit(0);
    });
    let store = loop {
        match Store::open(&url, now()).await {
            Ok(store) => break store,
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    };
    let office = Office::of(store);
    let patience = Patience { concurrent: 24, tries: 30, attempts: 12, breaker: 1000, ..hurry() };
    let worker = office.worker_with(&name, Arc::new(Filed(clock.into())), patience);
    worker.run(Arc::new(AtomicBool::new(false))).await;
}

fn spawn(url: &str, name: &str, clock: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "torture::worker", "--nocapture"])
        .env("TORTURE_STORE", url)
        .env("TORTURE_NAME", name)
        .env("TORTURE_CLOCK", clock)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Who is published to: one network made for these tests, or the five of the vendors.
enum Stage {
    Own(Server),
    Vendors(BTreeMap<&'static str, World>),
}

impl Stage {
    async fn own() -> Self {
        let faults = Faults {
            error_before: 30,
            error_after: 40,
            hang_before: 5,
            hang_after: 10,
            limited: 10,
            read_error: 50,
            lag: Duration::from_millis(700),
        };
        Self::Own(Server::start(faults, 2026).await)
    }

    async fn vendors() -> Self {
        // A film for YouTube, beside this program.
        std::fs::write(std::env::current_exe().unwrap().with_file_name("film.mp4"), vec![7; 4096]).unwrap();
        let faults = standin::Faults {
            error_before: 30,
            error_after: 40,
            lost_before: 15,
            lost_after: 25,
            limited: 10,
            read_error: 50,
            lag: Duration::from_millis(700),
            ignore_keys: true,
        };
        let mut worlds = BTreeMap::new();
        for (name, kind) in [
            ("x", Kind::X),
            ("facebook", Kind::Graph),
            ("instagram", Kind::Graph),
            ("youtube", Kind::Youtube),
            ("mastodon", Kind::Mastodon),
        ] {
            worlds.insert(name, World::start(kind, faults, 2026).await.unwrap());
        }
        Self::Vendors(worlds)
    }

    /// The accounts, and how many posts each gets.
    async fn accounts(&self, office: &Office) -> (Vec<Account>, usize) {
        let mut all = Vec::new();
        match self {
            Self::Own(server) => {
                for i in 0..ACCOUNTS {
                    all.push(office.channel(&format!("@a{i}"), "THANA", &server.address).await);
                }
                (all, posts().div_ceil(ACCOUNTS))
            }
            Self::Vendors(worlds) => {
                // The smallest limit a day is YouTube's fifteen; attempts count.
                let (each, per) = (8, posts().div_ceil(5 * 8));
                for (network, world) in worlds {
                    for i in 1..=per {
                        let remote = if *network == "instagram" { 5000 + i } else { i }.to_string();
                        let address =
                            if world.kind == Kind::Graph { format!("{}/v25.0", world.address) } else { world.address.clone() };
                        let token = format!("token-of-{remote}");
                        all.push(office.channel_on(network, &remote, "THANA", &address, &token).await);
                    }
                }
                (all, each)
            }
        }
    }

    /// How often each (network, account, text) is out by the networks' own memory.
    fn counts(&self) -> HashMap<(String, String, String), usize> {
        let named = |n: &str, c: HashMap<(String, String), usize>| {
            c.into_iter().map(|((u, t), k)| ((n.to_owned(), u, t), k)).collect::<Vec<_>>()
        };
        match self {
            Self::Own(server) => named("standin", server.counts()).into_iter().collect(),
            Self::Vendors(worlds) => worlds.iter().flat_map(|(n, w)| named(n, w.counts())).collect(),
        }
    }

    /// Which faults struck, and how often; those that never did are not there.
    fn struck(&self) -> BTreeMap<&'static str, u64> {
        let mut all = BTreeMap::new();
        let mut add = |one: &BTreeMap<&'static str, u64>| one.iter().for_each(|(fault, n)| *all.entry(*fault).or_default() += n);
        match self {
            Self::Own(server) => server.with(|m| add(&m.struck)),
            Self::Vendors(worlds) => worlds.values().for_each(|w| w.with(|m| add(&m.struck))),
        }
        all
    }

    /// Every fault that is to strike.
    fn faults(&self) -> &'static [&'static str] {
        match self {
            Self::Own(_) => &["limited", "error_before", "error_after", "hang_before", "hang_after", "read_error"],
            Self::Vendors(_) => &["limited", "error_before", "error_after", "lost_before", "lost_after", "read_error"],
        }
    }

    /// The account and text of a remote id.
    fn posted(&self, network: &str, remote: &str) -> Option<(String, String)> {
        match self {
            Self::Own(server) => {
                server.with(|m| m.posts.iter().find(|p| p.id == remote).map(|p| (p.user.clone(), p.text.clone())))
            }
            Self::Vendors(worlds) => {
                worlds[network].with(|m| m.posts.iter().find(|p| p.id == remote).map(|p| (p.account.clone(), p.text.clone())))
            }
        }
    }
}

async fn torture(url: &str, stage: Stage, mut restart: impl FnMut(u64)) -> BTreeMap<String, i64> {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open(url, now()).await.unwrap();
    let office = Office::new(store.clone()).await;
    let (accounts, each) = stage.accounts(&office).await;
    let began = Instant::now();
    let due = now().timestamp_micros();
    for n in 0..each {
        queue(&store, &accounts, &format!("n{n}"), &[format!("post {n}")], due).await;
    }
    // Tomorrow's posts, which a clock set forward must not send.
    queue(&store, &accounts[..20], "tomorrow", &["tomorrow".to_owned()], due + 86_400_000_000).await;

    let mut workers: Vec<(Child, std::path::PathBuf)> = Vec::new();
    for i in 0..2 {
        let clock = home.path().join(format!("clock{i}"));
        workers.push((spawn(url, &format!("w{i}-0"), &clock), clock));
    }
    let total = i64::try_from(each * accounts.len()).unwrap();
    let mut round: u64 = 0;
    let mut blows: BTreeMap<&str, u64> = BTreeMap::new();
    // A run that never ends is told; how fast it goes is another question, and depends on who else is at work on the machine.
    let limit = Duration::from_secs(120 + posts() as u64 / 5);
    let counts = loop {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let counts: BTreeMap<String, i64> =
            store.delivery_counts().await.map(|c| c.into_iter().map(|c| (c.state, c.count)).collect()).unwrap_or_default();
        let ended: i64 = ["live", "failed", "human"].iter().filter_map(|s| counts.get(*s)).sum();
        if ended >= total {
            break counts;
        }
        assert_eq!(counts.get("missed"), None, "a clock set forward declared posts too late: {counts:?}");
        assert!(began.elapsed() < limit, "not done in {limit:?}: {counts:?}");
        round += 1;
        let chosen = usize::try_from(round % 2).unwrap();
        // The last posts are left in peace, or the end would never come.
        if ended < total * 9 / 10 {
            let blow = match round % 4 {
                0 | 1 => {
                    let (child, clock) = &mut workers[chosen];
                    child.kill().unwrap();
                    child.wait().unwrap();
                    *child = spawn(url, &format!("w{chosen}-{round}"), clock);
                    "kill -9"
                }
                2 => {
                    std::fs::write(&workers[chosen].1, if round % 8 == 2 { "172800" } else { "-7200" }).unwrap();
                    if round % 8 == 2 { "clock two days on" } else { "clock two hours back" }
                }
                _ => {
                    restart(round);
                    "database gone"
                }
            };
            *blows.entry(blow).or_default() += 1;
        }
        if round % 4 == 3 {
            workers.iter().for_each(|(_, clock)| std::fs::write(clock, "0").unwrap());
        }
    };
    for (child, _) in &mut workers {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let seconds = began.elapsed().as_secs_f64();
    let struck = stage.struck();
    eprintln!("torture: {total} posts in {seconds:.0} s; {blows:?}; faults {struck:?}; {counts:?}");
    // A run in which a fault never struck proves nothing about it.
    if total >= 1500 {
        assert!(stage.faults().iter().all(|fault| struck.get(fault).is_some_and(|n| *n > 0)), "{struck:?}");
        assert!(blows.len() == 4 || total < 10_000, "{blows:?}");
    }

    // The networks' memory is the judge.
    let out = stage.counts();
    let twice: Vec<_> = out.iter().filter(|(_, n)| **n > 1).collect();
    assert!(twice.is_empty(), "{} duplicates, such as {:?}", twice.len(), twice[0]);
    assert!(!out.keys().any(|(_, _, text)| text == "tomorrow"), "a clock set forward sent tomorrow's post");
    assert_eq!(
        (counts.get("queued"), counts.get("missed")),
        (Some(&20), None),
        "tomorrow's posts wait, today's are not too late"
    );
    let live = store.deliveries_in("live", 1_000_000).await.unwrap();
    for d in &live {
        let remote = d.remote.as_deref().unwrap();
        let user = store.account(&d.account).await.unwrap().remote;
        assert_eq!(stage.posted(&d.network, remote), Some((user, d.sha256.clone())), "{} is recorded as {remote}", d.id);
    }
    // What is out and not recorded as live is in a person's hands.
    assert!(out.len() <= live.len() + usize::try_from(counts.get("human").copied().unwrap_or(0)).unwrap());
    counts
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_twice_and_nothing_lost_on_sqlite() {
    let home = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", home.path().join("state.sqlite").display());
    let counts = torture(&url, Stage::own().await, |round| hold(home.path(), round)).await;
    assert!(counts["live"] > 0);
}

/// SQLite has no server that could restart: another program, such as a backup, holds the file instead; the first time for longer than
/// anybody waits.
fn hold(home: &Path, round: u64) {
    let script = "import sqlite3,sys,time; c=sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None); c.execute('BEGIN EXCLUSIVE'); time.sleep(float(sys.argv[2]))";
    let seconds = if round == 3 { "11" } else { "1" };
    let done = Command::new("python3").args(["-c", script]).arg(home.join("state.sqlite")).arg(seconds).status().unwrap();
    assert!(done.success());
}

/// X, Facebook, Instagram, YouTube and Mastodon, each by its own connector, with the faults each is known for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_twice_and_nothing_lost_on_any_network() {
    let home = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", home.path().join("state.sqlite").display());
    let stage = Stage::vendors().await;
    let counts = torture(&url, stage, |round| hold(home.path(), round)).await;
    assert!(counts["live"] > 0 && !counts.contains_key("failed"), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_twice_and_nothing_lost_on_postgresql_that_restarts() {
    let Some(postgres) = Postgres::start() else {
        eprintln!("skipped: no PostgreSQL here (initdb and pg_ctl of Debian's `postgresql`)");
        return;
    };
    let counts = torture(&postgres.url(), Stage::own().await, |_| postgres.restart()).await;
    assert!(counts["live"] > 0);
}
