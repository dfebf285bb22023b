//! The public sets, where their folder is there: `SAROVAR_SHARED`, or `shared` beside the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int64Type;
use sources::Contract;

use super::golden::{contracts, lines, read};

/// File, contract, rows. Delimited files were counted with Python's csv module (records after the header, NCRB's TOTAL rows
/// apart), workbooks with openpyxl and xlrd, call records by lines that begin with the number, JSON by its elements.
const FILES: &str = include_str!("../../../lake/tests/contracts/public.csv");

fn files() -> impl Iterator<Item = (&'static str, &'static str, usize)> {
    FILES
        .lines()
        .skip(1)
        .map(|line| {
            let mut cells = line.split(',');
            let mut next = || cells.next().expect("three cells");
            (next(), next(), next().parse().expect("a number"))
        })
        .chain(SHIPPED.iter().copied())
}

/// The same files under the contracts that are shipped.
const SHIPPED: &[(&str, &str, usize)] = &[
    ("messy/nested/echallan_like_synthetic.json", "transport.challan", 2),
    ("telecom_layouts/samples/airtel_gprs_empty.csv", "telecom.ipdr", 0),
    ("telecom_ref/india_mobile_series_circle_2021.json", "reference.series", 3890),
    ("telecom_ref/osmocom_tacdb.csv", "reference.tac", 22527),
    ("vehicles/rto_codes_india_wikipedia2018.csv", "reference.rto", 1317),
    ("vehicles/rto_rajasthan_two_sources.csv", "reference.rto", 55),
    ("../domain/rj_rto_codes.csv", "reference.rto", 46),
    ("../domain/ipc_bns.csv", "reference.section", 550),
    ("pincode/rajasthan_post_offices_2015.csv", "post.office", 10331),
    ("lgd/1-state.csv", "reference.place", 36),
    ("lgd/2-district.csv", "reference.place", 763),
    ("lgd/3-subdistrict.csv", "reference.place", 6921),
    ("lgd/blocks.csv", "reference.place", 7233),
    ("lgd/urban-local-body.csv", "reference.place", 4814),
    ("lgd/rajasthan_2-district.csv", "reference.place", 33),
    ("lgd/rajasthan_3-subdistrict.csv", "reference.place", 369),
    ("lgd/rajasthan_blocks.csv", "reference.place", 352),
    ("lgd/rajasthan_urban-local-body.csv", "reference.place", 216),
];

fn data() -> Option<PathBuf> {
    let root = match std::env::var_os("SAROVAR_SHARED") {
        Some(path) => PathBuf::from(path),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
    };
    let data = root.join("data");
    if data.is_dir() {
        return Some(data);
    }
    println!("skipped: {} is not there; set SAROVAR_SHARED to the folder of the public sets", data.display());
    None
}

fn by_name() -> BTreeMap<String, Arc<Contract>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    [here.join("../lake/tests/contracts"), here.join("contracts")]
        .iter()
        .flat_map(|root| contracts(root))
        .map(|(_, c)| (c.name.clone(), c))
        .collect()
}

#[test]
fn every_public_file_gives_the_rows_counted_elsewhere() {
    let Some(data) = data() else { return };
    let contracts = by_name();
    let mut failures = Vec::new();
    for (file, name, rows) in files() {
        let contract = contracts.get(name).unwrap_or_else(|| panic!("no contract {name}"));
        match read(contract, &data.join(file)) {
            Ok(read) if read.accepted() == rows && read.rejects.is_empty() => {}
            Ok(read) => failures.push(format!(
                "{file}: {} accepted, {} refused, {rows} expected; first refused: {:?}; {:?}",
                read.accepted(),
                read.rejects.len(),
                read.rejects.first(),
                read.trailer.warnings,
            )),
            Err(error) => failures.push(format!("{file}: {error}")),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn ints(batch: &RecordBatch, column: &str) -> Vec<i64> {
    let array = batch.column_by_name(column).expect("a column");
    array.as_primitive::<Int64Type>().iter().map(Option::unwrap_or_default).collect()
}

#[test]
fn murders_of_rajasthan_are_the_published_ones() {
    let Some(data) = data() else { return };
    let read = read(&by_name()["ncrb.district_ipc"], &data.join("ncrb/district_ipc_crimes_2017_2020.csv"))
        .unwrap_or_else(|e| panic!("{e}"));
    let mut murders: BTreeMap<i64, i64> = BTreeMap::new();
    for batch in &read.batches {
        let state = batch.column_by_name("state_name").expect("a column").as_string::<i32>();
        let (years, counts) = (ints(batch, "year"), ints(batch, "murder"));
        for row in (0..batch.num_rows()).filter(|row| state.value(*row) == "Rajasthan") {
            *murders.entry(years[row]).or_default() += counts[row];
        }
    }
    assert_eq!(murders, BTreeMap::from([(2017, 1_473), (2018, 1_508), (2019, 1_659), (2020, 1_719)]));
}

#[test]
fn every_form_of_one_table_gives_the_same_rows() {
    let Some(data) = data() else { return };
    let contract = &by_name()["ncrb.raj2022"];
    let forms: Vec<Vec<String>> = files()
        .filter(|(_, name, _)| *name == "ncrb.raj2022")
        .map(|(file, ..)| {
            let read = read(contract, &data.join(file)).unwrap_or_else(|e| panic!("{e}"));
            lines(&read.batches, contract.columns.len())
        })
        .collect();
    assert_eq!(forms[0].len(), 48);
    for form in &forms[1..] {
        assert_eq!(form, &forms[0]);
    }
}

/// The published lists are recognised among all shipped contracts, and each row is at its level with its parent.
#[test]
fn published_lists_are_told_apart_by_their_columns() {
    let Some(data) = data() else { return };
    let all: Vec<Arc<Contract>> =
        contracts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("contracts")).into_iter().map(|(_, c)| c).collect();
    for (file, name, _) in SHIPPED.iter().filter(|(_, name, _)| name.starts_with("reference.") || *name == "post.office") {
        let path = data.join(file);
        let found = sources::detect(file, &mut std::fs::File::open(&path).expect("a file"), &all).expect("a readable file");
        assert!(matches!(&found, sources::Detection::One(one) if one.contract.name == *name), "{file}: {found:?}");
    }
    let place = &by_name()["reference.place"];
    // As the lists say: Ajmer is a district (86) of Rajasthan (8), Aandhi a tehsil of Jaipur (102), Abu Road a town.
    for (file, row) in [
        ("lgd/1-state.csv", "state,8,RAJASTHAN,,,,,"),
        ("lgd/rajasthan_2-district.csv", "district,86,AJMER,,,state,8,"),
        ("lgd/rajasthan_3-subdistrict.csv", "tehsil,7140,Aandhi,,,district,102,"),
        ("lgd/rajasthan_blocks.csv", "block,566,ARAIN,,,district,86,"),
        ("lgd/rajasthan_urban-local-body.csv", "town,248774,Abu Road,आबू रोड,,state,8,"),
    ] {
        let read = read(place, &data.join(file)).unwrap_or_else(|e| panic!("{e}"));
        let lines = lines(&read.batches, place.columns.len());
        assert!(lines.iter().any(|l| l.starts_with(row)), "{file}: no {row}; {:?}", lines.first());
    }
    let section = &by_name()["reference.section"];
    let read = read(section, &data.join("../domain/ipc_bns.csv")).unwrap_or_else(|e| panic!("{e}"));
    let lines = lines(&read.batches, 4);
    assert!(lines.contains(&"IPC,302,BNS,103(1)".to_owned()) && lines.contains(&"IPC,124A,none,none".to_owned()));
}
