//! How sources stand, and what happens by itself.

use chrono::{DateTime, Utc};
use lake::{Lake, Options};
use ways::source::{self, Volume};
use ways::{Pulls, schedule};

use crate::basin::{Basin, access};
use crate::feed::event;

/// A clock that stands two days later.
fn later() -> DateTime<Utc> {
    Utc::now() + chrono::Duration::days(2)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_late_is_told_once_and_comes_back() {
    let basin = Basin::new().await;
    let drop = basin.dir.path().join("drop");
    std::fs::create_dir(&drop).unwrap();
    std::fs::write(drop.join("a.ndjson"), event(1, 1) + &event(2, 1) + "{\"event_id\":\"\"}\n").unwrap();
    let pulls = Pulls::new(basin.lake.clone());
    std::fs::create_dir_all(pulls.folder()).unwrap();
    let spec =
        format!("contract = 'anpr.read'\nkind = 'folder'\npath = '{}'\nevery = '1h'\nsettle_seconds = 0\n", drop.display());
    std::fs::write(pulls.folder().join("cameras.toml"), spec).unwrap();
    // The pull is due, and is run by itself.
    schedule::round(&basin.lake, &pulls).await;
    assert_eq!(basin.rows("SELECT count(*) FROM clean.anpr_read").await, ["2"]);
    assert!(pulls.due().await.unwrap().is_empty());
    let contract = basin.lake.contract("anpr.read").unwrap();
    let now = source::standing(&basin.lake, &contract).await.unwrap();
    assert_eq!((now.late, now.expected_seconds, now.volume), (false, Some(3600), Volume::Unknown), "{now:?}");
    let today = now.days.last().unwrap();
    assert_eq!((now.days.len(), today.runs, today.input, today.accepted, today.rejected), (28, 1, 3, 2, 1));
    assert_eq!((now.reasons.values().sum::<u64>(), now.pulls.as_slice()), (1, ["cameras".to_owned()].as_slice()));
    assert_eq!(now.quality.map(|q| q.round()), Some(67.0));
    assert_eq!(now.writes_to, ["clean.anpr_read", "pole.object", "pole.location"]);
    assert!(source::watch(&basin.lake, &access(&basin.lake)).await.unwrap().is_empty());
    // Two days later nothing more has come.
    let options = Options { clock: later, ..Options::at(&basin.dir.path().join("lake")) };
    let then = Lake::open(options).await.unwrap();
    for _ in 0..2 {
        let alerts = source::watch(&then, &access(&then)).await.unwrap();
        assert_eq!(alerts.iter().map(|a| a.contract.as_str()).collect::<Vec<_>>(), ["anpr.read"]);
    }
    let told = then.audit().find(&ledger::Filter::default(), None, usize::MAX).unwrap().entries;
    assert_eq!(told.iter().filter(|e| e.record.action == "late").count(), 1, "once");
    assert!(source::standing(&then, &contract).await.unwrap().late);
    // By then the pull is due again, and finds something.
    std::fs::write(drop.join("b.ndjson"), event(3, 1) + &event(4, 1)).unwrap();
    schedule::round(&then, &Pulls::new(then.clone())).await;
    assert!(source::watch(&then, &access(&then)).await.unwrap().is_empty());
    let past = then.store().alerts(false, 10).await.unwrap();
    assert!(past.len() == 1 && past[0].until_at.is_some(), "{past:?}");
}
