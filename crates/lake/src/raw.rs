//! Received files, kept as they came: content-addressed by SHA-256, written once, never changed.
//!
//! A file is copied under a temporary name while it is hashed, made durable, and only then given its final name, so that
//! a name in `raw/` always holds exactly the bytes it promises, whatever was killed when.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::sync_channel;

use sha2::{Digest, Sha256};

use crate::error::{LakeError, Result};
use crate::home::Home;

const BLOCK: usize = 4 << 20;

/// A file now in the raw store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Lower-case hex.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// False when the same bytes had been received before.
    pub new: bool,
}

/// Takes the bytes of `input` into the raw store. `done` counts bytes as they pass.
pub fn receive(
    home: &Home,
    input: &mut dyn Read,
    name: &str,
    done: &AtomicU64,
    cancelled: &dyn Fn() -> bool,
) -> Result<Received> {
    let incoming = tempfile::Builder::new()
        .prefix("incoming-")
        .tempfile_in(home.scratch())
        .map_err(LakeError::io("creating a file in", home.scratch()))?;
    let path = incoming.path().to_path_buf();
    let mut out = incoming.reopen().map_err(LakeError::io("opening", &path))?;
    // One thread hashes while this one reads and writes.
    let (blocks, to_hash) = sync_channel::<Vec<u8>>(4);
    let hasher = std::thread::spawn(move || {
        let mut hash = Sha256::new();
        for block in to_hash {
            hash.update(&block);
        }
        hash.finalize()
    });
    let mut size = 0u64;
    loop {
        if cancelled() {
            return Err(LakeError::Cancelled);
        }
        let mut block = Vec::with_capacity(BLOCK);
        input.take(BLOCK as u64).read_to_end(&mut block).map_err(LakeError::io("reading", name))?;
        if block.is_empty() {
            break;
        }
        out.write_all(&block).map_err(LakeError::io("writing", &path))?;
        size += block.len() as u64;
        done.fetch_add(block.len() as u64, Ordering::Relaxed);
        if blocks.send(block).is_err() {
            return Err(LakeError::Invalid("the hashing thread stopped".into()));
        }
    }
    drop(blocks);
    let digest = hasher.join().map_err(|_| LakeError::Invalid("the hashing thread stopped".into()))?;
    let sha256 = hex(&digest);
    let target = home.raw(&sha256);
    // Bytes altered on disk are replaced by the good ones that have come.
    if target.exists() && verify(home, &sha256).is_ok() {
        return Ok(Received { sha256, size, new: false });
    }
    out.sync_data().map_err(LakeError::io("writing", &path))?;
    let dir = target.parent().map(PathBuf::from).unwrap_or_else(|| home.work());
    std::fs::create_dir_all(&dir).map_err(LakeError::io("creating", &dir))?;
    let mut mode = out.metadata().map_err(LakeError::io("reading", &path))?.permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(&path, mode).map_err(LakeError::io("protecting", &path))?;
    incoming.persist(&target).map_err(|e| LakeError::Io { action: "naming", path: target.clone(), source: e.error })?;
    File::open(&dir).and_then(|d| d.sync_all()).map_err(LakeError::io("writing", &dir))?;
    Ok(Received { sha256, size, new: true })
}

/// Opens a raw object for reading.
pub fn open(home: &Home, sha256: &str) -> Result<File> {
    if sha256.len() != 64 || !sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(LakeError::NoObject { sha256: sha256.into() });
    }
    let path = home.raw(sha256);
    match File::open(&path) {
        Ok(file) => Ok(file),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(LakeError::NoObject { sha256: sha256.into() }),
        Err(e) => Err(LakeError::Io { action: "opening", path, source: e }),
    }
}

/// Hashes the stored bytes again and compares them with the name.
pub fn verify(home: &Home, sha256: &str) -> Result<()> {
    let mut file = open(home, sha256)?;
    let mut hash = Sha256::new();
    let mut block = vec![0u8; BLOCK];
    loop {
        let n = file.read(&mut block).map_err(LakeError::io("reading", home.raw(sha256)))?;
        if n == 0 {
            break;
        }
        hash.update(&block[..n]);
    }
    if hex(&hash.finalize()) == sha256 { Ok(()) } else { Err(LakeError::Altered { sha256: sha256.into() }) }
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut s, b| {
        let _ = write!(s, "{b:02x}");
        s
    })
}
