//! The vault: tokens at rest.
//!
//! Envelope encryption: each secret is sealed with a key of its own, and that key with a master key that is not in the database
//! (environment or a file only its owner may read). Replacing the master key re-seals the small keys only. What is sealed is
//! bound to its account: moved to another row it does not open. AES-256-GCM (NIST SP 800-38D) with random nonces.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::rand::{SecureRandom, SystemRandom};
use sha2::{Digest, Sha256};

use crate::network::Secret;

const KEY: usize = 32;
const VERSION: &str = "v1";

/// Why a secret does not open, or a key cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("the vault's key must be 32 bytes in base64; make one with `head -c 32 /dev/urandom | base64`")]
    NotAKey,
    #[error("the vault's key {path} cannot be read or made: {source}")]
    File { path: String, source: std::io::Error },
    #[error("this secret was sealed with key {wanted}, which is not among the vault's keys; put the old key after the new one")]
    OtherKey { wanted: String },
    #[error("this secret does not open: it was changed, or belongs to another account")]
    Closed,
    #[error("the system gives no random numbers")]
    Random,
}

/// The master keys: the first seals, all open.
pub struct Vault {
    keys: Vec<(String, [u8; KEY])>,
    random: SystemRandom,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Vault({} keys)", self.keys.len())
    }
}

impl Vault {
    /// From keys in base64, parted by blanks or commas.
    pub fn from_text(text: &str) -> Result<Self, VaultError> {
        let keys: Result<Vec<_>, VaultError> = text
            .split(|c: char| c.is_whitespace() || c == ',')
            .filter(|t| !t.is_empty())
            .map(|t| {
                let key: [u8; KEY] = BASE64.decode(t).ok().and_then(|k| k.try_into().ok()).ok_or(VaultError::NotAKey)?;
                let name: String = Sha256::digest(key).iter().take(4).map(|b| format!("{b:02x}")).collect();
                Ok((name, key))
            })
            .collect();
        let keys = keys?;
        if keys.is_empty() { Err(VaultError::NotAKey) } else { Ok(Self { keys, random: SystemRandom::new() }) }
    }

    /// From a file, made with a fresh key where there is none.
    pub fn from_file(path: &Path) -> Result<Self, VaultError> {
        let fault = |source| VaultError::File { path: path.display().to_string(), source };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::from_text(&text),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; KEY];
                SystemRandom::new().fill(&mut key).map_err(|_| VaultError::Random)?;
                write_private(path, &format!("{}\n", BASE64.encode(key))).map_err(fault)?;
                Self::from_text(&std::fs::read_to_string(path).map_err(fault)?)
            }
            Err(e) => Err(fault(e)),
        }
    }

    /// Seals a secret for one account.
    pub fn seal(&self, account: &str, secret: &Secret) -> Result<String, VaultError> {
        let plain = serde_json::to_vec(secret).map_err(|_| VaultError::Closed)?;
        let mut own = [0; KEY];
        self.random.fill(&mut own).map_err(|_| VaultError::Random)?;
        let (name, master) = &self.keys[0];
        let wrapped = self.encrypt(master, account, &own)?;
        let sealed = self.encrypt(&own, account, &plain)?;
        Ok(format!("{VERSION}.{name}.{}.{}", BASE64.encode(wrapped), BASE64.encode(sealed)))
    }

    pub fn open(&self, account: &str, sealed: &str) -> Result<Secret, VaultError> {
        let (_, own, body) = self.unwrap_key(account, sealed)?;
        serde_json::from_slice(&decrypt(&own, account, &body)?).map_err(|_| VaultError::Closed)
    }

    /// The same secret under the vault's first key; none when it is already.
    pub fn reseal(&self, account: &str, sealed: &str) -> Result<Option<String>, VaultError> {
        let (name, own, body) = self.unwrap_key(account, sealed)?;
        let (first, master) = &self.keys[0];
        if name == *first {
            return Ok(None);
        }
        let wrapped = self.encrypt(master, account, &own)?;
        Ok(Some(format!("{VERSION}.{first}.{}.{}", BASE64.encode(wrapped), BASE64.encode(body))))
    }

    /// A secret derived from the first master key, for a purpose of its own.
    pub fn derived(&self, purpose: &str) -> Vec<u8> {
        let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &self.keys[0].1);
        ring::hmac::sign(&key, purpose.as_bytes()).as_ref().to_vec()
    }

    fn unwrap_key(&self, account: &str, sealed: &str) -> Result<(String, [u8; KEY], Vec<u8>), VaultError> {
        let parts: Vec<&str> = sealed.split('.').collect();
        let [VERSION, name, wrapped, body] = parts.as_slice() else { return Err(VaultError::Closed) };
        let found = self.keys.iter().find(|(n, _)| n == name);
        let (_, master) = found.ok_or_else(|| VaultError::OtherKey { wanted: (*name).to_owned() })?;
        let bytes = |t: &str| BASE64.decode(t).map_err(|_| VaultError::Closed);
        let own = decrypt(master, account, &bytes(wrapped)?)?.try_into().map_err(|_| VaultError::Closed)?;
        Ok(((*name).to_owned(), own, bytes(body)?))
    }

    fn encrypt(&self, key: &[u8; KEY], account: &str, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| VaultError::Random)?;
        let mut out = plain.to_vec();
        let aad = Aad::from(account.as_bytes());
        cipher(key)?
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut out)
            .map_err(|_| VaultError::Closed)?;
        Ok([nonce.as_slice(), &out].concat())
    }
}

fn cipher(key: &[u8; KEY]) -> Result<LessSafeKey, VaultError> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(|_| VaultError::NotAKey)?))
}

fn decrypt(key: &[u8; KEY], account: &str, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    let (nonce, body) = sealed.split_at_checked(NONCE_LEN).ok_or(VaultError::Closed)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| VaultError::Closed)?;
    let mut body = body.to_vec();
    let opened = cipher(key)?.open_in_place(nonce, Aad::from(account.as_bytes()), &mut body).map_err(|_| VaultError::Closed)?;
    Ok(opened.to_vec())
}

pub(crate) fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        }
        // Another program made it in the same moment: its key is the key.
        Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(e),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(fill: u8) -> String {
        BASE64.encode([fill; KEY])
    }

    fn secret() -> Secret {
        Secret { access: "token-of-access".into(), refresh: "token-of-refresh".into(), ..Secret::default() }
    }

    #[test]
    fn what_was_sealed_opens_for_its_account_only() {
        let vault = Vault::from_text(&key(1)).unwrap();
        let sealed = vault.seal("a", &secret()).unwrap();
        assert!(!sealed.contains("token") && sealed != vault.seal("a", &secret()).unwrap());
        assert_eq!(vault.open("a", &sealed).unwrap(), secret());
        assert!(matches!(vault.open("b", &sealed), Err(VaultError::Closed)));
        let mut changed = sealed.clone();
        let last = if changed.ends_with("A=") { "B=" } else { "A=" };
        changed.replace_range(changed.len() - 2.., last);
        assert!(vault.open("a", &changed).is_err());
    }

    #[test]
    fn a_new_master_key_reseals_and_the_old_one_may_go() {
        let old = Vault::from_text(&key(1)).unwrap();
        let sealed = old.seal("a", &secret()).unwrap();
        assert!(matches!(Vault::from_text(&key(2)).unwrap().open("a", &sealed), Err(VaultError::OtherKey { .. })));
        let both = Vault::from_text(&format!("{},{}", key(2), key(1))).unwrap();
        let again = both.reseal("a", &sealed).unwrap().unwrap();
        assert!(both.reseal("a", &again).unwrap().is_none());
        assert_eq!(Vault::from_text(&key(2)).unwrap().open("a", &again).unwrap(), secret());
    }

    #[test]
    fn a_key_file_is_made_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vault.key");
        let sealed = Vault::from_file(&path).unwrap().seal("a", &secret()).unwrap();
        assert_eq!(Vault::from_file(&path).unwrap().open("a", &sealed).unwrap(), secret());
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(Vault::from_file(&path), Err(VaultError::NotAKey)));
    }
}
