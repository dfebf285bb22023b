//! Looking at the lake: catalogue, SQL, export.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use arrow::array::RecordBatch;
use futures::StreamExt;
use governance::Context;
use lake::export;
use lake::manifest::{Leaving, Manifest};
use lake::{Access, At, Lake, LakeError, TableName};

use crate::args::{Args, Catalog, CatalogCommand, Format, Sql};
use crate::bring::open;
use crate::output::{self, say};

/// Who asks and why, from the command line.
pub fn access(args: &Args, at: Option<&str>) -> Result<Access, LakeError> {
    let purpose =
        args.purpose.as_deref().map(str::parse).transpose().map_err(|e| LakeError::Invalid(format!("--purpose: {e}")))?;
    Ok(Access {
        principal: crate::who::principal(args),
        context: Context { purpose, case: args.case.clone(), authority: None, now: chrono::Utc::now() },
        at: at.map(At::parse).transpose()?.unwrap_or_default(),
    })
}

pub async fn catalog(args: &Args, c: &Catalog) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    match &c.what {
        CatalogCommand::List { contracts, search } => {
            let mut all = match search {
                Some(text) => lake.search_catalog(text).await?,
                None => lake.catalog().await?,
            };
            all.retain(|t| *contracts || t.exists);
            if args.format == Format::Table {
                let short: Vec<_> = all
                    .iter()
                    .map(|t| serde_json::json!({ "name": t.name, "title": t.title_en, "rows": t.rows, "bytes": t.bytes, "files": t.files, "quarantined": t.quality.quarantined, "last_ingest": t.last_ingest, "late": t.late }))
                    .collect();
                output::records(&short, args.format)?;
            } else {
                output::records(&all, args.format)?;
            }
        }
        CatalogCommand::Show { name } => {
            let info = lake.table_info(&TableName::parse(name)).await?;
            match args.format {
                Format::Table | Format::Csv => {
                    say(&format!(
                        "{}: {} rows, {} bytes in {} file(s), version {}. {}",
                        info.name, info.rows, info.bytes, info.files, info.version, info.description
                    ));
                    output::records(&info.columns, args.format)?;
                }
                _ => output::records(&[info], args.format)?,
            }
        }
        CatalogCommand::Lineage { name } => output::records(&lake.lineage(&TableName::parse(name)).await?, args.format)?,
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn sql(args: &Args, s: &Sql) -> Result<ExitCode, LakeError> {
    let text = match (&s.query, &s.file) {
        (Some(q), _) => q.clone(),
        (None, Some(path)) => {
            std::fs::read_to_string(path).map_err(|e| LakeError::Io { action: "reading", path: path.clone(), source: e })?
        }
        (None, None) => return Err(LakeError::Invalid("give a query or --file".into())),
    };
    let lake = open(args).await?;
    let access = access(args, s.at.as_deref())?;
    let Some(format) = file_format(args.format)? else {
        // A table for the eye; but what an emergency shows does not go into a pipe either.
        let emergency = access.principal.work.as_ref().is_some_and(|work| work.emergency);
        let leaves = emergency && !std::io::stdout().is_terminal();
        let session = if leaves { lake.exporting(&access)? } else { lake.session(&access)? };
        let mut answer = session.sql(&text).await?;
        let mut all = Vec::new();
        while let Some(batch) = answer.stream.next().await {
            all.push(batch.map_err(LakeError::from)?);
        }
        if all.is_empty() {
            all.push(RecordBatch::new_empty(answer.schema));
        }
        output::batches(&all)?;
        return Ok(ExitCode::SUCCESS);
    };
    let path = lake.home().scratch().join("answer");
    let leaving = Leaving { file: "answer", what: "query", ..Leaving::default() };
    let (_, manifest) = lake.export_query(&access, &text, leaving, format, &path).await?;
    hand_over(&path, &manifest)?;
    Ok(ExitCode::SUCCESS)
}

/// The format of a file of rows; none for a table for the eye.
pub fn file_format(format: Format) -> Result<Option<export::Format>, LakeError> {
    Ok(Some(match format {
        Format::Table => return Ok(None),
        Format::Csv => export::Format::Csv,
        Format::Json => export::Format::Json,
        Format::Ndjson => export::Format::Ndjson,
        Format::Parquet => export::Format::Parquet,
        Format::Html => return Err(LakeError::Invalid(output::NO_DOCUMENT.into())),
    }))
}

/// Copies a file that was written, hashed and logged to the standard output.
pub fn hand_over(path: &Path, manifest: &Manifest) -> Result<(), LakeError> {
    let mut file = std::fs::File::open(path).map_err(|e| LakeError::Io { action: "reading", path: path.into(), source: e })?;
    let mut out = std::io::stdout().lock();
    std::io::copy(&mut file, &mut out).and_then(|_| out.flush()).map_err(output::broken)?;
    let until = manifest.until.get(..10).unwrap_or_default();
    say(&format!("export {}: SHA-256 {}, to be destroyed by {until}", manifest.id, manifest.sha256));
    std::fs::remove_file(path).map_err(|e| LakeError::Io { action: "removing", path: path.into(), source: e })
}

/// Rows that an action found, as what was asked for. As a file they are written, and their manifest kept, before the action is logged; its
/// record says so, and [`Shown::hand_over`] comes after it.
pub enum Shown {
    Table(Vec<RecordBatch>),
    File(PathBuf, Box<Manifest>),
}

impl Shown {
    pub async fn of(
        lake: &Lake,
        access: &Access,
        what: &str,
        rows: Vec<RecordBatch>,
        format: Format,
    ) -> Result<Shown, LakeError> {
        let Some(format) = file_format(format)? else { return Ok(Shown::Table(rows)) };
        let Some(first) = rows.first() else { return Ok(Shown::Table(rows)) };
        let answer = lake::Answer::of(first.schema(), rows);
        let path = lake.home().scratch().join("answer");
        let leaving = Leaving { file: "answer", what, ..Leaving::default() };
        let (_, manifest) = lake.leave(access, &leaving, answer, format, &path).await?;
        Ok(Shown::File(path, Box::new(manifest)))
    }

    /// Adds what the log keeps of a file to what it keeps of the action.
    pub fn noted(&self, mut what: serde_json::Value) -> serde_json::Value {
        if let (Shown::File(_, manifest), Some(all)) = (self, what.as_object_mut())
            && let serde_json::Value::Object(more) = manifest.noted()
        {
            all.extend(more);
        }
        what
    }

    pub fn hand_over(&self) -> Result<(), LakeError> {
        match self {
            Shown::Table(rows) => output::batches(rows),
            Shown::File(path, manifest) => hand_over(path, manifest),
        }
    }
}

/// Prints rows that are in memory already, and were logged; as a file they are one more export.
pub async fn print(lake: &Lake, access: &Access, what: &str, rows: Vec<RecordBatch>, format: Format) -> Result<(), LakeError> {
    let shown = Shown::of(lake, access, what, rows, format).await?;
    if let Shown::File(_, manifest) = &shown {
        lake.record(access, "export", true, manifest.noted())?;
    }
    shown.hand_over()
}

pub async fn export(args: &Args, name: &str, to: &Path) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let table = TableName::parse(name);
    let access = access(args, None)?;
    let (written, manifest) = lake.export_table(&access, &table, to).await?;
    say(&format!("{}: {} rows, {} bytes, SHA-256 {}", to.display(), written.rows, written.bytes, written.sha256));
    say(&format!(
        "{}: made from {} received file(s); `sarovar certificate --export` takes it",
        Manifest::beside(to).display(),
        manifest.objects.len()
    ));
    output::records(&[written], args.format)?;
    Ok(ExitCode::SUCCESS)
}
