//! People: who they are, what they may be trusted with, where they serve.

use chrono::{DateTime, TimeDelta, Utc};
use governance::{Principal, Rank, Role};
use serde::Serialize;
use store::account::{Account, Membership};

use crate::error::{AccountError, Result};
use crate::lockout::Target;
use crate::{Accounts, OPERATOR, framed, micros, password, random, time};

/// How long a password that somebody else has seen works.
const ONE_TIME: TimeDelta = TimeDelta::hours(72);
const RESERVED: [&str; 5] = [OPERATOR, "unknown", "system", "local", "nobody"];

/// An account, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Person {
    pub id: String,
    pub name_en: String,
    pub name_hi: String,
    pub rank: Rank,
    pub roles: Vec<Role>,
    pub clearances: Vec<String>,
    /// Code of the unit the person serves in now.
    pub unit: Option<String>,
    /// Whether an authenticator is set up.
    pub second_factor: bool,
    /// The one-time password still has to be changed, at the latest then.
    pub one_time_until: Option<DateTime<Utc>>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub created_by: String,
}

/// What is known of a new person.
#[derive(Debug, Clone)]
pub struct NewPerson {
    pub id: String,
    pub name_en: String,
    pub name_hi: String,
    pub rank: Rank,
    pub roles: Vec<Role>,
    pub clearances: Vec<String>,
    pub unit: Option<String>,
}

/// What changes of a person; nothing else does.
#[derive(Debug, Clone, Default)]
pub struct Change {
    pub name_en: Option<String>,
    pub name_hi: Option<String>,
    pub rank: Option<Rank>,
    pub roles: Option<Vec<Role>>,
    pub clearances: Option<Vec<String>>,
}

/// A password for the first sign-in. It is shown once and must be changed then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneTime {
    pub password: String,
    pub until: DateTime<Utc>,
}

impl Accounts {
    /// Opens an account with a one-time password.
    pub async fn add(&self, by: &str, new: NewPerson, now: DateTime<Utc>) -> Result<(Person, OneTime)> {
        let one_time = OneTime { password: random::readable(5)?, until: now + ONE_TIME };
        let hash = self.hash_password(&one_time.password).await?;
        let person = self.insert(by, new, Some((hash, one_time.until)), now).await?;
        Ok((person, one_time))
    }

    /// Opens an account; without a password it is entered by single sign-on alone.
    pub(crate) async fn insert(
        &self,
        by: &str,
        new: NewPerson,
        password: Option<(String, DateTime<Utc>)>,
        now: DateTime<Utc>,
    ) -> Result<Person> {
        let id = login(&new.id)?;
        let name_en = name(&new.name_en, "English")?;
        // Whoever gives one name only is called by it in both languages.
        let name_hi = if new.name_hi.trim().is_empty() { name_en.clone() } else { name(&new.name_hi, "Hindi")? };
        let (password, until) = password.unzip();
        let account = Account {
            id: id.clone(),
            name_en,
            name_hi,
            rank: new.rank.as_str().into(),
            roles: trusted(&new.roles)?,
            clearances: cleared(&new.clearances)?,
            password,
            password_until: until.map(micros),
            second: None,
            second_step: 0,
            disabled_at: None,
            created_at: micros(now),
            created_by: by.into(),
        };
        if let Some(unit) = &new.unit {
            self.expect_unit(unit).await?;
        }
        if !self.store.add_account(&account).await? {
            return Err(AccountError::Taken(id));
        }
        if let Some(unit) = &new.unit {
            self.store.move_person(&id, Some(unit), micros(now), by).await?;
        }
        self.expect(&id, now).await
    }

    pub async fn person(&self, id: &str, now: DateTime<Utc>) -> Result<Option<Person>> {
        match self.store.person(id).await? {
            Some(account) => Ok(Some(self.seen(account, now).await?)),
            None => Ok(None),
        }
    }

    /// The person of an id that must exist.
    pub async fn expect(&self, id: &str, now: DateTime<Utc>) -> Result<Person> {
        self.person(id, now).await?.ok_or_else(|| AccountError::Unknown(id.to_owned()))
    }

    pub async fn people(&self, now: DateTime<Utc>) -> Result<Vec<Person>> {
        let mut out = Vec::new();
        for account in self.store.people().await? {
            out.push(self.seen(account, now).await?);
        }
        Ok(out)
    }

    async fn seen(&self, account: Account, now: DateTime<Utc>) -> Result<Person> {
        let unit = self.store.unit_of(&account.id, micros(now)).await?.map(|m| m.unit);
        Ok(Person {
            rank: rank(&account),
            roles: roles(&account),
            clearances: account.clearances.split_whitespace().map(str::to_owned).collect(),
            unit,
            second_factor: account.second.is_some(),
            one_time_until: account.password_until.map(time),
            disabled_at: account.disabled_at.map(time),
            created_at: time(account.created_at),
            created_by: account.created_by,
            id: account.id,
            name_en: account.name_en,
            name_hi: account.name_hi,
        })
    }

    /// Who an account is at this moment; none when it is closed or unknown.
    pub async fn principal(&self, id: &str, now: DateTime<Utc>) -> Result<Option<Principal>> {
        let Some(account) = self.store.person(id).await?.filter(|a| a.disabled_at.is_none()) else { return Ok(None) };
        let unit = self.store.unit_of(id, micros(now)).await?.map(|m| m.unit);
        let mut above = match &unit {
            Some(unit) => self.store.unit_line(unit).await?,
            None => Vec::new(),
        };
        above.reverse();
        Ok(Some(Principal {
            rank: rank(&account),
            roles: roles(&account),
            clearances: account.clearances.split_whitespace().map(str::to_owned).collect(),
            unit,
            above,
            name: account.name_en,
            id: account.id,
            work: None,
        }))
    }

    /// Changes names, rank, roles or clearances.
    pub async fn edit(&self, by: &str, id: &str, change: Change, now: DateTime<Utc>) -> Result<Person> {
        self.others(by, id).await?;
        let mut account = self.store.expect_person(id).await?;
        if let Some(text) = &change.name_en {
            account.name_en = name(text, "English")?;
        }
        if let Some(text) = &change.name_hi {
            account.name_hi = name(text, "Hindi")?;
        }
        if let Some(rank) = change.rank {
            account.rank = rank.as_str().into();
        }
        if let Some(roles) = &change.roles {
            account.roles = trusted(roles)?;
        }
        if let Some(words) = &change.clearances {
            account.clearances = cleared(words)?;
        }
        if !self.store.edit_account(&account).await? {
            return Err(AccountError::LastAdministrator);
        }
        self.expect(id, now).await
    }

    /// Moves a person to a unit, or out of all, from `at` on.
    pub async fn transfer(&self, by: &str, id: &str, unit: Option<&str>, at: DateTime<Utc>) -> Result<()> {
        self.others(by, id).await?;
        if let Some(unit) = unit {
            self.expect_unit(unit).await?;
        }
        Ok(self.store.move_person(id, unit, micros(at), by).await?)
    }

    /// Where a person has served, the newest first.
    pub async fn memberships(&self, id: &str) -> Result<Vec<Membership>> {
        Ok(self.store.memberships(id).await?)
    }

    /// Closes an account: its sessions end, its tokens are revoked.
    pub async fn disable(&self, by: &str, id: &str, now: DateTime<Utc>) -> Result<()> {
        self.others(by, id).await?;
        let open = self.store.expect_person(id).await?.disabled_at.is_none();
        if open && !self.store.disable_account(id, Some(micros(now))).await? {
            return Err(AccountError::LastAdministrator);
        }
        self.store.end_sessions(id, None).await?;
        self.store.revoke_tokens(id, micros(now)).await?;
        Ok(())
    }

    /// Opens a closed account again. Its tokens stay revoked.
    pub async fn enable(&self, by: &str, id: &str) -> Result<()> {
        self.others(by, id).await?;
        self.store.disable_account(id, None).await?;
        Ok(())
    }

    /// Gives a one-time password: the old one does not work any more, sessions end, failures are forgotten.
    pub async fn one_time(&self, by: &str, id: &str, now: DateTime<Utc>) -> Result<OneTime> {
        self.others(by, id).await?;
        let one_time = OneTime { password: random::readable(5)?, until: now + ONE_TIME };
        let hash = self.hash_password(&one_time.password).await?;
        self.store.set_password(id, &hash, Some(micros(one_time.until))).await?;
        self.store.end_sessions(id, None).await?;
        self.forgive(Target::Login(id)).await?;
        Ok(one_time)
    }

    /// Changes one's own password; all other sessions end.
    pub async fn change_password(&self, id: &str, session: &str, old: &str, new: &str, now: DateTime<Utc>) -> Result<()> {
        if !self.confirm(id, old, now).await? {
            return Err(AccountError::Password);
        }
        let account = self.store.expect_person(id).await?;
        password::check(new, id)?;
        if self.is_password(account.password.as_deref(), new).await? {
            return Err(password::Weak::Same.into());
        }
        let hash = self.hash_password(new).await?;
        self.store.set_password(id, &hash, None).await?;
        self.store.end_sessions(id, Some(session)).await?;
        Ok(())
    }

    /// Whether this is somebody's password, with the pauses of a sign-in: a browser left open must not serve for guessing.
    pub async fn confirm(&self, id: &str, given: &str, now: DateTime<Utc>) -> Result<bool> {
        if self.count(Target::Login(id), now).await?.is_err() {
            return Ok(false);
        }
        let account = self.store.expect_person(id).await?;
        let fits = self.is_password(account.password.as_deref(), given).await?;
        if fits {
            self.forgive(Target::Login(id)).await?;
        }
        Ok(fits)
    }

    /// Refuses an account that does not exist, and one's own.
    pub(crate) async fn others(&self, by: &str, id: &str) -> Result<()> {
        if self.store.person(id).await?.is_none() {
            return Err(AccountError::Unknown(id.to_owned()));
        }
        if by == id { Err(AccountError::Own) } else { Ok(()) }
    }

    async fn expect_unit(&self, code: &str) -> Result<()> {
        match self.store.unit(code).await {
            Ok(_) => Ok(()),
            Err(store::StoreError::Missing { .. }) => Err(AccountError::Unit(code.to_owned())),
            Err(e) => Err(e.into()),
        }
    }

    /// Units there are, as code and both names.
    pub async fn units(&self) -> Result<Vec<store::social::Unit>> {
        Ok(self.store.units().await?)
    }
}

/// A stored word that this program does not know gives no rights.
pub(crate) fn roles(account: &Account) -> Vec<Role> {
    account.roles.split_whitespace().filter_map(Role::parse).collect()
}

fn rank(account: &Account) -> Rank {
    Rank::parse(&account.rank).unwrap_or(Rank::Civilian)
}

/// The canonical sign-in name.
pub(crate) fn login(text: &str) -> Result<String> {
    let id = text.trim().to_ascii_lowercase();
    let sound = (3..=64).contains(&id.len())
        && id.starts_with(|c: char| c.is_ascii_lowercase())
        && id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c));
    if !sound {
        return Err(AccountError::Login { given: text.chars().take(80).collect() });
    }
    if RESERVED.contains(&id.as_str()) { Err(AccountError::Reserved(id)) } else { Ok(id) }
}

fn name(text: &str, language: &'static str) -> Result<String> {
    let text = text.trim();
    let sound = !text.is_empty() && text.chars().count() <= 100 && !text.chars().any(char::is_control);
    if sound { Ok(text.to_owned()) } else { Err(AccountError::Name(language)) }
}

fn trusted(roles: &[Role]) -> Result<String> {
    if roles.contains(&Role::Operator) {
        return Err(AccountError::OperatorRole);
    }
    for alone in [Role::Administrator, Role::Auditor] {
        if roles.contains(&alone) && roles.iter().any(|r| *r != alone) {
            return Err(AccountError::Alone(alone.as_str()));
        }
    }
    // In the order of the roles, each once.
    Ok(framed(Role::ALL.iter().filter(|r| roles.contains(r)).map(|r| r.as_str())))
}

fn cleared(words: &[String]) -> Result<String> {
    for word in words {
        let sound = (1..=64).contains(&word.len())
            && word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "._:-".contains(c));
        if !sound {
            return Err(AccountError::Clearance(word.chars().take(80).collect()));
        }
    }
    Ok(framed(words.iter().map(String::as_str)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sign_in_names_are_plain_or_refused() {
        for (text, read) in [
            (" Asha.Meena ", Some("asha.meena")),
            ("sho-27541001", Some("sho-27541001")),
            ("ab", None),
            ("1abc", None),
            ("asha meena", None),
            ("आशा", None),
            ("<script>", None),
            ("operator", None),
            ("Unknown", None),
        ] {
            assert_eq!(login(text).ok().as_deref(), read, "{text}");
        }
    }

    #[test]
    fn who_keeps_accounts_or_reads_the_log_does_nothing_else() {
        use Role::{Administrator, Approver, Auditor, InvestigatingOfficer, Operator};
        assert_eq!(trusted(&[Approver, InvestigatingOfficer, Approver]).unwrap(), " investigating_officer approver ");
        assert_eq!(trusted(&[]).unwrap(), " ");
        assert!(matches!(trusted(&[Administrator, InvestigatingOfficer]), Err(AccountError::Alone("administrator"))));
        assert!(matches!(trusted(&[Auditor, Administrator]), Err(AccountError::Alone(_))));
        assert!(matches!(trusted(&[Operator]), Err(AccountError::OperatorRole)));
        assert!(cleared(&["order:hc-123".into()]).is_ok() && cleared(&["Order 1".into()]).is_err());
    }
}
