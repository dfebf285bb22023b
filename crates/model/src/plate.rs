//! Vehicle registration marks.
//!
//! Shapes: Central Motor Vehicles Rules, and the Bharat series of GSR 594(E) of 26 August 2021. Rajasthan also issues
//! series that begin with a digit (`RJ14 1C 0234`), which the usual all-India pattern refuses.

use std::borrow::Cow;

/// What kind of mark a plate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `RJ14CN0001`, `DL3CAB1234`.
    State,
    /// `RJ141C0234`.
    DigitSeries,
    /// `22BH1234AA`.
    Bharat,
    /// `T0925RJ1234AB`, `RJ14TC0012`.
    Temporary,
    /// `RJA1234`, before 1989.
    Old,
    Defence,
    Diplomatic,
    Vintage,
    /// Of no known shape; kept, never compared by guess.
    Unknown,
}

/// A registration mark in canonical text: capitals and digits without separators, the serial number at its full width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plate<'a> {
    pub text: Cow<'a, str>,
    pub kind: Kind,
}

/// A text that cannot be a registration mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a registration mark")]
pub struct NotAPlate;

impl<'a> Plate<'a> {
    /// Drops separators and an `IND` before the mark, raises letters, fills numbers (`RJ14CN1` → `RJ14CN0001`).
    pub fn read(text: &'a str) -> Result<Plate<'a>, NotAPlate> {
        let compact: Cow<'a, str> = if text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()) {
            Cow::Borrowed(text)
        } else {
            let mut compact = String::with_capacity(text.len());
            for c in text.chars() {
                match c {
                    _ if c.is_ascii_alphanumeric() => compact.push(c.to_ascii_uppercase()),
                    '.' | '-' | '/' | ';' | '_' | '*' => {}
                    _ if c.is_whitespace() => {}
                    _ => return Err(NotAPlate),
                }
            }
            Cow::Owned(compact)
        };
        let compact = match compact.strip_prefix("IND") {
            Some(rest) if rest.len() >= 6 => Cow::Owned(rest.to_owned()),
            _ => compact,
        };
        if !(3..=17).contains(&compact.len()) || !compact.bytes().any(|b| b.is_ascii_digit()) {
            return Err(NotAPlate);
        }
        let (kind, filled) = shape(&compact);
        Ok(Plate { text: filled.map_or(compact, Cow::Owned), kind })
    }
}

/// What a camera probably saw: the one correction of confusable signs (O/0, I/1, B/8, S/5, Z/2, G/6, D/0) that turns a
/// mark of no known shape into a Rajasthan or Bharat one with at most three changes. A hint, never a replacement.
pub fn misread_hint(text: &str) -> Option<String> {
    const SHAPES: [&str; 4] = ["LLDDLLDDDD", "LLDDLDDDD", "LLDDDLDDDD", "DDLLDDDDLL"];
    let plate = Plate::read(text).ok()?;
    if plate.kind != Kind::Unknown {
        return None;
    }
    SHAPES.iter().filter(|s| s.len() == plate.text.len()).find_map(|wanted| {
        let mut changes = 0;
        let fixed: String = plate
            .text
            .chars()
            .zip(wanted.chars())
            .map(|(c, want)| {
                let fits = (want == 'L') == c.is_ascii_alphabetic();
                if fits {
                    return Some(c);
                }
                changes += 1;
                confused(c)
            })
            .collect::<Option<_>>()?;
        let kind = Plate::read(&fixed).ok()?.kind;
        let likely = match kind {
            Kind::Bharat => true,
            Kind::State | Kind::DigitSeries => fixed.starts_with("RJ"),
            _ => false,
        };
        (likely && (1..=3).contains(&changes)).then_some(fixed)
    })
}

fn confused(c: char) -> Option<char> {
    Some(match c {
        'O' | 'Q' | 'D' => '0',
        'I' | 'L' => '1',
        'Z' => '2',
        'S' => '5',
        'G' => '6',
        'B' => '8',
        '0' => 'O',
        '1' => 'I',
        '2' => 'Z',
        '5' => 'S',
        '6' => 'G',
        '8' => 'B',
        _ => return None,
    })
}

/// Kind of a compact mark, and the mark with its numbers filled where they were short.
fn shape(mark: &str) -> (Kind, Option<String>) {
    let bytes = mark.as_bytes();
    let letters = |at: usize| bytes[at..].iter().take_while(|b| b.is_ascii_uppercase()).count();
    let digits = |at: usize| bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
    let head = letters(0);
    if head == 0 {
        return (digit_first(bytes, digits(0)), None);
    }
    let office = digits(head);
    let series = letters(head + office);
    let serial = digits(head + office + series);
    let whole = head + office + series + serial == bytes.len();
    if head == 1 && bytes[0] == b'T' && office == 4 && series == 2 && serial == 4 {
        return (Kind::Temporary, None);
    }
    if !whole {
        return (Kind::Unknown, None);
    }
    match (head, office, series, serial) {
        (2, 1 | 2, 0..=3, 1..=4) if series > 0 => {
            let series_text = &mark[head + office..head + office + series];
            let kind = if matches!(series_text, "TC" | "TR" | "TMP") { Kind::Temporary } else { Kind::State };
            let (state, office_no) = (&mark[..2], &mark[2..2 + office]);
            // Delhi's offices have one digit and a class letter; Rajasthan's have two digits, written with one at times.
            let short_office = office == 1 && state == "RJ";
            if serial == 4 && !short_office {
                return (kind, None);
            }
            let office_no = if short_office { format!("0{office_no}") } else { office_no.to_owned() };
            let serial_no = &mark[bytes.len() - serial..];
            (kind, Some(format!("{state}{office_no}{series_text}{serial_no:0>4}")))
        }
        (2, 3, 1 | 2, 1..=4) if mark.starts_with("RJ") => {
            let filled = (serial < 4).then(|| format!("{}{:0>4}", &mark[..5 + series], &mark[5 + series..]));
            (Kind::DigitSeries, filled)
        }
        (2, 3..=6, 0, 0) => {
            let filled = (office < 6).then(|| format!("{}{:0>4}", &mark[..4], &mark[4..]));
            (Kind::State, filled)
        }
        (3, 1..=4, 0, 0) => (Kind::Old, None),
        (6, 4, 0, 0) if &mark[2..4] == "VA" => (Kind::Vintage, None),
        _ => (Kind::Unknown, None),
    }
}

fn digit_first(bytes: &[u8], digits: usize) -> Kind {
    let rest = &bytes[digits..];
    let tail_digits = |from: usize| rest[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 2 && rest.starts_with(b"BH") && tail_digits(2) == 4 {
        let tail = &rest[6..];
        let allowed = tail.iter().all(|b| b.is_ascii_uppercase() && !matches!(b, b'I' | b'O'));
        return if matches!(tail.len(), 1 | 2) && allowed { Kind::Bharat } else { Kind::Unknown };
    }
    let mission = rest.starts_with(b"CD") || rest.starts_with(b"CC") || rest.starts_with(b"UN");
    if digits <= 3 && mission && matches!(tail_digits(2), 1..=4) && 2 + tail_digits(2) == rest.len() {
        return Kind::Diplomatic;
    }
    if digits == 2 && rest.first().is_some_and(u8::is_ascii_uppercase) {
        let n = tail_digits(1);
        if matches!(n, 5 | 6) && rest.len() == n + 2 && rest[n + 1].is_ascii_uppercase() {
            return Kind::Defence;
        }
    }
    Kind::Unknown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        for (text, expected, kind) in [
            ("RJ14CN0001", "RJ14CN0001", Kind::State),
            ("rj-14 cn 1", "RJ14CN0001", Kind::State),
            ("RJ.14.CN.0001", "RJ14CN0001", Kind::State),
            ("INDRJ14CN0001", "RJ14CN0001", Kind::State),
            ("RJ1CA12", "RJ01CA0012", Kind::State),
            ("RJ141C0234", "RJ141C0234", Kind::DigitSeries),
            ("RJ14 1C 234", "RJ141C0234", Kind::DigitSeries),
            ("RJ14 2CA 7", "RJ142CA0007", Kind::DigitSeries),
            ("DL3CAB1234", "DL3CAB1234", Kind::State),
            ("RJ141234", "RJ141234", Kind::State),
            ("22BH1234AA", "22BH1234AA", Kind::Bharat),
            ("22 BH 1234 A", "22BH1234A", Kind::Bharat),
            ("T0925RJ1234AB", "T0925RJ1234AB", Kind::Temporary),
            ("RJ14TC0012", "RJ14TC0012", Kind::Temporary),
            ("RJA1234", "RJA1234", Kind::Old),
            ("04D123456X", "04D123456X", Kind::Defence),
            ("77CD1", "77CD1", Kind::Diplomatic),
            ("RJVAAA0001", "RJVAAA0001", Kind::Vintage),
            ("22BH1234IO", "22BH1234IO", Kind::Unknown),
            ("RJ14CN00012", "RJ14CN00012", Kind::Unknown),
        ] {
            let plate = Plate::read(text).unwrap();
            assert_eq!((plate.text.as_ref(), plate.kind), (expected, kind), "{text}");
        }
        for text in ["", "RJ", "NO PLATE", "RJ14?N0001", "12345678901234567890"] {
            assert_eq!(Plate::read(text), Err(NotAPlate), "{text}");
        }
    }

    #[test]
    fn normalising_twice_changes_nothing() {
        for text in ["rj-14 cn 1", "RJ14 1C 234", "INDRJ14CN0001", "22 BH 1234 A", "RJ1CA12"] {
            let once = Plate::read(text).unwrap().text.into_owned();
            assert_eq!(Plate::read(&once).unwrap().text, once);
        }
    }

    #[test]
    fn misreads_are_hinted() {
        assert_eq!(misread_hint("RJI4CN0001").as_deref(), Some("RJ14CN0001"));
        assert_eq!(misread_hint("RJ14CNO0O1").as_deref(), Some("RJ14CN0001"));
        assert_eq!(misread_hint("RJ148N00O1").as_deref(), Some("RJ14BN0001"));
        assert_eq!(misread_hint("RJ14CN0001"), None);
        assert_eq!(misread_hint("XXXXXXXXX1"), None);
    }
}
