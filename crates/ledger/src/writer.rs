//! Group commit: one thread writes for everybody, and whoever came while it was syncing goes together in the next write.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::error::{LedgerError, Result};
use crate::state::State;
use crate::witness;

/// A record is covered by a signed head after at most this long.
const SIGN_WITHIN: Duration = Duration::from_secs(1);
/// And the witness hears of it after at most this long.
const WITNESS_WITHIN: Duration = Duration::from_secs(60);
/// Records written together.
const MOST: usize = 4096;

type Reply<T> = SyncSender<Result<T, String>>;

enum Job {
    Append(Vec<u8>, Reply<u64>),
    Publish(Reply<String>),
}

/// The writing thread. Ends, after a last signature, when this is dropped.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(crate) fn start(state: State, witness: Option<PathBuf>) -> Result<Writer> {
        let (jobs, waiting) = channel();
        let thread = std::thread::Builder::new()
            .name("access log".into())
            .spawn(move || Work { state, witness, told: None }.run(&waiting))
            .map_err(LedgerError::io("starting the thread of", "the access log"))?;
        Ok(Writer { jobs: Some(jobs), thread: Some(thread) })
    }

    fn ask<T>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T> {
        let gone = || LedgerError::Refused("the log's writer has stopped; start the program again".into());
        let (reply, answer) = sync_channel(1);
        self.jobs.as_ref().ok_or_else(gone)?.send(job(reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?.map_err(LedgerError::Refused)
    }

    /// Returns when the entry is on disk, with its place.
    pub(crate) fn append(&self, entry: Vec<u8>) -> Result<u64> {
        self.ask(|reply| Job::Append(entry, reply))
    }

    pub(crate) fn append_later(&self, entry: Vec<u8>) {
        if let Some(jobs) = &self.jobs {
            let _ = jobs.send(Job::Append(entry, sync_channel(1).0));
        }
    }

    pub(crate) fn publish(&self) -> Result<String> {
        self.ask(Job::Publish)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

struct Work {
    state: State,
    witness: Option<PathBuf>,
    /// When the witness was told last.
    told: Option<Instant>,
}

impl Work {
    fn run(mut self, waiting: &Receiver<Job>) {
        // Since when something is appended but not signed.
        let mut unsigned: Option<Instant> = None;
        loop {
            let job = match unsigned {
                None => waiting.recv().map_err(|_| RecvTimeoutError::Disconnected),
                Some(since) => waiting.recv_timeout(SIGN_WITHIN.saturating_sub(since.elapsed())),
            };
            let (mut entries, mut replies, mut readers) = (Vec::new(), Vec::new(), Vec::new());
            let mut sort = |job| match job {
                Job::Append(entry, reply) => {
                    entries.push(entry);
                    replies.push(reply);
                    entries.len()
                }
                Job::Publish(reply) => {
                    readers.push(reply);
                    0
                }
            };
            match job {
                Ok(job) => {
                    sort(job);
                    while let Ok(job) = waiting.try_recv() {
                        if sort(job) >= MOST {
                            break;
                        }
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    if unsigned.is_some() || self.told.is_some() {
                        self.told = None;
                        let _ = self.publish();
                    }
                    return;
                }
            }
            if !entries.is_empty() {
                self.append(&entries, &replies);
                unsigned.get_or_insert_with(Instant::now);
            }
            let due = unsigned.is_some_and(|since| since.elapsed() >= SIGN_WITHIN);
            if due || !readers.is_empty() {
                let outcome = self.publish();
                if outcome.is_ok() {
                    unsigned = None;
                } else if due {
                    // Appending may still be possible; the signature is tried again in a while.
                    unsigned = Some(Instant::now());
                }
                for reader in readers {
                    let _ = reader.send(outcome.clone());
                }
            }
        }
    }

    fn append(&mut self, entries: &[Vec<u8>], replies: &[Reply<u64>]) {
        let mut answered = 0;
        let outcome = self.state.locked(|state| {
            while answered < entries.len() {
                if state.room() == 0 {
                    state.place()?;
                }
                let upto = entries.len().min(answered + state.room() as usize);
                let first = state.append(&entries[answered..upto])?;
                for (n, reply) in replies[answered..upto].iter().enumerate() {
                    let _ = reply.send(Ok(first + n as u64));
                }
                answered = upto;
            }
            // Nobody waits for this: the records are safe where they are.
            if state.room() == 0 { state.place() } else { Ok(()) }
        });
        if let Err(e) = outcome {
            for reply in &replies[answered..] {
                let _ = reply.send(Err(e.to_string()));
            }
        }
    }

    fn publish(&mut self) -> std::result::Result<String, String> {
        let note = self.state.locked(State::publish).map_err(|e| e.to_string())?;
        if let Some(dir) = &self.witness
            && self.told.is_none_or(|at| at.elapsed() >= WITNESS_WITHIN)
            && witness::tell(dir, &note, self.state.tree.size()).is_ok()
        {
            self.told = Some(Instant::now());
        }
        Ok(note)
    }
}
