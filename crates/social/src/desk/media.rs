//! The library of pictures and films on disk, and pictures that a file of messages brings or names.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use governance::Principal;
use serde_json::json;
use store::social::MediaRow;

use super::Desk;
use crate::DeskError;
use crate::media::Clean;
use crate::message::Track;

impl Desk {
    /// The same desk with the folder in which the library's files lie, each under its SHA-256.
    #[must_use]
    pub fn with_media(self, folder: PathBuf) -> Self {
        Self { media: Some(folder), ..self }
    }

    /// Where a file of the library lies.
    pub fn media_path(&self, sha256: &str) -> Result<PathBuf, DeskError> {
        let folder = self.media.as_ref().ok_or_else(|| DeskError::Invalid("this desk has no folder for pictures".into()))?;
        Ok(folder.join(sha256))
    }

    /// Keeps a cleaned file, whole or not at all: its name is its content's hash.
    pub async fn keep_file(&self, clean: &Clean) -> Result<(), DeskError> {
        let file = self.media_path(&clean.sha256)?;
        let unkept = |e: std::io::Error| DeskError::Invalid(format!("{} cannot be written: {e}", file.display()));
        if tokio::fs::try_exists(&file).await.map_err(unkept)? {
            return Ok(());
        }
        if let Some(folder) = file.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(unkept)?;
        }
        let part = file.with_extension("part");
        tokio::fs::write(&part, &clean.bytes).await.map_err(unkept)?;
        tokio::fs::rename(&part, &file).await.map_err(unkept)
    }

    /// Keeps a film's captions (SubRip or WebVTT) and gives what the library notes of them.
    pub async fn keep_captions(&self, bytes: &[u8], language: &str) -> Result<String, DeskError> {
        if !matches!(language, "hi" | "en") {
            return Err(DeskError::Invalid(format!("{language:?} is no language of captions here; hi or en")));
        }
        let text = crate::caption::srt(bytes).map_err(DeskError::Invalid)?;
        let clean =
            Clean { sha256: super::digest(&text), bytes: text.into_bytes(), mime: "application/x-subrip", width: 0, height: 0 };
        self.keep_file(&clean).await?;
        let file = self.media_path(&clean.sha256)?.display().to_string();
        let track = Track { file, sha256: clean.sha256, language: language.into() };
        serde_json::to_string(&track).map_err(|e| DeskError::Invalid(e.to_string()))
    }

    /// Adds a picture or film to a unit's library.
    pub async fn add_media(&self, who: &Principal, row: &MediaRow, now: DateTime<Utc>) -> Result<(), DeskError> {
        self.store.unit(&row.unit).await?;
        self.need(who, &row.unit, "writer").await?;
        if row.alt.trim().chars().count() < ALT {
            return Err(DeskError::Refused("say in words what the picture or film shows".into()));
        }
        self.store.put_media(row).await?;
        self.record(who, now, "media", &row.sha256, &json!({ "name": row.name, "unit": row.unit })).await
    }
}

/// Fewer characters than this describe nothing.
pub(super) const ALT: usize = 5;

/// A row of the library for a cleaned file.
pub fn media_row(clean: &Clean, unit: &str, name: &str, alt: &str, who: &Principal, now: DateTime<Utc>) -> MediaRow {
    MediaRow {
        sha256: clean.sha256.clone(),
        unit: unit.into(),
        name: name.into(),
        mime: clean.mime.into(),
        bytes: i64::try_from(clean.bytes.len()).unwrap_or(i64::MAX),
        width: clean.width.into(),
        height: clean.height.into(),
        alt: alt.trim().into(),
        principal: who.id.clone(),
        at: now.timestamp_micros(),
        track: String::new(),
    }
}
