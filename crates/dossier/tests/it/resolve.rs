//! Which mentions are one person, over made-up states whose truth is known.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use dossier::resolve::{self, Judge, Options, Report};
use identity::Verdict;
use lake::linkage::{Linkage, Pair};
use lake::{Lake, Progress, Request};
use proptest::prelude::*;

use crate::{ALL, access, lake, session};

/// A made-up state in a folder: cases, vehicles and the truth.
fn state(dir: &Path, persons: u64, seed: u64) {
    let mut options = synthetic::Options::new(persons, seed, dir);
    options.kinds = vec![synthetic::Kind::Case, synthetic::Kind::Vehicle, synthetic::Kind::Truth];
    options.mess = false;
    synthetic::generate(&options, &|_| {}).unwrap();
}

pub async fn take_in(lake: &Lake, contract: &str, file: &Path) {
    let request = Request {
        contract: Some(lake.contract(contract).unwrap()),
        authority: Some("test/1".into()),
        received_by: "test".into(),
        ..Request::default()
    };
    lake.ingest_path(file, request, &Arc::new(Progress::default())).await.unwrap();
}

async fn filled(home: &Path, files: &Path) -> Lake {
    let lake = lake(home, &[]).await;
    for (contract, file) in [
        ("cctns.person", "cctns.person/person.csv"),
        ("cctns.arrest", "cctns.arrest/arrest.csv"),
        ("transport.vehicle", "transport.vehicle/registrations.csv"),
    ] {
        take_in(&lake, contract, &files.join(file)).await;
    }
    lake
}

async fn run(lake: &Lake, options: Options) -> Report {
    resolve::resolve(lake, &access(lake), options).await.unwrap()
}

/// Record to the records of its person: what the linkage says, whatever ids persons have.
fn clusters(linkage: &Linkage) -> BTreeMap<u64, BTreeSet<u64>> {
    let mut persons: HashMap<u64, BTreeSet<u64>> = HashMap::new();
    linkage.members.iter().for_each(|m| _ = persons.entry(m.person).or_default().insert(m.record));
    linkage.members.iter().map(|m| (m.record, persons[&m.person].clone())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_state_is_linked_as_it_truly_is() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    // Developed on seed 11; measured on another.
    state(files.path(), 1500, 77);
    let lake = filled(home.path(), files.path()).await;
    let truth = Some(files.path().join("truth/mentions.csv"));
    let report = run(&lake, Options { truth, ..Options::default() }).await;
    let m = report.measured.clone().unwrap();
    assert!(m.records > 500 && m.true_persons < m.records, "{m:?}");
    assert!(m.cluster_f1 >= 0.95 && m.precision >= 0.98, "{m:?}");
    assert_eq!(m.mixed_excluded, 0, "nobody is made of two against a contradiction on record");
    // Again: nothing is new, nothing is compared.
    let again = run(&lake, Options::default()).await;
    assert_eq!((again.fresh, again.compared, again.settled), (0, 0, 0));
    assert_eq!(again.persons, report.persons);
}

#[tokio::test(flavor = "multi_thread")]
async fn step_by_step_gives_what_all_at_once_gives() {
    let files = tempfile::tempdir().unwrap();
    state(files.path(), 700, 5);
    let home = tempfile::tempdir().unwrap();
    let lake = lake(home.path(), &[]).await;
    // Persons in four parts, one of which goes again; vehicles between them.
    let text = std::fs::read_to_string(files.path().join("cctns.person/person.csv")).unwrap();
    let (head, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let mut objects = Vec::new();
    for (i, part) in rows.chunks(rows.len().div_ceil(4)).enumerate() {
        let path = files.path().join(format!("part{i}.csv"));
        std::fs::write(&path, format!("{head}\n{}\n", part.join("\n"))).unwrap();
        let request = Request {
            contract: Some(lake.contract("cctns.person").unwrap()),
            authority: Some("test/1".into()),
            received_by: "test".into(),
            ..Request::default()
        };
        objects.push(lake.ingest_path(&path, request, &Arc::new(Progress::default())).await.unwrap()[0].object.clone());
        run(&lake, Options::default()).await;
        if i == 1 {
            take_in(&lake, "transport.vehicle", &files.path().join("transport.vehicle/registrations.csv")).await;
            run(&lake, Options::default()).await;
        }
    }
    let stepwise = lake.linkage().await.unwrap().unwrap();
    let report = run(&lake, Options { full: true, ..Options::default() }).await;
    let whole = lake.linkage().await.unwrap().unwrap();
    assert!(!report.learnt && report.settled == report.records);
    assert_eq!(clusters(&stepwise), clusters(&whole));
    let pairs = |l: &Linkage| l.pairs.iter().map(|p| (p.left, p.right, p.flags)).collect::<Vec<_>>();
    assert_eq!(pairs(&stepwise), pairs(&whole));
    // Ids are the same where nothing changed.
    assert!(stepwise.members.iter().zip(&whole.members).all(|(a, b)| (a.mention, a.person) == (b.mention, b.person)));

    // A file is erased: no member of it is left, and the rest is as if it had never come.
    lake.purge(&objects[1..2]).await.unwrap();
    let left = lake.linkage().await.unwrap().unwrap();
    assert!(left.header.stale && left.members.iter().all(|m| *m.object != *objects[1]));
    run(&lake, Options::default()).await;
    let after = lake.linkage().await.unwrap().unwrap();
    assert!(!after.header.stale);
    run(&lake, Options { full: true, ..Options::default() }).await;
    assert_eq!(clusters(&after), clusters(&lake.linkage().await.unwrap().unwrap()));
}

/// Folder of the state in force.
fn state_folder(home: &Path) -> std::path::PathBuf {
    let name = std::fs::read_to_string(home.join("identity/CURRENT")).unwrap();
    home.join("identity").join(name.trim())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_new_is_compared_with_its_neighbourhood_alone() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    state(files.path(), 1200, 31);
    let lake = lake(home.path(), &[]).await;
    let text = std::fs::read_to_string(files.path().join("cctns.person/person.csv")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let parts = [&lines[1..lines.len() - 6], &lines[lines.len() - 6..]];
    for (i, part) in parts.iter().enumerate() {
        let path = files.path().join(format!("part{i}.csv"));
        std::fs::write(&path, format!("{}\n{}\n", lines[0], part.join("\n"))).unwrap();
        if i == 1 {
            assert!(!resolve::behind(&lake).await.unwrap());
        }
        take_in(&lake, "cctns.person", &path).await;
        assert!(resolve::behind(&lake).await.unwrap(), "rows came");
        let asked = session(&lake, governance::Principal::operator());
        assert_eq!(resolve::quality(&lake, &asked).await.unwrap().stale, i == 1, "before the first run nothing is stale");
        let report = run(&lake, Options::default()).await;
        if i == 1 {
            assert!(report.fresh > 0 && report.fresh <= 6, "{report:?}");
            assert!(report.looked_at < report.records / 2 && report.settled < report.records / 2, "{report:?}");
            assert!(state_folder(home.path()).join("members-1.parquet").exists(), "what changed is written beside the whole");
        }
    }
    let stepwise = lake.linkage().await.unwrap().unwrap();
    // Read again from its files, it is the same.
    drop(lake);
    let lake = crate::lake(home.path(), &[]).await;
    let read = lake.linkage().await.unwrap().unwrap();
    assert_eq!((&read.members, &read.pairs, &read.redirects), (&stepwise.members, &stepwise.pairs, &stepwise.redirects));
    let again = run(&lake, Options::default()).await;
    assert_eq!(
        (again.fresh, again.looked_at, again.records),
        (0, 0, stepwise.members.iter().map(|m| m.record).collect::<BTreeSet<_>>().len())
    );
    let asked = session(&lake, governance::Principal::operator());
    let before = resolve::quality(&lake, &asked).await.unwrap();
    run(&lake, Options { full: true, ..Options::default() }).await;
    let whole = lake.linkage().await.unwrap().unwrap();
    assert_eq!((clusters(&stepwise), &stepwise.pairs), (clusters(&whole), &whole.pairs));
    // And so is what is told of it.
    let after = resolve::quality(&lake, &asked).await.unwrap();
    assert_eq!((before.sizes, before.suspects), (after.sizes, after.suspects));
    let brief = |q: &[resolve::Part]| q.iter().map(|p| (p.name.clone(), p.records, p.joined)).collect::<Vec<_>>();
    assert_eq!(brief(&before.parts), brief(&after.parts));
    assert!(!state_folder(home.path()).join("members-1.parquet").exists(), "a run over everything writes it whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_stopped_leaves_the_state_as_it_was() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    state(files.path(), 400, 9);
    let lake = filled(home.path(), files.path()).await;
    run(&lake, Options::default()).await;
    let before = std::fs::read_to_string(home.path().join("identity/CURRENT")).unwrap();
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let stopped = resolve::resolve(&lake, &access(&lake), Options { full: true, stop, ..Options::default() }).await;
    let e = stopped.unwrap_err().to_string();
    assert!(e.contains("stopped") && e.contains("begins again"), "{e}");
    assert_eq!(std::fs::read_to_string(home.path().join("identity/CURRENT")).unwrap(), before);
    assert_eq!(std::fs::read_dir(home.path().join("identity")).unwrap().count(), 2, "nothing half done lies about");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_of_ones_own_and_one_that_names_nothing_here() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    state(files.path(), 300, 9);
    let lake = filled(home.path(), files.path()).await;
    let shipped = run(&lake, Options::default()).await;
    let strict = resolve::MODEL.replace("merge = 0.95", "merge = 0.999999");
    let report = run(&lake, Options { model: Some(strict), ..Options::default() }).await;
    assert!(report.learnt && report.persons > shipped.persons, "{report:?}");
    for (text, want) in [
        ("[[field]]\nname = \"colour\"\n[[block]]\non = [\"colour\"]", "colour"),
        ("[[field]]\nname = \"phone\"\nlevels = [\"exact\"]\n[[block]]\non = [\"fone\"]", "fields are"),
        ("[[field]]\nname = \"phone\"\nlevels = [\"exact\"]", "no blocking rules"),
    ] {
        let e = resolve::resolve(&lake, &access(&lake), Options { model: Some(text.into()), ..Options::default() }).await;
        let e = e.unwrap_err().to_string();
        assert!(e.contains(want), "{text}: {e}");
    }
    assert!(lake.linkage().await.unwrap().is_some(), "what was in force stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_comes_in_pages() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    state(files.path(), 1500, 77);
    let lake = filled(home.path(), files.path()).await;
    run(&lake, Options::default()).await;
    let asked = session(&lake, governance::Principal::operator());
    let all = resolve::queue(&lake, &asked, 0, 10_000).await.unwrap();
    assert!(all.waiting > 2 && all.waiting == all.pairs.len() && !all.more, "{}", all.waiting);
    let pages: Vec<resolve::Open> = {
        let mut out = Vec::new();
        for page in 0..all.waiting.div_ceil(2) {
            let part = resolve::queue(&lake, &asked, page * 2, 2).await.unwrap();
            assert_eq!(part.waiting, all.waiting);
            out.extend(part.pairs);
        }
        out
    };
    assert_eq!(pages, all.pairs, "page after page, each pair once and in order");
    assert!(resolve::queue(&lake, &asked, all.waiting, 3).await.unwrap().pairs.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_page_speaks_of_all_records_and_says_why() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    state(files.path(), 400, 9);
    let lake = filled(home.path(), files.path()).await;
    let asked = session(&lake, governance::Principal::operator());
    run(&lake, Options::default()).await;
    let linkage = lake.linkage().await.unwrap().unwrap();
    let sealed: BTreeSet<u64> = linkage.members.iter().filter(|m| m.sealed).map(|m| m.person).collect();
    let large =
        linkage.members.chunk_by(|a, b| a.person == b.person).filter(|c| !sealed.contains(&c[0].person)).max_by_key(|c| c.len());
    let large = large.unwrap();
    let id = format!("{:016x}", large[0].person);
    let person = dossier::person(&asked, &id).await.unwrap().unwrap();
    assert_eq!((person.id.as_str(), person.mentions.len()), (id.as_str(), large.len()));
    let records: BTreeSet<u64> = large.iter().map(|m| m.record).collect();
    assert!(records.len() > 2 && person.evidence.len() == records.len() - 1, "{} {}", records.len(), person.evidence.len());
    for e in &person.evidence {
        assert!(e.why.probability > 0.9 && e.why.hi.len() == e.why.en.len() && e.why.en.len() > 2, "{e:?}");
        assert!(e.why.hi.iter().all(|l| l.ends_with('।')) && e.why.en.iter().all(|l| l.ends_with('.')), "{e:?}");
    }
    // Every key of every source leads to the same page.
    for key in person.mentions.iter().filter_map(|m| m.person_key.as_deref()) {
        assert_eq!(dossier::person(&asked, key).await.unwrap().unwrap().id, id, "{key}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sealed_are_linked_and_leave_no_trace() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    state(files.path(), 2500, 21);
    let lake = filled(home.path(), files.path()).await;
    run(&lake, Options::default()).await;
    let asked = session(&lake, governance::Principal::operator());
    let linkage = lake.linkage().await.unwrap().unwrap();
    // Somebody who is sealed in one case and named in another record.
    let both =
        linkage.members.chunk_by(|a, b| a.person == b.person).find(|c| c.iter().any(|m| m.sealed) && c.iter().any(|m| !m.sealed));
    let both = both.expect("the state has such a person");
    let id = format!("{:016x}", both[0].person);
    let person = dossier::person(&asked, &id).await.unwrap().unwrap();
    assert_eq!(person.mentions.len(), both.iter().filter(|m| !m.sealed).count());
    let json = serde_json::to_string(&person).unwrap();
    for m in both.iter().filter(|m| m.sealed) {
        assert!(!json.contains(&format!("\"object\":\"{}\",\"row\":{}", m.object, m.row)), "a sealed row shows");
        assert!(!json.contains(&format!("{:016x}", m.record)));
    }
    assert!(!person.withheld);
    // Nobody who is sealed altogether has a page, and no pair with a sealed side waits.
    let only = linkage.members.chunk_by(|a, b| a.person == b.person).find(|c| c.iter().all(|m| m.sealed)).unwrap();
    assert_eq!(dossier::person(&asked, &format!("{:016x}", only[0].person)).await.unwrap(), None);
    let sealed: BTreeSet<String> = linkage.members.iter().filter(|m| m.sealed).map(|m| format!("{:016x}", m.record)).collect();
    let queue = resolve::queue(&lake, &asked, 0, 10_000).await.unwrap();
    assert_eq!(queue.waiting, queue.pairs.len());
    assert!(queue.pairs.iter().all(|p| !sealed.contains(&p.left) && !sealed.contains(&p.right)));
    let (a, b) = (format!("{:016x}", only[0].record), queue.pairs.first().map_or(id, |p| p.left.clone()));
    assert!(resolve::show(&lake, &asked, &a, &b).await.unwrap_err().to_string().contains("no record of the linkage"));
    // The state holds no value of any row.
    let names = std::fs::read_to_string(files.path().join("truth/persons.csv")).unwrap();
    let name = names.lines().nth(1).and_then(|l| l.split(',').nth(1)).unwrap().to_string();
    let mut waiting = vec![home.path().join("identity")];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(&path).unwrap().flatten().map(|e| e.path()));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            assert!(!bytes.windows(name.len()).any(|w| w == name.as_bytes()), "{}", path.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn judgements_win_and_are_kept() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    state(files.path(), 400, 9);
    let lake = filled(home.path(), files.path()).await;
    let who = access(&lake);
    run(&lake, Options::default()).await;
    let linkage = lake.linkage().await.unwrap().unwrap();
    let sealed = |r: u64| linkage.of_record(r).iter().any(|m| m.sealed);
    let joined = linkage.pairs.iter().find(|p| p.has(Pair::MERGES) && !sealed(p.left) && !sealed(p.right)).unwrap();
    let hex = |r: u64| format!("{r:016x}");
    let answer = |left: String, right: String, verdict| Judge { left, right, verdict, why: "checked\nby hand".into() };
    let made = resolve::judge(&lake, &who, answer(hex(joined.right), hex(joined.left), Verdict::NotSame)).await.unwrap();
    assert_eq!((made.judgement.left.clone(), made.judgement.who.as_str()), (hex(joined.left), "operator"));
    let report = run(&lake, Options::default()).await;
    assert!(report.settled > 1 && report.settled < report.records && report.compared == 0, "{report:?}");
    assert!(report.looked_at < report.records / 4, "a decision touches those it is about: {report:?}");
    let after = lake.linkage().await.unwrap().unwrap();
    let person = |l: &Linkage, r: u64| l.record(r).unwrap().person;
    assert_ne!(person(&after, joined.left), person(&after, joined.right));
    let former = person(&linkage, joined.left);
    assert!(!after.person(after.follow(former)).is_empty(), "an id given once leads somewhere");

    // Two strangers are one, because somebody says so; the id that goes leads to the one that stays.
    let stranger = after
        .members
        .iter()
        .find(|m| !m.sealed && m.person != person(&after, joined.left) && m.person != person(&after, joined.right))
        .unwrap()
        .clone();
    resolve::judge(&lake, &who, answer(hex(stranger.record), hex(joined.left), Verdict::Same)).await.unwrap();
    run(&lake, Options::default()).await;
    let last = lake.linkage().await.unwrap().unwrap();
    let one = person(&last, joined.left);
    assert_eq!(person(&last, stranger.record), one);
    assert_eq!((last.follow(stranger.person), last.follow(person(&after, joined.left))), (one, one));
    run(&lake, Options { full: true, ..Options::default() }).await;
    assert_eq!(clusters(&last), clusters(&lake.linkage().await.unwrap().unwrap()));

    // They stand in the file, one a line, and a line cut off by a kill is passed over and written over.
    let path = home.path().join("identity/judgements.ndjson");
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
    std::fs::write(&path, format!("{}{{\"left\":\"cut", std::fs::read_to_string(&path).unwrap())).unwrap();
    assert_eq!(lake.judgement_lines().unwrap().len(), 2);
    resolve::judge(&lake, &who, answer(hex(stranger.record), hex(joined.left), Verdict::Unsure)).await.unwrap();
    assert_eq!(lake.judgement_lines().unwrap().len(), 3);
    let shown = resolve::show(&lake, &session(&lake, governance::Principal::operator()), &hex(joined.left), &hex(joined.right))
        .await
        .unwrap();
    assert_eq!(shown.judgements.len(), 1);
    // And in the access log, by the records' ids and never by a value.
    let entries = (0..).map_while(|i| lake.audit().entry(i).ok()).map(|e| format!("{e:?}"));
    let log: String = entries.filter(|e| e.contains("judge")).collect();
    assert!(log.contains(&hex(joined.left)) && !log.contains("checked"), "{log}");
    // What became of persons' ids stands there too: one was parted, one joined.
    let entries = (0..).map_while(|i| lake.audit().entry(i).ok());
    let fates: Vec<_> = entries.filter(|e| e.record.action == "resolve-persons").map(|e| e.record.what).collect();
    assert!(fates.iter().any(|f| f["parted"].to_string().contains(&hex(former))), "{fates:?}");
    assert!(fates.iter().any(|f| f["joined"].to_string().contains(&hex(one))), "{fates:?}");
    for (left, right) in [("nobody", "cctns:1"), (&hex(joined.left), &hex(joined.left))] {
        let wrong = resolve::judge(&lake, &who, answer(left.into(), right.into(), Verdict::Same)).await;
        assert!(wrong.is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn judgements_that_contradict_each_other_are_counted() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    state(files.path(), 400, 9);
    let lake = filled(home.path(), files.path()).await;
    run(&lake, Options::default()).await;
    let linkage = lake.linkage().await.unwrap().unwrap();
    let mut records: Vec<u64> = linkage
        .members
        .iter()
        .filter(|m| !m.sealed && linkage.of_record(m.record).iter().all(|m| !m.sealed))
        .map(|m| m.record)
        .collect();
    records.dedup();
    let (a, b, c) = (records[0], records[1], records[2]);
    let say = async |left: u64, right: u64, verdict| {
        let answer = Judge { left: format!("{left:016x}"), right: format!("{right:016x}"), verdict, why: String::new() };
        resolve::judge(&lake, &access(&lake), answer).await.unwrap();
    };
    say(a, b, Verdict::Same).await;
    say(b, c, Verdict::Same).await;
    assert_eq!(run(&lake, Options::default()).await.conflicts, 0);
    say(a, c, Verdict::NotSame).await;
    let report = run(&lake, Options::default()).await;
    assert_eq!((report.conflicts, report.judgements), (1, 3), "the oldest of the circle is not followed");
    let now = lake.linkage().await.unwrap().unwrap();
    let person = |r: u64| now.record(r).unwrap().person;
    assert!(person(b) == person(c) && person(a) != person(c));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_officer_alone_does_not_make_an_accused() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    state(files.path(), 400, 9);
    let lake = filled(home.path(), files.path()).await;
    run(&lake, Options::default()).await;
    let linkage = lake.linkage().await.unwrap().unwrap();
    // An arrested man and the owner of a vehicle, who have nothing to do with each other.
    let of = |source: &str| linkage.members.iter().find(|m| !m.sealed && &*m.source == source).unwrap();
    let (arrested, owner) = (of("cctns.arrest"), of("transport.vehicle"));
    assert_ne!(arrested.person, owner.person);
    let hex = |r: u64| format!("{r:016x}");
    let (left, right) = (hex(arrested.record), hex(owner.record));
    let officer = |name: &str| {
        let mut who = access(&lake);
        who.principal.id = name.into();
        who
    };
    let say = |verdict| Judge { left: left.clone(), right: right.clone(), verdict, why: "the same face".into() };
    let shown = async || {
        let reader = session(&lake, governance::Principal::operator());
        resolve::show(&lake, &reader, &left, &right).await.unwrap()
    };
    let joined = async || {
        run(&lake, Options::default()).await;
        shown().await.joined
    };
    let made = resolve::judge(&lake, &officer("first"), say(Verdict::Same)).await.unwrap();
    assert!(made.sensitive);
    assert!(!joined().await, "one officer alone");
    let now = shown().await;
    assert_eq!((now.sensitive, now.waits_for_second.as_deref()), (true, Some("first")));
    let gets = async |who: &str| {
        let reader = lake.session(&officer(who)).unwrap();
        let queue = resolve::queue(&lake, &reader, 0, 10_000).await.unwrap();
        queue.pairs.iter().any(|p| (p.left == left && p.right == right) || (p.left == right && p.right == left))
    };
    assert!(!gets("first").await, "who has said so is not asked again");
    resolve::judge(&lake, &officer("first"), say(Verdict::Same)).await.unwrap();
    assert!(!joined().await, "the same officer again");
    resolve::judge(&lake, &officer("second"), say(Verdict::Same)).await.unwrap();
    assert!(joined().await);
    assert_eq!(shown().await.waits_for_second, None);
    // To part them takes one.
    assert!(!resolve::judge(&lake, &officer("third"), say(Verdict::NotSame)).await.unwrap().sensitive);
    assert!(!joined().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_whole_is_not_in_force() {
    let home = tempfile::tempdir().unwrap();
    let lake = lake(home.path(), ALL).await;
    let report = run(&lake, Options::default()).await;
    assert!(report.mentions > 0 && report.persons > 0 && !report.seconds.is_empty());
    let first = lake.linkage().await.unwrap().unwrap();
    // A run that was killed leaves a folder that nobody names.
    let dir = home.path().join("identity");
    std::fs::create_dir(dir.join("gen-killed")).unwrap();
    std::fs::write(dir.join("gen-killed/members.parquet"), b"half").unwrap();
    drop(lake);
    let lake = crate::lake(home.path(), &[]).await;
    assert_eq!(lake.linkage().await.unwrap().unwrap().members, first.members);
    run(&lake, Options { full: true, ..Options::default() }).await;
    assert!(!dir.join("gen-killed").exists(), "the next run clears it away");
    // A damaged state is told, with what to do.
    let name = std::fs::read_to_string(dir.join("CURRENT")).unwrap();
    std::fs::write(dir.join(name.trim()).join("members.parquet"), b"damaged").unwrap();
    drop(lake);
    let lake = crate::lake(home.path(), &[]).await;
    let e = lake.linkage().await.unwrap_err().to_string();
    assert!(e.contains("members.parquet") && e.contains("resolve --full"), "{e}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_lake_has_nobody() {
    let home = tempfile::tempdir().unwrap();
    let lake = lake(home.path(), &[]).await;
    let report = run(&lake, Options::default()).await;
    assert_eq!((report.mentions, report.persons, report.review), (0, 0, 0));
    let asked = session(&lake, governance::Principal::operator());
    assert_eq!(resolve::queue(&lake, &asked, 0, 10).await.unwrap().waiting, 0);
    let stranger = governance::Principal { roles: vec![], ..governance::Principal::operator() };
    let filled = crate::lake(home.path(), ALL).await;
    let denied = resolve::resolve(&filled, &lake::Access { principal: stranger, ..access(&filled) }, Options::default()).await;
    assert!(denied.is_err(), "linkage reads everything; not everybody may start it");
}

/// What happens to a lake between two runs.
#[derive(Debug, Clone)]
enum Happens {
    Comes(usize),
    Judged(usize, usize, bool),
    Run,
}

fn happenings() -> impl Strategy<Value = Vec<Happens>> {
    let one = prop_oneof![
        3 => (0usize..5).prop_map(Happens::Comes),
        2 => (0usize..1000, 0usize..1000, any::<bool>()).prop_map(|(a, b, same)| Happens::Judged(a, b, same)),
        3 => Just(Happens::Run),
    ];
    proptest::collection::vec(one, 4..10)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 8, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_in_whatever_order_the_outcome_is_that_of_a_run_over_everything(steps in happenings()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            state(files.path(), 250, 13);
            let lake = lake(home.path(), &[]).await;
            let text = std::fs::read_to_string(files.path().join("cctns.person/person.csv")).unwrap();
            let lines: Vec<&str> = text.lines().collect();
            let parts: Vec<_> = lines[1..].chunks(lines.len().div_ceil(4)).collect();
            let mut came = BTreeSet::new();
            for step in [Happens::Comes(0), Happens::Run].into_iter().chain(steps) {
                match step {
                    Happens::Comes(4) if came.insert(4) => {
                        take_in(&lake, "transport.vehicle", &files.path().join("transport.vehicle/registrations.csv")).await;
                    }
                    Happens::Comes(i) if i < parts.len() && came.insert(i) => {
                        let path = files.path().join(format!("part{i}.csv"));
                        std::fs::write(&path, format!("{}\n{}\n", lines[0], parts[i].join("\n"))).unwrap();
                        take_in(&lake, "cctns.person", &path).await;
                    }
                    Happens::Comes(_) => {}
                    Happens::Run => _ = run(&lake, Options::default()).await,
                    Happens::Judged(a, b, same) => {
                        let linkage = lake.linkage().await.unwrap().unwrap();
                        let open: BTreeSet<u64> = linkage.members.iter().filter(|m| !m.sealed).map(|m| m.record).collect();
                        let open: Vec<u64> = open.into_iter().filter(|r| linkage.of_record(*r).iter().all(|m| !m.sealed)).collect();
                        let (a, b) = (open[a % open.len()], open[b % open.len()]);
                        let verdict = if same { Verdict::Same } else { Verdict::NotSame };
                        let answer = Judge { left: format!("{a:016x}"), right: format!("{b:016x}"), verdict, why: String::new() };
                        let said = resolve::judge(&lake, &access(&lake), answer).await;
                        assert_eq!(said.is_err(), a == b);
                    }
                }
            }
            run(&lake, Options::default()).await;
            let stepwise = lake.linkage().await.unwrap().unwrap();
            run(&lake, Options { full: true, ..Options::default() }).await;
            let whole = lake.linkage().await.unwrap().unwrap();
            assert_eq!(clusters(&stepwise), clusters(&whole));
            let pairs = |l: &Linkage| l.pairs.iter().map(|p| (p.left, p.right, p.flags)).collect::<Vec<_>>();
            assert_eq!(pairs(&stepwise), pairs(&whole));
        });
    }
}
