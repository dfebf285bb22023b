//! A made-up source as it stands, and made-up pulls.

use super::data::at;
use crate::intake::Freshness;
use crate::shell::Crumb;
use crate::source::{Day, PullLine, Pulls, Source};
use crate::table::{Cell, Grid, GridColumn};
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
