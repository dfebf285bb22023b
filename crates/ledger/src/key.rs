//! Keys of a log: made at the beginning, readable by their owner alone, replaced by rotation.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use governance::audit::note::{Checkpoint, Signer, Verifier};
use governance::audit::verify::ROTATION;
use sha2::{Digest, Sha256};

use crate::error::{LedgerError, Result};
use crate::folder::{self, Folder};

const SIGNING: &str = "signing.key";
const PUBLIC: &str = "log.pub";

fn random() -> Result<[u8; 32]> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|e| LedgerError::Refused(format!("the system gives no random bytes: {e}")))?;
    Ok(seed)
}

/// Writes a secret that only its owner may read; never over another.
fn keep(folder: &Folder, name: &str, text: &str) -> Result<()> {
    let path = folder.path(name);
    let new = folder.path(&format!("{name}.new"));
    let _ = std::fs::remove_file(&new);
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o600);
    let written = options.open(&new).and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()));
    written.and_then(|()| std::fs::rename(&new, &path)).map_err(LedgerError::io("writing", &path))?;
    folder::sync(folder.root())
}

/// A secret of 32 random bytes in hex, made when there is none.
pub(crate) fn secret(folder: &Folder, name: &str) -> Result<Vec<u8>> {
    let path = folder.path(name);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(bytes),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let text: String = random()?.iter().map(|b| format!("{b:02x}")).collect();
            keep(folder, name, &text)?;
            Ok(text.into_bytes())
        }
        Err(e) => Err(LedgerError::io("reading", path)(e)),
    }
}

/// The mark that stands for a text in records.
pub(crate) fn mark(salt: &[u8], text: &str) -> String {
    let text = text.trim().to_lowercase();
    let digest = Sha256::new().chain_update(salt).chain_update([0]).chain_update(text).finalize();
    digest[..10].iter().map(|b| format!("{b:02x}")).collect()
}

/// The signing key; made with the log, and never silently when the log is there already.
pub(crate) fn signer(folder: &Folder) -> Result<Signer> {
    let path = folder.path(SIGNING);
    match std::fs::read_to_string(&path) {
        Ok(text) => {
            let signer = Signer::parse(&text).map_err(|source| LedgerError::Key { path, source })?;
            // A program killed between the two files of a new log: nothing is signed yet, so no older key can be missing.
            if !folder.path("checkpoint").exists() && !folder.path(PUBLIC).exists() {
                folder.write(PUBLIC, format!("{}\n", signer.public()).as_bytes())?;
            }
            Ok(signer)
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            if folder.path("checkpoint").exists() || folder.path(PUBLIC).exists() {
                return Err(LedgerError::KeyLost { path });
            }
            let id: String = random()?[..6].iter().map(|b| format!("{b:02x}")).collect();
            let signer = Signer::new(&format!("sarovar/{id}"), random()?);
            keep(folder, SIGNING, &signer.secret())?;
            folder.write(PUBLIC, format!("{}\n", signer.public()).as_bytes())?;
            Ok(signer)
        }
        Err(e) => Err(LedgerError::io("reading", path)(e)),
    }
}

/// The public keys of a log, newest last.
pub fn public(dir: &Path) -> Result<Vec<Verifier>> {
    let path = dir.join(PUBLIC);
    let text = std::fs::read_to_string(&path).map_err(LedgerError::io("reading", &path))?;
    Verifier::parse_all(&text).map_err(|source| LedgerError::Key { path, source })
}

/// Replaces the signing key. The old one signs a note that names the new one, so whoever trusts the old follows; when the old
/// one is lost there is no such note, and the new public key must be handed over as the first was. No program may have the log
/// open. Gives the old and the new public key.
pub fn rotate(dir: &Path, lost: bool) -> Result<(Option<Verifier>, Verifier)> {
    let folder = Folder::at(dir);
    let known = public(dir)?;
    let newest = known.last().ok_or_else(|| LedgerError::Refused(format!("{PUBLIC} names no key")))?;
    let new = Signer::new(&newest.name, random()?);
    let old = if lost { None } else { Some(signer(&folder)?) };
    if let Some(old) = &old {
        let size = std::fs::read_to_string(folder.path("checkpoint"))
            .ok()
            .and_then(|note| Checkpoint::open(&note, &known).ok())
            .map_or(0, |(c, _)| c.size);
        let note = old.sign(&format!("{ROTATION}\n{}\n{}\n{size}\n", newest.name, new.public()));
        let n = (1..).find(|n| !folder.path(&format!("rotation/{n:03}")).exists()).unwrap_or(1);
        folder.write(&format!("rotation/{n:03}"), note.as_bytes())?;
    }
    let lines: String = known.iter().chain([new.public()]).map(|k| format!("{k}\n")).collect();
    folder.write(PUBLIC, lines.as_bytes())?;
    keep(&folder, SIGNING, &new.secret())?;
    Ok((old.map(|o| o.public().clone()), new.public().clone()))
}
