//! Documents become rows that lead back to them; what is no document is refused with a word.

use std::path::PathBuf;
use std::sync::Arc;

use lake::{LakeError, Progress, Report, Request};

use crate::basin::Basin;

impl Basin {
    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    async fn take(&self, name: &str, bytes: &[u8]) -> Result<Vec<Report>, LakeError> {
        let path = self.file(name, bytes);
        ways::document::take_in(&self.lake, &path, Request::default(), &Arc::new(Progress::default())).await
    }
}

/// One page whose text is `words`; `map` is the font's ToUnicode, where it has one.
fn pdf(words: &str, map: Option<&str>) -> Vec<u8> {
    let stream = |data: &str| format!("<< /Length {} >>\nstream\n{data}\nendstream", data.len());
    let font = match map {
        None => "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
        Some(_) => "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>".to_owned(),
    };
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Resources << /Font << /F1 4 0 R >> >> /Contents 5 0 R >>"
            .to_owned(),
        font,
        stream(&format!("BT /F1 12 Tf 72 700 Td ({words}) Tj ET")),
        stream(map.unwrap_or_default()),
    ];
    let mut out = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        places.push(out.len());
        out += &format!("{} 0 obj\n{object}\nendobj\n", i + 1);
    }
    let start = out.len();
    out += &format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        out += &format!("{place:010} 00000 n \n");
    }
    out += &format!("trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    out.into_bytes()
}

const MAIL: &str = "From: sender@example.org\r\nTo: thana@example.org\r\nSubject: Lost purse\r\nDate: Mon, 5 Jan 2026 10:00:00 +0530\r\n\
    MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nA purse was lost near the lake.\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_from_a_document_leads_back_to_it() {
    let basin = Basin::new().await;
    let letter = pdf("To the station officer of the north", None);
    let reports = basin.take("letter.pdf", &letter).await.unwrap();
    assert_eq!((reports.len(), reports[0].contract.as_str(), reports[0].accepted), (1, "document.part", 1), "{reports:?}");
    basin.take("mail.eml", MAIL.as_bytes()).await.unwrap();
    let rows = basin.rows("SELECT file, part, kind, method, text FROM clean.document_part ORDER BY file").await;
    assert_eq!(rows[0], "letter.pdf|1|pdf|text_layer|To the station officer of the north");
    assert!(rows[1].starts_with("mail.eml|1|mail|body|") && rows[1].contains("A purse was lost"), "{rows:?}");
    // The document is kept under its own hash, and its rows name it.
    let document = basin.rows("SELECT document FROM clean.document_part WHERE file = 'letter.pdf'").await.remove(0);
    let kept = basin.lake.store().object(&document).await.unwrap().unwrap();
    assert_eq!((kept.original_name.as_str(), kept.size), ("letter.pdf", letter.len() as i64));
    assert_eq!(std::fs::read(basin.lake.home().raw(&document)).unwrap(), letter);
    let parts = basin.lake.store().object(&reports[0].object).await.unwrap().unwrap();
    assert_eq!(parts.parent_sha256.as_deref(), Some(document.as_str()));
    // The same again changes nothing; tables go their old way.
    let again = basin.take("letter.pdf", &letter).await.unwrap();
    assert_eq!((again[0].accepted, again[0].duplicate), (0, 1));
    let table = crate::feed::event(1, 1) + &crate::feed::event(2, 1);
    assert_eq!(basin.take("reads.ndjson", table.as_bytes()).await.unwrap()[0].contract, "anpr.read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lying_text_layer_is_not_believed() {
    let basin = Basin::new().await;
    // Every letter stands for one of the private use area.
    let map = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange \
        1 beginbfrange <20> <7e> <e020> endbfrange endcmap end";
    basin.take("lies.pdf", &pdf("To the station officer of the north", Some(map))).await.unwrap();
    let rows = basin.rows("SELECT method, text, remark FROM clean.document_part").await;
    assert!(rows[0].starts_with("unread||") && rows[0].len() > 12, "{rows:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_document_is_refused_with_a_word() {
    let basin = Basin::new().await;
    let cut = &pdf("text", None)[..60];
    // Sixty-four MiB of blanks a thousand times over, packed to almost nothing, is another matter: the bound is the crate's own test.
    for (name, bytes, says) in [
        ("photo.jpg", b"<html>not found</html>".as_slice(), "its name says a picture"),
        ("letter.pdf", b"PK is no PDF", "its name says PDF"),
        ("cut.pdf", cut, "is no whole"),
        ("broken.png", b"\x89PNG\r\n\x1a\nnothing", "is no whole"),
    ] {
        let error = basin.take(name, bytes).await.unwrap_err().to_string();
        assert!(error.starts_with(name) && error.contains(says), "{name}: {error}");
    }
    assert!(basin.lake.home().list().unwrap().is_empty(), "no table was made");
}

/// A picture with words on it, drawn by nobody: tesseract where it is installed.
#[test]
fn a_scan_is_read_where_a_reader_is_installed() {
    use document::Eye;
    let eye = ways::document::Programs::found();
    let refused = eye.text(b"this is no picture").unwrap_err();
    if refused.contains("is installed") {
        eprintln!("skipped: no tesseract here (Debian's `tesseract-ocr`, `tesseract-ocr-hin`)");
        return;
    }
    assert!(refused.contains("could not read it"), "{refused}");
    let read = eye.text(&pbm("FIR FIR")).unwrap();
    assert!(read.contains("FIR"), "{read:?}");
}

/// Capitals as a bitmap (PBM), five by seven dots, each dot eight pixels wide.
fn pbm(text: &str) -> Vec<u8> {
    let shape = |c: char| match c {
        'F' => [31, 16, 16, 30, 16, 16, 16],
        'I' => [14, 4, 4, 4, 4, 4, 14],
        'R' => [30, 17, 17, 30, 20, 18, 17],
        _ => [0; 7],
    };
    let (dot, edge) = (8usize, 60usize);
    let width = text.len() * 6 * dot + 2 * edge;
    let height = 7 * dot + 2 * edge;
    let mut out = format!("P1\n{width} {height}\n");
    for y in 0..height {
        for x in 0..width {
            let inside = (edge..edge + 7 * dot).contains(&y) && (edge..width - edge).contains(&x);
            let black = inside && {
                let (row, column) = ((y - edge) / dot, (x - edge) / dot);
                let letter = text.chars().nth(column / 6).map_or([0; 7], shape);
                column % 6 < 5 && letter[row] >> (4 - column % 6) & 1 == 1
            };
            out.push_str(if black { "1 " } else { "0 " });
        }
        out.push('\n');
    }
    out.into_bytes()
}
