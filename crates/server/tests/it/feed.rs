//! The feed's address: tokens, lines, answers.

use accounts::Scope;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use governance::Role;
use serde_json::Value;

use crate::people::Browser;
use crate::site::Site;

fn event(n: usize) -> String {
    format!(
        "{{\"event_id\":\"F{n}\",\"captured_at\":\"2026-01-05T08:00:00+05:30\",\"camera_id\":\"CAM-T09\",\"plate_raw\":\"RJ14ZZ{n:04}\"}}\n"
    )
}

fn post(path: &str, kind: &str, body: Body) -> Request<Body> {
    Request::post(path).header(header::CONTENT_TYPE, kind).body(body).unwrap()
}

const PATH: &str = "/api/v1/feed/anpr.read";
const NDJSON: &str = "application/x-ndjson";

#[tokio::test(flavor = "multi_thread")]
async fn lines_are_answered_once_they_are_rows() {
    let site = Site::filled().await;
    let body = format!("{}oops\n{}", event(1), event(2));
    let answer = site.send(post(PATH, NDJSON, Body::from(body))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let ack: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!((&ack["in"], &ack["accepted"], &ack["rejected"]), (&3.into(), &2.into(), &1.into()));
    assert_eq!(ack["errors"][0]["line"], 2);
    let sql = r#"{"sql":"SELECT count(*) AS n FROM clean.anpr_read WHERE camera_id = 'CAM-T09'"}"#;
    let seen = site.send(post("/api/v1/sql", "application/json", Body::from(sql))).await;
    assert!(seen.body.contains('2'), "{}", seen.body);
    // What is no feed says why.
    let csv = site.post(PATH, "text/csv", &event(3)).await;
    assert_eq!(csv.status, StatusCode::BAD_REQUEST);
    assert!(csv.body.contains("application/x-ndjson"), "{}", csv.body);
    let form = site.send(post(PATH, "application/x-www-form-urlencoded", Body::from(event(3)))).await;
    assert_eq!(form.status, StatusCode::FORBIDDEN, "another site could send that");
    let nothing = site.send(post("/api/v1/feed/no.such", NDJSON, Body::from(event(3)))).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let calls = site.send(post("/api/v1/feed/telecom.subscriber", NDJSON, Body::from(event(3)))).await;
    assert_eq!(calls.status, StatusCode::FORBIDDEN);
    assert!(calls.body.contains("authority"), "{}", calls.body);
    let sections = site.send(post("/api/v1/feed/reference.section", NDJSON, Body::from(event(3)))).await;
    assert_eq!(sections.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let another = Request::post(PATH).header(header::CONTENT_TYPE, NDJSON).header("origin", "http://evil.example");
    assert_eq!(site.send(another.body(Body::from(event(4))).unwrap()).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_answered_part_by_part() {
    let site = Site::filled().await;
    let (tell, told) = tokio::sync::mpsc::channel::<Result<String, std::io::Error>>(4);
    let request = Request::post(PATH)
        .header(header::CONTENT_TYPE, NDJSON)
        .header(header::ACCEPT, NDJSON)
        .body(Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(told)))
        .unwrap();
    let response = tower::ServiceExt::oneshot(site.routes.clone(), request).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut answers = response.into_body().into_data_stream();
    let mut next = async || {
        let line = futures::StreamExt::next(&mut answers).await.unwrap().unwrap();
        serde_json::from_slice::<Value>(&line).unwrap()
    };
    // The first lines are durable before the stream goes on.
    tell.send(Ok(event(1) + &event(2)[..20])).await.unwrap();
    let first = next().await;
    assert_eq!((&first["accepted"], &first["through_line"]), (&1.into(), &1.into()), "{first}");
    tell.send(Ok(event(2)[20..].to_owned() + &event(1))).await.unwrap();
    let second = next().await;
    assert_eq!((&second["accepted"], &second["duplicate"], &second["through_line"]), (&1.into(), &1.into(), &3.into()));
    // A connection that breaks within a line: that line does not count.
    tell.send(Ok(event(3) + "{\"event_id\":\"F4\"")).await.unwrap();
    tell.send(Err(std::io::Error::other("gone"))).await.unwrap();
    drop(tell);
    let third = next().await;
    assert_eq!((&third["in"], &third["accepted"]), (&1.into(), &1.into()), "{third}");
    let done = next().await;
    assert_eq!((&done["done"]["in"], &done["done"]["accepted"]), (&4.into(), &3.into()), "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_needs_the_scope_of_intake() {
    let site = Site::filled().await;
    site.person("boss", &[Role::Administrator]).await;
    site.person("cameras", &[Role::DataEngineer]).await;
    let now = site.lake.now();
    let reads = site.accounts.issue("cameras", "reader", &[Scope::Lake], 9, now).await.unwrap();
    let feeds = site.accounts.issue("cameras", "gateway", &[Scope::Intake], 9, now).await.unwrap();
    let mut program = Browser::new(&site);
    let mut send = async |token: &str| {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("content-type", NDJSON)];
        program.send(Method::POST, PATH, &headers, &event(7)).await
    };
    assert_eq!(send("nonsense").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(send(&reads.text).await.status, StatusCode::FORBIDDEN);
    let taken = send(&feeds.text).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.body);
    let log = site.log();
    let entry = log.iter().find(|e| e.record.action == "ingest").unwrap();
    assert_eq!((entry.record.who.as_str(), entry.record.what["accepted"].as_u64()), ("cameras", Some(1)));
}

/// The table is held back by somebody else; what waits for it is bounded, and the next is told how long to wait.
#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_is_full_says_when_to_come_again() {
    let site = Site::filled().await;
    let held = site.lake.home().write_lock(&lake::TableName::clean("anpr.read")).await.unwrap();
    let line = format!("{}\n", "x".repeat(999));
    let much = line.repeat(40_000);
    for _ in 0..2 {
        let (routes, body) = (site.routes.clone(), much.clone());
        tokio::spawn(async move { tower::ServiceExt::oneshot(routes, post(PATH, NDJSON, Body::from(body))).await });
    }
    let mut told = None;
    for _ in 0..300 {
        let request = post(PATH, NDJSON, Body::from(line.repeat(4_500)));
        let answer =
            tokio::time::timeout(std::time::Duration::from_millis(200), tower::ServiceExt::oneshot(site.routes.clone(), request));
        // Where there is still room the lines wait, and nobody answers yet.
        if let Ok(answer) = answer.await {
            told = Some(answer.unwrap());
            break;
        }
    }
    let told = told.expect("the feed never was full");
    assert_eq!(told.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = told.headers()[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    let body = axum::body::to_bytes(told.into_body(), usize::MAX).await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&body["error"]["code"], &body["done"]["in"]), (&"feed-full".into(), &0.into()));
    drop(held);
}
