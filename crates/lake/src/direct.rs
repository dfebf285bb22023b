//! Large files past the kernel's page cache. A received file is written once and read once: cached pages would have to be found, cleared and copied
//! for nothing, which costs more than the disk does (a fifth of the processor time of a large ingest, measured).
//!
//! Where the file system cannot (a folder in memory), everything goes the usual way.

use std::fs::File;
use std::io::{ErrorKind, Read, Result, Seek, SeekFrom};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// What addresses, offsets and lengths are multiples of; every disk's sector divides it.
const ALIGN: usize = 4 << 10;
/// Bytes that go to the disk at once.
pub const BLOCK: usize = 4 << 20;

/// [`BLOCK`] bytes at an address the disk takes, and how many of them count.
pub struct Block {
    memory: Vec<u8>,
    start: usize,
    pub len: usize,
}

impl Block {
    pub fn new() -> Block {
        let memory = vec![0; BLOCK + ALIGN];
        // Never grown, so it stays where it is.
        let start = memory.as_ptr().align_offset(ALIGN).min(ALIGN);
        Block { memory, start, len: 0 }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.memory[self.start..self.start + self.len]
    }

    fn room(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.start + BLOCK]
    }

    /// Reads until it is full or the input ends.
    pub fn fill(&mut self, input: &mut dyn Read) -> Result<()> {
        self.len = 0;
        while self.len < BLOCK {
            let len = self.len;
            match input.read(&mut self.room()[len..]) {
                Ok(0) => break,
                Ok(n) => self.len += n,
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }
}

/// A file that grows at its end.
pub struct Writer {
    file: File,
    direct: Option<File>,
    at: u64,
}

impl Writer {
    /// `file` is empty and lies at `path`.
    pub fn new(file: File, path: &Path) -> Writer {
        let direct = File::options().write(true).custom_flags(libc::O_DIRECT).open(path).ok();
        Writer { file, direct, at: 0 }
    }

    /// Blocks follow one another; only the last one is not full.
    pub fn write(&mut self, block: &Block) -> Result<()> {
        let bytes = block.bytes();
        match self.direct.as_ref().filter(|_| bytes.len() == BLOCK).map(|direct| direct.write_all_at(bytes, self.at)) {
            Some(Ok(())) => {}
            // It was opened so, and cannot write so after all.
            Some(Err(e)) if e.kind() == ErrorKind::InvalidInput => {
                self.direct = None;
                self.file.write_all_at(bytes, self.at)?;
            }
            Some(Err(e)) => return Err(e),
            None => self.file.write_all_at(bytes, self.at)?,
        }
        self.at += bytes.len() as u64;
        Ok(())
    }

    pub fn into_file(self) -> File {
        self.file
    }

    pub fn file(&self) -> &File {
        &self.file
    }
}

/// A file for reading from its beginning to its end.
pub struct Reader {
    file: File,
    direct: Option<File>,
    block: Block,
    /// Where the block lies in the file.
    from: u64,
    at: u64,
}

impl Reader {
    pub fn new(file: File) -> Reader {
        let path = format!("/proc/self/fd/{}", file.as_raw_fd());
        let large = file.metadata().is_ok_and(|m| m.len() > BLOCK as u64);
        let direct = large.then(|| File::options().read(true).custom_flags(libc::O_DIRECT).open(path).ok()).flatten();
        Reader { file, direct, block: Block::new(), from: 0, at: 0 }
    }

    /// Fetches the block that holds the place reading has come to.
    fn fetch(&mut self) -> Result<()> {
        self.from = self.at - self.at % ALIGN as u64;
        loop {
            let file = self.direct.as_ref().unwrap_or(&self.file);
            match file.read_at(&mut self.block.memory[self.block.start..self.block.start + BLOCK], self.from) {
                Ok(n) => {
                    self.block.len = n;
                    return Ok(());
                }
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) if e.kind() == ErrorKind::InvalidInput && self.direct.is_some() => self.direct = None,
                Err(e) => return Err(e),
            }
        }
    }

    fn rest(&self) -> &[u8] {
        let begin = self.at.checked_sub(self.from).and_then(|n| usize::try_from(n).ok());
        begin.and_then(|n| self.block.bytes().get(n..)).unwrap_or_default()
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.rest().is_empty() {
            self.fetch()?;
        }
        let rest = self.rest();
        let n = rest.len().min(buffer.len());
        buffer[..n].copy_from_slice(&rest[..n]);
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let (base, by) = match to {
            SeekFrom::Start(at) => (at, 0),
            SeekFrom::Current(by) => (self.at, by),
            SeekFrom::End(by) => (self.file.metadata()?.len(), by),
        };
        self.at = base.checked_add_signed(by).ok_or(ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that repeat at no distance a block could hide.
    fn text(len: usize) -> Vec<u8> {
        (0..len as u64).map(|i| (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
    }

    #[test]
    fn what_is_written_is_what_is_read() {
        // A folder on a disk and, where there is one, in memory.
        for parent in [std::env::current_dir().unwrap(), "/dev/shm".into()] {
            let Ok(dir) = tempfile::tempdir_in(parent) else { continue };
            for len in [0, 1, ALIGN, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 77, 3 * BLOCK] {
                let path = dir.path().join(len.to_string());
                let bytes = text(len);
                let mut writer = Writer::new(File::create(&path).unwrap(), &path);
                let (mut input, mut block) = (bytes.as_slice(), Block::new());
                loop {
                    block.fill(&mut input).unwrap();
                    if block.bytes().is_empty() {
                        break;
                    }
                    writer.write(&block).unwrap();
                }
                assert_eq!(writer.file().metadata().unwrap().len(), len as u64);
                drop(writer.into_file());
                assert_eq!(std::fs::read(&path).unwrap(), bytes, "{len} written");
                let mut reader = Reader::new(File::open(&path).unwrap());
                let mut read = Vec::new();
                reader.read_to_end(&mut read).unwrap();
                assert_eq!(read, bytes, "{len} read");
                for at in [len / 2, len.saturating_sub(3), 0] {
                    reader.seek(SeekFrom::Start(at as u64)).unwrap();
                    let mut some = vec![0; 100.min(len - at)];
                    reader.read_exact(&mut some).unwrap();
                    assert_eq!(some, bytes[at..at + some.len()], "{len} from {at}");
                }
                assert_eq!(reader.seek(SeekFrom::End(0)).unwrap(), len as u64);
                assert_eq!(reader.read(&mut [0; 8]).unwrap(), 0);
                assert!(reader.seek(SeekFrom::Current(-(len as i64) - 1)).is_err());
            }
        }
    }
}
