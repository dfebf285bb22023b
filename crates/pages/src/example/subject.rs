//! Made-up categories and history sheets.

use super::data::at;
use crate::subject::{DecisionLine, SheetLine, SheetPage, Sheets, StepLine, Subject, SubjectLine, Subjects};
use crate::{Section, Shell};

fn inside(mut shell: Shell, key: &str) -> Shell {
    shell.title = shell.t(key);
    shell.section = Section::Work;
    shell
}

fn sheet(state: &str) -> SheetLine {
    SheetLine {
        id: format!("s-{state}"),
        person: "00000000000000a1".into(),
        unit: "27541001".into(),
        state: state.into(),
        order_no: if state == "asked" { String::new() } else { "SP/Ajmer/7 of 2026".into() },
        asked_by: "sho.example".into(),
        opened: (state != "asked").then(|| at(3, 10, 0)),
        due: (state == "open").then(|| at(0, 10, 0)),
        closed: None,
        overdue: state == "open",
    }
}

pub(super) fn subjects(shell: Shell) -> Subjects {
    let line = |name: &str, overdue| SubjectLine {
        person: "00000000000000a1".into(),
        name: name.into(),
        roles: shell.t("role-acquitted"),
        sources: "cctns.person".into(),
        rows: 3,
        since: at(3, 10, 0),
        due: at(0, 10, 0),
        overdue,
        erase: !overdue,
    };
    let lines = vec![line("उदाहरण सिंह", true), line("Namuna Devi", false)];
    Subjects { days: 90, lines, shell: inside(shell, "subjects-title") }
}

pub(super) fn subject(shell: Shell) -> Subject {
    let decision = DecisionLine {
        category: shell.t("category-witness"),
        reason: "Saw the tractor leave".into(),
        by: "asha.example".into(),
        at: at(2, 10, 0),
    };
    Subject {
        person: "00000000000000a1".into(),
        name: "उदाहरण सिंह".into(),
        category: shell.t("category-uncategorised"),
        decisions: vec![decision],
        sheets: vec![sheet("open")],
        may_categorise: true,
        may_ask_sheet: true,
        error: None,
        shell: inside(shell, "subject-manage"),
    }
}

pub(super) fn sheets(shell: Shell) -> Sheets {
    let all = vec![sheet("asked"), sheet("open"), sheet("closing"), sheet("closed")];
    let (to_decide, due) = (vec![sheet("asked")], vec![sheet("open")]);
    Sheets { to_decide, due, all, no_accounts: true, shell: inside(shell, "sheets-title") }
}

pub(super) fn one(shell: Shell) -> SheetPage {
    let step = |code: &str, order: &str| StepLine {
        step: shell.t(&format!("sheet-step-{code}")),
        by: "sho.example".into(),
        rank: shell.t("rank-inspector"),
        order_no: order.into(),
        reason: "Convicted three times of burglary".into(),
        at: at(3, 10, 0),
    };
    SheetPage {
        line: sheet("open"),
        steps: vec![step("ask", ""), step("open", "SP/Ajmer/7 of 2026")],
        may_decide: true,
        may_review: true,
        may_ask_close: true,
        error: None,
        shell: inside(shell, "sheet-title"),
    }
}
