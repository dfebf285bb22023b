//! What pages show of the desk: a stretch of the calendar, a stream of items, what is out. Every statement has a limit and an
//! index to go by.

use sea_orm::{FromQueryResult, Value};
use serde::Serialize;

use super::{Delivery, Item, Post};
use crate::Store;
use crate::error::Result;

/// One delivery as a calendar shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Shown {
    pub id: String,
    pub post: String,
    pub unit: String,
    pub kind: String,
    pub network: String,
    pub handle: String,
    pub part: i64,
    pub parts: i64,
    pub due_at: i64,
    pub state: String,
    pub reason: Option<String>,
    pub url: Option<String>,
    pub remote: Option<String>,
    pub attempt: i64,
    /// JSON of what is sent.
    pub body: String,
}

/// One message that is out, as the portal shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Published {
    pub post: String,
    pub version: i64,
    pub unit: String,
    pub kind: String,
    pub name_hi: String,
    pub name_en: String,
    /// The message this one corrects.
    pub corrects: Option<String>,
    /// JSON of the version that went out.
    pub body: String,
    pub first_at: i64,
}

/// Which items a stream shows.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter<'a> {
    pub unit: Option<&'a str>,
    pub assigned_to: Option<&'a str>,
    /// Empty: those that wait.
    pub state: &'a str,
    /// Only items due after this one (time and id).
    pub after: Option<(i64, String)>,
    pub limit: i64,
}

#[derive(FromQueryResult)]
struct Number {
    number: Option<i64>,
}

const SHOWN: &str = "SELECT d.id, d.post, d.unit, d.kind, d.network, a.handle, d.part, d.parts, d.due_at, d.state, d.reason, d.url, d.remote, d.attempt, d.body \
    FROM social_delivery d JOIN social_account a ON a.id = d.account";

impl Store {
    /// Deliveries due in `[from, until)`, of one unit or of all.
    pub async fn calendar(&self, unit: Option<&str>, from: i64, until: i64, limit: i64) -> Result<Vec<Shown>> {
        let (only, mut values): (&str, Vec<Value>) = match unit {
            Some(unit) => ("d.unit = $4 AND", vec![from.into(), until.into(), limit.into(), unit.into()]),
            None => ("", vec![from.into(), until.into(), limit.into()]),
        };
        let sql = format!("{SHOWN} WHERE {only} d.due_at >= $1 AND d.due_at < $2 ORDER BY d.due_at, d.id LIMIT $3");
        self.rows(&sql, std::mem::take(&mut values)).await
    }

    /// Deliveries in some states, the oldest due first.
    pub async fn shown_in(&self, states: &[&str], limit: i64) -> Result<Vec<Shown>> {
        let list = states.iter().map(|s| format!("'{s}'")).collect::<Vec<_>>().join(", ");
        self.rows(&format!("{SHOWN} WHERE d.state IN ({list}) ORDER BY d.due_at, d.id LIMIT $1"), vec![limit.into()]).await
    }

    pub async fn shown_of(&self, post: &str) -> Result<Vec<Shown>> {
        self.rows(&format!("{SHOWN} WHERE d.post = $1 ORDER BY a.handle, d.part, d.id"), vec![post.into()]).await
    }

    /// A page of the stream.
    pub async fn stream(&self, f: &ItemFilter<'_>) -> Result<Vec<Item>> {
        let mut sql = "SELECT * FROM social_item WHERE ".to_owned();
        let mut values: Vec<Value> = vec![f.limit.into()];
        match f.state {
            "" => sql.push_str("state IN ('new', 'assigned')"),
            state => {
                values.push(state.into());
                sql.push_str(&format!("state = ${}", values.len()));
            }
        }
        for (column, value) in [("unit", f.unit), ("assigned_to", f.assigned_to)] {
            if let Some(value) = value {
                values.push(value.into());
                sql.push_str(&format!(" AND {column} = ${}", values.len()));
            }
        }
        if let Some((due, id)) = &f.after {
            values.push((*due).into());
            values.push(id.clone().into());
            sql.push_str(&format!(" AND (due_at, id) > (${}, ${})", values.len() - 1, values.len()));
        }
        sql.push_str(" ORDER BY due_at, id LIMIT $1");
        self.rows(&sql, values).await
    }

    /// Messages in one state, the newest first; empty: in every state.
    pub async fn posts_in(&self, unit: Option<&str>, state: &str, limit: i64) -> Result<Vec<Post>> {
        let sql = "SELECT * FROM social_post WHERE ($1 = '' OR unit = $1) AND ($2 = '' OR state = $2) ORDER BY created_at DESC, id DESC LIMIT $3";
        self.rows(sql, vec![unit.unwrap_or_default().into(), state.into(), limit.into()]).await
    }

    /// What the public may see: messages with at least one live copy, the newest first. Answers to people stay where they were given.
    pub async fn published(
        &self,
        unit: Option<&str>,
        kind: Option<&str>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Published>> {
        let sql = "SELECT d.post, d.version, d.unit, d.kind, u.name_hi, u.name_en, p.corrects, v.body, CAST(MIN(d.settled_at) AS BIGINT) AS first_at \
            FROM social_delivery d JOIN social_unit u ON u.code = d.unit JOIN social_post p ON p.id = d.post \
            JOIN social_version v ON v.post = d.post AND v.version = d.version \
            WHERE d.state = 'live' AND d.part = 0 AND d.kind <> 'reply' AND p.state <> 'withdrawn' AND ($1 = '' OR d.unit = $1) \
            AND ($2 = '' OR d.kind = $2) AND ($3 = 0 OR d.settled_at < $3) \
            GROUP BY d.post, d.version, d.unit, d.kind, u.name_hi, u.name_en, p.corrects, v.body ORDER BY first_at DESC, d.post DESC LIMIT $4";
        let values = vec![
            unit.unwrap_or_default().into(),
            kind.unwrap_or_default().into(),
            before.unwrap_or_default().into(),
            limit.into(),
        ];
        self.rows(sql, values).await
    }

    /// One message the public may see.
    pub async fn published_one(&self, post: &str) -> Result<Option<Published>> {
        let sql = "SELECT d.post, d.version, d.unit, d.kind, u.name_hi, u.name_en, p.corrects, v.body, CAST(MIN(d.settled_at) AS BIGINT) AS first_at \
            FROM social_delivery d JOIN social_unit u ON u.code = d.unit JOIN social_post p ON p.id = d.post \
            JOIN social_version v ON v.post = d.post AND v.version = d.version \
            WHERE d.post = $1 AND d.state = 'live' AND d.part = 0 AND d.kind <> 'reply' AND p.state <> 'withdrawn' \
            GROUP BY d.post, d.version, d.unit, d.kind, u.name_hi, u.name_en, p.corrects, v.body";
        self.row(sql, vec![post.into()]).await
    }

    /// Corrections of a message that are out.
    pub async fn corrections(&self, post: &str) -> Result<Vec<Post>> {
        let sql = "SELECT p.* FROM social_post p WHERE p.corrects = $1 AND p.state <> 'withdrawn' \
            AND EXISTS (SELECT 1 FROM social_delivery d WHERE d.post = p.id AND d.state = 'live') ORDER BY p.created_at";
        self.rows(sql, vec![post.into()]).await
    }

    /// Live deliveries of some time, whose numbers are worth reading.
    pub async fn live_since(&self, since: i64, limit: i64) -> Result<Vec<Delivery>> {
        let sql = "SELECT * FROM social_delivery WHERE state = 'live' AND settled_at >= $1 ORDER BY settled_at DESC LIMIT $2";
        self.rows(sql, vec![since.into(), limit.into()]).await
    }

    /// How many deliveries are due in `[from, until)`.
    pub async fn due_count(&self, unit: Option<&str>, from: i64, until: i64) -> Result<u64> {
        let (only, values): (&str, Vec<Value>) = match unit {
            Some(unit) => ("unit = $3 AND", vec![from.into(), until.into(), unit.into()]),
            None => ("", vec![from.into(), until.into()]),
        };
        let sql =
            format!("SELECT CAST(COUNT(*) AS BIGINT) AS number FROM social_delivery WHERE {only} due_at >= $1 AND due_at < $2");
        Ok(self.row::<Number>(&sql, values).await?.and_then(|n| n.number).unwrap_or_default().unsigned_abs())
    }

    /// Items that wait, and those of them whose time has passed.
    pub async fn item_counts(&self, now: i64) -> Result<(u64, u64)> {
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM social_item WHERE state IN ('new', 'assigned') AND ($1 = 0 OR due_at < $1)";
        let mut out = [0; 2];
        for (i, before) in [0, now].into_iter().enumerate() {
            out[i] =
                self.row::<Number>(sql, vec![before.into()]).await?.and_then(|n| n.number).unwrap_or_default().unsigned_abs();
        }
        Ok((out[0], out[1]))
    }

    /// Moves a waiting delivery to another time.
    pub async fn shift(&self, id: &str, due: i64, body: &str) -> Result<bool> {
        let sql = "UPDATE social_delivery SET due_at = $2, body = $3, fence = fence + 1 WHERE id = $1 AND state = 'queued'";
        Ok(self.change(sql, vec![id.into(), due.into(), body.into()]).await? == 1)
    }
}
