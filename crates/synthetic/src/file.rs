//! Files written by several threads, byte for byte the same as if by one.
//!
//! A file is cut into shards of rows. Any thread makes any shard, in memory; shards are appended strictly in order, so at most one buffer per thread
//! is alive at a time and the file never depends on who was faster.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::{Error, Progress};

/// Rows made at a time: some six megabytes of call records.
pub(crate) const SHARD_ROWS: u64 = 32_768;

/// Something a reader of the file must notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Remark {
    /// The row must be refused with this code, for this column (empty: the record as a whole).
    Reject { code: &'static str, column: &'static str },
    /// The row repeats the one before it byte for byte.
    Duplicate,
    /// The row corrects an earlier row of its key.
    Correction,
    /// The row takes back an earlier row of its key.
    Withdrawal,
}

/// What was done to a value on purpose: the row's position in its piece, how, the column, what stood there, what stands there now.
pub(crate) struct Damage {
    pub row: u64,
    pub how: &'static str,
    pub column: &'static str,
    pub was: String,
    pub now: String,
}

/// One shard being filled.
#[derive(Default)]
pub(crate) struct Piece {
    pub bytes: Vec<u8>,
    /// Data rows in `bytes`, refused ones and repetitions included.
    pub rows: u64,
    /// Lines of `truth/mentions.csv` about these rows.
    pub mentions: Vec<u8>,
    pub damages: Vec<Damage>,
    remarks: Vec<(u64, Remark)>,
}

impl Piece {
    /// Notes something about the row that was just written.
    pub(crate) fn remark(&mut self, remark: Remark) {
        self.remarks.push((self.rows, remark));
    }

    /// Appends a copy of the row at `begin..end` with one comma-separated field replaced, and the remark about it.
    pub(crate) fn spoilt(&mut self, begin: usize, end: usize, field: usize, text: &str, remark: Remark) {
        let row = self.bytes[begin..end].to_vec();
        for (i, old) in row.split(|&b| b == b',').enumerate() {
            if i > 0 {
                self.bytes.push(b',');
            }
            self.bytes.extend_from_slice(if i == field { text.as_bytes() } else { old });
        }
        self.rows += 1;
        self.remark(remark);
    }
}

/// What was written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    /// Path below the output folder, with `/` between parts.
    pub file: String,
    pub contract: &'static str,
    pub rows: u64,
    pub bytes: u64,
    /// Remarks with the row's position in the file as a spreadsheet shows it.
    pub remarks: Vec<(u64, Remark)>,
}

/// A file to write: its place and the lines around its rows.
pub(crate) struct Plan<'a> {
    pub out: &'a Path,
    pub file: String,
    pub contract: &'static str,
    /// Everything before the first data row.
    pub head: Vec<u8>,
    /// Where the truth about the rows goes, beside the remarks.
    pub ledger: Option<&'a Ledger>,
    /// Lines above the first row in a reader's count; records of JSON and XML are counted from one.
    pub above: u64,
    pub shards: usize,
    pub threads: usize,
}

struct Turn<'a> {
    ledger: Option<&'a Ledger>,
    next: usize,
    sink: File,
    written: Written,
    /// Lines above the next row.
    line: u64,
}

impl Plan<'_> {
    /// Writes the file; `fill` makes shard `n`, `foot` the lines after the rows when their number is known.
    pub(crate) fn write(
        self,
        progress: &(dyn Fn(&Progress<'_>) + Sync),
        fill: impl Fn(usize, &mut Piece) + Sync,
        foot: impl FnOnce(u64) -> Vec<u8>,
    ) -> Result<Written, Error> {
        let path = self.out.join(&self.file);
        let fail = |source| Error::Write { path: path.clone(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(fail)?;
        }
        let mut sink = File::create(&path).map_err(fail)?;
        sink.write_all(&self.head).map_err(fail)?;
        let turn = Mutex::new(Turn {
            ledger: self.ledger,
            next: 0,
            sink,
            written: Written { file: self.file, contract: self.contract, bytes: self.head.len() as u64, ..Written::default() },
            line: self.above,
        });
        let (claimed, advanced, stop, failure) = (AtomicUsize::new(0), Condvar::new(), AtomicBool::new(false), Mutex::new(None));
        let work = || {
            let mut piece = Piece::default();
            loop {
                let shard = claimed.fetch_add(1, Ordering::Relaxed);
                if shard >= self.shards || stop.load(Ordering::Acquire) {
                    return;
                }
                piece.bytes.clear();
                piece.remarks.clear();
                piece.mentions.clear();
                piece.damages.clear();
                piece.rows = 0;
                fill(shard, &mut piece);
                let mut at = lock(&turn);
                while at.next != shard && !stop.load(Ordering::Acquire) {
                    at = advanced.wait(at).unwrap_or_else(PoisonError::into_inner);
                }
                if stop.load(Ordering::Acquire) {
                    return;
                }
                if let Err(source) = at.append(&mut piece) {
                    stop.store(true, Ordering::Release);
                    *lock(&failure) = Some(source);
                }
                at.next += 1;
                progress(&Progress { file: &at.written.file, rows: at.written.rows, bytes: at.written.bytes });
                advanced.notify_all();
            }
        };
        if self.threads <= 1 || self.shards <= 1 {
            work();
        } else {
            std::thread::scope(|scope| {
                for _ in 0..self.threads.min(self.shards) {
                    scope.spawn(work);
                }
            });
        }
        if let Some(source) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(Error::Write { path, source });
        }
        let mut turn = turn.into_inner().unwrap_or_else(PoisonError::into_inner);
        let tail = foot(turn.written.rows);
        turn.sink.write_all(&tail).map_err(|source| Error::Write { path: path.clone(), source })?;
        turn.written.bytes += tail.len() as u64;
        Ok(turn.written)
    }
}

impl Turn<'_> {
    fn append(&mut self, piece: &mut Piece) -> std::io::Result<()> {
        self.sink.write_all(&piece.bytes)?;
        let line = self.line;
        if let Some(ledger) = self.ledger {
            ledger.take(&self.written.file, line, piece)?;
        }
        self.written.remarks.extend(piece.remarks.drain(..).map(|(row, remark)| (line + row, remark)));
        self.written.rows += piece.rows;
        self.written.bytes += piece.bytes.len() as u64;
        self.line += piece.rows;
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Truth that is written while the rows are: who is mentioned in them, and what was done to them on purpose.
pub(crate) struct Ledger {
    mentions: Mutex<std::io::BufWriter<File>>,
    damages: Mutex<std::io::BufWriter<File>>,
}

impl Ledger {
    pub(crate) fn create(out: &Path) -> Result<Self, Error> {
        let open = |name: &str, head: &str| {
            let path = out.join("truth").join(name);
            let fail = |source| Error::Write { path: path.clone(), source };
            std::fs::create_dir_all(out.join("truth")).map_err(fail)?;
            let mut sink = std::io::BufWriter::with_capacity(1 << 18, File::create(&path).map_err(fail)?);
            sink.write_all(head.as_bytes()).map_err(fail)?;
            Ok(Mutex::new(sink))
        };
        Ok(Self {
            mentions: open("mentions.csv", "person,role,contract,source_id,fir,person_key\n")?,
            damages: open("corrupted.csv", "file,row,how,column,was,now\n")?,
        })
    }

    fn take(&self, file: &str, line: u64, piece: &Piece) -> std::io::Result<()> {
        lock(&self.mentions).write_all(&piece.mentions)?;
        if piece.damages.is_empty() {
            return Ok(());
        }
        let mut sink = lock(&self.damages);
        for d in &piece.damages {
            write!(sink, "{file},{},{},{},", line + d.row, d.how, d.column)?;
            sink.write_all(quoted(&d.was).as_bytes())?;
            sink.write_all(b",")?;
            sink.write_all(quoted(&d.now).as_bytes())?;
            sink.write_all(b"\n")?;
        }
        Ok(())
    }

    pub(crate) fn finish(self, out: &Path) -> Result<(), Error> {
        for sink in [self.mentions, self.damages] {
            let mut sink = sink.into_inner().unwrap_or_else(PoisonError::into_inner);
            sink.flush().map_err(|source| Error::Write { path: out.join("truth"), source })?;
        }
        Ok(())
    }
}

/// A field of a CSV file, in quotes where it needs them.
pub(crate) fn quoted(text: &str) -> std::borrow::Cow<'_, str> {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")).into() } else { text.into() }
}

/// A writer that keeps one small file open for line after line, as the truth files are.
pub(crate) struct Lines {
    path: PathBuf,
    sink: std::io::BufWriter<File>,
}

impl Lines {
    pub(crate) fn create(path: PathBuf, header: &str) -> Result<Self, Error> {
        let fail = |source| Error::Write { path: path.clone(), source };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(fail)?;
        }
        let sink = std::io::BufWriter::with_capacity(1 << 18, File::create(&path).map_err(fail)?);
        let mut lines = Self { path, sink };
        lines.push(header)?;
        Ok(lines)
    }

    pub(crate) fn push(&mut self, line: &str) -> Result<(), Error> {
        writeln!(self.sink, "{line}").map_err(|source| Error::Write { path: self.path.clone(), source })
    }

    pub(crate) fn finish(mut self) -> Result<(), Error> {
        self.sink.flush().map_err(|source| Error::Write { path: self.path, source })
    }
}
