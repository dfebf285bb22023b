//! Which mentions are one person, over made-up states whose truth is known.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use dossier::resolve::{self, Judge, Options, Report};
use identity::Verdict;
use lake::linkage::{Linkage, Pair};
use lake::{Lake, Progress, Request};

use crate::{ALL, access, lake, session};

/// A made-up state in a folder: cases, vehicles and the truth.
fn state(dir: &Path, persons: u64, seed: u64) {
    let mut options = synthetic::Options::new(persons, seed, dir);
    options.kinds = vec![synthetic::Kind::Case, synthetic::Kind::Vehicle, synthetic::Kind::Truth];
    options.mess = false;
    synthetic::generate(&options, &|_| {}).unwrap();
}

async fn take_in(lake: &Lake, contract: &str, file: &Path) {
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
    for (left, right) in [("nobody", "cctns:1"), (&hex(joined.left), &hex(joined.left))] {
        let wrong = resolve::judge(&lake, &who, answer(left.into(), right.into(), Verdict::Same)).await;
        assert!(wrong.is_err());
    }
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
