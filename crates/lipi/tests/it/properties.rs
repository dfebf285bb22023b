use lipi::{convert, read, read_as_legacy, restore};
use proptest::prelude::*;

use super::encode::{Habit, encode};

proptest! {
    /// Whatever the bytes, reading ends, keeps what it does not convert, and its runs are in order.
    #[test]
    fn any_text_is_read(text in "\\PC{0,60}") {
        for reading in [read(&text), read_as_legacy(&text)] {
            let mut at = 0;
            for run in &reading.runs {
                prop_assert!(run.start >= at && run.end > run.start && run.end <= text.len());
                prop_assert!(text.is_char_boundary(run.start) && text.is_char_boundary(run.end));
                at = run.end;
            }
            if !reading.is_converted() {
                prop_assert_eq!(&reading.text, &text);
            }
        }
        let _ = convert(&text);
        let _ = restore(&text);
    }

    /// Every well-formed syllable comes back from the font as it went in.
    #[test]
    fn syllables_return(words in prop::collection::vec(word(), 1..4)) {
        let hindi = words.join(" ");
        for habit in [Habit::Glyphs, Habit::Pieces] {
            if let Some(typed) = encode(&hindi, habit) {
                prop_assert_eq!(convert(&typed), hindi.clone(), "{}", typed);
            }
        }
    }

    /// What is already Unicode Devanagari is left alone.
    #[test]
    fn unicode_stays(words in prop::collection::vec(word(), 1..4)) {
        let hindi = words.join(" ");
        prop_assert_eq!(read(&hindi).text, hindi.clone());
        prop_assert_eq!(read_as_legacy(&hindi).text, hindi);
    }
}

/// One to three syllables: consonant, perhaps joined by another, perhaps a sign, perhaps a nasal.
fn word() -> impl Strategy<Value = String> {
    prop::collection::vec(syllable(), 1..4).prop_map(|s| s.concat())
}

fn syllable() -> impl Strategy<Value = String> {
    // ङ and ञ never begin a conjunct in Hindi and have no half glyph; र begins one as the hook.
    let letter = prop::sample::select("कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह".chars().collect::<Vec<_>>());
    let joined = prop::option::weighted(0.3, prop::sample::select("कगचजटतदनपबमयलवसह".chars().collect::<Vec<_>>()));
    let sign = prop::option::weighted(0.6, prop::sample::select("ािीुूेैोौ".chars().collect::<Vec<_>>()));
    let mark = prop::option::weighted(0.2, Just('ं'));
    (letter, joined, sign, mark).prop_map(|(letter, joined, sign, mark)| {
        let mut text = String::from(letter);
        if let Some(second) = joined {
            text.push('्');
            text.push(second);
        }
        text.extend(sign);
        text.extend(mark);
        text
    })
}
