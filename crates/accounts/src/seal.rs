//! Secrets that must be read again (of authenticators, of single sign-on) are kept sealed: AES-256-GCM (NIST SP 800-38D) with a
//! key that is not in the database, bound to what they belong to, so that moved to another row they do not open.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::random;

/// Why there is no key, or something does not open.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the key of accounts must be 32 bytes in base64; make one with `head -c 32 /dev/urandom | base64`")]
    NotAKey,
    #[error("the key of accounts {} cannot be read or made: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error(
        "a sealed secret does not open with the key of accounts: the key was replaced, or the row was changed. Put the old key back, or set the authenticator up again"
    )]
    Closed,
}

/// The keys: the first seals, all open.
#[derive(Clone)]
pub struct Seal(Arc<Vec<LessSafeKey>>);

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Seal({} keys)", self.0.len())
    }
}

impl Seal {
    /// From keys in base64, parted by blanks or commas.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|t| !t.is_empty());
        let keys: Vec<LessSafeKey> = words
            .map(|word| {
                let bytes = BASE64.decode(word).map_err(|_| KeyError::NotAKey)?;
                UnboundKey::new(&AES_256_GCM, &bytes).map(LessSafeKey::new).map_err(|_| KeyError::NotAKey)
            })
            .collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(KeyError::NotAKey) } else { Ok(Seal(Arc::new(keys))) }
    }

    /// From a file that only its owner may read; made when it is missing.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        use std::os::unix::fs::OpenOptionsExt;
        let wrong = |source| KeyError::File { path: path.into(), source };
        match std::fs::read_to_string(path) {
            Ok(text) => return Self::from_text(&text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(wrong(e)),
        }
        let key = BASE64.encode(random::bytes::<32>().map_err(|e| wrong(std::io::Error::other(e.to_string())))?);
        let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        match made {
            Ok(mut file) => {
                file.write_all(format!("{key}\n").as_bytes()).and_then(|()| file.sync_all()).map_err(wrong)?;
                Self::from_text(&key)
            }
            // Another program made it meanwhile.
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                Self::from_text(&std::fs::read_to_string(path).map_err(wrong)?)
            }
            Err(e) => Err(wrong(e)),
        }
    }

    /// Seals `secret` for `owner`.
    pub(crate) fn close(&self, owner: &str, secret: &[u8]) -> crate::Result<String> {
        let nonce = random::bytes::<NONCE_LEN>()?;
        let mut body = secret.to_vec();
        let key = self.0.first().ok_or(KeyError::NotAKey)?;
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner), &mut body)
            .map_err(|_| KeyError::Closed)?;
        Ok(BASE64.encode([nonce.as_slice(), &body].concat()))
    }

    /// Opens what was sealed for `owner`.
    pub(crate) fn open(&self, owner: &str, sealed: &str) -> Result<Vec<u8>, KeyError> {
        let whole = BASE64.decode(sealed).map_err(|_| KeyError::Closed)?;
        let (nonce, body) = whole.split_at_checked(NONCE_LEN).ok_or(KeyError::Closed)?;
        for key in self.0.iter() {
            let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| KeyError::Closed)?;
            let mut body = body.to_vec();
            if let Ok(secret) = key.open_in_place(nonce, Aad::from(owner), &mut body) {
                return Ok(secret.to_vec());
            }
        }
        Err(KeyError::Closed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
    const NEW: &str = "CAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAg=";

    #[test]
    fn what_is_sealed_opens_for_its_owner_and_its_keys_alone() {
        let old = Seal::from_text(OLD).unwrap();
        let sealed = old.close("asha", b"secret").unwrap();
        assert!(!sealed.contains("secret") && sealed != old.close("asha", b"secret").unwrap());
        assert_eq!(old.open("asha", &sealed).unwrap(), b"secret");
        assert!(matches!(old.open("ravi", &sealed), Err(KeyError::Closed)));
        assert!(Seal::from_text(NEW).unwrap().open("asha", &sealed).is_err());
        // Rotation: the old key stands after the new one.
        let both = Seal::from_text(&format!("{NEW},{OLD}")).unwrap();
        assert_eq!(both.open("asha", &sealed).unwrap(), b"secret");
        assert!(old.open("asha", &both.close("asha", b"x").unwrap()).is_err());
        for broken in ["", "AAAA", &sealed[..sealed.len() - 8]] {
            assert!(old.open("asha", broken).is_err(), "{broken}");
        }
        assert!(Seal::from_text("").is_err() && Seal::from_text("AAAA").is_err());
    }

    #[test]
    fn the_key_is_made_once_and_only_its_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("accounts.key");
        let sealed = Seal::from_file(&path).unwrap().close("a", b"x").unwrap();
        assert_eq!(Seal::from_file(&path).unwrap().open("a", &sealed).unwrap(), b"x");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "nonsense").unwrap();
        assert!(matches!(Seal::from_file(&path), Err(KeyError::NotAKey)));
    }
}
