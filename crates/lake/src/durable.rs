//! Files made durable by a thread of their own while the next ones are written: a processor need not wait for a disk
//! until something is committed that depends on it.

use std::fs::File;
use std::path::PathBuf;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

use crate::error::{LakeError, Result};

/// Written files on their way to the disk. Dropped without [`Durable::settle`], it promises nothing.
#[derive(Debug)]
pub struct Durable {
    send: Sender<(File, PathBuf)>,
    thread: JoinHandle<Result<()>>,
}

impl Durable {
    pub fn new() -> Self {
        let (send, files) = channel::<(File, PathBuf)>();
        let thread = std::thread::spawn(move || {
            for (file, path) in files {
                file.sync_data().map_err(LakeError::io("writing", path))?;
            }
            Ok(())
        });
        Durable { send, thread }
    }

    /// Begins to make what `file` holds now durable.
    pub fn begin(&self, file: File, path: PathBuf) {
        // The thread only ends early when a write failed; `settle` says so.
        let _ = self.send.send((file, path));
    }

    /// Waits until everything begun is on the disk.
    pub fn settle(self) -> Result<()> {
        drop(self.send);
        self.thread.join().unwrap_or_else(|_| Err(LakeError::Invalid("the thread that makes files durable stopped".into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settles_what_was_begun_and_reports_what_failed() {
        use std::io::Write;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        let mut file = File::create(&path).unwrap();
        file.write_all(b"rows").unwrap();
        let durable = Durable::new();
        durable.begin(file, path.clone());
        durable.settle().unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"rows");

        // A pipe cannot be made durable: the kernel refuses, and that must not be lost.
        let (_read, write) = std::io::pipe().unwrap();
        let durable = Durable::new();
        durable.begin(File::from(std::os::fd::OwnedFd::from(write)), "pipe".into());
        assert!(durable.settle().unwrap_err().to_string().contains("pipe"));
    }
}
