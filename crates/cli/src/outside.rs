//! What left the lake, and what is erased from it by order.

use std::process::ExitCode;

use accounts::NewExpungement;
use clap::Subcommand;
use governance::Role;
use lake::LakeError;
use lake::expunge::Target;
use lake::manifest::Manifest;
use serde_json::json;

use crate::args::{Args, Format};
use crate::bring::open;
use crate::look::access;
use crate::output::{self, say};
use crate::who::{self, wrong};

#[derive(Debug, clap::Args)]
pub struct Exports {
    /// One of them: its whole manifest.
    pub id: Option<String>,
}

pub async fn exports(args: &Args, e: &Exports) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let principal = who::principal(args);
    let all = principal.is(Role::Operator) || principal.is(Role::Auditor);
    let rows = lake.store().exports((!all).then_some(principal.id.as_str()), 10_000).await.map_err(wrong)?;
    let found: Vec<Manifest> = rows.iter().map(|row| Manifest::parse(&row.manifest)).collect::<Result<_, _>>().map_err(wrong)?;
    let Some(id) = &e.id else {
        output::records(&found, args.format)?;
        return Ok(ExitCode::SUCCESS);
    };
    let one =
        found.into_iter().find(|m| m.id == *id).ok_or_else(|| wrong(format!("there is no export {id:?} of this account")))?;
    output::text(&format!("{}\n", serde_json::to_string_pretty(&one).map_err(wrong)?))?;
    Ok(ExitCode::SUCCESS)
}

#[derive(Debug, Subcommand)]
pub enum ExpungeCommand {
    /// Asks that something be erased; a second officer decides.
    Ask {
        /// object, person or case.
        #[arg(value_parser = ["object", "person", "case"])]
        kind: String,
        /// SHA-256 of a received file; id of a person, or a source's key (cctns:ID); STATION/NUMBER/YEAR of a case.
        target: String,
        /// The law or order it stands on.
        #[arg(long)]
        basis: String,
        #[arg(long)]
        reason: String,
    },
    /// Requests the account may see.
    List,
    /// One request, and its receipt.
    Show { id: String },
    /// Approves somebody else's request.
    Approve {
        id: String,
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Refuses somebody else's request.
    Refuse {
        id: String,
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Carries out an approved request and prints the receipt; repeated, the same receipt.
    Run { id: String },
}

pub async fn expunge(args: &Args, command: &ExpungeCommand) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let accounts = who::accounts(lake.store(), args)?;
    let access = access(args, None)?;
    let (principal, policies, now) = (&access.principal, lake.policies(), lake.now());
    let note = |what: serde_json::Value| lake.record(&access, "expungement", true, what);
    match command {
        ExpungeCommand::Ask { kind, target, basis, reason } => {
            let target = Target::read(kind, target)?;
            let marked = server::expunge::marked(&lake, &target);
            note(json!({ "change": "ask", "kind": target.kind(), "target": marked, "basis": basis }))?;
            let new = NewExpungement {
                kind: target.kind().into(),
                target: target.key().into(),
                basis: basis.clone(),
                reason: reason.clone(),
            };
            let id = accounts.ask_expungement(principal, &policies, new, now).await.map_err(wrong)?;
            say(&format!(
                "asked for; a second officer of the rank of Superintendent or above decides: `sarovar expunge approve {id}`"
            ));
            output::records(&[json!({ "id": id, "state": "asked" })], args.format)?;
        }
        ExpungeCommand::List => {
            output::records(&accounts.expungements(principal, &policies, now).await.map_err(wrong)?, args.format)?;
        }
        ExpungeCommand::Show { id } => {
            let row = accounts.expungement(principal, &policies, id, now).await.map_err(wrong)?;
            match (&row.receipt, args.format) {
                (Some(receipt), Format::Table) => output::text(&format!("{receipt}\n"))?,
                _ => output::records(&[row], args.format)?,
            }
        }
        ExpungeCommand::Approve { id, note: text } | ExpungeCommand::Refuse { id, note: text } => {
            let grant = matches!(command, ExpungeCommand::Approve { .. });
            note(json!({ "change": if grant { "grant" } else { "refuse" }, "expungement": id }))?;
            accounts.decide_expungement(principal, &policies, id, grant, text, now).await.map_err(wrong)?;
            say(&format!("{id} is {}", if grant { "approved" } else { "refused" }));
        }
        ExpungeCommand::Run { id } => {
            let known = accounts.expungement(principal, &policies, id, now).await.map_err(wrong)?;
            let text = match known.receipt {
                Some(receipt) => receipt,
                None => {
                    let kept = server::expunge::run(&lake, &accounts, &access, id).await.map_err(wrong)?;
                    serde_json::to_string(&kept).map_err(wrong)?
                }
            };
            let value: serde_json::Value = serde_json::from_str(&text).map_err(wrong)?;
            output::text(&format!("{value:#}\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
