//! What can go wrong with the store, with the data a caller needs to act on it.

use std::path::PathBuf;

use sea_orm::DbErr;

/// The result of every store function.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A store operation that did not happen. Nothing is half done: every change is one statement.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names no database this program was built for.
    #[error("the store address {url:?} is not understood; use `sqlite:PATH` or `postgres://USER@HOST/DATABASE`")]
    Address {
        /// The address as configured, with any password removed.
        url: String,
    },
    /// The folder of the SQLite file cannot be made.
    #[error("the folder {} of the store cannot be made: {source}; check that it is writable", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The database could not be reached or opened.
    #[error("the store at {url} cannot be opened: {source}; check that it exists, is writable and is running")]
    Open {
        /// The address, with any password removed.
        url: String,
        /// What the database said.
        source: DbErr,
    },
    /// The database was written by a newer program.
    #[error(
        "the store has schema version {found}, this program knows up to {known}; use a newer program, or restore the backup made before the upgrade"
    )]
    Newer {
        /// The version found in the database.
        found: i32,
        /// The newest version this program knows.
        known: i32,
    },
    /// A step of the schema could not be applied.
    #[error("schema version {version} ({name}) could not be applied: {source}; the store is as it was before")]
    Migration {
        /// The version that failed.
        version: i32,
        /// Its name.
        name: &'static str,
        /// What the database said.
        source: DbErr,
    },
    /// A row that must exist does not.
    #[error("there is no {what} {id:?} in the store")]
    Missing {
        /// The kind of row.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// An upload was continued at another place than it stopped.
    #[error("the upload {id:?} stands at byte {stands}, not {asked}; continue from byte {stands}")]
    Offset {
        /// The upload.
        id: String,
        /// The offset in bytes the store has.
        stands: i64,
        /// The offset in bytes the caller assumed.
        asked: i64,
    },
    /// The database refused a statement.
    #[error("the store did not answer: {0}")]
    Database(#[from] DbErr),
    /// A setting holds JSON of another shape than asked for.
    #[error("the setting {key:?} cannot be read: {source}; remove it or set it again")]
    Setting {
        /// The setting's key.
        key: String,
        /// What is wrong with the JSON.
        source: serde_json::Error,
    },
}
