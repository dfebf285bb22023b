//! Templates of messages, and what others say well of the department: a link, kept and shown only as far as its author agreed.

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::Store;
use crate::error::{Result, StoreError};

/// Words to begin a message with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Template {
    pub id: String,
    pub unit: String,
    pub name: String,
    pub kind: String,
    pub hindi: String,
    pub english: String,
    pub principal: String,
    pub at: i64,
}

/// One word of appreciation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Praise {
    pub id: String,
    pub unit: String,
    pub url: String,
    /// Who said it, as shown: an institution's name, or a person's who agreed. Empty: nobody is named.
    pub by_whom: String,
    /// `citizen`, `institution`, `embassy`.
    pub source: String,
    pub about_hi: String,
    pub about_en: String,
    /// Where and when a private person agreed to be named; none for an institution.
    pub consent: Option<String>,
    pub public: i64,
    pub thanked_at: Option<i64>,
    pub principal: String,
    pub at: i64,
}

impl Store {
    pub async fn put_template(&self, t: &Template) -> Result<()> {
        let sql = "INSERT INTO social_template (id, unit, name, kind, hindi, english, principal, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
            ON CONFLICT (id) DO UPDATE SET name = excluded.name, kind = excluded.kind, hindi = excluded.hindi, english = excluded.english";
        let t = t.clone();
        let values = vec![
            t.id.into(),
            t.unit.into(),
            t.name.into(),
            t.kind.into(),
            t.hindi.into(),
            t.english.into(),
            t.principal.into(),
            t.at.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    pub async fn template(&self, id: &str) -> Result<Template> {
        let found = self.row("SELECT * FROM social_template WHERE id = $1", vec![id.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "template", id: id.into() })
    }

    pub async fn templates(&self) -> Result<Vec<Template>> {
        self.rows("SELECT * FROM social_template ORDER BY unit, name, id LIMIT 1000", vec![]).await
    }

    /// Keeps a link once; false when it is kept already.
    pub async fn put_praise(&self, p: &Praise) -> Result<bool> {
        let sql = "INSERT INTO social_praise (id, unit, url, by_whom, source, about_hi, about_en, consent, public, principal, at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING";
        let p = p.clone();
        let values = vec![
            p.id.into(),
            p.unit.into(),
            p.url.into(),
            p.by_whom.into(),
            p.source.into(),
            p.about_hi.into(),
            p.about_en.into(),
            p.consent.into(),
            p.public.into(),
            p.principal.into(),
            p.at.into(),
        ];
        Ok(self.change(sql, values).await? == 1)
    }

    pub async fn praise(&self, id: &str) -> Result<Praise> {
        let found = self.row("SELECT * FROM social_praise WHERE id = $1", vec![id.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "appreciation", id: id.into() })
    }

    pub async fn all_praise(&self, public_only: bool) -> Result<Vec<Praise>> {
        let only = if public_only { "WHERE public = 1" } else { "" };
        self.rows(&format!("SELECT * FROM social_praise {only} ORDER BY at DESC, id LIMIT 200"), vec![]).await
    }

    pub async fn thank(&self, id: &str, now: i64) -> Result<()> {
        self.change("UPDATE social_praise SET thanked_at = $2 WHERE id = $1", vec![id.into(), now.into()]).await.map(drop)
    }

    /// Whoever agreed may take it back: the name goes, and the entry is not shown any more.
    pub async fn withdraw_praise(&self, id: &str) -> Result<()> {
        let sql = "UPDATE social_praise SET public = 0, by_whom = '', consent = NULL WHERE id = $1";
        self.one(self.change(sql, vec![id.into()]).await?, "appreciation", id)
    }
}
