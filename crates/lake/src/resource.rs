//! What policy is told of a table: the classes of its columns, its seals, its stations, and how an authority finds its rows.

use arrow::datatypes::Fields;
use governance::{Calls, Resource, ResourceColumn, Station};
use model::Classification;
use sources::Contract;
use sources::contract::{Clean, Physical};

use crate::Lake;
use crate::home::TableName;
use crate::standing;

/// What an authority names in the POLE tables: columns of any number, handset or cell, and the instant of the row.
const NAMED: &[(&str, &[&str], Option<&str>)] = &[
    ("person_mention", &["phone"], None),
    ("object", &["key"], None),
    ("location", &["key"], None),
    ("event", &["key"], None),
    ("link", &["from_key", "to_key"], None),
];

impl Lake {
    pub(crate) fn resource(&self, name: &TableName) -> Resource {
        let contract = self.contracts().into_iter().find(|c| TableName::clean(&c.name).name == name.name);
        let authority_required = contract.as_ref().is_some_and(|c| c.authority_required);
        let table = name.to_string();
        match (name.area.as_str(), &contract) {
            ("clean", Some(contract)) => clean(table, contract),
            ("pole", _) if name.name == standing::TABLE => self.pole(table, name, standing::schema().fields()),
            ("pole", _) => match crate::pole::find(&name.name) {
                Some(known) => self.pole(table, name, known.schema().fields()),
                None => Resource { table, ..Resource::default() },
            },
            ("quarantine", _) => {
                let columns = classed(name, crate::quarantine::schema().fields());
                Resource { table, columns, authority_required, ..Resource::default() }
            }
            _ => Resource { table, authority_required, ..Resource::default() },
        }
    }

    fn pole(&self, table: String, name: &TableName, fields: &Fields) -> Resource {
        let has = |column: &str| fields.iter().any(|f| f.name() == column);
        let sources: Vec<String> = self.contracts().iter().filter(|c| c.authority_required).map(|c| c.name.clone()).collect();
        let named = NAMED.iter().find(|(table, ..)| *table == name.name);
        let calls = named.filter(|_| !sources.is_empty()).map(|(_, columns, time)| {
            let columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
            Calls { sources, phones: columns.clone(), handsets: columns.clone(), cells: columns, time: time.map(str::to_owned) }
        });
        let station = ["station", "case_key", "event_key"].into_iter().find(|c| has(c)).map(|c| Station::Key(c.into()));
        Resource {
            table,
            columns: classed(name, fields),
            authority_required: false,
            calls,
            seal: has("sealed").then(|| "sealed".into()),
            blank_is_open: false,
            keys: ["person_key", "event_key"].into_iter().filter(|c| has(c)).map(str::to_owned).collect(),
            station,
        }
    }
}

fn classed(name: &TableName, fields: &Fields) -> Vec<ResourceColumn> {
    let personal = fields.iter().filter(|f| crate::catalog::default_class(name, f.name()) == "personal");
    personal.map(|f| ResourceColumn { name: f.name().clone(), classification: Classification::Personal }).collect()
}

fn clean(table: String, contract: &Contract) -> Resource {
    let of = |step: &dyn Fn(&Clean) -> bool| -> Vec<String> {
        contract.columns.iter().filter(|c| c.clean.iter().any(step)).map(|c| c.name.clone()).collect()
    };
    // An authority names the number asked about: the one the rows are told apart by. The other party's is not asked about.
    let keyed = |columns: Vec<String>| -> Vec<String> {
        let key: Vec<String> =
            columns.iter().filter(|n| contract.column(n).is_some_and(|c| c.key_position.is_some())).take(1).cloned().collect();
        if key.is_empty() { columns } else { key }
    };
    let calls = contract.authority_required.then(|| Calls {
        sources: Vec::new(),
        phones: keyed(of(&|step| matches!(step, Clean::Phone | Clean::PhoneStrict))),
        handsets: of(&|step| matches!(step, Clean::Imei)),
        cells: of(&|step| matches!(step, Clean::Cell)),
        // Where the instant tells rows apart it is the record's own; another one says when somebody wrote it down.
        time: contract
            .columns
            .iter()
            .find(|c| c.physical == Physical::Timestamp && c.key_position.is_some())
            .map(|c| c.name.clone()),
    });
    let has = |column: &str| contract.column(column).is_some();
    let mut columns: Vec<ResourceColumn> =
        contract.columns.iter().map(|c| ResourceColumn { name: c.name.clone(), classification: c.classification }).collect();
    // The hash of a key is no better hidden than the key: there are few enough numbers to try them all.
    let key = contract.columns.iter().filter(|c| c.key_position.is_some()).map(|c| c.classification).max();
    if let Some(classification) = key.filter(|class| *class >= Classification::Personal) {
        columns.push(ResourceColumn { name: "_key".into(), classification });
    }
    Resource {
        columns,
        authority_required: contract.authority_required,
        calls,
        seal: contract.column("sealed").filter(|c| c.physical == Physical::Boolean).map(|c| c.name.clone()),
        blank_is_open: true,
        keys: ["person_key", "event_key", "person_id"].into_iter().filter(|c| has(c)).map(str::to_owned).collect(),
        station: has("station_code").then(|| Station::Code("station_code".into())),
        table,
    }
}
