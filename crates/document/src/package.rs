//! The archives that Word documents and OpenDocument texts are.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use crate::{Bounds, Error};

pub(crate) struct Package<'a> {
    kind: &'static str,
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked, of so many.
    left: u64,
    most: u64,
}

impl<'a> Package<'a> {
    /// `kind` is named in errors.
    pub fn open(kind: &'static str, bytes: &'a [u8], bounds: &Bounds) -> Result<Package<'a>, Error> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| Error::corrupt(kind, e))?;
        let most = bounds.unpacked.min(bounds.bytes);
        Ok(Package { kind, archive, left: most, most })
    }

    /// Names of files, sorted.
    pub fn names(&self, is: impl Fn(&str) -> bool) -> Vec<String> {
        let mut names: Vec<String> = self.archive.file_names().filter(|n| is(n)).map(str::to_owned).collect();
        names.sort_unstable();
        names
    }

    pub fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        let kind = self.kind;
        self.member(name)?.map(|bytes| String::from_utf8(bytes).map_err(|e| Error::corrupt(kind, e))).transpose()
    }

    /// None where there is no file of that name.
    pub fn member(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let kind = self.kind;
        let file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(why)) if why == ZipError::PASSWORD_REQUIRED => return Err(Error::Locked { kind }),
            Err(e) => return Err(Error::corrupt(kind, e)),
        };
        let mut bytes = Vec::new();
        file.take(self.left + 1).read_to_end(&mut bytes).map_err(|e| Error::corrupt(kind, e))?;
        let left = self.left.checked_sub(bytes.len() as u64);
        self.left = left.ok_or(Error::Bomb { limit: self.most })?;
        Ok(Some(bytes))
    }
}
