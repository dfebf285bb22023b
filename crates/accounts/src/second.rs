//! The second factor: an authenticator's codes (TOTP, RFC 6238: SHA-1, six digits, thirty seconds, one step of clock skew either way)
//! and recovery codes for the day the telephone is lost. Each code works once.

use chrono::{DateTime, Utc};
use qrcode::{Color, EcLevel, QrCode};
use totp_rs::{Builder, Totp};

use crate::error::{AccountError, Result};
use crate::lockout::Target;
use crate::session::Signed;
use crate::{Accounts, random};

/// Recovery codes a person gets, of 80 bits each.
const RECOVERY: usize = 10;
const ISSUER: &str = "Sarovar";

/// What a person needs to set an authenticator up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret for typing, base32.
    pub secret: String,
    /// `otpauth://` address with the same.
    pub uri: String,
    /// The address as a QR code: an SVG path of one-unit squares, and the side in units, quiet zone included.
    pub path: String,
    pub side: usize,
}

fn totp(secret: &[u8]) -> Result<Totp> {
    let secret: [u8; 20] = secret.try_into().map_err(|_| AccountError::NotEnrolling)?;
    Builder::new().with_secret(secret).build().map_err(|e| AccountError::Hashing(e.to_string()))
}

/// The step whose code this is, when it is one of now.
fn step(secret: &[u8], code: &str, now: DateTime<Utc>) -> Result<Option<i64>> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Ok(totp(secret)?.check(&code, seconds).and_then(|step| i64::try_from(step).ok()))
}

/// What is kept of a recovery code: bound to its account, whatever way it is typed.
fn recovery_hash(account: &str, code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    random::hash(&format!("recovery\n{account}\n{plain}"))
}

fn drawn(uri: &str) -> Result<(String, usize)> {
    let code = QrCode::with_error_correction_level(uri, EcLevel::M).map_err(|e| AccountError::Hashing(e.to_string()))?;
    let width = code.width();
    let mut path = String::new();
    for (i, colour) in code.to_colors().into_iter().enumerate() {
        if colour == Color::Dark {
            // Four units of quiet zone (ISO/IEC 18004).
            path.push_str(&format!("M{} {}h1v1h-1z", i % width + 4, i / width + 4));
        }
    }
    Ok((path, width + 8))
}

impl Accounts {
    /// Begins to set an authenticator up, or shows the one being set up again. It counts once [`Accounts::enrol`] saw a code.
    pub async fn enrolment(&self, signed: &Signed) -> Result<Enrolment> {
        let owner = format!("enrol\n{}", signed.session);
        let secret = match &signed.enrol {
            Some(sealed) => self.seal.open(&owner, sealed)?,
            None => {
                let fresh = random::bytes::<20>()?;
                self.store.enrol_in(&signed.session, Some(&self.seal.close(&owner, &fresh)?)).await?;
                fresh.to_vec()
            }
        };
        let text = random::base32(&secret);
        let uri = format!("otpauth://totp/{ISSUER}:{}?secret={text}&issuer={ISSUER}", signed.account);
        let (path, side) = drawn(&uri)?;
        Ok(Enrolment { secret: text, uri, path, side })
    }

    /// Ends the set-up with the authenticator's first code; gives the recovery codes, which are shown once.
    pub async fn enrol(&self, signed: &Signed, code: &str, now: DateTime<Utc>) -> Result<Vec<String>> {
        let sealed = signed.enrol.as_ref().ok_or(AccountError::NotEnrolling)?;
        let secret = self.seal.open(&format!("enrol\n{}", signed.session), sealed)?;
        let step = step(&secret, code, now)?.ok_or(AccountError::Code)?;
        let codes: Vec<String> = (0..RECOVERY).map(|_| random::readable(4)).collect::<Result<_>>()?;
        let hashes: Vec<String> = codes.iter().map(|code| recovery_hash(&signed.account, code)).collect();
        let kept = self.seal.close(&format!("second\n{}", signed.account), &secret)?;
        self.store.set_second(&signed.account, Some(&kept), step, &hashes).await?;
        self.store.enrol_in(&signed.session, None).await?;
        Ok(codes)
    }

    /// Whether `code` is an authenticator's code of now or a recovery code, neither used before. Uses it.
    pub(crate) async fn use_code(&self, account: &store::account::Account, code: &str, now: DateTime<Utc>) -> Result<bool> {
        let Some(sealed) = &account.second else { return Ok(false) };
        let secret = self.seal.open(&format!("second\n{}", account.id), sealed)?;
        if let Some(step) = step(&secret, code, now)?
            && self.store.use_step(&account.id, step).await?
        {
            return Ok(true);
        }
        Ok(self.store.use_recovery(&account.id, &recovery_hash(&account.id, code)).await?)
    }

    /// Takes the second factor away: the telephone is lost and no recovery code is left. All sessions end.
    pub async fn reset_second(&self, by: &str, id: &str) -> Result<()> {
        self.others(by, id).await?;
        self.store.set_second(id, None, 0, &[]).await?;
        self.store.end_sessions(id, None).await?;
        self.forgive(Target::Second(id)).await
    }

    /// Recovery codes somebody has left.
    pub async fn recovery_left(&self, id: &str) -> Result<u64> {
        Ok(self.store.recovery_left(id).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1: the last six of eight digits.
        let secret = b"12345678901234567890";
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(step(secret, code, at(seconds)).unwrap(), Some(seconds / 30), "{seconds}");
            assert_eq!(step(secret, &format!(" {} {}", &code[..3], &code[3..]), at(seconds)).unwrap(), Some(seconds / 30));
            // One step of skew either way, and no more.
            for (skew, fits) in [(-30, true), (30, true), (-90, false), (90, false)].into_iter().filter(|s| seconds + s.0 > 0) {
                assert_eq!(step(secret, code, at(seconds + skew)).unwrap().is_some(), fits, "{seconds} {skew}");
            }
        }
        for wrong in ["", "28708", "2870822", "abcdef", "२८७०८२"] {
            assert_eq!(step(secret, wrong, at(59)).unwrap(), None, "{wrong}");
        }
    }

    #[test]
    fn a_recovery_code_is_read_however_it_is_typed() {
        assert_eq!(recovery_hash("asha", "abcd-efgh-2345-wxyz"), recovery_hash("asha", " ABCD EFGH2345wxyz "));
        assert_ne!(recovery_hash("asha", "abcd-efgh-2345-wxyz"), recovery_hash("ravi", "abcd-efgh-2345-wxyz"));
    }
}
