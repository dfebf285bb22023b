//! Erasure by order: who may what, what goes, and that nothing of it stays.

use std::path::Path;

use accounts::{AccessError, AccountError};
use axum::http::StatusCode;
use governance::{Principal, Rank, Role};
use lake::expunge::Target;
use lake::{Access, At, LakeError};
use serde_json::Value;

use crate::site::Site;
use crate::work::{person, station, who};

const PERSON: &str = "275410012025000901";
const OTHER: &str = "275410012025000902";

fn access(site: &Site, principal: Principal) -> Access {
    let context = governance::Context { purpose: None, case: None, authority: None, now: site.lake.now() };
    Access { principal, context, at: At::Now }
}

/// Files below `dir` that contain `needle` as it is; what lies compressed is tried by the lake's own tests.
fn holding(dir: &Path, needle: &str) -> Vec<String> {
    let (mut found, mut waiting) = (Vec::new(), vec![dir.to_path_buf()]);
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().flatten().map(|e| e.path()));
        } else if std::fs::read(&path).unwrap().windows(needle.len()).any(|w| w == needle.as_bytes()) {
            found.push(path.display().to_string());
        }
    }
    found
}

async fn rows(site: &Site, sql: &str) -> String {
    let session = site.lake.session(&access(site, Principal::operator())).unwrap();
    arrow::util::pretty::pretty_format_batches(&session.rows(sql).await.unwrap()).unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_goes_and_the_others_of_the_file_stay() {
    let site = Site::filled().await;
    let root = site.lake.home().root().to_path_buf();
    let object = site.object("hostile.csv").await;
    // A copy that left before, and a query that named the person.
    let copy = site.get("/catalogue/clean.cctns_person/export?format=csv").await;
    assert!(copy.status.is_success());
    let form = format!("sql=SELECT+*+FROM+clean.cctns_person+WHERE+person_id%3D%27{PERSON}%27");
    let asked = site.post("/sql", "application/x-www-form-urlencoded", &form).await;
    assert!(site.get(&asked.location).await.body.contains(PERSON));
    assert!(!holding(&root, PERSON).is_empty());

    let target = Target::read("person", &format!("cctns:{PERSON}")).unwrap();
    let receipt = site.lake.expunge("e1", &target).await.unwrap();
    assert!(receipt.rows.iter().any(|(t, n)| t == "clean.cctns_person" && *n == 1), "{receipt:?}");
    assert!(receipt.objects.is_empty() && receipt.sealed.is_empty(), "{receipt:?}");
    assert_eq!((receipt.rewritten[0].object.as_str(), receipt.rewritten[0].records), (object.as_str(), 1));
    assert_eq!(receipt.copies.len(), 1);
    assert!(receipt.copies[0].certain);
    for needle in [PERSON, "alert(1)"] {
        assert_eq!(holding(&root, needle), Vec::<String>::new(), "{needle}");
    }
    // The other record of the same file is where it was, and leads to its row.
    let left = rows(&site, "SELECT person_id, _row FROM clean.cctns_person WHERE _object IS NOT NULL ORDER BY person_id").await;
    assert!(left.contains(OTHER) && !left.contains(PERSON), "{left}");
    assert!(!holding(&root.join("raw"), OTHER).is_empty());
    assert!(lake::raw::verify(site.lake.home(), &object).is_ok(), "the rewritten file is known as such");
    assert!(site.lake.examine().await.unwrap().iter().all(|f| f.well), "the doctor finds nothing");
    // No certificate of a file that is not as it came; no answer from before.
    let none = server::certificate::of_object(&site.lake, &access(&site, Principal::operator()), &object).await.unwrap_err();
    assert!(matches!(none, LakeError::Denied(_)), "{none}");
    assert_eq!(site.get(&asked.location).await.status, StatusCode::GONE);
    // The same file again brings nothing back, and the same order gives the same receipt.
    let again = Path::new(&root).with_file_name("hostile.csv");
    crate::site::take(&site.lake, "cctns.person", &again).await;
    assert_eq!(holding(&root.join("tables"), PERSON), Vec::<String>::new());
    let same = site.lake.expunge("e1", &target).await.unwrap();
    assert_eq!((same.at, same.rows), (receipt.at, receipt.rows));
    let gone = site.lake.expunge("e2", &target).await.unwrap_err();
    assert!(gone.to_string().contains("no row"), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_from_every_source() {
    let site = Site::filled().await;
    let root = site.lake.home().root().to_path_buf();
    let before = rows(
        &site,
        "SELECT count(*) AS n FROM pole.event WHERE key = 'fir:27541001/0001/2025' OR case_key = 'fir:27541001/0001/2025'",
    )
    .await;
    assert!(!before.contains("| 0 "), "{before}");
    let receipt = site.lake.expunge("c1", &Target::read("case", "27541001/1/2025").unwrap()).await.unwrap();
    assert!(receipt.rows.iter().any(|(t, _)| t == "clean.cctns_fir"), "{receipt:?}");
    for table in
        ["person_mention WHERE event_key", "event WHERE key", "event WHERE case_key", "link WHERE to_key", "link WHERE from_key"]
    {
        let left = rows(&site, &format!("SELECT count(*) AS n FROM pole.{table} = 'fir:27541001/0001/2025'")).await;
        assert!(left.contains("| 0 "), "{table}: {left}");
    }
    assert_eq!(holding(&root.join("tables"), "2754100120250001"), Vec::<String>::new());
    assert!(receipt.sealed.is_empty(), "{receipt:?}");
    assert!(rows(&site, "SELECT count(*) AS n FROM clean.transport_vehicle").await.contains("| "));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_asks_another_decides_and_the_receipt_proves_itself() {
    let site = station().await;
    let (asha, ravi, meera, insp) =
        (who(&site, "asha").await, who(&site, "ravi").await, who(&site, "meera").await, who(&site, "insp").await);
    person(&site, "sp2", Role::Supervisor, Rank::Superintendent, "2754").await;
    person(&site, "meena", Role::Auditor, Rank::Civilian, "2754").await;
    let (policies, now) = (site.lake.policies(), site.lake.now());
    let new = || accounts::NewExpungement {
        kind: "person".into(),
        target: format!("cctns:{PERSON}"),
        basis: "High Court order 12 of 2026".into(),
        reason: "The identity was mistaken".into(),
    };
    let short =
        site.accounts.ask_expungement(&asha, &policies, accounts::NewExpungement { basis: "x".into(), ..new() }, now).await;
    assert!(matches!(short, Err(AccountError::Access(AccessError::Say { .. }))), "{short:?}");
    let id = site.accounts.ask_expungement(&asha, &policies, new(), now).await.unwrap();
    // Not of it: it is not there. Not of the rank, or not yet approved: refused.
    let hidden = site.accounts.expungement(&ravi, &policies, &id, now).await;
    assert!(matches!(hidden, Err(AccountError::Access(AccessError::NoRequest(_)))), "{hidden:?}");
    assert!(site.accounts.decide_expungement(&asha, &policies, &id, true, "", now).await.is_err(), "never one's own");
    assert!(site.accounts.decide_expungement(&insp, &policies, &id, true, "", now).await.is_err());
    let early = server::expunge::run(&site.lake, &site.accounts, &access(&site, meera.clone()), &id).await;
    assert!(early.unwrap_err().to_string().contains("second officer"));
    // Two approvals race: one counts.
    let other = who(&site, "sp2").await;
    let (yes, no) = tokio::join!(
        site.accounts.decide_expungement(&meera, &policies, &id, true, "compared", now),
        site.accounts.decide_expungement(&other, &policies, &id, true, "compared too", now)
    );
    assert!(yes.is_ok() != no.is_ok(), "{yes:?} {no:?}");
    let twice = site.accounts.decide_expungement(&who(&site, "sp2").await, &policies, &id, false, "", now).await;
    assert!(matches!(twice, Err(AccountError::Access(AccessError::Decided))), "{twice:?}");
    assert!(
        server::expunge::run(&site.lake, &site.accounts, &access(&site, asha.clone()), &id).await.is_err(),
        "not by the one who asked"
    );
    // Carried out twice at once, it is done once, and both have its receipt.
    let by = access(&site, meera.clone());
    let (one, two) = tokio::join!(
        server::expunge::run(&site.lake, &site.accounts, &by, &id),
        server::expunge::run(&site.lake, &site.accounts, &by, &id)
    );
    let kept = match (one, two) {
        (Ok(one), Ok(two)) => {
            assert_eq!((&one.receipt.at, &one.receipt.rows), (&two.receipt.at, &two.receipt.rows));
            site.accounts.expungement(&meera, &policies, &id, now).await.unwrap();
            two
        }
        (Ok(one), Err(AccountError::Access(AccessError::Decided)))
        | (Err(AccountError::Access(AccessError::Decided)), Ok(one)) => one,
        other => panic!("{other:?}"),
    };
    let proof = governance::audit::proof::Proof::parse(&kept.proof).unwrap();
    assert_eq!(proof.index, kept.record);
    let entry = site.lake.audit().entry(kept.record).unwrap().record;
    assert_eq!((entry.action.as_str(), entry.who.as_str()), ("expunged", "meera"));
    let row = site.accounts.expungement(&who(&site, "meena").await, &policies, &id, now).await.unwrap();
    assert_eq!((row.state.as_str(), row.target.as_str(), row.reason.as_str()), ("done", "", ""));
    let log = serde_json::to_string(&site.log()).unwrap();
    assert!(!log.contains(PERSON) && log.contains("\"expunged\""), "the log does not name who was erased");
    // Without accounts there is no second officer, and nobody may ask.
    let nobody = site.accounts.ask_expungement(&Principal::operator(), &policies, new(), now).await;
    assert!(nobody.is_err());
}

/// Decisions and writings about one person, and about another; gives the first one's id.
async fn written(site: &Site, key: &str, name: &str) -> String {
    let (policies, now, store) = (site.lake.policies(), site.lake.now(), site.lake.store());
    let session = site.lake.session(&access(site, Principal::operator())).unwrap();
    let person = dossier::person(&session, key).await.unwrap().unwrap();
    let other = dossier::person(&session, &format!("cctns:{OTHER}")).await.unwrap().unwrap();
    let work = crate::work::open(site, "asha", model::Purpose::Case, crate::work::FIR).await;
    let asha = crate::work::at(site, "asha", &work).await;
    let why = format!("calls of {name} on that day");
    let order = accounts::NewOrder { reference: "Court 7/2026".into(), keys: vec![key.into()], days: 3, reason: why.clone() };
    site.accounts.ask_order(&asha, &policies, order, now).await.unwrap();
    let wrote = |subjects: Vec<String>, category: &'static str| {
        let (accounts, policies, why, asha) = (site.accounts.clone(), policies.clone(), why.clone(), asha.clone());
        async move { accounts.categorise(&asha, &policies, &subjects, category, &why, now).await.unwrap() }
    };
    wrote(person.subjects(), "witness").await;
    person_and_sheet(site, &person).await;
    let later = now + chrono::TimeDelta::seconds(1);
    site.accounts.categorise(&asha, &policies, &other.subjects(), "victim", &format!("was with {name}"), later).await.unwrap();
    site.accounts.declare_kin("boss", "ravi", &[name.to_uppercase(), "Somebody Else".into()]).await.unwrap();
    site.accounts.list(std::slice::from_ref(&person.id)).await.unwrap();
    let file = format!("person-{}-facts.csv", person.id);
    let leaving = lake::manifest::Leaving { file: &file, what: "person facts", query: None, for_spreadsheet: true };
    let to = site.lake.home().root().with_file_name(&file);
    let sql = "SELECT role FROM clean.cctns_person LIMIT 1";
    site.lake.export_query(&access(site, Principal::operator()), sql, leaving, lake::export::Format::Csv, &to).await.unwrap();
    assert_eq!(store.categories(&other.subjects()).await.unwrap()[0].reason, format!("was with {name}"));
    person.id
}

async fn person_and_sheet(site: &Site, about: &dossier::Person) {
    let (policies, now) = (site.lake.policies(), site.lake.now());
    person(site, "sho", Role::StationOfficer, Rank::Inspector, "27541001").await;
    let work = crate::work::open(site, "sho", model::Purpose::Case, crate::work::FIR).await;
    let sho = crate::work::at(site, "sho", &work).await;
    let why = "convicted three times of burglary";
    let sheet = site.accounts.ask_sheet(&sho, &policies, &about.id, &about.subjects(), why, now).await.unwrap();
    let order = accounts::SheetOrder { grant: true, order_no: "SP/1/2026".into(), reason: "the record shows a habit".into() };
    site.accounts.decide_sheet(&who(site, "meera").await, &policies, &sheet, order, now).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_and_written_of_a_person_goes_with_the_rows() {
    const KEY: &str = "cctns:275410012025000102";
    const NAME: &str = "Udaharan Singh";
    let site = station().await;
    let (root, policies, now) = (site.lake.home().root().to_path_buf(), site.lake.policies(), site.lake.now());
    let id = written(&site, KEY, NAME).await;
    for needle in [NAME, KEY, id.as_str(), "habit"] {
        assert!(!holding(&root, needle).is_empty(), "{needle} is there before");
    }
    let ask = |reason: &str| accounts::NewExpungement {
        kind: "person".into(),
        target: KEY.into(),
        basis: "High Court order 12 of 2026".into(),
        reason: reason.into(),
    };
    let (asha, ravi, meera) = (who(&site, "asha").await, who(&site, "ravi").await, who(&site, "meera").await);
    let order = site.accounts.ask_expungement(&asha, &policies, ask("the identity was mistaken"), now).await.unwrap();
    let again = site.accounts.ask_expungement(&ravi, &policies, ask("Udaharan Singh is somebody else"), now).await.unwrap();
    site.accounts.decide_expungement(&meera, &policies, &order, true, "compared", now).await.unwrap();
    let kept = server::expunge::run(&site.lake, &site.accounts, &access(&site, meera.clone()), &order).await.unwrap();
    let receipt = &kept.receipt;
    assert_eq!((receipt.decisions, receipt.sheets), (1, 1), "{receipt:?}");
    assert!(receipt.words >= 6, "{receipt:?}");
    for needle in [NAME, "UDAHARAN SINGH", "उदाहरण सिंह", KEY, "275410012025000102", id.as_str(), "habit", "convicted three times"]
    {
        assert_eq!(holding(&root, needle), Vec::<String>::new(), "{needle}");
    }
    // What is said of others stands, without the name.
    let session = site.lake.session(&access(&site, Principal::operator())).unwrap();
    let other = dossier::person(&session, &format!("cctns:{OTHER}")).await.unwrap().unwrap();
    let decided = site.lake.store().categories(&other.subjects()).await.unwrap();
    assert_eq!((decided[0].category.as_str(), decided[0].reason.as_str()), ("victim", "was with …"));
    assert_eq!(site.accounts.kin("ravi").await.unwrap(), ["Somebody Else"]);
    assert!(site.accounts.listed().await.unwrap().is_empty());
    assert!(site.accounts.sheets(&meera, &policies, now).await.unwrap().is_empty());
    // Another request about the same is over too, and says under which order.
    let over = site.accounts.expungement(&ravi, &policies, &again, now).await.unwrap();
    assert_eq!((over.state.as_str(), over.target.as_str(), over.reason.as_str()), ("refused", "", ""));
    assert!(over.note.unwrap().contains(&order));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_ask_refuse_and_show() {
    let site = station().await;
    let mut asha = site.signed_in("vimla", &[Role::InvestigatingOfficer]).await;
    asha.get("/expunge").await;
    let fields =
        |target: &'static str| [("kind", "case"), ("target", target), ("basis", "Order 12"), ("reason", "Quashed by court")];
    let wrong = asha.post("/expunge", &fields("1/2025")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked = asha.post("/expunge", &fields("27541001/0001/2025")).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.body);
    let page = asha.get(asked.to()).await;
    assert!(page.body.contains("fir:27541001/0001/2025") && !page.body.contains("/grant"), "{}", page.body);
    let own = asha.post(&format!("{}/grant", asked.to()), &[("note", "")]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "{}", own.body);
    let json: Value = serde_json::from_str(&asha.get(&format!("/api/v1{}", asked.to())).await.body).unwrap();
    assert_eq!(json["request"]["state"], "asked");
    let hindi = asha.get(&format!("{}?lang=hi", asked.to())).await;
    assert!(hindi.body.contains("माँगा गया"), "{}", hindi.body);
}
