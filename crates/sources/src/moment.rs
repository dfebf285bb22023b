//! Dates and times by hand: a strftime pattern compiled once, then matched byte by byte. A call record has two or three
//! of them per row, so a general date library would cost more than everything else together.

use model::time::{IST_OFFSET_MICROS, MICROS_PER_DAY, days};

/// A date and time as read; absent parts are none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Moment {
    /// Days since 1970-01-01.
    pub days: Option<i32>,
    /// Microseconds since midnight.
    pub time: i64,
    /// Offset from UTC in seconds where the text has one.
    pub offset: Option<i32>,
}

impl Moment {
    /// UTC microseconds; a text without a zone is IST.
    #[inline]
    pub fn utc(self) -> Option<i64> {
        let local = i64::from(self.days?) * MICROS_PER_DAY + self.time;
        Some(local - self.offset.map_or(IST_OFFSET_MICROS, |s| i64::from(s) * 1_000_000))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Day,
    Month,
    MonthName,
    Year,
    ShortYear,
    Hour,
    Hour12,
    Minute,
    Second,
    Fraction,
    /// `.` and digits, or nothing.
    DotFraction,
    AmPm,
    Offset,
    Blank,
    Literal(u8),
}

/// A compiled strftime pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    tokens: Vec<Token>,
}

impl Pattern {
    /// The error is the specifier that is not known.
    pub fn new(text: &str) -> Result<Pattern, String> {
        let mut tokens = Vec::new();
        let mut bytes = text.bytes().peekable();
        while let Some(b) = bytes.next() {
            if b != b'%' {
                tokens.push(if b == b' ' { Token::Blank } else { Token::Literal(b) });
                continue;
            }
            let mut spec = bytes.next().unwrap_or(b'%');
            // `%-d` and `%_d` only differ in printing.
            if matches!(spec, b'-' | b'_' | b'0') {
                spec = bytes.next().unwrap_or(b'%');
            }
            match spec {
                b'd' | b'e' => tokens.push(Token::Day),
                b'm' => tokens.push(Token::Month),
                b'b' | b'B' | b'h' => tokens.push(Token::MonthName),
                b'Y' => tokens.push(Token::Year),
                b'y' => tokens.push(Token::ShortYear),
                b'H' | b'k' => tokens.push(Token::Hour),
                b'I' | b'l' => tokens.push(Token::Hour12),
                b'M' => tokens.push(Token::Minute),
                b'S' => tokens.push(Token::Second),
                b'f' => tokens.push(Token::Fraction),
                b'.' => match bytes.next() {
                    Some(b'f') => tokens.push(Token::DotFraction),
                    other => return Err(format!("%.{}", other.map(char::from).unwrap_or_default())),
                },
                b'p' | b'P' => tokens.push(Token::AmPm),
                b'z' => tokens.push(Token::Offset),
                b'T' => tokens.extend([Token::Hour, Token::Literal(b':'), Token::Minute, Token::Literal(b':'), Token::Second]),
                b'F' => tokens.extend([Token::Year, Token::Literal(b'-'), Token::Month, Token::Literal(b'-'), Token::Day]),
                b'R' => tokens.extend([Token::Hour, Token::Literal(b':'), Token::Minute]),
                b'%' => tokens.push(Token::Literal(b'%')),
                other => return Err(format!("%{}", char::from(other))),
            }
        }
        Ok(Pattern { tokens })
    }

    /// Reads the whole text or nothing.
    pub fn read(&self, text: &[u8]) -> Option<Moment> {
        let mut rest = text;
        let (mut year, mut month, mut day) = (None, None, None);
        let (mut hour, mut minute, mut second, mut micros) = (0u32, 0u32, 0u32, 0u32);
        let mut pm: Option<bool> = None;
        let mut offset = None;
        for token in &self.tokens {
            match *token {
                Token::Literal(b) => {
                    let (first, tail) = rest.split_first()?;
                    if *first != b {
                        return None;
                    }
                    rest = tail;
                }
                Token::Blank => {
                    let blanks = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
                    if blanks == 0 {
                        return None;
                    }
                    rest = &rest[blanks..];
                }
                Token::Day => day = Some(digits(&mut rest, 2)?),
                Token::Month => month = Some(digits(&mut rest, 2)?),
                Token::Year => {
                    let before = rest.len();
                    let value = digits(&mut rest, 4)?;
                    // `05/01/26` under `%Y` is another format, not the year 26.
                    if before - rest.len() != 4 {
                        return None;
                    }
                    year = Some(value as i32);
                }
                Token::ShortYear => {
                    let value = digits(&mut rest, 2)? as i32;
                    year = Some(if value < 69 { 2000 + value } else { 1900 + value });
                }
                Token::MonthName => month = Some(month_name(&mut rest)?),
                Token::Hour | Token::Hour12 => hour = digits(&mut rest, 2)?,
                Token::Minute => minute = digits(&mut rest, 2)?,
                Token::Second => second = digits(&mut rest, 2)?,
                Token::Fraction => micros = fraction(&mut rest)?,
                Token::DotFraction => {
                    if let Some(tail) = rest.strip_prefix(b".") {
                        rest = tail;
                        micros = fraction(&mut rest)?;
                    }
                }
                Token::AmPm => {
                    let (head, tail) = rest.split_at_checked(2)?;
                    pm = Some(match head {
                        [b'a' | b'A', b'm' | b'M'] => false,
                        [b'p' | b'P', b'm' | b'M'] => true,
                        _ => return None,
                    });
                    rest = tail;
                }
                Token::Offset => offset = Some(zone(&mut rest)?),
            }
        }
        if !rest.is_empty() {
            return None;
        }
        if let Some(pm) = pm {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if pm { 12 } else { 0 };
        }
        let date = match (year, month, day) {
            (None, None, None) => None,
            (Some(y), m, d) => Some(days(y, m.unwrap_or(1), d.unwrap_or(1))?),
            _ => return None,
        };
        Some(Moment { days: date, time: clock(hour, minute, second, micros)?, offset })
    }
}

/// ISO 8601 as machines write it: `2026-11-23`, `2026-11-23T18:05[:09[.123]][Z|+05:30]`, a blank for the `T`.
pub(crate) fn iso(text: &[u8]) -> Option<Moment> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, rest @ ..] = text else { return None };
    let two = |a: &u8, b: &u8| Some(digit(*a)? * 10 + digit(*b)?);
    let year = two(y1, y2)? * 100 + two(y3, y4)?;
    let date = days(year as i32, two(m1, m2)?, two(d1, d2)?)?;
    if rest.is_empty() {
        return Some(Moment { days: Some(date), ..Moment::default() });
    }
    let rest = match rest {
        [b'T' | b't' | b' ', rest @ ..] => rest,
        _ => return None,
    };
    let (time, offset) = iso_time(rest)?;
    Some(Moment { days: Some(date), time, offset })
}

/// `18:05`, `18:05:09`, `18:05:09.123`, each with an optional zone.
pub(crate) fn iso_time(text: &[u8]) -> Option<(i64, Option<i32>)> {
    let mut rest = text;
    let hour = digits(&mut rest, 2)?;
    rest = rest.strip_prefix(b":")?;
    let minute = digits(&mut rest, 2)?;
    let (mut second, mut micros) = (0, 0);
    if let Some(tail) = rest.strip_prefix(b":") {
        rest = tail;
        second = digits(&mut rest, 2)?;
        if let Some(tail) = rest.strip_prefix(b".") {
            rest = tail;
            micros = fraction(&mut rest)?;
        }
    }
    let offset = if rest.is_empty() { None } else { Some(zone(&mut rest)?) };
    if !rest.is_empty() {
        return None;
    }
    Some((clock(hour, minute, second, micros)?, offset))
}

#[inline]
fn clock(hour: u32, minute: u32, second: u32, micros: u32) -> Option<i64> {
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    Some(i64::from(hour * 3600 + minute * 60 + second) * 1_000_000 + i64::from(micros))
}

#[inline]
fn digit(b: u8) -> Option<u32> {
    let d = b.wrapping_sub(b'0');
    (d < 10).then_some(u32::from(d))
}

/// One to `most` digits.
#[inline]
fn digits(rest: &mut &[u8], most: usize) -> Option<u32> {
    let mut value = 0;
    let mut taken = 0;
    for &b in rest.iter().take(most) {
        let Some(d) = digit(b) else { break };
        value = value * 10 + d;
        taken += 1;
    }
    *rest = &rest[taken..];
    (taken > 0).then_some(value)
}

/// Digits after the point, kept to microseconds.
fn fraction(rest: &mut &[u8]) -> Option<u32> {
    let length = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let (text, tail) = rest.split_at(length);
    *rest = tail;
    if text.is_empty() {
        return None;
    }
    Some((0..6).fold(0, |v, i| v * 10 + text.get(i).map_or(0, |b| u32::from(b - b'0'))))
}

fn zone(rest: &mut &[u8]) -> Option<i32> {
    let (first, tail) = rest.split_first()?;
    *rest = tail;
    let sign = match first {
        b'Z' | b'z' => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = digits(rest, 2)? as i32;
    if let Some(tail) = rest.strip_prefix(b":") {
        *rest = tail;
    }
    let minutes = if rest.is_empty() { 0 } else { digits(rest, 2)? as i32 };
    (hours <= 15 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}

const MONTHS: [&[u8]; 12] = [
    b"january",
    b"february",
    b"march",
    b"april",
    b"may",
    b"june",
    b"july",
    b"august",
    b"september",
    b"october",
    b"november",
    b"december",
];

/// English month, whole or its first three letters (`Sept` too), in any case.
fn month_name(rest: &mut &[u8]) -> Option<u32> {
    let length = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let (word, tail) = rest.split_at(length);
    if length < 3 {
        return None;
    }
    let month = MONTHS.iter().position(|m| {
        (length == 3 || length == m.len() || (length == 4 && m.len() == 9)) && m[..length.min(m.len())].eq_ignore_ascii_case(word)
    })?;
    *rest = tail;
    Some(month as u32 + 1)
}
