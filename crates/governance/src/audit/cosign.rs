//! A witness's signature below a head of the log: C2SP `tlog-cosignature`, Ed25519 `cosignature/v1`.
//!
//! A witness signs not the head alone but also when it saw it, and vouches that every head it signed before is continued by this one.

use ed25519_dalek::{Signature, VerifyingKey};

use super::note::{NoteError, key_id, parts, read_key, to_base64, written_key};

/// The kind of key in the format's list: a timestamped Ed25519 cosignature.
const COSIGNATURE: u8 = 4;

/// A key identifier, the time in seconds, an Ed25519 signature.
const LENGTH: usize = 4 + 8 + 64;

/// Why a head does not count as witnessed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CosignError {
    #[error("{0:?} is no key of a witness: NAME+ID+KEY, of the kind for cosignatures (C2SP tlog-cosignature)")]
    Key(String),
    #[error("the signature of the witness {0} does not fit the head: it was made for another head, or by another key")]
    Forged(String),
    #[error("the witness {wanted} did not sign it; it bears {found}")]
    Absent { wanted: String, found: String },
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// The public key of a witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosigner {
    pub name: String,
    pub id: u32,
    key: VerifyingKey,
}

impl std::fmt::Display for Cosigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&written_key(COSIGNATURE, &self.name, &self.key))
    }
}

impl Cosigner {
    fn new(name: &str, key: VerifyingKey) -> Self {
        Cosigner { name: name.into(), id: key_id(COSIGNATURE, name, &key), key }
    }

    /// A key as witnesses publish it: `NAME+ID+KEY`.
    ///
    /// # Errors
    /// Where it is none, or a key of a log.
    pub fn parse(text: &str) -> Result<Self, CosignError> {
        let (name, id, key) = read_key(COSIGNATURE, text).ok_or_else(|| CosignError::Key(text.into()))?;
        Ok(Cosigner { name, id, key })
    }

    /// The keys of a file: one a line, `#` begins a remark.
    ///
    /// # Errors
    /// The first line that is no key.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, CosignError> {
        text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(Self::parse).collect()
    }

    /// Name and id, as messages say them.
    pub fn short(&self) -> String {
        format!("{}+{:08x}", self.name, self.id)
    }

    /// When this witness signed the head of a note, in seconds since 1970.
    ///
    /// # Errors
    /// Where it did not, or its signature does not fit. One bad signature of the known key spoils the note.
    pub fn signed(&self, note: &str) -> Result<u64, CosignError> {
        let (text, lines) = parts(note)?;
        let (mut at, mut others) = (None, Vec::new());
        for line in lines {
            let id = line.bytes.get(..4).and_then(|b| b.try_into().ok()).map(u32::from_be_bytes).unwrap_or_default();
            if line.name != self.name || id != self.id {
                others.push(format!("{}+{id:08x}", line.name));
                continue;
            }
            let forged = || CosignError::Forged(self.short());
            let (Some(time), Some(signature)) =
                (line.bytes.get(4..12), line.bytes.get(12..).filter(|_| line.bytes.len() == LENGTH))
            else {
                return Err(forged());
            };
            let seconds = time.try_into().map(u64::from_be_bytes).map_err(|_| forged())?;
            let signature = Signature::from_slice(signature).map_err(|_| forged())?;
            let signed = format!("cosignature/v1\ntime {seconds}\n{text}");
            self.key.verify_strict(signed.as_bytes(), &signature).map_err(|_| forged())?;
            at = Some(seconds);
        }
        let found = if others.is_empty() { "no signature".into() } else { others.join(", ") };
        at.ok_or(CosignError::Absent { wanted: self.short(), found })
    }
}

/// The secret half, for witnesses that this program's tests and stand-ins are.
pub struct CosignKey {
    public: Cosigner,
    key: ed25519_dalek::SigningKey,
}

impl CosignKey {
    /// A key from 32 random bytes. `name` holds no space and no `+`.
    pub fn new(name: &str, seed: [u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(&seed);
        CosignKey { public: Cosigner::new(name, key.verifying_key()), key }
    }

    pub fn public(&self) -> &Cosigner {
        &self.public
    }

    /// The signature line of this witness for the text of a head (three lines or more, ending in a newline).
    pub fn line(&self, text: &str, seconds: u64) -> String {
        use ed25519_dalek::Signer;
        let signature = self.key.sign(format!("cosignature/v1\ntime {seconds}\n{text}").as_bytes());
        let mut bytes = self.public.id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&seconds.to_be_bytes());
        bytes.extend_from_slice(&signature.to_bytes());
        format!("— {} {}\n", self.public.name, to_base64(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::note::{Checkpoint, Signer};

    fn note() -> (String, String) {
        let head = Checkpoint { origin: "lake.example/log".into(), size: 3, root: [9; 32] };
        (head.text(), Signer::new("lake.example/log", [7; 32]).sign(&head.text()))
    }

    #[test]
    fn a_witness_that_signed_says_when_and_a_changed_head_is_not_signed() {
        let witness = CosignKey::new("witness.example/w1", [3; 32]);
        let (text, note) = note();
        let key = Cosigner::parse(&witness.public().to_string()).unwrap();
        assert_eq!(key, *witness.public());
        let signed = format!("{note}{}", witness.line(&text, 1_790_000_000));
        assert_eq!(key.signed(&signed), Ok(1_790_000_000));
        // The same bytes below another head, at another time, cut off, or made by another key of the same name.
        let other = signed.replace("\n3\n", "\n4\n");
        assert!(matches!(key.signed(&other), Err(CosignError::Forged(_))));
        let later = format!("{note}{}", witness.line(&format!("{text} "), 1_790_000_000));
        assert!(matches!(key.signed(&later), Err(CosignError::Forged(_))));
        let stranger = CosignKey::new("witness.example/w1", [4; 32]);
        let strange = format!("{note}{}", stranger.line(&text, 1_790_000_000));
        assert!(matches!(key.signed(&strange), Err(CosignError::Absent { .. })));
        let absent = key.signed(&note).unwrap_err().to_string();
        assert!(absent.contains("witness.example/w1") && absent.contains("lake.example/log"), "{absent}");
    }

    #[test]
    fn every_changed_character_of_the_signature_counts() {
        let witness = CosignKey::new("w", [3; 32]);
        let (text, note) = note();
        let line = witness.line(&text, 1_790_000_000);
        for (at, c) in line.char_indices().skip(4).filter(|(_, c)| *c != '\n') {
            let other = if c == 'A' { 'B' } else { 'A' };
            let changed = format!("{note}{}{other}{}", &line[..at], &line[at + c.len_utf8()..]);
            assert!(witness.public().signed(&changed).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn the_key_of_a_log_is_none_of_a_witness() {
        let log = Signer::new("lake.example/log", [7; 32]);
        assert!(matches!(Cosigner::parse(&log.public().to_string()), Err(CosignError::Key(_))));
        assert!(Cosigner::parse_all("# none\n\n").unwrap().is_empty());
    }
}
