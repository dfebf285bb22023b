//! Cell global identities: dashed, concatenated and hexadecimal writings to `mcc-mnc-lac-ci`.

use std::borrow::Cow;
use std::fmt::Write as _;

/// A cell as decimal numbers (3GPP TS 23.003 §4.3.1 and §19.6). `lac` is the location or tracking area; 0, which the
/// standard reserves, where the source does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cell {
    pub mcc: u16,
    pub mnc: u16,
    pub lac: u32,
    pub ci: u64,
}

impl Cell {
    /// Reads any of the writings; none where the text is not recognisable as a cell.
    ///
    /// - `404-70-103-1003`, also with `_`, `:`, `.` or `/` between;
    /// - decimal, `mcc` 3 + `mnc` 3 + area 5 + cell 5 to 9 digits (Vi);
    /// - hexadecimal after the six network digits, cell 7 digits, or area 4 + cell 7 (Jio).
    pub fn read(text: &str) -> Option<Cell> {
        let text = text.trim();
        let bytes = text.as_bytes();
        if bytes.len() < 9 || !bytes.iter().all(u8::is_ascii) || !bytes[..3].iter().all(u8::is_ascii_digit) {
            return None;
        }
        if !bytes[3].is_ascii_alphanumeric() { dashed(text) } else { joined(text) }
    }

    /// `mcc-mnc-lac-ci`; network codes below 100 have two digits.
    pub fn canonical(self) -> String {
        let mut text = String::with_capacity(24);
        // Writing to a String cannot fail.
        let _ = write!(text, "{:03}-{:02}-{}-{}", self.mcc, self.mnc, self.lac, self.ci);
        text
    }
}

/// Canonical text of a cell, the text itself where it is canonical already or not recognisable.
#[inline]
pub fn canonical(text: &str) -> Cow<'_, str> {
    if is_canonical(text.as_bytes()) {
        return Cow::Borrowed(text);
    }
    match Cell::read(text) {
        Some(cell) => Cow::Owned(cell.canonical()),
        None => Cow::Borrowed(text),
    }
}

/// Four decimal groups without leading zeros, except that network codes have two digits at least.
#[inline]
fn is_canonical(text: &[u8]) -> bool {
    if text.len() < 10 || text[3] != b'-' || !text[..3].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let mut groups = 0;
    let mut start = 4;
    for at in 4..=text.len() {
        if at < text.len() && text[at].is_ascii_digit() {
            continue;
        }
        if at < text.len() && text[at] != b'-' {
            return false;
        }
        let group = &text[start..at];
        let plain = match groups {
            0 => group.len() == 2 || (group.len() == 3 && group[0] != b'0'),
            _ => !group.is_empty() && group.len() <= 10 && (group[0] != b'0' || group.len() == 1),
        };
        if !plain {
            return false;
        }
        groups += 1;
        start = at + 1;
    }
    groups == 3
}

fn dashed(text: &str) -> Option<Cell> {
    let mut groups = text.split(['-', '_', ':', '.', '/']).map(str::trim);
    let cell = Cell {
        mcc: groups.next()?.parse().ok()?,
        mnc: groups.next().filter(|g| matches!(g.len(), 1..=3))?.parse().ok()?,
        lac: groups.next()?.parse().ok()?,
        ci: groups.next()?.parse().ok()?,
    };
    groups.next().is_none().then_some(cell)
}

fn joined(text: &str) -> Option<Cell> {
    let (network, rest) = text.split_at_checked(6)?;
    let (mcc, mnc) = (network[..3].parse().ok()?, network[3..].parse().ok()?);
    let decimal = rest.bytes().all(|b| b.is_ascii_digit());
    // Jio (405-840 to 405-874) writes hexadecimal even where no letter shows it.
    let jio = mcc == 405 && (840..=874).contains(&mnc);
    let hexadecimal = !decimal || rest.len() == 7 || jio;
    if hexadecimal {
        let (area, cell) = match rest.len() {
            7 => ("0", rest),
            // Leading zeros dropped, and the longer identities of 5G.
            5 | 6 | 8 | 9 if jio => ("0", rest),
            11 => rest.split_at(4),
            _ => return None,
        };
        return Some(Cell { mcc, mnc, lac: u32::from_str_radix(area, 16).ok()?, ci: u64::from_str_radix(cell, 16).ok()? });
    }
    if !(10..=14).contains(&rest.len()) {
        return None;
    }
    let (area, cell) = rest.split_at(5);
    Some(Cell { mcc, mnc, lac: area.parse().ok()?, ci: cell.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writings_of_one_cell() {
        for (text, expected) in [
            ("404-70-103-1003", "404-70-103-1003"),
            ("404-070-0103-01003", "404-70-103-1003"),
            ("404_70_103_1003", "404-70-103-1003"),
            ("4040700010301003", "404-70-103-1003"),
            ("40406012345012345678", "404-60-12345-12345678"),
            ("405856005DC1A", "405-856-0-384026"),
            ("4058560051384", "405-856-0-332676"),
            ("4058560067005DC1A", "405-856-103-384026"),
            ("4058565DC1A", "405-856-0-384026"),
            ("40585612345678A", "405-856-0-4886718346"),
        ] {
            assert_eq!(canonical(text), expected, "{text}");
        }
    }

    #[test]
    fn canonical_is_stable_and_strangers_are_kept() {
        for text in ["404-70-103-1003", "405-856-0-384026"] {
            assert!(matches!(canonical(text), Cow::Borrowed(t) if t == text));
        }
        for text in ["", "---", "10.12.0.1:5060", "2409:4050::", "404-70-103", "40470", "404-70-1-2-3", "अजमेर-70-1-2"]
        {
            assert_eq!(canonical(text), text);
            assert_eq!(Cell::read(text), None, "{text}");
        }
    }
}
