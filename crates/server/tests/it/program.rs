//! The desk for programs: every step a page has, with the same rights and refusals.

use axum::http::StatusCode;
use serde_json::{Value, json};
use social::message::Kind;
use store::social::NewItem;

use crate::desk::{Place, who};

async fn call(p: &Place, path: &str, body: Value) -> Value {
    let answer = p.json(path, body).await;
    assert!(answer.status.is_success(), "{path}: {} {}", answer.status, answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

async fn refused(p: &Place, path: &str, body: Value, why: &str) {
    let answer = p.json(path, body).await;
    assert!(answer.status == StatusCode::CONFLICT && answer.body.contains(why), "{path}: {} {}", answer.status, answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_goes_from_draft_to_the_queue_by_a_program() {
    let p = Place::new().await;
    let made =
        call(&p, "/api/v1/desk/posts", json!({ "unit": "T1", "message": { "english": "Call the ambulance on 999." } })).await;
    let id = made["post"]["id"].as_str().unwrap().to_owned();
    let at = |step: &str| format!("/api/v1/desk/posts/{id}/{step}");
    refused(&p, &at("submit"), json!({}), "open findings").await;
    refused(&p, &at("overrule"), json!({ "rule": "emergency_number", "reason": "no" }), "the reason is kept").await;
    let message = json!({ "english": "Call the ambulance on 108." });
    refused(&p, &at("edit"), json!({ "version": 7, "message": message }), "somebody saved version 1").await;
    let edited = call(&p, &at("edit"), json!({ "version": 1, "message": message })).await;
    assert_eq!(edited["standing"]["post"]["version"], 2);
    call(&p, &at("note"), json!({ "text": "Is 108 right?" })).await;
    refused(&p, &at("note"), json!({ "text": " " }), "the note is empty").await;
    assert_eq!(p.desk.store.notes(&id).await.unwrap()[0].body, "Is 108 right?");
    assert_eq!(call(&p, &at("submit"), json!({})).await["standing"]["post"]["state"], "submitted");
    assert_eq!(call(&p, &at("back"), json!({ "reason": "say it in Hindi too" })).await["standing"]["post"]["state"], "draft");
    call(&p, &at("submit"), json!({})).await;
    refused(&p, &at("approve"), json!({ "version": 2 }), "wrote this message and cannot approve it").await;
    p.desk.approve(&who("sp"), &id, 2, None, p.lake.now()).await.unwrap();
    refused(&p, &at("schedule"), json!({ "channels": ["@nobody"] }), "there is no channel").await;
    refused(&p, &at("schedule"), json!({ "channels": ["@thana1"], "at": "2020-01-01 10:00" }), "in the past").await;
    refused(&p, &at("schedule"), json!({ "channels": ["@thana1"], "queue": true }), "no free time in its queue").await;
    let day = (p.lake.now() + chrono::TimeDelta::days(30)).format("%Y-%m-%d 10:00").to_string();
    let queued = call(&p, &at("schedule"), json!({ "channels": ["@thana1"], "at": day })).await;
    assert_eq!(queued["deliveries"][0]["state"], "queued");
    let gone = call(&p, &at("withdraw"), json!({ "reason": "not now" })).await;
    assert_eq!(
        (gone["standing"]["post"]["state"].as_str(), gone["deliveries"][0]["state"].as_str()),
        (Some("withdrawn"), Some("cancelled"))
    );
    assert_eq!(p.json(&at("publish-twice"), json!({})).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn items_units_and_deliveries_have_their_steps() {
    let p = Place::new().await;
    let now = p.lake.now();
    let new = NewItem {
        account: "acc-1".into(),
        unit: "T1".into(),
        kind: "comment".into(),
        body: "When is the camp?".into(),
        due_at: now.timestamp_micros() + 1,
        answerable: true,
        ..NewItem::default()
    };
    for remote in ["c1", "c2"] {
        p.desk.store.put_item(NewItem { remote: remote.into(), ..new.clone() }, now).await.unwrap();
    }
    let items = p.desk.store.items(Some("T1"), false, 10).await.unwrap();
    let at = |n: usize, step: &str| format!("/api/v1/desk/items/{}/{step}", items[n].id);
    let assigned = call(&p, &at(0, "assign"), json!({ "unit": "T1", "to": "operator" })).await;
    assert_eq!(assigned["item"]["assigned_to"], "operator");
    assert_eq!(call(&p, &at(0, "begin"), json!({})).await["item"]["answering"], "operator");
    let answered = call(&p, &at(0, "answer"), json!({ "text": "On Sunday at nine." })).await;
    let post = answered["item"]["draft"].as_str().unwrap().to_owned();
    refused(&p, &at(0, "send"), json!({ "post": post }), "approved").await;
    refused(&p, &at(1, "hide"), json!({ "rule": "", "reason": "we dislike it" }), "rule").await;
    let closed = call(&p, &at(1, "close"), json!({ "reason": "answered by telephone" })).await;
    assert_eq!(closed["item"]["state"], "closed");
    assert_eq!(p.json(&at(1, "like"), json!({})).await.status, StatusCode::NOT_FOUND, "there is no such step, and never will be");

    let paused = call(&p, "/api/v1/desk/units/T1/pause", json!({ "reason": "unrest" })).await;
    assert!(paused["unit"]["paused_at"].is_i64(), "{paused}");
    let running = call(&p, "/api/v1/desk/units/T1/resume", json!({})).await;
    assert_eq!(running["unit"]["paused_at"], Value::Null);
    assert_eq!(call(&p, "/api/v1/desk/units/T1/answer-time", json!({ "minutes": 60 })).await["unit"]["answer_minutes"], 60);
    refused(&p, "/api/v1/desk/units/T1/answer-time", json!({ "minutes": 1 }), "five minutes").await;

    let id = p.published(Kind::Notice, "शिविर रविवार को है।", None).await;
    let live = p.desk.store.deliveries(&id).await.unwrap().remove(0);
    refused(&p, &format!("/api/v1/desk/deliveries/{}/decide", live.id), json!({}), "live").await;
}
