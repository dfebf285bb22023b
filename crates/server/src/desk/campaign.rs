//! Campaigns: goals, who has published, and the messages of each.

use axum::Json;
use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use pages::Section;
use pages::desk::Choice;
use pages::desk::campaign::{Campaign as Page, CampaignLine, Campaigns, CoverLine};
use pages::shell::Crumb;
use serde_json::{Value, json};
use social::desk::{AUDIENCES, Coverage, THEMES, parse_ist};
use store::social::Campaign;

use super::post::{Sheet, given};
use super::{at, choices, line, own_units};
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

fn row(ask: &Ask, c: &Campaign, out: i64) -> CampaignLine {
    CampaignLine {
        id: c.id.clone(),
        name: ask.pick(&c.name_hi, &c.name_en).to_owned(),
        unit: c.unit.clone(),
        audience: c.audience.clone(),
        theme: c.theme.clone(),
        from: at(c.from_at),
        until: at(c.until_at),
        public: c.public == 1,
        goal: c.goal.unsigned_abs(),
        out: out.unsigned_abs(),
    }
}

pub(crate) async fn list(State(app): State<App>, ask: Ask) -> Reply {
    let store = app.lake.store();
    let mut campaigns = Vec::new();
    for c in store.campaigns(false).await? {
        let out = store.campaign_out(&c.id).await?;
        campaigns.push(row(&ask, &c, out));
    }
    let choice = |stem: &str, code: &str| Choice {
        value: code.to_owned(),
        text: ask.lang.text(&format!("{stem}{code}")),
        chosen: code == "everybody" || code == "awareness",
    };
    show(Campaigns {
        campaigns,
        units: own_units(&app, &ask, "").await?,
        audiences: AUDIENCES.iter().map(|a| choice("portal-audience-", a)).collect(),
        themes: THEMES.iter().map(|t| choice("campaign-theme-", t)).collect(),
        shell: ask.shell(Section::Desk, ask.lang.text("desk-campaigns")),
    })
}

pub(crate) async fn add(State(app): State<App>, ask: Ask, Form(form): Form<Sheet>) -> Reply<Redirect> {
    home(&open(&app, &ask, &form).await?.id)
}

/// Opens what a form says.
pub(super) async fn open(app: &App, ask: &Ask, form: &Sheet) -> Reply<Campaign> {
    let text = |name: &str| given(form, name).replace("\r\n", "\n");
    let day = |name: &str| parse_ist(&format!("{} 00:00", given(form, name)));
    let campaign = Campaign {
        unit: text("unit"),
        name_hi: text("name_hi"),
        name_en: text("name_en"),
        about_hi: text("about_hi"),
        about_en: text("about_en"),
        part_hi: text("part_hi"),
        part_en: text("part_en"),
        audience: text("audience"),
        theme: text("theme"),
        hashtag: text("hashtag"),
        from_at: day("from")?,
        // The last day is part of it.
        until_at: day("until")? + model::time::MICROS_PER_DAY - 1,
        goal: if given(form, "goal").is_empty() { 0 } else { number(form)? },
        public: i64::from(given(form, "public") == "1"),
        ..Campaign::default()
    };
    Ok(app.desk().put_campaign(&ask.principal, campaign, app.lake.now()).await?)
}

fn home(id: &str) -> Reply<Redirect> {
    Ok(Redirect::to(&format!("/desk/campaign/{id}")))
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply {
    let coverage = app.desk().coverage(&id).await?;
    let c = &coverage.campaign;
    let mut posts = Vec::new();
    for p in app.lake.store().campaign_posts(&id, 50).await? {
        posts.push(line(&app, p).await?);
    }
    let below = choices(&ask, app.lake.store().units_below(std::slice::from_ref(&c.unit)).await?, "");
    let cover = |u: &social::desk::UnitCoverage| CoverLine {
        unit: u.unit.clone(),
        name: ask.pick(&u.name_hi, &u.name_en).to_owned(),
        goal: u.goal.unsigned_abs(),
        out: u.out.unsigned_abs(),
        last: u.last_at.map(at),
        standing: u.standing.to_owned(),
    };
    let mut shell = ask.shell(Section::Desk, ask.pick(&c.name_hi, &c.name_en));
    shell.trail = vec![Crumb::new("/desk/campaigns", shell.t("desk-campaigns"))];
    show(Page {
        line: row(&ask, c, coverage.out),
        about: ask.pick(&c.about_hi, &c.about_en).to_owned(),
        part: ask.pick(&c.part_hi, &c.part_en).to_owned(),
        hashtag: c.hashtag.clone(),
        published: coverage.published as u64,
        units: coverage.units.iter().map(cover).collect(),
        below,
        posts,
        shell,
    })
}

pub(crate) async fn goal(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(form): Form<Sheet>) -> Reply<Redirect> {
    aim(&app, &ask, &id, &form).await?;
    home(&id)
}

/// Sets a unit's goal.
pub(super) async fn aim(app: &App, ask: &Ask, id: &str, form: &Sheet) -> Reply<()> {
    Ok(app.desk().set_goal(&ask.principal, id, given(form, "unit"), number(form)?, app.lake.now()).await?)
}

/// The goal of a form.
fn number(form: &Sheet) -> Reply<i64> {
    given(form, "goal").parse().map_err(|_| HttpError::Desk("a goal is a number of messages".into()))
}

pub(crate) async fn join(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(form): Form<Sheet>) -> Reply<Redirect> {
    let join = given(&form, "what") != "leave";
    app.desk().join_campaign(&ask.principal, &id, given(&form, "post"), join, app.lake.now()).await?;
    home(&id)
}

pub(crate) async fn list_json(State(app): State<App>) -> Reply<Json<Value>> {
    Ok(Json(json!({ "campaigns": app.lake.store().campaigns(false).await? })))
}

pub(crate) async fn json(State(app): State<App>, Path(id): Path<String>) -> Reply<Json<Coverage>> {
    Ok(Json(app.desk().coverage(&id).await?))
}
