//! Locked Word files, workbooks and presentations of Office 2013 and later (ECMA-376 "agile" encryption): what lies in them, under a password.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use sha2::{Digest, Sha256, Sha384, Sha512};

use crate::compound::Compound;
use crate::crypt::Aes;
use crate::mail::base64;
use crate::{Error, compound};

/// Most rounds of hashing that a file may ask for; Office asks for 100,000.
const ROUNDS: u32 = 10_000_000;
const SEGMENT: usize = 4096;

/// The file that a locked one holds.
pub(crate) fn unlock(bytes: &[u8], password: &str) -> Result<Vec<u8>, Error> {
    let file = Compound::read(bytes).ok_or_else(|| Error::corrupt(compound::LOCKED, "its directory cannot be followed"))?;
    let stream = |name| file.stream(name).ok_or_else(|| Error::corrupt(compound::LOCKED, format!("{name} is missing")));
    let info = stream("EncryptionInfo")?;
    if info.get(..4) != Some(&[4, 0, 4, 0]) {
        // Office 2010 and before, or a scheme of somebody's own.
        return Err(Error::Locked { kind: compound::LOCKED });
    }
    let text = std::str::from_utf8(info.get(8..).unwrap_or_default()).map_err(|e| Error::corrupt(compound::LOCKED, e))?;
    let (data, key) = described(text).ok_or(Error::Locked { kind: compound::LOCKED })?;
    let secret = key.secret(password)?.ok_or(Error::WrongPassword { kind: compound::LOCKED })?;
    let package = stream("EncryptedPackage")?;
    let size = package.get(..8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
    let size = size.ok_or_else(|| Error::corrupt(compound::LOCKED, "it ends too early"))?;
    let aes = Aes::new(&secret).ok_or(Error::Locked { kind: compound::LOCKED })?;
    let mut out = Vec::with_capacity(package.len());
    for (i, segment) in package[8..].chunks(SEGMENT).enumerate() {
        let first = block(&data.hash.of(&[&data.salt, &(i as u32).to_le_bytes()]), 0x36);
        out.extend(aes.unchain(&first, segment));
    }
    if (out.len() as u64) < size {
        return Err(Error::corrupt(compound::LOCKED, "it ends too early"));
    }
    out.truncate(size as usize);
    Ok(out)
}

#[derive(Clone, Copy)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    fn of(self, parts: &[&[u8]]) -> Vec<u8> {
        let all = parts.concat();
        match self {
            Hash::Sha256 => Sha256::digest(&all).to_vec(),
            Hash::Sha384 => Sha384::digest(&all).to_vec(),
            Hash::Sha512 => Sha512::digest(&all).to_vec(),
        }
    }
}

/// How something is locked: the package, or the key to it.
struct Lock {
    hash: Hash,
    salt: Vec<u8>,
    key_bytes: usize,
    rounds: u32,
    verifier: Vec<u8>,
    verifier_hash: Vec<u8>,
    key: Vec<u8>,
}

impl Lock {
    fn read(element: &BytesStart) -> Option<Lock> {
        let of = |name: &str| {
            element.attributes().flatten().find(|a| a.key.local_name().as_ref() == name).map(|a| a.value.to_string())
        };
        let coded = |name: &str| base64(of(name).unwrap_or_default().as_bytes());
        if of("cipherAlgorithm")? != "AES" || of("cipherChaining")? != "ChainingModeCBC" {
            return None;
        }
        Some(Lock {
            hash: match of("hashAlgorithm")?.as_str() {
                "SHA256" => Hash::Sha256,
                "SHA384" => Hash::Sha384,
                "SHA512" => Hash::Sha512,
                _ => return None,
            },
            salt: coded("saltValue"),
            key_bytes: of("keyBits")?.parse::<usize>().ok()? / 8,
            rounds: of("spinCount").and_then(|n| n.parse().ok()).unwrap_or(0),
            verifier: coded("encryptedVerifierHashInput"),
            verifier_hash: coded("encryptedVerifierHashValue"),
            key: coded("encryptedKeyValue"),
        })
    }

    /// The key of the package; none where the password is another.
    fn secret(&self, password: &str) -> Result<Option<Vec<u8>>, Error> {
        if self.rounds > ROUNDS {
            return Err(Error::corrupt(compound::LOCKED, "it asks for more hashing than anybody does"));
        }
        let letters: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut hash = self.hash.of(&[&self.salt, &letters]);
        for i in 0..self.rounds {
            hash = self.hash.of(&[&i.to_le_bytes(), &hash]);
        }
        let open = |purpose: [u8; 8], coded: &[u8]| -> Option<Vec<u8>> {
            let mut key = self.hash.of(&[&hash, &purpose]);
            key.resize(self.key_bytes, 0x36);
            Some(Aes::new(&key)?.unchain(&block(&self.salt, 0), coded))
        };
        let opened = || -> Option<(Vec<u8>, Vec<u8>, Vec<u8>)> {
            Some((
                open([0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79], &self.verifier)?,
                open([0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e], &self.verifier_hash)?,
                open([0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6], &self.key)?,
            ))
        };
        let Some((verifier, expected, mut key)) = opened() else { return Ok(None) };
        let found = self.hash.of(&[&verifier]);
        key.truncate(self.key_bytes);
        Ok((!found.is_empty() && expected.starts_with(&found)).then_some(key))
    }
}

/// The first sixteen bytes, filled up.
fn block(bytes: &[u8], fill: u8) -> [u8; 16] {
    std::array::from_fn(|i| bytes.get(i).copied().unwrap_or(fill))
}

/// How the package is locked, and how its key is under the password.
fn described(xml: &str) -> Option<(Lock, Lock)> {
    let mut reader = Reader::from_str(xml);
    let (mut data, mut key) = (None, None);
    loop {
        match reader.read_event().ok()? {
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "keyData" => data = Some(Lock::read(&e)?),
            Event::Start(e) | Event::Empty(e) if e.local_name().as_ref() == "encryptedKey" => key = Some(Lock::read(&e)?),
            Event::Eof => return data.zip(key),
            _ => {}
        }
    }
}
