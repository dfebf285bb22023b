//! The cleaning steps. Each gives back what it got wherever nothing has to change.

use std::borrow::Cow;

use model::handset::{HandsetError, Imei, Imsi};
use model::phone::{Phone, PhoneError, is_scientific};
use model::{Plate, Sex, cell, fir};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{Fault, trim};
use crate::contract::Clean;

pub(super) const SCIENTIFIC: Fault = Fault {
    code: "scientific_notation",
    message: "is in scientific notation: digits are already lost; export the column as text and send it again",
};

const fn bad(message: &'static str) -> Fault {
    Fault { code: "bad_format", message }
}

/// Applies the steps; none when the value turns out to be missing.
#[inline]
pub(super) fn clean<'a>(steps: &[Clean], raw: &'a str) -> Result<Option<Cow<'a, str>>, Fault> {
    // Nearly every identifier begins with these two, which only ever give back a part of what they got.
    let (mut text, mut steps) = (raw, steps);
    while let [step, rest @ ..] = steps {
        match step {
            Clean::Unquote => text = unquote(text),
            Clean::Null(word) if word == text => return Ok(None),
            Clean::Null(_) => {}
            _ => break,
        }
        steps = rest;
    }
    let mut value = Cow::Borrowed(text);
    for step in steps {
        if value.is_empty() {
            return Ok(None);
        }
        value = match value {
            Cow::Borrowed(text) => match apply(step, text)? {
                Some(value) => value,
                None => return Ok(None),
            },
            Cow::Owned(text) => match apply(step, &text)? {
                Some(Cow::Owned(new)) => Cow::Owned(new),
                Some(Cow::Borrowed(part)) if part.len() == text.len() => Cow::Owned(text),
                Some(Cow::Borrowed(part)) => Cow::Owned(part.to_owned()),
                None => return Ok(None),
            },
        };
    }
    Ok((!value.is_empty()).then_some(value))
}

#[inline]
fn apply<'a>(step: &Clean, text: &'a str) -> Result<Option<Cow<'a, str>>, Fault> {
    Ok(Some(match step {
        Clean::Unquote => Cow::Borrowed(unquote(text)),
        Clean::Null(word) if word == text => return Ok(None),
        Clean::Null(_) => Cow::Borrowed(text),
        Clean::Upper if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_lowercase()) => Cow::Borrowed(text),
        Clean::Upper => Cow::Owned(text.to_uppercase()),
        Clean::Lower if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) => Cow::Borrowed(text),
        Clean::Lower => Cow::Owned(text.to_lowercase()),
        Clean::Digits if text.bytes().all(|b| b.is_ascii_digit()) => Cow::Borrowed(text),
        Clean::Digits if is_scientific(text) => return Err(SCIENTIFIC),
        Clean::Digits => Cow::Owned(text.chars().filter(char::is_ascii_digit).collect()),
        Clean::Id if is_scientific(text) => return Err(SCIENTIFIC),
        Clean::Id => Cow::Borrowed(text),
        Clean::Strip(signs) if text.contains(|c| signs.contains(c)) => {
            let kept: String = text.chars().filter(|c| !signs.contains(*c)).collect();
            Cow::Owned(kept.trim().to_owned())
        }
        Clean::Strip(_) => Cow::Borrowed(text),
        Clean::Extract(regex) => match regex.captures(text).and_then(|c| c.get(1)) {
            Some(group) => Cow::Borrowed(trim(group.as_str())),
            None => return Ok(None),
        },
        Clean::Replace(regex, with) => match regex.replace_all(text, with.as_str()) {
            Cow::Borrowed(text) => Cow::Borrowed(text),
            Cow::Owned(new) => Cow::Owned(new.trim().to_owned()),
        },
        Clean::Nfc if text.is_ascii() || is_nfc(text) => Cow::Borrowed(text),
        Clean::Nfc => Cow::Owned(text.nfc().collect()),
        Clean::Phone => match Phone::read(text) {
            Ok(phone) => phone.into_text(),
            Err(PhoneError::Scientific) => return Err(SCIENTIFIC),
            Err(PhoneError::NotAPhone) => Cow::Borrowed(text),
        },
        Clean::PhoneStrict => match Phone::read(text) {
            Ok(Phone::National(number)) => number,
            Err(PhoneError::Scientific) => return Err(SCIENTIFIC),
            _ => return Err(bad("is not an Indian telephone number of 10 digits")),
        },
        Clean::Imei => match Imei::read(text) {
            Ok(imei) => Cow::Borrowed(imei.key()),
            Err(HandsetError::Scientific) => return Err(SCIENTIFIC),
            Err(_) => return Err(bad("has not the 14 to 16 digits of an IMEI")),
        },
        Clean::Imsi => match Imsi::read(text) {
            Ok(imsi) => Cow::Borrowed(imsi.as_str()),
            Err(HandsetError::Scientific) => return Err(SCIENTIFIC),
            Err(_) => return Err(bad("has not the 14 or 15 digits of an IMSI")),
        },
        Clean::Plate => match Plate::read(text) {
            Ok(plate) => plate.text,
            Err(_) => return Err(bad("is not a registration mark")),
        },
        Clean::Cell => cell::canonical(text),
        Clean::Sex => match Sex::read(text) {
            Some(sex) => Cow::Borrowed(sex.as_str()),
            None => return Err(bad("is not a word for sex we know; map it in the contract")),
        },
        Clean::Pad(width) => {
            if text.chars().count() >= *width {
                Cow::Borrowed(text)
            } else {
                Cow::Owned(format!("{text:0>width$}"))
            }
        }
        Clean::FirNo if is_scientific(text) => return Err(SCIENTIFIC),
        Clean::FirNo => match fir::padded(text) {
            Some(number) => Cow::Owned(number),
            None => return Err(bad("is not a FIR number from 1 to 9999")),
        },
    }))
}

#[inline]
fn unquote(text: &str) -> &str {
    match text.as_bytes() {
        bytes @ ([b'\'' | b'"', ..] | [.., b'\'' | b'"']) => {
            let quote = |b: &&u8| matches!(b, b'\'' | b'"');
            let start = bytes.iter().take_while(quote).count();
            let end = bytes.len() - bytes[start..].iter().rev().take_while(quote).count();
            trim(&text[start..end])
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::Regex;

    fn run(steps: &[Clean], raw: &str) -> Result<Option<String>, &'static str> {
        clean(steps, raw).map(|v| v.map(Cow::into_owned)).map_err(|f| f.code)
    }

    fn ok(text: &str) -> Result<Option<String>, &'static str> {
        Ok(Some(text.to_owned()))
    }

    #[test]
    fn every_step() {
        let re = |r: &str| Regex::new(r).unwrap();
        let cases: Vec<(Clean, &str, Result<Option<String>, &'static str>)> = vec![
            (Clean::Unquote, "'7000'", ok("7000")),
            (Clean::Unquote, "'", Ok(None)),
            (Clean::Unquote, "' x '", ok("x")),
            (Clean::Null("-".into()), "-", Ok(None)),
            (Clean::Null("-".into()), "--", ok("--")),
            (Clean::Upper, "rj14", ok("RJ14")),
            (Clean::Lower, "RJ14", ok("rj14")),
            (Clean::Digits, "98-76", ok("9876")),
            (Clean::Digits, "abc", Ok(None)),
            (Clean::Digits, "9.8E+9", Err("scientific_notation")),
            (Clean::Id, "1E5", Err("scientific_notation")),
            (Clean::Id, "E5-1", ok("E5-1")),
            (Clean::Strip(",".into()), "1,23,456", ok("123456")),
            (Clean::Extract(re(r"^([\d.]+)/")), "26.9/75.7", ok("26.9")),
            (Clean::Extract(re(r"^([\d.]+)/")), "none", Ok(None)),
            (Clean::Replace(re(r"\s+"), " ".into()), "a   b", ok("a b")),
            (Clean::Nfc, "क\u{93c}", ok("क\u{93c}")),
            (Clean::Nfc, "e\u{301}", ok("é")),
            (Clean::Phone, "+91 70000 00101", ok("7000000101")),
            (Clean::Phone, "JX-TESTPR-P", ok("JX-TESTPR-P")),
            (Clean::Phone, "9.19E+11", Err("scientific_notation")),
            (Clean::PhoneStrict, "100", Err("bad_format")),
            (Clean::Imei, "350000000000016", ok("35000000000001")),
            (Clean::Imei, "3.5E+14", Err("scientific_notation")),
            (Clean::Imei, "35", Err("bad_format")),
            (Clean::Imsi, "404700000000101", ok("404700000000101")),
            (Clean::Imsi, "40470", Err("bad_format")),
            (Clean::Plate, "rj-14 cn 1", ok("RJ14CN0001")),
            (Clean::Plate, "?", Err("bad_format")),
            (Clean::Cell, "404_70_103_1003", ok("404-70-103-1003")),
            (Clean::Sex, "महिला", ok("female")),
            (Clean::Sex, "Jaipur", Err("bad_format")),
            (Clean::Pad(5), "42", ok("00042")),
            (Clean::Pad(2), "420", ok("420")),
            (Clean::FirNo, "7/2024", ok("0007")),
            (Clean::FirNo, "x", Err("bad_format")),
        ];
        for (step, raw, expected) in cases {
            assert_eq!(run(std::slice::from_ref(&step), raw), expected, "{step:?} on {raw}");
        }
    }

    #[test]
    fn steps_follow_one_another() {
        let steps = [Clean::Unquote, Clean::Null("-".into()), Clean::Phone];
        assert_eq!(run(&steps, "'-'"), Ok(None));
        assert_eq!(run(&steps, "'07000000101'"), ok("7000000101"));
        assert_eq!(run(&steps, "'7000000101'"), ok("7000000101"));
        let steps = [Clean::Upper, Clean::Strip("-".into()), Clean::Pad(6)];
        assert_eq!(run(&steps, "ab-1"), ok("000AB1"));
    }
}
