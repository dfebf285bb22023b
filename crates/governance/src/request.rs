//! Steps that need somebody else: an authority, a court's order, the release of a large export, the review of an emergency.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::policies::{Fact, Policies, Thing, text};
use crate::who::Principal;
use crate::work::Hand;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Authority,
    Order,
    Release,
    Emergency,
    Declaration,
    /// The category of somebody's data.
    Category,
    /// A history sheet.
    Sheet,
}

impl Kind {
    pub const ALL: [Kind; 7] =
        [Kind::Authority, Kind::Order, Kind::Release, Kind::Emergency, Kind::Declaration, Kind::Category, Kind::Sheet];

    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Authority => "authority",
            Kind::Order => "order",
            Kind::Release => "release",
            Kind::Emergency => "emergency",
            Kind::Declaration => "declaration",
            Kind::Category => "category",
            Kind::Sheet => "sheet",
        }
    }
}

/// One step of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Ask,
    Approve,
    Review,
}

impl Step {
    pub const ALL: [Step; 3] = [Step::Ask, Step::Approve, Step::Review];

    pub fn as_str(self) -> &'static str {
        match self {
            Step::Ask => "ask",
            Step::Approve => "approve",
            Step::Review => "review",
        }
    }
}

/// Whether somebody may take a step of a request; `Err` says why not, in words.
pub fn permits(
    policies: &Policies,
    principal: &Principal,
    step: Step,
    kind: Kind,
    requester: &str,
    now: DateTime<Utc>,
) -> Result<(), String> {
    let hand = Hand::of(principal.work.as_ref(), now);
    let denied = || format!("no rule lets {} {} this ({})", principal.id, step.as_str(), kind.as_str());
    let requester = Fact::Person(requester.to_owned());
    let thing =
        Thing { kind: "Request", name: kind.as_str(), attributes: vec![("kind", text(kind.as_str())), ("requester", requester)] };
    let ruled = policies.rule(principal, step.as_str(), thing, &hand);
    if ruled.allowed { Ok(()) } else { Err(ruled.rule.unwrap_or_else(denied)) }
}
