//! Signed heads of the log: C2SP `tlog-checkpoint` in a C2SP `signed-note` with Ed25519 (RFC 8032).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use super::merkle::Hash;

/// Standard base64 with padding.
pub fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Strict: one byte string has one spelling.
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// The kind of key in the format's list: Ed25519.
const ED25519: u8 = 1;

/// Why a note is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("{0:?} is no key of the form NAME+ID+KEY")]
    Key(String),
    #[error("the signing key cannot be read; restore it from a backup, or make a new one with `sarovar audit rotate --lost`")]
    Secret,
    #[error("the signed head is malformed: {0}")]
    Malformed(&'static str),
    #[error("the signature of key {0} does not fit the text: it was changed after signing")]
    Forged(String),
    #[error("no key given here signed it; it bears {0}")]
    Unknown(String),
}

/// Id of a key of this algorithm, as C2SP signed-note has it: the first four bytes of a hash over name, algorithm and key.
pub(super) fn key_id(algorithm: u8, name: &str, key: &VerifyingKey) -> u32 {
    let digest = Sha256::new().chain_update(name).chain_update([b'\n', algorithm]).chain_update(key.as_bytes()).finalize();
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

/// `NAME+ID+KEY`.
pub(super) fn written_key(algorithm: u8, name: &str, key: &VerifyingKey) -> String {
    let mut bytes = vec![algorithm];
    bytes.extend_from_slice(key.as_bytes());
    format!("{name}+{:08x}+{}", key_id(algorithm, name, key), to_base64(&bytes))
}

/// Reads what [`written_key`] writes; none where it is no key of this algorithm.
pub(super) fn read_key(algorithm: u8, text: &str) -> Option<(String, u32, VerifyingKey)> {
    let mut parts = text.trim().splitn(3, '+');
    let (name, id, key) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = from_base64(key).filter(|b| b.len() == 33 && b[0] == algorithm)?;
    let key = VerifyingKey::from_bytes(bytes[1..].try_into().ok()?).ok()?;
    let own = key_id(algorithm, name, &key);
    (!name.is_empty() && id.len() == 8 && u32::from_str_radix(id, 16) == Ok(own)).then(|| (name.to_owned(), own, key))
}

/// A public key: `NAME+ID+KEY`, as other tools of this format write it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verifier {
    pub name: String,
    pub id: u32,
    key: VerifyingKey,
}

impl std::fmt::Display for Verifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&written_key(ED25519, &self.name, &self.key))
    }
}

impl Verifier {
    fn new(name: &str, key: VerifyingKey) -> Self {
        Verifier { name: name.into(), id: key_id(ED25519, name, &key), key }
    }

    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (name, id, key) = read_key(ED25519, text).ok_or_else(|| NoteError::Key(text.into()))?;
        Ok(Verifier { name, id, key })
    }

    /// The keys of a file: one a line, `#` begins a remark.
    pub fn parse_all(text: &str) -> Result<Vec<Self>, NoteError> {
        text.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#')).map(Self::parse).collect()
    }
}

/// The secret half. Never shown: its `Debug` names the public half.
pub struct Signer {
    public: Verifier,
    key: SigningKey,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.public)
    }
}

impl Signer {
    /// A key from 32 random bytes. `name` holds no space and no `+`.
    pub fn new(name: &str, seed: [u8; 32]) -> Self {
        let key = SigningKey::from_bytes(&seed);
        Signer { public: Verifier::new(name, key.verifying_key()), key }
    }

    /// The text kept in the key file: `PRIVATE+KEY+NAME+ID+SEED`.
    pub fn secret(&self) -> String {
        let mut seed = vec![ED25519];
        seed.extend_from_slice(self.key.as_bytes());
        format!("PRIVATE+KEY+{}+{:08x}+{}", self.public.name, self.public.id, to_base64(&seed))
    }

    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let rest = text.trim().strip_prefix("PRIVATE+KEY+").ok_or(NoteError::Secret)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(id), Some(seed)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoteError::Secret);
        };
        let bytes = from_base64(seed).filter(|b| b.len() == 33 && b[0] == ED25519).ok_or(NoteError::Secret)?;
        let signer = Signer::new(name, bytes[1..].try_into().map_err(|_| NoteError::Secret)?);
        if u32::from_str_radix(id, 16) == Ok(signer.public.id) { Ok(signer) } else { Err(NoteError::Secret) }
    }

    pub fn public(&self) -> &Verifier {
        &self.public
    }

    /// The note of a text (which ends in a newline) under this key's signature.
    pub fn sign(&self, text: &str) -> String {
        let mut bytes = self.public.id.to_be_bytes().to_vec();
        bytes.extend_from_slice(&self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}\n— {} {}\n", self.public.name, to_base64(&bytes))
    }
}

/// A signature line of a note.
pub(crate) struct Line<'n> {
    pub name: &'n str,
    /// The key's identifier, and what the kind of key puts behind it.
    pub bytes: Vec<u8>,
}

/// The signed text of a note, and the lines of its signatures.
pub(crate) fn parts(note: &str) -> Result<(&str, Vec<Line<'_>>), NoteError> {
    let (text, signatures) = note.rsplit_once("\n\n").ok_or(NoteError::Malformed("it bears no signature"))?;
    let text = &note[..text.len() + 1];
    if !note.ends_with('\n') || note.chars().any(|c| c < ' ' && c != '\n') {
        return Err(NoteError::Malformed("it has bytes that do not belong in a note"));
    }
    let line = |line| {
        let parts = str::strip_prefix(line, "— ").and_then(|rest| rest.split_once(' '));
        let (name, signature) = parts.ok_or(NoteError::Malformed("a signature line does not begin with a dash and a name"))?;
        let bytes = from_base64(signature).filter(|b| b.len() > 4).ok_or(NoteError::Malformed("a signature is no base64"))?;
        Ok(Line { name, bytes })
    };
    Ok((text, signatures.lines().map(line).collect::<Result<_, _>>()?))
}

/// The text of a note that one of `keys` signed, and which of them did. One bad signature of a known key spoils the note.
pub fn open<'n>(note: &'n str, keys: &[Verifier]) -> Result<(&'n str, Vec<String>), NoteError> {
    let (text, lines) = parts(note)?;
    let (mut signed, mut strange) = (Vec::new(), Vec::new());
    for Line { name, bytes } in lines {
        let id = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        match keys.iter().find(|key| key.name == name && key.id == id) {
            None => strange.push(format!("{name}+{id:08x}")),
            Some(key) => {
                let forged = || NoteError::Forged(format!("{name}+{id:08x}"));
                let signature = Signature::from_slice(&bytes[4..]).map_err(|_| forged())?;
                key.key.verify_strict(text.as_bytes(), &signature).map_err(|_| forged())?;
                signed.push(format!("{name}+{id:08x}"));
            }
        }
    }
    if signed.is_empty() { Err(NoteError::Unknown(strange.join(", "))) } else { Ok((text, signed)) }
}

/// The head of a log: its size and the root of its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Names the log; the same for its whole life.
    pub origin: String,
    pub size: u64,
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, to_base64(&self.root))
    }

    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let mut lines = text.lines();
        let (Some(origin), Some(size), Some(root)) = (lines.next(), lines.next(), lines.next()) else {
            return Err(NoteError::Malformed("it has fewer than three lines"));
        };
        let number: u64 = size.parse().map_err(|_| NoteError::Malformed("its size is no number"))?;
        if number.to_string() != size || origin.is_empty() {
            return Err(NoteError::Malformed("its size or origin is not written as it must be"));
        }
        let root = from_base64(root).and_then(|b| b.try_into().ok()).ok_or(NoteError::Malformed("its root is no hash"))?;
        Ok(Checkpoint { origin: origin.into(), size: number, root })
    }

    /// The checkpoint of a note that one of `keys` signed.
    pub fn open(note: &str, keys: &[Verifier]) -> Result<(Self, Vec<String>), NoteError> {
        let (text, signed) = open(note, keys)?;
        Ok((Checkpoint::parse(text)?, signed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example every implementation of the format carries, from golang.org/x/mod/sumdb/note.
    const KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
    const NOTE: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

    #[test]
    fn a_note_of_another_implementation_opens() {
        let key = Verifier::parse(KEY).unwrap();
        assert_eq!(key.to_string(), KEY);
        let (text, signed) = open(NOTE, &[key]).unwrap();
        assert!(text.ends_with("problem is.\n"));
        assert_eq!(signed, ["PeterNeumann+c74f20a3"]);
    }

    #[test]
    fn every_changed_character_spoils_the_note() {
        let key = [Verifier::parse(KEY).unwrap()];
        for (at, c) in NOTE.char_indices() {
            let other = if c == 'A' { 'B' } else { 'A' };
            let changed = format!("{}{other}{}", &NOTE[..at], &NOTE[at + c.len_utf8()..]);
            assert!(open(&changed, &key).is_err(), "changed at {at}");
        }
    }

    #[test]
    fn keys_survive_their_text_and_stay_secret() {
        let signer = Signer::new("lake.example/log", [7; 32]);
        let again = Signer::parse(&signer.secret()).unwrap();
        assert_eq!(again.public(), signer.public());
        assert!(!format!("{signer:?}").contains(&to_base64(&[7; 32])[..20]));
        assert!(matches!(Signer::parse("PRIVATE+KEY+x+00000000+AAAA"), Err(NoteError::Secret)));
        assert!(Verifier::parse(&signer.public().to_string().replace("lake", "pond")).is_err());
        let head = Checkpoint { origin: "lake.example/log".into(), size: 3, root: [9; 32] };
        let stranger = Signer::new("lake.example/log", [8; 32]);
        let note = signer.sign(&head.text());
        assert_eq!(Checkpoint::open(&note, &[signer.public().clone()]).unwrap().0, head);
        assert!(matches!(Checkpoint::open(&note, &[stranger.public().clone()]), Err(NoteError::Unknown(_))));
    }
}
