//! In which category the police hold data about somebody, as the sources' roles say it; and whose is in none.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use identity::{Key, public_id};
use lake::{Result, Session};
use serde::{Deserialize, Serialize};

use crate::mention::{self, Mention, PERSON_KEY, TABLE};
use crate::person::Person;
use crate::resolve;
use crate::sql;
use crate::standing;

/// Persons of one list at most.
const MOST: usize = 200;

/// Category of a data subject.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Accused or arrested in a case that is not over in the person's favour.
    Accused,
    Victim,
    /// Witness, or who made a report.
    Witness,
    /// Known by a phone or a vehicle alone.
    Contact,
    /// No source says why the police hold this; nor does an accusation that came to nothing.
    #[default]
    Uncategorised,
}

impl Category {
    /// The word in JSON and in page catalogues.
    pub fn as_str(self) -> &'static str {
        match self {
            Category::Accused => "accused",
            Category::Victim => "victim",
            Category::Witness => "witness",
            Category::Contact => "contact",
            Category::Uncategorised => "uncategorised",
        }
    }

    /// Of all that the sources say of one person; the gravest role counts.
    pub fn of<'a>(mentions: impl IntoIterator<Item = &'a Mention>) -> Category {
        mentions.into_iter().map(of_one).min().unwrap_or_default()
    }
}

fn of_one(m: &Mention) -> Category {
    match m.role.as_deref() {
        role if standing::accuses(role) => match &m.in_force {
            Some(now) if now.standing.cleared() => Category::Uncategorised,
            _ => Category::Accused,
        },
        Some("victim") => Category::Victim,
        Some("witness" | "complainant") => Category::Witness,
        Some("owner" | "subscriber") => Category::Contact,
        _ => Category::Uncategorised,
    }
}

/// Ids by which decisions on somebody are kept: of the person, and of each source's key, which stays when persons are joined or parted.
pub fn subjects(id: &str, mentions: &[Mention]) -> Vec<String> {
    let keys = mentions.iter().filter_map(|m| m.person_key.as_deref());
    let keys = keys.map(|key| public_id(&Key::new(PERSON_KEY, key)));
    let all: BTreeSet<String> = keys.chain([id.to_owned()]).collect();
    all.into_iter().collect()
}

impl Person {
    /// Ids by which decisions on this person are kept.
    pub fn subjects(&self) -> Vec<String> {
        subjects(&self.id, &self.mentions)
    }
}

/// Somebody whose data is in no category.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uncategorised {
    /// Public id; the page is found by it.
    pub person: String,
    pub name: Option<String>,
    /// Roles as shown: `other`, or the outcome of a case.
    pub roles: Vec<String>,
    /// When the data came in, or the case ended: the time runs from here.
    pub since: DateTime<Utc>,
    pub subjects: Vec<String>,
    pub rows: usize,
    pub sources: Vec<String>,
}

/// Persons in no category, whose time runs longest first. Sealed ones, and those a reader may not see, are not among them.
pub async fn uncategorised(session: &Session) -> Result<Vec<Uncategorised>> {
    let mut since: BTreeMap<String, DateTime<Utc>> = BTreeMap::new();
    let rest = format!(
        "WHERE person_key IS NOT NULL AND sealed = false AND (role IS NULL OR role = 'other') GROUP BY person_key ORDER BY since, person_key LIMIT {MOST}"
    );
    for row in sql::rows(session, TABLE, "person_key, min(_ingested_at) AS since", &rest).await?.iter() {
        if let (Some(key), Some(at)) = (row.text("person_key"), row.time("since")) {
            since.insert(key, at);
        }
    }
    if session.has("pole", "link") {
        let ended = format!(
            "SELECT person_key, max(since) AS since FROM pole.standing WHERE standing_in_force IN ('closed', 'discharged', 'acquitted') \
             GROUP BY person_key ORDER BY since, person_key LIMIT {MOST}"
        );
        for row in crate::rows::Rows::new(session.rows(&ended).await?)?.iter() {
            if let (Some(key), Some(at)) = (row.text("person_key"), row.time("since")) {
                since.insert(key, at);
            }
        }
    }
    if since.is_empty() {
        return Ok(Vec::new());
    }
    // All that is known of each of them: one in no category here may be a witness elsewhere.
    let own = mention::find(session, &sql::list("person_key", since.keys()), 10 * mention::MOST).await?;
    let linkage = session.linkage().await?;
    let mut persons: BTreeMap<String, Vec<Mention>> = BTreeMap::new();
    let mut linked: BTreeSet<u64> = BTreeSet::new();
    for m in own.into_iter().filter(|m| !m.sealed) {
        let Some(key) = &m.person_key else { continue };
        let alone = public_id(&Key::new(PERSON_KEY, key.as_str()));
        // A row that came in since the last run belongs to the person of its key.
        let person =
            linkage.as_ref().and_then(|l| resolve::of_mention(l, &m).map(|of| of.1).or_else(|| resolve::by_id(l, &alone)));
        linked.extend(person);
        persons.entry(person.map_or(alone, resolve::hex)).or_default().push(m);
    }
    // All of them at once: a query for each would take seconds.
    let mut known = match &linkage {
        Some(linkage) => resolve::members_of(session, linkage, &linked).await?,
        None => HashMap::new(),
    };
    let mut out = Vec::new();
    for (id, mut mentions) in persons {
        if let Some(all) = resolve::number(&id).and_then(|person| known.remove(&person)) {
            mentions = all;
        }
        let starts = mentions.iter().filter_map(|m| since.get(m.person_key.as_deref()?)).max().copied();
        let Some(since) = starts.filter(|_| Category::of(&mentions) == Category::Uncategorised) else { continue };
        let roles: BTreeSet<&str> = mentions.iter().filter_map(Mention::shown_role).collect();
        let sources: BTreeSet<&str> = mentions.iter().map(|m| m.origin.source.as_str()).collect();
        out.push(Uncategorised {
            name: mentions.iter().find_map(Mention::shown_name).map(String::from),
            roles: roles.into_iter().map(String::from).collect(),
            subjects: subjects(&id, &mentions),
            rows: mentions.len(),
            sources: sources.into_iter().map(String::from).collect(),
            person: id,
            since,
        });
    }
    out.sort_by(|a, b| (a.since, &a.person).cmp(&(b.since, &b.person)));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::Origin;
    use crate::standing::{InForce, Standing};

    #[test]
    fn the_gravest_role_is_the_category_and_an_accusation_that_ended_is_none() {
        let with = |role: &str, standing: Option<Standing>| Mention {
            role: Some(role.into()),
            in_force: standing.map(|standing| InForce { standing, since: None, origin: Origin::default() }),
            ..Mention::default()
        };
        for (mentions, category) in [
            (vec![with("owner", None), with("victim", None)], Category::Victim),
            (vec![with("accused", Some(Standing::Charged)), with("victim", None)], Category::Accused),
            (vec![with("accused", Some(Standing::Acquitted))], Category::Uncategorised),
            (vec![with("accused", Some(Standing::Acquitted)), with("complainant", None)], Category::Witness),
            (vec![with("other", None)], Category::Uncategorised),
            (vec![], Category::Uncategorised),
        ] {
            assert_eq!(Category::of(&mentions), category, "{mentions:?}");
        }
    }
}
