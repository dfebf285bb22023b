use std::io::Write;

use arrow::array::Array;
use sources::{Limits, ReadError, reparse};

use super::support::{contract, read, read_with};

const CSV: &str = "{kind: csv}";
const TABLE: &str = "id,name,n\n1,a,10\n2,b,20\n3,\"c,\"\"d\"\"\ne\",30\n";

fn table() -> std::sync::Arc<sources::Contract> {
    contract(CSV, &["id|string|required: true", "name", "n|int64"])
}

#[test]
fn every_writing_of_one_table_gives_the_same_rows() {
    let expected = read(&table(), "t.csv", TABLE).unwrap();
    assert_eq!(expected.rows()[2][..3], ["3", "c,\"d\"\ne", "30"]);
    assert_eq!(expected.rows()[2][3], "4");
    for (name, bytes) in [
        ("bom", format!("\u{feff}{TABLE}").into_bytes()),
        ("no last line end", TABLE.trim_end().to_owned().into_bytes()),
        ("utf-16le with mark", utf16(&format!("\u{feff}{TABLE}"), u16::to_le_bytes)),
        ("utf-16be with mark", utf16(&format!("\u{feff}{TABLE}"), u16::to_be_bytes)),
        ("utf-16le", utf16(TABLE, u16::to_le_bytes)),
        ("utf-16be", utf16(TABLE, u16::to_be_bytes)),
        ("gzip", gzip(TABLE.as_bytes())),
    ] {
        let all = read(&table(), name, bytes).unwrap();
        assert_eq!(all.rows(), expected.rows(), "{name}");
    }
    let plain = "id,name,n\n1,a,10\n2,b,20\n";
    let expected = read(&table(), "t.csv", plain).unwrap().rows();
    for end in ["\r\n", "\r", "\n"] {
        assert_eq!(read(&table(), end, plain.replace('\n', end)).unwrap().rows(), expected, "{end:?}");
    }
    let mixed = "id,name,n\r\n1,a,10\r2,b,20\n";
    assert_eq!(read(&table(), "mixed", mixed).unwrap().rows(), expected);
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[test]
fn windows_1252_and_mixed_encodings() {
    let all = read(&table(), "t.csv", b"id,name,n\n1,caf\xe9,1\n2,x,2\n".as_slice()).unwrap();
    assert_eq!(all.rows()[0][1], "café");
    let mixed = [b"id,name,n\n1,".as_slice(), "जयपुर".as_bytes(), b",1\n2,caf\xe9,2\n3,ok,3\n"].concat();
    let all = read(&table(), "t.csv", mixed).unwrap();
    assert_eq!(all.codes(), [(3, vec!["bad_encoding"])]);
    assert_eq!(all.rejects[0].original, "2,café,2");
    assert_eq!(all.batch.num_rows(), 2);
}

#[test]
fn bad_rows_go_to_quarantine_with_their_reason() {
    let text = "id,name,n\n1,a\n2,b,20,x\n,c,3\n4,d,x\n5,e\0,5\n\n6,f,6\n";
    let all = read(&table(), "t.csv", text).unwrap();
    assert_eq!(
        all.codes(),
        [(2, vec!["ragged"]), (3, vec!["ragged"]), (4, vec!["missing_value"]), (5, vec!["bad_type"]), (6, vec!["nul_byte"]),]
    );
    assert_eq!((all.rows_in, all.batch.num_rows()), (6, 1));
    assert_eq!(all.rows()[0][3], "8", "blank lines keep their place");
    assert_eq!(all.rejects[3].original, "4,d,x");
    assert_eq!(all.rejects[3].reasons[0].column.as_deref(), Some("n"));
    assert_eq!(all.rejects[3].reasons[0].value.as_deref(), Some("x"));
}

#[test]
fn quarantine_is_replayed_after_the_contract_is_mended() {
    let text = "id,name,n\n1,a,ten\n2,\"b,\"\"x\"\"\",x\n";
    let all = read(&table(), "t.csv", text).unwrap();
    assert_eq!(all.rejects.len(), 2);
    let records: Vec<(i64, String)> = all.rejects.iter().map(|r| (r.row, r.original.clone())).collect();
    let mended = contract(CSV, &["id", "name", "n"]);
    let parsed = reparse(&mended, &all.layout, &records, &Limits::default()).unwrap();
    assert_eq!(parsed.rejects, []);
    let rows: Vec<Vec<String>> = (0..2).map(|r| super::support::row(&parsed.batch, r)).collect();
    assert_eq!(rows[0], ["1", "a", "ten", "2", "∅"]);
    assert_eq!(rows[1], ["2", "b,\"x\"", "x", "3", "∅"]);
}

#[test]
fn whole_file_failures_say_what_to_do() {
    let fails = |bytes: &[u8]| read(&table(), "t.csv", bytes).err().unwrap();
    assert!(matches!(fails(b""), ReadError::Empty { .. }));
    assert!(matches!(fails(b"x,y\n1,2\n"), ReadError::HeaderNotFound { missing, .. } if missing == ["id"]));
    let packed = gzip(TABLE.repeat(2000).as_bytes());
    let cut = read(&table(), "t.csv.gz", &packed[..packed.len() / 2]).err().unwrap();
    assert!(matches!(cut, ReadError::Truncated { .. }), "{cut}");
    let error = sources::open(&table(), 7, "t", Box::new(std::io::Cursor::new(vec![1])), &Limits::default()).err().unwrap();
    assert!(matches!(error, ReadError::NoSuchVariant { formats: 1, .. }));
}

#[test]
fn a_gzip_bomb_stops_at_its_limit() {
    let packed = gzip(&b"1,a,1\n".repeat(100_000));
    let limits = Limits { max_unpacked_bytes: 100_000, ..Limits::default() };
    let bytes = [gzip(b"id,name,n\n"), packed].concat();
    let error = read_with(&table(), "b.gz", bytes, &limits).err().unwrap();
    assert!(matches!(error, ReadError::Bomb { limit: 100_000, .. }), "{error}");
}

#[test]
fn a_record_that_never_ends_is_refused_in_bounded_memory() {
    let limits = Limits { max_record_bytes: 1000, block_bytes: 256, ..Limits::default() };
    let text = format!("id,name,n\n1,a,1\n2,{},2\n3,c,3\n", "x".repeat(50_000));
    let all = read_with(&table(), "t.csv", text, &limits).unwrap();
    assert_eq!(all.codes(), [(3, vec!["too_long"])]);
    assert!(all.rejects[0].original.len() <= 4096);
    assert_eq!(all.rows().iter().map(|r| r[3].as_str()).collect::<Vec<_>>(), ["2", "4"]);
}

#[test]
fn a_quote_that_never_closes_costs_one_record() {
    let text = "id,name,n\n1,\"a,1\n2,b,2\n3,c,3\n";
    let all = read(&table(), "t.csv", text).unwrap();
    assert_eq!(all.batch.num_rows() + all.rejects.len(), 3);
    assert!(all.trailer.warnings.iter().any(|w| w.code == "unclosed_quote"));
    assert!(all.rows().iter().any(|r| r[0] == "3"));
}

#[test]
fn preamble_footer_and_empty_reports() {
    let format = r"{kind: csv, preamble: ['Value : (?<number>\d+)'], skip: ['^-+$', '^TOTAL'], footer: ['^\*\*\* END', '^COUNT : (?<count>\d+)$'], empty: ['^No Records']}";
    let c = contract(
        format,
        &["id|string|required: true", "name", "owner|string|customProperties: [{property: from, value: 'preamble:number'}]"],
    );
    let text = "Report\nValue : 77\n\nid,name\n---\n1,a\n2,b\nTOTAL,2\n*** END\nCOUNT : 3\n";
    let all = read(&c, "r.csv", text).unwrap();
    assert_eq!(all.rows().iter().map(|r| r[..4].to_vec()).collect::<Vec<_>>(), [["1", "a", "77", "6"], ["2", "b", "77", "7"]]);
    assert_eq!(all.trailer.declared_rows, Some(3));
    assert_eq!(all.trailer.warnings[0].code, "count_mismatch");
    let ok = read(&c, "r.csv", text.replace("COUNT : 3", "COUNT : 2")).unwrap();
    assert_eq!(ok.trailer.warnings, []);
    let cut = read(&c, "r.csv", "id,name\n1,a\n").unwrap();
    assert_eq!(cut.trailer.warnings[0].code, "no_footer");
    for text in ["id,name\nNo Records Found\n", "Report\nNo Records Found\n"] {
        let empty = read(&c, "r.csv", text).unwrap();
        assert_eq!((empty.rows_in, empty.trailer.warnings[0].code), (0, "empty_report"));
    }
}

#[test]
fn drift_is_reported() {
    let c = contract(CSV, &["id|string|required: true", "station_name", "phone"]);
    let all = read(&c, "t.csv", "phone,id,statoin name,extra\n1,2,3,4\n").unwrap();
    let drift = &all.trailer.drift;
    assert_eq!(drift.new, ["statoin name", "extra"]);
    assert_eq!(drift.missing, ["station_name"]);
    assert_eq!(drift.renamed, [("station_name".to_owned(), "statoin name".to_owned())]);
    assert!(drift.reordered);
}

#[test]
fn aadhaar_like_numbers_are_masked_everywhere() {
    let number = (0..10).map(|d| format!("23412341234{d}")).find(|n| model::aadhaar::verhoeff(n.as_bytes())).unwrap();
    let c = contract(CSV, &["id|string|required: true", "note", "n|int64"]);
    let text = format!("id,note,n\n1,uid {number},1\n2,uid {number},x\n");
    let all = read(&c, "t.csv", text).unwrap();
    assert_eq!(all.rows()[0][1], format!("uid XXXXXXXX{}", &number[8..]));
    assert_eq!(all.rows()[0][4], "aadhaar_masked:note");
    assert!(!all.rejects[0].original.contains(&number));
}

#[test]
fn scientific_notation_and_formulas() {
    let c = contract(CSV, &["phone|string|customProperties: [{property: clean, value: [phone]}]", "note"]);
    let all = read(&c, "t.csv", "phone,note\n9.19E+11,x\n7000000101,=1+1\n7000000102,@x\n").unwrap();
    assert_eq!(all.codes(), [(2, vec!["scientific_notation"])]);
    assert_eq!(all.rows()[0][1], "=1+1");
    assert_eq!(all.batch.column(1).len(), 2);
}

#[test]
fn rules_refuse_or_flag() {
    let q = |severity: &str, rule: &str| {
        format!("quality: [{{type: custom, engine: sarovar, severity: {severity}, implementation: '{rule}'}}]")
    };
    let c = contract(
        CSV,
        &[
            "id|string|required: true",
            &format!("kind|string|{}", q("error", "enum a|b")),
            &format!("n|int64|{}", q("warning", "max 10")),
            "first|date",
            &format!("last|date|{}", q("error", "not_before first")),
            &format!("why|string|{}", q("error", "required_if kind=b")),
            &format!("imei|string|{}", q("warning", "valid_imei")),
        ],
    );
    let text = "id,kind,n,first,last,why,imei\n\
        1,a,5,2026-01-01,2026-01-02,,490154203237518\n\
        2,c,5,2026-01-01,2026-01-02,,\n\
        3,a,50,2026-01-01,2026-01-02,,490154203237517\n\
        4,a,5,2026-01-03,2026-01-02,,\n\
        5,b,5,,,,\n";
    let all = read(&c, "t.csv", text).unwrap();
    assert_eq!(all.codes(), [(3, vec!["not_in_list"]), (5, vec!["rule"]), (6, vec!["missing_value"])]);
    assert_eq!(all.rows()[0][8], "∅");
    assert_eq!(all.rows()[1][8], "out_of_range:n,rule:imei");
}
