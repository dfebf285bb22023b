//! The words of a text, and the terms they are found by.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, RwLock};

use identity::name::{self, Name};
use unicode_normalization::UnicodeNormalization;

/// Spellings in the other script that are indexed for a word.
const ROMAN: usize = 3;
/// Letters and digits in a row that a part of a number is looked up by.
pub const GRAM: usize = 4;
/// Words whose reading is kept; a state has fewer that come again.
const KEPT: usize = 1 << 16;

/// Words of a name and of a place that is told with it, in one form: folded, with the vowel signs that belong to them. Punctuation, honorifics, relation
/// marks and what only announces a place are no words, and are left out where the name engine knows them.
pub fn apart(text: &str) -> (Vec<String>, Vec<String>) {
    let parsed = name::parse(text);
    let words: Vec<String> = std::iter::once(&parsed.own)
        .chain(&parsed.aliases)
        .chain(parsed.relatives.iter().flat_map(|r| &r.names))
        .flat_map(|p| &p.words)
        .map(|w| w.text.clone())
        .collect();
    if words.is_empty() {
        return (plain(text), Vec::new());
    }
    let place: Vec<&str> = parsed.place_words().collect();
    (words, plain(&place.join(" ")))
}

/// The words of a name alone.
pub fn words(text: &str) -> Vec<String> {
    apart(text).0
}

/// Words of a text that is no name: addresses, titles.
pub fn plain(text: &str) -> Vec<String> {
    let mut out = running(text);
    out.truncate(24);
    out
}

/// All words of running text.
pub fn running(text: &str) -> Vec<String> {
    let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let mark = |c: char| unicode_normalization::char::is_combining_mark(c) || matches!(c, '\u{200c}' | '\u{200d}');
    let words = text.split(|c: char| !(c.is_alphanumeric() || mark(c)));
    words.map(|w| w.replace(['\u{200c}', '\u{200d}'], "")).filter(|w| !w.is_empty()).collect()
}

/// Neighbouring words written as one: Hari Ram is Hariram too.
pub fn joined(words: &[String]) -> Vec<String> {
    words.windows(2).map(|w| w.concat()).collect()
}

/// Latin spellings of a word, the likeliest first; the word itself where it is Latin.
pub fn roman(word: &str) -> Vec<String> {
    if word.is_ascii() {
        return vec![word.to_string()];
    }
    name::romanise(word).into_iter().take(ROMAN).map(|(text, _)| text.to_lowercase()).collect()
}

/// A word as it is compared.
#[derive(Debug, PartialEq)]
pub struct Word {
    pub name: Name,
    /// What it is looked up by.
    pub keys: Vec<String>,
}

/// A word as the name engine reads it. The same words come again with every candidate and every question, so readings are kept.
pub fn read(word: &str) -> Arc<Word> {
    static KNOWN: LazyLock<RwLock<HashMap<Box<str>, Arc<Word>>>> = LazyLock::new(RwLock::default);
    if let Some(known) = KNOWN.read().ok().and_then(|known| known.get(word).cloned()) {
        return known;
    }
    let read = Arc::new(Word { name: name::parse(word), keys: keys(word, &roman(word)) });
    if let Ok(mut known) = KNOWN.write() {
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(word.into(), read.clone());
    }
    read
}

/// The sound of a word, as the name engine keys it.
pub fn sound(word: &str) -> Option<String> {
    name::parse(word).own.words.first().map(|w| w.key.to_string()).filter(|k| !k.is_empty())
}

/// What a word is looked up by, whatever its spelling or script: its sound and the sounds of its Latin spellings; the word itself where it has
/// none (a house number).
pub fn keys(word: &str, roman: &[String]) -> Vec<String> {
    let mut out: Vec<String> = std::iter::once(word).chain(roman.iter().map(String::as_str)).filter_map(sound).collect();
    if out.is_empty() {
        out.push(word.to_string());
    }
    out.sort();
    out.dedup();
    out
}

/// A number as it is compared: capital letters and digits.
pub fn number(text: &str) -> String {
    text.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).map(digit).collect()
}

/// Devanagari digits are digits.
fn digit(c: char) -> char {
    match c {
        '०'..='९' => char::from_digit(u32::from(c) - u32::from('०'), 10).unwrap_or(c),
        c => c,
    }
}

/// All runs of [`GRAM`] signs of a number; the number itself where it is shorter.
pub fn grams(number: &str) -> Vec<String> {
    let signs: Vec<char> = number.chars().take(64).collect();
    if signs.len() <= GRAM {
        return vec![signs.into_iter().collect()];
    }
    let mut out: Vec<String> = signs.windows(GRAM).map(|w| w.iter().collect()).collect();
    out.sort();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hindi_words_stay_whole() {
        assert_eq!(plain("ग्राम कालवाड़, जयपुर"), ["ग्राम", "कालवाड़", "जयपुर"].map(|w| w.nfkc().collect::<String>()));
        assert_eq!(words("श्री रमेश कुमार पुत्र मोहन"), ["रमेश", "कुमार", "मोहन"]);
    }

    #[test]
    fn a_place_is_told_from_a_name_and_from_what_announces_it() {
        let read = |text: &str| {
            let (words, place) = apart(text);
            (words.join(" "), place.join(" "))
        };
        let both = |words: &str, place: &str| (words.to_string(), place.to_string());
        assert_eq!(read("Ramesh s/o Mohan village Kalwar tehsil Amer"), both("ramesh mohan", "kalwar amer"));
        assert_eq!(read("Kamlesh Dhani Jatan"), both("kamlesh", "jatan"));
        assert_eq!(read("रमेश निवासी बगरू"), both("रमेश", "बगरू"));
        assert_eq!(read("Tehsil Road"), both("tehsil road", ""), "a place alone is what is asked for");
    }

    #[test]
    fn either_script_gives_one_sound() {
        for (a, b) in [("रमेश", "ramesh"), ("कृष्ण", "krishna"), ("मीणा", "meena")] {
            assert_eq!(sound(a), sound(b), "{a} {b}");
            assert!(sound(a).is_some());
        }
    }

    #[test]
    fn a_word_without_a_sound_is_its_own_key() {
        assert_eq!(keys("4", &roman("4")), ["4"]);
        assert_eq!(keys("मीणा", &roman("मीणा")), keys("meena", &roman("meena")));
        assert_eq!(read("ramesh"), read("ramesh"));
    }

    #[test]
    fn parts_of_numbers() {
        assert_eq!(number("+91 70000-00101"), "917000000101");
        assert_eq!(number("rj१४ ca 0001"), "RJ14CA0001");
        assert_eq!(grams("RJ14CA"), ["14CA", "J14C", "RJ14"]);
        assert_eq!(grams("12"), ["12"]);
    }
}
