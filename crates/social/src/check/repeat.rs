//! The same message again.

use std::collections::HashSet;

use super::pattern::plain;
use super::{Level, Look, Rule, Setting};
use crate::message::Message;

pub(super) const REPEAT: Rule = Rule {
    id: "repeat",
    version: 1,
    level: Level::Warn,
    law: "rules of the networks on duplicate posts (X answers 403, Facebook error 506)",
    way_out: "Change the text, or say why it goes out again.",
    way_out_hi: "पाठ बदलें, या बताएँ कि दोबारा क्यों भेजा जा रहा है।",
    look: Look::Message(repeat),
};

/// Shares of common five-letter runs from which two texts count as one.
const SAME: f64 = 0.85;

fn repeat(message: &Message, setting: &Setting) -> Vec<(String, String)> {
    let texts = message.texts().into_iter().filter(|(place, _)| !place.starts_with("alt"));
    texts
        .filter_map(|(place, text)| {
            let mine = runs(text);
            let older = setting.recent.iter().find(|old| similarity(&mine, &runs(old)) >= SAME)?;
            Some((place, older.chars().take(80).collect()))
        })
        .collect()
}

/// How much two texts have in common, 0 to 1: the share of their runs of five letters that both have.
pub fn likeness(a: &str, b: &str) -> f64 {
    if a.trim().is_empty() || b.trim().is_empty() { 0.0 } else { similarity(&runs(a), &runs(b)) }
}

fn runs(text: &str) -> HashSet<String> {
    let letters: Vec<char> = plain(text).chars().filter(|c| c.is_alphanumeric()).collect();
    if letters.len() < 5 {
        return HashSet::from([letters.into_iter().collect()]);
    }
    letters.windows(5).map(|w| w.iter().collect()).collect()
}

/// Jaccard similarity.
fn similarity(a: &HashSet<String>, b: &HashSet<String>) -> f64 {
    let both = a.intersection(b).count();
    let all = a.len() + b.len() - both;
    if all == 0 { 0.0 } else { both as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_and_case_do_not_make_a_new_message() {
        let setting = Setting { recent: vec!["Always wear a helmet on a two-wheeler.".into()], ..Setting::default() };
        let of = |english: &str| repeat(&Message { english: english.into(), ..Message::default() }, &setting).len();
        assert_eq!(of("ALWAYS wear a helmet on a two-wheeler!!"), 1);
        assert_eq!(of("Always wear a seat belt in a car."), 0);
    }
}
