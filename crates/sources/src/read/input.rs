//! The bytes of a file: gzip unwrapped, other encodings turned into UTF-8, bombs and cut-off data noticed.

use std::io::{self, Read, SeekFrom};

use encoding_rs::{CoderResult, Decoder};
use flate2::read::MultiGzDecoder;

use super::{ReadError, ReadSeek};
use crate::Limits;
use crate::contract::Encoding;

/// Unpacked bytes from which the ratio is looked at: small files may well pack a thousandfold.
const RATIO_FROM: u64 = 64 << 20;
/// Bytes looked at to tell the encoding.
pub(crate) const HEAD: usize = 64 << 10;

/// Rewinds and looks at the first bytes.
pub(crate) fn peek(name: &str, mut input: &mut dyn ReadSeek, bytes: usize) -> Result<Vec<u8>, ReadError> {
    let fail = |e| ReadError::io(name, e);
    input.seek(SeekFrom::Start(0)).map_err(fail)?;
    let mut head = Vec::new();
    (&mut input).take(bytes as u64).read_to_end(&mut head).map_err(fail)?;
    input.seek(SeekFrom::Start(0)).map_err(fail)?;
    Ok(head)
}

pub(crate) fn is_gzip(head: &[u8]) -> bool {
    head.starts_with(&[0x1f, 0x8b])
}

/// Unwraps gzip with its bounds.
pub(crate) fn unwrap(
    mut input: Box<dyn ReadSeek + Send>,
    name: &str,
    limits: &Limits,
) -> Result<Box<dyn Read + Send>, ReadError> {
    let head = peek(name, input.as_mut(), 2)?;
    if head.is_empty() {
        return Err(ReadError::Empty { name: name.to_owned() });
    }
    if !is_gzip(&head) {
        return Ok(Box::new(input));
    }
    let fail = |e| ReadError::io(name, e);
    let packed = input.seek(SeekFrom::End(0)).map_err(fail)?;
    input.seek(SeekFrom::Start(0)).map_err(fail)?;
    Ok(Box::new(Guarded { inner: MultiGzDecoder::new(input), packed, unpacked: 0, limits: limits.clone() }))
}

/// A decompressor that stops at the limits.
pub(crate) struct Guarded<R> {
    pub inner: R,
    pub packed: u64,
    pub unpacked: u64,
    pub limits: Limits,
}

/// Marks an [`io::Error`] that means a bomb.
#[derive(Debug, thiserror::Error)]
#[error("unpacks to more than allowed ({what} over {limit})")]
pub(crate) struct BombError {
    pub what: &'static str,
    pub limit: u64,
}

impl<R: Read> Read for Guarded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.unpacked += n as u64;
        if self.unpacked > self.limits.max_unpacked_bytes {
            return Err(io::Error::other(BombError { what: "bytes", limit: self.limits.max_unpacked_bytes }));
        }
        if self.unpacked > RATIO_FROM && self.unpacked / self.packed.max(1) > self.limits.max_ratio {
            return Err(io::Error::other(BombError { what: "bytes out per byte in", limit: self.limits.max_ratio }));
        }
        Ok(n)
    }
}

/// How the bytes of a text file become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Charset {
    Utf8,
    /// One byte, one sign; ASCII below 128.
    Windows1252,
    /// Not decided yet: ASCII so far.
    Undecided,
}

/// A text input: UTF-8 or Windows-1252 bytes, whatever the file was written in.
pub(crate) struct TextInput {
    pub bytes: Box<dyn Read + Send>,
    pub charset: Charset,
}

/// Takes the byte order mark off and decides the encoding from the head of the file.
pub(crate) fn text(mut bytes: Box<dyn Read + Send>, encoding: Encoding, name: &str) -> Result<TextInput, ReadError> {
    let mut head = Vec::with_capacity(HEAD);
    bytes.by_ref().take(HEAD as u64).read_to_end(&mut head).map_err(|e| read_error(name, e))?;
    let whole = head.len() < HEAD;
    let (label, mark) = match encoding_rs::Encoding::for_bom(&head) {
        Some((found, length)) => (Some(found), length),
        None => match encoding {
            Encoding::Fixed(fixed) => (Some(fixed), 0),
            Encoding::Auto => (utf16_by_zeros(&head), 0),
        },
    };
    let charset = match label {
        None => guess(&head, whole),
        Some(l) if l == encoding_rs::UTF_8 => Charset::Utf8,
        Some(l) if l == encoding_rs::WINDOWS_1252 => Charset::Windows1252,
        Some(other) => {
            let rest = io::Cursor::new(head.split_off(mark)).chain(bytes);
            let decoded = Decoded {
                inner: Box::new(rest),
                decoder: other.new_decoder_without_bom_handling(),
                ready: Vec::new(),
                at: 0,
                ended: false,
            };
            return Ok(TextInput { bytes: Box::new(decoded), charset: Charset::Utf8 });
        }
    };
    let rest = io::Cursor::new(head.split_off(mark)).chain(bytes);
    Ok(TextInput { bytes: Box::new(rest), charset })
}

pub(crate) fn read_error(name: &str, error: io::Error) -> ReadError {
    if let Some(bomb) = error.get_ref().and_then(|e| e.downcast_ref::<BombError>()) {
        return ReadError::Bomb { name: name.to_owned(), what: bomb.what, limit: bomb.limit };
    }
    if error.kind() == io::ErrorKind::InvalidInput || error.kind() == io::ErrorKind::InvalidData {
        return ReadError::Corrupt { name: name.to_owned(), kind: "compressed", message: error.to_string() };
    }
    ReadError::io(name, error)
}

/// UTF-16 without a mark: every second byte of digits and delimiters is zero.
fn utf16_by_zeros(head: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let pairs = head.len() / 2;
    if pairs < 4 {
        return None;
    }
    // Text has no NUL: two zero bytes together are damage, not UTF-16.
    if head.chunks_exact(2).any(|p| p == [0, 0]) {
        return None;
    }
    let zeros = |at: usize| head.chunks_exact(2).filter(|p| p[at] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    if second * 5 >= pairs && first * 50 <= pairs {
        return Some(encoding_rs::UTF_16LE);
    }
    if first * 5 >= pairs && second * 50 <= pairs {
        return Some(encoding_rs::UTF_16BE);
    }
    None
}

/// UTF-8 or Windows-1252, by the majority of the lines that are not plain ASCII.
pub(crate) fn guess(head: &[u8], whole: bool) -> Charset {
    let mut lines: Vec<&[u8]> = head.split(|b| matches!(b, b'\n' | b'\r')).collect();
    if !whole && lines.len() > 1 {
        // The last line may be cut within a letter.
        lines.pop();
    }
    let foreign: Vec<&[u8]> = lines.into_iter().filter(|l| !l.is_ascii()).collect();
    let good = foreign.iter().filter(|l| std::str::from_utf8(l).is_ok()).count();
    match foreign.len() {
        0 => Charset::Undecided,
        n if good * 2 >= n => Charset::Utf8,
        _ => Charset::Windows1252,
    }
}

/// Decodes while reading. Malformed input becomes U+FFFD, which refuses the row it stands in.
struct Decoded {
    inner: Box<dyn Read + Send>,
    decoder: Decoder,
    ready: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.ready.len() && !self.ended {
            let mut raw = [0u8; 32 << 10];
            let n = self.inner.read(&mut raw)?;
            self.ended = n == 0;
            self.ready.clear();
            self.at = 0;
            let need = self.decoder.max_utf8_buffer_length(n).unwrap_or(n * 4 + 16);
            self.ready.resize(need, 0);
            let (result, _, written, _) = self.decoder.decode_to_utf8(&raw[..n], &mut self.ready, self.ended);
            debug_assert_eq!(result, CoderResult::InputEmpty);
            self.ready.truncate(written);
        }
        let n = buffer.len().min(self.ready.len() - self.at);
        buffer[..n].copy_from_slice(&self.ready[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}
