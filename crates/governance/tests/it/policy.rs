//! What the policies decide, from outside: every refusal, every opening, and an operator's own files.

use chrono::{DateTime, TimeDelta, Utc};
use governance::{
    Action, Authority, Calls, Context, Decision, Effect, Kind, Mask, Obligation, Order, Policies, PolicyError, Principal, Rank,
    Resource, ResourceColumn, Role, Standing, Station, Step, Work, decide, permits, shows_again,
};
use model::{Classification, Purpose};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap()
}

fn context() -> Context {
    Context { purpose: None, case: None, authority: None, now: now() }
}

fn column(name: &str, classification: Classification) -> ResourceColumn {
    ResourceColumn { name: name.into(), classification }
}

/// A table of persons with seals.
fn persons() -> Resource {
    Resource {
        table: "pole.person_mention".into(),
        columns: vec![
            column("role", Classification::Internal),
            column("name", Classification::Personal),
            column("victim_name", Classification::Sealed),
            column("sealed", Classification::Personal),
        ],
        seal: Some("sealed".into()),
        keys: vec!["person_key".into(), "event_key".into()],
        station: Some(Station::Key("event_key".into())),
        ..Resource::default()
    }
}

fn calls() -> Resource {
    Resource {
        table: "clean.telecom_cdr".into(),
        columns: vec![column("number", Classification::Personal)],
        authority_required: true,
        calls: Some(Calls {
            phones: vec!["number".into()],
            handsets: vec!["imei".into()],
            cells: vec!["first_cell".into()],
            time: Some("started_at".into()),
            ..Calls::default()
        }),
        ..Resource::default()
    }
}

fn plain() -> Resource {
    Resource {
        table: "clean.reference_section".into(),
        columns: vec![column("section", Classification::Open)],
        ..Resource::default()
    }
}

fn work(purpose: Purpose) -> Work {
    Work {
        id: "w1".into(),
        purpose,
        reference: "27541001/0123/2026".into(),
        standing: Standing::Open,
        until: now() + TimeDelta::days(10),
        emergency: false,
        units: vec!["27541001".into()],
        authorities: Vec::new(),
        orders: Vec::new(),
        most_rows: Some(1000),
        releases: Vec::new(),
    }
}

fn person(role: Role, work: Option<Work>) -> Principal {
    Principal { id: "asha".into(), rank: Rank::SubInspector, roles: vec![role], work, ..Principal::operator() }
}

fn ask(principal: &Principal, resource: &Resource) -> Decision {
    decide(&Policies::builtin().unwrap(), principal, Action::Query, resource, &context())
}

fn expression(decision: &Decision, column: &str) -> Option<String> {
    decision.masks.iter().find(|m| m.column == column).map(Mask::expression)
}

#[test]
fn nobody_without_a_role_sees_anything() {
    for roles in [vec![], vec![Role::Administrator], vec![Role::Auditor], vec![Role::SocialWriter, Role::Approver]] {
        let stranger = Principal { roles, work: Some(work(Purpose::Case)), ..person(Role::Auditor, None) };
        for table in [persons(), calls(), plain()] {
            let d = ask(&stranger, &table);
            assert_eq!(
                (d.effect, d.rule.as_str()),
                (Effect::Deny, "no role of this person allows it"),
                "{stranger:?} {}",
                table.table
            );
        }
    }
}

#[test]
fn the_operator_works_as_before_and_opens_no_seal() {
    let d = ask(&Principal::operator(), &persons());
    assert_eq!((d.effect, d.row_filter.as_deref()), (Effect::Allow, None));
    assert_eq!(d.obligations, [Obligation::Audit]);
    assert_eq!(expression(&d, "victim_name").as_deref(), Some("NULL"));
    assert_eq!(expression(&d, "name").as_deref(), Some("CASE WHEN \"sealed\" = false THEN \"name\" END"));
    assert_eq!((expression(&d, "role"), expression(&d, "sealed")), (None, None));
    assert_eq!(ask(&Principal::operator(), &calls()).row_filter, None);
}

#[test]
fn personal_data_needs_a_purpose() {
    for role in [Role::InvestigatingOfficer, Role::StationOfficer, Role::DistrictAnalyst, Role::StateAnalyst, Role::Supervisor] {
        let d = ask(&person(role, None), &persons());
        assert_eq!(d.effect, Effect::Deny, "{role:?}");
        assert!(d.rule.contains("choose a piece of work"), "{}", d.rule);
        assert_eq!(ask(&person(role, None), &plain()).effect, Effect::Allow, "what is not personal needs none");
        let d = ask(&person(role, Some(work(Purpose::Case))), &persons());
        assert_eq!(d.effect, Effect::Allow, "{role:?}");
        assert!(d.rule.contains("stated purpose"), "{}", d.rule);
        assert!(d.obligations.contains(&Obligation::Release { above: 1000 }));
    }
    for (standing, until, words) in [
        (Standing::Closed, 10, "is closed"),
        (Standing::Left, 10, "no longer, of the team"),
        (Standing::Expired, 10, "has expired"),
        (Standing::Open, 0, "has expired"),
    ] {
        let w = Work { standing, until: now() + TimeDelta::days(until), ..work(Purpose::Case) };
        let d = ask(&person(Role::InvestigatingOfficer, Some(w)), &persons());
        assert_eq!(d.effect, Effect::Deny);
        assert!(d.rule.contains(words), "{}", d.rule);
    }
}

#[test]
fn statistics_see_counts_and_no_person() {
    let d = ask(&person(Role::DistrictAnalyst, Some(work(Purpose::Statistics))), &persons());
    assert_eq!(d.effect, Effect::Allow);
    assert!(d.obligations.contains(&Obligation::Aggregate { least: 5 }), "{:?}", d.obligations);
    for hidden in ["name", "victim_name"] {
        assert_eq!(expression(&d, hidden).as_deref(), Some("NULL"), "{hidden}");
    }
    let d = ask(&person(Role::InvestigatingOfficer, Some(work(Purpose::Statistics))), &persons());
    assert_eq!((d.effect, d.rule.contains("analysts")), (Effect::Deny, true), "{}", d.rule);
}

#[test]
fn supervision_stays_in_its_own_units() {
    let d = ask(&person(Role::Supervisor, Some(work(Purpose::Supervision))), &persons());
    assert_eq!(d.row_filter.as_deref(), Some("split_part(split_part(\"event_key\", ':', 2), '/', 1) IN ('27541001')"));
    // A table that does not say of which station its rows are shows none.
    let nowhere = Resource { station: None, ..persons() };
    assert_eq!(ask(&person(Role::Supervisor, Some(work(Purpose::Supervision))), &nowhere).row_filter.as_deref(), Some("false"));
    let d = ask(&person(Role::DistrictAnalyst, Some(work(Purpose::Supervision))), &persons());
    assert_eq!(d.effect, Effect::Deny, "{}", d.rule);
}

#[test]
fn engineers_see_shapes_and_no_person() {
    let d = ask(&person(Role::DataEngineer, None), &persons());
    assert_eq!(d.effect, Effect::Allow);
    assert_eq!(expression(&d, "name").as_deref(), Some("NULL"));
    assert_eq!(ask(&person(Role::DataEngineer, None), &calls()).row_filter.as_deref(), Some("(false)"));
    let refused = Resource {
        table: "quarantine.cctns_person".into(),
        columns: vec![column("original", Classification::Personal)],
        ..Resource::default()
    };
    assert_eq!(expression(&ask(&person(Role::DataEngineer, None), &refused), "original"), None);
    let officer = person(Role::InvestigatingOfficer, Some(work(Purpose::Case)));
    assert_eq!(ask(&officer, &refused).effect, Effect::Deny, "refused rows are the engineers'");
    let policies = Policies::builtin().unwrap();
    let may = |role, action| decide(&policies, &person(role, Some(work(Purpose::Case))), action, &persons(), &context()).effect;
    assert_eq!(may(Role::DataEngineer, Action::Maintain), Effect::Allow);
    for action in [Action::Ingest, Action::Replay, Action::Maintain, Action::Purge] {
        assert_eq!(may(Role::InvestigatingOfficer, action), Effect::Deny, "{action:?}");
    }
    assert_eq!(may(Role::DataEngineer, Action::Purge), Effect::Deny);
}

#[test]
fn calls_are_read_as_far_as_an_authority_names_them() {
    let granted = |until: i64| Authority {
        reference: "SP/1".into(),
        numbers: vec!["7000000101".into(), "35000000000001".into(), "404-70-1-2".into()],
        from: DateTime::from_timestamp(1_700_000_000, 0).unwrap(),
        to: DateTime::from_timestamp(1_700_086_400, 0).unwrap(),
        until: now() + TimeDelta::days(until),
    };
    let with = |authorities, purpose| {
        ask(&person(Role::InvestigatingOfficer, Some(Work { authorities, ..work(purpose) })), &calls()).row_filter.unwrap()
    };
    assert_eq!(with(vec![], Purpose::Case), "(false)");
    assert_eq!(with(vec![granted(-1)], Purpose::Case), "(false)", "an authority that ended opens nothing");
    let filter = with(vec![granted(5)], Purpose::Case);
    for part in
        ["\"number\" IN ('7000000101')", "\"imei\" IN ('35000000000001')", "\"first_cell\" IN ('404-70-1-2')", "1700000000000000"]
    {
        assert!(filter.contains(part), "{filter}");
    }
    let supervisor = person(Role::Supervisor, Some(Work { authorities: vec![granted(5)], ..work(Purpose::Supervision) }));
    assert!(ask(&supervisor, &calls()).row_filter.unwrap().starts_with("(false)"), "supervision reads no calls");
    // A mixed table keeps the rows of other sources.
    let mixed = Resource {
        calls: Some(Calls { sources: vec!["telecom.cdr".into()], phones: vec!["key".into()], ..Calls::default() }),
        ..persons()
    };
    let d = ask(&person(Role::InvestigatingOfficer, Some(work(Purpose::Case))), &mixed);
    assert_eq!(d.row_filter.as_deref(), Some("((\"_source\" IS NULL OR NOT \"_source\" IN ('telecom.cdr')) OR false)"));
}

#[test]
fn an_order_opens_the_seals_it_names_and_no_other() {
    let order = |until: i64| Order {
        reference: "POCSO court, Ajmer, 12/2026".into(),
        keys: vec!["cctns:P1".into(), "fir:27541001/0123/2026".into()],
        until: now() + TimeDelta::days(until),
    };
    let with = |order, purpose| {
        ask(&person(Role::InvestigatingOfficer, Some(Work { orders: vec![order], ..work(purpose) })), &persons())
    };
    let d = with(order(1), Purpose::Case);
    let opened =
        "\"person_key\" IN ('cctns:P1', 'fir:27541001/0123/2026') OR \"event_key\" IN ('cctns:P1', 'fir:27541001/0123/2026')";
    assert_eq!(expression(&d, "name"), Some(format!("CASE WHEN \"sealed\" = false OR {opened} THEN \"name\" END")));
    assert_eq!(expression(&d, "victim_name"), Some(format!("CASE WHEN {opened} THEN \"victim_name\" END")));
    let d = with(order(-1), Purpose::Case);
    assert_eq!(expression(&d, "victim_name").as_deref(), Some("NULL"), "an order that ended opens nothing");
    let analyst = person(Role::StateAnalyst, Some(Work { orders: vec![order(1)], ..work(Purpose::Statistics) }));
    assert_eq!(expression(&ask(&analyst, &persons()), "victim_name").as_deref(), Some("NULL"), "statistics open nothing");
}

#[test]
fn what_was_quashed_opens_to_an_order_and_a_rank_together() {
    let policies = Policies::builtin().unwrap();
    let order = |days: i64| Order {
        reference: "High Court, 7/2026".into(),
        keys: vec!["fir:27541001/0123/2026".into()],
        until: now() + TimeDelta::days(days),
    };
    let opened = |rank, role, orders: Vec<Order>| {
        let who = Principal { rank, ..person(role, Some(Work { orders, ..work(Purpose::Case) })) };
        shows_again(&policies, &who, now()).into_iter().map(String::from).collect::<Vec<_>>()
    };
    assert_eq!(opened(Rank::Superintendent, Role::Supervisor, vec![order(1)]), ["fir:27541001/0123/2026"]);
    assert_eq!(opened(Rank::Inspector, Role::Auditor, vec![order(1)]), ["fir:27541001/0123/2026"]);
    for (rank, orders) in
        [(Rank::Inspector, vec![order(1)]), (Rank::Superintendent, vec![]), (Rank::Superintendent, vec![order(-1)])]
    {
        assert!(opened(rank, Role::Supervisor, orders).is_empty(), "{rank:?}");
    }
    assert!(shows_again(&policies, &Principal::operator(), now()).is_empty());
    let wide = own("@id(\"x\") permit (principal, action, resource);").unwrap();
    let inspector = person(Role::InvestigatingOfficer, Some(Work { orders: vec![order(1)], ..work(Purpose::Case) }));
    assert!(shows_again(&wide, &inspector, now()).is_empty(), "no policy of an operator's opens it");
}

#[test]
fn an_emergency_stays_in_the_house() {
    let officer = person(Role::InvestigatingOfficer, Some(Work { emergency: true, ..work(Purpose::Case) }));
    assert_eq!(ask(&officer, &persons()).effect, Effect::Allow);
    let d = decide(&Policies::builtin().unwrap(), &officer, Action::Export, &persons(), &context());
    assert_eq!((d.effect, d.rule.contains("does not leave")), (Effect::Deny, true), "{}", d.rule);
}

#[test]
fn nobody_approves_his_own_request_and_rank_counts() {
    let policies = Policies::builtin().unwrap();
    let may = |rank: Rank, role: Role, step, kind, requester: &str| {
        permits(&policies, &Principal { rank, ..person(role, None) }, step, kind, requester, now())
    };
    for (rank, good) in [
        (Rank::Inspector, false),
        (Rank::AdditionalSuperintendent, false),
        (Rank::Superintendent, true),
        (Rank::DirectorGeneral, true),
    ] {
        assert_eq!(may(rank, Role::Supervisor, Step::Approve, Kind::Authority, "ravi").is_ok(), good, "{rank:?}");
        assert_eq!(may(rank, Role::Supervisor, Step::Approve, Kind::Order, "ravi").is_ok(), good, "{rank:?}");
        let own = may(rank, Role::Supervisor, Step::Approve, Kind::Authority, "asha").unwrap_err();
        assert!(!good || own.contains("asked for himself"), "{own}");
    }
    assert!(may(Rank::Inspector, Role::Approver, Step::Approve, Kind::Release, "ravi").is_ok());
    assert!(may(Rank::Inspector, Role::InvestigatingOfficer, Step::Approve, Kind::Release, "ravi").is_err());
    assert!(may(Rank::Inspector, Role::Auditor, Step::Review, Kind::Emergency, "ravi").is_ok());
    assert!(may(Rank::Inspector, Role::Supervisor, Step::Review, Kind::Emergency, "asha").is_err());
    assert!(may(Rank::Inspector, Role::Auditor, Step::Ask, Kind::Declaration, "asha").is_ok());
    assert!(may(Rank::Inspector, Role::Supervisor, Step::Ask, Kind::Declaration, "asha").is_err());
    assert!(may(Rank::Inspector, Role::InvestigatingOfficer, Step::Ask, Kind::Authority, "asha").is_err(), "no work in hand");
    assert!(may(Rank::Inspector, Role::Administrator, Step::Ask, Kind::Emergency, "asha").is_err());
    // An open case lets ask for what an investigation needs, and gives no step of others.
    for (role, kind, good) in [
        (Role::InvestigatingOfficer, Kind::Authority, true),
        (Role::InvestigatingOfficer, Kind::Order, true),
        (Role::DistrictAnalyst, Kind::Release, true),
        (Role::DistrictAnalyst, Kind::Emergency, false),
        (Role::StateAnalyst, Kind::Emergency, false),
        (Role::InvestigatingOfficer, Kind::Declaration, false),
        (Role::Supervisor, Kind::Declaration, false),
    ] {
        let at_work = Principal { rank: Rank::Inspector, ..person(role, Some(work(Purpose::Case))) };
        assert_eq!(permits(&policies, &at_work, Step::Ask, kind, "asha", now()).is_ok(), good, "{role:?} {kind:?}");
    }
}

fn own(text: &str) -> Result<Policies, PolicyError> {
    Policies::with(&[("own.cedar".into(), text.into())])
}

#[test]
fn operators_add_their_own() {
    let night = own(r#"@id("own-no-export") @rule("Here nobody exports") @law("Standing order 7")
        forbid (principal, action == Sarovar::Action::"export", resource is Sarovar::Table)
        unless { principal in Sarovar::Role::"operator" };"#)
    .unwrap();
    assert!(night.texts().iter().any(|t| t.own && t.rule == "Here nobody exports" && t.effect == "forbid"));
    let officer = person(Role::InvestigatingOfficer, Some(work(Purpose::Case)));
    let d = decide(&night, &officer, Action::Export, &persons(), &context());
    assert_eq!((d.effect, d.rule.as_str()), (Effect::Deny, "Here nobody exports"));
    assert_eq!(decide(&night, &officer, Action::Query, &persons(), &context()).effect, Effect::Allow);
}

#[test]
fn a_policy_that_does_not_hold_is_refused_with_its_reason() {
    let refused = |text: &str| own(text).unwrap_err().to_string();
    let said = refused("permit (principal, action, resource");
    assert!(said.starts_with("own.cedar: "), "{said}");
    assert!(
        refused("@id(\"x\") permit (principal in Sarovar::Rol::\"x\", action, resource);").contains("does not fit the schema")
    );
    let said =
        refused(r#"@id("x") permit (principal, action == Sarovar::Action::"query", resource) when { principal.age > 3 };"#);
    assert!(said.contains("own.cedar: policy x does not fit the schema"), "{said}");
    assert!(refused("permit (principal, action, resource);").contains("policy 1 has no @id"));
    assert!(refused("@id(\"sealed\") permit (principal, action, resource);").contains("already in 03_seals.cedar"));
    let said = refused("@id(\"x\") forbid (principal, action, resource);");
    assert!(said.contains("no officer could work on a case"), "{said}");
    let said = refused(
        "@id(\"x\") forbid (principal in Sarovar::Role::\"operator\", action == Sarovar::Action::\"maintain\", resource);",
    );
    assert!(said.contains("the operator could not keep the lake"), "{said}");
    // No policy of an operator's opens what the built-in ones forbid.
    let wide = own("@id(\"x\") permit (principal, action, resource);").unwrap();
    let d = decide(&wide, &person(Role::InvestigatingOfficer, Some(work(Purpose::Case))), Action::Query, &persons(), &context());
    assert_eq!(expression(&d, "victim_name").as_deref(), Some("NULL"));
}

#[test]
fn every_policy_says_its_rule_and_law() {
    let policies = Policies::builtin().unwrap();
    assert!(policies.texts().len() >= 20);
    for t in policies.texts() {
        assert!(
            t.rule.len() > 20 && !t.law.is_empty() && t.hindi.chars().any(|c| ('\u{900}'..='\u{97f}').contains(&c)),
            "{}",
            t.id
        );
    }
}

/// The aim is one millisecond, of an optimised build; this one is not.
#[test]
fn a_decision_is_quick() {
    let policies = Policies::builtin().unwrap();
    let officer = person(Role::InvestigatingOfficer, Some(work(Purpose::Case)));
    let begun = std::time::Instant::now();
    for _ in 0..50 {
        assert_eq!(decide(&policies, &officer, Action::Query, &persons(), &context()).effect, Effect::Allow);
    }
    let each = begun.elapsed() / 50;
    eprintln!("one decision: {each:?}");
    assert!(each < std::time::Duration::from_millis(20), "{each:?}");
}
