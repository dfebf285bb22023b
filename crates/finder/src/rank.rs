//! How well an entry answers a question.

use identity::name::{self, Level, Name};

use crate::ask::Ask;
use crate::entry::Entry;
use crate::terms;

/// A word that is found in a father's name or a village says less than one in the name itself.
const RELATIVE: f32 = 0.8;
const PLACE: f32 = 0.75;
/// What every word of the name costs that was not asked for.
const SURPLUS: f32 = 0.06;
/// Likeness from which two words are taken for one.
const SAME: f32 = 0.6;
/// And two words written as one.
const TOGETHER: f32 = 0.7;

/// The words of a question, read once.
pub struct Asked {
    words: Vec<(String, Name)>,
    /// Neighbouring words written as one.
    pairs: Vec<(String, Name)>,
    numbers: Vec<String>,
    typing: bool,
}

impl Asked {
    pub fn new(ask: &Ask) -> Asked {
        let read = |words: &[String]| words.iter().map(|w| (w.clone(), name::parse(w))).collect();
        Asked {
            words: read(&ask.words),
            pairs: read(&terms::joined(&ask.words)),
            numbers: ask.numbers.clone(),
            typing: ask.typing,
        }
    }

    /// 0 and more; `None` for an entry that does not answer.
    pub fn score(&self, entry: &Entry) -> Option<f32> {
        let mut score = 0.0;
        for asked in &self.numbers {
            // A number with its country code is the number.
            let bare = asked.strip_prefix("91").filter(|n| n.len() == 10);
            let fits = |n: &String| {
                [Some(asked.as_str()), bare].into_iter().flatten().filter_map(|a| part(a, &terms::number(n))).fold(None, most)
            };
            score += entry.numbers.iter().filter_map(fits).fold(None, most)?;
        }
        if self.words.is_empty() {
            return Some(score);
        }
        let read = |texts: &[String]| -> Vec<(String, Name)> {
            let words = texts.iter().flat_map(|t| {
                let own = terms::words(t);
                terms::joined(&own).into_iter().chain(own).collect::<Vec<_>>()
            });
            words.map(|w| (w.clone(), name::parse(&w))).collect()
        };
        let (names, relatives) = (read(&entry.names), read(&entry.relatives));
        let places: Vec<(String, Name)> =
            entry.places.iter().flat_map(|t| terms::plain(t)).map(|w| (w.clone(), name::parse(&w))).collect();
        let (mut missed, mut used) = (0, 0);
        for (i, (word, parsed)) in self.words.iter().enumerate() {
            let typing = self.typing && i + 1 == self.words.len();
            // The word itself, or with the next or the one before as one (Hari Ram, Hariram).
            let both = [i.checked_sub(1), Some(i)].into_iter().flatten().filter_map(|j| self.pairs.get(j));
            let both: Vec<&(String, Name)> = both.collect();
            let like = |all: &[(String, Name)]| {
                let one = |w: &(String, Name)| {
                    let together = both.iter().map(|b| alike((&b.0, &b.1), (&w.0, &w.1), false)).fold(0.0, f32::max);
                    alike((word, parsed), (&w.0, &w.1), typing).max(if together >= TOGETHER { together } else { 0.0 })
                };
                all.iter().map(one).fold(0.0, f32::max)
            };
            let (own, relative, place) = (like(&names), like(&relatives) * RELATIVE, like(&places) * PLACE);
            let best = own.max(relative).max(place);
            used += usize::from(own >= SAME && own >= best);
            if best < SAME * PLACE {
                missed += 1;
            }
            score += best;
        }
        // One word of three and more may be wrong.
        if missed > self.words.len().saturating_sub(1) / 2 {
            return None;
        }
        // Several spellings of one name are not several words.
        let shown = entry.names.first().map_or(0, |n| terms::words(n).len());
        Some(score - SURPLUS * shown.saturating_sub(used) as f32)
    }
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

fn alike(a: (&str, &Name), b: (&str, &Name), typing: bool) -> f32 {
    if a.0 == b.0 {
        return 1.0;
    }
    if typing {
        let begins = terms::roman(b.0).iter().any(|r| r.starts_with(a.0)) || b.0.starts_with(a.0);
        if begins {
            return 0.9;
        }
    }
    let found = name::compare(a.1, b.1);
    // A spelling that the engine takes for the word counts as the word, however surprising its letters are.
    let least = match found.level {
        Level::Exact | Level::OtherScript => 0.9,
        Level::Spelling => 0.75,
        Level::Nickname | Level::Initial => 0.6,
        _ => 0.0,
    };
    (found.similarity * 0.98).max(least)
}
