//! What was begun under a piece of work and goes on when that has ended; what leaves as a file; and what auditors find of it.

use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta, Utc};
use futures::StreamExt;
use governance::{Context, Principal, Role};
use lake::{Access, Answer, At};
use model::Purpose;

use accounts::{NewAuthority, NewOrder};

use crate::site::Site;
use crate::work::{FIR, PERSON, at, open, station, who};

/// A query whose rows are ready and not yet handed on.
async fn begin(site: &Site, principal: &Principal, sql: &str) -> Answer {
    let context = Context { purpose: None, case: None, authority: None, now: site.lake.now() };
    let access = Access { principal: principal.clone(), context, at: At::Now };
    site.lake.session(&access).unwrap().sql(sql).await.unwrap()
}

/// The first thing that comes of it.
async fn next(mut answer: Answer) -> Result<usize, String> {
    let batch = answer.stream.next().await.expect("something comes");
    let after = batch.as_ref().map(|b| b.num_rows()).map_err(ToString::to_string);
    if after.is_err() {
        assert!(answer.stream.next().await.is_none(), "nothing comes after the refusal");
    }
    after
}

const PERSONS: &str = "SELECT name FROM pole.person_mention";
const CALLS: &str = "SELECT number FROM clean.telecom_cdr";

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_stops_when_the_case_is_closed_or_the_reader_leaves_it() {
    let site = station().await;
    let asha = who(&site, "asha").await;
    // Nothing ends: the rows come.
    let work = open(&site, "asha", Purpose::Case, FIR).await;
    let stays = begin(&site, &at(&site, "asha", &work).await, PERSONS).await;
    assert!(next(stays).await.unwrap() > 0);
    let running = begin(&site, &at(&site, "asha", &work).await, PERSONS).await;
    site.accounts.close_work(&asha, &work, site.lake.now()).await.unwrap();
    assert!(next(running).await.unwrap_err().contains("ended while the query ran"), "closed");
    // Taken off the team, and transferred.
    for ends in ["off", "transfer"] {
        let work = open(&site, "asha", Purpose::Case, FIR).await;
        site.accounts.join_team(&asha, &work, "ravi", site.lake.now()).await.unwrap();
        let ravi = at(&site, "ravi", &work).await;
        assert!(next(begin(&site, &ravi, PERSONS).await).await.unwrap() > 0);
        let running = begin(&site, &ravi, PERSONS).await;
        match ends {
            "off" => site.accounts.leave_team(&asha, &work, "ravi", site.lake.now()).await.unwrap(),
            // The store knows the new unit; what was handed out before names the old one.
            _ => {
                site.accounts.transfer("boss", "ravi", Some("27541002"), site.lake.now()).await.unwrap();
                site.accounts.join_team(&asha, &work, "ravi", site.lake.now()).await.unwrap();
            }
        }
        assert!(next(running).await.unwrap_err().contains("ended while the query ran"), "{ends}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_stops_when_its_authority_or_order_ends() {
    let site = station().await;
    let (policies, meera) = (site.lake.policies(), who(&site, "meera").await);
    let work = open(&site, "asha", Purpose::Case, FIR).await;
    let day = NaiveDate::from_ymd_opt(2026, 1, 5);
    let new = |reference: &str| NewAuthority {
        reference: reference.into(),
        numbers: vec!["7000000101".into()],
        from: day,
        to: day,
        days: 10,
        reason: "contacts of the accused on the day".into(),
    };
    let asha = at(&site, "asha", &work).await;
    let id = site.accounts.ask_authority(&asha, &policies, new("SP/1"), site.lake.now()).await.unwrap();
    site.accounts.decide_request(&meera, &policies, &id, true, "", site.lake.now()).await.unwrap();
    let asha = at(&site, "asha", &work).await;
    assert!(next(begin(&site, &asha, CALLS).await).await.unwrap() > 0);
    // It expires in the middle.
    let mut soon = asha.clone();
    soon.work.as_mut().unwrap().authorities[0].until = Utc::now() + TimeDelta::milliseconds(500);
    let running = begin(&site, &soon, CALLS).await;
    tokio::time::sleep(std::time::Duration::from_millis(700)).await;
    assert!(next(running).await.unwrap_err().contains("ended while the query ran"), "expired");
    // It is withdrawn in the middle.
    let running = begin(&site, &asha, CALLS).await;
    site.accounts.withdraw(&meera, &policies, &id, "over", site.lake.now()).await.unwrap();
    assert!(next(running).await.unwrap_err().contains("ended while the query ran"), "withdrawn");
    // So with a court's order.
    let order = NewOrder {
        reference: "Special court, Ajmer, 7/2026".into(),
        keys: vec!["cctns:275410012025000201".into()],
        days: 5,
        reason: "identification before the court".into(),
    };
    let asha = at(&site, "asha", &work).await;
    let id = site.accounts.ask_order(&asha, &policies, order, site.lake.now()).await.unwrap();
    site.accounts.decide_request(&meera, &policies, &id, true, "", site.lake.now()).await.unwrap();
    let asha = at(&site, "asha", &work).await;
    let running = begin(&site, &asha, "SELECT name FROM pole.person_mention WHERE role = 'victim'").await;
    site.accounts.withdraw(&meera, &policies, &id, "set aside", site.lake.now()).await.unwrap();
    assert!(next(running).await.unwrap_err().contains("ended while the query ran"), "set aside");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossiers_tables_leave_like_every_export() {
    let site = station().await;
    site.lake.store().set_setting(accounts::BULK, &1_u64).await.unwrap();
    let mut officer = site.signed_in("sita", &[Role::InvestigatingOfficer]).await;
    officer.get("/purpose").await;
    officer.post("/purpose", &[("purpose", "case"), ("reference", FIR)]).await;
    let file = format!("{PERSON}?table=facts&format=csv");
    let refused = officer.get(&file).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    let text = refused.between("with the text ", "<");
    assert!(text.starts_with("/person/") && text.trim_end().ends_with("?table=facts"), "{text}");
    // Asked for as the refusal says, and released by somebody else, it leaves.
    officer.get("/purpose").await;
    let text = text.trim().to_owned();
    officer.post("/purpose/release", &[("sql", &text), ("reason", "for the charge sheet")]).await;
    let now = site.lake.now();
    let asked = site.accounts.to_decide(&who(&site, "insp").await, &site.lake.policies(), now).await.unwrap();
    assert_eq!(asked.len(), 1);
    site.accounts.decide_request(&who(&site, "insp").await, &site.lake.policies(), &asked[0].id, true, "", now).await.unwrap();
    let left = officer.get(&file).await;
    assert_eq!((left.status, left.body.contains("attribute")), (StatusCode::OK, true), "{}", left.body);
    // An emergency shows the page, and no file of it.
    site.lake.store().set_setting(accounts::BULK, &10_000_u64).await.unwrap();
    officer.get("/purpose").await;
    let reason = "a child was taken an hour ago";
    officer.post("/purpose", &[("emergency", "1"), ("reference", "call of a kidnapping"), ("reason", reason)]).await;
    assert_eq!(officer.get(PERSON).await.status, StatusCode::OK);
    let refused = officer.get(&file).await;
    assert_eq!((refused.status, refused.body.contains("does not leave")), (StatusCode::FORBIDDEN, true), "{}", refused.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn auditors_follow_a_person_and_an_officer() {
    let site = station().await;
    let mut auditor = site.signed_in("sunita", &[Role::Auditor]).await;
    let mut officer = site.signed_in("sita", &[Role::InvestigatingOfficer]).await;
    officer.get("/purpose").await;
    officer.post("/purpose", &[("purpose", "case"), ("reference", FIR)]).await;
    assert_eq!(officer.get("/phone/7000000101").await.status, StatusCode::OK);
    officer.get("/search?q=Mohan+Example").await;
    assert_eq!(officer.get("/audit/person?key=7000000101").await.status, StatusCode::FORBIDDEN, "the log is the auditors'");
    // Who looked at the number: the officer, for this case.
    let page = auditor.get("/audit/person?key=7000000101").await;
    assert!(page.body.contains("/audit/officer?who=sita") && page.body.contains(FIR), "{}", page.body);
    let json = auditor.get("/api/v1/audit/person?key=7000000101").await.body;
    assert!(json.contains("\"name\":\"sita\"") && !json.contains("7000000101"), "{json}");
    assert!(auditor.get("/api/v1/audit/person?key=Mohan+Example").await.body.contains("\"action\":\"search\""));
    assert!(!auditor.get("/api/v1/audit/person?key=7000000199").await.body.contains("sita"));
    // What the officer looked at; nothing of an officer who looked at nothing.
    let json = auditor.get("/api/v1/audit/officer?who=sita").await.body;
    assert!(json.contains("\"phone ") && json.contains("search"), "{json}");
    assert!(auditor.get("/audit/officer?who=ravi").await.body.contains("Nobody did"));
    // Every table leaves as a file.
    for (path, has) in [
        ("/audit/person?key=7000000101&table=found", "sita"),
        ("/audit/person?key=7000000101&table=looks", "dossier"),
        ("/audit/officer?who=sita&table=found", "phone "),
        ("/audit/watch?table=officers", "emergencies"),
        ("/audit/watch?table=emergencies", "opened_by"),
        ("/audit/watch?table=declarations", "district"),
    ] {
        let csv = auditor.get(&format!("{path}&format=csv")).await;
        assert!(csv.status.is_success() && csv.body.contains(has), "{path}: {}", csv.body);
        assert!(auditor.get(&format!("{path}&format=json")).await.body.starts_with('['), "{path}");
        assert_eq!(auditor.get(&format!("{path}&format=xlsx")).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(auditor.get("/audit/watch?table=nothing&format=csv").await.status, StatusCode::BAD_REQUEST);
    let csv = officer.get("/purpose?table=pieces&format=csv").await.body;
    assert!(csv.contains(FIR), "{csv}");
    let id = officer.get("/purpose").await.between("href=\"/purpose/", "\"");
    assert!(officer.get(&format!("/purpose/{id}?table=team&format=csv")).await.body.contains("sita"));
    assert_eq!(officer.get(&format!("/purpose/{id}?table=requests&format=csv")).await.status, StatusCode::OK);
    // The log knows that it was looked at, and not what was typed.
    let log = site.log();
    let looked: Vec<String> = log.iter().filter(|e| e.record.action == "audit").map(|e| e.record.what.to_string()).collect();
    assert!(looked.len() > 10 && looked.iter().all(|what| !what.contains("7000000101") && !what.contains("Mohan")), "{looked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_watch_knows_declared_relatives_and_the_list() {
    let site = station().await;
    let mut auditor = site.signed_in("sunita", &[Role::Auditor]).await;
    let mut officer = site.signed_in("sita", &[Role::InvestigatingOfficer]).await;
    site.accounts.declare_kin("boss", "sita", &["Mohan Example".into()]).await.unwrap();
    site.accounts.list(&["7000000101".into()]).await.unwrap();
    assert!(site.accounts.declare_kin("sita", "sita", &[]).await.is_err(), "nobody declares for himself");
    officer.get("/purpose").await;
    officer.post("/purpose", &[("purpose", "case"), ("reference", FIR)]).await;
    officer.get("/search?q=mohan+example").await;
    officer.get("/phone/7000000101").await;
    let json = auditor.get("/api/v1/audit/watch").await.body;
    let of: serde_json::Value = serde_json::from_str(&json).unwrap();
    let sita = of["officers"].as_array().unwrap().iter().find(|o| o["login"] == "sita").unwrap().clone();
    assert_eq!((sita["kin"].as_u64(), sita["listed"].as_u64()), (Some(1), Some(1)), "{sita}");
    let page = auditor.get("/audit/watch").await.body;
    assert!(page.contains("declared relative") && page.contains("on the list"), "{page}");
}
