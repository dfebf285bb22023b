//! The model code of conduct: times in which achievements are not advertised. Headquarters enters them, puts them right and ends them;
//! what is scheduled follows.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde_json::{Value, json};
use store::social::{Delivery, SilenceRow};

use super::Desk;
use crate::DeskError;
use crate::check;
use crate::limit::NetworkName;

/// What a change of a time of silence did to what is scheduled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Held {
    /// Held now.
    pub held: u64,
    /// Held before, free again.
    pub freed: u64,
    /// Held without cause, but their time has passed: a person decides on each.
    pub passed: u64,
}

impl Desk {
    /// Enters a time of silence; what is scheduled into it and breaks it is held.
    pub async fn silence(&self, who: &Principal, row: SilenceRow, now: DateTime<Utc>) -> Result<(String, Held), DeskError> {
        self.may_silence(who, &row).await?;
        let row = SilenceRow { principal: who.id.clone(), ..row };
        let id = self.store.put_silence(row.clone(), now).await?;
        self.record(who, now, "silence", &id, &told(&row)).await?;
        Ok((id, self.follow_silences(now).await?))
    }

    /// Puts a time of silence right. What it holds no longer is free again, what it holds now is held.
    pub async fn change_silence(
        &self,
        who: &Principal,
        to: SilenceRow,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Held, DeskError> {
        self.may_silence(who, &to).await?;
        if reason.trim().is_empty() {
            return Err(DeskError::Refused("say why this is changed; the reason is kept".into()));
        }
        let before = self.store.silence(&to.id).await?;
        self.store.change_silence(&to).await?;
        let what = json!({ "reason": reason.trim(), "before": told(&before), "after": told(&to) });
        self.record(who, now, "silence changed", &to.id, &what).await?;
        self.follow_silences(now).await
    }

    /// Ends a time of silence now.
    pub async fn end_silence(&self, who: &Principal, id: &str, reason: &str, now: DateTime<Utc>) -> Result<Held, DeskError> {
        let row = self.store.silence(id).await?;
        let at = now.timestamp_micros();
        if row.until_at <= at {
            return Err(DeskError::Refused(format!("it ended {}", model::time::format_ist(row.until_at))));
        }
        // One that has not begun never was.
        let row = SilenceRow { until_at: at.max(row.from_at + 1), from_at: row.from_at, ..row };
        self.change_silence(who, row, reason, now).await
    }

    async fn may_silence(&self, who: &Principal, row: &SilenceRow) -> Result<(), DeskError> {
        self.need(who, &self.root().await?, "publisher").await?;
        if row.until_at <= row.from_at {
            return Err(DeskError::Refused("it must end after it begins".into()));
        }
        if row.constituency.trim().is_empty() || row.reference.trim().is_empty() {
            return Err(DeskError::Refused(
                "name the constituency (* for the whole state) and the Election Commission's announcement".into(),
            ));
        }
        Ok(())
    }

    async fn follow_silences(&self, now: DateTime<Utc>) -> Result<Held, DeskError> {
        let (freed, passed) = self.free_silenced(now).await?;
        Ok(Held { held: self.hold_silenced(now).await?, freed, passed })
    }

    /// Frees what no time of silence forbids any more and whose time is still to come; also counts those whose time has passed.
    async fn free_silenced(&self, now: DateTime<Utc>) -> Result<(u64, u64), DeskError> {
        let (mut freed, mut passed) = (0, 0);
        for d in self.store.deliveries_in("held", 1_000_000).await? {
            let by_code = d.reason.as_deref().is_some_and(|r| r.starts_with(check::MODEL_CODE_LAW));
            if !by_code || self.silenced(&d).await?.is_some() {
                continue;
            }
            if self.store.unhold(&d.id, now.timestamp_micros()).await? {
                freed += 1;
            } else {
                passed += 1;
            }
        }
        Ok((freed, passed))
    }

    /// Holds what is already scheduled into a time of silence and would break it; gives how many.
    pub async fn hold_silenced(&self, now: DateTime<Utc>) -> Result<u64, DeskError> {
        let mut held = 0;
        for d in self.store.deliveries_in("queued", 1_000_000).await? {
            if let Some(why) = self.silenced(&d).await? {
                held += u64::from(self.store.hold(&d.id, &why, now.timestamp_micros()).await?);
            }
        }
        Ok(held)
    }

    /// Why the model code of conduct forbids a delivery at its time; none when it does not, or somebody overruled it.
    async fn silenced(&self, d: &Delivery) -> Result<Option<String>, DeskError> {
        let message = self.message(&d.post, d.version).await?;
        let network: NetworkName = d.network.parse().map_err(DeskError::Invalid)?;
        let setting = check::Setting { recent: Vec::new(), ..self.setting(&d.unit, &[network], d.due_at, &d.post).await? };
        let open = self.store.findings(&d.post, d.version).await?;
        if open.iter().any(|f| f.rule == "model_code" && f.overridden_by.is_some()) {
            return Ok(None);
        }
        let found = check::check(&message, &setting).into_iter().find(|f| f.rule == "model_code");
        Ok(found.map(|f| format!("{}: {}", f.law, f.found)))
    }
}

/// A time of silence as the record keeps it.
fn told(row: &SilenceRow) -> Value {
    json!({ "constituency": row.constituency, "from": row.from_at, "until": row.until_at, "reference": row.reference })
}
