//! Made-up persons, phones, vehicles and cases.

use model::Classification;

use super::data::{SHA, at, pick, search_frame};
use crate::dossier::{Dossier, Fact, Group, Kind, LinkLine, Notice, Origin, Part, Standing, Why};
use crate::search::{Hit, Piece, Search};
use crate::table::{Cell, Grid, GridColumn};
use crate::timeline::Moment;
use crate::{Section, Shell};

fn origin(source: &str, row: i64) -> Origin {
    Origin { source: source.into(), object: SHA.into(), row }
}

fn fact(shell: &Shell, key: &str, value: &str, origins: Vec<Origin>) -> Fact {
    Fact { label: shell.t(key), value: value.into(), origins, ..Fact::default() }
}

fn link(kind: Kind, relation: String, label: &str, note: &str, reason: &str, origins: Vec<Origin>) -> LinkLine {
    let page = match kind {
        Kind::Person => "person",
        Kind::Phone | Kind::Handset => "phone",
        Kind::Vehicle => "vehicle",
        Kind::Case | Kind::Place | Kind::Document | Kind::Thing => "case",
    };
    LinkLine {
        kind,
        relation,
        label: label.into(),
        note: note.into(),
        href: format!("/gallery/{page}"),
        reason: reason.into(),
        origins,
    }
}

fn moments(shell: &Shell) -> Vec<Moment> {
    let moment = |days, kind: &str, title: String, detail: String, source: &str, row| Moment {
        at: Some(at(days, 9, 30)),
        kind: kind.into(),
        kind_text: shell.t(&format!("event-{kind}")),
        title,
        detail,
        href: None,
        origin: origin(source, row),
    };
    let p = |hi, en| pick(shell, hi, en);
    vec![
        moment(
            4,
            "sighting",
            p("नंबर प्लेट पढ़ी गई, अजमेर रोड टोल", "Plate read, Ajmer Road toll"),
            "RJ14CN0001".into(),
            "anpr.read",
            88_120,
        ),
        moment(
            12,
            "arrest",
            p("गिरफ़्तारी, थाना बगरू", "Arrest, Bagru police station"),
            p("एफ़आईआर 0123/2026", "FIR 0123/2026"),
            "cca.arrest",
            38,
        ),
        moment(
            14,
            "fir",
            p("एफ़आईआर 0123/2026 दर्ज", "FIR 0123/2026 registered"),
            p("BNS धारा 303(2)", "BNS s.303(2)"),
            "cctns.fir",
            411,
        ),
        moment(410, "registration", p("वाहन का पंजीयन", "Vehicle registered"), "RJ14CN0001".into(), "vahan.registration", 70_551),
    ]
}

fn dossier(mut shell: Shell, kind: Kind, name: &str, other_name: String, key: &str) -> Dossier {
    shell.section = Section::Search;
    shell.title = name.to_owned();
    shell.query = key.to_owned();
    Dossier {
        kind,
        name: name.into(),
        other_name,
        key: key.into(),
        standings: Vec::new(),
        sources: 3,
        rows: 7,
        notices: Vec::new(),
        groups: Vec::new(),
        parts: Vec::new(),
        links: Vec::new(),
        whys: Vec::new(),
        timeline: moments(&shell),
        withheld: false,
        ask_authority: None,
        seek_authority: None,
        authority: String::new(),
        export: None,
        shell,
    }
}

pub(super) fn person(shell: Shell) -> Dossier {
    let mut page = dossier(shell, Kind::Person, "रमेश कुमार", "Ramesh Kumar".into(), "cctns:P000871");
    let s = &page.shell;
    let both = || vec![origin("cctns.person", 1204), origin("cca.arrest", 38)];
    let mut phone = fact(s, "fact-phone", "98290 12345", both());
    phone.href = Some("/gallery/phone".into());
    let mut id = fact(s, "fact-id", "XXXXXXXX 4821", vec![origin("cctns.person", 1204)]);
    id.class = Some(Classification::Sensitive);
    let groups = vec![
        Group {
            title: s.t("group-identity"),
            facts: vec![
                fact(s, "fact-relative", &pick(s, "पुत्र रामलाल", "S/o Ramlal"), both()),
                fact(s, "fact-sex", &s.t("sex-male"), both()),
                Fact { differs: true, ..fact(s, "fact-birth-year", "1988", vec![origin("cctns.person", 1204)]) },
                Fact { differs: true, ..fact(s, "fact-birth-year", "1989", vec![origin("cca.arrest", 38)]) },
                id,
            ],
        },
        Group {
            title: s.t("group-contact"),
            facts: vec![phone, fact(s, "fact-address", &pick(s, "वार्ड 4, बगरू, जयपुर", "Ward 4, Bagru, Jaipur"), both())],
        },
    ];
    let links = vec![
        link(
            Kind::Case,
            s.t("role-accused"),
            "FIR 0123/2026",
            &pick(s, "थाना बगरू", "Bagru police station"),
            &pick(s, "एक ही व्यक्ति आईडी", "same person id"),
            vec![origin("cctns.person", 1204)],
        ),
        link(
            Kind::Vehicle,
            s.t("role-owner"),
            "RJ14CN0001",
            "Maruti Swift",
            &pick(s, "एक ही फ़ोन", "same phone"),
            vec![origin("vahan.registration", 70_551)],
        ),
        link(Kind::Phone, s.t("role-subscriber"), "98290 12345", "", &pick(s, "उसी पंक्ति में", "in the same row"), both()),
    ];
    page.standings =
        vec![Standing { text: s.t("role-accused"), tone: "warn" }, Standing { text: s.t("role-arrested"), tone: "warn" }];
    page.whys = vec![
        Why { text: s.t("because-person_key"), value: "cctns:P000871".into(), origins: both() },
        Why {
            text: s.t("because-phone_name"),
            value: "9829012345 ramesh kumar".into(),
            origins: vec![origin("cctns.person", 1204), origin("vahan.registration", 70_551)],
        },
    ];
    page.notices = vec![Notice::new("info", s.t("dossier-truncated"))];
    page.groups = groups;
    page.links = links;
    page
}

/// A table of two columns and one row.
fn part(shell: &Shell, id: &'static str, columns: [&str; 2], cells: [Cell; 2]) -> Part {
    let column = |key: &str| GridColumn { name: shell.t(key), numeric: false, class: None };
    Part {
        id,
        title: shell.t(&format!("part-{id}")),
        lead: shell.lang.known(&format!("part-{id}-lead")).unwrap_or_default(),
        empty: shell.t(&format!("part-{id}-none")),
        grid: Grid { columns: columns.map(column).into(), rows: vec![cells.into()] },
    }
}

pub(super) fn phone(shell: Shell) -> Dossier {
    let mut page = dossier(shell, Kind::Phone, "98290 12345", "Airtel".into(), "9829012345");
    let s = &page.shell;
    let groups = vec![Group {
        title: s.t("group-use"),
        facts: vec![
            fact(s, "fact-first", &pick(s, "2 जन॰ 2026", "2 Jan 2026"), vec![origin("cdr.airtel", 9)]),
            fact(s, "fact-calls", "1,204", vec![origin("cdr.airtel", 9)]),
        ],
    }];
    let links = vec![link(
        Kind::Person,
        s.t("role-subscriber"),
        "Ramesh Kumar",
        "cctns:P000871",
        &pick(s, "पंक्ति में यही नंबर", "the row gives this number"),
        vec![origin("cctns.person", 1204)],
    )];
    page.parts =
        vec![part(s, "contacts", ["col-other", "col-records"], [Cell::link("9829054321", "/gallery/phone"), Cell::new("41")])];
    page.ask_authority = Some("/gallery/phone".into());
    page.groups = groups;
    page.links = links;
    page
}

fn moment_cell(shell: &Shell) -> Cell {
    Cell::new(crate::show::moment(shell.lang, at(4, 9, 30)))
}

pub(super) fn vehicle(shell: Shell) -> Dossier {
    let mut page = dossier(shell, Kind::Vehicle, "RJ14CN0001", "Maruti Swift".into(), "RJ14CN0001");
    let s = &page.shell;
    let groups = vec![Group {
        title: s.t("group-owner"),
        facts: vec![
            fact(s, "fact-owner", "RAMESH KUMAR", vec![origin("vahan.registration", 70_551)]),
            fact(s, "fact-status", &pick(s, "सक्रिय", "Active"), vec![origin("vahan.registration", 70_551)]),
        ],
    }];
    let read = moment_cell(s);
    page.parts = vec![part(s, "sightings", ["col-at", "col-camera"], [read, Cell::new("AJMER-RD-TOLL-2")])];
    page.groups = groups;
    page.timeline.truncate(1);
    page
}

pub(super) fn case(shell: Shell) -> Dossier {
    let title = pick(&shell, "एफ़आईआर 0123/2026", "FIR 0123/2026");
    let station = pick(&shell, "थाना बगरू, जयपुर", "Bagru police station, Jaipur");
    let mut page = dossier(shell, Kind::Case, &title, station, "27541001/0123/2026");
    let s = &page.shell;
    let groups = vec![Group {
        title: s.t("group-sections"),
        facts: vec![fact(s, "group-sections", "BNS 303(2)", vec![origin("cctns.fir", 411)])],
    }];
    let links = vec![
        link(
            Kind::Person,
            s.t("role-accused"),
            "Ramesh Kumar",
            "cctns:P000871",
            &pick(s, "एक ही एफ़आईआर", "same FIR"),
            vec![origin("cctns.person", 1204)],
        ),
        link(
            Kind::Person,
            s.t("role-victim"),
            &s.t("masked"),
            "",
            &pick(s, "एक ही एफ़आईआर", "same FIR"),
            vec![origin("cctns.person", 1205)],
        ),
    ];
    let name = Cell::link("Ramesh Kumar", "/gallery/person");
    page.parts = vec![part(s, "persons", ["col-role", "col-name"], [Cell::new(s.t("role-accused")), name])];
    page.groups = groups;
    page.links = links;
    page.withheld = true;
    page
}

fn piece(text: &str, marked: bool) -> Piece {
    Piece { text: text.into(), marked }
}

pub(super) fn search(shell: Shell) -> Search {
    let mut page = search_frame(shell, "9829012345");
    let s = &page.shell;
    let hits = vec![
        Hit {
            kind: Kind::Phone,
            title: vec![piece("98290 12345", true)],
            note: vec![piece("Airtel", false)],
            standings: Vec::new(),
            matched: s.t("read-phone"),
            href: "/gallery/phone".into(),
            rows: 1_211,
            sources: vec!["cdr.airtel".into(), "cctns.person".into()],
        },
        Hit {
            kind: Kind::Person,
            title: vec![piece("रमेश कुमार", false)],
            note: vec![piece(&pick(s, "पंक्ति में यही नंबर", "the row gives this number"), false)],
            standings: vec![Standing { text: s.t("standing-acquitted"), tone: "plain" }],
            matched: s.t("read-phone"),
            href: "/gallery/person".into(),
            rows: 2,
            sources: vec!["cctns.person".into()],
        },
    ];
    page.read_as = vec![s.t("read-phone")];
    page.hits = hits;
    (page.truncated, page.more) = (true, Some("/gallery/search".into()));
    page
}

pub(super) fn search_none(shell: Shell) -> Search {
    search_frame(shell, "RJ14ZZ9999")
}
