//! Which records are one person: the queue, a pair side by side with its decision, and how the linkage stands; pages and JSON.

use std::collections::BTreeSet;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Form, Json};
use chrono::{DateTime, Utc};
use dossier::Mention;
use dossier::resolve::{self, Judge, Options, Quality, Queue, Shown};
use lake::{At, LakeError};
use pages::review::{Line, Linkage, Pair, Review, Said, Side, Stated};
use pages::shell::{Crumb, Island};
use pages::table::{Cell, Grid, GridColumn, Pager};
use pages::{Section, show as words};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::App;
use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};
use crate::view::{address, origin};

const PER_PAGE: usize = 50;

/// Which part of the queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    page: Option<usize>,
    /// An answer was just kept.
    kept: Option<String>,
}

/// A decision, from a form or as JSON.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    verdict: identity::Verdict,
    #[serde(default)]
    why: String,
}

async fn queued(app: &App, ask: &Ask, offset: usize, limit: usize) -> Reply<Queue> {
    let lake = app.lake.clone();
    app.lake
        .act(&ask.access(&app.lake, At::Now), "review", |session| async move {
            let queue = resolve::queue(&lake, &session, offset, limit).await?;
            let what = json!({ "waiting": queue.waiting });
            Ok::<_, LakeError>((queue, what))
        })
        .await
        .map_err(HttpError::from)
}

pub(crate) async fn list(State(app): State<App>, ask: Ask, Query(wanted): Query<Wanted>) -> Reply {
    let page = wanted.page.unwrap_or(1).max(1);
    let queue = queued(&app, &ask, (page - 1) * PER_PAGE, PER_PAGE).await?;
    let shell = ask.shell(Section::Review, ask.lang.text("review-title"));
    let lines = queue.pairs.iter().map(|pair| Line {
        href: format!("/review/{}/{}", pair.left, pair.right),
        left: pair.left_name.clone(),
        right: pair.right_name.clone(),
        percent: format!("{:.1} %", 100.0 * pair.probability),
        reason: ask.lang.text(&format!("waits-{}", pair.reason)),
    });
    show(Review {
        lines: lines.collect(),
        pager: Pager { base: "/review?page=".into(), page: page as u64, per_page: PER_PAGE as u64, total: queue.waiting as u64 },
        at: moment(queue.at.as_deref()),
        shell,
    })
}

pub(crate) async fn list_json(State(app): State<App>, ask: Ask, Query(wanted): Query<Wanted>) -> Reply<Json<Queue>> {
    let page = wanted.page.unwrap_or(1).max(1);
    Ok(Json(queued(&app, &ask, (page - 1) * PER_PAGE, PER_PAGE).await?))
}

async fn shown(app: &App, ask: &Ask, left: String, right: String) -> Reply<Shown> {
    let lake = app.lake.clone();
    app.lake
        .act(&ask.access(&app.lake, At::Now), "review", |session| async move {
            let shown = resolve::show(&lake, &session, &left, &right).await?;
            let what = json!({ "left": shown.left.record, "right": shown.right.record });
            Ok::<_, LakeError>((shown, what))
        })
        .await
        .map_err(HttpError::from)
}

pub(crate) async fn pair_json(
    State(app): State<App>,
    ask: Ask,
    Path((left, right)): Path<(String, String)>,
) -> Reply<Json<Shown>> {
    Ok(Json(shown(&app, &ask, left, right).await?))
}

pub(crate) async fn pair(
    State(app): State<App>,
    ask: Ask,
    Path((left, right)): Path<(String, String)>,
    Query(wanted): Query<Wanted>,
) -> Reply {
    let shown = shown(&app, &ask, left, right).await?;
    let mut shell = ask.shell(Section::Review, ask.lang.text("pair-title"));
    shell.trail = vec![Crumb::new("/review", shell.t("review-title"))];
    shell.island = Some(Island::Review);
    let side = |of: &resolve::Side| Side {
        record: of.record.clone(),
        href: address(&dossier::Target::new(dossier::Kind::Person, of.person.as_str())).unwrap_or_default(),
        name: of.mentions.iter().find_map(Mention::shown_name).unwrap_or(&of.record).to_owned(),
        origins: of.mentions.iter().map(|m| origin(&m.origin)).collect(),
    };
    let why = match ask.lang {
        pages::Lang::Hi => &shown.why.hi,
        pages::Lang::En => &shown.why.en,
    };
    let said = shown.judgements.iter().map(|j| Said {
        verdict: ask.lang.text(&format!("verdict-{}", word(&j.verdict))),
        who: j.who.clone(),
        at: DateTime::from_timestamp_micros(j.when),
        why: j.why.clone(),
    });
    show(Pair {
        stated: stated(&ask, &shown.left.mentions, &shown.right.mentions),
        left: side(&shown.left),
        right: side(&shown.right),
        why: why.clone(),
        joined: shown.joined,
        said: said.collect(),
        notice: wanted.kept.map(|_| shell.t(if shown.waits_for_second.is_some() { "pair-wait" } else { "pair-thanks" })),
        sensitive: shown.sensitive,
        first: shown.waits_for_second,
        shell,
    })
}

fn word<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What both sides state, attribute by attribute.
fn stated(ask: &Ask, left: &[Mention], right: &[Mention]) -> Vec<Stated> {
    type Get = fn(&Mention) -> Option<String>;
    let rows: [(&str, bool, Get); 14] = [
        ("fact-name", false, |m| m.name.clone()),
        ("fact-name-local", false, |m| m.name_local.clone()),
        ("fact-alias", false, |m| m.alias.clone()),
        ("fact-relative", false, |m| m.relative_name.clone()),
        ("fact-relative-local", false, |m| m.relative_name_local.clone()),
        ("fact-sex", true, |m| m.sex.clone()),
        ("fact-birth-date", true, |m| m.birth_date.clone()),
        ("fact-birth-year", true, |m| m.birth_year.map(|y| y.to_string())),
        ("fact-age", false, |m| Some(format!("{} ({})", m.age?, m.age_on.clone().unwrap_or_default()))),
        ("fact-address", false, |m| m.address.clone()),
        ("fact-phone", false, |m| m.phone.clone()),
        ("fact-id", true, |m| m.id_value.clone()),
        ("fact-role", false, |m| m.shown_role().map(str::to_owned)),
        ("fact-in-force", false, |m| m.in_force.as_ref().map(|f| f.standing.as_str().to_owned())),
    ];
    let values = |of: &[Mention], get: Get| of.iter().filter_map(get).collect::<BTreeSet<String>>();
    let told = |key: &str, values: BTreeSet<String>| -> Vec<String> {
        let area = if key == "fact-in-force" { "standing" } else { key.strip_prefix("fact-").unwrap_or(key) };
        values.into_iter().map(|v| ask.lang.known(&format!("{area}-{v}")).unwrap_or(v)).collect()
    };
    rows.into_iter()
        .filter_map(|(key, single, get)| {
            let (l, r) = (values(left, get), values(right, get));
            let differs = single && !l.is_empty() && !r.is_empty() && l.is_disjoint(&r);
            (!l.is_empty() || !r.is_empty()).then(|| Stated {
                label: ask.lang.text(key),
                left: told(key, l),
                right: told(key, r),
                differs,
            })
        })
        .collect()
}

/// Keeps the answer, forms the clusters anew behind the reader's back, and leads to the next pair.
pub(crate) async fn decide(
    State(app): State<App>,
    ask: Ask,
    Path((left, right)): Path<(String, String)>,
    Form(answer): Form<Answer>,
) -> Reply<Response> {
    let made = keep(&app, &ask, left.clone(), right.clone(), answer).await?;
    if made.sensitive {
        return Ok(Redirect::to(&format!("/review/{left}/{right}?kept=1")).into_response());
    }
    let next = queued(&app, &ask, 0, 1).await?.pairs.into_iter().next();
    Ok(Redirect::to(&next.map_or("/review".into(), |p| format!("/review/{}/{}?kept=1", p.left, p.right))).into_response())
}

pub(crate) async fn decide_json(
    State(app): State<App>,
    ask: Ask,
    Path((left, right)): Path<(String, String)>,
    Json(answer): Json<Answer>,
) -> Reply<Json<resolve::Kept>> {
    Ok(Json(keep(&app, &ask, left, right, answer).await?))
}

async fn keep(app: &App, ask: &Ask, left: String, right: String, answer: Answer) -> Reply<resolve::Kept> {
    let access = ask.access(&app.lake, At::Now);
    let made = resolve::judge(&app.lake, &access, Judge { left, right, verdict: answer.verdict, why: answer.why }).await?;
    let (lake, access) = (app.lake.clone(), app.upkeep());
    tokio::spawn(async move {
        // The answer is kept whatever comes of this; the next run takes it in as well.
        if let Err(e) = resolve::resolve(&lake, &access, Options::default()).await {
            tracing::warn!("linkage after a decision: {e}");
        }
    });
    Ok(made)
}

fn moment(text: Option<&str>) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text?).ok().map(|t| t.with_timezone(&Utc))
}

async fn standing(app: &App, ask: &Ask) -> Reply<Quality> {
    app.lake
        .act(&ask.access(&app.lake, At::Now), "review", |session| async move {
            let quality = resolve::quality(&app.lake, &session).await?;
            let what = json!({ "suspects": quality.suspects.len() });
            Ok::<_, LakeError>((quality, what))
        })
        .await
        .map_err(HttpError::from)
}

pub(crate) async fn quality_json(State(app): State<App>, ask: Ask) -> Reply<Json<Quality>> {
    Ok(Json(standing(&app, &ask).await?))
}

pub(crate) async fn quality(State(app): State<App>, ask: Ask) -> Reply {
    let found = standing(&app, &ask).await?;
    let mut shell = ask.shell(Section::Review, ask.lang.text("linkage-title"));
    shell.trail = vec![Crumb::new("/review", shell.t("review-title"))];
    let count = |n: usize| words::count(n as u64);
    let r = &found.report;
    let facts = [
        ("linkage-mentions", r.mentions),
        ("linkage-records", r.records),
        ("linkage-persons", r.persons),
        ("linkage-review", r.review),
        ("linkage-judgements", r.judgements),
        ("linkage-conflicts", r.conflicts),
    ];
    let column = |key: &str, numeric: bool| GridColumn { name: ask.lang.text(key), numeric, class: None };
    let step = |from: usize| match from {
        5 => "5–9".to_owned(),
        10 => "10–19".to_owned(),
        20 => "20+".to_owned(),
        n => n.to_string(),
    };
    let suspects = found.suspects.iter().map(|s| {
        let href = format!("/person/{}", s.person);
        let why: Vec<String> = s.why.iter().map(|w| ask.lang.text(&format!("suspect-{w}"))).collect();
        vec![
            Cell::link(s.person.clone(), href),
            Cell::new(count(s.records)),
            Cell::new(count(s.years)),
            Cell::new(count(s.sexes)),
            Cell::new(count(s.phones)),
            Cell::new(why.join(", ")),
        ]
    });
    let measures = r.measured.as_ref().map_or(Vec::new(), |m| {
        let share = |x: f64| format!("{x:.4}");
        [
            ("measure-precision", share(m.precision)),
            ("measure-recall", share(m.recall)),
            ("measure-f1", share(m.f1)),
            ("measure-cluster_f1", share(m.cluster_f1)),
            ("measure-b3_f1", share(m.b3_f1)),
            ("measure-mixed", count(m.mixed)),
            ("measure-mixed_excluded", count(m.mixed_excluded)),
        ]
        .map(|(key, value)| vec![Cell::new(ask.lang.text(key)), Cell::new(value)])
        .to_vec()
    });
    let parts = |kind: &str| {
        let share = |x: Option<f64>| x.map_or_else(|| "–".to_owned(), |x| format!("{:.1} %", 100.0 * x));
        let rows = found.parts.iter().filter(|p| p.kind == kind).map(|p| {
            let said = if p.judged == 0 { "–".to_owned() } else { format!("{} / {}", count(p.agreed), count(p.judged)) };
            let cells = [p.name.clone(), count(p.records), count(p.joined), share(p.precision), share(p.recall), said];
            cells.into_iter().map(Cell::new).collect()
        });
        Grid {
            columns: vec![
                column(&format!("linkage-{kind}"), false),
                column("linkage-records", true),
                column("linkage-joined", true),
                column("linkage-precision", true),
                column("linkage-recall", true),
                column("linkage-agreed", true),
            ],
            rows: rows.collect(),
        }
    };
    show(Linkage {
        sources: parts("source"),
        districts: parts("district"),
        at: moment(found.at.as_deref()),
        stale: found.stale,
        facts: facts.iter().map(|(key, n)| (ask.lang.text(key), count(*n))).collect(),
        sizes: Grid {
            columns: vec![column("linkage-size", true), column("linkage-count", true)],
            rows: found.sizes.iter().map(|(from, n)| vec![Cell::new(step(*from)), Cell::new(count(*n))]).collect(),
        },
        suspects: Grid {
            columns: vec![
                column("linkage-person", false),
                column("linkage-records", true),
                column("linkage-years", true),
                column("linkage-sexes", true),
                column("linkage-phones", true),
                column("review-waits", false),
            ],
            rows: suspects.collect(),
        },
        measures: Grid { columns: vec![column("linkage-measure", false), column("linkage-value", true)], rows: measures },
        shell,
    })
}
