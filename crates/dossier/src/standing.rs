//! How the persons of mentions stand in law: the word of the newest decision on record beside what each row says.
//!
//! Everything that reads mentions ([`mention::find`], the members of a person, the sides of a pair) passes here, so that no page, search, export or
//! command shows an accusation without what became of it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use lake::{Result, Session};
use serde::{Deserialize, Serialize};

pub use model::Standing;

use crate::fact::Origin;
use crate::mention::Mention;
use crate::relation;

/// What is in force for a person in a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InForce {
    pub standing: Standing,
    pub since: Option<DateTime<Utc>>,
    /// The row of the decision.
    pub origin: Origin,
}

/// A person's standing in one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stand {
    /// `fir:…`
    pub case: String,
    #[serde(flatten)]
    pub in_force: InForce,
}

impl InForce {
    fn of(found: &lake::standing::InForce) -> InForce {
        let row = &found.row;
        let origin =
            Origin { table: relation::TABLE.into(), source: row.source.clone(), object: row.object.clone(), row: row.row };
        InForce { standing: found.standing, since: found.since, origin }
    }
}

/// Whether a role accuses.
pub(crate) fn accuses(role: Option<&str>) -> bool {
    matches!(role, Some("accused" | "arrested" | "suspect"))
}

/// Puts beside each mention how its person stands in its case. Who is accused without a record of their own stands as the case does.
pub(crate) async fn attach(session: &Session, mentions: &mut [Mention]) -> Result<()> {
    let of_case = |m: &Mention| m.event_key.clone().filter(|k| k.starts_with("fir:") && m.role.as_deref() != Some("officer"));
    let cases: BTreeSet<String> = mentions.iter().filter_map(of_case).collect();
    if cases.is_empty() {
        return Ok(());
    }
    let told = session.standings(&cases).await?;
    for m in mentions {
        let Some(case) = of_case(m) else { continue };
        let own = m.person_key.as_deref().and_then(|key| told.person(&case, key));
        let whole = || told.whole(&case).filter(|_| accuses(m.role.as_deref()));
        m.in_force = own.or_else(whole).map(InForce::of);
    }
    Ok(())
}

/// The standings of a person's mentions, one a case.
pub(crate) fn of(mentions: &[Mention]) -> Vec<Stand> {
    let mut seen = BTreeSet::new();
    let told = mentions.iter().filter_map(|m| Some((m.event_key.clone()?, m.in_force.clone()?)));
    told.filter(|(case, _)| seen.insert(case.clone())).map(|(case, in_force)| Stand { case, in_force }).collect()
}

/// The role a row gives somebody in a case, or the outcome where nothing is held against them any more.
pub async fn shown_role(session: &Session, case: &str, person_key: &str, role: Option<String>) -> Result<Option<String>> {
    let key = (!person_key.is_empty()).then(|| person_key.to_owned());
    let mut one = [Mention { role, person_key: key, event_key: Some(case.to_owned()), ..Mention::default() }];
    attach(session, &mut one).await?;
    Ok(one[0].shown_role().map(str::to_owned))
}
