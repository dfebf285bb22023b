//! Search: a page and its JSON. One search is one record in the access log; the text is kept there as a hash only.

use ::dossier::{Filter, Found, HITS, Kind};
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Json;
use axum::extract::{Query, State};
use lake::{At, LakeError};
use pages::search::{Hit, Narrowed, Piece, Search, Suggest};
use pages::shell::encode;
use pages::{Lang, Section, dossier as page};
use serde::Deserialize;
use serde_json::json;

use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};
use crate::view::{address, badges, kind, origin};

/// Longest text looked for, in characters.
const LONGEST: usize = 200;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Looked {
    q: String,
    /// Only hits of one kind: `person`, `phone`, `handset`, `vehicle`, `case`, `event`, `place`, `document`.
    kind: String,
    district: String,
    thana: String,
    /// A contract or a system.
    source: String,
    /// `male`, `female`, `transgender`.
    sex: String,
    /// Years of age, at least and at most.
    age_from: String,
    age_to: String,
    /// First and last day of what happened.
    from: String,
    to: String,
    /// Hits wanted: 20 where nothing is said, 200 at most.
    most: String,
}

/// Nobody is older.
const OLDEST: u32 = 120;

impl Looked {
    fn text(&self) -> String {
        self.q.trim().chars().take(LONGEST).collect()
    }

    fn filter(&self, app: &App) -> Reply<Filter> {
        let wrong = |what: &str| HttpError::BadRequest(format!("{what:?} cannot be read in this filter"));
        let some = |text: &String| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        let kind = some(&self.kind).map(|kind| {
            let known = serde_json::from_value::<Kind>(json!(kind)).ok().filter(|k| *k != Kind::Thing);
            known.ok_or_else(|| {
                let list = "person, phone, handset, vehicle, case, event, place or document";
                HttpError::BadRequest(format!("{kind:?} is no kind; use {list}"))
            })
        });
        let years = |text: &String| some(text).map(|t| t.parse::<u32>().map_err(|_| wrong(&t))).transpose();
        let day = |text: &String| some(text).map(|t| t.parse::<chrono::NaiveDate>().map_err(|_| wrong(&t))).transpose();
        let (youngest, oldest) = (years(&self.age_from)?, years(&self.age_to)?);
        Ok(Filter {
            kind: kind.transpose()?,
            district: some(&self.district),
            thana: some(&self.thana),
            source: some(&self.source),
            sex: some(&self.sex),
            age: (youngest.is_some() || oldest.is_some()).then(|| (youngest.unwrap_or(0), oldest.unwrap_or(OLDEST))),
            from: day(&self.from)?,
            to: day(&self.to)?,
            most: some(&self.most).map(|t| t.parse::<usize>().map_err(|_| wrong(&t))).transpose()?,
            today: app.lake.now().date_naive(),
        })
    }

    /// Where twice as many hits are shown; none from the most that are given.
    fn more(&self, shown: usize) -> Option<String> {
        let parts = [
            ("q", &self.q),
            ("kind", &self.kind),
            ("district", &self.district),
            ("thana", &self.thana),
            ("source", &self.source),
            ("sex", &self.sex),
            ("age_from", &self.age_from),
            ("age_to", &self.age_to),
            ("from", &self.from),
            ("to", &self.to),
        ];
        let said = parts.iter().filter(|(_, value)| !value.is_empty());
        let said: Vec<String> = said.map(|(name, value)| format!("{name}={}", encode(value))).collect();
        (shown < HITS).then(|| format!("/search?{}&most={}", said.join("&"), (2 * shown).min(HITS)))
    }

    fn narrowed(&self) -> Narrowed {
        Narrowed {
            only: self.kind.clone(),
            district: self.district.clone(),
            thana: self.thana.clone(),
            source: self.source.clone(),
            sex: self.sex.clone(),
            age_from: self.age_from.clone(),
            age_to: self.age_to.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
        }
    }
}

/// The search page with what was found.
pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(looked): Query<Looked>) -> Reply {
    let text = looked.text();
    let mut page = fill(&ask, text.clone(), None, false);
    if text.is_empty() {
        return show(page);
    }
    let found = find(&app, &ask, &text, looked.filter(&app)?).await?;
    follow(&app).await?;
    page = fill(&ask, text.clone(), Some(found), false);
    page.narrowed = looked.narrowed();
    page.more = if page.truncated { looked.more(page.hits.len()) } else { None };
    if text.len() == 64
        && let Some(object) = app.lake.store().object(&text.to_ascii_lowercase()).await?
    {
        page.read_as = vec![ask.lang.text("read-hash")];
        page.hits.push(Hit {
            kind: page::Kind::Thing,
            title: plain(object.original_name),
            note: plain(ask.lang.text("object")),
            standings: Vec::new(),
            matched: String::new(),
            href: format!("/object/{}", object.sha256),
            rows: 0,
            sources: Vec::new(),
        });
    }
    show(page)
}

/// What the text may become while it is typed: a piece of the page, nothing where no index is.
pub(crate) async fn suggest(State(app): State<App>, ask: Ask, Query(looked): Query<Looked>) -> Reply {
    let text = looked.text();
    let found =
        if text.chars().count() < 2 { Found::default() } else { look(&app, &ask, &text, Filter::default(), true).await? };
    let page = fill(&ask, text, Some(found), false);
    show(Suggest { hits: page.hits, shell: page.shell })
}

/// Brings the index up to the lake behind the reader's back; one such work at a time.
async fn follow(app: &App) -> Reply<()> {
    static AT_WORK: AtomicBool = AtomicBool::new(false);
    if !::dossier::index::stale(&app.lake).await? || AT_WORK.swap(true, Ordering::AcqRel) {
        return Ok(());
    }
    let (lake, access) = (app.lake.clone(), app.upkeep());
    tokio::spawn(async move {
        if let Err(e) = ::dossier::index::follow(&lake, &access, false).await {
            tracing::warn!("search index: {e}");
        }
        AT_WORK.store(false, Ordering::Release);
    });
    Ok(())
}

/// The same as JSON.
pub(crate) async fn json(State(app): State<App>, ask: Ask, Query(looked): Query<Looked>) -> Reply<Json<Found>> {
    Ok(Json(find(&app, &ask, &looked.text(), looked.filter(&app)?).await?))
}

/// Sections of law in a text, and the day of the offence.
#[derive(Debug, Deserialize)]
pub(crate) struct Named {
    text: String,
    #[serde(default)]
    offence: String,
}

/// What corresponds to sections of law, as JSON.
pub(crate) async fn sections(State(app): State<App>, ask: Ask, Query(named): Query<Named>) -> Reply<Json<Vec<::dossier::Law>>> {
    let wrong = |_| HttpError::BadRequest(format!("offence: {:?} is no day; write YYYY-MM-DD", named.offence));
    let offence = Some(named.offence.trim()).filter(|day| !day.is_empty()).map(|day| day.parse().map_err(wrong)).transpose()?;
    let laws = app
        .lake
        .act(&ask.access(&app.lake, At::Now), "section", |session| async move {
            let laws = ::dossier::laws(&session, &named.text, offence).await?;
            let what = json!({ "text": named.text, "found": laws.len() });
            Ok::<_, LakeError>((laws, what))
        })
        .await?;
    Ok(Json(laws))
}

async fn find(app: &App, ask: &Ask, text: &str, filter: Filter) -> Reply<Found> {
    look(app, ask, text, filter, false).await
}

async fn look(app: &App, ask: &Ask, text: &str, filter: Filter, typing: bool) -> Reply<Found> {
    let access = ask.access(&app.lake, At::Now);
    let text = text.to_owned();
    app.lake
        .act(&access, "search", |session| async move {
            let found = match typing {
                true => ::dossier::suggest(&session, &text).await?,
                false => ::dossier::search(&session, &text, filter).await?,
            };
            let what = json!({ "text": app.lake.audit().mark(&text), "found": found.hits.len() });
            Ok::<_, LakeError>((found, what))
        })
        .await
        .map_err(HttpError::from)
}

/// The page for a text; `several` when one person was asked for and these share the identifier.
pub(crate) fn fill(ask: &Ask, q: String, found: Option<Found>, several: bool) -> Search {
    let mut shell = ask.shell(Section::Search, ask.lang.text("search-title"));
    shell.query.clone_from(&q);
    let found = found.unwrap_or_default();
    let word = |matched: ::dossier::Matched| {
        let code = serde_json::to_value(matched).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        let key = match code.as_str() {
            "person_key" => "read-person".to_owned(),
            "plate" => "read-vehicle".to_owned(),
            "imei" => "read-handset".to_owned(),
            "fir" => "read-case".to_owned(),
            other => format!("read-{other}"),
        };
        ask.lang.text(&key)
    };
    let hits = found.hits.iter().map(|hit| Hit {
        kind: kind(hit.target.kind),
        title: marked(&q, hit.title.clone()),
        note: marked(&q, note(ask.lang, &hit.note)),
        standings: badges(ask.lang, &hit.standings),
        matched: word(hit.matched),
        // What has no page of its own leads to the row that speaks of it.
        href: address(&hit.target).unwrap_or_else(|| origin(&hit.origin).href()),
        rows: hit.rows as u64,
        sources: hit.sources.clone(),
    });
    Search {
        hits: hits.collect(),
        read_as: found.read_as.iter().map(|m| word(*m)).collect(),
        truncated: found.truncated,
        unindexed: found.unindexed,
        more: None,
        several,
        narrowed: Narrowed::default(),
        q,
        shell,
    }
}

fn plain(text: String) -> Vec<Piece> {
    vec![Piece { text, marked: false }]
}

/// A shown text with what answers the question marked.
fn marked(question: &str, text: String) -> Vec<Piece> {
    ::dossier::marked(question, &text).into_iter().map(|p| Piece { text: p.text, marked: p.marked }).collect()
}

/// What tells a hit from others; words for a role and a relation are translated.
fn note(lang: Lang, note: &str) -> String {
    let said = |part: &str| {
        let relative = || {
            let (relation, name) = part.split_once(' ')?;
            Some(format!("{} {name}", lang.known(&format!("relative-{relation}"))?))
        };
        lang.known(&format!("role-{part}")).or_else(relative).unwrap_or_else(|| part.to_owned())
    };
    note.split(" · ").map(said).collect::<Vec<_>>().join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_says_role_and_relation_in_the_language_of_the_page() {
        let said = "victim · husband Prakash Singh · Tehsil Road, Ajmer";
        assert_eq!(note(Lang::Hi, said), "पीड़ित · पति Prakash Singh · Tehsil Road, Ajmer");
        assert_eq!(note(Lang::Hi, "12 March 2024"), "12 March 2024", "what is neither stays");
    }
}
