//! Rows out of the lake as a file for a person: CSV, Excel, Parquet, JSON.

use std::path::{Path, PathBuf};

use axum::body::Body;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use lake::export::{Format, to_file};
use lake::{Answer, At};
use rust_xlsxwriter::{Format as CellFormat, Workbook, XlsxError};
use serde::Deserialize;
use tokio_util::io::ReaderStream;

use crate::App;
use crate::ask::Ask;
use crate::cells::texts;
use crate::fault::{HttpError, Reply};

/// Rows a sheet of Excel holds, without its header.
const SHEET_ROWS: usize = 1_048_575;

/// The format asked for.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    pub format: String,
}

/// Runs `sql` in a governed session and sends all its rows as a file.
pub(crate) async fn send(app: &App, ask: &Ask, sql: &str, at: At, name: &str, wanted: Wanted) -> Reply<Response> {
    media(&wanted)?;
    let session = app.lake.session(&ask.access(&app.lake, at))?;
    send_answer(app, session.sql(sql).await?, name, wanted).await
}

fn media(wanted: &Wanted) -> Reply<(Option<Format>, &'static str)> {
    Ok(match wanted.format.as_str() {
        "csv" => (Some(Format::Csv), "text/csv; charset=utf-8"),
        "json" => (Some(Format::Json), "application/json"),
        "parquet" => (Some(Format::Parquet), "application/vnd.apache.parquet"),
        "xlsx" => (None, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        other => return Err(HttpError::BadRequest(format!("{other:?} is no export format; use csv, xlsx, parquet or json"))),
    })
}

/// Sends rows that were answered already as a file.
pub(crate) async fn send_answer(app: &App, answer: Answer, name: &str, wanted: Wanted) -> Reply<Response> {
    let (format, media) = media(&wanted)?;
    // Removed when the response is done: the folder lives as long as the stream holds it.
    let folder = tempfile::tempdir_in(app.lake.home().scratch())?;
    let path = folder.path().join(format!("{name}.{}", wanted.format));
    match format {
        Some(format) => {
            to_file(answer, format, &path).await?;
        }
        None => workbook(answer, path.clone()).await?,
    }
    let file = tokio::fs::File::open(&path).await?;
    let length = file.metadata().await?.len();
    let stream = ReaderStream::new(file).map(move |part| {
        let _ = &folder;
        part
    });
    let disposition = format!("attachment; filename=\"{name}.{}\"", wanted.format);
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    Ok((headers, Body::from_stream(stream)).into_response())
}

/// Every value is written as text: a spreadsheet neither rounds a number that identifies somebody nor runs a formula.
async fn workbook(mut answer: Answer, path: PathBuf) -> Reply<()> {
    let header: Vec<String> = answer.schema.fields().iter().map(|field| field.name().clone()).collect();
    let mut batches = Vec::new();
    while let Some(batch) = answer.stream.next().await {
        batches.push(batch.map_err(lake::LakeError::from)?);
    }
    if crate::queries::count(&batches) > SHEET_ROWS {
        return Err(HttpError::BadRequest(format!("a sheet of Excel holds {SHEET_ROWS} rows; export CSV or Parquet instead")));
    }
    let rows = texts(&batches, SHEET_ROWS)?;
    tokio::task::spawn_blocking(move || write(&header, &rows, &path))
        .await
        .map_err(|error| HttpError::Failed(error.to_string()))?
        .map_err(|error| HttpError::Failed(error.to_string()))
}

fn write(header: &[String], rows: &[Vec<Option<String>>], path: &Path) -> Result<(), XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let bold = CellFormat::new().set_bold();
    for (column, name) in (0u16..).zip(header) {
        sheet.write_string_with_format(0, column, name, &bold)?;
    }
    for (row, values) in (1u32..).zip(rows) {
        for (column, value) in (0u16..).zip(values) {
            if let Some(text) = value {
                let cut: String = text.chars().take(32_767).collect();
                sheet.write_string(row, column, cut)?;
            }
        }
    }
    book.save(path)
}
