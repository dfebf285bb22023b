//! Signing in: password, then second factor.

use chrono::{DateTime, Utc};

use crate::error::AccountError;
use crate::lockout::Target;
use crate::person;
use crate::session::{Opened, Opening};
use crate::{Accounts, micros};

/// Where a request comes from.
#[derive(Debug, Clone, Default)]
pub struct Whence {
    pub address: String,
    pub agent: String,
}

/// What a right password leads to.
#[derive(Debug, Clone)]
pub enum Step {
    /// Signed in.
    In(Opened),
    /// The second factor is asked for; the session opens nothing before.
    Second(Opened),
}

/// Why somebody is not signed in. It says nothing about whether there is such an account.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    #[error("the sign-in name or the password is wrong")]
    Wrong,
    #[error("too many failed attempts; try again in {seconds} seconds")]
    Wait { seconds: u64 },
    #[error("the code is wrong, or was used before")]
    Code,
    #[error("the sign-in took too long; begin again")]
    Over,
    #[error("{0}")]
    Provider(String),
    #[error("nobody here has an account for this sign-in; ask an administrator")]
    Stranger,
    #[error(transparent)]
    Account(#[from] AccountError),
}

impl From<store::StoreError> for SignInError {
    fn from(error: store::StoreError) -> Self {
        SignInError::Account(error.into())
    }
}

impl Accounts {
    /// The first step. Takes the same time whether the account exists, is closed, or the password is wrong.
    pub async fn sign_in(&self, login: &str, password: &str, from: &Whence, now: DateTime<Utc>) -> Result<Step, SignInError> {
        let id = person::login(login).unwrap_or_default();
        let tried = if id.is_empty() { login } else { &id };
        let address = Target::Address(&from.address);
        for target in [address, Target::Login(tried)] {
            if let Err(seconds) = self.count(target, now).await? {
                return Err(SignInError::Wait { seconds });
            }
        }
        let account = match id.as_str() {
            "" => None,
            id => self.store.person(id).await?,
        };
        let hash = account.as_ref().and_then(|a| a.password.as_deref());
        let fits = self.is_password(hash, password).await?;
        let open =
            |a: &store::account::Account| a.disabled_at.is_none() && a.password_until.is_none_or(|until| until > micros(now));
        let Some(account) = account.filter(|a| fits && open(a)) else { return Err(SignInError::Wrong) };
        self.forgive(Target::Login(tried)).await?;
        self.take_back(address).await?;
        let state = if account.second.is_some() { "second" } else { "open" };
        let opened = self.open(&account.id, Opening::by_password(state), from, now).await?;
        Ok(if state == "second" { Step::Second(opened) } else { Step::In(opened) })
    }

    /// The second step, with the cookie of the first. The session is a new one: the cookie of the first opens nothing after.
    pub async fn second(&self, secret: &str, code: &str, from: &Whence, now: DateTime<Utc>) -> Result<Opened, SignInError> {
        let waiting = self.live(secret, now).await?.filter(|s| s.state == "second").ok_or(SignInError::Over)?;
        let target = Target::Second(&waiting.account);
        if let Err(seconds) = self.count(target, now).await? {
            return Err(SignInError::Wait { seconds });
        }
        let account = self.store.expect_person(&waiting.account).await?;
        if account.disabled_at.is_some() {
            return Err(SignInError::Over);
        }
        if !self.use_code(&account, code, now).await? {
            return Err(SignInError::Code);
        }
        self.forgive(target).await?;
        // Whoever comes first takes the waiting session; a second request with the same cookie gets none.
        if !self.store.end_session(&account.id, &waiting.id).await? {
            return Err(SignInError::Over);
        }
        Ok(self.open(&account.id, Opening::by_password("open"), from, now).await?)
    }

    /// The account that waits for its second factor under a cookie.
    pub async fn waiting(&self, secret: &str, now: DateTime<Utc>) -> Result<Option<String>, SignInError> {
        Ok(self.live(secret, now).await?.filter(|s| s.state == "second").map(|s| s.account))
    }
}
