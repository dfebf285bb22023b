//! Units, their officers and approval steps. Whoever publishes for a unit sets up what is below it; the lake's operator, who holds the
//! files, sets up the first.

use chrono::{DateTime, Utc};
use governance::Principal;
use serde_json::json;
use store::social::{Account, Unit};

use super::{Desk, ROLES};
use crate::DeskError;

impl Desk {
    /// Accounts by their ids or handles.
    pub async fn channels(&self, given: &[String]) -> Result<Vec<Account>, DeskError> {
        let all = self.store.accounts().await?;
        let find = |wanted: &String| {
            let found: Vec<&Account> = all.iter().filter(|a| a.id == *wanted || a.handle == *wanted).collect();
            match found.as_slice() {
                [one] => Ok((*one).clone()),
                [] => Err(DeskError::Invalid(format!("there is no channel {wanted:?}; `sarovar channel list` shows all"))),
                _ => Err(DeskError::Invalid(format!("{wanted:?} is a handle on several networks; name the channel by its id"))),
            }
        };
        given.iter().map(find).collect()
    }

    /// Adds a unit, or changes its names and place.
    pub async fn put_unit(&self, who: &Principal, unit: &Unit, now: DateTime<Utc>) -> Result<(), DeskError> {
        if let Some(parent) = &unit.parent {
            self.store.unit(parent).await?;
            if self.store.unit_line(parent).await?.contains(&unit.code) {
                return Err(DeskError::Refused(format!("{} is below {}; a unit is not above itself", parent, unit.code)));
            }
        }
        let known = self.store.units().await?.iter().any(|u| u.code == unit.code);
        // Whoever has the unit, and whoever has the place it comes to.
        for code in known.then_some(&unit.code).into_iter().chain(&unit.parent) {
            self.sets_up(who, code).await?;
        }
        if !known && unit.parent.is_none() {
            self.sets_up(who, &unit.code).await?;
        }
        self.store.put_unit(unit).await?;
        self.record(who, now, "unit", &unit.code, &json!({ "unit": unit.code, "parent": unit.parent })).await
    }

    /// Gives somebody a role in a unit and those below.
    pub async fn give_role(
        &self,
        who: &Principal,
        person: &str,
        unit: &str,
        role: &str,
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        known_role(role)?;
        self.store.unit(unit).await?;
        self.sets_up(who, unit).await?;
        self.store.put_officer(person, unit, role).await?;
        self.record(who, now, "officer", unit, &json!({ "person": person, "unit": unit, "role": role })).await
    }

    /// Sets the approval steps of a unit for a kind (`*`: every kind).
    pub async fn set_steps(
        &self,
        who: &Principal,
        unit: &str,
        kind: &str,
        roles: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), DeskError> {
        roles.iter().try_for_each(|r| known_role(r))?;
        self.store.unit(unit).await?;
        self.sets_up(who, unit).await?;
        self.store.put_chain(unit, kind, &json!(roles).to_string()).await?;
        self.record(who, now, "steps", unit, &json!({ "unit": unit, "kind": kind, "roles": roles })).await
    }

    /// Refuses to show a unit's drafts, notes and items to somebody without a role there or above. The lake's operator reads all.
    pub async fn may_read(&self, who: &Principal, unit: &str) -> Result<(), DeskError> {
        if who.id == Principal::operator().id {
            return Ok(());
        }
        let (line, seats) = (self.store.unit_line(unit).await?, self.store.seats(&who.id).await?);
        if seats.iter().any(|seat| line.contains(seat)) {
            return Ok(());
        }
        Err(DeskError::Refused(format!("{} has no role in {unit} or a unit above it, and reads nothing of it", who.id)))
    }

    /// Whose list somebody is shown: the unit asked for, if it may be read; without one the unit of the first role. None: all units, for
    /// whoever has a role in the unit above all others, and for the lake's operator.
    pub async fn list_of(&self, who: &Principal, asked: &str) -> Result<Option<String>, DeskError> {
        if !asked.is_empty() {
            // A unit that is not there has nothing to be read.
            if self.store.unit(asked).await.is_ok() {
                self.may_read(who, asked).await?;
            }
            return Ok(self.store.scope(Some(asked)).await?);
        }
        if who.id == Principal::operator().id {
            return Ok(None);
        }
        let seats = self.store.seats(&who.id).await?;
        // Without a role there is nothing to be read: no unit has this code.
        let Some(first) = seats.first() else { return Ok(Some(String::new())) };
        for seat in &seats {
            if self.store.unit(seat).await?.parent.is_none() {
                return Ok(self.store.scope(Some(seat)).await?);
            }
        }
        Ok(Some(first.clone()))
    }

    async fn sets_up(&self, who: &Principal, unit: &str) -> Result<(), DeskError> {
        if who.id == Principal::operator().id { Ok(()) } else { self.need(who, unit, "publisher").await }
    }
}

fn known_role(role: &str) -> Result<(), DeskError> {
    if ROLES.contains(&role) {
        return Ok(());
    }
    Err(DeskError::Invalid(format!("there is no role {role:?}; known are {}", ROLES.join(", "))))
}
