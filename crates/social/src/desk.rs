//! The desk: drafts, versions, checks, approvals, schedule, withdrawal. Each step is allowed by who somebody is *for this
//! message*: nobody approves what they wrote, and nobody signs twice.

mod address;
mod bulk;
mod campaign;
mod collision;
mod connect;
mod inbox;
mod media;
mod order;
mod plan;
mod praise;
mod queue;
mod record;
mod reply;
mod report;
mod revise;
mod schedule;
mod short;
mod sign;
mod silence;
mod unit;
mod upkeep;
mod wording;

use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use governance::Principal;
use governance::audit::{AuditRecord, AuditSink};
use serde::Serialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use store::Store;
use store::social::{Approval, FindingRow, Post, SilenceRow};

pub use campaign::{AUDIENCES, Coverage, Mix, Share, THEMES, UnitCoverage};
pub use collision::{Sheet, Similar, Writing};
pub use connect::{Connected, Expiring};
pub use inbox::{ANSWER_MINUTES, RULES};
pub use media::media_row;
pub use order::Compliance;
pub use plan::Planned;
pub use praise::{SOURCES, Slot};
pub use queue::{parse_slot, slot_text};
pub use record::{Copy, Record};
pub use report::{Advice, Dormant, Figure, Numbers, Reach, Reading, Service};
pub use revise::{OutCopy, Stays};
pub use schedule::{Verdict, When, parse_ist};
pub use sign::{SIGNED_AT_ONCE, Signed, ToSign};
pub use silence::Held;
pub use upkeep::Upkeep;
pub use wording::Wording;

use crate::DeskError;
use crate::check::{self, Finding, Level, Setting, Silence};
use crate::limit::NetworkName;
use crate::message::{Kind, Message};

/// Roles at the desk. They hold in a unit and those below it.
pub const ROLES: &[&str] = &["writer", "checker", "approver", "law", "publisher", "duty"];

/// Acts that also go into the access log, where nobody can change them afterwards.
const LOGGED: &[&str] = &[
    "submit",
    "approve",
    "overrule",
    "send back",
    "schedule",
    "move",
    "withdraw",
    "order",
    "remove",
    "removed by hand",
    "retry removal",
    "retire channel",
    "connect",
    "confirm",
    "silence",
    "silence changed",
    "decide",
    "pause",
    "resume",
    "import",
    "recur",
    "stop recurring",
    "answer sent",
    "handed_over",
    "hidden",
    "shown again",
    "closed",
    "records",
    "escalated",
    "answer time",
    "unit",
    "officer",
    "steps",
    "revise",
    "edit out",
    "edit given up",
    "wording withheld",
    "wording shown",
];
/// What of an act goes there: ids, numbers and hashes, never words.
const TOLD: &[&str] = &[
    "version",
    "sha256",
    "rule",
    "step",
    "role",
    "order",
    "reference",
    "copies",
    "copy",
    "due",
    "channels",
    "delivery",
    "state",
    "messages",
    "unit",
    "from",
    "until",
    "cancelled",
    "moved",
];

/// The desk of one store.
#[derive(Clone)]
pub struct Desk {
    pub store: Store,
    audit: Option<Arc<dyn AuditSink>>,
    /// Where the library's files lie.
    media: Option<PathBuf>,
}

/// Where a message stands on its way.
#[derive(Debug, Clone, Serialize)]
pub struct Standing {
    pub post: Post,
    pub findings: Vec<FindingRow>,
    pub approvals: Vec<Approval>,
    /// Roles whose signature is still missing, in order.
    pub missing: Vec<String>,
}

/// Refuses to sign what is not the version that was read, still waiting for signatures.
fn as_read(post: &Post, version: i64) -> Result<(), DeskError> {
    if post.version == version && post.state == "submitted" {
        return Ok(());
    }
    Err(DeskError::Refused(format!(
        "version {version} was read, but it is version {} and {} now; read it again",
        post.version, post.state
    )))
}

/// A comma-separated column as a list.
pub(crate) fn listed(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned).collect()
}

impl From<&SilenceRow> for Silence {
    fn from(s: &SilenceRow) -> Self {
        Self { constituency: s.constituency.clone(), from: s.from_at, until: s.until_at, reference: s.reference.clone() }
    }
}

impl Desk {
    pub fn new(store: Store) -> Self {
        Self { store, audit: None, media: None }
    }

    /// The same desk with an access log: what is signed, overruled, published and taken down is also written there, or not done.
    #[must_use]
    pub fn with_audit(self, audit: Arc<dyn AuditSink>) -> Self {
        Self { audit: Some(audit), ..self }
    }

    pub fn audit(&self) -> Option<Arc<dyn AuditSink>> {
        self.audit.clone()
    }

    /// A new message of a unit.
    pub async fn draft(
        &self,
        who: &Principal,
        unit: &str,
        message: &Message,
        corrects: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Post, DeskError> {
        self.store.unit(unit).await?;
        self.need(who, unit, "writer").await?;
        if let Some(original) = corrects {
            self.store.post(original).await?;
        }
        let (body, sha256) = sealed(message)?;
        let post = Post {
            id: self.store.fresh_id(now),
            unit: unit.into(),
            kind: kind_text(message.kind),
            state: "draft".into(),
            version: 1,
            author: who.id.clone(),
            corrects: corrects.map(str::to_owned),
            created_at: now.timestamp_micros(),
            changed_at: now.timestamp_micros(),
        };
        self.store.create_post(post.clone(), &body, &sha256).await?;
        self.record(who, now, "draft", &post.id, &json!({ "version": 1, "sha256": sha256, "corrects": corrects })).await?;
        Ok(post)
    }

    /// The post that a writer puts a further version on; its kind stays what it is.
    async fn post_of_kind(&self, who: &Principal, id: &str, message: &Message) -> Result<Post, DeskError> {
        let post = self.store.post(id).await?;
        self.need(who, &post.unit, "writer").await?;
        if kind_text(message.kind) != post.kind {
            return Err(DeskError::Refused(format!(
                "this message is of kind {}; start another one for {}",
                post.kind,
                kind_text(message.kind)
            )));
        }
        Ok(post)
    }

    /// A further version on top of version `from`. Whatever was approved is void, whatever was scheduled is not any more.
    pub async fn edit(
        &self,
        who: &Principal,
        id: &str,
        from: i64,
        message: &Message,
        now: DateTime<Utc>,
    ) -> Result<Post, DeskError> {
        self.post_of_kind(who, id, message).await?;
        let (body, sha256) = sealed(message)?;
        if !self.store.add_version(id, from, &body, &sha256, &who.id, now.timestamp_micros()).await? {
            let current = self.store.post(id).await?;
            return Err(DeskError::Refused(if current.version == from {
                format!("{id} is {} or already out; write a correction instead", current.state)
            } else {
                format!("somebody saved version {} meanwhile; look at it and put your change on top of it", current.version)
            }));
        }
        self.record(who, now, "edit", id, &json!({ "version": from + 1, "sha256": sha256 })).await?;
        Ok(self.store.post(id).await?)
    }

    /// Runs the checks on the newest version and keeps what they find.
    pub async fn check(
        &self,
        id: &str,
        networks: &[NetworkName],
        due: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<FindingRow>, DeskError> {
        let post = self.store.post(id).await?;
        let message = self.message(id, post.version).await?;
        let setting = self.setting(&post.unit, networks, due, id).await?;
        let found = check::check(&message, &setting);
        let rows: Result<Vec<FindingRow>, DeskError> = found.iter().enumerate().map(|(i, f)| row(&post, i, f, now)).collect();
        self.store.put_findings(id, post.version, &rows?).await?;
        Ok(self.store.findings(id, post.version).await?)
    }

    /// What the checks may know of a unit.
    pub async fn setting(&self, unit: &str, networks: &[NetworkName], due: i64, except: &str) -> Result<Setting, DeskError> {
        let row = self.store.unit(unit).await?;
        let text = |body: &str| {
            let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
            body["text"].as_str().unwrap_or_default().to_owned()
        };
        let said = self.store.recent_bodies(unit, due - 30 * 86_400_000_000).await?;
        let recent = said.iter().filter(|s| s.post != except).map(|s| text(&s.body)).collect();
        Ok(Setting {
            due,
            constituencies: listed(&row.constituencies),
            silences: self.store.silences().await?.iter().map(Silence::from).collect(),
            recent,
            official_numbers: listed(&row.numbers),
            networks: networks.to_vec(),
        })
    }

    /// Overrules a rule's findings on the newest version: a warning by a writer, a demand for approval by an approver, a block by
    /// the law officer.
    pub async fn overrule(
        &self,
        who: &Principal,
        id: &str,
        rule: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, DeskError> {
        let post = self.store.post(id).await?;
        if reason.trim().chars().count() < 10 {
            return Err(DeskError::Refused("say in a sentence why this finding does not hold; the reason is kept".into()));
        }
        let found = self.store.findings(id, post.version).await?;
        let Some(finding) = found.iter().find(|f| f.rule == rule && f.overridden_by.is_none()) else {
            return Err(DeskError::Refused(format!("there is no open finding of the rule {rule} on version {}", post.version)));
        };
        let role = match finding.level.as_str() {
            "block" => "law",
            "approval" => "approver",
            _ => "writer",
        };
        self.need(who, &post.unit, role).await?;
        if role != "writer" && self.wrote(who, id).await? {
            return Err(DeskError::Refused("whoever wrote a message cannot overrule this finding on it".into()));
        }
        let changed = self.store.overrule(id, post.version, rule, &who.id, reason, now.timestamp_micros()).await?;
        self.record(who, now, "overrule", id, &json!({ "version": post.version, "rule": rule, "reason": reason })).await?;
        Ok(changed)
    }

    /// Hands the newest version in for approval; refused while a finding is open that the writer must answer.
    pub async fn submit(
        &self,
        who: &Principal,
        id: &str,
        networks: &[NetworkName],
        due: i64,
        now: DateTime<Utc>,
    ) -> Result<Standing, DeskError> {
        let post = self.store.post(id).await?;
        self.need(who, &post.unit, "writer").await?;
        let found = self.check(id, networks, due, now).await?;
        let open: Vec<&FindingRow> = found.iter().filter(|f| f.overridden_by.is_none() && f.level != "approval").collect();
        if !open.is_empty() {
            let list: Vec<String> = open.iter().map(|f| format!("{} ({})", f.rule, f.level)).collect();
            return Err(DeskError::Refused(format!(
                "open findings: {}; change the text or overrule with a reason",
                list.join(", ")
            )));
        }
        if !self.store.move_post(id, post.version, &["draft"], "submitted", now.timestamp_micros()).await? {
            return Err(DeskError::Refused(format!(
                "version {} of {id} is {}, not a draft",
                post.version,
                self.store.post(id).await?.state
            )));
        }
        self.record(who, now, "submit", id, &json!({ "version": post.version })).await?;
        self.standing(id).await
    }

    /// Signs the next step; with the last one the message is approved.
    pub async fn approve(
        &self,
        who: &Principal,
        id: &str,
        version: i64,
        note: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Standing, DeskError> {
        let standing = self.standing(id).await?;
        let post = &standing.post;
        as_read(post, version)?;
        let Some(role) = standing.missing.first() else {
            return Err(DeskError::Refused("every signature is there already".into()));
        };
        if self.wrote(who, id).await? {
            return Err(DeskError::Refused(format!("{} wrote this message and cannot approve it", who.id)));
        }
        if standing.approvals.iter().any(|a| a.principal == who.id) {
            return Err(DeskError::Refused(format!("{} has signed an earlier step; the next needs another person", who.id)));
        }
        self.need(who, &post.unit, role).await?;
        let step = i64::try_from(standing.approvals.len()).unwrap_or(i64::MAX);
        let signature = Approval {
            post: id.into(),
            version,
            step,
            role: role.clone(),
            principal: who.id.clone(),
            note: note.map(str::to_owned),
            at: now.timestamp_micros(),
        };
        if !self.store.approve_step(&signature).await? {
            return Err(DeskError::Refused("somebody else signed this step, or edited the message, in the same moment".into()));
        }
        self.record(who, now, "approve", id, &json!({ "version": version, "step": step, "role": role })).await?;
        if standing.missing.len() == 1 {
            self.store.move_post(id, version, &["submitted"], "approved", now.timestamp_micros()).await?;
        }
        self.standing(id).await
    }

    /// Sends a submitted or approved message back to its writer.
    pub async fn send_back(&self, who: &Principal, id: &str, reason: &str, now: DateTime<Utc>) -> Result<(), DeskError> {
        let post = self.store.post(id).await?;
        self.need(who, &post.unit, "approver").await?;
        if !self.store.move_post(id, post.version, &["submitted", "approved"], "draft", now.timestamp_micros()).await? {
            return Err(DeskError::Refused(format!("{id} is {} and cannot be sent back", post.state)));
        }
        self.record(who, now, "send back", id, &json!({ "version": post.version, "reason": reason })).await
    }

    /// A colleague's remark on a message; no part of it.
    pub async fn note(&self, who: &Principal, id: &str, text: &str, now: DateTime<Utc>) -> Result<(), DeskError> {
        if text.trim().is_empty() {
            return Err(DeskError::Invalid("the note is empty".into()));
        }
        self.may_read(who, &self.store.post(id).await?.unit).await?;
        Ok(self.store.add_note(id, &who.id, text.trim(), now).await?)
    }

    /// Everything about the newest version.
    pub async fn standing(&self, id: &str) -> Result<Standing, DeskError> {
        let post = self.store.post(id).await?;
        let findings = self.store.findings(id, post.version).await?;
        let approvals = self.store.approvals(id, post.version).await?;
        let steps = self.store.chain(&post.unit, &post.kind).await?.unwrap_or_else(|| r#"["approver"]"#.into());
        let mut steps: Vec<String> =
            serde_json::from_str(&steps).map_err(|e| DeskError::Invalid(format!("approval steps: {e}")))?;
        if findings.iter().any(|f| f.level == "approval" && f.overridden_by.is_none()) && !steps.iter().any(|s| s == "law") {
            steps.push("law".into());
        }
        let missing = steps.into_iter().skip(approvals.len()).collect();
        Ok(Standing { post, findings, approvals, missing })
    }

    pub async fn message(&self, id: &str, version: i64) -> Result<Message, DeskError> {
        let body = self.store.version(id, version).await?.body;
        serde_json::from_str(&body).map_err(|e| DeskError::Invalid(format!("version {version} of {id}: {e}")))
    }

    /// Stops a unit and everything below it. Statements still go out.
    pub async fn pause(&self, who: &Principal, unit: &str, reason: &str, now: DateTime<Utc>) -> Result<(), DeskError> {
        self.need(who, unit, "publisher").await?;
        self.store.pause_unit(unit, &who.id, reason, now.timestamp_micros()).await?;
        self.record(who, now, "pause", unit, &json!({ "reason": reason })).await
    }

    pub async fn resume(&self, who: &Principal, unit: &str, now: DateTime<Utc>) -> Result<(), DeskError> {
        self.need(who, unit, "publisher").await?;
        self.store.resume_unit(unit).await?;
        self.record(who, now, "resume", unit, &json!({})).await
    }

    async fn wrote(&self, who: &Principal, id: &str) -> Result<bool, DeskError> {
        Ok(self.store.versions(id).await?.iter().any(|v| v.author == who.id))
    }

    pub(crate) async fn need(&self, who: &Principal, unit: &str, role: &str) -> Result<(), DeskError> {
        if self.store.holds_role(&who.id, unit, role).await? {
            return Ok(());
        }
        Err(DeskError::Refused(format!(
            "{} is not {role} in {unit} or a unit above it; `sarovar channel officer` gives the role",
            who.id
        )))
    }

    pub(crate) async fn record(
        &self,
        who: &Principal,
        now: DateTime<Utc>,
        what: &str,
        subject: &str,
        detail: &serde_json::Value,
    ) -> Result<(), DeskError> {
        let mut detail = detail.clone();
        if let (Some(audit), true) = (&self.audit, LOGGED.contains(&what)) {
            let mut told = json!({ "desk": what, "subject": subject });
            for (name, value) in detail.as_object().into_iter().flatten().filter(|(name, _)| TOLD.contains(&name.as_str())) {
                told[name] = value.clone();
            }
            // A signature is given to words: their hash goes with it.
            if let Some(version) = detail["version"].as_i64()
                && let Ok(kept) = self.store.version(subject, version).await
            {
                told["sha256"] = kept.sha256.into();
            }
            detail["log"] = logged(audit.as_ref(), &who.id, now, told)?.into();
        }
        Ok(self.store.record_event(now, &who.id, what, subject, &detail.to_string()).await?)
    }
}

/// Writes an act of the desk into the access log; gives its place there.
pub(crate) fn logged(audit: &dyn AuditSink, who: &str, now: DateTime<Utc>, what: serde_json::Value) -> Result<u64, DeskError> {
    let record = AuditRecord {
        at: now.to_rfc3339(),
        who: who.into(),
        action: "desk".into(),
        allowed: true,
        purpose: None,
        case: None,
        authority: None,
        what,
    };
    audit.append(&record).map_err(|e| DeskError::Refused(format!("the access log cannot be written, so this is not done: {e}")))
}

/// The program itself.
fn program() -> Principal {
    Principal { id: "sarovar".into(), name: "Sarovar".into(), ..Principal::operator() }
}

fn sealed(message: &Message) -> Result<(String, String), DeskError> {
    let body = serde_json::to_string(message).map_err(|e| DeskError::Invalid(e.to_string()))?;
    let sha256 = digest(&body);
    Ok((body, sha256))
}

/// SHA-256, hex.
pub(crate) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

pub(crate) fn kind_text(kind: Kind) -> String {
    serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

fn row(post: &Post, seq: usize, f: &Finding, now: DateTime<Utc>) -> Result<FindingRow, DeskError> {
    let level = match f.level {
        Level::Warn => "warn",
        Level::Approval => "approval",
        Level::Block => "block",
    };
    Ok(FindingRow {
        post: post.id.clone(),
        version: post.version,
        seq: i64::try_from(seq).unwrap_or(i64::MAX),
        body: serde_json::to_string(f).map_err(|e| DeskError::Invalid(e.to_string()))?,
        rule: f.rule.clone(),
        level: level.into(),
        overridden_by: None,
        reason: None,
        overridden_at: None,
        at: now.timestamp_micros(),
    })
}
