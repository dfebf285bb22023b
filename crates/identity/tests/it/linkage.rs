//! Record linkage end to end: quality on public sets, laws of the incremental path, and input that is bad.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use identity::link::evaluate::{Quality, quality};
use identity::link::explain::Language;
use identity::link::incremental::{Record, State};
use identity::link::{Job, LinkError, Model, Outcome, Table, judgements, run};
use identity::{Judgement, Verdict};
use proptest::prelude::*;

use crate::persons;

fn table(columns: &[(&str, Vec<&str>)]) -> Table {
    let arrays = columns.iter().map(|(n, v)| (*n, Arc::new(StringArray::from(v.clone())) as ArrayRef));
    Table::from_batches("t", &[RecordBatch::try_from_iter(arrays).unwrap()], &[]).unwrap()
}

fn go(job: Job, tables: &[&Table]) -> Result<Outcome, LinkError> {
    run::run(job, tables, &AtomicBool::new(false))
}

fn linked(model: &str, tables: &[&Table]) -> Result<Outcome, LinkError> {
    go(Job::new(Model::parse(model)?), tables)
}

fn people(n: usize, seed: u64) -> Table {
    let rows: Vec<persons::Row> = persons::rows(n, seed).collect();
    let lines: Vec<String> = rows.iter().map(persons::Row::csv).collect();
    let texts: Vec<Vec<&str>> = lines.iter().map(|l| l.split(',').collect()).collect();
    let names: Vec<&str> = persons::HEADER.split(',').collect();
    let columns: Vec<(&str, Vec<&str>)> =
        names.iter().enumerate().map(|(i, n)| (*n, texts.iter().map(|t| t[i]).collect())).collect();
    table(&columns)
}

fn measured(done: &Outcome) -> Quality {
    quality(&done.frame, &done.resolved.cluster, done.truth_inside.as_deref().unwrap(), Some(&done.blocking))
}

fn shared(file: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(file);
    let found = path.exists();
    if !found {
        eprintln!("skipped: {file} is not there");
    }
    found.then_some(path)
}

/// Without a model, at the preset threshold. The bars are Splink 5's results on the same files (docs/linkage.md).
#[test]
fn public_sets_without_a_model() {
    for (file, least) in [("er_febrl/dataset1.csv", 0.998), ("er_splink/fake_1000.csv", 0.97)] {
        let Some(path) = shared(file) else { continue };
        let done = go(Job::new(Model::default()), &[&Table::read(&path, &[]).unwrap()]).unwrap();
        let q = measured(&done);
        assert!(q.f1 >= least, "{file}: {q:?} {:?}", done.notes);
    }
}

#[test]
fn made_up_persons_are_found_with_drafted_blocking() {
    let done = linked("[limits]\npairs = 400000", &[&people(9_000, 5)]).unwrap();
    assert!(!done.blocking.whole && done.candidates < 1_200_000, "{} {:?}", done.candidates, done.notes);
    let q = measured(&done);
    assert!(q.f1 > 0.93 && q.blocking_recall > 0.95, "{q:?} {:?}", done.model.blocks);
}

#[test]
fn two_tables_with_other_column_names_are_linked_one_to_one() {
    let a = table(&[
        ("id", vec!["A1", "A2", "A3", "A4"]),
        ("given", vec!["ramesh", "suresh", "kamla", "gita"]),
        ("surname", vec!["sharma", "meena", "devi", "rathore"]),
        ("dob", vec!["1960-02-10", "1971-03-12", "1982-11-30", "1990-01-05"]),
    ]);
    let b = table(&[
        ("id", vec!["B1", "B2", "B3", "B4"]),
        ("pratham", vec!["suresh", "ramesh", "kamla", "gita"]),
        ("surname", vec!["meena", "sharma", "devi", "rathore"]),
        ("dob", vec!["1971-03-12", "1960-02-10", "1982-11-30", "1990-05-01"]),
    ]);
    let done = linked("", &[&a, &b]).unwrap();
    let pairs: Vec<(&str, &str)> = done.joined().iter().map(|&(x, y)| (done.frame.id(x), done.frame.id(y))).collect();
    assert_eq!(pairs, [("A1", "B2"), ("A2", "B1"), ("A3", "B3"), ("A4", "B4")], "ids leave as they came");
}

const NAMES: &str = "id = \"id\"\n[[field]]\nname = \"name\"\nkind = \"full-name\"\ngroup = \"name\"\n[[field]]\nname = \"dob\"\nkind = \"date\"\n";

#[test]
fn a_name_alone_never_merges_where_the_model_says_so() {
    let n = 40;
    let ids: Vec<String> = (0..n).map(|i| i.to_string()).collect();
    let names: Vec<String> = (0..n).map(|i| format!("ghanshyam{} das{}", i / 2, i / 2)).collect();
    let dates: Vec<String> =
        (0..n).map(|i| if i < 2 { String::new() } else { format!("19{}-01-0{}", 50 + i / 2, 2 + i / 2 % 7) }).collect();
    let t = table(&[
        ("id", ids.iter().map(String::as_str).collect()),
        ("name", names.iter().map(String::as_str).collect()),
        ("dob", dates.iter().map(String::as_str).collect()),
    ]);
    let free = linked(&format!("{NAMES}[training]\nprior = 0.02"), &[&t]).unwrap();
    assert_eq!(free.resolved.cluster[1], 0, "without the rule a rare name is enough");
    let bound = linked(&format!("{NAMES}[training]\nprior = 0.02\n[evidence]\nminimum = 2"), &[&t]).unwrap();
    assert_eq!(bound.resolved.cluster[1], 1, "with it, it is not");
    assert_eq!(bound.resolved.cluster[3], 2, "name and birth date are");
    let folder = tempfile::tempdir().unwrap();
    let review = folder.path().join("review.csv");
    assert!(bound.write_review(&review).unwrap() >= 1);
    assert!(std::fs::read_to_string(review).unwrap().contains("0,1,"), "and a person is asked");
}

#[test]
fn judgements_win_and_contradicting_cycles_are_reported() {
    let t = people(300, 2);
    let plain = linked("", &[&t]).unwrap();
    let (a, b) = plain.joined()[0];
    let id = |r: u32| plain.frame.id(r).to_string();
    let judged = |left: u32, right: u32, verdict, when| Judgement {
        left: id(left),
        right: id(right),
        verdict,
        who: "r".into(),
        when,
        why: "seen".into(),
    };
    let (x, y) = (0..300)
        .find_map(|i| (plain.resolved.cluster[i as usize] != plain.resolved.cluster[a as usize]).then_some((a, i)))
        .unwrap();
    let mut job = Job::new(Model::default());
    job.judgements = vec![judged(a, b, Verdict::NotSame, 2), judged(x, y, Verdict::Same, 3), judged(y, b, Verdict::Same, 1)];
    let done = go(job, &[&t]).unwrap();
    let cluster = &done.resolved.cluster;
    assert!(cluster[a as usize] != cluster[b as usize] && cluster[x as usize] == cluster[y as usize]);
    assert!(done.notes.iter().any(|n| n.contains("1 judgements contradict")), "{:?}", done.notes);
}

/// Fills in the last three columns of a review file, by what a row's first two say.
fn filled(text: &str, verdict: impl Fn(&str, &str) -> &'static str) -> String {
    let mut out = String::new();
    for (n, line) in text.lines().enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let said = if n == 0 { "" } else { verdict(cells[0], cells[1]) };
        match said {
            "" => out.push_str(line),
            said => out.push_str(&format!("{}{said},anita,seen", line.strip_suffix(",,").unwrap())),
        }
        out.push('\n');
    }
    out
}

#[test]
fn a_review_file_that_was_filled_in_is_taken_back() {
    let t = people(400, 12);
    let wide = "[thresholds]\nmerge = 0.999999\nreview = 0.01";
    let open = linked(wide, &[&t]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("review.csv");
    assert!(open.write_review(&path).unwrap() >= 3);
    let text = std::fs::read_to_string(&path).unwrap();
    let pairs: Vec<(String, String)> =
        text.lines().skip(1).map(|l| l.split(',').collect::<Vec<_>>()).map(|c| (c[0].into(), c[1].into())).collect();
    let verdict = |a: &str, b: &str| match pairs.iter().position(|p| p.0 == a && p.1 == b) {
        Some(0) => "same",
        Some(1) => "not_same",
        Some(2) => "unsure",
        _ => "",
    };
    std::fs::write(&path, filled(&text, verdict)).unwrap();
    let said = judgements::read(&path, 1).unwrap();
    assert_eq!(said.iter().map(|j| j.verdict).collect::<Vec<_>>(), [Verdict::Same, Verdict::NotSame, Verdict::Unsure]);
    let mut job = Job::new(Model::parse(wide).unwrap());
    job.judgements = said;
    let done = go(job, &[&t]).unwrap();
    let row = |id: &str| (0..done.frame.rows as u32).find(|r| done.frame.id(*r) == id).unwrap() as usize;
    let one = |p: &(String, String)| done.resolved.cluster[row(&p.0)] == done.resolved.cluster[row(&p.1)];
    assert!(one(&pairs[0]) && !one(&pairs[1]));
    let again = folder.path().join("again.csv");
    done.write_review(&again).unwrap();
    let again = std::fs::read_to_string(again).unwrap();
    let asked = |p: &(String, String)| again.contains(&format!("\n{},{},", p.0, p.1));
    assert!(pairs[..3].iter().all(|p| !asked(p)), "nobody is asked twice");
}

#[test]
fn judged_records_of_two_tables_are_told_apart_by_table() {
    let names = ["ramesh sharma", "suresh meena", "kamla devi", "gita rathore"];
    let born = ["1960-02-10", "1971-03-12", "1982-11-30", "1990-01-05"];
    let both = |ids: [&'static str; 4]| table(&[("id", ids.to_vec()), ("name", names.to_vec()), ("dob", born.to_vec())]);
    let (a, b) = (both(["1", "2", "3", "4"]), both(["1", "2", "3", "4"]));
    let model = format!("{NAMES}[clustering]\none_to_one = false");
    let judged = |left: &str, right: &str, verdict| Judgement {
        left: left.into(),
        right: right.into(),
        verdict,
        who: "r".into(),
        when: 1,
        why: String::new(),
    };
    let mut job = Job::new(Model::parse(&model).unwrap());
    job.judgements =
        vec![judged("1:1", "2:1", Verdict::NotSame), judged("1:3", "2:4", Verdict::Same), judged("2", "2", Verdict::NotSame)];
    let done = go(job, &[&a, &b]).unwrap();
    let one = |x: usize, y: usize| done.resolved.cluster[x] == done.resolved.cluster[y];
    assert!(!one(0, 4) && one(2, 7), "{:?}", done.resolved.cluster);
    assert!(done.notes.iter().any(|n| n.contains("1 judged ids are in both tables")), "{:?}", done.notes);
}

#[test]
fn link_and_dedupe_finds_pairs_within_and_across() {
    let t = |ids: [&'static str; 3], names: [&'static str; 3], born: [&'static str; 3]| {
        table(&[("id", ids.to_vec()), ("name", names.to_vec()), ("dob", born.to_vec())])
    };
    let a = t(["a1", "a2", "a3"], ["ramesh sharma", "ramesh sharma", "kamla devi"], ["1960-02-10", "1960-02-10", "1982-11-30"]);
    let b = t(["b1", "b2", "b3"], ["kamla devi", "suresh meena", "ramesh sharma"], ["1982-11-30", "1971-03-12", "1960-02-10"]);
    let model = format!("mode = \"link-and-dedupe\"\n{NAMES}[training]\nprior = 0.2");
    let done = linked(&model, &[&a, &b]).unwrap();
    let pairs: Vec<(&str, &str)> = done.joined().iter().map(|&(x, y)| (done.frame.id(x), done.frame.id(y))).collect();
    assert_eq!(pairs, [("a1", "a2"), ("a1", "b3"), ("a2", "b3"), ("a3", "b1")]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clusters.csv");
    done.write_clusters(&path).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("b3,2,1:a1") && text.contains("b2,2,2:b2"), "{text}");
}

#[test]
fn labels_teach_the_parameters() {
    let t = people(400, 14);
    let plain = linked("", &[&t]).unwrap();
    let id = |r: u32| plain.frame.id(r).to_string();
    let labels: Vec<(String, String)> = plain.joined().iter().map(|&(a, b)| (id(a), id(b))).collect();
    let done = go(Job { labels: Some(labels), ..Job::new(Model::default()) }, &[&t]).unwrap();
    assert!(measured(&done).f1 > 0.9, "{:?}", measured(&done));
    let e = go(Job { labels: Some(vec![("x".into(), "y".into())]), ..Job::new(Model::default()) }, &[&t]).unwrap_err();
    assert!(e.to_string().contains("none of the labelled pairs"), "{e}");
}

#[test]
fn every_link_explains_itself_and_the_bits_add_up() {
    let done = linked("", &[&people(400, 3)]).unwrap();
    let (a, b) = done.joined()[0];
    let e = done.explain(a, b);
    let sum: f64 = e.prior + e.reasons.iter().map(|r| r.bits).sum::<f64>();
    assert!((sum - e.bits).abs() < 1e-6);
    let english = e.words(Language::English, str::to_string);
    assert!(english.contains("the same with a probability of") && english.contains("surname"), "{english}");
    let hindi = e.words(Language::Hindi, |f| if f == "surname" { "उपनाम".into() } else { f.into() });
    assert!(hindi.contains("संभावना") && hindi.contains("उपनाम"), "{hindi}");
    let folder = tempfile::tempdir().unwrap();
    let names = done.write_charts(folder.path(), done.truth_inside.as_deref()).unwrap();
    assert!(names.contains(&"curve.html".to_string()));
    for name in names {
        let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
        assert!(text.contains("<svg") && text.contains("<table") && !text.contains("<script") && !text.contains("http"));
    }
}

#[test]
fn parameters_survive_their_file_and_refuse_another_model() {
    let t = people(300, 4);
    let done = linked("", &[&t]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("p.json");
    done.parameters.save(&path).unwrap();
    let loaded = identity::link::Parameters::load(&path).unwrap();
    let again = go(Job { parameters: Some((loaded.clone(), path.clone())), ..Job::new(Model::default()) }, &[&t]).unwrap();
    assert_eq!(again.resolved, done.resolved);
    let model = Model::parse("[[field]]\nname = \"surname\"\nkind = \"name\"").unwrap();
    let e = go(Job { parameters: Some((loaded, path)), ..Job::new(model) }, &[&t]).unwrap_err();
    assert!(e.to_string().contains("train again"), "{e}");
}

#[test]
fn little_memory_gives_the_same() {
    let t = people(2_000, 6);
    let wide = linked("", &[&t]).unwrap();
    let tight = linked("[limits]\nmemory_mb = 0", &[&t]).unwrap();
    assert_eq!(wide.resolved, tight.resolved);
}

#[test]
fn half_the_records_sharing_a_value_do_not_stop_it() {
    let n = 3_000;
    let ids: Vec<String> = (0..n).map(|i| i.to_string()).collect();
    let phone: Vec<&str> = (0..n).map(|i| if i % 2 == 0 { "7000000100" } else { "" }).collect();
    let names: Vec<String> = (0..n).map(|i| format!("{}x{}", ["asha", "bina", "chanda"][i % 3], i / 6)).collect();
    let t = table(&[
        ("id", ids.iter().map(String::as_str).collect()),
        ("phone", phone),
        ("name", names.iter().map(String::as_str).collect()),
    ]);
    let done = linked("id = \"id\"\n[[field]]\nname = \"phone\"\nkind = \"digits\"\n[[field]]\nname = \"name\"\nkind = \"text\"\n[[block]]\non = [\"phone\"]\n[[block]]\non = [\"name\"]", &[&t]).unwrap();
    assert!(done.notes.iter().any(|n| n.contains("too large")), "{:?}", done.notes);
    assert!(done.candidates < 200_000, "{}", done.candidates);
}

#[test]
fn strange_values_are_borne() {
    let long = "x".repeat(500);
    let odd = ["a", "7", long.as_str(), "राम ram", "😀😀", "क्\u{200d}ष", "\u{200f}عمر", "1234567", "..", "", "a", "7"];
    let dates = [
        "1960-02-30",
        "99999999",
        "0000-00-00",
        "31/31/1999",
        "abc",
        "",
        "1960-02-10",
        "1960-02-10",
        "1960",
        "-1",
        "1960-02-30",
        "x",
    ];
    let empty = vec![""; 12];
    let same = vec!["jaipur"; 12];
    let ids: Vec<String> = (0..12).map(|i| format!("R{i}")).collect();
    let t = table(&[
        ("id", ids.iter().map(String::as_str).collect()),
        ("name", odd.to_vec()),
        ("dob", dates.to_vec()),
        ("empty", empty),
        ("city", same),
    ]);
    let done = linked("", &[&t]).unwrap();
    assert!(done.notes.iter().any(|n| n.contains("empty or constant: empty, city")), "{:?}", done.notes);
    let all = linked("id = \"id\"\n[[field]]\nname = \"empty\"\n[[field]]\nname = \"city\"\n[[field]]\nname = \"name\"\nkind = \"name\"\n[[field]]\nname = \"dob\"\nkind = \"date\"", &[&t]).unwrap();
    assert!(all.parameters.fields.iter().flat_map(|f| &f.levels).all(|l| l.m.is_finite() && l.u > 0.0));
}

#[test]
fn tables_without_anything_to_compare_say_so() {
    let t = table(&[("id", vec!["1", "2"]), ("a", vec!["", ""]), ("b", vec!["x", "x"])]);
    assert!(linked("", &[&t]).unwrap_err().to_string().contains("no column can be compared"));
    let none = table(&[("id", vec![]), ("name", vec![])]);
    assert!(linked("id = \"id\"\n[[field]]\nname = \"name\"", &[&none]).unwrap().joined().is_empty());
    let one = table(&[("id", vec!["1"]), ("name", vec!["a"])]);
    assert!(linked("id = \"id\"\n[[field]]\nname = \"name\"", &[&one]).unwrap().joined().is_empty());
}

#[test]
fn wrong_models_say_what_is_wrong() {
    let t = table(&[("id", vec!["1", "2"]), ("name", vec!["a", "b"])]);
    for (model, want) in [
        ("[[field]]\nname = \"naem\"", "has id, name"),
        ("[[field]]\nname = \"name\"\nlevels = [\"exactly\"]", "levels are: exact"),
        ("[[field]]\nname = \"name\"\nlevels = [\"year\"]", "kind = \"date\""),
        ("[[field]]\nname = \"name\"\ngiven = \"name\"", "must name another field"),
        ("[[field]]\nname = \"name\"\n[[field]]\nname = \"name\"", "two fields are called name"),
        ("[[field]]\nname = \"name\"\n[[block]]\non = [\"soundex(name)\"]", "possible are"),
        ("[[field]]\nname = \"name\"\n[[block]]\non = []", "nothing in `on`"),
        ("[[field]]\nname = \"name\"\n[[block]]\non = [\"dob\"]", "dob"),
        ("[[field]]\nname = \"name\"\ncompare = false", "no field is compared"),
        ("[thresholds]\nmerge = 0.2\nreview = 0.9", "review ≤ merge"),
        ("[training]\nprior = 1.5", "between 0 and 1"),
        ("colour = \"red\"", "unknown field"),
        ("mode = \"link\"", "needs a second table"),
        ("id = \"nr\"\n[[field]]\nname = \"name\"", "column nr"),
    ] {
        let e = linked(model, &[&t]).unwrap_err().to_string();
        assert!(e.contains(want), "{model}: {e}");
    }
    // The second table lacks what the first has.
    let other = table(&[("id", vec!["1"]), ("title", vec!["a"])]);
    let e = linked("[[field]]\nname = \"name\"", &[&t, &other]).unwrap_err().to_string();
    assert!(e.contains("column name") && e.contains("id, title"), "{e}");
    let e = linked("[[field]]\nname = \"name\"\nright = [\"titel\"]", &[&t, &other]).unwrap_err().to_string();
    assert!(e.contains("column titel"), "{e}");
    let twice = table(&[("id", vec!["1", "1"]), ("name", vec!["a", "b"])]);
    assert!(linked("id = \"id\"\n[[field]]\nname = \"name\"", &[&twice]).unwrap_err().to_string().contains("must be unique"));
}

#[test]
fn training_that_cannot_succeed_falls_back_and_says_so() {
    // Nothing repeats: every value is different from every other.
    let names: Vec<String> =
        (0..60).map(|i| format!("{}{}", char::from(b'a' + i % 26).to_string().repeat(3 + i as usize / 26), i)).collect();
    let ids: Vec<String> = (0..60).map(|i| i.to_string()).collect();
    let t = table(&[("id", ids.iter().map(String::as_str).collect()), ("name", names.iter().map(String::as_str).collect())]);
    let done = linked("id = \"id\"\n[[field]]\nname = \"name\"\nkind = \"name\"", &[&t]).unwrap();
    assert!(done.joined().is_empty());
    let one = linked("id = \"id\"\n[[field]]\nname = \"name\"\nkind = \"name\"\n[training]\nrounds = 1", &[&t]).unwrap();
    assert!(one.notes.iter().any(|n| n.contains("had not come to rest")), "{:?}", one.notes);
}

#[test]
fn training_that_collapses_goes_back_to_where_it_began() {
    // Two values, dealt out by turns: whatever agrees agrees by chance, as often as it differs.
    let n = 400;
    let ids: Vec<String> = (0..n).map(|i| i.to_string()).collect();
    let side = |k: usize| (0..n).map(|i| ["kota", "ajmer"][i / k % 2]).collect::<Vec<_>>();
    let t = table(&[("id", ids.iter().map(String::as_str).collect()), ("a", side(1)), ("b", side(2)), ("c", side(4))]);
    let field = |name: &str| format!("[[field]]\nname = \"{name}\"\nkind = \"category\"\nlevels = [\"exact\"]\n");
    let model = format!("id = \"id\"\n{}{}{}[training]\nprior = 0.3", field("a"), field("b"), field("c"));
    let done = linked(&model, &[&t]).unwrap();
    let said = done.notes.join("; ");
    assert!(said.contains("collapsed") || said.contains("tells nothing"), "{said}");
    assert!(done.parameters.fields.iter().flat_map(|f| &f.levels).all(|l| l.m.is_finite() && l.u > 0.0));
}

#[test]
fn a_run_that_is_cancelled_on_the_way_gives_nothing() {
    let t = people(6_000, 1);
    let stop = Arc::new(AtomicBool::new(false));
    let set = stop.clone();
    let later = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        set.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    let e = run::run(Job::new(Model::default()), &[&t], &stop).unwrap_err();
    later.join().unwrap();
    assert!(matches!(e, LinkError::Cancelled));
}

#[test]
fn a_cancelled_run_says_so() {
    let t = people(200, 1);
    let e = run::run(Job::new(Model::default()), &[&t], &AtomicBool::new(true)).unwrap_err();
    assert!(matches!(e, LinkError::Cancelled));
}

fn record(row: &persons::Row) -> Record {
    let some = |t: &String| (!t.is_empty()).then(|| t.clone());
    Record { id: format!("r{}", row.id), values: vec![some(&row.first), some(&row.last), some(&row.dob), some(&row.postcode)] }
}

fn state() -> State {
    let model =
        "[[block]]\non = [\"surname\"]\n[[block]]\non = [\"dob\"]\n[[block]]\non = [\"postcode\", \"start(first_name, 3)\"]\n";
    let t = people(600, 8);
    let done = linked(model, &[&t]).unwrap();
    State::new(done.model, done.parameters, 0.5, &t).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn updates_in_any_order_give_what_a_recomputation_gives(steps in proptest::collection::vec((0usize..120, 0u8..4), 1..40)) {
        let rows: Vec<persons::Row> = persons::rows(120, 8).collect();
        let mut state = state();
        for (n, (i, what)) in steps.iter().enumerate() {
            let id = format!("r{}", rows[*i].id);
            match what {
                0 => state.update(vec![], &[id.as_str()], vec![]).unwrap(),
                1 => {
                    // A changed record: another row's values under this id.
                    let values = record(&rows[(*i + 1) % rows.len()]).values;
                    state.update(vec![Record { id, values }], &[], vec![]).unwrap()
                }
                2 => {
                    let verdict = if n % 2 == 0 { Verdict::Same } else { Verdict::NotSame };
                    let right = format!("r{}", rows[(*i + 1) % rows.len()].id);
                    state.update(vec![], &[], vec![Judgement { left: id, right, verdict, who: "r".into(), when: n as i64, why: String::new() }]).unwrap()
                }
                _ => {
                    let some = rows[*i..(*i + 8).min(rows.len())].iter().map(record).collect();
                    state.update(some, &[], vec![]).unwrap()
                }
            };
        }
        let whole: BTreeMap<String, String> = state.recompute().unwrap();
        prop_assert_eq!(state.clusters(), &whole);
    }
}

#[test]
fn an_update_touches_only_its_neighbourhood() {
    let rows: Vec<persons::Row> = persons::rows(600, 8).collect();
    let mut state = state();
    state.update(rows[..599].iter().map(record).collect(), &[], vec![]).unwrap();
    let touched = state.update(vec![record(&rows[599])], &[], vec![]).unwrap();
    assert!(touched.compared < 60 && touched.records < 20, "{touched:?}");
    assert!(state.ids.of("r600").is_some() && state.cluster("r600").is_some());
    let e = state.update(vec![Record { id: "x".into(), values: vec![] }], &[], vec![]).unwrap_err();
    assert!(e.to_string().contains("has 0 values"), "{e}");
}
