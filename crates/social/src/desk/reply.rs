//! Saved replies: words for questions that come again, in both languages.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde_json::json;
use store::social::SavedReply;

use super::Desk;
use crate::DeskError;

impl Desk {
    /// Keeps words for a unit and those below it; with an id it changes those that are there.
    pub async fn save_reply(&self, who: &Principal, reply: SavedReply, now: DateTime<Utc>) -> Result<SavedReply, DeskError> {
        let kept = match reply.id.as_str() {
            "" => SavedReply { id: self.store.fresh_id(now), ..reply },
            id => SavedReply { unit: self.store.saved_reply(id).await?.unit, ..reply },
        };
        self.store.unit(&kept.unit).await?;
        self.need(who, &kept.unit, "writer").await?;
        if [&kept.name, &kept.hindi, &kept.english].iter().any(|t| t.trim().is_empty()) {
            return Err(DeskError::Refused("a saved reply has a name and its words in Hindi and in English".into()));
        }
        let kept = SavedReply { principal: who.id.clone(), at: now.timestamp_micros(), ..kept };
        self.store.put_saved_reply(&kept).await?;
        self.record(who, now, "saved reply", &kept.id, &json!({ "unit": kept.unit, "name": kept.name })).await?;
        Ok(kept)
    }

    pub async fn drop_reply(&self, who: &Principal, id: &str, now: DateTime<Utc>) -> Result<(), DeskError> {
        let kept = self.store.saved_reply(id).await?;
        self.need(who, &kept.unit, "writer").await?;
        self.store.drop_saved_reply(id).await?;
        self.record(who, now, "saved reply dropped", id, &json!({ "unit": kept.unit, "name": kept.name })).await
    }
}
