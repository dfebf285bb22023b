//! What people write to the department's own accounts. Only the item: there is no table of authors and no count by author.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;
use serde::Serialize;

use super::{Delivery, ItemFilter, change_in};
use crate::Store;
use crate::error::{Result, StoreError};
use crate::open::new_id;

/// A comment, mention or message. `new` → `assigned` → `sending` → `answered`; or `handed_over` / `hidden` / `closed`. What is being sent
/// waits like the others until the answer is out, and is assigned again when it did not go out.
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
    /// The message that is to answer it.
    pub draft: Option<String>,
    /// The unit above that an overdue item was told to last, and when the next one is told; it begins with the item's own time.
    pub escalated_to: Option<String>,
    pub escalate_at: Option<i64>,
    /// Until when the network lets a program answer; none: always, as far as it does at all.
    pub answer_until: Option<i64>,
}

#[derive(Debug, Clone, Default)]
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
    pub answer_until: Option<i64>,
}

impl Store {
    /// Keeps what came in. The same item again (webhook and poller, or a replay) changes its text only; false then.
    pub async fn put_item(&self, new: NewItem, now: DateTime<Utc>) -> Result<bool> {
        let at = now.timestamp_micros();
        let sql = "UPDATE social_item SET body = $3, changed_at = $4 WHERE account = $1 AND remote = $2 AND body <> $3 \
            AND (kind <> 'message' OR state IN ('new', 'assigned', 'sending'))";
        let same = vec![new.account.clone().into(), new.remote.clone().into(), new.body.clone().into(), at.into()];
        self.change(sql, same).await?;
        let sql = "INSERT INTO social_item (id, account, unit, remote, kind, parent, handle, body, url, written_at, seen_at, due_at, \
            escalate_at, answerable, answer_until, state, changed_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, 'new', $11) \
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
            new.answer_until.into(),
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

    /// Overdue items that a unit above is to be told of now. Each state has its own order in the index; what was told already and waits for
    /// its next turn is not read, however much of it there is.
    pub async fn overdue(&self, now: i64, limit: i64) -> Result<Vec<Item>> {
        let of = |state: &str| {
            format!(
                "SELECT id FROM (SELECT x.id FROM social_item x WHERE x.state = '{state}' AND x.escalate_at < $1 ORDER BY x.escalate_at LIMIT $2) AS {state}_ones"
            )
        };
        let chosen = [of("new"), of("assigned")].join(" UNION ALL ");
        let sql = format!("SELECT * FROM social_item WHERE id IN ({chosen}) ORDER BY due_at, id LIMIT $2");
        self.rows(&sql, vec![now.into(), limit.into()]).await
    }

    /// An overdue item is told to a unit above; false when somebody else was faster.
    pub async fn escalate_item(&self, item: &Item, to: Option<&str>, next: i64) -> Result<bool> {
        let sql = "UPDATE social_item SET escalated_to = COALESCE($2, escalated_to), escalate_at = $3 \
            WHERE id = $1 AND COALESCE(escalate_at, 0) = $4 AND state IN ('new', 'assigned')";
        let values =
            vec![item.id.clone().into(), to.map(str::to_owned).into(), next.into(), item.escalate_at.unwrap_or(0).into()];
        Ok(self.change(sql, values).await? == 1)
    }

    /// Takes the pen: two people do not answer at once. False while somebody else holds it.
    pub async fn begin_answer(&self, id: &str, by: &str, now: i64, until: i64) -> Result<bool> {
        let sql = "UPDATE social_item SET answering = $2, answering_until = $4 WHERE id = $1 AND state IN ('new', 'assigned') \
            AND (answering IS NULL OR answering = $2 OR answering_until < $3)";
        Ok(self.change(sql, vec![id.into(), by.into(), now.into(), until.into()]).await? == 1)
    }

    /// Keeps which message is to answer the item.
    pub async fn set_draft(&self, id: &str, by: &str, post: &str) -> Result<bool> {
        let sql = "UPDATE social_item SET draft = $3 WHERE id = $1 AND answering = $2 AND state IN ('new', 'assigned')";
        Ok(self.change(sql, vec![id.into(), by.into(), post.into()]).await? == 1)
    }

    /// Queues the answer of an item, or neither: only the message that was drafted for it, and only while it waits.
    pub async fn enqueue_answer(&self, item: &str, answer: &Delivery, now: i64) -> Result<bool> {
        let tx = self.begin().await?;
        let sql = "UPDATE social_item SET state = 'sending', answer = $2, reason = NULL, answering = NULL, answering_until = NULL, changed_at = $3 \
            WHERE id = $1 AND draft = $2 AND state IN ('new', 'assigned')";
        if change_in(&tx, sql, vec![item.into(), answer.post.clone().into(), now.into()]).await? == 0 {
            return Ok(false);
        }
        if !super::outbox::enqueue_in(&tx, &answer.post, answer.version, &["approved"], std::slice::from_ref(answer), now).await?
        {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// An answer that a person sends again is on its way again.
    pub async fn answer_again(&self, post: &str, now: i64) -> Result<bool> {
        let sql =
            "UPDATE social_item SET state = 'sending', answer = $1, changed_at = $2 WHERE draft = $1 AND state = 'assigned'";
        Ok(self.change(sql, vec![post.into(), now.into()]).await? == 1)
    }

    /// Items whose answer is out are answered; those whose answer did not go out wait again. Gives how many changed.
    pub async fn settle_answers(&self, now: i64) -> Result<u64> {
        // The state is no key here: everything that was ever published is live.
        let out = "UPDATE social_item SET state = 'answered', changed_at = $1 WHERE state = 'sending' AND EXISTS \
            (SELECT 1 FROM social_delivery d WHERE d.post = social_item.answer AND (d.state || '') = 'live')";
        let back = "UPDATE social_item SET state = 'assigned', answer = NULL, reason = 'the answer did not go out', changed_at = $1 \
            WHERE state = 'sending' AND NOT EXISTS (SELECT 1 FROM social_delivery d WHERE d.post = social_item.answer \
            AND d.state NOT IN ('failed', 'cancelled', 'removed'))";
        Ok(self.change(out, vec![now.into()]).await? + self.change(back, vec![now.into()]).await?)
    }

    /// The words of messages to an account alone are not kept longer than they are needed: those of items ended before `before` go. Gives
    /// how many did.
    pub async fn forget_messages(&self, before: i64) -> Result<u64> {
        let sql = "UPDATE social_item SET body = '' WHERE kind = 'message' AND body <> '' \
            AND state IN ('answered', 'handed_over', 'closed') AND changed_at < $1";
        self.change(sql, vec![before.into()]).await
    }

    /// Ends an item without an answer: `handed_over` with the complaint's number, `hidden` or `closed` with a reason.
    pub async fn finish_item(&self, id: &str, state: &str, answer: Option<&str>, reason: Option<&str>, now: i64) -> Result<bool> {
        let sql = "UPDATE social_item SET state = $2, answer = $3, reason = $4, answering = NULL, answering_until = NULL, changed_at = $5 \
            WHERE id = $1 AND state IN ('new', 'assigned')";
        let own = |t: Option<&str>| t.map(str::to_owned);
        Ok(self.change(sql, vec![id.into(), state.into(), own(answer).into(), own(reason).into(), now.into()]).await? == 1)
    }

    /// What was hidden is shown again and waits for its answer.
    pub async fn reopen_item(&self, id: &str, reason: &str, now: i64) -> Result<bool> {
        let sql = "UPDATE social_item SET state = 'assigned', reason = $2, changed_at = $3 WHERE id = $1 AND state = 'hidden'";
        Ok(self.change(sql, vec![id.into(), reason.into(), now.into()]).await? == 1)
    }
}
