//! Legal standing, step by step through a case: every surface says the newest decision at once, and nothing is indexed again between.

use std::path::Path;
use std::sync::Arc;

use dossier::resolve::{self, Options};
use dossier::{Kind, Standing, Tables, index};
use governance::Principal;
use lake::{Lake, Progress, Request};

use crate::{access, lake, session};

const FIR: &str = "fir:27541001/0077/2025";
const ACCUSED: &str = "cctns:P1";
const CO_ACCUSED: &str = "cctns:P2";
/// The same name and father in another case.
const NAMESAKE: &str = "cctns:P9";

async fn take(lake: &Lake, dir: &Path, contract: &str, text: &str) {
    let path = dir.join(format!("{contract}-{}.csv", text.len()));
    std::fs::write(&path, text).unwrap();
    let request = Request {
        contract: Some(lake.contract(contract).unwrap()),
        authority: Some("test/1".into()),
        received_by: "test".into(),
        ..Request::default()
    };
    let done = lake.ingest_path(&path, request, &Arc::new(Progress::default())).await.unwrap();
    assert!(done.iter().all(|r| r.accepted > 0 && r.rejected == 0), "{contract}: {done:?}");
}

const KEY: &str = "FIR_REG_NUM,PS_CD,FIR_NO,FIR_YEAR";

fn key(fir: &str) -> String {
    format!("275410012025{fir},27541001,{fir},2025")
}

async fn persons(lake: &Lake, dir: &Path) {
    let row = |id: &str, fir: &str, role: &str, name: &str, code: &str| {
        format!("{id},{},{role},{name},Father,Misaal Singh,M,34,01/03/2025 10:00,{code}\n", key(fir))
    };
    let text = [
        row("P1", "0077", "accused", "Udaharan Singh", "A1"),
        row("P2", "0077", "accused", "Dvitiya Namuna", "A2"),
        row("P3", "0077", "witness", "Saakshi Devi", ""),
        row("P9", "0078", "accused", "Udaharan Singh", "A1"),
    ];
    let head = format!("PERSON_ID,{KEY},ROLE,NAME,RELATION,RELATIVE_NAME,SEX,AGE,FIR_DATE,ACCUSED_CODE\n");
    take(lake, dir, "cctns.person", &(head + &text.concat())).await;
}

async fn arrest(lake: &Lake, dir: &Path) {
    let head = format!("ARREST_ID,PERSON_ID,{KEY},ACCUSED_CODE,NAME,SEX,AGE,ARREST_DATE,ARREST_STATUS\n");
    let row = format!("A71,P1,{},A1,Udaharan Singh,M,34,05/03/2025 06:30,Judicial Custody\n", key("0077"));
    take(lake, dir, "cctns.arrest", &(head + &row)).await;
}

async fn charge(lake: &Lake, dir: &Path) {
    let head =
        format!("{KEY},PS,REPORT_ID,CHARGESHEET_NO,ACT_SECTION,REPORT_TYPE,REPORT_DATE,PERSON_ID,NAME,SEX,AGE,CHARGESHEETED\n");
    let of = |id: &str, person: &str, name: &str| {
        format!("{},ALWAR GATE,{id},CS-7/2025,BNS 303(2),Chargesheet,01/05/2025,{person},{name},M,34,Y\n", key("0077"))
    };
    take(lake, dir, "cctns.final_report", &(head + &of("R1", "P1", "Udaharan Singh") + &of("R2", "P2", "Dvitiya Namuna"))).await;
}

/// A judgment; without a person's number where the court names the accused by the code alone.
async fn judge(lake: &Lake, dir: &Path, id: &str, person: &str, code: &str, result: &str, day: &str) {
    let head =
        format!("{KEY},DISPOSAL_ID,COURT_NAME,CHARGE_DATE,JUDGMENT_DATE,PERSON_ID,ACCUSED_CODE,RESULT,CONVICTED_SECTIONS\n");
    let row = format!("{},{id},Test Court,01/08/2025,{day},{person},{code},{result},BNS 303(2)\n", key("0077"));
    take(lake, dir, "cctns.disposal", &(head + &row)).await;
}

async fn appeal(lake: &Lake, dir: &Path, id: &str, judgment: &str, result: &str, day: &str) {
    let head = format!("{KEY},APPEAL_ID,DISPOSAL_ID,APPELLATE_COURT,APPEAL_NO,APPELLANT,FILED_DATE,DECIDED_DATE,RESULT\n");
    let row = format!("{},{id},{judgment},Test High Court,CRA/{id}/2026,State,10/01/2026,{day},{result}\n", key("0077"));
    take(lake, dir, "cctns.appeal", &(head + &row)).await;
}

/// What each surface says of the accused: the standing, and whether the accusation stands without it.
async fn told(lake: &Lake, who: &str) -> Vec<(&'static str, Option<Standing>, bool)> {
    let session = session(lake, Principal::operator());
    let accused = |role: &str| matches!(role, "accused" | "arrested");
    let mut out = Vec::new();
    let person = dossier::person(&session, who).await.unwrap();
    let stand = person.as_ref().and_then(|p| p.standings.first()).map(|s| s.in_force.standing);
    out.push(("person", stand, person.as_ref().is_some_and(|p| p.roles.iter().any(|r| accused(r)))));
    let links = person.iter().flat_map(|p| &p.links).any(|l| l.role.as_deref().is_some_and(accused));
    out.push(("links", stand, links));
    let facts = person.iter().flat_map(|p| p.table("facts").unwrap().rows);
    let in_force = |r: &Vec<Option<String>>| r[0].as_deref() == Some("in_force");
    let facts: Vec<_> = facts.collect();
    let word = facts.iter().find(|r| in_force(r)).and_then(|r| Standing::parse(r[1].as_deref()?));
    let said = facts.iter().any(|r| r[0].as_deref() == Some("role") && r[1].as_deref().is_some_and(accused));
    out.push(("export", word, said));
    let case = dossier::case(&session, FIR).await.unwrap();
    let in_case: Vec<_> = case.iter().flat_map(|c| &c.persons).filter(|p| p.person_key.as_deref() == Some(who)).collect();
    let stand = in_case.first().and_then(|p| p.in_force.as_ref()).map(|f| f.standing);
    out.push(("case", stand, in_case.iter().any(|p| accused(p.shown_role()))));
    for (surface, found) in [
        ("search", dossier::search(&session, "Udaharan Singh", Some(Kind::Person)).await.unwrap()),
        ("key", dossier::search(&session, who, Some(Kind::Person)).await.unwrap()),
        ("suggest", dossier::suggest(&session, "Udahar").await.unwrap()),
    ] {
        let hit = found.hits.iter().find(|h| h.target.key == who);
        let stand = hit.and_then(|h| h.standings.first().copied());
        out.push((surface, stand, hit.is_some_and(|h| h.note.split(" · ").next().is_some_and(accused))));
    }
    out
}

fn all(standing: Standing, accuses: bool) -> Vec<(&'static str, Option<Standing>, bool)> {
    ["person", "links", "export", "case", "search", "key", "suggest"].map(|s| (s, Some(standing), accuses)).to_vec()
}

async fn in_sql(lake: &Lake, key: &str) -> Vec<String> {
    let session = session(lake, Principal::operator());
    let sql = format!("SELECT standing_in_force FROM pole.standing WHERE person_key = '{key}' AND event_key = '{FIR}'");
    let rows = session.rows(&sql).await.unwrap();
    let texts = |b: &arrow::array::RecordBatch| {
        let column = arrow::array::AsArray::as_string::<i32>(b.column(0)).clone();
        (0..b.num_rows()).map(|i| column.value(i).to_owned()).collect::<Vec<_>>()
    };
    rows.iter().flat_map(texts).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn each_step_of_a_case_is_seen_everywhere_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let lake = lake(&dir.path().join("lake"), &[]).await;
    persons(&lake, dir.path()).await;
    // Indexed once, and never again.
    index::follow(&lake, &access(&lake), false).await.unwrap();
    assert_eq!(told(&lake, ACCUSED).await, all(Standing::Accused, true));
    arrest(&lake, dir.path()).await;
    assert_eq!(told(&lake, ACCUSED).await, all(Standing::Arrested, true));
    charge(&lake, dir.path()).await;
    assert_eq!(told(&lake, ACCUSED).await, all(Standing::Charged, true));
    judge(&lake, dir.path(), "D1", "P1", "A1", "Acquitted", "12/12/2025").await;
    assert_eq!(told(&lake, ACCUSED).await, all(Standing::Acquitted, false));
    assert_eq!(in_sql(&lake, ACCUSED).await, ["acquitted"]);
    // The one judged beside him, and the one of the same name, stand as before.
    let asked = session(&lake, Principal::operator());
    let of = async |key: &str| {
        let person = dossier::person(&asked, key).await.unwrap().unwrap();
        (person.standings[0].in_force.standing, person.roles[0].clone())
    };
    assert_eq!(of(CO_ACCUSED).await, (Standing::Charged, "accused".to_owned()));
    assert_eq!(of(NAMESAKE).await, (Standing::Accused, "accused".to_owned()));
    // The row of the judgment is what the standing rests on.
    let person = dossier::person(&asked, ACCUSED).await.unwrap().unwrap();
    assert_eq!(person.standings[0].in_force.origin.source, "cctns.disposal");
    assert_eq!(person.standings[0].in_force.since.unwrap().to_rfc3339(), "2025-12-12T00:00:00+00:00");
    appeal(&lake, dir.path(), "AP1", "D1", "Reversed", "20/05/2026").await;
    assert_eq!(told(&lake, ACCUSED).await, all(Standing::Convicted, true));
    assert_eq!(in_sql(&lake, ACCUSED).await, ["convicted"]);
    assert_eq!(of(CO_ACCUSED).await.0, Standing::Charged);

    // Quashed: the person is gone from the case, on every surface, and the others are not.
    appeal(&lake, dir.path(), "AP2", "D1", "quashed", "01/07/2026").await;
    for (surface, standing, accuses) in told(&lake, ACCUSED).await {
        assert_eq!((surface, standing, accuses), (surface, None, false));
    }
    assert_eq!(in_sql(&lake, ACCUSED).await, Vec::<String>::new());
    let asked = session(&lake, Principal::operator());
    assert_eq!(dossier::person(&asked, ACCUSED).await.unwrap(), None);
    let case = dossier::case(&asked, FIR).await.unwrap().unwrap();
    assert!(case.persons.iter().any(|p| p.person_key.as_deref() == Some(CO_ACCUSED)));
    assert!(!case.persons.iter().any(|p| p.person_key.as_deref() == Some(ACCUSED)), "{:?}", case.persons);
    assert!(!serde_json::to_string(&case).unwrap().contains("Udaharan"), "{case:?}");
    let people = asked.rows("SELECT count(*) AS n FROM clean.cctns_person WHERE person_id = 'P1'").await.unwrap();
    assert_eq!(arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(people[0].column(0)).value(0), 0);
    let found = dossier::search(&asked, "Udaharan Singh", Some(Kind::Person)).await.unwrap();
    assert_eq!(found.hits.iter().map(|h| h.target.key.as_str()).collect::<Vec<_>>(), [NAMESAKE]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judgment_that_comes_late_or_first_counts_by_its_day() {
    let dir = tempfile::tempdir().unwrap();
    let lake = lake(&dir.path().join("lake"), &[]).await;
    // The appeal, then the judgment it turns, then the persons and the charge: the wrong way round.
    appeal(&lake, dir.path(), "AP1", "D1", "Reversed", "20/05/2026").await;
    judge(&lake, dir.path(), "D1", "P1", "A1", "Convicted", "12/12/2025").await;
    persons(&lake, dir.path()).await;
    charge(&lake, dir.path()).await;
    let stands = async |key: &str| {
        let session = session(&lake, Principal::operator());
        dossier::person(&session, key).await.unwrap().unwrap().standings[0].in_force.standing
    };
    assert_eq!(stands(ACCUSED).await, Standing::Acquitted);
    // A judgment of the co-accused that names no person, only the number in the case; and one of an older day that comes last.
    judge(&lake, dir.path(), "D2", "", "A2", "दोषमुक्त", "12/12/2025").await;
    assert_eq!(stands(CO_ACCUSED).await, Standing::Acquitted);
    judge(&lake, dir.path(), "D3", "P2", "A2", "Convicted", "01/09/2025").await;
    assert_eq!(stands(CO_ACCUSED).await, Standing::Acquitted);
    assert_eq!(stands(NAMESAKE).await, Standing::Accused);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sides_of_a_pair_and_a_linked_person_say_it_too() {
    let dir = tempfile::tempdir().unwrap();
    let lake = lake(&dir.path().join("lake"), &[]).await;
    persons(&lake, dir.path()).await;
    resolve::resolve(&lake, &access(&lake), Options::default()).await.unwrap();
    judge(&lake, dir.path(), "D1", "P1", "A1", "Discharged", "12/12/2025").await;
    let asked = session(&lake, Principal::operator());
    let shown = resolve::show(&lake, &asked, ACCUSED, NAMESAKE).await.unwrap();
    let roles = |side: &resolve::Side| side.mentions.iter().filter_map(|m| m.shown_role().map(String::from)).collect::<Vec<_>>();
    assert_eq!((roles(&shown.left), roles(&shown.right)), (vec!["discharged".to_owned()], vec!["accused".to_owned()]));
    // By the id of the linkage, with the judgment's own mention.
    let person = dossier::person(&asked, ACCUSED).await.unwrap().unwrap();
    let again = dossier::person(&asked, &person.id).await.unwrap().unwrap();
    assert_eq!(again.roles, ["discharged"], "{:?}", again.mentions);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quashed_case_is_gone_from_every_table_and_page() {
    let dir = tempfile::tempdir().unwrap();
    let lake = lake(&dir.path().join("lake"), &[]).await;
    persons(&lake, dir.path()).await;
    charge(&lake, dir.path()).await;
    let head =
        "DISTRICT_CD,DISTRICT,PS_CD,PS,FIR_REG_NUM,FIR_NO,FIR_YEAR,FIR_DATE,ACT_SECTION,PLACE_OF_OCCURRENCE,CRIME_HEAD,STATUS,UPDATED_ON\n"
            .to_owned();
    let fir = |no: &str, status: &str, day: &str| {
        format!(
            "27541,AJMER,27541001,ALWAR GATE,275410012025{no},{no},2025,01/03/2025 10:00,BNS 303(2),Testpura,Theft,{status},{day} 10:00\n"
        )
    };
    take(
        &lake,
        dir.path(),
        "cctns.fir",
        &(head.clone() + &fir("0077", "Under Investigation", "02/03/2025") + &fir("0078", "Under Investigation", "02/03/2025")),
    )
    .await;
    let asked = session(&lake, Principal::operator());
    assert!(dossier::case(&asked, FIR).await.unwrap().is_some());
    take(&lake, dir.path(), "cctns.fir", &(head + &fir("0077", "Quashed", "02/07/2026"))).await;

    let count = async |who: &Principal, sql: &str| {
        let rows = session(&lake, who.clone()).rows(sql).await.unwrap();
        arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(rows[0].column(0)).value(0)
    };
    let tables = [
        ("SELECT count(*) FROM clean.cctns_fir", 1),
        ("SELECT count(*) FROM clean.cctns_person", 1),
        ("SELECT count(*) FROM clean.cctns_final_report", 0),
        ("SELECT count(*) FROM pole.event WHERE kind = 'fir'", 1),
        ("SELECT count(*) FROM pole.person_mention WHERE role <> 'officer'", 1),
        ("SELECT count(*) FROM pole.link WHERE relation = 'in_case'", 1),
        ("SELECT count(*) FROM pole.location WHERE kind = 'place'", 1),
    ];
    for (sql, left) in tables {
        assert_eq!(count(&Principal::operator(), sql).await, left, "{sql}");
    }
    assert!(count(&Principal::operator(), "SELECT count(*) FROM pole.location WHERE kind = 'station'").await > 0);
    let gone = async |who: &Principal| {
        let session = session(&lake, who.clone());
        let person = dossier::person(&session, ACCUSED).await.unwrap();
        let hits = dossier::search(&session, "77/2025", None).await.unwrap().hits.len();
        (dossier::case(&session, FIR).await.unwrap().is_none(), person.is_none(), hits)
    };
    assert_eq!(gone(&Principal::operator()).await, (true, true, 0));
    // The other case of the station is where it was, and so is the station.
    let asked = session(&lake, Principal::operator());
    let other = dossier::case(&asked, "fir:27541001/0078/2025").await.unwrap().unwrap();
    assert!(!other.persons.is_empty() && other.groups.iter().flat_map(|g| &g.facts).any(|f| f.value == "ALWAR GATE"));
}
