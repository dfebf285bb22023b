//! A growing stretch of input from which records are cut.

use std::io::Read;

use super::ReadError;
use super::input::read_error;

/// Bytes read but not yet given away.
pub(crate) struct Window {
    input: Box<dyn Read + Send>,
    pub bytes: Vec<u8>,
    /// Everything of the input is in `bytes`.
    pub ended: bool,
    pub name: String,
}

impl Window {
    pub fn new(input: Box<dyn Read + Send>, name: &str) -> Window {
        Window { input, bytes: Vec::new(), ended: false, name: name.to_owned() }
    }

    /// Reads until `want` bytes are there or the input ends.
    pub fn fill(&mut self, want: usize) -> Result<(), ReadError> {
        if self.ended || self.bytes.len() >= want {
            return Ok(());
        }
        let missing = want - self.bytes.len();
        self.bytes.reserve(missing);
        let read = (&mut self.input).take(missing as u64).read_to_end(&mut self.bytes);
        let n = read.map_err(|e| read_error(&self.name, e))?;
        self.ended = n < missing;
        Ok(())
    }

    /// Gives the first `n` bytes away and keeps room for the next block.
    pub fn cut(&mut self, n: usize, capacity: usize) -> Vec<u8> {
        let mut rest = Vec::with_capacity(capacity.max(self.bytes.len() - n));
        rest.extend_from_slice(&self.bytes[n..]);
        let mut head = std::mem::replace(&mut self.bytes, rest);
        head.truncate(n);
        head
    }
}
