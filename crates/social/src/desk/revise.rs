//! Edits of what is out. A new version goes the whole way again (checks, signatures of others); then each copy on a network that lets a
//! program edit gets the new words through the outbox, under the same rules as a post: the intent is recorded, an unclear answer ends by
//! reading. Copies elsewhere stay as they are, and whoever edits is told which.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde::Serialize;
use serde_json::json;
use store::social::{Account, Delivery, Post};

use super::schedule::{languages, title};
use super::{Desk, digest, sealed};
use crate::DeskError;
use crate::limit::NetworkName;
use crate::message::{Kind, Message};
use crate::network::Outgoing;
use crate::text;

/// Words shorter than this give no reason.
const REASON: usize = 10;

/// One copy of a message that is out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutCopy {
    pub delivery: String,
    pub network: String,
    pub handle: String,
    pub url: Option<String>,
    /// Why it stays as it is; none: an edit changes it.
    pub stays: Option<Stays>,
}

/// Why a copy stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stays {
    /// The network lets no program edit.
    Network,
    /// It has these words already.
    Same,
    /// The new words make more or fewer parts than are out.
    Parts,
}

impl Stays {
    pub fn as_str(self) -> &'static str {
        match self {
            Stays::Network => "network",
            Stays::Same => "same",
            Stays::Parts => "parts",
        }
    }
}

/// What an edit does, copy by copy, and the deliveries that carry it out.
struct Plan {
    copies: Vec<OutCopy>,
    edits: Vec<(Delivery, Outgoing)>,
}

impl Desk {
    /// A further version of a message that is out, on top of version `from`. It is a draft again and goes through checks and signatures;
    /// until [`Desk::apply_edit`] everything that is out stays as it is.
    pub async fn revise(
        &self,
        who: &Principal,
        id: &str,
        from: i64,
        message: &Message,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Post, DeskError> {
        let post = self.post_of_kind(who, id, message).await?;
        if message.kind == Kind::Reply {
            return Err(DeskError::Refused("an answer that was given is not edited; answer again".into()));
        }
        if reason.trim().chars().count() < REASON {
            return Err(DeskError::Refused("say in a sentence why what is out is edited; the reason is kept".into()));
        }
        if message.media != self.message(id, post.version).await?.media {
            return Err(DeskError::Refused(
                "pictures and films of what is out stay as they are; take it back and write another message".into(),
            ));
        }
        let plan = self.plan_edit(id, message).await?;
        if plan.edits.is_empty() {
            return Err(DeskError::Refused(
                "nothing that is out would change: its networks let no program edit, or the words are the same; write a correction instead"
                    .into(),
            ));
        }
        let (body, sha256) = sealed(message)?;
        if !self.store.add_revision(id, from, &body, &sha256, &who.id, now.timestamp_micros()).await? {
            let current = self.store.post(id).await?;
            return Err(DeskError::Refused(if current.version == from {
                "some copy is on its way or still waits; edit what is out when all of it has arrived, or withdraw what waits"
                    .into()
            } else {
                format!("somebody saved version {} meanwhile; look at it and put your change on top of it", current.version)
            }));
        }
        let what = json!({ "version": from + 1, "sha256": sha256, "reason": reason.trim() });
        self.record(who, now, "revise", id, &what).await?;
        Ok(self.store.post(id).await?)
    }

    /// Which copies an edit of the newest version changes, and which stay as they are.
    pub async fn edit_plan(&self, id: &str) -> Result<Vec<OutCopy>, DeskError> {
        let post = self.store.post(id).await?;
        Ok(self.plan_edit(id, &self.message(id, post.version).await?).await?.copies)
    }

    /// Carries an approved edit out: each copy whose network lets a program edit gets the new words. The checks run once more.
    pub async fn apply_edit(&self, who: &Principal, id: &str, now: DateTime<Utc>) -> Result<Vec<Delivery>, DeskError> {
        let post = self.store.post(id).await?;
        self.need(who, &post.unit, "publisher").await?;
        if post.state != "approved" {
            return Err(DeskError::Refused(format!("version {} of {id} is {}, not approved", post.version, post.state)));
        }
        let (message, at) = (self.message(id, post.version).await?, now.timestamp_micros());
        let plan = self.plan_edit(id, &message).await?;
        if plan.edits.is_empty() {
            return Err(DeskError::Refused("nothing that is out would change; keep what is out, or write a correction".into()));
        }
        let mut networks: Vec<NetworkName> = Vec::new();
        for (copy, _) in &plan.edits {
            networks.push(copy.network.parse().map_err(DeskError::Invalid)?);
        }
        self.still_allowed(&post, &message, &networks, at).await?;
        let mut all = Vec::new();
        for (copy, outgoing) in plan.edits {
            let id = self.store.fresh_id(now);
            all.push(Delivery {
                key: id.clone(),
                id,
                post: post.id.clone(),
                version: post.version,
                kind: copy.kind,
                unit: copy.unit,
                account: copy.account,
                network: copy.network,
                app: copy.app,
                part: copy.part,
                parts: copy.parts,
                sha256: digest(&outgoing.text),
                body: serde_json::to_string(&outgoing).map_err(|e| DeskError::Invalid(e.to_string()))?,
                due_at: at,
                state: "queued".into(),
                revises: Some(copy.id),
                ..Delivery::default()
            });
        }
        if !self.store.enqueue(id, post.version, &["approved"], &all, at).await? {
            return Err(DeskError::Refused("the message was edited or scheduled in the same moment".into()));
        }
        self.record(who, now, "edit out", id, &json!({ "version": post.version, "copies": all.len() })).await?;
        Ok(all)
    }

    /// Gives an edit up: what is out stays as it is. The version that was written stays on record.
    pub async fn keep_out(&self, who: &Principal, id: &str, reason: &str, now: DateTime<Utc>) -> Result<(), DeskError> {
        let post = self.store.post(id).await?;
        self.need(who, &post.unit, "writer").await?;
        let edits = ["draft", "submitted", "approved"];
        if !self.is_out(id).await? || !self.store.move_post(id, post.version, &edits, "scheduled", now.timestamp_micros()).await?
        {
            return Err(DeskError::Refused(format!("{id} has no edit that could be given up")));
        }
        self.record(who, now, "edit given up", id, &json!({ "version": post.version, "reason": reason })).await
    }

    /// Whether a copy of a message is out.
    pub async fn is_out(&self, id: &str) -> Result<bool, DeskError> {
        Ok(self.store.deliveries(id).await?.iter().any(|d| d.state == "live"))
    }

    async fn plan_edit(&self, id: &str, message: &Message) -> Result<Plan, DeskError> {
        let mut out: Vec<Delivery> = self.store.deliveries(id).await?;
        out.retain(|d| d.revises.is_none());
        let mut accounts: Vec<String> = out.iter().filter(|d| d.state == "live").map(|d| d.account.clone()).collect();
        accounts.dedup();
        let mut plan = Plan { copies: Vec::new(), edits: Vec::new() };
        for account in accounts {
            let account = self.store.account(&account).await?;
            let mut live: Vec<&Delivery> = out.iter().filter(|d| d.account == account.id && d.state == "live").collect();
            live.sort_by_key(|d| (d.settled_at, d.part));
            plan_account(&account, &live, message, &mut plan)?;
        }
        Ok(plan)
    }
}

fn plan_account(account: &Account, live: &[&Delivery], message: &Message, plan: &mut Plan) -> Result<(), DeskError> {
    let network: NetworkName = account.network.parse().map_err(DeskError::Invalid)?;
    let limits = network.limits();
    let stands = |d: &Delivery, stays| OutCopy {
        delivery: d.id.clone(),
        network: account.network.clone(),
        handle: account.handle.clone(),
        url: d.url.clone(),
        stays,
    };
    if !limits.edit {
        plan.copies.extend(live.iter().map(|d| stands(d, Some(Stays::Network))));
        return Ok(());
    }
    let body = message.text_for(network);
    let texts =
        if limits.thread { text::split(&body, limits.text).map_err(|e| DeskError::Refused(e.to_string()))? } else { vec![body] };
    // A thread is edited part by part; another number of parts is another thread.
    if texts.len() != live.len() {
        plan.copies.extend(live.iter().map(|d| stands(d, Some(Stays::Parts))));
        return Ok(());
    }
    for (d, words) in live.iter().zip(texts) {
        let old: Outgoing = serde_json::from_str(&d.body).map_err(|e| DeskError::Invalid(e.to_string()))?;
        let new = Outgoing { text: words, title: title(message), languages: languages(message), ..old.clone() };
        let same = new.text == old.text && (network != NetworkName::Youtube || new.title == old.title);
        plan.copies.push(stands(d, same.then_some(Stays::Same)));
        if !same {
            plan.edits.push(((*d).clone(), new));
        }
    }
    Ok(())
}
