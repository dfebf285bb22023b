//! Messages with their pictures: a ZIP of one CSV file and what it names. What a ZIP says about itself is not believed: sizes are
//! counted while it is unpacked.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use sha2::{Digest, Sha256};
use zip::ZipArchive;

use super::digest;
use crate::DeskError;

/// Pictures and films of one file, bytes of one of them, and of all together.
const MOST: usize = 1_000;
const EACH: u64 = 200 << 20;
const ALL: u64 = 512 << 20;

/// A file of messages, taken apart.
#[derive(Debug, Default)]
pub struct Package {
    pub csv: Vec<u8>,
    /// By name, without folders.
    pub pictures: BTreeMap<String, Vec<u8>>,
    /// Of what is in it, lower-case hex: the same messages and pictures packed anew are the same.
    pub sha256: String,
}

/// A CSV file is a package without pictures.
pub fn open(bytes: &[u8]) -> Result<Package, DeskError> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Ok(Package { csv: bytes.to_vec(), pictures: BTreeMap::new(), sha256: digest(bytes) });
    }
    let wrong = |why: String| DeskError::Invalid(format!("the ZIP file cannot be read: {why}"));
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| wrong(e.to_string()))?;
    if archive.len() > MOST + 1 {
        return Err(wrong(format!("it holds more than {MOST} files; part it")));
    }
    let (mut csv, mut pictures) = (None, BTreeMap::new());
    let mut left = ALL;
    for n in 0..archive.len() {
        let mut file = archive.by_index(n).map_err(|e| wrong(format!("file {}: {e}", n + 1)))?;
        let path = file.name().replace('\\', "/");
        let name = path.rsplit('/').next().unwrap_or_default().to_owned();
        // Folders, and what file managers put beside the files.
        if name.is_empty() || name.starts_with('.') || path.starts_with("__MACOSX/") || name == "Thumbs.db" {
            continue;
        }
        let mut content = Vec::new();
        let most = EACH.min(left);
        (&mut file).take(most + 1).read_to_end(&mut content).map_err(|e| wrong(format!("{name}: {e}")))?;
        if content.len() as u64 > most {
            return Err(wrong(format!("{name} is larger than {} MB, or all together than {} MB", EACH >> 20, ALL >> 20)));
        }
        left -= content.len() as u64;
        if name.to_lowercase().ends_with(".csv") {
            if csv.replace(content).is_some() {
                return Err(wrong("it holds more than one CSV file".into()));
            }
        } else if pictures.insert(name.clone(), content).is_some() {
            return Err(wrong(format!("{name} is in it twice, in different folders; names must differ")));
        }
    }
    let csv = csv.ok_or_else(|| wrong("there is no CSV file in it".into()))?;
    let mut whole = Sha256::new();
    whole.update(&csv);
    for (name, content) in &pictures {
        whole.update(format!("\n{name} {}", digest(content)));
    }
    let sha256 = whole.finalize().iter().map(|b| format!("{b:02x}")).collect();
    Ok(Package { csv, pictures, sha256 })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(content).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn one_csv_and_its_pictures_wherever_they_lie() {
        let p =
            open(&packed(&[("week/week.csv", b"unit"), ("week/a.jpg", b"1"), ("__MACOSX/week/._a.jpg", b"x"), ("b.png", b"2")]));
        let p = p.unwrap();
        assert_eq!(
            (p.csv.as_slice(), p.pictures.keys().cloned().collect::<Vec<_>>()),
            (b"unit".as_slice(), vec!["a.jpg".into(), "b.png".into()])
        );
        let again = open(&packed(&[("b.png", b"2"), ("week.csv", b"unit"), ("a.jpg", b"1")])).unwrap();
        assert_eq!(p.sha256, again.sha256, "packed anew it is the same");
        let other = open(&packed(&[("b.png", b"3"), ("week.csv", b"unit"), ("a.jpg", b"1")])).unwrap();
        assert_ne!(p.sha256, other.sha256);
        assert_eq!(open(b"unit,kind").unwrap().sha256, digest(b"unit,kind"));
    }

    #[test]
    fn what_is_no_package_is_refused_in_words() {
        for (bytes, told) in [
            (b"PK\x03\x04 no".to_vec(), "cannot be read"),
            (packed(&[("a.jpg", b"1")]), "no CSV file"),
            (packed(&[("a.csv", b"1"), ("b.CSV", b"2")]), "more than one CSV"),
            (packed(&[("a.csv", b"1"), ("x/p.jpg", b"2"), ("y/p.jpg", b"3")]), "p.jpg is in it twice"),
        ] {
            let error = open(&bytes).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
