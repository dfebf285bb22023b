//! What is said of an export: which file it is, from which received files it was made, who took it out, why, and until when it may be kept.
//! A certificate for a court is made from it.
//!
//! Every file of rows leaves through here, whatever asked for it: it is written whole, hashed, and its manifest kept and logged before the first
//! byte is handed over. The mark (who, when, for what) stands in the file itself where the format has a place for it.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::access::Export;

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::export::{Format, Style, Written, to_file};
use crate::home::TableName;
use crate::session::{Access, Answer};

/// The setting of the days an export may be kept, and what it is where nobody set it.
pub const DAYS: &str = "access.export_days";
const USUAL_DAYS: i64 = 30;

/// The manifest of one export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Under which the lake remembers it.
    #[serde(default)]
    pub id: String,
    /// Name of the exported file, without a folder; it lies beside the manifest.
    pub file: String,
    /// The table, or what else the rows are: `query`, `search`, a dossier's table, a page's.
    pub table: String,
    pub rows: u64,
    pub bytes: u64,
    /// Of the exported file, lower-case hex.
    pub sha256: String,
    /// RFC 3339, UTC.
    pub at: String,
    /// When the file is to be destroyed.
    #[serde(default)]
    pub until: String,
    pub who: String,
    pub purpose: Option<String>,
    pub case: Option<String>,
    /// Authorities it was read under.
    #[serde(default)]
    pub authority: Option<String>,
    /// Who, when and for what, as one line.
    #[serde(default)]
    pub mark: String,
    /// Whether the mark stands in the file too.
    #[serde(default)]
    pub marked: bool,
    /// SHA-256 of the query, where one was asked.
    #[serde(default)]
    pub query: Option<String>,
    /// Tables it was read from.
    #[serde(default)]
    pub tables: Vec<String>,
    /// SHA-256 of every received file that gave rows, sorted; empty for a table whose rows name none.
    pub objects: Vec<String>,
}

/// What is about to leave.
#[derive(Debug, Clone, Default)]
pub struct Leaving<'a> {
    /// Name of the file, without a folder.
    pub file: &'a str,
    /// See [`Manifest::table`].
    pub what: &'a str,
    pub query: Option<&'a str>,
    pub for_spreadsheet: bool,
}

/// The head of a manifest, known before a byte is written.
#[derive(Debug, Clone)]
pub struct Stamp {
    pub id: String,
    pub at: DateTime<Utc>,
    pub until: DateTime<Utc>,
    /// Who, when and for what, as one line.
    pub mark: String,
}

impl Manifest {
    /// Where the manifest of an exported file lies: `calls.csv` has `calls.csv.manifest.json`.
    pub fn beside(file: &Path) -> PathBuf {
        let mut name = file.as_os_str().to_owned();
        name.push(".manifest.json");
        name.into()
    }

    pub fn read(path: &Path) -> Result<Manifest> {
        let text = std::fs::read_to_string(path).map_err(LakeError::io("reading", path))?;
        Manifest::parse(&text).map_err(|e| {
            let what = "this is no manifest of an export; `sarovar export` writes one beside the file";
            LakeError::Invalid(format!("{}: {what} ({e})", path.display()))
        })
    }

    pub fn parse(text: &str) -> std::result::Result<Manifest, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Writes it beside the exported file.
    pub fn write_beside(&self, file: &Path) -> Result<PathBuf> {
        let path = Manifest::beside(file);
        let text = serde_json::to_string_pretty(self).map_err(|e| LakeError::Invalid(e.to_string()))?;
        std::fs::write(&path, text).map_err(LakeError::io("writing", &path))?;
        Ok(path)
    }

    /// Whether the file was to be destroyed before `now`. A manifest from before there were such days has none.
    pub fn over(&self, now: DateTime<Utc>) -> bool {
        DateTime::parse_from_rfc3339(&self.until).is_ok_and(|until| until <= now)
    }

    /// What the access log keeps of it. A file's name may be somebody's, and stays out.
    pub fn noted(&self) -> serde_json::Value {
        json!({
            "export": self.id, "of": self.table, "rows": self.rows, "sha256": self.sha256, "until": self.until,
            "objects": self.objects.len(), "query": self.query,
        })
    }
}

impl Lake {
    /// Begins an export.
    pub async fn stamp(&self, access: &Access) -> Result<Stamp> {
        let days = self.store().setting::<i64>(DAYS).await.map_err(crate::state)?.unwrap_or(USUAL_DAYS).clamp(1, 3650);
        let at = self.now();
        let until = at + TimeDelta::days(days);
        let (purpose, case) = why(access);
        let parts = [Some(access.principal.id.clone()), Some(model::time::format_ist(at.timestamp_micros())), purpose, case];
        let reason: Vec<String> = parts.into_iter().flatten().collect();
        let id = self.store().fresh_id(at);
        let last: String = model::time::format_ist(until.timestamp_micros()).chars().take(10).collect();
        Ok(Stamp { mark: format!("Sarovar {id} · {} · {last}", reason.join(" · ")), id, at, until })
    }

    /// Writes the rows of `answer` into a file, and keeps its manifest. The caller logs [`Manifest::noted`] before he hands the file over.
    pub async fn leave(
        &self,
        access: &Access,
        leaving: &Leaving<'_>,
        answer: Answer,
        format: Format,
        to: &Path,
    ) -> Result<(Written, Manifest)> {
        let stamp = self.stamp(access).await?;
        let tables: Vec<String> = answer.touched.keys().cloned().collect();
        let style = Style { for_spreadsheet: leaving.for_spreadsheet, mark: &stamp.mark };
        let written = to_file(answer, format, style, to).await?;
        let manifest = self.keep_manifest(access, stamp, leaving, &written, tables, format.takes_mark()).await?;
        Ok((written, manifest))
    }

    /// Keeps the manifest of a file that is written.
    pub async fn keep_manifest(
        &self,
        access: &Access,
        stamp: Stamp,
        leaving: &Leaving<'_>,
        written: &Written,
        tables: Vec<String>,
        marked: bool,
    ) -> Result<Manifest> {
        let (purpose, case) = why(access);
        let manifest = Manifest {
            file: leaving.file.to_owned(),
            table: leaving.what.to_owned(),
            rows: written.rows,
            bytes: written.bytes,
            sha256: written.sha256.clone(),
            at: stamp.at.to_rfc3339(),
            until: stamp.until.to_rfc3339(),
            who: access.principal.id.clone(),
            purpose,
            case,
            authority: access.context.authority.clone(),
            mark: stamp.mark,
            marked,
            query: leaving.query.map(governance::audit::chain::hash),
            tables,
            objects: written.objects.clone(),
            id: stamp.id,
        };
        let row = Export {
            id: manifest.id.clone(),
            account: manifest.who.clone(),
            at: stamp.at.timestamp_micros(),
            until_at: stamp.until.timestamp_micros(),
            sha256: manifest.sha256.clone(),
            manifest: serde_json::to_string(&manifest).map_err(|e| LakeError::Invalid(e.to_string()))?,
        };
        self.store().add_export(&row).await.map_err(crate::state)?;
        Ok(manifest)
    }

    /// All rows of one query as a file: one action, with one record.
    pub async fn export_query(
        &self,
        access: &Access,
        sql: &str,
        leaving: Leaving<'_>,
        format: Format,
        to: &Path,
    ) -> Result<(Written, Manifest)> {
        let leaving = Leaving { query: Some(sql), ..leaving };
        self.act(access, "export", |session| async move {
            let answer = session.leaving(sql).await?;
            let (written, manifest) = self.leave(access, &leaving, answer, format, to).await?;
            let noted = manifest.noted();
            Ok::<_, LakeError>(((written, manifest), noted))
        })
        .await
    }

    /// Rows that are in memory already as a file, with their own record.
    pub async fn export_rows(
        &self,
        access: &Access,
        answer: Answer,
        leaving: Leaving<'_>,
        format: Format,
        to: &Path,
    ) -> Result<(Written, Manifest)> {
        let (written, manifest) = self.leave(access, &leaving, answer, format, to).await?;
        self.record(access, "export", true, manifest.noted())?;
        Ok((written, manifest))
    }

    /// Writes a table to a file by its ending, and the manifest beside it.
    pub async fn export_table(&self, access: &Access, table: &TableName, to: &Path) -> Result<(Written, Manifest)> {
        let format = Format::of_ending(to.extension().and_then(|e| e.to_str()).unwrap_or_default())?;
        let file = to.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let leaving = Leaving { file: &file, what: &table.to_string(), query: None, for_spreadsheet: format == Format::Csv };
        let sql = format!("SELECT * FROM {}.\"{}\"", table.area, table.name);
        let (written, manifest) = self.export_query(access, &sql, leaving, format, to).await?;
        manifest.write_beside(to)?;
        Ok((written, manifest))
    }

    /// The manifest of an export that this lake remembers.
    pub async fn manifest(&self, id: &str) -> Result<Option<Manifest>> {
        let row = self.store().export(id).await.map_err(crate::state)?;
        row.map(|row| Manifest::parse(&row.manifest).map_err(|e| LakeError::Invalid(e.to_string()))).transpose()
    }
}

/// What is said of purpose and case: what the store says of the work in hand counts, not what a caller states.
fn why(access: &Access) -> (Option<String>, Option<String>) {
    match &access.principal.work {
        Some(work) => (Some(work.purpose.to_string()), Some(work.reference.clone())),
        None => (access.context.purpose.map(|p| p.to_string()), access.context.case.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_lies_beside_its_file_and_anything_else_is_named() {
        assert_eq!(Manifest::beside(Path::new("a/calls.csv")), Path::new("a/calls.csv.manifest.json"));
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.json");
        assert!(matches!(Manifest::read(&path), Err(LakeError::Io { .. })));
        std::fs::write(&path, "{\"file\":1}").unwrap();
        assert!(Manifest::read(&path).unwrap_err().to_string().contains("no manifest of an export"));
    }
}
