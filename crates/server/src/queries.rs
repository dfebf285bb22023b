//! SQL queries of this process: at work, or answered and kept for a while.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use futures::StreamExt;
use lake::{Access, Lake, LakeError};
use store::{HistoryState, NewHistory};
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// Rows shown on a page; an export gives them all.
pub(crate) const SHOWN: usize = 500;
/// Answers kept for paging back and export.
const KEPT: usize = 100;

/// How a query stands. What is refused failed by a rule, whose words hold nothing of the data.
#[derive(Clone)]
pub(crate) enum State {
    Running,
    Rows { schema: SchemaRef, batches: Vec<RecordBatch>, complete: bool, seconds: f64 },
    Failed { message: String, refused: bool },
    Cancelled,
}

/// One query.
#[derive(Clone)]
pub(crate) struct Query {
    pub sql: String,
    /// Time travel as it was typed.
    pub at: String,
    /// Who asked, and for which piece of work: the answer is for nobody and nothing else.
    pub owner: String,
    pub since: Instant,
    pub state: State,
    task: Option<AbortHandle>,
}

/// Queries have threads of their own: one that computes for minutes must not keep a page waiting.
fn workers() -> &'static tokio::runtime::Handle {
    static WORKERS: std::sync::OnceLock<tokio::runtime::Handle> = std::sync::OnceLock::new();
    WORKERS.get_or_init(|| {
        match tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("query").enable_all().build() {
            Ok(runtime) => {
                let handle = runtime.handle().clone();
                // Lives as long as the process; dropping it would end the queries.
                std::mem::forget(runtime);
                handle
            }
            // No threads to be had: queries then share the server's.
            Err(_) => tokio::runtime::Handle::current(),
        }
    })
}

/// All queries of this process by id.
#[derive(Default)]
pub(crate) struct Queries {
    all: Mutex<BTreeMap<String, Query>>,
    changed: Notify,
}

impl Queries {
    /// The query of an id.
    pub fn get(&self, id: &str) -> Option<Query> {
        self.all.lock().ok()?.get(id).cloned()
    }

    /// Starts a query; its id is that of its entry in the history.
    pub async fn start(self: &Arc<Self>, lake: &Lake, access: Access, sql: String, at: String) -> store::Result<String> {
        let purpose = access.context.purpose.map(|purpose| purpose.to_string()).unwrap_or_default();
        let entry = lake
            .store()
            .start_history(NewHistory { principal: access.principal.id.clone(), sql: sql.clone(), purpose }, lake.now())
            .await?;
        let id = entry.id;
        let since = Instant::now();
        let query =
            Query { sql: sql.clone(), at, owner: crate::ask::owner(&access.principal), since, state: State::Running, task: None };
        self.put(&id, query);
        let (queries, lake, of) = (self.clone(), lake.clone(), id.clone());
        let task = workers().spawn(async move {
            let state = match first_rows(&lake, &access, &sql).await {
                Ok((schema, batches, complete)) => {
                    State::Rows { schema, batches, complete, seconds: since.elapsed().as_secs_f64() }
                }
                Err(error) => State::Failed { message: error.to_string(), refused: matches!(error, LakeError::Denied(_)) },
            };
            queries.end(&lake, &of, state).await;
        });
        if let Ok(mut all) = self.all.lock()
            && let Some(query) = all.get_mut(&id)
        {
            query.task = Some(task.abort_handle());
        }
        Ok(id)
    }

    /// Waits until the query is over, at most `patience`.
    pub async fn settle(&self, id: &str, patience: Duration) {
        let over = async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if !matches!(self.get(id).map(|query| query.state), Some(State::Running)) {
                    return;
                }
                changed.await;
            }
        };
        // Patience running out is not an error: the page says that the query is at work.
        let _ = tokio::time::timeout(patience, over).await;
    }

    /// Stops a query.
    pub async fn cancel(&self, lake: &Lake, id: &str) {
        let Some(query) = self.get(id) else { return };
        if let (State::Running, Some(task)) = (&query.state, &query.task) {
            task.abort();
            self.end(lake, id, State::Cancelled).await;
        }
    }

    async fn end(&self, lake: &Lake, id: &str, state: State) {
        let mut seconds = 0.0;
        if let Ok(mut all) = self.all.lock()
            && let Some(query) = all.get_mut(id)
        {
            seconds = query.since.elapsed().as_secs_f64();
            query.state = state.clone();
        }
        let (word, rows, message) = match &state {
            State::Rows { batches, complete, .. } => (HistoryState::Done, complete.then(|| count(batches) as i64), None),
            State::Failed { message, .. } => (HistoryState::Failed, None, Some(message.as_str())),
            State::Running | State::Cancelled => (HistoryState::Cancelled, None, None),
        };
        if let Err(error) = lake.store().finish_history(id, word, seconds, rows, message).await {
            tracing::warn!(%error, "the history does not know how a query ended");
        }
        self.changed.notify_waiters();
    }

    fn put(&self, id: &str, query: Query) {
        if let Ok(mut all) = self.all.lock() {
            while all.len() >= KEPT {
                let done = all.iter().find(|(_, query)| !matches!(query.state, State::Running)).map(|(id, _)| id.clone());
                let Some(oldest) = done else { break };
                all.remove(&oldest);
            }
            all.insert(id.to_owned(), query);
        }
    }
}

/// Rows in batches.
pub(crate) fn count(batches: &[RecordBatch]) -> usize {
    batches.iter().map(RecordBatch::num_rows).sum()
}

/// As many rows as a page shows, and whether those are all.
async fn first_rows(lake: &Lake, access: &Access, sql: &str) -> Result<(SchemaRef, Vec<RecordBatch>, bool), LakeError> {
    let session = lake.session(access)?;
    let mut answer = session.sql(sql).await?;
    let mut batches = Vec::new();
    let mut rows = 0;
    while let Some(batch) = answer.stream.next().await {
        let batch = batch?;
        if rows + batch.num_rows() > SHOWN {
            batches.push(batch.slice(0, SHOWN - rows));
            return Ok((answer.schema, batches, false));
        }
        rows += batch.num_rows();
        batches.push(batch);
    }
    Ok((answer.schema, batches, true))
}
