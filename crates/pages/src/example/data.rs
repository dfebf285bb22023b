//! Made-up sources, runs, tables, files and rows.

use chrono::{DateTime, Duration, TimeZone, Utc};
use model::Classification;

use crate::catalogue::{Catalogue, ColumnLine, Table, TableLine, Term, VersionLine};
use crate::dossier::{Kind, LinkLine, Origin};
use crate::fault::Fault;
use crate::home::{Figures, Home};
use crate::intake::*;
use crate::lineage::{ColumnFlow, Lineage, Node};
use crate::quarantine::{Held, HeldLine, HeldRow, Quarantine, Reason};
use crate::raw::{Object, ObjectFile, Row, RowField};
use crate::search::Search;
use crate::shell::{Crumb, Island};
use crate::sql::{Answer, Asked, SchemaColumn, SchemaTable, Sql};
use crate::table::{Cell, FieldError, Grid, GridColumn, Pager, Sort};
use crate::{Lang, Section, Shell};

pub(super) const SHA: &str = "9f2c51d0b7a64e3388c1f05e7d9ab2460c3e18f7d25b94a6e0713c8fd4b5a921";

pub(super) fn at(days_ago: i64, hour: u32, minute: u32) -> DateTime<Utc> {
    let base = Utc.with_ymd_and_hms(2026, 11, 23, hour, minute, 0).single().unwrap_or_default();
    base - Duration::days(days_ago)
}

pub(super) fn pick(shell: &Shell, hi: &str, en: &str) -> String {
    match shell.lang {
        Lang::Hi => hi.to_owned(),
        Lang::En => en.to_owned(),
    }
}

fn frame(mut shell: Shell, section: Section, key: &str) -> Shell {
    shell.section = section;
    shell.title = shell.t(key);
    shell
}

fn source_lines(shell: &Shell) -> Vec<SourceLine> {
    let line = |name: &str, hi: &str, en: &str, formats: &str, last: Option<i64>, rows, held, freshness, authority| SourceLine {
        name: name.to_owned(),
        title: pick(shell, hi, en),
        owner: pick(shell, "एससीआरबी", "SCRB"),
        formats: formats.to_owned(),
        frequency: (freshness != Freshness::Unstated).then(|| pick(shell, "प्रतिदिन", "daily")),
        last: last.map(|days| at(days, 4, 12)),
        rows,
        held,
        freshness,
        authority_required: authority,
    };
    vec![
        line("cdr.airtel", "कॉल विवरण, एयरटेल", "Call records, Airtel", "CSV", Some(9), 10_477_300, 0, Freshness::Late, true),
        line(
            "cctns.fir",
            "प्रथम सूचना रिपोर्ट",
            "First information reports",
            "CSV, JSON",
            Some(0),
            284_120,
            37,
            Freshness::Fresh,
            false,
        ),
        line("cctns.person", "एफ़आईआर में व्यक्ति", "Persons in FIR", "CSV, JSON", Some(0), 912_004, 1_204, Freshness::Fresh, false),
        line(
            "vahan.registration",
            "वाहन पंजीयन",
            "Vehicle registrations",
            "CSV, XLSX",
            Some(2),
            2_310_771,
            12,
            Freshness::Fresh,
            false,
        ),
        line("police.unit", "पुलिस इकाइयाँ", "Police units", "XLSX", None, 0, 0, Freshness::Never, false),
    ]
}

fn run_line(shell: &Shell, state: RunState) -> RunLine {
    RunLine {
        id: "41".to_owned(),
        contract: "cctns.person".to_owned(),
        title: pick(shell, "एफ़आईआर में व्यक्ति", "Persons in FIR"),
        file: "PERSON_IN_FIR_20261122.csv".to_owned(),
        object: Some(SHA.to_owned()),
        started: at(0, 4, 12),
        state,
        input: 14_310,
        accepted: 14_273,
        rejected: 25,
        duplicate: 12,
        seconds: 1.86,
    }
}

fn run_lines(shell: &Shell) -> Vec<RunLine> {
    let first = run_line(shell, RunState::Done);
    let fir = RunLine {
        id: "40".into(),
        contract: "cctns.fir".into(),
        title: pick(shell, "प्रथम सूचना रिपोर्ट", "First information reports"),
        file: "FIR_20261122.csv".into(),
        input: 1_022,
        accepted: 1_022,
        rejected: 0,
        duplicate: 0,
        ..first.clone()
    };
    let calls = RunLine {
        id: "39".into(),
        contract: "cdr.airtel".into(),
        title: pick(shell, "कॉल विवरण, एयरटेल", "Call records, Airtel"),
        file: "9829012345_CDR.csv".into(),
        state: RunState::Failed,
        input: 0,
        accepted: 0,
        rejected: 0,
        duplicate: 0,
        ..first.clone()
    };
    vec![first, fir, calls]
}

pub(super) fn home(shell: Shell) -> Home {
    let shell = frame(shell, Section::Home, "home-title");
    Home {
        figures: Figures { tables: 14, rows: 14_984_195, objects: 212, bytes: 3_565_158_400, held: 1_253 },
        sources: source_lines(&shell),
        runs: run_lines(&shell),
        shell,
    }
}

pub(super) fn home_empty(shell: Shell) -> Home {
    let shell = frame(shell, Section::Home, "home-title");
    Home { figures: Figures::default(), sources: Vec::new(), runs: Vec::new(), shell }
}

pub(super) fn sources(shell: Shell) -> Sources {
    let shell = frame(shell, Section::Sources, "sources-title");
    let mut systems: Vec<SystemGroup> = Vec::new();
    for source in source_lines(&shell) {
        let system = source.name.split('.').next().unwrap_or_default().to_owned();
        match systems.iter_mut().find(|group| group.system == system) {
            Some(group) => group.sources.push(source),
            None => systems.push(SystemGroup { system, sources: vec![source] }),
        }
    }
    let late = source_lines(&shell).into_iter().filter(|line| line.freshness == Freshness::Late).collect();
    Sources { systems, late, shell }
}

pub(super) fn upload(shell: Shell, wrong: bool) -> Upload {
    let mut shell = frame(shell, Section::Sources, "upload-title");
    shell.island = Some(Island::Upload);
    shell.trail = vec![Crumb::new("/sources", shell.t("nav-sources"))];
    let choices = source_lines(&shell)
        .into_iter()
        .map(|source| ContractChoice { name: source.name, title: source.title, authority_required: source.authority_required })
        .collect();
    let candidates = if wrong {
        vec![
            Candidate {
                name: "cdr.airtel".into(),
                title: pick(&shell, "कॉल विवरण, एयरटेल", "Call records, Airtel"),
                reasons: vec![pick(&shell, "12 में से 11 स्तंभ", "11 of 12 columns")],
            },
            Candidate {
                name: "cdr.bsnl".into(),
                title: pick(&shell, "कॉल विवरण, बीएसएनएल", "Call records, BSNL"),
                reasons: vec![pick(&shell, "12 में से 11 स्तंभ", "11 of 12 columns")],
            },
        ]
    } else {
        Vec::new()
    };
    let errors =
        if wrong { vec![FieldError { field: "file".into(), message: shell.t("upload-choose-file") }] } else { Vec::new() };
    let pending = vec![PendingUpload {
        id: "7".into(),
        file: "ANPR_OCT.csv.gz".into(),
        size: 734_003_200,
        received: 411_041_792,
        started: at(0, 3, 40),
    }];
    Upload {
        choices,
        chosen: String::new(),
        saved: false,
        authority: String::new(),
        candidates,
        errors,
        pending,
        limit: 4 << 30,
        shell,
    }
}

pub(super) fn runs(shell: Shell) -> Runs {
    let shell = frame(shell, Section::Runs, "runs-title");
    Runs { runs: run_lines(&shell), pager: Pager { base: "/runs?page=".into(), page: 2, per_page: 50, total: 212 }, shell }
}

fn run_page(shell: Shell, state: RunState) -> Run {
    let mut shell = frame(shell, Section::Runs, "runs-title");
    shell.trail = vec![Crumb::new("/runs", shell.t("nav-runs"))];
    Run {
        run: run_line(&shell, state),
        done_bytes: 2_411_724,
        total_bytes: 3_565_158,
        reasons: Vec::new(),
        warnings: Vec::new(),
        drift: Drift::default(),
        failure: None,
        tables: Vec::new(),
        shell,
    }
}

fn reason_counts(shell: &Shell) -> Vec<ReasonCount> {
    [("scientific_notation", "phone", 14), ("bad_format", "birth_date", 9), ("not_in_list", "sex", 2)]
        .map(|(code, column, count)| ReasonCount {
            code: code.into(),
            text: shell.t(&format!("code-{code}")),
            column: Some(column.into()),
            count,
        })
        .to_vec()
}

pub(super) fn run(shell: Shell) -> Run {
    let mut page = run_page(shell, RunState::Done);
    page.reasons = reason_counts(&page.shell);
    page.warnings = vec![pick(
        &page.shell,
        "फ़ाइल के अंत में 14,312 पंक्तियाँ बताई गई हैं, मिलीं 14,310",
        "The footer declares 14,312 rows, the file has 14,310",
    )];
    page.drift = Drift {
        new: vec!["MOBILE_NO_2".into()],
        missing: Vec::new(),
        renamed: vec![("FATHER_NM".into(), "RELATIVE_NAME".into())],
    };
    page.tables = [("clean.cctns_person", ""), ("pole.person_mention", "")]
        .map(|(name, _)| (name.to_owned(), format!("/catalogue/{name}")))
        .to_vec();
    page
}

pub(super) fn run_live(shell: Shell) -> Run {
    let mut page = run_page(shell, RunState::Running);
    // The example stays as it is: no address to ask again.
    page.run.id = "example".into();
    page
}

pub(super) fn run_failed(shell: Shell) -> Run {
    let mut page = run_page(shell, RunState::Failed);
    page.failure = Some("9829012345_CDR.csv.gz: the gzip stream ends after 1,204,224 bytes without its trailer; ask the sender for the whole file".into());
    page
}

pub(super) fn together(shell: Shell) -> Together {
    let mut shell = frame(shell, Section::Runs, "together-title");
    shell.trail = vec![Crumb::new("/runs", shell.t("nav-runs"))];
    let failure = "evidence.zip/notes.rar is a RAR archive, which is not read here; unpack it and send its files, or pack them as ZIP or tar.gz";
    let files = run_lines(&shell)
        .into_iter()
        .map(|line| Taken {
            failure: (line.state == RunState::Failed).then(|| failure.to_owned()),
            href: (line.state == RunState::Done).then(|| line.href()),
            line,
        })
        .collect();
    Together { files, live: false, again: "/gallery/run-together".into(), shell }
}

pub(super) fn quarantine(shell: Shell) -> Quarantine {
    let shell = frame(shell, Section::Quarantine, "quarantine-title");
    let lines = source_lines(&shell)
        .into_iter()
        .filter(|source| source.held > 0)
        .map(|source| HeldLine {
            contract: source.name,
            title: source.title,
            rows: source.held,
            latest: source.last,
            top_reason: shell.t("code-bad_format"),
        })
        .collect();
    Quarantine { lines, shell }
}

fn reason(shell: &Shell) -> Reason {
    Reason {
        code: "scientific_notation".into(),
        text: shell.t("code-scientific_notation"),
        column: Some("phone".into()),
        value: Some("9.82901E+09".into()),
        message: String::new(),
    }
}

const ORIGINAL: &str = "27541001,0123,2026,P000871,Ramesh,रमेश,S/o Ramlal,M,01/07/1988,9.82901E+09,\"Ward 4, Bagru\"";

pub(super) fn held(shell: Shell) -> Held {
    let mut shell = frame(shell, Section::Quarantine, "quarantine-title");
    shell.trail = vec![Crumb::new("/quarantine", shell.t("nav-quarantine"))];
    let row = |n| HeldRow {
        object: SHA.into(),
        file: "PERSON_IN_FIR_20261122.csv".into(),
        row: n,
        reasons: vec![reason(&shell)],
        original: ORIGINAL.into(),
    };
    Held {
        contract: "cctns.person".into(),
        title: pick(&shell, "एफ़आईआर में व्यक्ति", "Persons in FIR"),
        reasons: reason_counts(&shell),
        only: Some("scientific_notation".into()),
        rows: vec![row(118), row(2_041), row(9_377)],
        pager: Pager { base: "/quarantine/cctns.person?page=".into(), page: 1, per_page: 50, total: 25 },
        replayed: Some((11, 14)),
        shell,
    }
}

fn table_line(shell: &Shell, name: &str, hi: &str, en: &str, class: Classification, rows: u64) -> TableLine {
    TableLine {
        name: name.into(),
        title: pick(shell, hi, en),
        description: pick(shell, "सीसीटीएनएस से प्रतिदिन आने वाले अभिलेख", "Records that CCTNS sends each day"),
        layer: name.split('.').next().unwrap_or_default().into(),
        rows,
        last: Some(at(0, 4, 12)),
        owner: pick(shell, "एससीआरबी", "SCRB"),
        class,
        accepted: rows,
        rejected: rows / 700,
    }
}

pub(super) fn catalogue(shell: Shell) -> Catalogue {
    let shell = frame(shell, Section::Catalogue, "catalogue-title");
    let tables = vec![
        table_line(
            &shell,
            "clean.cctns_fir",
            "प्रथम सूचना रिपोर्ट",
            "First information reports",
            Classification::Sensitive,
            284_120,
        ),
        table_line(&shell, "clean.cctns_person", "एफ़आईआर में व्यक्ति", "Persons in FIR", Classification::Sealed, 912_004),
        table_line(&shell, "clean.police_unit", "पुलिस इकाइयाँ", "Police units", Classification::Open, 1_021),
        table_line(
            &shell,
            "clean.vahan_registration",
            "वाहन पंजीयन",
            "Vehicle registrations",
            Classification::Personal,
            2_310_771,
        ),
    ];
    Catalogue { q: String::new(), sort: Sort::read("/catalogue?sort=", "name", &["name"], "name"), total: 4, tables, shell }
}

fn column(name: &str, meaning: String, type_name: &str, class: Classification, key: Option<u32>, rules: &[&str]) -> ColumnLine {
    ColumnLine {
        name: name.into(),
        meaning,
        description: String::new(),
        type_name: type_name.into(),
        class,
        required: key.is_some(),
        key,
        rules: rules.iter().map(|rule| (*rule).to_owned()).collect(),
    }
}

pub(super) fn table(shell: Shell) -> Table {
    let mut shell = frame(shell, Section::Catalogue, "catalogue-title");
    shell.trail = vec![Crumb::new("/catalogue", shell.t("nav-catalogue"))];
    let p = |hi, en| pick(&shell, hi, en);
    let columns = vec![
        column("station", p("थाना कोड", "Police station code"), "string", Classification::Open, Some(1), &["pattern ^\\d{8}$"]),
        column("fir_no", p("एफ़आईआर संख्या", "FIR number"), "string", Classification::Internal, Some(2), &["fir_no"]),
        column("person_id", p("व्यक्ति आईडी", "Person id"), "string", Classification::Internal, Some(3), &[]),
        column("name", p("नाम", "Name"), "string", Classification::Personal, None, &[]),
        column("birth_date", p("जन्म तिथि", "Born on"), "date", Classification::Personal, None, &["not_future"]),
        column("phone", p("फ़ोन", "Phone"), "string", Classification::Personal, None, &["phone"]),
        column("victim_name", p("पीड़ित का नाम", "Name of the victim"), "string", Classification::Sealed, None, &[]),
    ];
    let node = |name: &str, note: &str, layer, href: Option<&str>, here| Node {
        name: name.into(),
        note: note.into(),
        layer,
        href: href.map(Into::into),
        here,
    };
    let lineage = Lineage {
        nodes: vec![
            node("PERSON_IN_FIR_20261122.csv", "9f2c51d0b7a6 · 14,310", 0, Some("/gallery/object"), false),
            node("PERSON_IN_FIR_20261121.csv", "11c0e4a8d2f3 · 13,902", 0, Some("/gallery/object"), false),
            node("clean.cctns_person", "9,12,004", 1, Some("/gallery/table"), true),
            node("quarantine.cctns_person", "1,204", 1, Some("/gallery/held"), false),
            node("pole.person_mention", "9,12,004", 2, Some("/gallery/table"), false),
            node("pole.object", "4,02,118", 2, Some("/gallery/table"), false),
            node("pole.link", "12,88,410", 2, Some("/gallery/table"), false),
        ],
        edges: vec![(0, 2), (1, 2), (0, 3), (1, 3), (2, 4), (2, 5), (2, 6)],
        columns: vec![
            ColumnFlow { from: "MOBILE_NO".into(), to: "clean.cctns_person.phone".into(), via: "trim, phone".into() },
            ColumnFlow {
                from: "clean.cctns_person.phone".into(),
                to: "pole.object.key".into(),
                via: "SELECT DISTINCT phone".into(),
            },
        ],
    };
    let text = |name: &str, numeric, class| GridColumn { name: name.into(), numeric, class: Some(class) };
    let sample = Grid {
        columns: vec![
            text("station", false, Classification::Open),
            text("fir_no", false, Classification::Internal),
            text("name", false, Classification::Personal),
            text("phone", false, Classification::Personal),
            text("_row", true, Classification::Internal),
        ],
        rows: vec![
            vec![
                Cell::new("27541001"),
                Cell::new("0123"),
                Cell::new("रमेश"),
                Cell::link("9829012345", "/gallery/phone"),
                Cell::link("1204", "/gallery/row"),
            ],
            vec![
                Cell::new("27541001"),
                Cell::new("0124"),
                Cell::new("Suresh Kumar"),
                Cell::null(),
                Cell::link("1205", "/gallery/row"),
            ],
        ],
    };
    let term = |key: &str, text: String| Term { label: shell.t(key), text };
    let terms = vec![
        term("term-owner", p("एससीआरबी, राजस्थान", "SCRB, Rajasthan")),
        term("term-contract", "cctns.person 1.2.0".into()),
        term("term-legal", p("BNSS धारा 173", "BNSS s.173")),
        term("term-retention", p("20 वर्ष", "20 years")),
        term("term-frequency", p("प्रतिदिन", "daily")),
        term("term-usage", p("प्रकरणों में व्यक्तियों की पहचान", "Who is named in which case")),
    ];
    let versions = vec![
        VersionLine { version: 41, at: at(0, 4, 12), operation: "MERGE".into(), rows: Some(14_273) },
        VersionLine { version: 40, at: at(1, 4, 10), operation: "MERGE".into(), rows: Some(13_902) },
    ];
    Table {
        line: table_line(&shell, "clean.cctns_person", "एफ़आईआर में व्यक्ति", "Persons in FIR", Classification::Sealed, 912_004),
        freshness: Freshness::Fresh,
        terms,
        columns,
        bytes: 48_211_004,
        files: 6,
        lineage,
        sample,
        versions,
        runs: vec![run_line(&shell, RunState::Done)],
        shell,
    }
}

fn sql_page(shell: Shell, answer: Option<Answer>) -> Sql {
    let mut shell = frame(shell, Section::Sql, "sql-title");
    shell.island = Some(Island::Sql);
    let text = "SELECT role, count(*) AS persons\nFROM pole.person_mention\nGROUP BY role ORDER BY persons DESC";
    Sql {
        text: text.into(),
        at: String::new(),
        tables: vec![
            SchemaTable {
                name: "clean.cctns_fir".into(),
                rows: 284_120,
                columns: vec![
                    SchemaColumn { name: "station".into(), type_name: "string".into(), class: Classification::Open },
                    SchemaColumn { name: "fir_no".into(), type_name: "string".into(), class: Classification::Internal },
                ],
            },
            SchemaTable {
                name: "pole.person_mention".into(),
                rows: 912_004,
                columns: vec![SchemaColumn { name: "name".into(), type_name: "string".into(), class: Classification::Personal }],
            },
        ],
        answer,
        history: vec![Asked {
            text: text.replace('\n', " "),
            at: at(0, 5, 2),
            rows: Some(4),
            seconds: 0.21,
            state: RunState::Done,
            href: "/sql".into(),
        }],
        starters: vec![(shell.t("sql-starter-people"), text.into())],
        shell,
    }
}

pub(super) fn sql(shell: Shell) -> Sql {
    let roles = ["accused", "complainant", "witness", "victim"].map(|role| shell.t(&format!("role-{role}")));
    let counts = ["4,11,204", "2,84,120", "1,40,031", "76,649"];
    let grid = Grid {
        columns: vec![
            GridColumn { name: "role".into(), numeric: false, class: None },
            GridColumn { name: "persons".into(), numeric: true, class: None },
        ],
        rows: roles.into_iter().zip(counts).map(|(role, count)| vec![Cell::new(role), Cell::new(count)]).collect(),
    };
    sql_page(shell, Some(Answer::Rows { id: "12".into(), grid, shown: 4, total: Some(4), seconds: 0.21 }))
}

pub(super) fn sql_failed(shell: Shell) -> Sql {
    let advice = pick(&shell, "दाईं ओर तालिकाओं में स्तंभों के नाम देखें।", "The names of columns stand in the list of tables.");
    sql_page(
        shell,
        Some(Answer::Failed { message: "no column `naam` in pole.person_mention; did you mean `name`?".into(), advice }),
    )
}

fn file(shell: &Shell) -> ObjectFile {
    ObjectFile {
        sha: SHA.into(),
        name: "PERSON_IN_FIR_20261122.csv".into(),
        bytes: 3_565_158,
        received: at(0, 4, 11),
        sender: pick(shell, "संचालक", "Operator"),
        contract: "cctns.person".into(),
        contract_title: pick(shell, "एफ़आईआर में व्यक्ति", "Persons in FIR"),
        authority: None,
    }
}

pub(super) fn object(shell: Shell) -> Object {
    let shell = frame(shell, Section::Runs, "object");
    Object {
        shown: None,
        file: file(&shell),
        runs: vec![run_line(&shell, RunState::Done)],
        tables: vec![("clean.cctns_person".into(), "/catalogue/clean.cctns_person".into())],
        rows: vec![2, 3, 4, 5, 6],
        shell,
    }
}

fn row_page(shell: Shell) -> Row {
    let mut shell = frame(shell, Section::Runs, "row");
    shell.trail = vec![Crumb::new(format!("/object/{SHA}"), "PERSON_IN_FIR_20261122.csv")];
    Row {
        file: file(&shell),
        row: 1204,
        original: Some(ORIGINAL.replace("9.82901E+09", "9829012345")),
        fields: Vec::new(),
        reasons: Vec::new(),
        flags: Vec::new(),
        mentions: Vec::new(),
        shell,
    }
}

pub(super) fn row(shell: Shell) -> Row {
    let mut page = row_page(shell);
    let p = |hi, en| pick(&page.shell, hi, en);
    let field = |name: &str, meaning: String, value: Option<&str>, href: Option<&str>, class, masked| RowField {
        name: name.into(),
        meaning,
        value: value.map(Into::into),
        href: href.map(Into::into),
        class,
        masked,
    };
    let fields = vec![
        field("station", p("थाना कोड", "Police station code"), Some("27541001"), None, Classification::Open, false),
        field("name", p("नाम", "Name"), Some("Ramesh"), None, Classification::Personal, false),
        field("phone", p("फ़ोन", "Phone"), Some("9829012345"), Some("/gallery/phone"), Classification::Personal, false),
        field("alias", p("उर्फ़", "Alias"), None, None, Classification::Personal, false),
        field("victim_name", p("पीड़ित का नाम", "Name of the victim"), None, None, Classification::Sealed, true),
    ];
    let mentions = vec![LinkLine {
        kind: Kind::Person,
        relation: p("अभियुक्त", "Accused"),
        label: "Ramesh".into(),
        note: "cctns:P000871".into(),
        href: "/gallery/person".into(),
        reason: p("इसी पंक्ति से", "from this row"),
        origins: vec![Origin { source: "cctns.person".into(), object: SHA.into(), row: 1204 }],
    }];
    let flags = vec![p("आधार जैसी संख्या छिपाई गई", "A number like Aadhaar was masked")];
    page.fields = fields;
    page.mentions = mentions;
    page.flags = flags;
    page
}

pub(super) fn row_refused(shell: Shell) -> Row {
    let mut page = row_page(shell);
    page.original = Some(ORIGINAL.into());
    page.reasons = vec![reason(&page.shell)];
    page
}

pub(super) fn fault(shell: Shell) -> Fault {
    let shell = frame(shell, Section::Elsewhere, "fault-no-object");
    Fault {
        release: None,
        status: 404,
        headline: shell.t("fault-no-object"),
        advice: shell.t("fault-no-object-advice"),
        detail: None,
        back: "/search".into(),
        back_text: shell.t("back-search"),
        shell,
    }
}

pub(super) fn search_frame(shell: Shell, q: &str) -> Search {
    let mut shell = frame(shell, Section::Search, "search-title");
    shell.query = q.into();
    Search {
        q: q.into(),
        hits: Vec::new(),
        read_as: Vec::new(),
        truncated: false,
        unindexed: false,
        more: None,
        several: false,
        narrowed: Default::default(),
        shell,
    }
}
