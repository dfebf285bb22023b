//! How well an entry answers a question.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use identity::name::{self, Level};

use crate::ask::Ask;
use crate::entry::{Entry, Kind};
use crate::kept::{self, Kept, Words};
use crate::terms::{self, Word};

/// A word that is found in a father's name or a village says less than one in the name itself.
const RELATIVE: f32 = 0.8;
const PLACE: f32 = 0.75;
/// In running text it says less still.
const BODY: f32 = 0.7;
/// What every word of the name costs that was not asked for.
const SURPLUS: f32 = 0.06;
/// What a word of the question costs that the row has nothing like: somebody whose every word is written otherwise is likelier meant than somebody of
/// the same name with another father.
const MISSED: f32 = 0.25;
/// Likeness from which two words are taken for one.
const SAME: f32 = 0.6;
/// And two words written as one.
const TOGETHER: f32 = 0.7;
/// What two words are alike at least that are looked up by the same sound, and from how many consonants on that tells something: a row found by its
/// sound is not one that has nothing like the word (Rathore, Rathod).
const SOUND: f32 = 0.65;
const TELLING: usize = 3;
/// Likeness from which no better is looked for.
const SURE: f32 = 0.8;

/// The words of a question, read once; what is found out of words met on the way is kept, for they come again and again.
pub struct Asked {
    words: Vec<(String, Arc<Word>)>,
    /// Neighbouring words written as one.
    pairs: Vec<(String, Arc<Word>)>,
    numbers: Vec<String>,
    typing: bool,
    known: RefCell<HashMap<String, Arc<[f32]>>>,
}

/// How well a row answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Ranked {
    pub score: f32,
    /// Words of the question it has nothing like.
    pub missed: usize,
}

impl Asked {
    pub fn new(ask: &Ask) -> Asked {
        let read = |words: &[String]| words.iter().map(|w| (w.clone(), terms::read(w))).collect();
        Asked {
            words: read(&ask.words),
            pairs: read(&terms::joined(&ask.words)),
            numbers: ask.numbers.clone(),
            typing: ask.typing,
            known: RefCell::default(),
        }
    }

    /// How like a word is to each word of the question, alone or with a neighbour (Hari Ram, Hariram).
    fn like(&self, word: &str) -> Arc<[f32]> {
        if let Some(known) = self.known.borrow().get(word) {
            return known.clone();
        }
        let read = terms::read(word);
        let here = (word, &*read);
        let together: Vec<f32> = self.pairs.iter().map(|b| alike((&b.0, &b.1), here, false)).collect();
        let one = |(i, (asked, parsed)): (usize, &(String, Arc<Word>))| {
            let typing = self.typing && i + 1 == self.words.len();
            let near = [i.checked_sub(1), Some(i)].into_iter().flatten().filter_map(|j| together.get(j));
            let both = near.fold(0.0, |most: f32, t| most.max(*t));
            alike((asked, parsed), here, typing).max(if both >= TOGETHER { both } else { 0.0 })
        };
        let found: Arc<[f32]> = self.words.iter().enumerate().map(one).collect();
        self.known.borrow_mut().insert(word.to_string(), found.clone());
        found
    }

    /// The best likeness of some words to each word of the question.
    fn best<W: AsRef<str>>(&self, words: impl Iterator<Item = W>) -> Vec<f32> {
        let mut out = vec![0.0; self.words.len()];
        for word in words {
            larger(&mut out, &self.like(word.as_ref()));
        }
        out
    }

    /// How well an entry answers: each word of the question gives 1 at most, or costs [`MISSED`], each number 2. `None` for an entry that does not answer.
    pub fn score(&self, entry: &Entry) -> Option<f32> {
        let bytes = kept::write(entry, &Words::of(entry));
        self.rank(&Kept::read(&bytes)?, &entry.body).map(|r| r.score)
    }

    /// The same for what the index keeps; `body` is running text, which it does not.
    pub(crate) fn rank(&self, kept: &Kept<'_>, body: &[String]) -> Option<Ranked> {
        let mut score = 0.0;
        for asked in &self.numbers {
            // A number with its country code is the number.
            let bare = asked.strip_prefix("91").filter(|n| n.len() == 10);
            let fits = |n: &str| [Some(asked.as_str()), bare].into_iter().flatten().filter_map(|a| part(a, n)).fold(None, most);
            let written = body.iter().flat_map(|t| terms::running(t)).filter_map(|n| fits(&terms::number(&n)));
            score += kept.numbers().filter_map(fits).chain(written).fold(None, most)?;
        }
        if self.words.is_empty() {
            return Some(Ranked { score, missed: 0 });
        }
        let mut names = self.best(kept.names().flat_map(|t| t.split(' ')));
        let mut relatives = self.best(kept.relatives().flat_map(|t| t.split(' ')));
        let places = self.best(kept.places().flat_map(|t| t.split(' ')));
        let body = self.best(body.iter().flat_map(|t| terms::running(t)));
        // Words written apart that are asked as one: hardly a word comes again in this form, so it is tried only where one is lacking.
        if (0..self.words.len()).any(|i| names[i].max(relatives[i]).max(places[i]).max(body[i]) < SURE) {
            let pairs = |text: &str| terms::joined(&text.split(' ').map(String::from).collect::<Vec<_>>());
            larger(&mut names, &self.best(kept.names().flat_map(pairs)));
            larger(&mut relatives, &self.best(kept.relatives().flat_map(pairs)));
        }
        let (mut missed, mut used) = (0, 0);
        for i in 0..self.words.len() {
            let (own, relative, place) = (names[i], relatives[i] * RELATIVE, places[i] * PLACE);
            let best = own.max(relative).max(place).max(body[i] * BODY);
            used += usize::from(own >= SAME && own >= best);
            // What is a little like a word is not the word.
            if best < SAME * BODY {
                missed += 1;
                score -= MISSED;
            } else {
                score += best;
            }
        }
        // One word of three and more may be wrong.
        if missed > self.words.len().saturating_sub(1) / 2 {
            return None;
        }
        // Several spellings of one name are not several words.
        let shown = kept.names().next().filter(|_| kept.kind != Kind::Document).map_or(0, |n| n.split(' ').count());
        Some(Ranked { score: score - SURPLUS * shown.saturating_sub(used) as f32, missed })
    }

    /// Where a text answers the question, as byte ranges: words as they are spelled, by sound and in the other script, and parts of numbers.
    pub fn marks(&self, text: &str) -> Vec<std::ops::Range<usize>> {
        let mark = |c: char| unicode_normalization::char::is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}');
        let mut spans: Vec<std::ops::Range<usize>> = Vec::new();
        for (at, c) in text.char_indices() {
            if !(c.is_alphanumeric() || mark(c)) {
                continue;
            }
            match spans.last_mut() {
                Some(last) if last.end == at => last.end = at + c.len_utf8(),
                _ => spans.push(at..at + c.len_utf8()),
            }
        }
        let fits = |span: &std::ops::Range<usize>| {
            let word = &text[span.clone()];
            let number = terms::number(word);
            let numbered = number.len() >= terms::GRAM
                && self.numbers.iter().any(|n| part(n, &number).is_some() || part(&number, n).is_some());
            numbered || terms::running(word).iter().any(|w| self.like(w).iter().any(|l| *l >= SAME))
        };
        spans.into_iter().filter(|s| fits(s)).collect()
    }
}

fn larger(all: &mut [f32], others: &[f32]) {
    all.iter_mut().zip(others).for_each(|(most, l)| *most = f32::max(*most, *l));
}

fn most(a: Option<f32>, b: f32) -> Option<f32> {
    Some(a.map_or(b, |a| a.max(b)))
}

/// How a part stands in a number: whole, end, beginning, inside.
fn part(asked: &str, number: &str) -> Option<f32> {
    if number == asked {
        Some(2.0)
    } else if number.ends_with(asked) {
        Some(1.2)
    } else if number.starts_with(asked) {
        Some(1.1)
    } else {
        number.contains(asked).then_some(1.0)
    }
}

fn alike(a: (&str, &Word), b: (&str, &Word), typing: bool) -> f32 {
    if a.0 == b.0 {
        return 1.0;
    }
    if typing {
        let begins = terms::roman(b.0).iter().any(|r| r.starts_with(a.0)) || b.0.starts_with(a.0);
        if begins {
            return 0.9;
        }
    }
    let found = name::compare(&a.1.name, &b.1.name);
    // A spelling that the engine takes for the word counts as the word, however surprising its letters are.
    let least = match found.level {
        Level::Exact | Level::OtherScript => 0.9,
        Level::Spelling => 0.75,
        Level::Nickname | Level::Initial => 0.6,
        _ => 0.0,
    };
    let sounds = a.1.keys.iter().any(|key| key.len() >= TELLING && b.1.keys.contains(key));
    (found.similarity * 0.98).max(least).max(if sounds { SOUND } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(question: &str, text: &str) -> Vec<String> {
        let asked = Asked::new(&Ask::read(question, None, 10));
        asked.marks(text).into_iter().map(|r| text[r].to_string()).collect()
    }

    fn likeness(a: &str, b: &str) -> f32 {
        alike((a, &terms::read(a)), (b, &terms::read(b)), false)
    }

    #[test]
    fn words_of_one_sound_are_alike_whatever_their_letters() {
        for (a, b) in [("राठौड़", "rathod"), ("बैरवा", "berwa"), ("vikas", "bikas")] {
            assert!(likeness(a, b) >= SOUND, "{a} {b}");
        }
        assert!(likeness("राठौड़", "meena") < SAME);
        assert!(likeness("jyoti", "jat") < SAME, "two consonants tell little");
    }

    #[test]
    fn who_has_every_word_otherwise_written_comes_before_who_lacks_one() {
        let asked = Asked::new(&Ask::read("अशोक बैरवा Vikas Dholasar", None, 10));
        let entry = |name: &str, father: &str, village: &str| Entry {
            names: vec![name.into()],
            relatives: vec![father.into()],
            places: vec![village.into()],
            kind: Kind::Person,
            key: String::new(),
            numbers: Vec::new(),
            body: Vec::new(),
            tags: Vec::new(),
            object: String::new(),
            row: 0,
            source: String::new(),
        };
        let score = |e: Entry| asked.score(&e).unwrap();
        let owner = score(entry("ASOK BERWA", "BIKAS BERWA", "DHOLASAR"));
        assert!(owner > score(entry("Ashok Bairwa", "Vikas Bairwa", "Bas")));
        assert!(owner > score(entry("Ashok Bairwa", "Mohan Bairwa", "Dholasar")));
    }

    #[test]
    fn words_are_marked_in_either_script_and_by_sound() {
        assert_eq!(marked("ramesh meena", "श्री रमेश कुमार मीणा, कोटा"), ["रमेश", "मीणा"]);
        assert_eq!(marked("रमेश", "Rameshh son of Mohan"), ["Rameshh"]);
        assert_eq!(marked("0101 mohan", "Mohan 7000000101"), ["Mohan", "7000000101"]);
        assert_eq!(marked("zzz", "Mohan"), Vec::<String>::new());
    }
}
