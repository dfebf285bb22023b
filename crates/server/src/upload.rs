//! Files in: a plain form, and the resumable protocol (tus 1.0: creation, offset, termination) behind it.
//!
//! Bytes are on disk before the offset that names them is recorded, so a power cut may cost a repeat, never a hole.

use std::path::{Path as FilePath, PathBuf};

use axum::body::Body;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::Duration;
use futures::StreamExt;
use lake::Request;
use pages::Section;
use pages::intake::{ContractChoice, PendingUpload, Upload};
use pages::shell::{Crumb, Island};
use pages::table::FieldError;
use serde::{Deserialize, Serialize};
use store::{NewUpload, Page, UploadState};
use tokio::fs::{self, File, OpenOptions};
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

/// Largest accepted file in bytes; larger ones are taken in on the server.
const LIMIT: u64 = 64 << 30;
const FOLDER: &str = "uploads";
const TUS: &str = "1.0.0";

/// What was chosen beside the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Choice {
    contract: String,
    authority: String,
    /// The contract was kept a moment ago.
    #[serde(skip_serializing)]
    saved: Option<String>,
}

/// The upload form.
pub(crate) async fn form(State(app): State<App>, ask: Ask, Query(choice): Query<Choice>) -> Reply {
    show(page(&app, &ask, choice, Vec::new()).await?)
}

async fn page(app: &App, ask: &Ask, choice: Choice, errors: Vec<FieldError>) -> Reply<Upload> {
    let mut shell = ask.shell(Section::Sources, ask.lang.text("upload-title"));
    shell.island = Some(Island::Upload);
    shell.trail = vec![Crumb::new("/sources", shell.t("nav-sources"))];
    let now = app.lake.now();
    let open = app.lake.store().open_uploads(now + Duration::days(1), Page::first(20)).await?;
    let pending = open
        .into_iter()
        .filter(|upload| upload.principal == ask.principal.id && app.jobs.get(&upload.id).is_none())
        .map(|upload| PendingUpload {
            id: upload.id,
            file: upload.name,
            size: upload.size as u64,
            received: upload.offset as u64,
            started: upload.created_at,
        })
        .collect();
    let choices = app
        .lake
        .contracts()
        .iter()
        .map(|contract| ContractChoice {
            name: contract.name.clone(),
            title: ask.pick(&contract.title.hi, &contract.title.en).to_owned(),
            authority_required: contract.authority_required,
        })
        .collect();
    Ok(Upload {
        choices,
        chosen: choice.contract,
        saved: choice.saved.is_some(),
        authority: choice.authority,
        candidates: Vec::new(),
        errors,
        pending,
        limit: LIMIT,
        shell,
    })
}

/// The plain form: whole files in one request.
pub(crate) async fn send(State(app): State<App>, ask: Ask, mut parts: Multipart) -> Reply<Response> {
    let wrong = |error: axum::extract::multipart::MultipartError| HttpError::BadRequest(error.body_text());
    let (mut choice, mut password, mut sent) = (Choice::default(), None, Vec::new());
    while let Some(mut part) = parts.next_field().await.map_err(wrong)? {
        match part.name() {
            Some("contract") => choice.contract = part.text().await.map_err(wrong)?,
            Some("authority") => choice.authority = part.text().await.map_err(wrong)?,
            Some("password") => password = Some(part.text().await.map_err(wrong)?).filter(|word| !word.is_empty()),
            Some("file") if part.file_name().is_some_and(|name| !name.is_empty()) => {
                let name = base_name(part.file_name().unwrap_or_default());
                let request = request(&app, &ask, &name, &choice)?;
                let upload = app
                    .lake
                    .store()
                    .start_upload(
                        NewUpload { principal: ask.principal.id.clone(), name, size: 0, folder: FOLDER.into() },
                        app.lake.now(),
                    )
                    .await?;
                let path = place(&app, &upload.path).await?;
                let mut file = File::create(&path).await?;
                while let Some(chunk) = part.chunk().await.map_err(wrong)? {
                    file.write_all(&chunk).await?;
                }
                file.flush().await?;
                sent.push((upload.id, path, request));
            }
            _ => {}
        }
    }
    // All of them are here before the first is read.
    let ids: Vec<String> = sent.iter().map(|(id, ..)| id.clone()).collect();
    for (id, path, request) in sent {
        app.jobs.start(&app.lake, &id, path, Request { password: password.clone(), ..request });
    }
    match ids.as_slice() {
        [] => {}
        [one] => return Ok(Redirect::to(&format!("/runs/{one}")).into_response()),
        _ => return Ok(Redirect::to(&format!("/runs/together?of={}", ids.join(","))).into_response()),
    }
    let errors = vec![FieldError { field: "file".into(), message: ask.lang.text("upload-choose-file") }];
    Ok((StatusCode::UNPROCESSABLE_ENTITY, show(page(&app, &ask, choice, errors).await?)?).into_response())
}

/// `POST /uploads`: opens an upload of `Upload-Length` bytes.
pub(crate) async fn create(State(app): State<App>, ask: Ask, headers: HeaderMap) -> Reply<Response> {
    let size: u64 =
        number(&headers, "upload-length").ok_or_else(|| HttpError::BadRequest("Upload-Length is missing or no number".into()))?;
    if size > LIMIT {
        return Err(HttpError::TooLarge { limit: LIMIT });
    }
    let said = metadata(headers.get("upload-metadata").and_then(|value| value.to_str().ok()).unwrap_or_default());
    let of = |key: &str| said.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone()).unwrap_or_default();
    let choice = Choice { contract: of("contract"), authority: of("authority"), saved: None };
    let name = base_name(&of("filename"));
    // Refuses a wrong contract before a byte is sent.
    request(&app, &ask, &name, &choice)?;
    let upload = app
        .lake
        .store()
        .start_upload(
            NewUpload { principal: ask.principal.id.clone(), name, size: size as i64, folder: FOLDER.into() },
            app.lake.now(),
        )
        .await?;
    let path = place(&app, &upload.path).await?;
    fs::write(beside(&path), serde_json::to_vec(&choice).unwrap_or_default()).await?;
    File::create(&path).await?.sync_all().await?;
    Ok((
        StatusCode::CREATED,
        [("tus-resumable", TUS.to_owned()), ("location", format!("/uploads/{}", upload.id)), ("upload-offset", "0".to_owned())],
    )
        .into_response())
}

/// `HEAD /uploads/{id}`: how much is here.
pub(crate) async fn offset(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Response> {
    let upload = open(&app, &ask, &id).await?;
    Ok((
        StatusCode::OK,
        [
            ("tus-resumable", TUS.to_owned()),
            ("upload-offset", upload.offset.to_string()),
            ("upload-length", upload.size.to_string()),
        ],
    )
        .into_response())
}

/// `PATCH /uploads/{id}`: the next bytes; the last ones start the ingest and name its page.
pub(crate) async fn append(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Reply<Response> {
    let upload = open(&app, &ask, &id).await?;
    let from: i64 =
        number(&headers, "upload-offset").ok_or_else(|| HttpError::BadRequest("Upload-Offset is missing or no number".into()))?;
    if from != upload.offset {
        return Err(HttpError::Conflict { stands: upload.offset });
    }
    let path = app.lake.home().root().join(&upload.path);
    let mut file = OpenOptions::new().write(true).open(&path).await?;
    file.seek(std::io::SeekFrom::Start(from as u64)).await?;
    let mut stands = from;
    let mut frames = body.into_data_stream();
    let mut broken = false;
    while let Some(frame) = frames.next().await {
        // A broken connection ends the part here; what came is kept.
        let Ok(bytes) = frame else {
            broken = true;
            break;
        };
        if stands + bytes.len() as i64 > upload.size {
            return Err(HttpError::BadRequest(format!("more than the announced {} bytes came", upload.size)));
        }
        file.write_all(&bytes).await?;
        stands += bytes.len() as i64;
    }
    file.flush().await?;
    file.sync_data().await?;
    app.lake.store().advance_upload(&id, from, stands, app.lake.now()).await?;
    let said = [("tus-resumable", TUS.to_owned()), ("upload-offset", stands.to_string())];
    if stands < upload.size || broken {
        return Ok((StatusCode::NO_CONTENT, said).into_response());
    }
    let choice = fs::read(beside(&path)).await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
    let request = Request { password: password(&headers), ..request(&app, &ask, &upload.name, &choice)? };
    app.jobs.start(&app.lake, &id, path.clone(), request);
    fs::remove_file(beside(&path)).await.ok();
    Ok((StatusCode::NO_CONTENT, said, [(header::LOCATION, format!("/runs/{id}"))]).into_response())
}

/// `DELETE /uploads/{id}`: gives it up.
pub(crate) async fn discard(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Response> {
    drop_upload(&app, &ask, &id).await?;
    Ok((StatusCode::NO_CONTENT, [("tus-resumable", TUS)]).into_response())
}

/// The same from a form.
pub(crate) async fn cancel(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Redirect> {
    drop_upload(&app, &ask, &id).await?;
    Ok(Redirect::to("/upload"))
}

async fn drop_upload(app: &App, ask: &Ask, id: &str) -> Reply<()> {
    let upload = open(app, ask, id).await?;
    app.lake.store().cancel_upload(id, app.lake.now()).await?;
    let path = app.lake.home().root().join(&upload.path);
    fs::remove_file(beside(&path)).await.ok();
    fs::remove_file(&path).await?;
    Ok(())
}

async fn open(app: &App, ask: &Ask, id: &str) -> Reply<store::Upload> {
    let upload = app.lake.store().upload(id).await?.ok_or(HttpError::NotFound)?;
    if upload.principal != ask.principal.id || upload.state != UploadState::Open || app.jobs.get(id).is_some() {
        return Err(HttpError::NotFound);
    }
    Ok(upload)
}

fn request(app: &App, ask: &Ask, name: &str, choice: &Choice) -> Reply<Request> {
    let contract = match choice.contract.as_str() {
        "" => None,
        name => Some(app.lake.contract(name)?),
    };
    let authority = Some(choice.authority.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(Request { contract, name: name.to_owned(), authority, received_by: ask.principal.id.clone(), ..Request::default() })
}

/// Of a locked file, as base64 in `X-File-Password`: it comes with the bytes and is kept nowhere.
fn password(headers: &HeaderMap) -> Option<String> {
    let bytes = base64(headers.get("x-file-password")?.to_str().ok()?)?;
    String::from_utf8(bytes).ok().filter(|word| !word.is_empty())
}

async fn place(app: &App, path: &str) -> Reply<PathBuf> {
    let path = app.lake.home().root().join(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).await?;
    }
    Ok(path)
}

fn beside(path: &FilePath) -> PathBuf {
    path.with_extension("choice.json")
}

/// A file's name without any folder, as either kind of system writes it.
pub(crate) fn base_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().trim_matches(|c: char| c == '.' || c.is_control());
    if name.is_empty() { "file".to_owned() } else { name.chars().take(200).collect() }
}

fn number<T: std::str::FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok()
}

/// `Upload-Metadata`: pairs of a key and a base64 text.
fn metadata(text: &str) -> Vec<(String, String)> {
    text.split(',')
        .filter_map(|pair| {
            let mut words = pair.split_whitespace();
            let key = words.next()?;
            Some((key.to_owned(), String::from_utf8(base64(words.next().unwrap_or_default())?).ok()?))
        })
        .collect()
}

/// Standard base64 with or without padding; none when a character is foreign.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut held) = (0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{base_name, base64, metadata};

    #[test]
    fn metadata_is_read_as_the_protocol_writes_it() {
        let said = metadata("filename w5xiZXIuY3N2,contract Y2N0bnMuZmly,authority ");
        assert_eq!(said[0], ("filename".into(), "Über.csv".into()));
        assert_eq!(said[1].1, "cctns.fir");
        assert_eq!(said[2].1, "");
        assert!(base64("a b").is_none());
    }

    #[test]
    fn a_name_never_carries_a_folder() {
        assert_eq!(base_name("../../etc/passwd"), "passwd");
        assert_eq!(base_name("C:\\cases\\FIR.csv"), "FIR.csv");
        assert_eq!(base_name(".."), "file");
    }
}
