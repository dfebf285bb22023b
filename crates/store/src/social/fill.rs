//! A large desk made up inside the database, for measuring: rows come from a recursion of its own, a million in a minute. Nothing else
//! calls this.

use sea_orm::{ConnectionTrait, Value};

use super::{NewAccount, Unit, change_in};
use crate::Store;
use crate::error::Result;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;

/// Posts that wait in the outbox, one after the other over all channels.
#[derive(Debug, Clone, Copy)]
pub struct Waiting<'a> {
    /// Number of the first; a number is part of a post's words and comes once.
    pub first: i64,
    pub posts: i64,
    /// When the first is due, and how long after it each further one.
    pub due: i64,
    pub step: i64,
    /// A film on this machine, for networks that take nothing else.
    pub film: &'a str,
}

/// `n(i)`: the numbers below parameter 1.
const NUMBERS: &str = "WITH RECURSIVE n(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $1)";
/// Channels with a number from 0.
const CHANNELS: &str = "c AS (SELECT id, unit, network, app, ROW_NUMBER() OVER (ORDER BY id) - 1 AS nr FROM social_account), \
    k AS (SELECT CAST(COUNT(*) AS BIGINT) AS channels FROM social_account)";

impl Store {
    /// Units and their channels, all at once.
    pub async fn fill_units(&self, units: &[Unit], accounts: &[NewAccount], now: i64) -> Result<()> {
        let tx = self.begin().await?;
        for unit in units {
            super::unit::put(&tx, unit).await?;
        }
        for account in accounts {
            super::account::put(&tx, account.clone(), now).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Queues approved posts. What each says is `Post NUMBER` and nothing more.
    pub async fn fill_waiting(&self, w: &Waiting<'_>) -> Result<()> {
        let tx = self.begin().await?;
        let id = "'w' || CAST(1000000000 + i + $2 AS TEXT)";
        let numbers: Vec<Value> = vec![w.posts.into(), w.first.into()];
        for sql in [
            format!(
                "{NUMBERS} INSERT INTO social_post (id, unit, kind, state, version, author, created_at, changed_at) \
                SELECT {id}, 'HQ', 'awareness', 'scheduled', 1, 'bench', 0, 0 FROM n"
            ),
            format!(
                "{NUMBERS} INSERT INTO social_version (post, version, body, sha256, author, at) SELECT {id}, 1, '{{}}', '', 'bench', 0 FROM n"
            ),
        ] {
            change_in(&tx, &sql, numbers.clone()).await?;
        }
        let words = "'Post ' || CAST(i + $2 AS TEXT)";
        let sql = format!(
            "{NUMBERS}, {CHANNELS} INSERT INTO social_delivery (id, post, version, kind, unit, account, network, app, part, parts, body, sha256, key, \
            due_at, state, owner, fence, beat, attempt, tries, next_at) \
            SELECT {id}, {id}, 1, 'awareness', c.unit, c.id, c.network, c.app, 0, 1, \
            '{{\"text\":\"' || {words} || '\",\"title\":\"' || {words} || '\",\"media\":' || CASE c.network \
            WHEN 'instagram' THEN '[{{\"file\":\"https://portal.example.org/a.jpg\",\"mime\":\"image/jpeg\",\"bytes\":9,\"alt\":\"A poster\"}}]' \
            WHEN 'youtube' THEN '[{{\"file\":\"' || $5 || '\",\"mime\":\"video/mp4\",\"captions\":true}}]' ELSE '[]' END || '}}', \
            {words}, {id}, $3 + i * $4, 'queued', '', 0, 0, 0, 0, 0 FROM n CROSS JOIN k JOIN c ON c.nr = (i + $2) % k.channels"
        );
        let values = [numbers, vec![w.due.into(), w.step.into(), w.film.into()]].concat();
        change_in(&tx, &sql, values).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Posts that went out in the eleven months before `now` or were cancelled for the month after it, and what people wrote in that time; one in
    /// twenty of it is new, one in twenty assigned.
    pub async fn fill_history(&self, posts: i64, items: i64, now: i64) -> Result<()> {
        let tx = self.begin().await?;
        // A prime far from the number of channels scatters neighbours over the year.
        let (from, span, step) = (now - 335 * DAY, 365 * DAY, 7919);
        let id = "'h' || CAST(1000000000 + i AS TEXT)";
        // SQLite and PostgreSQL both divide whole numbers by cutting off.
        let at = "($2 + (i * $4 % $1) * ($3 / $1))";
        let values = |n: i64| -> Vec<Value> { vec![n.max(1).into(), from.into(), span.into(), step.into()] };
        let state = "CASE WHEN i % 1000 = 7 THEN 'failed' WHEN i % 1000 = 8 THEN 'removed' ELSE 'live' END";
        let kind = "CASE WHEN i % 7 = 0 THEN 'achievement' WHEN i % 7 = 1 THEN 'notice' WHEN i % 500 = 2 THEN 'correction' ELSE 'awareness' END";
        for sql in [
            format!(
                "{NUMBERS}, {CHANNELS} INSERT INTO social_post (id, unit, kind, state, version, author, created_at, changed_at) \
                SELECT {id}, c.unit, {kind}, 'done', 1, 'bench', {at}, {at} FROM n CROSS JOIN k JOIN c ON c.nr = i % k.channels"
            ),
            format!(
                "{NUMBERS} INSERT INTO social_version (post, version, body, sha256, author, at) \
                SELECT {id}, 1, '{{\"hindi\":\"हेलमेट पहनें, सुरक्षित रहें ' || CAST(i AS TEXT) || '\"}}', '', 'bench', {at} FROM n"
            ),
            format!(
                "{NUMBERS}, {CHANNELS} INSERT INTO social_delivery (id, post, version, kind, unit, account, network, app, part, parts, body, sha256, key, \
                due_at, state, owner, fence, beat, attempt, tries, next_at, remote, settled_at) \
                SELECT {id}, {id}, 1, {kind}, c.unit, c.id, c.network, c.app, 0, 1, \
                '{{\"text\":\"हेलमेट पहनें, सुरक्षित रहें ' || CAST(i AS TEXT) || '\"}}', {id}, {id}, {at}, \
                CASE WHEN {at} > $2 + 335 * CAST(86400000000 AS BIGINT) THEN 'cancelled' ELSE {state} END, '', 1, 0, 1, 0, 0, {id}, {at} \
                FROM n CROSS JOIN k JOIN c ON c.nr = i % k.channels"
            ),
        ] {
            change_in(&tx, &sql, values(posts)).await?;
        }
        let sql = format!(
            "{NUMBERS}, {CHANNELS} INSERT INTO social_item (id, account, unit, remote, kind, handle, body, written_at, seen_at, due_at, escalate_at, \
            answerable, state, changed_at) SELECT {id}, c.id, c.unit, {id}, CASE WHEN i % 3 = 0 THEN 'mention' ELSE 'comment' END, 'someone', \
            'क्या थाने में आज शिविर है? ' || CAST(i AS TEXT), {at}, {at}, {at} + 14400000000, {at} + 14400000000, 1, \
            CASE WHEN i % 20 = 0 THEN 'new' WHEN i % 20 = 1 THEN 'assigned' WHEN i % 20 < 5 THEN 'closed' ELSE 'answered' END, {at} \
            FROM n CROSS JOIN k JOIN c ON c.nr = (i / 20 + i) % k.channels"
        );
        change_in(&tx, &sql, values(items)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets the database look at its tables, as PostgreSQL does by itself after a while. SQLite keeps what it counts in the file, and a
    /// desk does not; so there this does nothing.
    pub async fn fill_settled(&self) -> Result<()> {
        if self.db.get_database_backend() == sea_orm::DbBackend::Postgres {
            for table in ["social_post", "social_version", "social_delivery", "social_item", "social_account", "social_unit"] {
                self.db.execute_unprepared(&format!("VACUUM ANALYZE {table}")).await?;
            }
        }
        Ok(())
    }
}
