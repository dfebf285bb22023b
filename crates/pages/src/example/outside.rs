//! Made-up exports, erasures and policies.

use super::data::at;
use crate::export::{ExportLine, Exports};
use crate::expunge::{CopyLine, Expungement, ExpungementLine, Expungements, Gone, ReceiptLines};
use crate::fault::Fault;
use crate::policy::{LimitLine, Policies, PolicyLine};
use crate::{Section, Shell};

fn inside(mut shell: Shell, key: &str) -> Shell {
    shell.title = shell.t(key);
    shell.section = Section::Elsewhere;
    shell
}

pub(super) fn exports(shell: Shell) -> Exports {
    let line = |id: &str, what: &str, over: bool| ExportLine {
        id: id.into(),
        what: what.into(),
        rows: 1204,
        who: "asha.example".into(),
        why: "case 27541001/0123/2026".into(),
        at: at(3, 10, 0),
        until: at(0, 10, 0),
        over,
        sha256: "5f".repeat(32),
    };
    Exports {
        shell: inside(shell, "exports-title"),
        lines: vec![line("x-2", "clean.cctns_fir", false), line("x-1", "query", true)],
    }
}

fn line(state: &str) -> ExpungementLine {
    ExpungementLine {
        id: format!("e-{state}"),
        kind: "case".into(),
        target: if state == "done" { String::new() } else { "fir:27541001/0123/2026".into() },
        basis: "High Court, S.B. Crl. Misc. 12 of 2026".into(),
        reason: if state == "done" { String::new() } else { "The FIR was quashed".into() },
        by: "asha.example".into(),
        rank: "SI".into(),
        at: at(3, 10, 0),
        state: state.into(),
        decided_by: if state == "asked" { String::new() } else { "meera.example".into() },
        note: String::new(),
    }
}

pub(super) fn expungements(shell: Shell) -> Expungements {
    let lines = ["asked", "granted", "refused", "done"].map(line).to_vec();
    Expungements { shell: inside(shell, "expunge-title"), lines, may_ask: true, error: None }
}

pub(super) fn expungement(shell: Shell) -> Expungement {
    let gone = |from: &str, count, since: &str| Gone { from: from.into(), count, since: since.into() };
    let receipt = ReceiptLines {
        at: "2026-11-20T10:00:00+00:00".into(),
        run_by: "meera.example".into(),
        objects: vec!["1c".repeat(32)],
        rows: vec![gone("clean.cctns_fir", 1, ""), gone("pole.person_mention", 4, "")],
        rewritten: vec![gone(&"2d".repeat(32), 3, &"3e".repeat(32))],
        sealed: vec!["4f".repeat(32)],
        files: 12,
        members: 4,
        queries: 1,
        decisions: 1,
        sheets: 1,
        words: 3,
        copies: vec![CopyLine {
            export: "x-1".into(),
            who: "asha.example".into(),
            at: "2026-11-01".into(),
            sha256: "5f".repeat(32),
            certain: false,
        }],
        record: 4711,
        proof: "c2sp.org/tlog-proof@v1\nindex 4711\n".into(),
    };
    let shell = inside(shell, "expunge-title");
    Expungement { shell, line: line("done"), may_decide: false, may_run: false, receipt: Some(receipt), error: None }
}

pub(super) fn policies(shell: Shell) -> Policies {
    let line = |id: &str, permits: bool, own: bool| PolicyLine {
        id: id.into(),
        file: if own { "own.cedar".into() } else { "03_seals.cedar".into() },
        own,
        permits,
        rule: "Nobody sees who a sealed person is".into(),
        law: "BNS 2023 s.72".into(),
        text: "forbid (principal, action, resource);".into(),
    };
    Policies {
        shell: inside(shell, "policies-title"),
        lines: vec![line("sealed", false, false), line("court-order", true, true)],
        trouble: Some("policies/own.cedar: unexpected token".into()),
        limits: vec![LimitLine { name: "bulk_rows", value: 10_000, least: 1, most: 100_000_000 }],
        may_limit: true,
        error: None,
    }
}

/// A refused export with the form that asks for its release.
pub(super) fn unreleased(shell: Shell) -> Fault {
    let shell = inside(shell, "fault-unreleased");
    Fault {
        status: 403,
        headline: shell.t("fault-unreleased"),
        advice: shell.t("fault-unreleased-advice"),
        detail: None,
        release: Some("SELECT name FROM clean.cctns_person".into()),
        back: "/purpose".into(),
        back_text: shell.t("back-work"),
        shell,
    }
}
