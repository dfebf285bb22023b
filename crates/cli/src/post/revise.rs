//! Edits of what is out.

use std::process::ExitCode;

use chrono::Utc;
use social::Desk;

use super::{Fault, Words, sent, who};
use crate::args::Args;
use crate::output::{self, say};

#[derive(Debug, clap::Args)]
pub struct Revise {
    id: String,
    /// The version it is put on top of.
    #[arg(long)]
    from: i64,
    #[command(flatten)]
    words: Words,
    /// Why what is out is edited; the reason is kept.
    #[arg(long)]
    reason: String,
}

pub(super) async fn revise(args: &Args, desk: &Desk, r: &Revise) -> Result<(), Fault> {
    let (me, now) = (who(args), Utc::now());
    let mut message = r.words.message()?;
    if r.words.file.is_none() {
        // Words are changed; what was said about the matter and the pictures stays.
        let old = desk.message(&r.id, desk.store.post(&r.id).await?.version).await?;
        (message.kind, message.media, message.facts) = (old.kind, old.media, old.facts);
    }
    desk.revise(&me, &r.id, r.from, &message, &r.reason, now).await?;
    desk.check(&r.id, &[], now.timestamp_micros(), now).await?;
    say("checked and signed again, `sarovar post apply` changes these copies");
    Ok(output::records(&desk.edit_plan(&r.id).await?, args.format)?)
}

pub(super) async fn apply(args: &Args, desk: &Desk, id: &str) -> Result<ExitCode, Fault> {
    desk.apply_edit(&who(args), id, Utc::now()).await?;
    sent(args, desk, id).await
}

#[derive(Debug, clap::Args)]
pub struct Wordings {
    id: String,
    /// Keeps this version from the public.
    #[arg(long, value_name = "VERSION", requires = "reason")]
    withhold: Option<i64>,
    /// Why; the reason is kept.
    #[arg(long, requires = "withhold")]
    reason: Option<String>,
    /// Shows this version to the public again.
    #[arg(long, value_name = "VERSION", conflicts_with = "withhold")]
    show: Option<i64>,
}

pub(super) async fn wordings(args: &Args, desk: &Desk, w: &Wordings) -> Result<(), Fault> {
    let me = who(args);
    if let Some(version) = w.withhold.or(w.show) {
        desk.withhold(&me, &w.id, version, w.reason.as_deref(), Utc::now()).await?;
    }
    desk.may_read(&me, &desk.store.post(&w.id).await?.unit).await?;
    Ok(output::records(&desk.earlier(&w.id).await?, args.format)?)
}
