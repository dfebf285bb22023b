//! Campaigns, the media library, internal notes, saved replies and numbers of posts.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::Store;
use crate::error::{Result, StoreError};
use crate::open::new_id;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Campaign {
    pub id: String,
    pub unit: String,
    pub name_hi: String,
    pub name_en: String,
    pub about_hi: String,
    pub about_en: String,
    /// `women`, `children`, `weaker_sections`, `everybody`.
    pub audience: String,
    pub hashtag: String,
    pub from_at: i64,
    pub until_at: i64,
    /// Messages it aims at.
    pub goal: i64,
    /// Shown on the portal (1) or internal (0).
    pub public: i64,
    pub principal: String,
    pub at: i64,
    /// `awareness`, `participation`, `achievement`, `human_face`.
    pub theme: String,
    /// How people take part.
    pub part_hi: String,
    pub part_en: String,
}

/// A picture or film of the library; the file lies under its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct MediaRow {
    pub sha256: String,
    pub unit: String,
    pub name: String,
    pub mime: String,
    pub bytes: i64,
    /// 0 where unknown.
    pub width: i64,
    pub height: i64,
    pub alt: String,
    pub principal: String,
    pub at: i64,
    /// JSON of a film's captions; empty: it has none.
    pub track: String,
}

/// What colleagues say about a draft among themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Note {
    pub id: String,
    pub post: String,
    pub body: String,
    pub principal: String,
    pub at: i64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct SavedReply {
    pub id: String,
    pub unit: String,
    pub name: String,
    pub hindi: String,
    pub english: String,
    pub principal: String,
    pub at: i64,
}

/// One number of one post, under the network's own name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct MetricRow {
    pub delivery: String,
    pub name: String,
    pub value: i64,
    pub at: i64,
}

#[derive(FromQueryResult)]
struct Number {
    number: Option<i64>,
}

impl Store {
    pub async fn put_campaign(&self, c: &Campaign) -> Result<()> {
        let sql = "INSERT INTO social_campaign (id, unit, name_hi, name_en, about_hi, about_en, audience, hashtag, from_at, until_at, goal, public, principal, at, theme, part_hi, part_en) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (id) DO UPDATE SET name_hi = excluded.name_hi, \
            name_en = excluded.name_en, about_hi = excluded.about_hi, about_en = excluded.about_en, audience = excluded.audience, \
            hashtag = excluded.hashtag, from_at = excluded.from_at, until_at = excluded.until_at, goal = excluded.goal, public = excluded.public, theme = excluded.theme, \
            part_hi = excluded.part_hi, part_en = excluded.part_en";
        let c = c.clone();
        let values = vec![
            c.id.into(),
            c.unit.into(),
            c.name_hi.into(),
            c.name_en.into(),
            c.about_hi.into(),
            c.about_en.into(),
            c.audience.into(),
            c.hashtag.into(),
            c.from_at.into(),
            c.until_at.into(),
            c.goal.into(),
            c.public.into(),
            c.principal.into(),
            c.at.into(),
            c.theme.into(),
            c.part_hi.into(),
            c.part_en.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    pub async fn campaign(&self, id: &str) -> Result<Campaign> {
        let found = self.row("SELECT * FROM social_campaign WHERE id = $1", vec![id.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "campaign", id: id.into() })
    }

    pub async fn campaigns(&self, public_only: bool) -> Result<Vec<Campaign>> {
        let only = if public_only { "WHERE public = 1" } else { "" };
        self.rows(&format!("SELECT * FROM social_campaign {only} ORDER BY from_at DESC, id LIMIT 500"), vec![]).await
    }

    pub async fn join_campaign(&self, campaign: &str, post: &str) -> Result<()> {
        let sql = "INSERT INTO social_campaign_post (campaign, post) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        self.change(sql, vec![campaign.into(), post.into()]).await.map(drop)
    }

    /// Messages of a campaign that are out.
    pub async fn campaign_out(&self, campaign: &str) -> Result<i64> {
        let sql = "SELECT CAST(COUNT(DISTINCT c.post) AS BIGINT) AS number FROM social_campaign_post c JOIN social_delivery d ON d.post = c.post \
            WHERE c.campaign = $1 AND d.state = 'live'";
        Ok(self.row::<Number>(sql, vec![campaign.into()]).await?.and_then(|n| n.number).unwrap_or_default())
    }

    /// Adds a file to the library; one that is there keeps its description and captions unless new ones are given.
    pub async fn put_media(&self, m: &MediaRow) -> Result<()> {
        let sql = "INSERT INTO social_media (sha256, unit, name, mime, bytes, width, height, alt, principal, at, track) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
            ON CONFLICT (sha256) DO UPDATE SET alt = CASE WHEN excluded.alt = '' THEN social_media.alt ELSE excluded.alt END, \
            track = CASE WHEN excluded.track = '' THEN social_media.track ELSE excluded.track END";
        let m = m.clone();
        let values = vec![
            m.sha256.into(),
            m.unit.into(),
            m.name.into(),
            m.mime.into(),
            m.bytes.into(),
            m.width.into(),
            m.height.into(),
            m.alt.into(),
            m.principal.into(),
            m.at.into(),
            m.track.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    pub async fn media(&self, sha256: &str) -> Result<MediaRow> {
        let found = self.row("SELECT * FROM social_media WHERE sha256 = $1", vec![sha256.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "picture", id: sha256.into() })
    }

    /// Pictures whose id begins with these letters; two are enough to know that it is not one.
    pub async fn media_like(&self, begin: &str) -> Result<Vec<MediaRow>> {
        let sql = "SELECT * FROM social_media WHERE sha256 >= $1 AND sha256 < $2 LIMIT 2";
        self.rows(sql, vec![begin.into(), format!("{begin}g").into()]).await
    }

    pub async fn media_of(&self, unit: Option<&str>, limit: i64) -> Result<Vec<MediaRow>> {
        let sql = "SELECT * FROM social_media WHERE ($1 = '' OR unit = $1) ORDER BY at DESC, sha256 LIMIT $2";
        self.rows(sql, vec![unit.unwrap_or_default().into(), limit.into()]).await
    }

    /// A page of the library, the newest first: those in whose name or description all the words stand.
    pub async fn media_page(&self, words: &str, page: u32, per_page: i64) -> Result<Vec<MediaRow>> {
        let mut values: Vec<sea_orm::Value> = vec![per_page.into(), (i64::from(page) * per_page).into()];
        let mut only = String::new();
        for word in words.split_whitespace().take(8) {
            // What the search's own signs mean is not for whoever searches.
            let plain = word.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            values.push(format!("%{plain}%").into());
            let n = values.len();
            only.push_str(&format!(" AND (LOWER(name) LIKE ${n} ESCAPE '\\' OR LOWER(alt) LIKE ${n} ESCAPE '\\')"));
        }
        let sql = format!("SELECT * FROM social_media WHERE at >= 0{only} ORDER BY at DESC, sha256 DESC LIMIT $1 OFFSET $2");
        self.rows(&sql, values).await
    }

    pub async fn add_note(&self, post: &str, who: &str, body: &str, now: DateTime<Utc>) -> Result<()> {
        let sql = "INSERT INTO social_note (id, post, body, principal, at) VALUES ($1, $2, $3, $4, $5)";
        self.change(sql, vec![new_id(now).into(), post.into(), body.into(), who.into(), now.timestamp_micros().into()])
            .await
            .map(drop)
    }

    pub async fn notes(&self, post: &str) -> Result<Vec<Note>> {
        self.rows("SELECT * FROM social_note WHERE post = $1 ORDER BY at, id", vec![post.into()]).await
    }

    pub async fn put_saved_reply(&self, r: &SavedReply) -> Result<()> {
        let sql = "INSERT INTO social_saved_reply (id, unit, name, hindi, english, principal, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, hindi = excluded.hindi, english = excluded.english";
        let r = r.clone();
        let values =
            vec![r.id.into(), r.unit.into(), r.name.into(), r.hindi.into(), r.english.into(), r.principal.into(), r.at.into()];
        self.change(sql, values).await.map(drop)
    }

    pub async fn saved_reply(&self, id: &str) -> Result<SavedReply> {
        let found = self.row("SELECT * FROM social_saved_reply WHERE id = $1", vec![id.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "saved reply", id: id.into() })
    }

    pub async fn drop_saved_reply(&self, id: &str) -> Result<bool> {
        Ok(self.change("DELETE FROM social_saved_reply WHERE id = $1", vec![id.into()]).await? == 1)
    }

    /// Saved replies of all units.
    pub async fn all_saved_replies(&self) -> Result<Vec<SavedReply>> {
        self.rows("SELECT * FROM social_saved_reply ORDER BY unit, name, id", vec![]).await
    }

    /// Saved replies a unit may use: its own and those of the units above.
    pub async fn saved_replies(&self, unit: &str) -> Result<Vec<SavedReply>> {
        let line = self.unit_line(unit).await?;
        let all: Vec<SavedReply> = self.rows("SELECT * FROM social_saved_reply ORDER BY name, id", vec![]).await?;
        Ok(all.into_iter().filter(|r| line.contains(&r.unit)).collect())
    }

    pub async fn put_metric(&self, m: MetricRow) -> Result<()> {
        let sql = "INSERT INTO social_metric (delivery, name, value, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        self.change(sql, vec![m.delivery.into(), m.name.into(), m.value.into(), m.at.into()]).await.map(drop)
    }

    /// The newest number of each name of a delivery.
    pub async fn metrics_of(&self, delivery: &str) -> Result<Vec<MetricRow>> {
        let sql = "SELECT m.* FROM social_metric m WHERE m.delivery = $1 AND m.at = \
            (SELECT MAX(n.at) FROM social_metric n WHERE n.delivery = m.delivery AND n.name = m.name) ORDER BY m.name";
        self.rows(sql, vec![delivery.into()]).await
    }
}
