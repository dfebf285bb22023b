//! Purpose, authority, orders, releases, emergencies: every refusal, and what opens what.

use arrow::util::pretty::pretty_format_batches;
use axum::http::StatusCode;
use chrono::{NaiveDate, TimeDelta, Utc};
use governance::{Principal, Rank, Role};
use lake::{Access, At, LakeError};

use accounts::{AccessError, AccountError, NewAuthority, NewOrder, NewPerson, NewWork};
use model::Purpose;

use crate::site::Site;

pub const FIR: &str = "27541001/0001/2025";
pub const PERSON: &str = "/person/cctns%3A275410012025000101";

async fn units(site: &Site) {
    for (code, parent, kind) in
        [("2754", None, "district"), ("27541001", Some("2754"), "thana"), ("27541002", Some("2754"), "thana")]
    {
        site.unit(code, parent, kind).await;
    }
}

pub async fn person(site: &Site, login: &str, role: Role, rank: Rank, unit: &str) {
    let new = NewPerson {
        id: login.into(),
        name_en: login.into(),
        name_hi: "नाम".into(),
        rank,
        roles: vec![role],
        clearances: Vec::new(),
        unit: Some(unit.into()),
    };
    site.accounts.add("operator", new, site.lake.now()).await.unwrap();
}

/// A station with its people.
pub async fn station() -> Site {
    let site = Site::filled().await;
    units(&site).await;
    site.person("boss", &[Role::Administrator]).await;
    for (login, role, rank, unit) in [
        ("asha", Role::InvestigatingOfficer, Rank::SubInspector, "27541001"),
        ("ravi", Role::InvestigatingOfficer, Rank::SubInspector, "27541001"),
        ("meera", Role::Supervisor, Rank::Superintendent, "2754"),
        ("insp", Role::Supervisor, Rank::Inspector, "2754"),
        ("stat", Role::DistrictAnalyst, Rank::Civilian, "2754"),
    ] {
        person(&site, login, role, rank, unit).await;
    }
    site
}

pub async fn who(site: &Site, login: &str) -> Principal {
    site.accounts.principal(login, site.lake.now()).await.unwrap().unwrap()
}

/// Opens a piece of work; gives its id.
pub async fn open(site: &Site, login: &str, purpose: Purpose, reference: &str) -> String {
    let new = NewWork { purpose: Some(purpose), reference: reference.into(), ..NewWork::default() };
    site.accounts.open_work(&who(site, login).await, &site.lake.policies(), new, site.lake.now()).await.unwrap().id
}

pub async fn at(site: &Site, login: &str, work: &str) -> Principal {
    site.accounts.with_work(who(site, login).await, work, site.lake.now()).await.unwrap()
}

async fn ask(site: &Site, principal: &Principal, sql: &str) -> Result<String, LakeError> {
    let context = governance::Context { purpose: None, case: None, authority: None, now: site.lake.now() };
    let session = site.lake.session(&Access { principal: principal.clone(), context, at: At::Now })?;
    let rows = session.rows(sql).await?;
    Ok(pretty_format_batches(&rows).unwrap().to_string())
}

async fn export(site: &Site, principal: &Principal, sql: &str) -> Result<String, LakeError> {
    let context = governance::Context { purpose: None, case: None, authority: None, now: site.lake.now() };
    let session = site.lake.exporting(&Access { principal: principal.clone(), context, at: At::Now })?;
    let rows = session.rows(sql).await?;
    Ok(pretty_format_batches(&rows).unwrap().to_string())
}

fn denied(outcome: Result<String, LakeError>) -> String {
    match outcome {
        Err(LakeError::Denied(why)) => why,
        Err(why @ LakeError::Unreleased { .. }) => why.to_string(),
        other => panic!("not denied: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_data_needs_a_piece_of_work_and_ends_with_it() {
    let site = station().await;
    let asha = who(&site, "asha").await;
    assert!(denied(ask(&site, &asha, "SELECT name FROM clean.cctns_person").await).contains("choose a piece of work"));
    let work = open(&site, "asha", Purpose::Case, FIR).await;
    let open_ = at(&site, "asha", &work).await;
    let seen = ask(&site, &open_, "SELECT name FROM clean.cctns_person").await.unwrap();
    assert!(seen.contains("Parikshan Kumar") && !seen.contains("Gopaniya"), "{seen}");
    // Not of the team, then of it; taken off, it is over.
    assert!(
        denied(ask(&site, &at(&site, "ravi", &work).await, "SELECT name FROM pole.person_mention").await).contains("of the team")
    );
    let now = site.lake.now();
    site.accounts.join_team(&asha, &work, "ravi", now).await.unwrap();
    assert!(ask(&site, &at(&site, "ravi", &work).await, "SELECT name FROM pole.person_mention").await.is_ok());
    let ravi = who(&site, "ravi").await;
    let other = site.accounts.join_team(&ravi, &work, "stat", now).await;
    assert!(matches!(other, Err(AccountError::Access(AccessError::NotLeading))), "{other:?}");
    let boss = site.accounts.join_team(&asha, &work, "boss", now).await;
    assert!(matches!(boss, Err(AccountError::Access(AccessError::Denied(_)))), "{boss:?}");
    // A transfer ends it at once, and coming back does too much for nobody: he has to be taken in again.
    site.accounts.transfer("boss", "ravi", Some("27541002"), now).await.unwrap();
    assert!(
        denied(ask(&site, &at(&site, "ravi", &work).await, "SELECT name FROM pole.person_mention").await).contains("of the team")
    );
    // Expired, and closed.
    let later = site.accounts.with_work(who(&site, "asha").await, &work, now + TimeDelta::days(91)).await.unwrap();
    assert!(denied(ask(&site, &later, "SELECT name FROM pole.person_mention").await).contains("expired"));
    site.accounts.close_work(&asha, &work, now).await.unwrap();
    assert!(denied(ask(&site, &at(&site, "asha", &work).await, "SELECT name FROM pole.person_mention").await).contains("closed"));
    let again = site.accounts.close_work(&asha, &work, now).await;
    assert!(matches!(again, Err(AccountError::Access(AccessError::Closed))));
    // Every refusal and every purpose is in the log.
    let log = site.log();
    assert!(
        log.iter().any(|e| !e.record.allowed && e.record.what["rule"].as_str().is_some_and(|r| r.contains("choose a piece")))
    );
    assert!(
        log.iter()
            .any(|e| e.record.allowed && e.record.purpose.as_deref() == Some("case") && e.record.case.as_deref() == Some(FIR))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_when_what_it_stands_on_ends() {
    let site = station().await;
    let work = open(&site, "asha", Purpose::Case, FIR).await;
    let mut asha = at(&site, "asha", &work).await;
    asha.work.as_mut().unwrap().until = Utc::now() + TimeDelta::milliseconds(700);
    let context = governance::Context { purpose: None, case: None, authority: None, now: site.lake.now() };
    let session = site.lake.session(&Access { principal: asha, context, at: At::Now }).unwrap();
    let mut answer = session.sql("SELECT name FROM pole.person_mention").await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(900)).await;
    let next = futures::StreamExt::next(&mut answer.stream).await.unwrap();
    assert!(next.unwrap_err().to_string().contains("ended while the query ran"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_opened_is_stated_rightly() {
    let site = station().await;
    let now = site.lake.now();
    let policies = site.lake.policies();
    let new = |purpose, reference: &str, days| NewWork {
        purpose: Some(purpose),
        reference: reference.into(),
        days,
        ..NewWork::default()
    };
    for (login, new, wrong) in [
        ("asha", new(Purpose::Case, "the tractor", None), "FIR"),
        ("asha", new(Purpose::Case, FIR, Some(400)), "1 to 180 days"),
        ("asha", new(Purpose::Operation, FIR, None), "case, complaint"),
        ("asha", new(Purpose::Supervision, "27541001", None), "only a supervisor"),
        ("meera", new(Purpose::Supervision, "9999", None), "does not lie below"),
        ("stat", new(Purpose::Statistics, "why", None), "question"),
        ("boss", new(Purpose::Case, FIR, None), "no role"),
    ] {
        let outcome = site.accounts.open_work(&who(&site, login).await, &policies, new, now).await;
        let said = outcome.unwrap_err().to_string();
        assert!(said.contains(wrong), "{login}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_read_under_an_authority_that_somebody_else_granted() {
    let site = station().await;
    let (now, policies) = (site.lake.now(), site.lake.policies());
    let work = open(&site, "asha", Purpose::Case, FIR).await;
    let calls = "SELECT count(*) AS n FROM clean.telecom_cdr";
    let zero = "| 0 |";
    assert!(ask(&site, &at(&site, "asha", &work).await, calls).await.unwrap().contains(zero));
    let phones = "SELECT count(*) AS n FROM pole.object WHERE \"_source\" = 'telecom.cdr'";
    assert!(ask(&site, &at(&site, "asha", &work).await, phones).await.unwrap().contains(zero));
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
    let new = |numbers: &[&str]| NewAuthority {
        reference: "SP/Ajmer/12 of 2026".into(),
        numbers: numbers.iter().map(|n| (*n).to_owned()).collect(),
        from: day(2026, 1, 5),
        to: day(2026, 1, 5),
        days: 10,
        reason: "contacts of the accused on the day".into(),
    };
    // Without a piece of work nothing is asked for; a number must be one; the window must be one.
    let nothing = site.accounts.ask_authority(&who(&site, "asha").await, &policies, new(&["7000000101"]), now).await;
    assert!(matches!(nothing, Err(AccountError::Access(AccessError::Denied(_)))));
    let asha = at(&site, "asha", &work).await;
    let odd = site.accounts.ask_authority(&asha, &policies, new(&["x"]), now).await;
    assert!(matches!(odd, Err(AccountError::Access(AccessError::Number(_)))));
    let window = NewAuthority { to: day(2025, 1, 5), ..new(&["7000000101"]) };
    assert!(matches!(
        site.accounts.ask_authority(&asha, &policies, window, now).await,
        Err(AccountError::Access(AccessError::Window))
    ));
    let id = site.accounts.ask_authority(&asha, &policies, new(&["+91 70000 00101"]), now).await.unwrap();
    assert!(ask(&site, &at(&site, "asha", &work).await, calls).await.unwrap().contains(zero), "asked is not granted");
    // Not by himself, not by an inspector.
    for login in ["asha", "insp"] {
        let outcome = site.accounts.decide_request(&who(&site, login).await, &policies, &id, true, "", now).await;
        assert!(matches!(outcome, Err(AccountError::Access(AccessError::Denied(_)))), "{login}");
    }
    let meera = who(&site, "meera").await;
    assert_eq!(site.accounts.to_decide(&meera, &policies, now).await.unwrap().len(), 1);
    site.accounts.decide_request(&meera, &policies, &id, true, "compared", now).await.unwrap();
    let twice = site.accounts.decide_request(&meera, &policies, &id, false, "", now).await;
    assert!(matches!(twice, Err(AccountError::Access(AccessError::Decided))));
    let asha = at(&site, "asha", &work).await;
    let seen = ask(&site, &asha, "SELECT DISTINCT number FROM clean.telecom_cdr").await.unwrap();
    assert!(seen.contains("7000000101"), "{seen}");
    let outside =
        ask(&site, &asha, "SELECT count(*) AS n FROM clean.telecom_cdr WHERE started_at >= '2026-01-06T00:00:00+05:30'")
            .await
            .unwrap();
    assert!(outside.contains(zero), "{outside}");
    // A condition of the query's own tells nothing of rows that are not there.
    let probe = "SELECT count(*) AS n FROM clean.telecom_cdr WHERE 1 / (CASE WHEN number <> '7000000101' THEN 0 ELSE 1 END) = 1";
    assert!(ask(&site, &asha, probe).await.is_ok());
    assert!(ask(&site, &at(&site, "ravi", &work).await, calls).await.is_err(), "not of the team");
    // It ends, and it is withdrawn.
    let later = site.accounts.with_work(who(&site, "asha").await, &work, now + TimeDelta::days(11)).await.unwrap();
    assert!(later.work.as_ref().unwrap().authorities_at(now + TimeDelta::days(11)).next().is_none());
    site.accounts.withdraw(&meera, &policies, &id, "over", now).await.unwrap();
    assert!(ask(&site, &at(&site, "asha", &work).await, calls).await.unwrap().contains(zero));
    // What was granted is declared by the Superintendent, once the month is over.
    let month = accounts::month_of(now);
    let declared = site.accounts.declaration(&meera, &policies, &month, "2754", now).await.unwrap();
    assert_eq!((declared.lines.len(), declared.lines[0].numbers, declared.refused), (1, 1, 0));
    let early = site.accounts.declare(&meera, &policies, &month, "2754", now).await;
    assert!(matches!(early, Err(AccountError::Access(AccessError::NotOver(_)))));
    let next = now + TimeDelta::days(32);
    assert_eq!(site.accounts.undeclared(next).await.unwrap(), [(month.clone(), "2754".to_owned())]);
    let inspector = site.accounts.declaration(&who(&site, "insp").await, &policies, &month, "2754", now).await;
    assert!(matches!(inspector, Err(AccountError::Access(AccessError::Denied(_)))));
    site.accounts.declare(&meera, &policies, &month, "2754", next).await.unwrap();
    assert!(site.accounts.undeclared(next).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_court_order_opens_its_seals_for_its_person() {
    let site = station().await;
    let (now, policies) = (site.lake.now(), site.lake.policies());
    let work = open(&site, "asha", Purpose::Case, FIR).await;
    site.accounts.join_team(&who(&site, "asha").await, &work, "ravi", now).await.unwrap();
    let victim = "SELECT name, phone FROM pole.person_mention WHERE role = 'victim'";
    assert!(!ask(&site, &at(&site, "asha", &work).await, victim).await.unwrap().contains("Gopaniya"));
    let new = NewOrder {
        reference: "Special court, Ajmer, 7/2026".into(),
        keys: vec!["cctns:275410012025000201".into()],
        days: 5,
        reason: "identification before the court".into(),
    };
    let asha = at(&site, "asha", &work).await;
    let odd = site.accounts.ask_order(&asha, &policies, NewOrder { keys: vec!["somebody".into()], ..new.clone() }, now).await;
    assert!(matches!(odd, Err(AccountError::Access(AccessError::Keys))));
    let id = site.accounts.ask_order(&asha, &policies, new, now).await.unwrap();
    assert!(
        !ask(&site, &at(&site, "asha", &work).await, victim).await.unwrap().contains("Gopaniya"),
        "recorded is not confirmed"
    );
    site.accounts.decide_request(&who(&site, "meera").await, &policies, &id, true, "", now).await.unwrap();
    let seen = ask(&site, &at(&site, "asha", &work).await, victim).await.unwrap();
    assert!(seen.contains("Gopaniya Devi"), "{seen}");
    let raw = ask(&site, &at(&site, "asha", &work).await, "SELECT name FROM clean.cctns_person").await.unwrap();
    assert!(raw.contains("Gopaniya Devi") && !raw.contains("Balak Namuna"), "the named one alone: {raw}");
    assert!(!ask(&site, &at(&site, "ravi", &work).await, victim).await.unwrap().contains("Gopaniya"), "for its person alone");
    let later = site.accounts.with_work(who(&site, "asha").await, &work, now + TimeDelta::days(6)).await.unwrap();
    assert!(!ask(&site, &later, victim).await.unwrap().contains("Gopaniya"), "for its time alone");
}

#[tokio::test(flavor = "multi_thread")]
async fn large_exports_leave_after_a_second_person_released_them() {
    let site = station().await;
    let (now, policies) = (site.lake.now(), site.lake.policies());
    site.lake.store().set_setting(accounts::BULK, &3_u64).await.unwrap();
    let work = open(&site, "asha", Purpose::Case, FIR).await;
    let (large, small) = ("SELECT role FROM clean.cctns_person", "SELECT role FROM clean.cctns_person LIMIT 2");
    let asha = at(&site, "asha", &work).await;
    assert!(export(&site, &asha, small).await.is_ok());
    assert!(denied(export(&site, &asha, large).await).contains("second person"));
    let mark = governance::audit::chain::hash(large);
    let id = site.accounts.ask_release(&asha, &policies, &mark, large, "for the charge sheet", now).await.unwrap();
    let own = site.accounts.decide_request(&asha, &policies, &id, true, "", now).await;
    assert!(matches!(own, Err(AccountError::Access(AccessError::Denied(_)))));
    site.accounts.decide_request(&who(&site, "insp").await, &policies, &id, true, "", now).await.unwrap();
    let asha = at(&site, "asha", &work).await;
    assert!(export(&site, &asha, large).await.is_ok());
    assert!(
        denied(export(&site, &asha, "SELECT name FROM clean.cctns_person").await).contains("second person"),
        "that query alone"
    );
    let later = site.accounts.with_work(who(&site, "asha").await, &work, now + TimeDelta::days(2)).await.unwrap();
    assert!(denied(export(&site, &later, large).await).contains("second person"), "for a day");
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_are_counts_and_small_ones_are_withheld() {
    let site = station().await;
    let work = open(&site, "stat", Purpose::Statistics, "roles of persons in the year").await;
    let stat = at(&site, "stat", &work).await;
    for rows in [
        "SELECT role FROM clean.cctns_person",
        "SELECT DISTINCT role FROM clean.cctns_person",
        "SELECT max(fir_year) FROM clean.cctns_person",
        "SELECT count(*) FILTER (WHERE role = 'victim') FROM clean.cctns_person",
        "SELECT count(*) FROM clean.cctns_person a CROSS JOIN clean.cctns_person b",
        "SELECT count(*) FROM (SELECT * FROM clean.cctns_person UNION ALL SELECT * FROM clean.cctns_person)",
        "SELECT count(*) FROM (SELECT * FROM clean.cctns_person LIMIT 1)",
        "SELECT 1 WHERE EXISTS (SELECT 1 FROM clean.cctns_person WHERE role = 'victim')",
        "SELECT row_number() OVER () FROM clean.cctns_person",
    ] {
        let why = denied(ask(&site, &stat, rows).await);
        assert!(why.contains("statistics"), "{rows}: {why}");
    }
    let all = ask(&site, &stat, "SELECT count(*) AS n FROM clean.cctns_person").await.unwrap();
    assert!(all.contains("| 10 |"), "eight or nine rows, rounded: {all}");
    let probe = "SELECT count(*) AS n FROM clean.cctns_person WHERE 1 / (CASE WHEN role = 'victim' THEN 0 ELSE 1 END) = 1";
    assert!(denied(ask(&site, &stat, probe).await).contains("what cannot fail"), "an error would tell of one row");
    let roles =
        ask(&site, &stat, "SELECT role, count(*) AS n FROM clean.cctns_person GROUP BY role ORDER BY n DESC").await.unwrap();
    assert!(!roles.contains("victim"), "one victim is a small count: {roles}");
    let one = ask(&site, &stat, "SELECT count(CASE WHEN role = 'victim' THEN 1 END) AS n FROM clean.cctns_person").await.unwrap();
    assert!(!one.contains("| 1 |"), "a small count within a large group: {one}");
    let none = ask(&site, &stat, "SELECT count(*) AS n FROM clean.cctns_person WHERE role = 'victim'").await.unwrap();
    assert!(!none.contains("| 1 |"), "{none}");
    let named = ask(&site, &stat, "SELECT name, count(*) AS n FROM clean.cctns_person GROUP BY name").await.unwrap();
    assert!(!named.contains("Parikshan"), "{named}");
}

#[tokio::test(flavor = "multi_thread")]
async fn supervision_sees_its_own_stations() {
    let site = station().await;
    let own = open(&site, "meera", Purpose::Supervision, "27541001").await;
    let seen = ask(&site, &at(&site, "meera", &own).await, "SELECT name FROM pole.person_mention WHERE event_key LIKE 'fir:%'")
        .await
        .unwrap();
    assert!(seen.contains("Parikshan Kumar"), "{seen}");
    let other = open(&site, "meera", Purpose::Supervision, "27541002").await;
    let seen = ask(&site, &at(&site, "meera", &other).await, "SELECT name FROM pole.person_mention").await.unwrap();
    assert!(!seen.contains("Parikshan Kumar"), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_emergency_is_loud_short_and_reviewed() {
    let site = station().await;
    let (now, policies) = (site.lake.now(), site.lake.policies());
    let emergency = |reason: &str| NewWork {
        reference: "call of a kidnapping".into(),
        reason: reason.into(),
        emergency: Some(vec!["7000000101".into()]),
        ..NewWork::default()
    };
    let asha = who(&site, "asha").await;
    let brief = site.accounts.open_work(&asha, &policies, emergency("hurry"), now).await;
    assert!(matches!(brief, Err(AccountError::Access(AccessError::Say { .. }))));
    let analyst =
        site.accounts.open_work(&who(&site, "stat").await, &policies, emergency("a child was taken an hour ago"), now).await;
    assert!(matches!(analyst, Err(AccountError::Access(AccessError::Denied(_)))));
    let row = site.accounts.open_work(&asha, &policies, emergency("a child was taken an hour ago"), now).await.unwrap();
    let asha = at(&site, "asha", &row.id).await;
    let calls = ask(&site, &asha, "SELECT DISTINCT number FROM clean.telecom_cdr").await.unwrap();
    assert!(calls.contains("7000000101"), "{calls}");
    assert!(denied(export(&site, &asha, "SELECT * FROM clean.telecom_cdr").await).contains("does not leave"));
    let later = site.accounts.with_work(who(&site, "asha").await, &row.id, now + TimeDelta::hours(5)).await.unwrap();
    assert!(denied(ask(&site, &later, "SELECT * FROM clean.telecom_cdr").await).contains("expired"));
    let own = site.accounts.review(&asha, &policies, &row.id, "it was right", now).await;
    assert!(matches!(own, Err(AccountError::Access(AccessError::Denied(_)))));
    site.accounts.review(&who(&site, "insp").await, &policies, &row.id, "the child was found", now).await.unwrap();
    let twice = site.accounts.review(&who(&site, "insp").await, &policies, &row.id, "the child was found", now).await;
    assert!(matches!(twice, Err(AccountError::Access(AccessError::Decided))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_lead_from_a_purpose_to_an_answer_and_back() {
    let site = Site::filled().await;
    site.person("boss", &[Role::Administrator]).await;
    let mut asha = site.signed_in("asha", &[Role::InvestigatingOfficer]).await;
    assert_eq!(asha.post("/purpose/down", &[]).await.to(), "/purpose");
    let refused = asha.get(PERSON).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("choose a piece of work") && refused.body.contains("href=\"/purpose\""), "{}", refused.body);
    asha.get("/purpose").await;
    let wrong = asha.post("/purpose", &[("purpose", "case"), ("reference", "the tractor")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("role=\"alert\""));
    let opened = asha.post("/purpose", &[("purpose", "case"), ("reference", FIR), ("sections", "BNS 303(2)")]).await;
    assert_eq!((opened.status, opened.to()), (StatusCode::SEE_OTHER, "/purpose"));
    let page = asha.get("/purpose").await;
    assert!(page.body.contains("in hand") && page.body.contains(FIR));
    assert_eq!(asha.get(PERSON).await.status, StatusCode::OK);
    asha.get("/sql").await;
    let answer = asha.post("/sql", &[("sql", "SELECT name FROM clean.cctns_person")]).await.to().to_owned();
    assert!(asha.get(&answer).await.body.contains("Parikshan"));
    let id = page.between("href=\"/purpose/", "\"");
    // Another officer knows nothing of it.
    let mut ravi = site.signed_in("ravi", &[Role::InvestigatingOfficer]).await;
    ravi.get("/purpose").await;
    assert_eq!(ravi.get(&format!("/purpose/{id}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ravi.post(&format!("/purpose/{id}/take"), &[]).await.status, StatusCode::NOT_FOUND);
    let foreign = ravi.post(&format!("/purpose/{id}/close"), &[]).await;
    assert_ne!(foreign.status, StatusCode::SEE_OTHER, "{}", foreign.to());
    // Closed in the middle of a session: the next click shows nothing, and neither does the answer kept.
    asha.get(&format!("/purpose/{id}")).await;
    assert_eq!(asha.post(&format!("/purpose/{id}/close"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(asha.get(PERSON).await.status, StatusCode::FORBIDDEN);
    assert_eq!(asha.get(&answer).await.status, StatusCode::GONE);
    let json = asha.get("/api/v1/purpose").await.body;
    assert!(json.contains("\"standing\":\"closed\""), "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn auditors_see_what_is_due_and_who_read_unusually() {
    let site = station().await;
    let mut auditor = site.signed_in("sunita", &[Role::Auditor]).await;
    let new = NewWork {
        reference: "call of a kidnapping".into(),
        reason: "a child was taken an hour ago".into(),
        emergency: Some(vec![]),
        ..NewWork::default()
    };
    let row = site.accounts.open_work(&who(&site, "asha").await, &site.lake.policies(), new, site.lake.now()).await.unwrap();
    let asha = at(&site, "asha", &row.id).await;
    let _ = denied(export(&site, &asha, "SELECT * FROM pole.person_mention").await);
    ask(&site, &asha, "SELECT * FROM pole.person_mention WHERE name = 'asha'").await.unwrap();
    let page = auditor.get("/audit/watch").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("call of a kidnapping") && page.body.contains("look for the own name"), "{}", page.body);
    let json = auditor.get("/api/v1/audit/watch").await.body;
    assert!(json.contains("\"login\":\"asha\""), "{json}");
    auditor.get("/purpose").await;
    let done = auditor.post(&format!("/purpose/{}/review", row.id), &[("finding", "the child was found")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
    assert!(!auditor.get("/audit/watch").await.body.contains("call of a kidnapping"));
}
