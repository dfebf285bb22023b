//! Accounts and tokens: `sarovar user …`, `sarovar token …`.

use std::process::ExitCode;

use accounts::{Accounts, Change, NewPerson, OneTime, Person, Scope};
use chrono::{DateTime, Utc};
use clap::Subcommand;
use governance::{Rank, Role};
use lake::{Access, Lake, LakeError};
use serde::Serialize;
use serde_json::{Value, json};
use store::social::Unit;

use crate::args::Args;
use crate::bring::open;
use crate::output::{self, say};
use crate::who::{self, wrong};

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Opens an account and prints its one-time password here, and nowhere else.
    Add {
        /// What the person types to sign in, such as asha.meena; it never changes.
        login: String,
        /// Name in Latin letters.
        #[arg(long, default_value = "")]
        name_en: String,
        /// Name in Hindi.
        #[arg(long, default_value = "")]
        name_hi: String,
        #[arg(long, default_value = "civilian", value_parser = rank)]
        rank: Rank,
        /// What the person is trusted with; may be given several times.
        #[arg(long = "role", value_name = "ROLE", value_parser = role)]
        roles: Vec<Role>,
        /// A named permission; may be given several times.
        #[arg(long = "clearance", value_name = "WORD")]
        clearances: Vec<String>,
        /// Code of the unit the person serves in.
        #[arg(long)]
        unit: Option<String>,
        /// The same as --role administrator.
        #[arg(long, conflicts_with = "roles")]
        administrator: bool,
    },
    /// All accounts.
    List,
    /// One account with the units it served in.
    Show { login: String },
    /// Replaces roles, rank, names or clearances.
    Role {
        login: String,
        /// All roles from now on; may be given several times.
        #[arg(long = "set", value_name = "ROLE", value_parser = role)]
        roles: Vec<Role>,
        #[arg(long, value_parser = rank)]
        rank: Option<Rank>,
        #[arg(long)]
        name_en: Option<String>,
        #[arg(long)]
        name_hi: Option<String>,
        /// All clearances from now on, parted by commas; empty for none.
        #[arg(long, value_name = "WORDS")]
        clearances: Option<String>,
    },
    /// Moves somebody to another unit; what the old one opened is closed at once.
    Transfer {
        login: String,
        /// Code of the unit; `-` for none.
        unit: String,
        /// Day or time from which it holds (RFC 3339, or YYYY-MM-DD in IST); now when absent.
        #[arg(long, value_name = "TIME")]
        from: Option<String>,
    },
    /// Closes an account: its sessions end, its tokens are revoked.
    Disable { login: String },
    /// Opens a closed account again.
    Enable { login: String },
    /// Gives a new one-time password, and prints it here.
    Password { login: String },
    /// Takes the authenticator away, to be set up anew at the next sign-in.
    Totp { login: String },
    /// Where somebody is signed in.
    Sessions { login: String },
    /// Ends one session of somebody, or all.
    Revoke {
        login: String,
        #[arg(required_unless_present = "all")]
        session: Option<String>,
        #[arg(long)]
        all: bool,
    },
    /// Names, numbers and ids of somebody's declared relatives and neighbours, for the watch over reading; shows them without --set.
    Kin {
        login: String,
        /// All of them from now on, in each spelling; may be given several times. One empty text takes all away.
        #[arg(long = "set", value_name = "NAME OR NUMBER")]
        set: Vec<String>,
    },
    /// Persons and numbers whose every reading is weighed in the watch over reading; shows them without --set.
    Listed {
        /// All of them from now on; may be given several times. One empty text takes all away.
        #[arg(long = "set", value_name = "NAME OR NUMBER")]
        set: Vec<String>,
    },
    /// Takes the units of the lake's own register (reference.unit) as they are today.
    Units,
}

#[derive(Debug, Subcommand)]
pub enum TokenCommand {
    /// Makes a token for a program that acts for an account, and prints it.
    Create {
        login: String,
        #[arg(long)]
        name: String,
        /// lake, intake or audit; may be given several times.
        #[arg(long = "scope", required = true, value_parser = scope)]
        scopes: Vec<Scope>,
        #[arg(long, default_value_t = 90)]
        days: i64,
    },
    /// Tokens of an account, or of all.
    List { login: Option<String> },
    /// Revokes a token.
    Revoke { login: String, token: String },
}

fn role(text: &str) -> Result<Role, String> {
    let all = || Role::ALL.iter().skip(1).map(|r| r.as_str()).collect::<Vec<_>>().join(", ");
    Role::parse(text).ok_or_else(|| format!("there is no role {text:?}; known are {}", all()))
}

fn rank(text: &str) -> Result<Rank, String> {
    let all = || Rank::ALL.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(", ");
    Rank::parse(text).ok_or_else(|| format!("there is no rank {text:?}; known are {}", all()))
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).ok_or_else(|| format!("there is no scope {text:?}; known are lake, intake, audit"))
}

/// An account as a row: lists as one field, so that they show in a table.
#[derive(Serialize)]
struct Row {
    login: String,
    name: String,
    name_hi: String,
    rank: Rank,
    roles: String,
    clearances: String,
    unit: Option<String>,
    second_factor: bool,
    state: &'static str,
    created_by: String,
}

fn row(person: Person) -> Row {
    let state = match (&person.disabled_at, &person.one_time_until) {
        (Some(_), _) => "closed",
        (None, Some(_)) => "new",
        (None, None) => "open",
    };
    Row {
        roles: person.roles.iter().map(|r| r.as_str()).collect::<Vec<_>>().join(" "),
        clearances: person.clearances.join(" "),
        login: person.id,
        name: person.name_en,
        name_hi: person.name_hi,
        rank: person.rank,
        unit: person.unit,
        second_factor: person.second_factor,
        state,
        created_by: person.created_by,
    }
}

/// Accounts are kept by one who acts, and each change is in the access log before it is made.
struct Keeper {
    lake: Lake,
    accounts: Accounts,
    access: Access,
    now: DateTime<Utc>,
}

impl Keeper {
    async fn new(args: &Args) -> Result<Self, LakeError> {
        let lake = open(args).await?;
        let accounts = who::accounts(lake.store(), args)?;
        let access = who::access_of(who::principal(args), &lake);
        let now = lake.now();
        Ok(Keeper { lake, accounts, access, now })
    }

    fn by(&self) -> &str {
        &self.access.principal.id
    }

    fn note(&self, action: &str, change: &str, account: &str, more: Value) -> Result<(), LakeError> {
        let mut what = json!({ "change": change, "account": account });
        if let (Some(what), Value::Object(more)) = (what.as_object_mut(), more) {
            what.extend(more);
        }
        if self.by() == accounts::OPERATOR {
            what["system_user"] = who::system_user().into();
        }
        self.lake.record(&self.access, action, true, what)
    }

    async fn print(&self, login: &str, args: &Args) -> Result<(), LakeError> {
        output::records(&[row(self.accounts.expect(login, self.now).await.map_err(wrong)?)], args.format)
    }
}

/// Says a one-time password to the terminal, and nowhere else.
pub fn tell(login: &str, one_time: &OneTime) {
    say(&format!("one-time password of {login}: {}", one_time.password));
    say(&format!("it works until {} and is changed at the first sign-in; it is shown here only", ist(one_time.until)));
}

fn ist(at: DateTime<Utc>) -> String {
    model::time::format_ist(at.timestamp_micros())
}

pub async fn user(args: &Args, command: &UserCommand) -> Result<ExitCode, LakeError> {
    let keeper = Keeper::new(args).await?;
    let (accounts, by, now) = (&keeper.accounts, keeper.by(), keeper.now);
    match command {
        UserCommand::Add { login, name_en, name_hi, rank, roles, clearances, unit, administrator } => {
            let roles = if *administrator { vec![Role::Administrator] } else { roles.clone() };
            if !accounts.in_use().await.map_err(wrong)? && !roles.contains(&Role::Administrator) {
                return Err(wrong("the first account of a lake is its administrator's: add --administrator"));
            }
            let new = NewPerson {
                id: login.clone(),
                name_en: if name_en.is_empty() { login.clone() } else { name_en.clone() },
                name_hi: name_hi.clone(),
                rank: *rank,
                roles: roles.clone(),
                clearances: clearances.clone(),
                unit: unit.clone(),
            };
            keeper.note(
                "account",
                "add",
                login,
                json!({ "roles": roles, "rank": rank, "unit": unit, "clearances": clearances }),
            )?;
            let (person, one_time) = accounts.add(by, new, now).await.map_err(wrong)?;
            tell(&person.id, &one_time);
            output::records(&[row(person)], args.format)?;
        }
        UserCommand::List => {
            let all = accounts.people(now).await.map_err(wrong)?;
            output::records(&all.into_iter().map(row).collect::<Vec<_>>(), args.format)?;
        }
        UserCommand::Show { login } => {
            let person = accounts.expect(login, now).await.map_err(wrong)?;
            for period in accounts.memberships(login).await.map_err(wrong)? {
                let until = period.until_at.map_or_else(|| "now".into(), model::time::format_ist);
                let from = model::time::format_ist(period.from_at);
                say(&format!("unit {} from {from} to {until}, ordered by {}", period.unit, period.principal));
            }
            output::records(&[row(person)], args.format)?;
        }
        UserCommand::Role { login, roles, rank, name_en, name_hi, clearances } => {
            let words = |text: &String| text.split(',').map(str::trim).filter(|w| !w.is_empty()).map(str::to_owned).collect();
            let change = Change {
                name_en: name_en.clone(),
                name_hi: name_hi.clone(),
                rank: *rank,
                roles: Some(roles.clone()).filter(|r| !r.is_empty()),
                clearances: clearances.as_ref().map(words),
            };
            let what = json!({ "roles": change.roles, "rank": rank, "clearances": change.clearances });
            keeper.note("account", "edit", login, what)?;
            accounts.edit(by, login, change, now).await.map_err(wrong)?;
            keeper.print(login, args).await?;
        }
        UserCommand::Transfer { login, unit, from } => {
            let at = from.as_deref().map(moment).transpose()?.unwrap_or(now);
            let unit = Some(unit.as_str()).filter(|u| *u != "-");
            keeper.note("account", "transfer", login, json!({ "unit": unit, "from": at }))?;
            accounts.transfer(by, login, unit, at).await.map_err(wrong)?;
            keeper.print(login, args).await?;
        }
        UserCommand::Disable { login } => {
            keeper.note("account", "disable", login, json!({}))?;
            accounts.disable(by, login, now).await.map_err(wrong)?;
            keeper.print(login, args).await?;
        }
        UserCommand::Enable { login } => {
            keeper.note("account", "enable", login, json!({}))?;
            accounts.enable(by, login).await.map_err(wrong)?;
            keeper.print(login, args).await?;
        }
        UserCommand::Password { login } => {
            keeper.note("account", "password", login, json!({}))?;
            let one_time = accounts.one_time(by, login, now).await.map_err(wrong)?;
            tell(login, &one_time);
            keeper.print(login, args).await?;
        }
        UserCommand::Totp { login } => {
            keeper.note("account", "second-reset", login, json!({}))?;
            accounts.reset_second(by, login).await.map_err(wrong)?;
            keeper.print(login, args).await?;
        }
        UserCommand::Sessions { login } => {
            accounts.expect(login, now).await.map_err(wrong)?;
            output::records(&accounts.devices(login, now).await.map_err(wrong)?, args.format)?;
        }
        UserCommand::Revoke { login, session, all } => {
            accounts.expect(login, now).await.map_err(wrong)?;
            keeper.note("account", "sessions-end", login, json!({ "session": session, "all": all }))?;
            match session {
                Some(id) => accounts.end_session(login, id).await.map_err(wrong)?,
                None => {
                    let n = accounts.end_sessions(login, None).await.map_err(wrong)?;
                    say(&format!("{n} session(s) of {login} ended"));
                }
            }
        }
        UserCommand::Kin { login, set } => {
            accounts.expect(login, now).await.map_err(wrong)?;
            let known = if set.is_empty() {
                accounts.kin(login).await
            } else {
                // Who they are stays out of the log.
                keeper.note("account", "kin", login, json!({ "declared": set.len() }))?;
                accounts.declare_kin(by, login, set).await
            };
            watched(&known.map_err(wrong)?, args)?;
        }
        UserCommand::Listed { set } => {
            let known = if set.is_empty() {
                accounts.listed().await
            } else {
                keeper.note("account", "listed", "", json!({ "listed": set.len() }))?;
                accounts.list(set).await
            };
            watched(&known.map_err(wrong)?, args)?;
        }
        UserCommand::Units => {
            let n = units(&keeper).await?;
            say(&format!("{n} unit(s) taken from the lake"));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn watched(words: &[String], args: &Args) -> Result<(), LakeError> {
    let rows: Vec<Value> = words.iter().map(|word| json!({ "watched": word })).collect();
    output::records(&rows, args.format)
}

/// Units of the lake's register that exist today, with the one each belongs to.
async fn units(keeper: &Keeper) -> Result<usize, LakeError> {
    let sql = "SELECT unit_code, parent_code, kind, name, coalesce(name_local, name) FROM clean.reference_unit \
        WHERE valid_from <= current_date() AND (valid_to IS NULL OR valid_to >= current_date()) ORDER BY unit_code, valid_from";
    let rows = keeper
        .lake
        .act(&keeper.access, "query", |session| async move {
            let batches = session.rows(sql).await?;
            let rows = crate::output::texts(&batches)?;
            let what = json!({ "units": rows.len() });
            Ok::<_, LakeError>((rows, what))
        })
        .await?;
    let store = keeper.lake.store();
    for row in &rows {
        let [code, parent, kind, name, local] = row.as_slice() else { continue };
        let old = store.unit(code).await.ok();
        let unit = Unit {
            code: code.clone(),
            parent: Some(parent.clone()).filter(|p| !p.is_empty()),
            name_en: name.clone(),
            name_hi: local.clone(),
            kind: if kind == "station" { "thana".into() } else { kind.clone() },
            constituencies: old.as_ref().map(|u| u.constituencies.clone()).unwrap_or_default(),
            numbers: old.map(|u| u.numbers).unwrap_or_default(),
            paused_at: None,
            paused_by: None,
            pause_reason: None,
            answer_minutes: None,
        };
        store.put_unit(&unit).await.map_err(wrong)?;
    }
    Ok(rows.len())
}

/// A time, or the beginning of a day in IST.
fn moment(text: &str) -> Result<DateTime<Utc>, LakeError> {
    let day = || DateTime::parse_from_rfc3339(&format!("{text}T00:00:00+05:30"));
    let read = DateTime::parse_from_rfc3339(text).or_else(|_| day());
    read.map(|t| t.to_utc()).map_err(|_| wrong(format!("{text:?} is no time; write 2026-11-25 or 2026-11-25T10:00:00+05:30")))
}

pub async fn token(args: &Args, command: &TokenCommand) -> Result<ExitCode, LakeError> {
    let keeper = Keeper::new(args).await?;
    let (accounts, now) = (&keeper.accounts, keeper.now);
    match command {
        TokenCommand::Create { login, name, scopes, days } => {
            keeper.note("token", "create", login, json!({ "name": name, "scopes": scopes, "days": days }))?;
            let made = accounts.issue(login, name, scopes, *days, now).await.map_err(wrong)?;
            say("the token is shown now and never again");
            let row = json!({ "id": made.row.id, "login": login, "token": made.text, "expires_at": made.row.expires_at });
            output::records(&[row], args.format)?;
        }
        TokenCommand::List { login } => {
            output::records(&accounts.tokens(login.as_deref()).await.map_err(wrong)?, args.format)?;
        }
        TokenCommand::Revoke { login, token } => {
            keeper.note("token", "revoke", login, json!({ "token": token }))?;
            accounts.revoke(login, token, now).await.map_err(wrong)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
