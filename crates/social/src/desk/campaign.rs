//! Campaigns: what they aim at in each district, who has published, and whether a unit speaks of everything it should.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde::Serialize;
use serde_json::json;
use store::social::{Campaign, Unit};

use super::Desk;
use crate::DeskError;
use crate::message::Message;

/// Whom a campaign is for, and what it is about.
pub const AUDIENCES: [&str; 4] = ["women", "children", "weaker_sections", "everybody"];
pub const THEMES: [&str; 4] = ["awareness", "participation", "achievement", "human_face"];

/// One unit's part in a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnitCoverage {
    pub unit: String,
    pub name_hi: String,
    pub name_en: String,
    /// Messages aimed at; 0: no goal of its own.
    pub goal: i64,
    /// Messages out, of the unit and those below it.
    pub out: i64,
    /// UTC microseconds.
    pub last_at: Option<i64>,
    /// `none`, `begun`, `reached`.
    pub standing: &'static str,
}

/// Where a campaign stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    pub campaign: Campaign,
    /// Messages out, of every unit.
    pub out: i64,
    /// Districts, and whoever else has a goal.
    pub units: Vec<UnitCoverage>,
    /// Of them, those that have published at least one.
    pub published: usize,
}

/// How much of what went out was of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Share {
    /// Kind of message.
    pub kind: String,
    pub messages: i64,
    /// Of all, in per cent, rounded.
    pub percent: i64,
}

/// What the messages of some units were about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Mix {
    pub messages: i64,
    pub kinds: Vec<Share>,
    /// Themes of campaigns that nothing went out for.
    pub missing: Vec<String>,
}

impl Desk {
    /// Opens a campaign, or changes it (by its id). The publisher of its unit does it.
    pub async fn put_campaign(&self, who: &Principal, campaign: Campaign, now: DateTime<Utc>) -> Result<Campaign, DeskError> {
        self.store.unit(&campaign.unit).await?;
        if !campaign.id.is_empty() {
            let old = self.store.campaign(&campaign.id).await?;
            self.need(who, &old.unit, "publisher").await?;
        }
        self.need(who, &campaign.unit, "publisher").await?;
        let known = |list: &[&str], what: &str, given: &str| {
            if list.contains(&given) {
                return Ok(());
            }
            Err(DeskError::Invalid(format!("there is no {what} {given:?}; known are {}", list.join(", "))))
        };
        known(&AUDIENCES, "audience", &campaign.audience)?;
        known(&THEMES, "theme", &campaign.theme)?;
        if campaign.name_hi.trim().is_empty() || campaign.name_en.trim().is_empty() {
            return Err(DeskError::Invalid("a campaign has a name in Hindi and in English".into()));
        }
        if campaign.until_at <= campaign.from_at {
            return Err(DeskError::Invalid("a campaign ends after it begins".into()));
        }
        if campaign.goal < 0 {
            return Err(DeskError::Invalid("a goal is a number of messages".into()));
        }
        if campaign.public == 1 && (campaign.part_hi.trim().is_empty() || campaign.part_en.trim().is_empty()) {
            return Err(DeskError::Invalid("what the public sees says how to take part, in Hindi and in English".into()));
        }
        let id = if campaign.id.is_empty() { self.store.fresh_id(now) } else { campaign.id };
        let campaign = Campaign { id, principal: who.id.clone(), at: now.timestamp_micros(), ..campaign };
        self.store.put_campaign(&campaign).await?;
        self.record(who, now, "campaign", &campaign.id, &json!({ "name": campaign.name_en, "public": campaign.public })).await?;
        Ok(campaign)
    }

    /// Sets how many messages a unit aims at; 0 takes the goal away.
    pub async fn set_goal(&self, who: &Principal, id: &str, unit: &str, goal: i64, now: DateTime<Utc>) -> Result<(), DeskError> {
        let campaign = self.store.campaign(id).await?;
        self.need(who, &campaign.unit, "publisher").await?;
        if !self.store.unit_line(unit).await?.contains(&campaign.unit) || self.store.unit(unit).await.is_err() {
            return Err(DeskError::Refused(format!("{unit} is not below {}, whose campaign this is", campaign.unit)));
        }
        if !(0..=10_000).contains(&goal) {
            return Err(DeskError::Invalid("a goal is a number of messages from 0 to 10,000".into()));
        }
        self.store.put_goal(id, unit, goal).await?;
        self.record(who, now, "goal", id, &json!({ "unit": unit, "goal": goal })).await
    }

    /// A message of a unit as it goes out in a campaign: with its hashtag.
    pub async fn for_campaign(&self, id: &str, unit: &str, mut message: Message) -> Result<Message, DeskError> {
        let campaign = self.store.campaign(id).await?;
        self.below(unit, &campaign).await?;
        message.put_hashtag(&campaign.hashtag);
        Ok(message)
    }

    /// Units below the one whose campaign it is take part.
    async fn below(&self, unit: &str, campaign: &Campaign) -> Result<(), DeskError> {
        if self.store.unit_line(unit).await?.contains(&campaign.unit) {
            return Ok(());
        }
        Err(DeskError::Refused(format!("{unit} is not below {}, whose campaign this is", campaign.unit)))
    }

    /// Puts a message into a campaign, or takes it out.
    pub async fn join_campaign(
        &self,
        who: &Principal,
        id: &str,
        post: &str,
        join: bool,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        let campaign = self.store.campaign(id).await?;
        let message = self.store.post(post).await?;
        self.need(who, &message.unit, "writer").await?;
        self.below(&message.unit, &campaign).await?;
        if join {
            self.store.join_campaign(id, post).await?;
        } else {
            self.store.leave_campaign(id, post).await?;
        }
        let what = if join { "join campaign" } else { "leave campaign" };
        self.record(who, now, what, post, &json!({ "campaign": id })).await
    }

    /// Who has published what of a campaign.
    pub async fn coverage(&self, id: &str) -> Result<Coverage, DeskError> {
        let campaign = self.store.campaign(id).await?;
        let (covered, goals) = (self.store.covered(id).await?, self.store.goals(id).await?);
        let all = self.store.units().await?;
        let mut units = Vec::new();
        for unit in all.iter().filter(|u| below(&all, &u.code, &campaign.unit)) {
            let goal = goals.iter().find(|g| g.unit == unit.code).map_or(0, |g| g.goal);
            if unit.kind != "district" && goal == 0 {
                continue;
            }
            let own = covered.iter().filter(|c| below(&all, &c.unit, &unit.code));
            let (out, last) = own.fold((0, None), |(n, last), c| (n + c.messages, last.max(Some(c.last_at))));
            let standing = match out {
                0 => "none",
                out if goal > 0 && out < goal => "begun",
                _ => "reached",
            };
            units.push(UnitCoverage {
                unit: unit.code.clone(),
                name_hi: unit.name_hi.clone(),
                name_en: unit.name_en.clone(),
                goal,
                out,
                last_at: last,
                standing,
            });
        }
        let published = units.iter().filter(|u| u.out > 0).count();
        Ok(Coverage { out: covered.iter().map(|c| c.messages).sum(), campaign, units, published })
    }

    /// What went out of a unit and those below it (none: of all) in `[from, until)`.
    pub async fn mix(&self, unit: Option<&str>, from: i64, until: i64) -> Result<Mix, DeskError> {
        let all = self.store.units().await?;
        let rows = self.store.mixed(from, until).await?;
        let rows: Vec<_> = rows.into_iter().filter(|r| unit.is_none_or(|u| below(&all, &r.unit, u))).collect();
        let mut kinds: Vec<Share> = Vec::new();
        for r in &rows {
            match kinds.iter_mut().find(|k| k.kind == r.kind) {
                Some(k) => k.messages += r.messages,
                None => kinds.push(Share { kind: r.kind.clone(), messages: r.messages, percent: 0 }),
            }
        }
        let messages: i64 = kinds.iter().map(|k| k.messages).sum();
        for k in &mut kinds {
            k.percent = (k.messages * 100 + messages / 2) / messages.max(1);
        }
        kinds.sort_by_key(|k| -k.messages);
        let said = |theme: &str| rows.iter().any(|r| r.theme == theme || r.kind == theme);
        let missing = THEMES.iter().filter(|t| !said(t)).map(|t| (*t).to_owned()).collect();
        Ok(Mix { messages, kinds, missing })
    }
}

/// Whether a unit is another one or below it.
pub(super) fn below(all: &[Unit], unit: &str, above: &str) -> bool {
    let mut at = Some(unit.to_owned());
    for _ in 0..20 {
        match at {
            Some(code) if code == above => return true,
            Some(code) => at = all.iter().find(|u| u.code == code).and_then(|u| u.parent.clone()),
            None => return false,
        }
    }
    false
}
