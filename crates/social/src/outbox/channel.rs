//! From an account's row to something a network can be called with; tokens are renewed here and nowhere else.

use std::sync::Arc;

use store::Store;
use store::social::Account;

use crate::DeskError;
use crate::limit::NetworkName;
use crate::network::{Channel, Network, Networks, Trouble};
use crate::outbox::Clock;
use crate::vault::Vault;

/// A token this close to its end is renewed first.
const SOON: i64 = 5 * 60 * 1_000_000;
/// A renewal not finished within this was left by a program that died.
const STALE: i64 = 2 * 60 * 1_000_000;

/// Opens secrets.
#[derive(Clone)]
pub struct Channels {
    vault: Arc<Vault>,
    clock: Arc<dyn Clock>,
}

impl Channels {
    pub fn new(vault: Arc<Vault>, clock: Arc<dyn Clock>) -> Self {
        Self { vault, clock }
    }

    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The account as it is, token unexamined.
    pub fn open(&self, account: &Account) -> Result<Channel, DeskError> {
        Ok(Channel {
            account: account.id.clone(),
            handle: account.handle.clone(),
            remote: account.remote.clone(),
            address: account.address.clone(),
            secret: self.vault.open(&account.id, &account.secret)?,
        })
    }

    /// The account with a token that has some time left, as far as its expiry is known.
    pub async fn ready(&self, store: &Store, network: &dyn Network, account: &Account) -> Result<Channel, DeskError> {
        let channel = self.open(account)?;
        match account.expires_at {
            Some(expires) if expires < self.clock.now() + SOON => self.renew(store, network, account).await,
            _ => Ok(channel),
        }
    }

    /// Renews the token. Many networks accept a refresh token once and answer with the next, so only one program may ask, and the
    /// answer is kept before it is used.
    pub async fn renew(&self, store: &Store, network: &dyn Network, account: &Account) -> Result<Channel, DeskError> {
        let now = self.clock.now();
        if !store.begin_refresh(&account.id, account.secret_version, now, now - STALE).await? {
            return Err(Trouble::Later("another program is renewing the token".into()).into());
        }
        let channel = self.open(account)?;
        match network.refresh(&channel).await {
            Ok(secret) => {
                let sealed = self.vault.seal(&account.id, &secret)?;
                store.finish_refresh(&account.id, account.secret_version, &sealed, secret.expires_at).await?;
                Ok(Channel { secret, ..channel })
            }
            Err(e @ Trouble::Reconnect(_)) => {
                store.set_account_state(&account.id, "reconnect", Some(&e.to_string())).await?;
                Err(e.into())
            }
            Err(e) => {
                // The same secret, free for the next try.
                store.finish_refresh(&account.id, account.secret_version, &account.secret, account.expires_at).await?;
                Err(e.into())
            }
        }
    }

    /// What time it is at the first network that answers.
    pub(super) async fn network_time(&self, store: &Store, networks: &Networks) -> Option<i64> {
        for account in store.accounts().await.ok()?.iter().take(5) {
            let network = account.network.parse::<NetworkName>().ok().and_then(|n| networks.get(n).ok());
            if let (Some(network), Ok(channel)) = (network, self.open(account))
                && let Some(time) = network.time(&channel).await
            {
                return Some(time);
            }
        }
        None
    }
}
