//! The log as one process knows it, brought up to date with the others under the lock.

use std::fs::File;
use std::io::{ErrorKind, Seek, SeekFrom, Write};

use governance::audit::merkle::{Hash, Placed, Tree, leaf};
use governance::audit::note::{Checkpoint, Signer};
use governance::audit::tile::{Tiles, View, WIDTH, bundle_path, entries, frame, tile_path};

use crate::error::{LedgerError, Result};
use crate::folder::{self, Folder};
use crate::key;

pub(crate) struct State {
    pub(crate) folder: Folder,
    pub(crate) signer: Signer,
    lock: File,
    /// Index of the bundle that is being filled.
    bundle: u64,
    pub(crate) tree: Tree,
    /// What `pending.<bundle>` holds.
    pending: Vec<u8>,
    file: Option<File>,
    /// Tiles completed by the pending bundle, written when it takes its place.
    done: Vec<Placed>,
    /// Size of the head this process signed last.
    signed: Option<u64>,
}

impl State {
    /// Reads where the log stands and holds it against its own signed head.
    pub(crate) fn open(folder: &Folder) -> Result<State> {
        let path = folder.path("lock");
        let lock =
            File::options().create(true).truncate(false).write(true).open(&path).map_err(LedgerError::io("opening", &path))?;
        lock.lock().map_err(LedgerError::io("locking", &path))?;
        let outcome = Self::restore(folder, lock);
        outcome.and_then(|state| {
            state.lock.unlock().map_err(LedgerError::io("unlocking", path))?;
            Ok(state)
        })
    }

    fn restore(folder: &Folder, lock: File) -> Result<State> {
        let signer = key::signer(folder)?;
        let head = head(folder)?;
        let bundle = pending(folder)?.unwrap_or_else(|| head.as_ref().map_or(0, |h| h.size / WIDTH));
        let tree = View::new(folder, bundle * WIDTH).tree().map_err(LedgerError::Broken)?;
        let mut state = State {
            folder: folder.clone(),
            signer,
            lock,
            bundle,
            tree,
            pending: Vec::new(),
            file: None,
            done: Vec::new(),
            signed: None,
        };
        let signed = head.as_ref().map_or(0, |h| h.size);
        state.refresh(signed)?;
        if let Some(head) = head {
            let size = state.tree.size();
            if size < head.size {
                return Err(LedgerError::Behind { found: size, signed: head.size });
            }
            // Before anything is signed anew: the old head is the evidence.
            if state.root_at(head.size)? != head.root {
                let why = format!("its first {} records do not give the root its signed head states", head.size);
                return Err(LedgerError::Altered { path: folder.root().into(), why });
            }
        }
        state.publish()?;
        Ok(state)
    }

    /// Root of the first `size` records.
    pub(crate) fn root_at(&self, size: u64) -> Result<Hash> {
        let placed = View::new(&self.folder, self.bundle * WIDTH);
        if size <= placed.size {
            return placed.range(0, size).map_err(LedgerError::Broken);
        }
        let mut tree = placed.tree().map_err(LedgerError::Broken)?;
        for entry in entries(&self.pending).0.into_iter().take((size - placed.size) as usize) {
            tree.push(leaf(entry));
        }
        Ok(tree.root())
    }

    /// Does `work` under the lock, after reading what other processes added.
    pub(crate) fn locked<T>(&mut self, work: impl FnOnce(&mut State) -> Result<T>) -> Result<T> {
        let path = self.folder.path("lock");
        self.lock.lock().map_err(LedgerError::io("locking", &path))?;
        let outcome = self.refresh(0).and_then(|()| work(self));
        let unlocked = self.lock.unlock().map_err(LedgerError::io("unlocking", path));
        outcome.and_then(|value| unlocked.map(|()| value))
    }

    fn pending_name(&self) -> String {
        format!("pending.{}", self.bundle)
    }

    /// Reads on from what is known. A torn last record, left by a kill, goes; but never one below `signed`.
    fn refresh(&mut self, signed: u64) -> Result<()> {
        loop {
            let path = self.folder.path(&self.pending_name());
            let altered = |why: String| LedgerError::Altered { path: path.clone(), why };
            let (bytes, placed) = match std::fs::metadata(&path) {
                Ok(found) if found.len() == self.pending.len() as u64 && self.room() > 0 => return Ok(()),
                Ok(_) => (std::fs::read(&path).map_err(LedgerError::io("reading", &path))?, false),
                Err(e) if e.kind() == ErrorKind::NotFound => {
                    match self.folder.read(&bundle_path(self.bundle, WIDTH)).map_err(LedgerError::Broken)? {
                        Some(bytes) => (bytes, true),
                        None if self.pending.is_empty() => return Ok(()),
                        None => return Err(altered("it vanished".into())),
                    }
                }
                Err(e) => return Err(LedgerError::io("reading", &path)(e)),
            };
            let Some(news) = bytes.strip_prefix(self.pending.as_slice()) else {
                return Err(altered("it no longer begins with what was written".into()));
            };
            let (found, _) = entries(news);
            let mut length = 0;
            for entry in found.into_iter().take(self.room() as usize) {
                if serde_json::from_slice::<serde::de::IgnoredAny>(entry).is_err() {
                    break;
                }
                length += 2 + entry.len();
                self.done.extend(self.tree.push(leaf(entry)));
            }
            self.pending.extend_from_slice(&news[..length]);
            if length < news.len() {
                if placed || self.tree.size() < signed {
                    return Err(altered(format!("record {} cannot be read", self.tree.size())));
                }
                let file = File::options().write(true).open(&path);
                file.and_then(|f| f.set_len(self.pending.len() as u64).and_then(|()| f.sync_all()))
                    .map_err(LedgerError::io("repairing", &path))?;
            }
            match (self.room(), placed) {
                (0, true) => self.next(),
                (0, false) => self.place()?,
                (_, true) => return Err(altered("a finished bundle has too few records".into())),
                (_, false) => return Ok(()),
            }
        }
    }

    /// Records the pending bundle can still take.
    pub(crate) fn room(&self) -> u64 {
        (self.bundle + 1) * WIDTH - self.tree.size()
    }

    fn next(&mut self) {
        self.bundle += 1;
        self.pending.clear();
        self.file = None;
        self.done.clear();
    }

    /// Puts the full bundle and the tiles it completed in their places. Nothing is lost when this stops halfway: the tiles are
    /// written before the bundle's name changes, and until then it is found again as pending.
    pub(crate) fn place(&mut self) -> Result<()> {
        for (path, bytes) in &self.done {
            self.folder.write(path, bytes)?;
        }
        let from = self.folder.path(&self.pending_name());
        let to = self.folder.path(&bundle_path(self.bundle, WIDTH));
        let dir = to.parent().unwrap_or(self.folder.root());
        std::fs::create_dir_all(dir).map_err(LedgerError::io("making", dir))?;
        std::fs::rename(&from, &to).map_err(LedgerError::io("placing", &to))?;
        folder::sync(dir)?;
        folder::sync(self.folder.root())?;
        // Full tiles stand in for the partial ones from now on.
        for path in self.done.iter().map(|(path, _)| path.clone()).chain([bundle_path(self.bundle, WIDTH)]) {
            let _ = std::fs::remove_dir_all(self.folder.path(&format!("{path}.p")));
        }
        self.next();
        Ok(())
    }

    /// Appends entries (at most [`State::room`]) and makes them durable; gives the place of the first.
    pub(crate) fn append(&mut self, batch: &[Vec<u8>]) -> Result<u64> {
        let first = self.tree.size();
        let mut bytes = Vec::new();
        batch.iter().try_for_each(|entry| frame(entry, &mut bytes)).map_err(LedgerError::Refused)?;
        let path = self.folder.path(&self.pending_name());
        let mut file = match self.file.take() {
            Some(file) => file,
            None => {
                let new = !path.exists();
                let file = File::options()
                    .create(true)
                    .truncate(false)
                    .write(true)
                    .open(&path)
                    .map_err(LedgerError::io("opening", &path))?;
                if new {
                    folder::sync(self.folder.root())?;
                }
                file
            }
        };
        let at = self.pending.len() as u64;
        let written = file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(&bytes)).and_then(|()| file.sync_data());
        if let Err(e) = written {
            // What may be there in part was never answered for.
            let _ = file.set_len(at);
            return Err(LedgerError::io("writing", &path)(e));
        }
        self.file = Some(file);
        self.pending.extend_from_slice(&bytes);
        for entry in batch {
            self.done.extend(self.tree.push(leaf(entry)));
        }
        Ok(first)
    }

    /// Writes the unfinished tiles and signs the head over everything appended; gives its note.
    pub(crate) fn publish(&mut self) -> Result<String> {
        let size = self.tree.size();
        let path = self.folder.path("checkpoint");
        if self.signed == Some(size) {
            return std::fs::read_to_string(&path).map_err(LedgerError::io("reading", path));
        }
        if let Some(other) = head(&self.folder)?
            && other.size > size
        {
            return Err(LedgerError::Behind { found: size, signed: other.size });
        }
        for (path, bytes) in self.tree.partial() {
            self.folder.write(&path, &bytes)?;
        }
        if !self.pending.is_empty() {
            self.folder.write(&bundle_path(self.bundle, size % WIDTH), &self.pending)?;
        }
        let head = Checkpoint { origin: self.signer.public().name.clone(), size, root: self.tree.root() };
        let note = self.signer.sign(&head.text());
        self.folder.write("checkpoint", note.as_bytes())?;
        self.signed = Some(size);
        Ok(note)
    }
}

/// The newest signed head on disk.
pub(crate) fn head(folder: &Folder) -> Result<Option<Checkpoint>> {
    let Some(bytes) = folder.read("checkpoint").map_err(LedgerError::Broken)? else { return Ok(None) };
    let path = folder.path("checkpoint");
    let note = String::from_utf8(bytes).map_err(|_| LedgerError::Altered { path: path.clone(), why: "it is no text".into() })?;
    let keys = key::public(folder.root())?;
    Checkpoint::open(&note, &keys).map(|(head, _)| Some(head)).map_err(|source| LedgerError::Key { path, source })
}

/// The bundle that is being filled, by the name of its file.
fn pending(folder: &Folder) -> Result<Option<u64>> {
    let listing = std::fs::read_dir(folder.root()).map_err(LedgerError::io("listing", folder.root()))?;
    Ok(listing.flatten().filter_map(|e| e.file_name().to_str()?.strip_prefix("pending.")?.parse().ok()).min())
}

/// Every file a head of this size needs, tiles first.
pub(crate) fn files(size: u64) -> Vec<String> {
    let mut out = Vec::new();
    for level in 0.. {
        let count = size >> (8 * level);
        if count == 0 {
            break;
        }
        for index in 0..count.div_ceil(WIDTH) {
            let width = WIDTH.min(count - index * WIDTH);
            out.push(tile_path(level, index, width));
            if level == 0 {
                out.push(bundle_path(index, width));
            }
        }
    }
    out
}
