//! Documents: kept as raw objects, and what is read from them taken in as rows of `document.part`.

mod eye;

use std::fs::File;
use std::io::{BufWriter, Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use document::{Bounds, Kind};
use lake::{Lake, LakeError, Progress, Report, Request};

pub use eye::Programs;

/// The contract of parts.
pub const CONTRACT: &str = "document.part";

/// Takes in a file of any kind: a document by its parts, everything else by [`Lake::ingest_path`].
pub async fn take_in(lake: &Lake, path: &Path, mut request: Request, progress: &Arc<Progress>) -> Result<Vec<Report>, LakeError> {
    let opening = |source| LakeError::Io { action: "opening", path: path.into(), source };
    let mut file = File::open(path).map_err(opening)?;
    let size = file.metadata().map_err(opening)?.len();
    if request.name.is_empty() {
        request.name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    }
    take_in_file(lake, &mut file, size, request, progress).await
}

/// The same of an open file.
pub async fn take_in_file(
    lake: &Lake,
    file: &mut File,
    size: u64,
    request: Request,
    progress: &Arc<Progress>,
) -> Result<Vec<Report>, LakeError> {
    // Whoever names another source means that source.
    let open = request.contract.as_ref().is_none_or(|c| c.name == CONTRACT);
    if open {
        if let Some(kind) = kind_of(file, &request.name)? {
            return document(lake, file, size, kind, request, progress).await;
        }
        if let Some(said) = said(&request.name) {
            return Err(LakeError::Invalid(format!(
                "{}: its name says {said}, its bytes are none that can be read; ask the sender for it again",
                request.name
            )));
        }
    }
    lake.ingest(file, size, request, progress).await
}

fn kind_of(file: &mut File, name: &str) -> Result<Option<Kind>, LakeError> {
    let wrong = |source| LakeError::Io { action: "reading", path: name.into(), source };
    let mut head = Vec::new();
    Read::by_ref(file).take(document::HEAD as u64).read_to_end(&mut head).map_err(wrong)?;
    file.rewind().map_err(wrong)?;
    Ok(document::kind(&head))
}

/// What a name says a document is.
fn said(name: &str) -> Option<&'static str> {
    Some(match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" | "png" | "gif" | "tif" | "tiff" | "webp" | "heic" => "a picture",
        "pdf" => "PDF",
        "docx" => "a Word document",
        "eml" | "mbox" => "electronic mail",
        "mp3" | "wav" | "ogg" | "flac" | "m4a" => "sound",
        "mp4" | "mov" | "avi" | "mkv" | "webm" => "film",
        _ => return None,
    })
}

async fn document(
    lake: &Lake,
    file: &mut File,
    size: u64,
    kind: Kind,
    request: Request,
    progress: &Arc<Progress>,
) -> Result<Vec<Report>, LakeError> {
    let contract = lake.contract(CONTRACT)?;
    let received = lake.receive(file, size, &request, progress).await?;
    let (mut spool, bytes) = tokio::task::block_in_place(|| parts(lake, file, kind, &request.name))?;
    let name = format!("{}.parts.ndjson", request.name);
    let request = Request {
        contract: Some(contract),
        variant: Some(0),
        member_of: Some((received.sha256, request.name)),
        name,
        password: None,
        ..request
    };
    lake.ingest(&mut spool, bytes, request, progress).await
}

/// The parts as lines of JSON, in a scratch file.
fn parts(lake: &Lake, file: &mut File, kind: Kind, name: &str) -> Result<(File, u64), LakeError> {
    let eye = Programs::found();
    let parts =
        document::read(kind, file, Some(&eye), &Bounds::default()).map_err(|e| LakeError::Invalid(format!("{name} {e}")))?;
    let scratch = lake.home().scratch();
    let wrong = |source| LakeError::Io { action: "writing in", path: scratch.into(), source };
    let mut out = BufWriter::new(tempfile::tempfile_in(scratch).map_err(wrong)?);
    for part in parts {
        let mut row = serde_json::to_value(&part).map_err(|e| LakeError::Invalid(e.to_string()))?;
        row["file"] = name.into();
        writeln!(out, "{row}").map_err(wrong)?;
    }
    let mut spool = out.into_inner().map_err(|e| wrong(e.into_error()))?;
    let bytes = spool.metadata().map_err(wrong)?.len();
    spool.rewind().map_err(wrong)?;
    Ok((spool, bytes))
}
