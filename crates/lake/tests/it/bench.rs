//! A lake in a scratch folder, and one small contract to try everything on.

use std::path::PathBuf;
use std::sync::Arc;

use governance::{Context, Principal};
use lake::{Access, At, Lake, Options, Progress, Report, Request};
use sources::Contract;

/// A register with a key, a version, a withdrawal mark and two orders; mapped to persons and phones.
pub const CONTRACT: &str = r#"
apiVersion: v3.0.2
kind: DataContract
id: urn:test:register
name: test.register
version: 1.0.0
status: active
domain: test
description: { purpose: "A register for tests", usage: "Tests", limitations: "None" }
customProperties:
  - property: title
    value: { en: Register, hi: पंजी }
  - property: formats
    value: [{ kind: csv }]
  - property: order
    value: [[number, seen_at], [place, seen_at]]
  - property: version
    value: revision
  - property: withdrawal
    value: { column: state, values: [withdrawn] }
schema:
  - name: register
    logicalType: object
    properties:
      - { name: id, logicalType: string, physicalType: string, required: true, primaryKey: true, primaryKeyPosition: 1, classification: internal, description: Key }
      - { name: name, logicalType: string, physicalType: string, classification: personal, description: Name }
      - name: number
        logicalType: string
        physicalType: string
        classification: personal
        description: Phone
        customProperties: [{ property: clean, value: [phone] }]
      - { name: place, logicalType: string, physicalType: string, classification: internal, description: Place }
      - name: seen_at
        logicalType: timestamp
        physicalType: timestamp
        required: true
        classification: internal
        description: When
        customProperties: [{ property: format, value: ["%Y-%m-%d %H:%M:%S"] }]
      - { name: revision, logicalType: integer, physicalType: int32, classification: internal, description: Version }
      - { name: state, logicalType: string, physicalType: string, classification: internal, description: State }
      - { name: secret, logicalType: string, physicalType: string, classification: sealed, description: Sealed }
"#;

pub const MAPPING: &str = "
INSERT INTO pole.person_mention (_row, name, phone, person_key, event_time, sealed)
SELECT _row, name, number, 'test:' || id, seen_at, false FROM source WHERE name IS NOT NULL;
INSERT INTO pole.object (_row, kind, key) SELECT MIN(_row), 'phone', number FROM source WHERE number IS NOT NULL GROUP BY number;
";

pub const HEADER: &str = "id,name,number,place,seen_at,revision,state,secret\n";

pub struct Bench {
    pub lake: Lake,
    pub dir: tempfile::TempDir,
    pub contract: Arc<Contract>,
}

impl Bench {
    pub async fn new() -> Bench {
        Bench::with(|options| options).await
    }

    pub async fn with(change: impl FnOnce(Options) -> Options) -> Bench {
        let dir = tempfile::tempdir().unwrap();
        let contract = Arc::new(Contract::parse(CONTRACT, MAPPING).unwrap());
        let lake = Lake::open(change(options(&dir.path().join("home"), &contract))).await.unwrap();
        Bench { lake, dir, contract }
    }

    pub fn file(&self, name: &str, body: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, format!("{HEADER}{body}")).unwrap();
        path
    }

    pub async fn ingest(&self, name: &str, body: &str) -> Report {
        let path = self.file(name, body);
        self.ingest_path(&path).await.unwrap()
    }

    pub async fn ingest_path(&self, path: &std::path::Path) -> lake::Result<Report> {
        let request = Request { contract: Some(self.contract.clone()), received_by: "operator".into(), ..Request::default() };
        let reports = self.lake.ingest_path(path, request, &Arc::new(Progress::default())).await?;
        let report = reports.into_iter().next().unwrap();
        assert!(report.balances(), "{report:?}");
        Ok(report)
    }

    /// Rows of a query as text, cells joined by `|`.
    pub async fn rows(&self, sql: &str) -> Vec<String> {
        self.rows_at(sql, At::Now).await
    }

    pub async fn rows_at(&self, sql: &str, at: At) -> Vec<String> {
        let session = self.lake.session(&access(at)).unwrap();
        text(&session.rows(sql).await.unwrap())
    }
}

pub async fn open(home: &std::path::Path, contract: &Arc<Contract>) -> Lake {
    Lake::open(options(home, contract)).await.unwrap()
}

fn options(home: &std::path::Path, contract: &Arc<Contract>) -> Options {
    Options { contracts: vec![contract.clone()], threads: 2, ..Options::at(home) }
}

pub fn access(at: At) -> Access {
    Access {
        principal: Principal::operator(),
        context: Context { purpose: None, case: None, authority: None, now: chrono::DateTime::UNIX_EPOCH },
        at,
    }
}

pub fn text(batches: &[arrow::array::RecordBatch]) -> Vec<String> {
    let mut out = Vec::new();
    for batch in batches {
        for i in 0..batch.num_rows() {
            let cells: Vec<String> =
                batch.columns().iter().map(|c| arrow::util::display::array_value_to_string(c, i).unwrap()).collect();
            out.push(cells.join("|"));
        }
    }
    out
}
