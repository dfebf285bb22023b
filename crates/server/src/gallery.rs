//! The gallery and its example pages.

use axum::extract::Path;
use axum::response::Html;
use pages::{Section, example};

use crate::ask::Ask;
use crate::fault::{HttpError, Reply, show};

/// The visual language on one page.
pub(crate) async fn page(ask: Ask) -> Reply {
    show(example::gallery(ask.shell(Section::Elsewhere, "")))
}

/// One page with made-up data.
pub(crate) async fn example(ask: Ask, Path(name): Path<String>) -> Reply {
    let found = example::find(&name).ok_or(HttpError::NotFound)?;
    Ok(Html(found.render(ask.shell(Section::Elsewhere, ""))?))
}
