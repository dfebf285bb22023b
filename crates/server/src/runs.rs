//! Ingest runs: the list, one run's progress or report, and their JSON.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use lake::ingest::State as Outcome;
use lake::{Report, TableName};
use pages::Section;
use pages::intake::{Drift, ReasonCount, Run, RunLine, RunState, Runs, Taken, Together};
use pages::shell::Crumb;
use pages::table::Pager;
use serde::Deserialize;
use store::{Page, Paged, RunFilter};

use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};
use crate::jobs::{End, Job};

const PER_PAGE: u64 = 50;

/// Which slice of the list.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Slice {
    page: Option<u64>,
}

impl Slice {
    fn read(&self) -> (u64, Page) {
        let page = self.page.unwrap_or(1).max(1);
        (page, Page { limit: PER_PAGE, offset: (page - 1) * PER_PAGE })
    }
}

/// All runs, newest first, with those still at work on top.
pub(crate) async fn list(State(app): State<App>, ask: Ask, Query(slice): Query<Slice>) -> Reply {
    let (page, part) = slice.read();
    let found = app.lake.store().runs(&RunFilter::default(), part).await?;
    let mut shown: Vec<RunLine> = if page == 1 {
        app.jobs
            .live()
            .iter()
            .filter(|(_, job)| job.progress.parsed_bytes.load(Ordering::Relaxed) == 0)
            .map(|(id, job)| job_line(&app, &ask, id, job))
            .collect()
    } else {
        Vec::new()
    };
    shown.extend(lines(&app, &ask, found.rows));
    let pager = Pager { base: "/runs?page=".into(), page, per_page: PER_PAGE, total: found.total };
    show(Runs { runs: shown, pager, shell: ask.shell(Section::Runs, ask.lang.text("runs-title")) })
}

/// All runs as JSON.
pub(crate) async fn list_json(State(app): State<App>, Query(slice): Query<Slice>) -> Reply<Json<Paged<store::Run>>> {
    Ok(Json(app.lake.store().runs(&RunFilter::default(), slice.read().1).await?))
}

/// One run as JSON.
pub(crate) async fn run_json(State(app): State<App>, Path(id): Path<String>) -> Reply<Json<store::Run>> {
    let id = run_of(&app, &id);
    app.lake.store().run(&id).await?.map(Json).ok_or(HttpError::NoRun(id))
}

/// One run: progress while it lasts, then its report.
pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Response> {
    let mut shell = ask.shell(Section::Runs, "");
    shell.trail = vec![Crumb::new("/runs", shell.t("nav-runs"))];
    if let Some(job) = app.jobs.get(&id) {
        if let Some(End::Done(reports)) = &job.end {
            let to = match reports.as_slice() {
                [Report { run: Some(run), .. }] => format!("/runs/{run}"),
                _ => format!("/runs/together?of={id}"),
            };
            return Ok(Redirect::to(&to).into_response());
        }
        let run = job_line(&app, &ask, &id, &job);
        shell.title.clone_from(&run.file);
        let failure = match &job.end {
            Some(End::Failed { code, message }) => Some(failure(&ask, code, message)),
            _ => None,
        };
        let page = Run {
            run,
            done_bytes: (job.progress.received_bytes.load(Ordering::Relaxed)
                + job.progress.parsed_bytes.load(Ordering::Relaxed) * 3)
                / 4,
            total_bytes: job.progress.total_bytes.load(Ordering::Relaxed),
            reasons: Vec::new(),
            warnings: Vec::new(),
            drift: Drift::default(),
            failure,
            tables: Vec::new(),
            shell,
        };
        return Ok(show(page)?.into_response());
    }
    let run = app.lake.store().run(&id).await?.ok_or_else(|| HttpError::NoRun(id.clone()))?;
    shell.title.clone_from(&run.name);
    let report: Option<Report> = run.report.clone().and_then(|json| serde_json::from_value(json).ok());
    let report = report.unwrap_or_default();
    let tables = if run.accepted > 0 { written(&app, &run.contract) } else { Vec::new() };
    let page = Run {
        done_bytes: run.progress_bytes as u64,
        total_bytes: run.total_bytes as u64,
        failure: (state(run.state) == RunState::Failed).then(|| run.message.clone().unwrap_or_default()),
        reasons: reasons(&ask, &report.reasons),
        warnings: run
            .message
            .iter()
            .filter(|_| state(run.state) == RunState::Done)
            .cloned()
            .chain(report.warnings)
            .chain(report.drift)
            .collect(),
        drift: Drift::default(),
        tables,
        run: line(&titles(&app, &ask), run),
        shell,
    };
    Ok(show(page)?.into_response())
}

/// Files that came together: ids of uploads, with commas between.
#[derive(Debug, Deserialize)]
pub(crate) struct Several {
    of: String,
}

/// Most uploads of one report.
const TOGETHER: usize = 500;

/// What became of several files, or of the files of an archive, in one account.
pub(crate) async fn together(State(app): State<App>, ask: Ask, Query(several): Query<Several>) -> Reply {
    let (mut files, mut live) = (Vec::new(), false);
    for id in several.of.split(',').take(TOGETHER) {
        if let Some(job) = app.jobs.get(id) {
            live |= job.end.is_none();
            match &job.end {
                Some(End::Done(reports)) => files.extend(reports.iter().map(|r| taken(&app, &ask, &job, r))),
                end => files.push(Taken {
                    failure: match end {
                        Some(End::Failed { code, message }) => Some(failure(&ask, code, message)),
                        _ => None,
                    },
                    href: Some(format!("/runs/{id}")),
                    line: job_line(&app, &ask, id, &job),
                }),
            }
        } else if let Some(run) = run_of_upload(&app, id).await? {
            let failure = (state(run.state) == RunState::Failed).then(|| run.message.clone().unwrap_or_default());
            let line = line(&titles(&app, &ask), run);
            files.push(Taken { href: Some(line.href()), failure, line });
        }
    }
    if files.is_empty() {
        return Err(HttpError::NoRun(several.of));
    }
    let mut shell = ask.shell(Section::Runs, ask.lang.text("together-title"));
    shell.trail = vec![Crumb::new("/runs", shell.t("nav-runs"))];
    show(Together { files, live, again: format!("/runs/together?of={}", pages::shell::encode(&several.of)), shell })
}

/// The same as JSON: the reports of each upload, none while it is at work.
pub(crate) async fn together_json(State(app): State<App>, Query(several): Query<Several>) -> Reply<Json<serde_json::Value>> {
    let mut files = Vec::new();
    for id in several.of.split(',').take(TOGETHER) {
        files.push(match app.jobs.get(id) {
            Some(job) => match &job.end {
                None => serde_json::json!({ "upload": id, "state": "running" }),
                Some(End::Cancelled) => serde_json::json!({ "upload": id, "state": "cancelled" }),
                Some(End::Failed { code, message }) => {
                    serde_json::json!({ "upload": id, "state": "failed", "code": code, "message": message })
                }
                Some(End::Done(reports)) => serde_json::json!({ "upload": id, "state": "done", "reports": reports }),
            },
            None => match run_of_upload(&app, id).await? {
                Some(run) => serde_json::json!({ "upload": id, "state": run.state, "reports": [run.report] }),
                None => return Err(HttpError::NoRun(id.to_owned())),
            },
        });
    }
    Ok(Json(serde_json::json!({ "files": files })))
}

/// The run of an upload whose job is no longer in memory.
async fn run_of_upload(app: &App, id: &str) -> Reply<Option<store::Run>> {
    let run = app.lake.store().upload(id).await?.and_then(|upload| upload.run_id);
    Ok(match run {
        Some(run) => app.lake.store().run(&run).await?,
        None => None,
    })
}

fn taken(app: &App, ask: &Ask, job: &Job, report: &Report) -> Taken {
    let line = RunLine {
        id: report.run.clone().unwrap_or_default(),
        title: titles(app, ask).remove(&report.contract).unwrap_or_default(),
        contract: report.contract.clone(),
        file: report.name.clone(),
        object: Some(report.object.clone()).filter(|o| !o.is_empty()),
        started: job.started,
        state: if report.state == Outcome::Failed { RunState::Failed } else { RunState::Done },
        input: report.input,
        accepted: report.accepted,
        rejected: report.rejected,
        duplicate: report.duplicate,
        seconds: report.seconds,
    };
    let failure = report.message.as_ref().filter(|_| report.state == Outcome::Failed);
    let failure = failure.map(|message| failure_of(ask, report.code.as_deref(), message));
    Taken { href: report.run.as_ref().map(|run| format!("/runs/{run}")), failure, line }
}

fn failure(ask: &Ask, code: &str, message: &str) -> String {
    failure_of(ask, Some(code), message)
}

/// The message names the file and what to do; in Hindi the words for its kind stand before it.
fn failure_of(ask: &Ask, code: Option<&str>, message: &str) -> String {
    match code.and_then(|code| ask.lang.known(&format!("failure-{code}"))) {
        Some(words) if ask.lang == pages::Lang::Hi => format!("{words} ({message})"),
        _ => message.to_owned(),
    }
}

/// Stops a run before it writes anything.
pub(crate) async fn cancel(State(app): State<App>, Path(id): Path<String>) -> Reply<Redirect> {
    let job = app.jobs.get(&id).ok_or_else(|| HttpError::NoRun(id.clone()))?;
    job.progress.cancel.store(true, Ordering::Relaxed);
    Ok(Redirect::to(&format!("/runs/{id}")))
}

/// Runs as lines of a list.
pub(crate) fn lines(app: &App, ask: &Ask, runs: Vec<store::Run>) -> Vec<RunLine> {
    let titles = titles(app, ask);
    runs.into_iter().map(|run| line(&titles, run)).collect()
}

/// Refusals by reason, commonest first.
pub(crate) fn reasons<'a>(ask: &Ask, counts: impl IntoIterator<Item = (&'a String, &'a u64)>) -> Vec<ReasonCount> {
    let mut out: Vec<ReasonCount> = counts
        .into_iter()
        .map(|(code, count)| ReasonCount { code: code.clone(), text: reason_text(ask, code), column: None, count: *count })
        .collect();
    out.sort_by_key(|reason| std::cmp::Reverse(reason.count));
    out
}

/// A refusal code in words; the code itself when it has none.
pub(crate) fn reason_text(ask: &Ask, code: &str) -> String {
    ask.lang.known(&format!("code-{code}")).unwrap_or_else(|| code.to_owned())
}

fn run_of(app: &App, id: &str) -> String {
    match app.jobs.get(id).and_then(|job| job.end) {
        Some(End::Done(reports)) => reports.first().and_then(|report| report.run.clone()).unwrap_or_else(|| id.to_owned()),
        _ => id.to_owned(),
    }
}

fn written(app: &App, contract: &str) -> Vec<(String, String)> {
    let mut names = vec![TableName::clean(contract).to_string()];
    if let Ok(contract) = app.lake.contract(contract) {
        names.extend(contract.mapping.iter().map(|mapping| format!("pole.{}", mapping.table.trim_start_matches("pole."))));
    }
    names.dedup();
    names.into_iter().map(|name| (name.clone(), format!("/catalogue/{name}"))).collect()
}

fn titles(app: &App, ask: &Ask) -> HashMap<String, String> {
    app.lake
        .contracts()
        .iter()
        .map(|contract| (contract.name.clone(), ask.pick(&contract.title.hi, &contract.title.en).to_owned()))
        .collect()
}

fn line(titles: &HashMap<String, String>, run: store::Run) -> RunLine {
    RunLine {
        title: titles.get(&run.contract).cloned().unwrap_or_default(),
        id: run.id,
        contract: run.contract,
        file: run.name,
        object: Some(run.object),
        started: run.started_at,
        state: state(run.state),
        input: run.input as u64,
        accepted: run.accepted as u64,
        rejected: run.rejected as u64,
        duplicate: run.duplicate as u64,
        seconds: run.seconds.unwrap_or_default(),
    }
}

fn job_line(app: &App, ask: &Ask, id: &str, job: &Job) -> RunLine {
    RunLine {
        id: id.to_owned(),
        contract: job.contract.clone(),
        title: titles(app, ask).remove(&job.contract).unwrap_or_else(|| ask.lang.text("upload-detect")),
        file: job.file.clone(),
        object: None,
        started: job.started,
        state: match &job.end {
            None => RunState::Running,
            Some(End::Done(_)) => RunState::Done,
            Some(End::Cancelled) => RunState::Cancelled,
            Some(End::Failed { .. }) => RunState::Failed,
        },
        input: job.progress.rows.load(Ordering::Relaxed),
        accepted: 0,
        rejected: 0,
        duplicate: 0,
        seconds: job.since.elapsed().as_secs_f64(),
    }
}

fn state(state: store::RunState) -> RunState {
    match state {
        store::RunState::Received => RunState::Queued,
        store::RunState::Running => RunState::Running,
        store::RunState::Done => RunState::Done,
        store::RunState::Failed | store::RunState::Refused => RunState::Failed,
        store::RunState::Cancelled => RunState::Cancelled,
    }
}
