//! A first contract from a sample file, and what a contract would make of a file.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::Subcommand;
use lake::LakeError;
use lake::preview::Preview;
use serde_json::json;
use sources::Contract;

use crate::args::{Args, Format};
use crate::output::{self, say};
use crate::who::wrong;

#[derive(Debug, Subcommand)]
pub enum ContractCommand {
    /// Writes a contract.yaml from a sample (CSV, Excel, JSON, NDJSON, XML, Parquet).
    Draft {
        sample: PathBuf,
        /// SYSTEM.DATASET
        #[arg(long, default_value = "draft.sample")]
        name: String,
        /// Shows each guess with its reason instead.
        #[arg(long)]
        columns: bool,
        /// Shows the drafted mapping.sql instead.
        #[arg(long, conflicts_with = "columns")]
        mapping: bool,
        /// Shows what the draft would accept and refuse of the sample instead; nothing is kept.
        #[arg(long, conflicts_with_all = ["columns", "mapping"])]
        preview: bool,
    },
    /// Which contracts come with the program, and how much of the police's forms (IIF-1 to IIF-7) has a column in them.
    Coverage,
    /// Shows what a contract of your own would accept and refuse of a file; nothing is kept.
    Preview {
        /// contract.yaml, with mapping.sql beside it
        contract: PathBuf,
        file: PathBuf,
    },
}

/// Touches no lake.
pub async fn run(args: &Args, what: &ContractCommand) -> Result<ExitCode, LakeError> {
    match what {
        ContractCommand::Coverage => coverage(args.format)?,
        ContractCommand::Preview { contract, file } => {
            let contract = Arc::new(lake::read_contract(contract)?);
            let (mut opened, base) = open(file)?;
            show(args.format, &tried(&contract, &base, &mut opened).await?)?;
        }
        ContractCommand::Draft { sample, name, columns, mapping, preview } => {
            let (mut file, base) = open(sample)?;
            let draft = sources::draft::draft(name, &base, &mut file).map_err(wrong)?;
            if *columns {
                let guess = |c: &sources::draft::Guess| json!({ "column": c.name, "header": c.header, "type": c.kind, "format": c.format, "required": c.required, "key": c.key, "classification": c.classification, "clean": c.clean, "legacy_font": c.legacy_font, "why": c.why.text() });
                output::records(&draft.columns.iter().map(guess).collect::<Vec<_>>(), args.format)?;
            } else if *mapping {
                output::text(&draft.mapping)?;
            } else if *preview {
                show(args.format, &tried(&draft.contract().map_err(wrong)?, &base, &mut file).await?)?;
            } else {
                output::text(&draft.yaml().map_err(wrong)?)?;
                say(&format!("drafted from {} rows; every line is a guess: go over it, and name owner and law", draft.rows));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn coverage(format: Format) -> Result<(), LakeError> {
    let contracts = sources::builtin();
    let mut systems: Vec<&str> = contracts.iter().map(|c| c.system.as_str()).collect();
    systems.sort_unstable();
    systems.dedup();
    let forms = sources::coverage::forms();
    let (items, taken) = (forms.iter().map(|f| f.items).sum::<usize>(), forms.iter().map(|f| f.taken).sum::<usize>());
    say(&format!("{} contracts of {} systems: {}", contracts.len(), systems.len(), systems.join(", ")));
    say(&format!("{taken} of {items} items of the forms have columns; the others are left out for a reason"));
    if let Format::Json = format {
        let names: Vec<&str> = contracts.iter().map(|c| c.name.as_str()).collect();
        return output::records(&[json!({ "contracts": names, "systems": systems, "forms": forms })], format);
    }
    let line = |f: &sources::coverage::Form| json!({ "form": f.form, "items": f.items, "taken": f.taken, "left_out": f.left_out.join("; ") });
    output::records(&forms.iter().map(line).collect::<Vec<_>>(), format)
}

fn open(path: &Path) -> Result<(File, String), LakeError> {
    let file = File::open(path).map_err(|source| LakeError::Io { action: "opening", path: path.into(), source })?;
    Ok((file, path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()))
}

/// In a lake of its own in the machine's folder for scratch files.
async fn tried(contract: &Arc<Contract>, name: &str, file: &mut File) -> Result<Preview, LakeError> {
    let scratch = std::env::temp_dir();
    lake::preview::preview(&scratch, contract, name, file).await
}

fn show(format: Format, seen: &Preview) -> Result<(), LakeError> {
    if let Format::Json = format {
        return output::records(&[seen], format);
    }
    let Preview { input, accepted, rejected, duplicate, .. } = seen;
    say(&format!("of {input} rows {accepted} are accepted, {rejected} refused, {duplicate} repeat others"));
    for (table, n) in &seen.drawn {
        say(&format!("pole.{table}: {n} rows"));
    }
    for text in seen.warnings.iter().chain(&seen.drift) {
        say(text);
    }
    if !seen.whole {
        say("only the beginning of the file was tried");
    }
    output::records(&seen.refused, format)
}
