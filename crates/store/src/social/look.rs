//! What pages show of the desk: a stretch of the calendar, a stream of items, what is out. Every statement has a limit and an
//! index to go by.

use std::collections::HashMap;

use sea_orm::{FromQueryResult, Value};
use serde::Serialize;

use super::{Delivery, Item, Post, tree};
use crate::Store;
use crate::error::{Result, StoreError};

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
    /// The delivery whose words this one changes.
    pub revises: Option<String>,
    pub version: i64,
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
    /// JSON of the newest version that is out.
    pub body: String,
    pub first_at: i64,
    /// When the words of a copy were last changed.
    pub edited_at: Option<i64>,
}

/// Which items a stream shows.
#[derive(Debug, Clone, Default)]
pub struct ItemFilter<'a> {
    /// And those below it.
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

#[derive(FromQueryResult)]
struct NetworkOf {
    id: String,
    network: String,
}

/// Up to how many rows a figure of a page is exact.
pub const COUNTED: u64 = 10_000;

/// Live first parts with what the public sees of their message: the newest words that stand anywhere, since not every network lets
/// what is out be edited.
const PUBLISHED: &str = "SELECT d.post, v.version, d.unit, d.kind, u.name_hi, u.name_en, p.corrects, v.body, d.settled_at AS first_at, \
    (SELECT MAX(n.edited_at) FROM social_delivery n WHERE n.post = d.post AND n.state = 'live') AS edited_at FROM social_delivery d JOIN social_unit u ON u.code = d.unit JOIN social_post p ON p.id = d.post \
    JOIN social_version v ON v.post = d.post \
    AND v.version = (SELECT MAX(n.version) FROM social_delivery n WHERE n.post = d.post AND n.state = 'live') \
    WHERE d.state = 'live' AND d.part = 0 AND d.kind <> 'reply' AND p.state <> 'withdrawn'";

const SHOWN: &str = "SELECT d.id, d.post, d.unit, d.kind, d.network, a.handle, d.part, d.parts, d.due_at, d.state, d.reason, d.url, d.remote, d.attempt, d.body, d.revises, d.version \
    FROM social_delivery d JOIN social_account a ON a.id = d.account";

impl Store {
    /// The unit whose stretch of a list is asked for; none when that is everything: only the unit above all others holds all.
    pub async fn scope(&self, unit: Option<&str>) -> Result<Option<String>> {
        let Some(unit) = unit else { return Ok(None) };
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM social_unit WHERE parent IS NULL AND code <> $1";
        let others = self.row::<Number>(sql, vec![unit.into()]).await?.and_then(|n| n.number).unwrap_or_default();
        Ok(match self.unit(unit).await {
            Ok(found) if found.parent.is_none() && others == 0 => None,
            // A unit that is not there has nothing.
            Ok(_) | Err(StoreError::Missing { .. }) => Some(unit.to_owned()),
            Err(e) => return Err(e),
        })
    }

    /// Deliveries due in `[from, until)`, of one unit and those below it or of all. Which ones is found in an index alone; only what is
    /// shown is read.
    pub async fn calendar(&self, unit: Option<&str>, from: i64, until: i64, limit: i64) -> Result<Vec<Shown>> {
        let mut values: Vec<Value> = vec![from.into(), until.into(), limit.into()];
        let sql = match unit {
            Some(unit) => {
                values.push(unit.into());
                format!(
                    "{} {SHOWN} WHERE d.id IN (SELECT id FROM (SELECT x.id FROM tree CROSS JOIN social_delivery x WHERE x.unit = tree.code \
                    AND x.due_at >= $1 AND x.due_at < $2 ORDER BY x.due_at, x.id LIMIT $3) AS chosen) ORDER BY d.due_at, d.id",
                    tree(4)
                )
            }
            None => format!("{SHOWN} WHERE d.due_at >= $1 AND d.due_at < $2 ORDER BY d.due_at, d.id LIMIT $3"),
        };
        self.rows(&sql, values).await
    }

    /// Deliveries in some states, the oldest due first.
    pub async fn shown_in(&self, states: &[&str], limit: i64) -> Result<Vec<Shown>> {
        let list = states.iter().map(|s| format!("'{s}'")).collect::<Vec<_>>().join(", ");
        self.rows(&format!("{SHOWN} WHERE d.state IN ({list}) ORDER BY d.due_at, d.id LIMIT $1"), vec![limit.into()]).await
    }

    pub async fn shown_of(&self, post: &str) -> Result<Vec<Shown>> {
        self.rows(&format!("{SHOWN} WHERE d.post = $1 ORDER BY a.handle, d.part, d.id"), vec![post.into()]).await
    }

    /// A page of the stream of a unit and those below it, or of all. Each state has its own order in the index; the first of both are
    /// found there, and only these are read.
    pub async fn stream(&self, f: &ItemFilter<'_>) -> Result<Vec<Item>> {
        let mut values: Vec<Value> = vec![f.limit.into()];
        let mut further = String::new();
        let with = match f.unit {
            Some(unit) => {
                values.push(unit.into());
                further.push_str(" AND x.unit = tree.code");
                tree(values.len())
            }
            None => String::new(),
        };
        if let Some(to) = f.assigned_to {
            values.push(to.into());
            further.push_str(&format!(" AND x.assigned_to = ${}", values.len()));
        }
        if let Some((due, id)) = &f.after {
            values.push((*due).into());
            values.push(id.clone().into());
            further.push_str(&format!(" AND (x.due_at, x.id) > (${}, ${})", values.len() - 1, values.len()));
        }
        let states = if f.state.is_empty() { vec!["new", "assigned", "sending"] } else { vec![f.state] };
        let from = if f.unit.is_some() { "tree CROSS JOIN social_item x" } else { "social_item x" };
        let mut parts = Vec::new();
        for (n, state) in states.into_iter().enumerate() {
            values.push(state.into());
            parts.push(format!(
                "SELECT id FROM (SELECT x.id FROM {from} WHERE x.state = ${}{further} ORDER BY x.due_at, x.id LIMIT $1) AS part{n}",
                values.len()
            ));
        }
        let chosen = parts.join(" UNION ALL ");
        let sql = format!("{with} SELECT * FROM social_item WHERE id IN ({chosen}) ORDER BY due_at, id LIMIT $1");
        self.rows(&sql, values).await
    }

    /// Networks of some accounts, by the accounts' ids.
    pub async fn networks_of(&self, accounts: &[&str]) -> Result<HashMap<String, String>> {
        let list = (1..=accounts.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
        let sql = format!("SELECT id, network FROM social_account WHERE id IN ({list})");
        let rows: Vec<NetworkOf> = self.rows(&sql, accounts.iter().map(|a| (*a).into()).collect()).await?;
        Ok(rows.into_iter().map(|r| (r.id, r.network)).collect())
    }

    /// Messages in one state, the newest first; empty: in every state.
    pub async fn posts_in(&self, unit: Option<&str>, state: &str, limit: i64) -> Result<Vec<Post>> {
        let mut values: Vec<Value> = vec![limit.into()];
        let mut only = Vec::new();
        if let Some(unit) = unit {
            values.push(unit.into());
            only.push(format!("unit = ${}", values.len()));
        }
        if !state.is_empty() {
            values.push(state.into());
            // A unit's messages are few, those of a state are many: the unit leads.
            let column = if unit.is_some() { "state || ''" } else { "state" };
            only.push(format!("{column} = ${}", values.len()));
        }
        let only = if only.is_empty() { String::new() } else { format!("WHERE {}", only.join(" AND ")) };
        self.rows(&format!("SELECT * FROM social_post {only} ORDER BY created_at DESC, id DESC LIMIT $1"), values).await
    }

    /// Messages of a unit and those below it in one state, the newest first; empty: in every state.
    pub async fn posts_below(&self, unit: &str, state: &str, limit: i64) -> Result<Vec<Post>> {
        let mut values: Vec<Value> = vec![limit.into(), unit.into()];
        let mut only = String::new();
        if !state.is_empty() {
            values.push(state.into());
            only.push_str(" AND p.state || '' = $3");
        }
        let tree = tree(2);
        let sql = format!(
            "{tree} SELECT p.* FROM tree CROSS JOIN social_post p WHERE p.unit = tree.code{only} ORDER BY p.created_at DESC, p.id DESC LIMIT $1"
        );
        self.rows(&sql, values).await
    }

    /// What the public may see: messages with at least one live copy, the newest first. Answers to people stay where they were given. A
    /// message stands where its first copy stands, so the list is read from its end and ends where the page is full.
    pub async fn published(
        &self,
        unit: Option<&str>,
        kind: Option<&str>,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Published>> {
        let mut values: Vec<Value> = vec![limit.into(), before.unwrap_or(i64::MAX).into()];
        let mut only = String::new();
        if let Some(unit) = unit {
            values.push(unit.into());
            only.push_str(&format!("AND d.unit = ${} ", values.len()));
        }
        if let Some(kind) = kind {
            values.push(kind.into());
            let column = if unit.is_some() { "d.kind || ''" } else { "d.kind" };
            only.push_str(&format!("AND {column} = ${} ", values.len()));
        }
        let sql = format!(
            "{PUBLISHED} AND d.settled_at < $2 {only} AND NOT EXISTS (SELECT 1 FROM social_delivery e WHERE e.post = d.post AND e.state = 'live' AND e.part = 0 \
            AND (e.settled_at < d.settled_at OR (e.settled_at = d.settled_at AND e.id < d.id))) ORDER BY d.settled_at DESC LIMIT $1"
        );
        self.rows(&sql, values).await
    }

    /// One message the public may see.
    pub async fn published_one(&self, post: &str) -> Result<Option<Published>> {
        self.row(&format!("{PUBLISHED} AND d.post = $1 ORDER BY d.settled_at, d.id LIMIT 1"), vec![post.into()]).await
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

    /// A post that was out and that its network no longer has, though nobody took it down here: a person decides. False where it is not
    /// live any more.
    pub async fn vanished(&self, delivery: &str, reason: &str) -> Result<bool> {
        let sql = "UPDATE social_delivery SET state = 'human', fence = fence + 1, reason = $2 WHERE id = $1 AND state = 'live'";
        Ok(self.change(sql, vec![delivery.into(), reason.into()]).await? == 1)
    }

    /// How many deliveries of a unit and those below it, or of all, are due in `[from, until)`.
    pub async fn due_count(&self, unit: Option<&str>, from: i64, until: i64) -> Result<u64> {
        let mut values: Vec<Value> = vec![from.into(), until.into()];
        let (with, table) = match unit {
            Some(unit) => {
                values.push(unit.into());
                (tree(3), "tree CROSS JOIN social_delivery x WHERE x.unit = tree.code AND")
            }
            None => (String::new(), "social_delivery x WHERE"),
        };
        let sql = format!("{with} SELECT CAST(COUNT(*) AS BIGINT) AS number FROM {table} x.due_at >= $1 AND x.due_at < $2");
        Ok(self.row::<Number>(&sql, values).await?.and_then(|n| n.number).unwrap_or_default().unsigned_abs())
    }

    /// Items that wait, and those of them whose time has passed. Both are counted up to [`COUNTED`] and one more: of an ocean nobody needs
    /// the number of drops, and a page must not wait for it.
    pub async fn item_counts(&self, now: i64) -> Result<(u64, u64)> {
        let waiting = "social_item WHERE state IN ('new', 'assigned', 'sending')";
        let late = format!("{waiting} AND due_at < $1");
        Ok((self.few(waiting, vec![]).await?, self.few(&late, vec![now.into()]).await?))
    }

    /// Deliveries in some states, counted like [`Store::item_counts`].
    pub async fn deliveries_counted(&self, states: &[&str]) -> Result<u64> {
        let list = states.iter().map(|s| format!("'{s}'")).collect::<Vec<_>>().join(", ");
        self.few(&format!("social_delivery WHERE state IN ({list})"), vec![]).await
    }

    /// How many rows there are of `rows` (a table and its condition), up to the first that need not be told apart.
    async fn few(&self, rows: &str, values: Vec<Value>) -> Result<u64> {
        let sql = format!("SELECT CAST(COUNT(*) AS BIGINT) AS number FROM (SELECT 1 FROM {rows} LIMIT {}) AS few", COUNTED + 1);
        Ok(self.row::<Number>(&sql, values).await?.and_then(|n| n.number).unwrap_or_default().unsigned_abs())
    }

    /// Moves a waiting delivery to another time.
    pub async fn shift(&self, id: &str, due: i64, body: &str) -> Result<bool> {
        let sql = "UPDATE social_delivery SET due_at = $2, body = $3, slot = NULL, fence = fence + 1 WHERE id = $1 AND state = 'queued'";
        Ok(self.change(sql, vec![id.into(), due.into(), body.into()]).await? == 1)
    }
}
