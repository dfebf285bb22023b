//! What can go wrong.

use std::path::PathBuf;

/// Why the index cannot be used, with what to do.
#[derive(Debug, thiserror::Error)]
pub enum FinderError {
    #[error("the search index in {}: {message}. Delete the folder; it is made again from the lake", path.display())]
    Broken { path: PathBuf, message: String },
    #[error("another program is writing the search index in {}; try again when it has finished", path.display())]
    Busy { path: PathBuf },
}
