//! What the public reads of edits. A message that was edited after it went out says so, and shows what it said before: an authority that
//! changes its words unseen is not believed. What the law keeps from the public, or what harms somebody, does not come back that way.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde::Serialize;
use serde_json::json;

use super::Desk;
use crate::DeskError;
use crate::check::{Level, Setting, check};
use crate::message::Message;

/// Fewest characters of a reason.
const REASON: usize = 10;

/// A wording that was out until an edit took its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wording {
    pub version: i64,
    pub hindi: String,
    pub english: String,
    /// Until when it was out; UTC microseconds.
    pub ended_at: i64,
    /// Why an officer keeps it from the public.
    pub withheld: Option<String>,
    /// The rule of the checks that finds something in it now, and that nobody overruled: it is not shown either.
    pub rule: Option<String>,
}

impl Wording {
    /// Whether the public reads it.
    pub fn open(&self) -> bool {
        self.withheld.is_none() && self.rule.is_none()
    }
}

impl Desk {
    /// Earlier wordings of a message that the public reads now, the latest first; none of one that is not public.
    pub async fn earlier(&self, id: &str) -> Result<Vec<Wording>, DeskError> {
        let Some(now) = self.store.published_one(id).await? else { return Ok(Vec::new()) };
        let mut out = Vec::new();
        for e in self.store.earlier(id, now.version).await? {
            let message: Message = serde_json::from_str(&e.body).map_err(|e| DeskError::Invalid(e.to_string()))?;
            let overruled = self.store.findings(id, e.version).await?.into_iter().filter(|f| f.overridden_by.is_some());
            let overruled: Vec<String> = overruled.map(|f| f.rule).collect();
            // Today's rules: what was published in error is what an edit puts right most often.
            let mut found = check(&message, &Setting::default()).into_iter();
            let rule = found.find(|f| f.level == Level::Block && !overruled.contains(&f.rule)).map(|f| f.rule);
            let (hindi, english) = (message.hindi, message.english);
            out.push(Wording { version: e.version, hindi, english, ended_at: e.ended_at, withheld: e.withheld, rule });
        }
        Ok(out)
    }

    /// Keeps an older version from the public, with a reason that stays on record; without one, shows it again. Also before the edit that
    /// takes its place is carried out.
    pub async fn withhold(
        &self,
        who: &Principal,
        id: &str,
        version: i64,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        let post = self.store.post(id).await?;
        self.need(who, &post.unit, "publisher").await?;
        if version >= post.version {
            return Err(DeskError::Refused(format!(
                "version {version} is the newest; edit what is out or take it back, and no reader sees it any more"
            )));
        }
        let reason = reason.map(str::trim);
        if reason.is_some_and(|r| r.chars().count() < REASON) {
            return Err(DeskError::Refused(
                "say in a sentence why the public does not read it any more; the reason is kept".into(),
            ));
        }
        if !self.store.withhold(id, version, reason).await? {
            return Err(store::StoreError::Missing { what: "version", id: format!("{id} {version}") }.into());
        }
        let what = if reason.is_some() { "wording withheld" } else { "wording shown" };
        self.record(who, now, what, id, &json!({ "version": version, "reason": reason })).await
    }
}
