//! The decision.

use chrono::{DateTime, Utc};
use model::Classification;
use serde::{Deserialize, Serialize};

use crate::policies::{Policies, Ruled, Thing, text, truth};
use crate::resource::{Resource, among, quoted};
use crate::who::{Context, Principal};
use crate::work::Hand;

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    Query,
    Export,
    Ingest,
    Replay,
    Maintain,
    Purge,
}

impl Action {
    pub const ALL: [Action; 6] = [Action::Query, Action::Export, Action::Ingest, Action::Replay, Action::Maintain, Action::Purge];

    /// The name used in policies.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Query => "query",
            Action::Export => "export",
            Action::Ingest => "ingest",
            Action::Replay => "replay",
            Action::Maintain => "maintain",
            Action::Purge => "purge",
        }
    }
}

/// Whether anything is answered at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    Allow,
    Deny,
}

/// What a reader gets in place of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskKind {
    /// Nothing, for every row.
    Null,
    /// Nothing, in rows whose seal is set or, unless [`Mask::blank_is_open`], unknown.
    NullWhereSealed,
}

/// One masked column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    pub column: String,
    pub kind: MaskKind,
    /// The column that holds the seal, for [`MaskKind::NullWhereSealed`].
    pub seal: Option<String>,
    /// Whether an empty seal is an open one.
    pub blank_is_open: bool,
    /// SQL that holds for rows whose seal a court's order opens.
    pub opened: Option<String>,
}

/// What must be done along with an allowed action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obligation {
    Audit,
    /// Only counts and sums leave, of groups of at least so many rows.
    Aggregate {
        least: u64,
    },
    /// More rows than this leave only after a second person released the query.
    Release {
        above: u64,
    },
}

/// Rows a group must have before statistics speak of it.
pub const LEAST: u64 = 5;

/// The shape in which a table may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub effect: Effect,
    /// SQL over the table's columns; rows for which it does not hold are not there.
    pub row_filter: Option<String>,
    pub masks: Vec<Mask>,
    pub obligations: Vec<Obligation>,
    /// The rule that decided, in words.
    pub rule: String,
}

/// Decides one action of one person on one table. Total: what no policy permits is denied.
///
/// The policies are asked whether the action is permitted at all; then, for each class of columns, whether its values are shown, in
/// open rows, in sealed ones, and in those a court's order names; then which kinds of rows are reached.
pub fn decide(policies: &Policies, principal: &Principal, action: Action, resource: &Resource, context: &Context) -> Decision {
    let hand = Hand::of(principal.work.as_ref(), context.now);
    let asked = Asked { policies, principal, resource, hand, context };
    let table = Thing {
        kind: "Table",
        name: &resource.table,
        attributes: vec![
            ("area", text(resource.area())),
            ("name", text(&resource.table)),
            ("personal", truth(resource.personal())),
        ],
    };
    let ruled = policies.rule(principal, action.as_str(), table, &hand);
    if !ruled.allowed {
        return Decision {
            effect: Effect::Deny,
            row_filter: None,
            masks: Vec::new(),
            obligations: vec![Obligation::Audit],
            rule: asked.refusal(ruled),
        };
    }
    let mut obligations = vec![Obligation::Audit];
    if !asked.reaches("single") && resource.personal() {
        obligations.push(Obligation::Aggregate { least: LEAST });
    }
    if let Some(above) = principal.work.as_ref().and_then(|work| work.most_rows) {
        obligations.push(Obligation::Release { above });
    }
    Decision {
        effect: Effect::Allow,
        row_filter: asked.rows(),
        masks: asked.masks(),
        obligations,
        rule: ruled.rule.unwrap_or_default(),
    }
}

/// Keys of cases and persons of whom somebody may see what was quashed: those that a court's order names, for whom policy lets it count.
pub fn shows_again<'p>(policies: &Policies, principal: &'p Principal, now: DateTime<Utc>) -> Vec<&'p str> {
    let Some(work) = principal.work.as_ref() else { return Vec::new() };
    let keys = work.opened_at(now);
    if keys.is_empty() {
        return keys;
    }
    let attributes = vec![("table", text("")), ("area", text("")), ("kind", text("quashed"))];
    let thing = Thing { kind: "Rows", name: "quashed", attributes };
    let allowed = policies.rule(principal, "reach", thing, &Hand::of(Some(work), now)).allowed;
    if allowed { keys } else { Vec::new() }
}

struct Asked<'a> {
    policies: &'a Policies,
    principal: &'a Principal,
    resource: &'a Resource,
    hand: Hand,
    context: &'a Context,
}

impl Asked<'_> {
    /// Why nothing is answered, and what to do.
    fn refusal(&self, ruled: Ruled) -> String {
        if let Some(rule) = ruled.rule {
            return rule;
        }
        let cases = self.principal.roles.iter().any(|role| role.reads_cases());
        match self.hand.work {
            _ if !cases => "no role of this person allows it".into(),
            "none" => "personal data needs a stated purpose: choose a piece of work, or open one, under My work (`sarovar case`, --case)".into(),
            "closed" => "this piece of work is closed; choose another, or open one".into(),
            "expired" => "this piece of work has expired; open it anew if it goes on".into(),
            "left" => "you are not, or no longer, of the team of this piece of work".into(),
            _ => "no policy permits it".into(),
        }
    }

    fn shows(&self, class: Classification, sealed: bool, ordered: bool) -> bool {
        let thing = Thing {
            kind: "Value",
            name: class.as_str(),
            attributes: vec![
                ("table", text(&self.resource.table)),
                ("area", text(self.resource.area())),
                ("class", text(class.as_str())),
                ("sealed", truth(sealed)),
                ("ordered", truth(ordered)),
            ],
        };
        self.policies.rule(self.principal, "show", thing, &self.hand).allowed
    }

    fn reaches(&self, kind: &str) -> bool {
        let thing = Thing {
            kind: "Rows",
            name: kind,
            attributes: vec![("table", text(&self.resource.table)), ("area", text(self.resource.area())), ("kind", text(kind))],
        };
        self.policies.rule(self.principal, "reach", thing, &self.hand).allowed
    }

    fn masks(&self) -> Vec<Mask> {
        let mut masks = Vec::new();
        let keys = self.principal.work.as_ref().map(|work| work.opened_at(self.context.now)).unwrap_or_default();
        let opened: Vec<String> = self.resource.keys.iter().filter_map(|column| among(column, &keys)).collect();
        let opened = (!opened.is_empty()).then(|| opened.join(" OR "));
        for class in Classification::ALL {
            let columns: Vec<_> = self.resource.columns.iter().filter(|c| c.classification == class).collect();
            if columns.is_empty() {
                continue;
            }
            let by_order = || opened.clone().filter(|_| self.shows(class, true, true));
            let kind = if !self.shows(class, false, false) {
                // A sealed column opens to an order; what the purpose itself does not show opens to nobody.
                (MaskKind::Null, None, if class == Classification::Sealed { by_order() } else { None })
            } else if let Some(seal) = &self.resource.seal
                && !self.shows(class, true, false)
            {
                (MaskKind::NullWhereSealed, Some(seal.clone()), by_order())
            } else {
                continue;
            };
            let hidden = columns.into_iter().filter(|c| kind.0 == MaskKind::Null || Some(&c.name) != self.resource.seal.as_ref());
            masks.extend(hidden.map(|c| Mask {
                column: c.name.clone(),
                kind: kind.0,
                seal: kind.1.clone(),
                blank_is_open: self.resource.blank_is_open,
                opened: kind.2.clone(),
            }));
        }
        masks
    }

    fn rows(&self) -> Option<String> {
        let mut all = Vec::new();
        if let Some(calls) = &self.resource.calls
            && !self.reaches("calls")
        {
            let work = self.principal.work.as_ref().filter(|_| self.reaches("granted"));
            let named = calls.named(work.into_iter().flat_map(|work| work.authorities_at(self.context.now)));
            all.push(match calls.others() {
                Some(others) => format!("({others} OR {named})"),
                None => format!("({named})"),
            });
        }
        if self.resource.personal() && !self.reaches("elsewhere") {
            let units = self.principal.work.as_ref().map(|work| work.units.as_slice()).unwrap_or_default();
            // A table that does not say of which station its rows are shows none of them.
            all.push(self.resource.station.as_ref().map_or_else(|| "false".into(), |station| station.within(units)));
        }
        (!all.is_empty()).then(|| all.join(" AND "))
    }
}

impl Decision {
    /// Why, for the person who asked.
    pub fn reason(&self) -> String {
        self.rule.clone()
    }

    /// Whether no row at all is reached.
    pub fn reaches_nothing(&self) -> bool {
        self.row_filter.as_deref() == Some("(false)")
    }
}

impl Mask {
    /// The SQL expression that stands in for the column.
    pub fn expression(&self) -> String {
        let column = quoted(&self.column);
        let conditions: Vec<String> = match (self.kind, &self.seal) {
            (MaskKind::NullWhereSealed, Some(seal)) => {
                let open = if self.blank_is_open { "IS NOT TRUE" } else { "= false" };
                [Some(format!("{} {open}", quoted(seal))), self.opened.clone()].into_iter().flatten().collect()
            }
            _ => self.opened.iter().cloned().collect(),
        };
        if conditions.is_empty() { "NULL".into() } else { format!("CASE WHEN {} THEN {column} END", conditions.join(" OR ")) }
    }
}
