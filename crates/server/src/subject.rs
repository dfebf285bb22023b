//! In which category the police hold somebody's data, and history sheets: decisions of people, with their reasons.

use accounts::{AccessError, AccountError, Accounts, SHEET_SOON, SheetOrder, SheetTold};
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use chrono::{DateTime, TimeDelta, Utc};
use dossier::Uncategorised;
use governance::audit::chain;
use governance::{Kind, Step, permits};
use lake::{At, LakeError};
use pages::Section;
use pages::dossier::Notice;
use pages::shell::Crumb;
use pages::subject::{DecisionLine, SheetLine, SheetPage, Sheets, StepLine, Subject, SubjectLine, Subjects};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::subject::{Category, Sheet};

use crate::App;
use crate::account::{again, note};
use crate::ask::{Ask, Standing};
use crate::fault::{HttpError, Reply, show};

fn time(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// Somebody in no category, with the end of the time.
#[derive(Debug, Serialize)]
pub struct Due {
    #[serde(flatten)]
    pub who: Uncategorised,
    pub due: DateTime<Utc>,
    pub overdue: bool,
    /// An officer ordered that the data goes, and some of it is still there.
    pub erase: bool,
}

/// Those of some persons in no category whom nobody has put in one since, and the days everybody has.
///
/// # Errors
/// When the operational state cannot be read.
pub async fn still_due(
    accounts: &Accounts,
    found: Vec<Uncategorised>,
    now: DateTime<Utc>,
) -> Result<(u64, Vec<Due>), AccountError> {
    let days = accounts.category_days().await?;
    let ids: Vec<&[String]> = found.iter().map(|who| who.subjects.as_slice()).collect();
    let decided = accounts.categories(&ids).await?;
    let time = TimeDelta::days(i64::try_from(days).unwrap_or(i64::MAX).min(36_500));
    let open = found.into_iter().zip(decided).filter_map(|(who, decided)| {
        let erase = match decided {
            Some(d) if d.category == "erase" => true,
            Some(_) => return None,
            None => false,
        };
        let due = who.since + time;
        Some(Due { overdue: due <= now, due, erase, who })
    });
    Ok((days, open.collect()))
}

async fn due(app: &App, ask: &Ask) -> Reply<(u64, Vec<Due>)> {
    let found = app
        .lake
        .act(&ask.access(&app.lake, At::Now), "subjects", |session| async move {
            let found = dossier::uncategorised(&session).await?;
            let what = json!({ "found": found.len() });
            Ok::<_, LakeError>((found, what))
        })
        .await?;
    Ok(still_due(&app.accounts, found, app.lake.now()).await?)
}

pub(crate) async fn list(State(app): State<App>, ask: Ask) -> Reply {
    let (days, found) = due(&app, &ask).await?;
    let word = |role: &String| ask.lang.known(&format!("role-{role}")).unwrap_or_else(|| role.clone());
    let lines = found.into_iter().map(|d| SubjectLine {
        name: d.who.name.unwrap_or_default(),
        roles: d.who.roles.iter().map(word).collect::<Vec<_>>().join(", "),
        sources: d.who.sources.join(", "),
        rows: d.who.rows as u64,
        since: d.who.since,
        due: d.due,
        overdue: d.overdue,
        erase: d.erase,
        person: d.who.person,
    });
    show(Subjects { days, lines: lines.collect(), shell: ask.shell(Section::Work, ask.lang.text("subjects-title")) })
}

pub(crate) async fn list_json(State(app): State<App>, ask: Ask) -> Reply<Json<Value>> {
    let (days, persons) = due(&app, &ask).await?;
    Ok(Json(json!({ "days": days, "persons": persons })))
}

/// A person as the reader may see them; looking at their category is looking at them.
async fn person(app: &App, ask: &Ask, id: &str, action: &str) -> Reply<dossier::Person> {
    let key = id.to_owned();
    let found = app
        .lake
        .act(&ask.access(&app.lake, At::Now), action, |session| async move {
            session.about(dossier::Target::new(dossier::Kind::Person, key.as_str()).noted());
            let found = dossier::person(&session, &key).await?;
            let what = json!({ "looked_at": { "kind": "person", "id": found.as_ref().map(|p| p.id.clone()) } });
            Ok::<_, LakeError>((found, what))
        })
        .await?;
    found.ok_or_else(|| HttpError::NoDossier { key: id.to_owned() })
}

/// What is on record of a person beside what the sources say.
#[derive(Debug, Serialize)]
struct OnRecord {
    person: String,
    category: dossier::Category,
    decisions: Vec<Category>,
    sheets: Vec<Sheet>,
}

async fn on_record(app: &App, ask: &Ask, person: &dossier::Person) -> Reply<OnRecord> {
    let subjects = person.subjects();
    let mut decisions = app.lake.store().categories(&subjects).await?;
    // One decision stands by each id of the person.
    decisions.dedup_by(|a, b| a.decided_at == b.decided_at);
    let sheets = app.accounts.sheets_of(&ask.principal, &app.lake.policies(), &subjects, app.lake.now()).await?;
    Ok(OnRecord { person: person.id.clone(), category: person.category, decisions, sheets })
}

fn name(person: &dossier::Person) -> String {
    [&person.name, &person.name_local, &person.key].into_iter().flatten().next().unwrap_or(&person.id).clone()
}

async fn fill(app: &App, ask: &Ask, person: &dossier::Person, error: Option<String>) -> Reply<Subject> {
    let (now, policies) = (app.lake.now(), app.lake.policies());
    let found = on_record(app, ask, person).await?;
    let word = |code: &str| ask.lang.text(&format!("category-{code}"));
    let mut shell = ask.shell(Section::Work, name(person));
    shell.trail = vec![Crumb::new("/subjects", shell.t("subjects-title"))];
    Ok(Subject {
        name: name(person),
        category: word(found.category.as_str()),
        decisions: found
            .decisions
            .into_iter()
            .map(|d| DecisionLine { category: word(&d.category), reason: d.reason, by: d.decided_by, at: time(d.decided_at) })
            .collect(),
        sheets: found.sheets.into_iter().map(|s| line(s, now)).collect(),
        may_categorise: app.accounts.may_categorise(&ask.principal, &policies, now).is_ok(),
        may_ask_sheet: permits(&policies, &ask.principal, Step::Ask, Kind::Sheet, &ask.principal.id, now).is_ok(),
        person: person.id.clone(),
        error,
        shell,
    })
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply {
    let person = person(&app, &ask, &id, "subject").await?;
    show(fill(&app, &ask, &person, None).await?)
}

pub(crate) async fn page_json(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Json<Value>> {
    let person = person(&app, &ask, &id, "subject").await?;
    Ok(Json(json!(on_record(&app, &ask, &person).await?)))
}

/// What the forms, or a program, say.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    category: String,
    reason: String,
    /// Number of the order.
    order: String,
    /// Anything but nothing grants.
    grant: String,
}

/// What is wrong, in the reader's language; none where it is no matter of the form.
fn words(ask: &Ask, error: &AccountError) -> Option<String> {
    let AccountError::Access(error) = error else { return None };
    let key = match error {
        AccessError::Category => "category-wrong",
        AccessError::SheetThere => "sheet-there",
        AccessError::SheetState(_) => "sheet-not-open",
        AccessError::Decided => "sheet-decided",
        AccessError::Say { .. } => "sheet-write",
        AccessError::NoUnit => "sheet-no-unit",
        _ => return None,
    };
    Some(ask.lang.text(key))
}

/// The person's page again, with what was wrong with the form.
async fn asked_again(app: &App, ask: &Ask, person: &dossier::Person, error: AccountError) -> Reply<Response> {
    match words(ask, &error) {
        Some(words) => again(fill(app, ask, person, Some(words)).await?),
        None => Err(error.into()),
    }
}

async fn categorise(app: &App, ask: &Ask, person: &dossier::Person, sent: &Sent) -> Reply<Result<(), AccountError>> {
    note(app, ask, "category", json!({ "person": person.id, "category": sent.category, "reason": chain::hash(&sent.reason) }))?;
    let (policies, subjects) = (app.lake.policies(), person.subjects());
    let done =
        app.accounts.categorise(&ask.principal, &policies, &subjects, sent.category.trim(), &sent.reason, app.lake.now()).await;
    Ok(done)
}

pub(crate) async fn decide(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(sent): Form<Sent>) -> Reply<Response> {
    let person = person(&app, &ask, &id, "subject").await?;
    match categorise(&app, &ask, &person, &sent).await? {
        Ok(()) => Ok(Redirect::to(&format!("/subjects/{}", person.id)).into_response()),
        Err(error) => asked_again(&app, &ask, &person, error).await,
    }
}

pub(crate) async fn decide_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(sent): Json<Sent>,
) -> Reply<Json<Value>> {
    let person = person(&app, &ask, &id, "subject").await?;
    categorise(&app, &ask, &person, &sent).await??;
    Ok(Json(json!(on_record(&app, &ask, &person).await?)))
}

async fn sheet_asked(app: &App, ask: &Ask, person: &dossier::Person, sent: &Sent) -> Reply<Result<String, AccountError>> {
    note(app, ask, "sheet", json!({ "change": "ask", "person": person.id, "reason": chain::hash(&sent.reason) }))?;
    let (policies, subjects) = (app.lake.policies(), person.subjects());
    Ok(app.accounts.ask_sheet(&ask.principal, &policies, &person.id, &subjects, &sent.reason, app.lake.now()).await)
}

pub(crate) async fn ask_sheet(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    let person = person(&app, &ask, &id, "subject").await?;
    match sheet_asked(&app, &ask, &person, &sent).await? {
        Ok(sheet) => Ok(Redirect::to(&format!("/sheets/{sheet}")).into_response()),
        Err(error) => asked_again(&app, &ask, &person, error).await,
    }
}

pub(crate) async fn ask_sheet_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(sent): Json<Sent>,
) -> Reply<Json<Value>> {
    let person = person(&app, &ask, &id, "subject").await?;
    Ok(Json(json!({ "id": sheet_asked(&app, &ask, &person, &sent).await??, "state": "asked" })))
}

fn line(sheet: Sheet, now: DateTime<Utc>) -> SheetLine {
    SheetLine {
        overdue: sheet.due_at.is_some_and(|due| time(due) <= now),
        opened: sheet.opened_at.map(time),
        due: sheet.due_at.map(time),
        closed: sheet.closed_at.map(time),
        order_no: sheet.order_no.unwrap_or_default(),
        id: sheet.id,
        person: sheet.person,
        unit: sheet.unit,
        state: sheet.state,
        asked_by: sheet.asked_by,
    }
}

pub(crate) async fn sheets(State(app): State<App>, ask: Ask) -> Reply {
    let (now, policies) = (app.lake.now(), app.lake.policies());
    let all = app.accounts.sheets(&ask.principal, &policies, now).await?;
    let decides = |s: &Sheet| {
        matches!(s.state.as_str(), "asked" | "closing")
            && permits(&policies, &ask.principal, Step::Approve, Kind::Sheet, &s.asked_by, now).is_ok()
    };
    let soon = |s: &Sheet| s.due_at.is_some_and(|due| time(due) <= now + SHEET_SOON);
    let lines = |pick: &dyn Fn(&Sheet) -> bool| -> Vec<SheetLine> {
        all.iter().filter(|s| pick(s)).cloned().map(|s| line(s, now)).collect()
    };
    let (to_decide, due) = (lines(&decides), lines(&soon));
    let shell = ask.shell(Section::Work, ask.lang.text("sheets-title"));
    let no_accounts = matches!(ask.standing, Standing::Local);
    show(Sheets { to_decide, due, all: lines(&|_| true), no_accounts, shell })
}

pub(crate) async fn sheets_json(State(app): State<App>, ask: Ask) -> Reply<Json<Vec<Sheet>>> {
    Ok(Json(app.accounts.sheets(&ask.principal, &app.lake.policies(), app.lake.now()).await?))
}

async fn told(app: &App, ask: &Ask, id: &str) -> Reply<SheetTold> {
    note(app, ask, "sheet", json!({ "change": "look", "sheet": id }))?;
    Ok(app.accounts.sheet(&ask.principal, &app.lake.policies(), id, app.lake.now()).await?)
}

fn sheet_page(ask: &Ask, told: SheetTold, error: Option<String>, now: DateTime<Utc>) -> SheetPage {
    let mut shell = ask.shell(Section::Work, ask.lang.text("sheet-title"));
    shell.trail = vec![Crumb::new("/sheets", shell.t("sheets-title"))];
    let steps = told.steps.into_iter().map(|s| StepLine {
        step: ask.lang.text(&format!("sheet-step-{}", s.step)),
        rank: ask.lang.known(&format!("rank-{}", s.by_rank)).unwrap_or(s.by_rank),
        by: s.by_account,
        order_no: s.order_no.unwrap_or_default(),
        reason: s.reason,
        at: time(s.at),
    });
    SheetPage {
        steps: steps.collect(),
        may_decide: told.may_decide,
        may_review: told.may_review,
        may_ask_close: told.may_ask_close,
        line: line(told.sheet, now),
        error,
        shell,
    }
}

pub(crate) async fn sheet(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply {
    let told = told(&app, &ask, &id).await?;
    show(sheet_page(&ask, told, None, app.lake.now()))
}

pub(crate) async fn sheet_json(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Json<SheetTold>> {
    Ok(Json(told(&app, &ask, &id).await?))
}

/// A step in the life of a sheet: `decide`, `review` or `close` (asks for it).
async fn take(app: &App, ask: &Ask, id: &str, step: &str, sent: &Sent) -> Reply<Result<Sheet, AccountError>> {
    // A program's token decides nothing: a person with a session does.
    if step == "decide" {
        ask.session()?;
    }
    let grant = !sent.grant.trim().is_empty();
    let order = Some(sent.order.trim()).filter(|o| !o.is_empty());
    note(
        app,
        ask,
        "sheet",
        json!({ "change": step, "sheet": id, "grant": (step == "decide").then_some(grant), "order": order, "reason": chain::hash(&sent.reason) }),
    )?;
    let (who, policies, now) = (&ask.principal, app.lake.policies(), app.lake.now());
    Ok(match step {
        "decide" => {
            let order = SheetOrder { grant, order_no: sent.order.clone(), reason: sent.reason.clone() };
            app.accounts.decide_sheet(who, &policies, id, order, now).await
        }
        "review" => app.accounts.review_sheet(who, &policies, id, &sent.reason, now).await,
        "close" => app.accounts.ask_sheet_close(who, &policies, id, &sent.reason, now).await,
        _ => return Err(HttpError::NotFound),
    })
}

pub(crate) async fn sheet_step(
    State(app): State<App>,
    ask: Ask,
    Path((id, step)): Path<(String, String)>,
    Form(sent): Form<Sent>,
) -> Reply<Response> {
    match take(&app, &ask, &id, &step, &sent).await? {
        Ok(_) => Ok(Redirect::to(&format!("/sheets/{id}")).into_response()),
        Err(error) => match words(&ask, &error) {
            Some(words) => {
                let told = told(&app, &ask, &id).await?;
                again(sheet_page(&ask, told, Some(words), app.lake.now()))
            }
            None => Err(error.into()),
        },
    }
}

pub(crate) async fn sheet_step_json(
    State(app): State<App>,
    ask: Ask,
    Path((id, step)): Path<(String, String)>,
    Json(sent): Json<Sent>,
) -> Reply<Json<Sheet>> {
    Ok(Json(take(&app, &ask, &id, &step, &sent).await??))
}

/// What a person's page says of it: the category, and sheets in force to whoever may see them.
pub(crate) async fn notices(app: &App, ask: &Ask, person: &dossier::Person) -> Reply<Vec<Notice>> {
    let found = on_record(app, ask, person).await?;
    let text = |key: &str| ask.lang.text(key);
    let decided = found.decisions.first();
    let (lead, category) = match decided {
        Some(d) => ("category-decided", d.category.clone()),
        None => ("category-title", found.category.as_str().to_owned()),
    };
    let colon = if decided.is_some() { "" } else { ":" };
    let open = found.decisions.is_empty() && found.category == dossier::Category::Uncategorised;
    let mut out = vec![Notice {
        tone: if open || category == "erase" { "warn" } else { "info" },
        text: format!("{}{colon} {}", text(lead), text(&format!("category-{category}"))),
        href: Some(format!("/subjects/{}", person.id)),
        link: text("subject-manage"),
    }];
    for sheet in found.sheets.into_iter().filter(|s| matches!(s.state.as_str(), "open" | "closing")) {
        let day =
            |at: Option<i64>| at.map(|at| model::time::format_ist(at).chars().take(10).collect::<String>()).unwrap_or_default();
        let order = sheet.order_no.clone().unwrap_or_default();
        out.push(Notice {
            tone: "info",
            text: format!(
                "{} {order}: {} {}, {} {}",
                text("sheet-title"),
                text("sheet-opened"),
                day(sheet.opened_at),
                text("sheet-due"),
                day(sheet.due_at)
            ),
            href: Some(format!("/sheets/{}", sheet.id)),
            link: text("sheet-life"),
        });
    }
    Ok(out)
}
