//! Pulls: rows fetched from other people's systems, by a file that says what, from where and how often.
//!
//! Fetched rows lie in a scratch file until the last of them is here; then they become one raw object, which is taken in; then, and only
//! then, the watermark moves. A connection that breaks on the way leaves nothing.

mod address;
mod database;
pub(crate) mod drop;
mod http;
mod sftp;
mod spec;

use std::io::{BufWriter, Seek, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use lake::{Access, Lake, LakeError, Progress, Report, Request};
use serde::Serialize;
use serde_json::json;
use sources::contract::Kind;
use store::PullState;

pub(crate) use drop::passing;
pub use model::address::is_public;
pub use spec::{From, Pull, Secret, span};

/// Why a pull did not go through. None of them moves the watermark.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    #[error("pull {name}: {message}")]
    Spec { name: String, message: String },
    #[error("the secret cannot be read: {0}")]
    Secret(String),
    #[error("{message}")]
    Source {
        message: String,
        /// Whether asking again may help.
        again: bool,
    },
    #[error("{host} lies at {address}, inside the network; if that is meant, say allow_private = true in the pull's file")]
    Private { host: String, address: std::net::IpAddr },
    #[error("the API did not come to an end after {pages} pages{}; nothing was taken in. Check `paging`, or raise most_pages", if *circle { ": it gives the same page again" } else { "" })]
    Endless { pages: u32, circle: bool },
    #[error("the watermark {0:?} holds signs that no watermark needs; use a column of times or numbers")]
    Watermark(String),
    #[error("{0} takes no NDJSON, as which fetched rows are taken in; add a format `ndjson` to the contract")]
    Format(String),
    #[error("pull {0} is being run by another program")]
    Busy(String),
    #[error("there is no pull {0}; its file would be pulls/{0}.toml below the lake's folder")]
    None(String),
    #[error("writing the fetched rows: {0}")]
    Spool(#[from] std::io::Error),
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error("operational state: {0}")]
    Store(#[from] store::StoreError),
}

/// Fetched rows on their way to become a raw object.
#[derive(Debug)]
pub struct Spool {
    out: BufWriter<std::fs::File>,
    rows: u64,
    bytes: u64,
    mark: Option<String>,
}

impl Spool {
    fn new(lake: &Lake) -> Result<Spool, PullError> {
        let file = tempfile::tempfile_in(lake.home().scratch())?;
        Ok(Spool { out: BufWriter::new(file), rows: 0, bytes: 0, mark: None })
    }

    /// Adds one row, a JSON object, and its watermark.
    fn row(&mut self, text: &str, mark: Option<String>) -> Result<(), PullError> {
        // In JSON a line end stands between tokens only.
        let line = text.replace(['\n', '\r'], " ");
        self.out.write_all(line.as_bytes())?;
        self.out.write_all(b"\n")?;
        self.rows += 1;
        self.bytes += line.len() as u64 + 1;
        if let Some(mark) = mark
            && self.mark.as_deref().is_none_or(|known| later(known, &mark))
        {
            self.mark = Some(mark);
        }
        Ok(())
    }
}

/// Whether `b` comes after `a`: as numbers where both are, else as text, as times in one form order themselves.
fn later(a: &str, b: &str) -> bool {
    match (a.parse::<i128>(), b.parse::<i128>()) {
        (Ok(a), Ok(b)) => a < b,
        _ => a < b,
    }
}

/// What a run of a pull came to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Pulled {
    pub name: String,
    pub kind: String,
    /// Whether it went through, with rows or without.
    pub done: bool,
    #[serde(rename = "in")]
    pub input: u64,
    pub accepted: u64,
    pub rejected: u64,
    pub duplicate: u64,
    /// Everything up to here is in the lake.
    pub watermark: Option<String>,
    pub message: Option<String>,
    pub seconds: f64,
    pub reports: Vec<Report>,
}

/// A pull and how it stands.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    pub name: String,
    pub kind: Option<String>,
    pub contract: Option<String>,
    pub every_seconds: Option<u64>,
    /// Seconds since 1970; none where it runs only when asked, or cannot.
    pub next_at: Option<i64>,
    /// Why its file cannot be read.
    pub broken: Option<String>,
    #[serde(flatten)]
    pub state: PullState,
}

/// The pulls of a lake.
#[derive(Debug, Clone)]
pub struct Pulls {
    lake: Lake,
}

impl Pulls {
    pub fn new(lake: Lake) -> Pulls {
        Pulls { lake }
    }

    /// Where the files of the pulls lie.
    pub fn folder(&self) -> PathBuf {
        self.lake.home().root().join("pulls")
    }

    /// The pull of a name.
    pub fn find(&self, name: &str) -> Result<Pull, PullError> {
        let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "._-".contains(c)) && !name.starts_with('.');
        let path = self.folder().join(format!("{name}.toml"));
        if !plain || !path.is_file() {
            return Err(PullError::None(name.into()));
        }
        Pull::read(&path)
    }

    /// All pulls and how they stand, broken files too.
    pub async fn list(&self) -> Result<Vec<Standing>, PullError> {
        let mut out = Vec::new();
        for pull in Pull::all(&self.folder()) {
            match pull {
                Ok(pull) => {
                    let state = self.state(&pull.name).await?;
                    out.push(Standing {
                        name: pull.name.clone(),
                        kind: Some(pull.from.kind().into()),
                        contract: pull.contract.clone(),
                        every_seconds: pull.every.map(|e| e.as_secs()),
                        next_at: next_at(&pull, &state),
                        broken: None,
                        state,
                    });
                }
                Err(error) => {
                    let PullError::Spec { name, .. } = &error else { continue };
                    let state = self.state(name).await?;
                    let (name, broken) = (name.clone(), Some(error.to_string()));
                    out.push(Standing { name, kind: None, contract: None, every_seconds: None, next_at: None, broken, state });
                }
            }
        }
        Ok(out)
    }

    /// Pulls whose time has come.
    pub async fn due(&self) -> Result<Vec<Pull>, PullError> {
        let now = self.lake.now().timestamp();
        let mut out = Vec::new();
        for pull in Pull::all(&self.folder()).into_iter().flatten() {
            let state = self.state(&pull.name).await?;
            if next_at(&pull, &state).is_some_and(|at| at <= now) {
                out.push(pull);
            }
        }
        Ok(out)
    }

    async fn state(&self, name: &str) -> Result<PullState, PullError> {
        let known = self.lake.store().pull_state(name).await?;
        Ok(known.unwrap_or_else(|| PullState { name: name.into(), ..PullState::default() }))
    }

    /// Runs one pull. A failure of the source is told in what comes back, and kept as its state.
    pub async fn run(&self, pull: &Pull, access: &Access) -> Result<Pulled, PullError> {
        let lock = self.lake.home().try_lock(&format!("pull.{}", pull.name))?;
        let Some(_lock) = lock else { return Err(PullError::Busy(pull.name.clone())) };
        let begun = Instant::now();
        let mut state = self.state(&pull.name).await?;
        let now = self.lake.now().timestamp();
        let outcome = self.fetch(pull, &state, access).await;
        state.tried_at = Some(now);
        let mut pulled = Pulled { name: pull.name.clone(), kind: pull.from.kind().into(), ..Pulled::default() };
        match outcome {
            Ok((reports, mark)) => {
                pulled.done = true;
                for r in &reports {
                    pulled.input += r.input;
                    pulled.accepted += r.accepted;
                    pulled.rejected += r.rejected;
                    pulled.duplicate += r.duplicate;
                }
                let failed: Vec<String> = reports
                    .iter()
                    .filter(|r| r.state == lake::ingest::State::Failed)
                    .filter_map(|r| r.message.as_ref().map(|m| format!("{}: {m}", r.name)))
                    .collect();
                pulled.message = (!failed.is_empty()).then(|| failed.join("; "));
                pulled.reports = reports;
                state.watermark = mark.or(state.watermark);
                (state.done_at, state.failures) = (Some(now), 0);
                state.message.clone_from(&pulled.message);
                (state.input, state.accepted) = (pulled.input as i64, pulled.accepted as i64);
                (state.rejected, state.duplicate) = (pulled.rejected as i64, pulled.duplicate as i64);
            }
            Err(error @ (PullError::Store(_) | PullError::Lake(LakeError::Cancelled))) => return Err(error),
            Err(error) => {
                pulled.message = Some(error.to_string());
                state.failures += 1;
                state.message.clone_from(&pulled.message);
            }
        }
        self.lake.store().put_pull_state(&state).await?;
        pulled.watermark = state.watermark;
        pulled.seconds = begun.elapsed().as_secs_f64();
        let what = json!({ "pull": pulled.name, "in": pulled.input, "accepted": pulled.accepted, "rejected": pulled.rejected, "duplicate": pulled.duplicate });
        self.lake.record(access, "pull", pulled.done, what)?;
        Ok(pulled)
    }

    /// Fetches and takes in. Gives the new watermark, where there is one.
    async fn fetch(&self, pull: &Pull, state: &PullState, access: &Access) -> Result<(Vec<Report>, Option<String>), PullError> {
        let contract = pull.contract.as_deref().map(|name| self.lake.contract(name)).transpose()?;
        address::checked(&pull.from).await?;
        let request = Request {
            contract: contract.clone(),
            authority: pull.authority.clone(),
            received_by: access.principal.id.clone(),
            ..Request::default()
        };
        let (start, wanted) = match &pull.from {
            From::Postgres(d) | From::Mysql(d) => (d.start.as_str(), &d.watermark),
            From::Http(h) => (h.start.as_str(), &h.watermark),
            From::S3(s3) => return drop::bucket(&self.lake, pull, s3, request).await.map(|r| (r, None)),
            From::Sftp(folder) => return sftp::folder(&self.lake, pull, folder, request).await.map(|r| (r, None)),
            From::Folder(folder) => return drop::folder(&self.lake, pull, folder, request).await.map(|r| (r, None)),
        };
        let contract =
            contract.ok_or_else(|| PullError::Spec { name: pull.name.clone(), message: "contract is missing".into() })?;
        if contract.authority_required && pull.authority.is_none() {
            return Err(LakeError::AuthorityNeeded { contract: contract.name.clone() }.into());
        }
        let variant = contract.formats.iter().position(|f| f.kind == Kind::Ndjson);
        let variant = variant.ok_or_else(|| PullError::Format(contract.name.clone()))?;
        let mark = if wanted.is_some() { state.watermark.as_deref().unwrap_or(start) } else { "" };
        let mut pause = pull.pause_seconds;
        let mut tried = 1;
        let mut spool = loop {
            let mut spool = Spool::new(&self.lake)?;
            let outcome = match &pull.from {
                From::Postgres(d) => database::postgres(d, mark, &mut spool).await,
                From::Mysql(d) => database::mysql(d, mark, &mut spool).await,
                // Each page is tried again by itself.
                From::Http(h) => http::pull(h, mark, &mut spool, pull.tries, pull.pause_seconds).await,
                From::S3(_) | From::Sftp(_) | From::Folder(_) => Ok(()),
            };
            match outcome {
                Ok(()) => break spool,
                Err(PullError::Source { again: true, .. }) if tried < pull.tries && !matches!(pull.from, From::Http(_)) => {
                    tokio::time::sleep(Duration::from_secs_f64(pause)).await;
                    pause *= 2.0;
                    tried += 1;
                }
                Err(PullError::Spec { message, .. }) => return Err(PullError::Spec { name: pull.name.clone(), message }),
                Err(error) => return Err(error),
            }
        };
        if spool.rows == 0 {
            return Ok((Vec::new(), None));
        }
        spool.out.flush()?;
        let mut file = spool.out.into_inner().map_err(|e| PullError::Spool(e.into_error()))?;
        file.rewind()?;
        let name = format!("pull-{}-{}.ndjson", pull.name, self.lake.now().format("%Y%m%dT%H%M%S%3f"));
        let request = Request { name, variant: Some(variant), ..request };
        let reports = self.lake.ingest(&mut file, spool.bytes, request, &Arc::new(Progress::default())).await?;
        Ok((reports, spool.mark))
    }
}

/// When a pull runs next: after its time, or sooner after a failure, with ever longer pauses up to its time.
fn next_at(pull: &Pull, state: &PullState) -> Option<i64> {
    let every = pull.every?.as_secs() as i64;
    let Some(tried) = state.tried_at else { return Some(0) };
    let pause = if state.failures > 0 { (60 << (state.failures - 1).clamp(0, 12)).min(every) } else { every };
    Some(tried + pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_a_failure_it_is_tried_sooner_and_then_seldom() {
        let pull = Pull::parse("x", "kind = 'folder'\npath = '/in'\nevery = '1h'\n").unwrap();
        let at = |failures, tried_at| next_at(&pull, &PullState { failures, tried_at, ..PullState::default() });
        assert_eq!((at(0, None), at(0, Some(1000))), (Some(0), Some(4600)));
        assert_eq!((at(1, Some(1000)), at(3, Some(1000)), at(50, Some(1000))), (Some(1060), Some(1240), Some(4600)));
        let asked = Pull::parse("x", "kind = 'folder'\npath = '/in'\n").unwrap();
        assert_eq!(next_at(&asked, &PullState::default()), None);
    }

    #[test]
    fn the_greatest_watermark_counts() {
        assert!(later("9", "10") && !later("10", "9"));
        assert!(later("2026-01-05 08:00:00", "2026-01-05 08:00:00.5"));
    }
}
