//! Sessions: a random cookie leads to an account, until it idles, ends or is revoked.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use store::account::NewSession;

use crate::error::{AccountError, Result};
use crate::signin::Whence;
use crate::{Accounts, micros, random, time};

/// A session ends when nothing was asked for so long,
pub(crate) const IDLE: TimeDelta = TimeDelta::minutes(30);
/// or this long after the sign-in,
const WHOLE: TimeDelta = TimeDelta::hours(12);
/// and the wait for the second factor after this.
const SECOND: TimeDelta = TimeDelta::minutes(5);
/// How stale the time of the last request may be: not each request writes.
const STALE: TimeDelta = TimeDelta::minutes(1);

/// A session that was just opened. `secret` goes into the cookie and is nowhere else.
#[derive(Debug, Clone)]
pub struct Opened {
    pub secret: String,
    pub session: String,
    pub account: String,
}

/// What has to be done before anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// The password is one that somebody else has seen.
    ChangePassword,
    /// The authenticator is still to be set up.
    SetUpSecond,
}

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub struct Signed {
    pub session: String,
    pub account: String,
    /// Names in Hindi and English.
    pub name_hi: String,
    pub name_en: String,
    pub duty: Option<Duty>,
    /// Whether the account has a password, and an authenticator.
    pub has_password: bool,
    pub has_second: bool,
    /// Sealed secret of an authenticator that is being set up.
    pub(crate) enrol: Option<String>,
    /// Set when the provider of single sign-on must be asked whether he is still known there.
    pub(crate) renew: Option<(String, i64)>,
}

/// A session in the list of devices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Device {
    pub id: String,
    pub way: String,
    pub address: String,
    /// What the browser said of itself.
    pub agent: String,
    pub since: DateTime<Utc>,
    pub seen: DateTime<Utc>,
    pub ends: DateTime<Utc>,
}

/// What a session begins with, besides the account.
pub(crate) struct Opening<'a> {
    pub state: &'static str,
    pub way: &'static str,
    pub provider: Option<String>,
    pub refresh: Option<(&'a str, i64)>,
}

impl Opening<'_> {
    pub(crate) fn by_password(state: &'static str) -> Self {
        Opening { state, way: "password", provider: None, refresh: None }
    }
}

impl Accounts {
    pub(crate) async fn open(&self, account: &str, how: Opening<'_>, from: &Whence, now: DateTime<Utc>) -> Result<Opened> {
        let secret = random::secret()?;
        let id = self.store.fresh_id(now);
        let whole = if how.state == "second" { SECOND } else { WHOLE };
        let (refresh, refresh_at) = how.refresh.unzip();
        let refresh = refresh.map(|text| self.seal.close(&format!("refresh\n{id}"), text.as_bytes())).transpose()?;
        let new = NewSession {
            id: id.clone(),
            hash: random::hash(&secret),
            account: account.into(),
            state: how.state,
            way: how.way,
            address: plain(&from.address),
            agent: plain(&from.agent),
            created_at: micros(now),
            ends_at: micros(now + whole),
            provider: how.provider,
            refresh,
            refresh_at,
        };
        self.store.add_session(new).await?;
        Ok(Opened { secret, session: id, account: account.into() })
    }

    /// Who a cookie belongs to, if he is signed in at this moment.
    pub async fn signed(&self, secret: &str, now: DateTime<Utc>) -> Result<Option<Signed>> {
        let Some(session) = self.live(secret, now).await?.filter(|s| s.state == "open") else { return Ok(None) };
        let Some(account) = self.store.person(&session.account).await?.filter(|a| a.disabled_at.is_none()) else {
            return Ok(None);
        };
        if micros(now - STALE) > session.seen_at {
            self.store.see_session(&session.id, micros(now)).await?;
        }
        let by_password = session.way == "password";
        let duty = if by_password && account.password_until.is_some() {
            Some(Duty::ChangePassword)
        } else if by_password && self.rules.second_factor && account.second.is_none() {
            Some(Duty::SetUpSecond)
        } else {
            None
        };
        let due = session.refresh_at.filter(|at| *at <= micros(now));
        Ok(Some(Signed {
            renew: session.refresh.zip(due),
            session: session.id,
            account: session.account,
            name_hi: account.name_hi,
            name_en: account.name_en,
            duty,
            has_password: account.password.is_some(),
            has_second: account.second.is_some(),
            enrol: session.enrol,
        }))
    }

    pub(crate) async fn live(&self, secret: &str, now: DateTime<Utc>) -> Result<Option<store::account::Session>> {
        // A secret of ours has 43 characters; nothing else is looked up.
        if secret.len() != 43 {
            return Ok(None);
        }
        Ok(self.store.session_of(&random::hash(secret), micros(now), micros(now - IDLE)).await?)
    }

    /// Ends the session of a cookie; the account it was of.
    pub async fn sign_out(&self, secret: &str, now: DateTime<Utc>) -> Result<Option<String>> {
        let Some(session) = self.live(secret, now).await? else { return Ok(None) };
        self.store.end_session(&session.account, &session.id).await?;
        Ok(Some(session.account))
    }

    /// Where an account is signed in, the newest first.
    pub async fn devices(&self, account: &str, now: DateTime<Utc>) -> Result<Vec<Device>> {
        let all = self.store.sessions(account, micros(now), micros(now - IDLE)).await?;
        let device = |s: store::account::Session| Device {
            id: s.id,
            way: s.way,
            address: s.address,
            agent: s.agent,
            since: time(s.created_at),
            seen: time(s.seen_at),
            ends: time(s.ends_at),
        };
        Ok(all.into_iter().map(device).collect())
    }

    /// Ends one session of an account. One that is another's is not found.
    pub async fn end_session(&self, account: &str, id: &str) -> Result<()> {
        if self.store.end_session(account, id).await? { Ok(()) } else { Err(AccountError::NoSuch) }
    }

    /// Ends all sessions of an account but one; gives how many.
    pub async fn end_sessions(&self, account: &str, but: Option<&str>) -> Result<u64> {
        Ok(self.store.end_sessions(account, but).await?)
    }
}

/// The token that forms of a session carry back: it follows from the cookie, so it is bound to the session and kept nowhere.
pub fn form_token(secret: &str) -> String {
    random::hash(&format!("form\n{secret}")).chars().take(32).collect()
}

/// What a browser says of itself, cut short and without control characters.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}
