//! A person as one row of one source names them, and the identifiers that row states.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use identity::{Key, Linked, Rules, link, name};
use lake::{Result, Session};
use serde::{Deserialize, Serialize};

use crate::fact::Origin;
use crate::rows::Row;
use crate::sql;
use crate::standing::{self, InForce};

pub(crate) const TABLE: &str = "pole.person_mention";

/// Mentions read for one page at most; a page that reaches it says so.
pub(crate) const MOST: usize = 2000;

pub(crate) const COLUMNS: &str = "role, name, name_local, alias, relation, relative_name, relative_name_local, sex, birth_date, birth_year, age, age_on, \
    address, village, thana, district, pincode, nationality, occupation, phone, id_type, id_value, person_key, event_key, standing, sealed, \
    event_time, _source, _object, _row";

/// What a hit of a search shows of a mention, and what it is found and joined by.
pub(crate) const FOUND: &str = "role, name, name_local, alias, relation, relative_name, relative_name_local, address, village, thana, district, \
    pincode, phone, id_type, id_value, person_key, event_key, sealed, _source, _object, _row";

/// Kinds of identifiers that join mentions. The words are part of public ids: see [`identity::public_id`].
pub(crate) const ID: &str = "id";
pub(crate) const PERSON_KEY: &str = "person_key";
pub(crate) const PHONE_NAME: &str = "phone_name";

/// An identifier as a page shows it.
pub type MentionKey = Key;

/// One row that speaks of a person. What policy hides in it is absent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    pub role: Option<String>,
    pub name: Option<String>,
    pub name_local: Option<String>,
    pub alias: Option<String>,
    pub relation: Option<String>,
    pub relative_name: Option<String>,
    pub relative_name_local: Option<String>,
    pub sex: Option<String>,
    /// `1990-06-05`
    pub birth_date: Option<String>,
    pub birth_year: Option<i64>,
    /// Years, on the day `age_on`.
    pub age: Option<i64>,
    pub age_on: Option<String>,
    pub address: Option<String>,
    pub nationality: Option<String>,
    pub occupation: Option<String>,
    pub phone: Option<String>,
    pub id_type: Option<String>,
    pub id_value: Option<String>,
    pub person_key: Option<String>,
    pub event_key: Option<String>,
    /// As the source says.
    pub standing: Option<String>,
    /// How the person stands in the case by the newest decision on record.
    #[serde(default)]
    pub in_force: Option<InForce>,
    /// The identity is withheld by law (BNS s.72, POCSO s.23, JJ Act s.74); true also where the row does not say.
    pub sealed: bool,
    pub event_time: Option<DateTime<Utc>>,
    pub origin: Origin,
}

impl Mention {
    pub(crate) fn read(row: &Row<'_>) -> Mention {
        let text = |column| row.text(column);
        let mut address: Vec<String> =
            ["address", "village", "thana", "district", "pincode"].iter().filter_map(|c| text(c)).collect();
        address.dedup();
        Mention {
            role: text("role"),
            name: text("name"),
            name_local: text("name_local"),
            alias: text("alias"),
            relation: text("relation"),
            relative_name: text("relative_name"),
            relative_name_local: text("relative_name_local"),
            sex: text("sex"),
            birth_date: text("birth_date"),
            birth_year: row.int("birth_year"),
            age: row.int("age"),
            age_on: text("age_on"),
            address: (!address.is_empty()).then(|| address.join(", ")),
            nationality: text("nationality"),
            occupation: text("occupation"),
            phone: text("phone"),
            id_type: text("id_type"),
            id_value: text("id_value"),
            person_key: text("person_key"),
            event_key: text("event_key"),
            standing: text("standing"),
            in_force: None,
            sealed: row.flag("sealed").unwrap_or(true),
            event_time: row.time("event_time"),
            origin: Origin::of(TABLE, row),
        }
    }

    /// Stable within a lake: one row of one file, and whom it names there.
    pub fn id(&self) -> String {
        id(&self.origin, self.person_key.as_deref().or(self.role.as_deref()))
    }

    /// What linkage knows this mention by: of the sealed, nothing that is hidden.
    pub(crate) fn linked_by(&self) -> u64 {
        let who = self.person_key.as_deref().filter(|_| !self.sealed).or(self.role.as_deref());
        crate::resolve::hash("mention", &id(&self.origin, who))
    }

    /// The role to show. Of somebody against whom nothing is held any more it is the outcome, never the accusation.
    pub fn shown_role(&self) -> Option<&str> {
        match &self.in_force {
            Some(now) if now.standing.cleared() => Some(now.standing.as_str()),
            _ => self.role.as_deref(),
        }
    }

    /// The name to show: in the source's Latin letters, else in its own script.
    pub fn shown_name(&self) -> Option<&str> {
        self.name.as_deref().or(self.name_local.as_deref())
    }

    /// Identifiers exact enough to join by. A name is one only together with a phone; a number that is masked or stands
    /// for "none" is not.
    pub(crate) fn keys(&self) -> Vec<Key> {
        let mut keys = Vec::new();
        if let Some(key) = &self.person_key {
            keys.push(Key::new(PERSON_KEY, key.as_str()));
        }
        if let (Some(kind), Some(value)) = (&self.id_type, &self.id_value)
            && tells(value)
        {
            keys.push(Key::new(ID, id_value(kind, value)));
        }
        if let Some(phone) = self.joining_phone() {
            for name in [&self.name, &self.name_local].into_iter().flatten() {
                let name = name::plain(name);
                if !name::is_placeholder(&name) {
                    keys.push(Key::new(PHONE_NAME, format!("{phone} {name}")));
                }
            }
        }
        keys
    }

    pub(crate) fn joining_phone(&self) -> Option<&str> {
        self.phone.as_deref().filter(|p| p.len() == 10 && tells(p))
    }

    pub(crate) fn joining_id(&self) -> Option<String> {
        self.id_value.as_deref().filter(|v| self.id_type.is_some() && tells(v)).map(str::to_uppercase)
    }
}

fn id(origin: &Origin, who: Option<&str>) -> String {
    format!("{}/{}/{}/{}", origin.source, origin.object, origin.row, who.unwrap_or_default())
}

/// [`Mention::id`] of a row that is read unmasked: of the sealed, as it would be without what is hidden.
pub(crate) fn id_of(row: &Row<'_>, sealed: bool) -> String {
    let who = row.text("person_key").filter(|_| !sealed).or_else(|| row.text("role"));
    id(&Origin::of(TABLE, row), who.as_deref())
}

/// The comparable text of an identity document; queries build the same one (`by_public_id`).
pub(crate) fn id_value(kind: &str, value: &str) -> String {
    format!("{}|{}", kind.to_lowercase(), value.to_uppercase())
}

/// Whether a number can tell one person from another: long enough, not masked, not one sign over and over.
pub(crate) fn tells(value: &str) -> bool {
    let mut signs: Vec<char> = value.chars().filter(|c| c.is_alphanumeric()).collect();
    let (long, digits) = (signs.len() >= 4, signs.iter().any(char::is_ascii_digit));
    signs.sort_unstable();
    signs.dedup();
    long && digits && signs.len() > 1 && !value.to_uppercase().contains("XXXX")
}

/// Mentions for which `condition` (SQL over `pole.person_mention`) holds, in a fixed order.
pub(crate) async fn find(session: &Session, condition: &str, most: usize) -> Result<Vec<Mention>> {
    let rest = format!("WHERE {condition} ORDER BY _source, _object, _row LIMIT {most}");
    let mut found: Vec<Mention> = sql::rows(session, TABLE, COLUMNS, &rest).await?.iter().map(|r| Mention::read(&r)).collect();
    standing::attach(session, &mut found).await?;
    Ok(found)
}

/// Condition for mentions that have a key whose public id is `id`. Phone and name have no column of their own and are
/// looked for by [`by_phone_name`].
pub(crate) fn by_public_id(id: &str) -> String {
    let hash = |text: &str| format!("substr(encode(sha256({text}), 'hex'), 1, 16) = {}", sql::text(id));
    format!(
        "(person_key IS NOT NULL AND {}) OR (id_type IS NOT NULL AND id_value IS NOT NULL AND {})",
        hash(&format!("'{PERSON_KEY}=' || person_key")),
        hash(&format!("'{ID}=' || lower(id_type) || '|' || upper(id_value)")),
    )
}

/// Condition for mentions that phone and name alone can join.
pub(crate) fn by_phone_name() -> &'static str {
    "phone IS NOT NULL AND person_key IS NULL"
}

/// Groups mentions. A source's own person key is its statement and has no bound; an identity document or a phone with a
/// name that very many share identifies nobody.
pub(crate) fn grouped(mentions: &[Mention]) -> Linked {
    let rules = Rules { most_of: BTreeMap::from([(PERSON_KEY.to_string(), usize::MAX)]), ..Rules::default() };
    let all: Vec<identity::Mention> = mentions.iter().map(|m| identity::Mention { id: m.id(), keys: m.keys() }).collect();
    link(&all, &[], &rules)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn mention(row: i64, person_key: &str, name: &str, phone: &str, id: &str) -> Mention {
        let some = |t: &str| (!t.is_empty()).then(|| t.to_string());
        Mention {
            name: some(name),
            phone: some(phone),
            id_type: some(id).map(|_| "Voter Id".into()),
            id_value: some(id),
            person_key: some(person_key),
            origin: Origin { table: TABLE.into(), source: "a.b".into(), object: "00".into(), row },
            ..Mention::default()
        }
    }

    #[test]
    fn a_name_joins_only_with_its_phone() {
        let all = [
            mention(1, "x:1", "Parikshan Kumar", "7000000101", ""),
            mention(2, "y:1", "PARIKSHAN  KUMAR", "7000000101", ""),
            mention(3, "x:2", "Parikshan Kumar", "", ""),
            mention(4, "x:3", "Namuna Devi", "7000000101", ""),
            mention(5, "x:4", "Unknown", "7000000101", ""),
            mention(6, "y:5", "unknown", "7000000101", ""),
        ];
        let linked = grouped(&all);
        assert_eq!(linked.clusters.len(), 5);
        assert_eq!(linked.clusters[0].mentions, [all[0].id(), all[1].id()]);
    }

    #[test]
    fn documents_join_unless_they_are_masked_or_empty_words() {
        let pair = |id: &str| grouped(&[mention(1, "x:1", "A", "", id), mention(2, "x:2", "B", "", id)]).clusters.len();
        assert_eq!(pair("TST0000001"), 1);
        for id in ["XXXXXXXX1234", "xxxx-1234", "NA", "0000", "12", "NONE"] {
            assert_eq!(pair(id), 2, "{id}");
        }
    }

    #[test]
    fn a_person_key_has_no_bound() {
        let all: Vec<_> = (0..80).map(|i| mention(i, "x:1", "A", "", "")).collect();
        assert_eq!(grouped(&all).clusters.len(), 1);
    }

    #[test]
    fn addresses_say_each_part_once() {
        use arrow::array::{ArrayRef, RecordBatch, StringArray};
        use std::sync::Arc;
        let column = |v: &str| Arc::new(StringArray::from(vec![v])) as ArrayRef;
        let batch = RecordBatch::try_from_iter([
            ("village", column("AJMER")),
            ("district", column("AJMER")),
            ("pincode", column("305001")),
        ])
        .unwrap();
        let rows = crate::rows::Rows::new(vec![batch]).unwrap();
        let mention = rows.iter().next().map(|r| Mention::read(&r)).unwrap();
        assert_eq!(mention.address.as_deref(), Some("AJMER, 305001"));
        assert!(mention.sealed, "a row that does not say is treated as sealed");
    }
}
