//! The calendar, in Indian days.

use axum::Json;
use axum::extract::{Form, Path, Query, State};
use axum::response::Redirect;
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime};
use pages::Section;
use pages::desk::Choice;
use pages::desk::calendar::{Calendar, Day, Entry};
use pages::shell::Island;
use serde::Deserialize;
use serde_json::{Value, json};
use store::social::Shown;

use super::{delivery, title, units, words};
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

/// Entries of a day before "more".
const PER_DAY: i64 = 6;
const WEEKDAYS: [&str; 7] = ["desk-mon", "desk-tue", "desk-wed", "desk-thu", "desk-fri", "desk-sat", "desk-sun"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Span {
    view: String,
    at: String,
    unit: String,
}

/// The first moment of an Indian day, in UTC microseconds.
fn begins(day: NaiveDate) -> i64 {
    model::time::from_ist(day.and_time(NaiveTime::MIN))
}

fn today(app: &App) -> NaiveDate {
    model::time::to_ist(app.lake.now().timestamp_micros()).map(|t| t.date()).unwrap_or_default()
}

impl Span {
    fn day(&self, app: &App) -> Reply<NaiveDate> {
        match self.at.trim() {
            "" => Ok(today(app)),
            text => text.parse().map_err(|_| HttpError::BadRequest(format!("{text:?} is no day; write 2026-11-25"))),
        }
    }

    /// The unit whose posts are shown, with those below it; none: all.
    async fn scope(&self, app: &App, ask: &Ask) -> Reply<Option<String>> {
        Ok(app.desk().list_of(&ask.principal, &self.unit).await?)
    }
}

fn monday(day: NaiveDate) -> NaiveDate {
    day - Days::new(day.weekday().num_days_from_monday().into())
}

async fn one_day(app: &App, unit: Option<&str>, day: NaiveDate, month: u32, long: bool, lang: pages::Lang) -> Reply<Day> {
    let (from, until) = (begins(day), begins(day + Days::new(1)));
    let mut found: Vec<Shown> = app.lake.store().calendar(unit, from, until, PER_DAY + 1).await?;
    let most = usize::try_from(PER_DAY).unwrap_or_default();
    let more = if found.len() > most {
        app.lake.store().due_count(unit, from, until).await?.saturating_sub(PER_DAY.unsigned_abs())
    } else {
        0
    };
    found.truncate(most);
    let entries = found.into_iter().map(|d| {
        let body: Value = serde_json::from_str(&d.body).unwrap_or_default();
        Entry {
            time: model::time::to_ist(d.due_at).map(|t| t.format("%H:%M").to_string()).unwrap_or_default(),
            network: title(&d.network),
            words: words(body["text"].as_str().unwrap_or_default(), 28),
            moves: d.state == "queued" && d.revises.is_none(),
            post: d.post,
            state: d.state,
        }
    });
    Ok(Day {
        text: if long { pages::show::date(lang, day) } else { day.day().to_string() },
        today: day == today(app),
        outside: !long && day.month() != month,
        entries: entries.collect(),
        more,
        date: day.to_string(),
    })
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(span): Query<Span>) -> Reply {
    let day = span.day(&app)?;
    let view = if ["week", "list"].contains(&span.view.as_str()) { span.view.clone() } else { "month".to_owned() };
    let mut shell = ask.shell(Section::Desk, ask.lang.text("desk-calendar"));
    if view != "list" {
        shell.island = Some(Island::Calendar);
    }
    let (before, after) = match view.as_str() {
        "month" => (day - Months::new(1), day + Months::new(1)),
        "week" => (day - Days::new(7), day + Days::new(7)),
        _ => (day - Days::new(1), day + Days::new(1)),
    };
    let (mut weeks, mut lines, mut movable) = (Vec::new(), Vec::new(), Vec::new());
    let mut heading = pages::show::date(ask.lang, day);
    let unit = span.scope(&app, &ask).await?;
    match view.as_str() {
        "list" => {
            let found = app.lake.store().calendar(unit.as_deref(), begins(day), begins(day + Days::new(1)), 500).await?;
            movable.extend(found.iter().filter(|d| d.state == "queued" && d.revises.is_none()).map(choice));
            lines.extend(found.into_iter().map(|d| delivery(&ask, d)));
        }
        view => {
            let long = view == "week";
            let first = if long { day } else { day.with_day(1).unwrap_or(day) };
            let last = if long { day } else { first + Months::new(1) - Days::new(1) };
            if !long {
                // The month's name without its day.
                heading = heading.split_once(' ').map(|(_, rest)| rest.to_owned()).unwrap_or(heading);
            }
            let mut at = monday(first);
            while at <= last {
                let mut week = Vec::new();
                for i in 0..7 {
                    week.push(one_day(&app, unit.as_deref(), at + Days::new(i), day.month(), long, ask.lang).await?);
                }
                weeks.push(week);
                at = at + Days::new(7);
            }
            let days = weeks.iter().flatten();
            movable.extend(days.flat_map(|d: &Day| {
                d.entries.iter().filter(|e| e.moves).map(move |e| Choice {
                    value: e.post.clone(),
                    text: format!("{} {} {} {}", d.date, e.time, e.network, e.words),
                    chosen: false,
                })
            }));
        }
    }
    // A message on several channels moves as one.
    let mut seen = Vec::new();
    movable.retain(|c: &Choice| {
        !seen.contains(&c.value) && {
            seen.push(c.value.clone());
            true
        }
    });
    show(Calendar {
        movable,
        view,
        heading,
        units: units(&app, &ask, &span.unit).await?,
        unit: span.unit,
        at: day.to_string(),
        before: before.to_string(),
        after: after.to_string(),
        weekdays: WEEKDAYS.iter().map(|k| shell.t(k)).collect(),
        weeks,
        lines,
        shell,
    })
}

fn choice(d: &Shown) -> Choice {
    let body: Value = serde_json::from_str(&d.body).unwrap_or_default();
    let when = model::time::to_ist(d.due_at).map(|t| t.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default();
    let words = words(body["text"].as_str().unwrap_or_default(), 28);
    Choice { value: d.post.clone(), text: format!("{when} {} {words}", title(&d.network)), chosen: false }
}

#[derive(Debug, Deserialize)]
pub(crate) struct Shift {
    #[serde(default)]
    post: String,
    day: String,
    /// Where the calendar stood.
    #[serde(flatten)]
    span: Span,
}

async fn shifted(app: &App, ask: &Ask, post: &str, day: &str) -> Reply<u64> {
    let day = day.trim();
    let day = day.parse().map_err(|_| HttpError::Desk(format!("{day:?} is no day; write 2026-12-01")))?;
    Ok(app.desk().move_to_day(&ask.principal, post, day, app.lake.now()).await?)
}

/// Moves what waits of a message to another day; its time of day stays. The script of the calendar fills in the same form.
pub(crate) async fn shift(State(app): State<App>, ask: Ask, Form(s): Form<Shift>) -> Reply<Redirect> {
    shifted(&app, &ask, &s.post, &s.day).await?;
    let encode = pages::shell::encode;
    let (view, at, unit) = (encode(&s.span.view), encode(&s.span.at), encode(&s.span.unit));
    Ok(Redirect::to(&format!("/desk/calendar?view={view}&at={at}&unit={unit}")))
}

pub(crate) async fn shift_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(s): Json<Shift>,
) -> Reply<Json<Value>> {
    Ok(Json(json!({ "moved": shifted(&app, &ask, &id, &s.day).await? })))
}

/// The month of the given day.
pub(crate) async fn json(State(app): State<App>, ask: Ask, Query(span): Query<Span>) -> Reply<Json<Value>> {
    let day = span.day(&app)?;
    let first = day.with_day(1).unwrap_or(day);
    let unit = span.scope(&app, &ask).await?;
    let found = app.lake.store().calendar(unit.as_deref(), begins(first), begins(first + Months::new(1)), 5000).await?;
    Ok(Json(json!({ "from": first.to_string(), "deliveries": found })))
}
