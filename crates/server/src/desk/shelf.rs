//! What lies ready: templates, hours, appreciation.

use axum::Json;
use axum::extract::{Form, Path, Query, State};
use axum::response::Redirect;
use pages::Section;
use pages::desk::Choice;
use pages::desk::shelf::{LinkLine, PraiseLine, Shelf, SlotLine, TemplateLine};
use serde::Deserialize;
use serde_json::{Value, json};
use social::desk::SOURCES;
use store::social::{Praise, ShortLink, Template};

use super::post::{Sheet, given};
use super::{own_units, title, words};
use crate::App;
use crate::ask::Ask;
use crate::fault::{Reply, show};

const KINDS: [&str; 6] = ["awareness", "alert", "case", "achievement", "participation", "notice"];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Of {
    unit: String,
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(of): Query<Of>) -> Reply {
    let desk = app.desk();
    let slots = if of.unit.is_empty() { Vec::new() } else { desk.slots(&of.unit, app.lake.now()).await? };
    let template = |t: Template| TemplateLine {
        words: words(if t.hindi.trim().is_empty() { &t.english } else { &t.hindi }, 80),
        id: t.id,
        name: t.name,
        unit: t.unit,
        kind: t.kind,
    };
    let slot = |s: social::desk::Slot| SlotLine {
        network: title(&s.network),
        hour: format!("{:02}:00", s.hour),
        posts: s.posts as u64,
        measure: s.measure,
        median: s.median.unsigned_abs(),
    };
    let praise = |w: Praise| PraiseLine {
        about: words(ask.pick(&w.about_hi, &w.about_en), 80),
        id: w.id,
        unit: w.unit,
        url: w.url,
        by: w.by_whom,
        source: w.source,
        public: w.public == 1,
        thanked: w.thanked_at.is_some(),
    };
    let choice =
        |stem: &str, code: &str| Choice { value: code.to_owned(), text: ask.lang.text(&format!("{stem}{code}")), chosen: false };
    let base = portal_base();
    let link = |l: store::social::Opened| LinkLine {
        short: format!("{base}/s/{}", l.code),
        stopped: l.stopped_at.is_some(),
        opened: l.opened.unsigned_abs(),
        code: l.code,
        url: l.url,
        unit: l.unit,
    };
    let campaign =
        |c: store::social::Campaign| Choice { text: ask.pick(&c.name_hi, &c.name_en).to_owned(), value: c.id, chosen: false };
    let store = app.lake.store();
    show(Shelf {
        links: store.links(100).await?.into_iter().map(link).collect(),
        campaigns: store.campaigns(false).await?.into_iter().map(campaign).collect(),
        units: own_units(&app, &ask, &of.unit).await?,
        unit: of.unit,
        kinds: KINDS.iter().map(|k| choice("desk-kind-", k)).collect(),
        sources: SOURCES.iter().map(|s| choice("portal-source-", s)).collect(),
        templates: desk.templates(None).await?.into_iter().map(template).collect(),
        slots: slots.into_iter().map(slot).collect(),
        praise: app.lake.store().all_praise(false).await?.into_iter().map(praise).collect(),
        shell: ask.shell(Section::Desk, ask.lang.text("desk-shelf")),
    })
}

pub(super) fn template_of(form: &Sheet) -> Template {
    Template {
        unit: given(form, "unit").into(),
        name: given(form, "name").into(),
        kind: given(form, "kind").into(),
        hindi: given(form, "hindi").replace("\r\n", "\n"),
        english: given(form, "english").replace("\r\n", "\n"),
        ..Template::default()
    }
}

pub(crate) async fn template(State(app): State<App>, ask: Ask, Form(form): Form<Sheet>) -> Reply<Redirect> {
    app.desk().put_template(&ask.principal, template_of(&form), app.lake.now()).await?;
    Ok(Redirect::to("/desk/shelf"))
}

pub(super) fn praise_of(form: &Sheet) -> Praise {
    Praise {
        unit: given(form, "unit").into(),
        url: given(form, "url").into(),
        by_whom: given(form, "by").into(),
        source: given(form, "source").into(),
        about_hi: given(form, "about_hi").into(),
        about_en: given(form, "about_en").into(),
        consent: Some(given(form, "consent").to_owned()).filter(|c| !c.is_empty()),
        public: i64::from(given(form, "public") == "1"),
        ..Praise::default()
    }
}

pub(crate) async fn keep(State(app): State<App>, ask: Ask, Form(form): Form<Sheet>) -> Reply<Redirect> {
    app.desk().keep_praise(&ask.principal, praise_of(&form), app.lake.now()).await?;
    Ok(Redirect::to("/desk/shelf"))
}

/// Where the portal stands; empty where nobody said it.
fn portal_base() -> String {
    std::env::var("SAROVAR_PORTAL_URL").unwrap_or_default().trim_end_matches('/').to_owned()
}

pub(super) async fn shorten(app: &App, ask: &Ask, form: &Sheet) -> Reply<ShortLink> {
    let campaign = Some(given(form, "campaign")).filter(|c| !c.is_empty());
    Ok(app.desk().shorten(&ask.principal, given(form, "unit"), given(form, "url"), campaign, app.lake.now()).await?)
}

pub(crate) async fn link(State(app): State<App>, ask: Ask, Form(form): Form<Sheet>) -> Reply<Redirect> {
    shorten(&app, &ask, &form).await?;
    Ok(Redirect::to("/desk/shelf#links"))
}

pub(crate) async fn stop_link(
    State(app): State<App>,
    ask: Ask,
    Path(code): Path<String>,
    Form(form): Form<Sheet>,
) -> Reply<Redirect> {
    app.desk().stop_link(&ask.principal, &code, given(&form, "what") != "resume", app.lake.now()).await?;
    Ok(Redirect::to("/desk/shelf#links"))
}

pub(crate) async fn act(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(form): Form<Sheet>) -> Reply<Redirect> {
    let (desk, now) = (app.desk(), app.lake.now());
    match given(&form, "what") {
        "withdraw" => desk.withdraw_praise(&ask.principal, &id, now).await?,
        _ => desk.thank(&ask.principal, &id, now).await?,
    }
    Ok(Redirect::to("/desk/shelf"))
}

/// Templates, and the hours of a unit when one is named.
pub(crate) async fn json(State(app): State<App>, Query(of): Query<Of>) -> Reply<Json<Value>> {
    let desk = app.desk();
    let slots = if of.unit.is_empty() { Vec::new() } else { desk.slots(&of.unit, app.lake.now()).await? };
    let praise = app.lake.store().all_praise(false).await?;
    Ok(Json(
        json!({ "templates": desk.templates(None).await?, "slots": slots, "praise": praise, "links": app.lake.store().links(1000).await? }),
    ))
}
