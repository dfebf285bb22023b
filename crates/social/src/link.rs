//! Short-lived signed links to pictures and films, for networks that fetch them themselves. Who has no signature sees nothing, and
//! the signature ends.

use ring::hmac;

/// Makes and checks links under the portal's address.
#[derive(Clone)]
pub struct Links {
    base: String,
    key: hmac::Key,
}

impl Links {
    /// `base` is the portal's public address; `key` any secret of the vault.
    pub fn new(base: &str, key: &[u8]) -> Self {
        Self { base: base.trim_end_matches('/').into(), key: hmac::Key::new(hmac::HMAC_SHA256, key) }
    }

    fn sign(&self, sha256: &str, until: i64) -> String {
        crate::network::hex(hmac::sign(&self.key, format!("{sha256}\n{until}").as_bytes()).as_ref())
    }

    /// A link to the file of this SHA-256, good until `until` (Unix seconds).
    pub fn make(&self, sha256: &str, until: i64) -> String {
        format!("{}/media/{sha256}?until={until}&signature={}", self.base, self.sign(sha256, until))
    }

    /// Whether a link was made here and has not ended.
    pub fn holds(&self, sha256: &str, until: i64, signature: &str, now: i64) -> bool {
        let Some(signature) = crate::network::unhex(signature) else { return false };
        now <= until && hmac::verify(&self.key, format!("{sha256}\n{until}").as_bytes(), &signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_ends_and_cannot_be_moved_to_another_file() {
        let links = Links::new("https://portal.example.org/", b"key");
        let link = links.make("ab12", 1000);
        let signature = link.rsplit('=').next().unwrap();
        assert!(link.starts_with("https://portal.example.org/media/ab12?until=1000&signature="));
        assert!(links.holds("ab12", 1000, signature, 999));
        assert!(!links.holds("ab12", 1000, signature, 1001), "ended");
        assert!(!links.holds("ab13", 1000, signature, 999), "another file");
        assert!(!links.holds("ab12", 2000, signature, 999), "a longer life");
        assert!(!Links::new("https://portal.example.org", b"other").holds("ab12", 1000, signature, 999));
    }
}
