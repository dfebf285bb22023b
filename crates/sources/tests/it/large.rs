//! Workbooks of several sheets, files packed in gzip that are read from their end, and records without end.

use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray};
use rust_xlsxwriter::Workbook;
use sources::{Contract, Detection, Limits, detect, open};

use super::support::{contract, read};

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn two_sheets() -> Vec<u8> {
    let mut book = Workbook::new();
    let first = book.add_worksheet().set_name("north").unwrap();
    for (r, row) in [["Report of the north", ""], ["id", "name"], ["1", "a"], ["2", "b"]].iter().enumerate() {
        first.write_row(r as u32, 0, *row).unwrap();
    }
    // The other way round, and more rows above.
    let second = book.add_worksheet().set_name("south").unwrap();
    for (r, row) in [["Report", ""], ["of the", ""], ["name", "id"], ["c", "3"]].iter().enumerate() {
        second.write_row(r as u32, 0, *row).unwrap();
    }
    let third = book.add_worksheet().set_name("notes").unwrap();
    third.write(0, 0, "nothing of use").unwrap();
    book.save_to_buffer().unwrap()
}

fn ids(c: &Arc<Contract>, name: &str, bytes: Vec<u8>) -> Vec<Vec<String>> {
    read(c, name, bytes).unwrap().rows().into_iter().map(|r| r[..2].to_vec()).collect()
}

const COLUMNS: [&str; 2] = ["id|string|required: true", "name|string|required: true"];

#[test]
fn all_sheets_of_a_workbook_are_read_by_their_own_headers() {
    let c = contract("{kind: sheet, sheets: all}", &COLUMNS);
    assert_eq!(ids(&c, "t.xlsx", two_sheets()), [["1", "a"], ["2", "b"], ["3", "c"]]);
    let all = read(&c, "t.xlsx", two_sheets()).unwrap();
    let skipped: Vec<_> = all.trailer.warnings.iter().filter(|w| w.code == "sheet_skipped").collect();
    assert!(skipped.len() == 1 && skipped[0].message.contains("notes"), "{skipped:?}");
    let c = contract("{kind: sheet, sheets: [south]}", &COLUMNS);
    assert_eq!(ids(&c, "t.xlsx", two_sheets()), [["c", "3"].map(String::from).into_iter().rev().collect::<Vec<_>>()]);
    let c = contract("{kind: sheet}", &COLUMNS);
    assert_eq!(ids(&c, "t.xlsx", two_sheets()), [["1", "a"], ["2", "b"]]);
}

/// An OpenDocument sheet written by hand: a title over both columns, two header rows, values of several types, a formula
/// with its result, and a cell that stands for three.
#[test]
fn an_opendocument_sheet() {
    let cell = |kind: &str, value: &str, text: &str| {
        let value = if kind == "string" { String::new() } else { format!(" office:{value}") };
        format!("<table:table-cell office:value-type=\"{kind}\"{value}><text:p>{text}</text:p></table:table-cell>")
    };
    let text = |t: &str| cell("string", "", t);
    let row = |cells: String| format!("<table:table-row>{cells}</table:table-row>");
    let title = "<table:table-cell table:number-columns-spanned=\"4\" office:value-type=\"string\"><text:p>Crimes</text:p></table:table-cell><table:covered-table-cell table:number-columns-repeated=\"3\"/>";
    let rows = [
        row(title.to_owned()),
        row(text("id") + &text("") + &text("day") + &text("")),
        row(text("") + &text("count") + &text("") + &text("note")),
        row(text("७१")
            + &cell("float", "value=\"12\"", "12")
            + &cell("date", "date-value=\"2026-01-05\"", "05/01/26")
            + &text("राम")),
        row(text("b")
            + "<table:table-cell table:formula=\"of:=1+2\" office:value-type=\"float\" office:value=\"3\"><text:p>3</text:p></table:table-cell>"
            + &cell("date", "date-value=\"2026-01-06\"", "06/01/26")
            + &text("x")),
    ];
    let content = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\" \
         office:version=\"1.2\"><office:body><office:spreadsheet><table:table table:name=\"one\">{}</table:table></office:spreadsheet>\
         </office:body></office:document-content>",
        rows.concat()
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("mimetype", stored).unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.spreadsheet").unwrap();
    zip.start_file("content.xml", stored).unwrap();
    zip.write_all(content.as_bytes()).unwrap();
    zip.start_file("META-INF/manifest.xml", stored).unwrap();
    zip.write_all(b"<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>").unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    let c =
        contract("{kind: sheet, headerRows: 2}", &["id|string|required: true", "count|int64|required: true", "day|date", "note"]);
    let rows: Vec<Vec<String>> = read(&c, "t.ods", bytes).unwrap().rows().into_iter().map(|r| r[..5].to_vec()).collect();
    assert_eq!(rows, [["७१", "12", "2026-01-05", "राम", "4"], ["b", "3", "2026-01-06", "x", "5"]]);
}

#[test]
fn workbooks_and_parquet_in_gzip_are_recognised_and_read() {
    let batch = RecordBatch::try_from_iter([
        ("id", Arc::new(StringArray::from(vec!["1", "2"])) as _),
        ("name", Arc::new(StringArray::from(vec!["a", "b"])) as _),
    ])
    .unwrap();
    let mut parquet = Vec::new();
    let mut writer = parquet::arrow::ArrowWriter::try_new(&mut parquet, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    for (kind, plain) in [("sheet", two_sheets()), ("parquet", parquet)] {
        let c = contract(&format!("{{kind: {kind}}}"), &COLUMNS);
        for (name, bytes) in [("plain", plain.clone()), ("packed.gz", gzip(&plain))] {
            match detect(name, &mut Cursor::new(bytes.clone()), std::slice::from_ref(&c)).unwrap() {
                Detection::One(found) => assert_eq!(found.contract.name, "test.rows"),
                other => panic!("{kind} {name}: {other:?}"),
            }
            assert_eq!(ids(&c, name, bytes), [["1", "a"], ["2", "b"]], "{kind} {name}");
        }
        for cut in [plain.len() / 2, 11] {
            let error = detect("cut", &mut Cursor::new(plain[..cut].to_vec()), std::slice::from_ref(&c)).err().unwrap();
            assert!(error.to_string().contains("not a readable") || error.to_string().contains("cut off"), "{kind}: {error}");
        }
    }
}

/// A file that is made while it is read: a header, one row, `length` letters without a line end, and two rows.
struct Endless {
    head: Vec<u8>,
    length: u64,
    tail: Vec<u8>,
    at: u64,
}

impl Endless {
    fn total(&self) -> u64 {
        self.head.len() as u64 + self.length + self.tail.len() as u64
    }
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let (head, middle) = (self.head.len() as u64, self.head.len() as u64 + self.length);
        let n = if self.at < head {
            (&self.head[self.at as usize..]).read(buffer)?
        } else if self.at < middle {
            let n = buffer.len().min((middle - self.at) as usize);
            buffer[..n].fill(b'x');
            n
        } else {
            (&self.tail[(self.at - middle) as usize..]).read(buffer)?
        };
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Endless {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = match to {
            SeekFrom::Start(n) => n,
            SeekFrom::End(n) => self.total().saturating_add_signed(n),
            SeekFrom::Current(n) => self.at.saturating_add_signed(n),
        };
        Ok(self.at)
    }
}

/// Kilobytes that this process has had in use at most.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    line.trim().split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Reads a file with a line of `length` letters under `limits`; gives the MiB that took.
fn endless(length: u64, quote: &str, limits: &Limits) -> u64 {
    let c = contract("{kind: csv}", &["id|string|required: true", "name", "n|int64"]);
    let head = format!("id,name,n\n1,a,1\n2,{quote}").into_bytes();
    let input = Endless { head, length, tail: b",2\n3,c,3\n4,d,4\n".to_vec(), at: 0 };
    let before = peak();
    let mut reader = open(&c, 0, "endless.csv", Box::new(input), limits).unwrap();
    let (mut rows, mut refused) = (0, Vec::new());
    while let Some(chunk) = reader.next().unwrap() {
        let parsed = chunk.parse();
        rows += parsed.batch.num_rows();
        refused.extend(parsed.rejects.into_iter().map(|r| (r.row, r.reasons[0].code, r.original.len())));
    }
    assert_eq!(rows, 3, "{refused:?}");
    assert!(matches!(refused[..], [(3, "too_long", n)] if n <= 4096), "{refused:?}");
    (peak() - before) / 1024
}

/// To scale: the line is to the limit as 4 GiB are to the usual one.
#[test]
fn a_line_without_end_costs_one_row_and_little_memory() {
    let limits = Limits { max_record_bytes: 512 << 10, block_bytes: 256 << 10, ..Limits::default() };
    for quote in ["", "\""] {
        let used = endless(128 << 20, quote, &limits);
        assert!(used < 16, "{used} MiB");
    }
}

#[test]
#[ignore = "half a minute of work; the test above is the same to scale"]
fn a_line_of_four_gigabytes() {
    let used = endless(4 << 30, "", &Limits::default());
    assert!(used < 200, "{used} MiB");
}
