//! Search by exact identifier.

use axum::extract::{Query, State};
use lake::{At, TableName};
use model::{Phone, Plate};
use pages::Section;
use pages::dossier::Kind;
use pages::search::{Hit, Search};
use serde::Deserialize;

use crate::App;
use crate::ask::Ask;
use crate::cells::texts;
use crate::fault::{Reply, show};
use crate::object::kind_of;

/// What is looked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Looked {
    q: String,
}

/// The search page with what was found.
pub(crate) async fn page(State(app): State<App>, ask: Ask, Query(looked): Query<Looked>) -> Reply {
    let q = looked.q.trim().chars().take(200).collect::<String>();
    let mut shell = ask.shell(Section::Search, ask.lang.text("search-title"));
    shell.query.clone_from(&q);
    let mut page = Search { q: q.clone(), hits: Vec::new(), read_as: Vec::new(), shell };
    if q.is_empty() {
        return show(page);
    }
    let (keys, read_as) = readings(&ask, &q);
    page.read_as = read_as;
    if q.len() == 64
        && let Some(object) = app.lake.store().object(&q.to_ascii_lowercase()).await?
    {
        page.hits.push(Hit {
            kind: Kind::Case,
            title: object.original_name,
            note: ask.lang.text("object"),
            href: format!("/object/{}", object.sha256),
            rows: 0,
            sources: Vec::new(),
        });
    }
    let list = keys.iter().map(|key| format!("'{}'", key.replace('\'', "''"))).collect::<Vec<_>>().join(", ");
    let session = app.lake.session(&ask.access(&app.lake, At::Now))?;
    let sources = [
        (
            "person_mention",
            format!(
                "'person', person_key, max(coalesce(name, name_local)), count(*), string_agg(DISTINCT \"_source\", ',') FROM pole.person_mention WHERE person_key IN ({list}) OR phone IN ({list}) GROUP BY person_key"
            ),
        ),
        (
            "object",
            format!(
                "kind, key, max(label), count(*), string_agg(DISTINCT \"_source\", ',') FROM pole.object WHERE key IN ({list}) GROUP BY kind, key"
            ),
        ),
        (
            "event",
            format!(
                "kind, key, max(title), count(*), string_agg(DISTINCT \"_source\", ',') FROM pole.event WHERE key IN ({list}) OR case_key IN ({list}) GROUP BY kind, key"
            ),
        ),
    ];
    for (table, rest) in sources {
        if !app.lake.home().table(&TableName::new("pole", table)).is_dir() {
            continue;
        }
        for row in texts(&session.rows(&format!("SELECT {rest} LIMIT 100")).await?, 100)? {
            page.hits.extend(hit(&row));
        }
    }
    show(page)
}

fn hit(row: &[Option<String>]) -> Option<Hit> {
    let [kind, key, label, rows, sources] = row else { return None };
    let kind = kind_of(kind.as_deref()?);
    let key = key.clone().unwrap_or_default();
    Some(Hit {
        href: address(kind, &key),
        title: label.clone().unwrap_or_else(|| key.clone()),
        note: key,
        rows: rows.as_ref()?.parse().ok()?,
        sources: sources.iter().flat_map(|text| text.split(',')).map(str::to_owned).collect(),
        kind,
    })
}

/// Where the rows that speak of a key are listed.
fn address(kind: Kind, key: &str) -> String {
    let (table, column) = match kind {
        Kind::Person => ("person_mention", "person_key"),
        Kind::Case => ("event", "key"),
        _ => ("object", "key"),
    };
    let sql = format!("SELECT * FROM pole.{table} WHERE {column} = '{}'", key.replace('\'', "''"));
    format!("/sql?q={}", pages::shell::encode(&sql))
}

/// The keys a text may stand for, and what it was read as.
fn readings(ask: &Ask, q: &str) -> (Vec<String>, Vec<String>) {
    let mut keys = vec![q.to_owned()];
    let mut read_as = Vec::new();
    let mut add = |key: String, word: &str| {
        if !keys.contains(&key) {
            keys.push(key);
        }
        read_as.push(ask.lang.text(word));
    };
    if let Ok(phone @ Phone::National(_)) = Phone::read(q) {
        add(phone.into_text().into_owned(), "read-phone");
    }
    if let Ok(plate) = Plate::read(q) {
        add(plate.text.into_owned(), "read-vehicle");
    }
    let digits: String = q.chars().filter(char::is_ascii_digit).collect();
    if (14..=16).contains(&digits.len()) && !q.contains('/') {
        add(digits.chars().take(14).collect(), "read-handset");
    }
    if q.split('/').count() == 3 {
        add(format!("fir:{}", q.trim_start_matches("fir:")), "read-case");
    }
    (keys, read_as)
}
