//! In which category the police hold somebody's data, and history sheets. Both are decisions of people: nothing here counts, scores or decides by
//! itself.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use governance::{Kind, Policies, Principal, Role, Step, permits};
use serde::Serialize;
use store::subject::{Category, Sheet, SheetStep};

use crate::access::AccessError;
use crate::ending::once;
use crate::error::Result;
use crate::work::said;
use crate::{Accounts, micros};

/// Categories a person's data may be put in; `erase` orders that it goes.
pub const CATEGORIES: [&str; 5] = ["accused", "victim", "witness", "contact", "erase"];

/// The setting of the days within which data about a person must be in a category, and what holds where it says nothing.
pub const CATEGORY_DAYS: &str = "subject.days";
pub(crate) const DAYS: u64 = 90;

/// How long a history sheet stays before it is to be looked at again.
pub const SHEET_REVIEW: TimeDelta = TimeDelta::days(365);

/// Whether a sheet's review is over due, or nearly.
pub const SHEET_SOON: TimeDelta = TimeDelta::days(30);

/// A sheet with its life, as whoever may see it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetTold {
    #[serde(flatten)]
    pub sheet: Sheet,
    pub steps: Vec<SheetStep>,
    pub may_decide: bool,
    pub may_review: bool,
    pub may_ask_close: bool,
}

/// What a decision on a sheet says.
#[derive(Debug, Clone, Default)]
pub struct SheetOrder {
    pub grant: bool,
    /// Number and date of the Superintendent's order.
    pub order_no: String,
    pub reason: String,
}

impl Accounts {
    /// Days within which data about a person must be in a category.
    pub async fn category_days(&self) -> Result<u64> {
        Ok(self.store.setting::<u64>(CATEGORY_DAYS).await?.unwrap_or(DAYS))
    }

    /// Puts somebody's data in a category, or orders that it goes. The caller has written it into the access log.
    pub async fn categorise(
        &self,
        principal: &Principal,
        policies: &Policies,
        subjects: &[String],
        category: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<()> {
        self.may_categorise(principal, policies, now)?;
        if !CATEGORIES.contains(&category) || subjects.is_empty() {
            return Err(AccessError::Category.into());
        }
        let decision = Category {
            subject: String::new(),
            category: category.to_owned(),
            reason: said(reason, 10, "reason")?,
            decided_by: principal.id.clone(),
            decided_at: micros(now),
        };
        Ok(self.store.categorise(subjects, &decision).await?)
    }

    /// Whether somebody decides on categories.
    pub fn may_categorise(&self, principal: &Principal, policies: &Policies, now: DateTime<Utc>) -> Result<()> {
        if principal.is(Role::Operator) {
            return Ok(());
        }
        Ok(permits(policies, principal, Step::Ask, Kind::Category, &principal.id, now).map_err(AccessError::Denied)?)
    }

    /// What was decided last of each of some persons, who are given by the ids that decisions on them are kept by. One question for all.
    pub async fn categories(&self, persons: &[&[String]]) -> Result<Vec<Option<Category>>> {
        let all: Vec<String> = persons.iter().flat_map(|ids| ids.iter().cloned()).collect();
        let mut newest: HashMap<String, Category> = HashMap::new();
        for decision in self.store.categories(&all).await? {
            let known = newest.entry(decision.subject.clone()).or_insert_with(|| decision.clone());
            if known.decided_at < decision.decided_at {
                *known = decision;
            }
        }
        let of = |ids: &&[String]| ids.iter().filter_map(|id| newest.get(id)).max_by_key(|d| d.decided_at).cloned();
        Ok(persons.iter().map(of).collect())
    }

    /// Asks for a history sheet: the officer in charge of a station, for the own station.
    pub async fn ask_sheet(
        &self,
        principal: &Principal,
        policies: &Policies,
        person: &str,
        subjects: &[String],
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<String> {
        permits(policies, principal, Step::Ask, Kind::Sheet, &principal.id, now).map_err(AccessError::Denied)?;
        let unit = principal.unit.clone().ok_or(AccessError::NoUnit)?;
        let sheet = Sheet {
            id: self.store.fresh_id(now),
            person: person.to_owned(),
            unit,
            asked_by: principal.id.clone(),
            changed_at: micros(now),
            ..Sheet::default()
        };
        let step = self.step(principal, &sheet.id, "ask", None, said(reason, 20, "reason")?, now);
        if self.store.ask_sheet(&sheet, subjects, &step).await? { Ok(sheet.id) } else { Err(AccessError::SheetThere.into()) }
    }

    /// Opens, refuses, closes or keeps a sheet: an officer of the rank of Superintendent or above, of the unit or above it, and never who asked.
    pub async fn decide_sheet(
        &self,
        principal: &Principal,
        policies: &Policies,
        id: &str,
        order: SheetOrder,
        now: DateTime<Utc>,
    ) -> Result<Sheet> {
        let sheet = self.known_sheet(principal, policies, id, now).await?;
        permits(policies, principal, Step::Approve, Kind::Sheet, &sheet.asked_by, now).map_err(AccessError::Denied)?;
        let reason = said(&order.reason, 20, "reason of the order")?;
        let number = said(&order.order_no, 3, "number of the order")?;
        let at = micros(now);
        let mut after = Sheet { changed_at: at, ..sheet.clone() };
        let step = match (sheet.state.as_str(), order.grant) {
            ("asked", true) => {
                after.state = "open".into();
                (after.order_no, after.opened_at) = (Some(number.clone()), Some(at));
                after.due_at = Some(micros(now + SHEET_REVIEW));
                "open"
            }
            ("asked", false) => {
                after.state = "refused".into();
                "refuse"
            }
            ("closing", true) => {
                after.state = "closed".into();
                (after.closed_at, after.due_at) = (Some(at), None);
                "close"
            }
            ("closing", false) => {
                after.state = "open".into();
                "keep"
            }
            _ => return Err(AccessError::Decided.into()),
        };
        let step = self.step(principal, id, step, Some(number), reason, now);
        self.keep(&sheet, after, &step).await
    }

    /// Notes the yearly look at a sheet; the next is due a year later.
    pub async fn review_sheet(
        &self,
        principal: &Principal,
        policies: &Policies,
        id: &str,
        finding: &str,
        now: DateTime<Utc>,
    ) -> Result<Sheet> {
        let sheet = self.known_sheet(principal, policies, id, now).await?;
        permits(policies, principal, Step::Review, Kind::Sheet, "", now).map_err(AccessError::Denied)?;
        if sheet.state != "open" {
            return Err(AccessError::SheetState(sheet.state).into());
        }
        let after = Sheet { due_at: Some(micros(now + SHEET_REVIEW)), changed_at: micros(now), ..sheet.clone() };
        let step = self.step(principal, id, "review", None, said(finding, 20, "finding")?, now);
        self.keep(&sheet, after, &step).await
    }

    /// Asks that a sheet be closed.
    pub async fn ask_sheet_close(
        &self,
        principal: &Principal,
        policies: &Policies,
        id: &str,
        reason: &str,
        now: DateTime<Utc>,
    ) -> Result<Sheet> {
        let sheet = self.known_sheet(principal, policies, id, now).await?;
        permits(policies, principal, Step::Ask, Kind::Sheet, &principal.id, now).map_err(AccessError::Denied)?;
        if sheet.state != "open" {
            return Err(AccessError::SheetState(sheet.state).into());
        }
        let after = Sheet { state: "closing".into(), asked_by: principal.id.clone(), changed_at: micros(now), ..sheet.clone() };
        let step = self.step(principal, id, "ask_close", None, said(reason, 20, "reason")?, now);
        self.keep(&sheet, after, &step).await
    }

    /// A sheet with its life.
    pub async fn sheet(&self, principal: &Principal, policies: &Policies, id: &str, now: DateTime<Utc>) -> Result<SheetTold> {
        let sheet = self.known_sheet(principal, policies, id, now).await?;
        let may = |step, asker: &str| permits(policies, principal, step, Kind::Sheet, asker, now).is_ok();
        let open = sheet.state == "open";
        Ok(SheetTold {
            steps: self.store.sheet_steps(id).await?,
            may_decide: matches!(sheet.state.as_str(), "asked" | "closing") && may(Step::Approve, &sheet.asked_by),
            may_review: open && may(Step::Review, ""),
            may_ask_close: open && may(Step::Ask, &principal.id),
            sheet,
        })
    }

    /// Sheets somebody may see, what changed last first.
    pub async fn sheets(&self, principal: &Principal, policies: &Policies, now: DateTime<Utc>) -> Result<Vec<Sheet>> {
        if !entitled(principal, policies, now) {
            return Ok(Vec::new());
        }
        let below = self.below(principal).await?;
        let mut all = self.store.sheets().await?;
        all.retain(|sheet| below.contains(&sheet.unit));
        Ok(all)
    }

    /// Sheets of a person that somebody may see, and that are or were in force.
    pub async fn sheets_of(
        &self,
        principal: &Principal,
        policies: &Policies,
        subjects: &[String],
        now: DateTime<Utc>,
    ) -> Result<Vec<Sheet>> {
        if !entitled(principal, policies, now) {
            return Ok(Vec::new());
        }
        let below = self.below(principal).await?;
        let mut all = self.store.sheets_of(subjects).await?;
        all.retain(|sheet| below.contains(&sheet.unit));
        Ok(all)
    }

    /// A sheet of the own unit or one below it; for everybody else there is none.
    async fn known_sheet(&self, principal: &Principal, policies: &Policies, id: &str, now: DateTime<Utc>) -> Result<Sheet> {
        let unknown = || AccessError::NoRequest(id.to_owned());
        let sheet = self.store.sheet(id).await?.filter(|_| entitled(principal, policies, now)).ok_or_else(unknown)?;
        if self.below(principal).await?.contains(&sheet.unit) { Ok(sheet) } else { Err(unknown().into()) }
    }

    async fn below(&self, principal: &Principal) -> Result<Vec<String>> {
        match &principal.unit {
            Some(unit) => Ok(self.store.unit_tree(unit).await?),
            None => Ok(Vec::new()),
        }
    }

    async fn keep(&self, before: &Sheet, after: Sheet, step: &SheetStep) -> Result<Sheet> {
        once(self.store.step_sheet(before, &after, step).await?)?;
        Ok(after)
    }

    fn step(
        &self,
        principal: &Principal,
        sheet: &str,
        step: &str,
        order_no: Option<String>,
        reason: String,
        now: DateTime<Utc>,
    ) -> SheetStep {
        SheetStep {
            id: self.store.fresh_id(now),
            sheet: sheet.to_owned(),
            step: step.to_owned(),
            by_account: principal.id.clone(),
            by_rank: principal.rank.as_str().to_owned(),
            order_no,
            reason,
            at: micros(now),
        }
    }
}

/// Who may know of sheets at all: whoever decides on them or looks at them again.
fn entitled(principal: &Principal, policies: &Policies, now: DateTime<Utc>) -> bool {
    [Step::Approve, Step::Review].into_iter().any(|step| permits(policies, principal, step, Kind::Sheet, "", now).is_ok())
}
