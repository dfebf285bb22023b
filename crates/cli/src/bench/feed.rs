//! `bench feed`: plate reads by HTTP into a server of its own, with queries beside them, and the account at the end.

mod talk;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use lake::LakeError;
use serde_json::{Value, json};
use talk::Talk;

use crate::args::Args;
use crate::output;

/// `bench feed`: what a feed takes, sustained, with queries running beside it; in a scratch lake and a server of its own.
#[derive(Debug, Clone, Parser)]
#[command(name = "sarovar bench feed")]
struct Bench {
    name: String,
    /// How long it is fed.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Events a second that are sent; 0 as fast as they are acknowledged.
    #[arg(long, default_value_t = 5_000)]
    rate: u64,
    /// Connections that send.
    #[arg(long, default_value_t = 16)]
    senders: u64,
    /// Events of one request.
    #[arg(long, default_value_t = 500)]
    lines: u64,
    /// Connections that ask queries all the while.
    #[arg(long, default_value_t = 1)]
    readers: u64,
    /// Events of a thousand that are sent a second time, and that no table can take.
    #[arg(long, default_value_t = 20)]
    repeated: u64,
    #[arg(long, default_value_t = 2)]
    spoilt: u64,
    /// Folder for the scratch lake; it must be on the disk that is to be measured.
    #[arg(long)]
    work: Option<PathBuf>,
}

/// Cameras and vehicles that there are.
const CAMERAS: u64 = 500;
const VEHICLES: u64 = 200_000;

/// What an event is sent as.
#[derive(Debug, PartialEq, Eq)]
enum Sort {
    Good,
    /// The event of this number once more.
    Again(u64),
    Spoilt,
}

impl Bench {
    fn sort(&self, n: u64) -> Sort {
        let (thousand, of) = (n - n % 1000, n % 1000);
        // The last of every thousand is always good, so that what is repeated is there.
        match of {
            of if of < self.repeated.min(400) && thousand > 0 => Sort::Again(thousand - 1),
            of if (500..500 + self.spoilt.min(400)).contains(&of) => Sort::Spoilt,
            _ => Sort::Good,
        }
    }

    fn line(&self, out: &mut String, n: u64, begun: DateTime<Utc>) {
        use std::fmt::Write;
        let sort = self.sort(n);
        let n = if let Sort::Again(n) = sort { n } else { n };
        let at = begun + TimeDelta::milliseconds((n * 1000 / self.rate.max(1_000)) as i64);
        let at = match sort {
            Sort::Spoilt => "some time".to_owned(),
            _ => (at + TimeDelta::minutes(330)).format("%Y-%m-%dT%H:%M:%S+05:30").to_string(),
        };
        let random = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let (camera, plate) = (random % CAMERAS, plate(random));
        let _ = writeln!(
            out,
            "{{\"event_id\":\"EV{n:012}\",\"captured_at\":\"{at}\",\"camera_id\":\"CAM-{camera:04}\",\"lane_id\":\"{}\",\"direction\":\"in\",\"lat\":{:.5},\"lon\":{:.5},\"plate_raw\":\"{plate}\",\"plate_confidence\":0.9{},\"speed_kmph\":{}}}",
            n % 4 + 1,
            26.0 + camera as f64 / 1000.0,
            74.0 + camera as f64 / 1000.0,
            n % 10,
            20 + n % 80
        );
    }
}

fn plate(random: u64) -> String {
    let vehicle = random / CAMERAS % VEHICLES;
    let letter = char::from(b'A' + (vehicle / 9_999 % 26) as u8);
    format!("RJ14Z{letter}{:04}", vehicle % 9_999 + 1)
}

/// A server that ends with its owner.
struct Server {
    child: Child,
    address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    async fn start(home: &Path) -> Result<Server, LakeError> {
        let here = Path::new("this program");
        let address = {
            let free = std::net::TcpListener::bind("127.0.0.1:0").map_err(LakeError::io("listening as", here))?;
            free.local_addr().map_err(LakeError::io("listening as", here))?.to_string()
        };
        let program = std::env::current_exe().map_err(LakeError::io("finding", here))?;
        let log = home.with_extension("log");
        let log = std::fs::File::create(&log).map_err(LakeError::io("creating", &log))?;
        let child = Command::new(program)
            .arg("--home")
            .arg(home)
            .args(["serve", "--listen", &address])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .map_err(LakeError::io("starting", here))?;
        let server = Server { child, address };
        let until = Instant::now() + Duration::from_secs(60);
        loop {
            let asked = async { Talk::to(&server.address).await?.get("/healthz").await };
            match asked.await {
                Ok((200, _)) => return Ok(server),
                _ if Instant::now() > until => return Err(LakeError::Invalid("the server did not answer in 60 seconds".into())),
                _ => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Most memory it has held, in MiB.
    fn peak(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib / 1024)
    }
}

/// What the senders heard.
#[derive(Debug, Default)]
struct Heard {
    sent: u64,
    input: u64,
    accepted: u64,
    rejected: u64,
    duplicate: u64,
    again: u64,
    /// Seconds after the start, and milliseconds until the answer.
    times: Vec<(f64, f64)>,
}

impl Heard {
    fn add(&mut self, more: Heard) {
        self.sent += more.sent;
        self.input += more.input;
        self.accepted += more.accepted;
        self.rejected += more.rejected;
        self.duplicate += more.duplicate;
        self.again += more.again;
        self.times.extend(more.times);
    }
}

pub async fn run(args: &Args, arguments: &[String]) -> Result<ExitCode, LakeError> {
    let options = Arc::new(Bench::parse_from(std::iter::once("sarovar bench feed".to_string()).chain(arguments.iter().cloned())));
    let scratch = super::scratch(args, options.work.as_deref(), "feed")?;
    let server = Server::start(&scratch.path().join("lake")).await?;
    let (begun, started) = (Utc::now(), Instant::now());
    let next = Arc::new(AtomicU64::new(0));
    let senders: Vec<_> = (0..options.senders.max(1))
        .map(|_| tokio::spawn(send(options.clone(), server.address.clone(), next.clone(), begun, started)))
        .collect();
    let over = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..options.readers).map(|n| tokio::spawn(ask(server.address.clone(), over.clone(), n))).collect();
    let mut heard = Heard::default();
    let died = |e: tokio::task::JoinError| LakeError::Invalid(format!("a sender died: {e}"));
    for sender in senders {
        heard.add(sender.await.map_err(died)??);
    }
    let took = started.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    let mut asked = Vec::new();
    for reader in readers {
        asked.extend(reader.await.map_err(died)??);
    }
    let mut talk = Talk::to(&server.address).await.map_err(talk::wrong)?;
    let clean = table(&mut talk, "clean.anpr_read").await?;
    let refused = table(&mut talk, "quarantine.anpr_read").await?;
    let objects = table(&mut talk, "pole.object").await?;
    check(&options, &heard, &clean, &refused)?;
    let ms = |times: &mut Vec<f64>, share: f64| {
        times.sort_by(f64::total_cmp);
        times.get((times.len().saturating_sub(1) as f64 * share) as usize).copied().unwrap_or_default().round()
    };
    let within = |from: f64, to: f64| -> Vec<f64> {
        heard.times.iter().filter(|(at, _)| (from * took..=to * took).contains(at)).map(|(_, ms)| *ms).collect()
    };
    let mut acks = within(0.0, 1.0);
    output::records(
        &[json!({
            "seconds": took.round(), "asked_per_second": options.rate, "events": heard.sent, "per_second": (heard.sent as f64 / took).round(),
            "ack_ms_median": ms(&mut acks, 0.5), "ack_ms_p99": ms(&mut acks, 0.99), "ack_ms_most": ms(&mut acks, 1.0),
            "ack_ms_median_first_fifth": ms(&mut within(0.0, 0.2), 0.5), "ack_ms_median_last_fifth": ms(&mut within(0.8, 1.0), 0.5),
            "sent_again": heard.again, "accepted": heard.accepted, "rejected": heard.rejected, "duplicate": heard.duplicate,
            "table_rows": clean["rows"], "table_files": clean["files"], "object_files": objects["files"], "commits": clean["version"],
            "queries": asked.len(), "query_ms_median": ms(&mut asked, 0.5), "query_ms_p99": ms(&mut asked, 0.99),
            "server_mib": server.peak(),
        })],
        args.format,
    )?;
    Ok(ExitCode::SUCCESS)
}

/// One connection that sends until the time is over.
async fn send(
    options: Arc<Bench>,
    address: String,
    next: Arc<AtomicU64>,
    begun: DateTime<Utc>,
    started: Instant,
) -> Result<Heard, LakeError> {
    let mut talk = Talk::to(&address).await.map_err(talk::wrong)?;
    let mut heard = Heard::default();
    while started.elapsed().as_secs() < options.seconds {
        let first = next.fetch_add(options.lines, Ordering::Relaxed);
        if options.rate > 0 {
            let due = Duration::from_secs_f64((first + options.lines) as f64 / options.rate as f64);
            tokio::time::sleep(due.saturating_sub(started.elapsed())).await;
        }
        let mut body = String::with_capacity(options.lines as usize * 260);
        (first..first + options.lines).for_each(|n| options.line(&mut body, n, begun));
        let asked = Instant::now();
        loop {
            let (status, answer) =
                talk.post("/api/v1/feed/anpr.read", "application/x-ndjson", &body).await.map_err(talk::wrong)?;
            if matches!(status, 429 | 503) {
                heard.again += 1;
                tokio::time::sleep(Duration::from_secs(1)).await;
                continue;
            }
            let ack: Value = serde_json::from_str(&answer).unwrap_or_default();
            if status != 200 {
                return Err(LakeError::Invalid(format!("the feed answered {status}: {answer}")));
            }
            let count = |key: &str| ack[key].as_u64().unwrap_or_default();
            heard.add(Heard {
                sent: options.lines,
                input: count("in"),
                accepted: count("accepted"),
                rejected: count("rejected"),
                duplicate: count("duplicate"),
                again: 0,
                times: vec![(started.elapsed().as_secs_f64(), asked.elapsed().as_secs_f64() * 1e3)],
            });
            break;
        }
    }
    Ok(heard)
}

/// One connection that asks for plates and cameras, one question after the other.
async fn ask(address: String, over: Arc<AtomicBool>, seed: u64) -> Result<Vec<f64>, LakeError> {
    let mut talk = Talk::to(&address).await.map_err(talk::wrong)?;
    let mut times = Vec::new();
    let mut n = seed;
    while !over.load(Ordering::Relaxed) {
        n += 1;
        let random = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let which = match n % 2 {
            0 => format!("plate = '{}'", plate(random)),
            _ => format!("camera_id = 'CAM-{:04}' AND captured_at > now() - INTERVAL '10 seconds'", random % CAMERAS),
        };
        let sql =
            format!("SELECT plate, camera_id, captured_at FROM clean.anpr_read WHERE {which} ORDER BY captured_at DESC LIMIT 50");
        let asked = Instant::now();
        let (status, answer) =
            talk.post("/api/v1/sql", "application/json", &json!({ "sql": sql }).to_string()).await.map_err(talk::wrong)?;
        match status {
            200 => times.push(asked.elapsed().as_secs_f64() * 1e3),
            // The table is made with the first batch.
            _ if times.is_empty() => {}
            _ => return Err(LakeError::Invalid(format!("a query was answered {status}: {answer}"))),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(times)
}

async fn table(talk: &mut Talk, name: &str) -> Result<Value, LakeError> {
    let (status, answer) = talk.get(&format!("/api/v1/catalog/{name}")).await.map_err(talk::wrong)?;
    if status == 404 {
        return Ok(json!({ "rows": 0, "files": 0 }));
    }
    serde_json::from_str(&answer).map_err(|e| LakeError::Invalid(format!("the catalogue answered {status}: {e}")))
}

/// Every event is accounted for, by the senders' answers, by the tables, and by what was sent.
fn check(options: &Bench, heard: &Heard, clean: &Value, refused: &Value) -> Result<(), LakeError> {
    let mut good = 0;
    let (mut again, mut spoilt) = (0, 0);
    for n in 0..heard.sent {
        match options.sort(n) {
            Sort::Good => good += 1,
            Sort::Again(_) => again += 1,
            Sort::Spoilt => spoilt += 1,
        }
    }
    let rows = |table: &Value| table["rows"].as_u64().unwrap_or_default();
    for (what, found, expected) in [
        ("events told of in answers", heard.input, heard.sent),
        ("events accepted", heard.accepted, good),
        ("events refused", heard.rejected, spoilt),
        ("events there already", heard.duplicate, again),
        ("rows of the table", rows(clean), good),
        ("rows of the quarantine", rows(refused), spoilt),
        ("events in the account of runs", clean["quality"]["in"].as_u64().unwrap_or_default(), heard.sent),
    ] {
        if found != expected {
            return Err(LakeError::Invalid(format!("{what}: {found}, and {expected} were expected of {} sent", heard.sent)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_was_sent_whole_before() {
        let options = Bench::parse_from(["sarovar bench feed", "feed"]);
        let sorts: Vec<Sort> = (0..3_000).map(|n| options.sort(n)).collect();
        let of = |wanted: fn(&Sort) -> bool| sorts.iter().filter(|s| wanted(s)).count();
        assert_eq!((of(|s| *s == Sort::Spoilt), of(|s| matches!(s, Sort::Again(_)))), (6, 40));
        let (mut first, mut again) = (String::new(), String::new());
        options.line(&mut first, 999, DateTime::UNIX_EPOCH);
        options.line(&mut again, 1_000, DateTime::UNIX_EPOCH);
        assert_eq!(sorts[1_000], Sort::Again(999));
        assert_eq!(first, again);
        let event: Value = serde_json::from_str(&first).unwrap();
        assert_eq!(event["event_id"], "EV000000000999");
    }
}
