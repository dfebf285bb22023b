//! Looking at the lake: catalogue, SQL, export.

use std::path::Path;
use std::process::ExitCode;

use arrow::array::RecordBatch;
use futures::StreamExt;
use governance::Context;
use lake::export;
use lake::manifest::Manifest;
use lake::{Access, At, LakeError, TableName};

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
    let session = lake.session(&access(args, s.at.as_deref())?)?;
    let answer = session.sql(&text).await?;
    stream(answer, args.format).await?;
    Ok(ExitCode::SUCCESS)
}

async fn stream(mut answer: lake::Answer, format: Format) -> Result<(), LakeError> {
    let format = match format {
        Format::Table => {
            let mut all = Vec::new();
            while let Some(batch) = answer.stream.next().await {
                all.push(batch.map_err(LakeError::from)?);
            }
            if all.is_empty() {
                all.push(RecordBatch::new_empty(answer.schema));
            }
            return output::batches(&all);
        }
        Format::Csv => export::Format::Csv,
        Format::Json => export::Format::Json,
        Format::Ndjson => export::Format::Ndjson,
        Format::Parquet => export::Format::Parquet,
        Format::Html => return Err(LakeError::Invalid(output::NO_DOCUMENT.into())),
    };
    export::write(answer, format, false, std::io::stdout()).await?;
    Ok(())
}

/// Prints rows that are in memory already.
pub async fn print(rows: Vec<RecordBatch>, format: Format) -> Result<(), LakeError> {
    if format == Format::Table {
        return output::batches(&rows);
    }
    let Some(first) = rows.first() else { return Ok(()) };
    let schema = first.schema();
    stream(lake::Answer::of(schema, rows), format).await
}

pub async fn export(args: &Args, name: &str, to: &Path) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let table = TableName::parse(name);
    let access = access(args, None)?;
    let (written, manifest) = lake.export_table(&access, &table, to).await?;
    lake.record(
        &access,
        "export",
        true,
        serde_json::json!({ "table": table.to_string(), "rows": written.rows, "sha256": written.sha256 }),
    )?;
    say(&format!("{}: {} rows, {} bytes, SHA-256 {}", to.display(), written.rows, written.bytes, written.sha256));
    say(&format!(
        "{}: made from {} received file(s); `sarovar certificate --export` takes it",
        Manifest::beside(to).display(),
        manifest.objects.len()
    ));
    output::records(&[written], args.format)?;
    Ok(ExitCode::SUCCESS)
}
