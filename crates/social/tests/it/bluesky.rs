//! Bluesky from end to end, against its own servers (`tests/social` installs them from npm).

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use serde_json::{Value, json};
use social::desk::When;
use social::message::{Media, Message};
use social::network::{Bluesky, Channel, Found, Network, Networks, Outcome, Outgoing, Prepared, Trouble};
use social::outbox::{Channels, SystemClock};
use social::vault::Vault;
use social::{Desk, Outbox};
use store::Store;
use store::social::{Account, NewAccount};

use crate::office::{KEY, hurry, now, unit, until, who};
use proving::{Postgres, free_port};

struct Servers {
    child: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
    ready: Value,
    redis: Option<Child>,
    _postgres: Option<Postgres>,
}

impl Servers {
    /// None where they are not installed. `whole` starts the network with notifications, if PostgreSQL and redis are there.
    fn start(whole: bool) -> Option<Self> {
        let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/social");
        if !folder.join("node_modules/@atproto/dev-env").exists() {
            eprintln!("skipped: Bluesky's servers are not installed (npm ci in tests/social)");
            return None;
        }
        let mut command = Command::new("node");
        command.arg("bluesky.mjs").current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let (mut redis, mut postgres) = (None, None);
        if whole {
            let port = free_port();
            let started = Command::new("redis-server")
                .args(["--port", &port.to_string(), "--save", "", "--bind", "127.0.0.1"])
                .stdout(Stdio::null())
                .spawn();
            let (Ok(server), Some(db)) = (started, Postgres::start()) else {
                eprintln!("skipped: the whole network needs Debian's redis-server and postgresql");
                return None;
            };
            command.env("DB_POSTGRES_URL", db.url()).env("REDIS_HOST", format!("127.0.0.1:{port}"));
            (redis, postgres) = (Some(server), Some(db));
        }
        let mut child = command.spawn().unwrap();
        let orders = child.stdin.take().unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        answers.read_line(&mut line).unwrap();
        let ready = serde_json::from_str(&line).unwrap_or_else(|e| panic!("Bluesky's servers did not start: {e} {line:?}"));
        Some(Self { child, orders, answers, ready, redis, _postgres: postgres })
    }

    fn order(&mut self, what: &Value) -> Value {
        writeln!(self.orders, "{what}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert!(answer["error"].is_null(), "{what}: {answer}");
        answer["ok"].clone()
    }

    fn address(&self) -> String {
        self.ready["pds"].as_str().unwrap().to_owned()
    }

    fn feed(&mut self) -> Vec<Value> {
        let did = self.ready["police"].clone();
        self.order(&json!({ "do": "feed", "of": did })).as_array().unwrap().clone()
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        for child in [Some(&mut self.child), self.redis.as_mut()].into_iter().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

struct Place {
    desk: Desk,
    worker: Outbox,
    channels: Channels,
    account: Account,
    _home: tempfile::TempDir,
}

async fn place(servers: &Servers) -> Place {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open_in(home.path(), now()).await.unwrap();
    store.put_unit(&unit("THANA", None)).await.unwrap();
    for (person, role) in [("writer", "writer"), ("writer", "duty"), ("sp", "approver"), ("sp", "publisher")] {
        store.put_officer(person, "THANA", role).await.unwrap();
    }
    let network = Bluesky::new().unwrap();
    let (did, handle, secret) = network.connect(&servers.address(), "police.test", "police-password").await.unwrap();
    let channels = Channels::new(Arc::new(Vault::from_text(KEY).unwrap()), Arc::new(SystemClock));
    let id = store.fresh_id(now());
    let new = NewAccount {
        secret: channels.vault().seal(&id, &secret).unwrap(),
        id,
        unit: "THANA".into(),
        network: "bluesky".into(),
        handle,
        remote: did,
        address: servers.address(),
        app: "bluesky".into(),
        state: "connected".into(),
        expires_at: secret.expires_at,
        connected_by: "sp".into(),
    };
    let account = store.put_account(new, 0).await.unwrap();
    let networks = Networks::default().with(Bluesky::new().unwrap());
    let worker = Outbox::new(store.clone(), networks, channels.clone(), Arc::new(SystemClock), hurry(), "w");
    Place { desk: Desk::new(store), worker, channels, account, _home: home }
}

impl Place {
    async fn publish(&self, message: &Message) -> String {
        let post = self.desk.draft(&who("writer"), "THANA", message, None, now()).await.unwrap();
        self.desk.submit(&who("writer"), &post.id, &[], 0, now()).await.unwrap();
        self.desk.approve(&who("sp"), &post.id, 1, None, now()).await.unwrap();
        self.desk.schedule(&who("sp"), &post.id, std::slice::from_ref(&self.account), When::Now, now()).await.unwrap();
        until(60, &self.worker, async || self.desk.store.deliveries(&post.id).await.unwrap().iter().all(|d| d.state == "live"))
            .await;
        post.id
    }

    fn channel(&self) -> Channel {
        self.channels.open(&self.account).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn text_thread_picture_idempotence_and_takedown() {
    let Some(mut servers) = Servers::start(false) else { return };
    let p = place(&servers).await;
    let network = Bluesky::new().unwrap();

    // Hindi text with a link, a hashtag and a mention: the network's own library must see the same pieces.
    let text = "हेलमेट पहनें @citizen.test — देखें https://police.example.org/सुरक्षा? नहीं: https://example.org/a #सड़क_सुरक्षा";
    p.publish(&Message { hindi: text.into(), ..Message::default() }).await;
    let record = servers.feed().remove(0)["value"].clone();
    assert_eq!(record["text"], text);
    assert_eq!(record["langs"], json!(["hi"]));
    let pieces: Vec<(String, String)> = record["facets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| {
            let at = |k: &str| usize::try_from(f["index"][k].as_u64().unwrap()).unwrap();
            let kind = f["features"][0]["$type"].as_str().unwrap().rsplit('#').next().unwrap().to_owned();
            (kind, text[at("byteStart")..at("byteEnd")].to_owned())
        })
        .collect();
    assert!(pieces.contains(&("mention".into(), "@citizen.test".into())), "{pieces:?}");
    assert!(
        pieces.contains(&("tag".into(), "#सड़क_सुरक्षा".into()))
            && pieces.contains(&("link".into(), "https://example.org/a".into()))
    );

    // A thread: each part answers the one before, all under the first.
    let long = "धीरे चलें, सुरक्षित चलें। ".repeat(40);
    let thread = p.publish(&Message { hindi: long, ..Message::default() }).await;
    let parts = p.desk.store.deliveries(&thread).await.unwrap();
    assert!(parts.len() > 2);
    let feed = servers.feed();
    for (i, part) in parts.iter().enumerate() {
        let record = feed.iter().find(|r| r["uri"] == part.remote.as_deref().unwrap()).unwrap();
        if i > 0 {
            assert_eq!(record["value"]["reply"]["root"]["uri"], parts[0].remote.as_deref().unwrap());
            assert_eq!(record["value"]["reply"]["parent"]["uri"], parts[i - 1].remote.as_deref().unwrap());
        }
    }

    // A picture with its description.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.png");
    std::fs::write(&file, PNG).unwrap();
    let media = Media {
        file: file.display().to_string(),
        mime: "image/png".into(),
        bytes: PNG.len() as u64,
        alt: "A red dot on a white ground".into(),
        ..Media::default()
    };
    let id = p.publish(&Message { english: "Look at this sign.".into(), media: vec![media], ..Message::default() }).await;
    let remote = p.desk.store.deliveries(&id).await.unwrap()[0].remote.clone().unwrap();
    let record = servers.feed().into_iter().find(|r| r["uri"] == remote.as_str()).unwrap();
    let image = &record["value"]["embed"]["images"][0];
    assert_eq!(image["alt"], "A red dot on a white ground");

    // The same commit again is the same post; reading finds it; another key is absent.
    let (channel, count) = (p.channel(), servers.feed().len());
    let outgoing =
        Outgoing { text: "Once.".into(), key: "3lb2c5aaaaa2b".into(), created_at: 1_790_000_000_000_000, ..Outgoing::default() };
    let prepared = network.prepare(&channel, &outgoing).await.unwrap();
    assert_eq!(network.reconcile(&channel, &outgoing, &prepared, 0, &[]).await, Found::Absent);
    let first = network.commit(&channel, &outgoing, &prepared).await;
    let cid = servers.feed().iter().find(|r| r["value"]["text"] == "Once.").unwrap()["cid"].clone();
    assert_eq!(first, network.commit(&channel, &outgoing, &prepared).await);
    let again = servers.feed();
    assert_eq!((again.len(), &again.iter().find(|r| r["value"]["text"] == "Once.").unwrap()["cid"]), (count + 1, &cid));
    let Outcome::Live(live) = first else { panic!("{first:?}") };
    assert_eq!(network.reconcile(&channel, &outgoing, &prepared, 0, &[]).await, Found::Live(live.clone()));

    // Taken down by order, with proof; a second time is no error.
    let order = p.desk.takedown(&who("sp"), &thread, "SBCWP 3/2026", "Rajasthan High Court", now()).await.unwrap();
    until(60, &p.worker, async || p.desk.compliance(&order.order.id, now()).await.unwrap().complied).await;
    assert_eq!(servers.feed().len(), count + 1 - parts.len());
    assert!(network.take_down(&channel, &live.remote).await.unwrap().contains("RecordNotFound"));
    assert!(network.take_down(&channel, &live.remote).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_renewed_probed_and_refused() {
    let Some(servers) = Servers::start(false) else { return };
    let p = place(&servers).await;
    let network = Bluesky::new().unwrap();
    let probe = network.probe(&p.channel()).await.unwrap();
    assert_eq!((probe.handle.as_str(), Some(probe.remote.as_str())), ("police.test", servers.ready["police"].as_str()));
    assert!(probe.expires_at.unwrap() > now().timestamp_micros() + 3_600_000_000, "two hours");

    let renewed = p.channels.renew(&p.desk.store, &network, &p.account).await.unwrap();
    assert!(network.probe(&renewed).await.is_ok());
    assert_ne!(renewed.secret.refresh, p.channel().secret.refresh);
    let stored = p.desk.store.account(&p.account.id).await.unwrap();
    assert_eq!(p.channels.open(&stored).unwrap().secret, renewed.secret, "kept before it is used");

    let mut bad = p.channel();
    bad.secret.access = "no.such.token".into();
    let refused = network.probe(&bad).await.unwrap_err();
    assert!(matches!(refused, Trouble::Reconnect(_) | Trouble::Expired(_)), "{refused:?}");
    let wrong = network.connect(&servers.address(), "police.test", "wrong").await.unwrap_err();
    assert!(matches!(wrong, Trouble::Reconnect(_)), "{wrong:?}");
    let nowhere = Channel { address: "http://127.0.0.1:1".into(), ..p.channel() };
    let outgoing = Outgoing { text: "x".into(), key: "3lb2c5aaaaa2c".into(), ..Outgoing::default() };
    let outcome = network.commit(&nowhere, &outgoing, &Prepared::default()).await;
    assert!(matches!(outcome, Outcome::Not(Trouble::Later(_))), "{outcome:?}");
    let refused = network.commit(&p.channel(), &outgoing, &Prepared(json!({ "$type": "app.bsky.feed.post" }))).await;
    assert!(matches!(refused, Outcome::Not(Trouble::Content(_))), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_account_replies_and_mentions_and_is_answered() {
    let Some(mut servers) = Servers::start(true) else { return };
    let p = place(&servers).await;
    let network = Bluesky::new().unwrap();
    let id = p.publish(&Message { english: "Traffic is diverted on Sunday.".into(), ..Message::default() }).await;
    let remote = p.desk.store.deliveries(&id).await.unwrap()[0].remote.clone().unwrap();
    servers.order(&json!({ "do": "process" }));
    let reply = servers.order(&json!({ "do": "post", "as": "citizen", "text": "From what time?", "reply_to": remote }));
    servers.order(&json!({ "do": "post", "as": "citizen", "text": "Thank you @police.test for the help" }));
    servers.order(&json!({ "do": "process" }));

    assert_eq!(p.desk.poll(&p.channels, &network, &p.account, now()).await.unwrap(), 2);
    let account = p.desk.store.account(&p.account.id).await.unwrap();
    assert_eq!(p.desk.poll(&p.channels, &network, &account, now()).await.unwrap(), 0, "read on from where it stopped");
    let items = p.desk.store.items(Some("THANA"), false, 10).await.unwrap();
    let kinds: std::collections::BTreeMap<&str, &str> = items.iter().map(|i| (i.kind.as_str(), i.body.as_str())).collect();
    assert_eq!(kinds["reply"], "From what time?");
    assert!(kinds["mention"].contains("@police.test"));

    let item = items.iter().find(|i| i.kind == "reply").unwrap();
    assert_eq!((item.parent.as_deref(), item.handle.as_str()), (Some(remote.as_str()), "citizen.test"));
    let answer = p.desk.answer(&who("writer"), &item.id, "From 8 am to noon.", now()).await.unwrap();
    p.desk.submit(&who("writer"), &answer, &[], 0, now()).await.unwrap();
    p.desk.approve(&who("sp"), &answer, 1, None, now()).await.unwrap();
    let delivery = p.desk.send_answer(&who("sp"), &item.id, &answer, &network, now()).await.unwrap();
    until(60, &p.worker, async || p.desk.store.delivery(&delivery.id).await.unwrap().state == "live").await;
    let record = servers.feed().into_iter().find(|r| r["value"]["text"] == "From 8 am to noon.").unwrap();
    assert_eq!(
        (&record["value"]["reply"]["parent"]["uri"], &record["value"]["reply"]["root"]["uri"]),
        (&reply["uri"], &json!(remote))
    );

    servers.order(&json!({ "do": "process" }));
    let numbers = network.metrics(&p.channel(), &remote).await.unwrap();
    assert_eq!((numbers["replyCount"], numbers["likeCount"]), (1, 0));
    network.hide(&p.channel(), reply["uri"].as_str().unwrap(), true).await.unwrap();
    network.hide(&p.channel(), reply["uri"].as_str().unwrap(), true).await.unwrap();
    network.hide(&p.channel(), reply["uri"].as_str().unwrap(), false).await.unwrap();
}

/// A PNG of one pixel.
const PNG: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0,
    0x90, 0x77, 0x53, 0xde, 0, 0, 0, 12, b'I', b'D', b'A', b'T', 0x08, 0xd7, 0x63, 0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0x18,
    0xdd, 0x8d, 0xb0, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];
