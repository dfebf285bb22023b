//! A first contract from a sample file.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use lake::LakeError;
use serde_json::json;

use crate::args::Args;
use crate::output::{self, say};
use crate::who::wrong;

#[derive(Debug, Subcommand)]
pub enum ContractCommand {
    /// Writes a contract.yaml from a sample (CSV, Excel, JSON, NDJSON).
    Draft {
        sample: PathBuf,
        /// SYSTEM.DATASET
        #[arg(long, default_value = "draft.sample")]
        name: String,
        /// Shows each guess with its reason instead.
        #[arg(long)]
        columns: bool,
        /// Shows what the draft would accept and refuse of the sample instead; nothing is kept.
        #[arg(long, conflicts_with = "columns")]
        preview: bool,
    },
}

/// Touches no lake.
pub async fn run(args: &Args, what: &ContractCommand) -> Result<ExitCode, LakeError> {
    let ContractCommand::Draft { sample, name, columns, preview } = what;
    let opening = |source| LakeError::Io { action: "opening", path: sample.clone(), source };
    let mut file = std::fs::File::open(sample).map_err(opening)?;
    let base = sample.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let draft = sources::draft::draft(name, &base, &mut file).map_err(wrong)?;
    if *columns {
        let rows: Vec<_> = draft
            .columns
            .iter()
            .map(|c| json!({ "column": c.name, "header": c.header, "type": c.kind.physical(), "required": c.required, "key": c.key, "classification": c.classification, "clean": c.clean, "why": c.why }))
            .collect();
        output::records(&rows, args.format)?;
        return Ok(ExitCode::SUCCESS);
    }
    if *preview {
        let parsed =
            sources::draft::preview(&draft.contract, &base, Box::new(file), &sources::Limits::default()).map_err(wrong)?;
        let read: u64 = parsed.iter().map(|p| p.rows_in).sum();
        let refused: Vec<_> = parsed.iter().flat_map(|p| &p.rejects).collect();
        say(&format!("of {read} rows the draft accepts {} and refuses {}", read - refused.len() as u64, refused.len()));
        let rows: Vec<_> = refused
            .iter()
            .take(100)
            .map(|r| {
                let first = r.reasons.first();
                json!({ "row": r.row, "reason": first.map(|f| f.code), "column": first.and_then(|f| f.column.clone()), "message": first.map(|f| f.message.clone()), "original": r.original })
            })
            .collect();
        output::records(&rows, args.format)?;
        return Ok(ExitCode::SUCCESS);
    }
    output::text(&draft.yaml)?;
    say(&format!("drafted from {} rows; every line is a guess: go over it, and name owner and law", draft.rows));
    Ok(ExitCode::SUCCESS)
}
