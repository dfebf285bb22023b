//! A made-up access log.

use super::data::{SHA, at};
use crate::audit::{Audit, AuditAsk, AuditLine, Proof, Trail, TrailLine};
use crate::shell::Crumb;
use crate::{Section, Shell};

const ROOT: &str = "q3VJ2mY0zv7xT5cW8bN1kR4uHs6dPfLgE9aOiXwMj0A=";
const KEY: &str = "sarovar/0a1b2c3d4e5f+8f3c21d7+AVvJ2mY0zv7xT5cW8bN1kR4uHs6dPfLgE9aOiXwMj0Ab";

fn line(shell: &Shell, index: u64, action: &str, allowed: bool, rows: Option<u64>) -> AuditLine {
    AuditLine {
        index,
        at: at(0, 11, (index % 60) as u32),
        who: "inspector.example".into(),
        action: action.into(),
        action_text: shell.t(&format!("action-{action}")),
        allowed,
        why: format!("{} · 0123/2026", shell.t("purpose-case")),
        tables: if rows.is_none() { vec!["clean.cctns_fir".into(), "pole.person_mention".into()] } else { Vec::new() },
        rows,
    }
}

pub(super) fn audit(mut shell: Shell) -> Audit {
    shell.section = Section::Audit;
    shell.title = shell.t("audit-title");
    Audit {
        ask: AuditAsk { who: "inspector.example".into(), ..AuditAsk::default() },
        actions: ["query", "answer", "export"].map(|code| (code.to_owned(), shell.t(&format!("action-{code}")))).to_vec(),
        lines: vec![
            line(&shell, 104_212, "answer", true, Some(37)),
            line(&shell, 104_211, "query", true, None),
            line(&shell, 104_187, "query", false, None),
        ],
        older: Some("/audit?before=104187".into()),
        size: 104_213,
        root: ROOT.into(),
        keys: vec![KEY.into()],
        shell,
    }
}

pub(super) fn audit_none(shell: Shell) -> Audit {
    let page = audit(shell);
    Audit { ask: AuditAsk { key: "0000000000".into(), ..AuditAsk::default() }, lines: Vec::new(), older: None, ..page }
}

pub(super) fn trail(mut shell: Shell, officer: bool) -> Trail {
    shell.section = Section::Audit;
    shell.title = shell.t(if officer { "trail-officer" } else { "trail-person" });
    let found = TrailLine {
        name: if officer { "person p-27541001".into() } else { "inspector.example".into() },
        href: (!officer).then(|| "/audit/officer?who=inspector.example".into()),
        looks: 12,
        refused: 1,
        first: at(20, 9, 0),
        last: at(0, 11, 12),
        why: "case 27541001/0123/2026".into(),
    };
    Trail {
        officer,
        asked: if officer { "inspector.example".into() } else { "p-27541001".into() },
        found: vec![found],
        looks: 12,
        lines: vec![line(&shell, 104_211, "dossier", true, None), line(&shell, 104_187, "query", false, None)],
        cut: true,
        export: Some("/audit/person?key=p-27541001&table=".into()),
        shell,
    }
}

pub(super) fn proof(mut shell: Shell) -> Proof {
    shell.section = Section::Audit;
    shell.title = shell.tv("audit-number", "1,04,211");
    shell.trail = vec![Crumb::new("/audit", shell.t("nav-audit"))];
    Proof {
        line: line(&shell, 104_211, "query", true, None),
        json: "{\n  \"who\": \"inspector.example\",\n  \"action\": \"query\",\n  \"what\": { \"tables\": { \"clean.cctns_fir\": [\"fir_no\"] } }\n}".into(),
        leaf: SHA.into(),
        steps: vec![ROOT.into(); 4],
        size: 104_213,
        root: ROOT.into(),
        holds: true,
        signed_by: vec!["sarovar/0a1b2c3d4e5f+8f3c21d7".into()],
        shell,
    }
}
