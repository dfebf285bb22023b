//! The certificate for a court (Bharatiya Sakshya Adhiniyam 2023, s.63(4)(c)): what the lake knows of a received file or an
//! export, hashed again now, as a paper. The page and the command line call the same functions.

use std::path::Path;

use axum::Json;
use axum::extract::{Path as Segment, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use lake::manifest::Manifest;
use lake::{Access, At, Lake, LakeError, raw};
use paper::{Certificate, Fonts, Language, Origin, PaperError, Record, Work};
use ring::digest::{Context, SHA256};
use serde::Deserialize;
use store::{Page, RunFilter, RunState};

use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply};

/// The fonts of papers: from the folders of `SAROVAR_FONTS`, else the machine's.
pub fn fonts() -> Result<Fonts, PaperError> {
    Fonts::find(&paper::folders(std::env::var_os("SAROVAR_FONTS").as_deref()))
}

/// The certificate of a received file. Its bytes are hashed again; a file that was altered gets none. Logged.
pub async fn of_object(lake: &Lake, access: &Access, sha256: &str) -> Result<Certificate, LakeError> {
    let sha256 = sha256.to_lowercase();
    let mut paper = blank(lake, access);
    let origin = origin(lake, &mut paper, &sha256).await?;
    let record = Record { name: origin.name, sha256: origin.sha256, bytes: origin.bytes, rows: None, table: None };
    paper.records.push(record);
    lake.record(access, "certificate", true, serde_json::json!({ "object": sha256 }))?;
    Ok(paper)
}

/// The certificate of an export, by its manifest or, where the lake remembers it, by the exported file itself: the file and every received
/// file behind it are hashed again.
pub async fn of_export(lake: &Lake, access: &Access, path: &Path) -> Result<Certificate, LakeError> {
    let manifest = match Manifest::read(path) {
        Ok(manifest) => manifest,
        Err(error) => {
            let failed = |e: store::StoreError| LakeError::Store(e.to_string());
            let Some(known) = lake.store().export_of(&hash(path).await?).await.map_err(failed)? else { return Err(error) };
            let manifest = Manifest::parse(&known.manifest).map_err(|e| LakeError::Invalid(e.to_string()))?;
            return of_manifest(lake, access, manifest).await;
        }
    };
    let file = path.with_file_name(&manifest.file);
    let found = hash(&file).await?;
    if found != manifest.sha256 {
        return Err(LakeError::Invalid(format!(
            "{} is not the file of its manifest: its SHA-256 is {found}, the manifest says {}. Export it again",
            file.display(),
            manifest.sha256
        )));
    }
    of_manifest(lake, access, manifest).await
}

/// The certificate of an export whose hash the lake has known since it left.
pub async fn of_manifest(lake: &Lake, access: &Access, manifest: Manifest) -> Result<Certificate, LakeError> {
    if manifest.over(lake.now()) {
        let until = manifest.until.get(..10).unwrap_or_default();
        return Err(LakeError::Invalid(format!("this export was to be destroyed by {until}; export it again")));
    }
    let mut paper = blank(lake, access);
    for object in &manifest.objects {
        origin(lake, &mut paper, object).await?;
    }
    let what = serde_json::json!({ "export": manifest.sha256, "table": manifest.table, "objects": manifest.objects.len() });
    paper.records.push(Record {
        name: manifest.file,
        sha256: manifest.sha256,
        bytes: manifest.bytes,
        rows: Some(manifest.rows),
        table: Some(manifest.table),
    });
    lake.record(access, "certificate", true, what)?;
    Ok(paper)
}

fn blank(lake: &Lake, access: &Access) -> Certificate {
    let now = model::time::to_ist(lake.now().timestamp_micros()).unwrap_or_default();
    Certificate {
        system: format!("Sarovar {}", env!("CARGO_PKG_VERSION")),
        made_by: access.principal.id.clone(),
        date: now.format("%d/%m/%Y").to_string(),
        time: now.format("%H:%M").to_string(),
        records: Vec::new(),
        origins: Vec::new(),
        work: Vec::new(),
    }
}

/// Adds one received file with what was done with it.
async fn origin(lake: &Lake, paper: &mut Certificate, sha256: &str) -> Result<Origin, LakeError> {
    let failed = |e: store::StoreError| LakeError::Invalid(e.to_string());
    let missing = || LakeError::NoObject { sha256: sha256.into() };
    if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(missing());
    }
    let object = lake.store().object(sha256).await.map_err(failed)?.ok_or_else(missing)?;
    if let Some(mark) = raw::mark(lake.home(), sha256)? {
        let by = mark.by;
        return Err(LakeError::Denied(format!(
            "records of this file were erased by the expungement {by}; it is not as it was received"
        )));
    }
    let (home, name) = (lake.home().clone(), sha256.to_owned());
    let checked = tokio::task::spawn_blocking(move || raw::verify(&home, &name)).await;
    checked.map_err(|e| LakeError::Invalid(e.to_string()))??;
    let ist = |at: chrono::DateTime<chrono::Utc>| model::time::format_ist(at.timestamp_micros());
    let origin = Origin {
        name: object.original_name,
        sha256: sha256.into(),
        bytes: object.size.unsigned_abs(),
        received: ist(object.received_at),
        received_by: object.received_by,
        authority: object.authority,
        archive: object.parent_sha256,
    };
    paper.origins.push(origin.clone());
    let number = paper.origins.len();
    let filter = RunFilter { object: Some(sha256.into()), ..RunFilter::default() };
    let runs = lake.store().runs(&filter, Page::first(100)).await.map_err(failed)?.rows;
    let done = runs.into_iter().filter(|run| run.state == RunState::Done).map(|run| Work {
        origin: number,
        table: lake::TableName::clean(&run.contract).to_string(),
        contract: format!("{} {}", run.contract, run.contract_version),
        at: ist(run.finished_at.unwrap_or(run.started_at)),
        rows: run.input.unsigned_abs(),
        accepted: run.accepted.unsigned_abs(),
        rejected: run.rejected.unsigned_abs(),
        duplicate: run.duplicate.unsigned_abs(),
        run: run.id,
    });
    paper.work.extend(done);
    Ok(origin)
}

/// SHA-256 of a file, lower-case hex.
async fn hash(path: &Path) -> Result<String, LakeError> {
    let path = path.to_owned();
    let work = move || {
        let wrong = |source| LakeError::Io { action: "reading", path: path.clone(), source };
        let mut file = std::fs::File::open(&path).map_err(wrong)?;
        let (mut context, mut block) = (Context::new(&SHA256), vec![0; 1 << 20]);
        loop {
            match std::io::Read::read(&mut file, &mut block).map_err(wrong)? {
                0 => break,
                n => context.update(&block[..n]),
            }
        }
        Ok(context.finish().as_ref().iter().map(|b| format!("{b:02x}")).collect())
    };
    tokio::task::spawn_blocking(work).await.map_err(|e| LakeError::Invalid(e.to_string()))?
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// Language of the paper; the page's when absent.
    r#in: String,
}

impl Wanted {
    /// The language asked for, else the page's.
    pub fn language(&self, page: pages::Lang) -> Reply<Language> {
        let tag = if self.r#in.is_empty() { page.tag() } else { &self.r#in };
        tag.parse().map_err(|e: PaperError| HttpError::BadRequest(e.to_string()))
    }
}

/// The paper as a download.
pub(crate) async fn pdf(
    State(app): State<App>,
    ask: Ask,
    Segment(sha): Segment<String>,
    Query(w): Query<Wanted>,
) -> Reply<Response> {
    let tag = if w.r#in.is_empty() { ask.lang.tag() } else { &w.r#in };
    let language = w.language(ask.lang)?;
    // Before anything is logged: without fonts there is no paper.
    let fonts = fonts().map_err(|e| HttpError::Failed(e.to_string()))?;
    let certificate = of_object(&app.lake, &ask.access(&app.lake, At::Now), &sha).await?;
    let name = format!("certificate-{}-{tag}.pdf", &sha[..12]);
    let bytes = tokio::task::spawn_blocking(move || certificate.pdf(language, &fonts)).await;
    let bytes = bytes.map_err(|e| HttpError::Failed(e.to_string()))?.map_err(|e| HttpError::Failed(e.to_string()))?;
    Ok(file(&name, "application/pdf", bytes))
}

/// What the paper says, for programs.
pub(crate) async fn json(State(app): State<App>, ask: Ask, Segment(sha): Segment<String>) -> Reply<Json<Certificate>> {
    Ok(Json(of_object(&app.lake, &ask.access(&app.lake, At::Now), &sha).await?))
}

/// A download.
pub(crate) fn file(name: &str, kind: &str, bytes: Vec<u8>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    (headers, bytes).into_response()
}
