//! A watched folder: whole files once, over restarts too.

use lake::{Lake, Options, Request};
use ways::{Settled, Watched};

use crate::basin::Basin;
use crate::feed::event;

fn took(taken: Vec<ways::watch::Taken>) -> Vec<(String, u64)> {
    let name = |t: &ways::watch::Taken| t.path.file_name().unwrap().to_string_lossy().into_owned();
    taken.iter().map(|t| (name(t), t.reports.iter().map(|r| r.accepted).sum())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_taken_when_it_has_stopped_growing() {
    let basin = Basin::new().await;
    let folder = basin.dir.path().join("in");
    std::fs::create_dir(&folder).unwrap();
    let roots = [folder.clone()];
    let request = Request::default();
    let mut watched = Watched::open(&basin.lake, "w", &roots).await.unwrap();
    std::fs::write(folder.join("a.ndjson"), event(1, 1) + &event(2, 1)[..10]).unwrap();
    assert!(watched.round(Settled::SinceLastRound, &request).await.unwrap().is_empty());
    std::fs::write(folder.join("a.ndjson"), event(1, 1) + &event(2, 1)).unwrap();
    assert!(watched.round(Settled::SinceLastRound, &request).await.unwrap().is_empty(), "it grew");
    let taken = watched.round(Settled::SinceLastRound, &request).await.unwrap();
    assert_eq!(took(taken), [("a.ndjson".to_owned(), 2)]);
    assert!(watched.round(Settled::SinceLastRound, &request).await.unwrap().is_empty());
    assert!(folder.join("a.ndjson").exists());
    // A file that fits nothing costs itself only, once.
    std::fs::write(folder.join("b.txt"), "nothing of ours").unwrap();
    std::fs::write(folder.join("c.ndjson"), event(3, 1) + &event(4, 1)).unwrap();
    watched.round(Settled::SinceLastRound, &request).await.unwrap();
    let taken = watched.round(Settled::SinceLastRound, &request).await.unwrap();
    assert!(taken[0].reports[0].message.as_deref().unwrap().contains("no contract fits"), "{taken:?}");
    assert_eq!(took(taken), [("b.txt".to_owned(), 0), ("c.ndjson".to_owned(), 2)]);
    assert!(watched.round(Settled::SinceLastRound, &request).await.unwrap().is_empty());
    // Another program knows what this one took.
    drop(watched);
    let other = Lake::open(Options::at(&basin.dir.path().join("lake"))).await.unwrap();
    let mut watched = Watched::open(&other, "w", &roots).await.unwrap();
    for _ in 0..3 {
        assert!(watched.round(Settled::SinceLastRound, &request).await.unwrap().is_empty());
    }
    std::fs::remove_dir_all(&folder).unwrap();
    let gone = watched.round(Settled::SinceLastRound, &request).await.unwrap_err();
    assert!(gone.to_string().contains("cannot be read"), "{gone}");
}

/// The lake cannot take in just now: the file is not given up.
#[tokio::test(flavor = "multi_thread")]
async fn what_fails_for_now_is_tried_again() {
    let basin = Basin::new().await;
    let folder = basin.dir.path().join("in");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("a.ndjson"), event(1, 1) + &event(2, 1)).unwrap();
    let blocked = basin.lake.home().tables().join("clean");
    std::fs::create_dir_all(&blocked).unwrap();
    std::fs::write(blocked.join("anpr_read"), "in the way").unwrap();
    let request = Request::default();
    let mut watched = Watched::open(&basin.lake, "w", &[folder]).await.unwrap();
    let settled = Settled::ForSeconds(0);
    let failed = watched.round(settled, &request).await.unwrap();
    assert_eq!(failed[0].reports[0].state, lake::ingest::State::Failed, "{failed:?}");
    assert!(watched.round(settled, &request).await.unwrap().is_empty(), "not at once");
    std::fs::remove_file(blocked.join("anpr_read")).unwrap();
    let mut taken = Vec::new();
    for _ in 0..4 {
        taken.extend(took(watched.round(settled, &request).await.unwrap()));
    }
    assert_eq!(taken, [("a.ndjson".to_owned(), 2)]);
}
