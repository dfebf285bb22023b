//! The sources the lake knows, and how each stands.

use axum::extract::State;
use lake::catalog::TableInfo;
use pages::Section;
use pages::intake::{Freshness, SourceLine, Sources, SystemGroup};

use crate::App;
use crate::ask::Ask;
use crate::fault::{Reply, show};

/// All sources by system.
pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    let tables = app.lake.catalog().await?;
    let mut systems: Vec<SystemGroup> = Vec::new();
    let all = lines(&app, &ask, &tables);
    let late = all.iter().filter(|line| line.freshness == Freshness::Late).cloned().collect();
    for line in all {
        let system = line.name.split('.').next().unwrap_or_default().to_owned();
        match systems.iter_mut().find(|group| group.system == system) {
            Some(group) => group.sources.push(line),
            None => systems.push(SystemGroup { system, sources: vec![line] }),
        }
    }
    show(Sources { systems, late, shell: ask.shell(Section::Sources, ask.lang.text("sources-title")) })
}

/// One line for each contract.
pub(crate) fn lines(app: &App, ask: &Ask, tables: &[TableInfo]) -> Vec<SourceLine> {
    let contracts = app.lake.contracts();
    let clean = tables.iter().filter(|table| table.area == "clean" && !table.name.contains('@'));
    clean
        .filter_map(|table| {
            let name = table.contract.clone()?;
            let contract = contracts.iter().find(|contract| contract.name == name)?;
            let mut formats: Vec<String> = contract.formats.iter().map(|format| format.kind.as_str().to_uppercase()).collect();
            formats.dedup();
            Some(SourceLine {
                title: ask.pick(&table.title_hi, &table.title_en).to_owned(),
                owner: table.owner.clone(),
                formats: formats.join(", "),
                frequency: table.expected_every.clone(),
                last: table.last_ingest,
                rows: table.rows,
                held: table.quality.quarantined,
                freshness: freshness(table),
                authority_required: table.authority_required,
                name,
            })
        })
        .collect()
}

/// How a table stands against its contract's expected frequency.
pub(crate) fn freshness(table: &TableInfo) -> Freshness {
    match (&table.expected_every, table.last_ingest) {
        (_, None) => Freshness::Never,
        _ if table.late => Freshness::Late,
        (None, _) => Freshness::Unstated,
        _ => Freshness::Fresh,
    }
}
