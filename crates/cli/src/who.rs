//! Who acts on the command line: the local operator, or an account named with `--as`.
//!
//! Whoever can run this program on the lake's folder can read the folder. `--as` is therefore no proof of identity but a statement,
//! believed because the operating system let its user in, and logged with that user's name.

use std::sync::OnceLock;

use accounts::Accounts;
use governance::{Context, Principal, Role};
use lake::{Access, At, Lake, LakeError};
use serde_json::json;
use server::Area;
use store::Store;

use crate::args::{Args, Command};

/// The settled principal of a run.
pub type Settled = OnceLock<Principal>;

/// What a command is part of; none for those that touch no lake or only keep it running.
pub(crate) fn area(command: &Command) -> Option<Area> {
    Some(match command {
        Command::Catalog(_)
        | Command::Sql(_)
        | Command::Search(_)
        | Command::Dossier(_)
        | Command::Subject { .. }
        | Command::Section { .. }
        | Command::Export { .. }
        | Command::Certificate(_) => Area::Lake,
        Command::Ingest(_) | Command::Pull(_) | Command::Source(_) | Command::Contract { .. } | Command::Quarantine(_) => {
            Area::Intake
        }
        Command::Audit(_) => Area::Audit,
        // One's own; what of others' is seen or decided, the policies say.
        Command::Exports(_) | Command::Expunge { .. } => Area::Own,
        Command::User { .. } | Command::Token { .. } => Area::People,
        Command::Case { .. } | Command::Authority { .. } => Area::Work,
        Command::Sheet { .. } => Area::Sheets,
        Command::Post { .. } | Command::Channel { .. } | Command::Inbox { .. } | Command::Campaign { .. } => Area::Desk,
        _ => return None,
    })
}

/// Whether the machine's operator may do it in a lake that has accounts: what needs no case, and accounts, so that a lake whose
/// administrators are all gone can be entered again.
pub(crate) fn operators(command: &Command) -> bool {
    !matches!(area(command), Some(Area::Lake | Area::Work | Area::Sheets))
        && !matches!(command, Command::Quarantine(_) | Command::Post { .. } | Command::Inbox { .. } | Command::Campaign { .. })
}

pub fn accounts(store: &Store, args: &Args) -> Result<Accounts, LakeError> {
    Accounts::of(store.clone(), &args.home).map_err(wrong)
}

pub fn wrong(error: impl std::fmt::Display) -> LakeError {
    LakeError::Invalid(error.to_string())
}

/// Settles who acts, and logs it when it is an account.
pub async fn settle(args: &Args, lake: &Lake) -> Result<(), LakeError> {
    let principal = find(args, lake.store()).await?;
    if principal.id != accounts::OPERATOR && args.who.get().is_none() {
        let access = access_of(principal.clone(), lake);
        lake.record(&access, "sign-in", true, json!({ "way": "local", "system_user": system_user() }))?;
    }
    // A second opening in one run settles on the same person.
    let _ = args.who.set(principal);
    Ok(())
}

/// The same without a lake: the desk has its own records.
pub async fn settle_desk(args: &Args, store: &Store) -> Result<(), LakeError> {
    let _ = args.who.set(find(args, store).await?);
    Ok(())
}

/// Who acts. Before [`settle`], the operator.
pub fn principal(args: &Args) -> Principal {
    args.who.get().cloned().unwrap_or_else(Principal::operator)
}

async fn find(args: &Args, store: &Store) -> Result<Principal, LakeError> {
    let user = args.user.as_deref().filter(|user| *user != accounts::OPERATOR);
    let desk = area(&args.command) == Some(Area::Desk);
    if !store.has_people().await.map_err(wrong)? {
        return match user {
            None => Ok(Principal::operator()),
            // Officers of the desk were named before there were accounts.
            Some(user) if desk => Ok(Principal { id: user.into(), name: user.into(), ..Principal::operator() }),
            Some(user) => Err(LakeError::Denied(format!("there is no account {user}; this lake has its operator only"))),
        };
    }
    let Some(user) = user else {
        if operators(&args.command) {
            return Ok(Principal::operator());
        }
        return Err(LakeError::Denied("this lake has accounts: say who acts with --as NAME".into()));
    };
    let found = accounts(store, args)?.principal(user, chrono::Utc::now()).await.map_err(wrong)?;
    let principal = found.ok_or_else(|| LakeError::Denied(format!("there is no open account {user}")))?;
    match area(&args.command) {
        Some(area) if !area.open_to(&principal) => {
            let roles: Vec<&str> = principal.roles.iter().map(|r| r.as_str()).collect();
            Err(LakeError::Denied(format!("{user} may not do this; roles of the account: {}", roles.join(", "))))
        }
        None if principal.is(Role::Administrator) || principal.is(Role::Auditor) => {
            Err(LakeError::Denied(format!("{user} may not do this; it is the operator's, without --as")))
        }
        _ => with_work(args, store, principal).await,
    }
}

/// The principal with the piece of work that `--case` and `--purpose` name.
async fn with_work(args: &Args, store: &Store, principal: Principal) -> Result<Principal, LakeError> {
    let opens = matches!(&args.command, Command::Case { .. });
    let purpose = args.purpose.as_deref().map(str::parse::<model::Purpose>).transpose();
    let purpose = purpose.map_err(|e| LakeError::Invalid(format!("--purpose: {e}")))?.filter(|p| *p != model::Purpose::Operation);
    if opens || (purpose.is_none() && args.case.is_none()) {
        return Ok(principal);
    }
    let (accounts, now) = (accounts(store, args)?, chrono::Utc::now());
    let work =
        accounts.find_work(&principal, purpose, args.case.as_deref(), now).await.map_err(|e| LakeError::Denied(e.to_string()))?;
    accounts.with_work(principal, &work.id, now).await.map_err(wrong)
}

pub fn access_of(principal: Principal, lake: &Lake) -> Access {
    Access { principal, context: Context { purpose: None, case: None, authority: None, now: lake.now() }, at: At::Now }
}

/// Who the operating system says runs this.
pub fn system_user() -> String {
    use std::os::unix::fs::MetadataExt;
    let name = ["SUDO_USER", "USER", "LOGNAME"].iter().find_map(|v| std::env::var(v).ok().filter(|t| !t.is_empty()));
    let id = std::fs::metadata("/proc/self").map(|m| m.uid().to_string()).unwrap_or_else(|_| "?".into());
    format!("{} ({id})", name.unwrap_or_default())
}
