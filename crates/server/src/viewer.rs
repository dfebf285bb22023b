//! Photographs, sound and film in a page: what the table of documents shows somebody whole may be looked at, each look with its record.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lake::session::Session;
use lake::{At, LakeError, TableName};
use pages::raw::Shown;
use pages::table::{Cell, Grid, GridColumn};
use serde::Deserialize;
use serde_json::json;
use tokio_util::io::ReaderStream;

use crate::App;
use crate::ask::Ask;
use crate::cells::texts;
use crate::fault::{HttpError, Reply};

/// Parts that are shown of one document.
const PARTS: usize = 50;
/// Most bytes of a photograph that is held to look for the small one in it.
const HELD: u64 = 64 << 20;
const PDF: &str = "application/pdf";

/// What a document's page shows of it.
pub(crate) async fn shown(app: &App, ask: &Ask, session: &Session, sha: &str) -> Reply<Option<Shown>> {
    let rows = parts(app, session, sha).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let column = |key: &str| GridColumn { name: ask.lang.text(key), numeric: false, class: None };
    let keys = ["part-part", "part-label", "part-method", "part-text", "part-made", "part-device", "part-size", "part-seconds"];
    let parts = Grid {
        columns: keys.into_iter().map(column).collect(),
        rows: rows.into_iter().map(|row| row.into_iter().map(|text| Cell { text, href: None }).collect()).collect(),
    };
    let whole = app.lake.shows_all(&ask.access(&app.lake, At::Now), &table());
    let kind = match media(app, sha)?.filter(|_| whole) {
        Some(PDF) => ways::document::draws_pages().then_some("page"),
        mime => mime.map(|mime| mime.split('/').next().unwrap_or_default()),
    };
    Ok(Some(Shown { parts, kind }))
}

fn table() -> TableName {
    TableName::clean(ways::document::CONTRACT)
}

async fn parts(app: &App, session: &Session, sha: &str) -> Reply<Vec<Vec<Option<String>>>> {
    if !app.lake.home().table(&table()).is_dir() {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT part, coalesce(label, kind), method, coalesce(text, remark), created_at, device, \
         CASE WHEN width IS NULL THEN NULL ELSE concat(width, ' × ', height) END, round(seconds, 1) \
         FROM {} WHERE document = '{sha}' ORDER BY part LIMIT {PARTS}",
        table()
    );
    match session.rows(&sql).await {
        Ok(found) => texts(&found, PARTS),
        Err(LakeError::Denied(_)) => Ok(Vec::new()),
        Err(error) => Err(error.into()),
    }
}

/// The media type of a raw object of which a page shows something: of a PDF its first page, drawn small.
fn media(app: &App, sha: &str) -> Reply<Option<&'static str>> {
    let mut head = Vec::new();
    lake::raw::open(app.lake.home(), sha)?.take(4096).read_to_end(&mut head)?;
    Ok(if head.starts_with(b"%PDF") { Some(PDF) } else { ways::document::media_type(&head) })
}

/// The small picture: the one the camera put in, or one that a program of the machine draws; none where neither is there.
fn small(mut opened: File, mime: &str) -> Option<Vec<u8>> {
    let kind = match mime {
        PDF => ways::document::Kind::Pdf,
        "image/jpeg" => {
            let mut bytes = Vec::new();
            (&mut opened).take(HELD).read_to_end(&mut bytes).ok()?;
            if let Some(inside) = ways::document::preview(&bytes) {
                return Some(inside.to_vec());
            }
            opened.rewind().ok()?;
            ways::document::Kind::Image
        }
        mime if mime.starts_with("image/") => ways::document::Kind::Image,
        _ => return None,
    };
    ways::document::thumbnail(kind, &mut opened).ok()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// The small picture in a photograph, where there is one.
    small: Option<String>,
}

/// The picture or recording itself.
pub(crate) async fn file(
    State(app): State<App>,
    ask: Ask,
    Path(sha): Path<String>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Reply<Response> {
    if sha.len() != 64 || !sha.bytes().all(|byte| byte.is_ascii_hexdigit()) || app.lake.store().object(&sha).await?.is_none() {
        return Err(HttpError::NoObject(sha));
    }
    let access = ask.access(&app.lake, At::Now);
    let (app_, sha_, drawn) = (&app, sha.as_str(), wanted.small.is_some());
    let mime = app
        .lake
        .act(&access, "view", |session| async move {
            let found = parts(app_, &session, sha_).await?;
            if found.is_empty() || !app_.lake.shows_all(session.access(), &table()) {
                return Err(LakeError::Denied(
                    "a picture or recording shows all that its row hides; not all of its row is open to you".into(),
                )
                .into());
            }
            let mime = media(app_, sha_)?
                .filter(|mime| *mime != PDF || drawn)
                .ok_or_else(|| HttpError::BadRequest("this is nothing that a page can show".into()))?;
            Ok::<_, HttpError>((mime, json!({ "object": sha_ })))
        })
        .await?;
    let opened = lake::raw::open(app.lake.home(), &sha)?;
    let size = opened.metadata()?.len();
    if drawn && size <= HELD {
        let copy = lake::raw::open(app.lake.home(), &sha)?;
        if let Ok(Some(small)) = tokio::task::spawn_blocking(move || small(copy, mime)).await {
            return Ok(([(header::CONTENT_TYPE, "image/jpeg")], Body::from(small)).into_response());
        }
    }
    if mime == PDF {
        return Err(HttpError::BadRequest("its first page cannot be drawn here".into()));
    }
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).and_then(|text| span(text, size));
    send(opened, mime, size, range).await
}

/// `bytes=FROM-TO` of a file of `size` bytes: first and last byte. More than one range is answered by the whole.
fn span(text: &str, size: u64) -> Option<(u64, u64)> {
    let (from, to) = text.strip_prefix("bytes=")?.split_once('-')?;
    let last = size.checked_sub(1)?;
    match (from.trim(), to.trim()) {
        ("", length) => Some((size.saturating_sub(length.parse().ok()?), last)),
        (from, "") => Some((from.parse().ok()?, last)),
        (from, to) => Some((from.parse().ok()?, to.parse::<u64>().ok()?.min(last))),
    }
    .filter(|(from, to)| from <= to)
}

async fn send(mut file: File, mime: &'static str, size: u64, range: Option<(u64, u64)>) -> Reply<Response> {
    use tokio::io::AsyncReadExt;
    let (from, to) = range.unwrap_or((0, size.saturating_sub(1)));
    file.seek(SeekFrom::Start(from))?;
    let length = if size == 0 { 0 } else { to - from + 1 };
    let body = Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file).take(length)));
    // As it is: packed again, ranges would not fit.
    let told = [
        (header::CONTENT_TYPE, mime.to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
        (header::ACCEPT_RANGES, "bytes".to_owned()),
        (header::CONTENT_ENCODING, "identity".to_owned()),
    ];
    Ok(match range {
        None => (told, body).into_response(),
        Some(_) => (StatusCode::PARTIAL_CONTENT, told, [(header::CONTENT_RANGE, format!("bytes {from}-{to}/{size}"))], body)
            .into_response(),
    })
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn a_range_lies_within_the_file() {
        for (text, expected) in [
            ("bytes=0-9", Some((0, 9))),
            ("bytes=90-", Some((90, 99))),
            ("bytes=-10", Some((90, 99))),
            ("bytes=0-1000", Some((0, 99))),
            ("bytes=100-", None),
            ("bytes=9-3", None),
            ("bytes=0-1,5-6", None),
            ("lines=0-1", None),
        ] {
            assert_eq!(span(text, 100), expected, "{text}");
        }
        assert_eq!(span("bytes=0-", 0), None);
    }
}
