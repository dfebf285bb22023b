//! Rows and statements of pieces of work and of what is granted for them. No rule is decided here; what must not happen twice (a
//! request decided, a work closed) is part of the statement.

mod export;
mod expunge;
mod request;

use sea_orm::FromQueryResult;
use serde::Serialize;

use crate::Store;
use crate::error::Result;

pub use export::Export;
pub use expunge::Expungement;
pub use request::{Declared, Request};

/// A piece of work as it is kept. Lists are words parted and framed by blanks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Work {
    pub id: String,
    /// `case`, `complaint`, `supervision` or `statistics`.
    pub purpose: String,
    pub reference: String,
    pub sections: String,
    pub reason: String,
    /// Unit of whoever opened it; for supervision, the unit supervised.
    pub unit: Option<String>,
    /// 1 for an emergency.
    pub emergency: i64,
    /// Numbers an emergency reaches.
    pub numbers: String,
    pub opened_by: String,
    pub opened_at: i64,
    pub until_at: i64,
    pub closed_at: Option<i64>,
    pub closed_by: Option<String>,
    pub reviewed_at: Option<i64>,
    pub reviewed_by: Option<String>,
    pub finding: Option<String>,
}

/// Somebody of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Member {
    pub work: String,
    pub account: String,
    /// Unit served in when added, empty for none; a transfer out of it ends the membership.
    pub unit: String,
    pub added_by: String,
    pub added_at: i64,
    pub removed_at: Option<i64>,
    pub removed_by: Option<String>,
}

/// What somebody has in hand.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
struct Hand {
    work: String,
}

impl Store {
    /// Opens a piece of work with its first member.
    pub async fn open_work(&self, new: &Work, unit: &str) -> Result<()> {
        let w = new.clone();
        let transaction = self.begin().await?;
        let sql = "INSERT INTO access_work (id, purpose, reference, sections, reason, unit, emergency, numbers, opened_by, opened_at, until_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
        let values = vec![
            w.id.clone().into(),
            w.purpose.into(),
            w.reference.into(),
            w.sections.into(),
            w.reason.into(),
            w.unit.into(),
            w.emergency.into(),
            w.numbers.into(),
            w.opened_by.clone().into(),
            w.opened_at.into(),
            w.until_at.into(),
        ];
        crate::social::change_in(&transaction, sql, values).await?;
        let sql = "INSERT INTO access_member (work, account, unit, added_by, added_at) VALUES ($1, $2, $3, $2, $4)";
        let values = vec![w.id.into(), w.opened_by.into(), unit.into(), w.opened_at.into()];
        crate::social::change_in(&transaction, sql, values).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub async fn work(&self, id: &str) -> Result<Option<Work>> {
        self.row("SELECT * FROM access_work WHERE id = $1", vec![id.into()]).await
    }

    /// Pieces of work somebody is of the team of, the newest first.
    pub async fn works_of(&self, account: &str) -> Result<Vec<Work>> {
        let sql = "SELECT w.* FROM access_work w JOIN access_member m ON m.work = w.id \
            WHERE m.account = $1 AND m.removed_at IS NULL ORDER BY w.opened_at DESC, w.id DESC LIMIT 500";
        self.rows(sql, vec![account.into()]).await
    }

    /// Pieces of work opened since a moment, the newest first.
    pub async fn works_since(&self, since: i64) -> Result<Vec<Work>> {
        let sql = "SELECT * FROM access_work WHERE opened_at >= $1 ORDER BY opened_at DESC, id DESC LIMIT 5000";
        self.rows(sql, vec![since.into()]).await
    }

    /// Emergencies nobody has reviewed, the oldest first.
    pub async fn unreviewed(&self) -> Result<Vec<Work>> {
        let sql = "SELECT * FROM access_work WHERE emergency = 1 AND reviewed_at IS NULL ORDER BY opened_at, id";
        self.rows(sql, vec![]).await
    }

    /// Closes a piece of work; false when it was closed before.
    pub async fn close_work(&self, id: &str, by: &str, now: i64) -> Result<bool> {
        let sql = "UPDATE access_work SET closed_at = $3, closed_by = $2 WHERE id = $1 AND closed_at IS NULL";
        Ok(self.change(sql, vec![id.into(), by.into(), now.into()]).await? == 1)
    }

    /// Notes the review of an emergency; false when it was reviewed before, or is none.
    pub async fn review_work(&self, id: &str, by: &str, finding: &str, now: i64) -> Result<bool> {
        let sql = "UPDATE access_work SET reviewed_at = $4, reviewed_by = $2, finding = $3 \
            WHERE id = $1 AND emergency = 1 AND reviewed_at IS NULL";
        Ok(self.change(sql, vec![id.into(), by.into(), finding.into(), now.into()]).await? == 1)
    }

    /// The team, as it is and was.
    pub async fn team(&self, work: &str) -> Result<Vec<Member>> {
        self.rows("SELECT * FROM access_member WHERE work = $1 ORDER BY added_at, account", vec![work.into()]).await
    }

    pub async fn member(&self, work: &str, account: &str) -> Result<Option<Member>> {
        let sql = "SELECT * FROM access_member WHERE work = $1 AND account = $2 AND removed_at IS NULL";
        self.row(sql, vec![work.into(), account.into()]).await
    }

    /// Takes somebody into a team, again if he was of it before.
    pub async fn add_member(&self, work: &str, account: &str, unit: &str, by: &str, now: i64) -> Result<()> {
        let sql = "INSERT INTO access_member (work, account, unit, added_by, added_at) VALUES ($1, $2, $3, $4, $5) \
            ON CONFLICT (work, account) DO UPDATE SET unit = excluded.unit, added_by = excluded.added_by, added_at = excluded.added_at, \
            removed_at = NULL, removed_by = NULL";
        let values = vec![work.into(), account.into(), unit.into(), by.into(), now.into()];
        self.change(sql, values).await.map(drop)
    }

    /// Takes somebody out of a team; false when he is not of it.
    pub async fn remove_member(&self, work: &str, account: &str, by: &str, now: i64) -> Result<bool> {
        let sql =
            "UPDATE access_member SET removed_at = $4, removed_by = $3 WHERE work = $1 AND account = $2 AND removed_at IS NULL";
        Ok(self.change(sql, vec![work.into(), account.into(), by.into(), now.into()]).await? == 1)
    }

    /// Takes a piece of work in hand; `holder` is a session.
    pub async fn take_work(&self, holder: &str, account: &str, work: &str, now: i64) -> Result<()> {
        let sql = "INSERT INTO access_hand (holder, account, work, taken_at) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (holder) DO UPDATE SET account = excluded.account, work = excluded.work, taken_at = excluded.taken_at";
        self.change(sql, vec![holder.into(), account.into(), work.into(), now.into()]).await.map(drop)
    }

    /// Puts down what a session has in hand.
    pub async fn put_down(&self, holder: &str) -> Result<()> {
        self.change("DELETE FROM access_hand WHERE holder = $1", vec![holder.into()]).await.map(drop)
    }

    /// The piece of work a session of an account has in hand.
    pub async fn in_hand(&self, holder: &str, account: &str) -> Result<Option<String>> {
        let sql = "SELECT work FROM access_hand WHERE holder = $1 AND account = $2";
        Ok(self.row::<Hand>(sql, vec![holder.into(), account.into()]).await?.map(|h| h.work))
    }
}
