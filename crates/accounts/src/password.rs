//! Passwords: the rules of NIST SP 800-63B (long, not guessed first, no rules of composition), and argon2id (RFC 9106).

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization;

use crate::Accounts;
use crate::error::{AccountError, Result};
use crate::random;

/// Characters a password has at least and at most.
const LEAST: usize = 12;
const MOST: usize = 256;

/// What people take first when twelve characters are asked for; compared without regard to case.
const COMMON: &[&str] = &[
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "welcome12345",
    "welcome123456",
    "administrator",
    "administrator1",
    "administrator123",
    "letmeinletmein",
    "iloveyou1234",
    "changeme1234",
    "changemechangeme",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiopasdf",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u",
    "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv",
    "zaq12wsxcde3",
    "asdfghjkl123",
    "p@ssw0rd1234",
    "p@ssword1234",
    "jaihind12345",
    "jaishreeram1",
    "jaishriram123",
    "bharatmatakijai",
    "rajasthan123",
    "rajasthan1234",
    "rajasthanpolice",
    "rajasthanpolice1",
    "rajpolice1234",
    "policepolice",
    "police123456",
    "thana1234567",
    "india1234567",
    "incredibleindia",
    "khammaghani1",
    "satyamevjayate",
    "satyamevajayate",
    "sarovar12345",
    "sarovarsarovar",
];

/// Why a password is refused. Every message says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    #[error("the password has fewer than {LEAST} characters; four words that do not belong together are easy to remember")]
    Short,
    #[error("the password has more than {MOST} characters")]
    Long,
    #[error("the password holds the sign-in name; choose another")]
    Login,
    #[error("this password is among the first that are guessed; choose another")]
    Common,
    #[error("the password repeats few characters or counts up; choose another")]
    Pattern,
    #[error("the new password is the old one; choose another")]
    Same,
}

impl Weak {
    /// The word of the reason.
    pub fn code(self) -> &'static str {
        match self {
            Weak::Short => "short",
            Weak::Long => "long",
            Weak::Login => "login",
            Weak::Common => "common",
            Weak::Pattern => "pattern",
            Weak::Same => "same",
        }
    }
}

/// The same password whatever keyboard composed it (SP 800-63B, 5.1.1.2).
fn normal(password: &str) -> String {
    password.nfkc().collect()
}

/// Refuses what is guessed first.
pub(crate) fn check(password: &str, login: &str) -> std::result::Result<(), Weak> {
    let password = normal(password);
    let length = password.chars().count();
    if length < LEAST {
        return Err(Weak::Short);
    }
    if length > MOST {
        return Err(Weak::Long);
    }
    let low = password.to_lowercase();
    if low.contains(&login.to_lowercase()) {
        return Err(Weak::Login);
    }
    if COMMON.contains(&low.as_str()) {
        return Err(Weak::Common);
    }
    let mut seen: Vec<char> = low.chars().collect();
    let steps: Vec<i64> = seen.windows(2).map(|pair| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]))).collect();
    let counting = steps.iter().filter(|step| step.abs() == 1).count() * 10 >= steps.len() * 8;
    seen.sort_unstable();
    seen.dedup();
    if seen.len() < 5 || counting { Err(Weak::Pattern) } else { Ok(()) }
}

/// Argon2id with 19 MiB, two passes, one lane (OWASP's and this library's values for signing in).
fn argon() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::DEFAULT)
}

impl Accounts {
    /// Hashes a password, away from the threads that answer requests and no more than two at once.
    pub(crate) async fn hash_password(&self, password: &str) -> Result<String> {
        let password = normal(password);
        let salt = random::bytes::<16>()?;
        let _permit = self.hashing.acquire().await.map_err(|e| AccountError::Hashing(e.to_string()))?;
        tokio::task::spawn_blocking(move || {
            let hash = argon().hash_password_with_salt(password.as_bytes(), &salt);
            hash.map(|h| h.to_string()).map_err(|e| AccountError::Hashing(e.to_string()))
        })
        .await
        .map_err(|e| AccountError::Hashing(e.to_string()))?
    }

    /// Whether `password` is the one of `hash`. Without a hash the same work is done for nothing: nobody learns from the time
    /// whether there is such an account.
    pub(crate) async fn is_password(&self, hash: Option<&str>, password: &str) -> Result<bool> {
        let (known, hash) = (hash.is_some(), hash.unwrap_or(NOBODY).to_owned());
        // Nothing that was accepted when it was set is longer.
        let password: String = normal(password).chars().take(MOST + 1).collect();
        let _permit = self.hashing.acquire().await.map_err(|e| AccountError::Hashing(e.to_string()))?;
        let fits = tokio::task::spawn_blocking(move || argon().verify_password(password.as_bytes(), hash.as_str()).is_ok())
            .await
            .map_err(|e| AccountError::Hashing(e.to_string()))?;
        Ok(known && fits)
    }
}

/// A hash of nobody's password, with the parameters that [`argon`] uses.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2Fyb3Zhci1ub2JvZHkh$3u0eq4CyUJ9oXbM1G2mJ4q0t8yqf1a5rV7cWd9xKp0E";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_refuse_what_is_guessed_first_and_nothing_else() {
        for (password, refused) in [
            ("short", Some(Weak::Short)),
            ("बालूरेतऊँट", Some(Weak::Short)),
            ("Password1234", Some(Weak::Common)),
            ("RajasthanPolice", Some(Weak::Common)),
            ("asha.meena-is-me", Some(Weak::Login)),
            ("aaaaaaaaaaaaaa", Some(Weak::Pattern)),
            ("abababababab", Some(Weak::Pattern)),
            ("123456789012", Some(Weak::Pattern)),
            ("abcdefghijklmn", Some(Weak::Pattern)),
            ("camel lantern well seven", None),
            ("tttttttttt camel lantern", None),
            ("नीम की छाँव में सात ऊँट", None),
        ] {
            assert_eq!(check(password, "asha.meena").err(), refused, "{password}");
        }
        assert_eq!(check(&"ab7 x".repeat(60), "asha").err(), Some(Weak::Long));
    }

    #[test]
    fn the_stand_in_costs_what_a_real_hash_costs() {
        let made = argon().hash_password_with_salt(b"camel lantern well", b"0123456789abcdef").unwrap().to_string();
        let terms = |hash: &str| hash.split('$').take(4).collect::<Vec<_>>().join("$");
        assert_eq!(terms(NOBODY), terms(&made));
        // It is read to its end, not refused as unreadable: only a hash that parses costs the work.
        let error = argon().verify_password(b"x", NOBODY).unwrap_err();
        assert_eq!(error.to_string(), argon().verify_password(b"x", made.as_str()).unwrap_err().to_string());
    }

    #[test]
    fn the_hash_is_that_of_the_standard() {
        // argon2 of the reference implementation: echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -e
        let reference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        assert!(argon().verify_password(b"password", reference).is_ok());
        assert!(argon().verify_password(b"Password", reference).is_err());
    }
}
