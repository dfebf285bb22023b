//! Whose data is in no category, over a made-up state: the list against each person's own page.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use arrow::array::AsArray;
use dossier::Category;
use dossier::resolve::{self, Options};
use governance::Principal;

use crate::{access, lake, session};

#[tokio::test(flavor = "multi_thread")]
async fn the_list_says_what_each_persons_own_page_says_and_asks_once_for_all() {
    let (files, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut options = synthetic::Options::new(250, 41, files.path());
    options.kinds = vec![synthetic::Kind::Case, synthetic::Kind::Portal, synthetic::Kind::Truth];
    options.mess = false;
    synthetic::generate(&options, &|_| {}).unwrap();
    let lake = lake(home.path(), &[]).await;
    for contract in ["cctns.person", "cctns.final_report", "cctns.disposal", "portal.verification"] {
        // Each in whichever of its forms the state has it.
        for file in std::fs::read_dir(files.path().join(contract)).into_iter().flatten().flatten() {
            crate::resolve::take_in(&lake, contract, &file.path()).await;
        }
    }
    resolve::resolve(&lake, &access(&lake), Options::default()).await.unwrap();

    let asked = session(&lake, Principal::operator());
    dossier::uncategorised(&asked).await.unwrap();
    let began = Instant::now();
    let listed = dossier::uncategorised(&asked).await.unwrap();
    let took = began.elapsed();
    assert!(listed.len() > 20, "{}", listed.len());
    let ids: BTreeSet<&str> = listed.iter().map(|p| p.person.as_str()).collect();
    assert_eq!(ids.len(), listed.len(), "each person once");
    assert!(listed.windows(2).all(|w| w[0].since <= w[1].since), "whose time runs longest first");

    // Pages of a few of them: each takes a while.
    let began = Instant::now();
    for one in listed.iter().step_by(listed.len() / 10) {
        let person = dossier::person(&asked, &one.person).await.unwrap().unwrap();
        assert_eq!(person.id, one.person);
        assert_eq!(person.category, Category::Uncategorised, "{one:?}");
        assert_eq!((person.mentions.len(), person.subjects()), (one.rows, one.subjects.clone()), "{one:?}");
        assert_eq!(person.sources, one.sources);
    }
    assert!(took < began.elapsed(), "the list of {} takes {took:?}, ten pages {:?}", listed.len(), began.elapsed());

    // And nobody is missing: whoever stands in a role that says nothing is in a category by another row, or on the list.
    let sql = "SELECT DISTINCT person_key FROM pole.person_mention WHERE role = 'other' AND sealed = false AND person_key IS NOT NULL ORDER BY 1";
    let mut counted: BTreeMap<bool, u32> = BTreeMap::new();
    for batch in asked.rows(sql).await.unwrap() {
        let keys = batch.column(0).as_string::<i32>().clone();
        let every = (batch.num_rows() / 12).max(1);
        for key in keys.iter().flatten().step_by(every) {
            let person = dossier::person(&asked, key).await.unwrap().unwrap();
            let open = person.category == Category::Uncategorised;
            assert_eq!(open, ids.contains(person.id.as_str()), "{key}: {:?}", person.roles);
            *counted.entry(open).or_default() += 1;
        }
    }
    assert!(counted.get(&true).is_some_and(|n| *n > 1), "{counted:?}");
}
