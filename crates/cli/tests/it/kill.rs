//! SIGKILL at many moments: the same command afterwards ends with the tables of an undisturbed run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::program::{Dice, Program, copy, paths};
use crate::register::{self, EVERYTHING};

/// How often an ingest is killed.
const KILLS: usize = 44;

struct Scene {
    dir: tempfile::TempDir,
    files: Vec<PathBuf>,
}

impl Scene {
    fn new() -> Scene {
        let dir = tempfile::tempdir().unwrap();
        let files = register::files(dir.path());
        Scene { dir, files }
    }

    fn ingest(&self) -> Vec<String> {
        let contract = register::contract(self.dir.path(), false).display().to_string();
        let mut words: Vec<String> = ["--format", "json", "ingest", "test.register"].map(str::to_owned).to_vec();
        words.extend(self.files.iter().map(|f| f.display().to_string()));
        words.extend(["--contract".into(), contract]);
        words
    }

    /// A lake that has taken all files in without disturbance.
    fn filled(&self) -> PathBuf {
        let home = self.dir.path().join("filled");
        Program::at(&home).run(&refs(&self.ingest())).good();
        home
    }
}

fn refs(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn dump(program: &Program) -> Vec<String> {
    let said = program.run(&["--format", "csv", "sql", EVERYTHING]).good();
    said.out.lines().map(str::to_owned).collect()
}

/// Nothing is lying about and `doctor` is content.
fn healthy(program: &Program, what: &str) {
    let said = program.run(&["--format", "json", "doctor"]);
    let ill: Vec<Value> = said.json().into_iter().filter(|f| f["well"] != true).collect();
    assert!(said.ok && ill.is_empty(), "{what}: {ill:?}");
    assert_eq!(program.litter(), Vec::<String>::new(), "{what}");
}

/// How far the ingest of the first unfinished file was, told from the files alone.
fn stage(home: &Path, objects: &[String]) -> &'static str {
    let all: Vec<String> = paths(home).into_iter().map(|p| p.display().to_string()).collect();
    let any = |parts: &[&str]| all.iter().any(|p| parts.iter().all(|part| p.contains(part)));
    let committed = |table: &str, id: &str| {
        let log = home.join("tables").join(table).join("_delta_log");
        let entries = std::fs::read_dir(log).into_iter().flatten().flatten();
        let mut texts = entries.filter(|e| e.path().extension().is_some_and(|x| x == "json"));
        texts.any(|e| std::fs::read_to_string(e.path()).unwrap_or_default().contains(&format!("\"appId\":\"{id}\"")))
    };
    for object in objects {
        let id = format!("ingest/{object}/test.register");
        let journal = any(&["work/journal-", &object[..16]]);
        if committed("clean/test_register", &id) {
            if !journal {
                continue;
            }
            return if committed("pole/object", &format!("{id}/pole1")) {
                "08 all derived, journal still there"
            } else if committed("pole/person_mention", &format!("{id}/pole0")) {
                "07 first POLE statement committed"
            } else if committed("clean/test_register@place", &id) {
                "06 second order committed"
            } else {
                "05 clean table committed"
            };
        }
        return if journal {
            "04 journal written"
        } else if committed("quarantine/test_register", &id) {
            "03 quarantine committed"
        } else if any(&["/tables/", &format!("in-{}", &object[..16])]) {
            "02 data files written"
        } else if all.iter().any(|p| p.ends_with(object.as_str())) {
            "01 received"
        } else {
            "00 receiving, or before"
        };
    }
    "09 all done"
}

#[test]
fn a_killed_ingest_ends_as_an_undisturbed_one() {
    let scene = Scene::new();
    let words = scene.ingest();
    let calm = Program::at(&scene.dir.path().join("calm"));
    let (events, _) = calm.run_and_kill(&refs(&words), usize::MAX, Duration::ZERO);
    let reports = calm.run(&refs(&words)).good().json();
    let objects: Vec<String> = reports.iter().map(|r| r["object"].as_str().unwrap().to_owned()).collect();
    let expected = dump(&calm);
    healthy(&calm, "undisturbed");
    // What the files say, counted by hand: of k0…k199, k220…k249, k400…k419 and k500…k519, the 20 withdrawn ones are gone
    // and three of those came back in a newer version.
    assert_eq!(expected.iter().filter(|l| l.starts_with("clean|")).count(), 200 + 30 + 20 + 20 - 20 + 3);
    let mut dice = Dice::thrown("killed ingests");
    let moments: Vec<(usize, Duration)> = (0..KILLS)
        .map(|k| {
            // One moment in each of as many equal parts of the run.
            let n = events * k / KILLS + dice.below((events / KILLS) as u64 + 1) as usize;
            (n.max(1), Duration::from_micros(dice.below(3000)))
        })
        .collect();
    let one = |k: usize| {
        let (n, then) = moments[k];
        let program = Program::at(&scene.dir.path().join(format!("killed-{k}")));
        let (_, alive) = program.run_and_kill(&refs(&words), n, then);
        let stage = if alive { stage(&program.home, &objects) } else { "-- ended before the kill" };
        let what = format!("kill {k} after event {n} and {then:?}: {stage}");
        let said = program.run(&refs(&words));
        assert!(said.ok, "{what}: {}", said.err);
        for r in said.json() {
            let n = |f: &str| r[f].as_u64().unwrap();
            assert_eq!(n("in"), n("accepted") + n("rejected") + n("duplicate"), "{what}: {r}");
        }
        assert_eq!(dump(&program), expected, "{what}");
        healthy(&program, &what);
        std::fs::remove_dir_all(&program.home).unwrap();
        stage
    };
    let mut tally: BTreeMap<&str, usize> = BTreeMap::new();
    let (even, odd): (Vec<usize>, Vec<usize>) = (0..KILLS).partition(|k| k % 2 == 0);
    let stages = std::thread::scope(|s| {
        let other = s.spawn(|| odd.into_iter().map(one).collect::<Vec<_>>());
        let mut stages: Vec<_> = even.into_iter().map(one).collect();
        stages.extend(other.join().unwrap());
        stages
    });
    stages.into_iter().for_each(|s| *tally.entry(s).or_default() += 1);
    println!("kills by stage, over {events} events: {tally:#?}");
    assert!(tally.len() >= 6, "the kills hit too few stages: {tally:?}");
}

/// Kills `words` at `kills` moments on copies of `from`, runs `again`, and compares with `expected`.
fn killed(scene: &Scene, name: &str, from: &Path, words: &[&str], kills: usize, check: &dyn Fn(&Program, &str)) {
    let calm = scene.dir.path().join(format!("{name}-calm"));
    copy(from, &calm);
    let calm = Program::at(&calm);
    let (events, _) = calm.run_and_kill(words, usize::MAX, Duration::ZERO);
    check(&calm, name);
    let expected = dump(&calm);
    let mut dice = Dice::thrown(name);
    let mut alive = 0;
    for k in 0..kills {
        let home = scene.dir.path().join(format!("{name}-{k}"));
        copy(from, &home);
        let program = Program::at(&home);
        let n = events * k / kills + dice.below((events / kills) as u64 + 1) as usize;
        let then = Duration::from_micros(dice.below(2000));
        alive += usize::from(program.run_and_kill(words, n.max(1), then).1);
        let what = format!("{name}, kill {k} after event {n} of {events} and {then:?}");
        let said = program.run(words);
        assert!(said.ok, "{what}: {}", said.err);
        assert_eq!(dump(&program), expected, "{what}");
        healthy(&program, &what);
        check(&program, &what);
        std::fs::remove_dir_all(&home).unwrap();
    }
    println!("{name}: {alive} of {kills} kills hit a running program, {events} events");
    assert!(alive * 2 >= kills, "{name}: most kills came too late");
}

#[test]
fn a_killed_replay_ends_as_an_undisturbed_one() {
    let scene = Scene::new();
    let from = scene.filled();
    let mended = register::contract(scene.dir.path(), true).display().to_string();
    let words = ["--format", "json", "quarantine", "replay", "test.register", "--contract", &mended];
    killed(&scene, "replay", &from, &words, 10, &|program, what| {
        let lines = dump(program);
        let late = lines.iter().filter(|l| l.starts_with("clean|q")).count();
        assert_eq!(late, 18, "{what}: the refused dates are read now");
    });
}

#[test]
fn a_killed_compaction_ends_as_an_undisturbed_one() {
    let scene = Scene::new();
    let from = scene.filled();
    let before = dump(&Program::at(&from));
    killed(&scene, "compact", &from, &["maintain", "--compact"], 10, &|program, what| {
        assert_eq!(dump(program), before, "{what}");
    });
}

#[test]
fn a_killed_purge_leaves_no_byte() {
    let scene = Scene::new();
    let needles = ["Zyxwvutq", "Qqplacezz", "Refusedzyx", "needle-in-the-name"];
    let doomed = scene.dir.path().join("needle-in-the-name.csv");
    let row = "z1,Zyxwvutq,7000000777,Qqplacezz,2026-01-01 10:00:00,1,\nz2,Refusedzyx,,X,yesterday,1,\n";
    std::fs::write(&doomed, format!("{}{row}", register::HEADER)).unwrap();
    let mut scene = scene;
    scene.files.insert(1, doomed);
    let from = scene.filled();
    let full = Program::at(&from);
    // Old versions hold the rows too.
    full.run(&["maintain", "--compact"]).good();
    for needle in needles {
        assert_ne!(full.holding(needle), Vec::<String>::new(), "{needle}");
    }
    let found = full.run(&["--format", "csv", "sql", "SELECT _object FROM clean.test_register WHERE id = 'z1'"]).good();
    let object = found.out.lines().nth(1).unwrap().to_owned();
    killed(&scene, "purge", &from, &["--format", "json", "maintain", "--purge", &object], 14, &|program, what| {
        for needle in needles {
            assert_eq!(program.holding(needle), Vec::<String>::new(), "{what}: {needle}");
        }
    });
}

/// What lies in a lake's folder of linkage: the name in force, and the folder it names.
fn linkage(program: &Program) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(program.home.join("identity"))
        .unwrap()
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn a_killed_resolve_ends_as_an_undisturbed_one() {
    let scene = Scene::new();
    let from = scene.filled();
    let words = ["--format", "json", "resolve"];
    let told = |program: &Program| {
        let said = program.run(&words).good().json().remove(0);
        ["mentions", "records", "persons"].map(|field| said[field].as_u64().unwrap())
    };
    let calm = scene.dir.path().join("resolved");
    copy(&from, &calm);
    let expected = told(&Program::at(&calm));
    assert!(expected[0] > 200, "{expected:?}");
    killed(&scene, "resolve", &from, &words, 8, &|program, what| {
        assert_eq!(told(program), expected, "{what}");
        let names = linkage(program);
        let in_force = std::fs::read_to_string(program.home.join("identity/CURRENT")).unwrap();
        assert_eq!(names, ["CURRENT".to_string(), in_force.trim().to_string()], "{what}: nothing half done lies about");
    });
}

#[test]
fn a_killed_index_ends_as_an_undisturbed_one() {
    let scene = Scene::new();
    let from = scene.filled();
    let words = ["--format", "json", "index"];
    let entries = |program: &Program| program.run(&words).good().json()[0]["entries"].as_u64().unwrap();
    let calm = scene.dir.path().join("indexed");
    copy(&from, &calm);
    let expected = entries(&Program::at(&calm));
    assert!(expected > 30, "{expected}");
    killed(&scene, "index", &from, &words, 8, &|program, what| {
        assert_eq!(entries(program), expected, "{what}");
        let found = program.run(&["--format", "json", "search", "7000000005"]).good().json();
        assert_eq!(found[0]["key"], "7000000005", "{what}");
    });
}
