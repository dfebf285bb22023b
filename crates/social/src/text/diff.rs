//! What changed from one text to the next, by words.

use serde::Serialize;

/// Texts with more words than this (multiplied) are shown as replaced: nobody reads such a difference.
const MOST: usize = 4_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    Same,
    Gone,
    Came,
}

/// A stretch of text, with the white space that follows its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stretch {
    pub change: Change,
    pub text: String,
}

/// The difference of two texts: without what came it is the old one, without what is gone the new one.
pub fn diff(old: &str, new: &str) -> Vec<Stretch> {
    let (a, b) = (words(old), words(new));
    if a.len().saturating_mul(b.len()) > MOST {
        return joined([(Change::Gone, old), (Change::Came, new)]);
    }
    // Longest common subsequence: `common[i][j]` of what follows `a[i]` and `b[j]`.
    let mut common = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            out.push((Change::Same, a[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || common[i + 1][j] >= common[i][j + 1]) {
            out.push((Change::Gone, a[i]));
            i += 1;
        } else {
            out.push((Change::Came, b[j]));
            j += 1;
        }
    }
    joined(out)
}

/// Words, each with the white space behind it.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut blank = false;
    for (at, c) in text.char_indices() {
        if blank && !c.is_whitespace() {
            out.push(&text[from..at]);
            from = at;
        }
        blank = c.is_whitespace();
    }
    if from < text.len() {
        out.push(&text[from..]);
    }
    out
}

fn joined<'a>(parts: impl IntoIterator<Item = (Change, &'a str)>) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    for (change, text) in parts.into_iter().filter(|(_, t)| !t.is_empty()) {
        match out.last_mut() {
            Some(last) if last.change == change => last.text.push_str(text),
            _ => out.push(Stretch { change, text: text.to_owned() }),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(all: &[Stretch], change: Change) -> String {
        all.iter().filter(|s| s.change != change).map(|s| s.text.as_str()).collect()
    }

    #[test]
    fn a_word_that_was_changed_is_shown_alone() {
        let all = diff("The road opens on Monday at 8.", "The road opens on Tuesday at 8.");
        let changed: Vec<_> = all.iter().filter(|s| s.change != Change::Same).map(|s| (s.change, s.text.as_str())).collect();
        assert_eq!(changed, [(Change::Gone, "Monday "), (Change::Came, "Tuesday ")]);
        assert!(diff("", "").is_empty());
    }

    #[test]
    fn both_texts_come_back_whole() {
        // Every text of up to four letters out of two words, a blank and a line's end.
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            let longer: Vec<String> = texts.iter().flat_map(|t| ["a", "b", " ", "\n"].map(|c| format!("{t}{c}"))).collect();
            texts.extend(longer);
        }
        texts.sort();
        texts.dedup();
        for old in &texts {
            for new in &texts {
                let all = diff(old, new);
                assert_eq!((&without(&all, Change::Came), &without(&all, Change::Gone)), (old, new));
            }
        }
        assert_eq!(texts.len(), 341);
    }
}
