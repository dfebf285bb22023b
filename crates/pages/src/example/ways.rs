//! A made-up source as it stands, and made-up pulls.

use super::data::at;
use crate::draft::{Begun, ColumnFields, ContractDraft, NewContract, RefusedLine, Seen, SelectField, SpanField, TextField};
use crate::intake::Freshness;
use crate::people::Choice;
use crate::quarantine::Reason;
use crate::shell::Crumb;
use crate::source::{Day, PullLine, Pulls, Source};
use crate::table::{Cell, FieldError, Grid, GridColumn};
use crate::{Section, Shell};

fn frame(mut shell: Shell, key: &str) -> Shell {
    shell.section = Section::Sources;
    shell.title = shell.t(key);
    shell.trail = vec![Crumb::new("/sources", shell.t("nav-sources"))];
    shell
}

pub(super) fn source(shell: Shell) -> Source {
    let shell = frame(shell, "sources-title");
    let fact = |key: &str, text: &str| (shell.t(key), text.to_owned());
    let column = |key: &str, numeric: bool| GridColumn { name: shell.t(key), numeric, class: None };
    let day = |n: u64| Day {
        day: format!("2026-11-{:02}", n + 20),
        runs: 3,
        input: 400 + n * 7,
        accepted: 396 + n * 7,
        rejected: 4,
        duplicate: 0,
    };
    Source {
        name: "anpr.read".into(),
        freshness: Freshness::Late,
        facts: vec![fact("source-contact", "Command and Control Centre"), fact("source-usual", "421")],
        most: 449,
        days: (1..=7).map(day).collect(),
        reasons: Grid {
            columns: vec![column("reason", false), column("rows", true)],
            rows: vec![vec![Cell::new(shell.t("code-missing_value")), Cell::new("28")]],
        },
        tables: vec!["clean.anpr_read".into(), "pole.object".into()],
        pulls: vec!["cameras".into()],
        shell,
    }
}

pub(super) fn pulls(shell: Shell) -> Pulls {
    let line = PullLine {
        name: "cctns-fir".into(),
        kind: "postgres".into(),
        contract: "cctns.fir".into(),
        every: "15 min".into(),
        watermark: "2026-11-27 09:30:00".into(),
        done: Some(at(0, 9, 31)),
        next: Some(at(0, 9, 46)),
        failures: 0,
        message: String::new(),
        broken: false,
        accepted: 120,
        rejected: 2,
    };
    let message = "pull cameras: missing field `url`".to_owned();
    let broken = PullLine { name: "cameras".into(), broken: true, failures: 2, message, ..line.clone() };
    Pulls { lines: vec![line, broken], folder: "pulls".into(), shell: frame(shell, "pulls-title") }
}

pub(super) fn draft_new(shell: Shell) -> NewContract {
    let shell = frame(shell, "draft-title");
    let errors = vec![FieldError { field: "file".into(), message: shell.t("draft-choose-file") }];
    let begun = Begun { id: "example".into(), name: "bank.fraud".into(), file: "fraud.csv".into(), at: at(0, 9, 31) };
    NewContract { name: "bank.fraud".into(), errors, limit: 64 << 20, begun: vec![begun], shell }
}

fn choice(code: &str, text: String, chosen: bool) -> Choice {
    Choice { code: code.into(), text, chosen }
}

fn guess(shell: &Shell, header: &str, name: &str, kind: &str, why: &str, example: &str) -> ColumnFields {
    let select = |name, label, stem: &str, codes: &[&str], chosen: &str| SelectField {
        name,
        label,
        choices: codes.iter().map(|code| choice(code, shell.tk(stem, code), *code == chosen)).collect(),
    };
    ColumnFields {
        header: header.into(),
        name: name.into(),
        meaning_en: header.into(),
        meaning_hi: header.into(),
        wanted: true,
        required: kind != "string",
        key: false,
        format: if kind == "date" { "%d/%m/%Y".into() } else { String::new() },
        selects: vec![
            select("kind", "draft-column-type", "draft-type-", &["string", "int32", "date"], kind),
            select("class", "draft-column-class", "class-", &["internal", "personal"], "personal"),
            select("clean", "draft-column-clean", "draft-clean-", &["none", "id", "phone"], "none"),
            select("font", "draft-column-font", "draft-font-", &["none", "auto"], "none"),
        ],
        why: shell.tk("draft-why-", why),
        told: format!("{}, {}", shell.tv("draft-told", "3/3"), shell.tv("draft-different", "3")),
        examples: vec![example.into()],
    }
}

pub(super) fn draft(shell: Shell) -> ContractDraft {
    let shell = frame(shell, "draft-go");
    let text = |name, label, value: &str, lang| TextField { name, label, value: value.into(), lang };
    let units = |chosen: &str| ["d", "y"].iter().map(|u| choice(u, shell.tk("draft-unit-", u), *u == chosen)).collect();
    let column = |name: String, numeric: bool| GridColumn { name, numeric, class: None };
    let reason = Reason {
        code: "bad_format".into(),
        text: shell.t("code-bad_format"),
        column: Some("lost_on".into()),
        value: Some("yesterday".into()),
        message: String::new(),
    };
    let seen = Seen {
        input: 4,
        accepted: 2,
        rejected: 1,
        duplicate: 1,
        corrected: 0,
        reasons: Grid {
            columns: vec![column(shell.t("reason"), false), column(shell.t("rows"), true)],
            rows: vec![vec![Cell::new(shell.t("code-bad_format")), Cell::new("1")]],
        },
        refused: vec![RefusedLine { row: 4, reason, original: "C3,7000000103,yesterday".into() }],
        repeated: "5".into(),
        rows: Grid {
            columns: vec![column(shell.t("row"), true), column("complaint_no".into(), false), column("phone".into(), false)],
            rows: vec![
                vec![Cell::new("2"), Cell::new("C1"), Cell::new("7000000101")],
                vec![Cell::new("3"), Cell::new("C2"), Cell::null()],
            ],
        },
        drawn: vec![("object".into(), 1)],
        remarks: vec!["new column: remarks".into()],
        whole: true,
    };
    let mapping = "INSERT INTO pole.object (kind, key, label, _row)\nSELECT 'phone', \"phone\", \"phone\", min(_row) AS _row\nFROM source\nWHERE \"phone\" IS NOT NULL\nGROUP BY \"phone\";\n";
    ContractDraft {
        id: "example".into(),
        file: "fraud.csv".into(),
        rows: 4,
        kind: "csv".into(),
        texts: vec![text("name", "draft-name", "bank.fraud", ""), text("title_hi", "draft-title-hi", "बैंक धोखाधड़ी", "hi")],
        spans: vec![
            SpanField { name: "every", label: "draft-every", number: "1".into(), units: units("d") },
            SpanField { name: "keep", label: "draft-keep", number: "5".into(), units: units("y") },
        ],
        looks: vec![SelectField {
            name: "delimiter",
            label: "draft-delimiter",
            choices: vec![choice(",", shell.t("draft-delimiter-comma"), true)],
        }],
        place: None,
        authority: false,
        columns: vec![
            guess(&shell, "Complaint No", "complaint_no", "string", "nothing", "C1"),
            guess(&shell, "Mobile", "phone", "string", "values_phone", "7000000101"),
            guess(&shell, "Date", "lost_on", "date", "nothing", "05/01/2026"),
        ],
        mapping: mapping.into(),
        kept: Some("1.0.0".into()),
        seen: Some(seen),
        errors: Vec::new(),
        shell,
    }
}
