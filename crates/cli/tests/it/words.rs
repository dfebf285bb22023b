//! Bad input from the command line: exit code 1, and a message that says what, where and what to do.

use std::path::{Path, PathBuf};

use crate::program::{Program, Said};
use crate::register;

struct Scene {
    dir: tempfile::TempDir,
    program: Program,
}

impl Scene {
    fn new() -> Scene {
        let dir = tempfile::tempdir().unwrap();
        let program = Program::at(&dir.path().join("home"));
        Scene { dir, program }
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn ingest(&self, file: &Path) -> Said {
        let contract = register::contract(self.dir.path(), false).display().to_string();
        self.program.run(&["--format", "json", "ingest", "test.register", &file.display().to_string(), "--contract", &contract])
    }
}

/// Refused, with all these words on stderr and nothing half done.
fn refused(said: &Said, words: &[&str]) {
    assert!(!said.ok, "{said:?}");
    for word in words {
        assert!(said.err.contains(word), "no `{word}` in: {}", said.err);
    }
}

#[test]
fn what_cannot_be_read_is_named_with_a_remedy() {
    let s = Scene::new();
    refused(&s.ingest(&s.file("empty.csv", b"")), &["empty.csv", "is empty (0 bytes)", "ask the sender"]);
    refused(&s.ingest(&s.dir.path().join("absent.csv")), &["absent.csv", "Check the path"]);
    refused(
        &s.ingest(&s.file("other.csv", b"x,y\n1,2\n")),
        &["other.csv", "no file of test.register", "(id, seen_at)", "name another contract"],
    );
    let none = s.program.run(&["ingest", &s.file("none.csv", b"x,y\n1,2\n").display().to_string()]);
    refused(&none, &["none.csv", "no contract fits", "docs/contracts.md"]);
    refused(&s.program.run(&["ingest", "no.such", &s.file("f.csv", b"a\n").display().to_string()]), &["no.such", "--contracts"]);
    refused(&s.program.run(&["maintain", "--purge", &"0".repeat(64)]), &["is not in the lake"]);
    assert_eq!(s.program.litter(), Vec::<String>::new());
}

#[test]
fn a_contract_that_is_wrong_is_refused_before_anything_is_kept() {
    let s = Scene::new();
    let good = register::contract(s.dir.path(), false);
    let wrong = s.dir.path().join("wrong");
    std::fs::create_dir(&wrong).unwrap();
    let yaml = std::fs::read_to_string(&good).unwrap().replace("physicalType: int32", "physicalType: intt");
    std::fs::write(wrong.join("contract.yaml"), yaml).unwrap();
    let file = s.file("1.csv", format!("{}a,A,,X,2026-01-01 10:00:00,1,\n", register::HEADER).as_bytes());
    let path = wrong.join("contract.yaml").display().to_string();
    let said = s.program.run(&["ingest", "test.register", &file.display().to_string(), "--contract", &path]);
    refused(&said, &["contract.yaml", "column `revision`", "`intt` is not a known physicalType", "use one of"]);
    assert!(!s.program.home.join("contracts").exists());

    let said = s.program.run(&["ingest", "x.y", &file.display().to_string(), "--contract", &good.display().to_string()]);
    refused(&said, &["test.register", "x.y"]);
}

#[test]
fn a_kept_contract_that_was_damaged_costs_only_its_source() {
    let s = Scene::new();
    let file = s.file("1.csv", format!("{}a,A,,X,2026-01-01 10:00:00,1,\n", register::HEADER).as_bytes());
    s.ingest(&file).good();
    let kept = s.program.home.join("contracts/test/register/contract.yaml");
    std::fs::write(&kept, "schema: [").unwrap();
    let said = s.program.run(&["--format", "json", "doctor"]);
    assert!(!said.ok);
    let ill = said.json().into_iter().find(|f| f["well"] == false).unwrap();
    assert_eq!(ill["what"], "contract test.register");
    assert!(ill["message"].as_str().unwrap().contains("--contract"), "{ill}");
    let again = s.program.run(&["ingest", "test.register", &file.display().to_string()]);
    refused(&again, &["test.register", "cannot be read"]);
    // Given again, all is well.
    s.ingest(&file).good();
    s.program.run(&["doctor"]).good();
}

#[test]
fn sizes_are_checked() {
    let s = Scene::new();
    for wrong in ["x", "3M", "12Q", "-5M", ""] {
        let said = s.program.run(&["--memory", wrong, "init"]);
        assert!(!said.ok, "{wrong}");
    }
    s.program.run(&["--memory", "64M", "init"]).good();
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let home = tempfile::tempdir().unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_sarovar"))
        .arg("--home")
        .arg(home.path())
        .args(["catalog", "list", "--contracts"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(!String::from_utf8_lossy(&done.stderr).contains("pipe"));
}

#[test]
fn a_contract_is_drafted_and_tried_from_the_command_line() {
    let s = Scene::new();
    let rows = "Complaint No;Mobile;Areas\nC1;7000000101;a, b, c\nC2;7000000102;d\nC2;7000000102;d\n";
    let sample = s.file("fraud.csv", rows.as_bytes()).display().to_string();
    let yaml = s.program.run(&["contract", "draft", &sample, "--name", "bank.fraud"]);
    assert!(yaml.ok && yaml.out.contains("delimiter: \";\"") && yaml.out.contains("name: bank.fraud"), "{yaml:?}");
    let guesses = s.program.run(&["--format", "json", "contract", "draft", &sample, "--columns"]);
    assert!(guesses.out.contains("its values look like phone numbers"), "{guesses:?}");
    let tried = s.program.run(&["--format", "json", "contract", "draft", &sample, "--name", "bank.fraud", "--preview"]);
    let seen: serde_json::Value = serde_json::from_str(&tried.out).unwrap();
    assert_eq!((&seen[0]["in"], &seen[0]["accepted"], &seen[0]["duplicate"]), (&3.into(), &2.into(), &1.into()), "{tried:?}");
    // A contract that was gone over by hand, with its mapping beside it.
    let folder = s.dir.path().join("own");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("contract.yaml");
    std::fs::write(&path, yaml.out.replace("clean, value: [\"phone\"]", "clean, value: [\"imei\"]")).unwrap();
    std::fs::write(folder.join("mapping.sql"), s.program.run(&["contract", "draft", &sample, "--mapping"]).out).unwrap();
    let tried = s.program.run(&["contract", "preview", &path.display().to_string(), &sample]);
    assert!(tried.ok && tried.err.contains("of 3 rows 0 are accepted, 3 refused"), "{tried:?}");
    assert!(tried.out.contains("7000000101"), "{tried:?}");
    refused(
        &s.program.run(&["contract", "preview", &path.display().to_string(), "absent.csv"]),
        &["absent.csv", "Check the path"],
    );
}
