//! Requests as programs make them, limits, refusals in the reader's language, and refused looks in the log.

use accounts::Change;
use axum::http::{Method, StatusCode};
use governance::{Rank, Role};
use serde_json::{Value, json};

use crate::people::{Browser, Seen};
use crate::site::Site;
use crate::work::{FIR, PERSON, station};

const JSON: (&str, &str) = ("content-type", "application/json");

async fn send(browser: &mut Browser<'_>, path: &str, body: Value) -> (StatusCode, Value) {
    let seen = browser.send(Method::POST, path, &[JSON], &body.to_string()).await;
    (seen.status, parsed(&seen))
}

fn parsed(seen: &Seen) -> Value {
    serde_json::from_str(&seen.body).unwrap_or_else(|e| panic!("{e}: {} {}", seen.status, seen.body))
}

/// Somebody signed in, of a unit and rank, with the case in hand where the role works on cases.
async fn officer<'a>(site: &'a Site, login: &str, role: Role, rank: Rank, unit: &str) -> (Browser<'a>, String) {
    let mut browser = site.signed_in(login, &[role]).await;
    let now = site.lake.now();
    site.accounts.transfer("boss", login, Some(unit), now).await.unwrap();
    site.accounts.edit("boss", login, Change { rank: Some(rank), ..Change::default() }, now).await.unwrap();
    if !role.reads_cases() {
        return (browser, String::new());
    }
    browser.get("/purpose").await;
    browser.post("/purpose", &[("purpose", "case"), ("reference", FIR)]).await;
    let work = parsed(&browser.get("/api/v1/purpose").await)["in_hand"]["id"].as_str().unwrap().to_owned();
    (browser, work)
}

#[tokio::test(flavor = "multi_thread")]
async fn authorities_orders_and_teams_are_asked_for_and_decided_by_programs_too() {
    let site = station().await;
    let (mut sita, work) = officer(&site, "sita", Role::InvestigatingOfficer, Rank::SubInspector, "27541001").await;
    let (mut gita, _) = officer(&site, "gita", Role::Supervisor, Rank::Superintendent, "2754").await;
    let (mut anil, _) = officer(&site, "anil", Role::InvestigatingOfficer, Rank::SubInspector, "27541001").await;
    let authority = json!({ "reference": "SP/12 of 2026", "numbers": ["+91 70000 00101"], "from": "2026-01-05", "to": "2026-01-05",
        "days": 10, "reason": "contacts of the accused on the day" });
    let path = format!("/api/v1/purpose/{work}/authority");
    let (status, refused) = send(
        &mut sita,
        &path,
        json!({ "reference": "SP/12 of 2026", "numbers": ["x"], "reason": "contacts of them", "days": 1,
        "from": "2026-01-05", "to": "2026-01-05" }),
    )
    .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused["error"]["message"].as_str().unwrap().contains("is no phone number"), "{refused}");
    // Under another's work nothing is asked for.
    assert_eq!(send(&mut anil, &path, authority.clone()).await.0, StatusCode::NOT_FOUND);
    let (status, asked) = send(&mut sita, &path, authority).await;
    assert_eq!((status, asked["state"].as_str()), (StatusCode::OK, Some("asked")), "{asked}");
    let id = asked["id"].as_str().unwrap().to_owned();
    let one = format!("/api/v1/purpose/request/{id}");
    assert_eq!(parsed(&sita.get(&one).await)["kind"], "authority");
    assert_eq!(anil.get(&one).await.status, StatusCode::NOT_FOUND, "another's request is not there");
    let (status, _) = send(&mut sita, &format!("{one}/grant"), json!({ "note": "" })).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "never one's own");
    assert_eq!(send(&mut anil, &format!("{one}/grant"), json!({})).await.0, StatusCode::NOT_FOUND);
    let (status, granted) = send(&mut gita, &format!("{one}/grant"), json!({ "note": "compared" })).await;
    assert_eq!((status, granted["state"].as_str()), (StatusCode::OK, Some("granted")), "{granted}");
    assert_eq!(send(&mut gita, &format!("{one}/refuse"), json!({})).await.0, StatusCode::UNPROCESSABLE_ENTITY, "once");
    let (_, withdrawn) = send(&mut sita, &format!("{one}/withdraw"), json!({ "note": "over" })).await;
    assert_eq!(withdrawn["state"], "withdrawn", "{withdrawn}");
    // A court's order, and the team.
    let order = json!({ "reference": "Special court 7/2026", "keys": ["cctns:275410012025000201"], "days": 5, "reason": "identification in court" });
    let (status, asked) = send(&mut sita, &format!("/api/v1/purpose/{work}/order"), order).await;
    assert_eq!(status, StatusCode::OK, "{asked}");
    let team = format!("/api/v1/purpose/{work}/team");
    let (status, told) = send(&mut sita, &team, json!({ "account": "anil" })).await;
    assert_eq!((status, told["team"].as_array().unwrap().len()), (StatusCode::OK, 2), "{told}");
    assert_eq!(send(&mut sita, &format!("{team}/anil/remove"), json!({})).await.0, StatusCode::OK);
    // The declaration, by whoever may, once the month is over.
    let month = accounts::month_of(site.lake.now());
    let declared = json!({ "month": month, "district": "2754" });
    assert_eq!(send(&mut sita, "/api/v1/purpose/declaration", declared.clone()).await.0, StatusCode::FORBIDDEN);
    let (status, early) = send(&mut gita, "/api/v1/purpose/declaration", declared).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(early["error"]["message"].as_str().unwrap().contains("is not over yet"), "{early}");
    // Each step is in the log, without the number.
    let log = serde_json::to_string(&site.log()).unwrap();
    assert!(log.contains("SP/12 of 2026") && !log.contains("7000000101"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_is_asked_for_decided_and_carried_out_by_programs_too() {
    let site = station().await;
    let (mut sita, _) = officer(&site, "sita", Role::InvestigatingOfficer, Rank::SubInspector, "27541001").await;
    let (mut gita, _) = officer(&site, "gita", Role::Supervisor, Rank::Superintendent, "2754").await;
    let order =
        json!({ "kind": "case", "target": FIR, "basis": "High Court, order 12 of 2026", "reason": "the FIR was quashed" });
    let (status, asked) = send(&mut sita, "/api/v1/expunge", order.clone()).await;
    assert_eq!((status, asked["state"].as_str()), (StatusCode::OK, Some("asked")), "{asked}");
    let one = format!("/api/v1/expunge/{}", asked["id"].as_str().unwrap());
    assert_eq!(send(&mut sita, &format!("{one}/grant"), json!({})).await.0, StatusCode::FORBIDDEN, "never one's own");
    assert_eq!(send(&mut gita, &format!("{one}/run"), json!({})).await.0, StatusCode::FORBIDDEN, "not granted yet");
    // A program with a token asks and reads; it decides and carries out nothing.
    let now = site.lake.now();
    let bearer = format!("Bearer {}", site.accounts.issue("gita", "nightly", &accounts::Scope::ALL, 7, now).await.unwrap().text);
    for step in ["grant", "refuse", "run"] {
        let mut program = Browser::new(&site);
        let seen = program.send(Method::POST, &format!("{one}/{step}"), &[JSON, ("authorization", &bearer)], "{}").await;
        assert!(matches!(seen.status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED), "{step}: {} {}", seen.status, seen.body);
    }
    assert_eq!(parsed(&sita.get(&one).await)["request"]["state"], "asked");
    let (status, granted) = send(&mut gita, &format!("{one}/grant"), json!({ "note": "compared with the order" })).await;
    assert_eq!((status, granted["request"]["state"].as_str()), (StatusCode::OK, Some("granted")), "{granted}");
    let (status, run) = send(&mut gita, &format!("{one}/run"), json!({})).await;
    assert_eq!((status, run["request"]["state"].as_str()), (StatusCode::OK, Some("done")), "{run}");
    assert!(run["receipt"]["proof"].as_str().is_some_and(|p| !p.is_empty()), "{run}");
    // Another one is refused, with its reason.
    let (_, again) = send(&mut sita, "/api/v1/expunge", order).await;
    let other = format!("/api/v1/expunge/{}", again["id"].as_str().unwrap());
    let (status, refused) = send(&mut gita, &format!("{other}/refuse"), json!({ "note": "done already" })).await;
    assert_eq!((status, refused["request"]["note"].as_str()), (StatusCode::OK, Some("done already")), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_export_is_asked_for_where_it_was_refused_and_leaves_once_released() {
    let site = station().await;
    let (mut sita, work) = officer(&site, "sita", Role::InvestigatingOfficer, Rank::SubInspector, "27541001").await;
    let (mut boss, _) = (site.signed_in("chief", &[Role::Administrator]).await, ());
    let (mut omar, _) = officer(&site, "omar", Role::Approver, Rank::Inspector, "2754").await;
    // The limit is the administrator's to settle, within reason, and nobody else's.
    boss.get("/policies").await;
    let odd = boss.post("/policies/limit", &[("name", "bulk_rows"), ("value", "0")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(odd.body.contains("write a whole number from 1 to"), "{}", odd.body);
    assert_eq!(boss.post("/policies/limit", &[("name", "bulk_rows"), ("value", "3")]).await.status, StatusCode::SEE_OTHER);
    assert!(boss.get("/policies?lang=hi").await.body.contains("सीमाएँ"));
    assert!(!sita.get("/policies").await.body.contains("/policies/limit"));
    assert_eq!(
        send(&mut sita, "/api/v1/policies/limit", json!({ "name": "bulk_rows", "value": 9000 })).await.0,
        StatusCode::FORBIDDEN
    );
    let limits = parsed(&sita.get("/api/v1/policies").await)["limits"].clone();
    assert_eq!((&limits[0]["name"], &limits[0]["value"]), (&json!("bulk_rows"), &json!(3)));
    assert!(
        site.log()
            .iter()
            .any(|e| e.record.action == "policy" && e.record.what["limit"] == "bulk_rows" && e.record.who == "chief")
    );

    // Refused, the page says so in both languages and asks for the release of exactly that query, ends of lines included.
    sita.get("/sql").await;
    let query = "SELECT role\r\nFROM clean.cctns_person LIMIT 7";
    let answer = sita.post("/sql", &[("sql", query)]).await.to().to_owned();
    let file = format!("{answer}/export?format=csv");
    let hindi = sita.get(&format!("{file}&lang=hi")).await;
    assert!(hindi.body.contains("दूसरे व्यक्ति की अनुमति") && hindi.body.contains("3 से अधिक पंक्तियाँ"), "{}", hindi.body);
    let refused = sita.get(&format!("{file}&lang=en")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("action=\"/purpose/release\""), "{}", refused.body);
    let told = parsed(&sita.send(Method::GET, &file, &[("accept", "application/json")], "").await);
    assert_eq!(told["error"]["code"], "unreleased");
    let asked = sita.post("/purpose/release", &[("sql", query), ("reason", "for the charge sheet")]).await;
    assert_eq!((asked.status, asked.to()), (StatusCode::SEE_OTHER, format!("/purpose/{work}").as_str()), "{}", asked.body);
    let page = omar.get("/purpose").await;
    assert!(page.body.contains("SELECT role FROM clean.cctns_person LIMIT 7"), "{}", page.body);
    let id = page.between("/purpose/request/", "/grant");
    assert_eq!(omar.post(&format!("/purpose/request/{id}/grant"), &[("note", "seen")]).await.status, StatusCode::SEE_OTHER);
    let left = sita.get(&file).await;
    assert_eq!((left.status, left.body.lines().count()), (StatusCode::OK, 8), "{}", left.body);
    // A program asks with the line ends it likes; another query is another.
    let (status, _) = send(
        &mut sita,
        "/api/v1/purpose/release",
        json!({ "query": "SELECT name\nFROM clean.cctns_person;", "reason": "for the charge sheet" }),
    )
    .await;
    assert_eq!(status, StatusCode::OK);
    let other = sita.post("/sql", &[("sql", "SELECT name FROM clean.cctns_person")]).await;
    let other = if other.status == StatusCode::SEE_OTHER {
        other
    } else {
        sita.get("/sql").await;
        sita.post("/sql", &[("sql", "SELECT name FROM clean.cctns_person")]).await
    };
    assert_eq!(sita.get(&format!("{}/export?format=csv", other.to())).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_said_in_the_readers_language() {
    let site = station().await;
    let mut sita = site.signed_in("sita", &[Role::InvestigatingOfficer]).await;
    sita.post("/purpose/down", &[]).await;
    let hindi = sita.get(&format!("{PERSON}?lang=hi")).await;
    assert_eq!(hindi.status, StatusCode::FORBIDDEN);
    assert!(
        hindi.body.contains("व्यक्तिगत डेटा के लिए प्रयोजन बताना आवश्यक है") && !hindi.body.contains("choose a piece of work"),
        "{}",
        hindi.body
    );
    let english = sita.get(&format!("{PERSON}?lang=en")).await;
    assert!(english.body.contains("choose a piece of work"), "{}", english.body);
    // A policy's own rule.
    sita.get("/purpose").await;
    sita.post(
        "/purpose",
        &[("emergency", "1"), ("reference", "call of a kidnapping"), ("reason", "a child was taken an hour ago")],
    )
    .await;
    let stays = sita.get(&format!("{PERSON}?table=facts&format=csv&lang=hi")).await;
    assert!(stays.body.contains("फ़ाइल के रूप में बाहर नहीं जाता"), "{}", stays.body);
    // A form's own mistakes.
    sita.get("/purpose?lang=hi").await;
    let form = sita.post("/purpose", &[("purpose", "case"), ("reference", FIR), ("days", "900")]).await;
    assert!(form.body.contains("अवधि 1 से 180 दिन होती है"), "{}", form.body);
    sita.get("/purpose?lang=en").await;
    // A program that says nothing of languages is told in English; one that asks for Hindi, in Hindi.
    sita.cookies.remove("sarovar_lang");
    sita.post("/purpose/down", &[]).await;
    let path = format!("/api/v1{PERSON}");
    let told = |seen: Seen| parsed(&seen)["error"]["message"].as_str().unwrap().to_owned();
    assert!(told(sita.get(&path).await).contains("choose a piece of work"));
    assert!(told(sita.get(&format!("{path}?lang=hi")).await).contains("प्रयोजन बताना आवश्यक है"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_look_says_in_the_log_whom_it_was_for_and_an_auditor_finds_it() {
    let site = station().await;
    let mut sita = site.signed_in("sita", &[Role::InvestigatingOfficer]).await;
    sita.post("/purpose/down", &[]).await;
    let mut auditor = site.signed_in("sunita", &[Role::Auditor]).await;
    let keys = [
        (PERSON, "cctns:275410012025000101"),
        ("/person/0123456789abcdef", "0123456789abcdef"),
        ("/person/7000000101", "7000000101"),
        ("/phone/+91-70000-00202", "7000000202"),
        ("/case/27541001/1/2025", "fir:27541001/0001/2025"),
        ("/vehicle/rj14zz1", "RJ14ZZ0001"),
        ("/subjects/0123456789abcdee", "0123456789abcdee"),
    ];
    for (path, key) in keys {
        assert_eq!(sita.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        let found = site.log().into_iter().find(|e| e.record.what["looked_at"].is_object()).unwrap();
        assert!(!found.record.allowed && found.record.who == "sita", "{path}: {found:?}");
        let told = parsed(&auditor.get(&format!("/api/v1/audit/person?key={}", pages::shell::encode(key))).await);
        let refused = told["found"].as_array().unwrap().iter().any(|g| g["name"] == "sita" && g["refused"].as_u64() > Some(0));
        assert!(refused, "{path}: {told}");
    }
    // Who does not even come in is there too.
    let mut chief = site.signed_in("chief", &[Role::Administrator]).await;
    assert_eq!(chief.get("/phone/7000000202").await.status, StatusCode::FORBIDDEN);
    let told = parsed(&auditor.get("/api/v1/audit/person?key=7000000202").await);
    assert!(told["found"].as_array().unwrap().iter().any(|g| g["name"] == "chief"), "{told}");
    let log = serde_json::to_string(&site.log()).unwrap().to_lowercase();
    for value in ["7000000101", "7000000202", "rj14zz0001", "275410012025000101"] {
        assert!(!log.contains(value), "{value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_local_operator_is_told_who_decides_on_history_sheets() {
    let site = Site::filled().await;
    let page = site.get("/sheets").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("This lake has no accounts") && page.body.contains("There is none"), "{}", page.body);
    assert!(site.get("/sheets?lang=hi").await.body.contains("इस लेक में खाते नहीं हैं"));
    assert_eq!(site.get("/api/v1/sheets").await.body, "[]");
    assert_eq!(site.get("/sheets/x").await.status, StatusCode::NOT_FOUND);
}
