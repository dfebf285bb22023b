//! The asking person and the stated reason.

use chrono::{DateTime, Utc};
use model::Purpose;
use serde::{Deserialize, Serialize};

use crate::work::Work;

/// What a person may be trusted with, in general.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the lake on its own machine: ingests, maintains, checks what came in. Only a lake without accounts has one.
    Operator,
    /// Investigates cases assigned by name (BNSS s.175, s.176).
    InvestigatingOfficer,
    /// Officer in charge of a station (BNSS s.2(1)(r)).
    StationOfficer,
    /// Studies crime in one district.
    DistrictAnalyst,
    /// Studies crime in the State.
    StateAnalyst,
    /// Brings sources in and keeps the tables right.
    DataEngineer,
    /// Writes for the public; approves nothing.
    SocialWriter,
    /// Approves what others wrote or asked for; never what he asked for himself.
    Approver,
    /// Answers for the work of the units below.
    Supervisor,
    /// Reads the access log, and no case.
    Auditor,
    /// Keeps accounts, and reads no case.
    Administrator,
}

impl Role {
    pub const ALL: [Role; 11] = [
        Role::Operator,
        Role::InvestigatingOfficer,
        Role::StationOfficer,
        Role::DistrictAnalyst,
        Role::StateAnalyst,
        Role::DataEngineer,
        Role::SocialWriter,
        Role::Approver,
        Role::Supervisor,
        Role::Auditor,
        Role::Administrator,
    ];

    /// The name used in policies, on the command line and in stored accounts.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Operator => "operator",
            Role::InvestigatingOfficer => "investigating_officer",
            Role::StationOfficer => "station_officer",
            Role::DistrictAnalyst => "district_analyst",
            Role::StateAnalyst => "state_analyst",
            Role::DataEngineer => "data_engineer",
            Role::SocialWriter => "social_writer",
            Role::Approver => "approver",
            Role::Supervisor => "supervisor",
            Role::Auditor => "auditor",
            Role::Administrator => "administrator",
        }
    }

    pub fn parse(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether work in this role needs what the sources say of people. Keeping accounts, reading the access log and writing for
    /// the public do not.
    pub fn reads_cases(self) -> bool {
        match self {
            Role::Operator
            | Role::InvestigatingOfficer
            | Role::StationOfficer
            | Role::DistrictAnalyst
            | Role::StateAnalyst
            | Role::DataEngineer
            | Role::Supervisor => true,
            Role::SocialWriter | Role::Approver | Role::Auditor | Role::Administrator => false,
        }
    }
}

/// Ranks of the State police, from the lowest. Law ties powers to them: call records are asked for by a Superintendent
/// or above.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// Civilian staff of the department.
    Civilian,
    Constable,
    HeadConstable,
    AssistantSubInspector,
    SubInspector,
    Inspector,
    DeputySuperintendent,
    AdditionalSuperintendent,
    Superintendent,
    DeputyInspectorGeneral,
    InspectorGeneral,
    AdditionalDirectorGeneral,
    DirectorGeneral,
}

impl Rank {
    pub const ALL: [Rank; 13] = [
        Rank::Civilian,
        Rank::Constable,
        Rank::HeadConstable,
        Rank::AssistantSubInspector,
        Rank::SubInspector,
        Rank::Inspector,
        Rank::DeputySuperintendent,
        Rank::AdditionalSuperintendent,
        Rank::Superintendent,
        Rank::DeputyInspectorGeneral,
        Rank::InspectorGeneral,
        Rank::AdditionalDirectorGeneral,
        Rank::DirectorGeneral,
    ];

    /// The name used in policies, on the command line and in stored accounts.
    pub fn as_str(self) -> &'static str {
        match self {
            Rank::Civilian => "civilian",
            Rank::Constable => "constable",
            Rank::HeadConstable => "head_constable",
            Rank::AssistantSubInspector => "assistant_sub_inspector",
            Rank::SubInspector => "sub_inspector",
            Rank::Inspector => "inspector",
            Rank::DeputySuperintendent => "deputy_superintendent",
            Rank::AdditionalSuperintendent => "additional_superintendent",
            Rank::Superintendent => "superintendent",
            Rank::DeputyInspectorGeneral => "deputy_inspector_general",
            Rank::InspectorGeneral => "inspector_general",
            Rank::AdditionalDirectorGeneral => "additional_director_general",
            Rank::DirectorGeneral => "director_general",
        }
    }

    pub fn parse(name: &str) -> Option<Rank> {
        Rank::ALL.into_iter().find(|rank| rank.as_str() == name)
    }

    /// Place in the order, 0 for civilians.
    pub fn level(self) -> i64 {
        Rank::ALL.iter().position(|rank| *rank == self).map_or(0, |at| at as i64)
    }
}

/// A person, already authenticated by the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Principal {
    pub id: String,
    pub name: String,
    pub rank: Rank,
    pub roles: Vec<Role>,
    /// Code of the unit the person serves in now.
    pub unit: Option<String>,
    /// Units from headquarters down to `unit`, both included: a unit's people answer for what lies below it.
    pub above: Vec<String>,
    /// Named permissions given one by one, such as a court's order or a posting in a special cell.
    pub clearances: Vec<String>,
    /// The piece of work in hand; none where none was chosen.
    #[serde(default)]
    pub work: Option<Work>,
}

impl Principal {
    /// The one local operator of a lake without accounts.
    pub fn operator() -> Self {
        Principal {
            id: "operator".into(),
            name: "Operator".into(),
            rank: Rank::Civilian,
            roles: vec![Role::Operator],
            unit: None,
            above: Vec::new(),
            clearances: Vec::new(),
            work: None,
        }
    }

    pub fn is(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}

/// Why, under what authority, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    pub purpose: Option<Purpose>,
    /// The FIR or complaint the work belongs to.
    pub case: Option<String>,
    /// Reference of the authority for telecom rows.
    pub authority: Option<String>,
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_roles_and_ranks_read_back() {
        assert!(Role::ALL.iter().all(|r| Role::parse(r.as_str()) == Some(*r)));
        assert!(Rank::ALL.iter().all(|r| Rank::parse(r.as_str()) == Some(*r)));
        assert!(serde_json::to_string(&Rank::Superintendent).is_ok_and(|s| s == "\"superintendent\""));
        let blind: Vec<&str> = Role::ALL.iter().filter(|r| !r.reads_cases()).map(|r| r.as_str()).collect();
        assert_eq!(blind, ["social_writer", "approver", "auditor", "administrator"]);
        assert!(Rank::Superintendent > Rank::AdditionalSuperintendent && Rank::Superintendent.level() == 8);
    }
}
