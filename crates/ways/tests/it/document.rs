//! Documents become rows that lead back to them; what is no document is refused with a word.

use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

use lake::{LakeError, Progress, Report, Request};

use crate::basin::Basin;

impl Basin {
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub async fn take(&self, name: &str, bytes: &[u8]) -> Result<Vec<Report>, LakeError> {
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
    let there = |program: &str, word: &str| std::process::Command::new(program).arg(word).output().is_ok();
    if there("pdftoppm", "-v") && there("tesseract", "--version") {
        // Drawn and read from the picture.
        assert_eq!(rows, ["ocr|To the station officer of the north|"]);
    } else {
        eprintln!(
            "skipped: the page is not drawn, there is no pdftoppm or no tesseract here (Debian's `poppler-utils`, `tesseract-ocr`)"
        );
        assert!(rows[0].starts_with("unread||") && rows[0].contains("is installed"), "{rows:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_document_is_refused_with_a_word() {
    let basin = Basin::new().await;
    let cut = &pdf("text", None)[..60];
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

/// A Word document whose first run is set in Kruti Dev.
pub fn docx(words: &str) -> Vec<u8> {
    let body = format!(
        "<w:p><w:r><w:rPr><w:rFonts w:ascii=\"Kruti Dev 010\"/></w:rPr><w:t>iqfyl</w:t></w:r></w:p><w:p><w:r><w:t>{words}</w:t></w:r></w:p>"
    );
    packed(
        &[
            ("[Content_Types].xml", b"<Types/>"),
            ("word/document.xml", format!("<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>").as_bytes()),
        ],
        zip::write::SimpleFileOptions::default(),
    )
}

pub fn packed(files: &[(&str, &[u8])], options: zip::write::SimpleFileOptions) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let size = [&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..], &width.to_be_bytes(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]];
    size.concat()
}

/// So many seconds of silence.
fn wave(seconds: u32) -> Vec<u8> {
    let mut out = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    out.extend([8000u32.to_le_bytes(), 8000u32.to_le_bytes()].concat());
    out.extend([1, 0, 8, 0]);
    out.extend(b"data");
    out.extend((8000 * seconds).to_le_bytes());
    out.resize(out.len() + 8000 * seconds as usize, 128);
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn word_pictures_and_recordings_are_rows_with_their_facts() {
    let basin = Basin::new().await;
    basin.take("note.docx", &docx("In plain words")).await.unwrap();
    let photo = proving::photograph();
    basin.take("photo.jpg", &photo).await.unwrap();
    basin.take("call.wav", &wave(7)).await.unwrap();
    let rows = basin.rows("SELECT file, kind, method, text, typed FROM clean.document_part WHERE kind = 'word'").await;
    assert!(rows[0].starts_with("note.docx|word|body|पुलिस\nIn plain words|iqfyl"), "{rows:?}");
    let rows =
        basin.rows("SELECT file, width, height, device, lat, lon, document FROM clean.document_part WHERE kind = 'image'").await;
    let (facts, document) = rows[0].rsplit_once('|').unwrap();
    assert_eq!(facts, "photo.jpg|640|480|Test Cam|26.45|74.5");
    assert_eq!(std::fs::read(basin.lake.home().raw(document)).unwrap(), photo, "the photograph stays as it came");
    assert_eq!(basin.rows("SELECT file, seconds FROM clean.document_part WHERE kind = 'audio'").await, ["call.wav|7.0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_are_opened_whatever_lies_in_them() {
    let basin = Basin::new().await;
    let plain = zip::write::SimpleFileOptions::default();
    let table = crate::feed::event(1, 1) + &crate::feed::event(2, 1);
    let inner = packed(&[("reads.ndjson", table.as_bytes()), ("note.docx", &docx("From within"))], plain);
    let outer = packed(&[("photo.png", &png(4, 3)), ("inner.zip", &inner), ("fake.jpg", b"no picture")], plain);
    let reports = basin.take("evidence.zip", &outer).await.unwrap();
    let seen: Vec<(&str, bool, u64)> = reports.iter().map(|r| (r.name.as_str(), r.message.is_some(), r.accepted)).collect();
    let parts = [
        ("photo.png.parts.ndjson", false, 1),
        ("inner.zip/reads.ndjson", false, 2),
        ("inner.zip/note.docx.parts.ndjson", false, 1),
        ("fake.jpg", true, 0),
    ];
    assert_eq!(seen, parts);
    assert!(reports[3].message.as_ref().unwrap().contains("its name says a picture"));
    assert_eq!(basin.rows("SELECT count(*) FROM clean.anpr_read").await, ["2"]);
    // Every row leads to its document, and that to the archive.
    let document = basin.rows("SELECT document FROM clean.document_part WHERE kind = 'word'").await.remove(0);
    let kept = basin.lake.store().object(&document).await.unwrap().unwrap();
    let outer = basin.lake.store().object(&kept.parent_sha256.unwrap()).await.unwrap().unwrap();
    assert_eq!((outer.original_name.as_str(), kept.member_name.as_deref()), ("evidence.zip", Some("inner.zip/note.docx")));
    // A password is asked for, and a wrong one changes nothing.
    let locked = packed(&[("late.docx", &docx("Locked"))], plain.with_aes_encryption(zip::AesMode::Aes256, "right"));
    let path = basin.file("locked.zip", &locked);
    for (password, says) in [(None, "locked by a password"), (Some("wrong"), "does not open")] {
        let request = Request { password: password.map(str::to_owned), ..Request::default() };
        let error =
            ways::document::take_in(&basin.lake, &path, request, &Arc::new(Progress::default())).await.unwrap_err().to_string();
        assert!(error.contains("locked.zip") && error.contains(says), "{error}");
    }
    assert_eq!(basin.rows("SELECT count(*) FROM clean.document_part").await, ["2"]);
    let request = Request { password: Some("right".into()), ..Request::default() };
    let reports = ways::document::take_in(&basin.lake, &path, request, &Arc::new(Progress::default())).await.unwrap();
    assert_eq!((reports.len(), reports[0].accepted), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_with_a_mail_is_taken_in_too() {
    use base64::Engine as _;
    let basin = Basin::new().await;
    let table = crate::feed::event(1, 1) + &crate::feed::event(2, 1);
    let archive = packed(&[("more.ndjson", crate::feed::event(3, 1).as_bytes())], zip::write::SimpleFileOptions::default());
    let mut mail = "From: sender@example.org\r\nTo: thana@example.org\r\nSubject: Reads\r\nDate: Mon, 5 Jan 2026 10:00:00 +0530\r\n\
        MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"cut\"\r\n\r\n--cut\r\nContent-Type: text/plain\r\n\r\nSee the files.\r\n"
        .to_owned();
    let letter = pdf("A letter that came with it", None);
    for (name, bytes) in [
        ("reads.ndjson", table.as_bytes()),
        ("archive.zip", &archive),
        ("letter.pdf", &letter),
        ("note.txt", b"nothing in particular"),
    ] {
        let coded = base64::engine::general_purpose::STANDARD.encode(bytes);
        mail += &format!(
            "--cut\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}\r\n"
        );
    }
    let reports = basin.take("reads.eml", (mail + "--cut--\r\n").as_bytes()).await.unwrap();
    let seen: Vec<(&str, u64)> = reports.iter().map(|r| (r.contract.as_str(), r.accepted)).collect();
    assert_eq!(seen, [("document.part", 5), ("anpr.read", 2), ("anpr.read", 1)], "{reports:?}");
    let rows = basin.rows("SELECT kind, label, method, text FROM clean.document_part ORDER BY part").await;
    assert!(rows[0].starts_with("mail|") && rows[0].ends_with("|body|See the files."), "{rows:?}");
    assert!(rows.contains(&"pdf|letter.pdf|text_layer|A letter that came with it".to_owned()), "{rows:?}");
    assert!(rows.iter().any(|r| r.starts_with("attachment|note.txt|facts|")), "{rows:?}");
    // The table leads to the mail.
    let object = basin.lake.store().object(&reports[1].object).await.unwrap().unwrap();
    let mail = basin.lake.store().object(&object.parent_sha256.unwrap()).await.unwrap().unwrap();
    assert_eq!((mail.original_name.as_str(), object.member_name.as_deref()), ("reads.eml", Some("reads.ndjson")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_that_would_fill_the_memory_is_refused() {
    let basin = Basin::new().await;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    let blanks = vec![b' '; 1 << 20];
    (0..80).for_each(|_| encoder.write_all(&blanks).unwrap());
    let stream = encoder.finish().unwrap();
    let mut bomb = b"%PDF-1.5\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
        3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>\nendobj\n4 0 obj\n"
        .to_vec();
    bomb.extend(format!("<< /Filter /FlateDecode /Length {} >>\nstream\n", stream.len()).into_bytes());
    bomb.extend(stream);
    bomb.extend(b"\nendstream\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n");
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let error = basin.take("bomb.pdf", &bomb).await.unwrap_err().to_string();
    assert!(error.starts_with("bomb.pdf unpacks to more than") && error.contains("fill the memory"), "{error}");
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

/// A page without letters, with Hindi in its picture.
#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_page_in_hindi_is_read() {
    let words = "पुलिस थाना अजमेर";
    let languages = std::process::Command::new("tesseract").arg("--list-langs").output();
    let hindi = languages.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).lines().any(|l| l.trim() == "hin"));
    let Some(jpeg) = drawn(words).filter(|_| hindi) else {
        eprintln!(
            "skipped: no tesseract with Hindi, or no ffmpeg that draws Devanagari here (Debian's `tesseract-ocr-hin`, `ffmpeg`, `fonts-noto-core`)"
        );
        return;
    };
    let basin = Basin::new().await;
    basin.take("scan.pdf", &scan(&jpeg, 1600, 300)).await.unwrap();
    let rows = basin.rows("SELECT method, text FROM clean.document_part").await;
    let read = rows[0].strip_prefix("ocr|").unwrap_or_else(|| panic!("{rows:?}"));
    // A reader of pictures errs; most words are there.
    let found = words.split(' ').filter(|word| read.contains(word)).count();
    assert!(found >= 2, "{read:?}");
}

/// Words in black on white as a JPEG of 1600 by 300.
fn drawn(words: &str) -> Option<Vec<u8>> {
    let font = "/usr/share/fonts/truetype/noto/NotoSansDevanagari-Regular.ttf";
    let text = format!("drawtext=fontfile={font}:text='{words}':fontsize=110:x=80:y=80:fontcolor=black:text_shaping=1");
    let out = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "color=white:s=1600x300", "-frames:v", "1", "-vf", &text])
        .args(["-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "2", "pipe:1"])
        .output()
        .ok()?;
    (out.status.success() && std::path::Path::new(font).exists()).then_some(out.stdout)
}

/// One page that is a picture.
fn scan(jpeg: &[u8], width: u32, height: u32) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n\
        3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 800 150] /Resources << /XObject << /Im 5 0 R >> >> /Contents 4 0 R >>\nendobj\n\
        4 0 obj\n<< /Length 29 >>\nstream\nq 800 0 0 150 0 0 cm /Im Do Q\nendstream\nendobj\n"
        .to_vec();
    let head = format!(
        "5 0 obj\n<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length {} >>\nstream\n",
        jpeg.len()
    );
    out.extend(head.into_bytes());
    out.extend(jpeg);
    out.extend(b"\nendstream\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n");
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn recordings_say_how_they_are_coded_and_pictures_become_small() {
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "testsrc=s=320x240:d=2", "-f", "lavfi", "-i", "sine=d=2", "-shortest"])
        .args(["-c:v", "mpeg4", "-c:a", "aac", "-metadata", "creation_time=2026-01-05T04:30:00Z"])
        .args(["-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "pipe:1"])
        .output();
    let Some(film) = made.ok().filter(|out| out.status.success()).map(|out| out.stdout) else {
        eprintln!("skipped: no ffmpeg here");
        return;
    };
    let basin = Basin::new().await;
    basin.take("film.mp4", &film).await.unwrap();
    let rows =
        basin.rows("SELECT width, height, remark, created_at, seconds > 1.5 AND seconds < 2.5 FROM clean.document_part").await;
    assert_eq!(rows, ["320|240|mpeg4, aac|2026-01-05T04:30:00.000000Z|true"]);
    let size = |jpeg: &[u8]| {
        let at = jpeg.windows(2).position(|w| matches!(w, [0xff, 0xc0 | 0xc2])).unwrap();
        let two = |i: usize| u16::from_be_bytes([jpeg[at + i], jpeg[at + i + 1]]);
        (two(7), two(5))
    };
    let frame = ways::document::thumbnail(ways::document::Kind::Video, &mut film.as_slice()).unwrap();
    assert_eq!(size(&frame), (320, 240));
    assert!(ways::document::thumbnail(ways::document::Kind::Image, &mut &b"no picture"[..]).is_err());
    if ways::document::draws_pages() {
        let page = ways::document::thumbnail(ways::document::Kind::Pdf, &mut pdf("A letter", None).as_slice()).unwrap();
        assert_eq!(size(&page), (240, 320), "600 by 800 points");
    }
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
