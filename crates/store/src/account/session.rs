//! Sessions: who is signed in, from where, until when.

use sea_orm::FromQueryResult;

use crate::Store;
use crate::error::Result;

/// A session as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Session {
    pub id: String,
    pub account: String,
    /// `second`: the second factor is still to come; `open`.
    pub state: String,
    /// `password` or `sso`.
    pub way: String,
    pub address: String,
    pub agent: String,
    pub created_at: i64,
    pub seen_at: i64,
    pub ends_at: i64,
    /// Sealed secret of an authenticator that is being set up.
    pub enrol: Option<String>,
    /// The provider's name of the session.
    pub provider: Option<String>,
    /// Sealed refresh token, and when it is due.
    pub refresh: Option<String>,
    pub refresh_at: Option<i64>,
}

/// What is known when a session begins.
#[derive(Debug, Clone)]
pub struct NewSession {
    pub id: String,
    pub hash: String,
    pub account: String,
    pub state: &'static str,
    pub way: &'static str,
    pub address: String,
    pub agent: String,
    pub created_at: i64,
    pub ends_at: i64,
    pub provider: Option<String>,
    pub refresh: Option<String>,
    pub refresh_at: Option<i64>,
}

const COLUMNS: &str =
    "id, account, state, way, address, agent, created_at, seen_at, ends_at, enrol, provider, refresh, refresh_at";

impl Store {
    pub async fn add_session(&self, new: NewSession) -> Result<()> {
        let sql = "INSERT INTO account_session (id, hash, account, state, way, address, agent, created_at, seen_at, ends_at, provider, refresh, refresh_at) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9, $10, $11, $12)";
        let values = vec![
            new.id.into(),
            new.hash.into(),
            new.account.into(),
            new.state.into(),
            new.way.into(),
            new.address.into(),
            new.agent.into(),
            new.created_at.into(),
            new.ends_at.into(),
            new.provider.into(),
            new.refresh.into(),
            new.refresh_at.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    /// The session of a secret's hash, if it was seen after `idle_since` and has not ended.
    pub async fn session_of(&self, hash: &str, now: i64, idle_since: i64) -> Result<Option<Session>> {
        let sql = format!("SELECT {COLUMNS} FROM account_session WHERE hash = $1 AND ends_at > $2 AND seen_at > $3");
        self.row(&sql, vec![hash.into(), now.into(), idle_since.into()]).await
    }

    pub async fn see_session(&self, id: &str, now: i64) -> Result<()> {
        self.change("UPDATE account_session SET seen_at = $2 WHERE id = $1", vec![id.into(), now.into()]).await.map(drop)
    }

    pub async fn enrol_in(&self, id: &str, sealed: Option<&str>) -> Result<()> {
        let values = vec![id.into(), sealed.map(str::to_owned).into()];
        self.change("UPDATE account_session SET enrol = $2 WHERE id = $1", values).await.map(drop)
    }

    /// Notes a new refresh token; false when another request renewed it meanwhile.
    pub async fn renew_session(&self, id: &str, was_at: i64, refresh: Option<&str>, refresh_at: i64) -> Result<bool> {
        let sql = "UPDATE account_session SET refresh = COALESCE($3, refresh), refresh_at = $4 WHERE id = $1 AND refresh_at = $2";
        let values = vec![id.into(), was_at.into(), refresh.map(str::to_owned).into(), refresh_at.into()];
        Ok(self.change(sql, values).await? == 1)
    }

    /// Open sessions of an account, the newest first.
    pub async fn sessions(&self, account: &str, now: i64, idle_since: i64) -> Result<Vec<Session>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM account_session WHERE account = $1 AND state = 'open' AND ends_at > $2 AND seen_at > $3 ORDER BY created_at DESC, id DESC"
        );
        self.rows(&sql, vec![account.into(), now.into(), idle_since.into()]).await
    }

    /// Ends one session of an account; false when the account has no such session.
    pub async fn end_session(&self, account: &str, id: &str) -> Result<bool> {
        let sql = "DELETE FROM account_session WHERE account = $1 AND id = $2";
        Ok(self.change(sql, vec![account.into(), id.into()]).await? == 1)
    }

    /// Ends all sessions of an account but one; gives how many.
    pub async fn end_sessions(&self, account: &str, but: Option<&str>) -> Result<u64> {
        let sql = "DELETE FROM account_session WHERE account = $1 AND id <> $2";
        self.change(sql, vec![account.into(), but.unwrap_or_default().into()]).await
    }

    /// Ends the sessions that a provider names; gives the accounts they were of.
    pub async fn end_provider_sessions(&self, provider: &str) -> Result<u64> {
        self.change("DELETE FROM account_session WHERE provider = $1", vec![provider.into()]).await
    }

    /// Forgets sessions that ended or idled.
    pub async fn sweep_sessions(&self, now: i64, idle_since: i64) -> Result<u64> {
        self.change("DELETE FROM account_session WHERE ends_at <= $1 OR seen_at <= $2", vec![now.into(), idle_since.into()]).await
    }
}
