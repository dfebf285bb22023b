//! The register of official handles, signed (Ed25519, RFC 8032): a handle that is not in it is not the department's.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::{DateTime, SecondsFormat, Utc};
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use serde_json::{Value, json};
use store::social::{Account, Unit};

/// Signs registers.
pub struct Key(Ed25519KeyPair);

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
#[error("the key of the register {path} cannot be read or made: {why}")]
pub struct KeyError {
    path: String,
    why: String,
}

impl Key {
    /// From a file (PKCS 8), made with a fresh key where there is none.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let wrong = |why: &dyn std::fmt::Display| KeyError { path: path.display().to_string(), why: why.to_string() };
        if !path.exists() {
            let fresh = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map_err(|e| wrong(&e))?;
            crate::vault::write_private(path, &BASE64.encode(fresh.as_ref())).map_err(|e| wrong(&e))?;
        }
        let text = std::fs::read_to_string(path).map_err(|e| wrong(&e))?;
        let bytes = BASE64.decode(text.trim()).map_err(|e| wrong(&e))?;
        Ed25519KeyPair::from_pkcs8(&bytes).map(Self).map_err(|e| wrong(&e))
    }
}

/// Whether a handle is the department's: a proposed connection is not yet, one that was given up or that the network stopped (perhaps
/// because somebody took it over) is not any more.
pub fn official(account: &Account) -> bool {
    account.state == "connected" || account.state == "reconnect" && account.confirmed_by.is_some()
}

/// The register: what is signed is the compact JSON of `register`, exactly as it stands in the answer.
pub fn register(units: &[Unit], accounts: &[Account], key: &Key, now: DateTime<Utc>) -> Value {
    let name = |code: &str| units.iter().find(|u| u.code == code);
    let mut handles: Vec<Value> = accounts
        .iter()
        .filter(|a| official(a))
        .map(|a| {
            json!({ "network": a.network, "handle": a.handle, "id": a.remote, "unit": a.unit,
                "name_hi": name(&a.unit).map(|u| u.name_hi.as_str()), "name_en": name(&a.unit).map(|u| u.name_en.as_str()) })
        })
        .collect();
    handles.sort_by_key(Value::to_string);
    // To the hour, so that caches and mirrors see the same register as long as nothing changes.
    let issued =
        DateTime::from_timestamp(now.timestamp() / 3600 * 3600, 0).unwrap_or(now).to_rfc3339_opts(SecondsFormat::Secs, true);
    let body = json!({ "issued": issued, "handles": handles });
    let signature = BASE64.encode(key.0.sign(body.to_string().as_bytes()));
    json!({ "register": body, "algorithm": "Ed25519", "key": BASE64.encode(key.0.public_key()), "signature": signature })
}

/// Whether a register was signed with the key it should be.
pub fn holds(signed: &Value, key: &str) -> bool {
    let (Ok(key), Some(Ok(signature))) = (BASE64.decode(key), signed["signature"].as_str().map(|s| BASE64.decode(s))) else {
        return false;
    };
    UnparsedPublicKey::new(&ED25519, key).verify(signed["register"].to_string().as_bytes(), &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_register_does_not_hold() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("registry.key");
        let key = Key::from_file(&path).unwrap();
        let signed = register(&[], &[], &key, Utc::now());
        let public = signed["key"].as_str().unwrap().to_owned();
        let read: Value = serde_json::from_str(&signed.to_string()).unwrap();
        assert!(holds(&read, &public), "also after it was written and read");
        let mut forged = read.clone();
        forged["register"]["handles"] = json!([{ "handle": "@impostor" }]);
        assert!(!holds(&forged, &public));
        let again = register(&[], &[], &Key::from_file(&path).unwrap(), Utc::now());
        assert_eq!(again["key"], public.as_str(), "the key stays");
        std::fs::write(&path, "no key").unwrap();
        assert!(Key::from_file(&path).is_err());
    }
}
