//! How long the pages of the desk and of the portal take, over HTTP, with everything that belongs to a request.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use lake::LakeError;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::{Bench, DISTRICT, Stage, spread};
use crate::who::wrong;

/// 95 of a hundred pages must be there within this; milliseconds.
const BAR: f64 = 150.0;

/// An address for the n-th request.
type Path = Box<dyn Fn(usize) -> String + Send + Sync>;

/// A kind of page, and its address for the n-th request.
struct Kind {
    name: &'static str,
    portal: bool,
    path: Path,
}

fn kinds(b: &Bench, today: chrono::NaiveDate) -> Vec<Kind> {
    let units = b.units.max(2);
    let station = move |n: usize| {
        // A number that no district has.
        let n = 1 + n.wrapping_mul(7919) % (units - 1);
        if n.is_multiple_of(DISTRICT + 1) { format!("D{:03}", n / (DISTRICT + 1)) } else { format!("T{n:05}") }
    };
    let districts = (units - 1) / (DISTRICT + 1);
    let district =
        move |n: usize| if districts == 0 { "HQ".to_owned() } else { format!("D{:03}", 1 + n.wrapping_mul(31) % districts) };
    // A month of the last ten, the present one most often.
    let day = move |n: usize| today - chrono::Days::new(if n.is_multiple_of(2) { 0 } else { (n as u64 * 37) % 300 });
    let kind = |name, path: Path| Kind { name, portal: false, path };
    let mut all = vec![
        kind("calendar, month, all", Box::new(move |n| format!("/desk/calendar?at={}", day(n)))),
        kind("calendar, month, district", Box::new(move |n| format!("/desk/calendar?at={}&unit={}", day(n), district(n)))),
        kind("calendar, month, thana", Box::new(move |n| format!("/desk/calendar?at={}&unit={}", day(n), station(n)))),
        kind("calendar, week, all", Box::new(move |n| format!("/desk/calendar?view=week&at={}", day(n)))),
        kind(
            "calendar, day, district",
            Box::new(move |n| format!("/desk/calendar?view=list&at={}&unit={}", day(n), district(n))),
        ),
        kind("inbox, all", Box::new(|_| "/desk/inbox".into())),
        kind("inbox, district", Box::new(move |n| format!("/desk/inbox?unit={}", district(n)))),
        kind("inbox, thana", Box::new(move |n| format!("/desk/inbox?unit={}", station(n)))),
        kind("inbox, answered, district", Box::new(move |n| format!("/desk/inbox?state=answered&unit={}", district(n)))),
        // Far down the list, as a link of the page before leads there.
        kind(
            "inbox, answered, further",
            Box::new(move |n| {
                let after = (today - chrono::Days::new(1 + (n as u64 * 53) % 300)).and_time(chrono::NaiveTime::MIN).and_utc();
                format!("/desk/inbox?state=answered&after={}-x", after.timestamp_micros())
            }),
        ),
        kind("desk", Box::new(|_| "/desk".into())),
        kind("outbox", Box::new(|_| "/desk/outbox".into())),
    ];
    let portal = |name, path: Path| Kind { name, portal: true, path };
    all.push(portal("portal, home", Box::new(|_| "/hi/".into())));
    all.push(portal("portal, thana", Box::new(move |n| format!("/hi/latest?unit={}", station(n)))));
    all.push(portal("portal, corrections", Box::new(|_| "/hi/corrections".into())));
    all.push(portal("portal, feed", Box::new(|_| "/hi/feed.atom".into())));
    all
}

/// One request and its whole answer: status, bytes.
async fn fetch(to: SocketAddr, path: &str) -> Result<(u16, usize), LakeError> {
    let io = |source| LakeError::Io { action: "asking", path: path.into(), source };
    let mut stream = TcpStream::connect(to).await.map_err(io)?;
    let head = format!("GET {path} HTTP/1.1\r\nhost: {to}\r\naccept-language: hi\r\nconnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).await.map_err(io)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.map_err(io)?;
    let status = answer.get(9..12).and_then(|s| std::str::from_utf8(s).ok()).and_then(|s| s.parse().ok()).unwrap_or(0);
    Ok((status, answer.len()))
}

pub(super) async fn measure(stage: &Stage, b: &Bench) -> Result<Vec<Value>, LakeError> {
    let listen = || async { TcpListener::bind("127.0.0.1:0").await.map_err(wrong) };
    let (desk, portal) = (listen().await?, listen().await?);
    let (desk_at, portal_at) = (desk.local_addr().map_err(wrong)?, portal.local_addr().map_err(wrong)?);
    let accounts = accounts::Accounts::of(stage.lake.store().clone(), stage.lake.home().root()).map_err(wrong)?;
    let site = server::Site::at(None, true).map_err(LakeError::Invalid)?;
    let settings =
        server::portal::Settings { base: "https://portal.example.org".into(), key: b"bench".to_vec(), ..Default::default() };
    let stop = Arc::new(Notify::new());
    let (one, two) = (stop.clone(), stop.clone());
    let mut serving = tokio::task::JoinSet::new();
    serving.spawn(server::serve(stage.lake.clone(), accounts, site, desk, async move { one.notified().await }));
    serving.spawn(server::portal::serve(stage.lake.clone(), settings, portal, async move { two.notified().await }));

    let today = stage.lake.now().date_naive();
    let mut out = Vec::new();
    for kind in kinds(b, today) {
        let kind = Arc::new(kind);
        let to = if kind.portal { portal_at } else { desk_at };
        fetch(to, &(kind.path)(0)).await?;
        let mut lanes = tokio::task::JoinSet::new();
        for lane in 0..b.clients.max(1) {
            let (kind, step, last) = (kind.clone(), b.clients.max(1), b.requests);
            lanes.spawn(async move {
                let mut found = Vec::new();
                for n in (lane..last).step_by(step) {
                    let path = (kind.path)(n);
                    let asked = Instant::now();
                    let (status, bytes) = fetch(to, &path).await?;
                    if status != 200 {
                        return Err(LakeError::Invalid(format!("{path} answered {status}")));
                    }
                    found.push((asked.elapsed().as_secs_f64() * 1e3, bytes));
                }
                Ok(found)
            });
        }
        let mut found = Vec::new();
        while let Some(lane) = lanes.join_next().await {
            found.extend(lane.map_err(wrong)??);
        }
        let mut ms: Vec<f64> = found.iter().map(|(ms, _)| *ms).collect();
        ms.sort_by(f64::total_cmp);
        let bytes = found.iter().map(|(_, bytes)| *bytes).max().unwrap_or_default();
        let shown = spread(&ms);
        out.push(json!({ "page": kind.name, "requests": ms.len(), "p50_ms": shown["p50_ms"], "p95_ms": shown["p95_ms"],
            "most_ms": shown["most_ms"], "bytes": bytes, "within": super::at(&ms, 0.95) <= BAR }));
    }
    stop.notify_waiters();
    while let Some(ended) = serving.join_next().await {
        ended.map_err(wrong)?.map_err(wrong)?;
    }
    Ok(out)
}
