//! Bad input for the readers of trees and workbooks: each is told, and costs little memory.

use std::io::{Cursor, Write};

use sources::{Limits, ReadError};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use super::support::{contract, read, read_with};

fn xml(record: &str) -> Vec<(i64, Vec<&'static str>)> {
    let c = contract("{kind: xml, rows: //v}", &["id|string|customProperties: [{property: clean, value: [id]}]", "note|string"]);
    let all = read(&c, "t.xml", format!("<all><v><id>1</id><note>good</note></v>{record}</all>")).unwrap();
    assert!(all.rows().iter().any(|r| r[0] == "1"), "the good row stands");
    all.codes()
}

#[test]
fn xml_values_that_are_none() {
    assert_eq!(xml("<v><id>2</id><note>a\0b</note></v>"), [(2, vec!["nul_byte"])]);
    assert_eq!(xml("<v><id>2.7541E+07</id></v>"), [(2, vec!["scientific_notation"])]);
    assert_eq!(xml("<v><id>2</id><note>&unknown;</note></v>"), [(2, vec!["bad_format"])]);
    // Most of the file is UTF-8, one record is not.
    let c = contract("{kind: xml, rows: //v}", &["note|string"]);
    let mut mixed = "<all><v><note>राम</note></v><v><note>caf".to_owned().into_bytes();
    mixed.extend(b"\xe9</note></v><v><note>\xe0\xa4\xb6</note></v></all>");
    // Such a document is no XML; the place is named.
    let error = read(&c, "t.xml", mixed).err().unwrap();
    assert!(matches!(error, ReadError::Corrupt { .. }) && error.to_string().contains("near record 2"), "{error}");
}

#[test]
fn an_aadhaar_number_in_xml_is_masked_and_flagged() {
    let c = contract("{kind: xml, rows: //v}", &["note|string", "n|int64"]);
    // A made-up number whose check digit is right.
    let all =
        read(&c, "t.xml", "<all><v><note>card 2341 2341 2346</note></v><v><note>234123412346</note><n>x</n></v></all>").unwrap();
    let rows = all.rows();
    assert!(rows[0][0].ends_with("2346") && !rows[0][0].contains("2341 2341"), "{rows:?}");
    assert!(rows[0][3].contains("aadhaar"), "{rows:?}");
    assert!(!all.rejects[0].original.contains("234123412346"), "{}", all.rejects[0].original);
}

#[test]
fn an_xml_element_without_end() {
    let c = contract("{kind: xml, rows: //v}", &["note|string"]);
    let limits = Limits { max_record_bytes: 1000, ..Limits::default() };
    for text in [
        format!("<all><v><note>{}", "x".repeat(5 << 20)),
        format!("<all><v {}", "a='1' ".repeat(1 << 20)),
        format!("<all>{}", "text outside ".repeat(1 << 19)),
        format!("<all><v>{}", "<n>1</n>".repeat(1 << 18)),
        format!("<!--{}", "-x".repeat(1 << 20)),
    ] {
        let error = read_with(&c, "t.xml", text, &limits).err().unwrap();
        assert!(matches!(error, ReadError::TooLong { limit: 1000, .. }), "{error}");
    }
    let many = format!("<all>{}</all>", "<v><note>1</note></v>".repeat(1000));
    assert_eq!(read_with(&c, "t.xml", many, &limits).unwrap().batch.num_rows(), 1000, "many short ones are no long one");
}

#[test]
fn json_values_that_are_none() {
    let c = contract("{kind: json, rows: /}", &["note|string"]);
    let all = read(&c, "t.json", "[{\"note\":\"good\"},{\"note\":\"a\\u0000b\"},{\"note\":\"last\"}]").unwrap();
    assert_eq!((all.codes(), all.batch.num_rows()), (vec![(2, vec!["nul_byte"])], 2));
    let mut mixed = "[{\"note\":\"राम\"},{\"note\":\"caf".to_owned().into_bytes();
    mixed.extend(b"\xe9\"},{\"note\":\"\xe0\xa4\xb6\"}]");
    let all = read(&c, "t.json", mixed).unwrap();
    assert_eq!((all.codes(), all.batch.num_rows()), (vec![(2, vec!["bad_encoding"])], 2));
}

fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default().compression_method(CompressionMethod::Deflated)).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn workbooks_made_to_fill_the_memory() {
    let c = contract("{kind: sheet, sheets: first}", &["a|string"]);
    let swollen = vec![b' '; 70 << 20];
    let ods = packed(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", &swollen)]);
    let xlsx = packed(&[("[Content_Types].xml", b"<Types/>"), ("xl/worksheets/sheet1.xml", &swollen)]);
    for bytes in [ods, xlsx] {
        assert!(bytes.len() < 1 << 20);
        let error = read(&c, "bomb", bytes).err().unwrap();
        assert!(matches!(error, ReadError::Bomb { .. }), "{error}");
    }
    // An old workbook has no compression; its size is its bound.
    let mut xls = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    xls.resize(2 << 20, 0);
    let tight = Limits { max_sheet_bytes: 1 << 20, ..Limits::default() };
    assert!(matches!(read_with(&c, "t.xls", xls.clone(), &tight).err().unwrap(), ReadError::Bomb { limit: 1_048_576, .. }));
    assert!(matches!(read(&c, "t.xls", xls).err().unwrap(), ReadError::Corrupt { kind: "workbook", .. }));
}

/// A locked workbook is a compound file whose directory says so: head, chains, directory.
#[test]
fn a_workbook_with_a_password_is_told() {
    let mut bytes = vec![0; 512];
    bytes[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    bytes[24] = 0x3e;
    bytes[26] = 3;
    bytes[28..30].copy_from_slice(&[0xfe, 0xff]);
    bytes[30] = 9;
    bytes[32] = 6;
    bytes[44] = 1;
    bytes[48] = 1;
    bytes[57] = 0x10;
    bytes[60..64].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    bytes[68..72].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
    bytes[76..512].fill(0xff);
    bytes[76..80].fill(0);
    let mut chains = vec![0xff; 512];
    chains[..8].copy_from_slice(&[0xfd, 0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff]);
    bytes.extend(chains);
    for (name, kind) in [("Root Entry", 5u8), ("EncryptionInfo", 2), ("EncryptedPackage", 2), ("", 0)] {
        let mut entry = vec![0; 128];
        let letters: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        entry[..letters.len()].copy_from_slice(&letters);
        entry[64] = if name.is_empty() { 0 } else { letters.len() as u8 + 2 };
        entry[66] = kind;
        entry[68..80].fill(0xff);
        entry[116..120].copy_from_slice(&[0xfe, 0xff, 0xff, 0xff]);
        bytes.extend(entry);
    }
    let c = contract("{kind: sheet, sheets: first}", &["a|string"]);
    let error = read(&c, "locked.xlsx", bytes).err().unwrap();
    assert!(matches!(error, ReadError::PasswordNeeded { .. }), "{error}");
}
