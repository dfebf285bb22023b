//! The record of what was published: every version, who checked, approved and overruled, where it stood and what became of it.
//! It is what an application under the Right to Information Act is answered with, and what proves the answer.
//!
//! Words of citizens are not in it: an answer of the department tells which comment it answers by that comment's number alone.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde::Serialize;
use store::social::{Approval, Event, FindingRow, Order, Post, Version};

use super::{Desk, digest};
use crate::DeskError;
use crate::network::Outgoing;

/// Messages of one export.
const MOST: usize = 20_000;

/// One copy of a message on a network.
#[derive(Debug, Clone, Serialize)]
pub struct Copy {
    pub delivery: String,
    pub version: i64,
    pub network: String,
    pub handle: String,
    pub part: i64,
    pub parts: i64,
    pub state: String,
    /// UTC microseconds.
    pub due_at: i64,
    pub url: Option<String>,
    pub remote: Option<String>,
    pub reason: Option<String>,
    /// The copy whose words this one changed.
    pub revises: Option<String>,
}

/// Everything kept about one message.
#[derive(Debug, Clone, Serialize)]
pub struct Record {
    pub post: Post,
    /// When the first copy was out; UTC microseconds.
    pub first_at: i64,
    /// With the SHA-256 that was computed when each was written, and found to hold now.
    pub versions: Vec<Version>,
    pub findings: Vec<FindingRow>,
    pub approvals: Vec<Approval>,
    pub copies: Vec<Copy>,
    pub orders: Vec<Order>,
    pub events: Vec<Event>,
    /// Messages that correct this one.
    pub corrections: Vec<String>,
}

impl Record {
    /// Places of its entries in the access log.
    pub fn log(&self) -> Vec<u64> {
        let place = |e: &Event| serde_json::from_str::<serde_json::Value>(&e.detail).ok()?["log"].as_u64();
        self.events.iter().filter_map(place).collect()
    }

    /// Names of those who wrote it, signed it and overruled findings, each once, in that order.
    pub fn people(&self) -> [Vec<String>; 3] {
        let once = |names: Vec<&String>| {
            let mut out: Vec<String> = Vec::new();
            names.into_iter().for_each(|n| {
                if !out.contains(n) {
                    out.push(n.clone());
                }
            });
            out
        };
        [
            once(self.versions.iter().map(|v| &v.author).collect()),
            once(self.approvals.iter().map(|a| &a.principal).collect()),
            once(self.findings.iter().filter_map(|f| f.overridden_by.as_ref()).collect()),
        ]
    }
}

impl Desk {
    /// Records of what went out of a unit and those below it in `[from, until)`, also of what was taken down since; without a unit of what
    /// `who` reads. Answers to messages that only their writer sees are not part of it. A version whose words do
    /// not have the hash that was kept with them stops the export: then somebody changed the database.
    pub async fn records(
        &self,
        who: &Principal,
        unit: Option<&str>,
        from: i64,
        until: i64,
        now: DateTime<Utc>,
    ) -> Result<Vec<Record>, DeskError> {
        let scope = self.list_of(who, unit.unwrap_or_default()).await?;
        let out = self.store.out_between(scope.as_deref(), from, until).await?;
        if out.len() > MOST {
            return Err(DeskError::Refused(format!(
                "{} messages are too many for one export; at most {MOST}: choose a shorter time",
                out.len()
            )));
        }
        let orders = self.store.orders(false).await?;
        let mut records = Vec::new();
        for o in out {
            let deliveries = self.store.deliveries(&o.post).await?;
            if deliveries.iter().any(|d| serde_json::from_str::<Outgoing>(&d.body).is_ok_and(|sent| sent.private)) {
                continue;
            }
            let post = self.store.post(&o.post).await?;
            let versions = self.store.versions(&post.id).await?;
            if let Some(bad) = versions.iter().find(|v| digest(&v.body) != v.sha256) {
                return Err(DeskError::Refused(format!(
                    "version {} of {} is not what was kept: its hash differs. Restore the database from a backup and look into it",
                    bad.version, post.id
                )));
            }
            let (mut findings, mut approvals) = (Vec::new(), Vec::new());
            for v in &versions {
                findings.extend(self.store.findings(&post.id, v.version).await?);
                approvals.extend(self.store.approvals(&post.id, v.version).await?);
            }
            let shown = self.store.shown_of(&post.id).await?;
            let mut copies = Vec::new();
            for d in deliveries {
                copies.push(Copy {
                    handle: shown.iter().find(|s| s.id == d.id).map(|s| s.handle.clone()).unwrap_or_default(),
                    delivery: d.id,
                    version: d.version,
                    network: d.network,
                    part: d.part,
                    parts: d.parts,
                    state: d.state,
                    due_at: d.due_at,
                    url: d.url,
                    remote: d.remote,
                    reason: d.reason,
                    revises: d.revises,
                });
            }
            records.push(Record {
                first_at: o.first_at,
                events: self.store.events(&post.id).await?,
                orders: orders.iter().filter(|o| o.post == post.id).cloned().collect(),
                corrections: self.store.corrections(&post.id).await?.into_iter().map(|c| c.id).collect(),
                versions,
                findings,
                approvals,
                copies,
                post,
            });
        }
        let what = serde_json::json!({ "unit": unit, "from": from, "until": until, "messages": records.len() });
        self.record(who, now, "records", unit.unwrap_or("*"), &what).await?;
        Ok(records)
    }
}
