//! The decision.

use model::Classification;
use serde::{Deserialize, Serialize};

use crate::who::{Context, Principal};

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

/// A table, as far as policy cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// `area.name`
    pub table: String,
    pub columns: Vec<ResourceColumn>,
    pub authority_required: bool,
    /// Boolean column that marks rows whose person is sealed, where the table has one.
    pub seal: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceColumn {
    pub name: String,
    pub classification: Classification,
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
    /// Nothing, in rows whose seal is set or unknown.
    NullWhereSealed,
}

/// One masked column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mask {
    pub column: String,
    pub kind: MaskKind,
    /// The column that holds the seal, for [`MaskKind::NullWhereSealed`].
    pub seal: Option<String>,
}

/// What must be done along with an allowed action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obligation {
    Audit,
}

/// The shape in which a table may be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub effect: Effect,
    /// SQL over the table's columns; rows for which it does not hold are not there.
    pub row_filter: Option<String>,
    pub masks: Vec<Mask>,
    pub obligations: Vec<Obligation>,
    /// The rule that decided, in words.
    pub rule: &'static str,
}

/// Decides one action of one person on one table. Total: what no rule allows is denied.
///
/// The rules, in order: nobody reads whose roles all work without cases; a column classed *sealed* is seen by nobody by
/// role (BNS s.72, POCSO s.23, JJ Act s.74); where rows carry a seal of their own, what identifies the person is hidden in
/// the sealed ones.
pub fn decide(principal: &Principal, _action: Action, resource: &Resource, _context: &Context) -> Decision {
    if !principal.roles.iter().any(|role| role.reads_cases()) {
        return Decision {
            effect: Effect::Deny,
            row_filter: None,
            masks: Vec::new(),
            obligations: vec![Obligation::Audit],
            rule: "no role of this person allows it",
        };
    }
    let masks = resource
        .columns
        .iter()
        .filter_map(|c| match (c.classification, &resource.seal) {
            (Classification::Sealed, _) => Some(Mask { column: c.name.clone(), kind: MaskKind::Null, seal: None }),
            (Classification::Personal | Classification::Sensitive, Some(seal)) if *seal != c.name => {
                Some(Mask { column: c.name.clone(), kind: MaskKind::NullWhereSealed, seal: Some(seal.clone()) })
            }
            _ => None,
        })
        .collect();
    Decision {
        effect: Effect::Allow,
        row_filter: None,
        masks,
        obligations: vec![Obligation::Audit],
        rule: "a role that works on cases",
    }
}

impl Decision {
    /// Why, for the person who asked.
    pub fn reason(&self) -> String {
        self.rule.to_string()
    }
}

impl Mask {
    /// The SQL expression that stands in for the column.
    pub fn expression(&self) -> String {
        match (self.kind, &self.seal) {
            (MaskKind::NullWhereSealed, Some(seal)) => {
                format!("CASE WHEN {} = false THEN {} END", quoted(seal), quoted(&self.column))
            }
            _ => "NULL".into(),
        }
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::who::Role;

    fn resource(seal: Option<&str>) -> Resource {
        let column = |name: &str, classification| ResourceColumn { name: name.into(), classification };
        Resource {
            table: "clean.x".into(),
            columns: vec![
                column("role", Classification::Internal),
                column("name", Classification::Personal),
                column("victim_name", Classification::Sealed),
                column("sealed", Classification::Internal),
            ],
            authority_required: false,
            seal: seal.map(Into::into),
        }
    }

    fn context() -> Context {
        Context { purpose: None, case: None, authority: None, now: chrono::DateTime::UNIX_EPOCH }
    }

    #[test]
    fn nobody_without_a_role_sees_anything() {
        for roles in [vec![], vec![Role::Administrator], vec![Role::Auditor], vec![Role::SocialWriter, Role::Approver]] {
            let stranger = Principal { roles, ..Principal::operator() };
            assert_eq!(decide(&stranger, Action::Query, &resource(None), &context()).effect, Effect::Deny);
        }
    }

    #[test]
    fn sealed_columns_open_to_nobody_by_role() {
        let d = decide(&Principal::operator(), Action::Query, &resource(None), &context());
        assert_eq!(d.effect, Effect::Allow);
        assert_eq!(d.masks, [Mask { column: "victim_name".into(), kind: MaskKind::Null, seal: None }]);
    }

    #[test]
    fn sealed_rows_hide_what_identifies() {
        let d = decide(&Principal::operator(), Action::Query, &resource(Some("sealed")), &context());
        let name = d.masks.iter().find(|m| m.column == "name").map(Mask::expression);
        assert_eq!(name.as_deref(), Some("CASE WHEN \"sealed\" = false THEN \"name\" END"));
        assert!(!d.masks.iter().any(|m| m.column == "role"));
    }
}
