//! Feeds: durable when answered, each line accounted for, once.

use std::sync::Arc;
use std::time::Duration;

use governance::Principal;
use lake::{Lake, Options, TableName};
use ways::feed::Lines;
use ways::{Ack, Feed, FeedError, Feeds, Settings};

use crate::basin::{Basin, rows};

pub fn feed(lake: &Lake, contract: &str) -> Feed {
    Feed { contract: lake.contract(contract).unwrap(), principal: Principal::operator(), authority: None }
}

fn quick() -> Settings {
    Settings { quiet: Duration::from_millis(20), linger: Duration::from_millis(100), ..Settings::default() }
}

pub fn event(n: usize, minute: usize) -> String {
    let camera = n % 7;
    format!(
        "{{\"event_id\":\"E{n}\",\"captured_at\":\"2026-01-05T08:{minute:02}:00+05:30\",\"camera_id\":\"CAM-T{camera:02}\",\"plate_raw\":\"RJ14ZZ{:04}\"}}\n",
        n % 500
    )
}

async fn send(feeds: &Feeds, feed: &Feed, text: &str) -> Result<Ack, FeedError> {
    let mut lines = Lines::default();
    lines.push(text.as_bytes());
    lines.end();
    feeds.send(feed, lines.take(), false).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_means_that_the_rows_are_there() {
    let basin = Basin::new().await;
    let feeds = Feeds::new(basin.lake.clone(), quick());
    let feed = feed(&basin.lake, "anpr.read");
    let body = format!(
        "{}\n{}not json\n{}{{\"event_id\":\"X\",\"captured_at\":\"yesterday\",\"camera_id\":\"C\",\"plate_raw\":\"RJ14ZZ0001\"}}\n",
        event(1, 0),
        event(2, 1),
        event(1, 0)
    );
    let ack = send(&feeds, &feed, &body).await.unwrap();
    assert_eq!((ack.input, ack.accepted, ack.rejected, ack.duplicate), (5, 2, 2, 1), "{ack:?}");
    assert_eq!((ack.through_line, ack.late), (6, 2), "events of January are late in a table expected hourly");
    let told: Vec<(u64, &str, Option<&str>)> =
        ack.errors.iter().map(|e| (e.line, e.code.as_str(), e.column.as_deref())).collect();
    assert_eq!(told, [(4, "bad_format", None), (6, "bad_format", Some("captured_at"))], "{:?}", ack.errors);
    assert!(ack.errors[0].message.contains("not a JSON object"), "{}", ack.errors[0].message);
    // Another program sees it at once.
    let other = Lake::open(Options::at(&basin.dir.path().join("lake"))).await.unwrap();
    assert_eq!(rows(&other, "SELECT event_id FROM clean.anpr_read ORDER BY 1").await, ["E1", "E2"]);
    assert_eq!(rows(&other, "SELECT count(*) FROM quarantine.anpr_read").await, ["2"]);
    // And the object is there, with one run that adds up.
    assert_eq!(ack.objects.len(), 1);
    let run = basin.lake.store().last_done("anpr.read").await.unwrap().unwrap();
    assert_eq!((run.object.as_str(), run.input, run.accepted), (ack.objects[0].as_str(), 5, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_sent_again_changes_nothing() {
    let basin = Basin::new().await;
    let feeds = Feeds::new(basin.lake.clone(), quick());
    let feed = feed(&basin.lake, "anpr.read");
    let day: Vec<String> = (0..12).map(|hour| (0..100).map(|n| event(hour * 100 + n, hour)).collect()).collect();
    for hour in &day {
        assert_eq!(send(&feeds, &feed, hour).await.unwrap().accepted, 100);
    }
    // Once as it was, once cut otherwise, with one new event among the old.
    for hour in &day {
        let again = send(&feeds, &feed, hour).await.unwrap();
        assert_eq!((again.input, again.accepted, again.duplicate), (100, 0, 100));
    }
    let all = format!("{}{}", day.concat(), event(5000, 59));
    let again = send(&feeds, &feed, &all).await.unwrap();
    assert_eq!((again.input, again.accepted, again.duplicate), (1201, 1, 1200));
    assert_eq!(basin.rows("SELECT count(*), count(DISTINCT event_id) FROM clean.anpr_read").await, ["1201|1201"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn senders_share_a_batch_and_hear_of_their_own_lines() {
    let basin = Basin::new().await;
    let settings = Settings { quiet: Duration::from_secs(1), linger: Duration::from_secs(2), ..quick() };
    let feeds = Arc::new(Feeds::new(basin.lake.clone(), settings));
    let feed = feed(&basin.lake, "anpr.read");
    let sent: Vec<_> = (0..8)
        .map(|sender| {
            let (feeds, feed) = (feeds.clone(), feed.clone());
            // Every sender has one bad line, at another place, and one event that all others send too.
            let mut body: String = (0..20).map(|n| event(100 * sender + n, 1)).collect();
            body = "\n".repeat(sender) + "{\"event_id\":\"\"}\n" + &body + &event(9999, 2);
            tokio::spawn(async move { send(&feeds, &feed, &body).await.unwrap() })
        })
        .collect();
    let mut duplicates = 0;
    let mut objects = std::collections::BTreeSet::new();
    for (sender, task) in sent.into_iter().enumerate() {
        let ack = task.await.unwrap();
        assert_eq!((ack.input, ack.rejected), (22, 1));
        assert_eq!(ack.accepted + ack.duplicate, 21);
        assert_eq!(ack.errors[0].line, sender as u64 + 1);
        duplicates += ack.duplicate;
        objects.extend(ack.objects);
    }
    assert_eq!((duplicates, objects.len()), (7, 1));
    assert_eq!(basin.rows("SELECT count(*) FROM clean.anpr_read").await, ["161"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_bounded() {
    let basin = Basin::new().await;
    let settings = Settings { waiting: 8 << 10, quiet: Duration::from_millis(300), ..quick() };
    let feeds = Arc::new(Feeds::new(basin.lake.clone(), settings));
    let feed = feed(&basin.lake, "anpr.read");
    let body: String = (0..60).map(|n| event(n, 3)).collect();
    let (one, two) = (feeds.clone(), feed.clone());
    let text = body.clone();
    let first = tokio::spawn(async move { send(&one, &two, &text).await });
    tokio::time::sleep(Duration::from_millis(60)).await;
    let refused = send(&feeds, &feed, &body).await.unwrap_err();
    assert!(matches!(refused, FeedError::Full { seconds: 1..=60, .. }), "{refused}");
    // In the midst of a body one waits in place of being refused.
    let mut lines = Lines::default();
    lines.push(body.as_bytes());
    let waited = feeds.send(&feed, lines.take(), true).await.unwrap();
    assert_eq!(first.await.unwrap().unwrap().accepted, 60);
    assert_eq!((waited.accepted, waited.duplicate), (0, 60));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_small_batches_leave_few_files() {
    let basin = Basin::new().await;
    let settings = Settings { quiet: Duration::ZERO, linger: Duration::ZERO, fold_every: 12, ..Settings::default() };
    let feeds = Feeds::new(basin.lake.clone(), settings);
    let feed = feed(&basin.lake, "anpr.read");
    for batch in 0..48 {
        let body: String = (0..20).map(|n| event(batch * 20 + n, batch)).collect();
        assert_eq!(send(&feeds, &feed, &body).await.unwrap().accepted, 20);
    }
    // The lane folds after its answer.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    for table in ["clean.anpr_read", "pole.object", "pole.location"] {
        let info = basin.lake.table_info(&TableName::parse(table)).await.unwrap();
        assert!(info.files <= 26, "{table}: {} files", info.files);
    }
    assert_eq!(basin.rows("SELECT count(*), count(DISTINCT event_id) FROM clean.anpr_read").await, ["960|960"]);
    // The second order answers by camera, the first by plate.
    let by_camera: u64 = basin.rows("SELECT count(*) FROM clean.anpr_read WHERE camera_id = 'CAM-T03'").await[0].parse().unwrap();
    assert_eq!(by_camera, (0..960).filter(|n| n % 7 == 3).count() as u64);
    assert_eq!(basin.rows("SELECT count(*) FROM clean.anpr_read WHERE plate = 'RJ14ZZ0007'").await, ["2"]);
    for finding in basin.lake.examine().await.unwrap() {
        assert!(finding.well, "{finding:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_without_lines_or_authority_is_refused_before_anything_is_read() {
    let basin = Basin::new().await;
    let feeds = Feeds::new(basin.lake.clone(), quick());
    let calls = feed(&basin.lake, "telecom.subscriber");
    assert!(matches!(send(&feeds, &calls, &event(1, 1)).await, Err(FeedError::Authority { .. })));
    let sections = feed(&basin.lake, "reference.section");
    let refused = send(&feeds, &sections, &event(1, 1)).await.unwrap_err();
    assert!(refused.to_string().contains("takes no NDJSON; its formats are csv, sheet"), "{refused}");
    assert_eq!(send(&feeds, &feed(&basin.lake, "anpr.read"), "\n\n").await.unwrap(), Ack::default());
    let held = basin.lake.store().objects(&store::ObjectFilter::default(), store::Page::first(1)).await.unwrap();
    assert_eq!(held.total, 0);
}

/// A disk that refuses is said, and the same lines go in once it does not.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_fails_is_sent_again() {
    let basin = Basin::new().await;
    let feeds = Feeds::new(basin.lake.clone(), quick());
    let feed = feed(&basin.lake, "anpr.read");
    let tables = basin.lake.home().tables();
    std::fs::create_dir_all(tables.join("clean")).unwrap();
    // A file where the table's folder should be.
    std::fs::write(tables.join("clean/anpr_read"), "in the way").unwrap();
    let failed = send(&feeds, &feed, &event(1, 1)).await.unwrap_err();
    assert!(matches!(&failed, FeedError::Failed(why) if why.contains("anpr_read")), "{failed}");
    std::fs::remove_file(tables.join("clean/anpr_read")).unwrap();
    assert_eq!(send(&feeds, &feed, &event(1, 1)).await.unwrap().accepted, 1);
}
