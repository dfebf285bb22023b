//! The access log for auditors: the list, each record with its proof, and the log itself as any C2SP client fetches it.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use governance::audit::merkle::leaf;
use governance::audit::note::{Checkpoint, to_base64};
use governance::audit::{Entry, Tiles};
use lake::{At, LakeError};
use ledger::{Filter, Folder, LedgerError};
use pages::Section;
use pages::audit::{Audit, AuditAsk, AuditLine, Proof};
use pages::shell::{Crumb, encode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

const PER_PAGE: usize = 50;
/// Actions that have words, in the order of the list.
const ACTIONS: [&str; 47] = [
    "query",
    "answer",
    "dossier",
    "search",
    "section",
    "resolve",
    "review",
    "judge",
    "index",
    "row",
    "quarantine",
    "download",
    "view",
    "ingest",
    "contract",
    "export",
    "replay",
    "retention",
    "purge",
    "purged",
    "expungement",
    "expunged",
    "compact",
    "audit",
    "audit-export",
    "key-rotation",
    "seal",
    "gap",
    "state-behind",
    "sign-in",
    "sign-out",
    "account",
    "token",
    "refused",
    "work",
    "request",
    "emergency",
    "declaration",
    "policy",
    "desk",
    "certificate",
    "pull",
    "late",
    "subjects",
    "subject",
    "category",
    "sheet",
];

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    who: String,
    action: String,
    table: String,
    key: String,
    denied: Option<String>,
    before: Option<u64>,
}

impl Wanted {
    fn filter(&self, app: &App) -> Filter {
        let given = |text: &String| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        Filter {
            who: given(&self.who),
            action: given(&self.action),
            table: given(&self.table),
            marks: given(&self.key).map(|key| app.lake.audit().marks(&key)).unwrap_or_default(),
            case: None,
            allowed: self.denied.is_some().then_some(false),
        }
    }

    /// The link to what stands below `before`.
    fn older(&self, before: u64) -> String {
        let mut out = format!("/audit?before={before}");
        for (name, value) in [("who", &self.who), ("action", &self.action), ("table", &self.table), ("key", &self.key)] {
            if !value.is_empty() {
                out.push_str(&format!("&{name}={}", encode(value)));
            }
        }
        if self.denied.is_some() {
            out.push_str("&denied=1");
        }
        out
    }
}

impl From<LedgerError> for HttpError {
    fn from(error: LedgerError) -> HttpError {
        match error {
            LedgerError::NoEntry { index, .. } => HttpError::NoRecord(index.to_string()),
            error => LakeError::from(error).into(),
        }
    }
}

/// Looking at the log is itself in the log.
fn find(app: &App, ask: &Ask, wanted: &Wanted) -> Reply<ledger::Found> {
    let filter = wanted.filter(app);
    let found = app.lake.audit().find(&filter, wanted.before, PER_PAGE)?;
    let what = json!({ "filter": filter.noted(), "records": found.entries.len() });
    app.lake.record(&ask.access(&app.lake, At::Now), "audit", true, what)?;
    Ok(found)
}

/// The list.
pub(crate) async fn list(State(app): State<App>, ask: Ask, Query(wanted): Query<Wanted>) -> Reply {
    let found = find(&app, &ask, &wanted)?;
    let head = app.lake.audit().publish()?.checkpoint;
    let shell = ask.shell(Section::Audit, ask.lang.text("audit-title"));
    show(Audit {
        actions: ACTIONS.iter().map(|code| ((*code).to_owned(), shell.t(&format!("action-{code}")))).collect(),
        lines: found.entries.iter().map(|entry| line(&ask, entry)).collect(),
        older: found.before.map(|before| wanted.older(before)),
        size: head.size,
        root: to_base64(&head.root),
        keys: app.lake.audit().keys()?.iter().map(ToString::to_string).collect(),
        ask: AuditAsk {
            who: wanted.who,
            action: wanted.action,
            table: wanted.table,
            key: wanted.key,
            denied: wanted.denied.is_some(),
        },
        shell,
    })
}

/// The list as JSON: newest first, `before` leads on.
pub(crate) async fn list_json(State(app): State<App>, ask: Ask, Query(wanted): Query<Wanted>) -> Reply<Json<Value>> {
    let found = find(&app, &ask, &wanted)?;
    Ok(Json(json!({ "size": found.size, "before": found.before, "records": found.entries })))
}

/// One record with its proof.
pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(index): Path<String>) -> Reply {
    let (proof, bytes, head, signed_by) = proved(&app, &index)?;
    let entry = app.lake.audit().entry(proof.index)?;
    let mut shell = ask.shell(Section::Audit, ask.lang.fill("audit-number", &[("it", &pages::show::count(proof.index))]));
    shell.trail = vec![Crumb::new("/audit", shell.t("nav-audit"))];
    show(Proof {
        line: line(&ask, &entry),
        json: serde_json::to_string_pretty(&entry.record).unwrap_or_default(),
        leaf: leaf(&bytes).iter().map(|b| format!("{b:02x}")).collect(),
        steps: proof.hashes.iter().map(|hash| to_base64(hash)).collect(),
        size: head.size,
        root: to_base64(&head.root),
        holds: proof.holds(&bytes, head.size, &head.root),
        signed_by,
        shell,
    })
}

/// One record with its proof as JSON.
pub(crate) async fn record_json(State(app): State<App>, Path(index): Path<String>) -> Reply<Json<Value>> {
    let (proof, bytes, ..) = proved(&app, &index)?;
    let record: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok(Json(json!({ "index": proof.index, "record": record, "proof": proof.to_string() })))
}

/// The bytes of a record, as they were hashed.
pub(crate) async fn record(State(app): State<App>, Path(index): Path<String>) -> Reply<Response> {
    let (proof, bytes, ..) = proved(&app, &index)?;
    Ok(file(&format!("{}.json", proof.index), "application/json", bytes))
}

/// The proof, ready to be mailed.
pub(crate) async fn proof(State(app): State<App>, Path(index): Path<String>) -> Reply<Response> {
    let (proof, ..) = proved(&app, &index)?;
    Ok(file(&format!("{}.tlog-proof", proof.index), "text/plain; charset=utf-8", proof.to_string().into_bytes()))
}

/// A file of the log: `checkpoint`, `tile/…`. Only what a head covers, and no secret: the name must be one of the format's.
pub(crate) async fn tile(State(app): State<App>, Path(path): Path<String>) -> Reply<Response> {
    let head = app.lake.audit().publish()?;
    if path == "checkpoint" {
        return Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], head.note).into_response());
    }
    let plain = |part: &str| {
        let digits = part.trim_start_matches('x').trim_end_matches(".p");
        part == "entries" || (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
    };
    let known =
        path.strip_prefix("tile/").or_else(|| path.strip_prefix("rotation/")).is_some_and(|rest| rest.split('/').all(plain));
    let found = if known { Folder::at(app.lake.audit().dir()).read(&path).map_err(HttpError::Failed)? } else { None };
    let bytes = found.ok_or(HttpError::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

type Proved = (governance::audit::proof::Proof, Vec<u8>, Checkpoint, Vec<String>);

fn proved(app: &App, index: &str) -> Reply<Proved> {
    let n = index.parse().map_err(|_| HttpError::NoRecord(index.to_owned()))?;
    let (proof, bytes) = app.lake.audit().prove(n)?;
    let keys = app.lake.audit().keys()?;
    let (head, signed_by) = Checkpoint::open(&proof.checkpoint, &keys).map_err(|e| HttpError::Failed(e.to_string()))?;
    Ok((proof, bytes, head, signed_by))
}

fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

pub(crate) fn line(ask: &Ask, entry: &Entry) -> AuditLine {
    let record = &entry.record;
    let why: Vec<String> = record
        .purpose
        .iter()
        .map(|word| ask.lang.known(&format!("purpose-{word}")).unwrap_or_else(|| word.clone()))
        .chain(record.case.clone())
        .chain(record.authority.clone())
        .collect();
    let tables = record.what["tables"].as_object().map(|tables| tables.keys().cloned().collect());
    AuditLine {
        index: entry.index,
        at: DateTime::parse_from_rfc3339(&record.at).map(|at| at.with_timezone(&Utc)).unwrap_or_default(),
        who: record.who.clone(),
        action: record.action.clone(),
        action_text: ask.lang.known(&format!("action-{}", record.action)).unwrap_or_else(|| record.action.clone()),
        allowed: record.allowed,
        why: why.join(" · "),
        tables: tables.unwrap_or_else(|| record.what["table"].as_str().map(str::to_owned).into_iter().collect()),
        rows: record.what["rows"].as_u64(),
    }
}
