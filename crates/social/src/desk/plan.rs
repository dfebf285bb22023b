//! Messages that come again by a rule, and what is planned for a time: both go through the same checks and approvals as any other
//! message, and are scheduled in the name of whoever planned them, if he may still publish by then.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde::Serialize;
use serde_json::json;
use store::social::{Account, Incoming, Occurrence, Plan, Post, Recurrence};

use super::{Desk, When, kind_text, row, sealed};
use crate::DeskError;
use crate::check::{self, Level};
use crate::limit::NetworkName;
use crate::message::{Kind, Message};
use crate::recur::Rule;

/// How long before its time an occurrence is made, so that it can be approved: a week.
const AHEAD: i64 = 7 * 86_400_000_000;
/// Occurrences made in one look.
const MOST: usize = 200;

/// What one look at rules and plans did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Planned {
    pub made: usize,
    pub skipped: usize,
    pub scheduled: usize,
    pub missed: usize,
    pub refused: usize,
}

impl Desk {
    /// A message that comes again. Whoever sets it up writes and publishes for the unit; others approve each occurrence.
    #[expect(clippy::too_many_arguments, reason = "what, when, where, for which campaign")]
    pub async fn recur(
        &self,
        who: &Principal,
        unit: &str,
        message: &Message,
        rule: &str,
        first: i64,
        accounts: &[Account],
        campaign: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Recurrence, DeskError> {
        self.store.unit(unit).await?;
        self.need(who, unit, "writer").await?;
        self.need(who, unit, "publisher").await?;
        if matches!(message.kind, Kind::Reply | Kind::Correction | Kind::Statement | Kind::Alert) {
            return Err(DeskError::Refused(format!(
                "a message of kind {} does not come again by itself",
                kind_text(message.kind)
            )));
        }
        if message.texts().is_empty() {
            return Err(DeskError::Refused("the message has no text".into()));
        }
        let rule: Rule = rule.parse()?;
        let at = now.timestamp_micros();
        if first < at {
            return Err(DeskError::Refused(format!("{} is in the past", model::time::format_ist(first))));
        }
        if accounts.is_empty() {
            return Err(DeskError::Refused("name at least one channel".into()));
        }
        let line = self.store.unit_line(unit).await?;
        for account in accounts {
            let below = self.store.unit_line(&account.unit).await?.iter().any(|u| u == unit);
            if !line.contains(&account.unit) && !below {
                let (handle, other) = (&account.handle, &account.unit);
                return Err(DeskError::Refused(format!("{handle} belongs to {other}, which is neither above nor below {unit}")));
            }
        }
        if let Some(campaign) = campaign {
            self.store.campaign(campaign).await?;
        }
        let next_at = rule.next(first, at - 1);
        if next_at.is_none() {
            return Err(DeskError::Refused("this rule has no time from now on".into()));
        }
        let made = Recurrence {
            id: self.store.fresh_id(now),
            unit: unit.into(),
            body: sealed(message)?.0,
            channels: json!(accounts.iter().map(|a| &a.id).collect::<Vec<_>>()).to_string(),
            campaign: campaign.unwrap_or_default().into(),
            rule: rule.to_string(),
            first_at: first,
            next_at,
            state: "on".into(),
            principal: who.id.clone(),
            at,
        };
        self.store.put_recurrence(&made).await?;
        self.record(who, now, "recur", &made.id, &json!({ "unit": unit, "rule": made.rule, "first": first })).await?;
        Ok(made)
    }

    /// No further occurrence is made; those that are made stay what they are.
    pub async fn stop_recurring(&self, who: &Principal, id: &str, reason: &str, now: DateTime<Utc>) -> Result<(), DeskError> {
        let r = self.store.recurrence(id).await?;
        self.need(who, &r.unit, "publisher").await?;
        if !self.store.stop_recurrence(id).await? {
            return Err(DeskError::Refused("this message does not come again any more".into()));
        }
        self.record(who, now, "stop recurring", id, &json!({ "reason": reason })).await
    }

    /// Makes what is to come within a week and schedules what was approved. Any number of workers may call it at once.
    pub async fn carry_out(&self, now: DateTime<Utc>) -> Result<Planned, DeskError> {
        let mut done = Planned::default();
        let paused = self.store.paused_units().await?;
        for r in self.store.recurrences().await?.into_iter().filter(|r| r.state == "on") {
            self.occur(r, &paused, now, &mut done).await?;
        }
        for plan in self.store.plans_ready(1000).await? {
            self.keep(&plan, now, &mut done).await?;
        }
        Ok(done)
    }

    async fn occur(&self, r: Recurrence, paused: &[String], now: DateTime<Utc>, done: &mut Planned) -> Result<(), DeskError> {
        let at = now.timestamp_micros();
        let rule: Rule = r.rule.parse()?;
        let mut next = r.next_at;
        for _ in 0..MOST {
            let Some(due) = next.filter(|due| *due <= at + AHEAD) else { break };
            let stopped = paused.contains(&r.unit);
            if stopped && due > at {
                // It may be resumed in time.
                break;
            }
            let after = rule.next(r.first_at, due);
            let mut o =
                Occurrence { recurrence: r.id.clone(), due_at: due, state: "skipped".into(), post: None, reason: None, at };
            let mut made = None;
            if due <= at {
                o.reason = Some(if stopped { "the unit was paused" } else { "nobody looked before its time" }.into());
            } else {
                match self.occurrence(&r, due, now).await? {
                    Ok(incoming) => {
                        o.state = "made".into();
                        o.post = Some(incoming.post.id.clone());
                        made = Some(incoming);
                    }
                    Err(why) => o.reason = Some(why),
                }
            }
            if !self.store.take_occurrence(&o, after, made.as_ref()).await? {
                break;
            }
            match &o.post {
                Some(_) => done.made += 1,
                None => done.skipped += 1,
            }
            next = after;
        }
        Ok(())
    }

    /// The message of one time, checked for that time; or why it must not be.
    async fn occurrence(&self, r: &Recurrence, due: i64, now: DateTime<Utc>) -> Result<Result<Incoming, String>, DeskError> {
        let message: Message = serde_json::from_str(&r.body).map_err(|e| DeskError::Invalid(e.to_string()))?;
        let channels: Vec<String> = serde_json::from_str(&r.channels).unwrap_or_default();
        let mut networks: Vec<NetworkName> = Vec::new();
        for id in &channels {
            networks.push(self.store.account(id).await?.network.parse().map_err(DeskError::Invalid)?);
        }
        // That it went out before is what a recurring message is for.
        let setting = check::Setting { recent: Vec::new(), ..self.setting(&r.unit, &networks, due, "").await? };
        let found = check::check(&message, &setting);
        if let Some(f) = found.iter().find(|f| f.rule == "model_code") {
            return Ok(Err(format!("{}: {}", f.law, f.found)));
        }
        let open = found.iter().any(|f| f.level != Level::Approval);
        let (body, sha256) = sealed(&message)?;
        let at = now.timestamp_micros();
        let post = Post {
            id: self.store.fresh_id(now),
            unit: r.unit.clone(),
            kind: kind_text(message.kind),
            state: if open { "draft" } else { "submitted" }.into(),
            version: 1,
            author: r.principal.clone(),
            corrects: None,
            created_at: at,
            changed_at: at,
        };
        let findings = found.iter().enumerate().map(|(i, f)| row(&post, i, f, now)).collect::<Result<Vec<_>, _>>()?;
        let plan = Some(Plan {
            post: post.id.clone(),
            due_at: due,
            channels: r.channels.clone(),
            principal: r.principal.clone(),
            origin: r.id.clone(),
            state: "open".into(),
            reason: None,
            at,
        });
        Ok(Ok(Incoming { post, body, sha256, findings, plan, campaign: r.campaign.clone(), origin: r.id.clone() }))
    }

    /// Schedules one approved message as planned.
    async fn keep(&self, plan: &Plan, now: DateTime<Utc>, done: &mut Planned) -> Result<(), DeskError> {
        if plan.due_at < now.timestamp_micros() {
            let why = "approved after its time; schedule it anew";
            done.missed += usize::from(self.store.settle_plan(&plan.post, "missed", Some(why)).await?);
            return Ok(());
        }
        let channels: Vec<String> = serde_json::from_str(&plan.channels).unwrap_or_default();
        let mut accounts = Vec::new();
        for id in &channels {
            accounts.push(self.store.account(id).await?);
        }
        match self.schedule(&named(&plan.principal), &plan.post, &accounts, When::At(plan.due_at), now).await {
            Ok(_) => {
                self.store.settle_plan(&plan.post, "done", None).await?;
                done.scheduled += 1;
            }
            Err(DeskError::Refused(why)) => {
                // Another worker may have been faster: then the message is scheduled, and nothing was refused.
                let state = if self.store.post(&plan.post).await?.state == "approved" { "refused" } else { "done" };
                let reason = (state == "refused").then_some(why.as_str());
                if self.store.settle_plan(&plan.post, state, reason).await? && state == "refused" {
                    done.refused += 1;
                }
            }
            Err(e) => return Err(e),
        }
        Ok(())
    }
}

/// Somebody by his id; what he may do is asked of the desk's own roles.
fn named(id: &str) -> Principal {
    Principal { id: id.into(), name: id.into(), roles: Vec::new(), ..Principal::operator() }
}
