//! An operator's own policies: put in force, refused, kept across a restart.

use governance::{Action, Context, Effect, Principal};
use lake::{Access, At, Lake, LakeError, Options, TableName};

const NO_REPLAY: &str = r#"@id("own-no-replay") @rule("Nobody replays on a holiday") @law("Standing order 7")
forbid (principal, action == Sarovar::Action::"replay", resource);"#;

fn replays(lake: &Lake) -> bool {
    let context = Context { purpose: None, case: None, authority: None, now: lake.now() };
    let access = Access { principal: Principal::operator(), context, at: At::Now };
    lake.decide(&access, Action::Replay, &TableName::new("clean", "cctns_fir")).unwrap().effect == Effect::Allow
}

#[tokio::test(flavor = "multi_thread")]
async fn own_policies_count_as_a_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let lake = Lake::open(Options::at(dir.path())).await.unwrap();
    assert!(replays(&lake) && lake.policy_trouble().is_none());
    let folder = dir.path().join("policies");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("holiday.cedar"), NO_REPLAY).unwrap();
    lake.reload_policies().unwrap();
    assert!(!replays(&lake));
    // One more that does not hold: the set before it stays, and it is said what is wrong with which file.
    for (text, wrong) in [
        ("permit (principal", "policies/second.cedar: "),
        ("@id(\"x\") permit (principal in Sarovar::Nobody::\"x\", action, resource);", "does not fit the schema"),
        ("@id(\"x\") forbid (principal, action, resource);", "not put in force"),
    ] {
        std::fs::write(folder.join("second.cedar"), text).unwrap();
        match lake.reload_policies() {
            Err(LakeError::Invalid(said)) => assert!(said.contains(wrong), "{said}"),
            other => panic!("{other:?}"),
        }
        assert!(!replays(&lake), "the old set stays in force");
        assert!(lake.policy_trouble().unwrap().contains("stay in force"));
    }
    let said = |found: Vec<lake::Finding>| found.into_iter().find(|f| f.what == "policies").unwrap();
    let found = said(lake.examine().await.unwrap());
    assert!(!found.well && found.message.contains("policies/second.cedar"), "{found:?}");
    // A restart with the broken file keeps what was in force, and does not open up.
    drop(lake);
    let lake = Lake::open(Options::at(dir.path())).await.unwrap();
    assert!(!replays(&lake) && lake.policy_trouble().is_some());
    std::fs::remove_file(folder.join("second.cedar")).unwrap();
    std::fs::remove_file(folder.join("holiday.cedar")).unwrap();
    lake.reload_policies().unwrap();
    assert!(replays(&lake) && lake.policy_trouble().is_none());
    assert!(said(lake.examine().await.unwrap()).well);
    // Each change is in the log with the hash of its text.
    let log =
        lake.audit().find(&ledger::Filter { action: Some("policy".into()), ..ledger::Filter::default() }, None, 10).unwrap();
    assert_eq!(log.entries.len(), 2);
    assert_eq!(log.entries[1].record.what["own"][0]["file"], "holiday.cedar");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_the_policies_and_damaged_is_said() {
    let dir = tempfile::tempdir().unwrap();
    drop(Lake::open(Options::at(dir.path())).await.unwrap());
    std::fs::write(dir.path().join("policies.json"), "[[").unwrap();
    let said = Lake::open(Options::at(dir.path())).await.unwrap_err().to_string();
    assert!(said.contains("policies.json") && said.contains("take it away"), "{said}");
}
