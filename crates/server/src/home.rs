//! The first page.

use axum::extract::State;
use pages::Section;
use pages::home::{Figures, Home};
use pages::intake::Freshness;
use store::{ObjectFilter, Page, RunFilter};

use crate::ask::Ask;
use crate::fault::{Reply, show};
use crate::{App, runs, sources};

/// What is in the lake, what is late, what came last.
pub(crate) async fn page(State(app): State<App>, ask: Ask) -> Reply {
    let tables = app.lake.catalog().await?;
    let objects = app.lake.store().objects(&ObjectFilter::default(), Page::first(1000)).await?;
    let latest = app.lake.store().runs(&RunFilter::default(), Page::first(6)).await?;
    let figures = Figures {
        tables: tables.iter().filter(|table| table.exists && table.area != "quarantine").count() as u64,
        rows: tables.iter().filter(|table| table.area == "clean").map(|table| table.rows).sum(),
        objects: objects.total,
        bytes: objects.rows.iter().map(|object| object.size as u64).sum(),
        held: tables.iter().filter(|table| table.area == "clean").map(|table| table.quality.quarantined).sum(),
    };
    let mut lines: Vec<_> = sources::lines(&app, &ask, &tables).into_iter().filter(|line| line.last.is_some()).collect();
    lines.sort_by_key(|line| (line.freshness != Freshness::Late, std::cmp::Reverse(line.last)));
    let shell = ask.shell(Section::Home, ask.lang.text("home-title"));
    show(Home { figures, sources: lines, runs: runs::lines(&app, &ask, latest.rows), shell })
}
