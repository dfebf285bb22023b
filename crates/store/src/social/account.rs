//! Channels: the department's own accounts, and the applications they are reached through.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::Serialize;

use super::{change_in, rows_in};
use crate::Store;
use crate::error::{Result, StoreError};
use crate::open::new_id;

/// An account on a network. The secret is sealed; the key to it is not in this database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Account {
    pub id: String,
    pub unit: String,
    pub network: String,
    pub handle: String,
    /// The account's own id at the network.
    pub remote: String,
    /// Base address of the network.
    pub address: String,
    pub app: String,
    /// `proposed` (a second person must confirm), `connected`, `reconnect` (the network refuses the token), `stopped`, `closed` (given up).
    pub state: String,
    #[serde(skip)]
    pub secret: String,
    pub secret_version: i64,
    pub refreshing_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub blocked_until: i64,
    pub failures: i64,
    /// Where reading of comments and mentions goes on.
    pub cursor: Option<String>,
    /// The same for messages to the account alone.
    pub message_cursor: Option<String>,
    pub probed_at: Option<i64>,
    pub note: Option<String>,
    pub connected_by: String,
    pub confirmed_by: Option<String>,
    pub created_at: i64,
}

/// What waits for a second person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Proposal {
    pub account: String,
    pub remote: String,
    pub address: String,
    pub app: String,
    #[serde(skip)]
    pub secret: String,
    pub expires_at: Option<i64>,
    pub principal: String,
    pub at: i64,
}

#[derive(Debug, Clone)]
pub struct NewAccount {
    pub id: String,
    pub unit: String,
    pub network: String,
    pub handle: String,
    pub remote: String,
    pub address: String,
    pub app: String,
    pub state: String,
    pub secret: String,
    pub expires_at: Option<i64>,
    pub connected_by: String,
}

impl Store {
    /// A new id, for an account whose secret must be sealed under it before it is stored.
    pub fn fresh_id(&self, now: DateTime<Utc>) -> String {
        new_id(now)
    }

    /// Adds an account, or connects one again: then its secret is replaced and its state and block are new.
    pub async fn put_account(&self, new: NewAccount, now: i64) -> Result<Account> {
        put(&self.db, new, now).await
    }

    pub async fn account(&self, id: &str) -> Result<Account> {
        let found = self.row("SELECT * FROM social_account WHERE id = $1", vec![id.into()]).await?;
        found.ok_or_else(|| StoreError::Missing { what: "account", id: id.into() })
    }

    pub async fn account_by_handle(&self, network: &str, handle: &str) -> Result<Option<Account>> {
        self.row("SELECT * FROM social_account WHERE network = $1 AND handle = $2", vec![network.into(), handle.into()]).await
    }

    pub async fn accounts(&self) -> Result<Vec<Account>> {
        self.rows("SELECT * FROM social_account ORDER BY unit, network, handle", vec![]).await
    }

    /// Accounts that are open and whose token ends before `before`.
    pub async fn accounts_ending(&self, before: i64) -> Result<Vec<Account>> {
        let sql = "SELECT * FROM social_account WHERE expires_at < $1 AND state <> 'closed' ORDER BY unit, network, handle";
        self.rows(sql, vec![before.into()]).await
    }

    /// A new secret for an account that is there; it works on with the old one until a second person confirms.
    pub async fn put_proposal(&self, new: NewAccount, now: i64) -> Result<()> {
        let sql = "INSERT INTO social_proposal (account, remote, address, app, secret, expires_at, principal, at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account) DO UPDATE SET remote = excluded.remote, address = excluded.address, \
            app = excluded.app, secret = excluded.secret, expires_at = excluded.expires_at, principal = excluded.principal, at = excluded.at";
        let values = vec![
            new.id.into(),
            new.remote.into(),
            new.address.into(),
            new.app.into(),
            new.secret.into(),
            new.expires_at.into(),
            new.connected_by.into(),
            now.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    pub async fn proposals(&self) -> Result<Vec<Proposal>> {
        self.rows("SELECT * FROM social_proposal ORDER BY account", vec![]).await
    }

    /// A second person confirms a connection; not the one who made it. What was proposed for an account that works takes its place now.
    pub async fn confirm_account(&self, id: &str, by: &str) -> Result<bool> {
        let tx = self.begin().await?;
        let proposed = "SELECT * FROM social_proposal WHERE account = $1 AND principal <> $2";
        let found: Vec<Proposal> = rows_in(&tx, proposed, vec![id.into(), by.into()]).await?;
        let changed = match found.into_iter().next() {
            Some(p) => {
                change_in(&tx, "DELETE FROM social_proposal WHERE account = $1", vec![id.into()]).await?;
                let sql = "UPDATE social_account SET state = 'connected', confirmed_by = $2, connected_by = $3, remote = $4, address = $5, app = $6, \
                    secret = $7, expires_at = $8, secret_version = secret_version + 1, blocked_until = 0, failures = 0, refreshing_at = NULL, note = NULL \
                    WHERE id = $1 AND state <> 'closed'";
                let values = vec![
                    id.into(),
                    by.into(),
                    p.principal.into(),
                    p.remote.into(),
                    p.address.into(),
                    p.app.into(),
                    p.secret.into(),
                    p.expires_at.into(),
                ];
                change_in(&tx, sql, values).await?
            }
            None => {
                let sql = "UPDATE social_account SET state = 'connected', confirmed_by = $2 \
                    WHERE id = $1 AND state = 'proposed' AND connected_by <> $2";
                change_in(&tx, sql, vec![id.into(), by.into()]).await?
            }
        };
        tx.commit().await?;
        Ok(changed == 1)
    }

    /// Gives an account up: it publishes no more, and what waits for it is a person's. Its secret is no longer kept.
    pub async fn close_account(&self, id: &str, reason: &str, now: i64) -> Result<Option<u64>> {
        let tx = self.begin().await?;
        let sql = "UPDATE social_account SET state = 'closed', note = $2, secret = '', secret_version = secret_version + 1, expires_at = NULL \
            WHERE id = $1 AND state <> 'closed'";
        if change_in(&tx, sql, vec![id.into(), reason.into()]).await? == 0 {
            return Ok(None);
        }
        change_in(&tx, "DELETE FROM social_proposal WHERE account = $1", vec![id.into()]).await?;
        let sql = "UPDATE social_delivery SET state = 'human', fence = fence + 1, reason = 'its channel was given up', settled_at = $2 \
            WHERE account = $1 AND state IN ('queued', 'preparing', 'held', 'missed')";
        let waiting = change_in(&tx, sql, vec![id.into(), now.into()]).await?;
        tx.commit().await?;
        Ok(Some(waiting))
    }

    /// Connected accounts nobody has asked since `before` whether their token works; they are the caller's to ask now.
    pub async fn claim_probe(&self, before: i64, now: i64, most: i64) -> Result<Vec<Account>> {
        let sql = "UPDATE social_account SET probed_at = $2 WHERE COALESCE(probed_at, 0) < $1 AND id IN (SELECT id FROM social_account \
            WHERE state = 'connected' AND COALESCE(probed_at, 0) < $1 ORDER BY COALESCE(probed_at, 0), id LIMIT $3) RETURNING *";
        self.rows(sql, vec![before.into(), now.into(), most.into()]).await
    }

    /// Takes what is done once in a while: true for one caller, when nobody did since `before`.
    pub async fn claim_chore(&self, name: &str, before: i64, now: i64) -> Result<bool> {
        let sql = "INSERT INTO social_chore (name, at) VALUES ($1, $3) ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE social_chore.at < $2";
        Ok(self.change(sql, vec![name.into(), before.into(), now.into()]).await? == 1)
    }

    pub async fn set_account_state(&self, id: &str, state: &str, note: Option<&str>) -> Result<()> {
        let sql = "UPDATE social_account SET state = $2, note = $3 WHERE id = $1";
        let changed = self.change(sql, vec![id.into(), state.into(), note.map(str::to_owned).into()]).await?;
        self.one(changed, "account", id)
    }

    /// Takes the right to refresh a token: only from the version the caller read, and only one at a time. A claim older than
    /// `stale_before` was left by a program that died.
    pub async fn begin_refresh(&self, id: &str, version: i64, now: i64, stale_before: i64) -> Result<bool> {
        let sql = "UPDATE social_account SET refreshing_at = $3 WHERE id = $1 AND secret_version = $2 \
            AND (refreshing_at IS NULL OR refreshing_at < $4)";
        Ok(self.change(sql, vec![id.into(), version.into(), now.into(), stale_before.into()]).await? == 1)
    }

    /// Keeps the new secret before anybody uses it.
    pub async fn finish_refresh(&self, id: &str, version: i64, secret: &str, expires_at: Option<i64>) -> Result<bool> {
        let sql = "UPDATE social_account SET secret = $3, secret_version = secret_version + 1, expires_at = $4, refreshing_at = NULL \
            WHERE id = $1 AND secret_version = $2";
        Ok(self.change(sql, vec![id.into(), version.into(), secret.into(), expires_at.into()]).await? == 1)
    }

    /// The same secret under another key.
    pub async fn reseal(&self, id: &str, version: i64, secret: &str) -> Result<bool> {
        let sql = "UPDATE social_account SET secret = $3 WHERE id = $1 AND secret_version = $2";
        Ok(self.change(sql, vec![id.into(), version.into(), secret.into()]).await? == 1)
    }

    pub async fn set_cursor(&self, id: &str, cursor: &str) -> Result<()> {
        self.change("UPDATE social_account SET cursor = $2 WHERE id = $1", vec![id.into(), cursor.into()]).await.map(drop)
    }

    /// The same for messages to the account alone.
    pub async fn set_message_cursor(&self, id: &str, cursor: &str) -> Result<()> {
        self.change("UPDATE social_account SET message_cursor = $2 WHERE id = $1", vec![id.into(), cursor.into()]).await.map(drop)
    }

    /// Accounts of a network that nobody has read since `before`; they are the caller's to read now.
    pub async fn claim_poll(&self, network: &str, before: i64, now: i64, most: i64) -> Result<Vec<Account>> {
        let sql = "UPDATE social_account SET polled_at = $3 WHERE COALESCE(polled_at, 0) < $2 AND id IN (SELECT id FROM social_account \
            WHERE network = $1 AND state = 'connected' AND COALESCE(polled_at, 0) < $2 ORDER BY COALESCE(polled_at, 0), id LIMIT $4) RETURNING *";
        self.rows(sql, vec![network.into(), before.into(), now.into(), most.into()]).await
    }

    pub async fn set_probed(&self, id: &str, at: i64) -> Result<()> {
        self.change("UPDATE social_account SET probed_at = $2 WHERE id = $1", vec![id.into(), at.into()]).await.map(drop)
    }

    /// One more failure in a row; from `most` on, the account rests until `until`.
    pub async fn account_failed(&self, id: &str, most: i64, until: i64) -> Result<()> {
        let sql = "UPDATE social_account SET failures = failures + 1, \
            blocked_until = CASE WHEN failures + 1 >= $2 THEN $3 ELSE blocked_until END WHERE id = $1";
        self.change(sql, vec![id.into(), most.into(), until.into()]).await.map(drop)
    }

    pub async fn account_well(&self, id: &str) -> Result<()> {
        self.change("UPDATE social_account SET failures = 0 WHERE id = $1 AND failures > 0", vec![id.into()]).await.map(drop)
    }

    pub async fn block_account(&self, id: &str, until: i64) -> Result<()> {
        self.change(
            "UPDATE social_account SET blocked_until = $2 WHERE id = $1 AND blocked_until < $2",
            vec![id.into(), until.into()],
        )
        .await
        .map(drop)
    }

    /// The whole application rests: everything sent through it waits.
    pub async fn block_app(&self, app: &str, until: i64) -> Result<()> {
        let sql = "INSERT INTO social_app (id, blocked_until, failures) VALUES ($1, $2, 0) \
            ON CONFLICT (id) DO UPDATE SET blocked_until = CASE WHEN social_app.blocked_until < excluded.blocked_until \
            THEN excluded.blocked_until ELSE social_app.blocked_until END";
        self.change(sql, vec![app.into(), until.into()]).await.map(drop)
    }
}

pub(super) async fn put(db: &impl ConnectionTrait, new: NewAccount, now: i64) -> Result<Account> {
    let sql = "INSERT INTO social_account (id, unit, network, handle, remote, address, app, state, secret, secret_version, \
        expires_at, blocked_until, failures, connected_by, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, 0, 0, $11, $12) \
        ON CONFLICT (network, handle) DO UPDATE SET remote = excluded.remote, address = excluded.address, app = excluded.app, \
        state = excluded.state, secret = excluded.secret, secret_version = social_account.secret_version + 1, \
        expires_at = excluded.expires_at, blocked_until = 0, failures = 0, refreshing_at = NULL, note = NULL, \
        connected_by = excluded.connected_by, confirmed_by = NULL RETURNING *";
    let values = vec![
        new.id.into(),
        new.unit.into(),
        new.network.clone().into(),
        new.handle.clone().into(),
        new.remote.into(),
        new.address.into(),
        new.app.into(),
        new.state.into(),
        new.secret.into(),
        new.expires_at.into(),
        new.connected_by.into(),
        now.into(),
    ];
    let found = rows_in(db, sql, values).await?.into_iter().next();
    found.ok_or_else(|| StoreError::Missing { what: "account", id: format!("{} {}", new.network, new.handle) })
}
