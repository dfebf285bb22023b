//! The ciphers of locked documents: AES (FIPS 197) in chains, RC4, and MD5 (RFC 1321), which old PDF files make their keys with. Nothing is kept
//! secret with them here; they open what others locked, under a password that the reader gave.

use std::sync::OnceLock;

/// AES with a key of 16, 24 or 32 bytes.
pub(crate) struct Aes {
    rounds: Vec<[u8; 16]>,
    tables: &'static Tables,
}

struct Tables {
    boxes: ([u8; 256], [u8; 256]),
    /// Products with what mixes columns forth (2, 3, 1, 1) and back (14, 11, 13, 9).
    products: [[[u8; 256]; 4]; 2],
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| Tables {
        boxes: boxes(),
        products: [[2, 3, 1, 1], [14, 11, 13, 9]].map(|row| row.map(|n| std::array::from_fn(|b| times(b as u8, n)))),
    })
}

fn double(b: u8) -> u8 {
    b << 1 ^ if b & 0x80 != 0 { 0x1b } else { 0 }
}

fn times(mut a: u8, mut b: u8) -> u8 {
    let mut out = 0;
    while b != 0 {
        if b & 1 == 1 {
            out ^= a;
        }
        a = double(a);
        b >>= 1;
    }
    out
}

/// The substitution and its inverse.
fn boxes() -> ([u8; 256], [u8; 256]) {
    let (mut forth, mut back) = ([0; 256], [0; 256]);
    // 3 generates the field, 0xf6 is its inverse.
    let (mut p, mut q) = (1u8, 1u8);
    loop {
        p ^= double(p);
        q = times(q, 0xf6);
        let s = q ^ q.rotate_left(1) ^ q.rotate_left(2) ^ q.rotate_left(3) ^ q.rotate_left(4) ^ 0x63;
        (forth[usize::from(p)], back[usize::from(s)]) = (s, p);
        if p == 1 {
            break;
        }
    }
    (forth[0], back[0x63]) = (0x63, 0);
    (forth, back)
}

impl Aes {
    pub fn new(key: &[u8]) -> Option<Aes> {
        if !matches!(key.len(), 16 | 24 | 32) {
            return None;
        }
        let tables = tables();
        let boxes = &tables.boxes;
        let (words, rounds) = (key.len() / 4, key.len() / 4 + 7);
        let mut schedule: Vec<[u8; 4]> = key.chunks_exact(4).map(|c| [c[0], c[1], c[2], c[3]]).collect();
        let mut constant = 1u8;
        for i in words..rounds * 4 {
            let mut word = schedule[i - 1];
            if i % words == 0 {
                word.rotate_left(1);
                word = word.map(|b| boxes.0[usize::from(b)]);
                word[0] ^= constant;
                constant = double(constant);
            } else if words > 6 && i % words == 4 {
                word = word.map(|b| boxes.0[usize::from(b)]);
            }
            let before = schedule[i - words];
            schedule.push(std::array::from_fn(|k| word[k] ^ before[k]));
        }
        let rounds = schedule.chunks_exact(4).map(|w| std::array::from_fn(|i| w[i / 4][i % 4])).collect();
        Some(Aes { rounds, tables })
    }

    fn add(block: &mut [u8; 16], round: &[u8; 16]) {
        block.iter_mut().zip(round).for_each(|(b, r)| *b ^= r);
    }

    fn mix(block: &mut [u8; 16], products: &[[u8; 256]; 4]) {
        for column in block.chunks_exact_mut(4) {
            let old = [column[0], column[1], column[2], column[3]];
            for (i, cell) in column.iter_mut().enumerate() {
                *cell = (0..4).fold(0, |sum, k| sum ^ products[(k + 4 - i) % 4][usize::from(old[k])]);
            }
        }
    }

    fn encrypt(&self, block: &mut [u8; 16]) {
        let last = self.rounds.len() - 1;
        Self::add(block, &self.rounds[0]);
        for (i, round) in self.rounds.iter().enumerate().skip(1) {
            let old = block.map(|b| self.tables.boxes.0[usize::from(b)]);
            *block = std::array::from_fn(|at| old[(at + 4 * (at % 4)) % 16]);
            if i < last {
                Self::mix(block, &self.tables.products[0]);
            }
            Self::add(block, round);
        }
    }

    fn decrypt(&self, block: &mut [u8; 16]) {
        let last = self.rounds.len() - 1;
        for (i, round) in self.rounds.iter().enumerate().skip(1).rev() {
            Self::add(block, round);
            if i < last {
                Self::mix(block, &self.tables.products[1]);
            }
            let old = *block;
            *block = std::array::from_fn(|at| self.tables.boxes.1[usize::from(old[(at + 12 * (at % 4)) % 16])]);
        }
        Self::add(block, &self.rounds[0]);
    }

    /// Whole blocks in a chain (CBC); what is no whole block at the end is left out.
    pub fn unchain(&self, first: &[u8; 16], data: &[u8]) -> Vec<u8> {
        let mut before = *first;
        let mut out = Vec::with_capacity(data.len());
        for chunk in data.chunks_exact(16) {
            let mut block: [u8; 16] = std::array::from_fn(|i| chunk[i]);
            let coded = block;
            self.decrypt(&mut block);
            Self::add(&mut block, &before);
            out.extend(block);
            before = coded;
        }
        out
    }

    pub fn chain(&self, first: &[u8; 16], data: &[u8]) -> Vec<u8> {
        let mut before = *first;
        let mut out = Vec::with_capacity(data.len());
        for chunk in data.chunks_exact(16) {
            let mut block: [u8; 16] = std::array::from_fn(|i| chunk[i]);
            Self::add(&mut block, &before);
            self.encrypt(&mut block);
            out.extend(block);
            before = block;
        }
        out
    }
}

pub(crate) fn rc4(key: &[u8], data: &[u8]) -> Vec<u8> {
    let mut state: [u8; 256] = std::array::from_fn(|i| i as u8);
    if key.is_empty() {
        return data.to_vec();
    }
    let mut j = 0u8;
    for i in 0..256 {
        j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
        state.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0u8, 0u8);
    let mut next = |b: &u8| {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(usize::from(i), usize::from(j));
        b ^ state[usize::from(state[usize::from(i)].wrapping_add(state[usize::from(j)]))]
    };
    data.iter().map(&mut next).collect()
}

pub(crate) fn md5(data: &[u8]) -> [u8; 16] {
    const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let mut padded = data.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend((data.len() as u64 * 8).to_le_bytes());
    let mut state = [0x6745_2301u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in padded.chunks_exact(64) {
        let word = |i: usize| u32::from_le_bytes([block[i * 4], block[i * 4 + 1], block[i * 4 + 2], block[i * 4 + 3]]);
        let [mut a, mut b, mut c, mut d] = state;
        for i in 0..64usize {
            let (mixed, at) = match i / 16 {
                0 => (b & c | !b & d, i),
                1 => (d & b | !d & c, (5 * i + 1) % 16),
                2 => (b ^ c ^ d, (3 * i + 5) % 16),
                _ => (c ^ (b | !d), 7 * i % 16),
            };
            let constant = ((i as f64 + 1.0).sin().abs() * 4_294_967_296.0) as u32;
            let sum = a.wrapping_add(mixed).wrapping_add(constant).wrapping_add(word(at));
            (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(TURNS[i / 16][i % 4])));
        }
        for (total, part) in state.iter_mut().zip([a, b, c, d]) {
            *total = total.wrapping_add(part);
        }
    }
    let mut out = [0; 16];
    out.chunks_exact_mut(4).zip(state).for_each(|(to, word)| to.copy_from_slice(&word.to_le_bytes()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
    }

    /// FIPS 197, appendix C.
    #[test]
    fn aes_as_the_standard_says() {
        let plain: Vec<u8> = bytes("00112233445566778899aabbccddeeff");
        for (length, coded) in [
            (16, "69c4e0d86a7b0430d8cdb78070b4c55a"),
            (24, "dda97ca4864cdfe06eaf70a0ec0d7191"),
            (32, "8ea2b7ca516745bfeafc49904b496089"),
        ] {
            let key: Vec<u8> = (0..length).collect();
            let aes = Aes::new(&key).unwrap();
            assert_eq!(aes.chain(&[0; 16], &plain), bytes(coded));
            assert_eq!(aes.unchain(&[0; 16], &bytes(coded)), plain);
        }
        assert!(Aes::new(b"short").is_none());
    }

    /// RFC 6229 (key 0102030405) and RFC 1321, appendix A.5.
    #[test]
    fn rc4_and_md5_as_the_standards_say() {
        assert_eq!(rc4(&[1, 2, 3, 4, 5], &[0; 16]), bytes("b2396305f03dc027ccc3524a0a1118a8"));
        for (text, digest) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a",
            ),
            // Around the end of a block, by md5sum.
            ("000000000000000000000000000000000000000000000000000000000000000", "5703db92acb9d45e3975822c9206453f"),
            ("0000000000000000000000000000000000000000000000000000000000000000", "10eab6008d5642cf42abd2aa41f847cb"),
            ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "d174ab98d277d9f5a5611c2c9f419d9f"),
        ] {
            assert_eq!(md5(text.as_bytes()).to_vec(), bytes(digest), "{text}");
        }
    }
}
