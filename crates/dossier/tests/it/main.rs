//! Dossiers, linkage and search over lakes filled through the built-in contracts: from their own samples, and from made-up states.

mod category;
mod reference;
mod resolve;
mod search;
mod standing;
mod state;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use dossier::{Attribute, Kind, Matched, Target};
use governance::{Context, Principal};
use lake::{Access, At, Lake, Options, Progress, Request, Session};

pub fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sources/contracts")
}

pub async fn lake(dir: &Path, files: &[(&str, &str)]) -> Lake {
    let lake = Lake::open(Options::at(dir)).await.unwrap();
    for (contract, file) in files {
        let request = Request {
            contract: Some(lake.contract(contract).unwrap()),
            authority: Some("test/1".into()),
            received_by: "test".into(),
            ..Request::default()
        };
        lake.ingest_path(&samples().join(file), request, &Arc::new(Progress::default())).await.unwrap();
    }
    lake
}

pub fn session(lake: &Lake, principal: Principal) -> Session {
    lake.session(&Access { principal, ..access(lake) }).unwrap()
}

pub fn access(lake: &Lake) -> Access {
    let context = Context { purpose: None, case: None, authority: Some("test/1".into()), now: lake.now() };
    Access { principal: Principal::operator(), context, at: At::Now }
}

pub const ALL: &[(&str, &str)] = &[
    ("cctns.fir", "cctns/fir/sample.csv"),
    ("cctns.person", "cctns/person/sample.csv"),
    ("cctns.arrest", "cctns/arrest/sample.csv"),
    ("transport.vehicle", "transport/vehicle/sample.csv"),
    ("anpr.read", "anpr/read/sample.csv"),
    ("telecom.cdr", "telecom/cdr/sample_airtel.csv"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_what_exact_identifiers_join() {
    let dir = tempfile::tempdir().unwrap();
    let lake = lake(dir.path(), ALL).await;
    let session = session(&lake, Principal::operator());

    let person = dossier::person(&session, "cctns:275410012025000101").await.unwrap().unwrap();
    assert!(
        person.sources.contains(&"cctns.person".to_string()) && person.sources.contains(&"transport.vehicle".to_string()),
        "{:?}",
        person.sources
    );
    assert!(
        person
            .reasons
            .iter()
            .any(|r| matches!(&r.because, dossier::Because::Key(k) if k.kind == "phone_name" && r.mentions.len() > 1))
    );
    assert!(person.links.iter().any(|l| l.target == Target::new(Kind::Vehicle, "RJ14ZZ0001") && l.relation == "owns"));
    assert!(
        person
            .links
            .iter()
            .any(|l| l.target == Target::new(Kind::Case, "fir:27541001/0001/2025") && l.label.starts_with("FIR 0001/2025"))
    );
    assert!(
        person
            .groups
            .iter()
            .flat_map(|g| &g.facts)
            .all(|f| !f.origins.is_empty() && f.origins.iter().all(|o| o.row > 0 && o.object.len() == 64))
    );
    assert!(person.timeline.windows(2).all(|w| w[0].at <= w[1].at || w[1].at.is_none()));

    for key in [person.id.as_str(), "TST0000001"] {
        let again = dossier::person(&session, key).await.unwrap().unwrap();
        assert_eq!(again.id, person.id, "{key}");
    }
    assert_eq!(dossier::person(&session, "nobody' OR true --").await.unwrap(), None);
    let accused = dossier::person(&session, "cctns:275410012025000102").await.unwrap().unwrap();
    assert!(
        accused.roles.contains(&"arrested".to_string()) && accused.roles.contains(&"accused".to_string()),
        "{:?}",
        accused.roles
    );
    assert!(accused.timeline.iter().any(|m| m.kind == "arrest"));
    assert!(serde_json::to_string(&accused).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_a_vehicle_a_case_and_search() {
    let dir = tempfile::tempdir().unwrap();
    let lake = lake(dir.path(), ALL).await;
    let session = session(&lake, Principal::operator());

    let phone = dossier::phone(&session, "+91 7000000101").await.unwrap().unwrap();
    assert_eq!(phone.persons.len(), 1, "{:?}", phone.persons);
    assert!(phone.records > 0 && !phone.contacts.is_empty() && phone.first_seen <= phone.last_seen);
    assert_eq!(phone.contacts.iter().map(|c| c.records).sum::<i64>(), phone.records);
    assert!(!phone.handsets.is_empty());
    assert_eq!(dossier::phone(&session, "7999999999").await.unwrap(), None);

    let vehicle = dossier::vehicle(&session, "rj 14 zz 0001").await.unwrap().unwrap();
    assert_eq!(vehicle.label, "RJ14ZZ0001 TEST MOTORS MODEL T");
    assert_eq!(vehicle.owners.len(), 1);
    assert!(vehicle.reads > 0 && vehicle.track.len() as i64 == vehicle.reads);
    assert!(vehicle.groups.iter().any(|g| g.attribute == Attribute::Owner));

    let case = dossier::case(&session, "27541001/1/2025").await.unwrap().unwrap();
    assert_eq!(case.key, "fir:27541001/0001/2025");
    assert!(case.title.starts_with("FIR 0001/2025"));
    assert!(!case.arrests.is_empty());
    assert!(["complainant", "accused", "officer"].iter().all(|r| case.persons.iter().any(|p| p.role == *r)));
    let sealed = dossier::case(&session, "27541001/0020/2025").await.unwrap().unwrap();
    let victim = sealed.persons.iter().find(|p| p.role == "victim").unwrap();
    assert!(sealed.withheld && victim.withheld && victim.name.is_none() && victim.person_key.is_none());

    let kinds = async |text: &str| {
        let found = dossier::search(&session, text, None).await.unwrap();
        found.hits.into_iter().map(|h| (h.target.kind, h.matched)).collect::<Vec<_>>()
    };
    assert!(kinds("7000000101").await.contains(&(Kind::Phone, Matched::Phone)));
    assert!(kinds("RJ-14-ZZ-0001").await.contains(&(Kind::Vehicle, Matched::Plate)));
    assert!(kinds("1/2025").await.contains(&(Kind::Case, Matched::Fir)));
    assert!(kinds("parikshan kumar").await.contains(&(Kind::Person, Matched::Name)));
    assert!(kinds("उदाहरण").await.contains(&(Kind::Person, Matched::NamePrefix)));
    assert!(kinds("Gopaniya Devi").await.is_empty(), "a sealed person is not found by name");
    assert!(kinds("7000000303").await.is_empty(), "nor by phone");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_lake_has_empty_answers_and_a_stranger_none() {
    let dir = tempfile::tempdir().unwrap();
    let empty = lake(dir.path(), &[]).await;
    let asked = session(&empty, Principal::operator());
    assert_eq!(dossier::person(&asked, "cctns:1").await.unwrap(), None);
    assert_eq!(dossier::phone(&asked, "7000000101").await.unwrap(), None);
    assert_eq!(dossier::vehicle(&asked, "RJ14ZZ0001").await.unwrap(), None);
    assert_eq!(dossier::case(&asked, "27541001/0001/2025").await.unwrap(), None);
    assert!(dossier::search(&asked, "7000000101", None).await.unwrap().hits.is_empty());

    let filled = lake(dir.path(), &[("cctns.person", "cctns/person/sample.csv")]).await;
    let stranger = session(&filled, Principal { roles: vec![], ..Principal::operator() });
    assert!(dossier::person(&stranger, "cctns:275410012025000101").await.is_err());
}
