//! Many messages at once, and messages that come again.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::Utc;
use lake::LakeError;
use serde_json::{Value, json};
use social::Desk;
use social::desk::parse_ist;

use super::{Fault, Words, who};
use crate::args::{Args, Format};
use crate::output::{self, say};

/// A file of messages.
#[derive(Debug, clap::Args)]
pub struct Bulk {
    /// CSV with the columns unit, kind, hindi, english, at, channels, campaign, one for each network's own text, pictures, alt and shows; or
    /// a ZIP of such a file and its pictures.
    pub file: PathBuf,
    /// Makes the messages when nothing is wrong; without it the file is only looked at.
    #[arg(long)]
    pub take: bool,
    /// Language of what is told.
    #[arg(long, default_value = "en", value_parser = ["hi", "en"])]
    pub lang: String,
}

/// A message that comes again.
#[derive(Debug, clap::Args)]
pub struct Recur {
    #[arg(long)]
    pub unit: String,
    #[command(flatten)]
    pub words: Words,
    /// As in calendars: FREQ=DAILY, FREQ=WEEKLY;BYDAY=MO,TH or FREQ=MONTHLY;BYMONTHDAY=1,-1, with INTERVAL, COUNT or UNTIL=20261231.
    #[arg(long)]
    pub rule: String,
    /// The first time, which gives the time of day (Indian time).
    #[arg(long)]
    pub from: String,
    /// Handles or ids of channels.
    #[arg(long = "channel", required = true)]
    pub channels: Vec<String>,
    /// Id of a campaign.
    #[arg(long)]
    pub campaign: Option<String>,
}

pub(super) async fn bulk(args: &Args, desk: &Desk, b: &Bulk) -> Result<ExitCode, Fault> {
    let bytes = std::fs::read(&b.file).map_err(|source| LakeError::Io { action: "reading", path: b.file.clone(), source })?;
    let name = b.file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let report = desk.bulk(&who(args), &name, &bytes, b.take, Utc::now()).await?;
    let hindi = b.lang == "hi";
    let told = |p: &social::bulk::Problem| {
        let (problem, way_out) = if hindi { (&p.problem_hi, &p.way_out_hi) } else { (&p.problem, &p.way_out) };
        json!({ "line": p.line, "field": p.field, "value": p.value, "problem": problem, "way_out": way_out })
    };
    if args.format == Format::Json {
        output::records(&[&report], args.format)?;
    } else {
        output::records(&report.problems.iter().map(told).collect::<Vec<Value>>(), args.format)?;
    }
    say(&match (report.problems.is_empty(), report.already, report.made) {
        (false, _, _) => format!("{} of {} lines are wrong; nothing was made", report.wrong_rows, report.rows),
        (_, true, _) => "this file was taken in before; nothing was made".into(),
        (_, _, 0) => format!("{} lines are right ({} have warnings); --take makes them", report.rows, report.warned),
        (_, _, made) => format!("{made} messages made; {} wait for an answer to a warning", report.warned),
    });
    Ok(if report.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub(super) async fn recur(args: &Args, desk: &Desk, r: &Recur) -> Result<(), Fault> {
    let (channels, first) = (desk.channels(&r.channels).await?, parse_ist(&r.from)?);
    let message = r.words.message()?;
    let campaign = r.campaign.as_deref();
    let made = desk.recur(&who(args), &r.unit, &message, &r.rule, first, &channels, campaign, Utc::now()).await?;
    Ok(output::records(&[shown(&made)], args.format)?)
}

pub(super) async fn recurring(args: &Args, desk: &Desk, id: Option<&str>) -> Result<(), Fault> {
    let rows: Vec<Value> = match id {
        None => desk.store.recurrences().await?.iter().map(shown).collect(),
        Some(id) => {
            desk.store.recurrence(id).await?;
            let all = desk.store.occurrences(id).await?;
            let one = |o: &store::social::Occurrence| json!({ "at": model::time::format_ist(o.due_at), "state": o.state, "post": o.post, "reason": o.reason });
            all.iter().map(one).collect()
        }
    };
    Ok(output::records(&rows, args.format)?)
}

fn shown(r: &store::social::Recurrence) -> Value {
    json!({ "id": r.id, "unit": r.unit, "rule": r.rule, "next": r.next_at.map(model::time::format_ist), "state": r.state, "by": r.principal })
}
