//! A slice of a longer list.

use serde::Serialize;

/// Which slice of a list to read. The default is the first fifty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// At most this many rows.
    pub limit: u64,
    /// Rows to pass over first.
    pub offset: u64,
}

impl Page {
    /// The first `limit` rows.
    #[must_use]
    pub fn first(limit: u64) -> Self {
        Self { limit, offset: 0 }
    }
}

impl Default for Page {
    fn default() -> Self {
        Self::first(50)
    }
}

/// A slice together with the length of the whole list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paged<T> {
    /// The rows asked for.
    pub rows: Vec<T>,
    /// How many rows there are in all.
    pub total: u64,
}
