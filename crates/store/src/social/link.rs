//! Short links, and how often each was opened on a day.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::Store;
use crate::error::{Result, StoreError};

/// A short link of a unit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct ShortLink {
    pub code: String,
    /// Where it leads.
    pub url: String,
    pub unit: String,
    /// Empty: of none.
    pub campaign: String,
    pub principal: String,
    pub at: i64,
    /// It leads nowhere since then.
    pub stopped_at: Option<i64>,
}

/// A short link and how often it was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Opened {
    pub code: String,
    pub url: String,
    pub unit: String,
    pub campaign: String,
    pub stopped_at: Option<i64>,
    pub opened: i64,
}

impl Store {
    /// Keeps a link. False when this place has one of this unit and campaign, or the code is taken.
    pub async fn put_link(&self, l: &ShortLink) -> Result<bool> {
        let sql = "INSERT INTO social_link (code, url, unit, campaign, principal, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        let l = l.clone();
        let values = vec![l.code.into(), l.url.into(), l.unit.into(), l.campaign.into(), l.principal.into(), l.at.into()];
        Ok(self.change(sql, values).await? == 1)
    }

    pub async fn link_to(&self, unit: &str, campaign: &str, url: &str) -> Result<Option<ShortLink>> {
        let sql = "SELECT * FROM social_link WHERE unit = $1 AND campaign = $2 AND url = $3";
        self.row(sql, vec![unit.into(), campaign.into(), url.into()]).await
    }

    pub async fn link(&self, code: &str) -> Result<ShortLink> {
        let found = self.row("SELECT * FROM social_link WHERE code = $1", vec![code.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "short link", id: code.into() })
    }

    /// The newest links with all their openings.
    pub async fn links(&self, limit: i64) -> Result<Vec<Opened>> {
        let sql = "SELECT l.code, l.url, l.unit, l.campaign, l.stopped_at, \
            CAST(COALESCE((SELECT SUM(d.opened) FROM social_link_day d WHERE d.code = l.code), 0) AS BIGINT) AS opened \
            FROM social_link l ORDER BY l.at DESC, l.code LIMIT $1";
        self.rows(sql, vec![limit.into()]).await
    }

    /// Counts an opening on a day (its first moment, UTC microseconds).
    pub async fn count_link(&self, code: &str, day: i64) -> Result<()> {
        let sql = "INSERT INTO social_link_day (code, day, opened) VALUES ($1, $2, 1) \
            ON CONFLICT (code, day) DO UPDATE SET opened = social_link_day.opened + 1";
        self.change(sql, vec![code.into(), day.into()]).await.map(drop)
    }

    /// Lets a link lead nowhere, or again where it led.
    pub async fn stop_link(&self, code: &str, at: Option<i64>) -> Result<()> {
        let sql = "UPDATE social_link SET stopped_at = $2 WHERE code = $1";
        self.one(self.change(sql, vec![code.into(), at.into()]).await?, "short link", code)
    }
}
