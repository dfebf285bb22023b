//! Search by the index, over the contracts' samples.

use dossier::{Filter, Kind, Matched, index};

use crate::{ALL, access, lake, session};

#[tokio::test(flavor = "multi_thread")]
async fn the_index_finds_in_either_script_and_never_the_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let lake = lake(dir.path(), ALL).await;
    let asked = session(&lake, governance::Principal::operator());
    let done = index::follow(&lake, &access(&lake), false).await.unwrap();
    assert!(done.rows > 0 && done.entries == done.rows && done.removed == 0, "{done:?}");
    assert!(!index::stale(&lake).await.unwrap());
    let kinds = async |text: &str| {
        let found = dossier::search(&asked, text, None).await.unwrap();
        found.hits.into_iter().map(|h| (h.target.kind, h.matched)).collect::<Vec<_>>()
    };
    assert!(kinds("7000000101").await.contains(&(Kind::Phone, Matched::Phone)));
    assert!(kinds("RJ-14-ZZ-0001").await.contains(&(Kind::Vehicle, Matched::Plate)));
    assert!(kinds("ZZ 0001").await.contains(&(Kind::Vehicle, Matched::Partial)), "a part of a plate");
    assert!(kinds("000101").await.contains(&(Kind::Phone, Matched::Partial)), "the end of a number");
    assert!(kinds("1/2025").await.contains(&(Kind::Case, Matched::Fir)));
    assert!(kinds("parikshan kumar").await.contains(&(Kind::Person, Matched::Name)));
    assert!(kinds("परीक्षण कुमार").await.iter().any(|k| k.0 == Kind::Person), "in the other script");
    assert!(kinds("pareekshan kumarr").await.iter().any(|k| k.0 == Kind::Person), "by sound");
    assert!(kinds("Gopaniya Devi").await.iter().all(|k| k.0 != Kind::Person), "a sealed person is not found by name");
    assert!(kinds("गोपनीय").await.iter().all(|k| k.0 != Kind::Person));
    assert!(kinds("7000000303").await.is_empty(), "nor by phone");
    let only = dossier::search(&asked, "7000000101", Some(Kind::Phone)).await.unwrap();
    assert!(!only.hits.is_empty() && only.hits.iter().all(|h| h.target.kind == Kind::Phone));
    let typed = dossier::suggest(&asked, "pariks").await.unwrap();
    assert!(typed.hits.iter().any(|h| h.target.kind == Kind::Person));

    // No byte of a sealed person lies in the index: names of the sample whose rows are sealed.
    for needle in ["Gopaniya", "gopaniya", "7000000303"] {
        assert_eq!(holding(&lake.index_folder(), needle), Vec::<String>::new(), "{needle}");
    }
    assert!(!holding(&lake.index_folder(), "parikshan").is_empty(), "the search of bytes finds what is there");

    // A stranger gets nothing from it.
    let stranger = session(&lake, governance::Principal { roles: vec![], ..governance::Principal::operator() });
    assert!(dossier::search(&stranger, "parikshan kumar", None).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn hits_are_narrowed_and_marked() {
    let dir = tempfile::tempdir().unwrap();
    let lake = lake(dir.path(), ALL).await;
    let asked = session(&lake, governance::Principal::operator());
    index::follow(&lake, &access(&lake), false).await.unwrap();
    let find = async |text: &str, filter: Filter| {
        let filter = Filter { today: "2026-06-01".parse().unwrap(), ..filter };
        dossier::search(&asked, text, filter).await.unwrap().hits
    };
    let some = |text: &str| Some(text.to_string());
    let plain = find("परीक्षण कुमार", Filter::default()).await;
    let person = plain.iter().find(|h| h.target.kind == Kind::Person).unwrap();
    let marked: Vec<&str> = person.title_pieces.iter().filter(|p| p.marked).map(|p| p.text.as_str()).collect();
    assert_eq!(marked, ["Parikshan", "Kumar"], "asked in Hindi, marked as it is shown");
    assert_eq!(person.title_pieces.iter().map(|p| p.text.as_str()).collect::<String>(), person.title);
    for (filter, found) in [
        (Filter { sex: some("male"), ..Filter::default() }, true),
        (Filter { sex: some("female"), ..Filter::default() }, false),
        (Filter { source: some("cctns"), ..Filter::default() }, true),
        (Filter { source: some("cctns.person"), ..Filter::default() }, true),
        (Filter { source: some("prison"), ..Filter::default() }, false),
        (Filter { district: some("NOWHERE"), ..Filter::default() }, false),
        (Filter { age: Some((0, 3)), ..Filter::default() }, false),
        (Filter { from: Some("2031-01-01".parse().unwrap()), ..Filter::default() }, false),
        (Filter { kind: Some(Kind::Handset), ..Filter::default() }, false),
    ] {
        let hits = find("parikshan kumar", filter.clone()).await;
        assert_eq!(hits.iter().any(|h| h.title.contains("Parikshan")), found, "{filter:?}");
    }
    let handset = find("350000000000016", Filter { kind: Some(Kind::Handset), ..Filter::default() }).await;
    assert!(handset.iter().all(|h| h.target.kind == Kind::Handset) && !handset.is_empty(), "{handset:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_text_of_documents_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let first = lake(dir.path(), &ALL[..2]).await;
    let file = dir.path().join("parts.ndjson");
    let part = |n: u32, text: &str| {
        format!(
            "{{\"document\":\"{}\",\"part\":{n},\"kind\":\"pdf\",\"method\":\"text\",\"file\":\"letter.pdf\",\"label\":\"page {n}\",\"text\":\"{text}\"}}\n",
            "ab".repeat(32)
        )
    };
    let text = part(1, "सेवा में, थानाधिकारी। रमेश चौधरी का वाहन कल से नहीं मिला।") + &part(2, "Signed, Gheesalal; call 7000000477");
    std::fs::write(&file, text).unwrap();
    let request = lake::Request {
        contract: Some(first.contract("document.part").unwrap()),
        authority: Some("test/1".into()),
        received_by: "test".into(),
        ..lake::Request::default()
    };
    first.ingest_path(&file, request, &std::sync::Arc::default()).await.unwrap();
    index::follow(&first, &access(&first), false).await.unwrap();
    let asked = session(&first, governance::Principal::operator());
    for (text, word) in [("ramesh choudhary", "रमेश"), ("घीसालाल", "Gheesalal"), ("7000000477", "7000000477")]
    {
        let found = dossier::search(&asked, text, Some(Kind::Document)).await.unwrap();
        let [hit] = found.hits.as_slice() else { panic!("{text}: {found:?}") };
        assert_eq!((hit.target.key.as_str(), hit.matched), ("ab".repeat(32).as_str(), Matched::Text));
        assert!(hit.note_pieces.iter().any(|p| p.marked && p.text == word), "{text}: {hit:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_stopped_or_damaged_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let lake = lake(dir.path(), ALL).await;
    let who = access(&lake);
    let stop = std::sync::atomic::AtomicBool::new(true);
    let stopped = index::follow_until(&lake, &who, false, &stop).await.unwrap();
    assert!(stopped.stopped && stopped.rows == 0);
    assert!(index::stale(&lake).await.unwrap());
    let whole = index::follow(&lake, &who, false).await.unwrap();
    assert!(!whole.stopped && whole.entries == whole.rows && whole.rows > 0);
    // Half of its files are gone: search falls back on identifiers, and the next run makes it again.
    let folder = lake.index_folder();
    for entry in std::fs::read_dir(&folder).unwrap().flatten() {
        std::fs::write(entry.path(), b"damaged").unwrap();
    }
    drop(lake);
    let lake = crate::lake(dir.path(), &[]).await;
    let asked = session(&lake, governance::Principal::operator());
    let found = dossier::search(&asked, "7000000101", Some(Kind::Phone)).await.unwrap();
    assert_eq!(found.hits.len(), 1);
    let again = index::follow(&lake, &who, false).await.unwrap();
    assert_eq!(again.entries, whole.entries);
}

/// Files below a folder that hold a text as it is.
fn holding(dir: &std::path::Path, needle: &str) -> Vec<String> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries
        .filter(|e| std::fs::read(e.path()).unwrap_or_default().windows(needle.len()).any(|w| w == needle.as_bytes()))
        .map(|e| e.path().display().to_string())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_follows_and_forgets() {
    let dir = tempfile::tempdir().unwrap();
    let first = lake(dir.path(), &ALL[..2]).await;
    let who = access(&first);
    let one = index::follow(&first, &who, false).await.unwrap();
    assert_eq!(index::follow(&first, &who, false).await.unwrap().rows, 0, "nothing is new");
    let lake = lake(dir.path(), ALL).await;
    assert!(index::stale(&lake).await.unwrap());
    let two = index::follow(&lake, &who, false).await.unwrap();
    assert!(two.entries > one.entries && two.rows < two.entries, "{one:?} {two:?}");
    lake.compact(None).await.unwrap();
    let compacted = index::follow(&lake, &who, false).await.unwrap();
    assert_eq!(compacted.entries, two.entries, "the same rows in other files");
    let anew = index::follow(&lake, &who, true).await.unwrap();
    assert_eq!((anew.entries, anew.rows), (two.entries, two.entries));

    // An erased file is gone from the index before the erasure ends, and does not come back.
    let asked = session(&lake, governance::Principal::operator());
    let person = dossier::search(&asked, "parikshan kumar", Some(Kind::Person)).await.unwrap();
    let objects: Vec<String> = person.hits.iter().map(|h| h.origin.object.clone()).collect();
    let doomed: std::collections::BTreeSet<String> = objects.into_iter().collect();
    lake.purge(&doomed.into_iter().collect::<Vec<_>>()).await.unwrap();
    assert!(holding(&lake.index_folder(), "parikshan").is_empty());
    let asked = session(&lake, governance::Principal::operator());
    index::follow(&lake, &who, false).await.unwrap();
    let left = dossier::search(&asked, "parikshan kumar", Some(Kind::Person)).await.unwrap();
    assert!(left.hits.iter().all(|h| !h.title.contains("Parikshan")), "{left:?}");
}
