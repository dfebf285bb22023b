//! What an installation settles by number: above how many rows an export needs a second person, how long one may be kept, and how long data may
//! stand in no category.

use governance::{Principal, Role};
use serde::Serialize;

use crate::Accounts;
use crate::access::AccessError;
use crate::error::Result;
use crate::subject::{CATEGORY_DAYS, DAYS};
use crate::work::{BULK, BULK_ROWS};

/// The setting of the days an export may be kept; the lake reads it.
const EXPORT_DAYS: &str = "access.export_days";

/// One number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Limit {
    /// As it is said on the command line, in JSON and in page catalogues.
    pub name: &'static str,
    /// Where it is kept.
    #[serde(skip)]
    key: &'static str,
    /// What holds where nothing was settled.
    pub usual: u64,
    pub least: u64,
    pub most: u64,
}

/// All of them.
pub const LIMITS: [Limit; 3] = [
    Limit { name: "bulk_rows", key: BULK, usual: BULK_ROWS, least: 1, most: 100_000_000 },
    Limit { name: "export_days", key: EXPORT_DAYS, usual: 30, least: 1, most: 3650 },
    Limit { name: "subject_days", key: CATEGORY_DAYS, usual: DAYS, least: 1, most: 3650 },
];

/// A limit as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Settled {
    #[serde(flatten)]
    pub limit: Limit,
    pub value: u64,
}

impl Accounts {
    /// All limits as they stand.
    pub async fn limits(&self) -> Result<Vec<Settled>> {
        let mut out = Vec::new();
        for limit in LIMITS {
            out.push(Settled { value: self.store.setting::<u64>(limit.key).await?.unwrap_or(limit.usual), limit });
        }
        Ok(out)
    }

    /// Whether somebody settles limits: an administrator, or the operator on the lake's own machine. Whoever exports does not.
    pub fn may_limit(&self, principal: &Principal) -> Result<()> {
        if principal.is(Role::Administrator) || principal.is(Role::Operator) {
            return Ok(());
        }
        Err(AccessError::Denied("limits are settled by an administrator, or by the operator on the lake's own machine".into())
            .into())
    }

    /// A limit by its name, if `value` may be its number. The caller writes it into the access log, then calls [`Accounts::settle`].
    pub fn limit(&self, principal: &Principal, name: &str, value: &str) -> Result<(Limit, u64)> {
        self.may_limit(principal)?;
        let known = || LIMITS.iter().map(|l| l.name).collect::<Vec<_>>().join(", ");
        let limit = LIMITS.into_iter().find(|l| l.name == name.trim()).ok_or_else(|| AccessError::Limit(known()))?;
        let number = value.trim().parse::<u64>().ok().filter(|n| (limit.least..=limit.most).contains(n));
        let number = number.ok_or(AccessError::LimitNumber { least: limit.least, most: limit.most })?;
        Ok((limit, number))
    }

    /// Puts a number in force, from the next question on.
    pub async fn settle(&self, (limit, value): (Limit, u64)) -> Result<Settled> {
        self.store.set_setting(limit.key, &value).await?;
        Ok(Settled { limit, value })
    }
}
