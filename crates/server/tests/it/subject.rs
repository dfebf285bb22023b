//! Categories and history sheets over HTTP: pages in both languages, JSON, records, and who gets nothing.

use axum::http::StatusCode;
use governance::{Rank, Role};

use accounts::Change;

use crate::site::Site;

/// Tenants and servants whom a citizen asked to have verified: known from that register only.
async fn register(site: &Site) {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../sources/contracts");
    crate::site::take(&site.lake, "portal.verification", &samples.join("portal/verification/sample.csv")).await;
}

async fn station() -> Site {
    let site = Site::filled().await;
    for (code, parent, kind) in [("2754", None, "district"), ("27541001", Some("2754"), "thana")] {
        site.unit(code, parent, kind).await;
    }
    register(&site).await;
    site.person("boss", &[Role::Administrator]).await;
    site
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_no_category_is_listed_decided_and_gone_from_the_list() {
    let site = station().await;
    let mut asha = site.signed_in("asha", &[Role::InvestigatingOfficer]).await;
    let json: serde_json::Value = serde_json::from_str(&asha.get("/api/v1/subjects").await.body).unwrap();
    assert_eq!(json["days"], 90);
    let persons = json["persons"].as_array().unwrap().clone();
    assert!(!persons.is_empty(), "{json}");
    assert!(
        persons.iter().all(|p| p["overdue"] == false && p["roles"].as_array().unwrap().iter().all(|r| r == "other")),
        "{json}"
    );
    // The time is the installation's own: none at all, and it is over.
    site.lake.store().set_setting("subject.days", &0_u64).await.unwrap();
    let page = asha.get("/subjects").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("overdue"));
    let hindi = asha.get("/subjects?lang=hi").await.body;
    assert!(hindi.contains("बिना श्रेणी का डेटा") && hindi.contains("समय बीता"), "{hindi}");
    asha.get("/subjects?lang=en").await;

    // Nothing is linked here: the page of one of them joins him by a number with rows in which he is somebody.
    let mut id = String::new();
    for person in &persons {
        let listed = person["person"].as_str().unwrap();
        let own = asha.get(&format!("/person/{listed}")).await;
        if own.body.contains("In no category") && own.body.contains(&format!("/subjects/{listed}")) {
            id = listed.to_owned();
            break;
        }
    }
    assert!(!id.is_empty(), "no page says so: {json}");
    asha.get(&format!("/subjects/{id}")).await;
    let wrong = asha.post(&format!("/subjects/{id}"), &[("category", "suspect"), ("reason", "was there that night")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("choose a category"), "{}", wrong.body);
    let short = asha.post(&format!("/subjects/{id}"), &[("category", "witness"), ("reason", "x")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = asha.post(&format!("/subjects/{id}"), &[("category", "witness"), ("reason", "was there that night")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    let log = site.log();
    let record = &log.iter().find(|e| e.record.action == "category" && e.record.what["category"] == "witness").unwrap().record;
    // Of the reason the log keeps the hash: it may name somebody whose data must go one day.
    let reason = governance::audit::chain::hash("was there that night");
    assert_eq!((record.who.as_str(), record.what["reason"].as_str()), ("asha", Some(reason.as_str())));
    let left = asha.get("/api/v1/subjects").await.body;
    assert!(!left.contains(&id), "{left}");
    assert!(asha.get(&format!("/person/{id}")).await.body.contains("Decided by an officer: Witness"));
    // An order to erase stays on the list until the data is gone.
    asha.get(&format!("/subjects/{id}")).await;
    asha.post(&format!("/subjects/{id}"), &[("category", "erase"), ("reason", "was not there at all")]).await;
    let again: serde_json::Value = serde_json::from_str(&asha.get("/api/v1/subjects").await.body).unwrap();
    let again = again["persons"].as_array().unwrap().iter().find(|p| p["person"] == id.as_str()).unwrap().clone();
    assert_eq!(again["erase"], true);
    // Who reads no case sees no list.
    let mut auditor = site.signed_in("sunita", &[Role::Auditor]).await;
    assert_eq!(auditor.get("/subjects").await.status, StatusCode::FORBIDDEN);
    assert_eq!(asha.get("/subjects/0123456789abcdef").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_sheet_goes_by_order_from_the_station_to_the_superintendent() {
    let site = station().await;
    let mut sho = site.signed_in("sho", &[Role::StationOfficer]).await;
    let mut sp = site.signed_in("meera", &[Role::Supervisor]).await;
    let mut asha = site.signed_in("asha", &[Role::InvestigatingOfficer]).await;
    let now = site.lake.now();
    for (login, unit, rank) in
        [("sho", "27541001", Rank::Inspector), ("meera", "2754", Rank::Superintendent), ("asha", "27541001", Rank::SubInspector)]
    {
        site.accounts.transfer("boss", login, Some(unit), now).await.unwrap();
        site.accounts.edit("boss", login, Change { rank: Some(rank), ..Change::default() }, now).await.unwrap();
    }
    for browser in [&mut sho, &mut sp, &mut asha] {
        // A transfer ended what was in hand.
        browser.get("/purpose").await;
        browser.post("/purpose", &[("purpose", "case"), ("reference", "27541001/0001/2025")]).await;
    }
    let page = sho.get("/person/cctns%3A275410012025000102").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let id = page.between("href=\"/subjects/", "\"").to_owned();
    let why = [("reason", "convicted three times of burglary")];
    asha.get(&format!("/subjects/{id}")).await;
    assert_eq!(asha.post(&format!("/subjects/{id}/sheet"), &why).await.status, StatusCode::FORBIDDEN);
    sho.get(&format!("/subjects/{id}")).await;
    let short = sho.post(&format!("/subjects/{id}/sheet"), &[("reason", "bad")]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked = sho.post(&format!("/subjects/{id}/sheet"), &why).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let sheet = asked.to().to_owned();
    sho.get(&format!("/subjects/{id}")).await;
    let twice = sho.post(&format!("/subjects/{id}/sheet"), &why).await;
    assert!(twice.body.contains("this person has a history sheet"), "{}", twice.body);

    let order = [("grant", "1"), ("order", "SP/1/2026"), ("reason", "the record shows a habit of burglary")];
    sho.get(&sheet).await;
    assert_eq!(sho.post(&format!("{sheet}/decide"), &order).await.status, StatusCode::FORBIDDEN, "who asked");
    assert!(sp.get("/sheets").await.body.contains("To be decided by you"));
    sp.get(&sheet).await;
    let done = sp.post(&format!("{sheet}/decide"), &order).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    // On the person's page to those entitled, with number and days; to the investigating officer not.
    let shown = sp.get("/person/cctns%3A275410012025000102").await.body;
    assert!(shown.contains("SP/1/2026") && shown.contains("Review due"), "{shown}");
    assert!(!asha.get("/person/cctns%3A275410012025000102").await.body.contains("SP/1/2026"));
    assert_eq!(asha.get(&sheet).await.status, StatusCode::NOT_FOUND);
    assert_eq!(asha.get("/sheets/nothing").await.status, StatusCode::NOT_FOUND);
    let hindi = sp.get(&format!("{sheet}?lang=hi")).await.body;
    assert!(hindi.contains("आदेश से खोली गई"), "{hindi}");
    sp.get("/sheets?lang=en").await;

    let review = sho.get(&sheet).await;
    assert!(review.body.contains("Yearly review"));
    let done = sho.post(&format!("{sheet}/review"), &[("reason", "two further convictions since")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    sho.get(&sheet).await;
    sho.post(&format!("{sheet}/close"), &[("reason", "works at the mill, no offence for long")]).await;
    sp.get(&sheet).await;
    let close = [("grant", "1"), ("order", "SP/9/2026"), ("reason", "no offence for a long time now")];
    assert_eq!(sp.post(&format!("{sheet}/decide"), &close).await.status, StatusCode::SEE_OTHER);
    let json: serde_json::Value = serde_json::from_str(&sp.get(&format!("/api/v1{sheet}")).await.body).unwrap();
    assert_eq!(json["state"], "closed");
    assert_eq!(json["steps"].as_array().unwrap().len(), 5);
    assert!(!sp.get("/person/cctns%3A275410012025000102").await.body.contains("SP/1/2026"), "closed, it is shown no more");
    assert_eq!(sp.post(&format!("{sheet}/nonsense"), &close).await.status, StatusCode::NOT_FOUND);
    // Every step is in the log with who, and an order with its number.
    let log = site.log();
    let steps: Vec<&str> =
        log.iter().filter(|e| e.record.action == "sheet").filter_map(|e| e.record.what["change"].as_str()).collect();
    assert!(["ask", "decide", "review", "close", "look"].iter().all(|s| steps.contains(s)), "{steps:?}");
    assert!(log.iter().any(|e| e.record.who == "meera" && e.record.what["order"] == "SP/1/2026"));
}
