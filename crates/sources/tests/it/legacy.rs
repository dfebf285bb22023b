//! Columns in legacy fonts: converted, flagged, and kept as typed.

use sources::Contract;

use super::support::{contract, read, yaml};

fn column(font: &str) -> String {
    format!("name|string|customProperties: [{{property: legacyFont, value: {font}}}]")
}

#[test]
fn the_original_stands_beside_the_conversion() {
    let contract = contract("{kind: csv}", &["id|string|required: true", &column("auto")]);
    assert_eq!(contract.columns.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["id", "name", "name_legacy"]);
    // Unicode, Kruti Dev (also with a rounded quote), English, a doubtful word, and Kruti Dev inside English.
    let text = "id,name\n1,राम लाल\n2,\"eksgu yky izns’k\"\n3,Rajasthan Police\n4,nkl\n5,FIR by iqfyl Fkkuk\n6,\n";
    let all = read(&contract, "t.csv", text).unwrap();
    let expected = [
        ["1", "राम लाल", "∅", "∅"],
        ["2", "मोहन लाल प्रदेश", "eksgu yky izns’k", "legacy_font:name"],
        ["3", "Rajasthan Police", "∅", "∅"],
        ["4", "nkl", "∅", "legacy_font_doubtful:name"],
        ["5", "FIR by पुलिस थाना", "FIR by iqfyl Fkkuk", "legacy_font:name"],
        ["6", "∅", "∅", "∅"],
    ];
    let found: Vec<Vec<String>> =
        all.rows().into_iter().map(|r| vec![r[0].clone(), r[1].clone(), r[2].clone(), r[4].clone()]).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_column_known_to_be_legacy_has_no_doubt() {
    let contract = contract("{kind: csv}", &[&column("krutidev")]);
    let all = read(&contract, "t.csv", "name\nnkl\nJAIPUR POLICE\n").unwrap();
    assert_eq!(all.rows()[0][..2], ["दास", "nkl"]);
    assert_eq!(all.rows()[1][..2], ["JAIPUR POLICE", "∅"]);
}

#[test]
fn rules_see_the_converted_text() {
    let name =
        "name|string|customProperties: [{property: legacyFont, value: auto}, {property: map, value: {पुलिस थाना: station}}]";
    let contract = contract("{kind: csv}", &["id|string", name]);
    let all = read(&contract, "t.csv", "id,name\n1,iqfyl Fkkuk\n2,Mkd ?kj dk irk\n").unwrap();
    assert_eq!(all.rows()[0][1], "station");
    // A refused row keeps what was typed.
    assert_eq!(all.codes(), [(3, vec!["not_in_list"])]);
    assert!(all.rejects[0].reasons[0].value.as_deref().is_some_and(|v| v.contains("Mkd ?kj")), "{:?}", all.rejects[0]);
}

#[test]
fn a_font_nobody_knows_is_refused() {
    for (columns, part) in [
        (column("shusha"), "none, auto, krutidev, devlys"),
        ("n|int32|customProperties: [{property: legacyFont, value: auto}]".to_owned(), "string column"),
    ] {
        let error = Contract::parse(&yaml("{kind: csv}", &[&columns]), "").unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}
