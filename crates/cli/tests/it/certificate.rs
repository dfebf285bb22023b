//! From a file that came in to the certificate a court gets: hashes of the real bytes, and refusals where they do not match.

use sha2::{Digest, Sha256};

use crate::program::Program;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../sources/contracts/reference/rto/sample.csv");

pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn a_file_and_an_export_of_it_get_their_certificates() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::at(&dir.path().join("lake"));
    program.run(&["ingest", "reference.rto", SAMPLE]).good();
    let object = sha256(&std::fs::read(SAMPLE).unwrap());
    let pdf = dir.path().join("file.pdf");
    let path = pdf.to_str().unwrap();
    let said = program.run(&["certificate", &object, "-o", path, "--lang", "hi", "--format", "json"]).good();
    assert_eq!(said.json()[0]["sha256"], object.as_str());
    assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF-"));

    let csv = dir.path().join("rto.csv");
    program.run(&["export", "clean.reference_rto", "--to", csv.to_str().unwrap()]).good();
    let manifest = dir.path().join("rto.csv.manifest.json");
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(&manifest).unwrap()).unwrap();
    assert_eq!(
        (told["sha256"].as_str().unwrap(), told["objects"][0].as_str().unwrap()),
        (sha256(&std::fs::read(&csv).unwrap()).as_str(), object.as_str())
    );
    let take = ["certificate", "--export", manifest.to_str().unwrap(), "-o", path, "--lang", "en", "--format", "json"];
    assert_eq!(program.run(&take).good().json()[0]["table"], "clean.reference_rto");
    let log = program.run(&["audit", "tail", "--action", "certificate", "--format", "json"]).good();
    assert_eq!(log.json().len(), 2, "each certificate is in the access log");

    std::fs::write(&csv, "changed").unwrap();
    let changed = program.run(&take);
    assert!(!changed.ok && changed.err.contains("not the file of its manifest"), "{}", changed.err);
    let none = program.run(&["certificate", &"0".repeat(64), "-o", path]);
    assert!(!none.ok && none.err.contains("not in the lake"), "{}", none.err);

    let raw = find(&program.home.join("raw"), &object);
    let mut mode = std::fs::metadata(&raw).unwrap().permissions();
    #[allow(clippy::permissions_set_readonly_false)]
    mode.set_readonly(false);
    std::fs::set_permissions(&raw, mode).unwrap();
    std::fs::write(&raw, "altered").unwrap();
    let altered = program.run(&["certificate", &object, "-o", path]);
    assert!(!altered.ok && altered.err.contains("altered outside the lake"), "{}", altered.err);
}

fn find(dir: &std::path::Path, name: &str) -> std::path::PathBuf {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            let found = find(&path, name);
            if found.exists() {
                return found;
            }
        } else if path.file_name().is_some_and(|n| n.to_string_lossy() == name) {
            return path;
        }
    }
    dir.join("none")
}
