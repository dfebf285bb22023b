use std::io::{Cursor, Read, Write};

use sources::archive::members;
use sources::{Limits, ReadError};
use zip::unstable::write::FileOptionsExt;
use zip::write::SimpleFileOptions;
use zip::{AesMode, ZipWriter};

fn zip(files: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

type Files = Vec<(String, Vec<u8>)>;

fn all(bytes: Vec<u8>, limits: &Limits, password: Option<&str>) -> Result<Files, ReadError> {
    members(Box::new(Cursor::new(bytes)), limits, password, Box::new(|| Ok(Box::new(Cursor::new(Vec::new())))))?
        .map(|member| {
            let mut member = member?;
            let mut content = Vec::new();
            member.input.read_to_end(&mut content).unwrap();
            assert_eq!(content.len() as u64, member.size);
            Ok((member.name, content))
        })
        .collect()
}

#[test]
fn members_of_archives_in_archives() {
    let inner = zip(&[("b.csv", b"2")], SimpleFileOptions::default());
    let bytes = zip(&[("x/a.csv", b"1"), ("in.zip", &inner)], SimpleFileOptions::default());
    let found = all(bytes, &Limits::default(), None).unwrap();
    assert_eq!(found, [("x/a.csv".to_owned(), b"1".to_vec()), ("in.zip/b.csv".to_owned(), b"2".to_vec())]);
}

#[test]
fn passwords() {
    let aes = SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, "right");
    let old = SimpleFileOptions::default().with_deprecated_encryption(b"right");
    let one = |options| {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("a.csv", options).unwrap();
        zip.write_all(b"secret rows").unwrap();
        zip.finish().unwrap().into_inner()
    };
    for bytes in [one(aes), one(old)] {
        let limits = Limits::default();
        assert_eq!(all(bytes.clone(), &limits, Some("right")).unwrap()[0].1, b"secret rows");
        assert!(matches!(all(bytes.clone(), &limits, None).err().unwrap(), ReadError::PasswordNeeded { .. }));
        assert!(matches!(all(bytes, &limits, Some("wrong")).err().unwrap(), ReadError::WrongPassword { .. }));
    }
}

#[test]
fn nothing_leaves_the_archive() {
    for name in ["../evil.csv", "/etc/evil", "a/../../evil", "a\\..\\evil"] {
        let bytes = zip(&[("ok.csv", b"1"), (name, b"x")], SimpleFileOptions::default());
        let error = all(bytes, &Limits::default(), None).err().unwrap();
        assert!(matches!(error, ReadError::UnsafePath { .. }), "{name}: {error}");
    }
}

#[test]
fn bombs() {
    let bomb = |bytes: Vec<u8>, limits: Limits| match all(bytes, &limits, None).err().unwrap() {
        ReadError::Bomb { what, .. } => what,
        other => panic!("{other}"),
    };
    let zeros = vec![0u8; 100 << 20];
    let large = zip(&[("a", &zeros)], SimpleFileOptions::default());
    assert_eq!(bomb(large.clone(), Limits::default()), "bytes out per byte in");
    assert_eq!(bomb(large, Limits { max_ratio: 1 << 40, max_unpacked_bytes: 1 << 20, ..Limits::default() }), "bytes");
    let many = zip(&[("a", b"1"), ("b", b"2"), ("c", b"3")], SimpleFileOptions::default());
    assert_eq!(bomb(many, Limits { max_members: 2, ..Limits::default() }), "files");
    let mut deep = zip(&[("a", b"1")], SimpleFileOptions::default());
    for _ in 0..5 {
        deep = zip(&[("in.zip", &deep)], SimpleFileOptions::default());
    }
    assert_eq!(bomb(deep, Limits::default()), "archives in archives");
}

#[test]
fn what_is_no_archive() {
    let error = all(b"PK\x03\x04 but no more".to_vec(), &Limits::default(), None).err().unwrap();
    assert!(matches!(error, ReadError::Corrupt { .. } | ReadError::Truncated { .. }), "{error}");
}
