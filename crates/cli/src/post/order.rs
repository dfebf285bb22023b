//! What is taken down, and the times of the model code of conduct.

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::Utc;
use serde_json::{Value, json};
use social::Desk;
use social::desk::{Compliance, parse_ist};
use store::social::SilenceRow;

use super::{Fault, who, worker, wrong};
use crate::args::Args;
use crate::output::{self, say};
use lake::LakeError;
use pages::Lang;

#[derive(Debug, clap::Args)]
pub struct Takedown {
    /// The message; or --at.
    #[arg(required_unless_present = "at")]
    id: Option<String>,
    /// Addresses of posts, also of those that were not made here.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "id")]
    at: Vec<String>,
    /// The channel they belong to, where the address does not tell.
    #[arg(long)]
    channel: Option<String>,
    #[arg(long)]
    order: String,
    #[arg(long)]
    court: String,
}

#[derive(Debug, clap::Args)]
pub struct Orders {
    /// One order.
    id: Option<String>,
    /// Where its statement is written as PDF.
    #[arg(short = 'o', long, requires = "id")]
    out: Option<PathBuf>,
    #[arg(long, default_value = "hi")]
    lang: String,
}

#[derive(Debug, clap::Args)]
pub struct Copy {
    order: String,
    /// As `sarovar post orders ID` names it.
    copy: String,
    #[arg(long, required_unless_present_any = ["removed", "hidden"], conflicts_with_all = ["removed", "hidden"])]
    again: bool,
    #[arg(long, requires = "proof", conflicts_with = "hidden")]
    removed: bool,
    #[arg(long, requires = "proof")]
    hidden: bool,
    /// What the network shows now, and where a picture of it is kept.
    #[arg(long)]
    proof: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct Silence {
    /// Constituency, or * for the whole state.
    #[arg(long)]
    constituency: String,
    #[arg(long)]
    from: String,
    #[arg(long)]
    until: String,
    /// The Election Commission's announcement.
    #[arg(long)]
    reference: String,
}

#[derive(Debug, clap::Args)]
pub struct SilenceChange {
    id: String,
    #[arg(long)]
    constituency: Option<String>,
    #[arg(long)]
    from: Option<String>,
    #[arg(long)]
    until: Option<String>,
    #[arg(long)]
    reference: Option<String>,
    /// Ends it now.
    #[arg(long, conflicts_with_all = ["constituency", "from", "until", "reference"])]
    end: bool,
    #[arg(long)]
    reason: String,
}

/// Carries orders out as far as that goes now, and tells where they stand.
async fn carried_out(args: &Args, desk: &Desk, opened: Vec<Compliance>) -> Result<ExitCode, Fault> {
    worker(args, desk)?.run_once().await?;
    let mut done = Vec::new();
    for c in opened {
        done.push(desk.compliance(&c.order.id, Utc::now()).await?);
    }
    done.iter().for_each(|c| say(&c.statement));
    output::records(&done, args.format)?;
    Ok(if done.iter().all(|c| c.complied) { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub(super) async fn takedown(args: &Args, desk: &Desk, t: &Takedown) -> Result<ExitCode, Fault> {
    let (me, now) = (who(args), Utc::now());
    let opened = match &t.id {
        Some(id) => vec![desk.takedown(&me, id, &t.order, &t.court, now).await?],
        None => {
            let channel = match &t.channel {
                Some(given) => Some(desk.channels(std::slice::from_ref(given)).await?.remove(0).id),
                None => None,
            };
            desk.takedown_at(&me, &t.at, channel.as_deref(), &t.order, &t.court, now).await?
        }
    };
    carried_out(args, desk, opened).await
}

pub(super) async fn remove(args: &Args, desk: &Desk, id: &str, reason: &str) -> Result<ExitCode, Fault> {
    let opened = desk.remove(&who(args), id, reason, Utc::now()).await?;
    carried_out(args, desk, vec![opened]).await
}

pub(super) async fn orders(args: &Args, desk: &Desk, o: &Orders) -> Result<(), Fault> {
    let now = Utc::now();
    if let Some(id) = &o.id {
        let c = desk.order_of(&who(args), id, now).await?;
        if let Some(out) = &o.out {
            let fonts = server::certificate::fonts().map_err(wrong)?;
            let lang = Lang::from_tag(&o.lang).unwrap_or_default();
            let pdf = server::report::compliance(&c, lang, now).pdf(&fonts).map_err(wrong)?;
            std::fs::write(out, pdf).map_err(|source| LakeError::Io { action: "writing", path: out.clone(), source })?;
        }
        say(&c.statement);
        return Ok(output::records(&c.removals, args.format)?);
    }
    let mut rows: Vec<Value> = Vec::new();
    for order in desk.orders(&who(args), false).await? {
        let c = desk.compliance(&order.id, now).await?;
        rows.push(json!({ "order": c.order.id, "ground": c.order.ground, "reference": c.order.reference, "post": c.order.post, "copies": c.removals.len(), "complied": c.complied, "seconds_left": c.seconds_left, "statement": c.statement }));
    }
    Ok(output::records(&rows, args.format)?)
}

pub(super) async fn copy(args: &Args, desk: &Desk, c: &Copy) -> Result<(), Fault> {
    let (me, now) = (who(args), Utc::now());
    if c.again {
        desk.retry_copy(&me, &c.order, &c.copy, now).await?;
        say("the worker tries it again");
        return Ok(());
    }
    let how = if c.hidden { "hidden" } else { "removed" };
    let done = desk.settle_copy(&me, &c.order, &c.copy, how, c.proof.as_deref().unwrap_or_default(), now).await?;
    say(&done.statement);
    Ok(())
}

pub(super) async fn silence(args: &Args, desk: &Desk, s: &Silence) -> Result<(), Fault> {
    let row = SilenceRow {
        id: String::new(),
        constituency: s.constituency.clone(),
        from_at: parse_ist(&s.from)?,
        until_at: parse_ist(&s.until)?,
        reference: s.reference.clone(),
        principal: String::new(),
        at: 0,
    };
    let (id, held) = desk.silence(&who(args), row, Utc::now()).await?;
    say(&format!("{} scheduled deliver(ies) held", held.held));
    Ok(output::records(&[json!({ "id": id, "held": held.held, "freed": held.freed, "passed": held.passed })], args.format)?)
}

pub(super) async fn change_silence(args: &Args, desk: &Desk, s: &SilenceChange) -> Result<(), Fault> {
    let (me, now) = (who(args), Utc::now());
    let held = if s.end {
        desk.end_silence(&me, &s.id, &s.reason, now).await?
    } else {
        let before = desk.store.silence(&s.id).await?;
        let time = |given: &Option<String>, kept: i64| given.as_deref().map_or(Ok(kept), parse_ist);
        let to = SilenceRow {
            constituency: s.constituency.clone().unwrap_or(before.constituency),
            from_at: time(&s.from, before.from_at)?,
            until_at: time(&s.until, before.until_at)?,
            reference: s.reference.clone().unwrap_or(before.reference),
            ..before
        };
        desk.change_silence(&me, to, &s.reason, now).await?
    };
    if held.passed > 0 {
        say("those whose time has passed stay held; decide on each with `sarovar post decide`");
    }
    Ok(output::records(&[held], args.format)?)
}
