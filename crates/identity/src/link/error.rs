//! What can go wrong, with what to do about it.

use std::path::PathBuf;

/// Why a linkage run did not come to an end.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    #[error("{action} {}: {source}", path.display())]
    Io { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("{}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("the model: {0}")]
    Model(String),
    /// A model names a column that a table does not have.
    #[error("the model's field {field} reads column {column}, which {table} does not have; it has {}", known.join(", "))]
    NoColumn { field: String, column: String, table: String, known: Vec<String> },
    #[error(
        "{table}: the id {id} stands in two rows; ids must be unique within a table, or leave the id column out of the model"
    )]
    RepeatedId { table: String, id: String },
    #[error("{0}")]
    Data(String),
    #[error("the parameters in {} were made from another model or table: {what}; train again or give the right file", path.display())]
    Mismatch { path: PathBuf, what: String },
    #[error("cancelled; nothing was written, so run the same command again from the beginning")]
    Cancelled,
}

impl LinkError {
    /// Maps an I/O error at `path`.
    pub fn io<'a>(action: &'static str, path: &'a std::path::Path) -> impl Fn(std::io::Error) -> LinkError + use<'a> {
        move |source| LinkError::Io { action, path: path.into(), source }
    }
}
