//! A question, taken apart.

use crate::entry::Kind;
use crate::terms;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// Words of names and places.
    pub words: Vec<String>,
    /// Numbers, whole or in part, of [`terms::GRAM`] signs and more.
    pub numbers: Vec<String>,
    pub kind: Option<Kind>,
    /// Of each, one must be among an entry's tags.
    pub tags: Vec<Vec<String>>,
    /// The last word may be a beginning only: somebody is still typing.
    pub typing: bool,
    pub limit: usize,
}

/// Words of one question at most.
const MOST: usize = 8;

/// What stands before a number of a ward, a plot, a sector, an age.
const COUNTED: [&str; 4] = ["NO", "NOS", "SEC", "AGE"];

impl Ask {
    /// Reads a text as it is typed. A word with a digit in it is a part of a number; neighbours such as `RJ 14 CA 0001` are taken together.
    pub fn read(text: &str, kind: Option<Kind>, limit: usize) -> Ask {
        let text: String = text.chars().take(200).collect();
        let mut words: Vec<&str> = Vec::new();
        let (mut numbers, mut short): (Vec<String>, Vec<&str>) = Default::default();
        let mut run: Vec<&str> = Vec::new();
        let tokens: Vec<&str> = text.split_whitespace().collect();
        let digits = |t: &str| terms::number(t).chars().any(|c| c.is_ascii_digit());
        for (i, token) in tokens.iter().enumerate() {
            let letters = terms::number(token);
            // Letters before digits belong to a registration mark, where they do not say what is counted (Ward No. 11).
            let mark = !letters.is_empty() && letters.is_ascii() && letters.len() <= 3 && !COUNTED.contains(&letters.as_str());
            let leads = mark && tokens.get(i + 1).is_some_and(|t| digits(t));
            if digits(token) || leads {
                run.push(token);
            } else {
                settle(&mut run, &mut numbers, &mut short);
                words.push(token);
            }
        }
        settle(&mut run, &mut numbers, &mut short);
        let (mut words, place) = terms::apart(&words.join(" "));
        words.extend(place);
        words
            .extend(short.into_iter().map(|t| terms::number(t).to_lowercase()).filter(|t| t.chars().any(|c| c.is_ascii_digit())));
        words.truncate(MOST);
        Ask { words, numbers, kind, tags: Vec::new(), typing: false, limit }
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.numbers.is_empty()
    }
}

/// Ends a run of signs: a part of a number, or where it is too short for one (a house, a ward, an age) words.
fn settle<'t>(run: &mut Vec<&'t str>, numbers: &mut Vec<String>, short: &mut Vec<&'t str>) {
    let number: String = run.iter().map(|t| terms::number(t)).collect();
    if number.chars().count() >= terms::GRAM {
        numbers.push(number);
    } else {
        short.append(run);
    }
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<String>, Vec<String>) {
        let ask = Ask::read(text, None, 10);
        (ask.words, ask.numbers)
    }

    #[test]
    fn names_and_numbers_are_told_apart() {
        let some = |list: &[&str]| list.iter().map(|t| t.to_string()).collect::<Vec<_>>();
        assert_eq!(read("Ramesh  Kumar"), (some(&["ramesh", "kumar"]), vec![]));
        assert_eq!(read("RJ 14 CA 0001"), (vec![], some(&["RJ14CA0001"])));
        assert_eq!(read("ramesh 00101"), (some(&["ramesh"]), some(&["00101"])));
        assert_eq!(read("+91-70000 00101"), (vec![], some(&["917000000101"])));
        assert_eq!(read("  "), (vec![], vec![]));
        assert_eq!(read("Mangilal Ward No. 4"), (some(&["mangilal", "4"]), vec![]));
        assert_eq!(read("Ward No. 11, Kota").1, Vec::<String>::new());
        assert_eq!(read("Ramesh Meena village Kalwar").0, some(&["ramesh", "meena", "kalwar"]));
        assert_eq!(read("CA 0001").1, some(&["CA0001"]));
        assert_eq!(read("22 BH 1234 AA").1, some(&["22BH1234"]));
        assert_eq!(read("रमेश १२३४"), (some(&["रमेश"]), some(&["1234"])));
    }
}
