//! The public sets through the whole lake: contracts only, no special code, and the facts that are known of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lake::ingest::State;
use lake::{At, Lake, Options, Progress, Request};
use sources::Contract;

/// File below the folder of public sets, contract, rows counted with other programs (see the test of the readers).
const FILES: &str = include_str!("../contracts/public.csv");

fn data() -> Option<PathBuf> {
    let root = match std::env::var_os("SAROVAR_SHARED") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    let data = root.join("data");
    if data.is_dir() {
        return Some(data);
    }
    println!("skipped: {} is not there; set SAROVAR_SHARED to the folder of the public sets", data.display());
    None
}

fn contracts() -> Vec<Arc<Contract>> {
    let mut found = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contracts");
    for system in std::fs::read_dir(root).unwrap().flatten().filter(|e| e.path().is_dir()) {
        for dataset in std::fs::read_dir(system.path()).unwrap().flatten() {
            found.push(Arc::new(lake::read_contract(&dataset.path().join("contract.yaml")).unwrap()));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn known_facts_of_public_sets_hold_in_the_lake() {
    let Some(data) = data() else { return };
    let dir = tempfile::tempdir().unwrap();
    let lake = Lake::open(Options { contracts: contracts(), ..Options::at(dir.path()) }).await.unwrap();
    let mut pole = 0;
    let mut forms = 0;
    for line in FILES.lines().skip(1) {
        let [file, name, rows] = line.split(',').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let rows: u64 = rows.parse().unwrap();
        let request = Request {
            contract: Some(lake.contract(name).unwrap()),
            authority: Some("TEST/1".into()),
            received_by: "operator".into(),
            ..Request::default()
        };
        let report = lake.ingest_path(&data.join(file), request, &Arc::new(Progress::default())).await.unwrap().remove(0);
        assert_eq!((report.input, report.rejected, report.state), (rows, 0, State::Done), "{file}: {report:?}");
        assert!(report.balances());
        pole += usize::from(file.starts_with("pole/"));
        if name == "ncrb.raj2022" {
            // Every further form holds the same 48 rows: all of them are there already.
            assert_eq!((report.accepted, report.duplicate), if forms == 0 { (48, 0) } else { (0, 48) }, "{file}");
            forms += 1;
        }
    }
    assert_eq!((pole, forms), (28, 4));
    let session = lake.session(&crate::bench::access(At::Now)).unwrap();
    let ask = async |sql: &str| crate::bench::text(&session.rows(sql).await.unwrap());
    assert_eq!(ask("SELECT count(*) FROM clean.pole_crime").await, ["28762"]);
    assert_eq!(ask("SELECT count(*) FROM clean.pole_person").await, ["369"]);
    assert_eq!(ask("SELECT count(DISTINCT person_key) FROM pole.person_mention WHERE _source = 'pole.person'").await, ["369"]);
    assert_eq!(ask("SELECT count(*) FROM pole.event WHERE _source = 'pole.crime'").await, ["28762"]);
    assert_eq!(
        ask("SELECT year, sum(murder) FROM clean.ncrb_district_ipc WHERE state_name = 'Rajasthan' GROUP BY year ORDER BY year")
            .await,
        ["2017|1473", "2018|1508", "2019|1659", "2020|1719"]
    );
    assert_eq!(ask("SELECT count(*) FROM clean.ncrb_raj2022").await, ["48"]);
    assert!(lake.examine().await.unwrap().iter().all(|f| f.well));
}
