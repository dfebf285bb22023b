//! Documents made here byte by byte, so that the truth does not come from the code under test.

mod files;
mod hostile;
mod locked;
mod texts;

use std::io::{Cursor, Read};

use document::{Bounds, Error, Eye, Kind, Measured, Part, read};

/// An eye that sees the same everywhere.
#[derive(Debug)]
struct Glass;

impl Eye for Glass {
    fn text(&self, _: &[u8]) -> Result<String, String> {
        Ok("पढ़ा गया".to_owned())
    }

    fn measure(&self, _: &mut dyn Read) -> Result<Measured, String> {
        Ok(Measured { seconds: Some(12.5), codecs: Some("opus".to_owned()), ..Measured::default() })
    }
}

fn kind(bytes: &[u8]) -> Option<Kind> {
    document::kind(&mut Cursor::new(bytes)).unwrap()
}

fn parts(bytes: &[u8]) -> Result<Vec<Part>, Error> {
    read(kind(bytes).expect("a known kind"), &mut Cursor::new(bytes), None, &Bounds::default())
}

fn texts(parts: &[Part]) -> Vec<(&str, &str)> {
    parts.iter().map(|p| (p.method, p.text.as_deref().unwrap_or_default())).collect()
}

#[test]
fn kinds_are_told_from_the_bytes() {
    for (bytes, expected) in [
        (files::pdf("Hello", false), Some(Kind::Pdf)),
        (files::docx("<w:p/>"), Some(Kind::Word)),
        (files::mail(), Some(Kind::Mail)),
        (b"From a@example.org Mon Jan  5 10:00:00 2026\nSubject: x\n\nb\n".to_vec(), Some(Kind::Mailbox)),
        (files::png(2, 3), Some(Kind::Image)),
        (files::wave(2), Some(Kind::Audio)),
        (files::movie(90_000, 45_000), Some(Kind::Video)),
        (b"id,name\n1,a\n".to_vec(), None),
        (b"Name: x\nTotal: 3\n\nrow\n".to_vec(), None),
        (b"{\"a\": 1}".to_vec(), None),
        (Vec::new(), None),
    ] {
        assert_eq!(kind(&bytes), expected, "{:?}", String::from_utf8_lossy(&bytes[..bytes.len().min(20)]));
    }
}

#[test]
fn a_text_layer_is_read() {
    for packed in [false, true] {
        let found =
            parts(&files::pdf("BT /F1 12 Tf 72 700 Td (First) Tj 0 -14 Td [(Sec) 20 (ond) -300 (line)] TJ ET", packed)).unwrap();
        assert_eq!(texts(&found), [("text_layer", "First\nSecond line")]);
        assert_eq!((found[0].part, found[0].label.as_str(), found[0].title.as_deref()), (1, "1", Some("Test")));
        assert_eq!(found[0].created_at.as_deref(), Some("2026-01-05T10:30:00+05:30"));
        assert_eq!(found[0].document.len(), 64);
    }
}

#[test]
fn codes_become_letters_by_the_fonts_own_map() {
    // F2: two-byte codes with a ToUnicode map; F3: Kruti Dev.
    let found = parts(&files::pdf("BT /F2 12 Tf 72 700 Td <00010002> Tj 0 -14 Td /F3 12 Tf (jke yky) Tj ET", false)).unwrap();
    assert_eq!(texts(&found), [("text_layer", "रा\nराम लाल")]);
    assert_eq!(found[0].typed.as_deref(), Some("रा\njke yky"));
}

#[test]
fn a_lying_text_layer_is_not_believed() {
    // Two-byte codes without a map, and a page that is a photograph.
    let bytes = files::pdf("BT /F4 12 Tf 72 700 Td <00010002> Tj ET /Im Do", false);
    let found = parts(&bytes).unwrap();
    assert_eq!((found[0].method, found[0].text.as_deref()), ("unread", None));
    assert!(found[0].remark.as_deref().unwrap().contains("wrong codes"), "{:?}", found[0].remark);
    let seen = read(Kind::Pdf, &mut Cursor::new(bytes), Some(&Glass), &Bounds::default()).unwrap();
    assert_eq!(texts(&seen), [("ocr", "पढ़ा गया")]);
}

#[test]
fn broken_and_hostile_pdf() {
    for bytes in [b"%PDF-1.4\nnothing".to_vec(), files::pdf("x", false)[..60].to_vec()] {
        let error = parts(&bytes).unwrap_err();
        assert!(matches!(error, Error::Corrupt { .. }), "{error}");
        assert!(error.to_string().contains("ask the sender"), "{error}");
    }
    let mut locked = files::pdf("x", false);
    locked.extend(b"trailer << /Encrypt 9 0 R >>");
    assert!(matches!(parts(&locked).unwrap_err(), Error::Locked { .. }));
    let bomb = files::pdf(&" ".repeat(1 << 20), true);
    assert!(bomb.len() < 20_000);
    let tight = Bounds { unpacked: 1 << 16, ..Bounds::default() };
    assert!(matches!(read(Kind::Pdf, &mut Cursor::new(bomb), None, &tight).unwrap_err(), Error::Bomb { .. }));
}

#[test]
fn word_runs_say_their_font() {
    let body = "<w:p><w:r><w:t>FIR by </w:t></w:r><w:r><w:rPr><w:rFonts w:ascii=\"Kruti Dev 010\"/></w:rPr><w:t>iqfy</w:t></w:r>\
                <w:r><w:rPr><w:rFonts w:ascii=\"Kruti Dev 010\"/></w:rPr><w:t>l Fkkuk</w:t></w:r></w:p><w:p><w:r><w:t>A &amp; B</w:t></w:r></w:p>";
    let found = parts(&files::docx(body)).unwrap();
    assert_eq!(texts(&found), [("body", "FIR by पुलिस थाना\nA & B")]);
    assert_eq!(found[0].typed.as_deref(), Some("FIR by iqfyl Fkkuk\nA & B"));
    assert_eq!(found[0].author.as_deref(), Some("Tester"));
}

#[test]
fn mail_with_its_attachments() {
    let found = parts(&files::mail()).unwrap();
    assert_eq!(found.len(), 3);
    let mail = &found[0];
    assert_eq!(mail.title.as_deref(), Some("परीक्षण संदेश"));
    assert_eq!(mail.author.as_deref(), Some("Tester <tester@example.org>"));
    assert_eq!(mail.recipients.as_deref(), Some("desk@example.org"));
    assert_eq!(mail.created_at.as_deref(), Some("2026-01-05T10:30:00+05:30"));
    assert_eq!(mail.text.as_deref(), Some("नमस्ते = hello"));
    assert_eq!((found[1].kind, found[1].label.as_str(), found[1].bytes), ("attachment", "list.csv", Some(8)));
    assert_eq!((found[2].kind, found[2].width, found[2].height), ("image", Some(2), Some(3)));
    // SHA-256 of `a,b\n1,2\n`, computed with sha256sum.
    assert_eq!(found[1].sha256.as_deref(), Some("492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470"));
    let mut mailbox = b"From tester@example.org Mon Jan  5 10:00:00 2026\n".to_vec();
    mailbox.extend(files::mail());
    mailbox.extend(b"\n\nFrom other@example.org Mon Jan  5 11:00:00 2026\nFrom: other@example.org\nSubject: two\nTo: x@example.org\n\nsecond\n");
    let found = parts(&mailbox).unwrap();
    assert_eq!(found.iter().filter(|p| p.kind == "mail").count(), 2);
    assert_eq!(found.last().unwrap().text.as_deref(), Some("second"));
}

#[test]
fn facts_of_pictures_and_recordings() {
    let picture = parts(&proving::photograph()).unwrap();
    assert_eq!((picture[0].width, picture[0].height), (Some(640), Some(480)));
    assert_eq!(picture[0].created_at.as_deref(), Some("2026-01-05T10:30:00"));
    assert_eq!(picture[0].device.as_deref(), Some("Test Cam"));
    assert_eq!((picture[0].lat, picture[0].lon), (Some(26.45), Some(74.5)));
    assert_eq!(parts(&files::wave(3)).unwrap()[0].seconds, Some(3.0));
    assert_eq!(parts(&files::movie(90_000, 45_000)).unwrap()[0].seconds, Some(0.5));
    // A picture that is none, and a recording only others can measure.
    assert!(matches!(parts(&files::png(2, 3)[..14]).unwrap_err(), Error::Corrupt { .. }));
    let ogg = b"OggS0123456789".to_vec();
    assert_eq!(parts(&ogg).unwrap()[0].seconds, None);
    assert_eq!(read(Kind::Audio, &mut Cursor::new(ogg), Some(&Glass), &Bounds::default()).unwrap()[0].seconds, Some(12.5));
}

#[test]
fn too_large_is_said() {
    let small = Bounds { bytes: 10, ..Bounds::default() };
    assert!(matches!(
        read(Kind::Pdf, &mut Cursor::new(files::pdf("x", false)), None, &small).unwrap_err(),
        Error::TooLarge { limit: 10 }
    ));
}
