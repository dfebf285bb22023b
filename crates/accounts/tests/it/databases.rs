//! The same behaviour on both databases.

use proving::Postgres;
use store::Store;

use crate::behaviour;
use crate::desk::noon;

#[tokio::test(flavor = "multi_thread")]
async fn on_sqlite() {
    let home = tempfile::tempdir().unwrap();
    let store = Store::open_in(home.path(), noon()).await.unwrap();
    behaviour::all(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_postgresql() {
    let Some(server) = Postgres::start() else {
        eprintln!("skipped: no PostgreSQL here (initdb and pg_ctl of Debian's `postgresql`)");
        return;
    };
    let store = Store::open(&server.url(), noon()).await.unwrap();
    behaviour::all(&store).await;
}
