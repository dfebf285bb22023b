//! Campaigns, and who has published what of them.

use askama::Template;
use chrono::{DateTime, Utc};

use super::{Choice, PostLine};
use crate::Shell;

/// A campaign in a list.
#[derive(Clone, Debug)]
pub struct CampaignLine {
    pub id: String,
    pub name: String,
    pub unit: String,
    pub audience: String,
    pub theme: String,
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
    pub public: bool,
    pub goal: u64,
    pub out: u64,
}

/// All campaigns, and the form for a new one.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/campaigns.html")]
pub struct Campaigns {
    pub shell: Shell,
    pub campaigns: Vec<CampaignLine>,
    pub units: Vec<Choice>,
    pub audiences: Vec<Choice>,
    pub themes: Vec<Choice>,
}

/// A unit's part in a campaign.
#[derive(Clone, Debug)]
pub struct CoverLine {
    pub unit: String,
    pub name: String,
    pub goal: u64,
    pub out: u64,
    pub last: Option<DateTime<Utc>>,
    /// `none`, `begun`, `reached`.
    pub standing: String,
}

impl CoverLine {
    pub fn tone(&self) -> &'static str {
        match self.standing.as_str() {
            "reached" => "ok",
            "begun" => "info",
            _ => "warn",
        }
    }
}

/// One campaign.
#[derive(Clone, Debug, Template)]
#[template(path = "desk/campaign.html")]
pub struct Campaign {
    pub shell: Shell,
    pub line: CampaignLine,
    pub about: String,
    pub part: String,
    pub hashtag: String,
    pub published: u64,
    pub units: Vec<CoverLine>,
    /// Units a goal can be set for.
    pub below: Vec<Choice>,
    pub posts: Vec<PostLine>,
}
