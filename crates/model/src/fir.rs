//! References to first information reports: `0123/2024`, alone or with the station's code.

use std::fmt;
use std::str::FromStr;

/// A FIR: number within station and year. Numbers are written with four digits and start again each year.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FirRef {
    /// Eight-digit station code, where the text has one.
    pub station: Option<String>,
    pub number: u16,
    pub year: u16,
}

/// A text that is no FIR reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a FIR reference; write NUMBER/YEAR or STATION/NUMBER/YEAR, like 27541001/0123/2024")]
pub struct NotAFir {
    pub text: String,
}

impl FirRef {
    /// `fir:27541001/0123/2024`; none without a station.
    pub fn key(&self) -> Option<String> {
        self.station.as_ref().map(|s| format!("fir:{s}/{:04}/{}", self.number, self.year))
    }
}

impl fmt::Display for FirRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(station) = &self.station {
            write!(f, "{station}/")?;
        }
        write!(f, "{:04}/{}", self.number, self.year)
    }
}

impl FromStr for FirRef {
    type Err = NotAFir;

    /// Words before the first digit (`FIR No.`, `मु.नं.`) are passed over; two-digit years are of this century up to 68.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refuse = || NotAFir { text: text.to_owned() };
        let start = text.find(|c: char| c.is_ascii_digit()).ok_or_else(refuse)?;
        let parts: Vec<&str> = text[start..].split('/').map(str::trim).collect();
        let (station, number, year) = match parts.as_slice() {
            [number, year] => (None, *number, *year),
            [station, number, year] if station.len() == 8 && station.bytes().all(|b| b.is_ascii_digit()) => {
                (Some((*station).to_owned()), *number, *year)
            }
            _ => return Err(refuse()),
        };
        let year: u16 = match (year.len(), year.parse::<u16>()) {
            (4, Ok(y @ 1860..=2199)) => y,
            (2, Ok(y)) => {
                if y < 69 {
                    2000 + y
                } else {
                    1900 + y
                }
            }
            _ => return Err(refuse()),
        };
        let number = padded(number).and_then(|n| n.parse().ok()).ok_or_else(refuse)?;
        Ok(FirRef { station, number, year })
    }
}

/// Four digits of a FIR number; `123`, `0123` and `123/2024` give `0123`. None for anything else, number 0 included.
pub fn padded(text: &str) -> Option<String> {
    let number = text.trim().split('/').next()?.trim();
    let number: u16 = if number.bytes().all(|b| b.is_ascii_digit()) { number.parse().ok()? } else { return None };
    (1..=9999).contains(&number).then(|| format!("{number:04}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_prints() {
        for (text, expected) in [
            ("0123/2024", "0123/2024"),
            ("123/2024", "0123/2024"),
            ("FIR No. 123/24", "0123/2024"),
            ("मु.नं. 45/1998", "0045/1998"),
            ("27541001/0123/2024", "27541001/0123/2024"),
            ("fir:27541001/0123/2024", "27541001/0123/2024"),
        ] {
            assert_eq!(text.parse::<FirRef>().unwrap().to_string(), expected, "{text}");
        }
        let full: FirRef = "27541001 / 0123 / 2024".parse().unwrap();
        assert_eq!(full.key().as_deref(), Some("fir:27541001/0123/2024"));
        assert_eq!("0123/2024".parse::<FirRef>().unwrap().key(), None);
    }

    #[test]
    fn refusals() {
        for text in ["", "FIR", "123", "123/202", "0/2024", "12345/2024", "12/0123/2024", "1/2/3/4"] {
            assert!(text.parse::<FirRef>().is_err(), "{text}");
        }
        assert_eq!(padded("7"), Some("0007".to_owned()));
        assert_eq!(padded("x7"), None);
    }
}
