//! The desk at one glance, and its emergency brake.

use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use pages::Section;
use pages::desk::{Ending, Office, PostLine, UnitLine};
use serde::Deserialize;
use social::outbox::{LATE, late};

use super::{line, title};
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

/// Units that can be paused from the page without looking for them: of a thousand forms nobody finds one, and a slow line waits for all.
const UNITS: usize = 25;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    /// Part of a unit's name or code.
    unit: String,
}

/// The newest messages of a unit and those below it, or of all.
async fn listed(app: &App, unit: Option<&str>, state: &str) -> Reply<Vec<store::social::Post>> {
    let store = app.lake.store();
    Ok(match unit {
        Some(unit) => store.posts_below(unit, state, 20).await?,
        None => store.posts_in(None, state, 20).await?,
    })
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(wanted): Query<Wanted>) -> Reply {
    let (store, now) = (app.lake.store(), app.lake.now());
    let at = now.timestamp_micros();
    let (oldest, paused) = (late(store, at).await?, store.paused_units().await?);
    let human = store.deliveries_counted(&["human", "held", "missed", "failed"]).await?;
    let (unanswered, overdue) = store.item_counts(at).await?;
    let mut posts: Vec<PostLine> = Vec::new();
    let own = app.desk().list_of(&ask.principal, "").await?;
    for p in listed(&app, own.as_deref(), "").await? {
        posts.push(line(&app, p).await?);
    }
    let mut submitted = Vec::new();
    for p in listed(&app, own.as_deref(), "submitted").await? {
        submitted.push(line(&app, p).await?);
    }
    let sought = wanted.unit.trim().to_lowercase();
    let is_sought = |u: &store::social::Unit| {
        sought.is_empty() || [&u.code, &u.name_hi, &u.name_en].iter().any(|text| text.to_lowercase().contains(&sought))
    };
    // What is paused stands first and is never left out.
    let (stopped, others): (Vec<_>, Vec<_>) = store.units().await?.into_iter().partition(|u| u.paused_at.is_some());
    let mut found: Vec<_> = others.into_iter().filter(is_sought).collect();
    let units_more = found.len().saturating_sub(UNITS) as u64;
    found.truncate(UNITS);
    let units = stopped.into_iter().chain(found).map(|u| UnitLine {
        name: ask.pick(&u.name_hi, &u.name_en).to_owned(),
        own: u.paused_at.is_some(),
        minutes: u.answer_minutes.map(|m| m.to_string()).unwrap_or_default(),
        paused: paused.contains(&u.code).then(|| {
            format!("{} {}", u.paused_by.clone().unwrap_or_default(), u.pause_reason.clone().unwrap_or_default())
                .trim()
                .to_owned()
        }),
        code: u.code,
    });
    let units = units.collect();
    let ending = app.desk().expiring(now).await?;
    show(Office {
        well: oldest <= LATE,
        oldest_minutes: u64::try_from(oldest / 60).unwrap_or_default(),
        counted: store::social::COUNTED,
        human,
        unanswered,
        overdue,
        orders: app.desk().orders(&ask.principal, true).await?.len() as u64,
        posts,
        submitted,
        ending: ending.into_iter().map(|e| Ending { handle: e.handle, network: title(&e.network), days: e.days }).collect(),
        units,
        units_more,
        sought: wanted.unit.trim().to_owned(),
        shell: ask.shell(Section::Desk, ask.lang.text("desk-title")),
    })
}

#[derive(Debug, Deserialize)]
pub(crate) struct Why {
    pub reason: String,
}

pub(crate) async fn pause(State(app): State<App>, ask: Ask, Path(code): Path<String>, Form(why): Form<Why>) -> Reply<Redirect> {
    app.desk().pause(&ask.principal, &code, why.reason.trim(), app.lake.now()).await?;
    Ok(Redirect::to("/desk"))
}

pub(crate) async fn resume(State(app): State<App>, ask: Ask, Path(code): Path<String>) -> Reply<Redirect> {
    app.desk().resume(&ask.principal, &code, app.lake.now()).await?;
    Ok(Redirect::to("/desk"))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Time {
    /// Empty: as the unit above.
    minutes: String,
}

pub(crate) async fn answer_time(
    State(app): State<App>,
    ask: Ask,
    Path(code): Path<String>,
    Form(t): Form<Time>,
) -> Reply<Redirect> {
    let minutes = match t.minutes.trim() {
        "" => None,
        given => Some(given.parse().map_err(|_| HttpError::Desk(format!("{given:?} is no number of minutes")))?),
    };
    app.desk().set_answer_time(&ask.principal, &code, minutes, app.lake.now()).await?;
    Ok(Redirect::to("/desk"))
}
