//! Received files, kept as they came: content-addressed by SHA-256, written once, never changed.
//!
//! A file is copied under a temporary name while it is hashed, made durable, and only then given its final name, so that
//! a name in `raw/` always holds exactly the bytes it promises, whatever was killed when. Its rows may be read while it is
//! still on its way to the disk ([`Arriving`]); nothing made from them is committed before it is there.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{channel, sync_channel};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::direct::{BLOCK, Block, Writer};
use crate::durable::Durable;
use crate::error::{LakeError, Result};
use crate::home::Home;

/// After so many more bytes the disk is told to begin writing.
const BEGIN: u64 = 128 << 20;

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

/// A file whose bytes are copied and hashed, and which may still be on its way to the disk.
#[derive(Debug)]
pub struct Arriving {
    pub received: Received,
    /// For reading, from the beginning.
    pub file: File,
    settling: Option<JoinHandle<Result<()>>>,
}

impl Arriving {
    /// Waits until the bytes are durable and have their name in `raw/`.
    pub fn settle(&mut self) -> Result<()> {
        match self.settling.take() {
            None => Ok(()),
            Some(thread) => thread.join().unwrap_or_else(|_| Err(LakeError::Invalid("the storing thread stopped".into()))),
        }
    }
}

/// Takes the bytes of `input` into the raw store. `done` counts bytes as they pass.
pub fn receive(
    home: &Home,
    input: &mut dyn Read,
    name: &str,
    done: &AtomicU64,
    cancelled: &dyn Fn() -> bool,
) -> Result<Arriving> {
    let incoming = tempfile::Builder::new()
        .prefix("incoming-")
        .tempfile_in(home.scratch())
        .map_err(LakeError::io("creating a file in", home.scratch()))?;
    let path = incoming.path().to_path_buf();
    let mut out = Writer::new(incoming.reopen().map_err(LakeError::io("opening", &path))?, &path);
    // One thread hashes while this one reads and writes, and another begins to make durable what is written.
    // Blocks go round: fresh memory would have to be cleared by the kernel first.
    let (blocks, to_hash) = sync_channel::<Block>(4);
    let (hashed, spare) = channel::<Block>();
    let hasher = std::thread::spawn(move || {
        let mut hash = Sha256::new();
        for block in to_hash {
            hash.update(block.bytes());
            // Nobody takes the last ones back.
            let _ = hashed.send(block);
        }
        hash.finalize()
    });
    let durable = Durable::new();
    let (mut size, mut begun) = (0u64, 0u64);
    loop {
        if cancelled() {
            return Err(LakeError::Cancelled);
        }
        let mut block = spare.try_recv().unwrap_or_else(|_| Block::new());
        block.fill(input).map_err(LakeError::io("reading", name))?;
        let length = block.len as u64;
        if length == 0 {
            break;
        }
        out.write(&block).map_err(LakeError::io("writing", &path))?;
        size += length;
        if size - begun >= BEGIN {
            begun = size;
            durable.begin(out.file().try_clone().map_err(LakeError::io("opening", &path))?, path.clone());
        }
        done.fetch_add(length, Ordering::Relaxed);
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
        return stored(home, &sha256);
    }
    let file = File::open(&path).map_err(LakeError::io("opening", &path))?;
    let out = out.into_file();
    let settling = std::thread::spawn(move || {
        durable.begin(out, path.clone());
        durable.settle()?;
        name_it(incoming, &target)
    });
    Ok(Arriving { received: Received { sha256, size, new: true }, file, settling: Some(settling) })
}

/// Gives durable bytes their name.
fn name_it(incoming: NamedTempFile, target: &Path) -> Result<()> {
    let dir = target.parent().unwrap_or(target);
    std::fs::create_dir_all(dir).map_err(LakeError::io("creating", dir))?;
    let path = incoming.path().to_path_buf();
    let mut mode = incoming.as_file().metadata().map_err(LakeError::io("reading", &path))?.permissions();
    mode.set_readonly(true);
    std::fs::set_permissions(&path, mode).map_err(LakeError::io("protecting", &path))?;
    incoming.persist(target).map_err(|e| LakeError::Io { action: "naming", path: target.into(), source: e.error })?;
    File::open(dir).and_then(|d| d.sync_all()).map_err(LakeError::io("writing", dir))
}

/// An object that has been there before.
pub fn stored(home: &Home, sha256: &str) -> Result<Arriving> {
    let file = open(home, sha256)?;
    let size = file.metadata().map_err(LakeError::io("reading", home.raw(sha256)))?.len();
    Ok(Arriving { received: Received { sha256: sha256.into(), size, new: false }, file, settling: None })
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
