//! Every item of the integrated investigation forms (IIF-1 to IIF-7) has its column, or a reason why it is not taken.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::golden::contracts;

/// Form, item, columns, remark: one line for each item of the forms, in their order.
fn coverage() -> Vec<[String; 4]> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts/cctns/iif_coverage.csv");
    let text = fs::read_to_string(path).expect("the coverage");
    text.lines()
        .skip(1)
        .map(|line| {
            let mut parts = line.splitn(5, ',');
            let mut next = || parts.next().unwrap_or_default().trim_matches('"').to_owned();
            let (form, item, _, columns, remark) = (next(), next(), next(), next(), next());
            [form, item, columns, remark]
        })
        .collect()
}

#[test]
fn every_item_of_the_forms_has_a_column_or_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts");
    let cctns: BTreeMap<String, _> =
        contracts(&root).into_iter().filter(|(_, c)| c.system == "cctns").map(|(_, c)| (c.dataset.clone(), c)).collect();
    let lines = coverage();
    let mut taken = 0;
    for [form, item, columns, remark] in &lines {
        for column in columns.split_whitespace() {
            let (dataset, name) = column.split_once('.').expect("DATASET.COLUMN");
            let contract = cctns.get(dataset).unwrap_or_else(|| panic!("{form} {item}: there is no cctns.{dataset}"));
            assert!(contract.column(name).is_some(), "{form} {item}: cctns.{dataset} has no `{name}`");
        }
        assert!(!columns.is_empty() || remark.starts_with("not taken:"), "{form} {item} is neither taken nor refused");
        taken += usize::from(!columns.is_empty());
    }
    let forms = sources::coverage::forms();
    assert_eq!(
        forms.iter().map(|f| f.form.as_str()).collect::<Vec<_>>(),
        ["IIF-1", "IIF-2", "IIF-3", "IIF-4", "IIF-5", "IIF-6", "IIF-7"]
    );
    assert_eq!(forms.iter().map(|f| f.items).sum::<usize>(), lines.len());
    assert_eq!(forms.iter().map(|f| f.taken).sum::<usize>(), taken);
    println!(
        "{taken} of {} items of the forms IIF-1 to IIF-7 have columns; {} are left out for a reason",
        lines.len(),
        lines.len() - taken
    );
}

#[test]
fn no_item_of_the_list_is_forgotten() {
    let root = match std::env::var_os("SAROVAR_SHARED") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    let path = root.join("domain/iif_fields.csv");
    let Ok(text) = fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let listed = |text: &str| -> BTreeMap<String, usize> {
        let mut found = BTreeMap::new();
        for line in text.lines().filter(|l| l.starts_with("IIF-")) {
            let key: Vec<&str> = line.splitn(3, ',').take(2).collect();
            *found.entry(key.join(",")).or_default() += 1;
        }
        found
    };
    let ours =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts/cctns/iif_coverage.csv")).expect("the coverage");
    assert_eq!(listed(&ours), listed(&text));
}
