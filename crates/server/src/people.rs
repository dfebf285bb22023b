//! Accounts, for administrators.

use accounts::{AccountError, Change, NewPerson, OneTime, Person};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use governance::{Rank, Role};
use pages::Section;
use pages::account::Once;
use pages::people::{Choice, NewPersonPage, People, PersonFields, PersonLine, PersonPage, UnitLine};
use pages::shell::{Crumb, Shell};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::App;
use crate::account::{again, note};
use crate::ask::Ask;
use crate::fault::{Reply, show};

fn shell(ask: &Ask, title: String, below: bool) -> Shell {
    let mut shell = ask.shell(Section::People, title);
    if below {
        shell.trail = vec![Crumb::new("/people", shell.t("nav-people"))];
    }
    shell
}

pub(crate) async fn list(State(app): State<App>, ask: Ask) -> Reply {
    let people = app.accounts.people(app.lake.now()).await?;
    let shell = shell(&ask, ask.lang.text("people-title"), false);
    show(People { people: people.into_iter().map(|p| line(&ask, p)).collect(), shell })
}

fn line(ask: &Ask, person: Person) -> PersonLine {
    let roles: Vec<String> = person.roles.iter().map(|r| ask.lang.text(&format!("trust-{}", r.as_str()))).collect();
    PersonLine {
        name: ask.pick(&person.name_hi, &person.name_en).to_owned(),
        rank: ask.lang.text(&format!("rank-{}", person.rank.as_str())),
        roles: roles.join(", "),
        unit: person.unit.unwrap_or_default(),
        second: person.second_factor,
        state: match (person.disabled_at.is_some(), person.one_time_until.is_some()) {
            (true, _) => "closed",
            (false, true) => "new",
            (false, false) => "open",
        },
        login: person.id,
    }
}

/// What the forms send. Roles come as `role-…` fields, since a form has no lists.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Fields {
    login: String,
    name_hi: String,
    name_en: String,
    rank: String,
    clearances: String,
    unit: String,
    from: String,
    #[serde(flatten)]
    more: std::collections::BTreeMap<String, String>,
}

impl Fields {
    fn roles(&self) -> Vec<Role> {
        Role::ALL.into_iter().filter(|role| self.more.contains_key(&format!("role-{}", role.as_str()))).collect()
    }

    fn clearances(&self) -> Vec<String> {
        self.clearances.split([',', ' ', '\n', '\r']).filter(|w| !w.is_empty()).map(str::to_owned).collect()
    }

    fn rank(&self) -> Rank {
        Rank::parse(&self.rank).unwrap_or(Rank::Civilian)
    }

    fn fill(&self, ask: &Ask) -> PersonFields {
        fields(ask, &self.login, [&self.name_hi, &self.name_en], self.rank(), &self.roles(), &self.clearances())
    }
}

fn fields(ask: &Ask, login: &str, names: [&str; 2], rank: Rank, roles: &[Role], clearances: &[String]) -> PersonFields {
    let choice =
        |code: &str, key: &str, chosen| Choice { code: code.to_owned(), text: ask.lang.text(&format!("{key}-{code}")), chosen };
    PersonFields {
        login: login.to_owned(),
        name_hi: names[0].to_owned(),
        name_en: names[1].to_owned(),
        ranks: Rank::ALL.iter().map(|r| choice(r.as_str(), "rank", *r == rank)).collect(),
        roles: Role::ALL.iter().skip(1).map(|r| choice(r.as_str(), "trust", roles.contains(r))).collect(),
        clearances: clearances.join(", "),
    }
}

async fn unit_choices(app: &App, ask: &Ask, chosen: &str) -> Reply<Vec<Choice>> {
    let units = app.accounts.units().await?;
    let choice = |u: store::social::Unit| Choice {
        text: format!("{} ({})", ask.pick(&u.name_hi, &u.name_en), u.code),
        chosen: u.code == chosen,
        code: u.code,
    };
    Ok(units.into_iter().map(choice).collect())
}

pub(crate) async fn new_form(State(app): State<App>, ask: Ask) -> Reply {
    show(new_page(&app, &ask, &Fields::default(), None).await?)
}

async fn new_page(app: &App, ask: &Ask, sent: &Fields, error: Option<String>) -> Reply<NewPersonPage> {
    let shell = shell(ask, ask.lang.text("people-new"), true);
    Ok(NewPersonPage { fields: sent.fill(ask), units: unit_choices(app, ask, &sent.unit).await?, error, shell })
}

pub(crate) async fn add(State(app): State<App>, ask: Ask, Form(sent): Form<Fields>) -> Reply<Response> {
    let new = NewPerson {
        id: sent.login.clone(),
        name_en: sent.name_en.clone(),
        name_hi: sent.name_hi.clone(),
        rank: sent.rank(),
        roles: sent.roles(),
        clearances: sent.clearances(),
        unit: Some(sent.unit.clone()).filter(|u| !u.is_empty()),
    };
    let what = json!({ "roles": new.roles, "rank": new.rank, "unit": new.unit, "clearances": new.clearances });
    changed(&app, &ask, "add", &sent.login, what)?;
    match app.accounts.add(&ask.principal.id, new, app.lake.now()).await {
        Ok((person, one_time)) => once(&ask, &person.id, &one_time),
        Err(error) => again(new_page(&app, &ask, &sent, Some(explained(&ask, error)?)).await?),
    }
}

/// What is wrong, or the failure of something else.
fn explained(ask: &Ask, error: AccountError) -> Reply<String> {
    use AccountError as E;
    let key = match &error {
        E::Login { .. } => "people-login-wrong",
        E::Reserved(_) | E::Taken(_) => "people-login-taken",
        E::Name(_) => "people-name-wrong",
        E::Alone(_) | E::OperatorRole => "people-alone",
        E::Clearance(_) => "people-clearance-wrong",
        E::Unit(_) => "people-unit-wrong",
        E::Own => "people-own",
        E::LastAdministrator => "people-last",
        _ => return Err(error.into()),
    };
    Ok(ask.lang.text(key))
}

fn changed(app: &App, ask: &Ask, change: &str, account: &str, more: Value) -> Reply<()> {
    let account: String = account.trim().chars().take(64).collect();
    let mut what = json!({ "change": change, "account": account });
    if let (Some(what), Value::Object(more)) = (what.as_object_mut(), more) {
        what.extend(more);
    }
    note(app, ask, "account", what)
}

/// A one-time password, shown once.
fn once(ask: &Ask, login: &str, one_time: &OneTime) -> Reply<Response> {
    let shell = shell(ask, ask.lang.fill("one-time-title", &[("it", login)]), true);
    let until = pages::show::moment(ask.lang, one_time.until);
    let (lead, back_text) = (shell.tv("one-time-lead", &until), shell.t("back-people"));
    let items = vec![one_time.password.clone()];
    Ok(show(Once { lead, items, back: format!("/people/{login}"), back_text, shell })?.into_response())
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(login): Path<String>) -> Reply {
    show(person_page(&app, &ask, &login, None, None).await?)
}

async fn person_page(app: &App, ask: &Ask, login: &str, sent: Option<&Fields>, error: Option<String>) -> Reply<PersonPage> {
    let now = app.lake.now();
    let person = app.accounts.expect(login, now).await?;
    let names = app.accounts.units().await?;
    let named = |code: &str| {
        let unit = names.iter().find(|u| u.code == code);
        unit.map_or_else(|| code.to_owned(), |u| format!("{} ({code})", ask.pick(&u.name_hi, &u.name_en)))
    };
    let time = |micros: i64| DateTime::<Utc>::from_timestamp_micros(micros).unwrap_or_default();
    let periods = app.accounts.memberships(login).await?.into_iter().map(|m| UnitLine {
        unit: named(&m.unit),
        from: time(m.from_at),
        until: m.until_at.map(time),
        by: m.principal,
    });
    let own = ask.principal.id == login;
    let fields = match sent {
        Some(sent) => PersonFields { login: login.to_owned(), ..sent.fill(ask) },
        None => {
            let names = [person.name_hi.as_str(), person.name_en.as_str()];
            fields(ask, login, names, person.rank, &person.roles, &person.clearances)
        }
    };
    let devices = app.accounts.devices(login, now).await?.len() as u64;
    let unit = person.unit.clone().unwrap_or_default();
    let line = line(ask, person);
    let shell = shell(ask, line.name.clone(), true);
    let units = unit_choices(app, ask, &unit).await?;
    Ok(PersonPage { line, fields, units, periods: periods.collect(), devices, own, error, shell })
}

/// What came of a change: back to the person, or the person's page with what is wrong.
async fn outcome(app: &App, ask: &Ask, login: &str, sent: Option<&Fields>, did: accounts::Result<()>) -> Reply<Response> {
    match did {
        Ok(()) => Ok(Redirect::to(&format!("/people/{login}")).into_response()),
        Err(error) => again(person_page(app, ask, login, sent, Some(explained(ask, error)?)).await?),
    }
}

pub(crate) async fn edit(
    State(app): State<App>,
    ask: Ask,
    Path(login): Path<String>,
    Form(sent): Form<Fields>,
) -> Reply<Response> {
    // Whoever has one name is called by it in both languages.
    let name_hi = if sent.name_hi.trim().is_empty() { &sent.name_en } else { &sent.name_hi };
    let change = Change {
        name_en: Some(sent.name_en.clone()),
        name_hi: Some(name_hi.clone()),
        rank: Some(sent.rank()),
        roles: Some(sent.roles()),
        clearances: Some(sent.clearances()),
    };
    let what = json!({ "roles": change.roles, "rank": change.rank, "clearances": change.clearances });
    changed(&app, &ask, "edit", &login, what)?;
    let did = app.accounts.edit(&ask.principal.id, &login, change, app.lake.now()).await.map(drop);
    outcome(&app, &ask, &login, Some(&sent), did).await
}

pub(crate) async fn transfer(
    State(app): State<App>,
    ask: Ask,
    Path(login): Path<String>,
    Form(sent): Form<Fields>,
) -> Reply<Response> {
    let now = app.lake.now();
    // A day begins in IST; without one the order holds from now on.
    let day = DateTime::parse_from_rfc3339(&format!("{}T00:00:00+05:30", sent.from.trim()));
    let from = day.map_or(now, |day| day.with_timezone(&Utc));
    let unit = Some(sent.unit.as_str()).filter(|u| !u.is_empty());
    changed(&app, &ask, "transfer", &login, json!({ "unit": unit, "from": from }))?;
    let did = app.accounts.transfer(&ask.principal.id, &login, unit, from).await;
    outcome(&app, &ask, &login, None, did).await
}

pub(crate) async fn disable(State(app): State<App>, ask: Ask, Path(login): Path<String>) -> Reply<Response> {
    changed(&app, &ask, "disable", &login, json!({}))?;
    let did = app.accounts.disable(&ask.principal.id, &login, app.lake.now()).await;
    outcome(&app, &ask, &login, None, did).await
}

pub(crate) async fn enable(State(app): State<App>, ask: Ask, Path(login): Path<String>) -> Reply<Response> {
    changed(&app, &ask, "enable", &login, json!({}))?;
    let did = app.accounts.enable(&ask.principal.id, &login).await;
    outcome(&app, &ask, &login, None, did).await
}

pub(crate) async fn password(State(app): State<App>, ask: Ask, Path(login): Path<String>) -> Reply<Response> {
    changed(&app, &ask, "password", &login, json!({}))?;
    match app.accounts.one_time(&ask.principal.id, &login, app.lake.now()).await {
        Ok(one_time) => once(&ask, &login, &one_time),
        Err(error) => outcome(&app, &ask, &login, None, Err(error)).await,
    }
}

pub(crate) async fn second(State(app): State<App>, ask: Ask, Path(login): Path<String>) -> Reply<Response> {
    changed(&app, &ask, "second-reset", &login, json!({}))?;
    let did = app.accounts.reset_second(&ask.principal.id, &login).await;
    outcome(&app, &ask, &login, None, did).await
}

pub(crate) async fn sessions(State(app): State<App>, ask: Ask, Path(login): Path<String>) -> Reply<Response> {
    changed(&app, &ask, "sessions-end", &login, json!({}))?;
    let did = app.accounts.end_sessions(&login, None).await.map(drop);
    outcome(&app, &ask, &login, None, did).await
}
