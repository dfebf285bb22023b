//! Files inside ZIP and tar archives (also tar.gz), guarded: no path escapes, no bombs, no silent password.
//!
//! What would make the whole archive untrustworthy (a path out of it, a bomb, a wrong password) ends the iteration; a file that is broken by itself
//! comes as a [`Member`] that says so, and the others follow.

mod tar;

use std::collections::VecDeque;
use std::io::{self, Cursor, Read, SeekFrom, Write};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::read::input;
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
    /// The unpacked bytes, or why this file alone cannot be read.
    pub input: Result<Input, ReadError>,
}

/// Whether the bytes begin like a ZIP archive.
pub fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Whether a file is an archive of files: ZIP (and no workbook or text document, which are ZIP archives too), tar, or tar in gzip. The input is
/// given back rewound.
pub fn is_archive(mut input: &mut dyn ReadSeek) -> io::Result<bool> {
    let mut head = Vec::new();
    input.seek(SeekFrom::Start(0))?;
    (&mut input).take(tar::BLOCK as u64).read_to_end(&mut head)?;
    let found = if is_zip(&head) {
        !is_one_document(input, &head)
    } else if input::is_gzip(&head) {
        input.seek(SeekFrom::Start(0))?;
        let mut inner = Vec::new();
        // Damaged gzip is told by whoever reads it.
        let read = flate2::read::MultiGzDecoder::new(&mut input).take(tar::BLOCK as u64).read_to_end(&mut inner);
        read.is_ok() && tar::is_tar(&inner)
    } else {
        tar::is_tar(&head)
    };
    input.seek(SeekFrom::Start(0))?;
    Ok(found)
}

/// Whether a ZIP archive is itself one document (a workbook, a text), by its directory; where that is missing, by its first file.
fn is_one_document(input: &mut dyn ReadSeek, head: &[u8]) -> bool {
    const OFFICE: [&[u8]; 6] = [b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"mimetype", b"customXml/"];
    if let Ok(archive) = ZipArchive::new(&mut *input) {
        return archive.file_names().any(|n| n == "[Content_Types].xml" || n == "mimetype");
    }
    head.get(30..).is_some_and(|name| OFFICE.iter().any(|o| name.starts_with(o)))
}

/// Files of an archive one after the other, inner archives opened. Names, sizes and counts are checked before
/// anything is unpacked; anything unsafe is an error and ends the iteration. `spools` gives an empty place for each.
pub fn members(
    input: Input,
    limits: &Limits,
    password: Option<&str>,
    spools: Spools,
) -> Result<impl Iterator<Item = Result<Member, ReadError>> + Send + use<>, ReadError> {
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
    files: Files,
    prefix: String,
    waiting: VecDeque<usize>,
}

enum Files {
    Zip(ZipArchive<Input>),
    Tar(Input, Vec<tar::Entry>),
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
    fn enter(&mut self, mut input: Input, prefix: String, name: &str) -> Result<(), ReadError> {
        if self.open.len() >= self.limits.max_depth {
            return Err(ReadError::Bomb {
                name: name.to_owned(),
                what: "archives in archives",
                limit: self.limits.max_depth as u64,
            });
        }
        let head = input::peek(name, input.as_mut(), 4)?;
        let (files, waiting, declared) = if is_zip(&head) {
            directory(input, name, &self.limits)?
        } else {
            if input::is_gzip(&head) {
                input = self.ungzip(input, name)?;
            }
            let entries = tar::entries(input.as_mut(), name, self.limits.max_members)?;
            let declared = entries.iter().fold(0u64, |sum, e| sum.saturating_add(e.size));
            let waiting = (0..entries.len()).collect();
            (Files::Tar(input, entries), waiting, declared)
        };
        self.members += waiting.len() as u64;
        if self.members > self.limits.max_members {
            return Err(ReadError::Bomb { name: name.to_owned(), what: "files", limit: self.limits.max_members });
        }
        if self.unpacked.saturating_add(declared) > self.limits.max_unpacked_bytes {
            return Err(ReadError::Bomb { name: name.to_owned(), what: "bytes", limit: self.limits.max_unpacked_bytes });
        }
        self.open.push(Level { files, prefix, waiting });
        Ok(())
    }

    /// The tar archive in a gzip file: its directory stands all over it.
    fn ungzip(&mut self, input: Input, name: &str) -> Result<Input, ReadError> {
        let mut plain = input::unwrap(input, name, &self.limits)?;
        let mut spool = (self.spools)().map_err(scratch)?;
        let mut buffer = vec![0u8; 256 << 10];
        loop {
            match plain.read(&mut buffer).map_err(|e| input::read_error(name, e))? {
                0 => break,
                n => spool.write_all(&buffer[..n]).map_err(scratch)?,
            }
        }
        spool.seek(SeekFrom::Start(0)).map_err(scratch)?;
        Ok(Box::new(spool))
    }

    fn advance(&mut self) -> Result<Option<Member>, ReadError> {
        loop {
            let depth = self.open.len();
            let Some(level) = self.open.last_mut() else { return Ok(None) };
            let Some(index) = level.waiting.pop_front() else {
                self.open.pop();
                continue;
            };
            let name = format!("{}{}", level.prefix, level.files.name(index));
            let mut spool = (self.spools)().map_err(scratch)?;
            let left = self.limits.max_unpacked_bytes.saturating_sub(self.unpacked);
            let unpacked = level.files.unpack(index, &name, self.password.as_deref(), &self.limits, left, &mut spool);
            let outcome = unpacked.and_then(|size| {
                self.unpacked += size;
                let mut input: Input = Box::new(spool);
                if is_archive(input.as_mut()).map_err(|e| ReadError::io(&name, e))? {
                    self.enter(input, format!("{name}/"), &name)?;
                    return Ok(None);
                }
                Ok(Some(Member { name: name.clone(), size, input: Ok(input) }))
            });
            return match outcome {
                Ok(None) => continue,
                Err(e) if is_of_one(&e, depth) => Ok(Some(Member { name, size: 0, input: Err(e) })),
                outcome => outcome,
            };
        }
    }
}

/// Whether an error is that of one file and not of the archive that was given. The password is that archive's.
fn is_of_one(error: &ReadError, depth: usize) -> bool {
    match error {
        ReadError::PasswordNeeded { .. } | ReadError::WrongPassword { .. } => depth > 1,
        ReadError::Corrupt { .. } | ReadError::Truncated { .. } => true,
        _ => false,
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

/// The files of a ZIP archive, those to be unpacked, and the bytes they say to unpack to.
fn directory(input: Input, name: &str, limits: &Limits) -> Result<(Files, VecDeque<usize>, u64), ReadError> {
    let mut archive = ZipArchive::new(input).map_err(|e| failure(name, e))?;
    let mut waiting = VecDeque::new();
    let mut declared = 0u64;
    for i in 0..archive.len() {
        let Ok(file) = archive.by_index_raw(i) else {
            // Broken by itself: unpacking it says how.
            waiting.push_back(i);
            continue;
        };
        if file.enclosed_name().is_none() || file.name().contains('\\') || file.is_symlink() {
            return Err(ReadError::UnsafePath { name: name.to_owned(), member: file.name().to_owned() });
        }
        declared = declared.saturating_add(file.size());
        if file.size() > RATIO_FROM && file.size() / file.compressed_size().max(1) > limits.max_ratio {
            return Err(ReadError::Bomb { name: name.to_owned(), what: "bytes out per byte in", limit: limits.max_ratio });
        }
        if file.is_file() {
            waiting.push_back(i);
        }
    }
    Ok((Files::Zip(archive), waiting, declared))
}

impl Files {
    fn name(&self, index: usize) -> String {
        match self {
            Files::Zip(archive) => archive.name_for_index(index).unwrap_or("file").to_owned(),
            Files::Tar(_, entries) => entries[index].name.clone(),
        }
    }

    /// Copies a file into its spool, at most `left` bytes, and rewinds that; gives the size.
    fn unpack(
        &mut self,
        index: usize,
        name: &str,
        password: Option<&str>,
        limits: &Limits,
        left: u64,
        spool: &mut dyn Spool,
    ) -> Result<u64, ReadError> {
        let name = || name.to_owned();
        let bomb = |what, limit| ReadError::Bomb { name: name(), what, limit };
        match self {
            Files::Tar(input, entries) => {
                let Some(entry) = entries.get(index).filter(|e| e.size <= left) else {
                    return Err(bomb("bytes", limits.max_unpacked_bytes));
                };
                input.seek(SeekFrom::Start(entry.at)).map_err(|e| ReadError::io(&name(), e))?;
                let copied = io::copy(&mut input.by_ref().take(entry.size), spool).map_err(scratch)?;
                if copied < entry.size {
                    return Err(ReadError::Truncated { name: name() });
                }
            }
            Files::Zip(archive) => {
                let raw = archive.by_index_raw(index).map_err(|e| failure(&name(), e))?;
                let (encrypted, packed) = (raw.encrypted(), raw.compressed_size());
                drop(raw);
                let mut file = match (encrypted, password) {
                    (false, _) => archive.by_index(index).map_err(|e| failure(&name(), e))?,
                    (true, None) => return Err(ReadError::PasswordNeeded { name: name() }),
                    (true, Some(p)) => archive.by_index_decrypt(index, p.as_bytes()).map_err(|e| failure(&name(), e))?,
                };
                // What the directory declares may be a lie: the bytes themselves are counted.
                let mut buffer = vec![0u8; 256 << 10];
                let mut size = 0u64;
                loop {
                    let n = file.read(&mut buffer).map_err(|e| match encrypted {
                        true => ReadError::WrongPassword { name: name() },
                        false => spoilt(&name(), &e),
                    })?;
                    if n == 0 {
                        break;
                    }
                    size += n as u64;
                    if size > left {
                        return Err(bomb("bytes", limits.max_unpacked_bytes));
                    }
                    if size > RATIO_FROM && size / packed.max(1) > limits.max_ratio {
                        return Err(bomb("bytes out per byte in", limits.max_ratio));
                    }
                    spool.write_all(&buffer[..n]).map_err(scratch)?;
                }
            }
        }
        let size = spool.stream_position().map_err(scratch)?;
        spool.seek(SeekFrom::Start(0)).map_err(scratch)?;
        Ok(size)
    }
}

/// Compressed bytes that do not unpack, or not to what was packed.
fn spoilt(name: &str, error: &io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => ReadError::Truncated { name: name.to_owned() },
        _ => ReadError::Corrupt { name: name.to_owned(), kind: "compressed", message: error.to_string() },
    }
}

fn scratch(error: io::Error) -> ReadError {
    // Not `ReadError::io`: what ends too early here is the disk, not the file.
    ReadError::Io { name: "a scratch file for the archive".to_owned(), source: error }
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
