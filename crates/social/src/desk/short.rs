//! Short links under the department's own domain: nobody else's service stands between a message and what it points to, and none learns
//! who opened it. Only officers make them, so that nothing under this address leads where the department did not send.

use chrono::{DateTime, NaiveTime, Utc};
use governance::Principal;
use ring::rand::{SecureRandom, SystemRandom};
use serde_json::json;
use store::social::ShortLink;
use url::Url;

use super::Desk;
use crate::DeskError;

/// Letters and digits that are not taken for one another.
const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
const LENGTH: usize = 7;
const LONGEST: usize = 2000;

impl Desk {
    /// A short link to `url`, for a unit and perhaps a campaign, whose names go along as `utm_…` where the address has none of its own. The
    /// same again gives the same link.
    pub async fn shorten(
        &self,
        who: &Principal,
        unit: &str,
        url: &str,
        campaign: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<ShortLink, DeskError> {
        self.store.unit(unit).await?;
        self.need(who, unit, "writer").await?;
        if let Some(campaign) = campaign {
            self.store.campaign(campaign).await?;
        }
        let wrong = || DeskError::Invalid(format!("{url:?} is no address that begins with https://, or it is too long"));
        let mut target = Url::parse(url.trim()).map_err(|_| wrong())?;
        if target.scheme() != "https" || target.host_str().is_none() || !target.username().is_empty() || url.len() > LONGEST {
            return Err(wrong());
        }
        let marked: Vec<String> = target.query_pairs().map(|(name, _)| name.into_owned()).collect();
        let marks = [("utm_source", Some(unit)), ("utm_medium", Some("social")), ("utm_campaign", campaign)];
        for (name, value) in marks {
            if let Some(value) = value.filter(|_| campaign.is_some() && !marked.iter().any(|m| m == name)) {
                target.query_pairs_mut().append_pair(name, value);
            }
        }
        let campaign = campaign.unwrap_or_default();
        // A code that is taken is a chance of one in many millions; then another one.
        for _ in 0..5 {
            if let Some(known) = self.store.link_to(unit, campaign, target.as_str()).await? {
                return Ok(known);
            }
            let link = ShortLink {
                code: code()?,
                url: target.as_str().into(),
                unit: unit.into(),
                campaign: campaign.into(),
                principal: who.id.clone(),
                at: now.timestamp_micros(),
                stopped_at: None,
            };
            if self.store.put_link(&link).await? {
                self.record(who, now, "short link", &link.code, &json!({ "unit": unit, "url": link.url })).await?;
                return Ok(link);
            }
        }
        Err(DeskError::Invalid("no free code was found; try again".into()))
    }

    /// Lets a short link lead nowhere, or again where it led.
    pub async fn stop_link(&self, who: &Principal, code: &str, stop: bool, now: DateTime<Utc>) -> Result<(), DeskError> {
        let link = self.store.link(code).await?;
        self.need(who, &link.unit, "writer").await?;
        self.store.stop_link(code, stop.then(|| now.timestamp_micros())).await?;
        self.record(who, now, if stop { "link stopped" } else { "link resumed" }, code, &json!({ "unit": link.unit })).await
    }

    /// Where a short link leads; counts that it was opened on this Indian day. None: nowhere.
    pub async fn follow(&self, code: &str, now: DateTime<Utc>) -> Result<Option<String>, DeskError> {
        let link = match self.store.link(code).await {
            Ok(link) if link.stopped_at.is_none() => link,
            Ok(_) | Err(store::StoreError::Missing { .. }) => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let day = model::time::to_ist(now.timestamp_micros()).map(|t| model::time::from_ist(t.date().and_time(NaiveTime::MIN)));
        self.store.count_link(code, day.unwrap_or_default()).await?;
        Ok(Some(link.url))
    }
}

fn code() -> Result<String, DeskError> {
    let mut out = String::new();
    while out.len() < LENGTH {
        let mut bytes = [0; 16];
        SystemRandom::new().fill(&mut bytes).map_err(|_| DeskError::Invalid("the system gives no random numbers".into()))?;
        // Bytes past the last whole round of letters would make some letters likelier.
        let even = bytes.iter().filter(|b| usize::from(**b) < 256 / LETTERS.len() * LETTERS.len());
        out.extend(even.map(|b| char::from(LETTERS[usize::from(*b) % LETTERS.len()])).take(LENGTH - out.len()));
    }
    Ok(out)
}
