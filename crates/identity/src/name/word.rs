//! From a word to its compact form: class, sounds, key, initials.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::key::{PhoneticKey, skeleton};
use super::letters::{self, Sound, sounds};
use super::marks::{BESIDE, Sex, mark, written_out};
use super::parse::{Part, Word, WordClass};
use super::scripts::Script;
use super::sounds::{BIT, costs, distance};

/// A word before it has a form.
pub(super) struct Raw {
    pub text: String,
    pub initial: bool,
    /// Where it is not the script of the text: a letter that Hindi spelled out.
    pub script: Option<Script>,
}

/// Adds a folded word; two or three consonants without a vowel are initials written together (R K, RK).
pub(super) fn split(text: &str, out: &mut Vec<Raw>) {
    let vowelless =
        text.len() <= 3 && text.bytes().all(|b| b.is_ascii_lowercase() && !matches!(b, b'a' | b'e' | b'i' | b'o' | b'u' | b'y'));
    if vowelless && mark(text).is_none() && written_out(text, false).is_none() {
        out.extend(text.chars().map(|c| Raw { text: c.to_string(), initial: true, script: None }));
    } else {
        out.push(Raw { text: text.to_string(), initial: text.chars().count() == 1, script: None });
    }
}

/// Bits a word of each class is worth where no table of frequencies says otherwise: a given name is borne by about one
/// in a thousand, a title by one in thirty, an element by one in four.
pub(super) fn usual_bits(class: WordClass) -> f32 {
    match class {
        WordClass::Given => 10.0,
        WordClass::Title => 5.0,
        WordClass::Initial => 3.0,
        WordClass::Element | WordClass::Religious => 2.0,
    }
}

/// How far a spelling may be from a listed word and still be that word, in bits.
const SAME_WORD: f32 = 7.0;

/// Marks the forms of names made with Indra, whose consonants tell them apart.
const INDRA: u32 = 1 << 31;

struct Listed {
    class: WordClass,
    sex: Option<Sex>,
    sounds: Vec<Sound>,
}

fn listed() -> &'static HashMap<PhoneticKey, Vec<Listed>> {
    static TABLE: OnceLock<HashMap<PhoneticKey, Vec<Listed>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: HashMap<PhoneticKey, Vec<Listed>> = HashMap::new();
        for (class, sex, latin, devanagari) in BESIDE {
            for spelling in [latin, devanagari] {
                let mut row = Vec::new();
                sounds(spelling, &mut row);
                table.entry(skeleton(&row)).or_default().push(Listed { class: *class, sex: *sex, sounds: row });
            }
        }
        table
    })
}

/// The class of a word by its sounds; the nearest listed word of its script wins, so that Kumar is not Kumari.
fn class_of(row: &[Sound], key: PhoneticKey) -> Option<(WordClass, Option<Sex>)> {
    let limit = (SAME_WORD * BIT) as u32;
    let near = listed().get(&key)?.iter().map(|l| (distance(row, &l.sounds, costs(), limit), l)).min_by_key(|(d, _)| *d)?;
    (near.0 < limit).then_some((near.1.class, near.1.sex))
}

/// Latin letters a Devanagari or Latin first sound may be abbreviated to.
fn initials(first: &str, second: Option<&str>) -> &'static str {
    match first {
        "a" | "A" | "aa" | "~" => "a",
        "i" | "I" | "ii" => "ie",
        "e" | "E" | "ai" | "ee" => "eai",
        "u" | "uu" => "u",
        "oo" => "ou",
        "o" | "O" | "au" => "oau",
        "k" | "kh" | "q" | "x" => {
            if matches!(second, Some("ss" | "x2" | "sh")) {
                "klx"
            } else {
                "kqc"
            }
        }
        "c" | "ch" | "chh" => "ck",
        "g" | "gh" | "G" => "g",
        "gy1" => "gj",
        "j" | "jh" | "z" => "jz",
        "t" | "th" | "T" | "Th" => "t",
        "d" | "dh" | "D" | "Dh" => "d",
        "n" | "N" | "ny" => "n",
        "p" => "p",
        "ph" | "f" => "pf",
        "b" | "bh" => "bv",
        "v" | "w" => "vwb",
        "m" => "m",
        "y" => "yj",
        "r" | "r1" => "r",
        "l" | "L" => "l",
        "s" | "sh" | "ss" => "s",
        "h" => "h",
        _ => "",
    }
}

pub(super) fn bits_of(letters: &str) -> u32 {
    letters.bytes().filter(u8::is_ascii_lowercase).fold(0, |m, b| m | 1 << (b - b'a'))
}

/// Pet names end in one vowel: Jitu, Ramo, Kali. What is left must still be a syllable with its closing consonant.
fn stem(row: &[Sound]) -> u16 {
    let ends = |s: Sound| matches!(letters::name(s), "u$" | "uu$" | "oo" | "o$" | "ii$" | "i$" | "ee" | "y$");
    let consonants =
        row.iter().filter(|s| !letters::is_spoken_vowel(**s) && !matches!(letters::name(**s), "_" | "_c" | "dbl")).count();
    match row {
        [stem @ .., last] if stem.len() >= 3 && stem.len() <= 5 && consonants >= 2 && ends(*last) => {
            let doubled = stem.last().is_some_and(|s| letters::name(*s) == "dbl");
            (stem.len() - usize::from(doubled)) as u16
        }
        _ => 0,
    }
}

fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3))
}

/// Gives words their forms.
pub(super) fn part(raw: &[Raw]) -> Part {
    let mut part = Part::default();
    for word in raw {
        let start = part.sounds.len();
        sounds(&word.text, &mut part.sounds);
        let row = &part.sounds[start..];
        let form = super::forms::form(&word.text).filter(|_| !word.initial);
        let key = match form {
            None => skeleton(row),
            Some((_, first)) => {
                let mut own = Vec::new();
                sounds(first, &mut own);
                skeleton(&own)
            }
        };
        let script = word.script.or_else(|| word.text.chars().find_map(Script::of)).unwrap_or(Script::Other);
        let letter = |i: usize| row.get(i).map(|s| letters::name(*s).trim_end_matches('$'));
        let starts = if word.text.is_ascii() { &word.text[..word.text.len().min(1)] } else { "" };
        let mask = if word.initial && word.text.is_ascii() {
            bits_of(&word.text)
        } else {
            letter(0).map_or(0, |first| bits_of(initials(first, letter(1)))) | bits_of(starts)
        };
        let listed = if word.initial { None } else { class_of(row, key) };
        let (class, sex) = match listed {
            Some(found) => found,
            None => (if word.initial { WordClass::Initial } else { WordClass::Given }, None),
        };
        let (length, stem) = (row.len() as u16, if word.initial { 0 } else { stem(row) });
        part.words.push(Word {
            id: fingerprint(&word.text),
            text: word.text.clone(),
            class,
            script,
            bits: usual_bits(class),
            key,
            sex,
            start: start as u16,
            length,
            initials: mask,
            stem,
            form: match form {
                Some((n, _)) => u32::from(n),
                None if !word.initial && super::forms::is_indra(&word.text) => INDRA | (key.0 ^ key.0 >> 32) as u32,
                None => 0,
            },
        });
    }
    // Someone is called by something: elements and titles that begin a name are the name, unless a religious prefix is
    // followed by more.
    if let Some(first) = part.words.first_mut()
        && matches!(first.class, WordClass::Element | WordClass::Title)
    {
        (first.class, first.bits) = (WordClass::Given, usual_bits(WordClass::Given));
    }
    if let [only] = part.words.as_mut_slice()
        && only.class == WordClass::Religious
    {
        (only.class, only.bits) = (WordClass::Given, usual_bits(WordClass::Given));
    }
    part
}
