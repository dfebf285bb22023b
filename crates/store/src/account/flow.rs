//! Single sign-on: flows under way, who is who at a provider, and marks that count once.

use sea_orm::FromQueryResult;

use crate::Store;
use crate::error::Result;

#[derive(FromQueryResult)]
struct Text {
    text: String,
}

impl Store {
    /// Remembers a flow until `ends_at`; what ran out is forgotten.
    pub async fn begin_flow(&self, hash: &str, body: &str, now: i64, ends_at: i64) -> Result<()> {
        self.change("DELETE FROM account_flow WHERE ends_at < $1", vec![now.into()]).await?;
        let sql = "INSERT INTO account_flow (hash, body, ends_at) VALUES ($1, $2, $3)";
        self.change(sql, vec![hash.into(), body.into(), ends_at.into()]).await.map(drop)
    }

    /// Takes a flow: it can be ended once only.
    pub async fn end_flow(&self, hash: &str, now: i64) -> Result<Option<String>> {
        let sql = "DELETE FROM account_flow WHERE hash = $1 AND ends_at >= $2 RETURNING body AS text";
        Ok(self.row::<Text>(sql, vec![hash.into(), now.into()]).await?.map(|t| t.text))
    }

    /// The account of somebody a provider knows.
    pub async fn identity(&self, issuer: &str, subject: &str) -> Result<Option<String>> {
        let sql = "SELECT account AS text FROM account_identity WHERE issuer = $1 AND subject = $2";
        Ok(self.row::<Text>(sql, vec![issuer.into(), subject.into()]).await?.map(|t| t.text))
    }

    /// Ties an account to somebody a provider knows; false when another account is tied to him.
    pub async fn tie_identity(&self, issuer: &str, subject: &str, account: &str) -> Result<bool> {
        let sql = "INSERT INTO account_identity (issuer, subject, account) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        self.change(sql, vec![issuer.into(), subject.into(), account.into()]).await?;
        Ok(self.identity(issuer, subject).await?.as_deref() == Some(account))
    }

    /// Spends a mark; false when it was spent before.
    pub async fn spend(&self, mark: &str, now: i64, until: i64) -> Result<bool> {
        self.change("DELETE FROM account_spent WHERE until_at < $1", vec![now.into()]).await?;
        let sql = "INSERT INTO account_spent (mark, until_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        Ok(self.change(sql, vec![mark.into(), until.into()]).await? == 1)
    }
}
