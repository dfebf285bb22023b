//! Bringing data in: generate, detect, ingest, quarantine.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use governance::audit::cosign::{CosignError, Cosigner};
use lake::{Lake, LakeError, Progress, Report, Request};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{Args, Generate, Ingest, Quarantine, QuarantineCommand};
use crate::look;
use crate::output::{self, say};

/// The lake of `--home`; interrupted ingests are finished first.
pub async fn open(args: &Args) -> Result<Lake, LakeError> {
    let mut options = lake::Options::at(&args.home);
    if let Some(memory) = args.memory {
        options = options.with_memory(memory);
    }
    options.store = std::env::var("SAROVAR_STORE").ok().filter(|s| !s.is_empty());
    options.witness =
        std::env::var_os("SAROVAR_WITNESS").filter(|s| !s.is_empty() && witness_address().is_none()).map(Into::into);
    let lake = Lake::open(options).await?;
    if let Some(behind) = lake.behind() {
        say(&behind.to_string());
    }
    crate::who::settle(args, &lake).await?;
    let finished = lake.recover().await?;
    if finished > 0 {
        say(&format!("finished {finished} interrupted ingest(s) or erasure(s)"));
    }
    Ok(lake)
}

/// The address of the witness, where `SAROVAR_WITNESS` names one instead of a folder.
pub fn witness_address() -> Option<String> {
    let named = std::env::var("SAROVAR_WITNESS").ok()?;
    (named.starts_with("https://") || named.starts_with("http://")).then_some(named)
}

/// The witness that is reached at an address, with the keys that `SAROVAR_WITNESS_KEY` gives: the text of one, or a file of them.
pub fn witness() -> Result<Option<ways::witness::Witness>, LakeError> {
    witness_address().map(|address| Ok(ways::witness::Witness { address, keys: witness_keys()? })).transpose()
}

/// Keys of witnesses as the environment gives them.
pub fn witness_keys() -> Result<Vec<Cosigner>, LakeError> {
    let given = std::env::var("SAROVAR_WITNESS_KEY").unwrap_or_default();
    let wrong = |e: CosignError| LakeError::Invalid(format!("SAROVAR_WITNESS_KEY: {e}"));
    if given.trim().is_empty() || given.contains('+') {
        return Cosigner::parse_all(&given).map_err(wrong);
    }
    let path = Path::new(given.trim());
    let read = |source| LakeError::Io { action: "reading the keys of SAROVAR_WITNESS_KEY", path: path.into(), source };
    Cosigner::parse_all(&std::fs::read_to_string(path).map_err(read)?).map_err(wrong)
}

pub fn generate(g: &Generate) -> Result<ExitCode, LakeError> {
    output::records(&[write_state(g)?], crate::args::Format::Json)?;
    say("everybody in it is made up; its telephone numbers (700xxxxxxx) are test values and must not be dialled");
    Ok(ExitCode::SUCCESS)
}

/// Writes the files of a synthetic state.
pub fn write_state(g: &Generate) -> Result<synthetic::Summary, LakeError> {
    let mut options = synthetic::Options::new(g.persons, g.seed, &g.out);
    options.cdr_rows = g.cdr_rows;
    options.threads = g.threads;
    options.mess = !g.clean;
    if let Some(rows) = g.plate_rows {
        options.plate_rows = rows;
    }
    if let Some(name) = &g.district {
        options.units = synthetic::Units::district(name).map_err(|e| LakeError::Invalid(e.to_string()))?;
    } else if g.few_stations {
        options.units = synthetic::Units::Few;
    }
    for name in &g.kinds {
        let kind =
            synthetic::Kind::parse(name).ok_or_else(|| LakeError::Invalid(format!("there is no kind {name:?}; see --help")))?;
        options.kinds.push(kind);
    }
    synthetic::generate(&options, &|_| {}).map_err(|e| LakeError::Invalid(e.to_string()))
}

/// Splits `[SYSTEM.DATASET] PATH...`: the first word is a source when it names a contract and no file.
fn split<'a>(lake: &Lake, words: &'a [String]) -> (Option<&'a str>, &'a [String]) {
    match words.split_first() {
        Some((first, rest))
            if !rest.is_empty() && !Path::new(first).exists() && (lake.contract(first).is_ok() || looks_like_source(first)) =>
        {
            (Some(first), rest)
        }
        _ => (None, words),
    }
}

fn looks_like_source(word: &str) -> bool {
    !word.contains(['/', '\\'])
        && word.split('.').count() == 2
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
}

/// Files below the given paths, in a stable order; a folder gives all its files.
fn files(paths: &[String]) -> Result<Vec<PathBuf>, LakeError> {
    let mut out = Vec::new();
    let mut waiting: Vec<PathBuf> = paths.iter().rev().map(PathBuf::from).collect();
    while let Some(path) = waiting.pop() {
        let wrong = |e| LakeError::Io { action: "opening", path: path.clone(), source: e };
        if std::fs::metadata(&path).map_err(wrong)?.is_dir() {
            let mut inner: Vec<PathBuf> = std::fs::read_dir(&path).map_err(wrong)?.flatten().map(|e| e.path()).collect();
            inner.sort_by(|a, b| b.cmp(a));
            waiting.extend(inner);
        } else {
            out.push(path);
        }
    }
    Ok(out)
}

pub async fn ingest(args: &Args, i: &Ingest) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let own = match &i.contract {
        Some(path) => {
            let contract = Arc::new(lake::read_contract(path)?);
            lake.keep_contract(&contract)?;
            Some(contract)
        }
        None => None,
    };
    let (source, paths) = split(&lake, &i.source_and_paths);
    let contract = match (source, own) {
        (Some(name), Some(own)) if own.name != name => {
            return Err(LakeError::Invalid(format!("the contract file is for {}, the command says {name}", own.name)));
        }
        (_, Some(own)) => Some(own),
        (Some(name), None) => Some(lake.contract(name)?),
        (None, None) => None,
    };
    let password = i.password_env.as_ref().and_then(|v| std::env::var(v).ok());
    let access = look::access(args, None)?;
    if i.watch {
        let request = Request {
            contract,
            authority: i.authority.clone(),
            received_by: access.principal.id.clone(),
            password,
            ..Request::default()
        };
        return watch(args, &lake, &access, paths, request, Duration::from_secs(i.every)).await;
    }
    let mut reports: Vec<Report> = Vec::new();
    let mut failed = false;
    let files = files(paths)?;
    let several = files.len() > 1;
    for path in files {
        let progress = Arc::new(Progress::default());
        let request = Request {
            contract: contract.clone(),
            authority: i.authority.clone(),
            received_by: access.principal.id.clone(),
            password: password.clone(),
            ..Request::default()
        };
        let stop = progress.clone();
        let watch = tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel.store(true, Ordering::Relaxed);
            }
        });
        let outcome = ways::document::take_in(&lake, &path, request, &progress).await;
        watch.abort();
        match outcome {
            Ok(more) => {
                for report in &more {
                    record(&lake, &access, report)?;
                    explain(report);
                    failed |= report.message.is_some() && report.state == lake::ingest::State::Failed;
                }
                reports.extend(more);
            }
            Err(e) => {
                failed = true;
                say(&format!("{}: {e}", path.display()));
                if several {
                    // The report of a folder names what could not be taken in, too.
                    let (name, message) = (path.to_string_lossy().into_owned(), Some(e.to_string()));
                    reports.push(Report { name, message, state: lake::ingest::State::Failed, ..Report::default() });
                }
            }
        }
    }
    if several {
        say(&sum(&reports));
    }
    output::records(&reports, args.format)?;
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

/// The account of many files in one line.
fn sum(reports: &[Report]) -> String {
    let of = |count: fn(&Report) -> u64| reports.iter().map(count).sum::<u64>();
    let state = |s| reports.iter().filter(|r| r.state == s).count();
    use lake::ingest::State;
    format!(
        "{} files: {} taken in, {} were there already, {} failed; in {} = accepted {} + rejected {} + duplicate {}",
        reports.len(),
        state(State::Done),
        state(State::Already),
        state(State::Failed),
        of(|r| r.input),
        of(|r| r.accepted),
        of(|r| r.rejected),
        of(|r| r.duplicate)
    )
}

pub fn record(lake: &Lake, access: &lake::Access, report: &Report) -> Result<(), LakeError> {
    let what = json!({ "object": report.object, "contract": report.contract, "in": report.input, "accepted": report.accepted, "rejected": report.rejected, "duplicate": report.duplicate });
    lake.record(access, "ingest", true, what)
}

/// Looks into the folders again and again; each file's report is printed as it comes (as NDJSON unless a table is asked for).
async fn watch(
    args: &Args,
    lake: &Lake,
    access: &lake::Access,
    paths: &[String],
    request: Request,
    every: Duration,
) -> Result<ExitCode, LakeError> {
    let wrong = |e: ways::watch::WatchError| match e {
        ways::watch::WatchError::Lake(e) => e,
        e => LakeError::Invalid(e.to_string()),
    };
    let mut roots = Vec::new();
    for path in paths {
        let path = Path::new(path);
        roots.push(std::fs::canonicalize(path).map_err(|source| LakeError::Io {
            action: "watching",
            path: path.into(),
            source,
        })?);
    }
    let way = format!("watch:{}", request.contract.as_ref().map_or("", |c| c.name.as_str()));
    let mut watched = ways::Watched::open(lake, &way, &roots).await.map_err(wrong)?;
    say(&format!("watching {} (end it with Ctrl-C)", paths.join(", ")));
    let mut stop = signal(SignalKind::terminate()).map_err(|source| LakeError::Io {
        action: "waiting on",
        path: "signals".into(),
        source,
    })?;
    let format = if args.format == crate::args::Format::Table { args.format } else { crate::args::Format::Ndjson };
    loop {
        match watched.round(ways::Settled::SinceLastRound, &request).await.map_err(wrong) {
            Ok(taken) => {
                for taken in taken {
                    for report in &taken.reports {
                        if report.state != lake::ingest::State::Failed {
                            record(lake, access, report)?;
                        }
                        explain(report);
                    }
                    output::records(&taken.reports, format)?;
                }
            }
            // A share that is away for an hour is no reason to stop watching it.
            Err(e @ LakeError::Invalid(_)) => say(&e.to_string()),
            Err(e) => return Err(e),
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = tokio::signal::ctrl_c() => break,
            _ = stop.recv() => break,
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a person should know beyond the counts.
fn explain(report: &Report) {
    for text in report.message.iter().chain(&report.warnings).chain(&report.drift) {
        say(&format!("{}: {text}", report.name));
    }
    for (reason, n) in &report.reasons {
        say(&format!("{}: {n} refused: {reason}", report.name));
    }
}

pub async fn detect(args: &Args, paths: &[PathBuf]) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let mut rows = Vec::new();
    let mut failed = false;
    let paths: Vec<String> = paths.iter().map(|p| p.to_string_lossy().into_owned()).collect();
    for path in files(&paths)? {
        let mut file =
            std::fs::File::open(&path).map_err(|e| LakeError::Io { action: "opening", path: path.clone(), source: e })?;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let found = sources::detect(&name, &mut file, &lake.contracts())
            .map_err(|source| LakeError::Read { name: name.clone(), source })?;
        let (verdict, all) = match found {
            sources::Detection::One(c) => ("fits", vec![c]),
            sources::Detection::Ambiguous(all) => {
                failed = true;
                ("fits equally", all)
            }
            sources::Detection::None { closest } => {
                failed = true;
                ("does not fit", closest)
            }
        };
        if all.is_empty() {
            rows.push(
                json!({ "file": path, "verdict": verdict, "contract": null, "variant": null, "why": "no contract comes near" }),
            );
        }
        for c in all {
            rows.push(json!({ "file": path, "verdict": verdict, "contract": c.contract.name, "variant": c.variant, "why": c.reasons.join("; ") }));
        }
    }
    output::records(&rows, args.format)?;
    Ok(if failed { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

pub async fn quarantine(args: &Args, q: &Quarantine) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let access = look::access(args, None)?;
    match &q.what {
        QuarantineCommand::List => {
            let mut rows = Vec::new();
            for table in lake.home().list()?.into_iter().filter(|t| t.area == "quarantine") {
                let session = lake.session(&access)?;
                let sql = format!(
                    "SELECT '{0}' AS source, reason, count(*) AS rows FROM quarantine.\"{0}\" GROUP BY reason ORDER BY rows DESC",
                    table.name
                );
                rows.extend(session.rows(&sql).await?.into_iter().filter(|b| b.num_rows() > 0));
            }
            look::print(&lake, &access, "refused rows, counted", rows, args.format).await?;
        }
        QuarantineCommand::Show { source, limit } => {
            let table = lake::TableName::quarantine(source);
            let sql = format!(
                "SELECT _row, reason, field, value, detail, original, _object FROM quarantine.\"{}\" ORDER BY _object, _row LIMIT {limit}",
                table.name
            );
            look::print(&lake, &access, "refused rows", lake.session(&access)?.rows(&sql).await?, args.format).await?;
        }
        QuarantineCommand::Replay { source, contract } => {
            let contract = match contract {
                Some(path) => {
                    let contract = Arc::new(lake::read_contract(path)?);
                    lake.keep_contract(&contract)?;
                    contract
                }
                None => lake.contract(source)?,
            };
            let done = lake.replay(&contract, &Arc::new(Progress::default())).await?;
            lake.record(&access, "replay", true, json!(done))?;
            output::records(&[done], args.format)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
