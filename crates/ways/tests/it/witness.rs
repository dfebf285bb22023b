//! A witness as C2SP tlog-witness describes it, and how the lake speaks with it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use governance::audit::cosign::CosignKey;
use governance::audit::note::{Checkpoint, Verifier, from_base64};
use governance::audit::proof::consistent;
use ways::witness::{Witness, WitnessError, submit};

use crate::basin::{Basin, access};

/// What the witness knows of the one log it watches.
#[derive(Clone)]
struct Known {
    key: Verifier,
    /// The witness's own key; another one, once somebody stands in its place.
    signer: Arc<Mutex<CosignKey>>,
    /// Whether the signature is made over another head.
    false_head: Arc<Mutex<bool>>,
    head: Arc<Mutex<Option<Checkpoint>>>,
    asked: Arc<Mutex<u32>>,
}

async fn add(State(known): State<Known>, body: String) -> (StatusCode, String) {
    *known.asked.lock().unwrap() += 1;
    let say = |status: u16, text: &str| (StatusCode::from_u16(status).unwrap(), text.to_owned());
    let Some((head, note)) = body.split_once("\n\n") else { return say(400, "no empty line") };
    let mut lines = head.lines();
    let Some(old) = lines.next().and_then(|l| l.strip_prefix("old ")).and_then(|n| n.parse::<u64>().ok()) else {
        return say(400, "no old size");
    };
    let proof: Option<Vec<[u8; 32]>> = lines.map(|line| from_base64(line)?.try_into().ok()).collect();
    let Ok((new, _)) = Checkpoint::open(note, std::slice::from_ref(&known.key)) else { return say(403, "not signed by the log") };
    let mut held = known.head.lock().unwrap();
    let size = held.as_ref().map_or(0, |h| h.size);
    if old != size {
        return say(409, &format!("{size}\n"));
    }
    if let Some(held) = held.as_ref()
        && !proof.is_some_and(|proof| consistent((held.size, &held.root), (new.size, &new.root), &proof))
    {
        return say(422, "the proof does not hold");
    }
    let signed = if *known.false_head.lock().unwrap() { Checkpoint { size: new.size + 1, ..new.clone() } } else { new.clone() };
    *held = Some(new);
    say(200, &known.signer.lock().unwrap().line(&signed.text(), 1_790_000_000))
}

fn key(seed: u8) -> CosignKey {
    CosignKey::new("witness.example/w1", [seed; 32])
}

async fn witness(b: &Basin) -> (Known, Witness) {
    b.lake.record(&access(&b.lake), "query", true, serde_json::json!({})).unwrap();
    let key = b.lake.audit().keys().unwrap().pop().unwrap();
    let signer = Arc::new(Mutex::new(self::key(3)));
    let known = Known { key, signer, false_head: Arc::default(), head: Arc::default(), asked: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/w1", listener.local_addr().unwrap());
    let routes = Router::new().route("/w1/add-checkpoint", post(add)).with_state(known.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (known, Witness { address, keys: vec![self::key(3).public().clone()] })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_new_head_is_witnessed_once_and_a_shorter_log_is_found_out() {
    let b = Basin::new().await;
    let (known, named) = witness(&b).await;
    let first = submit(&b.lake, &named).await.unwrap();
    assert!(first.size > 0 && first.note.contains("witness.example/w1"), "{first:?}");
    assert_eq!(submit(&b.lake, &named).await.unwrap(), first);
    assert_eq!(*known.asked.lock().unwrap(), 1, "nothing new, nothing sent");
    for _ in 0..300 {
        b.lake.record(&access(&b.lake), "query", true, serde_json::json!({})).unwrap();
    }
    let second = submit(&b.lake, &named).await.unwrap();
    assert_eq!(second.size, first.size + 300);
    // Where the lake forgot what the witness has, the witness says where it stands.
    b.lake.store().remove_setting(&format!("witness/{}", named.address)).await.unwrap();
    b.lake.record(&access(&b.lake), "query", true, serde_json::json!({})).unwrap();
    assert_eq!(submit(&b.lake, &named).await.unwrap().size, second.size + 1);
    // A witness that has seen more than there is.
    known.head.lock().unwrap().as_mut().unwrap().size += 1000;
    b.lake.record(&access(&b.lake), "query", true, serde_json::json!({})).unwrap();
    let ahead = submit(&b.lake, &named).await.unwrap_err();
    assert!(matches!(ahead, WitnessError::Ahead { .. }), "{ahead}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_is_away_or_sees_another_log_is_said() {
    let b = Basin::new().await;
    let (known, named) = witness(&b).await;
    submit(&b.lake, &named).await.unwrap();
    // The same size with another root: a fork.
    known.head.lock().unwrap().as_mut().unwrap().root = [7; 32];
    b.lake.record(&access(&b.lake), "query", true, serde_json::json!({})).unwrap();
    let forked = submit(&b.lake, &named).await.unwrap_err();
    assert!(matches!(forked, WitnessError::Refused { status: 422, .. }), "{forked}");
    let away = submit(&b.lake, &Witness { address: "http://127.0.0.1:9/w1".into(), ..Witness::default() }).await.unwrap_err();
    assert!(matches!(away, WitnessError::Away(_)), "{away}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_counts_only_under_the_witnesss_own_key() {
    let b = Basin::new().await;
    let (known, named) = witness(&b).await;
    let more = || b.lake.record(&access(&b.lake), "query", true, serde_json::json!({})).unwrap();
    let first = submit(&b.lake, &named).await.unwrap();
    assert_eq!(first.checked, [key(3).public().short()]);
    // It goes along with an export, and is checked there with the two public keys alone.
    let out = b.dir.path().join("handed-over");
    b.lake.audit().export(&out).unwrap();
    let keys = b.lake.audit().keys().unwrap();
    let told = ledger::witnessed(&out, &keys, &named.keys).unwrap();
    assert_eq!((told[0].records, told[0].at.as_str()), (first.size, "2026-09-21T14:13:20+00:00"));
    let other = ledger::witnessed(&out, &keys, &[key(4).public().clone()]).unwrap_err().to_string();
    assert!(other.contains("did not sign it") && other.contains("witness.example/w1"), "{other}");

    // Somebody else in its place, who signs under its name; the witness itself, signing another head than it was sent.
    *known.signer.lock().unwrap() = key(4);
    more();
    let stranger = submit(&b.lake, &named).await.unwrap_err();
    assert!(matches!(stranger, WitnessError::Signature(_)) && stranger.to_string().contains("SAROVAR_WITNESS_KEY"), "{stranger}");
    *known.signer.lock().unwrap() = key(3);
    *known.false_head.lock().unwrap() = true;
    more();
    let forged = submit(&b.lake, &named).await.unwrap_err();
    assert!(matches!(forged, WitnessError::Signature(_)) && forged.to_string().contains("does not fit"), "{forged}");
    // What was believed before still is, and nothing else.
    assert_eq!(ways::witness::last(&b.lake, &named.address).await.unwrap(), Some(first.clone()));
    *known.false_head.lock().unwrap() = false;
    more();
    let now = submit(&b.lake, &named).await.unwrap();
    assert!(now.size > first.size);
    // A bit of the kept signature changed: it is said to be forged.
    let folder = b.lake.audit().dir().join(ledger::COSIGNED);
    let file = std::fs::read_dir(&folder).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace(&format!("\n{}\n", now.size), &format!("\n{}\n", now.size - 1))).unwrap();
    let changed = ledger::witnessed(b.lake.audit().dir(), &keys, &named.keys).unwrap_err().to_string();
    assert!(changed.contains("does not fit the head"), "{changed}");
    // Without a key it is kept, and said to be unchecked.
    let blind = Witness { keys: Vec::new(), ..named.clone() };
    more();
    assert!(submit(&b.lake, &blind).await.unwrap().checked.is_empty());
}
