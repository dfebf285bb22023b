//! Identifiers and what carries them.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// An exact identifier: two mentions with an equal key are of one thing. Kinds are words without `=`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Key {
    pub kind: String,
    /// Canonical text: keys are compared byte by byte.
    pub value: String,
}

impl Key {
    pub fn new(kind: &str, value: impl Into<String>) -> Self {
        Key { kind: kind.into(), value: value.into() }
    }
}

/// Something that speaks of one thing, and the identifiers it states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// Unique; of two mentions with one id the keys are taken together.
    pub id: String,
    pub keys: Vec<Key>,
}

/// The id of the thing a key stands for: the first 16 hex digits of the SHA-256 of `kind=value`.
///
/// It is a plain hash so that a query can find the row of an id again (`sha256('kind=' || column)`), also by a key that is
/// no longer the smallest of its cluster: an id handed out once goes on leading to the same thing after more mentions came.
pub fn public_id(key: &Key) -> String {
    let mut hash = Sha256::new();
    hash.update(key.kind.as_bytes());
    hash.update(b"=");
    hash.update(key.value.as_bytes());
    hash.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_is_a_plain_hash() {
        // printf 'phone=7000000101' | sha256sum
        assert_eq!(public_id(&Key::new("phone", "7000000101")), "0d8a81804d3df7e0");
        assert_eq!(public_id(&Key::new("a", "b")), public_id(&Key::new("a", String::from("b"))));
        assert_ne!(public_id(&Key::new("a", "b")), public_id(&Key::new("b", "a")));
    }
}
