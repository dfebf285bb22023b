use std::sync::Arc;

use arrow::array::{Float64Array, Int64Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use sources::{Limits, ReadError, reparse};

use super::support::{contract, read, read_with, row};

fn workbook() -> Vec<u8> {
    let mut book = Workbook::new();
    let hidden = book.add_worksheet().set_name("secret").unwrap();
    hidden.write(0, 0, "id").unwrap();
    hidden.set_hidden(true);
    let sheet = book.add_worksheet().set_name("data").unwrap();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write(0, 0, "Report of the district").unwrap();
    sheet.merge_range(2, 1, 2, 2, "Crimes", &Format::new()).unwrap();
    sheet.write(2, 0, "id").unwrap();
    sheet.write(3, 1, "murder").unwrap();
    sheet.write(3, 2, "robbery").unwrap();
    sheet.write(3, 3, "day").unwrap();
    for (r, n) in [(4u32, 1.0), (5, 2.0)] {
        sheet.write(r, 0, 7_000_000_101.0 + n).unwrap();
        sheet.write(r, 1, n).unwrap();
        sheet.write(r, 2, if n == 1.0 { "5" } else { "x" }).unwrap();
        sheet.write_with_format(r, 3, ExcelDateTime::from_ymd(2026, 1, 5).unwrap(), &date).unwrap();
    }
    sheet.write(7, 0, "=note").unwrap();
    sheet.write(7, 1, Formula::new("=1+2").set_result("3")).unwrap();
    book.set_active_worksheet_index_for_test();
    book.save_to_buffer().unwrap()
}

trait Quiet {
    fn set_active_worksheet_index_for_test(&mut self);
}

impl Quiet for Workbook {
    fn set_active_worksheet_index_for_test(&mut self) {
        let _ = self.worksheet_from_index(1).map(|s| s.set_active(true).set_first_tab(true));
    }
}

const FORMAT: &str = "{kind: sheet, headerRows: 2}";
const COLUMNS: [&str; 4] = ["id|string|required: true", "murder|int64", "robbery|int64", "day|date"];

#[test]
fn merged_headers_hidden_sheets_dates_and_formulas() {
    let c = contract(FORMAT, &COLUMNS);
    let all = read(&c, "t.xlsx", workbook()).unwrap();
    let rows: Vec<Vec<String>> = all.rows().into_iter().map(|r| r[..5].to_vec()).collect();
    assert_eq!(rows, [["7000000102", "1", "5", "2026-01-05", "5"], ["=note", "3", "∅", "∅", "8"]]);
    assert_eq!(all.codes(), [(6, vec!["bad_type"])]);
    assert!(all.trailer.warnings.iter().any(|w| w.code == "hidden_sheet"));
    let records = vec![(6, all.rejects[0].original.replace("\"x\"", "\"9\""))];
    let again = reparse(&c, &all.layout, &records, &Limits::default()).unwrap();
    assert_eq!(row(&again.batch, 0)[..5], ["7000000103", "2", "9", "2026-01-05", "6"]);
}

#[test]
fn workbooks_that_cannot_be_read() {
    let c = contract("{kind: sheet, sheets: [none]}", &COLUMNS);
    let error = read(&c, "t.xlsx", workbook()).err().unwrap();
    assert!(matches!(error, ReadError::NoSheet { ref present, .. } if present == &["secret", "data"]), "{error}");
    let c = contract(FORMAT, &COLUMNS);
    let fails = |bytes: &[u8]| read(&c, "t.xlsx", bytes).err().unwrap();
    assert!(matches!(fails(b""), ReadError::Empty { .. }));
    assert!(matches!(fails(b"PK\x03\x04 nothing"), ReadError::Corrupt { .. }));
    assert!(matches!(fails(b"not a workbook"), ReadError::Corrupt { .. }));
    let limits = Limits { max_sheet_bytes: 8000, ..Limits::default() };
    assert!(matches!(read_with(&c, "t.xlsx", workbook(), &limits).err().unwrap(), ReadError::Bomb { .. }));
}

#[test]
fn parquet_by_batches() {
    let batch = RecordBatch::try_from_iter([
        ("ID", Arc::new(StringArray::from(vec![Some("a"), Some("b"), None])) as _),
        ("murder", Arc::new(Int64Array::from(vec![1, 2, 3])) as _),
        ("robbery", Arc::new(Float64Array::from(vec![4.0, 5.5, 6.0])) as _),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let c = contract("{kind: parquet}", &COLUMNS);
    let all = read(&c, "t.parquet", bytes.clone()).unwrap();
    assert_eq!(all.rows(), [["a", "1", "4", "∅", "1", "∅"]]);
    assert_eq!(all.codes(), [(2, vec!["bad_type"]), (3, vec!["missing_value"])]);
    assert_eq!(all.trailer.drift.missing, ["day"]);
    let half = bytes[..bytes.len() / 2].to_vec();
    assert!(matches!(read(&c, "t.parquet", half).err().unwrap(), ReadError::Corrupt { .. }));
}
