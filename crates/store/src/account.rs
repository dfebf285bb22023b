//! Rows and statements of accounts. No rule is decided here; what must not happen twice (a code used, an attempt counted, the
//! last administrator leaving) is part of the statement.

mod attempt;
mod flow;
mod session;
mod token;

use sea_orm::{DbBackend, FromQueryResult};
use serde::Serialize;

use crate::Store;
use crate::error::{Result, StoreError};
use crate::social::change_in;

pub use attempt::Attempt;
pub use session::{NewSession, Session};
pub use token::{NewToken, Token};

/// A person's account as it is kept. Lists are words parted and framed by blanks.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Account {
    /// What the person types to sign in; never changes and is never given to somebody else.
    pub id: String,
    pub name_en: String,
    pub name_hi: String,
    pub rank: String,
    pub roles: String,
    pub clearances: String,
    /// PHC string of argon2id.
    pub password: Option<String>,
    /// Set while the password is one that somebody else has seen: after this it does not work, before it must be changed.
    pub password_until: Option<i64>,
    /// Sealed secret of the authenticator.
    pub second: Option<String>,
    /// The newest step whose code was used.
    pub second_step: i64,
    pub disabled_at: Option<i64>,
    pub created_at: i64,
    pub created_by: String,
}

/// A period in a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, FromQueryResult)]
pub struct Membership {
    pub account: String,
    pub unit: String,
    pub from_at: i64,
    pub until_at: Option<i64>,
    /// Who ordered it.
    pub principal: String,
}

#[derive(FromQueryResult)]
struct Count {
    n: i64,
}

/// Locks the rows of all administrators, so that two of them cannot leave at once; on SQLite the transaction holds the write
/// lock anyway.
const LOCK_ADMINISTRATORS: &str = "UPDATE account SET created_at = created_at WHERE roles LIKE '% administrator %'";

/// Holds while somebody besides `$1` administers, or `$1` does not.
const OTHERS_ADMINISTER: &str = "(NOT EXISTS (SELECT 1 FROM account a WHERE a.id = $1 AND a.roles LIKE '% administrator %' AND a.disabled_at IS NULL) \
    OR EXISTS (SELECT 1 FROM account a WHERE a.id <> $1 AND a.roles LIKE '% administrator %' AND a.disabled_at IS NULL))";

impl Store {
    /// Adds an account; false when the id is taken.
    pub async fn add_account(&self, new: &Account) -> Result<bool> {
        let sql = "INSERT INTO account (id, name_en, name_hi, rank, roles, clearances, password, password_until, second, second_step, created_at, created_by) \
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
        let a = new.clone();
        let values = vec![
            a.id.into(),
            a.name_en.into(),
            a.name_hi.into(),
            a.rank.into(),
            a.roles.into(),
            a.clearances.into(),
            a.password.into(),
            a.password_until.into(),
            a.second.into(),
            a.second_step.into(),
            a.created_at.into(),
            a.created_by.into(),
        ];
        Ok(self.change(sql, values).await? == 1)
    }

    pub async fn person(&self, id: &str) -> Result<Option<Account>> {
        self.row("SELECT * FROM account WHERE id = $1", vec![id.into()]).await
    }

    pub async fn people(&self) -> Result<Vec<Account>> {
        self.rows("SELECT * FROM account ORDER BY id", vec![]).await
    }

    /// Whether there is any account.
    pub async fn has_people(&self) -> Result<bool> {
        let found: Option<Count> = self.row("SELECT CAST(count(*) AS BIGINT) AS n FROM account", vec![]).await?;
        Ok(found.is_some_and(|c| c.n > 0))
    }

    /// Replaces names, rank, roles and clearances. False when that would leave no administrator.
    pub async fn edit_account(&self, account: &Account) -> Result<bool> {
        let a = account.clone();
        let stays = a.roles.contains(" administrator ");
        let guard = if stays { "1 = 1" } else { OTHERS_ADMINISTER };
        let sql = format!(
            "UPDATE account SET name_en = $2, name_hi = $3, rank = $4, roles = $5, clearances = $6 WHERE id = $1 AND {guard}"
        );
        let values = vec![a.id.into(), a.name_en.into(), a.name_hi.into(), a.rank.into(), a.roles.into(), a.clearances.into()];
        self.guarded(&sql, values).await
    }

    /// Closes or opens an account. False when that would leave no administrator, or changes nothing.
    pub async fn disable_account(&self, id: &str, at: Option<i64>) -> Result<bool> {
        let (sql, values) = match at {
            Some(at) => (
                format!("UPDATE account SET disabled_at = $2 WHERE id = $1 AND disabled_at IS NULL AND {OTHERS_ADMINISTER}"),
                vec![id.into(), at.into()],
            ),
            None => {
                ("UPDATE account SET disabled_at = NULL WHERE id = $1 AND disabled_at IS NOT NULL".to_owned(), vec![id.into()])
            }
        };
        self.guarded(&sql, values).await
    }

    async fn guarded(&self, sql: &str, values: Vec<sea_orm::Value>) -> Result<bool> {
        let transaction = self.begin().await?;
        change_in(&transaction, LOCK_ADMINISTRATORS, vec![]).await?;
        let changed = change_in(&transaction, sql, values).await?;
        transaction.commit().await?;
        Ok(changed == 1)
    }

    /// Sets the hash of a password; `until` when it is a one-time password.
    pub async fn set_password(&self, id: &str, hash: &str, until: Option<i64>) -> Result<()> {
        let sql = "UPDATE account SET password = $2, password_until = $3 WHERE id = $1";
        self.one(self.change(sql, vec![id.into(), hash.into(), until.into()]).await?, "account", id)
    }

    /// Sets or takes away the second factor, with the hashes of its recovery codes.
    pub async fn set_second(&self, id: &str, sealed: Option<&str>, step: i64, recovery: &[String]) -> Result<()> {
        let transaction = self.begin().await?;
        let values = vec![id.into(), sealed.map(str::to_owned).into(), step.into()];
        let changed = change_in(&transaction, "UPDATE account SET second = $2, second_step = $3 WHERE id = $1", values).await?;
        change_in(&transaction, "DELETE FROM account_recovery WHERE account = $1", vec![id.into()]).await?;
        for hash in recovery {
            let values = vec![id.into(), hash.clone().into()];
            change_in(&transaction, "INSERT INTO account_recovery (account, hash) VALUES ($1, $2)", values).await?;
        }
        transaction.commit().await?;
        self.one(changed, "account", id)
    }

    /// Uses the code of a step; false when it, or a later one, was used before.
    pub async fn use_step(&self, id: &str, step: i64) -> Result<bool> {
        let sql = "UPDATE account SET second_step = $2 WHERE id = $1 AND second_step < $2 AND second IS NOT NULL";
        Ok(self.change(sql, vec![id.into(), step.into()]).await? == 1)
    }

    /// Uses a recovery code; false when there is none, or it was used before.
    pub async fn use_recovery(&self, id: &str, hash: &str) -> Result<bool> {
        let sql = "DELETE FROM account_recovery WHERE account = $1 AND hash = $2";
        Ok(self.change(sql, vec![id.into(), hash.into()]).await? == 1)
    }

    pub async fn recovery_left(&self, id: &str) -> Result<u64> {
        let sql = "SELECT CAST(count(*) AS BIGINT) AS n FROM account_recovery WHERE account = $1";
        let found: Option<Count> = self.row(sql, vec![id.into()]).await?;
        Ok(found.map_or(0, |c| c.n.unsigned_abs()))
    }

    /// Puts a person into a unit from `at` on: what was before ends then, what was planned for later is dropped.
    pub async fn move_person(&self, id: &str, unit: Option<&str>, at: i64, by: &str) -> Result<()> {
        let transaction = self.begin().await?;
        let sql = "DELETE FROM account_unit WHERE account = $1 AND from_at >= $2";
        change_in(&transaction, sql, vec![id.into(), at.into()]).await?;
        let sql = "UPDATE account_unit SET until_at = $2 WHERE account = $1 AND (until_at IS NULL OR until_at > $2)";
        change_in(&transaction, sql, vec![id.into(), at.into()]).await?;
        if let Some(unit) = unit {
            let sql = "INSERT INTO account_unit (account, unit, from_at, principal) VALUES ($1, $2, $3, $4)";
            change_in(&transaction, sql, vec![id.into(), unit.into(), at.into(), by.into()]).await?;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// The unit a person serves in at a moment.
    pub async fn unit_of(&self, id: &str, now: i64) -> Result<Option<Membership>> {
        let sql = "SELECT * FROM account_unit WHERE account = $1 AND from_at <= $2 AND (until_at IS NULL OR until_at > $2)";
        self.row(sql, vec![id.into(), now.into()]).await
    }

    /// All periods of a person, the newest first.
    pub async fn memberships(&self, id: &str) -> Result<Vec<Membership>> {
        self.rows("SELECT * FROM account_unit WHERE account = $1 ORDER BY from_at DESC", vec![id.into()]).await
    }

    /// Refuses an account that does not exist.
    pub async fn expect_person(&self, id: &str) -> Result<Account> {
        self.person(id).await?.ok_or_else(|| StoreError::Missing { what: "account", id: id.to_owned() })
    }

    /// Whether the store is shared by several machines.
    pub fn is_shared(&self) -> bool {
        self.db.get_database_backend() == DbBackend::Postgres
    }
}
