//! The library of pictures and films: what is hidden in a file is taken out, and each has words for those who cannot see it.

use std::path::PathBuf;

use axum::Json;
use axum::body::Body;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use pages::Section;
use pages::desk::{Choice, Library, MediaLine};
use serde::Deserialize;
use serde_json::{Value, json};
use social::message::{FLAGS, Media};
use social::transcode::{self, Wish};
use store::social::MediaRow;

use super::own_units;
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

/// Pictures on one page of the library.
const PER_PAGE: i64 = 24;

/// Where a file of the library lies.
pub(super) fn path(app: &App, sha256: &str) -> PathBuf {
    app.lake.home().root().join("desk-media").join(sha256)
}

/// What is looked for in the library, and which page of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    pub find: String,
    pub page: u32,
}

impl Search {
    pub(super) fn of(find: &str, page: &str) -> Self {
        Self { find: find.to_owned(), page: page.parse().unwrap_or_default() }
    }
}

/// A page of the library under the pictures a message has.
pub(super) struct Shelf {
    pub lines: Vec<MediaLine>,
    pub more: bool,
}

/// Under which name a picture of a message stands on the sheet: its hash; its place, where it has none.
pub(super) fn key(m: &Media, place: usize) -> String {
    if m.sha256.is_empty() { format!("at{place}") } else { m.sha256.clone() }
}

/// A picture of the library as part of a message: what is sent is what was kept there.
pub(super) fn of(app: &App, row: MediaRow) -> Media {
    Media {
        file: path(app, &row.sha256).display().to_string(),
        captions: !row.track.is_empty(),
        track: serde_json::from_str(&row.track).ok(),
        mime: row.mime,
        bytes: row.bytes.unsigned_abs(),
        sha256: row.sha256,
        alt: row.alt,
        ..Media::default()
    }
}

fn flags(ask: &Ask, media: &Media) -> Vec<Choice> {
    let mut media = media.clone();
    let one = |name: &&str| Choice {
        value: (*name).to_owned(),
        text: ask.lang.text(&format!("desk-fact-{name}")),
        chosen: media.flag(name).is_some_and(|f| *f),
    };
    FLAGS.iter().map(one).collect()
}

/// What a message has comes first and never goes away by itself; then a page of the library.
pub(super) async fn shelf(app: &App, ask: &Ask, search: &Search, chosen: &[Media]) -> Reply<Shelf> {
    let store = app.lake.store();
    let mut lines = Vec::new();
    for (i, m) in chosen.iter().enumerate() {
        let row = store.media(&m.sha256).await.ok();
        let name = row.as_ref().map_or_else(|| m.file.rsplit('/').next().unwrap_or_default().to_owned(), |r| r.name.clone());
        lines.push(MediaLine {
            size: row.as_ref().map(size).unwrap_or_default(),
            key: key(m, i),
            chosen: true,
            bytes: m.bytes,
            sha256: m.sha256.clone(),
            alt: m.alt.clone(),
            mime: m.mime.clone(),
            flags: flags(ask, m),
            name,
        });
    }
    let mut rows = store.media_page(&search.find, search.page, PER_PAGE + 1).await?;
    let more = rows.len() > usize::try_from(PER_PAGE).unwrap_or_default();
    rows.truncate(usize::try_from(PER_PAGE).unwrap_or_default());
    rows.retain(|r| !chosen.iter().any(|c| c.sha256 == r.sha256));
    lines.extend(rows.into_iter().map(|row| MediaLine {
        size: size(&row),
        key: row.sha256.clone(),
        chosen: false,
        bytes: row.bytes.unsigned_abs(),
        name: row.name.clone(),
        flags: flags(ask, &of(app, row.clone())),
        sha256: row.sha256,
        alt: row.alt,
        mime: row.mime,
    }));
    Ok(Shelf { lines, more })
}

fn size(row: &MediaRow) -> String {
    if row.width > 0 { format!("{} × {}", row.width, row.height) } else { String::new() }
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(search): Query<Search>) -> Reply {
    let shelf = shelf(&app, &ask, &search, &[]).await?;
    show(Library {
        units: own_units(&app, &ask, "").await?,
        media: shelf.lines,
        more: shelf.more,
        find: search.find,
        page: search.page,
        shell: ask.shell(Section::Desk, ask.lang.text("desk-media")),
    })
}

pub(crate) async fn json(State(app): State<App>, Query(search): Query<Search>) -> Reply<Json<Value>> {
    Ok(Json(json!({ "media": app.lake.store().media_page(&search.find, search.page, PER_PAGE).await? })))
}

pub(crate) async fn add(State(app): State<App>, ask: Ask, form: Multipart) -> Reply<Redirect> {
    take(&app, &ask, form).await?;
    Ok(Redirect::to("/desk/media"))
}

/// Puts the file of a form into the library.
pub(super) async fn take(app: &App, ask: &Ask, mut form: Multipart) -> Reply<MediaRow> {
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
    Ok(row)
}

pub(crate) async fn file(State(app): State<App>, Path(sha): Path<String>) -> Reply<Response> {
    let row = app.lake.store().media(&sha).await.map_err(|_| HttpError::NotFound)?;
    let bytes = tokio::fs::read(path(&app, &row.sha256)).await?;
    Ok(([(header::CONTENT_TYPE, row.mime)], Body::from(bytes)).into_response())
}
