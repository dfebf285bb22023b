//! Handing the log out, and checking what was handed out: all a verifier needs is the folder and the public key.

use std::path::Path;

use governance::audit::Tiles;
use governance::audit::note::{Verifier, to_base64};
use governance::audit::verify::verify;
use serde::Serialize;

use crate::error::{LedgerError, Result};
use crate::folder::Folder;
use crate::{Head, cosigned, seal, state, witness};

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub struct Exported {
    pub records: u64,
    pub files: u64,
    pub bytes: u64,
    /// Base64, as in the signed head.
    pub root: String,
}

/// What a verification found.
#[derive(Debug, Clone, Serialize)]
pub struct Checked {
    pub origin: String,
    pub records: u64,
    /// Base64, as in the signed head.
    pub root: String,
    /// Keys whose signature the head bears.
    pub signed_by: Vec<String>,
    /// Successor keys that came to be trusted.
    pub rotated: Vec<String>,
    /// Sizes of earlier heads that this log continues.
    pub continues: Vec<u64>,
    /// Whether a sealed older log lies beside it and is the one the log speaks of.
    pub sealed_chain: bool,
}

pub(crate) fn export(folder: &Folder, head: &Head, to: &Path) -> Result<Exported> {
    if to.exists() && std::fs::read_dir(to).map_err(LedgerError::io("listing", to))?.next().is_some() {
        return Err(LedgerError::Refused(format!("{} is not empty; name a new folder", to.display())));
    }
    let target = Folder::create(to)?;
    let mut done = Exported { records: head.checkpoint.size, files: 0, bytes: 0, root: to_base64(&head.checkpoint.root) };
    let mut copy = |path: &str, needed: bool| -> Result<bool> {
        let Some(bytes) = folder.read(path).map_err(LedgerError::Broken)? else {
            return if needed { Err(LedgerError::Broken(format!("{path} is missing"))) } else { Ok(false) };
        };
        let full = target.path(path);
        let dir = full.parent().unwrap_or(to);
        std::fs::create_dir_all(dir).map_err(LedgerError::io("making", dir))?;
        std::fs::write(&full, &bytes).map_err(LedgerError::io("writing", &full))?;
        done.files += 1;
        done.bytes += bytes.len() as u64;
        Ok(true)
    };
    for path in state::files(head.checkpoint.size) {
        copy(&path, true)?;
    }
    for n in 1.. {
        if !copy(&format!("rotation/{n:03}"), false)? {
            break;
        }
    }
    for path in cosigned::files(folder, head.checkpoint.size) {
        copy(&path, false)?;
    }
    copy(seal::SEALED, false)?;
    target.write("checkpoint", head.note.as_bytes())?;
    done.files += 1;
    done.bytes += head.note.len() as u64;
    Ok(done)
}

/// Checks the tiles in `dir` with nothing but `keys`. `earlier` are files, or folders of files, with heads kept from before.
pub fn check(dir: &Path, keys: &[Verifier], earlier: &[&Path], progress: &mut dyn FnMut(u64)) -> Result<Checked> {
    let folder = Folder::at(dir);
    let mut heads = Vec::new();
    for path in earlier {
        heads.extend(witness::heads(path)?);
    }
    let found = verify(&folder, keys, &heads, progress)?;
    Ok(Checked {
        sealed_chain: seal::check(&folder, found.head.size)?,
        origin: found.head.origin,
        records: found.head.size,
        root: to_base64(&found.head.root),
        signed_by: found.signed_by,
        rotated: found.rotated.iter().map(ToString::to_string).collect(),
        continues: found.continues,
    })
}
