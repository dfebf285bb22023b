//! Handset (IMEI) and subscriber (IMSI) numbers.

use crate::phone::is_scientific;

/// Why a text is no IMEI or IMSI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HandsetError {
    #[error("is in scientific notation: digits are already lost; export the column as text")]
    Scientific,
    #[error("has not the 14, 15 or 16 digits of an IMEI")]
    NotAnImei,
    #[error("has not the 14 or 15 digits of an IMSI")]
    NotAnImsi,
}

/// Type allocation code and serial number: the 14 digits on which handsets are compared (3GPP TS 23.003 §6.2). The check
/// digit of an IMEI and the software version of an IMEISV differ between sources for one handset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Imei<'a> {
    digits: &'a str,
}

impl<'a> Imei<'a> {
    /// Reads 14 to 16 digits.
    #[inline]
    pub fn read(text: &'a str) -> Result<Imei<'a>, HandsetError> {
        let text = text.trim();
        if matches!(text.len(), 14..=16) && text.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Imei { digits: text });
        }
        Err(if is_scientific(text) { HandsetError::Scientific } else { HandsetError::NotAnImei })
    }

    /// The 14 digits.
    #[inline]
    pub fn key(self) -> &'a str {
        &self.digits[..14]
    }

    /// Whether the Luhn digit is right; none where the text has no check digit (14 or 16 digits).
    pub fn luhn(self) -> Option<bool> {
        (self.digits.len() == 15).then(|| luhn(self.digits.as_bytes()))
    }
}

/// ISO/IEC 7812-1 annex B over ASCII digits, check digit last.
pub fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0');
            match i % 2 {
                0 => d,
                _ if d < 5 => 2 * d,
                _ => 2 * d - 9,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Subscriber identity: country (3), network (2 or 3) and subscriber digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Imsi<'a> {
    digits: &'a str,
}

impl<'a> Imsi<'a> {
    #[inline]
    pub fn read(text: &'a str) -> Result<Imsi<'a>, HandsetError> {
        let text = text.trim();
        if matches!(text.len(), 14 | 15) && text.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Imsi { digits: text });
        }
        Err(if is_scientific(text) { HandsetError::Scientific } else { HandsetError::NotAnImsi })
    }

    #[inline]
    pub fn as_str(self) -> &'a str {
        self.digits
    }

    /// Mobile country code; India has 404, 405 and 406.
    pub fn country(self) -> &'a str {
        &self.digits[..3]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imei_compares_on_fourteen_digits() {
        for text in ["35000000000001", "350000000000016", "3500000000000100", " 350000000000016 "] {
            assert_eq!(Imei::read(text).unwrap().key(), "35000000000001", "{text}");
        }
        assert_eq!(Imei::read("490154203237518").unwrap().luhn(), Some(true));
        assert_eq!(Imei::read("490154203237517").unwrap().luhn(), Some(false));
        assert_eq!(Imei::read("49015420323751").unwrap().luhn(), None);
    }

    #[test]
    fn refusals() {
        assert_eq!(Imei::read("3.5E+14"), Err(HandsetError::Scientific));
        assert_eq!(Imei::read("350000"), Err(HandsetError::NotAnImei));
        assert_eq!(Imei::read("35000000000001A"), Err(HandsetError::NotAnImei));
        assert_eq!(Imsi::read("4.0470E+14"), Err(HandsetError::Scientific));
        assert_eq!(Imsi::read("40470"), Err(HandsetError::NotAnImsi));
    }

    #[test]
    fn imsi_country() {
        assert_eq!(Imsi::read("404700000000101").unwrap().country(), "404");
    }
}
