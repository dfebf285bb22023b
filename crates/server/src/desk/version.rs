//! Earlier versions of a message, and what changed from one to the next.

use axum::Json;
use axum::extract::{Form, Path, State};
use axum::response::Redirect;
use pages::Section;
use pages::desk::version::{Text, VersionLine, Versions};
use serde::Deserialize;
use serde_json::{Value, json};
use social::message::{FLAGS, Message};
use social::text::{Change, Stretch, diff};
use store::social::Version;

use super::at;
use super::post::{self, Sheet, given};
use crate::App;
use crate::ask::Ask;
use crate::fault::{Reply, show};

/// Everything of a message that a reader sees or that the checks go by, under the place it stands in.
fn texts(ask: &Ask, m: &Message) -> Vec<(String, String)> {
    let t = |key: &str| ask.lang.text(key);
    let mut out = vec![(t("desk-hindi"), m.hindi.clone()), (t("desk-english"), m.english.clone())];
    out.extend(m.variants.iter().map(|(n, text)| (n.limits().title.clone(), text.clone())));
    let facts = serde_json::to_value(&m.facts).unwrap_or_default();
    let said: Vec<String> = facts
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, v)| match v {
            Value::Bool(true) => Some(t(&format!("desk-fact-{name}"))),
            Value::String(stage) => Some(t(&format!("desk-stage-{stage}"))),
            _ => None,
        })
        .collect();
    out.push((t("desk-facts"), said.join("; ")));
    for (i, one) in m.media.iter().enumerate() {
        let mut one = one.clone();
        let mut words = vec![one.alt.clone()];
        words.extend(FLAGS.iter().filter(|f| one.flag(f).is_some_and(|on| *on)).map(|f| t(&format!("desk-fact-{f}"))));
        out.push((format!("{} {}", t("desk-picture"), i + 1), words.join("; ")));
    }
    out
}

/// A version beside the one before it.
struct Beside {
    row: Version,
    /// Place, and what changed there.
    changes: Vec<(String, Vec<Stretch>)>,
}

async fn all(app: &App, ask: &Ask, id: &str) -> Reply<Vec<Beside>> {
    let post = app.lake.store().post(id).await?;
    app.desk().may_read(&ask.principal, &post.unit).await?;
    let (mut before, mut out): (Vec<(String, String)>, _) = (Vec::new(), Vec::new());
    for row in app.lake.store().versions(id).await? {
        let now = texts(ask, &app.desk().message(id, row.version).await?);
        let mut places: Vec<&String> = now.iter().map(|(place, _)| place).collect();
        // What is no longer there at all is shown as gone.
        places.extend(before.iter().map(|(place, _)| place).filter(|place| !now.iter().any(|(p, _)| p == *place)));
        let of = |list: &[(String, String)], place: &str| {
            list.iter().find(|(p, _)| p == place).map(|(_, text)| text.clone()).unwrap_or_default()
        };
        let changes = places.iter().map(|place| ((*place).clone(), diff(&of(&before, place), &of(&now, place))));
        let changes = changes.filter(|(_, stretches)| !stretches.is_empty()).collect();
        out.push(Beside { row, changes });
        before = now;
    }
    // The newest comes first.
    out.reverse();
    Ok(out)
}

pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply {
    let all = all(&app, &ask, &id).await?;
    let (newest, earlier) = (all.first().map_or(0, |b| b.row.version), app.desk().earlier(&id).await?);
    let versions = all.into_iter().map(|b| VersionLine {
        public_until: earlier.iter().find(|e| e.version == b.row.version).map(|e| at(e.ended_at)),
        rule: earlier.iter().find(|e| e.version == b.row.version).and_then(|e| e.rule.clone()),
        older: b.row.version < newest,
        withheld: b.row.withheld,
        version: b.row.version,
        who: b.row.author,
        at: at(b.row.at),
        sha256: b.row.sha256,
        texts: b
            .changes
            .into_iter()
            .map(|(place, stretches)| Text {
                changed: b.row.version > 1 && stretches.iter().any(|s| s.change != Change::Same),
                place,
                // The first version is no change of anything.
                stretches: stretches
                    .into_iter()
                    .map(|s| (if b.row.version > 1 { kind(s.change) } else { "same" }, s.text))
                    .collect(),
            })
            .collect(),
    });
    let public = app.desk().is_out(&id).await?;
    show(Versions { versions: versions.collect(), public, id, shell: ask.shell(Section::Desk, ask.lang.text("desk-versions")) })
}

fn kind(change: Change) -> &'static str {
    match change {
        Change::Same => "same",
        Change::Gone => "gone",
        Change::Came => "came",
    }
}

pub(crate) async fn json(State(app): State<App>, ask: Ask, Path(id): Path<String>) -> Reply<Json<Value>> {
    let mut versions = Vec::new();
    for b in all(&app, &ask, &id).await? {
        let message = app.desk().message(&id, b.row.version).await?;
        let changes: Vec<Value> = b.changes.iter().map(|(place, c)| json!({ "place": place, "changes": c })).collect();
        versions.push(json!({ "version": b.row.version, "author": b.row.author, "at": b.row.at, "sha256": b.row.sha256, "message": message, "texts": changes }));
    }
    Ok(Json(json!({ "versions": versions, "earlier": app.desk().earlier(&id).await? })))
}

/// Keeps an older version from the public, or shows it again.
pub(crate) async fn withhold(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Form(form): Form<Sheet>,
) -> Reply<Redirect> {
    let version = post::version(&form)?;
    let reason = (given(&form, "show") != "1").then(|| given(&form, "reason"));
    app.desk().withhold(&ask.principal, &id, version, reason, app.lake.now()).await?;
    Ok(Redirect::to(&format!("/desk/post/{id}/versions")))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Withhold {
    version: i64,
    /// None: the public reads it again.
    reason: Option<String>,
}

pub(crate) async fn withhold_json(
    State(app): State<App>,
    ask: Ask,
    Path(id): Path<String>,
    Json(w): Json<Withhold>,
) -> Reply<Json<Value>> {
    app.desk().withhold(&ask.principal, &id, w.version, w.reason.as_deref(), app.lake.now()).await?;
    Ok(Json(json!({ "earlier": app.desk().earlier(&id).await? })))
}
