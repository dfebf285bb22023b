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
const FILES: &[(&str, &str, usize)] = &[
    ("pole/crime-investigation.nodes.Area.csv", "pole.area", 93),
    ("pole/crime-investigation.nodes.Crime.csv", "pole.crime", 28762),
    ("pole/crime-investigation.nodes.Email.csv", "pole.email", 328),
    ("pole/crime-investigation.nodes.Location.csv", "pole.location", 14904),
    ("pole/crime-investigation.nodes.Object.csv", "pole.object", 7),
    ("pole/crime-investigation.nodes.Officer.csv", "pole.officer", 1000),
    ("pole/crime-investigation.nodes.Person.csv", "pole.person", 369),
    ("pole/crime-investigation.nodes.Phone.csv", "pole.phone", 328),
    ("pole/crime-investigation.nodes.PhoneCall.csv", "pole.phone_call", 534),
    ("pole/crime-investigation.nodes.PostCode.csv", "pole.post_code", 14196),
    ("pole/crime-investigation.nodes.Vehicle.csv", "pole.vehicle", 1000),
    ("pole/crime-investigation.relationships.CALLED.csv", "pole.called", 534),
    ("pole/crime-investigation.relationships.CALLER.csv", "pole.caller", 534),
    ("pole/crime-investigation.relationships.CURRENT_ADDRESS.csv", "pole.current_address", 368),
    ("pole/crime-investigation.relationships.FAMILY_REL.csv", "pole.family_rel", 155),
    ("pole/crime-investigation.relationships.HAS_EMAIL.csv", "pole.has_email", 328),
    ("pole/crime-investigation.relationships.HAS_PHONE.csv", "pole.has_phone", 328),
    ("pole/crime-investigation.relationships.HAS_POSTCODE.csv", "pole.has_postcode", 14904),
    ("pole/crime-investigation.relationships.INVESTIGATED_BY.csv", "pole.investigated_by", 28762),
    ("pole/crime-investigation.relationships.INVOLVED_IN.csv", "pole.involved_in", 985),
    ("pole/crime-investigation.relationships.KNOWS.csv", "pole.knows", 586),
    ("pole/crime-investigation.relationships.KNOWS_LW.csv", "pole.knows_lw", 80),
    ("pole/crime-investigation.relationships.KNOWS_PHONE.csv", "pole.knows_phone", 118),
    ("pole/crime-investigation.relationships.KNOWS_SN.csv", "pole.knows_sn", 241),
    ("pole/crime-investigation.relationships.LOCATION_IN_AREA.csv", "pole.location_in_area", 14904),
    ("pole/crime-investigation.relationships.OCCURRED_AT.csv", "pole.occurred_at", 28762),
    ("pole/crime-investigation.relationships.PARTY_TO.csv", "pole.party_to", 55),
    ("pole/crime-investigation.relationships.POSTCODE_IN_AREA.csv", "pole.postcode_in_area", 14196),
    ("ncrb/district_ipc_crimes_2017_2020.csv", "ncrb.district_ipc", 3481),
    ("ncrb/42_District_wise_crimes_committed_against_women_2001_2012.csv", "ncrb.women", 8597),
    ("ncrb/11_Property_stolen_and_recovered_nature_of_property_2001_2010.csv", "ncrb.property", 4200),
    ("cctns_ps_codes/cctns_state_district_ps_all_india.csv", "codes.all_india", 17665),
    ("cctns_ps_codes/rajasthan_police_stations_cctns.csv", "codes.stations", 895),
    ("cctns_ps_codes/rajasthan_police_districts_cctns.csv", "codes.districts", 49),
    ("cctns_ps_codes/rajasthan_41_revenue_districts_hi_en.csv", "codes.revenue", 41),
    ("lgd/1-state.csv", "lgd.state", 36),
    ("lgd/2-district.csv", "lgd.district", 763),
    ("lgd/3-subdistrict.csv", "lgd.subdistrict", 6921),
    ("lgd/blocks.csv", "lgd.blocks", 7233),
    ("lgd/local-body-type-code.csv", "lgd.local_body_type_code", 8),
    ("lgd/rajasthan_2-district.csv", "lgd.rajasthan_district", 33),
    ("lgd/rajasthan_3-subdistrict.csv", "lgd.rajasthan_subdistrict", 369),
    ("lgd/rajasthan_blocks.csv", "lgd.rajasthan_blocks", 352),
    ("lgd/rajasthan_urban-local-body.csv", "lgd.rajasthan_urban_local_body", 216),
    ("lgd/urban-local-body.csv", "lgd.urban_local_body", 4814),
    ("pincode/rajasthan_post_offices_2015.csv", "post.office", 10331),
    ("vehicles/rto_codes_india_wikipedia2018.csv", "rto.india", 1317),
    ("vehicles/rto_rajasthan_two_sources.csv", "rto.rajasthan", 55),
    ("telecom_ref/osmocom_tacdb.csv", "telecom.tac", 22527),
    ("telecom_ref/india_mcc_mnc.csv", "telecom.mnc", 214),
    ("chicago_crimes/chicago_crimes_2015_sample.csv", "chicago.crime", 183),
    ("telecom_ref/india_mobile_series_circle_2021.json", "telecom.series", 3890),
    ("telecom_layouts/samples/airtel_gprs_empty.csv", "telecom.gprs_airtel", 0),
    ("telecom_layouts/samples/airtel_cdr_7000000101.csv", "telecom.cdr", 60),
    ("telecom_layouts/samples/bsnl_cdr_7000000404.csv", "telecom.cdr", 60),
    ("messy/raj2022_utf8.csv", "ncrb.raj2022", 48),
    ("messy/raj2022_utf8_bom_crlf.csv", "ncrb.raj2022", 48),
    ("messy/raj2022_utf16le_bom_tab.txt", "ncrb.raj2022", 48),
    ("messy/raj2022_merged_headers_krutidev_sheet.xlsx", "ncrb.raj2022", 48),
    ("messy/rajya_sabha_members_2013_trimmed_biff8.xls", "parliament.member", 243),
    ("messy/nested/vahan_like_synthetic.xml", "transport.vehicle", 1),
    ("messy/nested/echallan_like_synthetic.json", "transport.echallan", 2),
    // The same files under the contracts that are shipped.
    ("messy/nested/echallan_like_synthetic.json", "transport.challan", 2),
    ("telecom_layouts/samples/airtel_gprs_empty.csv", "telecom.ipdr", 0),
    ("telecom_ref/india_mobile_series_circle_2021.json", "reference.series", 3890),
    ("telecom_ref/osmocom_tacdb.csv", "reference.tac", 22527),
    ("vehicles/rto_codes_india_wikipedia2018.csv", "reference.rto", 1317),
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
    for (file, name, rows) in FILES {
        let contract = contracts.get(*name).unwrap_or_else(|| panic!("no contract {name}"));
        match read(contract, &data.join(file)) {
            Ok(read) if read.accepted() == *rows && read.rejects.is_empty() => {}
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
    let forms: Vec<Vec<String>> = FILES
        .iter()
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
