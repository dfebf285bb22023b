//! Rows out of the lake as a file for a person: CSV, Excel, Parquet, JSON.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use axum::body::Body;
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use lake::export::Format;
use lake::manifest::{Leaving, Manifest};
use lake::{Answer, At, LakeError};
use serde::Deserialize;
use tokio_util::io::ReaderStream;

use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply};

/// The format asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    pub format: String,
}

impl Wanted {
    fn format(&self) -> Reply<Format> {
        Format::of_ending(&self.format).map_err(|e| HttpError::BadRequest(e.to_string()))
    }
}

/// A file on its way out: its place until it is sent, its name for the reader.
pub(crate) struct Parcel {
    folder: tempfile::TempDir,
    pub path: PathBuf,
    pub file: String,
    pub format: Format,
}

impl Parcel {
    pub fn new(app: &App, name: &str, wanted: &Wanted) -> Reply<Parcel> {
        let format = wanted.format()?;
        let file = format!("{name}.{}", wanted.format);
        // Removed when the response is done: the folder lives as long as the stream holds it.
        let folder = tempfile::tempdir_in(app.lake.home().scratch())?;
        Ok(Parcel { path: folder.path().join(&file), file, format, folder })
    }

    /// What is said of it; a name may be somebody's, and is not.
    pub fn leaving<'a>(&'a self, what: &'a str) -> Leaving<'a> {
        Leaving { file: &self.file, what, query: None, for_spreadsheet: self.format == Format::Csv }
    }

    /// Sends the file, which is written, hashed and logged.
    pub async fn send(self, manifest: &Manifest) -> Reply<Response> {
        let file = tokio::fs::File::open(&self.path).await?;
        let length = file.metadata().await?.len();
        let folder = self.folder;
        let stream = ReaderStream::new(file).map(move |part| {
            let _ = &folder;
            part
        });
        let headers = [
            (header::CONTENT_TYPE, self.format.media().to_owned()),
            (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.file)),
            (header::CONTENT_LENGTH, length.to_string()),
            (HeaderName::from_static("sarovar-export"), manifest.id.clone()),
            (HeaderName::from_static("sarovar-sha256"), manifest.sha256.clone()),
        ];
        Ok((headers, Body::from_stream(stream)).into_response())
    }
}

/// Runs `sql` in a governed session and sends all its rows as a file.
pub(crate) async fn send(app: &App, ask: &Ask, sql: &str, at: At, name: &str, what: &str, wanted: Wanted) -> Reply<Response> {
    let parcel = Parcel::new(app, name, &wanted)?;
    let access = ask.access(&app.lake, at);
    let (_, manifest) = app.lake.export_query(&access, sql, parcel.leaving(what), parcel.format, &parcel.path).await?;
    parcel.send(&manifest).await
}

/// Sends rows that were answered already as a file; `what` they are.
pub(crate) async fn send_answer(app: &App, ask: &Ask, answer: Answer, name: &str, what: &str, wanted: Wanted) -> Reply<Response> {
    let parcel = Parcel::new(app, name, &wanted)?;
    let access = ask.access(&app.lake, At::Now);
    let (_, manifest) = app.lake.export_rows(&access, answer, parcel.leaving(what), parcel.format, &parcel.path).await?;
    parcel.send(&manifest).await
}

/// One of a page's own tables, as a file.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Picked {
    pub table: String,
    pub format: String,
}

impl Picked {
    /// Whether a file is wanted rather than the page.
    pub fn wanted(&self) -> bool {
        !self.table.is_empty()
    }
}

/// A table that a page shows: names of its columns, and its cells as text.
pub(crate) struct Sheet {
    pub name: &'static str,
    pub columns: &'static [&'static str],
    pub rows: Vec<Vec<Option<String>>>,
}

impl Sheet {
    fn answer(&self) -> Result<Answer, ArrowError> {
        let fields: Vec<Field> = self.columns.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let column = |at: usize| -> ArrayRef {
            Arc::new(self.rows.iter().map(|row| row.get(at).and_then(Option::as_deref)).collect::<StringArray>())
        };
        let batch = RecordBatch::try_new(schema.clone(), (0..self.columns.len()).map(column).collect())?;
        Ok(Answer::of(schema, vec![batch]))
    }
}

/// Sends the picked one of a page's tables; `page` begins the file's name.
pub(crate) async fn send_sheet(app: &App, ask: &Ask, page: &str, sheets: Vec<Sheet>, picked: Picked) -> Reply<Response> {
    let Some(sheet) = sheets.iter().find(|sheet| sheet.name == picked.table) else {
        let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name).collect();
        return Err(HttpError::BadRequest(format!("there is no table {:?} here; there are {}", picked.table, names.join(", "))));
    };
    let answer = sheet.answer().map_err(|e| LakeError::Invalid(e.to_string()))?;
    let what = format!("page {}", sheet.name);
    send_answer(app, ask, answer, &format!("{page}-{}", sheet.name), &what, Wanted { format: picked.format }).await
}
