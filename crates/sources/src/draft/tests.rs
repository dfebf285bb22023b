use std::io::Cursor;

use super::*;
use crate::Parsed;

fn drafted(name: &str, text: &str) -> Draft {
    draft("test.sample", name, &mut Cursor::new(text.as_bytes().to_vec())).unwrap()
}

/// What the draft makes of a file.
fn read(draft: &Draft, name: &str, text: &str) -> Parsed {
    let input = Box::new(Cursor::new(text.as_bytes().to_vec()));
    let mut reader = crate::open(&draft.contract().unwrap(), 0, name, input, &Limits::default()).unwrap();
    let parsed = reader.next().unwrap().unwrap().parse();
    assert!(reader.next().unwrap().is_none());
    parsed
}

const REGISTER: &str = "Register of the station\n\nEntry No,Complainant Name,मोबाइल,Vehicle,Date,Village,Amount,Remarks\n\
    0001,Test Person,7000000101,RJ14ZZ0001,05/01/2026,Testpura,120.50,seen\n\
    0002,Other Person,07000000102,RJ 14 ZZ 0002,06/01/2026,Testgarh,80,\n\
    0003,Third Person,+91 7000000103,RJ14ZZ0003,07/01/2026,Testpura,12,none\n";

#[test]
fn a_register_becomes_a_contract_that_reads_it() {
    let made = drafted("register.csv", REGISTER);
    let of = |name: &str| made.columns.iter().find(|c| c.name == name).unwrap_or_else(|| panic!("{name}: {:?}", made.columns));
    assert!(of("entry_no").key && of("entry_no").kind == "string", "numbers of things keep their zeros");
    assert_eq!((of("column_3").clean.as_str(), of("column_3").classification), ("phone", Classification::Personal));
    assert_eq!((of("column_3").why, of("column_3").examples[1].as_str()), (Why::ValuesPhone, "07000000102"));
    assert_eq!(of("vehicle").clean, "plate");
    assert_eq!((of("date").kind.as_str(), of("date").format.as_str()), ("date", "%d/%m/%Y"));
    assert_eq!(of("amount").kind, "float64");
    assert_eq!(of("complainant_name").classification, Classification::Personal);
    assert_eq!(of("village").classification, Classification::Internal, "`age` is no word of it");
    assert_eq!((of("village").filled, of("village").different), (3, 2));
    assert_eq!((of("remarks").classification, of("remarks").why), (Classification::Personal, Why::FreeText));
    assert!(!of("remarks").required && of("date").required);
    assert_eq!((made.looks.kind.as_str(), made.looks.delimiter.as_str(), made.rows), ("csv", ",", 3));
    let contract = made.contract().unwrap();
    assert_eq!((contract.name.as_str(), contract.key.as_slice()), ("test.sample", ["entry_no".to_owned()].as_slice()));
    let objects: Vec<&str> = contract.mapping.iter().map(|m| m.table.as_str()).collect();
    assert_eq!(objects, ["object", "object"], "phones and vehicles: {}", made.mapping);
    // It reads its own sample, and refuses what is not like it.
    let more = format!("{REGISTER}0004,Fourth,7000000104,RJ14ZZ0004,yesterday,Testpura,1,\n");
    let parsed = read(&made, "register.csv", &more);
    assert_eq!((parsed.rows_in, parsed.rejects.len()), (4, 1), "{:?}", parsed.rejects);
}

#[test]
fn what_was_changed_in_a_draft_is_what_is_written() {
    let mut made = drafted("register.csv", REGISTER);
    made.name = "thana.diary".into();
    made.authority_required = true;
    (made.every, made.keep) = ("12 h".into(), "5 y".into());
    made.title_hi = "थाने की \"डायरी\": सब".into();
    let amount = made.columns.iter_mut().find(|c| c.name == "amount").unwrap();
    (amount.kind, amount.classification) = ("decimal(14,2)".into(), Classification::Internal);
    let remarks = made.columns.iter_mut().find(|c| c.name == "remarks").unwrap();
    remarks.wanted = false;
    let village = made.columns.iter_mut().find(|c| c.name == "village").unwrap();
    (village.key, village.required, village.name) = (true, false, "no".into());
    let contract = made.contract().unwrap();
    assert_eq!((contract.name.as_str(), contract.title.hi.as_str()), ("thana.diary", "थाने की \"डायरी\": सब"));
    assert_eq!(contract.key, ["entry_no", "no"]);
    assert!(contract.authority_required && contract.column("remarks").is_none());
    assert_eq!(contract.freshness.as_ref().map(|p| (p.value, p.unit.as_str())), Some((12.0, "h")));
    assert_eq!(contract.column("amount").unwrap().classification, Classification::Internal);
    let parsed = read(&made, "register.csv", REGISTER);
    assert_eq!((parsed.batch.num_rows(), parsed.rejects.len()), (3, 0), "{:?}", parsed.rejects);
    // What cannot be is said, with the place.
    let wrong = |change: &dyn Fn(&mut Draft)| {
        let mut draft = made.clone();
        change(&mut draft);
        draft.contract().unwrap_err().to_string()
    };
    assert!(wrong(&|d| d.columns[1].name = "Mobile No".into()).contains("Complainant Name"));
    assert!(wrong(&|d| d.every = "often".into()).contains("frequency"));
    assert!(wrong(&|d| d.every = "-1 d".into()).contains("span of time"));
    assert!(wrong(&|d| d.columns[1].kind = "text".into()).contains("physicalType"));
    assert!(wrong(&|d| d.columns[1].clean = "wash".into()).contains("cleaning step"));
    assert!(wrong(&|d| d.columns.iter_mut().for_each(|c| c.wanted = false)).contains("no column is wanted"));
    assert!(wrong(&|d| d.name = "a.b\nkind: x".into()).contains("SYSTEM.DATASET"));
    assert!(wrong(&|d| d.mapping = "DROP TABLE x".into()).contains("does not pass"));
    // Texts stay texts, whatever they hold.
    made.owner = "x\", value: y}\n  - {property: authorityRequired, value: false".into();
    assert!(made.contract().unwrap().owner.starts_with("x\", value"));
}

#[test]
fn documents_of_json_are_read_through_their_members() {
    let lines = "{\"id\":\"a1\",\"owner\":{\"email\":\"x@example.org\",\"lat\":26.9},\"at\":\"2026-01-05T08:00:00\"}\n\
        {\"id\":\"a2\",\"owner\":{\"email\":\"y@example.org\",\"lat\":27.1},\"at\":\"2026-01-06T08:00:00\",\"ok\":true}\n";
    let made = drafted("x.ndjson", lines);
    let seen: Vec<(&str, &str, Classification)> =
        made.columns.iter().map(|c| (c.name.as_str(), c.kind.as_str(), c.classification)).collect();
    assert_eq!(seen[0], ("id", "string", Classification::Internal));
    assert_eq!(seen[1], ("email", "string", Classification::Personal));
    assert_eq!(seen[2], ("lat", "float64", Classification::Sensitive));
    assert_eq!(seen[3], ("at", "timestamp", Classification::Internal));
    let whole = format!("{{\"data\":[{}]}}", lines.trim().replace('\n', ","));
    let made = drafted("x.json", &whole);
    assert_eq!(made.looks.rows, "/data/*");
    assert_eq!(read(&made, "x.json", &whole).batch.num_rows(), 2);
}

#[test]
fn other_writings_are_read_as_the_engine_reads_them() {
    use std::io::Write;
    // Kruti Dev of a station's name, in a file of Windows-1252 that somebody packed.
    let text = "No;Thana;Rupees\n1;iqfyl Fkkuk;£5\n2;iqfyl Fkkuk;£6\n";
    let bytes = encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&bytes).unwrap();
    let made = draft("a.b", "x.csv.gz", &mut Cursor::new(packed.finish().unwrap())).unwrap();
    assert_eq!((made.looks.delimiter.as_str(), made.columns[1].legacy_font.as_str()), (";", "auto"));
    assert_eq!((made.columns[2].examples[0].as_str(), made.columns[2].legacy_font.as_str()), ("£5", "none"));
}

#[test]
fn xml_and_parquet_samples() {
    let text = "<?xml version=\"1.0\"?>\n<Export when=\"today\"><Head><By>Test</By></Head><Rows>\
        <Row id=\"A1\"><Owner><Name>Test Person</Name><Phone>7000000101</Phone></Owner><At>05/01/2026</At></Row>\
        <Row id=\"A2\"><Owner><Name>Other &amp; Son</Name><Phone>7000000102</Phone></Owner><At>06/01/2026</At><Note/></Row>\
        <Row id=\"A3\"><Owner><Name>Third</Name><Phone>7000000103</Phone></Owner><At>07/01/2026</At></Row></Rows></Export>";
    let made = drafted("rows.xml", text);
    assert_eq!((made.looks.kind.as_str(), made.looks.rows.as_str(), made.rows), ("xml", "/Export/Rows/Row", 3));
    let headers: Vec<&str> = made.columns.iter().map(|c| c.header.as_str()).collect();
    assert_eq!(headers, ["@id", "Owner/Name", "Owner/Phone", "At", "Note"]);
    assert_eq!((made.columns[2].clean.as_str(), made.columns[3].format.as_str()), ("phone", "%d/%m/%Y"));
    assert_eq!(made.columns[1].examples[1], "Other & Son");
    let parsed = read(&made, "rows.xml", text);
    assert_eq!((parsed.rows_in, parsed.rejects.len()), (3, 0), "{:?}", parsed.rejects);
    // Cut off within a record; and a document that is one record.
    assert_eq!(drafted("cut.xml", &text[..text.len() - 60]).rows, 2);
    let one = drafted("one.xml", "<Vehicle><No>RJ14ZZ0001</No><Owner>Test</Owner></Vehicle>");
    assert_eq!((one.looks.rows.as_str(), one.rows, one.columns.len()), ("/Vehicle", 1, 2));

    let names = ["id", "phone"].map(|n| arrow::datatypes::Field::new(n, arrow::datatypes::DataType::Utf8, true));
    let schema = Arc::new(arrow::datatypes::Schema::new(names.to_vec()));
    let column = |texts: [&str; 3]| Arc::new(arrow::array::StringArray::from(texts.to_vec())) as arrow::array::ArrayRef;
    let columns = vec![column(["B1", "B2", "B3"]), column(["7000000101", "7000000102", "7000000103"])];
    let batch = arrow::record_batch::RecordBatch::try_new(schema.clone(), columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut bytes, schema, None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let made = draft("test.sample", "rows.parquet", &mut Cursor::new(bytes)).unwrap();
    assert_eq!((made.looks.kind.as_str(), made.rows), ("parquet", 3));
    assert_eq!((made.columns[0].key, made.columns[1].clean.as_str()), (true, "phone"));
    assert!(made.contract().unwrap().formats[0].kind.as_str() == "parquet");
}

#[test]
fn what_is_no_table_is_said() {
    let none = |name: &str, text: &str| draft("a.b", name, &mut Cursor::new(text.as_bytes().to_vec())).unwrap_err().to_string();
    assert!(none("a.txt", "just a line of words").contains("no table was found"));
    assert!(none("a.json", "{\"a\":1}").contains("no table was found"));
    assert!(none("a.json", "[1, 2").contains("no table was found"));
    assert!(none("a.xml", "<a/>").contains("no table was found"));
    let broken = draft("a.b", "a.parquet", &mut Cursor::new(b"PAR1 and no more".to_vec())).unwrap_err().to_string();
    assert!(broken.contains("a.parquet"), "{broken}");
    assert!(none("a.csv", "").contains("a.csv"));
    let bad = draft("Bad Name", "a.csv", &mut Cursor::new(REGISTER.as_bytes().to_vec())).unwrap_err();
    assert!(bad.to_string().contains("SYSTEM.DATASET"), "{bad}");
}

#[test]
fn headers_that_would_break_yaml_do_not() {
    let made = drafted("x.csv", "\"a: {b}\",'c' # d,- e,a: {b}\n1,2,3,4\n5,6,7,8\n");
    assert_eq!(made.contract().unwrap().columns.len(), 4);
    assert_eq!(made.columns[3].name, "a_b_2");
}
