//! Applications of the department, consents under way, and calls already taken.

use sea_orm::FromQueryResult;

use crate::Store;
use crate::error::Result;

/// The department's application at a network; the secret is sealed.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ClientRow {
    pub network: String,
    pub address: String,
    pub client_id: String,
    pub secret: String,
    /// Where a network sends a person back to.
    pub redirect: String,
    pub principal: String,
    pub at: i64,
}

/// A person was sent to a network to agree.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ConsentRow {
    /// SHA-256 of what the network gives back.
    pub state: String,
    pub unit: String,
    pub network: String,
    pub address: String,
    /// Sealed.
    pub verifier: String,
    pub principal: String,
    pub expires_at: i64,
}

impl Store {
    pub async fn put_client(&self, row: ClientRow) -> Result<()> {
        let sql = "INSERT INTO social_client (network, address, client_id, secret, redirect, principal, at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
            ON CONFLICT (network, address) DO UPDATE SET client_id = excluded.client_id, secret = excluded.secret, \
            redirect = excluded.redirect, principal = excluded.principal, at = excluded.at";
        let values = vec![
            row.network.into(),
            row.address.into(),
            row.client_id.into(),
            row.secret.into(),
            row.redirect.into(),
            row.principal.into(),
            row.at.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    pub async fn client(&self, network: &str, address: &str) -> Result<Option<ClientRow>> {
        let sql = "SELECT * FROM social_client WHERE network = $1 AND address = $2";
        self.row(sql, vec![network.into(), address.into()]).await
    }

    pub async fn clients(&self) -> Result<Vec<ClientRow>> {
        self.rows("SELECT * FROM social_client ORDER BY network, address", vec![]).await
    }

    pub async fn put_consent(&self, row: ConsentRow) -> Result<()> {
        let sql = "INSERT INTO social_consent (state, unit, network, address, verifier, principal, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = vec![
            row.state.into(),
            row.unit.into(),
            row.network.into(),
            row.address.into(),
            row.verifier.into(),
            row.principal.into(),
            row.expires_at.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    /// Takes a consent out: it is good once, and not after its end.
    pub async fn take_consent(&self, state: &str, now: i64) -> Result<Option<ConsentRow>> {
        self.change("DELETE FROM social_consent WHERE expires_at < $1", vec![now.into()]).await?;
        self.row("DELETE FROM social_consent WHERE state = $1 RETURNING *", vec![state.into()]).await
    }

    /// Remembers a call; false when it was seen before. Calls of more than four days ago are forgotten.
    pub async fn first_call(&self, digest: &str, network: &str, now: i64) -> Result<bool> {
        self.change("DELETE FROM social_hook WHERE at < $1", vec![(now - 4 * 86_400_000_000).into()]).await?;
        let sql = "INSERT INTO social_hook (digest, network, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        Ok(self.change(sql, vec![digest.into(), network.into(), now.into()]).await? == 1)
    }

    /// A call that could not be worked through may come again.
    pub async fn forget_call(&self, digest: &str) -> Result<()> {
        self.change("DELETE FROM social_hook WHERE digest = $1", vec![digest.into()]).await.map(drop)
    }

    /// What somebody wrote was removed by its author or the network: the item is closed and its words are blanked.
    pub async fn item_removed(&self, account: &str, remote: &str, now: i64) -> Result<bool> {
        let sql = "UPDATE social_item SET state = CASE WHEN state IN ('new', 'assigned', 'sending') THEN 'closed' ELSE state END, body = '', handle = '', \
            reason = 'removed by its author or the network', changed_at = $3 WHERE account = $1 AND remote = $2";
        Ok(self.change(sql, vec![account.into(), remote.into(), now.into()]).await? == 1)
    }
}
