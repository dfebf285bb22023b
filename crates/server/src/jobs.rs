//! Ingests that run in this process: progress while they last, the outcome for a while after.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use chrono::{DateTime, Utc};
use lake::{Lake, LakeError, Progress, Report, Request};

/// Finished jobs kept for their pages; their runs stay in the store for good.
const KEPT: usize = 200;

/// One ingest at work or just over.
#[derive(Clone)]
pub(crate) struct Job {
    pub file: String,
    /// Contract asked for; empty for detection.
    pub contract: String,
    pub started: DateTime<Utc>,
    pub since: Instant,
    pub progress: Arc<Progress>,
    pub end: Option<End>,
}

/// How a job ended.
#[derive(Clone)]
pub(crate) enum End {
    Done(Vec<Report>),
    Cancelled,
    Failed { code: &'static str, message: String },
}

/// All jobs of this process by id.
#[derive(Default)]
pub(crate) struct Jobs(Mutex<BTreeMap<String, Job>>);

impl Jobs {
    /// The job of an id.
    pub fn get(&self, id: &str) -> Option<Job> {
        self.0.lock().ok()?.get(id).cloned()
    }

    /// Jobs that are still at work.
    pub fn live(&self) -> Vec<(String, Job)> {
        let all = self.0.lock().map(|jobs| jobs.clone()).unwrap_or_default();
        all.into_iter().filter(|(_, job)| job.end.is_none()).collect()
    }

    /// Starts taking in the file at `path` and removes it afterwards: the lake keeps its own copy.
    pub fn start(self: &Arc<Self>, lake: &Lake, id: &str, path: PathBuf, request: Request) {
        let progress = Arc::new(Progress::default());
        let job = Job {
            file: request.name.clone(),
            contract: request.contract.as_ref().map(|contract| contract.name.clone()).unwrap_or_default(),
            started: lake.now(),
            since: Instant::now(),
            progress: progress.clone(),
            end: None,
        };
        self.put(id, job);
        let (jobs, lake, id) = (self.clone(), lake.clone(), id.to_owned());
        tokio::spawn(async move {
            let outcome = ways::document::take_in(&lake, &path, request, &progress).await;
            let end = match outcome {
                Ok(reports) => End::Done(reports),
                Err(LakeError::Cancelled) => End::Cancelled,
                Err(error) => End::Failed { code: error.code(), message: error.to_string() },
            };
            if let End::Done(reports) = &end
                && let Some(report) = reports.first()
                && let Err(error) = lake.store().complete_upload(&id, &report.object, report.run.as_deref(), lake.now()).await
            {
                tracing::debug!(%error, "the upload was not on record");
            }
            if let Err(error) = tokio::fs::remove_file(&path).await {
                tracing::warn!(%error, path = %path.display(), "a received file was left in the upload folder");
            }
            jobs.end(&id, end);
        });
    }

    fn put(&self, id: &str, job: Job) {
        if let Ok(mut jobs) = self.0.lock() {
            // Ids begin with their time, so the first is the oldest.
            while jobs.len() >= KEPT
                && let Some(oldest) = jobs.iter().find(|(_, job)| job.end.is_some()).map(|(id, _)| id.clone())
            {
                jobs.remove(&oldest);
            }
            jobs.insert(id.to_owned(), job);
        }
    }

    fn end(&self, id: &str, end: End) {
        if let Ok(mut jobs) = self.0.lock()
            && let Some(job) = jobs.get_mut(id)
        {
            job.end = Some(end);
        }
    }
}
