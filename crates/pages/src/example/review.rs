//! Made-up pairs.

use super::data::{SHA, at};
use crate::dossier::Origin;
use crate::review::{Line, Linkage, Pair, Review, Said, Side, Stated};
use crate::shell::{Crumb, Island};
use crate::table::{Cell, Grid, GridColumn, Pager};
use crate::{Section, Shell};

fn frame(mut shell: Shell, title: &str) -> Shell {
    shell.section = Section::Review;
    shell.title = shell.t(title);
    shell
}

pub(super) fn queue(shell: Shell) -> Review {
    let shell = frame(shell, "review-title");
    let line = |left: &str, right: &str, percent: &str, reason: &str| Line {
        href: "/gallery/pair".into(),
        left: left.into(),
        right: right.into(),
        percent: percent.into(),
        reason: shell.t(reason),
    };
    Review {
        lines: vec![
            line("Namuna Lal", "नमूना लाल", "94.1 %", "waits-between"),
            line("Udaharan Devi", "UDAHRAN DEVI", "61.0 %", "waits-alone"),
            line("Parikshan Kumar", "Parikshan", "22.4 %", "waits-cluster"),
        ],
        pager: Pager { base: "/review?page=".into(), page: 1, per_page: 50, total: 3 },
        at: Some(at(0, 9, 30)),
        shell,
    }
}

pub(super) fn never(shell: Shell) -> Review {
    Review { lines: Vec::new(), at: None, ..queue(shell) }
}

pub(super) fn pair(shell: Shell) -> Pair {
    let mut shell = frame(shell, "pair-title");
    shell.trail = vec![Crumb::new("/review", shell.t("review-title"))];
    shell.island = Some(Island::Review);
    let side = |record: &str, name: &str, source: &str| Side {
        record: record.into(),
        href: "/gallery/person".into(),
        name: name.into(),
        origins: vec![Origin { source: source.into(), object: SHA.into(), row: 17 }],
    };
    let row = |label: &str, left: &str, right: &str, differs: bool| Stated {
        label: shell.t(label),
        left: vec![left.to_owned()].into_iter().filter(|v| !v.is_empty()).collect(),
        right: vec![right.to_owned()].into_iter().filter(|v| !v.is_empty()).collect(),
        differs,
    };
    Pair {
        left: side("00aa00aa00aa00aa", "Namuna Lal", "cctns.person"),
        right: side("00bb00bb00bb00bb", "नमूना लाल", "transport.vehicle"),
        stated: vec![
            row("fact-name", "Namuna Lal", "नमूना लाल", false),
            row("fact-relative", "Udaharan Lal", "उदाहरण लाल", false),
            row("fact-phone", "7000000101", "", false),
            row("fact-birth-year", "1985", "1987", true),
        ],
        why: vec![shell.t("waits-between"), shell.t("waits-alone")],
        joined: false,
        sensitive: true,
        first: None,
        said: vec![Said {
            verdict: shell.t("verdict-unsure"),
            who: "inspector.example".into(),
            at: Some(at(0, 10, 2)),
            why: "?".into(),
        }],
        notice: Some(shell.t("pair-thanks")),
        shell,
    }
}

pub(super) fn linkage(shell: Shell) -> Linkage {
    let shell = frame(shell, "linkage-title");
    let column = |key: &str, numeric| GridColumn { name: shell.t(key), numeric, class: None };
    Linkage {
        at: Some(at(0, 9, 30)),
        stale: true,
        facts: vec![(shell.t("linkage-records"), "12,345".into()), (shell.t("linkage-persons"), "9,876".into())],
        sizes: Grid {
            columns: vec![column("linkage-size", true), column("linkage-count", true)],
            rows: vec![vec![Cell::new("1"), Cell::new("8,000")], vec![Cell::new("2"), Cell::new("1,876")]],
        },
        suspects: Grid {
            columns: vec![column("linkage-person", false), column("linkage-years", true), column("review-waits", false)],
            rows: vec![vec![
                Cell::link("00aa00aa00aa00aa", "/gallery/person"),
                Cell::new("4"),
                Cell::new(shell.t("suspect-many_years")),
            ]],
        },
        sources: Grid {
            columns: vec![column("linkage-source", false), column("linkage-precision", true), column("linkage-agreed", true)],
            rows: vec![vec![Cell::new("cctns.person"), Cell::new("98.7 %"), Cell::new("41 / 44")]],
        },
        districts: Grid::default(),
        measures: Grid::default(),
        shell,
    }
}
