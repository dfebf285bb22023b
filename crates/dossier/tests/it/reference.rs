//! What the reference tables say beside a number, a mark and a section.

use std::sync::Arc;

use dossier::Attribute;
use governance::Principal;
use lake::{Lake, Progress, Request};

use crate::{ALL, lake, session};

async fn take(lake: &Lake, contract: &str, text: &str) {
    let request = Request {
        contract: Some(lake.contract(contract).unwrap()),
        name: "list.csv".into(),
        received_by: "test".into(),
        ..Request::default()
    };
    let mut input = text.as_bytes();
    lake.ingest(&mut input, text.len() as u64, request, &Arc::new(Progress::default())).await.unwrap();
}

fn told(groups: &[dossier::Group], attribute: Attribute) -> Vec<(String, Option<String>)> {
    let facts = groups.iter().filter(|g| g.attribute == attribute).flat_map(|g| &g.facts);
    facts.inspect(|f| assert_eq!(f.origins.len(), 1)).map(|f| (f.value.clone(), f.note.clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn series_types_and_offices_label_what_is_known() {
    let dir = tempfile::tempdir().unwrap();
    let lake = lake(dir.path(), ALL).await;
    // Without the tables nothing is said.
    let asked = session(&lake, Principal::operator());
    let before = dossier::phone(&asked, "7000000101").await.unwrap().unwrap();
    assert!(before.groups.is_empty() && before.handsets.iter().all(|h| h.label == h.target.key));
    let imei = before.handsets[0].target.key.clone();

    take(
        &lake,
        "reference.series",
        "number,operator_code,operator,circle_code,circle\n7000,RJ,Reliance Jio,MP,Madhya Pradesh\n70001,VI,Vi,RJ,Rajasthan\n",
    )
    .await;
    take(&lake, "reference.tac", &format!("tac,brand,model,aka\n{0},Test,N1,\n{0},Test,N1 Plus,\n", &imei[..8])).await;
    take(&lake, "reference.rto", "code,office,confidence\nRJ14,Jaipur (South),high\nRJ13,Elsewhere,high\n").await;
    let asked = session(&lake, Principal::operator());
    let phone = dossier::phone(&asked, "7000000101").await.unwrap().unwrap();
    let series = told(&phone.groups, Attribute::Series);
    assert_eq!(series, [("Reliance Jio, Madhya Pradesh".to_owned(), Some("7000".to_owned()))]);
    let handset = phone.handsets.iter().find(|h| h.target.key == imei).unwrap();
    assert_eq!(handset.label, "Test N1 / Test N1 Plus");
    let vehicle = dossier::vehicle(&asked, "RJ14ZZ0001").await.unwrap().unwrap();
    assert_eq!(told(&vehicle.groups, Attribute::Office), [("Jaipur (South)".to_owned(), Some("RJ14".to_owned()))]);
    // A series or an office alone makes nothing known.
    assert_eq!(dossier::phone(&asked, "7000999999").await.unwrap(), None);
    assert_eq!(dossier::vehicle(&asked, "RJ14XX9999").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn sections_correspond_and_the_offence_decides() {
    let dir = tempfile::tempdir().unwrap();
    let lake = lake(dir.path(), ALL).await;
    let none = dossier::laws(&session(&lake, Principal::operator()), "IPC 302", None).await.unwrap();
    assert!(none.len() == 1 && none[0].corresponding.is_empty(), "without the table: {none:?}");
    lake.take_in_shipped().await.unwrap();
    let again = lake.take_in_shipped().await.unwrap();
    assert!(!again.is_empty() && again.iter().all(|r| r.accepted == 0), "the same again changes nothing: {again:?}");
    let asked = session(&lake, Principal::operator());
    let day = |text: &str| Some(text.parse().unwrap());
    let of = async |text: &str, offence| -> Vec<(String, Option<bool>, bool, Vec<String>)> {
        let laws = dossier::laws(&asked, text, offence).await.unwrap();
        let other = |l: &dossier::Law| l.corresponding.iter().map(|c| format!("{} {}", c.act, c.section)).collect();
        laws.iter().map(|l| (format!("{} {}", l.act, l.section), l.applies, l.not_re_enacted, other(l))).collect()
    };
    let murder = |applies| vec![("IPC 302".to_owned(), applies, false, vec!["BNS 103(1)".to_owned()])];
    assert_eq!(of("302 IPC", None).await, murder(None));
    assert_eq!(of("IPC 302", day("2024-06-30")).await, murder(Some(true)));
    assert_eq!(of("धारा 302 भादसं", day("2024-07-01")).await, murder(Some(false)));
    assert_eq!(
        of("BNS 103(1)", day("2024-07-01")).await,
        [("BNS 103(1)".to_owned(), Some(true), false, vec!["IPC 302".to_owned()])]
    );
    // BNS 302 is another offence than IPC 302; sedition was not enacted again; other acts have no pairs.
    let wounding = of("BNS 302", None).await;
    assert!(wounding[0].3.contains(&"IPC 298".to_owned()) && !wounding[0].3.contains(&"IPC 302".to_owned()), "{wounding:?}");
    assert_eq!(of("124A IPC", None).await, [("IPC 124A".to_owned(), None, true, Vec::<String>::new())]);
    assert!(of("3/25 Arms Act", None).await.is_empty());
    assert!(of("nothing", None).await.is_empty());

    // On the case's page: an offence of 30 June 2024 under the Penal Code, and one of 2025 under the new one.
    let old = dossier::case(&asked, "27541001/0311/2024").await.unwrap().unwrap();
    assert_eq!((old.laws[0].act.as_str(), old.laws[0].applies), ("IPC", Some(true)), "{:?}", old.laws);
    assert!(old.laws[0].corresponding.iter().any(|c| c.section == "303(2)"), "theft: {:?}", old.laws);
    let new = dossier::case(&asked, "27541001/0001/2025").await.unwrap().unwrap();
    assert_eq!((new.laws[0].act.as_str(), new.laws[0].applies), ("BNS", Some(true)), "{:?}", new.laws);
    use dossier::Tables;
    assert!(new.table("sections").unwrap().rows.iter().any(|row| row[3].as_deref() == Some("IPC")));
}
