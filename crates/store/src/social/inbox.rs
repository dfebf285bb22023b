//! What people write to the department's own accounts. Only the item: there is no table of authors and no count by author.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde::Serialize;

use super::ItemFilter;
use crate::Store;
use crate::error::{Result, StoreError};
use crate::open::new_id;

/// A comment, mention or message. `new` → `assigned` → `answered` / `handed_over` / `hidden` / `closed`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Item {
    pub id: String,
    pub account: String,
    pub unit: String,
    pub remote: String,
    /// `reply`, `mention`, `comment`, `message`.
    pub kind: String,
    /// What it answers.
    pub parent: Option<String>,
    pub handle: String,
    pub body: String,
    pub url: Option<String>,
    pub written_at: i64,
    pub seen_at: i64,
    /// When an answer is due.
    pub due_at: i64,
    /// Whether the network lets us answer by programme (1) or only by hand (0).
    pub answerable: i64,
    pub state: String,
    pub assigned_to: Option<String>,
    /// Who is writing an answer just now, and until when that counts.
    pub answering: Option<String>,
    pub answering_until: Option<i64>,
    /// The message that answers it, or the number of the complaint it became.
    pub answer: Option<String>,
    pub reason: Option<String>,
    pub changed_at: i64,
}

#[derive(Debug, Clone)]
pub struct NewItem {
    pub account: String,
    pub unit: String,
    pub remote: String,
    pub kind: String,
    pub parent: Option<String>,
    pub handle: String,
    pub body: String,
    pub url: Option<String>,
    pub written_at: i64,
    pub due_at: i64,
    pub answerable: bool,
}

impl Store {
    /// Keeps what came in. The same item again (webhook and poller, or a replay) changes its text only; false then.
    pub async fn put_item(&self, new: NewItem, now: DateTime<Utc>) -> Result<bool> {
        let at = now.timestamp_micros();
        let sql = "UPDATE social_item SET body = $3, changed_at = $4 WHERE account = $1 AND remote = $2 AND body <> $3";
        let same = vec![new.account.clone().into(), new.remote.clone().into(), new.body.clone().into(), at.into()];
        self.change(sql, same).await?;
        let sql = "INSERT INTO social_item (id, account, unit, remote, kind, parent, handle, body, url, written_at, seen_at, due_at, \
            answerable, state, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'new', $11) \
            ON CONFLICT DO NOTHING";
        let values = vec![
            new_id(now).into(),
            new.account.into(),
            new.unit.into(),
            new.remote.into(),
            new.kind.into(),
            new.parent.into(),
            new.handle.into(),
            new.body.into(),
            new.url.into(),
            new.written_at.into(),
            at.into(),
            new.due_at.into(),
            i64::from(new.answerable).into(),
        ];
        Ok(self.change(sql, values).await? == 1)
    }

    pub async fn item(&self, id: &str) -> Result<Item> {
        let found = self.row("SELECT * FROM social_item WHERE id = $1", vec![id.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "inbox item", id: id.into() })
    }

    /// Items of a unit and those below it (none: of all) that wait, the most urgent first; with `all` those of the unit alone, also when
    /// they are done.
    pub async fn items(&self, unit: Option<&str>, all: bool, limit: i64) -> Result<Vec<Item>> {
        if !all {
            return self.stream(&ItemFilter { unit, limit, ..ItemFilter::default() }).await;
        }
        let (only, mut values) = ("WHERE unit = $2", vec![limit.into()]);
        values.extend(unit.map(Into::into));
        let only = unit.map_or("", |_| only);
        self.rows(&format!("SELECT * FROM social_item {only} ORDER BY due_at, id LIMIT $1"), values).await
    }

    /// Sends an item to the unit concerned, to one person or to none yet.
    pub async fn assign_item(&self, id: &str, unit: &str, to: Option<&str>, now: i64) -> Result<bool> {
        let sql = "UPDATE social_item SET unit = $2, assigned_to = $3, state = 'assigned', changed_at = $4 \
            WHERE id = $1 AND state IN ('new', 'assigned')";
        Ok(self.change(sql, vec![id.into(), unit.into(), to.map(str::to_owned).into(), now.into()]).await? == 1)
    }

    /// Takes the pen: two people do not answer at once. False while somebody else holds it.
    pub async fn begin_answer(&self, id: &str, by: &str, now: i64, until: i64) -> Result<bool> {
        let sql = "UPDATE social_item SET answering = $2, answering_until = $4 WHERE id = $1 AND state IN ('new', 'assigned') \
            AND (answering IS NULL OR answering = $2 OR answering_until < $3)";
        Ok(self.change(sql, vec![id.into(), by.into(), now.into(), until.into()]).await? == 1)
    }

    /// Ends an item: `answered` with the message, `handed_over` with the complaint's number, `hidden` or `closed` with a reason.
    pub async fn finish_item(&self, id: &str, state: &str, answer: Option<&str>, reason: Option<&str>, now: i64) -> Result<bool> {
        let sql = "UPDATE social_item SET state = $2, answer = $3, reason = $4, answering = NULL, answering_until = NULL, changed_at = $5 \
            WHERE id = $1 AND state IN ('new', 'assigned')";
        let own = |t: Option<&str>| t.map(str::to_owned);
        Ok(self.change(sql, vec![id.into(), state.into(), own(answer).into(), own(reason).into(), now.into()]).await? == 1)
    }
}
