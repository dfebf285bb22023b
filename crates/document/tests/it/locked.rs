//! Documents that other programs locked (pypdf, msoffcrypto-tool), with the passwords `user-word` and `owner-word`.

use std::io::Cursor;
use std::path::Path;

use document::{Bounds, Error, Kind, Part, read_locked, unlock};

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)).unwrap()
}

fn pdf(name: &str, password: Option<&str>) -> Result<Vec<Part>, Error> {
    read_locked(Kind::Pdf, &mut Cursor::new(file(name)), None, &Bounds::default(), password)
}

#[test]
fn pdf_under_every_cipher() {
    for cipher in ["rc4-40", "rc4-128", "aes-128", "aes-256-r5", "aes-256"] {
        let name = format!("locked-{cipher}.pdf");
        for password in ["user-word", "owner-word"] {
            let found = pdf(&name, Some(password)).unwrap_or_else(|e| panic!("{name} {password}: {e}"));
            assert_eq!(found[0].text.as_deref(), Some("Locked words"), "{name} {password}");
            assert_eq!(found[0].title.as_deref(), Some("Locked title"), "{name} {password}");
        }
        assert!(matches!(pdf(&name, Some("another")).unwrap_err(), Error::WrongPassword { .. }), "{name}");
        let asked = pdf(&name, None).unwrap_err();
        assert!(matches!(asked, Error::Locked { .. }) && asked.to_string().contains("give it with the file"), "{name}: {asked}");
    }
    // Locked against printing alone: everybody may read it.
    assert_eq!(pdf("no-printing.pdf", None).unwrap()[0].text.as_deref(), Some("Locked words"));
}

#[test]
fn pdf_whose_lock_is_spoilt() {
    let whole = file("locked-rc4-128.pdf");
    for at in (0..whole.len()).step_by(7) {
        let mut spoilt = whole.clone();
        spoilt[at] ^= 0x55;
        // Read, refused or told to be locked, but never a panic.
        let _ = read_locked(Kind::Pdf, &mut Cursor::new(spoilt), None, &Bounds::default(), Some("user-word"));
    }
}

#[test]
fn office_files_of_the_usual_kind() {
    let bounds = Bounds::default();
    for name in ["locked.docx", "locked.xlsx"] {
        let told = document::kind(&mut Cursor::new(file(name))).unwrap_err();
        assert!(matches!(told, Error::Locked { .. }), "{told}");
    }
    let wrong = unlock(&mut Cursor::new(file("locked.docx")), &bounds, "another").unwrap_err();
    assert!(matches!(wrong, Error::WrongPassword { .. }), "{wrong}");
    assert!(unlock(&mut Cursor::new(file("locked.xlsx")), &bounds, "user-word").unwrap().starts_with(b"PK\x03\x04"));
    let plain = unlock(&mut Cursor::new(file("locked.docx")), &bounds, "user-word").unwrap();
    let read = document::read(Kind::Word, &mut Cursor::new(plain), None, &bounds).unwrap();
    assert_eq!(read[0].text.as_deref(), Some("Locked words, बंद"));
    let whole = file("locked.docx");
    for cut in [0, 100, 600, 2000, whole.len() - 3000] {
        assert!(unlock(&mut Cursor::new(&whole[..cut]), &bounds, "user-word").is_err(), "{cut}");
    }
    let tight = Bounds { bytes: 100, ..bounds };
    assert!(matches!(unlock(&mut Cursor::new(whole), &tight, "user-word").unwrap_err(), Error::TooLarge { limit: 100 }));
}
