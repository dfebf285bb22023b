//! Aadhaar-like numbers: twelve digits that pass the Verhoeff check (UIDAI prints them in fours). The lake refuses to hold
//! them: they are masked at intake.

use std::borrow::Cow;

/// Multiplication table of the dihedral group D5 (J. Verhoeff, "Error Detecting Decimal Codes", 1969).
const D: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];
const P: [[u8; 10]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];

/// Whether ASCII digits end in their Verhoeff check digit.
pub fn verhoeff(digits: &[u8]) -> bool {
    let mut check = 0u8;
    for (i, b) in digits.iter().rev().enumerate() {
        let digit = b.wrapping_sub(b'0');
        if digit > 9 {
            return false;
        }
        check = D[check as usize][P[i % 8][digit as usize] as usize];
    }
    check == 0
}

/// Masks the first eight digits of every Aadhaar-like number; borrowed when there is none.
///
/// Twelve digits count when they stand alone (no digit or letter touches them), begin with 2 to 9, are written together
/// or in fours parted by one blank or dash, and pass [`verhoeff`].
pub fn mask(text: &str) -> Cow<'_, str> {
    mask_unless(text, |_| false)
}

/// [`mask`], but a number that `keep` recognises as something else (it gets the twelve digits as written) stays.
pub fn mask_unless(text: &str, keep: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    if bytes.len() < 12 {
        return Cow::Borrowed(text);
    }
    let mut masked: Option<Vec<u8>> = None;
    let mut at = 0;
    while at + 12 <= bytes.len() {
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = run_end(bytes, at);
        let alone = !(at > 0 && bytes[at - 1].is_ascii_alphanumeric());
        if alone && is_aadhaar(&bytes[at..end]) && !keep(&text[at..end]) {
            let copy = masked.get_or_insert_with(|| bytes.to_vec());
            let digits = (at..end).filter(|&i| bytes[i].is_ascii_digit());
            for i in digits.take(8) {
                copy[i] = b'X';
            }
        }
        at = end.max(at + 1);
    }
    match masked {
        None => Cow::Borrowed(text),
        // Only ASCII digits were replaced by ASCII letters.
        Some(bytes) => String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned),
    }
}

/// End of a run of digits in which single blanks or dashes may stand between digits.
fn run_end(bytes: &[u8], start: usize) -> usize {
    let mut end = start;
    while end < bytes.len() {
        let gap = matches!(bytes[end], b' ' | b'-') && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        if !gap && !bytes[end].is_ascii_digit() {
            break;
        }
        end += 1;
    }
    // A letter that touches the run makes it a code, not a number.
    if bytes.get(end).is_some_and(u8::is_ascii_alphabetic) {
        return end + 1;
    }
    end
}

fn is_aadhaar(run: &[u8]) -> bool {
    let mut digits = [0u8; 12];
    match run.len() {
        12 if run.iter().all(u8::is_ascii_digit) => digits.copy_from_slice(run),
        14 if run[4] == run[9] && !run[4].is_ascii_digit() => {
            let fours = run[..4].iter().chain(&run[5..9]).chain(&run[10..]);
            for (to, from) in digits.iter_mut().zip(fours) {
                if !from.is_ascii_digit() {
                    return false;
                }
                *to = *from;
            }
        }
        _ => return false,
    }
    digits[0] >= b'2' && verhoeff(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A valid number made for tests: eleven digits and their check digit.
    fn valid(prefix: &str) -> String {
        (0..10).map(|d| format!("{prefix}{d}")).find(|n| verhoeff(n.as_bytes())).unwrap()
    }

    #[test]
    fn verhoeff_known_values() {
        assert!(verhoeff(b"2363"));
        assert!(!verhoeff(b"2364"));
        assert!(!verhoeff(b"23a3"));
    }

    #[test]
    fn masks_in_every_written_form() {
        let n = valid("23412341234");
        let last = &n[8..];
        let fours = format!("{} {} {}", &n[..4], &n[4..8], last);
        let dashes = fours.replace(' ', "-");
        assert_eq!(mask(&n), format!("XXXXXXXX{last}"));
        assert_eq!(mask(&format!("UID {n}, ok")), format!("UID XXXXXXXX{last}, ok"));
        assert_eq!(mask(&fours), format!("XXXX XXXX {last}"));
        assert_eq!(mask(&dashes), format!("XXXX-XXXX-{last}"));
        assert_eq!(mask(&format!("आधार {n} है")), format!("आधार XXXXXXXX{last} है"));
        assert_eq!(mask(&format!("{n};{n}")), format!("XXXXXXXX{last};XXXXXXXX{last}"));
    }

    #[test]
    fn a_recognised_number_stays() {
        let n = valid("91700000010");
        assert!(matches!(mask(&n), Cow::Owned(_)));
        assert_eq!(mask_unless(&n, |digits| digits.starts_with("91")), n);
    }

    #[test]
    fn leaves_other_numbers() {
        let n = valid("23412341234");
        let wrong = format!("{}{}", &n[..11], (n.as_bytes()[11] - b'0' + 1) % 10);
        for text in [wrong.as_str(), &format!("{n}1"), &format!("A{n}"), &format!("{n}B"), "012345678901", "7000000101", ""] {
            assert!(matches!(mask(text), Cow::Borrowed(_)), "{text}");
        }
    }
}
