//! Several messages signed on one page.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::{Form, Json};
use pages::Section;
use pages::desk::sign::{Sign, SignLine, SignedLine};
use serde::Deserialize;
use serde_json::{Value, json};
use social::desk::{SIGNED_AT_ONCE, Signed, ToSign};

use super::{at, said, title, words};
use crate::App;
use crate::ask::Ask;
use crate::fault::{Reply, show};

/// Messages on one page: as many as one reads at a sitting.
const SHOWN: usize = 30;

async fn line(app: &App, ask: &Ask, one: ToSign) -> Reply<SignLine> {
    let mut channels = Vec::new();
    for id in one.plan.iter().flat_map(|p| serde_json::from_str::<Vec<String>>(&p.channels).unwrap_or_default()) {
        let account = app.lake.store().account(&id).await?;
        channels.push(format!("{} {}", title(&account.network), account.handle));
    }
    let mut texts: Vec<(String, String)> = vec![
        (ask.lang.text("desk-hindi"), one.message.hindi.clone()),
        (ask.lang.text("desk-english"), one.message.english.clone()),
    ];
    texts.extend(one.message.variants.iter().map(|(n, text)| (n.limits().title.clone(), text.clone())));
    texts.retain(|(_, text)| !text.trim().is_empty());
    let mut open: Vec<String> = one.open().into_iter().map(|f| f.rule.clone()).collect();
    open.dedup();
    Ok(SignLine {
        open,
        texts,
        channels,
        pictures: one.message.media.iter().map(|m| m.alt.clone()).collect(),
        due: one.plan.as_ref().map(|p| at(p.due_at)),
        role: one.standing.missing.first().cloned().unwrap_or_default(),
        id: one.standing.post.id,
        version: one.standing.post.version,
        unit: one.standing.post.unit,
        kind: one.standing.post.kind,
        author: one.standing.post.author,
    })
}

async fn sheet(app: &App, ask: &Ask, done: Vec<SignedLine>) -> Reply {
    let mut lines = Vec::new();
    for one in app.desk().to_sign(&ask.principal, SHOWN).await? {
        lines.push(line(app, ask, one).await?);
    }
    show(Sign { done, lines, shell: ask.shell(Section::Desk, ask.lang.text("desk-sign")) })
}

pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    sheet(&app, &ask, Vec::new()).await
}

/// The first words of a message, for the list of what was done.
async fn told(app: &App, ask: &Ask, one: Signed) -> Reply<SignedLine> {
    let text = match app.lake.store().post(&one.post).await {
        Ok(post) => {
            let message = app.desk().message(&post.id, post.version).await?;
            if message.hindi.trim().is_empty() { message.english } else { message.hindi }
        }
        Err(_) => one.post.clone(),
    };
    Ok(SignedLine {
        words: words(&text, 60),
        id: one.post,
        missing: one.missing,
        refused: one.refused.map(|why| said(ask, &why)),
    })
}

pub(crate) async fn take(State(app): State<App>, ask: Ask, Form(form): Form<BTreeMap<String, String>>) -> Reply {
    let chosen: Vec<(String, i64)> = form
        .iter()
        .filter_map(|(name, version)| Some((name.strip_prefix("post-")?.to_owned(), version.parse().ok()?)))
        .take(SIGNED_AT_ONCE)
        .collect();
    let note = form.get("note").map(|n| n.trim()).filter(|n| !n.is_empty());
    let mut done = Vec::new();
    for one in app.desk().approve_many(&ask.principal, &chosen, note, app.lake.now()).await? {
        done.push(told(&app, &ask, one).await?);
    }
    sheet(&app, &ask, done).await
}

pub(crate) async fn json(State(app): State<App>, ask: Ask) -> Reply<Json<Value>> {
    Ok(Json(json!({ "waiting": app.desk().to_sign(&ask.principal, SIGNED_AT_ONCE).await? })))
}

#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    posts: Vec<One>,
    note: Option<String>,
}

#[derive(Debug, Deserialize)]
struct One {
    id: String,
    version: i64,
}

pub(crate) async fn take_json(State(app): State<App>, ask: Ask, Json(chosen): Json<Chosen>) -> Reply<Json<Value>> {
    let posts: Vec<(String, i64)> = chosen.posts.into_iter().map(|p| (p.id, p.version)).collect();
    let done = app.desk().approve_many(&ask.principal, &posts, chosen.note.as_deref(), app.lake.now()).await?;
    Ok(Json(json!({ "signed": done })))
}
