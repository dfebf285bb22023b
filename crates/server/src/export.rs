//! Rows out of the lake as a file for a person: CSV, Excel, Parquet, JSON.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use arrow::error::ArrowError;
use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use lake::export::{Format, to_file};
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

/// Runs `sql` in a governed session and sends all its rows as a file.
pub(crate) async fn send(app: &App, ask: &Ask, sql: &str, at: At, name: &str, wanted: Wanted) -> Reply<Response> {
    let format = wanted.format()?;
    let session = app.lake.exporting(&ask.access(&app.lake, at))?;
    send_as(app, session.sql(sql).await?, name, format, &wanted.format).await
}

/// Sends rows that were answered already as a file.
pub(crate) async fn send_answer(app: &App, answer: Answer, name: &str, wanted: Wanted) -> Reply<Response> {
    send_as(app, answer, name, wanted.format()?, &wanted.format).await
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
pub(crate) async fn send_sheet(app: &App, page: &str, sheets: Vec<Sheet>, picked: Picked) -> Reply<Response> {
    let Some(sheet) = sheets.iter().find(|sheet| sheet.name == picked.table) else {
        let names: Vec<&str> = sheets.iter().map(|sheet| sheet.name).collect();
        return Err(HttpError::BadRequest(format!("there is no table {:?} here; there are {}", picked.table, names.join(", "))));
    };
    let answer = sheet.answer().map_err(|e| LakeError::Invalid(e.to_string()))?;
    send_answer(app, answer, &format!("{page}-{}", sheet.name), Wanted { format: picked.format }).await
}

async fn send_as(app: &App, answer: Answer, name: &str, format: Format, ending: &str) -> Reply<Response> {
    // Removed when the response is done: the folder lives as long as the stream holds it.
    let folder = tempfile::tempdir_in(app.lake.home().scratch())?;
    let path = folder.path().join(format!("{name}.{ending}"));
    to_file(answer, format, &path).await?;
    let file = tokio::fs::File::open(&path).await?;
    let length = file.metadata().await?.len();
    let stream = ReaderStream::new(file).map(move |part| {
        let _ = &folder;
        part
    });
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    let headers = [
        (header::CONTENT_TYPE, format.media().to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}
