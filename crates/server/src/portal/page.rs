//! The portal's pages.

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, Utc};
use pages::Lang;
use pages::portal::{
    CampaignLine, Campaigns, Choice, EarlierWords, Home, LAW, Latest, Law, Notice, NoticeCopy, One, OneCampaign, Praise, Station,
    Stations,
};
use pages::shell::encode;
use serde::Deserialize;
use serde_json::{Value, json};
use social::message::Message;
use store::social::{Campaign, Published};

use super::about::picture;
use super::{Portal, Wrong, kept, lang};

const PER_PAGE: i64 = 20;
/// Kinds the public can narrow by.
const KINDS: [&str; 8] = ["awareness", "alert", "case", "achievement", "participation", "notice", "statement", "correction"];

pub(super) fn moment(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

/// What a version says on one network.
fn said(body: &str, network: social::NetworkName) -> Result<String, Wrong> {
    Ok(serde_json::from_str::<Message>(body)?.text_for(network))
}

/// A published row with everything the public sees of it.
pub(super) async fn notice(p: &Portal, lang: Lang, row: Published) -> Result<Notice, Wrong> {
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    let text = |key: &str| body[key].as_str().unwrap_or_default().to_owned();
    let corrected_by = p.store().corrections(&row.post).await?.into_iter().map(|c| c.id).collect();
    let mut copies = Vec::new();
    for d in p.store().shown_of(&row.post).await?.into_iter().filter(|d| d.state == "live" && d.part == 0) {
        let network: social::NetworkName = d.network.parse().map_err(Wrong::Failed)?;
        let Some(url) = d.url.filter(|u| u.starts_with("https://")) else { continue };
        let old = d.version < row.version && {
            let before = p.store().version(&row.post, d.version).await?.body;
            said(&before, network)? != said(&row.body, network)?
        };
        copies.push(NoticeCopy { name: format!("{} {}", network.limits().title, d.handle), url, old });
    }
    let mut pictures = Vec::new();
    for m in body["media"].as_array().into_iter().flatten() {
        pictures.push(picture(p, &row.post, m).await?);
    }
    Ok(Notice {
        hindi: text("hindi"),
        english: text("english"),
        unit_name: if lang == Lang::Hi { row.name_hi } else { row.name_en },
        at: moment(row.first_at),
        edited: row.edited_at.map(moment),
        pictures,
        copies,
        corrected_by,
        id: row.post,
        kind: row.kind,
        unit: row.unit,
        corrects: row.corrects,
    })
}

pub(super) async fn notices(p: &Portal, lang: Lang, which: &Which, limit: i64) -> Result<Vec<Notice>, Wrong> {
    let some = |text: &str| Some(text.to_owned()).filter(|t| !t.is_empty());
    let rows = p.store().published(some(&which.unit).as_deref(), some(&which.kind).as_deref(), which.before, limit).await?;
    let mut out = Vec::new();
    for row in rows {
        out.push(notice(p, lang, row).await?);
    }
    Ok(out)
}

/// Which messages.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    unit: String,
    kind: String,
    before: Option<i64>,
}

/// To the language the browser asks for; Hindi otherwise.
pub(crate) async fn front(headers: HeaderMap) -> Response {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).and_then(Lang::from_accept);
    let to = Redirect::to(&format!("/{}/", wanted.unwrap_or_default().tag()));
    ([(header::VARY, "accept-language")], to).into_response()
}

pub(crate) async fn without_slash(Path(tag): Path<String>) -> Result<Redirect, Wrong> {
    Ok(Redirect::to(&format!("/{}/", lang(&tag)?.tag())))
}

fn campaign(lang: Lang, c: Campaign, now: i64) -> CampaignLine {
    let hindi = lang == Lang::Hi;
    CampaignLine {
        id: c.id,
        name: if hindi { c.name_hi } else { c.name_en },
        about: if hindi { c.about_hi } else { c.about_en },
        audience: c.audience,
        hashtag: c.hashtag,
        from: moment(c.from_at),
        until: moment(c.until_at),
        over: c.until_at < now,
    }
}

pub(super) async fn public_campaigns(p: &Portal, lang: Lang) -> Result<Vec<CampaignLine>, Wrong> {
    let now = p.lake.now().timestamp_micros();
    let all = p.store().campaigns(true).await?;
    // A campaign that has not begun is not announced.
    Ok(all.into_iter().filter(|c| c.from_at <= now).map(|c| campaign(lang, c, now)).collect())
}

pub(crate) async fn home(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    let lang = lang(&tag)?;
    let mut door = p.door(lang, "", "portal-name");
    // What search engines read: who publishes this, and how to reach it.
    let data = json!({ "@context": "https://schema.org", "@type": "GovernmentOrganization", "name": lang.text("portal-name"), "url": p.settings.base,
        "contactPoint": { "@type": "ContactPoint", "telephone": "112", "contactType": "emergency", "availableLanguage": ["hi", "en"] } });
    door.data = script(&data);
    let campaigns = public_campaigns(&p, lang).await?.into_iter().filter(|c| !c.over).take(3).collect();
    let notices = notices(&p, lang, &Which::default(), 8).await?;
    door.updated = notices.iter().map(Notice::updated).max();
    kept(Home { notices, campaigns, door })
}

/// JSON inside a page: no letter of it can end the element.
fn script(data: &Value) -> String {
    data.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

async fn list(p: &Portal, lang: Lang, place: &str, key: &str, which: Which, narrows: bool) -> Result<Response, Wrong> {
    let notices = notices(p, lang, &which, PER_PAGE).await?;
    let full = i64::try_from(notices.len()).unwrap_or_default() == PER_PAGE;
    let next = notices.last().filter(|_| full).map(|n| {
        let before = n.at.timestamp_micros();
        format!("/{}/{place}?unit={}&kind={}&before={before}", lang.tag(), encode(&which.unit), encode(&which.kind))
    });
    let kinds = KINDS.iter().map(|k| Choice {
        value: (*k).to_owned(),
        text: lang.text(&format!("desk-kind-{k}")),
        chosen: *k == which.kind,
    });
    let kinds = kinds.collect();
    // Beside what the department says of itself stands what others say.
    let praise = if place == "achievements" { praise(p, lang).await? } else { Vec::new() };
    let mut door = p.door(lang, place, key);
    door.updated = notices.iter().map(Notice::updated).max();
    kept(Latest { door, units: p.units(lang, &which.unit).await?, notices, kinds, narrows, next, praise })
}

async fn praise(p: &Portal, lang: Lang) -> Result<Vec<Praise>, Wrong> {
    let line = |row: store::social::Praise| Praise {
        about: if lang == Lang::Hi { row.about_hi } else { row.about_en },
        by: if row.by_whom.is_empty() { lang.text(&format!("portal-source-{}", row.source)) } else { row.by_whom },
        url: row.url,
    };
    Ok(p.store().all_praise(true).await?.into_iter().map(line).collect())
}

pub(crate) async fn latest(State(p): State<Portal>, Path(tag): Path<String>, Query(w): Query<Which>) -> Result<Response, Wrong> {
    list(&p, lang(&tag)?, "latest", "portal-latest", w, true).await
}

pub(crate) async fn achievements(
    State(p): State<Portal>,
    Path(tag): Path<String>,
    Query(w): Query<Which>,
) -> Result<Response, Wrong> {
    let w = Which { kind: "achievement".into(), ..w };
    list(&p, lang(&tag)?, "achievements", "portal-achievements", w, false).await
}

pub(crate) async fn corrections(
    State(p): State<Portal>,
    Path(tag): Path<String>,
    Query(w): Query<Which>,
) -> Result<Response, Wrong> {
    let w = Which { kind: "correction".into(), ..w };
    list(&p, lang(&tag)?, "corrections", "portal-corrections", w, false).await
}

pub(crate) async fn one(State(p): State<Portal>, Path((tag, id)): Path<(String, String)>) -> Result<Response, Wrong> {
    let lang = lang(&tag)?;
    let row = p.store().published_one(&id).await?.ok_or(Wrong::Missing)?;
    let notice = notice(&p, lang, row).await?;
    let mut door = p.door(lang, &format!("post/{id}"), "portal-latest");
    let words =
        if lang == Lang::Hi && !notice.hindi.is_empty() || notice.english.is_empty() { &notice.hindi } else { &notice.english };
    door.title = words.chars().take(70).collect::<String>().lines().next().unwrap_or_default().to_owned();
    door.description = words.chars().take(160).collect();
    let data = json!({ "@context": "https://schema.org", "@type": "SpecialAnnouncement", "name": door.title, "text": words,
        "datePosted": notice.at.to_rfc3339(), "dateModified": notice.updated().to_rfc3339(), "author": { "@type": "GovernmentOrganization", "name": notice.unit_name }, "inLanguage": lang.tag() });
    door.data = script(&data);
    door.updated = Some(notice.updated());
    let earlier = if notice.edited.is_some() { p.desk().earlier(&id).await? } else { Vec::new() };
    let earlier = earlier.into_iter().filter(|e| (&e.hindi, &e.english) != (&notice.hindi, &notice.english)).map(|e| {
        let (hindi, english) = if e.open() { (e.hindi, e.english) } else { Default::default() };
        EarlierWords { until: moment(e.ended_at), hindi, english }
    });
    kept(One { earlier: earlier.collect(), door, notice })
}

pub(crate) async fn law(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    kept(Law { door: p.door(lang(&tag)?, "law", "portal-law"), topics: LAW.clone() })
}

pub(crate) async fn campaigns(State(p): State<Portal>, Path(tag): Path<String>) -> Result<Response, Wrong> {
    let lang = lang(&tag)?;
    kept(Campaigns { campaigns: public_campaigns(&p, lang).await?, door: p.door(lang, "campaigns", "portal-campaigns") })
}

/// A campaign that has begun and is shown; others are not there.
pub(crate) async fn one_campaign(State(p): State<Portal>, Path((tag, id)): Path<(String, String)>) -> Result<Response, Wrong> {
    let (lang, now) = (lang(&tag)?, p.lake.now().timestamp_micros());
    let found = p.store().campaigns(true).await?.into_iter().find(|c| c.id == id && c.from_at <= now).ok_or(Wrong::Missing)?;
    let mut notices = Vec::new();
    for post in p.store().campaign_posts(&id, 50).await? {
        if let Some(row) = p.store().published_one(&post.id).await? {
            notices.push(notice(&p, lang, row).await?);
        }
    }
    let covered = p.store().covered(&id).await?;
    let units = p.store().units().await?.into_iter().filter(|u| covered.iter().any(|c| c.unit == u.code));
    let units = units.map(|u| if lang == Lang::Hi { u.name_hi } else { u.name_en }).collect();
    let part = if lang == Lang::Hi { found.part_hi.clone() } else { found.part_en.clone() };
    let campaign = campaign(lang, found, now);
    let mut door = p.door(lang, &format!("campaign/{id}"), "portal-campaigns");
    door.title.clone_from(&campaign.name);
    door.description = campaign.about.chars().take(160).collect();
    kept(OneCampaign { door, campaign, part, units, notices })
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    q: String,
}

pub(crate) async fn stations(
    State(p): State<Portal>,
    Path(tag): Path<String>,
    Query(a): Query<Asked>,
) -> Result<Response, Wrong> {
    const MOST: usize = 50;
    let lang = lang(&tag)?;
    let (units, accounts) = (p.store().units().await?, p.store().accounts().await?);
    let wanted = a.q.trim().to_lowercase();
    let name = |u: &store::social::Unit| if lang == Lang::Hi { u.name_hi.clone() } else { u.name_en.clone() };
    let fits = |u: &&store::social::Unit| {
        wanted.is_empty() || [&u.name_hi, &u.name_en, &u.code].iter().any(|t| t.to_lowercase().contains(&wanted))
    };
    let found: Vec<&store::social::Unit> = units.iter().filter(fits).collect();
    let station = |u: &&store::social::Unit| Station {
        code: u.code.clone(),
        name: name(u),
        above: u.parent.as_ref().and_then(|c| units.iter().find(|x| x.code == *c)).map(name).unwrap_or_default(),
        numbers: u.numbers.split(',').map(str::trim).filter(|n| !n.is_empty()).map(str::to_owned).collect(),
        handles: accounts
            .iter()
            .filter(|x| x.unit == u.code && social::registry::official(x))
            .map(|x| {
                (
                    x.network.parse::<social::NetworkName>().map_or(x.network.clone(), |n| n.limits().title.clone()),
                    x.handle.clone(),
                )
            })
            .collect(),
    };
    kept(Stations {
        door: p.door(lang, "stations", "portal-stations"),
        stations: found.iter().take(MOST).map(station).collect(),
        more: found.len() > MOST,
        query: a.q,
    })
}
