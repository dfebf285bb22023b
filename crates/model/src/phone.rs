//! Telephone numbers as Indian sources write them.

use std::borrow::Cow;

/// A telephone party in canonical text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phone<'a> {
    /// Indian national number, 10 digits.
    National(Cow<'a, str>),
    /// Service or emergency number of 3 to 8 digits (`100`, `1930`, `56161`), kept.
    Short(Cow<'a, str>),
    /// Alphanumeric sender (`JX-TESTPR-P`), kept.
    Sender(Cow<'a, str>),
    /// Abroad: `+` and digits.
    Foreign(Cow<'a, str>),
    /// Digits of no plan we know (13-digit machine numbers), kept.
    Other(Cow<'a, str>),
}

/// Why a text is no telephone party.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    #[error("is in scientific notation: digits are already lost; export the column as text")]
    Scientific,
    #[error("is not a telephone number")]
    NotAPhone,
}

impl<'a> Phone<'a> {
    /// Reads a party. Prefixes `0`, `91`, `+91`, `0091` and separators are dropped from national numbers.
    #[inline]
    pub fn read(text: &'a str) -> Result<Phone<'a>, PhoneError> {
        let bytes = text.as_bytes();
        if bytes.len() == 10 && bytes[0] >= b'1' && bytes.iter().all(u8::is_ascii_digit) {
            return Ok(Phone::National(Cow::Borrowed(text)));
        }
        read_slowly(text)
    }

    pub fn into_text(self) -> Cow<'a, str> {
        match self {
            Phone::National(t) | Phone::Short(t) | Phone::Sender(t) | Phone::Foreign(t) | Phone::Other(t) => t,
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Phone::National(t) | Phone::Short(t) | Phone::Sender(t) | Phone::Foreign(t) | Phone::Other(t) => t,
        }
    }
}

/// `9.19829E+11`, `7E9`: a spreadsheet's rendering of a long number.
pub fn is_scientific(text: &str) -> bool {
    let bytes = text.as_bytes();
    let Some(e) = bytes.iter().position(|b| matches!(b, b'e' | b'E')) else { return false };
    let (mantissa, exponent) = (&bytes[..e], &bytes[e + 1..]);
    let exponent = match exponent {
        [b'+' | b'-', rest @ ..] => rest,
        rest => rest,
    };
    let mantissa = mantissa.strip_prefix(b"-").unwrap_or(mantissa);
    !exponent.is_empty()
        && exponent.len() <= 3
        && exponent.iter().all(u8::is_ascii_digit)
        && mantissa.first().is_some_and(u8::is_ascii_digit)
        && mantissa.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','))
        && mantissa.iter().filter(|b| matches!(b, b'.' | b',')).count() <= 1
}

fn read_slowly(text: &str) -> Result<Phone<'_>, PhoneError> {
    let trimmed = text.trim();
    if is_scientific(trimmed) {
        return Err(PhoneError::Scientific);
    }
    if trimmed.bytes().any(|b| b.is_ascii_alphabetic()) {
        return Ok(Phone::Sender(Cow::Borrowed(trimmed)));
    }
    let plus = trimmed.starts_with('+');
    let mut digits = String::with_capacity(trimmed.len());
    for b in trimmed.bytes() {
        match b {
            b'0'..=b'9' => digits.push(char::from(b)),
            b' ' | b'-' | b'(' | b')' | b'.' | b'/' | b'+' => {}
            _ => return Err(PhoneError::NotAPhone),
        }
    }
    let keep = |digits: String| if digits == trimmed { Cow::Borrowed(trimmed) } else { Cow::Owned(digits) };
    let significant = digits.trim_start_matches('0');
    let zeros = digits.len() - significant.len();
    let national = match significant.len() {
        10 if !plus || zeros == 1 => Some(significant),
        12 if significant.starts_with("91") => {
            // 091…, 0091… and 91…: after the country code a number never begins with 0.
            Some(&significant[2..]).filter(|n| !n.starts_with('0'))
        }
        13 if significant.starts_with("910") => Some(&significant[3..]),
        _ => None,
    };
    if let Some(number) = national {
        return Ok(Phone::National(Cow::Owned(number.to_owned())));
    }
    match digits.len() {
        0..=2 => Err(PhoneError::NotAPhone),
        3..=8 if !plus => Ok(Phone::Short(keep(digits))),
        _ if (plus || zeros >= 2) && (7..=15).contains(&significant.len()) => {
            Ok(Phone::Foreign(Cow::Owned(format!("+{significant}"))))
        }
        9..=20 => Ok(Phone::Other(keep(digits))),
        _ => Err(PhoneError::NotAPhone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_prefix_gives_ten_digits() {
        for text in [
            "7000000101",
            "07000000101",
            "917000000101",
            "+917000000101",
            "+91-70000 00101",
            "00917000000101",
            "0917000000101",
            " 7000000101 ",
            "+91 (0) 7000000101",
        ] {
            assert_eq!(Phone::read(text), Ok(Phone::National("7000000101".into())), "{text}");
        }
        assert_eq!(Phone::read("0141-2744435"), Ok(Phone::National("1412744435".into())));
    }

    #[test]
    fn others_are_kept() {
        for (text, expected) in [
            ("100", Phone::Short("100".into())),
            ("1930", Phone::Short("1930".into())),
            ("JX-TESTPR-P", Phone::Sender("JX-TESTPR-P".into())),
            ("VD-ViCARE-S", Phone::Sender("VD-ViCARE-S".into())),
            ("+447700900123", Phone::Foreign("+447700900123".into())),
            ("00447700900123", Phone::Foreign("+447700900123".into())),
            ("5754000000001", Phone::Other("5754000000001".into())),
        ] {
            assert_eq!(Phone::read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn refusals() {
        for text in ["9.19829E+11", "7E9", "7.0e+09", "7,0E+09"] {
            assert_eq!(Phone::read(text), Err(PhoneError::Scientific), "{text}");
        }
        for text in ["", "-", "**", "7000000101;7000000102", "1", "123456789012345678901"] {
            assert_eq!(Phone::read(text), Err(PhoneError::NotAPhone), "{text}");
        }
        assert!(!is_scientific("JX-E5"));
        assert!(!is_scientific("E5"));
        assert!(!is_scientific("1.2.3E4"));
    }
}
