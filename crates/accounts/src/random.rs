//! Secrets that cannot be guessed, their texts and their hashes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::error::{AccountError, Result};

/// Letters of RFC 4648 base32: no digit that looks like a letter.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Random bytes of the operating system.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N]> {
    let mut out = [0u8; N];
    getrandom::fill(&mut out).map_err(|e| AccountError::Hashing(format!("the system gives no random numbers: {e}")))?;
    Ok(out)
}

/// 256 random bits as 43 characters that need no escaping anywhere.
pub(crate) fn secret() -> Result<String> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}

/// What is kept of a secret. A plain hash is enough for what is random and long.
pub(crate) fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Base32 without padding, as authenticators take it.
pub(crate) fn base32(bytes: &[u8]) -> String {
    let (mut out, mut held, mut bits) = (String::new(), 0u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(BASE32[(held >> bits & 31) as usize]));
        }
        held &= (1 << bits) - 1;
    }
    if bits > 0 {
        out.push(char::from(BASE32[(held << (5 - bits) & 31) as usize]));
    }
    out
}

/// A text for people to copy: `groups` of four letters, 20 bits each, parted by dashes.
pub(crate) fn readable(groups: usize) -> Result<String> {
    let text = base32(&bytes::<20>()?).to_ascii_lowercase();
    let parts: Vec<&str> = (0..groups.min(8)).map(|i| &text[i * 4..i * 4 + 4]).collect();
    Ok(parts.join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_is_that_of_the_standard() {
        // RFC 4648, section 10, without the padding.
        for (text, coded) in
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("foobar", "MZXW6YTBOI")]
        {
            assert_eq!(base32(text.as_bytes()), coded);
        }
    }

    #[test]
    fn secrets_differ_and_are_long() {
        let (a, b) = (secret().unwrap(), secret().unwrap());
        assert!(a != b && a.len() == 43, "{a} {b}");
        assert_eq!(readable(5).unwrap().len(), 24);
        // printf abc | sha256sum
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
