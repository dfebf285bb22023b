//! The desk: messages from draft to proof.

mod many;
mod numbers;
mod order;
mod revise;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::Utc;
use clap::Subcommand;
use governance::Principal;
use lake::LakeError;
use serde_json::{Value, json};
use social::check::{self, Setting};
use social::desk::{Verdict, When, parse_ist};
use social::link::Links;
use social::message::Message;
use social::network::Networks;
use social::outbox::{Channels, Patience, SystemClock, health};
use social::vault::Vault;
use social::{Desk, DeskError, NetworkName, Outbox};
use store::Store;

use crate::args::Args;
use crate::output::{self, say};

/// What a message says.
#[derive(Debug, clap::Args)]
pub struct Words {
    #[arg(long, default_value = "awareness")]
    pub kind: String,
    #[arg(long, default_value = "")]
    pub hindi: String,
    #[arg(long, default_value = "")]
    pub english: String,
    /// A text for one network: `x=…`.
    #[arg(long = "variant", value_name = "NETWORK=TEXT")]
    pub variants: Vec<String>,
    /// The whole message as JSON (texts, media, facts) in place of the options above.
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum PostCommand {
    /// Begins a message.
    Draft {
        #[arg(long)]
        unit: String,
        #[command(flatten)]
        words: Words,
        /// The message this one corrects.
        #[arg(long)]
        corrects: Option<String>,
        /// The campaign it is for; its hashtag is put where it is missing.
        #[arg(long)]
        campaign: Option<String>,
    },
    /// Puts a further version on top of version --from; approvals are void and nothing stays scheduled.
    Edit {
        id: String,
        #[arg(long)]
        from: i64,
        #[command(flatten)]
        words: Words,
    },
    /// Writes an edit of a message that is out; it is checked and signed again before anything changes.
    Revise(revise::Revise),
    /// Carries an approved edit out, where the networks let a program edit, and sends it.
    Apply {
        id: String,
    },
    /// Gives an edit up: what is out stays as it is.
    Keep {
        id: String,
        #[arg(long)]
        reason: String,
    },
    /// Remarks of colleagues on a message; with words a further one.
    Note {
        id: String,
        #[arg(long)]
        text: Option<String>,
    },
    /// What a message said before it was edited, and what of it the public reads.
    Wordings(revise::Wordings),
    /// Posts of other units that say nearly the same: around a time, or in the coming week.
    Similar {
        id: String,
        /// Indian time.
        #[arg(long)]
        at: Option<String>,
    },
    /// Moves what waits of a message to another Indian day; the time of day stays.
    Move {
        id: String,
        /// 2026-12-01
        #[arg(long)]
        day: String,
    },
    /// Queues an approved message for the next free time of each channel (`sarovar channel queue`).
    Queue {
        id: String,
        #[arg(long = "channel", required = true)]
        channels: Vec<String>,
    },
    /// Runs the checks on a message, on a text, or measures them on the labelled sentences.
    Check {
        id: Option<String>,
        #[command(flatten)]
        words: Words,
        #[arg(long = "network")]
        networks: Vec<String>,
        /// Precision and recall of each rule on the held-back sentences.
        #[arg(long)]
        measure: bool,
    },
    /// Overrules a finding, with a reason that is kept.
    Overrule {
        id: String,
        #[arg(long)]
        rule: String,
        #[arg(long)]
        reason: String,
    },
    /// Hands a message in for approval.
    Submit {
        id: String,
        #[arg(long = "network")]
        networks: Vec<String>,
    },
    /// Signs the next step.
    // `--version` is the message's here, not the program's.
    #[command(disable_version_flag = true)]
    Approve {
        id: String,
        #[arg(long)]
        version: i64,
        #[arg(long)]
        note: Option<String>,
    },
    /// Sends a message back to its writer.
    Back {
        id: String,
        #[arg(long)]
        reason: String,
    },
    /// Queues an approved message for a time (Indian time).
    Schedule {
        id: String,
        #[arg(long)]
        at: String,
        /// Handles or ids of channels.
        #[arg(long = "channel", required = true)]
        channels: Vec<String>,
    },
    /// Queues an approved message for now and sends what is due.
    Publish {
        id: String,
        #[arg(long = "channel", required = true)]
        channels: Vec<String>,
    },
    /// Sends what is due, reads what is unclear and what people wrote, removes what courts ordered down.
    Work {
        /// Stop after so many seconds; goes on for ever when absent.
        #[arg(long)]
        seconds: Option<u64>,
        /// Leaves what people write to `sarovar inbox poll` and the networks' calls.
        #[arg(long)]
        no_reading: bool,
    },
    /// Where messages and their deliveries stand; without an id the newest messages.
    Status {
        id: Option<String>,
        #[arg(long)]
        unit: Option<String>,
        /// The record of a message: everything that was done with it.
        #[arg(long)]
        record: bool,
    },
    /// How the outbox is; fails when a due post is more than two minutes late.
    Health,
    /// Withdraws what has not left yet.
    Withdraw {
        id: String,
        #[arg(long)]
        reason: String,
    },
    /// Says what became of a delivery the program could not settle.
    Decide {
        delivery: String,
        /// It is out, under this remote id; without it: it is not out, send it again.
        #[arg(long, conflicts_with = "leave")]
        live: Option<String>,
        /// It is not out, and stays so.
        #[arg(long)]
        leave: bool,
    },
    /// Takes back what is out, on every network, by the department's own decision.
    Remove {
        id: String,
        #[arg(long)]
        reason: String,
    },
    /// Takes down every copy by a court's order, within 24 hours: of a message, or what stands at addresses.
    Takedown(order::Takedown),
    /// Open orders and those that were carried out, with the statement for the court; of one as PDF with -o.
    Orders(order::Orders),
    /// A copy that no program could remove: --again tries once more, --removed or --hidden with --proof says that it was done by hand.
    Copy(order::Copy),
    /// Stops a unit and all below it; statements still go out.
    Pause {
        unit: String,
        #[arg(long)]
        reason: String,
    },
    Resume {
        unit: String,
    },
    /// Looks at a file of messages and names every line that is wrong; --take makes them all, or none.
    Bulk(many::Bulk),
    /// Lets a message come again by a rule; each time is checked and approved like any other.
    Recur(many::Recur),
    /// Messages that come again; with an id, what became of its times.
    Recurring {
        id: Option<String>,
    },
    /// Lets a message come again no more.
    Stop {
        id: String,
        #[arg(long)]
        reason: String,
    },
    /// Reads the numbers of the last thirty days' posts from the networks.
    Measure,
    /// What a text feels and why; without a text, how far that agrees with a reader on the held-back sentences.
    Sentiment {
        text: Vec<String>,
    },
    /// The desk in numbers: tables, and a PDF with -o.
    Report(numbers::Report),
    /// Everything published, with versions, approvals and proof, for the Right to Information Act.
    Records(numbers::Records),
    /// Brings posts, numbers and what was addressed to the accounts into the lake (`clean.social_*`).
    Lake,
    /// Enters a model code of conduct; what is scheduled into it and breaks it is held.
    Silence(order::Silence),
    /// All times of the model code of conduct.
    Silences,
    /// Puts a time of the model code right, or ends it now; what it holds no longer is free again.
    SilenceChange(order::SilenceChange),
}

pub(crate) fn wrong(e: impl std::fmt::Display) -> LakeError {
    LakeError::Invalid(e.to_string())
}

/// The desk works on the operational state alone; the lake is not opened.
pub(crate) async fn desk(args: &Args) -> Result<Desk, LakeError> {
    let url = std::env::var("SAROVAR_STORE").ok().filter(|s| !s.is_empty());
    let store = match url {
        Some(url) => Store::open(&url, Utc::now()).await,
        None => Store::open_in(&args.home, Utc::now()).await,
    };
    let store = store.map_err(wrong)?;
    crate::who::settle_desk(args, &store).await?;
    // What is signed and published also goes into the lake's access log; the lake itself stays closed.
    let options = ledger::Options {
        dir: args.home.join("audit"),
        witness: std::env::var_os("SAROVAR_WITNESS")
            .filter(|s| !s.is_empty() && crate::bring::witness_address().is_none())
            .map(Into::into),
        clock: Utc::now,
    };
    let log = ledger::Ledger::open(options).map_err(LakeError::from)?;
    Ok(Desk::new(store).with_audit(Arc::new(log)).with_media(args.home.join("desk-media")))
}

/// The key of the vault: `SAROVAR_VAULT_KEY`, else `vault.key` in the home folder.
pub(crate) fn channels(args: &Args) -> Result<Channels, LakeError> {
    vault(&args.home)
}

pub(crate) fn vault(home: &Path) -> Result<Channels, LakeError> {
    let vault = match std::env::var("SAROVAR_VAULT_KEY") {
        Ok(text) if !text.is_empty() => Vault::from_text(&text),
        _ => Vault::from_file(&home.join("vault.key")),
    };
    Ok(Channels::new(Arc::new(vault.map_err(wrong)?), Arc::new(SystemClock)))
}

pub(crate) fn who(args: &Args) -> Principal {
    crate::who::principal(args)
}

fn names(given: &[String]) -> Result<Vec<NetworkName>, LakeError> {
    given.iter().map(|n| n.parse().map_err(LakeError::Invalid)).collect()
}

impl Words {
    fn message(&self) -> Result<Message, LakeError> {
        if let Some(path) = &self.file {
            let text =
                std::fs::read_to_string(path).map_err(|e| LakeError::Io { action: "reading", path: path.clone(), source: e })?;
            return serde_json::from_str(&text).map_err(|e| wrong(format!("{}: {e}", path.display())));
        }
        let mut message = Message {
            kind: self.kind.parse().map_err(LakeError::Invalid)?,
            hindi: self.hindi.clone(),
            english: self.english.clone(),
            ..Message::default()
        };
        for variant in &self.variants {
            let (network, text) =
                variant.split_once('=').ok_or_else(|| wrong(format!("--variant {variant:?}: write NETWORK=TEXT")))?;
            message.variants.insert(network.parse().map_err(LakeError::Invalid)?, text.into());
        }
        if message.texts().is_empty() {
            return Err(wrong("give --hindi, --english or --file"));
        }
        Ok(message)
    }
}

pub async fn run(args: &Args, command: &PostCommand) -> Result<ExitCode, LakeError> {
    let desk = desk(args).await?;
    match act(args, &desk, command).await {
        Ok(code) => Ok(code),
        Err(Fault::Desk(e)) => Err(wrong(e)),
        Err(Fault::Lake(e)) => Err(e),
    }
}

enum Fault {
    Desk(DeskError),
    Lake(LakeError),
}

impl From<DeskError> for Fault {
    fn from(e: DeskError) -> Self {
        Fault::Desk(e)
    }
}

impl From<store::StoreError> for Fault {
    fn from(e: store::StoreError) -> Self {
        Fault::Desk(e.into())
    }
}

impl From<LakeError> for Fault {
    fn from(e: LakeError) -> Self {
        Fault::Lake(e)
    }
}

async fn act(args: &Args, desk: &Desk, command: &PostCommand) -> Result<ExitCode, Fault> {
    let (me, now) = (who(args), Utc::now());
    let at = now.timestamp_micros();
    match command {
        PostCommand::Draft { unit, words, corrects, campaign } => {
            let mut message = words.message()?;
            if let Some(campaign) = campaign {
                message = desk.for_campaign(campaign, unit, message).await?;
            }
            let post = desk.draft(&me, unit, &message, corrects.as_deref(), now).await?;
            if let Some(campaign) = campaign {
                desk.join_campaign(&me, campaign, &post.id, true, now).await?;
            }
            output::records(&[post], args.format)?;
        }
        PostCommand::Edit { id, from, words } => {
            output::records(&[desk.edit(&me, id, *from, &words.message()?, now).await?], args.format)?;
        }
        PostCommand::Revise(r) => revise::revise(args, desk, r).await?,
        PostCommand::Apply { id } => return revise::apply(args, desk, id).await,
        PostCommand::Keep { id, reason } => desk.keep_out(&me, id, reason, now).await?,
        PostCommand::Note { id, text } => {
            if let Some(text) = text {
                desk.note(&me, id, text, now).await?;
            }
            desk.may_read(&me, &desk.store.post(id).await?.unit).await?;
            output::records(&desk.store.notes(id).await?, args.format)?;
        }
        PostCommand::Wordings(w) => revise::wordings(args, desk, w).await?,
        PostCommand::Similar { id, at: when } => {
            let post = desk.store.post(id).await?;
            desk.may_read(&me, &post.unit).await?;
            let due = when.as_deref().map(parse_ist).transpose()?;
            let message = desk.message(id, post.version).await?;
            output::records(&desk.similar(&post.unit, &message, due, now).await?, args.format)?;
        }
        PostCommand::Move { id, day } => {
            let day = day.parse().map_err(|_| wrong(format!("{day:?} is no day; write 2026-12-01")))?;
            let moved = desk.move_to_day(&me, id, day, now).await?;
            say(&format!("{moved} waiting deliver(ies) moved"));
        }
        PostCommand::Queue { id, channels } => {
            let queued = desk.schedule(&me, id, &desk.channels(channels).await?, When::Queue, now).await?;
            output::records(&queued.iter().map(delivery).collect::<Vec<_>>(), args.format)?;
        }
        PostCommand::Check { measure: true, .. } => {
            let sentences = check::labelled().map_err(LakeError::Invalid)?;
            let held = sentences.iter().filter(|l| l.held_back).count();
            say(&format!(
                "{held} held-back sentences of {}; whoever wrote the rules wrote the sentences, so expect less in life",
                sentences.len()
            ));
            output::records(&check::measure(&sentences, true), args.format)?;
        }
        PostCommand::Check { id: Some(id), networks, .. } => {
            let found = desk.check(id, &names(networks)?, at, now).await?;
            let shown: Vec<Value> = found.iter().map(finding).collect();
            output::records(&shown, args.format)?;
            let open = found.iter().any(|f| f.level == "block" && f.overridden_by.is_none());
            return Ok(if open { ExitCode::from(1) } else { ExitCode::SUCCESS });
        }
        PostCommand::Check { id: None, words, networks, .. } => {
            let message = words.message()?;
            let networks = names(networks)?;
            for limits in networks.iter().map(|n| n.limits()) {
                let text = message.text_for(limits.network);
                let length = social::text::length(&text, limits.text);
                let parts = if limits.thread { social::text::split(&text, limits.text).unwrap_or_default() } else { vec![text] };
                let price = limits.price(&parts);
                say(&format!("{}: {} of {}, {} part(s), US$ {price:.3}", limits.title, length.used, length.most, parts.len()));
            }
            let silences = desk.store.silences().await?.iter().map(Into::into).collect();
            let found = check::check(&message, &Setting { due: at, silences, networks, ..Setting::default() });
            let blocked = found.iter().any(|f| f.level == check::Level::Block);
            output::records(&found, args.format)?;
            return Ok(if blocked { ExitCode::from(1) } else { ExitCode::SUCCESS });
        }
        PostCommand::Overrule { id, rule, reason } => {
            let n = desk.overrule(&me, id, rule, reason, now).await?;
            say(&format!("{n} finding(s) of {rule} overruled"));
        }
        PostCommand::Submit { id, networks } => standing(args, &desk.submit(&me, id, &names(networks)?, at, now).await?)?,
        PostCommand::Approve { id, version, note } => {
            standing(args, &desk.approve(&me, id, *version, note.as_deref(), now).await?)?;
        }
        PostCommand::Back { id, reason } => desk.send_back(&me, id, reason, now).await?,
        PostCommand::Schedule { id, at, channels } => {
            let when = When::At(parse_ist(at)?);
            let queued = desk.schedule(&me, id, &desk.channels(channels).await?, when, now).await?;
            output::records(&queued.iter().map(delivery).collect::<Vec<_>>(), args.format)?;
        }
        PostCommand::Publish { id, channels } => {
            desk.schedule(&me, id, &desk.channels(channels).await?, When::Now, now).await?;
            return sent(args, desk, id).await;
        }
        PostCommand::Work { seconds, no_reading } => {
            let stop = Arc::new(AtomicBool::new(false));
            let (worker, flag) = (worker(args, desk)?, stop.clone());
            let worker = if *no_reading { worker } else { worker.with_reading() };
            let end = async move {
                match seconds {
                    Some(s) => tokio::time::sleep(Duration::from_secs(*s)).await,
                    None => drop(tokio::signal::ctrl_c().await),
                }
                flag.store(true, Ordering::Relaxed);
            };
            tokio::join!(worker.run(stop), end);
            output::records(&desk.store.delivery_counts().await?, args.format)?;
        }
        PostCommand::Status { id: Some(id), record: true, .. } => output::records(&desk.store.events(id).await?, args.format)?,
        PostCommand::Status { id: Some(id), .. } => {
            standing(args, &desk.standing(id).await?)?;
            deliveries(args, desk, id).await?;
        }
        PostCommand::Status { id: None, unit, .. } => {
            output::records(&desk.store.posts(unit.as_deref(), 50).await?, args.format)?
        }
        PostCommand::Health => {
            let health = health(&desk.store, at).await?;
            let well = health.well;
            output::records(&[health], args.format)?;
            return Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(1) });
        }
        PostCommand::Withdraw { id, reason } => {
            let n = desk.withdraw(&me, id, reason, now).await?;
            say(&format!("{n} waiting deliver(ies) cancelled; what is out stays out until `sarovar post remove`"));
        }
        PostCommand::Decide { delivery, live, leave } => {
            let verdict = match live {
                Some(remote) => Verdict::Live(remote),
                None if *leave => Verdict::Leave,
                None => Verdict::Again,
            };
            desk.decide(&me, delivery, verdict, now).await?;
        }
        PostCommand::Remove { id, reason } => return order::remove(args, desk, id, reason).await,
        PostCommand::Takedown(t) => return order::takedown(args, desk, t).await,
        PostCommand::Orders(o) => order::orders(args, desk, o).await?,
        PostCommand::Copy(c) => order::copy(args, desk, c).await?,
        PostCommand::Pause { unit, reason } => desk.pause(&me, unit, reason, now).await?,
        PostCommand::Resume { unit } => desk.resume(&me, unit, now).await?,
        PostCommand::Bulk(b) => return many::bulk(args, desk, b).await,
        PostCommand::Recur(r) => many::recur(args, desk, r).await?,
        PostCommand::Recurring { id } => many::recurring(args, desk, id.as_deref()).await?,
        PostCommand::Stop { id, reason } => desk.stop_recurring(&me, id, reason, now).await?,
        PostCommand::Sentiment { text } => numbers::sentiment(args, text)?,
        PostCommand::Measure => numbers::measure(args, desk).await?,
        PostCommand::Report(r) => numbers::report(args, desk, r).await?,
        PostCommand::Records(r) => return numbers::records(args, desk, r).await,
        PostCommand::Lake => numbers::lake(args, desk).await?,
        PostCommand::Silence(s) => order::silence(args, desk, s).await?,
        PostCommand::Silences => output::records(&desk.store.silences().await?, args.format)?,
        PostCommand::SilenceChange(s) => order::change_silence(args, desk, s).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn worker(args: &Args, desk: &Desk) -> Result<Outbox, LakeError> {
    let owner = format!("{}-{}", std::process::id(), desk.store.fresh_id(Utc::now()));
    let channels = channels(args)?;
    let networks = networks(&channels)?;
    let worker = Outbox::new(desk.store.clone(), networks, channels, Arc::new(SystemClock), Patience::default(), &owner);
    Ok(match desk.audit() {
        Some(log) => worker.with_audit(log),
        None => worker,
    })
}

/// Networks that fetch pictures themselves find them on the portal, under links signed with the portal's key.
fn networks(channels: &Channels) -> Result<Networks, LakeError> {
    let base = std::env::var("SAROVAR_PORTAL_URL").unwrap_or_default();
    let links = (!base.is_empty()).then(|| Links::new(&base, &channels.vault().derived("portal")));
    Networks::with_links(links).map_err(wrong)
}

/// Works until nothing of a message is on its way, and tells where its deliveries stand.
async fn sent(args: &Args, desk: &Desk, id: &str) -> Result<ExitCode, Fault> {
    let worker = worker(args, desk)?;
    for _ in 0..100 {
        worker.run_once().await?;
        let open = ["queued", "preparing", "committing", "unknown"];
        if !desk.store.deliveries(id).await?.iter().any(|d| open.contains(&d.state.as_str())) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    deliveries(args, desk, id).await
}

async fn deliveries(args: &Args, desk: &Desk, id: &str) -> Result<ExitCode, Fault> {
    let all = desk.store.deliveries(id).await?;
    output::records(&all.iter().map(delivery).collect::<Vec<_>>(), args.format)?;
    let bad = all.iter().any(|d| matches!(d.state.as_str(), "failed" | "human" | "missed" | "held"));
    Ok(if bad { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn delivery(d: &store::social::Delivery) -> Value {
    json!({ "delivery": d.id, "network": d.network, "part": d.part + 1, "of": d.parts, "state": d.state, "due": model::time::format_ist(d.due_at), "attempt": d.attempt, "url": d.url, "reason": d.reason })
}

fn finding(f: &store::social::FindingRow) -> Value {
    let body: Value = serde_json::from_str(&f.body).unwrap_or_default();
    json!({ "rule": f.rule, "level": f.level, "place": body["place"], "found": body["found"], "overridden_by": f.overridden_by, "reason": f.reason, "law": body["law"], "way_out": body["way_out"] })
}

fn standing(args: &Args, s: &social::desk::Standing) -> Result<(), LakeError> {
    let open: Vec<&str> = s.findings.iter().filter(|f| f.overridden_by.is_none()).map(|f| f.rule.as_str()).collect();
    let row = json!({ "id": s.post.id, "unit": s.post.unit, "kind": s.post.kind, "state": s.post.state, "version": s.post.version, "author": s.post.author, "open_findings": open.join(", "), "signed": s.approvals.iter().map(|a| a.principal.as_str()).collect::<Vec<_>>().join(", "), "missing": s.missing.join(", ") });
    output::records(&[row], args.format)
}
