//! The program as scripts use it: exit codes, what goes to which stream, formats.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Home(tempfile::TempDir);

impl Home {
    /// A lake with the samples of the sources that dossiers are made of.
    fn filled() -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../sources/contracts");
        for (contract, file) in [
            ("cctns.fir", "cctns/fir/sample.csv"),
            ("cctns.person", "cctns/person/sample.csv"),
            ("transport.vehicle", "transport/vehicle/sample.csv"),
            ("telecom.cdr", "telecom/cdr/sample_airtel.csv"),
        ] {
            let path: PathBuf = samples.join(file);
            let done = home.run(&["ingest", "--authority", "TEST/1", contract, path.to_str().unwrap()]);
            assert!(done.status.success(), "{contract}: {}", err(&done));
        }
        home
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_sarovar")).arg("--home").arg(self.0.path()).args(args).output().unwrap()
    }
}

fn out(done: &Output) -> String {
    String::from_utf8_lossy(&done.stdout).into_owned()
}

fn err(done: &Output) -> String {
    String::from_utf8_lossy(&done.stderr).into_owned()
}

#[test]
fn search_and_dossier_speak_every_format() {
    let home = Home::filled();
    let found = home.run(&["search", "parikshan", "kumar", "--format", "json"]);
    let hits: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    let hits = hits.as_array().unwrap();
    let person = hits.iter().find(|hit| hit["key"] == "cctns:275410012025000101").expect("the person of the FIR");
    assert_eq!(person["kind"].as_str(), Some("person"));
    assert_eq!(person["object"].as_str().map(str::len), Some(64));
    let phones = home.run(&["search", "+91 7000000101", "--kind", "phone", "--format", "csv"]);
    assert_eq!(out(&phones).lines().filter(|l| l.starts_with("phone,7000000101,")).count(), 1, "{}", out(&phones));
    assert_eq!(out(&phones).lines().count(), 2);

    let table = home.run(&["dossier", "cctns:275410012025000101"]);
    assert!(out(&table).contains("Parikshan Kumar") && out(&table).contains("cctns.person"), "{}{}", out(&table), err(&table));
    let whole = home.run(&["--format", "json", "dossier", "cctns:275410012025000101"]);
    let person: serde_json::Value = serde_json::from_slice(&whole.stdout).unwrap();
    assert_eq!(person["id"].as_str().map(str::len), Some(16));
    assert!(!person["mentions"].as_array().unwrap().is_empty() && !person["reasons"].as_array().unwrap().is_empty());
    let again = home.run(&["dossier", person["id"].as_str().unwrap(), "--format", "ndjson", "--table", "links"]);
    assert!(
        out(&again).lines().all(|l| serde_json::from_str::<serde_json::Value>(l).is_ok()) && out(&again).contains("RJ14ZZ0001")
    );
    let html = home.run(&["dossier", "--vehicle", "rj 14 zz 0001", "--format", "html", "--lang", "en"]);
    assert!(out(&html).starts_with("<!doctype html>") && !out(&html).contains("href="), "{}", err(&html));
    let case = home.run(&["dossier", "--fir", "27541001/1/2025", "--format", "json"]);
    assert!(out(&case).contains("fir:27541001/0001/2025"), "{}", err(&case));

    let shut = home.run(&["dossier", "--phone", "7000000101", "--table", "contacts", "--format", "ndjson"]);
    assert!(shut.status.success() && out(&shut).is_empty() && err(&shut).contains("--authority"), "{}", err(&shut));
    let open =
        home.run(&["dossier", "--phone", "7000000101", "--authority", "SP/1", "--table", "contacts", "--format", "ndjson"]);
    assert!(!out(&open).is_empty(), "{}", err(&open));
    let log = home.run(&["audit", "tail", "--limit", "1", "--format", "json"]);
    assert!(
        out(&log).contains("\"dossier\"") && out(&log).contains("SP/1") && !out(&log).contains("7000000101"),
        "{}",
        out(&log)
    );
    assert!(home.run(&["audit", "verify"]).status.success());
}

#[test]
fn what_cannot_be_answered_says_so_by_exit_code() {
    let home = Home::filled();
    for (args, code, says) in [
        (vec!["dossier"], 2, "required"),
        (vec!["dossier", "x", "--phone", "1"], 2, "cannot be used"),
        (vec!["search"], 2, "required"),
        (vec!["search", "x", "--kind", "horse"], 2, "horse"),
        (vec!["dossier", "nobody"], 1, "nothing is known"),
        (vec!["dossier", "--phone", "7.0E+09"], 1, "scientific"),
        (vec!["dossier", "--vehicle", "*"], 1, "registration mark"),
        (vec!["dossier", "--fir", "1/2025"], 1, "station"),
        (vec!["dossier", "--fir", "nonsense"], 1, "FIR"),
        (vec!["dossier", "--vehicle", "RJ14ZZ0001", "--table", "contacts"], 1, "there is no table"),
        (vec!["search", "parikshan", "--format", "html"], 1, "only `dossier`"),
        (vec!["search", "nobody at all"], 0, "nothing found"),
        (vec!["search", "Gopaniya Devi"], 0, "nothing found"),
    ] {
        let done = home.run(&args);
        assert_eq!(done.status.code(), Some(code), "{args:?}: {}{}", out(&done), err(&done));
        assert!(err(&done).contains(says), "{args:?}: {}", err(&done));
    }
}
