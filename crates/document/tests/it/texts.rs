//! Texts of other word processors: `letter.fodt`, written by hand, as LibreOffice 7.4 saved it in each form.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use document::{Bounds, Error, Kind, Part, read};

use crate::{files, kind, parts};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
}

const BODY: &str = "General diary & order\nReported by राम of ward 4, “in person”.\nभारत सरकार (Government)\nथाना कोतवाली में रिपोर्ट दर्ज।\n\
    One two\nthree bold\nFIR\n12/2026\na link";

fn beside<'a>(parts: &'a [Part], label: &str) -> Option<&'a str> {
    parts.iter().find(|p| p.label.starts_with(label)).and_then(|p| p.text.as_deref())
}

#[test]
fn the_same_letter_in_every_form() {
    for (name, expected) in [
        ("letter.docx", Kind::Word),
        ("letter.doc", Kind::Word97),
        ("letter.rtf", Kind::RichText),
        ("letter.odt", Kind::OpenText),
    ] {
        let bytes = file(name);
        assert_eq!(kind(&bytes), Some(expected), "{name}");
        let found = parts(&bytes).unwrap();
        // Word processors add empty lines, and spaces beside notes.
        let words = |line: &str| line.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
        let lines = |text: &str| text.lines().map(words).filter(|l| !l.is_empty()).collect::<Vec<_>>().join("\n");
        assert_eq!(lines(found[0].text.as_deref().unwrap()), BODY, "{name}");
        let typed = found[0].typed.as_deref().unwrap();
        assert!(typed.contains("Reported by jke of") && typed.contains("Hkkjr ljdkj (Government)"), "{name}: {typed}");
        assert_eq!(found[0].title.as_deref(), Some("Order of the day"), "{name}");
        assert_eq!(found[0].author.as_deref(), Some("Head constable"), "{name}");
        assert!(found[0].created_at.as_deref().unwrap().starts_with("2026-01-05T10:30:00"), "{name}: {:?}", found[0].created_at);
        assert_eq!(beside(&found, "footnotes"), Some("Copy to the court"), "{name}");
        assert!(beside(&found, "header").unwrap().contains("Thana Kotwali, राज्य"), "{name}");
        let above_and_below: Vec<_> = found.iter().filter_map(|p| p.text.as_deref()).collect();
        assert!(above_and_below.iter().any(|t| t.contains("Page of the file")), "{name}: {above_and_below:?}");
        let picture = found.iter().find(|p| p.kind == "image").unwrap_or_else(|| panic!("{name} has no picture"));
        assert_eq!((picture.width, picture.height), (Some(40), Some(30)), "{name}");
    }
}

/// The text alone, as it is in Unicode.
fn rich(body: &str) -> Result<String, Error> {
    let bytes = format!(
        "{{\\rtf1\\ansi\\ansicpg1252\\deff0{{\\fonttbl{{\\f0 Arial;}}{{\\f1\\fcharset204 Cyr;}}{{\\f2 DevLys 010;}}}}{body}}}"
    );
    parts(bytes.as_bytes()).map(|p| p[0].text.clone().unwrap_or_default())
}

#[test]
fn rich_text_says_its_signs_in_many_ways() {
    for (body, expected) in [
        (r"caf\'e9 \{x\}\~\_\endash", "café {x}\u{a0}-–"),
        (r"\f1\'cf\f0\'cf", "ПÏ"),
        (r"\uc1\u2352?\u2366\'3f x", "रा x"),
        (r"\uc0\u2352\u2366  x", "रा x"),
        (r"{\uc2\u2352ab}\u2366?x", "राx"),
        // One sign of two halves, and a half alone.
        (r"\u-10179?\u-8694?", "😊"),
        (r"\u-10179?x", "\u{fffd}x"),
        (r"{\f2 jke} A", "राम A"),
        (r"{\f2 j}{\f2\b ke}", "राम"),
        // A font with a table of its own.
        (r"\f2\u-3990?\u-3989?\u-3995?", "राम"),
        (r"a{\*\unknown b{c}}d{\deleted e}f", "adf"),
        (r"{\field{\*\fldinst PAGE}{\fldrslt 7}}", "7"),
        (r"{\pict\pngblip\bin3 }}{}y", "y"),
        ("one\r\ntwo\\\nthree", "onetwo\nthree"),
    ] {
        assert_eq!(rich(body).unwrap(), expected, "{body}");
    }
}

#[test]
fn spoilt_texts_are_refused_or_read_and_never_stop_the_program() {
    for name in ["letter.doc", "letter.rtf", "letter.odt"] {
        let whole = file(name);
        let expected = kind(&whole).unwrap();
        let take = |bytes: Vec<u8>| read(expected, &mut Cursor::new(bytes), None, &Bounds::default());
        for at in (0..whole.len()).step_by(19) {
            let mut spoilt = whole.clone();
            spoilt[at] ^= 0xff;
            let _ = take(spoilt);
        }
        for cut in (0..whole.len()).step_by(97) {
            let _ = take(whole[..cut].to_vec());
        }
        assert!(take(whole[..whole.len() / 2].to_vec()).is_err(), "{name}");
    }
    assert!(rich("a}").is_ok());
    assert!(matches!(parts(b"{\\rtf1 a").unwrap_err(), Error::Corrupt { .. }));
    let deep = [b"{\\rtf1".as_slice(), &b"{".repeat(100_000)].concat();
    assert!(matches!(parts(&deep).unwrap_err(), Error::Corrupt { .. }));
}

#[test]
fn locked_texts_are_told() {
    // The mark of a locked file in the head of the text (MS-DOC, FibBase).
    let mut locked = file("letter.doc");
    let head = locked.windows(4).position(|w| w.starts_with(&[0xec, 0xa5])).unwrap();
    locked[head + 11] |= 1;
    assert!(matches!(parts(&locked).unwrap_err(), Error::Locked { .. }));
    let mut old = file("letter.doc");
    old[head + 2..head + 4].copy_from_slice(&[0x65, 0]);
    assert!(parts(&old).unwrap_err().to_string().contains("Word 6 or 95"));
    let manifest = b"<m:manifest xmlns:m=\"m\"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>";
    let odt = files::zip(
        &[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ("META-INF/manifest.xml", manifest),
            ("content.xml", b"\x01\x02"),
        ],
        zip::CompressionMethod::Stored,
    );
    assert!(matches!(parts(&odt).unwrap_err(), Error::Locked { .. }));
}

#[test]
fn an_open_text_that_swells_is_refused() {
    let mut content = Vec::new();
    content.write_all(&vec![b' '; 1 << 20]).unwrap();
    let odt = files::zip(
        &[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", &content)],
        zip::CompressionMethod::Deflated,
    );
    let tight = Bounds { unpacked: 1 << 16, ..Bounds::default() };
    let told = read(Kind::OpenText, &mut Cursor::new(odt.clone()), None, &tight).unwrap_err();
    assert!(matches!(told, Error::Bomb { limit: 65_536 }), "{told}");
    // Spaces are counted in the file and not made.
    let many = "<o:body xmlns:o=\"o\"><p>a<s c=\"4000000000\"/>b</p></o:body>";
    let odt = files::zip(
        &[("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", many.as_bytes())],
        zip::CompressionMethod::Deflated,
    );
    let mut text = String::new();
    parts(&odt).unwrap()[0].text.as_deref().unwrap().as_bytes().read_to_string(&mut text).unwrap();
    assert_eq!(text.len(), 1002);
}
