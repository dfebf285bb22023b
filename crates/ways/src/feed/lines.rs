//! Lines of a body as they arrive, made fit to stand in one file with the lines of others.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Longest line in bytes; of a longer one the beginning is kept, as refused.
pub const LONGEST: usize = 1 << 20;
/// What is kept of a line that is too long.
const KEPT: usize = 4 << 10;

/// Whole lines with their numbers in the sender's body, counted from 1.
#[derive(Debug, Default)]
pub struct Batch {
    /// One record a line, each ended by a line feed.
    pub bytes: Vec<u8>,
    pub numbers: Vec<u64>,
    /// Lines that cannot be records, by position in `numbers`, and why in plain words.
    pub spoilt: Vec<(usize, String)>,
}

impl Batch {
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }
}

/// Cuts a body into lines, holding one line at most.
#[derive(Debug, Default)]
pub struct Lines {
    open: Vec<u8>,
    /// Length of the line that is open, which may be more than is held of it.
    length: usize,
    number: u64,
    ready: Batch,
}

impl Lines {
    /// Takes the next bytes of the body.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while let Some(at) = bytes.iter().position(|b| *b == b'\n') {
            self.hold(&bytes[..at]);
            self.close();
            bytes = &bytes[at + 1..];
        }
        self.hold(bytes);
    }

    /// Lines that are whole.
    pub fn waiting(&self) -> &Batch {
        &self.ready
    }

    /// Hands out the whole lines.
    pub fn take(&mut self) -> Batch {
        std::mem::take(&mut self.ready)
    }

    /// The body has ended: what is open is its last line.
    pub fn end(&mut self) {
        if self.length > 0 {
            self.close();
        }
    }

    fn hold(&mut self, part: &[u8]) {
        self.length += part.len();
        let room = (LONGEST + 1).saturating_sub(self.open.len());
        self.open.extend_from_slice(&part[..part.len().min(room)]);
    }

    fn close(&mut self) {
        self.number += 1;
        let (line, length) = (std::mem::take(&mut self.open), std::mem::take(&mut self.length));
        let mut line = line.as_slice();
        if self.number == 1 {
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        let spoilt = if length > LONGEST {
            Some((STANDARD.encode(&line[..KEPT]), format!("has {length} bytes; at most {LONGEST} are taken")))
        } else {
            match std::str::from_utf8(line) {
                Err(_) => Some((STANDARD.encode(line), "holds bytes that are not UTF-8".to_owned())),
                // Bytes that could make a reader take the whole file for something else.
                Ok(text) if text.bytes().any(|b| b < 0x20 && b != b'\t') => {
                    Some((text.to_owned(), "holds a control character; in JSON it is written as \\u00XX".to_owned()))
                }
                Ok(text) if !text.starts_with('{') => {
                    Some((text.to_owned(), "is not a JSON object; one object a line is expected".to_owned()))
                }
                Ok(_) => None,
            }
        };
        match spoilt {
            None => self.ready.bytes.extend_from_slice(line),
            Some((text, why)) => {
                // A JSON text in place of an object: kept, refused, and harmless to its neighbours.
                self.ready.spoilt.push((self.ready.numbers.len(), why));
                self.ready.bytes.extend_from_slice(serde_json::Value::String(text).to_string().as_bytes());
            }
        }
        self.ready.bytes.push(b'\n');
        self.ready.numbers.push(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(parts: &[&[u8]]) -> Batch {
        let mut lines = Lines::default();
        parts.iter().for_each(|p| lines.push(p));
        lines.end();
        lines.take()
    }

    #[test]
    fn lines_are_counted_as_the_sender_counts_them() {
        let batch = cut(&[b"\xef\xbb\xbf{\"a\":", b"1}\r\n\n  {\"a\":2}\n{\"a\":3}"]);
        assert_eq!(batch.bytes, b"{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
        assert_eq!(batch.numbers, [1, 3, 4]);
        assert!(batch.spoilt.is_empty());
        assert!(cut(&[b"\n\r\n  "]).is_empty());
    }

    #[test]
    fn a_line_that_is_no_record_harms_no_other() {
        let batch = cut(&[b"PK\x03\x04\n{\"a\":1}\n\x1f\x8b\xff\n[1]\n{\"a\":\"\x00\"}\n"]);
        let spoilt: Vec<usize> = batch.spoilt.iter().map(|(at, _)| *at).collect();
        assert_eq!((batch.len(), spoilt), (5, vec![0, 2, 3, 4]));
        for (i, line) in batch.bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()).enumerate() {
            let value: serde_json::Value = serde_json::from_slice(line).unwrap();
            assert_eq!(value.is_object(), i == 1);
        }
    }

    #[test]
    fn a_line_without_end_is_not_held() {
        let mut lines = Lines::default();
        for _ in 0..40 {
            lines.push(&[b'x'; 64 << 10]);
            assert!(lines.open.len() <= LONGEST + 1);
        }
        lines.push(b"\n{\"a\":1}\n");
        let batch = lines.take();
        assert_eq!((batch.len(), batch.spoilt.len()), (2, 1));
        assert!(batch.spoilt[0].1.contains("2621440 bytes"), "{}", batch.spoilt[0].1);
    }
}
