//! What is said of an export beside it: which file it is, which received files it was made from, who asked and why. A
//! certificate for a court is made from it.

use std::path::{Path, PathBuf};

use arrow::array::AsArray;
use serde::{Deserialize, Serialize};

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::export::{Format, Written, to_file};
use crate::home::TableName;
use crate::session::Access;

/// The manifest of one export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Name of the exported file, without a folder; it lies beside the manifest.
    pub file: String,
    pub table: String,
    pub rows: u64,
    pub bytes: u64,
    /// Of the exported file, lower-case hex.
    pub sha256: String,
    /// RFC 3339, UTC.
    pub at: String,
    pub who: String,
    pub purpose: Option<String>,
    pub case: Option<String>,
    /// SHA-256 of every received file that gave rows, sorted; empty for a table whose rows name none.
    pub objects: Vec<String>,
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
        serde_json::from_str(&text).map_err(|e| {
            let what = "this is no manifest of an export; `sarovar export` writes one beside the file";
            LakeError::Invalid(format!("{}: {what} ({e})", path.display()))
        })
    }
}

impl Lake {
    /// Writes a table to a file by its ending, and the manifest beside it.
    pub async fn export_table(&self, access: &Access, table: &TableName, to: &Path) -> Result<(Written, Manifest)> {
        let format = Format::of_ending(to.extension().and_then(|e| e.to_str()).unwrap_or_default())?;
        let session = self.exporting(access)?;
        let name = format!("{}.\"{}\"", table.area, table.name);
        let answer = session.sql(&format!("SELECT * FROM {name}")).await?;
        let known = answer.schema.column_with_name("_object").is_some();
        let written = to_file(answer, format, to).await?;
        let mut objects = Vec::new();
        if known {
            // The same session: the same state of the table.
            let sql = format!("SELECT DISTINCT CAST(\"_object\" AS VARCHAR) FROM {name} ORDER BY 1");
            for batch in session.rows(&sql).await? {
                let column = arrow::compute::cast(batch.column(0), &arrow::datatypes::DataType::Utf8)
                    .map_err(|e| LakeError::Query(e.to_string()))?;
                objects.extend(column.as_string::<i32>().iter().flatten().map(str::to_owned));
            }
        }
        let manifest = Manifest {
            file: to.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default(),
            table: table.to_string(),
            rows: written.rows,
            bytes: written.bytes,
            sha256: written.sha256.clone(),
            at: self.now().to_rfc3339(),
            who: access.principal.id.clone(),
            purpose: access.context.purpose.map(|p| p.to_string()),
            case: access.context.case.clone(),
            objects,
        };
        let path = Manifest::beside(to);
        let text = serde_json::to_string_pretty(&manifest).map_err(|e| LakeError::Invalid(e.to_string()))?;
        std::fs::write(&path, text).map_err(LakeError::io("writing", &path))?;
        Ok((written, manifest))
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
