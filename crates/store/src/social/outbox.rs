//! The outbox. Every statement names the fence it was allowed under: a worker that lost its lease changes nothing.

use sea_orm::{DatabaseTransaction, FromQueryResult};
use serde::Serialize;

use super::{PAUSED, change_in};
use crate::Store;
use crate::error::{Result, StoreError};

/// One post on one account, or one part of a thread.
///
/// `queued` → `preparing` → `committing` → `live`; from `committing` also `queued` (surely not sent), `unknown` (perhaps sent) or
/// `failed` (refused); from `unknown` to `live`, `queued` or `human`. `held`: a rule found something after it was scheduled;
/// `missed`: too late to be of use; `cancelled`; `removed`: taken down. One that edits another ends as `edited`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Delivery {
    pub id: String,
    pub post: String,
    pub version: i64,
    pub kind: String,
    pub unit: String,
    pub account: String,
    pub network: String,
    pub app: String,
    /// From 0.
    pub part: i64,
    pub parts: i64,
    /// The part before this one.
    pub follows: Option<String>,
    /// Remote id of what this answers.
    pub reply_to: Option<String>,
    /// JSON of what is sent.
    pub body: String,
    pub sha256: String,
    /// The key under which the network knows this post, where it takes one.
    pub key: String,
    pub due_at: i64,
    pub state: String,
    pub owner: String,
    /// Goes up whenever the delivery changes hands.
    pub fence: i64,
    /// Goes up while its owner lives.
    pub beat: i64,
    /// Commits begun.
    pub attempt: i64,
    /// Preparations that failed since the last commit.
    pub tries: i64,
    pub next_at: i64,
    pub intent_at: Option<i64>,
    /// JSON of what the network keeps ready.
    pub prepared: Option<String>,
    pub remote: Option<String>,
    pub url: Option<String>,
    pub reason: Option<String>,
    pub settled_at: Option<i64>,
    /// The delivery whose words this one changes.
    pub revises: Option<String>,
    /// When the words were last changed at the network.
    pub edited_at: Option<i64>,
    /// Of an edit that went through: the version whose words it took the place of.
    pub replaced: Option<i64>,
    /// The time of the queue it took.
    pub slot: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Attempt {
    pub delivery: String,
    pub attempt: i64,
    pub account: String,
    pub app: String,
    pub owner: String,
    pub at: i64,
    pub outcome: Option<String>,
    pub detail: Option<String>,
    pub settled_at: Option<i64>,
}

/// What tells whether a delivery's owner is alive.
#[derive(Debug, Clone, PartialEq, Eq, Hash, FromQueryResult)]
pub struct Watched {
    pub id: String,
    pub fence: i64,
    pub beat: i64,
    pub state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Counted {
    pub state: String,
    pub count: i64,
}

/// What an account said or is to say.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Said {
    pub post: String,
    /// JSON of what is sent.
    pub body: String,
}

/// Who claims how many.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    pub owner: &'a str,
    pub now: i64,
    /// Nothing that was due before this is sent any more.
    pub oldest: i64,
    pub most: i64,
}

/// How an attempt ended, or what became of a delivery.
#[derive(Debug, Clone, Default)]
pub struct Settlement<'a> {
    pub state: &'a str,
    pub outcome: &'a str,
    pub remote: Option<String>,
    pub url: Option<String>,
    pub reason: Option<String>,
    pub next_at: i64,
    pub now: i64,
    /// Whether this counts as a try that failed.
    pub failed: bool,
}

#[derive(FromQueryResult)]
struct Number {
    number: Option<i64>,
}

impl Store {
    /// Queues the parts of a message, all or none, and marks it scheduled. False when the message is not approved (any more).
    pub async fn enqueue(&self, post: &str, version: i64, from: &[&str], parts: &[Delivery], now: i64) -> Result<bool> {
        let tx = self.begin().await?;
        if !enqueue_in(&tx, post, version, from, parts, now).await? {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// The same for parts that took times of the queue: none when somebody took one of these in the same moment.
    pub async fn enqueue_slots(
        &self,
        post: &str,
        version: i64,
        from: &[&str],
        parts: &[Delivery],
        now: i64,
    ) -> Result<Option<bool>> {
        match self.enqueue(post, version, from, parts, now).await {
            Err(StoreError::Database(e)) if unique(&e) => Ok(None),
            other => other.map(Some),
        }
    }

    /// Takes due deliveries under a new fence: at most one of an account, none of a paused unit (a statement goes out
    /// nevertheless), a resting account or application, or whose thread has not come so far.
    ///
    /// The state is asked for once more at the end, for whoever was faster; written as it is there, no index of states is taken for it:
    /// the hundred thousand that wait for their day would be read at every look.
    pub async fn claim(&self, c: &Claim<'_>) -> Result<Vec<Delivery>> {
        let sql = format!(
            "{PAUSED}, ready AS (SELECT d.id, d.due_at, ROW_NUMBER() OVER (PARTITION BY d.account ORDER BY d.due_at, d.part, d.id) AS turn \
            FROM social_delivery d JOIN social_account a ON a.id = d.account \
            JOIN social_post m ON m.id = d.post AND m.state = 'scheduled' \
            WHERE d.state = 'queued' AND d.due_at <= $2 AND d.due_at >= $3 AND d.next_at <= $2 \
            AND a.state = 'connected' AND a.blocked_until <= $2 \
            AND NOT EXISTS (SELECT 1 FROM social_app p WHERE p.id = d.app AND p.blocked_until > $2) \
            AND (d.kind = 'statement' OR d.unit NOT IN (SELECT code FROM paused)) \
            AND NOT EXISTS (SELECT 1 FROM social_delivery b WHERE b.account = d.account AND b.state IN ('preparing', 'committing', 'unknown')) \
            AND (d.follows IS NULL OR EXISTS (SELECT 1 FROM social_delivery f WHERE f.id = d.follows AND f.state = 'live'))) \
            UPDATE social_delivery SET state = 'preparing', owner = $1, fence = fence + 1, beat = 0 \
            WHERE state || '' = 'queued' AND id IN (SELECT id FROM ready WHERE turn = 1 ORDER BY due_at LIMIT $4) RETURNING *"
        );
        let values = vec![c.owner.into(), c.now.into(), c.oldest.into(), c.most.into()];
        match self.rows(&sql, values).await {
            // Another worker took one of the same accounts in the same moment: next time.
            Err(StoreError::Database(e)) if unique(&e) => Ok(Vec::new()),
            other => other,
        }
    }

    /// Says that the owner still works on it. False: it was taken away.
    pub async fn beat(&self, id: &str, fence: i64) -> Result<bool> {
        let sql = "UPDATE social_delivery SET beat = beat + 1 WHERE id = $1 AND fence = $2";
        Ok(self.change(sql, vec![id.into(), fence.into()]).await? == 1)
    }

    /// Records that the commit is about to be made. Only if this is `true` may it be made, and only once.
    pub async fn intend(&self, d: &Delivery, prepared: &str, now: i64) -> Result<bool> {
        let tx = self.begin().await?;
        let sql = format!(
            "{PAUSED} UPDATE social_delivery SET state = 'committing', attempt = attempt + 1, tries = 0, intent_at = $4, prepared = $3 \
            WHERE id = $1 AND fence = $2 AND state = 'preparing' AND (kind = 'statement' OR unit NOT IN (SELECT code FROM paused))"
        );
        if change_in(&tx, &sql, vec![d.id.clone().into(), d.fence.into(), prepared.into(), now.into()]).await? == 0 {
            return Ok(false);
        }
        let sql = "INSERT INTO social_attempt (delivery, attempt, account, app, owner, at) VALUES ($1, $2, $3, $4, $5, $6)";
        let values = vec![
            d.id.clone().into(),
            (d.attempt + 1).into(),
            d.account.clone().into(),
            d.app.clone().into(),
            d.owner.clone().into(),
            now.into(),
        ];
        change_in(&tx, sql, values).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Puts a prepared delivery back, or ends it before any commit.
    pub async fn release(&self, d: &Delivery, s: &Settlement<'_>) -> Result<bool> {
        let sql = "UPDATE social_delivery SET state = $3, tries = tries + $7, fence = fence + 1, next_at = $4, reason = $5, prepared = NULL, \
            settled_at = CASE WHEN $3 = 'queued' THEN NULL ELSE $6 END WHERE id = $1 AND fence = $2 AND state = 'preparing'";
        let values =
            vec![d.id.clone().into(), d.fence.into(), s.state.into(), s.next_at.into(), s.reason.clone().into(), s.now.into()];
        Ok(self.change(sql, values).await? == 1)
    }

    /// Ends an attempt. What was kept ready for an answer to one person names him, and goes with it. What a call is known to have done is true whoever holds the lease now, so the attempt's number guards
    /// this, not the fence. False: the delivery has moved on.
    pub async fn settle(&self, id: &str, attempt: i64, s: &Settlement<'_>) -> Result<bool> {
        let tx = self.begin().await?;
        let sql = "UPDATE social_delivery SET state = $3, fence = fence + 1, next_at = $4, remote = COALESCE($5, remote), \
            url = COALESCE($6, url), reason = $7, settled_at = CASE WHEN $3 IN ('queued', 'unknown') THEN NULL ELSE $8 END, \
            prepared = CASE WHEN $3 <> 'unknown' AND body LIKE '%\"private\":true%' THEN NULL ELSE prepared END \
            WHERE id = $1 AND attempt = $2 AND state IN ('committing', 'unknown')";
        let values = vec![
            id.into(),
            attempt.into(),
            s.state.into(),
            s.next_at.into(),
            s.remote.clone().into(),
            s.url.clone().into(),
            s.reason.clone().into(),
            s.now.into(),
        ];
        if change_in(&tx, sql, values).await? == 0 {
            return Ok(false);
        }
        let sql = "UPDATE social_attempt SET outcome = $3, detail = $4, settled_at = $5 WHERE delivery = $1 AND attempt = $2";
        let values = vec![id.into(), attempt.into(), s.outcome.into(), s.reason.clone().into(), s.now.into()];
        change_in(&tx, sql, values).await?;
        if s.state == "edited" {
            adopt(&tx, id, s.now).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Notes on the record what a late answer said of an attempt whose delivery has moved on.
    pub async fn note_attempt(&self, id: &str, attempt: i64, outcome: &str, detail: &str, now: i64) -> Result<()> {
        let sql = "UPDATE social_attempt SET outcome = $3, detail = $4, settled_at = $5 WHERE delivery = $1 AND attempt = $2";
        self.change(sql, vec![id.into(), attempt.into(), outcome.into(), detail.into(), now.into()]).await.map(drop)
    }

    /// Everything that is in somebody's hands.
    pub async fn watched(&self) -> Result<Vec<Watched>> {
        let sql = "SELECT id, fence, beat, state FROM social_delivery WHERE state IN ('preparing', 'committing', 'unknown')";
        self.rows(sql, vec![]).await
    }

    /// Takes a delivery from an owner who was not heard of: prepared is queued again, begun is unknown.
    pub async fn take_over(&self, w: &Watched) -> Result<bool> {
        let sql = "UPDATE social_delivery SET state = CASE WHEN state = 'preparing' THEN 'queued' ELSE 'unknown' END, fence = fence + 1, \
            prepared = CASE WHEN state = 'preparing' THEN NULL ELSE prepared END, reason = 'its worker was lost' \
            WHERE id = $1 AND fence = $2 AND beat = $3 AND state IN ('preparing', 'committing')";
        Ok(self.change(sql, vec![w.id.clone().into(), w.fence.into(), w.beat.into()]).await? == 1)
    }

    /// What can go no further by itself becomes somebody's task: parts of a broken thread whose time has come, posts too late to be of
    /// use.
    pub async fn sweep(&self, oldest: i64, now: i64) -> Result<u64> {
        let sql = "UPDATE social_delivery SET state = 'human', fence = fence + 1, settled_at = $1, reason = 'an earlier part of the thread is not out' \
            WHERE state = 'queued' AND due_at <= $1 AND follows IS NOT NULL AND EXISTS (SELECT 1 FROM social_delivery f WHERE f.id = social_delivery.follows \
            AND f.state IN ('failed', 'human', 'cancelled', 'missed', 'removed', 'held'))";
        let broken = self.change(sql, vec![now.into()]).await?;
        let sql = "UPDATE social_delivery SET state = 'missed', fence = fence + 1, settled_at = $2, reason = 'its time has passed' \
            WHERE state = 'queued' AND due_at < $1";
        Ok(broken + self.change(sql, vec![oldest.into(), now.into()]).await?)
    }

    /// A rule found something in what is already scheduled.
    pub async fn hold(&self, id: &str, reason: &str, now: i64) -> Result<bool> {
        let sql = "UPDATE social_delivery SET state = 'held', fence = fence + 1, reason = $2, settled_at = $3 WHERE id = $1 AND state = 'queued'";
        Ok(self.change(sql, vec![id.into(), reason.into(), now.into()]).await? == 1)
    }

    /// A person decides: from a state that waits for one to another.
    pub async fn decide_delivery(&self, id: &str, from: &[&str], s: &Settlement<'_>) -> Result<bool> {
        let list = from.iter().map(|f| format!("'{f}'")).collect::<Vec<_>>().join(", ");
        let tx = self.begin().await?;
        let sql = format!(
            "UPDATE social_delivery SET state = $2, fence = fence + 1, next_at = $3, due_at = CASE WHEN $2 = 'queued' THEN $6 ELSE due_at END, \
            remote = COALESCE($4, remote), reason = $5, slot = CASE WHEN $2 = 'queued' THEN NULL ELSE slot END, \
            settled_at = CASE WHEN $2 = 'queued' THEN NULL ELSE $6 END WHERE id = $1 AND state IN ({list})"
        );
        let values =
            vec![id.into(), s.state.into(), s.next_at.into(), s.remote.clone().into(), s.reason.clone().into(), s.now.into()];
        let decided = change_in(&tx, &sql, values).await? == 1;
        if decided && s.state == "edited" {
            adopt(&tx, id, s.now).await?;
        }
        tx.commit().await?;
        Ok(decided)
    }

    /// Withdraws what has not left yet.
    pub async fn cancel_queued(&self, post: &str, reason: &str, now: i64) -> Result<u64> {
        let sql = "UPDATE social_delivery SET state = 'cancelled', fence = fence + 1, reason = $2, settled_at = $3 \
            WHERE post = $1 AND state IN ('queued', 'preparing', 'held', 'missed')";
        self.change(sql, vec![post.into(), reason.into(), now.into()]).await
    }

    pub async fn delivery(&self, id: &str) -> Result<Delivery> {
        let found = self.row("SELECT * FROM social_delivery WHERE id = $1", vec![id.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "delivery", id: id.into() })
    }

    pub async fn deliveries(&self, post: &str) -> Result<Vec<Delivery>> {
        self.rows("SELECT * FROM social_delivery WHERE post = $1 ORDER BY account, part, id", vec![post.into()]).await
    }

    /// Deliveries in one state, the oldest due first.
    pub async fn deliveries_in(&self, state: &str, limit: i64) -> Result<Vec<Delivery>> {
        let sql = "SELECT * FROM social_delivery WHERE state = $1 ORDER BY due_at, id LIMIT $2";
        self.rows(sql, vec![state.into(), limit.into()]).await
    }

    /// Remote ids that are already the outcome of a delivery of this account with the same content.
    pub async fn same_content(&self, account: &str, sha256: &str) -> Result<Vec<Delivery>> {
        let sql = "SELECT * FROM social_delivery WHERE account = $1 AND sha256 = $2 AND remote IS NOT NULL";
        self.rows(sql, vec![account.into(), sha256.into()]).await
    }

    /// Whether a remote post is already the outcome of a delivery of this account.
    pub async fn known_remote(&self, account: &str, remote: &str) -> Result<bool> {
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM social_delivery WHERE account = $1 AND remote = $2";
        let found: Option<Number> = self.row(sql, vec![account.into(), remote.into()]).await?;
        Ok(found.and_then(|n| n.number).unwrap_or_default() > 0)
    }

    pub async fn attempts(&self, delivery: &str) -> Result<Vec<Attempt>> {
        self.rows("SELECT * FROM social_attempt WHERE delivery = $1 ORDER BY attempt", vec![delivery.into()]).await
    }

    /// Commits begun on an account since `since`: the record of intents is the count a rate limit goes by.
    pub async fn account_calls(&self, account: &str, since: i64) -> Result<i64> {
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM social_attempt WHERE account = $1 AND at > $2";
        Ok(self.row::<Number>(sql, vec![account.into(), since.into()]).await?.and_then(|n| n.number).unwrap_or_default())
    }

    pub async fn app_calls(&self, app: &str, since: i64) -> Result<i64> {
        let sql = "SELECT CAST(COUNT(*) AS BIGINT) AS number FROM social_attempt WHERE app = $1 AND at > $2";
        Ok(self.row::<Number>(sql, vec![app.into(), since.into()]).await?.and_then(|n| n.number).unwrap_or_default())
    }

    /// Deliveries by state.
    pub async fn delivery_counts(&self) -> Result<Vec<Counted>> {
        let sql = "SELECT state, CAST(COUNT(*) AS BIGINT) AS count FROM social_delivery GROUP BY state ORDER BY state";
        self.rows(sql, vec![]).await
    }

    /// When the oldest due post that is not out was due. What a pause holds back is not late; a statement goes out all the same.
    pub async fn oldest_due(&self, now: i64) -> Result<Option<i64>> {
        let sql = format!(
            "{PAUSED} SELECT MIN(d.due_at) AS number FROM social_delivery d WHERE d.state IN ('queued', 'preparing', 'committing', 'unknown') \
            AND d.due_at <= $1 AND (d.kind = 'statement' OR d.unit NOT IN (SELECT code FROM paused))"
        );
        Ok(self.row::<Number>(&sql, vec![now.into()]).await?.and_then(|n| n.number))
    }

    /// What a rule held is free again.
    pub async fn unhold(&self, id: &str, now: i64) -> Result<bool> {
        let sql = "UPDATE social_delivery SET state = 'queued', fence = fence + 1, reason = NULL, settled_at = NULL \
            WHERE id = $1 AND state = 'held' AND due_at > $2";
        Ok(self.change(sql, vec![id.into(), now.into()]).await? == 1)
    }

    /// What the accounts of a unit said since `since`, or are to say: bodies with their message, the newest first. The state is no way
    /// into it: an account's posts of all years would be read.
    pub async fn recent_bodies(&self, unit: &str, since: i64) -> Result<Vec<Said>> {
        let sql = "SELECT d.post, d.body FROM social_account a CROSS JOIN social_delivery d WHERE a.unit = $1 AND d.account = a.id AND d.due_at > $2 \
            AND d.state || '' IN ('live', 'queued', 'unknown', 'committing') ORDER BY d.due_at DESC LIMIT 1000";
        self.rows(sql, vec![unit.into(), since.into()]).await
    }
}

fn unique(e: &sea_orm::DbErr) -> bool {
    e.sql_err().is_some_and(|e| matches!(e, sea_orm::SqlErr::UniqueConstraintViolation(_)))
}

/// The copy that an edit changed has the edit's words and version from now on; the edit keeps which version stood there before.
async fn adopt(tx: &DatabaseTransaction, edit: &str, now: i64) -> Result<()> {
    let sql = "UPDATE social_delivery SET replaced = (SELECT c.version FROM social_delivery c WHERE c.id = social_delivery.revises) WHERE id = $1";
    change_in(tx, sql, vec![edit.into()]).await?;
    let of = |column: &str| format!("{column} = (SELECT e.{column} FROM social_delivery e WHERE e.id = $1)");
    let sql = format!(
        "UPDATE social_delivery SET {}, {}, {}, edited_at = $2, fence = fence + 1 \
        WHERE id = (SELECT e.revises FROM social_delivery e WHERE e.id = $1) AND state = 'live'",
        of("body"),
        of("sha256"),
        of("version")
    );
    change_in(tx, &sql, vec![edit.into(), now.into()]).await.map(drop)
}

pub(super) async fn enqueue_in(
    tx: &DatabaseTransaction,
    post: &str,
    version: i64,
    from: &[&str],
    parts: &[Delivery],
    now: i64,
) -> Result<bool> {
    let list = from.iter().map(|s| format!("'{s}'")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "UPDATE social_post SET state = 'scheduled', changed_at = $3 WHERE id = $1 AND version = $2 AND state IN ({list})"
    );
    if change_in(tx, &sql, vec![post.into(), version.into(), now.into()]).await? == 0 {
        return Ok(false);
    }
    let sql = "INSERT INTO social_delivery (id, post, version, kind, unit, account, network, app, part, parts, follows, reply_to, body, \
        sha256, key, due_at, state, revises, slot, owner, fence, beat, attempt, tries, next_at) VALUES \
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, '', 0, 0, 0, 0, 0)";
    for d in parts.iter().cloned() {
        let values = vec![
            d.id.into(),
            d.post.into(),
            d.version.into(),
            d.kind.into(),
            d.unit.into(),
            d.account.into(),
            d.network.into(),
            d.app.into(),
            d.part.into(),
            d.parts.into(),
            d.follows.into(),
            d.reply_to.into(),
            d.body.into(),
            d.sha256.into(),
            d.key.into(),
            d.due_at.into(),
            d.state.into(),
            d.revises.into(),
            d.slot.into(),
        ];
        change_in(tx, sql, values).await?;
    }
    Ok(true)
}
