//! The web server: the whole HTTP surface in [`router`], one file per group of pages.
//!
//! The key decision: **a handler asks the lake and fills a page struct; nothing else**. Who asks, the language and the
//! form token are settled once per request in [`ask`]; what may be done from which page is settled once in [`guard`];
//! whatever goes wrong becomes one error in [`fault`] that knows its status, its words in both languages and a way
//! back. Every reading passes a governed session of the lake.

mod account;
mod ask;
mod assets;
mod audit;
mod catalogue;
mod cells;
pub mod certificate;
mod desk;
mod door;
mod dossier;
mod draft;
mod export;
pub mod expunge;
mod fault;
mod feed;
mod gallery;
mod guard;
mod home;
mod jobs;
mod limit;
mod metrics;
mod object;
mod outside;
mod people;
pub mod portal;
mod pull;
mod quarantine;
mod queries;
pub mod records;
pub mod report;
mod review;
mod router;
mod runs;
mod search;
mod signin;
mod site;
mod source;
mod sources;
mod sql;
mod sso;
pub mod subject;
mod trail;
mod upload;
mod view;
mod viewer;
mod watch;
mod work;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use accounts::Accounts;
use axum::Router;
use lake::Lake;
use pages::{Lang, Section, Shell, Template};
use tokio::net::TcpListener;

pub use crate::door::{Area, doors};
use crate::jobs::Jobs;
use crate::limit::Limits;
use crate::queries::Queries;
pub use crate::site::Site;
pub use crate::work::declared;

/// What every handler can reach; clones share everything.
#[derive(Clone)]
pub(crate) struct App {
    pub lake: Lake,
    pub jobs: Arc<Jobs>,
    pub queries: Arc<Queries>,
    pub accounts: Accounts,
    pub site: Arc<Site>,
    pub limits: Arc<Limits>,
    pub feeds: Arc<ways::Feeds>,
    pub drafts: Arc<draft::Drafts>,
    pub metrics: Arc<metrics::Metrics>,
}

impl App {
    /// The program's own work behind a reader's back: what it reads nobody is shown, and it must not depend on who happened to ask.
    pub(crate) fn upkeep(&self) -> lake::Access {
        let principal =
            governance::Principal { id: "sarovar".into(), name: "Sarovar".into(), ..governance::Principal::operator() };
        let context = governance::Context { purpose: None, case: None, authority: None, now: self.lake.now() };
        lake::Access { principal, context, at: lake::At::Now }
    }
}

/// The whole HTTP surface over a lake and its accounts.
pub fn routes(lake: Lake, accounts: Accounts, site: Site) -> Router {
    let site = Arc::new(site);
    let feeds = Arc::new(ways::Feeds::new(lake.clone(), ways::Settings::default()));
    let (jobs, queries, limits, drafts) = (Arc::default(), Arc::default(), Arc::default(), Arc::default());
    let metrics = Arc::default();
    router::routes(App { lake, jobs, queries, accounts, site, limits, feeds, drafts, metrics })
}

/// Serves the lake on `listener` until `shutdown` is ready, then lets open requests finish.
pub async fn serve(
    lake: Lake,
    accounts: Accounts,
    site: Site,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let routes = routes(lake, accounts, site).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, routes).with_graceful_shutdown(shutdown).await
}

/// Why something was refused, in a language. Rules of the policies are told in their own Hindi; without `policies` those that ship count.
pub fn refusal(lang: Lang, why: &str, policies: Option<&governance::Policies>) -> String {
    let shipped = || governance::Policies::builtin().ok();
    let known = policies.cloned().or_else(shipped);
    let hindi = |rule: &str| {
        let texts = known.as_ref().map(governance::Policies::texts).unwrap_or_default();
        texts.iter().find(|t| t.rule == rule).map(|t| t.hindi.clone()).filter(|text| !text.is_empty())
    };
    pages::refusal::said(lang, why, &hindi)
}

/// A dossier as one printable HTML document that needs nothing beside itself.
pub fn paper(dossier: &impl Printed, lang: Lang, access: &lake::Access) -> Result<String, pages::RenderError> {
    let mut shell = Shell::new(lang, Section::Search, "");
    shell.who.clone_from(&access.principal.name);
    shell.purpose = access.context.purpose.unwrap_or(shell.purpose);
    shell.reference.clone_from(&access.context.case);
    let mut page = view::View::page(dossier, shell);
    page.authority = access.context.authority.clone().unwrap_or_default();
    pages::dossier::Paper::new(page, access.context.now).render()
}

/// What [`paper`] prints: the four dossiers.
#[expect(private_bounds, reason = "the four dossiers and nothing else")]
pub trait Printed: view::View {}

impl Printed for ::dossier::Person {}
impl Printed for ::dossier::Phone {}
impl Printed for ::dossier::Vehicle {}
impl Printed for ::dossier::Case {}
