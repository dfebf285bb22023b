//! Locked PDF files (ISO 32000-2, 7.6): RC4 and AES, keys of 40 to 256 bits. Many are locked with an empty password, against printing.

use sha2::{Digest, Sha256, Sha384, Sha512};

use super::object::{Dict, Object};
use crate::crypt::{Aes, md5, rc4};

/// What fills a password up to 32 bytes.
const PAD: [u8; 32] = [
    0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e, 0x2e, 0x00, 0xb6, 0xd0,
    0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a,
];

#[derive(Clone, Copy, PartialEq)]
enum Cipher {
    None,
    Rc4,
    Aes,
}

/// The key of a file, and what is locked with what.
pub(super) struct Lock {
    key: Vec<u8>,
    streams: Cipher,
    texts: Cipher,
    /// With 256 bits every object has the same key.
    one_key: bool,
}

/// Entries of the dictionary `Encrypt`.
struct Told<'a> {
    dict: &'a Dict,
    revision: u8,
    bytes: usize,
    permissions: i32,
    id: &'a [u8],
}

impl Lock {
    /// Opens with the password as the user's or the owner's; none where it is another, or the scheme is none we know.
    pub fn open(dict: &Dict, id: &[u8], password: &str) -> Option<Lock> {
        let number = |key: &str| dict.get(key).and_then(Object::number);
        if dict.get("Filter").and_then(Object::name) != Some("Standard") {
            return None;
        }
        let version = number("V").unwrap_or(0.0) as u8;
        let told = Told {
            dict,
            revision: number("R")? as u8,
            bytes: if version == 1 {
                5
            } else {
                number("Length").unwrap_or(if version == 4 { 128.0 } else { 40.0 }) as usize / 8
            },
            permissions: number("P")? as i64 as i32,
            id,
        };
        let cipher = |key: &str| {
            let name = dict.get(key).and_then(Object::name).unwrap_or("Identity");
            let filter = dict.get("CF").and_then(Object::dict).and_then(|all| all.get(name)).and_then(Object::dict);
            match filter.and_then(|f| f.get("CFM")).and_then(Object::name) {
                Some("V2") => Cipher::Rc4,
                Some("AESV2" | "AESV3") => Cipher::Aes,
                _ => Cipher::None,
            }
        };
        let (streams, texts) = if version < 4 { (Cipher::Rc4, Cipher::Rc4) } else { (cipher("StmF"), cipher("StrF")) };
        let key = match version {
            1 | 2 | 4 => told.old_key(password.as_bytes()).or_else(|| told.old_key(&told.user_of_owner(password.as_bytes())?)),
            5 => told.new_key(password.as_bytes()),
            _ => None,
        }?;
        Some(Lock { key, streams, texts, one_key: version == 5 })
    }

    fn object_key(&self, id: u32, cipher: Cipher) -> Vec<u8> {
        if self.one_key {
            return self.key.clone();
        }
        let mut all = self.key.clone();
        // The generation is 0 in all but files that were mended many times.
        all.extend([id as u8, (id >> 8) as u8, (id >> 16) as u8, 0, 0]);
        if cipher == Cipher::Aes {
            all.extend(b"sAlT");
        }
        let mut key = md5(&all).to_vec();
        key.truncate((self.key.len() + 5).min(16));
        key
    }

    fn decoded(&self, id: u32, cipher: Cipher, data: &[u8]) -> Vec<u8> {
        match cipher {
            Cipher::None => data.to_vec(),
            Cipher::Rc4 => rc4(&self.object_key(id, cipher), data),
            Cipher::Aes => {
                let (Some(first), Some(aes)) = (block(data), Aes::new(&self.object_key(id, cipher))) else { return Vec::new() };
                let mut out = aes.unchain(&first, &data[16..]);
                // The last byte says how many bytes filled the last block up.
                let fill = usize::from(out.last().copied().unwrap_or(0));
                out.truncate(out.len().saturating_sub(if fill <= 16 { fill } else { 0 }));
                out
            }
        }
    }

    /// The object as it was before it was locked.
    pub fn unlock(&self, id: u32, object: Object) -> Object {
        let all = |dict: Dict| dict.into_iter().map(|(key, value)| (key, self.unlock(id, value))).collect::<Dict>();
        match object {
            Object::Text(text) => Object::Text(self.decoded(id, self.texts, &text)),
            Object::Array(list) => Object::Array(list.into_iter().map(|o| self.unlock(id, o)).collect()),
            Object::Dict(dict) => Object::Dict(all(dict)),
            // Tables of contents are never locked.
            Object::Stream(dict, data) if dict.get("Type").and_then(Object::name) == Some("XRef") => Object::Stream(dict, data),
            Object::Stream(dict, data) => Object::Stream(all(dict), self.decoded(id, self.streams, &data)),
            other => other,
        }
    }
}

fn block(data: &[u8]) -> Option<[u8; 16]> {
    data.get(..16)?.try_into().ok()
}

fn padded(password: &[u8]) -> Vec<u8> {
    password.iter().chain(&PAD).copied().take(32).collect()
}

impl Told<'_> {
    fn text(&self, key: &str) -> &[u8] {
        match self.dict.get(key) {
            Some(Object::Text(text)) => text,
            _ => &[],
        }
    }

    /// Algorithm 2, checked by algorithms 4 and 5.
    fn old_key(&self, password: &[u8]) -> Option<Vec<u8>> {
        let mut all = padded(password);
        all.extend(self.text("O").get(..32)?);
        all.extend(self.permissions.to_le_bytes());
        all.extend(self.id);
        if self.revision >= 4 && self.dict.get("EncryptMetadata") == Some(&Object::Word("false".to_owned())) {
            all.extend([0xff; 4]);
        }
        let bytes = self.bytes.clamp(5, 16);
        let mut key = md5(&all).to_vec();
        if self.revision >= 3 {
            for _ in 0..50 {
                key = md5(&key[..bytes]).to_vec();
            }
        }
        key.truncate(bytes);
        let expected = self.text("U");
        let right = if self.revision == 2 {
            rc4(&key, &PAD) == expected
        } else {
            let mut found = md5(&[&PAD[..], self.id].concat()).to_vec();
            for turn in 0..20u8 {
                found = rc4(&key.iter().map(|b| b ^ turn).collect::<Vec<_>>(), &found);
            }
            expected.get(..16) == Some(&found)
        };
        right.then_some(key)
    }

    /// Algorithm 7: the owner's password opens the user's.
    fn user_of_owner(&self, password: &[u8]) -> Option<Vec<u8>> {
        let bytes = self.bytes.clamp(5, 16);
        let mut key = md5(&padded(password)).to_vec();
        if self.revision >= 3 {
            for _ in 0..50 {
                key = md5(&key).to_vec();
            }
        }
        key.truncate(bytes);
        let mut user = self.text("O").get(..32)?.to_vec();
        let turns = if self.revision == 2 { 0..1 } else { 0..20u8 };
        for turn in turns.rev() {
            user = rc4(&key.iter().map(|b| b ^ turn).collect::<Vec<_>>(), &user);
        }
        Some(user)
    }

    /// Algorithm 2.A: 256 bits.
    fn new_key(&self, password: &[u8]) -> Option<Vec<u8>> {
        let password = &password[..password.len().min(127)];
        let (user, owner) = (self.text("U").get(..48)?, self.text("O").get(..48)?);
        let hash = |salt: &[u8], user: &[u8]| match self.revision {
            5 => Some(Sha256::digest([password, salt, user].concat()).to_vec()),
            6 => hardened(password, salt, user),
            _ => None,
        };
        let (key, coded) = if hash(&user[32..40], &[])? == user[..32] {
            (hash(&user[40..48], &[])?, self.text("UE"))
        } else if hash(&owner[32..40], user)? == owner[..32] {
            (hash(&owner[40..48], user)?, self.text("OE"))
        } else {
            return None;
        };
        Some(Aes::new(&key)?.unchain(&[0; 16], coded.get(..32)?))
    }
}

/// Algorithm 2.B.
fn hardened(password: &[u8], salt: &[u8], user: &[u8]) -> Option<Vec<u8>> {
    let mut key = Sha256::digest([password, salt, user].concat()).to_vec();
    for round in 0..u32::from(u16::MAX) {
        let coded = Aes::new(&key[..16])?.chain(&block(&key[16..])?, &[password, &key, user].concat().repeat(64));
        let rest = coded[..16].iter().map(|b| u32::from(*b)).sum::<u32>() % 3;
        key = match rest {
            0 => Sha256::digest(&coded).to_vec(),
            1 => Sha384::digest(&coded).to_vec(),
            _ => Sha512::digest(&coded).to_vec(),
        };
        if round >= 63 && u32::from(*coded.last()?) <= round + 1 - 32 {
            break;
        }
    }
    key.truncate(32);
    Some(key)
}
