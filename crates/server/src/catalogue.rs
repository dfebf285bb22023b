//! The catalogue: every table, one table in full, and their JSON.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use lake::catalog::TableInfo;
use lake::lineage::Flow;
use lake::{At, Lake, TableName};
use model::Classification;
use pages::catalogue::{Catalogue, ColumnLine, Table, TableLine, Term, VersionLine};
use pages::lineage::{ColumnFlow, Lineage, Node};
use pages::shell::Crumb;
use pages::table::{Grid, Sort};
use pages::{Section, Shell, show as words};
use serde::Deserialize;
use store::{Page, RunFilter};

use crate::App;
use crate::ask::Ask;
use crate::cells::grid;
use crate::export::{Wanted, send};
use crate::fault::{Reply, show};
use crate::runs::lines as run_lines;
use crate::sources::freshness;

/// What is looked for and in which order.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Looked {
    q: String,
    sort: String,
}

/// The tables that match.
pub(crate) async fn list(State(app): State<App>, ask: Ask, Query(looked): Query<Looked>) -> Reply {
    let total = app.lake.home().list()?.len() as u64;
    let found = if looked.q.trim().is_empty() { app.lake.catalog().await? } else { app.lake.search_catalog(&looked.q).await? };
    let sort = Sort::read(
        &format!("/catalogue?q={}&sort=", pages::shell::encode(&looked.q)),
        &looked.sort,
        &["name", "class", "rows", "last"],
        "name",
    );
    let mut tables: Vec<TableLine> =
        found.iter().filter(|table| table.area != "quarantine").map(|table| line(&ask, table)).collect();
    match sort.by.as_str() {
        "class" => tables.sort_by_key(|line| line.class),
        "rows" => tables.sort_by_key(|line| line.rows),
        "last" => tables.sort_by_key(|line| line.last),
        _ => tables.sort_by(|a, b| a.name.cmp(&b.name)),
    }
    if sort.descending {
        tables.reverse();
    }
    let total = total.max(tables.len() as u64);
    show(Catalogue { q: looked.q, sort, tables, total, shell: ask.shell(Section::Catalogue, ask.lang.text("catalogue-title")) })
}

/// The same as JSON.
pub(crate) async fn list_json(State(app): State<App>, Query(looked): Query<Looked>) -> Reply<Json<Vec<TableInfo>>> {
    Ok(Json(app.lake.search_catalog(&looked.q).await?))
}

/// One table as JSON.
pub(crate) async fn table_json(State(app): State<App>, Path(name): Path<String>) -> Reply<Json<TableInfo>> {
    Ok(Json(app.lake.table_info(&TableName::parse(&name)).await?))
}

/// One table in full.
pub(crate) async fn page(State(app): State<App>, ask: Ask, Path(name): Path<String>) -> Reply {
    let name = TableName::parse(&name);
    let info = app.lake.table_info(&name).await?;
    let line = line(&ask, &info);
    let mut shell = ask.shell(Section::Catalogue, line.title.clone());
    shell.trail = vec![Crumb::new("/catalogue", shell.t("nav-catalogue"))];
    let sample = if info.exists { sample(&app, &ask, &name, &info).await? } else { Grid::default() };
    let runs = match &info.contract {
        Some(contract) => {
            app.lake
                .store()
                .runs(&RunFilter { contract: Some(contract.clone()), ..RunFilter::default() }, Page::first(10))
                .await?
                .rows
        }
        None => Vec::new(),
    };
    let versions = info.last_ingest.filter(|_| info.exists).map(|at| VersionLine {
        version: info.version,
        at,
        operation: "commit".into(),
        rows: Some(info.rows),
    });
    show(Table {
        freshness: freshness(&info),
        terms: terms(&app.lake, &shell, &info),
        columns: columns(&app.lake, &ask, &info),
        bytes: info.bytes,
        files: info.files as u64,
        // A mapping that does not plan must not take the table's page with it; ingest says what is wrong with it.
        lineage: lineage(&name, app.lake.lineage(&name).await.unwrap_or_default()),
        sample,
        versions: versions.into_iter().collect(),
        runs: run_lines(&app, &ask, runs),
        line,
        shell,
    })
}

/// The whole table as a file.
pub(crate) async fn export(
    State(app): State<App>,
    ask: Ask,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Reply<Response> {
    let name = TableName::parse(&name);
    app.lake.table_info(&name).await?;
    let table = name.to_string();
    send(&app, &ask, &format!("SELECT * FROM {name}"), At::Now, &table, &table, wanted).await
}

async fn sample(app: &App, ask: &Ask, name: &TableName, info: &TableInfo) -> Reply<Grid> {
    let session = app.lake.session(&ask.access(&app.lake, At::Now))?;
    let batches = match session.rows(&format!("SELECT * FROM {name} LIMIT 10")).await {
        Ok(batches) => batches,
        // What a table is may be known without a purpose; its rows not.
        Err(lake::LakeError::Denied(_)) => return Ok(Grid::default()),
        Err(error) => return Err(error.into()),
    };
    let Some(first) = batches.first() else { return Ok(Grid::default()) };
    let mut grid = grid(&first.schema(), &batches, 10)?;
    for column in &mut grid.columns {
        column.class =
            info.columns.iter().find(|known| known.name == column.name).and_then(|known| known.classification.parse().ok());
    }
    Ok(grid)
}

fn line(ask: &Ask, info: &TableInfo) -> TableLine {
    let title = ask.pick(&info.title_hi, &info.title_en);
    TableLine {
        title: if title.is_empty() { info.name.clone() } else { title.to_owned() },
        name: info.name.clone(),
        description: info.description.clone(),
        layer: info.area.clone(),
        rows: info.rows,
        last: info.last_ingest,
        owner: info.owner.clone(),
        class: info
            .columns
            .iter()
            .filter_map(|column| column.classification.parse().ok())
            .max()
            .unwrap_or(Classification::Internal),
        accepted: info.quality.accepted + if info.contract.is_none() { info.rows } else { 0 },
        rejected: info.quality.rejected,
    }
}

fn columns(lake: &Lake, ask: &Ask, info: &TableInfo) -> Vec<ColumnLine> {
    let contract = info.contract.as_ref().filter(|_| info.area == "clean").and_then(|name| lake.contract(name).ok());
    info.columns
        .iter()
        .map(|column| {
            let known = contract.as_ref().and_then(|contract| contract.column(&column.name));
            let meaning = ask.pick(&column.label_hi, &column.label_en);
            ColumnLine {
                name: column.name.clone(),
                meaning: if meaning.is_empty() { column.description.clone() } else { meaning.to_owned() },
                description: column.description.clone(),
                type_name: column.data_type.clone(),
                class: column.classification.parse().unwrap_or(Classification::Personal),
                required: column.required,
                key: known.and_then(|known| known.key_position).and_then(|at| u32::try_from(at).ok()),
                rules: known.map(|known| known.rules.iter().map(|rule| rule.text.clone()).collect()).unwrap_or_default(),
            }
        })
        .collect()
}

fn terms(lake: &Lake, shell: &Shell, info: &TableInfo) -> Vec<Term> {
    let contract = info.contract.as_ref().and_then(|name| lake.contract(name).ok());
    let mut out = vec![
        ("term-owner", info.owner.clone()),
        ("term-contract", info.contract.iter().chain(&info.contract_version).cloned().collect::<Vec<_>>().join(" ")),
        ("term-legal", info.legal_basis.clone()),
        ("term-retention", info.retention.clone().unwrap_or_default()),
        ("term-frequency", info.expected_every.clone().unwrap_or_default()),
        ("term-orders", info.orders.iter().map(|order| order.join(", ")).collect::<Vec<_>>().join("; ")),
    ];
    if let Some(contract) = contract {
        out.push(("term-usage", contract.usage.clone()));
        out.push(("term-limits", contract.limitations.clone()));
    }
    out.into_iter().filter(|(_, text)| !text.is_empty()).map(|(key, text)| Term { label: shell.t(key), text }).collect()
}

/// Column flows folded into a small graph of tables, with the columns beside it.
fn lineage(here: &TableName, flows: Vec<Flow>) -> Lineage {
    let here = here.to_string();
    let names: BTreeSet<&str> = flows.iter().flat_map(|flow| [flow.from_table.as_str(), flow.to_table.as_str()]).collect();
    let layer = |name: &str| match name.split_once('.').map(|(area, _)| area) {
        _ if name.starts_with("source:") => 0,
        Some("pole") => 2,
        _ => 1,
    };
    let order: Vec<&str> = names.into_iter().collect();
    let at = |name: &str| order.iter().position(|known| *known == name).unwrap_or_default();
    let edges: BTreeSet<(usize, usize)> = flows.iter().map(|flow| (at(&flow.from_table), at(&flow.to_table))).collect();
    let nodes = order
        .iter()
        .map(|name| Node {
            name: name.trim_start_matches("source:").to_owned(),
            note: words::count(flows.iter().filter(|flow| flow.from_table == **name || flow.to_table == **name).count() as u64),
            layer: layer(name),
            href: (layer(name) > 0).then(|| format!("/catalogue/{name}")),
            here: **name == here,
        })
        .collect();
    let columns = flows
        .into_iter()
        .map(|flow| ColumnFlow {
            via: if flow.to_table.starts_with("pole.") { "mapping.sql".into() } else { "contract.yaml".into() },
            from: if flow.from_table.starts_with("source:") {
                flow.from_column
            } else {
                format!("{}.{}", flow.from_table, flow.from_column)
            },
            to: format!("{}.{}", flow.to_table, flow.to_column),
        })
        .collect();
    Lineage { nodes, edges: edges.into_iter().collect(), columns }
}
