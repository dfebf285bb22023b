//! Pieces of work: why somebody reads. Opened by stating the reason once, taken in hand for a session, and read again from the store
//! with each request: closed, expired, taken off the team or transferred, it opens nothing any more.

use chrono::{DateTime, TimeDelta, Utc};
use governance::{Authority, Kind, Order, Policies, Principal, Role, Standing, Step, Work, permits};
use model::Purpose;
use serde::Serialize;
use store::access::{Member, Request, Work as Row};

use crate::access::AccessError;
use crate::error::Result;
use crate::{Accounts, framed, micros, time};

/// How long an emergency lasts.
pub const EMERGENCY: TimeDelta = TimeDelta::hours(4);
/// Rows above which an export needs a release, where the setting [`BULK`] says nothing.
pub(crate) const BULK_ROWS: u64 = 10_000;
/// The setting of that number.
pub const BULK: &str = "access.bulk_rows";

/// What is said when a piece of work is opened.
#[derive(Debug, Clone, Default)]
pub struct NewWork {
    /// case, complaint, supervision or statistics.
    pub purpose: Option<Purpose>,
    /// The FIR, the complaint's number, the question of statistics; of a supervision, the unit's code.
    pub reference: String,
    /// Sections of law, as written: `BNS 303(2)`.
    pub sections: Vec<String>,
    pub reason: String,
    /// Days until it expires; the purpose's own when absent.
    pub days: Option<i64>,
    /// An emergency, with the numbers whose call records it needs.
    pub emergency: Option<Vec<String>>,
}

/// A piece of work, as one of its team sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Piece {
    #[serde(flatten)]
    pub row: Row,
    /// How the asker stands to it.
    pub standing: Standing,
}

/// Days a purpose lasts when nobody says, and at most.
fn days(purpose: Purpose) -> (i64, i64) {
    match purpose {
        Purpose::Case => (90, 180),
        Purpose::Complaint => (30, 60),
        Purpose::Supervision | Purpose::Statistics | Purpose::Operation => (7, 31),
    }
}

/// A text that must say something.
pub(crate) fn said(text: &str, least: usize, what: &'static str) -> std::result::Result<String, AccessError> {
    let text = text.trim();
    let count = text.chars().count();
    if count < least || count > 500 || text.chars().any(char::is_control) {
        return Err(AccessError::Say { what, least });
    }
    Ok(text.to_owned())
}

impl Accounts {
    /// Opens a piece of work. The caller has written it into the access log.
    pub async fn open_work(&self, principal: &Principal, policies: &Policies, new: NewWork, now: DateTime<Utc>) -> Result<Row> {
        if !principal.roles.iter().any(|role| role.reads_cases() && !matches!(role, Role::Operator | Role::DataEngineer)) {
            return Err(AccessError::NoWork.into());
        }
        let purpose = match (&new.emergency, new.purpose) {
            (Some(_), _) => Purpose::Case,
            (None, Some(purpose)) if purpose != Purpose::Operation => purpose,
            _ => return Err(AccessError::Purpose.into()),
        };
        let mut numbers = Vec::new();
        if let Some(asked) = &new.emergency {
            permits(policies, principal, Step::Ask, Kind::Emergency, &principal.id, now).map_err(AccessError::Denied)?;
            numbers = crate::access::numbers(asked, true)?;
        }
        let reason = said(&new.reason, if new.emergency.is_some() { 20 } else { 0 }, "reason")?;
        let mut unit = principal.unit.clone();
        let reference = match purpose {
            Purpose::Case if new.emergency.is_none() => {
                new.reference.parse::<model::FirRef>().map_err(|e| AccessError::Fir(e.to_string()))?.to_string()
            }
            Purpose::Supervision => {
                self.supervised(principal, &new.reference).await?;
                unit = Some(new.reference.trim().to_owned());
                new.reference.trim().to_owned()
            }
            Purpose::Statistics => said(&new.reference, 10, "question")?,
            _ => said(&new.reference, 3, "reference")?,
        };
        let (usual, most) = days(purpose);
        let lasts = match (&new.emergency, new.days.unwrap_or(usual)) {
            (Some(_), _) => EMERGENCY,
            (None, days) if (1..=most).contains(&days) => TimeDelta::days(days),
            _ => return Err(AccessError::Days { most }.into()),
        };
        let row = Row {
            id: self.store.fresh_id(now),
            purpose: purpose.as_str().into(),
            reference,
            sections: new.sections.join("; "),
            reason,
            unit,
            emergency: i64::from(new.emergency.is_some()),
            numbers: framed(numbers.iter().map(String::as_str)),
            opened_by: principal.id.clone(),
            opened_at: micros(now),
            until_at: micros(now + lasts),
            closed_at: None,
            closed_by: None,
            reviewed_at: None,
            reviewed_by: None,
            finding: None,
        };
        self.store.open_work(&row, principal.unit.as_deref().unwrap_or_default()).await?;
        Ok(row)
    }

    /// Whether a unit is a supervisor's own or lies below it.
    async fn supervised(&self, principal: &Principal, unit: &str) -> Result<()> {
        let own = principal.unit.as_deref().ok_or(AccessError::NoUnit)?;
        if !(principal.is(Role::Supervisor) || principal.is(Role::StationOfficer)) {
            return Err(AccessError::Denied("only a supervisor or the officer in charge of a station supervises".into()).into());
        }
        if self.store.unit_tree(own).await?.iter().any(|below| below == unit.trim()) {
            return Ok(());
        }
        Err(AccessError::NotBelow { unit: unit.trim().to_owned(), own: own.to_owned() }.into())
    }

    async fn expect_work(&self, id: &str) -> Result<Row> {
        Ok(self.store.work(id).await?.ok_or_else(|| AccessError::Unknown(id.to_owned()))?)
    }

    /// A piece of work and its team, for one of them, for whoever opened it, or for their superior.
    pub async fn piece(&self, principal: &Principal, id: &str, now: DateTime<Utc>) -> Result<(Piece, Vec<Member>)> {
        let row = self.expect_work(id).await?;
        let standing = self.standing(principal, &row, now).await?;
        if standing == Standing::Left && self.may_lead(principal, &row).await.is_err() {
            // What somebody has nothing to do with does not exist for him.
            return Err(AccessError::Unknown(id.to_owned()).into());
        }
        let team = self.store.team(id).await?;
        Ok((Piece { row, standing }, team))
    }

    /// How somebody stands to a piece of work now.
    async fn standing(&self, principal: &Principal, row: &Row, now: DateTime<Utc>) -> Result<Standing> {
        // Served elsewhere when taken in: a transfer ends it at once.
        let unit = principal.unit.as_deref().unwrap_or_default();
        let member = self.store.member(&row.id, &principal.id).await?.is_some_and(|member| member.unit == unit);
        Ok(match member {
            false => Standing::Left,
            true if row.closed_at.is_some() => Standing::Closed,
            true if row.until_at <= micros(now) => Standing::Expired,
            true => Standing::Open,
        })
    }

    /// Whoever opened it leads it, and so do the officers in charge of and above the unit.
    async fn may_lead(&self, principal: &Principal, row: &Row) -> Result<()> {
        if row.opened_by == principal.id {
            return Ok(());
        }
        if let (Some(own), Some(unit)) = (&principal.unit, &row.unit)
            && (principal.is(Role::Supervisor) || principal.is(Role::StationOfficer))
            && self.store.unit_line(unit).await?.contains(own)
        {
            return Ok(());
        }
        Err(AccessError::NotLeading.into())
    }

    /// The same for a change; what somebody has nothing to do with does not exist for him.
    async fn leads(&self, principal: &Principal, row: &Row, now: DateTime<Utc>) -> Result<()> {
        match self.may_lead(principal, row).await {
            Err(crate::AccountError::Access(AccessError::NotLeading))
                if self.standing(principal, row, now).await? == Standing::Left =>
            {
                Err(AccessError::Unknown(row.id.clone()).into())
            }
            other => other,
        }
    }

    /// Closes a piece of work for everybody of its team.
    pub async fn close_work(&self, principal: &Principal, id: &str, now: DateTime<Utc>) -> Result<()> {
        let row = self.expect_work(id).await?;
        self.leads(principal, &row, now).await?;
        if self.store.close_work(id, &principal.id, micros(now)).await? { Ok(()) } else { Err(AccessError::Closed.into()) }
    }

    /// Takes somebody into a team: one who works on cases, with an open account.
    pub async fn join_team(&self, principal: &Principal, id: &str, account: &str, now: DateTime<Utc>) -> Result<()> {
        let row = self.expect_work(id).await?;
        self.leads(principal, &row, now).await?;
        if row.closed_at.is_some() || row.until_at <= micros(now) {
            return Err(AccessError::Closed.into());
        }
        if row.emergency == 1 || !matches!(row.purpose.as_str(), "case" | "complaint") {
            return Err(AccessError::Alone.into());
        }
        let other = self.principal(account, now).await?.ok_or_else(|| crate::AccountError::Unknown(account.to_owned()))?;
        if !other.roles.iter().any(|role| role.reads_cases()) {
            return Err(AccessError::Denied(format!("{account} has no role that works on cases")).into());
        }
        let unit = other.unit.unwrap_or_default();
        Ok(self.store.add_member(id, account, &unit, &principal.id, micros(now)).await?)
    }

    /// Takes somebody out of a team.
    pub async fn leave_team(&self, principal: &Principal, id: &str, account: &str, now: DateTime<Utc>) -> Result<()> {
        let row = self.expect_work(id).await?;
        if account != principal.id {
            self.leads(principal, &row, now).await?;
        }
        if self.store.remove_member(id, account, &principal.id, micros(now)).await? {
            Ok(())
        } else {
            Err(AccessError::NotMember(account.to_owned()).into())
        }
    }

    /// Pieces of work of somebody's, the newest first.
    pub async fn works(&self, principal: &Principal, now: DateTime<Utc>) -> Result<Vec<Piece>> {
        let mut out = Vec::new();
        for row in self.store.works_of(&principal.id).await? {
            let standing = self.standing(principal, &row, now).await?;
            out.push(Piece { row, standing });
        }
        Ok(out)
    }

    /// The open piece of work that fits what was said on a command line: a purpose, a reference, or both.
    pub async fn find_work(
        &self,
        principal: &Principal,
        purpose: Option<Purpose>,
        reference: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Row> {
        let wanted =
            reference.map(|text| text.parse::<model::FirRef>().map_or_else(|_| text.trim().to_owned(), |fir| fir.to_string()));
        let open = self.works(principal, now).await?.into_iter().filter(|piece| piece.standing == Standing::Open).map(|p| p.row);
        let fits = |row: &Row| {
            purpose.is_none_or(|p| p.as_str() == row.purpose)
                && wanted.as_ref().is_none_or(|w| *w == row.reference || Some(w.as_str()) == reference.filter(|r| *r == row.id))
        };
        let mut found = open.filter(|row| fits(row));
        found.next().ok_or_else(|| AccessError::NoneOpen.into())
    }

    /// Takes a piece of work in hand for a session.
    pub async fn take_work(&self, holder: &str, principal: &Principal, id: &str, now: DateTime<Utc>) -> Result<Row> {
        let row = self.expect_work(id).await?;
        match self.standing(principal, &row, now).await? {
            Standing::Open => {}
            Standing::Closed | Standing::Expired => return Err(AccessError::Closed.into()),
            Standing::Left => return Err(AccessError::Unknown(id.to_owned()).into()),
        }
        self.store.take_work(holder, &principal.id, id, micros(now)).await?;
        Ok(row)
    }

    pub async fn put_down(&self, holder: &str) -> Result<()> {
        Ok(self.store.put_down(holder).await?)
    }

    /// The principal with what his session has in hand, as it stands now.
    pub async fn at_work(&self, holder: &str, principal: Principal, now: DateTime<Utc>) -> Result<Principal> {
        match self.store.in_hand(holder, &principal.id).await? {
            Some(id) => self.with_work(principal, &id, now).await,
            None => Ok(principal),
        }
    }

    /// The principal with one piece of work in hand.
    pub async fn with_work(&self, mut principal: Principal, id: &str, now: DateTime<Utc>) -> Result<Principal> {
        let Some(row) = self.store.work(id).await? else { return Ok(principal) };
        let standing = self.standing(&principal, &row, now).await?;
        let purpose: Purpose = row.purpose.parse().map_err(|_| AccessError::Purpose)?;
        // What is not open to somebody is not told to him either.
        let granted = if standing == Standing::Open { self.store.granted(id).await? } else { Vec::new() };
        let mine = |r: &&Request, kind: &str| r.kind == kind && r.account == principal.id && r.until_at > micros(now);
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let mut authorities: Vec<Authority> = granted
            .iter()
            .filter(|r| r.kind == "authority")
            .map(|r| Authority {
                reference: r.reference.clone(),
                numbers: words(&r.items),
                from: time(r.from_at.unwrap_or_default()),
                to: time(r.to_at.unwrap_or_default()),
                until: time(r.until_at),
            })
            .collect();
        if standing == Standing::Open && row.emergency == 1 && !row.numbers.trim().is_empty() {
            authorities.push(Authority {
                reference: "emergency".into(),
                numbers: words(&row.numbers),
                from: DateTime::UNIX_EPOCH,
                to: time(row.until_at),
                until: time(row.until_at),
            });
        }
        let orders = granted
            .iter()
            .filter(|r| mine(r, "order"))
            .map(|r| Order { reference: r.reference.clone(), keys: keys(&r.items), until: time(r.until_at) })
            .collect();
        let releases = granted.iter().filter(|r| mine(r, "release")).flat_map(|r| words(&r.items)).collect();
        let units = match (&row.unit, purpose) {
            (Some(unit), Purpose::Supervision) => self.store.unit_tree(unit).await?,
            _ => Vec::new(),
        };
        let most = self.store.setting::<u64>(BULK).await?.unwrap_or(BULK_ROWS);
        principal.work = Some(Work {
            id: row.id,
            purpose,
            reference: if standing == Standing::Left { String::new() } else { row.reference },
            standing,
            until: time(row.until_at),
            emergency: row.emergency == 1,
            units,
            authorities,
            orders,
            most_rows: Some(most),
            releases,
        });
        Ok(principal)
    }
}

/// Keys as an order names them, and as the sources' own tables write the same person.
fn keys(items: &str) -> Vec<String> {
    let own = items.split_whitespace().filter_map(|key| key.strip_prefix("cctns:"));
    items.split_whitespace().chain(own).map(str::to_owned).collect()
}
