//! Texts to typed values.

use super::Fault;
use crate::moment::{Moment, Pattern, iso, iso_time};

const NOT_AN_INTEGER: Fault = Fault { code: "bad_type", message: "is not a whole number" };
const TOO_LARGE: Fault = Fault { code: "out_of_range", message: "is too large for its column" };
const NOT_A_NUMBER: Fault = Fault { code: "bad_type", message: "is not a number" };
const NOT_A_BOOLEAN: Fault = Fault { code: "bad_type", message: "is neither yes nor no" };
const NOT_A_DATE: Fault = Fault { code: "bad_format", message: "is not a date in the contract's formats" };
const NOT_A_MOMENT: Fault = Fault { code: "bad_format", message: "is not a date and time in the contract's formats" };
const NOT_A_TIME: Fault = Fault { code: "bad_format", message: "is not a time of day in the contract's formats" };

pub(super) fn int32(text: &str) -> Result<i32, Fault> {
    i32::try_from(int64(text)?).map_err(|_| TOO_LARGE)
}

/// Digits with a sign; `12.0` too, as spreadsheets write whole numbers.
#[inline]
pub(super) fn int64(text: &str) -> Result<i64, Fault> {
    let (negative, digits) = sign(text.as_bytes());
    let whole = match digits.iter().position(|b| *b == b'.') {
        None => digits,
        Some(at) if digits[at + 1..].iter().all(|b| *b == b'0') => &digits[..at],
        Some(_) => return Err(NOT_AN_INTEGER),
    };
    if whole.is_empty() {
        return Err(NOT_AN_INTEGER);
    }
    let mut value: i64 = 0;
    for b in whole {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            return Err(NOT_AN_INTEGER);
        }
        // Negative numbers reach one further, so both are built downwards.
        value = value.checked_mul(10).and_then(|v| v.checked_sub(i64::from(digit))).ok_or(TOO_LARGE)?;
    }
    if negative { Ok(value) } else { value.checked_neg().ok_or(TOO_LARGE) }
}

#[inline]
fn sign(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    }
}

pub(super) fn float64(text: &str) -> Result<f64, Fault> {
    // `inf` and `nan` are words, not measurements.
    if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E')) {
        return Err(NOT_A_NUMBER);
    }
    text.parse::<f64>().ok().filter(|v| v.is_finite()).ok_or(NOT_A_NUMBER)
}

/// Unscaled value; more decimals than the column has are refused unless they are zeros.
pub(super) fn decimal(text: &str, precision: u8, scale: i8) -> Result<i128, Fault> {
    let (negative, digits) = sign(text.as_bytes());
    let (whole, part) = match digits.iter().position(|b| *b == b'.') {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, &digits[..0]),
    };
    if whole.is_empty() && part.is_empty() {
        return Err(NOT_A_NUMBER);
    }
    let scale = scale.max(0) as usize;
    let (kept, beyond) = part.split_at(part.len().min(scale));
    if !beyond.iter().all(|b| *b == b'0') {
        let digits = beyond.iter().all(u8::is_ascii_digit);
        return Err(if digits {
            Fault { code: "out_of_range", message: "has more decimals than its column" }
        } else {
            NOT_A_NUMBER
        });
    }
    let zeros = std::iter::repeat_n(&b'0', scale - kept.len());
    let mut value: i128 = 0;
    for b in whole.iter().chain(kept).chain(zeros) {
        if !b.is_ascii_digit() {
            return Err(NOT_A_NUMBER);
        }
        value = value.checked_mul(10).and_then(|v| v.checked_add(i128::from(b - b'0'))).ok_or(TOO_LARGE)?;
    }
    if value >= 10i128.pow(u32::from(precision)) {
        return Err(TOO_LARGE);
    }
    Ok(if negative { -value } else { value })
}

pub(super) fn boolean(text: &str) -> Result<bool, Fault> {
    let word = text.to_lowercase();
    match word.as_str() {
        "true" | "yes" | "y" | "t" | "1" | "हाँ" | "हां" => Ok(true),
        "false" | "no" | "n" | "f" | "0" | "नहीं" => Ok(false),
        _ => Err(NOT_A_BOOLEAN),
    }
}

/// The contract's formats first, then ISO 8601, which is what workbooks and Parquet give.
#[inline]
fn moment(text: &str, patterns: &[Pattern]) -> Option<Moment> {
    patterns.iter().find_map(|p| p.read(text.as_bytes())).or_else(|| iso(text.as_bytes()))
}

/// Days since 1970-01-01.
#[inline]
pub(super) fn date(text: &str, patterns: &[Pattern]) -> Result<i32, Fault> {
    moment(text, patterns).and_then(|m| m.days).ok_or(NOT_A_DATE)
}

/// UTC microseconds.
#[inline]
pub(super) fn timestamp(text: &str, patterns: &[Pattern]) -> Result<i64, Fault> {
    moment(text, patterns).and_then(Moment::utc).ok_or(NOT_A_MOMENT)
}

/// Microseconds since midnight.
pub(super) fn time(text: &str, patterns: &[Pattern]) -> Result<i64, Fault> {
    let bytes = text.as_bytes();
    patterns
        .iter()
        .find_map(|p| p.read(bytes))
        .or_else(|| iso(bytes))
        .map(|m| m.time)
        .or_else(|| iso_time(bytes).map(|(t, _)| t))
        .ok_or(NOT_A_TIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers() {
        for (text, expected) in [
            ("0", Ok(0)),
            ("-12", Ok(-12)),
            ("+7", Ok(7)),
            ("0042", Ok(42)),
            ("12.0", Ok(12)),
            ("9223372036854775807", Ok(i64::MAX)),
            ("-9223372036854775808", Ok(i64::MIN)),
            ("9223372036854775808", Err("out_of_range")),
            ("12.5", Err("bad_type")),
            ("1E5", Err("bad_type")),
            ("", Err("bad_type")),
            ("-", Err("bad_type")),
            ("१२", Err("bad_type")),
        ] {
            assert_eq!(int64(text).map_err(|f| f.code), expected, "{text}");
        }
        assert_eq!(int32("2147483648").map_err(|f| f.code), Err("out_of_range"));
    }

    #[test]
    fn other_numbers() {
        assert_eq!(float64("26.9239"), Ok(26.9239));
        assert_eq!(float64("1e3"), Ok(1000.0));
        for text in ["nan", "inf", "1,5", "", "e", "1e999"] {
            assert_eq!(float64(text), Err(NOT_A_NUMBER), "{text}");
        }
        assert_eq!(decimal("12.3", 6, 2), Ok(1230));
        assert_eq!(decimal("-0.05", 6, 2), Ok(-5));
        assert_eq!(decimal("1.2300", 6, 2), Ok(123));
        assert_eq!(decimal("1.234", 6, 2).map_err(|f| f.code), Err("out_of_range"));
        assert_eq!(decimal("10000.00", 6, 2).map_err(|f| f.code), Err("out_of_range"));
        assert_eq!(decimal("1.x", 6, 2).map_err(|f| f.code), Err("bad_type"));
        assert_eq!(decimal(".", 6, 2).map_err(|f| f.code), Err("bad_type"));
        assert_eq!(boolean("Yes"), Ok(true));
        assert_eq!(boolean("नहीं"), Ok(false));
        assert_eq!(boolean("maybe"), Err(NOT_A_BOOLEAN));
    }

    #[test]
    fn moments() {
        let pattern = |p: &str| vec![Pattern::new(p).unwrap()];
        let utc = |text: &str, p: &str| timestamp(text, &pattern(p)).map_err(|f| f.code);
        // 2026-01-05 02:52:00 UTC
        let expected = Ok(1_767_581_520_000_000);
        assert_eq!(utc("05/01/2026 08:22:00", "%d/%m/%Y %H:%M:%S"), expected);
        assert_eq!(utc("5/1/2026 8:22:0", "%d/%m/%Y %H:%M:%S"), expected);
        assert_eq!(utc("05-Jan-2026 08:22:00", "%d-%b-%Y %H:%M:%S"), expected);
        assert_eq!(utc("05-JANUARY-2026 08:22:00 AM", "%d-%b-%Y %I:%M:%S %p"), expected);
        assert_eq!(utc("202601050822", "%Y%m%d%H%M"), expected);
        assert_eq!(utc("2026-01-05T08:22:00", "%d/%m/%Y"), expected);
        assert_eq!(utc("2026-01-05T02:52:00Z", "%d/%m/%Y"), expected);
        assert_eq!(utc("2026-01-05 02:52:00.000+00:00", "%d/%m/%Y"), expected);
        assert_eq!(utc("05/01/26 08:22", "%d/%m/%y %H:%M"), expected);
        for text in ["31/02/2026 00:00:00", "05/13/2026 00:00:00", "05/01/2026 24:00:00", "05/01/2026", "x", "05/01/26 08:22:00"]
        {
            assert_eq!(utc(text, "%d/%m/%Y %H:%M:%S"), Err("bad_format"), "{text}");
        }
        assert_eq!(date("05/01/2026", &pattern("%d/%m/%Y")), Ok(20_458));
        assert_eq!(date("2026-01-05", &[]), Ok(20_458));
        assert_eq!(time("08:22", &[]), Ok((8 * 60 + 22) * 60_000_000));
        assert_eq!(time("8.22", &pattern("%H.%M")), Ok((8 * 60 + 22) * 60_000_000));
        assert_eq!(time("25:00", &[]), Err(NOT_A_TIME));
    }
}
