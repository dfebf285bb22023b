//! Tokens of programs.

use sea_orm::FromQueryResult;

use crate::Store;
use crate::error::Result;

/// A token as it is kept; its text is nowhere.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Token {
    pub id: String,
    pub account: String,
    pub name: String,
    /// Words parted and framed by blanks.
    pub scopes: String,
    pub created_at: i64,
    pub expires_at: i64,
    pub used_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

/// What is known when a token is made.
#[derive(Debug, Clone)]
pub struct NewToken {
    pub id: String,
    pub hash: String,
    pub account: String,
    pub name: String,
    pub scopes: String,
    pub created_at: i64,
    pub expires_at: i64,
}

const COLUMNS: &str = "id, account, name, scopes, created_at, expires_at, used_at, revoked_at";

impl Store {
    pub async fn add_token(&self, new: NewToken) -> Result<()> {
        let sql = "INSERT INTO account_token (id, hash, account, name, scopes, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let values = vec![
            new.id.into(),
            new.hash.into(),
            new.account.into(),
            new.name.into(),
            new.scopes.into(),
            new.created_at.into(),
            new.expires_at.into(),
        ];
        self.change(sql, values).await.map(drop)
    }

    /// The token of a secret's hash, whatever its state.
    pub async fn token_of(&self, hash: &str) -> Result<Option<Token>> {
        self.row(&format!("SELECT {COLUMNS} FROM account_token WHERE hash = $1"), vec![hash.into()]).await
    }

    pub async fn see_token(&self, id: &str, now: i64) -> Result<()> {
        self.change("UPDATE account_token SET used_at = $2 WHERE id = $1", vec![id.into(), now.into()]).await.map(drop)
    }

    /// Tokens of an account, or of all, the newest first.
    pub async fn tokens(&self, account: Option<&str>) -> Result<Vec<Token>> {
        let sql = format!("SELECT {COLUMNS} FROM account_token WHERE $1 = '' OR account = $1 ORDER BY created_at DESC, id DESC");
        self.rows(&sql, vec![account.unwrap_or_default().into()]).await
    }

    /// Revokes a token of an account; false when the account has no such live token.
    pub async fn revoke_token(&self, account: &str, id: &str, now: i64) -> Result<bool> {
        let sql = "UPDATE account_token SET revoked_at = $3 WHERE account = $1 AND id = $2 AND revoked_at IS NULL";
        Ok(self.change(sql, vec![account.into(), id.into(), now.into()]).await? == 1)
    }

    /// Revokes all tokens of an account.
    pub async fn revoke_tokens(&self, account: &str, now: i64) -> Result<u64> {
        let sql = "UPDATE account_token SET revoked_at = $2 WHERE account = $1 AND revoked_at IS NULL";
        self.change(sql, vec![account.into(), now.into()]).await
    }
}
