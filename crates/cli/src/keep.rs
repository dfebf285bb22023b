//! Keeping the lake: init, doctor, maintain.

use std::process::ExitCode;

use lake::{Lake, LakeError, TableName};
use serde_json::json;

use crate::args::{Args, Maintain};
use crate::bring::{self, open};
use crate::look::access;
use crate::output::{self, say};

pub async fn init(args: &Args) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    say(&format!("the lake is at {}", lake.home().root().display()));
    reference(args, &lake).await?;
    Ok(ExitCode::SUCCESS)
}

/// Takes in the facts that come with the program.
pub async fn reference(args: &Args, lake: &Lake) -> Result<(), LakeError> {
    let access = access(args, None)?;
    for report in lake.take_in_shipped().await? {
        bring::record(lake, &access, &report)?;
        if report.accepted > 0 {
            say(&format!("{}: {} rows of {}", report.contract, report.accepted, report.name));
        }
    }
    Ok(())
}

pub async fn doctor(args: &Args) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let mut rows = Vec::new();
    let mut well = true;
    for finding in lake.examine().await? {
        well &= finding.well;
        rows.push(finding);
    }
    output::records(&rows, args.format)?;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub async fn maintain(args: &Args, m: &Maintain) -> Result<ExitCode, LakeError> {
    if !m.compact && !m.retention && m.purge.is_empty() {
        return Err(LakeError::Invalid("say what to do: --compact, --retention or --purge OBJECT".into()));
    }
    let lake = open(args).await?;
    let access = access(args, None)?;
    let table = m.table.as_deref().map(TableName::parse);
    if m.retention {
        let receipt = lake.enforce_retention().await?;
        lake.record(&access, "retention", true, json!(receipt))?;
        output::records(&[receipt], args.format)?;
    }
    if !m.purge.is_empty() {
        lake.record(&access, "purge", true, json!({ "objects": m.purge }))?;
        let receipt = lake.purge(&m.purge).await?;
        lake.record(&access, "purged", true, json!(receipt))?;
        output::records(&[receipt], args.format)?;
    }
    if m.compact {
        let done = lake.compact(table.as_ref()).await?;
        lake.record(&access, "compact", true, json!({ "tables": done.len() }))?;
        output::records(&done, args.format)?;
    }
    Ok(ExitCode::SUCCESS)
}
