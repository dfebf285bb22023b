//! Numbers of the department's own accounts for a report. Nothing here is by the person who wrote: answers are counted by account.

use sea_orm::FromQueryResult;
use serde::Serialize;

use super::MetricRow;
use crate::Store;
use crate::error::Result;

/// The newest number of one post under the network's own name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Measured {
    pub network: String,
    pub account: String,
    pub handle: String,
    pub unit: String,
    pub post: String,
    pub name: String,
    pub value: i64,
    pub at: i64,
}

/// When something addressed to an account came in, and when it was answered or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct AnswerTime {
    pub account: String,
    pub written_at: i64,
    pub due_at: i64,
    pub state: String,
    /// When the answer was out, else when it was ended; none while it waits.
    pub ended_at: Option<i64>,
}

/// What somebody wrote to an account of a unit: when and what. Who is not asked for.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Wrote {
    pub unit: String,
    pub at: i64,
    pub body: String,
}

/// An account and when it last published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Silent {
    pub account: String,
    pub network: String,
    pub handle: String,
    pub unit: String,
    pub state: String,
    pub created_at: i64,
    pub last_at: Option<i64>,
    /// Messages in the time asked for.
    pub messages: i64,
}

/// One post of an account that is or was out, as the lake keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Posted {
    pub delivery: String,
    pub network: String,
    pub handle: String,
    pub remote: String,
    pub body: String,
    pub state: String,
    /// When it went out, was removed, or its words were last changed.
    pub settled_at: i64,
    /// When it went out.
    pub out_at: i64,
    pub reply_to: Option<String>,
    pub campaign: Option<String>,
}

/// A message that was out in some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Out {
    pub post: String,
    pub first_at: i64,
}

impl Store {
    /// The newest number of each name of each post that went out in `[from, until)`.
    pub async fn measured(&self, from: i64, until: i64) -> Result<Vec<Measured>> {
        let sql = "SELECT d.network, d.account, a.handle, a.unit, d.post, m.name, m.value, m.at FROM social_delivery d \
            JOIN social_account a ON a.id = d.account JOIN social_metric m ON m.delivery = d.id \
            WHERE d.state = 'live' AND d.settled_at >= $1 AND d.settled_at < $2 \
            AND m.at = (SELECT MAX(n.at) FROM social_metric n WHERE n.delivery = m.delivery AND n.name = m.name) \
            ORDER BY d.network, a.handle, m.name, d.id";
        self.rows(sql, vec![from.into(), until.into()]).await
    }

    /// Numbers as they were read, with their delivery, since some time.
    pub async fn metrics_since(&self, since: i64) -> Result<Vec<MetricRow>> {
        self.rows("SELECT * FROM social_metric WHERE at >= $1 ORDER BY delivery, name, at", vec![since.into()]).await
    }

    /// Everything addressed to the accounts in `[from, until)`.
    pub async fn answer_times(&self, from: i64, until: i64) -> Result<Vec<AnswerTime>> {
        let sql = "SELECT i.account, i.written_at, i.due_at, i.state, CASE WHEN i.state IN ('new', 'assigned', 'sending') THEN NULL \
            ELSE COALESCE((SELECT MIN(d.settled_at) FROM social_delivery d WHERE d.post = i.answer AND d.state = 'live'), i.changed_at) END AS ended_at \
            FROM social_item i WHERE i.written_at >= $1 AND i.written_at < $2 ORDER BY i.account, i.written_at";
        self.rows(sql, vec![from.into(), until.into()]).await
    }

    /// What was written in public to the accounts in `[from, until)`; messages to them alone are nobody's to count.
    pub async fn written(&self, from: i64, until: i64) -> Result<Vec<Wrote>> {
        let sql = "SELECT a.unit, i.written_at AS at, i.body FROM social_item i JOIN social_account a ON a.id = i.account \
            WHERE i.written_at >= $1 AND i.written_at < $2 AND i.kind <> 'message' ORDER BY i.written_at";
        self.rows(sql, vec![from.into(), until.into()]).await
    }

    /// Every account, when it last published, and how much of it in `[from, until)`.
    pub async fn silent(&self, from: i64, until: i64) -> Result<Vec<Silent>> {
        let sql = "SELECT a.id AS account, a.network, a.handle, a.unit, a.state, a.created_at, \
            (SELECT CAST(MAX(d.settled_at) AS BIGINT) FROM social_delivery d WHERE d.account = a.id AND d.state = 'live') AS last_at, \
            (SELECT CAST(COUNT(*) AS BIGINT) FROM social_delivery d WHERE d.account = a.id AND d.state = 'live' AND d.part = 0 \
            AND d.settled_at >= $1 AND d.settled_at < $2) AS messages FROM social_account a ORDER BY a.unit, a.network, a.handle";
        self.rows(sql, vec![from.into(), until.into()]).await
    }

    /// Posts of the own accounts that went out since some time, or were removed since; also one that its network lost, on which nobody decided yet.
    pub async fn posted_since(&self, since: i64) -> Result<Vec<Posted>> {
        let sql = "SELECT d.id AS delivery, d.network, a.handle, d.remote, d.body, d.state, \
            CASE WHEN d.edited_at > d.settled_at THEN d.edited_at ELSE d.settled_at END AS settled_at, \
            COALESCE((SELECT CAST(MAX(t.settled_at) AS BIGINT) FROM social_attempt t WHERE t.delivery = d.id AND t.outcome = 'live'), d.settled_at) AS out_at, \
            d.reply_to, (SELECT MIN(c.campaign) FROM social_campaign_post c WHERE c.post = d.post) AS campaign \
            FROM social_delivery d JOIN social_account a ON a.id = d.account \
            WHERE d.state IN ('live', 'removed', 'human') AND d.remote IS NOT NULL AND (d.settled_at >= $1 OR d.edited_at >= $1) ORDER BY d.settled_at, d.id";
        self.rows(sql, vec![since.into()]).await
    }

    /// Messages of a unit and those below it (none: of all) of which a copy went out in `[from, until)`, also those taken down since; the
    /// oldest first.
    pub async fn out_between(&self, unit: Option<&str>, from: i64, until: i64) -> Result<Vec<Out>> {
        let tree = super::tree(1);
        let sql = format!(
            "{tree} SELECT d.post, CAST(MIN(COALESCE(t.settled_at, d.settled_at)) AS BIGINT) AS first_at FROM social_delivery d \
            LEFT JOIN social_attempt t ON t.delivery = d.id AND t.outcome = 'live' \
            WHERE (d.state IN ('live', 'removed') OR (d.state = 'human' AND d.remote IS NOT NULL)) AND ($4 = 1 OR d.unit IN (SELECT code FROM tree)) GROUP BY d.post \
            HAVING MIN(COALESCE(t.settled_at, d.settled_at)) >= $2 AND MIN(COALESCE(t.settled_at, d.settled_at)) < $3 ORDER BY first_at, d.post"
        );
        self.rows(&sql, vec![unit.unwrap_or_default().into(), from.into(), until.into(), i64::from(unit.is_none()).into()]).await
    }
}
