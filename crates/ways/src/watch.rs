//! Folders that are watched: a file is taken in once it has stopped changing, and stays where it is.
//!
//! What was taken is kept in the operational state by path, size and time of change, so a restart reads nothing twice; should that
//! be lost, the file's own hash still makes the second time a repetition.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use lake::{Lake, LakeError, Progress, Report, Request};
use store::WayFile;

/// Why a round did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    #[error("the folder {path} cannot be read: {source}", path = path.display())]
    Folder { path: PathBuf, source: std::io::Error },
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error("operational state: {0}")]
    Store(#[from] store::StoreError),
}

/// When a file counts as whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// It has not been changed for so many seconds, by its own time.
    ForSeconds(u64),
    /// It looked the same in the round before.
    SinceLastRound,
}

/// A file that was taken in, or refused.
#[derive(Debug)]
pub struct Taken {
    pub path: PathBuf,
    pub reports: Vec<Report>,
}

/// Files being watched.
#[derive(Debug)]
pub struct Watched<'a> {
    lake: &'a Lake,
    way: String,
    roots: Vec<PathBuf>,
    /// Marks of files that were taken in or refused for good.
    known: HashMap<String, String>,
    /// Marks of the round before.
    before: HashMap<String, String>,
    /// Files that failed for a passing reason: how often, and the round in which they are tried again.
    failed: HashMap<String, (u32, u64)>,
    rounds: u64,
}

impl<'a> Watched<'a> {
    /// `way` names the place in the operational state.
    pub async fn open(lake: &'a Lake, way: &str, roots: &[PathBuf]) -> Result<Watched<'a>, WatchError> {
        let known = lake.store().way_files(way).await?.into_iter().map(|f| (f.path, f.mark)).collect();
        let (before, failed) = (HashMap::new(), HashMap::new());
        Ok(Watched { lake, way: way.into(), roots: roots.to_vec(), known, before, failed, rounds: 0 })
    }

    /// Looks once, and takes in what is new and whole. A file that cannot be taken in costs itself only.
    pub async fn round(&mut self, settled: Settled, request: &Request) -> Result<Vec<Taken>, WatchError> {
        self.rounds += 1;
        let mut seen = HashMap::new();
        let mut taken = Vec::new();
        for path in self.roots.iter().map(|root| files(root)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten() {
            let Ok(meta) = std::fs::metadata(&path) else { continue }; // gone in this moment
            let key = path.to_string_lossy().into_owned();
            let mark = mark(&meta);
            let age = self.age(&meta);
            let same = self.before.get(&key) == Some(&mark);
            seen.insert(key.clone(), mark.clone());
            let whole = match settled {
                Settled::ForSeconds(seconds) => age >= seconds,
                Settled::SinceLastRound => same,
            };
            let waits = self.failed.get(&key).is_some_and(|(_, round)| *round > self.rounds);
            if !whole || meta.len() == 0 || waits || self.known.get(&key) == Some(&mark) {
                continue;
            }
            taken.extend(self.take(&path, key, mark, request).await?);
        }
        self.before = seen;
        Ok(taken)
    }

    /// Seconds since it was changed. A time in the future counts as just now.
    fn age(&self, meta: &std::fs::Metadata) -> u64 {
        let now = u64::try_from(self.lake.now().timestamp()).unwrap_or(0);
        now.saturating_sub(since_1970(meta).as_secs())
    }

    async fn take(&mut self, path: &Path, key: String, mark: String, request: &Request) -> Result<Option<Taken>, WatchError> {
        let outcome = crate::document::take_in(self.lake, path, request.clone(), &Arc::new(Progress::default())).await;
        if std::fs::metadata(path).ok().map(|m| self::mark(&m)) != Some(mark.clone()) {
            // It was written to while it was read: what came in is one state of it, and the next round takes the other.
            self.before.remove(&key);
        }
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        match outcome {
            Err(LakeError::Cancelled) => Err(LakeError::Cancelled.into()),
            Err(error) if crate::pull::passing(&error) => {
                // Tried again after twice, four times, … as many rounds.
                let times = self.failed.get(&key).map_or(1, |(n, _)| n + 1);
                self.failed.insert(key, (times, self.rounds + (1 << times.min(7))));
                Ok(Some(Taken { path: path.into(), reports: vec![failed(&name, &error)] }))
            }
            outcome => {
                let verdict = verdict(outcome, &name)?;
                self.failed.remove(&key);
                self.known.insert(key.clone(), mark.clone());
                let at = self.lake.now().timestamp();
                let file =
                    WayFile { way: self.way.clone(), path: key, mark, object: verdict.object, message: verdict.message, at };
                self.lake.store().put_way_file(&file).await?;
                Ok(Some(Taken { path: path.into(), reports: verdict.reports }))
            }
        }
    }
}

/// What is remembered of a file.
pub(crate) struct Verdict {
    pub object: Option<String>,
    pub message: Option<String>,
    pub reports: Vec<Report>,
}

/// Tells a file that cannot be taken in from a lake that cannot take in.
pub(crate) fn verdict(outcome: Result<Vec<Report>, LakeError>, name: &str) -> Result<Verdict, LakeError> {
    match outcome {
        Ok(reports) => {
            let object = reports.first().map(|r| r.object.clone()).filter(|o| !o.is_empty());
            Ok(Verdict { object, message: None, reports })
        }
        Err(error) if crate::pull::passing(&error) => Err(error),
        Err(error) => Ok(Verdict { object: None, message: Some(error.to_string()), reports: vec![failed(name, &error)] }),
    }
}

fn failed(name: &str, error: &LakeError) -> Report {
    Report { name: name.into(), state: lake::ingest::State::Failed, message: Some(error.to_string()), ..Report::default() }
}

/// Size and time of change.
fn mark(meta: &std::fs::Metadata) -> String {
    format!("{}:{}", meta.len(), since_1970(meta).as_nanos())
}

fn since_1970(meta: &std::fs::Metadata) -> Duration {
    meta.modified().ok().and_then(|t| t.duration_since(UNIX_EPOCH).ok()).unwrap_or_default()
}

/// Whether a file is hidden, or being copied here, by its name.
pub(crate) fn is_copied(name: &str) -> bool {
    let name = name.to_lowercase();
    name.starts_with(['.', '~']) || [".part", ".tmp", ".filepart", ".crdownload"].iter().any(|end| name.ends_with(end))
}

/// Files below a folder (or the file itself), in order of name; hidden ones and those that are being copied here (`.part`, `.tmp`,
/// `.filepart`, `.crdownload`) are left.
fn files(root: &Path) -> Result<Vec<PathBuf>, WatchError> {
    let wrong = |path: &Path, source| WatchError::Folder { path: path.into(), source };
    if std::fs::metadata(root).map_err(|e| wrong(root, e))?.is_file() {
        return Ok(vec![root.into()]);
    }
    let mut out = Vec::new();
    let mut waiting = vec![root.to_path_buf()];
    while let Some(folder) = waiting.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(e) if folder == root => return Err(wrong(root, e)),
            Err(_) => continue,
        };
        for entry in entries.flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if is_copied(&name) {
                continue;
            }
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => waiting.push(path),
                Ok(kind) if kind.is_file() => out.push(path),
                _ => {} // links may lead anywhere
            }
        }
    }
    out.sort();
    Ok(out)
}
