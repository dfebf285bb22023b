//! What the store promises, whichever database is underneath.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use store::{
    Counts, HistoryState, NewHistory, NewRun, NewUpload, Object, ObjectFilter, Outcome, Page, Run, RunFilter, RunState, Store,
    StoreError, UploadState,
};

pub fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_435_200, 123_456_789).unwrap()
}

pub fn object(fill: char) -> Object {
    Object {
        sha256: fill.to_string().repeat(64),
        size: 1_234,
        original_name: format!("प्राथमिकी_{fill}.csv"),
        received_at: noon(),
        received_by: "operator".into(),
        authority: None,
        media_type: "text/csv".into(),
        parent_sha256: None,
        member_name: None,
        retention_until: Some(noon() + TimeDelta::days(365)),
        note: None,
    }
}

fn new_run(object: &str) -> NewRun {
    NewRun {
        object: object.into(),
        name: "calls.csv".into(),
        principal: "operator".into(),
        contract: "telecom.cdr".into(),
        contract_version: "1.0.0".into(),
        total_bytes: 900,
        ..NewRun::default()
    }
}

fn outcome(state: RunState) -> Outcome {
    let counts = Counts { input: 10, accepted: 7, rejected: 2, duplicate: 1, corrected: 1, withdrawn: 0 };
    Outcome { state, counts, seconds: 1.5, message: Some("said".into()), report: Some(json!({"drift": ["नया"]})) }
}

/// Everything, in an order in which the later parts see the rows of the earlier ones.
pub async fn all(store: &Store) {
    objects(store).await;
    runs(store).await;
    abandoned(store).await;
    uploads(store).await;
    history(store).await;
    settings(store).await;
    forgetting(store).await;
    many_at_once(store).await;
    crate::desk::all(store).await;
}

async fn objects(store: &Store) {
    assert!(store.put_object(&object('a')).await.unwrap());
    let second = Object { original_name: "another name".into(), ..object('a') };
    assert!(!store.put_object(&second).await.unwrap(), "the same bytes again are not new");
    let found = store.object(&"a".repeat(64)).await.unwrap().unwrap();
    assert_eq!(found.original_name, object('a').original_name, "the first manifest stands");
    assert_eq!(found.received_at.timestamp_subsec_nanos(), 123_456_000, "microseconds");
    let member = Object {
        parent_sha256: Some("a".repeat(64)),
        member_name: Some("in/b.csv".into()),
        retention_until: None,
        received_at: noon() + TimeDelta::seconds(1),
        ..object('b')
    };
    store.put_object(&member).await.unwrap();

    let all = store.objects(&ObjectFilter::default(), Page::first(1)).await.unwrap();
    assert_eq!((all.total, all.rows.len()), (2, 1));
    assert_eq!(all.rows[0].sha256, "b".repeat(64), "newest first");
    let members = ObjectFilter { parent: Some("a".repeat(64)), ..ObjectFilter::default() };
    assert_eq!(store.objects(&members, Page::default()).await.unwrap().rows[0].sha256, "b".repeat(64));
    let expired = |time| ObjectFilter { expired_before: Some(time), ..ObjectFilter::default() };
    assert_eq!(store.objects(&expired(noon()), Page::default()).await.unwrap().total, 0);
    assert_eq!(store.objects(&expired(noon() + TimeDelta::days(366)), Page::default()).await.unwrap().total, 1);
    let named = ObjectFilter { name_contains: Some("प्राथमिकी_a".into()), ..ObjectFilter::default() };
    assert_eq!(store.objects(&named, Page::default()).await.unwrap().total, 1);

    assert!(store.set_retention(&"a".repeat(64), None).await.unwrap());
    assert_eq!(store.object(&"a".repeat(64)).await.unwrap().unwrap().retention_until, None);
    assert!(!store.set_retention("nothing", None).await.unwrap());
    assert!(store.object("nothing").await.unwrap().is_none());
}

async fn runs(store: &Store) {
    let started = store.start_run(new_run(&"a".repeat(64)), noon()).await.unwrap();
    assert_eq!(store.run(&started.id).await.unwrap(), Some(started.clone()), "what is returned is what is read back");
    store.set_run_contract(&started.id, "telecom.cdr", "1.1.0", 2).await.unwrap();
    assert!(store.progress_run(&started.id, 450, Counts { input: 5, ..Counts::default() }).await.unwrap());
    let half = store.run(&started.id).await.unwrap().unwrap();
    assert_eq!((half.state, half.progress_bytes, half.input, half.variant), (RunState::Running, 450, 5, 2));
    assert!(store.last_done("telecom.cdr").await.unwrap().is_none());

    assert!(store.finish_run(&started.id, &outcome(RunState::Done), noon()).await.unwrap());
    let done: Run = store.run(&started.id).await.unwrap().unwrap();
    assert_eq!(done.input, done.accepted + done.rejected + done.duplicate);
    assert_eq!((done.state, done.progress_bytes), (RunState::Done, 900));
    assert_eq!(done.report, Some(json!({"drift": ["नया"]})));
    assert_eq!(done.seconds, Some(1.5));
    assert!(!store.finish_run(&started.id, &outcome(RunState::Failed), noon()).await.unwrap(), "the first ending counts");
    assert!(!store.progress_run(&started.id, 1, Counts::default()).await.unwrap(), "a final run does not move");
    assert_eq!(store.last_done("telecom.cdr").await.unwrap().unwrap().id, started.id);

    let sum = store.run_sum("telecom.cdr").await.unwrap();
    assert_eq!((sum.runs, sum.input, sum.accepted, sum.last), (1, done.input, done.accepted, done.finished_at));
    let again = store.start_run(new_run(&"a".repeat(64)), noon() + TimeDelta::milliseconds(500)).await.unwrap();
    let repeated = Counts { input: 4, duplicate: 4, ..Counts::default() };
    let same = Outcome { counts: repeated, report: Some(json!({"reasons": {}})), ..outcome(RunState::Done) };
    assert!(store.finish_run(&again.id, &same, noon() + TimeDelta::hours(1)).await.unwrap());
    let then = store.run_sum("telecom.cdr").await.unwrap();
    assert_eq!(
        (then.runs, then.input, then.duplicate),
        (sum.runs, sum.input, sum.duplicate),
        "a repetition says nothing of quality"
    );
    assert_eq!(then.last, store.run(&again.id).await.unwrap().unwrap().finished_at);
    let days = store.run_days("telecom.cdr", noon() - TimeDelta::days(1)).await.unwrap();
    assert_eq!((days.len(), days[0].runs, days[0].input), (1, 2, done.input + 4));
    let worse = store.start_run(new_run("w"), noon() + TimeDelta::days(1)).await.unwrap();
    let refused = Outcome { report: Some(json!({"reasons": {"rule": 2, "ragged": 1}})), ..outcome(RunState::Done) };
    assert!(store.finish_run(&worse.id, &refused, noon() + TimeDelta::days(1)).await.unwrap());
    assert!(!store.finish_run(&worse.id, &refused, noon() + TimeDelta::days(1)).await.unwrap());
    let why = store.run_reasons("telecom.cdr", noon()).await.unwrap();
    assert_eq!(why, [("ragged".to_owned(), 1), ("rule".to_owned(), 2)].into(), "counted once");
    assert_eq!(store.run_reasons("telecom.cdr", noon() + TimeDelta::days(2)).await.unwrap().len(), 0);
    assert_eq!(store.run_sum("no.such").await.unwrap(), store::RunSum::default());

    let cancelled = store.start_run(new_run("b"), noon() + TimeDelta::seconds(1)).await.unwrap();
    store.finish_run(&cancelled.id, &Outcome { report: None, ..outcome(RunState::Cancelled) }, noon()).await.unwrap();
    assert_eq!(store.run(&cancelled.id).await.unwrap().unwrap().report, None);
    let listed = store.runs(&RunFilter::default(), Page::default()).await.unwrap();
    assert_eq!(
        listed.rows.iter().map(|r| &r.id).collect::<Vec<_>>(),
        [&worse.id, &cancelled.id, &again.id, &started.id],
        "newest first"
    );
    let only = |filter| async move { store.runs(&filter, Page::default()).await.unwrap().total };
    assert_eq!(only(RunFilter { state: Some(RunState::Done), ..RunFilter::default() }).await, 3);
    assert_eq!(only(RunFilter { object: Some("b".into()), ..RunFilter::default() }).await, 1);
    assert_eq!(only(RunFilter { contract: Some("no.such".into()), ..RunFilter::default() }).await, 0);
    assert_eq!(only(RunFilter { open: true, ..RunFilter::default() }).await, 0);
    let missing = store.set_run_contract("nothing", "x", "1", 0).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { what: "run", .. }), "{missing}");
}

async fn abandoned(store: &Store) {
    let left = store.start_run(new_run("c"), noon() - TimeDelta::hours(1)).await.unwrap();
    let mine = store.start_run(new_run("c"), noon() + TimeDelta::hours(1)).await.unwrap();
    assert_eq!(store.abandon_runs(noon(), "the program was stopped", noon()).await.unwrap(), 1);
    assert_eq!(store.run(&left.id).await.unwrap().unwrap().state, RunState::Failed);
    assert_eq!(store.run(&mine.id).await.unwrap().unwrap().state, RunState::Received);
}

async fn uploads(store: &Store) {
    let new = NewUpload { principal: "operator".into(), name: "big.zip".into(), size: 100, folder: "uploads".into() };
    let upload = store.start_upload(new.clone(), noon()).await.unwrap();
    assert_eq!(upload.path, format!("uploads/{}", upload.id));
    store.advance_upload(&upload.id, 0, 40, noon()).await.unwrap();
    let twice = store.advance_upload(&upload.id, 0, 40, noon()).await.unwrap_err();
    assert!(matches!(twice, StoreError::Offset { stands: 40, asked: 0, .. }), "{twice}");
    assert_eq!(store.upload(&upload.id).await.unwrap().unwrap().offset, 40);
    let later = noon() + TimeDelta::hours(1);
    assert_eq!(store.open_uploads(later, Page::default()).await.unwrap().len(), 1);
    store.advance_upload(&upload.id, 40, 100, noon()).await.unwrap();
    store.complete_upload(&upload.id, "d", Some("run"), noon()).await.unwrap();
    let done = store.upload(&upload.id).await.unwrap().unwrap();
    assert_eq!((done.state, done.sha256.as_deref(), done.run_id.as_deref()), (UploadState::Complete, Some("d"), Some("run")));
    assert!(store.open_uploads(later, Page::default()).await.unwrap().is_empty());
    assert!(matches!(store.advance_upload(&upload.id, 100, 101, noon()).await, Err(StoreError::Missing { .. })));
    assert!(matches!(store.cancel_upload(&upload.id, noon()).await, Err(StoreError::Missing { .. })));

    let other = store.start_upload(new, noon()).await.unwrap();
    store.cancel_upload(&other.id, noon()).await.unwrap();
    store.cancel_upload(&other.id, noon()).await.unwrap();
    assert_eq!(store.upload(&other.id).await.unwrap().unwrap().state, UploadState::Cancelled);
}

async fn history(store: &Store) {
    let new = |sql: &str| NewHistory { principal: "operator".into(), sql: sql.into(), purpose: "operation".into() };
    let entry = store.start_history(new("SELECT '9876543210'"), noon()).await.unwrap();
    store.finish_history(&entry.id, HistoryState::Done, 0.25, Some(1), None).await.unwrap();
    let failed = store.start_history(new("SELECT 100%_"), noon() + TimeDelta::seconds(1)).await.unwrap();
    store.finish_history(&failed.id, HistoryState::Failed, 0.1, None, Some("near 9876543211")).await.unwrap();
    let mine = store.history("operator", Page::default()).await.unwrap();
    assert_eq!((mine.total, mine.rows[0].state, mine.rows[1].rows), (2, HistoryState::Failed, Some(1)));
    assert_eq!(store.history("somebody", Page::default()).await.unwrap().total, 0);
    assert_eq!(store.forget_history("0%_").await.unwrap(), 1, "wildcards are plain text");
    assert_eq!(store.forget_history("9876543210").await.unwrap(), 1);
    let missing = store.finish_history("nothing", HistoryState::Done, 0.0, None, None).await.unwrap_err();
    assert!(matches!(missing, StoreError::Missing { .. }), "{missing}");
}

async fn settings(store: &Store) {
    assert_eq!(store.setting::<i64>("a.b").await.unwrap(), None);
    store.set_setting("a.b", &12).await.unwrap();
    assert_eq!(store.setting::<i64>("a.b").await.unwrap(), Some(12));
    store.set_setting("a.b", &json!({"भाषा": ["hi", null]})).await.unwrap();
    assert_eq!(store.setting::<serde_json::Value>("a.b").await.unwrap(), Some(json!({"भाषा": ["hi", null]})));
    let wrong = store.setting::<i64>("a.b").await.unwrap_err();
    assert!(matches!(&wrong, StoreError::Setting { key, .. } if key == "a.b"), "{wrong}");
    assert!(store.remove_setting("a.b").await.unwrap());
    assert!(!store.remove_setting("a.b").await.unwrap());
}

async fn forgetting(store: &Store) {
    store.forget_object(&"a".repeat(64)).await.unwrap();
    assert!(store.object(&"a".repeat(64)).await.unwrap().is_none());
    let filter = RunFilter { object: Some("a".repeat(64)), ..RunFilter::default() };
    let runs = store.runs(&filter, Page::default()).await.unwrap().rows;
    for run in &runs {
        assert_eq!((run.name.as_str(), &run.message, &run.report), ("", &None, &None), "no text of the file is left");
    }
    assert_eq!(runs.iter().map(|r| r.accepted).collect::<Vec<_>>(), [0, 7], "the counts are");
    store.scrub().await.unwrap();
}

async fn many_at_once(store: &Store) {
    let before = store.runs(&RunFilter::default(), Page::default()).await.unwrap().total;
    let tasks: Vec<_> = (0..100)
        .map(|i| {
            let store = store.clone();
            tokio::spawn(async move {
                let run = store.start_run(new_run(&i.to_string()), noon()).await.unwrap();
                store.progress_run(&run.id, i, Counts::default()).await.unwrap();
                store.finish_run(&run.id, &outcome(RunState::Done), noon()).await.unwrap()
            })
        })
        .collect();
    for task in tasks {
        assert!(task.await.unwrap());
    }
    assert_eq!(store.runs(&RunFilter::default(), Page::default()).await.unwrap().total, before + 100);
}
