//! Scored pairs in bounded memory: what does not fit goes to disk in sorted runs.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::PathBuf;
use std::sync::Mutex;

use crate::link::candidates::Scored;
use crate::link::error::LinkError;

/// Bytes of a pair on disk.
const WIDTH: usize = 20;

/// Collects pairs from several threads. Dropped, it removes what it wrote.
#[derive(Debug)]
pub struct Pairs {
    most: usize,
    folder: PathBuf,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    memory: Vec<Scored>,
    runs: Vec<PathBuf>,
}

impl Pairs {
    /// Keeps up to `megabytes` in memory; runs go to `folder`.
    pub fn new(megabytes: usize, folder: PathBuf) -> Pairs {
        let most = (megabytes << 20).max(1 << 20) / std::mem::size_of::<Scored>();
        Pairs { most, folder, state: Mutex::default() }
    }

    pub fn add(&self, mut pairs: Vec<Scored>) -> Result<(), LinkError> {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.memory.append(&mut pairs);
        if state.memory.len() < self.most {
            return Ok(());
        }
        let mut run = std::mem::take(&mut state.memory);
        let path = self.folder.join(format!("sarovar-link-{}-{:p}-{}.pairs", std::process::id(), self, state.runs.len()));
        state.runs.push(path.clone());
        drop(state);
        run.sort_unstable_by_key(|s| (s.a, s.b));
        let io = LinkError::io("writing", &path);
        let mut file = BufWriter::new(File::create(&path).map_err(&io)?);
        run.iter().try_for_each(|s| file.write_all(&bytes(s))).and_then(|()| file.flush()).map_err(&io)
    }

    /// Runs on disk.
    pub fn runs(&self) -> usize {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner).runs.len()
    }

    /// Every pair once, by its rows in order.
    pub fn read(&self, mut f: impl FnMut(Scored)) -> Result<(), LinkError> {
        let mut state = self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        state.memory.sort_unstable_by_key(|s| (s.a, s.b));
        state.memory.dedup_by_key(|s| (s.a, s.b));
        let mut runs: Vec<Run> = state.runs.iter().map(Run::open).collect::<Result<_, _>>()?;
        let mut memory = state.memory.iter().copied().peekable();
        let mut last = None;
        loop {
            let heads = runs.iter().enumerate().filter_map(|(i, r)| r.head.map(|s| ((s.a, s.b), Some(i))));
            let next = heads.chain(memory.peek().map(|s| ((s.a, s.b), None))).min();
            let Some((key, from)) = next else { return Ok(()) };
            let pair = match from {
                Some(i) => runs[i].next()?,
                None => memory.next(),
            };
            if last != Some(key)
                && let Some(pair) = pair
            {
                f(pair);
            }
            last = Some(key);
        }
    }
}

impl Drop for Pairs {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        for run in &state.runs {
            // What is left behind is a file in a folder for such files.
            let _ = std::fs::remove_file(run);
        }
    }
}

struct Run {
    file: BufReader<File>,
    path: PathBuf,
    head: Option<Scored>,
}

impl Run {
    fn open(path: &PathBuf) -> Result<Run, LinkError> {
        let file = File::open(path).map_err(LinkError::io("opening", path))?;
        let mut run = Run { file: BufReader::with_capacity(1 << 18, file), path: path.clone(), head: None };
        run.next()?;
        Ok(run)
    }

    fn next(&mut self) -> Result<Option<Scored>, LinkError> {
        let mut buffer = [0u8; WIDTH];
        let next = match self.file.read_exact(&mut buffer) {
            Ok(()) => Some(pair(&buffer)),
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => None,
            Err(e) => return Err(LinkError::io("reading", &self.path)(e)),
        };
        Ok(std::mem::replace(&mut self.head, next))
    }
}

fn bytes(s: &Scored) -> [u8; WIDTH] {
    let mut out = [0; WIDTH];
    out[..4].copy_from_slice(&s.a.to_le_bytes());
    out[4..8].copy_from_slice(&s.b.to_le_bytes());
    out[8..12].copy_from_slice(&s.bits.to_le_bytes());
    out[12..].copy_from_slice(&s.pattern.to_le_bytes());
    out
}

fn pair(bytes: &[u8; WIDTH]) -> Scored {
    let four = |i: usize| [bytes[i], bytes[i + 1], bytes[i + 2], bytes[i + 3]];
    let low = u64::from(u32::from_le_bytes(four(12)));
    let high = u64::from(u32::from_le_bytes(four(16)));
    Scored {
        a: u32::from_le_bytes(four(0)),
        b: u32::from_le_bytes(four(4)),
        bits: f32::from_le_bytes(four(8)),
        pattern: high << 32 | low,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_to_disk_comes_back_sorted_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut pairs = Pairs::new(0, folder.path().into());
        pairs.most = 10;
        for i in 0..95u32 {
            let s = Scored { a: i * 7 % 95, b: 100, bits: i as f32, pattern: u64::MAX - u64::from(i) };
            pairs.add(vec![s, s]).unwrap();
        }
        assert!(pairs.runs() > 5);
        let mut seen = Vec::new();
        pairs.read(|s| seen.push(s)).unwrap();
        assert_eq!(seen.iter().map(|s| s.a).collect::<Vec<_>>(), (0..95).collect::<Vec<_>>());
        assert!(seen.iter().all(|s| s.a == (s.bits as u32) * 7 % 95 && s.pattern == u64::MAX - s.bits as u64));
        drop(pairs);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let mut pairs = Pairs::new(0, "nowhere/at/all".into());
        pairs.most = 1;
        let e = pairs.add(vec![Scored { a: 0, b: 1, bits: 0.0, pattern: 0 }]).unwrap_err();
        assert!(e.to_string().contains("nowhere"), "{e}");
    }
}
