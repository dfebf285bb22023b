//! Many messages from one file, and messages that come again.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Form, Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use pages::desk::Choice;
use pages::desk::many::{Many, ProblemLine, RuleLine, TimeLine, Told};
use pages::{Lang, Section};
use serde::Deserialize;
use serde_json::{Value, json};
use social::bulk::Report;
use social::desk::parse_ist;
use social::message::Message;
use store::social::Recurrence;

use super::post::{Sheet, given};
use super::{at, own_units, words};
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

/// Kinds that may come again.
const KINDS: [&str; 5] = ["awareness", "participation", "achievement", "notice", "case"];

async fn blank(app: &App, ask: &Ask) -> Reply<Many> {
    let store = app.lake.store();
    let mut rules = Vec::new();
    for r in store.recurrences().await? {
        let message: Message = serde_json::from_str(&r.body).unwrap_or_default();
        let text = if message.hindi.trim().is_empty() { &message.english } else { &message.hindi };
        let last = store.occurrences(&r.id).await?.into_iter().take(3).map(|o| TimeLine {
            at: at(o.due_at),
            state: o.state,
            post: o.post.unwrap_or_default(),
            reason: o.reason.unwrap_or_default(),
        });
        rules.push(RuleLine {
            words: words(text, 60),
            unit: r.unit,
            rule: r.rule,
            next: r.next_at.filter(|_| r.state == "on").map(at),
            on: r.state == "on",
            by: r.principal,
            last: last.collect(),
            id: r.id,
        });
    }
    let connected = store.accounts().await?.into_iter().filter(|a| a.state == "connected");
    let channel = |a: store::social::Account| Choice {
        text: format!("{} {} ({})", super::title(&a.network), a.handle, a.unit),
        value: a.id,
        chosen: false,
    };
    let campaign =
        |c: store::social::Campaign| Choice { text: ask.pick(&c.name_hi, &c.name_en).to_owned(), value: c.id, chosen: false };
    let kind = |k: &&str| Choice { value: (*k).to_owned(), text: ask.lang.text(&format!("desk-kind-{k}")), chosen: false };
    Ok(Many {
        text: String::new(),
        whole: false,
        told: None,
        problems: Vec::new(),
        rules,
        units: own_units(app, ask, "").await?,
        kinds: KINDS.iter().map(kind).collect(),
        channels: connected.map(channel).collect(),
        campaigns: store.campaigns(false).await?.into_iter().map(campaign).collect(),
        shell: ask.shell(Section::Desk, ask.lang.text("desk-many")),
    })
}

pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    show(blank(&app, &ask).await?)
}

/// Looks at the text of a file, or takes it in. What was looked at comes back with the page, so that taking it in takes the same.
pub(crate) async fn take(State(app): State<App>, ask: Ask, Form(form): Form<Sheet>) -> Reply<Response> {
    let text = form.get("text").map(|t| t.replace("\r\n", "\n")).unwrap_or_default();
    let take = given(&form, "what") == "take";
    let report = app.desk().bulk(&ask.principal, "page", text.as_bytes(), take, app.lake.now()).await?;
    told(&app, &ask, &report, Some(text)).await
}

/// A file with its pictures. A browser cannot be given a file back: it is chosen once more to be taken in.
pub(crate) async fn file(State(app): State<App>, ask: Ask, mut form: Multipart) -> Reply<Response> {
    let unreadable = |e: axum::extract::multipart::MultipartError| HttpError::BadRequest(e.to_string());
    let (mut name, mut bytes, mut take) = (String::new(), Vec::new(), false);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name().unwrap_or_default() {
            "what" => take = field.text().await.map_err(unreadable)? == "take",
            "file" => {
                name = field.file_name().unwrap_or_default().to_owned();
                bytes = field.bytes().await.map_err(unreadable)?.to_vec();
            }
            _ => {}
        }
    }
    let report = app.desk().bulk(&ask.principal, &name, &bytes, take, app.lake.now()).await?;
    told(&app, &ask, &report, None).await
}

/// The page with what a look at a file gave; the text comes back as long as nothing was made of it.
async fn told(app: &App, ask: &Ask, report: &Report, text: Option<String>) -> Reply<Response> {
    let mut page = blank(app, ask).await?;
    let hindi = ask.lang == Lang::Hi;
    page.problems = report
        .problems
        .iter()
        .map(|p| ProblemLine {
            line: p.line,
            field: p.field.clone(),
            value: p.value.clone(),
            problem: if hindi { p.problem_hi.clone() } else { p.problem.clone() },
            way_out: if hindi { p.way_out_hi.clone() } else { p.way_out.clone() },
        })
        .collect();
    page.told = Some(Told {
        rows: report.rows as u64,
        wrong: report.wrong_rows as u64,
        warned: report.warned as u64,
        made: report.made as u64,
        already: report.already,
    });
    page.whole = text.is_none();
    if report.made == 0 {
        page.text = text.unwrap_or_default();
    }
    let status = if report.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, show(page)?).into_response())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Whether {
    take: bool,
}

/// The file as the body of a request; `?take=true` makes the messages.
pub(crate) async fn json(
    State(app): State<App>,
    ask: Ask,
    Query(w): Query<Whether>,
    body: Bytes,
) -> Reply<(StatusCode, Json<Report>)> {
    let report = app.desk().bulk(&ask.principal, "api", &body, w.take, app.lake.now()).await?;
    let status = if report.problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, Json(report)))
}

pub(crate) async fn recur(State(app): State<App>, ask: Ask, Form(form): Form<Sheet>) -> Reply<Redirect> {
    again(&app, &ask, &form).await?;
    Ok(Redirect::to("/desk/many"))
}

/// Lets a message come again as a form says.
pub(super) async fn again(app: &App, ask: &Ask, form: &Sheet) -> Reply<Recurrence> {
    let mut accounts = Vec::new();
    for channel in form.keys().filter_map(|name| name.strip_prefix("channel-")) {
        accounts.push(app.lake.store().account(channel).await?);
    }
    let message = Message {
        kind: given(form, "kind").parse().map_err(HttpError::Desk)?,
        hindi: given(form, "hindi").replace("\r\n", "\n"),
        english: given(form, "english").replace("\r\n", "\n"),
        ..Message::default()
    };
    let (unit, rule) = (given(form, "unit"), given(form, "rule"));
    let first = parse_ist(given(form, "from"))?;
    let campaign = Some(given(form, "campaign")).filter(|c| !c.is_empty());
    Ok(app.desk().recur(&ask.principal, unit, &message, rule, first, &accounts, campaign, app.lake.now()).await?)
}

pub(crate) async fn stop(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Redirect> {
    app.desk().stop_recurring(&ask.principal, &id, "page", app.lake.now()).await?;
    Ok(Redirect::to("/desk/many"))
}

pub(crate) async fn recurring_json(State(app): State<App>) -> Reply<Json<Value>> {
    let mut out = Vec::new();
    for r in app.lake.store().recurrences().await? {
        let times = app.lake.store().occurrences(&r.id).await?;
        out.push(json!({ "recurrence": r, "occurrences": times }));
    }
    Ok(Json(json!({ "recurring": out })))
}
