//! Made-up pieces of work.

use super::data::at;
use crate::people::Choice;
use crate::work::{DeclarationLine, DeclarationPage, MemberLine, MyWork, OfficerLine, PieceLine, PiecePage, RequestLine, Watch};
use crate::{Section, Shell};

fn inside(mut shell: Shell, key: &str, section: Section) -> Shell {
    shell.title = shell.t(key);
    shell.section = section;
    shell
}

fn line(standing: &str, in_hand: bool) -> PieceLine {
    PieceLine {
        id: format!("w-{standing}"),
        purpose: "case".into(),
        reference: "27541001/0123/2026".into(),
        reason: "Theft of a tractor".into(),
        sections: "BNS 303(2)".into(),
        standing: standing.into(),
        emergency: false,
        opened_by: "asha.example".into(),
        opened: at(3, 10, 0),
        until: at(0, 10, 0),
        in_hand,
    }
}

fn request(state: &str) -> RequestLine {
    RequestLine {
        id: format!("r-{state}"),
        kind: "authority".into(),
        reference: "SP/Ajmer/12 of 2026".into(),
        items: "7000000101".into(),
        reason: "Contacts of the accused on the day".into(),
        window: "2026-10-01 – 2026-10-31".into(),
        by: "asha.example".into(),
        rank: "SI".into(),
        until: at(0, 10, 0),
        state: state.into(),
        decided_by: String::new(),
        note: String::new(),
    }
}

pub(super) fn mine(shell: Shell) -> MyWork {
    let shell = inside(shell, "work-title", Section::Work);
    let choice = |code: &str| Choice { code: code.into(), text: shell.tk("purpose-", code), chosen: code == "case" };
    MyWork {
        pieces: vec![line("open", true), line("expired", false), line("closed", false)],
        requests: vec![request("asked")],
        reviews: vec![PieceLine { emergency: true, id: "w-emergency".into(), ..line("expired", false) }],
        purposes: ["case", "complaint", "supervision", "statistics"].map(choice).to_vec(),
        units: vec![Choice { code: "27541001".into(), text: "Alwar Gate".into(), chosen: false }],
        may_open: true,
        may_emergency: true,
        may_declare: true,
        export: Some("/purpose?table=".into()),
        error: None,
        shell,
    }
}

pub(super) fn piece(shell: Shell) -> PiecePage {
    let team = vec![MemberLine {
        login: "asha.example".into(),
        unit: "27541001".into(),
        since: at(3, 10, 0),
        by: "asha.example".into(),
        until: None,
    }];
    let requests = vec![request("asked"), request("granted"), request("refused"), request("withdrawn")];
    let shell = inside(shell, "work-title", Section::Work);
    PiecePage {
        line: line("open", true),
        team,
        requests,
        shared: true,
        may_ask: true,
        export: Some("/purpose/w-open?table=".into()),
        error: None,
        shell,
    }
}

pub(super) fn declaration(shell: Shell) -> DeclarationPage {
    let line = DeclarationLine {
        reference: "SP/Ajmer/12 of 2026".into(),
        case: "27541001/0123/2026".into(),
        requested: "asha.example, SI".into(),
        granted: "meera.example, SP".into(),
        at: at(3, 11, 0),
        numbers: 2,
        window: "2026-10-01 – 2026-10-31".into(),
    };
    DeclarationPage {
        month: "2026-11".into(),
        district: "2754".into(),
        district_name: "Ajmer".into(),
        lines: vec![line],
        refused: 1,
        made: None,
        may_make: true,
        export: Some("/purpose/declaration?month=2026-11&district=2754&table=".into()),
        shell: inside(shell, "declaration-title", Section::Work),
    }
}

pub(super) fn watch(shell: Shell) -> Watch {
    let shell = inside(shell, "watch-title", Section::Audit);
    let officer = OfficerLine {
        login: "asha.example".into(),
        score: 14,
        looks: 90,
        usual: 12,
        reasons: vec![
            shell.tn("watch-volume", 7),
            shell.tn("watch-night", 4),
            shell.tn("watch-own", 1),
            shell.tn("watch-kin", 2),
            shell.tn("watch-listed", 1),
        ],
    };
    Watch {
        days: 35,
        records: 1200,
        cut: false,
        officers: vec![officer],
        emergencies: vec![PieceLine { emergency: true, ..line("expired", false) }],
        declarations: vec![("2026-10".into(), "2754".into())],
        export: Some("/audit/watch?table=".into()),
        shell,
    }
}
