//! The outbox, fault by fault.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use social::network::{Network, StandIn};
use social::outbox::{Clock, Patience, health};
use store::Store;
use store::social::{Account, Claim, Delivery, NewAccount, Post};

use crate::office::{Office, hurry, now, until};
use crate::server::{Faults, Server};

/// What is sent: on Instagram with a picture, on YouTube with a film.
fn body(network: &str, text: &str) -> String {
    let media = match network {
        "instagram" => {
            serde_json::json!([{ "file": "https://portal.example.org/a.jpg", "mime": "image/jpeg", "bytes": 9, "alt": "A poster" }])
        }
        "youtube" => {
            serde_json::json!([{ "file": std::env::current_exe().unwrap().with_file_name("film.mp4"), "mime": "video/mp4", "captions": true }])
        }
        _ => serde_json::json!([]),
    };
    serde_json::json!({ "text": text, "title": text, "media": media }).to_string()
}

/// Queues one text per account, all due since a second ago.
pub async fn queue(store: &Store, accounts: &[Account], name: &str, texts: &[String], due: i64) -> Vec<String> {
    let mut ids = Vec::new();
    let post = Post {
        id: format!("post-{name}"),
        unit: "THANA".into(),
        kind: "awareness".into(),
        state: String::new(),
        version: 1,
        author: "writer".into(),
        corrects: None,
        created_at: 0,
        changed_at: 0,
    };
    store.create_post(post.clone(), "{}", "").await.unwrap();
    let mut all = Vec::new();
    for account in accounts {
        let mut follows = None;
        for (part, text) in texts.iter().enumerate() {
            let id = format!("{name}-{}-{}-{part}", account.network, account.handle);
            all.push(Delivery {
                id: id.clone(),
                post: post.id.clone(),
                version: 1,
                kind: "awareness".into(),
                unit: "THANA".into(),
                account: account.id.clone(),
                network: account.network.clone(),
                app: account.app.clone(),
                part: part as i64,
                parts: texts.len() as i64,
                follows: follows.replace(id.clone()),
                reply_to: None,
                body: body(&account.network, text),
                sha256: text.clone(),
                key: id.clone(),
                due_at: due,
                state: "queued".into(),
                ..Delivery::default()
            });
            ids.push(id);
        }
    }
    assert!(store.enqueue(&post.id, 1, &["draft"], &all, 0).await.unwrap());
    ids
}

struct Place {
    office: Office,
    server: Server,
    account: Account,
    _home: tempfile::TempDir,
}

async fn place(faults: Faults) -> Place {
    let (office, home) = Office::fresh().await;
    let server = Server::start(faults, 7).await;
    let account = office.channel("@thana", "THANA", &server.address).await;
    Place { office, server, account, _home: home }
}

impl Place {
    async fn one(&self, text: &str) -> String {
        let due = now().timestamp_micros() - 1_000_000;
        queue(&self.office.desk.store, std::slice::from_ref(&self.account), text, &[text.to_owned()], due).await.remove(0)
    }

    async fn get(&self, id: &str) -> Delivery {
        self.office.desk.store.delivery(id).await.unwrap()
    }

    async fn ends(&self, id: &str, state: &str) -> Delivery {
        until(20, &self.office.worker("w2"), async || self.get(id).await.state == state).await;
        self.get(id).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_after_success_is_found_live_and_not_sent_again() {
    let p = place(Faults { error_after: 1000, lag: Duration::from_millis(600), ..Faults::default() }).await;
    let id = p.one("a").await;
    p.office.worker("w").run_once().await.unwrap();
    assert_eq!(p.get(&id).await.state, "unknown");
    let d = p.ends(&id, "live").await;
    assert_eq!((d.remote.as_deref(), p.server.with(|m| m.posts.len())), (Some("r1"), 1));
    let attempts = p.office.desk.store.attempts(&id).await.unwrap();
    assert_eq!(attempts[0].outcome.as_deref(), Some("found live"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_before_success_is_absent_after_the_quiet_time_and_sent_again() {
    let p = place(Faults { error_before: 1000, ..Faults::default() }).await;
    let id = p.one("a").await;
    let worker = p.office.worker("w");
    worker.run_once().await.unwrap();
    let began = std::time::Instant::now();
    p.server.faults.lock().unwrap().error_before = 0;
    until(20, &worker, async || p.get(&id).await.state == "live").await;
    assert!(began.elapsed() >= Duration::from_millis(3400), "absent was believed too early");
    assert_eq!((p.get(&id).await.attempt, p.server.with(|m| m.posts.len())), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_goes_through_becomes_a_persons() {
    let p = place(Faults { error_before: 1000, ..Faults::default() }).await;
    let id = p.one("a").await;
    let worker = p.office.worker_with(
        "w",
        Arc::new(social::outbox::SystemClock),
        Patience { quiet: Some(Duration::from_millis(300)), ..hurry() },
    );
    until(30, &worker, async || p.get(&id).await.state == "human").await;
    assert_eq!(p.get(&id).await.attempt, 3);
    assert!(p.get(&id).await.reason.unwrap().contains("look by hand"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_text_fails_once_and_takes_its_thread_along() {
    let p = place(Faults::default()).await;
    let texts = ["fine".to_owned(), "a forbidden word".to_owned(), "more".to_owned()];
    let ids = queue(&p.office.desk.store, std::slice::from_ref(&p.account), "t", &texts, now().timestamp_micros() - 1).await;
    let worker = p.office.worker("w");
    until(20, &worker, async || p.get(&ids[2]).await.state == "human").await;
    let states: Vec<String> = [p.get(&ids[0]).await.state, p.get(&ids[1]).await.state].into();
    assert_eq!(states, ["live", "failed"]);
    assert_eq!(p.server.with(|m| m.posts.len()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_a_chain_of_answers() {
    let p = place(Faults::default()).await;
    let texts = ["one".to_owned(), "two".to_owned(), "three".to_owned()];
    let ids = queue(&p.office.desk.store, std::slice::from_ref(&p.account), "t", &texts, now().timestamp_micros() - 1).await;
    until(20, &p.office.worker("w"), async || p.get(&ids[2]).await.state == "live").await;
    let chain: Vec<_> = p.server.with(|m| m.posts.iter().map(|p| p.reply_to.clone()).collect());
    assert_eq!(chain, [None, Some("r1".into()), Some("r2".into())]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_revoked_in_the_middle_of_a_thread_loses_and_doubles_nothing() {
    let p = place(Faults::default()).await;
    let texts = ["one".to_owned(), "two".to_owned(), "three".to_owned()];
    let ids = queue(&p.office.desk.store, std::slice::from_ref(&p.account), "t", &texts, now().timestamp_micros() - 1).await;
    let worker = p.office.worker("w");
    until(20, &worker, async || p.get(&ids[0]).await.state == "live").await;
    p.server.with(|m| m.good = vec!["another".into()]);
    until(20, &worker, async || p.office.desk.store.account(&p.account.id).await.unwrap().state == "reconnect").await;
    let states = [p.get(&ids[0]).await.state, p.get(&ids[1]).await.state, p.get(&ids[2]).await.state];
    assert_eq!(states, ["live", "queued", "queued"], "what was not sent waits");
    p.server.with(|m| m.good = vec!["access-0".into()]);
    p.office.desk.store.set_account_state(&p.account.id, "connected", None).await.unwrap();
    until(20, &worker, async || p.get(&ids[2]).await.state == "live").await;
    let chain: Vec<_> = p.server.with(|m| m.posts.iter().map(|p| (p.text.clone(), p.reply_to.clone())).collect());
    let expected = [("one", None), ("two", Some("r1")), ("three", Some("r2"))];
    assert_eq!(chain, expected.map(|(t, r)| (t.to_owned(), r.map(str::to_owned))));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_equal_texts_are_two_posts_and_neither_is_taken_for_the_other() {
    let p = place(Faults::default()).await;
    let due = now().timestamp_micros() - 1;
    let store = &p.office.desk.store;
    let first = queue(store, std::slice::from_ref(&p.account), "x", &["same".to_owned()], due).await.remove(0);
    p.office.worker("w").run_once().await.unwrap();
    p.server.faults.lock().unwrap().error_before = 1000;
    let second = queue(store, std::slice::from_ref(&p.account), "y", &["same".to_owned()], due).await.remove(0);
    let worker = p.office.worker("w");
    worker.run_once().await.unwrap();
    assert_eq!(p.get(&second).await.state, "unknown");
    p.server.faults.lock().unwrap().error_before = 0;
    until(20, &worker, async || p.get(&second).await.state == "live").await;
    assert_ne!(p.get(&first).await.remote, p.get(&second).await.remote);
    assert_eq!(p.server.with(|m| m.posts.len()), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_worker_loses_its_claim_and_an_old_fence_changes_nothing() {
    let p = place(Faults::default()).await;
    let store = &p.office.desk.store;
    let id = p.one("a").await;
    let at = now().timestamp_micros();
    let claim = Claim { owner: "dead", now: at, oldest: 0, most: 10 };
    let held = store.claim(&claim).await.unwrap().remove(0);
    assert!(store.claim(&claim).await.unwrap().is_empty(), "one at a time per account");
    let d = p.ends(&id, "live").await;
    assert!(d.fence > held.fence);
    assert!(!store.intend(&held, "{}", at).await.unwrap(), "the dead worker wakes: its fence is old");
    assert_eq!(p.server.with(|m| m.posts.len()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_between_intent_and_call_leaves_an_unknown_that_reading_ends() {
    let p = place(Faults::default()).await;
    let store = &p.office.desk.store;
    let id = p.one("a").await;
    let at = now().timestamp_micros();
    let held = store.claim(&Claim { owner: "dead", now: at, oldest: 0, most: 10 }).await.unwrap().remove(0);
    assert!(store.intend(&held, "{}", at).await.unwrap());
    let d = p.ends(&id, "live").await;
    assert_eq!(d.attempt, 2, "the first never left");
    let outcomes: Vec<_> = store.attempts(&id).await.unwrap().into_iter().filter_map(|a| a.outcome).collect();
    assert_eq!(outcomes, ["absent", "live"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_ran_out_is_renewed_once_and_a_revoked_one_waits_for_a_person() {
    let p = place(Faults::default()).await;
    p.server.with(|m| (m.good, m.expired) = (vec!["access-1".into()], true));
    let id = p.one("a").await;
    p.ends(&id, "live").await;
    assert_eq!(p.server.with(|m| m.refreshes.clone()), ["refresh-0"]);
    p.server.with(|m| (m.good, m.expired) = (vec!["other".into()], false));
    let waits = p.one("b").await;
    p.office.worker("w").run_once().await.unwrap();
    let account = p.office.desk.store.account(&p.account.id).await.unwrap();
    assert_eq!((account.state.as_str(), p.get(&waits).await.state.as_str()), ("reconnect", "queued"));
    let h = health(&p.office.desk.store, now().timestamp_micros() + 300_000_000).await.unwrap();
    assert!(!h.well && h.oldest_due_seconds >= 300, "an unpublished due post is a failure: {h:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_programs_do_not_renew_the_same_token() {
    let p = place(Faults::default()).await;
    let (channels, store) = (&p.office.channels, &p.office.desk.store);
    let network = StandIn::new().unwrap();
    let (a, b) = tokio::join!(channels.renew(store, &network, &p.account), channels.renew(store, &network, &p.account));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    assert_eq!(p.server.with(|m| m.refreshes.len()), 1);
    let account = store.account(&p.account.id).await.unwrap();
    assert_eq!((account.secret_version, channels.open(&account).unwrap().secret.refresh.as_str()), (2, "refresh-1"));
    assert!(network.probe(&channels.open(&account).unwrap()).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_waited_for() {
    let p = place(Faults { limited: 1000, ..Faults::default() }).await;
    let id = p.one("a").await;
    let worker = p.office.worker("w");
    worker.run_once().await.unwrap();
    assert!(p.office.desk.store.account(&p.account.id).await.unwrap().blocked_until > now().timestamp_micros());
    p.server.faults.lock().unwrap().limited = 0;
    until(10, &worker, async || p.get(&id).await.state == "live").await;
    assert_eq!(p.server.with(|m| m.posts.len()), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_down_is_tried_again_without_an_attempt_being_in_doubt() {
    let p = place(Faults::default()).await;
    let gone = p.office.channel("@gone", "THANA", "http://127.0.0.1:1").await;
    let id = queue(&p.office.desk.store, &[gone], "g", &["a".to_owned()], now().timestamp_micros() - 1).await.remove(0);
    p.office.worker("w").run_once().await.unwrap();
    let d = p.get(&id).await;
    assert_eq!((d.state.as_str(), d.remote), ("queued", None), "{:?}", d.reason);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_too_late_to_be_of_use_is_a_persons() {
    let p = place(Faults::default()).await;
    let due = now().timestamp_micros() - 7 * 3600 * 1_000_000;
    let id = queue(&p.office.desk.store, std::slice::from_ref(&p.account), "l", &["late".to_owned()], due).await.remove(0);
    p.office.worker("w").run_once().await.unwrap();
    assert_eq!((p.get(&id).await.state.as_str(), p.server.with(|m| m.posts.len())), ("missed", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_reached_or_opened_is_said_and_not_tried_for_ever() {
    let p = place(Faults::default()).await;
    let (store, worker) = (&p.office.desk.store, p.office.worker("w"));
    let strange = p.one("a").await;
    let other = NewAccount {
        id: "x-account".into(),
        unit: "THANA".into(),
        network: "youtube".into(),
        handle: "@y".into(),
        remote: "y".into(),
        address: p.server.address.clone(),
        app: "y".into(),
        state: "connected".into(),
        secret: "sealed by nobody".into(),
        expires_at: None,
        connected_by: "igp".into(),
    };
    store.put_account(other.clone(), 0).await.unwrap();
    let shut = store.put_account(NewAccount { id: "shut".into(), network: "standin".into(), ..other }, 0).await.unwrap();
    let waits = queue(store, &[shut], "s", &["b".to_owned()], now().timestamp_micros() - 1).await.remove(0);
    until(10, &worker, async || p.get(&strange).await.state == "live" && p.get(&waits).await.reason.is_some()).await;
    assert_eq!(
        (p.get(&waits).await.state.as_str(), store.account("shut").await.unwrap().state.as_str()),
        ("queued", "reconnect")
    );
    assert_eq!(p.server.with(|m| m.posts.len()), 1);
}

struct Jumping(AtomicI64);

impl Clock for Jumping {
    fn now(&self) -> i64 {
        now().timestamp_micros() + self.0.load(Ordering::Relaxed)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_forward_sends_nothing_before_its_time() {
    let p = place(Faults::default()).await;
    let clock = Arc::new(Jumping(AtomicI64::new(0)));
    let worker = p.office.worker_with("w", clock.clone(), hurry());
    let due = now().timestamp_micros() + 3600 * 1_000_000;
    let id = queue(&p.office.desk.store, std::slice::from_ref(&p.account), "f", &["future".to_owned()], due).await.remove(0);
    clock.0.store(2 * 3600 * 1_000_000, Ordering::Relaxed);
    assert!(worker.run_once().await.unwrap().held_by_clock);
    assert_eq!((p.get(&id).await.state.as_str(), p.server.with(|m| m.posts.len())), ("queued", 0));
    clock.0.store(0, Ordering::Relaxed);
    assert!(!worker.run_once().await.unwrap().held_by_clock);
}
