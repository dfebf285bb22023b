//! Broken, locked and swollen documents, and formats that are named and not read.

use std::io::Cursor;

use document::{Bounds, Error, Kind, Part, attachments, read};
use zip::CompressionMethod;

use crate::{files, kind, parts};

fn refusal(bytes: &[u8]) -> String {
    document::kind(&mut Cursor::new(bytes)).unwrap_err().to_string()
}

#[test]
fn a_package_is_known_by_its_directory() {
    let letter = files::docx("<w:p><w:r><w:t>Text</w:t></w:r></w:p>");
    // A Word document stored in an archive shows its names in the bytes; the archive is none.
    let archive = files::zip(&[("letter.docx", &letter)], CompressionMethod::Stored);
    assert!(archive.windows(17).any(|w| w == b"word/document.xml"));
    assert_eq!(kind(&archive), None);
    // A large picture first: the text stands far behind the beginning.
    let noise: Vec<u8> = (0u32..400_000).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    let document = "<w:document xmlns:w=\"w\"><w:p><w:r><w:t>Far behind</w:t></w:r></w:p></w:document>";
    let late = files::zip(
        &[("[Content_Types].xml", b"<Types/>"), ("word/media/a.bin", &noise), ("word/document.xml", document.as_bytes())],
        CompressionMethod::Stored,
    );
    assert_eq!(kind(&late), Some(Kind::Word));
    assert_eq!(parts(&late).unwrap()[0].text.as_deref(), Some("Far behind"));
}

#[test]
fn formats_that_are_not_read_are_named_with_what_to_do() {
    let ods = files::zip(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")], CompressionMethod::Stored);
    for (bytes, names, says) in [
        (b"Rar!\x1a\x07\x01\0rest".to_vec(), "RAR", "pack them as ZIP"),
        (b"7z\xbc\xaf\x27\x1c\0\x04".to_vec(), "7-Zip", "pack them as ZIP"),
        (b"\xfd7zXZ\0rest".to_vec(), "xz", "unpack it"),
        (files::compound(&["Root Entry", "__properties_version1.0"]), ".msg", ".eml"),
        (files::compound(&["Root Entry", "EncryptionInfo", "EncryptedPackage"]), "with a password", "without one"),
    ] {
        let error = refusal(&bytes);
        assert!(error.contains(names) && error.contains(says), "{error}");
    }
    // Workbooks are read as tables; a damaged compound file is told by the reader of tables.
    assert_eq!(kind(&ods), None);
    assert_eq!(kind(&files::compound(&["Root Entry", "Workbook"])), None);
    assert_eq!(kind(&files::compound(&["Root Entry"])[..600]), None);
    // A directory whose chain leads back to itself ends.
    let mut circle = files::compound(&["Root Entry", "Workbook"]);
    circle[512 + 8..512 + 12].copy_from_slice(&[1, 0, 0, 0]);
    assert_eq!(kind(&circle), None);
}

#[test]
fn word_beside_its_text() {
    let header = b"<w:hdr xmlns:w=\"w\"><w:p><w:r><w:t>Office of the Superintendent</w:t></w:r></w:p></w:hdr>";
    let notes =
        b"<w:footnotes xmlns:w=\"w\"><w:footnote><w:p><w:r><w:t>See diary 14</w:t></w:r></w:p></w:footnote></w:footnotes>";
    let bytes = files::docx_with(
        "<w:p><w:r><w:t>Body</w:t></w:r></w:p>",
        &[
            ("word/header1.xml", header),
            ("word/footer2.xml", b"<w:ftr xmlns:w=\"w\"><w:p/></w:ftr>"),
            ("word/footnotes.xml", notes),
            ("word/styles.xml", b"<w:styles xmlns:w=\"w\"><w:t>no text</w:t></w:styles>"),
            ("word/media/image1.png", &files::png(4, 3)),
            ("word/media/image2.png", b"\x89PNG broken"),
            ("word/media/image3.emf", b"drawing"),
        ],
    );
    let found = parts(&bytes).unwrap();
    let seen: Vec<(&str, &str, &str)> =
        found.iter().map(|p| (p.kind, p.label.as_str(), p.text.as_deref().unwrap_or_default())).collect();
    assert_eq!(
        seen,
        [
            ("word", "1", "Body"),
            ("word", "footnotes", "See diary 14"),
            ("word", "header1", "Office of the Superintendent"),
            ("image", "image1.png", ""),
            ("attachment", "image2.png", ""),
            ("attachment", "image3.emf", ""),
        ]
    );
    assert_eq!((found[3].width, found[3].height), (Some(4), Some(3)));
    assert_eq!((found[4].method, found[5].method), ("unread", "facts"));
}

#[test]
fn word_broken_locked_and_swollen() {
    let whole = files::docx(&"<w:p><w:r><w:t>Many words here</w:t></w:r></w:p>".repeat(50));
    let cut = &whole[..whole.len() / 2];
    assert!(matches!(parts(cut).unwrap_err(), Error::Corrupt { .. }));
    let mut spoilt = whole.clone();
    let at = spoilt.windows(17).position(|w| w == b"word/document.xml").unwrap() + 17;
    spoilt[at + 20..at + 60].fill(0);
    assert!(matches!(parts(&spoilt).unwrap_err(), Error::Corrupt { .. }));
    assert!(matches!(parts(&files::docx("<w:p><w:r></w:p>")).unwrap_err(), Error::Corrupt { .. }));
    let mut locked = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().with_aes_encryption(zip::AesMode::Aes256, "right");
    locked.start_file("word/document.xml", options).unwrap();
    std::io::Write::write_all(&mut locked, b"<w:document/>").unwrap();
    let locked = locked.finish().unwrap().into_inner();
    assert!(matches!(parts(&locked).unwrap_err(), Error::Locked { .. }));
    // Each file within the bound, all of them beyond it.
    let blanks = vec![b' '; 600_000];
    let bomb = files::docx_with("<w:p/>", &[("word/header1.xml", &blanks), ("word/header2.xml", &blanks)]);
    assert!(bomb.len() < 10_000);
    let tight = Bounds { unpacked: 1 << 20, ..Bounds::default() };
    assert!(matches!(read(Kind::Word, &mut Cursor::new(&bomb), None, &tight).unwrap_err(), Error::Bomb { limit: 1_048_576 }));
    assert!(read(Kind::Word, &mut Cursor::new(&bomb), None, &Bounds::default()).is_ok());
}

const HEAD: &str = "From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n";

fn first(mail: &str) -> Part {
    parts(mail.as_bytes()).unwrap().remove(0)
}

#[test]
fn mail_cut_off_nested_and_mislabelled() {
    // Cut off in the middle of an attachment: what came is there, and the text before it.
    let cut = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nBefore\r\n--b\r\n\
         Content-Disposition: attachment; filename=\"p.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGg"
    );
    let found = parts(cut.as_bytes()).unwrap();
    assert_eq!(found[0].text.as_deref(), Some("Before"));
    assert_eq!((found[1].method, found[1].label.as_str(), found[1].bytes), ("unread", "p.png", Some(7)));
    // Nothing after the header of the parts, and no boundary at all.
    assert_eq!(first(&format!("{HEAD}Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n")).text, None);
    let bare = first(&format!("{HEAD}Content-Type: multipart/mixed\r\n\r\nstill text\r\n"));
    assert_eq!(bare.title.as_deref(), Some("x"));
    // Parts in parts without end are left closed.
    let mut nested = "deep".to_owned();
    for level in 0..200 {
        nested =
            format!("Content-Type: multipart/mixed; boundary=\"b{level}\"\r\n\r\n--b{level}\r\n{nested}\r\n--b{level}--\r\n");
    }
    assert!(parts(format!("{HEAD}{nested}").as_bytes()).unwrap().len() < 10);
    // Mails in mails in mails.
    let mut inner = format!("{HEAD}\r\nat the bottom\r\n");
    for level in 0..20 {
        inner = format!(
            "{HEAD}Content-Type: multipart/mixed; boundary=\"m{level}\"\r\n\r\n--m{level}\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--m{level}--\r\n"
        );
    }
    let found = parts(inner.as_bytes()).unwrap();
    assert!(found.len() > 2 && found.len() < 20, "{}", found.len());
    // A charset that is none, and one that is not the text's.
    let odd = format!("{HEAD}Content-Type: text/plain; charset=x-nobody\r\n\r\nनमस्ते\r\n");
    assert_eq!(first(&odd).text.as_deref(), Some("नमस्ते"));
    let mut wrong = format!("{HEAD}Content-Type: text/plain; charset=utf-8\r\n\r\ncaf").into_bytes();
    wrong.extend(b"\xe9 here\r\n");
    assert_eq!(parts(&wrong).unwrap()[0].text.as_deref(), Some("caf\u{fffd} here"));
}

#[test]
fn an_attachment_made_to_fill_the_memory_stays_closed() {
    let bomb = files::docx_with("<w:p/>", &[("word/header1.xml", &vec![b' '; 3 << 20])]);
    let mut mail = format!(
        "{HEAD}Content-Type: multipart/mixed; boundary=\"boundary-of-parts\"\r\n\r\n--boundary-of-parts\r\n\
         Content-Disposition: attachment; filename=\"a.docx\"\r\n\r\n"
    )
    .into_bytes();
    mail.extend(bomb);
    mail.extend(b"\r\n--boundary-of-parts--\r\n");
    let tight = Bounds { unpacked: 1 << 20, ..Bounds::default() };
    let found = read(Kind::Mail, &mut Cursor::new(&mail), None, &tight).unwrap();
    assert_eq!((found.len(), found[1].method), (2, "unread"));
    assert!(found[1].remark.as_deref().unwrap().contains("fill the memory"), "{:?}", found[1].remark);
    assert!(attachments(Kind::Mail, &mut Cursor::new(&mail), &tight).unwrap().is_empty());
}

#[test]
fn recordings_that_are_cut_off() {
    let wave = files::wave(3);
    let found = parts(&wave[..wave.len() - 8000]).unwrap();
    assert_eq!(found[0].seconds, None);
    assert!(found[0].remark.as_deref().unwrap().contains("cut off"));
    assert!(matches!(parts(&wave[..24]).unwrap_err(), Error::Corrupt { .. }));
    let movie = files::movie(90_000, 45_000);
    let found = parts(&movie[..movie.len() - 40]).unwrap();
    assert_eq!(found[0].seconds, None);
    assert!(found[0].remark.as_deref().unwrap().contains("cut off"));
    // Film first, its head never came.
    let boxed = |name: &[u8; 4], length: u32, body: &[u8]| [&length.to_be_bytes()[..], name, body].concat();
    let streamed = [boxed(b"ftyp", 16, b"isom\0\0\0\0"), boxed(b"mdat", 100_000, &[0; 500])].concat();
    assert!(parts(&streamed).unwrap()[0].remark.as_deref().unwrap().contains("cut off"));
}
