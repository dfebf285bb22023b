//! Hindi as it was typed in the fonts of the nineties: Unicode Devanagari to the codes of Kruti Dev 010.
//!
//! Old registers are full of it, so some generated texts are. The table was written from the font's glyph chart, the other way round than the reader's
//! and without it (ADR 2); a test holds the two against each other.

/// The text in the font's codes; none when it holds a letter the table does not know or nothing in Devanagari.
pub(crate) fn encode(text: &str) -> Option<String> {
    let letters = decomposed(text);
    let mut out = String::with_capacity(text.len());
    let (mut at, mut hindi) = (0, false);
    while let Some(&c) = letters.get(at) {
        if consonant(c).is_some() {
            at = syllable(&letters, at, &mut out)?;
            hindi = true;
            continue;
        }
        match VOWELS.iter().find(|v| v.0 == c) {
            Some(v) => {
                out.push_str(v.1);
                hindi = true;
            }
            None if sign(c).is_some() => out.push_str(sign(c)?),
            None if c == ' ' || c.is_ascii_digit() => out.push(c),
            None => out.push_str(POINTS.iter().find(|p| p.0 == c)?.1),
        }
        at += 1;
    }
    hindi.then_some(out)
}

const NUKTA: char = '\u{93c}';
const HALANT: char = '\u{94d}';
const SHORT_I: char = 'ि';

/// Letters with a dot below as two characters, whichever way they were written.
fn decomposed(text: &str) -> Vec<char> {
    let mut out = Vec::with_capacity(text.len() / 3);
    for c in text.chars() {
        match c {
            '\u{95b}' => out.extend(['ज', NUKTA]),
            '\u{95c}' => out.extend(['ड', NUKTA]),
            '\u{95d}' => out.extend(['ढ', NUKTA]),
            '\u{95e}' => out.extend(['फ', NUKTA]),
            c => out.push(c),
        }
    }
    out
}

/// Writes the syllable that begins at `at`; gives where the next begins.
fn syllable(letters: &[char], mut at: usize, out: &mut String) -> Option<usize> {
    let hook = letters[at] == 'र'
        && letters.get(at + 1) == Some(&HALANT)
        && letters.get(at + 2).is_some_and(|c| consonant(*c).is_some());
    if hook {
        at += 2;
    }
    let mut body = String::new();
    loop {
        let (code, used) = cluster(&letters[at..])?;
        body.push_str(&code);
        at += used;
        if letters.get(at.wrapping_sub(1)) != Some(&HALANT) || letters.get(at).is_none_or(|c| consonant(*c).is_none()) {
            break;
        }
    }
    if letters.get(at) == Some(&SHORT_I) {
        out.push('f');
        at += 1;
    }
    out.push_str(&body);
    let mut hooked = !hook;
    while let Some(code) = letters.get(at).and_then(|&c| sign(c)) {
        // The hook stands behind the vowel sign and before the dots.
        if !hooked && matches!(letters[at], 'ं' | 'ँ' | 'ः') {
            out.push('Z');
            hooked = true;
        }
        out.push_str(code);
        at += 1;
    }
    if !hooked {
        out.push('Z');
    }
    Some(at)
}

/// One consonant of a cluster, half when another follows; with how many characters it took.
fn cluster(letters: &[char]) -> Option<(String, usize)> {
    if let Some((from, to)) =
        LIGATURES.iter().find(|(from, _)| from.chars().eq(letters.iter().copied().take(from.chars().count())))
    {
        let used = from.chars().count();
        // A ligature that is followed by another consonant or a short i is spelt out of its parts.
        if letters.get(used) != Some(&HALANT) {
            return Some(((*to).to_owned(), used));
        }
    }
    let (full, half) = consonant(letters[0])?;
    let dotted = letters.get(1) == Some(&NUKTA);
    let next = usize::from(dotted) + 1;
    let joined = letters.get(next) == Some(&HALANT);
    if joined && letters.get(next + 1) == Some(&'र') && letters.get(next + 2) != Some(&HALANT) {
        let below = if matches!(letters[0], 'ट' | 'ठ' | 'ड' | 'ढ' | 'छ') { 'ª' } else { 'z' };
        return Some((format!("{full}{}{below}", if dotted { "+" } else { "" }), next + 2));
    }
    if !joined {
        return Some((format!("{full}{}", if dotted { "+" } else { "" }), next));
    }
    // A letter that is cut off at the end of a word is left to those who know.
    if dotted || letters.get(next + 1).is_none_or(|c| consonant(*c).is_none()) {
        return None;
    }
    Some((half.map_or_else(|| format!("{full}~"), str::to_owned), next + 1))
}

/// The codes of a consonant: whole, and half where the font has it.
fn consonant(c: char) -> Option<(&'static str, Option<&'static str>)> {
    CONSONANTS.iter().find(|k| k.0 == c).map(|k| (k.1, (!k.2.is_empty()).then_some(k.2)))
}

fn sign(c: char) -> Option<&'static str> {
    SIGNS.iter().find(|s| s.0 == c).map(|s| s.1)
}

#[rustfmt::skip]
const CONSONANTS: &[(char, &str, &str)] = &[
    ('क', "d", "D"), ('ख', "[k", "["), ('ग', "x", "X"), ('घ', "?k", "?"), ('च', "p", "P"), ('छ', "N", ""), ('ज', "t", "T"), ('झ', ">", "÷"),
    ('ट', "V", ""), ('ठ', "B", ""), ('ड', "M", ""), ('ढ', "<", ""), ('ण', ".k", "."), ('त', "r", "R"), ('थ', "Fk", "F"), ('द', "n", ""), ('ध', "/k", "/"),
    ('न', "u", "U"), ('प', "i", "I"), ('फ', "Q", "¶"), ('ब', "c", "C"), ('भ', "Hk", "H"), ('म', "e", "E"), ('य', ";", "¸"), ('र', "j", ""),
    ('ल', "y", "Y"), ('व', "o", "O"), ('श', "'k", "'"), ('ष', "\"k", "\""), ('स', "l", "L"), ('ह', "g", "º"), ('ळ', "G", ""),
];

const LIGATURES: &[(&str, &str)] = &[
    ("क्ष", "{k"),
    ("त्र", "="),
    ("ज्ञ", "K"),
    ("श्र", "J"),
    ("क्र", "Ø"),
    ("प्र", "ç"),
    ("द्र", "æ"),
    ("द्ध", ")"),
    ("द्य", "|"),
    ("द्व", "}"),
    ("द्द", "í"),
    ("ट्ट", "ê"),
    ("ट्ठ", "ë"),
    ("ड्ड", "ì"),
    ("त्त", "Ùk"),
    ("रु", "#"),
    ("रू", ":"),
];

#[rustfmt::skip]
const VOWELS: &[(char, &str)] = &[
    ('अ', "v"), ('आ', "vk"), ('इ', "b"), ('ई', "bZ"), ('उ', "m"), ('ऊ', "Å"), ('ए', ","), ('ऐ', ",s"), ('ओ', "vks"), ('औ', "vkS"), ('ऋ', "_"),
];

#[rustfmt::skip]
const SIGNS: &[(char, &str)] = &[
    ('ा', "k"), ('ी', "h"), ('ु', "q"), ('ू', "w"), ('ृ', "`"), ('े', "s"), ('ै', "S"), ('ो', "ks"), ('ौ', "kS"), ('ॉ', "kW"), ('ं', "a"), ('ँ', "¡"), ('ः', "%"),
];

const POINTS: &[(char, &str)] = &[('।', "A"), (',', "]"), ('.', "-"), ('-', "&"), ('(', "¼"), (')', "½"), ('/', "@")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_registers_are_typed_as_clerks_typed_them() {
        for (hindi, codes) in [
            ("दास", "nkl"),
            ("राम लाल परमार", "jke yky ijekj"),
            ("प्रार्थी ने बताया", "çkFkhZ us crk;k"),
            ("रेलवे लाइन के पास", "jsyos ykbu ds ikl"),
            ("परीक्षण होटल", "ijh{k.k gksVy"),
            ("पड़ोसी झगड़ा करता है", "iM+kslh >xM+k djrk gS"),
        ] {
            assert_eq!(encode(hindi).as_deref(), Some(codes));
        }
        assert_eq!(encode("Ram Lal"), None);
        assert_eq!(encode("12"), None);
    }

    /// The reader of the legacy font is the judge: what it makes of the codes is what was typed.
    #[test]
    fn names_and_places_come_back_from_the_font() {
        let plain = |text: &str| decomposed(text).into_iter().collect::<String>();
        let (mut typed, mut lost) = (0, Vec::new());
        for hindi in crate::names::hindi().chain(crate::places::Places::villages().map(|v| v.0)) {
            let Some(codes) = encode(hindi) else { continue };
            typed += 1;
            if plain(&lipi::convert(&codes)) != plain(hindi) {
                lost.push((hindi, codes));
            }
        }
        assert!(typed > 250, "only {typed} names can be typed");
        assert!(lost.is_empty(), "{lost:?}");
    }
}
