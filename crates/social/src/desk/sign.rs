//! Several messages signed on one page. Each is looked at as if it were alone: the checks run once more for its own time, the version
//! that was read must be the newest, nobody signs what he wrote; what does not hold is left out and said, the others are signed.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use governance::Principal;
use serde::Serialize;
use store::social::{FindingRow, Plan};

use super::{Desk, Standing, as_read};
use crate::DeskError;
use crate::limit::NetworkName;
use crate::message::Message;

/// Messages signed at once.
pub const SIGNED_AT_ONCE: usize = 100;
/// Submitted messages that are looked through for those somebody may sign.
const LOOKED_AT: i64 = 500;

/// A message that waits for somebody's signature.
#[derive(Debug, Clone, Serialize)]
pub struct ToSign {
    pub standing: Standing,
    pub message: Message,
    pub plan: Option<Plan>,
}

impl ToSign {
    /// Findings nobody has overruled: they want a look on the message's own page.
    pub fn open(&self) -> Vec<&FindingRow> {
        self.standing.findings.iter().filter(|f| f.overridden_by.is_none()).collect()
    }
}

/// What became of one of several.
#[derive(Debug, Clone, Serialize)]
pub struct Signed {
    pub post: String,
    pub version: i64,
    /// Signatures that are missing still.
    pub missing: Vec<String>,
    /// Why it was not signed; none: it was.
    pub refused: Option<String>,
}

impl Desk {
    /// Submitted messages whose next signature `who` may give, the newest first.
    pub async fn to_sign(&self, who: &Principal, most: usize) -> Result<Vec<ToSign>, DeskError> {
        let mut out = Vec::new();
        let mut roles = std::collections::HashMap::new();
        for post in self.store.posts_in(None, "submitted", LOOKED_AT).await? {
            if out.len() >= most {
                break;
            }
            let standing = self.standing(&post.id).await?;
            let Some(role) = standing.missing.first().cloned() else { continue };
            let key = (post.unit.clone(), role);
            let holds = match roles.get(&key) {
                Some(holds) => *holds,
                None => self.store.holds_role(&who.id, &key.0, &key.1).await?,
            };
            roles.insert(key, holds);
            let signed = standing.approvals.iter().any(|a| a.principal == who.id);
            if !holds || signed || self.wrote(who, &post.id).await? {
                continue;
            }
            let message = self.message(&post.id, post.version).await?;
            let plan = self.store.plan(&post.id).await?;
            out.push(ToSign { standing, message, plan });
        }
        Ok(out)
    }

    /// Signs several messages, each by its id and the version that was read.
    pub async fn approve_many(
        &self,
        who: &Principal,
        chosen: &[(String, i64)],
        note: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Signed>, DeskError> {
        if chosen.len() > SIGNED_AT_ONCE {
            return Err(DeskError::Refused(format!(
                "{} messages are more than one can have read; {SIGNED_AT_ONCE} at once are the most",
                chosen.len()
            )));
        }
        let (mut out, mut seen) = (Vec::new(), HashSet::new());
        for (post, version) in chosen.iter().filter(|(post, _)| seen.insert(post.clone())) {
            let (missing, refused) = match self.approve_one(who, post, *version, note, now).await {
                Ok(standing) => (standing.missing, None),
                Err(DeskError::Refused(why) | DeskError::Invalid(why)) => (Vec::new(), Some(why)),
                Err(DeskError::Store(e @ store::StoreError::Missing { .. })) => (Vec::new(), Some(e.to_string())),
                Err(e) => return Err(e),
            };
            out.push(Signed { post: post.clone(), version: *version, missing, refused });
        }
        Ok(out)
    }

    async fn approve_one(
        &self,
        who: &Principal,
        id: &str,
        version: i64,
        note: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Standing, DeskError> {
        as_read(&self.store.post(id).await?, version)?;
        // For the time and the channels it is meant for; what nobody has planned yet is checked for now and again when it is.
        let plan = self.store.plan(id).await?;
        let mut networks: Vec<NetworkName> = Vec::new();
        for channel in plan.iter().flat_map(|p| serde_json::from_str::<Vec<String>>(&p.channels).unwrap_or_default()) {
            networks.push(self.store.account(&channel).await?.network.parse().map_err(DeskError::Invalid)?);
        }
        let due = plan.map_or(now.timestamp_micros(), |p| p.due_at);
        let found = self.check(id, &networks, due, now).await?;
        let open: Vec<String> =
            found.iter().filter(|f| f.overridden_by.is_none()).map(|f| format!("{} ({})", f.rule, f.level)).collect();
        if !open.is_empty() {
            return Err(DeskError::Refused(format!("the checks find {}; look at it on its own page", open.join(", "))));
        }
        self.approve(who, id, version, note, now).await
    }
}
