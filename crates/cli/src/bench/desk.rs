//! `bench desk`: what a thousand units plan leaves on time and once; and the pages of a desk with a million posts and items answer.
//!
//! The networks are the stand-ins the tests use, in this process; **their memory is the judge** of what went out, when and how often,
//! not the outbox. The worker and its patience are those of `sarovar post work`, the pages those of `sarovar serve`.

mod judge;
mod pages;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use clap::Parser;
use lake::{Lake, LakeError};
use serde_json::json;
use social::network::{Networks, Secret};
use social::outbox::{Channels, Patience, SystemClock};
use social::vault::Vault;
use social::{NetworkName, Outbox};
use standin::{Faults, Kind, World};
use store::social::{NewAccount, Unit, Waiting};

use crate::args::Args;
use crate::output::{self, say};
use crate::who::wrong;

const NETWORKS: [(&str, Kind); 5] = [
    ("x", Kind::X),
    ("facebook", Kind::Graph),
    ("instagram", Kind::Graph),
    ("youtube", Kind::Youtube),
    ("mastodon", Kind::Mastodon),
];
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// Thanas of one district.
const DISTRICT: usize = 20;

#[derive(Debug, Parser)]
#[command(name = "sarovar bench desk")]
struct Bench {
    name: String,
    #[arg(long, default_value_t = 1_000)]
    units: usize,
    /// Channels of a unit, each on another network.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=5))]
    accounts: u64,
    /// Posts that are scheduled.
    #[arg(long, default_value_t = 100_000)]
    posts: i64,
    /// How many of them are due while this runs, one after the other at --rate.
    #[arg(long, default_value_t = 30_000)]
    due: i64,
    /// Posts a second.
    #[arg(long, default_value_t = 50)]
    rate: i64,
    /// And how many are due together at one full minute after that.
    #[arg(long, default_value_t = 100)]
    burst: i64,
    /// Posts and items of the past: half of them each.
    #[arg(long, default_value_t = 1_000_000)]
    items: i64,
    /// Requests to each kind of page.
    #[arg(long, default_value_t = 200)]
    requests: usize,
    /// Requests at once.
    #[arg(long, default_value_t = 2)]
    clients: usize,
    #[arg(long, default_value_t = 1)]
    workers: usize,
    /// Of a thousand committing calls, how many end in an error after success and how many in one before it.
    #[arg(long, default_value_t = 0)]
    faults: u64,
    /// Database in place of SQLite; it must be empty.
    #[arg(long)]
    store: Option<String>,
    /// Folder for the scratch desk; it must be on the disk that is to be measured.
    #[arg(long)]
    work: Option<PathBuf>,
}

/// A desk in a scratch folder, and the networks it speaks to.
struct Stage {
    lake: Lake,
    channels: Channels,
    worlds: BTreeMap<&'static str, World>,
    accounts: usize,
    film: PathBuf,
}

/// When what is due.
#[derive(Debug, Clone, Copy)]
struct Times {
    first: i64,
    step: i64,
    minute: i64,
}

pub async fn bench(args: &Args, arguments: &[String]) -> Result<ExitCode, LakeError> {
    let b = Bench::parse_from(std::iter::once("sarovar bench desk".to_string()).chain(arguments.iter().cloned()));
    let channels = i64::try_from(b.units).unwrap_or(i64::MAX).saturating_mul(b.accounts as i64);
    if b.units == 0 || b.rate <= 0 || b.due + b.burst > b.posts {
        return Err(LakeError::Invalid("at least one unit, one post a second, and --posts for all of --due and --burst".into()));
    }
    // YouTube takes fifteen films a day from an account; a limit that holds posts back is not what is measured here.
    if b.due + b.burst > channels * 14 {
        return Err(LakeError::Invalid(format!(
            "{} posts of {channels} channels are more than fourteen each, and some network's limit of a day would hold them back; take more --units or fewer --due",
            b.due + b.burst
        )));
    }
    let scratch = super::scratch(args, b.work.as_deref(), "desk")?;
    let stage = Stage::build(&b, scratch.path()).await?;
    let store = stage.lake.store();
    let filling = Instant::now();
    store.fill_history(b.items / 2, b.items - b.items / 2, stage.lake.now().timestamp_micros()).await.map_err(wrong)?;
    say(&format!("{} posts and items of the past in {:.0} s", b.items, filling.elapsed().as_secs_f64()));
    let times = stage.plan(&b).await?;
    store.fill_settled().await.map_err(wrong)?;
    let report = stage.publish(&b, times).await?;
    output::records(&[report.told(&b)], args.format)?;
    let shown = pages::measure(&stage, &b).await?;
    output::records(&shown, args.format)?;
    drop(stage);
    Ok(if report.sound() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn units(b: &Bench) -> Vec<Unit> {
    let unit = |code: String, parent: Option<String>, kind: &str| Unit {
        name_en: format!("Unit {code}"),
        name_hi: format!("इकाई {code}"),
        code,
        parent,
        kind: kind.into(),
        numbers: "112".into(),
        ..Unit::default()
    };
    let mut all = vec![unit("HQ".into(), None, "headquarters")];
    for n in 1..b.units {
        let district = format!("D{:03}", n / (DISTRICT + 1));
        all.push(match n % (DISTRICT + 1) {
            0 => unit(district, Some("HQ".into()), "district"),
            // The first thanas stand under the headquarters itself.
            _ if n < DISTRICT + 1 => unit(format!("T{n:05}"), Some("HQ".into()), "thana"),
            _ => unit(format!("T{n:05}"), Some(district), "thana"),
        });
    }
    all
}

impl Stage {
    async fn build(b: &Bench, folder: &Path) -> Result<Self, LakeError> {
        let mut options = lake::Options::at(&folder.join("lake"));
        options.store.clone_from(&b.store);
        let lake = Lake::open(options).await?;
        let vault = Vault::from_file(&lake.home().root().join("vault.key")).map_err(wrong)?;
        let channels = Channels::new(Arc::new(vault), Arc::new(SystemClock));
        let faults = Faults { error_before: b.faults, error_after: b.faults, read_error: b.faults, ..Faults::default() };
        let mut worlds = BTreeMap::new();
        for (name, kind) in NETWORKS {
            worlds.insert(name, World::start(kind, faults, 2026).await.map_err(wrong)?);
        }
        let film = folder.join("film.mp4");
        std::fs::write(&film, vec![7; 4096]).map_err(|source| LakeError::Io { action: "writing", path: film.clone(), source })?;
        let units = units(b);
        let mut accounts = Vec::new();
        for (n, unit) in units.iter().enumerate() {
            for (network, kind) in NETWORKS.iter().take(b.accounts as usize) {
                // The Graph's stand-in tells Instagram's accounts from pages by their ids.
                let remote = if *network == "instagram" { 5001 + n } else { 1 + n }.to_string();
                let id = lake.store().fresh_id(lake.now());
                let secret = Secret { access: format!("token-of-{remote}"), ..Secret::default() };
                let base = &worlds[network].address;
                accounts.push(NewAccount {
                    secret: channels.vault().seal(&id, &secret).map_err(wrong)?,
                    unit: unit.code.clone(),
                    network: (*network).into(),
                    handle: format!("@{network}{n}"),
                    address: if *kind == Kind::Graph { format!("{base}/v25.0") } else { base.clone() },
                    // An application each: the limits of one are for days, not for minutes.
                    app: format!("{network} {n}"),
                    state: "connected".into(),
                    expires_at: None,
                    connected_by: "bench".into(),
                    remote,
                    id,
                });
            }
        }
        lake.store().fill_units(&units, &accounts, lake.now().timestamp_micros()).await.map_err(wrong)?;
        Ok(Self { lake, channels, worlds, accounts: accounts.len(), film })
    }

    /// Queues everything: the steady stream, the full minute, and what is due another day.
    async fn plan(&self, b: &Bench) -> Result<Times, LakeError> {
        let film = self.film.display().to_string();
        // Filling takes its time; what is due meanwhile would be late before anybody looks.
        let lead = 5 * SECOND + b.posts * 40;
        let now = self.lake.now().timestamp_micros();
        let (first, step) = (now + lead, SECOND / b.rate);
        let ended = first + b.due * step;
        let minute = (ended / (60 * SECOND) + 1) * 60 * SECOND;
        for (from, posts, due, step) in
            [(b.due + b.burst, b.posts - b.due - b.burst, now + DAY, step), (b.due, b.burst, minute, 0), (0, b.due, first, step)]
        {
            if posts > 0 {
                let waiting = Waiting { first: from, posts, due, step, film: &film };
                self.lake.store().fill_waiting(&waiting).await.map_err(wrong)?;
            }
        }
        let left = first - self.lake.now().timestamp_micros();
        say(&format!("{} posts are scheduled over {} channels; the first is due in {} s", b.posts, self.accounts, left / SECOND));
        Ok(Times { first, step, minute })
    }

    fn out(&self) -> usize {
        self.worlds.values().map(|w| w.with(|m| m.posts.len())).sum()
    }

    /// Lets the workers work until everything due is out, and some time more for what must not go out.
    async fn publish(&self, b: &Bench, times: Times) -> Result<judge::Report, LakeError> {
        let stop = Arc::new(AtomicBool::new(false));
        let mut working = tokio::task::JoinSet::new();
        for n in 0..b.workers.max(1) {
            let networks = Networks::all().map_err(wrong)?;
            let (store, channels) = (self.lake.store().clone(), self.channels.clone());
            let name = format!("bench-{n}");
            let worker = Outbox::new(store, networks, channels, Arc::new(SystemClock), Patience::default(), &name);
            let worker = worker.with_audit(Arc::new(server::records::Log(self.lake.clone())));
            let stop = stop.clone();
            working.spawn(async move { worker.run(stop).await });
        }
        let expected = usize::try_from(b.due + b.burst).unwrap_or(usize::MAX);
        let last = if b.burst > 0 { times.minute } else { times.first + b.due * times.step };
        // An unclear answer waits for its network to settle before anything is tried again.
        let patience = if b.faults > 0 { 1200 } else { 120 };
        let began = Instant::now();
        let mut told = began;
        while self.lake.now().timestamp_micros() < last + patience * SECOND {
            let out = self.out();
            if out >= expected && self.lake.now().timestamp_micros() > last {
                break;
            }
            if told.elapsed() > Duration::from_secs(30) {
                told = Instant::now();
                say(&format!("{out} of {expected} are out after {:.0} s", began.elapsed().as_secs_f64()));
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        // What goes out twice goes out late.
        tokio::time::sleep(Duration::from_secs(3)).await;
        stop.store(true, Ordering::Relaxed);
        while working.join_next().await.is_some() {}
        let counts = self.lake.store().delivery_counts().await.map_err(wrong)?;
        let mut posts = Vec::new();
        for (name, world) in &self.worlds {
            let network: NetworkName = name.parse().map_err(wrong)?;
            posts.extend(world.with(|m| m.posts.iter().map(|p| judge::seen(network, p)).collect::<Vec<_>>()));
        }
        Ok(judge::report(b, times, &posts, &counts))
    }
}

/// A share of sorted numbers.
fn at<T: Copy + Default>(sorted: &[T], share: f64) -> T {
    sorted.get(((sorted.len().saturating_sub(1)) as f64 * share) as usize).copied().unwrap_or_default()
}

/// Milliseconds of a distribution.
fn spread(sorted: &[f64]) -> serde_json::Value {
    json!({ "p50_ms": at(sorted, 0.5), "p95_ms": at(sorted, 0.95), "p99_ms": at(sorted, 0.99), "most_ms": at(sorted, 1.0) })
}
