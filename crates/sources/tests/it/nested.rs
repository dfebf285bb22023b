use sources::{Limits, ReadError, reparse};

use super::support::{contract, read, read_with, row};

fn from(name: &str, path: &str) -> String {
    format!("{name}|string|customProperties: [{{property: from, value: ['{path}']}}]")
}

#[test]
fn json_records_lie_where_the_path_says() {
    let columns = [from("vehicle", "$1"), from("no", "challan/no"), "fine|int64".to_owned()];
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let c = contract("{kind: json, rows: '/*/Pending/*'}", &columns);
    let text = r#" {"RJ14": {"x": [1, {"y": "]}"}], "Pending": [{"challan": {"no": "A"}, "fine": 100}, {"challan": {"no": "B\"}"}, "fine": "x"}]},
        "RJ15": {"Pending": [], "Other": [{"fine": 1}]}, "RJ16": {"Pending": [{"fine": null}]}} "#;
    let all = read(&c, "t.json", text).unwrap();
    let rows: Vec<Vec<String>> = all.rows().into_iter().map(|r| r[..4].to_vec()).collect();
    assert_eq!(rows, [["RJ14", "A", "100", "1"], ["RJ16", "∅", "∅", "3"]]);
    assert_eq!(all.codes(), [(2, vec!["bad_type"])]);
    let mended = contract("{kind: json, rows: '/*/Pending/*'}", &[columns[0], columns[1], "fine"]);
    let records: Vec<(i64, String)> = all.rejects.iter().map(|r| (r.row, r.original.clone())).collect();
    let again = reparse(&mended, &all.layout, &records, &Limits::default()).unwrap();
    assert_eq!(row(&again.batch, 0)[..4], ["RJ14", "B\"}", "x", "2"]);
    for block in [1, 2, 3, 7, 64] {
        let limits = Limits { block_bytes: block, ..Limits::default() };
        assert_eq!(read_with(&c, "t.json", text, &limits).unwrap().rows(), all.rows(), "{block}");
    }
}

#[test]
fn a_document_may_be_an_array_an_object_or_lines() {
    let c = contract("{kind: json, rows: /}", &["a|int64"]);
    for text in [r#"[{"a":1},{"a":2}]"#, r#"{"a":1} {"a":2}"#] {
        assert_eq!(read(&c, "t", text).unwrap().batch.num_rows(), 2, "{text}");
    }
    let lines = contract("{kind: ndjson}", &["a|int64"]);
    let all = read(&lines, "t", "{\"a\":1}\n\n{\"a\":x}\n[1]\n{\"a\":2}").unwrap();
    assert_eq!(all.codes(), [(3, vec!["bad_format"]), (4, vec!["bad_format"])]);
    assert_eq!(all.rows(), [["1", "1", "∅"], ["2", "5", "∅"]]);
}

#[test]
fn broken_json_is_said_so() {
    let c = contract("{kind: json, rows: /}", &["a|int64"]);
    let fails = |text: &str| read(&c, "t", text).err().unwrap();
    assert!(matches!(fails(""), ReadError::Empty { .. }));
    assert!(matches!(fails("[{\"a\":1},{\"a\":"), ReadError::Truncated { .. }));
    assert!(matches!(fails("[{\"a\":1} {\"a\":2}]"), ReadError::Corrupt { .. }));
    let limits = Limits { max_record_bytes: 100, block_bytes: 16, ..Limits::default() };
    let long = format!("[{{\"a\":\"{}\"}}]", "x".repeat(10_000));
    assert!(matches!(read_with(&c, "t", long, &limits).err().unwrap(), ReadError::TooLong { .. }));
}

#[test]
fn xml_elements_attributes_and_entities() {
    let columns = [from("id", "@id"), from("name", "owner/name"), from("kind", "owner/@kind"), "n|int64".to_owned()];
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let text = "<?xml version=\"1.0\"?><all><v id='1'><owner kind=\"a\"><name>राम &amp; &#x41;</name></owner><n>5</n></v>\
        <other/><v id='2'><n>x</n></v><v id='3'/></all>";
    for path in ["/all/v", "//v", "/*/v"] {
        let c = contract(&format!("{{kind: xml, rows: '{path}'}}"), &columns);
        let all = read(&c, "t.xml", text).unwrap();
        let rows: Vec<Vec<String>> = all.rows().into_iter().map(|r| r[..5].to_vec()).collect();
        assert_eq!(rows, [["1", "राम & A", "a", "5", "1"], ["3", "∅", "∅", "∅", "3"]], "{path}");
        assert_eq!(all.codes(), [(2, vec!["bad_type"])]);
        let records = vec![(2, all.rejects[0].original.replace('x', "7"))];
        let again = reparse(&c, &all.layout, &records, &Limits::default()).unwrap();
        assert_eq!(row(&again.batch, 0)[3..5], ["7", "2"]);
    }
    let c = contract("{kind: xml, rows: //v}", &columns);
    assert!(matches!(read(&c, "t", "<all><v>").err().unwrap(), ReadError::Truncated { .. } | ReadError::Corrupt { .. }));
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><all><v id='1'><n>&a;</n></v></all>";
    assert_eq!(read(&c, "t", bomb).unwrap().codes(), [(1, vec!["bad_format"])]);
}
