//! Files inside ZIP archives, guarded: no path escapes, no bombs, no silent password.

use std::collections::VecDeque;
use std::io::{self, Cursor, Read, SeekFrom, Write};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::{Limits, ReadError, ReadSeek};

type Input = Box<dyn ReadSeek + Send>;

/// Where a member is unpacked to: a scratch file, or memory for small ones.
pub trait Spool: ReadSeek + Write + Send {}

impl<T: ReadSeek + Write + Send> Spool for T {}

type Spools = Box<dyn FnMut() -> io::Result<Box<dyn Spool>> + Send>;

/// One file of an archive.
pub struct Member {
    /// Path inside the archive, `/`-separated, with inner archives' names before it: `a.zip/b.csv`.
    pub name: String,
    /// Unpacked size in bytes.
    pub size: u64,
    /// The unpacked bytes.
    pub input: Input,
}

/// Whether the bytes begin like a ZIP archive.
pub fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Whether a ZIP archive is itself one document (a workbook), not a folder of files.
pub fn is_workbook(input: &mut dyn ReadSeek) -> bool {
    let Ok(archive) = ZipArchive::new(&mut *input) else { return false };
    let found = archive.file_names().any(|n| n == "[Content_Types].xml" || n == "mimetype");
    drop(archive);
    // The caller reads from the start again.
    input.seek(SeekFrom::Start(0)).is_ok() && found
}

/// Files of a ZIP archive one after the other, inner archives opened. Names, sizes and counts are checked before
/// anything is unpacked; anything unsafe is an error and ends the iteration. `spools` gives an empty place for each.
pub fn members(
    input: Input,
    limits: &Limits,
    password: Option<&str>,
    spools: Spools,
) -> Result<impl Iterator<Item = Result<Member, ReadError>> + Send, ReadError> {
    let mut members = Members {
        limits: limits.clone(),
        password: password.map(str::to_owned),
        spools,
        open: Vec::new(),
        members: 0,
        unpacked: 0,
        failed: false,
    };
    members.enter(input, String::new(), "archive")?;
    Ok(members)
}

struct Level {
    archive: ZipArchive<Input>,
    prefix: String,
    waiting: VecDeque<usize>,
}

struct Members {
    limits: Limits,
    password: Option<String>,
    spools: Spools,
    open: Vec<Level>,
    members: u64,
    unpacked: u64,
    failed: bool,
}

impl Members {
    fn enter(&mut self, input: Input, prefix: String, name: &str) -> Result<(), ReadError> {
        if self.open.len() >= self.limits.max_depth {
            return Err(ReadError::Bomb {
                name: name.to_owned(),
                what: "archives in archives",
                limit: self.limits.max_depth as u64,
            });
        }
        let mut archive = ZipArchive::new(input).map_err(|e| failure(name, e))?;
        let mut waiting = VecDeque::new();
        let mut declared = 0u64;
        for i in 0..archive.len() {
            let file = archive.by_index_raw(i).map_err(|e| failure(name, e))?;
            if file.enclosed_name().is_none() || file.name().contains('\\') || file.is_symlink() {
                return Err(ReadError::UnsafePath { name: name.to_owned(), member: file.name().to_owned() });
            }
            declared = declared.saturating_add(file.size());
            if file.size() > RATIO_FROM && file.size() / file.compressed_size().max(1) > self.limits.max_ratio {
                return Err(ReadError::Bomb {
                    name: name.to_owned(),
                    what: "bytes out per byte in",
                    limit: self.limits.max_ratio,
                });
            }
            if file.is_file() {
                waiting.push_back(i);
            }
        }
        self.members += waiting.len() as u64;
        if self.members > self.limits.max_members {
            return Err(ReadError::Bomb { name: name.to_owned(), what: "files", limit: self.limits.max_members });
        }
        if self.unpacked.saturating_add(declared) > self.limits.max_unpacked_bytes {
            return Err(ReadError::Bomb { name: name.to_owned(), what: "bytes", limit: self.limits.max_unpacked_bytes });
        }
        self.open.push(Level { archive, prefix, waiting });
        Ok(())
    }

    fn advance(&mut self) -> Result<Option<Member>, ReadError> {
        loop {
            let Some(level) = self.open.last_mut() else { return Ok(None) };
            let Some(index) = level.waiting.pop_front() else {
                self.open.pop();
                continue;
            };
            let prefix = level.prefix.clone();
            let spool = (self.spools)().map_err(|e| ReadError::io("a scratch file for the archive", e))?;
            let (name, mut bytes) = unpack(level, index, self.password.as_deref(), &self.limits, self.unpacked, spool)?;
            self.unpacked += bytes.size;
            let head = crate::read::input::peek(&name, bytes.input.as_mut(), 4)?;
            if is_zip(&head) && !is_workbook(bytes.input.as_mut()) {
                self.enter(bytes.input, format!("{prefix}{name}/"), &name)?;
                continue;
            }
            return Ok(Some(Member { name: format!("{prefix}{name}"), ..bytes }));
        }
    }
}

impl Iterator for Members {
    type Item = Result<Member, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let next = self.advance().transpose();
        self.failed = matches!(next, Some(Err(_)));
        next
    }
}

const RATIO_FROM: u64 = 64 << 20;

fn unpack(
    level: &mut Level,
    index: usize,
    password: Option<&str>,
    limits: &Limits,
    before: u64,
    mut spool: Box<dyn Spool>,
) -> Result<(String, Member), ReadError> {
    let raw = level.archive.by_index_raw(index).map_err(|e| failure("archive", e))?;
    let (name, encrypted, packed) = (raw.name().to_owned(), raw.encrypted(), raw.compressed_size());
    drop(raw);
    let mut file = match (encrypted, password) {
        (false, _) => level.archive.by_index(index).map_err(|e| failure(&name, e))?,
        (true, None) => return Err(ReadError::PasswordNeeded { name }),
        (true, Some(p)) => level.archive.by_index_decrypt(index, p.as_bytes()).map_err(|e| failure(&name, e))?,
    };
    // What the directory declares may be a lie: the bytes themselves are counted.
    let mut buffer = vec![0u8; 256 << 10];
    let mut size = 0u64;
    loop {
        let n = file.read(&mut buffer).map_err(|e| {
            if encrypted { ReadError::WrongPassword { name: name.clone() } } else { crate::read::input::read_error(&name, e) }
        })?;
        if n == 0 {
            break;
        }
        size += n as u64;
        if before + size > limits.max_unpacked_bytes {
            return Err(ReadError::Bomb { name, what: "bytes", limit: limits.max_unpacked_bytes });
        }
        if size > RATIO_FROM && size / packed.max(1) > limits.max_ratio {
            return Err(ReadError::Bomb { name, what: "bytes out per byte in", limit: limits.max_ratio });
        }
        spool.write_all(&buffer[..n]).map_err(|e| ReadError::io(&name, e))?;
    }
    spool.seek(SeekFrom::Start(0)).map_err(|e| ReadError::io(&name, e))?;
    Ok((name.clone(), Member { name, size, input: Box::new(spool) }))
}

fn failure(name: &str, error: ZipError) -> ReadError {
    match error {
        ZipError::InvalidPassword => ReadError::WrongPassword { name: name.to_owned() },
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => ReadError::PasswordNeeded { name: name.to_owned() },
        ZipError::Io(e) => crate::read::input::read_error(name, e),
        other => ReadError::Corrupt { name: name.to_owned(), kind: "ZIP", message: other.to_string() },
    }
}

/// Refuses a ZIP document (a workbook) whose parts unpack to more than `limit` bytes or too strongly.
pub(crate) fn check_sizes(name: &str, bytes: &[u8], limit: u64, ratio: u64) -> Result<(), ReadError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| failure(name, e))?;
    let mut total = 0u64;
    for i in 0..archive.len() {
        let file = archive.by_index_raw(i).map_err(|e| failure(name, e))?;
        total = total.saturating_add(file.size());
        if file.size() > RATIO_FROM && file.size() / file.compressed_size().max(1) > ratio {
            return Err(ReadError::Bomb { name: name.to_owned(), what: "bytes out per byte in", limit: ratio });
        }
    }
    if total > limit {
        return Err(ReadError::Bomb { name: name.to_owned(), what: "bytes", limit });
    }
    Ok(())
}
