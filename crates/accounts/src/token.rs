//! Tokens of programs: a text in `Authorization: Bearer`, with a scope and an end.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use store::account::{NewToken, Token};

use crate::error::{AccountError, Result};
use crate::{Accounts, framed, micros, random, time};

/// What a token begins with: whoever finds one in a file knows what it opens.
const PREFIX: &str = "sarovar_";
/// How stale the time of the last use may be.
const STALE: TimeDelta = TimeDelta::minutes(1);

/// What a token may be used for; never more than its owner may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Reading the lake.
    Lake,
    /// Bringing files in.
    Intake,
    /// Reading the access log.
    Audit,
}

impl Scope {
    pub const ALL: [Scope; 3] = [Scope::Lake, Scope::Intake, Scope::Audit];

    pub fn as_str(self) -> &'static str {
        match self {
            Scope::Lake => "lake",
            Scope::Intake => "intake",
            Scope::Audit => "audit",
        }
    }

    pub fn parse(word: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// A token just made. Its text is shown now and never again.
#[derive(Debug, Clone)]
pub struct Issued {
    pub text: String,
    pub row: TokenRow,
}

/// A token in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TokenRow {
    pub id: String,
    pub account: String,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Whose token was shown.
#[derive(Debug, Clone)]
pub struct Bearer {
    pub token: String,
    pub account: String,
    pub scopes: Vec<Scope>,
}

/// Why a token opens nothing.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("there is no such token")]
    Unknown,
    #[error("this token expired at {at}; make a new one")]
    Expired { at: String },
    #[error("this token was revoked")]
    Revoked,
    #[error("the account of this token is closed")]
    Closed,
    #[error(transparent)]
    Account(#[from] AccountError),
}

fn row(token: Token) -> TokenRow {
    TokenRow {
        scopes: token.scopes.split_whitespace().filter_map(Scope::parse).collect(),
        created_at: time(token.created_at),
        expires_at: time(token.expires_at),
        used_at: token.used_at.map(time),
        revoked_at: token.revoked_at.map(time),
        id: token.id,
        account: token.account,
        name: token.name,
    }
}

impl Accounts {
    /// Makes a token that lasts `days`.
    pub async fn issue(&self, account: &str, name: &str, scopes: &[Scope], days: i64, now: DateTime<Utc>) -> Result<Issued> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 60 || name.chars().any(char::is_control) {
            return Err(AccountError::TokenName);
        }
        if scopes.is_empty() || !(1..=366).contains(&days) {
            return Err(AccountError::TokenTerms);
        }
        match self.store.person(account).await? {
            None => return Err(AccountError::Unknown(account.into())),
            Some(a) if a.disabled_at.is_some() => return Err(AccountError::Closed(account.into())),
            Some(_) => {}
        }
        let text = format!("{PREFIX}{}", random::secret()?);
        let (created_at, expires_at) = (micros(now), micros(now + TimeDelta::days(days)));
        let new = NewToken {
            id: self.store.fresh_id(now),
            hash: random::hash(&text),
            account: account.into(),
            name: name.into(),
            scopes: framed(Scope::ALL.iter().filter(|s| scopes.contains(s)).map(|s| s.as_str())),
            created_at,
            expires_at,
        };
        let made = Token {
            id: new.id.clone(),
            account: new.account.clone(),
            name: new.name.clone(),
            scopes: new.scopes.clone(),
            created_at,
            expires_at,
            used_at: None,
            revoked_at: None,
        };
        self.store.add_token(new).await?;
        Ok(Issued { text, row: row(made) })
    }

    /// Whose token this is, if it is good at this moment.
    pub async fn bearer(&self, text: &str, now: DateTime<Utc>) -> std::result::Result<Bearer, TokenError> {
        if !text.starts_with(PREFIX) || text.len() != PREFIX.len() + 43 {
            return Err(TokenError::Unknown);
        }
        let found = self.store.token_of(&random::hash(text)).await.map_err(AccountError::from)?;
        let token = found.ok_or(TokenError::Unknown)?;
        if token.revoked_at.is_some() {
            return Err(TokenError::Revoked);
        }
        if token.expires_at <= micros(now) {
            return Err(TokenError::Expired { at: time(token.expires_at).to_rfc3339() });
        }
        let account = self.store.person(&token.account).await.map_err(AccountError::from)?;
        if account.is_none_or(|a| a.disabled_at.is_some()) {
            return Err(TokenError::Closed);
        }
        if token.used_at.is_none_or(|at| at < micros(now - STALE)) {
            self.store.see_token(&token.id, micros(now)).await.map_err(AccountError::from)?;
        }
        let token = row(token);
        Ok(Bearer { token: token.id, account: token.account, scopes: token.scopes })
    }

    /// Tokens of an account, or of all, the newest first.
    pub async fn tokens(&self, account: Option<&str>) -> Result<Vec<TokenRow>> {
        Ok(self.store.tokens(account).await?.into_iter().map(row).collect())
    }

    /// Revokes a token of an account. One that is another's is not found.
    pub async fn revoke(&self, account: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
        if self.store.revoke_token(account, id, micros(now)).await? { Ok(()) } else { Err(AccountError::NoSuch) }
    }
}
