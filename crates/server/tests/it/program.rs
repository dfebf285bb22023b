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

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_ready_is_made_by_a_program_too() {
    let p = Place::new().await;
    let week = json!({
        "unit": "HQ", "name_hi": "बाल सुरक्षा", "name_en": "Child safety", "about_en": "A week", "part_hi": "आएँ", "part_en": "Come",
        "audience": "children", "theme": "awareness", "from": "2026-01-01", "until": "2099-12-31", "goal": 5, "public": true,
    });
    let made = call(&p, "/api/v1/desk/campaigns", week.clone()).await;
    let id = made["campaign"]["id"].as_str().unwrap().to_owned();
    assert_eq!((made["campaign"]["goal"].as_i64(), made["campaign"]["public"].as_i64()), (Some(5), Some(1)));
    refused(&p, "/api/v1/desk/campaigns", json!({ "unit": "HQ", "from": "soon" }), "soon").await;
    let mut vague = week;
    vague["goal"] = json!("many");
    refused(&p, "/api/v1/desk/campaigns", vague, "a goal is a number").await;
    let at = |step: &str| format!("/api/v1/desk/campaigns/{id}/{step}");
    let post = p.published(Kind::Awareness, "बच्चों की सुनें", None).await;
    assert_eq!(call(&p, &at("join"), json!({ "post": post })).await["out"], 1);
    assert_eq!(call(&p, &at("goal"), json!({ "unit": "T1", "goal": 2 })).await["units"][0]["goal"], 2);
    refused(&p, &at("goal"), json!({ "unit": "T1", "goal": "many" }), "a goal is a number").await;
    assert_eq!(call(&p, &at("leave"), json!({ "post": post })).await["out"], 0);
    assert_eq!(p.json(&at("boost"), json!({})).await.status, StatusCode::NOT_FOUND);

    let again = json!({
        "unit": "T1", "kind": "awareness", "hindi": "हेलमेट पहनें", "rule": "FREQ=WEEKLY;BYDAY=MO", "from": "2099-01-05 10:00", "channels": ["acc-1"],
    });
    let made = call(&p, "/api/v1/desk/recurring", again.clone()).await;
    let id = made["recurrence"]["id"].as_str().unwrap().to_owned();
    let mut past = again;
    past["from"] = json!("2020-01-05 10:00");
    refused(&p, "/api/v1/desk/recurring", past, "in the past").await;
    call(&p, &format!("/api/v1/desk/recurring/{id}/stop"), json!({ "reason": "summer" })).await;
    refused(&p, &format!("/api/v1/desk/recurring/{id}/stop"), json!({}), "does not come again").await;

    let road = json!({ "unit": "HQ", "kind": "notice", "name": "Road", "english": "The road is closed." });
    let kept = call(&p, "/api/v1/desk/shelf/templates", road).await;
    assert_eq!(kept["template"]["english"], "The road is closed.");
    refused(&p, "/api/v1/desk/shelf/templates", json!({ "unit": "HQ", "kind": "notice", "name": "Road" }), "a name and words")
        .await;
    let mut thanks =
        json!({ "unit": "T1", "url": "https://example.org/1", "source": "citizen", "about_en": "Thanks", "by": "A Person" });
    refused(&p, "/api/v1/desk/shelf/praise", thanks.clone(), "only with consent").await;
    thanks["consent"] = json!("by letter of 20 November 2026");
    let id = call(&p, "/api/v1/desk/shelf/praise", thanks).await["praise"]["id"].as_str().unwrap().to_owned();
    let step = |step: &str| format!("/api/v1/desk/shelf/praise/{id}/{step}");
    assert!(call(&p, &step("thank"), json!({})).await["praise"]["thanked_at"].is_i64());
    assert_eq!(call(&p, &step("withdraw"), json!({})).await["praise"]["public"], 0);
    assert_eq!(p.json(&step("like"), json!({})).await.status, StatusCode::NOT_FOUND);
    let link = call(&p, "/api/v1/desk/shelf/links", json!({ "unit": "T1", "url": "https://example.org/helmet" })).await;
    let code = link["link"]["code"].as_str().unwrap().to_owned();
    let stopped = call(&p, &format!("/api/v1/desk/shelf/links/{code}/stop"), json!({})).await;
    assert!(stopped["link"]["stopped_at"].is_i64());
    let resumed = call(&p, &format!("/api/v1/desk/shelf/links/{code}/resume"), json!({})).await;
    assert_eq!(resumed["link"]["stopped_at"], Value::Null);

    let words = json!({ "unit": "T1", "name": "Hours", "hindi": "नौ बजे", "english": "At nine" });
    let id = call(&p, "/api/v1/desk/replies", words).await["id"].as_str().unwrap().to_owned();
    call(&p, &format!("/api/v1/desk/replies/{id}/drop"), json!({})).await;
    assert_eq!(p.json(&format!("/api/v1/desk/replies/{id}/drop"), json!({})).await.status, StatusCode::NOT_FOUND);

    refused(&p, "/api/v1/desk/channels", json!({ "unit": "T1", "app": "x" }), "choose a network").await;
    refused(&p, "/api/v1/desk/channels/acc-1/confirm", json!({}), "nothing waits for confirmation").await;
    assert_eq!(p.json("/api/v1/desk/channels/acc-1/follow", json!({})).await.status, StatusCode::NOT_FOUND);
}
