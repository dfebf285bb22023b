//! Channels (units, officers, accounts) and the inbox.

use std::process::ExitCode;

use chrono::Utc;
use clap::Subcommand;
use lake::LakeError;
use serde_json::{Value, json};
use social::NetworkName;
use social::network::oauth::{self, App};
use social::network::{Bluesky, Networks, Secret};
use store::social::{NewAccount, SavedReply, Unit};

use crate::args::Args;
use crate::output::{self, say};
use crate::post::{channels, desk, who, wrong};

#[derive(Debug, Subcommand)]
pub enum ChannelCommand {
    /// Adds a unit, or changes its names and place.
    Unit {
        code: String,
        #[arg(long)]
        parent: Option<String>,
        #[arg(long)]
        name_en: String,
        #[arg(long)]
        name_hi: String,
        #[arg(long, default_value = "thana")]
        kind: String,
        /// Constituencies, parted by commas.
        #[arg(long, default_value = "")]
        constituencies: String,
        /// Official telephone numbers, parted by commas.
        #[arg(long, default_value = "")]
        numbers: String,
    },
    /// Gives somebody a role in a unit and those below: writer, checker, approver, law, publisher, duty.
    Officer { person: String, unit: String, role: String },
    /// Sets the approval steps of a unit for a kind (* for every kind).
    Steps {
        unit: String,
        kind: String,
        #[arg(required = true)]
        roles: Vec<String>,
    },
    /// Sets within how many minutes a unit and those below answer people; without a number, as the unit above.
    AnswerTime { unit: String, minutes: Option<i64> },
    /// All channels.
    List,
    /// Connects an account, or connects it again; a second person must confirm.
    Connect {
        #[arg(long)]
        unit: String,
        #[arg(long)]
        network: String,
        #[arg(long)]
        handle: String,
        /// Base address of the network; its usual one when absent.
        #[arg(long)]
        address: Option<String>,
        /// Environment variable that holds the app password or token.
        #[arg(long, value_name = "VARIABLE")]
        secret_env: String,
        /// Own id at the network, where the network does not tell it.
        #[arg(long, default_value = "")]
        remote: String,
    },
    /// Registers the department's application at a network (X, Facebook, Instagram, YouTube, a Mastodon server).
    App {
        #[arg(long)]
        network: String,
        /// Base address; the network's usual one when absent.
        #[arg(long)]
        address: Option<String>,
        #[arg(long)]
        client_id: String,
        /// Environment variable that holds the application's secret.
        #[arg(long, value_name = "VARIABLE")]
        secret_env: String,
        /// Where the network sends a person back to, as registered there.
        #[arg(long)]
        redirect: String,
    },
    /// Prints the address at which a person agrees that the desk may use an account.
    Consent {
        #[arg(long)]
        unit: String,
        #[arg(long)]
        network: String,
        #[arg(long)]
        address: Option<String>,
    },
    /// Takes what came back after a consent: the whole address the browser was sent to.
    Code { address: String },
    /// A channel's times of the week, and the next free one; --add and --drop change them.
    Queue {
        channel: String,
        /// `MO 18:30` (Indian time), or `18:30` for every day.
        #[arg(long)]
        add: Vec<String>,
        #[arg(long)]
        drop: Vec<String>,
    },
    /// Channels whose token a person must renew soon.
    Expiring,
    /// Confirms a connection that somebody else made.
    Confirm { channel: String },
    /// Gives a channel up (account closed, handle stolen): it is no official handle any more, and nothing goes out on it.
    Retire {
        channel: String,
        #[arg(long)]
        reason: String,
    },
    /// Asks the networks whether the tokens work.
    Probe,
    /// Seals all secrets under the vault's first key.
    Reseal,
}

#[derive(Debug, Subcommand)]
pub enum InboxCommand {
    /// What waits, the most urgent first.
    List {
        #[arg(long)]
        unit: Option<String>,
        #[arg(long)]
        all: bool,
    },
    /// Reads what is new on all channels.
    Poll,
    /// Routes an item to a unit and, perhaps, to a person.
    Assign {
        item: String,
        #[arg(long)]
        unit: String,
        #[arg(long)]
        to: Option<String>,
    },
    /// Takes the pen and drafts an answer; it is checked and approved like every message.
    Answer { item: String, text: String },
    /// Sends an approved answer.
    Send { item: String, post: String },
    /// Hides what somebody wrote at the network, by a public rule: abuse, threat, spam, identity of a victim, incitement, private data.
    Hide {
        item: String,
        /// Begins with the rule; what follows is the detail.
        #[arg(long)]
        reason: String,
    },
    /// Shows again what was hidden.
    Unhide {
        item: String,
        #[arg(long)]
        reason: String,
    },
    /// Saved replies; with --name one is kept for a unit and those below it, with --drop one goes.
    Replies {
        #[arg(long)]
        unit: Option<String>,
        /// Changes this one.
        #[arg(long, requires = "name")]
        id: Option<String>,
        #[arg(long, requires_all = ["hindi", "english"])]
        name: Option<String>,
        #[arg(long)]
        hindi: Option<String>,
        #[arg(long)]
        english: Option<String>,
        #[arg(long, conflicts_with_all = ["name", "id"])]
        drop: Option<String>,
    },
    /// Files what somebody wrote at the police portal, without who wrote it, and ends the item with the complaint's number.
    HandOver {
        item: String,
        #[arg(long)]
        tip: bool,
        /// What else is to be known.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Ends an item without an answer: handed_over (with the number of a complaint filed by hand) or closed.
    Close {
        item: String,
        #[arg(long)]
        state: String,
        #[arg(long)]
        answer: Option<String>,
        #[arg(long)]
        reason: String,
    },
}

pub async fn run(args: &Args, command: &ChannelCommand) -> Result<ExitCode, LakeError> {
    let (desk, me, now) = (desk(args).await?, who(args), Utc::now());
    let store = &desk.store;
    match command {
        ChannelCommand::Unit { code, parent, name_en, name_hi, kind, constituencies, numbers } => {
            let unit = Unit {
                code: code.clone(),
                parent: parent.clone(),
                name_en: name_en.clone(),
                name_hi: name_hi.clone(),
                kind: kind.clone(),
                constituencies: constituencies.clone(),
                numbers: numbers.clone(),
                paused_at: None,
                paused_by: None,
                pause_reason: None,
                answer_minutes: None,
            };
            desk.put_unit(&me, &unit, now).await.map_err(wrong)?;
        }
        ChannelCommand::Officer { person, unit, role } => {
            desk.give_role(&me, person, unit, role, now).await.map_err(wrong)?;
        }
        ChannelCommand::Steps { unit, kind, roles } => desk.set_steps(&me, unit, kind, roles, now).await.map_err(wrong)?,
        ChannelCommand::AnswerTime { unit, minutes } => {
            desk.set_answer_time(&me, unit, *minutes, now).await.map_err(wrong)?;
            let held = store.answer_minutes(unit).await.map_err(wrong)?.unwrap_or(social::desk::ANSWER_MINUTES);
            output::records(&[json!({ "unit": unit, "answer_minutes": held })], args.format)?;
        }
        ChannelCommand::List => output::records(&store.accounts().await.map_err(wrong)?, args.format)?,
        ChannelCommand::Connect { unit, network, handle, address, secret_env, remote } => {
            store.unit(unit).await.map_err(wrong)?;
            let network: NetworkName = network.parse().map_err(LakeError::Invalid)?;
            let word = std::env::var(secret_env).map_err(|_| wrong(format!("the environment has no {secret_env}")))?;
            let usual = if network == NetworkName::Bluesky { "https://bsky.social" } else { oauth::usual_address(network) };
            let address = address.as_deref().unwrap_or(usual).trim_end_matches('/').to_owned();
            let (remote, handle, secret) = match network {
                NetworkName::Bluesky => Bluesky::new().map_err(wrong)?.connect(&address, handle, &word).await.map_err(wrong)?,
                _ => (remote.clone(), handle.clone(), Secret { access: word, ..Secret::default() }),
            };
            let id = match store.account_by_handle(network.as_str(), &handle).await.map_err(wrong)? {
                Some(old) => old.id,
                None => store.fresh_id(now),
            };
            let new = NewAccount {
                secret: channels(args)?.vault().seal(&id, &secret).map_err(wrong)?,
                id,
                unit: unit.clone(),
                network: network.to_string(),
                handle,
                remote,
                app: format!("{network} {address}"),
                address,
                state: "proposed".into(),
                expires_at: secret.expires_at,
                connected_by: me.id.clone(),
            };
            let account = desk.put_channel(&me, new, now).await.map_err(wrong)?;
            say("a second person confirms it with `sarovar channel confirm`");
            output::records(&[account], args.format)?;
        }
        ChannelCommand::App { network, address, client_id, secret_env, redirect } => {
            let (network, address) = place(network, address.as_deref())?;
            let secret = std::env::var(secret_env).map_err(|_| wrong(format!("the environment has no {secret_env}")))?;
            let app = App { network, address, id: client_id.clone(), secret, redirect: redirect.clone() };
            desk.register_app(&me, &channels(args)?, &app, now).await.map_err(wrong)?;
        }
        ChannelCommand::Consent { unit, network, address } => {
            let (network, address) = place(network, address.as_deref())?;
            let consent = desk.begin_connect(&me, &channels(args)?, unit, network, &address, now).await.map_err(wrong)?;
            say("open this within ten minutes; then: sarovar channel code ADDRESS-YOU-WERE-SENT-TO");
            output::records(&[json!({ "open": consent })], args.format)?;
        }
        ChannelCommand::Code { address } => {
            let (state, code) = returned(address)?;
            let made = desk.finish_connect(&me, &channels(args)?, &state, &code, now).await.map_err(wrong)?;
            say("a second person confirms each with `sarovar channel confirm`");
            if !made.left_out.is_empty() {
                let names = made.left_out.join(", ");
                say(&format!(
                    "not connected, because no token came with it: {names}; agree again with it ticked, and let its owner give you the task of publishing"
                ));
            }
            output::records(&made.accounts, args.format)?;
        }
        ChannelCommand::Queue { channel, add, drop } => {
            let account = desk.channels(std::slice::from_ref(channel)).await.map_err(wrong)?.remove(0);
            for time in add {
                desk.add_slot(&me, &account.id, time, now).await.map_err(wrong)?;
            }
            for time in drop {
                desk.drop_slot(&me, &account.id, time, now).await.map_err(wrong)?;
            }
            let slots = store.slots(&account.id).await.map_err(wrong)?;
            let next = desk.next_slot(&account, now).await.map_err(wrong)?.map(model::time::format_ist);
            let times: Vec<String> = slots.iter().map(social::desk::slot_text).collect();
            output::records(&[json!({ "channel": account.handle, "times": times.join(", "), "next": next })], args.format)?;
        }
        ChannelCommand::Expiring => output::records(&desk.expiring(now).await.map_err(wrong)?, args.format)?,
        ChannelCommand::Confirm { channel } => {
            let account = desk.channels(std::slice::from_ref(channel)).await.map_err(wrong)?.remove(0);
            desk.confirm(&me, &account.id, now).await.map_err(wrong)?;
        }
        ChannelCommand::Retire { channel, reason } => {
            let account = desk.channels(std::slice::from_ref(channel)).await.map_err(wrong)?.remove(0);
            let waiting = desk.retire(&me, &account.id, reason, now).await.map_err(wrong)?;
            say(&format!("{} is no channel any more; {waiting} waiting deliver(ies) need a person", account.handle));
        }
        ChannelCommand::Probe => {
            let (channels, networks) = (channels(args)?, Networks::all().map_err(wrong)?);
            let mut rows: Vec<Value> = Vec::new();
            for account in store.accounts().await.map_err(wrong)? {
                if account.state == "closed" {
                    continue;
                }
                let seen = desk.probe(&channels, &networks, &account, now).await.map_err(|e| e.to_string());
                let account = store.account(&account.id).await.map_err(wrong)?;
                let expires = account.expires_at.map(model::time::format_ist);
                rows.push(json!({ "channel": account.handle, "network": account.network, "state": account.state, "works": seen.is_ok(), "expires": expires, "message": seen.err() }));
            }
            let well = rows.iter().all(|r| r["works"] == true);
            output::records(&rows, args.format)?;
            return Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(1) });
        }
        ChannelCommand::Reseal => {
            let channels = channels(args)?;
            let mut n = 0;
            for account in store.accounts().await.map_err(wrong)? {
                if let Some(sealed) = channels.vault().reseal(&account.id, &account.secret).map_err(wrong)? {
                    n += u64::from(store.reseal(&account.id, account.secret_version, &sealed).await.map_err(wrong)?);
                }
            }
            say(&format!("{n} secret(s) sealed under the first key"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A network, and where it is.
fn place(network: &str, address: Option<&str>) -> Result<(NetworkName, String), LakeError> {
    let network: NetworkName = network.parse().map_err(LakeError::Invalid)?;
    let address = address.unwrap_or(oauth::usual_address(network)).trim_end_matches('/').to_owned();
    if address.is_empty() {
        return Err(wrong(format!("{network} has no usual address; name the server with --address https://…")));
    }
    Ok((network, address))
}

/// `state` and `code` of an address a browser was sent back to.
fn returned(address: &str) -> Result<(String, String), LakeError> {
    let query = address.split_once('?').map_or("", |(_, q)| q);
    let pairs: Vec<(String, String)> = social::pairs(query);
    let of = |name: &str| pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone());
    match (of("state"), of("code"), of("error")) {
        (Some(state), Some(code), None) => Ok((state, code)),
        (_, _, Some(error)) => {
            Err(wrong(format!("the network says {error}: nobody agreed; begin again with `sarovar channel consent`")))
        }
        _ => Err(wrong("this address has no state and code; copy the whole one the browser was sent to")),
    }
}

pub async fn inbox(args: &Args, command: &InboxCommand) -> Result<ExitCode, LakeError> {
    let (desk, me, now) = (desk(args).await?, who(args), Utc::now());
    match command {
        InboxCommand::List { unit, all } => {
            output::records(&desk.store.items(unit.as_deref(), *all, 500).await.map_err(wrong)?, args.format)?;
        }
        InboxCommand::Poll => {
            let (channels, networks) = (channels(args)?, Networks::all().map_err(wrong)?);
            let mut rows = Vec::new();
            for account in desk.store.accounts().await.map_err(wrong)?.into_iter().filter(|a| a.state == "connected") {
                let network: NetworkName = account.network.parse().map_err(LakeError::Invalid)?;
                let read = match networks.get(network) {
                    Ok(network) => desk.poll(&channels, network.as_ref(), &account, now).await.map_err(|e| e.to_string()),
                    Err(e) => Err(e.to_string()),
                };
                rows.push(json!({ "channel": account.handle, "network": account.network, "new": read.as_ref().ok(), "message": read.as_ref().err() }));
            }
            output::records(&rows, args.format)?;
        }
        InboxCommand::Assign { item, unit, to } => desk.assign(&me, item, unit, to.as_deref(), now).await.map_err(wrong)?,
        InboxCommand::Answer { item, text } => {
            let post = desk.answer(&me, item, text, now).await.map_err(wrong)?;
            output::records(&[json!({ "item": item, "post": post })], args.format)?;
        }
        InboxCommand::Send { item, post } => {
            let account = desk.store.account(&desk.store.item(item).await.map_err(wrong)?.account).await.map_err(wrong)?;
            let networks = Networks::all().map_err(wrong)?;
            let network = networks.get(account.network.parse().map_err(LakeError::Invalid)?).map_err(wrong)?;
            let sent = desk.send_answer(&me, item, post, network.as_ref(), now).await.map_err(wrong)?;
            output::records(&[json!({ "item": item, "post": post, "delivery": sent.id })], args.format)?;
        }
        InboxCommand::HandOver { item, tip, note } => {
            let lake = crate::bring::open(args).await?;
            let category = if *tip { "Tip" } else { "Complaint" };
            let number = server::portal::hand_over(&lake, &desk, &me, item, category, note).await.map_err(wrong)?;
            output::records(&[json!({ "item": item, "complaint": number })], args.format)?;
        }
        InboxCommand::Hide { item, reason } => {
            let networks = Networks::all().map_err(wrong)?;
            desk.hide_item(&me, &channels(args)?, &networks, item, reason, now).await.map_err(wrong)?;
        }
        InboxCommand::Unhide { item, reason } => {
            let networks = Networks::all().map_err(wrong)?;
            desk.unhide_item(&me, &channels(args)?, &networks, item, reason, now).await.map_err(wrong)?;
        }
        InboxCommand::Replies { drop: Some(id), .. } => desk.drop_reply(&me, id, now).await.map_err(wrong)?,
        InboxCommand::Replies { unit, id, name: Some(name), hindi, english, .. } => {
            let reply = SavedReply {
                id: id.clone().unwrap_or_default(),
                unit: unit.clone().unwrap_or_default(),
                name: name.clone(),
                hindi: hindi.clone().unwrap_or_default(),
                english: english.clone().unwrap_or_default(),
                ..SavedReply::default()
            };
            output::records(&[desk.save_reply(&me, reply, now).await.map_err(wrong)?], args.format)?;
        }
        InboxCommand::Replies { unit, .. } => {
            let kept = match unit {
                Some(unit) => desk.store.saved_replies(unit).await,
                None => desk.store.all_saved_replies().await,
            };
            output::records(&kept.map_err(wrong)?, args.format)?;
        }
        InboxCommand::Close { item, state, answer, reason } => {
            desk.close_item(&me, item, state, answer.as_deref(), reason, now).await.map_err(wrong)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
