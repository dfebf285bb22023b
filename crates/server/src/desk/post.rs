//! The composer: one message from the empty sheet to its deliveries.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Form, Path, Query, State};
use axum::http::StatusCode;
use axum::response::Redirect;
use pages::desk::Choice;
use pages::desk::composer::{Composer, FindingLine, OutLine, Preview, Saying, Signature};
use pages::table::FieldError;
use pages::{Lang, Section};
use serde::Deserialize;
use serde_json::{Value, json};
use social::check::{self, Finding, Setting};
use social::desk::{Stays, When, parse_ist};
use social::message::{FLAGS, Facts, Media, Message};
use social::{NetworkName, limit, text};

use super::media::{self, Search};
use super::sheet::{self as page_sheet, Kept, beside, keep, kept as kept_sheets};
use super::{at, delivery, line, own_units};
use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

const KINDS: [&str; 8] = ["awareness", "alert", "case", "achievement", "participation", "notice", "statement", "correction"];
const STAGES: [&str; 6] = ["", "investigation", "charged", "trial", "convicted", "acquitted"];
/// Statements about the matter; what is said about pictures is said of each.
const FACTS: [&str; 4] = ["sexual_offence", "child", "in_court", "missing_child"];

/// The fields of the sheet as a browser sends them.
pub(super) type Sheet = BTreeMap<String, String>;

pub(super) fn given<'a>(sheet: &'a Sheet, name: &str) -> &'a str {
    sheet.get(name).map_or("", |v| v.trim())
}

/// The version that was read.
pub(super) fn version(sheet: &Sheet) -> Reply<i64> {
    given(sheet, "version").parse().map_err(|_| HttpError::BadRequest("the version is missing".into()))
}

/// The pictures that are ticked: first those the message has, in their order and as they were kept; then those of the library. What is
/// said of each picture is taken from the sheet.
async fn pictures(app: &App, sheet: &Sheet, before: &[Media]) -> Reply<Vec<Media>> {
    let mut chosen: Vec<(String, Media)> = Vec::new();
    for (i, m) in before.iter().enumerate() {
        let key = media::key(m, i);
        if sheet.contains_key(&format!("media-{key}")) {
            chosen.push((key, m.clone()));
        }
    }
    for key in sheet.keys().filter_map(|name| name.strip_prefix("media-")) {
        if !chosen.iter().any(|(k, _)| k == key) {
            let row = app.lake.store().media(key).await?;
            chosen.push((key.to_owned(), media::of(app, row)));
        }
    }
    for (key, m) in &mut chosen {
        for name in FLAGS {
            let said = given(sheet, &format!("flag-{name}-{key}")) == "1";
            // Captions that lie in the library are there, whether or not somebody ticks it.
            let said = said || name == "captions" && m.track.is_some();
            if let Some(flag) = m.flag(name) {
                *flag = said;
            }
        }
    }
    Ok(chosen.into_iter().map(|(_, m)| m).collect())
}

/// The newest version of the message a sheet is about; an empty one for a new message.
pub(super) async fn before(app: &App, ask: &Ask, id: &str) -> Reply<Message> {
    if id.is_empty() {
        return Ok(Message::default());
    }
    let post = app.lake.store().post(id).await?;
    app.desk().may_read(&ask.principal, &post.unit).await?;
    Ok(app.desk().message(id, post.version).await?)
}

/// The message of a sheet, on top of the one it began with.
pub(super) async fn message(app: &App, sheet: &Sheet, before: &Message) -> Reply<Message> {
    let on = |name: &str| given(sheet, name) == "1";
    let mut variants = BTreeMap::new();
    for (name, value) in sheet {
        if let Some(network) = name.strip_prefix("variant-")
            && !value.trim().is_empty()
        {
            // A browser sends line ends as two characters.
            variants.insert(network.parse::<NetworkName>().map_err(HttpError::BadRequest)?, value.trim().replace("\r\n", "\n"));
        }
    }
    let stage = match given(sheet, "stage") {
        "" => None,
        stage => serde_json::from_value(json!(stage)).map_err(|e| HttpError::BadRequest(e.to_string()))?,
    };
    let facts = Facts {
        stage,
        sexual_offence: on("sexual_offence"),
        child: on("child"),
        in_court: on("in_court"),
        missing_child: on("missing_child"),
    };
    Ok(Message {
        kind: given(sheet, "kind").parse().map_err(HttpError::BadRequest)?,
        hindi: given(sheet, "hindi").replace("\r\n", "\n"),
        english: given(sheet, "english").replace("\r\n", "\n"),
        variants,
        media: pictures(app, sheet, &before.media).await?,
        facts,
    })
}

/// The message of a sheet that names a campaign, as it goes out in it.
async fn in_campaign(app: &App, form: &Sheet, unit: &str, message: Message) -> Reply<Message> {
    match given(form, "campaign") {
        campaign if !campaign.is_empty() && given(form, "id").is_empty() => {
            Ok(app.desk().for_campaign(campaign, unit, message).await?)
        }
        _ => Ok(message),
    }
}

fn previews(ask: &Ask, message: &Message) -> Vec<Preview> {
    let shown = limit::all().iter().filter(|l| l.network != NetworkName::Standin);
    let one = |limits: &limit::Limits| {
        let body = message.text_for(limits.network);
        let split = text::split(&body, limits.text);
        let parts = if limits.thread { split.unwrap_or_else(|_| vec![body.clone()]) } else { vec![body.clone()] };
        let length = text::length(&body, limits.text);
        let setting = Setting { networks: vec![limits.network], ..Setting::default() };
        let found = check::check(message, &setting);
        let price = limits.price(&parts);
        Preview {
            network: limits.network.to_string(),
            title: limits.title.clone(),
            own: message.variants.get(&limits.network).cloned().unwrap_or_default(),
            used: length.used,
            most: length.most,
            fits: length.fits() || parts.len() > 1,
            cost: (price > 0.0).then(|| format!("{price:.3}")),
            problems: found.into_iter().filter(|f| f.rule == "length").map(|f| finding(ask, f, None).found).collect(),
            parts,
        }
    };
    shown.map(one).collect()
}

fn finding(ask: &Ask, f: Finding, overruled: Option<String>) -> FindingLine {
    let hindi = ask.lang == Lang::Hi;
    let way_out = hindi.then(|| check::way_out_hi(&f.rule)).flatten().map(str::to_owned);
    let found = hindi.then(|| check::found_hi(&f.rule, &f.found)).flatten();
    FindingLine {
        level: serde_json::to_value(f.level).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default(),
        way_out: way_out.unwrap_or(f.way_out),
        rule: f.rule,
        place: f.place,
        found: found.unwrap_or(f.found),
        law: f.law,
        overruled,
    }
}

/// A sheet with a message on it.
async fn sheet(app: &App, ask: &Ask, message: &Message, unit: &str, title: &str) -> Reply<Composer> {
    let mut page = Composer::blank(ask.shell(Section::Desk, ask.lang.text(title)));
    let t = |key: String| ask.lang.text(&key);
    let kind = serde_json::to_value(message.kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
    page.units = own_units(app, ask, unit).await?;
    page.unit = unit.to_owned();
    page.kinds =
        KINDS.iter().map(|k| Choice { value: (*k).to_owned(), text: t(format!("desk-kind-{k}")), chosen: *k == kind }).collect();
    if kind == "reply" {
        page.kinds.push(Choice { value: kind, text: t("desk-kind-reply".into()), chosen: true });
    }
    let stage = message.facts.stage.and_then(|s| serde_json::to_value(s).ok()).and_then(|v| v.as_str().map(str::to_owned));
    page.stages = STAGES
        .iter()
        .map(|s| Choice {
            value: (*s).to_owned(),
            text: t(format!("desk-stage-{}", if s.is_empty() { "none" } else { s })),
            chosen: stage.as_deref().unwrap_or("") == *s,
        })
        .collect();
    let facts = &message.facts;
    let ticked = [facts.sexual_offence, facts.child, facts.in_court, facts.missing_child];
    page.facts = FACTS
        .iter()
        .zip(ticked)
        .map(|(f, chosen)| Choice { value: (*f).to_owned(), text: format!("desk-fact-{f}"), chosen })
        .collect();
    let now = app.lake.now().timestamp_micros();
    let campaigns = app.lake.store().campaigns(false).await?.into_iter().filter(|c| c.until_at >= now);
    page.campaigns = campaigns
        .map(|c| Choice { text: format!("{} {}", ask.pick(&c.name_hi, &c.name_en), c.hashtag), value: c.id, chosen: false })
        .collect();
    let shelf = media::shelf(app, ask, &Search::default(), &message.media).await?;
    (page.media, page.more) = (shelf.lines, shelf.more);
    page.hindi.clone_from(&message.hindi);
    page.english.clone_from(&message.english);
    page.previews = previews(ask, message);
    Ok(page)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Begin {
    corrects: String,
    unit: String,
    /// Words to begin with.
    template: String,
    /// The campaign it is for.
    campaign: String,
    /// The kept sheet to go on from.
    kept: String,
}

pub(crate) async fn blank(State(app): State<App>, ask: Ask, Query(b): Query<Begin>) -> Reply {
    let mut message = Message::default();
    let mut unit = b.unit;
    if !b.corrects.is_empty() {
        message.kind = social::message::Kind::Correction;
        unit = app.lake.store().post(&b.corrects).await?.unit;
    }
    if !b.template.is_empty() {
        let template = app.lake.store().template(&b.template).await.map_err(|_| HttpError::NotFound)?;
        message.kind = template.kind.parse().map_err(HttpError::BadRequest)?;
        (message.hindi, message.english) = (template.hindi, template.english);
    }
    let mut corrects = b.corrects;
    let (chosen, waits) = choose(kept_sheets(&app, &ask, "", &Message::default()).await?, &b.kept);
    if let Some(kept) = &chosen {
        (unit, corrects) = (given(&kept.fields, "unit").to_owned(), given(&kept.fields, "corrects").to_owned());
        message = kept.message.clone();
    }
    let mut page = sheet(&app, &ask, &message, &unit, "desk-new").await?;
    page.choose_campaign(chosen.as_ref().map_or(b.campaign.as_str(), |k| given(&k.fields, "campaign")));
    (page.corrects, page.kept_before) = (corrects, waits.iter().map(Kept::line).collect());
    begin(&app, &mut page, chosen.as_ref());
    beside(&app, &ask, &mut page, &message).await?;
    show(page)
}

/// The kept sheet that is gone on from, and those that wait.
fn choose(mut all: Vec<Kept>, wanted: &str) -> (Option<Kept>, Vec<Kept>) {
    let at = all.iter().position(|k| k.row.id == wanted);
    (at.map(|at| all.remove(at)), all)
}

/// A page is a sheet of its own, also where it goes on from another: the page that one was written on may still be open somewhere.
fn begin(app: &App, page: &mut Composer, from: Option<&Kept>) {
    page.sheet = app.lake.store().fresh_id(app.lake.now());
    if let Some(from) = from {
        (page.begun, page.begun_at) = (from.row.id.clone(), from.row.at);
    }
}

/// What the checks say and what each network makes of it; also where pictures are looked for. No version comes of it: what is on the sheet
/// is kept beside, so that nothing is lost.
pub(crate) async fn preview(State(app): State<App>, ask: Ask, Form(form): Form<Sheet>) -> Reply {
    let id = given(&form, "id");
    let before = before(&app, &ask, id).await?;
    let unit = given(&form, "unit");
    let written = message(&app, &form, &before).await?;
    // What the campaign refuses is said when it is saved; words are kept meanwhile.
    let message = in_campaign(&app, &form, unit, written.clone()).await.unwrap_or(written);
    let sheet_of = page_sheet::of(&app, &form);
    let is_kept = keep(&app, &ask, &form, &sheet_of, &message, &before).await?;
    let mut page =
        if id.is_empty() { sheet(&app, &ask, &message, unit, "desk-new").await? } else { kept(&app, &ask, id, &message).await? };
    let search = Search::of(given(&form, "find"), given(&form, "page"));
    let shelf = media::shelf(&app, &ask, &search, &message.media).await?;
    (page.media, page.more, page.find, page.page) = (shelf.lines, shelf.more, search.find, search.page);
    page.searched = !page.find.is_empty() || page.page > 0;
    let setting = app.desk().setting(unit, &[], app.lake.now().timestamp_micros(), id).await?;
    page.findings = check::check(&message, &setting).into_iter().map(|f| finding(&ask, f, None)).collect();
    if id.is_empty() {
        page.corrects = given(&form, "corrects").to_owned();
        page.choose_campaign(given(&form, "campaign"));
    } else if let Ok(version) = given(&form, "version").parse() {
        // The version the writer began with: what somebody saved meanwhile is not overwritten.
        page.version = version;
    }
    page.why = given(&form, "why").to_owned();
    page.kept_now = is_kept.then(|| app.lake.now());
    (page.sheet, page.begun, page.begun_at) = sheet_of;
    beside(&app, &ask, &mut page, &message).await?;
    show(page)
}

pub(crate) async fn create(
    State(app): State<App>,
    ask: Ask,
    Form(form): Form<Sheet>,
) -> Result<Redirect, Result<axum::response::Html<String>, HttpError>> {
    let unit = given(&form, "unit");
    let message = message(&app, &form, &Message::default()).await.map_err(Err)?;
    let message = in_campaign(&app, &form, unit, message).await.map_err(Err)?;
    if message.hindi.is_empty() && message.english.is_empty() && message.variants.is_empty() {
        return Err(async {
            let mut page = sheet(&app, &ask, &message, unit, "desk-new").await?;
            page.errors = vec![FieldError { field: "hindi".into(), message: ask.lang.text("desk-words-missing") }];
            show(page)
        }
        .await);
    }
    let corrects = Some(given(&form, "corrects")).filter(|c| !c.is_empty());
    let (desk, now) = (app.desk(), app.lake.now());
    let made = async {
        let post = desk.draft(&ask.principal, unit, &message, corrects, now).await?;
        if !given(&form, "campaign").is_empty() {
            desk.join_campaign(&ask.principal, given(&form, "campaign"), &post.id, true, now).await?;
        }
        desk.check(&post.id, &[], now.timestamp_micros(), now).await?;
        Ok::<_, social::DeskError>(post)
    };
    let post = made.await.map_err(|e| Err(e.into()))?;
    page_sheet::saved(&app, &ask, &form).await.map_err(Err)?;
    Ok(Redirect::to(&format!("/desk/post/{}", post.id)))
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(id): Path<String>, Query(b): Query<Begin>) -> Reply {
    let message = before(&app, &ask, &id).await?;
    let (chosen, waits) = choose(kept_sheets(&app, &ask, &id, &message).await?, &b.kept);
    let mut page = kept(&app, &ask, &id, chosen.as_ref().map_or(&message, |k| &k.message)).await?;
    if let Some(from) = &chosen {
        // Saved on top of the version it began with, or not at all.
        page.version = from.row.version;
        page.why = given(&from.fields, "why").to_owned();
    }
    page.kept_before = waits.iter().map(Kept::line).collect();
    begin(&app, &mut page, chosen.as_ref());
    beside(&app, &ask, &mut page, &message).await?;
    show(page)
}

/// The sheet of a message that is kept, with what is known of it; `message` is what stands on the sheet.
async fn kept(app: &App, ask: &Ask, id: &str, message: &Message) -> Reply<Composer> {
    let (desk, store) = (app.desk(), app.lake.store());
    let standing = desk.standing(id).await?;
    let post = standing.post;
    let mut page = sheet(app, ask, message, &post.unit, "desk-message").await?;
    page.findings = standing
        .findings
        .into_iter()
        .filter_map(|row| {
            let by = row.overridden_by.map(|who| format!("{who}: {}", row.reason.unwrap_or_default()));
            Some(finding(ask, serde_json::from_str(&row.body).ok()?, by))
        })
        .collect();
    page.signatures =
        standing.approvals.into_iter().map(|a| Signature { who: a.principal, role: a.role, at: at(a.at) }).collect();
    page.missing = standing.missing;
    page.versions = store
        .versions(id)
        .await?
        .into_iter()
        .map(|v| Saying { who: v.author, text: v.sha256.chars().take(12).collect(), at: at(v.at) })
        .collect();
    page.notes = store.notes(id).await?.into_iter().map(|n| Saying { who: n.principal, text: n.body, at: at(n.at) }).collect();
    page.deliveries = store.shown_of(id).await?.into_iter().map(|d| delivery(ask, d)).collect();
    if page.live() {
        let copies = desk.edit_plan(id).await?;
        page.revisable = post.kind != "reply" && copies.iter().any(|c| c.stays != Some(Stays::Network));
        page.copies = copies
            .into_iter()
            .map(|c| OutLine {
                network: super::title(&c.network),
                handle: c.handle,
                url: c.url,
                stays: c.stays.map(|s| s.as_str().to_owned()).unwrap_or_default(),
            })
            .collect();
    }
    let connected = store.accounts().await?.into_iter().filter(|a| a.state == "connected");
    page.channels = connected
        .map(|a| Choice { text: format!("{} {} ({})", super::title(&a.network), a.handle, a.unit), value: a.id, chosen: false })
        .collect();
    page.id = post.id;
    page.version = post.version;
    page.state = post.state;
    page.author = post.author;
    page.corrects = post.corrects.unwrap_or_default();
    Ok(page)
}

pub(super) fn home(id: &str) -> Reply<Redirect> {
    Ok(Redirect::to(&format!("/desk/post/{id}")))
}

pub(crate) async fn edit(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(form): Form<Sheet>) -> Reply<Redirect> {
    let message = message(&app, &form, &before(&app, &ask, &id).await?).await?;
    let from = version(&form)?;
    let (desk, now) = (app.desk(), app.lake.now());
    desk.edit(&ask.principal, &id, from, &message, now).await?;
    desk.check(&id, &[], now.timestamp_micros(), now).await?;
    page_sheet::saved(&app, &ask, &form).await?;
    home(&id)
}

pub(crate) async fn submit(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Redirect> {
    let now = app.lake.now();
    app.desk().submit(&ask.principal, &id, &[], now.timestamp_micros(), now).await?;
    home(&id)
}

pub(crate) async fn approve(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Form(form): Form<Sheet>,
) -> Reply<Redirect> {
    let version = version(&form)?;
    app.desk().approve(&ask.principal, &id, version, None, app.lake.now()).await?;
    home(&id)
}

pub(crate) async fn back(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(form): Form<Sheet>) -> Reply<Redirect> {
    app.desk().send_back(&ask.principal, &id, given(&form, "reason"), app.lake.now()).await?;
    home(&id)
}

pub(crate) async fn overrule(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Form(form): Form<Sheet>,
) -> Reply<Redirect> {
    app.desk().overrule(&ask.principal, &id, given(&form, "rule"), given(&form, "reason"), app.lake.now()).await?;
    home(&id)
}

pub(crate) async fn schedule(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Form(form): Form<Sheet>,
) -> Reply<Redirect> {
    let mut accounts = Vec::new();
    for channel in form.keys().filter_map(|name| name.strip_prefix("channel-")) {
        accounts.push(app.lake.store().account(channel).await?);
    }
    let when = match (given(&form, "what"), given(&form, "at")) {
        ("queue", _) => When::Queue,
        (_, "") => When::Now,
        (_, time) => When::At(parse_ist(time)?),
    };
    app.desk().schedule(&ask.principal, &id, &accounts, when, app.lake.now()).await?;
    home(&id)
}

pub(crate) async fn move_day(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Form(form): Form<Sheet>,
) -> Reply<Redirect> {
    let day = given(&form, "day");
    let day = day.parse().map_err(|_| HttpError::Desk(format!("{day:?} is no day; write 2026-12-01")))?;
    app.desk().move_to_day(&ask.principal, &id, day, app.lake.now()).await?;
    home(&id)
}

pub(crate) async fn withdraw(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Form(form): Form<Sheet>,
) -> Reply<Redirect> {
    app.desk().withdraw(&ask.principal, &id, given(&form, "reason"), app.lake.now()).await?;
    home(&id)
}

pub(crate) async fn note(State(app): State<App>, ask: Ask, Path(id): Path<String>, Form(form): Form<Sheet>) -> Reply<Redirect> {
    app.desk().note(&ask.principal, &id, given(&form, "note"), app.lake.now()).await?;
    home(&id)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    unit: Option<String>,
    state: String,
}

pub(crate) async fn list_json(State(app): State<App>, ask: Ask, Query(w): Query<Which>) -> Reply<Json<Value>> {
    let mut posts = Vec::new();
    let unit = app.desk().list_of(&ask.principal, w.unit.as_deref().unwrap_or_default()).await?;
    let found = match &unit {
        Some(unit) => app.lake.store().posts_below(unit, &w.state, 200).await?,
        None => app.lake.store().posts_in(None, &w.state, 200).await?,
    };
    for p in found {
        let shown = line(&app, p.clone()).await?;
        posts.push(json!({ "post": p, "words": shown.words }));
    }
    Ok(Json(json!({ "posts": posts })))
}

pub(crate) async fn json(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Json<Value>> {
    let standing = app.desk().standing(&id).await?;
    app.desk().may_read(&ask.principal, &standing.post.unit).await?;
    let (desk, store, now) = (app.desk(), app.lake.store(), app.lake.now());
    let message = desk.message(&id, standing.post.version).await?;
    let similar = desk.similar(&standing.post.unit, &message, None, now).await?;
    Ok(Json(json!({ "message": message, "deliveries": store.shown_of(&id).await?, "record": store.events(&id).await?,
        "copies": desk.edit_plan(&id).await?, "writing": desk.writing(&ask.principal, &id, now).await?, "similar": similar, "standing": standing })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct New {
    unit: String,
    message: Message,
    corrects: Option<String>,
    /// The campaign it is for; its hashtag is put where it is missing.
    campaign: Option<String>,
}

pub(crate) async fn create_json(State(app): State<App>, ask: Ask, Json(new): Json<New>) -> Reply<(StatusCode, Json<Value>)> {
    let (desk, now) = (app.desk(), app.lake.now());
    let message = match &new.campaign {
        Some(campaign) => desk.for_campaign(campaign, &new.unit, new.message).await?,
        None => new.message,
    };
    let post = desk.draft(&ask.principal, &new.unit, &message, new.corrects.as_deref(), now).await?;
    if let Some(campaign) = &new.campaign {
        desk.join_campaign(&ask.principal, campaign, &post.id, true, now).await?;
    }
    let findings = desk.check(&post.id, &[], now.timestamp_micros(), now).await?;
    Ok((StatusCode::CREATED, Json(json!({ "post": post, "findings": findings }))))
}
