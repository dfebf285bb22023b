//! Back-channel logout (OpenID Connect Back-Channel Logout 1.0): the provider says, server to server, that somebody left.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use openidconnect::JsonWebKey;
use openidconnect::core::CoreJwsSigningAlgorithm;
use serde_json::Value;

use super::{Provider, SKEW, payload, session_mark};
use crate::error::AccountError;
use crate::{Accounts, micros, random};

/// Longest token that is read, in bytes.
const MOST: usize = 8192;
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// Seconds a token is believed when it does not say itself when it ends.
const LASTING: i64 = 120;

/// Why a logout token changes nothing. The provider is told no more than that.
#[derive(Debug, thiserror::Error)]
pub enum LogoutError {
    #[error("the logout token is refused: {0}")]
    Refused(String),
    #[error(transparent)]
    Account(#[from] AccountError),
}

fn refused(what: impl Into<String>) -> LogoutError {
    LogoutError::Refused(what.into())
}

impl Accounts {
    /// Ends the sessions a logout token speaks of; gives how many. A token counts once.
    pub async fn sso_logout(&self, provider: &Provider, token: &str, now: DateTime<Utc>) -> Result<u64, LogoutError> {
        if token.len() > MOST {
            return Err(refused("it is too long"));
        }
        if !signed(provider, token, false).await? && !signed(provider, token, true).await? {
            return Err(refused("its signature is not the provider's"));
        }
        let claims = payload(token).ok_or_else(|| refused("it cannot be read"))?;
        let (until, id) = check(&claims, provider, now)?;
        let mark = random::hash(&format!("logout\n{}\n{id}", provider.settings.issuer));
        if !self.store.spend(&mark, micros(now), until).await.map_err(AccountError::from)? {
            return Err(refused("it was used before"));
        }
        let issuer = &provider.settings.issuer;
        if let Some(sid) = claims["sid"].as_str() {
            return Ok(self.store.end_provider_sessions(&session_mark(issuer, sid)).await.map_err(AccountError::from)?);
        }
        let subject = claims["sub"].as_str().unwrap_or_default();
        match self.store.identity(issuer, subject).await.map_err(AccountError::from)? {
            Some(account) => Ok(self.store.end_sessions(&account, None).await.map_err(AccountError::from)?),
            None => Ok(0),
        }
    }
}

/// Whether one of the provider's keys signed it. A key both sides share signs nothing here: only the provider can log out.
async fn signed(provider: &Provider, token: &str, anew: bool) -> Result<bool, LogoutError> {
    let parts: Vec<&str> = token.split('.').collect();
    let [head, body, signature] = parts.as_slice() else { return Err(refused("it is no signed token")) };
    let read = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| refused("it is no signed token"));
    let header: Value = serde_json::from_slice(&read(head)?).map_err(|_| refused("it is no signed token"))?;
    let name = header["alg"].as_str().unwrap_or_default();
    if !["RS", "PS", "ES", "Ed"].iter().any(|family| name.starts_with(family)) {
        return Err(refused(format!("it is signed by {name:?}")));
    }
    let algorithm: CoreJwsSigningAlgorithm =
        serde_json::from_value(header["alg"].clone()).map_err(|_| refused(format!("it is signed by {name:?}")))?;
    let metadata = provider.metadata(anew).await.map_err(refused)?;
    let signature = read(signature)?;
    let message = format!("{head}.{body}");
    let wanted = header["kid"].as_str();
    let keys = metadata.jwks().keys();
    let fits = keys.iter().filter(|key| wanted.is_none() || key.key_id().map(|id| id.as_str()) == wanted);
    Ok(fits.into_iter().any(|key| key.verify_signature(&algorithm, message.as_bytes(), &signature).is_ok()))
}

/// What the standard asks of the claims (section 2.6). Gives until when the token must be remembered, and its id.
fn check(claims: &Value, provider: &Provider, now: DateTime<Utc>) -> Result<(i64, String), LogoutError> {
    if claims["iss"] != provider.settings.issuer.as_str() {
        return Err(refused("it is of another issuer"));
    }
    let client = Value::from(provider.settings.client.as_str());
    let for_us = claims["aud"] == client || claims["aud"].as_array().is_some_and(|all| all.contains(&client));
    if !for_us {
        return Err(refused("it is for another client"));
    }
    if !claims["events"][EVENT].is_object() {
        return Err(refused("it speaks of no logout"));
    }
    if claims.get("nonce").is_some() {
        return Err(refused("it holds a nonce, as an ID token does"));
    }
    if claims["sub"].as_str().is_none() && claims["sid"].as_str().is_none() {
        return Err(refused("it names neither person nor session"));
    }
    let issued = claims["iat"].as_i64().ok_or_else(|| refused("it says no time"))?;
    let ends = claims["exp"].as_i64().unwrap_or(issued + LASTING);
    let (skew, at) = (SKEW.num_seconds(), now.timestamp());
    if issued > at + skew || ends < at - skew || issued < at - 3600 {
        return Err(refused("its time is over, or has not come"));
    }
    let id = claims["jti"].as_str().filter(|id| !id.is_empty()).ok_or_else(|| refused("it has no id"))?;
    Ok(((ends + 2 * skew) * 1_000_000, id.to_owned()))
}
