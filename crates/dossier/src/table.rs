//! A dossier as flat tables: for exports and the command line. Columns and words are codes, the same in every language.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use chrono::{DateTime, Utc};
use lake::{LakeError, Result};

use crate::fact::{Group, Link, Moment, Origin};
use crate::person::Because;
use crate::{Case, Mention, Person, Phone, Vehicle};

/// Named columns of text; instants are ISO 8601 in Indian time, absent values null.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// `facts`, `links`, `timeline`, `mentions`, `reasons`, `contacts`, `sightings`, `persons`, `sections`.
    pub name: &'static str,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<Option<String>>>,
}

/// Every dossier is some of these tables; each has `facts`, and `links` where there can be any.
pub trait Tables {
    fn tables(&self) -> Vec<Table>;

    /// One table by its name.
    fn table(&self, name: &str) -> Option<Table> {
        self.tables().into_iter().find(|t| t.name == name)
    }
}

impl Table {
    fn new(name: &'static str, columns: &[&'static str]) -> Table {
        let origin = ["source", "object", "row"];
        Table { name, columns: columns.iter().copied().chain(origin).collect(), rows: Vec::new() }
    }

    /// One row for each witness, so that a table can be joined with the rows it comes from.
    fn push<'a>(&mut self, cells: &[Option<String>], origins: impl IntoIterator<Item = &'a Origin>) {
        for origin in origins {
            let of = [origin.source.clone(), origin.object.clone(), origin.row.to_string()];
            self.rows.push(cells.iter().cloned().chain(of.map(Some)).collect());
        }
    }

    /// As Arrow: every column is nullable text.
    pub fn batch(&self) -> Result<(SchemaRef, RecordBatch)> {
        let fields: Vec<Field> = self.columns.iter().map(|name| Field::new(*name, DataType::Utf8, true)).collect();
        let schema = Arc::new(Schema::new(fields));
        let column = |i: usize| -> ArrayRef {
            Arc::new(self.rows.iter().map(|row| row.get(i).and_then(Option::as_deref)).collect::<StringArray>())
        };
        let columns = (0..self.columns.len()).map(column).collect();
        let batch = RecordBatch::try_new(schema.clone(), columns).map_err(|e| LakeError::Invalid(e.to_string()))?;
        Ok((schema, batch))
    }
}

fn time(at: Option<DateTime<Utc>>) -> Option<String> {
    at.map(|t| model::time::format_ist(t.timestamp_micros()))
}

fn some(text: impl Into<String>) -> Option<String> {
    Some(text.into()).filter(|t| !t.is_empty())
}

fn facts(groups: &[Group]) -> Table {
    let mut out = Table::new("facts", &["attribute", "value", "note"]);
    for group in groups {
        for fact in &group.facts {
            out.push(&[some(group.attribute.word()), some(&fact.value), fact.note.clone()], &fact.origins);
        }
    }
    out
}

fn links<'a>(all: impl IntoIterator<Item = &'a Link>) -> Table {
    let mut out = Table::new("links", &["kind", "key", "label", "relation", "role", "through", "first", "last"]);
    for link in all {
        let cells = [
            some(link.target.kind.word()),
            some(&link.target.key),
            some(&link.label),
            some(&link.relation),
            link.role.clone(),
            some(&link.through),
            time(link.first),
            time(link.last),
        ];
        out.push(&cells, &link.origins);
    }
    out
}

fn timeline(moments: &[Moment]) -> Table {
    let mut out = Table::new("timeline", &["at", "kind", "title", "detail", "about"]);
    for moment in moments {
        let about = moment.target.as_ref().map(|t| t.key.clone());
        out.push(&[time(moment.at), some(&moment.kind), some(&moment.title), some(&moment.detail), about], [&moment.origin]);
    }
    out
}

fn mentions(all: &[Mention]) -> Table {
    let mut out = {
        let columns = ["role", "name", "name_local", "relative", "address", "phone", "person_key", "event_key"];
        let standing = ["standing_in_force", "since"];
        Table::new("mentions", &columns.iter().chain(&standing).copied().collect::<Vec<_>>())
    };
    for m in all {
        let cells = [
            m.shown_role().map(String::from),
            m.name.clone(),
            m.name_local.clone(),
            m.relative_name.clone(),
            m.address.clone(),
            m.phone.clone(),
            m.person_key.clone(),
            m.event_key.clone(),
            m.in_force.as_ref().map(|f| f.standing.as_str().into()),
            time(m.in_force.as_ref().and_then(|f| f.since)),
        ];
        out.push(&cells, [&m.origin]);
    }
    out
}

impl Tables for Person {
    fn tables(&self) -> Vec<Table> {
        let mut reasons = Table::new("reasons", &["kind", "value"]);
        for reason in &self.reasons {
            let (kind, value) = match &reason.because {
                Because::Key(key) => (key.kind.clone(), key.value.clone()),
                Because::Judgement(judgement) => ("judgement".into(), judgement.why.clone()),
            };
            reasons.push(&[some(kind), some(value)], &reason.mentions);
        }
        for evidence in &self.evidence {
            reasons.push(&[some("linkage"), some(evidence.why.en.join(" "))], &evidence.mentions);
        }
        vec![facts(&self.groups), links(&self.links), timeline(&self.timeline), mentions(&self.mentions), reasons]
    }
}

impl Tables for Phone {
    fn tables(&self) -> Vec<Table> {
        let mut contacts = Table::new("contacts", &["other", "records", "outgoing", "seconds", "first", "last"]);
        for c in &self.contacts {
            let [records, outgoing, seconds] = [c.records, c.outgoing, c.seconds].map(|n| some(n.to_string()));
            contacts.push(&[some(&c.other), records, outgoing, seconds, time(c.first), time(c.last)], [&c.origin]);
        }
        let all = self.persons.iter().chain(&self.handsets).chain(&self.cases);
        let mut facts = crate::person::facts(&self.mentions);
        facts.extend(self.groups.iter().cloned());
        vec![self::facts(&facts), links(all), timeline(&self.timeline), mentions(&self.mentions), contacts]
    }
}

impl Tables for Vehicle {
    fn tables(&self) -> Vec<Table> {
        let mut sightings = Table::new("sightings", &["at", "camera", "lat", "lon", "direction", "confidence"]);
        for s in &self.track {
            let [lat, lon, confidence] = [s.lat, s.lon, s.confidence].map(|n| n.map(|n| n.to_string()));
            sightings.push(&[time(s.at), some(&s.camera), lat, lon, s.direction.clone(), confidence], [&s.origin]);
        }
        let all = self.links.iter().chain(&self.cases);
        vec![facts(&self.groups), links(all), timeline(&self.timeline), mentions(&self.owners), sightings]
    }
}

impl Tables for Case {
    fn tables(&self) -> Vec<Table> {
        let mut persons = Table::new(
            "persons",
            &["role", "name", "name_local", "person_key", "standing", "standing_in_force", "since", "withheld"],
        );
        for p in &self.persons {
            let cells = [
                some(p.shown_role()),
                p.name.clone(),
                p.name_local.clone(),
                p.person_key.clone(),
                p.standing.clone(),
                p.in_force.as_ref().map(|f| f.standing.as_str().into()),
                time(p.in_force.as_ref().and_then(|f| f.since)),
                some(p.withheld.to_string()),
            ];
            persons.push(&cells, &p.origins);
        }
        let mut sections =
            Table::new("sections", &["act", "section", "applies", "other_act", "other_section", "title", "title_local"]);
        for law in &self.laws {
            for c in &law.corresponding {
                let cells = [
                    some(&law.act),
                    some(&law.section),
                    law.applies.map(|a| a.to_string()),
                    some(&c.act),
                    some(&c.section),
                    c.title.clone(),
                    c.title_local.clone(),
                ];
                sections.push(&cells, [&c.origin]);
            }
        }
        vec![facts(&self.groups), links(&self.property), timeline(&self.timeline), persons, sections]
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::Array;

    use super::*;
    use crate::fact::{Attribute, Fact};

    #[test]
    fn each_witness_is_a_row() {
        let origin = |row| Origin { table: "pole.x".into(), source: "a.b".into(), object: "00".into(), row };
        let fact = Fact { value: "A".into(), note: None, target: None, origins: vec![origin(1), origin(7)] };
        let table = facts(&[Group { attribute: Attribute::Name, facts: vec![fact] }]);
        assert_eq!(table.columns, ["attribute", "value", "note", "source", "object", "row"]);
        assert_eq!(table.rows.iter().map(|r| r[5].as_deref()).collect::<Vec<_>>(), [Some("1"), Some("7")]);
        let (schema, batch) = table.batch().unwrap();
        assert_eq!((schema.fields().len(), batch.num_rows(), batch.column(2).null_count()), (6, 2, 2));
    }
}
