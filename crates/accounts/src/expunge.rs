//! Requests to erase: one officer asks, a second one decides and carries it out. What is erased, and how, is the lake's.

use chrono::{DateTime, Utc};
use governance::{Kind, Policies, Principal, Role, Step, permits};
use store::access::Expungement;

use crate::access::AccessError;
use crate::ending::{Ending, once};
use crate::error::Result;
use crate::work::said;
use crate::{Accounts, micros};

/// A request as it is asked.
#[derive(Debug, Clone, Default)]
pub struct NewExpungement {
    /// `object`, `person` or `case`.
    pub kind: String,
    /// In canonical form.
    pub target: String,
    /// The law or order it stands on.
    pub basis: String,
    pub reason: String,
}

impl Accounts {
    /// Asks for an expungement.
    pub async fn ask_expungement(
        &self,
        principal: &Principal,
        policies: &Policies,
        new: NewExpungement,
        now: DateTime<Utc>,
    ) -> Result<String> {
        permits(policies, principal, Step::Ask, Kind::Expungement, &principal.id, now).map_err(AccessError::Denied)?;
        let row = Expungement {
            id: self.store.fresh_id(now),
            kind: new.kind,
            target: new.target,
            basis: said(&new.basis, 5, "legal basis")?,
            reason: said(&new.reason, 10, "reason")?,
            requested_by: principal.id.clone(),
            requester_rank: principal.rank.as_str().into(),
            requested_at: micros(now),
            ..Expungement::default()
        };
        self.store.add_expungement(&row).await?;
        Ok(row.id)
    }

    /// Requests somebody may see: his own, those he may decide, and all for whoever reviews them.
    pub async fn expungements(&self, principal: &Principal, policies: &Policies, now: DateTime<Utc>) -> Result<Vec<Expungement>> {
        let mut all = self.store.expungements().await?;
        all.retain(|row| sees(principal, policies, row, now));
        Ok(all)
    }

    /// One of them. What somebody has nothing to do with does not exist for him.
    pub async fn expungement(
        &self,
        principal: &Principal,
        policies: &Policies,
        id: &str,
        now: DateTime<Utc>,
    ) -> Result<Expungement> {
        let row = self.store.expungement(id).await?.filter(|row| sees(principal, policies, row, now));
        Ok(row.ok_or_else(|| AccessError::NoRequest(id.to_owned()))?)
    }

    /// Grants or refuses one: never one's own, and once.
    pub async fn decide_expungement(
        &self,
        principal: &Principal,
        policies: &Policies,
        id: &str,
        grant: bool,
        note: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        let row = self.expungement(principal, policies, id, now).await?;
        may_decide(principal, policies, &row, now).map_err(AccessError::Denied)?;
        let end = Ending::of(principal, grant, note);
        once(self.store.decide_expungement(id, end.state, end.by, end.rank, &end.note, micros(now)).await?)
    }

    /// A granted request that somebody may carry out: whoever may decide it, or the operator on the lake's own machine.
    pub async fn to_expunge(
        &self,
        principal: &Principal,
        policies: &Policies,
        id: &str,
        now: DateTime<Utc>,
    ) -> Result<Expungement> {
        let row = self.expungement(principal, policies, id, now).await?;
        if !principal.is(Role::Operator) {
            may_decide(principal, policies, &row, now).map_err(AccessError::Denied)?;
        }
        match row.state.as_str() {
            "granted" => Ok(row),
            "asked" => Err(AccessError::Denied("a second officer has to approve it first".into()).into()),
            _ => Err(AccessError::Decided.into()),
        }
    }

    /// Notes that it was carried out.
    pub async fn finish_expungement(&self, principal: &Principal, id: &str, receipt: &str, now: DateTime<Utc>) -> Result<()> {
        // Carried out by two at once, the second finds it done, with the same receipt.
        self.store.finish_expungement(id, &principal.id, receipt, micros(now)).await?;
        Ok(self.store.scrub().await?)
    }
}

/// Whether somebody may decide a request: never his own.
fn may_decide(
    principal: &Principal,
    policies: &Policies,
    row: &Expungement,
    now: DateTime<Utc>,
) -> std::result::Result<(), String> {
    permits(policies, principal, Step::Approve, Kind::Expungement, &row.requested_by, now)
}

fn sees(principal: &Principal, policies: &Policies, row: &Expungement, now: DateTime<Utc>) -> bool {
    row.requested_by == principal.id
        || principal.is(Role::Operator)
        || [Step::Approve, Step::Review]
            .into_iter()
            .any(|step| permits(policies, principal, step, Kind::Expungement, &row.requested_by, now).is_ok())
}
