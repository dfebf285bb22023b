//! Times of facts in order, each with its origin.

use chrono::{DateTime, Utc};

use crate::dossier::Origin;

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Moment {
    /// When it happened; none when the source does not say.
    pub at: Option<DateTime<Utc>>,
    /// What kind of thing: `arrest`, `fir`, `registration`, `sighting`, as stored.
    pub kind: String,
    /// The same in the page's language.
    pub kind_text: String,
    pub title: String,
    pub detail: String,
    pub href: Option<String>,
    pub origin: Origin,
}
