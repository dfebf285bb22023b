//! Documents: kept as raw objects, and what is read from them taken in as rows of `document.part`. Archives are opened here too, since what
//! lies in them may be documents, and so is what comes with a mail.

mod eye;

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use document::Bounds;
use lake::{Lake, LakeError, Progress, Report, Request};
use sources::{Detection, ReadSeek, archive};

pub use ::document::{Kind, kind, media_type, preview};
pub use eye::{Programs, draws_pages, thumbnail};

/// The contract of parts.
pub const CONTRACT: &str = "document.part";

/// The bytes of a file, wherever they lie.
type Input<'a> = &'a mut (dyn ReadSeek + Send);

/// Takes in a file of any kind: a document by its parts, an archive file by file, everything else by [`Lake::ingest_path`].
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
    mut file: Input<'_>,
    size: u64,
    request: Request,
    progress: &Arc<Progress>,
) -> Result<Vec<Report>, LakeError> {
    // Whoever names another source means that source.
    let open = request.contract.as_ref().is_none_or(|c| c.name == CONTRACT);
    let looked = document::kind(file);
    if let (Err(document::Error::Locked { .. }), Some(_)) = (&looked, &request.password) {
        return unlocked(lake, file, size, request, progress).await;
    }
    if open {
        if let Some(kind) = looked.map_err(|e| unread(&request.name, &e))? {
            return document(lake, file, size, kind, request, progress).await;
        }
        let reading = |source| LakeError::Io { action: "reading", path: (&request.name).into(), source };
        if archive::is_archive(&mut file).map_err(reading)? {
            return members(lake, file, size, request, progress).await;
        }
        if let Some(said) = said(&request.name) {
            let message = format!(
                "{}: its name says {said}, its bytes are none that can be read; ask the sender for it again",
                request.name
            );
            return Err(LakeError::Unreadable { code: "corrupt", message });
        }
    }
    lake.ingest(&mut file, size, request, progress).await
}

fn unread(name: &str, error: &document::Error) -> LakeError {
    LakeError::Unreadable { code: error.code(), message: format!("{name} {error}") }
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

/// What lies in a locked Word document or workbook: it is kept beside the locked one, as a file of an archive is.
async fn unlocked(
    lake: &Lake,
    mut file: Input<'_>,
    size: u64,
    request: Request,
    progress: &Arc<Progress>,
) -> Result<Vec<Report>, LakeError> {
    let password = request.password.as_deref().unwrap_or_default();
    let plain = tokio::task::block_in_place(|| document::unlock(&mut file, &Bounds::default(), password))
        .map_err(|e| unread(&request.name, &e))?;
    let received = lake.receive(&mut file, size, &request, progress).await?;
    let member_of = Some((received.sha256, request.name.clone()));
    let length = plain.len() as u64;
    let own = Request { member_of, password: None, ..request };
    Box::pin(take_in_file(lake, &mut std::io::Cursor::new(plain), length, own, progress)).await
}

/// The files of an archive one by one. One that cannot be read does not hold back the others: it is reported, and kept within the archive.
async fn members(
    lake: &Lake,
    mut file: Input<'_>,
    size: u64,
    request: Request,
    progress: &Arc<Progress>,
) -> Result<Vec<Report>, LakeError> {
    let received = lake.receive(&mut file, size, &request, progress).await?;
    let mut reports = Vec::new();
    let mut members = lake.unpack(&received.sha256, &request.name, request.password.as_deref())?;
    while let Some(member) = tokio::task::block_in_place(|| members.next()) {
        let archive::Member { name, size, input } = member?;
        match input {
            Ok(mut input) => {
                inner(lake, &received.sha256, &name, input.as_mut(), size, &request, progress, &mut reports).await?;
            }
            Err(source) => reports.push(Report::failed(&name, &LakeError::Read { name: name.clone(), source })),
        }
    }
    Ok(reports)
}

#[expect(clippy::too_many_arguments, reason = "one file, where it came in, and where its report goes")]
async fn inner(
    lake: &Lake,
    outer: &str,
    name: &str,
    input: Input<'_>,
    size: u64,
    request: &Request,
    progress: &Arc<Progress>,
    reports: &mut Vec<Report>,
) -> Result<(), LakeError> {
    let member_of = Some((outer.to_owned(), name.to_owned()));
    let request = Request { name: name.to_owned(), member_of, ..request.clone() };
    match Box::pin(take_in_file(lake, input, size, request, progress)).await {
        Ok(more) => reports.extend(more),
        Err(LakeError::Cancelled) => return Err(LakeError::Cancelled),
        Err(e) => reports.push(Report::failed(name, &e)),
    }
    Ok(())
}

async fn document(
    lake: &Lake,
    mut file: Input<'_>,
    size: u64,
    kind: Kind,
    request: Request,
    progress: &Arc<Progress>,
) -> Result<Vec<Report>, LakeError> {
    let contract = lake.contract(CONTRACT)?;
    let received = lake.receive(&mut file, size, &request, progress).await?;
    let (mut spool, bytes) = tokio::task::block_in_place(|| parts(lake, file, kind, &request))?;
    let name = format!("{}.parts.ndjson", request.name);
    let own = Request {
        contract: Some(contract),
        variant: Some(0),
        member_of: Some((received.sha256.clone(), request.name.clone())),
        name,
        password: None,
        ..request.clone()
    };
    let mut reports = lake.ingest(&mut spool, bytes, own, progress).await?;
    if matches!(kind, Kind::Mail | Kind::Mailbox) {
        attached(lake, file, kind, &received.sha256, &request, progress, &mut reports).await?;
    }
    Ok(reports)
}

/// Tables and archives that came with a mail are taken in as if they had come alone; what no contract fits stays in the mail.
async fn attached(
    lake: &Lake,
    mut file: Input<'_>,
    kind: Kind,
    mail: &str,
    request: &Request,
    progress: &Arc<Progress>,
    reports: &mut Vec<Report>,
) -> Result<(), LakeError> {
    let found = tokio::task::block_in_place(|| document::attachments(kind, &mut file, &Bounds::default()))
        .map_err(|e| unread(&request.name, &e))?;
    let any = Request { contract: None, variant: None, ..request.clone() };
    for document::Attachment { name, bytes } in found {
        let size = bytes.len() as u64;
        let mut input = std::io::Cursor::new(bytes);
        let fits = archive::is_archive(&mut input).is_ok_and(|yes| yes)
            || matches!(sources::detect(&name, &mut input, &lake.contracts()), Ok(Detection::One(_)));
        if fits {
            inner(lake, mail, &name, &mut input, size, &any, progress, reports).await?;
        }
    }
    Ok(())
}

/// The parts as lines of JSON, in a scratch file.
fn parts(lake: &Lake, mut file: Input<'_>, kind: Kind, request: &Request) -> Result<(File, u64), LakeError> {
    let (name, password) = (request.name.as_str(), request.password.as_deref());
    let eye = Programs::found();
    let parts = document::read_locked(kind, &mut file, Some(&eye), &Bounds::default(), password).map_err(|e| unread(name, &e))?;
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
