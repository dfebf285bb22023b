//! Finding delimiters and line ends, sixty-four bytes at a time.

const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;

/// High bit of every zero byte (exact: no carry crosses a byte).
#[inline]
fn zeros(word: u64) -> u64 {
    !(((word & LOW) + LOW) | word | LOW)
}

/// Bit i is set where `block[i]` is one of the three signs. Eight bytes to a machine word: the vector instructions of the
/// processor are not reachable without `unsafe`, and this is fast enough not to be what costs.
#[inline]
fn marks(block: &[u8; 64], signs: &Signs) -> u64 {
    let spread = |sign: u8| u64::from_ne_bytes([sign; 8]);
    let (a, b, c) = (spread(signs.a), spread(signs.b), spread(signs.c));
    let (words, _) = block.as_chunks::<8>();
    let mut bits = 0;
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let hits = zeros(word ^ a) | zeros(word ^ b) | zeros(word ^ c);
        bits |= ((hits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * i);
    }
    bits
}

#[cfg(test)]
fn plain_marks(block: &[u8; 64], signs: &Signs) -> u64 {
    let mut bits = 0;
    for (i, b) in block.iter().enumerate() {
        bits |= u64::from(*b == signs.a || *b == signs.b || *b == signs.c) << i;
    }
    bits
}

/// The signs looked for; repeat one to look for fewer.
#[derive(Clone, Copy)]
pub(crate) struct Signs {
    pub a: u8,
    pub b: u8,
    pub c: u8,
}

/// Calls `found` with the position of every sign from `start` on, in order, until it answers false.
#[inline]
pub(crate) fn each(bytes: &[u8], start: usize, signs: &Signs, mut found: impl FnMut(usize) -> bool) {
    let mut base = start;
    while base < bytes.len() {
        let (mut bits, step) = match bytes[base..].first_chunk::<64>() {
            Some(block) => (marks(block, signs), 64),
            None => {
                let tail = &bytes[base..];
                let mut block = [0u8; 64];
                block[..tail.len()].copy_from_slice(tail);
                (marks(&block, signs) & ((1u64 << tail.len()) - 1), tail.len())
            }
        };
        while bits != 0 {
            if !found(base + bits.trailing_zeros() as usize) {
                return;
            }
            bits &= bits - 1;
        }
        base += step;
    }
}

/// Number of line ends: `\n`, `\r\n` and lone `\r`.
pub(crate) fn count_line_ends(bytes: &[u8]) -> usize {
    let feeds = memchr::memchr_iter(b'\n', bytes).count();
    if memchr::memchr(b'\r', bytes).is_none() {
        return feeds;
    }
    let lone = memchr::memchr_iter(b'\r', bytes).filter(|&i| bytes.get(i + 1) != Some(&b'\n')).count();
    feeds + lone
}

/// End of the first record (its line end included) from `start`, where `quote` may hide line ends. None: the bytes end
/// before the record does. Quotes count only at the beginning of a field; a doubled quote inside is a quote.
pub(crate) fn record_end(bytes: &[u8], start: usize, delimiter: u8, quote: Option<u8>, last: bool) -> Option<usize> {
    let mut at = start;
    let mut field_start = true;
    while at < bytes.len() {
        if field_start {
            let blanks = bytes[at..].iter().take_while(|b| **b == b' ' && delimiter != b' ').count();
            if quote.is_some() && bytes.get(at + blanks).copied() == quote {
                at = quoted_end(bytes, at + blanks, quote?)?;
                field_start = false;
                continue;
            }
        }
        match memchr::memchr3(delimiter, b'\n', b'\r', &bytes[at..]) {
            None => break,
            Some(i) if bytes[at + i] == delimiter => {
                at += i + 1;
                field_start = true;
            }
            Some(i) => return line_end(bytes, at + i, last),
        }
    }
    (last && at >= start && start < bytes.len()).then_some(bytes.len())
}

/// Position after the line end that begins at `at`; none while a `\r` at the end of the bytes may still get its `\n`.
#[inline]
pub(crate) fn line_end(bytes: &[u8], at: usize, last: bool) -> Option<usize> {
    if bytes[at] == b'\n' {
        return Some(at + 1);
    }
    match bytes.get(at + 1) {
        Some(b'\n') => Some(at + 2),
        Some(_) => Some(at + 1),
        None => last.then_some(at + 1),
    }
}

/// Position after the closing quote of a field that opens at `open`.
fn quoted_end(bytes: &[u8], open: usize, quote: u8) -> Option<usize> {
    let mut at = open + 1;
    loop {
        let i = at + memchr::memchr(quote, &bytes[at..])?;
        if bytes.get(i + 1) == Some(&quote) {
            at = i + 2;
        } else {
            return Some(i + 1);
        }
    }
}

/// One record without its line end.
pub(crate) fn without_line_end(record: &[u8]) -> &[u8] {
    match record {
        [head @ .., b'\r', b'\n'] | [head @ .., b'\n'] | [head @ .., b'\r'] => head,
        whole => whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_agree_with_the_plain_way() {
        let signs = Signs { a: b',', b: b'\n', c: b'\r' };
        let text: Vec<u8> = (0..1000u32).map(|i| b"ab,\n\rxyz,"[(i * 7 % 9) as usize]).collect();
        for start in 0..64 {
            let mut found = Vec::new();
            each(&text, start, &signs, |i| {
                found.push(i);
                true
            });
            let expected: Vec<usize> = (start..text.len()).filter(|&i| matches!(text[i], b',' | b'\n' | b'\r')).collect();
            assert_eq!(found, expected);
        }
        let block: [u8; 64] = text[..64].try_into().unwrap();
        assert_eq!(marks(&block, &signs), plain_marks(&block, &signs));
    }

    #[test]
    fn records_end_where_quotes_let_them() {
        let end = |text: &str, last| record_end(text.as_bytes(), 0, b',', Some(b'"'), last);
        assert_eq!(end("a,b\nc", false), Some(4));
        assert_eq!(end("a,b\r\nc", false), Some(5));
        assert_eq!(end("a,b\rc", false), Some(4));
        assert_eq!(end("a,b\r", false), None);
        assert_eq!(end("a,b\r", true), Some(4));
        assert_eq!(end("a,\"x\ny\"\nc", false), Some(8));
        assert_eq!(end("a,\"x\"\"\ny\"\nc", false), Some(10));
        assert_eq!(end("a,5\" pipe\nc", false), Some(10));
        assert_eq!(end("a,\"x\ny", true), None);
        assert_eq!(end("a,b", false), None);
        assert_eq!(end("a,b", true), Some(3));
        assert_eq!(end("a,", true), Some(2));
        assert_eq!(count_line_ends(b"a\nb\r\nc\rd\r\r\n"), 5);
    }
}
