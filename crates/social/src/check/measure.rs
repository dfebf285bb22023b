//! How good the rules are: on sentences written for the purpose, of which the rules' author saw one half while writing.
//!
//! `data/labelled.tsv` holds a sentence a line: the rules that ought to find something (`-` for none), the language (`hi`, `en`,
//! `mix` for Hindi in Latin letters), the text; for `pair` both texts, parted by ` || `. Half of the lines, chosen by a hash of
//! the text, are held back: the rules were made and mended on the others only. The measure counts, for each rule, what it finds
//! among *all* held-back sentences, those of other rules included.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Look, RULES, Setting, Silence};
use crate::message::Message;

/// One sentence with the truth about it.
#[derive(Debug, Clone)]
pub struct Labelled {
    pub rules: Vec<String>,
    pub language: String,
    pub text: String,
    /// Not looked at while the rules were written.
    pub held_back: bool,
}

/// What one rule did on a part of the sentences.
#[derive(Debug, Clone, Serialize)]
pub struct Score {
    pub rule: &'static str,
    pub version: u32,
    /// Sentences it ought to find.
    pub positives: usize,
    pub found: usize,
    pub missed: usize,
    pub false_alarms: usize,
    /// found / (found + false alarms)
    pub precision: f64,
    /// found / positives
    pub recall: f64,
}

/// The sentences; an error names the line.
pub fn labelled() -> Result<Vec<Labelled>, String> {
    let lines = include_str!("../../data/labelled.tsv").lines().enumerate();
    lines
        .filter(|(_, l)| !l.is_empty() && !l.starts_with('#'))
        .map(|(i, line)| {
            let mut cells = line.splitn(3, '\t');
            let (Some(rules), Some(language), Some(text)) = (cells.next(), cells.next(), cells.next()) else {
                return Err(format!("data/labelled.tsv line {}: three columns are needed", i + 1));
            };
            let rules: Vec<String> = rules.split(',').filter(|r| *r != "-").map(str::to_owned).collect();
            if let Some(unknown) = rules.iter().find(|r| !RULES.iter().any(|known| known.id == **r)) {
                return Err(format!("data/labelled.tsv line {}: there is no rule {unknown}", i + 1));
            }
            let held_back = Sha256::digest(text.as_bytes())[0] % 2 == 0;
            Ok(Labelled { rules, language: language.to_owned(), text: text.to_owned(), held_back })
        })
        .collect()
}

/// What one rule got wrong among the sentences it was made with, as (missed, text). The held-back ones are shown to nobody.
pub fn mistakes(sentences: &[Labelled], rule: &str) -> Vec<(bool, String)> {
    let Some(rule) = RULES.iter().find(|r| r.id == rule) else { return Vec::new() };
    let setting = everywhere();
    let seen = sentences.iter().filter(|l| !l.held_back);
    seen.filter_map(|l| {
        let ought = l.rules.iter().any(|r| r == rule.id);
        (ought != rule.finds(&l.message(), &setting)).then(|| (ought, l.text.clone()))
    })
    .collect()
}

/// An election everywhere and always, so that the words of the rule are what is measured.
fn everywhere() -> Setting {
    let silence = Silence { constituency: "*".into(), from: i64::MIN, until: i64::MAX, reference: "measure".into() };
    Setting { silences: vec![silence], ..Setting::default() }
}

/// Scores of the rules that read texts, on the held-back sentences or on those they were made with.
pub fn measure(sentences: &[Labelled], held_back: bool) -> Vec<Score> {
    let setting = everywhere();
    let part: Vec<(&Labelled, Message)> =
        sentences.iter().filter(|l| l.held_back == held_back).map(|l| (l, l.message())).collect();
    let text_rules = RULES.iter().filter(|r| matches!(r.look, Look::Text(_)) || matches!(r.id, "model_code" | "pair"));
    text_rules
        .map(|rule| {
            let (mut found, mut missed, mut false_alarms) = (0, 0, 0);
            for (label, message) in &part {
                match (label.rules.iter().any(|r| r == rule.id), rule.finds(message, &setting)) {
                    (true, true) => found += 1,
                    (true, false) => missed += 1,
                    (false, true) => false_alarms += 1,
                    (false, false) => {}
                }
            }
            let share = |a: usize, b: usize| if b == 0 { f64::NAN } else { a as f64 / b as f64 };
            Score {
                rule: rule.id,
                version: rule.version,
                positives: found + missed,
                found,
                missed,
                false_alarms,
                precision: share(found, found + false_alarms),
                recall: share(found, found + missed),
            }
        })
        .collect()
}

impl Labelled {
    fn message(&self) -> Message {
        match self.text.split_once(" || ") {
            Some((hindi, english)) => Message { hindi: hindi.into(), english: english.into(), ..Message::default() },
            None if self.language == "en" => Message { english: self.text.clone(), ..Message::default() },
            None => Message { hindi: self.text.clone(), ..Message::default() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_enough_sentences_in_three_languages_and_two_halves() {
        let all = labelled().unwrap();
        assert!(all.len() >= 600, "{}", all.len());
        let texts: std::collections::HashSet<_> = all.iter().map(|l| &l.text).collect();
        assert_eq!(texts.len(), all.len(), "a sentence stands twice");
        let held = all.iter().filter(|l| l.held_back).count();
        assert!(held > all.len() * 2 / 5 && held < all.len() * 3 / 5, "{held} of {}", all.len());
        for language in ["hi", "en", "mix"] {
            assert!(all.iter().filter(|l| l.language == language).count() >= 100, "{language}");
        }
    }

    /// Not a wish but a fence: a change that makes a rule worse than it was measured to be must say so here.
    #[test]
    fn the_held_back_half_scores_no_worse_than_published() {
        let all = labelled().unwrap();
        for score in measure(&all, true) {
            assert!(score.positives >= 5, "{score:?}: too few sentences to say anything");
            assert!(score.precision >= 0.6 && score.recall >= 0.5, "{score:?}");
        }
    }
}
