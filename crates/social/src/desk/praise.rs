//! Templates, appreciation kept as links, and hours that served a unit's messages well.

use chrono::{DateTime, Timelike, Utc};
use governance::Principal;
use serde::Serialize;
use serde_json::json;
use store::social::{Praise, Template};

use super::Desk;
use super::campaign::below;
use crate::DeskError;
use crate::message::Kind;

/// Who speaks well of the department.
pub const SOURCES: [&str; 3] = ["citizen", "institution", "embassy"];
/// Posts at one hour before it says anything.
const ENOUGH: usize = 3;
/// The measure of each network that tells how often a post was seen.
const SEEN: [(&str, &str); 5] = [
    ("x", "impression_count"),
    ("facebook", "post_media_view"),
    ("instagram", "views"),
    ("youtube", "viewCount"),
    ("bluesky", "likeCount"),
];

/// An hour of the day (Indian time) on one network.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Slot {
    pub network: String,
    pub hour: u32,
    pub posts: usize,
    /// The network's own measure, and half of the posts reached no more.
    pub measure: String,
    pub median: i64,
}

impl Desk {
    /// Keeps words to begin messages with. They are checked when they are used.
    pub async fn put_template(&self, who: &Principal, template: Template, now: DateTime<Utc>) -> Result<Template, DeskError> {
        self.store.unit(&template.unit).await?;
        self.need(who, &template.unit, "writer").await?;
        template.kind.parse::<Kind>().map_err(DeskError::Invalid)?;
        if template.name.trim().is_empty() || (template.hindi.trim().is_empty() && template.english.trim().is_empty()) {
            return Err(DeskError::Invalid("a template has a name and words".into()));
        }
        let id = if template.id.is_empty() { self.store.fresh_id(now) } else { template.id };
        let template = Template { id, principal: who.id.clone(), at: now.timestamp_micros(), ..template };
        self.store.put_template(&template).await?;
        self.record(who, now, "template", &template.id, &json!({ "name": template.name, "unit": template.unit })).await?;
        Ok(template)
    }

    /// Templates a unit may use: its own and those of the units above; all without a unit.
    pub async fn templates(&self, unit: Option<&str>) -> Result<Vec<Template>, DeskError> {
        let all = self.store.templates().await?;
        let Some(unit) = unit else { return Ok(all) };
        let line = self.store.unit_line(unit).await?;
        Ok(all.into_iter().filter(|t| line.contains(&t.unit)).collect())
    }

    /// Keeps a link to appreciation. A citizen is named only where he agreed, and shown to the public only then.
    pub async fn keep_praise(&self, who: &Principal, praise: Praise, now: DateTime<Utc>) -> Result<Praise, DeskError> {
        self.store.unit(&praise.unit).await?;
        self.need(who, &praise.unit, "duty").await?;
        if !SOURCES.contains(&praise.source.as_str()) {
            return Err(DeskError::Invalid(format!("there is no source {:?}; known are {}", praise.source, SOURCES.join(", "))));
        }
        if !url::Url::parse(&praise.url).is_ok_and(|u| u.scheme() == "https" && u.host_str().is_some()) {
            return Err(DeskError::Invalid(format!("{:?} is no address that begins with https://", praise.url)));
        }
        let agreed = praise.consent.as_deref().is_some_and(|c| c.trim().chars().count() >= 10);
        let named = !praise.by_whom.trim().is_empty();
        if praise.source == "citizen" && named && !agreed {
            return Err(DeskError::Refused(
                "a citizen is named only with consent: say where and when it was given, or leave the name out".into(),
            ));
        }
        if praise.source == "citizen" && praise.public == 1 && !agreed {
            return Err(DeskError::Refused("the link leads to a citizen: it is shown to the public only with consent".into()));
        }
        let at = now.timestamp_micros();
        let praise = Praise { id: self.store.fresh_id(now), principal: who.id.clone(), at, thanked_at: None, ..praise };
        if !self.store.put_praise(&praise).await? {
            return Err(DeskError::Refused("this link is kept already".into()));
        }
        self.record(who, now, "praise", &praise.id, &json!({ "unit": praise.unit, "public": praise.public })).await?;
        Ok(praise)
    }

    pub async fn thank(&self, who: &Principal, id: &str, now: DateTime<Utc>) -> Result<(), DeskError> {
        let praise = self.store.praise(id).await?;
        self.need(who, &praise.unit, "duty").await?;
        self.store.thank(id, now.timestamp_micros()).await?;
        self.record(who, now, "thank", id, &json!({})).await
    }

    /// Consent taken back: the name goes, and the public sees the entry no more.
    pub async fn withdraw_praise(&self, who: &Principal, id: &str, now: DateTime<Utc>) -> Result<(), DeskError> {
        let praise = self.store.praise(id).await?;
        self.need(who, &praise.unit, "duty").await?;
        self.store.withdraw_praise(id).await?;
        self.record(who, now, "consent withdrawn", id, &json!({})).await
    }

    /// Hours at which messages of a unit and those below it were seen most in the last ninety days; three a network at most. What was seen
    /// often was not always sent at a good hour: this is a suggestion.
    pub async fn slots(&self, unit: &str, now: DateTime<Utc>) -> Result<Vec<Slot>, DeskError> {
        self.store.unit(unit).await?;
        let at = now.timestamp_micros();
        let all = self.store.units().await?;
        let from = at - 90 * model::time::MICROS_PER_DAY;
        let seen = |network: &str, name: &str| SEEN.contains(&(network, name)) || network == "standin";
        let rows = self.store.measured(from, at + 1).await?;
        let mut hours: std::collections::BTreeMap<(String, String, u32), Vec<i64>> = std::collections::BTreeMap::new();
        for m in rows.into_iter().filter(|m| below(&all, &m.unit, unit) && seen(&m.network, &m.name)) {
            let deliveries = self.store.deliveries(&m.post).await?;
            let due = deliveries.iter().find(|d| d.account == m.account && d.part == 0).map(|d| d.due_at);
            let Some(local) = due.and_then(model::time::to_ist) else { continue };
            hours.entry((m.network, m.name, local.hour())).or_default().push(m.value);
        }
        let mut out: Vec<Slot> = Vec::new();
        for ((network, measure, hour), mut values) in hours.into_iter().filter(|(_, v)| v.len() >= ENOUGH) {
            values.sort_unstable();
            out.push(Slot { network, hour, posts: values.len(), measure, median: values[(values.len() - 1) / 2] });
        }
        out.sort_by(|a, b| (&a.network, -a.median, a.hour).cmp(&(&b.network, -b.median, b.hour)));
        let mut shown: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
        out.retain(|s| {
            let n = shown.entry(s.network.clone()).or_default();
            *n += 1;
            *n <= 3
        });
        Ok(out)
    }
}
