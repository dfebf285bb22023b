//! Refused rows: by source, one by one, and their replay.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::Redirect;
use lake::{At, Progress, Session, TableName};
use pages::Section;
use pages::quarantine::{Held, HeldLine, HeldRow, Quarantine, Reason};
use pages::shell::Crumb;
use pages::table::Pager;
use serde::Deserialize;

use crate::App;
use crate::ask::Ask;
use crate::cells::texts;
use crate::fault::{HttpError, Reply, show};
use crate::runs::{reason_text, reasons};

const PER_PAGE: u64 = 50;

/// Sources with refused rows.
pub(crate) async fn list(State(app): State<App>, ask: Ask) -> Reply {
    let tables = app.lake.catalog().await?;
    let mut lines: Vec<HeldLine> = tables
        .into_iter()
        .filter(|table| table.area == "clean" && table.quality.quarantined > 0)
        .map(|table| HeldLine {
            title: ask.pick(&table.title_hi, &table.title_en).to_owned(),
            rows: table.quality.quarantined,
            latest: table.last_ingest,
            top_reason: table
                .quality
                .reasons
                .iter()
                .max_by_key(|(_, count)| **count)
                .map(|(code, _)| reason_text(&ask, code))
                .unwrap_or_default(),
            contract: table.contract.unwrap_or_default(),
        })
        .collect();
    lines.sort_by_key(|line| std::cmp::Reverse(line.rows));
    show(Quarantine { lines, shell: ask.shell(Section::Quarantine, ask.lang.text("quarantine-title")) })
}

/// Which refused rows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Which {
    reason: Option<String>,
    page: Option<u64>,
    accepted: Option<u64>,
    refused: Option<u64>,
}

/// The refused rows of a source.
pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(name): Path<String>, Query(which): Query<Which>) -> Reply {
    let contract = app.lake.contract(&name)?;
    let title = ask.pick(&contract.title.hi, &contract.title.en).to_owned();
    let mut shell = ask.shell(Section::Quarantine, title.clone());
    shell.trail = vec![Crumb::new("/quarantine", shell.t("nav-quarantine"))];
    let page = which.page.unwrap_or(1).max(1);
    let only = which.reason.filter(|code| code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    let base = match &only {
        Some(code) => format!("/quarantine/{name}?reason={code}&page="),
        None => format!("/quarantine/{name}?page="),
    };
    let table = TableName::quarantine(&name);
    let mut held = Held {
        contract: name.clone(),
        title,
        reasons: Vec::new(),
        only,
        rows: Vec::new(),
        pager: Pager { base, page, per_page: PER_PAGE, total: 0 },
        replayed: which.accepted.zip(which.refused),
        shell,
    };
    if app.lake.home().table(&table).is_dir() {
        let access = ask.access(&app.lake, At::Now);
        let (app, ask) = (&app, &ask);
        held = app
            .lake
            .act(&access, "quarantine", |session| async move {
                fill(app, ask, &session, &mut held).await?;
                let what = serde_json::json!({ "source": held.contract, "rows": held.rows.len() });
                Ok::<_, HttpError>((held, what))
            })
            .await?;
    }
    show(held)
}

/// Reads one page of refused rows and the count of each reason.
async fn fill(app: &App, ask: &Ask, session: &Session, held: &mut Held) -> Reply<()> {
    let (table, page) = (TableName::quarantine(&held.contract), held.pager.page);
    let counted = texts(&session.rows(&format!("SELECT reason, count(*) FROM {table} GROUP BY reason")).await?, 1000)?;
    let counts: HashMap<String, u64> =
        counted.into_iter().filter_map(|row| Some((row[0].clone()?, row[1].as_ref()?.parse().ok()?))).collect();
    held.pager.total =
        held.only.as_ref().map_or_else(|| counts.values().sum(), |code| counts.get(code).copied().unwrap_or_default());
    held.reasons = reasons(ask, &counts);
    let filter = held.only.as_ref().map(|code| format!("WHERE reason = '{code}'")).unwrap_or_default();
    let sql = format!(
        "SELECT \"_object\", \"_row\", {REASONS}, original FROM {table} {filter} ORDER BY \"_object\", \"_row\" LIMIT {PER_PAGE} OFFSET {}",
        (page - 1) * PER_PAGE
    );
    let mut names: HashMap<String, String> = HashMap::new();
    for row in texts(&session.rows(&sql).await?, PER_PAGE as usize)? {
        let [object, n, why, original] = &row[..] else { continue };
        let object = object.clone().unwrap_or_default();
        if !names.contains_key(&object) {
            names.insert(
                object.clone(),
                app.lake.object_name(&object).await.unwrap_or_else(|_| pages::show::short_hash(&object).to_owned()),
            );
        }
        held.rows.push(HeldRow {
            file: names.get(&object).cloned().unwrap_or_default(),
            row: n.as_ref().and_then(|n| n.parse().ok()).unwrap_or_default(),
            reasons: parse_reasons(ask, why.as_deref().unwrap_or_default()),
            original: original.clone().unwrap_or_default(),
            object,
        });
    }
    Ok(())
}

/// The reasons; where they would show what is sealed, the first one's code and field.
pub(crate) const REASONS: &str =
    "coalesce(reasons, concat('[{\"code\":\"', reason, '\",\"column\":\"', coalesce(field, ''), '\"}]'))";

/// Checks the refused rows again under the present contract.
pub(crate) async fn replay(State(app): State<App>, Path(name): Path<String>) -> Reply<Redirect> {
    let contract = app.lake.contract(&name)?;
    let done = app.lake.replay(&contract, &Arc::new(Progress::default())).await?;
    Ok(Redirect::to(&format!("/quarantine/{name}?accepted={}&refused={}", done.accepted + done.duplicate, done.rejected)))
}

/// Reasons as the quarantine table keeps them: a JSON list.
pub(crate) fn parse_reasons(ask: &Ask, json: &str) -> Vec<Reason> {
    let list: Vec<serde_json::Value> = serde_json::from_str(json).unwrap_or_default();
    let text = |value: &serde_json::Value, key: &str| value.get(key).and_then(|field| field.as_str()).map(str::to_owned);
    list.iter()
        .map(|one| {
            let code = text(one, "code").unwrap_or_default();
            Reason {
                text: reason_text(ask, &code),
                column: text(one, "column"),
                value: text(one, "value"),
                message: text(one, "message").unwrap_or_default(),
                code,
            }
        })
        .collect()
}
