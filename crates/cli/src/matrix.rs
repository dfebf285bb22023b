//! The authorisation matrix: role × resource × action × purpose, every route, every command, in one text made from the real policies.
//! `SAROVAR_GOLDEN=write` writes it anew; whoever reviews a change of policy reads its difference.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use clap::{CommandFactory, Parser};
use governance::{
    Action, Authority, Calls, Context, Decision, Effect, Kind, MaskKind, Obligation, Order, Policies, Principal, Rank, Resource,
    ResourceColumn, Role, Standing, Station, Step, Work, decide, permits,
};
use model::{Classification, Purpose};
use server::Area;

use crate::args::Args;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/access-matrix.txt");

fn now() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

fn resources() -> Vec<(&'static str, Resource)> {
    let columns = |classes: &[Classification]| {
        classes.iter().map(|c| ResourceColumn { name: c.to_string(), classification: *c }).collect::<Vec<_>>()
    };
    let plain = Resource {
        table: "clean.plain".into(),
        columns: columns(&[Classification::Open, Classification::Internal]),
        ..Resource::default()
    };
    let persons = Resource {
        table: "pole.person_mention".into(),
        columns: columns(&Classification::ALL),
        seal: Some("seal".into()),
        keys: vec!["person_key".into()],
        station: Some(Station::Code("station".into())),
        ..Resource::default()
    };
    let calls = Resource {
        table: "clean.telecom_cdr".into(),
        columns: columns(&[Classification::Personal, Classification::Sensitive]),
        authority_required: true,
        calls: Some(Calls { phones: vec!["number".into()], ..Calls::default() }),
        ..Resource::default()
    };
    let refused = Resource {
        table: "quarantine.cctns_person".into(),
        columns: columns(&[Classification::Personal]),
        ..Resource::default()
    };
    vec![("plain", plain), ("persons", persons), ("calls", calls), ("refused", refused)]
}

/// Pieces of work in hand: one of each purpose, and each way it can have ended; what was granted.
fn hands() -> Vec<(&'static str, Option<Work>)> {
    let of = |purpose| Work {
        id: "w".into(),
        purpose,
        reference: "r".into(),
        standing: Standing::Open,
        until: now() + TimeDelta::days(1),
        emergency: false,
        units: vec!["U".into()],
        authorities: Vec::new(),
        orders: Vec::new(),
        most_rows: None,
        releases: Vec::new(),
    };
    let case = || of(Purpose::Case);
    let authority = Authority {
        reference: "a".into(),
        numbers: vec!["7000000101".into()],
        from: DateTime::UNIX_EPOCH,
        to: now(),
        until: now() + TimeDelta::days(1),
    };
    let order = Order { reference: "o".into(), keys: vec!["K".into()], until: now() + TimeDelta::days(1) };
    vec![
        ("none", None),
        ("case", Some(case())),
        ("case+authority", Some(Work { authorities: vec![authority.clone()], ..case() })),
        ("case+order", Some(Work { orders: vec![order], ..case() })),
        ("emergency", Some(Work { emergency: true, authorities: vec![authority], ..case() })),
        ("complaint", Some(of(Purpose::Complaint))),
        ("supervision", Some(of(Purpose::Supervision))),
        ("statistics", Some(of(Purpose::Statistics))),
        ("closed", Some(Work { standing: Standing::Closed, ..case() })),
        ("expired", Some(Work { until: now(), ..case() })),
        ("left", Some(Work { standing: Standing::Left, ..case() })),
    ]
}

/// A decision in one word or a few.
fn word(decision: &Decision) -> String {
    if decision.effect == Effect::Deny {
        return "-".into();
    }
    let mut out = String::from("yes");
    let hidden: Vec<&str> =
        decision.masks.iter().filter(|m| m.kind == MaskKind::Null && m.opened.is_none()).map(|m| m.column.as_str()).collect();
    let opened = decision.masks.iter().any(|m| m.opened.is_some());
    if !hidden.is_empty() {
        let _ = write!(out, " without {}", hidden.join("+"));
    }
    if decision.masks.iter().any(|m| m.kind == MaskKind::NullWhereSealed) {
        out.push_str(" seals kept");
    }
    if opened {
        out.push_str(" but those ordered");
    }
    match decision.row_filter.as_deref() {
        None => {}
        Some("(false)" | "false" | "(false) AND false") => out.push_str(" no rows"),
        Some(filter) if filter.contains("station") => out.push_str(" own units"),
        Some(_) => out.push_str(" granted rows"),
    }
    if decision.obligations.iter().any(|o| matches!(o, Obligation::Aggregate { .. })) {
        out.push_str(" counts only");
    }
    out
}

fn tables(out: &mut String, policies: &Policies) {
    let context = Context { purpose: None, case: None, authority: None, now: now() };
    for (name, resource) in resources() {
        for action in Action::ALL {
            let _ = writeln!(out, "\n## {name} · {}", action.as_str());
            for role in Role::ALL {
                let mut said: Vec<(String, Vec<&str>)> = Vec::new();
                for (hand, work) in hands() {
                    let principal = Principal { id: "p".into(), roles: vec![role], work, ..Principal::operator() };
                    let w = word(&decide(policies, &principal, action, &resource, &context));
                    match said.iter_mut().find(|(known, _)| *known == w) {
                        Some((_, hands)) => hands.push(hand),
                        None => said.push((w, vec![hand])),
                    }
                }
                for (w, hands) in &said {
                    let hands = if said.len() == 1 { "whatever is in hand".into() } else { hands.join(", ") };
                    let _ = writeln!(out, "{:<22} {w:<60} | {hands}", role.as_str());
                }
            }
        }
    }
}

fn steps(out: &mut String, policies: &Policies) {
    let _ = writeln!(out, "\n## steps that need somebody else (open case in hand; for another's request, for one's own)");
    for kind in Kind::ALL {
        for step in Step::ALL {
            for role in Role::ALL {
                for rank in [Rank::Inspector, Rank::Superintendent] {
                    let work = hands().into_iter().find(|(name, _)| *name == "case").and_then(|(_, work)| work);
                    let principal = Principal { id: "p".into(), rank, roles: vec![role], work, ..Principal::operator() };
                    let may = |requester| permits(policies, &principal, step, kind, requester, now()).is_ok();
                    let (others, own) = (may("q"), may("p"));
                    if others || own {
                        let yes = |b| if b { "yes" } else { "-" };
                        let _ = writeln!(
                            out,
                            "{:<12} {:<8} {:<22} {:<15} another's {:<4} own {}",
                            kind.as_str(),
                            step.as_str(),
                            role.as_str(),
                            rank.as_str(),
                            yes(others),
                            yes(own)
                        );
                    }
                }
            }
        }
    }
}

fn open_to(area: Area) -> String {
    let may = |role: &&Role| area.open_to(&Principal { roles: vec![**role], ..Principal::operator() });
    let roles: Vec<&str> = Role::ALL.iter().filter(may).map(|r| r.as_str()).collect();
    if roles.len() == Role::ALL.len() { "everybody".into() } else { roles.join(" ") }
}

fn routes(out: &mut String) {
    let _ = writeln!(out, "\n## areas");
    for area in [
        Area::Open,
        Area::Own,
        Area::Work,
        Area::Sheets,
        Area::Limits,
        Area::Lake,
        Area::Intake,
        Area::Audit,
        Area::People,
        Area::Desk,
    ] {
        let _ = writeln!(out, "{:<8} {}", format!("{area:?}"), open_to(area));
    }
    let _ = writeln!(out, "\n## routes");
    let mut all: Vec<_> = server::doors().collect();
    all.sort_unstable_by_key(|(route, _)| *route);
    for (route, area) in all {
        let _ = writeln!(out, "{route:<44} {area:?}");
    }
}

/// Command lines that are not to be guessed: one of several arguments is needed, or its text has a form of its own.
const LINES: &[&str] = &[
    "dossier x",
    "certificate x --out y.pdf",
    "audit prove 1",
    "bench x",
    "link x --out y",
    "post copy x 1 --again",
    "post takedown x --order y --court z",
    "token create x --name y --scope lake",
    "user revoke x --all",
];

/// Texts that some argument takes, tried in turn.
const WORDS: &[&str] = &["x", "1", "2026-01-01", "2026-11", "10:00", "object", "7000000101"];

/// The command at the end of `path`, parsed with something in the place of each argument it needs.
fn parsed(path: &[String], command: &clap::Command) -> Option<Args> {
    let words = |text: &str| std::iter::once("sarovar").chain(text.split(' ')).map(str::to_owned).collect::<Vec<_>>();
    let name = path.join(" ");
    if let Some(line) = LINES.iter().find(|l| l.starts_with(&format!("{name} "))) {
        return Args::try_parse_from(words(line)).ok();
    }
    let needed: Vec<&clap::Arg> = command.get_arguments().filter(|arg| arg.is_required_set()).collect();
    let choices = |arg: &clap::Arg| -> Vec<String> {
        let possible: Vec<String> = arg.get_possible_values().iter().map(|v| v.get_name().to_owned()).collect();
        if possible.is_empty() { WORDS.iter().map(|w| (*w).to_owned()).collect() } else { possible }
    };
    let mut lines = vec![words(&name)];
    for arg in needed {
        lines = lines
            .iter()
            .flat_map(|line| {
                choices(arg).into_iter().map(|choice| {
                    let option = arg.get_long().map(|long| format!("--{long}"));
                    let values = arg.get_num_args().map_or(1, |n| n.min_values().max(1));
                    line.iter().cloned().chain(option).chain(std::iter::repeat_n(choice, values)).collect::<Vec<_>>()
                })
            })
            .take(20_000)
            .collect();
    }
    lines.into_iter().find_map(|line| Args::try_parse_from(line).ok())
}

/// Every command without commands below it, with its area and whether the machine's operator does it in a lake with accounts.
fn leaves(path: &[String], command: &clap::Command, out: &mut String) {
    let below: Vec<&clap::Command> = command.get_subcommands().filter(|c| c.get_name() != "help").collect();
    if !below.is_empty() {
        for command in below {
            let path: Vec<String> = path.iter().cloned().chain([command.get_name().to_owned()]).collect();
            leaves(&path, command, out);
        }
        return;
    }
    let gate = match parsed(path, command) {
        Some(args) => {
            let area = crate::who::area(&args.command).map_or_else(|| "no administrator or auditor".into(), |a| format!("{a:?}"));
            let operator = if crate::who::operators(&args.command) { "yes" } else { "-" };
            format!("{area:<28} operator {operator}")
        }
        None => "NO LINE FOR IT IN matrix.rs".into(),
    };
    let _ = writeln!(out, "{:<28} {gate}", path.join(" "));
}

fn commands(out: &mut String) {
    let _ = writeln!(
        out,
        "\n## commands (in a lake with accounts: who may with --as, and whether the machine's operator may without)"
    );
    let mut all = Args::command();
    all.build();
    leaves(&[], &all, out);
}

#[test]
fn the_matrix_is_what_was_agreed() {
    let policies = Policies::builtin().unwrap();
    let mut out = String::from(
        "# Who may what: role x resource x action x purpose, made from the policies by a test. - is no.\n# What is in hand: none, or an open piece of work of each purpose, or one that ended.\n",
    );
    tables(&mut out, &policies);
    steps(&mut out, &policies);
    routes(&mut out);
    commands(&mut out);
    assert!(!out.contains("NO LINE FOR IT"), "a command is missing here:\n{out}");
    if std::env::var("SAROVAR_GOLDEN").is_ok_and(|v| v == "write") {
        std::fs::write(GOLDEN, &out).unwrap();
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap();
    let differs = out.lines().zip(golden.lines()).find(|(a, b)| a != b);
    assert!(
        out == golden,
        "docs/access-matrix.txt differs, first at {differs:?}; read the difference, then run again with SAROVAR_GOLDEN=write"
    );
}
