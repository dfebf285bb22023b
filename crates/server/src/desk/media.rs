//! The library of pictures and films: what is hidden in a file is taken out, and each has words for those who cannot see it.

use std::path::PathBuf;

use axum::body::Body;
use axum::extract::{Multipart, Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use pages::Section;
use pages::desk::{Library, MediaLine};
use social::message::Media;
use social::transcode::{self, Wish};
use store::social::MediaRow;

use super::units;
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

/// Where a file of the library lies.
pub(super) fn path(app: &App, sha256: &str) -> PathBuf {
    app.lake.home().root().join("desk-media").join(sha256)
}

pub(super) async fn lines(app: &App, unit: Option<&str>, chosen: &[Media]) -> Reply<Vec<MediaLine>> {
    let rows = app.lake.store().media_of(unit, 100).await?;
    let line = |m: MediaRow| MediaLine {
        size: if m.width > 0 { format!("{} × {}", m.width, m.height) } else { String::new() },
        chosen: chosen.iter().any(|c| c.sha256 == m.sha256),
        bytes: m.bytes.unsigned_abs(),
        sha256: m.sha256,
        name: m.name,
        alt: m.alt,
        mime: m.mime,
    };
    Ok(rows.into_iter().map(line).collect())
}

pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    let media = lines(&app, None, &[]).await?;
    show(Library { units: units(&app, &ask, "").await?, media, shell: ask.shell(Section::Desk, ask.lang.text("desk-media")) })
}

pub(crate) async fn add(State(app): State<App>, ask: Ask, mut form: Multipart) -> Reply<Redirect> {
    let (mut unit, mut alt, mut name, mut bytes) = (String::new(), String::new(), String::new(), Vec::new());
    let (mut shape, mut width, mut captions, mut language) = (String::new(), String::new(), Vec::new(), String::new());
    let unreadable = |e: axum::extract::multipart::MultipartError| HttpError::BadRequest(e.to_string());
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name().unwrap_or_default() {
            "unit" => unit = field.text().await.map_err(unreadable)?,
            "alt" => alt = field.text().await.map_err(unreadable)?,
            "shape" => shape = field.text().await.map_err(unreadable)?,
            "width" => width = field.text().await.map_err(unreadable)?,
            "language" => language = field.text().await.map_err(unreadable)?,
            "captions" => captions = field.bytes().await.map_err(unreadable)?.to_vec(),
            "file" => {
                name = field.file_name().unwrap_or_default().to_owned();
                bytes = field.bytes().await.map_err(unreadable)?.to_vec();
            }
            _ => {}
        }
    }
    let wish = Wish::parse(&shape, &width).map_err(HttpError::Desk)?;
    let scratch = app.lake.home().scratch().join("media");
    let clean = transcode::take(bytes, wish, transcode::program().as_deref(), &scratch).await.map_err(HttpError::Desk)?;
    let (desk, now) = (app.desk(), app.lake.now());
    desk.keep_file(&clean).await?;
    let mut row = social::desk::media_row(&clean, &unit, &name, &alt, &ask.principal, now);
    if !captions.is_empty() {
        row.track = desk.keep_captions(&captions, &language).await?;
    }
    desk.add_media(&ask.principal, &row, now).await?;
    Ok(Redirect::to("/desk/media"))
}

pub(crate) async fn file(State(app): State<App>, Path(sha): Path<String>) -> Reply<Response> {
    let row = app.lake.store().media(&sha).await.map_err(|_| HttpError::NotFound)?;
    let bytes = tokio::fs::read(path(&app, &row.sha256)).await?;
    Ok(([(header::CONTENT_TYPE, row.mime)], Body::from(bytes)).into_response())
}
