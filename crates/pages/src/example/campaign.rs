//! Campaigns, files of messages and the report, with made-up numbers.

use chrono::{DateTime, TimeZone, Utc};

use crate::Shell;
use crate::desk::PostLine;
use crate::desk::campaign::{Campaign, CampaignLine, Campaigns, CoverLine};
use crate::desk::many::{Many, ProblemLine, RuleLine, TimeLine, Told};
use crate::desk::report::{Report, Table};
use crate::desk::shelf::{LinkLine, PraiseLine, Shelf, SlotLine, TemplateLine};
use crate::desk::sign::{Sign, SignLine, SignedLine};

use super::desk::{choices, framed};

fn at(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, day, 6, 30, 0).single().unwrap_or_default()
}

fn line() -> CampaignLine {
    CampaignLine {
        id: "c1".into(),
        name: "बाल सुरक्षा सप्ताह".into(),
        unit: "HQ".into(),
        audience: "children".into(),
        theme: "awareness".into(),
        from: at(14),
        until: at(20),
        public: true,
        goal: 50,
        out: 31,
    }
}

pub(super) fn campaigns(shell: Shell) -> Campaigns {
    Campaigns {
        campaigns: vec![line(), CampaignLine { id: "c2".into(), public: false, goal: 0, out: 0, ..line() }],
        units: choices(&[("HQ", "मुख्यालय (HQ)")]),
        audiences: choices(&[("children", "बच्चों के लिए")]),
        themes: choices(&[("awareness", "जागरूकता")]),
        shell: framed(shell, "desk-campaigns", "/desk/campaigns"),
    }
}

pub(super) fn campaign(shell: Shell) -> Campaign {
    let cover = |unit: &str, goal, out, standing: &str| CoverLine {
        unit: unit.into(),
        name: format!("ज़िला {unit}"),
        goal,
        out,
        last: (out > 0).then(|| at(19)),
        standing: standing.into(),
    };
    let post = PostLine {
        id: "p1".into(),
        words: "बच्चों की हेल्पलाइन 1098".into(),
        unit: "D1".into(),
        kind: "awareness".into(),
        state: "done".into(),
        author: "asha".into(),
        changed: at(16),
    };
    Campaign {
        line: line(),
        about: "बच्चों की सुरक्षा पर एक सप्ताह।".into(),
        part: "नज़दीकी थाने की बाल डेस्क पर आएँ।".into(),
        hashtag: "#बालसुरक्षा".into(),
        published: 2,
        units: vec![cover("D1", 5, 5, "reached"), cover("D2", 5, 2, "begun"), cover("D3", 0, 0, "none")],
        below: choices(&[("D1", "ज़िला D1 (D1)")]),
        posts: vec![post],
        shell: framed(shell, "desk-campaign", "/desk/campaign/c1"),
    }
}

pub(super) fn many(shell: Shell) -> Many {
    let problem = |line, field: &str, value: &str| ProblemLine {
        line,
        field: field.into(),
        value: value.into(),
        problem: "यह समय बीत चुका है".into(),
        way_out: "आगे का समय चुनें".into(),
    };
    let made = TimeLine { at: at(20), state: "made".into(), post: "p1".into(), reason: String::new() };
    let skipped = TimeLine { at: at(13), state: "skipped".into(), post: String::new(), reason: "the unit was paused".into() };
    let rule = RuleLine {
        id: "r1".into(),
        words: "हेलमेट पहनें।".into(),
        unit: "T1".into(),
        rule: "FREQ=WEEKLY;BYDAY=FR".into(),
        next: Some(at(27)),
        on: true,
        by: "asha".into(),
        last: vec![made, skipped],
    };
    Many {
        text: "unit,kind,hindi\nT1,notice,यातायात सूचना".into(),
        whole: false,
        told: Some(Told { rows: 5000, wrong: 37, ..Told::default() }),
        problems: vec![problem(17, "at", "2020-01-01 10:00"), problem(93, "at", "2020-01-01 10:00")],
        rules: vec![rule.clone(), RuleLine { id: "r2".into(), on: false, next: None, last: Vec::new(), ..rule }],
        units: choices(&[("T1", "थाना एक (T1)")]),
        kinds: choices(&[("awareness", "जागरूकता")]),
        channels: choices(&[("a1", "X @thana1 (T1)")]),
        campaigns: choices(&[("c1", "बाल सुरक्षा सप्ताह")]),
        shell: framed(shell, "desk-many", "/desk/many"),
    }
}

pub(super) fn sign(shell: Shell) -> Sign {
    let line = |id: &str, open: &[&str]| SignLine {
        id: id.into(),
        version: 2,
        unit: "T1".into(),
        kind: "awareness".into(),
        author: "asha".into(),
        texts: vec![(shell.t("desk-hindi"), "दोपहिया वाहन पर हेलमेट पहनें।".into())],
        pictures: vec!["हेलमेट का पोस्टर".into()],
        due: Some(at(27)),
        channels: vec!["X @thana1".into()],
        open: open.iter().map(|rule| (*rule).to_owned()).collect(),
        role: "approver".into(),
    };
    Sign {
        done: vec![
            SignedLine {
                id: "p7".into(), words: "बाल सुरक्षा सप्ताह".into(), missing: vec!["law".into()], refused: None
            },
            SignedLine {
                id: "p8".into(),
                words: "रास्ता बदला गया है".into(),
                missing: vec![],
                refused: Some("version 1 was read, but it is version 2 and draft now; read it again".into()),
            },
        ],
        lines: vec![line("p1", &[]), line("p2", &["model_code"])],
        shell: framed(shell, "desk-sign", "/desk/sign"),
    }
}

pub(super) fn report(shell: Shell) -> Report {
    let table = |key: &str, rows: Vec<Vec<String>>| Table {
        key: key.into(),
        title: shell.t(&format!("report-{key}")),
        columns: vec![shell.t("report-handle"), shell.t("report-items")],
        rows,
        note: shell.t(&format!("report-{key}-note")),
    };
    let tables = vec![table("service", vec![vec!["X @thana1".into(), "12".into()]]), table("sleeping", Vec::new())];
    Report {
        from: "2026-11-01".into(),
        until: "2026-11-25".into(),
        unit: "HQ".into(),
        units: choices(&[("HQ", "मुख्यालय (HQ)")]),
        facts: vec![(shell.t("report-messages"), "42".into())],
        tables,
        shell: framed(shell, "desk-report", "/desk/report"),
    }
}

pub(super) fn shelf(shell: Shell) -> Shelf {
    let praise = |id: &str, by: &str, public, thanked| PraiseLine {
        id: id.into(),
        unit: "T1".into(),
        url: "https://example.org/post/1".into(),
        about: "खोया बच्चा एक घंटे में मिला।".into(),
        by: by.into(),
        source: "citizen".into(),
        public,
        thanked,
    };
    Shelf {
        unit: "T1".into(),
        units: choices(&[("T1", "थाना एक (T1)")]),
        kinds: choices(&[("awareness", "जागरूकता")]),
        sources: choices(&[("citizen", "एक नागरिक")]),
        templates: vec![TemplateLine {
            id: "t1".into(),
            name: "हेलमेट".into(),
            unit: "HQ".into(),
            kind: "awareness".into(),
            words: "दोपहिया वाहन पर हेलमेट पहनें।".into(),
        }],
        slots: vec![SlotLine {
            network: "X".into(),
            hour: "18:00".into(),
            posts: 12,
            measure: "impression_count".into(),
            median: 4200,
        }],
        links: vec![LinkLine {
            code: "k7m2xqp".into(),
            short: "https://portal.example.org/s/k7m2xqp".into(),
            url: "https://portal.example.org/hi/campaigns?utm_source=T1&utm_medium=social&utm_campaign=c1".into(),
            unit: "T1".into(),
            opened: 1204,
            stopped: false,
        }],
        campaigns: choices(&[("c1", "बाल सुरक्षा सप्ताह")]),
        praise: vec![praise("w1", "", false, false), praise("w2", "परीक्षण संस्था", true, true)],
        shell: framed(shell, "desk-shelf", "/desk/shelf"),
    }
}
