//! Names, linkage, persons and search by the program.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::program::Program;
use crate::register;

const GIVEN: [&str; 8] = ["ramesh", "suresh", "kamla", "gita", "mohan", "sohan", "bhanwar", "pema"];
const FAMILY: [&str; 6] = ["sharma", "meena", "devi", "rathore", "gurjar", "jat"];

/// Two records of each of `n` people; of every fifth the second is written otherwise.
fn people(path: &Path, n: usize) {
    let mut text = String::from("id,given,family,dob,town\n");
    for i in 0..n {
        let (given, family) = (GIVEN[i % 8], FAMILY[i / 8 % 6]);
        let dob = format!("{}-{:02}-{:02}", 1950 + i % 50, i % 12 + 1, i * 7 % 28 + 1);
        let other = if i % 5 == 0 { format!("{given}h") } else { given.to_string() };
        let town = ["kota", "ajmer", "alwar"][i % 3];
        text +=
            &format!("a{i},{given},{family},{dob},{town}\nb{i},{other},{family},{dob},{}\n", if i % 4 == 0 { "" } else { town });
    }
    std::fs::write(path, text).unwrap();
}

#[test]
fn a_review_file_comes_back_as_judgements() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::at(&dir.path().join("home"));
    let at = |name: &str| dir.path().join(name).display().to_string();
    let (file, pairs, review, model) = (at("people.csv"), at("pairs.csv"), at("review.csv"), at("model.toml"));
    people(Path::new(&file), 60);
    std::fs::write(&model, "[thresholds]\nmerge = 0.99999\nreview = 0.001\n").unwrap();
    let mut words = vec!["--format", "json", "link", &file, "--model", &model, "--out", &pairs, "--review", &review];
    program.run(&words).good();
    let text = std::fs::read_to_string(&review).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() > 2 && lines[0].ends_with("verdict,who,why") && lines[0].contains("left_source"), "{}", lines[0]);
    let ids: Vec<&str> = lines[1].split(',').take(2).collect();
    // As a person fills it in: one answer, the rest left open.
    let answered = lines[1].strip_suffix(",,").unwrap().to_string() + "same,anita,\"one house, one face\"";
    let filled: Vec<&str> = [lines[0], &answered].into_iter().chain(lines[2..].iter().copied()).collect();
    std::fs::write(&review, filled.join("\n") + "\n").unwrap();
    let said = review.clone();
    words.truncate(8);
    words.extend(["--judgements", &said]);
    program.run(&words).good();
    let joined = std::fs::read_to_string(&pairs).unwrap();
    let line = joined.lines().find(|l| l.starts_with(&format!("{},{},", ids[0], ids[1]))).expect("the judged pair is joined");
    assert!(line.ends_with("judgement"), "{line}");
    // What is wrong in it is said with its row.
    std::fs::write(&review, filled.join("\n").replace("same,anita", "same,")).unwrap();
    let refused = program.run(&words);
    assert!(!refused.ok && refused.err.contains("row 1") && refused.err.contains("who"), "{}", refused.err);
}

#[test]
fn labels_truth_and_a_second_table() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::at(&dir.path().join("home"));
    let at = |name: &str| dir.path().join(name).display().to_string();
    let (file, out, labels) = (at("people.csv"), at("pairs.csv"), at("labels.csv"));
    people(Path::new(&file), 60);
    let pairs: String = (0..60).map(|i| format!("a{i},b{i}\n")).collect();
    std::fs::write(&labels, format!("left,right\n{pairs}")).unwrap();
    let said = program.run(&["--format", "json", "link", &file, "--out", &out, "--labels", &labels, "--truth", &labels]).good();
    let f1 = said.json()[0]["f1"].as_f64().unwrap();
    assert!(f1 > 0.85 && said.json()[0]["recall"] == 1.0, "{}", said.out);
    let words = ["--format", "json", "link", &file, &file, "--mode", "link-and-dedupe", "--out", &out];
    let both = program.run(&words).good().json();
    assert_eq!(both[0]["records"], 240);
    assert!(both[0]["pairs"].as_u64().unwrap() > 200, "{both:?}");
    let none = program.run(&["link", &file, "--out", &out, "--labels", &at("nowhere.csv")]);
    assert!(!none.ok && none.err.contains("nowhere.csv"), "{}", none.err);
}

#[test]
fn a_linkage_that_is_interrupted_leaves_nothing_half_done() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::at(&dir.path().join("home"));
    let at = |name: &str| dir.path().join(name).display().to_string();
    let (file, out) = (at("people.csv"), at("pairs.csv"));
    people(Path::new(&file), 3_500);
    let mut child = program.command(&["link", &file, "--out", &out]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1_500));
    let stopped = Command::new("kill").arg("-INT").arg(child.id().to_string()).status().unwrap();
    assert!(stopped.success());
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "it does not stop");
        std::thread::sleep(Duration::from_millis(50));
    };
    let said = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert!(!status.success() && said.contains("cancelled") && said.contains("again"), "{said}");
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(left.iter().all(|name| name != "pairs.csv" && name != "pairs.csv.part"), "{left:?}");
}

#[test]
fn names_are_compared_keyed_and_spelled() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::at(dir.path());
    let alike = program.run(&["--format", "json", "names", "compare", "Surinder Singh", "सुरेन्द्र सिंह"]).good().json();
    assert!(alike[0]["agrees"] == true && alike[0]["reasons"].as_array().unwrap().len() >= 2, "{alike:?}");
    let keys = |name: &str| program.run(&["--format", "json", "names", "key", name]).good().json();
    assert_eq!(keys("Jatinder"), keys("Jitendra"));
    let spelled = program.run(&["--format", "json", "names", "translit", "रमेश"]).good().json();
    assert!(spelled.iter().any(|s| s["spelling"] == "ramesh"), "{spelled:?}");
}

#[test]
fn persons_are_linked_reviewed_and_found() {
    let dir = tempfile::tempdir().unwrap();
    let program = Program::at(&dir.path().join("home"));
    let contract = register::contract(dir.path(), false).display().to_string();
    let mut words: Vec<String> = ["ingest", "test.register", "--contract", &contract].map(String::from).to_vec();
    words.extend(register::files(dir.path()).iter().map(|f| f.display().to_string()));
    program.run(&words.iter().map(String::as_str).collect::<Vec<_>>()).good();
    let none = program.run(&["review", "quality"]).good();
    assert!(none.err.contains("sarovar resolve"), "{}", none.err);
    let first = program.run(&["--format", "json", "resolve"]).good().json();
    assert!(first[0]["learnt"] == true && first[0]["persons"].as_u64().unwrap() > 0, "{first:?}");
    let again = program.run(&["--format", "json", "resolve"]).good().json();
    assert_eq!((&again[0]["fresh"], &again[0]["looked_at"]), (&0.into(), &0.into()), "{again:?}");
    let told = program.run(&["--format", "json", "review", "quality"]).good().json();
    assert!(!told[0]["at"].is_null() && told[0]["stale"] == false, "{told:?}");
    program.run(&["--format", "csv", "review", "quality"]).good();
    program.run(&["--format", "json", "review", "list"]).good();
    let wrong = program.run(&["review", "show", "nobody", "nothing"]);
    assert!(!wrong.ok && wrong.err.contains("no record of the linkage"), "{}", wrong.err);
    let absent = dir.path().join("model.toml");
    std::fs::write(&absent, "[[field]]\nname = \"colour\"\n[[block]]\non = [\"colour\"]\n").unwrap();
    let wrong = program.run(&["resolve", "--model", &absent.display().to_string()]);
    assert!(!wrong.ok && wrong.err.contains("colour"), "{}", wrong.err);
    let indexed = program.run(&["--format", "json", "index"]).good().json();
    assert!(indexed[0]["rows"].as_u64().unwrap() > 30, "{indexed:?}");
    let found = program.run(&["--format", "json", "search", "7000000005", "--kind", "phone"]).good().json();
    assert_eq!((found.len(), &found[0]["key"]), (1, &"7000000005".into()));
    let narrowed = program.run(&["--format", "json", "search", "7000000005", "--source", "cctns"]).good();
    assert!(!narrowed.out.contains("7000000005"), "{}", narrowed.out);
    let wrong = program.run(&["search", "x", "--age", "old"]);
    assert!(!wrong.ok && wrong.err.contains("20-30"), "{}", wrong.err);
}
