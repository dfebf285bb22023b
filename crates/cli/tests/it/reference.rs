//! What comes with the program: units and sections in a new lake, and how much of the forms the contracts hold.

use crate::program::Program;

#[test]
fn a_new_lake_knows_units_and_sections() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::at(&dir.path().join("home"));
    let first = program.run(&["init"]).good();
    // One row a line of the files that are shipped.
    assert!(
        first.err.contains("reference.unit: 963 rows") && first.err.contains("reference.section: 1371 rows"),
        "{}",
        first.err
    );
    let again = program.run(&["init"]).good();
    assert!(!again.err.contains("rows"), "the same again changes nothing: {}", again.err);
    let json = |arguments: &[&str]| program.run(&[&["--format", "json"], arguments].concat()).good().json();
    let old = json(&["section", "IPC", "302", "--offence", "2024-06-30"]);
    let law = &old[0][0];
    assert_eq!((&law["act"], &law["section"], &law["applies"]), (&"IPC".into(), &"302".into(), &true.into()), "{old:?}");
    assert_eq!((&law["corresponding"][0]["act"], &law["corresponding"][0]["section"]), (&"BNS".into(), &"103(1)".into()));
    assert!(law["corresponding"][0]["origin"]["row"].as_i64().unwrap() > 1);
    let none = program.run(&["--format", "csv", "section", "124A IPC"]).good();
    assert!(none.out.lines().count() == 2 && none.out.contains("124A"), "{}", none.out);
    let day = program.run(&["section", "IPC 302", "--offence", "yesterday"]);
    assert!(!day.ok && day.err.contains("YYYY-MM-DD"), "{}", day.err);
    let nothing = program.run(&["section", "nothing"]);
    assert!(!nothing.ok && nothing.err.contains("names no section"), "{}", nothing.err);
    let log = program.run(&["--format", "json", "audit", "tail"]).good();
    assert!(log.out.contains("\"section\""), "the look is in the log");
}

#[test]
fn coverage_of_the_forms_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::at(&dir.path().join("home"));
    let said = program.run(&["--format", "json", "contract", "coverage"]).good();
    assert!(
        said.err.contains("41 contracts of 15 systems") && said.err.contains("items of the forms have columns"),
        "{}",
        said.err
    );
    let forms = said.json()[0]["forms"].as_array().unwrap().clone();
    let count = |key: &str| forms.iter().map(|f| f[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!(forms.len(), 7);
    let left: usize = forms.iter().map(|f| f["left_out"].as_array().unwrap().len()).sum();
    assert_eq!(count("items"), count("taken") + left as u64);
    assert!(
        forms.iter().flat_map(|f| f["left_out"].as_array().unwrap()).all(|why| why.as_str().unwrap().contains("not taken:")),
        "{forms:?}"
    );
    assert!(!program.home.exists(), "no lake is touched");
}
