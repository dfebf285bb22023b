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
            match &mut member.input {
                Ok(input) => input.read_to_end(&mut content).unwrap(),
                Err(e) => content.write(format!("broken: {e}").as_bytes()).unwrap(),
            };
            assert!(member.input.is_err() || content.len() as u64 == member.size);
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

fn names(files: &Files) -> Vec<&str> {
    files.iter().map(|(name, _)| name.as_str()).collect()
}

fn said(files: &Files, name: &str) -> String {
    String::from_utf8_lossy(&files.iter().find(|(n, _)| n == name).unwrap().1).into_owned()
}

#[test]
fn a_broken_file_does_not_take_the_others_with_it() {
    let inner = zip(&[("b.csv", b"2")], SimpleFileOptions::default());
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let good = zip(
        &[("a.csv", b"first"), ("cut.zip", &inner[..inner.len() / 2]), ("spoilt.csv", b"to be spoilt"), ("z.csv", b"last")],
        stored,
    );
    let mut bytes = good.clone();
    let at = bytes.windows(12).position(|w| w == b"to be spoilt").unwrap();
    bytes[at] = b'T';
    let found = all(bytes, &Limits::default(), None).unwrap();
    assert_eq!(names(&found), ["a.csv", "cut.zip", "spoilt.csv", "z.csv"]);
    assert!(said(&found, "cut.zip").contains("`cut.zip` is not a readable ZIP file"), "{}", said(&found, "cut.zip"));
    assert!(said(&found, "spoilt.csv").starts_with("broken: `spoilt.csv`"), "{}", said(&found, "spoilt.csv"));
    assert_eq!(said(&found, "z.csv"), "last");
    // The head that stands before a file's bytes is gone.
    let mut bytes = good;
    let at = bytes.windows(10).position(|w| w == b"spoilt.csv").unwrap() - 30;
    bytes[at..at + 4].fill(0);
    let found = all(bytes, &Limits::default(), None).unwrap();
    assert!(said(&found, "spoilt.csv").starts_with("broken: "));
    assert_eq!((said(&found, "a.csv"), said(&found, "z.csv")), ("first".to_owned(), "last".to_owned()));
    // An archive in it with a password of its own.
    let locked = zip(&[("c.csv", b"3")], SimpleFileOptions::default().with_aes_encryption(AesMode::Aes256, "other"));
    let found = all(zip(&[("in.zip", &locked), ("z.csv", b"last")], stored), &Limits::default(), None).unwrap();
    assert!(said(&found, "in.zip/c.csv").contains("locked by a password"));
    assert_eq!(said(&found, "z.csv"), "last");
}

/// A tar archive by the `tar` of the machine; none where there is none.
fn tar(format: &str, files: &[(&str, &[u8])], more: &[&str]) -> Option<Vec<u8>> {
    let dir = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let mut command = std::process::Command::new("tar");
    command.arg("-C").arg(dir.path()).args(["--format", format, "-cf", "-"]).args(more).args(files.iter().map(|(name, _)| name));
    command.output().ok().filter(|out| out.status.success()).map(|out| out.stdout)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn tar_archives_plain_and_packed() {
    let long = format!("{}/{}.csv", "folder".repeat(20), "name".repeat(30));
    let inner = zip(&[("b.csv", b"2")], SimpleFileOptions::default());
    let files: [(&str, &[u8]); 3] = [("d/a.csv", b"1"), (&long, b"long"), ("in.zip", &inner)];
    for format in ["gnu", "pax", "ustar"] {
        let files = if format == "ustar" { &files[..1] } else { &files[..] };
        let Some(bytes) = tar(format, files, &[]) else {
            eprintln!("skipped: no tar here");
            return;
        };
        for packed in [bytes.clone(), gzip(&bytes)] {
            assert!(sources::archive::is_archive(&mut Cursor::new(&packed)).unwrap());
            let found = all(packed, &Limits::default(), None).unwrap();
            assert_eq!(found[0], ("d/a.csv".to_owned(), b"1".to_vec()), "{format}");
            if format != "ustar" {
                assert_eq!(names(&found), ["d/a.csv", &long, "in.zip/b.csv"], "{format}");
                assert_eq!(said(&found, &long), "long");
            }
        }
        // The end is missing: what is whole is there.
        let cut = all(bytes[..512].to_vec(), &Limits::default(), None);
        let cut = cut.unwrap_or_else(|e| panic!("{format}: {e}"));
        assert!(cut.is_empty() || said(&cut, "d/a.csv").contains("cut off"), "{format}: {cut:?}");
        let half = gzip(&bytes);
        let error = all(half[..half.len() / 2].to_vec(), &Limits::default(), None).err().unwrap();
        assert!(matches!(error, ReadError::Truncated { .. } | ReadError::Corrupt { .. }), "{error}");
        let tight = Limits { max_unpacked_bytes: 100, ..Limits::default() };
        assert!(matches!(all(gzip(&bytes), &tight, None).err().unwrap(), ReadError::Bomb { .. }));
    }
    let many = tar("gnu", &[("a", b"1"), ("b", b"2"), ("c", b"3")], &[]).unwrap();
    let few = Limits { max_members: 2, ..Limits::default() };
    assert!(matches!(all(many, &few, None).err().unwrap(), ReadError::Bomb { what: "files", .. }));
    assert!(!sources::archive::is_archive(&mut Cursor::new(gzip(b"a,b\n1,2\n"))).unwrap());
    assert!(!sources::archive::is_archive(&mut Cursor::new(b"a,b\n1,2\n")).unwrap());
}

#[test]
fn nothing_leaves_a_tar_archive() {
    for change in ["s|^|../|", "s|^|/etc/|", "s|a.csv|x/../../a.csv|"] {
        let Some(bytes) = tar("gnu", &[("a.csv", b"1")], &["-P", "--transform", change]) else { return };
        let error = all(bytes, &Limits::default(), None).err().unwrap();
        assert!(matches!(error, ReadError::UnsafePath { .. }), "{change}: {error}");
    }
    let dir = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("/etc/passwd", dir.path().join("link")).unwrap();
    let out = std::process::Command::new("tar").arg("-C").arg(dir.path()).args(["-cf", "-", "link"]).output();
    let Ok(out) = out else { return };
    assert!(matches!(all(out.stdout, &Limits::default(), None).err().unwrap(), ReadError::UnsafePath { .. }));
}
