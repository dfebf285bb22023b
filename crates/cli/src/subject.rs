//! Categories of data subjects, and history sheets: decided by people, with reasons.

use std::process::ExitCode;

use accounts::{SHEET_SOON, SheetOrder};
use chrono::{DateTime, Utc};
use clap::Subcommand;
use governance::audit::chain;
use lake::LakeError;
use serde_json::{Value, json};

use crate::args::Args;
use crate::bring::open;
use crate::look::access;
use crate::output::{self, say};
use crate::who::{self, wrong};

#[derive(Debug, Subcommand)]
pub enum SubjectCommand {
    /// Persons whose data is in no category, with the day by which it must be in one or go.
    Due,
    /// The category of a person, and what was decided of it.
    Show {
        /// Person key, public id, phone or document.
        person: String,
    },
    /// Puts a person's data in a category, or orders that it goes.
    Decide {
        person: String,
        /// accused, victim, witness, contact or erase.
        category: String,
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum SheetCommand {
    /// History sheets of the own units.
    List {
        /// Only those whose review is due within a month.
        #[arg(long)]
        due: bool,
    },
    /// One sheet with its life.
    Show { id: String },
    /// Asks for a sheet: the officer in charge of a station, with a case in hand (--case).
    Ask {
        person: String,
        #[arg(long)]
        reason: String,
    },
    /// Opens or closes what was asked for: a Superintendent's reasoned order, never of who asked.
    Decide {
        id: String,
        /// Number and date of the order.
        #[arg(long)]
        order: String,
        #[arg(long)]
        reason: String,
        /// Refuses to open, or keeps open.
        #[arg(long)]
        refuse: bool,
    },
    /// Notes the yearly review.
    Review {
        id: String,
        #[arg(long)]
        finding: String,
    },
    /// Asks that a sheet be closed.
    Close {
        id: String,
        #[arg(long)]
        reason: String,
    },
}

fn day(at: DateTime<Utc>) -> String {
    model::time::format_ist(at.timestamp_micros()).chars().take(10).collect()
}

/// The person somebody names, as one look in the log.
async fn person(lake: &lake::Lake, who: &lake::Access, key: &str) -> Result<dossier::Person, LakeError> {
    let asked = key.to_owned();
    let found = lake
        .act(who, "subject", |session| async move {
            session.about(dossier::Target::new(dossier::Kind::Person, asked.as_str()).noted());
            let found = dossier::person(&session, &asked).await?;
            let what = json!({ "looked_at": { "kind": "person", "id": found.as_ref().map(|p| p.id.clone()) } });
            Ok::<_, LakeError>((found, what))
        })
        .await?;
    found.ok_or_else(|| wrong(format!("nothing is known of a person {key:?}, or it leads to several: `sarovar search {key}`")))
}

pub async fn subject(args: &Args, command: &SubjectCommand) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let (accounts, who) = (who::accounts(lake.store(), args)?, access(args, None)?);
    match command {
        SubjectCommand::Due => {
            let found = lake
                .act(&who, "subjects", |session| async move {
                    let found = dossier::uncategorised(&session).await?;
                    let what = json!({ "found": found.len() });
                    Ok::<_, LakeError>((found, what))
                })
                .await?;
            let (days, due) = server::subject::still_due(&accounts, found, lake.now()).await.map_err(wrong)?;
            let rows = due.into_iter().map(|d| {
                let state = if d.erase { "to be erased" } else { "in no category" };
                json!({ "person": d.who.person, "name": d.who.name, "roles": d.who.roles.join(", "), "since": day(d.who.since), "due": day(d.due),
                    "overdue": d.overdue, "state": state, "rows": d.who.rows, "sources": d.who.sources.join(", ") })
            });
            let rows: Vec<Value> = rows.collect();
            say(&format!("{} persons are in no category; each is to be in one, or gone, within {days} days", rows.len()));
            output::records(&rows, args.format)?;
        }
        SubjectCommand::Show { person: key } => {
            let found = person(&lake, &who, key).await?;
            let mut decisions = lake.store().categories(&found.subjects()).await.map_err(wrong)?;
            decisions.dedup_by(|a, b| a.decided_at == b.decided_at);
            let category = decisions.first().map_or(found.category.as_str(), |d| d.category.as_str());
            say(&format!("category: {category}; by the sources' roles: {}", found.category.as_str()));
            let rows = decisions.iter().map(|d| {
                json!({ "category": d.category, "reason": d.reason, "by": d.decided_by, "at": model::time::format_ist(d.decided_at) })
            });
            output::records(&rows.collect::<Vec<_>>(), args.format)?;
        }
        SubjectCommand::Decide { person: key, category, reason } => {
            let found = person(&lake, &who, key).await?;
            lake.record(
                &who,
                "category",
                true,
                json!({ "person": found.id, "category": category, "reason": chain::hash(reason) }),
            )?;
            let (policies, subjects, now) = (lake.policies(), found.subjects(), lake.now());
            accounts.categorise(&who.principal, &policies, &subjects, category, reason, now).await.map_err(wrong)?;
            say(&format!("{} is in the category {category}", found.id));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn row(sheet: &store::subject::Sheet) -> Value {
    let at = |t: Option<i64>| t.map(|t| model::time::format_ist(t).chars().take(10).collect::<String>());
    json!({ "id": sheet.id, "person": sheet.person, "unit": sheet.unit, "state": sheet.state, "order": sheet.order_no,
        "opened": at(sheet.opened_at), "due": at(sheet.due_at), "closed": at(sheet.closed_at), "asked_by": sheet.asked_by })
}

pub async fn sheet(args: &Args, command: &SheetCommand) -> Result<ExitCode, LakeError> {
    let lake = open(args).await?;
    let (accounts, who) = (who::accounts(lake.store(), args)?, access(args, None)?);
    let (principal, policies, now) = (&who.principal, lake.policies(), lake.now());
    let note = |change: &str, id: &str, reason: &str| {
        lake.record(&who, "sheet", true, json!({ "change": change, "sheet": id, "reason": chain::hash(reason) }))
    };
    match command {
        SheetCommand::List { due } => {
            let soon = (now + SHEET_SOON).timestamp_micros();
            let all = accounts.sheets(principal, &policies, now).await.map_err(wrong)?;
            let rows = all.iter().filter(|s| !due || s.due_at.is_some_and(|at| at <= soon)).map(row);
            output::records(&rows.collect::<Vec<_>>(), args.format)?;
        }
        SheetCommand::Show { id } => {
            lake.record(&who, "sheet", true, json!({ "change": "look", "sheet": id }))?;
            let told = accounts.sheet(principal, &policies, id, now).await.map_err(wrong)?;
            say(&format!("{}: {}", told.sheet.id, told.sheet.state));
            let rows = told.steps.iter().map(|s| {
                json!({ "step": s.step, "by": s.by_account, "rank": s.by_rank, "order": s.order_no, "reason": s.reason,
                    "at": model::time::format_ist(s.at) })
            });
            output::records(&rows.collect::<Vec<_>>(), args.format)?;
        }
        SheetCommand::Ask { person: key, reason } => {
            let found = person(&lake, &who, key).await?;
            lake.record(&who, "sheet", true, json!({ "change": "ask", "person": found.id, "reason": chain::hash(reason) }))?;
            let id = accounts.ask_sheet(principal, &policies, &found.id, &found.subjects(), reason, now).await.map_err(wrong)?;
            output::records(&[json!({ "id": id, "state": "asked" })], args.format)?;
        }
        SheetCommand::Decide { id, order, reason, refuse } => {
            note(if *refuse { "refuse" } else { "grant" }, id, reason)?;
            let order = SheetOrder { grant: !refuse, order_no: order.clone(), reason: reason.clone() };
            let sheet = accounts.decide_sheet(principal, &policies, id, order, now).await.map_err(wrong)?;
            output::records(&[row(&sheet)], args.format)?;
        }
        SheetCommand::Review { id, finding } => {
            note("review", id, finding)?;
            let sheet = accounts.review_sheet(principal, &policies, id, finding, now).await.map_err(wrong)?;
            output::records(&[row(&sheet)], args.format)?;
        }
        SheetCommand::Close { id, reason } => {
            note("close", id, reason)?;
            let sheet = accounts.ask_sheet_close(principal, &policies, id, reason, now).await.map_err(wrong)?;
            output::records(&[row(&sheet)], args.format)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
