//! Accounts, sign-in, sessions and tokens of the people who use Sarovar.
//!
//! The key decision: **a session holds no rights**. What a cookie or a token leads to is an account's id and nothing else; who
//! that is now (roles, unit, the units above, whether the account still stands) is read again for each request
//! ([`Accounts::principal`]). So a transfer, a changed role or a closed account takes effect with the next click, and there is no
//! list of rights to be kept in step.
//!
//! Nothing in the database opens anything: passwords are kept as argon2id, the secrets of cookies, tokens and recovery codes as
//! SHA-256 (they are random and long), authenticator secrets sealed with a key that lies outside it. A failed sign-in takes
//! the same time and says the same whether the account exists or not. The access log is the caller's to write: this crate does
//! not know it. ADR 12 says why it is built so.

mod access;
mod ending;
mod error;
mod expunge;
mod kin;
mod limit;
mod lockout;
pub mod oidc;
mod password;
mod person;
mod random;
mod seal;
mod second;
mod session;
mod signin;
mod subject;
mod token;
mod work;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, Utc};
use store::Store;
use tokio::sync::Semaphore;

pub use access::{AccessError, Declaration, DeclaredLine, NewAuthority, NewOrder, month_of};
pub use error::{AccountError, Result};
pub use expunge::NewExpungement;
pub use limit::{LIMITS, Limit, Settled};
pub use password::Weak;
pub use person::{Change, NewPerson, OneTime, Person};
pub use seal::{KeyError, Seal};
pub use second::Enrolment;
pub use session::{Device, Duty, Opened, Signed, form_token};
pub use signin::{SignInError, Step, Whence};
pub use subject::{CATEGORIES, CATEGORY_DAYS, SHEET_REVIEW, SHEET_SOON, SheetOrder, SheetTold};
pub use token::{Bearer, Issued, Scope, TokenError, TokenRow};
pub use work::{BULK, EMERGENCY, NewWork, Piece};

/// Passwords that are hashed at once: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;

/// The id of the one local operator, which no account may have.
pub const OPERATOR: &str = "operator";

/// The accounts of a lake. Clones share everything.
#[derive(Clone)]
pub struct Accounts {
    store: Store,
    seal: Seal,
    hashing: Arc<Semaphore>,
    /// Set once there is an account: accounts are closed, never removed.
    used: Arc<AtomicBool>,
    rules: Rules,
}

/// What an installation decides for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Whether everybody who signs in by password needs an authenticator.
    pub second_factor: bool,
}

impl Default for Rules {
    fn default() -> Self {
        Rules { second_factor: true }
    }
}

impl std::fmt::Debug for Accounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Accounts({:?})", self.rules)
    }
}

impl Accounts {
    pub fn new(store: Store, seal: Seal, rules: Rules) -> Self {
        Accounts { store, seal, hashing: Arc::new(Semaphore::new(AT_ONCE)), used: Arc::default(), rules }
    }

    /// The accounts of a lake by its folder and the environment: the key from `SAROVAR_ACCOUNTS_KEY` or `accounts.key` in the
    /// folder (made when missing), `SAROVAR_SECOND_FACTOR=optional` for a lake without authenticators.
    pub fn of(store: Store, home: &Path) -> Result<Self> {
        let given = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
        let seal = match given("SAROVAR_ACCOUNTS_KEY") {
            Some(text) => Seal::from_text(&text)?,
            None => Seal::from_file(&home.join("accounts.key"))?,
        };
        let second_factor = match given("SAROVAR_SECOND_FACTOR").as_deref() {
            None | Some("required") => true,
            Some("optional") => false,
            Some(other) => return Err(AccountError::Setting { name: "SAROVAR_SECOND_FACTOR", text: other.into() }),
        };
        Ok(Self::new(store, seal, Rules { second_factor }))
    }

    /// Whether the lake has accounts. As long as it has none, its one local operator does everything.
    pub async fn in_use(&self) -> Result<bool> {
        if self.used.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let used = self.store.has_people().await?;
        if used {
            self.used.store(true, Ordering::Relaxed);
        }
        Ok(used)
    }

    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// Forgets ended sessions and old failures.
    pub async fn sweep(&self, now: DateTime<Utc>) -> Result<()> {
        self.store.sweep_sessions(micros(now), micros(now - session::IDLE)).await?;
        self.store.sweep_attempts(micros(now - lockout::MEMORY)).await?;
        Ok(())
    }
}

fn micros(time: DateTime<Utc>) -> i64 {
    time.timestamp_micros()
}

fn time(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// A list as the store keeps it: words parted and framed by blanks, so that one is found by looking for ` word `.
fn framed<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::from(" ");
    for word in words {
        out.push_str(word);
        out.push(' ');
    }
    out
}
