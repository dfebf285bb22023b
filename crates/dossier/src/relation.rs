//! Links as rows state them.

use chrono::{DateTime, Utc};
use lake::{Result, Session};

use crate::fact::{Kind, Link, Origin, Target};
use crate::rows::Row;
use crate::sql;

pub(crate) const TABLE: &str = "pole.link";

const COLUMNS: &str =
    "from_kind, from_key, relation, to_kind, to_key, role, started_at, ended_at, attributes, _source, _object, _row";

/// Links read for one page at most.
const MOST: usize = 2000;

#[derive(Debug, Clone)]
pub(crate) struct Relation {
    pub from: Target,
    pub relation: String,
    pub to: Target,
    pub role: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub origin: Origin,
}

impl Relation {
    fn read(row: &Row<'_>) -> Option<Relation> {
        let end = |kind: &str, key: &str| {
            let key = row.text(key)?;
            Some(Target::new(Kind::of(&row.text(kind).unwrap_or_default(), &key), key))
        };
        Some(Relation {
            from: end("from_kind", "from_key")?,
            relation: row.text("relation").unwrap_or_default(),
            to: end("to_kind", "to_key")?,
            role: row.text("role"),
            started_at: row.time("started_at"),
            ended_at: row.time("ended_at"),
            origin: Origin::of(TABLE, row),
        })
    }

    /// The link as seen from the end that is not `target`.
    pub fn toward(&self, target: Target, through: &str) -> Link {
        Link {
            label: target.key.clone(),
            target,
            relation: self.relation.clone(),
            role: self.role.clone(),
            first: self.started_at,
            last: self.ended_at,
            through: through.into(),
            origins: vec![self.origin.clone()],
        }
    }

    /// The end that is not one of `keys`.
    pub fn other(&self, keys: &[String]) -> (&Target, &Target) {
        if keys.contains(&self.from.key) { (&self.to, &self.from) } else { (&self.from, &self.to) }
    }
}

/// Links that begin or end at one of `keys`, as a thing of `kind` (a kind word of the table).
pub(crate) async fn of(session: &Session, kind: &str, keys: &[String]) -> Result<Vec<Relation>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let kind = sql::text(kind);
    // Records of a standing are read by their own rule: see `crate::standing`.
    let condition = format!(
        "relation <> '{}' AND ((from_kind = {kind} AND {}) OR (to_kind = {kind} AND {}))",
        lake::standing::RELATION,
        sql::list("from_key", keys),
        sql::list("to_key", keys)
    );
    let rest = format!("WHERE {condition} ORDER BY _source, _object, _row LIMIT {MOST}");
    Ok(sql::rows(session, TABLE, COLUMNS, &rest).await?.iter().filter_map(|r| Relation::read(&r)).collect())
}
