//! The web server: the whole HTTP surface in [`router`], one file per group of pages.
//!
//! The key decision: **a handler asks the lake and fills a page struct; nothing else**. Who asks, the language and the
//! form token are settled once per request in [`ask`]; what may be done from which page is settled once in [`guard`];
//! whatever goes wrong becomes one error in [`fault`] that knows its status, its words in both languages and a way
//! back. Every reading passes a governed session of the lake.

mod ask;
mod assets;
mod catalogue;
mod cells;
mod export;
mod fault;
mod gallery;
mod guard;
mod home;
mod jobs;
mod object;
mod quarantine;
mod queries;
mod router;
mod runs;
mod search;
mod sources;
mod sql;
mod upload;

use std::future::Future;
use std::sync::Arc;

use lake::Lake;
use tokio::net::TcpListener;

use crate::jobs::Jobs;
use crate::queries::Queries;

/// What every handler can reach; clones share everything.
#[derive(Clone)]
pub(crate) struct App {
    pub lake: Lake,
    pub jobs: Arc<Jobs>,
    pub queries: Arc<Queries>,
}

/// Serves the lake on `listener` until `shutdown` is ready, then lets open requests finish.
pub async fn serve(
    lake: Lake,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let app = App { lake, jobs: Arc::default(), queries: Arc::default() };
    axum::serve(listener, router::routes(app)).with_graceful_shutdown(shutdown).await
}
