//! The key hashes of new rows, in memory up to a limit and in scratch files beyond it.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;

use arrow::array::Int64Array;

use crate::error::{LakeError, Result};

/// Partitions by the top bits of the hash; each is handled alone, so a file of any size is checked in bounded memory.
pub(super) const PARTS: usize = 64;
/// Bytes of one hash with its row.
const ENTRY: usize = 16;

/// The key hash and row number of every new row, and the rows that withdraw others.
pub struct KeyLog {
    parts: Vec<Vec<(u64, i64)>>,
    held: usize,
    /// Hashes held in memory before they go to scratch files.
    most: usize,
    spill: Option<Vec<File>>,
    pub withdrawals: Vec<i64>,
}

impl KeyLog {
    /// `memory` is what the log may hold, in bytes.
    pub fn new(memory: usize) -> Self {
        let most = (memory / ENTRY).max(PARTS);
        KeyLog { parts: vec![Vec::new(); PARTS], held: 0, most, spill: None, withdrawals: Vec::new() }
    }

    pub fn push(&mut self, keys: &Int64Array, rows: &Int64Array, work: &Path) -> Result<()> {
        for (key, row) in keys.values().iter().zip(rows.values()) {
            let key = *key as u64;
            self.parts[(key >> 58) as usize].push((key, *row));
        }
        self.held += keys.len();
        if self.held >= self.most {
            self.spill(work)?;
        }
        Ok(())
    }

    fn spill(&mut self, work: &Path) -> Result<()> {
        if self.spill.is_none() {
            let files: std::io::Result<Vec<File>> = (0..PARTS).map(|_| tempfile::tempfile_in(work)).collect();
            self.spill = Some(files.map_err(LakeError::io("creating a scratch file in", work))?);
        }
        if let Some(files) = &mut self.spill {
            for (part, file) in self.parts.iter_mut().zip(files) {
                let mut bytes = Vec::with_capacity(part.len() * ENTRY);
                for (key, row) in std::mem::take(part) {
                    bytes.extend_from_slice(&key.to_le_bytes());
                    bytes.extend_from_slice(&row.to_le_bytes());
                }
                file.write_all(&bytes).map_err(LakeError::io("writing a scratch file in", work))?;
            }
        }
        self.held = 0;
        Ok(())
    }

    /// A copy of one partition, in no order.
    pub fn part(&self, p: usize) -> Result<Vec<(u64, i64)>> {
        let mut all = self.parts[p].clone();
        if let Some(files) = &self.spill {
            let scratch = LakeError::io("reading a scratch file in", "work");
            let mut bytes = Vec::new();
            let read = files[p].metadata().and_then(|m| {
                bytes.resize(m.len() as usize, 0);
                files[p].read_exact_at(&mut bytes, 0)
            });
            read.map_err(scratch)?;
            all.extend(bytes.chunks_exact(ENTRY).map(|c| {
                let (k, r) = c.split_at(8);
                (u64::from_le_bytes(k.try_into().unwrap_or_default()), i64::from_le_bytes(r.try_into().unwrap_or_default()))
            }));
        }
        Ok(all)
    }
}

/// One partition of all logs together.
pub(super) fn part(logs: &[KeyLog], p: usize) -> Result<Vec<(u64, i64)>> {
    let mut all = Vec::new();
    for log in logs {
        all.extend(log.part(p)?);
    }
    Ok(all)
}
