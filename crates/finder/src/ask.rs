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
    /// The last word may be a beginning only: somebody is still typing.
    pub typing: bool,
    pub limit: usize,
}

/// Words of one question at most.
const MOST: usize = 8;

impl Ask {
    /// Reads a text as it is typed. A word with a digit in it is a part of a number; neighbours such as `RJ 14 CA 0001` are taken together.
    pub fn read(text: &str, kind: Option<Kind>, limit: usize) -> Ask {
        let text: String = text.chars().take(200).collect();
        let mut words = Vec::new();
        let mut numbers: Vec<String> = Vec::new();
        let mut run = String::new();
        let tokens: Vec<&str> = text.split_whitespace().collect();
        for (i, token) in tokens.iter().enumerate() {
            let number = terms::number(token);
            let digits = |t: &str| t.chars().any(|c| c.is_ascii_digit());
            let ascii = !number.is_empty() && number.is_ascii();
            // Letters between digits belong to a registration mark.
            let next = tokens.get(i + 1).is_some_and(|t| digits(&terms::number(t)));
            let between = ascii && number.len() <= 3 && (!run.is_empty() || next);
            if digits(&number) || between {
                run.push_str(&number);
                continue;
            }
            if !run.is_empty() {
                numbers.push(std::mem::take(&mut run));
            }
            words.push(*token);
        }
        if !run.is_empty() {
            numbers.push(run);
        }
        let (numbers, short): (Vec<String>, Vec<String>) = numbers.into_iter().partition(|n| n.chars().count() >= terms::GRAM);
        let mut words = terms::words(&words.join(" "));
        words.extend(short.into_iter().map(|n| n.to_lowercase()));
        words.truncate(MOST);
        Ask { words, numbers, kind, typing: false, limit }
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty() && self.numbers.is_empty()
    }
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
        assert_eq!(read("रमेश १२३४"), (some(&["रमेश"]), some(&["1234"])));
    }
}
