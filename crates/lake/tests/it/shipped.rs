//! Every shipped contract through the whole lake: its samples come in, and its mapping runs on the rows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lake::{At, Lake, Options, Progress, Request};
use sources::Contract;

use crate::bench::{access, text};

fn folders(path: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        std::fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect();
    found.sort();
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_come_in_and_are_mapped() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sources/contracts");
    let dir = tempfile::tempdir().unwrap();
    let lake = Lake::open(Options { threads: 2, ..Options::at(&dir.path().join("home")) }).await.unwrap();
    let mut mapped = 0;
    for folder in folders(&root).iter().flat_map(|system| folders(system)) {
        let name = folder.strip_prefix(&root).unwrap().to_string_lossy().replace('/', ".");
        let contract: Arc<Contract> = lake.contract(&name).unwrap();
        // One form is enough for the mapping; the readers have their own tests.
        let mut samples: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().flatten().map(|e| e.path()).collect();
        samples.retain(|p| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("sample")));
        samples.sort();
        let sample = &samples[0];
        let request = Request {
            contract: Some(contract.clone()),
            authority: Some("TEST/1".into()),
            received_by: "operator".into(),
            ..Request::default()
        };
        let reports = lake.ingest_path(sample, request, &Arc::new(Progress::default())).await;
        let reports = reports.unwrap_or_else(|e| panic!("{name}: {e}"));
        let report = &reports[0];
        assert!(report.balances() && report.accepted > 0 && report.message.is_none(), "{name}: {report:?}");
        mapped += contract.mapping.len();
    }
    assert!(mapped > 80, "{mapped} statements ran");
    let session = lake.session(&access(At::Now)).unwrap();
    for table in ["person_mention", "object", "location", "event", "link"] {
        let rows = text(&session.rows(&format!("SELECT count(*) FROM pole.{table}")).await.unwrap());
        assert!(rows[0].parse::<u64>().unwrap() > 10, "pole.{table} has {rows:?}");
    }
}

/// Rows come as they lie in their files where nobody orders them. So no table with seals may be ordered by what its seals hide.
#[tokio::test(flavor = "multi_thread")]
async fn no_sealed_table_lies_in_the_order_of_what_is_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let lake = Lake::open(Options::at(&dir.path().join("home"))).await.unwrap();
    let mut sealed = 0;
    for contract in lake.contracts() {
        let seals = contract.column("sealed").is_some();
        sealed += usize::from(seals);
        for column in contract.orders.iter().flatten() {
            let Some(column) = contract.column(column) else { continue };
            let class = column.classification;
            let hidden = class == model::Classification::Sealed || (seals && class >= model::Classification::Personal);
            assert!(!hidden, "{} lies in the order of {}, which is {class}", contract.name, column.name);
        }
    }
    assert!(sealed > 0, "no contract seals anything");
}
