//! English that somebody pushed through a converter of the font, brought back.
//!
//! A converter run over a whole document turns `Twitter` into ज्ूपजजमत. Such text gives itself away: signs stand where no
//! Hindi word has them. Going back letter by letter gives the English again.

use crate::model::evidence;

/// Evidence below which a word is Latin beyond doubt.
const LATIN: f32 = -6.0;

/// The English word behind a wrongly converted one; none where the text may well be Hindi or the way back is not clear.
///
/// ```text
/// restore("ज्ूपजजमत/च्वसपबमत्ंरेंजींद") == Some("Twitter/PoliceRajasthan")
/// ```
pub fn restore(text: &str) -> Option<String> {
    if !text.split_whitespace().any(is_impossible) {
        return None;
    }
    let mut words = Vec::new();
    for word in text.split(' ') {
        if word.is_ascii() {
            words.push(word.to_owned());
            continue;
        }
        // The routine puts a nasal behind the vowel sign: which of the two was typed first is no longer to be seen.
        let either = [letters(word, "as")?, letters(word, "sa")?];
        let best = either.into_iter().min_by(|a, b| evidence(a).total_cmp(&evidence(b)))?;
        words.push(best);
    }
    let whole = words.join(" ");
    (words.iter().map(|w| evidence(w)).sum::<f32>() < LATIN).then_some(whole)
}

/// Whether a word breaks the order of Devanagari: a vowel sign behind a virama or at the beginning, or two signs in a row.
fn is_impossible(word: &str) -> bool {
    let sign = |c: char| ('\u{93e}'..='\u{94c}').contains(&c);
    let mark = |c: char| ('\u{900}'..='\u{903}').contains(&c);
    let mut before = ' ';
    for c in word.chars() {
        let lost = !before.is_alphabetic() && !sign(before) && !mark(before) && before != '़';
        if sign(c) && (before == '्' || lost || sign(before) || mark(before)) || mark(c) && before == '्' {
            return true;
        }
        before = c;
    }
    false
}

fn letters(word: &str, nasal: &str) -> Option<String> {
    const BACK: &[(&str, &str)] = &[
        ("क्ष्", "{"),
        ("त्र", "="),
        ("ज्ञ", "K"),
        ("श्र", "J"),
        ("रु", "#"),
        ("क्", "D"),
        ("ख्", "["),
        ("ग्", "X"),
        ("घ्", "?"),
        ("च्", "P"),
        ("ज्", "T"),
        ("ण्", "."),
        ("त्", "R"),
        ("थ्", "F"),
        ("ध्", "/"),
        ("न्", "U"),
        ("प्", "I"),
        ("ब्", "C"),
        ("भ्", "H"),
        ("म्", "E"),
        ("ल्", "Y"),
        ("व्", "O"),
        ("श्", "'"),
        ("ष्", "\""),
        ("स्", "L"),
        ("क", "d"),
        ("ग", "x"),
        ("च", "p"),
        ("छ", "N"),
        ("ज", "t"),
        ("झ", ">"),
        ("ट", "V"),
        ("ठ", "B"),
        ("ड", "M"),
        ("ढ", "<"),
        ("त", "r"),
        ("द", "n"),
        ("न", "u"),
        ("प", "i"),
        ("फ", "Q"),
        ("ब", "c"),
        ("म", "e"),
        ("य", ";"),
        ("र", "j"),
        ("ल", "y"),
        ("ळ", "G"),
        ("व", "o"),
        ("स", "l"),
        ("ह", "g"),
        ("औ", "vkS"),
        ("ओ", "vks"),
        ("आ", "vk"),
        ("अ", "v"),
        ("ई", "bZ"),
        ("इ", "b"),
        ("उ", "m"),
        ("ऐ", ",s"),
        ("ए", ","),
        ("ऋ", "_"),
        ("ा", "k"),
        ("ी", "h"),
        ("ु", "q"),
        ("ू", "w"),
        ("ृ", "`"),
        ("े", "s"),
        ("ै", "S"),
        ("ो", "ks"),
        ("ौ", "kS"),
        ("ॅ", "W"),
        ("ि", "f"),
        ("ं", "a"),
        ("ः", "%"),
        ("ँ", "¡"),
        ("।", "A"),
        ("्", "~"),
        ("़", "+"),
    ];
    let mut rest = word;
    let mut out = String::new();
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("ें") {
            out.push_str(nasal);
            rest = after;
        } else if c.is_ascii() {
            out.push(c);
            rest = &rest[1..];
        } else {
            let (hindi, code) = BACK.iter().find(|(hindi, _)| rest.starts_with(hindi))?;
            out.push_str(code);
            rest = &rest[hindi.len()..];
        }
    }
    Some(out)
}
