//! What somebody may see, row by row and cell by cell, in the words of the policies and of the law behind them. Slow, and nothing of the
//! program's own deciding, compiling or querying is used: rules are restated here as plain conditions.

use governance::Role;
use model::{Classification, Purpose};

use super::world::{Calls, Station, Table, V};

/// An operator's own rule, of the kinds that are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Own {
    /// This role does not query that table.
    NoQuery(Role, &'static str),
    /// This role sees no personal value in the tables drawn from sources.
    NoPersonal(Role),
    /// This role reads only the rows of its own units, whatever the purpose.
    Stations(Role),
    /// Engineers see personal values, as far as no seal forbids it.
    OpenEngineers,
}

impl Own {
    /// The same in Cedar.
    pub fn cedar(self) -> String {
        let role = |role: Role| format!("principal in Sarovar::Role::\"{}\"", role.as_str());
        match self {
            Own::NoQuery(who, table) => format!(
                "@id(\"own\") @rule(\"Not this table\") @law(\"Test\")\nforbid ({}, action == Sarovar::Action::\"query\", resource is Sarovar::Table) when {{ resource.name == \"{table}\" }};",
                role(who)
            ),
            Own::NoPersonal(who) => format!(
                "@id(\"own\") @rule(\"No personal values\") @law(\"Test\")\nforbid ({}, action == Sarovar::Action::\"show\", resource is Sarovar::Value) when {{ resource.area == \"pole\" && resource.class == \"personal\" }};",
                role(who)
            ),
            Own::Stations(who) => format!(
                "@id(\"own\") @rule(\"Own stations\") @law(\"Test\")\nforbid ({}, action == Sarovar::Action::\"reach\", resource is Sarovar::Rows) when {{ resource.kind == \"elsewhere\" }};",
                role(who)
            ),
            Own::OpenEngineers => "@id(\"own\") @rule(\"Engineers see values\") @law(\"Test\")\npermit (principal in Sarovar::Role::\"data_engineer\", action == Sarovar::Action::\"show\", resource is Sarovar::Value) when { resource.class == \"personal\" };".into(),
        }
    }
}

/// Numbers and days that may be read.
#[derive(Debug, Clone)]
pub struct Leave {
    pub numbers: Vec<&'static str>,
    pub from: i64,
    pub to: i64,
    /// Whether it has not ended yet.
    pub in_force: bool,
}

/// Keys whose seals are open.
#[derive(Debug, Clone)]
pub struct Opening {
    pub keys: Vec<String>,
    pub in_force: bool,
}

/// What somebody has in hand.
#[derive(Debug, Clone)]
pub struct Work {
    pub purpose: Purpose,
    /// Open, and not expired.
    pub open: bool,
    pub emergency: bool,
    pub units: Vec<&'static str>,
    pub leaves: Vec<Leave>,
    pub openings: Vec<Opening>,
}

/// Somebody who asks.
#[derive(Debug, Clone)]
pub struct Reader {
    pub roles: Vec<Role>,
    pub work: Option<Work>,
    pub own: Option<Own>,
}

/// A table as somebody may see it.
#[derive(Debug, Clone)]
pub enum Seen {
    Denied,
    Rows {
        rows: Vec<Vec<V>>,
        /// Whether only counts of several rows leave.
        counts: bool,
    },
}

impl Seen {
    /// The rows, none where the table is denied.
    pub fn rows(&self) -> &[Vec<V>] {
        match self {
            Seen::Denied => &[],
            Seen::Rows { rows, .. } => rows,
        }
    }
}

const OFFICERS: [Role; 5] =
    [Role::InvestigatingOfficer, Role::StationOfficer, Role::DistrictAnalyst, Role::StateAnalyst, Role::Supervisor];

impl Reader {
    fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    fn any(&self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.is(*role))
    }

    fn works_for(&self, purposes: &[Purpose]) -> bool {
        self.work.as_ref().is_some_and(|work| work.open && purposes.contains(&work.purpose))
    }

    fn stated(&self, purpose: Purpose) -> bool {
        self.work.as_ref().is_some_and(|work| work.purpose == purpose)
    }

    fn keeps_lake(&self) -> bool {
        self.any(&[Role::Operator, Role::DataEngineer])
    }

    /// May he read anything of the table?
    fn may_query(&self, table: &Table) -> bool {
        if let Some(Own::NoQuery(role, name)) = self.own
            && self.is(role)
            && table.name == name
        {
            return false;
        }
        if table.personal() {
            let counts = [Role::DistrictAnalyst, Role::StateAnalyst, Role::Supervisor];
            if self.stated(Purpose::Statistics) && !self.any(&counts) && !self.keeps_lake() {
                return false;
            }
            let supervises = [Role::Supervisor, Role::StationOfficer];
            if self.stated(Purpose::Supervision) && !self.any(&supervises) && !self.keeps_lake() {
                return false;
            }
        }
        let all = [Purpose::Case, Purpose::Complaint, Purpose::Supervision, Purpose::Statistics];
        self.keeps_lake() || (self.any(&OFFICERS) && (!table.personal() || self.works_for(&all)))
    }

    /// Does he see values of a class in rows that are open?
    fn sees(&self, table: &Table, class: Classification) -> bool {
        if matches!(class, Classification::Open | Classification::Internal) {
            return true;
        }
        if class == Classification::Personal
            && table.area() == "pole"
            && matches!(self.own, Some(Own::NoPersonal(role)) if self.is(role))
        {
            return false;
        }
        if self.is(Role::Operator) {
            return class != Classification::Sealed;
        }
        if class == Classification::Personal && self.own == Some(Own::OpenEngineers) && self.is(Role::DataEngineer) {
            return true;
        }
        let purposes = [Purpose::Case, Purpose::Complaint, Purpose::Supervision];
        matches!(class, Classification::Personal | Classification::Sensitive) && self.works_for(&purposes)
    }

    /// Does an order of his open this row?
    fn opened(&self, table: &Table, row: &[V]) -> bool {
        let purposes = [Purpose::Case, Purpose::Complaint, Purpose::Supervision];
        let Some(work) = self.work.as_ref().filter(|_| self.works_for(&purposes)) else { return false };
        let open: Vec<&String> = work.openings.iter().filter(|o| o.in_force).flat_map(|o| &o.keys).collect();
        table.keys.iter().any(|key| row[table.at(key)].text().is_some_and(|value| open.iter().any(|k| *k == value)))
    }

    /// Is the row there for him?
    fn reaches(&self, table: &Table, row: &[V]) -> bool {
        let call = match table.calls {
            Calls::No => None,
            Calls::All { number, time } => Some((number, Some(time))),
            Calls::Some { number } => (row.last().and_then(V::text) == Some("prove.call")).then_some((number, None)),
        };
        if let Some((number, time)) = call
            && !self.is(Role::Operator)
            && !self.granted(row[table.at(number)].text(), time.map(|time| &row[table.at(time)]))
        {
            return false;
        }
        if !table.personal() {
            return true;
        }
        let bound = matches!(self.own, Some(Own::Stations(role)) if self.is(role));
        let elsewhere = !bound && (self.keeps_lake() || !self.stated(Purpose::Supervision));
        elsewhere || self.own_station(table, row)
    }

    fn granted(&self, number: Option<&str>, time: Option<&V>) -> bool {
        let Some(work) = self.work.as_ref().filter(|work| work.open) else { return false };
        let any = work.leaves.iter().any(|leave| leave.in_force);
        if !(work.emergency || (any && matches!(work.purpose, Purpose::Case | Purpose::Complaint))) {
            return false;
        }
        work.leaves.iter().filter(|leave| leave.in_force).any(|leave| {
            let day = match time {
                None => true,
                Some(V::Time(at)) => leave.from <= *at && *at < leave.to,
                Some(_) => false,
            };
            day && number.is_some_and(|number| leave.numbers.contains(&number))
        })
    }

    fn own_station(&self, table: &Table, row: &[V]) -> bool {
        let units = self.work.as_ref().map(|work| work.units.as_slice()).unwrap_or_default();
        let station = match table.station {
            Station::Nowhere => None,
            Station::Code(column) => row[table.at(column)].text(),
            Station::Key(column) => {
                row[table.at(column)].text().and_then(|key| key.split(':').nth(1)).and_then(|rest| rest.split('/').next())
            }
        };
        station.is_some_and(|station| units.contains(&station))
    }

    /// The table as he may see it.
    pub fn see(&self, table: &Table) -> Seen {
        if !self.may_query(table) {
            return Seen::Denied;
        }
        let single = self.keeps_lake() || !self.stated(Purpose::Statistics);
        let rows = table.rows.iter().filter(|row| self.reaches(table, row)).map(|row| self.masked(table, row)).collect();
        Seen::Rows { rows, counts: table.personal() && !single }
    }

    fn masked(&self, table: &Table, row: &[V]) -> Vec<V> {
        let sealed = table.seal.is_some_and(|seal| match &row[table.at(seal)] {
            V::Bool(sealed) => *sealed,
            _ => !table.blank_is_open,
        });
        let opened = self.opened(table, row);
        let cell = |(at, value): (usize, &V)| {
            let (name, _, class) = table.columns[at];
            let shown = match class {
                Classification::Open | Classification::Internal => true,
                Classification::Sealed => opened,
                class => self.sees(table, class) && (!sealed || opened || Some(name) == table.seal),
            };
            if shown { value.clone() } else { V::Null }
        };
        row.iter().enumerate().map(cell).collect()
    }
}
