//! Where a shown text answers the question: the words as asked, in another spelling, by sound, in the other script.

use finder::{Ask, Asked};
use serde::{Deserialize, Serialize};

/// Characters shown of a long text around what was found.
const AROUND: usize = 90;

/// A piece of a shown text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub text: String,
    /// It answers the question.
    pub marked: bool,
}

/// The pieces of a text, which put together are the text.
pub(super) fn pieces(asked: &Asked, text: &str) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut push = |text: &str, marked| {
        if !text.is_empty() {
            out.push(Piece { text: text.into(), marked });
        }
    };
    for mark in asked.marks(text) {
        push(&text[at..mark.start], false);
        push(&text[mark.clone()], true);
        at = mark.end;
    }
    push(&text[at..], false);
    out
}

/// The pieces of a text for a question as it was typed.
pub fn marked(question: &str, text: &str) -> Vec<Piece> {
    pieces(&Asked::new(&Ask::read(question, None, 1)), text)
}

/// A piece of a long text around the first word that answers.
pub(super) fn piece(asked: &Asked, text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let at = asked.marks(&flat).first().map_or(0, |m| m.start);
    let before = flat[..at].chars().rev().take(AROUND).map(char::len_utf8).sum::<usize>();
    let shown: String = flat[at - before..].chars().take(3 * AROUND).collect();
    let more = |is: bool| if is { "…" } else { "" };
    format!("{}{shown}{}", more(at > before), more(at - before + shown.len() < flat.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_put_together_are_the_text() {
        let text = "श्री रमेश कुमार, VPO Kalwar";
        let found = marked("ramesh कालवाड़", text);
        assert_eq!(found.iter().map(|p| p.text.as_str()).collect::<String>(), text);
        let marks: Vec<&str> = found.iter().filter(|p| p.marked).map(|p| p.text.as_str()).collect();
        assert_eq!(marks, ["रमेश", "Kalwar"]);
    }

    #[test]
    fn a_long_text_is_shown_around_what_was_found() {
        let text = format!("{} रमेश मीणा {}", "क ".repeat(300), "ख ".repeat(300));
        let asked = Asked::new(&Ask::read("ramesh", None, 1));
        let shown = piece(&asked, &text);
        assert!(shown.starts_with('…') && shown.ends_with('…') && shown.contains("रमेश"), "{shown}");
        assert!(shown.chars().count() < 4 * AROUND);
        assert_eq!(piece(&asked, "nothing here"), "nothing here");
    }
}
