//! A contract drafted from a sample: the sample is given, its guesses are gone over in a form, tried, and kept; the same for a program.
//!
//! Samples lie in the lake's scratch folder and are forgotten when nobody works on them; nothing of them enters the lake.

mod form;

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Multipart, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use lake::LakeError;
use lake::preview::{MOST_BYTES, Preview, preview};
use pages::draft::{Begun, NewContract};
use pages::shell::Crumb;
use pages::table::FieldError;
use pages::{Section, Shell};
use serde::Deserialize;
use serde_json::{Value, json};
use sources::draft::{Draft, DraftError};
use tempfile::TempPath;
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;

use crate::App;
use crate::account::{again, note};
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};
use crate::upload::{base_name, base64};

/// Drafts of one person; the one touched longest ago makes room.
const EACH: usize = 5;
/// Drafts nobody touches for so long are forgotten.
const IDLE: Duration = Duration::from_secs(2 * 3600);
/// Largest body of a program's question: a sample in base64 and what is said of it.
pub(crate) const BODY: usize = 24 << 20;

/// A draft that somebody works on.
#[derive(Clone)]
pub(crate) struct Entry {
    owner: String,
    file: String,
    begun: DateTime<Utc>,
    touched: Instant,
    sample: Arc<TempPath>,
    draft: Draft,
    seen: Option<Arc<Preview>>,
}

/// All drafts of this process by id.
pub(crate) struct Drafts {
    all: Mutex<BTreeMap<String, Entry>>,
    /// A preview opens a lake; one at a time.
    trying: Semaphore,
}

impl Default for Drafts {
    fn default() -> Self {
        Drafts { all: Mutex::default(), trying: Semaphore::new(1) }
    }
}

impl Drafts {
    fn get(&self, owner: &str, id: &str) -> Reply<Entry> {
        let mut all = self.all.lock().unwrap_or_else(|e| e.into_inner());
        all.retain(|_, entry| entry.touched.elapsed() < IDLE);
        let entry = all.get_mut(id).filter(|entry| entry.owner == owner).ok_or(HttpError::DraftGone)?;
        entry.touched = Instant::now();
        Ok(entry.clone())
    }

    fn put(&self, id: &str, entry: Entry) {
        let mut all = self.all.lock().unwrap_or_else(|e| e.into_inner());
        let own = |all: &BTreeMap<String, Entry>| all.iter().filter(|(known, e)| e.owner == entry.owner && *known != id).count();
        while own(&all) >= EACH {
            let oldest =
                all.iter().filter(|(_, e)| e.owner == entry.owner).min_by_key(|(_, e)| e.touched).map(|(id, _)| id.clone());
            let Some(oldest) = oldest else { break };
            all.remove(&oldest);
        }
        all.insert(id.to_owned(), entry);
    }

    fn forget(&self, id: &str) {
        self.all.lock().unwrap_or_else(|e| e.into_inner()).remove(id);
    }

    fn of(&self, owner: &str) -> Vec<Begun> {
        let mut all = self.all.lock().unwrap_or_else(|e| e.into_inner());
        all.retain(|_, entry| entry.touched.elapsed() < IDLE);
        let mine = all.iter().filter(|(_, e)| e.owner == owner);
        mine.map(|(id, e)| Begun { id: id.clone(), name: e.draft.name.clone(), file: e.file.clone(), at: e.begun }).collect()
    }
}

fn shell(ask: &Ask, title: String) -> Shell {
    let mut shell = ask.shell(Section::Sources, title);
    shell.trail = vec![Crumb::new("/sources", shell.t("nav-sources"))];
    shell
}

fn error(field: &str, message: impl Into<String>) -> FieldError {
    FieldError { field: field.into(), message: message.into() }
}

/// The field that a draft's mistake stands in.
fn place(wrong: &DraftError) -> &'static str {
    match wrong {
        DraftError::Name(_) => "name",
        DraftError::Read(_) | DraftError::NoTable { .. } => "file",
        DraftError::Span { what: "frequency", .. } => "every",
        DraftError::Span { .. } => "keep",
        DraftError::Column { .. } | DraftError::NoColumns => "columns",
        DraftError::Contract(e) if e.to_string().contains("mapping") => "mapping",
        DraftError::Contract(_) => "columns",
    }
}

/// Where a sample is given.
pub(crate) async fn new_form(State(app): State<App>, ask: Ask) -> Reply {
    show(blank(&app, &ask, String::new(), Vec::new()))
}

fn blank(app: &App, ask: &Ask, name: String, errors: Vec<FieldError>) -> NewContract {
    let begun = app.drafts.of(&ask.principal.id);
    NewContract { shell: shell(ask, ask.lang.text("draft-title")), name, errors, limit: MOST_BYTES, begun }
}

/// Takes the sample and guesses.
pub(crate) async fn begin(State(app): State<App>, ask: Ask, mut parts: Multipart) -> Reply<Response> {
    let wrong = |e: axum::extract::multipart::MultipartError| HttpError::BadRequest(e.body_text());
    let (mut name, mut sample) = (String::new(), None);
    while let Some(mut part) = parts.next_field().await.map_err(wrong)? {
        match part.name() {
            Some("name") => name = part.text().await.map_err(wrong)?.trim().to_owned(),
            Some("file") if part.file_name().is_some_and(|name| !name.is_empty()) => {
                let file_name = base_name(part.file_name().unwrap_or_default());
                let (file, path) = tempfile::NamedTempFile::new_in(app.lake.home().scratch())?.into_parts();
                let (mut file, mut bytes) = (tokio::fs::File::from_std(file), 0u64);
                while let Some(chunk) = part.chunk().await.map_err(wrong)? {
                    bytes += chunk.len() as u64;
                    if bytes > MOST_BYTES {
                        return Err(HttpError::TooLarge { limit: MOST_BYTES });
                    }
                    file.write_all(&chunk).await?;
                }
                file.flush().await?;
                sample = Some((file_name, path, bytes));
            }
            _ => {}
        }
    }
    let Some((file, path, bytes)) = sample else {
        let missing = error("file", ask.lang.text("draft-choose-file"));
        return again(blank(&app, &ask, name, vec![missing]));
    };
    let drafted = tokio::task::block_in_place(|| Ok::<_, HttpError>(guess(&name, &file, &mut File::open(&path)?)));
    let draft = match drafted? {
        Ok(draft) => draft,
        Err(e) => return again(blank(&app, &ask, name, vec![error(place(&e), e.to_string())])),
    };
    note(&app, &ask, "contract", json!({ "change": "draft", "contract": draft.name, "bytes": bytes, "rows": draft.rows }))?;
    let id = uuid::Uuid::now_v7().simple().to_string();
    let (owner, begun) = (ask.principal.id.clone(), app.lake.now());
    app.drafts.put(&id, Entry { owner, file, begun, touched: Instant::now(), sample: Arc::new(path), draft, seen: None });
    Ok(Redirect::to(&format!("/contracts/new/{id}")).into_response())
}

fn guess(name: &str, file_name: &str, file: &mut File) -> Result<Draft, DraftError> {
    sources::draft::draft(name, file_name, file)
}

/// The form of a draft.
pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply {
    let entry = app.drafts.get(&ask.principal.id, &id)?;
    show(form::page(&app.lake, &ask, &id, &entry, Vec::new()))
}

/// What was sent of a form: tried on the sample, or kept.
pub(crate) async fn send(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    axum::Form(sent): axum::Form<Vec<(String, String)>>,
) -> Reply<Response> {
    let mut entry = app.drafts.get(&ask.principal.id, &id)?;
    let (save, replace) = form::apply(&mut entry.draft, &sent);
    entry.seen = None;
    app.drafts.put(&id, entry.clone());
    let contract = match entry.draft.contract() {
        Ok(contract) => contract,
        Err(e) => return again(form::page(&app.lake, &ask, &id, &entry, vec![error(place(&e), e.to_string())])),
    };
    let outcome = if save {
        keep(&app, &ask, &contract, replace).await.map(|_| None)
    } else {
        let mut file = File::open(&*entry.sample)?;
        try_on(&app, &ask, &contract, &entry.file, &mut file).await.map(Some)
    };
    match outcome {
        Ok(None) => {
            app.drafts.forget(&id);
            Ok(Redirect::to(&format!("/upload?contract={}&saved=1", contract.name)).into_response())
        }
        Ok(Some(seen)) => {
            entry.seen = Some(Arc::new(seen));
            app.drafts.put(&id, entry);
            Ok(Redirect::to(&format!("/contracts/new/{id}")).into_response())
        }
        Err(e @ (LakeError::Audit(_) | LakeError::Log(_) | LakeError::Io { .. } | LakeError::Store(_))) => Err(e.into()),
        Err(e) => {
            let field = match &e {
                LakeError::Taken { .. } => "name",
                LakeError::Mapping { .. } => "mapping",
                _ => "columns",
            };
            again(form::page(&app.lake, &ask, &id, &entry, vec![error(field, e.to_string())]))
        }
    }
}

pub(crate) async fn discard(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Redirect> {
    app.drafts.get(&ask.principal.id, &id)?;
    app.drafts.forget(&id);
    Ok(Redirect::to("/contracts/new"))
}

fn record(app: &App, ask: &Ask, what: Value) -> Result<(), LakeError> {
    app.lake.record(&ask.access(&app.lake, lake::At::Now), "contract", true, what)
}

async fn try_on(
    app: &App,
    ask: &Ask,
    contract: &Arc<sources::Contract>,
    name: &str,
    file: &mut File,
) -> Result<Preview, LakeError> {
    let _turn = app.drafts.trying.acquire().await.map_err(|e| LakeError::Invalid(e.to_string()))?;
    let seen = preview(app.lake.home().scratch(), contract, name, file).await?;
    let Preview { input, accepted, rejected, duplicate, .. } = seen;
    record(
        app,
        ask,
        json!({ "change": "preview", "contract": contract.name, "in": input, "accepted": accepted, "rejected": rejected, "duplicate": duplicate }),
    )?;
    Ok(seen)
}

/// Keeps a contract; gives the version that was replaced.
async fn keep(app: &App, ask: &Ask, contract: &Arc<sources::Contract>, replace: bool) -> Result<Option<String>, LakeError> {
    let mark = governance::audit::chain::hash(&format!("{}{}", contract.yaml, contract.mapping_sql));
    record(
        app,
        ask,
        json!({ "change": "save", "contract": contract.name, "version": contract.version, "replace": replace, "text": mark }),
    )?;
    app.lake.save_contract(contract, replace).await
}

/// What a program asks: a sample, and a draft of its own where the guesses were gone over.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Asked {
    name: String,
    file: String,
    /// The sample as text, or in base64.
    sample: String,
    sample_base64: String,
    draft: Option<Draft>,
    /// Whether it is to be tried.
    preview: bool,
}

fn bad(error: impl std::fmt::Display) -> HttpError {
    HttpError::BadRequest(error.to_string())
}

pub(crate) async fn draft_json(State(app): State<App>, ask: Ask, Json(asked): Json<Asked>) -> Reply<Json<Value>> {
    let bytes = match asked.sample_base64.as_str() {
        "" => asked.sample.into_bytes(),
        text => base64(text).ok_or_else(|| bad("sample_base64 is no base64"))?,
    };
    let file_name = base_name(&asked.file);
    let mut file = tempfile::tempfile_in(app.lake.home().scratch())?;
    std::io::Write::write_all(&mut file, &bytes)?;
    let draft = match asked.draft {
        Some(draft) => draft,
        None => tokio::task::block_in_place(|| guess(&asked.name, &file_name, &mut file)).map_err(bad)?,
    };
    let contract = draft.contract().map_err(bad)?;
    let rows = draft.rows;
    note(&app, &ask, "contract", json!({ "change": "draft", "contract": draft.name, "bytes": bytes.len(), "rows": rows }))?;
    let mut told = json!({ "draft": draft, "yaml": contract.yaml, "mapping": contract.mapping_sql });
    if asked.preview {
        let seen = try_on(&app, &ask, &contract, &file_name, &mut file).await.map_err(fault)?;
        told["preview"] = json!(seen);
    }
    Ok(Json(told))
}

/// What is wrong with a contract or a sample is the asker's to mend.
fn fault(error: LakeError) -> HttpError {
    match error {
        e @ (LakeError::Read { .. }
        | LakeError::Mapping { .. }
        | LakeError::NotOfContract { .. }
        | LakeError::NoFit { .. }
        | LakeError::Contract { .. }) => bad(e),
        e => e.into(),
    }
}

/// A contract to be kept: a draft that was gone over, or its text.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Kept {
    draft: Option<Draft>,
    yaml: String,
    mapping: String,
    replace: bool,
}

pub(crate) async fn keep_json(State(app): State<App>, ask: Ask, Json(sent): Json<Kept>) -> Reply<Response> {
    let contract = match sent.draft {
        Some(draft) => draft.contract().map_err(bad)?,
        None => Arc::new(sources::Contract::parse(&sent.yaml, &sent.mapping).map_err(bad)?),
    };
    let replaced = keep(&app, &ask, &contract, sent.replace).await.map_err(fault)?;
    let told = json!({ "contract": contract.name, "version": contract.version, "table": format!("clean.{}", contract.table()), "replaced": replaced });
    Ok((StatusCode::CREATED, Json(told)).into_response())
}
