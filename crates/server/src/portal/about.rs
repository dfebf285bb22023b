//! Pages about the portal itself, and pictures of what is published.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pages::Lang;
use pages::portal::{PAPERS, Paper, Picture, Sitemap};
use serde_json::Value;

use super::page::{moment, public_campaigns};
use super::{Portal, Wrong, kept, lang};

/// A picture of a published message. A film, and what does not lie in the library, is told in words.
pub(super) async fn picture(p: &Portal, post: &str, m: &Value) -> Result<Picture, Wrong> {
    let text = |key: &str| m[key].as_str().unwrap_or_default();
    let own = match text("sha256") {
        "" => None,
        sha => p.store().media(sha).await.ok().filter(|row| row.mime.starts_with("image/")),
    };
    let side = |n: i64| u32::try_from(n).unwrap_or_default();
    Ok(Picture {
        src: own.as_ref().map(|row| format!("/picture/{post}/{}", row.sha256)),
        alt: text("alt").to_owned(),
        width: own.as_ref().map_or(0, |row| side(row.width)),
        height: own.as_ref().map_or(0, |row| side(row.height)),
    })
}

/// Our own copy of a picture, for as long as its message is out. The address names the content, so a cache asks by its hash; it may
/// keep it no longer than a few minutes, since a court may order it down.
pub(crate) async fn shown(
    State(p): State<Portal>,
    Path((post, sha)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Wrong> {
    let row = p.store().published_one(&post).await?.ok_or(Wrong::Missing)?;
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    if !body["media"].as_array().into_iter().flatten().any(|m| m["sha256"] == sha.as_str()) {
        return Err(Wrong::Missing);
    }
    let media = p.store().media(&sha).await.map_err(|_| Wrong::Missing)?;
    if !media.mime.starts_with("image/") {
        return Err(Wrong::Missing);
    }
    let tag = format!("\"{sha}\"");
    let head =
        [(header::CONTENT_TYPE, media.mime), (header::CACHE_CONTROL, "public, max-age=300".into()), (header::ETAG, tag.clone())];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok((StatusCode::NOT_MODIFIED, head).into_response());
    }
    let file = p.lake.home().root().join("desk-media").join(&media.sha256);
    let bytes = tokio::fs::read(file).await.map_err(|_| Wrong::Missing)?;
    Ok((head, bytes).into_response())
}

/// A page about the portal itself.
async fn about(p: &Portal, tag: &str, id: &str) -> Result<Response, Wrong> {
    let lang = lang(tag)?;
    let about = PAPERS.iter().find(|a| a.id == id).cloned().ok_or(Wrong::Missing)?;
    let mut door = p.door(lang, id, "portal-about");
    door.title.clone_from(if lang == Lang::Hi { &about.hi } else { &about.en });
    door.updated = about.updated.and_hms_opt(0, 0, 0).map(|t| moment(model::time::from_ist(t)));
    let top = p.store().units().await?.into_iter().find(|u| u.parent.is_none());
    let numbers = top.map(|u| u.numbers.split(',').map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned).collect());
    kept(Paper { door, about, numbers: numbers.unwrap_or_default() })
}

pub(crate) async fn rules(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    about(&p, &tag, "rules").await
}

pub(crate) async fn privacy(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    about(&p, &tag, "privacy").await
}

pub(crate) async fn copyright(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    about(&p, &tag, "copyright").await
}

pub(crate) async fn accessibility(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    about(&p, &tag, "accessibility").await
}

pub(crate) async fn terms(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    about(&p, &tag, "terms").await
}

pub(crate) async fn contact(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    about(&p, &tag, "contact").await
}

pub(crate) async fn sitemap(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    let lang = lang(&tag)?;
    kept(Sitemap { campaigns: public_campaigns(&p, lang).await?, door: p.door(lang, "sitemap", "portal-sitemap") })
}
