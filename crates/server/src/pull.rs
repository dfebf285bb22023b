//! What is fetched by itself: how it stands, and fetching it now.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::Redirect;
use chrono::DateTime;
use lake::At;
use pages::Section;
use pages::shell::Crumb;
use pages::source::{PullLine, Pulls as Page};
use ways::pull::Standing;
use ways::{PullError, Pulled, Pulls};

use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};
use crate::source::span;

fn wrong(error: PullError) -> HttpError {
    match error {
        PullError::None(_) => HttpError::NotFound,
        PullError::Lake(error) => error.into(),
        PullError::Store(error) => error.into(),
        error => HttpError::BadRequest(error.to_string()),
    }
}

pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    let pulls = Pulls::new(app.lake.clone());
    let mut shell = ask.shell(Section::Sources, ask.lang.text("pulls-title"));
    shell.trail = vec![Crumb::new("/sources", shell.t("nav-sources"))];
    let rows = |n: i64| u64::try_from(n).unwrap_or(0);
    let moment = |at: i64| DateTime::from_timestamp(at, 0).filter(|_| at > 0);
    let lines = pulls.list().await.map_err(wrong)?.into_iter().map(|s| PullLine {
        broken: s.broken.is_some(),
        message: s.broken.or(s.state.message).unwrap_or_default(),
        kind: s.kind.unwrap_or_default(),
        contract: s.contract.unwrap_or_default(),
        every: s.every_seconds.map(|n| span(n as i64)).unwrap_or_default(),
        watermark: s.state.watermark.unwrap_or_default(),
        done: s.state.done_at.and_then(moment),
        next: s.next_at.and_then(moment),
        failures: rows(s.state.failures),
        accepted: rows(s.state.accepted),
        rejected: rows(s.state.rejected),
        name: s.name,
    });
    show(Page { lines: lines.collect(), folder: pulls.folder().display().to_string(), shell })
}

pub(crate) async fn list_json(State(app): State<App>) -> Reply<Json<Vec<Standing>>> {
    Ok(Json(Pulls::new(app.lake.clone()).list().await.map_err(wrong)?))
}

/// Fetches now, and shows how it went.
pub(crate) async fn run(State(app): State<App>, ask: Ask, Path(name): Path<String>) -> Reply<Redirect> {
    fetch(&app, &ask, &name).await?;
    Ok(Redirect::to("/pulls"))
}

pub(crate) async fn run_json(State(app): State<App>, ask: Ask, Path(name): Path<String>) -> Reply<Json<Pulled>> {
    Ok(Json(fetch(&app, &ask, &name).await?))
}

async fn fetch(app: &App, ask: &Ask, name: &str) -> Reply<Pulled> {
    let pulls = Pulls::new(app.lake.clone());
    let pull = pulls.find(name).map_err(wrong)?;
    pulls.run(&pull, &ask.access(&app.lake, At::Now)).await.map_err(wrong)
}
