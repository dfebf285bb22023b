//! How much of the forms that the police fill in has a place in the contracts.

use std::collections::BTreeMap;

use crate::{Contract, builtin};

/// FORM, ITEM, NTH of that item, the columns that hold it (`DATASET.COLUMN`), a remark; the reason where nothing does.
const ITEMS: &str = include_str!("../contracts/cctns/iif_coverage.csv");

/// One form (IIF-1 to IIF-7).
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Form {
    pub form: String,
    pub items: usize,
    /// Items whose columns are there.
    pub taken: usize,
    /// Items left out, each with its reason.
    pub left_out: Vec<String>,
}

/// The forms in their order, held against the shipped contracts.
pub fn forms() -> Vec<Form> {
    let mut found: BTreeMap<String, Form> = BTreeMap::new();
    for line in ITEMS.lines().skip(1) {
        let mut cells = line.splitn(5, ',');
        let mut next = || cells.next().unwrap_or_default();
        let (name, item, _, columns, remark) = (next(), next(), next(), next(), next());
        let form = found.entry(name.to_owned()).or_insert_with(|| Form { form: name.to_owned(), ..Form::default() });
        form.items += 1;
        let missing: Vec<&str> = columns.split_whitespace().filter(|c| !exists(builtin(), c)).collect();
        match (columns.is_empty(), missing.as_slice()) {
            (false, []) => form.taken += 1,
            (true, _) => form.left_out.push(format!("{item}: {}", remark.trim_matches('"'))),
            (false, missing) => form.left_out.push(format!("{item}: no column {}", missing.join(", "))),
        }
    }
    found.into_values().collect()
}

fn exists(contracts: &[std::sync::Arc<Contract>], column: &str) -> bool {
    let Some((dataset, name)) = column.split_once('.') else { return false };
    let contract = contracts.iter().find(|c| c.system == "cctns" && c.dataset == dataset);
    contract.is_some_and(|c| c.column(name).is_some())
}
