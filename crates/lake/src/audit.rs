//! What goes into the access log: who asked for what and why, which tables, columns and keys it touched, and what came of it.

use std::collections::{BTreeMap, BTreeSet};

use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{Expr, LogicalPlan};
use governance::audit::{AuditRecord, AuditSink, chain};
use governance::{Action, Context, Decision, Effect, decide};
use serde_json::json;

use crate::Lake;
use crate::error::{LakeError, Result};
use crate::home::TableName;
use crate::session::Access;

/// Names and numbers of a query that are remembered by their marks.
const MOST_MARKS: usize = 40;

/// The word of the log for reading a table: what leaves as a file is told from what is looked at.
fn said(action: Action) -> &'static str {
    if action == Action::Export { Action::Export.as_str() } else { Action::Query.as_str() }
}

impl Lake {
    /// What policy says of `action` on a table.
    pub fn decide(&self, access: &Access, action: Action, name: &TableName) -> Result<Decision> {
        let decision = self.ruling(access, action, name);
        if decision.effect == Effect::Deny {
            self.record(access, said(action), false, json!({ "table": name.to_string(), "rule": decision.rule }))?;
        }
        Ok(decision)
    }

    /// Whether somebody may see every value of every row of a table.
    pub fn shows_all(&self, access: &Access, name: &TableName) -> bool {
        let ruling = self.ruling(access, Action::Query, name);
        ruling.effect == Effect::Allow && ruling.masks.is_empty() && ruling.row_filter.is_none()
    }

    /// The same for one who only wants to know, and reads nothing.
    pub(crate) fn ruling(&self, access: &Access, action: Action, name: &TableName) -> Decision {
        let context = Context { now: self.now(), ..access.context.clone() };
        decide(&self.policies(), &access.principal, action, &self.resource(name), &context)
    }

    /// Logs a query, or an export, before its first row leaves; gives the record's place. The text of the query is kept as a hash, and
    /// the names and numbers in it as marks: an auditor who knows a number finds who asked for it, and nobody reads it out.
    pub(crate) fn audit_query(
        &self,
        access: &Access,
        action: Action,
        touched: &BTreeMap<String, BTreeSet<String>>,
        asked: &BTreeSet<String>,
        sql: &str,
    ) -> Result<u64> {
        let what = json!({ "tables": touched, "marks": self.marks(asked), "query": chain::hash(sql) });
        self.record_at(access, said(action), true, what)
    }

    /// What stands for names and numbers in the log.
    pub(crate) fn marks(&self, asked: &BTreeSet<String>) -> Vec<String> {
        asked.iter().take(MOST_MARKS).map(|text| self.audit().mark(text)).collect()
    }

    /// A phone, vehicle or case that was looked at is named by a plain hash of its key. There are few enough numbers to try
    /// them all, so what goes into the log is the mark of that hash. A person's id says nothing by itself and stays.
    pub(crate) fn hide_target(&self, what: &mut serde_json::Map<String, serde_json::Value>) {
        if let Some(target) = what.get_mut("looked_at").filter(|target| target["kind"] != "person")
            && let Some(id) = target["id"].as_str()
        {
            target["id"] = self.audit().mark(id).into();
        }
    }

    /// The same for a record that is written without an action of its own.
    pub fn hide(&self, what: &mut serde_json::Value) {
        if let Some(what) = what.as_object_mut() {
            self.hide_target(what);
        }
    }

    /// Logs what came of a query: rows handed out, and whether all of them were taken. Written with the next records; a disk
    /// that refuses it refuses the next query.
    pub(crate) fn audit_answer(&self, access: &Access, query: u64, rows: u64, whole: bool) {
        let what = json!({ "query": query, "rows": rows, "whole": whole });
        if let Ok(bytes) = self.entry(access, "answer", true, what).bytes() {
            self.audit().append_later(bytes);
        }
    }

    /// Logs one action. Fails when it cannot be kept; the caller must then not answer.
    pub fn record(&self, access: &Access, action: &str, allowed: bool, what: serde_json::Value) -> Result<()> {
        self.record_at(access, action, allowed, what).map(|_| ())
    }

    /// The same, and the record's place.
    pub fn record_at(&self, access: &Access, action: &str, allowed: bool, what: serde_json::Value) -> Result<u64> {
        self.audit().append(&self.entry(access, action, allowed, what)).map_err(LakeError::Audit)
    }

    fn entry(&self, access: &Access, action: &str, allowed: bool, what: serde_json::Value) -> AuditRecord {
        AuditRecord {
            at: self.now().to_rfc3339(),
            who: access.principal.id.clone(),
            action: action.into(),
            allowed,
            // What the store says of the work in hand counts, not what a caller states.
            purpose: access.principal.work.as_ref().map(|w| w.purpose).or(access.context.purpose).map(|p| p.to_string()),
            case: access.principal.work.as_ref().map(|w| w.reference.clone()).or_else(|| access.context.case.clone()),
            authority: access.context.authority.clone(),
            what,
        }
    }
}

/// Names and numbers a query asks for: its literals of four characters or more, without a pattern's wild cards.
pub(crate) fn asked(plan: &LogicalPlan) -> Result<BTreeSet<String>> {
    let mut out = BTreeSet::new();
    plan.apply_with_subqueries(|node| {
        node.apply_expressions(|expr| {
            expr.apply(|e| {
                if let Expr::Literal(value, _) = e {
                    let text = match value {
                        ScalarValue::Utf8(Some(s)) | ScalarValue::LargeUtf8(Some(s)) | ScalarValue::Utf8View(Some(s)) => {
                            s.trim_matches(['%', '_', ' ']).to_string()
                        }
                        ScalarValue::Int64(Some(n)) => n.to_string(),
                        ScalarValue::UInt64(Some(n)) => n.to_string(),
                        _ => String::new(),
                    };
                    if text.chars().count() >= 4 {
                        out.insert(text);
                    }
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    Ok(out)
}
