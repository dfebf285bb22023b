//! Who has published what of a campaign, and what a unit's messages are about.

use sea_orm::FromQueryResult;
use serde::Serialize;

use super::Post;
use crate::Store;
use crate::error::Result;

/// Messages a unit aims at in a campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Goal {
    pub campaign: String,
    pub unit: String,
    pub goal: i64,
}

/// Messages of a campaign that one unit has out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Covered {
    pub unit: String,
    pub messages: i64,
    pub first_at: i64,
    pub last_at: i64,
}

/// Messages of one kind that a unit has out; kind is the message's, theme its campaign's (empty: of none).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Mixed {
    pub unit: String,
    pub kind: String,
    pub theme: String,
    pub messages: i64,
}

impl Store {
    /// Sets what a unit aims at; 0 takes the goal away.
    pub async fn put_goal(&self, campaign: &str, unit: &str, goal: i64) -> Result<()> {
        if goal == 0 {
            let sql = "DELETE FROM social_goal WHERE campaign = $1 AND unit = $2";
            return self.change(sql, vec![campaign.into(), unit.into()]).await.map(drop);
        }
        let sql = "INSERT INTO social_goal (campaign, unit, goal) VALUES ($1, $2, $3) ON CONFLICT (campaign, unit) DO UPDATE SET goal = excluded.goal";
        self.change(sql, vec![campaign.into(), unit.into(), goal.into()]).await.map(drop)
    }

    pub async fn goals(&self, campaign: &str) -> Result<Vec<Goal>> {
        self.rows("SELECT * FROM social_goal WHERE campaign = $1 ORDER BY unit", vec![campaign.into()]).await
    }

    pub async fn leave_campaign(&self, campaign: &str, post: &str) -> Result<()> {
        let sql = "DELETE FROM social_campaign_post WHERE campaign = $1 AND post = $2";
        self.change(sql, vec![campaign.into(), post.into()]).await.map(drop)
    }

    /// Messages of a campaign, the newest first.
    pub async fn campaign_posts(&self, campaign: &str, limit: i64) -> Result<Vec<Post>> {
        let sql = "SELECT p.* FROM social_campaign_post c JOIN social_post p ON p.id = c.post WHERE c.campaign = $1 ORDER BY p.created_at DESC, p.id DESC LIMIT $2";
        self.rows(sql, vec![campaign.into(), limit.into()]).await
    }

    /// What is out of a campaign, by the unit that wrote it.
    pub async fn covered(&self, campaign: &str) -> Result<Vec<Covered>> {
        let sql = "SELECT p.unit, CAST(COUNT(DISTINCT p.id) AS BIGINT) AS messages, CAST(MIN(d.settled_at) AS BIGINT) AS first_at, \
            CAST(MAX(d.settled_at) AS BIGINT) AS last_at FROM social_campaign_post c JOIN social_post p ON p.id = c.post \
            JOIN social_delivery d ON d.post = p.id AND d.part = 0 AND d.state = 'live' WHERE c.campaign = $1 GROUP BY p.unit ORDER BY p.unit";
        self.rows(sql, vec![campaign.into()]).await
    }

    /// What went out in `[from, until)`, by unit, kind and theme. Answers to people are no content.
    pub async fn mixed(&self, from: i64, until: i64) -> Result<Vec<Mixed>> {
        let sql = "SELECT p.unit, p.kind, COALESCE(g.theme, '') AS theme, CAST(COUNT(DISTINCT p.id) AS BIGINT) AS messages \
            FROM social_delivery d JOIN social_post p ON p.id = d.post LEFT JOIN social_campaign_post c ON c.post = p.id \
            LEFT JOIN social_campaign g ON g.id = c.campaign WHERE d.state = 'live' AND d.part = 0 AND d.kind <> 'reply' \
            AND d.settled_at >= $1 AND d.settled_at < $2 GROUP BY p.unit, p.kind, COALESCE(g.theme, '') ORDER BY p.unit, p.kind, 3";
        self.rows(sql, vec![from.into(), until.into()]).await
    }
}
