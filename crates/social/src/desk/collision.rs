//! What stands in the way of a message while it is written: somebody else who has it on a sheet, and another unit that is about to say
//! the same at the same time. Both warn and neither stops anybody; what is not saved is kept here meanwhile.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde::Serialize;
use store::social::Unsaved;

use super::Desk;
use crate::DeskError;
use crate::check::likeness;
use crate::message::Message;

const MINUTE: i64 = 60 * 1_000_000;
/// Somebody who has not been heard of for this long is no longer writing.
const WRITING: i64 = 3 * MINUTE;
/// How far apart two posts still go out at the same time; and how far ahead is looked when no time is known yet.
const BESIDE: i64 = 2 * 60 * MINUTE;
const AHEAD: i64 = 7 * 24 * 60 * MINUTE;
/// From this share of common runs of letters on two texts say the same.
const ALIKE: f64 = 0.5;
/// Planned posts that are compared, and those that are told.
const COMPARED: i64 = 2000;
const TOLD: usize = 5;

/// What somebody has on the sheet of one page.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sheet<'a> {
    /// Made with the page.
    pub id: &'a str,
    /// The sheet it goes on from, and when that was kept last as far as this page knows; empty: none.
    pub begun: &'a str,
    pub begun_at: i64,
    /// Empty for a new message.
    pub post: &'a str,
    /// The version it began with.
    pub version: i64,
    pub fields: &'a str,
}

/// Somebody who has the same message on a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Writing {
    pub who: String,
    pub at: i64,
}

/// A post of another unit that says nearly the same and is about to go out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Similar {
    pub post: String,
    pub unit: String,
    pub handle: String,
    pub due_at: i64,
    pub words: String,
    /// Share of common runs of letters, 0 to 1.
    pub likeness: f64,
}

impl Desk {
    /// Keeps what somebody has on the sheet of a page, so that a lost line or a closed page loses nothing. `fields` is a JSON object of the
    /// fields as they were sent. It is no version and voids no signature. The sheet it goes on from goes, unless somebody wrote on that one
    /// since `begun_at` (UTC microseconds): then both are kept, and [`Desk::twins`] tells.
    pub async fn keep_sheet(&self, who: &Principal, sheet: Sheet<'_>, now: DateTime<Utc>) -> Result<(), DeskError> {
        let Sheet { id, begun, begun_at, post, version, fields } = sheet;
        if !post.is_empty() {
            self.need(who, &self.store.post(post).await?.unit, "writer").await?;
        }
        let kept = Unsaved {
            principal: who.id.clone(),
            id: id.into(),
            begun: begun.into(),
            post: post.into(),
            version,
            fields: fields.into(),
            at: now.timestamp_micros(),
        };
        self.store.put_unsaved(&kept).await?;
        if !begun.is_empty() {
            self.store.drop_unsaved(&who.id, begun, Some(begun_at)).await?;
        }
        Ok(())
    }

    /// Sheets of other pages of the same person that have the same beginning as this one: it goes on from them or they from it, and
    /// both are written on.
    pub async fn twins(&self, who: &Principal, sheet: Sheet<'_>) -> Result<Vec<Unsaved>, DeskError> {
        let Sheet { id, begun, begun_at, post, .. } = sheet;
        let mut all = self.store.unsaved_by(&who.id, post).await?;
        let beside = |s: &Unsaved| s.begun == begun || s.id == begun && s.at != begun_at;
        all.retain(|s| s.id != id && (s.begun == id || !begun.is_empty() && beside(s)));
        Ok(all)
    }

    /// Who else has a message on a sheet just now, each once.
    pub async fn writing(&self, who: &Principal, post: &str, now: DateTime<Utc>) -> Result<Vec<Writing>, DeskError> {
        if post.is_empty() {
            return Ok(Vec::new());
        }
        let mut out: Vec<Writing> = Vec::new();
        for s in self.store.unsaved_of(post, now.timestamp_micros() - WRITING).await? {
            if s.principal != who.id && !out.iter().any(|w| w.who == s.principal) {
                out.push(Writing { who: s.principal, at: s.at });
            }
        }
        Ok(out)
    }

    /// Posts of other units that say nearly the same within two hours of `due`, or in the coming week when no time is known yet; the most
    /// alike first.
    pub async fn similar(
        &self,
        unit: &str,
        message: &Message,
        due: Option<i64>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Similar>, DeskError> {
        let (from, until) = match due {
            Some(due) => (due - BESIDE, due + BESIDE),
            None => (now.timestamp_micros(), now.timestamp_micros() + AHEAD),
        };
        let texts: Vec<&str> = [message.hindi.as_str(), message.english.as_str()]
            .into_iter()
            .chain(message.variants.values().map(String::as_str))
            .collect();
        if texts.iter().all(|t| t.trim().is_empty()) {
            return Ok(Vec::new());
        }
        let mut out: Vec<Similar> = Vec::new();
        for p in self.store.planned_elsewhere(unit, from, until, COMPARED).await? {
            let body: serde_json::Value = serde_json::from_str(&p.body).unwrap_or_default();
            let said = body["text"].as_str().unwrap_or_default();
            // What goes out has both languages under one another; each is compared with each.
            let parts: Vec<&str> = said.split("\n\n").chain([said]).collect();
            let each = texts.iter().flat_map(|t| parts.iter().map(move |p| likeness(t, p)));
            let most = each.fold(0.0, f64::max);
            if most >= ALIKE && !out.iter().any(|s| s.post == p.post) {
                let words = said.chars().take(80).collect();
                let (post, unit, handle, due_at) = (p.post, p.unit, p.handle, p.due_at);
                out.push(Similar { post, unit, handle, due_at, words, likeness: most });
            }
        }
        out.sort_by(|a, b| b.likeness.total_cmp(&a.likeness));
        out.truncate(TOLD);
        Ok(out)
    }
}
