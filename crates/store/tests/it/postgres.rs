//! The same on a real PostgreSQL, started for the test where Debian's `postgresql` is installed.

use proving::Postgres;
use store::Store;

use crate::behaviour::{self, noon};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_every_promise() {
    let Some(server) = Postgres::start() else {
        eprintln!("skipped: no PostgreSQL here (initdb and pg_ctl of Debian's `postgresql`)");
        return;
    };
    let url = server.url();
    let (one, two) = tokio::join!(Store::open(&url, noon()), Store::open(&url, noon()));
    two.unwrap().close().await.unwrap();
    let store = one.unwrap();
    behaviour::all(&store).await;
    store.close().await.unwrap();
}
