//! What a blocking rule takes from a field.

use crate::link::compare::phonetic;
use crate::link::frame::Frame;
use crate::name::{self, WordClass};

/// A key made from one field's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expression {
    pub field: usize,
    pub take: Take,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// The whole value.
    All,
    /// The first characters; values with fewer have no key.
    Start(usize),
    /// The last characters.
    End(usize),
    /// Characters from a position (1 is the first).
    Part(usize, usize),
    Phonetic,
    Year,
    /// Month and day.
    Birthday,
    FirstWord,
    LastWord,
    /// Every word a key of its own; a rule has one of these at most.
    Words,
    /// The name engine's phonetic keys, each a key of its own; a rule has one of this or of words at most.
    NameKeys,
    /// The name engine's key of the first word that is a name of its own.
    NameKey,
}

const GRAMMAR: &str = "FIELD, start(FIELD, N), end(FIELD, N), part(FIELD, FROM, N), phonetic(FIELD), year(FIELD), birthday(FIELD), first_word(FIELD), last_word(FIELD), words(FIELD), name_keys(FIELD), name_key(FIELD)";

impl Expression {
    /// Reads an expression of the model; the error says what is possible.
    pub fn parse(text: &str, fields: &[String]) -> Result<Expression, String> {
        let wrong = || format!("there is no blocking expression {text:?}; possible are: {GRAMMAR}");
        let field = |name: &str| {
            let at = fields.iter().position(|f| f == name.trim());
            at.ok_or_else(|| {
                format!("the blocking expression {text:?} names no field of the model; fields are: {}", fields.join(", "))
            })
        };
        let Some((word, rest)) = text.trim().strip_suffix(')').and_then(|t| t.split_once('(')) else {
            return Ok(Expression { field: field(text)?, take: Take::All });
        };
        let parts: Vec<&str> = rest.split(',').map(str::trim).collect();
        let number =
            |i: usize| parts.get(i).and_then(|t| t.parse::<usize>().ok()).filter(|n| (1..=64).contains(n)).ok_or_else(wrong);
        let (take, n) = match word.trim() {
            "start" => (Take::Start(number(1)?), 2),
            "end" => (Take::End(number(1)?), 2),
            "part" => (Take::Part(number(1)?, number(2)?), 3),
            "phonetic" => (Take::Phonetic, 1),
            "year" => (Take::Year, 1),
            "birthday" => (Take::Birthday, 1),
            "first_word" => (Take::FirstWord, 1),
            "last_word" => (Take::LastWord, 1),
            "words" => (Take::Words, 1),
            "name_keys" => (Take::NameKeys, 1),
            "name_key" => (Take::NameKey, 1),
            _ => return Err(wrong()),
        };
        if parts.len() != n {
            return Err(wrong());
        }
        Ok(Expression { field: field(parts[0])?, take })
    }

    /// As the model writes it.
    pub fn text(&self, frame: &Frame) -> String {
        let field = &frame.names[self.field];
        match self.take {
            Take::All => field.clone(),
            Take::Start(n) => format!("start({field}, {n})"),
            Take::End(n) => format!("end({field}, {n})"),
            Take::Part(from, n) => format!("part({field}, {from}, {n})"),
            Take::Phonetic => format!("phonetic({field})"),
            Take::Year => format!("year({field})"),
            Take::Birthday => format!("birthday({field})"),
            Take::FirstWord => format!("first_word({field})"),
            Take::LastWord => format!("last_word({field})"),
            Take::Words => format!("words({field})"),
            Take::NameKeys => format!("name_keys({field})"),
            Take::NameKey => format!("name_key({field})"),
        }
    }

    /// The key of a value that is not missing; several for [`Take::Words`] and [`Take::NameKeys`].
    pub fn keys(&self, value: &str, key: &mut impl FnMut(&str)) {
        let cut = |from: usize, n: usize| {
            let mut at = value.char_indices().map(|(i, _)| i).chain([value.len()]);
            let start = at.nth(from)?;
            at.nth(n - 1).map(|end| &value[start..end])
        };
        match self.take {
            Take::All => key(value),
            Take::Start(n) => cut(0, n).into_iter().for_each(key),
            Take::End(n) => value.chars().count().checked_sub(n).and_then(|from| cut(from, n)).into_iter().for_each(key),
            Take::Part(from, n) => cut(from - 1, n).into_iter().for_each(key),
            Take::Phonetic => phonetic::key(value).iter().for_each(|k| key(k)),
            Take::Year => cut(0, 4).into_iter().for_each(key),
            Take::Birthday => cut(4, 4).filter(|d| !d.starts_with("00")).into_iter().for_each(key),
            Take::FirstWord => value.split(' ').next().into_iter().for_each(key),
            Take::LastWord => value.rsplit(' ').next().into_iter().for_each(key),
            Take::NameKeys => name::keys(&name::parse(value)).iter().for_each(|k| key(&k.to_string())),
            Take::NameKey => {
                let name = name::parse(value);
                let word = name.own.words.iter().find(|w| w.class == WordClass::Given).or(name.own.words.first());
                word.iter().for_each(|w| key(&w.key.to_string()))
            }
            Take::Words => {
                crate::link::compare::words::split(value).filter(|w| w.chars().nth(1).is_some()).take(12).for_each(key)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str, value: &str) -> Vec<String> {
        let mut out = Vec::new();
        Expression::parse(text, &["f".into()]).unwrap().keys(value, &mut |k| out.push(k.to_string()));
        out
    }

    #[test]
    fn expressions_take_parts() {
        assert_eq!(keys("f", "ab c"), ["ab c"]);
        assert_eq!(keys("start(f, 2)", "राम"), ["रा"]);
        assert_eq!(keys("start(f, 3)", "ab"), [""; 0]);
        assert_eq!(keys("end(f, 2)", "abc"), ["bc"]);
        assert_eq!(keys("part(f, 2, 2)", "abcd"), ["bc"]);
        assert_eq!(
            (keys("year(f)", "19600210"), keys("birthday(f)", "19600210")),
            (vec!["1960".into()], vec!["0210".to_string()])
        );
        assert_eq!(keys("birthday(f)", "19600000"), [""; 0]);
        assert_eq!(keys("name_keys(f)", "ramesh kumar"), keys("name_keys(f)", "रमेश कुमार"));
        assert_eq!(keys("name_key(f)", "श्री रमेश लाल"), keys("name_key(f)", "ramesh chand"));
        assert_eq!(keys("words(f)", "12 lake road b"), ["12", "lake", "road"]);
        assert_eq!((keys("first_word(f)", "a b"), keys("last_word(f)", "a b")), (vec!["a".into()], vec!["b".to_string()]));
    }

    #[test]
    fn wrong_expressions_say_what_is_possible() {
        for text in ["soundex(f)", "start(f)", "start(f, 0)", "start(f, x)", "year(f, 1)"] {
            assert!(Expression::parse(text, &["f".into()]).unwrap_err().contains("possible are"), "{text}");
        }
        assert!(Expression::parse("year(g)", &["f".into()]).unwrap_err().contains("fields are: f"));
    }
}
