//! Every page with made-up data: for the gallery, the tests and screenshots. No name, number or hash
//! in here belongs to anybody.

mod accounts;
mod campaign;
mod data;
mod desk;
mod outside;
mod people;
mod proof;
mod review;
mod subject;
mod ways;
mod work;

use askama::Template;

use crate::gallery::Gallery;
use crate::table::{FieldError, Sort};
use crate::{Lang, Section, Shell};

/// An example page: its address under `/gallery/`, and how it is made.
pub struct Example {
    pub name: &'static str,
    render: fn(Shell) -> askama::Result<String>,
}

/// All example pages, in the order of the navigation.
pub const ALL: &[Example] = &[
    Example { name: "home", render: |shell| data::home(shell).render() },
    Example { name: "home-empty", render: |shell| data::home_empty(shell).render() },
    Example { name: "sources", render: |shell| data::sources(shell).render() },
    Example { name: "source", render: |shell| ways::source(shell).render() },
    Example { name: "pulls", render: |shell| ways::pulls(shell).render() },
    Example { name: "draft-new", render: |shell| ways::draft_new(shell).render() },
    Example { name: "draft", render: |shell| ways::draft(shell).render() },
    Example { name: "upload", render: |shell| data::upload(shell, false).render() },
    Example { name: "upload-errors", render: |shell| data::upload(shell, true).render() },
    Example { name: "runs", render: |shell| data::runs(shell).render() },
    Example { name: "run", render: |shell| data::run(shell).render() },
    Example { name: "run-live", render: |shell| data::run_live(shell).render() },
    Example { name: "run-failed", render: |shell| data::run_failed(shell).render() },
    Example { name: "run-together", render: |shell| data::together(shell).render() },
    Example { name: "quarantine", render: |shell| data::quarantine(shell).render() },
    Example { name: "held", render: |shell| data::held(shell).render() },
    Example { name: "catalogue", render: |shell| data::catalogue(shell).render() },
    Example { name: "table", render: |shell| data::table(shell).render() },
    Example { name: "sql", render: |shell| data::sql(shell).render() },
    Example { name: "sql-failed", render: |shell| data::sql_failed(shell).render() },
    Example { name: "object", render: |shell| data::object(shell).render() },
    Example { name: "row", render: |shell| data::row(shell).render() },
    Example { name: "row-refused", render: |shell| data::row_refused(shell).render() },
    Example { name: "search", render: |shell| people::search(shell).render() },
    Example { name: "search-none", render: |shell| people::search_none(shell).render() },
    Example { name: "person", render: |shell| people::person(shell).render() },
    Example { name: "phone", render: |shell| people::phone(shell).render() },
    Example { name: "vehicle", render: |shell| people::vehicle(shell).render() },
    Example { name: "case", render: |shell| people::case(shell).render() },
    Example { name: "review", render: |shell| review::queue(shell).render() },
    Example { name: "review-never", render: |shell| review::never(shell).render() },
    Example { name: "pair", render: |shell| review::pair(shell).render() },
    Example { name: "linkage", render: |shell| review::linkage(shell).render() },
    Example { name: "audit", render: |shell| proof::audit(shell).render() },
    Example { name: "audit-none", render: |shell| proof::audit_none(shell).render() },
    Example { name: "proof", render: |shell| proof::proof(shell).render() },
    Example { name: "sign-in", render: |shell| accounts::sign_in(shell, false).render() },
    Example { name: "sign-in-wrong", render: |shell| accounts::sign_in(shell, true).render() },
    Example { name: "sign-in-code", render: |shell| accounts::code(shell).render() },
    Example { name: "password", render: |shell| accounts::password(shell).render() },
    Example { name: "authenticator", render: |shell| accounts::second(shell).render() },
    Example { name: "recovery-codes", render: |shell| accounts::once(shell).render() },
    Example { name: "account", render: |shell| accounts::account(shell).render() },
    Example { name: "people", render: |shell| accounts::people(shell).render() },
    Example { name: "person-new", render: |shell| accounts::person_new(shell).render() },
    Example { name: "person-edit", render: |shell| accounts::person_edit(shell).render() },
    Example { name: "work", render: |shell| work::mine(shell).render() },
    Example { name: "piece", render: |shell| work::piece(shell).render() },
    Example { name: "declaration", render: |shell| work::declaration(shell).render() },
    Example { name: "exports", render: |shell| outside::exports(shell).render() },
    Example { name: "expungements", render: |shell| outside::expungements(shell).render() },
    Example { name: "expungement", render: |shell| outside::expungement(shell).render() },
    Example { name: "policies", render: |shell| outside::policies(shell).render() },
    Example { name: "subjects", render: |shell| subject::subjects(shell).render() },
    Example { name: "subject", render: |shell| subject::subject(shell).render() },
    Example { name: "sheets", render: |shell| subject::sheets(shell).render() },
    Example { name: "sheet", render: |shell| subject::one(shell).render() },
    Example { name: "watch", render: |shell| work::watch(shell).render() },
    Example { name: "trail-person", render: |shell| proof::trail(shell, false).render() },
    Example { name: "trail-officer", render: |shell| proof::trail(shell, true).render() },
    Example { name: "desk", render: |shell| desk::office(shell).render() },
    Example { name: "desk-new", render: |shell| desk::blank(shell).render() },
    Example { name: "desk-message", render: |shell| desk::composer(shell).render() },
    Example { name: "desk-edit", render: |shell| desk::revised(shell).render() },
    Example { name: "desk-versions", render: |shell| desk::versions(shell).render() },
    Example { name: "desk-calendar", render: |shell| desk::calendar(shell).render() },
    Example { name: "desk-queue", render: |shell| desk::queues(shell).render() },
    Example { name: "desk-outbox", render: |shell| desk::outbox(shell).render() },
    Example { name: "desk-inbox", render: |shell| desk::inbox(shell).render() },
    Example { name: "desk-item", render: |shell| desk::item(shell).render() },
    Example { name: "desk-letter", render: |shell| desk::message(shell).render() },
    Example { name: "desk-replies", render: |shell| desk::replies(shell).render() },
    Example { name: "desk-orders", render: |shell| desk::orders(shell).render() },
    Example { name: "desk-silences", render: |shell| desk::silences(shell).render() },
    Example { name: "desk-channels", render: |shell| desk::channels(shell).render() },
    Example { name: "desk-many", render: |shell| campaign::many(shell).render() },
    Example { name: "desk-sign", render: |shell| campaign::sign(shell).render() },
    Example { name: "desk-campaigns", render: |shell| campaign::campaigns(shell).render() },
    Example { name: "desk-campaign", render: |shell| campaign::campaign(shell).render() },
    Example { name: "desk-report", render: |shell| campaign::report(shell).render() },
    Example { name: "desk-shelf", render: |shell| campaign::shelf(shell).render() },
    Example { name: "desk-media", render: |shell| desk::library(shell).render() },
    Example { name: "fault", render: |shell| data::fault(shell).render() },
    Example { name: "fault-release", render: |shell| outside::unreleased(shell).render() },
];

impl Example {
    /// Renders the page inside the given frame; the example sets title, place and query itself.
    pub fn render(&self, mut shell: Shell) -> askama::Result<String> {
        shell.example = true;
        (self.render)(shell)
    }
}

/// The example of a name.
pub fn find(name: &str) -> Option<&'static Example> {
    ALL.iter().find(|example| example.name == name)
}

/// The gallery page.
pub fn gallery(mut shell: Shell) -> Gallery {
    shell.section = Section::Elsewhere;
    shell.title = shell.t("gallery-title");
    let errors = vec![FieldError { field: "g-number".to_owned(), message: shell.t("gallery-form-error") }];
    Gallery {
        pages: ALL.iter().map(|example| (example.name.to_owned(), example.name.replace('-', " "))).collect(),
        sort: Sort::read("/gallery?sort=", "name", &["name", "rows"], "name"),
        errors,
        shell,
    }
}

/// A frame as the server would fill it.
pub fn shell(lang: Lang) -> Shell {
    let mut shell = Shell::new(lang, Section::Home, "");
    shell.who = match lang {
        Lang::Hi => "संचालक".to_owned(),
        Lang::En => "Operator".to_owned(),
    };
    shell.token = "example".to_owned();
    shell.signed_in = true;
    shell.open = Section::ALL.to_vec();
    shell
}
