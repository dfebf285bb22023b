//! A lake in a scratch folder.

use governance::Principal;
use lake::{Access, At, Lake, Options};

pub struct Basin {
    pub lake: Lake,
    pub dir: tempfile::TempDir,
}

impl Basin {
    pub async fn new() -> Basin {
        let dir = tempfile::tempdir().unwrap();
        let lake = Lake::open(Options::at(&dir.path().join("lake"))).await.unwrap();
        Basin { lake, dir }
    }

    /// Rows of a query as text, cells parted by `|`.
    pub async fn rows(&self, sql: &str) -> Vec<String> {
        rows(&self.lake, sql).await
    }
}

pub fn access(lake: &Lake) -> Access {
    let context = governance::Context {
        purpose: Some(model::Purpose::Operation),
        case: None,
        authority: Some("TEST/1".into()),
        now: lake.now(),
    };
    Access { principal: Principal::operator(), context, at: At::Now }
}

pub async fn rows(lake: &Lake, sql: &str) -> Vec<String> {
    let batches = lake.session(&access(lake)).unwrap().rows(sql).await.unwrap();
    let mut out = Vec::new();
    for batch in &batches {
        for i in 0..batch.num_rows() {
            let cells = batch.columns().iter().map(|c| arrow::util::display::array_value_to_string(c, i).unwrap());
            out.push(cells.collect::<Vec<_>>().join("|"));
        }
    }
    out
}
