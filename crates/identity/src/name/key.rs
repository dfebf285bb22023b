//! Phonetic keys: names that may be one share a key.
//!
//! A key keeps the consonants in classes that spelling confuses and forgets the vowels, doubling, breath and nasals before
//! a consonant, much as Soundex does for English. Every word gives one key, so that a missing or misplaced word costs no recall, and
//! neighbouring words give one together, because they may be written as one.

use std::fmt;

use super::letters::{self, Sound, name as letter};
use super::{Name, Part, Word, WordClass};

/// The consonants of a word, loosely: up to fifteen classes of four bits, the first in the highest place used. Equal keys
/// make a candidate pair, no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PhoneticKey(pub u64);

/// The letter of each class; class 0 is none.
const CLASSES: [char; 16] = ['-', 'A', 'K', 'C', 'J', 'T', 'D', 'N', 'P', 'B', 'M', 'R', 'L', 'S', 'H', 'Y'];

impl fmt::Display for PhoneticKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in (0..16).rev() {
            let class = (self.0 >> (4 * place)) & 15;
            if class != 0 {
                write!(f, "{}", CLASSES[class as usize])?;
            }
        }
        Ok(())
    }
}

fn class(letter: &str) -> char {
    match letter {
        "k" | "kh" | "q" | "x" | "g" | "gh" | "G" | "gy1" | "ck" => 'K',
        "c" | "ch" | "chh" => 'C',
        "j" | "jh" | "z" => 'J',
        "t" | "th" | "T" | "Th" => 'T',
        "d" | "dh" | "D" | "Dh" => 'D',
        "n" | "N" | "ng" | "ny" | "nn" | "Mn" => 'N',
        "p" | "ph" | "f" => 'P',
        "b" | "bh" | "v" | "w" => 'B',
        "m" | "Mb" => 'M',
        "r" | "R" | "Rh" | "r1" | "rr" => 'R',
        "l" | "L" | "zh" => 'L',
        "s" | "sh" | "ss" | "x2" => 'S',
        "h" | "H" => 'H',
        "y" | "y$" => 'Y',
        "dbl" | "Mv" | "gy2" | "ai2" | "au2" | "r2" => '-',
        _ => 'A',
    }
}

/// Classes by sound, worked out once.
fn classes() -> &'static [u8; super::letters::SOUNDS] {
    static TABLE: std::sync::OnceLock<[u8; super::letters::SOUNDS]> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        std::array::from_fn(|s| CLASSES.iter().position(|c| *c == class(letter(s as Sound))).unwrap_or_default() as u8)
    })
}

/// The skeleton of a row of sounds as it is written, every schwa a vowel.
pub(super) fn skeleton(sounds: &[Sound]) -> PhoneticKey {
    consonants(sounds)
}

/// The skeleton of a row of sounds as it is spoken: of a schwa that Hindi does not speak, Latin letters mostly show nothing, and what stands before and after
/// it are neighbours (Anwar, Jaganram).
fn spoken(sounds: &[Sound]) -> PhoneticKey {
    let heard: Vec<Sound> = sounds.iter().copied().filter(|s| !letters::is_mute(*s)).collect();
    consonants(&heard)
}

fn consonants(sounds: &[Sound]) -> PhoneticKey {
    let code = |c: char| CLASSES.iter().position(|k| *k == c).unwrap_or_default() as u8;
    let (vowel, nasal, labial, breath, glide, back, hiss, hard) =
        (code('A'), code('N'), code('M'), code('H'), code('Y'), code('K'), code('S'), code('C'));
    let (lips, lips_voiced) = (code('P'), code('B'));
    let table = classes();
    let (mut key, mut count, mut last) = (0u64, 0, 0u8);
    for (i, s) in sounds.iter().enumerate() {
        let class = table[usize::from(*s)];
        if class == 0 {
            continue;
        }
        let follows = sounds[i + 1..].iter().map(|s| table[usize::from(*s)]).find(|c| *c != 0);
        let before_consonant = follows.is_some_and(|c| !matches!(c, _ if c == vowel || c == breath || c == glide));
        let first = count == 0 && last == 0;
        let kept = if class == vowel || class == breath || class == glide {
            // Beginnings are heard; elsewhere vowels, breath and glides are spelled as one likes.
            first
        } else {
            // A nasal before a consonant is often left out, an m only where it is one (Bhanwar, Bhawar; but Ramrati).
            let swallowed =
                class == nasal && before_consonant || class == labial && follows.is_some_and(|c| c == lips || c == lips_voiced);
            !swallowed || first
        };
        if kept && class == hiss && last == back && key & 15 == u64::from(back) {
            // ksh, x and chh are one (Lakshman, Laxman, Lachhman).
            key = (key & !15) | u64::from(hard);
        } else if kept && !(class == last && class != vowel) && count < 15 {
            key = key << 4 | u64::from(class);
            count += 1;
        }
        last = class;
    }
    PhoneticKey(key)
}

/// The keys of a name, without repetitions; none for an empty name. Elements, titles and religious prefixes give none beside
/// a given name: they are shared by too many.
pub fn keys(name: &Name) -> Vec<PhoneticKey> {
    let mut out = Vec::new();
    for part in std::iter::once(&name.own).chain(&name.aliases) {
        of_part(part, &mut out);
    }
    out.sort_unstable();
    out.dedup();
    out
}

fn of_part(part: &Part, out: &mut Vec<PhoneticKey>) {
    let given = part.words.iter().any(|w| w.class == WordClass::Given);
    for (i, word) in part.words.iter().enumerate() {
        let to = |last: &Word| &part.sounds[usize::from(word.start)..usize::from(last.start) + usize::from(last.length)];
        if word.class == WordClass::Given || !given {
            out.extend([word.key, spoken(to(word))]);
        }
        if let Some(next) = part.words.get(i + 1).filter(|n| n.class != WordClass::Initial && word.class != WordClass::Initial) {
            out.extend([skeleton(to(next)), spoken(to(next))]);
            // Written as one they may be a name of several forms (Pema Ram, Premaram).
            if let Some((_, first)) = super::forms::form(&format!("{}{}", word.text, next.text)) {
                let mut sounds = Vec::new();
                letters::sounds(first, &mut sounds);
                out.push(skeleton(&sounds));
            }
        }
    }
}
