//! A witness as C2SP tlog-witness describes it, and how the lake speaks with it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use governance::audit::note::{Checkpoint, Verifier, from_base64};
use governance::audit::proof::consistent;
use ways::witness::{WitnessError, submit};

use crate::basin::{Basin, access};

/// What the witness knows of the one log it watches.
#[derive(Clone)]
struct Known {
    key: Verifier,
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
    *held = Some(new);
    say(200, "\u{2014} witness.example/w1 bm90IGEgcmVhbCBzaWduYXR1cmU=\n")
}

async fn witness(b: &Basin) -> (Known, String) {
    b.lake.record(&access(&b.lake), "query", true, serde_json::json!({})).unwrap();
    let key = b.lake.audit().keys().unwrap().pop().unwrap();
    let known = Known { key, head: Arc::default(), asked: Arc::default() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/w1", listener.local_addr().unwrap());
    let routes = Router::new().route("/w1/add-checkpoint", post(add)).with_state(known.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (known, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn each_new_head_is_witnessed_once_and_a_shorter_log_is_found_out() {
    let b = Basin::new().await;
    let (known, address) = witness(&b).await;
    let first = submit(&b.lake, &address).await.unwrap();
    assert!(first.size > 0 && first.note.contains("witness.example/w1"), "{first:?}");
    assert_eq!(submit(&b.lake, &address).await.unwrap(), first);
    assert_eq!(*known.asked.lock().unwrap(), 1, "nothing new, nothing sent");
    for _ in 0..300 {
        b.lake.record(&access(&b.lake), "query", true, serde_json::json!({})).unwrap();
    }
    let second = submit(&b.lake, &address).await.unwrap();
    assert_eq!(second.size, first.size + 300);
    // Where the lake forgot what the witness has, the witness says where it stands.
    b.lake.store().remove_setting(&format!("witness/{address}")).await.unwrap();
    b.lake.record(&access(&b.lake), "query", true, serde_json::json!({})).unwrap();
    assert_eq!(submit(&b.lake, &address).await.unwrap().size, second.size + 1);
    // A witness that has seen more than there is.
    known.head.lock().unwrap().as_mut().unwrap().size += 1000;
    b.lake.record(&access(&b.lake), "query", true, serde_json::json!({})).unwrap();
    let ahead = submit(&b.lake, &address).await.unwrap_err();
    assert!(matches!(ahead, WitnessError::Ahead { .. }), "{ahead}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_is_away_or_sees_another_log_is_said() {
    let b = Basin::new().await;
    let (known, address) = witness(&b).await;
    submit(&b.lake, &address).await.unwrap();
    // The same size with another root: a fork.
    known.head.lock().unwrap().as_mut().unwrap().root = [7; 32];
    b.lake.record(&access(&b.lake), "query", true, serde_json::json!({})).unwrap();
    let forked = submit(&b.lake, &address).await.unwrap_err();
    assert!(matches!(forked, WitnessError::Refused { status: 422, .. }), "{forked}");
    let away = submit(&b.lake, "http://127.0.0.1:9/w1").await.unwrap_err();
    assert!(matches!(away, WitnessError::Away(_)), "{away}");
}
