//! Files of a log: read by path, written whole or not at all.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use governance::audit::Tiles;

use crate::error::{LedgerError, Result};

/// The folder of a log, or of its export.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// A folder that is there.
    pub fn at(root: &Path) -> Self {
        Folder { root: root.into() }
    }

    pub(crate) fn create(root: &Path) -> Result<Self> {
        std::fs::create_dir_all(root).map_err(LedgerError::io("making", root))?;
        Ok(Folder { root: root.into() })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Writes a file so that after a power cut it is there whole or as it was before.
    pub(crate) fn write(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let full = self.path(path);
        let dir = full.parent().unwrap_or(&self.root);
        std::fs::create_dir_all(dir).map_err(LedgerError::io("making", dir))?;
        let temporary = full.with_extension("writing");
        let made = File::create(&temporary).and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_data()));
        let placed = made.and_then(|()| std::fs::rename(&temporary, &full));
        if placed.is_err() {
            let _ = std::fs::remove_file(&temporary);
        }
        placed.map_err(LedgerError::io("writing", &full))?;
        sync(dir)
    }
}

/// Makes the names in a folder durable.
pub(crate) fn sync(dir: &Path) -> Result<()> {
    File::open(dir).and_then(|f| f.sync_all()).map_err(LedgerError::io("syncing", dir))
}

impl Tiles for Folder {
    fn read(&self, path: &str) -> std::result::Result<Option<Vec<u8>>, String> {
        let full = self.path(path);
        match std::fs::read(&full) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(e) => Err(format!("reading {}: {e}", full.display())),
        }
    }
}
